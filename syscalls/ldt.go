package syscalls

// Segments of 32-bit programs: struct user_desc of modify_ldt(2) and set_thread_area(2).

const userDescSize = 16

var (
	userDesc = kind{f: func(c *Call, v uint64) { c.userDesc(v, false) }, note: func(c *Call, v uint64) { c.noteNumber(v, 4) }}
	// userDescAsked is told of when it has been found; otherwise what was asked for is.
	userDescAsked = atExit(in(func(c *Call, v uint64) { c.userDesc(v, c.failed) }))
	userDescSized = in(func(c *Call, v uint64) {
		if c.arg(c.reg) != userDescSize {
			c.addr(v)
			return
		}
		c.userDesc(v, false)
	})

	// rSegment is the number that the kernel has chosen for a segment of number -1.
	rSegment = ret{aux: func(c *Call) {
		if p, ok := c.read(c.arg(0), 4); ok && c.saved[1] == 1 && c.saved[0] == 1<<32-1 {
			c.withAux(func(c *Call) {
				c.str("entry_number=")
				c.udec(number(p))
			})
		}
	}}
)

// userDescBits are the bit fields behind the limit: their places and widths.
var userDescBits = []struct {
	name     string
	at, bits int
}{{"seg_32bit", 0, 1}, {"contents", 1, 2}, {"read_exec_only", 3, 1}, {"limit_in_pages", 4, 1}, {"seg_not_present", 5, 1}, {"useable", 6, 1}}

// userDesc prints a segment; of one that is asked for, its number.
func (c *Call) userDesc(v uint64, numberOnly bool) {
	n := userDescSize
	if numberOnly {
		n = 4
	}
	p, ok := c.read(v, n)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "entry_number")
	if u32(p) == 0xffffffff {
		c.str("-1")
	} else {
		c.udec(uint64(u32(p)))
	}
	if numberOnly {
		c.str(", ...}")
		return
	}
	c.field(false, "base_addr")
	c.hexWidth(uint64(u32(p[4:])), 8)
	c.field(false, "limit")
	c.hexWidth(uint64(u32(p[8:])), 8)
	bits := u32(p[12:])
	for _, b := range userDescBits {
		c.field(false, b.name)
		c.udec(uint64(bits >> b.at & (1<<b.bits - 1)))
	}
	if c.ABI.Word == 8 {
		c.field(false, "lm")
		c.udec(uint64(bits >> 7 & 1))
	}
	c.byte('}')
}
