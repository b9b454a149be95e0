package freebsd

// Starting a program under trace. The child is forked by hand, so that what a debugger's
// program is given is arranged in it, and asks to be traced last of all: its tracer sees
// nothing but the exec, and before it a SIGSTOP if it wants to set the event mask first.

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/ownlimits"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/internal/child"
)

// childPlan is all the child needs, made before the fork.
type childPlan struct {
	child.Plan
	stop bool
}

// Steps that only this system has.
const (
	stepASLR = child.Own + iota
	stepTrace
)

// steps name where a child failed.
var steps = append(child.Names[:], "disable address randomisation of", "trace")

// fork makes the child and, in it, runs the plan. Between BeforeFork and the end of the
// child the stack must not grow. All signals are blocked until AfterForkInChild.
//
//go:noinline
//go:norace
//go:nocheckptr
func fork(p *childPlan) (int, syscall.Errno) {
	child.BeforeFork()
	pid, _, e := unix.RawSyscall(unix.SYS_FORK, 0, 0, 0)
	if e != 0 || pid != 0 {
		child.AfterFork()
		return int(pid), e
	}
	step, e := p.Begin()
	if e == 0 {
		step, e = stepASLR, p.disableASLR()
	}
	if e == 0 {
		step, e = p.Settle()
	}
	if e == 0 {
		p.defaultSignals()
		child.AfterForkInChild()
		step, e = stepTrace, p.askForTrace()
	}
	if e == 0 {
		step, e = child.Exec, p.Exec()
	}
	p.Report(step, e)
	for {
		unix.RawSyscall(unix.SYS_EXIT, 127, 0, 0)
	}
}

// disableASLR is procctl(PROC_ASLR_CTL), which the exec keeps.
//
//go:norace
//go:nosplit
func (p *childPlan) disableASLR() syscall.Errno {
	if !p.NoASLR {
		return 0
	}
	off := int32(raw.ASLRForceDisable)
	_, _, e := unix.RawSyscall6(unix.SYS_PROCCTL, raw.PPid, 0, raw.ASLRCtl, uintptr(unsafe.Pointer(&off)), 0, 0)
	return e
}

// askForTrace succeeds where attaching to one's own processes is not allowed
// (access-unprivileged-debug-off).
//
//go:norace
//go:nosplit
func (p *childPlan) askForTrace() syscall.Errno {
	_, _, e := unix.RawSyscall6(unix.SYS_PTRACE, raw.TraceMe, 0, 0, 0, 0, 0)
	if e == 0 && p.stop {
		pid, _, _ := unix.RawSyscall(unix.SYS_GETPID, 0, 0, 0)
		_, _, e = unix.RawSyscall(unix.SYS_KILL, pid, raw.SIGSTOP, 0)
	}
	return e
}

// defaultSignals undoes what a debugger ignores for its own terminal's sake. What we
// were started with ignored (nohup) Go leaves alone, and so do we, for all but
// the job-control signals.
//
//go:norace
//go:nosplit
func (p *childPlan) defaultSignals() {
	var sa kernelSigaction
	for _, sig := range [...]uintptr{raw.SIGTSTP, raw.SIGTTIN, raw.SIGTTOU} {
		unix.RawSyscall(unix.SYS_SIGACTION, sig, uintptr(unsafe.Pointer(&sa)), 0)
	}
}

// Spawn forks the child.
func (h *Host) Spawn(l *kernel.Launch, stop bool) (int, Errno) {
	var limit *syscall.Rlimit
	if ownlimits.Known {
		limit = &syscall.Rlimit{Cur: ownlimits.NoFile[0], Max: ownlimits.NoFile[1]}
	}
	plan, err := child.New(l, limit)
	if err != nil {
		return 0, raw.EINVAL
	}
	own := &childPlan{plan, stop}
	pid, report, e := own.Start(func() (int, syscall.Errno) { return fork(own) })
	if e != 0 {
		return 0, Errno(e)
	}
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
