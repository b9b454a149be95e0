package strace

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/syscalls"
)

// options is the table: one row an option of strace 6.1.
var options = []option{
	{'a', argument, setColumn, long("columns")},
	{'A', nothing, flag(func(c *Config) { c.Append = true }), long("output-append-mode")},
	{'b', argument, setDetachOn, long("detach-on")},
	{'c', nothing, func(c *Config, _ string) error { return c.summary(calltrace.OnlySummary) }, long("summary-only")},
	{'C', nothing, func(c *Config, _ string) error { return c.summary(calltrace.WithSummary) }, long("summary")},
	{'d', nothing, flag(func(c *Config) { c.Debug = true }), long("debug")},
	{'D', maybeLong, setDaemon, long("daemonize", "daemonise", "daemonized", "daemonised")},
	{'e', argument, setExpr, nil},
	{'E', argument, func(c *Config, arg string) error { c.Env = append(c.Env, arg); return nil }, long("env")},
	{'f', nothing, setFollow, long("follow-forks")},
	{'F', nothing, flag(func(c *Config) { c.OldFollow = true }), nil},
	{'h', nothing, flag(func(c *Config) { c.Help = true }), long("help")},
	{'i', nothing, flag(func(c *Config) { c.Show.IP = true }), long("instruction-pointer")},
	{'I', argument, setInterruptible, long("interruptible")},
	{'k', nothing, flag(func(c *Config) { c.Stacks = true }), long("stack-traces")},
	{'n', nothing, flag(func(c *Config) { c.Show.Number = true }), long("syscall-number")},
	{'N', nothing, flag(func(*Config) {}), long("argument-names")},
	{'o', argument, func(c *Config, arg string) error { c.Output = arg; return nil }, long("output")},
	{'O', argument, setOverhead, long("summary-syscall-overhead")},
	{'p', argument, setPIDs, long("attach")},
	{'P', argument, func(c *Config, arg string) error { c.Paths = append(c.Paths, arg); return nil }, long("trace-path")},
	{'q', nothing, flag(func(c *Config) { c.QuietCount++ }), nil},
	{'r', maybeLong, setRelative, long("relative-timestamps")},
	{'s', argument, setStringLimit, long("string-limit")},
	{'S', argument, setSort, long("summary-sort-by")},
	{'t', nothing, flag(func(c *Config) { c.StampCount++; c.ShortStamps = true }), nil},
	{'T', maybeLong, setSpent, long("syscall-times")},
	{'u', argument, func(c *Config, arg string) error { c.User = arg; return nil }, long("user")},
	{'U', argument, setColumns, long("summary-columns")},
	{'v', nothing, func(c *Config, _ string) error { return setSet(&c.Show.Verbose, "all") }, long("no-abbrev")},
	{'V', nothing, flag(func(c *Config) { c.Version = true }), long("version")},
	{'w', nothing, flag(func(c *Config) { c.WallClock = true }), long("summary-wall-clock")},
	{'x', maybeLong, setHex, long("strings-in-hex")},
	{'X', argument, setStyle, long("const-print-style")},
	{'y', nothing, flag(func(c *Config) { c.FDCount++ }), nil},
	{'Y', nothing, flag(func(c *Config) { c.PIDNames |= pidComm }), nil},
	{'z', nothing, func(c *Config, _ string) error { return c.setStatus(calltrace.Successful) }, long("successful-only")},
	{'Z', nothing, func(c *Config, _ string) error { return c.setStatus(calltrace.Failed) }, long("failed-only")},
	{0, maybeLong, setStamps, long("absolute-timestamps", "timestamps")},
	{0, nothing, flag(func(c *Config) { c.Separate = true }), long("output-separately")},
	{0, nothing, flag(func(c *Config) { c.BPF = true }), long("seccomp-bpf")},
	{0, nothing, flag(func(c *Config) { c.KillOnExit = true }), long("kill-on-exit")},
	{0, nothing, flag(func(c *Config) { c.PIDNames |= pidNS }), long("pidns-translation")},
	{0, maybeLong, setTips, long("tips")},
	{0, maybeLong, orElse("!full,mismatch", expr("secontext")), long("secontext")},
	{0, argument, expr("trace"), long("trace")},
	{0, argument, expr("trace-fds"), long("trace-fds")},
	{0, argument, expr("abbrev"), long("abbrev")},
	{0, argument, expr("verbose"), long("verbose")},
	{0, argument, expr("raw"), long("raw")},
	{0, argument, expr("signal"), long("signals", "signal")},
	{0, argument, expr("status"), long("status")},
	{0, argument, expr("read"), long("read")},
	{0, argument, expr("write"), long("write")},
	{0, argument, expr("fault"), long("fault")},
	{0, argument, expr("inject"), long("inject")},
	{0, argument, expr("kvm"), long("kvm")},
	{0, maybeLong, orElse("attach,personality", expr("quiet")), long("quiet", "silent", "silence")},
	{0, maybeLong, orElse("path", expr("decode-fds")), long("decode-fds")},
	{0, argument, expr("decode-pids"), long("decode-pids")},
}

func long(names ...string) []string { return names }

func flag(set func(c *Config)) func(*Config, string) error {
	return func(c *Config, _ string) error { set(c); return nil }
}

// expr is an option that is short for -e name=.
func expr(name string) func(*Config, string) error {
	return func(c *Config, arg string) error { return setExpr(c, name+"="+arg) }
}

// orElse is an option whose argument may be left out and is otherwise then.
func orElse(otherwise string, set func(*Config, string) error) func(*Config, string) error {
	return func(c *Config, arg string) error {
		if !c.given {
			arg = otherwise
		}
		return set(c, arg)
	}
}

// invalid is the error of the argument of the option that is being read.
func invalid(c *Config, arg string) error { return usage("invalid %s argument: '%s'", c.option, arg) }

// number reads a decimal number of at least zero.
func number(arg string) (int, bool) {
	n, err := strconv.ParseUint(arg, 10, 31)
	return int(n), err == nil
}

func setColumn(c *Config, arg string) error {
	n, ok := number(arg)
	if !ok {
		return invalid(c, arg)
	}
	c.Column = n
	return nil
}

func setDetachOn(c *Config, arg string) error {
	if arg != "execve" {
		return fatal("Syscall '%s' for -b isn't supported", arg)
	}
	c.DetachOnExec = true
	return nil
}

func (c *Config) summary(s calltrace.Summary) error {
	if c.Summary != calltrace.NoSummary && c.Summary != s {
		return usage("-c/--summary-only and -C/--summary are mutually exclusive")
	}
	c.Summary = s
	return nil
}

var daemons = map[string]int{"grandchild": 1, "pgroup": 2, "pgrp": 2, "session": 3}

func setDaemon(c *Config, arg string) error {
	if c.option == "-D" {
		c.DaemonCount++
		return nil
	}
	if arg == "" {
		arg = "grandchild"
	}
	n, ok := daemons[strings.ToLower(arg)]
	if !ok {
		return invalid(c, arg)
	}
	c.Daemon = n
	return nil
}

var interruptible = map[string]int{"1": 1, "2": 2, "3": 3, "4": 4, "anywhere": 1, "always": 1, "while_waiting": 2, "waiting": 2, "never": 3, "never_tstp": 4}

// setFollow is -f, which may be given twice, or --follow-forks.
func setFollow(c *Config, _ string) error {
	if c.option == "-f" {
		c.Follow++
	} else {
		c.FollowLong = true
	}
	return nil
}

func setInterruptible(c *Config, arg string) error {
	n, ok := interruptible[strings.ToLower(arg)]
	if !ok {
		return invalid(c, arg)
	}
	c.Interruptible = n
	return nil
}

func setOverhead(c *Config, arg string) error {
	d, ok := duration(arg)
	if !ok {
		return invalid(c, arg)
	}
	c.Overhead, c.OverheadSet = d, true
	return nil
}

// units of a duration; without one it counts microseconds.
var units = []struct {
	name string
	unit time.Duration
}{{"ns", time.Nanosecond}, {"us", time.Microsecond}, {"ms", time.Millisecond}, {"s", time.Second}, {"", time.Microsecond}}

func duration(arg string) (time.Duration, bool) {
	for _, u := range units {
		head, ok := strings.CutSuffix(arg, u.name)
		if !ok {
			continue
		}
		f, err := strconv.ParseFloat(head, 64)
		if err != nil || f < 0 || strings.ContainsAny(head, "+ \t") {
			return 0, false
		}
		return time.Duration(f * float64(u.unit)), true
	}
	return 0, false
}

func setPIDs(c *Config, arg string) error {
	for _, word := range strings.FieldsFunc(arg, func(r rune) bool { return strings.ContainsRune(", \t\n", r) }) {
		pid, ok := number(word)
		if !ok || pid == 0 {
			return fatal("Invalid process id: '%s'", word)
		}
		c.PIDs = append(c.PIDs, pid)
	}
	return nil
}

// precisions are the digits behind the point of a time.
var precisions = map[string]int{"s": 0, "ms": 3, "us": 6, "ns": 9}

func setRelative(c *Config, arg string) error {
	c.RelTime, c.RelPrec = true, 6
	if arg == "" {
		return nil
	}
	prec, ok := precisions[strings.ToLower(arg)]
	if !ok {
		return invalid(c, arg)
	}
	c.RelPrec = prec
	return nil
}

// longestString is the greatest argument of -s.
const longestString = 1<<30 - 1

func setStringLimit(c *Config, arg string) error {
	n, ok := number(arg)
	if !ok || n > longestString {
		return invalid(c, arg)
	}
	c.StringLimit = n
	return nil
}

func setSort(c *Config, arg string) error {
	if !calltrace.ValidSort(arg) {
		return usage("invalid sortby: '%s'", arg)
	}
	c.Sort, c.SortSet = arg, true
	return nil
}

// setStamps is --absolute-timestamps=[[format:]FORMAT[,[precision:]PRECISION]].
func setStamps(c *Config, arg string) error {
	c.LongStamps = true
	if arg == "" {
		c.StampCount = max(c.StampCount, 1)
		return nil
	}
	c.StampSet = true
	for word := range strings.SplitSeq(strings.ToLower(arg), ",") {
		if word == "" {
			continue
		}
		format, isFormat := strings.CutPrefix(word, "format:")
		prec, isPrec := strings.CutPrefix(word, "precision:")
		p, known := precisions[prec]
		switch {
		case !isPrec && stampFormats[format] != 0:
			c.StampCount = stampFormats[format] - 1
			if !isFormat && format == "none" {
				c.StampPrec = 0
			}
		case !isFormat && known:
			c.StampPrec = p
			if c.StampCount == 0 {
				c.StampCount = 1
			}
		default:
			return invalid(c, arg)
		}
	}
	return nil
}

// stampFormats are a count of -t, plus one.
var stampFormats = map[string]int{"none": 1, "time": 2, "unix": 4}

// setTips reads --tips=[[id:]ID][,[format:]FORMAT]. There are none.
func setTips(c *Config, arg string) error {
	for word := range strings.SplitSeq(arg, ",") {
		id, isID := strings.CutPrefix(word, "id:")
		format, isFormat := strings.CutPrefix(word, "format:")
		_, isNumber := number(id)
		switch {
		case word == "":
		case !isFormat && (isNumber || id == "random"):
		case !isID && (format == "none" || format == "compact" || format == "full"):
		default:
			return invalid(c, arg)
		}
	}
	return nil
}

func setSpent(c *Config, arg string) error {
	c.Show.Spent, c.Show.SpentDigits = true, 6
	if arg == "" {
		return nil
	}
	prec, ok := precisions[strings.ToLower(arg)]
	if !ok {
		return invalid(c, arg)
	}
	c.Show.SpentDigits = prec
	return nil
}

func setColumns(c *Config, arg string) error {
	for rest, more := arg, true; more; {
		residual := rest
		var word string
		word, rest, more = strings.Cut(rest, ",")
		name, ok := calltrace.ColumnName(word)
		if !ok {
			return usage("unknown column name: '%s'", word)
		}
		if slices.Contains(c.Columns, name) {
			return usage("call summary column has been provided more than once: '%s' (-U option residual: '%s')", word, residual)
		}
		c.Columns = append(c.Columns, name)
	}
	return nil
}

// hexStyles are the values of syscalls.Options.Hex by name.
var hexStyles = map[string]int{"none": 0, "non-ascii-chars": syscalls.HexChars, "non-ascii": syscalls.HexStrings, "all": syscalls.HexAll}

func setHex(c *Config, arg string) error {
	if c.option == "-x" {
		c.HexCount++
		return nil
	}
	if arg == "" {
		arg = "all"
	}
	n, ok := hexStyles[strings.ToLower(arg)]
	if !ok {
		return invalid(c, arg)
	}
	c.Hex = n
	return nil
}

var styles = map[string]syscalls.Style{"raw": syscalls.Numbers, "abbrev": syscalls.Names, "verbose": syscalls.Both}

func setStyle(c *Config, arg string) error {
	s, ok := styles[arg]
	if !ok {
		return invalid(c, arg)
	}
	c.Style = s
	return nil
}

func (c *Config) setStatus(s calltrace.Status) error {
	c.StatusOptions++
	if c.StatusSet {
		c.Show.Status = calltrace.AnyStatus
	}
	c.Show.Status, c.StatusSet = s, true
	return nil
}
