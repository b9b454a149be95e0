package abi

import "testing"

var all = []*OS{Linux, FreeBSD, SVR4}

// Look-ups by number lean on the order of the rows.
func TestRowsAreOrderedAndNamed(t *testing.T) {
	for _, o := range all {
		last, seen := 0, map[string]bool{}
		for _, r := range o.Signals {
			if r.Num <= last || seen[r.Name] || r.Text == "" {
				t.Errorf("%s: signal row %+v is out of order, doubled or without a text", o.Name, r)
			}
			last, seen[r.Name] = r.Num, true
			if got := o.Signal(r.Num); got == nil || *got != r {
				t.Errorf("%s: Signal(%d) = %v", o.Name, r.Num, got)
			}
			if got := o.SignalByName(r.Name); got == nil || got.Num != r.Num {
				t.Errorf("%s: SignalByName(%s) = %v", o.Name, r.Name, got)
			}
		}
		last = 0
		for _, r := range o.Errnos {
			if r.Num <= last || seen[r.Name] || r.Text == "" {
				t.Errorf("%s: errno row %+v is out of order, doubled or without a text", o.Name, r)
			}
			last, seen[r.Name] = r.Num, true
			if got := o.Errno(r.Num); got == nil || *got != r {
				t.Errorf("%s: Errno(%d) = %v", o.Name, r.Num, got)
			}
			if got := o.ErrnoByName(r.Name); got == nil || got.Num != r.Num {
				t.Errorf("%s: ErrnoByName(%s) = %v", o.Name, r.Name, got)
			}
		}
		for _, n := range []int{-1, 0, 1 << 20} {
			if o.Signal(n) != nil || o.Errno(n) != nil {
				t.Errorf("%s: number %d has a row", o.Name, n)
			}
		}
	}
}

func TestSignalByName(t *testing.T) {
	for _, c := range []struct {
		os   *OS
		name string
		want int // 0: none
	}{
		{Linux, "SIGINT", 2}, {Linux, "INT", 2}, {Linux, "2", 2}, {Linux, "sigint", 2},
		{Linux, "SIGPOLL", 29}, {Linux, "CLD", 17}, {Linux, "SIG34", 34}, {Linux, "SIGRT_2", 34},
		{Linux, "SIGRTMIN", 32}, {Linux, "SIGRTMIN+1", 35}, {Linux, "RTMAX-1", 63}, {Linux, "SIGRTMAX", 64},
		{Linux, "SIGRTMIN+31", 0}, {Linux, "SIGRTMIN+-1", 0}, {Linux, "65", 0}, {Linux, "", 0}, {Linux, "SIG", 0}, {Linux, "SIGNOPE", 0},
		{FreeBSD, "SIGUSR1", 30}, {FreeBSD, "SIGRTMIN+1", 66}, {FreeBSD, "IOT", 6}, {FreeBSD, "40", 0},
		{SVR4, "SIGCLD", 18}, {SVR4, "SIGIO", 22}, {SVR4, "SIGRTMIN", 0},
	} {
		got := c.os.SignalByName(c.name)
		if (got == nil) != (c.want == 0) || got != nil && got.Num != c.want {
			t.Errorf("%s: SignalByName(%q) = %v, want %d", c.os.Name, c.name, got, c.want)
		}
	}
}

func TestRows(t *testing.T) {
	if r := Linux.Errno(512); r.Name != "ERESTARTSYS" || r.Text != "To be restarted if SA_RESTART is set" {
		t.Errorf("512 is %+v", r)
	}
	if r := FreeBSD.ErrnoByName("EWOULDBLOCK"); r.Num != 35 || r.Text != "Resource temporarily unavailable" {
		t.Errorf("EWOULDBLOCK is %+v", r)
	}
	if r := Linux.Signal(11); r.Default != Core || r.Text != "Segmentation fault" {
		t.Errorf("11 is %+v", r)
	}
	if r := Linux.Signal(23); r.Default != Ignore {
		t.Errorf("23 is %+v", r)
	}
	if r := SVR4.Signal(24); r.Name != "SIGTSTP" || r.Default != Stop {
		t.Errorf("24 is %+v", r)
	}
	if n := Linux.SignalName(99); n != "SIG99" {
		t.Errorf("signal 99 is called %s", n)
	}
	if n := Linux.ErrnoName(41); n != "errno 41" {
		t.Errorf("error 41 is called %s", n)
	}
	for n := 1; n <= 133; n++ {
		if Linux.Errno(n) == nil && n != 41 && n != 58 {
			t.Errorf("no row for errno %d", n)
		}
	}
}
