package linux

// What a tracer sees of a thread's registers and memory: struct user, user_regs_struct, the
// register sets, the debug registers (sys/user.h, arch/x86/kernel/ptrace.c).

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

const (
	userRegsSize  = 27 * 8
	userSize      = 928 // of struct user
	debugEnd      = debugOffset + 8*8
	debugOffset   = 848
	userLimit     = 1<<47 - 4096 // TASK_SIZE_MAX
	dr6Reserved   = 0xffff0ff0
	ntPRStatus    = 1
	ntFPRegSet    = 2
	ntXState      = 0x202
	flagsWritable = cpu.FlagCF | cpu.FlagPF | cpu.FlagAF | cpu.FlagZF | cpu.FlagSF | cpu.FlagTF | cpu.FlagDF | cpu.FlagOF |
		cpu.FlagRF | cpu.FlagAC | cpu.FlagNT
)

// userReg is one word of user_regs_struct.
type userReg struct {
	get func(t *kern.Thread, k *task) uint64
	set func(t *kern.Thread, k *task, v uint64) errno.Errno
}

func general(n int) userReg {
	return userReg{func(t *kern.Thread, _ *task) uint64 { return t.Regs.R[n] },
		func(t *kern.Thread, _ *task, v uint64) errno.Errno { t.Regs.R[n] = v; return errno.OK }}
}

// segment is a selector. EIO: it is not one of user mode; cs and ss cannot be null.
func segment(n int) userReg {
	return userReg{func(t *kern.Thread, _ *task) uint64 { return uint64(t.Regs.Segment[n]) },
		func(t *kern.Thread, _ *task, v uint64) errno.Errno {
			v &= 0xffff
			if v != 0 && v&3 != 3 || v == 0 && (n == cpu.CS || n == cpu.SS) {
				return errno.EIO
			}
			t.Regs.Segment[n] = uint16(v)
			return errno.OK
		}}
}

// base is the base of fs or gs. EIO: it is not an address of user mode.
func base(at func(s *cpu.State) *uint64) userReg {
	return userReg{func(t *kern.Thread, _ *task) uint64 { return *at(&t.Regs) },
		func(t *kern.Thread, _ *task, v uint64) errno.Errno {
			if v >= userLimit {
				return errno.EIO
			}
			*at(&t.Regs) = v
			return errno.OK
		}}
}

// userRegs is user_regs_struct, word by word.
var userRegs = [27]userReg{
	general(cpu.R15), general(cpu.R14), general(cpu.R13), general(cpu.R12), general(cpu.RBP), general(cpu.RBX),
	general(cpu.R11), general(cpu.R10), general(cpu.R9), general(cpu.R8), general(cpu.RAX), general(cpu.RCX),
	general(cpu.RDX), general(cpu.RSI), general(cpu.RDI),
	{func(t *kern.Thread, k *task) uint64 { return k.callNumber(t) },
		func(t *kern.Thread, k *task, v uint64) errno.Errno { k.setCallNumber(t, v); return errno.OK }},
	{func(t *kern.Thread, _ *task) uint64 { return t.Regs.RIP },
		func(t *kern.Thread, _ *task, v uint64) errno.Errno { t.Regs.RIP = v; return errno.OK }},
	segment(cpu.CS),
	{getFlags, setFlags},
	general(cpu.RSP),
	segment(cpu.SS),
	base(func(s *cpu.State) *uint64 { return &s.FSBase }),
	base(func(s *cpu.State) *uint64 { return &s.GSBase }),
	segment(cpu.DS), segment(cpu.ES), segment(cpu.FS), segment(cpu.GS),
}

// callNumber is orig_rax: the number of the call the thread is in, or -1.
func (k *task) callNumber(t *kern.Thread) uint64 {
	if !t.Call.Active {
		return noCall
	}
	return k.orig
}

func (k *task) setCallNumber(t *kern.Thread, v uint64) {
	k.orig = v
	t.Call.Active = int64(v) != -1
}

// getFlags hides a trap flag that is the tracer's step.
func getFlags(t *kern.Thread, k *task) uint64 {
	f := t.Regs.Flags
	if k.forced {
		f &^= flagTF
	}
	return f
}

func setFlags(t *kern.Thread, k *task, v uint64) errno.Errno {
	if v&flagTF != 0 {
		k.forced = false
	} else if k.forced {
		v |= flagTF
	}
	t.Regs.Flags = t.Regs.Flags&^flagsWritable | v&flagsWritable
	return errno.OK
}

func peek(r *request) (uint64, errno.Errno) {
	var b [8]byte
	if r.t.Proc.Space.Peek(r.addr, b[:]) != len(b) {
		return 0, errno.EIO
	}
	return le.Uint64(b[:]), errno.OK
}

func poke(r *request) (uint64, errno.Errno) {
	if r.t.Proc.Space.Poke(r.addr, le.AppendUint64(nil, r.data)) != 8 {
		return 0, errno.EIO
	}
	return 0, errno.OK
}

// peekUser reads a word of struct user; what is neither a register nor a debug register is 0.
func peekUser(r *request) (uint64, errno.Errno) {
	switch a := r.addr; {
	case a%8 != 0 || a >= userSize:
		return 0, errno.EIO
	case a < userRegsSize:
		return userRegs[a/8].get(r.t, r.k), errno.OK
	case a >= debugOffset && a < debugEnd:
		return r.k.debugReg(r.t, int(a-debugOffset)/8), errno.OK
	}
	return 0, errno.OK
}

func pokeUser(r *request) (uint64, errno.Errno) {
	switch a := r.addr; {
	case a%8 != 0 || a >= userSize:
		return 0, errno.EIO
	case a < userRegsSize:
		return 0, userRegs[a/8].set(r.t, r.k, r.data)
	case a >= debugOffset && a < debugEnd:
		return 0, r.k.setDebugReg(r.t, int(a-debugOffset)/8, r.data)
	}
	return 0, errno.EIO
}

func (k *task) debugReg(t *kern.Thread, n int) uint64 {
	switch {
	case n < 4:
		return t.Regs.DR[n]
	case n == 7:
		return k.dr7
	case n == 6:
		return k.dr6 ^ dr6Reserved
	}
	return 0
}

// setDebugReg writes a debug register. EIO: there is none such. EINVAL: no such breakpoint can
// be.
func (k *task) setDebugReg(t *kern.Thread, n int, v uint64) errno.Errno {
	d := &t.Regs.DR
	switch {
	case n < 4:
		if v >= userLimit || d[7]>>(2*n)&3 != 0 && !validBreak(v, d[7]>>(16+4*n)&15) {
			return errno.EINVAL
		}
		d[n] = v
	case n == 6:
		k.dr6 = v ^ dr6Reserved
	case n == 7:
		for i := range 4 {
			if v>>(2*i)&3 != 0 && !validBreak(d[i], v>>(16+4*i)&15) {
				return errno.EINVAL
			}
		}
		d[7], k.dr7 = v, v
	default:
		return errno.EIO
	}
	return errno.OK
}

// validBreak says whether DR7's four bits for a register (R/W, LEN) fit an address.
func validBreak(addr, bits uint64) bool {
	kind, length := bits&3, [4]uint64{1, 2, 8, 4}[bits>>2]
	switch kind {
	case 0:
		return length == 1
	case 2:
		return false
	}
	return addr%length == 0
}

// regsOf is user_regs_struct as bytes.
func (k *task) regsOf(t *kern.Thread) []byte {
	b := make([]byte, 0, userRegsSize)
	for i := range userRegs {
		b = le.AppendUint64(b, userRegs[i].get(t, k))
	}
	return b
}

// setRegsOf sets as many registers as there are bytes for; those before a bad one are set.
func (k *task) setRegsOf(t *kern.Thread, b []byte) errno.Errno {
	for i := range len(b) / 8 {
		if e := userRegs[i].set(t, k, le.Uint64(b[8*i:])); e != errno.OK {
			return e
		}
	}
	return errno.OK
}

func getRegs(r *request) (uint64, errno.Errno) { return 0, r.op.out(r.k.regsOf(r.t), 0) }

func setRegs(r *request) (uint64, errno.Errno) {
	b := make([]byte, userRegsSize)
	if e := r.op.in(b, 0); e != errno.OK {
		return 0, e
	}
	return 0, r.k.setRegsOf(r.t, b)
}

func getFPRegs(r *request) (uint64, errno.Errno) {
	b := make([]byte, fxSize)
	r.k.putFX(b, &r.t.Regs)
	return 0, r.op.out(b, 0)
}

func setFPRegs(r *request) (uint64, errno.Errno) {
	b := make([]byte, fxSize)
	if e := r.op.in(b, 0); e != errno.OK {
		return 0, e
	}
	if !r.k.getFX(b, &r.t.Regs) {
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

// regSet is a register set: its size, and how it is read and written.
type regSet struct {
	unit, size int
	get        func(t *kern.Thread, k *task) []byte
	set        func(t *kern.Thread, k *task, b []byte) errno.Errno
}

var regSets = map[uint64]regSet{
	ntPRStatus: {8, userRegsSize, func(t *kern.Thread, k *task) []byte { return k.regsOf(t) },
		func(t *kern.Thread, k *task, b []byte) errno.Errno { return k.setRegsOf(t, b) }},
	ntFPRegSet: {4, fxSize, func(t *kern.Thread, k *task) []byte {
		b := make([]byte, fxSize)
		k.putFX(b, &t.Regs)
		return b
	}, setFXSet},
	ntXState: {8, xsaveSize, func(t *kern.Thread, k *task) []byte {
		b := k.fpState(&t.Regs)[:xsaveSize]
		clear(b[fpSoftware:fxSize])
		le.PutUint64(b[fpSoftware:], 3) // XCR0, for debuggers
		return b
	}, setXState},
}

func setFXSet(t *kern.Thread, k *task, b []byte) errno.Errno {
	full := make([]byte, fxSize)
	k.putFX(full, &t.Regs)
	copy(full, b)
	if !k.getFX(full, &t.Regs) {
		return errno.EINVAL
	}
	return errno.OK
}

func setXState(t *kern.Thread, k *task, b []byte) errno.Errno {
	if len(b) < xsaveSize {
		return errno.EFAULT
	}
	if le.Uint64(b[fxSize:])&^3 != 0 {
		return errno.EINVAL
	}
	if le.Uint64(b[fxSize:])&2 == 0 { // the SSE part is as new
		t.Regs.X = [16]cpu.XMM{}
		return errno.OK
	}
	return setFXSet(t, k, b[:fxSize])
}

// getRegSet is PTRACE_GETREGSET: addr is the set, size the room. EINVAL: no such set, or not
// a whole number of its units.
func getRegSet(r *request) (uint64, errno.Errno) {
	s, ok := regSets[r.addr]
	if !ok || r.size%s.unit != 0 {
		return 0, errno.EINVAL
	}
	r.size = min(r.size, s.size)
	return 0, r.op.out(s.get(r.t, r.k)[:r.size], 0)
}

func setRegSet(r *request) (uint64, errno.Errno) {
	s, ok := regSets[r.addr]
	if !ok || r.size%s.unit != 0 {
		return 0, errno.EINVAL
	}
	r.size = min(r.size, s.size)
	b := make([]byte, r.size)
	if e := r.op.in(b, 0); e != errno.OK {
		return 0, e
	}
	return 0, s.set(r.t, r.k, b)
}
