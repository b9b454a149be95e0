package kern

// The machine for people: what it is doing now, as text. It is what a lecture on operating
// systems draws on the blackboard, of a live system, between any two of its steps; nothing
// here changes it.

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// DescribeWidth is how long lines are at most.
const DescribeWidth = 100

// A viewRow is a row of what Describe can show.
type viewRow struct {
	name, text string
	machine    func(m *Machine, d *description)
	process    func(p *Proc, d *description) // or of one process, whose id is given
}

// viewRows are the views, in the order in which they are told.
var viewRows []viewRow

func init() {
	viewRows = []viewRow{
		{"tree", "processes: whose children they are, what they do", (*Machine).describeTree, nil},
		{"threads", "threads: what they sleep on, the call they are in, signals", (*Machine).describeThreads, nil},
		{"signals", "signals: pending, blocked, ignored, caught", (*Machine).describeSignals, nil},
		{"jobs", "sessions, their terminals and process groups", (*Machine).describeJobs, nil},
		{"files PID", "descriptors of a process, and what is in pipes", nil, (*Proc).describeFiles},
		{"vm PID", "address space of a process: entries, and the objects behind each", nil, (*Proc).describeSpace},
		{"queues", "who is to run, who sleeps on what, timers, futexes", (*Machine).describeQueues, nil},
		{"stats", "what was counted: instructions, calls, memory, process ids", (*Machine).describeStats, nil},
	}
}

// View is something that Describe can show.
type View struct{ Name, Text string }

// Views are all there are.
func Views() []View {
	var all []View
	for _, row := range viewRows {
		all = append(all, View{row.name, row.text})
	}
	return all
}

// Describe writes a picture of the machine: of all of it in short (""), or one of Views, as
// "vm 12". The error says what there is instead.
func (m *Machine) Describe(w io.Writer, what string) error {
	d := &description{}
	words := strings.Fields(what)
	if len(words) == 0 {
		m.describeAll(d)
		return d.write(w)
	}
	i := slices.IndexFunc(viewRows, func(r viewRow) bool { return strings.Fields(r.name)[0] == words[0] })
	if i < 0 {
		var names []string
		for _, row := range viewRows {
			names = append(names, row.name)
		}
		return fmt.Errorf("the kernel has no view %q: there is %s", words[0], strings.Join(names, ", "))
	}
	row := viewRows[i]
	if row.process == nil {
		row.machine(m, d)
		return d.write(w)
	}
	if len(words) < 2 {
		return fmt.Errorf("%s: which process?", row.name)
	}
	pid, err := strconv.Atoi(words[1])
	p := m.Proc(pid)
	if err != nil || p == nil {
		return fmt.Errorf("%s: there is no process %s", words[0], words[1])
	}
	row.process(p, d)
	return d.write(w)
}

// description is a text in the making.
type description struct{ strings.Builder }

// linef adds a line, cut to the width.
func (d *description) linef(format string, args ...any) {
	d.cut(fmt.Sprintf(format, args...))
}

func (d *description) cut(line string) {
	line = strings.TrimRight(strings.Map(printable, line), " ")
	if r := []rune(line); len(r) > DescribeWidth {
		line = string(r[:DescribeWidth-3]) + "..."
	}
	d.WriteString(line + "\n")
}

// printable keeps programs' own names from being anything but text.
func printable(r rune) rune {
	if strconv.IsPrint(r) {
		return r
	}
	return '?'
}

func (d *description) write(w io.Writer) error {
	_, err := io.WriteString(w, d.String())
	return err
}

// list adds words after a label, on as many lines as they need.
func (d *description) list(label string, words []string) {
	line := label
	indent := strings.Repeat(" ", min(len(label), DescribeWidth/2))
	for _, word := range words {
		if len(line)+1+len(word) > DescribeWidth && strings.TrimSpace(line) != "" && line != label {
			d.cut(line)
			line = indent
		}
		line += " " + word
	}
	d.cut(line)
}

// columns are rows of cells to be put under each other. The first row is what is above them.
type columns struct{ rows [][]string }

// head makes columns with headings; those that begin with > have numbers.
func head(cells ...string) *columns { return &columns{[][]string{cells}} }

func (c *columns) row(cells ...any) {
	var all []string
	for _, cell := range cells {
		all = append(all, strings.Map(printable, fmt.Sprint(cell)))
	}
	c.rows = append(c.rows, all)
}

// table adds columns.
func (d *description) table(c *columns) {
	if len(c.rows) == 1 {
		d.linef("  none")
		return
	}
	widths := make([]int, len(c.rows[0]))
	right := make([]bool, len(c.rows[0]))
	for i, cell := range c.rows[0] {
		c.rows[0][i], right[i] = strings.CutPrefix(cell, ">")
	}
	for _, row := range c.rows {
		for i, cell := range row {
			widths[i] = max(widths[i], len([]rune(cell)))
		}
	}
	for _, row := range c.rows {
		var b strings.Builder
		for i, cell := range row {
			pad := strings.Repeat(" ", widths[i]-len([]rune(cell)))
			if right[i] {
				cell = pad + cell
			} else {
				cell += pad
			}
			b.WriteString(cell + "  ")
		}
		d.cut(b.String())
	}
}

// String names a thread by its program and its id.
func (t *Thread) String() string { return t.Proc.Comm + "/" + strconv.Itoa(t.TID) }

// String names a process, likewise.
func (p *Proc) String() string { return p.Comm + "/" + strconv.Itoa(p.PID) }

// clock is a time in a form to be read.
func clock(ns int64) string { return fmt.Sprintf("%d.%09ds", ns/1e9, ns%1e9) }

// describeAll is the machine in short.
func (m *Machine) describeAll(d *description) {
	alive, threads := 0, 0
	for _, p := range m.order {
		if p.State < Zombie {
			alive++
		}
		threads += p.living()
	}
	d.linef("%s at %s, after %d steps: %d processes alive, %d zombies, %d threads, %d to run", m.System.Name, clock(m.now), m.steps,
		alive, len(m.order)-alive, threads, len(m.runq))
	d.linef("memory: %d of %d pages in use", m.Mem.Used(), m.Mem.Limit())
	if m.Unmodeled != nil {
		d.linef("it does not go on: %v", m.Unmodeled)
	}
	d.linef("")
	m.describeTree(d)
	d.linef("")
	d.linef("more:")
	for _, v := range Views() {
		d.linef("  %-10s %s", v.Name, v.Text)
	}
}
