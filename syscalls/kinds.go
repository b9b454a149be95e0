// Argument kinds: one value each, which holds its formatter. The plain ones are here; those
// of structures stand with their structures in other files.

package syscalls

import "strings"

// format prints one argument. v is the argument's register; c.reg is already past it, so
// that c.arg(c.reg) is the next register.
type format func(c *Call, v uint64)

// kind is what one argument is.
type kind struct {
	f      format
	truss  format                  // in truss's form, where that is another
	out    bool                    // the kernel fills it in: print it at the exit
	late   func(c *Call) bool      // like out, when it depends on the other arguments
	lone   bool                    // the comma before it is printed with it, where others have theirs at the enter
	absent func(c *Call) bool      // the argument is not passed: print nothing
	tail   format                  // what the exit adds to the argument printed at the enter
	note   func(c *Call, v uint64) // called at the enter even when the argument is printed at the exit
	wide   wideness                // how many registers it takes
	takes  int                     // with noReg: the register it takes, counted from 1, or 0
	of     func(c *Call) *kind     // the kind in place of this one, when the other arguments say so
	bare   bool                    // what it prints comes from its register alone
	block  []kind                  // the call's arguments, which lie one after another where this one, the only one, points to
}

// now is the kind that an argument of this call has.
func (k *kind) now(c *Call) *kind {
	for k.of != nil {
		k = k.of(c)
	}
	return k
}

// wideness says which ABIs hand an argument over in two registers.
type wideness uint8

const (
	oneReg  wideness = iota
	pair32           // a 64-bit number: two registers on i386
	lowHigh          // two registers everywhere; where one is wide enough the other means nothing
	noReg            // none: the argument comes from elsewhere
)

func (k *kind) width(a *ABI) int {
	switch {
	case k.wide == noReg:
		return 0
	case k.wide == lowHigh, k.wide == pair32 && a.Long == 4:
		return 2
	}
	return 1
}

func in(f format) kind { return kind{f: f} }

// bare makes a kind of a number: no memory is read for it.
func bare(f format) kind { return kind{f: f, bare: true} }

// out makes a kind of what the kernel fills in: an address when the call failed, else what f
// makes of the memory.
func out(k kind) kind {
	k.out = true
	k.f = orAddr(k.f)
	if k.truss != nil {
		k.truss = orAddr(k.truss)
	}
	return k
}

func orAddr(f format) format {
	return func(c *Call, v uint64) {
		if c.failed {
			c.addr(v)
			return
		}
		f(c, v)
	}
}

// atExit prints its argument when the call has returned, failed or not.
func atExit(k kind) kind {
	k.out = true
	return k
}

// atEnter prints what an argument was before the call, which changes it: the arguments before it wait for the exit.
func atEnter(k kind) kind {
	f := k.f
	k.note = func(c *Call, v uint64) {
		line := c.b
		c.b = nil
		f(c, v)
		c.before, c.b = append(c.before[:0], c.b...), line
	}
	k.f = func(c *Call, v uint64) { c.b = append(c.b, c.before...) }
	return k
}

// block makes a kind of the address of all arguments of a call, which is shown where they cannot be read.
func block(kinds ...kind) kind { return kind{f: (*Call).addr, block: kinds} }

// when makes an argument that is passed only if cond holds.
func when(cond func(c *Call) bool, k kind) kind {
	k.absent = func(c *Call) bool { return !cond(c) }
	return k
}

func enumOf(t *table) kind  { return bare(func(c *Call, v uint64) { c.enum(t, uint64(uint32(v))) }) }
func flagsOf(t *table) kind { return bare(func(c *Call, v uint64) { c.flags(t, uint64(uint32(v))) }) }
func enum64(t *table) kind  { return bare(func(c *Call, v uint64) { c.enum(t, v) }) }
func flags64(t *table) kind { return bare(func(c *Call, v uint64) { c.flags(t, v) }) }

// The kinds without structure. A long is as wide as the kernel's.
var (
	d     = bare(func(c *Call, v uint64) { c.dec(int64(int32(v))) })    // int
	u     = bare(func(c *Call, v uint64) { c.udec(uint64(uint32(v))) }) // unsigned int
	size  = bare((*Call).udec)                                          // unsigned long, size_t
	long  = bare(func(c *Call, v uint64) { c.dec(c.signed(v)) })
	x     = bare((*Call).hex)
	x32   = bare(func(c *Call, v uint64) { c.hex(uint64(uint32(v))) })
	ptr   = bare((*Call).addr)
	mode  = bare(func(c *Call, v uint64) { c.octal(uint64(uint16(v))) })
	fd    = bare((*Call).fd)
	dirfd = in((*Call).dirFD)
	path  = in((*Call).path)
	cstr  = in((*Call).text)
	uid   = bare((*Call).uid)
	uid16 = bare(func(c *Call, v uint64) {
		if uint16(v) == 0xffff {
			c.str("-1")
		} else {
			c.udec(uint64(uint16(v)))
		}
	})
	pid   = bare((*Call).pid)
	pgid  = bare((*Call).group)
	sig   = bare(func(c *Call, v uint64) { c.signal(int(int32(v))) })
	off   = kind{f: func(c *Call, v uint64) { c.dec(int64(v)) }, bare: true, wide: pair32, truss: (*Call).hex}
	uoff  = kind{f: (*Call).udec, bare: true, wide: pair32, truss: (*Call).hex}
	posLH = kind{f: func(c *Call, v uint64) { c.dec(int64(v)) }, bare: true, wide: lowHigh}
	loff  = inTruss(bare(func(c *Call, v uint64) { c.dec(c.signed(v)) }), (*Call).hex) // off_t of the word's width

	fanFD = in(func(c *Call, v uint64) {
		if int32(v) != -1 {
			c.dirFD(v)
			return
		}
		c.styled(func() { c.str("-1") }, func() { c.str("FAN_NOFD") })
	})

	intPtr   = in(func(c *Call, v uint64) { c.numberAt(v, 4, true) })
	uintPtr  = in(func(c *Call, v uint64) { c.numberAt(v, 4, false) })
	off64Ptr = in(func(c *Call, v uint64) { c.numberAt(v, 8, true) })
	pidPtr   = boxed(4, (*Call).pid)
	fdPtr    = boxed(4, (*Call).fd)
	addrPtr  = in(func(c *Call, v uint64) { c.addrAt(v) })
	bufNext  = in(func(c *Call, v uint64) { c.buffer(v, c.arg(c.reg)) })       // its length is the next argument
	bufPrev  = in(func(c *Call, v uint64) { c.buffer(v, c.arg(c.reg-2)) })     // the one before
	bufRet   = out(in(func(c *Call, v uint64) { c.buffer(v, uint64(c.Ret)) })) // the value returned
	sendNext = in(func(c *Call, v uint64) { c.sockData(v, c.arg(c.reg)) })
	recvNext = out(in(func(c *Call, v uint64) { c.sockData(v, min(uint64(c.Ret), c.arg(c.reg))) })) // no more than there is room for
	bufHex   = out(in(func(c *Call, v uint64) { c.hexBuffer(v, uint64(c.Ret)) }))                   // and it is noise
)

const atFDCWD = -100

// signed widens a long of the ABI.
func (c *Call) signed(v uint64) int64 {
	if c.ABI.Long == 4 {
		return int64(int32(v))
	}
	return int64(v)
}

func (c *Call) fd(v uint64) {
	n := int32(v)
	c.dec(int64(n))
	if n >= 0 {
		c.fdName(n)
		if l := c.opts.Labels; l != nil {
			c.label(l.FD(c.PID, n))
		}
	}
}

// label prints a security context.
func (c *Call) label(context string) {
	if context != "" {
		c.str(" [")
		c.str(context)
		c.byte(']')
	}
}

// fileLabel prints that of the file of a path, if it is wanted.
func (c *Call) fileLabel(path []byte) {
	if l := c.opts.Labels; l != nil {
		c.label(l.Path(c.PID, c.dirfd, path))
	}
}

// fdName prints what -y knows of a descriptor.
func (c *Call) fdName(n int32) {
	if w := c.opts.Watch; w != nil && !c.Watched && n >= 0 && !c.exit {
		c.Watched = w.FD(c.PID, n)
	}
	if c.opts.FD == nil || n < 0 && n != atFDCWD {
		return
	}
	if s := c.opts.FD(c.PID, n); s != "" {
		c.byte('<')
		c.str(s)
		if !strings.HasSuffix(s, ">") && !strings.HasSuffix(s, ">(deleted)") {
			c.byte('>')
		}
	}
}

func (c *Call) dirFD(v uint64) {
	n := int32(v)
	c.dirfd = n
	if n != atFDCWD {
		c.fd(v)
		return
	}
	switch c.opts.Style {
	case Names:
		c.str("AT_FDCWD")
	case Numbers:
		c.dec(atFDCWD)
	case Both:
		c.str("-100 /* AT_FDCWD */")
	}
	c.fdName(n)
}

func (c *Call) uid(v uint64) {
	if uint32(v) == 0xffffffff {
		c.str("-1")
		return
	}
	c.udec(uint64(uint32(v)))
}

// path prints a whole path: -s does not shorten it.
func (c *Call) path(v uint64) {
	s, ended, ok := c.cstring(v, pathMax)
	if !ok {
		c.addr(v)
		return
	}
	if !ended {
		s = s[:pathMax-1]
	}
	if w := c.opts.Watch; w != nil && !c.Watched {
		c.Watched = w.Path(c.PID, c.dirfd, s)
	}
	c.form.name(c, s, !ended)
	c.fileLabel(s)
}

// text prints a string of any kind, as long as -s permits.
func (c *Call) text(v uint64) {
	n := c.limit()
	s, ended, ok := c.cstring(v, n+1)
	if !ok {
		c.addr(v)
		return
	}
	if !ended {
		s = s[:n]
	}
	c.quote(s, !ended)
}

// buffer prints n bytes, as many as -s permits.
func (c *Call) buffer(v, n uint64) { c.form.buffer(c, v, n) }

func (c *Call) bufferC(v, n uint64) {
	if v == 0 {
		c.addr(v)
		return
	}
	show := min(n, uint64(c.limit()))
	s, ok := c.readBytes(v, int(min(n, show+1))) // one that is not shown must be there, too
	if !ok && n > 0 {
		c.addr(v)
		return
	}
	c.quote(s[:show], show < n)
}

// hexBuffer prints n bytes, each as \x1f, since they are not text.
func (c *Call) hexBuffer(v, n uint64) {
	c.under(func(o *Options) { o.Hex = HexAll }, func() { c.buffer(v, n) })
}

// signal prints the name of a signal, or its number.
func (c *Call) signal(n int) {
	if c.opts.Style == Names {
		c.signalName(n)
		return
	}
	c.dec(int64(n))
	if r := c.ABI.OS.Signal(n); r != nil && c.opts.Style == Both {
		c.comment(r.Name)
	}
}

// signalName is signal in every style.
func (c *Call) signalName(n int) {
	if r := c.ABI.OS.Signal(n); r != nil {
		c.str(r.Name)
		return
	}
	c.dec(int64(n))
}

// pid prints the number of a process and what -Y knows of it.
func (c *Call) pid(v uint64) {
	c.dec(int64(int32(v)))
	if c.opts.PID != nil && int32(v) > 0 {
		c.str(c.opts.PID(c.TID, int(int32(v)), false))
	}
}

// group prints the number of a process group or session, which has no name.
func (c *Call) group(v uint64) {
	c.dec(int64(int32(v)))
	if c.opts.PID != nil && int32(v) > 0 {
		c.str(c.opts.PID(c.TID, int(int32(v)), true))
	}
}

// numberAt prints the number a pointer points to: [3].
func (c *Call) numberAt(v uint64, width int, signed bool) {
	p, ok := c.read(v, width)
	if !ok {
		c.addr(v)
		return
	}
	c.str(c.form.pointed[0])
	switch {
	case width == 8 && signed:
		c.dec(int64(u64(p)))
	case width == 8:
		c.udec(u64(p))
	case signed:
		c.dec(int64(int32(u32(p))))
	default:
		c.udec(uint64(u32(p)))
	}
	c.str(c.form.pointed[1])
}

func (c *Call) addrAt(v uint64) {
	p, ok := c.read(v, c.ABI.Word)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.addr(c.word(p))
	c.byte(']')
}

// limitOf is how many elements of a list are shown.
func (c *Call) limitOf() int {
	if c.opts.Verbose {
		return readLimit
	}
	return c.limit()
}

// list prints n elements of width bytes at addr as [a, b, ...]; each prints one. After the
// limit of -s, or where memory ends, "..." stands for the rest.
func (c *Call) list(addr, n uint64, width int, each func(c *Call, p []byte)) {
	c.listLimited(addr, n, width, c.limitOf(), each)
}

func (c *Call) listLimited(addr, n uint64, width, limit int, each func(c *Call, p []byte)) {
	c.listCapped(addr, n, n, width, limit, each)
}

// listCapped is listLimited of an array that has no more than most elements: "..." stands for
// those behind them.
func (c *Call) listCapped(addr, n, most uint64, width, limit int, each func(c *Call, p []byte)) {
	c.broken = c.broken || addr == 0 || n == 0
	if addr == 0 {
		c.str("NULL")
		return
	}
	if n == 0 {
		c.str("[]")
		return
	}
	c.pages.whole = c.pages.whole || n > 1
	if n > (^uint64(0)-addr)/uint64(width) { // no such array fits behind addr
		c.broken = true
		c.addr(addr)
		return
	}
	for i := uint64(0); i < n; i++ {
		if i > 0 && i >= most {
			c.str(c.form.comma)
			c.str("...")
			break
		}
		at, begun := addr+i*uint64(width), c.mark()
		p, ok := c.read(at, width)
		if !ok {
			c.broken = true
			if i == 0 {
				c.addr(addr)
				return
			}
			c.unreadable(at)
			break
		}
		if i >= uint64(limit) || c.full() {
			if i == 0 {
				c.byte('[')
			} else {
				c.str(c.form.comma)
			}
			c.str("...")
			break
		}
		if i == 0 {
			c.byte('[')
		} else {
			c.str(c.form.comma)
		}
		each(c, p)
		c.release(begun)
	}
	c.byte(']')
}

// unreadable ends a list whose rest, from at, cannot be read.
func (c *Call) unreadable(at uint64) {
	c.str(", ... /* ")
	c.addr(at)
	c.str(" */")
}

// members prints the numbers of those of the first n bits that have the value, as each
// prints one: [1 3].
func (c *Call) members(set []byte, n int, value byte, each func(i int)) {
	c.byte('[')
	first := true
	for i := range n {
		if set[i/8]>>(i%8)&1 != value {
			continue
		}
		if !first {
			c.byte(' ')
		}
		if c.full() {
			c.str("...")
			break
		}
		first = false
		each(i)
	}
	c.byte(']')
}

// field starts member number i of a structure: "{name=" or ", name=".
func (c *Call) field(first bool, name string) {
	if first {
		c.byte('{')
	} else {
		c.str(", ")
	}
	c.str(name)
	c.byte('=')
}
