package linux

// Starting a program under trace. os.StartProcess can only ask for TRACEME, which
// rules out SEIZE; so the child is forked here, waits on a pipe until its tracer
// has seized it, and then becomes the program.

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/internal/child"
	"github.com/trapline/trapline/kernel/linux/ownlimits"
)

// childPlan is all the child needs, made before the fork.
type childPlan struct {
	child.Plan
	waits   int    // written when the child waits
	ready   [2]int // a pipe, written when the tracer is ready
	blocked uint64 // signals, as they were when we were started, if that was seen
	ignored uint64
	seen    bool
	// filter is struct sock_fprog: a length and the program.
	filter struct {
		len     uint16
		program *instruction
	}
	unprivileged bool
}

// Steps that only this system has.
const (
	stepPersonality = child.Own + iota
	stepFilter
)

// steps name where a child failed.
var steps = append(child.Names[:], "set the personality of", filterStep)

// fork makes the child and, in it, runs the plan. Between BeforeFork and the end of the
// child the stack must not grow. All signals are blocked until the exec.
//
//go:noinline
//go:norace
//go:nocheckptr
func fork(p *childPlan) (int, syscall.Errno) {
	child.BeforeFork()
	pid, _, e := unix.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if e != 0 || pid != 0 {
		child.AfterFork()
		return int(pid), e
	}
	p.inheritSignals()
	if !p.awaitTracer() {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 127, 0, 0)
	}
	step, e := p.Begin()
	if e == 0 {
		step, e = stepPersonality, p.setPersonality()
	}
	if e == 0 {
		step, e = stepFilter, p.installFilter()
	}
	if e == 0 {
		step, e = p.Settle()
	}
	if e == 0 {
		p.unblockSignals()
		step, e = child.Exec, p.Exec()
	}
	p.Report(step, e)
	for {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 127, 0, 0)
	}
}

// awaitTracer is false when the tracer has ended: nobody else can write then.
//
//go:norace
//go:nosplit
func (p *childPlan) awaitTracer() bool {
	var b byte
	unix.RawSyscall(unix.SYS_CLOSE, uintptr(p.ready[1]), 0, 0)
	unix.RawSyscall(unix.SYS_WRITE, uintptr(p.waits), uintptr(unsafe.Pointer(&b)), 1)
	n, _, _ := unix.RawSyscall(unix.SYS_READ, uintptr(p.ready[0]), uintptr(unsafe.Pointer(&b)), 1)
	return n == 1
}

//go:norace
//go:nosplit
func (p *childPlan) setPersonality() syscall.Errno {
	if !p.NoASLR {
		return 0
	}
	const query, addrNoRandomize = 0xffffffff, 0x40000 // personality(2)
	now, _, _ := unix.RawSyscall(unix.SYS_PERSONALITY, query, 0, 0)
	_, _, e := unix.RawSyscall(unix.SYS_PERSONALITY, now|addrNoRandomize, 0, 0)
	return e
}

// installFilter comes while we may still do it: the user may change next. The flag leaves the
// processor's speculation as it is for unfiltered programs; before Linux 4.17 there is none.
//
//go:norace
//go:nosplit
func (p *childPlan) installFilter() syscall.Errno {
	if p.filter.program == nil {
		return 0
	}
	if p.unprivileged {
		if _, _, e := unix.RawSyscall6(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0, 0); e != 0 {
			return e
		}
	}
	const setFilter, allowSpeculation = 1, 4 // SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_SPEC_ALLOW
	_, _, e := unix.RawSyscall(unix.SYS_SECCOMP, setFilter, allowSpeculation, uintptr(unsafe.Pointer(&p.filter)))
	if e == unix.EINVAL {
		_, _, e = unix.RawSyscall(unix.SYS_SECCOMP, setFilter, 0, uintptr(unsafe.Pointer(&p.filter)))
	}
	return e
}

// inheritSignals gives the program the dispositions that we were started with, where the entry point has
// seen them. Elsewhere what is ignored stays so (nohup; Go leaves it alone), but for what a debugger
// ignores for its own terminal's sake. It is done before anybody traces the calls that this takes.
//
//go:norace
//go:nosplit
func (p *childPlan) inheritSignals() {
	const jobControl = 1<<(unix.SIGTSTP-1) | 1<<(unix.SIGTTIN-1) | 1<<(unix.SIGTTOU-1)
	const ignore = 1 // SIG_IGN; SIG_DFL is 0
	for sig := uintptr(1); sig <= 64; sig++ {
		var sa kernelSigaction
		unix.RawSyscall6(unix.SYS_RT_SIGACTION, sig, 0, uintptr(unsafe.Pointer(&sa)), 8, 0, 0)
		ignored := sa.handler == ignore && jobControl>>(sig-1)&1 == 0
		if p.seen {
			ignored = p.ignored>>(sig-1)&1 != 0
		}
		sa = kernelSigaction{}
		if ignored {
			sa.handler = ignore
		}
		unix.RawSyscall6(unix.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&sa)), 0, 8, 0, 0)
	}
}

//go:norace
//go:nosplit
func (p *childPlan) unblockSignals() {
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&p.blocked)), 0, 8, 0, 0)
}

func newPlan(l *kernel.Launch) (*childPlan, error) {
	var limit *syscall.Rlimit
	if ownlimits.Known {
		limit = &syscall.Rlimit{Cur: ownlimits.NoFile[0], Max: ownlimits.NoFile[1]}
	}
	if l.Files == nil { // what is open in us that was closed before is not for the program
		own := *l
		own.Files = []int{0, 1, 2}
		for fd := range own.Files {
			if ownlimits.Closed(fd) {
				own.Files[fd] = -1
			}
		}
		l = &own
	}
	plan, err := child.New(l, limit)
	p := &childPlan{Plan: plan}
	if l.Only != nil {
		program := filterProgram(l.Only)
		p.filter.len, p.filter.program = uint16(len(program)), unsafe.SliceData(program)
	}
	if p.blocked, p.ignored, p.seen = ownlimits.Signals(); !p.seen {
		unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, 0, uintptr(unsafe.Pointer(&p.blocked)), 8, 0, 0)
	}
	return p, err
}

// Spawn forks a child that will exec once hold has returned.
func (h *Host) Spawn(l *kernel.Launch, hold func(pid int) Errno) (int, Errno) {
	plan, err := newPlan(l)
	if err != nil {
		return 0, eINVAL
	}
	if err := unix.Pipe2(plan.ready[:], unix.O_CLOEXEC); err != nil {
		return 0, errno(err)
	}
	defer unix.Close(plan.ready[0])
	defer unix.Close(plan.ready[1])
	var waits [2]int
	if err := unix.Pipe2(waits[:], unix.O_CLOEXEC); err != nil {
		return 0, errno(err)
	}
	defer unix.Close(waits[0])
	plan.waits, plan.unprivileged = waits[1], !h.mayFilter()
	pid, report, e := plan.Start(func() (int, syscall.Errno) { return fork(plan) })
	unix.Close(waits[1])
	if e != 0 {
		return 0, Errno(e)
	}
	var b [1]byte
	unix.Read(waits[0], b[:]) // what it does before is not traced; the end if it was killed
	if e := hold(pid); e != 0 {
		unix.Close(report)
		unix.Kill(pid, unix.SIGKILL)
		unix.Wait4(pid, nil, unix.WALL, nil)
		return 0, e
	}
	unix.Write(plan.ready[1], []byte{1})
	h.spawned[pid] = report
	return pid, 0
}

// Spawned reads what a child that exited had to say; one that became a program says nothing.
func (h *Host) Spawned(pid int) (string, Errno) {
	step, e, ok := h.spawned.Read(pid)
	if !ok || step >= len(steps) {
		return "", 0
	}
	return steps[step], Errno(e)
}
