package linux

// The rules of calls that programs rarely break: which arguments are refused, and how.

import (
	"fmt"
	"testing"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// do makes the paused thread of a world call something.
func (w *world) do(name string, a ...uint64) (uint64, errno.Errno) {
	w.Helper()
	var args [6]uint64
	copy(args[:], a)
	call := table[numbers[name]]
	if call == nil {
		w.Fatalf("%s is not modeled", name)
	}
	var v uint64
	var e errno.Errno
	w.m.As(w.t, func() { v, e = call(w.t, &args) })
	return v, e
}

// must is do of what does not fail.
func (w *world) must(name string, a ...uint64) uint64 {
	w.Helper()
	v, e := w.do(name, a...)
	if e != errno.OK {
		w.Fatalf("%s(%#x): %v", name, a, e)
	}
	return v
}

// put writes bytes where the program has data, and is their address.
func (w *world) put(b []byte) uint64 {
	w.Helper()
	const at = 0x401800
	if e := w.t.CopyOut(at, b); e != errno.OK {
		w.Fatal(e)
	}
	return at
}

func (w *world) path(s string) uint64 { return w.put(append([]byte(s), 0)) }

const none = ^uint64(0) // no descriptor, or an address that nobody has

func TestMmapErrors(t *testing.T) {
	w := newWorld(t)
	file := func(flags uint64) uint64 {
		w.m.FS.WriteFile("/tmp/file", make([]byte, 8192), 0o666)
		return w.must("open", w.path("/tmp/file"), flags)
	}
	reading, writing, both := file(0), file(oWriteOnly), file(oReadWrite)
	dir := w.must("open", w.path("/tmp"), 0)
	place := w.must("open", w.path("/tmp/file"), oPath)
	const anon = mapAnonymous | mapPrivate
	taken := w.must("mmap", 0, 4096, 3, anon, none, 0)
	for _, row := range []struct {
		what                               string
		addr, length, prot, flags, fd, off uint64
		want                               errno.Errno
	}{
		{"anonymous", 0, 4096, 3, anon, none, 0, errno.OK},
		{"no length", 0, 0, 3, anon, none, 0, errno.EINVAL},
		{"no type", 0, 4096, 3, mapAnonymous, none, 0, errno.EINVAL},
		{"type 4", 0, 4096, 3, mapAnonymous | 4, none, 0, errno.EINVAL},
		{"validated anonymous", 0, 4096, 3, mapAnonymous | mapSharedValidate, none, 0, errno.EINVAL},
		{"offset in a page", 0, 4096, 3, anon, none, 1, errno.EINVAL},
		{"fixed in a page", 0x10001, 4096, 3, anon | mapFixed, none, 0, errno.EINVAL},
		{"fixed at 0", 0, 4096, 3, anon | mapFixed, none, 0, errno.EPERM},
		{"fixed past the end", 1 << 47, 4096, 3, anon | mapFixed, none, 0, errno.ENOMEM},
		{"all there is", 0, 1 << 47, 3, anon, none, 0, errno.ENOMEM},
		{"longer than numbers", 0, ^uint64(0), 3, anon, none, 0, errno.ENOMEM},
		{"fixed where something is", taken, 4096, 3, anon | mapFixedNoReplace, none, 0, errno.EEXIST},
		{"shared that grows", 0, 4096, 3, mapAnonymous | mapShared | mapGrowsDown, none, 0, errno.EINVAL},
		{"huge pages", 0, 1 << 21, 3, anon | mapHuge, none, 0, errno.ENOMEM},
		{"no file", 0, 4096, 1, mapPrivate, none, 0, errno.EBADF},
		{"a mere place", 0, 4096, 1, mapPrivate, place, 0, errno.EBADF},
		{"a directory", 0, 4096, 1, mapPrivate, dir, 0, errno.ENODEV},
		{"read", 0, 4096, 1, mapShared, reading, 0, errno.OK},
		{"written privately", 0, 4096, 3, mapPrivate, reading, 0, errno.OK},
		{"written though not open for it", 0, 4096, 3, mapShared, reading, 0, errno.EACCES},
		{"not open for reading", 0, 4096, 2, mapShared, writing, 0, errno.EACCES},
		{"not open for reading, private", 0, 4096, 1, mapPrivate, writing, 0, errno.EACCES},
		{"written", 0, 4096, 3, mapShared, both, 4096, errno.OK},
		{"an offset past all files", 0, 8192, 1, mapPrivate, both, ^uint64(4095), errno.EOVERFLOW},
		{"validated", 0, 4096, 3, mapSharedValidate, both, 0, errno.OK},
		{"validated with a flag that is none", 0, 4096, 3, mapSharedValidate | 1<<30, both, 0, errno.EOPNOTSUPP},
		{"a file that grows", 0, 4096, 3, mapPrivate | mapGrowsDown, both, 0, errno.EINVAL},
	} {
		if _, e := w.do("mmap", row.addr, row.length, row.prot, row.flags, row.fd, row.off); e != row.want {
			t.Errorf("%s: %v, want %v", row.what, e, row.want)
		}
	}
}

func TestMemoryErrors(t *testing.T) {
	w := newWorld(t)
	w.m.FS.WriteFile("/tmp/file", make([]byte, 8192), 0o666)
	fd := w.must("open", w.path("/tmp/file"), 0)
	shared := w.must("mmap", 0, 8192, 1, mapShared, fd, 0)
	private := w.must("mmap", 0, 8192, 3, mapPrivate|mapAnonymous, none, 0)
	hole := w.must("mmap", 0, 3*4096, 3, mapPrivate|mapAnonymous, none, 0)
	w.must("munmap", hole+4096, 4096)
	for _, row := range []struct {
		call string
		args []uint64
		want errno.Errno
	}{
		{"munmap", []uint64{private + 1, 4096}, errno.EINVAL},
		{"munmap", []uint64{private, 0}, errno.EINVAL},
		{"munmap", []uint64{1 << 47, 4096}, errno.EINVAL},
		{"munmap", []uint64{0x20000, 4096}, errno.OK},
		{"mprotect", []uint64{private + 1, 4096, 1}, errno.EINVAL},
		{"mprotect", []uint64{private, 4096, 8}, errno.EINVAL},
		{"mprotect", []uint64{private, 0, 7}, errno.OK},
		{"mprotect", []uint64{hole, 3 * 4096, 1}, errno.ENOMEM},
		{"mprotect", []uint64{private, ^uint64(0), 1}, errno.ENOMEM},
		{"mprotect", []uint64{shared, 4096, 3}, errno.EACCES},
		{"mprotect", []uint64{private, 4096, 1 | protGrowsDown}, errno.EINVAL},
		{"mprotect", []uint64{private, 4096, 1 | protGrowsDown | protGrowsUp}, errno.EINVAL},
		{"mremap", []uint64{private + 1, 4096, 8192, 1}, errno.EINVAL},
		{"mremap", []uint64{private, 4096, 0, 1}, errno.EINVAL},
		{"mremap", []uint64{private, 4096, 4096, 8}, errno.EINVAL},
		{"mremap", []uint64{private, 4096, 4096, remapFixed, hole}, errno.EINVAL},
		{"mremap", []uint64{hole, 3 * 4096, 4 * 4096, 1}, errno.EFAULT},
		{"mremap", []uint64{0x20000, 4096, 8192, 1}, errno.EFAULT},
		{"madvise", []uint64{private, 4096, 99}, errno.EINVAL},
		{"madvise", []uint64{private + 1, 4096, adviceDontNeed}, errno.EINVAL},
		{"madvise", []uint64{hole, 3 * 4096, adviceDontNeed}, errno.ENOMEM},
		{"madvise", []uint64{shared, 4096, adviceFree}, errno.EINVAL},
		{"madvise", []uint64{private, 4096, adviceFree}, errno.OK},
		{"msync", []uint64{private, 4096, 8}, errno.EINVAL},
		{"msync", []uint64{private, 4096, 5}, errno.EINVAL},
		{"msync", []uint64{hole, 3 * 4096, 4}, errno.ENOMEM},
		{"msync", []uint64{private, 4096, 4}, errno.OK},
		{"mincore", []uint64{private + 1, 4096, private}, errno.EINVAL},
		{"mincore", []uint64{hole, 3 * 4096, private}, errno.ENOMEM},
		{"mincore", []uint64{private, 4096, 8}, errno.EFAULT},
		{"mlock", []uint64{hole, 3 * 4096}, errno.ENOMEM},
		{"mlockall", []uint64{0}, errno.EINVAL},
	} {
		if _, e := w.do(row.call, row.args...); e != row.want {
			t.Errorf("%s(%#x): %v, want %v", row.call, row.args, e, row.want)
		}
	}
}

func TestCloneFlags(t *testing.T) {
	w := newWorld(t)
	for _, row := range []struct {
		what  string
		flags uint64
		want  errno.Errno
	}{
		{"a thread without handlers shared", cloneThread | cloneVM, errno.EINVAL},
		{"handlers without memory shared", cloneSighand, errno.EINVAL},
		{"mounts of its own, the directory not", cloneNewNS | cloneFS, errno.EINVAL},
		{"users of its own, the directory not", cloneNewUser | cloneFS, errno.EINVAL},
		{"mounts, by who is not root", cloneNewNS, errno.EPERM},
		{"users of its own", cloneNewUser, errno.EINVAL},
		{"a descriptor in the id's place", clonePidfd | cloneParentSetTID, errno.EINVAL},
		{"a descriptor nowhere", clonePidfd, errno.EFAULT},
		{"TLS of the kernel's", cloneSetTLS, errno.EPERM},
	} {
		if _, e := w.do("clone", row.flags, 0, 8, 8, 1<<47); e != row.want {
			t.Errorf("%s: %v, want %v", row.what, e, row.want)
		}
	}
	for _, row := range []struct {
		what string
		set  map[int]uint64
		size uint64
		want errno.Errno
	}{
		{"too small", nil, caSize0 - 1, errno.EINVAL},
		{"too large", nil, caMost + 1, errno.E2BIG},
		{"more than is known", map[int]uint64{caSize: 1}, caSize + 8, errno.E2BIG},
		{"a signal in the flags", map[int]uint64{caFlags: 17}, caSize, errno.EINVAL},
		{"no such signal", map[int]uint64{caExitSignal: 65}, caSize, errno.EINVAL},
		{"a signal of more than 8 bits", map[int]uint64{caExitSignal: 256 + 17}, caSize, errno.EINVAL},
		{"a stack without size", map[int]uint64{caStack: 0x10000}, caSize, errno.EINVAL},
		{"a size without stack", map[int]uint64{caStackSize: 0x10000}, caSize, errno.EINVAL},
		{"a thread with a signal", map[int]uint64{caFlags: cloneThread | cloneVM | cloneSighand, caExitSignal: 17}, caSize, errno.EINVAL},
		{"handlers shared and cleared", map[int]uint64{caFlags: cloneVM | cloneSighand | cloneClearSighand}, caSize, errno.EINVAL},
		{"ids that are chosen", map[int]uint64{caSetTIDSize: 1}, caSize, errno.EINVAL},
		{"a flag that is none", map[int]uint64{caFlags: 1 << 40}, caSize, errno.EINVAL},
	} {
		b := make([]byte, caSize+8)
		for off, v := range row.set {
			le.PutUint64(b[off:], v)
		}
		if _, e := w.do("clone3", w.put(b), row.size); e != row.want {
			t.Errorf("clone3, %s: %v, want %v", row.what, e, row.want)
		}
	}
	if w.m.Unmodeled != nil {
		t.Error(w.m.Unmodeled)
	}
}

func TestKillPermission(t *testing.T) {
	w := newWorld(t)
	user := func(r, e, s uint32) *kern.Cred { return &kern.Cred{UID: r, EUID: e, SUID: s} }
	me := w.t.Proc
	for i, row := range []struct {
		by, to *kern.Cred
		sig    int
		same   bool // one session
		want   errno.Errno
	}{
		{user(0, 0, 0), user(7, 7, 7), 15, false, errno.OK},
		{user(5, 5, 5), user(5, 5, 5), 15, false, errno.OK},
		{user(5, 5, 5), user(7, 7, 7), 15, true, errno.EPERM},
		{user(5, 5, 5), user(7, 7, 7), 0, true, errno.EPERM},
		{user(5, 5, 5), user(7, 7, 7), 18, true, errno.OK},
		{user(5, 5, 5), user(7, 7, 7), 18, false, errno.EPERM},
		{user(5, 7, 5), user(7, 9, 9), 15, false, errno.OK},
		{user(5, 5, 5), user(7, 5, 7), 15, false, errno.EPERM},
		{user(5, 9, 9), user(7, 7, 5), 15, false, errno.OK},
		{user(5, 5, 0), user(7, 7, 7), 15, false, errno.EPERM},
		{user(0, 0, 0), user(7, 7, 7), 65, false, errno.EINVAL},
		{user(0, 0, 0), user(7, 7, 7), -1, false, errno.EINVAL},
	} {
		x := w.m.NewExternal(fmt.Sprint("target", i), *row.to)
		if row.same {
			x = &kern.External{Thread: w.x.Thread}
			x.Proc.Cred = *row.to
		}
		me.Cred = *row.by
		if _, e := w.do("kill", uint64(x.Proc.PID), uint64(row.sig)); e != row.want {
			t.Errorf("%d: %v to %v, signal %d: %v, want %v", i, *row.by, *row.to, row.sig, e, row.want)
		}
	}
}

func TestKillTargets(t *testing.T) {
	w := newWorld(t)
	free := uint64(0)
	for id := 2; free == 0; id++ {
		if w.m.Proc(id) == nil && w.m.Group(id) == nil {
			free = uint64(id)
		}
	}
	minus := func(n uint64) uint64 { return -n }
	for _, row := range []struct {
		what string
		pid  uint64
		sig  uint64
		want errno.Errno
	}{
		{"nobody", free, 0, errno.ESRCH},
		{"nobody, no such signal", free, 99, errno.ESRCH},
		{"no group", minus(free), 0, errno.ESRCH},
		{"the smallest number", 1 << 31, 0, errno.ESRCH},
		{"oneself", uint64(w.p.PID), 0, errno.OK},
		{"one's group", 0, 0, errno.OK},
		{"everybody", none, 0, errno.OK},
	} {
		if _, e := w.do("kill", row.pid, row.sig); e != row.want {
			t.Errorf("%s: %v, want %v", row.what, e, row.want)
		}
	}
	for _, row := range []struct {
		call string
		args []uint64
		want errno.Errno
	}{
		{"tkill", []uint64{0, 0}, errno.EINVAL},
		{"tkill", []uint64{none, 0}, errno.EINVAL},
		{"tkill", []uint64{free, 0}, errno.ESRCH},
		{"tgkill", []uint64{uint64(w.p.PID), 0, 0}, errno.EINVAL},
		{"tgkill", []uint64{free, uint64(w.p.PID), 0}, errno.ESRCH},
		{"tgkill", []uint64{uint64(w.p.PID), uint64(w.p.PID), 0}, errno.OK},
		{"tgkill", []uint64{uint64(w.p.PID), uint64(w.p.PID), 65}, errno.EINVAL},
	} {
		if _, e := w.do(row.call, row.args...); e != row.want {
			t.Errorf("%s(%d): %v, want %v", row.call, row.args, e, row.want)
		}
	}
}

// TestCallsAnyArguments makes every call that does not wait with arguments that make no
// sense: an errno or a value, no panic, and memory and time within bounds.
func TestCallsAnyArguments(t *testing.T) {
	waits := map[string]bool{"exit": true, "exit_group": true, "rt_sigreturn": true, "pause": true, "rt_sigsuspend": true, "wait4": true,
		"waitid": true, "poll": true, "ppoll": true, "select": true, "pselect6": true, "nanosleep": true, "clock_nanosleep": true,
		"futex": true, "rt_sigtimedwait": true, "sched_yield": true, "vfork": true, "clone": true, "clone3": true, "fork": true,
		"restart_syscall": true, "execve": true, "execveat": true, "ptrace": true}
	odd := []uint64{0, 1, 2, 3, 7, 8, 0xff, 4095, 4096, 0x400000, 0x401000, 0x401ffc, 0x401fff, 1 << 20, 1 << 31, 1<<32 - 1, 1 << 40,
		1<<47 - 4096, 1 << 63, ^uint64(0), ^uint64(99), ^uint64(4095)}
	c := kern.NewChooser(1)
	for name, nr := range numbers {
		if table[nr] == nil || waits[name] {
			continue
		}
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.do("open", w.path("/dev/zero"), 2)
			for range 200 {
				var a []uint64
				for range 6 {
					a = append(a, odd[c.Choose(len(odd))])
				}
				w.do(name, a...)
				if w.p.Space == nil || w.t.Killed() {
					return
				}
			}
		})
	}
}

func TestOpenErrors(t *testing.T) {
	w := newWorld(t)
	w.m.FS.WriteFile("/tmp/file", []byte("contents"), 0o600)
	w.m.FS.Symlink(fs.Cred{}, "file", w.m.FS.Root(), "/tmp/link")
	for _, row := range []struct {
		path        string
		flags, mode uint64
		want        errno.Errno
	}{
		{"", 0, 0, errno.ENOENT},
		{"/tmp/none", 0, 0, errno.ENOENT},
		{"/tmp/file", 0, 0, errno.EACCES},
		{"/tmp/file/x", 0, 0, errno.ENOTDIR},
		{"/tmp/file", oDirectory, 0, errno.ENOTDIR},
		{"/tmp/link", oNoFollow, 0, errno.ELOOP},
		{"/tmp/link", oNoFollow | oPath, 0, errno.OK},
		{"/tmp", oReadWrite, 0, errno.EISDIR},
		{"/tmp/file", oCreate | oExcl, 0, errno.EEXIST},
		{"/tmp/new", oCreate | oExcl | oWriteOnly, 0o600, errno.OK},
		{"/tmp/x", oCreate | oDirectory, 0, errno.EINVAL},
		{"/tmp", oTmpfile | oDirectory | oReadWrite, 0o600, errno.EOPNOTSUPP},
		{"/dev/tty", 0, 0, errno.ENXIO},
		{"/dev/null", oReadWrite, 0, errno.OK},
	} {
		if _, e := w.do("open", w.path(row.path), row.flags, row.mode); e != row.want {
			t.Errorf("open(%q, %#o): %v, want %v", row.path, row.flags, e, row.want)
		}
	}
	w.t.Proc.Files.SetLimit(0)
	if _, e := w.do("open", w.path("/tmp/made"), oCreate, 0o600); e != errno.EMFILE {
		t.Errorf("without a descriptor: %v", e)
	}
	if _, e := w.m.FS.Lookup(fs.Cred{}, w.m.FS.Root(), "/tmp/made", true); e != errno.ENOENT {
		t.Errorf("what could not be opened was made: %v", e)
	}
}

// TestCallsFromPrograms has a program make every call with arguments that make no sense, those
// that wait, fork and end too: the machine comes to rest or goes on, and does not fail.
func TestCallsFromPrograms(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 4
	}
	c := kern.NewChooser(2)
	odd := []uint64{0, 1, 2, 3, 8, 17, 0x100, 0x10f00, 0x10000, 0x20000, 0x20ff0, 0x20fff, 1 << 31, 1<<32 - 1, 1 << 40, 1 << 63, none, none - 99}
	for nr := range table {
		if table[nr] == nil {
			continue
		}
		for range rounds {
			args := make([]uint64, 6)
			for i := range args {
				args[i] = odd[c.Choose(len(odd))]
			}
			callOnce(t, uint64(nr), args)
		}
	}
}

// callOnce makes one call in a machine of its own.
func callOnce(t *testing.T, nr uint64, args []uint64) {
	m := New(kern.Config{Chooser: kern.NewChooser(nr), Memory: 64 << 20})
	defer m.Close()
	defer func() {
		if r := recover(); r != nil {
			t.Fatalf("call %d %#x: %v", nr, args, r)
		}
	}()
	x := m.NewExternal("outside", kern.Cred{})
	x.Connect(1, "stdout", nil, nil)
	child, e := x.Spawn(&kern.Spawn{Path: "/bin/none", Args: []string{"none"}, Code: func(pc, path, argv, envp uint64) []byte {
		var b []byte
		for i, r := range argRegs {
			rex := byte(0x48 | r>>3)
			b = le.AppendUint64(append(b, rex, 0xb8|byte(r&7)), args[i]) // mov r64, imm64
		}
		b = append(le.AppendUint32(append(b, 0xb8), uint32(nr)), 0x0f, 0x05)                 // mov eax, nr; syscall
		return append(le.AppendUint32(append(b, 0xb8), uint32(numbers["exit"])), 0x0f, 0x05) // mov eax, exit; syscall
	}})
	if e != errno.OK {
		t.Fatal(e)
	}
	child.Start()
	m.Run(func() bool { return child.Proc.State >= kern.Zombie }, 3000)
}
