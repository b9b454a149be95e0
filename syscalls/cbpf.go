package syscalls

// Classic BPF programs, of socket filters and seccomp (linux/filter.h, linux/bpf_common.h).

const (
	cbpfMost  = 4096 // instructions of a program
	cbpfWidth = 8    // struct sock_filter
)

var (
	tCBPFClass = table{"", []name{{0, "BPF_LD"}, {1, "BPF_LDX"}, {2, "BPF_ST"}, {3, "BPF_STX"}, {4, "BPF_ALU"}, {5, "BPF_JMP"}, {6, "BPF_RET"}, {7, "BPF_MISC"}}}
	tCBPFSize  = table{"BPF_???", []name{{0, "BPF_W"}, {8, "BPF_H"}, {0x10, "BPF_B"}}}
	tCBPFMode  = table{"BPF_???", []name{{0, "BPF_IMM"}, {0x20, "BPF_ABS"}, {0x40, "BPF_IND"}, {0x60, "BPF_MEM"}, {0x80, "BPF_LEN"}, {0xa0, "BPF_MSH"}}}
	tCBPFSrc   = table{"BPF_???", []name{{0, "BPF_K"}, {8, "BPF_X"}}}
	tCBPFALU   = table{"BPF_???", []name{{0, "BPF_ADD"}, {0x10, "BPF_SUB"}, {0x20, "BPF_MUL"}, {0x30, "BPF_DIV"}, {0x40, "BPF_OR"}, {0x50, "BPF_AND"},
		{0x60, "BPF_LSH"}, {0x70, "BPF_RSH"}, {0x80, "BPF_NEG"}, {0x90, "BPF_MOD"}, {0xa0, "BPF_XOR"}}}
	tCBPFJump = table{"BPF_???", []name{{0, "BPF_JA"}, {0x10, "BPF_JEQ"}, {0x20, "BPF_JGT"}, {0x30, "BPF_JGE"}, {0x40, "BPF_JSET"}}}
	tCBPFRet  = table{"BPF_???", []name{{0, "BPF_K"}, {8, "BPF_X"}, {0x10, "BPF_A"}}}
	tCBPFMisc = table{"BPF_???", []name{{0, "BPF_TAX"}, {0x80, "BPF_TXA"}}}
	tSKFOff   = table{"", []name{{0xfffff000, "SKF_AD_OFF"}, {0xfff00000, "SKF_NET_OFF"}, {0xffe00000, "SKF_LL_OFF"}}}
	tSKFAd    = table{"SKF_AD_???", []name{{0, "SKF_AD_PROTOCOL"}, {4, "SKF_AD_PKTTYPE"}, {8, "SKF_AD_IFINDEX"}, {12, "SKF_AD_NLATTR"}, {16, "SKF_AD_NLATTR_NEST"},
		{20, "SKF_AD_MARK"}, {24, "SKF_AD_QUEUE"}, {28, "SKF_AD_HATYPE"}, {32, "SKF_AD_RXHASH"}, {36, "SKF_AD_CPU"}, {40, "SKF_AD_ALU_XOR_X"},
		{44, "SKF_AD_VLAN_TAG"}, {48, "SKF_AD_VLAN_TAG_PRESENT"}, {52, "SKF_AD_PAY_OFFSET"}, {56, "SKF_AD_RANDOM"}, {60, "SKF_AD_VLAN_TPID"}}}
	tSeccompRet = table{"SECCOMP_RET_???", []name{{0, "SECCOMP_RET_KILL_THREAD"}, {0x80000000, "SECCOMP_RET_KILL_PROCESS"}, {0x30000, "SECCOMP_RET_TRAP"},
		{0x50000, "SECCOMP_RET_ERRNO"}, {0x7fc00000, "SECCOMP_RET_USER_NOTIF"}, {0x7ff00000, "SECCOMP_RET_TRACE"}, {0x7ffc0000, "SECCOMP_RET_LOG"},
		{0x7fff0000, "SECCOMP_RET_ALLOW"}}}
)

// sockFprog prints struct sock_fprog of a socket, seccompFprog that of a process.
func (c *Call) sockFprog(v uint64, n int) {
	if n < 2*c.ABI.Word {
		c.addr(v)
		return
	}
	c.fprog(v, (*Call).sockStatement)
}

func (c *Call) seccompFprog(v uint64) { c.fprog(v, (*Call).seccompStatement) }

func (c *Call) fprog(v uint64, statement func(c *Call, code uint16, k uint32)) {
	w := c.ABI.Word
	p, ok := c.read(v, 2*w)
	if !ok {
		c.addr(v)
		return
	}
	n, at := uint64(u16(p)), c.word(p[w:])
	c.field(true, "len")
	c.udec(n)
	c.field(false, "filter")
	if !c.opts.Verbose {
		c.addr(at)
	} else {
		c.listLimited(at, n, cbpfWidth, cbpfMost, func(c *Call, p []byte) { c.cbpf(p, statement) })
	}
	c.byte('}')
}

// cbpf prints one instruction.
func (c *Call) cbpf(p []byte, statement func(c *Call, code uint16, k uint32)) {
	code, jt, jf, k := u16(p), p[2], p[3], u32(p[4:])
	if jt == 0 && jf == 0 {
		c.str("BPF_STMT(")
		c.cbpfCode(code)
		c.str(", ")
		statement(c, code, k)
		c.byte(')')
		return
	}
	c.str("BPF_JUMP(")
	c.cbpfCode(code)
	for _, v := range [...]uint64{uint64(k), uint64(jt), uint64(jf)} {
		c.str(", ")
		c.hex(v)
	}
	c.byte(')')
}

// cbpfParts are the tables of the parts of an instruction's code behind its class.
var cbpfParts = [8][]struct {
	mask uint64
	t    *table
}{
	0: {{0x18, &tCBPFSize}, {0xe0, &tCBPFMode}}, 1: {{0x18, &tCBPFSize}, {0xe0, &tCBPFMode}},
	4: {{0x08, &tCBPFSrc}, {0xf0, &tCBPFALU}}, 5: {{0x08, &tCBPFSrc}, {0xf0, &tCBPFJump}}, 6: {{0x18, &tCBPFRet}}, 7: {{0xf8, &tCBPFMisc}},
}

func (c *Call) cbpfCode(code uint16) {
	c.enum(&tCBPFClass, uint64(code&7))
	known := uint64(7)
	for _, part := range cbpfParts[code&7] {
		c.byte('|')
		c.enum(part.t, uint64(code)&part.mask)
		known |= part.mask
	}
	if rest := uint64(code) &^ known; rest != 0 {
		c.byte('|')
		c.hex(rest)
		c.comment("BPF_???")
	}
}

// sockStatement prints the constant of a socket filter's instruction: loads reach the packet's
// ancillary data at negative offsets.
func (c *Call) sockStatement(code uint16, k uint32) {
	const adOff, netOff, llOff = 0xfffff000, 0xfff00000, 0xffe00000 // -0x1000, -0x100000, -0x200000
	load := code&7 <= 1 && (code&0xe0 == 0x20 || code&0xe0 == 0x40)
	if !load || k < llOff {
		c.hex(uint64(k))
		return
	}
	base := uint32(llOff)
	switch {
	case k >= adOff:
		base = adOff
	case k >= netOff:
		base = netOff
	}
	c.enum(&tSKFOff, uint64(base))
	off := uint64(k - base)
	switch {
	case base == adOff:
		c.byte('+')
		c.enum(&tSKFAd, off)
	case off != 0:
		c.byte('+')
		c.udec(off)
	}
}

// seccompStatement prints what a seccomp filter returns by name.
func (c *Call) seccompStatement(code uint16, k uint32) {
	if code&7 != 6 || code&0x18 != 0 {
		c.hex(uint64(k))
		return
	}
	action, data := uint64(k&0xffff0000), uint64(k&0xffff)
	if tSeccompRet.find(action) == "" {
		action, data = uint64(k), 0
	}
	c.enum(&tSeccompRet, action)
	if data != 0 {
		c.byte('|')
		c.hex(data)
	}
}
