package dwarf

import (
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
)

// An abbreviation gives the shape of the entries that name it. Most entries are only
// passed over, so each abbreviation is compiled to a skip program: runs of bytes of
// fixed size between the few values whose length must be looked at.

type attrSpec struct {
	at       At
	form     Form
	implicit int64
}

// skipOp passes fixed bytes, then one value of a variable form (0: none).
type skipOp struct {
	fixed uint32
	form  Form
}

type abbrev struct {
	tag      Tag
	children bool
	sibling  int // index of the DW_AT_sibling attribute, -1: none
	attrs    []attrSpec
	skip     []skipOp
}

// abbrevKey: the sizes of some forms depend on the unit.
type abbrevKey struct {
	off uint64
	enc encoding
}

// encoding is what of a unit's header decides how forms are stored.
type encoding struct {
	version  uint8
	addrSize uint8
	dwarf64  bool
}

type abbrevTable struct {
	dense  []*abbrev // by code, for codes up to len
	sparse map[uint64]*abbrev
}

func (t *abbrevTable) get(code uint64) *abbrev {
	if code < uint64(len(t.dense)) {
		return t.dense[code]
	}
	return t.sparse[code]
}

// limits of one abbreviation; compilers stay under 50 attributes.
const maxAttrs = 1000

// abbrevTable returns the table at off, parsed once.
func (d *Data) abbrevTable(off uint64, enc encoding) (*abbrevTable, error) {
	key := abbrevKey{off, enc}
	d.abbrevMu.Lock()
	t := d.abbrevs[key]
	d.abbrevMu.Unlock()
	if t != nil {
		return t, nil
	}
	t, err := parseAbbrevs(d.get(&d.abbrev), off, enc)
	if err != nil {
		return nil, err
	}
	d.abbrevMu.Lock()
	d.abbrevs[key] = t
	d.abbrevMu.Unlock()
	return t, nil
}

func parseAbbrevs(data []byte, off uint64, enc encoding) (*abbrevTable, error) {
	r := buf.At(data, off)
	t := &abbrevTable{dense: make([]*abbrev, 1, 128)}
	var mem arena
	for {
		at := r.Off
		code := r.ULEB()
		if code == 0 && !r.Bad {
			return t, nil
		}
		a := mem.abbrev()
		a.tag, a.children, a.sibling = Tag(r.ULEB()), r.U8() != 0, -1
		if err := a.parse(&r, enc, &mem); err != nil || r.Bad {
			msg := "the abbreviation table is cut off"
			if err != nil {
				msg = err.Error()
			}
			return nil, &FormatError{".debug_abbrev", uint64(at), msg}
		}
		if code == uint64(len(t.dense)) {
			t.dense = append(t.dense, a)
			continue
		}
		if t.sparse == nil {
			t.sparse = map[uint64]*abbrev{}
		}
		if _, twice := t.sparse[code]; !twice && code > uint64(len(t.dense)) {
			t.sparse[code] = a
		}
	}
}

// arena hands out the parts of a table in chunks: tables are many, their parts small.
type arena struct {
	abbrevs []abbrev
	attrs   []attrSpec
	skips   []skipOp

	attrScratch []attrSpec // of the abbreviation being parsed
	skipScratch []skipOp
}

func (m *arena) abbrev() *abbrev {
	if len(m.abbrevs) == 0 {
		m.abbrevs = make([]abbrev, 64)
	}
	a := &m.abbrevs[0]
	m.abbrevs = m.abbrevs[1:]
	return a
}

// keep copies s to the end of a chunk and empties it.
func keep[T any](chunk, s []T) (rest, kept []T) {
	if cap(chunk)-len(chunk) < len(s) {
		chunk = make([]T, 0, max(256, len(s)))
	}
	n := len(chunk)
	chunk = append(chunk, s...)
	return chunk, chunk[n:len(chunk):len(chunk)]
}

func (a *abbrev) parse(r *buf.Reader, enc encoding, mem *arena) error {
	var fixed uint32
	a.attrs, a.skip = mem.attrScratch[:0], mem.skipScratch[:0]
	defer func() {
		mem.attrScratch, mem.skipScratch = a.attrs, a.skip
		mem.attrs, a.attrs = keep(mem.attrs, a.attrs)
		mem.skips, a.skip = keep(mem.skips, a.skip)
	}()
	for !r.Bad {
		s := attrSpec{at: At(r.ULEB()), form: Form(r.ULEB())}
		if s.form == FormImplicitConst {
			s.implicit = r.SLEB()
		}
		if s.at == 0 && s.form == 0 {
			break
		}
		if len(a.attrs) >= maxAttrs {
			return fmt.Errorf("an abbreviation with more than %d attributes", maxAttrs)
		}
		if s.at == AtSibling {
			a.sibling = len(a.attrs)
		}
		a.attrs = append(a.attrs, s)
		switch n := s.form.size(enc); {
		case n >= 0:
			fixed += uint32(n)
		case n == variable:
			a.skip = append(a.skip, skipOp{fixed, s.form})
			fixed = 0
		default:
			return fmt.Errorf("unknown form %#x", uint16(s.form))
		}
	}
	if fixed > 0 {
		a.skip = append(a.skip, skipOp{fixed: fixed})
	}
	return nil
}

// size results that are not sizes.
const (
	variable = -1
	unknown  = -2
)

// size is a form's width in bytes, or variable, or unknown.
func (f Form) size(enc encoding) int {
	offset := 4
	if enc.dwarf64 {
		offset = 8
	}
	switch f {
	case FormFlagPresent, FormImplicitConst:
		return 0
	case FormData1, FormFlag, FormRef1, FormStrx1, FormAddrx1:
		return 1
	case FormData2, FormRef2, FormStrx2, FormAddrx2:
		return 2
	case FormStrx3, FormAddrx3:
		return 3
	case FormData4, FormRef4, FormRefSup4, FormStrx4, FormAddrx4:
		return 4
	case FormData8, FormRef8, FormRefSig8, FormRefSup8:
		return 8
	case FormData16:
		return 16
	case FormAddr:
		return int(enc.addrSize)
	case FormRefAddr:
		if enc.version == 2 { // DWARF 2 references are as wide as addresses
			return int(enc.addrSize)
		}
		return offset
	case FormStrp, FormSecOffset, FormLineStrp, FormStrpSup, FormGNURefAlt, FormGNUStrpAlt:
		return offset
	case FormBlock1, FormBlock2, FormBlock4, FormBlock, FormExprloc, FormString, FormSdata, FormUdata, FormRefUdata,
		FormIndirect, FormStrx, FormAddrx, FormLoclistx, FormRnglistx, FormGNUAddrIndex, FormGNUStrIndex:
		return variable
	}
	return unknown
}

// pass moves r past an entry's attributes.
func (a *abbrev) pass(r *buf.Reader, enc encoding) {
	for i := range a.skip {
		op := &a.skip[i]
		r.Skip(uint64(op.fixed))
		if op.form != 0 {
			passForm(r, op.form, enc)
		}
	}
}

// passForm moves r past a value of variable size.
func passForm(r *buf.Reader, f Form, enc encoding) {
	switch f {
	case FormBlock1:
		r.Skip(uint64(r.U8()))
	case FormBlock2:
		r.Skip(uint64(r.U16()))
	case FormBlock4:
		r.Skip(uint64(r.U32()))
	case FormBlock, FormExprloc:
		r.Skip(r.ULEB())
	case FormString:
		r.CString()
	case FormIndirect:
		f := Form(r.ULEB())
		if n := f.size(enc); n >= 0 && f != FormImplicitConst {
			r.Skip(uint64(n))
		} else if n == variable && f != FormIndirect {
			passForm(r, f, enc)
		} else {
			r.Bad = true
		}
	default:
		r.SkipLEB()
	}
}
