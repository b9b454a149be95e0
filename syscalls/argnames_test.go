package syscalls

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every name belongs to a call, and a call has as many as arguments under some ABI.
func TestArgumentNames(t *testing.T) {
	for _, row := range argNames {
		names := strings.Fields(row[0])
		for call := range strings.FieldsSeq(row[1]) {
			fits := false
			for _, a := range ABIs {
				for _, r := range a.rows {
					fits = fits || r != nil && r.Name == call && len(r.args) == len(names)
				}
			}
			if !fits {
				t.Errorf("%s: no ABI has such a call with the %d arguments %q", call, len(names), names)
			}
			if got := namesOf()[call]; len(got) != len(names) {
				t.Errorf("%s stands in two rows", call)
			}
		}
	}
}

// pages is a memory that holds a path wherever one looks.
type pages struct{}

func (pages) ReadMem(_ uint64, p []byte) (int, error) {
	for i := range p {
		p[i] = "/etc/x\x00"[i%7]
	}
	return len(p), nil
}

func TestArguments(t *testing.T) {
	for _, row := range []struct {
		nr   uint64
		args [6]uint64
		ret  int64
		want []string // name=text, as the parts of the line say
		res  string
	}{
		{0, [6]uint64{3, 0x1000, 4}, 4, []string{"fd=3", `buf="/etc"`, "count=4"}, "4"},
		{257, [6]uint64{1<<64 - 100, 0x1000, 0}, 3, []string{"dirfd=AT_FDCWD", `pathname="/etc/x"`, "flags=O_RDONLY"}, "3"},
		{257, [6]uint64{1<<64 - 100, 0x1000, 0o100, 0o644}, 3, []string{"dirfd=AT_FDCWD", `pathname="/etc/x"`, "flags=O_RDONLY|O_CREAT", "mode=0644"}, "3"},
		{39, [6]uint64{}, 12, nil, "12"},
		{25, [6]uint64{0x1000, 0x1000, 0x2000, 1}, 0x5000, []string{"old_address=0x1000", "old_size=4096", "new_size=8192", "flags=MREMAP_MAYMOVE"}, "0x5000"},
		{1000, [6]uint64{1, 2}, 0, []string{"=0x1", "=0x2", "=0", "=0", "=0", "=0"}, "0"},
	} {
		c := &Call{ABI: X8664, Nr: row.nr, Args: row.args, Mem: pages{}}
		line := AppendEnter([]byte("begin "), c)
		c.Returned, c.Ret = true, row.ret
		line = AppendExit(line, c)
		var got []string
		for _, a := range c.Arguments() {
			got = append(got, a.Name+"="+string(line[a.Start:a.End]))
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", line, diff)
		}
		if got := string(line[c.Result():]); got != row.res {
			t.Errorf("%s: the result is %q, want %q", line, got, row.res)
		}
	}
}

// An argument of which the exit prints the second half is one argument.
func TestArgumentHalves(t *testing.T) {
	c := &Call{ABI: X8664, Nr: 45, Args: [6]uint64{3, 0x1000, 16, 0, 0x2000, 0x3000}, Mem: pages{}} // recvfrom
	line := AppendEnter(nil, c)
	c.Returned, c.Ret = true, 4
	line = AppendExit(line, c)
	args := c.Arguments()
	for i, a := range args {
		if a.Index != i || a.Start >= a.End || i > 0 && string(line[args[i-1].End:a.Start]) != ", " {
			t.Errorf("argument %d of %s is %+v", i, line, a)
		}
	}
	if len(args) != 6 {
		t.Errorf("%s has %d arguments, want 6", line, len(args))
	}
}
