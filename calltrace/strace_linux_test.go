// The comparison with the real strace: the same program runs under strace and under the
// smallest ptrace loop that can feed a Printer, and the two traces must be equal line by line,
// but for addresses and process numbers.

package calltrace

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"github.com/google/go-cmp/cmp"
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/syscalls"
)

// procMem is the memory of a process through /proc.
type procMem struct{ f *os.File }

func (m procMem) ReadMem(addr uint64, p []byte) (int, error) { return m.f.ReadAt(p, int64(addr)) }

// The requests and options of ptrace(2) that the loop needs.
const (
	getSyscallInfo = 0x420e
	getSiginfo     = 0x4202
	getEventMsg    = 0x4201
	setOptions     = 0x4200
	sysgood        = 1
	traceForks     = 2 | 4 | 8
	traceExec      = 16
	exitKill       = 0x100000
)

func ptrace(req, pid int, addr, data uintptr) error {
	_, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, uintptr(req), uintptr(pid), addr, data, 0, 0)
	if e != 0 {
		return e
	}
	return nil
}

// trace runs a program under a printer.
func trace(t *testing.T, o Options, dir, prog string, args ...string) string {
	t.Helper()
	out, err := os.Create(filepath.Join(t.TempDir(), "trace"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with its tracees
		done <- ptraceLoop(New(out, abi.Linux, o), dir, prog, args)
	}()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(out.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

type tracee struct {
	call *syscalls.Call
	mem  *os.File
	in   bool
	new  bool
}

func ptraceLoop(p *Printer, dir, prog string, args []string) error {
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return err
	}
	defer null.Close()
	leader, err := syscall.ForkExec(prog, append([]string{prog}, args...), &syscall.ProcAttr{Dir: dir, Env: []string{"LC_ALL=C", "TZ=UTC"},
		Files: []uintptr{null.Fd(), null.Fd(), null.Fd()}, Sys: &syscall.SysProcAttr{Ptrace: true}})
	if err != nil {
		return err
	}
	threads := map[int]*tracee{}
	first := true
	for {
		var ws syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &ws, syscall.WALL, nil)
		if errors.Is(err, syscall.ECHILD) {
			return p.Close()
		}
		if err != nil {
			return err
		}
		now := time.Now()
		th := threads[pid]
		if th == nil {
			th = &tracee{new: true}
			threads[pid] = th
			p.Started(pid)
		}
		sig := 0
		switch {
		case ws.Exited():
			p.Exited(pid, now, ws.ExitStatus())
			delete(threads, pid)
			continue
		case ws.Signaled():
			p.Killed(pid, now, int(ws.Signal()), ws.CoreDump())
			delete(threads, pid)
			continue
		case first:
			first = false
			th.new = false
			if err := ptrace(setOptions, pid, 0, sysgood|traceForks|traceExec|exitKill); err != nil {
				return err
			}
			if err := th.open(pid); err != nil {
				return err
			}
			// The execve that brought the program here was not seen: its line is left out.
		case ws.StopSignal() == syscall.SIGTRAP|0x80:
			if err := th.syscallStop(p, pid, now); err != nil {
				return err
			}
		case uint32(ws)>>16 == 4: // exec: the memory is another one
			if err := th.open(pid); err != nil {
				return err
			}
		case uint32(ws)>>16 != 0:
		case th.new: // the SIGSTOP of a new child
			th.new = false
			if err := th.open(pid); err != nil {
				return err
			}
		default:
			var info [128]byte
			if err := ptrace(getSiginfo, pid, 0, uintptr(unsafe.Pointer(&info))); err != nil {
				p.Stopped(pid, now, int(ws.StopSignal()))
				break
			}
			sig = int(ws.StopSignal())
			p.Signal(pid, now, syscalls.X8664, sig, info[:])
		}
		if err := ptrace(syscall.PTRACE_SYSCALL, pid, 0, uintptr(sig)); err != nil && !errors.Is(err, syscall.ESRCH) {
			return err
		}
		_ = leader
	}
}

func (th *tracee) open(pid int) error {
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	th.mem = f
	return err
}

// syscallStop reads struct ptrace_syscall_info.
func (th *tracee) syscallStop(p *Printer, pid int, now time.Time) error {
	var b [88]byte
	if err := ptrace(getSyscallInfo, pid, uintptr(len(b)), uintptr(unsafe.Pointer(&b))); err != nil {
		return err
	}
	u := binary.LittleEndian.Uint64
	switch b[0] {
	case 1:
		c := th.call
		if c == nil {
			c = &syscalls.Call{}
			th.call = c
		}
		c.PID, c.TID, c.Nr = pid, pid, u(b[24:])
		c.ABI = syscalls.ForProgram(binary.LittleEndian.Uint32(b[4:]), c.Nr)
		c.IP, c.SP = u(b[8:]), u(b[16:])
		for i := range c.Args {
			c.Args[i] = u(b[32+8*i:])
		}
		c.Mem = procMem{th.mem}
		c.Returned, c.Errno, c.Ret = false, 0, 0
		th.in = true
		return p.Enter(pid, now, c)
	case 2:
		if !th.in {
			return nil
		}
		th.in = false
		c := th.call
		c.Mem = procMem{th.mem}
		c.Returned, c.Ret = true, int64(u(b[24:]))
		if b[32] != 0 {
			c.Errno = int(-c.Ret)
		}
		return p.Exit(pid, now, c)
	}
	return nil
}

var (
	addresses = regexp.MustCompile(`0x[0-9a-f]{6,}`)
	columns   = regexp.MustCompile(` +([=+]) `)
	tgkill    = regexp.MustCompile(`tgkill\(\d+, \d+`)
	parent    = regexp.MustCompile(`getppid\(\) += \d+`)
	numbers   = regexp.MustCompile(`(^|= |\(|_pid=)\d{2,7}\b`) // where a process number may stand
	leading   = regexp.MustCompile(`^(PID\d+) +`)              // filled up to five digits
	random    = regexp.MustCompile(`getrandom\("[^"]*"`)
	leader    = regexp.MustCompile(`^(PID\d+) +`) // as wide as five digits at least
	utime     = regexp.MustCompile(`si_[us]time=\d+|ru_[us]time={[^}]*}|left {[^}]*}`)
)

// normal replaces what differs from run to run: addresses, random bytes, and process numbers,
// the latter by the order in which they appear. A process number is one that starts a line.
func normal(text string) []string {
	var lines []string
	pids := map[string]string{}
	for line := range strings.Lines(text) {
		pid, _, _ := strings.Cut(line, " ")
		if pids[pid] == "" {
			pids[pid] = fmt.Sprintf("PID%d", len(pids))
		}
	}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		line = random.ReplaceAllString(line, "getrandom(BYTES")
		line = addresses.ReplaceAllString(line, "ADDR")
		line = utime.ReplaceAllString(line, "TIME")
		line = parent.ReplaceAllString(line, "getppid() = PARENT")
		line = tgkill.ReplaceAllString(line, "tgkill(TID, TID")
		line = numbers.ReplaceAllStringFunc(line, func(s string) string {
			i := strings.LastIndexAny(s, " (=") + 1
			if p := pids[s[i:]]; p != "" {
				return s[:i] + p
			}
			return s
		})
		line = leader.ReplaceAllString(line, "$1 ")
		line = columns.ReplaceAllString(line, " $1 ")
		line = leading.ReplaceAllString(line, "$1 ")
		lines = append(lines, line)
	}
	return lines
}

func build(t *testing.T, name string, flags ...string) string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("gcc is not installed")
	}
	bin := filepath.Join(t.TempDir(), name)
	args := append([]string{"-w", "-O1", "-o", bin, filepath.Join("testdata", name+".c")}, flags...)
	if b, err := exec.Command(gcc, args...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, b)
	}
	return bin
}

// withoutExec drops the line of the first execve, which the loop cannot see.
func withoutExec(lines []string) []string {
	if len(lines) > 0 && strings.Contains(lines[0], "execve(") {
		return lines[1:]
	}
	return lines
}

func TestAgainstStrace(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	if v, _ := exec.Command(strace, "-V").Output(); !strings.Contains(string(v), "version 6.1\n") {
		t.Skip("the text is compared with strace 6.1")
	}
	for _, c := range []struct {
		name string
		prog []string // nil: testdata/NAME.c
	}{
		{"files", nil}, {"process", nil}, {"fault", nil},
		{"ls", []string{"/bin/ls", "-l", "/usr"}},
		{"sh", []string{"/bin/sh", "-c", "cd /; umask 77; read x </dev/null; exit 3"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			prog := c.prog
			if prog == nil {
				prog = []string{build(t, c.name, "-static")}
			}
			dir := t.TempDir()
			out := filepath.Join(t.TempDir(), "strace")
			cmd := exec.Command(strace, append([]string{"-f", "-o", out}, prog...)...)
			cmd.Dir, cmd.Env = dir, []string{"LC_ALL=C", "TZ=UTC"}
			cmd.Run()
			b, err := os.ReadFile(out)
			if err != nil {
				t.Skip("strace cannot trace here")
			}
			want := withoutExec(normal(string(b)))
			got := normal(trace(t, Options{Follow: true, ToFile: true}, dir, prog[0], prog[1:]...))
			if c.name == "process" { // who of parent and child goes first is not settled
				want, got = perProcess(want), perProcess(got)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("-strace +ours:\n%s", diff)
			}
		})
	}
}

// perProcess joins the halves of calls that others interrupted and groups lines by process.
func perProcess(lines []string) []string {
	open, groups := map[string]string{}, map[string][]string{}
	late := map[string][]string{}
	var order []string
	for _, l := range lines {
		pid, text, ok := strings.Cut(l, " ")
		if !ok {
			continue
		}
		text = strings.TrimLeft(text, " ")
		if !slices.Contains(order, pid) {
			order = append(order, pid)
		}
		if head, ok := strings.CutSuffix(text, " <unfinished ...>"); ok {
			open[pid] = head
			continue
		}
		// A child's signal comes before or after the wait, as it happens, and its handler's
		// return shows the result of the call that it fell upon.
		if strings.HasPrefix(text, "--- SIGCHLD") || strings.HasPrefix(text, "rt_sigreturn") {
			text, _, _ = strings.Cut(text, " = ")
			late[pid] = append(late[pid], text)
			continue
		}
		if i := strings.Index(text, " resumed>"); strings.HasPrefix(text, "<... ") && i > 0 {
			text = open[pid] + text[i+len(" resumed>"):]
		}
		groups[pid] = append(groups[pid], text)
	}
	var all []string
	for _, pid := range order {
		slices.Sort(late[pid])
		for _, l := range append(groups[pid], late[pid]...) {
			all = append(all, pid+" "+l)
		}
	}
	return all
}
