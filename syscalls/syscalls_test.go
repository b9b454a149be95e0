package syscalls

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Every number has a signature, every signature a number, and no more registers than there are.
func TestTablesJoin(t *testing.T) {
	most := map[*ABI]int{X8664: 6, I386: 6, X32: 6, SVR4: 6, FreeBSD: 8, FreeBSD32: 8}
	used := map[string]bool{}
	for _, a := range ABIs {
		for nr, r := range a.rows {
			if r == nil {
				continue
			}
			used[r.Name] = true
			sum := 0
			for i := range r.args {
				sum += r.args[i].width(a)
				if r.args[i].f == nil && r.args[i].of == nil {
					t.Errorf("%s: %s: argument %d has no formatter", a.Name, r.Name, i)
				}
			}
			if sum > most[a] {
				t.Errorf("%s: %s takes %d registers", a.Name, r.Name, sum)
			}
			if got := a.CallName(a.number(nr)); got != r.Name {
				t.Errorf("%s: call %d is named %s", a.Name, nr, got)
			}
		}
	}
	for _, s := range signatures {
		if name, _, _ := strings.Cut(s.Name, "@"); !used[name] {
			t.Errorf("no number for the signature of %s", s.Name)
		}
	}
	for _, c := range []struct {
		abi  *ABI
		nr   uint64
		name string
	}{
		{X8664, 0, "read"}, {X8664, 335, "uretprobe"}, {X8664, 435, "clone3"}, {X8664, 466, "removexattrat"},
		{I386, 3, "read"}, {I386, 192, "mmap2"}, {I386, 90, "mmap"}, {I386, 403, "clock_gettime64"},
		{X32, 1<<30 + 512, "rt_sigaction"}, {X32, 1<<30 + 1, "write"},
		{X8664, 434 + 1000, "syscall_0x59a"}, {X8664, 1 << 63, "syscall_0x8000000000000000"}, {I386, 222, "syscall_0xde"},
	} {
		if got := c.abi.CallName(c.nr); got != c.name {
			t.Errorf("%s %d is %s, want %s", c.abi.Name, c.nr, got, c.name)
		}
	}
}

// args counts follow the manual pages; a sample of each number.
func TestArgumentCounts(t *testing.T) {
	got := map[string]int{}
	for _, r := range X8664.rows {
		if r != nil {
			got[r.Name] = r.Args(X8664)
		}
	}
	want := map[string]int{"getpid": 0, "close": 1, "kill": 2, "read": 3, "openat": 4, "mount": 5, "mmap": 6, "futex": 6, "prctl": 5, "pselect6": 6, "statx": 5, "epoll_pwait2": 6, "clone": 5, "preadv": 4, "preadv2": 6}
	for n, w := range want {
		if got[n] != w {
			t.Errorf("%s takes %d arguments, want %d", n, got[n], w)
		}
	}
}

type memory map[uint64]string

func (m memory) ReadMem(addr uint64, p []byte) (int, error) {
	for base, s := range m {
		if addr >= base && addr < base+uint64(len(s)) {
			n := copy(p, s[addr-base:])
			if n < len(p) {
				return n, cmpErr
			}
			return n, nil
		}
	}
	return 0, cmpErr
}

var cmpErr = errUnmapped{}

type errUnmapped struct{}

func (errUnmapped) Error() string { return "not mapped" }

// Where the enter stops is where "<unfinished ...>" goes when another thread interrupts.
func TestEnterAndExit(t *testing.T) {
	mem := memory{0x1000: "hello\n\x00", 0x2000: "\x03\x00\x00\x00\x04\x00\x00\x00", 0x3000: "/etc/passwd\x00",
		0x4000: "\x01\x00\x00\x00\x00\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00"}
	for _, c := range []struct {
		name  string
		args  [6]uint64
		ret   int64
		errno int
		enter string
		exit  string
	}{
		{"getppid", [6]uint64{}, 7, 0, "getppid(", ")                               = 7"},
		{"read", [6]uint64{3, 0x1000, 100}, 6, 0, "read(3, ", `"hello\n", 100)                 = 6`},
		{"read", [6]uint64{3, 0x1000, 100}, 0, 9, "read(3, ", "0x1000, 100)                    = -1 EBADF (Bad file descriptor)"},
		{"read", [6]uint64{3, 0x1000, 100}, 0, 512, "read(3, ", "0x1000, 100)                    = ? ERESTARTSYS (To be restarted if SA_RESTART is set)"},
		{"write", [6]uint64{1, 0x1000, 6}, 6, 0, `write(1, "hello\n", 6`, ")                  = 6"},
		{"pipe", [6]uint64{0x2000}, 0, 0, "pipe(", "[3, 4])                            = 0"},
		{"open", [6]uint64{0x3000, 0x80000}, 3, 0, `open("/etc/passwd", O_RDONLY|O_CLOEXEC`, ") = 3"},
		{"openat", [6]uint64{^uint64(99), 0x3000, 0x241, 0o644}, 3, 0, `openat(AT_FDCWD, "/etc/passwd", O_WRONLY|O_CREAT|O_TRUNC, 0644`, ") = 3"},
		{"nanosleep", [6]uint64{0x4000, 0x4000}, 0, 0, "nanosleep({tv_sec=1, tv_nsec=5}, ", "0x4000) = 0"},
		{"brk", [6]uint64{}, 0x5000, 0, "brk(NULL", ")                               = 0x5000"},
	} {
		var nr uint64
		for i, r := range X8664.rows {
			if r != nil && r.Name == c.name {
				nr = uint64(i)
			}
		}
		call := &Call{ABI: X8664, Nr: nr, Args: c.args, Mem: mem}
		enter := AppendEnter(nil, call)
		if diff := cmp.Diff(c.enter, string(enter)); diff != "" {
			t.Errorf("%s: enter: %s", c.name, diff)
		}
		call.Returned, call.Ret, call.Errno = true, c.ret, c.errno
		if diff := cmp.Diff(c.enter+c.exit, string(AppendExit(enter, call))); diff != "" {
			t.Errorf("%s: exit: %s", c.name, diff)
		}
	}
}

func BenchmarkGetppid(b *testing.B) { benchmarkCall(b, &Call{ABI: X8664, Nr: 110}) }

func BenchmarkRead(b *testing.B) {
	benchmarkCall(b, &Call{ABI: X8664, Nr: 0, Args: [6]uint64{3, 0x1000, 100}, Ret: 6, Mem: oneMemory{}})
}

func BenchmarkOpenat(b *testing.B) {
	benchmarkCall(b, &Call{ABI: X8664, Nr: 257, Args: [6]uint64{^uint64(99), 0x1000, 0x80000}, Ret: 6, Mem: oneMemory{}})
}

func BenchmarkUnknown(b *testing.B) { benchmarkCall(b, &Call{ABI: X8664, Nr: 9999}) }

type oneMemory struct{}

func (oneMemory) ReadMem(_ uint64, p []byte) (int, error) {
	return copy(p, "hello, this is a line of text\n\x00"), nil
}

func benchmarkCall(b *testing.B, c *Call) {
	buf := make([]byte, 0, 256)
	c.Returned = true
	b.ReportAllocs()
	for b.Loop() {
		buf = AppendExit(AppendEnter(buf[:0], c), c)
	}
}
