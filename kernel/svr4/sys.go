// Package svr4 speaks System V release 4's own ways with processes on one side and
// kernel.Kernel on the other.
//
// There are two ways, and a system is traced by the better one it has. The old is
// ptrace(2) with its requests 0 to 9: a parent and its child, a word at a time, one stop
// for every signal. The new is the /proc of SVR4.2: a directory of files a process, where
// status is read and orders are written. Which one is in use is a value (see New): the
// rest of the program does not know.
//
// The package has no build tags. Everything a kernel does for it goes through Sys, whose
// only implementation is the modeled kernel: no SVR4 runs on x86-64 today. What the files
// hold is in the package proc, numbers of system calls in nr.
package svr4

import "github.com/trapline/trapline/kernel"

// Errno is an error number of SVR4 (abi.SVR4); 0 is success.
type Errno int

// Sys is the raw interface of the operating system, as a process has it that traces
// others: the tracer is their parent, or owns them. Buffers are not kept.
type Sys interface {
	// Ptrace is ptrace(2), requests 1 to 9 (Req...). Words are 8 bytes. What it returns is
	// the word read, or data.
	Ptrace(req, pid int, addr, data uint64) (uint64, Errno)
	// Wait is waitsys(P_ALL, WEXITED|WTRAPPED|WSTOPPED): the next child that ended, or
	// that stopped under ptrace(2) or by job control, as wait(2) gives its status: 0x7f in
	// the low byte with the signal above it, or the exit status above a zero, or the signal
	// with bit 7 for a core. With block it may return EINTR after Wake; without, pid 0 says
	// that there is none. ECHILD: no child is left.
	Wait(block bool) (pid int, status uint32, e Errno)
	// Wake makes a Wait or Poll that blocks, now or next, return EINTR. Any goroutine.
	Wake()
	Kill(pid, sig int) Errno
	// Spawn makes a child that becomes the program. When hold is nil it asks to be traced
	// (request 0) and execs. Otherwise it waits until hold, called with its pid, has
	// returned 0, and execs untraced but for what hold arranged.
	Spawn(l *kernel.Launch, hold func(pid int) Errno) (pid int, e Errno)
	// Spawned is called once when a spawned child has become a program or has ended, and
	// says in the latter case at what it failed, and why.
	Spawned(pid int) (op string, e Errno)
	// Files is the system's /proc; nil when it has none.
	Files() Files
}

// Files are the system calls on the files of /proc. Names are relative to it:
// "12/status", "12/lwp/1/lwpctl". Errors are those of proc(5), DIAGNOSTICS: a process or
// lwp that has ended is ENOENT, in all calls but Close.
type Files interface {
	// Open is open(2): OpenRead, OpenWrite or both, and OpenExcl for the advisory lock of
	// as, ctl and lwpctl (EBUSY).
	Open(name string, flags int) (fd int, e Errno)
	Close(fd int)
	// Pread reads at an offset; of as, it is the address. A read of as that begins at an
	// unmapped address returns 0, one that runs into one what lies before it.
	Pread(fd int, p []byte, off uint64) (int, Errno)
	// Pwrite writes. What is written to ctl and lwpctl are messages (proc.Next), of which
	// those before one that fails have been done. A message that waits (PCStop, PCWStop)
	// blocks; of them the adapter writes PCTWStop, with a millisecond, alone.
	Pwrite(fd int, p []byte, off uint64) (int, Errno)
	ReadDir(name string) ([]string, Errno)
	// Readlink reads a link of the directory path/, which names what object/, fd/, cwd and
	// root hold: "12/path/a.out".
	Readlink(name string) (string, Errno)
	// Poll is poll(2) of open files of /proc. It sets Revents and returns how many of them
	// are not 0. With block it waits for one, or returns EINTR after Wake.
	Poll(fds []PollFD, block bool) (int, Errno)
}

// Flags of Files.Open.
const (
	OpenRead  = 1
	OpenWrite = 2
	OpenExcl  = 4
)

// PollFD is one file to poll.
type PollFD struct {
	FD      int
	Events  uint16 // PollStop, or 0 for the end alone
	Revents uint16 // what has happened of them; PollEnd and PollInvalid always
}

// Events of poll(2) on files of /proc (proc(5), PROGRAMMING NOTES).
const (
	PollStop    = 0x02 // POLLPRI: the lwp (for ctl, every lwp) is stopped on an event of interest
	PollInvalid = 0x08 // POLLERR: the program is one that may not be traced by us now
	PollEnd     = 0x10 // POLLHUP: the process or lwp has ended
)

// Requests of ptrace(2).
const (
	ReqTraceMe   = 0
	ReqReadText  = 1
	ReqReadData  = 2
	ReqReadUser  = 3
	ReqWriteText = 4
	ReqWriteData = 5
	ReqWriteUser = 6 // bits of proc.UserMask
	ReqContinue  = 7 // addr 1: from here; data: 0 or a signal; what else is pending is dropped
	ReqKill      = 8
	ReqStep      = 9 // as ReqContinue, for one instruction
)

// Error numbers the adapter acts on (intro(2)).
const (
	ePERM  Errno = 1
	eNOENT Errno = 2
	eSRCH  Errno = 3
	eINTR  Errno = 4
	eIO    Errno = 5
	eCHILD Errno = 10
	eAGAIN Errno = 11
	eACCES Errno = 13
	eFAULT Errno = 14
	eINVAL Errno = 22
	eNOSYS Errno = 89
	eBUSY  Errno = 16
)

// Signals it acts on (abi.SVR4).
const (
	sigTrap = 5
	sigKill = 9
	sigStop = 23
)
