package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/sys/unix"
)

// findProgram looks a program up as a shell does and explains, before anything is
// started, why it could not be: execve(2)'s errno alone leaves the user guessing.
// The result is relative to dir, the directory the program will run in, if the
// name is.
func findProgram(c *cobra.Command, name, dir string) (string, error) {
	path := name
	if !strings.Contains(name, "/") {
		found, err := exec.LookPath(name)
		switch {
		case err == nil:
			return filepath.Abs(found)
		case errors.Is(err, exec.ErrDot), isFile(name):
			return "", failf(c, "%s: not found in PATH", name).try("for the file here use ./%s", name)
		}
		return "", failf(c, "%s: not found in PATH", name).try("check the name, or give the path of the file")
	}
	if dir != "" && !filepath.IsAbs(path) {
		path = filepath.Join(dir, path)
	}
	return name, checkProgram(c, name, path)
}

func isFile(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}

// checkProgram reports why the file cannot be executed, as far as the file shows it.
func checkProgram(c *cobra.Command, name, path string) error {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, unix.ENOTDIR):
		return failf(c, "%s: no such file", name).try("check the path; a name without a slash is looked up in PATH")
	case errors.Is(err, fs.ErrPermission):
		return failf(c, "%s: no permission to reach it", name).try("check the directories on the way: namei -l %s", name)
	case err != nil:
		return failf(c, "%s: %w", name, bare(err))
	case info.IsDir():
		return failf(c, "%s: is a directory", name).try("name the program in it")
	case !info.Mode().IsRegular():
		return failf(c, "%s: is not a regular file (%s)", name, info.Mode().Type()).try("name a program")
	}
	if err := checkExecutable(c, name, path); err != nil {
		return err
	}
	return checkFormat(c, name, path)
}

func checkExecutable(c *cobra.Command, name, path string) error {
	err := unix.Access(path, unix.X_OK)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, unix.EACCES):
		return failf(c, "%s: not executable", name).try("chmod +x %s, or run its interpreter with it", name)
	}
	return failf(c, "%s: %w", name, bare(err))
}

// checkFormat looks at the first bytes: ELF, a script with an interpreter, or
// something the kernel would refuse with ENOEXEC. What we may execute but not read
// is left to the kernel.
func checkFormat(c *cobra.Command, name, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	defer f.Close()
	head := make([]byte, 256)
	n, err := io.ReadFull(f, head)
	if n == 0 && err != nil {
		return failf(c, "%s: is empty", name).try("build it again")
	}
	switch head = head[:n]; {
	case strings.HasPrefix(string(head), "\x7fELF"):
		return nil
	case strings.HasPrefix(string(head), "#!"):
		return nil
	case binfmtMisc():
		return nil
	case isText(head):
		return failf(c, "%s: is a text file without #! and an interpreter", name).try("run the interpreter: trapline %s sh %s", c.Name(), name)
	}
	return failf(c, "%s: is not an ELF program", name).try("file %s says what it is", name)
}

// binfmtMisc reports whether the kernel may run other formats (binfmt_misc).
func binfmtMisc() bool {
	entries, err := os.ReadDir("/proc/sys/fs/binfmt_misc")
	return err == nil && len(entries) > 2 // besides "register" and "status"
}

// isText reports whether no byte is a control character that text does not hold.
func isText(b []byte) bool {
	for _, ch := range b {
		if ch < ' ' && !strings.ContainsRune("\t\n\v\f\r\x1b", rune(ch)) || ch == 0x7f {
			return false
		}
	}
	return true
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

// checkEnv refuses changes of the environment that could not be meant.
func checkEnv(c *cobra.Command, changes []string) error {
	for _, change := range changes {
		if name, _, _ := strings.Cut(change, "="); name == "" {
			return usagef(c, "-E %q names no variable", change).try("as in -E NAME=VALUE, or -E NAME to unset it")
		}
	}
	return nil
}

// Environ applies the changes of -E to an environment: NAME=VALUE sets, NAME unsets.
func Environ(env, changes []string) []string {
	env = append([]string(nil), env...)
	for _, change := range changes {
		name, _, set := strings.Cut(change, "=")
		kept := env[:0]
		for _, v := range env {
			if n, _, _ := strings.Cut(v, "="); n != name {
				kept = append(kept, v)
			}
		}
		if env = kept; set {
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

// asFailure keeps a failure as it is and makes one of any other error.
func asFailure(c *cobra.Command, err error) error {
	var f *failure
	if errors.As(err, &f) {
		if f.verb == "" {
			f.verb = verbOf(c)
		}
		return f
	}
	return failf(c, "%w", err)
}

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
