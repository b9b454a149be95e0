package syscalls

import (
	"math"
	"strings"
	"testing"
)

func numberOf(t *testing.T, a *ABI, name string) uint64 {
	t.Helper()
	for nr, r := range a.rows {
		if r != nil && r.Name == name {
			return uint64(nr) + a.Base
		}
	}
	t.Fatalf("no call %s in %s", name, a.Name)
	return 0
}

func TestParseSet(t *testing.T) {
	for _, c := range []struct {
		expr    string
		in, out string // names of x86-64
	}{
		{"open,close", "open close", "openat read"},
		{"%file", "open openat stat execve", "read close"},
		{"file", "open openat", "read"},
		{"%network", "socket connect sendmsg", "read"},
		{"%%stat", "stat fstat lstat newfstatat statx", "statfs"},
		{"%desc,!", "", ""},
		{"!%desc", "getpid", "read write"},
		{"/^epoll_", "epoll_wait epoll_create1", "poll"},
		{"all", "read getpid", ""},
		{"!all", "", "read"},
		{"none", "", "read"},
		{"!none", "read", ""},
		{"?nosuchcall,read", "read", "write"},
		{"read@64", "read", "write"},
		{"read@32", "", "read"},
		{"0", "read", "write"},
		{"%process", "clone exit_group wait4", "read"},
		{"%creds,%clock", "getuid clock_gettime", "read"},
	} {
		s, err := ParseSet(c.expr)
		if c.in == "" && c.out == "" {
			if err == nil {
				t.Errorf("%q: no error", c.expr)
			}
			continue
		}
		if err != nil {
			t.Errorf("%q: %v", c.expr, err)
			continue
		}
		for _, n := range strings.Fields(c.in) {
			if !s.Has(X8664, numberOf(t, X8664, n)) {
				t.Errorf("%q: %s is missing", c.expr, n)
			}
		}
		for _, n := range strings.Fields(c.out) {
			if s.Has(X8664, numberOf(t, X8664, n)) {
				t.Errorf("%q: %s is in", c.expr, n)
			}
		}
	}
	s, _ := ParseSet("write")
	if got := s.Numbers(X32); len(got) != 1 || got[0] != 1<<30+1 {
		t.Errorf("write of x32 has numbers %x", got)
	}
	if got := s.Ranges(X8664); len(got) != 1 || got[0] != [2]uint64{1, 1} {
		t.Errorf("write has ranges %x", got)
	}
	others, _ := ParseSet("!write,open")
	if got := others.Ranges(X8664); len(got) != 2 || got[0] != [2]uint64{0, 0} || got[1] != [2]uint64{3, math.MaxUint32} {
		t.Errorf("others than write and open have ranges %x", got)
	}
	if s.Has(X8664, 9999) || s.All() {
		t.Error("an unknown call is in the set of write")
	}
	all, _ := ParseSet("all")
	if !all.Has(X8664, 9999) || !all.All() {
		t.Error("an unknown call is not in the set of all")
	}
}

func TestParseSetErrors(t *testing.T) {
	for expr, want := range map[string]string{
		"opne":     "invalid system call 'opne'; did you mean open",
		"%flie":    "invalid system call '%flie'; did you mean %file",
		"read@16":  "unknown ABI @16",
		"/[":       "missing closing ]",
		"":         "empty",
		"xyzzyplu": "lists the classes",
	} {
		_, err := ParseSet(expr)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want one line with %q", expr, err, want)
		}
	}
}
