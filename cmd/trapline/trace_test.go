package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/syscalls"
)

// parseTrace runs the flags of `trapline trace` as far as the configuration.
func parseTrace(line string) (TraceConfig, error) {
	var got TraceConfig
	c := newTrace(newApp(os.Stdout, os.Stderr))
	// The verb's own RunE would start the trace; the flags belong to its closure, so
	// the configuration is caught at the door to the engine.
	saved := startTrace
	startTrace = func(cfg TraceConfig) (int, error) { got = cfg; return 0, nil }
	defer func() { startTrace = saved }()
	c.SetArgs(strings.Fields(line))
	c.SilenceErrors, c.SilenceUsage = true, true
	c.SetFlagErrorFunc(flagError)
	err := c.Execute()
	return got, err
}

func TestTraceFlags(t *testing.T) {
	base := func(change func(*TraceConfig)) TraceConfig {
		cfg := TraceConfig{Program: "/bin/sh", Path: "/bin/sh", Args: []string{}}
		cfg.Show.Name, cfg.Show.Partial, cfg.Show.Shared, cfg.Closing = "trapline: ", true, true, true
		cfg.Show.Syscall = syscalls.Options{StringLimit: 32, Column: 40}
		change(&cfg)
		return cfg
	}
	for _, row := range []struct {
		line string
		want TraceConfig
	}{
		{"/bin/sh", base(func(cfg *TraceConfig) {})},
		{"/bin/sh -f -o x", base(func(cfg *TraceConfig) { cfg.Args = []string{"-f", "-o", "x"} })},
		{"-f -- /bin/sh", base(func(cfg *TraceConfig) { cfg.Follow, cfg.Show.Follow = true, true })},
		{"-o /dev/null /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Show.ToFile, cfg.Show.NoAttach, cfg.Show.Partial, cfg.Show.Shared = true, true, false, false
		})},
		{"-tt -T -y -y -xx -i -n /bin/sh", base(func(cfg *TraceConfig) {
			cfg.FDs, cfg.Show.Syscall.Hex, cfg.Show.Stamp = 2, 2, calltrace.ClockUS
			cfg.Show.Spent, cfg.Show.SpentDigits, cfg.Show.IP, cfg.Show.Number = true, 6, true, true
		})},
		{"-r /bin/sh", base(func(cfg *TraceConfig) { cfg.Show.Since, cfg.Show.SinceDig = true, 6 })},
		{"-N --syscall-times=s /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Show.Syscall.ArgNames, cfg.Show.Spent, cfg.Show.SpentDigits = true, true, -1
		})},
		{"-ttt -z /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Show.Stamp, cfg.Show.Status = calltrace.UnixUS, calltrace.Successful
		})},
		{"-e status=failed /bin/sh", base(func(cfg *TraceConfig) { cfg.Show.Status = calltrace.Failed })},
		{"-c -S calls -a 0 -s 0 -qq /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Show.Summary, cfg.Show.Sort, cfg.Show.NoAttach, cfg.Show.Quiet = calltrace.OnlySummary, "calls", true, true
			cfg.Show.Columns, cfg.Closing = calltrace.SpreadColumns, false
			cfg.Show.Syscall.Column, cfg.Show.Syscall.StringLimit = -1, -1
		})},
		{"-C -q /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Show.Summary, cfg.Show.NoAttach = calltrace.WithSummary, true
			cfg.Show.Columns, cfg.Closing = calltrace.SpreadColumns, false
		})},
		{"--summary-by path --histogram /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Show.Summary, cfg.Show.Columns, cfg.Show.By, cfg.Show.Histogram = calltrace.OnlySummary, calltrace.SpreadColumns, calltrace.ByPath, true
		})},
		{"-C --summary-by process /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Show.Summary, cfg.Show.Columns, cfg.Show.By = calltrace.WithSummary, calltrace.SpreadColumns, calltrace.ByProcess
		})},
		{"--format json -o /dev/null /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Show.ToFile, cfg.Show.NoAttach, cfg.Show.Partial, cfg.Show.Shared, cfg.Encoder = true, true, false, false, &calltrace.JSONLines{}
		})},
		{"-p 1,2 -p 2,3", base(func(cfg *TraceConfig) {
			cfg.PIDs, cfg.Program, cfg.Path, cfg.Args = []int{1, 2, 3}, "", "", nil
		})},
	} {
		got, err := parseTrace(row.line)
		if err != nil {
			t.Errorf("%s: %v", row.line, err)
			continue
		}
		if diff := cmp.Diff(row.want, got, cmpopts.IgnoreFields(TraceConfig{}, "Out", "Stderr", "Env", "Ended", "Filter", "More"), cmpopts.IgnoreUnexported(calltrace.JSONLines{})); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.line, diff)
		}
	}
}

func TestTraceFilters(t *testing.T) {
	x86 := syscalls.ForProgram(0xc000003e, 0) // AUDIT_ARCH_X86_64
	const read, openat = 0, 257
	for _, row := range []struct {
		line         string
		read, openat bool
		sigint, kill bool
		full         bool // read's structures
	}{
		{"/bin/sh", true, true, true, true, false},
		{"-v /bin/sh", true, true, true, true, true},
		{"-e openat,close /bin/sh", false, true, true, true, false},
		{"-e trace=!%file -e signal=!INT /bin/sh", true, false, false, true, false},
		{"-e signal=2,9 -e s=SIGKILL /bin/sh", true, true, false, true, false},
		{"-e none -e s=none -e verbose=read /bin/sh", false, false, false, false, true},
		{"-e t=read -e trace=all -e s=!none /bin/sh", true, true, true, true, false},
	} {
		cfg, err := parseTrace(row.line)
		if err != nil {
			t.Errorf("%s: %v", row.line, err)
			continue
		}
		show := cfg.Show
		has := func(s *syscalls.Set, nr uint64, none bool) bool {
			return s == nil && none || s != nil && s.Has(x86, nr)
		}
		signal := func(n int) bool { return show.Signals == nil || show.Signals(n) }
		got := []bool{has(show.Filter, read, true), has(show.Filter, openat, true), signal(2), signal(9), has(show.Verbose, read, false)}
		if diff := cmp.Diff([]bool{row.read, row.openat, row.sigint, row.kill, row.full}, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.line, diff)
		}
	}
}

// The classes that the help names are those that the tables know.
func TestTraceClasses(t *testing.T) {
	for _, class := range strings.Fields(classes) {
		if _, err := syscalls.ParseSet(strings.TrimSuffix(class, ",")); err != nil {
			t.Error(err)
		}
	}
}

func TestTraceEnviron(t *testing.T) {
	t.Setenv("TRAPLINE_A", "0")
	cfg, err := parseTrace("-E TRAPLINE_A=1 -E PATH /bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Contains(cfg.Env, "TRAPLINE_A=1") || slices.Contains(cfg.Env, "TRAPLINE_A=0") {
		t.Errorf("-E did not set: %q", cfg.Env)
	}
	if slices.ContainsFunc(cfg.Env, func(v string) bool { return strings.HasPrefix(v, "PATH=") }) {
		t.Errorf("-E did not unset: %q", cfg.Env)
	}
}

func TestTraceUser(t *testing.T) {
	cfg, err := parseTrace("-u root /bin/sh")
	if os.Geteuid() != 0 {
		if err == nil {
			t.Error("-u is accepted from a user who cannot become another")
		}
		return
	}
	if err != nil || cfg.Cred == nil || cfg.Cred.UID != 0 || cfg.Cred.GID != 0 {
		t.Errorf("-u root gives %+v, %v", cfg.Cred, err)
	}
	if _, err := parseTrace("-u no-such-user /bin/sh"); err == nil {
		t.Error("-u no-such-user is accepted")
	}
}

func TestEnviron(t *testing.T) {
	got := withChanges([]string{"A=1", "B=2", "C=3", "B=4"}, []string{"B=x=y", "C", "D="})
	if diff := cmp.Diff([]string{"A=1", "B=x=y", "D="}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestExitStatus(t *testing.T) {
	for _, row := range []struct{ code, signal, want int }{{0, 0, 0}, {7, 0, 7}, {0, 9, 137}, {0, 64, 192}} {
		if got := ExitStatus(row.code, row.signal); got != row.want {
			t.Errorf("ExitStatus(%d, %d) = %d, want %d", row.code, row.signal, got, row.want)
		}
	}
}
