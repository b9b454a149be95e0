package procfs

// One line of numbers about a process or thread (proc_pid_stat(5)). It is the
// cheapest complete record the kernel gives, and readable for every process.

import (
	"bytes"
	"time"
)

// State is the run state of a process or thread, as the letter Linux uses.
type State byte

// The states of proc(5). FreeBSD's map onto them.
const (
	Running     State = 'R'
	Sleeping    State = 'S' // interruptible
	DiskSleep   State = 'D' // uninterruptible
	Stopped     State = 'T' // by job control
	TracingStop State = 't' // by a tracer
	Zombie      State = 'Z'
	Dead        State = 'X'
	Idle        State = 'I' // idle kernel thread
	Parked      State = 'P'
)

var stateNames = map[State]string{
	Running: "running", Sleeping: "sleeping", DiskSleep: "disk sleep", Stopped: "stopped",
	TracingStop: "tracing stop", Zombie: "zombie", Dead: "dead", Idle: "idle", Parked: "parked",
}

func (s State) String() string {
	if n, ok := stateNames[s]; ok {
		return n
	}
	return "state " + string(rune(s))
}

// Stat is the record of one process, or of one thread.
type Stat struct {
	PID     int
	Comm    string // command name, any bytes, at most 15 (63 for kernel workers)
	State   State
	PPID    int
	PGID    int // process group
	SID     int // session
	TTY     Dev // controlling terminal; zero for none
	TPGID   int // foreground group of that terminal; -1 for none
	Flags   uint64
	MinFlt  uint64 // page faults without and with disk access; of reaped children
	CMinFlt uint64
	MajFlt  uint64
	CMajFlt uint64

	UTime, STime   time.Duration // CPU time in user and kernel mode, in steps of 10 ms
	CUTime, CSTime time.Duration // of reaped children
	Priority, Nice int
	Threads        int
	Start          time.Duration // since boot, in steps of 10 ms; tells reused pids apart

	VSize uint64 // bytes
	RSS   uint64 // bytes, in an approximation the kernel keeps
	// Addresses are zero unless the reader may trace the process.
	StartCode, EndCode, StartStack uint64
	SP, PC                         uint64 // only of a process that is exiting or dumping core
	StartData, EndData, StartBrk   uint64
	ArgStart, ArgEnd               uint64
	EnvStart, EnvEnd               uint64

	ExitSignal int // sent to the parent at the end
	CPU        int // last run on
	RTPriority int
	Policy     int
	ExitCode   int // wait(2) status; zero unless the reader may trace the process
}

// kthreadFlag is PF_KTHREAD (include/linux/sched.h).
const kthreadFlag = 0x00200000

// KernelThread tells whether this is a thread of the kernel itself.
func (s *Stat) KernelThread() bool { return s.Flags&kthreadFlag != 0 }

// Stat reads the record.
func (p Proc) Stat() (*Stat, error) {
	b, err := p.readFull("stat")
	if err != nil {
		return nil, err
	}
	st, err := ParseStat(b)
	return st, p.parsed("stat", err)
}

// Indices of numeric fields: the number of the field in proc(5) minus 4, counting
// from the parent (field 4). The kernel may add fields at the end.
const (
	fPPID = iota
	fPGID
	fSID
	fTTY
	fTPGID
	fFlags
	fMinFlt
	fCMinFlt
	fMajFlt
	fCMajFlt
	fUTime
	fSTime
	fCUTime
	fCSTime
	fPriority
	fNice
	fThreads
	_ // itrealvalue: 0
	fStart
	fVSize
	fRSS
	_ // rsslim
	fStartCode
	fEndCode
	fStartStack
	fSP
	fPC
	_ // signal, blocked, ignored, caught: 32 bits only; see Status
	_
	_
	_
	_ // wchan: 0 or 1
	_ // nswap, cnswap: 0
	_
	fExitSignal
	fCPU
	fRTPriority
	fPolicy
	_ // delayacct_blkio_ticks
	_ // guest_time, cguest_time
	_
	fStartData
	fEndData
	fStartBrk
	fArgStart
	fArgEnd
	fEnvStart
	fEnvEnd
	fExitCode
	nStatFields
)

const (
	tick     = 10 * time.Millisecond // USER_HZ is 100 on x86 (asm/param.h), whatever the kernel's HZ
	pageSize = 4096
)

// ParseStat reads the line of /proc/PID/stat. The command may hold any byte, so it
// ends at the last parenthesis of the file.
func ParseStat(b []byte) (*Stat, error) {
	open, end := bytes.IndexByte(b, '('), bytes.LastIndexByte(b, ')')
	if open < 0 || end < open {
		return nil, malformed(0, b, "no (command)")
	}
	pidText, rest := field(b[:open])
	pid, ok := signed(pidText)
	if pad, _ := field(rest); !ok || len(pad) != 0 || pid != int64(int32(pid)) {
		return nil, malformed(0, b, "no pid before the (command)")
	}
	state, rest := field(bytes.TrimRight(b[end+1:], "\n"))
	if len(state) != 1 {
		return nil, malformed(0, b[end+1:], "no state letter after the (command)")
	}

	var f [nStatFields]uint64
	for i := range f {
		var word []byte
		word, rest = field(rest)
		n, ok := number(word, 10)
		if !ok { // fields are %d, %ld or %lu: fold the negative ones
			var s int64
			s, ok = signed(word)
			n = uint64(s)
		}
		if !ok {
			return nil, malformed(0, word, "field %d is not a number", i+4)
		}
		f[i] = n
	}
	return &Stat{
		PID: int(pid), Comm: string(b[open+1 : end]), State: State(state[0]),
		PPID: int(int32(f[fPPID])), PGID: int(int32(f[fPGID])), SID: int(int32(f[fSID])),
		TTY: devOf32(uint32(f[fTTY])), TPGID: int(int32(f[fTPGID])), Flags: f[fFlags],
		MinFlt: f[fMinFlt], CMinFlt: f[fCMinFlt], MajFlt: f[fMajFlt], CMajFlt: f[fCMajFlt],
		UTime: ticks(f[fUTime]), STime: ticks(f[fSTime]),
		CUTime: ticks(f[fCUTime]), CSTime: ticks(f[fCSTime]),
		Priority: int(int64(f[fPriority])), Nice: int(int64(f[fNice])), Threads: int(int32(f[fThreads])),
		Start: ticks(f[fStart]), VSize: f[fVSize], RSS: f[fRSS] * pageSize,
		StartCode: f[fStartCode], EndCode: f[fEndCode], StartStack: f[fStartStack], SP: f[fSP], PC: f[fPC],
		StartData: f[fStartData], EndData: f[fEndData], StartBrk: f[fStartBrk],
		ArgStart: f[fArgStart], ArgEnd: f[fArgEnd], EnvStart: f[fEnvStart], EnvEnd: f[fEnvEnd],
		ExitSignal: int(int32(f[fExitSignal])), CPU: int(int32(f[fCPU])),
		RTPriority: int(uint32(f[fRTPriority])), Policy: int(uint32(f[fPolicy])), ExitCode: int(int32(f[fExitCode])),
	}, nil
}

func ticks(n uint64) time.Duration { return time.Duration(n) * tick }

// devOf32 splits the 32-bit device number of new_encode_dev (linux/kdev_t.h).
func devOf32(d uint32) Dev {
	return Dev{Major: d >> 8 & 0xfff, Minor: d&0xff | d>>12&0xfff00}
}
