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
