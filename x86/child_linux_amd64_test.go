package x86

// A traced child of one read-write-execute segment, to step instructions in.

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"unsafe"

	"github.com/trapline/trapline/regs"
)

const (
	elfBase = 0x10000 // low, so that absolute and 32-bit addresses reach it
	elfSize = 0x10000
	codeAt  = elfBase + 0x4000
	dataAt  = elfBase + 0x8000 // cases use dataLen bytes there
	dataLen = 0x400
)

// tinyELF is a static executable whose one segment is all there is.
func tinyELF() []byte {
	le := binary.LittleEndian
	b := make([]byte, 120)
	copy(b, "\x7fELF\x02\x01\x01")
	le.PutUint16(b[16:], 2)  // ET_EXEC
	le.PutUint16(b[18:], 62) // EM_X86_64
	le.PutUint32(b[20:], 1)  //
	le.PutUint64(b[24:], codeAt)
	le.PutUint64(b[32:], 64) // program headers
	le.PutUint16(b[52:], 64) //
	le.PutUint16(b[54:], 56) //
	le.PutUint16(b[56:], 1)  //
	ph := b[64:]
	le.PutUint32(ph, 1)     // PT_LOAD
	le.PutUint32(ph[4:], 7) // read, write, execute
	le.PutUint64(ph[16:], elfBase)
	le.PutUint64(ph[24:], elfBase)
	le.PutUint64(ph[32:], 120)
	le.PutUint64(ph[40:], elfSize)
	le.PutUint64(ph[48:], 0x1000)
	return b
}

// child is a traced process and its memory.
type child struct {
	t         testing.TB
	pid       int
	mem       *os.File
	canonical bool // stack pointers have to be: see tryStack
}

func startChild(t testing.TB) *child {
	t.Helper()
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	path := filepath.Join(t.TempDir(), "tiny")
	if err := os.WriteFile(path, tinyELF(), 0o755); err != nil {
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
	c.tryStack()
	return c
}

// tryStack finds whether a step can end on a stack that is not canonical: hypervisors that run a
// guest's kernel without the processor's help make it a fault.
func (c *child) tryStack() {
	origin := c.regs()
	odd := *origin
	odd.G[regs.RIP], odd.G[regs.RSP] = codeAt, 1<<62
	c.put([]byte{0x90}, nil)
	c.setRegs(&odd)
	c.canonical = c.stepped() != syscall.SIGTRAP
	c.setRegs(origin)
}

// stands says whether a step can begin or end with this stack pointer.
func (c *child) stands(sp uint64) bool {
	return !c.canonical || uint64(int64(sp)<<16>>16) == sp
}

func (c *child) wait() syscall.Signal {
	var ws syscall.WaitStatus
	if _, err := syscall.Wait4(c.pid, &ws, 0, nil); err != nil || !ws.Stopped() {
		c.t.Fatalf("wait: %v, status %#x", err, ws)
	}
	return ws.StopSignal()
}

func (c *child) regs() *regs.Set {
	var k syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(c.pid, &k); err != nil {
		c.t.Fatal(err)
	}
	s := &regs.Set{}
	regs.FromLinux((*[regs.LinuxRegsSize]byte)(unsafe.Pointer(&k))[:], s)
	return s
}

func (c *child) setRegs(s *regs.Set) {
	var k syscall.PtraceRegs
	regs.ToLinux(s, (*[regs.LinuxRegsSize]byte)(unsafe.Pointer(&k))[:])
	if err := syscall.PtraceSetRegs(c.pid, &k); err != nil {
		c.t.Fatalf("set registers: %v: %x", err, s.G)
	}
}

func (c *child) put(code, data []byte) {
	if _, err := c.mem.WriteAt(append(code[:len(code):len(code)], 0xf4, 0xf4), codeAt); err != nil {
		c.t.Fatal(err)
	}
	if _, err := c.mem.WriteAt(data, dataAt); err != nil {
		c.t.Fatal(err)
	}
}

// stepped executes an instruction and is the signal that it ends with.
func (c *child) stepped() syscall.Signal {
	if err := syscall.PtraceSingleStep(c.pid); err != nil {
		c.t.Fatal(err)
	}
	return c.wait()
}

// step has the processor execute one instruction, and returns what it made of the
// registers and the data.
func (c *child) step(from *regs.Set, code, data []byte, what string) (*regs.Set, []byte) {
	c.put(code, data)
	c.setRegs(from)
	if sig := c.stepped(); sig != syscall.SIGTRAP {
		c.t.Errorf("%s: the processor gave %v", what, sig)
	}
	after := make([]byte, len(data))
	if _, err := c.mem.ReadAt(after, dataAt); err != nil {
		c.t.Fatal(err)
	}
	return c.regs(), after
}
