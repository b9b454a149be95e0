// Rows are looked up on every traced call and signal, so a number must cost a few
// nanoseconds: the rows are kept in order of their numbers, and most of them stand at the
// place their number predicts. Names come from people and are looked up rarely: a scan does.

package abi

import (
	"sort"
	"strconv"
	"strings"
)

// Signal returns the row of signal n, or nil when the OS has none.
func (o *OS) Signal(n int) *SignalRow {
	return byNumber(o.Signals, n, func(r *SignalRow) int { return r.Num })
}

// Errno returns the row of error number n, or nil when the OS has none.
func (o *OS) Errno(n int) *ErrnoRow {
	return byNumber(o.Errnos, n, func(r *ErrnoRow) int { return r.Num })
}

// ErrnoOf turns an error number of one system into that of another which has the same name: a
// kernel that runs programs of several tells errors by its own numbers. One without a
// counterpart stays as it is.
func (o *OS) ErrnoOf(kernel *OS, n int) int {
	if o == kernel {
		return n
	}
	if r := kernel.Errno(n); r != nil {
		if own := o.ErrnoByName(r.Name); own != nil {
			return own.Num
		}
	}
	return n
}

// byNumber finds a row in rows sorted by number, nil when there is none.
func byNumber[Row any](rows []Row, n int, num func(*Row) int) *Row {
	if i := n - 1; i >= 0 && i < len(rows) && num(&rows[i]) == n {
		return &rows[i]
	}
	i := sort.Search(len(rows), func(i int) bool { return num(&rows[i]) >= n })
	if i < len(rows) && num(&rows[i]) == n {
		return &rows[i]
	}
	return nil
}

// SignalName returns the name of signal n, "SIGINT", or "SIG" and the number when the OS
// has no such signal.
func (o *OS) SignalName(n int) string {
	if r := o.Signal(n); r != nil {
		return r.Name
	}
	return "SIG" + strconv.Itoa(n)
}

// ErrnoName returns the name of error n, "ENOENT", or "errno " and the number when the OS
// has no such error.
func (o *OS) ErrnoName(n int) string {
	if r := o.Errno(n); r != nil {
		return r.Name
	}
	return "errno " + strconv.Itoa(n)
}

// aliases are second names of signals and errors; a pair counts only where the OS has a row
// named by its second half and none by its first.
var aliases = map[string]string{
	"SIGIOT":      "SIGABRT",
	"SIGCLD":      "SIGCHLD",
	"SIGPOLL":     "SIGIO",
	"SIGIO":       "SIGPOLL",
	"SIGUNUSED":   "SIGSYS",
	"SIGLWP":      "SIGTHR",
	"EWOULDBLOCK": "EAGAIN",
	"EDEADLOCK":   "EDEADLK",
	"ENOTSUP":     "EOPNOTSUPP",
	"EOPNOTSUPP":  "ENOTSUP",
}

// SignalByName finds a signal by the ways people write one: "SIGINT", "INT", "sigint", "2",
// gdb's "SIG34", and the C library's "SIGRTMIN+1" and "SIGRTMAX-2" (whose SIGRTMIN is two
// above the kernel's on Linux; plain "SIGRTMIN" is the row of that name).
// It returns nil when nothing fits.
func (o *OS) SignalByName(name string) *SignalRow {
	s := strings.ToUpper(strings.TrimSpace(name))
	if n, err := strconv.Atoi(s); err == nil {
		return o.Signal(n)
	}
	s = strings.TrimPrefix(s, "SIG")
	if n, err := strconv.Atoi(s); err == nil {
		return o.Signal(n)
	}
	if n, ok := o.realtime(s); ok {
		return o.Signal(n)
	}
	return byName(o.Signals, "SIG"+s, func(r *SignalRow) string { return r.Name })
}

// byName finds a row by its name, or else by the other name that aliases has for it.
func byName[Row any](rows []Row, name string, of func(*Row) string) *Row {
	for _, name := range []string{name, aliases[name]} {
		for i := range rows {
			if name != "" && of(&rows[i]) == name {
				return &rows[i]
			}
		}
	}
	return nil
}

// realtime resolves "RTMIN+n", "RTMAX-n" and "RTMAX" as the C library of the OS counts them.
func (o *OS) realtime(s string) (int, bool) {
	min, max := 0, 0
	for i := range o.Signals {
		switch {
		case o.Signals[i].Name == "SIGRTMIN":
			min = o.Signals[i].Num
		case strings.HasPrefix(o.Signals[i].Name, "SIGRT_"):
			max = o.Signals[i].Num
		}
	}
	if min == 0 {
		return 0, false
	}
	if o == Linux {
		min += 2 // glibc and musl keep two for their threads
	}
	if s == "RTMAX" {
		return max, true
	}
	if d, ok := strings.CutPrefix(s, "RTMIN+"); ok {
		n, err := strconv.ParseUint(d, 10, 8)
		return min + int(n), err == nil && min+int(n) <= max
	}
	if d, ok := strings.CutPrefix(s, "RTMAX-"); ok {
		n, err := strconv.ParseUint(d, 10, 8)
		return max - int(n), err == nil && max-int(n) >= min
	}
	return 0, false
}

// ErrnoByName finds an error by its name, "ENOENT" in either case, or its number. It returns
// nil when nothing fits.
func (o *OS) ErrnoByName(name string) *ErrnoRow {
	s := strings.ToUpper(strings.TrimSpace(name))
	if n, err := strconv.Atoi(s); err == nil {
		return o.Errno(n)
	}
	return byName(o.Errnos, s, func(r *ErrnoRow) string { return r.Name })
}
