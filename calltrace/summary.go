// The table of -c: what was called how often, and how long it took by the clock.

package calltrace

import (
	"sort"
	"strconv"
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
	total, max    time.Duration
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
	r.max = max(r.max, d)
}

// orders are the values of -S.
var orders = map[string]func(a, b *counter) bool{
	"":        func(a, b *counter) bool { return a.total > b.total },
	"time":    func(a, b *counter) bool { return a.total > b.total },
	"calls":   func(a, b *counter) bool { return a.calls > b.calls },
	"errors":  func(a, b *counter) bool { return a.errors > b.errors },
	"name":    func(a, b *counter) bool { return a.name < b.name },
	"max":     func(a, b *counter) bool { return a.max > b.max },
	"nothing": func(a, b *counter) bool { return false },
}

// aliases of the orders, as strace has them.
var orderNames = map[string]string{
	"time-total": "time", "total-time": "time", "count": "calls", "error": "errors", "syscall": "name", "syscall-name": "name",
	"time-max": "max", "max-time": "max", "none": "nothing",
}

// SortNames lists what -S takes.
func SortNames() []string {
	var names []string
	for n := range orders {
		if n != "" {
			names = append(names, n)
		}
	}
	sort.Strings(names)
	return names
}

// ValidSort reports whether -S takes the name.
func ValidSort(name string) bool {
	if n, ok := orderNames[name]; ok {
		name = n
	}
	return orders[name] != nil
}

// table appends the table.
func (s *summary) table(b []byte, by string) []byte {
	if n, ok := orderNames[by]; ok {
		by = n
	}
	rows := make([]*counter, 0, len(s.rows))
	all := counter{name: "total"}
	for _, r := range s.rows {
		rows = append(rows, r)
		all.calls += r.calls
		all.errors += r.errors
		all.total += r.total
	}
	sort.Slice(rows, func(i, j int) bool {
		if rows[i].nr != rows[j].nr {
			return rows[i].nr < rows[j].nr
		}
		return rows[i].name < rows[j].name
	})
	if less := orders[by]; less != nil {
		sort.SliceStable(rows, func(i, j int) bool { return less(rows[i], rows[j]) })
	}
	const rule = "------ ----------- ----------- --------- --------- ----------------\n"
	b = append(b, "% time     seconds  usecs/call     calls    errors syscall\n"+rule...)
	for _, r := range rows {
		b = r.append(b, all.total)
	}
	b = append(b, rule...)
	return all.append(b, all.total)
}

func (r *counter) append(b []byte, all time.Duration) []byte {
	percent := int64(0)
	if all > 0 {
		percent = int64(float64(r.total)*10000/float64(all) + 0.5)
	} else if r.name == "total" {
		percent = 10000
	}
	b = padLeft(b, percent/100, 3, ' ')
	b = append(b, '.')
	b = padLeft(b, percent%100, 2, '0')
	b = append(b, ' ')
	b = padText(b, string(appendSeconds(nil, r.total)), 11)
	usecs := int64(0)
	if r.calls > 0 {
		usecs = r.total.Microseconds() / r.calls
	}
	b = append(b, ' ')
	b = padLeft(b, usecs, 11, ' ')
	b = append(b, ' ')
	b = padLeft(b, r.calls, 9, ' ')
	b = append(b, ' ')
	errors := ""
	if r.errors > 0 {
		errors = strconv.FormatInt(r.errors, 10)
	}
	b = padText(b, errors, 9)
	b = append(b, ' ')
	b = append(b, r.name...)
	return append(b, '\n')
}

func padText(b []byte, s string, width int) []byte {
	for i := len(s); i < width; i++ {
		b = append(b, ' ')
	}
	return append(b, s...)
}
