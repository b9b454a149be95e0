// ioctl: a command says how long its argument is and which way it goes, by name or by the
// parts of its number (asm-generic/ioctl.h); a formatter for each of the common ones.

package syscalls

import "sort"

// ioctlRowOf finds the row of a command, or nil.
func ioctlRowOf(cmd uint32) *ioctlRow {
	i := sort.Search(len(ioctlRows), func(i int) bool { return ioctlRows[i].cmd >= cmd })
	if i < len(ioctlRows) && ioctlRows[i].cmd == cmd {
		return &ioctlRows[i]
	}
	return nil
}

var ioctlCmd = in(func(c *Call, v uint64) {
	cmd := uint32(v)
	if c.opts.Style == Numbers {
		c.hex(uint64(cmd))
		return
	}
	if r := ioctlRowOf(cmd); r != nil {
		c.str(r.name)
		return
	}
	c.str("_IOC(")
	switch cmd >> 30 {
	case 0:
		c.str("_IOC_NONE")
	case 1:
		c.str("_IOC_WRITE")
	case 2:
		c.str("_IOC_READ")
	case 3:
		c.str("_IOC_READ|_IOC_WRITE")
	}
	c.str(", ")
	c.hex(uint64(cmd >> 8 & 0xff))
	c.str(", ")
	c.hex(uint64(cmd & 0xff))
	c.str(", ")
	c.hex(uint64(cmd >> 16 & 0x3fff))
	c.byte(')')
})

// ioctlArgs are the commands whose argument is decoded; out(...) ones wait for the exit.
var ioctlArgs = map[uint32]kind{
	0x2:        out(intPtr),  // FIGETBSZ
	0x40044900: d,            // INOTIFY_IOC_SETNEXTWD
	0x4c00:     fd,           // LOOP_SET_FD
	0x4c06:     fd,           // LOOP_CHANGE_FD
	0x5401:     out(termios), // TCGETS
	0x5402:     termios,      // TCSETS, TCSETSW, TCSETSF
	0x5403:     termios,
	0x5404:     termios,
	0x5409:     d,                                                                     // TCSBRK
	0x5425:     d,                                                                     // TCSBRKP
	0x540a:     in(func(c *Call, v uint64) { c.enum(&tTcFlow, v) }),                   // TCXONC
	0x540b:     in(func(c *Call, v uint64) { c.enum(&tTcFlush, v) }),                  // TCFLSH
	0x540e:     d,                                                                     // TIOCSCTTY
	0x540f:     out(intPtr),                                                           // TIOCGPGRP
	0x5410:     intPtr,                                                                // TIOCSPGRP
	0x5411:     out(intPtr),                                                           // TIOCOUTQ
	0x5413:     out(winsize),                                                          // TIOCGWINSZ
	0x5414:     winsize,                                                               // TIOCSWINSZ
	0x541b:     out(intPtr),                                                           // FIONREAD
	0x5420:     intPtr,                                                                // TIOCPKT
	0x5421:     intPtr,                                                                // FIONBIO
	0x5423:     intPtr,                                                                // TIOCSETD
	0x5424:     out(intPtr),                                                           // TIOCGETD
	0x5429:     out(intPtr),                                                           // TIOCGSID
	0x5452:     intPtr,                                                                // FIOASYNC
	0x5412:     in(func(c *Call, v uint64) { c.charAt(v) }),                           // TIOCSTI
	0x80045430: out(intPtr),                                                           // TIOCGPTN
	0x40045431: intPtr,                                                                // TIOCSPTLCK
	0x5441:     in(func(c *Call, v uint64) { c.openFlags(v) }),                        // TIOCGPTPEER
	0x1260:     out(in(func(c *Call, v uint64) { c.numberAt(v, c.ABI.Long, false) })), // BLKGETSIZE
	0x80081272: out(in(func(c *Call, v uint64) { c.numberAt(v, 8, false) })),          // BLKGETSIZE64
	0x40049409: fd,                                                                    // FICLONE
}

var tTcFlow = table{"TC???", []name{{0, "TCOOFF"}, {1, "TCOON"}, {2, "TCIOFF"}, {3, "TCION"}}}

func ioctlKind(c *Call) *kind {
	if k, ok := ioctlArgs[uint32(c.arg(1))]; ok {
		return &k
	}
	return nil
}

var ioctlArg = kind{
	absent: func(c *Call) bool {
		r := ioctlRowOf(uint32(c.arg(1)))
		return r != nil && r.arg == ioNone
	},
	late: func(c *Call) bool {
		k := ioctlKind(c)
		return k != nil && k.out
	},
	f: func(c *Call, v uint64) {
		if k := ioctlKind(c); k != nil {
			k.f(c, v)
			return
		}
		if r := ioctlRowOf(uint32(c.arg(1))); r != nil && r.arg == ioAddr {
			c.addr(v)
			return
		}
		c.hex(v)
	},
}

// rIoctl is a descriptor where the command makes one.
var rIoctl = ret{f: func(c *Call, v uint64) {
	switch uint32(c.arg(1)) {
	case 0x5441, 0xae01, 0xae41, 0xb701, 0xb702: // TIOCGPTPEER, KVM_CREATE_VM, KVM_CREATE_VCPU, NS_GET_*
		c.fd(v)
	default:
		c.dec(int64(v))
	}
}}

func (c *Call) charAt(v uint64) {
	p, ok := c.read(v, 1)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.quote(p, false)
	c.byte(']')
}

var winsize = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	for i, s := range [...]string{"ws_row", "ws_col", "ws_xpixel", "ws_ypixel"} {
		c.field(i == 0, s)
		c.udec(uint64(u16(p[2*i:])))
	}
	c.byte('}')
})

// termios is the kernel's struct termios: a line speed and the flags that most readers look
// for, signed by a minus where off; all of it with -v.
var termios = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 36)
	if !ok {
		c.addr(v)
		return
	}
	oflag, cflag, lflag := u32(p[4:]), u32(p[8:]), u32(p[12:])
	if c.opts.Verbose {
		for i, s := range [...]string{"c_iflags", "c_oflags", "c_cflags", "c_lflags"} {
			c.field(i == 0, s)
			c.hex(uint64(u32(p[4*i:])))
		}
		c.field(false, "c_line")
		c.udec(uint64(p[16]))
		c.str(", c_cc=")
		c.byte('"')
		for _, b := range p[17:36] {
			c.b = append(c.b, '\\', 'x', hexDigits[b>>4], hexDigits[b&15])
		}
		c.str(`"}`)
		return
	}
	c.byte('{')
	if n := tBaud.find(uint64(cflag & 0o10017)); n != "" {
		c.str(n)
	} else {
		c.hex(uint64(cflag & 0o10017))
	}
	for _, f := range [...]struct {
		set  bool
		name string
	}{{oflag&1 != 0, "opost "}, {lflag&1 != 0, "isig "}, {lflag&2 != 0, "icanon "}, {lflag&8 != 0, "echo "}} {
		c.byte(' ')
		if !f.set {
			c.byte('-')
		}
		c.str(f.name[:len(f.name)-1])
	}
	c.str(" ...}")
})
