package main

// Transparency on programs that nobody here wrote: each job is run untraced and then in
// every way that trapline can run it, and must end the same, print the same and leave
// the same files.

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/internal/testprog"
)

// job is a program and its arguments. It runs in an empty directory.
type job struct {
	name  string
	needs string // a program that must be installed for it
	args  []string
	// ignore is a pattern for the files that differ from run to run.
	ignore string
	// stop is a function it calls.
	stop string
}

func shell(name, needs, text string) job {
	return job{name: name, needs: needs, args: []string{"bash", "-c", text}}
}

// jobs end alike whenever they are run.
var jobs = []job{
	{name: "ls", args: []string{"ls", "-lR", "/usr/include/linux"}},
	shell("pipes", "bash", `
		seq 1 2000 | tac | sed s/1/one/ | { read a; cat; echo $a; } | cksum
		(exit 3) | true; echo "${PIPESTATUS[@]}"
		for i in 1 2 3 4; do (echo $i >&2; exit $i) & wait $!; echo "ended $?"; done
		bash -c 'kill -SEGV $$'; echo "killed $?"
		cat <(echo substituted) <<<here; coproc cat; echo co >&"${COPROC[1]}"; read x <&"${COPROC[0]}"; echo $x
		exit 7`),
	shell("jobs", "bash", `
		trap 'echo usr1' USR1; trap 'echo bye' EXIT
		kill -USR1 $$; sleep 1000 & until grep -q sleep /proc/$!/comm; do :; done; kill -STOP $!; kill -TERM $!; kill -CONT $!; wait $!; echo "sleep $?"
		set -m; (exit 5) & wait %1; echo "job $?"
		timeout -s INT 0.05 sleep 1000; echo "timeout $?"
		kill -TERM $BASHPID`),
	{name: "dash", needs: "dash", args: []string{"dash", "-c",
		`x=$(seq 1 100 | wc -l); echo $x; (exit 3); echo $?; trap 'echo caught' HUP; kill -HUP $$; echo made >file; kill -USR2 $$`}},
	{name: "find", needs: "xargs", stop: "malloc", args: []string{"bash", "-c", "find /usr/include/linux -type f | sort | xargs -n100 grep -c define | cksum"}},
	{name: "python", needs: "python3", args: []string{"python3", "-c", `
import threading, subprocess, sys, os, signal
done = []
def work(i):
    out = subprocess.run(["sh", "-c", "echo %d; exit %d" % (i, i)], capture_output=True, text=True)
    done.append((i, out.returncode, out.stdout))
threads = [threading.Thread(target=work, args=(i,)) for i in range(6)]
[t.start() for t in threads]; [t.join() for t in threads]
print(sorted(done))
pid = os.fork()
if pid == 0: os.kill(os.getpid(), signal.SIGKILL)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
signal.signal(signal.SIGALRM, lambda *a: print("alarm")); signal.setitimer(signal.ITIMER_REAL, 0.01); signal.pause()
sys.exit(9)`}},
	shell("gcc", "gcc", `printf '#include <stdio.h>\nint main(void){puts("built");return 4;}\n' >a.c
		gcc -O1 -g -o a a.c && ./a; echo $?; gcc -c broken.c; gcc -O2 -S a.c`),
	shell("make", "make", `
		for f in a b c d; do echo "int $f(void){return 1;}" >$f.c; done
		echo 'int a(),b(),c(),d(); int main(){return a()+b()+c()+d();}' >main.c
		printf 'all: prog\nprog: a.o b.o c.o d.o main.o\n\t@gcc -o $@ $^\n%%.o: %%.c\n\t@gcc -c -o $@ $<\nfail: all\n\t@./prog\n' >Makefile
		make -s -j2; make -s fail; echo $?`),
	{name: "git", needs: "git", ignore: `^\.git/(index|logs/|.*\.sample)`, args: []string{"bash", "-c", `
		git init -q . && seq 1 500 >file && git add . && git commit -qm one && echo more >>file && git commit -qam two
		git log --stat -p | cksum; git gc -q; git fsck; git log --oneline; git checkout -q HEAD~1; cat nosuch; git show nosuch`}},
	{name: "go version", needs: "go", stop: "syscall.write", args: []string{"go", "version"}},
	{name: "go vet", needs: "go", args: []string{"bash", "-c", `printf 'module m\ngo 1.21\n' >go.mod
		printf 'package m\nfunc f() int { x := 1; x = x; return x }\n' >m.go; go vet .`}},
}

// jobEnv makes jobs say the same each time: no locale, clock or configuration of the user.
func jobEnv(home string) []string {
	return append(unmarked(os.Environ()), "LC_ALL=C", "TZ=UTC", "HOME="+home, "XDG_CONFIG_HOME="+home, "GIT_CONFIG_NOSYSTEM=1",
		"GIT_AUTHOR_NAME=a", "GIT_AUTHOR_EMAIL=a@example.org", "GIT_COMMITTER_NAME=a", "GIT_COMMITTER_EMAIL=a@example.org",
		"GIT_AUTHOR_DATE=2020-01-01T00:00:00Z", "GIT_COMMITTER_DATE=2020-01-01T00:00:00Z",
		"GOFLAGS=-mod=mod", "GOPROXY=off", "GOTOOLCHAIN=local", "GOENV=off", "GOCACHE="+filepath.Join(home, "gocache"))
}

// unhandled lets every signal through; hit puts a breakpoint that never stops anything
// under the feet of whatever writes.
var (
	unhandled = []string{"handle all nostop noprint pass", "handle SIGINT SIGTRAP nostop noprint pass"}
	hit       = []string{"break {stop}", "ignore 1 100000000"}
)

// way is one way to run a job: the arguments of trapline before the job's.
type way struct {
	name   string
	flags  []string // {trace}: a file for the trace
	script []string // for run
	hits   bool     // its breakpoint must have been hit
}

var ways = []way{
	{name: "trace -f", flags: []string{"trace", "-f", "-o", "{trace}"}},
	{name: "trace", flags: []string{"trace", "-o", "{trace}"}},
	{name: "trace some", flags: []string{"trace", "-e", "openat,execve", "-o", "{trace}"}},
	{name: "trace all", flags: []string{"trace", "-f", "-yy", "-v", "-T", "-ttt", "-C", "-o", "{trace}"}},
	{name: "run", flags: []string{"run", "--batch", "--stop=entry"}, script: slices.Concat(unhandled, []string{"continue"})},
	{name: "run break", flags: []string{"run", "--batch", "--stop=entry"}, hits: true,
		script: slices.Concat(unhandled, hit, []string{"continue", "info breakpoints"})},
	{name: "run break both", flags: []string{"run", "--batch", "--stop=entry"}, hits: true,
		script: slices.Concat(unhandled, hit, []string{"set follow-fork both", "continue", "info breakpoints"})},
}

// outcome is what must not depend on who watches.
type outcome struct {
	Status, Stdout, Stderr string
	Files                  map[string]string // name: mode and digest
}

// toFiles is the job's program with its output in files, so that what trapline says
// is apart from it; an exec more to follow, too.
var toFiles = []string{"sh", "-c", `exec "$@" >"$JOB_OUT/out" 2>"$JOB_OUT/err"`, "sh"}

// shellPID is where bash tells of the death of a process by its number.
var shellPID = regexp.MustCompile(`line \d+: +\d+ `)

// perform runs a job by way of a command line that is put before it.
func perform(t *testing.T, j job, dir string, before []string) (outcome, ended) {
	t.Helper()
	work, out := filepath.Join(dir, "work"), filepath.Join(dir, "out")
	for _, d := range []string{work, out} {
		if err := os.RemoveAll(d); err != nil {
			t.Fatal(err)
		}
		if err := os.Mkdir(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	args := slices.Concat(before, toFiles, j.args)
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Dir = work
	cmd.Env = append(jobEnv(dir), "JOB_OUT="+out)
	e := finish(t, cmd)
	read := func(name string) string {
		text, err := os.ReadFile(filepath.Join(out, name))
		if err != nil {
			t.Errorf("%v: %v; it said %q", args, err, e.stdout+e.stderr)
		}
		return string(text)
	}
	return outcome{e.status, read("out"), shellPID.ReplaceAllString(read("err"), "line N: PID "), files(t, work, j.ignore)}, e
}

func files(t *testing.T, dir, ignore string) map[string]string {
	t.Helper()
	found := map[string]string{}
	skip := regexp.MustCompile(ignore)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		name, _ := filepath.Rel(dir, path)
		if ignore != "" && skip.MatchString(name) {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		data, err := os.ReadFile(path)
		found[name] = fmt.Sprintf("%v %x", info.Mode(), sha256.Sum256(data))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

func TestRealPrograms(t *testing.T) {
	trapline := realBinary(t)
	for _, j := range jobs {
		t.Run(j.name, func(t *testing.T) {
			if _, err := exec.LookPath(j.needs); j.needs != "" && err != nil {
				t.Skipf("%s is not installed", j.needs)
			}
			dir := t.TempDir()
			noTelemetry(t, dir)
			if j.needs == "go" {
				perform(t, j, dir, nil) // fills the cache of builds
			}
			want, _ := perform(t, j, dir, nil)
			for _, w := range ways {
				testprog.Leftovers(t)
				trace := filepath.Join(dir, "trace")
				os.Remove(trace)
				got, said := perform(t, j, dir, w.command(t, j, trapline, trace))
				want.Status = shellStatus(want.Status)
				if d := gocmp.Diff(want, got); d != "" {
					t.Errorf("%s (-untraced +traced):\n%s\nit said: %s%s", w.name, d, said.stdout, said.stderr)
				}
				w.check(t, trace, said)
			}
		})
	}
}

// noTelemetry keeps the go command from leaving a process of its own behind.
func noTelemetry(t *testing.T, config string) {
	dir := filepath.Join(config, "go", "telemetry")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "mode"), []byte("off"), 0o644); err != nil {
		t.Fatal(err)
	}
}

// shellStatus is how trapline's own exit status tells a program's death by a signal.
func shellStatus(s string) string {
	if signal := 0; strings.HasPrefix(s, "signal ") {
		fmt.Sscanf(s, "signal %d", &signal)
		return fmt.Sprintf("exit %d", ExitStatus(0, signal))
	}
	return s
}

func (w way) command(t *testing.T, j job, trapline, trace string) []string {
	args := []string{trapline}
	for _, f := range w.flags {
		args = append(args, strings.ReplaceAll(f, "{trace}", trace))
	}
	if w.script != nil {
		args = append(args, "-x", scriptFile(t, strings.ReplaceAll(strings.Join(w.script, "\n"), "{stop}", cmp.Or(j.stop, "write"))))
	}
	return args
}

// check looks at what the tracer itself had to say.
func (w way) check(t *testing.T, trace string, said ended) {
	t.Helper()
	if said.stderr != "" {
		t.Errorf("%s: it complained: %s", w.name, said.stderr)
	}
	if w.hits && !regexp.MustCompile(`already hit [1-9]`).MatchString(said.stdout) {
		t.Errorf("%s: the breakpoint was never hit: %s", w.name, said.stdout)
	}
	if w.script != nil {
		return
	}
	text, err := os.ReadFile(trace)
	if err != nil {
		t.Fatal(err)
	}
	for _, mark := range []string{"execve(", "openat(", "+++ "} {
		if !bytes.Contains(text, []byte(mark)) {
			t.Errorf("%s: no %q in the trace of %d bytes", w.name, mark, len(text))
		}
	}
	if i := bytes.Index(text, []byte("<detached ...>")); i >= 0 {
		t.Errorf("%s: something was let go before its end: %s", w.name, text[max(0, i-200):i])
	}
}

// The programs of our own, which the engine's tests run under every policy, once each
// through the command.
func TestProgramsTraced(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	log := filepath.Join(t.TempDir(), "log")
	for _, p := range testprog.Programs() {
		if len(p.Sources) > 0 && strings.HasPrefix(p.Sources[0], "bench/") { // a million calls
			continue
		}
		for i, r := range p.Runs {
			if r.Arg0 != "" { // a command line cannot say it
				continue
			}
			r.Status = shellStatus(r.WantStatus())
			ways := [][]string{{"-f"}, {"-e", "openat,wait4"}}
			if i > 0 || len(p.Sources) > 0 && strings.HasPrefix(p.Sources[0], "litmus/ptrace") { // they trace others, which a filter prevents
				ways = ways[:1]
			}
			for _, flags := range ways {
				job := testprog.Command(t, p.Name, r)
				cmd := exec.Command(trapline, slices.Concat([]string{"trace", "-o", log}, flags, []string{"--"}, job.Args)...)
				cmd.Stdin = job.Stdin
				e := finish(t, cmd)
				if err := r.Check(e.stdout, e.status); err != nil {
					t.Errorf("%q %s %q: %v; it said %s", flags, p.Name, r.Args, err, e.stderr)
				}
				if text, err := os.ReadFile(log); err != nil || !bytes.Contains(text, []byte("+++ ")) || bytes.Contains(text, []byte("<detached ...>")) {
					t.Errorf("%q %s %q: no end in a trace of %d bytes, %v", flags, p.Name, r.Args, len(text), err)
				}
			}
		}
	}
}
