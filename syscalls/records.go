// Records: structures of the kernel written down once, as a list of fields in their order, and
// laid out for each ABI by the rules of its C compiler. A row of a table says which members of
// a record are printed when a call begins and which when it returns.

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
			if f.by != "" {
				m.by = find(members, f.by)
			}
			members = append(members, m)
			at += f.widths[l]
		}
		r.members[l], r.size[l], r.align[l] = members, (at+align-1)/align*align, align
	}
	return r
}

// find returns a copy of the member of a name. A name that is not there is a mistake in a
// table, found when the package starts.
func find(members []member, name string) *member {
	for i := range members {
		if members[i].name == name {
			m := members[i]
			return &m
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

// some prints the members without braces.
func (r *record) some(c *Call, p []byte, first bool) {
	c.someMembers(p, r.members[c.ABI.layout()], first)
}

// print is a record behind a pointer.
func (r *record) print(c *Call, v uint64) {
	if p, ok := c.read(v, r.sizeOf(c)); ok {
		r.body(c, p)
	} else {
		c.addr(v)
	}
}

// in is a pointer to a record that the program has filled, out to one that the kernel fills.
func (r *record) in() kind  { return in(r.print) }
func (r *record) out() kind { return out(r.in()) }

// inout prints some members when the call begins and, in the same braces, others when it has
// succeeded.
func (r *record) inout(before, after string) kind {
	b, a := r.pick(before), r.pick(after)
	return phased(func(c *Call, v uint64) bool {
		p, ok := c.read(v, r.sizeOf(c))
		if !ok {
			c.addr(v)
			return false
		}
		c.byte('{')
		b.some(c, p, true)
		return true
	}, func(c *Call, v uint64) {
		if !c.failed {
			if p, ok := c.read(v, r.sizeOf(c)); ok {
				a.some(c, p, before == "")
			}
		}
		c.byte('}')
	})
}

// becomes prints some members when the call begins and, behind an arrow, what others are when
// it has succeeded.
func (r *record) becomes(before, after string) kind {
	b, a := r.pick(before), r.pick(after)
	return phased(b.whole, func(c *Call, v uint64) {
		if !c.failed {
			c.str(" => ")
			a.print(c, v)
		}
	})
}

// whole is print that tells whether there was something to print.
func (r *record) whole(c *Call, v uint64) bool {
	p, ok := c.read(v, r.sizeOf(c))
	if ok {
		r.body(c, p)
	} else {
		c.addr(v)
	}
	return ok
}

// phased is an argument of two halves: before, when the call begins; after, when it has
// returned, unless before said that it has printed all there is.
func phased(before func(c *Call, v uint64) bool, after format) kind {
	return kind{
		f: func(c *Call, v uint64) { c.done = !before(c, v) },
		tail: func(c *Call, v uint64) {
			if !c.done {
				after(c, v)
			}
		},
	}
}

// The fields. natural is a number of 1 to 8 bytes where C puts it.
func natural(name string, width int, f format) field {
	fl := field{member: member{name: name, f: f}}
	for l := range layouts {
		fl.widths[l], fl.aligns[l] = width, width
	}
	if width == 8 {
		fl.aligns[2] = 4
	}
	return fl
}

// word is a number as wide as a pointer.
func word(name string, f format) field {
	return field{member: member{name: name, f: f}, widths: [layouts]int{8, 4, 4}, aligns: [layouts]int{8, 4, 4}}
}

func u8(name string) field                { return natural(name, 1, fUint) }
func u16le(name string) field             { return natural(name, 2, fUint) }
func u32le(name string) field             { return natural(name, 4, fUint) }
func u64le(name string) field             { return natural(name, 8, fUint) }
func i32(name string) field               { return natural(name, 4, fInt) }
func i64(name string) field               { return natural(name, 8, fInt64) }
func h8(name string) field                { return natural(name, 1, fHex) }
func h16(name string) field               { return natural(name, 2, fHex) }
func h32(name string) field               { return natural(name, 4, fHex) }
func h64(name string) field               { return natural(name, 8, fHex) }
func flags32(name string, t *table) field { return natural(name, 4, fFlags(t)) }
func enum32(name string, t *table) field  { return natural(name, 4, fEnum(t)) }
func fdOf(name string) field              { return natural(name, 4, (*Call).fd) }
func ulong(name string) field             { return word(name, fUint) }
func pointer(name string) field           { return word(name, (*Call).addr) }
func pad(n int) field                     { return octets("", n) }

// octets are n bytes as they are.
func octets(name string, n int) field {
	return field{member: member{name: name, raw: (*Call).hexQuote}, widths: [layouts]int{n, n, n}, aligns: [layouts]int{1, 1, 1}}
}

// text is a string in an array of n bytes, that ends with a NUL or at the last byte but one.
func text(name string, n int) field {
	f := octets(name, n)
	f.raw = (*Call).charArray
	return f
}

func (c *Call) charArray(p []byte) {
	if s := untilNUL(p); len(s) < len(p) {
		c.quote(s, false)
	} else {
		c.quote(p[:len(p)-1], true)
	}
}

// sub is a record inside a record.
func sub(name string, r *record) field {
	return field{member: member{name: name, raw: r.body}, widths: r.size, aligns: r.align}
}

// array is n fields of a kind.
func array(n int, e field) field {
	w := e.widths
	f := field{member: member{name: e.name}, aligns: e.aligns}
	for l := range layouts {
		f.widths[l] = n * w[l]
	}
	f.raw = func(c *Call, p []byte) { c.elements(p, w[c.ABI.layout()], &e.member) }
	return f
}

// counted is an array as long as the member by says, but no longer than n.
func counted(by string, n int, e field) field {
	w := e.widths
	f := array(n, e)
	f.by, f.raw = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		width := w[c.ABI.layout()]
		count := min(number(s[m.by.off:m.by.off+m.by.size]), uint64(n))
		c.elements(s[m.off:m.off+int(count)*width], width, &e.member)
	}
	return f
}

// elements prints an array that p holds, as many elements as -s permits.
func (c *Call) elements(p []byte, width int, e *member) {
	limit := c.limit()
	if c.opts.Verbose {
		limit = readLimit
	}
	c.byte('[')
	for i := 0; (i+1)*width <= len(p); i++ {
		if i > 0 {
			c.str(", ")
		}
		if i >= limit || c.full() {
			c.str("...")
			break
		}
		at := *e
		at.off, at.size = 0, width
		c.member(&at, p[i*width:(i+1)*width])
	}
	c.byte(']')
}

// far is a pointer to as many records as the member by says.
func far(name, by string, r *record) field {
	f := pointer(name)
	f.by, f.f = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		c.list(number(s[m.off:m.off+m.size]), number(s[m.by.off:m.by.off+m.by.size]), r.sizeOf(c), r.body)
	}
	return f
}

// variant is what a member is when its tag has a value.
type variant struct {
	tag  uint64
	name string
	*record
}

// union prints what the member by says; nothing where no variant has its value. size is the
// union's, align what it is aligned to.
func union(by string, size, align int, variants ...variant) field {
	f := octets("", size)
	for l := range layouts {
		f.aligns[l] = align
	}
	f.by, f.raw = by, nil
	choose := func(m *member, s []byte) *variant {
		tag := number(s[m.by.off : m.by.off+m.by.size])
		for i := range variants {
			if variants[i].tag == tag {
				return &variants[i]
			}
		}
		return nil
	}
	f.absent = func(m *member, s []byte) bool { return choose(m, s) == nil }
	f.all = func(c *Call, m *member, s []byte) {
		v := choose(m, s)
		if v.name != "" {
			c.str(v.name)
			c.byte('=')
			v.body(c, s[m.off:m.off+m.size])
			return
		}
		v.some(c, s[m.off:m.off+m.size], true)
	}
	f.bare = true
	return f
}

// more stands for the members that only -v shows: "..." without it.
func more() field { return field{member: member{brief: true}} }

// ifSet leaves the member out while it is zero.
func (f field) ifSet() field {
	f.absent = func(m *member, s []byte) bool { return allZero(s[m.off : m.off+m.size]) }
	return f
}

// unless leaves the member out when cond holds for the whole record.
func (f field) unless(cond func(c *Call, p []byte) bool) field {
	f.skip = cond
	return f
}

// as gives the member another format.
func (f field) as(format format) field {
	f.f = format
	return f
}

// boxed is a kind of a pointer to one number of width bytes: [3].
func boxed(width int, f format) kind {
	return in(func(c *Call, v uint64) {
		p, ok := c.read(v, width)
		if !ok {
			c.addr(v)
			return
		}
		c.byte('[')
		f(c, number(p))
		c.byte(']')
	})
}

// boxedWord is boxed for a number as wide as a pointer.
func boxedWord(f format) kind {
	return in(func(c *Call, v uint64) { boxed(c.ABI.Word, f).f(c, v) })
}

func fInt64(c *Call, v uint64) { c.dec(int64(v)) }
func fInt16(c *Call, v uint64) { c.dec(int64(int16(v))) }
