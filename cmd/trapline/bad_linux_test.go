package main

// Bad input: each gives one line that says what happened and what to do, the right exit
// status, and leaves alone what was attached to.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"

	"github.com/trapline/trapline/internal/debugregs"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/procfs"
)

// complaint checks what a failed command said: one line on standard error, and nothing
// else there.
func complaint(t *testing.T, what string, e ended, status, pattern string) {
	t.Helper()
	if e.status != status {
		t.Errorf("%s: ended with %s, want %s", what, e.status, status)
	}
	if strings.Count(e.stderr, "\n") != 1 || !regexp.MustCompile(`^trapline: `+pattern).MatchString(e.stderr) {
		t.Errorf("%s: said %q, want one line like %q", what, e.stderr, pattern)
	}
}

// foreign is an ELF file for a machine that is not ours.
func foreign(t *testing.T, dir string) string {
	t.Helper()
	data, err := os.ReadFile(testprog.Build(t, "exit42"))
	if err != nil {
		t.Fatal(err)
	}
	const machineAt, s390 = 18, 22 // e_machine in the ELF header
	binary.LittleEndian.PutUint16(data[machineAt:], s390)
	return executable(t, filepath.Join(dir, "foreign"), data)
}

// pause32 is a 32-bit ELF program that sleeps until a signal ends it.
func pause32(t *testing.T, dir string) string {
	t.Helper()
	const base, header = 0x8048000, 52 + 32
	code := []byte{0xb8, 29, 0, 0, 0, 0xcd, 0x80, 0xeb, 0xf7} // mov $29(pause),%eax; int $0x80; jmp back
	var b bytes.Buffer
	b.WriteString("\x7fELF\x01\x01\x01" + strings.Repeat("\x00", 9))
	for _, part := range []any{
		[]uint16{2, 3}, []uint32{1, base + header, 52, 0, 0}, []uint16{52, 32, 1, 0, 0, 0}, // ET_EXEC, EM_386
		[]uint32{1, 0, base, base, uint32(header + len(code)), uint32(header + len(code)), 5, 0x1000}, // PT_LOAD, r-x
		code,
	} {
		if err := binary.Write(&b, binary.LittleEndian, part); err != nil {
			t.Fatal(err)
		}
	}
	return executable(t, filepath.Join(dir, "pause32"), b.Bytes())
}

func executable(t *testing.T, path string, data []byte) string {
	t.Helper()
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestBadPrograms(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	dir := t.TempDir()
	other, exit32 := foreign(t, dir), testprog.Build(t, "exit32")
	text := executable(t, filepath.Join(dir, "text"), []byte("echo hello\n"))
	for _, verb := range []string{"run", "trace"} {
		for _, row := range []struct{ path, pattern string }{
			{filepath.Join(dir, "missing"), "no file .*missing; try: "},
			{dir, "is a directory; try: "},
			{text, "is a text file without #!.*; try: "},
		} {
			e := finish(t, exec.Command(trapline, verb, row.path))
			complaint(t, verb+" "+row.path, e, "exit 125", verb+": .*"+row.pattern)
		}
	}
	e := finish(t, exec.Command(trapline, "run", other))
	complaint(t, "run of a foreign program", e, "exit 125", "run: .*another machine.*; try: ")
	log := filepath.Join(dir, "log")
	e = finish(t, exec.Command(trapline, "trace", "-o", log, other))
	complaint(t, "trace of a foreign program", e, "exit 125", "trace: .*another machine.*; try: ")

	e = finish(t, exec.Command(trapline, "run", exit32))
	complaint(t, "run of a 32-bit program", e, "exit 125", "run: .*32-bit.*the debugger knows x86-64 only; try: .*trapline trace")
	if !testprog.IA32() {
		t.Log("a 32-bit program is not traced: this kernel runs none")
		return
	}
	if e = finish(t, exec.Command(trapline, "trace", "-o", log, exit32)); e.status != "exit 32" || e.stdout != "hello from 32 bits\n" || e.stderr != "" {
		t.Errorf("trace of a 32-bit program: %+v", e)
	}
	if text, _ := os.ReadFile(log); !bytes.Contains(text, []byte(`write(1, "hello from 32 bits\n", 19)`)) {
		t.Errorf("trace of a 32-bit program: %s", text)
	}
}

// attachWays are the ways to take hold of a process; PID follows.
func attachWays(t *testing.T) map[string][]string {
	return map[string][]string{
		"attach": {"attach", "--batch", "-x", scriptFile(t, "info registers rip")},
		"trace":  {"trace", "-p"},
	}
}

func TestBadProcesses(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	dead := exec.Command("true")
	start(t, dead)
	wait(t, dead)
	victim := testprog.Start(t, "echo")
	traced := testprog.Start(t, "echo")
	tracer := exec.Command(trapline, "trace", "-o", os.DevNull, "-p", fmt.Sprint(traced.PID))
	start(t, tracer)
	until(t, "trapline traces", func() bool { n, _, _ := tracerOf(traced.PID); return n != 0 })

	kthread := 2 // kthreadd(8): the parent of all others
	rows := []struct {
		what    string
		pid     int
		pattern string
	}{
		{"a dead process", dead.Process.Pid, `no process \d+; try: `},
		{"a kernel thread", kthread, `.*thread of the kernel.*; try: `},
		{"a traced process", traced.PID, fmt.Sprintf(`.* already traced by trapline \(pid %d\).*; try: .*kill %[1]d`, tracer.Process.Pid)},
	}
	if st, err := procfs.New("").Proc(kthread).Stat(); err != nil || !st.KernelThread() {
		rows = append(rows[:1], rows[2:]...) // a pid namespace of our own
	}
	for verb, args := range attachWays(t) {
		for _, row := range rows {
			e := finish(t, exec.Command(trapline, append(args[:len(args):len(args)], fmt.Sprint(row.pid))...))
			complaint(t, verb+" of "+row.what, e, "exit 125", verb+": "+row.pattern)
		}
		itself := exec.Command("sh", "-c", `exec "$0" "$@" $$`, trapline)
		itself.Args = append(itself.Args, args...)
		complaint(t, verb+" of itself", finish(t, itself), "exit 125", verb+`: process \d+ is trapline itself; `)
		if os.Geteuid() == 0 {
			cmd := exec.Command(trapline, append(args[:len(args):len(args)], fmt.Sprint(victim.PID))...)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: 65534, Gid: 65534}}
			if verb == "attach" { // whose script only we may read
				cmd.Args[4] = os.DevNull
			}
			complaint(t, verb+" without permission", finish(t, cmd), "exit 125", verb+`: .*belongs to root.*; try: sudo trapline `+verb)
		}
		for _, bad := range []string{"0", "-5", "x", "99999999999999999999"} {
			e := finish(t, exec.Command(trapline, append(args[:len(args):len(args)], "--", bad)...))
			if verb == "trace" {
				e = finish(t, exec.Command(trapline, append(args[:len(args):len(args)], bad)...))
			}
			complaint(t, verb+" "+bad, e, "exit 2", verb+`: "`+bad+`" is not a process number; `)
		}
	}
	untouched(t, victim.PID)
	tracer.Process.Signal(syscall.SIGINT)
	if e := wait(t, tracer); e.status != "exit 0" {
		t.Errorf("the tracer ended with %+v", e)
	}
	for _, p := range []*testprog.Proc{victim, traced} {
		if rest, status := p.Finish(); status != "exit 0" {
			t.Errorf("%d ended with %s: %s", p.PID, status, rest)
		}
	}
}

// A process that is init may be refused or not, which depends on the machine; init
// survives.
func TestInit(t *testing.T) {
	trapline := realBinary(t)
	e := finish(t, exec.Command(trapline, "attach", "--batch", "-x", scriptFile(t, "info registers rip"), "1"))
	if e.status != "exit 0" {
		complaint(t, "attach 1", e, "exit 125", "attach: .*; try: ")
	}
	if n, state, err := tracerOf(1); err == nil && (n != 0 || state == procfs.TracingStop) {
		t.Errorf("pid 1 is traced by %d, state %c", n, state)
	}
}

func Test32BitProcess(t *testing.T) {
	if !testprog.IA32() {
		t.Skip("this kernel runs no 32-bit programs")
	}
	trapline := realBinary(t)
	testprog.Leftovers(t)
	p := exec.Command(pause32(t, t.TempDir()))
	start(t, p)
	pid := fmt.Sprint(p.Process.Pid)
	e := finish(t, exec.Command(trapline, "attach", "--batch", "-x", scriptFile(t, "info registers rip"), pid))
	complaint(t, "attach", e, "exit 125", "attach: .*32-bit.*; try: .*trace")
	untouched(t, p.Process.Pid)
	log := filepath.Join(t.TempDir(), "log")
	f, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	tr := exec.Command(trapline, "trace", "-p", pid)
	tr.Stderr = f
	start(t, tr)
	until(t, "pause is traced", func() bool { text, _ := os.ReadFile(log); return bytes.Contains(text, []byte("pause(")) })
	tr.Process.Signal(syscall.SIGINT)
	if e := wait(t, tr); e.status != "exit 0" {
		t.Errorf("trace: %+v", e)
	}
	untouched(t, p.Process.Pid)
	p.Process.Kill()
	wait(t, p)
}

// badLines are lines of a script that cannot be done, with what is said of them.
var badLines = []struct{ line, pattern string }{
	{"frobnicate", `undefined command: "frobnicate"; try "help"`},
	{"in", `ambiguous command "in": `}, // inferior, info
	{"break *&calls", `0x[0-9a-f]+ is data .*not code; "watch `},
	{"break *$sp", `0x[0-9a-f]+ is data .*not code; "watch `},
	{"hbreak *0", `nothing is mapped at 0x0; "info proc maps"`},
	{"break *0x10", `nothing is mapped at 0x10; "info proc maps"`},
	{"set var *(long*)8 = 1", `cannot write memory at 0x8: nothing is mapped there`},
	{"x/4x 0", `cannot read memory at 0x0: nothing is mapped there`},
	{"print *(long*)-1", `cannot read memory at 0xf+: `},
	{"print nosuch", `.*nosuch`},
	{"print 1 / 0", `.*by zero`},
	{"print 1 +", `.*`},
	{"watch *(char(*)[64])$sp", `.*64 bytes.*a debug register watches 1, 2, 4 or 8: `},
	{"handle SIGNOSUCH stop", `.*SIGNOSUCH`},
	{"condition 77 1", `.*77`},
	{"thread 99", `.*99`},
	{"frame 1000", `.*`},
	{"source /no/such/script", `.*/no/such/script.*no such file`},
	{"catch syscall nosuchcall", `.*nosuchcall`},
	{"attach 4194303", `.*4194303`},
}

// A bad line stops the script: the error names file and line, what was launched is
// ended and what was attached to lives on.
func TestBadLines(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	loop := testprog.Build(t, "loop")
	victim := testprog.Start(t, "threadchurn", "0")
	victim.Expect("ready")
	for _, row := range badLines {
		script := scriptFile(t, "# a comment", "print 6*7", row.line, "print 100+1")
		e := finish(t, exec.Command(trapline, "run", "--batch", "-x", script, loop))
		complaint(t, row.line, e, "exit 1", "run: "+regexp.QuoteMeta(script)+":3: "+row.pattern)
		if !strings.Contains(e.stdout, "= 42") || strings.Contains(e.stdout, "= 101") {
			t.Errorf("%s: the script does not stop there: %s", row.line, e.stdout)
		}
		if strings.Contains(row.line, "calls") { // loop's variable
			continue
		}
		e = finish(t, exec.Command(trapline, "attach", "--batch", "-x", script, fmt.Sprint(victim.PID)))
		complaint(t, row.line, e, "exit 1", "attach: "+regexp.QuoteMeta(script)+":3: "+row.pattern)
		untouched(t, victim.PID)
	}
	if rest, status := victim.Finish(); status != "exit 0" || rest != "threads many\n" {
		t.Errorf("ended with %s: %q", status, rest)
	}
}

// What a debugger may do though it is odd: said, and done.
func TestOddLines(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	loop := testprog.Build(t, "loop")
	for _, row := range []struct {
		what   string
		script []string
		want   []string // patterns of the output, in order
		status string
		stderr string
	}{
		{"inside an instruction", []string{"break *((char*)work+2)", "delete", "continue"},
			[]string{`warning: 0x[0-9a-f]+ is inside the instruction at 0x[0-9a-f]+; .*\n`, `calls 1000 sum 499500`}, "exit 0", ""},
		{"read-only memory", []string{"print/x *(unsigned char*)main", "set var *(unsigned char*)work = 0xc3", "x/xb work", "continue"},
			[]string{`<work>:\s+0xc3`, `calls 0 sum 0`}, "exit 0", ""},
		{"a fifth watchpoint", []string{"watch calls", "watch *(int*)$sp", "rwatch *(int*)($sp+8)", "awatch *(int*)($sp+16)", "watch *(int*)($sp+24)", "print 1"},
			[]string{`watchpoint 2`, `watchpoint 3`, `watchpoint 4`, `watchpoint 5`}, "exit 1", `.*:5: .*all 4 debug registers are in use; delete`},
	} {
		if row.what == "a fifth watchpoint" && errors.Is(debugregs.Try(), debugregs.ErrSilent) {
			t.Logf("%s is not tried: %v", row.what, debugregs.Try())
			continue
		}
		e := finish(t, exec.Command(trapline, "run", "--batch", "-x", scriptFile(t, row.script...), loop))
		rest := e.stdout
		for _, pattern := range row.want {
			at := regexp.MustCompile(pattern).FindStringIndex(rest)
			if at == nil {
				t.Errorf("%s: no %q in %q, stderr %q", row.what, pattern, e.stdout, e.stderr)
				break
			}
			rest = rest[at[1]:]
		}
		if row.stderr != "" {
			complaint(t, row.what, e, row.status, "run: "+row.stderr)
		} else if e.status != row.status || e.stderr != "" {
			t.Errorf("%s: %+v", row.what, e)
		}
	}
}

// Output that goes nowhere: the tracee is let go, and the loss is told.
func TestBadOutput(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	full := func() *os.File {
		f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
		if err != nil {
			t.Skip(err)
		}
		t.Cleanup(func() { f.Close() })
		return f
	}
	closed := func() *os.File { // a pipe that nobody reads
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		t.Cleanup(func() { w.Close() })
		return w
	}
	const lost = `no space left on device; free some space or write elsewhere`
	loop := testprog.Build(t, "loop")
	// The trace: the program runs on to its end.
	e := finish(t, exec.Command(trapline, "trace", "-f", "-o", "/dev/full", loop))
	complaint(t, "trace to a full disk", e, "exit 125", "trace: .*incomplete.*"+lost)
	if e.stdout != "calls 1000 sum 499500\n" {
		t.Errorf("trace to a full disk: the program printed %q", e.stdout)
	}
	cmd := exec.Command(trapline, "trace", loop)
	cmd.Stderr = closed()
	if e := finish(t, cmd); e.status != "signal 13" || e.stdout != "calls 1000 sum 499500\n" {
		t.Errorf("trace to a closed pipe: %+v", e)
	}
	// Attached: the process goes on.
	victim := testprog.Start(t, "threadchurn", "0")
	victim.Expect("ready")
	pid := fmt.Sprint(victim.PID)
	lines := strings.Split(strings.Repeat("info registers\n", 500), "\n")
	for what, attach := range map[string]func() *exec.Cmd{
		"attach": func() *exec.Cmd {
			return exec.Command(trapline, "attach", "--batch", "-x", scriptFile(t, lines...), pid)
		},
		"breaks": func() *exec.Cmd {
			return exec.Command(trapline, "attach", "--batch", "-x", scriptFile(t, "break pthread_create", "commands", "info registers", "end", "continue 100000"), pid)
		},
	} {
		cmd := attach()
		cmd.Stdout = full()
		complaint(t, what+" to a full disk", finish(t, cmd), "exit 125", "(attach: )?write .*"+lost)
		untouched(t, victim.PID)
		cmd = attach()
		cmd.Stdout = closed()
		if e := finish(t, cmd); e.status != "signal 13" || e.stderr != "" {
			t.Errorf("%s to a closed pipe: %+v", what, e)
		}
		untouched(t, victim.PID)
	}
	cmd = exec.Command(trapline, "trace", "-f", "-p", pid)
	cmd.Stderr = closed()
	if e := finish(t, cmd); e.status != "signal 13" {
		t.Errorf("trace -p to a closed pipe: %+v", e)
	}
	untouched(t, victim.PID)
	cmd = exec.Command(trapline, "trace", "-f", "-o", "/dev/full", "-p", pid)
	complaint(t, "trace -p to a full disk", finish(t, cmd), "exit 125", "trace: .*incomplete.*"+lost)
	untouched(t, victim.PID)
	if rest, status := victim.Finish(); status != "exit 0" || rest != "threads many\n" {
		t.Errorf("ended with %s: %q", status, rest)
	}
}
