package proc

// The numbers of procfs.h, siginfo.h and fault.h.

// Flags of Pstatus.Flags and Lwpstatus.Flags (pr_flags).
const (
	FlagStopped = 0x00000001 // PR_STOPPED: the lwp is stopped
	FlagIStop   = 0x00000002 // PR_ISTOP: on an event of interest
	FlagDStop   = 0x00000004 // PR_DSTOP: a stop directive is in effect
	FlagStep    = 0x00000008 // PR_STEP: a single-step directive is in effect
	FlagAsleep  = 0x00000010 // PR_ASLEEP: in an interruptible sleep within a system call
	FlagPCInval = 0x00000020 // PR_PCINVAL: pr_instr is undefined
	FlagIsSys   = 0x00001000 // PR_ISSYS: a system process
	FlagVforkP  = 0x00002000 // PR_VFORKP: parent of a vfork(2)ed child
	FlagOrphan  = 0x00004000 // PR_ORPHAN: its process group is orphaned
)

// Modes, set by PCSET and cleared by PCUNSET; they show in pr_flags too.
const (
	ModeFork   = 0x00100000 // PR_FORK: inherit-on-fork
	ModeRLC    = 0x00200000 // PR_RLC: run-on-last-close
	ModeKLC    = 0x00400000 // PR_KLC: kill-on-last-close
	ModeAsync  = 0x00800000 // PR_ASYNC: a stop of one lwp does not stop the others
	ModeBptAdj = 0x02000000 // PR_BPTADJ: pc is moved back over a breakpoint
	ModePtrace = 0x04000000 // PR_PTRACE: stops are told by wait(2), exec raises SIGTRAP
	ModeAll    = ModeFork | ModeRLC | ModeKLC | ModeAsync | ModeBptAdj | ModePtrace
)

// Why an lwp is stopped (pr_why), and what pr_what then is.
const (
	Requested  = 1 // PR_REQUESTED: by a stop directive
	Signalled  = 2 // PR_SIGNALLED: the signal
	SysEntry   = 3 // PR_SYSENTRY: the system call
	SysExit    = 4 // PR_SYSEXIT: the system call
	JobControl = 5 // PR_JOBCONTROL: the stopping signal; not an event of interest
	Faulted    = 6 // PR_FAULTED: the fault
	Suspended  = 7 // PR_SUSPENDED: by the process itself
)

// Faults (fault.h).
const (
	FltIll    = 1
	FltPriv   = 2
	FltBpt    = 3 // breakpoint instruction
	FltTrace  = 4 // single step
	FltAccess = 5
	FltBounds = 6
	FltIOvf   = 7
	FltIZDiv  = 8
	FltFPE    = 9
	FltStack  = 10
	FltPage   = 11
	FltWatch  = 12 // watched area
)

// si_code values (siginfo.h). Those at or below 0 come from a user.
const (
	SIUser     = 0 // kill(2)
	SILwp      = -1
	SIQueue    = -2
	SITimer    = -3
	SINoInfo   = 32767
	TrapBrkpt  = 1
	TrapTrace  = 2
	TrapRWatch = 3 // Addr is the first watched byte that was touched
	TrapWWatch = 4
	TrapXWatch = 5
	CldExited  = 1
	CldKilled  = 2
	CldDumped  = 3
	CldTrapped = 4
	CldStopped = 5
	CldCont    = 6
)

// Flags of Watch.Flags (pr_wflags).
const (
	WatchExec  = 0x01
	WatchWrite = 0x02
	WatchRead  = 0x04
	WatchAfter = 0x08 // WA_TRAPAFTER: when the instruction is done
	WatchAll   = WatchExec | WatchWrite | WatchRead | WatchAfter
)

// Flags of Map.Flags (pr_mflags).
const (
	MapExec      = 0x01
	MapWrite     = 0x02
	MapRead      = 0x04
	MapShared    = 0x08
	MapBreak     = 0x10
	MapStack     = 0x20
	MapAnon      = 0x40
	MapNoReserve = 0x100
	MapShm       = 0x200
)

// NoDev is PRNODEV: no controlling terminal.
const NoDev = ^uint64(0)

// ModelLP64 is PR_MODEL_LP64 (procfs_isa.h).
const ModelLP64 = 2

// Lwpsinfo.State values with their letters (pr_state, pr_sname; ps(1)).
const (
	StateSleep  = 1 // S
	StateRun    = 2 // R
	StateZombie = 3 // Z
	StateStop   = 4 // T
	StateIdle   = 5 // I
	StateOnProc = 6 // O
)

// StateNames are the letters by state.
const StateNames = " SRZTIO"

// NSignals is how many signals sigact tells of: those of abi.SVR4.
const NSignals = 31

// NoHandler values of Sigaction.Handler.
const (
	SigDefault = 0
	SigIgnore  = 1
)

// Flags of Sigaction.Flags (signal.h).
const (
	SAOnStack   = 0x01
	SAResetHand = 0x02
	SARestart   = 0x04
	SASigInfo   = 0x08
	SANoDefer   = 0x10
	SANoCldWait = 0x10000
	SANoCldStop = 0x20000
)
