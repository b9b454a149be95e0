package dwarf

import (
	"cmp"
	"hash/maphash"
	"slices"
	"sort"
	"strings"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
	"github.com/trapline/trapline/elfinfo/dwarf/form"
)

// A skim is one pass over a unit's tree that keeps only where things are: functions by
// address, named functions, variables and types by the hash of their name, and the
// scopes that qualify names. Entries of no interest cost a few skips each.

type nameKind uint8

const (
	kindFunc nameKind = iota
	kindVar
	kindType
)

// named is one entry under a name: 16 bytes, as a big program has a million.
type named struct {
	hash uint32
	unit uint32
	off  uint32 // from the unit's header
	kind nameKind
}

// funcRange is one stretch of a function's code.
type funcRange struct {
	Range
	off uint64 // section offset of the subprogram
}

// scope is a namespace, class or the like: its entries lie in [off, end).
type scope struct {
	off, end uint64
	parent   int // in skim.scopes, -1: the unit
	name     string
}

type skim struct {
	funcs  []funcRange // sorted by Low
	names  []named
	scopes []scope // in order of off
	err    error
}

var hashSeed = maphash.MakeSeed()

func hashName(b []byte) uint32 { return uint32(maphash.Bytes(hashSeed, b)) }

// skim passes over the unit once. Damage ends the pass; what came before counts.
func (u *Unit) skim() *skim {
	u.skimOnce.Do(func() {
		s := &skimmer{u: u, skim: &skim{names: make([]named, 0, (u.end-u.first)/64)}}
		if s.skim.err = u.ready(); s.skim.err == nil {
			s.skim.err = s.pass(u.root.lang.localClasses())
		}
		sortFuncs(s.skim.funcs)
		u.skimmed = s.skim
	})
	return u.skimmed
}

// nestedFuncs is the functions of the unit with those inside others (nested functions
// of GNU C, Ada, D), which an ordinary skim passes over.
func (u *Unit) nestedFuncs() []funcRange {
	u.deepOnce.Do(func() {
		if u.ready() == nil {
			s := &skimmer{u: u, skim: &skim{}}
			s.pass(true)
			sortFuncs(s.skim.funcs)
			u.deep = s.skim.funcs
		}
	})
	return u.deep
}

func sortFuncs(fs []funcRange) {
	slices.SortFunc(fs, func(a, b funcRange) int { return cmp.Compare(a.Low, b.Low) })
}

type skimmer struct {
	u     *Unit
	skim  *skim
	e     entry
	stack []int // open scopes; -1 for parents that are none, or inFunction
}

// inFunction on the stack: what is below is local.
const inFunction = -2

// pass walks the tree. With deep, functions are entered as well.
func (s *skimmer) pass(deep bool) error {
	u := s.u
	r := buf.At(u.d.get(u.sect), u.first)
	r.B = r.B[:u.end]
	for r.Len() > 0 {
		at := uint64(r.Off)
		code := r.ULEB()
		if code == 0 {
			if n := len(s.stack); n > 0 {
				if i := s.stack[n-1]; i >= 0 {
					s.skim.scopes[i].end = uint64(r.Off)
				}
				s.stack = s.stack[:n-1]
			}
			continue
		}
		ab := u.root.table.get(code)
		if ab == nil {
			return u.bad(at, "an entry with the unknown abbreviation %d", code)
		}
		opens, enter := -1, false
		switch role := roles[ab.tag&0xff]; {
		case ab.tag > 0xff || role == 0:
			if err := s.leave(&r, ab); err != nil {
				return err
			}
			continue
		case role&roleContainer != 0:
			enter = true
			if role == roleContainer { // the unit itself
				ab.pass(&r, u.enc)
				break
			}
			fallthrough
		default:
			r.Off = int(at)
			if err := u.parseAt(&r, &s.e); err != nil {
				return err
			}
			opens = s.note(role)
			if role&roleFunc != 0 {
				opens, enter = inFunction, deep
			}
		}
		switch {
		case !ab.children:
		case enter:
			if len(s.stack) >= maxDepth {
				return u.bad(at, "entries nested more than %d deep", maxDepth)
			}
			s.stack = append(s.stack, opens)
		default:
			if err := u.passTree(&r, ab, s.e.sibling()); err != nil {
				return err
			}
		}
	}
	for _, i := range s.stack { // an unclosed tree
		if i >= 0 {
			s.skim.scopes[i].end = u.end
		}
	}
	return nil
}

// leave passes an entry of no interest and what is below it.
func (s *skimmer) leave(r *buf.Reader, ab *abbrev) error {
	if !ab.children {
		ab.pass(r, s.u.enc)
		return nil
	}
	if ab.sibling == 0 && ab.attrs[0].form == form.Ref4 {
		if to := s.u.Off + uint64(r.U32()); to > uint64(r.Off) && to < s.u.end {
			r.Off = int(to)
			return nil
		}
		r.Off -= 4
	}
	ab.pass(r, s.u.enc)
	return s.u.passTree(r, ab, 0)
}

// What the skimmer does with a tag.
const (
	roleContainer = 1 << iota // enter it
	roleScope                 // its name qualifies those of its children
	roleFunc
	roleVar
	roleType
)

var roles = [256]uint8{
	TagCompileUnit: roleContainer, TagPartialUnit: roleContainer, TagTypeUnit: roleContainer, TagSkeletonUnit: roleContainer,
	TagNamespace:       roleContainer | roleScope,
	TagModule:          roleContainer | roleScope,
	TagStructType:      roleContainer | roleScope | roleType,
	TagClassType:       roleContainer | roleScope | roleType,
	TagUnionType:       roleContainer | roleScope | roleType,
	TagInterfaceType:   roleContainer | roleScope | roleType,
	TagEnumerationType: roleType,
	TagTypedef:         roleType, TagTemplateAlias: roleType, TagBaseType: roleType, TagUnspecifiedType: roleType,
	TagSubprogram: roleFunc,
	TagVariable:   roleVar,
}

// discarded is the location, DW_OP_addr 0, of a variable that the linker dropped.
const discarded = "\x03\x00\x00\x00\x00\x00\x00\x00\x00"

// note records the entry s.e and returns the scope that it opens, or -1.
func (s *skimmer) note(role uint8) int {
	e := &s.e
	off := uint32(e.off - s.u.Off)
	add := func(name []byte, kind nameKind) {
		if len(name) > 0 && e.off-s.u.Off < 1<<32 {
			s.skim.names = append(s.skim.names, named{hashName(name), uint32(s.u.index), off, kind})
		}
	}
	var name []byte
	if v, ok := e.get(AtName); ok {
		name = s.u.strBytes(v)
	} else if v, ok := e.get(AtSignature); ok { // clang's stand-in for what a type unit holds
		var def entry
		if s.u.follow(v, &def) == nil {
			name = []byte(def.str(AtName))
		}
	}
	switch {
	case role&roleFunc != 0:
		s.function(add)
	case role&roleVar != 0:
		// Definitions only; a static member's definition may have only a specification.
		if n := len(s.stack); n > 0 && s.stack[n-1] == inFunction {
			break
		}
		loc, placed := e.get(AtLocation)
		if e.flag(AtDeclaration) || !placed && !e.has(AtConstValue) || string(loc.B) == discarded {
			break
		}
		if name == nil {
			name = []byte(e.name())
		}
		add(name, kindVar)
		if link := e.linkageName(); link != "" {
			add([]byte(link), kindVar)
		}
	case role&roleType != 0 && !e.flag(AtDeclaration):
		add(name, kindType)
	}
	if role&roleScope == 0 || !e.ab.children {
		return -1
	}
	parent := -1
	for i := len(s.stack) - 1; i >= 0 && parent < 0; i-- {
		parent = max(-1, s.stack[i])
	}
	title := string(name)
	if title == "" {
		title = "(anonymous)"
		if e.ab.tag == TagNamespace {
			title = "(anonymous namespace)"
		}
	}
	s.skim.scopes = append(s.skim.scopes, scope{e.off, s.u.end, parent, title})
	return len(s.skim.scopes) - 1
}

// function records a subprogram that has code, or that was only ever inlined.
func (s *skimmer) function(add func([]byte, nameKind)) {
	e := &s.e
	code := e.has(AtLowPC) || e.has(AtRanges)
	if !code {
		if in, ok := e.uint(AtInline); !ok || in != 1 && in != 3 {
			return
		}
	}
	if code {
		rs, _ := e.ranges()
		live := false
		for _, r := range rs {
			if !tombstone(r.Low) {
				s.skim.funcs = append(s.skim.funcs, funcRange{r, e.off})
				live = true
			}
		}
		if !live {
			return
		}
	}
	if name, u, ok := e.inherit(AtName); ok {
		add(u.strBytes(name), kindFunc)
	}
	for _, at := range [...]At{AtLinkageName, AtMIPSLinkageName} {
		if v, u, ok := e.inherit(at); ok {
			add(u.strBytes(v), kindFunc)
			break
		}
	}
}

// scopeOf returns the names of the scopes around the entry at off, outermost first.
func (u *Unit) scopeOf(off uint64) []string {
	sc := u.skim().scopes
	i := sort.Search(len(sc), func(i int) bool { return sc[i].off >= off }) - 1
	for i >= 0 && off >= sc[i].end {
		i = sc[i].parent
	}
	var names []string
	for ; i >= 0; i = sc[i].parent {
		names = append(names, sc[i].name)
	}
	slices.Reverse(names)
	return names
}

// qualified is the name with its scopes: "ns::Class::name".
func (u *Unit) qualified(off uint64, name string) string {
	if scopes := u.scopeOf(off); len(scopes) > 0 && name != "" {
		return strings.Join(scopes, "::") + "::" + name
	}
	return name
}
