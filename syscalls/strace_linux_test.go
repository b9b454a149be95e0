// The text is held against the real strace's. A program without a C library makes calls with
// chosen registers and memory; strace answers each with a chosen result instead of running it
// (-e inject), so that any call can be tried. The same registers and memory go through this
// package, and the lines must be equal.

package syscalls

import (
	"bytes"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const fuzzBase = 0x20000000

// fixedMem is memory with one mapping.
type fixedMem struct {
	base uint64
	data []byte
}

func (m *fixedMem) ReadMem(addr uint64, p []byte) (int, error) {
	if addr < m.base || addr >= m.base+uint64(len(m.data)) {
		return 0, os.ErrInvalid
	}
	n := copy(p, m.data[addr-m.base:])
	if n < len(p) {
		return n, os.ErrInvalid
	}
	return n, nil
}

type oneCall struct {
	nr   uint64
	args [6]uint64
}

// straceLines has strace print calls as if each had returned ret, or failed with errno.
func straceLines(t testing.TB, mem []byte, calls []oneCall, inject string, flags ...string) []string {
	t.Helper()
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc is not installed")
	}
	dir := t.TempDir()
	var src bytes.Buffer
	fmt.Fprintf(&src, "__attribute__((section(\".fz\"),aligned(4096))) unsigned char mem[] = {")
	for _, b := range mem {
		fmt.Fprintf(&src, "%d,", b)
	}
	fmt.Fprintf(&src, "};\nstatic const unsigned long calls[][7] = {\n")
	for _, c := range calls {
		fmt.Fprintf(&src, "{%dul", c.nr)
		for _, a := range c.args {
			fmt.Fprintf(&src, ",%dul", a)
		}
		fmt.Fprintf(&src, "},\n")
	}
	src.WriteString(`};
static long call(const unsigned long *p) {
	long r;
	register long r10 asm("r10") = p[4], r8 asm("r8") = p[5], r9 asm("r9") = p[6];
	asm volatile("syscall" : "=a"(r) : "a"(p[0]), "D"(p[1]), "S"(p[2]), "d"(p[3]), "r"(r10), "r"(r8), "r"(r9) : "rcx", "r11", "memory");
	return r;
}
void _start(void) {
	for (unsigned i = 0; i < sizeof calls / sizeof *calls; i++) call(calls[i]);
	static const unsigned long end[7] = {231, 77};
	call(end);
}
`)
	cfile, bin, out := filepath.Join(dir, "p.c"), filepath.Join(dir, "p"), filepath.Join(dir, "out")
	if err := os.WriteFile(cfile, src.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if b, err := exec.Command(gcc, "-O1", "-w", "-nostdlib", "-static", "-fno-pie", "-no-pie", fmt.Sprintf("-Wl,--section-start=.fz=%#x", fuzzBase), cfile, "-o", bin).CombinedOutput(); err != nil {
		t.Skipf("gcc: %v\n%s", err, b)
	}
	args := append([]string{"-o", out, "-e", "inject=!execve,exit_group:" + inject}, flags...)
	cmd := exec.Command(strace, append(args, bin)...)
	cmd.Env = []string{"TZ=UTC"}
	b, _ := cmd.CombinedOutput()
	text, err := os.ReadFile(out)
	if err != nil {
		t.Fatalf("strace: %v %s", err, b)
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) < len(calls)+1 {
		t.Fatalf("strace printed %d lines for %d calls: %s", len(lines), len(calls), b)
	}
	return lines[1 : len(calls)+1]
}

// ourLine is this package's line for the same call.
func ourLine(c *Call, call oneCall, ret int64, errno int) string {
	c.Nr, c.Args = call.nr, call.args
	c.Returned, c.Ret, c.Errno = true, ret, errno
	b := AppendEnter(nil, c)
	return string(AppendExit(b, c))
}

// TestFuzzAgainstStrace is an explorer: TRAPLINE_FUZZ=seed,count[,name...] prints the calls
// whose text differs.
func TestFuzzAgainstStrace(t *testing.T) {
	spec := os.Getenv("TRAPLINE_FUZZ")
	if spec == "" {
		t.Skip("TRAPLINE_FUZZ=seed,count,ret,errno[,name...] explores")
	}
	t.Setenv("TZ", "UTC")
	f := strings.Split(spec, ",")
	var seed, count, ret int64
	var errno int
	fmt.Sscan(f[0], &seed)
	fmt.Sscan(f[1], &count)
	fmt.Sscan(f[2], &ret)
	fmt.Sscan(f[3], &errno)
	names := map[string]bool{}
	for _, n := range f[4:] {
		names[n] = true
	}
	r := rand.New(rand.NewSource(seed))
	mem := fuzzMemory(r)
	var calls []oneCall
	for range count {
		for nr, row := range X8664.rows {
			if row == nil || row.Name == "execve" || row.Name == "exit_group" || row.Name == "rt_sigreturn" || row.Name == "restart_syscall" || nr > 450 || nr == 335 || nr == 336 {
				continue
			}
			if len(names) > 0 && !names[row.Name] {
				continue
			}
			calls = append(calls, oneCall{uint64(nr), fuzzArgs(r, row)})
		}
	}
	inject := fmt.Sprintf("retval=%d", ret)
	if errno != 0 {
		inject = fmt.Sprintf("error=%d", errno)
	}
	var flags []string
	opts := &Options{}
	if os.Getenv("TRAPLINE_V") != "" {
		flags = append(flags, "-v")
		opts.Verbose = true
	}
	want := straceLines(t, mem, calls, inject, flags...)
	c := &Call{ABI: X8664, Mem: &fixedMem{fuzzBase, mem}, Opts: opts}
	bad := map[string]int{}
	for i, call := range calls {
		got := ourLine(c, call, ret, errno)
		w := strings.TrimSuffix(want[i], " (INJECTED)")
		if got != w {
			n := X8664.CallName(call.nr)
			if bad[n]++; bad[n] <= 3 {
				t.Errorf("%x\n got %s\nwant %s", call.args, got, w)
			}
		}
	}
	t.Logf("%d kinds of %d differ: %v", len(bad), len(calls), bad)
}

// fuzzMemory has small numbers, strings, pointers into itself and noise.
func fuzzMemory(r *rand.Rand) []byte {
	mem := make([]byte, 8192)
	for i := 0; i < len(mem); i += 8 {
		var v uint64
		switch r.Intn(7) {
		case 0:
		case 1:
			v = uint64(r.Intn(64))
		case 2:
			v = fuzzBase + uint64(r.Intn(len(mem)/8))*8
		case 3:
			v = 1 << r.Intn(64)
		case 4:
			v = r.Uint64()
		case 5:
			copy(mem[i:], "/tmp/a\x00b")
			continue
		case 6:
			v = uint64(r.Intn(8)) | uint64(r.Intn(8))<<32
		}
		for j := range 8 {
			mem[i+j] = byte(v >> (8 * j))
		}
	}
	return mem
}

func fuzzArgs(r *rand.Rand, row *Signature) (args [6]uint64) {
	for i := range args {
		switch r.Intn(8) {
		case 0:
		case 1:
			args[i] = uint64(r.Intn(40))
		case 2, 3, 4:
			args[i] = fuzzBase + uint64(r.Intn(8192/8))*8
		case 5:
			args[i] = 1<<r.Intn(32) | 1<<r.Intn(32)
		case 6:
			args[i] = r.Uint64()
		case 7:
			args[i] = ^uint64(0) - uint64(r.Intn(200))
		}
	}
	return args
}
