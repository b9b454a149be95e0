package freebsd

// procctl(2) (kern_procctl.c): a command is a row. Those about reapers are in reaper.go.

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
	return 0, procctl(t, calls.Integer(a[0]), calls.Integer(a[1]), calls.Integer(a[2]), a[3], own{t})
}

// control is a command on its way: of whom, with the operand.
type control struct {
	by   *kern.Thread
	p    *kern.Proc
	data []byte
	mem  memory
}

// command is a command of procctl(2).
type command struct {
	in, out int         // bytes of the operand that are copied in, and out
	bare    bool        // it has no operand: EINVAL if one is given
	group   bool        // it can be asked of a process group
	debug   bool        // the caller must be allowed to debug the process, not only to see it
	lost    errno.Errno // if there is no such process; 0: ESRCH
	always  bool        // the operand is copied out also of a command that failed
	do      func(c *control) errno.Errno
}

// commands are all, by number.
var commands = map[int]command{
	raw.ReapAcquire: {bare: true, do: reapAcquire},
	raw.ReapRelease: {bare: true, do: reapRelease},
	raw.ReapStatus:  {out: reapStatusSize, do: reapStatus},
	raw.ReapGetPids: {in: reapPidsSize, do: reapPids},
	raw.ReapKill:    {in: reapKillSize, out: reapKillSize, always: true, do: reapKill},
	raw.TraceCtl:    {in: 4, group: true, debug: true, do: setTraceCtl},
	raw.TraceStatus: {out: 4, do: traceStatus},
	1:               {in: 4, group: true, do: protect},
	11:              {in: 4, lost: errno.EINVAL, do: setDeathSignal},
	12:              {out: 4, lost: errno.EINVAL, do: deathSignal},
}

// switches are commands that set something, whose status is the next command's: the values that there are,
// the value at first, and whether a group's can be set. What is set is inherited.
var switches = []struct {
	cmd, first int
	values     []int
	group      bool
}{
	{9, 2, []int{1, 2}, true},                                   // PROC_TRAPCAP
	{raw.ASLRCtl, 3, []int{1, raw.ASLRForceDisable, 3}, false},  // PROC_ASLR
	{15, 3, []int{1, 2, 3}, false},                              // PROC_PROTMAX
	{17, 5, []int{0, 1, 2, 4, 5, 6, 8, 9, 10}, false},           // PROC_STACKGAP
	{raw.NoNewPrivs, 2, []int{1}, false},                        // PROC_NO_NEW_PRIVS
	{21, 0, []int{1, 2}, false}, {23, 1, []int{1, 2, 3}, false}, // PROC_WXMAP, PROC_LOGSIGEXIT
}

// aslrActive is PROC_ASLR_ACTIVE.
const aslrActive = 1 << 31

func init() {
	for _, s := range switches {
		commands[s.cmd] = command{in: 4, group: s.group, debug: true, do: func(c *control) errno.Errno {
			v := c.integer()
			for _, known := range s.values {
				if v == known {
					return c.change(s.cmd, v)
				}
			}
			return errno.EINVAL
		}}
		commands[s.cmd+1] = command{out: 4, do: func(c *control) errno.Errno {
			v, set := procOf(c.p).switched[s.cmd]
			if !set {
				v = s.first
			}
			if s.cmd == raw.ASLRCtl && !procOf(c.p).fixed {
				v |= aslrActive
			}
			return c.answer(uint32(v))
		}}
	}
}

// change sets a switch. PROC_STACKGAP_DISABLE cannot be taken back, and the other switch in the same value
// is for the next program; PROC_WXMAP's values add up.
func (c *control) change(cmd, v int) errno.Errno {
	k := procOf(c.p)
	old, set := k.switched[cmd]
	switch cmd {
	case 17:
		if !set {
			old = 5
		}
		if v&1 != 0 && old&2 != 0 {
			return errno.EINVAL
		}
		now, exec := old&3, old&12
		if v&2 != 0 {
			now = 2
		}
		if v&12 != 0 {
			exec = v & 12
		}
		v = now | exec
	case 21:
		v |= old
	case raw.ASLRCtl:
		c.p.NoASLR = v == raw.ASLRForceDisable
	case raw.NoNewPrivs:
		k.noNewPrivs, c.p.NoNewPrivs = true, true
	}
	next := map[int]int{cmd: v} // others may have inherited the map
	for o, w := range k.switched {
		if o != cmd {
			next[o] = w
		}
	}
	k.switched = next
	return errno.OK
}

// integer is the operand of commands that take an int; answer is that of those that tell one.
func (c *control) integer() int { return int(int32(le.Uint32(c.data))) }

func (c *control) answer(v uint32) errno.Errno {
	le.PutUint32(c.data, v)
	return errno.OK
}

// procctl does a command on a process, 0 for the caller's, or on the members of a group.
func procctl(by *kern.Thread, kind, id, cmd int, data uint64, mem memory) errno.Errno {
	row, ok := commands[cmd]
	switch {
	case !ok, row.bare && data != 0:
		return errno.EINVAL
	}
	c := &control{by: by, data: make([]byte, max(row.in, row.out)), mem: mem}
	if e := mem.in(data, c.data[:row.in]); e != errno.OK {
		return e
	}
	e := errno.EINVAL
	switch {
	case kind == raw.PPid:
		e = row.one(c, id)
	case kind == raw.PPgid && row.group:
		e = row.members(c, id)
	}
	if row.out > 0 && (e == errno.OK || row.always) {
		if failed := mem.out(data, c.data[:row.out]); e == errno.OK {
			e = failed
		}
	}
	return e
}

// one does a command on a process.
func (row *command) one(c *control, id int) errno.Errno {
	if id == 0 {
		c.p = c.by.Proc
	} else if c.p = c.by.M.Proc(id); c.p == nil || c.p.State >= kern.Zombie {
		if row.lost != 0 {
			return row.lost
		}
		return errno.ESRCH
	} else if e := row.allowed(c); e != errno.OK {
		return e
	}
	if procOf(c.p).wexit {
		return errno.ESRCH
	}
	return row.do(c)
}

func (row *command) allowed(c *control) errno.Errno {
	if row.debug {
		return canDebug(c.by, c.p)
	}
	return canSee(c.by, c.p)
}

// members does a command on all of a group that the caller may ask it of; it is done if it was done on one.
func (row *command) members(c *control, id int) errno.Errno {
	g := c.by.M.Group(id)
	if g == nil {
		return errno.ESRCH
	}
	done, first := false, errno.OK
	for _, p := range g.Members() {
		if c.p = p; p.State >= kern.Zombie || row.allowed(c) != errno.OK {
			continue
		}
		if e := row.do(c); e == errno.OK {
			done = true
		} else if first == errno.OK {
			first = e
		}
	}
	switch {
	case done:
		return errno.OK
	case first != errno.OK:
		return first
	}
	return errno.ESRCH
}

// traceStatus is PROC_TRACE_STATUS: -1 if nobody may trace it, the tracer, or 0
// (access-trace-ctl).
func traceStatus(c *control) errno.Errno {
	k := procOf(c.p)
	switch {
	case k.noTrace:
		return c.answer(^uint32(0))
	case k.traced:
		return c.answer(uint32(k.tracer.PID))
	}
	return c.answer(0)
}

// setTraceCtl is PROC_TRACE_CTL: not while it is traced; who was disabled may only be enabled by itself, and
// only itself can make the next program traceable again.
func setTraceCtl(c *control) errno.Errno {
	k, self := procOf(c.p), c.p == c.by.Proc
	if k.traced {
		return errno.EBUSY
	}
	switch c.integer() {
	case raw.TraceCtlEnable:
		if !self {
			return errno.EPERM
		}
		k.noTrace, k.noTraceExec = false, false
	case raw.TraceCtlDisableExec:
		k.noTrace, k.noTraceExec = true, true
	case raw.TraceCtlDisable:
		if k.noTraceExec && !self {
			return errno.EPERM
		}
		k.noTrace, k.noTraceExec = true, false
	default:
		return errno.EINVAL
	}
	return errno.OK
}

// protect is PROC_SPROTECT: a machine with memory for all has nobody to protect.
func protect(c *control) errno.Errno {
	v := c.integer()
	switch {
	case v&0xf != 1 && v&0xf != 2, v&^0x3f != 0:
		return errno.EINVAL
	case !c.by.Cred().Super():
		return errno.EPERM
	}
	return errno.OK
}

// setDeathSignal is PROC_PDEATHSIG_CTL: the signal that the caller gets when its parent ends.
func setDeathSignal(c *control) errno.Errno {
	sig := c.integer()
	if c.p != c.by.Proc || sig < 0 || sig > System.Sig.Max {
		return errno.EINVAL
	}
	procOf(c.p).deathSignal = sig
	return errno.OK
}

func deathSignal(c *control) errno.Errno {
	if c.p != c.by.Proc {
		return errno.EINVAL
	}
	return c.answer(uint32(procOf(c.p).deathSignal))
}
