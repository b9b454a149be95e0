package proc

// The structures, one table each. Offsets are of the LP64 structures; the sizes of the
// whole (pstatus_t 1680, lwpstatus_t 1296, psinfo_t 416, prmap_t 104) are what an illumos
// program's sizeof says.

// Siginfo is siginfo_t. Which of the members below Errno mean something depends on the
// signal and its code.
type Siginfo struct {
	Signo, Code, Errno int32
	PID, UID           int32  // sender; child
	Value              uint64 // sigqueue(2)
	Status             int32  // SIGCHLD
	Addr               uint64 // faults; shares its place with PID
	TrapAfter          int32  // watchpoints: the instruction is done; shares its place with UID
	PC                 uint64 // of the instruction; shares its place with Value
}

// faultSignals have an address in place of a sender when the kernel raised them: SIGILL,
// SIGTRAP, SIGEMT, SIGFPE, SIGBUS, SIGSEGV.
var faultSignals = [NSignals + 1]bool{4: true, 5: true, 7: true, 8: true, 10: true, 11: true}

// Fault says whether the signal was raised for what an instruction did.
func (s *Siginfo) Fault() bool {
	return s.Code > 0 && s.Code != SINoInfo && s.Signo > 0 && s.Signo <= NSignals && faultSignals[s.Signo]
}

// SiginfoSize is sizeof(siginfo_t), in bytes.
const SiginfoSize = 256

var siginfoHead = newTable("siginfo_t", SiginfoSize, []row[Siginfo]{
	{"si_signo", 0, func(s *Siginfo) any { return &s.Signo }},
	{"si_code", 4, func(s *Siginfo) any { return &s.Code }},
	{"si_errno", 8, func(s *Siginfo) any { return &s.Errno }},
})

var siginfoProc = newTable("siginfo_t", SiginfoSize, append(siginfoHead.rows[:3:3], []row[Siginfo]{
	{"si_pid", 16, func(s *Siginfo) any { return &s.PID }},
	{"si_uid", 24, func(s *Siginfo) any { return &s.UID }},
	{"si_value", 32, func(s *Siginfo) any { return &s.Value }},
}...))

var siginfoChild = newTable("siginfo_t", SiginfoSize, append(siginfoHead.rows[:3:3], []row[Siginfo]{
	{"si_pid", 16, func(s *Siginfo) any { return &s.PID }},
	{"si_status", 32, func(s *Siginfo) any { return &s.Status }},
}...))

var siginfoFault = newTable("siginfo_t", SiginfoSize, append(siginfoHead.rows[:3:3], []row[Siginfo]{
	{"si_addr", 16, func(s *Siginfo) any { return &s.Addr }},
	{"si_trapafter", 24, func(s *Siginfo) any { return &s.TrapAfter }},
	{"si_pc", 32, func(s *Siginfo) any { return &s.PC }},
}...))

// sigChld is SIGCHLD (abi.SVR4).
const sigChld = 18

// variant is the table of the member of the union that the signal and code choose.
func (s *Siginfo) variant() *table[Siginfo] {
	switch {
	case s.Fault():
		return siginfoFault
	case s.Signo == sigChld && s.Code > 0:
		return siginfoChild
	case s.Code <= 0:
		return siginfoProc
	}
	return siginfoHead
}

func (s *Siginfo) size() int { return SiginfoSize }
func (s *Siginfo) get(b []byte) {
	*s = Siginfo{}
	siginfoHead.decode(b, s)
	s.variant().decode(b, s)
}
func (s *Siginfo) put(b []byte) { copy(b, s.Append(nil)) }

// Append appends the structure.
func (s *Siginfo) Append(b []byte) []byte { return s.variant().appendTo(b, s) }

// DecodeSiginfo reads a siginfo_t.
func DecodeSiginfo(b []byte) (s Siginfo, err error) {
	if err = siginfoHead.decode(b, &s); err == nil {
		err = s.variant().decode(b, &s)
	}
	return s, err
}

// Sigaction is struct sigaction. The file sigact is an array of them, that of signal n
// at n-1.
type Sigaction struct {
	Flags   int32
	Handler uint64 // SigDefault, SigIgnore or an address
	Mask    SigSet
}

// SigactionTable is its layout.
var SigactionTable = newTable("struct sigaction", 32, []row[Sigaction]{
	{"sa_flags", 0, func(s *Sigaction) any { return &s.Flags }},
	{"sa_handler", 8, func(s *Sigaction) any { return &s.Handler }},
	{"sa_mask", 16, func(s *Sigaction) any { return s.Mask[:] }},
})

func (s *Sigaction) size() int    { return SigactionTable.Size }
func (s *Sigaction) get(b []byte) { SigactionTable.decode(b, s) }
func (s *Sigaction) put(b []byte) { copy(b, s.Append(nil)) }

// Append appends the structure.
func (s *Sigaction) Append(b []byte) []byte { return SigactionTable.appendTo(b, s) }

// Stack is stack_t.
type Stack struct {
	SP, Size uint64
	Flags    int32
}

// StackTable is its layout.
var StackTable = newTable("stack_t", 24, []row[Stack]{
	{"ss_sp", 0, func(s *Stack) any { return &s.SP }},
	{"ss_size", 8, func(s *Stack) any { return &s.Size }},
	{"ss_flags", 16, func(s *Stack) any { return &s.Flags }},
})

func (s *Stack) size() int    { return StackTable.Size }
func (s *Stack) get(b []byte) { StackTable.decode(b, s) }
func (s *Stack) put(b []byte) { copy(b, StackTable.appendTo(nil, s)) }

// Lwpstatus is lwpstatus_t: lwp/ID/lwpstatus.
type Lwpstatus struct {
	Flags            uint32 // Flag..., and the process's Mode...
	LwpID            int32
	Why, What        int16
	CurSig           int16
	Info             Siginfo // of CurSig, or of the fault
	LwpPend, LwpHold SigSet
	Action           Sigaction // of CurSig
	AltStack         Stack
	OldContext       uint64
	Syscall, NSysArg int16 // Syscall is 0 outside of system calls
	Errno            int32 // at SysExit: 0 or why the call failed
	SysArg           [8]int64
	RVal1, RVal2     int64
	ClName           [8]byte
	TStamp           Time
	UTime, STime     Time
	UStack, Instr    uint64
	Reg              Gregs
	FPReg            FPRegs
}

// LwpstatusTable is its layout.
var LwpstatusTable = newTable("lwpstatus_t", 1296, []row[Lwpstatus]{
	{"pr_flags", 0, func(s *Lwpstatus) any { return &s.Flags }},
	{"pr_lwpid", 4, func(s *Lwpstatus) any { return &s.LwpID }},
	{"pr_why", 8, func(s *Lwpstatus) any { return &s.Why }},
	{"pr_what", 10, func(s *Lwpstatus) any { return &s.What }},
	{"pr_cursig", 12, func(s *Lwpstatus) any { return &s.CurSig }},
	{"pr_info", 16, func(s *Lwpstatus) any { return &s.Info }},
	{"pr_lwppend", 272, func(s *Lwpstatus) any { return s.LwpPend[:] }},
	{"pr_lwphold", 288, func(s *Lwpstatus) any { return s.LwpHold[:] }},
	{"pr_action", 304, func(s *Lwpstatus) any { return &s.Action }},
	{"pr_altstack", 336, func(s *Lwpstatus) any { return &s.AltStack }},
	{"pr_oldcontext", 360, func(s *Lwpstatus) any { return &s.OldContext }},
	{"pr_syscall", 368, func(s *Lwpstatus) any { return &s.Syscall }},
	{"pr_nsysarg", 370, func(s *Lwpstatus) any { return &s.NSysArg }},
	{"pr_errno", 372, func(s *Lwpstatus) any { return &s.Errno }},
	{"pr_sysarg", 376, func(s *Lwpstatus) any { return s.SysArg[:] }},
	{"pr_rval1", 440, func(s *Lwpstatus) any { return &s.RVal1 }},
	{"pr_rval2", 448, func(s *Lwpstatus) any { return &s.RVal2 }},
	{"pr_clname", 456, func(s *Lwpstatus) any { return s.ClName[:] }},
	{"pr_tstamp", 464, func(s *Lwpstatus) any { return &s.TStamp }},
	{"pr_utime", 480, func(s *Lwpstatus) any { return &s.UTime }},
	{"pr_stime", 496, func(s *Lwpstatus) any { return &s.STime }},
	{"pr_ustack", 528, func(s *Lwpstatus) any { return &s.UStack }},
	{"pr_instr", 536, func(s *Lwpstatus) any { return &s.Instr }},
	{"pr_reg", 544, func(s *Lwpstatus) any { return s.Reg[:] }},
	{"pr_fpreg", 768, func(s *Lwpstatus) any { return s.FPReg[:] }},
})

func (s *Lwpstatus) size() int    { return LwpstatusTable.Size }
func (s *Lwpstatus) get(b []byte) { LwpstatusTable.decode(b, s) }
func (s *Lwpstatus) put(b []byte) { copy(b, s.Append(nil)) }

// Append appends the structure.
func (s *Lwpstatus) Append(b []byte) []byte { return LwpstatusTable.appendTo(b, s) }

// Decode reads the structure.
func (s *Lwpstatus) Decode(b []byte) error { return LwpstatusTable.decode(b, s) }

// Stopped says whether the lwp is stopped on an event of interest.
func (s *Lwpstatus) Stopped() bool { return s.Flags&FlagIStop != 0 }

// Pstatus is pstatus_t: the file status. Lwp is the representative lwp.
type Pstatus struct {
	Flags                        uint32
	NLwp                         int32
	PID, PPID, PGID, SID         int32
	ASLwpID, AgentID             int32
	SigPend                      SigSet
	BrkBase, BrkSize             uint64
	StkBase, StkSize             uint64
	UTime, STime, CUTime, CSTime Time
	SigTrace                     SigSet
	FltTrace                     FltSet
	SysEntry, SysExit            SysSet
	DModel                       uint8
	TaskID, ProjID, NZomb        int32
	ZoneID                       int32
	Lwp                          Lwpstatus
}

// PstatusTable is its layout.
var PstatusTable = newTable("pstatus_t", 1680, []row[Pstatus]{
	{"pr_flags", 0, func(s *Pstatus) any { return &s.Flags }},
	{"pr_nlwp", 4, func(s *Pstatus) any { return &s.NLwp }},
	{"pr_pid", 8, func(s *Pstatus) any { return &s.PID }},
	{"pr_ppid", 12, func(s *Pstatus) any { return &s.PPID }},
	{"pr_pgid", 16, func(s *Pstatus) any { return &s.PGID }},
	{"pr_sid", 20, func(s *Pstatus) any { return &s.SID }},
	{"pr_aslwpid", 24, func(s *Pstatus) any { return &s.ASLwpID }},
	{"pr_agentid", 28, func(s *Pstatus) any { return &s.AgentID }},
	{"pr_sigpend", 32, func(s *Pstatus) any { return s.SigPend[:] }},
	{"pr_brkbase", 48, func(s *Pstatus) any { return &s.BrkBase }},
	{"pr_brksize", 56, func(s *Pstatus) any { return &s.BrkSize }},
	{"pr_stkbase", 64, func(s *Pstatus) any { return &s.StkBase }},
	{"pr_stksize", 72, func(s *Pstatus) any { return &s.StkSize }},
	{"pr_utime", 80, func(s *Pstatus) any { return &s.UTime }},
	{"pr_stime", 96, func(s *Pstatus) any { return &s.STime }},
	{"pr_cutime", 112, func(s *Pstatus) any { return &s.CUTime }},
	{"pr_cstime", 128, func(s *Pstatus) any { return &s.CSTime }},
	{"pr_sigtrace", 144, func(s *Pstatus) any { return s.SigTrace[:] }},
	{"pr_flttrace", 160, func(s *Pstatus) any { return s.FltTrace[:] }},
	{"pr_sysentry", 176, func(s *Pstatus) any { return s.SysEntry[:] }},
	{"pr_sysexit", 240, func(s *Pstatus) any { return s.SysExit[:] }},
	{"pr_dmodel", 304, func(s *Pstatus) any { return &s.DModel }},
	{"pr_taskid", 308, func(s *Pstatus) any { return &s.TaskID }},
	{"pr_projid", 312, func(s *Pstatus) any { return &s.ProjID }},
	{"pr_nzomb", 316, func(s *Pstatus) any { return &s.NZomb }},
	{"pr_zoneid", 320, func(s *Pstatus) any { return &s.ZoneID }},
	{"pr_lwp", 384, func(s *Pstatus) any { return &s.Lwp }},
})

// Append appends the structure.
func (s *Pstatus) Append(b []byte) []byte { return PstatusTable.appendTo(b, s) }

// Decode reads the structure.
func (s *Pstatus) Decode(b []byte) error { return PstatusTable.decode(b, s) }

// Lwpsinfo is lwpsinfo_t: lwp/ID/lwpsinfo.
type Lwpsinfo struct {
	LwpID                  int32
	Addr, WChan            uint64
	SType, State           uint8 // State...
	SName, Nice            uint8 // SName is State's letter
	Syscall                int16
	OldPri, CPU            uint8
	Pri                    int32
	PctCPU                 uint16 // 0x8000 is all of one
	Start, Time            Time
	ClName                 [8]byte
	NameBytes              [16]byte
	OnPro, BindPro, BindPS int32
	LGrp                   int32
}

// LwpsinfoTable is its layout.
var LwpsinfoTable = newTable("lwpsinfo_t", 128, []row[Lwpsinfo]{
	{"pr_lwpid", 4, func(s *Lwpsinfo) any { return &s.LwpID }},
	{"pr_addr", 8, func(s *Lwpsinfo) any { return &s.Addr }},
	{"pr_wchan", 16, func(s *Lwpsinfo) any { return &s.WChan }},
	{"pr_stype", 24, func(s *Lwpsinfo) any { return &s.SType }},
	{"pr_state", 25, func(s *Lwpsinfo) any { return &s.State }},
	{"pr_sname", 26, func(s *Lwpsinfo) any { return &s.SName }},
	{"pr_nice", 27, func(s *Lwpsinfo) any { return &s.Nice }},
	{"pr_syscall", 28, func(s *Lwpsinfo) any { return &s.Syscall }},
	{"pr_oldpri", 30, func(s *Lwpsinfo) any { return &s.OldPri }},
	{"pr_cpu", 31, func(s *Lwpsinfo) any { return &s.CPU }},
	{"pr_pri", 32, func(s *Lwpsinfo) any { return &s.Pri }},
	{"pr_pctcpu", 36, func(s *Lwpsinfo) any { return &s.PctCPU }},
	{"pr_start", 40, func(s *Lwpsinfo) any { return &s.Start }},
	{"pr_time", 56, func(s *Lwpsinfo) any { return &s.Time }},
	{"pr_clname", 72, func(s *Lwpsinfo) any { return s.ClName[:] }},
	{"pr_name", 80, func(s *Lwpsinfo) any { return s.NameBytes[:] }},
	{"pr_onpro", 96, func(s *Lwpsinfo) any { return &s.OnPro }},
	{"pr_bindpro", 100, func(s *Lwpsinfo) any { return &s.BindPro }},
	{"pr_bindpset", 104, func(s *Lwpsinfo) any { return &s.BindPS }},
	{"pr_lgrp", 108, func(s *Lwpsinfo) any { return &s.LGrp }},
})

func (s *Lwpsinfo) size() int    { return LwpsinfoTable.Size }
func (s *Lwpsinfo) get(b []byte) { LwpsinfoTable.decode(b, s) }
func (s *Lwpsinfo) put(b []byte) { copy(b, s.Append(nil)) }

// Append appends the structure.
func (s *Lwpsinfo) Append(b []byte) []byte { return LwpsinfoTable.appendTo(b, s) }

// Decode reads the structure.
func (s *Lwpsinfo) Decode(b []byte) error { return LwpsinfoTable.decode(b, s) }

// Psinfo is psinfo_t: the file psinfo, which everyone may read and a zombie keeps (with
// NLwp 0).
type Psinfo struct {
	NLwp                 int32
	PID, PPID, PGID, SID int32
	UID, EUID, GID, EGID int32
	Addr                 uint64
	Size, RSSize         uint64 // KiB
	TTYDev               uint64 // NoDev: none
	PctCPU, PctMem       uint16
	Start, Time, CTime   Time
	FNameBytes           [16]byte
	PsArgsBytes          [80]byte
	WStat                int32 // of a zombie: its status, as wait(2) gives it
	ArgC                 int32
	ArgV, EnvP           uint64 // addresses
	DModel               uint8
	TaskID, ProjID       int32
	NZomb, PoolID        int32
	ZoneID, Contract     int32
	Lwp                  Lwpsinfo
}

// PsinfoTable is its layout.
var PsinfoTable = newTable("psinfo_t", 416, []row[Psinfo]{
	{"pr_nlwp", 4, func(s *Psinfo) any { return &s.NLwp }},
	{"pr_pid", 8, func(s *Psinfo) any { return &s.PID }},
	{"pr_ppid", 12, func(s *Psinfo) any { return &s.PPID }},
	{"pr_pgid", 16, func(s *Psinfo) any { return &s.PGID }},
	{"pr_sid", 20, func(s *Psinfo) any { return &s.SID }},
	{"pr_uid", 24, func(s *Psinfo) any { return &s.UID }},
	{"pr_euid", 28, func(s *Psinfo) any { return &s.EUID }},
	{"pr_gid", 32, func(s *Psinfo) any { return &s.GID }},
	{"pr_egid", 36, func(s *Psinfo) any { return &s.EGID }},
	{"pr_addr", 40, func(s *Psinfo) any { return &s.Addr }},
	{"pr_size", 48, func(s *Psinfo) any { return &s.Size }},
	{"pr_rssize", 56, func(s *Psinfo) any { return &s.RSSize }},
	{"pr_ttydev", 72, func(s *Psinfo) any { return &s.TTYDev }},
	{"pr_pctcpu", 80, func(s *Psinfo) any { return &s.PctCPU }},
	{"pr_pctmem", 82, func(s *Psinfo) any { return &s.PctMem }},
	{"pr_start", 88, func(s *Psinfo) any { return &s.Start }},
	{"pr_time", 104, func(s *Psinfo) any { return &s.Time }},
	{"pr_ctime", 120, func(s *Psinfo) any { return &s.CTime }},
	{"pr_fname", 136, func(s *Psinfo) any { return s.FNameBytes[:] }},
	{"pr_psargs", 152, func(s *Psinfo) any { return s.PsArgsBytes[:] }},
	{"pr_wstat", 232, func(s *Psinfo) any { return &s.WStat }},
	{"pr_argc", 236, func(s *Psinfo) any { return &s.ArgC }},
	{"pr_argv", 240, func(s *Psinfo) any { return &s.ArgV }},
	{"pr_envp", 248, func(s *Psinfo) any { return &s.EnvP }},
	{"pr_dmodel", 256, func(s *Psinfo) any { return &s.DModel }},
	{"pr_taskid", 260, func(s *Psinfo) any { return &s.TaskID }},
	{"pr_projid", 264, func(s *Psinfo) any { return &s.ProjID }},
	{"pr_nzomb", 268, func(s *Psinfo) any { return &s.NZomb }},
	{"pr_poolid", 272, func(s *Psinfo) any { return &s.PoolID }},
	{"pr_zoneid", 276, func(s *Psinfo) any { return &s.ZoneID }},
	{"pr_contract", 280, func(s *Psinfo) any { return &s.Contract }},
	{"pr_lwp", 288, func(s *Psinfo) any { return &s.Lwp }},
})

// Append appends the structure.
func (s *Psinfo) Append(b []byte) []byte { return PsinfoTable.appendTo(b, s) }

// Decode reads the structure.
func (s *Psinfo) Decode(b []byte) error { return PsinfoTable.decode(b, s) }

// FName is the name of the program's file, at most 15 bytes.
func (s *Psinfo) FName() string { return text(s.FNameBytes[:]) }

// SetFName sets it, cut to fit.
func (s *Psinfo) SetFName(name string) { setText(s.FNameBytes[:], name) }

// PsArgs is the beginning of the arguments, blanks between them, at most 79 bytes.
func (s *Psinfo) PsArgs() string { return text(s.PsArgsBytes[:]) }

// SetPsArgs sets it, cut to fit.
func (s *Psinfo) SetPsArgs(args string) { setText(s.PsArgsBytes[:], args) }

// Zombie says whether the process has ended and only waits to be waited for.
func (s *Psinfo) Zombie() bool { return s.NLwp == 0 }

// FaultSignal says whether a signal is one that instructions raise.
func FaultSignal(n int) bool { return n > 0 && n <= NSignals && faultSignals[n] }
