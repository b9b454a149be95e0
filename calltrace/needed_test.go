package calltrace

import (
	"testing"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/syscalls"
)

// Calls stop what is traced where any is wanted, for itself or for what else is shown.
func TestMode(t *testing.T) {
	for _, row := range []struct {
		calls string
		with  Options
		want  kernel.Mode
	}{
		{"all", Options{}, kernel.Syscalls},
		{"none", Options{}, kernel.Run},
		{"!all", Options{}, kernel.Run},
		{"fork@32", Options{}, kernel.Syscalls},
		{"none", Options{Stack: func(b []byte, _ int) []byte { return b }}, kernel.Syscalls},
	} {
		set, err := syscalls.ParseSet(row.calls)
		if err != nil {
			t.Fatal(err)
		}
		row.with.Filter = set
		if got := Mode(&row.with, abi.Linux); got != row.want {
			t.Errorf("%s: mode %v, want %v", row.calls, got, row.want)
		}
	}
	if got := Mode(&Options{}, abi.Linux); got != kernel.Syscalls {
		t.Errorf("no set: mode %v, want all calls", got)
	}
}
