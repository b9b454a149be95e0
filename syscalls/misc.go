// Memory mappings, keys, and the odd ones.

package syscalls

var (
	prot = bare(func(c *Call, v uint64) { c.flags(&tProt, v) })
	// mmapFlags has an enum in its low four bits.
	mmapFlags = styled32(bare(func(c *Call, v uint64) {
		c.enum(&tMapType, v&0xf)
		if v &^= 0xf; v == 0 {
			return
		}
		huge := v >> 26 // the logarithm of the size of MAP_HUGETLB's pages
		v &= 1<<26 - 1
		if rest, _ := c.bits(&tMap, v, true); rest != 0 {
			c.byte('|')
			c.hex(rest)
		}
		if huge != 0 {
			c.byte('|')
			c.udec(huge)
			c.str("<<MAP_HUGE_SHIFT")
		}
	}))
	pageOffset = in(func(c *Call, v uint64) { c.hex(v * pageSize) })
	xptr       = bare((*Call).hex)
	sizePtr    = in(func(c *Call, v uint64) { c.numberAt(v, c.ABI.Word, false) })
)

func mremapMoves(c *Call) bool { return c.arg(3)&3 == 3 }

var mincoreVec = in(func(c *Call, v uint64) {
	n := (c.arg(1) + pageSize - 1) / pageSize
	limit := uint64(c.limit())
	p, ok := c.read(v, int(min(n, limit, 4096)))
	if !ok && n > 0 {
		c.addr(v)
		return
	}
	c.byte('[')
	for i, b := range p {
		if i > 0 {
			c.str(", ")
		}
		c.byte('0' + b&1)
	}
	if n > limit {
		c.str(", ...")
	}
	c.byte(']')
})

// NUMA policies.
var (
	mpolInt  = in(func(c *Call, v uint64) { mpolMode.f(c, uint64(uint32(v))) })
	mpolMode = in(func(c *Call, v uint64) {
		const flags = 0xe000
		if n := tMpol.find(v &^ flags); n == "" || !c.known(n) {
			c.flags(&tMpolModes, v)
			return
		}
		c.styled(func() { c.hex(v) }, func() {
			c.enum(&tMpol, v&^flags)
			c.bits(&tMpolMode, v&flags, true)
		})
	})
	tMpolModes = table{"MPOL_???", tMpolMode.names}
	mpolPtr    = in(func(c *Call, v uint64) {
		p, ok := c.read(v, 4)
		if !ok {
			c.addr(v)
			return
		}
		c.byte('[')
		c.enum(&tMpol, uint64(u32(p)))
		c.byte(']')
	})
	nodemask      = in(func(c *Call, v uint64) { c.nodes(v, c.arg(c.reg)) })
	nodemaskPrev  = in(func(c *Call, v uint64) { c.nodes(v, c.arg(1)) })
	nodemaskPrev2 = nodemaskPrev
)

// nodes prints a mask of n-1 bits as its words: [0x1].
func (c *Call) nodes(v, n uint64) {
	if n == 0 && v != 0 && !c.exit {
		c.str("[]")
		return
	}
	if n <= 1 || n > 8*pageSize+2 {
		c.addr(v)
		return
	}
	w := c.ABI.Long
	words := (n - 1 + uint64(8*w) - 1) / uint64(8*w)
	c.list(v, words, w, func(c *Call, p []byte) {
		switch {
		case allZero(p[:w]):
			c.str("0000000000000000"[:2*w])
			return
		case w == 4:
			c.b = appendHex8(c.b, u32(p))
			return
		}
		c.str("0x")
		for i := 52; i >= 0; i -= 4 {
			c.byte(hexDigits[u64(p)>>i&15])
		}
	})
}

// tFsmountAttr is tMountAttr without what fsmount(2) does not take.
var tFsmountAttr = table{"MOUNT_ATTR_???", tMountAttr.names[:len(tMountAttr.names)-2]}

// The lists of move_pages(2): addresses, the nodes wanted, and what became of each.
var (
	pageList = in(func(c *Call, v uint64) {
		c.list(v, c.arg(1), c.ABI.Word, func(c *Call, p []byte) { c.addr(c.word(p)) })
	})
	nodeList = in(func(c *Call, v uint64) {
		c.list(v, c.arg(1), 4, func(c *Call, p []byte) { c.dec(int64(int32(u32(p)))) })
	})
	pageStatus = atExit(in(func(c *Call, v uint64) {
		if c.failed && c.arg(1) != 0 {
			c.addr(v)
			return
		}
		c.list(v, c.arg(1), 4, func(c *Call, p []byte) {
			n := int32(u32(p))
			row := c.ABI.OS.Errno(int(-n))
			if n >= 0 || row == nil {
				c.dec(int64(n))
				return
			}
			c.styled(func() { c.dec(int64(n)) }, func() { c.str("-" + row.Name) })
		})
	}))
)

// Keys.
var keyPerm = in(func(c *Call, v uint64) { c.flags(&tKeyPerm, uint64(uint32(v))) })

// tKeyPerm are the rights of a key (keyctl(2)): those of its possessor, user, group and others.
var tKeyPerm = table{"KEY_???", keyPerms()}

func keyPerms() (names []name) {
	for i, who := range [...]string{"POS", "USR", "GRP", "OTH"} {
		for j, what := range [...]string{"VIEW", "READ", "WRITE", "SEARCH", "LINK", "SETATTR"} {
			names = append(names, name{1 << (24 - 8*i + j), "KEY_" + who + "_" + what})
		}
	}
	return names
}

var (
	keySerial  = in((*Call).keySerial)
	keyDefault = in(func(c *Call, v uint64) { c.intEnum(&tKeyDefault, v) })
	// bufOut is filled in as far as the value returned says, which may be more than there is
	// room for: the next argument.
	bufOut = out(in(func(c *Call, v uint64) { c.buffer(v, min(uint64(c.Ret), c.arg(c.reg))) }))
	// textOut is bufOut without a NUL at its end.
	textOut = out(in(func(c *Call, v uint64) {
		n := min(uint64(c.Ret), c.arg(c.reg))
		if p, ok := c.readBytes(v+n-1, 1); n > 0 && ok && p[0] == 0 {
			n--
		}
		c.buffer(v, n)
	}))
	dhParams = structure(12, []member{{name: "private", size: 4, f: (*Call).keySerial}, {name: "prime", off: 4, size: 4, f: (*Call).keySerial},
		{name: "base", off: 8, size: 4, f: (*Call).keySerial}})
	dhOut = out(in(func(c *Call, v uint64) { c.buffer(v, min(uint64(c.Ret), c.arg(c.reg))) }))
	// kdfParams is struct keyctl_kdf_params.
	kdfParams = newRecord(pointer("hashname").as((*Call).text), kdfInfo(), u32le("otherinfolen"), tuple(8, h32("__spare")).ifSet()).in()
)

// kdfInfo is a buffer as long as the member behind it says.
func kdfInfo() field {
	f := pointer("otherinfo")
	f.by, f.f = "otherinfolen", nil
	f.all = func(c *Call, m *member, s []byte) {
		if n := m.by.number(s); n > 0 {
			c.buffer(m.number(s), n)
		} else {
			c.addr(m.number(s))
		}
	}
	return f
}

// Asymmetric keys: what is asked for, and struct keyctl_pkey_params with buffers of the lengths that it says.
var (
	pkeyEncrypt = a(pkeyParams("out_len"), cstr, pkeyIn(4), ptr)
	pkeyVerify  = a(pkeyParams("in2_len"), cstr, pkeyIn(4), pkeyIn(8))
)

func pkeyParams(second string) kind {
	return structure(40, []member{{name: "key_id", size: 4, f: (*Call).keySerial}, {name: "in_len", off: 4, size: 4, f: fUint}, {name: second, off: 8, size: 4, f: fUint},
		{name: "__spare", off: 12, size: 28, raw: func(c *Call, p []byte) { c.ints(p, fHex) }, skip: isZero(12, 28)}})
}

// pkeyIn is a buffer whose length is at off of the parameters in the argument behind the command.
func pkeyIn(off int) kind {
	return in(func(c *Call, v uint64) {
		p, ok := c.read(c.arg(1), 40)
		if !ok {
			c.addr(v)
			return
		}
		c.buffer(v, uint64(u32(p[off:])))
	})
}

var tKeyMove = table{"KEYCTL_MOVE_???", []name{{1, "KEYCTL_MOVE_EXCL"}}}

// errnoArg is an error by its name.
var errnoArg = in(func(c *Call, v uint64) {
	if row := c.ABI.OS.Errno(int(uint32(v))); row != nil && c.opts.Style != Numbers && uint32(v) < 512 {
		c.styled(func() { c.udec(uint64(uint32(v))) }, func() { c.str(row.Name) })
		return
	}
	c.udec(uint64(uint32(v)))
})

var tKeyDefault = table{"KEY_REQKEY_DEFL_???", []name{{0xffffffff, "KEY_REQKEY_DEFL_NO_CHANGE"}, {0, "KEY_REQKEY_DEFL_DEFAULT"}, {1, "KEY_REQKEY_DEFL_THREAD_KEYRING"},
	{2, "KEY_REQKEY_DEFL_PROCESS_KEYRING"}, {3, "KEY_REQKEY_DEFL_SESSION_KEYRING"}, {4, "KEY_REQKEY_DEFL_USER_KEYRING"},
	{5, "KEY_REQKEY_DEFL_USER_SESSION_KEYRING"}, {6, "KEY_REQKEY_DEFL_GROUP_KEYRING"}, {7, "KEY_REQKEY_DEFL_REQUESTOR_KEYRING"}}}

// intEnum is an enum whose numbers are shown in decimal.
func (c *Call) intEnum(t *table, v uint64) {
	n := t.find(uint64(uint32(v)))
	if n != "" && c.opts.Style == Names {
		c.str(n)
		return
	}
	c.dec(int64(int32(v)))
	switch {
	case c.opts.Style == Numbers:
	case n != "":
		c.comment(n)
	default:
		c.comment(t.unknown)
	}
}

func (c *Call) keySerial(v uint64) {
	n := tKeySpec.find(uint64(uint32(v)))
	if n != "" && c.opts.Style == Names {
		c.str(n)
		return
	}
	c.dec(int64(int32(v)))
	if n != "" && c.opts.Style == Both {
		c.comment(n)
	}
}

// keyCaps are the capabilities of keys: a set in each byte.
var keyCaps = out(in(func(c *Call, v uint64) {
	sets := keyCapSets
	c.list(v, min(uint64(c.Ret), c.arg(2)), 1, func(c *Call, p []byte) {
		if len(sets) == 0 {
			c.hex(uint64(p[0]))
			return
		}
		c.flags(sets[0], uint64(p[0]))
		sets = sets[1:]
	})
}))

// keyCapSets are the capabilities of each byte (keyctl(2), KEYCTL_CAPABILITIES).
var keyCapSets = []*table{
	{"KEYCTL_CAPS0_???", []name{{1, "KEYCTL_CAPS0_CAPABILITIES"}, {2, "KEYCTL_CAPS0_PERSISTENT_KEYRINGS"}, {4, "KEYCTL_CAPS0_DIFFIE_HELLMAN"},
		{8, "KEYCTL_CAPS0_PUBLIC_KEY"}, {0x10, "KEYCTL_CAPS0_BIG_KEY"}, {0x20, "KEYCTL_CAPS0_INVALIDATE"}, {0x40, "KEYCTL_CAPS0_RESTRICT_KEYRING"},
		{0x80, "KEYCTL_CAPS0_MOVE"}}},
	{"KEYCTL_CAPS1_???", []name{{1, "KEYCTL_CAPS1_NS_KEYRING_NAME"}, {2, "KEYCTL_CAPS1_NS_KEY_TAG"}, {4, "KEYCTL_CAPS1_NOTIFICATIONS"}}},
}

// keyctlArity is how many arguments follow each operation; others have four.
var keyctlArity = map[uint32][]kind{
	0: a(keySerial, d), 1: a(cstr), 2: a(keySerial, bufNext, size), 3: a(keySerial), 4: a(keySerial, uid, uid),
	5: a(keySerial, keyPerm), 6: a(keySerial, textOut, size), 7: a(keySerial), 8: a(keySerial, keySerial), 9: a(keySerial, keySerial),
	10: a(keySerial, cstr, cstr, keySerial), 11: a(keySerial, bufOut, size), 12: a(keySerial, bufNext, size, keySerial),
	13: a(keySerial, u, keySerial), 14: a(keyDefault), 15: a(keySerial, u), 16: a(keySerial), 17: a(keySerial, textOut, size), 18: {},
	19: a(keySerial, u, errnoArg, keySerial), 20: a(keySerial, in(func(c *Call, v uint64) { c.iovecs(v, c.arg(c.reg), ^uint64(0)) }), size, keySerial), 21: a(keySerial), 22: a(uid, keySerial), 23: a(dhParams, dhOut, size, kdfParams), 29: a(keySerial, cstr, cstr), 24: a(keySerial, x, cstr, ptr), 25: pkeyEncrypt, 26: pkeyEncrypt, 27: pkeyEncrypt, 28: pkeyVerify, 30: a(keySerial, keySerial, keySerial, flagsOf(&tKeyMove)), 31: a(keyCaps, size),
}

var keyctlArgs = append(a(enumOf(&tKeyctl)), byCommand(keyctlArity, 0), byCommand(keyctlArity, 1), byCommand(keyctlArity, 2), byCommand(keyctlArity, 3))

// byCommand is argument i behind a command in the first argument, whose row in rows lists
// the kinds that follow; a command without a row has numbers.
func byCommand(rows map[uint32][]kind, i int) kind {
	return kind{
		absent: func(c *Call) bool { r, ok := rows[uint32(c.arg(0))]; return ok && i >= len(r) },
		late:   func(c *Call) bool { r, ok := rows[uint32(c.arg(0))]; return ok && i < len(r) && r[i].out },
		f: func(c *Call, v uint64) {
			if r, ok := rows[uint32(c.arg(0))]; ok {
				r[i].f(c, v)
				return
			}
			c.hex(v)
		},
	}
}

// syslog(2), reboot(2), kexec, bpf, perf and io_uring.
var syslogAction = in(func(c *Call, v uint64) {
	c.dec(int64(int32(v)))
	n := tSyslog.find(uint64(uint32(v)))
	if n == "" {
		n = tSyslog.unknown
	}
	c.comment(n)
})

func syslogHasArgs(c *Call) bool {
	switch uint32(c.arg(0)) {
	case 0, 1, 5, 6, 7, 9, 10:
		return false
	}
	return true
}

// syslogLevel is the level of the console for the action that sets it.
var syslogLevel = in(func(c *Call, v uint64) {
	c.dec(int64(int32(v)))
	if uint32(c.arg(0)) != 8 || c.opts.Style == Numbers {
		return
	}
	n := tLogLevel.find(uint64(uint32(v)))
	switch {
	case n == "" && uint32(v) == 8:
		n = "LOGLEVEL_DEBUG+1"
	case n == "":
		n = tLogLevel.unknown
	}
	c.comment(n)
})

var tLogLevel = table{"LOGLEVEL_???", []name{{0, "LOGLEVEL_EMERG"}, {1, "LOGLEVEL_ALERT"}, {2, "LOGLEVEL_CRIT"}, {3, "LOGLEVEL_ERR"},
	{4, "LOGLEVEL_WARNING"}, {5, "LOGLEVEL_NOTICE"}, {6, "LOGLEVEL_INFO"}, {7, "LOGLEVEL_DEBUG"}}}

var syslogBuf = kind{
	late: func(c *Call) bool { t := uint32(c.arg(0)); return t >= 2 && t <= 4 },
	f: func(c *Call, v uint64) {
		if t := uint32(c.arg(0)); t >= 2 && t <= 4 && !c.failed {
			c.buffer(v, uint64(c.Ret))
			return
		}
		c.addr(v)
	},
}

// rebootArg is a command, of 255 bytes at most.
var rebootArg = in(func(c *Call, v uint64) { c.textWithin(v, 255) })

func rebootHasArg(c *Call) bool { return uint32(c.arg(2)) == 0xa1b2c3d4 }

var kexecFlags = in(func(c *Call, v uint64) {
	const arch = 0xffff0000
	c.enum(&tKexecArch, v&arch)
	if v &^= arch; v != 0 {
		c.byte('|')
		c.flags(&tKexec, v)
	}
})

// kexecSegments is an array of struct kexec_segment; the kernel takes no more than 16.
var (
	kexecSegments = in(func(c *Call, v uint64) {
		if c.arg(1) > kexecMost {
			c.addr(v)
			return
		}
		c.list(v, c.arg(1), kexecSegment.sizeOf(c), kexecSegment.body)
	})
	kexecSegment = newRecord(pointer("buf"), ulong("bufsz"), pointer("mem"), ulong("memsz"))
)

const kexecMost = 16

// sysctlArgs is struct __sysctl_args.
var sysctlArgs = newRecord(pointer("name"), natural("nlen", 4, fInt), pointer("oldval"), pointer("oldlenp"), pointer("newval"), ulong("newlen"),
	tuple(4, ulong("")).named("")).in()

// rBpf is a descriptor for the commands that make one.
var rBpf = ret{f: func(c *Call, v uint64) {
	switch uint32(c.arg(0)) {
	case 0, 5, 7, 13, 14, 17, 18, 19, 28, 30, 33:
		rFD.f(c, v)
	default:
		c.dec(int64(v))
	}
}}

var uringParams = kind{out: true, f: func(c *Call, v uint64) {
	p, ok := c.read(v, 120)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "flags")
	flags := uint64(u32(p[8:]))
	c.flags(&tUringSetup, flags)
	c.str(", ")
	uringGiven.some(c, p, true)
	if !c.failed {
		c.str(", ")
		uringTold.some(c, p, true)
	}
	c.byte('}')
}}

// uringParameters is struct io_uring_params.
var (
	uringParameters = newRecord(u32le("sq_entries"), u32le("cq_entries"), flags32("flags", &tUringSetup), h32("sq_thread_cpu"), u32le("sq_thread_idle"),
		flags32("features", &tUringFeature), natural("wq_fd", 4, (*Call).fd).ifBits("flags", 1<<5), tuple(3, h32("resv")).ifSet(),
		sub("sq_off", newRecord(u32le("head"), u32le("tail"), u32le("ring_mask"), u32le("ring_entries"), u32le("flags"), u32le("dropped"), u32le("array"),
			h32("resv1").ifSet(), h64("resv2").ifSet())),
		sub("cq_off", newRecord(u32le("head"), u32le("tail"), u32le("ring_mask"), u32le("ring_entries"), u32le("overflow"), u32le("cqes"), u32le("flags"),
			h32("resv1").ifSet(), h64("resv2").ifSet())))
	uringGiven    = uringParameters.pick("sq_thread_cpu sq_thread_idle wq_fd resv")
	uringTold     = uringParameters.pick("sq_entries cq_entries features sq_off cq_off")
	tUringFeature = table{"IORING_FEAT_???", bitsFromLowest("IORING_FEAT_", "SINGLE_MMAP NODROP SUBMIT_STABLE RW_CUR_POS CUR_PERSONALITY FAST_POLL POLL_32BITS "+
		"SQPOLL_NONFIXED EXT_ARG NATIVE_WORKERS RSRC_TAGS CQE_SKIP LINKED_FILE REG_REG_RING RECVSEND_BUNDLE MIN_TIMEOUT RW_ATTR NO_IOWAIT")}
)

// membarrier's query returns the commands the kernel knows.
var rMembarrier = ret{f: func(c *Call, v uint64) {
	if uint32(c.arg(0)) == 0 {
		c.hex(v)
		if v != 0 {
			c.withAux(func(c *Call) { c.flags(&tMembarrier, v) })
		}
		return
	}
	c.dec(int64(v))
}}

func membarrierHasCPU(c *Call) bool { return c.arg(1)&1 != 0 }

// mountAttr is struct mount_attr of mount_setattr(2).
var mountAttr = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 32)
	if c.arg(c.reg) < 32 || !ok {
		c.addr(v)
		return
	}
	c.field(true, "attr_set")
	c.flags(&tMountAttr, u64(p))
	c.field(false, "attr_clr")
	c.flags(&tMountAttr, u64(p[8:]))
	c.field(false, "propagation")
	c.enum(&tMount, u64(p[16:]))
	c.field(false, "userns_fd")
	if u64(p[24:])>>31 != 0 || u64(p)&0x100000 == 0 { // MOUNT_ATTR_IDMAP
		c.udec(u64(p[24:]))
	} else {
		c.fd(u64(p[24:]))
	}
	c.sizedRest(v, 32, c.arg(c.reg))
	c.byte('}')
})

// futexWaiters is an array of struct futex_waitv.
var futexWaiters = in(func(c *Call, v uint64) {
	const most = 128 // FUTEX_WAITV_MAX
	c.listCapped(v, uint64(uint32(c.arg(1))), most, 24, c.limitOf(), func(c *Call, p []byte) {
		c.field(true, "val")
		c.hex(u64(p))
		c.field(false, "uaddr")
		c.addr(u64(p[8:]))
		c.field(false, "flags")
		c.flags(&tFutexWaitv, uint64(u32(p[16:])))
		if r := u32(p[20:]); r != 0 {
			c.field(false, "__reserved")
			c.hex(uint64(r))
		}
		c.byte('}')
	})
})

// recvmmsg tells the time left behind its result.
func mmsgLeft(f format) ret {
	return ret{aux: func(c *Call) {
		if c.opts.Shallow && c.Ret != 0 {
			return
		}
		c.withAux(func(c *Call) {
			if c.Ret == 0 {
				c.str("Timeout")
				return
			}
			c.left(f, c.arg(4), false)
		})
	}}
}

var (
	rRecvmmsg   = mmsgLeft(timespec.f)
	rRecvmmsg64 = mmsgLeft(timespec64.f)
)
