//go:build linux || freebsd

// Package child starts a program under trace: what it is to be given (group, terminal, user, directory,
// descriptors, limit) is arranged in the forked process, before its exec. What systems have of their own, the
// trace above all, they add between the package's steps.
//
// The code between fork and exec runs in a copy of a multithreaded process: no allocation, no locks, no stack
// growth. Whatever is called there is nosplit and issues raw calls only.
package child

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel"
)

// The runtime's fork hooks block signals around the fork and, in the child, reset
// handlers and the mask. The runtime keeps these names for such users
// (runtime/proc.go, "Notable members of the hall of shame").

// BeforeFork blocks all signals, until AfterFork in the parent and AfterForkInChild.
//
//go:linkname BeforeFork syscall.runtime_BeforeFork
func BeforeFork()

// AfterFork is for the parent.
//
//go:linkname AfterFork syscall.runtime_AfterFork
func AfterFork()

// AfterForkInChild is for the child.
//
//go:linkname AfterForkInChild syscall.runtime_AfterForkInChild
func AfterForkInChild()

// Steps that a child may fail at; those from Own on are a system's own.
const (
	_ = iota
	Group
	Terminal
	Cred
	Dir
	Files
	Exec
	Own
)

// Names say what failed at the package's steps.
var Names = [Own]string{"start", "set the process group of", "give the terminal to", "change the user of", "enter the directory of",
	"pass descriptors to", "execute"}

// Plan is all the child needs, made before the fork.
type Plan struct {
	NoASLR     bool
	path       *byte
	argv, envv **byte
	dir        *byte
	files      [64]int // source descriptors, by target number
	nfiles     int
	newGroup   bool
	foreground int
	cred       bool
	uid, gid   int
	groups     []uint32
	fail       int // where errors go
	limit      *syscall.Rlimit
}

// New makes the plan of a launch. The limit is RLIMIT_NOFILE's, nil to leave it. What
// cannot be handed to a kernel is an error.
func New(l *kernel.Launch, limit *syscall.Rlimit) (p Plan, err error) {
	p = Plan{NoASLR: l.NoASLR, newGroup: l.NewGroup, foreground: l.Foreground, limit: limit}
	if p.path, err = unix.BytePtrFromString(l.Path); err != nil {
		return p, err
	}
	argv, err := syscall.SlicePtrFromStrings(l.Args)
	if err != nil {
		return p, err
	}
	envv, err := syscall.SlicePtrFromStrings(l.Env)
	if err != nil {
		return p, err
	}
	p.argv, p.envv = &argv[0], &envv[0]
	if l.Dir != "" {
		if p.dir, err = unix.BytePtrFromString(l.Dir); err != nil {
			return p, err
		}
	}
	files := l.Files
	if files == nil {
		files = []int{0, 1, 2}
	}
	if len(files) > len(p.files) {
		return p, syscall.EINVAL
	}
	p.nfiles = copy(p.files[:], files)
	if l.Cred != nil {
		p.cred, p.uid, p.gid = true, l.Cred.UID, l.Cred.GID
		for _, g := range l.Cred.Groups {
			p.groups = append(p.groups, uint32(g))
		}
	}
	return p, nil
}

// Begin makes the child a group of its own, and that the terminal's. It returns the step that failed.
//
//go:norace
//go:nosplit
func (p *Plan) Begin() (int, syscall.Errno) {
	if !p.newGroup {
		return 0, 0
	}
	if _, _, e := unix.RawSyscall(unix.SYS_SETPGID, 0, 0, 0); e != 0 {
		return Group, e
	}
	if p.foreground < 0 {
		return 0, 0
	}
	pid, _, _ := unix.RawSyscall(unix.SYS_GETPID, 0, 0, 0)
	group := int32(pid)
	_, _, e := unix.RawSyscall(unix.SYS_IOCTL, uintptr(p.foreground), unix.TIOCSPGRP, uintptr(unsafe.Pointer(&group)))
	return Terminal, e
}

// Settle gives the child its user, directory, descriptors and limit. It returns the step that failed.
//
//go:norace
//go:nosplit
func (p *Plan) Settle() (int, syscall.Errno) {
	if e := p.setCred(); e != 0 {
		return Cred, e
	}
	if p.dir != nil {
		if _, _, e := unix.RawSyscall(unix.SYS_CHDIR, uintptr(unsafe.Pointer(p.dir)), 0, 0); e != 0 {
			return Dir, e
		}
	}
	if e := p.passFiles(); e != 0 {
		return Files, e
	}
	if p.limit != nil {
		unix.RawSyscall(unix.SYS_SETRLIMIT, unix.RLIMIT_NOFILE, uintptr(unsafe.Pointer(p.limit)), 0)
	}
	return 0, 0
}

//go:norace
//go:nosplit
func (p *Plan) setCred() syscall.Errno {
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

// passFiles moves the sources, and the pipe for errors, out of the way of the targets first.
// A source that is moved is closed by the exec.
//
//go:norace
//go:nosplit
func (p *Plan) passFiles() syscall.Errno {
	const above = 128
	if p.fail < p.nfiles {
		n, _, e := unix.RawSyscall(unix.SYS_FCNTL, uintptr(p.fail), unix.F_DUPFD_CLOEXEC, above)
		if e != 0 {
			return e
		}
		p.fail = int(n)
	}
	for i := 0; i < p.nfiles; i++ {
		if p.files[i] >= 0 && p.files[i] < p.nfiles && p.files[i] != i {
			n, _, e := unix.RawSyscall(unix.SYS_FCNTL, uintptr(p.files[i]), unix.F_DUPFD_CLOEXEC, above)
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
			_, _, e = unix.RawSyscall(unix.SYS_DUP2, uintptr(p.files[i]), uintptr(i), 0)
		}
		if e != 0 {
			return e
		}
	}
	return 0
}

// Exec becomes the program; it returns if that fails.
//
//go:norace
//go:nosplit
func (p *Plan) Exec() syscall.Errno {
	_, _, e := unix.RawSyscall(unix.SYS_EXECVE, uintptr(unsafe.Pointer(p.path)), uintptr(unsafe.Pointer(p.argv)), uintptr(unsafe.Pointer(p.envv)))
	return e
}

// Report tells the parent what failed.
//
//go:norace
//go:nosplit
func (p *Plan) Report(step int, e syscall.Errno) {
	b := [2]byte{byte(step), byte(e)}
	unix.RawSyscall(unix.SYS_WRITE, uintptr(p.fail), uintptr(unsafe.Pointer(&b)), 2)
}

// Start forks by a function that runs the plan in the child. It returns the child and where it reports, which is
// read without blocking: asked before the exec, it has nothing to say.
func (p *Plan) Start(fork func() (int, syscall.Errno)) (pid, report int, e syscall.Errno) {
	var fail [2]int
	if err := unix.Pipe2(fail[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		e, _ = err.(syscall.Errno)
		return 0, 0, e
	}
	p.fail = fail[1]
	syscall.ForkLock.Lock()
	pid, e = fork()
	syscall.ForkLock.Unlock()
	unix.Close(fail[1])
	if e != 0 {
		unix.Close(fail[0])
		return 0, 0, e
	}
	if p.newGroup {
		unix.Setpgid(pid, pid) // the child does it too: whichever comes first
	}
	return pid, fail[0], 0
}

// Reports are where children report that are not yet known to have become programs, by pid.
type Reports map[int]int

// Read is what a child that exited had to say: the step that failed and its errno. One that became a program
// closed its end with the exec and says nothing: ok is false.
func (r Reports) Read(pid int) (step int, e syscall.Errno, ok bool) {
	fd, known := r[pid]
	if !known {
		return 0, 0, false
	}
	delete(r, pid)
	defer unix.Close(fd)
	var b [2]byte
	if n, err := unix.Read(fd, b[:]); err != nil || n < 2 {
		return 0, 0, false
	}
	return int(b[0]), syscall.Errno(b[1]), true
}
