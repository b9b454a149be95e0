package x86

// Executing one instruction on a Set, so that a thread goes past a breakpoint on a
// common first instruction without a step: no window in which another thread could
// miss the breakpoint, and one stop less. What is not certain to be exact is refused;
// the engine then lets the processor do it.

import (
	"encoding/binary"
	"errors"
	"sync"

	"github.com/trapline/trapline/regs"
)

// Memory is the tracee's memory, as the tracee itself may use it: reading and writing
// must fail where the thread would fault. process_vm_readv(2) and process_vm_writev(2)
// do; PTRACE_PEEKDATA, PTRACE_POKEDATA and /proc/PID/mem force their way through page
// protections, so a fault would be hidden and a write barrier missed. Both return how
// many bytes they moved. At most 8 bytes are written, within one page; whether another
// thread can see half of them is up to the implementation.
type Memory interface {
	ReadMem(addr uint64, p []byte) (int, error)
	WriteMem(addr uint64, p []byte) (int, error)
}

var errNoRegs = errors.New("x86: emulate: the general registers of this thread have not been read")

// Emulate executes the instruction at the start of code, which is the program's own
// bytes at the set's pc, as the processor would: registers, flags, pc and at most one
// write to memory. If ok is false nothing has changed, and the thread must be stepped
// for real. It knows nop, endbr, push, pop, mov, movzx, movsx, lea, add, or, adc, sbb,
// and, sub, xor, cmp, test (to a register), jmp, jcc, call, ret and leave in their
// usual encodings.
//
// It refuses when something watches the thread that only the processor does right: the
// trap flag or alignment checks on, 32-bit code, an access to memory under a data
// watchpoint. For the last the set must hold the debug registers (Have & regs.Debug and
// DR[7]); an engine with watchpoints fills them in from its own books if need be. It cannot see a CET shadow stack:
// for a thread that has one, do not emulate calls and returns.
//
// The error is only for a set without its general registers.
func Emulate(code []byte, set *regs.Set, mem Memory) (ok bool, err error) {
	if set.Have&regs.General == 0 {
		return false, errNoRegs
	}
	m := machines.Get().(*machine)
	defer m.release()
	m.code, m.mem = code, mem
	if scan(code, &m.in) != nil || m.in.space != legacy || m.in.opMap > 1 || !emulable(set) {
		return false, nil
	}
	op := &ops[m.in.opMap][m.in.op]
	if op.do == nil || m.in.pre&^op.pre != 0 {
		return false, nil
	}
	m.watched = set.Have&regs.Debug != 0 && regs.DR7(set.DR[7]).WatchesData()
	m.g = set.G
	m.g[regs.RIP] += uint64(m.in.n)
	if !op.do(m) || m.g[regs.RIP] >= userEnd || !m.commit() {
		return false, nil
	}
	m.g[regs.EFlags] &^= regs.FlagRF // as after every instruction
	set.G = m.g
	return true, nil
}

// machines saves the allocation that handing a machine to the rows' functions costs.
var machines = sync.Pool{New: func() any { return new(machine) }}

func (m *machine) release() {
	*m = machine{}
	machines.Put(m)
}

const (
	userEnd = 1 << 47 // addresses beyond are the kernel's, not canonical, or of 5-level tables
	page    = 1 << 12
	flagAC  = 1 << 18 // alignment checks
)

// code32 are the selectors of 32-bit code: Linux __USER32_CS, FreeBSD's.
var code32 = [...]uint64{0x23, 0x1b}

func emulable(set *regs.Set) bool {
	for _, cs := range code32 {
		if set.G[regs.CS] == cs {
			return false
		}
	}
	return set.G[regs.EFlags]&(regs.FlagTF|flagAC) == 0
}

// machine is one instruction at work on a copy of the registers. The write to memory
// waits in out until all else is done.
type machine struct {
	code    []byte
	in      insn
	g       [regs.NGeneral]uint64
	mem     Memory
	watched bool
	buf     [8]byte // what load read
	outAt   uint64
	out     [8]byte
	outLen  int
}

// gpr maps the processor's register numbers to slots.
var gpr = [16]regs.ID{regs.RAX, regs.RCX, regs.RDX, regs.RBX, regs.RSP, regs.RBP, regs.RSI, regs.RDI,
	regs.R8, regs.R9, regs.R10, regs.R11, regs.R12, regs.R13, regs.R14, regs.R15}

// reg, rm and opReg are the register numbers of the three fields that can name one.
func (m *machine) reg() int   { return m.in.reg() | int(m.in.rex&rexR)<<1 }
func (m *machine) rm() int    { return int(m.in.modrm&7) | int(m.in.rex&rexB)<<3 }
func (m *machine) opReg() int { return int(m.in.op&7) | int(m.in.rex&rexB)<<3 }

func (m *machine) size() int { return m.in.operandSize() }

// sizeW is the operand size when bit 0 of the opcode tells bytes from the rest.
func (m *machine) sizeW() int {
	if m.in.op&1 == 0 {
		return 1
	}
	return m.size()
}

// slot finds a register; without a REX prefix byte registers 4-7 are ah, ch, dh, bh.
func (m *machine) slot(n, size int) (p *uint64, shift int) {
	if size == 1 && m.in.rex == 0 && n >= 4 && n < 8 {
		return &m.g[gpr[n-4]], 8
	}
	return &m.g[gpr[n]], 0
}

func mask(size int) uint64 { return ^uint64(0) >> (64 - 8*size) }

func (m *machine) get(n, size int) uint64 {
	p, shift := m.slot(n, size)
	return *p >> shift & mask(size)
}

// set writes a register: 32 bits clear the upper half, 8 and 16 keep the rest.
func (m *machine) set(n, size int, v uint64) {
	p, shift := m.slot(n, size)
	v &= mask(size)
	if size < 4 {
		v = *p&^(mask(size)<<shift) | v<<shift
	}
	*p = v
}

// effective is the address that modrm names, without the segment.
func (m *machine) effective() uint64 {
	in := &m.in
	mod, rm := in.modrm>>6, in.modrm&7
	a := in.disp(m.code)
	switch {
	case in.ripRelative():
		a += m.g[regs.RIP]
	case rm == 4:
		if base := in.sib & 7; base != 5 || mod != 0 {
			a += m.g[gpr[int(base)|int(in.rex&rexB)<<3]]
		}
		if index := int(in.sib>>3&7) | int(in.rex&rexX)<<2; index != 4 {
			a += m.g[gpr[index]] << (in.sib >> 6)
		}
	default:
		a += m.g[gpr[m.rm()]]
	}
	if in.pre&preAddrSize != 0 {
		a &= 0xffffffff
	}
	return a
}

// address is the linear address of the memory operand.
func (m *machine) address() uint64 {
	a := m.effective()
	switch {
	case m.in.pre&preFS != 0 && m.in.pre&preGS != 0:
		return userEnd // the last one counts; no compiler writes both
	case m.in.pre&preFS != 0:
		a += m.g[regs.FSBase]
	case m.in.pre&preGS != 0:
		a += m.g[regs.GSBase]
	}
	return a
}

func (m *machine) load(a uint64, size int) (uint64, bool) {
	if m.watched || a >= userEnd-8 {
		return 0, false
	}
	m.buf = [8]byte{}
	if n, err := m.mem.ReadMem(a, m.buf[:size]); err != nil || n != size {
		return 0, false
	}
	return binary.LittleEndian.Uint64(m.buf[:]), true
}

// store leaves the write for commit. One that crosses a page could fail halfway, so
// the processor has it.
func (m *machine) store(a uint64, size int, v uint64) bool {
	if m.watched || a >= userEnd-8 || a%page+uint64(size) > page {
		return false
	}
	m.outAt, m.outLen = a, size
	binary.LittleEndian.PutUint64(m.out[:], v)
	return true
}

func (m *machine) commit() bool {
	if m.outLen == 0 {
		return true
	}
	n, err := m.mem.WriteMem(m.outAt, m.out[:m.outLen])
	return err == nil && n == m.outLen
}

// operand reads the modrm operand.
func (m *machine) operand(size int) (uint64, bool) {
	if m.in.memory() {
		return m.load(m.address(), size)
	}
	return m.get(m.rm(), size), true
}

// assign writes the modrm operand.
func (m *machine) assign(size int, v uint64) bool {
	if m.in.memory() {
		return m.store(m.address(), size, v)
	}
	m.set(m.rm(), size, v)
	return true
}

func (m *machine) imm() uint64 { return m.in.imm(m.code) }

func (m *machine) push(v uint64) bool {
	m.g[regs.RSP] -= 8
	return m.store(m.g[regs.RSP], 8, v)
}

func (m *machine) pop() (uint64, bool) {
	v, ok := m.load(m.g[regs.RSP], 8)
	m.g[regs.RSP] += 8
	return v, ok
}
