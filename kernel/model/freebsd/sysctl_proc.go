package freebsd

// kern.proc.pid and its like: struct kinfo_proc.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Numbers of kern.proc's nodes (sys/sysctl.h).
const (
	ctlKern   = 1
	kernProc  = 14
	incThread = 0x10
)

// access is what a node asks of the caller: that it may see the process, or debug it.
type access bool

const (
	seeing    access = false
	debugging access = true
)

// procNodes are the nodes of kern.proc.
func procNodes() []node {
	mine := func(name string, nr int32, need access, zombie bool, f func(p *kern.Proc) ([]byte, errno.Errno)) node {
		return node{name: "kern.proc." + name, mib: []int32{ctlKern, kernProc, nr}, get: func(by *kern.Thread, args []int32) ([]byte, errno.Errno) {
			p, e := procArg(by, args, need, zombie)
			if e != errno.OK {
				return nil, e
			}
			return f(p)
		}}
	}
	return append(listNodes(), []node{
		mine("args", 7, seeing, true, procArgs), mine("pathname", 12, seeing, true, procPath), mine("vmmap", 32, debugging, false, procMap),
		mine("filedesc", 33, debugging, false, procFiles), mine("groups", 34, seeing, true, procGroups), mine("env", 35, debugging, false, procEnv),
		mine("auxv", 36, debugging, false, func(p *kern.Proc) ([]byte, errno.Errno) {
			if p.Image == nil {
				return nil, errno.OK
			}
			return p.Image.Auxv, errno.OK
		}),
		{name: "kern.proc.rlimit", mib: []int32{ctlKern, kernProc, 37}, get: procLimit},
		mine("ps_strings", 38, debugging, true, procPSStrings), mine("umask", 39, debugging, false, func(p *kern.Proc) ([]byte, errno.Errno) {
			return le.AppendUint16(nil, uint16(p.At.Umask)), errno.OK
		}),
		mine("osrel", 40, seeing, false, procRelease),
		mine("sigtramp", 41, debugging, true, procTramp), mine("cwd", 42, debugging, false, procCwd),
		mine("nfds", 43, seeing, false, func(p *kern.Proc) ([]byte, errno.Errno) { return le.AppendUint32(nil, uint32(openFiles(p))), errno.OK }),
		mine("sigfastblk", 44, debugging, false, func(*kern.Proc) ([]byte, errno.Errno) { return nil, errno.ENOTTY }),
		mine("vm_layout", 45, debugging, true, procLayout),
	}...)
}

// procArg is the process that a node is asked about.
func procArg(by *kern.Thread, args []int32, need access, zombie bool) (*kern.Proc, errno.Errno) {
	if len(args) < 1 {
		return nil, errno.EINVAL
	}
	pid := int(args[0])
	if pid == -1 {
		return by.Proc, errno.OK
	}
	p := by.M.Proc(pid)
	if p == nil || p.State >= kern.Zombie && !zombie {
		return nil, errno.ESRCH
	}
	if e := canSee(by, p); e != errno.OK {
		return nil, e
	}
	if need == debugging {
		if e := canDebug(by, p); e != errno.OK {
			return nil, e
		}
	}
	return p, errno.OK
}

// procRelease is the release whose behaviour the program is given.
func procRelease(p *kern.Proc) ([]byte, errno.Errno) {
	v := uint32(image.FreeBSDRelease)
	if procOf(p).oldABI {
		v = 0
	}
	return le.AppendUint32(nil, v), errno.OK
}

// kinfoSize is that of struct kinfo_proc.
const kinfoSize = 1088

// lists are the nodes that list processes by something that they have, of a number (sysctl_kern_proc).
var lists = []struct {
	name string
	nr   int32
	of   func(p *kern.Proc) int
}{
	{"pgrp", 2, func(p *kern.Proc) int { return p.Group.ID }},
	{"sid", 3, func(p *kern.Proc) int { return p.Group.Session.ID }},
	{"uid", 5, func(p *kern.Proc) int { return int(p.Cred.EUID) }},
	{"ruid", 6, func(p *kern.Proc) int { return int(p.Cred.UID) }},
	{"rgid", 10, func(p *kern.Proc) int { return int(p.Cred.GID) }},
	{"gid", 11, func(p *kern.Proc) int { return int(p.Cred.EGID) }},
}

// listNodes are the nodes of struct kinfo_proc: each list has a twin with a record for every thread, as that of
// all has; its own twin is "proc".
func listNodes() []node {
	all := func(threads bool) func(*kern.Thread, []int32) ([]byte, errno.Errno) {
		return func(by *kern.Thread, args []int32) ([]byte, errno.Errno) {
			if len(args) > 1 {
				return nil, errno.EINVAL
			}
			return records(by, threads, func(*kern.Proc) bool { return true }), errno.OK
		}
	}
	nodes := []node{
		{name: "kern.proc.pid", mib: []int32{ctlKern, kernProc, 1}, get: procPID(false)},
		{name: "kern.proc.pid_td", mib: []int32{ctlKern, kernProc, 1 | incThread}, get: procPID(true)},
		{name: "kern.proc.all", mib: []int32{ctlKern, kernProc, 0}, get: all(true)},
		{name: "kern.proc.proc", mib: []int32{ctlKern, kernProc, 8}, get: all(false)},
		{name: "kern.proc.proc_td", mib: []int32{ctlKern, kernProc, 8 | incThread}, get: all(true)},
	}
	for _, l := range lists {
		get := func(threads bool) func(*kern.Thread, []int32) ([]byte, errno.Errno) {
			return func(by *kern.Thread, args []int32) ([]byte, errno.Errno) {
				if len(args) != 1 {
					return nil, errno.EINVAL
				}
				return records(by, threads, func(p *kern.Proc) bool { return l.of(p) == int(args[0]) }), errno.OK
			}
		}
		nodes = append(nodes, node{name: "kern.proc." + l.name, mib: []int32{ctlKern, kernProc, l.nr}, get: get(false)},
			node{name: "kern.proc." + l.name + "_td", mib: []int32{ctlKern, kernProc, l.nr | incThread}, get: get(true)})
	}
	return nodes
}

// records are the processes of a kind that the caller may see.
func records(by *kern.Thread, threads bool, kind func(p *kern.Proc) bool) []byte {
	var b []byte
	for _, p := range by.M.Procs() {
		if !kind(p) || canSee(by, p) != errno.OK {
			continue
		}
		b = append(b, record(p, threads)...)
	}
	return b
}

// record is a process's record, or one of each of its threads.
func record(p *kern.Proc, threads bool) []byte {
	living := p.Living()
	if !threads || len(living) == 0 {
		return kinfo(p, nil)
	}
	var b []byte
	for _, t := range living {
		b = append(b, kinfo(p, t)...)
	}
	return b
}

// procPID is kern.proc.pid, and with threads kern.proc.pid_td.
func procPID(threads bool) func(by *kern.Thread, args []int32) ([]byte, errno.Errno) {
	return func(by *kern.Thread, args []int32) ([]byte, errno.Errno) {
		p, e := procArg(by, args, seeing, true)
		if e != errno.OK {
			return nil, e
		}
		return record(p, threads), errno.OK
	}
}

// Values of ki_stat.
const (
	statRun    = 2
	statSleep  = 3
	statStop   = 4
	statZombie = 5
	statWait   = 6
)

// stat is ki_stat of a process or, if it is not nil, a thread.
func stat(p *kern.Proc, t *kern.Thread) byte {
	if p.State >= kern.Zombie {
		return statZombie
	}
	if t == nil {
		t = firstThread(p)
	}
	switch {
	case t == nil, !t.Held() && (t.State == kern.Running || t.State == kern.Runnable):
		return statRun
	case procOf(p).stopping():
		return statStop
	case t.State == kern.Sleeping:
		return statSleep
	}
	return statWait // suspended by its debugger (suspend-all-continue)
}

// wmesgs are what FreeBSD calls sleeps that package kern or calls name.
var wmesgs = map[string]string{lentWhy: "ppwait", "read": "piperd", "write": "pipewr", "poll": "select", "futex": "uwait", execWhy: "threxit"}

// wmesg is what a thread sleeps on.
func wmesg(t *kern.Thread) string {
	if t == nil || t.State != kern.Sleeping {
		return ""
	}
	if w, ok := wmesgs[t.Why]; ok {
		return w
	}
	return t.Why
}

// flagBits is p_flag (sys/proc.h).
func flagBits(p *kern.Proc) uint64 {
	k := procOf(p)
	f := uint64(1 << 28) // P_INMEM
	for _, b := range []struct {
		on  bool
		bit int
	}{{p.Lent != nil, 4}, {k.hadThreads, 7}, {k.sugid, 8}, {k.traced, 11}, {k.waited, 12}, {k.wexit, 13}, {k.executed, 14}, {k.wkilled, 15},
		{k.continued, 16}, {k.stoppedSig, 17}, {k.stoppedTrace, 18}, {k.statChild, 27}, {k.ppTrace, 31}} {
		if b.on {
			f |= 1 << b.bit
		}
	}
	return f
}

// kinfo is struct kinfo_proc of a process, with t of that thread.
func kinfo(p *kern.Proc, t *kern.Thread) []byte {
	b, k := make([]byte, kinfoSize), procOf(p)
	word := func(off int, v int) { le.PutUint32(b[off:], uint32(v)) }
	one := t
	if one == nil {
		if one = firstThread(p); one == nil {
			one = p.Leader
		}
	}
	word(0, kinfoSize)
	for off, v := range map[int]int{72: p.PID, 76: parentPID(p), 80: p.Group.ID, 88: p.Group.Session.ID, 168: int(p.Cred.EUID), 172: int(p.Cred.UID),
		176: int(p.Cred.SUID), 180: int(p.Cred.GID), 184: int(p.Cred.SGID), 596: max(len(p.Living()), 1)} {
		word(off, v)
	}
	if p.Group.Session.Leader == nil || p.Group.Session.Leader.External {
		word(88, 0) // a session from outside is not the machine's
	}
	le.PutUint16(b[96:], uint16(jobc(p)))
	putSets(b, p, one)
	if p.Space != nil {
		le.PutUint64(b[256:], p.Space.Size())
		le.PutUint64(b[264:], p.Space.Resident())
	}
	le.PutUint16(b[304:], uint16(xstat(p)))
	le.PutUint64(b[328:], uint64((p.Usage.User+p.Usage.System)/1000))
	copy(b[336:], calls.TimevalBytes(p.Born+bootedAt*calls.Second))
	le.PutUint64(b[368:], flagBits(p))
	b[388] = stat(p, t)
	if one != nil {
		name := threadName(one)
		copy(b[394:410], name)
		if len(name) > 16 {
			copy(b[502:505], name[16:])
		}
		copy(b[411:419], wmesg(one))
		word(600, one.TID)
	}
	copy(b[447:466], p.Comm)
	copy(b[467:483], "FreeBSD ELF64")
	copy(b[484:501], "daemon")
	if k.traced {
		word(576, k.tracer.PID)
	}
	if one != nil {
		rusage(b[608:], &one.Usage)
	} else {
		rusage(b[608:], &p.Usage)
	}
	rusage(b[752:], &p.Reap)
	return b
}

// putSets are the sets of signals.
func putSets(b []byte, p *kern.Proc, t *kern.Thread) {
	pending := p.Pending.Set()
	if t != nil {
		pending = pending.Or(t.Pending.Set())
		putMask(b[120:], t.Mask)
	}
	putMask(b[104:], pending)
	var ign, cat kern.Sigset
	for sig := 1; sig <= System.Sig.Max; sig++ {
		if ignored(p, sig) {
			ign = ign.With(sig)
		}
		if caught(p, sig) {
			cat = cat.With(sig)
		}
	}
	putMask(b[136:], ign)
	putMask(b[152:], cat)
}

// xstat is ki_xstat: the exit status of a zombie, or the signal of a stop.
func xstat(p *kern.Proc) uint32 {
	if p.State >= kern.Zombie {
		return p.EndOf().Status()
	}
	return uint32(procOf(p).xsig)
}

// jobc is 1 if the group is not orphaned.
func jobc(p *kern.Proc) int {
	if q := p.Parent; q != nil && q.Group != p.Group && q.Group.Session == p.Group.Session || q != nil && q.External && q.Group == p.Group {
		return 1
	}
	return 0
}

func parentPID(p *kern.Proc) int {
	if p.Parent == nil {
		return 0
	}
	return p.Parent.PID
}
