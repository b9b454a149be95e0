package procfs

import (
	"slices"
	"testing"
)

func TestCPUFlags(t *testing.T) {
	files := NewMemFiles()
	files.Text["cpuinfo"] = "processor\t: 0\nflags\t\t: fpu sse2 user_shstk\nbugs\t\t:\n\nprocessor\t: 1\nflags\t\t: fpu\n"
	fs := NewFiles("/proc", files)
	got, err := fs.CPUFlags()
	if err != nil || !slices.Equal(got, []string{"fpu", "sse2", "user_shstk"}) {
		t.Errorf("%q, %v", got, err)
	}
}
