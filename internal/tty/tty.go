// Package tty deals with terminals on behalf of a program that shares its own
// with a process it controls.
//
// A debugger and its inferior take turns at one terminal. While the inferior runs
// it must be the foreground job, with the modes it chose (an editor's raw mode, a
// shell's echo off), so that reading works and ^C reaches it; at every stop the
// prompt needs both back. Handover keeps that bargain. The package also decides
// whether output is coloured and draws the progress line of a slow operation.
//
// Sources: termios(3), tcsetpgrp(3), "General Terminal Interface" in POSIX.1-2024
// chapter 11, https://no-color.org.
package tty

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
	"golang.org/x/term"
)

// ErrNoTerminal means that the process has no controlling terminal, as under a
// service manager, a pipeline without a session, or setsid(1).
var ErrNoTerminal = errors.New("no controlling terminal")

// TTY is an open terminal.
type TTY struct {
	f *os.File
}

// Open opens the controlling terminal, whatever standard input and output are. It
// returns ErrNoTerminal when there is none. The descriptor is close-on-exec.
func Open() (*TTY, error) {
	f, err := os.OpenFile("/dev/tty", os.O_RDWR, 0)
	if errors.Is(err, unix.ENXIO) || errors.Is(err, os.ErrNotExist) {
		return nil, ErrNoTerminal
	}
	if err != nil {
		return nil, err
	}
	return &TTY{f}, nil
}

// New is the terminal that f refers to. Close closes f.
func New(f *os.File) (*TTY, error) {
	if !IsTerminal(f) {
		return nil, fmt.Errorf("%s: %w", f.Name(), unix.ENOTTY)
	}
	return &TTY{f}, nil
}

// File is the open file underneath, for reading and writing.
func (t *TTY) File() *os.File { return t.f }

// Close closes the terminal's file.
func (t *TTY) Close() error { return t.f.Close() }

// Modes is a terminal's settings: echo, line editing, special characters, speed.
type Modes struct {
	termios unix.Termios
}

// Modes reads the terminal's settings.
func (t *TTY) Modes() (Modes, error) {
	p, err := unix.IoctlGetTermios(t.fd(), ioctlGetModes)
	if err != nil {
		return Modes{}, fmt.Errorf("read terminal modes of %s: %w", t.f.Name(), err)
	}
	return Modes{*p}, nil
}

// ByKey is the settings with which each key arrives by itself, as it is and not shown: also
// those that otherwise are signals. What is printed is treated as before.
func (m Modes) ByKey() Modes {
	t := &m.termios
	t.Lflag &^= unix.ICANON | unix.ECHO | unix.ECHONL | unix.ISIG | unix.IEXTEN
	t.Iflag &^= unix.IXON | unix.ICRNL | unix.INLCR | unix.IGNCR | unix.ISTRIP
	t.Cc[unix.VMIN], t.Cc[unix.VTIME] = 1, 0
	return m
}

// SetModes changes the terminal's settings at once: waiting for output to drain
// would hang when the user has stopped it with ^S. It works from the background
// too, where the kernel would otherwise stop us with SIGTTOU.
func (t *TTY) SetModes(m Modes) error {
	err := withoutTTOU(func() error {
		return unix.IoctlSetTermios(t.fd(), ioctlSetModes, &m.termios)
	})
	if err != nil {
		return fmt.Errorf("set terminal modes of %s: %w", t.f.Name(), err)
	}
	return nil
}

// Foreground is the process group that the terminal's keyboard signals go to.
func (t *TTY) Foreground() (pgid int, err error) {
	pgid, err = unix.IoctlGetInt(t.fd(), unix.TIOCGPGRP)
	if err != nil {
		return 0, fmt.Errorf("foreground group of %s: %w", t.f.Name(), err)
	}
	return int(int32(pgid)), nil // pid_t is 32 bits; the kernel writes no more
}

// SetForeground makes pgid the foreground process group. The group must be of our
// own session (else EPERM). It works from the background too.
func (t *TTY) SetForeground(pgid int) error {
	err := withoutTTOU(func() error {
		return unix.IoctlSetPointerInt(t.fd(), unix.TIOCSPGRP, pgid)
	})
	if err != nil {
		return fmt.Errorf("make process group %d the foreground job of %s: %w", pgid, t.f.Name(), err)
	}
	return nil
}

// Size is the window's width and height in character cells. Terminals that do not
// know (a serial line, a fresh pty) say 0 by 0; Size turns that into 80 by 24.
func (t *TTY) Size() (columns, rows int) { return Size(t.f) }

func (t *TTY) fd() int { return int(t.f.Fd()) }

// Size is as TTY.Size, for any file; one that is no terminal is 80 by 24.
func Size(f *os.File) (columns, rows int) {
	columns, rows, err := term.GetSize(int(f.Fd()))
	if err != nil || columns <= 0 || rows <= 0 {
		return 80, 24
	}
	return columns, rows
}

// IsTerminal reports whether f refers to a terminal.
func IsTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
