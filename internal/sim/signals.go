package main

// Promise 4: a process acts on the signals that the debugger was told of, each once, and on
// those that the debugger gave it. The machine says on which it acts.

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/tracer"
)

// sent is a signal of a process.
type sent struct{ pid, sig int }

// signals are counted while their processes are traced.
type signals struct {
	told, acted, given map[sent]int
	threads            map[int]int // how many a process had at most
	last               map[int]gift
}

// gift is the last signal that the debugger gave in a process.
type gift struct {
	to   *kern.Thread
	user int64 // what it had spent by then
}

// grace is how long a thread may run, in ns, with a signal that it was given.
const grace = 100

func (s *session) watchSignals() {
	s.signals = signals{told: map[sent]int{}, acted: map[sent]int{}, given: map[sent]int{}, threads: map[int]int{}, last: map[int]gift{}}
	s.m.Acted = func(t *kern.Thread, info *kern.SigInfo) {
		if s.w.Traced(t) && info.Signo != s.m.System.Sig.KILL {
			s.signals.acted[sent{t.Proc.PID, info.Signo}]++
		}
	}
}

// tell counts what the debugger is told, and looks whether what it gave has arrived.
func (s *session) tell(e *tracer.Event) {
	if e.Process == nil {
		return
	}
	g, pid := &s.signals, int(e.Process.PID)
	if key := (sent{pid, s.system.urg}); g.given[key] > g.acted[key] && g.last[pid].to.Usage.User > g.last[pid].user+grace {
		s.fail(4, "thread %d was given a signal and goes on without it", g.last[pid].to.TID)
	}
	g.threads[pid] = max(g.threads[pid], len(e.Process.Threads()))
	if e.Kind == tracer.EvSignal {
		g.told[sent{pid, int(e.Stop.Signal)}]++
	}
}

// giveable are the stops in which the debugger gives signals.
var giveable = [kernel.NKinds]bool{kernel.Trap: true, kernel.Interrupted: true, kernel.SyscallEnter: true, kernel.SyscallExit: true}

// give has a thread take a signal as it goes on. There is one at a time: two that wait are one.
func (s *session) give(th *tracer.Thread) {
	g, key := &s.signals, sent{int(th.Process.PID), s.system.urg}
	t := s.w.Thread(th.TID)
	if t != nil && th.Signal == 0 && th.Stopped() && giveable[th.Stop.Kind] && g.given[key] == g.acted[key] {
		g.last[key.pid] = gift{t, t.Usage.User}
		s.note("thread %d is given a signal", th.TID)
		th.Signal = kernel.Signal(s.system.urg)
		g.given[key]++
	}
}

// checkSignals compares, where nothing was killed or let go of. A thread that ends may have had
// no time for the last one.
func (s *session) checkSignals() {
	if s.crashed || s.killed || s.released || s.profile.Follow != tracer.FollowBoth || s.profile.Attach {
		return
	}
	g := &s.signals
	for pid, threads := range g.threads {
		for sig := 1; sig <= s.m.System.Sig.Max; sig++ {
			key := sent{pid, sig}
			due, by := g.told[key], "told"
			if sig == s.system.urg { // told again where it had to be sent
				due, by = g.given[key], "given"
			}
			if n := g.acted[key]; n > due || n+threads < due {
				s.fail(4, "process %d acted on signal %d %d times, of which %d were %s", pid, sig, n, due, by)
			}
		}
	}
}
