package report

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/syscalls"
)

const epoch = 1_700_000_000_000_000_123

// hostile is text that is none of HTML's, of a script's or of this page's template.
const hostile = `</script><img src=x onerror="document.title='owned'">{{data}}<!-- ' & é` + "\x01"

// pretend makes events.
type pretend struct {
	r   *Report
	now int64
	pid int
	cmd string
}

func (p *pretend) event(kind string) *calltrace.Event {
	return &calltrace.Event{Type: kind, Time: epoch + p.now, PID: p.pid, TID: p.pid, Command: p.cmd}
}

func (p *pretend) start(pid, parent int) {
	p.pid = pid
	e := p.event(calltrace.ProcessType)
	e.Action, e.How, e.Parent = "start", calltrace.HowLaunch, parent
	p.r.Encode(nil, e)
}

func (p *pretend) exec(path string) {
	e := p.event(calltrace.ProcessType)
	e.Action, e.Path = "exec", path
	p.r.Encode(nil, e)
}

func (p *pretend) exit(status int) {
	whole := true
	e := p.event(calltrace.ExitType)
	e.Whole, e.Status = &whole, &status
	p.r.Encode(nil, e)
}

// call makes a call of the pretended process: "openat(dirfd=AT_FDCWD,pathname="x")" with a result.
func (p *pretend) call(text string, ret int64, errno string, duration int64, more ...func(*calltrace.Event)) {
	p.now += 1000
	name, rest, _ := strings.Cut(strings.TrimSuffix(text, ")"), "(")
	e := p.event(calltrace.CallType)
	e.CallEvent = &calltrace.CallEvent{Name: name, ABI: "x86_64", Number: number(name), Ret: &ret, Result: fmt.Sprint(ret), Duration: duration, Entered: e.Time}
	for _, a := range strings.Split(rest, "; ") {
		if n, text, ok := strings.Cut(a, "="); ok {
			e.Args = append(e.Args, calltrace.Arg{Name: n, Text: text})
		}
	}
	if errno != "" {
		e.Errno, e.ErrnoNo, e.Error = errno, len(errno), "an error"
		e.Result = "-1 " + errno
	}
	for _, f := range more {
		f(e)
	}
	p.r.Encode(nil, e)
	p.now += duration
}

func number(name string) uint64 {
	set, err := syscalls.ParseSet(name)
	if err != nil {
		return 9999
	}
	return set.Numbers(syscalls.X8664)[0]
}

func paths(p ...string) func(*calltrace.Event) {
	return func(e *calltrace.Event) { e.Paths = p }
}

func fds(pairs ...any) func(*calltrace.Event) {
	return func(e *calltrace.Event) {
		for i := 0; i < len(pairs); i += 2 {
			e.FDs = append(e.FDs, calltrace.FD{FD: int32(pairs[i].(int)), Description: pairs[i+1].(string)})
		}
	}
}

func stack(names ...string) func(*calltrace.Event) {
	return func(e *calltrace.Event) {
		for _, n := range names {
			e.Stack = append(e.Stack, calltrace.Frame{PC: "0x1", Image: "/bin/prog", Addr: "0x10", Symbol: n})
		}
	}
}

// story is two processes that read, fail, talk to a peer and are told with hostile names.
func story(r *Report) {
	p := &pretend{r: r, pid: 10, cmd: "sh"}
	p.start(10, 0)
	p.exec("/bin/sh")
	p.call(`execve(pathname="/bin/sh"; argv=["sh", "-c", "x"])`, 0, "", 2000, paths("/bin/sh"), stack("_start"))
	p.call(`openat(dirfd=AT_FDCWD; pathname="a.txt")`, 3, "", 5000, paths("a.txt"), fds(3, "/work/a.txt"), stack("open", "main", "_start"))
	p.call(`read(fd=3; buf="text")`, 4, "", 1_000_000, fds(3, "/work/a.txt"), stack("read", "main", "_start"))
	p.call(`newfstatat(dirfd=AT_FDCWD; pathname="`+hostile+`")`, -1, "ENOENT", 3000, paths("/tmp/"+hostile), stack("main", "_start"))
	p.cmd = hostile
	p.start(11, 10)
	p.call(`connect(fd=4; addr={sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")})`, 0, "", 40_000, fds(4, "socket:[7]"), stack("connect"))
	p.call(`write(fd=4; buf="q")`, 100, "", 4000, fds(4, "socket:[7]"), stack("write"))
	e := p.event(calltrace.SignalType)
	e.Signal, e.Info = "SIGUSR1", "{si_signo=SIGUSR1, "+hostile+"}"
	r.Encode(nil, e)
	p.exit(3)
	p.pid, p.cmd = 10, "sh"
	p.exit(0)
}

// decode is the data of a page.
func decode(t testing.TB, page []byte) *document {
	t.Helper()
	_, text, ok := strings.Cut(string(page), `id="data">`)
	text, _, ended := strings.Cut(text, "</script>")
	if !ok || !ended {
		t.Fatal("the page has no data")
	}
	packed, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	d := &document{}
	if err := json.Unmarshal(raw, d); err != nil {
		t.Fatal(err)
	}
	return d
}

// rows are the rows of a table in words.
func (t docTable) words(d *document) (rows []string) {
	for i, n := range t.Name {
		rows = append(rows, fmt.Sprintf("%s: %d calls, %d errors, in %d, out %d", d.Strings[n], t.Calls[i], t.Errors[i], t.In[i], t.Out[i]))
	}
	return rows
}

func TestStory(t *testing.T) {
	r := New(Options{Title: hostile, Stacks: true})
	r.Look(func(pid int) string { return "/work" }, nil)
	story(r)
	d := decode(t, r.Finish(nil))
	if got := d.Files.words(d); !slices.Contains(got, "/work/a.txt: 2 calls, 0 errors, in 4, out 0") {
		t.Errorf("files: %q", got)
	}
	if diff := cmp.Diff([]string{"socket 10.0.0.1:80: 2 calls, 0 errors, in 0, out 100"}, d.Peers.words(d)); diff != "" {
		t.Errorf("peers (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"newfstatat\x00ENOENT\x00/tmp/" + hostile + ": 1 calls, 1 errors, in 0, out 0"}, d.Errors.words(d)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
	var processes []string
	for i, pid := range d.Processes.PID {
		s := func(i int32) string { return d.Strings[i] }
		processes = append(processes, fmt.Sprint(pid, " ", d.Processes.Parent[i], " ", s(d.Processes.Command[i]), " ", s(d.Processes.Argv[i]), " ", s(d.Processes.Ending[i]), " ", d.Processes.Calls[i]))
	}
	if diff := cmp.Diff([]string{`10 -1 sh ["sh", "-c", "x"] exited with 0 4`, "11 0 " + hostile + "  exited with 3 2"}, processes); diff != "" {
		t.Errorf("processes (-want +got):\n%s", diff)
	}
	if len(d.Calls.Thread) != 6 || d.Signals != 1 || d.Start != epoch || len(d.Marks.At) != 4 {
		t.Errorf("%d calls, %d signals, begun %d, %d moments", len(d.Calls.Thread), d.Signals, d.Start, len(d.Marks.At))
	}
	if d.Span != r.end {
		t.Errorf("it took %d", d.Span)
	}
	checkStacks(t, d)
}

// checkStacks follows the stack of the read to the root, and sums up the tree.
func checkStacks(t *testing.T, d *document) {
	t.Helper()
	at, names := int32(0), []string{}
	for i, k := range d.Calls.Kind {
		if d.Strings[d.Summary.Name[d.Kinds.Summary[k]]] == "read" {
			at = d.Calls.Stack[i]
		}
	}
	for ; at >= 0; at = d.Stacks.Parent[at] {
		names = append(names, d.Strings[d.Frames.Name[d.Stacks.Frame[at]]])
	}
	if diff := cmp.Diff([]string{"read", "read", "main", "_start", "sh", "all"}, names); diff != "" {
		t.Errorf("the stack of read (-want +got):\n%s", diff)
	}
	var calls, all int64
	for i := range d.Stacks.Calls {
		calls += d.Stacks.Calls[i]
		all += d.Stacks.Time[i]
	}
	if calls != 6 || all != 1_054_000 {
		t.Errorf("stacks have %d calls and %d ns", calls, all)
	}
}

// What the page says of a trace can end no element and begin none.
func TestHostile(t *testing.T) {
	r := New(Options{Title: hostile, Stacks: true})
	story(r)
	page := string(r.Finish(nil))
	if strings.Contains(page, "<img") || strings.Contains(page, "onerror=\"") {
		t.Error("the page has an element of the trace")
	}
	if n := strings.Count(page, "<script"); n != 3 || strings.Count(page, "</script") != 3 {
		t.Errorf("%d scripts", n)
	}
	title, _, _ := strings.Cut(page[strings.Index(page, "<title>")+7:], "</title>")
	if !strings.Contains(title, "&lt;/script&gt;") || strings.ContainsAny(title, "<>\"") {
		t.Errorf("the title is %q", title)
	}
	if got := decode(t, []byte(page)).Title; got != strings.ToValidUTF8(hostile, "\uFFFD") {
		t.Errorf("the title in the data is %q", got)
	}
}

// The same events make the same page, byte for byte.
func TestDeterminism(t *testing.T) {
	var pages [2][]byte
	for i := range pages {
		r := newReport(Options{Title: "x", Stacks: true}, tight)
		story(r)
		crowd(r, 5000, 7)
		pages[i] = r.Finish(nil)
	}
	if !bytes.Equal(pages[0], pages[1]) {
		t.Error("two pages of the same events differ")
	}
}

// tight are limits that crowd exceeds all.
var tight = limits{calls: 200, text: 8 << 10, cells: 50, marks: 20, threads: 30, processes: 20, kinds: 10, rows: 15, nodes: 60, frames: 40}

// crowd is n calls of many processes, files, errors and stacks, from a seed.
func crowd(r *Report, n int, seed int64) (calls, errors, time int64) {
	rng := rand.New(rand.NewSource(seed))
	p := &pretend{r: r, cmd: "crowd"}
	names := []string{"read", "write", "openat", "futex", "mmap", "close", "poll", "sendto", "fcntl", "getpid", "brk", "pipe"}
	for i := range n {
		p.pid = 100 + rng.Intn(60)
		p.cmd = fmt.Sprint("crowd", p.pid%7)
		if rng.Intn(50) == 0 {
			p.exec("/bin/x")
		}
		duration := int64(rng.ExpFloat64() * 20_000)
		errno := ""
		if rng.Intn(5) == 0 {
			errno = []string{"EAGAIN", "ENOENT", "EINTR"}[rng.Intn(3)]
			errors++
		}
		calls++
		time += duration
		p.call(names[rng.Intn(len(names))]+fmt.Sprintf("(fd=%d; buf=%q)", i%7, strings.Repeat("x", rng.Intn(40))), int64(rng.Intn(4096)), errno, duration,
			fds(3, fmt.Sprint("/f/", rng.Intn(40))), stack(fmt.Sprint("f", rng.Intn(50)), fmt.Sprint("g", rng.Intn(5)), "main"))
	}
	return calls, errors, time
}

// Whatever does not fit is counted, and said; the calls that are kept are the longest.
func TestLimits(t *testing.T) {
	r := newReport(Options{Stacks: true}, tight)
	calls, errors, time := crowd(r, 20_000, 1)
	d := decode(t, r.Finish(nil))
	for _, row := range []struct {
		what        string
		got, at, by int
	}{
		{"calls", len(d.Calls.Thread), tight.calls, 1}, {"cells", len(d.Density.Thread), tight.cells, 1}, {"marks", len(d.Marks.At), tight.marks, 1},
		{"threads", len(d.Threads.TID), tight.threads, 1}, {"processes", len(d.Processes.PID), tight.processes, 1}, {"kinds", len(d.Kinds.Summary), tight.kinds, 1},
		{"files", len(d.Files.Name), tight.rows + 1, 1}, {"nodes", len(d.Stacks.Parent), tight.nodes, 1}, {"frames", len(d.Frames.Name), tight.frames, 1},
	} {
		if row.got > row.at || row.got < row.at/4 {
			t.Errorf("%d %s, of at most %d", row.got, row.what, row.at)
		}
	}
	n := d.Notes
	if n.Calls == 0 || n.Threads == 0 || n.Processes == 0 || n.Marks == 0 || n.Kinds == 0 || n.Nodes == 0 || d.Files.More == 0 {
		t.Errorf("not all is said: %+v, %d", n, d.Files.More)
	}
	sum := func(all []int64) (s int64) {
		for _, v := range all {
			s += v
		}
		return s
	}
	failed := int64(0)
	for _, errno := range d.Calls.Errno {
		if errno != 0 {
			failed++
		}
	}
	for _, row := range []struct {
		what      string
		got, want int64
	}{
		{"calls of the summary", sum(d.Summary.Calls), calls}, {"errors", sum(d.Summary.Errors), errors}, {"time", sum(d.Summary.Total), time},
		{"calls of processes", sum(d.Processes.Calls), calls}, {"calls of files", sum(d.Files.Calls), calls}, {"calls of stacks", sum(d.Stacks.Calls), calls},
		{"calls in all", int64(len(d.Calls.Thread)) + sum(d.Density.Calls), calls}, {"calls of the density", sum(d.Density.Calls), n.Calls},
		{"errors in all", failed + sum(d.Density.Errors), errors},
		{"time of the density", sum(d.Density.Time), n.Time}, {"time of stacks", sum(d.Stacks.Time), time}, {"errors of the table", sum(d.Errors.Calls), errors},
	} {
		if row.got != row.want {
			t.Errorf("%s: %d, want %d", row.what, row.got, row.want)
		}
	}
}

// Of many calls the longest are kept, of equal ones the first, with their own texts.
func TestKept(t *testing.T) {
	lim := usual
	lim.calls = 10
	r := newReport(Options{}, lim)
	p := &pretend{r: r, pid: 1, cmd: "x"}
	for i, d := range []int64{5, 1, 9, 1, 1, 8, 1, 1, 1, 7, 6} {
		p.call(fmt.Sprintf("read(fd=%d)", i), int64(i), "", d)
	}
	d := decode(t, r.Finish(nil))
	var kept []string
	for i := range d.Calls.Thread {
		kept = append(kept, fmt.Sprint(d.Strings[d.Calls.Args[i]], " ", d.Strings[d.Calls.Result[i]], " ", d.Calls.Duration[i]))
	}
	if diff := cmp.Diff([]string{"0 0 5", "1 1 1", "2 2 9", "5 5 8", "9 9 7", "10 10 6"}, kept); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Long texts are shortened in the middle, and are UTF-8 still.
func TestClip(t *testing.T) {
	for _, s := range []string{"", "short", strings.Repeat("é", 1000), strings.Repeat("a", 9) + strings.Repeat("世界", 500), "\xff" + strings.Repeat("\xfe", 5000)} {
		got := clip(s, 100)
		if len(s) > 100 && (len(got) > 104 || !strings.Contains(got, "…")) || len(s) <= 100 && got != s {
			t.Errorf("%d bytes become %d: %q", len(s), len(got), got)
		}
	}
}

// A trace of nothing, and a process of which no start was told, are pages too.
func TestNothing(t *testing.T) {
	d := decode(t, New(Options{}).Finish(nil))
	if d.Span != 1 || len(d.Calls.Thread) != 0 || len(d.Processes.PID) != 0 || len(d.Categories) != len(categories) {
		t.Errorf("of nothing: %+v", d)
	}
	r := New(Options{})
	(&pretend{r: r, pid: 5, cmd: "y"}).call("getpid()", 5, "", 10)
	if d := decode(t, r.Finish(nil)); len(d.Processes.PID) != 1 || d.Processes.End[0] != -1 {
		t.Errorf("of one call: %+v", d.Processes)
	}
}

// A thread that calls exec takes its leader's number; both are told apart.
func TestExecByThread(t *testing.T) {
	r := New(Options{})
	p := &pretend{r: r, pid: 20, cmd: "x"}
	p.start(20, 0)
	e := p.event(calltrace.ProcessType)
	e.TID, e.Action, e.How = 21, "start", calltrace.HowThread
	r.Encode(nil, e)
	p.now = 500
	e = p.event(calltrace.ProcessType)
	e.Action, e.Former, e.Path = "exec", 21, "/bin/y"
	r.Encode(nil, e)
	p.call("getpid()", 20, "", 5)
	d := decode(t, r.Finish(nil))
	if diff := cmp.Diff([]int32{1}, d.Calls.Thread); diff != "" {
		t.Errorf("whose call it is (-want +got):\n%s", diff)
	}
	if d.Threads.End[0] != 500 || d.Threads.End[1] != -1 || len(d.Threads.TID) != 2 {
		t.Errorf("threads: %+v", d.Threads)
	}
}

func TestCategories(t *testing.T) {
	for _, row := range []struct{ name, want string }{
		{"socketcall", "files"}, {"send", "network"}, {"connect", "network"}, {"semop", "ipc"}, {"semtimedop", "ipc"}, {"waitpid", "waiting"},
	} {
		if got := categories[categoryOf("i386", row.name)].name; got != row.want {
			t.Errorf("%s of i386 is %s, want %s", row.name, got, row.want)
		}
	}
	for _, row := range []struct{ name, want string }{
		{"read", "files"}, {"openat", "files"}, {"connect", "network"}, {"mmap", "memory"}, {"brk", "memory"}, {"execve", "process"}, {"clone3", "process"},
		{"futex", "waiting"}, {"epoll_wait", "waiting"}, {"wait4", "waiting"}, {"nanosleep", "waiting"}, {"kill", "signals"}, {"shmget", "ipc"}, {"getpid", "other"},
	} {
		if got := categories[categoryOf("x86_64", row.name)].name; got != row.want {
			t.Errorf("%s is %s, want %s", row.name, got, row.want)
		}
	}
	if got := categoryOf("no such", "read"); got != len(categories)-1 {
		t.Errorf("a call of an unknown system is %d", got)
	}
}

// The built files are those of the sources beside them: scripts/report-page makes them.
func TestAssetsAreBuilt(t *testing.T) {
	names, err := filepath.Glob("page/src/*")
	if err != nil {
		t.Fatal(err)
	}
	if len(names) == 0 {
		t.Skip("the binary is run without the sources: there is no page/src beside it")
	}
	hash := sha256.New()
	for _, name := range append([]string{"page/build.mjs", "page/package-lock.json"}, names...) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		fmt.Fprintf(hash, "%s\n%s\n", strings.TrimPrefix(name, "page/"), text)
	}
	want := hex.EncodeToString(hash.Sum(nil))
	for name, text := range map[string]string{"page.js": pageJS, "page.css": pageCSS} {
		if head, _, _ := strings.Cut(text, "\n"); !strings.Contains(head, want) {
			t.Errorf("%s was built from other sources; run scripts/report-page\n%s\nwant %s", name, head, want)
		}
	}
	for _, name := range []string{"page/package-lock.json", "testdata/browser/package-lock.json"} {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(text, []byte(`"resolved"`)) || !bytes.Contains(text, []byte(`"integrity"`)) {
			t.Errorf("%s: leave out where packages come from, and keep what they are", name)
		}
	}
	if !strings.Contains(licences, "MIT") || !strings.Contains(licences, "uplot") || !strings.Contains(licences, "preact") {
		t.Error("the licences of the libraries are missing")
	}
}

// Whatever events say, a page comes of it. The seeds are those of --format json.
func FuzzEvents(f *testing.F) {
	story, err := os.ReadFile("../testdata/story.jsonl")
	if err != nil {
		f.Skip("the binary is run without the sources: ", err)
	}
	f.Add(story)
	f.Add([]byte(`{"type":"call"} {"type":"process","action":"exec","former":7} {"type":"exit","process":true} {"type":"call","time":-5,"name":"accept","duration":-9,"fds":[{"fd":1,"description":"socket:[1]"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		r := newReport(Options{Title: string(text), Stacks: true}, tight)
		d := json.NewDecoder(bytes.NewReader(text))
		for {
			var e calltrace.Event
			if d.Decode(&e) != nil {
				break
			}
			r.Encode(nil, &e)
		}
		if doc := decode(t, r.Finish(nil)); doc.Span < 1 {
			t.Errorf("it took %d", doc.Span)
		}
	})
}

func BenchmarkEncode(b *testing.B) {
	r := New(Options{})
	p := &pretend{r: r, pid: 1, cmd: "bench"}
	ret := int64(4096)
	e := p.event(calltrace.CallType)
	e.CallEvent = &calltrace.CallEvent{Name: "read", ABI: "x86_64", Ret: &ret, Result: "4096", Args: []calltrace.Arg{{Name: "fd", Text: "3</etc/x>"}, {Name: "buf", Text: `"some text that was read"`}, {Name: "count", Text: "4096"}},
		FDs: []calltrace.FD{{FD: 3, Description: "/etc/x"}}}
	b.ReportAllocs()
	for i := range b.N {
		e.Time += 20_000
		e.Duration = int64(i*7919%1000) * 10
		r.Encode(nil, e)
	}
}
