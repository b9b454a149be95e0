package alike

// Sessions: a script of testdata/alike is typed into two sessions on one program, and what is
// seen must be the same. The head of a script says which program: "# program: NAME",
// "# args: ...", "# stdin: ..."; "# start: no" for a session that begins without a process,
// "# start: attach" for one that attaches to the program asleep.

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/session"
	"github.com/trapline/trapline/tracer"
)

func TestSessions(t *testing.T) {
	scripts, err := filepath.Glob("../../../testdata/alike/*.tl")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no sessions: %v", err)
	}
	for _, script := range scripts {
		t.Run(strings.TrimSuffix(filepath.Base(script), ".tl"), func(t *testing.T) {
			p := readScript(t, script)
			host, modeled := both(t, &p.subject, func(k *side, out *bytes.Buffer) { p.play(t, k, out) })
			host, modeled = seen(host), seen(modeled)
			if d := cmp.Diff(strings.Split(host, "\n"), strings.Split(modeled, "\n")); d != "" {
				t.Errorf("%s (-host +model):\n%s", script, d)
			}
			if testing.Verbose() {
				t.Logf("on both:\n%s", modeled)
			}
			if n := strings.Count(host, "error: "); n != p.errors {
				t.Errorf("%s says %d errors, \"# errors: %d\" are meant:\n%s", script, n, p.errors, host)
			}
		})
	}
}

// script is a session to be played.
type script struct {
	subject
	begin  string
	errors int // that are meant
	lines  []string
}

func readScript(t *testing.T, name string) *script {
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	s := &script{begin: "main"}
	for _, l := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		head, isHead := strings.CutPrefix(l, "# ")
		key, value, _ := strings.Cut(head, ": ")
		switch {
		case !isHead:
			s.lines = append(s.lines, l)
		case key == "program":
			s.name = value
		case key == "args":
			s.args = strings.Fields(value)
		case key == "stdin":
			s.stdin = strings.ReplaceAll(value, `\n`, "\n")
		case key == "start":
			s.begin = value
		case key == "needs" && value == "debug registers":
			testprog.NeedDebugRegisters(t)
		case key == "errors":
			if _, err := fmt.Sscan(value, &s.errors); err != nil {
				t.Fatalf("%s: %q: %v", name, l, err)
			}
		}
	}
	return s
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

// play types the script on a side.
func (p *script) play(t *testing.T, k *side, out *bytes.Buffer) {
	path, args := p.build(t)
	face := &typist{lines: p.lines, out: out}
	s := session.New(session.Config{Tracer: tracer.New(k.kernel, tracer.Options{Clock: k.clock}), Out: out, Face: face, NewGroup: true,
		Signal: k.signal, Target: session.Target{Path: path, Program: path, Args: args, Env: environment, Dir: directory, Files: k.files}})
	defer func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
		if text := k.printed(); text != "" {
			fmt.Fprintf(out, "--- the program printed\n%s", text)
		}
	}()
	say := func(err error) {
		if err != nil {
			fmt.Fprintf(out, "error: %v\n", err)
		}
	}
	switch p.begin {
	case "no":
	case "attach":
		pid, err := k.start()
		if err == nil {
			err = s.Attach(pid)
		}
		say(err)
	default:
		say(s.Start(p.begin))
	}
	for {
		line, err := face.ReadLine("(trapline) ")
		if err != nil {
			return
		}
		say(s.Execute(line))
	}
}

// unlike is what two kernels differ in, and why.
var unlike = []struct {
	why  string
	re   *regexp.Regexp
	with string
}{
	{"columns are as wide as the numbers in them", regexp.MustCompile(`(\bP\d+\b( "\w+")?) +`), "$1 "},
	{"a kernel may be built without its oldest gate", regexp.MustCompile(`.*\[vsyscall\]\n`), ""},
	{"the tracer below is one of several threads", regexp.MustCompile(`traced by \w+`), "traced by the tracer"},
	{"and leads no session", regexp.MustCompile(`, session \w+`), ", session of the tracer"},
	{"a machine may have taken some from root", regexp.MustCompile(`capabilities .*, seccomp`), "capabilities, seccomp"},
	{"counted by each processor, and summed up rarely", regexp.MustCompile(`resident \d+`), "resident N"},
	{"depends on the machine's memory", regexp.MustCompile(`(?m)^(sigpending) .*`), "$1"},
	{"a signal's frame is as big as the processor's state: 512 bytes in the model", regexp.MustCompile(`0x7ffffff[ef][0-9a-f]{3}`), "STACK"},
}

func seen(text string) string {
	for _, u := range unlike {
		text = u.re.ReplaceAllString(text, u.with)
	}
	return text
}
