package linux

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	iofs "io/fs"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
	"github.com/trapline/trapline/procfs"
)

// pauser is a program that calls pause(2) until a signal ends it: two segments, code and data.
func pauser() []byte {
	code := []byte{0xb8, 34, 0, 0, 0, 0x0f, 0x05, 0xeb, 0xf7} // mov $34, %eax; syscall; jmp .
	type segment struct {
		flags uint32
		addr  uint64
		data  []byte
	}
	segments := []segment{{5, 0x400000, append(make([]byte, 0xb0), code...)}, {6, 0x401000, []byte("data")}}
	b := make([]byte, 0x1004)
	copy(b, "\x7fELF\x02\x01\x01")
	put16 := binary.LittleEndian.PutUint16
	put16(b[16:], 2)
	put16(b[18:], 62)
	le.PutUint32(b[20:], 1)
	le.PutUint64(b[24:], 0x4000b0)
	le.PutUint64(b[32:], 64)
	put16(b[52:], 64)
	put16(b[54:], 56)
	put16(b[56:], uint16(len(segments)))
	for i, s := range segments {
		off := uint64(i * 0x1000)
		h := b[64+56*i:]
		le.PutUint32(h, 1)
		le.PutUint32(h[4:], s.flags)
		le.PutUint64(h[8:], off)
		le.PutUint64(h[16:], s.addr)
		le.PutUint64(h[24:], s.addr)
		le.PutUint64(h[32:], uint64(len(s.data)))
		le.PutUint64(h[40:], uint64(len(s.data)))
		le.PutUint64(h[48:], 0x1000)
		if i > 0 {
			copy(b[off:], s.data)
		}
	}
	copy(b[0xb0:], code)
	return b
}

// world is a machine with a process that pauses, and a tracer outside.
type world struct {
	*testing.T
	m  *kern.Machine
	x  *kern.External
	p  *kern.Proc
	t  *kern.Thread
	fs *procfs.FS
}

func newWorld(t *testing.T) *world {
	t.Helper()
	m := New(kern.Config{Chooser: kern.NewChooser(7)})
	t.Cleanup(m.Close)
	x := m.NewExternal("outside", kern.Cred{})
	w := &world{T: t, m: m, x: x, fs: procfs.NewFiles("/proc", procFiles(m, x.Thread))}
	if _, e := m.FS.WriteFile("/bin/pauser", pauser(), 0o755); e != errno.OK {
		t.Fatal(e)
	}
	cred := kern.Cred{UID: 1000, EUID: 1000, SUID: 1000, GID: 100, EGID: 100, SGID: 100, Groups: []uint32{100, 4}}
	w.t = w.spawn(&cred, "/bin/pauser", "one", "two words", "")
	w.p = w.t.Proc
	return w
}

// spawn starts a program and lets it run until it pauses.
func (w *world) spawn(cred *kern.Cred, path string, args ...string) *kern.Thread {
	w.Helper()
	t, e := w.x.Spawn(&kern.Spawn{Path: path, Args: append([]string{path}, args...), Env: []string{"A=1", "B=two"},
		Cred: cred, Code: stub})
	if e != errno.OK {
		w.Fatal(e)
	}
	t.Start()
	w.run(func() bool { return t.Proc.Executed && t.State == kern.Sleeping })
	return t
}

func (w *world) run(until func() bool) {
	w.Helper()
	if !w.m.Run(until, 100000) {
		w.Fatalf("the machine did not come to it: %v", w.m.Unmodeled)
	}
}

// as is /proc as another process sees it.
func (w *world) as(t *kern.Thread) *procfs.FS { return procfs.NewFiles("/proc", procFiles(w.m, t)) }

// thread adds a thread to the process, which pauses too.
func (w *world) thread() *kern.Thread {
	w.Helper()
	n, e := w.t.Fork(kern.ForkSpec{Thread: true})
	if e != errno.OK {
		w.Fatal(e)
	}
	n.Regs.RIP = w.p.Image.Entry
	n.Start()
	w.run(func() bool { return n.State == kern.Sleeping })
	return n
}

func check(t *testing.T, what string, got, want any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.EquateErrors()); d != "" {
		t.Errorf("%s: -want +got\n%s", what, d)
	}
}

func must[T any](v T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func TestProcStat(t *testing.T) {
	w := newWorld(t)
	second := w.thread()
	w.m.PostThread(second, kern.SigInfo{Signo: System.Sig.STOP})
	w.run(func() bool { return second.State == kern.Stopped && w.t.State == kern.Stopped })
	st := must(w.fs.Proc(w.p.PID).Stat())(t)
	im := w.p.Image
	check(t, "stat", *st, procfs.Stat{PID: w.p.PID, Comm: "pauser", State: 'T', PPID: w.x.Proc.PID,
		PGID: w.x.Proc.PID, SID: w.x.Proc.PID, TPGID: -1, Priority: 20, Threads: 2, Flags: 0,
		VSize: w.p.Space.Size(), RSS: w.p.Space.Resident() * vm.PageSize, MinFlt: uint64(w.p.Usage.Faults),
		StartCode: im.StartCode, EndCode: im.EndCode, StartStack: im.StartStack, StartData: im.StartData, EndData: im.EndData,
		StartBrk: w.p.Space.Heap().Start, ArgStart: im.ArgStart, ArgEnd: im.ArgEnd, EnvStart: im.EnvStart, EnvEnd: im.EnvEnd,
		ExitSignal: 17, ExitCode: System.Sig.STOP})
	task := must(w.fs.Proc(w.p.PID).Task(second.TID).Stat())(t)
	check(t, "task's id", task.PID, second.TID)
	check(t, "tasks", must(w.fs.Proc(w.p.PID).Tasks())(t), []int{w.p.PID, second.TID})
	var all []int
	for _, p := range w.m.Procs() {
		all = append(all, p.PID)
	}
	slices.Sort(all)
	check(t, "processes", must(w.fs.Processes())(t), all)
}

func TestProcStatus(t *testing.T) {
	w := newWorld(t)
	w.t.Mask = kern.Of(10, 12)
	w.p.Actions.Get(1).Handler = kern.Ignored
	w.p.Actions.Get(15).Handler = 0x400000
	w.m.PostThread(w.t, kern.SigInfo{Signo: 10})
	w.m.Post(w.p, kern.SigInfo{Signo: 12})
	st := must(w.fs.Proc(w.p.PID).Status())(t)
	set := func(s kern.Sigset) (n procfs.SigSet) { n[0] = s[0]; return n }
	check(t, "pending", []procfs.SigSet{st.SigPending, st.SharedPending, st.SigBlocked, st.SigIgnored, st.SigCaught},
		[]procfs.SigSet{set(kern.Of(10)), set(kern.Of(12)), set(kern.Of(10, 12)), set(kern.Of(1)), set(kern.Of(15))})
	check(t, "who", []any{st.Name, st.State, st.TGID, st.PID, st.PPID, st.TracerPID, st.UID, st.GID, st.Groups, st.Threads, st.SigQueued},
		[]any{"pauser", procfs.Sleeping, w.p.PID, w.p.PID, w.x.Proc.PID, 0, procfs.IDs{Real: 1000, Effective: 1000, Saved: 1000, FS: 1000},
			procfs.IDs{Real: 100, Effective: 100, Saved: 100, FS: 100}, []uint32{100, 4}, 1, uint64(2)})
	check(t, "memory", []any{st.HasMemory, st.VMSize, st.VMRSS}, []any{true, w.p.Space.Size(), w.p.Space.Resident() * vm.PageSize})
	check(t, "seize", attach(w.x.Thread, w.t, true, 0, 0), errno.OK)
	st = must(w.fs.Proc(w.p.PID).Status())(t)
	check(t, "tracer", st.TracerPID, w.x.Proc.PID)
	text, _ := procFiles(w.m, w.x.Thread).ReadFile(strconv.Itoa(w.p.PID) + "/status")
	if !bytes.Contains(text, []byte("Umask:\t0022\n")) {
		t.Errorf("no umask in %s", text)
	}
}

func TestProcMaps(t *testing.T) {
	w := newWorld(t)
	ms := must(w.fs.Proc(w.p.PID).Maps())(t)
	areas := w.p.Space.Areas()
	if len(ms) != len(areas) || len(ms) < 3 {
		t.Fatalf("%d maps, %d areas", len(ms), len(areas))
	}
	for i, m := range ms {
		a := areas[i]
		check(t, "range", []any{m.Start, m.End, m.Perm.String()[:3]}, []any{a.Start, a.End, a.Prot.String()})
	}
	check(t, "program", []any{ms[0].Path, ms[0].Perm.String()}, []any{"/bin/pauser", "r-xp"})
	if !slices.ContainsFunc(ms, func(m procfs.Map) bool { return m.Name == "[stack]" }) {
		t.Error("no stack")
	}
	text := string(must(w.fs.Proc(w.p.PID).ReadFile("maps"))(t))
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		check(t, "line", line, ms[i].String())
	}
	total := must(w.fs.Proc(w.p.PID).MemTotals())(t)
	smaps := must(procfs.ParseMemTotals(must(w.fs.Proc(w.p.PID).ReadFile("smaps"))(t)))(t)
	check(t, "smaps", smaps.Rss, total.Rss)
	check(t, "resident", total.Rss, w.p.Space.Resident()*vm.PageSize)
}

func TestProcSmallFiles(t *testing.T) {
	w := newWorld(t)
	p := w.fs.Proc(w.p.PID)
	check(t, "cmdline", must(p.Cmdline())(t), []string{"/bin/pauser", "one", "two words", ""})
	check(t, "environ", must(p.Environ())(t), []string{"A=1", "B=two"})
	check(t, "comm", must(p.Comm())(t), "pauser")
	exe, deleted, err := p.Exe()
	check(t, "exe", []any{exe, deleted, err}, []any{"/bin/pauser", false, nil})
	check(t, "cwd", must(p.Cwd())(t), "/")
	check(t, "root", must(p.Root())(t), "/")
	entry, _ := must(p.Auxv())(t).Get(procfs.AuxEntry)
	check(t, "AT_ENTRY", entry, w.p.Image.ProgEntry)
	check(t, "wchan", must(p.Wchan())(t), "__do_sys_pause")
	s := must(p.Syscall())(t)
	check(t, "syscall", []any{s.Number, s.PC, s.SP, s.Running}, []any{int64(34), w.t.Regs.RIP, w.t.Regs.R[cpu.RSP], false})
	check(t, "cgroup", must(p.Cgroups())(t), []procfs.Cgroup{{Path: "/"}})
	check(t, "mounts", procfs.FindMount(must(p.Mounts())(t), "/proc/1").Type, "proc")
	score, adj, err := p.OOMScore()
	check(t, "oom", []any{score, adj, err}, []any{0, 0, nil})
	check(t, "namespaces", len(must(p.Namespaces())(t)), len(namespaces))
	for _, l := range must(p.Limits())(t) {
		if l.Name == "nofile" {
			check(t, "nofile", l.Soft, w.p.Limits[kern.LimitFiles].Cur)
		}
	}
	_, err = p.ReadFile("attr/current")
	check(t, "attr", errors.Is(err, hostErrors[errno.EINVAL]), true)
}

func TestProcTop(t *testing.T) {
	w := newWorld(t)
	check(t, "osrelease", must(w.fs.Sysctl("kernel/osrelease"))(t), release)
	check(t, "pid_max", must(w.fs.Sysctl("kernel/pid_max"))(t), "32768")
	_, err := w.fs.Sysctl("kernel/yama/ptrace_scope")
	check(t, "yama", errors.Is(err, iofs.ErrNotExist), true)
	check(t, "sys", must(w.fs.SysctlNames(""))(t), []string{"kernel", "vm"})
	check(t, "flags", slices.Contains(must(w.fs.CPUFlags())(t), "sse2"), true)
	for who, by := range map[string]*kern.Thread{"the tracer": w.x.Thread, "the program": w.t} {
		f := procFiles(w.m, by)
		check(t, who+"'s self", must(f.Readlink("self"))(t), strconv.Itoa(by.Proc.PID))
		check(t, who+"'s thread-self", must(f.Readlink("thread-self"))(t), strconv.Itoa(by.Proc.PID)+"/task/"+strconv.Itoa(by.TID))
		b := must(f.ReadFile("self/comm"))(t)
		check(t, who+"'s name", string(b), by.Proc.Comm+"\n")
	}
	_, err = procFiles(w.m, nil).Readlink("self")
	check(t, "nobody's self", errors.Is(err, iofs.ErrNotExist), true)
	tree := must(w.fs.Tree())(t)
	check(t, "descendants", tree.Descendants(1), []int{w.x.Proc.PID, w.p.PID})
}

func TestProcMem(t *testing.T) {
	w := newWorld(t)
	mem := must(w.fs.Proc(w.p.PID).OpenMem(true))(t)
	defer mem.Close()
	code := make([]byte, 5)
	if _, err := mem.ReadAt(code, 0x4000b0); err != nil {
		t.Fatal(err)
	}
	check(t, "code", code, []byte{0xb8, 34, 0, 0, 0})
	if _, err := mem.WriteAt([]byte{0xcc}, 0x4000b0); err != nil {
		t.Fatal(err)
	}
	b := make([]byte, 2*vm.PageSize)
	n, err := mem.ReadAt(b, 0x402000-16)
	check(t, "past the end", []any{n, err != nil && !errors.Is(err, procfs.ErrGone)}, []any{16, true})
	if _, e := w.m.FS.ReadFile("/bin/pauser"); e != errno.OK {
		t.Fatal(e)
	}
	w.m.Post(w.p, kern.SigInfo{Signo: System.Sig.KILL})
	w.run(func() bool { return w.p.State == kern.Zombie })
	_, err = mem.ReadAt(code, 0x4000b0)
	check(t, "memory of the dead", errors.Is(err, procfs.ErrGone), true)
}

// TestProcDead: what files say of a zombie, and files that were opened before the end, of it
// and of one that is no more.
func TestProcDead(t *testing.T) {
	w := newWorld(t)
	dir := strconv.Itoa(w.p.PID) + "/"
	files := procFiles(w.m, w.x.Thread)
	open := map[string]procfs.RandomAccess{}
	for _, name := range []string{"stat", "status", "maps", "environ", "auxv", "cmdline", "smaps", "mem", "limits"} {
		open[name] = must(files.Open(dir+name, false))(t)
	}
	read := func(name string) string {
		b := make([]byte, 1)
		_, err := open[name].ReadAt(b, 0x400000*int64(strings.Count(name, "mem")))
		return outcome(err)
	}
	all := func() map[string]string {
		got := map[string]string{}
		for name := range open {
			got[name] = read(name)
		}
		return got
	}
	w.m.Post(w.p, kern.SigInfo{Signo: System.Sig.KILL})
	w.run(func() bool { return w.p.Ended() })
	check(t, "opened before, of a zombie", all(), map[string]string{"stat": "text", "status": "text", "maps": "empty", "environ": "empty",
		"auxv": "empty", "cmdline": "empty", "smaps": "empty", "mem": "empty", "limits": "text"})
	now := map[string]string{}
	for _, name := range []string{"stat", "maps", "cmdline", "environ", "auxv", "mem", "smaps_rollup", "mountinfo", "syscall", "wchan", "fdinfo/0"} {
		b, err := files.ReadFile(dir + name)
		if now[name] = outcome(err); err == nil && len(b) == 0 {
			now[name] = "empty"
		}
	}
	check(t, "of a zombie", now, map[string]string{"stat": "text", "maps": "empty", "cmdline": "empty", "environ": "ESRCH", "auxv": "ESRCH",
		"mem": "ESRCH", "smaps_rollup": "ESRCH", "mountinfo": "EINVAL", "syscall": "text", "wchan": "text", "fdinfo/0": "ENOENT"})
	for _, name := range []string{"exe", "cwd", "root", "fd/0"} {
		_, err := files.Readlink(dir + name)
		check(t, name, outcome(err), "ENOENT")
	}
	st := must(w.fs.Proc(w.p.PID).Stat())(t)
	check(t, "stat", []any{st.State, st.ExitCode, st.VSize}, []any{procfs.Zombie, 9, uint64(0)})
	status := must(w.fs.Proc(w.p.PID).Status())(t)
	check(t, "status", []any{status.State, status.HasMemory}, []any{procfs.Zombie, false})
	w.m.Reap(w.p)
	check(t, "opened before, of what is no more", all(), map[string]string{"stat": "ESRCH", "status": "ESRCH", "maps": "ESRCH",
		"environ": "empty", "auxv": "empty", "cmdline": "ESRCH", "smaps": "ESRCH", "mem": "empty", "limits": "ESRCH"})
	_, err := w.fs.Proc(w.p.PID).Stat()
	check(t, "gone", errors.Is(err, procfs.ErrGone), true)
}

// outcome names what came of a read.
func outcome(err error) string {
	switch {
	case err == nil:
		return "text"
	case errors.Is(err, io.EOF):
		return "empty"
	case errors.Is(err, procfs.ErrGone):
		return "gone"
	}
	for e, n := range hostErrors {
		if errors.Is(err, n) && e != errno.EPERM && e != errno.EACCES {
			return e.String()
		}
	}
	switch {
	case errors.Is(err, hostErrors[errno.EACCES]):
		return "EACCES"
	case errors.Is(err, hostErrors[errno.EPERM]):
		return "EPERM"
	}
	return err.Error()
}

// TestProcRights: what another user sees.
func TestProcRights(t *testing.T) {
	w := newWorld(t)
	user := func(id uint32) *kern.Thread {
		return w.m.NewExternal("user", kern.Cred{UID: id, EUID: id, SUID: id, GID: 100, EGID: 100, SGID: 100}).Thread
	}
	same, other := user(1000), user(1001)
	hidden := w.spawn(&w.p.Cred, "/bin/pauser")
	hidden.Proc.Undumpable = true
	for _, c := range []struct {
		name             string
		same, other, set string // the last: of the same user, for a program that is not to be looked at
	}{
		{"stat", "text", "text", "text"}, {"status", "text", "text", "text"}, {"cmdline", "text", "text", "text"},
		{"maps", "text", "EACCES", "EACCES"}, {"environ", "text", "EACCES", "EACCES"}, {"auxv", "text", "EACCES", "EACCES"},
		{"mem", "EIO", "EACCES", "EACCES"}, {"syscall", "text", "EACCES", "EACCES"}, {"limits", "text", "text", "text"},
		{"fd", "text", "EACCES", "EACCES"}, {"fdinfo", "text", "EACCES", "EACCES"}, {"exe", "text", "EACCES", "EACCES"},
		{"cwd", "text", "EACCES", "EACCES"}, {"task", "text", "text", "text"}, {"smaps", "text", "EACCES", "EACCES"},
	} {
		look := func(by, at *kern.Thread) string {
			f, name := procFiles(w.m, by), strconv.Itoa(at.Proc.PID)+"/"+c.name
			switch c.name {
			case "fd", "fdinfo", "task":
				_, err := f.ReadDir(name)
				return outcome(err)
			case "exe", "cwd":
				_, err := f.Readlink(name)
				return outcome(err)
			}
			_, err := f.ReadFile(name)
			return outcome(err)
		}
		check(t, c.name, []string{look(same, w.t), look(other, w.t), look(same, hidden), look(w.t, w.t)},
			[]string{c.same, c.other, c.set, c.same})
	}
	st := must(w.as(other).Proc(w.p.PID).Stat())(t)
	check(t, "addresses", []uint64{st.StartCode, st.EndCode, st.StartStack, st.ArgStart}, []uint64{1, 1, 0, 0})
	check(t, "wchan", must(w.as(other).Proc(w.p.PID).Wchan())(t), "")
}

func TestProcFDs(t *testing.T) {
	w := newWorld(t)
	c := fs.Cred{}
	root := w.m.FS.Root()
	f, e := w.m.FS.Open(c, root, "/tmp/file", fs.OWrite|fs.OAppend|fs.OCreate, 0o644)
	check(t, "open", e, errno.OK)
	f.Write([]byte("hello"))
	r, wr := w.m.FS.Pipe(c, fs.ONonblock)
	for fd, f := range []*fs.File{f, r, wr, w.m.FS.Eventfd(c, 5, true, 0)} {
		w.p.Files.Install(f, fd+10, fd == 0)
	}
	fds := map[int]procfs.FD{}
	for _, fd := range must(w.fs.Proc(w.p.PID).FDs())(t) {
		fds[fd.Num] = fd
	}
	check(t, "file", []any{fds[10].Kind, fds[10].Path, fds[10].Flags.String(), fds[10].Offset},
		[]any{procfs.KindFile, "/tmp/file", "w,append,cloexec", int64(5)})
	check(t, "pipe", []any{fds[11].Kind, fds[11].Flags.String(), fds[12].Flags.String(), fds[11].Inode == fds[12].Inode},
		[]any{procfs.KindPipe, "r,nonblock", "w,nonblock", true})
	check(t, "eventfd", []any{fds[13].Kind, fds[13].Count}, []any{procfs.KindEventFD, uint64(5)})
	files := procFiles(w.m, w.x.Thread)
	b := must(files.ReadFile(strconv.Itoa(w.p.PID) + "/fd/10"))(t)
	check(t, "by the link", string(b), "hello")
	b = must(files.ReadFile(strconv.Itoa(w.p.PID) + "/root/tmp/file"))(t)
	check(t, "by root", string(b), "hello")
	b = must(files.ReadFile(strconv.Itoa(w.p.PID) + "/exe"))(t)
	check(t, "by exe", b, pauser())
}

// TestProcExec: a file that shows memory stays with the memory it was opened on.
func TestProcExec(t *testing.T) {
	w := newWorld(t)
	child, e := w.t.Fork(kern.ForkSpec{Exit: 17})
	check(t, "fork", e, errno.OK)
	files := procFiles(w.m, w.x.Thread)
	dir := strconv.Itoa(child.Proc.PID) + "/"
	maps, mem := must(files.Open(dir+"maps", false))(t), must(files.Open(dir+"mem", true))(t)
	check(t, "children", string(must(files.ReadFile(strconv.Itoa(w.p.PID)+"/task/"+strconv.Itoa(w.t.TID)+"/children"))(t)), strconv.Itoa(child.TID)+" ")
	w.m.As(child, func() { child.Start() })
	done := false
	w.m.FS.WriteFile("/bin/other", pauser(), 0o755)
	w.m.At(w.m.Steps()+1, func() { done = true })
	w.run(func() bool { return done && child.State == kern.Sleeping })
	check(t, "exec", child.Exec("/bin/other", []string{"other"}, nil), errno.OK)
	b := make([]byte, 16)
	n, err := maps.ReadAt(b, 0)
	check(t, "old maps", []any{n, err}, []any{0, io.EOF})
	n, err = mem.ReadAt(b, 0x400000)
	check(t, "old memory", []any{n, err}, []any{0, io.EOF})
	exe, _, _ := w.fs.Proc(child.Proc.PID).Exe()
	check(t, "exe", exe, "/bin/other")
	w.m.FS.Unlink(fs.Cred{}, w.m.FS.Root(), "/bin/other")
	exe, deleted, _ := w.fs.Proc(child.Proc.PID).Exe()
	check(t, "deleted exe", []any{exe, deleted}, []any{"/bin/other", true})
	ms := must(w.fs.Proc(child.Proc.PID).Maps())(t)
	check(t, "deleted map", []any{ms[0].Path, ms[0].Deleted}, []any{"/bin/other", true})
}

func TestProcWriteComm(t *testing.T) {
	w := newWorld(t)
	for by, want := range map[*kern.Thread]string{w.x.Thread: "EINVAL", w.t: "text"} {
		f, err := procFiles(w.m, by).Open(strconv.Itoa(w.p.PID)+"/comm", true)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteAt([]byte("a name\nthat is too long"), 0)
		check(t, "write", outcome(err), want)
		f.Close()
	}
	check(t, "status", must(w.fs.Proc(w.p.PID).Status())(t).Name, "a name\nthat is ")
	check(t, "stat", must(w.fs.Proc(w.p.PID).Stat())(t).Comm, "a name\nthat is ")
}

func FuzzProcPaths(f *testing.F) {
	for _, s := range []string{".", "self", "self/fd/0", "1/task/1/stat", "sys/kernel/../kernel/osrelease", "//x", "../proc/self/exe",
		"self/root/bin/pauser", "-1", "00", "self/task/thread-self", "self/fdinfo/99999999999999999999", "\x00", "self/attr/current"} {
		f.Add(s, uint8(0))
	}
	f.Fuzz(func(t *testing.T, name string, how uint8) {
		w := newWorld(t)
		by := []*kern.Thread{w.x.Thread, w.t, nil}[how%3]
		files := procFiles(w.m, by)
		files.ReadFile(name)
		files.ReadDir(name)
		files.Readlink(name)
		if f, err := files.Open(name, how&4 != 0); err == nil {
			f.ReadAt(make([]byte, 10), int64(how)<<30)
			f.WriteAt(make([]byte, 10), int64(how)<<30)
			f.Close()
		}
	})
}

// TestProcLeaderGone: the first thread has ended, the process goes on.
func TestProcLeaderGone(t *testing.T) {
	w := newWorld(t)
	second := w.thread()
	w.t.ExitThread(0)
	w.run(func() bool { return w.t.State == kern.Dead })
	p := w.fs.Proc(w.p.PID)
	check(t, "leader", must(p.Stat())(t).State, procfs.Zombie)
	check(t, "leader's maps", len(must(p.Maps())(t)), 0)
	check(t, "tasks", must(p.Tasks())(t), []int{w.p.PID, second.TID})
	task := p.Task(second.TID)
	check(t, "thread's maps", len(must(task.Maps())(t)), len(w.p.Space.Areas()))
	check(t, "thread", must(task.Status())(t).State, procfs.Sleeping)
	_, err := p.OpenMem(false)
	check(t, "leader's memory", outcome(err), "gone")
	mem := must(task.OpenMem(false))(t)
	_, err = mem.ReadAt(make([]byte, 4), 0x4000b0)
	check(t, "memory", err, nil)
	byNumber := must(w.fs.Proc(second.TID).Status())(t) // not listed, but there
	check(t, "by number", []int{byNumber.TGID, byNumber.PID}, []int{w.p.PID, second.TID})
}

// TestProcTerminal: the terminal of a session's leader, by its device.
func TestProcTerminal(t *testing.T) {
	w := newWorld(t)
	master, e := w.m.FS.Open(fs.Cred{}, w.m.FS.Root(), "/dev/ptmx", fs.ORead|fs.OWrite, 0)
	check(t, "ptmx", e, errno.OK)
	defer master.Release()
	check(t, "setsid", w.p.SetSID(), errno.OK)
	check(t, "acquire", w.p.Acquire(pairsOf(w.m)[0].Terminal, false), errno.OK)
	st := must(w.fs.Proc(w.p.PID).Stat())(t)
	check(t, "terminal", []any{st.TTY, st.TPGID, st.SID}, []any{procfs.Dev{Major: 136}, w.p.PID, w.p.PID})
}
