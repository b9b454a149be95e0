// SVR4's system calls. Their numbers are the rows of kernel/svr4/nr. Flags, structures and
// some arguments differ from Linux's, so signatures are SVR4's own: what is the same on
// both has its kind, the rest is a number in hexadecimal.

package syscalls

import (
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/svr4/nr"
)

// SVR4 is the ABI of System V release 4 on x86-64.
var SVR4 = &ABI{Name: "svr4", OS: abi.SVR4, Word: 8, Long: 8, Suffix: "svr4"}

var svr4Signatures = []Signature{
	{"exit", "p", a(d), rDec},
	{"read", "d", a(fd, bufRet, size), rDec},
	{"write", "d", a(fd, bufNext, size), rDec},
	{"open", "fd", a(path, x, openMode), rFD},
	{"close", "d", a(fd), rDec},
	{"creat", "fd", a(path, mode), rFD},
	{"link", "f", a(path, path), rDec},
	{"unlink", "f", a(path), rDec},
	{"exec", "fp", a(path, argv), rDec},
	{"chdir", "f", a(path), rDec},
	{"mknod", "f", a(path, mode, x), rDec},
	{"chmod", "f", a(path, mode), rDec},
	{"chown", "f", a(path, uid, uid), rDec},
	{"brk", "m", a(ptr), rDec},
	{"stat", "ftz", a(path, ptr), rDec},
	{"lseek", "d", a(fd, loff, enumOf(&tWhence)), rDec},
	{"getpid", "r", none, rDec},
	{"setuid", "c", a(uid), rDec},
	{"getuid", "cr", none, rDec},
	{"ptrace", "", a(d, pid, x, x), rHex},
	{"alarm", "", a(u), rDec},
	{"fstat", "daz", a(fd, ptr), rDec},
	{"pause", "s", none, rDec},
	{"access", "f", a(path, flagsOf(&tAccess)), rDec},
	{"nice", "", a(d), rDec},
	{"kill", "ps", a(pid, sig), rDec},
	{"pgrpsys", "p", a(d, pid, pid), rDec},
	{"dup", "d", a(fd), rFD},
	{"pipe", "d", none, rFD},
	{"setgid", "c", a(uid), rDec},
	{"getgid", "cr", none, rDec},
	{"signal", "s", a(sig, ptr), rDec},
	{"ioctl", "d", a(fd, x, x), rDec},
	{"execve", "fp", a(path, argv, envp), rDec},
	{"umask", "", a(mode), rOct},
	{"chroot", "f", a(path), rDec},
	{"fcntl", "d", a(fd, d, x), rDec},
	{"mkdir", "f", a(path, mode), rDec},
	{"rmdir", "f", a(path), rDec},
	{"getdents", "d", a(fd, ptr, u), rDec},
	{"poll", "d", a(ptr, u, d), rDec},
	{"lstat", "flz", a(path, ptr), rDec},
	{"symlink", "f", a(path, path), rDec},
	{"readlink", "f", a(path, ptr, size), rDec},
	{"fchmod", "d", a(fd, mode), rDec},
	{"fchown", "d", a(fd, uid, uid), rDec},
	{"sigprocmask", "s", a(d, ptr, ptr), rDec},
	{"sigsuspend", "s", a(ptr), rDec},
	{"sigaltstack", "s", a(ptr, ptr), rDec},
	{"sigaction", "s", a(sig, ptr, ptr), rDec},
	{"sigpending", "s", a(d, ptr), rDec},
	{"context", "s", a(d, ptr), rDec},
	{"waitsys", "p", a(d, pid, ptr, x), rDec},
	{"mmap", "dm", a(ptr, size, prot, x, fd, x), rAddr},
	{"mprotect", "m", a(ptr, size, prot), rDec},
	{"munmap", "m", a(ptr, size), rDec},
	{"vfork", "p", none, rDec},
	{"fchdir", "d", a(fd), rDec},
	{"rename", "f", a(path, path), rDec},
	{"forksys", "p", a(d, x), rDec},
	{"fork1", "p", none, rDec},
	{"forkall", "p", none, rDec},
	{"yield", "", none, rDec},
	{"lwp_create", "p", a(ptr, x, ptr), rDec},
	{"lwp_exit", "p", none, rDec},
	{"lwp_kill", "ps", a(d, sig), rDec},
	{"lwp_self", "r", none, rDec},
	{"pread", "d", a(fd, bufRet, size, off), rDec},
	{"pwrite", "d", a(fd, bufNext, size, off), rDec},
	{"sigqueue", "ps", a(pid, sig, ptr, d), rDec},
	{"getcwd", "f", a(ptr, size), rDec},
}

func init() {
	own := map[string]*Signature{}
	for i := range svr4Signatures {
		own[svr4Signatures[i].Name] = &svr4Signatures[i]
	}
	rows := make([]*Signature, nr.MaxSyscall+1)
	for _, r := range nr.Rows {
		if rows[r.Nr] = own[r.Name]; own[r.Name] == nil {
			rows[r.Nr] = &Signature{r.Name, "", unknownArgs[:r.Args], rDec}
		}
	}
	SVR4.use(rows)
}
