// prctl, arch_prctl, seccomp and ptrace: a command decides what the arguments are.

package syscalls

var archPrctlArg = kind{
	late: func(c *Call) bool {
		switch uint32(c.arg(0)) {
		case 0x1003, 0x1004, 0x1021, 0x1022, 0x1024: // ARCH_GET_FS, ARCH_GET_GS, ARCH_GET_XCOMP_*
			return true
		}
		return false
	},
	absent: func(c *Call) bool { return uint32(c.arg(0)) == 0x1011 },
	f: func(c *Call, v uint64) {
		switch uint32(c.arg(0)) {
		case 0x1023, 0x1025: // ARCH_REQ_XCOMP_PERM, ARCH_REQ_XCOMP_GUEST_PERM
			c.hex(v)
			if c.opts.Style != Numbers {
				n := tXFeature.find(v)
				if n == "" {
					n = tXFeature.unknown
				}
				c.comment(n)
			}
		case 0x1001, 0x1002, 0x1012: // ARCH_SET_GS, ARCH_SET_FS, ARCH_SET_CPUID
			c.hex(v)
		case 0x1021, 0x1022, 0x1024:
			c.xMaskAt(v)
		case 0x1003, 0x1004:
			if c.failed {
				c.addr(v)
			} else {
				c.addrAt(v)
			}
		default:
			c.hex(v)
		}
	},
}

// prctl: a row for each option says what its arguments are; an option without a row has four
// numbers.
type prctlRow struct {
	args []kind
	ret  format
}

var (
	zeroRest  = a(x, x, x, x)
	prctlRows = map[uint32]prctlRow{
		5: {args: a(out(uintPtr))}, 6: {args: a(flags64(&tPrUnalign))}, // alignment, floating point: other machines
		9: {args: a(out(uintPtr))}, 10: {args: a(size)},
		11: {args: a(out(uintPtr))}, 12: {args: a(size)},
		13: {}, 14: {args: a(size)},
		19: {args: a(out(uintPtr))}, 20: {args: a(size)},
		1:  {args: a(longSignal)},
		2:  {args: a(out(in(func(c *Call, v uint64) { c.signalAt(v) })))},
		3:  {ret: func(c *Call, v uint64) { c.enumResult(&tPrDumpable, v) }},
		4:  {args: a(enum64(&tPrDumpable))},
		7:  {},
		8:  {args: a(size)},
		15: {args: a(commSet)},
		16: {args: a(out(commName))},
		21: {},
		22: {args: a(enum64(&tSeccompMode), when(notStrict, seccompProg2), when(otherSeccomp, x), when(otherSeccomp, x))},
		23: {args: a(capIndex)},
		24: {args: a(capIndex)},
		25: {args: a(out(in(func(c *Call, v uint64) { c.enumAt(v, &tPrTsc) })))},
		26: {args: a(enumOf(&tPrTsc))},
		27: {ret: func(c *Call, v uint64) { c.flagsResult(&tSecureBits, v) }},
		28: {args: a(flagsOf(&tSecureBits))},
		29: {args: a(size)},
		30: {},
		31: {}, 32: {},
		45:         {args: a(flags64(&tPrFP))},
		46:         {ret: func(c *Call, v uint64) { c.flagsResult(&tPrFP, v) }},
		54:         {args: a(flags64(&tPACAll), x, x, x)},
		57:         {args: a(size, x, x, x)},
		33:         {args: a(enum64(&tPrMce), mceHow, x, x)},
		34:         {args: zeroRest, ret: func(c *Call, v uint64) { c.enumResult(&tPrMceHow, v) }},
		59:         {args: a(enum64(&tPrSUD), dispatchSize, dispatchSize, dispatchAt)},
		35:         {args: a(enumOf(&tPrMm), ptr, x, x)},
		36:         {args: a(size)},
		37:         {args: a(out(intPtr))},
		38:         {args: a(size, x, x, x)},
		39:         {args: zeroRest},
		40:         {args: a(out(addrPtr))},
		41:         {args: a(size, x, x, x)},
		42:         {args: zeroRest},
		47:         {args: a(enumOf(&tPrCapAmbient), in(func(c *Call, v uint64) { prCapArg(c, v) }), x, x)},
		0x53564d41: {args: a(enum64(&tPrVma), ptr, vmaSize, vmaName)},
		0x59616d61: {args: a(in(func(c *Call, v uint64) {
			if c.signed(v) == -1 {
				c.str("PR_SET_PTRACER_ANY")
			} else {
				c.udec(v)
			}
		}))},
	}
)

func prCapArg(c *Call, v uint64) {
	switch uint32(c.arg(1)) {
	case 1, 2, 3:
		c.enum(&tCaps, v)
	default:
		c.hex(v)
	}
}

var capIndex = in(func(c *Call, v uint64) { c.enum(&tCaps, v) })

// commSet is a thread's name to be: the kernel reads 15 bytes.
var commSet = in(func(c *Call, v uint64) {
	s, ended, ok := c.cstring(v, 15)
	if !ok {
		c.addr(v)
		return
	}
	c.quote(s, !ended)
})

// commName is a thread's name, 16 bytes with its NUL.
var commName = in(func(c *Call, v uint64) {
	s, ended, ok := c.cstring(v, 16)
	if !ok {
		c.addr(v)
		return
	}
	if !ended {
		s = s[:15]
	}
	c.quote(s, !ended)
})

// longSignal is a signal that the kernel takes as a long.
var longSignal = in(func(c *Call, v uint64) {
	if v>>31 != 0 {
		c.udec(v)
		return
	}
	c.signal(int(v))
})

// vmaSize and vmaName are the range's length and its name, where that is what is set.
var (
	vmaSize = in(func(c *Call, v uint64) {
		if c.arg(1) == 0 {
			c.udec(v)
		} else {
			c.hex(v)
		}
	})
	vmaName = in(func(c *Call, v uint64) {
		if c.arg(1) == 0 {
			c.text(v)
		} else {
			c.hex(v)
		}
	})
)

// Machine checks: what to do, and of that which, when it is set.
var (
	mceHow = in(func(c *Call, v uint64) {
		if c.arg(1) == 1 {
			c.enum(&tPrMceHow, v)
		} else {
			c.hex(v)
		}
	})
	tPrMce     = table{"PR_MCE_KILL_???", []name{{0, "PR_MCE_KILL_CLEAR"}, {1, "PR_MCE_KILL_SET"}}}
	tPrMceHow  = table{"PR_MCE_KILL_???", []name{{0, "PR_MCE_KILL_LATE"}, {1, "PR_MCE_KILL_EARLY"}, {2, "PR_MCE_KILL_DEFAULT"}}}
	tPrUnalign = table{"PR_UNALIGN_???", []name{{1, "PR_UNALIGN_NOPRINT"}, {2, "PR_UNALIGN_SIGBUS"}}}
	tPrSUD     = table{"PR_SYS_DISPATCH_???", []name{{0, "PR_SYS_DISPATCH_OFF"}, {1, "PR_SYS_DISPATCH_ON"}}}
	// dispatchArg prints arguments of PR_SET_SYSCALL_USER_DISPATCH, which are a range and a pointer when it is on.
	dispatchSize = in(func(c *Call, v uint64) { c.hex(v) })
	dispatchAt   = in(func(c *Call, v uint64) {
		if c.arg(1) == 1 {
			c.addr(v)
		} else {
			c.hex(v)
		}
	})
)

func (c *Call) signalAt(v uint64) {
	p, ok := c.read(v, 4)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.signal(int(int32(u32(p))))
	c.byte(']')
}

func (c *Call) enumAt(v uint64, t *table) {
	p, ok := c.read(v, 4)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.enum(t, uint64(u32(p)))
	c.byte(']')
}

// enumResult and flagsResult print a number that the text behind it explains.
func (c *Call) enumResult(t *table, v uint64) {
	c.dec(int64(v))
	if n := t.find(v); n != "" {
		c.aux = append(c.aux[:0], n...)
	}
}

func (c *Call) flagsResult(t *table, v uint64) {
	c.hex(v)
	known := uint64(0)
	for i := range t.names {
		known |= t.names[i].val
	}
	if v&known != 0 && c.opts.Style != Numbers {
		c.withAux(func(c *Call) {
			c.byName(func(c *Call) { c.flags(t, v) })
		})
	}
}

// prctlArg is argument i, 1 to 4, of prctl.
func prctlArg(i int) kind {
	row := func(c *Call) (prctlRow, bool) {
		r, ok := prctlRows[uint32(c.arg(0))]
		return r, ok
	}
	return kind{
		absent: func(c *Call) bool {
			r, ok := row(c)
			return ok && (i > len(r.args) || r.args[i-1].absent != nil && r.args[i-1].absent(c))
		},
		late: func(c *Call) bool {
			r, ok := row(c)
			return ok && i <= len(r.args) && r.args[i-1].out
		},
		f: func(c *Call, v uint64) {
			if r, ok := row(c); ok {
				r.args[i-1].f(c, v)
				return
			}
			c.hex(v)
		},
	}
}

var prctlArgs = a(enumOf(&tPrctl), prctlArg(1), prctlArg(2), prctlArg(3), prctlArg(4))

var rPrctl = ret{f: func(c *Call, v uint64) {
	if r, ok := prctlRows[uint32(c.arg(0))]; ok && r.ret != nil {
		r.ret(c, v)
		return
	}
	c.dec(int64(v))
}}

// seccomp.
var (
	seccompFlags = in(func(c *Call, v uint64) {
		if uint32(c.arg(0)) == 1 {
			c.flags(&tSeccompFlags, uint64(uint32(v)))
			return
		}
		c.hex(uint64(uint32(v)))
	})
	seccompProg  = in((*Call).seccompFprog)
	seccompProg2 = in(func(c *Call, v uint64) {
		if uint32(c.arg(1)) == 2 {
			seccompProg.f(c, v)
			return
		}
		c.hex(v)
	})
	seccompArg = kind{late: seccompAsks, f: func(c *Call, v uint64) {
		switch uint32(c.arg(0)) {
		case 1:
			seccompProg.f(c, v)
		case 2: // SECCOMP_GET_ACTION_AVAIL
			if p, ok := c.read(v, 4); ok {
				c.byte('[')
				c.enum(&tSeccompRet, uint64(u32(p)))
				c.byte(']')
				return
			}
			c.addr(v)
		case 3: // SECCOMP_GET_NOTIF_SIZES
			out(seccompSizes).f(c, v)
		default:
			c.addr(v)
		}
	}}
)

func seccompAsks(c *Call) bool { return uint32(c.arg(0)) == 3 }

// PR_SET_SECCOMP takes nothing else for SECCOMP_MODE_STRICT, and a program for SECCOMP_MODE_FILTER.
func notStrict(c *Call) bool    { return c.arg(1) != 1 }
func otherSeccomp(c *Call) bool { return c.arg(1) != 1 && c.arg(1) != 2 }

// seccompSizes is struct seccomp_notif_sizes.
var seccompSizes = structure(6, []member{{name: "seccomp_notif", size: 2, f: fUint}, {name: "seccomp_notif_resp", off: 2, size: 2, f: fUint},
	{name: "seccomp_data", off: 4, size: 2, f: fUint}})

// tXFeature are the components of the extended state, by their bits in XCR0 (Intel SDM vol. 1, 13.1).
var tXFeature = table{"XFEATURE_???", []name{{0, "XFEATURE_FP"}, {1, "XFEATURE_SSE"}, {2, "XFEATURE_YMM"}, {3, "XFEATURE_BNDREGS"}, {4, "XFEATURE_BNDCSR"},
	{5, "XFEATURE_OPMASK"}, {6, "XFEATURE_ZMM_Hi256"}, {7, "XFEATURE_Hi16_ZMM"}, {8, "XFEATURE_PT_UNIMPLEMENTED_SO_FAR"}, {9, "XFEATURE_PKRU"},
	{10, "XFEATURE_PASID"}, {15, "XFEATURE_LBR"}, {17, "XFEATURE_XTILE_CFG"}, {18, "XFEATURE_XTILE_DATA"}}}
