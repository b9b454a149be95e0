package main

// --kernel model, as it is used: programs of this machine on a modeled kernel.

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/internal/testprog"
)

// onModel is a command that runs trapline with a modeled kernel.
func onModel(t testing.TB, choice string, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.Command(realBinary(t), append([]string{"--kernel", choice}, args...)...)
	cmd.Dir = t.TempDir()
	return cmd
}

// Programs under test print on the model what they print on the machine, and end so: linked
// with libraries and without, of C, C++ and Go. Of those that are not here a few want the x87
// unit, 32-bit code or the network.
func TestModelPrograms(t *testing.T) {
	for _, name := range []string{"hello", "args", "echo", "threads", "forks", "vfork", "spawn", "crash", "sigall", "dl",
		"execthread", "execchain", "cxx", "goroutines", "osexec"} {
		prog, _, err := testprog.Lookup(name)
		if err != nil {
			t.Error(err)
			continue
		}
		for i, run := range prog.Runs[:min(len(prog.Runs), 2)] {
			if run.Arg0 != "" {
				continue // a name that cannot be given here
			}
			t.Run(fmt.Sprintf("%s/%d", name, i), func(t *testing.T) {
				args, err := testprog.Expand(run.Args)
				if err != nil {
					t.Fatal(err)
				}
				args = append([]string{"trace", "-o", os.DevNull, testprog.Build(t, name)}, args...)
				cmd := onModel(t, "model,seed=3", args...)
				cmd.Stdin = strings.NewReader(run.Stdin)
				e := finish(t, cmd)
				if sig := 0; strings.HasPrefix(run.Status, "signal ") {
					fmt.Sscanf(run.Status, "signal %d", &sig)
					run.Status = fmt.Sprintf("exit %d", 128+sig)
				}
				if err := run.Check(e.stdout, e.status); err != nil {
					t.Errorf("%v\n%s", err, e.stderr)
				}
			})
		}
	}
}

// race is a program whose output depends on how its two threads take turns.
const race = `
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>
static volatile long n;
static void *add(void *p) { for (int i = 0; i < 3000; i++) n++; return p; }
int main(void)
{
	pthread_t t[2];
	for (int i = 0; i < 2; i++) pthread_create(t + i, 0, add, 0);
	for (int i = 0; i < 2; i++) pthread_join(t[i], 0);
	printf("%ld of %d\n", n, getpid());
	return 0;
}`

// The same seed is the same session, to the byte, with its pids, its addresses and the
// outcome of its races; another seed is another one.
func TestModelSeeds(t *testing.T) {
	racy := compileC(t, race)
	script := scriptFile(t, "break add", "continue", "info threads", "info registers", "info proc", "info kernel threads", "delete", "continue", "info kernel stats")
	for _, args := range [][]string{
		{"run", "--batch", "--aslr", "-x", script, racy},
		{"trace", "-f", "-ttt", "-T", racy},
		{"trace", "-f", "-r", "sh", "-c", "echo hi | wc -c; ls / | head -1"},
	} {
		seen := map[string]string{}
		for _, choice := range []string{"model,seed=1,wild", "model,seed=2,wild", "model,seed=3"} {
			var first ended
			for i := range 2 {
				cmd := onModel(t, choice, args...)
				cmd.Dir, cmd.Env = "/", []string{"PATH=/bin:/usr/bin"}
				switch e := finish(t, cmd); {
				case i == 0:
					first = e
				case e != first:
					t.Errorf("%s %q: two runs differ (-first +second):\n%s", choice, args, cmp.Diff(first.stdout+first.stderr, e.stdout+e.stderr))
				}
			}
			if first.status != "exit 0" {
				t.Errorf("%s %q: %s\n%s", choice, args, first.status, first.stderr)
			}
			text := first.stdout + first.stderr
			if seen[text] != "" {
				t.Errorf("%q: seeds %s and %s give the same", args, seen[text], choice)
			}
			seen[text] = choice
		}
	}
	// Not by its pid alone.
	outcomes := map[string]bool{}
	for seed := range 6 {
		e := finish(t, onModel(t, fmt.Sprintf("model,seed=%d,wild", seed), "trace", "-o", os.DevNull, racy))
		n, _, _ := strings.Cut(e.stdout, " of ")
		outcomes[n] = true
	}
	if len(outcomes) < 2 {
		t.Errorf("whatever the seed, the race ends with %v", outcomes)
	}
}

func compileC(t *testing.T, source string) string {
	t.Helper()
	if _, err := exec.LookPath("gcc"); err != nil {
		t.Skip("gcc is not installed")
	}
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/prog.c", []byte(source), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("gcc", "-g", "-O0", "-pthread", "-o", dir+"/prog", dir+"/prog.c")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return dir + "/prog"
}

// epoll is what the machine's is.
func TestModelEpoll(t *testing.T) {
	prog := compileC(t, epollProgram)
	want := finish(t, exec.Command(prog))
	for seed := range 3 {
		got := finish(t, onModel(t, fmt.Sprintf("model,seed=%d,wild", seed), "trace", "-f", "-o", os.DevNull, prog))
		if d := cmp.Diff(strings.Split(want.stdout, "\n"), strings.Split(got.stdout, "\n")); d != "" || want.stdout == "" {
			t.Errorf("seed %d (-machine +model):\n%s%s", seed, d, got.stderr)
		}
	}
}

const epollProgram = `
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <unistd.h>
static int e;
static void look(const char *what)
{
	struct epoll_event v[4];
	int n = epoll_wait(e, v, 4, 0);
	printf("%s: %d", what, n);
	for (int i = 0; i < n; i++) printf(" %x/%d", v[i].events, v[i].data.fd);
	puts("");
}
static void ctl(int op, int fd, unsigned events)
{
	struct epoll_event v = {events, {.fd = fd}};
	int r = epoll_ctl(e, op, fd, &v);
	printf("ctl %d %d: %d\n", op, fd, r ? errno : 0);
}
int main(void)
{
	int p[2], q[2], file = open("/etc/passwd", O_RDONLY);
	char b[10];
	struct epoll_event v;
	pipe(p); pipe(q);
	e = epoll_create1(EPOLL_CLOEXEC);
	ctl(EPOLL_CTL_MOD, p[0], EPOLLIN); ctl(EPOLL_CTL_ADD, file, EPOLLIN); ctl(EPOLL_CTL_ADD, e, EPOLLIN); ctl(9, p[0], 0);
	ctl(EPOLL_CTL_ADD, 99, EPOLLIN); ctl(EPOLL_CTL_ADD, p[0], EPOLLIN); ctl(EPOLL_CTL_ADD, p[0], EPOLLIN);
	look("empty");
	write(p[1], "abc", 3); look("level"); look("level again");
	read(p[0], b, 1); look("some left");
	ctl(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLET); look("edge"); look("edge again");
	write(p[1], "d", 1); look("edge anew"); look("edge again");
	ctl(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT); look("once"); look("once again");
	ctl(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLONESHOT); look("once more");
	ctl(EPOLL_CTL_ADD, q[1], EPOLLOUT | EPOLLET); look("writable"); look("writable again");
	ctl(EPOLL_CTL_DEL, q[1], 0); ctl(EPOLL_CTL_DEL, q[1], 0); look("gone");
	ctl(EPOLL_CTL_ADD, q[0], 0); close(q[1]); look("hung up");
	close(q[0]); look("closed");
	printf("%d %d\n", epoll_wait(e, &v, 0, 0), errno);
	read(p[0], b, 10);
	fflush(stdout);
	if (fork() == 0) { usleep(1000); write(p[1], "x", 1); _exit(0); }
	ctl(EPOLL_CTL_MOD, p[0], EPOLLIN | EPOLLET);
	printf("%d\n", epoll_wait(e, &v, 1, -1)); printf("%d\n", epoll_wait(e, &v, 1, 5));
	return 0;
}`

// What the model lacks is told of in one line that names it; the session can go on.
func TestNotModeled(t *testing.T) {
	prog := compileC(t, `int main(void) { __asm__ volatile("vzeroupper"); return 0; }`)
	const line = "not modeled: instruction vzeroupper (c5 f8 77) (process "
	e := finish(t, onModel(t, "model", "trace", "-e", "none", prog))
	if e.status != "exit 125" || strings.Count(e.stderr, "trapline: trace: "+line) != 1 {
		t.Errorf("trace: %s\n%s", e.status, e.stderr)
	}
	e = finish(t, onModel(t, "model", "run", "--batch", prog))
	if e.status != "exit 125" || strings.Count(e.stderr, line) != 1 {
		t.Errorf("batch: %s\n%s", e.status, e.stderr)
	}
	cmd := onModel(t, "model", "run", prog)
	cmd.Stdin = strings.NewReader("continue\nx/i $pc\ninfo registers rsp\ninfo kernel\nset $pc = $pc + 3\nsignal 0\n")
	e = finish(t, cmd)
	for _, want := range []string{"SIGILL", "vzeroupper", "rsp  ", "traced", "exited normally"} {
		if !strings.Contains(e.stdout, want) {
			t.Errorf("no %q at the prompt:\n%s%s", want, e.stdout, e.stderr)
		}
	}
	if e.status != "exit 0" || strings.Count(e.stderr, line) != 1 {
		t.Errorf("prompt: %s\n%s", e.status, e.stderr)
	}
}

// A program that waits for nothing that can come is told of.
func TestModelStill(t *testing.T) {
	prog := compileC(t, "#include <unistd.h>\nint main(void) { pause(); return 0; }")
	for _, args := range [][]string{{"trace", "-e", "none"}, {"run", "--batch"}} {
		e := finish(t, onModel(t, "model", append(args, prog)...))
		if e.status != "exit 125" || !strings.Contains(e.stderr, "everything in the modeled kernel sleeps") {
			t.Errorf("%q: %s\n%s", args, e.status, e.stderr)
		}
	}
}

// Input that takes its time is waited for, however it is asked for; time of the model passes
// meanwhile as the clock's does.
func TestModelInput(t *testing.T) {
	prog := compileC(t, `
#include <poll.h>
#include <stdio.h>
#include <unistd.h>
int main(void)
{
	struct pollfd p = {0, POLLIN, 0};
	char b[100];
	while (poll(&p, 1, 20) == 0) ;
	int n = read(0, b, sizeof b);
	printf("%d\n", n);
	n = read(0, b, 2);
	printf("%d\n", n);
	return read(0, b, sizeof b);
}`)
	log := filepath.Join(t.TempDir(), "log")
	cmd := onModel(t, "model", "trace", "-o", log, prog)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	start(t, cmd)
	for _, step := range []struct{ write, read string }{{"first", `read(0, "first"`}, {"second", `read(0, "cond"`}} {
		if _, err := io.WriteString(in, step.write); err != nil {
			t.Error(err)
		}
		until(t, step.read, func() bool { text, _ := os.ReadFile(log); return bytes.Contains(text, []byte(step.read)) })
	}
	in.Close()
	if e := wait(t, cmd); e.stdout != "5\n2\n" || e.status != "exit 4" {
		t.Errorf("%q %s\n%s", e.stdout, e.status, e.stderr)
	}
}

// person is somebody at a terminal.
type person struct {
	t    *testing.T
	cmd  *exec.Cmd
	pty  *os.File
	mu   sync.Mutex
	seen bytes.Buffer
	read int // of what was seen
}

func sitDown(t *testing.T, cmd *exec.Cmd) *person {
	t.Helper()
	cmd.Env = append(os.Environ(), "TERM=xterm", "NO_COLOR=1", "XDG_STATE_HOME="+t.TempDir())
	master, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 30, Cols: 90})
	if err != nil {
		t.Skip("no pseudo-terminal here: ", err)
	}
	p := &person{t: t, cmd: cmd, pty: master}
	go func() {
		b := make([]byte, 4096)
		for {
			n, err := master.Read(b)
			p.mu.Lock()
			p.seen.Write(b[:n])
			p.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
	t.Cleanup(func() {
		if cmd.ProcessState == nil {
			cmd.Process.Kill()
			cmd.Wait()
		}
		master.Close()
	})
	return p
}

// types sends keys and waits for each of the texts, in turn.
func (p *person) types(keys string, texts ...string) {
	p.t.Helper()
	if _, err := io.WriteString(p.pty, keys); err != nil {
		p.t.Fatal(err)
	}
	for _, text := range texts {
		end := time.Now().Add(testprog.Patience)
		for {
			p.mu.Lock()
			i := bytes.Index(p.seen.Bytes()[p.read:], []byte(text))
			if i >= 0 {
				p.read += i + len(text)
			}
			all := p.seen.String()
			p.mu.Unlock()
			if i >= 0 {
				break
			}
			if time.Now().After(end) {
				p.t.Fatalf("after %q: no %q in\n%s", keys, text, all)
			}
			time.Sleep(5 * time.Millisecond)
		}
	}
}

// modes are the terminal's.
func (p *person) modes() unix.Termios {
	m, err := unix.IoctlGetTermios(int(p.pty.Fd()), unix.TCGETS)
	if err != nil {
		p.t.Fatal(err)
	}
	return *m
}

func TestModelTerminal(t *testing.T) {
	prog := compileC(t, `
#include <stdio.h>
#include <signal.h>
#include <unistd.h>
int main(void)
{
	char line[100];
	printf("terminals: %d%d%d %s\n", isatty(0), isatty(1), isatty(2), ttyname(0));
	printf("name? ");
	fflush(stdout);
	fgets(line, sizeof line, stdin);
	printf("hello %s", line);
	signal(SIGINT, SIG_IGN);
	sigset_t s;
	sigemptyset(&s);
	sigaddset(&s, SIGINT);
	sigprocmask(SIG_BLOCK, &s, 0);
	for (volatile long i = 0;; i++) ;
}`)
	p := sitDown(t, onModel(t, "model,seed=7", "run", prog))
	before := p.modes()
	p.types("", "modeled kernel: linux, seed 7", "(trapline) ")
	p.types("continue\r", "terminals: 111 /dev/tty1\r\n", "name? ")
	p.types("Adx\x7fa\r", "hello Ada\r\n")   // the last key but one is taken back
	p.types("\x03\x03", "^C", "(trapline) ") // it ignores the first
	p.types("info kernel jobs\r", "tty1", "(trapline) ")
	p.types("kill\r", "(y or n) ")
	p.types("y\r", "(trapline) ")
	p.types("run\r", "name? ")
	p.types("\x03", "SIGINT", "(trapline) ") // while it waits for a key
	p.types("quit\r", "(y or n) ")
	p.types("y\r")
	if err := p.cmd.Wait(); err != nil {
		t.Error(err)
	}
	if after := p.modes(); after != before {
		t.Errorf("the terminal's modes are\n%+v, were\n%+v", after, before)
	}
}

// A shell on the model's terminal has job control: ^C is for its foreground job.
func TestModelShell(t *testing.T) {
	p := sitDown(t, onModel(t, "model", "trace", "-o", os.DevNull, "-E", "PS1=ready$ ", "-E", "ENV", "sh", "-i"))
	p.types("", "ready$ ")
	p.types("tty\r", "/dev/tty1\r\n", "ready$ ")
	p.types("cat\r", "cat\r\n")
	p.types("line\r", "line\r\nline\r\n")
	p.types("\x03", "^C", "ready$ ")
	p.types("exit 3\r")
	err := p.cmd.Wait()
	if exit := p.cmd.ProcessState.ExitCode(); exit != 3 {
		t.Errorf("%v, want exit 3; it showed\n%s", err, &p.seen)
	}
}
