package replay

// Whatever a program and its debugger ask, the model answers: nothing panics, nothing lasts.

import (
	"encoding/binary"
	"testing"
	"time"

	"github.com/trapline/trapline/kernel/model/kern"
)

// source gives out numbers made of a fuzzer's bytes; when they are used up, of a generator.
type source struct {
	b     []byte
	state uint64
}

func (s *source) n(most int) int {
	if len(s.b) >= 2 {
		v := int(s.b[0]) | int(s.b[1])<<8
		s.b = s.b[2:]
		return v % most
	}
	s.state = s.state*6364136223846793005 + 1442695040888963407
	return int(s.state>>33) % most
}

// pool are arguments that mean something, or rather not.
var pool = []uint64{0, 1, 2, 3, 5, 9, 17, 20, 64, 4096, 0x10, 0x1000, 0x400200, 0x500000, 0x600000, 0x610000, 1 << 31, 1<<31 - 1, 1 << 47, 1 << 63,
	^uint64(0), ^uint64(99), 0xffffffff, 0x7ffffffff000, 0x800000000}

// calls are a program that makes calls with arguments of the pool.
func (s *source) program(a *Asm) {
	a.Bss("buf", 0x4000)
	a.Quads("some", 1, 0, 5, 0x600000)
	for range 24 {
		nr := s.n(600)
		if nr == sysExit || s.n(3) == 0 {
			nr = []int{sysFork, sysVfork, sysKill, sysWait4, sysWait6, sysRfork, sysSigaction, sysSigprocmask, sysMmap, 454, sysPtrace, sysProcctl, 202, 341, 431, 518}[s.n(16)]
		}
		var args []any
		for range 6 {
			args = append(args, pool[s.n(len(pool))])
		}
		a.Sys(nr, args...)
	}
	a.Exit(0)
}

// ids are whom requests are made of.
func (s *source) id(m *kern.Machine, pid int) int {
	all := []int{pid, pid, pid, 0, 1, -1, 2, 99999, 150000, -1 << 31}
	for _, p := range m.Procs() {
		all = append(all, p.PID)
		for _, t := range p.Living() {
			all = append(all, t.TID)
		}
	}
	return all[s.n(len(all))]
}

// hostile lets a debugger make senseless requests of a senseless program.
func hostile(b []byte, seed uint64) {
	k, m := NewModel(seed)
	defer m.Close()
	m.Lacks = func(error) {}
	s := &source{b, seed}
	r := newR("hostile", k, k.Pid())
	pid := r.spawn(r.program("a", s.program), Options{Trace: s.n(2) == 0})
	buf := make([]byte, 1<<16)
	for range 150 {
		id := s.id(m, pid)
		for i := range buf[:64] {
			buf[i] = byte(pool[s.n(len(pool))])
		}
		for _, at := range []int{16, 32, 56} { // where structures have pointers
			binary.LittleEndian.PutUint64(buf[at:], uint64(ptr(&buf[4096])))
		}
		clear(buf[26:32]) // a length
		data := int(int32(pool[s.n(len(pool))]))
		addr := ptr(&buf[0])
		if s.n(4) == 0 {
			addr = uintptr(pool[s.n(8)])
		}
		switch s.n(8) {
		case 0, 1, 2, 3:
			if req := s.n(80) - 2; req != ptGetLwpList && req != ptGetXstate && req != ptGetRegset && req != ptSetRegset {
				k.Ptrace(req, id, addr, data)
			}
		case 4:
			r.wait6(s.n(9), id, s.n(128)|WNOHANG)
		case 5:
			k.Kill(id, s.n(140)-5)
		case 6:
			v := int32(data)
			if cmd := s.n(24); cmd != procReapKill && cmd != 4 && cmd != 5 {
				k.Procctl(id, cmd, &v)
			}
			k.Sysctl([]int32{1, 14, int32(s.n(60)), int32(id)}, nil)
		case 7:
			k.Sleep(time.Duration(s.n(5)) * time.Millisecond)
		}
	}
}

func FuzzHostile(f *testing.F) {
	f.Add([]byte{}, uint64(1))
	f.Add([]byte("PT_CONTINUE"), uint64(2))
	f.Fuzz(func(t *testing.T, b []byte, seed uint64) { hostile(b, seed) })
}

// TestHostile is FuzzHostile with many seeds.
func TestHostile(t *testing.T) {
	for seed := range uint64(150) {
		func() {
			defer func() {
				if e := recover(); e != nil {
					t.Logf("seed %d", seed)
					panic(e)
				}
			}()
			hostile(nil, seed)
		}()
	}
}
