package kerneltest

// The suite on the real kernel: whether the cases tell the truth.

import (
	"strings"
	"testing"
	"time"

	"github.com/trapline/trapline/internal/testprog"
)

func TestLitmusHost(t *testing.T) {
	for _, name := range litmusPrograms() {
		t.Run(name, func(t *testing.T) {
			path := testprog.Build(t, name)
			cases, err := List(t.Context(), Host{}, path)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cases {
				t.Run(c.Name, func(t *testing.T) { play(t, path, c) })
			}
		})
	}
}

func play(t *testing.T, path string, c Case) {
	if strings.HasPrefix(c.Name, "hw_") || strings.HasPrefix(c.Name, "watch_") {
		testprog.NeedDebugRegisters(t)
	}
	first, err := Play(t.Context(), Host{}, path, c.Name)
	if err != nil {
		t.Fatalf("%s\n%v", c.Promise, err)
	}
	if first.Skipped != "" {
		t.Skip(first.Skipped)
	}
	again, err := Play(t.Context(), Host{}, path, c.Name)
	if err != nil {
		t.Fatalf("the second time: %s\n%v", c.Promise, err)
	}
	if d := Differ(first.Transcript, again.Transcript); d != "" {
		t.Errorf("%s\nanother transcript the second time: %s", c.Promise, d)
	}
}

// TestHostFails is whether a promise that is not kept is noticed on the way from a process
// to here: a case that is not there, a program that hangs.
func TestHostFails(t *testing.T) {
	path := testprog.Build(t, "litmus_attach")
	if o, err := Play(t.Context(), Host{}, path, "no_such_case"); err == nil {
		t.Errorf("a case that is not there was played: %q", o.Transcript)
	}
	out, err := Host{}.Run(t.Context(), path, "@raise", "9")
	if want := (Output{Status: "signal 9"}); err != nil || out != want {
		t.Errorf("Run of a program that kills itself = %+v, %v, want %+v", out, err, want)
	}
	if _, err := (Host{Timeout: 50 * time.Millisecond}).Run(t.Context(), path, "@sleep"); err == nil {
		t.Error("a program that sleeps for ever ended")
	}
}
