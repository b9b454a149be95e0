package image

// How a system arranges a new process: a value, so that another system is another value.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// System is what is particular to an operating system. Addresses and sizes are in bytes and
// multiples of vm.PageSize where nothing else is said.
type System struct {
	Name  string
	Brand Brand // of programs that do not say

	// Files.
	Script      ScriptRules
	BadInterp   errno.Errno // of a PT_INTERP that is no program
	LateInterp  bool        // errors about PT_INTERP are found by Load, which kills
	StackHeader uint32      // type of the program header whose PF_X makes the stack executable

	// Arguments.
	Args     ArgRules
	EmptyArg bool // an argv without strings gets an empty one
	CommLen  int  // bytes of Plan.Comm

	// Places.
	Low, Top   uint64 // addresses of programs; the stack's end is Top
	High       uint64 // the end of addresses, if it is not Top
	BottomUp   uint64 // if it is not 0, mappings go where there is room above it
	SharedAt   uint64 // of the shared pages; 0: where mappings go
	StackRoom  uint64 // mapped below what is written to the stack at first
	StackGuard uint64 // kept free below the stack
	GapMin     uint64 // between Top and the mappings, which are below: at least,
	GapMax     uint64 // at most; in between it is the limit of the stack's size
	DynBase    uint64 // of ET_DYN programs with an interpreter; 0: where mappings go
	LoaderHeap uint64 // heap of ET_DYN programs without one; 0: after its data
	HeapAlign  uint64 // a power of two
	HeapSkip   uint64 // left out before a heap that is at random
	HeapName   string
	StackName  string
	Chance     Chance
	// CopyTail: where a segment's memory is longer than what the file has of it, the part of a page
	// that the file has is copied, and belongs to the zeros after it.
	CopyTail bool
	// CommLast: the process is called as the last file that was opened, a script's interpreter.
	CommLast     bool
	ReplaceFirst bool // an ET_EXEC's first segment goes where something is, as the others do

	// What a program finds.
	Stack    []Piece // from the top of the stack down to what argc and the vectors are below
	Platform string
	Auxv     []Row
	AuxvRoom int          // rows that there is room for, used or not
	Tight    bool         // the stack pointer is a multiple of 8 only
	Shared   []SharedPage // one after the other, where mappings go
}

// ArgRules limits argument and environment strings.
type ArgRules struct {
	String    int    // bytes of one with its 0; 0: no limit
	StackPart uint64 // all may have this part of the stack's limit,
	Least     uint64 // but at least this
	Total     uint64 // and at most this, all with pointers
}

// Chance is how many pages things are moved by, at most, if addresses are random. 0: it is
// not moved.
type Chance struct {
	Stack, Mappings, Program, Heap uint64
	Slide                          uint64 // of what the kernel puts below the strings; bytes
}

// SharedPage is something of the kernel's that is mapped into every process: the page with
// the code that a signal handler returns to, or Linux's vdso.
type SharedPage struct {
	Name string
	File vm.Pager
	Prot vm.Prot
	Size uint64
}

// Piece is a part of a new stack.
type Piece uint8

// The pieces.
const (
	Zero       Piece = iota // a word
	ExecPath                // the path that was given to execve
	EnvStrings              // those of the environment, the first one lowest
	ArgStrings
	PlatformString
	RandomBytes // 16
	PSStrings   // struct ps_strings: where argv and envp are, and how long
	Canary      // 64 random bytes
	Gap         // room of Chance.Slide bytes
	PageSizes   // an array of three, of which the last is 0
	Align8      // nothing, but to a multiple of 8
	Align16     // nothing, but to a multiple of 16; with Chance.Slide, a bit more
)

// What is where an auxv row's value comes from.
type What uint8

// The values.
const (
	Literal    What = iota // Row.Value
	ProgPhdrs              // where the program headers are (AT_PHDR)
	ProgPhnum              // how many there are
	ProgEntry              // where the program begins, even if there is an interpreter
	InterpBase             // what was added to the interpreter's addresses; 0: there is none
	LoadBase               // the same, or without an interpreter what was added to the program's
	RealUser
	EffectiveUser
	RealGroup
	EffectiveGroup
	SecureMode  // 1 if the program has more privileges than who executes it
	RandomAt    // address of RandomBytes
	ExecPathAt  // of ExecPath
	PlatformAt  // of PlatformString
	PSStringsAt // of PSStrings
	CanaryAt    // of Canary
	PageSizesAt // of PageSizes
	ArgCount
	ArgvAt // of the vector of arguments
	EnvCount
	EnvvAt
	StackTop     // where the stack ends
	StackLimit   // RLIMIT_STACK
	SharedPageAt // of SharedPage number Row.Value; there is no row if there is no such page
)

// Row is an entry of the auxiliary vector.
type Row struct {
	Tag   uint64
	What  What
	Value uint64
	Dyn   bool // only if the program has an interpreter
}

// placement is what of the places depends on the request.
type placement struct {
	top, base, program, heap, slide uint64 // top of the stack, of the mappings; the rest is to be added
}

// places decides on the places of a new process, drawing lots if they are random.
func (s *System) places(r *Request) (p placement) {
	pick := func(n uint64) uint64 {
		if r.Random == nil || n == 0 {
			return 0
		}
		return r.Random() % n
	}
	c := &s.Chance
	p.top = s.Top - pick(c.Stack)*vm.PageSize
	gap := r.StackLimit + s.StackGuard
	if gap < r.StackLimit {
		gap = r.StackLimit
	}
	if r.Random != nil {
		gap += min(c.Stack*vm.PageSize, ^gap)
	}
	gap = min(max(gap, s.GapMin), s.GapMax)
	p.base = up(s.Top-gap-pick(c.Mappings)*vm.PageSize, vm.PageSize)
	p.program = pick(c.Program) * vm.PageSize
	p.slide = pick(c.Slide)
	if r.Random != nil && c.Heap != 0 {
		p.heap = s.HeapSkip + pick(c.Heap)*vm.PageSize
	}
	return p
}

// Layout is the layout of the space to Load into.
func (p *Plan) Layout(m *vm.Memory, limits vm.Limits) vm.Layout {
	s := p.sys
	base := p.place.base
	if s.BottomUp != 0 {
		base = s.BottomUp
	}
	return vm.Layout{Memory: m, Low: s.Low, High: max(s.Top, s.High), Base: base, BottomUp: s.BottomUp != 0, Low32: vm.Range{Start: 0x40000000, End: 0x80000000},
		StackGap: s.StackGuard, HeapName: s.HeapName, Limits: limits}
}
