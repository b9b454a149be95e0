package cpu

// A traced child of one read-write-execute segment: the real processor to compare with.

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"unsafe"
)

const (
	childBase = 0x10000 // low, so that absolute and 32-bit addresses reach it
	childSize = 0x10000
	codeAt    = childBase + 0x4ff0 // code crosses a page
	dataAt    = childBase + 0x8e00 // so does the data
	dataLen   = 0x400
)

// childELF is a static executable whose one segment is all there is.
func childELF() []byte {
	b := make([]byte, 120)
	copy(b, "\x7fELF\x02\x01\x01")
	le.PutUint16(b[16:], 2)  // ET_EXEC
	le.PutUint16(b[18:], 62) // EM_X86_64
	le.PutUint32(b[20:], 1)
	le.PutUint64(b[24:], codeAt)
	le.PutUint64(b[32:], 64) // program headers
	le.PutUint16(b[52:], 64)
	le.PutUint16(b[54:], 56)
	le.PutUint16(b[56:], 1)
	ph := b[64:]
	le.PutUint32(ph, 1)     // PT_LOAD
	le.PutUint32(ph[4:], 7) // read, write, execute
	le.PutUint64(ph[16:], childBase)
	le.PutUint64(ph[24:], childBase)
	le.PutUint64(ph[32:], 120)
	le.PutUint64(ph[40:], childSize)
	le.PutUint64(ph[48:], 0x1000)
	return b
}

type child struct {
	t   testing.TB
	pid int
	mem *os.File
}

func startChild(t testing.TB) *child {
	t.Helper()
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	path := filepath.Join(t.TempDir(), "tiny")
	if err := os.WriteFile(path, childELF(), 0o755); err != nil {
		t.Fatal(err)
	}
	pid, err := syscall.ForkExec(path, []string{path}, &syscall.ProcAttr{Sys: &syscall.SysProcAttr{Ptrace: true}})
	if err != nil {
		t.Skipf("no traced child here: %v", err)
	}
	t.Cleanup(func() {
		syscall.Kill(pid, syscall.SIGKILL)
		syscall.Wait4(pid, nil, 0, nil)
	})
	c := &child{t: t, pid: pid}
	if got := c.wait(); got != syscall.SIGTRAP {
		t.Fatalf("the child stopped with %v", got)
	}
	if c.mem, err = os.OpenFile(fmt.Sprintf("/proc/%d/mem", pid), os.O_RDWR, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.mem.Close() })
	return c
}

func (c *child) wait() syscall.Signal {
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(c.pid, &ws, 0, nil); err != nil || !ws.Stopped() {
		c.t.Fatalf("wait: %v, status %#x", err, ws)
	}
	return ws.StopSignal()
}

func (c *child) ptrace(request uintptr, p unsafe.Pointer) {
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, request, uintptr(c.pid), 0, uintptr(p), 0, 0); e != 0 {
		c.t.Fatalf("ptrace request %d: %v", request, e)
	}
}

func (c *child) pokeUser(off uintptr, v uint64) {
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, pokeUser, uintptr(c.pid), off, uintptr(v), 0, 0); e != 0 {
		c.t.Fatalf("write user area at %d: %v", off, e)
	}
}

func (c *child) peekUser(off uintptr) (v uint64) {
	if _, _, e := syscall.RawSyscall6(syscall.SYS_PTRACE, peekUser, uintptr(c.pid), off, uintptr(unsafe.Pointer(&v)), 0, 0); e != 0 {
		c.t.Fatalf("read user area at %d: %v", off, e)
	}
	return v
}

// mxcsrMask is the bits of MXCSR that the processor has.
func (c *child) mxcsrMask() uint32 {
	var f fxsave
	c.ptrace(getFPRegs, unsafe.Pointer(&f))
	return le.Uint32(f[28:])
}

// Requests of ptrace(2).
const (
	peekUser   = 3
	pokeUser   = 6
	getFPRegs  = 14
	setFPRegs  = 15
	getSigInfo = 0x4202
)

// fxsave is the registers' image that PTRACE_GETFPREGS and SETFPREGS have.
type fxsave [512]byte

func (c *child) setState(s *State, vectors bool) {
	k := syscall.PtraceRegs{
		Rax: s.R[RAX], Rcx: s.R[RCX], Rdx: s.R[RDX], Rbx: s.R[RBX], Rsp: s.R[RSP], Rbp: s.R[RBP], Rsi: s.R[RSI], Rdi: s.R[RDI],
		R8: s.R[R8], R9: s.R[R9], R10: s.R[R10], R11: s.R[R11], R12: s.R[R12], R13: s.R[R13], R14: s.R[R14], R15: s.R[R15],
		Rip: s.RIP, Eflags: s.Flags &^ FlagTF, Cs: uint64(s.Segment[CS]), Ss: uint64(s.Segment[SS]),
		Fs_base: s.FSBase, Gs_base: s.GSBase, Orig_rax: ^uint64(0),
	}
	if err := syscall.PtraceSetRegs(c.pid, &k); err != nil {
		c.t.Fatalf("set registers: %v: %+v", err, k)
	}
	if !vectors {
		return
	}
	var f fxsave
	binary.LittleEndian.PutUint16(f[:], 0x37f)
	le.PutUint32(f[24:], s.MXCSR)
	for i, x := range s.X {
		le.PutUint64(f[160+16*i:], x[0])
		le.PutUint64(f[168+16*i:], x[1])
	}
	c.ptrace(setFPRegs, unsafe.Pointer(&f))
}

func (c *child) state(vectors bool) (s State) {
	var k syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(c.pid, &k); err != nil {
		c.t.Fatal(err)
	}
	s.R = [16]uint64{k.Rax, k.Rcx, k.Rdx, k.Rbx, k.Rsp, k.Rbp, k.Rsi, k.Rdi, k.R8, k.R9, k.R10, k.R11, k.R12, k.R13, k.R14, k.R15}
	s.RIP, s.Flags, s.FSBase, s.GSBase = k.Rip, k.Eflags, k.Fs_base, k.Gs_base
	s.Segment = [6]uint16{uint16(k.Es), uint16(k.Cs), uint16(k.Ss), uint16(k.Ds), uint16(k.Fs), uint16(k.Gs)}
	if !vectors {
		return s
	}
	var f fxsave
	c.ptrace(getFPRegs, unsafe.Pointer(&f))
	s.MXCSR = le.Uint32(f[24:])
	for i := range s.X {
		s.X[i] = XMM{le.Uint64(f[160+16*i:]), le.Uint64(f[168+16*i:])}
	}
	return s
}

// step has the processor execute one instruction and says what came of it.
func (c *child) step() (t Trap) {
	if err := syscall.PtraceSingleStep(c.pid); err != nil {
		c.t.Fatal(err)
	}
	sig := c.wait()
	var info [128]byte
	c.ptrace(getSigInfo, unsafe.Pointer(&info))
	code, addr := int32(le.Uint32(info[8:])), le.Uint64(info[16:])
	const kernel = 0x80 // SI_KERNEL
	switch {
	case sig == syscall.SIGTRAP && code == kernel:
		t.Kind = Breakpoint
	case sig == syscall.SIGTRAP:
		t.Kind = Debug
	case sig == syscall.SIGFPE:
		t.Kind = Divide
	case sig == syscall.SIGILL:
		t.Kind = Undefined
	case sig == syscall.SIGSEGV && code == kernel:
		t.Kind = Protection
	case sig == syscall.SIGSEGV:
		t.Kind, t.Addr = PageFault, addr
	case sig == syscall.SIGBUS && code == kernel:
		t.Kind = StackFault
	case sig == syscall.SIGBUS:
		t.Kind = Alignment
	default:
		c.t.Fatalf("the child got %v, code %d", sig, code)
	}
	return t
}

func (c *child) write(p []byte, addr uint64) {
	if _, err := c.mem.WriteAt(p, int64(addr)); err != nil {
		c.t.Fatal(err)
	}
}

func (c *child) read(p []byte, addr uint64) {
	if _, err := c.mem.ReadAt(p, int64(addr)); err != nil {
		c.t.Fatal(err)
	}
}
