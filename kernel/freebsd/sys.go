// Package freebsd speaks FreeBSD's ptrace(2) and wait6(2) on one side and kernel.Kernel on
// the other.
//
// It has no build tags: everything a kernel does for it goes through Sys, whose only
// implementation that issues system calls is Host (host_freebsd.go); the modeled kernel
// is another. Numbers and structures are in the package raw.
//
// What it does was built by recordings of a real FreeBSD 15.0 kernel; comments cite their
// scenarios (testdata/freebsd has those that the tests replay).
package freebsd

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// Errno is a FreeBSD error number; 0 is success.
type Errno = raw.Errno

// Sys is the raw interface of the operating system. Requests, statuses and structures are
// FreeBSD's own (package raw). An id is a pid, or a thread's lwpid where the request is
// about one thread: lwpids lie above all pids. Buffers are not kept.
type Sys interface {
	// Ptrace issues a request whose address and data are numbers, and returns its result.
	// PT_CONTINUE and its like go on from where the thread is with address 1.
	Ptrace(req, id int, addr, data uint64) (int, Errno)
	// PtraceBuf issues a request whose address is that of buf, and whose data is a number:
	// the size of buf for PT_LWPINFO, PT_GET_SC_ARGS, PT_GET_SC_RET, PT_GETXSTATE and its
	// like, PT_COREDUMP and the event masks, how many entries fit for PT_GETLWPLIST, 0 for
	// the registers.
	PtraceBuf(req, id int, buf []byte, data uint64) (int, Errno)
	// IO is PT_IO: it moves p from or to an address by one of raw.ReadData and its like, and
	// returns piod_len as the kernel left it. A transfer that runs off what is mapped is
	// EFAULT and moves what comes before, but does not say how much (io-partial).
	IO(id, op int, addr uint64, p []byte) (int, Errno)
	// Regset is PT_GETREGSET or PT_SETREGSET by the number of a note; it returns the size.
	Regset(req, id, note int, buf []byte) (int, Errno)
	// VMEntry is PT_VM_ENTRY: entry has raw.VMEntrySize bytes, path takes the file's name.
	VMEntry(id int, entry, path []byte) Errno
	// ScRemote is PT_SC_REMOTE: a system call made by the stopped thread. A stop of the
	// process follows, which has to be waited for.
	ScRemote(id int, call uint32, args []uint64) (raw.ScReturn, Errno)
	// Wait is wait6(2) with WEXITED|WTRAPPED, of all children and tracees (pid 0) or of one.
	// info has raw.SiginfoSize bytes and is the siginfo when a pid is returned. With block it
	// may return EINTR after Wake; without, pid 0 means that none is ready.
	Wait(pid int, block bool, info []byte) (got int, status uint32, e Errno)
	// Wake makes a Wait that blocks, now or next, return EINTR. Any goroutine.
	Wake()
	Kill(pid, sig int) Errno
	// ThrKill2 is thr_kill2(2): a signal to one thread of a process.
	ThrKill2(pid, lwp, sig int) Errno
	// Spawn makes a child that asks to be traced (PT_TRACE_ME) and then execs. With stop it
	// sends itself SIGSTOP in between, which its tracer sees.
	Spawn(l *kernel.Launch, stop bool) (pid int, e Errno)
	// Spawned is called once when a spawned child has become a program or has ended, and
	// says in the latter case at what it failed, and why.
	Spawned(pid int) (op string, e Errno)
	// Sysctl reads a node by name, with what follows the name's numbers: the pid for
	// kern.proc.pid (one record for the process), kern.proc.pid_td (one a thread) and the
	// other kern.proc nodes.
	Sysctl(name string, args ...int32) ([]byte, Errno)
	// Procctl is procctl(P_PID, pid, cmd, data).
	Procctl(pid, cmd int, data []byte) Errno
}
