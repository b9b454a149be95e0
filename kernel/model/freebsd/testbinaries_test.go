package freebsd_test

// The test binaries that people run on a real FreeBSD, run here as programs of the modeled one: the
// files that issue its system calls are carried out so, beside what they test.

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel/model"
)

func TestTestBinaries(t *testing.T) {
	if testing.Short() {
		t.Skip("the packages are built for FreeBSD, which takes its time")
	}
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command here to build tests with")
	}
	if _, err := os.Stat("../../../go.mod"); err != nil {
		t.Skip("the sources of the tests are not here")
	}
	for _, c := range []struct {
		pkg, run string
		want     []string // that these have passed
	}{
		{"kernel/freebsd/raw", "^TestRequests", []string{"TestRequestsAreTheSystems"}},
		{"tracer", "^TestFreeBSD/^host$", []string{"TestFreeBSDAttachSleeping/host", "TestFreeBSDBreakpoints/host", "TestFreeBSDCoreAttached/host", "TestFreeBSDWatch/host"}},
		{"kernel/kerneltest", "^TestFreeBSDHost$/^(launch_exec_stop|debugger_exit_kills|fork_followed|reaper_adopts)$", []string{"TestFreeBSDHost/launch_exec_stop", "TestFreeBSDHost/debugger_exit_kills"}},
	} {
		t.Run(c.pkg, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "test")
			build := exec.Command(tool, "test", "-c", "-o", path, "./"+c.pkg)
			build.Dir, build.Env = "../../..", append(os.Environ(), "GOOS=freebsd", "GOARCH=amd64", "CGO_ENABLED=0")
			if out, err := build.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			out, err := model.Run(model.Options{System: "freebsd", Seed: 1, Calm: true}, path, []string{"-test.v", "-test.run", c.run}, []string{"TMPDIR=/tmp"})
			if err != nil || out.Status != "exit 0" {
				t.Fatalf("%v, %s\n%s%s", err, out.Status, out.Stdout, out.Stderr)
			}
			for _, name := range c.want {
				if !strings.Contains(out.Stdout, "--- PASS: "+name) {
					t.Errorf("%s has not passed:\n%s", name, out.Stdout)
				}
			}
		})
	}
}
