package replay

// The modeled kernel, as a Kernel.

import (
	"time"
	"unsafe"

	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/freebsd"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// modeled is a debugger in a machine.
type modeled struct {
	m  *kern.Machine
	x  *kern.External
	up *modeled
}

// host is the memory of this process. What is below a page is not there.
type host struct{}

func (host) bytes(addr uint64, n int) []byte {
	if addr < 1<<16 || addr >= 1<<47 {
		return nil
	}
	return unsafe.Slice((*byte)(pointer(addr)), n)
}

// pointer makes a pointer of an address that ptr gave.
func pointer(addr uint64) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&addr)) }

// Read implements freebsd.Memory.
func (h host) Read(addr uint64, b []byte) bool { return copy(b, h.bytes(addr, len(b))) == len(b) }

// Write implements freebsd.Memory.
func (h host) Write(addr uint64, b []byte) bool { return copy(h.bytes(addr, len(b)), b) == len(b) }

// NewModel is a machine with a debugger in it, that choices of the seed drive. Time passes as the
// scenarios need it: a slice of instructions takes long, so that programs that spin are cheap.
func NewModel(seed uint64) (Kernel, *kern.Machine) {
	m := freebsd.New(kern.Config{Chooser: kern.NewChooser(seed), SliceMin: 500, SliceMax: 500, SliceTime: 200_000, AtPause: true, ASLR: true})
	runner := m.NewExternal("runner", kern.Cred{})
	runner.Proc.Reaper = true
	k := &modeled{m: m, x: m.NewExternal("fbrec", kern.Cred{Groups: []uint32{0}})}
	k.under(runner.Proc)
	dir, _ := m.FS.MkdirAll("/w", 0o755)
	k.x.Proc.At = &kern.Place{Dir: dir, Umask: 0o22}
	return k, m
}

// under makes the debugger a child of another, in its session.
func (k *modeled) under(parent *kern.Proc) {
	p := k.x.Proc
	old := p.Parent
	for i, c := range old.Children {
		if c == p {
			old.Children = append(old.Children[:i:i], old.Children[i+1:]...)
			break
		}
	}
	p.Parent = parent
	parent.Children = append(parent.Children, p)
	for i := range p.Limits {
		p.Limits[i] = kern.Limit{Cur: ^uint64(0), Max: ^uint64(0)}
	}
	p.Limits[kern.LimitStack] = kern.Limit{Cur: 8 << 20, Max: 512 << 20}
	p.Limits[kern.LimitFiles] = kern.Limit{Cur: 0x7e2f, Max: 0x7e2f}
	root := k.m.FS.Root()
	if dev, e := k.m.FS.Lookup(fs.Cred{}, root, "/dev", true); e == errno.OK {
		k.m.FS.Mknod(fs.Cred{}, dev, "console", 0o600, 5, 1, func(*fs.File) (fs.Device, errno.Errno) { return console{}, errno.OK })
	}
	for fd, name := range []string{"/dev/null", "/dev/null", "/dev/null", "/dev/console"} { // as the recorder had
		f, e := k.m.FS.Open(fs.Cred{}, root, name, fs.ORead|fs.OWrite, 0)
		if e != errno.OK {
			panic(e)
		}
		k.x.ConnectFile(fd, f)
	}
}

// drift is the time that a call and its recording take, as seen from the tracees.
func (k *modeled) drift() { k.Sleep(700 * time.Microsecond) }

// console is a device that nobody looks at.
type console struct{ fs.Always }

func (console) Read(*fs.File, []byte, int64) (int, errno.Errno)        { return 0, errno.OK }
func (console) Write(_ *fs.File, b []byte, _ int64) (int, errno.Errno) { return len(b), errno.OK }

func (k *modeled) Pid() int { return k.x.Proc.PID }

func (k *modeled) Ptrace(req, id int, addr uintptr, data int) (int, Errno) {
	k.drift()
	return freebsd.Ptrace(k.x.Thread, req, id, uint64(addr), data, host{})
}

func (k *modeled) Wait6(kind, id int, status *int32, options int, usage *[288]byte, info *Siginfo) (int, Errno) {
	k.drift()
	w, e := freebsd.Wait(k.x.Thread, kind, id, options)
	if e != 0 {
		return 0, e
	}
	b := unsafe.Slice((*byte)(unsafe.Pointer(info)), raw.SiginfoSize)
	clear(b)
	copy(b, w.Siginfo)
	if w.Pid != 0 {
		*status = int32(w.Status)
		copy(usage[:], w.Usage)
	}
	return w.Pid, 0
}

func (k *modeled) Wait4(pid int, status *int32, options int) (int, Errno) {
	kind := P_PID
	if pid < 0 {
		kind, pid = P_ALL, 0
	}
	for {
		w, e := freebsd.Wait(k.x.Thread, kind, pid, options|raw.WExited|raw.WTrapped)
		if e != 0 || w.Pid != 0 || options&WNOHANG != 0 || !k.m.Step() {
			if w.Pid != 0 {
				*status = int32(w.Status)
			}
			return w.Pid, e
		}
	}
}

func (k *modeled) Kill(pid, sig int) Errno {
	k.drift()
	return freebsd.Kill(k.x.Thread, pid, sig)
}

func (k *modeled) ThrKill2(pid, lwp, sig int) Errno {
	k.drift()
	return freebsd.ThrKill2(k.x.Thread, pid, lwp, sig)
}
func (k *modeled) Sigqueue(pid, sig int, v uint64) Errno {
	k.drift()
	return freebsd.Sigqueue(k.x.Thread, pid, sig, v)
}

func (k *modeled) Procctl(pid, cmd int, data *int32) Errno {
	var addr uint64
	if data != nil {
		addr = uint64(ptr(data))
	}
	return freebsd.Procctl(k.x.Thread, pid, cmd, addr, host{})
}

func (k *modeled) Sysctl(mib []int32, set []byte) ([]byte, Errno) {
	return freebsd.Sysctl(k.x.Thread, mib, set)
}

func (k *modeled) SysctlMib(name string) []int32 { return freebsd.Number(name) }

func (k *modeled) Spawn(path string, argv []string, o Options) (int, Errno) {
	s := &kern.Spawn{Path: path, Args: argv, Env: []string{"A=1"}, NewGroup: o.NewGroup, Files: []int{0, 1, 2, 3},
		Code: freebsd.Stub(freebsd.Launch{Trace: o.Trace, Session: o.Session})}
	if o.Stdin != nil {
		s.Files[0] = o.Stdin.FD
	}
	if o.UID != 0 {
		u := uint32(o.UID)
		s.Cred = &kern.Cred{UID: u, EUID: u, SUID: u, GID: u, EGID: u, SGID: u}
	}
	t, e := k.x.Spawn(s)
	if e != errno.OK {
		return 0, raw.EAGAIN
	}
	p := t.Proc
	t.Start()
	k.m.Run(func() bool { return freebsd.Executed(p) || p.Ended() }, 1<<20)
	if !freebsd.Executed(p) {
		e := Errno(p.EndOf().Code)
		k.m.Reap(p)
		return 0, e
	}
	return p.PID, 0
}

func (k *modeled) Second(uid int) Kernel {
	u := uint32(uid)
	n := &modeled{m: k.m, x: k.m.NewExternal("fbrec", kern.Cred{UID: u, EUID: u, SUID: u, GID: u, EGID: u, SGID: u}), up: k}
	n.under(k.x.Proc)
	n.x.Proc.Group = k.x.Proc.Group
	n.x.Proc.At = k.x.Proc.At
	return n
}

func (k *modeled) Leave(sig int) {
	k.x.Leave(kern.End{Signal: sig})
	k.m.Reap(k.x.Proc)
}

func (k *modeled) Sleep(d time.Duration) {
	done := false
	k.m.CallAt(k.m.Now()+int64(d), func() { done = true })
	k.m.Run(func() bool { return done }, 1<<20)
}

func (k *modeled) Now() time.Duration { return time.Duration(k.m.Now()) }

func (k *modeled) Pipe() (r, w *File) {
	in, out := k.m.FS.Pipe(fs.Cred{}, 0)
	fd, _ := k.x.Proc.Files.Install(in, 0, true)
	k.x.Proc.Files.Install(out, 0, true)
	return &File{FD: fd}, &File{Write: func(b []byte) { out.Write(b) }}
}

func (k *modeled) WriteFile(path string, b []byte, mode int) error {
	k.m.FS.WriteFile(path, b, fs.Mode(mode))
	return nil
}

func (k *modeled) ReadFile(path string) []byte {
	b, _ := k.m.FS.ReadFile(path)
	return b
}

func (k *modeled) Chown(path string, uid, gid int) {
	if n, e := k.m.FS.Lookup(fs.Cred{}, k.m.FS.Root(), path, true); e == errno.OK {
		k.m.FS.Chown(fs.Cred{}, n, uint32(uid), uint32(gid))
	}
}

func (k *modeled) Chmod(path string, mode int) {
	if n, e := k.m.FS.Lookup(fs.Cred{}, k.m.FS.Root(), path, true); e == errno.OK {
		k.m.FS.Chmod(fs.Cred{}, n, fs.Mode(mode))
	}
}

func (k *modeled) Open(path string) int {
	f, e := k.m.FS.Open(fs.Cred{}, k.m.FS.Root(), path, fs.ORead|fs.OWrite|fs.OCreate|fs.OTrunc, 0o600)
	if e != errno.OK {
		return -1
	}
	fd, _ := k.x.Proc.Files.Install(f, 0, true)
	return fd
}

func (k *modeled) Close(fd int) { k.x.Proc.Files.Close(fd) }
