package freebsd

// A process from outside as the machine sees it: its calls as Go calls, with FreeBSD's own numbers
// and structures. The adapter's raw interface (sys.go) and the replays are made of them.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Memory is the memory of a process outside, by its own addresses. False: there is nothing.
type Memory interface {
	Read(addr uint64, b []byte) bool
	Write(addr uint64, b []byte) bool
}

// foreign is such a memory as operand.
type foreign struct{ Memory }

func (f foreign) in(addr uint64, b []byte) errno.Errno {
	if len(b) > 0 && !f.Read(addr, b) {
		return errno.EFAULT
	}
	return errno.OK
}

func (f foreign) out(addr uint64, b []byte) errno.Errno {
	if len(b) > 0 && !f.Write(addr, b) {
		return errno.EFAULT
	}
	return errno.OK
}

// Ptrace is ptrace(2).
func Ptrace(by *kern.Thread, req, id int, addr uint64, data int, mem Memory) (v int, e raw.Errno) {
	by.M.As(by, func() {
		n, err := ptrace(by, req, id, addr, data, foreign{mem})
		v, e = n, number(err)
	})
	return v, e
}

// Waited is what a wait brought: Pid 0 is nothing.
type Waited struct {
	Pid     int
	Status  uint32
	Siginfo []byte // raw.SiginfoSize bytes; nil: there is nobody to tell of
	Usage   []byte // struct __wrusage, with a Pid
}

// Wait is wait6(2), which does not block: what it would return at once.
func Wait(by *kern.Thread, kind, id, options int) (w Waited, e raw.Errno) {
	by.M.As(by, func() {
		q := query{by: by, kind: kind, id: id, options: options}
		if err := q.check(); err != errno.OK {
			e = number(err)
			return
		}
		f, some := q.look()
		switch {
		case f.pid != 0:
			w = Waited{Pid: f.pid, Status: f.status, Siginfo: f.siginfo(), Usage: f.usage()}
		case !some:
			e = number(errno.ECHILD)
		case f.looked:
			w.Siginfo = f.siginfo()
		}
	})
	return w, e
}

// Kill is kill(2), ThrKill2 thr_kill2(2), Sigqueue sigqueue(2).
func Kill(by *kern.Thread, pid, sig int) raw.Errno {
	return simple(by, sysKill, uint64(pid), uint64(sig))
}

// ThrKill2 is thr_kill2(2).
func ThrKill2(by *kern.Thread, pid, lwp, sig int) raw.Errno {
	return simple(by, sysThrKill2, uint64(pid), uint64(lwp), uint64(sig))
}

// Sigqueue is sigqueue(2).
func Sigqueue(by *kern.Thread, pid, sig int, value uint64) raw.Errno {
	return simple(by, sysSigqueue, uint64(pid), uint64(sig), value)
}

func simple(by *kern.Thread, do calls.Call, args ...uint64) (e raw.Errno) {
	var a [6]uint64
	copy(a[:], args)
	by.M.As(by, func() {
		_, err := do(by, &a)
		e = number(err)
	})
	return e
}

// Procctl is procctl(P_PID, ...).
func Procctl(by *kern.Thread, pid, cmd int, data uint64, mem Memory) (e raw.Errno) {
	by.M.As(by, func() { e = number(procctl(by, raw.PPid, pid, cmd, data, foreign{mem})) })
	return e
}

// Sysctl reads a node, and sets it if there is a value for it.
func Sysctl(by *kern.Thread, mib []int32, set []byte) ([]byte, raw.Errno) {
	b, e := sysctl(by, mib, set)
	return b, number(e)
}

// Number is the number of a node's name, nil if there is none.
func Number(name string) []int32 {
	if n := nodeByName(name); n != nil {
		return append([]int32(nil), n.mib...)
	}
	return nil
}

// Stub is the code of a child from outside (kern.Spawn.Code).
func Stub(l Launch) func(pc, path, argv, envp uint64) []byte { return stub(l) }

// Executed says whether a process has become a program.
func Executed(p *kern.Proc) bool { return procOf(p).executed }
