// What FreeBSD's kernel calls the calls of programs that are not its own: those of 32 bits and
// Linux's (sys/compat/freebsd32, sys/amd64/linux and linux32: syscalls.master). A call that has code of its own
// for such programs carries their prefix, one that both share has FreeBSD's name. truss
// prints these names; everywhere else a call is called what its programs call it.

package syscalls

import (
	"strings"

	"github.com/trapline/trapline/abi"
)

// foreign are the names of an ABI's calls in the kernel of another system.
type foreign struct {
	kernel  *abi.OS
	prefix  string
	own     func(name string) bool // it has code of its own there
	renamed map[string]string      // by the name its programs have for it
}

// freebsd32Own are the calls in which something is as wide as a long or a pointer.
var freebsd32Own = nameSet(`wait4 getfsstat lseek ptrace recvmsg sendmsg stat lstat sigaction sigaltstack ioctl execve fstat mmap mprotect
	setitimer getitimer fcntl select sigreturn sigvec sigstack gettimeofday getrusage readv writev settimeofday truncate ftruncate
	utimes adjtime sethostid getdirentries statfs fstatfs sysarch semsys msgsys shmsys pread pwrite ntp_adjtime __sysctl futimes
	__semctl msgctl msgsnd msgrcv shmctl clock_gettime clock_settime clock_getres ktimer_create ktimer_settime ktimer_gettime
	nanosleep ffclock_setestimate ffclock_getestimate clock_nanosleep clock_getcpuclockid2 aio_read aio_write lio_listio lutimes
	nstat nfstat nlstat preadv pwritev fhstatfs fhstat modstat kldstat aio_return aio_suspend aio_error sched_rr_get_interval
	sendfile jail sigtimedwait sigwaitinfo aio_waitcomplete kevent nmount ksem_init ksem_open getcontext setcontext swapcontext
	_umtx_lock _umtx_unlock ksem_timedwait thr_suspend _umtx_op thr_new sigqueue kmq_open kmq_setattr kmq_timedreceive
	kmq_timedsend kmq_notify abort2 aio_fsync cpuset_setid cpuset_getid cpuset_getaffinity cpuset_setaffinity fexecve fstatat
	futimesat jail_get jail_set pselect posix_fallocate posix_fadvise wait6 cap_ioctls_limit cap_ioctls_get aio_mlock procctl
	ppoll futimens utimensat mknodat cpuset_getdomain cpuset_setdomain __sysctlbyname aio_writev aio_readv timerfd_gettime
	timerfd_settime setcred`)

// freebsd32Shared are calls of those names that are shared after all: what they tell of is as
// wide for both.
var freebsd32Shared = nameSet("statfs fstatfs fhstatfs compat11.statfs compat11.fstatfs compat11.fhstatfs compat11.mknodat")

// linuxShared are the calls of Linux for which FreeBSD's own code does, of 64-bit and of all programs;
// freebsdIDs those whose 32-bit programs have one for numbers of 16 bits too.
var (
	linuxShared = nameSet(`read close sched_yield dup dup2 flock fsync fchdir fchmod fchown umask setuid setgid geteuid getegid setpgid
		getpgrp setsid setreuid setregid setresuid getresuid setresgid getresgid getpgid setpriority mlock munlock munlockall
		chroot sync acct`)
	linux64Shared = nameSet("readv semop gettimeofday getrusage settimeofday")
	linux64Names  = map[string]string{"stat": "newstat", "fstat": "newfstat", "lstat": "newlstat", "mmap": "mmap2", "pread64": "pread",
		"pwrite64": "pwrite", "uname": "newuname", "umount2": "umount", "futex": "sys_futex", "_sysctl": "sysctl"}
	linux32Names = linuxIDs(map[string]string{"oldstat": "stat", "oldlstat": "lstat", "stat": "newstat", "lstat": "newlstat", "fstat": "newfstat",
		"umount": "oldumount", "umount2": "umount", "oldolduname": "olduname", "olduname": "uname", "uname": "newuname",
		"getrlimit": "old_getrlimit", "ugetrlimit": "getrlimit", "select": "old_select", "_newselect": "select", "_llseek": "llseek",
		"_sysctl": "sysctl", "pread64": "pread", "pwrite64": "pwrite", "futex": "sys_futex"})
)

// linuxIDs adds the calls that take or give the numbers of users: the plain name is that of 16 bits.
func linuxIDs(names map[string]string) map[string]string {
	for n := range strings.FieldsSeq(`lchown chown setuid getuid setgid getgid geteuid getegid setreuid setregid getgroups setgroups setfsuid
		setfsgid setresuid getresuid setresgid getresgid`) {
		names[n], names[n+"32"] = n+"16", n
	}
	names["fchown32"] = "fchown"
	return names
}

func init() {
	FreeBSD32.foreign = &foreign{kernel: abi.FreeBSD, prefix: "freebsd32_", own: func(name string) bool {
		return freebsd32Own()[name[strings.IndexByte(name, '.')+1:]] && !freebsd32Shared()[name]
	}}
	X8664.foreign = &foreign{kernel: abi.FreeBSD, prefix: "linux_", own: func(name string) bool { return !linuxShared()[name] && !linux64Shared()[name] },
		renamed: linux64Names}
	I386.foreign = &foreign{kernel: abi.FreeBSD, prefix: "linux_", own: func(name string) bool { return !linuxShared()[name] }, renamed: linux32Names}
}

// KernelName is what the kernel of a system calls call number nr of a program: "freebsd32_wait4",
// "compat11.freebsd32_stat", "linux_open"; its own programs' calls have one name.
func (a *ABI) KernelName(kernel *abi.OS, nr uint64) string {
	if row := a.Lookup(nr); row != nil {
		return a.foreign.name(kernel, row.Name)
	}
	return a.CallName(nr)
}

func (f *foreign) name(kernel *abi.OS, name string) string {
	if f == nil || f.kernel != kernel {
		return name
	}
	if other := f.renamed[name]; other != "" {
		name = other
	}
	if !f.own(name) {
		return name
	}
	system := strings.IndexByte(name, '.') + 1 // for which programs it is kept
	return name[:system] + f.prefix + name[system:]
}
