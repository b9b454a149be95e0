// Package truss is the face that takes the command line of FreeBSD's truss(1) and prints its
// text: whole calls when they have returned, numbers in hexadecimal, errors as ERR#2. It is
// there for those who call trapline by that name, on FreeBSD and on Linux alike; the engine is
// trapline's, the calls are those of calltrace, and only what stands around them is here.
//
// Its facts are those of truss(1) and of what truss prints on FreeBSD 15.
package truss

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/tracer"
)

// Called reports whether a program of this name is to behave as truss.
func Called(argv0 string) bool { return filepath.Base(argv0) == "truss" }

// Host is where the tracees run.
type Host struct {
	Kernel kernel.Kernel
	Clock  tracer.Clock // nil: the real time
	Alone  bool         // a launched program is a job of its own
	// Interrupted is told how to end the trace from outside; nil: nobody needs to know.
	Interrupted func(end func())
}

// Config is one command line, read.
type Config struct {
	PID     int      // -p: the process to attach to
	Program []string // or what to run, with its arguments

	Follow    bool   // -f: children too
	Args, Env bool   // -a, -e: what an exec is given
	Count     bool   // -c: a table instead of calls
	Since     bool   // -d: the time since the start of the trace
	Delta     bool   // -D: the time since the thread's event before
	Threads   bool   // -H: the thread's number
	NoSignals bool   // -S
	Output    string // -o: a file; "" is standard error
	Strings   int    // -s: bytes of a string that are shown
}

// usageText is what a wrong command line gets.
const usageText = `usage: truss [-facedDHS] [-o file] [-s strsize] -p pid
       truss [-facedDHS] [-o file] [-s strsize] command [args]
`

// failure is an error with the exit status that it makes; usage adds the command line's form.
type failure struct {
	text   string
	status int
	usage  bool
}

func (f *failure) Error() string { return f.text }

func fail(status int, format string, args ...any) error {
	return &failure{text: fmt.Sprintf(format, args...), status: status}
}

// option is one letter: set gets the argument of those that take one.
type option struct {
	letter byte
	takes  bool
	set    func(c *Config, arg string) error
}

func flag(field func(c *Config) *bool) func(*Config, string) error {
	return func(c *Config, _ string) error { *field(c) = true; return nil }
}

var options = []option{
	{'a', false, flag(func(c *Config) *bool { return &c.Args })},
	{'c', false, flag(func(c *Config) *bool { return &c.Count })},
	{'d', false, flag(func(c *Config) *bool { return &c.Since })},
	{'D', false, flag(func(c *Config) *bool { return &c.Delta })},
	{'e', false, flag(func(c *Config) *bool { return &c.Env })},
	{'f', false, flag(func(c *Config) *bool { return &c.Follow })},
	{'H', false, flag(func(c *Config) *bool { return &c.Threads })},
	{'S', false, flag(func(c *Config) *bool { return &c.NoSignals })},
	{'o', true, func(c *Config, arg string) error { c.Output = arg; return nil }},
	{'p', true, setPID},
	{'s', true, setStrings},
}

func setPID(c *Config, arg string) error {
	n, err := strconv.ParseInt(arg, 10, 32)
	switch {
	case err != nil || n <= 0:
		return fail(1, "invalid process id: %s", arg)
	case int(n) == os.Getpid():
		return fail(2, "attempt to grab self.")
	}
	c.PID = int(n)
	return nil
}

func setStrings(c *Config, arg string) error {
	n, err := strconv.ParseInt(arg, 10, 64)
	why := ""
	switch {
	case err != nil && !errors.Is(err, strconv.ErrRange):
		why = "invalid"
	case n < 0:
		why = "too small"
	case n > math.MaxInt32:
		why = "too large"
	}
	if why != "" {
		return fail(1, "maximum string size is %s: %s", why, arg)
	}
	c.Strings = int(n)
	return nil
}

// Parse reads the words behind the program's name as getopt(3) does.
func Parse(args []string) (*Config, error) {
	c := &Config{Strings: 32}
	for len(args) > 0 && len(args[0]) > 1 && args[0][0] == '-' {
		word := args[0]
		args = args[1:]
		if word == "--" {
			break
		}
		used, err := c.word(word[1:], args)
		if err != nil {
			return nil, err
		}
		args = args[used:]
	}
	c.Program = args
	if (c.PID == 0) == (len(args) == 0) {
		return nil, &failure{status: 1, usage: true}
	}
	return c, nil
}

// word applies the letters of a word; used says how many of the next words were arguments.
func (c *Config) word(letters string, next []string) (used int, err error) {
	for i := 0; i < len(letters); i++ {
		o := byLetter(letters[i])
		switch {
		case o == nil:
			return 0, &failure{fmt.Sprintf("illegal option -- %c", letters[i]), 1, true}
		case !o.takes:
			err = o.set(c, "")
		case i+1 < len(letters):
			return 0, o.set(c, letters[i+1:])
		case len(next) == 0:
			return 0, &failure{fmt.Sprintf("option requires an argument -- %c", o.letter), 1, true}
		default:
			return 1, o.set(c, next[0])
		}
		if err != nil {
			return 0, err
		}
	}
	return 0, nil
}

func byLetter(letter byte) *option {
	for i := range options {
		if options[i].letter == letter {
			return &options[i]
		}
	}
	return nil
}

// Main is truss for one command line. NewHost makes the kernel once it is needed. The result
// is the exit status: 0 however the program ended.
func Main(argv []string, stderr io.Writer, newHost func() (Host, error)) int {
	c, err := Parse(argv[1:])
	if err == nil {
		err = run(c, stderr, newHost)
	}
	if err == nil {
		return 0
	}
	status := 1
	var f *failure
	if errors.As(err, &f) {
		status = f.status
	}
	if err.Error() != "" {
		fmt.Fprintf(stderr, "truss: %s\n", err)
	}
	if f != nil && f.usage {
		fmt.Fprint(stderr, usageText)
	}
	return status
}

// find looks a program up as execvp(3) does.
func find(name string) (string, error) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil, errors.Is(err, exec.ErrDot):
		return path, nil
	case errors.Is(err, fs.ErrPermission):
		return "", fail(1, "execvp %s: Permission denied", name)
	}
	return "", fail(1, "execvp %s: No such file or directory", name)
}

// reason is the text of an error as strerror(3) of the kernel's system has it.
func reason(os *abi.OS, err error) string {
	var e *kernel.Error
	if errors.As(err, &e) {
		if row := os.Errno(e.Errno); row != nil {
			return row.Text
		}
	}
	if errors.Is(err, kernel.ErrGone) {
		return "No such process"
	}
	return err.Error()
}
