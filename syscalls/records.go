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

// print is a record behind a pointer.
func (r *record) print(c *Call, v uint64) { r.whole(c, v) }

// load reads a record. c.base is where it lies, for what follows it in memory.
func (r *record) load(c *Call, v uint64) ([]byte, bool) {
	c.base = v
	return c.read(v, r.sizeOf(c))
}

// in is a pointer to a record that the program has filled, out to one that the kernel fills.
func (r *record) in() kind  { return in(r.print) }
func (r *record) out() kind { return out(r.in()) }

// inout prints some members when the call begins and, in the same braces, others when it has
// succeeded.
func (r *record) inout(before, after string) kind {
	b, a := r.pick(before), r.pick(after)
	return phased(func(c *Call, v uint64) bool {
		p, ok := r.load(c, v)
		if !ok {
			c.addr(v)
			return false
		}
		c.byte('{')
		b.some(c, p, true)
		return true
	}, func(c *Call, v uint64) {
		if !c.failed {
			if p, ok := r.load(c, v); ok {
				a.some(c, p, before == "")
			}
		}
		c.byte('}')
	})
}

// updates prints some members when the call begins and, behind an arrow, what has become of
// the last of them when it has succeeded.
func (r *record) updates(before, after string) kind {
	b := r.pick(before)
	return phased(func(c *Call, v uint64) bool {
		p, ok := r.load(c, v)
		if !ok {
			c.addr(v)
			return false
		}
		c.byte('{')
		b.some(c, p, true)
		return true
	}, func(c *Call, v uint64) {
		if p, ok := r.load(c, v); ok && !c.failed {
			c.str(" => ")
			c.member(find(r.members[c.ABI.layout()], after), p)
		}
		c.byte('}')
	})
}

// becomes prints some members when the call begins and, behind an arrow, what others are when
// it has succeeded.
func (r *record) becomes(before, after string) kind {
	b, a := r.pick(before), r.pick(after)
	return phased(b.complete, func(c *Call, v uint64) {
		if p, ok := r.load(c, v); !c.failed && ok && !a.empty(c, p) {
			c.str(" => ")
			a.body(c, p)
		}
	})
}

// then prints a result when the call has succeeded, behind an arrow.
func then(before func(c *Call, v uint64) bool, after kind) kind {
	return phased(before, func(c *Call, v uint64) {
		if !c.failed {
			c.str(" => ")
			after.f(c, v)
		}
	})
}

// turns is becomes that prints the address behind the arrow when the call has failed.
func (r *record) turns(before, after string) kind {
	b, a := r.pick(before), r.pick(after)
	return phased(b.whole, func(c *Call, v uint64) {
		c.str(" => ")
		out(a.in()).f(c, v)
	})
}

// complete is whole down to the elements of the record's lists: strace shows no result behind
// what it could not show.
func (r *record) complete(c *Call, v uint64) bool {
	c.broken = false
	return r.whole(c, v) && !c.broken
}

// whole is print that tells whether there was something to print.
func (r *record) whole(c *Call, v uint64) bool {
	p, ok := r.load(c, v)
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

// upTo pads what has a pointer before it: wide bytes where that has 8, narrow ones where it has 4.
func upTo(wide, narrow int) field {
	f := pad(wide)
	f.widths = [layouts]int{wide, narrow, narrow}
	return f
}

func i32(name string) field {
	f := natural(name, 4, fInt)
	f.signed = true
	return f
}

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

// tuple is an array that is never shortened.
func tuple(n int, e field) field {
	f := array(n, e)
	f.raw = func(c *Call, p []byte) { c.elementsUpTo(readLimit, p, e.widths[c.ABI.layout()], &e.member) }
	return f
}

// arrayOf is a pointer to n numbers or records.
func arrayOf(n int, e field) kind {
	r := newRecord(array(n, e))
	return in(func(c *Call, v uint64) {
		if p, ok := r.load(c, v); ok {
			c.elements(p, e.widths[c.ABI.layout()], &e.member)
		} else {
			c.addr(v)
		}
	})
}

// listOf is arrayOf that shows those elements that can be read.
func listOf(n uint64, e field) kind {
	w := e.widths
	return in(func(c *Call, v uint64) {
		c.list(v, n, w[c.ABI.layout()], func(c *Call, p []byte) { c.element(&e.member, p) })
	})
}

// textOf is a string in an array of n bytes that is as long as the member by says.
func textOf(name, by string, n int) field {
	f := octets(name, n)
	f.by, f.raw = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		p := s[m.off : m.off+m.size]
		c.quote(p[:min(m.by.number(s), uint64(n))], false)
	}
	return f
}

// textWithin is a string in an array of n bytes, no longer than the member by, a short, says.
func textWithin(name, by string, n int) field {
	f := octets(name, n)
	f.by, f.raw = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		p := s[m.off : m.off+m.size]
		most := min(max(int(int16(m.by.number(s))), 0), n-1)
		t := untilNUL(p[:most+1])
		c.quote(t[:min(len(t), most)], len(t) > most)
	}
	return f
}

// counted is an array as long as the member by says, but no longer than n.
func counted(by string, n int, e field) field {
	return countedAs(by, func(n uint64) uint64 { return n }, n, e)
}

// countedAs is counted where the number of elements follows from that of the member.
func countedAs(by string, number func(n uint64) uint64, n int, e field) field {
	w := e.widths
	f := array(n, e)
	f.by, f.raw = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		width := w[c.ABI.layout()]
		count := min(number(min(m.by.count(s), uint64(n))), uint64(n))
		c.elements(s[m.off:m.off+int(count)*width], width, &e.member)
	}
	return f
}

// elements prints an array that p holds, as many elements as -s permits.
func (c *Call) elements(p []byte, width int, e *member) {
	c.elementsUpTo(c.limitOf(), p, width, e)
}

func (c *Call) elementsUpTo(limit int, p []byte, width int, e *member) {
	c.byte('[')
	for i := 0; (i+1)*width <= len(p); i++ {
		if i > 0 {
			c.str(", ")
		}
		if i >= limit || c.full() {
			c.str("...")
			break
		}
		begun := c.mark()
		c.element(e, p[i*width:(i+1)*width])
		c.release(begun)
	}
	c.byte(']')
}

// element prints an element of an array that p holds.
func (c *Call) element(e *member, p []byte) {
	at := *e
	at.off, at.size = 0, len(p)
	c.member(&at, p)
}

// count is number of something: what is negative counts as none.
func (m *member) count(s []byte) uint64 {
	n := m.number(s)
	if m.signed && int32(n) < 0 {
		return 0
	}
	return n
}

// number is the member's value in the structure s.
func (m *member) number(s []byte) uint64 { return number(s[m.off : m.off+m.size]) }

// far is a pointer to as many records as the member by says.
func far(name, by string, r *record) field {
	f := pointer(name)
	f.by, f.f = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		c.list(m.number(s), m.by.number(s), r.sizeOf(c), r.body)
	}
	return f
}

// behind is an array that follows the record in memory, as long as the member by says, which has
// no more than n elements.
func behind(name, by string, n int, e field) field {
	w := e.widths
	return trailing(name, by, e.aligns, func(c *Call, v, count uint64) {
		c.listCapped(v, count, uint64(n), w[c.ABI.layout()], c.limitOf(), func(c *Call, p []byte) { c.element(&e.member, p) })
	})
}

// few has a list end after n elements without -v.
func (f field) few(n int) field {
	all := f.all
	f.all = func(c *Call, m *member, s []byte) {
		opts := c.opts
		if !opts.Verbose {
			shorter := *opts
			shorter.StringLimit = min(n, c.limit())
			c.opts = &shorter
		}
		all(c, m, s)
		c.opts = opts
	}
	return f
}

// trailing is what follows the record in memory; f prints it, given its address and what the
// member by says.
func trailing(name, by string, aligns [layouts]int, f func(c *Call, v, n uint64)) field {
	fl := field{member: member{name: name}, by: by, aligns: aligns}
	fl.all = func(c *Call, m *member, s []byte) { f(c, c.base+uint64(m.off), m.by.number(s)) }
	return fl
}

// tagged is a number of 4 bytes whose format the member by chooses; it is hexadecimal where
// there is none for its value.
func tagged(name, by string, formats map[uint64]format) field {
	f := h32(name)
	f.by = by
	f.all = func(c *Call, m *member, s []byte) {
		if f := formats[m.by.number(s)]; f != nil {
			f(c, m.number(s))
		} else {
			c.hex(m.number(s))
		}
	}
	return f
}

// variant is what a member is when its tag has a value.
type variant struct {
	tag  uint64
	name string
	*record
}

// other is the tag of what a union is when its tag is none of the others.
const other = ^uint64(0)

// union prints what the member by says; nothing where no variant has its value. size is the
// union's, align what it is aligned to.
func union(by string, size, align int, variants ...variant) field {
	f := octets("", size)
	f.widths, f.aligns = overlaid(size, align, variants)
	f.by, f.raw, f.bare, f.mask = by, nil, true, other
	choose := func(m *member, s []byte) *variant {
		tag := m.by.number(s) & m.mask
		for i := range variants {
			if variants[i].tag == tag || variants[i].tag == other {
				return &variants[i]
			}
		}
		return nil
	}
	f.absent = func(c *Call, m *member, s []byte) bool {
		v := choose(m, s)
		return v == nil || v.name == "" && v.empty(c, s[m.off:m.off+m.size])
	}
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
	return f
}

// overlaid is the size and alignment of a union that has those given where words have 8 bytes. Elsewhere they follow
// from the variants, if it is they who make it so large, or aligned so, and not what is left out.
func overlaid(size, align int, variants []variant) (sizes, aligns [layouts]int) {
	var needs, wants [layouts]int
	for _, v := range variants {
		for l := range layouts {
			needs[l], wants[l] = max(needs[l], v.size[l]), max(wants[l], v.align[l])
		}
	}
	sizes, aligns = [layouts]int{size, size, size}, [layouts]int{align, align, min(align, 4)}
	for l := 1; l < layouts; l++ {
		if needs[0] >= size {
			sizes[l] = needs[l]
		}
		if wants[0] >= align {
			aligns[l] = wants[l]
		}
	}
	return sizes, aligns
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

// masked has only some bits of the tag count, named gives a union the name that pick knows.
func (f field) masked(mask uint64) field {
	f.mask = mask
	return f
}

func (f field) named(name string) field {
	f.name = name
	return f
}

// more stands for the members that only -v shows: "..." without it.
func more() field { return field{member: member{brief: true}} }

// gap stands for some members in the middle that only -v shows.
func gap() field { return field{member: member{brief: true, gap: true}} }

// ifSet leaves the member out while it is zero.
func (f field) ifSet() field {
	f.absent = func(_ *Call, m *member, s []byte) bool { return allZero(s[m.off : m.off+m.size]) }
	return f
}

// ifBits leaves the member out where the member by has none of the bits.
func (f field) ifBits(by string, bits uint64) field {
	f.by = by
	f.absent = func(_ *Call, m *member, s []byte) bool { return m.by.number(s)&bits == 0 }
	return f
}

// orDots shows "..." in place of the member, its name included, without -v.
func (f field) orDots() field {
	name, all := f.name, f.all
	f.bare = true
	f.all = func(c *Call, m *member, s []byte) {
		if !c.opts.Verbose {
			c.str("...")
			return
		}
		c.str(name)
		c.byte('=')
		all(c, m, s)
	}
	return f
}

// verbose leaves the member out without -v, unlessZero where the member cond is 0, too.
func (f field) verbose() field {
	f.skip = func(c *Call, _ []byte) bool { return !c.opts.Verbose }
	return f
}

func (f field) unlessZero(cond string) field {
	f.cond = cond
	return f
}

// newer is a member that strace 6.1 does not know.
func (f field) newer() field {
	f.skip = func(c *Call, _ []byte) bool { return c.opts.As61 }
	return f
}

// unlessNone leaves a list out that has no elements.
func (f field) unlessNone() field {
	f.absent = func(_ *Call, m *member, s []byte) bool { return m.by.number(s) == 0 }
	return f
}

// as gives the member another format.
func (f field) as(format format) field {
	f.f = format
	return f
}

// since61 is a kind that strace 6.1 did not know.
func since61(k kind) kind {
	return kind{of: func(c *Call) *kind {
		if c.opts.As61 {
			return &x
		}
		return &k
	}}
}

// pointed is a kind of a pointer to one number of width bytes, printed in its place.
func pointed(width int, f format) kind {
	return in(func(c *Call, v uint64) {
		if p, ok := c.read(v, width); ok {
			f(c, number(p))
		} else {
			c.addr(v)
		}
	})
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
func fLong(c *Call, v uint64)  { c.dec(c.signed(v)) }
func fInt16(c *Call, v uint64) { c.dec(int64(int16(v))) }

// fErrno is an error as the kernel has it, a negative number.
func fErrno(c *Call, v uint64) {
	n := int32(v)
	row := c.ABI.OS.Errno(int(-n))
	if n >= 0 || row == nil {
		c.dec(int64(n))
		return
	}
	c.styled(func() { c.dec(int64(n)) }, func() { c.str("-" + row.Name) })
}
