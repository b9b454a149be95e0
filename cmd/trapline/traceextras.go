package main

// The flags of a trace that strace has, too, and that package strace carries out (strace.Extras).

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/strace"
)

// extraFlags are what they say.
type extraFlags struct {
	paths, columns []string
	descriptors    fdsFlag
	pids           int // -Y
	pidWords       string
	translate      bool // --pidns-translation
	names, add     bool // -N, -A
	separate       bool // --output-separately
	killOnExit     bool
	wallClock      bool
	unfinished     bool
	overhead       time.Duration
	attach         []string
	spent, since   precision
	daemon         daemonFlag
	interruptible  string
	detachOn       string
	style          string
	contexts       string
}

// add declares them.
func (x *extraFlags) declare(f *pflag.FlagSet) {
	f.StringArrayVarP(&x.paths, "trace-path", "P", nil, "show only calls that name or use the file of `PATH` (may be repeated)")
	fds := f.VarPF(&x.descriptors, "decode-fds", "y", "``show what descriptors refer to; -yy addresses of sockets, too; =LIST of path, dev, socket, pidfd, all")
	fds.NoOptDefVal = "+1"
	f.CountVarP(&x.pids, "show-commands", "Y", "``show the command behind each process number")
	f.StringVar(&x.pidWords, "decode-pids", "", "show `LIST` of comm (commands), pidns (numbers in our namespace) behind process numbers")
	f.BoolVarP(&x.names, "argument-names", "N", false, "show what arguments are called")
	f.BoolVarP(&x.add, "output-append-mode", "A", false, "keep what is in the file of -o")
	f.BoolVar(&x.separate, "output-separately", false, "write a file for each thread: FILE.TID; so does -ff")
	f.BoolVar(&x.killOnExit, "kill-on-exit", false, "what is traced ends with the trace")
	f.BoolVar(&x.unfinished, "unfinished", false, "at a terminal, too, begin a line when its call begins, and cut it when others come between")
	f.StringSliceVarP(&x.columns, "summary-columns", "U", nil, "`COLUMNS` of the counts: "+strings.Join(calltrace.ColumnNames(), ", "))
	f.DurationVarP(&x.overhead, "summary-syscall-overhead", "O", 0, "take `DUR`ation off the time of each call that is counted")
	f.StringArrayVar(&x.attach, "attach", nil, "attach to the processes that run command `NAME`, or to PID (may be repeated)")
	f.VarPF(&x.daemon, "daemonize", "D", "``trace from a grandchild, so that the program has our place; -DD in a process group, -DDD in a session of its own").NoOptDefVal = "+1"
	f.StringVarP(&x.interruptible, "interruptible", "I", "", "let signals such as ^C end the trace `WHEN`: anywhere (1), waiting (2), never (3), never_tstp (4: nor does ^Z stop it)")
	f.StringVarP(&x.detachOn, "detach-on", "b", "", "let go of processes that execute another program, on `execve`")
	f.BoolVarP(&x.wallClock, "summary-wall-clock", "w", true, "count the time that passes in calls; =false: that of the processor")
	f.StringVarP(&x.style, "const-print-style", "X", "", "show constants as `FORM`: raw (numbers), abbrev (names), verbose (both)")
	f.StringVar(&x.contexts, "secontext", "", "show security contexts of processes, files and descriptors: their types, or of `LIST` full, mismatch (what the policy says instead)")
	f.Lookup("secontext").NoOptDefVal = "!full,mismatch"
	f.BoolVar(&x.translate, "pidns-translation", false, "show our numbers of processes that have others in their namespaces")
	f.VarPF(&x.spent, "syscall-times", "T", "``end lines with the time spent in the call; =s, ms, us or ns").NoOptDefVal = "us"
	f.VarPF(&x.since, "relative-timestamps", "r", "``start lines with the time since the line before; =s, ms, us or ns").NoOptDefVal = "us"
}

// apply fills in what they mean, after what the other flags mean.
func (x *extraFlags) apply(c *cobra.Command, cfg *TraceConfig) error {
	more := &cfg.More
	more.Paths = x.paths
	_ = more.Expression("quiet=path-resolution") // that is known
	if err := x.describe(c, cfg); err != nil {
		return err
	}
	for flag, arg := range map[string]string{"interruptible": x.interruptible, "detach-on": x.detachOn,
		"const-print-style": x.style, "secontext": x.contexts, "daemonize": x.daemon.word} {
		if arg == "" {
			continue
		}
		if err := more.Option(flag, arg); err != nil {
			return usagef(c, "%w", err).try("use one of %s", strings.Join(straceWords[flag], ", "))
		}
	}
	more.WallClock = x.wallClock
	more.Daemon = max(more.Daemon, min(x.daemon.count, 3))
	show := &cfg.Show
	show.Syscall.Style = more.Style
	if x.spent.set {
		show.Spent, show.SpentDigits = true, orNone(x.spent.digits)
	}
	if x.since.set {
		show.Since, show.SinceDig = true, x.since.digits
	}
	show.Syscall.ArgNames = x.names
	show.Overhead = x.overhead
	cfg.KillOnExit, cfg.Unfinished = x.killOnExit, x.unfinished
	if x.columns == nil {
		return nil
	}
	show.Columns = nil
	for _, name := range x.columns {
		column, ok := calltrace.AnyColumn(name)
		switch {
		case !ok:
			return usagef(c, "-U %s: there is no such column", name).try("%s", spell.Advice(name, calltrace.ColumnNames()))
		case slices.Contains(show.Columns, column):
			return usagef(c, "-U %s: that column is there already", name)
		}
		show.Columns = append(show.Columns, column)
	}
	if show.Summary == calltrace.NoSummary {
		return usagef(c, "-U and -O are about the table of -c or -C").try("add -c")
	}
	return nil
}

// straceWords are the arguments of options that take words and that package strace reads.
var straceWords = map[string][]string{
	"interruptible": {"anywhere", "waiting", "never", "never_tstp"}, "detach-on": {"execve"}, "const-print-style": {"raw", "abbrev", "verbose"},
	"secontext": {"full", "mismatch", "all", "none"}, "daemonize": {"grandchild", "pgroup", "session"},
}

// describe is -y, -Y and their long forms.
func (x *extraFlags) describe(c *cobra.Command, cfg *TraceConfig) error {
	cfg.FDs = x.descriptors.count
	for flag, words := range map[string]string{"decode-fds": x.descriptors.words, "decode-pids": x.pidWords} {
		if words == "" {
			continue // not given: an empty one is refused
		}
		if err := cfg.More.Expression(flag + "=" + words); err != nil {
			return usagef(c, "--%s=%s: %w", flag, words, err).try("%s", strace.Advice(err))
		}
	}
	for name, wanted := range map[string]bool{"Y": x.pids > 0, "pidns-translation": x.translate} {
		if wanted {
			_ = cfg.More.Option(name, "") // it has no argument that could be wrong
		}
	}
	return nil
}

// fdsFlag is -y, counted, or --decode-fds=LIST.
type fdsFlag struct {
	count int
	words string
}

func (d *fdsFlag) String() string { return d.words }
func (d *fdsFlag) Type() string   { return "list" }

// Set implements pflag.Value.
func (d *fdsFlag) Set(s string) error {
	if s == "+1" {
		d.count++
	} else {
		d.words = s
	}
	return nil
}

// daemonFlag is -D, counted, or --daemonize=WORD.
type daemonFlag struct {
	count int
	word  string
}

func (d *daemonFlag) String() string { return d.word }
func (d *daemonFlag) Type() string   { return "how" }

func (d *daemonFlag) set() bool { return d.count > 0 || d.word != "" }

// Set implements pflag.Value.
func (d *daemonFlag) Set(s string) error {
	if s == "+1" {
		d.count++
	} else {
		d.word = s
	}
	return nil
}

// precision is a flag that may say how many digits a time has.
type precision struct {
	set    bool
	text   string
	digits int
}

func (p *precision) String() string { return p.text }
func (p *precision) Type() string   { return "unit" }

// Set implements pflag.Value.
func (p *precision) Set(s string) error {
	digits, ok := map[string]int{"s": 0, "ms": 3, "us": 6, "ns": 9}[s]
	if !ok {
		return fmt.Errorf("%q is none of s, ms, us, ns", s)
	}
	p.set, p.text, p.digits = true, s, digits
	return nil
}

// separate says whether each thread has a file.
func (fl *traceFlags) separate() bool { return fl.extra.separate || fl.follow > 1 }

// command is the shell's command that -o starts; "" it names a file.
func (fl *traceFlags) command() string {
	if strings.HasPrefix(fl.output, "|") || strings.HasPrefix(fl.output, "!") {
		return fl.output[1:]
	}
	return ""
}

// named turns the names of --attach into processes.
func (fl *traceFlags) named(c *cobra.Command) error {
	for _, name := range fl.extra.attach {
		pids, err := processesOf(c, procfs.New(""), name)
		if err != nil {
			return err
		}
		fl.pids = append(fl.pids, pids...)
	}
	return nil
}

// processesOf are the processes of --attach: those that run a command, or one by number.
func processesOf(c *cobra.Command, fs *procfs.FS, name string) (pids []string, err error) {
	if _, err := strconv.Atoi(name); err == nil {
		return []string{name}, nil
	}
	all, err := fs.Processes()
	if err != nil {
		return nil, failf(c, "--attach %s: %w", name, err)
	}
	var commands []string
	for _, pid := range all {
		if pid == os.Getpid() {
			continue
		}
		comm, _ := fs.Proc(pid).Comm() // one that has just ended runs nothing
		exe, _, _ := fs.Proc(pid).Exe()
		if comm == name || exe != "" && filepath.Base(exe) == name {
			pids = append(pids, strconv.Itoa(pid))
		}
		commands = append(commands, comm)
	}
	if len(pids) == 0 {
		f := usagef(c, "--attach %s: no process runs that", name)
		if near := spell.Near(name, commands, 2); len(near) > 0 {
			return nil, f.try("did you mean %s?", strings.Join(slices.Compact(near), " or "))
		}
		return nil, f.try("ps -e lists what runs")
	}
	return pids, nil
}

// separately has a file written for each thread.
func (t *trace) separately(name string, adding bool) {
	t.live.Split = func(tid int) (*calltrace.Printer, error) {
		f, err := openTrace(name+"."+strconv.Itoa(tid), rotation{}, adding)
		if err != nil {
			return nil, err
		}
		show := t.cfg.Show
		show.Follow = false
		return calltrace.New(f, t.machine.kernel.OS(), show).Owning(f), nil
	}
}
