// Package cpu interprets the integer instruction set of x86-64, with the SSE2 moves and
// integer operations that compilers put into integer code, in 64-bit user mode.
//
// It is the processor of the modeled kernel. Programs under test are real machine code,
// and what they do must not depend on the machine that tests them: so there is no host
// instruction, clock or random number in it, and an instruction that it does not have
// stops the run with its bytes and name (Unsupported) rather than do something like it.
//
// A CPU runs one thread at a time in one address space. The owner gives it pages
// (Memory), loads a State, calls Run with a budget of instructions, and acts on the Trap
// that ends the run: a page fault, a system call, a breakpoint. Two threads that share
// memory share a CPU; each has its State.
//
// How it is built: decode.go turns bytes into an op by the rows of table.go; an op names
// its handler; handlers read and write by memory.go. A handler changes no register
// before the last of its accesses has succeeded, so an instruction that faults has not
// happened. Ops are cached in the Page they came from (page.go).
//
// Sources: Intel SDM vol. 1-3, AMD64 APM vol. 2-3. What they leave undefined is what the
// comparison with real processors (host_linux_test.go) showed them to do.
package cpu

import (
	"encoding/binary"

	"github.com/trapline/trapline/x86"
)

// Access is the kind of a memory access.
type Access uint8

// The accesses.
const (
	Read Access = iota
	Write
	Execute
)

func (a Access) String() string { return [...]string{"read", "write", "execute"}[a%3] }

// Kind is why a run ended.
type Kind uint8

// The kinds of traps. A fault leaves everything as it was before the instruction, with
// RIP at it; after a trap RIP is past it.
const (
	Budget      Kind = iota // the instructions granted are used up; within a run: no trap
	PageFault               // fault: #PF; Addr, Access
	Divide                  // fault: #DE
	Undefined               // fault: #UD
	Protection              // fault: #GP: privileged, misaligned, or not a canonical address
	StackFault              // fault: #SS: a stack address that is not canonical
	Alignment               // fault: #AC: misaligned while AC is set
	Debug                   // #DB; DR6. A fault for an execute breakpoint, else a trap
	Breakpoint              // trap: #BP of int3 and int 3
	Interrupt               // trap: another int n that user mode may issue; Vector
	Syscall                 // trap: syscall; RCX and R11 are set, RFLAGS is not masked
	Unsupported             // fault of this interpreter: Code, Name
	Watched                 // access to an Area; a fault, or After a trap; Addr, Access
)

var kindNames = [...]string{"budget used up", "page fault", "divide error", "invalid opcode", "general protection",
	"stack fault", "alignment check", "debug exception", "breakpoint", "interrupt", "system call", "not modeled", "watchpoint"}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "?"
}

// Trap is the end of a run.
type Trap struct {
	Kind   Kind
	Access Access // of a PageFault
	Vector uint8  // of an Interrupt
	After  bool   // of a Watched: the access was made
	Addr   uint64 // of a PageFault: the first byte that could not be accessed (CR2); of a Watched: the first watched one
	DR6    uint64 // of a Debug: bits B0-B3 and BS that hardware would set; none for int1
	Steps  int    // instructions completed in this run; an iteration of rep counts as one
	Code   []byte // of an Unsupported: the instruction
	Name   string // and its text
}

// CPU is a processor: a State and what is needed to run it. Use New. It is not safe for
// concurrent use, nor are two CPUs whose memories share pages.
type CPU struct {
	State

	// What the owner decides. New sets all of them to something deterministic.
	CPUID     func(leaf, sub uint32) (eax, ebx, ecx, edx uint32)
	TSC       func() uint64 // time-stamp counter; default: instructions run so far
	Random    func() uint64 // rdrand and rdseed; default: a fixed sequence
	XCR0      uint64        // xgetbv; default: x87 and SSE
	MXCSRMask uint32        // bits of MXCSR that exist; default: all that Intel defines
	Processor uint32        // TSC_AUX: rdpid and rdtscp
	Gates     []uint8       // vectors that int n may use; default: 4 and 0x80 (and 3, always)

	mem    Memory
	trap   Trap
	next   uint64 // RIP after this instruction
	steps  uint64 // instructions completed before this run
	budget int    // of this run
	left   int    // of it

	// Where instructions come from.
	itag  uint64 // tag of the page in use
	icode *code
	cross op // an instruction that crosses a page is not cached

	read  [tlbSize]tlbEntry
	write [tlbSize]tlbEntry
	exec  [tlbSize]tlbEntry

	// Debugging.
	armed    [5]uint64 // DR0-DR3 and DR7 as the TLBs know them
	execBP   bool      // DR7 has an execute breakpoint
	watch    bool      // DR7 has a data breakpoint
	hits     uint64    // of DR6, by this instruction
	areas    []Area
	execArea bool   // one of them is for execution
	ac       uint64 // all ones while AC makes misaligned accesses fault
	bad      bool   // the Protection is for an address that is not canonical
}

// New is a processor without registers' values that uses the memory.
func New(mem Memory) *CPU {
	c := &CPU{mem: mem, CPUID: DefaultCPUID, XCR0: 3, MXCSRMask: 0xffff, Gates: []uint8{4, 0x80}}
	c.State.Reset()
	c.TSC = func() uint64 { return c.steps + uint64(c.budget-c.left) }
	seed := uint64(0)
	c.Random = func() uint64 { // SplitMix64
		seed += 0x9e3779b97f4a7c15
		z := (seed ^ seed>>30) * 0xbf58476d1ce4e5b9
		z = (z ^ z>>27) * 0x94d049bb133111eb
		return z ^ z>>31
	}
	return c
}

// Run runs at most n instructions. Registers are in the State before and after.
func (c *CPU) Run(n int) Trap {
	c.arm()
	c.trap, c.budget, c.left = Trap{}, n, n
	for ; c.left > 0; c.left-- {
		if c.Flags&(FlagTF|FlagRF) != 0 || c.execBP || c.execArea || c.Shadow {
			if c.careful() {
				break
			}
			continue
		}
		o := c.cached()
		if o == nil {
			if o = c.fetch(); o == nil {
				break
			}
		}
		c.next = c.RIP + uint64(o.len)
		o.run(c, o)
		if c.trap.Kind != Budget {
			c.settle(o)
			break
		}
		c.RIP = c.next
	}
	c.trap.Steps = n - c.left
	c.steps += uint64(c.trap.Steps)
	return c.trap
}

// settle completes the trap that an instruction raised.
func (c *CPU) settle(o *op) {
	switch c.trap.Kind {
	case Breakpoint, Interrupt, Syscall:
		c.RIP = c.next
		c.left--
	case Debug:
		c.RIP = c.next
		c.left--
		c.trap.DR6, c.hits = c.hits, 0
	case Watched:
		if c.hits = 0; c.trap.After {
			c.RIP = c.next
			c.left--
		}
	case Protection:
		if c.bad && o.ss {
			c.trap.Kind = StackFault
		}
		fallthrough
	default:
		c.hits = 0
	}
	c.bad = false
}

// careful runs one instruction with the debug exceptions that may come before and after
// it (Intel SDM vol. 3B, 18.3.1), and says whether it trapped.
func (c *CPU) careful() bool {
	if c.execBP && c.Flags&FlagRF == 0 {
		if hit := c.breaksAt(c.RIP); hit != 0 {
			c.trap = Trap{Kind: Debug, DR6: hit}
			return true
		}
	}
	if c.execArea && c.meets(c.RIP, 1, Execute, false) {
		return true
	}
	o := c.fetch()
	if o == nil {
		return true
	}
	stepping, shadowed, start := c.Flags&FlagTF != 0, c.Shadow, c.RIP
	c.Shadow = false
	c.next = c.RIP + uint64(o.len)
	o.run(c, o)
	switch c.trap.Kind {
	case Budget:
		c.RIP = c.next
	case Debug:
		c.settle(o)
		c.left++ // counted below or by the caller
	default:
		c.Shadow = shadowed && c.trap.Kind != Syscall
		c.settle(o)
		return true
	}
	if again := o.rep != 0 && c.RIP == start; !again && !o.keepRF {
		c.Flags &^= FlagRF
	}
	if stepping && !c.Shadow {
		c.trap.Kind = Debug
		c.trap.DR6 |= dr6Step
	}
	if c.trap.Kind == Debug {
		c.left--
		return true
	}
	return false
}

// raise ends the instruction with a trap.
func (c *CPU) raise(k Kind) { c.trap = Trap{Kind: k} }

// undefined and unsupported are the handlers of what is no instruction and of what is
// one, but not here.
func undefined(c *CPU, o *op)  { c.raise(Undefined) }
func privileged(c *CPU, o *op) { c.raise(Protection) }

func unsupported(c *CPU, o *op) {
	code := make([]byte, 0, x86.MaxLen)
	for i := range uint64(x86.MaxLen) {
		p := c.executable(c.RIP + i)
		if p == nil {
			break
		}
		code = append(code, p.Data[(c.RIP+i)%PageSize])
	}
	name, n, err := x86.Disasm(code, c.RIP, x86.Options{Syntax: x86.Intel})
	if err != nil {
		name, n = "(bad)", len(code)
	}
	c.trap = Trap{Kind: Unsupported, Code: code[:n], Name: name}
}

// cached is the op at RIP if it is in the page in use and known; small enough to be
// inlined.
func (c *CPU) cached() *op {
	if tag(c.RIP) != c.itag {
		return nil
	}
	if i := c.icode.at[c.RIP%PageSize]; i != 0 {
		return &c.icode.ops[i]
	}
	return nil
}

// fetch is the op at RIP, or nil after it has raised a fault.
func (c *CPU) fetch() *op {
	if !canonical(c.RIP) {
		c.raise(Protection)
		return nil
	}
	page := c.executable(c.RIP)
	if page == nil {
		return nil
	}
	if page.code == nil {
		page.code = &code{ops: make([]op, 1, 16)}
	}
	c.itag, c.icode = tag(c.RIP), page.code
	off := int(c.RIP % PageSize)
	if i := c.icode.at[off]; i != 0 {
		return &c.icode.ops[i]
	}
	var o op
	if o.decode(page.Data[off:]) {
		return page.keep(off, &o)
	}
	return c.fetchAcross(page, off)
}

// fetchAcross is fetch for an instruction that goes on in the next page.
func (c *CPU) fetchAcross(page *Page, off int) *op {
	var buf [x86.MaxLen + 1]byte
	n := copy(buf[:], page.Data[off:])
	end := c.RIP - uint64(off) + PageSize
	if !canonical(end) {
		c.raise(Protection)
		return nil
	}
	second := c.executable(end)
	if second == nil {
		return nil
	}
	copy(buf[n:], second.Data[:])
	c.cross = op{}
	c.cross.decode(buf[:]) // 16 bytes are always enough to tell
	return &c.cross
}

var le = binary.LittleEndian
