// Records: structures of the kernel written down once, as a list of fields in their order, and
// laid out for each ABI by the rules of its C compiler. What fields there are is in fields.go and
// arrays.go, how they may differ from the rest in field_marks.go, and how a record stands as an
// argument in record_kinds.go.

package syscalls

import (
	"fmt"
	"strings"
)

// The layouts that records have: words of 8 bytes, of 4 with numbers of 8 aligned to 8 (x32),
// of 4 with those aligned to 4 (i386).
const layouts = 3

func (a *ABI) layout() int {
	switch {
	case a.Word == 8:
		return 0
	case a.Long == 8:
		return 1
	}
	return 2
}

// field is one member before it has a place.
type field struct {
	member
	by     string // the member that counts or tags this one
	cond   string // the member that is 0 where this one is shown only with -v
	widths [layouts]int
	aligns [layouts]int
}

// record is a structure, laid out.
type record struct {
	members [layouts][]member
	size    [layouts]int
	align   [layouts]int
}

// newRecord lays fields out one after another, each aligned as its type is.
func newRecord(fields ...field) *record {
	r := &record{}
	for l := range layouts {
		at, align := 0, 1
		members := make([]member, 0, len(fields))
		for i := range fields {
			f := &fields[i]
			a := max(f.aligns[l], 1)
			align = max(align, a)
			at = (at + a - 1) / a * a
			m := f.member
			m.off, m.size = at, f.widths[l]
			members = append(members, m)
			at += f.widths[l]
		}
		for i := range fields {
			if f := &fields[i]; f.by != "" {
				members[i].by = find(members, f.by)
			}
			if f := &fields[i]; f.cond != "" {
				members[i].cond = find(members, f.cond)
			}
		}
		r.members[l], r.size[l], r.align[l] = members, (at+align-1)/align*align, align
	}
	return r
}

// packed is a record without padding at its end.
func (r *record) packed() *record {
	b := *r
	for l := range layouts {
		last := r.members[l][len(r.members[l])-1]
		b.size[l], b.align[l] = last.off+last.size, 1
	}
	return &b
}

// find returns the member of a name. A name that is not there is a mistake in a
// table, found when the package starts.
func find(members []member, name string) *member {
	for i := range members {
		if members[i].name == name {
			return &members[i]
		}
	}
	panic(fmt.Sprintf("no member %q", name))
}

// pick makes a record of the members named, in that order, at the places they have; "..." is
// the rest that only -v shows.
func (r *record) pick(names string) *record {
	p := &record{size: r.size, align: r.align}
	for l := range layouts {
		for n := range strings.FieldsSeq(names) {
			if n == "..." {
				p.members[l] = append(p.members[l], more().member)
				continue
			}
			p.members[l] = append(p.members[l], *find(r.members[l], n))
		}
	}
	return p
}

func (r *record) sizeOf(c *Call) int { return r.size[c.ABI.layout()] }

// body prints the record that p holds.
func (r *record) body(c *Call, p []byte) { c.structBody(p, r.members[c.ABI.layout()]) }

// get is the number that a member of p is.
func (r *record) get(c *Call, p []byte, name string) uint64 {
	return find(r.members[c.ABI.layout()], name).number(p)
}

// derived is a member that has no place of its own: its text is made of the others. Without f
// it is "...".
type derived struct {
	name string
	f    func(c *Call, r *record, p []byte)
}

// and is the record with derived members.
func (r *record) and(ds ...derived) *record {
	b := *r
	for l := range layouts {
		for _, d := range ds {
			if d.f == nil { // "..." whatever there is
				b.members[l] = append(b.members[l], member{name: d.name, bare: true, all: func(c *Call, _ *member, _ []byte) { c.str("...") }})
				continue
			}
			b.members[l] = append(b.members[l], member{name: d.name, all: func(c *Call, _ *member, p []byte) { d.f(c, r, p) }})
		}
	}
	return &b
}

// some prints the members without braces.
func (r *record) some(c *Call, p []byte, first bool) {
	c.someMembers(p, r.members[c.ABI.layout()], first)
}

// empty reports whether no member would be printed.
func (r *record) empty(c *Call, p []byte) bool {
	for i := range r.members[c.ABI.layout()] {
		if !r.members[c.ABI.layout()][i].hidden(c, p) {
			return false
		}
	}
	return true
}
