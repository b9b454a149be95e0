package freebsd_test

import (
	"bytes"
	"testing"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// TestWorld runs a recorded program in a World, untraced and traced by the adapter.
func TestWorld(t *testing.T) {
	var out bytes.Buffer
	w, err := model.New(model.Options{System: "freebsd", Seed: 1, Stdout: &out, Drift: 8})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	if err := w.Put("/w/hello", recordings.ELF("launch-traceme.a"), 0o755); err != nil {
		t.Fatal(err)
	}
	end, err := w.Run("/w/hello", nil, nil)
	if err != nil || end.Code != 3 || out.String() != "hello, world\n" {
		t.Fatalf("untraced: %+v %v %q", end, err, out.String())
	}
	pid, err := w.Kernel.Launch(&kernel.Launch{Path: "/w/hello", Args: []string{"hello"}, Foreground: -1})
	if err != nil {
		t.Fatal(err)
	}
	for range 100 {
		var stop kernel.Stop
		if err := w.Kernel.Wait(&stop, true); err != nil {
			t.Fatal(err)
		}
		if stop.Kind == kernel.Exited {
			return
		}
		if err := w.Kernel.Resume(pid, kernel.Run, []kernel.Action{{TID: stop.TID}}); err != nil {
			t.Fatal(err)
		}
	}
	t.Error("it does not end")
}
