// Package tty models a terminal: what is typed, what is shown, and the line discipline
// between them and the processes that read and write. It follows termios(3) and POSIX.1-2017
// chapter 11; where those leave a choice it does as Linux, against whose pseudo-terminals
// the tests compare it.
//
// A Terminal is a fs.Device. It decides what a control character means and says to whom a
// signal is to be sent; sessions, and who may read and write in the background, are the
// kernel's affair, which keeps the ids here.
package tty

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/sleep"
)

// Control is what has happened to the processes of a terminal.
type Control uint8

// The controls; in brackets the signals that they are.
const (
	Intr   Control = iota // [SIGINT]
	Quit                  // [SIGQUIT]
	Susp                  // [SIGTSTP]
	Winch                 // the window has another size [SIGWINCH]
	Hangup                // the line is gone [SIGHUP, to the session's leader too]
)

func (c Control) String() string {
	return [...]string{"interrupt", "quit", "suspend", "window change", "hang-up", "?", "?", "?"}[c&7]
}

// maxInput is how many bytes may be typed and not read yet (MAX_CANON, MAX_INPUT), and
// echoes held back.
const maxInput = 4095

// Terminal is a terminal. It is not safe for concurrent use.
type Terminal struct {
	// Session and Foreground are the ids of the session whose controlling terminal it is
	// and of its foreground process group, or 0. They only pass through.
	Session, Foreground int

	// Signal is called for what a group of processes is to be told, if there is a
	// foreground group; of Hangup in any case, with 0 if there is none.
	Signal func(pgrp int, c Control)
	// Output is called with what is shown, which is good until it returns.
	Output func(p []byte)

	name    string
	modes   Termios
	size    Winsize
	gone    bool // hung up
	stopped bool // by VSTOP or Stop

	queue    []cell // typed and not read
	complete int    // of queue: lines that are finished, in canonical mode
	literal  bool   // after VLNEXT

	column     int    // of the cursor, where output is processed
	lineColumn int    // where the line that is edited began
	held       []echo // while stopped

	readers, writers sleep.Queue
}

// cell is a byte that was typed.
type cell struct {
	b    byte
	mark mark
}

// mark is what ends a canonical read.
type mark uint8

const (
	inLine  mark = iota
	endLine      // after this byte
	endFile      // before this byte, which is not read
)

// New is a terminal that shows things by way of output and signals by way of signal, with
// the modes of Sane and 24 lines of 80 columns. A nil hook does nothing.
func New(name string, output func(p []byte), signal func(pgrp int, c Control)) *Terminal {
	t := &Terminal{name: name, modes: Sane(), size: Winsize{Rows: 24, Cols: 80}, Output: output, Signal: signal}
	if output == nil {
		t.Output = func([]byte) {}
	}
	if signal == nil {
		t.Signal = func(int, Control) {}
	}
	return t
}

// Name is what it was made with.
func (t *Terminal) Name() string { return t.name }

// Winsize is the size of what is seen: ioctl_tty(2), TIOCGWINSZ.
type Winsize struct{ Rows, Cols, XPixels, YPixels uint16 }

// Winsize is its size.
func (t *Terminal) Winsize() Winsize { return t.size }

// SetWinsize changes it, and tells the foreground group if it is another one.
func (t *Terminal) SetWinsize(w Winsize) {
	if t.size == w {
		return
	}
	t.size = w
	t.signal(Winch)
}

func (t *Terminal) signal(c Control) {
	if t.Foreground != 0 {
		t.Signal(t.Foreground, c)
	}
}

// Termios is its modes.
func (t *Terminal) Termios() Termios { return t.modes }

// SetTermios changes them; flush says whether input is discarded (TCSAFLUSH). Output does
// not wait, so that there is nothing to drain. Into and out of canonical mode, what was typed
// and not read becomes a line.
func (t *Terminal) SetTermios(m Termios, flush bool) {
	if flush {
		t.FlushInput()
	}
	was := t.modes
	t.modes = m
	if (was.Local^m.Local)&ICanon != 0 {
		t.push()
	}
	if was.In&IXOn != 0 && m.In&IXOn == 0 {
		t.Start() // nobody could type VSTART any more
	}
	t.readers.Wake()
}

// push makes all that was typed one line.
func (t *Terminal) push() {
	t.literal = false
	for i := range t.queue {
		t.queue[i].mark = inLine
	}
	if n := len(t.queue); n > 0 {
		t.queue[n-1].mark = endLine
		if t.queue[n-1].b == 0 {
			t.queue[n-1].mark = endFile // so it is on Linux, where the end of file is kept as a NUL
		}
	}
	t.complete = len(t.queue)
}

// FlushInput discards what was typed and not read: tcflush(3). What follows a VLNEXT is
// still literal.
func (t *Terminal) FlushInput() {
	t.queue, t.complete = nil, 0
}

// FlushOutput discards what was not shown.
func (t *Terminal) FlushOutput() { t.held = nil }

// Stop holds output back: tcflow(3), TCOOFF.
func (t *Terminal) Stop() { t.stopped = true }

// Start lets it go on.
func (t *Terminal) Start() {
	if !t.stopped {
		return
	}
	t.stopped = false
	held := t.held
	t.held = nil
	for _, e := range held {
		t.showEcho(e)
	}
	t.writers.Wake()
}

// Stopped says whether output is held back.
func (t *Terminal) Stopped() bool { return t.stopped }

// Hangup disconnects the terminal: from now on reads are at the end of file and writes fail.
func (t *Terminal) Hangup() {
	if t.gone {
		return
	}
	t.gone, t.stopped, t.held = true, false, nil
	t.FlushInput()
	t.readers.Wake()
	t.writers.Wake()
	t.Signal(t.Foreground, Hangup)
}

// Gone says whether it was hung up.
func (t *Terminal) Gone() bool { return t.gone }

// Typed is what was typed and not read, finished lines and the one that is edited.
func (t *Terminal) Typed() (finished, edited []byte) {
	for i, c := range t.queue {
		switch {
		case i >= t.complete:
			edited = append(edited, c.b)
		case c.mark != endFile:
			finished = append(finished, c.b)
		}
	}
	return slices.Clip(finished), slices.Clip(edited)
}
