package regs

import (
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"unsafe"

	"github.com/google/go-cmp/cmp"
)

const (
	ptraceGetRegSet = 0x4204 // ptrace(2)
	ptraceSetRegSet = 0x4205
	ntX86XState     = 0x202
)

// stopped runs f with a child that stands at its exec stop, and ends the child.
func stopped(t *testing.T, f func(pid int)) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pid, err := syscall.ForkExec("/proc/self/exe", []string{os.Args[0], "-test.run=^$"},
		&syscall.ProcAttr{Env: os.Environ(), Sys: &syscall.SysProcAttr{Ptrace: true}})
	if err != nil {
		t.Skipf("no traced child here: %v", err)
	}
	defer func() {
		syscall.Kill(pid, syscall.SIGKILL)
		syscall.Wait4(pid, nil, 0, nil)
	}()
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &ws, 0, nil); err != nil || !ws.Stopped() {
		t.Fatalf("wait: %v, %#x", err, ws)
	}
	f(pid)
}

func regset(t *testing.T, req, pid int, b []byte) []byte {
	t.Helper()
	iov := syscall.Iovec{Base: &b[0], Len: uint64(len(b))}
	_, _, e := syscall.Syscall6(syscall.SYS_PTRACE, uintptr(req), uintptr(pid), ntX86XState, uintptr(unsafe.Pointer(&iov)), 0, 0)
	if e != 0 {
		t.Fatalf("ptrace %#x NT_X86_XSTATE: %v", req, e)
	}
	return b[:iov.Len]
}

// The kernel's structure, read through the rows and through Go's own declaration.
func TestRealGeneral(t *testing.T) {
	stopped(t, func(pid int) {
		var k syscall.PtraceRegs
		if err := syscall.PtraceGetRegs(pid, &k); err != nil {
			t.Fatal(err)
		}
		k.R15, k.R14, k.R13, k.Rbx, k.R11, k.Rax, k.Rdi = 1, 2, 3, 4, 5, 6, 7
		s := &Set{}
		if err := FromLinux((*[LinuxRegsSize]byte)(unsafe.Pointer(&k))[:], s); err != nil {
			t.Fatal(err)
		}
		want := [NGeneral]uint64{RAX: k.Rax, RDX: k.Rdx, RCX: k.Rcx, RBX: k.Rbx, RSI: k.Rsi, RDI: k.Rdi,
			RBP: k.Rbp, RSP: k.Rsp, R8: k.R8, R9: k.R9, R10: k.R10, R11: k.R11, R12: k.R12, R13: k.R13,
			R14: k.R14, R15: k.R15, RIP: k.Rip, EFlags: k.Eflags, CS: k.Cs, SS: k.Ss, DS: k.Ds, ES: k.Es,
			FS: k.Fs, GS: k.Gs, FSBase: k.Fs_base, GSBase: k.Gs_base, OrigRAX: k.Orig_rax}
		if diff := cmp.Diff(want, s.G); diff != "" {
			t.Error(diff)
		}
		if s.G[CS] != 0x33 || s.PC() == 0 {
			t.Errorf("cs = %#x, pc = %#x", s.G[CS], s.PC())
		}
	})
}

// partOfMore says whether a register is part of a wider one that this machine has.
func partOfMore(t *testing.T, r *Row, s *Set) bool {
	for r.Parent != "" {
		if r = row(t, r.Parent); r.Exists(s) {
			return true
		}
	}
	return false
}

// What the rows write, the kernel takes and gives back, in every component that this
// machine has.
func TestRealXSave(t *testing.T) {
	stopped(t, func(pid int) {
		area := regset(t, ptraceGetRegSet, pid, make([]byte, 16384))
		l := HostXSave()
		if len(area) < l.Size {
			t.Errorf("the area has %d bytes, CPUID says %d", len(area), l.Size)
		}
		s := &Set{Have: Extended, XSave: area}
		if s.XCR0() != l.Mask {
			t.Logf("XCR0: the area says %#x, the processor %#x", s.XCR0(), l.Mask)
		}
		wrote := map[string]Value{}
		for i := range Table {
			r := &Table[i]
			c, ok := r.Component()
			if !ok || partOfMore(t, r, s) || r.Kind == KindMMX || r.Kind == KindPseudo || !r.Exists(s) || strings.HasPrefix(r.Name, "f") {
				continue
			}
			v := Value{Bits: r.Bits, Kind: r.Kind}
			for j := range r.Bits / 8 {
				v.Bytes[j] = byte(i + 3*j)
			}
			if r.Name == "mxcsr" {
				v = Value{Bits: 32, Kind: r.Kind, Bytes: [64]byte{0x81, 0x5f}}
			}
			if err := r.Write(s, v); err != nil {
				t.Fatalf("component %v: %v", c, err)
			}
			wrote[r.Name] = v
		}
		put(t, s, "fctrl", 0x27f)
		regset(t, ptraceSetRegSet, pid, s.XSave)
		s.XSave = regset(t, ptraceGetRegSet, pid, make([]byte, 16384))
		for name, want := range wrote {
			if diff := cmp.Diff(want, get(t, s, name)); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		if got := get(t, s, "fctrl").Uint64(); got != 0x27f {
			t.Errorf("fctrl = %#x", got)
		}
		if len(wrote) < 8+16+1 {
			t.Errorf("only %d registers were written", len(wrote))
		}
		t.Logf("%d registers written and read back, layout %+v", len(wrote), *l)
	})
}

func TestRealDebug(t *testing.T) {
	stopped(t, func(pid int) {
		for _, c := range []struct {
			n int
			v uint64
		}{{0, 0x401000}, {7, 1 << 8}} {
			if _, _, e := syscall.Syscall6(syscall.SYS_PTRACE, syscall.PTRACE_POKEUSR, uintptr(pid),
				uintptr(LinuxDebugOffset(c.n)), uintptr(c.v), 0, 0); e != 0 {
				t.Errorf("dr%d at user offset %d: %v", c.n, LinuxDebugOffset(c.n), e)
			}
			var got uint64
			if _, _, e := syscall.Syscall6(syscall.SYS_PTRACE, syscall.PTRACE_PEEKUSR, uintptr(pid),
				uintptr(LinuxDebugOffset(c.n)), uintptr(unsafe.Pointer(&got)), 0, 0); e != 0 || got&c.v != c.v {
				t.Errorf("dr%d = %#x, %v; want %#x", c.n, got, e, c.v)
			}
		}
	})
}

// What instructions leave in registers is where the rows say: a row that named another
// register's bytes would survive the test above.
func TestRealInstructions(t *testing.T) {
	stopped(t, func(pid int) {
		var k syscall.PtraceRegs
		if err := syscall.PtraceGetRegs(pid, &k); err != nil {
			t.Fatal(err)
		}
		step := func(code ...byte) {
			t.Helper()
			pc := uintptr(k.Rip)
			if _, err := syscall.PtracePokeText(pid, pc, code); err != nil {
				t.Fatal(err)
			}
			if err := syscall.PtraceSetRegs(pid, &k); err != nil {
				t.Fatal(err)
			}
			if err := syscall.PtraceSingleStep(pid); err != nil {
				t.Fatal(err)
			}
			var ws syscall.WaitStatus
			if _, err := syscall.Wait4(pid, &ws, 0, nil); err != nil || ws.StopSignal() != syscall.SIGTRAP {
				t.Fatalf("% x: %v, %#x", code, err, ws)
			}
		}
		k.Rax = 0x12345678
		read := func() *Set {
			return &Set{Have: Extended, XSave: regset(t, ptraceGetRegSet, pid, make([]byte, 16384))}
		}
		lacking := false // what the last instruction would have written
		for _, c := range []struct {
			code []byte
			reg  string
			want string
		}{
			{[]byte{0x66, 0x0f, 0x6e, 0xd8}, "xmm3", "0x12345678"}, // movd %eax,%xmm3
			{[]byte{0xd9, 0xe8}, "st0", "0x3fff8000000000000000"},  // fld1
			{[]byte{0xd9, 0xeb}, "st0", "0x4000c90fdaa22168c235"},  // fldpi
			{nil, "st1", "0x3fff8000000000000000"},
			{nil, "mm7", "0x8000000000000000"},
			{nil, "mm6", "0xc90fdaa22168c235"},
			{nil, "ftag", "0xfff"},
			{nil, "fstat", "0x3000"},
			{[]byte{0xc4, 0xe2, 0x7d, 0x58, 0xfb}, "ymm7", "0x" + strings.Repeat("12345678", 8)},        // vpbroadcastd %xmm3,%ymm7
			{[]byte{0x62, 0x72, 0x7d, 0x48, 0x7c, 0xc8}, "zmm9", "0x" + strings.Repeat("12345678", 16)}, // vpbroadcastd %eax,%zmm9
			{nil, "xmm9", "0x" + strings.Repeat("12345678", 4)},
			{[]byte{0x62, 0xe2, 0x7d, 0x48, 0x7c, 0xc8}, "zmm17", "0x" + strings.Repeat("12345678", 16)}, // vpbroadcastd %eax,%zmm17
			{[]byte{0xc5, 0xfb, 0x92, 0xd8}, "k3", "0x12345678"},                                         // kmovd %eax,%k3
		} {
			r := row(t, c.reg)
			if c.code != nil {
				if lacking = !r.Exists(read()); lacking {
					t.Logf("no %s on this machine", c.reg)
				} else {
					step(c.code...)
				}
			}
			if lacking {
				continue
			}
			if got := get(t, read(), c.reg).Hex(); got != c.want {
				t.Errorf("%s = %s, want %s", c.reg, got, c.want)
			}
		}
	})
}
