package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"
)

// Summary is whether calls are listed, counted, or both.
type Summary uint8

// The kinds of summary.
const (
	SummaryNone Summary = iota
	SummaryOnly         // -c
	SummaryToo          // -C
)

// SortKey is the column that a summary is sorted by.
type SortKey string

// The columns of a summary.
const (
	SortTime   SortKey = "time"
	SortCalls  SortKey = "calls"
	SortErrors SortKey = "errors"
	SortName   SortKey = "name"
	SortNone   SortKey = "none"
)

// traceFlags are the flags that have to be read before they mean something.
type traceFlags struct {
	pids       []string
	filters    []string
	output     string
	env        []string
	user       string
	counts     bool
	both       bool
	follow     int
	descriptor int
}

// newTrace is `trapline trace`: the system calls of programs, in strace's form.
func newTrace(a *app) *cobra.Command {
	var cfg TraceConfig
	var fl traceFlags
	c := &cobra.Command{
		Use:   "trace [flags] PROG [ARGS]\n  trapline trace [flags] -p PID",
		Short: "Print the system calls of a program or a running process",
		Long: `Runs PROG, or attaches to the processes of -p, and prints each system call with its
arguments and result, and each signal, in strace's form, on standard error or to the
file of -o. A traced program ends as it would have untraced, and its exit status is
trapline's. ^C lets attached processes go.

-e takes what strace's does: trace=NAMES or plain NAMES for system calls and signal=NAMES
for signals. NAMES is a comma list; ! before it means all but these. A name may be a
class such as %file or %network, or /REGEX.`,
		Example: `  trapline trace -f -o build.trace make -j2
  trapline trace -e openat,connect -y -T curl example.org
  trapline trace -c -p 1234,1240`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if err := fl.apply(c, &cfg, args); err != nil {
				return err
			}
			return a.trace(c, cfg, fl.output)
		},
		ValidArgsFunction: completeProgram,
	}
	f := c.Flags()
	f.SetInterspersed(false)
	// Usages that start with an empty `` name no value: these flags count.
	f.CountVarP(&fl.follow, "follow", "f", "``trace the processes and threads the program makes, too")
	f.StringArrayVarP(&fl.pids, "pid", "p", nil, "attach to `PID`s, a comma list (may be repeated)")
	f.StringVarP(&fl.output, "output", "o", "", "write the trace to `FILE`")
	f.StringArrayVarP(&fl.filters, "expr", "e", nil, "what to show: trace=`NAMES`, signal=NAMES (may be repeated)")
	f.IntVarP(&cfg.StringLimit, "string-limit", "s", 32, "show at most `N` bytes of a string")
	f.CountVarP(&cfg.Timestamp, "timestamps", "t", "``start lines with the time; -tt with microseconds, -ttt since the Epoch")
	f.BoolVarP(&cfg.Relative, "relative-timestamps", "r", false, "start lines with the time since the line before")
	f.BoolVarP(&cfg.Duration, "syscall-times", "T", false, "end lines with the time spent in the call")
	f.BoolVarP(&fl.counts, "summary-only", "c", false, "count calls, errors and time instead of listing calls")
	f.BoolVarP(&fl.both, "summary", "C", false, "list calls and count them, too")
	f.VarP(newChoice(&cfg.SortBy, SortTime, SortCalls, SortErrors, SortName, SortNone), "summary-sort-by", "S",
		"sort the counts by time, calls, errors, name or none")
	f.BoolVarP(&cfg.IP, "instruction-pointer", "i", false, "show the instruction pointer")
	f.BoolVarP(&cfg.Number, "syscall-number", "n", false, "show the call's number")
	f.CountVarP(&fl.descriptor, "decode-fds", "y", "``show what descriptors refer to; -yy addresses of sockets, too")
	f.BoolVarP(&cfg.Verbose, "no-abbrev", "v", false, "show structures in full")
	f.CountVarP(&cfg.Hex, "hex", "x", "``show strings that are not text in hexadecimal; -xx all strings")
	f.IntVarP(&cfg.Column, "columns", "a", 40, "align results to column `COL`")
	f.CountVarP(&cfg.Quiet, "quiet", "q", "``no messages of attaching and exiting; -qq no exit statuses")
	f.StringArrayVarP(&fl.env, "env", "E", nil, "set `NAME=VALUE` for the program, or unset NAME (may be repeated)")
	f.StringVarP(&fl.user, "user", "u", "", "run the program as `USER`")
	for _, name := range []string{"pid", "user"} {
		_ = c.RegisterFlagCompletionFunc(name, flagCompletions[name])
	}
	return c
}

var flagCompletions = map[string]cobra.CompletionFunc{
	"pid": func(c *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return completePID(c, nil, prefix)
	},
	"user": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return userNames(), cobra.ShellCompDirectiveNoFileComp
	},
}

// apply turns the flags and arguments into the configuration, or says why they make
// no sense.
func (fl *traceFlags) apply(c *cobra.Command, cfg *TraceConfig, args []string) error {
	cfg.Follow, cfg.FDs = fl.follow > 0, fl.descriptor
	switch {
	case fl.counts && fl.both:
		return usagef(c, "-c and -C exclude each other")
	case fl.counts:
		cfg.Summary = SummaryOnly
	case fl.both:
		cfg.Summary = SummaryToo
	}
	switch {
	case fl.follow > 1:
		return usagef(c, "-ff is not known").try("-f -o FILE names the process on each line")
	case cfg.Timestamp > 3:
		return usagef(c, "-t may be given three times at most")
	case cfg.StringLimit < 0:
		return usagef(c, "-s %d is negative", cfg.StringLimit)
	case cfg.Column < 0:
		return usagef(c, "-a %d is negative", cfg.Column)
	case len(args) == 0 && len(fl.pids) == 0:
		return usagef(c, "neither a program nor -p is given").try("as in: trapline trace ls, or trapline trace -p 1234")
	case len(args) == 0 && (fl.user != "" || len(fl.env) > 0):
		return usagef(c, "-u and -E are for a program that is started").try("name the program, or leave them out")
	}
	if err := parseFilters(c, fl.filters, cfg); err != nil {
		return err
	}
	if err := fl.parsePIDs(c, cfg); err != nil {
		return err
	}
	if len(args) == 0 {
		return nil
	}
	return fl.program(c, cfg, args)
}

// program fills in what is started, and as whom.
func (fl *traceFlags) program(c *cobra.Command, cfg *TraceConfig, args []string) (err error) {
	cfg.Program, cfg.Args = args[0], args[1:]
	if cfg.Env, err = environ(c, fl.env); err != nil {
		return err
	}
	if cfg.Cred, err = credentials(c, fl.user); err != nil {
		return err
	}
	cfg.Path, err = findProgram(c, args[0], "")
	return err
}

// parsePIDs reads the lists of -p, which may hold commas or blanks, so that
// -p "$(pidof prog)" works.
func (fl *traceFlags) parsePIDs(c *cobra.Command, cfg *TraceConfig) error {
	seen := map[int]bool{}
	for _, list := range fl.pids {
		words := strings.FieldsFunc(list, func(r rune) bool { return strings.ContainsRune(", \t\n", r) })
		if len(words) == 0 {
			return usagef(c, "-p %q names no process", list)
		}
		for _, word := range words {
			pid, err := parsePID(c, word)
			if err != nil {
				return err
			}
			if !seen[pid] {
				cfg.PIDs = append(cfg.PIDs, pid)
			}
			seen[pid] = true
		}
	}
	return nil
}

// trace opens the output and runs the trace.
func (a *app) trace(c *cobra.Command, cfg TraceConfig, file string) error {
	out := &output{w: a.stderr}
	if file != "" {
		f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o666)
		if err != nil {
			return failf(c, "-o %s: %w", file, bare(err)).try("choose a file that can be written")
		}
		defer f.Close()
		out.w = f
	}
	cfg.Colour, cfg.Out, cfg.Stderr = a.colour, out, a.stderr
	exit, err := startTrace(cfg)
	if err != nil {
		return asFailure(c, err)
	}
	if err := out.Err(); err != nil {
		return failf(c, "the trace is incomplete: %w", err)
	}
	a.status = exit
	return nil
}

// startTrace is runTrace; tests of the command line put another in its place.
var startTrace = runTrace
