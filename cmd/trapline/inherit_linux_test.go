package main

// What a launched program inherits is what it would have inherited from a shell.

import (
	"os"
	"os/exec"
	"path/filepath"
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

// TestInheritedSignals starts trapline with signals ignored: the program has what it would have
// without trapline. The Go runtime installs handlers for these two and forgets what was there.
func TestInheritedSignals(t *testing.T) {
	trapline := realBinary(t)
	const begin, end = `trap "" QUIT USR1; exec `, `grep -E "Sig(Ign|Blk)" /proc/self/status`
	want := finish(t, exec.Command("sh", "-c", begin+end)).stdout
	if !strings.Contains(want, "SigIgn") {
		t.Fatalf("untraced: %q", want)
	}
	for _, how := range []string{"trace -o /dev/null ", "run --batch "} {
		said := finish(t, exec.Command("sh", "-c", begin+trapline+" "+how+end))
		if !strings.Contains(said.stdout, want) {
			t.Errorf("%s: %q, want %q", how, said.stdout, want)
		}
	}
}

// TestClosedDescriptors starts trapline with a standard descriptor closed: the Go runtime opens it, for trapline alone.
func TestClosedDescriptors(t *testing.T) {
	trapline := realBinary(t)
	const program = `sh -c 'ls /proc/$$/fd > "$0"' `
	for _, redirection := range []string{"<&-", ">&-", "2>&-", "<&- 2>&-", "3>&-"} {
		descriptors := func(how string) string {
			t.Helper()
			listed := filepath.Join(t.TempDir(), "descriptors")
			finish(t, exec.Command("sh", "-c", "exec "+how+program+listed+" "+redirection))
			b, err := os.ReadFile(listed)
			if err != nil {
				t.Error(err)
			}
			return string(b)
		}
		want := descriptors("")
		for _, how := range []string{"trace -o /dev/null ", "run --batch "} {
			if got := descriptors(trapline + " " + how); got != want {
				t.Errorf("%s%s: %q, want %q", how, redirection, got, want)
			}
		}
	}
}

// TestPendingSignals starts trapline with a blocked signal that is due: the Go runtime unblocks
// these before it has handlers for them.
func TestPendingSignals(t *testing.T) {
	trapline := realBinary(t)
	for _, signal := range []string{"HUP", "INT", "QUIT", "TERM"} {
		begin := `kill -` + signal + ` $$; exec `
		const end = `grep -E "Sig(Ign|Blk)" /proc/self/status`
		blocked := func(command string) *exec.Cmd {
			return exec.Command("env", "--block-signal="+signal, "sh", "-c", command)
		}
		want := finish(t, blocked(begin+end)).stdout
		if said := finish(t, blocked(begin+trapline+" trace -o /dev/null "+end)); said.stdout != want || want == "" {
			t.Errorf("SIG%s: %q, want %q", signal, said, want)
		}
	}
}
