// Package report makes one page of a trace, for a browser: --report. It is an Encoder of events, as
// those of --format are, and writes nothing before the end.
//
// What is counted (by call, file, peer, error, process, stack) is of all calls. Of the calls themselves
// the page holds as many as limits says, so that memory and page stay bounded however long the trace: when
// there are more, the shorter half of them is let go of, and the timeline has their number and time in
// cells. Of tables that are full the half of the rows with the least time becomes one. The page says all that.
//
// The files: report.go takes events; calls.go keeps calls; tables.go, subjects.go and stacks.go count;
// page.go writes. The program of the page is in page, what is built of it in assets.
package report

import (
	"strconv"
	"strings"

	"github.com/trapline/trapline/calltrace"
)

// Options are what the page says beside the events.
type Options struct {
	Title  string // what was traced
	Chosen string // the options that chose calls, "" when all were taken
	Stacks bool   // events have stacks (-k): the page has a flame graph
}

// limits bound what is kept. When calls or rows are full, half of them are let go of.
type limits struct {
	calls     int // rows
	text      int // bytes of their arguments and results
	cells     int // of the density
	marks     int
	threads   int
	processes int
	kinds     int // calls by name and arguments
	rows      int // of a table of files, peers or errors
	nodes     int // of the tree of stacks
	frames    int
}

var usual = limits{calls: 400_000, text: 64 << 20, cells: 200_000, marks: 50_000, threads: 1 << 16, processes: 1 << 16,
	kinds: 1 << 12, rows: 40_000, nodes: 100_000, frames: 50_000}

const (
	maxArgument = 1 << 10 // bytes of an argument's or a result's text
	maxSubject  = 512     // of the name of a file or a peer
)

// Report is the Encoder.
type Report struct {
	o     Options
	lim   limits
	begun bool
	start int64 // ns since the Epoch; all times below are since then
	end   int64
	notes notes

	processes []process
	living    map[int]int32 // by pid
	threads   []thread
	running   map[int]int32 // by tid
	kinds     kinds
	calls     calls
	marks     []mark
	signals   int64
	files     table
	peers     table
	errors    table
	stacks    stacks
	sockets   sockets
	cwd       func(pid int) string // may be nil
	subjects  subjects             // scratch
}

// notes are what could not be kept.
type notes struct{ threads, processes, marks, kinds, nodes int64 }

type process struct {
	pid     int
	parent  int32 // index, -1 none
	begin   int64
	end     int64  // -1: it lives on
	command string // the last it ran
	path    string
	argv    string // as the call had it
	ending  string
	calls   int64
	errors  int64
	time    int64
}

type thread struct {
	tid     int
	process int32
	begin   int64
	end     int64 // -1: it lives on
	name    string
}

// mark is a moment of a thread.
type mark struct {
	at     int64
	thread int32
	kind   markKind
	text   string
}

type markKind int32

// The kinds of marks; the page has the same.
const (
	markSignal markKind = iota
	markStopped
	markFork
	markExec
	markExit
)

// New makes an empty report.
func New(o Options) *Report { return newReport(o, usual) }

func newReport(o Options, lim limits) *Report {
	r := &Report{o: o, lim: lim, living: map[int]int32{}, running: map[int]int32{}}
	r.kinds.byKey, r.kinds.byName = map[string]int32{}, map[string]int32{}
	r.files.limit, r.peers.limit, r.errors.limit = lim.rows, lim.rows, lim.rows
	r.stacks.init(lim.nodes, lim.frames)
	r.calls.init(lim.calls, lim.text, lim.cells)
	return r
}

// Look says how to look at a process while one of its threads is stopped: what directory it is in, where
// relative paths start, and what -yy says of a socket. Either may be nil.
func (r *Report) Look(cwd func(pid int) string, socket func(pid int, fd int32) string) {
	r.cwd, r.sockets.look = cwd, socket
}

// Encode implements calltrace.Encoder.
func (r *Report) Encode(b []byte, e *calltrace.Event) []byte {
	if !r.begun {
		r.begun, r.start = true, e.Time
	}
	at := max(0, e.Time-r.start)
	r.end = max(r.end, at)
	th := r.thread(e, at)
	switch e.Type {
	case calltrace.CallType:
		if e.CallEvent != nil {
			r.call(e, th, at)
		}
	case calltrace.SignalType:
		r.signals++
		r.mark(at, th, markSignal, first(e.Info, e.Signal))
	case calltrace.StoppedType:
		r.mark(at, th, markStopped, e.Signal)
	case calltrace.ProcessType:
		r.process(e, th, at)
	case calltrace.ExitType:
		r.exit(e, th, at)
	}
	return b
}

func first(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func (r *Report) mark(at int64, th int32, kind markKind, text string) {
	if len(r.marks) >= r.lim.marks {
		r.notes.marks++
		return
	}
	r.marks = append(r.marks, mark{at, th, kind, clip(text, maxArgument)})
}

// thread is the thread of an event. Those that do not fit any more share the last.
func (r *Report) thread(e *calltrace.Event, at int64) int32 {
	if i, ok := r.running[e.Former]; ok && e.Action == "exec" { // it takes the place of the thread that had its number
		if leader, ok := r.running[e.TID]; ok && leader != i {
			r.threads[leader].end = at
		}
		delete(r.running, e.Former)
		r.running[e.TID] = i
	}
	i, ok := r.running[e.TID]
	switch {
	case ok:
	case len(r.threads) >= r.lim.threads:
		r.notes.threads++
		i = int32(len(r.threads) - 1)
		r.running[e.TID] = i
		return i
	default:
		i = int32(len(r.threads))
		r.threads = append(r.threads, thread{tid: e.TID, process: r.proc(e, at), begin: at, end: -1})
		r.running[e.TID] = i
	}
	if t := &r.threads[i]; e.Command != "" && r.owns(i, e.TID) {
		t.tid, t.name = e.TID, e.Command
		if p := &r.processes[t.process]; e.PID == p.pid && (e.TID == e.PID || p.command == "") {
			p.command = e.Command
		}
	}
	return i
}

// owns says that thread i is not one that others share.
func (r *Report) owns(i int32, tid int) bool {
	return r.threads[i].tid == tid || r.notes.threads == 0 || int(i) < len(r.threads)-1
}

// proc is the process of an event.
func (r *Report) proc(e *calltrace.Event, at int64) int32 {
	i, ok := r.living[e.PID]
	if ok {
		return i
	}
	if len(r.processes) >= r.lim.processes {
		r.notes.processes++
		i = int32(len(r.processes) - 1)
	} else {
		i = int32(len(r.processes))
		parent := int32(-1)
		if p, ok := r.living[e.Parent]; ok && e.Parent != 0 {
			parent = p
		}
		r.processes = append(r.processes, process{pid: e.PID, parent: parent, begin: at, end: -1})
	}
	r.living[e.PID] = i
	return i
}

func (r *Report) process(e *calltrace.Event, th int32, at int64) {
	p := &r.processes[r.threads[th].process]
	switch e.Action {
	case "fork":
		r.mark(at, th, markFork, e.How+" "+strconv.Itoa(e.Child))
	case "exec":
		p.path = clip(e.Path, maxSubject)
		if e.Command != "" {
			p.command = e.Command
		}
		r.mark(at, th, markExec, e.Path)
	}
}

func (r *Report) exit(e *calltrace.Event, th int32, at int64) {
	how := "killed by " + e.Signal
	if e.Core {
		how += ", core dumped"
	}
	if e.Status != nil {
		how = "exited with " + strconv.Itoa(*e.Status)
	}
	t := &r.threads[th]
	if r.owns(th, e.TID) {
		t.end = at
	}
	delete(r.running, e.TID)
	if e.Whole == nil || !*e.Whole {
		return
	}
	r.mark(at, th, markExit, how)
	if p := &r.processes[t.process]; p.pid == e.PID {
		p.end, p.ending = at, how
	}
	delete(r.living, e.PID)
}

// call counts a call everywhere, and keeps it.
func (r *Report) call(e *calltrace.Event, th int32, at int64) {
	c := e.CallEvent
	r.end = max(r.end, at+c.Duration)
	p := &r.processes[r.threads[th].process]
	failed := c.ErrnoNo != 0
	p.calls++
	p.time += c.Duration
	if failed {
		p.errors++
	}
	p.commandLine(c)
	kind := r.kinds.of(c, r.lim.kinds, &r.notes)
	r.kinds.count(kind, c.Duration, failed)
	r.subjects.find(r, e)
	r.counts(e, th, at, kind, failed)
	stack := int32(0)
	if r.o.Stacks {
		stack = r.stacks.add(e, c.Duration, failed, &r.notes)
	}
	r.calls.add(call{begin: at, duration: c.Duration, thread: th, kind: kind, errno: int32(c.ErrnoNo), stack: stack}, c, r.sockets.shown)
}

// commandLine remembers the arguments of an execve that has succeeded.
func (p *process) commandLine(c *calltrace.CallEvent) {
	if c.Name != "execve" && c.Name != "execveat" || c.Ret == nil || *c.Ret != 0 {
		return
	}
	for _, a := range c.Args {
		if a.Name == "argv" {
			p.argv = clip(a.Text, maxArgument)
		}
	}
}

// counts adds the call to the tables.
func (r *Report) counts(e *calltrace.Event, th int32, at int64, kind int32, failed bool) {
	c := e.CallEvent
	s := &r.subjects
	for i := range s.files {
		r.files.row(s.files[i].name).count(c.Duration, failed, s.files[i].in, s.files[i].out, th, at)
	}
	for i := range s.peers {
		r.peers.row(s.peers[i].name).count(c.Duration, failed, s.peers[i].in, s.peers[i].out, th, at)
	}
	if failed {
		subject := ""
		switch {
		case len(s.peers) > 0:
			subject = s.peers[0].name
		case len(s.files) > 0:
			subject = s.files[0].name
		}
		key := strings.Join([]string{r.kinds.name(kind), errorName(c), subject}, "\x00")
		r.errors.row(key).count(c.Duration, true, 0, 0, th, at)
	}
}

// errorName is the name of a call's error, or its number.
func errorName(c *calltrace.CallEvent) string {
	if c.Errno != "" {
		return c.Errno
	}
	return strconv.Itoa(c.ErrnoNo)
}

// clip shortens a text in its middle to about n bytes.
func clip(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return strings.ToValidUTF8(s[:n/2], "") + "…" + strings.ToValidUTF8(s[len(s)-n/2:], "")
}
