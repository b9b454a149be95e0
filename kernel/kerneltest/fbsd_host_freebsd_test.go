package kerneltest

// FreeBSD's cases on the kernel below. Each is played in a process of its own, which is this test
// binary again: whatever a kernel that differs makes of one, it ends, and the others are played.

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"slices"
	"testing"
	"time"

	"github.com/trapline/trapline/kernel/model/freebsd/replay"
)

// caseAlone names the case that TestFreeBSDAlone plays.
const caseAlone = "TRAPLINE_FREEBSD_CASE"

// TestFreeBSDAlone plays one case in the working directory: it is what TestFreeBSDHost starts.
func TestFreeBSDAlone(t *testing.T) {
	name := os.Getenv(caseAlone)
	if name == "" {
		return // the others start it with a name
	}
	i := slices.IndexFunc(fbsdCases, func(c fbsdCase) bool { return c.name == name })
	if i < 0 {
		t.Fatalf("there is no case %s", name)
	}
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	newBench(t, replay.NewHost(), dir).play(&fbsdCases[i])
}

// TestFreeBSDHost plays all cases.
func TestFreeBSDHost(t *testing.T) {
	if *listFreeBSD {
		t.Skip("the cases are listed")
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	limit := 3**patience + 30*time.Second
	for _, c := range fbsdCases {
		t.Run(c.name, func(t *testing.T) {
			over, cancel := context.WithTimeout(t.Context(), limit)
			defer cancel()
			cmd := exec.CommandContext(over, exe, "-test.run=^TestFreeBSDAlone$", "-test.v", "-freebsd-patience="+patience.String())
			cmd.Env = append(os.Environ(), caseAlone+"="+c.name)
			cmd.Dir = t.TempDir() // programs are put there, and cores of tracees left
			cmd.WaitDelay = time.Second
			out, err := cmd.CombinedOutput()
			switch {
			case errors.Is(over.Err(), context.DeadlineExceeded):
				t.Errorf("%s: it hung for %v\n%s", c.promise, limit, out)
			case err != nil:
				t.Errorf("%v\n%s", err, out)
			case c.unconfirmed != "":
				t.Logf("unconfirmed, and so: %s", c.unconfirmed)
			}
		})
	}
}
