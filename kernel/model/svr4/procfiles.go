package svr4

// What the files of /proc say: the structures of kernel/svr4/proc.

import (
	"strings"

	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// processFiles are a process's files, lwpFiles an lwp's.
var processFiles, lwpFiles []procFile

func init() {
	processFiles = []procFile{
		{name: "status", mode: 0o400, text: func(p *kern.Proc, t *kern.Thread) []byte { return pstatus(p, t).Append(nil) }},
		{name: "psinfo", mode: 0o444, public: true, zombie: true, text: func(p *kern.Proc, t *kern.Thread) []byte { return psinfo(p, t).Append(nil) }},
		{name: "ctl", mode: 0o200, write: control},
		{name: "as", mode: 0o600, readAt: readMemory, write: writeMemory},
		{name: "map", mode: 0o400, text: func(p *kern.Proc, _ *kern.Thread) []byte { return mapText(p) }},
		{name: "sigact", mode: 0o400, text: func(p *kern.Proc, _ *kern.Thread) []byte { return sigactText(p) }},
		{name: "cred", mode: 0o400, text: func(p *kern.Proc, _ *kern.Thread) []byte { return credText(p) }},
		{name: "auxv", mode: 0o400, text: func(p *kern.Proc, _ *kern.Thread) []byte { return auxvText(p) }},
		{name: "watch", mode: 0o400, text: func(p *kern.Proc, _ *kern.Thread) []byte { return watchText(p) }},
	}
	lwpFiles = []procFile{
		{name: "lwpstatus", mode: 0o400, text: func(_ *kern.Proc, t *kern.Thread) []byte { lwpOf(t).seen = true; return lwpstatus(t).Append(nil) }},
		{name: "lwpsinfo", mode: 0o444, public: true, text: func(_ *kern.Proc, t *kern.Thread) []byte { return lwpsinfo(t).Append(nil) }},
		{name: "lwpctl", mode: 0o200, write: control},
	}
}

func timestruc(ns int64) proc.Time { return proc.Time{Sec: ns / second, Nsec: ns % second} }

// flags are pr_flags of an lwp, with the process's.
func (l *lwp) flags(t *kern.Thread) (f uint32) {
	k := processOf(t.Proc)
	for _, row := range []struct {
		on   bool
		flag uint32
	}{
		{l.halted || t.State == kern.Stopped, proc.FlagStopped}, {l.event, proc.FlagIStop}, {l.directed, proc.FlagDStop}, {l.step, proc.FlagStep},
		{t.Asleep(), proc.FlagAsleep}, {k.lent && t.Proc.Lent == nil, proc.FlagVforkP}, {t.Proc.External, proc.FlagIsSys},
		{t.Proc.Group.Orphaned(), proc.FlagOrphan},
	} {
		if row.on {
			f |= row.flag
		}
	}
	return f | k.modes
}

// lwpstatus is lwpstatus_t.
func lwpstatus(t *kern.Thread) *proc.Lwpstatus {
	l, p := lwpOf(t), t.Proc
	s := &proc.Lwpstatus{Flags: l.flags(t), LwpID: int32(l.id), LwpPend: sigset(t.Pending.Set()), LwpHold: sigset(t.Mask),
		OldContext: l.context, TStamp: timestruc(l.stamp), UTime: timestruc(t.Usage.User), STime: timestruc(t.Usage.System),
		Reg: l.gregs(t), FPReg: l.fpregs(t)}
	copy(s.ClName[:], "TS")
	switch {
	case l.halted:
		s.Why, s.What = l.why, l.what
	case t.State == kern.Stopped:
		s.Why, s.What = proc.JobControl, int16(p.Job.Sig)
	}
	if c := t.Current; c != nil {
		s.CurSig, s.Info, s.Action = int16(c.Signo), encode(c), action(p.Actions.Get(c.Signo))
	}
	if l.halted && l.why == proc.Faulted {
		s.Info = l.info
	}
	s.AltStack = proc.Stack{SP: t.Alt.Base, Size: t.Alt.Size, Flags: altFlags(t)}
	if l.call != 0 {
		l.tellCall(s)
	}
	var b [1]byte
	if p.Space == nil || p.Space.Peek(t.Regs.RIP, b[:]) == 0 {
		s.Flags |= proc.FlagPCInval
	}
	s.Instr = uint64(b[0])
	return s
}

// tellCall puts in the call the lwp is in.
func (l *lwp) tellCall(s *proc.Lwpstatus) {
	s.Syscall = int16(l.call)
	if row := nr.Find(l.call); row != nil {
		s.NSysArg = int16(row.Args)
	}
	for i, a := range l.args {
		s.SysArg[i] = int64(a)
	}
	s.Errno, s.RVal1, s.RVal2 = int32(l.number()), int64(l.v[0]), int64(l.v[1])
}

// pstatus is pstatus_t.
func pstatus(p *kern.Proc, t *kern.Thread) *proc.Pstatus {
	k := processOf(p)
	s := &proc.Pstatus{NLwp: int32(len(p.Living())), PID: int32(p.PID), PGID: int32(p.Group.ID), SID: int32(p.Group.Session.ID),
		SigPend: sigset(p.Pending.Set()), UTime: timestruc(p.Usage.User), STime: timestruc(p.Usage.System),
		CUTime: timestruc(p.Reap.User), CSTime: timestruc(p.Reap.System),
		SigTrace: k.sigs, FltTrace: k.faults, SysEntry: k.entry, SysExit: k.exit, DModel: proc.ModelLP64}
	if p.Parent != nil {
		s.PPID = int32(p.Parent.PID)
	}
	if im := p.Image; im != nil && p.Space != nil {
		s.BrkBase = im.StartBrk
		s.BrkSize = p.Space.Brk(0) - min(im.StartBrk, p.Space.Brk(0))
	}
	s.StkBase, s.StkSize = stackRange(p)
	s.Lwp = *lwpstatus(t)
	s.Flags = s.Lwp.Flags
	return s
}

// stackRange is the process's stack.
func stackRange(p *kern.Proc) (base, size uint64) {
	if p.Space == nil || p.Image == nil {
		return 0, 0
	}
	e, ok := p.Space.At(p.Image.StartStack)
	if !ok {
		return 0, 0
	}
	return e.Start, e.Length()
}

// lwpsinfo is lwpsinfo_t.
func lwpsinfo(t *kern.Thread) *proc.Lwpsinfo {
	l := lwpOf(t)
	s := &proc.Lwpsinfo{LwpID: int32(l.id), Nice: uint8(processOf(t.Proc).nice), Syscall: int16(l.call), Start: timestruc(t.Born + bootedAt*second),
		Time: timestruc(t.Usage.User + t.Usage.System)}
	switch {
	case l.halted, t.State == kern.Stopped:
		s.State = proc.StateStop
	case t.State == kern.Sleeping:
		s.State = proc.StateSleep
	case t.State == kern.Running:
		s.State = proc.StateOnProc
	default:
		s.State = proc.StateRun
	}
	s.SName = proc.StateNames[s.State]
	copy(s.ClName[:], "TS")
	return s
}

// psArgs is the arguments with blanks between them.
func psArgs(p *kern.Proc) string { return strings.Join(p.Args, " ") }

// psinfo is psinfo_t. Of a zombie there are no lwps, and how it ended.
func psinfo(p *kern.Proc, t *kern.Thread) *proc.Psinfo {
	c := &p.Cred
	s := &proc.Psinfo{PID: int32(p.PID), PGID: int32(p.Group.ID), SID: int32(p.Group.Session.ID), UID: int32(c.UID), EUID: int32(c.EUID),
		GID: int32(c.GID), EGID: int32(c.EGID), TTYDev: proc.NoDev, Start: timestruc(p.Born + bootedAt*second),
		Time: timestruc(p.Usage.User + p.Usage.System), CTime: timestruc(p.Reap.User + p.Reap.System), DModel: proc.ModelLP64}
	if p.Parent != nil {
		s.PPID = int32(p.Parent.PID)
	}
	s.SetFName(p.Comm)
	s.SetPsArgs(psArgs(p))
	if p.State >= kern.Zombie || t == nil {
		s.WStat = int32(p.EndOf().Status())
		s.Lwp.State, s.Lwp.SName = proc.StateZombie, proc.StateNames[proc.StateZombie]
		return s
	}
	s.NLwp, s.Lwp = int32(len(p.Living())), *lwpsinfo(t)
	if p.Space != nil {
		s.Size, s.RSSize = p.Space.Size()>>10, p.Space.Resident()*vm.PageSize>>10
	}
	if im := p.Image; im != nil { // at the stack's beginning are argc, argv and envp
		s.ArgC = int32(len(p.Args))
		s.ArgV, s.EnvP = im.SP+8, im.SP+16+8*uint64(len(p.Args))
	}
	if p.Terminal() != nil {
		s.TTYDev = 5 << 32
	}
	return s
}

// mapText is map: a prmap_t a mapping.
func mapText(p *kern.Proc) (b []byte) {
	if p.Space == nil {
		return nil
	}
	for _, a := range p.Space.Areas() {
		m := proc.Map{Addr: a.Start, Size: a.Length(), PageSize: vm.PageSize, ShmID: -1}
		for _, row := range []struct {
			on   bool
			flag int32
		}{
			{a.Prot&vm.Read != 0, proc.MapRead}, {a.Prot&vm.Write != 0, proc.MapWrite}, {a.Prot&vm.Exec != 0, proc.MapExec},
			{a.Shared, proc.MapShared}, {a.GrowsDown, proc.MapStack}, {a.File == nil, proc.MapAnon},
			{a.File == nil && p.Image != nil && a.Start <= p.Image.StartBrk && p.Image.StartBrk < a.End && a.Name != "", proc.MapBreak},
		} {
			if row.on {
				m.Flags |= row.flag
			}
		}
		if a.File != nil {
			m.Offset = int64(a.Offset)
			m.SetName(nameOf(p, a.File))
		}
		b = m.Append(b)
	}
	return b
}

// sigactText is sigact: the action of signal n at n-1.
func sigactText(p *kern.Proc) (b []byte) {
	for sig := 1; sig <= proc.NSignals; sig++ {
		s := action(p.Actions.Get(sig))
		b = s.Append(b)
	}
	return b
}

// credText is cred.
func credText(p *kern.Proc) []byte {
	o := &p.Cred
	c := proc.Cred{EUID: int32(o.EUID), RUID: int32(o.UID), SUID: int32(o.SUID), EGID: int32(o.EGID), RGID: int32(o.GID), SGID: int32(o.SGID)}
	for _, g := range o.Groups {
		c.Groups = append(c.Groups, int32(g))
	}
	return c.Append(nil)
}

func auxvText(p *kern.Proc) []byte {
	if p.Image == nil {
		return nil
	}
	return p.Image.Auxv
}

// watchText is watch: the watched areas.
func watchText(p *kern.Proc) (b []byte) {
	for _, w := range processOf(p).areas {
		b = w.Append(b)
	}
	return b
}
