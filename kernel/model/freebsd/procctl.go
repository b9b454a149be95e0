package freebsd

// procctl(2): reapers, who may trace, privileges.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{544, "procctl", 4, sysProcctl}})
}

// memory is where a request's operand is: the caller's, or of a process outside.
type memory interface {
	in(addr uint64, b []byte) errno.Errno
	out(addr uint64, b []byte) errno.Errno
}

// own is the memory of a thread in the machine.
type own struct{ t *kern.Thread }

func (o own) in(addr uint64, b []byte) errno.Errno  { return o.t.CopyIn(addr, b) }
func (o own) out(addr uint64, b []byte) errno.Errno { return o.t.CopyOut(addr, b) }

// sysProcctl is procctl(2): idtype, id, command, data.
func sysProcctl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[0] != raw.PPid {
		return 0, errno.EINVAL
	}
	return 0, procctl(t, calls.Integer(a[1]), calls.Integer(a[2]), a[3], own{t})
}

// Sizes of struct procctl_reaper_status, _kill, _pids and _pidinfo: 15 words of each are for
// later.
const (
	reapStatusSize = 80
	reapKillSize   = 80
	reapPidsSize   = 72
	reapPidSize    = 72
)

// procctl does a command on a process, 0 for the caller's.
func procctl(by *kern.Thread, pid, cmd int, data uint64, mem memory) errno.Errno {
	p := by.Proc
	if pid != 0 {
		p = by.M.Proc(pid)
	}
	if p == nil {
		return errno.ESRCH
	}
	if e := canSee(by, p); e != errno.OK {
		return e
	}
	switch cmd {
	case raw.ReapAcquire, raw.ReapRelease, raw.ReapStatus, raw.ReapGetPids, raw.ReapKill:
		return reaper(by, p, cmd, data, mem)
	case raw.TraceCtl, raw.NoNewPrivs:
		b := make([]byte, 4)
		if e := mem.in(data, b); e != errno.OK {
			return e
		}
		if cmd == raw.NoNewPrivs {
			return setNoNewPrivs(by, p, int(int32(le.Uint32(b))))
		}
		return setTraceCtl(by, p, int(int32(le.Uint32(b))))
	case raw.TraceStatus:
		return mem.out(data, le.AppendUint32(nil, uint32(traceStatus(p))))
	case raw.NoNewPrivs + 1:
		v := uint32(2)
		if procOf(p).noNewPrivs {
			v = 1
		}
		return mem.out(data, le.AppendUint32(nil, v))
	case raw.ASLRCtl:
		b := make([]byte, 4)
		if e := mem.in(data, b); e != errno.OK {
			return e
		}
		p.NoASLR = le.Uint32(b) == raw.ASLRForceDisable
		return errno.OK
	}
	return errno.EINVAL
}

// traceStatus is PROC_TRACE_STATUS: -1 if nobody may trace it, the tracer, or 0
// (access-trace-ctl).
func traceStatus(p *kern.Proc) int32 {
	k := procOf(p)
	switch {
	case k.noTrace:
		return -1
	case k.traced:
		return int32(k.tracer.PID)
	}
	return 0
}

// setTraceCtl is PROC_TRACE_CTL: who was disabled may only be enabled by itself.
func setTraceCtl(by *kern.Thread, p *kern.Proc, how int) errno.Errno {
	k := procOf(p)
	if p != by.Proc {
		if e := canDebug(by, p); e != errno.OK {
			return e
		}
	}
	switch how {
	case raw.TraceCtlEnable:
		if by.Proc != p {
			return errno.EPERM
		}
		k.noTrace, k.noTraceExec = false, false
	case raw.TraceCtlDisable, raw.TraceCtlDisableExec:
		if k.traced {
			return errno.EBUSY
		}
		k.noTrace = true
		if how == raw.TraceCtlDisableExec {
			k.noTraceExec = true
		}
	default:
		return errno.EINVAL
	}
	return errno.OK
}

func setNoNewPrivs(by *kern.Thread, p *kern.Proc, how int) errno.Errno {
	if how != 1 {
		return errno.EINVAL
	}
	if p != by.Proc {
		if e := canDebug(by, p); e != errno.OK {
			return e
		}
	}
	procOf(p).noNewPrivs = true
	p.NoNewPrivs = true
	return errno.OK
}

// reaperFor is the process that adopts the orphans of another.
func reaperFor(p *kern.Proc) *kern.Proc {
	for q := p.Parent; q != nil; q = q.Parent {
		if q.Reaper && q.State < kern.Zombie {
			return q
		}
	}
	return p.M.Init
}

// below lists the descendants of a reaper, oldest first, without those of reapers below it.
func below(r *kern.Proc) []*kern.Proc {
	var all []*kern.Proc
	for _, p := range r.M.Procs() {
		if p != r && reaperFor(p) == r {
			all = append(all, p)
		}
	}
	return all
}

// reaper does the commands about reapers.
func reaper(by *kern.Thread, p *kern.Proc, cmd int, data uint64, mem memory) errno.Errno {
	r := p
	if !p.Reaper {
		r = reaperFor(p)
	}
	switch cmd {
	case raw.ReapAcquire, raw.ReapRelease:
		switch {
		case p != by.Proc:
			return errno.EPERM
		case p.Reaper == (cmd == raw.ReapAcquire):
			return map[bool]errno.Errno{true: errno.EBUSY, false: errno.EINVAL}[p.Reaper]
		}
		p.Reaper = cmd == raw.ReapAcquire
		return errno.OK
	case raw.ReapStatus:
		all := below(r)
		b := make([]byte, reapStatusSize)
		if p.Reaper {
			le.PutUint32(b, 1)
		}
		if p == by.M.Init {
			le.PutUint32(b, 3)
		}
		n, first := uint32(0), int32(-1)
		for _, c := range all {
			if c.Parent == r {
				n++
			}
		}
		if len(all) > 0 {
			first = int32(all[0].PID)
		}
		le.PutUint32(b[4:], n)
		le.PutUint32(b[8:], uint32(len(all)))
		le.PutUint32(b[12:], uint32(r.PID))
		le.PutUint32(b[16:], uint32(first))
		return mem.out(data, b)
	case raw.ReapKill:
		return reapKill(by, r, data, mem)
	}
	return reapPids(r, data, mem)
}

// reapKill signals those below a reaper. It does not wait for who is stopped.
func reapKill(by *kern.Thread, r *kern.Proc, data uint64, mem memory) errno.Errno {
	b := make([]byte, reapKillSize)
	if e := mem.in(data, b); e != errno.OK {
		return e
	}
	sig, flags, subtree := int(int32(le.Uint32(b))), le.Uint32(b[4:]), int(int32(le.Uint32(b[8:])))
	if sig <= 0 || sig > System.Sig.Max || flags&^3 != 0 || flags == 3 {
		return errno.EINVAL
	}
	killed, failed, result := uint32(0), int32(-1), errno.ESRCH
	for _, p := range below(r) {
		if flags&1 != 0 && p.Parent != r || flags&2 != 0 && !within(p, subtree, r) || p.State >= kern.Zombie {
			continue
		}
		e := calls.Send(by, p, calls.FromSelf(by, sig), calls.ToProcess(p))
		if e == errno.OK {
			killed++
			result = errno.OK
		} else if failed < 0 {
			failed = int32(p.PID)
		}
	}
	le.PutUint32(b[12:], killed)
	le.PutUint32(b[16:], uint32(failed))
	if e := mem.out(data, b); e != errno.OK {
		return e
	}
	return result
}

// within says whether a process is in the subtree of a reaper's child.
func within(p *kern.Proc, child int, r *kern.Proc) bool {
	for ; p != nil && p != r; p = p.Parent {
		if p.Parent == r {
			return p.PID == child
		}
	}
	return false
}

// reapPids fills the array that struct procctl_reaper_pids points to: pid, subtree, flags.
func reapPids(r *kern.Proc, data uint64, mem memory) errno.Errno {
	b := make([]byte, reapPidsSize)
	if e := mem.in(data, b); e != errno.OK {
		return e
	}
	n, at := le.Uint32(b), le.Uint64(b[64:])
	for i, p := range below(r) {
		if uint32(i) >= n {
			break
		}
		e := make([]byte, reapPidSize)
		top := p
		for top.Parent != nil && top.Parent != r {
			top = top.Parent
		}
		le.PutUint32(e, uint32(p.PID))
		le.PutUint32(e[4:], uint32(top.PID))
		flags := uint32(1) // REAPER_PIDINFO_VALID
		if p.Parent == r {
			flags |= 2
		}
		if p.Reaper {
			flags |= 4
		}
		if p.State >= kern.Zombie {
			flags |= 8
		}
		if procOf(p).stoppedSig && !procOf(p).traced {
			flags |= 16
		}
		le.PutUint32(e[8:], flags)
		if e := mem.out(at+reapPidSize*uint64(i), e); e != errno.OK {
			return e
		}
	}
	return errno.OK
}
