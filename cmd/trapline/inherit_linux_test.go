package main

// What a launched program inherits is what it would have inherited from a shell.

import (
	"os/exec"
	"strings"
	"testing"
)

// TestInheritance starts trapline with a soft limit on open files below the hard one,
// which the Go runtime raises for itself.
func TestInheritance(t *testing.T) {
	trapline := realBinary(t)
	for _, how := range []string{"trace -o /dev/null", "run --batch"} {
		said := finish(t, exec.Command("sh", "-c", `ulimit -Sn 77; exec "$0" `+how+` sh -c 'ulimit -Sn; grep SigBlk /proc/self/status'`, trapline))
		for _, want := range []string{"77\n", "SigBlk:\t0000000000000000\n"} {
			if !strings.Contains("\n"+said.stdout, "\n"+want) {
				t.Errorf("%s: %q is not in %q", how, want, said.stdout)
			}
		}
	}
}
