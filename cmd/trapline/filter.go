package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/strace"
	"github.com/trapline/trapline/syscalls"
)

// qualifier is what may stand before "=" in -e.
type qualifier struct {
	names []string // with strace's short forms
	set   func(show *calltrace.Options, list string, os *abi.OS) error
}

var qualifiers = []qualifier{
	{[]string{"trace", "t"}, callSet(func(show *calltrace.Options) **syscalls.Set { return &show.Filter })},
	{[]string{"raw", "x"}, callSet(func(show *calltrace.Options) **syscalls.Set { return &show.Raw })},
	{[]string{"verbose", "v"}, callSet(func(show *calltrace.Options) **syscalls.Set { return &show.Verbose })},
	{[]string{"signal", "signals", "s"}, setSignals},
	{[]string{"status"}, setStatus},
}

// parseFilters reads the values of -e for a kernel of os, whose signals are meant. As with strace
// the last one of a kind wins.
func parseFilters(c *cobra.Command, exprs []string, cfg *TraceConfig, os *abi.OS) error {
	show := &cfg.Show
	for _, expr := range exprs {
		name, list, ok := strings.Cut(expr, "=")
		if !ok {
			name, list = "trace", expr
		}
		i := slices.IndexFunc(qualifiers, func(q qualifier) bool { return slices.Contains(q.names, name) })
		if i < 0 && slices.Contains(strace.Qualifiers(), name) {
			if err := cfg.More.Expression(expr); err != nil {
				f := usagef(c, "-e %s: %w", expr, err)
				if advice := strace.Advice(err); advice != "" {
					f.remedy = advice
				}
				return f
			}
			continue
		}
		if i < 0 {
			return usagef(c, "-e %s: %q is not known", expr, name).try("%s", spell.Advice(name, qualifierNames()))
		}
		if err := qualifiers[i].set(show, list, os); err != nil {
			f := usagef(c, "-e %s: %w", expr, err)
			if strings.Contains(err.Error(), "; ") { // it says itself what to do
				f.remedy = ""
			}
			return f
		}
	}
	return nil
}

// qualifierNames are those that -e takes, without short forms.
func qualifierNames() (names []string) {
	for _, name := range strace.Qualifiers() {
		if len(name) > 1 && !slices.Contains(names, strings.TrimSuffix(name, "s")) {
			names = append(names, name)
		}
	}
	return names
}

// callSet is a qualifier whose list names system calls.
func callSet(field func(*calltrace.Options) **syscalls.Set) func(*calltrace.Options, string, *abi.OS) error {
	return func(show *calltrace.Options, list string, _ *abi.OS) (err error) {
		*field(show), err = syscalls.ParseSet(list)
		return err
	}
}

// setSignals reads a list of signals: "all", "none" or names, with ! before it all.
func setSignals(show *calltrace.Options, list string, os *abi.OS) error {
	rest, negate := strings.CutPrefix(list, "!")
	in := map[int]bool{}
	switch rest {
	case "all":
		negate = !negate
	case "none":
	default:
		for _, name := range strings.Split(rest, ",") {
			row := os.SignalByName(name)
			if row == nil {
				return noSignal(name, os)
			}
			in[row.Num] = true
		}
	}
	show.Signals = func(signo int) bool { return in[signo] != negate }
	return nil
}

func noSignal(name string, os *abi.OS) error {
	var names []string
	for _, row := range os.Signals {
		names = append(names, row.Name)
	}
	full := "SIG" + strings.TrimPrefix(strings.ToUpper(name), "SIG")
	if near := spell.Near(full, names, 2); name != "" && len(near) > 0 {
		return fmt.Errorf("%q is no signal; did you mean %s?", name, strings.Join(near, " or "))
	}
	return fmt.Errorf("%q is no signal; kill -l lists them", name)
}

var statuses = map[string]calltrace.Status{
	"successful": calltrace.Successful, "failed": calltrace.Failed, "all": calltrace.AnyStatus,
}

func setStatus(show *calltrace.Options, list string, _ *abi.OS) error {
	status, ok := statuses[list]
	if !ok {
		return fmt.Errorf("%q is none of successful, failed, all", list)
	}
	show.Status = status
	return nil
}
