package strace

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/syscalls"
)

// Version is the strace whose command line and text these are.
const Version = "6.1"

const pathMost = 4096 // bytes of a path with its NUL: PATH_MAX

// Called reports whether a program of this name is to behave as strace.
func Called(argv0 string) bool {
	base := filepath.Base(argv0)
	return base == "strace"
}

// Main is strace for one command line. NewKernel makes the kernel once it is needed. The
// result is the exit status; a signal that ended the program ends us, too.
func Main(argv []string, stdout, stderr *os.File, newKernel func() (kernel.Kernel, error)) int {
	c := &Config{Name: argv[0], Column: 40, StringLimit: 32}
	status, err := c.main(argv[1:], stdout, stderr, newKernel)
	if err != nil {
		report(stderr, c.Name, err)
		return 1
	}
	if status > 0xff {
		dieOf(unix.Signal(status & 0xff))
		return 128 + status&0xff
	}
	return status
}

func (c *Config) main(args []string, stdout, stderr *os.File, newKernel func() (kernel.Kernel, error)) (int, error) {
	rest, err := parseArgs(c, options, args)
	for _, text := range c.Warnings {
		c.warn(stderr, "%s", text)
	}
	if err != nil {
		return 0, err
	}
	switch {
	case c.Help:
		printHelp(stdout, c.Name)
		return 0, nil
	case c.Version:
		fmt.Fprintf(stdout, "strace -- version %s (trapline)\n", Version)
		return 0, nil
	}
	c.Program = rest
	if err := c.check(stderr); err != nil {
		return 0, err
	}
	c.derive()
	return run(c, stderr, newKernel)
}

// dieOf ends us as the signal ended the program, without a core of ours over its.
func dieOf(sig unix.Signal) {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	defaultAction(sig)
	_ = unix.Kill(os.Getpid(), sig)
	if sig == unix.SIGKILL {
		select {}
	}
}

// warn is a line that ends nothing.
func (c *Config) warn(w io.Writer, format string, args ...any) {
	fmt.Fprintf(w, "%s: "+format+"\n", append([]any{c.Name}, args...)...)
}

// check refuses options that make no sense together, in strace's order.
func (c *Config) check(stderr io.Writer) error {
	c.early(stderr)
	if err := refuse([]conflict{
		{c.DaemonCount > 0 && c.Daemon > 0, false, "-D and --daemonize cannot be provided simultaneously"},
		{c.Follow > 0 && c.FollowLong, false, "-f and --follow-forks cannot be provided simultaneously"},
		{c.Follow > 1 && c.Separate, false, "-ff and --output-separately cannot be provided simultaneously"},
		{len(c.Program) == 0 && len(c.PIDs) == 0, true, "must have PROG [ARGS] or -p PID"},
		{len(c.Program) == 0 && c.DaemonCount+c.Daemon > 0, true, "PROG [ARGS] must be specified with -D/--daemonize"},
		{c.DaemonCount > 3, true, fmt.Sprintf("Too many -D's (%d), maximum supported -D count is 3", c.DaemonCount)},
		{len(c.Program) == 0 && c.User != "", true, "PROG [ARGS] must be specified with -u/--user"},
		{c.OverheadSet && c.Summary == 0, true, "-O/--summary-syscall-overhead option requires -c/--summary-only or -C/--summary option to be set"},
		{c.SortSet && c.Summary == 0, true, "-S/--summary-sort-by requires (-c/--summary-only or -C/--summary)"},
		{c.WallClock && c.Summary == 0, true, "-w/--summary-wall-clock must be given with (-c/--summary-only or -C/--summary)"},
		{c.Columns != nil && c.Summary == 0, true, "-U/--summary-columns must be given with (-c/--summary-only or -C/--summary)"},
		{c.Summary != 0 && c.separate(), true, "(-c/--summary-only or -C/--summary) and -ff/--output-separately are mutually exclusive"},
		{isCommand(c.Output) && c.separate(), true, "piping the output and -ff/--output-separately are mutually exclusive"},
	}); err != nil {
		return err
	}
	c.resolve(func(text string) { c.warn(stderr, "%s", text) })
	if err := refuse([]conflict{
		{c.QuietCount > 0 && c.Quieted, false, "-q and -e quiet/--quiet cannot be provided simultaneously"},
		{c.HexCount > 0 && c.Hex > 0, false, "-x and --strings-in-hex cannot be provided simultaneously"},
		{c.FDCount > 0 && c.FDs > 0, false, "-y and --decode-fds cannot be provided simultaneously"},
		{c.ShortStamps && c.LongStamps, false, "-t and --absolute-timestamps cannot be provided simultaneously"},
	}); err != nil {
		return err
	}
	c.Separate = c.separate()
	if c.FollowLong {
		c.Follow = 1
	}
	c.Daemon += c.DaemonCount
	c.warnings(stderr)
	return nil
}

// conflict is what makes no sense, if it is so, and whether the text is followed by a hint at -h.
type conflict struct {
	wrong bool
	help  bool
	text  string
}

// refuse is the error of the first conflict.
func refuse(rows []conflict) error {
	for _, row := range rows {
		switch {
		case row.wrong && row.help:
			return usage("%s", row.text)
		case row.wrong:
			return fatal("%s", row.text)
		}
	}
	return nil
}

// separate is a file for each process: -ff is short for it.
func (c *Config) separate() bool { return c.Separate || c.Follow > 1 }

// early tells of what is ignored before anything is refused.
func (c *Config) early(stderr io.Writer) {
	switch {
	case !c.BPF:
	case c.DetachOnExec:
		c.warn(stderr, "--seccomp-bpf is not enabled because it is not compatible with -b")
	case c.Follow == 0 && !c.FollowLong:
		c.warn(stderr, "--seccomp-bpf cannot be used without -f/--follow-forks, disabling")
	}
	if c.BPF && len(c.PIDs) > 0 {
		c.warn(stderr, "--seccomp-bpf is not enabled for processes attached with -p")
	}
	switch {
	case !c.OldFollow:
	case c.Follow > 0 || c.FollowLong:
		c.warn(stderr, "deprecated option -F ignored")
	default:
		c.warn(stderr, "option -F is deprecated, please use -f/--follow-forks instead")
		c.Follow = 1
	}
}

// warnings tells of options that do nothing beside the others.
func (c *Config) warnings(stderr io.Writer) {
	for _, row := range []struct {
		odd  bool
		text string
	}{
		{c.Separate && c.Output == "", "--output-separately has no effect without -o/--output"},
		{c.Summary == calltrace.OnlySummary && c.Show.IP, "-i/--instruction-pointer has no effect with -c/--summary-only"},
		{c.Summary == calltrace.OnlySummary && c.Stacks, "-k/--stack-traces has no effect with -c/--summary-only"},
		{c.Summary == calltrace.OnlySummary && c.Show.Number, "-n/--syscall-number has no effect with -c/--summary-only"},
		{c.Summary == calltrace.OnlySummary && c.RelTime, "-r/--relative-timestamps has no effect with -c/--summary-only"},
		{c.Summary == calltrace.OnlySummary && c.StampCount > 0, "-t/--absolute-timestamps has no effect with -c/--summary-only"},
		{c.Summary == calltrace.OnlySummary && c.Show.Spent, "-T/--syscall-times has no effect with -c/--summary-only"},
		{c.Summary == calltrace.OnlySummary && c.FDCount+int(c.FDs) > 0, "-y/--decode-fds has no effect with -c/--summary-only"},
		{c.Summary == calltrace.OnlySummary && c.PIDNames > 0, "--decode-pids has no effect with -c/--summary-only"},
		{c.Summary == calltrace.OnlySummary && c.Contexts > 0, "--secontext has no effect with -c/--summary-only"},
		{c.StatusOptions > 1, "Only the last of -z/--successful-only/-Z/--failed-only options will take effect. See status qualifier for more complex filters."},
	} {
		if row.odd {
			c.warn(stderr, "%s", row.text)
		}
	}
	if c.Append && c.Output == "" {
		c.warn(stderr, "-A/--output-append-mode has no effect without -o/--output")
	}
}

// derive fills in what follows from the options.
func (c *Config) derive() {
	s := &c.Show
	if c.Output == "" {
		c.Separate = false
	}
	s.Follow, s.ToFile = (c.Follow > 0 || len(c.PIDs)+min(len(c.Program), 1) > 1) && !c.Separate, c.Output != ""
	s.Stamp, s.Digits = []calltrace.Stamp{calltrace.NoStamp, calltrace.Clock, calltrace.Clock, calltrace.Unix}[min(c.StampCount, 3)], c.StampPrec
	if c.StampCount >= 2 && !c.StampSet {
		s.Digits = 6
	}
	s.Since, s.SinceDig = c.RelTime, c.RelPrec
	if s.Spent && s.SpentDigits == 0 {
		s.SpentDigits = -1
	}
	quieted := []quiet{0, quietAttach | quietPersonality, quietAttach | quietPersonality | quietExit, quietAll}
	c.Quiet |= quieted[min(c.QuietCount, 3)]
	s.NoAttach, s.Quiet, s.NoSuperseded = c.Quiet&quietAttach != 0, c.Quiet&quietExit != 0, c.Quiet&quietThreadExec != 0
	if c.Output != "" && len(c.PIDs) == 0 && !c.Quieted {
		s.NoAttach = true
	}
	s.Summary, s.Sort, s.Columns, s.Overhead = c.Summary, c.Sort, c.Columns, c.Overhead
	s.Shared = c.Output == ""
	s.Partial = s.Shared || c.Interruptible == 1 // we may be killed any time
	if c.FDCount > 0 {
		c.FDs |= fdPath
	}
	if c.FDCount > 1 {
		c.FDs = fdAll
	}
	if c.HexCount > 0 {
		c.Hex = min(c.HexCount, syscalls.HexAll)
	}
	s.Syscall = syscalls.Options{StringLimit: orNone(c.StringLimit), Column: orNone(c.Column), Hex: c.Hex, Style: c.Style, As61: true}
	if s.Filter != nil {
		s.Filter.AddUnknown61()
	}
	if c.Summary == calltrace.OnlySummary && c.Interruptible == 0 {
		c.Interruptible = 2
	}
}

// orNone is a number where the printer takes 0 for its own default and -1 for none.
func orNone(n int) int {
	if n == 0 {
		return -1
	}
	return n
}

// findProgram looks a program up as a shell does.
func findProgram(name string) (string, error) {
	path := name
	if !strings.Contains(name, "/") {
		path = ""
		for _, dir := range strings.Split(os.Getenv("PATH"), ":") {
			try := name
			if dir != "" {
				try = dir + "/" + name
			}
			var st unix.Stat_t
			if unix.Stat(try, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG && st.Mode&0o111 != 0 {
				path = try
				break
			}
		}
	}
	var st unix.Stat_t
	if err := unix.Stat(path, &st); err != nil {
		if len(name) >= pathMost {
			return "", fatal("exec: File name too long")
		}
		return "", fatal("Can't stat '%s': %s", name, reason(err))
	}
	return path, nil
}

// printHelp writes a line for every option of the table.
func printHelp(w io.Writer, name string) {
	fmt.Fprintf(w, "Usage: %s [OPTIONS] { -p PID | PROG [ARGS] }\n\nThe options are those of strace %s:\n", name, Version)
	for i := range options {
		o := &options[i]
		var words []string
		if o.letter != 0 {
			words = append(words, "-"+string(o.letter))
		}
		for _, l := range o.long {
			words = append(words, "--"+l)
		}
		text := strings.Join(words, ", ")
		if o.takes != nothing {
			text += " ARG"
		}
		fmt.Fprintln(w, "  "+text)
	}
}
