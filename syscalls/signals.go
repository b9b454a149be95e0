// Signals: sets, actions, what came with a signal, and the lines a trace shows for them.

package syscalls

import "encoding/binary"

// sigset prints a mask.
func (c *Call) sigset(p []byte) { c.form.sigset(c, p) }

// sigsetShort prints a mask as [INT QUIT], or ~[KILL STOP] when most signals are in it. Names go
// without SIG, as people write them in a set.
func (c *Call) sigsetShort(p []byte) {
	n := len(p) * 8
	set := 0
	for _, b := range p {
		for ; b != 0; b &= b - 1 {
			set++
		}
	}
	value := byte(1)
	if set >= n*2/3 {
		value = 0
		c.byte('~')
	}
	c.members(p, n, value, func(i int) {
		number := func() { c.dec(int64(i + 1)) }
		if r := c.ABI.OS.Signal(i + 1); r != nil {
			c.styled(number, func() { c.str(r.Name[3:]) })
		} else {
			number()
		}
	})
}

// sigsetAt prints the mask of n bytes at v: a word at least, and no more than the kernel's 8.
func (c *Call) sigsetAt(v, n uint64) {
	if n < uint64(c.ABI.Word) || n > 8 {
		c.addr(v)
		return
	}
	p, ok := c.read(v, int(n))
	if !ok {
		c.addr(v)
		return
	}
	c.sigset(p)
}

var (
	// sigsetShort may be of fewer bytes than the kernel's sets have.
	sigsetShort = in(func(c *Call, v uint64) {
		n := c.arg(c.reg)
		p, ok := c.read(v, int(min(n, 8)))
		if n == 0 || n > 8 || !ok {
			c.addr(v)
			return
		}
		c.sigset(p)
	})
	sigsetNext = in(func(c *Call, v uint64) { c.sigsetAt(v, c.arg(c.reg)) })
	sigsetLast = in(func(c *Call, v uint64) { c.sigsetAt(v, c.arg(3)) })
	oldSigset  = in(func(c *Call, v uint64) {
		p, ok := c.read(v, 4)
		if !ok {
			c.addr(v)
			return
		}
		c.sigset(p)
	})
	// sigsetSize is what pselect6 takes: a structure of a mask's address and its size.
	sigsetSize = in(func(c *Call, v uint64) {
		p, ok := c.words(v, 2)
		if !ok {
			c.addr(v)
			return
		}
		c.field(true, "sigmask")
		c.sigsetAt(c.wordAt(p, 0), c.wordAt(p, 1))
		c.field(false, "sigsetsize")
		c.udec(c.wordAt(p, 1))
		c.byte('}')
	})
	sigmaskWord = bare((*Call).sigmask)
	// sigsuspend of i386 passes two unused numbers before its mask.
	sigmaskThird = at(2, sigmaskWord)
	sigHandler   = in((*Call).handler)

	rSigmask    = sigmaskResult("mask ")
	rOldSigmask = sigmaskResult("old mask ")
	rHandler    = ret{f: rHex.f, aux: func(c *Call) {
		if n := tSigHandler.find(uint64(c.signed(uint64(c.Ret)))); n != "" {
			c.withAux(func(c *Call) { c.str(n) })
		}
	}}
)

// sigmask prints a mask of one word of 4 bytes.
func (c *Call) sigmask(v uint64) {
	p := c.alloc(4)
	binary.LittleEndian.PutUint32(p, uint32(v))
	c.sigset(p)
}

// sigmaskResult is a mask that is returned in a register.
func sigmaskResult(label string) ret {
	return ret{f: rHex.f, aux: func(c *Call) {
		c.withAux(func(c *Call) {
			c.str(label)
			c.sigmask(uint64(c.Ret))
		})
	}}
}

// handler prints the address of a signal handler.
func (c *Call) handler(v uint64) {
	if n := tSigHandler.find(uint64(c.signed(v))); n != "" {
		c.enumNamed(n, "", v)
		return
	}
	c.addr(v)
}

var tSigHandler = table{"", []name{{0, "SIG_DFL"}, {1, "SIG_IGN"}, {^uint64(0), "SIG_ERR"}}}

// sigaction is struct kernel_sigaction of rt_sigaction.
var sigaction = inTruss(in(func(c *Call, v uint64) {
	w := c.ABI.Word
	p, ok := c.read(v, 3*w+8)
	if !ok {
		c.addr(v)
		return
	}
	flags := c.word(p[w:])
	c.field(true, "sa_handler")
	c.handler(c.word(p))
	c.field(false, "sa_mask")
	c.sigset(p[3*w:])
	c.field(false, "sa_flags")
	c.flags(&tSaFlags, flags)
	if flags&0x04000000 != 0 {
		c.field(false, "sa_restorer")
		c.addr(c.word(p[2*w:]))
	}
	c.byte('}')
}), func(c *Call, v uint64) {
	p, ok := c.words(v, 2)
	if !ok {
		c.addr(v)
		return
	}
	c.trussAction(c.wordAt(p, 0), &tSaFlags, c.wordAt(p, 1))
})

// oldSigaction is i386's struct old_sigaction.
var oldSigaction = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 16)
	if !ok {
		c.addr(v)
		return
	}
	flags := u32(p[8:])
	c.field(true, "sa_handler")
	c.handler(uint64(u32(p)))
	c.field(false, "sa_mask")
	c.sigset(p[4:8])
	c.field(false, "sa_flags")
	c.flags(&tSaFlags, uint64(flags))
	if flags&0x04000000 != 0 {
		c.field(false, "sa_restorer")
		c.addr(uint64(u32(p[12:])))
	}
	c.byte('}')
})

var sigstack = in(func(c *Call, v uint64) {
	w := c.ABI.Word
	p, ok := c.read(v, 3*w)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "ss_sp")
	c.addr(c.word(p))
	c.field(false, "ss_flags")
	c.flags(&tSigaltstack, uint64(u32(p[w:])))
	c.field(false, "ss_size")
	c.udec(c.word(p[2*w:]))
	c.byte('}')
})

// sigreturnMask is no argument of the program's: the mask that the frame on its stack will
// restore (struct rt_sigframe of arch/x86: ucontext, whose mask is the last member).
var sigreturnMask = kind{wide: noReg, f: func(c *Call, _ uint64) {
	at := c.SP + 296
	if c.ABI.Long == 4 {
		// esp points past the return address: sig, pinfo, puc, info[128], uc with its mask at 108.
		at = c.SP + 4*3 + 128 + 108
	}
	c.field(true, "mask")
	c.sigsetAt(at, 8)
	c.byte('}')
}}

// oldSigreturnMask is that of i386's first frame (struct sigframe_ia32): esp points to its sigcontext, which holds the
// lower half of the mask; the upper one lies behind the floating-point state.
var oldSigreturnMask = kind{wide: noReg, f: func(c *Call, _ uint64) {
	const (
		context, low = 88, 80
		fpstate      = 624
	)
	half, ok := c.read(c.SP+low, 4)
	rest, ok2 := c.read(c.SP+context+fpstate, 4)
	if !ok || !ok2 {
		c.addr(c.SP)
		return
	}
	c.field(true, "mask")
	c.sigset(append(half, rest...))
	c.byte('}')
}}

// siginfo is siginfo_t as the ABI lays it out.
var siginfo = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 128)
	if !ok {
		c.addr(v)
		return
	}
	c.siginfo(p)
})

// codes are the tables of si_code by signal number of Linux.
var codes = map[int32]*table{4: &tIll, 5: &tTrap, 7: &tBus, 8: &tFpe, 11: &tSegv, 17: &tCld, 29: &tPollCode, 31: &tSysCode}

func (c *Call) siCode(signo, code int32) {
	n := tSiCode.find(uint64(uint32(code)))
	if n == "" || code > 0 && code != 0x80 {
		n = ""
		if t := codes[signo]; t != nil {
			n = t.find(uint64(uint32(code)))
		}
	}
	if !c.known(n) {
		n = ""
	}
	c.enumNamed(n, "", uint64(uint32(code)))
}

// siginfo prints a siginfo of 128 bytes. Which members count depends on the signal and on
// who sent it: the kernel (code above 0) or a program (0 and below); see sigaction(2).
func (c *Call) siginfo(p []byte) {
	if c.ABI.siginfo != nil {
		c.ABI.siginfo(c, p)
		return
	}
	if len(p) < 128 {
		return
	}
	signo, errno, code := int32(u32(p)), int32(u32(p[4:])), int32(u32(p[8:]))
	if signo == 0 {
		c.str("{}")
		return
	}
	c.field(true, "si_signo")
	c.signal(int(signo))
	c.field(false, "si_code")
	c.siCode(signo, code)
	if errno != 0 {
		c.field(false, "si_errno")
		number := func() { c.udec(uint64(uint32(errno))) }
		if r := c.ABI.OS.Errno(int(errno)); r != nil {
			c.styled(number, func() { c.str(r.Name) })
		} else {
			number()
		}
	}
	u := p[16:]
	if c.ABI.Long == 4 {
		u = p[12:]
	}
	switch {
	case code == 0, code == -6: // SI_USER, SI_TKILL
		c.sender(u)
	case code == -2: // SI_TIMER
		c.field(false, "si_timerid")
		c.hex(uint64(u32(u)))
		c.field(false, "si_overrun")
		c.dec(int64(int32(u32(u[4:]))))
		c.sigvalFields(c.word(u[8:]))
	case code == -5: // SI_SIGIO
		c.band(u)
	case code < 0:
		c.sender(u)
		c.sigval(u[8:])
	case code == 0x80 && signo == 29: // SI_KERNEL of SIGIO has nothing more
	default:
		c.kernelSignal(signo, code, u)
	}
	c.byte('}')
}

func (c *Call) sender(u []byte) {
	c.field(false, "si_pid")
	c.pid(uint64(u32(u)))
	c.field(false, "si_uid")
	c.uid(uint64(u32(u[4:])))
}

// sigval prints the value that a program sent, if there is one.
func (c *Call) sigval(u []byte) {
	if v := c.word(u); v != 0 {
		c.sigvalFields(v)
	}
}

func (c *Call) sigvalFields(v uint64) {
	c.field(false, "si_int")
	c.dec(int64(int32(uint32(v))))
	c.field(false, "si_ptr")
	c.addr(v)
}

// band is what has become possible of which descriptor.
func (c *Call) band(u []byte) {
	c.field(false, "si_band")
	if band := c.long(u); band>>16 == 0 {
		c.pollEvents(uint32(band))
	} else {
		c.dec(c.signed(band))
	}
	c.field(false, "si_fd")
	c.fd(uint64(u32(u[c.ABI.Long:])))
}

// kernelSignal prints the members of what the kernel itself raises.
func (c *Call) kernelSignal(signo, code int32, u []byte) {
	switch signo {
	case 17: // SIGCHLD
		c.sender(u)
		c.field(false, "si_status")
		status := int64(int32(u32(u[8:])))
		if code == 1 {
			c.dec(status)
		} else {
			c.signal(int(status))
		}
		at := 16
		if c.ABI.Long == 4 {
			at = 12
		}
		c.field(false, "si_utime")
		c.ticks(c.long(u[at:]))
		c.field(false, "si_stime")
		c.ticks(c.long(u[at+c.ABI.Long:]))
	case 4, 5, 7, 8, 11:
		c.field(false, "si_addr")
		c.addr(c.word(u))
		w := c.ABI.Word
		switch {
		case signo == 11 && code == 3: // SEGV_BNDERR
			c.field(false, "si_lower")
			c.addr(c.word(u[2*w:]))
			c.field(false, "si_upper")
			c.addr(c.word(u[3*w:]))
		case signo == 11 && code == 4: // SEGV_PKUERR
			c.field(false, "si_pkey")
			c.udec(uint64(u32(u[2*w:])))
		case signo == 7 && (code == 4 || code == 5): // BUS_MCEERR_AR, BUS_MCEERR_AO
			c.field(false, "si_addr_lsb")
			c.hex(uint64(u16(u[w:])))
		}
	case 29: // SIGIO
		c.band(u)
	case 31: // SIGSYS
		w := c.ABI.Word
		c.field(false, "si_call_addr")
		c.addr(c.word(u))
		nr, arch := u32(u[w:]), u32(u[w+4:])
		c.field(false, "si_syscall")
		c.numberOf(uint64(nr), arch)
		c.field(false, "si_arch")
		c.enum(&tAuditArch, uint64(arch))
	default:
		if u32(u) != 0 || u32(u[4:]) != 0 {
			c.sender(u)
		}
		c.sigval(u[8:])
	}
}

var rSig = ret{aux: func(c *Call) {
	if r := c.ABI.OS.Signal(int(c.Ret)); r != nil {
		c.aux = append(c.aux, r.Name...)
	}
}}

// resuming names the call that restart_syscall goes on with.
var resuming = kind{wide: noReg, f: func(c *Call, _ uint64) {
	c.str("<... resuming interrupted ")
	if c.prev == "" {
		c.str("system call")
	} else {
		c.str(c.prev)
	}
	c.str(" ...>")
}}

// AppendSiginfo appends a siginfo of 128 bytes as strace prints it between the dashes:
// {si_signo=SIGCHLD, si_code=CLD_EXITED, ...}. c gives the ABI and the options.
func AppendSiginfo(dst []byte, c *Call, info []byte) []byte {
	c.begin(dst, true)
	c.siginfo(info)
	dst, c.b = c.b, nil
	return dst
}

// ticks prints processor time in hundredths of a second.
func (c *Call) ticks(v uint64) {
	c.udec(v)
	if v == 0 || c.opts.Style == Numbers {
		return
	}
	c.str(" /* ")
	c.udec(v / 100)
	c.byte('.')
	c.b = append(c.b, '0'+byte(v%100/10), '0'+byte(v%10))
	c.str(" s */")
}
