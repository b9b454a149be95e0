package x86

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trapline/trapline/regs"
)

// flatMem is a Memory of one page at 0x1000 that can refuse writes.
type flatMem struct {
	b        [4096]byte
	readOnly bool
	writes   int
}

var errFault = errors.New("fault")

func (m *flatMem) ReadMem(addr uint64, p []byte) (int, error) {
	if addr < 0x1000 || addr >= 0x2000 {
		return 0, errFault
	}
	n := copy(p, m.b[addr-0x1000:])
	if n < len(p) {
		return n, errFault
	}
	return n, nil
}

func (m *flatMem) WriteMem(addr uint64, p []byte) (int, error) {
	if m.readOnly || addr < 0x1000 || addr >= 0x2000 {
		return 0, errFault
	}
	m.writes++
	return copy(m.b[addr-0x1000:], p), nil
}

func someSet() *regs.Set {
	s := &regs.Set{Have: regs.General}
	for i := range s.G {
		s.G[i] = 0x1100 + uint64(i)*16
	}
	s.G[regs.RIP], s.G[regs.RSP], s.G[regs.EFlags] = 0x1400, 0x1800, 0x202
	s.G[regs.CS] = 0x33
	return s
}

func TestEmulateRefuses(t *testing.T) {
	flag := func(f uint64) func(*regs.Set, *flatMem) {
		return func(s *regs.Set, _ *flatMem) { s.G[regs.EFlags] |= f }
	}
	reg := func(id regs.ID, v uint64) func(*regs.Set, *flatMem) {
		return func(s *regs.Set, _ *flatMem) { s.G[id] = v }
	}
	for _, c := range []struct {
		name, code string
		change     func(*regs.Set, *flatMem)
	}{
		{"trap flag", "90", flag(regs.FlagTF)},
		{"alignment checks", "48 8b 00", flag(flagAC)},
		{"lock", "f0 48 01 00", nil},
		{"lock on a register", "f0 01 c0", nil},
		{"rep ret", "f3 c3", nil},
		{"bnd call", "f2 e8 00 00 00 00", nil},
		{"16-bit push", "66 50", nil},
		{"16-bit ret", "66 c3", nil},
		{"xchg r8, rax", "49 90", nil},
		{"read-modify-write", "48 01 00", nil},
		{"rdssp", "f3 48 0f 1e c8", nil},
		{"syscall", "0f 05", nil},
		{"int3", "cc", nil},
		{"pushf", "9c", nil},
		{"rep movs", "f3 a4", nil},
		{"lea of a register", "48 8d c0", nil},
		{"two segments", "64 65 8b 00", nil},
		{"cs override", "2e 8b 00", nil},
		{"vector", "c5 f8 77", nil},
		{"cut short", "48 8b", nil},
		{"nothing", "", nil},
		{"not an instruction", "06", nil},
		{"push to unmapped memory", "50", reg(regs.RSP, 0x9000)},
		{"push to a non-canonical address", "50", reg(regs.RSP, 1<<63)},
		{"push across a page", "50", reg(regs.RSP, 0x1804+0x800)},
		{"push at 0", "50", reg(regs.RSP, 0)},
		{"pop from unmapped memory", "58", reg(regs.RSP, 0x9000)},
		{"pop that runs out of memory", "58", reg(regs.RSP, 0x1ffc)},
		{"store to read-only memory", "48 89 00", func(_ *regs.Set, m *flatMem) { m.readOnly = true }},
		{"call on read-only memory", "e8 00 00 00 00", func(_ *regs.Set, m *flatMem) { m.readOnly = true }},
		{"ret to the kernel", "c3", func(_ *regs.Set, m *flatMem) { m.b[0x807] = 0xff }},
		{"jump out of the address space", "eb 7f", reg(regs.RIP, 1<<47-8)},
		{"32-bit code", "50", reg(regs.CS, 0x23)},
		{"load under a watchpoint", "48 8b 00", func(s *regs.Set, _ *flatMem) {
			s.Have |= regs.Debug
			s.DR[7] = 1 | 3<<16
		}},
		{"push under a watchpoint", "55", func(s *regs.Set, _ *flatMem) {
			s.Have |= regs.Debug
			s.DR[7] = 1 | 1<<16
		}},
	} {
		s, m := someSet(), &flatMem{}
		if c.change != nil {
			c.change(s, m)
		}
		before, mem := *s, *m
		ok, err := Emulate(unhex(t, c.code), s, m)
		if ok || err != nil {
			t.Errorf("%s: ok = %v, %v", c.name, ok, err)
		}
		if diff := cmp.Diff(before, *s); diff != "" || *m != mem {
			t.Errorf("%s: refused, but changed %s", c.name, diff)
		}
	}
	if ok, err := Emulate([]byte{0x90}, &regs.Set{}, &flatMem{}); ok || err == nil {
		t.Error("a set without registers is accepted")
	}
}

func TestEmulate(t *testing.T) {
	for _, c := range []struct {
		name, code string
		want       func(*regs.Set, *flatMem)
	}{
		{"push rbp", "55", func(s *regs.Set, m *flatMem) {
			s.G[regs.RSP] = 0x17f8
			m.b[0x7f8], m.b[0x7f9] = 0x60, 0x11
		}},
		{"push rsp pushes the old value", "54", func(s *regs.Set, m *flatMem) {
			s.G[regs.RSP] = 0x17f8
			m.b[0x7f9] = 0x18
		}},
		{"pop rsp keeps what it popped", "5c", func(s *regs.Set, m *flatMem) { s.G[regs.RSP] = 0 }},
		{"call", "e8 fb ff ff ff", func(s *regs.Set, m *flatMem) {
			s.G[regs.RSP] = 0x17f8
			m.b[0x7f8], m.b[0x7f9] = 0x05, 0x14
			s.G[regs.RIP] = 0x1400
		}},
		{"endbr64", "f3 0f 1e fa", nil},
		{"mov edi, edi clears the upper half", "89 ff", func(s *regs.Set, _ *flatMem) { s.G[regs.RDI] &= 0xffffffff }},
		{"sub rsp, 0x28", "48 83 ec 28", func(s *regs.Set, _ *flatMem) {
			s.G[regs.RSP] -= 0x28 // 0x17d8
			s.G[regs.EFlags] |= flagAF | flagPF
		}},
		{"a watchpoint does not matter without memory", "31 c0", func(s *regs.Set, _ *flatMem) {
			s.G[regs.RAX] = 0
			s.G[regs.EFlags] |= flagZF | flagPF
		}},
		{"mov rax, fs:0x28", "64 48 8b 04 25 28 00 00 00", func(s *regs.Set, _ *flatMem) { s.G[regs.RAX] = 0x99 }},
	} {
		s, m := someSet(), &flatMem{}
		s.G[regs.RDI] |= 5 << 32
		s.G[regs.EFlags] |= regs.FlagRF
		s.G[regs.FSBase] = 0x1200
		m.b[0x228] = 0x99
		if c.name[0] == 'a' {
			s.Have |= regs.Debug
			s.DR[7] = 1 | 1<<16
		}
		want, wantMem := *s, *m
		want.G[regs.EFlags] &^= regs.FlagRF
		want.G[regs.RIP] += uint64(len(unhex(t, c.code)))
		if c.want != nil {
			c.want(&want, &wantMem)
		}
		ok, err := Emulate(unhex(t, c.code), s, m)
		if !ok || err != nil {
			t.Errorf("%s: %v, %v", c.name, ok, err)
		}
		wantMem.writes = m.writes
		if diff := cmp.Diff(want, *s); diff != "" || *m != wantMem || m.writes > 1 {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

func TestEmulateDoesNotAllocate(t *testing.T) {
	s, m := someSet(), &flatMem{}
	code := []byte{0x55}
	if got := testing.AllocsPerRun(1000, func() {
		s.G[regs.RSP] = 0x1800
		Emulate(code, s, m)
	}); got >= 1 {
		t.Errorf("%v allocations", got)
	}
}

// FuzzEmulate: no panic, at most one write, and a refusal changes nothing.
func FuzzEmulate(f *testing.F) {
	for _, s := range []string{"55", "48 89 44 24 08", "64 48 8b 04 25 28 00 00 00", "e8 00 00 00 00", "66 0f 1f 44 00 00", "80 3c 24 01"} {
		f.Add(unhex(f, s), uint64(0x1800), uint64(0x202))
	}
	f.Fuzz(func(t *testing.T, code []byte, sp, flags uint64) {
		s, m := someSet(), &flatMem{}
		s.G[regs.RSP], s.G[regs.EFlags] = sp, flags
		before := *s
		ok, err := Emulate(code, s, m)
		if err != nil || m.writes > 1 {
			t.Fatalf("% x: %v, %d writes", code, err, m.writes)
		}
		if !ok && (m.writes != 0 || !cmp.Equal(before, *s)) {
			t.Fatalf("% x: refused, but changed %s", code, cmp.Diff(before, *s))
		}
		if ok && flags&regs.FlagTF != 0 {
			t.Fatalf("% x: emulated under the trap flag", code)
		}
	})
}

func BenchmarkEmulatePush(b *testing.B) {
	s, m := someSet(), &flatMem{}
	for b.Loop() {
		s.G[regs.RSP] = 0x1800
		Emulate([]byte{0x55}, s, m)
	}
}

func BenchmarkEmulateSub(b *testing.B) {
	s, m := someSet(), &flatMem{}
	for b.Loop() {
		Emulate([]byte{0x48, 0x83, 0xec, 0x28}, s, m)
	}
}
