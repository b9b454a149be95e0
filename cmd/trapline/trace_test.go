package main

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
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
		cfg := TraceConfig{Calls: everything, Signals: everything, SortBy: SortTime, StringLimit: 32, Column: 40,
			Program: "/bin/sh", Path: "/bin/sh", Args: []string{}}
		change(&cfg)
		return cfg
	}
	for _, row := range []struct {
		line string
		want TraceConfig
	}{
		{"/bin/sh", base(func(cfg *TraceConfig) {})},
		{"/bin/sh -f -o x", base(func(cfg *TraceConfig) { cfg.Args = []string{"-f", "-o", "x"} })},
		{"-f -- /bin/sh", base(func(cfg *TraceConfig) { cfg.Follow = true })},
		{"-tt -T -y -y -xx -v -i -n -r /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Timestamp, cfg.FDs, cfg.Hex = 2, 2, 2
			cfg.Duration, cfg.Verbose, cfg.IP, cfg.Number, cfg.Relative = true, true, true, true, true
		})},
		{"-e open,close /bin/sh", base(func(cfg *TraceConfig) { cfg.Calls = Filter{Names: []string{"open", "close"}} })},
		{"-e trace=!%file -e signal=INT,!9 /bin/sh", TraceConfig{}},
		{"-e trace=!%file -e signal=!INT,9 /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Calls = Filter{Names: []string{"%file"}, Negate: true}
			cfg.Signals = Filter{Names: []string{"SIGINT", "SIGKILL"}, Negate: true}
		})},
		{"-e none -e s=none /bin/sh", base(func(cfg *TraceConfig) { cfg.Calls, cfg.Signals = Filter{}, Filter{} })},
		{"-e t=read -e trace=all /bin/sh", base(func(cfg *TraceConfig) {})},
		{"-c -S calls -a 10 -s 0 -qq /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Summary, cfg.SortBy, cfg.Column, cfg.StringLimit, cfg.Quiet = SummaryOnly, SortCalls, 10, 0, 2
		})},
		{"-C /bin/sh", base(func(cfg *TraceConfig) {
			cfg.Summary = SummaryToo
		})},
		{"-p 1,2 -p 2,3", base(func(cfg *TraceConfig) {
			cfg.PIDs, cfg.Program, cfg.Path, cfg.Args = []int{1, 2, 3}, "", "", nil
		})},
	} {
		got, err := parseTrace(row.line)
		if row.want.SortBy == "" {
			if err == nil {
				t.Errorf("%s: accepted", row.line)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", row.line, err)
			continue
		}
		if diff := cmp.Diff(row.want, got, cmpopts.IgnoreFields(TraceConfig{}, "Out", "Stderr", "Env")); diff != "" {
			t.Errorf("%s (-want +got):\n%s", row.line, diff)
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
