package linux

import (
	"testing"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel"
)

// A child that fails says so whatever descriptors it is given: they do not replace the one that it reports to.
func TestSpawnReports(t *testing.T) {
	h := NewHost()
	null, err := unix.Open("/dev/null", unix.O_RDWR|unix.O_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer unix.Close(null)
	files := make([]int, 60)
	for i := range files {
		files[i] = null
	}
	pid, e := h.Spawn(&kernel.Launch{Path: "/does/not/exist", Args: []string{"x"}, Files: files, Foreground: -1}, func(int) Errno { return 0 })
	if e != 0 {
		t.Fatalf("errno %d", e)
	}
	if _, err := unix.Wait4(pid, nil, 0, nil); err != nil {
		t.Fatal(err)
	}
	if step, e := h.Spawned(pid); step != "execute" || e != Errno(unix.ENOENT) {
		t.Errorf("%q failed with errno %d", step, e)
	}
}
