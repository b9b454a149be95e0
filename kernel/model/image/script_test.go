package image

// Lines of scripts, and chains of them.

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/kernel/model/errno"
)

// scriptCase is a script ./prog, beside which ./args is a program.
type scriptCase struct {
	name  string
	text  string
	argv  []string // that ./args sees of "./prog one two"; nil: err
	err   errno.Errno
	other []string // by SVR4's rules; nil: ENOEXEC
}

// long is so many bytes that name ./args.
func long(n int) string { return "." + strings.Repeat("/", n-5) + "args" }

var scriptCases = []scriptCase{
	{"plain", "#!./args\n", []string{"./args", "./prog", "one", "two"}, 0, []string{"./args", "./prog", "one", "two"}},
	{"argument", "#! \t./args  -a -b \t \nmore", []string{"./args", "-a -b", "./prog", "one", "two"}, 0, []string{"./args", "-a", "./prog", "one", "two"}},
	{"blanks at the end", "#!./args \t \n", []string{"./args", "./prog", "one", "two"}, 0, []string{"./args", "./prog", "one", "two"}},
	{"no newline", "#!./args", []string{"./args", "./prog", "one", "two"}, 0, nil},
	{"no newline, argument", "#!./args x ", []string{"./args", "x ", "./prog", "one", "two"}, 0, nil},
	{"nothing", "#!\n", nil, errno.ENOEXEC, nil},
	{"blanks", "#! \t \n", nil, errno.ENOEXEC, nil},
	{"two bytes", "#!", nil, errno.EACCES, nil},
	{"two bytes and a blank", "#! ", nil, errno.EACCES, nil},
	{"no script", "# !./args\n", nil, errno.ENOEXEC, nil},
	{"missing", "#!./none\n", nil, errno.ENOENT, nil},
	{"nul in the name", "#!./args\x00x y\n", []string{"./args", "./prog", "one", "two"}, 0, []string{"./args", "./prog", "one", "two"}},
	{"nul in the argument", "#!./args a\x00b\n", []string{"./args", "a", "./prog", "one", "two"}, 0, []string{"./args", "a", "./prog", "one", "two"}},
	{"nul first", "#!\x00./args\n", nil, errno.EACCES, nil},
	{"carriage return", "#!./args\r\n", nil, errno.ENOENT, nil},
	{"127 bytes", "#!" + long(124) + "\n", []string{long(124), "./prog", "one", "two"}, 0, []string{long(124), "./prog", "one", "two"}},
	{"128 bytes", "#!" + long(126) + "\n", []string{long(126), "./prog", "one", "two"}, 0, nil},
	{"255 bytes", "#!" + long(252) + "\n", []string{long(252), "./prog", "one", "two"}, 0, nil},
	{"256 bytes", "#!" + long(253) + "\n", []string{long(253), "./prog", "one", "two"}, 0, nil},
	{"256 bytes, no newline", "#!" + long(254), nil, errno.ENOEXEC, nil},
	{"long name", "#!" + long(300) + "\n", nil, errno.ENOEXEC, nil},
	{"long argument", "#!./args " + strings.Repeat("x", 300) + "\n", []string{"./args", strings.Repeat("x", 255-9), "./prog", "one", "two"}, 0, nil},
	{"long blank", "#!./args" + strings.Repeat(" ", 300) + "\n", []string{"./args", "./prog", "one", "two"}, 0, nil},
	{"only blanks", "#!" + strings.Repeat(" ", 300) + "./args\n", nil, errno.ENOEXEC, nil},
}

func TestScripts(t *testing.T) {
	for _, c := range scriptCases {
		for _, sys := range []*System{&Linux, &SVR4} {
			want, fails := c.argv, c.err
			if sys == &SVR4 {
				if want = c.other; want != nil {
					fails = errno.OK
				} else if fails != errno.ENOENT {
					fails = errno.ENOEXEC
				}
			}
			t.Run(c.name+"/"+sys.Name, func(t *testing.T) {
				fs := files{"./prog": []byte(c.text), "./args": newELF(nil), long(124): newELF(nil), long(126): newELF(nil),
					long(252): newELF(nil), long(253): newELF(nil), long(254): newELF(nil)}
				r := request(fs, "./prog", "one", "two")
				r.System = sys
				p, err := Prepare(r)
				if err != fails {
					t.Fatalf("%v, want %v", err, fails)
				}
				if err != errno.OK {
					return
				}
				if d := cmp.Diff(want, p.Argv); d != "" {
					t.Error(d)
				}
				if p.Comm != "prog" || p.Path != want[0] || p.Scripts != 1 {
					t.Errorf("comm %q, path %q, %d scripts", p.Comm, p.Path, p.Scripts)
				}
			})
		}
	}
}

// chain is n scripts, the first one ./prog, each of which names the next one; the last one
// names ./args.
func chain(n int) files {
	fs := files{}
	name := "./prog"
	for i := range n {
		next := fmt.Sprintf("./s%d", i)
		if i == n-1 {
			next = "./args"
		}
		fs[name] = []byte("#!" + next + fmt.Sprintf(" %d\n", i))
		name = next
	}
	return fs
}

func TestChains(t *testing.T) {
	for _, c := range []struct {
		sys  *System
		n    int
		last bool // there is a file at the end
		err  errno.Errno
	}{
		{&Linux, 5, true, errno.OK}, {&Linux, 6, true, errno.ELOOP}, {&Linux, 5, false, errno.ENOENT}, {&Linux, 6, false, errno.ENOENT},
		{&SVR4, 1, true, errno.OK}, {&SVR4, 2, true, errno.ENOEXEC}, {&SVR4, 2, false, errno.ENOEXEC}, {&SVR4, 1, false, errno.ENOENT},
	} {
		fs := chain(c.n)
		if c.last {
			fs["./args"] = newELF(nil)
		}
		r := request(fs, "./prog", "end")
		r.System = c.sys
		p, err := Prepare(r)
		if err != c.err {
			t.Errorf("%s: %d scripts: %v, want %v", c.sys.Name, c.n, err, c.err)
		}
		if err == errno.OK && c.n == 5 {
			if d := cmp.Diff(strings.Fields("./args 4 ./s3 3 ./s2 2 ./s1 1 ./s0 0 ./prog end"), p.Argv); d != "" {
				t.Error(d)
			}
		}
	}
	loop := files{"./prog": []byte("#!./prog\n")}
	if _, err := Prepare(request(loop, "./prog")); err != errno.ELOOP {
		t.Errorf("a script of itself: %v", err)
	}
}

// TestNoArguments is scripts without an argv[0] to replace.
func TestNoArguments(t *testing.T) {
	for sys, want := range map[*System][]string{&Linux: {"./args", "./prog"}, &SVR4: {"./args", "./prog"}} {
		r := request(files{"./prog": []byte("#!./args\n"), "./args": newELF(nil)}, "./prog")
		r.System, r.Argv = sys, nil
		p, err := Prepare(r)
		if err != errno.OK {
			t.Fatal(err)
		}
		if d := cmp.Diff(want, p.Argv); d != "" {
			t.Error(sys.Name, d)
		}
	}
}
