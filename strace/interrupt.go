// -I: which signals to us end the trace, and when.

package strace

import (
	"os"
	"os/signal"

	"golang.org/x/sys/unix"
)

// The values of -I.
const (
	anywhere     = 1 + iota // at once, wherever the trace stands
	whileWaiting            // between stops, so that the tracees are let go of
	never
	neverNorStop // nor does ^Z stop us
)

// Catch has end called for each signal that is to end the trace, on another goroutine, until stop is called.
// level is a value of -I, which is not 0.
func Catch(level int, end func(sig unix.Signal)) (stop func()) {
	var fatal []os.Signal
	for _, s := range []os.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGPIPE, unix.SIGTERM} {
		switch {
		case startedBlocked(s.(unix.Signal)): // as we were started, so it stays
			signal.Ignore(s)
		case level == anywhere && s != unix.SIGPIPE:
			if !signal.Ignored(s) {
				defaultAction(s.(unix.Signal))
			}
		default:
			fatal = append(fatal, s)
		}
	}
	ours := make(chan os.Signal, 4)
	if len(fatal) > 0 { // none would mean all
		signal.Notify(ours, fatal...)
	}
	if level == neverNorStop {
		signal.Notify(ours, unix.SIGTSTP)
	}
	signal.Notify(make(chan os.Signal, 1), unix.SIGTTOU, unix.SIGTTIN)
	go func() {
		for s := range ours {
			if level < never {
				end(s.(unix.Signal))
			}
		}
	}()
	return func() { signal.Stop(ours) }
}
