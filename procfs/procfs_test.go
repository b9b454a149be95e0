package procfs

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/netip"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// needFiles skips a test of Linux's files, half of which are links and cannot be in the binary, where
// the binary is run without them.
func needFiles(t testing.TB) {
	t.Helper()
	if _, err := os.Stat("testdata"); os.IsNotExist(err) {
		t.Skip("there is no testdata beside the binary")
	}
}

// fixture is the recorded process of testdata/linux.
func fixture(t testing.TB) Proc {
	needFiles(t)
	t.Helper()
	tree := New("testdata/linux")
	pids, err := tree.Processes()
	if err != nil || len(pids) != 1 {
		t.Fatalf("testdata/linux: %v, %v", pids, err)
	}
	return tree.Proc(pids[0])
}

var handmade = New("testdata/handmade").Proc(7)

func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestRecordedProcess(t *testing.T) {
	p := fixture(t)
	st := must(p.Stat())(t)
	status := must(p.Status())(t)
	tids := must(p.Tasks())(t)
	if st.PID != p.PID || st.Comm != "demo" || st.State != Sleeping || st.PPID != status.PPID || st.Start == 0 {
		t.Errorf("stat: %+v", st)
	}
	if status.Name != "demo" || status.PID != p.PID || status.TGID != p.PID || !status.HasMemory ||
		status.VMRSS == 0 || status.KernelThread || status.Threads != len(tids) {
		t.Errorf("status: %+v", status)
	}
	// A Go program catches nearly everything, but never SIGKILL and SIGSTOP.
	if !status.SigCaught.Has(11) || status.SigCaught.Has(9) || status.SigCaught.Has(19) || !status.SigBlocked.Empty() {
		t.Errorf("signals: %+v", status)
	}
	for _, tid := range tids {
		ts := must(p.Task(tid).Status())(t)
		if ts.PID != tid || ts.TGID != p.PID {
			t.Errorf("task %d: %+v", tid, ts)
		}
		if s := must(p.Task(tid).Stat())(t); s.PID != tid {
			t.Errorf("task %d: %+v", tid, s)
		}
	}
	exe, deleted, err := p.Exe()
	if exe != "/tmp/demo/demo" || deleted || err != nil {
		t.Error(exe, deleted, err)
	}
	diff(t, must(p.Cmdline())(t), []string{"demo", "", "two words"})
	diff(t, must(p.Environ())(t), []string{helperName + "=1", "EMPTY=", "LINES=a\nb"})
	diff(t, must(p.Cwd())(t), "/")
	diff(t, must(p.Root())(t), "/")
	diff(t, must(p.Comm())(t), "demo")
	diff(t, must(p.Wchan())(t), "anon_pipe_read")
	sc := must(p.Syscall())(t)
	if sc.Number != 0 || sc.Running || sc.Args[0] != 0 || sc.SP == 0 || sc.PC == 0 {
		t.Errorf("syscall: %+v", sc)
	}
	stack := must(p.Stack())(t)
	if len(stack) != 5 || !strings.HasPrefix(stack[0], "anon_pipe_read+") {
		t.Errorf("stack: %q", stack)
	}

	ms := must(p.Maps())(t)
	if m := FindMap(ms, sc.PC); m == nil || m.Path != exe || m.Perm != Read|Exec {
		t.Errorf("pc %#x in %v", sc.PC, m)
	}
	aux := must(p.Auxv())(t)
	for typ, inside := range map[AuxType]string{AuxEntry: exe, AuxPhdr: exe} {
		v, ok := aux.Get(typ)
		if m := FindMap(ms, v); !ok || m == nil || m.Path != inside {
			t.Errorf("%v = %#x in %v", typ, v, m)
		}
	}
	if v, ok := aux.Get(AuxVDSO); !ok || FindMap(ms, v).Name != "[vdso]" {
		t.Errorf("vdso at %#x", v)
	}
	if v, _ := aux.Get(AuxPageSize); v != 4096 {
		t.Errorf("page size %d", v)
	}

	totals := must(p.MemTotals())(t)
	if totals.Rss == 0 || totals.Rss < totals.Pss || totals.Rss%1024 != 0 {
		t.Errorf("totals: %+v", totals)
	}
	limits := must(p.Limits())(t)
	i := slices.IndexFunc(limits, func(l Limit) bool { return l.Name == "stack" })
	diff(t, limits[i], Limit{"stack", 8 << 20, Unlimited, "bytes"})
	if len(limits) != len(limitRows) {
		t.Errorf("%d limits of %d", len(limits), len(limitRows))
	}
	ns := must(p.Namespaces())(t)
	if len(ns) != 10 || !slices.ContainsFunc(ns, func(n Namespace) bool { return n == Namespace{"user", 4026531837} }) {
		t.Errorf("namespaces: %v", ns)
	}
	counters := must(p.IO())(t)
	if counters.ReadCalls == 0 || counters.WriteChars == 0 {
		t.Errorf("io: %+v", counters)
	}
	score, adj, err := p.OOMScore()
	if score <= 0 || adj != 0 || err != nil {
		t.Errorf("oom: %d %d %v", score, adj, err)
	}
}

const helperName = "PROCFS_TEST_HELPER"

func TestRecordedDescriptors(t *testing.T) {
	got := map[FDKind]FD{}
	sockets := map[string]FD{}
	for _, fd := range must(fixture(t).FDs())(t) {
		if fd.Socket != nil {
			sockets[fd.Socket.Protocol+" "+fd.Socket.State] = fd
		}
		if fd.Deleted && fd.Kind == KindFile {
			diff(t, fd.Offset, int64(11))
			diff(t, fd.Flags.String(), "rw,append,tmpfile,directory", "tmpfile flags")
		}
		if _, ok := got[fd.Kind]; !ok {
			got[fd.Kind] = fd
		}
	}
	diff(t, got[KindEventFD].Count, uint64(5))
	timer := got[KindTimerFD].Timer
	if timer == nil || timer.Clock != 1 || timer.Interval != time.Hour || timer.Value <= 0 || timer.Value > time.Hour {
		t.Errorf("timerfd: %+v", timer)
	}
	diff(t, got[KindSignalFD].SigMask.Signals(), []int{10, 64})
	diff(t, got[KindInotify].Watches, []Watch{{WD: 1, Inode: 2, Dev: Dev{254, 0}, Mask: 0x100}})
	diff(t, got[KindMemFD].Path, "a name\nof two lines")
	diff(t, got[KindPidFD].PID, must(fixture(t).Stat())(t).PPID)
	targets := got[KindEpoll].Targets
	if len(targets) != 1 || targets[0].FD != got[KindEventFD].Num || targets[0].Data != 77 || targets[0].Events != 0x19 {
		t.Errorf("epoll: %+v", targets)
	}
	if ring := got[KindIOUring]; !slices.Contains(ring.Info, InfoLine{"SqMask", "0x3"}) {
		t.Errorf("io_uring: %+v", ring)
	}
	if ns := got[KindNamespace]; ns.Inode == 0 || ns.Link != fmt.Sprintf("net:[%d]", ns.Inode) {
		t.Errorf("namespace: %+v", ns)
	}
	if pipe := got[KindPipe]; pipe.Inode == 0 || pipe.Flags&OpenRead == 0 {
		t.Errorf("pipe: %+v", pipe)
	}

	local := netip.MustParseAddr("127.0.0.1")
	for _, key := range []string{"tcp LISTEN", "udp "} {
		s := sockets[key].Socket
		if s == nil || s.Local.Addr() != local || s.Local.Port() == 0 || s.Remote.Port() != 0 {
			t.Errorf("%s: %v", key, s)
		}
	}
	if u := sockets["unix LISTEN"].Socket; u == nil || u.Type != "seqpacket" || !strings.HasPrefix(u.Path, "@two\nlines-") {
		t.Errorf("unix: %+v", u)
	}
	if n := sockets["netlink "].Socket; n == nil || int(n.Port) != fixture(t).PID {
		t.Errorf("netlink: %+v", n)
	}
	if n := sockets["packet "].Socket; n == nil || n.Number != 3 || n.Type != "raw" {
		t.Errorf("packet: %+v", n)
	}
}

func TestHandmadeProcess(t *testing.T) {
	needFiles(t)
	st := must(handmade.Stat())(t)
	diff(t, st.Comm, ") S (")
	diff(t, []any{st.State, st.TTY, st.TPGID, st.Nice, st.UTime, st.ExitCode, st.RSS},
		[]any{Zombie, Dev{4, 2}, -1, -5, 50 * time.Millisecond, 256, uint64(390 * 4096)})

	diff(t, must(handmade.Status())(t), &Status{
		Name: " ) S (\n\\ ", State: Zombie, TGID: 7, PID: 7, PPID: 1,
		UID: IDs{Real: 1000}, GID: IDs{5, 6, 7, 8}, Groups: []uint32{4, 24, 1000},
		NSTGID: []int{7, 1}, NSPID: []int{7, 1}, Threads: 1, SigQueued: 3, SigQueueLimit: 96365,
		SigPending: SigSet{0x101}, SharedPending: SigSet{1 << 63}, SigIgnored: SigSet{0x1000},
		SigCaught: SigSet{0x180000000}, CapEffective: 1 << CapSysPtrace, NoNewPrivs: true, Seccomp: SeccompFilter,
	})

	ms := must(handmade.Maps())(t)
	var labels []string
	for _, m := range ms {
		labels = append(labels, fmt.Sprintf("%v path=%q name=%q deleted=%t", m.Perm, m.Path, m.Name, m.Deleted))
	}
	diff(t, labels, []string{
		`r--p path="/usr/bin/a b" name="" deleted=false`,
		`r-xp path="/usr/bin/a b" name="" deleted=false`,
		`rw-p path="/tmp/two\nlines\\040literal" name="" deleted=true`,
		`rw-s path="/memfd:name" name="" deleted=true`,
		`rw-s path="/SYSV00000000" name="" deleted=true`,
		`rw-p path="" name="[heap]" deleted=false`,
		`---p path="" name="" deleted=false`,
		`rw-p path="" name="[anon:glibc: malloc]" deleted=false`,
		`rw-s path="" name="anon_inode:[perf_event]" deleted=false`,
		`r-xp path="/ leading blank" name="" deleted=false`,
		`rw-p path="" name="[stack]" deleted=false`,
		`--xp path="" name="[vsyscall]" deleted=false`,
	})
	diff(t, ms[9].Dev, Dev{0x103, 0xfffff})
	diff(t, ms[9].Inode, ^uint64(0))

	// Printing a mapping gives the kernel's line again.
	raw, _ := os.ReadFile("testdata/handmade/7/maps")
	var again strings.Builder
	for i := range ms {
		fmt.Fprintln(&again, ms[i].String())
	}
	diff(t, strings.Split(again.String(), "\n"), strings.Split(string(raw), "\n"))

	mounts := must(handmade.Mounts())(t)
	odd := mounts[2]
	diff(t, []string{odd.Root, odd.Point, odd.Source}, []string{"/sub dir", "/mnt/with blank\ttab\nline\\back#hash", "over lay"})
	if m := FindMount(mounts, "/proc"); m == nil || m.Type != "proc" || !m.Has("hidepid=invisible") || m.Has("ro") {
		t.Errorf("/proc: %+v", m)
	}
	for path, want := range map[string]string{"/proc/1": "proc", "/procession/x": "tmpfs", "/process": "ext4", "/": "ext4"} {
		diff(t, FindMount(mounts, path).Type, want, path)
	}

	diff(t, must(handmade.Cgroups())(t), []Cgroup{
		{12, []string{"pids", "memory"}, "/docker/0123456789abcdef"},
		{1, []string{"name=systemd"}, "/a:b"},
		{0, nil, "/system.slice/docker-0123456789abcdef.scope/\nx"},
	})
}

func TestFindMap(t *testing.T) {
	ms := []Map{{Start: 10, End: 20}, {Start: 20, End: 30}, {Start: 40, End: 50}}
	for addr, want := range map[uint64]*Map{9: nil, 10: &ms[0], 19: &ms[0], 20: &ms[1], 30: nil, 39: nil, 49: &ms[2], 50: nil} {
		if got := FindMap(ms, addr); got != want {
			t.Errorf("%d: %v, want %v", addr, got, want)
		}
	}
}

// Every kind of failure keeps what errors.Is needs, and names the file.
func TestErrors(t *testing.T) {
	files := NewMemFiles()
	tree := NewFiles("/proc", files)
	files.Text["5/stat"] = "5 (x"
	files.Err["5/maps"] = &fs.PathError{Op: "open", Path: "whatever", Err: fs.ErrPermission}
	files.Err["5/status"] = syscall.ESRCH
	files.Text["5/limits"] = ""
	files.Text["5/auxv"] = "\x06\x00\x00\x00\x00\x00\x00\x00\x01"
	files.Text["5/fd/junk"] = ""
	p, dead := tree.Proc(5), tree.Proc(6)
	check := func(err error, want error, text string) {
		t.Helper()
		if want != nil && !errors.Is(err, want) || err == nil || err.Error() != text {
			t.Errorf("%v\nwant %s (%v)", err, text, want)
		}
	}
	_, err := p.Maps()
	check(err, fs.ErrPermission, "read /proc/5/maps: permission denied")
	_, err = p.Status()
	check(err, ErrGone, "read /proc/5/status: no such process (it has exited)")
	_, err = p.Limits()
	check(err, ErrGone, "read /proc/5/limits: no such process (it has exited)")
	_, err = p.Stat()
	check(err, nil, `/proc/5/stat: no (command): "5 (x"`)
	_, err = p.Auxv()
	check(err, nil, "/proc/5/auxv: truncated: 9 bytes without AT_NULL")
	_, _, err = p.Exe()
	check(err, fs.ErrNotExist, "readlink /proc/5/exe: file does not exist")
	_, _, err = dead.Exe()
	check(err, ErrGone, "readlink /proc/6/exe: no such process (it has exited)")
	_, err = dead.Tasks()
	check(err, ErrGone, "readdir /proc/6/task: no such process (it has exited)")
	_, err = p.Task(9).Stat()
	check(err, ErrGone, "read /proc/5/task/9/stat: no such process (it has exited)")
	_, err = p.FD(3, nil)
	check(err, fs.ErrNotExist, "readlink /proc/5/fd/3: file does not exist")
	_, err = tree.Sysctl("kernel/yama/ptrace_scope")
	check(err, fs.ErrNotExist, "read /proc/sys/kernel/yama/ptrace_scope: file does not exist")
	files.Text["sys/kernel/yama/ptrace_scope"] = "1\n"
	diff(t, must(tree.Sysctl("kernel/yama/ptrace_scope"))(t), "1")
	files.Text["sys/kernel/arch"] = "x"
	diff(t, must(tree.SysctlNames("kernel"))(t), []string{"arch", "yama"})
	_, err = tree.SysctlNames("none")
	check(err, fs.ErrNotExist, "readdir /proc/sys/none: file does not exist")
}

func TestMemory(t *testing.T) {
	files := NewMemFiles()
	files.Text["5/stat"], files.Text["5/mem"] = "5 (x) S", "hello"
	files.Text["6/stat"], files.Text["6/mem"] = "6 (x) Z", ""
	tree := NewFiles("/proc", files)
	m := must(tree.Proc(5).OpenMem(true))(t)
	b := make([]byte, 4)
	if n, err := m.WriteAt([]byte("J"), 0); n != 1 || err != nil {
		t.Error(n, err)
	}
	if n, err := m.ReadAt(b, 0); n != 4 || err != nil || string(b) != "Jell" {
		t.Error(n, err, b)
	}
	n, err := m.ReadAt(b, 3)
	if n != 2 || !errors.Is(err, syscall.EIO) || err.Error() != "read /proc/5/mem: address 0x5 is not mapped: input/output error" {
		t.Error(n, err)
	}
	// The vsyscall page has a negative offset, which no file takes.
	top := uint64(0xffffffffff600000)
	if _, err := m.ReadAt(b, int64(top)); !errors.Is(err, syscall.EIO) || !strings.Contains(err.Error(), "0xffffffffff600000") {
		t.Error(err)
	}
	dead := must(tree.Proc(6).OpenMem(false))(t)
	if _, err := dead.ReadAt(b, 0); !errors.Is(err, ErrGone) || errors.Is(err, io.EOF) {
		t.Error(err)
	}
}

func TestTree(t *testing.T) {
	files := NewMemFiles()
	for pid, ppid := range map[int]int{1: 0, 2: 1, 3: 1, 30: 3, 31: 30, 4: 5, 5: 4} {
		files.Text[fmt.Sprintf("%d/stat", pid)] = fmt.Sprintf("%d (p) S %d", pid, ppid) + strings.Repeat(" 1", nStatFields-1) + "\n"
	}
	files.Text["9/stat"] = "" // died while we looked
	files.Text["uptime"] = "1 1"
	tree := must(NewFiles("/proc", files).Tree())(t)
	diff(t, tree.Descendants(1), []int{2, 3, 30, 31})
	diff(t, tree.Descendants(4), []int{5}) // each other's parent: pids were reused
	diff(t, len(tree.Stats), 7)
}

func TestTracees(t *testing.T) {
	files := NewMemFiles()
	files.Links["thread-self"] = "40/task/42"
	for pid, rest := range map[int]string{5: "t\nTracerPid:\t42\n", 3: "S\nTracerPid:\t42\n", 6: "t\nTracerPid:\t40\n", 7: "Z\nTracerPid:\t42\n",
		8: "S\nTracerPid:\t0\n"} {
		files.Text[fmt.Sprintf("%d/status", pid)] = fmt.Sprintf("Name:\tp\nTgid:\t%d\nPid:\t%d\nPPid:\t1\nState:\t%s", pid, pid, rest)
	}
	files.Text["9/status"] = "" // died while we looked
	diff(t, must(NewFiles("/proc", files).Tracees())(t), []int{3, 5})
	if all, err := NewFiles("/proc", NewMemFiles()).Tracees(); err == nil {
		t.Errorf("without thread-self: %d", all)
	}
}

func TestOSFilesBigFile(t *testing.T) {
	dir := t.TempDir()
	want := bytes.Repeat([]byte("0123456789"), 100_000)
	if err := os.WriteFile(dir+"/big", want, 0o644); err != nil {
		t.Fatal(err)
	}
	got, err := OSFiles(dir).ReadFile("big")
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
}

func diff[T any](t testing.TB, got, want T, what ...string) {
	t.Helper()
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("%v (-want +got):\n%s", what, d)
	}
}
