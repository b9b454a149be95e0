// Package testprog builds and runs the programs under test (testdata).
//
// A debugger is tested on programs, and the programs have to be real, small
// and the same for everybody. Each one is a row of [Programs]: sources,
// compiler, flags, and what it prints and how it ends when nobody traces it.
// Tests name a row, get the path of a binary, and compare what they saw with
// what the row says. Binaries are cached by the hash of everything that goes
// into them, across packages, processes and runs.
package testprog

import (
	"errors"
	"fmt"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/trapline/trapline/internal/debugregs"
)

// Program is one row: a program under test and what it does untraced.
type Program struct {
	Name     string   // as given to Build; also the file name of the binary
	About    string   // one line: what it is for
	Lang     Lang     // how it is built
	Sources  []string // relative to testdata
	Flags    []string // after the language's own, before the variants'
	Libs     []string // linker arguments, after the sources
	Variants []string // "static", "O2+nofp": those worth running beside the plain build
	Runs     []Run    // none: it is a library, or needs a terminal or a tracer
	IA32     bool     // makes 32-bit system calls
}

// Run is one way to run a program and what comes of it.
type Run struct {
	Args   []string // "{prog:NAME}" stands for the path of another row's binary
	Stdin  string
	Stdout string // exact, unless Match is set
	Match  string // regular expression for the whole of stdout
	Status string // as StatusOf gives it; "" means "exit 0"
	Arg0   string // argv[0], when not the path of the binary
	// Calls is how often the first instruction of a function is executed, in all
	// processes of the run together, under any schedule. Nil: nobody counted.
	Calls map[string]int
}

// WantStatus is the status the run must end with, as [StatusOf] spells it.
func (r Run) WantStatus() string {
	if r.Status == "" {
		return "exit 0"
	}
	return r.Status
}

// Check compares a finished run with the row: nil, or what differs.
func (r Run) Check(stdout, status string) error {
	var errs []error
	if want := r.WantStatus(); status != want {
		errs = append(errs, fmt.Errorf("ended with %s, want %s", status, want))
	}
	switch {
	case r.Match != "":
		if !regexp.MustCompile(`^(?:` + r.Match + `)$`).MatchString(stdout) {
			errs = append(errs, fmt.Errorf("stdout %q does not match %q", clip(stdout), r.Match))
		}
	case stdout != r.Stdout:
		errs = append(errs, fmt.Errorf("stdout %q, want %q", clip(stdout), clip(r.Stdout)))
	}
	return errors.Join(errs...)
}

// clip shortens text for an error message, keeping both ends.
func clip(s string) string {
	const keep = 1000
	if len(s) <= 2*keep {
		return s
	}
	return s[:keep] + fmt.Sprintf(" ... %d bytes ... ", len(s)-2*keep) + s[len(s)-keep:]
}

// Programs returns the rows, in the order of testdata/README.md.
func Programs() []Program { return slices.Clone(programs) }

// Lookup finds the row of a name such as "loop" or "loop+static+O2" and the
// variants it asks for.
func Lookup(name string) (Program, []string, error) {
	base, rest, _ := strings.Cut(name, "+")
	i := slices.IndexFunc(programs, func(p Program) bool { return p.Name == base })
	if i < 0 {
		return Program{}, nil, fmt.Errorf("testprog: no program %q: add a row to programs.go", base)
	}
	if rest == "" {
		return programs[i], nil, nil
	}
	return programs[i], strings.Split(rest, "+"), nil
}

// Build returns the path of the binary of a named program, building it when
// the cache has none. A name is a row's name, or that and variants joined by
// '+': "hello", "hello+static", "loop+nopie+O2". The test is skipped when the
// compiler is not installed and fails when the program does not build.
func Build(t testing.TB, name string) string {
	t.Helper()
	path, err := Path(name)
	if missing := (*MissingError)(nil); errors.As(err, &missing) {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// IA32 says whether the kernel runs 32-bit programs: those of some virtual machines do not.
var IA32 = sync.OnceValue(func() bool {
	path, err := Path("exit32")
	return err != nil || !errors.Is(exec.Command(path).Run(), syscall.ENOEXEC)
})

// NeedDebugRegisters skips the test where debug registers never fire.
func NeedDebugRegisters(t testing.TB) {
	t.Helper()
	if err := debugregs.Try(); errors.Is(err, debugregs.ErrSilent) {
		t.Skip(err)
	}
}

// Expand replaces "{prog:NAME}" in arguments by the path of that program.
func Expand(args []string) ([]string, error) {
	out := slices.Clone(args)
	for i, a := range out {
		name, ok := strings.CutPrefix(a, "{prog:")
		if !ok {
			continue
		}
		path, err := Path(strings.TrimSuffix(name, "}"))
		if err != nil {
			return nil, err
		}
		out[i] = path
	}
	return out, nil
}

// Command returns the command of one run of a program: arguments expanded and
// standard input set; the caller starts it, traced or not. The test is skipped when this
// kernel cannot run the program.
func Command(t testing.TB, name string, run Run) *exec.Cmd {
	t.Helper()
	path := Build(t, name)
	if p, _, _ := Lookup(name); p.IA32 && !IA32() {
		t.Skip("this kernel has no 32-bit system calls")
	}
	args, err := Expand(run.Args)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(path, args...)
	if run.Arg0 != "" {
		cmd.Args[0] = run.Arg0
	}
	cmd.Stdin = strings.NewReader(run.Stdin)
	return cmd
}
