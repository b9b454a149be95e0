// perf_event_open(2): struct perf_event_attr, which has grown with the kernel; its size says how much of it a
// program knows (linux/perf_event.h).

package syscalls

const (
	perfAttrFirst = 64  // bytes of the first version
	perfAttrKnown = 128 // of the one that is known here
)

// perfAttr is the structure; members behind the size that it says are zeros.
var perfAttr = in(func(c *Call, v uint64) {
	head, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	size := int(min(uint64(u32(head[4:])), 1<<20))
	if len(c.before) == 4 {
		size = int(min(uint64(u32(c.before)), 1<<20))
	}
	if size == 0 {
		size = perfAttrFirst
	}
	known := perfAttrKnown
	if !c.opts.Verbose { // the rest is not shown
		known = perfAttrFirst
	}
	there, ok := c.read(v, min(size, known))
	if size < perfAttrFirst || !ok {
		c.addr(v)
		return
	}
	p := c.alloc(perfAttrKnown)
	clear(p[copy(p, there):])
	c.byte('{')
	c.someMembers(p, perfHead, true)
	c.perfBits(u64(p[40:]))
	if c.opts.Verbose {
		for i := range perfRest {
			if m := &perfRest[i]; size > m.off && !m.hidden(c, p) {
				c.field(false, m.name)
				c.member(m, p)
			}
		}
	}
	if !c.opts.Verbose || size > perfAttrKnown {
		c.str(", ...")
	}
	c.byte('}')
})

// perfAttrAnswered is the structure of perf_event_open: the kernel that knows less puts the size that it knows there.
var perfAttrAnswered = kind{out: true, f: perfAttr.f, note: func(c *Call, v uint64) {
	if p, ok := c.read(v+4, 4); ok {
		c.before = append(c.before[:0], p...)
	}
}}

// perfSize is the size that was given and, behind an arrow, the one that the kernel has put there.
func (c *Call) perfSize(v uint64) {
	if len(c.before) == 4 && uint64(u32(c.before)) != v {
		c.enum(&tPerfSize, uint64(u32(c.before)))
		c.str(" => ")
	}
	c.enum(&tPerfSize, v)
}

// The bits that other members depend on, by their places, and kinds of samples that have members.
const (
	perfFreq      = 10
	perfWatermark = 14
	perfPrecise   = 15 // of two bits
	perfClock     = 25
	perfLastBit   = 38

	perfBranchStack = 1 << 11
	perfStackUser   = 1 << 13
	perfBreakpoint  = 5 // PERF_TYPE_BREAKPOINT
)

func perfBit(p []byte, bit uint) bool { return u64(p[40:])>>bit&1 != 0 }

// perfIf shows a member where cond holds.
func perfIf(cond func(p []byte) bool, m member) member {
	m.skip = func(_ *Call, p []byte) bool { return !cond(p) }
	return m
}

func perfUnless(cond func(p []byte) bool, m member) member {
	return perfIf(func(p []byte) bool { return !cond(p) }, m)
}

func perfIsFreq(p []byte) bool       { return perfBit(p, perfFreq) }
func perfIsWatermark(p []byte) bool  { return perfBit(p, perfWatermark) }
func perfIsBreakpoint(p []byte) bool { return u32(p) == perfBreakpoint }

var (
	perfHead = []member{m32("type", 0, fEnum(&tPerfType)), m32("size", 4, (*Call).perfSize), {name: "config", off: 8, size: 8, all: (*Call).perfConfig},
		perfIf(perfIsFreq, m64("sample_freq", 16, fUint)), perfUnless(perfIsFreq, m64("sample_period", 16, fUint)),
		m64("sample_type", 24, fFlags(&tPerfSample)), m64("read_format", 32, fFlags(&tPerfFormat))}

	// perfRest are the members behind the bits; one is there when the structure is longer than what is before it.
	perfRest = []member{perfIf(perfIsWatermark, m32("wakeup_watermark", 48, fUint)), perfUnless(perfIsWatermark, m32("wakeup_events", 48, fUint)),
		perfIf(perfIsBreakpoint, m32("bp_type", 52, fPerfBreakpoint)),
		perfIf(perfIsBreakpoint, m64("bp_addr", 56, fHex)), perfUnless(perfIsBreakpoint, m64("config1", 56, fHex)),
		perfIf(perfIsBreakpoint, m64("bp_len", 64, fUint)), perfUnless(perfIsBreakpoint, m64("config2", 64, fHex)),
		perfIf(func(p []byte) bool { return u64(p[24:])&perfBranchStack != 0 }, m64("branch_sample_type", 72, fFlags(&tPerfBranch))),
		m64("sample_regs_user", 80, fHex),
		perfIf(func(p []byte) bool { return u64(p[24:])&perfStackUser != 0 }, m32("sample_stack_user", 88, fHex)),
		perfIf(func(p []byte) bool { return perfBit(p, perfClock) }, m32("clockid", 92, (*Call).clockID)),
		m64("sample_regs_intr", 96, fHex), m32("aux_watermark", 104, fUint),
		{name: "sample_max_stack", off: 108, size: 2, all: perfReserved(" /* bytes 110..111: ")},
		{name: "aux_sample_size", off: 112, size: 4, all: perfReserved(" /* bytes 116..119: ")},
		m64("sig_data", 120, fHex)}
)

// fPerfBreakpoint is what a breakpoint watches; there are no others among 3 bits.
func fPerfBreakpoint(c *Call, v uint64) {
	if v == 5 || v == 6 {
		c.enumNamed("", "HW_BREAKPOINT_INVALID", v)
		return
	}
	c.enum(&tPerfBreakpoint, v)
}

// bitsFromLowest are the names of bits from the lowest on.
func bitsFromLowest(prefix, words string) []name {
	rows := names(prefix, words)
	for i := range rows {
		rows[i].val = 1 << i
	}
	return rows
}

// perfReserved is a number and, if they are not zero, the bytes behind it, which are as many.
func perfReserved(text string) func(c *Call, m *member, s []byte) {
	return func(c *Call, m *member, s []byte) {
		c.udec(m.number(s))
		if rest := number(s[m.off+m.size : m.off+2*m.size]); rest != 0 {
			c.str(text)
			c.hex(rest)
			c.str(" */")
		}
	}
}

// perfConfig is the event, by its type.
func (c *Call) perfConfig(m *member, s []byte) {
	v := m.number(s)
	switch u32(s) {
	case 0: // PERF_TYPE_HARDWARE
		c.perfHigh(v>>32, "<<32|")
		c.enum(&tPerfHW, v&0xffffffff)
	case 1: // PERF_TYPE_SOFTWARE
		c.enum(&tPerfSW, v)
	case 2: // PERF_TYPE_TRACEPOINT
		c.udec(v)
	case 3: // PERF_TYPE_HW_CACHE
		c.perfHigh(v>>32, "<<32|")
		c.perfHigh(v>>24&0xff, "<<24|")
		c.enum(&tPerfCacheResult, v>>16&0xff)
		c.str("<<16|")
		c.enum(&tPerfCacheOp, v>>8&0xff)
		c.str("<<8|")
		c.enum(&tPerfCache, v&0xff)
	default:
		c.hex(v)
	}
}

func (c *Call) perfHigh(v uint64, shift string) {
	if v != 0 {
		c.hex(v)
		c.str(shift)
	}
}

// perfBits are the flags, each a member; without -v only those that are set.
func (c *Call) perfBits(bits uint64) {
	for _, b := range perfBitNames {
		switch b.val {
		case perfPrecise + 1:
			continue
		case perfPrecise:
			precise := bits >> perfPrecise & 3
			c.field(false, b.name)
			c.udec(precise)
			c.comment(perfSkid[precise])
			continue
		}
		if v := bits >> b.val & 1; v != 0 || c.opts.Verbose {
			c.field(false, b.name)
			c.udec(v)
		}
	}
	if rest := bits >> perfLastBit; rest != 0 {
		c.field(false, "__reserved_1")
		c.hex(rest)
		c.str(" /* Bits 63..38 */")
	}
}

// perfSkid says how far from its event a sample may be.
var perfSkid = [...]string{"arbitrary skid", "constant skid", "requested to have 0 skid", "must have 0 skid"}

var (
	// perfBitNames are the flags by their places; precise_ip has two bits.
	perfBitNames = names("", "disabled inherit pinned exclusive exclude_user exclude_kernel exclude_hv exclude_idle mmap comm freq inherit_stat enable_on_exec task watermark precise_ip "+
		"- mmap_data sample_id_all exclude_host exclude_guest exclude_callchain_kernel exclude_callchain_user mmap2 comm_exec use_clockid context_switch write_backward "+
		"namespaces ksymbol bpf_event aux_output cgroup text_poke build_id inherit_thread remove_on_exec sigtrap")
	tPerfSize = table{"PERF_ATTR_SIZE_???", []name{{64, "PERF_ATTR_SIZE_VER0"}, {72, "PERF_ATTR_SIZE_VER1"}, {80, "PERF_ATTR_SIZE_VER2"}, {96, "PERF_ATTR_SIZE_VER3"},
		{104, "PERF_ATTR_SIZE_VER4"}, {112, "PERF_ATTR_SIZE_VER5"}, {120, "PERF_ATTR_SIZE_VER6"}, {128, "PERF_ATTR_SIZE_VER7"}}}
	tPerfHW = table{"PERF_COUNT_HW_???", names("PERF_COUNT_HW_", "CPU_CYCLES INSTRUCTIONS CACHE_REFERENCES CACHE_MISSES BRANCH_INSTRUCTIONS BRANCH_MISSES BUS_CYCLES "+
		"STALLED_CYCLES_FRONTEND STALLED_CYCLES_BACKEND REF_CPU_CYCLES")}
	tPerfSW = table{"PERF_COUNT_SW_???", names("PERF_COUNT_SW_", "CPU_CLOCK TASK_CLOCK PAGE_FAULTS CONTEXT_SWITCHES CPU_MIGRATIONS PAGE_FAULTS_MIN PAGE_FAULTS_MAJ "+
		"ALIGNMENT_FAULTS EMULATION_FAULTS DUMMY BPF_OUTPUT CGROUP_SWITCHES")}
	tPerfCache       = table{"PERF_COUNT_HW_CACHE_???", names("PERF_COUNT_HW_CACHE_", "L1D L1I LL DTLB ITLB BPU NODE")}
	tPerfCacheOp     = table{"PERF_COUNT_HW_CACHE_OP_???", names("PERF_COUNT_HW_CACHE_OP_", "READ WRITE PREFETCH")}
	tPerfCacheResult = table{"PERF_COUNT_HW_CACHE_RESULT_???", names("PERF_COUNT_HW_CACHE_RESULT_", "ACCESS MISS")}
	tPerfSample      = table{"PERF_SAMPLE_???", bitsFromLowest("PERF_SAMPLE_", "IP TID TIME ADDR READ CALLCHAIN ID CPU PERIOD STREAM_ID RAW BRANCH_STACK REGS_USER STACK_USER WEIGHT DATA_SRC "+
		"IDENTIFIER TRANSACTION REGS_INTR PHYS_ADDR AUX CGROUP DATA_PAGE_SIZE CODE_PAGE_SIZE WEIGHT_STRUCT")}
	tPerfFormat = table{"PERF_FORMAT_???", bitsFromLowest("PERF_FORMAT_", "TOTAL_TIME_ENABLED TOTAL_TIME_RUNNING ID GROUP LOST")}
	tPerfBranch = table{"PERF_SAMPLE_BRANCH_???", bitsFromLowest("PERF_SAMPLE_BRANCH_", "USER KERNEL HV ANY ANY_CALL ANY_RETURN IND_CALL ABORT_TX IN_TX NO_TX COND CALL_STACK IND_JUMP CALL "+
		"NO_FLAGS NO_CYCLES TYPE_SAVE HW_INDEX PRIV_SAVE")}
	tPerfBreakpoint = table{"HW_BREAKPOINT_???", []name{{0, "HW_BREAKPOINT_EMPTY"}, {1, "HW_BREAKPOINT_R"}, {2, "HW_BREAKPOINT_W"}, {3, "HW_BREAKPOINT_RW"}, {4, "HW_BREAKPOINT_X"},
		{7, "HW_BREAKPOINT_INVALID"}}}
)

var tPerfType = table{"PERF_TYPE_???", []name{{0, "PERF_TYPE_HARDWARE"}, {1, "PERF_TYPE_SOFTWARE"}, {2, "PERF_TYPE_TRACEPOINT"},
	{3, "PERF_TYPE_HW_CACHE"}, {4, "PERF_TYPE_RAW"}, {5, "PERF_TYPE_BREAKPOINT"}}}
