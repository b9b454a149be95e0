package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/doctor"
)

// findProgram looks a program up as a shell does and explains, before anything is
// started, why it could not be: execve(2)'s errno alone leaves the user guessing. dir
// is where the program will run, which a relative path is relative to.
func findProgram(c *cobra.Command, name, dir string) (string, error) {
	if name == "" {
		return "", usagef(c, "the program's name is empty")
	}
	path := name
	d := doctor.New()
	if !strings.Contains(name, "/") {
		found, err := exec.LookPath(name)
		if err != nil {
			return "", asFailure(c, d.ExplainLaunch(name, err))
		}
		path = found
	}
	seen := path // from here
	if dir != "" && !filepath.IsAbs(path) {
		seen = filepath.Join(dir, path)
	}
	if err := d.CheckLaunch(seen); err != nil && !follows(c, err) {
		return "", asFailure(c, err)
	}
	return path, nil
}

// follows says that trace can do what the debugger cannot: programs that the kernel runs
// but that are not x86-64. Should the kernel refuse, the launch says so.
func follows(c *cobra.Command, err error) bool {
	var e *doctor.Explained
	return c.Name() == "trace" && errors.As(err, &e) && e.Topic == "machine"
}

func checkScripts(c *cobra.Command, files []string) error {
	for _, name := range files {
		if name == "-" {
			continue
		}
		f, err := os.Open(name)
		if err != nil {
			return failf(c, "script %s: %w", name, bare(err)).try("check the path given to -x")
		}
		info, err := f.Stat()
		f.Close()
		if err == nil && info.IsDir() {
			return failf(c, "script %s: is a directory", name).try("give -x a file of debugger commands")
		}
	}
	return nil
}

// environ is our environment with the changes of -E: NAME=VALUE sets, NAME unsets.
func environ(c *cobra.Command, changes []string) ([]string, error) {
	for _, change := range changes {
		if name, _, _ := strings.Cut(change, "="); name == "" {
			return nil, usagef(c, "-E %q names no variable", change).try("as in -E NAME=VALUE, or -E NAME to unset it")
		}
	}
	return withChanges(os.Environ(), changes), nil
}

func withChanges(env, changes []string) []string {
	for _, change := range changes {
		name, _, set := strings.Cut(change, "=")
		env = slices.DeleteFunc(env, func(v string) bool { return strings.HasPrefix(v, name+"=") })
		if set {
			env = append(env, change)
		}
	}
	return env
}

// bare strips the operation and the path that package os puts before an errno: the
// message names them already.
func bare(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// asFailure makes a failure of any error, for the verb if it names none. What doctor
// has explained keeps its remedy.
func asFailure(c *cobra.Command, err error) error {
	var f *failure
	if errors.As(err, &f) {
		if f.verb == "" {
			f.verb = verbOf(c)
		}
		return f
	}
	var e *doctor.Explained
	if !errors.As(err, &e) {
		return failf(c, "%w", err)
	}
	what := e.Reason
	if !strings.Contains(what, e.Object) {
		what = e.Object + ": " + what
	}
	f = &failure{verb: verbOf(c), err: explained{what, e}, status: exitFailure}
	if e.Remedy != "" {
		f.remedy = "try: " + e.Remedy
	}
	return f
}

// explained is an error in doctor's words.
type explained struct {
	text string
	err  error
}

func (e explained) Error() string { return e.text }
func (e explained) Unwrap() error { return e.err }

// choice is a flag whose value is one of a few words.
type choice[T ~string] struct {
	value *T
	words []T
}

// newChoice makes the first word the default.
func newChoice[T ~string](value *T, words ...T) *choice[T] {
	*value = words[0]
	return &choice[T]{value, words}
}

func (c *choice[T]) String() string { return string(*c.value) }
func (c *choice[T]) Type() string   { return "word" }

func (c *choice[T]) Set(s string) error {
	for _, w := range c.words {
		if s == string(w) {
			*c.value = w
			return nil
		}
	}
	return fmt.Errorf("%q is none of %s", s, joined(c.words))
}

func joined[T ~string](words []T) string {
	s := make([]string, len(words))
	for i, w := range words {
		s[i] = string(w)
	}
	return strings.Join(s, ", ")
}

// completeProgram completes the program by file name and leaves its arguments, of
// which we know nothing, to the shell's default too.
func completeProgram(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveDefault
}
