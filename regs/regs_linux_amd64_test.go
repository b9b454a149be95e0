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
			if !ok || r.Parent != "" || r.Kind == KindMMX || r.Kind == KindPseudo || !r.Exists(s) || strings.HasPrefix(r.Name, "f") {
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
