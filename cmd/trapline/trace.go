package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/strace"
	"github.com/trapline/trapline/syscalls"
)

// traceFlags are the flags that have to be read before they mean something.
type traceFlags struct {
	pids, filters, env       []string
	output, user             string
	follow, stamps, quiet    int
	verbose                  bool
	only, too                bool // -c, -C
	successful, failed       bool
	sort                     sortKey
	where, format, report    string
	by                       summaryBy
	histogram, tree          bool
	stacks                   int
	rotate                   rotation
	slower                   time.Duration
	stringLimit, column, hex int
	extra                    extraFlags
	anyone                   bool // may be -u: we are root there
	kept                     int  // see keeper
	os                       *abi.OS
}

// classes are the sets of calls that -e knows by name.
const classes = `%file, %desc, %network, %process, %signal, %ipc, %memory, %creds, %clock, %pure,
%stat, %lstat, %fstat, %%stat, %statfs, %fstatfs, %%statfs`

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
trapline's. ^C lets attached processes go; it is left to PROG, and twice within a second ends
the trace, whoever is left.

-e takes what strace's does: trace=NAMES or plain NAMES for the system calls to show,
signal=NAMES for signals, status=failed or successful, raw=NAMES for calls to show undecoded,
verbose=NAMES for calls whose structures are shown in full, fd=NUMBERS for calls on descriptors,
read=NUMBERS and write=NUMBERS for dumps of what is moved, inject=NAMES:error=ERRNO (or :retval=N,
:signal=SIG, :delay_enter=DUR ..., :when=FIRST+STEP) and fault=NAMES to tamper with calls.
NAMES is a comma list; ! before it means all but these. A name may also be /REGEX or a class:
` + classes + `.

--where shows only calls for which an expression holds. Its fields are
` + whereFields() + `.
Operators are == != < <= > >=, ~ (glob, * matches / too), =~ (regular expression), in (A, B),
and between comparisons && || ! and parentheses. Of path and fd one of a call's must match.

--format json writes one JSON object a line (docs/trace-event.schema.json), chrome a file for
ui.perfetto.dev and chrome://tracing, pprof a profile of the time in calls by the stack behind
them (-k is implied), for go tool pprof; use -o with all of them.

--report writes a page for a browser instead of lines: a timeline of threads, what took time, failed, was
read and written; with -k a flame graph, too. It needs no network and is written when the trace ends.`,
		Example: `  trapline trace -f -o build.trace make -j2
  trapline trace -e openat,connect -y -T curl example.org
  trapline trace -c -p 1234,1240
  trapline trace --slower 10ms -p 1234
  trapline trace -f --where 'error && path ~ "/etc/*"' sshd -t
  trapline trace -f --format chrome -o build.json make
  trapline trace -f -k --report build.html make`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			fl.kept = keeper()
			if a.kernel.modeled() && len(fl.pids) > 0 {
				return noProcesses(c, "-p: ")
			}
			fl.anyone, fl.os = a.kernel.modeled(), a.kernel.os()
			if err := fl.apply(c, &cfg, args); err != nil {
				return err
			}
			return a.trace(c, cfg, fl)
		},
		ValidArgsFunction: completeProgram,
	}
	f := c.Flags()
	f.SetInterspersed(false)
	// Usages that start with an empty `` name no value: these flags count.
	f.CountVarP(&fl.follow, "follow", "f", "``trace the processes and threads the program makes, too; -ff each thread to a file of its own")
	f.StringArrayVarP(&fl.pids, "pid", "p", nil, "attach to `PID`s, a comma list (may be repeated)")
	f.StringVarP(&fl.output, "output", "o", "", "write the trace to `FILE`, compressed if it ends in .gz or .zst, or to the command behind a |")
	f.StringArrayVarP(&fl.filters, "expr", "e", nil, "what to show: trace=`NAMES`, signal=NAMES, status=failed ... (may be repeated)")
	f.BoolVarP(&fl.successful, "successful-only", "z", false, "show only calls that succeeded")
	f.BoolVarP(&fl.failed, "failed-only", "Z", false, "show only calls that failed")
	f.IntVarP(&fl.stringLimit, "string-limit", "s", 32, "show at most `N` bytes of a string")
	f.CountVarP(&fl.stamps, "timestamps", "t", "``start lines with the time; -tt with microseconds, -ttt since the Epoch")
	f.BoolVarP(&fl.only, "summary-only", "c", false, "count calls, errors and time instead of listing calls")
	f.BoolVarP(&fl.too, "summary", "C", false, "list calls and count them, too")
	f.VarP(&fl.sort, "summary-sort-by", "S", "sort the counts by `COLUMN`: "+strings.Join(calltrace.SortNames(), ", "))
	f.BoolVarP(&cfg.Show.IP, "instruction-pointer", "i", false, "show the instruction pointer")
	f.BoolVarP(&cfg.Show.Number, "syscall-number", "n", false, "show the call's number")
	f.BoolVarP(&fl.verbose, "no-abbrev", "v", false, "show structures in full")
	f.CountVarP(&fl.hex, "hex", "x", "``show strings that are not text in hexadecimal; -xx all strings")
	f.IntVarP(&fl.column, "columns", "a", 40, "align results to column `COL`")
	f.CountVarP(&fl.quiet, "quiet", "q", "``no messages of attaching (nor with -o and a program); -qq none of exiting either")
	f.StringArrayVarP(&fl.env, "env", "E", nil, "set `NAME=VALUE` for the program, or unset NAME (may be repeated)")
	f.Var(&fl.rotate, "rotate", "begin another file (FILE.1, FILE.2 ...) after `SIZE` bytes (500K, 100M, 2G); SIZE,N keeps the last N")
	f.CountVarP(&fl.stacks, "stack-traces", "k", "``show the stack behind each call and signal; -kk with lines of sources")
	f.BoolVar(&cfg.Filter, "seccomp-bpf", true, "let the kernel keep calls that -e does not name from stopping the program, where that is safe")
	f.BoolVar(&fl.tree, "tree", false, "show at the end which process made which, on standard error; implies -f")
	f.Var(&fl.by, "summary-by", "count for each `THING`: "+strings.Join(summaryNames(), ", ")+"; implies -c")
	f.BoolVar(&fl.histogram, "histogram", false, "show how the durations of what is counted spread; implies -c")
	f.StringVar(&fl.where, "where", "", "show only calls for which `EXPR` holds")
	f.DurationVar(&fl.slower, "slower", 0, "show only calls that take `DUR`ation or longer, as in 10ms")
	f.StringVar(&fl.format, "format", "text", "write the trace as `FORM`: "+strings.Join(formatNames(), ", "))
	f.StringVar(&fl.report, "report", "", "write a page for a browser to `FILE` instead of lines")
	fl.extra.declare(f)
	f.StringVarP(&fl.user, "user", "u", "", "run the program as `USER`")
	for _, name := range []string{"pid", "user", "format", "summary-by"} {
		_ = c.RegisterFlagCompletionFunc(name, flagCompletions[name])
	}
	for name, words := range straceWords {
		_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
	return c
}

var flagCompletions = map[string]cobra.CompletionFunc{
	"summary-by": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return summaryNames(), cobra.ShellCompDirectiveNoFileComp
	},
	"format": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return formatNames(), cobra.ShellCompDirectiveNoFileComp
	},
	"pid": func(c *cobra.Command, _ []string, prefix string) ([]string, cobra.ShellCompDirective) {
		return completePID(c, nil, prefix)
	},
	"user": func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return userNames(), cobra.ShellCompDirectiveNoFileComp
	},
}

// apply turns the flags and arguments into the configuration, or says why they make
// no sense.
func (fl *traceFlags) apply(c *cobra.Command, cfg *TraceConfig, args []string) (err error) {
	fl.only = fl.only || !fl.too && (fl.histogram || fl.by.set)
	if fl.tree {
		fl.follow = max(fl.follow, 1)
	}
	if err := fl.named(c); err != nil {
		return err
	}
	if err := fl.check(c, args); err != nil {
		return err
	}
	cfg.Tree = fl.tree
	cfg.Closing, cfg.Stacks = fl.quiet == 0, fl.stacks > 0 || fl.format == "pprof"
	cfg.Follow, cfg.Lines = fl.follow > 0, fl.stacks > 1
	if err := fl.show(c, cfg); err != nil {
		return err
	}
	if err := fl.extra.apply(c, cfg); err != nil {
		return err
	}
	if err := fl.choose(c, &cfg.Show); err != nil {
		return err
	}
	if cfg.Encoder, err = encoder(c, fl.format); err != nil {
		return err
	}
	fl.page(cfg, args)
	if cfg.Encoder != nil {
		cfg.Show.Partial, cfg.Show.Shared = false, false
	}
	if err := fl.parsePIDs(c, cfg); err != nil {
		return err
	}
	if len(args) == 0 {
		return nil
	}
	return fl.program(c, cfg, args)
}

// check refuses flags that make no sense, alone or together.
func (fl *traceFlags) check(c *cobra.Command, args []string) error {
	for _, row := range []struct {
		wrong bool
		what  string
	}{
		{fl.only && fl.too, "-c and -C exclude each other"},
		{fl.successful && fl.failed, "-z and -Z exclude each other"},
		{fl.extra.since.set && fl.stamps > 0, "-r and -t exclude each other"},
		{fl.stamps > 3, "-t may be given three times at most"},
		{fl.stringLimit < 0, "-s must not be negative"},
		{fl.column < 0, "-a must not be negative"},
		{fl.slower < 0, "--slower must not be negative"},
		{fl.separate() && (fl.output == "" || fl.command() != ""), "-ff writes lines to files; name them with -o"},
		{fl.separate() && fl.format != "text", "-ff writes lines, which --format " + fl.format + " has none of"},
		{fl.separate() && (fl.only || fl.too), "-ff has no place for the table of -c, -C and their like"},
		{fl.extra.add && (fl.output == "" || fl.command() != ""), "-A is for the file of -o"},
		{fl.rotate.size > 0 && (fl.command() != "" || fl.extra.add), "--rotate is for a file that -o begins"},
		{fl.format == "pprof" && fl.output == "", "--format pprof writes no text; name a file with -o"},
		{fl.rotate.size > 0 && fl.output == "", "--rotate is for the file of -o"},
		{fl.rotate.size > 0 && (fl.format == "chrome" || fl.format == "pprof"), "--rotate: a file of --format " + fl.format + " cannot be cut"},
		{fl.stacks > 0 && fl.only, "-k shows stacks behind calls, of which -c shows none"},
		{fl.report != "" && (fl.output != "" || fl.format != "text"), "--report writes a page instead of the trace; leave out -o and --format"},
		{fl.report != "" && (fl.only || fl.too), "--report has a summary of its own; leave out -c, -C and their like"},
		{c.Flags().Changed("report") && fl.report == "", "--report names no file"},
		{c.Flags().Changed("output") && strings.Trim(fl.output, "|! ") == "", "-o names neither a file nor a command"},
		{c.Flags().Changed("decode-fds") && fl.extra.descriptors == (fdsFlag{}), "--decode-fds is empty"},
		{slices.Contains(fl.extra.paths, ""), "-P names no file"},
		{slices.Contains(fl.extra.attach, ""), "--attach names no command"},
		{fl.format != "text" && (fl.only || fl.too), "-c, -C and their like print a table; --format " + fl.format + " has no place for it"},
	} {
		if row.wrong {
			return usagef(c, "%s", row.what)
		}
	}
	if empty := emptyFlag(c.Flags()); empty != "" {
		return usagef(c, "--%s is empty", empty)
	}
	switch {
	case len(args) == 0 && len(fl.pids) == 0:
		return usagef(c, "neither a program nor -p is given").try("as in: trapline trace ls, or trapline trace -p 1234")
	case len(args) == 0 && (fl.user != "" || len(fl.env) > 0):
		return usagef(c, "-u and -E are for a program that is started").try("name the program, or leave them out")
	case len(args) == 0 && fl.extra.daemon.set():
		return usagef(c, "-D is for a program that is started").try("name the program, or leave -D out")
	case fl.extra.daemon.set() && fl.anyone:
		return usagef(c, "-D is for the kernel that we run on").try("leave out -D, or --kernel")
	}
	return nil
}

// emptyFlag is a flag that wants a word and was given none, as by a variable of a shell that is not set.
func emptyFlag(flags *pflag.FlagSet) (name string) {
	flags.Visit(func(f *pflag.Flag) {
		if f.Value.Type() == "string" && f.Value.String() == "" && f.Name != "where" { // of which the parser tells
			name = f.Name
		}
	})
	return name
}

// stamps are -t, -tt and -ttt by their count.
var stamps = []calltrace.Stamp{calltrace.NoStamp, calltrace.Clock, calltrace.ClockUS, calltrace.UnixUS}

// show fills in how calls are printed.
func (fl *traceFlags) show(c *cobra.Command, cfg *TraceConfig) error {
	show := &cfg.Show
	show.Follow, show.ToFile = fl.follow > 0, fl.output != "" || fl.report != ""
	show.Shared = !show.ToFile
	show.Partial = show.Shared // a call that sleeps is seen while it does
	show.Stamp, show.Sort = stamps[fl.stamps], string(fl.sort)
	// As with strace, who sends the trace of a program to a file wants it whole and alone.
	show.NoAttach, show.Quiet = fl.quiet > 0 || show.ToFile && len(fl.pids) == 0, fl.quiet > 1
	show.Name = "trapline: "
	show.Syscall = syscalls.Options{StringLimit: orNone(fl.stringLimit), Column: orNone(fl.column), Hex: fl.hex}
	if err := parseFilters(c, fl.filters, cfg, fl.os); err != nil {
		return err
	}
	switch {
	case fl.only:
		show.Summary = calltrace.OnlySummary
	case fl.too:
		show.Summary = calltrace.WithSummary
	}
	if show.By, show.Histogram = fl.by.By, fl.histogram; show.Summary != calltrace.NoSummary {
		show.Columns = calltrace.SpreadColumns
	}
	switch {
	case fl.successful:
		show.Status = calltrace.Successful
	case fl.failed:
		show.Status = calltrace.Failed
	}
	if !fl.verbose {
		return nil
	}
	all, err := syscalls.ParseSet("all")
	show.Verbose = all
	return err
}

// orNone is a number where calltrace takes 0 for its own default and -1 for none.
func orNone(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

// program fills in what is started, and as whom.
func (fl *traceFlags) program(c *cobra.Command, cfg *TraceConfig, args []string) (err error) {
	cfg.Program, cfg.Args = args[0], args[1:]
	if cfg.Env, err = environ(c, fl.env); err != nil {
		return err
	}
	if cfg.Cred, err = credentials(c, fl.user, fl.anyone); err != nil {
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

// trace opens the output and runs the trace, itself or by a keeper.
func (a *app) trace(c *cobra.Command, cfg TraceConfig, fl traceFlags) error {
	if a.wantsKeeper(&cfg, fl.kept) {
		status, err := keep()
		if err != nil {
			return asFailure(c, err)
		}
		a.status = status
		return nil
	}
	if cfg.More.Daemon > 0 {
		var handed bool
		var err error
		cfg.Daemon, handed, a.status, err = cfg.More.Daemonize(cfg.program())
		if err != nil {
			return failf(c, "-D: %w", err)
		}
		if handed {
			return nil
		}
	}
	out := &output{w: a.stderr}
	end := func() error { return nil }
	cfg.Ended = func(status int) {
		_ = end() // who could be told of it is gone
		release(fl.kept, status)
	}
	if file := cmp.Or(fl.output, fl.report); fl.separate() {
		cfg.Files, cfg.Adding = file, fl.extra.add
	} else if file != "" {
		f, err := fl.open(file)
		switch {
		case err != nil && fl.report != "":
			return usagef(c, "--report %s: %w", file, bare(err)).try("choose a file that can be written")
		case err != nil:
			return usagef(c, "-o %s: %w", file, bare(err)).try("choose a file that can be written")
		}
		out.w, end = f, sync.OnceValue(f.Close)
	}
	cfg.Colour, cfg.Out, cfg.Stderr, cfg.Kernel = a.colour, out, a.stderr, a.kernel
	exit, err := startTrace(cfg)
	ended := end()
	if err != nil {
		return asFailure(c, err)
	}
	if err := cmp.Or(out.Err(), ended); err != nil {
		return failf(c, "the trace is incomplete: %w", err)
	}
	a.status = exit
	return nil
}

// open opens the file of -o, or starts the command.
func (fl *traceFlags) open(file string) (io.WriteCloser, error) {
	if command := fl.command(); command != "" {
		return strace.Pipe(command)
	}
	return openTrace(file, fl.rotate, fl.extra.add)
}

// sortKey is the value of -S.
type sortKey string

func (k *sortKey) String() string { return string(*k) }
func (k *sortKey) Type() string   { return "column" }

func (k *sortKey) Set(s string) error {
	if !calltrace.ValidSort(s) {
		return fmt.Errorf("%q is none of %s", s, strings.Join(calltrace.SortNames(), ", "))
	}
	*k = sortKey(s)
	return nil
}

// startTrace is runTrace; tests of the command line put another in its place.
var startTrace = runTrace
