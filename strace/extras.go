package strace

import (
	"io"
	"slices"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/tracer"
)

// Extras is what options beyond those of the printer do to a trace: descriptors and processes are
// described, calls looked for by what they name, dumped and tampered with. `trapline trace` has them, too.
type Extras struct {
	*Config
	describer *describer
	tamper    *tamperer
	vcpus     *vcpus // nil: nobody asks for them
	became    bool   // what was launched is the program
	message   func(string)
}

// NewExtras makes those of a command line for the tracees of a kernel, and gives show its views of
// them. It comes before show is used. message tells the user what could not be done, or what a path of -P is.
func (c *Config) NewExtras(k kernel.Kernel, show *calltrace.Options, message func(string)) *Extras {
	d := newDescriber(k.Procfs(), c.FDs, c.PIDNames)
	x := &Extras{Config: c, describer: d, tamper: newTamperer(c.Inject, show.Filter, message), message: message}
	if c.FDs > 0 {
		show.Syscall.FD, show.Syscall.Here = d.descriptor, d.here
	}
	if c.PIDNames > 0 {
		show.Syscall.PID, show.Leader = d.named, d.process
	}
	if c.Contexts != 0 {
		show.Syscall.Labels = &labels{details: c.Contexts, proc: d.proc, get: xattrLabel}
	}
	if show.Summary != calltrace.NoSummary && !c.WallClock {
		show.CPU = d.processorTime
	}
	if c.VCPUs {
		x.vcpus = &vcpus{proc: d.proc, runs: map[vcpu]uint64{}}
		show.Syscall.VCPU = x.vcpus.run
	}
	if c.Read != nil || c.Write != nil {
		show.Dump = c.dumps
	}
	if len(c.Paths) > 0 || c.TraceFDs != nil {
		show.Syscall.Watch = x.newWatcher()
	}
	return x
}

// Look gives show what only the system we run on tells: interfaces, protocols, pidfds.
func (x *Extras) Look(show *calltrace.Options) {
	d := x.describer
	show.Syscall.Ifname, show.Syscall.Netlink, show.Syscall.Generic = ifname, d.netlink, d.generic
	show.Syscall.PidfdPID, show.Syscall.Link, show.Syscall.Booted = d.pidfd, d.link, booted()
}

// Handle tells live of an event and tampers with its call.
func (x *Extras) Handle(live *calltrace.Live, e *tracer.Event) {
	switch {
	case e.Kind == tracer.EvSignal:
		x.tamper.signalled(e)
	case e.Kind == tracer.EvThreadExit && x.PIDNames > 0:
		x.describer.process(int(e.Thread.TID)) // for the line about its end
	case x.Inject == nil:
	case e.Kind == tracer.EvExec:
		x.tamper.started = x.tamper.started || e.Process.Launched
	case e.Kind == tracer.EvSyscallEnter:
		x.tamper.prepare(e.Thread)
	case e.Kind == tracer.EvSyscallExit:
		live.Note(e.Thread, x.tamper.exit(e.Thread))
	}
	if x.vcpus != nil && calltrace.Remaps(e) {
		clear(x.vcpus.runs)
	}
	live.Handle(e)
	if e.Kind == tracer.EvSyscallEnter && x.Inject != nil {
		x.tamper.enter(e.Thread)
	}
}

// Filterable says whether a kernel's filter that cannot be taken out again is safe: nobody is let go of on the way.
func (c *Config) Filterable() bool {
	return !c.DetachOnExec && c.Interruptible != anywhere && c.Daemon == 0
}

// Leaves says whether a process is to be let go at an event: at an execve with -b, but the one by which
// launched, what was started, becomes the program.
func (x *Extras) Leaves(e *tracer.Event, launched *tracer.Process) bool {
	if !x.DetachOnExec || e.Kind != tracer.EvExec {
		return false
	}
	if e.Process == launched && !x.became {
		x.became = true
		return false
	}
	return true
}

// Option sets an option of strace by its long name or its letter.
func (c *Config) Option(name, arg string) error {
	c.option, c.given = "--"+name, true
	for i := range options {
		if slices.Contains(options[i].long, name) || name == string(options[i].letter) {
			return options[i].set(c, arg)
		}
	}
	return usage("unrecognized option '--%s'", name)
}

// Expression reads an expression of -e. One that names calls to trace is for Show.
func (c *Config) Expression(arg string) error { return setExpr(c, arg) }

// Qualifiers are the names that may stand before the = of an expression.
func Qualifiers() (names []string) {
	for i := range qualifiers {
		names = append(names, qualifiers[i].names...)
	}
	return names
}

// Pipe starts a shell's command that reads what is written.
func Pipe(command string) (io.WriteCloser, error) {
	s, err := openPipe(command)
	if err != nil {
		return nil, err
	}
	return closing{s}, nil
}
