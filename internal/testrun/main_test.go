package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// A module of its own with tests that pass, fail, skip, crash, hang and leave a
// process behind: what testrun says of it is compared.
const testModule = `package m

import (
	"os"
	"os/exec"
	"testing"
	"time"
)

func TestPass(t *testing.T) { t.Run("sub", func(t *testing.T) {}) }
func TestSkip(t *testing.T) { t.Skip("no such tool") }
func TestFail(t *testing.T) {
	if os.Getenv("M") == "fail" {
		t.Error("it broke")
	}
}
func TestLeave(t *testing.T) {
	if os.Getenv("M") == "leave" {
		exec.Command("sleep", "1000").Start()
	}
}
func TestHang(t *testing.T) {
	if os.Getenv("M") == "hang" {
		time.Sleep(time.Hour)
	}
}
func TestCrash(t *testing.T) {
	if os.Getenv("M") == "crash" {
		os.Exit(3)
	}
}
`

func TestRunTests(t *testing.T) {
	if _, err := os.Stat("/proc/self/environ"); err != nil {
		t.Skip("no Linux /proc")
	}
	if _, err := exec.LookPath("sleep"); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module m\n\ngo 1.21\n", "m_test.go": testModule} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	for _, row := range []struct {
		mode  string
		limit time.Duration
		ok    bool
		want  []string // regular expressions of lines
	}{
		{"", time.Hour, true, []string{`ok   m .*\(6 passed, 1 skipped\)`, `skipped: m TestSkip: .*no such tool`, `6 passed, 0 failed, 1 skipped`}},
		{"fail", time.Hour, false, []string{`--- FAIL m TestFail`, `.*it broke`, `FAIL m .*`, `5 passed, 1 failed, 1 skipped`}},
		{"leave", time.Hour, false, []string{`left behind: process \d+ \(sleep 1000\), S \(sleeping\)`, `6 passed, 1 failed, 1 skipped`}},
		{"crash", time.Hour, false, []string{`--- UNFINISHED TestCrash`, `5 passed, 1 failed, 1 skipped`}},
		{"hang", 2 * time.Second, false, []string{`gave up after 2s; unfinished: .*`}},
	} {
		t.Setenv("M", row.mode)
		var out strings.Builder
		ok, err := runTests([]string{"-vet=off", "."}, row.limit, &out)
		if err != nil || ok != row.ok {
			t.Errorf("%q: ok %v, %v", row.mode, ok, err)
		}
		for _, re := range row.want {
			if !regexp.MustCompile(`(?m)^` + re + `$`).MatchString(out.String()) {
				t.Errorf("%q: no line %s in:\n%s", row.mode, re, out.String())
			}
		}
	}
}
