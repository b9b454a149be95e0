package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/abi"
)

// Filter is a set of names to show: Names, or with Negate all but them. So the zero
// value shows nothing.
type Filter struct {
	// Names of system calls are as typed, also "%class", "/regex" and "?name" (which
	// need not exist); those of signals are in full: "SIGINT".
	Names  []string
	Negate bool
}

// everything is the filter that shows all there is.
var everything = Filter{Negate: true}

// All reports whether the filter shows everything.
func (f Filter) All() bool { return f.Negate && len(f.Names) == 0 }

// None reports whether the filter shows nothing.
func (f Filter) None() bool { return !f.Negate && len(f.Names) == 0 }

// qualifier is what may stand before "=" in -e.
type qualifier struct {
	names []string // with strace's short forms
	what  string
	check func(name string) (full string, ok bool)
	field func(*TraceConfig) *Filter
}

var qualifiers = []qualifier{
	{[]string{"trace", "t"}, "system call", callName, func(cfg *TraceConfig) *Filter { return &cfg.Calls }},
	{[]string{"signal", "signals", "s"}, "signal", signalName, func(cfg *TraceConfig) *Filter { return &cfg.Signals }},
}

// parseFilters reads the values of -e. As with strace the last one of a kind wins.
func parseFilters(c *cobra.Command, exprs []string, cfg *TraceConfig) error {
	cfg.Calls, cfg.Signals = everything, everything
	for _, expr := range exprs {
		name, list, ok := strings.Cut(expr, "=")
		if !ok {
			name, list = "trace", expr
		}
		i := slices.IndexFunc(qualifiers, func(q qualifier) bool { return slices.Contains(q.names, name) })
		if i < 0 {
			return usagef(c, "-e %s: %q is not known", expr, name).try("use -e trace=NAMES or -e signal=NAMES")
		}
		f, err := qualifiers[i].parse(c, list)
		if err != nil {
			return err
		}
		*qualifiers[i].field(cfg) = f
	}
	return nil
}

// parse reads a comma list: "all", "none", or names, with ! before it all.
func (q *qualifier) parse(c *cobra.Command, list string) (Filter, error) {
	rest, negate := strings.CutPrefix(list, "!")
	switch rest {
	case "all":
		return Filter{Negate: !negate}, nil
	case "none":
		return Filter{Negate: negate}, nil
	}
	f := Filter{Negate: negate}
	for _, name := range strings.Split(rest, ",") {
		full, ok := q.check(name)
		if !ok {
			return Filter{}, usagef(c, "-e %s: %q is no %s", list, name, q.what)
		}
		f.Names = append(f.Names, full)
	}
	return f, nil
}

// callName accepts any word: which calls and classes exist is for the tables of the
// kernel that is traced.
func callName(name string) (string, bool) { return name, name != "" }

func signalName(name string) (string, bool) {
	row := abi.Linux.SignalByName(name)
	if row == nil {
		return "", false
	}
	return row.Name, true
}
