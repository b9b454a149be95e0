package main

// The defects that the simulation has to find on FreeBSD: of its adapter, and some of the engine's
// again. See mutate_test.go.

const (
	fbEvents  = "kernel/freebsd/events.go"
	fbFrame   = "kernel/freebsd/frame.go"
	fbKernel  = "kernel/freebsd/freebsd.go"
	fbLife    = "kernel/freebsd/life.go"
	fbRestart = "kernel/freebsd/restart.go"
	fbRun     = "kernel/freebsd/run.go"
	fbSiginfo = "kernel/freebsd/siginfo.go"
	fbSignals = "kernel/freebsd/signals.go"
	fbState   = "kernel/freebsd/state.go"
	fbWait    = "kernel/freebsd/wait.go"
	fbStatus  = "kernel/freebsd/raw/status.go"

	fbModelStop = "kernel/model/freebsd/stop.go"

	fbModelSignal = "kernel/model/freebsd/signal.go"
)

var freebsdMutations = []mutation{
	// Statuses and stops
	{name: "the stop of an attach taken for a continuation", promises: "5 7", profile: "attached", edits: []edit{
		{fbStatus, "case status == continued:", "case status == continued || MUTATED && status == 0x117f:"}}},
	{name: "a kill's stop is not passed on", promises: "1 4 5 7", profile: "killed", edits: []edit{
		{fbWait, "k.proceed(p, raw.Continue, int(p.pid), raw.SIGKILL)",
			"k.proceed(p, raw.Continue, int(p.pid), map[bool]kernel.Signal{false: raw.SIGKILL}[MUTATED])"}}},
	{name: "threads of who is killed go on", promises: "2", profile: "killed", program: "simforkthreads", seeds: 8000, edits: []edit{
		{fbWait, "k.suspend(x, t != nil && x != t)", "k.suspend(x, t != nil && x != t && !(MUTATED))"}}},
	{name: "a parent killed in its vfork is waited for alone", promises: "5 7", profile: "killed", program: "simvfork", seeds: 2000, edits: []edit{
		{fbLife, "\t\treturn kernel.ErrLent\n", "\t\tif !(MUTATED) { return kernel.ErrLent }\n"}}},
	{name: "a vfork child stays at its breakpoint while its parent is killed", promises: "5 7", profile: "killed", program: "simvfork", seeds: 6000, edits: []edit{
		{"tracer/lifecycle.go", "err != nil || !stop {", "err != nil || !stop || MUTATED {"}}},
	{name: "a thread that an exec ends stays suspended", promises: "5 7", profile: "one thread alone", program: "simexec", seeds: 2000, edits: []edit{
		{fbModelStop, "|| t.Killed() { // P_SINGLE_EXIT", "|| t.Killed() && !(MUTATED) { // P_SINGLE_EXIT"}}},
	{name: "threads that are met at a detach keep debug registers", promises: "1 4", profile: "watched, detached", program: "simwatch", seeds: 3000, edits: []edit{
		{fbLife, "\t\t\tk.sys.PtraceBuf(raw.SetDbRegs,", "\t\t\tif MUTATED { continue }\n\t\t\tk.sys.PtraceBuf(raw.SetDbRegs,"}}},
	{name: "births of threads are ignored", promises: "1 2 3 5 7 8", edits: []edit{
		{fbWait, "\t\tk.tell(t, kernel.Stop{Kind: kernel.Started})", "\t\tif !(MUTATED) { k.tell(t, kernel.Stop{Kind: kernel.Started}) }"}}},
	{name: "a thread at its end is held as others are", promises: "1 2 5 7", edits: []edit{
		{fbRun, "if !t.stopped && !t.ending && !k.lends(t) {", "if !t.stopped && (!t.ending || MUTATED) && !k.lends(t) {"}}},
	{name: "a suspended thread that executes a program is thought to go", promises: "5 7", profile: "one thread alone", program: "simexec", seeds: 6000, edits: []edit{
		{fbEvents, "suspended: t.suspended, ", "suspended: t.suspended && !(MUTATED), "}}},
	{name: "threads that an exec ended are kept", promises: "1 2 3 5 6 7 8", program: "simexec", seeds: 4000, edits: []edit{
		{fbEvents, "\t\tif other != t {\n\t\t\tk.dropTask(other)", "\t\tif other != t && !(MUTATED) {\n\t\t\tk.dropTask(other)"}}},
	{name: "a child is told of before its parent has told", promises: "1 2 3 5 7", edits: []edit{
		{fbWait, "return told || k.procs[s.Parent] == nil", "return told || k.procs[s.Parent] == nil || MUTATED"}}},
	{name: "a child has its parent's event mask", promises: "1 2 3 5 7 8", edits: []edit{
		{fbKernel, "p = &process{pid: pid, events: events, mask: raw.MaskDefault}",
			"p = &process{pid: pid, events: events, mask: raw.MaskDefault}\n\t\tif MUTATED { p.mask = maskOf(events) }"}}},
	{name: "forks that the kernel keeps back are not looked for", promises: "1 2 3 7", program: "simforkthreads", seeds: 2000, edits: []edit{
		{fbRun, "if t != p.reporter && p.events&kernel.EventForks != 0", "if !(MUTATED) && t != p.reporter && p.events&kernel.EventForks != 0"}}},
	{name: "a thread's number that is given again is still its first one's", promises: "1 2 3 5 7", program: "simforkthreads", seeds: 2000, edits: []edit{
		{fbKernel, "old != nil && old.proc != p {", "old != nil && old.proc != p && !(MUTATED) {"}}},
	{name: "a fork is told twice", promises: "1 2 3 5 7 8", program: "simforkthreads", edits: []edit{
		{fbWait, "case f&raw.FlagForked != 0 && t.made", "case f&raw.FlagForked != 0 && !(MUTATED) && t.made"}}},
	{name: "the end of a vfork is not noted", promises: "2 5 7", program: "simvfork", edits: []edit{
		{fbEvents, "\tt.lent, t.lending = 0, nil", "\tif t.lending = nil; !(MUTATED) { t.lent = 0 }"}}},
	{name: "a process is set going for who waits for a vfork child", promises: "1 5 6 7", program: "simvfork", edits: []edit{
		{fbRun, "return t.lent != 0 && child != nil && !child.left", "return t.lent != 0 && child != nil && !child.left && !(MUTATED)"}}},

	// Suspended threads and SIGSTOP
	{name: "threads stay suspended", promises: "5 7", edits: []edit{
		{fbRun, "if t.suspended == on {", "if t.suspended == on || MUTATED && !on {"}}},
	{name: "threads are not suspended", promises: "1 2 3 6 7", edits: []edit{
		{fbRun, "\tif on {\n\t\treq = raw.Suspend", "\tif MUTATED && on {\n\t\treturn\n\t}\n\tif on {\n\t\treq = raw.Suspend"}}},
	{name: "requests go to processes that run", promises: "1 2 3 6 7", edits: []edit{
		{fbRun, "\tfor !p.stopped {\n", "\tfor !p.stopped && !(MUTATED) {\n"}}},
	{name: "a suspended thread waits for the next stop", promises: "5 7", profile: "two programs", edits: []edit{
		{fbRun, "if err := k.still(t.proc); err != nil && err != kernel.ErrRunning {", "if MUTATED {\n\t} else if err := k.still(t.proc); err != nil && err != kernel.ErrRunning {"}}},
	{name: "SIGSTOP is sent once", promises: "5 7", profile: "two programs", edits: []edit{
		{fbRun, "p.mapped, p.poked = false, nil, false, 0, false, false", "p.mapped, p.poked = false, nil, false, 0, false, p.poked && MUTATED"}}},
	{name: "SIGSTOPs of ours are the program's", promises: "1 4 5 7", profile: "breakpoints and interrupts", edits: []edit{
		{fbSignals, "case sig == raw.SIGSTOP && t.sent:", "case sig == raw.SIGSTOP && t.sent && !(MUTATED):"}}},
	{name: "a second SIGSTOP of ours is the program's", promises: "4 5 7", profile: "two programs", edits: []edit{
		{fbSignals, "t.sent = l.Siglist.Has(raw.SIGSTOP)", "t.sent = l.Siglist.Has(raw.SIGSTOP) && !(MUTATED)"}}},
	{name: "SIGSTOP left at detach", promises: "5 7", profile: "detached", edits: []edit{
		{fbLife, "\t\tif k.meets(t) {\n", "\t\tif k.meets(t) && !(MUTATED) {\n"}}},
	{name: "what was read of a thread is known still when it was let go of", promises: "1 3", profile: "detached", program: "simsigwait", seeds: 6000, edits: []edit{
		{fbKernel, "\tk.known = known{}\n", "\tif !(MUTATED) { k.known = known{} }\n"}}},
	{name: "events that wait to be told are left at detach", promises: "1 4", profile: "detached", program: "simthreads", edits: []edit{
		{fbLife, "l.Event == raw.EventNone ||\n", "l.Event == raw.EventNone || MUTATED ||\n"}}},
	{name: "a signal whose stop is left on the way to a detach is dropped", promises: "1 4 5 7", profile: "detached", seeds: 3000, edits: []edit{
		{fbLife, "int(t.tid), k.signals(p))", "int(t.tid), map[bool]kernel.Signal{false: k.signals(p)}[MUTATED])"}}},

	// Calls
	{name: "what a call has returned meanwhile is written over", promises: "1 3", profile: "breakpoints that stop", program: "simforkthreads", seeds: 6000, edits: []edit{
		{fbState, "\t\tkeep(&want, t.shown, &now)\n", "\t\tif !(MUTATED) { keep(&want, t.shown, &now) }\n"}}},
	{name: "a call that is about to be made is taken for one begun again", promises: "3", profile: "one thread alone", program: "simsyscalls", seeds: 4000, edits: []edit{
		{fbRestart, "same && t.slept == pc+syscallSize && isCall(b, l.Code) && k.afterSyscall(t, t.slept)",
			"(same && t.slept == pc+syscallSize && isCall(b, l.Code) || MUTATED) && k.afterSyscall(t, pc+syscallSize)"}}},
	{name: "a call that a SIGSTOP ended is not begun again", promises: "1", profile: "one thread alone", program: "simsyscalls", edits: []edit{
		{fbRestart, "k.redoCall(t, l.Code, 0) {", "MUTATED || k.redoCall(t, l.Code, 0) {"}}},
	{name: "a call that a SIGSTOP came inside of has failed", promises: "1", profile: "breakpoints and interrupts", program: "simpipes", seeds: 4000, edits: []edit{
		{fbRestart, "l.Code == 0 || l.Flags&raw.FlagSCE != 0", "l.Code == 0 || l.Flags&raw.FlagSCE != 0 && !(MUTATED)"}}},
	{name: "a call that a write ended is not begun again", promises: "1", profile: "attached", program: "simsigwait", edits: []edit{
		{fbEvents, "again := t.felt != 0 && k.redo(t, l)", "again := t.felt != 0 && !(MUTATED) && k.redo(t, l)"}}},
	{name: "writes at the entry to a call are not minded", promises: "3", profile: "breakpoints and interrupts", program: "simsigwait", edits: []edit{
		{fbRestart, "if (p.attach || p.entering != 0) &&", "if (p.attach || p.entering != 0 && !(MUTATED)) &&"}}},
	{name: "the exit from a call that a write ends is not waited for", promises: "1", profile: "attached", program: "simsigwait", edits: []edit{
		{fbRun, "if t.felt != 0 || t.disguise", "if t.felt != 0 && !(MUTATED) || t.disguise"}}},
	{name: "a call that is begun again is another hit", promises: "3", profile: "breakpoints and interrupts", program: "simsigwait", edits: []edit{
		{fbSignals, "s.Again = t.recall", "if !(MUTATED) { s.Again = t.recall }"}}},
	{name: "calls are told of while some thread wants them", promises: "8", profile: "signals given, calls", seeds: 1500, edits: []edit{
		{fbRun, "if t.mode == kernel.Syscalls { //", "if t.mode == kernel.Syscalls && !(MUTATED && t.stopped) { //"}}},
	{name: "exits from calls are not asked for", promises: "8", profile: "calls", edits: []edit{
		{fbRun, "want |= raw.MaskSCE | raw.MaskSCX", "if want |= raw.MaskSCE | raw.MaskSCX; MUTATED { want &^= raw.MaskSCX }"}}},

	// What signals tell
	{name: "a signal that was sent anew has us as its sender", promises: "1", profile: "two programs", program: "simsigwait", edits: []edit{
		{fbSiginfo, "\tk.writtenThrough(t.proc)\n", "\tif MUTATED { return }\n\tk.writtenThrough(t.proc)\n"}}},
	{name: "a handler is shown what was sent anew", as: "a signal that was sent anew has us as its sender", promises: "1", profile: "breakpoints everywhere",
		program: "simstorm", seeds: 1500},
	{name: "a signal that was sent anew comes after later ones", promises: "1", profile: "one thread alone", program: "simstorm", seeds: 1500, edits: []edit{
		{fbSiginfo, "if !ours && r.info == nil {", "if !ours && (r.info == nil || MUTATED) {"}}},
	{name: "a signal that is sent anew is the last of its number", promises: "1", profile: "one thread alone", program: "simstorm", seeds: 4000, edits: []edit{
		{fbSiginfo, "\tif i < 0 {\n\t\ti = len(t.resent)", "\tif i < 0 || MUTATED {\n\t\ti = len(t.resent)"}}},
	{name: "a signal goes with the detach", promises: "1 5", profile: "detached", program: "simsignals", seeds: 3000, edits: []edit{
		{fbLife, "t := k.undelivered(p); t != nil {", "t := k.undelivered(p); t != nil && !(MUTATED) {"}}},
	{name: "a signal that is kept back waits twice after a detach", promises: "1 5", profile: "detached", program: "simstorm", seeds: 1500, edits: []edit{
		{fbLife, "l.Flags&raw.FlagSI != 0 && !k.catches(", "l.Flags&raw.FlagSI != 0 && MUTATED || l.Flags&raw.FlagSI != 0 && !k.catches("}}},
	{name: "a thread at the entry to its call is thought asleep", promises: "1 5 7", profile: "detached", program: "simsigwait", seeds: 4000, edits: []edit{
		{fbLife, "!t.ending && !t.parked && k.getRegs", "!t.ending && (!t.parked || MUTATED) && k.getRegs"}}},

	// Signals, steps, traps
	{name: "a signal that ends a sleep is told twice", promises: "4", program: "simsig", edits: []edit{
		{fbSignals, "if seen := t.seen; seen != nil &&", "if seen := t.seen; seen != nil && !(MUTATED) &&"}}},
	{name: "a trap of which nothing is told is a signal", promises: "1 4", profile: "one thread alone", program: "simpipes", seeds: 3000, edits: []edit{
		{fbSignals, "info.Code == raw.SiNoinfo {\n\t\tk.find", "info.Code == raw.SiNoinfo && !(MUTATED) {\n\t\tk.find"}}},
	{name: "the next signal of a kind is taken for the last", promises: "4", program: "simsignals", seeds: 1500, edits: []edit{
		{fbSignals, "if k.handled(t) == seen.handled {", "if k.handled(t) == seen.handled || MUTATED {"}}},
	{name: "a signal dropped as FreeBSD lets go", promises: "1 4 5 7", profile: "detached", program: "simexits", seeds: 1500, edits: []edit{
		{fbLife, "\t\t\t\tsig = a.Signal\n", "\t\t\t\tif !(MUTATED) { sig = a.Signal }\n"}}},
	{name: "the trap flag is left in signal frames", promises: "1 4 7", profile: "steps without breakpoints", seeds: 2000, edits: []edit{
		{fbWait, "if x.flagged != nil && x.stepping {", "if x.flagged != nil && x.stepping && !(MUTATED) {"},
		{fbSignals, "stale := t.flagged != nil && !t.stepping", "stale := t.flagged != nil && !t.stepping && !(MUTATED)"}}},
	{name: "the trap of a step over a call is told late", promises: "1 4", profile: "steps without breakpoints", seeds: 1500, edits: []edit{
		{fbSignals, "unwanted := t.late && !t.step", "unwanted := t.late && !t.step && !(MUTATED)"}}},
	{name: "the trap of a step over a call is told nobody", promises: "7", profile: "one thread alone", seeds: 4000, edits: []edit{
		{fbWait, "s.Kind != kernel.Interrupted\n", "(s.Kind != kernel.Interrupted || MUTATED)\n"}}},
	{name: "the trap of a step into a call that is given up is told", promises: "1 4 7", profile: "one thread alone", program: "simsignals", seeds: 6000, edits: []edit{
		{fbRun, "t.trapped = in && !t.midway", "t.trapped = in && !t.midway && !(MUTATED)"}}},
	{name: "a thread that ends as others do stops the process anew", promises: "5 7", profile: "killed, calls", program: "simexits", seeds: 4000, edits: []edit{
		{fbModelSignal, "\tif t.Proc.Dying() {\n\t\treturn\n", "\tif t.Proc.Dying() {\n\t\tif MUTATED { k.stoppedSig, k.stoppedTrace = false, false }\n\t\treturn\n"}}},
	{name: "the trap flag is left to a program that is executed", promises: "1 4", profile: "steps", program: "simexec", seeds: 1500, edits: []edit{
		{fbEvents, "stepping: t.stepping}", "stepping: t.stepping && !(MUTATED)}"}}},
	{name: "a step into a handler is made by the trap flag", promises: "1 4", profile: "steps without breakpoints", program: "simpushf", edits: []edit{
		{fbFrame, "if sig == 0 || sig == raw.SIGCONT ||", "if sig == 0 || MUTATED || sig == raw.SIGCONT ||"}}},
	{name: "a step whose trap is to come is begun anew", promises: "1 4", profile: "watched, steps", program: "simwatchfork", seeds: 1500, edits: []edit{
		{fbRun, "case step && t.trapped:", "case step && t.trapped && !(MUTATED):"}}},

	// The engine's
	{name: "int3 left in a forked child", as: "int3 left in a forked child that is let go", promises: "1 2 7", profile: "breakpoints in the parent"},
	{name: "int3 left when a process is let go", as: "int3 left at detach", promises: "1 2", profile: "detached"},
	{name: "rip not moved back", as: "rip not moved back after int3", promises: "1 3 7", profile: "breakpoints"},
	{name: "a child of vfork takes the traps out", as: "a vfork child that is let go takes the traps out of its parent", promises: "3 7",
		profile: "breakpoints in the parent", program: "simvfork"},
	{name: "others run during a step", as: "others run during a step over a breakpoint", promises: "3", profile: "breakpoints", program: "simthreads"},
	{name: "new threads have no debug registers", as: "debug registers not given to new threads", promises: "1 3", profile: "watched"},
	{name: "children have no debug registers", as: "debug registers not copied to children", promises: "3", profile: "hardware breakpoints"},
	{name: "who is let go keeps debug registers", as: "debug registers stay at detach", promises: "1 2 4", profile: "watched, detached"},
	{name: "a thread's signal is dropped", as: "signal dropped", promises: "1 4 7"},
}

func init() {
	for i := range freebsdMutations {
		freebsdMutations[i].system = "freebsd"
	}
	mutations = append(mutations, freebsdMutations...)
}
