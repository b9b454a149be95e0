package doctor

// The real kernel: what doctor says against what happens when one tries.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/procfs"
)

const asChild = "DOCTOR_TEST_CHILD"

func TestMain(m *testing.M) {
	switch os.Getenv(asChild) {
	case "sleep", "undumpable": // until standard input ends
		if os.Getenv(asChild) == "undumpable" {
			unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0)
		}
		fmt.Println("ready")
		io.Copy(io.Discard, os.Stdin)
		return
	case "attach": // attach to each pid, and print the error as a user sees it
		d := New()
		for _, arg := range os.Args[1:] {
			pid, _ := strconv.Atoi(arg)
			fmt.Println(d.ExplainAttach(pid, trySeize(pid)))
		}
		return
	case "program":
		Render(os.Stdout, New().About(os.Args[1]), false)
		return
	case "launch":
		d := New()
		for _, path := range os.Args[1:] {
			fmt.Println(d.ExplainLaunch(path, tryLaunch(path)))
		}
		return
	}
	os.Exit(m.Run())
}

// trySeize attaches and lets go.
func trySeize(pid int) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	err := ptrace(ptraceSeize, pid, 0, 0)
	if err == nil {
		ptrace(0x4207, pid, 0, 0) // PTRACE_INTERRUPT, to be able to detach
		var status syscall.WaitStatus
		syscall.Wait4(pid, &status, syscall.WALL, nil)
		ptrace(syscall.PTRACE_DETACH, pid, 0, 0)
	}
	return err
}

func tryLaunch(path string) error {
	cmd := exec.Cmd{Path: path, Args: []string{path}}
	err := cmd.Start()
	if err == nil {
		cmd.Process.Kill()
		cmd.Wait()
	}
	return err
}

// child runs this test program in another role.
func child(t *testing.T, role string, uid uint32, args ...string) *exec.Cmd {
	t.Helper()
	// The binary may lie where another user cannot reach it: pass it as a descriptor.
	exe, err := os.Open("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { exe.Close() })
	cmd := exec.Command("/proc/self/fd/3", args...)
	cmd.ExtraFiles = []*os.File{exe}
	cmd.Env = []string{asChild + "=" + role, "PATH=/usr/bin:/bin"}
	cmd.Dir = "/"
	if uid != 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uid, Gid: uid}}
	}
	return cmd
}

// sleeper runs a child that sleeps until the test ends.
func sleeper(t *testing.T, uid uint32) int { return started(t, child(t, "sleep", uid)) }

// started runs a child until it is ready; it ends with the test.
func started(t *testing.T, cmd *exec.Cmd) int {
	t.Helper()
	stdin, _ := cmd.StdinPipe()
	stdout, _ := cmd.StdoutPipe()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stdin.Close(); cmd.Process.Kill(); cmd.Wait() })
	if _, err := io.ReadFull(stdout, make([]byte, 6)); err != nil {
		t.Fatal(err)
	}
	return cmd.Process.Pid
}

func needRoot(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("needs root to be another user")
	}
}

func TestLiveHost(t *testing.T) {
	findings := New().Host()
	topics := map[string]bool{}
	for _, f := range findings {
		topics[f.Topic] = true
		t.Log(say(f))
	}
	for _, want := range []string{"kernel", "container", "user", "yama", "seccomp", "feature"} {
		if !topics[want] {
			t.Errorf("nothing about %s", want)
		}
	}
	checkFindings(t, findings, "", "")
}

// The trials must leave no child and no tracee behind.
func TestLiveProbe(t *testing.T) {
	got := probe()
	if len(got) < 3 {
		t.Errorf("tried only %v", got)
	}
	if got[ProbeVMRead] != nil {
		t.Error(got)
	}
	tree, err := procfs.New("").Tree()
	if err != nil {
		t.Fatal(err)
	}
	if kids := tree.Children[os.Getpid()]; len(kids) != 0 {
		t.Errorf("children left: %v", kids)
	}
}

// What another user is told must match what the kernel does to him.
func TestLiveAttachAsNobody(t *testing.T) {
	needRoot(t)
	rootPID, nobodyPID := sleeper(t, 0), sleeper(t, 65534)
	zombie := exec.Command("true")
	if err := zombie.Start(); err != nil {
		t.Fatal(err)
	}
	defer zombie.Wait()
	waitState(t, zombie.Process.Pid, procfs.Zombie)

	args := []int{rootPID, nobodyPID, zombie.Process.Pid, 1, 0x3fffff}
	var words []string
	for _, a := range args {
		words = append(words, strconv.Itoa(a))
	}
	out, err := child(t, "attach", 65534, words...).Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	t.Log(string(out))
	if len(lines) != len(args) {
		t.Fatalf("%d lines", len(lines))
	}
	for i, want := range []string{
		fmt.Sprintf("belongs to root (uid 0) and we are nobody (uid 65534) without cap_sys_ptrace; try: sudo trapline attach %d", rootPID),
		"", // one of our own: attached, unless yama has a word in it
		"has exited (zombie) and waits for its parent",
		"belongs to root (uid 0)",
		"no process 4194303",
	} {
		if i == 1 {
			if scope, _ := New().sysctlInt(yamaSysctl); scope > 0 {
				want = "ptrace_scope"
			} else {
				want = "<nil>"
			}
		}
		if !strings.Contains(lines[i], want) {
			t.Errorf("%s\nwant %s", lines[i], want)
		}
	}
}

// Processes of the same user that the kernel guards nevertheless.
func TestLiveGuarded(t *testing.T) {
	needRoot(t)
	dir, err := os.MkdirTemp("/tmp", "doctor-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o755)
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	setuid, capable := filepath.Join(dir, "setuid"), filepath.Join(dir, "capable")
	for _, path := range []string{setuid, capable} {
		if err := os.WriteFile(path, self, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(setuid, 0o755|os.ModeSetuid); err != nil {
		t.Fatal(err)
	}
	// struct vfs_cap_data (linux/capability.h), revision 2, effective: cap_net_raw (13).
	caps := make([]byte, 20)
	binary.LittleEndian.PutUint32(caps, 0x02000001)
	binary.LittleEndian.PutUint32(caps[4:], 1<<13)
	if err := unix.Setxattr(capable, "security.capability", caps, 0); err != nil {
		t.Skipf("no file capabilities here: %v", err)
	}
	for _, c := range []struct{ path, role, want, program string }{
		{setuid, "sleep", "runs set-user-id as root (uid 0); tracing it needs cap_sys_ptrace", "is set-user-id root (uid 0), but under a tracer"},
		{capable, "sleep", "holds capabilities that we do not: cap_net_raw", "has file capabilities"},
		{"/proc/self/fd/3", "undumpable", "may not be dumped", ""},
	} {
		cmd := child(t, c.role, 65534)
		cmd.Path = c.path
		pid := started(t, cmd)
		out, err := child(t, "attach", 65534, strconv.Itoa(pid)).CombinedOutput()
		if err != nil || !strings.Contains(string(out), c.want) {
			t.Errorf("%s: %v %s\nwant %s", c.path, err, out, c.want)
		}
		if c.program != "" {
			out, _ = child(t, "program", 65534, c.path).CombinedOutput()
			if !strings.Contains(string(out), c.program) {
				t.Errorf("%s\nwant %s", out, c.program)
			}
		}
	}
}

func TestLiveAttachAsRoot(t *testing.T) {
	needRoot(t)
	d := New()
	if pid := kernelThread(d); pid != 0 {
		checkError(t, d.ExplainAttach(pid, trySeize(pid)), "is a thread of the kernel", syscall.EPERM)
	}
	checkError(t, d.ExplainAttach(os.Getpid(), trySeize(os.Getpid())), "is trapline itself", syscall.EPERM)

	// Traced by someone else: strace, when it is there, else by another thread of ours.
	pid := sleeper(t, 0)
	done := make(chan struct{})
	seized := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine, and the trace with it
		seized <- ptrace(ptraceSeize, pid, 0, 0)
		<-done
	}()
	if err := <-seized; err != nil {
		t.Fatal(err)
	}
	checkError(t, d.ExplainAttach(pid, trySeize(pid)), "already traced by this trapline", syscall.EPERM)
	close(done)
}

func TestLiveTracedByStrace(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		t.Skip("no strace")
	}
	pid := sleeper(t, 0)
	cmd := exec.Command(strace, "-qq", "-o", "/dev/null", "-p", strconv.Itoa(pid))
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { cmd.Process.Kill(); cmd.Wait() }()
	d := New()
	for d.target(pid).st.TracerPID == 0 {
		time.Sleep(time.Millisecond)
	}
	want := fmt.Sprintf("is already traced by strace (pid %d); a process has one tracer at most; try: detach it there, or end the tracer: kill %d", cmd.Process.Pid, cmd.Process.Pid)
	checkError(t, d.ExplainAttach(pid, trySeize(pid)), want, syscall.EPERM)
}

func checkError(t *testing.T, err error, want string, errno syscall.Errno) {
	t.Helper()
	if err == nil || !strings.Contains(err.Error(), want) || !errors.Is(err, errno) {
		t.Errorf("%v\nwant %s", err, want)
	}
}

func kernelThread(d *Doctor) int {
	pids, _ := d.FS.Processes()
	for _, pid := range pids {
		if st, err := d.FS.Proc(pid).Stat(); err == nil && st.KernelThread() {
			return pid
		}
	}
	return 0
}

func waitState(t *testing.T, pid int, want procfs.State) {
	t.Helper()
	for {
		st, err := procfs.New("").Proc(pid).Stat()
		if err != nil {
			t.Fatal(err)
		}
		if st.State == want {
			return
		}
		time.Sleep(time.Millisecond)
	}
}

// Real files that do not start, by the kernel's own errors.
func TestLiveLaunch(t *testing.T) {
	dir := t.TempDir()
	sh, err := os.ReadFile("/bin/sh")
	if err != nil {
		t.Fatal(err)
	}
	write := func(name string, b []byte, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, b, mode); err != nil {
			t.Fatal(err)
		}
		return path
	}
	loader := bytes.Replace(sh, []byte("/lib64/ld-linux-x86-64.so.2"), []byte("/lib64/ld-linux-nowhere.so."), 1)
	foreign := bytes.Clone(sh)
	foreign[18], foreign[19] = 183, 0 // EM_AARCH64
	d := New()
	for path, want := range map[string]string{
		filepath.Join(dir, "none"): "no file",
		dir:                        "is a directory",
		write("text", []byte("echo hello\n"), 0o755):         "is a text file without #!",
		write("noexec", sh, 0o644):                           "is not executable",
		write("script", []byte("#!/nowhere/perl\n"), 0o755):  "/nowhere/perl, does not exist",
		write("foreign", foreign, 0o755):                     "another machine (aarch64)",
		write("loader", loader, 0o755):                       "/lib64/ld-linux-nowhere.so., does not exist",
		write("empty", nil, 0o755):                           "is empty",
		write("cut", sh[:100], 0o755):                        "damaged ELF file",
		write("file", []byte("x"), 0o644) + "/prog":          "a part of the path is itself a file",
		write("dos", []byte("#!/bin/sh\r\necho\r\n"), 0o755): "DOS line ends",
	} {
		real := tryLaunch(path)
		got := d.ExplainLaunch(path, real)
		if real == nil || got == nil || !strings.Contains(got.Error(), want) || !errors.Is(got, errors.Unwrap(got)) {
			t.Errorf("%s: %v\n(%v)\nwant %s", filepath.Base(path), got, real, want)
		} else {
			t.Log(got)
		}
	}
}

func TestLiveLaunchAsNobody(t *testing.T) {
	needRoot(t)
	dir, err := os.MkdirTemp("/tmp", "doctor-test-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	os.Chmod(dir, 0o755)
	sh, _ := os.ReadFile("/bin/sh")
	mine := filepath.Join(dir, "mine")
	closed := filepath.Join(dir, "closed", "prog")
	os.Mkdir(filepath.Dir(closed), 0o700)
	os.WriteFile(mine, sh, 0o700)
	os.WriteFile(closed, sh, 0o755)
	out, err := child(t, "launch", 65534, mine, closed).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"mine may not be executed by nobody (uid 65534) (mode 0700, owner root (uid 0))", "a directory on the way may not be searched"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("%s\nwant %s", out, want)
		}
	}
}

func TestLiveTarget(t *testing.T) {
	pid := sleeper(t, 0)
	checkFindings(t, New().Target(pid), "may be attached to", "problem")
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil {
		t.Fatal(err)
	}
	waitState(t, pid, procfs.Stopped)
	checkFindings(t, New().About(strconv.Itoa(pid)), "note state: it is stopped by job control", "")
	syscall.Kill(pid, syscall.SIGCONT)
	checkFindings(t, New().About("sh"), "ok launch: ", "problem")
}

func TestCheckAttachLive(t *testing.T) {
	if err := New().CheckAttach(os.Getpid()); err != nil {
		t.Errorf("ourselves: %v", err)
	}
	if err := New().CheckAttach(1 << 22); err != nil {
		t.Errorf("a process that does not exist: %v", err)
	}
}
