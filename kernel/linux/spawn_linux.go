package linux

// Starting a program under trace. os.StartProcess can only ask for TRACEME, which
// rules out SEIZE; so the child is forked here, waits on a pipe until its tracer
// has seized it, and then becomes the program. The code between fork and exec runs
// in a copy of a multithreaded process: no allocation, no locks, no stack growth.

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/linux/ownlimits"
)

// The runtime's fork hooks block signals around the fork and, in the child, reset
// handlers and the mask. The runtime keeps these names for such users
// (runtime/proc.go, "Notable members of the hall of shame").

//go:linkname beforeFork syscall.runtime_BeforeFork
func beforeFork()

//go:linkname afterFork syscall.runtime_AfterFork
func afterFork()

//go:linkname afterForkInChild syscall.runtime_AfterForkInChild
func afterForkInChild()

// childPlan is all the child needs, made before the fork.
type childPlan struct {
	path       *byte
	argv, envv **byte
	dir        *byte
	files      [64]int // source descriptors, by target number
	nfiles     int
	newGroup   bool
	foreground int
	noASLR     bool
	cred       bool
	uid, gid   int
	groups     []uint32
	go_, fail  int // go_: closed or written when the tracer is ready; fail: where errors go
	limit      syscall.Rlimit
	setLimit   bool
	blocked    uint64 // signals, as they were when we were started
	ignored    uint64
	setSignals bool
	// filter is struct sock_fprog: a length and the program.
	filter struct {
		len     uint16
		program *instruction
	}
	unprivileged bool
}

// fork makes the child and, in it, runs the plan. Between beforeFork and the end of the
// child the stack must not grow: whatever is called there is nosplit and issues raw
// calls only. All signals are blocked until afterForkInChild.
//
//go:noinline
//go:norace
//go:nocheckptr
func fork(p *childPlan) (int, Errno) {
	beforeFork()
	pid, _, e := unix.RawSyscall6(unix.SYS_CLONE, uintptr(unix.SIGCHLD), 0, 0, 0, 0, 0)
	if e != 0 || pid != 0 {
		afterFork()
		return int(pid), Errno(e)
	}
	p.awaitTracer()
	step := stepGroup
	if e = p.setGroup(); e == 0 {
		step, e = stepTerminal, p.takeTerminal()
	}
	if e == 0 {
		step, e = stepPersonality, p.setPersonality()
	}
	if e == 0 {
		step, e = stepFilter, p.installFilter()
	}
	if e == 0 {
		step, e = stepCred, p.setCred()
	}
	if e == 0 {
		step, e = stepDir, p.enterDir()
	}
	if e == 0 {
		step, e = stepFiles, p.passFiles()
	}
	if e == 0 {
		p.restoreLimit()
		p.defaultSignals()
		afterForkInChild()
		p.restoreSignals()
		step, e = stepExec, p.exec()
	}
	p.report(step, e)
	for {
		unix.RawSyscall(unix.SYS_EXIT_GROUP, 127, 0, 0)
	}
}

//go:norace
//go:nosplit
func (p *childPlan) awaitTracer() {
	var b byte
	unix.RawSyscall(unix.SYS_READ, uintptr(p.go_), uintptr(unsafe.Pointer(&b)), 1)
}

//go:norace
//go:nosplit
func (p *childPlan) setGroup() syscall.Errno {
	if !p.newGroup {
		return 0
	}
	_, _, e := unix.RawSyscall(unix.SYS_SETPGID, 0, 0, 0)
	return e
}

//go:norace
//go:nosplit
func (p *childPlan) takeTerminal() syscall.Errno {
	if !p.newGroup || p.foreground < 0 {
		return 0
	}
	pid, _, _ := unix.RawSyscall(unix.SYS_GETPID, 0, 0, 0)
	group := int32(pid)
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(p.foreground), unix.TIOCSPGRP, uintptr(unsafe.Pointer(&group)))
	return e
}

//go:norace
//go:nosplit
func (p *childPlan) setPersonality() syscall.Errno {
	if !p.noASLR {
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
	program := uintptr(unsafe.Pointer(&p.filter))
	_, _, e := unix.RawSyscall(unix.SYS_SECCOMP, setFilter, allowSpeculation, program)
	if e == unix.EINVAL {
		_, _, e = unix.RawSyscall(unix.SYS_SECCOMP, setFilter, 0, program)
	}
	return e
}

//go:norace
//go:nosplit
func (p *childPlan) setCred() syscall.Errno {
	if !p.cred {
		return 0
	}
	var groups unsafe.Pointer
	if len(p.groups) > 0 {
		groups = unsafe.Pointer(&p.groups[0])
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETGROUPS, uintptr(len(p.groups)), uintptr(groups), 0); e != 0 {
		return e
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETGID, uintptr(p.gid), 0, 0); e != 0 {
		return e
	}
	_, _, e := unix.RawSyscall(unix.SYS_SETUID, uintptr(p.uid), 0, 0)
	return e
}

//go:norace
//go:nosplit
func (p *childPlan) enterDir() syscall.Errno {
	if p.dir == nil {
		return 0
	}
	_, _, e := unix.RawSyscall(unix.SYS_CHDIR, uintptr(unsafe.Pointer(p.dir)), 0, 0)
	return e
}

//go:norace
//go:nosplit
func (p *childPlan) restoreLimit() {
	if p.setLimit {
		unix.RawSyscall6(unix.SYS_PRLIMIT64, 0, unix.RLIMIT_NOFILE, uintptr(unsafe.Pointer(&p.limit)), 0, 0, 0)
	}
}

//go:norace
//go:nosplit
func (p *childPlan) exec() syscall.Errno {
	_, _, e := unix.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(p.path)), uintptr(unsafe.Pointer(p.argv)), uintptr(unsafe.Pointer(p.envv)))
	return e
}

//go:norace
//go:nosplit
func (p *childPlan) report(step int, e syscall.Errno) {
	b := [2]byte{byte(step), byte(e)}
	unix.RawSyscall(unix.SYS_WRITE, uintptr(p.fail), uintptr(unsafe.Pointer(&b)), 2)
}

// passFiles moves the sources out of the way of the targets first, as
// syscall.forkAndExecInChild does.
//
//go:norace
//go:nosplit
func (p *childPlan) passFiles() syscall.Errno {
	for i := 0; i < p.nfiles; i++ {
		if p.files[i] >= 0 && p.files[i] < p.nfiles && p.files[i] != i {
			n, _, e := unix.RawSyscall(unix.SYS_FCNTL, uintptr(p.files[i]), unix.F_DUPFD_CLOEXEC, 128)
			if e != 0 {
				return e
			}
			p.files[i] = int(n)
		}
	}
	for i := 0; i < p.nfiles; i++ {
		var e syscall.Errno
		switch {
		case p.files[i] < 0:
			unix.RawSyscall(unix.SYS_CLOSE, uintptr(i), 0, 0)
		case p.files[i] == i:
			_, _, e = unix.RawSyscall(unix.SYS_FCNTL, uintptr(i), unix.F_SETFD, 0)
		default:
			_, _, e = unix.RawSyscall(unix.SYS_DUP3, uintptr(p.files[i]), uintptr(i), 0)
		}
		if e != 0 {
			return e
		}
	}
	return 0
}

// defaultSignals undoes what a debugger ignores for its own terminal's sake. What we
// were started with ignored (nohup) Go leaves alone, and so do we, for all but
// the job-control signals.
//
//go:norace
//go:nosplit
func (p *childPlan) defaultSignals() {
	var sa kernelSigaction
	for _, sig := range [...]uintptr{uintptr(unix.SIGTSTP), uintptr(unix.SIGTTIN), uintptr(unix.SIGTTOU)} {
		unix.RawSyscall6(unix.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&sa)), 0, 8, 0, 0)
	}
}

// restoreSignals gives the program the dispositions and the mask that we were started with,
// where the entry point has seen them.
//
//go:norace
//go:nosplit
func (p *childPlan) restoreSignals() {
	if !p.setSignals {
		return
	}
	for sig := uintptr(1); sig <= 64; sig++ {
		sa := kernelSigaction{handler: p.ignored >> (sig - 1) & 1} // 1 is SIG_IGN; those that are blocked we may ignore
		if (p.ignored|p.blocked)>>(sig-1)&1 != 0 {
			unix.RawSyscall6(unix.SYS_RT_SIGACTION, sig, uintptr(unsafe.Pointer(&sa)), 0, 8, 0, 0)
		}
	}
	unix.RawSyscall6(unix.SYS_RT_SIGPROCMASK, unix.SIG_SETMASK, uintptr(unsafe.Pointer(&p.blocked)), 0, 8, 0, 0)
}

func newPlan(l *kernel.Launch) (*childPlan, Errno) {
	p := &childPlan{newGroup: l.NewGroup, foreground: l.Foreground, noASLR: l.NoASLR}
	var err error
	if p.path, err = unix.BytePtrFromString(l.Path); err != nil {
		return nil, eINVAL
	}
	argv, err := syscall.SlicePtrFromStrings(l.Args)
	if err != nil {
		return nil, eINVAL
	}
	envv, err := syscall.SlicePtrFromStrings(l.Env)
	if err != nil {
		return nil, eINVAL
	}
	p.argv, p.envv = &argv[0], &envv[0]
	if l.Dir != "" {
		if p.dir, err = unix.BytePtrFromString(l.Dir); err != nil {
			return nil, eINVAL
		}
	}
	files := l.Files
	if files == nil {
		files = []int{0, 1, 2}
	}
	if len(files) > len(p.files) {
		return nil, eINVAL
	}
	p.nfiles = copy(p.files[:], files)
	if l.Cred != nil {
		p.cred, p.uid, p.gid = true, l.Cred.UID, l.Cred.GID
		for _, g := range l.Cred.Groups {
			p.groups = append(p.groups, uint32(g))
		}
	}
	if l.Only != nil {
		program := filterProgram(l.Only)
		p.filter.len, p.filter.program = uint16(len(program)), unsafe.SliceData(program)
	}
	p.limit, p.setLimit = syscall.Rlimit{Cur: ownlimits.NoFile[0], Max: ownlimits.NoFile[1]}, ownlimits.Known
	p.blocked, p.ignored, p.setSignals = ownlimits.Signals()
	return p, 0
}

// steps name where a child failed; the pipe carries the index and the errno.
var steps = []string{"start", "set the process group of", "give the terminal to", "set the personality of",
	filterStep, "change the user of", "enter the directory of", "pass descriptors to", "execute"}

const (
	stepStart = iota
	stepGroup
	stepTerminal
	stepPersonality
	stepFilter
	stepCred
	stepDir
	stepFiles
	stepExec
)

// Spawn forks a child that will exec once hold has returned.
func (h *Host) Spawn(l *kernel.Launch, hold func(pid int) Errno) (int, Errno) {
	plan, e := newPlan(l)
	if e != 0 {
		return 0, e
	}
	var ready, fail [2]int
	if err := unix.Pipe2(ready[:], unix.O_CLOEXEC); err != nil {
		return 0, errno(err)
	}
	defer unix.Close(ready[0])
	if err := unix.Pipe2(fail[:], unix.O_CLOEXEC); err != nil {
		unix.Close(ready[1])
		return 0, errno(err)
	}
	plan.go_, plan.fail, plan.unprivileged = ready[0], fail[1], !h.mayFilter()

	syscall.ForkLock.Lock()
	pid, e := fork(plan)
	syscall.ForkLock.Unlock()
	unix.Close(fail[1])
	if e != 0 {
		unix.Close(ready[1])
		unix.Close(fail[0])
		return 0, e
	}
	if l.NewGroup {
		unix.Setpgid(pid, pid) // the child does it too: whichever comes first
	}
	if e := hold(pid); e != 0 {
		unix.Close(ready[1])
		unix.Close(fail[0])
		unix.Kill(pid, unix.SIGKILL)
		unix.Wait4(pid, nil, unix.WALL, nil)
		return 0, e
	}
	unix.Write(ready[1], []byte{1})
	unix.Close(ready[1])
	unix.SetNonblock(fail[0], true) // asked before the exec, it has nothing to say
	h.spawned[pid] = fail[0]
	return pid, 0
}

// Spawned reads what a child that exited had to say; one that became a program closed
// its end with the exec and says nothing.
func (h *Host) Spawned(pid int) (string, Errno) {
	fd, ok := h.spawned[pid]
	if !ok {
		return "", 0
	}
	delete(h.spawned, pid)
	defer unix.Close(fd)
	var b [2]byte
	if n, err := unix.Read(fd, b[:]); err != nil || n < 2 || int(b[0]) >= len(steps) {
		return "", 0
	}
	return steps[b[0]], Errno(b[1])
}
