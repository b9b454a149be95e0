// What the arguments of calls are called, by the manual pages of section 2 (and for those
// without a page by the kernel's SYSCALL_DEFINE). One row for all calls whose arguments are
// called alike, under every ABI that has as many of them.

package syscalls

import (
	"strings"
	"sync"
)

// argNames are rows of names of arguments, and the calls that have them.
var argNames = [][2]string{
	// Files and descriptors.
	{"fd buf count", "read write"},
	{"fd buf count offset", "pread64 pwrite64"},
	{"fd iov iovcnt", "readv writev"},
	{"fd iov iovcnt offset", "preadv pwritev"},
	{"fd iov iovcnt offset flags", "preadv2 pwritev2"},
	{"pathname flags mode", "open"},
	{"dirfd pathname flags mode", "openat"},
	{"dirfd pathname how size", "openat2"},
	{"pathname mode", "creat mkdir chmod access"},
	{"fd", "close dup fsync fdatasync syncfs fchdir"},
	{"pathname statbuf", "stat lstat stat64 lstat64 oldstat oldlstat"},
	{"fd statbuf", "fstat fstat64 oldfstat"},
	{"dirfd pathname statbuf flags", "newfstatat fstatat64"},
	{"dirfd pathname flags mask statxbuf", "statx"},
	{"pathname buf", "statfs"},
	{"fd buf", "fstatfs"},
	{"pathname size buf", "statfs64"},
	{"fd size buf", "fstatfs64"},
	{"dev ubuf", "ustat"},
	{"fds nfds timeout", "poll"},
	{"fds nfds timeout sigmask sigsetsize", "ppoll ppoll_time64"},
	{"nfds readfds writefds exceptfds timeout", "select _newselect"},
	{"nfds readfds writefds exceptfds timeout sigmask", "pselect6 pselect6_time64"},
	{"fd offset whence", "lseek"},
	{"fd offset result whence", "_llseek"},
	{"dirfd pathname mode", "faccessat mkdirat fchmodat"},
	{"dirfd pathname mode flags", "faccessat2 fchmodat2"},
	{"pipefd", "pipe"},
	{"pipefd flags", "pipe2"},
	{"oldfd newfd", "dup2"},
	{"oldfd newfd flags", "dup3"},
	{"fd cmd arg", "fcntl fcntl64"},
	{"fd request argp", "ioctl"},
	{"fd operation", "flock"},
	{"pathname length", "truncate truncate64"},
	{"fd length", "ftruncate ftruncate64"},
	{"fd dirp count", "getdents getdents64 readdir"},
	{"buf size", "getcwd"},
	{"pathname", "chdir rmdir unlink chroot acct uselib swapoff umount"},
	{"oldpath newpath", "rename link"},
	{"olddirfd oldpath newdirfd newpath", "renameat"},
	{"olddirfd oldpath newdirfd newpath flags", "renameat2 linkat"},
	{"dirfd pathname flags", "unlinkat"},
	{"target linkpath", "symlink"},
	{"target newdirfd linkpath", "symlinkat"},
	{"pathname buf bufsiz", "readlink"},
	{"dirfd pathname buf bufsiz", "readlinkat"},
	{"fd mode", "fchmod"},
	{"pathname owner group", "chown lchown chown32 lchown32"},
	{"fd owner group", "fchown fchown32"},
	{"dirfd pathname owner group flags", "fchownat"},
	{"mask", "umask"},
	{"mount_fd handle flags", "open_by_handle_at"},
	{"dirfd pathname handle mount_id flags", "name_to_handle_at"},
	{"pathname mode dev", "mknod"},
	{"dirfd pathname mode dev", "mknodat"},
	{"filename times", "utime utimes"},
	{"dirfd pathname times", "futimesat"},
	{"dirfd pathname times flags", "utimensat utimensat_time64"},
	{"out_fd in_fd offset count", "sendfile sendfile64"},
	{"fd_in off_in fd_out off_out len flags", "copy_file_range splice"},
	{"fd_in fd_out len flags", "tee"},
	{"fd iov nr_segs flags", "vmsplice"},
	{"fd offset nbytes flags", "sync_file_range"},
	{"fd mode offset len", "fallocate"},
	{"fd offset len advice", "fadvise64 fadvise64_64"},
	{"fd offset count", "readahead"},
	{"new_root put_old", "pivot_root"},
	{"first last flags", "close_range"},
	{"fd range cstat flags", "cachestat"},
	{"path name value size flags", "setxattr lsetxattr"},
	{"fd name value size flags", "fsetxattr"},
	{"path name value size", "getxattr lgetxattr"},
	{"fd name value size", "fgetxattr"},
	{"path list size", "listxattr llistxattr"},
	{"fd list size", "flistxattr"},
	{"path name", "removexattr lremovexattr"},
	{"fd name", "fremovexattr"},
	{"dirfd path flags name args size", "setxattrat getxattrat"},
	{"dirfd path flags list size", "listxattrat"},
	{"dirfd path flags name", "removexattrat"},
	{"dirfd path attr size flags", "file_getattr file_setattr"},
	{"fd pathname mask", "inotify_add_watch"},
	{"fd wd", "inotify_rm_watch"},
	{"flags", "inotify_init1 epoll_create1 memfd_secret userfaultfd unshare mlockall"},
	{"flags event_f_flags", "fanotify_init"},
	{"fd flags mask dirfd pathname", "fanotify_mark"},
	{"initval", "eventfd"},
	{"initval flags", "eventfd2"},
	{"fd mask sizemask", "signalfd"},
	{"fd mask sizemask flags", "signalfd4"},
	{"clockid flags", "timerfd_create"},
	{"fd flags new_value old_value", "timerfd_settime timerfd_settime64"},
	{"fd curr_value", "timerfd_gettime timerfd_gettime64"},
	{"size", "epoll_create"},
	{"epfd op fd event", "epoll_ctl epoll_ctl_old"},
	{"epfd events maxevents timeout", "epoll_wait epoll_wait_old"},
	{"epfd events maxevents timeout sigmask sigsetsize", "epoll_pwait epoll_pwait2"},
	{"name flags", "memfd_create"},
	{"cmd special id addr", "quotactl"},
	{"fd cmd id addr", "quotactl_fd"},
	{"source target filesystemtype mountflags data", "mount"},
	{"target flags", "umount2"},
	{"dirfd path flags", "open_tree fspick"},
	{"dirfd path flags attr size", "open_tree_attr mount_setattr"},
	{"from_dirfd from_path to_dirfd to_path flags", "move_mount"},
	{"fsname flags", "fsopen"},
	{"fd cmd key value aux", "fsconfig"},
	{"fd flags attr_flags", "fsmount"},
	{"req buf bufsize flags", "statmount"},
	{"req mnt_ids nr_mnt_ids flags", "listmount"},
	{"req ns_ids nr_ns_ids flags", "listns"},
	{"path swapflags", "swapon"},
	{"cookie buffer len", "lookup_dcookie"},
	{"option arg1 arg2", "sysfs"},
	{"cmd argp resp", "nfsservctl"},
	// Memory.
	{"addr length prot flags fd offset", "mmap"},
	{"addr length prot flags fd pgoffset", "mmap2"},
	{"addr len prot", "mprotect"},
	{"addr len prot pkey", "pkey_mprotect"},
	{"flags access_rights", "pkey_alloc"},
	{"pkey", "pkey_free"},
	{"addr length", "munmap"},
	{"old_address old_size new_size flags new_address", "mremap"},
	{"addr length flags", "msync"},
	{"addr length vec", "mincore"},
	{"addr length advice", "madvise"},
	{"pidfd iovec n advice flags", "process_madvise"},
	{"pidfd flags", "process_mrelease"},
	{"addr", "brk shmdt"},
	{"addr len", "mlock munlock"},
	{"addr len flags", "mlock2 mseal"},
	{"addr size prot pgoff flags", "remap_file_pages"},
	{"addr len mode nodemask maxnode flags", "mbind"},
	{"mode nodemask maxnode", "set_mempolicy"},
	{"mode nodemask maxnode addr flags", "get_mempolicy"},
	{"addr len home_node flags", "set_mempolicy_home_node"},
	{"pid maxnode old_nodes new_nodes", "migrate_pages"},
	{"pid count pages nodes status flags", "move_pages"},
	{"pid local_iov liovcnt remote_iov riovcnt flags", "process_vm_readv process_vm_writev"},
	{"addr size flags", "map_shadow_stack"},
	{"func ptr bytecount", "modify_ldt"},
	{"u_info", "set_thread_area get_thread_area"},
	{"cmd flags cpu_id", "membarrier"},
	// Signals.
	{"signum act oldact sigsetsize", "rt_sigaction"},
	{"how set oldset sigsetsize", "rt_sigprocmask"},
	{"set sigsetsize", "rt_sigpending"},
	{"set info timeout sigsetsize", "rt_sigtimedwait rt_sigtimedwait_time64"},
	{"pid sig info", "rt_sigqueueinfo"},
	{"tgid tid sig info", "rt_tgsigqueueinfo"},
	{"mask sigsetsize", "rt_sigsuspend"},
	{"ss old_ss", "sigaltstack"},
	{"pidfd sig info flags", "pidfd_send_signal"},
	{"pid sig", "kill"},
	{"tid sig", "tkill"},
	{"tgid tid sig", "tgkill"},
	{"seconds", "alarm"},
	{"signum act oldact", "sigaction"},
	{"how set oldset", "sigprocmask"},
	{"set", "sigpending"},
	{"signum handler", "signal"},
	{"newmask", "ssetmask"},
	// Processes.
	{"cl_args size", "clone3"},
	{"pathname argv envp", "execve"},
	{"dirfd pathname argv envp flags", "execveat"},
	{"status", "exit exit_group"},
	{"pid wstatus options rusage", "wait4"},
	{"pid wstatus options", "waitpid"},
	{"idtype id infop options rusage", "waitid"},
	{"pid", "getpgid getsid sched_getscheduler"},
	{"pid pgid", "setpgid"},
	{"tidptr", "set_tid_address"},
	{"head len", "set_robust_list"},
	{"pid head_ptr len_ptr", "get_robust_list"},
	{"rseq rseq_len flags sig", "rseq"},
	{"fd nstype", "setns"},
	{"pid flags", "pidfd_open"},
	{"pidfd targetfd flags", "pidfd_getfd"},
	{"pid1 pid2 type idx1 idx2", "kcmp"},
	{"request pid addr data", "ptrace"},
	{"option arg2 arg3 arg4 arg5", "prctl"},
	{"code addr", "arch_prctl"},
	{"persona", "personality"},
	{"operation flags args", "seccomp"},
	{"uaddr op val timeout uaddr2 val3", "futex futex_time64"},
	{"waiters nr_futexes flags timeout clockid", "futex_waitv"},
	{"uaddr mask nr flags", "futex_wake"},
	{"uaddr val mask flags timeout clockid", "futex_wait"},
	{"waiters flags nr_wake nr_requeue", "futex_requeue"},
	{"level", "iopl"},
	{"from num turn_on", "ioperm"},
	{"pid param", "sched_setparam sched_getparam"},
	{"pid policy param", "sched_setscheduler"},
	{"policy", "sched_get_priority_max sched_get_priority_min"},
	{"pid tp", "sched_rr_get_interval sched_rr_get_interval_time64"},
	{"pid cpusetsize mask", "sched_setaffinity sched_getaffinity"},
	{"pid attr flags", "sched_setattr"},
	{"pid attr size flags", "sched_getattr"},
	{"which who", "getpriority ioprio_get"},
	{"which who prio", "setpriority"},
	{"inc", "nice"},
	{"which who ioprio", "ioprio_set"},
	{"resource rlim", "getrlimit ugetrlimit setrlimit"},
	{"pid resource new_limit old_limit", "prlimit64"},
	{"who usage", "getrusage"},
	{"buf", "times uname olduname oldolduname"},
	{"cpu node tcache", "getcpu"},
	// Credentials and keys.
	{"uid", "setuid setuid32"},
	{"gid", "setgid setgid32"},
	{"ruid euid", "setreuid setreuid32"},
	{"rgid egid", "setregid setregid32"},
	{"ruid euid suid", "setresuid setresuid32 getresuid getresuid32"},
	{"rgid egid sgid", "setresgid setresgid32 getresgid getresgid32"},
	{"fsuid", "setfsuid setfsuid32"},
	{"fsgid", "setfsgid setfsgid32"},
	{"size list", "getgroups setgroups getgroups32 setgroups32"},
	{"hdrp datap", "capget capset"},
	{"type description payload plen keyring", "add_key"},
	{"type description callout_info dest_keyring", "request_key"},
	{"operation arg2 arg3 arg4 arg5", "keyctl"},
	{"attr size flags", "landlock_create_ruleset"},
	{"ruleset_fd rule_type rule_attr flags", "landlock_add_rule"},
	{"ruleset_fd flags", "landlock_restrict_self"},
	{"attr ctx size flags", "lsm_get_self_attr"},
	{"attr ctx size flags", "lsm_set_self_attr"},
	{"ids size flags", "lsm_list_modules"},
	// Time.
	{"req rem", "nanosleep"},
	{"clockid flags request remain", "clock_nanosleep clock_nanosleep_time64"},
	{"clockid tp", "clock_gettime clock_settime clock_gettime64 clock_settime64"},
	{"clockid res", "clock_getres clock_getres_time64"},
	{"clockid buf", "clock_adjtime clock_adjtime64"},
	{"buf", "adjtimex"},
	{"tv tz", "gettimeofday settimeofday"},
	{"tloc", "time"},
	{"t", "stime"},
	{"which curr_value", "getitimer"},
	{"which new_value old_value", "setitimer"},
	{"clockid sevp timerid", "timer_create"},
	{"timerid flags new_value old_value", "timer_settime timer_settime64"},
	{"timerid curr_value", "timer_gettime timer_gettime64"},
	{"timerid", "timer_getoverrun timer_delete"},
	// Sockets and IPC.
	{"domain type protocol", "socket"},
	{"domain type protocol sv", "socketpair"},
	{"sockfd addr addrlen", "connect bind accept getsockname getpeername"},
	{"sockfd addr addrlen flags", "accept4"},
	{"sockfd backlog", "listen"},
	{"sockfd how", "shutdown"},
	{"sockfd buf len flags dest_addr addrlen", "sendto"},
	{"sockfd buf len flags src_addr addrlen", "recvfrom"},
	{"sockfd msg flags", "sendmsg recvmsg"},
	{"sockfd msgvec vlen flags", "sendmmsg"},
	{"sockfd msgvec vlen flags timeout", "recvmmsg recvmmsg_time64"},
	{"sockfd level optname optval optlen", "setsockopt getsockopt"},
	{"call args", "socketcall"},
	{"key size shmflg", "shmget"},
	{"shmid shmaddr shmflg", "shmat"},
	{"shmid cmd buf", "shmctl"},
	{"key nsems semflg", "semget"},
	{"semid sops nsops", "semop"},
	{"semid sops nsops timeout", "semtimedop semtimedop_time64"},
	{"semid semnum cmd arg", "semctl"},
	{"key msgflg", "msgget"},
	{"msqid msgp msgsz msgflg", "msgsnd"},
	{"msqid msgp msgsz msgtyp msgflg", "msgrcv"},
	{"msqid cmd buf", "msgctl"},
	{"call first second third ptr fifth", "ipc"},
	{"name oflag mode attr", "mq_open"},
	{"name", "mq_unlink"},
	{"mqdes msg_ptr msg_len msg_prio abs_timeout", "mq_timedsend mq_timedsend_time64 mq_timedreceive mq_timedreceive_time64"},
	{"mqdes sevp", "mq_notify"},
	{"mqdes newattr oldattr", "mq_getsetattr"},
	{"nr_events ctx_idp", "io_setup"},
	{"ctx_id", "io_destroy"},
	{"ctx_id min_nr nr events timeout", "io_getevents"},
	{"ctx_id nr iocbpp", "io_submit"},
	{"ctx_id iocb result", "io_cancel"},
	{"ctx_id min_nr nr events timeout sig", "io_pgetevents io_pgetevents_time64"},
	{"entries params", "io_uring_setup"},
	{"fd to_submit min_complete flags arg argsz", "io_uring_enter"},
	{"fd opcode arg nr_args", "io_uring_register"},
	// The system.
	{"info", "sysinfo"},
	{"type bufp len", "syslog"},
	{"name len", "sethostname setdomainname"},
	{"magic magic2 op arg", "reboot"},
	{"buf buflen flags", "getrandom"},
	{"module_image len param_values", "init_module"},
	{"fd param_values flags", "finit_module"},
	{"name flags", "delete_module"},
	{"name size", "create_module"},
	{"name which buf bufsize ret", "query_module"},
	{"table", "get_kernel_syms"},
	{"entry nr_segments segments flags", "kexec_load"},
	{"kernel_fd initrd_fd cmdline_len cmdline flags", "kexec_file_load"},
	{"cmd attr size", "bpf"},
	{"attr pid cpu group_fd flags", "perf_event_open"},
	{"args", "_sysctl"},
	{"func data", "bdflush"},
}

// namesOf are those rows by call.
var namesOf = sync.OnceValue(func() map[string][]string {
	m := map[string][]string{}
	for _, row := range argNames {
		names := strings.Fields(row[0])
		for call := range strings.FieldsSeq(row[1]) {
			m[call] = names
		}
	}
	return m
})

// Argument is where one argument stands in a line: line[Start:End]. AppendExit tells where
// those stand that it has appended in what it was given, so the line must have been
// AppendEnter's throughout.
type Argument struct {
	Index      int    // counts the arguments as the signature has them, from 0
	Name       string // "fd"; "" when nobody has named it, or when its text does so itself
	Start, End int
}

// Arguments are those printed so far, in order. The slice is the call's: it holds until the
// call is used for another.
func (c *Call) Arguments() []Argument {
	if c.row == nil {
		return c.texts
	}
	if names := namesOf()[c.row.Name]; len(names) == len(c.kinds()) {
		for i := range c.texts {
			c.texts[i].Name = names[c.texts[i].Index]
		}
	}
	return c.texts
}

// Result is where what stands behind the equals sign begins in the line that AppendExit
// returned; it goes to the end of the line. 0 in a form that writes none.
func (c *Call) Result() int { return c.result }

// Registers are the call's arguments as the program handed them over, as many as the call has.
func (c *Call) Registers() []uint64 {
	n := len(c.Args)
	if row := c.ABI.Lookup(c.Nr); row != nil {
		n = row.regs(c.ABI)
	}
	all := make([]uint64, 0, n)
	for i := range n {
		all = append(all, c.arg(i))
	}
	return all
}

// beginArgument begins the text of argument i.
func (c *Call) beginArgument(i int) *Argument {
	if !c.split { // else its first half has been printed
		c.texts = append(c.texts, Argument{Index: i, Start: len(c.b)})
	}
	return &c.texts[len(c.texts)-1]
}

// nameArgument writes what argument i is called, if that is wanted and known.
func (c *Call) nameArgument(i int) {
	if !c.opts.ArgNames || c.split || c.row == nil {
		return
	}
	if names := namesOf()[c.row.Name]; len(names) == len(c.kinds()) {
		c.str(names[i])
		c.byte('=')
	}
}
