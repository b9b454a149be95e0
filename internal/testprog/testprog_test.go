package testprog

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestMain(m *testing.M) { os.Exit(Main(m)) }

// TestPrograms runs every program untraced, plain and in its variants: what
// tests of a tracer compare with has to be true without one.
func TestPrograms(t *testing.T) {
	for _, p := range Programs() {
		for _, v := range append([]string{""}, p.Variants...) {
			name := strings.TrimSuffix(p.Name+"+"+v, "+")
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				Build(t, name)
				for _, run := range p.Runs {
					runOnce(t, name, run)
				}
			})
		}
	}
}

func runOnce(t *testing.T, name string, run Run) {
	t.Helper()
	cmd := Command(t, name, run)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	status, err := runToEnd(cmd)
	if err == nil {
		err = run.Check(stdout.String(), status)
	}
	if err != nil {
		t.Errorf("%s %s: %v\nstderr: %s", name, strings.Join(run.Args, " "), err, clip(stderr.String()))
	}
}

func TestCheck(t *testing.T) {
	for _, tc := range []struct {
		run            Run
		stdout, status string
		ok             bool
	}{
		{Run{Stdout: "x\n"}, "x\n", "exit 0", true},
		{Run{Stdout: "x\n"}, "y\n", "exit 0", false},
		{Run{Stdout: "x\n"}, "x\n", "exit 1", false},
		{Run{Match: `x \d+\n`}, "x 12\n", "exit 0", true},
		{Run{Match: `x \d+\n`}, "x 12\nmore", "exit 0", false},
		{Run{Status: "signal 11"}, "", "signal 11", true},
		{Run{Status: "signal 11"}, "", "exit 139", false},
	} {
		if err := tc.run.Check(tc.stdout, tc.status); (err == nil) != tc.ok {
			t.Errorf("%+v.Check(%q, %q) = %v", tc.run, tc.stdout, tc.status, err)
		}
	}
}

func TestLookup(t *testing.T) {
	for _, tc := range []struct{ name, err string }{
		{"hello", ""}, {"hello+static+O2", ""},
		{"nosuch", `no program "nosuch"`},
	} {
		_, _, err := Lookup(tc.name)
		if got := fmt.Sprint(err); tc.err == "" && err != nil || tc.err != "" && !strings.Contains(got, tc.err) {
			t.Errorf("Lookup(%q): %v, want %q", tc.name, err, tc.err)
		}
	}
	if _, err := Path("hello+nosuch"); err == nil || !strings.Contains(err.Error(), `no variant "nosuch"`) {
		t.Errorf("Path of an unknown variant: %v", err)
	}
}
