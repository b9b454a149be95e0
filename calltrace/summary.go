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
}

type key struct {
	abi *syscalls.ABI
	nr  uint64
}

type summary struct{ rows map[key]*counter }

func newSummary() *summary { return &summary{rows: map[key]*counter{}} }

func (s *summary) add(c *syscalls.Call, d time.Duration) {
	k := key{c.ABI, c.Nr}
	r := s.rows[k]
	if r == nil {
		r = &counter{name: c.ABI.CallName(c.Nr), nr: c.Nr}
		s.rows[k] = r
	}
	r.calls++
	if c.Errno != 0 {
		r.errors++
	}
	r.total += max(0, d)
	d = max(0, d)
	if r.calls == 1 || d < r.min {
		r.min = d
	}
	r.max = max(r.max, d)
}

// column is one row of the table of columns: its names in -U and -S, what stands above it,
// and how it is shown and ordered.
type column struct {
	names []string
	title string
	width int
	text  func(r *counter, all time.Duration) string
	less  func(a, b *counter) bool
}

var summaryColumns = []column{
	{[]string{"time-percent", "time", "time_percent"}, "% time", 6, (*counter).percent, byTotal},
	{[]string{"total-time", "time-total", "total_time"}, "seconds", 11, func(r *counter, _ time.Duration) string { return seconds(r.total) }, byTotal},
	{[]string{"min-time", "shortest", "time-min", "min_time"}, "shortest", 11, func(r *counter, _ time.Duration) string { return seconds(r.min) },
		func(a, b *counter) bool { return a.min > b.min }},
	{[]string{"max-time", "max", "longest", "time-max", "max_time"}, "longest", 11, func(r *counter, _ time.Duration) string { return seconds(r.max) },
		func(a, b *counter) bool { return a.max > b.max }},
	{[]string{"avg-time", "time-avg", "avg_time"}, "usecs/call", 11, func(r *counter, _ time.Duration) string {
		return strconv.FormatInt(r.average().Microseconds(), 10)
	}, func(a, b *counter) bool { return a.average() > b.average() }},
	{[]string{"calls", "count"}, "calls", 9, func(r *counter, _ time.Duration) string { return strconv.FormatInt(r.calls, 10) },
		func(a, b *counter) bool { return a.calls > b.calls }},
	{[]string{"errors", "error"}, "errors", 9, func(r *counter, _ time.Duration) string {
		if r.errors == 0 {
			return ""
		}
		return strconv.FormatInt(r.errors, 10)
	}, func(a, b *counter) bool { return a.errors > b.errors }},
	{[]string{"name", "syscall", "syscall-name", "syscall_name"}, "syscall", 16, func(r *counter, _ time.Duration) string { return r.name },
		func(a, b *counter) bool { return a.name < b.name }},
	{[]string{"nothing", "none"}, "", 0, nil, func(_, _ *counter) bool { return false }},
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
	if c == nil || c.text == nil {
		return "", false
	}
	return c.names[0], true
}

// SortNames lists what -S takes.
func SortNames() []string { return []string{"calls", "errors", "max", "name", "nothing", "time"} }

// ValidSort reports whether -S takes the name.
func ValidSort(name string) bool { return columnOf(name) != nil }

// table appends the table with the columns of the names.
func (s *summary) table(b []byte, by string, names []string) []byte {
	rows := make([]*counter, 0, len(s.rows))
	all := counter{name: "total"}
	for _, r := range s.rows {
		rows = append(rows, r)
		all.add(r)
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
	if names == nil {
		names = defaultColumns
	}
	shown := make([]*column, 0, len(names)+1)
	for _, n := range names {
		shown = append(shown, columnOf(n))
	}
	if name := columnOf("name"); !slices.Contains(shown, name) {
		shown = append(shown, name)
	}
	return appendTable(b, shown, rows, &all)
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
		case c.title != nameTitle:
			b = padText(b, s, widths[i])
		case i == len(shown)-1:
			b = append(b, s...)
		default:
			b = append(append(b, s...), strings.Repeat(" ", widths[i]-len(s))...)
		}
	}
	return append(b, '\n')
}

// add counts another counter's calls, too.
func (r *counter) add(o *counter) {
	if r.calls == 0 || o.min < r.min {
		r.min = o.min
	}
	r.calls, r.errors, r.total = r.calls+o.calls, r.errors+o.errors, r.total+o.total
	r.max = max(r.max, o.max)
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
