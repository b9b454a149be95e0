package report

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"html"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzip"
)

// The parts of the page. page.js and page.css are built by scripts/report-page.
var (
	//go:embed assets/page.html
	pageHTML string
	//go:embed assets/page.js
	pageJS string
	//go:embed assets/page.css
	pageCSS string
	//go:embed assets/LICENSES.txt
	licences string
)

// Finish implements calltrace.Encoder: it writes the page. The data is JSON, compressed and in base 64: no
// text of the trace can be taken for a part of the page, and what the program of the page shows
// of it goes in as text. The policy of the page forbids any other program and all of the network.
func (r *Report) Finish(b []byte) []byte {
	sum := sha256.Sum256([]byte(pageJS))
	out := bytes.NewBuffer(b)
	for rest, more := pageHTML, true; more; {
		var before, name string
		before, rest, more = strings.Cut(rest, "{{")
		out.WriteString(before)
		if !more {
			break
		}
		name, rest, _ = strings.Cut(rest, "}}")
		switch name {
		case "title":
			out.WriteString(html.EscapeString(strings.ToValidUTF8(r.o.Title, "\uFFFD")))
		case "policy":
			out.WriteString("default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src 'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'")
		case "script":
			out.WriteString(pageJS)
		case "style":
			out.WriteString(pageCSS)
		case "licences":
			out.WriteString(html.EscapeString(licences))
		case "data":
			r.data(out)
		default:
			panic("page.html has no part " + name) // a test writes pages
		}
	}
	return out.Bytes()
}

// data writes the data in the form it has in the page. What was kept is given up while it is made.
func (r *Report) data(w io.Writer) {
	text := base64.NewEncoder(base64.StdEncoding, w)
	packed := gzip.NewWriter(text)
	tables, strings := r.document()
	_, _ = packed.Write(bytes.TrimSuffix(marshal(tables), []byte("}"))) // no write fails: it is to memory
	for i, s := range strings {                                         // most of the data, one by one
		before := `,`
		if i == 0 {
			before = `,"strings":[`
		}
		_, _ = packed.Write(append([]byte(before), marshal(s)...))
	}
	_, _ = io.WriteString(packed, "]}\n")
	_ = packed.Close()
	_ = text.Close()
}

// marshal is JSON of what has no value that JSON has not.
func marshal(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return text
}

// document is the data of the page: tables by column, and behind them the strings. Texts are indices of those; times are
// nanoseconds since Start, but that is since the Epoch and text, since it is beyond what numbers of the page hold.
type document struct {
	Version    int        `json:"version"`
	Title      string     `json:"title"`
	Chosen     string     `json:"chosen"`
	Start      int64      `json:"start,string"`
	Span       int64      `json:"span"`
	Signals    int64      `json:"signals"`
	HasStacks  bool       `json:"hasStacks"`
	Notes      docNotes   `json:"notes"`
	Categories []string   `json:"categories"`
	Processes  docProcs   `json:"processes"`
	Threads    docThreads `json:"threads"`
	Kinds      docKinds   `json:"kinds"`
	Calls      docCalls   `json:"calls"`
	Marks      docMarks   `json:"marks"`
	Density    docDensity `json:"density"`
	Summary    docSummary `json:"summary"`
	Files      docTable   `json:"files"`
	Peers      docTable   `json:"peers"`
	Errors     docTable   `json:"errors"`
	Frames     docFrames  `json:"frames"`
	Stacks     docStacks  `json:"stacks"`
	Strings    []string   `json:"strings,omitempty"` // when it is read
}

// docNotes say what the page has not: see limits.
type docNotes struct {
	Calls     int64 `json:"calls"` // let go of
	Time      int64 `json:"time"`
	Longest   int64 `json:"longest"` // of those
	Threads   int64 `json:"threads"` // events of threads that share the last
	Processes int64 `json:"processes"`
	Marks     int64 `json:"marks"`
	Kinds     int64 `json:"kinds"`
	Nodes     int64 `json:"nodes"`
}

type docProcs struct {
	PID     []int   `json:"pid"`
	Parent  []int32 `json:"parent"`
	Begin   []int64 `json:"begin"`
	End     []int64 `json:"end"`
	Command []int32 `json:"command"`
	Path    []int32 `json:"path"`
	Argv    []int32 `json:"argv"`
	Ending  []int32 `json:"ending"`
	Calls   []int64 `json:"calls"`
	Errors  []int64 `json:"errors"`
	Time    []int64 `json:"time"`
}

type docThreads struct {
	TID     []int   `json:"tid"`
	Process []int32 `json:"process"`
	Begin   []int64 `json:"begin"`
	End     []int64 `json:"end"`
	Name    []int32 `json:"name"`
}

type docKinds struct {
	Summary  []int32   `json:"summary"`
	Category []int32   `json:"category"`
	Args     [][]int32 `json:"args"`
}

// docCalls are by thread, and by time in each. Begin is the time since the beginning of the call
// before (in the same thread, or else since Start).
type docCalls struct {
	Thread   []int32 `json:"thread"`
	Begin    []int64 `json:"begin"`
	Duration []int64 `json:"duration"`
	Kind     []int32 `json:"kind"`
	Errno    []int32 `json:"errno"`
	Stack    []int32 `json:"stack"`
	Args     []int32 `json:"args"`
	Result   []int32 `json:"result"`
	Note     []int32 `json:"note"`
}

type docMarks struct {
	At     []int64    `json:"at"`
	Thread []int32    `json:"thread"`
	Kind   []markKind `json:"kind"`
	Text   []int32    `json:"text"`
}

type docDensity struct {
	Width  int64   `json:"width"`
	Thread []int32 `json:"thread"`
	Span   []int64 `json:"span"`
	Calls  []int64 `json:"calls"`
	Errors []int64 `json:"errors"`
	Time   []int64 `json:"time"`
}

type docSummary struct {
	Name   []int32   `json:"name"`
	Calls  []int64   `json:"calls"`
	Errors []int64   `json:"errors"`
	Total  []int64   `json:"total"`
	Min    []int64   `json:"min"`
	Max    []int64   `json:"max"`
	P50    []int64   `json:"p50"`
	P90    []int64   `json:"p90"`
	P99    []int64   `json:"p99"`
	Powers [][]int64 `json:"powers"` // [p, n]: n calls took less than 1<<p ns, and no less than half of it
}

type docTable struct {
	Name    []int32 `json:"name"`
	Calls   []int64 `json:"calls"`
	Errors  []int64 `json:"errors"`
	Time    []int64 `json:"time"`
	Longest []int64 `json:"longest"`
	In      []int64 `json:"in"`
	Out     []int64 `json:"out"`
	Begin   []int64 `json:"begin"`
	End     []int64 `json:"end"`
	Most    []int64 `json:"most"`
	Thread  []int32 `json:"thread"`
	More    int64   `json:"more"` // calls of the last row, which stands for what did not fit
}

type docFrames struct {
	Kind  []frameKind `json:"kind"`
	Name  []int32     `json:"name"`
	Image []int32     `json:"image"`
}

type docStacks struct {
	Parent []int32 `json:"parent"`
	Frame  []int32 `json:"frame"`
	Calls  []int64 `json:"calls"`
	Errors []int64 `json:"errors"`
	Time   []int64 `json:"time"`
}

// texts gives strings their indices.
type texts struct {
	all   []string
	index map[string]int32
}

func (t *texts) of(s string) int32 {
	i, ok := t.index[s]
	if !ok {
		i = int32(len(t.all))
		t.all = append(t.all, s)
		t.index[s] = i
	}
	return i
}

// column is a column of a table by its rows.
func column[R, V any](rows []R, value func(r *R) V) []V {
	all := make([]V, len(rows))
	for i := range rows {
		all[i] = value(&rows[i])
	}
	return all
}

func (r *Report) document() (d *document, strings []string) {
	t := &texts{index: map[string]int32{}}
	t.of("") // is 0
	d = &document{Version: 1, Title: r.o.Title, Chosen: r.o.Chosen, Start: r.start, Span: max(r.end, 1), Signals: r.signals, HasStacks: r.o.Stacks}
	d.Notes = docNotes{r.calls.dropped, r.calls.droppedTime, r.calls.longest, r.notes.threads, r.notes.processes, r.notes.marks, r.notes.kinds, r.notes.nodes}
	for _, c := range categories {
		d.Categories = append(d.Categories, c.name)
	}
	p := r.processes
	d.Processes = docProcs{column(p, func(p *process) int { return p.pid }), column(p, func(p *process) int32 { return p.parent }),
		column(p, func(p *process) int64 { return p.begin }), column(p, func(p *process) int64 { return p.end }),
		column(p, func(p *process) int32 { return t.of(p.command) }), column(p, func(p *process) int32 { return t.of(p.path) }),
		column(p, func(p *process) int32 { return t.of(p.argv) }), column(p, func(p *process) int32 { return t.of(p.ending) }),
		column(p, func(p *process) int64 { return p.calls }), column(p, func(p *process) int64 { return p.errors }),
		column(p, func(p *process) int64 { return p.time })}
	th := r.threads
	for i := range th { // of those that exit_group ends not all are told of
		if end := p[th[i].process].end; th[i].end < 0 {
			th[i].end = end
		}
	}
	d.Threads = docThreads{column(th, func(t *thread) int { return t.tid }), column(th, func(t *thread) int32 { return t.process }),
		column(th, func(t *thread) int64 { return t.begin }), column(th, func(t *thread) int64 { return t.end }),
		column(th, func(x *thread) int32 { return t.of(x.name) })}
	d.Kinds = docKinds{column(r.kinds.all, func(k *kind) int32 { return k.name }), column(r.kinds.all, func(k *kind) int32 { return k.category }),
		column(r.kinds.all, func(k *kind) []int32 { return column(k.args, func(s *string) int32 { return t.of(*s) }) })}
	d.Calls = r.calls.document(t)
	d.Marks = docMarks{column(r.marks, func(m *mark) int64 { return m.at }), column(r.marks, func(m *mark) int32 { return m.thread }),
		column(r.marks, func(m *mark) markKind { return m.kind }), column(r.marks, func(m *mark) int32 { return t.of(m.text) })}
	d.Density = r.calls.density.document()
	d.Summary = r.kinds.document(t)
	d.Files, d.Peers, d.Errors = r.files.document(t), r.peers.document(t), r.errors.document(t)
	f := r.stacks.frames
	d.Frames = docFrames{column(f, func(f *frame) frameKind { return f.kind }), column(f, func(f *frame) int32 { return t.of(f.name) }),
		column(f, func(f *frame) int32 { return t.of(f.image) })}
	n := r.stacks.nodes
	d.Stacks = docStacks{column(n, func(n *node) int32 { return n.parent }), column(n, func(n *node) int32 { return n.frame }),
		column(n, func(n *node) int64 { return n.calls }), column(n, func(n *node) int64 { return n.errors }),
		column(n, func(n *node) int64 { return n.time })}
	return d, t.all
}

// document sorts the calls for the page. It is all that is left of them.
func (k *calls) document(t *texts) docCalls {
	rows, text := k.rows, string(k.text)
	k.rows, k.text = nil, nil
	slices.SortStableFunc(rows, func(a, b call) int { return cmp.Or(cmp.Compare(a.thread, b.thread), cmp.Compare(a.begin, b.begin)) })
	d := docCalls{Thread: column(rows, func(c *call) int32 { return c.thread }), Duration: column(rows, func(c *call) int64 { return c.duration }),
		Kind: column(rows, func(c *call) int32 { return c.kind }), Stack: column(rows, func(c *call) int32 { return c.stack }),
		Errno: column(rows, func(c *call) int32 { return t.of(k.errnos[c.errno]) }),
		Begin: make([]int64, len(rows)), Args: make([]int32, len(rows)), Result: make([]int32, len(rows)), Note: make([]int32, len(rows))}
	last, thread := int64(0), int32(-1)
	for i := range rows {
		c := &rows[i]
		if c.thread != thread {
			last, thread = 0, c.thread
		}
		d.Begin[i], last = c.begin-last, c.begin
		args, result, note := c.texts(text)
		d.Args[i], d.Result[i], d.Note[i] = t.of(args), t.of(result), t.of(note)
	}
	return d
}

func (d *density) document() docDensity {
	places := slices.SortedFunc(maps.Keys(d.cells), func(a, b place) int {
		return cmp.Or(cmp.Compare(a.thread, b.thread), cmp.Compare(a.span, b.span))
	})
	return docDensity{d.width, column(places, func(p *place) int32 { return p.thread }), column(places, func(p *place) int64 { return p.span }),
		column(places, func(p *place) int64 { return d.cells[*p].calls }), column(places, func(p *place) int64 { return d.cells[*p].errors }),
		column(places, func(p *place) int64 { return d.cells[*p].time })}
}

func (k *kinds) document(t *texts) docSummary {
	part := func(part float64) []int64 {
		return column(k.rows, func(c *counter) int64 { return min(max(int64(c.spread.Percentile(part)), c.min), c.max) })
	}
	return docSummary{column(k.rows, func(c *counter) int32 { return t.of(c.name) }), column(k.rows, func(c *counter) int64 { return c.calls }),
		column(k.rows, func(c *counter) int64 { return c.errors }), column(k.rows, func(c *counter) int64 { return c.total }),
		column(k.rows, func(c *counter) int64 { return c.min }), column(k.rows, func(c *counter) int64 { return c.max }),
		part(0.5), part(0.9), part(0.99), column(k.rows, (*counter).powers)}
}

func (c *counter) powers() (pairs []int64) {
	for p, n := range c.spread.Powers() {
		if n > 0 {
			pairs = append(pairs, int64(p), n)
		}
	}
	return pairs
}

// document has what did not fit as its last row.
func (t *table) document(s *texts) docTable {
	names := t.sorted()
	rows := column(names, func(n *string) *tableRow { return t.rows[*n] })
	if t.rest.calls > 0 {
		names, rows = append(names, "(others)"), append(rows, &t.rest)
	}
	value := func(f func(r *tableRow) int64) []int64 {
		return column(rows, func(r **tableRow) int64 { return f(*r) })
	}
	return docTable{column(names, func(n *string) int32 { return s.of(*n) }),
		value(func(r *tableRow) int64 { return r.calls }), value(func(r *tableRow) int64 { return r.errors }),
		value(func(r *tableRow) int64 { return r.time }), value(func(r *tableRow) int64 { return r.longest }),
		value(func(r *tableRow) int64 { return r.in }), value(func(r *tableRow) int64 { return r.out }),
		value(func(r *tableRow) int64 { return r.begin }), value(func(r *tableRow) int64 { return r.end }), value(func(r *tableRow) int64 { return r.most }),
		column(rows, func(r **tableRow) int32 { return (*r).thread }), t.rest.calls}
}
