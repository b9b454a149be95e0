package linux

// polling decides whether Wait asks for a stop again and again before it blocks. The next stop of a
// thread that runs on another processor is often microseconds away, and to sleep until then takes
// longer: two switches, and an interrupt that wakes an idle processor. Where the stop does not come so
// soon, or others want our processor, that is time lost, and is done less and less.
type polling struct {
	rest        int   // waits that are to block at once
	losses      int   // tries in vain, by two, less the others
	preemptions int64 // at the last try in vain
}

const (
	polls     = 500 // of one try, some 150 us: what a sleep and a wake-up of both sides may take, and most stretches of a program that starts
	maxLosses = 10
)

// due says whether a wait is to try.
func (p *polling) due() bool {
	if p.rest > 0 {
		p.rest--
		return false
	}
	return true
}

// tried books a try: whether a stop came, and how often our thread has been preempted up to now
// (ru_nivcsw, getrusage(2)). If it was, others want the processor, the tracee perhaps, and a thread
// that sleeps would have had the stop as soon.
func (p *polling) tried(stop bool, preemptions int64) {
	if stop && preemptions == p.preemptions {
		p.losses = max(0, p.losses-1)
		return
	}
	p.preemptions = preemptions
	p.losses = min(p.losses+2, maxLosses)
	p.rest = 1<<p.losses - 1
}
