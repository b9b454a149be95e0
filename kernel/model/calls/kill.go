package calls

// Sending signals.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// MaySignal is kill(2)'s rule: EPERM, or EINVAL if there is no such signal.
func MaySignal(t *kern.Thread, p *kern.Proc, sig int) errno.Errno {
	if sig < 0 || sig > t.Proc.Sys.Sig.Max {
		return errno.EINVAL
	}
	by, c := t.Cred(), &p.Cred
	switch {
	case p == t.Proc || by.Super():
	case by.EUID == c.SUID || by.EUID == c.UID || by.UID == c.SUID || by.UID == c.UID:
	case sig == t.Proc.Sys.Sig.CONT && p.Group.Session == t.Proc.Group.Session:
	default:
		return errno.EPERM
	}
	return errno.OK
}

// Send sends a signal by one of package kern's ways. 0 only asks whether it might.
func Send(t *kern.Thread, p *kern.Proc, info kern.SigInfo, post func(kern.SigInfo)) errno.Errno {
	if e := MaySignal(t, p, info.Signo); e != errno.OK || info.Signo == 0 {
		return e
	}
	post(info)
	return errno.OK
}

// ToProcess is the way to a process.
func ToProcess(p *kern.Proc) func(kern.SigInfo) {
	return func(info kern.SigInfo) { p.M.Post(p, info) }
}

// ToNamed is the way to a process by the id of one of its threads, perhaps.
func ToNamed(p *kern.Proc, id uint64) func(kern.SigInfo) {
	if t := p.M.Thread(Integer(id)); t != nil && t != p.Leader {
		return func(info kern.SigInfo) { t.M.PostBy(t, info) }
	}
	return ToProcess(p)
}

// ToThread is the way to a thread alone.
func ToThread(t *kern.Thread) func(kern.SigInfo) {
	return func(info kern.SigInfo) { t.M.PostThread(t, info) }
}

// Kill is kill(2).
func Kill(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	pid, info := Integer(a[0]), FromSelf(t, Integer(a[1]))
	switch {
	case pid > 0:
		p := ProcAt(t, a[0])
		if p == nil {
			return 0, errno.ESRCH
		}
		return 0, Send(t, p, info, ToNamed(p, a[0]))
	case pid == -1:
		return 0, killAll(t, info)
	case pid == -1<<31:
		return 0, errno.ESRCH
	case pid == 0:
		pid = -t.Proc.Group.ID
	}
	return 0, killGroup(t, -pid, info)
}

// killAll is kill(-1): everybody but init and oneself. That one may not be sent to is no error.
func killAll(t *kern.Thread, info kern.SigInfo) errno.Errno {
	found, result := false, errno.OK
	for _, p := range t.M.Procs() {
		if p == t.M.Init || p == t.Proc {
			continue
		}
		found = true
		if e := Send(t, p, info, ToProcess(p)); e != errno.EPERM {
			result = e
		}
	}
	if !found {
		return errno.ESRCH
	}
	return result
}

// killGroup succeeds if one of the group could be sent the signal.
func killGroup(t *kern.Thread, id int, info kern.SigInfo) errno.Errno {
	g := t.M.Group(id)
	if g == nil {
		return errno.ESRCH
	}
	sent, result := false, errno.ESRCH
	for _, p := range g.Members() {
		e := Send(t, p, info, ToProcess(p))
		sent = sent || e == errno.OK
		result = e
	}
	if sent {
		return errno.OK
	}
	return result
}
