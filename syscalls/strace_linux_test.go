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
	"slices"
	"strconv"
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
	if b, err := exec.Command(gcc, "-O1", "-w", "-nostdlib", "-static", "-Wl,-Ttext-segment=0x700000000000", "-mcmodel=large", "-fno-pie", "-no-pie", fmt.Sprintf("-Wl,--section-start=.fz=%#x", fuzzBase), cfile, "-o", bin).CombinedOutput(); err != nil {
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

// differing are the calls whose text is known to differ from strace's for some registers or
// memory, because they are decoded less deeply, know names that came after strace 6.1, or
// meet what no program passes.
var differing = map[string]bool{
	"quotactl": true, "quotactl_fd": true, "execve": true, "exit_group": true, "rt_sigreturn": true, "restart_syscall": true, "uretprobe": true,
	"uprobe": true, "accept4": true, "adjtimex": true, "clock_adjtime": true, "arch_prctl": true, "bind": true,
	"connect": true, "clock_getres": true, "timer_create": true, "msgsnd": true, "semctl": true, "shmctl": true,
	"msgctl": true, "syslog": true, "sendmsg": true, "recvmsg": true, "bpf": true, "recvfrom": true,
	"rt_sigaction": true, "keyctl": true, "ptrace": true, "sched_setattr": true, "sched_getattr": true,
	"listxattr": true, "llistxattr": true, "flistxattr": true, "socket": true, "socketpair": true, "stat": true,
	"lstat": true, "fstat": true, "newfstatat": true, "pselect6": true, "select": true, "poll": true, "ppoll": true,
	"recvmmsg": true, "sendmmsg": true, "shmget": true, "io_uring_register": true, "io_uring_setup": true,
	"io_submit": true, "io_cancel": true, "io_getevents": true, "io_pgetevents": true, "capget": true, "capset": true,
	"times": true, "fanotify_init": true, "setsockopt": true, "getsockopt": true, "futex": true, "mincore": true,
	"open_by_handle_at": true, "name_to_handle_at": true, "mq_open": true, "mq_getsetattr": true, "fsmount": true,
	"getcwd": true, "getdents": true, "getdents64": true, "clone3": true, "mount": true, "mount_setattr": true,
	"move_mount": true, "pidfd_open": true, "kexec_file_load": true, "kexec_load": true, "perf_event_open": true,
	"sched_setaffinity": true, "sched_getaffinity": true, "openat2": true, "_sysctl": true, "get_thread_area": true,
	"set_thread_area": true, "landlock_create_ruleset": true, "fallocate": true, "statx": true, "rseq": true,
	"set_mempolicy": true, "mbind": true, "get_mempolicy": true, "migrate_pages": true, "move_pages": true,
	"memfd_create": true, "memfd_secret": true, "fsetxattr": true, "setxattr": true, "lsetxattr": true, "ioctl": true,
	"getgroups": true, "pidfd_send_signal": true, "rt_sigqueueinfo": true, "rt_tgsigqueueinfo": true,
	"process_vm_readv": true, "process_vm_writev": true, "getpeername": true, "getsockname": true, "accept": true,
	"sendto": true, "mknod": true, "mknodat": true, "sched_get_priority_min": true, "sched_get_priority_max": true,
	"timerfd_create": true, "fstatfs": true, "statfs": true,
}

// TestCallsAgainstStrace tries every other call with noise: as if it failed, returned 0, and
// returned 3. TRAPLINE_FUZZ=SEED[,NAME...] tries other noise, or only the calls named.
func TestCallsAgainstStrace(t *testing.T) {
	if strace, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	} else if v, _ := exec.Command(strace, "-V").Output(); !bytes.Contains(v, []byte("version 6.1\n")) {
		t.Skip("the text is compared with strace 6.1")
	}
	t.Setenv("TZ", "UTC")
	seed, only, _ := strings.Cut(os.Getenv("TRAPLINE_FUZZ"), ",")
	n, _ := strconv.ParseInt(seed, 10, 64)
	for _, c := range []struct {
		inject string
		ret    int64
		errno  int
		opts   Options
		flag   string
	}{
		{"error=ENOSYS", 0, 38, Options{}, "-qq"},
		{"retval=0", 0, 0, Options{}, "-qq"},
		{"retval=3", 3, 0, Options{}, "-qq"},
		{"error=ENOSYS", 0, 38, Options{Raw: true}, "-eraw=all"},
	} {
		r := rand.New(rand.NewSource(n))
		mem := fuzzMemory(r)
		var calls []oneCall
		for range 3 {
			for nr, row := range X8664.rows {
				if row == nil || nr > 450 || differing[row.Name] && only == "" || only != "" && !slices.Contains(strings.Split(only, ","), row.Name) {
					continue
				}
				calls = append(calls, oneCall{uint64(nr), fuzzArgs(r, row)})
			}
		}
		want := straceLines(t, mem, calls, c.inject, c.flag)
		our := &Call{ABI: X8664, Mem: &fixedMem{fuzzBase, mem}, Opts: &c.opts}
		for i, call := range calls {
			w := strings.TrimSuffix(want[i], " (INJECTED)")
			if got := ourLine(our, call, c.ret, c.errno); got != w {
				t.Errorf("%x\n got %s\nwant %s", call.args, got, w)
			}
		}
	}
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
			args[i] = 1 << r.Intn(32)
			args[i] |= 1 << r.Intn(32)
		case 6:
			args[i] = r.Uint64()
		case 7:
			args[i] = ^uint64(0) - uint64(r.Intn(200))
		}
	}
	return args
}
