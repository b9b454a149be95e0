package abi

import "testing"

func TestErrnoOf(t *testing.T) {
	for _, c := range []struct {
		program, kernel *OS
		n, want         int
	}{
		{Linux, FreeBSD, 35, 11}, {Linux, FreeBSD, 2, 2}, {Linux, FreeBSD, 60, 110}, {FreeBSD, FreeBSD, 35, 35}, {Linux, FreeBSD, -1, -1}, {Linux, FreeBSD, 93, 93},
	} {
		if got := c.program.ErrnoOf(c.kernel, c.n); got != c.want {
			t.Errorf("%s's %d is %d for %s, want %d", c.kernel.Name, c.n, got, c.program.Name, c.want)
		}
	}
}
