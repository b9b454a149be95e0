package doctor

// Errors of attach and launch with their reason and remedy, in one line.

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/trapline/trapline/procfs"
)

// Explained is an error of the kernel with what the facts say about it.
type Explained struct {
	Op     string // "attach", "launch"
	Topic  string // of the finding that is the reason; "" when there is none
	Object string // the pid or the program
	Reason string
	Remedy string // "" when there is none
	Err    error  // what the kernel said; nil when it was not asked
}

// Error is one line: "attach 12: REASON; try: REMEDY". A program that the reason
// names is not named twice.
func (e *Explained) Error() string {
	s := e.Op + " " + e.Object + ": " + e.Reason
	if e.Op == "launch" && strings.Contains(e.Reason, e.Object) {
		s = e.Op + ": " + e.Reason
	}
	if e.Remedy != "" {
		s += "; try: " + e.Remedy
	}
	return s
}

func (e *Explained) Unwrap() error { return e.Err }

// ExplainAttach turns the refusal of an attach into a reason and a remedy. A nil
// error stays nil. errors.Is still finds the kernel's errno.
func (d *Doctor) ExplainAttach(pid int, err error) error {
	if err == nil {
		return nil
	}
	e := &Explained{Op: "attach", Object: fmt.Sprint(pid), Reason: plain(err), Err: err}
	refused := errors.Is(err, syscall.EPERM) || errors.Is(err, syscall.EACCES)
	gone := errors.Is(err, syscall.ESRCH) || errors.Is(err, procfs.ErrGone)
	var f *Finding
	switch name := errnoName(err, gone); {
	case d.World.OS() != "linux" && name != "":
		f = d.whyRefusedBSD(pid, name)
	case !refused && !gone:
		return e
	default:
		f = d.whyRefused(pid, gone)
	}
	if f == nil {
		f = problem("trapline doctor, and the kernel's log (dmesg)",
			"the kernel refuses it (%s), and no setting that can be seen says why: a security module?", plain(err))
	}
	e.Topic, e.Reason, e.Remedy = f.Topic, f.Text, f.Remedy
	return e
}

// errnoName is the errno that FreeBSD's rows are looked up by, "" for none of theirs. Numbers are
// FreeBSD's, whatever system this is compiled for; those above 34 differ.
func errnoName(err error, gone bool) string {
	var e syscall.Errno
	switch {
	case gone:
		return "ESRCH"
	case errors.As(err, &e):
		return map[syscall.Errno]string{1: "EPERM", 3: "ESRCH", 13: "EPERM", 16: "EBUSY", 22: "EINVAL", 78: "ENOSYS", 94: "ECAPMODE"}[e]
	}
	return ""
}

// CheckAttach looks at a process that the debugger, which knows one kind of machine
// code, is to attach to: nil, or an *Explained. A tracer of system calls need not ask.
func (d *Doctor) CheckAttach(pid int) error {
	if d.World.OS() == "freebsd" {
		return d.checkBSD(pid)
	}
	b, err := d.head(d.FS.Proc(pid).ExePath(), headSize)
	if err != nil {
		return nil // the attach will say
	}
	f := machine(b)
	if f == nil || f.Level != Problem {
		return nil
	}
	remedy := strings.Replace(f.Remedy, "trapline trace", fmt.Sprintf("trapline trace -p %d", pid), 1)
	return &Explained{Op: "attach", Topic: "machine", Object: d.who(pid), Reason: f.Text, Remedy: remedy}
}

// whyRefused is the first row that explains it, or what is left when none does.
func (d *Doctor) whyRefused(pid int, gone bool) *Finding {
	t := d.target(pid)
	for _, row := range targetRows {
		if f := row.run(t); f != nil && f.Level == Problem && row.refuses {
			f.Topic = row.topic
			return f
		}
	}
	switch {
	case gone:
		return problem("the same again", "%s or one of its threads exited while it was being attached", d.who(pid))
	case t.self.Seccomp != procfs.SeccompNone:
		return problem(containerRemedy, "a seccomp filter on trapline refuses ptrace")
	}
	return nil
}

// launchErrors are the errors of execve that speak for themselves (execve(2)).
var launchErrors = []struct {
	errno          syscall.Errno
	reason, remedy string
}{
	{syscall.ETXTBSY, "it is open for writing", "wait for whoever writes it (fuser FILE)"},
	{syscall.E2BIG, "its arguments and environment are too long", "pass less, or raise ulimit -s"},
	{syscall.ENOMEM, "there is not enough memory", "free some, or raise ulimit -v"},
	{syscall.EAGAIN, "this user has too many processes", "raise ulimit -u"},
	{syscall.EMFILE, "trapline has too many open files", "raise ulimit -n"},
	{syscall.ELOOP, "too many symbolic links, or scripts that are interpreters of scripts", "name the program itself"},
}

// ExplainLaunch turns the error of starting a program into a reason and a remedy. A
// nil error stays nil.
func (d *Doctor) ExplainLaunch(path string, err error) error {
	if err == nil {
		return nil
	}
	e := &Explained{Op: "launch", Object: printable(path), Reason: plain(err), Err: err}
	for _, row := range launchErrors {
		if errors.Is(err, row.errno) {
			e.Reason, e.Remedy = row.reason, row.remedy
			return e
		}
	}
	f := d.launchProblem(path)
	if errors.Is(err, syscall.EPERM) { // execve has other errors for a file: tracing is what was refused
		f = d.traceProblem()
	}
	if f != nil {
		e.Topic, e.Reason, e.Remedy = f.Topic, f.Text, f.Remedy
	}
	return e
}

// CheckLaunch looks at a program before it is launched: nil, or an *Explained. Its
// Topic "machine" is of programs that the kernel may be able to run, like 32-bit
// ones, but the debugger not.
func (d *Doctor) CheckLaunch(path string) error {
	f := d.launchProblem(path)
	if f == nil {
		return nil
	}
	return &Explained{Op: "launch", Topic: f.Topic, Object: printable(path), Reason: f.Text, Remedy: f.Remedy}
}

// launchProblem is the first thing about a program that keeps it from starting.
func (d *Doctor) launchProblem(path string) *Finding {
	p := d.program(path)
	for _, row := range programRows {
		if f := row.run(p); f != nil && f.Level == Problem && row.refuses {
			f.Topic = row.topic
			return f
		}
	}
	return nil
}

// traceProblem is the first setting that keeps us from tracing even our own children.
func (d *Doctor) traceProblem() *Finding {
	h := d.host()
	for _, row := range []func(*host) *Finding{(*host).yama, (*host).selinux, (*host).seccomp, (*host).bsdPtrace, (*host).bsdCapsicum, (*host).bsdDebug} {
		if f := row(h); f != nil && f.Level == Problem {
			return f
		}
	}
	return nil
}

// plain is the innermost text of an error, without the paths that we name anyway.
func plain(err error) string {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return errno.Error()
	}
	return strings.TrimSpace(err.Error())
}
