package kerneltest

// FreeBSD's cases on the kernel below.

import (
	"testing"

	"github.com/trapline/trapline/kernel/model/freebsd/replay"
)

// TestFreeBSDHost plays all cases on the kernel below.
func TestFreeBSDHost(t *testing.T) {
	if *listFreeBSD {
		t.Skip("the cases are listed")
	}
	for _, c := range fbsdCases {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			t.Chdir(dir) // cores of tracees are left there
			newBench(t, replay.NewHost(), dir).play(&c)
		})
	}
}
