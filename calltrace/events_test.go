package calltrace

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/calltrace/where"
	"github.com/trapline/trapline/syscalls"
)

var update = flag.Bool("update", false, "write the golden files")

// storyMemory holds a path at 0x2000 and text elsewhere.
type storyMemory struct{}

func (storyMemory) ReadMem(addr uint64, p []byte) (int, error) {
	if addr >= 0x2000 {
		return copy(p, "/lib/a.so\x00"[addr-0x2000:]), nil
	}
	return copy(p, "text\n"), nil
}

// eventStory is a process that makes another, a thread that is killed inside a call, a call
// that is begun again and one that fails.
func eventStory(t *testing.T, s Sink) {
	t.Helper()
	var info [128]byte
	info[0], info[16] = 15, 11
	open, read, fork, pause, nameless := call(257, 1<<64-100, 0x2000, 0), call(0, 3, 0x1000, 5), call(57), call(34), call(1000, 1)
	for _, c := range []*syscalls.Call{open, read, fork, pause, nameless} {
		c.PID, c.TID, c.Mem = 10, 10, storyMemory{}
	}
	pause.PID, pause.TID = 12, 12
	for i, err := range []error{
		s.Born(10, Birth{At: at(0), PID: 10, How: HowLaunch}),
		s.Executed(10, 10, at(1)),
		s.Enter(10, at(2), open), s.Exit(10, at(3), done(open, 0, 2)),
		s.Enter(10, at(3), fork), s.Forked(10, at(4), 12, "fork"), s.Born(12, Birth{At: at(4), PID: 12, Parent: 10, How: HowChild}), s.Exit(10, at(4), done(fork, 12, 0)),
		s.Enter(10, at(5), read), s.Enter(12, at(6), pause), s.Exit(10, at(7), done(read, 5, 0)), s.Exit(12, at(8), done(pause, 0, 514)),
		s.Signal(12, at(8), syscalls.X8664, 15, info[:]), s.Stopped(12, at(9), 20),
		s.Enter(12, at(10), pause), s.Ended(12, at(11), End{Signal: 15, Core: true, Process: true}),
		s.Enter(10, at(12), nameless), s.Exit(10, at(12), done(nameless, 0, 38)),
		s.Ended(10, at(13), End{Status: 3, Process: true}),
	} {
		if err != nil {
			t.Fatalf("step %d: %v", i, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

func names(tid int) string { return map[int]string{10: "sh", 12: "a \"b\""}[tid] }

// record is what an encoder makes of the story.
func record(t *testing.T, o Options, enc Encoder) string {
	t.Helper()
	var out buffer
	o.Comm, o.Exe = names, func(int) string { return "/bin/sh" }
	o.Now = func() time.Time { return at(0) } // decoding takes no time
	o.Syscall.FD = func(_ int, fd int32) string { return map[int32]string{3: "/etc/x"}[fd] }
	eventStory(t, NewEvents(&out, abi.Linux, o, enc))
	return out.String()
}

// golden compares with a file of testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := "testdata/" + name
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		t.Skip("the binary is run without the sources: there is no " + file + " beside it")
	}
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func TestJSONLines(t *testing.T) {
	got := record(t, Options{}, &JSONLines{})
	golden(t, "story.jsonl", got)
	validate(t, got)
}

// Chrome's form is JSON as a whole, also of nothing.
func TestChrome(t *testing.T) {
	got := record(t, Options{}, &Chrome{})
	golden(t, "story.chrome.json", got)
	var entries []struct {
		Phase string `json:"ph"`
		Name  string
		TS    float64
		Dur   float64
		PID   int
		TID   int
		Args  map[string]any
	}
	if err := json.Unmarshal([]byte(got), &entries); err != nil {
		t.Fatal(err)
	}
	slices := 0
	for _, e := range entries {
		if e.Phase == "X" {
			slices++
		}
	}
	if slices != 6 {
		t.Errorf("%d slices for 6 calls", slices)
	}
	if err := json.Unmarshal((&Chrome{}).Finish(nil), &entries); err != nil || len(entries) != 0 {
		t.Errorf("no events make %d entries, %v", len(entries), err)
	}
}

// Selection means the same for events as for lines.
func TestEventsChosen(t *testing.T) {
	expr := func(text string) *where.Expr {
		e, err := where.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	file, err := syscalls.ParseSet("%file")
	if err != nil {
		t.Fatal(err)
	}
	links := func(_ int, fd int32) string { return map[int32]string{3: "/etc/x"}[fd] }
	for _, row := range []struct {
		o    Options
		want string
	}{
		{Options{}, "openat fork read pause pause syscall_0x3e8"},
		{Options{Filter: file}, "openat"},
		{Options{Status: Failed}, "openat pause syscall_0x3e8"},
		{Options{Where: expr("dur > 1ms")}, "read pause"},
		{Options{Where: expr("errno == ENOENT")}, "openat"},
		{Options{Where: expr("fd == 3")}, "read"},
		{Options{Where: expr("path ~ '/etc/*'"), Links: links}, "read"},
		{Options{Where: expr("path ~ '*.so'")}, "openat"},
		{Options{Where: expr("ret > 4 && comm == sh")}, "fork read"},
		{Options{Where: expr("ret > 4"), Status: Failed}, ""},
	} {
		var got []string
		for line := range strings.Lines(record(t, row.o, &JSONLines{})) {
			var e Event
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatal(err)
			}
			if e.Type == CallType {
				got = append(got, e.Name)
			}
		}
		text := "all"
		if row.o.Where != nil {
			text = row.o.Where.String()
		}
		if s := strings.Join(got, " "); s != row.want {
			t.Errorf("%s: %q, want %q", text, s, row.want)
		}
		if row.o.Where == nil {
			continue
		}
		var out buffer
		o := row.o
		o.Comm, o.Quiet, o.NoAttach, o.Signals = names, true, true, func(int) bool { return false }
		o.Syscall.Column = -1
		eventStory(t, New(&out, abi.Linux, o))
		got = nil
		for line := range strings.Lines(out.String()) {
			if _, rest, ok := strings.Cut(line, "] "); ok {
				line = rest
			}
			name, _, _ := strings.Cut(line, "(")
			got = append(got, name)
		}
		if s := strings.Join(got, " "); s != row.want {
			t.Errorf("%s: lines of %q, want %q\n%s", text, s, row.want, out.String())
		}
	}
}

// A failing output is told of once.
func TestEventsOutputFails(t *testing.T) {
	e := NewEvents(broken{errors.New("no space")}, abi.Linux, Options{}, &JSONLines{})
	deadline := time.Now().Add(10 * time.Second)
	failures := 0
	for failures == 0 && time.Now().Before(deadline) {
		if err := e.Stopped(1, at(0), 20); err != nil {
			failures++
		}
	}
	if err := errors.Join(e.Stopped(1, at(0), 20), e.Close()); failures != 1 || err != nil {
		t.Errorf("%d failures, and then %v", failures, err)
	}
}

// schema is the one that users are given.
func schema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	const file = "../docs/trace-event.schema.json"
	if _, err := os.Stat(file); os.IsNotExist(err) {
		t.Skip("the binary is run without the sources: there is no " + file + " beside it")
	}
	s, err := jsonschema.NewCompiler().Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// validate checks every line against the schema.
func validate(t testing.TB, lines string) (events []Event) {
	t.Helper()
	s := schema(t)
	for line := range strings.Lines(lines) {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if err := s.Validate(v); err != nil {
			t.Errorf("%s%v", line, err)
		}
		var e Event
		d := json.NewDecoder(bytes.NewReader([]byte(line)))
		d.DisallowUnknownFields()
		if err := d.Decode(&e); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		events = append(events, e)
	}
	return events
}

// The schema refuses what is no event.
func TestSchemaBites(t *testing.T) {
	s := schema(t)
	for _, line := range []string{`{}`, `{"type":"call","time":1,"pid":1,"tid":1}`, `{"type":"exit","time":1,"pid":1,"tid":1,"process":true}`,
		`{"type":"stopped","time":1,"pid":1,"tid":1,"signal":"SIGTSTP","signal_number":20,"extra":1}`, `{"type":"else","time":1,"pid":1,"tid":1}`,
		`{"type":"process","time":1,"pid":1,"tid":1,"action":"fork","how":"fork"}`} {
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(line))
		if err != nil {
			t.Fatal(err)
		}
		if s.Validate(v) == nil {
			t.Errorf("the schema takes %s", line)
		}
	}
}
