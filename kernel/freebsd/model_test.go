package freebsd_test

// The adapter and the engine over the modeled kernel, with the tracees that were recorded.

import (
	"encoding/binary"
	"fmt"
	"testing"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/errno"
	model "github.com/trapline/trapline/kernel/model/freebsd"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// bridge is the adapter's raw interface over the modeled kernel's calls.
type bridge struct {
	t       testing.TB
	m       *kern.Machine
	x       *kern.External
	count   map[int]int
	waits   int // calls of Wait
	refused map[string]int
	trace   bool
	woken   bool
	after   int            // steps of the machine in waits until
	call    func()         // is called; nil nothing
	ends    map[int]string // statuses of those that ended
}

var le = binary.LittleEndian

var debugBridge bool

// segments is the memory of the tracer: buffers at addresses of our choice.
type segments map[uint64][]byte

func (s segments) at(addr uint64, n int) []byte {
	for base, b := range s {
		if addr >= base && addr+uint64(n) <= base+uint64(len(b)) {
			return b[addr-base:][:n]
		}
	}
	return nil
}

func (s segments) Read(addr uint64, b []byte) bool { return copy(b, s.at(addr, len(b))) == len(b) }

func (s segments) Write(addr uint64, b []byte) bool { return copy(s.at(addr, len(b)), b) == len(b) }

const firstAt, secondAt = 1 << 20, 1 << 32

func newBridge(t testing.TB, seed uint64) *bridge {
	c := kern.Config{Chooser: kern.NewChooser(seed), Yielding: 40}
	if seed%2 == 1 { // many turns
		c.SliceMin, c.SliceMax = 1, 12
	}
	m := model.New(c)
	b := &bridge{t: t, m: m, x: m.NewExternal("trapline", kern.Cred{}), count: map[int]int{}, refused: map[string]int{}, ends: map[int]string{}, trace: debugBridge}
	dir, _ := m.FS.MkdirAll("/w", 0o755)
	b.x.Proc.At = &kern.Place{Dir: dir, Umask: 0o22}
	for fd := range 3 {
		f, e := m.FS.Open(fs.Cred{}, m.FS.Root(), "/dev/null", fs.ORead|fs.OWrite, 0)
		if e != errno.OK {
			t.Fatal(e)
		}
		b.x.ConnectFile(fd, f)
	}
	return b
}

func (b *bridge) ptrace(req, id int, addr, data uint64, mem segments) (int, raw.Errno) {
	b.count[req]++
	n, e := model.Ptrace(b.x.Thread, req, id, addr, int(data), mem)
	if b.trace {
		b.t.Logf("%s %d %#x %d = %d %d", raw.RequestName(req), id, addr, data, n, e)
	}
	if e != 0 {
		b.refused[raw.RequestName(req)]++
		if req != raw.Attach && (e == raw.EBUSY || e == raw.EPERM || e == raw.EINVAL) {
			b.t.Errorf("%s of %d: errno %d", raw.RequestName(req), id, e)
		}
	}
	return n, e
}

func (b *bridge) Ptrace(req, id int, addr, data uint64) (int, raw.Errno) {
	return b.ptrace(req, id, addr, data, nil)
}

func (b *bridge) PtraceBuf(req, id int, buf []byte, data uint64) (int, raw.Errno) {
	return b.ptrace(req, id, firstAt, data, segments{firstAt: buf})
}

func (b *bridge) IO(id, op int, addr uint64, p []byte) (int, raw.Errno) {
	d := make([]byte, raw.IODescSize)
	le.PutUint32(d, uint32(op))
	le.PutUint64(d[8:], addr)
	le.PutUint64(d[16:], secondAt)
	le.PutUint64(d[24:], uint64(len(p)))
	_, e := b.ptrace(raw.IO, id, firstAt, 0, segments{firstAt: d, secondAt: p})
	return int(le.Uint64(d[24:])), e
}

func (b *bridge) Regset(req, id, note int, buf []byte) (int, raw.Errno) {
	iov := make([]byte, 16)
	le.PutUint64(iov, secondAt)
	le.PutUint64(iov[8:], uint64(len(buf)))
	_, e := b.ptrace(req, id, firstAt, uint64(note), segments{firstAt: iov, secondAt: buf})
	return int(le.Uint64(iov[8:])), e
}

func (b *bridge) VMEntry(int, []byte, []byte) raw.Errno { return raw.ENOENT }

func (b *bridge) ScRemote(int, uint32, []uint64) (raw.ScReturn, raw.Errno) {
	return raw.ScReturn{}, raw.EBUSY
}

func (b *bridge) Wait(pid int, block bool, info []byte) (int, uint32, raw.Errno) {
	b.waits++
	kind := raw.PAll
	if pid != 0 {
		kind = raw.PPid
	}
	for {
		if block && b.woken {
			b.woken = false
			return 0, 0, raw.EINTR
		}
		w, e := model.Wait(b.x.Thread, kind, pid, raw.WExited|raw.WTrapped)
		if e == 0 && w.Pid != 0 {
			copy(info, w.Siginfo)
			if w.Status&0x7f != 0x7f {
				b.ends[w.Pid] = fmt.Sprintf("%#x", w.Status)
			}
			if b.trace {
				b.t.Logf("wait %d %#x", w.Pid, w.Status)
			}
			return w.Pid, w.Status, 0
		}
		if e != 0 || !block {
			return 0, 0, e
		}
		if b.after--; b.after == 0 && b.call != nil {
			b.call()
			continue
		}
		if !b.m.Step() {
			return 0, 0, 11 // EDEADLK
		}
	}
}

func (b *bridge) Wake() { b.woken = true }

func (b *bridge) Kill(pid, sig int) raw.Errno {
	if b.trace {
		b.t.Log("kill", pid, sig)
	}
	return model.Kill(b.x.Thread, pid, sig)
}

func (b *bridge) ThrKill2(pid, lwp, sig int) raw.Errno {
	if b.trace {
		b.t.Log("thr_kill2", pid, lwp, sig)
	}
	return model.ThrKill2(b.x.Thread, pid, lwp, sig)
}

func (b *bridge) Spawn(l *kernel.Launch, stop bool) (int, raw.Errno) {
	return b.spawn(l.Path, model.Launch{Trace: true, Stop: stop})
}

func (b *bridge) spawn(path string, l model.Launch) (int, raw.Errno) {
	t, e := b.x.Spawn(&kern.Spawn{Path: path, Args: []string{"tracee"}, Env: []string{"A=1"}, Files: []int{0, 1, 2}, Code: model.Stub(l)})
	if e != errno.OK {
		return 0, raw.EAGAIN
	}
	t.Start()
	return t.Proc.PID, 0
}

func (b *bridge) Spawned(int) (string, raw.Errno) { return "execute", raw.ENOENT }

func (b *bridge) Sysctl(name string, args ...int32) ([]byte, raw.Errno) {
	mib := model.Number(name)
	if mib == nil {
		return nil, raw.ENOENT
	}
	return model.Sysctl(b.x.Thread, append(mib, args...), nil)
}

func (b *bridge) Procctl(pid, cmd int, data []byte) raw.Errno {
	return model.Procctl(b.x.Thread, pid, cmd, firstAt, segments{firstAt: data})
}

// program puts a recorded tracee into the machine.
func (b *bridge) program(name string) string {
	path := "/w/" + name
	b.m.FS.WriteFile(path, recordings.ELF(name), 0o755)
	return path
}

var _ freebsd.Sys = (*bridge)(nil)
