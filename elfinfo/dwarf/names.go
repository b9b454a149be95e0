package dwarf

import (
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

// nameIndex is the names of all units, by hash. It is built once, by skimming every
// unit on all processors; entries of one hash are neighbours after a sort by bucket.
type nameIndex struct {
	once    sync.Once
	entries []named
	buckets []uint32 // buckets[h>>shift] is where the entries of that bucket start
	shift   uint
}

func (d *Data) index() *nameIndex {
	d.names.once.Do(func() {
		units, _ := d.Units()
		var next atomic.Int64
		var wg sync.WaitGroup
		for range min(runtime.GOMAXPROCS(0), len(units)) {
			wg.Go(func() {
				for i := next.Add(1) - 1; i < int64(len(units)); i = next.Add(1) - 1 {
					units[i].skim()
				}
			})
		}
		wg.Wait()
		d.names.build(units)
	})
	return &d.names
}

// build is one pass of a counting sort by the hash's high bits.
func (x *nameIndex) build(units []*Unit) {
	total := 0
	for _, u := range units {
		total += len(u.skimmed.names)
	}
	bits := uint(1)
	for 1<<bits < total && bits < 24 {
		bits++
	}
	x.shift = 32 - bits
	count := make([]uint32, 1<<bits+1)
	for _, u := range units {
		for i := range u.skimmed.names {
			count[u.skimmed.names[i].hash>>x.shift+1]++
		}
	}
	for i := 1; i < len(count); i++ {
		count[i] += count[i-1]
	}
	x.buckets = make([]uint32, len(count))
	copy(x.buckets, count)
	x.entries = make([]named, total)
	for _, u := range units {
		for _, n := range u.skimmed.names {
			b := n.hash >> x.shift
			x.entries[count[b]] = n
			count[b]++
		}
		u.skimmed.names = nil // the index has them now
	}
}

// each calls visit with the entries whose name may be the one given.
func (x *nameIndex) each(name string, kind nameKind, visit func(n named)) {
	h := hashName([]byte(name))
	b := h >> x.shift
	for _, n := range x.entries[x.buckets[b]:x.buckets[b+1]] {
		if n.hash == h && n.kind == kind {
			visit(n)
		}
	}
}

// lastName is what follows the last "::" that is not within template arguments or
// parentheses: the part under which a qualified name is indexed.
func lastName(name string) string {
	depth := 0
	for i := len(name) - 1; i > 0; i-- {
		switch name[i] {
		case '>', ')':
			depth++
		case '<', '(':
			depth--
		case ':':
			if depth <= 0 && name[i-1] == ':' {
				return name[i+1:]
			}
		}
	}
	return name
}

// lookup calls visit with every entry of a kind that has the name: plain, as the linker
// knows it, or qualified ("ns::Class::f"; leading scopes may be left out).
func (d *Data) lookup(name string, kind nameKind, visit func(e *entry, qualified string)) {
	x := d.index()
	if len(x.entries) == 0 {
		return
	}
	try := func(key string) (found bool) {
		x.each(key, kind, func(n named) {
			u := d.units[n.unit]
			var e entry
			if u.parse(u.Off+uint64(n.off), &e) != nil || e.ab == nil {
				return
			}
			plain := e.name()
			full := e.qualified()
			if plain == name || full == name || strings.HasSuffix(full, "::"+name) || e.linkageName() == name {
				found = true
				visit(&e, full)
			}
		})
		return found
	}
	if !try(name) {
		if last := lastName(name); last != name {
			try(last)
		}
	}
}

// qualifiedAt is the name, with its scopes, of the entry at off; name if it cannot be read.
func (u *Unit) qualifiedAt(off uint64, name string) string {
	var e entry
	if u.parse(off, &e) != nil || e.ab == nil {
		return name
	}
	return e.qualified()
}

// qualified is the entry's name with the scopes it was declared in.
func (e *entry) qualified() string {
	name := e.name()
	var a, b entry
	cur := e
	for range maxOrigins { // the declaration is where the scopes are
		if !cur.origin(&a) {
			break
		}
		a, b = b, a
		cur = &b
	}
	return cur.u.qualified(cur.off, name)
}

// FunctionsNamed finds functions by plain, qualified or linkage name, in order of their
// address. One that was only ever inlined has no ranges: see Function.InlineSites.
func (d *Data) FunctionsNamed(name string) []*Function {
	var out []*Function
	concrete := map[uint64]bool{} // abstract instances that have code of their own
	seen := map[uint64]bool{}
	d.lookup(name, kindFunc, func(e *entry, _ string) {
		if seen[e.off] {
			return
		}
		seen[e.off] = true
		if v, ok := e.get(AtAbstractOrigin); ok {
			if _, off, err := e.u.ref(v); err == nil {
				concrete[off] = true
			}
		}
		if f, err := e.u.function(e.off); err == nil {
			out = append(out, f)
		}
	})
	kept := out[:0]
	for _, f := range out {
		if f.HasCode() || !concrete[f.off] {
			kept = append(kept, f)
		}
	}
	sort.SliceStable(kept, func(i, j int) bool { return kept[i].Entry < kept[j].Entry })
	return kept
}

// GlobalsNamed finds variables that live as long as the program, by plain, qualified or
// linkage name; static ones of several files may share a name.
func (d *Data) GlobalsNamed(name string) []*Variable {
	var out []*Variable
	seen := map[uint64]bool{}
	d.lookup(name, kindVar, func(e *entry, _ string) {
		if !seen[e.off] {
			seen[e.off] = true
			out = append(out, e.variable(0))
		}
	})
	return out
}

// typeTags are the words before a type's name in C.
var typeTags = map[string][]Kind{"struct": {Struct, Class}, "class": {Struct, Class}, "union": {Union}, "enum": {Enum}}

// TypeNamed finds a complete type by name: "struct foo", "foo", "ns::foo<int>",
// "unsigned int". Where units disagree the first one wins.
func (d *Data) TypeNamed(name string) (*Type, error) {
	want := []Kind(nil)
	if tag, rest, ok := strings.Cut(name, " "); ok && typeTags[tag] != nil {
		want, name = typeTags[tag], strings.TrimSpace(rest)
	}
	var found *Type
	d.lookup(name, kindType, func(e *entry, _ string) {
		if found != nil {
			return
		}
		t := d.typeOf(e.u, e.off)
		for _, k := range want {
			if t.Kind == k {
				found = t
			}
		}
		if want == nil {
			found = t
		}
	})
	if found == nil {
		return nil, ErrNotFound
	}
	return found, nil
}
