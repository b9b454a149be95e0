package strace

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/syscalls"
)

// TestMain makes the test's own binary strace when it is called so.
func TestMain(m *testing.M) {
	if Called(os.Args[0]) || os.Getenv(daemonEnv) != "" {
		os.Exit(Main(os.Args, os.Stdout, os.Stderr, func() (kernel.Kernel, error) { return linux.New(linux.NewHost()), nil }))
	}
	os.Exit(m.Run())
}

// straceBinary is a link to the test's binary.
func straceBinary(t *testing.T) string {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "strace")
	if err := os.Symlink(self, link); err != nil {
		t.Fatal(err)
	}
	return link
}

// expectations are the cases of testdata/expect.c with the options that they are traced with.
var expectations = map[string]string{
	"open": "-a1 -e openat", "openraw": "-a1 -Xraw -e openat", "openboth": "-a1 -X verbose -e openat", "null": "-a16 -echdir",
	"octal": "-a1 -ewrite", "hex": "-a1 -x -ewrite", "allhex": "-a1 -xx -ewrite", "limit": "-a1 -s4 -ewrite", "iovec": "-a1 -e trace=writev",
	"dupy": "-a1 -y -e dup", "dupyy": "-a1 -yy -e dup", "path": "-a1 -P /proc/self/fd -e chdir", "fault": "-a16 -echdir -e fault=chdir",
	"error": "-a16 -echdir -e inject=chdir:error=EXDEV:when=2", "retval": "-a1 -echdir --inject=chdir:retval=42",
	"injectsig": "-a16 -echdir -e inject=chdir:signal=usr1", "poke": "-a1 -echdir -e inject=chdir:poke_enter=@arg1=2f6465762f6e756c6c",
	"delay": "-a16 -echdir -e inject=chdir:delay_exit=1", "failed": "-a1 -Z -echdir", "successful": "-a16 -e status=successful -echdir",
	"mask": "-a1 -e rt_sigprocmask", "kill": "-a1 -e kill", "sleep": "-a1 -e nanosleep", "name": "-a1 -e prctl", "linger": "-a1 -e %net",
	"address": "-a1 -e connect", "address6": "-a1 -e connect", "rights": "-a1 -e sendmsg", "netlink": "-a1 -e sendto", "futex": "-a1 -e futex",
	"mmap": "-a1 -e mmap,munmap", "fcntl": "-a1 -e fcntl", "epoll": "-a1 -e epoll_ctl", "poll": "-a1 -e poll", "openat2": "-a1 -e openat2",
	"landlock": "-a1 -e landlock_restrict_self", "raw": "-a1 -e raw=openat -e openat", "shallow": "-a1 -e verbose=none -e writev", "number": "-a1 -n -e chdir",
	"dump": "-a1 -e write=3 -e write", "place": "-i -e trace=none", "child": "-f -a22 -e chdir -e signal=none",
}

// expectations32 are those of testdata/i386.c.
var expectations32 = map[string]string{
	"inject": "-a1 -e connect -e inject=connect:retval=42", "when": "-a1 -e connect,send -e inject=connect:error=EXDEV:when=2",
	"poke": "-a1 -e connect -e inject=connect:poke_enter=@arg2=0100787900", "ipc": "-a1 -e %ipc -e inject=shmget:error=ENOSPC",
}

// programsOutput is the call by which a case prints what it expects.
var programsOutput = regexp.MustCompile(`(?m)^write\(1, .*\n`)

// Each case prints the trace that it should give: what strace prints is that, from the first
// line of the case on.
func TestExpectations(t *testing.T) {
	expected(t, compiled(t, "testdata/expect.c", "-w", "-static"), expectations)
}

func TestExpectations32(t *testing.T) {
	expected(t, compiled(t, "testdata/i386.c", freestanding32...), expectations32)
}

// freestanding32 is what a 32-bit program is made with where there are no libraries for one.
var freestanding32 = strings.Fields("-m32 -ffreestanding -nostdlib -static -fno-pie -no-pie -fno-stack-protector -mgeneral-regs-only -fcf-protection=none")

// compiled is the program made of a source by gcc.
func compiled(t *testing.T, source string, flags ...string) string {
	t.Helper()
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc")
	}
	prog := filepath.Join(t.TempDir(), "prog")
	if out, err := exec.Command(gcc, append(flags, "-O1", "-o", prog, source)...).CombinedOutput(); err != nil {
		t.Fatalf("gcc: %v\n%s", err, out)
	}
	return prog
}

func expected(t *testing.T, prog string, cases map[string]string) {
	tracer := straceBinary(t)
	for name, options := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := filepath.Join(t.TempDir(), "trace")
			cmd := exec.Command(tracer, append(append([]string{"-o", file}, strings.Fields(options)...), prog, name)...)
			want, err := cmd.Output()
			if err != nil {
				t.Fatalf("%v: %v", cmd.Args, err)
			}
			got, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			first, _, _ := bytes.Cut(want, []byte("\n"))
			if i := bytes.Index(got, first); i > 0 {
				got = got[i:] // what the C library did before
			}
			got = programsOutput.ReplaceAll(got, nil)
			if len(want) == 0 {
				t.Fatal("nothing was expected")
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("strace %s: -want +got:\n%s", options, diff)
			}
		})
	}
}

// TestStacks32: -k goes through a 32-bit program's functions, the vDSO that makes their calls, and a
// signal handler, by call-frame information or by frame pointers.
func TestStacks32(t *testing.T) {
	frame := regexp.MustCompile(`(?m)^ > (?:\[vdso\]|\S*/prog)\((\w+)\+0x[0-9a-f]+\) \[0x[0-9a-f]+\]$`)
	want := [][]string{
		{"__kernel_vsyscall", "bottom", "middle", "do_stack", "begin", "_start"},
		{"do_stack", "begin", "_start"}, // the signal
		{"__kernel_vsyscall", "bottom", "middle", "handler", "__kernel_sigreturn", "do_stack", "begin", "_start"},
	}
	for _, flags := range []string{"-fomit-frame-pointer", "-fno-asynchronous-unwind-tables -fno-omit-frame-pointer"} {
		prog := compiled(t, "testdata/i386.c", append(strings.Fields(flags), freestanding32...)...)
		out, err := exec.Command(straceBinary(t), "-k", "-e", "chdir", prog, "stack").CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		var got [][]string
		for _, part := range regexp.MustCompile(`(?m)^[^ ].*\n`).Split(string(out), -1) {
			var names []string
			for _, m := range frame.FindAllStringSubmatch(part, -1) {
				names = append(names, m[1])
			}
			if n := strings.Count(part, "\n"); n != len(names) {
				t.Errorf("%s: frames of other forms:\n%s", flags, part)
			}
			if names != nil {
				got = append(got, names)
			}
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: -want +got:\n%s\n%s", flags, d, out)
		}
	}
}

// Expressions that are right take the calls that they take with strace.
func TestPatterns(t *testing.T) {
	for expr, want := range map[string]string{
		"^chd@64": "chdir", "^chd@32": "",
		"^chd": "chdir", `^\chdi\r$`: "chdir", "^chdir$|^dup$": "chdir dup", "^(ch|fch)di+r$": "chdir fchdir", `^dup[2-3]?$`: "dup dup2 dup3",
		`\<fchdir\>`: "fchdir", "^d[[:alpha:]]{2}$": "dup", `^(d)(u)**p$`: "dup", "^dup{1}{1}$": "dup", "^[]d]up$": "dup", "^.up$": "dup", `^\wup$`: "dup",
	} {
		set, err := parseCalls("/" + expr)
		if err != nil {
			t.Errorf("/%s: %v", expr, err)
			continue
		}
		var got []string
		for _, nr := range set.Numbers(syscalls.X8664) {
			got = append(got, syscalls.X8664.CallName(nr))
		}
		slices.Sort(got)
		if strings.Join(got, " ") != want {
			t.Errorf("/%s takes %q, want %q", expr, got, want)
		}
	}
}

// refused are command lines that make no sense, or none here.
var refused = []string{
	"", "-e", "-e trace=", "-e trace=nosuch", "-e trace=!nosuch,read", "-e 415 true", "-e 387 true", "-e 415@64 true", "-e 4@32 -e 9@64 -e 1 -e trace=nosuch true", "-e 999@x32 true", "-e /non_syscall true", "-e 1,!chdir true", "-e %nosuch true", "-e none,read true",
	"-e signal=NOSUCH true", "-e read=x true", "-e status=nosuch true", "-e quiet=nosuch true", "-e inject= true", "-e inject=read:error=NOSUCH true",
	"-e inject=read:when=0 true", "-e inject=read:retval=1:error=EIO true", "-e fault=read:delay_enter=x true", "-e inject=nosuch true",
	"-a", "-a x true", "-s -1 true", "-s x true", "-S nosuch true", "-U nosuch true", "-X nosuch true", "-O x true", "-I 9 true",
	"-I x true", "-b chdir true", "-p 0", "-p x", "-p -1", "-p 1,x", "-c -C true", "-f -ff -o", "--nosuch true", "--trace=nosuch true", "-z -Z -e status=none true",
	"--decode-fds=nosuch true", "--syscall-times=x true", "-tt --absolute-timestamps true", "--color true", "-E", "-u nosuchuser true", "-P", "/no/such/program",
	"-o /no/such/dir/file true", "-t -p 999999999", "-D -p 1", "-ff -c true", ".", "-e trace=none /", "--nosuch=x true",
	"--timestamps=format:s true", "--columns=x true", "--string-limit=-1 true", "--string=1 true", "-s 1073741824 true", "--interruptible=NEVER", "--tips=id true",
	"--tips=format:id:0 true", "--tips=id:random,3", "-DDDD true", "-DDDD -p 1", "-D --daemonize true", "-F -w true", "-fF -w true", "-f --follow-forks true",
	"-ff --output-separately true", "-o |x -ff true", "-U time,,name -c true", "-U name,time,name -c true", "-U name true", "--seccomp-bpf -w true",
	"-e trace=read,getcwd@42 true", "-e trace=/getcwd@x true", "--decode-pids= true", "--quiet= true", "--quiet=EXITS -w true", "-q --quiet -P /// true",
	"-e read=! true", "-e read=1,, -w true", "-e signal=! true", "-e status=!x true",
	"-e inject=read:retval=-2 -a x true", "-e inject=read:retval=-4095 -a x true", "-e inject=read:retval=-4096 -a x true",
	"-e inject=read:retval=0xfffffffe -a x true", "-e inject=read:retval=0xfffff000 -a x true", "-e inject=read:retval=0 -a x true",
	"-e inject=read:retval=0x100000000 -a x true", "-e inject=read:retval=--1 -a x true", "-e inject=read:retval= -a x true",
}

// patterns are regular expressions of calls, most of which are wrong in one way or another, or match none.
var patterns = strings.Fields(`( a) [ [^ [a *a + ? \ a\ [z-a] [[:foo:]] [[.x [a-[:digit:] [[:alpha: a{99999} a{1 a{ a{x} {1} a\1 (*a) a|*b [[=xx=]] ^* \b*
	a{1}{2} [a- [] (a read( \( ) (?:a) a{-1} a{} [[.a.]-[.c.]]x{9} [[=a=]]z9 x**9 [\w]9 a\{9 ]9 ()9 a||9b ((9)*)+x .9{3} \<9\>`)

// TestRefused compares what is said of them, and the exit status, with the strace of the machine.
func TestRefused(t *testing.T) {
	peer, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("strace is not installed")
	}
	tracer := straceBinary(t)
	refused := append(refused, "-ff -o "+strings.Repeat("x", 4090)+" true")
	for _, p := range patterns {
		refused = append(refused, "-e trace=/"+p+" -a x true", "-e trace=?/"+p+" -a x true")
	}
	for _, line := range refused {
		var told [2]string
		for i, path := range []string{peer, tracer} {
			cmd := exec.Command(path, strings.Fields(line)...)
			out, err := cmd.CombinedOutput()
			if cmd.ProcessState == nil {
				t.Fatal(err)
			}
			told[i] = strings.ReplaceAll(string(out), path, "strace") + cmd.ProcessState.String()
		}
		if diff := cmp.Diff(told[0], told[1]); diff != "" {
			t.Errorf("strace %.60s: -strace +trapline:\n%s", line, diff)
		}
	}
}

// Labels of files that are there: only root may set any, where no security module stands before it.
func TestSecurityContexts(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "f")
	if err := os.WriteFile(file, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := unix.Setxattr(file, "security.selinux", []byte("system_u:object_r:etc_t:s0:c1\x00"), 0); err != nil {
		t.Skipf("security.selinux cannot be set: %v", err)
	}
	for option, context := range map[string]string{"--secontext": "etc_t", "--secontext=full": "system_u:object_r:etc_t:s0:c1", "-esecontext=none": ""} {
		trace := filepath.Join(t.TempDir(), "trace")
		cmd := exec.Command(straceBinary(t), "-a1", "-e", "openat,read", "-P", file, "-P", "f", "-e", "quiet=path-resolution", option, "-o", trace, "cat", "f")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil || string(out) != "x" {
			t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
		}
		got, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		if context != "" {
			context = " [" + context + "]"
		}
		want := `openat(AT_FDCWD, "f"` + context + `, O_RDONLY) = 3` + context + "\nread(3" + context + `, "x", 131072) = 1` + "\nread(3" + context + `, "", 131072) = 0` + "\n"
		got = regexp.MustCompile(`(?m)^\[[^ ]+\] |^\+.*\n`).ReplaceAll(got, nil) // the kernel may have contexts of its own
		if diff := cmp.Diff(want, string(got)); diff != "" {
			t.Errorf("%s: -want +got:\n%s", option, diff)
		}
	}
}

// Why a virtual processor stopped, where there is KVM.
func TestKVM(t *testing.T) {
	gcc, err := exec.LookPath("gcc")
	if err != nil {
		t.Skip("no gcc")
	}
	prog, trace := filepath.Join(t.TempDir(), "kvm"), filepath.Join(t.TempDir(), "trace")
	if out, err := exec.Command(gcc, "-w", "-static", "-o", prog, "testdata/kvm.c").CombinedOutput(); err != nil {
		t.Skipf("it is not built here: %v\n%s", err, out)
	}
	for _, filter := range []string{"", " --seccomp-bpf"} {
		options := strings.Fields("-f -y -a1 -e trace=ioctl --kvm=vcpu" + filter)
		cmd := exec.Command(straceBinary(t), append(options, "-o", trace, prog)...)
		want, err := cmd.Output()
		if cmd.ProcessState.ExitCode() == 77 {
			t.Skip("there is no KVM")
		}
		if err != nil {
			t.Fatalf("%v: %v", cmd.Args, err)
		}
		got, err := os.ReadFile(trace)
		if err != nil {
			t.Fatal(err)
		}
		got = regexp.MustCompile(`(?m)^[0-9]+ +`).ReplaceAll(got, nil)
		if i := bytes.Index(got, []byte("KVM_RUN")); i > 0 {
			got = got[bytes.LastIndexByte(got[:i], '\n')+1:]
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%v: -want +got:\n%s", cmd.Args, diff)
		}
	}
}

// Whoever reads the trace may leave: a trace to standard error ends with us and what we started, by SIGPIPE; one of -o
// lets the program run on to its own end.
func TestReaderLeaves(t *testing.T) {
	strace := straceBinary(t)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	cmd := exec.Command(strace, "sleep", "30") // no shell, whose child is not ours to end
	cmd.Stderr = w
	begun := time.Now()
	err = cmd.Run()
	w.Close()
	if s, _ := cmd.ProcessState.Sys().(syscall.WaitStatus); s.Signal() != syscall.SIGPIPE || time.Since(begun) > 20*time.Second {
		t.Errorf("to standard error: %v after %v", err, time.Since(begun))
	}
	cmd = exec.Command(strace, "-o", "|true", "sh", "-c", "sleep 0.2; sleep 0.2; exit 3")
	text, _ := cmd.CombinedOutput()
	if got := string(text); cmd.ProcessState.ExitCode() != 3 || got != strace+": |true: Broken pipe\n" {
		t.Errorf("to a command: %v, %q", cmd.ProcessState, got)
	}
}

// The exec by which the program starts is not tampered with, nor counted.
func TestFirstExecIsLetBe(t *testing.T) {
	strace := straceBinary(t)
	file := filepath.Join(t.TempDir(), "trace")
	cmd := exec.Command(strace, "-o", file, "-e", "trace=execve", "-e", "inject=execve:error=EPERM:when=1", "sh", "-c", "exec /bin/false")
	_ = cmd.Run() // its status is looked at below
	text, _ := os.ReadFile(file)
	lines := strings.Split(string(text), "\n")
	if len(lines) < 3 || !strings.HasSuffix(lines[0], "= 0") || !strings.HasSuffix(lines[1], "= -1 EPERM (Operation not permitted) (INJECTED)") || cmd.ProcessState.ExitCode() != 126 {
		t.Errorf("%v:\n%s", cmd.ProcessState, text)
	}
}

// A signal to us ends the trace, also one that was ignored when we were started; what is let go of is said.
func TestEndedBySignal(t *testing.T) {
	strace := straceBinary(t)
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGINT} {
		r, w, err := os.Pipe()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.Command("sh", "-c", `trap "" INT; exec "$0" -f -e trace=none sh -c "sleep 60 2>&- & exec sleep 61 2>&-"`, strace)
		cmd.Stderr = w
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		w.Close()
		var child int
		said := bufio.NewReader(r)
		first, _ := said.ReadString('\n')
		if _, err := fmt.Sscanf(first, strace+": Process %d attached\n", &child); err != nil {
			t.Fatal(first, err)
		}
		_ = cmd.Process.Signal(sig)
		rest, _ := io.ReadAll(said) // what is missing is seen
		err = cmd.Wait()
		_ = syscall.Kill(child, syscall.SIGKILL)
		if s, _ := cmd.ProcessState.Sys().(syscall.WaitStatus); s.Signal() != sig {
			t.Errorf("%v: %v", sig, err)
		}
		if got := regexp.MustCompile(`\d+`).ReplaceAllString(strings.ReplaceAll(string(rest), strace, "strace"), "N"); got != "strace: Process N detached\nstrace: Process N detached\n" {
			t.Errorf("%v: %s", sig, got)
		}
	}
}

// Who hands the program on to a tracer in the background (-D) is told that it is attached to.
func TestDaemonAttaches(t *testing.T) {
	strace := straceBinary(t)
	text, err := exec.Command(strace, "-D", "-e", "trace=none", "true").CombinedOutput()
	if got := string(regexp.MustCompile(`\d+`).ReplaceAll(text, []byte("N"))); err != nil || !strings.Contains(got, "Process N attached\n") {
		t.Errorf("%v: %s", err, text)
	}
}

// A program's first instruction has no frame behind it, what ever stands on its stack.
func TestFirstFrame(t *testing.T) {
	strace := straceBinary(t)
	text, err := exec.Command(strace, "-k", "-e", "trace=execve", "-e", "quiet=exit", "true").CombinedOutput()
	if got := regexp.MustCompile(`(?m)^ > .*\n`).FindAllString(string(text), -1); err != nil || len(got) != 1 || strings.Contains(got[0], "unexpected") {
		t.Errorf("%v: %s", err, text)
	}
}

// Where a thread of another namespace was found is looked at first, and only believed if it still is there.
func TestPlacesOfThreads(t *testing.T) {
	d := newDescriber(procfs.New("/proc"), 0, pidNS)
	ns, pid := d.namespace(os.Getpid()), os.Getpid()
	at := inside{ns, pid}
	for _, before := range []string{"", "/proc/self/task/1", "/no such place"} {
		d.places = map[inside]string{at: before}
		if got := d.translate(ns, pid); got != pid {
			t.Errorf("%q: translated to %d, want %d", before, got, pid)
		}
		if got := filepath.Base(d.places[at]); got != strconv.Itoa(pid) {
			t.Errorf("%q: remembered as %s", before, d.places[at])
		}
	}
	if got := d.translate("pid:[1]", pid); got != 0 || len(d.places) != 1 {
		t.Errorf("of a namespace that is not there: %d, %v", got, d.places)
	}
}
