// The table of -c: what was called how often, and how long it took by the clock.

package calltrace

import (
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/trapline/trapline/syscalls"
)

// Summary says whether calls are counted (-c, -C).
type Summary uint8

const (
	NoSummary   Summary = iota
	OnlySummary         // -c: the table instead of the lines
	WithSummary         // -C: the table after them
)

type counter struct {
	name          string
	nr            uint64
	calls, errors int64
	total         time.Duration
	min, max      time.Duration
	spread        *Spread // nil: nobody asked
}

// By says what the rows of a summary are.
type By uint8

// What rows may be. A call that names several paths counts in each of their rows, and once in the
// total.
const (
	ByCall    By = iota
	ByProcess    // a process while it runs one command
	ByPath
)

// byTitles stand above the names of rows.
var byTitles = [...]string{ByCall: nameTitle, ByProcess: "process", ByPath: "path"}

// maxRows bounds the names that are told apart.
const maxRows = 1 << 16

type key struct {
	abi  *syscalls.ABI
	nr   uint64
	name string // of a process or a path
}

type summary struct {
	rows   map[key]*counter
	all    counter
	spread bool // percentiles or a histogram are wanted
}

func newSummary(spread bool) *summary {
	s := &summary{rows: map[key]*counter{}, spread: spread}
	s.all = counter{name: "total", spread: s.newSpread()}
	return s
}

func (s *summary) newSpread() *Spread {
	if !s.spread {
		return nil
	}
	return &Spread{}
}

// row is the counter of a key. The name of one that is new is made by named.
func (s *summary) row(k key, named func() string) *counter {
	r := s.rows[k]
	if r == nil {
		r = &counter{name: named(), nr: k.nr, spread: s.newSpread()}
		s.rows[k] = r
	}
	return r
}

// add counts a call in the row of its name, or those of names if there are any.
func (s *summary) add(c *syscalls.Call, d time.Duration, names []string) {
	d = max(0, d)
	failed := c.Errno != 0
	s.all.count(d, failed)
	if names == nil {
		s.row(key{abi: c.ABI, nr: c.Nr}, func() string { return c.ABI.CallName(c.Nr) }).count(d, failed)
		return
	}
	for i, name := range names {
		if !slices.Contains(names[:i], name) {
			if len(s.rows) >= maxRows && s.rows[key{name: name}] == nil {
				name = "(others)"
			}
			s.row(key{name: name}, func() string { return name }).count(d, failed)
		}
	}
}

// count counts one call.
func (r *counter) count(d time.Duration, failed bool) {
	r.calls++
	if failed {
		r.errors++
	}
	r.total += d
	if r.calls == 1 || d < r.min {
		r.min = d
	}
	r.max = max(r.max, d)
	if r.spread != nil {
		r.spread.Add(d)
	}
}

// column is one row of the table of columns: its names in -U and -S, what stands above it,
// and how it is shown and ordered.
type column struct {
	names []string
	title string
	width int
	text  func(r *counter, all time.Duration) string
	less  func(a, b *counter) bool
	ours  bool // strace has none such
}

var summaryColumns = []column{
	{[]string{"time-percent", "time", "time_percent"}, "% time", 6, (*counter).percent, byTotal, false},
	{[]string{"total-time", "time-total", "total_time"}, "seconds", 11, func(r *counter, _ time.Duration) string { return seconds(r.total) }, byTotal, false},
	{[]string{"min-time", "shortest", "time-min", "min_time"}, "shortest", 11, func(r *counter, _ time.Duration) string { return seconds(r.min) },
		func(a, b *counter) bool { return a.min > b.min }, false},
	{[]string{"max-time", "max", "longest", "time-max", "max_time"}, "longest", 11, func(r *counter, _ time.Duration) string { return seconds(r.max) },
		func(a, b *counter) bool { return a.max > b.max }, false},
	{[]string{"avg-time", "time-avg", "avg_time"}, "usecs/call", 11, func(r *counter, _ time.Duration) string {
		return strconv.FormatInt(r.average().Microseconds(), 10)
	}, func(a, b *counter) bool { return a.average() > b.average() }, false},
	{[]string{"calls", "count"}, "calls", 9, func(r *counter, _ time.Duration) string { return strconv.FormatInt(r.calls, 10) },
		func(a, b *counter) bool { return a.calls > b.calls }, false},
	{[]string{"errors", "error"}, "errors", 9, func(r *counter, _ time.Duration) string {
		if r.errors == 0 {
			return ""
		}
		return strconv.FormatInt(r.errors, 10)
	}, func(a, b *counter) bool { return a.errors > b.errors }, false},
	{[]string{"name", "syscall", "syscall-name", "syscall_name"}, "syscall", 16, func(r *counter, _ time.Duration) string { return r.name },
		func(a, b *counter) bool { return a.name < b.name }, false},
	{[]string{"nothing", "none"}, "", 0, nil, func(_, _ *counter) bool { return false }, false},
	percentile("p50", 0.5), percentile("p90", 0.9), percentile("p99", 0.99),
	{[]string{"max-us"}, "max us", 9, func(r *counter, _ time.Duration) string { return micro(r.max) }, nil, true},
}

// percentile is a column of durations that a part of the calls does not exceed, in microseconds.
func percentile(name string, part float64) column {
	return column{[]string{name}, name + " us", 8, func(r *counter, _ time.Duration) string {
		return micro(min(max(r.spread.Percentile(part), r.min), r.max))
	}, nil, true}
}

func micro(d time.Duration) string { return strconv.FormatInt(d.Microseconds(), 10) }

// SpreadColumns are those of a table that says how durations spread, for Options.Columns.
var SpreadColumns = []string{"time-percent", "total-time", "p50", "p90", "p99", "max-us", "calls", "errors", "name"}

// spreads says whether columns need more of durations than their sum and bounds.
func spreads(columns []string) bool {
	return slices.ContainsFunc(columns, func(name string) bool { c := columnOf(name); return c != nil && c.ours })
}

const nameTitle = "syscall"

// defaultColumns are those of a table that -U does not choose for.
var defaultColumns = []string{"time-percent", "total-time", "avg-time", "calls", "errors", "name"}

func byTotal(a, b *counter) bool { return a.total > b.total }

func columnOf(name string) *column {
	name = strings.ReplaceAll(name, "_", "-")
	for i := range summaryColumns {
		if slices.Contains(summaryColumns[i].names, name) {
			return &summaryColumns[i]
		}
	}
	return nil
}

// ColumnName is the first name of the column that -U calls name.
func ColumnName(name string) (string, bool) {
	c := columnOf(name)
	if c == nil || c.text == nil || c.ours {
		return "", false
	}
	return c.names[0], true
}

// AnyColumn is ColumnName that knows our own columns, too.
func AnyColumn(name string) (string, bool) {
	c := columnOf(name)
	if c == nil || c.text == nil {
		return "", false
	}
	return c.names[0], true
}

// ColumnNames are the names of all columns.
func ColumnNames() (names []string) {
	for i := range summaryColumns {
		if summaryColumns[i].text != nil {
			names = append(names, summaryColumns[i].names[0])
		}
	}
	return names
}

// SortNames lists what -S takes.
func SortNames() []string { return []string{"calls", "errors", "max", "name", "nothing", "time"} }

// ValidSort reports whether -S takes the name.
func ValidSort(name string) bool {
	c := columnOf(name)
	return c != nil && !c.ours
}

// sorted are the rows in the order of a column.
func (s *summary) sorted(by string) []*counter {
	rows := make([]*counter, 0, len(s.rows))
	for _, r := range s.rows {
		rows = append(rows, r)
	}
	sort.Slice(rows, func(i, j int) bool {
		if rows[i].nr != rows[j].nr {
			return rows[i].nr < rows[j].nr
		}
		return rows[i].name < rows[j].name
	})
	if by == "" {
		by = "time"
	}
	if c := columnOf(by); c != nil {
		sort.SliceStable(rows, func(i, j int) bool { return c.less(rows[i], rows[j]) })
	}
	return rows
}

// table appends a table of rows with the columns of the names.
func (s *summary) table(b []byte, rows []*counter, names []string, by By) []byte {
	if names == nil {
		names = defaultColumns
	}
	shown := make([]*column, 0, len(names)+1)
	for _, n := range names {
		shown = append(shown, columnOf(n))
	}
	name := columnOf("name")
	if !slices.Contains(shown, name) {
		shown = append(shown, name)
	}
	if by != ByCall {
		titled := *name
		titled.title = byTitles[by]
		shown[slices.Index(shown, name)] = &titled
	}
	return appendTable(b, shown, rows, &s.all)
}

func appendTable(b []byte, shown []*column, rows []*counter, all *counter) []byte {
	widths := make([]int, len(shown))
	for i, c := range shown {
		widths[i] = c.width
		for _, r := range append(rows, all) {
			widths[i] = max(widths[i], len(c.text(r, all.total)))
		}
	}
	b = appendRow(b, shown, widths, func(c *column) string { return c.title })
	rule := func() {
		for i, w := range widths {
			if i > 0 {
				b = append(b, ' ')
			}
			b = append(b, strings.Repeat("-", w)...)
		}
		b = append(b, '\n')
	}
	rule()
	for _, r := range rows {
		b = appendRow(b, shown, widths, func(c *column) string { return c.text(r, all.total) })
	}
	rule()
	return appendRow(b, shown, widths, func(c *column) string { return c.text(all, all.total) })
}

// appendRow appends a line of the table: numbers to the right, the name to the left.
func appendRow(b []byte, shown []*column, widths []int, text func(*column) string) []byte {
	for i, c := range shown {
		if i > 0 {
			b = append(b, ' ')
		}
		s := text(c)
		switch {
		case c.names[0] != "name":
			b = padText(b, s, widths[i])
		case i == len(shown)-1:
			b = append(b, s...)
		default:
			b = append(append(b, s...), strings.Repeat(" ", widths[i]-len(s))...)
		}
	}
	return append(b, '\n')
}

func (r *counter) average() time.Duration { return r.total / time.Duration(max(r.calls, 1)) }

func (r *counter) percent(all time.Duration) string {
	percent := 0.0
	if all > 0 {
		percent = 100 * float64(r.total) / float64(all)
	} else if r.name == "total" {
		percent = 100
	}
	return strconv.FormatFloat(percent, 'f', 2, 64)
}

func seconds(d time.Duration) string { return string(appendSeconds(nil, d)) }

func padText(b []byte, s string, width int) []byte {
	for i := len(s); i < width; i++ {
		b = append(b, ' ')
	}
	return append(b, s...)
}
