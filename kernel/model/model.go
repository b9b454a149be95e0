// Package model is the modeled kernel: a computer with an operating system that the engine
// can be run on, deterministic, through every race that a real one would show once a year. It
// is also a working model of the process system of Unix.
//
//	cpu    the processor: x86-64 instructions, one by one
//	vm     address spaces: maps, objects, shadows, copy on write
//	fs     files, pipes, descriptors
//	tty    terminals
//	image  what execve loads
//	kern   processes, threads, signals, jobs: what all systems share
//	linux  Linux: system calls, ptrace, /proc, and the raw interface of its adapter
//	freebsd FreeBSD: the same of it
//	svr4   System V release 4: the same of it
//	calls  system calls that are the same on all systems
//
// This package puts them together: New makes a World, a machine with one process that is
// outside of it, the tracer.
package model

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/trapline/trapline/kernel"
	hostfreebsd "github.com/trapline/trapline/kernel/freebsd"
	hostlinux "github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/freebsd"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/linux"
)

// Options say what World to make.
type Options struct {
	System string // a row of Systems; "": linux
	Seed   uint64
	// Replay, if it is not nil, are the choices of an earlier run, instead of a seed's.
	Replay []uint32
	// Calm machines choose little: threads run long, and nothing is preempted within the
	// kernel. That is how a program is shown to a person.
	Calm bool
	// Drift is how many steps, at most, the machine makes before each request of the tracer.
	Drift int
	// Host lets programs see the files of the machine that trapline runs on, read only, where
	// the World has none itself.
	Host bool
	// ASLR places programs where the seed says, unless Launch wants them at their own places.
	ASLR           bool
	Stdin          io.Reader
	Stdout, Stderr io.Writer
}

// World is a machine, and a tracer outside.
type World struct {
	M      *kern.Machine
	X      *kern.External
	Kernel kernel.Kernel
	// Idle is called when the tracer waits and nothing in the machine can go on. Without it
	// such a wait is an error, EDEADLK.
	Idle func()
	// Refused is told of the tracer's requests that fail: by number, thread and errno.
	Refused func(request, tid, errno int)

	outside *outside                      // what is waited for; nil: nothing
	tid     func(*kern.Thread) kernel.TID // what the engine calls a thread; nil: its TID
}

// System is an operating system that a World may have.
type System struct {
	Name, Text string
	boot       func(w *World, c kern.Config, o *Options)
}

// Systems are all there are; the first one is what Options mean if they do not say.
var Systems = []System{
	{"linux", "Linux on x86-64", bootLinux},
	{"freebsd", "FreeBSD 15 on amd64", bootFreeBSD},
	{"svr4", "System V release 4.2 on x86-64, traced by /proc", bootSVR4},
	{"svr4-ptrace", "the same, traced by ptrace(2)", bootOldSVR4},
}

// New makes a World. The error is that there is no such system.
func New(o Options) (*World, error) {
	if o.System == "" {
		o.System = Systems[0].Name
	}
	i := slices.IndexFunc(Systems, func(s System) bool { return s.Name == o.System })
	if i < 0 {
		var names []string
		for _, s := range Systems {
			names = append(names, s.Name)
		}
		return nil, fmt.Errorf("no modeled system is called %q: there is %s", o.System, strings.Join(names, ", "))
	}
	c := kern.Config{Chooser: kern.NewChooser(o.Seed), Yielding: 40}
	if o.Replay != nil {
		c.Chooser = kern.Replay(o.Replay)
	}
	if o.Calm {
		c.SliceMin, c.SliceMax, c.Yielding = 5000, 5000, 0
	}
	c.ASLR = o.ASLR
	w := &World{}
	Systems[i].boot(w, c, &o)
	for fd, s := range []struct {
		r io.Reader
		w io.Writer
	}{{o.Stdin, nil}, {nil, o.Stdout}, {nil, o.Stderr}} {
		w.X.Connect(fd, [3]string{"stdin", "stdout", "stderr"}[fd], s.r, s.w)
	}
	if o.Host {
		w.lend()
	}
	return w, nil
}

func bootLinux(w *World, c kern.Config, o *Options) {
	w.M = linux.New(c)
	w.X = w.M.NewExternal("trapline", kern.Cred{})
	sys := linux.NewSys(w.M, w.X)
	sys.Drift, sys.Idle, sys.Refused = o.Drift, w.idle, w.refused
	w.Kernel = hostlinux.New(sys)
}

func bootFreeBSD(w *World, c kern.Config, o *Options) {
	w.M = freebsd.New(c)
	w.X = w.M.NewExternal("trapline", kern.Cred{})
	sys := freebsd.NewSys(w.M, w.X)
	sys.Drift, sys.Idle, sys.Refused = o.Drift, w.idle, w.refused
	w.Kernel = hostfreebsd.New(sys)
}

// lend puts the host's files under the World's own. The empty directories that a system boots
// with would hide the host's, which may be links.
func (w *World) lend() {
	root := w.M.FS.Root()
	for _, dir := range []string{"bin", "etc", "usr"} {
		w.M.FS.Rmdir(fs.Cred{}, root, dir)
	}
	w.M.FS.MountHost(root, hostFiles{}, "/")
	if tmp, e := w.M.FS.Lookup(fs.Cred{}, root, "/tmp", true); e == errno.OK {
		w.M.FS.MountHost(tmp, hostFiles{}, "/tmp")
	}
}

// Close ends the World. What is in it is gone.
func (w *World) Close() {
	w.M.Close()
	if w.outside != nil {
		w.outside.close()
	}
}

// Put makes a file, and the directories it is in.
func (w *World) Put(name string, contents []byte, mode fs.Mode) error {
	if _, e := w.M.FS.MkdirAll(path.Dir(name), 0o755); e != errno.OK {
		return fmt.Errorf("make %s: %v", path.Dir(name), e)
	}
	if _, e := w.M.FS.WriteFile(name, contents, mode); e != errno.OK {
		return fmt.Errorf("write %s: %v", name, e)
	}
	return nil
}

// Import puts a file of the machine that trapline runs on into the World, under its own name,
// so that a debugger finds its symbols there.
func (w *World) Import(name string) error {
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	info, err := os.Stat(name)
	if err != nil {
		return err
	}
	return w.Put(name, b, fs.Mode(info.Mode().Perm()))
}

// Outcome is what came of a program.
type Outcome struct {
	Stdout, Stderr string
	Status         string // "exit 3", "signal 9"
}

// limitSteps bounds a Run: it is far more than any program of a test needs.
const limitSteps = 20_000_000

// Run runs a program to its end, untraced. The error says that it did not come to its end: it
// waits for something that cannot come, or needs what is not modeled.
func Run(o Options, program string, args []string, env []string) (Outcome, error) {
	var out, errs bytes.Buffer
	o.Stdout, o.Stderr = &out, &errs
	w, err := New(o)
	if err != nil {
		return Outcome{}, err
	}
	defer w.Close()
	if err := w.Import(program); err != nil {
		return Outcome{}, err
	}
	end, err := w.Run(program, args, env)
	result := Outcome{Stdout: out.String(), Stderr: errs.String()}
	if err != nil {
		return result, err
	}
	result.Status = fmt.Sprintf("exit %d", end.Code)
	if end.Signal != 0 {
		result.Status = fmt.Sprintf("signal %d", end.Signal)
	}
	return result, nil
}

// Run runs a program that is in the World to its end, as a child of the tracer's that it does
// not trace.
func (w *World) Run(program string, args []string, env []string) (kern.End, error) {
	pid, err := w.Start(program, args, env)
	if err != nil {
		return kern.End{}, err
	}
	p := w.M.Proc(int(pid))
	done := w.M.Run(func() bool { return p.Ended() || p.State == kern.Reaped }, limitSteps)
	switch {
	case w.M.Unmodeled != nil:
		return kern.End{}, w.M.Unmodeled
	case !done && w.M.Idle():
		return kern.End{}, fmt.Errorf("%s: everything sleeps, and nothing can wake it", program)
	case !done:
		return kern.End{}, fmt.Errorf("%s: not at its end after %d steps", program, limitSteps)
	}
	return p.EndOf(), nil
}

// Start starts a program that is in the World, untraced, as a child of the tracer's.
func (w *World) Start(program string, args, env []string) (kernel.PID, error) {
	t, e := w.X.Spawn(&kern.Spawn{Path: program, Args: append([]string{program}, args...), Env: env, NewGroup: true,
		Code: w.M.System.Stub})
	if e != errno.OK {
		return 0, fmt.Errorf("start %s: %v", program, e)
	}
	t.Start()
	return kernel.PID(t.Proc.PID), nil
}
