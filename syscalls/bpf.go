package syscalls

// bpf(2): a command says what the attributes are (union bpf_attr of linux/bpf.h), and their length how many of them
// the program knows.

// bpfGroup is members that are there when the attributes are longer than since bytes.
type bpfGroup struct {
	since   int
	members []member
}

// bpfRow is the attributes of one command: size bytes, in a structure of a name of their own or "".
type bpfRow struct {
	wrap   string
	size   int
	groups []bpfGroup

	// The number of 4 bytes at tag chooses rows that take this one's place.
	tag    int
	tagged map[uint32]*bpfRow
}

// fNUMANode is a node of memory, or none.
func fNUMANode(c *Call, v uint64) {
	c.udec(v)
	if v == 0xffffffff && c.opts.Style != Numbers {
		c.comment("NUMA_NO_NODE")
	}
}

const bpfMost = pageSize // bytes of attributes that the kernel takes

// bpfAttr is the attributes, whose length is the next argument.
var bpfAttr = kind{
	late: func(c *Call) bool {
		cmd := uint32(c.arg(0))
		return bpfRows[cmd] != nil && bpfFills[cmd] && !(c.opts.As61 && cmd == bpfProgLoad)
	},
	note: (*Call).bpfBefore,
	f:    func(c *Call, v uint64) { c.bpfAttr(v, uint64(uint32(c.arg(c.reg)))) },
}

// Commands.
const (
	bpfProgLoad    = 5
	bpfGetInfoByFD = 15
)

// bpfFills are the commands whose attributes the kernel changes.
var bpfFills = map[uint32]bool{5: true, 10: true, 11: true, 12: true, 15: true, 16: true, 18: true, 20: true, 23: true, 24: true, 25: true, 26: true, 27: true, 31: true}

func (c *Call) bpfAttr(v, n uint64) {
	row := bpfRows[uint32(c.arg(0))]
	if row == nil || n == 0 || n > bpfMost {
		c.addr(v)
		return
	}
	all, ok := c.read(v, int(n))
	if !ok {
		c.addr(v)
		return
	}
	if tagged := row.tagged[uint32(number(all[min(row.tag, len(all)):min(row.tag+4, len(all))]))]; tagged != nil {
		row = tagged
	}
	p := c.alloc(row.size)
	clear(p[copy(p, all):])
	c.byte('{')
	if row.wrap != "" {
		c.str(row.wrap)
		c.str("={")
	}
	for i, g := range row.groups {
		if len(all) > g.since {
			c.bpfThere = len(all)
			c.someMembers(p, g.members, i == 0)
		}
	}
	if row.wrap != "" {
		c.byte('}')
	}
	switch {
	case len(all) <= row.size || allZero(all[row.size:]):
	case !c.opts.Verbose:
		c.str(", ...")
	default:
		c.field(false, "extra_data")
		c.hexAll(all[row.size:])
		c.str(" /* bytes ")
		c.udec(uint64(row.size))
		c.str("..")
		c.udec(n - 1)
		c.str(" */")
	}
	c.byte('}')
}

func m32(name string, off int, f format) member { return member{name: name, off: off, size: 4, f: f} }
func m64(name string, off int, f format) member { return member{name: name, off: off, size: 8, f: f} }

// bpfBlob is a pointer whose text has as many bytes as the member at off says.
func bpfBlob(name string, at, off int) member {
	return member{name: name, off: at, size: 8, all: func(c *Call, m *member, s []byte) { c.buffer(u64(s[at:]), uint64(u32(s[off:]))) }}
}

// bpfText is a pointer to text that ends with a NUL, or goes on behind as many bytes as the member at off says.
func bpfText(name string, at, off int) member {
	return member{name: name, off: at, size: 8, all: func(c *Call, m *member, s []byte) {
		v, n := u64(s[at:]), int(min(uint64(u32(s[off:])), uint64(c.limit())))
		text, ended, ok := c.cstring(v, n)
		if !ok && n > 0 || v == 0 {
			c.addr(v)
			return
		}
		c.quote(text, !ended)
	}}
}

// bpfName is an array of 16 bytes of text.
func bpfName(name string, off int) member {
	return member{name: name, off: off, size: 16, raw: func(c *Call, p []byte) {
		c.arrayText(p[:max(1, min(len(p), c.bpfThere-off))])
	}}
}

var bpfRows = map[uint32]*bpfRow{
	0: {size: 72, groups: []bpfGroup{{0, []member{m32("map_type", 0, fEnum(&tBpfMap)), m32("key_size", 4, fUint), m32("value_size", 8, fUint), m32("max_entries", 12, fUint)}},
		{16, []member{m32("map_flags", 16, fFlags(&tBpfMapFlags))}}, {20, []member{m32("inner_map_fd", 20, (*Call).fd)}}, {24, []member{{name: "numa_node", off: 24, size: 4, f: fNUMANode, skip: func(_ *Call, p []byte) bool { return u32(p[16:])&4 == 0 }}}},
		{28, []member{bpfName("map_name", 28)}},
		{44, []member{m32("map_ifindex", 44, fIfindex)}}, {48, []member{m32("btf_fd", 48, (*Call).fd), m32("btf_key_type_id", 52, fUint), m32("btf_value_type_id", 56, fUint)}},
		{60, []member{m32("btf_vmlinux_value_type_id", 60, fUint)}}, {64, []member{m64("map_extra", 64, fUint)}}}},
	1: bpfElement(24), 2: bpfElement(0), 21: bpfElement(24),
	3: {size: 16, groups: []bpfGroup{{0, []member{m32("map_fd", 0, (*Call).fd), m64("key", 8, (*Call).addr)}}}},
	4: {size: 24, groups: []bpfGroup{{0, []member{m32("map_fd", 0, (*Call).fd), m64("key", 8, (*Call).addr), m64("next_key", 16, (*Call).addr)}}}},
	5: {size: 128, groups: []bpfGroup{{0, []member{m32("prog_type", 0, fEnum(&tBpfProg)), m32("insn_cnt", 4, fUint), {name: "insns", off: 8, size: 8, all: (*Call).bpfInsns},
		m64("license", 16, (*Call).text)}},
		{24, []member{m32("log_level", 24, fUint), m32("log_size", 28, fUint), bpfText("log_buf", 32, 28)}}, {40, []member{m32("kern_version", 40, (*Call).kernelVersion)}},
		{44, []member{m32("prog_flags", 44, fFlags(&tBpfProgFlags))}}, {48, []member{bpfName("prog_name", 48)}}, {64, []member{m32("prog_ifindex", 64, fIfindex)}},
		{68, []member{m32("expected_attach_type", 68, fEnum(&tBpfAttach))}},
		{72, []member{m32("prog_btf_fd", 72, (*Call).fd), m32("func_info_rec_size", 76, fUint), m64("func_info", 80, (*Call).addr), m32("func_info_cnt", 88, fUint),
			m32("line_info_rec_size", 92, fUint), m64("line_info", 96, (*Call).addr), m32("line_info_cnt", 104, fUint)}},
		{108, []member{m32("attach_btf_id", 108, fUint)}}, {112, []member{m32("attach_prog_fd", 112, (*Call).fd)}}, {120, []member{m64("fd_array", 120, (*Call).addr)}}}},
	6: bpfObject, 7: bpfObject,
	8: {size: 20, groups: []bpfGroup{{0, []member{m32("target_fd", 0, (*Call).fd), m32("attach_bpf_fd", 4, (*Call).fd), m32("attach_type", 8, fEnum(&tBpfAttach)),
		m32("attach_flags", 12, fFlags(&tBpfAttachFlags))}}, {16, []member{m32("replace_bpf_fd", 16, (*Call).fd)}}}},
	9: {size: 12, groups: []bpfGroup{{0, []member{m32("target_fd", 0, (*Call).fd), m32("attach_type", 8, fEnum(&tBpfAttach))}}}},
	10: {wrap: "test", size: 76, groups: []bpfGroup{{0, []member{m32("prog_fd", 0, (*Call).fd), m32("retval", 4, fUint), m32("data_size_in", 8, fUint), m32("data_size_out", 12, fUint),
		m64("data_in", 16, (*Call).addr), m64("data_out", 24, (*Call).addr), m32("repeat", 32, fUint), m32("duration", 36, fUint)}},
		{40, []member{m32("ctx_size_in", 40, fUint), m32("ctx_size_out", 44, fUint), m64("ctx_in", 48, (*Call).addr), m64("ctx_out", 56, (*Call).addr)}},
		{64, []member{m32("flags", 64, fFlags(&tBpfTestFlags)), m32("cpu", 68, fUint)}}, {72, []member{m32("batch_size", 72, fUint)}}}},
	11: bpfIDs("start_id"), 12: bpfIDs("start_id"), 13: bpfIDs("prog_id"), 14: bpfIDs("map_id"), 23: bpfIDs("start_id"), 31: bpfIDs("start_id"),
	bpfGetInfoByFD: {wrap: "info", size: 16, groups: []bpfGroup{{0, []member{m32("bpf_fd", 0, (*Call).fd), m32("info_len", 4, (*Call).bpfInfoLen),
		{name: "info", off: 8, size: 8, all: (*Call).bpfInfo}}}}},
	16: {wrap: "query", size: 28, groups: []bpfGroup{{0, []member{m32("target_fd", 0, (*Call).fd), m32("attach_type", 4, fEnum(&tBpfAttach)),
		m32("query_flags", 8, fFlags(&tBpfQueryFlags)), m32("attach_flags", 12, fFlags(&tBpfAttachFlags)), {name: "prog_ids", off: 16, size: 8, all: (*Call).bpfProgIDs},
		m32("prog_cnt", 24, fUint)}}}},
	17: {wrap: "raw_tracepoint", size: 12, groups: []bpfGroup{{0, []member{m64("name", 0, (*Call).text), m32("prog_fd", 8, (*Call).fd)}}}},
	18: {size: 28, groups: []bpfGroup{{0, []member{bpfBlob("btf", 0, 16), bpfText("btf_log_buf", 8, 20), m32("btf_size", 16, fUint), m32("btf_log_size", 20, fUint),
		m32("btf_log_level", 24, fUint)}}}},
	19: bpfID("btf_id"), 22: {size: 4, groups: []bpfGroup{{0, []member{m32("map_fd", 0, (*Call).fd)}}}}, 30: bpfID("link_id"),
	20: {wrap: "task_fd_query", size: 48, groups: []bpfGroup{{0, []member{m32("pid", 0, (*Call).pid), m32("fd", 4, (*Call).fd), m32("flags", 8, fUint), m32("buf_len", 12, fUint),
		bpfBlob("buf", 16, 12), m32("prog_id", 24, fUint), m32("fd_type", 28, fEnum(&tBpfFDType)), m64("probe_offset", 32, fHex), m64("probe_addr", 40, fHex)}}}},
	24: bpfBatch("in_batch out_batch keys values"), 25: bpfBatch("in_batch out_batch keys values"), 26: bpfBatch("keys values"), 27: bpfBatch("keys"),
	28: bpfLinkCreate,
	29: {wrap: "link_update", size: 16, groups: []bpfGroup{{0, []member{m32("link_fd", 0, (*Call).fd), m32("new_prog_fd", 4, (*Call).fd), m32("flags", 8, fFlags(&tBpfAttachFlags)),
		{name: "old_prog_fd", off: 12, size: 4, f: (*Call).fd, skip: func(c *Call, p []byte) bool { return u32(p[8:])&4 == 0 }}}}}},
}

// bpfLinkCreate is a link, whose type of attachment says what else there is.
var bpfLinkCreate = &bpfRow{wrap: "link_create", size: 16, groups: bpfLinkGroups(), tag: 8, tagged: map[uint32]*bpfRow{
	0: {wrap: "link_create", size: 20, groups: bpfLinkGroups(member{name: "target_btf_id", off: 16, size: 4, f: fUint, skip: func(_ *Call, p []byte) bool { return u32(p[16:]) == 0 }})}, // none: what a program traces says its type
	28: {wrap: "link_create", size: 28, groups: bpfLinkGroups(member{name: "iter_info", off: 16, size: 8, all: bpfList(24, 4, func(c *Call, p []byte) {
		c.str("{map={map_fd=")
		c.fd(uint64(u32(p)))
		c.str("}}")
	})}, m32("iter_info_len", 24, fUint))},
	41: {wrap: "link_create", size: 24, groups: bpfLinkGroups(member{name: "perf_event", off: 16, size: 8, raw: newRecord(h64("bpf_cookie")).body})},
	42: {wrap: "link_create", size: 48, groups: bpfLinkGroups(member{name: "kprobe_multi", off: 16, size: 32, raw: bpfKprobeMulti.body})},
}}

func bpfLinkGroups(rest ...member) []bpfGroup {
	return []bpfGroup{{0, []member{m32("prog_fd", 0, (*Call).fd), m32("target_fd", 4, (*Call).fd), m32("attach_type", 8, fEnum(&tBpfAttach)), m32("flags", 12, fHex)}}, {16, rest}}
}

var bpfKprobeMulti = newRecord(flags32("flags", &tBpfKprobeFlags), u32le("cnt"), bpfMany("syms", "cnt", pointer("").as((*Call).text)),
	bpfMany("addrs", "cnt", h64("")), bpfMany("cookies", "cnt", h64("")))

// bpfMany is an address of 8 bytes where there are as many numbers as the member by says.
func bpfMany(name, by string, e field) field {
	f := natural(name, 8, nil)
	f.by = by
	f.all = func(c *Call, m *member, s []byte) { listOf(m.by.number(s), e).f(c, m.number(s)) }
	return f
}

// bpfList is a list of as many elements of width bytes as the number of 4 bytes at off says.
func bpfList(off, width int, each func(c *Call, p []byte)) func(c *Call, m *member, s []byte) {
	return func(c *Call, m *member, s []byte) { c.list(m.number(s), uint64(u32(s[off:])), width, each) }
}

var bpfObject = &bpfRow{size: 16, groups: []bpfGroup{{0, []member{m64("pathname", 0, (*Call).path), m32("bpf_fd", 8, (*Call).fd)}},
	{12, []member{m32("file_flags", 12, fFlags(&tBpfOpenFlags))}}}}

func bpfElement(flags int) *bpfRow {
	return &bpfRow{size: 32, groups: []bpfGroup{{0, []member{m32("map_fd", 0, (*Call).fd), m64("key", 8, (*Call).addr), m64("value", 16, (*Call).addr)}},
		{flags, []member{m64("flags", 24, fEnum(&tBpfElem))}}}}
}

func bpfIDs(id string) *bpfRow {
	return &bpfRow{size: 12, groups: []bpfGroup{{0, []member{m32(id, 0, fUint), m32("next_id", 4, fUint)}}, {8, []member{m32("open_flags", 8, fFlags(&tBpfOpenFlags))}}}}
}

func bpfID(id string) *bpfRow {
	return &bpfRow{size: 4, groups: []bpfGroup{{0, []member{m32(id, 0, fUint)}}}}
}

// bpfBatch is the attributes of operations on many elements, of which not all have every pointer.
func bpfBatch(pointers string) *bpfRow {
	var ms []member
	places := map[string]int{"in_batch": 0, "out_batch": 8, "keys": 16, "values": 24}
	for _, n := range names("", pointers) {
		ms = append(ms, m64(n.name, places[n.name], (*Call).addr))
	}
	ms = append(ms, m32("count", 32, fUint), m32("map_fd", 36, (*Call).fd), m64("elem_flags", 40, fEnum(&tBpfElem)), m64("flags", 48, fHex))
	return &bpfRow{wrap: "batch", size: 56, groups: []bpfGroup{{0, ms}}}
}

// bpfProgIDs is the programs attached, as many as prog_cnt says.
func (c *Call) bpfProgIDs(m *member, s []byte) {
	at, n := u64(s[m.off:]), uint64(u32(s[24:]))
	if c.failed && n > 0 {
		c.addr(at)
		return
	}
	c.list(at, n, 4, func(c *Call, p []byte) { c.udec(uint64(u32(p))) })
}

// kernelVersion is LINUX_VERSION_CODE.
func (c *Call) kernelVersion(v uint64) {
	c.styled(func() { c.hex(v) }, func() {
		c.str("KERNEL_VERSION(")
		c.udec(v >> 16)
		c.str(", ")
		c.udec(v >> 8 & 0xff)
		c.str(", ")
		c.udec(v & 0xff)
		c.byte(')')
	})
}

const bpfInsnsMost = 4096

// bpfInsns is a program, in full with -v only.
func (c *Call) bpfInsns(m *member, s []byte) {
	at := u64(s[m.off:])
	if !c.opts.Verbose {
		c.addr(at)
		return
	}
	c.listLimited(at, uint64(u32(s[4:])), 8, bpfInsnsMost, (*Call).bpfInsn)
}

// bpfInsn is struct bpf_insn.
func (c *Call) bpfInsn(p []byte) {
	c.field(true, "code")
	c.bpfCode(uint64(p[0]))
	c.field(false, "dst_reg")
	c.enum(&tBpfReg, uint64(p[1]&15))
	c.field(false, "src_reg")
	c.enum(&tBpfReg, uint64(p[1]>>4))
	c.field(false, "off")
	c.dec(int64(int16(u16(p[2:]))))
	c.field(false, "imm")
	c.hex(uint64(u32(p[4:])))
	c.byte('}')
}

// bpfCode is an operation by its class, which says what the other bits are.
func (c *Call) bpfCode(v uint64) {
	c.styled(func() { c.hex(v) }, func() {
		class := v & 7
		c.enum(&tBpfClass, class)
		c.byte('|')
		switch class {
		case 0, 1, 2, 3: // BPF_LD, BPF_LDX, BPF_ST, BPF_STX
			c.enum(&tBpfSize, v&0x18)
			c.byte('|')
			c.enum(&tBpfMode, v&0xe0)
		case 4, 7: // BPF_ALU, BPF_ALU64
			c.enum(&tCBPFSrc, v&8)
			c.byte('|')
			c.enum(&tBpfALU, v&0xf0)
		default:
			c.enum(&tCBPFSrc, v&8)
			c.byte('|')
			c.enum(&tBpfJump, v&0xf0)
		}
	})
}

var (
	tBpfClass = table{"BPF_???", names("BPF_", "LD LDX ST STX ALU JMP JMP32 ALU64")}
	tBpfSize  = table{"BPF_???", []name{{0, "BPF_W"}, {8, "BPF_H"}, {0x10, "BPF_B"}, {0x18, "BPF_DW"}}}
	tBpfMode  = table{"BPF_???", []name{{0, "BPF_IMM"}, {0x20, "BPF_ABS"}, {0x40, "BPF_IND"}, {0x60, "BPF_MEM"}, {0xc0, "BPF_XADD"}}}
	tBpfALU   = table{"BPF_???", []name{{0, "BPF_ADD"}, {0x10, "BPF_SUB"}, {0x20, "BPF_MUL"}, {0x30, "BPF_DIV"}, {0x40, "BPF_OR"}, {0x50, "BPF_AND"}, {0x60, "BPF_LSH"},
		{0x70, "BPF_RSH"}, {0x80, "BPF_NEG"}, {0x90, "BPF_MOD"}, {0xa0, "BPF_XOR"}, {0xb0, "BPF_MOV"}, {0xc0, "BPF_ARSH"}, {0xd0, "BPF_END"}}}
	tBpfJump = table{"BPF_???", []name{{0, "BPF_JA"}, {0x10, "BPF_JEQ"}, {0x20, "BPF_JGT"}, {0x30, "BPF_JGE"}, {0x40, "BPF_JSET"}, {0x50, "BPF_JNE"}, {0x60, "BPF_JSGT"},
		{0x70, "BPF_JSGE"}, {0x80, "BPF_CALL"}, {0x90, "BPF_EXIT"}, {0xa0, "BPF_JLT"}, {0xb0, "BPF_JLE"}, {0xc0, "BPF_JSLT"}, {0xd0, "BPF_JSLE"}}}
	tBpfReg      = table{"BPF_REG_???", names("BPF_REG_", "0 1 2 3 4 5 6 7 8 9 10")}
	tBpfElem     = table{"BPF_???", []name{{0, "BPF_ANY"}, {1, "BPF_NOEXIST"}, {2, "BPF_EXIST"}, {4, "BPF_F_LOCK"}}}
	tBpfMapFlags = table{"BPF_F_???", []name{{1, "BPF_F_NO_PREALLOC"}, {2, "BPF_F_NO_COMMON_LRU"}, {4, "BPF_F_NUMA_NODE"}, {8, "BPF_F_RDONLY"}, {0x10, "BPF_F_WRONLY"},
		{0x20, "BPF_F_STACK_BUILD_ID"}, {0x40, "BPF_F_ZERO_SEED"}, {0x80, "BPF_F_RDONLY_PROG"}, {0x100, "BPF_F_WRONLY_PROG"}, {0x200, "BPF_F_CLONE"}, {0x400, "BPF_F_MMAPABLE"},
		{0x800, "BPF_F_PRESERVE_ELEMS"}, {0x1000, "BPF_F_INNER_MAP"}}}
	tBpfOpenFlags = table{"BPF_F_???", []name{{8, "BPF_F_RDONLY"}, {0x10, "BPF_F_WRONLY"}}}
	tBpfProgFlags = table{"BPF_F_???", []name{{1, "BPF_F_STRICT_ALIGNMENT"}, {2, "BPF_F_ANY_ALIGNMENT"}, {4, "BPF_F_TEST_RND_HI32"}, {8, "BPF_F_TEST_STATE_FREQ"},
		{0x10, "BPF_F_SLEEPABLE"}}}
	tBpfAttachFlags = table{"BPF_F_???", []name{{1, "BPF_F_ALLOW_OVERRIDE"}, {2, "BPF_F_ALLOW_MULTI"}, {4, "BPF_F_REPLACE"}}}
	tBpfQueryFlags  = table{"BPF_F_QUERY_???", []name{{1, "BPF_F_QUERY_EFFECTIVE"}}}
	tBpfTestFlags   = table{"BPF_F_???", []name{{1, "BPF_F_TEST_RUN_ON_CPU"}, {2, "BPF_F_TEST_XDP_LIVE_FRAMES"}}}
	tBpfKprobeFlags = table{"BPF_F_???", []name{{1, "BPF_F_KPROBE_MULTI_RETURN"}}}
	tBpfFDType      = table{"BPF_FD_TYPE_???", names("BPF_FD_TYPE_", "RAW_TRACEPOINT TRACEPOINT KPROBE KRETPROBE UPROBE URETPROBE")}
	tBpfMap         = table{"BPF_MAP_TYPE_???", names("BPF_MAP_TYPE_", "UNSPEC HASH ARRAY PROG_ARRAY PERF_EVENT_ARRAY PERCPU_HASH PERCPU_ARRAY STACK_TRACE CGROUP_ARRAY LRU_HASH "+
		"LRU_PERCPU_HASH LPM_TRIE ARRAY_OF_MAPS HASH_OF_MAPS DEVMAP SOCKMAP CPUMAP XSKMAP SOCKHASH CGROUP_STORAGE REUSEPORT_SOCKARRAY PERCPU_CGROUP_STORAGE QUEUE STACK "+
		"SK_STORAGE DEVMAP_HASH STRUCT_OPS RINGBUF INODE_STORAGE TASK_STORAGE BLOOM_FILTER USER_RINGBUF")}
	tBpfProg = table{"BPF_PROG_TYPE_???", names("BPF_PROG_TYPE_", "UNSPEC SOCKET_FILTER KPROBE SCHED_CLS SCHED_ACT TRACEPOINT XDP PERF_EVENT CGROUP_SKB CGROUP_SOCK LWT_IN LWT_OUT "+
		"LWT_XMIT SOCK_OPS SK_SKB CGROUP_DEVICE SK_MSG RAW_TRACEPOINT CGROUP_SOCK_ADDR LWT_SEG6LOCAL LIRC_MODE2 SK_REUSEPORT FLOW_DISSECTOR CGROUP_SYSCTL "+
		"RAW_TRACEPOINT_WRITABLE CGROUP_SOCKOPT TRACING STRUCT_OPS EXT LSM SK_LOOKUP SYSCALL")}
	tBpfAttach = table{"BPF_???", names("BPF_", "CGROUP_INET_INGRESS CGROUP_INET_EGRESS CGROUP_INET_SOCK_CREATE CGROUP_SOCK_OPS SK_SKB_STREAM_PARSER SK_SKB_STREAM_VERDICT "+
		"CGROUP_DEVICE SK_MSG_VERDICT CGROUP_INET4_BIND CGROUP_INET6_BIND CGROUP_INET4_CONNECT CGROUP_INET6_CONNECT CGROUP_INET4_POST_BIND CGROUP_INET6_POST_BIND "+
		"CGROUP_UDP4_SENDMSG CGROUP_UDP6_SENDMSG LIRC_MODE2 FLOW_DISSECTOR CGROUP_SYSCTL CGROUP_UDP4_RECVMSG CGROUP_UDP6_RECVMSG CGROUP_GETSOCKOPT CGROUP_SETSOCKOPT "+
		"TRACE_RAW_TP TRACE_FENTRY TRACE_FEXIT MODIFY_RETURN LSM_MAC TRACE_ITER CGROUP_INET4_GETPEERNAME CGROUP_INET6_GETPEERNAME CGROUP_INET4_GETSOCKNAME "+
		"CGROUP_INET6_GETSOCKNAME XDP_DEVMAP CGROUP_INET_SOCK_RELEASE XDP_CPUMAP SK_LOOKUP XDP SK_SKB_VERDICT SK_REUSEPORT_SELECT SK_REUSEPORT_SELECT_OR_MIGRATE "+
		"PERF_EVENT TRACE_KPROBE_MULTI LSM_CGROUP")}
)
