package dwarf

import (
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
	"github.com/trapline/trapline/elfinfo/dwarf/form"
)

// An abbreviation gives the shape of the entries that name it. Most entries are only
// passed over, so each abbreviation is compiled to a skip program: runs of bytes of
// fixed size between the few values whose length must be looked at.

type attrSpec struct {
	at       At
	form     form.Form
	implicit int64
}

// skipOp passes fixed bytes, then one value of a variable form (0: none).
type skipOp struct {
	fixed uint32
	form  form.Form
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
	enc form.Encoding
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
func (d *Data) abbrevTable(off uint64, enc form.Encoding) (*abbrevTable, error) {
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

func parseAbbrevs(data []byte, off uint64, enc form.Encoding) (*abbrevTable, error) {
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

func (a *abbrev) parse(r *buf.Reader, enc form.Encoding, mem *arena) error {
	var fixed uint32
	a.attrs, a.skip = mem.attrScratch[:0], mem.skipScratch[:0]
	defer func() {
		mem.attrScratch, mem.skipScratch = a.attrs, a.skip
		mem.attrs, a.attrs = keep(mem.attrs, a.attrs)
		mem.skips, a.skip = keep(mem.skips, a.skip)
	}()
	for !r.Bad {
		s := attrSpec{at: At(r.ULEB()), form: form.Of(r.ULEB())}
		if s.form == form.ImplicitConst {
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
		switch n := s.form.Size(enc); {
		case n >= 0:
			fixed += uint32(n)
		case n == form.Variable:
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

// pass moves r past an entry's attributes.
func (a *abbrev) pass(r *buf.Reader, enc form.Encoding) {
	for i := range a.skip {
		op := &a.skip[i]
		r.Skip(uint64(op.fixed))
		if op.form != 0 {
			enc.Skip(r, op.form)
		}
	}
}
