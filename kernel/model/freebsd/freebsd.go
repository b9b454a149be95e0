// Package freebsd is FreeBSD as the modeled kernel has it: the numbers, structures and habits of
// FreeBSD 15 on amd64 around the processes of kernel/model/kern.
//
//   - calls*.go are the system calls, one row each, by number; syscall.go is the way in and out
//   - signal.go sends signals and finds them again (tdsendsignal, issignal, postsig)
//   - suspend.go stops all of a process, stop.go is a tracee's stop (ptracestop)
//   - ptrace*.go is ptrace(2), wait.go is wait6(2), procctl.go and sysctl*.go what they say
//   - frame.go is the signal frame and sigreturn(2)
//   - sys.go is the raw interface of the adapter kernel/freebsd: a tracer from outside
//
// To FreeBSD the process is what is traced: all of its threads stop, and one at a time is
// reported. The tracer is its parent meanwhile. What is said of FreeBSD is from ptrace(2),
// wait6(2), procctl(2) and their like, and from recordings of a real kernel, which comments
// name by their scenario (kernel/model/freebsd/replay plays them all).
package freebsd

import (
	"encoding/binary"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
	"github.com/trapline/trapline/kernel/model/vm"
)

var le = binary.LittleEndian

// bootedAt is CLOCK_REALTIME when the machine was made, in seconds.
const bootedAt = 1_700_000_000

// threadBase is below all thread ids: PID_MAX and one.
const threadBase = 100000

// System is FreeBSD.
var System = &kern.System{Name: "freebsd", OS: abi.FreeBSD, Sig: signals(), Image: freebsdImage(), ThreadBase: threadBase, BootedAt: bootedAt}

// signals are the numbers. Each is queued (enqueue).
func signals() *kern.Signals {
	s := kern.NewSignals(abi.FreeBSD, 65)
	s.Max = 128
	return s
}

// freebsdImage is the image with the page of the signal trampoline.
func freebsdImage() *image.System {
	s := image.FreeBSD
	page := make([]byte, vm.PageSize)
	copy(page[sigcodeOffset:], sigcode)
	s.Shared = []image.SharedPage{{Name: "", File: vm.NewBlob("", page), Prot: vm.Read | vm.Exec, Size: vm.PageSize}}
	return &s
}

var errnos = errno.Numbers(abi.FreeBSD)

// number is an error as programs get it.
func number(e errno.Errno) raw.Errno {
	switch {
	case e == errno.OK:
		return 0
	case e == errno.ERESTART:
		return raw.ERESTART
	case errnos[e] < 0:
		return raw.EINVAL
	}
	return raw.Errno(errnos[e])
}

func init() {
	s := System
	s.Boot = boot
	s.Syscall = syscall
	s.Gate = gate
	s.Restart = func(*kern.Thread, *kern.Action) {}
	s.Post = post
	s.ToUser = toUser
	s.Catch = catch
	s.SendSig = sendSignal
	s.Entry = entry
	s.Dead = dead
	s.Adopter, s.Reaped = adopter, reaped
	s.Born = born
	s.Tracing = tracing{}
	s.Stub = func(pc, path, argv, envp uint64) []byte { return stub(Launch{})(pc, path, argv, envp) }
}

// New is a machine that runs FreeBSD.
func New(c kern.Config) *kern.Machine {
	c.System = System
	if c.PIDs == 0 {
		c.PIDs = threadBase - 1
	}
	return kern.New(c)
}

// boot makes what a FreeBSD finds in its file system.
func boot(m *kern.Machine) {
	root := m.FS.Root()
	for _, dir := range []string{"dev", "bin", "etc", "usr"} {
		m.FS.Mkdir(fs.Cred{}, root, dir, 0o755)
	}
	m.FS.Mkdir(fs.Cred{}, root, "tmp", 0o1777)
	if dev, e := m.FS.Lookup(fs.Cred{}, root, "/dev", true); e == errno.OK {
		m.FS.AddDevices(dev, nil)
	}
}

// settings are the tunables of a machine (recording tunables has their defaults).
type settings struct {
	allowPtrace, unprivilegedDebug, seeOtherUIDs, killOnExit, coredump bool
}

// machine is what a machine has of FreeBSD's own.
type machine struct {
	settings
	links uint64
}

// of is the machine's.
func of(m *kern.Machine) *machine {
	k, _ := m.Init.Private.(*proc)
	if k == nil || k.machine == nil {
		k = procOf(m.Init)
		k.machine = &machine{settings: settings{allowPtrace: true, unprivilegedDebug: true, seeOtherUIDs: true, killOnExit: true, coredump: true}}
	}
	return k.machine
}

// proc is what a process has of FreeBSD's own: p_flag and its like.
type proc struct {
	machine *machine // of init alone

	traced       bool       // P_TRACED
	tracer       *kern.Proc // its parent while it is traced, and after its death until reaped
	oldABI       bool       // its program has no ABI tag
	stoppedSig   bool       // P_STOPPED_SIG: it is to stop, or has
	stoppedTrace bool       // P_STOPPED_TRACE
	waited       bool       // P_WAITED: the stop was reported
	continued    bool       // P_CONTINUED
	ppTrace      bool       // P_PPTRACE: PT_TRACE_ME in a vfork child
	firstStop    bool       // P2_PTRACE_FSTP: the attach's stop is to come
	wkilled      bool       // P_WKILLED
	sugid        bool       // P_SUGID
	executed     bool       // P_EXEC
	hadThreads   bool
	statChild    bool
	noTrace      bool // PROC_TRACE_CTL_DISABLE, until an exec
	noTraceExec  bool // and beyond it
	noNewPrivs   bool
	wexit        bool // P_WEXIT, P2_WEXIT
	stub         bool // it comes from outside, and has not executed its program
	desc         bool // it has a process descriptor (pdfork)

	reaper      *kern.Proc   // p_reaper
	below       []*kern.Proc // p_reaplist
	subtree     int          // p_reapsubtree
	deathSignal int          // p_pdeathsig
	switched    map[int]int  // what procctl has set, by the command
	fixed       bool         // its program was not moved about

	xsig    int // p_xsig
	xthread *kern.Thread
	events  uint32 // p_ptevents
	exiter  *kern.Thread

	link       uint64 // greater: put into its parent's list later
	linkParent *kern.Proc
	timestamp  int32
	notes      []*knote // of its signals
}

// procOf is the process's.
func procOf(p *kern.Proc) *proc {
	k, _ := p.Private.(*proc)
	if k == nil {
		k = &proc{}
		p.Private = k
	}
	return k
}

// lwp is what a thread has of FreeBSD's own: td_dbgflags and its like.
type lwp struct {
	ast       bool // there are signals to look for (TDA_SIG)
	suspended bool // it is stopped with its process (TD_IS_SUSPENDED)
	edge      bool // and that on its way to user mode (TDF_BOUNDARY)
	xsigStop  bool // TDB_XSIG: in a stop for its tracer
	sswitch   bool // TDB_SSWITCH: stopped within ptracestop
	sce, scx  bool
	exec      bool
	forked    bool
	vforked   bool
	child     bool
	stopFork  bool // TDB_STOPATFORK
	born      bool
	exiting   bool // TDB_EXIT
	userWrite bool // TDB_USERWR
	suspend   bool // TDB_SUSPEND
	firstStop bool // TDB_FSTP
	boundary  bool // TDB_BOUNDARY: at the exit of a call, or where signals are looked for on the way to user mode
	threadEnd bool // it ends itself (thr_exit)

	xsig     int
	info     kern.SigInfo // td_si; of a stop
	childPID int

	code   uint32 // td_sa: the last call
	narg   int
	args   [8]uint64
	asked  bool // a tracer has asked what it was given
	err    raw.Errno
	shown  raw.Errno // what PT_GET_SC_RET says, if it is another
	ret    [2]uint64
	fromSC bool  // on its way out of a call
	tick   int64 // of the clock, when it last was on its way to user mode
	direct bool  // the call has set the registers itself
	fast   bool  // it returns by the short way, which restores few registers
	stale  stale

	interrupt errno.Errno // what ended its sleep: td_intrval
	mask      kern.Sigset // td_oldsigmask
	hasMask   bool
	step      bool // PT_STEP
	name      string
	suspendQ  sleep.Queue // thr_suspend
	awoken    bool        // thr_wake
	remote    *remote
	// performing: the call that it makes is its tracer's, and its process's stop is not its own.
	performing bool
	lent       *kern.Proc // the vfork child that is to be waited for
	fx         fx
}

// lwpOf is the thread's.
func lwpOf(t *kern.Thread) *lwp {
	l, _ := t.Private.(*lwp)
	if l == nil {
		l = &lwp{fx: newFX}
		t.Private = l
	}
	return l
}

// born gives a new thread what it has of its maker's.
func born(n, maker *kern.Thread) {
	old, l := lwpOf(maker), lwpOf(n)
	l.fx, l.name = old.fx, old.name
	l.code, l.narg, l.args = old.code, old.narg, old.args
	if n.Proc != maker.Proc {
		k, o := procOf(n.Proc), procOf(maker.Proc)
		k.sugid, k.noTrace, k.noTraceExec, k.noNewPrivs, k.oldABI = o.sugid, o.noTrace, o.noTraceExec, o.noNewPrivs, o.oldABI
		k.timestamp, k.switched, k.fixed = o.timestamp, o.switched, o.fixed
		inheritReaper(n.Proc, maker.Proc, false)
		n.Regs.DR = [8]uint64{} // watch-fork: a forked child has none
		n.Proc.Usage.Faults++   // of its first step in memory that is copied
		if maker.Proc.External {
			n.Proc.Limits[kern.LimitCore].Cur = n.Proc.Limits[kern.LimitCore].Max
		}
		relink(n.Proc)
	} else {
		procOf(n.Proc).hadThreads = true
		l.code, l.narg, l.args = old.code, old.narg, old.args
	}
	if old.step { // a step of its maker's is not its own (step-fork)
		n.Regs.Flags &^= cpu.FlagTF
	}
}

// entry sets the registers of a new program: rdi is where argc is, the stack is aligned as at
// the entry of a function (exec-shebang).
func entry(t *kern.Thread, r *image.Result) {
	sp := t.Regs.R[cpu.RSP]
	t.Regs.R[cpu.RDI] = sp
	t.Regs.Segment = [6]uint16{cpu.ES: 0x3b, cpu.CS: 0x43, cpu.SS: 0x3b, cpu.DS: 0x3b, cpu.FS: 0x13, cpu.GS: 0x1b}
	t.Regs.R[cpu.RSP] = (sp-8)&^15 + 8
	k, l := procOf(t.Proc), lwpOf(t)
	k.executed, k.ppTrace, k.stub = true, false, false
	k.noTrace, k.fixed = k.noTraceExec, t.Proc.NoASLR
	l.fx, l.name = newFX, ""
	k.oldABI = !hasABITag(r.File)
	t.Regs.DR = [8]uint64{}
}

// dead is the end of a thread while its memory is there.
func dead(t *kern.Thread) {}

// gate is int n: int $0x80 is another way to make calls, which no program here uses.
func gate(t *kern.Thread, _ uint8) {
	trapSignal(t, kern.SigInfo{Signo: sigBUS, Addr: t.Regs.RIP}, codeObject, trapProtection)
}
