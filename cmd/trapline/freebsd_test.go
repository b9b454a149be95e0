package main

// The command line on FreeBSD: on the modeled kernel everywhere, on the kernel below where that is
// FreeBSD's (freebsd_host_freebsd_test.go). The program that is run is this test binary called
// as trapline; tracees are assembled here.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
	"github.com/trapline/trapline/tracer"
)

// bsdKernels are the arguments that choose each kernel.
var bsdKernels = []struct {
	name string
	args []string
}{
	{"model", []string{"--kernel", "model:freebsd"}},
	{"model, wild", []string{"--kernel", "model:freebsd,seed=5,wild"}},
}

// onBSD runs a test for each kernel; do is given what makes a command.
func onBSD(t *testing.T, do func(t *testing.T, trapline func(args ...string) *exec.Cmd)) {
	for _, k := range bsdKernels {
		t.Run(k.name, func(t *testing.T) {
			dir := t.TempDir()
			do(t, func(args ...string) *exec.Cmd {
				cmd := ownself(t, append(k.args[:len(k.args):len(k.args)], args...)...)
				cmd.Dir = dir
				return cmd
			})
		})
	}
}

// ownself is this binary as trapline: testscript.Main goes by its name.
func ownself(t testing.TB, args ...string) *exec.Cmd {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	return &exec.Cmd{Path: exe, Args: append([]string{"trapline"}, args...), Env: append(os.Environ(), "NO_COLOR=1", "TERM=dumb")}
}

// bsdProgram assembles a program of FreeBSD's.
func bsdProgram(t testing.TB, name string, make func(a *replay.Asm)) (path string, labels map[string]uint64) {
	t.Helper()
	a := replay.NewAsm()
	a.L("_start")
	make(a)
	p := a.Link(name)
	path = filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, p.Image, 0o755); err != nil {
		t.Fatal(err)
	}
	return path, p.Labels
}

// Numbers of system calls (sys/syscall.h).
const (
	sysExit, sysFork, sysWrite, sysOpen, sysWait4, sysGetpid = 1, 2, 4, 5, 7, 20
)

// greeter writes a line, calls f twice and exits with 3.
func greeter(a *replay.Asm) {
	a.Str("text", "hello\n")
	a.Str("none", "/no/such/file")
	a.Sys(sysWrite, 1, replay.Ref("text"), 6)
	a.Sys(sysOpen, replay.Ref("none"), 0, 0)
	a.Call("f")
	a.Call("f")
	a.L("end")
	a.Exit(3)
	a.L("f")
	a.Nop(1)
	a.L("f2")
	a.Ret()
}

// wants checks text for each of several patterns.
func wants(t *testing.T, what, text string, patterns ...string) {
	t.Helper()
	for _, p := range patterns {
		if !regexp.MustCompile("(?m)" + p).MatchString(text) {
			t.Errorf("%s: nothing like %q in\n%s", what, p, text)
		}
	}
}

func TestFreeBSDRun(t *testing.T) {
	prog, labels := bsdProgram(t, "greeter", greeter)
	onBSD(t, func(t *testing.T, trapline func(args ...string) *exec.Cmd) {
		script := scriptFile(t, fmt.Sprintf("break *%#x", labels["f"]), "continue", "info registers rip", "stepi", "p $pc", "x/i $pc", "info proc", "info proc mappings",
			"info threads", "gcore saved", "continue", "delete", "continue")
		cmd := trapline("run", "--batch", "-x", script, prog)
		e := finish(t, cmd)
		if e.status != "exit 3" {
			t.Errorf("ended with %s: %s", e.status, e.stderr)
		}
		wants(t, "session", e.stdout, `^Breakpoint 2 at `+fmt.Sprintf("%#x", labels["f"]), `^Breakpoint 2, `, fmt.Sprintf(`^rip +%#x`, labels["f"]),
			fmt.Sprintf(`^\$1 = .*%#x`, labels["f2"]), `ret`, `^exe = '.*greeter'`, `r-x.*greeter$`, `LWP 1\d{5}`, `^Saved corefile saved$`, `hello`, `exited with code 0?3`)
		cored := finish(t, within(ownself(t, "info", "saved"), cmd.Dir))
		wants(t, "core", cored.stdout+cored.stderr, `^saved: core of FreeBSD, x86-64: process \d+ \(greeter\)`, fmt.Sprintf(`^ \* +1\d{5}  0x0*%x `, labels["f2"]), `r-x.*greeter$`,
			`^  AT_ENTRY +0x400200`)
	})
}

func within(cmd *exec.Cmd, dir string) *exec.Cmd {
	cmd.Dir = dir
	return cmd
}

func TestFreeBSDTrace(t *testing.T) {
	prog, _ := bsdProgram(t, "greeter", greeter)
	onBSD(t, func(t *testing.T, trapline func(args ...string) *exec.Cmd) {
		out := filepath.Join(t.TempDir(), "out")
		e := finish(t, trapline("trace", "-o", out, prog))
		text, err := os.ReadFile(out)
		if err != nil || e.status != "exit 3" || e.stdout != "hello\n" {
			t.Errorf("%v, %s: %s%s", err, e.status, e.stdout, e.stderr)
		}
		wants(t, "trace", string(text), `^write\(1, ?"hello\\n", ?6\) += 6`, `^open\("/no/such/file".*ENOENT`, `^exit\(3\)`, `exited with 3`)
		if e := finish(t, trapline("trace", "-e", "trace=write", "-o", out, prog)); e.status != "exit 3" {
			t.Errorf("%s: %s", e.status, e.stderr)
		}
		if text, _ := os.ReadFile(out); strings.Contains(string(text), "open(") || !strings.Contains(string(text), "write(") {
			t.Errorf("of write alone: %s", text)
		}
		if e := finish(t, trapline("trace", "-c", "-o", out, prog)); e.status != "exit 3" {
			t.Errorf("%s: %s", e.status, e.stderr)
		}
		text, _ = os.ReadFile(out)
		wants(t, "counts", string(text), ` write$`, ` 1 +1 +open$`)
	})
}

func TestFreeBSDTraceChildren(t *testing.T) {
	prog, _ := bsdProgram(t, "forker", func(a *replay.Asm) {
		a.Sys(sysFork)
		a.B(0x85, 0xd2) // test edx, edx: 1 in the child
		a.Jnz("child")
		a.IfChild("child")
		a.Sys(sysWait4, -1, 0, 0, 0)
		a.Exit(4)
		a.L("child")
		a.Exit(5)
	})
	onBSD(t, func(t *testing.T, trapline func(args ...string) *exec.Cmd) {
		out := filepath.Join(t.TempDir(), "out")
		if e := finish(t, trapline("trace", "-f", "-o", out, prog)); e.status != "exit 4" {
			t.Errorf("%s: %s", e.status, e.stderr)
		}
		text, _ := os.ReadFile(out)
		wants(t, "trace", string(text), `^\d+ +fork\(`, `^\d+ +wait4\(`, `^\d+ +exit\(5`, `^\d+ \+\+\+ exited with 5`, `^\d+ \+\+\+ exited with 4`)
		if e := finish(t, trapline("trace", "-f", "--format", "json", "-o", out, prog)); e.status != "exit 4" {
			t.Errorf("%s: %s", e.status, e.stderr)
		}
		told := story(eventsOf(t, out))
		for _, what := range []string{"fork", "exit 4", "exit 5"} {
			if told[what] != 1 || told["start"] != 2 || told["call"] < 4 {
				t.Errorf("as data it tells %v", told)
			}
		}
	})
}

// TestFreeBSDTraceAttach: who attaches is told what trapline's death would mean, once.
func TestFreeBSDTraceAttach(t *testing.T) {
	prog, _ := bsdProgram(t, "spinner", func(a *replay.Asm) { a.Spin("loop") })
	m, err := newMachine(kernelChoice{System: "freebsd", Seed: 1}, "")
	if err != nil {
		t.Fatal(err)
	}
	defer m.close()
	var pids []int
	first := tracer.New(m.kernel, tracer.Options{Outlive: true})
	for range 2 {
		p, err := first.Launch(&kernel.Launch{Path: prog, Args: []string{"spinner"}, NewGroup: true, Foreground: -1})
		if err == nil {
			err = first.Detach(p)
		}
		if err != nil {
			t.Fatal(err)
		}
		pids = append(pids, int(p.PID))
	}
	for _, quiet := range []bool{false, true} {
		var out strings.Builder
		tr := &trace{cfg: TraceConfig{PIDs: pids, Out: &out, Show: calltrace.Options{Name: "trapline: ", NoAttach: quiet}}, machine: m,
			tr: tracer.New(m.kernel, tracer.Options{Mode: kernel.Syscalls, Follow: tracer.FollowBoth, Outlive: true})}
		tr.look()
		tr.open()
		if err := tr.begin(); err != nil {
			t.Fatal(err)
		}
		tr.letGo()
		tr.sink.Close()
		want := fmt.Sprintf("trapline: Process %d attached\ntrapline: Process %d attached\n"+
			"trapline: trace: should trapline be killed (kill -9), this system kills with it what it has attached to; ^C lets it go\n"+
			"trapline: Process %[1]d detached\ntrapline: Process %d detached\n", pids[0], pids[1])
		if quiet {
			want = ""
		}
		if diff := cmp.Diff(want, out.String()); diff != "" {
			t.Errorf("quiet %v (-want +got):\n%s", quiet, diff)
		}
	}
}

// TestFreeBSDTraceNumbers: a process' first thread goes by the number of the process, others by
// their own; which are never the same (sys/proc.h: PID_MAX).
func TestFreeBSDTraceNumbers(t *testing.T) {
	prog, _ := bsdProgram(t, "threads", func(a *replay.Asm) {
		a.Bss("ran", 8)
		a.Str("text", "two")
		a.Thread("second")
		a.L("wait")
		a.Mov(replay.RAX, 1)
		a.CmpAt(replay.RAX, "ran")
		a.Jnz("wait")
		a.Sys(sysGetpid)
		a.Exit(6)
		a.L("second")
		a.Sys(sysWrite, 1, replay.Ref("text"), 3)
		a.Inc("ran")
		a.Spin("loop")
	})
	onBSD(t, func(t *testing.T, trapline func(args ...string) *exec.Cmd) {
		out := filepath.Join(t.TempDir(), "out")
		if e := finish(t, trapline("trace", "-f", "-o", out, prog)); e.status != "exit 6" {
			t.Errorf("%s: %s", e.status, e.stderr)
		}
		text, _ := os.ReadFile(out)
		wants(t, "trace", string(text), `^[1-9]\d{0,4} +thr_new\(`, `^[1-9]\d{5,} +write\(1, ?"two"`, `^[1-9]\d{0,4} +getpid\(\) += [1-9]\d{0,4}$`, `^[1-9]\d{0,4} \+\+\+ exited with 6`)
	})
}

// TestFreeBSDSignalled: a program that a signal ends has the shell's status.
func TestFreeBSDSignalled(t *testing.T) {
	prog, labels := bsdProgram(t, "faulter", func(a *replay.Asm) {
		a.L("bad")
		a.B(0x8b, 0x04, 0x25, 0x10, 0, 0, 0) // mov eax, [0x10]
	})
	onBSD(t, func(t *testing.T, trapline func(args ...string) *exec.Cmd) {
		e := finish(t, trapline("run", "--batch", "-x", scriptFile(t, "continue", "info registers rip", "continue"), prog))
		if e.status != "exit 139" {
			t.Errorf("ended with %s: %s", e.status, e.stderr)
		}
		wants(t, "session", e.stdout, `SIGSEGV, Segmentation fault`, fmt.Sprintf(`^rip +%#x`, labels["bad"]))
	})
}

func TestFreeBSDInfo(t *testing.T) {
	prog, _ := bsdProgram(t, "greeter", greeter)
	e := finish(t, ownself(t, "info", prog))
	wants(t, "info", e.stdout, `greeter: ELF 64-bit LSB executable, x86-64, .*for FreeBSD 15\.0 \(1500068\)`, `^brand: FreeBSD, by its note$`)
}

// TestFreeBSDBad: one line that says what is wrong, and our own status.
func TestFreeBSDBad(t *testing.T) {
	dir := t.TempDir()
	put := func(name, contents string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(contents), 0o755); err != nil {
			t.Fatal(err)
		}
		return path
	}
	elf32 := put("elf32", "\x7fELF\x01\x01\x01\x09"+strings.Repeat("\x00", 8)+"\x02\x00\x03\x00\x01\x00\x00\x00"+strings.Repeat("\x00", 28))
	onBSD(t, func(t *testing.T, trapline func(args ...string) *exec.Cmd) {
		for _, c := range []struct {
			args            []string
			status, pattern string
		}{
			{[]string{"run", "--batch", filepath.Join(dir, "missing")}, "exit 125", `.*no file .*missing`},
			{[]string{"run", "--batch", put("text", "words\n")}, "exit 125", `.*text`},
			{[]string{"run", "--batch", put("empty", "")}, "exit 125", `.*empty`},
			{[]string{"run", "--batch", put("cut", "\x7fELF\x02\x01\x01\x09")}, "exit 125", `.*cut`},
			{[]string{"run", "--batch", dir}, "exit 125", `.*director`},
			{[]string{"run", "--batch", elf32}, "exit 125", `.*32-bit program`},
			{[]string{"trace", filepath.Join(dir, "missing")}, "exit 125", `.*missing`},
			{[]string{"attach", "99999999"}, "exit (2|125)", `.*`},
			{[]string{"attach", "none"}, "exit 2", `.*`},
		} {
			e := finish(t, trapline(c.args...))
			if !regexp.MustCompile("^"+c.status+"$").MatchString(e.status) || strings.Count(e.stderr, "\n") != 1 || !regexp.MustCompile(`^trapline: `+c.pattern).MatchString(e.stderr) {
				t.Errorf("%q: %s, %q; want %s and one line like %q", c.args, e.status, e.stderr, c.status, c.pattern)
			}
		}
	})
}
