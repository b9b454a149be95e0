// Records: structures of the kernel written down once, as a list of fields in their order, and
// laid out for each ABI by the rules of its C compiler. What fields there are is in fields.go and
// arrays.go, how they may differ from the rest in field_marks.go, and how a record stands as an
// argument in record_kinds.go.

package syscalls

import (
	"fmt"
	"slices"
	"strings"
	"sync"
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

// record is a structure. Where its members lie is worked out for a layout when one of its calls is met.
type record struct {
	size  [layouts]int
	align [layouts]int

	// What it is made of: fields; or the members of another record, all or those named in their order, with
	// derived ones behind them.
	fields  []field
	of      *record
	names   []string
	derived []derived

	once   [layouts]sync.Once
	placed [layouts][]member
}

// newRecord lays fields out one after another, each aligned as its type is.
func newRecord(fields ...field) *record {
	r := &record{fields: fields}
	for i := range fields {
		for _, other := range []string{fields[i].by, fields[i].cond} {
			if other != "" {
				r.need(other)
			}
		}
	}
	for l := range layouts {
		at, align := 0, 1
		for i := range fields {
			a := max(fields[i].aligns[l], 1)
			align = max(align, a)
			at = aligned(at, a) + fields[i].widths[l]
		}
		r.size[l], r.align[l] = aligned(at, align), align
	}
	return r
}

func aligned(at, a int) int { return (at + a - 1) / a * a }

// members are those of a layout.
func (r *record) members(layout int) []member {
	r.once[layout].Do(func() { r.placed[layout] = r.place(layout) })
	return r.placed[layout]
}

func (r *record) place(l int) []member {
	if r.of != nil {
		return r.placeDerived(l)
	}
	members, at := make([]member, 0, len(r.fields)), 0
	for i := range r.fields {
		f := &r.fields[i]
		m := f.member
		m.off, m.size = aligned(at, max(f.aligns[l], 1)), f.widths[l]
		members = append(members, m)
		at = m.off + m.size
	}
	for i := range r.fields {
		if f := &r.fields[i]; f.by != "" {
			members[i].by = find(members, f.by)
		}
		if f := &r.fields[i]; f.cond != "" {
			members[i].cond = find(members, f.cond)
		}
	}
	return members
}

func (r *record) placeDerived(l int) []member {
	members := slices.Clip(r.of.members(l))
	if r.names != nil {
		all := members
		members = make([]member, 0, len(r.names))
		for _, n := range r.names {
			if n == "..." {
				members = append(members, more().member)
			} else {
				members = append(members, *find(all, n))
			}
		}
	}
	for _, d := range r.derived {
		if d.f == nil { // "..." whatever there is
			members = append(members, member{name: d.name, bare: true, all: func(c *Call, _ *member, _ []byte) { c.str("...") }})
			continue
		}
		members = append(members, member{name: d.name, all: func(c *Call, _ *member, p []byte) { d.f(c, r.of, p) }})
	}
	return members
}

// packed is a record without padding at its end.
func (r *record) packed() *record {
	b := &record{of: r}
	for l := range layouts {
		last := r.members(l)[len(r.members(l))-1]
		b.size[l], b.align[l] = last.off+last.size, 1
	}
	return b
}

// has reports whether there is a member of a name.
func (r *record) has(name string) bool {
	if r.of == nil {
		for i := range r.fields {
			if r.fields[i].name == name {
				return true
			}
		}
		return false
	}
	return (r.names == nil || slices.Contains(r.names, name)) && r.of.has(name) ||
		slices.ContainsFunc(r.derived, func(d derived) bool { return d.name == name })
}

// need sees that a name is there. One that is not is a mistake in a table, found when that is made.
func (r *record) need(name string) {
	if !r.has(name) {
		panic(fmt.Sprintf("no member %q", name))
	}
}

// find returns the member of a name.
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
	p := &record{size: r.size, align: r.align, of: r, names: strings.Fields(names)}
	for _, n := range p.names {
		if n != "..." {
			r.need(n)
		}
	}
	return p
}

func (r *record) sizeOf(c *Call) int { return r.size[c.ABI.layout()] }

// body prints the record that p holds.
func (r *record) body(c *Call, p []byte) { c.structBody(p, r.members(c.ABI.layout())) }

// get is the number that a member of p is.
func (r *record) get(c *Call, p []byte, name string) uint64 {
	return find(r.members(c.ABI.layout()), name).number(p)
}

// derived is a member that has no place of its own: its text is made of the others. Without f
// it is "...".
type derived struct {
	name string
	f    func(c *Call, r *record, p []byte)
}

// and is the record with derived members.
func (r *record) and(ds ...derived) *record {
	return &record{size: r.size, align: r.align, of: r, derived: ds}
}

// some prints the members without braces.
func (r *record) some(c *Call, p []byte, first bool) {
	c.someMembers(p, r.members(c.ABI.layout()), first)
}

// empty reports whether no member would be printed.
func (r *record) empty(c *Call, p []byte) bool {
	members := r.members(c.ABI.layout())
	for i := range members {
		if !members[i].hidden(c, p) {
			return false
		}
	}
	return true
}
