package core

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
)

// needKernelCores skips where the kernel does not write cores into the directory of who dies.
func needKernelCores(t *testing.T) {
	t.Helper()
	b, err := os.ReadFile("/proc/sys/kernel/core_pattern")
	if name := strings.TrimSpace(string(b)); err != nil || name == "" || strings.ContainsAny(name, "|/%") {
		t.Skipf("kernel.core_pattern is %q: cores of crashes go elsewhere", strings.TrimSpace(string(b)))
	}
	var max unix.Rlimit
	if unix.Getrlimit(unix.RLIMIT_CORE, &max) != nil || max.Max == 0 {
		t.Skip("the hard limit of core files is 0")
	}
}

// crash has a process of ours die of a signal and is the core that the kernel writes.
func crash(t *testing.T, signal syscall.Signal) (path string, pid int) {
	t.Helper()
	needKernelCores(t)
	dir := t.TempDir()
	cmd := exec.Command("/proc/self/exe", "-test.run=^TestSleeper$")
	cmd.Dir = dir
	cmd.Env = []string{"TRAPLINE_SLEEPER=1", "GOTRACEBACK=crash"}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	out.Read(make([]byte, 1))
	cmd.Process.Signal(signal)
	cmd.Wait()
	all, _ := filepath.Glob(filepath.Join(dir, "core*"))
	if len(all) != 1 {
		t.Fatalf("cores: %v (%v)", all, cmd.ProcessState)
	}
	return all[0], cmd.Process.Pid
}

// TestSleeper is the program that dies: it is killed while it sleeps.
func TestSleeper(t *testing.T) {
	if os.Getenv("TRAPLINE_SLEEPER") == "" {
		return
	}
	unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{Cur: 1 << 30, Max: 1 << 30})
	os.Stdout.Write([]byte{'.'})
	time.Sleep(time.Minute)
}

// TestKernelCore reads what the kernel below writes of a process that dies.
func TestKernelCore(t *testing.T) {
	path, pid := crash(t, syscall.SIGQUIT) // the Go runtime then raises SIGABRT
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if len(c.Problems) > 0 || c.System() != "Linux" {
		t.Fatalf("%v", c.Problems)
	}
	_, err = os.Stat("/proc/self/task/" + strconv.Itoa(c.Process.PPID)) // the kernel writes the number of our thread that made it
	if c.Process.PID != pid || err != nil || c.Process.UID != os.Getuid() || !strings.Contains(c.Process.Args, "-test.run=^TestSleeper$") {
		t.Errorf("process: %+v", c.Process)
	}
	if len(c.Threads) < 2 { // the Go runtime has several
		t.Errorf("%d threads", len(c.Threads))
	}
	for i := range c.Threads {
		th := &c.Threads[i]
		if th.Regs.Have != regs.General|regs.Extended || c.Map(th.Regs.PC()) == nil || c.Map(th.Regs.SP()) == nil {
			t.Errorf("thread %d: pc %#x, sp %#x, have %d", th.TID, th.Regs.PC(), th.Regs.SP(), th.Regs.Have)
		}
	}
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	entry, _ := c.Auxv.Get(procfs.AuxEntry)
	if m := c.Map(entry); m == nil || m.Path != exe || m.Perm&procfs.Exec == 0 {
		t.Errorf("the entry point %#x is in %v", entry, m)
	}
	at, ok := c.Auxv.Get(procfs.AuxExecPath)
	name := make([]byte, len("/proc/self/exe"))
	if n, err := c.ReadMem(at, name); !ok || err != nil || string(name[:n]) != "/proc/self/exe" {
		t.Errorf("AT_EXECFN: %q %v", name, err)
	}
	if !strings.Contains(c.SignalText(&c.Threads[0]), "SIGABRT (Aborted), sent by process ") {
		t.Errorf("signal: %s (%+v)", c.SignalText(&c.Threads[0]), c.Threads[0].Info)
	}
}

// awaitSleep waits until a process is in clock_nanosleep, and does nothing more.
func awaitSleep(t *testing.T, pid int) {
	t.Helper()
	for range 1000 {
		b, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/syscall")
		if err != nil {
			t.Skipf("where a process is cannot be seen here: %v", err)
		}
		if strings.HasPrefix(string(b), strconv.Itoa(unix.SYS_CLOCK_NANOSLEEP)+" ") {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	t.Fatal("it does not get to its sleep")
}

// rseqSize is that of struct rseq, where the kernel notes which processor a thread is on.
const rseqSize = 32

func unlike(a, b []byte) (n int) {
	for i := range a {
		if a[i] != b[i] {
			n++
		}
	}
	return n
}

// TestGcore reads what gdb writes of a living process, and compares memory with the process's.
func TestGcore(t *testing.T) {
	if _, err := exec.LookPath("gcore"); err != nil {
		t.Skip("gcore (of gdb) is not installed")
	}
	cmd := exec.Command("sleep", "60")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	pid := cmd.Process.Pid
	awaitSleep(t, pid)
	prefix := filepath.Join(t.TempDir(), "core")
	if out, err := exec.Command("gcore", "-o", prefix, strconv.Itoa(pid)).CombinedOutput(); err != nil {
		t.Skipf("gcore cannot attach here: %v: %s", err, out)
	}
	c, err := Open(prefix + "." + strconv.Itoa(pid))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	if len(c.Problems) > 0 || c.Process.PID != pid || c.Process.Name != "sleep" || !strings.HasPrefix(c.Process.Args, "sleep") || len(c.Threads) != 1 {
		t.Errorf("%v: %+v", c.Problems, c.Process)
	}
	live, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/maps")
	if err != nil {
		t.Fatal(err)
	}
	maps, err := procfs.ParseMaps(live)
	if err != nil {
		t.Fatal(err)
	}
	mem, err := os.Open("/proc/" + strconv.Itoa(pid) + "/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	compared := 0
	for _, m := range maps {
		got := c.Map(m.Start)
		if m.Perm&procfs.Write == 0 || got == nil {
			continue
		}
		if m.Path != "" && (got.Path != m.Path || got.Offset != m.Offset) {
			t.Errorf("%v is %v in the core", &m, got)
		}
		want, have := make([]byte, m.Size()), make([]byte, m.Size())
		if _, err := mem.ReadAt(want, int64(m.Start)); err != nil {
			continue
		}
		if n, err := c.ReadMem(m.Start, have); err != nil || unlike(want, have) > rseqSize {
			t.Errorf("%v: %d bytes, %d unlike, %v", &m, n, unlike(want, have), err)
		}
		compared += len(want)
	}
	if compared < 64<<10 {
		t.Errorf("only %d bytes were compared", compared)
	}
	var word [8]byte
	if n, err := c.ReadMem(c.Threads[0].Regs.SP(), word[:]); n != 8 || binary.LittleEndian.Uint64(word[:]) == 0 && err != nil {
		t.Errorf("stack: %v", err)
	}
}
