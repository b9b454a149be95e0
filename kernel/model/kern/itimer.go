package kern

// Interval timers: setitimer(2) and alarm(2).

// ITimer names a timer of a process.
type ITimer uint8

// The timers: on modeled time, on the time the program runs, and that with the kernel's.
const (
	RealTimer ITimer = iota
	VirtualTimer
	ProfTimer
	nTimers
)

type procTimers struct {
	real     *Callout
	interval [nTimers]int64
	due      [nTimers]int64 // Virtual, Prof: usage at which it is due; 0: never
}

// used is the time that a virtual timer counts.
func (p *Proc) used(which ITimer) int64 {
	if which == ProfTimer {
		return p.Usage.User + p.Usage.System
	}
	return p.Usage.User
}

// Timer is how long a timer still runs (0: it does not) and its interval, in ns.
func (p *Proc) Timer(which ITimer) (left, interval int64) {
	tm := &p.timers
	switch {
	case which == RealTimer && tm.real.Pending():
		left = max(tm.real.At-p.M.now, 1)
	case which != RealTimer && tm.due[which] != 0:
		left = max(tm.due[which]-p.used(which), 1)
	}
	return left, tm.interval[which]
}

// SetTimer starts a timer, or with 0 stops it. Times are in ns.
func (p *Proc) SetTimer(which ITimer, in, interval int64) {
	tm := &p.timers
	if tm.interval[which] = interval; which == RealTimer && in <= 0 {
		tm.interval[which] = 0
	}
	if which != RealTimer {
		tm.due[which] = 0
		if in > 0 {
			tm.due[which] = p.used(which) + min(in, never)
		}
		return
	}
	p.M.Cancel(tm.real)
	tm.real = nil
	if in > 0 {
		tm.real = p.M.CallAt(p.M.later(in), p.alarm).Of(p)
	}
}

func (p *Proc) alarm() {
	tm := &p.timers
	if again := tm.interval[RealTimer]; again > 0 {
		tm.real = p.M.CallAt(p.M.later(again), p.alarm).Of(p)
	}
	p.M.Post(p, SigInfo{Signo: p.Sys.Sig.ALRM, Origin: FromKernel})
}

// tick looks at the timers that run with the program.
func (p *Proc) tick() {
	for which := VirtualTimer; which <= ProfTimer; which++ {
		due := p.timers.due[which]
		if due == 0 || p.used(which) < due {
			continue
		}
		p.timers.due[which] = 0
		if again := p.timers.interval[which]; again > 0 {
			p.timers.due[which] = p.used(which) + min(again, never)
		}
		sig := p.Sys.Sig.VTALRM
		if which == ProfTimer {
			sig = p.Sys.Sig.PROF
		}
		p.M.Post(p, SigInfo{Signo: sig, Origin: FromKernel})
	}
}

func (tm *procTimers) stop(m *Machine) {
	m.Cancel(tm.real)
	*tm = procTimers{}
}

// exec: interval timers go on.
func (tm *procTimers) exec(*Machine) {}
