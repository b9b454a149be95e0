package main

// Signals to us while a program is traced. What the terminal sends (^C, ^\) goes to the whole foreground group: a
// program that we launched has it, too, and decides for itself. Twice in a row, or again when that program has
// ended and others go on, a ^C is for us: the trace ends, and whoever is left goes on untraced.

import (
	"os"
	"os/signal"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/strace"
)

const (
	inARow  = time.Second           // between two ^C that are for us
	oneSent = 50 * time.Millisecond // less is one, sent twice: timeout(1) signals its child and then its group
)

// presses counts the ^C that were left to the program.
type presses struct {
	count atomic.Int32
	last  time.Time // of them
	told  int32     // how many there were when the user was told what the next one does; 0 not told
}

// catchSignals makes a signal to us end the trace cleanly; what we were started to ignore (nohup) is ignored.
func (t *trace) catchSignals() (stop func()) {
	if level := t.cfg.More.Interruptible; level != 0 {
		return strace.Catch(level, t.end)
	}
	ours := make(chan os.Signal, 4)
	for _, s := range []os.Signal{unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGHUP, unix.SIGPIPE} {
		if !signal.Ignored(s) {
			signal.Notify(ours, s)
		}
	}
	go func() {
		for s := range ours {
			switch sig := s.(unix.Signal); {
			case sig == unix.SIGPIPE, sig == unix.SIGQUIT && t.cfg.Path != "":
			case sig == unix.SIGINT && t.cfg.Path != "":
				t.pressed(time.Now())
			default:
				t.end(sig)
			}
		}
	}()
	return func() { signal.Stop(ours); close(ours) }
}

// end makes the trace end as by a signal to us; any goroutine may call it.
func (t *trace) end(sig unix.Signal) {
	t.signal.Store(int32(sig))
	t.tr.Interrupt()
}

// pressed takes a ^C that the program has as well.
func (t *trace) pressed(now time.Time) {
	since := now.Sub(t.presses.last)
	if since < oneSent {
		return
	}
	t.presses.last = now
	if since < inARow {
		t.end(unix.SIGINT)
		return
	}
	t.presses.count.Add(1)
	t.tr.Interrupt()
}

// pressedAgain says whether the trace is to end because of a ^C after the program that was launched has ended. The
// first time that such a one would, the user is told.
func (t *trace) pressedAgain() bool {
	n := t.presses.count.Load()
	if n == 0 || t.launched == nil || t.tr.Process(t.launched.PID) != nil || len(t.tr.Processes()) == 0 {
		return false
	}
	if t.presses.told == 0 {
		t.presses.told = n
		t.tell("the program has ended, others that it started go on; ^C again lets go of them")
	}
	if n == t.presses.told {
		return false
	}
	t.signal.Store(int32(unix.SIGINT))
	return true
}
