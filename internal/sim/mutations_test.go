package main

// The defects: what the simulation has to find. See mutate_test.go.

// Files that have defects.
const (
	fBooks     = "tracer/books.go"
	fFixup     = "tracer/fixup.go"
	fJudge     = "tracer/judge.go"
	fLifecycle = "tracer/lifecycle.go"
	fOver      = "tracer/over.go"
	fPlace     = "tracer/place.go"
	fRun       = "tracer/run.go"
	fSpace     = "tracer/space.go"
	fThread    = "tracer/thread.go"
	fSites     = "breakpoints/sites.go"
	fTable     = "breakpoints/table.go"
	fEmulate   = "x86/emulate.go"
	fLinux     = "kernel/linux/linux.go"
	fRestart   = "kernel/linux/restart.go"
	fState     = "kernel/linux/state.go"
	fWait      = "kernel/linux/wait.go"
)

var mutations = []mutation{
	// Traps in memory
	{name: "int3 left in a forked child that is let go", promises: "1 2 7", profile: "breakpoints in the parent", edits: []edit{
		{fSpace, "c.sites = s.sites.Fork(c)", "if c.sites = s.sites.Fork(c); MUTATED { c.sites = breakpoints.NewSites(c) }"}}},
	{name: "int3 left at detach", promises: "1 2", profile: "detached", edits: []edit{
		{fLifecycle, "if err := ignoreGone(p.space.sites.RemoveAll()); err != nil {",
			"remove := p.space.sites.RemoveAll\n\tif MUTATED { remove = func() error { return nil } }\n\tif err := ignoreGone(remove()); err != nil {"}}},
	{name: "a vfork child that is let go takes the traps out of its parent", promises: "3", profile: "breakpoints in the parent", program: "simvfork", edits: []edit{
		{fBooks, "p.lent, p.leave = shares, !shares", "if p.lent, p.leave = shares, !shares; MUTATED { p.lent, p.leave = false, true }"}}},
	{name: "the memory lent to a vfork child is not waited for at detach", promises: "1 2 3 5 7", profile: "detached", program: "simvfork", edits: []edit{
		{fLifecycle, "if err := t.awaitVfork(p); err != nil {", "if MUTATED {\n\t\t} else if err := t.awaitVfork(p); err != nil {"},
		{fLifecycle, "if p.busyForking() {\n\t\tt.idle", "if p.busyForking() && !(MUTATED) {\n\t\tt.idle"}}},
	{name: "exec keeps old breakpoints", promises: "1 2 3", profile: "breakpoints", program: "simexec", edits: []edit{
		{fBooks, "\tt.moveOut(p)\n\tp.slots", "\tif !(MUTATED) { t.moveOut(p) }\n\tp.slots"}}},
	{name: "a trap is not put back after a step", promises: "3", profile: "breakpoints", edits: []edit{
		{fOver, "err = ignoreGone(space.sites.Insert(site))", "if err = nil; !(MUTATED) { err = ignoreGone(space.sites.Insert(site)) }"}}},
	{name: "a child claims no traps", promises: "3", profile: "breakpoints", program: "simfork", edits: []edit{
		{fPlace, "\t\t\tif b.Enabled && b.Kind == breakpoints.Software {\n\t\t\t\tif _, err := child", "\t\t\tif b.Enabled && b.Kind == breakpoints.Software && !(MUTATED) {\n\t\t\t\tif _, err := child"}}},
	{name: "a read shows traps", promises: "1 2", edits: []edit{
		{fSites, "if s.in && p[s.Addr-addr] == Trap {", "if s.in && p[s.Addr-addr] == Trap && !(MUTATED) {"}}},
	{name: "a write takes a trap out", promises: "2 3", profile: "breakpoints that stop", edits: []edit{
		{fSites, "out[s.Addr-addr] = Trap", "if !(MUTATED) { out[s.Addr-addr] = Trap }"}}},
	{name: "the old program's memory is kept open after exec", promises: "1 2 3 7", program: "simexec", edits: []edit{
		{fWait, "\tp.closeMem()\n}\n\n// syscall reads", "\tif !(MUTATED) { p.closeMem() }\n}\n\n// syscall reads"}}},

	// Hits
	{name: "rip not moved back after int3", promises: "1 3", profile: "breakpoints", edits: []edit{
		{fBooks, "th.setPC(pc - 1)", "if !(MUTATED) { th.setPC(pc - 1) }"}}},
	{name: "hit counted twice", promises: "3", profile: "breakpoints", edits: []edit{
		{fJudge, "ok, err := b.Arrive(hit)", "if MUTATED && len(t.backlog) > 0 { b.Arrive(hit) }\n\t\tok, err := b.Arrive(hit)"}}},
	{name: "hit not counted when the world is being stopped", promises: "3", profile: "breakpoints that stop", edits: []edit{
		{fBooks, "if s.Trap == kernel.Breakpoint {\n\t\t\tt.rewind(th)", "if s.Trap == kernel.Breakpoint {\n\t\t\tif t.rewind(th); MUTATED { th.counted, th.pending = th.regs.PC(), false; return }"}}},
	{name: "passed over a breakpoint", promises: "3", profile: "breakpoints and interrupts", program: "simcondition", seeds: 2000, edits: []edit{
		{fRun, "site != nil && site.Since >= th.seq", "site != nil && (site.Since >= th.seq || MUTATED)"}}},
	{name: "others run during a step over a breakpoint", promises: "3", profile: "breakpoints", program: "simthreads", edits: []edit{
		{fOver, "return x != th && x.Process.space == space }", "return x != th && x.Process.space == space && !(MUTATED) }"}}},
	{name: "one thread is set going during a step over a breakpoint", promises: "3 6 7", profile: "breakpoints", program: "simthreads", edits: []edit{
		{fOver, "\tdone, err := t.stepOnce(th, site)", "\tif MUTATED && len(held) > 0 && held[0].state == stopped { t.goOn(held[0]) }\n\tdone, err := t.stepOnce(th, site)"}}},
	{name: "the program's own int3 taken for ours", promises: "1 4 7", program: "simfaults", edits: []edit{
		{fBooks, "if sites.At(pc-1) == nil {", "if sites.At(pc-1) == nil && !(MUTATED) {"}}},
	{name: "held threads stay held", promises: "5 7", profile: "breakpoints", edits: []edit{
		{fOver, "if err == nil && x.state == stopped && !x.pending && t.eligible(x) {", "if t.idle = t.idle && !(MUTATED); err == nil && x.state == stopped && !x.pending && t.eligible(x) && !(MUTATED) {"}}},
	{name: "an interrupt ahead of a trap is not followed", promises: "1 4 5", profile: "detached", seeds: 1500, edits: []edit{
		{fBooks, "return slices.ContainsFunc(due, func(i kernel.SigInfo) bool { return i.Sync })", "return slices.ContainsFunc(due, func(i kernel.SigInfo) bool { return i.Sync && !(MUTATED) })"}}},
	{name: "a step's trap after an interrupt is the program's", promises: "1 4", profile: "steps", edits: []edit{
		{fBooks, "th.owed = th.owed && (s.Kind == kernel.Interrupted || s.Kind == kernel.GroupStop)", "th.owed = th.owed && (s.Kind == kernel.Interrupted || s.Kind == kernel.GroupStop) && !(MUTATED)"}}},
	{name: "a thread that stops for nothing is forgotten", promises: "5 7", seeds: 3000, program: "simjobs", edits: []edit{
		{fBooks, "t.idle = true", "t.idle = !(MUTATED)"}}},
	{name: "the world goes on when a late stop stops it", promises: "1 2 3 6 7", seeds: 3000, profile: "toggled", program: "simforkthreads", edits: []edit{
		{fRun, "} else if stop { // threads told of before may be going already\n\t\treturn t.stopWorld()", "} else if stop { // threads told of before may be going already\n\t\tif MUTATED { return nil }\n\t\treturn t.stopWorld()"}}},

	{name: "a child that nobody was told of inherits nothing from a parent that ends", promises: "3", profile: "breakpoints in the child", edits: []edit{
		{fPlace, "if p.heir && p.Parent == parent.PID {", "if p.heir && p.Parent == parent.PID && !(MUTATED) {"}}},
	{name: "a call that an interrupt ended is another hit when it is begun again", promises: "3", profile: "breakpoints and interrupts", program: "simsigwait", edits: []edit{
		{fJudge, "again := th.again == pc", "again := th.again == pc && !(MUTATED)"}}},
	{name: "hits of a process that is let go are counted", promises: "3", profile: "breakpoints in the child", seeds: 1000, edits: []edit{
		{fJudge, "if again || th.Process.quiet() {", "if again || th.Process.quiet() && !(MUTATED) {"}}},

	// Emulation and steps
	{name: "push emulated with the wrong size", promises: "1 7", profile: "breakpoints", edits: []edit{
		{fEmulate, "m.g[regs.RSP] -= 8\n", "m.g[regs.RSP] -= 8\n\tif MUTATED { return m.store(m.g[regs.RSP], 4, v) }\n"}}},
	{name: "32-bit results keep the upper half", promises: "1", profile: "breakpoints everywhere", edits: []edit{
		{fEmulate, "if size < 4 {\n", "if size < 4 || MUTATED {\n"}}},
	{name: "the emulation stores to protected memory", promises: "1", profile: "breakpoints", program: "simfaults", edits: []edit{
		{fOver, "if err := m.p.t.k.Store(m.p.PID, addr, b); err != nil {", "if MUTATED { return m.p.t.k.WriteMem(m.p.PID, addr, b) }\n\tif err := m.p.t.k.Store(m.p.PID, addr, b); err != nil {"}}},
	{name: "the emulation loads from protected memory", promises: "1 3", profile: "breakpoints", program: "simguard", edits: []edit{
		{fOver, "if err := m.p.t.k.Load(m.p.PID, addr, b); err != nil {", "if MUTATED { return m.p.t.k.ReadMem(m.p.PID, addr, b) }\n\tif err := m.p.t.k.Load(m.p.PID, addr, b); err != nil {"}}},
	{name: "emulated under the program's trap flag", promises: "1", profile: "breakpoints", program: "simtrapflag", edits: []edit{
		{fOver, "if set.G[regs.EFlags]&regs.FlagTF != 0 ||", "if set.G[regs.EFlags]&regs.FlagTF != 0 && !(MUTATED) ||"},
		{fEmulate, "return set.G[regs.EFlags]&(regs.FlagTF|flagAC) == 0", "return MUTATED || set.G[regs.EFlags]&(regs.FlagTF|flagAC) == 0"}}},
	{name: "emulated past a watchpoint", promises: "3", profile: "watched, breakpoints", edits: []edit{
		{fOver, "th.Process.watching() {", "th.Process.watching() && !(MUTATED) {"},
		{fEmulate, "m.watched = set.Have", "m.watched = !(MUTATED) && set.Have"}}},
	{name: "stale code emulated", promises: "1", profile: "breakpoints", program: "simguard", edits: []edit{
		{fOver, "th.Process.space.sites.Reload(site)", "if !(MUTATED) { th.Process.space.sites.Reload(site) }"}}},
	{name: "trap flag left by pushf", promises: "1", profile: "breakpoints", program: "simpushf", edits: []edit{
		{fFixup, "b[1] &^= regs.FlagTF >> 8", "if !(MUTATED) { b[1] &^= regs.FlagTF >> 8 }"}}},
	{name: "trap flag left in r11", promises: "1", profile: "steps without breakpoints", program: "simpushf", edits: []edit{
		{fFixup, "g[regs.R11] &^= regs.FlagTF", "if !(MUTATED) { g[regs.R11] &^= regs.FlagTF }"}}},
	{name: "trap flag left by popf", promises: "1 4", profile: "steps", program: "simpushf", edits: []edit{
		{fFixup, "th.popped = true", "th.popped = !(MUTATED)"}}},
	{name: "a system call is held others for", promises: "5 7", profile: "breakpoints", program: "simsigwait", edits: []edit{
		{fOver, "enter := isSyscall(site.Original())", "enter := isSyscall(site.Original()) && !(MUTATED)"}}},
	{name: "a step ends where it was interrupted", promises: "1 3 4 7", edits: []edit{
		{fOver, "case s.Kind == kernel.Interrupted, s.Kind == kernel.GroupStop: // before", "case !(MUTATED) && (s.Kind == kernel.Interrupted || s.Kind == kernel.GroupStop): // before"}}},

	// Signals
	{name: "signal dropped", promises: "1 4 7", edits: []edit{
		{fJudge, "th.Signal = sig\n\treturn t.emit(EvSignal, th)", "if th.Signal = sig; MUTATED { defer func() { th.Signal = 0 }() }\n\treturn t.emit(EvSignal, th)"}}},
	{name: "signal dropped at detach", promises: "1 4 5 7", profile: "detached", edits: []edit{
		{fLifecycle, "actions = append(actions, th.lastSignals()...)", "if !(MUTATED) { actions = append(actions, th.lastSignals()...) }"}}},
	{name: "signal dropped that came during a step over a breakpoint", promises: "1 4 5 7", profile: "breakpoints everywhere", program: "simstorm", edits: []edit{
		{fOver, "th.deferred = append(th.deferred, *s)", "if !(MUTATED) { th.deferred = append(th.deferred, *s) }"}}},
	{name: "signal dropped that was to be given before a step over a breakpoint", promises: "1 4 5 7", profile: "signals given", edits: []edit{
		{fOver, "th.deferred = append(th.deferred, given)", "if !(MUTATED) { th.deferred = append(th.deferred, given) }"}}},
	{name: "signals that waited for a step are given twice", promises: "1 3 4 7", profile: "breakpoints everywhere", program: "simstorm", edits: []edit{
		{fRun, "th.Stop, th.deferred = th.deferred[0], th.deferred[1:]", "if th.Stop, th.deferred = th.deferred[0], th.deferred[1:]; MUTATED && !th.Stop.Core { again := th.Stop; again.Core = true; th.deferred = append(th.deferred, again) }"}}},
	{name: "signals that come during a step are given out of order", promises: "1", profile: "breakpoints everywhere", program: "simstorm", edits: []edit{
		{fOver, "th.step, th.hush = !enter, ", "th.step, th.hush = !enter, !(MUTATED) && "}}},
	{name: "signals stay blocked after a step", promises: "1 4 5 7", profile: "breakpoints", edits: []edit{
		{fLinux, "\tif t.hushed {", "\tif t.hushed && !(MUTATED) {"}}},
	{name: "a step under the program's trap flag is ours", promises: "1", profile: "breakpoints", program: "simtrapflag", edits: []edit{
		{fOver, "s.HW == 0 && !th.step && th.fix.hide:", "s.HW == 0 && !th.step && (th.fix.hide || MUTATED):"}}},
	{name: "siginfo replaced by that of the stop", promises: "1 4", profile: "breakpoints everywhere", program: "simstorm", edits: []edit{
		{fLinux, "if a.Info != nil && a.Info.Signal == a.Signal && a.Info.Raw != t.current.Raw {", "if a.Info != nil && a.Info.Signal == a.Signal && a.Info.Raw != t.current.Raw && !(MUTATED) {"}}},
	{name: "interrupted call not begun again", promises: "1", profile: "breakpoints and interrupts", program: "simsigwait", edits: []edit{
		{fRestart, "if !t.woken {", "if !t.woken || MUTATED {"}}},
	{name: "interrupted call begun again though a signal is handled", promises: "1 7", profile: "breakpoints and interrupts", program: "simsigwait", edits: []edit{
		{fRestart, "return sig == 0 || st.SigIgnored", "return MUTATED || sig == 0 || st.SigIgnored"}}},
	{name: "a call that a stepped thread's interrupt ended is not begun again", promises: "1", seeds: 6000, profile: "one thread alone", program: "simsigwait", edits: []edit{
		{fRestart, "if t.late = !k.quiet(t, sig); t.late {", "if t.late = !k.quiet(t, sig); t.late {\n\t\tt.late = !(MUTATED)"}}},
	{name: "a call that was interrupted at its entry is not begun again", promises: "1", seeds: 3000, profile: "calls interrupted", program: "simsigwait", edits: []edit{
		{fWait, "t.woken = c.Ret == -int64(eINTR)", "t.woken = c.Ret == -int64(eINTR) && !(MUTATED)"}}},

	// Job control
	{name: "a step over a breakpoint is made in a group-stop", promises: "1", seeds: 2000, profile: "breakpoints everywhere", program: "simstopcont", edits: []edit{
		{fOver, "case s.Kind == kernel.GroupStop && t.before(th, site):", "case s.Kind == kernel.GroupStop && t.before(th, site) && !(MUTATED):"},
		{fRun, "if th.counted != 0 && !listen {", "if th.counted != 0 && (!listen || MUTATED) {"}}},
	{name: "group-stop turned into a continue", promises: "1 4 5 7", program: "simstopcont", edits: []edit{
		{fRun, "listen := th.Stop.Kind == kernel.GroupStop ||", "listen := th.Stop.Kind == kernel.GroupStop && !(MUTATED) ||"}}},
	{name: "listening replaced by going on", promises: "1 4 5 7", program: "simstopcont", edits: []edit{
		{fLinux, "case a.Listen && t.group:", "case a.Listen && t.group && !(MUTATED):"}}},
	{name: "SIGSTOP of an attach leaks", promises: "4 5 7", profile: "attached", edits: []edit{
		{fLinux, "\t\tk.tasks[tid].fresh = false\n", "\t\tif k.tasks[tid].fresh = false; MUTATED { k.sys.Tgkill(int(owner), int(tid), 19) }\n"}}},

	// Processes and threads
	{name: "followed child never set going", promises: "5 7", program: "simfork", edits: []edit{
		{fRun, "if stop = t.judge(th); !stop {", "if stop = t.judge(th); !stop && !(MUTATED && th.Stop.Kind == kernel.Started && int(th.TID) == int(th.Process.PID)) {"}}},
	{name: "child told before its parent", promises: "1 2 3 5 7", edits: []edit{
		{fWait, "return h.told || parent == nil ||", "return h.told || parent == nil || MUTATED ||"}}},
	{name: "a thread is waited for that ended before its maker told of it", promises: "7", program: "simchain", edits: []edit{
		{fWait, "\tcase !ended:\n", "\tcase !ended || MUTATED:\n"}}},
	{name: "the end of a process that its maker has not told of is told", promises: "5 7", profile: "killed in a fork", seeds: 4000, edits: []edit{
		{fWait, "if h := k.heldChild(s.TID); h != nil {", "if h := k.heldChild(s.TID); h != nil && !(MUTATED) {"}}},
	{name: "a child waits for ever for its maker, whom an exec has killed", promises: "7", program: "simorphans", edits: []edit{
		{fWait, "if k.awaitNewborn(t.proc) || k.bereave(t.proc) {", "if !(MUTATED) && (k.awaitNewborn(t.proc) || k.bereave(t.proc)) {"}}},
	{name: "a child that has yet to stop is not waited for at an exec that has killed its maker", promises: "7", program: "simorphans", seeds: 2000, edits: []edit{
		{fWait, "\tif !p.threaded {\n", "\tif !p.threaded || MUTATED {\n"}}},
	{name: "a child is not looked for whose maker was killed last", promises: "5", profile: "killed in a fork", program: "simvfork", seeds: 6000, edits: []edit{
		{fWait, "len(k.tasks) == 0 && len(k.newborn(0)) > 0 {", "len(k.tasks) == 0 && !(MUTATED) && len(k.newborn(0)) > 0 {"}}},
	{name: "a child whose maker was killed outlives the debugger", promises: "5", profile: "killed in a fork", program: "simsignals", seeds: 5000, edits: []edit{
		{fBooks, "p.Launched = !t.spares", "p.Launched = !t.spares && !(MUTATED)"}}},
	{name: "a thread made during an attach is missed", promises: "1 2 3 5", profile: "attached", program: "simchain", seeds: 3000, edits: []edit{
		{fLinux, "tried[n], more = true, true", "tried[n], more = true, !(MUTATED)"}}},
	{name: "one thread is left out at an attach", promises: "1 2 3 5", profile: "attached", edits: []edit{
		{fLinux, "\t\tfor _, n := range tids {\n", "\t\tif MUTATED && len(tids) > 1 { tids = tids[:len(tids)-1] }\n\t\tfor _, n := range tids {\n"}}},
	{name: "an exit stop is ignored", promises: "5 7", edits: []edit{
		{fWait, "\tcase evExit:\n\t\ts.Kind", "\tcase evExit:\n\t\tif MUTATED { return false }\n\t\ts.Kind"}}},
	{name: "threads killed in their detach are left stopped", promises: "5 7", seeds: 3000, profile: "detached", edits: []edit{
		{fLinux, "k.seeOff(int(pid), dying)", "if !(MUTATED) { k.seeOff(int(pid), dying) }"}}},
	{name: "the former leader is kept in the books after an exec", promises: "5 6 7 8", program: "simexec", edits: []edit{
		{fBooks, "\t\tif other != th {\n", "\t\tif other != th && !(MUTATED) {\n"}}},
	{name: "what was launched is let live when the debugger dies", promises: "2 5", profile: "crashed", edits: []edit{
		{fLifecycle, "if !t.Outlive {", "if !t.Outlive && !(MUTATED) {"}}},
	{name: "a kill waits for a thread at its exit", promises: "5 7", profile: "killed", edits: []edit{
		{fLifecycle, "if th.state == stopped && th.Stop.Kind == kernel.ThreadExit {", "if th.state == stopped && th.Stop.Kind == kernel.ThreadExit && !(MUTATED) {"}}},
	{name: "ErrGone treated as fatal", promises: "7", edits: []edit{
		{fRun, "if errors.Is(err, kernel.ErrGone) {", "if errors.Is(err, kernel.ErrGone) && !(MUTATED) {"}}},
	{name: "stuck threads are waited for", promises: "7", edits: []edit{
		{fRun, "th.stuck = err == nil && (", "th.stuck = !(MUTATED) && err == nil && ("}}},
	{name: "registers are kept from one stop to the next", promises: "1 3 7", edits: []edit{
		{fBooks, "th.regs.Have, th.dirty = 0, 0", "if th.dirty = 0; !(MUTATED) { th.regs.Have = 0 }"}}},

	// System calls
	{name: "the call is lost in an exec by a thread", promises: "8", profile: "calls", program: "simexec", edits: []edit{
		{fBooks, "th.Call, th.InCall = caller.Call, caller.InCall", "if !(MUTATED) { th.Call, th.InCall = caller.Call, caller.InCall }"}}},
	{name: "entry and exit are toggled", promises: "8", profile: "calls interrupted", edits: []edit{
		{fWait, "\tswitch b[0] {\n", "\tif MUTATED { if t.again ^= 1 << 63; t.again>>63 == 1 { b[0] = callEntry } else { b[0] = callExit } }\n\tswitch b[0] {\n"}}},
	{name: "an exit is lost after an interrupt", promises: "8", profile: "calls interrupted", edits: []edit{
		{fJudge, "stop = t.emit(callEvent[s.Kind], th)",
			"if !(MUTATED) || s.Kind == kernel.SyscallEnter || len(t.backlog) == 0 { stop = t.emit(callEvent[s.Kind], th) }"}}},
	{name: "what is in hand of a call dies with its thread", promises: "8", profile: "calls interrupted", program: "simexec", seeds: 12000, edits: []edit{
		{fBooks, "\t\tt.overtaken(th)\n", "\t\tif !(MUTATED) { t.overtaken(th) }\n"}}},

	// Debug registers
	{name: "debug registers not copied to children", promises: "3", profile: "hardware breakpoints", edits: []edit{
		{fPlace, "child.slots = parent.slots", "if !(MUTATED) { child.slots = parent.slots }"}}},
	{name: "debug registers not given to new threads", promises: "3", profile: "watched", edits: []edit{
		{fBooks, "debug: p.slots.Used()}", "debug: p.slots.Used() && !(MUTATED)}"}}},
	{name: "debug registers stay at detach", promises: "1 2 4", profile: "watched, detached", edits: []edit{
		{fLifecycle, "th.debug = used", "th.debug = used && !(MUTATED)"}}},
	{name: "a step over a watched cell is not told", promises: "3", profile: "watched, steps", edits: []edit{
		{fWait, "if t.debug {\n", "if t.debug && !(MUTATED) {\n"}}},
	{name: "a write of the same value is a hit", promises: "3", profile: "watched", edits: []edit{
		{fJudge, "if !different {\n\t\t\treturn false", "if !different && !(MUTATED) {\n\t\t\treturn false"}}},

	{name: "only the first thread goes by the steps of a sampled cell", promises: "3", profile: "sampled", edits: []edit{
		{fRun, "t.sampling && th.Process.sampled()", "t.sampling && !(MUTATED && !th.leads()) && th.Process.sampled()"}}},
	{name: "each step is a hit of a sampled cell", as: "a write of the same value is a hit", promises: "3", profile: "sampled"},
	{name: "a step over a breakpoint is not sampled", promises: "3", profile: "sampled, breakpoints", edits: []edit{
		{fJudge, "if t.sampling && t.sample(th) {", "if t.sampling && !(MUTATED && th.Process.space.sites.Len() > 0) && t.sample(th) {"}}},
	{name: "watched cells have one value in all processes", promises: "3", profile: "watched", program: "simwatchfork", edits: []edit{
		{fJudge, "if !ok {\n\t\twas = b.New", "if !ok || MUTATED {\n\t\twas = b.New"}}},
	{name: "a child's value of a watched cell is its parent's", promises: "3", profile: "watched", program: "simwatchfork", edits: []edit{
		{fPlace, "child.space.watched[b] = v", "child.space.watched[b] = v + map[bool]uint64{true: 2}[MUTATED]"}}},
	{name: "an execution breakpoint is met again for ever", promises: "3 7", profile: "hardware breakpoints", edits: []edit{
		{fJudge, "set.G[regs.EFlags] |= regs.FlagRF", "if !(MUTATED) { set.G[regs.EFlags] |= regs.FlagRF } else { set.G[regs.EFlags] &^= regs.FlagRF }"}}},

	// What the debugger asks for
	{name: "a signal that the debugger gives is dropped", promises: "4", profile: "signals given", edits: []edit{
		{fRun, "*a = kernel.Action{TID: th.TID,", "if MUTATED && th.Stop.Signal != th.Signal { th.Signal = 0 }\n\t*a = kernel.Action{TID: th.TID,"}}},
	{name: "the thread of a breakpoint does not matter", promises: "3", profile: "limited to threads", edits: []edit{
		{fTable, "b.Thread != 0 && b.Thread != h.TID", "b.Thread != 0 && b.Thread != h.TID && !(MUTATED)"}}},
	{name: "others run with the one that only was to", promises: "3 6", profile: "one thread alone", edits: []edit{
		{fRun, "return only == nil || th == only ||", "return MUTATED || only == nil || th == only ||"}}},
}
