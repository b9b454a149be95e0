// Memory mappings, futexes, prctl and its like, ptrace, IPC, and the odd ones.

package syscalls

var (
	prot = in(func(c *Call, v uint64) { c.flags(&tProt, v) })
	// mmapFlags has an enum in its low four bits.
	mmapFlags = in(func(c *Call, v uint64) {
		v = uint64(uint32(v))
		if c.opts.NumberOnly {
			c.hex(v)
			return
		}
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
	})
	pageOffset = in(func(c *Call, v uint64) { c.hex(v * pageSize) })
	xptr       = in((*Call).hex)
	sizePtr    = in(func(c *Call, v uint64) { c.numberAt(v, c.ABI.Word, false) })
)

// oldMmap is i386's first mmap: one pointer to six words.
var oldMmap = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 24)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('{')
	for i, k := range [...]kind{ptr, size, prot, mmapFlags, fd, x} {
		if i > 0 {
			c.str(", ")
		}
		k.f(c, uint64(u32(p[4*i:])))
	}
	c.byte('}')
})

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
	mpolMode = in(func(c *Call, v uint64) {
		v = uint64(uint32(v))
		const flags = 0xe000
		c.enum(&tMpol, v&^flags)
		if v&flags != 0 {
			c.byte('|')
			c.flags(&tMpolMode, v&flags)
		}
	})
	mpolPtr = in(func(c *Call, v uint64) {
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
	if n <= 1 || n > 8*pageSize {
		c.addr(v)
		return
	}
	w := c.ABI.Long
	words := (n - 1 + uint64(8*w) - 1) / uint64(8*w)
	c.list(v, words, w, func(c *Call, p []byte) {
		if w == 4 {
			c.b = appendHex8(c.b, u32(p))
			return
		}
		c.str("0x")
		for i := 52; i >= 0; i -= 4 {
			c.byte(hexDigits[u64(p)>>i&15])
		}
	})
}

// Futexes: what the later arguments are depends on the operation.
const (
	futexPrivate  = 0x80
	futexRealtime = 0x100
)

func futexCmd(c *Call) uint32 { return uint32(c.arg(1)) &^ (futexPrivate | futexRealtime) }

var futexOp = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	if c.opts.NumberOnly {
		c.hex(v)
		return
	}
	cmd := v &^ (futexPrivate | futexRealtime)
	name := tFutexOp.find(cmd)
	if name == "" {
		c.hex(v)
		c.comment(tFutexOp.unknown)
		return
	}
	c.str(name)
	if v&futexPrivate != 0 {
		c.str("_PRIVATE")
	}
	if v&futexRealtime != 0 {
		c.str("|FUTEX_CLOCK_REALTIME")
	}
})

// futexUses reports by bits of argument 2 to 5 (1, 2, 4, 8) which the operation has.
func futexUses(i int) func(c *Call) bool {
	return func(c *Call) bool {
		cmd := futexCmd(c)
		if cmd >= uint32(len(futexArity)) {
			return true
		}
		return futexArity[cmd]>>(i-2)&1 == 1
	}
}

// futexArity has a bit for each argument after the operation: value, timeout or second
// value, second address, third value (futex(2)).
var futexArity = [...]uint8{
	0:  3,  // WAIT: value, timeout
	1:  1,  // WAKE: value
	2:  1,  // FD: value
	3:  7,  // REQUEUE: value, value, address
	4:  15, // CMP_REQUEUE: and value
	5:  15, // WAKE_OP
	6:  2,  // LOCK_PI: timeout
	7:  0,  // UNLOCK_PI
	8:  0,  // TRYLOCK_PI
	9:  11, // WAIT_BITSET: value, timeout, mask
	10: 9,  // WAKE_BITSET: value, mask
	11: 7,  // WAIT_REQUEUE_PI: value, timeout, address
	12: 15, // CMP_REQUEUE_PI
	13: 2,  // LOCK_PI2: timeout
}

var (
	futexArgs   = futexKinds(timespec)
	futexArgs64 = futexKinds(timespec64)
)

func futexKinds(timeout kind) []kind {
	return a(ptr, futexOp,
		when(futexUses(2), u),
		when(futexUses(3), in(func(c *Call, v uint64) {
			switch futexCmd(c) {
			case 3, 4, 5, 12:
				c.udec(uint64(uint32(v)))
			case 0, 6, 9, 11, 13:
				timeout.f(c, v)
			default:
				c.addr(v)
			}
		})),
		when(futexUses(4), ptr),
		when(futexUses(5), in(func(c *Call, v uint64) {
			switch futexCmd(c) {
			case 9, 10:
				if uint32(v) == 0xffffffff {
					c.str("FUTEX_BITSET_MATCH_ANY")
				} else {
					c.hex(uint64(uint32(v)))
				}
			case 5:
				c.futexWakeOp(uint32(v))
			case 4, 12:
				c.udec(uint64(uint32(v)))
			default:
				c.hex(uint64(uint32(v)))
			}
		})))
}

func (c *Call) futexWakeOp(v uint32) {
	ops := [...]string{"FUTEX_OP_SET", "FUTEX_OP_ADD", "FUTEX_OP_OR", "FUTEX_OP_ANDN", "FUTEX_OP_XOR"}
	cmps := [...]string{"FUTEX_OP_CMP_EQ", "FUTEX_OP_CMP_NE", "FUTEX_OP_CMP_LT", "FUTEX_OP_CMP_LE", "FUTEX_OP_CMP_GT", "FUTEX_OP_CMP_GE"}
	if v>>31 != 0 {
		c.str("FUTEX_OP_OPARG_SHIFT<<28|")
	}
	c.pickFrom(ops[:], v>>28&7, "FUTEX_OP_???")
	c.str("<<28|")
	c.hex(uint64(v >> 12 & 0xfff))
	c.str("<<12|")
	c.pickFrom(cmps[:], v>>24&15, "FUTEX_OP_CMP_???")
	c.str("<<24|")
	c.hex(uint64(v & 0xfff))
}

func (c *Call) pickFrom(names []string, i uint32, unknown string) {
	if i < uint32(len(names)) {
		c.str(names[i])
		return
	}
	c.hex(uint64(i))
	c.comment(unknown)
}

var rseqFlags = in(func(c *Call, v uint64) {
	if uint32(v) == 1 {
		c.str("RSEQ_FLAG_UNREGISTER")
		return
	}
	c.hex(uint64(uint32(v)))
})

var archPrctlArg = kind{
	late: func(c *Call) bool {
		switch uint32(c.arg(0)) {
		case 0x1003, 0x1004: // ARCH_GET_FS, ARCH_GET_GS
			return true
		}
		return false
	},
	absent: func(c *Call) bool { return uint32(c.arg(0)) == 0x1011 },
	f: func(c *Call, v uint64) {
		switch uint32(c.arg(0)) {
		case 0x1003, 0x1004:
			if c.failed {
				c.addr(v)
			} else {
				c.addrAt(v)
			}
		case 0x1001, 0x1002:
			c.addr(v)
		case 0x1012:
			c.udec(v)
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
	prDec     = ret{}
	zeroRest  = a(x, x, x, x)
	prctlRows = map[uint32]prctlRow{
		5: {args: a(out(uintPtr))}, 6: {args: a(size)}, // alignment, floating point: other machines'
		9: {args: a(out(uintPtr))}, 10: {args: a(size)},
		11: {args: a(out(uintPtr))}, 12: {args: a(size)},
		13: {}, 14: {args: a(size)},
		19: {args: a(out(uintPtr))}, 20: {args: a(size)},
		1:  {args: a(sig)},
		2:  {args: a(out(in(func(c *Call, v uint64) { c.signalAt(v) })))},
		3:  {ret: func(c *Call, v uint64) { c.enumResult(&tPrDumpable, v) }},
		4:  {args: a(enumOf(&tPrDumpable))},
		7:  {},
		8:  {args: a(size)},
		15: {args: a(commName)},
		16: {args: a(out(commName))},
		21: {ret: func(c *Call, v uint64) { c.enumResult(&tSeccompMode, v) }},
		22: {args: a(enumOf(&tSeccompMode), seccompProg2)},
		23: {args: a(capIndex)},
		24: {args: a(capIndex)},
		25: {args: a(out(in(func(c *Call, v uint64) { c.enumAt(v, &tPrTsc) })))},
		26: {args: a(enumOf(&tPrTsc))},
		27: {ret: func(c *Call, v uint64) { c.flagsResult(&tSecureBits, v) }},
		28: {args: a(flagsOf(&tSecureBits))},
		29: {args: a(size)},
		30: {},
		31: {}, 32: {},
		34:         {args: zeroRest},
		35:         {args: a(enumOf(&tPrMm), ptr, x, x)},
		36:         {args: a(size)},
		37:         {args: a(out(intPtr))},
		38:         {args: a(size, x, x, x)},
		39:         {args: zeroRest},
		40:         {args: a(out(addrPtr))},
		41:         {args: a(size, x, x, x)},
		42:         {args: zeroRest},
		47:         {args: a(enumOf(&tPrCapAmbient), in(func(c *Call, v uint64) { prCapArg(c, v) }), x, x)},
		0x53564d41: {args: a(enumOf(&tPrVma), ptr, size, vmaName)},
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

var vmaName = in(func(c *Call, v uint64) {
	s, ended, ok := c.cstring(v, 80)
	if !ok {
		c.addr(v)
		return
	}
	c.quote(s, !ended)
})

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
	if v != 0 {
		c.withAux(func(c *Call) { c.flags(t, v) })
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
			return ok && i > len(r.args)
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
	seccompProg = in(func(c *Call, v uint64) {
		w := c.ABI.Word
		p, ok := c.read(v, 2*w)
		if !ok {
			c.addr(v)
			return
		}
		c.field(true, "len")
		c.udec(uint64(u16(p)))
		c.field(false, "filter")
		c.addr(c.word(p[w:]))
		c.byte('}')
	})
	seccompProg2 = in(func(c *Call, v uint64) {
		if uint32(c.arg(1)) == 2 {
			seccompProg.f(c, v)
			return
		}
		c.hex(v)
	})
	seccompArg = in(func(c *Call, v uint64) {
		switch uint32(c.arg(0)) {
		case 1:
			seccompProg.f(c, v)
		default:
			c.addr(v)
		}
	})
)

// ptrace: what addr and data are depends on the request.
var ptraceArgs = a(in(func(c *Call, v uint64) { c.enum(&tPtrace, v) }),
	when(ptraceHas(1), pid),
	when(ptraceHas(2), in(func(c *Call, v uint64) {
		switch uint32(c.arg(0)) {
		case 0x4204, 0x4205: // GETREGSET, SETREGSET
			c.enum(&tNT, v)
		case 0x420a, 0x420b, 0x420d, 0x420e: // SIGMASK, SYSCALL_INFO, SECCOMP_METADATA
			c.udec(v)
		default:
			c.addr(v)
		}
	})),
	when(ptraceHas(3), kind{late: ptraceFills, f: func(c *Call, v uint64) {
		switch req := uint32(c.arg(0)); req {
		case 7, 9, 17, 24, 31, 32, 33, 0x4208: // CONT, SINGLESTEP, DETACH, SYSCALL, LISTEN...: a signal
			c.signal(int(int32(v)))
		case 0x4200, 21, 0x4206: // SETOPTIONS, SEIZE
			c.flags(&tPtraceOpt, v)
		case 4, 5, 6: // POKE
			c.hex(v)
		case 0x4203, 0x4202: // SETSIGINFO, GETSIGINFO
			if req == 0x4202 && c.failed {
				c.addr(v)
			} else {
				siginfo.f(c, v)
			}
		case 0x4204, 0x4205:
			c.iovecList(v, 1, 0, false)
		case 0x420a, 0x420b:
			if req == 0x420a && c.failed {
				c.addr(v)
			} else {
				c.sigsetAt(v, c.arg(2))
			}
		case 0x4201: // GETEVENTMSG
			if c.failed {
				c.addr(v)
			} else {
				c.numberAt(v, c.ABI.Long, false)
			}
		case 1, 2, 3:
			if c.failed {
				c.addr(v)
			} else {
				p, ok := c.read(v, c.ABI.Long)
				if !ok {
					c.addr(v)
					return
				}
				c.byte('[')
				c.hex(c.long(p))
				c.byte(']')
			}
		default:
			c.addr(v)
		}
	}}))

// ptraceFills reports whether the request fills data in.
func ptraceFills(c *Call) bool {
	switch uint32(c.arg(0)) {
	case 1, 2, 3, 12, 14, 18, 0x4201, 0x4202, 0x4204, 0x4209, 0x420a, 0x420c, 0x420d, 0x420e:
		return true
	}
	return false
}

// ptraceHas reports whether the request has its argument i: TRACEME has none, KILL, ATTACH
// and INTERRUPT only a pid, LISTEN and CONT all.
func ptraceHas(i int) func(c *Call) bool {
	return func(c *Call) bool {
		switch uint32(c.arg(0)) {
		case 0:
			return false
		case 8, 16, 0x4207:
			return i < 2
		}
		return true
	}
}

var rPtrace = ret{}

// System V IPC.
var (
	ipcKey = in(func(c *Call, v uint64) {
		if uint32(v) == 0 {
			c.str("IPC_PRIVATE")
			return
		}
		c.hex(uint64(uint32(v)))
	})
	shmGet = in(func(c *Call, v uint64) { c.shmFlags(uint64(uint32(v))) })
	ipcGet = in(func(c *Call, v uint64) { c.ipcFlags(&tIpcGet, uint64(uint32(v))) })
)

// ipcFlags prints flags above a permission mode: IPC_CREAT|0600.
func (c *Call) ipcFlags(t *table, v uint64) {
	if rest := v &^ 0o777; rest != 0 {
		left, any := c.bits(t, rest, false)
		if left != 0 {
			if any {
				c.byte('|')
			}
			c.hex(left)
		}
		if any {
			c.byte('|')
		}
	}
	c.octal(v & 0o777)
}

// shmFlags are ipcFlags with the size of huge pages in the upper bits.
func (c *Call) shmFlags(v uint64) {
	huge := v >> 26
	v &= 1<<26 - 1
	if rest := v &^ 0o777; rest != 0 {
		left, any := c.bits(&tShmGet, rest, false)
		if left != 0 {
			if any {
				c.byte('|')
			}
			c.hex(left)
		}
		if any {
			c.byte('|')
		}
	}
	if huge != 0 {
		c.udec(huge)
		c.str("<<SHM_HUGE_SHIFT|")
	}
	c.octal(v & 0o777)
}

// memfdFlags have that size too.
var memfdFlags = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	huge := v >> 26
	v &= 1<<26 - 1
	if v != 0 || huge == 0 {
		c.flags(&tMemfd, v)
	}
	if huge != 0 {
		if v != 0 {
			c.byte('|')
		}
		c.udec(huge)
		c.str("<<MFD_HUGE_SHIFT")
	}
})

// ipcCmd is a command, which i386 may mark with IPC_64.
func ipcCmd(t *table) kind {
	return in(func(c *Call, v uint64) {
		v = uint64(uint32(v))
		const ipc64 = 0x100
		if v&ipc64 != 0 {
			c.str("IPC_64|")
			v &^= ipc64
		}
		c.enum(t, v)
	})
}

var sembufs = in(func(c *Call, v uint64) {
	c.list(v, uint64(uint32(c.arg(2))), 6, func(c *Call, p []byte) {
		c.field(true, "sem_num")
		c.udec(uint64(u16(p)))
		c.field(false, "sem_op")
		c.dec(int64(int16(u16(p[2:]))))
		c.field(false, "sem_flg")
		c.flags(&tSemFlags, uint64(u16(p[4:])))
		c.byte('}')
	})
})

var semctlArg = in(func(c *Call, v uint64) {
	switch uint32(c.arg(2)) {
	case 16: // SETVAL
		c.dec(int64(int32(v)))
	default:
		c.addr(v)
	}
})

var (
	msgbufSend = in(func(c *Call, v uint64) { c.msgbuf(v, c.arg(c.reg)) })
	msgbufRecv = in(func(c *Call, v uint64) { c.msgbuf(v, c.arg(c.reg)) })
)

// msgbuf is struct msgbuf: a type and n bytes.
func (c *Call) msgbuf(v, n uint64) {
	p, ok := c.read(v, c.ABI.Word)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "mtype")
	c.dec(c.signedWord(p))
	c.field(false, "mtext")
	c.buffer(v+uint64(c.ABI.Word), n)
	c.byte('}')
}

func (c *Call) signedWord(p []byte) int64 {
	if c.ABI.Word == 4 {
		return int64(int32(u32(p)))
	}
	return int64(u64(p))
}

var mqAttr = in(func(c *Call, v uint64) {
	w := c.ABI.Word
	p, ok := c.read(v, 4*w)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "mq_flags")
	c.flags(&tOpen, c.word(p))
	for i, s := range [...]string{"mq_maxmsg", "mq_msgsize", "mq_curmsgs"} {
		c.field(false, s)
		c.dec(c.signedWord(p[(i+1)*w:]))
	}
	c.byte('}')
})

// Keys.
var keySerial = in((*Call).keySerial)

func (c *Call) keySerial(v uint64) {
	if n := tKeySpec.find(uint64(uint32(v))); n != "" {
		c.str(n)
		return
	}
	c.dec(int64(int32(v)))
}

// keyctlArity is how many arguments follow each operation; others have four.
var keyctlArity = map[uint32][]kind{
	0: a(keySerial, d), 1: a(cstr), 2: a(keySerial, bufNext, size), 3: a(keySerial), 4: a(keySerial, uid, uid),
	5: a(keySerial, x32), 6: a(keySerial, cstrOut, size), 7: a(keySerial), 8: a(keySerial, keySerial), 9: a(keySerial, keySerial),
	10: a(keySerial, cstr, cstr, keySerial), 11: a(keySerial, bufRet, size), 12: a(keySerial, bufNext, size, keySerial),
	13: a(keySerial, u, keySerial), 14: a(d), 15: a(keySerial, u), 16: a(keySerial), 17: a(keySerial, cstrOut, size), 18: {},
	19: a(keySerial, u, u, keySerial), 21: a(keySerial), 22: a(uid, keySerial), 31: a(ptr, size),
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

func rebootHasArg(c *Call) bool { return uint32(c.arg(2)) == 0xa1b2c3d4 }

var kexecFlags = in(func(c *Call, v uint64) {
	c.enum(&tKexecArch, v&0xffff0000)
	if v &= 0xffff; v != 0 {
		c.byte('|')
		c.flags(&tKexec, v)
	}
})

// rBpf is a descriptor for the commands that make one.
var rBpf = ret{f: func(c *Call, v uint64) {
	switch uint32(c.arg(0)) {
	case 0, 5, 7, 13, 14, 17, 18, 19, 28, 30, 33:
		c.fd(v)
	default:
		c.dec(int64(v))
	}
}}

var perfAttr = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 64)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "type")
	c.enum(&tPerfType, uint64(u32(p)))
	c.field(false, "size")
	c.hex(uint64(u32(p[4:])))
	c.field(false, "config")
	c.hex(u64(p[8:]))
	c.str(", ...}")
})

var tPerfType = table{"PERF_TYPE_???", []name{{0, "PERF_TYPE_HARDWARE"}, {1, "PERF_TYPE_SOFTWARE"}, {2, "PERF_TYPE_TRACEPOINT"},
	{3, "PERF_TYPE_HW_CACHE"}, {4, "PERF_TYPE_RAW"}, {5, "PERF_TYPE_BREAKPOINT"}}}

var uringParams = kind{out: true, f: func(c *Call, v uint64) {
	p, ok := c.read(v, 120)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "flags")
	flags := uint64(u32(p[8:]))
	c.flags(&tUringSetup, flags)
	c.field(false, "sq_thread_cpu")
	c.udec(uint64(u32(p[12:])))
	c.field(false, "sq_thread_idle")
	c.udec(uint64(u32(p[16:])))
	if !c.failed {
		c.field(false, "sq_entries")
		c.udec(uint64(u32(p)))
		c.field(false, "cq_entries")
		c.udec(uint64(u32(p[4:])))
		c.field(false, "features")
		c.hex(uint64(u32(p[20:])))
		c.str(", ...")
	}
	c.byte('}')
}}

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
	c.flags(&tMount, u64(p[16:]))
	c.field(false, "userns_fd")
	if u64(p[24:])>>31 != 0 {
		c.udec(u64(p[24:]))
	} else {
		c.fd(u64(p[24:]))
	}
	if c.arg(c.reg) > 32 {
		c.str(", ...")
	}
	c.byte('}')
})

// futexWaiters is an array of struct futex_waitv.
var futexWaiters = in(func(c *Call, v uint64) {
	c.list(v, uint64(uint32(c.arg(1))), 24, func(c *Call, p []byte) {
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
