// What truss shows of structures: short, between braces with blanks. Facts are those of
// truss(1) and of what it prints on FreeBSD 15.

package syscalls

import (
	"net/netip"
	"strconv"
)

// trussName prints a file's name as it is, but for what would disturb a terminal.
func (c *Call) trussName(s []byte, more bool) {
	c.byte('"')
	for i, ch := range s {
		if ch >= ' ' && ch != 0x7f {
			c.byte(ch)
			continue
		}
		c.vis(ch, i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '7')
	}
	c.byte('"')
	if more {
		c.str("...")
	}
}

// fracDigits are the digits of a second's fraction by its unit.
var fracDigits = map[string]int{nsecUnit: 9, usecUnit: 6}

// secondsOf prints 12.000345.
func (c *Call) secondsOf(sec, frac int64, unit string) {
	c.dec(sec)
	c.byte('.')
	c.zeros(frac, fracDigits[unit])
}

// zeros prints a number with leading zeros.
func (c *Call) zeros(v int64, width int) {
	var digits [20]byte
	s := strconv.AppendInt(digits[:0], v, 10)
	for range width - len(s) {
		c.byte('0')
	}
	c.b = append(c.b, s...)
}

// trussTimes prints { 1.000000, 2.000000 }; a nanosecond may be one of utimensat(2)'s marks.
func trussTimes(width func(c *Call) int, unit string) format {
	return func(c *Call, v uint64) {
		a, b, e, f, ok := c.pairs(v, width(c))
		if !ok {
			c.addr(v)
			return
		}
		c.str("{ ")
		c.trussTime(a, b, unit)
		c.str(", ")
		c.trussTime(e, f, unit)
		c.str(" }")
	}
}

func (c *Call) trussTime(sec, frac int64, unit string) {
	if mark := c.sys().marks[frac]; mark != "" && unit == nsecUnit {
		c.str(mark)
		return
	}
	c.secondsOf(sec, frac, unit)
}

// trussLimits prints { cur=1,max=2 }.
func trussLimits(width func(c *Call) int) format {
	return func(c *Call, v uint64) {
		cur, hard, ok := c.pair(v, width(c))
		if !ok {
			c.addr(v)
			return
		}
		c.str("{ cur=")
		c.udec(uint64(cur))
		c.str(",max=")
		c.udec(uint64(hard))
		c.str(" }")
	}
}

// trussRusage prints the times and the blocks.
func (c *Call) trussRusage(v uint64) {
	l := c.ABI.Long
	p, ok := c.read(v, 18*l)
	if !ok {
		c.addr(v)
		return
	}
	n := func(i int) int64 { return int64(c.long(p[i*l:])) }
	c.str("{ u=")
	c.secondsOf(n(0), n(1), usecUnit)
	c.str(",s=")
	c.secondsOf(n(2), n(3), usecUnit)
	c.str(",in=")
	c.dec(n(11))
	c.str(",out=")
	c.dec(n(12))
	c.str(" }")
}

// trussStatus prints a wait status: { EXITED,val=0 }.
func (c *Call) trussStatus(v uint64) {
	p, ok := c.read(v, 4)
	if !ok {
		c.addr(v)
		return
	}
	s := u32(p)
	c.str("{ ")
	switch {
	case s == c.sys().continued:
		c.str("CONTINUED")
	case s&0x7f == 0:
		c.str("EXITED,val=")
		c.dec(int64(s >> 8 & 0xff))
	case s&0xff == 0x7f:
		c.str("STOPPED,sig=")
		c.signal(int(s >> 8 & 0xff))
	default:
		c.str("SIGNALED,sig=")
		c.signal(int(s & 0x7f))
		if s&0x80 != 0 {
			c.str(",cored")
		}
	}
	c.str(" }")
}

// trussStrings prints [ "ls", "-l" ], or only where it is.
func (c *Call) trussStrings(v uint64, show bool) {
	i := 0
	for p, ok := range c.pointers(v) {
		if i == 0 {
			if !show || !ok {
				c.addr(v)
				return
			}
			c.byte('[')
		}
		if !ok {
			c.str(", <inval>")
			break
		}
		if p == 0 || c.full() {
			break
		}
		if i++; i > 1 {
			c.byte(',')
		}
		c.byte(' ')
		c.path(p)
	}
	c.str(" ]")
}

// trussInts prints n ints: { 3, 4 }.
func (c *Call) trussInts(v uint64, n int) {
	p, ok := c.read(v, 4*n)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('{')
	for i := range n {
		if i > 0 {
			c.byte(',')
		}
		c.byte(' ')
		c.dec(int64(int32(u32(p[4*i:]))))
	}
	c.str(" }")
}

// trussPoll prints { 3/POLLIN 4/POLLOUT }.
func (c *Call) trussPoll(v uint64) {
	n := int(int32(c.arg(c.reg)))
	p, ok := c.read(v, 8*n)
	if !ok || n < 0 {
		c.addr(v)
		return
	}
	c.byte('{')
	for i := 0; i < n && !c.full(); i++ {
		c.byte(' ')
		c.dec(int64(int32(u32(p[8*i:]))))
		c.byte('/')
		c.pollEvents(uint32(u16(p[8*i+4:])))
	}
	c.str(" }")
}

// trussFDs prints the members of an fd_set: { 0 3 }.
func (c *Call) trussFDs(set []byte) {
	c.byte('{')
	for i := range min(int(int32(c.arg(0))), 8*len(set)) {
		if set[i/8]>>(i%8)&1 == 1 {
			c.byte(' ')
			c.dec(int64(i))
		}
	}
	c.str(" }")
}

// trussSigset prints { SIGINT|SIGQUIT }, and none as { }.
func (c *Call) trussSigset(p []byte) {
	c.str("{ ")
	any := false
	for i := range 8 * len(p) {
		if p[i/8]>>(i%8)&1 == 0 {
			continue
		}
		if any {
			c.byte('|')
		}
		any = true
		c.signal(i + 1)
	}
	if any {
		c.byte(' ')
	}
	c.byte('}')
}

// trussAction prints a handler and its flags.
func (c *Call) trussAction(handler uint64, t *table, flags uint64) {
	c.str("{ ")
	switch handler {
	case 0:
		c.str("SIG_DFL")
	case 1:
		c.str("SIG_IGN")
	default:
		c.hexAddr(handler)
	}
	c.byte(' ')
	c.flags(t, flags)
	c.str(" ss_t }")
}

// trussStat prints the mode as ls(1) does, and three numbers.
func (c *Call) trussStat(s *fileStat) {
	c.str("{ mode=")
	c.lsMode(s.mode)
	c.str(",inode=")
	c.udec(s.ino)
	c.str(",size=")
	c.dec(s.size)
	c.str(",blksize=")
	c.dec(s.blksize)
	c.str(" }")
}

// fileLetters are the types of files in a listing.
var fileLetters = map[uint64]byte{0o010000: 'p', 0o020000: 'c', 0o040000: 'd', 0o060000: 'b', 0o100000: '-', 0o120000: 'l', 0o140000: 's', 0o160000: 'w'}

// lsMode prints a mode as strmode(3) does: "drwxr-xr-x ", eleven characters.
func (c *Call) lsMode(mode uint64) {
	letter, ok := fileLetters[mode&0o170000]
	if !ok {
		letter = '?'
	}
	c.byte(letter)
	for _, who := range [...]struct {
		shift   int
		special uint64
		letters string // with execution, without
	}{{6, 0o4000, "sS"}, {3, 0o2000, "sS"}, {0, 0o1000, "tT"}} {
		bits := mode >> who.shift & 7
		for i, ch := range []byte("rwx") {
			has := bits>>(2-i)&1 == 1
			switch {
			case i == 2 && mode&who.special != 0 && has:
				c.byte(who.letters[0])
			case i == 2 && mode&who.special != 0:
				c.byte(who.letters[1])
			case has:
				c.byte(ch)
			default:
				c.byte('-')
			}
		}
	}
	c.byte(' ')
}

// trussSockaddr prints { AF_INET 127.0.0.1:80 }, and other families as bytes.
func (c *Call) trussSockaddr(p []byte) {
	sys := c.sys()
	family := sys.family(p)
	if f, known := sys.families[family]; known && f.truss != nil && len(p) >= f.least {
		c.str("{ ")
		c.enum(sys.familyTab, uint64(family))
		c.byte(' ')
		f.truss(c, p)
		c.str(" }")
		return
	}
	c.str("{ sa_len = ")
	c.dec(int64(len(p)))
	c.str(", sa_family = ")
	c.udec(uint64(family))
	c.str(", sa_data = {")
	for i, b := range p[2:] {
		if i > 0 {
			c.byte(',')
		}
		c.b = append(c.b, ' ', '0', 'x', hexDigits[b>>4], hexDigits[b&15])
	}
	c.str(" } }")
}

func (c *Call) trussPort(p []byte) {
	c.byte(':')
	c.udec(uint64(p[0])<<8 | uint64(p[1]))
}

func (c *Call) trussIn(p []byte) {
	c.b = netip.AddrFrom4([4]byte(p[4:8])).AppendTo(c.b)
	c.trussPort(p[2:])
}

func (c *Call) trussIn6(p []byte) {
	c.byte('[')
	c.b = netip.AddrFrom16([16]byte(p[8:24])).AppendTo(c.b)
	c.byte(']')
	c.trussPort(p[2:])
}

func (c *Call) trussUnix(p []byte) { c.form.name(c, untilNUL(p[2:min(len(p), 110)]), false) }

// trussMessage prints a msghdr without names.
func (c *Call) trussMessage(m *msghdr, total uint64, _ int64) {
	c.byte('{')
	if m.name == 0 {
		c.str("NULL")
	} else {
		c.sockaddr(m.name, int64(int32(m.namelen)))
	}
	c.byte(',')
	c.dec(int64(int32(m.namelen)))
	c.byte(',')
	c.iovecs(m.iov, m.iovlen, total)
	c.byte(',')
	c.udec(m.iovlen)
	c.byte(',')
	c.trussControl(m.control, m.controllen)
	c.byte(',')
	c.udec(m.controllen)
	c.byte(',')
	c.flags(c.sys().msgFlags, uint64(m.flags))
	c.byte('}')
}

// trussControl prints ancillary data: {{level=SOL_SOCKET,type=SCM_RIGHTS,data={0x03}}}.
func (c *Call) trussControl(v, n uint64) {
	sys, w := c.sys(), c.ABI.Word
	head, lenWidth := sys.cmsgHead(w), sys.cmsgLen(w)
	p, ok := c.read(v, int(min(n, controlLimit)))
	if !ok && n > 0 {
		c.addr(v)
		return
	}
	c.byte('{')
	for first := true; len(p) >= head; first = false {
		size := number(p[:lenWidth])
		level, typ := u32(p[lenWidth:]), u32(p[lenWidth+4:])
		if !first {
			c.byte(',')
		}
		c.str("{level=")
		c.enum(sys.levels, uint64(level))
		c.str(",type=")
		if t := sys.cmsgs[level]; t != nil {
			c.enum(t, uint64(typ))
		} else {
			c.dec(int64(int32(typ)))
		}
		c.str(",data={")
		if end := min(size, uint64(len(p))); end > uint64(head) {
			for i, b := range p[head:end] {
				if i > 0 {
					c.byte(',')
				}
				c.b = append(c.b, '0', 'x', hexDigits[b>>4], hexDigits[b&15])
			}
		}
		c.str("}}")
		step := max((size+uint64(w)-1)&^(uint64(w)-1), uint64(head))
		p = p[min(step, uint64(len(p))):]
	}
	c.byte('}')
}
