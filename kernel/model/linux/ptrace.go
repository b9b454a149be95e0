package linux

// ptrace(2): who may ask, and the requests as rows. A request's data is memory of the tracer,
// a program here or one outside, so rows see it through a buffer (operand).

import (
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Requests with special rules.
const (
	reqTraceMe    = 0
	reqAttach     = 16
	reqDetach     = 17
	reqKill       = 8
	reqSeize      = 0x4206
	reqInterrupt  = 0x4207
	reqPeekText   = 1
	reqPeekData   = 2
	reqPeekUser   = 3
	reqGetRegSet  = 0x4204
	reqSetRegSet  = 0x4205
	reqPeekInfo   = 0x4209
	reqSyscallInf = 0x420e
)

// operand is the memory that a request's data points to.
type operand interface {
	in(b []byte, off int) errno.Errno  // reads it from off on
	out(b []byte, off int) errno.Errno // writes it
}

// userMemory is an operand of a program's.
type userMemory struct {
	t  *kern.Thread
	at uint64
}

func (m userMemory) in(b []byte, off int) errno.Errno  { return m.t.CopyIn(m.at+uint64(off), b) }
func (m userMemory) out(b []byte, off int) errno.Errno { return m.t.CopyOut(m.at+uint64(off), b) }

// request is a ptrace call on a tracee that is stopped.
type request struct {
	by, t *kern.Thread
	k     *task
	addr  uint64
	data  uint64
	op    operand
	// size is how many bytes a register set has room for; it becomes how many it has. A
	// program's iovec is read and written by sysPtrace.
	size int
}

// requests are those for a tracee that is stopped, by number. What they return is the call's
// result; -errno is in the error.
var requests map[uint64]func(r *request) (uint64, errno.Errno)

func init() {
	requests = map[uint64]func(r *request) (uint64, errno.Errno){
		reqPeekText: peek, reqPeekData: peek, 4: poke, 5: poke,
		reqPeekUser: peekUser, 6: pokeUser,
		7: resumer(resumeCont), 9: resumer(resumeStep), 24: resumer(resumeCalls), 31: resumer(resumeEmulate), 32: resumer(resumeEmulateStep), 33: resumer(resumeStep),
		12: getRegs, 13: setRegs, 14: getFPRegs, 15: setFPRegs,
		reqDetach: detach,
		0x4200:    setOptions, 0x4201: eventMessage, 0x4202: getSiginfo, 0x4203: setSiginfo,
		reqGetRegSet: getRegSet, reqSetRegSet: setRegSet,
		0x4208: listen, 0x420a: getMask, 0x420b: setMask, reqSyscallInf: syscallInfo, 0x4212: setSyscallInfo,
		30: archPrctl,
	}
	register([]row{{"ptrace", sysPtrace}})
}

// sysPtrace is ptrace(2) of a program.
func sysPtrace(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	req, tid := a[0], int(int32(a[1]))
	switch req {
	case reqPeekText, reqPeekData, reqPeekUser: // the call itself stores the word; the result is the C library's
		v, e := ptrace(t, req, tid, a[2], a[3], nil, nil)
		if e == errno.OK {
			e = t.PutWord(a[3], v)
		}
		return 0, e
	case reqGetRegSet, reqSetRegSet:
		base, e := t.Word(a[3])
		if e != errno.OK {
			return 0, e
		}
		length, e := t.Word(a[3] + 8)
		if e != errno.OK {
			return 0, e
		}
		size := int(min(length, 1<<20))
		v, e := ptrace(t, req, tid, a[2], a[3], userMemory{t, base}, &size)
		if e == errno.OK {
			e = t.PutWord(a[3]+8, uint64(size))
		}
		return v, e
	case reqPeekInfo:
		return peekSiginfoCall(t, tid, a[2], a[3])
	}
	return ptrace(t, req, tid, a[2], a[3], userMemory{t, a[3]}, nil)
}

// ptrace is the call, for a tracer inside or outside.
func ptrace(by *kern.Thread, req uint64, tid int, addr, data uint64, op operand, size *int) (uint64, errno.Errno) {
	if req == reqTraceMe {
		return 0, traceMe(by)
	}
	t := by.M.Thread(tid)
	if t == nil || tid <= 0 {
		return 0, errno.ESRCH
	}
	switch req {
	case reqAttach, reqSeize:
		return 0, attach(by, t, req == reqSeize, addr, data)
	}
	k := taskOf(t)
	if k.tracer != by {
		return 0, errno.ESRCH
	}
	stopped := t.State == kern.Traced && !k.listening
	switch {
	case req == reqKill:
		by.M.PostThread(t, kern.SigInfo{Signo: System.Sig.KILL, Origin: kern.FromUser, PID: by.Proc.PID, UID: by.Cred().UID})
		return 0, errno.OK
	case req == reqInterrupt:
		if !k.seized {
			return 0, errno.EIO
		}
		k.trapStop = true
		k.look(t)
		return 0, errno.OK
	case !stopped:
		return 0, errno.ESRCH
	}
	do := requests[req]
	if do == nil {
		return 0, errno.EIO
	}
	r := &request{by: by, t: t, k: k, addr: addr, data: data, op: op}
	if size != nil {
		r.size = *size
	}
	v, e := do(r)
	if size != nil {
		*size = r.size
	}
	return v, e
}

// traceMe makes the parent the tracer. EPERM: there is one.
func traceMe(t *kern.Thread) errno.Errno {
	k := taskOf(t)
	parent := t.Proc.Parent
	if k.tracer != nil || parent == nil {
		return errno.EPERM
	}
	tracer := t.Proc.ParentThr
	if tracer == nil || !tracer.Alive() {
		tracer = parent.Leader
	}
	k.link(t, tracer, 0, false)
	return errno.OK
}

// attach makes a thread the caller's tracee (ptrace_attach). EPERM: it may not be, or is
// already. EIO: bad options of SEIZE.
func attach(by, t *kern.Thread, seize bool, addr, options uint64) errno.Errno {
	k := taskOf(t)
	if seize {
		if addr != 0 || options&^optMask != 0 {
			return errno.EIO
		}
	} else {
		options = 0
	}
	if by.Proc == t.Proc || t.Proc.External {
		return errno.EPERM
	}
	if e := mayTrace(by, t); e != errno.OK {
		return e
	}
	if t.State >= kern.Dead || k.tracer != nil {
		return errno.EPERM
	}
	k.link(t, by, options, seize)
	if !seize {
		by.M.PostThread(t, kern.SigInfo{Signo: System.Sig.STOP, Origin: kern.FromKernel})
	}
	if t.State == kern.Stopped {
		k.trapStop = true
		t.Notice()
		t.Unpark()
		for t.Alive() && t.State != kern.Traced && k.tracer == by && !by.Killed() { // the kernel waits for the change of state
			if by.Proc.External {
				by.M.Run(func() bool { return t.State == kern.Traced || !t.Alive() }, 0)
				break
			}
			by.Yield()
		}
	}
	return errno.OK
}

// validSignal says whether data is a signal or none.
func validSignal(data uint64) bool { return data <= uint64(System.Sig.Max) }

// detach lets go of the tracee, with a signal. EIO: it is none.
func detach(r *request) (uint64, errno.Errno) {
	if !validSignal(r.data) {
		return 0, errno.EIO
	}
	r.k.disableStep(r.t)
	r.k.code = int(r.data)
	r.k.unlink(r.t)
	return 0, errno.OK
}

// resumption is how a tracee goes on.
type resumption struct{ calls, emulate, step bool }

var (
	resumeCont        = resumption{}
	resumeStep        = resumption{step: true}
	resumeCalls       = resumption{calls: true}
	resumeEmulate     = resumption{emulate: true}
	resumeEmulateStep = resumption{emulate: true, step: true}
)

// resumer is the request that sets a tracee going. EIO: data is no signal.
func resumer(how resumption) func(r *request) (uint64, errno.Errno) {
	return func(r *request) (uint64, errno.Errno) {
		if !validSignal(r.data) {
			return 0, errno.EIO
		}
		r.k.traceCalls, r.k.emulate = how.calls, how.emulate
		if how.step {
			r.k.enableStep(r.t)
		} else {
			r.k.disableStep(r.t)
		}
		r.k.code = int(r.data)
		r.t.Unpark()
		return 0, errno.OK
	}
}

// setOptions is PTRACE_SETOPTIONS. EINVAL: there are no such options.
func setOptions(r *request) (uint64, errno.Errno) {
	if r.data&^optMask != 0 {
		return 0, errno.EINVAL
	}
	r.k.options = r.data
	return 0, errno.OK
}

func eventMessage(r *request) (uint64, errno.Errno) {
	return 0, r.op.out(le.AppendUint64(nil, r.k.message), 0)
}

// getSiginfo is PTRACE_GETSIGINFO. EINVAL: a group-stop has none.
func getSiginfo(r *request) (uint64, errno.Errno) {
	if r.k.info == nil {
		return 0, errno.EINVAL
	}
	return 0, r.op.out(encodeForTracer(r.k.info), 0)
}

// encodeForTracer is encode, but the signal number is also that of what the tracer set.
func encodeForTracer(i *kern.SigInfo) []byte {
	b := encode(i)
	if i.Raw != nil {
		copy(b, i.Raw)
	}
	return b
}

func setSiginfo(r *request) (uint64, errno.Errno) {
	b := make([]byte, siginfoSize)
	if e := r.op.in(b, 0); e != errno.OK {
		return 0, e
	}
	if r.k.info == nil {
		return 0, errno.EINVAL
	}
	*r.k.info = decode(b)
	return 0, errno.OK
}

// listen is PTRACE_LISTEN. EIO: the tracee was not seized, or is not in a stop to listen in.
func listen(r *request) (uint64, errno.Errno) {
	if !r.k.seized || !r.k.eventStop {
		return 0, errno.EIO
	}
	r.k.listening = true
	if r.k.trapNotify {
		r.t.Unpark()
	}
	return 0, errno.OK
}

// getMask is PTRACE_GETSIGMASK; addr is the size. EINVAL: it is not 8.
func getMask(r *request) (uint64, errno.Errno) {
	if r.addr != 8 {
		return 0, errno.EINVAL
	}
	mask, _ := r.t.RealMask()
	return 0, r.op.out(le.AppendUint64(nil, mask[0]), 0)
}

func setMask(r *request) (uint64, errno.Errno) {
	var b [8]byte
	if r.addr != 8 {
		return 0, errno.EINVAL
	}
	if e := r.op.in(b[:], 0); e != errno.OK {
		return 0, e
	}
	r.t.Unsuspend()
	r.t.SetMask(kern.Sigset{le.Uint64(b[:])})
	return 0, errno.OK
}

// peekSiginfo is PTRACE_PEEKSIGINFO: up to n of the pending signals from one on.
func peekSiginfo(by *kern.Thread, tid int, off uint64, shared bool, n int) ([][]byte, errno.Errno) {
	t := by.M.Thread(tid)
	if t == nil {
		return nil, errno.ESRCH
	}
	if k := taskOf(t); k.tracer != by || t.State != kern.Traced || k.listening {
		return nil, errno.ESRCH
	}
	q := &t.Pending
	if shared {
		q = &t.Proc.Pending
	}
	var all [][]byte
	list := q.List()
	for i := off; i < uint64(len(list)) && len(all) < n; i++ {
		all = append(all, encode(&list[i]))
	}
	return all, errno.OK
}

// peekSiginfoCall is the request of a program: addr is struct ptrace_peeksiginfo_args.
func peekSiginfoCall(t *kern.Thread, tid int, addr, data uint64) (uint64, errno.Errno) {
	var b [16]byte
	if _, e := peekSiginfo(t, tid, 0, false, 0); e != errno.OK {
		return 0, e
	}
	if e := t.CopyIn(addr, b[:]); e != errno.OK {
		return 0, e
	}
	flags, n := le.Uint32(b[8:]), int32(le.Uint32(b[12:]))
	if flags&^1 != 0 || n < 0 {
		return 0, errno.EINVAL
	}
	all, e := peekSiginfo(t, tid, le.Uint64(b[:]), flags&1 != 0, int(n))
	if e != errno.OK {
		return 0, e
	}
	for i, info := range all {
		if t.CopyOut(data+uint64(i*siginfoSize), info) != errno.OK {
			if i == 0 {
				return 0, errno.EFAULT
			}
			return uint64(i), errno.OK
		}
	}
	return uint64(len(all)), errno.OK
}

// Offsets in struct ptrace_syscall_info (linux/ptrace.h).
const (
	infoSize    = 88
	auditX86_64 = 0xc000003e
)

// syscallInfo is PTRACE_GET_SYSCALL_INFO; addr is the room there is. It returns how much it
// would have written.
func syscallInfo(r *request) (uint64, errno.Errno) {
	r.k.told = true
	b := make([]byte, infoSize)
	g := &r.t.Regs
	le.PutUint32(b[4:], auditX86_64)
	le.PutUint64(b[8:], g.RIP)
	le.PutUint64(b[16:], g.R[4])
	n := 24
	b[0] = byte(r.k.callOp())
	switch b[0] {
	case callEntry:
		le.PutUint64(b[24:], r.k.orig)
		for i, v := range arguments(r.t) {
			le.PutUint64(b[32+8*i:], v)
		}
		n = 80
	case callExit:
		v := g.R[0]
		le.PutUint64(b[24:], v)
		if int64(v) < 0 && int64(v) >= -4095 {
			b[32] = 1
		}
		n = 33
	}
	return uint64(n), r.op.out(b[:min(uint64(n), r.addr)], 0)
}

// callOp is which stop at a call the tracee is in. The kernel tells by the code of the stop.
func (k *task) callOp() int {
	if k.options&optSysGood == 0 {
		return 0
	}
	return k.inCall
}

// setSyscallInfo is PTRACE_SET_SYSCALL_INFO (Linux 6.16): number and arguments at the entry,
// the result at the exit. EINVAL: it is not in that stop, or reserved fields are set. ERANGE:
// no number of a call.
func setSyscallInfo(r *request) (uint64, errno.Errno) {
	b := make([]byte, infoSize)
	if r.addr < infoSize {
		return 0, errno.EINVAL
	}
	if e := r.op.in(b, 0); e != errno.OK {
		return 0, e
	}
	g := &r.t.Regs
	if b[1] != 0 || b[2] != 0 || b[3] != 0 || int(b[0]) != r.k.callOp() {
		return 0, errno.EINVAL
	}
	v := le.Uint64(b[24:])
	switch b[0] {
	case callEntry:
		nr := int64(int32(v))
		if uint64(nr) != v {
			return 0, errno.ERANGE
		}
		r.k.setCallNumber(r.t, v)
		if nr != -1 {
			for i, reg := range argRegs {
				g.R[reg] = le.Uint64(b[32+8*i:])
			}
		}
	case callExit:
		g.R[cpu.RAX] = v
	default:
		return 0, errno.EINVAL
	}
	return 0, errno.OK
}

// archPrctl is PTRACE_ARCH_PRCTL: the bases of fs and gs.
func archPrctl(r *request) (uint64, errno.Errno) {
	const setGS, setFS, getFS, getGS = 0x1001, 0x1002, 0x1003, 0x1004
	g := &r.t.Regs
	switch r.data {
	case getFS, getGS:
		v := g.FSBase
		if r.data == getGS {
			v = g.GSBase
		}
		return 0, r.by.PutWord(r.addr, v)
	case setFS, setGS:
		if r.addr >= userLimit {
			return 0, errno.EPERM
		}
		if r.data == setFS {
			g.FSBase = r.addr
		} else {
			g.GSBase = r.addr
		}
		return 0, errno.OK
	}
	return 0, errno.EINVAL
}
