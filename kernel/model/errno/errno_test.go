package errno

import (
	"testing"

	"github.com/trapline/trapline/abi"
)

func TestNumbers(t *testing.T) {
	for _, row := range []struct {
		os   *abi.OS
		e    Errno
		want int
	}{
		{abi.Linux, EPERM, 1}, {abi.Linux, ESRCH, 3}, {abi.Linux, EDEADLK, 35}, {abi.Linux, ENOSYS, 38}, {abi.Linux, ERESTART, 512},
		{abi.Linux, ERESTARTBLOCK, 516}, {abi.SVR4, ENOSYS, 89}, {abi.SVR4, EDEADLK, 45}, {abi.SVR4, ERESTART, 91},
		{abi.FreeBSD, EAGAIN, 35}, {abi.FreeBSD, ENOSYS, 78},
	} {
		if got := Numbers(row.os)[row.e]; got != row.want {
			t.Errorf("%v on %s is %d, want %d", row.e, row.os.Name, got, row.want)
		}
	}
	for e, n := range Numbers(abi.Linux) {
		if n < 0 {
			t.Errorf("Linux has no %v", Errno(e))
		}
	}
}
