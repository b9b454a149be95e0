package cpu

// What user mode may ask of the processor and of the kernel.

// Segment registers. Which selectors exist is the kernel's affair: a load takes the ones
// that the thread has already, and null where that is allowed.

func movFromSegment(c *CPU, o *op) {
	if o.reg&7 > GS {
		undefined(c, o)
	} else if v := uint64(c.Segment[o.reg&7]); o.mem {
		c.store(c.ea(o), 2, v)
	} else {
		c.put(o.rm, o.size, v)
	}
}

func movToSegment(c *CPU, o *op) {
	s := o.reg & 7
	if s > GS || s == CS {
		undefined(c, o)
		return
	}
	v, ok := c.rmValue(o)
	switch sel := uint16(v); {
	case !ok:
	case s == SS && sel == c.Segment[SS]:
		c.Shadow = true
	case s == SS && sel < 4:
		c.raise(Protection)
	case (s == DS || s == ES) && (sel < 4 || sel == c.Segment[SS]):
		c.Segment[s] = sel
	default:
		unsupported(c, o)
	}
}

// movControl moves control and debug registers: the ones there are belong to the kernel.
func movControl(c *CPU, o *op) {
	const control = 1<<0 | 1<<2 | 1<<3 | 1<<4 | 1<<8
	exists := control>>o.reg&1 != 0
	if o.code&1 != 0 {
		exists = o.reg < 8
	}
	if exists {
		c.raise(Protection)
	} else {
		undefined(c, o)
	}
}

func int3(c *CPU, o *op) { c.raise(Breakpoint) }

// int1 is a #DB that leaves no trace in DR6.
func int1(c *CPU, o *op) { c.raise(Debug) }

func intN(c *CPU, o *op) {
	v := uint8(o.imm)
	if v == 3 {
		c.raise(Breakpoint)
		return
	}
	for _, g := range c.Gates {
		if g == v {
			c.trap = Trap{Kind: Interrupt, Vector: v}
			return
		}
	}
	c.raise(Protection)
}

// systemCall does what the hardware does but for masking RFLAGS by a register that user
// mode cannot see: the flags to come back with are in R11.
func systemCall(c *CPU, o *op) {
	c.R[RCX] = c.next
	c.R[R11] = c.Flags &^ FlagRF
	c.raise(Syscall)
}

func cpuid(c *CPU, o *op) {
	a, b, x, d := c.CPUID(uint32(c.R[RAX]), uint32(c.R[RCX]))
	c.R[RAX], c.R[RBX], c.R[RCX], c.R[RDX] = uint64(a), uint64(b), uint64(x), uint64(d)
}

// DefaultCPUID is a processor with just what the interpreter has, x86-64 with SSE2, and what
// every x86-64 has to: dynamic linkers refuse one without x87 and MMX, which few programs then
// use, and glibc's believes nothing of a processor whose vendor it does not know (Intel SDM
// vol. 2A, CPUID).
func DefaultCPUID(leaf, sub uint32) (a, b, c, d uint32) {
	switch leaf {
	case 0:
		return 7, 'G' | 'e'<<8 | 'n'<<16 | 'u'<<24, 'n' | 't'<<8 | 'e'<<16 | 'l'<<24, 'i' | 'n'<<8 | 'e'<<16 | 'I'<<24
	case 1: // family 6; cx16, movbe, popcnt, rdrand; fpu, tsc, cx8, cmov, clflush, mmx, fxsr, sse, sse2
		return 0x600, 0x0800, 1<<13 | 1<<22 | 1<<23 | 1<<30, 1<<0 | 1<<4 | 1<<8 | 1<<15 | 1<<19 | 1<<23 | 1<<24 | 1<<25 | 1<<26
	case 7:
		if sub == 0 { // fsgsbase, bmi1, bmi2, rdseed, adx; rdpid
			return 0, 1<<0 | 1<<3 | 1<<8 | 1<<18 | 1<<19, 1 << 22, 0
		}
	case 0x80000000:
		return 0x80000001, 0, 0, 0
	case 0x80000001: // lahf, lzcnt; syscall, nx, rdtscp, long mode
		return 0, 0, 1<<0 | 1<<5, 1<<11 | 1<<20 | 1<<27 | 1<<29
	}
	return 0, 0, 0, 0
}

func rdtsc(c *CPU, o *op) {
	t := c.TSC()
	c.R[RAX], c.R[RDX] = t&0xffffffff, t>>32
}

// group7 has xgetbv, rdtscp, and instructions for kernels.
func group7(c *CPU, o *op) {
	switch modrm := o.reg&7<<3 | o.rm&7; {
	case o.mem:
		unsupported(c, o)
	case modrm == 0x10 && o.rep == 0 && !o.o16: // xgetbv
		if uint32(c.R[RCX]) != 0 {
			c.raise(Protection)
			return
		}
		c.R[RAX], c.R[RDX] = c.XCR0&0xffffffff, c.XCR0>>32
	case modrm == 0x39: // rdtscp
		rdtsc(c, o)
		c.R[RCX] = uint64(c.Processor)
	case modrm == 0x38, modrm == 0x11: // swapgs, xsetbv
		c.raise(Protection)
	default:
		unsupported(c, o)
	}
}

// group9 is cmpxchg8b, cmpxchg16b, rdrand, rdseed and rdpid.
func group9(c *CPU, o *op) {
	switch digit := o.reg & 7; {
	case digit == 1 && o.mem:
		if o.w {
			c.cmpxchg16b(o)
		} else {
			c.cmpxchg8b(o)
		}
	case o.lock:
		undefined(c, o)
	case digit >= 6 && !o.mem && o.rep == 0: // rdrand, rdseed
		c.put(o.rm, o.size, c.Random())
		c.setArith(FlagCF)
	case digit == 7 && !o.mem && o.rep == 0xf3: // rdpid
		c.R[o.rm&15] = uint64(c.Processor)
	case digit == 1:
		undefined(c, o)
	default:
		unsupported(c, o)
	}
}

func (c *CPU) cmpxchg8b(o *op) {
	addr := c.ea(o)
	v, ok := c.loadForWrite(addr, 8)
	if !ok {
		return
	}
	equal := v == c.R[RDX]<<32|c.R[RAX]&0xffffffff
	c.setZF(equal)
	if equal {
		c.store(addr, 8, c.R[RCX]<<32|c.R[RBX]&0xffffffff)
		return
	}
	c.store(addr, 8, v)
	c.R[RAX], c.R[RDX] = v&0xffffffff, v>>32
}

func (c *CPU) cmpxchg16b(o *op) {
	addr := c.ea(o)
	if addr%16 != 0 {
		c.raise(Protection)
		return
	}
	if !c.claim(addr, 16) {
		return
	}
	page, off := c.writable(addr), addr%PageSize
	lo, hi := pick(&page.Data, off, 8), pick(&page.Data, off+8, 8)
	equal := lo == c.R[RAX] && hi == c.R[RDX]
	c.setZF(equal)
	if !equal {
		c.store(addr, 8, lo)
		c.store(addr+8, 8, hi)
		c.R[RAX], c.R[RDX] = lo, hi
		return
	}
	c.store(addr, 8, c.R[RBX])
	c.store(addr+8, 8, c.R[RCX])
}

// group15 is fxsave, the fences, the segment bases, mxcsr and cache lines.
func group15(c *CPU, o *op) {
	switch digit := o.reg & 7; {
	case !o.mem && o.rep == 0xf3 && digit < 4:
		c.segmentBase(o, digit)
	case !o.mem && o.rep == 0 && !o.o16 && digit >= 5: // lfence, mfence, sfence
	case o.mem && o.rep == 0 && !o.o16 && digit == 0:
		c.fxsave(o)
	case o.mem && o.rep == 0 && !o.o16 && digit == 1:
		c.fxrstor(o)
	case o.mem && o.rep == 0 && !o.o16 && digit == 2:
		if v, ok := c.load(c.ea(o), 4); ok && uint32(v)&^c.MXCSRMask != 0 {
			c.raise(Protection)
		} else if ok {
			c.MXCSR = uint32(v)
		}
	case o.mem && o.rep == 0 && !o.o16 && digit == 3:
		c.store(c.ea(o), 4, uint64(c.MXCSR))
	case o.mem && o.rep == 0 && digit == 7: // clflush, clflushopt: read access
		c.load(c.ea(o), 1)
	default:
		unsupported(c, o)
	}
}

// segmentBase is rdfsbase, rdgsbase, wrfsbase and wrgsbase.
func (c *CPU) segmentBase(o *op, digit uint8) {
	base := &c.FSBase
	if digit&1 != 0 {
		base = &c.GSBase
	}
	if digit < 2 {
		c.put(o.rm, max(o.size, 4), *base)
		return
	}
	v := c.get(o.rm, max(o.size, 4))
	if !canonical(v) {
		c.raise(Protection)
		return
	}
	*base = v
}

func nop(c *CPU, o *op) {}
