// Names of FreeBSD's flags and numbers, as rows. Values are those of FreeBSD 15's headers for
// amd64; each group says which.

package syscalls

// Files (sys/fcntl.h, sys/unistd.h, sys/stat.h).
var tBSDOpenAcc = table{"O_???", []name{
	{0, "O_RDONLY"}, {1, "O_WRONLY"}, {2, "O_RDWR"}, {0x40000, "O_EXEC"},
}}

var tBSDOpen = table{"O_???", []name{
	{0x40000, "O_EXEC"}, {4, "O_NONBLOCK"}, {8, "O_APPEND"}, {0x10, "O_SHLOCK"}, {0x20, "O_EXLOCK"}, {0x40, "O_ASYNC"}, {0x80, "O_SYNC"},
	{0x100, "O_NOFOLLOW"}, {0x200, "O_CREAT"}, {0x400, "O_TRUNC"}, {0x800, "O_EXCL"}, {0x8000, "O_NOCTTY"}, {0x10000, "O_DIRECT"},
	{0x20000, "O_DIRECTORY"}, {0x80000, "O_TTY_INIT"}, {0x100000, "O_CLOEXEC"}, {0x200000, "O_VERIFY"}, {0x400000, "O_PATH"},
	{0x800000, "O_RESOLVE_BENEATH"}, {0x1000000, "O_DSYNC"}, {0x2000000, "O_EMPTY_PATH"}, {0x4000000, "O_NAMEDATTR"}, {0x8000000, "O_CLOFORK"},
}}

var tBSDAt = table{"AT_???", []name{
	{0x100, "AT_EACCESS"}, {0x200, "AT_SYMLINK_NOFOLLOW"}, {0x400, "AT_SYMLINK_FOLLOW"}, {0x800, "AT_REMOVEDIR"}, {0x2000, "AT_RESOLVE_BENEATH"},
	{0x4000, "AT_EMPTY_PATH"},
}}

var tBSDWhence = table{"SEEK_???", []name{
	{0, "SEEK_SET"}, {1, "SEEK_CUR"}, {2, "SEEK_END"}, {3, "SEEK_DATA"}, {4, "SEEK_HOLE"},
}}

var tBSDFcntl = table{"F_???", []name{
	{0, "F_DUPFD"}, {1, "F_GETFD"}, {2, "F_SETFD"}, {3, "F_GETFL"}, {4, "F_SETFL"}, {5, "F_GETOWN"}, {6, "F_SETOWN"}, {7, "F_OGETLK"}, {8, "F_OSETLK"},
	{9, "F_OSETLKW"}, {0xa, "F_DUP2FD"}, {0xb, "F_GETLK"}, {0xc, "F_SETLK"}, {0xd, "F_SETLKW"}, {0xe, "F_SETLK_REMOTE"}, {0xf, "F_READAHEAD"},
	{0x10, "F_RDAHEAD"}, {0x11, "F_DUPFD_CLOEXEC"}, {0x12, "F_DUP2FD_CLOEXEC"}, {0x13, "F_ADD_SEALS"}, {0x14, "F_GET_SEALS"}, {0x15, "F_ISUNIONSTACK"},
	{0x16, "F_KINFO"},
}}

var tBSDFD = table{"FD_???", []name{
	{1, "FD_CLOEXEC"}, {2, "FD_RESOLVE_BENEATH"}, {4, "FD_CLOFORK"},
}}

var tBSDLockType = table{"F_???", []name{
	{1, "F_RDLCK"}, {2, "F_UNLCK"}, {3, "F_WRLCK"}, {4, "F_UNLCKSYS"}, {5, "F_CANCEL"},
}}

var tBSDSeals = table{"F_SEAL_???", []name{
	{1, "F_SEAL_SEAL"}, {2, "F_SEAL_SHRINK"}, {4, "F_SEAL_GROW"}, {8, "F_SEAL_WRITE"},
}}

var tBSDFileFlags = table{"UF_???", []name{
	{1, "UF_NODUMP"}, {2, "UF_IMMUTABLE"}, {4, "UF_APPEND"}, {8, "UF_OPAQUE"}, {0x10, "UF_NOUNLINK"}, {0x80, "UF_SYSTEM"}, {0x100, "UF_SPARSE"},
	{0x200, "UF_OFFLINE"}, {0x400, "UF_REPARSE"}, {0x800, "UF_ARCHIVE"}, {0x1000, "UF_READONLY"}, {0x8000, "UF_HIDDEN"}, {0x10000, "SF_ARCHIVED"},
	{0x20000, "SF_IMMUTABLE"}, {0x40000, "SF_APPEND"}, {0x100000, "SF_NOUNLINK"}, {0x200000, "SF_SNAPSHOT"},
}}

var tBSDMount = table{"MNT_???", []name{
	{1, "MNT_RDONLY"}, {2, "MNT_SYNCHRONOUS"}, {4, "MNT_NOEXEC"}, {8, "MNT_NOSUID"}, {0x10, "MNT_NFS4ACLS"}, {0x20, "MNT_UNION"}, {0x40, "MNT_ASYNC"},
	{0x80, "MNT_EXRDONLY"}, {0x100, "MNT_EXPORTED"}, {0x200, "MNT_DEFEXPORTED"}, {0x400, "MNT_EXPORTANON"}, {0x800, "MNT_EXKERB"},
	{0x1000, "MNT_LOCAL"}, {0x2000, "MNT_QUOTA"}, {0x4000, "MNT_ROOTFS"}, {0x8000, "MNT_USER"}, {0x10000, "MNT_UPDATE"}, {0x20000, "MNT_DELEXPORT"},
	{0x40000, "MNT_RELOAD"}, {0x80000, "MNT_FORCE"}, {0x100000, "MNT_SUIDDIR"}, {0x200000, "MNT_SOFTDEP"}, {0x400000, "MNT_NOSYMFOLLOW"},
	{0x800000, "MNT_IGNORE"}, {0x1000000, "MNT_SNAPSHOT"}, {0x2000000, "MNT_GJOURNAL"}, {0x4000000, "MNT_MULTILABEL"}, {0x8000000, "MNT_ACLS"},
	{0x10000000, "MNT_NOATIME"}, {0x20000000, "MNT_EXPUBLIC"}, {0x40000000, "MNT_NOCLUSTERR"}, {0x80000000, "MNT_NOCLUSTERW"}, {0x100000000, "MNT_SUJ"},
	{0x200000000, "MNT_AUTOMOUNTED"}, {0x400000000, "MNT_VERIFIED"}, {0x800000000, "MNT_UNTRUSTED"},
}}

var tBSDUnmount = table{"MNT_???", []name{
	{0x80000, "MNT_FORCE"}, {0x8000000, "MNT_BYFSID"}, {0x4000000, "MNT_NONBUSY"},
}}

var tBSDFsstat = table{"MNT_???", []name{
	{1, "MNT_WAIT"}, {2, "MNT_NOWAIT"}, {3, "MNT_LAZY"},
}}

var tBSDPathconf = table{"_PC_???", []name{
	{1, "_PC_LINK_MAX"}, {2, "_PC_MAX_CANON"}, {3, "_PC_MAX_INPUT"}, {4, "_PC_NAME_MAX"}, {5, "_PC_PATH_MAX"}, {6, "_PC_PIPE_BUF"},
	{7, "_PC_CHOWN_RESTRICTED"}, {8, "_PC_NO_TRUNC"}, {9, "_PC_VDISABLE"}, {0xa, "_PC_ALLOC_SIZE_MIN"}, {0xc, "_PC_FILESIZEBITS"},
	{0xe, "_PC_REC_INCR_XFER_SIZE"}, {0xf, "_PC_REC_MAX_XFER_SIZE"}, {0x10, "_PC_REC_MIN_XFER_SIZE"}, {0x11, "_PC_REC_XFER_ALIGN"},
	{0x12, "_PC_SYMLINK_MAX"}, {0x35, "_PC_ASYNC_IO"}, {0x36, "_PC_PRIO_IO"}, {0x37, "_PC_SYNC_IO"}, {0x3b, "_PC_ACL_EXTENDED"},
	{0x3c, "_PC_ACL_PATH_MAX"}, {0x3d, "_PC_CAP_PRESENT"}, {0x3e, "_PC_INF_PRESENT"}, {0x3f, "_PC_MAC_PRESENT"}, {0x40, "_PC_ACL_NFS4"},
	{0x41, "_PC_DEALLOC_PRESENT"}, {0x15, "_PC_MIN_HOLE_SIZE"},
}}

var tBSDFadvise = table{"POSIX_FADV_???", []name{
	{0, "POSIX_FADV_NORMAL"}, {1, "POSIX_FADV_RANDOM"}, {2, "POSIX_FADV_SEQUENTIAL"}, {3, "POSIX_FADV_WILLNEED"}, {4, "POSIX_FADV_DONTNEED"},
	{5, "POSIX_FADV_NOREUSE"},
}}

var tBSDSpacectl = table{"SPACECTL_???", []name{
	{1, "SPACECTL_DEALLOC"},
}}

var tBSDCloseRange = table{"CLOSE_RANGE_???", []name{
	{4, "CLOSE_RANGE_CLOEXEC"}, {8, "CLOSE_RANGE_CLOFORK"},
}}

var tBSDRename = table{"SHM_RENAME_???", []name{
	{1, "SHM_RENAME_NOREPLACE"}, {2, "SHM_RENAME_EXCHANGE"},
}}

var tBSDShmOpen = table{"SHM_???", []name{
	{1, "SHM_ALLOW_SEALING"}, {2, "SHM_GROW_ON_WRITE"}, {4, "SHM_LARGEPAGE"},
}}

var tBSDExtattr = table{"EXTATTR_NAMESPACE_???", []name{
	{0, "EXTATTR_NAMESPACE_EMPTY"}, {1, "EXTATTR_NAMESPACE_USER"}, {2, "EXTATTR_NAMESPACE_SYSTEM"},
}}

var tBSDAcl = table{"ACL_TYPE_???", []name{
	{0, "ACL_TYPE_ACCESS_OLD"}, {1, "ACL_TYPE_DEFAULT_OLD"}, {2, "ACL_TYPE_ACCESS"}, {3, "ACL_TYPE_DEFAULT"}, {4, "ACL_TYPE_NFS4"},
}}

var tBSDInotify = table{"IN_???", []name{
	{1, "IN_ACCESS"}, {2, "IN_MODIFY"}, {4, "IN_ATTRIB"}, {8, "IN_CLOSE_WRITE"}, {0x10, "IN_CLOSE_NOWRITE"}, {0x20, "IN_OPEN"}, {0x40, "IN_MOVED_FROM"},
	{0x80, "IN_MOVED_TO"}, {0x100, "IN_CREATE"}, {0x200, "IN_DELETE"}, {0x400, "IN_DELETE_SELF"}, {0x800, "IN_MOVE_SELF"}, {0x1000000, "IN_ONLYDIR"},
	{0x2000000, "IN_DONT_FOLLOW"}, {0x10000000, "IN_MASK_CREATE"}, {0x20000000, "IN_MASK_ADD"}, {0x80000000, "IN_ONESHOT"},
}}

var tBSDSpecialfd = table{"SPECIALFD_???", []name{
	{1, "SPECIALFD_EVENTFD"}, {2, "SPECIALFD_INOTIFY"},
}}

var tBSDKqueuex = table{"KQUEUE_???", []name{
	{1, "KQUEUE_CLOEXEC"}, {2, "KQUEUE_CPONFORK"},
}}

var tBSDPoll = table{"POLL???", []name{
	{1, "POLLIN"}, {2, "POLLPRI"}, {4, "POLLOUT"}, {8, "POLLERR"}, {0x10, "POLLHUP"}, {0x20, "POLLNVAL"}, {0x40, "POLLRDNORM"}, {0x80, "POLLRDBAND"},
	{0x100, "POLLWRBAND"}, {0x2000, "POLLINIGNEOF"}, {0x4000, "POLLRDHUP"},
}}

// Memory (sys/mman.h).
var tBSDProt = table{"PROT_???", []name{
	{0, "PROT_NONE"}, {1, "PROT_READ"}, {2, "PROT_WRITE"}, {4, "PROT_EXEC"},
}}

var tBSDMap = table{"MAP_???", []name{
	{1, "MAP_SHARED"}, {2, "MAP_PRIVATE"}, {0x10, "MAP_FIXED"}, {0x200, "MAP_HASSEMAPHORE"}, {0x400, "MAP_STACK"}, {0x800, "MAP_NOSYNC"},
	{0x1000, "MAP_ANON"}, {0x2000, "MAP_GUARD"}, {0x4000, "MAP_EXCL"}, {0x20000, "MAP_NOCORE"}, {0x40000, "MAP_PREFAULT_READ"}, {0x80000, "MAP_32BIT"},
	{0x1000000, "MAP_ALIGNED_SUPER"},
}}

var tBSDMadvise = table{"MADV_???", []name{
	{0, "MADV_NORMAL"}, {1, "MADV_RANDOM"}, {2, "MADV_SEQUENTIAL"}, {3, "MADV_WILLNEED"}, {4, "MADV_DONTNEED"}, {5, "MADV_FREE"}, {6, "MADV_NOSYNC"},
	{7, "MADV_AUTOSYNC"}, {8, "MADV_NOCORE"}, {9, "MADV_CORE"}, {0xa, "MADV_PROTECT"},
}}

var tBSDMsync = table{"MS_???", []name{
	{0, "MS_SYNC"}, {1, "MS_ASYNC"}, {2, "MS_INVALIDATE"},
}}

var tBSDMlockall = table{"MCL_???", []name{
	{1, "MCL_CURRENT"}, {2, "MCL_FUTURE"},
}}

var tBSDInherit = table{"INHERIT_???", []name{
	{0, "INHERIT_SHARE"}, {1, "INHERIT_COPY"}, {2, "INHERIT_NONE"}, {3, "INHERIT_ZERO"},
}}

// Processes and threads (sys/unistd.h, sys/wait.h, sys/procctl.h, sys/procdesc.h, sys/thr.h, sys/umtx.h).
var tBSDRfork = table{"RF???", []name{
	{1, "RFNAMEG"}, {2, "RFENVG"}, {4, "RFFDG"}, {8, "RFNOTEG"}, {0x10, "RFPROC"}, {0x20, "RFMEM"}, {0x40, "RFNOWAIT"}, {0x400, "RFCNAMEG"},
	{0x800, "RFCENVG"}, {0x1000, "RFCFDG"}, {0x2000, "RFTHREAD"}, {0x4000, "RFSIGSHARE"}, {0x10000, "RFLINUXTHPN"}, {0x20000, "RFSTOPPED"},
	{0x40000, "RFHIGHPID"}, {0x80000, "RFTSIGZMB"}, {0x10000000, "RFPROCDESC"}, {0x80000000, "RFPPWAIT"},
}}

var tBSDPdfork = table{"PD_???", []name{
	{1, "PD_DAEMON"}, {2, "PD_CLOEXEC"},
}}

var tBSDWait = table{"W???", []name{
	{1, "WNOHANG"}, {2, "WUNTRACED"}, {4, "WCONTINUED"}, {8, "WNOWAIT"}, {0x10, "WEXITED"}, {0x20, "WTRAPPED"}, {0x80000000, "WLINUXCLONE"},
}}

var tBSDIdtype = table{"P_???", []name{
	{0, "P_PID"}, {1, "P_PPID"}, {2, "P_PGID"}, {3, "P_SID"}, {4, "P_CID"}, {5, "P_UID"}, {6, "P_GID"}, {7, "P_ALL"}, {8, "P_LWPID"}, {9, "P_TASKID"},
	{0xa, "P_PROJID"}, {0xb, "P_POOLID"}, {0xc, "P_JAILID"}, {0xd, "P_CTID"}, {0xe, "P_CPUID"}, {0xf, "P_PSETID"},
}}

var tBSDProcctl = table{"PROC_???", []name{
	{1, "PROC_SPROTECT"}, {2, "PROC_REAP_ACQUIRE"}, {3, "PROC_REAP_RELEASE"}, {4, "PROC_REAP_STATUS"}, {5, "PROC_REAP_GETPIDS"}, {6, "PROC_REAP_KILL"},
	{7, "PROC_TRACE_CTL"}, {8, "PROC_TRACE_STATUS"}, {9, "PROC_TRAPCAP_CTL"}, {0xa, "PROC_TRAPCAP_STATUS"}, {0xb, "PROC_PDEATHSIG_CTL"},
	{0xc, "PROC_PDEATHSIG_STATUS"}, {0xd, "PROC_ASLR_CTL"}, {0xe, "PROC_ASLR_STATUS"}, {0xf, "PROC_PROTMAX_CTL"}, {0x10, "PROC_PROTMAX_STATUS"},
	{0x11, "PROC_STACKGAP_CTL"}, {0x12, "PROC_STACKGAP_STATUS"}, {0x13, "PROC_NO_NEW_PRIVS_CTL"}, {0x14, "PROC_NO_NEW_PRIVS_STATUS"},
	{0x15, "PROC_WXMAP_CTL"}, {0x16, "PROC_WXMAP_STATUS"}, {0x17, "PROC_LOGSIGEXIT_CTL"}, {0x18, "PROC_LOGSIGEXIT_STATUS"},
	{0x10000000, "PROC_KPTI_CTL"}, {0x10000001, "PROC_KPTI_STATUS"}, {0x10000002, "PROC_LA_CTL"}, {0x10000003, "PROC_LA_STATUS"},
}}

var tBSDProtect = table{"PPROT_???", []name{
	{1, "PPROT_SET"}, {2, "PPROT_CLEAR"}, {0x10, "PPROT_DESCEND"}, {0x20, "PPROT_INHERIT"},
}}

var tBSDTraceCtl = table{"PROC_TRACE_CTL_???", []name{
	{1, "PROC_TRACE_CTL_ENABLE"}, {2, "PROC_TRACE_CTL_DISABLE"}, {3, "PROC_TRACE_CTL_DISABLE_EXEC"},
}}

var tBSDTrapcap = table{"PROC_TRAPCAP_CTL_???", []name{
	{1, "PROC_TRAPCAP_CTL_ENABLE"}, {2, "PROC_TRAPCAP_CTL_DISABLE"},
}}

var tBSDAslr = table{"PROC_ASLR_???", []name{
	{3, "PROC_ASLR_NOFORCE"}, {1, "PROC_ASLR_FORCE_ENABLE"}, {2, "PROC_ASLR_FORCE_DISABLE"}, {0x80000000, "PROC_ASLR_ACTIVE"},
}}

var tBSDProtmax = table{"PROC_PROTMAX_???", []name{
	{3, "PROC_PROTMAX_NOFORCE"}, {1, "PROC_PROTMAX_FORCE_ENABLE"}, {2, "PROC_PROTMAX_FORCE_DISABLE"}, {0x80000000, "PROC_PROTMAX_ACTIVE"},
}}

var tBSDStackgap = table{"PROC_STACKGAP_???", []name{
	{1, "PROC_STACKGAP_ENABLE"}, {2, "PROC_STACKGAP_DISABLE"}, {4, "PROC_STACKGAP_ENABLE_EXEC"}, {8, "PROC_STACKGAP_DISABLE_EXEC"},
}}

var tBSDNoNewPrivs = table{"PROC_NO_NEW_PRIVS_???", []name{
	{1, "PROC_NO_NEW_PRIVS_ENABLE"}, {2, "PROC_NO_NEW_PRIVS_DISABLE"},
}}

var tBSDWxmap = table{"PROC_WX_MAPPINGS_???", []name{
	{1, "PROC_WX_MAPPINGS_PERMIT"}, {2, "PROC_WX_MAPPINGS_DISALLOW_EXEC"}, {0x80000000, "PROC_WXORX_ENFORCE"},
}}

var tBSDLogsigexit = table{"PROC_LOGSIGEXIT_CTL_???", []name{
	{1, "PROC_LOGSIGEXIT_CTL_NOFORCE"}, {2, "PROC_LOGSIGEXIT_CTL_FORCE_ENABLE"}, {3, "PROC_LOGSIGEXIT_CTL_FORCE_DISABLE"},
}}

var tBSDReaper = table{"REAPER_STATUS_???", []name{
	{1, "REAPER_STATUS_OWNED"}, {2, "REAPER_STATUS_REALINIT"},
}}

var tBSDReaperKill = table{"REAPER_KILL_???", []name{
	{1, "REAPER_KILL_CHILDREN"}, {2, "REAPER_KILL_SUBTREE"},
}}

var tBSDUmtx = table{"UMTX_OP_???", []name{
	{0, "UMTX_OP_LOCK"}, {1, "UMTX_OP_UNLOCK"}, {2, "UMTX_OP_WAIT"}, {3, "UMTX_OP_WAKE"}, {4, "UMTX_OP_MUTEX_TRYLOCK"}, {5, "UMTX_OP_MUTEX_LOCK"},
	{6, "UMTX_OP_MUTEX_UNLOCK"}, {7, "UMTX_OP_SET_CEILING"}, {8, "UMTX_OP_CV_WAIT"}, {9, "UMTX_OP_CV_SIGNAL"}, {0xa, "UMTX_OP_CV_BROADCAST"},
	{0xb, "UMTX_OP_WAIT_UINT"}, {0xc, "UMTX_OP_RW_RDLOCK"}, {0xd, "UMTX_OP_RW_WRLOCK"}, {0xe, "UMTX_OP_RW_UNLOCK"}, {0xf, "UMTX_OP_WAIT_UINT_PRIVATE"},
	{0x10, "UMTX_OP_WAKE_PRIVATE"}, {0x11, "UMTX_OP_MUTEX_WAIT"}, {0x12, "UMTX_OP_MUTEX_WAKE"}, {0x13, "UMTX_OP_SEM_WAIT"}, {0x14, "UMTX_OP_SEM_WAKE"},
	{0x15, "UMTX_OP_NWAKE_PRIVATE"}, {0x16, "UMTX_OP_MUTEX_WAKE2"}, {0x17, "UMTX_OP_SEM2_WAIT"}, {0x18, "UMTX_OP_SEM2_WAKE"}, {0x19, "UMTX_OP_SHM"},
	{0x1a, "UMTX_OP_ROBUST_LISTS"}, {0x1b, "UMTX_OP_GET_MIN_TIMEOUT"}, {0x1c, "UMTX_OP_SET_MIN_TIMEOUT"},
}}

var tBSDThr = table{"THR_???", []name{
	{1, "THR_SUSPENDED"}, {2, "THR_SYSTEM_SCOPE"}, {4, "THR_C_RUNTIME"},
}}

var tBSDSigfast = table{"SIGFASTBLOCK_???", []name{
	{1, "SIGFASTBLOCK_SETPTR"}, {2, "SIGFASTBLOCK_UNBLOCK"}, {3, "SIGFASTBLOCK_UNSETPTR"},
}}

var tBSDRlimit = table{"RLIMIT_???", []name{
	{0, "RLIMIT_CPU"}, {1, "RLIMIT_FSIZE"}, {2, "RLIMIT_DATA"}, {3, "RLIMIT_STACK"}, {4, "RLIMIT_CORE"}, {5, "RLIMIT_RSS"}, {6, "RLIMIT_MEMLOCK"},
	{7, "RLIMIT_NPROC"}, {8, "RLIMIT_NOFILE"}, {9, "RLIMIT_SBSIZE"}, {0xa, "RLIMIT_AS"}, {0xb, "RLIMIT_NPTS"}, {0xc, "RLIMIT_SWAP"},
	{0xd, "RLIMIT_KQUEUES"}, {0xe, "RLIMIT_UMTXP"}, {0xf, "RLIMIT_PIPEBUF"}, {0x10, "RLIMIT_VMM"},
}}

var tBSDRusage = table{"RUSAGE_???", []name{
	{0, "RUSAGE_SELF"}, {0xffffffff, "RUSAGE_CHILDREN"}, {1, "RUSAGE_THREAD"},
}}

var tBSDPrio = table{"PRIO_???", []name{
	{0, "PRIO_PROCESS"}, {1, "PRIO_PGRP"}, {2, "PRIO_USER"},
}}

var tBSDRtprio = table{"RTP_???", []name{
	{0, "RTP_LOOKUP"}, {1, "RTP_SET"},
}}

var tBSDRtprioType = table{"RTP_PRIO_???", []name{
	{2, "RTP_PRIO_REALTIME"}, {3, "RTP_PRIO_NORMAL"}, {4, "RTP_PRIO_IDLE"},
}}

var tBSDSched = table{"SCHED_???", []name{
	{1, "SCHED_FIFO"}, {2, "SCHED_OTHER"}, {3, "SCHED_RR"},
}}

var tBSDCpuLevel = table{"CPU_LEVEL_???", []name{
	{1, "CPU_LEVEL_ROOT"}, {2, "CPU_LEVEL_CPUSET"}, {3, "CPU_LEVEL_WHICH"},
}}

var tBSDCpuWhich = table{"CPU_WHICH_???", []name{
	{1, "CPU_WHICH_TID"}, {2, "CPU_WHICH_PID"}, {3, "CPU_WHICH_CPUSET"}, {4, "CPU_WHICH_IRQ"}, {5, "CPU_WHICH_JAIL"}, {6, "CPU_WHICH_DOMAIN"},
	{7, "CPU_WHICH_INTRHANDLER"}, {8, "CPU_WHICH_ITHREAD"}, {9, "CPU_WHICH_TIDPID"},
}}

var tBSDMembarrier = table{"MEMBARRIER_CMD_???", []name{
	{0, "MEMBARRIER_CMD_QUERY"}, {1, "MEMBARRIER_CMD_GLOBAL"}, {2, "MEMBARRIER_CMD_GLOBAL_EXPEDITED"}, {4, "MEMBARRIER_CMD_REGISTER_GLOBAL_EXPEDITED"},
	{8, "MEMBARRIER_CMD_PRIVATE_EXPEDITED"}, {0x10, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED"}, {0x20, "MEMBARRIER_CMD_PRIVATE_EXPEDITED_SYNC_CORE"},
	{0x40, "MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED_SYNC_CORE"},
}}

var tBSDKcmp = table{"KCMP_???", []name{
	{0x64, "KCMP_FILE"}, {0x65, "KCMP_FILEOBJ"}, {0x66, "KCMP_FILES"}, {0x67, "KCMP_SIGHAND"}, {0x68, "KCMP_VM"},
}}

var tBSDReboot = table{"RB_???", []name{
	{0, "RB_AUTOBOOT"}, {1, "RB_ASKNAME"}, {2, "RB_SINGLE"}, {4, "RB_NOSYNC"}, {8, "RB_HALT"}, {0x10, "RB_INITNAME"}, {0x20, "RB_DFLTROOT"},
	{0x40, "RB_KDB"}, {0x80, "RB_RDONLY"}, {0x100, "RB_DUMP"}, {0x200, "RB_MINIROOT"}, {0x800, "RB_VERBOSE"}, {0x1000, "RB_SERIAL"},
	{0x2000, "RB_CDROM"}, {0x4000, "RB_POWEROFF"}, {0x8000, "RB_GDB"}, {0x10000, "RB_MUTE"}, {0x20000, "RB_SELFTEST"}, {0x100000, "RB_PAUSE"},
	{0x200000, "RB_REROOT"}, {0x400000, "RB_POWERCYCLE"}, {0x10000000, "RB_PROBE"}, {0x20000000, "RB_MULTIPLE"}, {0x80000000, "RB_BOOTINFO"},
}}

var tBSDJail = table{"JAIL_???", []name{
	{1, "JAIL_CREATE"}, {2, "JAIL_UPDATE"}, {4, "JAIL_ATTACH"}, {8, "JAIL_DYING"}, {0x10, "JAIL_USE_DESC"}, {0x20, "JAIL_AT_DESC"},
	{0x40, "JAIL_GET_DESC"}, {0x80, "JAIL_OWN_DESC"},
}}

var tBSDKenv = table{"KENV_???", []name{
	{0, "KENV_GET"}, {1, "KENV_SET"}, {2, "KENV_UNSET"}, {3, "KENV_DUMP"}, {4, "KENV_DUMP_LOADER"}, {5, "KENV_DUMP_STATIC"},
}}

var tBSDSysarch = table{"SYSARCH_???", []name{
	{0, "I386_GET_LDT"}, {1, "I386_SET_LDT"}, {3, "I386_GET_IOPERM"}, {4, "I386_SET_IOPERM"}, {6, "I386_VM86"}, {7, "I386_GET_FSBASE"},
	{8, "I386_SET_FSBASE"}, {9, "I386_GET_GSBASE"}, {0xa, "I386_SET_GSBASE"}, {0xb, "I386_GET_XFPUSTATE"}, {0x80, "AMD64_GET_FSBASE"},
	{0x81, "AMD64_SET_FSBASE"}, {0x82, "AMD64_GET_GSBASE"}, {0x83, "AMD64_SET_GSBASE"}, {0x84, "AMD64_GET_XFPUSTATE"}, {0x85, "AMD64_SET_PKRU"},
	{0x86, "AMD64_CLEAR_PKRU"}, {0x87, "AMD64_GET_TLSBASE"}, {0x88, "AMD64_SET_TLSBASE"},
}}

var tBSDKtrop = table{"KTROP_???", []name{
	{0, "KTROP_SET"}, {1, "KTROP_CLEAR"}, {2, "KTROP_CLEARFILE"}, {4, "KTRFLAG_DESCEND"},
}}

var tBSDGetrandom = table{"GRND_???", []name{
	{1, "GRND_NONBLOCK"}, {2, "GRND_RANDOM"}, {4, "GRND_INSECURE"},
}}

var tBSDSetcred = table{"SETCREDF_???", []name{
	{1, "SETCREDF_UID"}, {2, "SETCREDF_RUID"}, {4, "SETCREDF_SVUID"}, {8, "SETCREDF_GID"}, {0x10, "SETCREDF_RGID"}, {0x20, "SETCREDF_SVGID"},
	{0x40, "SETCREDF_SUPP_GROUPS"}, {0x80, "SETCREDF_MAC_LABEL"},
}}

var tBSDExterr = table{"EXTERRCTL_???", []name{
	{1, "EXTERRCTL_ENABLE"}, {2, "EXTERRCTL_DISABLE"}, {3, "EXTERRCTL_UD"},
}}

var tBSDExterrFlags = table{"EXTERRCTLF_???", []name{{1, "EXTERRCTLF_FORCE"}}}

// Flags of one bit (sys/resource.h, sys/unistd.h).
var (
	tBSDRlimitUsage = table{"GETRLIMITUSAGE_???", []name{{1, "GETRLIMITUSAGE_EUIDONLY"}}}
	tBSDSwapoff     = table{"SWAPOFF_???", []name{{1, "SWAPOFF_FORCE"}}}
	tBSDCopyRange   = table{"COPY_FILE_RANGE_???", []name{{0x800000, "COPY_FILE_RANGE_CLONE"}}}
)

// tBSDEventfd are the flags of eventfd(2) and, but for the first, of inotify_init1(2), as __specialfd takes them.
var (
	tBSDEventfd     = table{"EFD_???", []name{{1, "EFD_SEMAPHORE"}, {4, "EFD_NONBLOCK"}, {0x100000, "EFD_CLOEXEC"}}}
	tBSDInotifyInit = table{"IN_???", []name{{4, "IN_NONBLOCK"}, {0x100000, "IN_CLOEXEC"}}}
)

// tBSDKtrfac is what ktrace(2) is to record (sys/ktrace.h).
var tBSDKtrfac = table{"KTRFAC_???", []name{
	{1 << 1, "KTRFAC_SYSCALL"}, {1 << 2, "KTRFAC_SYSRET"}, {1 << 3, "KTRFAC_NAMEI"}, {1 << 4, "KTRFAC_GENIO"}, {1 << 5, "KTRFAC_PSIG"}, {1 << 6, "KTRFAC_CSW"},
	{1 << 7, "KTRFAC_USER"}, {1 << 8, "KTRFAC_STRUCT"}, {1 << 9, "KTRFAC_SYSCTL"}, {1 << 10, "KTRFAC_PROCCTOR"}, {1 << 11, "KTRFAC_PROCDTOR"},
	{1 << 12, "KTRFAC_CAPFAIL"}, {1 << 13, "KTRFAC_FAULT"}, {1 << 14, "KTRFAC_FAULTEND"}, {1 << 15, "KTRFAC_STRUCT_ARRAY"},
	{0x20000000, "KTRFAC_DROP"}, {0x40000000, "KTRFAC_INHERIT"}, {0x80000000, "KTRFAC_ROOT"},
}}

// Signals and time (sys/signal.h, sys/time.h).
var tBSDSigHow = table{"SIG_???", []name{
	{1, "SIG_BLOCK"}, {2, "SIG_UNBLOCK"}, {3, "SIG_SETMASK"},
}}

var tBSDSA = table{"SA_???", []name{
	{1, "SA_ONSTACK"}, {2, "SA_RESTART"}, {4, "SA_RESETHAND"}, {8, "SA_NOCLDSTOP"}, {0x10, "SA_NODEFER"}, {0x20, "SA_NOCLDWAIT"}, {0x40, "SA_SIGINFO"},
}}

var tBSDSS = table{"SS_???", []name{
	{1, "SS_ONSTACK"}, {4, "SS_DISABLE"},
}}

var tBSDSigev = table{"SIGEV_???", []name{
	{0, "SIGEV_NONE"}, {1, "SIGEV_SIGNAL"}, {2, "SIGEV_THREAD"}, {3, "SIGEV_KEVENT"}, {4, "SIGEV_THREAD_ID"},
}}

var tBSDItimer = table{"ITIMER_???", []name{
	{0, "ITIMER_REAL"}, {1, "ITIMER_VIRTUAL"}, {2, "ITIMER_PROF"},
}}

var tBSDClock = table{"CLOCK_???", []name{
	{0, "CLOCK_REALTIME"}, {1, "CLOCK_VIRTUAL"}, {2, "CLOCK_PROF"}, {4, "CLOCK_MONOTONIC"}, {5, "CLOCK_UPTIME"}, {7, "CLOCK_UPTIME_PRECISE"},
	{8, "CLOCK_UPTIME_FAST"}, {9, "CLOCK_REALTIME_PRECISE"}, {0xa, "CLOCK_REALTIME_FAST"}, {0xb, "CLOCK_MONOTONIC_PRECISE"},
	{0xc, "CLOCK_MONOTONIC_FAST"}, {0xd, "CLOCK_SECOND"}, {0xe, "CLOCK_THREAD_CPUTIME_ID"}, {0xf, "CLOCK_PROCESS_CPUTIME_ID"}, {5, "CLOCK_BOOTTIME"},
	{0x10, "CLOCK_TAI"},
}}

var tBSDTimer = table{"TIMER_???", []name{
	{0, "TIMER_RELTIME"}, {1, "TIMER_ABSTIME"},
}}

var tBSDTfd = table{"TFD_???", []name{
	{4, "TFD_NONBLOCK"}, {0x100000, "TFD_CLOEXEC"},
}}

var tBSDTfdSet = table{"TFD_TIMER_???", []name{
	{1, "TFD_TIMER_ABSTIME"}, {2, "TFD_TIMER_CANCEL_ON_SET"},
}}

// Sockets (sys/socket.h, netinet/in.h, netinet6/in6.h, netinet/tcp.h).
var tBSDAF = table{"AF_???", []name{
	{0, "AF_UNSPEC"}, {1, "AF_UNIX"}, {2, "AF_INET"}, {3, "AF_IMPLINK"}, {4, "AF_PUP"}, {5, "AF_CHAOS"}, {6, "AF_NETBIOS"}, {7, "AF_ISO"},
	{8, "AF_ECMA"}, {9, "AF_DATAKIT"}, {0xa, "AF_CCITT"}, {0xb, "AF_SNA"}, {0xc, "AF_DECnet"}, {0xd, "AF_DLI"}, {0xe, "AF_LAT"}, {0xf, "AF_HYLINK"},
	{0x10, "AF_APPLETALK"}, {0x11, "AF_ROUTE"}, {0x12, "AF_LINK"}, {0x14, "AF_COIP"}, {0x15, "AF_CNT"}, {0x17, "AF_IPX"}, {0x18, "AF_SIP"},
	{0x1a, "AF_ISDN"}, {0x1c, "AF_INET6"}, {0x1d, "AF_NATM"}, {0x1e, "AF_ATM"}, {0x20, "AF_NETGRAPH"}, {0x21, "AF_SLOW"}, {0x22, "AF_SCLUSTER"},
	{0x23, "AF_ARP"}, {0x24, "AF_BLUETOOTH"}, {0x25, "AF_IEEE80211"}, {0x28, "AF_INET_SDP"}, {0x2a, "AF_INET6_SDP"}, {0x26, "AF_NETLINK"},
	{0x2b, "AF_HYPERV"}, {0x2c, "AF_DIVERT"},
}}

var tBSDSockType = table{"SOCK_???", []name{
	{1, "SOCK_STREAM"}, {2, "SOCK_DGRAM"}, {3, "SOCK_RAW"}, {4, "SOCK_RDM"}, {5, "SOCK_SEQPACKET"},
}}

var tBSDSockFlags = table{"SOCK_???", []name{
	{0x10000000, "SOCK_CLOEXEC"}, {0x20000000, "SOCK_NONBLOCK"}, {0x40000000, "SOCK_CLOFORK"},
}}

var tBSDMsg = table{"MSG_???", []name{
	{1, "MSG_OOB"}, {2, "MSG_PEEK"}, {4, "MSG_DONTROUTE"}, {8, "MSG_EOR"}, {0x10, "MSG_TRUNC"}, {0x20, "MSG_CTRUNC"}, {0x40, "MSG_WAITALL"},
	{0x80, "MSG_DONTWAIT"}, {0x100, "MSG_EOF"}, {0x2000, "MSG_NOTIFICATION"}, {0x4000, "MSG_NBIO"}, {0x8000, "MSG_COMPAT"}, {0x20000, "MSG_NOSIGNAL"},
	{0x40000, "MSG_CMSG_CLOEXEC"}, {0x80000, "MSG_WAITFORONE"}, {0x100000, "MSG_CMSG_CLOFORK"},
}}

var tBSDShutdown = table{"SHUT_???", []name{
	{0, "SHUT_RD"}, {1, "SHUT_WR"}, {2, "SHUT_RDWR"},
}}

var tBSDSockLevel = table{"SOL_???", []name{
	{0xffff, "SOL_SOCKET"}, {0, "IPPROTO_IP"}, {1, "IPPROTO_ICMP"}, {6, "IPPROTO_TCP"}, {0x11, "IPPROTO_UDP"}, {0x29, "IPPROTO_IPV6"},
	{0x3a, "IPPROTO_ICMPV6"}, {0x84, "IPPROTO_SCTP"}, {0x88, "IPPROTO_UDPLITE"}, {0xff, "IPPROTO_RAW"},
}}

var tBSDSo = table{"SO_???", []name{
	{1, "SO_DEBUG"}, {2, "SO_ACCEPTCONN"}, {4, "SO_REUSEADDR"}, {8, "SO_KEEPALIVE"}, {0x10, "SO_DONTROUTE"}, {0x20, "SO_BROADCAST"},
	{0x40, "SO_USELOOPBACK"}, {0x80, "SO_LINGER"}, {0x100, "SO_OOBINLINE"}, {0x200, "SO_REUSEPORT"}, {0x400, "SO_TIMESTAMP"}, {0x800, "SO_NOSIGPIPE"},
	{0x1000, "SO_ACCEPTFILTER"}, {0x1001, "SO_SNDBUF"}, {0x1002, "SO_RCVBUF"}, {0x1003, "SO_SNDLOWAT"}, {0x1004, "SO_RCVLOWAT"},
	{0x1005, "SO_SNDTIMEO"}, {0x1006, "SO_RCVTIMEO"}, {0x1007, "SO_ERROR"}, {0x1008, "SO_TYPE"}, {0x1009, "SO_LABEL"}, {0x1010, "SO_PEERLABEL"},
	{0x1011, "SO_LISTENQLIMIT"}, {0x1012, "SO_LISTENQLEN"}, {0x1013, "SO_LISTENINCQLEN"}, {0x1014, "SO_SETFIB"}, {0x1015, "SO_USER_COOKIE"},
	{0x1016, "SO_PROTOCOL"}, {0x1018, "SO_MAX_PACING_RATE"}, {0x1019, "SO_DOMAIN"}, {0x2000, "SO_BINTIME"}, {0x4000, "SO_NO_OFFLOAD"},
	{0x8000, "SO_NO_DDP"}, {0x10000, "SO_REUSEPORT_LB"}, {0x20000, "SO_RERROR"},
}}

var tBSDSoIP = table{"IP_???", []name{
	{1, "IP_OPTIONS"}, {2, "IP_HDRINCL"}, {3, "IP_TOS"}, {4, "IP_TTL"}, {5, "IP_RECVOPTS"}, {6, "IP_RECVRETOPTS"}, {7, "IP_RECVDSTADDR"},
	{8, "IP_RETOPTS"}, {9, "IP_MULTICAST_IF"}, {0xa, "IP_MULTICAST_TTL"}, {0xb, "IP_MULTICAST_LOOP"}, {0xc, "IP_ADD_MEMBERSHIP"},
	{0xd, "IP_DROP_MEMBERSHIP"}, {0x13, "IP_PORTRANGE"}, {0x14, "IP_RECVIF"}, {0x15, "IP_IPSEC_POLICY"}, {0x17, "IP_ONESBCAST"}, {0x18, "IP_BINDANY"},
	{0x19, "IP_BINDMULTI"}, {0x1b, "IP_ORIGDSTADDR"}, {0x41, "IP_RECVTTL"}, {0x42, "IP_MINTTL"}, {0x43, "IP_DONTFRAG"}, {0x44, "IP_RECVTOS"},
	{0x46, "IP_ADD_SOURCE_MEMBERSHIP"}, {0x47, "IP_DROP_SOURCE_MEMBERSHIP"}, {0x48, "IP_BLOCK_SOURCE"}, {0x49, "IP_UNBLOCK_SOURCE"},
	{0x4a, "IP_MSFILTER"}, {0x4b, "IP_VLAN_PCP"},
}}

var tBSDSoIPv6 = table{"IPV6_???", []name{
	{4, "IPV6_UNICAST_HOPS"}, {9, "IPV6_MULTICAST_IF"}, {0xa, "IPV6_MULTICAST_HOPS"}, {0xb, "IPV6_MULTICAST_LOOP"}, {0xc, "IPV6_JOIN_GROUP"},
	{0xd, "IPV6_LEAVE_GROUP"}, {0xe, "IPV6_PORTRANGE"}, {0x1a, "IPV6_CHECKSUM"}, {0x1b, "IPV6_V6ONLY"}, {0x1c, "IPV6_IPSEC_POLICY"},
	{0x23, "IPV6_RTHDRDSTOPTS"}, {0x24, "IPV6_RECVPKTINFO"}, {0x25, "IPV6_RECVHOPLIMIT"}, {0x26, "IPV6_RECVRTHDR"}, {0x27, "IPV6_RECVHOPOPTS"},
	{0x28, "IPV6_RECVDSTOPTS"}, {0x2a, "IPV6_USE_MIN_MTU"}, {0x2b, "IPV6_RECVPATHMTU"}, {0x2c, "IPV6_PATHMTU"}, {0x2e, "IPV6_PKTINFO"},
	{0x2f, "IPV6_HOPLIMIT"}, {0x30, "IPV6_NEXTHOP"}, {0x31, "IPV6_HOPOPTS"}, {0x32, "IPV6_DSTOPTS"}, {0x33, "IPV6_RTHDR"}, {0x39, "IPV6_RECVTCLASS"},
	{0x3b, "IPV6_AUTOFLOWLABEL"}, {0x3d, "IPV6_TCLASS"}, {0x3e, "IPV6_DONTFRAG"}, {0x3f, "IPV6_PREFER_TEMPADDR"}, {0x40, "IPV6_BINDANY"},
	{0x48, "IPV6_ORIGDSTADDR"}, {0x4a, "IPV6_MSFILTER"}, {0x4b, "IPV6_VLAN_PCP"},
}}

var tBSDSoTCP = table{"TCP_???", []name{
	{1, "TCP_NODELAY"}, {2, "TCP_MAXSEG"}, {4, "TCP_NOPUSH"}, {8, "TCP_NOOPT"}, {0x10, "TCP_MD5SIG"}, {0x20, "TCP_INFO"}, {0x22, "TCP_LOG"},
	{0x23, "TCP_LOGBUF"}, {0x24, "TCP_LOGID"}, {0x25, "TCP_LOGDUMP"}, {0x26, "TCP_LOGDUMPID"}, {0x40, "TCP_CONGESTION"}, {0x41, "TCP_CCALGOOPT"},
	{0x48, "TCP_DELACK"}, {0x80, "TCP_KEEPINIT"}, {0x100, "TCP_KEEPIDLE"}, {0x200, "TCP_KEEPINTVL"}, {0x400, "TCP_KEEPCNT"}, {0x401, "TCP_FASTOPEN"},
	{0x800, "TCP_PCAP_OUT"}, {0x1000, "TCP_PCAP_IN"}, {0x2000, "TCP_FUNCTION_BLK"},
}}

var tBSDScm = table{"SCM_???", []name{
	{1, "SCM_RIGHTS"}, {2, "SCM_TIMESTAMP"}, {3, "SCM_CREDS"}, {4, "SCM_BINTIME"}, {5, "SCM_REALTIME"}, {6, "SCM_MONOTONIC"}, {7, "SCM_TIME_INFO"},
	{8, "SCM_CREDS2"},
}}

var tBSDSendfile = table{"SF_???", []name{
	{1, "SF_NODISKIO"}, {2, "SF_MNOWAIT"}, {4, "SF_SYNC"}, {8, "SF_USER_READAHEAD"}, {0x10, "SF_NOCACHE"},
}}

// Events (sys/event.h).
var tBSDEvfilt = table{"EVFILT_???", []name{
	{0xffff, "EVFILT_READ"}, {0xfffe, "EVFILT_WRITE"}, {0xfffd, "EVFILT_AIO"}, {0xfffc, "EVFILT_VNODE"}, {0xfffb, "EVFILT_PROC"},
	{0xfffa, "EVFILT_SIGNAL"}, {0xfff9, "EVFILT_TIMER"}, {0xfff8, "EVFILT_PROCDESC"}, {0xfff7, "EVFILT_FS"}, {0xfff6, "EVFILT_LIO"},
	{0xfff5, "EVFILT_USER"}, {0xfff4, "EVFILT_SENDFILE"}, {0xfff3, "EVFILT_EMPTY"}, {0xfff2, "EVFILT_JAIL"}, {0xfff1, "EVFILT_JAILDESC"},
}}

var tBSDEV = table{"EV_???", []name{
	{1, "EV_ADD"}, {2, "EV_DELETE"}, {4, "EV_ENABLE"}, {8, "EV_DISABLE"}, {0x10, "EV_ONESHOT"}, {0x20, "EV_CLEAR"}, {0x40, "EV_RECEIPT"},
	{0x80, "EV_DISPATCH"}, {0x100, "EV_FORCEONESHOT"}, {0x200, "EV_KEEPUDATA"}, {0x1000, "EV_DROP"}, {0x2000, "EV_FLAG1"}, {0x4000, "EV_ERROR"},
	{0x8000, "EV_EOF"},
}}

var tBSDNoteIO = table{"NOTE_???", []name{
	{1, "NOTE_LOWAT"}, {2, "NOTE_FILE_POLL"},
}}

var tBSDNoteVnode = table{"NOTE_???", []name{
	{1, "NOTE_DELETE"}, {2, "NOTE_WRITE"}, {4, "NOTE_EXTEND"}, {8, "NOTE_ATTRIB"}, {0x10, "NOTE_LINK"}, {0x20, "NOTE_RENAME"}, {0x40, "NOTE_REVOKE"},
	{0x80, "NOTE_OPEN"}, {0x100, "NOTE_CLOSE"}, {0x200, "NOTE_CLOSE_WRITE"}, {0x400, "NOTE_READ"},
}}

var tBSDNoteProc = table{"NOTE_???", []name{
	{0x80000000, "NOTE_EXIT"}, {0x40000000, "NOTE_FORK"}, {0x20000000, "NOTE_EXEC"}, {1, "NOTE_TRACK"}, {2, "NOTE_TRACKERR"}, {4, "NOTE_CHILD"},
}}

var tBSDNoteTimer = table{"NOTE_???", []name{
	{1, "NOTE_SECONDS"}, {2, "NOTE_MSECONDS"}, {4, "NOTE_USECONDS"}, {8, "NOTE_NSECONDS"}, {0x10, "NOTE_ABSTIME"},
}}

var tBSDNoteUser = table{"NOTE_???", []name{
	{0xc0000000, "NOTE_FFCOPY"}, {0x40000000, "NOTE_FFAND"}, {0x80000000, "NOTE_FFOR"}, {0x1000000, "NOTE_TRIGGER"},
}}

// bsdNotes are the flags of an event by its filter.
var bsdNotes = map[int16]*table{-1: &tBSDNoteIO, -2: &tBSDNoteIO, -4: &tBSDNoteVnode, -5: &tBSDNoteProc, -8: &tBSDNoteProc, -7: &tBSDNoteTimer, -11: &tBSDNoteUser}

// Capabilities (sys/capsicum.h): rights that are made of others come first.
var tBSDRights = table{"CAP_???", []name{
	{0x20000000000003f, "CAP_MMAP_RWX"}, {0x20000000000001f, "CAP_MMAP_RW"}, {0x20000000000003d, "CAP_MMAP_RX"}, {0x20000000000003e, "CAP_MMAP_WX"},
	{0x20000000000001d, "CAP_MMAP_R"}, {0x20000000000001e, "CAP_MMAP_W"}, {0x20000000000003c, "CAP_MMAP_X"}, {0x20000000000000d, "CAP_PREAD"},
	{0x20000000000000e, "CAP_PWRITE"}, {0x20000000000000c, "CAP_SEEK"}, {0x200000000001400, "CAP_CHFLAGSAT"}, {0x200000000002400, "CAP_FCHMODAT"},
	{0x200000000004400, "CAP_FCHOWNAT"}, {0x200000000080400, "CAP_FSTATAT"}, {0x200000000200400, "CAP_FUTIMESAT"},
	{0x200000000400400, "CAP_LINKAT_TARGET"}, {0x200000000800400, "CAP_MKDIRAT"}, {0x200000001000400, "CAP_MKFIFOAT"},
	{0x200000002000400, "CAP_MKNODAT"}, {0x200000004000400, "CAP_RENAMEAT_SOURCE"}, {0x200000008000400, "CAP_SYMLINKAT"},
	{0x200000010000400, "CAP_UNLINKAT"}, {0x200008000000400, "CAP_BINDAT"}, {0x200010000000400, "CAP_CONNECTAT"},
	{0x200020000000400, "CAP_LINKAT_SOURCE"}, {0x200040000000400, "CAP_RENAMEAT_TARGET"}, {0x200000000000001, "CAP_READ"},
	{0x200000000000002, "CAP_WRITE"}, {0x200000000000004, "CAP_SEEK_TELL"}, {0x200000000000010, "CAP_MMAP"}, {0x200000000000040, "CAP_CREATE"},
	{0x200000000000080, "CAP_FEXECVE"}, {0x200000000000100, "CAP_FSYNC"}, {0x200000000000200, "CAP_FTRUNCATE"}, {0x200000000000400, "CAP_LOOKUP"},
	{0x200000000000800, "CAP_FCHDIR"}, {0x200000000001000, "CAP_FCHFLAGS"}, {0x200000000002000, "CAP_FCHMOD"}, {0x200000000004000, "CAP_FCHOWN"},
	{0x200000000008000, "CAP_FCNTL"}, {0x200000000010000, "CAP_FLOCK"}, {0x200000000020000, "CAP_FPATHCONF"}, {0x200000000040000, "CAP_FSCK"},
	{0x200000000080000, "CAP_FSTAT"}, {0x200000000100000, "CAP_FSTATFS"}, {0x200000000200000, "CAP_FUTIMES"}, {0x200000020000000, "CAP_ACCEPT"},
	{0x200000040000000, "CAP_BIND"}, {0x200000080000000, "CAP_CONNECT"}, {0x200000100000000, "CAP_GETPEERNAME"}, {0x200000200000000, "CAP_GETSOCKNAME"},
	{0x200000400000000, "CAP_GETSOCKOPT"}, {0x200000800000000, "CAP_LISTEN"}, {0x200001000000000, "CAP_PEELOFF"}, {0x200002000000000, "CAP_SETSOCKOPT"},
	{0x200004000000000, "CAP_SHUTDOWN"}, {0x400000000100040, "CAP_KQUEUE"}, {0x400000000000001, "CAP_MAC_GET"}, {0x400000000000002, "CAP_MAC_SET"},
	{0x400000000000004, "CAP_SEM_GETVALUE"}, {0x400000000000008, "CAP_SEM_POST"}, {0x400000000000010, "CAP_SEM_WAIT"}, {0x400000000000020, "CAP_EVENT"},
	{0x400000000000040, "CAP_KQUEUE_EVENT"}, {0x400000000000080, "CAP_IOCTL"}, {0x400000000000100, "CAP_TTYHOOK"}, {0x400000000000200, "CAP_PDGETPID"},
	{0x400000000000400, "CAP_PDWAIT"}, {0x400000000000800, "CAP_PDKILL"}, {0x400000000001000, "CAP_EXTATTR_DELETE"},
	{0x400000000002000, "CAP_EXTATTR_GET"}, {0x400000000004000, "CAP_EXTATTR_LIST"}, {0x400000000008000, "CAP_EXTATTR_SET"},
	{0x400000000010000, "CAP_ACL_CHECK"}, {0x400000000020000, "CAP_ACL_DELETE"}, {0x400000000040000, "CAP_ACL_GET"}, {0x400000000080000, "CAP_ACL_SET"},
	{0x400000000100000, "CAP_KQUEUE_CHANGE"},
}}

var tBSDCapFcntl = table{"CAP_FCNTL_???", []name{
	{8, "CAP_FCNTL_GETFL"}, {0x10, "CAP_FCNTL_SETFL"}, {0x20, "CAP_FCNTL_GETOWN"}, {0x40, "CAP_FCNTL_SETOWN"},
}}

// IPC (sys/ipc.h, sys/shm.h, sys/sem.h, sys/aio.h).
var tBSDIpcGet = table{"IPC_???", []name{
	{0x200, "IPC_CREAT"}, {0x400, "IPC_EXCL"}, {0x800, "IPC_NOWAIT"},
}}

var tBSDIpcCmd = table{"IPC_???", []name{
	{0, "IPC_RMID"}, {1, "IPC_SET"}, {2, "IPC_STAT"}, {3, "IPC_INFO"},
}}

var tBSDSemCmd = table{"SEM_???", []name{
	{0, "IPC_RMID"}, {1, "IPC_SET"}, {2, "IPC_STAT"}, {3, "GETNCNT"}, {4, "GETPID"}, {5, "GETVAL"}, {6, "GETALL"}, {7, "GETZCNT"}, {8, "SETVAL"},
	{9, "SETALL"}, {0xa, "SEM_STAT"}, {0xb, "SEM_INFO"},
}}

var tBSDShmCmd = table{"SHM_???", []name{
	{0, "IPC_RMID"}, {1, "IPC_SET"}, {2, "IPC_STAT"}, {3, "IPC_INFO"}, {0xb, "SHM_LOCK"}, {0xc, "SHM_UNLOCK"}, {0xd, "SHM_STAT"}, {0xe, "SHM_INFO"},
}}

var tBSDShmAt = table{"SHM_???", []name{
	{0x1000, "SHM_RDONLY"}, {0x2000, "SHM_RND"}, {0x3000, "SHM_REMAP"},
}}

var tBSDLio = table{"LIO_???", []name{
	{0, "LIO_NOP"}, {1, "LIO_WRITE"}, {2, "LIO_READ"}, {4, "LIO_VECTORED"},
}}

var tBSDLioMode = table{"LIO_???", []name{
	{0, "LIO_NOWAIT"}, {1, "LIO_WAIT"},
}}

// Names of sysctl(3) (sys/sysctl.h), as far as they have numbers of their own.
var tBSDCtl = table{"", []name{
	{0, "sysctl"}, {1, "kern"}, {2, "vm"}, {3, "vfs"}, {4, "net"}, {5, "debug"}, {6, "hw"}, {7, "machdep"}, {8, "user"}, {9, "p1003_1b"},
}}

var tBSDCtlSysctl = table{"", []name{
	{0, "debug"}, {1, "name"}, {2, "next"}, {3, "name2oid"}, {4, "oidfmt"}, {5, "oiddescr"}, {6, "oidlabel"}, {7, "nextnoskip"},
}}

var tBSDCtlKern = table{"", []name{
	{1, "ostype"}, {2, "osrelease"}, {3, "osrevision"}, {4, "version"}, {5, "maxvnodes"}, {6, "maxproc"}, {7, "maxfiles"}, {8, "argmax"},
	{9, "securelevel"}, {0xa, "hostname"}, {0xb, "hostid"}, {0xc, "clockrate"}, {0xe, "proc"}, {0xf, "file"}, {0x11, "posix1version"},
	{0x12, "ngroups"}, {0x13, "job_control"}, {0x14, "saved_ids"}, {0x15, "boottime"}, {0x16, "nisdomainname"}, {0x17, "updateinterval"},
	{0x18, "osreldate"}, {0x19, "ntp_pll"}, {0x1a, "bootfile"}, {0x1b, "maxfilesperproc"}, {0x1c, "maxprocperuid"}, {0x1d, "dumpdev"}, {0x1e, "ipc"},
	{0x1f, "dummy"}, {0x20, "ps_strings"}, {0x21, "usrstack"}, {0x22, "logsigexit"}, {0x23, "iov_max"}, {0x24, "hostuuid"}, {0x25, "arandom"},
}}

var tBSDCtlProc = table{"", []name{
	{0, "all"}, {1, "pid"}, {2, "pgrp"}, {3, "session"}, {4, "tty"}, {5, "uid"}, {6, "ruid"}, {7, "args"}, {8, "proc"}, {9, "sv_name"}, {0xa, "rgid"},
	{0xb, "gid"}, {0xc, "pathname"}, {0xd, "ovmmap"}, {0xe, "ofiledesc"}, {0xf, "kstack"}, {0x20, "vmmap"}, {0x21, "filedesc"}, {0x22, "groups"},
	{0x23, "env"}, {0x24, "auxv"}, {0x25, "rlimit"}, {0x26, "ps_strings"}, {0x27, "umask"}, {0x28, "osrel"}, {0x29, "sigtramp"}, {0x2a, "cwd"},
	{0x2b, "nfds"}, {0x2c, "sigfastblk"}, {0x2d, "vm_layout"}, {0x2e, "rlimit_usage"}, {0x2f, "kqueue"},
}}

var tBSDCtlHw = table{"", []name{
	{1, "machine"}, {2, "model"}, {3, "ncpu"}, {4, "byteorder"}, {5, "physmem"}, {6, "usermem"}, {7, "pagesize"}, {8, "disknames"}, {9, "diskstats"},
	{0xa, "floatingpoint"}, {0xb, "machine_arch"}, {0xc, "realmem"},
}}

// bsdCtls are the names below a name.
var bsdCtls = map[string]*table{"sysctl": &tBSDCtlSysctl, "kern": &tBSDCtlKern, "proc": &tBSDCtlProc, "hw": &tBSDCtlHw}

// ioctl(2) (sys/ioccom.h, sys/ttycom.h, sys/filio.h, sys/sockio.h, sys/disk.h, net/bpf.h).
var tBSDIoc = table{"IOC_???", []name{
	{0x20000000, "IOC_VOID"}, {0x40000000, "IOC_OUT"}, {0x80000000, "IOC_IN"},
}}

var tBSDIoctl = table{"", []name{
	{0x20004268, "BIOCFLUSH"}, {0x20004269, "BIOCPROMISC"}, {0x2000427a, "BIOCLOCK"}, {0x20006487, "DIOCGFLUSH"}, {0x2000740d, "TIOCEXCL"},
	{0x2000740e, "TIOCNXCL"}, {0x2000741c, "TIOCPTMASTER"}, {0x2000745e, "TIOCDRAIN"}, {0x20007461, "TIOCSCTTY"}, {0x20007465, "TIOCSTAT"},
	{0x2000746e, "TIOCSTART"}, {0x2000746f, "TIOCSTOP"}, {0x20007471, "TIOCNOTTY"}, {0x20007478, "TIOCCDTR"}, {0x20007479, "TIOCSDTR"},
	{0x2000747a, "TIOCCBRK"}, {0x2000747b, "TIOCSBRK"}, {0x2004745f, "TIOCSIG"}, {0x40044266, "BIOCGBLEN"}, {0x4004426a, "BIOCGDLT"},
	{0x40044271, "BIOCVERSION"}, {0x40044272, "BIOCGRSIG"}, {0x40044274, "BIOCGHDRCMPLT"}, {0x40044276, "BIOCGDIRECTION"}, {0x40044276, "BIOCGSEESENT"},
	{0x4004427d, "BIOCGETBUFMODE"}, {0x40044283, "BIOCGTSTAMP"}, {0x40046480, "DIOCGSECTORSIZE"}, {0x40046482, "DIOCGFWSECTORS"},
	{0x40046483, "DIOCGFWHEADS"}, {0x40047301, "SIOCGHIWAT"}, {0x40047303, "SIOCGLOWAT"}, {0x40047307, "SIOCATMARK"}, {0x40047309, "SIOCGPGRP"},
	{0x4004740f, "TIOCGPTN"}, {0x4004741a, "TIOCGETD"}, {0x40047456, "TIOCGDRAINWAIT"}, {0x4004745a, "TIOCMGDTRWAIT"}, {0x40047463, "TIOCGSID"},
	{0x4004746a, "TIOCMGET"}, {0x40047473, "TIOCOUTQ"}, {0x40047477, "TIOCGPGRP"}, {0x4008426f, "BIOCGSTATS"}, {0x4008427f, "BIOCGETZMAX"},
	{0x40086481, "DIOCGMEDIASIZE"}, {0x40086486, "DIOCGFRONTSTUFF"}, {0x4008648b, "DIOCGSTRIPESIZE"}, {0x4008648c, "DIOCGSTRIPEOFFSET"},
	{0x40087468, "TIOCGWINSZ"}, {0x4010426e, "BIOCGRTIMEOUT"}, {0x40107459, "TIOCTIMESTAMP"}, {0x40184280, "BIOCROTZBUF"}, {0x4020426b, "BIOCGETIF"},
	{0x402c7413, "TIOCGETA"}, {0x41006489, "DIOCGIDENT"}, {0x4400648a, "DIOCGPROVIDERNAME"}, {0x4400648d, "DIOCGPHYSPATH"}, {0x80017472, "TIOCSTI"},
	{0x80044270, "BIOCIMMEDIATE"}, {0x80044273, "BIOCSRSIG"}, {0x80044275, "BIOCSHDRCMPLT"}, {0x80044277, "BIOCSDIRECTION"},
	{0x80044277, "BIOCSSEESENT"}, {0x80044278, "BIOCSDLT"}, {0x8004427c, "BIOCFEEDBACK"}, {0x8004427e, "BIOCSETBUFMODE"}, {0x80044284, "BIOCSTSTAMP"},
	{0x80044285, "BIOCSETVLANPCP"}, {0x80046485, "DIOCSKERNELDUMP_FREEBSD11"}, {0x80047300, "SIOCSHIWAT"}, {0x80047302, "SIOCSLOWAT"},
	{0x80047308, "SIOCSPGRP"}, {0x80047410, "TIOCFLUSH"}, {0x8004741b, "TIOCSETD"}, {0x80047457, "TIOCSDRAINWAIT"}, {0x8004745b, "TIOCMSDTRWAIT"},
	{0x80047460, "TIOCEXT"}, {0x80047462, "TIOCCONS"}, {0x80047466, "TIOCUCNTL"}, {0x8004746b, "TIOCMBIC"}, {0x8004746c, "TIOCMBIS"},
	{0x8004746d, "TIOCMSET"}, {0x80047470, "TIOCPKT"}, {0x80047476, "TIOCSPGRP"}, {0x80087467, "TIOCSWINSZ"}, {0x80104267, "BIOCSETF"},
	{0x8010426d, "BIOCSRTIMEOUT"}, {0x8010427b, "BIOCSETWF"}, {0x80104282, "BIOCSETFNR"}, {0x80106488, "DIOCGDELETE"}, {0x80184281, "BIOCSETZBUF"},
	{0x8020426c, "BIOCSETIF"}, {0x8020690c, "SIOCSIFADDR"}, {0x8020690e, "SIOCSIFDSTADDR"}, {0x80206910, "SIOCSIFFLAGS"},
	{0x80206913, "SIOCSIFBRDADDR"}, {0x80206916, "SIOCSIFNETMASK"}, {0x80206918, "SIOCSIFMETRIC"}, {0x80206919, "SIOCDIFADDR"},
	{0x8020691e, "SIOCSIFCAP"}, {0x80206927, "SIOCSIFMAC"}, {0x80206928, "SIOCSIFNAME"}, {0x80206929, "SIOCSIFDESCR"}, {0x80206931, "SIOCADDMULTI"},
	{0x80206932, "SIOCDELMULTI"}, {0x80206934, "SIOCSIFMTU"}, {0x80206936, "SIOCSIFPHYS"}, {0x80206939, "SIOCSIFGENERIC"},
	{0x8020693c, "SIOCSIFLLADDR"}, {0x80206949, "SIOCDIFPHYADDR"}, {0x8020695d, "SIOCSIFFIB"}, {0x8020695f, "SIOCSTUNFIB"},
	{0x80206979, "SIOCIFDESTROY"}, {0x80206999, "SIOCSLANPCP"}, {0x8028697b, "SIOCSDRVSPEC"}, {0x80286987, "SIOCAIFGROUP"},
	{0x80286989, "SIOCDIFGROUP"}, {0x802c7414, "TIOCSETA"}, {0x802c7415, "TIOCSETAW"}, {0x802c7416, "TIOCSETAF"}, {0x8040691a, "SIOCAIFADDR"},
	{0x80406946, "SIOCSIFPHYADDR"}, {0x80506490, "DIOCSKERNELDUMP"}, {0xc0044266, "BIOCSBLEN"}, {0xc0104279, "BIOCGDLTLIST"},
	{0xc0106924, "SIOCGIFCONF"}, {0xc0106978, "SIOCIFGCLONERS"}, {0xc0186997, "SIOCGIFRSSHASH"}, {0xc0206911, "SIOCGIFFLAGS"},
	{0xc0206917, "SIOCGIFMETRIC"}, {0xc020691f, "SIOCGIFCAP"}, {0xc0206920, "SIOCGIFINDEX"}, {0xc0206921, "SIOCGIFADDR"},
	{0xc0206922, "SIOCGIFDSTADDR"}, {0xc0206923, "SIOCGIFBRDADDR"}, {0xc0206925, "SIOCGIFNETMASK"}, {0xc0206926, "SIOCGIFMAC"},
	{0xc020692a, "SIOCGIFDESCR"}, {0xc0206933, "SIOCGIFMTU"}, {0xc0206935, "SIOCGIFPHYS"}, {0xc0206937, "SIOCSIFMEDIA"}, {0xc020693a, "SIOCGIFGENERIC"},
	{0xc020693d, "SIOCGI2C"}, {0xc020693e, "SIOCGHWADDR"}, {0xc0206947, "SIOCGIFPSRCADDR"}, {0xc0206948, "SIOCGIFPDSTADDR"},
	{0xc0206950, "SIOCGPRIVATE_0"}, {0xc0206951, "SIOCGPRIVATE_1"}, {0xc020695a, "SIOCSIFVNET"}, {0xc020695b, "SIOCSIFRVNET"},
	{0xc020695c, "SIOCGIFFIB"}, {0xc020695e, "SIOCGTUNFIB"}, {0xc020697a, "SIOCIFCREATE"}, {0xc020697c, "SIOCIFCREATE2"}, {0xc0206998, "SIOCGLANPCP"},
	{0xc0207210, "SIOCGETSGCNT"}, {0xc028697b, "SIOCGDRVSPEC"}, {0xc0286988, "SIOCGIFGROUP"}, {0xc028698a, "SIOCGIFGMEMB"},
	{0xc028720f, "SIOCGETVIFCNT"}, {0xc0306938, "SIOCGIFMEDIA"}, {0xc030698b, "SIOCGIFXMEDIA"}, {0xc044692d, "SIOCGIFALIAS"},
	{0xc058699a, "SIOCGIFDOWNREASON"}, {0xc080648f, "DIOCZONECMD"}, {0xc0946996, "SIOCGIFRSSKEY"}, {0xc148648e, "DIOCGATTR"},
	{0xc331693b, "SIOCGIFSTATUS"}, {0x20006601, "FIOCLEX"}, {0x20006602, "FIONCLEX"}, {0x4004667f, "FIONREAD"}, {0x8004667e, "FIONBIO"},
	{0x8004667d, "FIOASYNC"}, {0x8004667c, "FIOSETOWN"}, {0x4004667b, "FIOGETOWN"}, {0x4004667a, "FIODTYPE"}, {0xc0086661, "FIOSEEKDATA"},
	{0xc0086662, "FIOSEEKHOLE"},
}}
