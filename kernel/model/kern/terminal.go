package kern

// The controlling terminal: whose it is, who is in its foreground, and what happens to who
// is not (POSIX.1-2017, 11.1).

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/tty"
)

// TTY is a terminal. Its Session and Foreground are ids, or 0.
type TTY = tty.Terminal

// TerminalOf is the terminal that a device is the programs' side of; nil: it is none.
func TerminalOf(d fs.Device) *TTY {
	switch d := d.(type) {
	case *tty.Terminal:
		return d
	case tty.Slave:
		return d.Terminal
	}
	return nil
}

// NewTerminal is a terminal of the machine's that shows things by way of output.
func (m *Machine) NewTerminal(name string, output func(p []byte)) *TTY {
	var t *TTY
	t = tty.New(name, output, func(pgrp int, c tty.Control) { m.Control(t, pgrp, c) })
	return t
}

// Control is the hook of a terminal (tty.New): somebody is to be told something.
func (m *Machine) Control(t *TTY, pgrp int, c tty.Control) {
	s := m.System.Sig
	switch c {
	case tty.Intr:
		m.postForeground(pgrp, s.INT)
	case tty.Quit:
		m.postForeground(pgrp, s.QUIT)
	case tty.Susp:
		m.postForeground(pgrp, s.TSTP)
	case tty.Winch:
		m.postForeground(pgrp, s.WINCH)
	case tty.Hangup:
		m.disconnect(t, pgrp)
	}
}

func (m *Machine) postForeground(pgrp, sig int) {
	if g := m.groups[pgrp]; g != nil {
		m.PostGroup(g, SigInfo{Signo: sig, Origin: FromKernel})
	}
}

// disconnect is a terminal's end: its session has none any more.
func (m *Machine) disconnect(t *TTY, pgrp int) {
	s := m.sessions[t.Session]
	t.Session, t.Foreground = 0, 0
	if s != nil && s.TTY == t {
		s.TTY = nil
		if p := s.Leader; p != nil && p.Group.ID != pgrp {
			m.Post(p, SigInfo{Signo: m.System.Sig.HUP, Origin: FromKernel})
			m.Post(p, SigInfo{Signo: m.System.Sig.CONT, Origin: FromKernel})
		}
	}
	m.hangup(pgrp)
}

// Terminal is the process's controlling terminal, or nil.
func (p *Proc) Terminal() *TTY { return p.Group.Session.TTY }

// leads says whether the process leads its session.
func (p *Proc) leads() bool { return p.Group.Session.Leader == p }

// MayAcquire says whether opening a terminal makes it the process's controlling one, as the
// first that the leader of a session opens.
func (p *Proc) MayAcquire(t *TTY) bool { return p.leads() && p.Terminal() == nil && t.Session == 0 }

// Acquire makes a terminal the controlling one of the process's session (TIOCSCTTY). EPERM:
// it leads none or has one, or another session has the terminal, and steal is not said by the superuser.
func (p *Proc) Acquire(t *TTY, steal bool) errno.Errno {
	s := p.Group.Session
	if s.TTY == t && p.leads() {
		return errno.OK
	}
	if !p.leads() || s.TTY != nil {
		return errno.EPERM
	}
	if old := p.M.sessions[t.Session]; old != nil && old.TTY == t {
		if !steal || !p.Cred.Super() {
			return errno.EPERM
		}
		old.TTY = nil
	}
	s.TTY, t.Session, t.Foreground = t, s.ID, p.Group.ID
	return errno.OK
}

// GiveUp ends the process's having a terminal (TIOCNOTTY). With the leader of the session all
// of it loses it. ENOTTY: it has another one or none.
func (p *Proc) GiveUp(t *TTY) errno.Errno {
	s := p.Group.Session
	if s.TTY != t {
		return errno.ENOTTY
	}
	if p.leads() {
		foreground := t.Foreground
		s.TTY, t.Session, t.Foreground = nil, 0, 0
		p.M.hangup(foreground)
	}
	return errno.OK
}

// SetForeground puts a group into the foreground of the process's terminal (tcsetpgrp).
// ENOTTY: it is not its. ESRCH: no such group. EPERM: it is of another session.
func (p *Proc) SetForeground(t *TTY, group int) errno.Errno {
	s := p.Group.Session
	if s.TTY != t || t.Session != s.ID {
		return errno.ENOTTY
	}
	if group < 0 {
		return errno.EINVAL
	}
	switch g := p.M.groups[group]; {
	case g == nil:
		return errno.ESRCH
	case g.Session != s:
		return errno.EPERM
	}
	t.Foreground = group
	return errno.OK
}

// MayRead is OK if the thread may read a device: not from its terminal in the background. It
// is sent SIGTTIN then (ERESTART), or cannot be (EIO).
func (t *Thread) MayRead(d fs.Device) errno.Errno {
	tt := TerminalOf(d)
	if tt == nil {
		return errno.OK
	}
	return t.background(tt, t.Proc.Sys.Sig.TTIN)
}

// MayWrite is MayRead for writing, which only a terminal with TOSTOP denies.
func (t *Thread) MayWrite(d fs.Device) errno.Errno {
	tt := TerminalOf(d)
	if tt == nil || tt.Termios().Local&tty.ToStop == 0 {
		return errno.OK
	}
	return t.background(tt, t.Proc.Sys.Sig.TTOU)
}

// MayControl is MayWrite for changes to the terminal, TOSTOP or not.
func (t *Thread) MayControl(tt *TTY) errno.Errno { return t.background(tt, t.Proc.Sys.Sig.TTOU) }

// background stops the group of a thread that uses its terminal from the background. One that
// ignores or blocks SIGTTOU may write.
func (t *Thread) background(tt *TTY, sig int) errno.Errno {
	p := t.Proc
	if p.Terminal() != tt || tt.Foreground == 0 || tt.Foreground == p.Group.ID {
		return errno.OK
	}
	if t.Mask.Has(sig) || p.Actions.Get(sig).Handler == Ignored {
		if sig == p.Sys.Sig.TTIN {
			return errno.EIO
		}
		return errno.OK
	}
	if p.Group.Orphaned() {
		return errno.EIO
	}
	p.M.PostGroup(p.Group, SigInfo{Signo: sig, Origin: FromKernel})
	return errno.ERESTART
}
