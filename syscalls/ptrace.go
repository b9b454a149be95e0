// ptrace(2): what its address and data are depends on the request.

package syscalls

var ptraceArgs = a(in(func(c *Call, v uint64) { c.enum(&tPtrace, v) }),
	when(ptraceHas(1), pid),
	ptraceArg(2, ptraceAddrs), ptraceArg(3, ptraceData))

// ptraceArg is argument i as the rows have it, an address where they have none.
func ptraceArg(i int, rows map[uint32]kind) kind {
	has := ptraceHas(i)
	return kind{of: func(c *Call) *kind {
		k, ok := rows[uint32(c.arg(0))]
		switch {
		case !has(c):
			return &ioNone
		case ok:
			return &k
		}
		return &ptr
	}}
}

// ptraceAddrs are what the address is where it is none, by request.
var ptraceAddrs = map[uint32]kind{
	0x4204: enum64(&tNT), 0x4205: enum64(&tNT), // GETREGSET, SETREGSET
	0x4209: ptracePeekInfo.in(), // PEEKSIGINFO
	0x420a: size, 0x420b: size,  // GETSIGMASK, SETSIGMASK
	0x420c: size, // SECCOMP_GET_FILTER: which of them
	0x420d: size, // SECCOMP_GET_METADATA
	0x420e: size, // GET_SYSCALL_INFO
}

// ptraceData is what the data are where they are no address, by request.
var ptraceData = func() map[uint32]kind {
	peeked := out(in(func(c *Call, v uint64) {
		p, ok := c.read(v, c.ABI.Long)
		if !ok {
			c.addr(v)
			return
		}
		c.byte('[')
		c.hex(c.long(p))
		c.byte(']')
	}))
	mask := in(func(c *Call, v uint64) { c.sigsetAt(v, c.arg(2)) })
	return map[uint32]kind{
		1: peeked, 2: peeked, 3: peeked, 4: x, 5: x, 6: x, // PEEKTEXT ... POKEUSER
		7: sig, 9: sig, 17: sig, 24: sig, 31: sig, 32: sig, 33: sig, // CONT, SINGLESTEP, DETACH, SYSCALL, SYSEMU ...
		12: out(ptraceRegs(ptraceUser)), 13: ptraceRegs(ptraceUser), // GETREGS, SETREGS
		14: out(ptraceRegs(ptraceFloat)), 15: ptraceRegs(ptraceFloat), // GETFPREGS, SETFPREGS
		21: flags64(&tPtraceOpt), 0x4200: flags64(&tPtraceOpt), 0x4206: flags64(&tPtraceOpt), // OLDSETOPTIONS, SETOPTIONS, SEIZE
		0x4201: out(in(func(c *Call, v uint64) { c.numberAt(v, c.ABI.Long, false) })), // GETEVENTMSG
		0x4202: out(siginfo), 0x4203: siginfo,                                         // GETSIGINFO, SETSIGINFO
		0x4204: ptraceGetSet, 0x4205: ptraceSetSet, // GETREGSET, SETREGSET
		0x4209: out(in(func(c *Call, v uint64) { c.list(v, uint64(c.Ret), 128, (*Call).siginfo) })), // PEEKSIGINFO
		0x420a: out(mask), 0x420b: mask,                                                             // GETSIGMASK, SETSIGMASK
		0x420c: out(in(func(c *Call, v uint64) { // SECCOMP_GET_FILTER
			c.listLimited(v, uint64(c.Ret), cbpfWidth, cbpfMost, func(c *Call, p []byte) { c.cbpf(p, (*Call).seccompStatement) })
		})),
		0x420d: ptraceMetadata,               // SECCOMP_GET_METADATA
		0x420e: out(in((*Call).syscallInfo)), // GET_SYSCALL_INFO
	}
}()

var (
	ptracePeekInfo = newRecord(u64le("off"), flags32("flags", &tPtracePeek), natural("nr", 4, fInt))

	tPtracePeek   = table{"PTRACE_PEEKSIGINFO_???", []name{{1, "PTRACE_PEEKSIGINFO_SHARED"}}}
	tPtraceFilter = table{"SECCOMP_FILTER_FLAG_???", []name{{1, "SECCOMP_FILTER_FLAG_TSYNC"}, {2, "SECCOMP_FILTER_FLAG_LOG"}}}
)

// ptraceMetadata is struct seccomp_metadata, as much of it as the address says: the program names a filter,
// the kernel tells its flags.
var ptraceMetadata = phased(func(c *Call, v uint64) bool {
	p, ok := c.read(v, 8)
	if c.arg(2) < 8 || !ok {
		c.addr(v)
		return false
	}
	c.str("{filter_off=")
	c.udec(u64(p))
	return true
}, func(c *Call, v uint64) {
	if p, ok := c.read(v+8, 8); ok && !c.failed && c.arg(2) >= 16 {
		c.field(false, "flags")
		c.flags(&tPtraceFilter, u64(p))
	}
	c.byte('}')
})

// ptraceUser and ptraceFloat are the registers as sys/user.h has them: of a tracer of 64 bits, which an x32
// one is too, and of i386.
var (
	ptraceUser = regsOf(hexes(8, "r15 r14 r13 r12 rbp rbx r11 r10 r9 r8 rax rcx rdx rsi rdi orig_rax rip cs eflags rsp ss fs_base gs_base ds es fs gs"),
		hexes(4, "ebx ecx edx esi edi ebp eax xds xes xfs xgs orig_eax eip xcs eflags esp xss"))
	ptraceFloat = regsOf(append(append(append(hexes(2, "cwd swd ftw fop"), hexes(8, "rip rdp")...), hexes(4, "mxcsr mxcr_mask")...),
		array(32, h32("st_space")), array(64, h32("xmm_space")), array(24, h32("padding"))),
		append(hexes(4, "cwd swd twd fip fcs foo fos"), array(20, h32("st_space"))))
)

// hexes are numbers of width bytes.
func hexes(width int, words string) (fs []field) {
	for _, n := range names("", words) {
		fs = append(fs, natural(n.name, width, fHex))
	}
	return fs
}

// regSet is the records of a set of registers, by the width of the kernel's long.
type regSet map[int]*record

func regsOf(wide, narrow []field) regSet {
	return regSet{8: newRecord(wide...), 4: newRecord(narrow...)}
}

// ptraceRegs is all registers of a set.
func ptraceRegs(set regSet) kind {
	return in(func(c *Call, v uint64) { set[c.ABI.Long].print(c, v) })
}

// ptraceSets are the sets of PTRACE_GETREGSET that have records.
var ptraceSets = map[uint64]regSet{1: ptraceUser, 2: ptraceFloat} // NT_PRSTATUS, NT_FPREGSET

// ptraceGetSet is a buffer of registers: that many bytes, if it is a number of words, have been filled in.
var ptraceGetSet = kind{out: true, note: func(c *Call, v uint64) {
	if _, n, ok := c.iovec(v); ok {
		c.saved[0] = n
	}
}, f: func(c *Call, v uint64) {
	base, n, ok := c.iovec(v)
	if !ok {
		c.addr(v)
		return
	}
	c.str("{iov_base=")
	if c.failed {
		c.addr(base)
	} else {
		c.someRegs(base, n)
	}
	c.str(", iov_len=")
	c.setLength(n)
}}

// ptraceSetSet is a buffer of registers that the kernel is given; it tells how many bytes it has taken.
var ptraceSetSet = phased(func(c *Call, v uint64) bool {
	base, n, ok := c.iovec(v)
	if !ok {
		c.addr(v)
		return false
	}
	c.str("{iov_base=")
	c.someRegs(base, n)
	c.str(", iov_len=")
	c.udec(n)
	c.saved[0] = n
	return true
}, func(c *Call, v uint64) {
	if _, n, ok := c.iovec(v); ok && n != c.saved[0] {
		c.str(" => ")
		c.udec(n)
	}
	c.byte('}')
})

// setLength ends a buffer of registers: its length, and what it was before.
func (c *Call) setLength(n uint64) {
	if c.saved[0] != n {
		c.udec(c.saved[0])
		c.str(" => ")
	}
	c.udec(n)
	c.byte('}')
}

// iovec reads struct iovec.
func (c *Call) iovec(v uint64) (base, n uint64, ok bool) {
	w := c.ABI.Word
	p, ok := c.read(v, 2*w)
	if !ok {
		return 0, 0, false
	}
	return c.word(p), c.word(p[w:]), true
}

// someRegs prints the registers in n bytes, the first of the set that the call is about; the last that is
// there may be a part of an array.
func (c *Call) someRegs(at, n uint64) {
	r := ptraceSets[c.arg(2)][c.ABI.Long]
	if r == nil || n == 0 || n%uint64(c.ABI.Long) != 0 {
		c.addr(at)
		return
	}
	p, ok := c.read(at, int(min(n, uint64(r.sizeOf(c)))))
	if !ok {
		c.addr(at)
		return
	}
	c.byte('{')
	r.some(c, p, true)
	for _, m := range r.members(c.ABI.layout()) {
		if m.off > 0 && m.off < len(p) && m.off+m.size > len(p) {
			c.field(false, m.name)
			m.raw(c, p[m.off:])
		}
	}
	if n > uint64(r.sizeOf(c)) {
		c.str(", ...")
	}
	c.byte('}')
}

// syscallInfo prints as much of struct ptrace_syscall_info as there is room for and the call
// has returned the size of.
func (c *Call) syscallInfo(v uint64) {
	n := min(c.arg(2), uint64(c.Ret), 88)
	p, ok := c.read(v, int(n))
	if c.failed || n == 0 || !ok {
		c.addr(v)
		return
	}
	c.byte('{')
	c.someMembers(p, syscallInfoHead, true)
	if m := syscallInfoRest[p[0]]; m != nil && m[0].off+m[0].size <= len(p) {
		c.field(false, syscallInfoNames[p[0]])
		c.structBody(p, m)
	}
	c.byte('}')
}

// struct ptrace_syscall_info (linux/ptrace.h): what all stops have, and what each kind adds.
var (
	syscallInfoHead = []member{{name: "op", size: 1, f: fEnum(&tSyscallInfo)}, {name: "arch", off: 4, size: 4, f: fEnum(&tAuditArch)},
		{name: "instruction_pointer", off: 8, size: 8, f: (*Call).addr}, {name: "stack_pointer", off: 16, size: 8, f: (*Call).addr}}
	syscallInfoEntry = []member{{name: "nr", off: 24, size: 8, all: func(c *Call, _ *member, p []byte) { c.numberOf(u64(p[24:]), u32(p[4:])) }},
		{name: "args", off: 32, size: 8, all: func(c *Call, m *member, p []byte) { c.elementsUpTo(6, p[32:min(len(p), 80)], 8, &member{f: fHex}) }}}
	syscallInfoRest = map[byte][]member{
		1: syscallInfoEntry,
		2: {{name: "rval", off: 24, size: 8, all: syscallInfoResult}, {name: "is_error", off: 32, size: 1, f: fUint}},
		3: append(syscallInfoEntry[:2:2], member{name: "ret_data", off: 80, size: 4, f: fHex}),
	}
	syscallInfoNames = [...]string{1: "entry", 2: "exit", 3: "seccomp"}
	tSyscallInfo     = table{"PTRACE_SYSCALL_INFO_???", names("PTRACE_SYSCALL_INFO_", "NONE ENTRY EXIT SECCOMP")}
)

// syscallInfoResult is what a call has returned, an error by its name if it is known to be one.
func syscallInfoResult(c *Call, m *member, p []byte) {
	if v := m.number(p); len(p) > 32 && p[32] != 0 {
		fErrno(c, v)
	} else {
		c.dec(int64(v))
	}
}

// ptraceHas reports whether the request has its argument i: TRACEME has none, KILL, ATTACH,
// INTERRUPT and LISTEN only a pid, and the register requests no address.
func ptraceHas(i int) func(c *Call) bool {
	return func(c *Call) bool {
		switch uint32(c.arg(0)) {
		case 0:
			return false
		case 8, 16, 0x4207, 0x4208:
			return i < 2
		case 12, 13, 14, 15:
			return i != 2
		}
		return true
	}
}

var rPtrace = ret{}
