package tty

import (
	"errors"
	"runtime"

	"golang.org/x/sys/unix"
)

// Handover passes one terminal back and forth between us and an inferior that we
// launched in a process group of its own. The zero value and a nil *Handover own
// no terminal and do nothing, which is right for a debugger without one.
//
// Its methods may be called in any order and repeatedly: giving what is given
// already, or taking what is ours, changes nothing.
type Handover struct {
	tty    *TTY
	pgid   int   // ours
	ours   Modes // as we found them, and as every prompt gets them back
	theirs Modes // as the inferior left them at its last stop
	given  int   // the group that has the terminal now, 0 when it is us
}

// NewHandover takes charge of our controlling terminal. Without one, or when we
// are not its foreground job ourselves (started with & or by a job that another
// shell owns), there is nothing to hand over: the result is a Handover that does
// nothing, and no error.
func NewHandover() (*Handover, error) {
	t, err := Open()
	if errors.Is(err, ErrNoTerminal) {
		return &Handover{}, nil
	}
	if err != nil {
		return nil, err
	}
	h, err := newHandover(t)
	if err != nil || h.tty == nil {
		t.Close()
	}
	return h, err
}

func newHandover(t *TTY) (*Handover, error) {
	fg, err := t.Foreground()
	if err != nil {
		return nil, err
	}
	pgid := unix.Getpgrp()
	if fg != pgid {
		return &Handover{}, nil
	}
	m, err := t.Modes()
	if err != nil {
		return nil, err
	}
	return &Handover{tty: t, pgid: pgid, ours: m, theirs: m}, nil
}

// Active reports whether there is a terminal to hand over.
func (h *Handover) Active() bool { return h != nil && h.tty != nil }

// Give makes pgid the foreground job, with the modes it left behind when the
// terminal was last taken from it. Call it before the inferior is resumed.
func (h *Handover) Give(pgid int) error {
	if !h.Active() || h.given == pgid {
		return nil
	}
	if err := h.tty.SetModes(h.theirs); err != nil {
		return err
	}
	if err := h.tty.SetForeground(pgid); err != nil {
		return errors.Join(err, h.tty.SetModes(h.ours))
	}
	h.given = pgid
	return nil
}

// Take makes us the foreground job again, with the modes we started with, and
// remembers those the inferior had. Call it when the inferior has stopped.
//
// An inferior that is a shell may have made another group the foreground job, and
// one that exited leaves none at all; either way the terminal becomes ours.
func (h *Handover) Take() error {
	if !h.Active() || h.given == 0 {
		return nil
	}
	m, err := h.tty.Modes()
	if err != nil {
		return err
	}
	h.theirs, h.given = m, 0
	return errors.Join(h.tty.SetForeground(h.pgid), h.tty.SetModes(h.ours))
}

// Forget makes the next Give start from our own modes: a new inferior must not
// inherit the raw mode that an earlier one died in.
func (h *Handover) Forget() {
	if h.Active() {
		h.theirs = h.ours
	}
}

// Close takes the terminal back if it is given and closes it.
func (h *Handover) Close() error {
	if !h.Active() {
		return nil
	}
	err := errors.Join(h.Take(), h.tty.Close())
	h.tty = nil
	return err
}

// withoutTTOU runs f with SIGTTOU blocked, which lets a background process change
// its terminal (tcsetpgrp(3)). Ignoring the signal would do too, but an ignored
// signal is inherited by whatever is launched meanwhile, and is then ignored there.
func withoutTTOU(f func() error) error {
	runtime.LockOSThread() // the mask belongs to the OS thread
	defer runtime.UnlockOSThread()
	set := maskOf(unix.SIGTTOU)
	var old unix.Sigset_t
	if err := setMask(maskBlock, &set, &old); err != nil {
		return err
	}
	err := f()
	return errors.Join(err, setMask(maskSet, &old, nil))
}
