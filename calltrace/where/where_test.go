package where

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/trapline/trapline/syscalls"
)

// sample are calls that the tables ask about.
var sample = map[string]*Call{
	"open": {Call: &syscalls.Call{ABI: syscalls.X8664, PID: 10, TID: 11, Nr: 257, Args: [6]uint64{0xffffff9c, 0x7fff0000, 0o100}, Returned: true, Ret: 3},
		Duration: 12 * time.Millisecond, Paths: []string{"/usr/lib/libc.so.6", "/"}, Comm: func(int) string { return "cc1 plus" }},
	"failed": {Call: &syscalls.Call{ABI: syscalls.X8664, PID: 10, TID: 10, Nr: 0, Args: [6]uint64{5, 0xffffffffffffff00, 4096}, Returned: true, Errno: 11},
		Duration: 900 * time.Nanosecond, FDs: []int32{5, 7}, Paths: []string{"TCP:[10.0.0.1:99->10.0.0.2:443]"}, Peers: []string{"10.0.0.2:443"}},
	"inside": {Call: &syscalls.Call{ABI: syscalls.I386, PID: 12, TID: 12, Nr: 4, Args: [6]uint64{1}}, Duration: time.Second},
}

func TestMatch(t *testing.T) {
	for _, row := range []struct{ text, want string }{
		{"name == openat", "open"},
		{`name == "openat" || name == 'read'`, "failed open"},
		{"name != openat", "failed inside"},
		{"name in (read, write)", "failed inside"},
		{"name ~ 'o*at'", "open"},
		{"name ~ \"*a*\"", "failed open"},
		{"name =~ '^(read|write)$'", "failed inside"},
		{"nr == 257", "open"},
		{"pid == 10 && tid != 10", "open"},
		{"pid in (12)", "inside"},
		{"comm == 'cc1 plus'", "open"},
		{"comm ~ 'cc1*'", "open"},
		{"ret > 2", "open"},
		{"ret == -1", "failed"},
		{"ret != -1", "inside open"},
		{"error", "failed"},
		{"!error", "inside open"},
		{"errno == EAGAIN", "failed"},
		{"errno == 11", "failed"},
		{"errno in (ENOENT, EAGAIN)", "failed"},
		{"errno == 0", "open"},
		{"errno != EAGAIN", "inside open"},
		{"dur >= 10ms", "inside open"},
		{"dur < 1us", "failed"},
		{"dur == 12ms", "open"},
		{"dur > 0 && dur<=1s", "failed inside open"},
		{"path ~ '*.so*'", "open"},
		{"path ~ '/usr/*'", "open"},
		{"path ~ '/usr/lib/libc.so.[!7]'", "open"},
		{"path ~ '/usr/lib/libc.so.[0-5]'", ""},
		{"path ~ '*->10.0.0.?:443]'", "failed"},
		{"peer == '10.0.0.2:443'", "failed"},
		{"peer ~ '10.0.*'", "failed"},
		{"peer != '10.0.0.2:443'", "inside open"},
		{"path == '/'", "open"},
		{"path != '/'", "failed inside"},
		{"fd == 7", "failed"},
		{"fd != 7", "inside open"},
		{"fd < 6", "failed"},
		{"arg0 == -100", "open"},
		{"arg0 == 0xffffff9c", "open"},
		{"arg1 == 0xffffffffffffff00", "failed"},
		{"arg1 == -256", "failed"},
		{"arg2 == 0100", "open"},
		{"arg2 == 0o100", "open"},
		{"abi == i386", "inside"},
		{"!(name == read || name == write) && ret == 3", "open"},
		{"error || name == openat && ret == 4", "failed"},
		{"!!error", "failed"},
	} {
		e, err := Parse(row.text)
		if err != nil {
			t.Errorf("%s: %v", row.text, err)
			continue
		}
		var got []string
		for _, name := range []string{"failed", "inside", "open"} {
			if e.Match(sample[name]) {
				got = append(got, name)
			}
		}
		if s := strings.Join(got, " "); s != row.want {
			t.Errorf("%s holds for %q, want %q", row.text, s, row.want)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, row := range []struct {
		text   string
		column int
		has    string
	}{
		{"", 1, "the end where a field should be"},
		{"rett > 3", 1, "did you mean ret?"},
		{"zzz > 3", 1, "the fields are name, nr"},
		{"ret", 4, "an operator should follow ret"},
		{"ret = 3", 5, "equality is =="},
		{"error & ret == 1", 7, "and is &&"},
		{"ret > ", 7, "the end where a value"},
		{"ret > abc", 7, "is no number"},
		{"ret > '3'", 7, "is no number"},
		{"ret ~ 3", 5, "~ does not go with ret, which is a number"},
		{"name < read", 6, "< does not go with name, which is text"},
		{"name == opnat", 9, "did you mean openat"},
		{"name in (read, wriet)", 16, "did you mean write"},
		{"errno == ENOENTT", 10, "did you mean ENOENT"},
		{"errno > ENOENT", 7, "> does not go with errno"},
		{"abi == x86", 8, `there is no ABI "x86"`},
		{"dur > 10", 7, "is no duration"},
		{"dur > 10mss", 7, "is no duration"},
		{"error == 1", 7, "write error or !error"},
		{"(ret > 1", 9, "parenthesis of column 1"},
		{"ret > 1)", 8, "does not belong here"},
		{"ret > 1 ret > 2", 9, "join comparisons"},
		{"name == 'read", 9, "without its closing '"},
		{"name =~ '('", 9, "missing closing"},
		{"pid in 3", 8, "( should follow in"},
		{"pid in (3 4)", 11, ", or ) should be"},
		{"path == /usr", 9, "goes between quotes"},
		{"name == é", 9, "means nothing here"},
		{strings.Repeat("!", 300) + "error", 201, "inside each other"},
		{strings.Repeat("(", 100000), 201, "inside each other"},
	} {
		_, err := Parse(row.text)
		var wrong *Error
		if !errors.As(err, &wrong) {
			t.Errorf("%.40s: %v, want an error at column %d", row.text, err, row.column)
			continue
		}
		if wrong.Column != row.column || !strings.Contains(wrong.Text, row.has) || strings.Contains(wrong.Text, "\n") {
			t.Errorf("%.40s: %v, want column %d and %q", row.text, err, row.column, row.has)
		}
	}
}

func TestAnd(t *testing.T) {
	parse := func(text string) *Expr {
		e, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		return e
	}
	both := And(parse("error || dur > 1ms"), parse("name == read || path ~ '*'"))
	for name, want := range map[string]bool{"open": true, "failed": true, "inside": false} {
		if got := both.Match(sample[name]); got != want {
			t.Errorf("%s for %s is %v", both, name, got)
		}
	}
	if !both.Uses("path") || !both.Uses("dur") || both.Uses("fd") {
		t.Errorf("%s uses %v", both, both.uses)
	}
	if e := parse("error"); And(nil, e) != e || And(e, nil) != e {
		t.Error("And with nothing is another expression")
	}
}

// Whatever is read can be asked, and what cannot be read is refused with a column inside it.
func FuzzParse(f *testing.F) {
	for _, s := range []string{"ret > 4096 && path ~ \"*.so\"", "dur >= 10ms && !(name in (poll, epoll_wait))", "errno == EAGAIN || error",
		"name =~ '^r' && arg0 == -1", "path ~ '[!a]?*['", "((", "'", "abi == i386 && comm != x"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		e, err := Parse(text)
		var wrong *Error
		switch {
		case err == nil:
			for _, c := range sample {
				e.Match(c)
			}
		case !errors.As(err, &wrong):
			t.Fatalf("%q: %v is no *Error", text, err)
		case wrong.Column < 1 || wrong.Column > len(text)+1:
			t.Fatalf("%q: %v", text, err)
		}
	})
}

func TestNarrow(t *testing.T) {
	for _, c := range []struct{ text, in, out string }{
		{"name == read && ret > 3", "read", "write close"},
		{"name in (read, write) || name ~ 'get*id'", "read write getpid getppid", "close"},
		{"!(name == read)", "write", "read"},
		{"!(name == read && ret == 0)", "read write", ""},
		{"ret > 3", "read write", ""},
		{"name == read || error", "read write", ""},
		{"name != read && dur > 1ms", "write", "read"},
		{"abi == i386", "", "read write"},
	} {
		e, err := Parse(c.text)
		if err != nil {
			t.Fatal(err)
		}
		set := e.Narrow(nil)
		for names, want := range map[string]bool{c.in: true, c.out: false} {
			for _, name := range strings.Fields(names) {
				if nr, _ := syscalls.X8664.Number(name); set.Has(syscalls.X8664, nr) != want {
					t.Errorf("%s: %s is wanted: %v", c.text, name, !want)
				}
			}
		}
	}
}
