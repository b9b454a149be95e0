package main

// Options that `trapline trace` shares with the binary called strace.

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/trapline/trapline/internal/testprog"
)

func TestTraceExtras(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	for _, c := range []struct {
		flags string
		prog  []string
		want  string // a pattern for what is written to standard error
	}{
		{"-N -e openat -P /dev/null", []string{"cat", "/dev/null"}, `^openat\(dirfd=AT_FDCWD, pathname="/dev/null", flags=O_RDONLY\) = 3\n\+\+\+ exited`},
		{"-P /dev/null -e close", []string{"cat", "/dev/null"}, `^close\(3\) += 0\n\+\+\+ exited`},
		{"-e inject=getuid:retval=7 -e getuid", []string{"bash", "-c", "exit $UID"}, `^getuid\(\) += 7 \(INJECTED\)\n(?s:.*)\+\+\+ exited with 7`},
		{"-e fault=openat:error=EXDEV:when=1 -e openat", []string{"true"}, `^openat\(.*\) = -1 EXDEV \(Invalid cross-device link\) \(INJECTED\)\n`},
		{"-e trace=write -e write=1", []string{"echo", "hi"}, `^write\(1, "hi\\n", 3\) += 3\n \| 00000  68 69 0a .* hi\. +\|\n\+\+\+ exited`},
		{"-e fd=9 -e trace=all", []string{"true"}, `^\+\+\+ exited with 0`},
		{"--decode-fds=dev,path -e read", []string{"head", "-c1", "/dev/zero"}, `(?m)^read\(3</dev/zero<char 1:5>>, `},
		{"-Y -e kill", []string{"sh", "-c", "kill -0 $$"}, `^kill\(\d+<sh>, 0\) += 0\n`},
		{"--syscall-times=ns -e write", []string{"echo"}, `^write\(1, "\\n", 1\) += 1 <0\.\d{9}>\n`},
		{"-r -e write", []string{"echo"}, `^ +0\.000000 write\(1, "\\n", 1\) += 1\n +0\.\d{6} \+\+\+ exited`},
		{"-c -U calls,name -e write", []string{"echo"}, `^ +calls syscall\n[- ]+\n +1 write\n[- ]+\n +1 total\n$`},
		{`-f --where path=="/etc/passwd"&&name==openat`, []string{"sh", "-c", "cd /etc; cat passwd"}, `openat\(AT_FDCWD, "passwd", O_RDONLY\) = 3\n`},
		{`-f --where path=="/etc/passwd"`, []string{"find", "/etc", "-maxdepth", "1", "-newer", "/proc"}, `newfstatat\((AT_FDCWD|\d+), "passwd"`},
		{`--where peer=="127.0.0.1:1"`, []string{"bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/1"}, `^connect\(3, {sa_family=AF_INET, .*\) = -1 ECONNREFUSED`},
		{"-X raw -e openat", []string{"cat", "/dev/null"}, `(?m)^openat\(-100, "/dev/null", 0\) += 3$`},
		{"--const-print-style=verbose -e openat", []string{"cat", "/dev/null"}, `(?m)^openat\(-100 /\* AT_FDCWD \*/, "/dev/null", 0 /\* O_RDONLY \*/\) += 3$`},
		{"-f -b execve -e execve", []string{"sh", "-c", "/bin/true; exec /bin/true"},
			`^execve\(.*\) = 0\n(?s:.*)execve\("/bin/true", \["/bin/true"\], .* <detached \.\.\.>\n(?s:.*)execve\("/bin/true", .* <detached \.\.\.>\n`},
		{"-c -w -U total-time,name -e clock_nanosleep", []string{"sleep", "0.1"}, `(?m)^ +0\.[1-9]\d* clock_nanosleep$`},
		{"-c --summary-wall-clock=false -U total-time,name -e clock_nanosleep", []string{"sleep", "0.1"}, `(?m)^ +0\.0\d* clock_nanosleep$`},
		{"-kk -e getppid", []string{testprog.Build(t, "deepcalls"), "1"}, `(?m)^ > .*\(main\+0x[0-9a-f]+\) \[0x[0-9a-f]+\] .*deepcalls\.c:\d+$`},
	} {
		e := finish(t, exec.Command(trapline, append(append([]string{"trace"}, strings.Fields(c.flags)...), c.prog...)...))
		if !regexp.MustCompile(c.want).MatchString(e.stderr) {
			t.Errorf("%s %q: %s\nwant %s", c.flags, c.prog, e.stderr, c.want)
		}
	}
}

// TestTraceFiles is -ff, -A and -o with a command.
func TestTraceFiles(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "t")
	finish(t, exec.Command(trapline, "trace", "-ff", "-e", "execve", "-o", file, "sh", "-c", "/bin/true; /bin/false; exit 2"))
	names, _ := filepath.Glob(file + ".*")
	ends := map[string]int{}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		ends[lines[len(lines)-1]]++
	}
	if len(names) != 3 || ends["+++ exited with 0 +++"] != 1 || ends["+++ exited with 1 +++"] != 1 || ends["+++ exited with 2 +++"] != 1 {
		t.Errorf("files %q end in %v", names, ends)
	}
	for range 2 {
		finish(t, exec.Command(trapline, "trace", "-A", "-e", "none", "-o", file, "true"))
	}
	if text, _ := os.ReadFile(file); string(text) != "+++ exited with 0 +++\n+++ exited with 0 +++\n" {
		t.Errorf("two traces in one file: %q", text)
	}
	if e := finish(t, exec.Command(trapline, "trace", "-e", "none", "-o", "|tr a-z A-Z", "true")); e.stdout != "+++ EXITED WITH 0 +++\n" {
		t.Errorf("through a command: %q", e)
	}
}

// TestTraceByName attaches to a process by what it runs.
func TestTraceByName(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	name := fmt.Sprintf("tl-%d", os.Getpid())
	path := filepath.Join(t.TempDir(), name)
	if err := copyFile(path, "/bin/sleep"); err != nil {
		t.Fatal(err)
	}
	victim := exec.Command(path, "1000")
	if err := victim.Start(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(trapline, "trace", "--kill-on-exit", "--attach", name)
	out, err := cmd.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 200)
	if n, _ := out.Read(b); !strings.Contains(string(b[:n]), "attached") {
		t.Errorf("it says %q", b[:n])
	}
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	if _ = victim.Wait(); testprog.StatusOf(victim.ProcessState) != "signal 9" {
		t.Errorf("the process ended with %v after a tracer that takes it along", victim.ProcessState)
	}
}

func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	return os.WriteFile(to, data, 0o755)
}

// TestTraceInterruptible sends a trace what may end it, from the program it traces.
func TestTraceInterruptible(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	for flag, want := range map[string]string{"": "signal 15", "-I2": "signal 15", "-Iwaiting": "signal 15", "-I3": "exit 3", "--interruptible=never_tstp": "exit 3"} {
		args := append(append([]string{"trace"}, strings.Fields(flag)...), "-e", "none", "-o", os.DevNull, "sh", "-c", "kill -TERM $PPID; sleep 1; exit 3")
		cmd := exec.Command(trapline, args...)
		_ = cmd.Run() // its status is looked at
		got := testprog.StatusOf(cmd.ProcessState)
		if got == fmt.Sprintf("exit %d", 128+15) {
			got = "signal 15"
		}
		if got != want {
			t.Errorf("%v: %s, want %s", args, got, want)
		}
	}
}

// TestTraceDaemon has the program in our place, and its trace written by another process.
func TestTraceDaemon(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	for _, flag := range []string{"-D", "-DD", "-DDD", "--daemonize=session"} {
		file := filepath.Join(t.TempDir(), "trace")
		cmd := exec.Command(trapline, "trace", flag, "-E", "WHO=me", "-e", "execve,getppid", "-o", file, "sh", "-c", "echo $PPID $WHO; exit 3")
		out, _ := cmd.Output()
		if want := fmt.Sprintf("%d me\n", os.Getpid()); string(out) != want || cmd.ProcessState.ExitCode() != 3 {
			t.Errorf("%s: it says %q and ends with %v; want %q and 3", flag, out, cmd.ProcessState, want)
		}
		var text []byte
		for range 500 { // the end of the program may be seen before the trace is written
			if text, _ = os.ReadFile(file); strings.Contains(string(text), "+++") {
				break
			}
			time.Sleep(10 * time.Millisecond)
		}
		if !regexp.MustCompile(`^execve\(".*/sh", \["sh", "-c", .*\) = 0\ngetppid\(\) += \d+\n\+\+\+ exited with 3 \+\+\+\n$`).Match(text) {
			t.Errorf("%s: the trace is\n%s", flag, text)
		}
	}
	e := finish(t, exec.Command(trapline, "trace", "-D", "-e", "none", "-o", os.DevNull, "/etc/passwd"))
	if !strings.Contains(e.stderr, "not executable") {
		t.Errorf("what is no program: %q", e.stderr)
	}
}

// TestTraceOptionErrors are arguments that options shared with strace refuse.
func TestTraceOptionErrors(t *testing.T) {
	trapline := realBinary(t)
	for flag, want := range map[string]string{"-I9": "9", "-Xpretty": "pretty", "-bfork": "fork", "--secontext=role": "role", "--daemonize=twice": "twice",
		"--kernel=model -D": "-D is for", "-D -p 1": "-D is for a program"} {
		cmd := exec.Command(trapline, append(append([]string{"trace"}, strings.Fields(flag)...), "true")...)
		if strings.Contains(flag, "-p") {
			cmd.Args = cmd.Args[:len(cmd.Args)-1]
		}
		out, _ := cmd.CombinedOutput()
		first, _, _ := strings.Cut(string(out), "\n")
		if cmd.ProcessState.ExitCode() != 2 || !strings.Contains(first, want) {
			t.Errorf("%s: %v, %s", flag, cmd.ProcessState, out)
		}
	}
}
