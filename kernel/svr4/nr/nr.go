// Package nr numbers the system calls of SVR4 on x86-64. The modeled kernel dispatches by
// these rows, the adapter and the tracer of system calls name them by the same.
//
// The numbers are illumos' (sys/syscall.h), which kept SVR4's own below 128. A program
// puts the number in rax, arguments in rdi, rsi, rdx, r10, r8, r9 and executes syscall;
// carry says that the call failed, and rax is then the errno, else the value (amd64 psABI,
// appendix A; illumos' libc).
package nr

// The system calls.
const (
	Syscall      = 0
	Exit         = 1
	Forkall      = 2
	Read         = 3
	Write        = 4
	Open         = 5
	Close        = 6
	Wait         = 7
	Creat        = 8
	Link         = 9
	Unlink       = 10
	Exec         = 11
	Chdir        = 12
	Time         = 13
	Mknod        = 14
	Chmod        = 15
	Chown        = 16
	Brk          = 17
	Stat         = 18
	Lseek        = 19
	Getpid       = 20 // also getppid: in rdx
	Mount        = 21
	Umount       = 22
	Setuid       = 23
	Getuid       = 24 // also geteuid: in rdx
	Stime        = 25
	Ptrace       = 26
	Alarm        = 27
	Fstat        = 28
	Pause        = 29
	Utime        = 30
	Access       = 33
	Nice         = 34
	Statfs       = 35
	Sync         = 36
	Kill         = 37
	Fstatfs      = 38
	Pgrpsys      = 39 // 0 getpgrp, 1 setpgrp, 2 getsid, 3 setsid, 4 getpgid, 5 setpgid
	Dup          = 41
	Pipe         = 42 // descriptors in rax and rdx
	Times        = 43
	Setgid       = 46
	Getgid       = 47 // also getegid: in rdx
	Signal       = 48
	Ioctl        = 54
	Execve       = 59
	Umask        = 60
	Chroot       = 61
	Fcntl        = 62
	Ulimit       = 63
	LwpPark      = 77 // 0 park, 1 unpark
	Rmdir        = 79
	Mkdir        = 80
	Getdents     = 81
	Poll         = 87
	Lstat        = 88
	Symlink      = 89
	Readlink     = 90
	Setgroups    = 91
	Getgroups    = 92
	Fchmod       = 93
	Fchown       = 94
	Sigprocmask  = 95
	Sigsuspend   = 96
	Sigaltstack  = 97
	Sigaction    = 98
	Sigpending   = 99  // 1 sigpending, 2 sigfillset
	Context      = 100 // 0 getcontext, 1 setcontext
	Waitsys      = 107
	Sigsendsys   = 108
	Mincore      = 114
	Mmap         = 115
	Mprotect     = 116
	Munmap       = 117
	Vfork        = 119
	Fchdir       = 120
	Readv        = 121
	Writev       = 122
	Setrlimit    = 128
	Getrlimit    = 129
	Lchown       = 130
	Rename       = 134
	Uname        = 135
	Setegid      = 136
	Sysconfig    = 137
	Seteuid      = 141
	Forksys      = 142 // 0 forkx, 1 forkallx, 2 vforkx
	Fork1        = 143
	Sigtimedwait = 144
	LwpInfo      = 145
	Yield        = 146
	LwpDetach    = 150
	Gettimeofday = 156
	Getitimer    = 157
	Setitimer    = 158
	LwpCreate    = 159
	LwpExit      = 160
	LwpSuspend   = 161
	LwpContinue  = 162
	LwpKill      = 163
	LwpSelf      = 164
	LwpSigmask   = 165
	LwpPrivate   = 166
	LwpWait      = 167
	Pread        = 173
	Pwrite       = 174
	Llseek       = 175
	Sigqueue     = 190
	ClockGettime = 191
	Nanosleep    = 199
	Setreuid     = 202
	Setregid     = 203
	Getcwd       = 229
	MaxSyscall   = 255
)

// Row is one system call.
type Row struct {
	Nr   int
	Name string // as truss(1) has it
	Args int    // how many arguments (pr_nsysarg)
}

// Rows are the system calls by number, ascending.
var Rows = []Row{
	{Exit, "exit", 1}, {Forkall, "forkall", 0}, {Read, "read", 3}, {Write, "write", 3}, {Open, "open", 3},
	{Close, "close", 1}, {Wait, "wait", 0}, {Creat, "creat", 2}, {Link, "link", 2}, {Unlink, "unlink", 1},
	{Exec, "exec", 2}, {Chdir, "chdir", 1}, {Time, "time", 0}, {Mknod, "mknod", 3}, {Chmod, "chmod", 2},
	{Chown, "chown", 3}, {Brk, "brk", 1}, {Stat, "stat", 2}, {Lseek, "lseek", 3}, {Getpid, "getpid", 0},
	{Mount, "mount", 6}, {Umount, "umount", 1}, {Setuid, "setuid", 1}, {Getuid, "getuid", 0}, {Stime, "stime", 1},
	{Ptrace, "ptrace", 4}, {Alarm, "alarm", 1}, {Fstat, "fstat", 2}, {Pause, "pause", 0}, {Utime, "utime", 2},
	{Access, "access", 2}, {Nice, "nice", 1}, {Statfs, "statfs", 4}, {Sync, "sync", 0}, {Kill, "kill", 2},
	{Fstatfs, "fstatfs", 4}, {Pgrpsys, "pgrpsys", 3}, {Dup, "dup", 1}, {Pipe, "pipe", 0}, {Times, "times", 1},
	{Setgid, "setgid", 1}, {Getgid, "getgid", 0}, {Signal, "signal", 2}, {Ioctl, "ioctl", 3}, {Execve, "execve", 3},
	{Umask, "umask", 1}, {Chroot, "chroot", 1}, {Fcntl, "fcntl", 3}, {Ulimit, "ulimit", 2}, {LwpPark, "lwp_park", 3},
	{Rmdir, "rmdir", 1}, {Mkdir, "mkdir", 2}, {Getdents, "getdents", 3}, {Poll, "poll", 3}, {Lstat, "lstat", 2},
	{Symlink, "symlink", 2}, {Readlink, "readlink", 3}, {Setgroups, "setgroups", 2}, {Getgroups, "getgroups", 2},
	{Fchmod, "fchmod", 2}, {Fchown, "fchown", 3}, {Sigprocmask, "sigprocmask", 3}, {Sigsuspend, "sigsuspend", 1},
	{Sigaltstack, "sigaltstack", 2}, {Sigaction, "sigaction", 3}, {Sigpending, "sigpending", 2},
	{Context, "context", 2}, {Waitsys, "waitsys", 4}, {Sigsendsys, "sigsendsys", 2}, {Mincore, "mincore", 3},
	{Mmap, "mmap", 6}, {Mprotect, "mprotect", 3}, {Munmap, "munmap", 2}, {Vfork, "vfork", 0}, {Fchdir, "fchdir", 1},
	{Readv, "readv", 3}, {Writev, "writev", 3}, {Setrlimit, "setrlimit", 2}, {Getrlimit, "getrlimit", 2},
	{Lchown, "lchown", 3}, {Rename, "rename", 2}, {Uname, "uname", 1}, {Setegid, "setegid", 1},
	{Sysconfig, "sysconfig", 1}, {Seteuid, "seteuid", 1}, {Forksys, "forksys", 2}, {Fork1, "fork1", 0},
	{Sigtimedwait, "sigtimedwait", 3}, {LwpInfo, "lwp_info", 1}, {Yield, "yield", 0}, {LwpDetach, "lwp_detach", 1},
	{Gettimeofday, "gettimeofday", 1}, {Getitimer, "getitimer", 2}, {Setitimer, "setitimer", 3},
	{LwpCreate, "lwp_create", 3}, {LwpExit, "lwp_exit", 0}, {LwpSuspend, "lwp_suspend", 1},
	{LwpContinue, "lwp_continue", 1}, {LwpKill, "lwp_kill", 2}, {LwpSelf, "lwp_self", 0},
	{LwpSigmask, "lwp_sigmask", 5}, {LwpPrivate, "lwp_private", 3}, {LwpWait, "lwp_wait", 2},
	{Pread, "pread", 4}, {Pwrite, "pwrite", 4}, {Llseek, "llseek", 4}, {Sigqueue, "sigqueue", 4},
	{ClockGettime, "clock_gettime", 2}, {Nanosleep, "nanosleep", 2}, {Setreuid, "setreuid", 2},
	{Setregid, "setregid", 2}, {Getcwd, "getcwd", 2},
}

var byNumber = func() (t [MaxSyscall + 1]*Row) {
	for i := range Rows {
		t[Rows[i].Nr] = &Rows[i]
	}
	return t
}()

// Find is the row of a number, nil when there is none.
func Find(n int) *Row {
	if n < 0 || n > MaxSyscall {
		return nil
	}
	return byNumber[n]
}
