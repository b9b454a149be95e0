package session_test

import (
	"bytes"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/kernel/model"
	"github.com/trapline/trapline/session"
	"github.com/trapline/trapline/tracer"
)

// Golden sessions: a script in testdata/sessions/NAME.tl is typed into a session on a
// real program; what is seen must be NAME.out, with addresses and process numbers made
// equal. The head of a script says which program: "# program: NAME", "# args: ...",
// "# start: no" for a session that begins without a process, "# needs: debug registers", "# kernel: model" for one on a
// modeled kernel.

var update = flag.Bool("update", false, "write golden files and generated documents anew")

func TestMain(m *testing.M) { os.Exit(testprog.Main(m)) }

func TestSessions(t *testing.T) {
	scripts, err := filepath.Glob("../testdata/sessions/*.tl")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no sessions: %v", err)
	}
	for _, script := range scripts {
		name := strings.TrimSuffix(filepath.Base(script), ".tl")
		t.Run(name, func(t *testing.T) {
			testprog.Leftovers(t)
			got := runSession(t, script)
			golden := strings.TrimSuffix(script, ".tl") + ".out"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o666); err != nil {
					t.Fatal(err)
				}
				return
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(got, "\n")); d != "" {
				t.Errorf("%s (-want +got):\n%s", golden, d)
			}
		})
	}
}

// typist is a face that reads the script and agrees to everything.
type typist struct {
	lines []string
	out   io.Writer
}

func (y *typist) Confirm(q string) bool {
	fmt.Fprintf(y.out, "%s (y or n) y\n", q)
	return true
}

func (y *typist) ReadLine(prompt string) (string, error) {
	if len(y.lines) == 0 {
		return "", io.EOF
	}
	line := y.lines[0]
	y.lines = y.lines[1:]
	fmt.Fprintf(y.out, "%s%s\n", prompt, line)
	return line, nil
}

func (y *typist) Running(*tracer.Process) {}
func (y *typist) Stopped()                {}

// screen is what is seen of a session, at any time.
type screen struct {
	mu  sync.Mutex
	out bytes.Buffer
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.Write(p)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.out.String()
}

// runSession plays a script and returns what was seen, made equal.
func runSession(t *testing.T, script string) string {
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	head := map[string]string{}
	var lines []string
	for _, l := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		if key, value, ok := strings.Cut(strings.TrimPrefix(l, "# "), ": "); ok && strings.HasPrefix(l, "# ") {
			head[key] = value
			continue
		}
		lines = append(lines, l)
	}
	if head["needs"] == "debug registers" {
		testprog.NeedDebugRegisters(t)
	}
	program := testprog.Build(t, head["program"])
	args, err := testprog.Expand(strings.Fields(head["args"]))
	if err != nil {
		t.Fatal(err)
	}
	stdout, err := os.CreateTemp(t.TempDir(), "stdout")
	if err != nil {
		t.Fatal(err)
	}
	defer stdout.Close()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()

	var out screen
	face := &typist{lines: lines, out: &out}
	done := make(chan struct{})
	go func() { // the engine's own OS thread
		defer close(done)
		runtime.LockOSThread()
		config := session.Config{Out: &out, Face: face,
			Target: session.Target{Path: program, Program: program, Args: args, Env: []string{"PATH=/bin:/usr/bin"}}}
		if head["kernel"] == "model" {
			defer onModel(t, &config, stdout)()
		} else {
			config.Tracer = tracer.New(linux.New(linux.NewHost()), tracer.Options{})
			config.Target.Files = []int{int(null.Fd()), int(stdout.Fd()), int(stdout.Fd())}
		}
		s := session.New(config)
		defer func() {
			if err := s.Close(); err != nil {
				t.Errorf("close: %v", err)
			}
		}()
		if head["start"] != "no" {
			if err := s.Start("main"); err != nil {
				fmt.Fprintf(&out, "error: %v\n", err)
			}
		}
		for {
			line, err := face.ReadLine("(trapline) ")
			if err != nil {
				break
			}
			if err := s.Execute(line); err != nil {
				fmt.Fprintf(&out, "error: %v\n", err)
			}
		}
	}()
	select {
	case <-done:
	case <-time.After(2 * time.Minute):
		stacks := make([]byte, 1<<20)
		t.Fatalf("hangs after\n%s\n%s", out.String(), stacks[:runtime.Stack(stacks, true)])
	}
	printed, err := os.ReadFile(stdout.Name())
	if err != nil {
		t.Fatal(err)
	}
	if len(printed) > 0 {
		fmt.Fprintf(&out, "--- the program printed\n%s", printed)
	}
	return without(head["without"], normalise(out.String(), program))
}

// without leaves out the lines that come or not by chance: those that begin with one of some texts
// ("; " between them).
func without(prefixes, text string) string {
	if prefixes == "" {
		return text
	}
	var kept []string
	for line := range strings.Lines(text) {
		if !slices.ContainsFunc(strings.Split(prefixes, "; "), func(p string) bool { return strings.HasPrefix(line, p) }) {
			kept = append(kept, line)
		}
	}
	return strings.Join(kept, "")
}

// onModel has a session run on a modeled kernel, until the function that it returns is called.
func onModel(t *testing.T, c *session.Config, stdout io.Writer) func() {
	w, err := model.New(model.Options{Seed: 1, Calm: true, Host: true, Stdout: stdout, Stderr: stdout})
	if err != nil {
		t.Error(err)
		return func() {}
	}
	c.Tracer = tracer.New(w.Kernel, tracer.Options{})
	c.Describe = w.M.Describe
	return w.Close
}

// equals are what differs between machines and runs.
var equals = []struct {
	re   *regexp.Regexp
	with string
}{
	{regexp.MustCompile(`0x[0-9a-f]{6,16}`), "ADDR"},
	{regexp.MustCompile(`(process|LWP|PID|pid) \d+( "\w+")? {2,}`), "$1 N$2  "},
	{regexp.MustCompile(`(process|LWP|PID|pid) \d+`), "$1 N"},
	{regexp.MustCompile(`\bpid=\d+`), "pid=N"},
	{regexp.MustCompile(`(T|t)hread \d+`), "${1}hread N"},
	{regexp.MustCompile(`/[^ \n"']*/testdata/`), "testdata/"},
	{regexp.MustCompile(`(\.\./)+testdata/`), "testdata/"},
	{regexp.MustCompile(`/(usr/)?lib/x86_64-linux-gnu/`), "LIB/"},
}

func normalise(text, program string) string {
	text = strings.ReplaceAll(text, program, "PROG")
	for _, e := range equals {
		text = e.re.ReplaceAllString(text, e.with)
	}
	cache := regexp.MustCompile(`/[^ \n"']*/[0-9a-f]{8,}[^ \n"'/]*/`)
	return cache.ReplaceAllString(text, "CACHE/")
}
