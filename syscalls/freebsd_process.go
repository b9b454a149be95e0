// Processes, threads, rights and signals of FreeBSD (sys/signal.h, sys/wait.h, sys/procctl.h,
// sys/capsicum.h, sys/thr.h, sys/umtx.h, sys/jail.h).

package syscalls

// Signals.
var (
	bsdSigset = in(func(c *Call, v uint64) {
		p, ok := c.read(v, 16)
		if !ok {
			c.addr(v)
			return
		}
		c.sigset(p)
	})
	bsdSigaction = inTruss(in(func(c *Call, v uint64) {
		w := c.ABI.Word
		p, ok := c.read(v, w+20)
		if !ok {
			c.addr(v)
			return
		}
		c.field(true, "sa_handler")
		c.handler(c.word(p))
		c.field(false, "sa_flags")
		c.flags(&tBSDSA, uint64(u32(p[w:])))
		c.field(false, "sa_mask")
		c.sigset(p[w+4:])
		c.byte('}')
	}), func(c *Call, v uint64) {
		w := c.ABI.Word
		p, ok := c.read(v, w+20)
		if !ok {
			c.addr(v)
			return
		}
		c.trussAction(c.word(p), &tBSDSA, uint64(u32(p[w:])))
	})
	bsdSigstack = in(func(c *Call, v uint64) {
		w := c.ABI.Word
		p, ok := c.read(v, 2*w+4)
		if !ok {
			c.addr(v)
			return
		}
		c.field(true, "ss_sp")
		c.addr(c.word(p))
		c.field(false, "ss_size")
		c.udec(c.word(p[w:]))
		c.field(false, "ss_flags")
		c.flags(&tBSDSS, uint64(u32(p[2*w:])))
		c.byte('}')
	})
	bsdSiginfo = inTruss(in(func(c *Call, v uint64) {
		p, ok := c.read(v, siginfoOf[c.ABI.Word].size)
		if !ok {
			c.addr(v)
			return
		}
		c.freebsdSiginfo(p)
	}), func(c *Call, v uint64) {
		p, ok := c.read(v, siginfoOf[c.ABI.Word].size)
		if !ok {
			c.addr(v)
			return
		}
		c.str("{ signo=")
		c.signal(int(u32(p)))
		c.trussSiginfo(p)
		c.str(" }")
	})
	bsdSigevent = in(func(c *Call, v uint64) {
		w := c.ABI.Word
		p, ok := c.read(v, 8+2*w)
		if !ok {
			c.addr(v)
			return
		}
		c.bsdSigevent(p)
	})
	// sigPtr is the number of a signal that the kernel fills in.
	sigPtr = in(func(c *Call, v uint64) {
		p, ok := c.read(v, 4)
		if !ok {
			c.addr(v)
			return
		}
		c.str(c.form.pointed[0])
		c.signal(int(u32(p)))
		c.str(c.form.pointed[1])
	})
)

func (c *Call) bsdSigevent(p []byte) {
	notify, signo, w := u32(p), u32(p[4:]), c.ABI.Word
	c.field(true, "sigev_notify")
	c.enum(&tBSDSigev, uint64(notify))
	switch notify {
	case 1, 4: // SIGEV_SIGNAL, SIGEV_THREAD_ID
		c.field(false, "sigev_signo")
		c.signal(int(signo))
	case 3: // SIGEV_KEVENT
		c.field(false, "sigev_notify_kqueue")
		c.fd(uint64(signo))
	}
	if v := c.word(p[8:]); v != 0 {
		c.field(false, "sigev_value")
		c.hexAddr(v)
	}
	if notify == 4 {
		c.field(false, "sigev_notify_thread_id")
		c.dec(int64(int32(u32(p[8+w:]))))
	}
	c.byte('}')
}

// wait6: a process by the type before it, two rusages, a status.
var (
	idArg     = kind{f: func(c *Call, v uint64) { c.dec(int64(v)) }, wide: pair32}
	bsdStatus = kind{out: true, truss: orAddr((*Call).trussStatus), f: func(c *Call, v uint64) {
		p, ok := c.read(v, 4)
		if c.failed || c.Ret == 0 || !ok {
			c.addr(v)
			return
		}
		c.byte('[')
		c.bsdWaitStatus(u32(p))
		c.byte(']')
	}}
	bsdWrusage = kind{out: true, truss: orAddr((*Call).trussRusage), f: func(c *Call, v uint64) {
		if c.failed || c.Ret == 0 || v == 0 {
			c.addr(v)
			return
		}
		c.field(true, "wru_self")
		c.rusage(v)
		c.field(false, "wru_children")
		c.rusage(v + uint64(18*c.ABI.Long))
		c.byte('}')
	}}
	bsdWaitInfo = kind{out: true, truss: orAddr(bsdSiginfo.truss), f: func(c *Call, v uint64) {
		if c.failed || c.Ret == 0 {
			c.addr(v)
			return
		}
		bsdSiginfo.f(c, v)
	}}
)

// bsdWaitStatus prints a status in terms of the macros of wait(2); that of a process that was
// continued is SIGCONT (sys/wait.h).
func (c *Call) bsdWaitStatus(s uint32) {
	if s == c.sys().continued {
		c.str("{WIFCONTINUED(s)}")
		return
	}
	c.waitStatus(s & 0xffff)
}

// procctl: what a command takes (sys/procctl.h); those that fill it in are shown at the exit.
var bsdProcctls = map[uint32]kind{
	1: in(flagsAt(&tBSDProtect)), 3: ptr, 4: out(structure(20, bsdReaperStatus)), 6: out(structure(20, bsdReaperKill)),
	7: in(enumAt(&tBSDTraceCtl)), 8: out(intPtr), 9: in(enumAt(&tBSDTrapcap)), 10: out(in(enumAt(&tBSDTrapcap))),
	11: sigPtr, 12: out(sigPtr), 13: in(flagsAt(&tBSDAslr)), 14: out(in(flagsAt(&tBSDAslr))),
	15: in(flagsAt(&tBSDProtmax)), 16: out(in(flagsAt(&tBSDProtmax))), 17: in(flagsAt(&tBSDStackgap)), 18: out(in(flagsAt(&tBSDStackgap))),
	19: in(enumAt(&tBSDNoNewPrivs)), 20: out(in(enumAt(&tBSDNoNewPrivs))), 21: in(flagsAt(&tBSDWxmap)), 22: out(in(flagsAt(&tBSDWxmap))),
	23: in(enumAt(&tBSDLogsigexit)), 24: out(in(enumAt(&tBSDLogsigexit))),
}

var (
	bsdReaperStatus = []member{{name: "rs_flags", size: 4, f: fFlags(&tBSDReaper)}, {name: "rs_children", off: 4, size: 4, f: fUint},
		{name: "rs_descendants", off: 8, size: 4, f: fUint}, {name: "rs_reaper", off: 12, size: 4, f: fInt}, {name: "rs_pid", off: 16, size: 4, f: fInt}}
	bsdReaperKill = []member{{name: "rk_sig", size: 4, f: func(c *Call, v uint64) { c.signal(int(v)) }}, {name: "rk_flags", off: 4, size: 4, f: fFlags(&tBSDReaperKill)},
		{name: "rk_subtree", off: 8, size: 4, f: fInt}, {name: "rk_killed", off: 12, size: 4, f: fUint}, {name: "rk_fpid", off: 16, size: 4, f: fInt}}
)

func numberIn(show func(c *Call, v uint64)) format {
	return func(c *Call, v uint64) {
		p, ok := c.read(v, 4)
		if !ok {
			c.addr(v)
			return
		}
		c.str(c.form.pointed[0])
		show(c, uint64(u32(p)))
		c.str(c.form.pointed[1])
	}
}

func flagsAt(t *table) format { return numberIn(fFlags(t)) }
func enumAt(t *table) format  { return numberIn(fEnum(t)) }

// bsdCommand is the register that the command of procctl is in: the id before it is of 64 bits.
func bsdProcctlCmd(c *Call) uint32 {
	if c.ABI.Long == 4 {
		return uint32(c.arg(3))
	}
	return uint32(c.arg(2))
}

var bsdProcctlData = kind{
	late: func(c *Call) bool { return bsdProcctls[bsdProcctlCmd(c)].out },
	f: func(c *Call, v uint64) {
		if k, ok := bsdProcctls[bsdProcctlCmd(c)]; ok {
			k.f(c, v)
			return
		}
		c.addr(v)
	},
	truss: (*Call).hexAddr,
}

// cap_rights_t: words of bits, each with its own index in the bits 57 to 61 (sys/capsicum.h).
var bsdRights = inTruss(in(func(c *Call, v uint64) { c.rights(v, "{", "}") }), func(c *Call, v uint64) { c.rights(v, "{ ", " }") })

func (c *Call) rights(v uint64, open, end string) {
	p, ok := c.read(v, 16)
	if !ok {
		c.addr(v)
		return
	}
	c.str(open)
	any := false
	for i := range 2 {
		const head uint64 = 3<<62 | 0x1f<<57
		w := u64(p[8*i:])
		rest := w &^ head
		for _, n := range tBSDRights.names {
			if low := n.val &^ head; n.val&head == w&head && rest&low == low {
				if any {
					c.byte('|')
				}
				c.str(n.name)
				rest, any = rest&^low, true
			}
		}
		if rest != 0 {
			if any {
				c.byte('|')
			}
			c.hex(rest)
			any = true
		}
	}
	if !any {
		c.str("CAP_NONE")
	}
	c.str(end)
}

// umtx: an operation, with the width of the program's words above it.
var bsdUmtxOp = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	const other = 0xc0000000
	c.enum(&tBSDUmtx, v&^other)
	for _, n := range []name{{0x40000000, "UMTX_OP__I386"}, {0x80000000, "UMTX_OP__32BIT"}} {
		if v&n.val != 0 {
			c.byte('|')
			c.str(n.name)
		}
	}
})

// thr_new: struct thr_param.
var bsdThrParam = in(func(c *Call, v uint64) {
	w := c.ABI.Word
	p, ok := c.read(v, min(8*w+4, int(uint32(c.arg(c.reg)))))
	if !ok || len(p) < 8*w+4 {
		c.addr(v)
		return
	}
	for i, n := range [...]string{"start_func", "arg", "stack_base", "stack_size", "tls_base", "tls_size", "child_tid", "parent_tid"} {
		c.field(i == 0, n)
		c.hexAddr(c.wordAt(p, i))
	}
	c.field(false, "flags")
	c.flags(&tBSDThr, uint64(u32(p[8*w:])))
	c.byte('}')
})

// longPtr is a long that a pointer points to.
var longPtr = in(func(c *Call, v uint64) { c.numberAt(v, c.ABI.Long, true) })

// jail: struct jail of version 2 (sys/jail.h).
var bsdJail = in(func(c *Call, v uint64) {
	w := c.ABI.Word
	p, ok := c.read(v, 4*w+8)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "version")
	c.udec(uint64(u32(p)))
	for i, n := range [...]string{"path", "hostname", "jailname"} {
		c.field(false, n)
		c.text(c.wordAt(p, i+1))
	}
	c.field(false, "ip4s")
	c.udec(uint64(u32(p[4*w:])))
	c.field(false, "ip6s")
	c.udec(uint64(u32(p[4*w+4:])))
	c.byte('}')
})
