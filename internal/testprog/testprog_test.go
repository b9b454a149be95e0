package testprog

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

// TestPrograms runs every program untraced, plain and in its variants: what
// tests of a tracer compare with has to be true without one.
func TestPrograms(t *testing.T) {
	for _, p := range Programs() {
		for _, v := range append([]string{""}, p.Variants...) {
			name := strings.TrimSuffix(p.Name+"+"+v, "+")
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				if p.Lang == Generated && p.Runs == nil {
					t.Skip("takes minutes to build; benchmarks do")
				}
				Build(t, name)
				for _, run := range p.Runs {
					runOnce(t, name, run)
				}
			})
		}
	}
}

func runOnce(t *testing.T, name string, run Run) {
	t.Helper()
	cmd := Command(t, name, run)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	status, err := runToEnd(cmd)
	if err == nil {
		err = run.Check(stdout.String(), status)
	}
	if err != nil {
		t.Errorf("%s %s: %v\nstderr: %s", name, strings.Join(run.Args, " "), err, clip(stderr.String()))
	}
}

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		run            Run
		stdout, status string
		ok             bool
	}{
		{Run{Stdout: "x\n"}, "x\n", "exit 0", true},
		{Run{Stdout: "x\n"}, "y\n", "exit 0", false},
		{Run{Stdout: "x\n"}, "x\n", "exit 1", false},
		{Run{Match: `x \d+\n`}, "x 12\n", "exit 0", true},
		{Run{Match: `x \d+\n`}, "x 12\nmore", "exit 0", false},
		{Run{Status: "signal 11"}, "", "signal 11", true},
		{Run{Status: "signal 11"}, "", "exit 139", false},
	} {
		if err := tc.run.Check(tc.stdout, tc.status); (err == nil) != tc.ok {
			t.Errorf("%+v.Check(%q, %q) = %v", tc.run, tc.stdout, tc.status, err)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, tc := range []struct{ name, err string }{
		{"hello", ""}, {"hello+static+O2", ""},
		{"nosuch", `no program "nosuch"`},
	} {
		_, _, err := Lookup(tc.name)
		if got := fmt.Sprint(err); tc.err == "" && err != nil || tc.err != "" && !strings.Contains(got, tc.err) {
			t.Errorf("Lookup(%q): %v, want %q", tc.name, err, tc.err)
		}
	}
	_, err := Path("hello+nosuch")
	if missing := (*MissingError)(nil); errors.As(err, &missing) {
		t.Skip(err)
	}
	if err == nil || !strings.Contains(err.Error(), `no variant "nosuch"`) {
		t.Errorf("Path of an unknown variant: %v", err)
	}
}

// TestReadme holds the README's list and the rows together, in both directions.
func TestReadme(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Skip(err)
	}
	text, err := os.ReadFile(filepath.Join(root, "testdata/README.md"))
	if err != nil {
		t.Fatal(err)
	}
	var got, want []string
	_, list, _ := strings.Cut(string(text), "## The list\n")
	for line := range strings.Lines(list) {
		if strings.HasPrefix(line, "| `") {
			got = append(got, strings.TrimSpace(line))
		}
	}
	for _, p := range Programs() {
		want = append(want, fmt.Sprintf("| `%s` | `%s` | %s |", p.Name, p.Sources[0], p.About))
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("testdata/README.md lists other programs than programs.go (-rows +README):\n%s", diff)
	}
}

// TestRowsHaveSources fails for a source that no row builds.
func TestRowsHaveSources(t *testing.T) {
	root, err := Root()
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	for _, p := range Programs() {
		for _, s := range p.Sources {
			used[s] = true
		}
	}
	for _, pattern := range []string{"c/*.c", "cxx/*.cc", "lib/*.c", "asm/*.[cS]", "sim/*.c", "bench/*.[cS]", "go/*/main.go", "bench/*/main.go"} {
		files, err := filepath.Glob(filepath.Join(root, "testdata", pattern))
		if err != nil || len(files) == 0 {
			t.Errorf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, f := range files {
			rel, _ := filepath.Rel(filepath.Join(root, "testdata"), f)
			if !used[rel] {
				t.Errorf("testdata/%s belongs to no row of programs.go", rel)
			}
		}
	}
}

// TestStart talks to a program that runs beside the test.
func TestStart(t *testing.T) {
	p := Start(t, "echo")
	fmt.Fprintln(p.Stdin, "first")
	p.Expect("1: first")
	fmt.Fprintln(p.Stdin, "second")
	if rest, status := p.Finish(); rest != "2: second\n" || status != "exit 2" {
		t.Errorf("Finish: %q, %s", rest, status)
	}
}

// TestMustExit covers an end by exit and one by signal.
func TestMustExit(t *testing.T) {
	if out := MustExit(t, Command(t, "args", Run{Args: []string{"x"}}), "exit 1"); out != "argv[1]=x\n" {
		t.Errorf("stdout %q", out)
	}
	MustExit(t, Command(t, "sigdie", Run{Args: []string{"9"}}), "signal 9")
}

// recorder is a testing.TB whose failures are kept and whose clean-ups run when
// told, so that a helper that fails tests can itself be tested.
type recorder struct {
	testing.TB
	failures []string
	cleanups []func()
}

func (r *recorder) Helper()          {}
func (r *recorder) Cleanup(f func()) { r.cleanups = append(r.cleanups, f) }
func (r *recorder) Errorf(format string, args ...any) {
	r.failures = append(r.failures, fmt.Sprintf(format, args...))
}

// TestLeftovers leaves processes behind on purpose: each must be found, said to
// be what it is, and be gone afterwards.
func TestLeftovers(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no Linux /proc here")
	}
	defer func(d time.Duration) { grace = d }(grace)
	grace = 200 * time.Millisecond
	for _, tc := range []struct {
		name, want string
		leave      func(t *testing.T, cmd *exec.Cmd)
	}{
		{"running", "(busy), state R", func(*testing.T, *exec.Cmd) {}},
		{"stopped", "(busy), state T, parent " + fmt.Sprint(os.Getpid()) + ": left stopped", func(t *testing.T, cmd *exec.Cmd) {
			if err := cmd.Process.Signal(syscall.SIGSTOP); err != nil {
				t.Fatal(err)
			}
		}},
		{"zombie", "(busy), state Z, parent " + fmt.Sprint(os.Getpid()) + ": never waited for", func(t *testing.T, cmd *exec.Cmd) {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			rec := &recorder{TB: t}
			cmd := Command(t, "busy", Run{Args: []string{"10000000000"}})
			cmd.Stdin = nil
			Leftovers(rec)
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			tc.leave(t, cmd)
			rec.cleanups[0]()
			cmd.Wait()
			if len(rec.failures) != 1 || !strings.Contains(rec.failures[0], tc.want) {
				t.Errorf("found %q, want one with %q", rec.failures, tc.want)
			}
		})
	}
}

// TestLeftoversOrphan: a process whose parent is gone is found by its mark.
func TestLeftoversOrphan(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("no Linux /proc here")
	}
	path := Build(t, "busy")
	rec := &recorder{TB: t}
	Leftovers(rec)
	// No pipe of ours: Run would wait for the orphan to close it. The shell leaves when the
	// orphan is the program: inside its exec a process has no environment to be known by.
	script := `"$0" 10000000000 >/dev/null & until grep -q busy /proc/$!/comm; do :; done`
	if err := exec.Command("/bin/sh", "-c", script, path).Run(); err != nil {
		t.Fatal(err)
	}
	defer func(d time.Duration) { grace = d }(grace)
	grace = 200 * time.Millisecond
	rec.cleanups[0]()
	if len(rec.failures) != 1 || !strings.Contains(rec.failures[0], "(busy)") {
		t.Errorf("found %q, want the orphan", rec.failures)
	}
}

// buildHelper makes a re-executed test binary build one program and print its
// path; see TestConcurrentBuilds.
const buildHelper = "TESTPROG_BUILD"

// TestConcurrentBuilds has several processes want the same binary, with nothing
// cached: they get the same one, built once, and no debris stays.
func TestConcurrentBuilds(t *testing.T) {
	Build(t, "hello") // skips without a compiler
	cache := t.TempDir()
	var cmds []*exec.Cmd
	for range 4 {
		cmd := exec.Command(os.Args[0], "-test.run=^TestBuildHelper$", "-test.v")
		cmd.Env = append(os.Environ(), buildHelper+"=hello+static", "XDG_CACHE_HOME="+cache, "HOME="+cache)
		cmd.Stdout = &bytes.Buffer{}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		cmds = append(cmds, cmd)
	}
	paths := map[string]bool{}
	for _, cmd := range cmds {
		err := cmd.Wait()
		_, after, found := strings.Cut(fmt.Sprint(cmd.Stdout), "built ")
		if err != nil || !found {
			t.Fatalf("%v: %s", err, cmd.Stdout)
		}
		path, _, _ := strings.Cut(after, "\n")
		paths[path] = true
	}
	dirs, _ := filepath.Glob(filepath.Join(cache, "trapline-testprog", "*", "*"))
	if len(paths) != 1 || len(dirs) != 1 || !paths[dirs[0]] {
		t.Errorf("built %v; the cache holds %v", paths, dirs)
	}
}

func TestAsNew(t *testing.T) {
	root := t.TempDir()
	src, binary := filepath.Join(root, "testdata", "x.c"), filepath.Join(root, "x")
	if err := os.Mkdir(filepath.Dir(src), 0o777); err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	for _, c := range []struct {
		name         string
		src, bin     time.Time
		wantTouching bool
	}{
		{"source older", now.Add(-2 * time.Hour), now.Add(-time.Hour), false},
		{"source newer", now.Add(-time.Hour), now.Add(-2 * time.Hour), true},
	} {
		for path, at := range map[string]time.Time{src: c.src, binary: c.bin} {
			if err := os.WriteFile(path, nil, 0o666); err != nil {
				t.Fatal(err)
			}
			if err := os.Chtimes(path, at, at); err != nil {
				t.Fatal(err)
			}
		}
		if err := asNew(binary, Program{Sources: []string{"x.c"}}, root); err != nil {
			t.Fatal(err)
		}
		st, err := os.Stat(binary)
		if err != nil {
			t.Fatal(err)
		}
		if st.ModTime().Before(c.src) || !st.ModTime().Equal(c.bin) != c.wantTouching {
			t.Errorf("%s: the binary is of %v", c.name, st.ModTime())
		}
	}
}

func TestBuildHelper(t *testing.T) {
	name := os.Getenv(buildHelper)
	if name == "" {
		t.Skip("only for TestConcurrentBuilds")
	}
	fmt.Println("built " + Build(t, name))
}
