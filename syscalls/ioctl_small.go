// ioctl commands of small families: performance events, randomness, namespaces, inotify,
// userfaultfd, TEE, seccomp's listeners, infrared remotes, counters.

package syscalls

func ioctlSmall() ioctlTable {
	return ioctlTable{
		0x40044900: d,                          // INOTIFY_IOC_SETNEXTWD
		0x80045200: out(intPtr),                // RNDGETENTCNT
		0x40045201: intPtr,                     // RNDADDTOENTCNT
		0x40085203: randomPool.in(),            // RNDADDENTROPY
		0x5204:     ioNone,                     // RNDZAPENTCNT
		0x5206:     ioNone,                     // RNDCLEARPOOL
		0x5207:     ioNone,                     // RNDRESEEDCRNG
		0xb701:     ioNone,                     // NS_GET_USERNS
		0xb702:     ioNone,                     // NS_GET_PARENT
		0xb703:     ioNone,                     // NS_GET_NSTYPE
		0xb704:     out(boxed(4, (*Call).uid)), // NS_GET_OWNER_UID

		0x2400:     flagsOf(&tPerfIoc), // PERF_EVENT_IOC_ENABLE, DISABLE, RESET
		0x2401:     flagsOf(&tPerfIoc),
		0x2403:     flagsOf(&tPerfIoc),
		0x2402:     d,                    // PERF_EVENT_IOC_REFRESH
		0x2405:     fd,                   // PERF_EVENT_IOC_SET_OUTPUT
		0x40082404: boxed(8, fUint),      // PERF_EVENT_IOC_PERIOD
		0x40082406: cstr,                 // PERF_EVENT_IOC_SET_FILTER
		0x80082407: out(boxed(8, fUint)), // PERF_EVENT_IOC_ID
		0x40042408: fd,                   // PERF_EVENT_IOC_SET_BPF
		0x40042409: size,                 // PERF_EVENT_IOC_PAUSE_OUTPUT
		0xc008240a: perfQuery,            // PERF_EVENT_IOC_QUERY_BPF
		0x4008240b: perfAttr,             // PERF_EVENT_IOC_MODIFY_ATTRIBUTES

		0xc018aa3f: uffdHello,                                           // UFFDIO_API
		0xc020aa00: uffdRegister.inout("range mode", "ioctls"),          // UFFDIO_REGISTER
		0x8010aa01: uffdRange.in(),                                      // UFFDIO_UNREGISTER
		0x8010aa02: uffdRange.in(),                                      // UFFDIO_WAKE
		0xc028aa03: uffdCopy.inout("dst src len mode", "copy"),          // UFFDIO_COPY
		0xc020aa04: uffdZeropage.inout("range mode", "zeropage"),        // UFFDIO_ZEROPAGE
		0xc018aa06: since61(uffdProtect.in()),                           // UFFDIO_WRITEPROTECT
		0xc020aa07: since61(uffdContinue.inout("range mode", "mapped")), // UFFDIO_CONTINUE

		0x800ca400: teeVersion.pick("impl_id gen_caps impl_caps").out(),                                                        // TEE_IOC_VERSION
		0xc010a401: teeAlloc.becomes("size flags", "size flags id"),                                                            // TEE_IOC_SHM_ALLOC
		0xc018a409: teeRegister.becomes("addr length flags", "length flags id"),                                                // TEE_IOC_SHM_REGISTER
		0xc020a408: teeRegisterFD.becomes("fd flags", "size id"),                                                               // TEE_IOC_SHM_REGISTER_FD of OP-TEE
		0x8010a402: teeCall(teeOpen, "uuid clnt_login clnt_uuid cancel_id num_params params", "session ret ret_origin params"), // TEE_IOC_OPEN_SESSION
		0x8010a403: teeCall(teeInvoke, "func session cancel_id num_params params", "ret ret_origin params"),                    // TEE_IOC_INVOKE
		0x8008a404: newRecord(u32le("cancel_id"), h32("session")).in(),                                                         // TEE_IOC_CANCEL
		0x8004a405: newRecord(h32("session")).in(),                                                                             // TEE_IOC_CLOSE_SESSION
		0x8010a406: teeCall(teeReceive, "func num_params params", "func num_params params"),                                    // TEE_IOC_SUPPL_RECV
		0x8010a407: teeCall(teeSend, "num_params params", ""),                                                                  // TEE_IOC_SUPPL_SEND

		0xc0502100: seccompReceive,       // SECCOMP_IOCTL_NOTIF_RECV
		0xc0182101: seccompResponse.in(), // SECCOMP_IOCTL_NOTIF_SEND
		0x40082102: boxed(8, fHex),       // SECCOMP_IOCTL_NOTIF_ID_VALID
		0x80082102: boxed(8, fHex),       // SECCOMP_IOCTL_NOTIF_ID_VALID_WRONG_DIR
		0x40182103: seccompAddFD.in(),    // SECCOMP_IOCTL_NOTIF_ADDFD

		0x80046900: out(boxed(4, fFlags(&tLircCan))), // LIRC_GET_FEATURES
		0x80046901: out(boxed(4, fEnum(&tLircMode))), // LIRC_GET_SEND_MODE
		0x80046902: out(boxed(4, fEnum(&tLircMode))), // LIRC_GET_REC_MODE
		0x80046907: out(uintPtr),                     // LIRC_GET_REC_RESOLUTION
		0x80046908: out(uintPtr),                     // LIRC_GET_MIN_TIMEOUT
		0x80046909: out(uintPtr),                     // LIRC_GET_MAX_TIMEOUT
		0x8004690f: out(uintPtr),                     // LIRC_GET_LENGTH
		0x80046924: out(uintPtr),                     // LIRC_GET_REC_TIMEOUT
		0x40046911: boxed(4, fEnum(&tLircMode)),      // LIRC_SET_SEND_MODE
		0x40046912: boxed(4, fEnum(&tLircMode)),      // LIRC_SET_REC_MODE
		0x40046913: uintPtr,                          // LIRC_SET_SEND_CARRIER
		0x40046914: uintPtr,                          // LIRC_SET_REC_CARRIER
		0x40046915: uintPtr,                          // LIRC_SET_SEND_DUTY_CYCLE
		0x40046917: boxed(4, fHex),                   // LIRC_SET_TRANSMITTER_MASK
		0x40046918: uintPtr,                          // LIRC_SET_REC_TIMEOUT
		0x40046919: uintPtr,                          // LIRC_SET_REC_TIMEOUT_REPORTS
		0x4004691d: uintPtr,                          // LIRC_SET_MEASURE_CARRIER_MODE
		0x4004691f: uintPtr,                          // LIRC_SET_REC_CARRIER_RANGE
		0x40046923: uintPtr,                          // LIRC_SET_WIDEBAND_RECEIVER

		0x40063e00: counterWatch.in(), // COUNTER_ADD_WATCH_IOCTL
		0x3e01:     ioNone,            // COUNTER_ENABLE_EVENTS_IOCTL
		0x3e02:     ioNone,            // COUNTER_DISABLE_EVENTS_IOCTL
	}
}

var randomPool = newRecord(i32("entropy_count"), i32("buf_size"), trailing("buf", "buf_size", [layouts]int{4, 4, 4}, (*Call).buffer))

var (
	perfQuery = phased(func(c *Call, v uint64) bool {
		p, ok := perfAsked.load(c, v)
		if !ok {
			c.addr(v)
			return false
		}
		c.byte('{')
		perfAsked.some(c, p, true)
		c.str(", ")
		return true
	}, func(c *Call, v uint64) {
		if p, ok := perfFound.load(c, v); ok && !c.failed {
			perfFound.pick("prog_cnt ids").some(c, p, true)
		} else {
			c.str("...")
		}
		c.byte('}')
	})
	perfAsked = newRecord(u32le("ids_len"))
	perfFound = newRecord(u32le("ids_len"), u32le("prog_cnt"), behind("ids", "prog_cnt", readLimit, u32le("")))
)

// userfaultfd(2), ioctl_userfaultfd(2).
var (
	uffdRange    = newRecord(h64("start"), h64("len"))
	uffdAPI      = newRecord(h64("api"), flags64f("features", &tUffdFeature), flags64f("ioctls", &tUffdIoctls))
	uffdRegister = newRecord(sub("range", uffdRange), flags64f("mode", &tUffdRegister), flags64f("ioctls", &tUffdRangeIoctls))
	uffdCopy     = newRecord(h64("dst"), h64("src"), h64("len"), flags64f("mode", &tUffdCopy), h64("copy"))
	uffdZeropage = newRecord(sub("range", uffdRange), flags64f("mode", &tUffdZeropage), h64("zeropage"))
	uffdProtect  = newRecord(sub("range", uffdRange), flags64f("mode", &tUffdProtect))
	uffdContinue = newRecord(sub("range", uffdRange), flags64f("mode", &tUffdContinue), h64("mapped"))
)

var tNsType = table{"CLONE_NEW???", []name{{0x80, "CLONE_NEWTIME"}, {0x20000, "CLONE_NEWNS"}, {0x2000000, "CLONE_NEWCGROUP"}, {0x4000000, "CLONE_NEWUTS"},
	{0x8000000, "CLONE_NEWIPC"}, {0x10000000, "CLONE_NEWUSER"}, {0x20000000, "CLONE_NEWPID"}, {0x40000000, "CLONE_NEWNET"}}}

func flags64f(name string, t *table) field { return natural(name, 8, fFlags(t)) }

var tUffdFeature = table{"UFFD_FEATURE_???", []name{{1, "UFFD_FEATURE_PAGEFAULT_FLAG_WP"}, {2, "UFFD_FEATURE_EVENT_FORK"},
	{4, "UFFD_FEATURE_EVENT_REMAP"}, {8, "UFFD_FEATURE_EVENT_REMOVE"}, {0x10, "UFFD_FEATURE_MISSING_HUGETLBFS"}, {0x20, "UFFD_FEATURE_MISSING_SHMEM"},
	{0x40, "UFFD_FEATURE_EVENT_UNMAP"}, {0x80, "UFFD_FEATURE_SIGBUS"}, {0x100, "UFFD_FEATURE_THREAD_ID"}, {0x200, "UFFD_FEATURE_MINOR_HUGETLBFS"},
	{0x400, "UFFD_FEATURE_MINOR_SHMEM"}, {0x800, "UFFD_FEATURE_EXACT_ADDRESS"}, {0x1000, "UFFD_FEATURE_WP_HUGETLBFS_SHMEM"}}}

var tUffdIoctls = table{"_UFFDIO_???", []name{{1 << 0, "1<<_UFFDIO_REGISTER"}, {1 << 1, "1<<_UFFDIO_UNREGISTER"}, {1 << 63, "1<<_UFFDIO_API"}}}
var tUffdRangeIoctls = table{"UFFDIO_???", []name{{1 << 2, "1<<_UFFDIO_WAKE"}, {1 << 3, "1<<_UFFDIO_COPY"}, {1 << 4, "1<<_UFFDIO_ZEROPAGE"},
	{1 << 6, "1<<_UFFDIO_WRITEPROTECT"}, {1 << 7, "1<<_UFFDIO_CONTINUE"}}}

var tUffdRegister = table{"UFFDIO_REGISTER_MODE_???", []name{{1, "UFFDIO_REGISTER_MODE_MISSING"}, {2, "UFFDIO_REGISTER_MODE_WP"},
	{4, "UFFDIO_REGISTER_MODE_MINOR"}}}

var tUffdCopy = table{"UFFDIO_COPY_???", []name{{1, "UFFDIO_COPY_MODE_DONTWAKE"}, {2, "UFFDIO_COPY_MODE_WP"}}}

var tUffdZeropage = table{"UFFDIO_ZEROPAGE_???", []name{{1, "UFFDIO_ZEROPAGE_MODE_DONTWAKE"}}}

var tUffdProtect = table{"UFFDIO_WRITEPROTECT_MODE_???", []name{{1, "UFFDIO_WRITEPROTECT_MODE_WP"}, {2, "UFFDIO_WRITEPROTECT_MODE_DONTWAKE"}}}

var tUffdContinue = table{"UFFDIO_CONTINUE_MODE_???", []name{{1, "UFFDIO_CONTINUE_MODE_DONTWAKE"}}}

// Trusted execution environments: include/uapi/linux/tee.h.
var (
	teeVersion    = newRecord(enum32("impl_id", &tTeeImpl), tagged("impl_caps", "impl_id", map[uint64]format{1: fFlags(&tTeeOptee)}), flags32("gen_caps", &tTeeCap))
	teeAlloc      = newRecord(h64("size"), flags32("flags", &tTeeShm), i32("id"))
	teeRegister   = newRecord(pointer64("addr"), h64("length"), flags32("flags", &tTeeShm), i32("id"))
	teeRegisterFD = newRecord(natural("fd", 8, (*Call).fd), h64("size"), flags32("flags", &tTeeShm), pad(4), i32("id"), pad(4))
	teeOpen       = newRecord(uuid("uuid"), teeClient, enum32("clnt_login", &tTeeLogin), u32le("cancel_id"), h32("session"), u32le("ret"), enum32("ret_origin", &tTeeOrigin), teeCount, teeParams)
	teeInvoke     = newRecord(u32le("func"), h32("session"), u32le("cancel_id"), u32le("ret"), enum32("ret_origin", &tTeeOrigin), teeCount, teeParams)
	teeReceive    = newRecord(u32le("func"), teeCount, teeParams)
	teeSend       = newRecord(u32le("ret"), teeCount, teeParams)

	teeCount  = u32le("num_params")
	teeParams = behind("params", "num_params", readLimit, sub("", teeParam))
	teeParam  = newRecord(natural("attr", 8, fTeeAttr), union("attr", 24, 8, teeVariants()...))
)

// teeMeta is TEE_IOCTL_PARAM_ATTR_META of linux/tee.h.
const teeMeta = 0x100

// teeVariants are what a parameter may be: three values, or a part of shared memory; which
// of them, and whether the parameter is meta data, is its attribute.
func teeVariants() (vs []variant) {
	value := newRecord(h64("a"), h64("b"), h64("c"))
	memref := newRecord(h64("shm_offs"), h64("size"), u64le("shm_id"))
	for _, meta := range [...]uint64{0, teeMeta} {
		for _, attr := range [...]uint64{1, 2, 3} {
			vs = append(vs, variant{attr | meta, "", value}, variant{attr + 4 | meta, "", memref})
		}
	}
	return vs
}

func fTeeAttr(c *Call, v uint64) {
	n := tTeeAttr.find(v)
	if n == "" && v&teeMeta != 0 && tTeeAttr.find(v&^teeMeta) != "" {
		n = tTeeAttr.find(v&^teeMeta) + "|TEE_IOCTL_PARAM_ATTR_META"
	}
	c.enumNamed(n, tTeeAttr.unknown, v)
}

// teeClient is what proves a client: a group's number, or of an unknown kind of login bytes.
var teeClient = func() field {
	group, bytes := newRecord(u32le("clnt_uuid")), newRecord(tuple(16, h8("clnt_uuid")))
	f := union("clnt_login", 16, 1, variant{tag: 0, record: newRecord()}, variant{tag: 1, record: newRecord()}, variant{tag: 2, record: group},
		variant{tag: 4, record: newRecord()}, variant{tag: 5, record: newRecord()}, variant{tag: 6, record: group}, variant{tag: other, record: bytes})
	return f.named("clnt_uuid")
}()

// teeCall is a pointer and a length of what a call hands over, which must be as long as the
// number of its parameters says.
func teeCall(r *record, before, after string) kind {
	b, a := r.pick(before), r.pick(after)
	where := func(c *Call, v uint64) (buf, n uint64, ok bool) {
		p, ok := c.read(v, 16)
		if !ok {
			return 0, 0, false
		}
		return u64(p), u64(p[8:]), true
	}
	return phased(func(c *Call, v uint64) bool {
		buf, n, ok := where(c, v)
		if !ok {
			c.addr(v)
			return false
		}
		c.str("{buf_len=")
		c.udec(n)
		c.str(", buf_ptr=")
		size := uint64(r.sizeOf(c))
		p, ok := c.read(buf, int(size))
		if !ok || n != size+32*uint64(u32(p[size-4:])) {
			c.addr(buf)
			c.byte('}')
			return false
		}
		b.print(c, buf)
		return true
	}, func(c *Call, v uint64) {
		if buf, _, ok := where(c, v); ok && !c.failed && after != "" {
			c.str(" => ")
			a.print(c, buf)
		}
		c.byte('}')
	})
}

// uuid is 16 bytes in their order.
func uuid(name string) field {
	f := octets(name, 16)
	f.raw = func(c *Call, p []byte) {
		for i, b := range p {
			if i == 4 || i == 6 || i == 8 || i == 10 {
				c.byte('-')
			}
			c.b = append(c.b, hexDigits[b>>4], hexDigits[b&15])
		}
	}
	return f
}

var tTeeImpl = table{"TEE_IMPL_ID_???", []name{{1, "TEE_IMPL_ID_OPTEE"}, {2, "TEE_IMPL_ID_AMDTEE"}}}

var tTeeCap = table{"TEE_GEN_CAP_???", []name{{1, "TEE_GEN_CAP_GP"}, {2, "TEE_GEN_CAP_PRIVILEGED"}, {4, "TEE_GEN_CAP_REG_MEM"},
	{8, "TEE_GEN_CAP_MEMREF_NULL"}}}

var tTeeOptee = table{"TEE_OPTEE_CAP_???", []name{{1, "TEE_OPTEE_CAP_TZ"}}}

var tTeeLogin = table{"TEE_IOCTL_LOGIN_???", []name{{0, "TEE_IOCTL_LOGIN_PUBLIC"}, {1, "TEE_IOCTL_LOGIN_USER"}, {2, "TEE_IOCTL_LOGIN_GROUP"},
	{4, "TEE_IOCTL_LOGIN_APPLICATION"}, {5, "TEE_IOCTL_LOGIN_USER_APPLICATION"}, {6, "TEE_IOCTL_LOGIN_GROUP_APPLICATION"},
	{0x80000000, "TEE_IOCTL_LOGIN_REE_KERNEL_MIN"}, {0x80000000, "TEE_IOCTL_LOGIN_REE_KERNEL"}, {0xbfffffff, "TEE_IOCTL_LOGIN_REE_KERNEL_MAX"}}}

var tTeeShm = table{"TEE_IOCTL_SHM_???", []name{{1, "TEE_IOCTL_SHM_MAPPED"}, {2, "TEE_IOCTL_SHM_DMA_BUF"}, {4, "TEE_IOCTL_SHM_EXT_DMA_BUF"}, {8, "TEE_IOCTL_SHM_REGISTER"},
	{0x10, "TEE_IOCTL_SHM_USER_MAPPED"}, {0x20, "TEE_IOCTL_SHM_POOL"}, {0x40, "TEE_IOCTL_SHM_KERNEL_MAPPED"}}}
var tTeeOrigin = table{"TEEC_ORIGIN_???", []name{{1, "TEEC_ORIGIN_API"}, {2, "TEEC_ORIGIN_COMMS"}, {3, "TEEC_ORIGIN_TEE"}, {4, "TEEC_ORIGIN_TRUSTED_APP"}}}

var tTeeAttr = table{"TEE_IOCTL_PARAM_ATTR_???", []name{{0, "TEE_IOCTL_PARAM_ATTR_TYPE_NONE"}, {1, "TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INPUT"},
	{2, "TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_OUTPUT"}, {3, "TEE_IOCTL_PARAM_ATTR_TYPE_VALUE_INOUT"}, {5, "TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INPUT"},
	{6, "TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_OUTPUT"}, {7, "TEE_IOCTL_PARAM_ATTR_TYPE_MEMREF_INOUT"}, {0xff, "TEE_IOCTL_PARAM_ATTR_TYPE_MASK"}}}

// seccomp(2), seccomp_unotify(2).
var (
	seccompData     = newRecord(natural("nr", 4, nil).numbered(), enum32("arch", &tAuditArch), natural("instruction_pointer", 8, (*Call).addr), array(6, h64("args")))
	seccompNotif    = newRecord(h64("id"), natural("pid", 4, (*Call).pid), h32("flags"), sub("data", seccompData))
	seccompResponse = newRecord(h64("id"), i64("val"), natural("error", 4, fErrno), flags32("flags", &tSeccompNotif))
	seccompAddFD    = newRecord(h64("id"), flags32("flags", &tSeccompAddFD), fdOf("srcfd"), i32("newfd"), flags32("newfd_flags", &tOpen))
)

// seccompReceive is a notification.
var seccompReceive = hollow(seccompNotif.load, seccompNotif.body, true)

// uffdHello agrees on features: those that the kernel has are shown when they are not those asked for.
var uffdHello = phased(func(c *Call, v uint64) bool {
	p, ok := uffdAPI.load(c, v)
	if !ok {
		c.addr(v)
		return false
	}
	c.saved[0] = uffdAPI.get(c, p, "features")
	c.byte('{')
	uffdAPI.pick("api features").some(c, p, true)
	return true
}, func(c *Call, v uint64) {
	if p, ok := uffdAPI.load(c, v); ok && !c.failed {
		if uffdAPI.get(c, p, "features") != c.saved[0] {
			c.str(" => ")
			uffdAPI.pick("features").some(c, p, true)
		}
		uffdAPI.pick("ioctls").some(c, p, false)
	}
	c.byte('}')
})

// numbered is a call by the name that it has where the member behind it says.
func (f field) numbered() field {
	f.all = func(c *Call, m *member, s []byte) { c.numberOf(m.number(s), u32(s[m.off+4:])) }
	return f
}

// numberOf is the number of a call of an architecture (AUDIT_ARCH_*) by its name: that of another one's behind the number.
func (c *Call) numberOf(nr uint64, arch uint32) {
	abi := X8664
	switch {
	case arch == 0x40000003:
		abi = I386
	case arch != 0xc000003e:
		c.udec(nr)
		return
	case nr&X32.Base != 0:
		abi = X32
	}
	r := abi.Lookup(nr)
	switch {
	case r == nil:
		c.udec(nr)
	case abi == c.ABI:
		c.styled(func() { c.udec(nr) }, func() { c.str("__NR_" + r.Name) })
	default:
		c.udec(nr)
		if c.opts.Style != Numbers {
			c.comment(r.Name)
		}
	}
}

var tSeccompNotif = table{"SECCOMP_USER_NOTIF_FLAG_???", []name{{1, "SECCOMP_USER_NOTIF_FLAG_CONTINUE"}}}

var tSeccompAddFD = table{"SECCOMP_ADDFD_FLAG_???", []name{{1, "SECCOMP_ADDFD_FLAG_SETFD"}, {2, "SECCOMP_ADDFD_FLAG_SEND"}}}

var tPerfIoc = table{"PERF_IOC_FLAG_???", []name{{1, "PERF_IOC_FLAG_GROUP"}}}

var tLircCan = table{"LIRC_CAN_???", []name{{2, "LIRC_CAN_SEND_PULSE"}, {0x10, "LIRC_CAN_SEND_LIRCCODE"}, {0x100, "LIRC_CAN_SET_SEND_CARRIER"},
	{0x200, "LIRC_CAN_SET_SEND_DUTY_CYCLE"}, {0x400, "LIRC_CAN_SET_TRANSMITTER_MASK"}, {0x40000, "LIRC_CAN_REC_MODE2"},
	{0x80000, "LIRC_CAN_REC_SCANCODE"}, {0x100000, "LIRC_CAN_REC_LIRCCODE"}, {0x1000000, "LIRC_CAN_SET_REC_CARRIER"},
	{0x2000000, "LIRC_CAN_MEASURE_CARRIER"}, {0x4000000, "LIRC_CAN_USE_WIDEBAND_RECEIVER"}, {0x10000000, "LIRC_CAN_SET_REC_TIMEOUT"},
	{0x20000000, "LIRC_CAN_GET_REC_RESOLUTION"}, {0x80000000, "LIRC_CAN_SET_REC_CARRIER_RANGE"}}}

var tLircMode = table{"LIRC_MODE_???", []name{{1, "LIRC_MODE_RAW"}, {2, "LIRC_MODE_PULSE"}, {4, "LIRC_MODE_MODE2"}, {8, "LIRC_MODE_SCANCODE"},
	{0x10, "LIRC_MODE_LIRCCODE"}}}

// Counters: include/uapi/linux/counter.h.
var (
	counterWatch = newRecord(sub("component", newRecord(natural("type", 1, fEnum(&tCounterType)), natural("scope", 1, fEnum(&tCounterScope)), u8("parent"), u8("id"))),
		natural("event", 1, fEnum(&tCounterEvent)), u8("channel"))
)

var tCounterType = table{"COUNTER_COMPONENT_???", []name{{0, "COUNTER_COMPONENT_NONE"}, {1, "COUNTER_COMPONENT_SIGNAL"}, {2, "COUNTER_COMPONENT_COUNT"},
	{3, "COUNTER_COMPONENT_FUNCTION"}, {4, "COUNTER_COMPONENT_SYNAPSE_ACTION"}, {5, "COUNTER_COMPONENT_EXTENSION"}}}

var tCounterScope = table{"COUNTER_SCOPE_???", []name{{0, "COUNTER_SCOPE_DEVICE"}, {1, "COUNTER_SCOPE_SIGNAL"}, {2, "COUNTER_SCOPE_COUNT"}}}

var tCounterEvent = table{"COUNTER_EVENT_???", []name{{0, "COUNTER_EVENT_OVERFLOW"}, {1, "COUNTER_EVENT_UNDERFLOW"},
	{2, "COUNTER_EVENT_OVERFLOW_UNDERFLOW"}, {3, "COUNTER_EVENT_THRESHOLD"}, {4, "COUNTER_EVENT_INDEX"}, {5, "COUNTER_EVENT_CHANGE_OF_STATE"},
	{6, "COUNTER_EVENT_CAPTURE"}}}
