package main

// What `trapline trace` has beyond strace: calls chosen by an expression, and forms of the
// trace for other programs.

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/calltrace/report"
	"github.com/trapline/trapline/calltrace/where"
	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/tracer"
)

// traceForms are the values of --format, and what makes their encoder; none for lines.
var traceForms = []struct {
	name string
	make func() calltrace.Encoder
}{
	{"text", func() calltrace.Encoder { return nil }},
	{"json", func() calltrace.Encoder { return &calltrace.JSONLines{} }},
	{"chrome", func() calltrace.Encoder { return &calltrace.Chrome{} }},
	{"pprof", func() calltrace.Encoder { return &calltrace.Pprof{} }},
}

func formatNames() []string {
	var names []string
	for _, f := range traceForms {
		names = append(names, f.name)
	}
	return names
}

// encoder is what a value of --format stands for.
func encoder(c *cobra.Command, name string) (calltrace.Encoder, error) {
	for _, f := range traceForms {
		if f.name == name {
			return f.make(), nil
		}
	}
	return nil, usagef(c, "--format %s: there is no such form", name).try("%s", spell.Advice(name, formatNames()))
}

// page makes the trace a page (--report), whose tables want to know what descriptors refer to.
func (fl *traceFlags) page(cfg *TraceConfig, args []string) {
	if fl.report == "" {
		return
	}
	title := args
	if len(fl.pids) > 0 {
		title = append([]string{"-p", strings.Join(fl.pids, ",")}, args...)
	}
	cfg.FDs = max(cfg.FDs, 1)
	cfg.Page = report.New(report.Options{Title: strings.Join(title, " "), Chosen: fl.chosen(), Stacks: cfg.Stacks})
	cfg.Encoder = cfg.Page
}

// chosen are the options that choose calls, as they were given.
func (fl *traceFlags) chosen() string {
	var words []string
	add := func(given bool, text ...string) {
		if given {
			words = append(words, text...)
		}
	}
	for _, f := range fl.filters {
		add(true, "-e", f)
	}
	add(fl.where != "", "--where", strconv.Quote(fl.where))
	add(fl.slower > 0, "--slower", fl.slower.String())
	add(fl.successful, "-z")
	add(fl.failed, "-Z")
	return strings.Join(words, " ")
}

// choose reads --where and --slower.
func (fl *traceFlags) choose(c *cobra.Command, show *calltrace.Options) error {
	if c.Flags().Changed("where") {
		e, err := where.Parse(fl.where)
		if err != nil {
			return usagef(c, "--where: %w", err).try("")
		}
		show.Where, show.Filter = e, e.Narrow(show.Filter)
	}
	if fl.slower > 0 {
		show.Where = where.And(show.Where, where.Slower(fl.slower))
	}
	return nil
}

// whereFields are the fields of --where for the help.
func whereFields() string {
	var rows []string
	for _, f := range where.Fields() {
		rows = append(rows, f.Name)
	}
	return strings.Join(rows, ", ")
}

// summaryBy is the value of --summary-by.
type summaryBy struct {
	calltrace.By
	set bool
}

// summaryThings are what the table can have rows of.
var summaryThings = []struct {
	name string
	by   calltrace.By
}{{"syscall", calltrace.ByCall}, {"process", calltrace.ByProcess}, {"path", calltrace.ByPath}}

func summaryNames() []string {
	var names []string
	for _, row := range summaryThings {
		names = append(names, row.name)
	}
	return names
}

func (b *summaryBy) String() string { return "" }
func (b *summaryBy) Type() string   { return "thing" }

// Set implements pflag.Value.
func (b *summaryBy) Set(s string) error {
	for _, row := range summaryThings {
		if row.name == s {
			b.By, b.set = row.by, true
			return nil
		}
	}
	return fmt.Errorf("%q is none of %s", s, strings.Join(summaryNames(), ", "))
}

// totals are what the closing line of a trace says: of all calls that were traced, shown or not.
type totals struct {
	begun                    time.Time
	calls, errors, processes int
}

// count counts an event.
func (n *totals) count(e *tracer.Event) {
	switch e.Kind {
	case tracer.EvSyscallExit:
		n.calls++
		if e.Thread.Call.Failed {
			n.errors++
		}
	case tracer.EvProcessNew:
		n.processes++
	}
}

// line is the line, after d.
func (n *totals) line(d time.Duration) string {
	many := func(n int, one, plural string) string {
		if n == 1 {
			return "1 " + one
		}
		return strconv.Itoa(n) + " " + plural
	}
	precision := time.Millisecond / 10
	if d >= time.Second {
		precision = time.Millisecond
	}
	return fmt.Sprintf("%s, %s, %s, %s", many(n.calls, "call", "calls"), many(n.errors, "error", "errors"), many(n.processes, "process", "processes"),
		d.Round(precision))
}
