package cfi

import (
	"bufio"
	"debug/elf"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/trapline/trapline/regs"
)

// nestedC stops itself inside a signal handler inside nested calls.
const nestedC = `
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
static volatile int sink;
__attribute__((noinline)) static void stop(int n) { raise(SIGSTOP); sink = n; }
__attribute__((noinline)) static void handler(int sig) { stop(sig); sink++; }
__attribute__((noinline)) static int cmp(const void *a, const void *b) {
	static int once;
	if (!once++) { *(volatile int *)0 = 1; }
	return *(int *)a - *(int *)b;
}
__attribute__((noinline)) static int deep(int n, char *p) {
	char local[64];
	memset(local, n, sizeof local);
	if (n == 0) { int v[3] = {3, 1, 2}; qsort(v, 3, sizeof *v, cmp); return v[0]; }
	int r = deep(n - 1, local);
	sink += local[n];
	return r + p[0];
}
int main(int argc, char **argv) {
	if (argc > 1) {
		stack_t ss = {.ss_sp = malloc(65536), .ss_size = 65536};
		sigaltstack(&ss, 0);
	}
	struct sigaction sa = {.sa_handler = handler, .sa_flags = argc > 1 ? SA_ONSTACK : 0};
	sigaction(SIGSEGV, &sa, 0);
	char c = 1;
	return deep(12, &c);
}
`

// procMem reads /proc/PID/mem.
type procMem struct {
	*os.File
	reads int
}

func (m *procMem) ReadMem(addr uint64, p []byte) (int, error) {
	m.reads++
	if int64(addr) < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	return m.ReadAt(p, int64(addr))
}

// process is a stopped process: its memory, registers and modules.
type process struct {
	pid  int
	abi  *ABI
	mem  *procMem
	set  regs.Set
	mods []mapped
	bt   []string // gdb's backtrace
}

type mapped struct {
	low, high uint64
	mod       Module
	syms      []elf.Symbol
}

func (p *process) moduleAt(pc uint64) (Module, bool) {
	for _, m := range p.mods {
		if pc >= m.low && pc < m.high {
			return m.mod, true
		}
	}
	return Module{}, false
}

func (p *process) symbol(pc uint64) (string, uint64, bool) {
	for _, m := range p.mods {
		if pc < m.low || pc >= m.high {
			continue
		}
		at := pc - m.mod.Bias
		i := sort.Search(len(m.syms), func(i int) bool { return m.syms[i].Value > at }) - 1
		if i >= 0 && at < m.syms[i].Value+max(m.syms[i].Size, 1) {
			return m.syms[i].Name, m.syms[i].Value + m.mod.Bias, true
		}
	}
	return "", 0, false
}

// waitStopped waits until the kernel says that pid is stopped.
func waitStopped(t *testing.T, pid int) {
	t.Helper()
	for range 1000 {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil {
			t.Fatal(err)
		}
		if f := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:])); f[0] == "T" {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("process %d did not stop itself", pid)
}

// capture runs a program that stops itself and asks gdb for its registers and stack.
func capture(t *testing.T, bin string, args ...string) *process {
	t.Helper()
	need(t, "gdb")
	cmd := exec.Command(bin, args...)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	p := &process{pid: cmd.Process.Pid}
	waitStopped(t, p.pid)

	gdb := exec.Command("gdb", "-nx", "-batch", "-p", strconv.Itoa(p.pid),
		"-iex", "set debuginfod enabled off", "-iex", "set auto-load off",
		"-iex", "set debug-file-directory /nonexistent", // no inlined frames of the C library
		"-ex", "set backtrace past-main on", "-ex", "info registers", "-ex", "bt")
	out, err := gdb.Output()
	if err != nil {
		t.Skipf("gdb cannot attach here: %v", err)
	}
	p.parseGDB(t, string(out))
	f, err := os.Open(fmt.Sprintf("/proc/%d/mem", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	p.mem = &procMem{File: f}
	p.readMaps(t)
	return p
}

var (
	regLine   = regexp.MustCompile(`^([re]\w+)\s+0x([0-9a-f]+)\s`)
	frameLine = regexp.MustCompile(`^#(\d+)\s+(?:0x([0-9a-f]+) in |<signal handler called>)?(\S*)`)
)

func (p *process) parseGDB(t *testing.T, out string) {
	for _, line := range strings.Split(out, "\n") {
		if m := regLine.FindStringSubmatch(line); m != nil {
			n, ok := readelfRegs[m[1]]
			if m[1] == "rip" || m[1] == "eip" {
				n, ok = int(regs.RIP), true
			}
			if v, err := strconv.ParseUint(m[2], 16, 64); ok && err == nil {
				p.set.G[n] = v
			}
		}
		if frameLine.MatchString(line) {
			p.bt = append(p.bt, line)
		}
	}
	// gdb prints frame 0 once when it attaches, before the registers.
	for i := len(p.bt) - 1; i > 0; i-- {
		if strings.HasPrefix(p.bt[i], "#0 ") {
			p.bt = p.bt[i:]
			break
		}
	}
	if p.set.PC() == 0 || len(p.bt) < 2 {
		t.Fatalf("gdb said nothing of use:\n%s", out)
	}
	p.set.Have = regs.General
}

func (p *process) readMaps(t *testing.T) {
	f, err := os.Open(fmt.Sprintf("/proc/%d/maps", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	files := map[string]mapped{}
	for s := bufio.NewScanner(f); s.Scan(); {
		w := strings.Fields(s.Text())
		if len(w) < 6 || w[5][0] != '/' {
			continue
		}
		var low, high, off uint64
		fmt.Sscanf(w[0], "%x-%x", &low, &high)
		fmt.Sscanf(w[2], "%x", &off)
		m, seen := files[w[5]]
		if !seen {
			src := open(t, w[5])
			p.abi = Of(src.Machine())
			m.syms, _ = src.Symbols()
			sort.Slice(m.syms, func(i, j int) bool { return m.syms[i].Value < m.syms[j].Value })
			for _, ph := range src.Progs {
				if ph.Type == elf.PT_LOAD && ph.Off&^0xfff == off {
					m.mod = Module{New(src), low - ph.Vaddr&^0xfff}
				}
			}
			files[w[5]] = m
		}
		m.low, m.high = low, high
		p.mods = append(p.mods, m)
	}
}

func (p *process) unwinder() *Unwinder {
	return &Unwinder{ABI: p.abi, ModuleAt: p.moduleAt, Mem: p.mem, Symbol: p.symbol}
}

// compare holds a walk against gdb's backtrace, frame by frame.
func (p *process) compare(t *testing.T, frames []Frame) {
	t.Helper()
	signals := 0
	for i, line := range p.bt {
		m := frameLine.FindStringSubmatch(line)
		if i >= len(frames) {
			t.Errorf("the walk has %d frames, gdb goes on with %s", len(frames), line)
			break
		}
		if strings.Contains(line, "<signal handler called>") {
			signals++
			if frames[i].Flags&Signal == 0 {
				t.Errorf("frame %d at %#x is not marked as a signal frame; gdb: %s", i, frames[i].PC(), line)
			}
			continue
		}
		if frames[i].Flags&Signal != 0 {
			t.Errorf("frame %d is marked as a signal frame; gdb: %s", i, line)
		}
		if m[2] == "" {
			continue
		}
		if pc, _ := strconv.ParseUint(m[2], 16, 64); pc != frames[i].PC() {
			t.Errorf("frame %d: pc %#x (by %v), gdb: %s", i, frames[i].PC(), frames[i].How, line)
		}
	}
	if len(frames) > len(p.bt) {
		t.Errorf("the walk goes on after gdb's last frame %s: %d frames", p.bt[len(p.bt)-1], len(frames))
	}
	t.Logf("%d frames agree with gdb, %d of them signal frames", len(p.bt), signals)
}

func TestWalkAgainstGDB(t *testing.T) {
	tests := []struct {
		name  string
		flags []string
		args  []string
	}{
		{"O0", []string{"-O0", "-g"}, nil},
		{"O2 without frame pointer", []string{"-O2", "-g", "-fomit-frame-pointer"}, nil},
		{"alternate stack", []string{"-O2", "-g"}, []string{"alt"}},
		{"static", []string{"-O2", "-g", "-static"}, nil},
		{".debug_frame", []string{"-O2", "-g", "-fno-asynchronous-unwind-tables", "-no-pie"}, nil},
		{"DWARF 2", []string{"-O1", "-gdwarf-2", "-gstrict-dwarf"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := capture(t, compile(t, "gcc", nestedC, tt.flags...), tt.args...)
			frames, reason, err := p.unwinder().Frames(&p.set, 0)
			if err != nil || !reason.Proper() {
				t.Errorf("the walk ended by %v, %v", reason, err)
			}
			p.compare(t, frames)
			// The same process with the C library's description of __restore_rt hidden.
			u := p.unwinder()
			hidden := false
			u.ModuleAt = func(pc uint64) (Module, bool) {
				m, ok := p.moduleAt(pc)
				var row Row
				if _, found := describe(m, pc, &row); ok && found && row.Signal {
					hidden = true
					m.Table = nil
				}
				return m, ok
			}
			byBytes, _, _ := u.Frames(&p.set, 0)
			if !hidden {
				t.Error("no signal frame was met")
			}
			p.compare(t, byBytes)
			for i := range byBytes {
				if byBytes[i].Flags&Signal != 0 && byBytes[i].How != Trampoline {
					t.Errorf("frame %d was left by %v, want the trampoline's bytes", i, byBytes[i].How)
				}
			}
		})
	}
}

// TestWalk32 walks 32-bit programs. The vDSO, which makes their system calls and which their
// handlers return to, is no module here: it is known by its bytes.
func TestWalk32(t *testing.T) {
	need32(t)
	for _, tt := range []struct {
		name  string
		flags []string
		args  []string
	}{
		{"O0", []string{"-O0"}, nil},
		{"O2 without frame pointer", []string{"-O2", "-fomit-frame-pointer"}, nil},
		{"alternate stack", []string{"-O2"}, []string{"alt"}},
		{"static", []string{"-O2", "-static"}, nil},
		{".debug_frame", []string{"-O2", "-fno-asynchronous-unwind-tables", "-no-pie"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := capture(t, compile(t, "gcc", nestedC, append(tt.flags, "-m32", "-g")...), tt.args...)
			frames, reason, err := p.unwinder().Frames(&p.set, 0)
			if err != nil || !reason.Proper() {
				t.Errorf("the walk ended by %v, %v", reason, err)
			}
			p.compare(t, frames)
			hows := map[How]int{}
			for i := range frames {
				hows[frames[i].How]++
			}
			if hows[Pattern] == 0 || hows[Trampoline] == 0 {
				t.Errorf("frames of the vDSO were left by %v", hows)
			}
		})
	}
}

// TestFramePointers walks a program without any call-frame information of its own.
func TestFramePointers(t *testing.T) {
	bin := compile(t, "gcc", nestedC, "-O0", "-g")
	p := capture(t, bin)
	u := p.unwinder()
	u.ModuleAt = func(pc uint64) (Module, bool) {
		m, ok := p.moduleAt(pc)
		if name, _, _ := p.symbol(pc); ok && strings.Contains("stop handler cmp deep main", name) && name != "" {
			m.Table = nil
		}
		return m, ok
	}
	frames, reason, err := u.Frames(&p.set, 0)
	if err != nil || !reason.Proper() {
		t.Errorf("the walk ended by %v, %v", reason, err)
	}
	p.compare(t, frames)
	guessed := 0
	for _, f := range frames {
		if f.How == FramePointer {
			guessed++
		}
	}
	if guessed < 14 {
		t.Errorf("%d frames were left by frame pointer, want at least 14", guessed)
	}
}

const goProgram = `package main
import "syscall"
type T struct{ a [40]int }
//go:noinline
func inner(n int, t *T) int {
	if n == 0 {
		syscall.Kill(syscall.Getpid(), syscall.SIGSTOP)
		return t.a[3]
	}
	var x T
	x.a[n] = n
	return inner(n-1, &x) + x.a[1]
}
func main() {
	done := make(chan int)
	go func() { done <- inner(20, &T{}) }()
	println(<-done)
}
`

// TestGoStack: a goroutine's stack ends at runtime.goexit.
func TestGoStack(t *testing.T) {
	t.Setenv("CGO_ENABLED", "0")
	p := capture(t, buildGo(t, goProgram))
	// gdb's thread is the leader, wherever it is; what matters is a proper end.
	frames, reason, err := p.unwinder().Frames(&p.set, 0)
	if err != nil || !reason.Proper() || len(frames) < 2 {
		t.Errorf("%d frames, ended by %v, %v; gdb:\n%s", len(frames), reason, err, strings.Join(p.bt, "\n"))
	}
	for i, f := range frames {
		name, _, _ := p.symbol(f.LookupPC())
		t.Logf("%d %#x %s %v", i, f.PC(), name, f.How)
	}
}

const cgoProgram = `package main

// #include <signal.h>
// static int cstop(int n) { raise(SIGSTOP); return n + 1; }
import "C"

import "runtime"

func init() { runtime.LockOSThread() }

//go:noinline
func viaC(n int) int { return int(C.cstop(C.int(n))) }

func main() { println(viaC(3)) }
`

// TestCgoStack: C code runs on the thread's own stack; the walk comes back to the
// goroutine's through runtime.asmcgocall and ends where it does.
func TestCgoStack(t *testing.T) {
	t.Setenv("CGO_ENABLED", "1")
	need(t, "gcc")
	p := capture(t, buildGo(t, cgoProgram))
	frames, reason, err := p.unwinder().Frames(&p.set, 0)
	var names []string
	for _, f := range frames {
		name, _, _ := p.symbol(f.LookupPC())
		names = append(names, name)
	}
	stack := strings.Join(names, " ")
	if err != nil || reason != TopFunc || !strings.Contains(stack, "runtime.asmcgocall") || !strings.Contains(stack, "main.viaC main.main runtime.main") {
		t.Errorf("ended by %v, %v: %s", reason, err, stack)
	}
}

// TestGoSignal: Go's own trampoline is described as a function, its bytes tell better.
func TestGoSignal(t *testing.T) {
	t.Setenv("CGO_ENABLED", "0")
	p := capture(t, buildGo(t, goSignalProgram))
	frames, reason, err := p.unwinder().Frames(&p.set, 0)
	var names []string
	signal := false
	for _, f := range frames {
		name, _, _ := p.symbol(f.LookupPC())
		names = append(names, name)
		signal = signal || f.Flags&Signal != 0 && f.How == Trampoline
	}
	stack := strings.Join(names, " ")
	if err != nil || reason != TopFunc || !signal || !strings.Contains(stack, "main.fault main.main runtime.main") {
		t.Errorf("ended by %v, %v, through a trampoline %v: %s", reason, err, signal, stack)
	}
}

// goSignalProgram stops in the kernel's frame: SIGSTOP is sent to it by its signal
// handler's own system call, made with a handler that the program installs by hand.
const goSignalProgram = `package main

import (
	"os"
	"runtime"
	"syscall"
	"unsafe"
)

type sigaction struct {
	handler  uintptr
	flags    uint64
	restorer uintptr
	mask     uint64
}

// code: mov $39,%eax; syscall (getpid); mov %eax,%edi; mov $19,%esi; mov $62,%eax;
// syscall (kill); ret
var code = []byte{0xb8, 39, 0, 0, 0, 0x0f, 5, 0x89, 0xc7, 0xbe, 19, 0, 0, 0, 0xb8, 62, 0, 0, 0, 0x0f, 5, 0xc3}

//go:noinline
func fault() { *(*int)(unsafe.Pointer(uintptr(len(os.Args)))) = 1 }

func init() { runtime.LockOSThread() }

func main() {
	page, _ := syscall.Mmap(-1, 0, 4096, 7, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	copy(page, code)
	var old sigaction
	syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, 11, 0, uintptr(unsafe.Pointer(&old)), 8, 0, 0)
	old.handler = uintptr(unsafe.Pointer(&page[0]))
	syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, 11, uintptr(unsafe.Pointer(&old)), 0, 8, 0, 0)
	fault()
}
`
