// Package linux is Linux as the modeled kernel has it: the numbers, structures and habits of
// x86-64 Linux around the processes of kernel/model/kern.
//
//   - calls*.go are the system calls, one row each, by name; syscall.go is the way in and out
//   - frame.go is the signal frame, siginfo.go the structure in it
//   - trace.go is where a tracee stops, ptrace.go and the files after it what a tracer may ask
//   - wait.go is wait4 and waitid, for parents and tracers
//   - proc*.go is /proc, which programs see as files and debuggers by procfs
//   - sys.go is the raw interface of the adapter kernel/linux: a tracer from outside
//
// What Linux promises is in its manual pages; where these are silent, a case of
// testdata/litmus holds what the kernel itself does.
package linux

import (
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/kern"
)

// System is Linux.
var System = &kern.System{Name: "linux", OS: abi.Linux, Sig: kern.NewSignals(abi.Linux, 32), Image: &image.Linux, ShowIgnored: true, ThreadCreds: true, BootedAt: bootedAt}

var errnos = errno.Numbers(abi.Linux)

func init() {
	s := System
	s.Boot = boot
	s.Syscall = syscall
	s.Gate = gate
	s.Restart = restart
	s.SendSig = sendSignal
	s.Entry = func(t *kern.Thread, r *image.Result) {}
	s.Dead = dead
	s.Born = born
	s.Tracing = tracing{}
	s.Stub = stub
}

// New is a machine that runs Linux.
func New(c kern.Config) *kern.Machine {
	c.System = System
	return kern.New(c)
}

// boot makes what a Linux finds in its file system.
func boot(m *kern.Machine) {
	root := m.FS.Root()
	for _, dir := range []string{"dev", "proc", "bin", "etc", "usr"} {
		m.FS.Mkdir(fs.Cred{}, root, dir, 0o755)
	}
	m.FS.Mkdir(fs.Cred{}, root, "tmp", 0o1777)
	devices(m)
	mountProc(m)
}

// task is what a thread has of Linux's own.
type task struct {
	traced
	x87     x87
	orig    uint64 // orig_rax: the number of the call it is in, or -1
	robust  uint64 // head of the list of robust futexes
	restart func(t *kern.Thread) (uint64, errno.Errno)
	fault   faultInfo
	comm    string // its name, if it is not its process's
}

// taskOf is the thread's.
func taskOf(t *kern.Thread) *task {
	k, _ := t.Private.(*task)
	if k == nil {
		k = &task{orig: noCall, x87: newX87}
		t.Private = k
	}
	return k
}

const noCall = ^uint64(0)

// born gives a new thread what it has of its maker's.
func born(n, maker *kern.Thread) {
	old := taskOf(maker)
	k := taskOf(n)
	k.orig, k.x87 = old.orig, old.x87
	if n.Proc != maker.Proc {
		k.dr7 = old.dr7
	}
	n.Regs.DR = [8]uint64{}
	if old.forced { // a step of its maker's tracer is not its own
		n.Regs.Flags &^= flagTF
	}
}

// dead is the end of a thread while its memory is there: the word that pthread_join waits on.
func dead(t *kern.Thread) {
	p := t.Proc
	if len(p.Living()) == 1 {
		deleteTimers(p)
	}
	if p.Space != nil {
		releaseRobust(t)
	}
	if t.ClearTID == 0 || p.Space == nil {
		return
	}
	if p.Space.Users() > 1 || len(p.Living()) > 1 {
		t.Put32(t.ClearTID, 0)
		if key, e := t.FutexKey(t.ClearTID, false); e == errno.OK {
			t.M.FutexWake(key, 1, ^uint32(0))
		}
		if key, e := t.FutexKey(t.ClearTID, true); e == errno.OK {
			t.M.FutexWake(key, 1, ^uint32(0))
		}
	}
}
