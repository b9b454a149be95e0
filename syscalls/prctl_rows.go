package syscalls

// prctl(2)'s rows for other machines' features, speculation, core scheduling; and the masks of
// arch_prctl(2).

func init() {
	for option, row := range prctlMore {
		prctlRows[option] = row
	}
}

var prctlMore = map[uint32]prctlRow{
	28: {args: a(flags64(&tSecureBits))},
	50: {args: a(vectorLength(&tSVE)), ret: vectorResult(&tSVE)}, 51: {ret: vectorResult(&tSVE)}, 63: {args: a(vectorLength(&tSME)), ret: vectorResult(&tSME)}, 64: {ret: vectorResult(&tSME)},
	52: {args: a(flags64(&tSpecWhich2)), ret: func(c *Call, v uint64) { c.specResult(v) }}, 53: {args: a(flags64(&tSpecWhich2), flags64(&tSpec))},
	55: {args: a(taggedAddr, x, x, x)},
	56: {args: zeroRest, ret: func(c *Call, v uint64) { c.hexAux(v, func(c *Call) { taggedAddr.f(c, v) }) }},
	60: {args: a(flags64(&tPAC), flags64(&tPAC), x, x)},
	61: {args: zeroRest, ret: func(c *Call, v uint64) {
		c.hexAux(v, func(c *Call) {
			if v&0xf != 0 {
				c.flags(&tPAC, v)
			}
		})
	}},
	62:         {args: a(enumOf(&tSchedCore), pid, coreType, coreCookie)},
	0x59616d61: {args: a(ptracer)},
}

var ptracer = in(func(c *Call, v uint64) {
	switch {
	case int32(v) != -1:
		c.pid(v)
	default:
		c.styled(func() { c.str("-1") }, func() { c.str("PR_SET_PTRACER_ANY") })
	}
})

var (
	tSVE = table{"", []name{{0x40000, "PR_SVE_SET_VL_ONEXEC"}, {0x20000, "PR_SVE_VL_INHERIT"}}}
	tSME = table{"", []name{{0x40000, "PR_SME_SET_VL_ONEXEC"}, {0x20000, "PR_SME_VL_INHERIT"}}}
	// The features whose speculation is told of are numbers, and unknown ones are shown as such.
	tSpecWhich2 = table{"PR_SPEC_???", []name{{0, "PR_SPEC_STORE_BYPASS"}, {1, "PR_SPEC_INDIRECT_BRANCH"}, {2, "PR_SPEC_L1D_FLUSH"}}}
	tSpec       = table{"PR_SPEC_???", []name{{2, "PR_SPEC_ENABLE"}, {4, "PR_SPEC_DISABLE"}, {8, "PR_SPEC_FORCE_DISABLE"}, {16, "PR_SPEC_DISABLE_NOEXEC"}}}
	tSpecRet    = table{"PR_SPEC_???", []name{{1, "PR_SPEC_PRCTL"}, {2, "PR_SPEC_ENABLE"}, {4, "PR_SPEC_DISABLE"}, {8, "PR_SPEC_FORCE_DISABLE"}, {16, "PR_SPEC_DISABLE_NOEXEC"}}}
	tPAC        = table{"PR_PAC_???", []name{{1, "PR_PAC_APIAKEY"}, {2, "PR_PAC_APIBKEY"}, {4, "PR_PAC_APDAKEY"}, {8, "PR_PAC_APDBKEY"}}}
	tPACAll     = table{"PR_PAC_???", append(tPAC.names[:4:4], name{16, "PR_PAC_APGAKEY"})}
	tPrFP       = table{"PR_FP_MODE_???", []name{{1, "PR_FP_MODE_FR"}, {2, "PR_FP_MODE_FRE"}}}
	tSchedCore  = table{"PR_SCHED_CORE_???", []name{{0, "PR_SCHED_CORE_GET"}, {1, "PR_SCHED_CORE_CREATE"}, {2, "PR_SCHED_CORE_SHARE_TO"}, {3, "PR_SCHED_CORE_SHARE_FROM"}}}
	tMTE        = table{"PR_MTE_TCF_???", []name{{0, "PR_MTE_TCF_NONE"}, {1, "PR_MTE_TCF_SYNC"}, {2, "PR_MTE_TCF_ASYNC"}, {3, "PR_MTE_TCF_MASK"}}}
)

func init() {
	for _, option := range []uint32{52, 53} { // an enum, not flags
		r := prctlRows[option]
		r.args[0] = in(func(c *Call, v uint64) { c.enum(&tSpecWhich2, v) })
		if option == 53 {
			r.args[1] = in(func(c *Call, v uint64) {
				if tSpecWhich2.find(c.arg(1)) == "" {
					c.hex(v)
					return
				}
				c.enum(&tSpec, v)
			})
		}
	}
}

func (c *Call) specResult(v uint64) {
	if tSpecWhich2.find(c.arg(1)) == "" {
		c.dec(int64(v))
		return
	}
	c.hex(v)
	if v&0x1f != 0 {
		c.withAux(func(c *Call) { c.flags(&tSpecRet, v) })
	} else if v == 0 && c.opts.Style != Numbers && tSpecWhich2.find(c.arg(1)) != "" {
		c.aux = append(c.aux[:0], "PR_SPEC_NOT_AFFECTED"...)
	}
}

// hexAux is a result in hexadecimal that the text behind it explains.
func (c *Call) hexAux(v uint64, f func(c *Call)) {
	c.hex(v)
	if c.opts.Style != Numbers {
		c.withAux(func(c *Call) { c.byName(f) })
	}
}

// vectorLength is a length in the low half with flags above it.
func vectorLength(t *table) kind {
	return in(func(c *Call, v uint64) {
		if v&^0xffff == 0 {
			c.hex(v)
			return
		}
		c.styled(func() { c.hex(v) }, func() { c.vectorNames(t, v) })
	})
}

func (c *Call) vectorNames(t *table, v uint64) {
	if rest, any := c.bits(t, v&^0xffff, false); rest != 0 {
		if any {
			c.byte('|')
		}
		c.hex(rest)
	}
	c.byte('|')
	c.hex(v & 0xffff)
}

func vectorResult(t *table) format {
	return func(c *Call, v uint64) {
		c.hex(v)
		if v&^0xffff != 0 && c.opts.Style != Numbers {
			c.withAux(func(c *Call) { c.vectorNames(t, v) })
		}
	}
}

// taggedAddr is the control of tagged addresses: a bit, a mode, a set of tags.
var taggedAddr = in(func(c *Call, v uint64) {
	c.styled(func() { c.hex(v) }, func() {
		if v&1 == 0 {
			c.byte('!')
		}
		c.str("PR_TAGGED_ADDR_ENABLE|")
		c.enum(&tMTE, v>>1&3)
		if tags := v >> 3 & 0xffff; tags != 0 {
			c.byte('|')
			c.hex(tags)
			c.str("<<PR_MTE_TAG_SHIFT")
		}
		if rest := v &^ (1<<19 - 1); rest != 0 {
			c.byte('|')
			c.hex(rest)
		}
	})
})

var tPIDType = table{"PIDTYPE_???", []name{{0, "PIDTYPE_PID"}, {1, "PIDTYPE_TGID"}, {2, "PIDTYPE_PGID"}, {3, "PIDTYPE_SID"}}}

var coreType = in(func(c *Call, v uint64) {
	c.hex(uint64(uint32(v)))
	if c.opts.Style == Numbers {
		return
	}
	n := tPIDType.find(uint64(uint32(v)))
	if n == "" {
		n = tPIDType.unknown
	}
	c.comment(n)
})

// coreCookie is filled in by PR_SCHED_CORE_GET.
var coreCookie = kind{out: true, f: func(c *Call, v uint64) {
	p, ok := c.read(v, 8)
	if uint32(c.arg(1)) != 0 || c.failed || !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.hex(u64(p))
	c.byte(']')
}}

// tXMask are the masks of the components of the extended state.
var tXMask = table{"XFEATURE_MASK_???", []name{{3, "XFEATURE_MASK_FPSSE"}, {1, "XFEATURE_MASK_FP"}, {2, "XFEATURE_MASK_SSE"}, {4, "XFEATURE_MASK_YMM"},
	{8, "XFEATURE_MASK_BNDREGS"}, {0x10, "XFEATURE_MASK_BNDCSR"}, {0xe0, "XFEATURE_MASK_AVX512"}, {0x20, "XFEATURE_MASK_OPMASK"}, {0x40, "XFEATURE_MASK_ZMM_Hi256"}, {0x80, "XFEATURE_MASK_Hi16_ZMM"},
	{0x100, "XFEATURE_MASK_PT"}, {0x200, "XFEATURE_MASK_PKRU"}, {0x400, "XFEATURE_MASK_PASID"}, {0x8000, "XFEATURE_MASK_LBR"}, {0x60000, "XFEATURE_MASK_XTILE"},
	{0x20000, "XFEATURE_MASK_XTILE_CFG"}, {0x40000, "XFEATURE_MASK_XTILE_DATA"}}}

// xMaskAt is a mask that the kernel fills in.
func (c *Call) xMaskAt(v uint64) {
	p, ok := c.read(v, 8)
	if c.failed || !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.hex(u64(p))
	if m := u64(p); m != 0 && c.opts.Style != Numbers {
		c.str(" /* ")
		style := *c.opts
		style.Style = Names
		opts := c.opts
		c.opts = &style
		if rest, any := c.bits(&tXMask, m, false); rest != 0 {
			if any {
				c.byte('|')
				c.hex(rest)
			} else {
				c.str(tXMask.unknown)
			}
		}
		c.opts = opts
		c.str(" */")
	}
	c.byte(']')
}

// rArchPrctl is a mask where components of the extended state were asked for.
var rArchPrctl = ret{f: func(c *Call, v uint64) {
	switch uint32(c.arg(0)) {
	case 0x1023, 0x1025: // ARCH_REQ_XCOMP_PERM, ARCH_REQ_XCOMP_GUEST_PERM
		c.hex(v)
		if v != 0 && c.opts.Style != Numbers {
			c.withAux(func(c *Call) {
				if rest, any := c.bits(&tXMask, v, false); rest != 0 && any {
					c.byte('|')
					c.hex(rest)
				}
			})
		}
	default:
		c.udec(v)
	}
}}
