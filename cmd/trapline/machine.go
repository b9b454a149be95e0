package main

// What the processes of a verb run on: the machine's kernel, or a modeled one (--kernel).

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/doctor"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/repl"
	"github.com/trapline/trapline/tracer"
)

// machine is a kernel with what goes with it.
type machine struct {
	kernel   kernel.Kernel
	name     string       // of a model
	clock    tracer.Clock // nil: the real time
	terminal repl.Terminal
	alone    bool // programs are jobs of their own whoever has the terminal
	signal   func(kernel.PID, kernel.Signal) error
	close    func()
	// runOn lets what is left of a trace come to its end.
	runOn func()

	checkAttach   func(pid int) error
	explainAttach func(pid int, err error) error
	explainLaunch func(path string, err error) error
	describe      func(w io.Writer, what string) error
	views         []string

	// For the verb to set: what stops its engine, and where lines for the user go.
	interrupt func()
	tell      func(text string)
	// lacking says that a program did not come to its end for want of what is modeled.
	lacking bool
	// hint is what to look at when nothing can go on; "" nothing.
	hint string
}

// newMachine makes the machine of a choice. attach is the command that attaches.
func newMachine(c kernelChoice, attach string) (*machine, error) {
	if c.modeled() {
		return newModel(c)
	}
	k, err := hostKernel()
	if err != nil {
		return nil, err
	}
	why := doctor.New()
	if attach != "" {
		why.Attach = attach
	}
	return &machine{kernel: k, close: func() {}, runOn: func() {},
		signal:      func(pid kernel.PID, sig kernel.Signal) error { return unix.Kill(int(pid), unix.Signal(sig)) },
		checkAttach: why.CheckAttach, explainAttach: why.ExplainAttach, explainLaunch: why.ExplainLaunch}, nil
}

// modelSteps bounds what runs on when a trace is over.
const modelSteps = 2_000_000

// newModel makes a modeled machine around our descriptors and our directory.
func newModel(c kernelChoice) (*machine, error) {
	w, err := model.New(model.Options{System: c.System, Seed: c.Seed, Calm: !c.Wild, ASLR: true, Host: true,
		Stdout: os.Stdout, Stderr: os.Stderr})
	if err != nil {
		return nil, err
	}
	m := &machine{name: fmt.Sprintf("%s, seed %d", c.System, c.Seed), alone: true, signal: w.Signal, close: w.Close,
		runOn: func() { w.RunOn(modelSteps) }, clock: modelClock{w.M}, describe: w.M.Describe, interrupt: func() {},
		explainAttach: func(_ int, err error) error { return err }, explainLaunch: doctor.New().ExplainLaunch}
	if c.System == abi.FreeBSD.Name { // whose rules doctor knows, and whose sysctls the model has
		why := &doctor.Doctor{FS: w.Kernel.Procfs(), World: inside{doctor.OSWorld(), w}}
		m.explainAttach, m.explainLaunch = why.ExplainAttach, why.ExplainLaunch
	}
	if c.Wild {
		m.name += ", wild"
	}
	for _, v := range kern.Views() {
		m.views = append(m.views, strings.Fields(v.Name)[0])
	}
	m.tell = func(text string) { fmt.Fprintln(os.Stderr, "trapline: "+text) }
	m.checkAttach = func(pid int) error {
		if p := w.M.Proc(pid); p == nil || p.External {
			return fmt.Errorf("process %d: the modeled kernel has none such; \"info kernel tree\" shows those it has", pid)
		}
		return nil
	}
	if err := m.attend(w); err != nil {
		w.Close()
		return nil, err
	}
	m.kernel = w.Kernel
	return m, nil
}

// inside is what doctor asks about the machine, of a modeled FreeBSD: files are ours.
type inside struct {
	doctor.World
	w *model.World
}

func (i inside) OS() string { return abi.FreeBSD.Name }
func (i inside) PID() int   { return i.w.X.Proc.PID }
func (i inside) IDs() (uid, gid uint32) {
	c := i.w.X.Proc.Cred
	return c.EUID, c.EGID
}

// Sysctl implements doctor.World.
func (i inside) Sysctl(name string) (int, error) {
	text, err := i.w.Kernel.Procfs().Sysctl(strings.ReplaceAll(name, ".", "/"))
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(text)
}

// attend connects a World to our terminal, our standard input and what is told of it.
func (m *machine) attend(w *model.World) error {
	dir, err := os.Getwd()
	if err == nil {
		err = w.In(dir)
	}
	if err == nil {
		err = w.Attend(os.Stdin)
	}
	if err == nil {
		m.terminal, err = newKeyboard(w, func() { m.interrupt() })
	}
	w.M.Lacks = func(err error) {
		m.lacking = true
		m.tell(err.Error())
	}
	still := ^uint64(0)
	w.Idle = func() {
		if w.M.Steps() == still { // it was told, and the engine waits all the same
			w.Rest()
			return
		}
		m.lacking = true
		m.tell(model.ErrStill.Error() + m.hint)
		m.interrupt()
		still = w.M.Steps()
	}
	return err
}

// modelClock is a World's time as the engine's.
type modelClock struct{ m *kern.Machine }

// Now implements tracer.Clock.
func (c modelClock) Now() time.Time { return time.Unix(c.m.System.BootedAt, c.m.Now()) }

// AfterFunc implements tracer.Clock.
func (c modelClock) AfterFunc(d time.Duration, f func()) func() {
	callout := c.m.CallAt(c.m.Now()+int64(d), f)
	return func() { c.m.Cancel(callout) }
}

// keyboard is our terminal as the keyboard and the screen of a World's: a repl.Terminal. The
// zero value has none.
type keyboard struct {
	t       *tty.TTY
	console *model.Console
	ours    tty.Modes
	given   bool
}

// newKeyboard takes charge of our terminal, if we are its foreground job and our input comes
// from it.
func newKeyboard(w *model.World, stuck func()) (*keyboard, error) {
	if !tty.IsTerminal(os.Stdin) {
		return &keyboard{}, nil
	}
	t, err := tty.Open()
	if err != nil { // it is not our controlling terminal
		return &keyboard{}, nil
	}
	k := &keyboard{t: t}
	if fg, err := t.Foreground(); err != nil || fg != unix.Getpgrp() {
		return &keyboard{}, t.Close()
	}
	if k.ours, err = t.Modes(); err != nil {
		return nil, err
	}
	var fds []int
	for fd, f := range []*os.File{os.Stdin, os.Stdout, os.Stderr} {
		if tty.IsTerminal(f) {
			fds = append(fds, fd)
		}
	}
	if k.console, err = w.NewConsole(t.File(), t.File(), fds); err != nil {
		return nil, err
	}
	k.console.Stuck = stuck
	columns, rows := t.Size()
	k.console.Size(rows, columns) // before there is anybody to be told of it
	return k, nil
}

// Active implements repl.Terminal.
func (k *keyboard) Active() bool { return k.t != nil }

// Give implements repl.Terminal: keys go to the World.
func (k *keyboard) Give(pid int) error {
	if !k.Active() {
		return nil
	}
	columns, rows := k.t.Size()
	k.console.On(kernel.PID(pid), rows, columns)
	k.given = true
	return k.t.SetModes(k.ours.ByKey())
}

// Take implements repl.Terminal: keys are ours again.
func (k *keyboard) Take() error {
	if !k.given {
		return nil
	}
	k.given = false
	k.console.Off()
	return k.t.SetModes(k.ours)
}

// Close implements repl.Terminal.
func (k *keyboard) Close() error {
	if !k.Active() {
		return nil
	}
	err := k.Take()
	k.t.Close()
	k.t = nil
	return err
}
