package replay

// A tracee must make exactly the system calls a scenario is about, and nothing
// else: no runtime, no signal stack, no timer. So every tracee is a static ELF
// file assembled here, from the few instructions the scenarios need. Labels
// survive into the recording, so that an address reads "loop+0x2" there.

import (
	"encoding/binary"
	"fmt"
	"sort"
)

// Reg is a general-purpose register by its encoding number.
type Reg int

const (
	RAX Reg = iota
	RCX
	RDX
	RBX
	RSP
	RBP
	RSI
	RDI
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15
)

// Ref is the address of a label; At is the quadword stored at a label.
type (
	Ref string
	At  string
)

// The image is linked at fixed addresses, one segment each.
const (
	textBase = 0x400000
	roBase   = 0x500000
	dataBase = 0x600000
	codeOff  = 0x200 // code starts here in the text segment, after the headers
)

type fixup struct {
	seg   *[]byte
	off   int
	size  int // 4 or 8 bytes; rel: 4 bytes relative to the end of the field
	rel   bool
	label string
}

// Asm collects code and data of one program.
type Asm struct {
	text, ro, data []byte
	bss            int
	labels         map[string]uint64
	fixups         []fixup
	oldABI         bool // leave the ABI tag out: the kernel then behaves as for ancient programs
}

// NewAsm is an empty program.
func NewAsm() *Asm { return &Asm{labels: map[string]uint64{}} }

func (a *Asm) pc() uint64 { return textBase + codeOff + uint64(len(a.text)) }

// L defines a label at the current place in the code.
func (a *Asm) L(name string) { a.define(name, a.pc()) }

func (a *Asm) define(name string, at uint64) {
	if _, dup := a.labels[name]; dup {
		panic("label defined twice: " + name)
	}
	a.labels[name] = at
}

// B emits raw bytes.
func (a *Asm) B(b ...byte) { a.text = append(a.text, b...) }

func (a *Asm) abs(seg *[]byte, size int, label string) {
	a.fixups = append(a.fixups, fixup{seg, len(*seg), size, false, label})
	*seg = append(*seg, make([]byte, size)...)
}

func (a *Asm) rel(label string) {
	a.fixups = append(a.fixups, fixup{&a.text, len(a.text), 4, true, label})
	a.B(0, 0, 0, 0)
}

func rex(w bool, reg, rm Reg) byte {
	b := byte(0x40)
	if w {
		b |= 8
	}
	if reg >= R8 {
		b |= 4
	}
	if rm >= R8 {
		b |= 1
	}
	return b
}

// Mov loads a register from an integer, a Ref, an At or a Reg.
func (a *Asm) Mov(d Reg, src any) {
	switch s := src.(type) {
	case int:
		if s >= 0 && s <= 0x7fffffff {
			a.B(rex(false, 0, d), 0xb8+byte(d&7))
			a.text = binary.LittleEndian.AppendUint32(a.text, uint32(s))
			return
		}
		a.B(rex(true, 0, d), 0xb8+byte(d&7))
		a.text = binary.LittleEndian.AppendUint64(a.text, uint64(s))
	case uint64:
		a.B(rex(true, 0, d), 0xb8+byte(d&7))
		a.text = binary.LittleEndian.AppendUint64(a.text, s)
	case Ref:
		a.B(rex(true, 0, d), 0xb8+byte(d&7))
		a.abs(&a.text, 8, string(s))
	case At:
		a.B(rex(true, d, 0), 0x8b, byte(d&7)<<3|4, 0x25)
		a.abs(&a.text, 4, string(s))
	case Reg:
		a.B(rex(true, s, d), 0x89, 0xc0|byte(s&7)<<3|byte(d&7))
	default:
		panic(fmt.Sprintf("Mov from %T", src))
	}
}

// Store writes a register to the quadword at a label.
func (a *Asm) Store(label string, s Reg) {
	a.B(rex(true, s, 0), 0x89, byte(s&7)<<3|4, 0x25)
	a.abs(&a.text, 4, label)
}

// Inc adds one to the quadword at a label.
func (a *Asm) Inc(label string) {
	a.B(0x48, 0xff, 0x04, 0x25)
	a.abs(&a.text, 4, label)
}

// Cmp compares a register with a small constant.
func (a *Asm) Cmp(r Reg, v int32) {
	a.B(rex(true, 0, r), 0x81, 0xf8|byte(r&7))
	a.text = binary.LittleEndian.AppendUint32(a.text, uint32(v))
}

// CmpAt compares a register with the quadword at a label.
func (a *Asm) CmpAt(r Reg, label string) {
	a.B(rex(true, r, 0), 0x3b, byte(r&7)<<3|4, 0x25)
	a.abs(&a.text, 4, label)
}

// Text is the code so far.
func (a *Asm) Text() []byte { return a.text }

func (a *Asm) jcc(op byte, l string) { a.B(0x0f, op); a.rel(l) }
func (a *Asm) Jz(l string)           { a.jcc(0x84, l) }
func (a *Asm) Jnz(l string)          { a.jcc(0x85, l) }
func (a *Asm) Jc(l string)           { a.jcc(0x82, l) }
func (a *Asm) Jmp(l string)          { a.B(0xe9); a.rel(l) }
func (a *Asm) Call(l string)         { a.B(0xe8); a.rel(l) }
func (a *Asm) Ret()                  { a.B(0xc3) }
func (a *Asm) Int3()                 { a.B(0xcc) }
func (a *Asm) Syscall()              { a.B(0x0f, 0x05) }

func (a *Asm) Nop(n int) {
	for range n {
		a.B(0x90)
	}
}

// Spin loops for ever at the named label.
func (a *Asm) Spin(l string) { a.L(l); a.B(0xf3, 0x90); a.Jmp(l) }

var argRegs = []Reg{RDI, RSI, RDX, R10, R8, R9}

// Sys makes a system call. Arguments are what Mov takes.
func (a *Asm) Sys(nr int, args ...any) {
	for i, v := range args {
		a.Mov(argRegs[i], v)
	}
	a.Mov(RAX, nr)
	a.Syscall()
}

// Exit ends the process with a code: an integer, a Reg or an At.
func (a *Asm) Exit(code any) { a.Sys(sysExit, code) }

// IfChild jumps when a fork-like call just returned 0.
func (a *Asm) IfChild(l string) { a.B(0x48, 0x85, 0xc0); a.Jz(l) }

// RO and Data place bytes; Quads places quadwords, each an int or a Ref.
func (a *Asm) RO(l string, b []byte) {
	a.define(l, roBase+uint64(len(a.ro)))
	a.ro = append(a.ro, b...)
}
func (a *Asm) Str(l, s string) { a.RO(l, append([]byte(s), 0)) }

func (a *Asm) Data(l string, b []byte) {
	a.align()
	a.define(l, dataBase+uint64(len(a.data)))
	a.data = append(a.data, b...)
}

func (a *Asm) Quads(l string, vs ...any) {
	a.Data(l, nil)
	for _, v := range vs {
		switch v := v.(type) {
		case int:
			a.data = binary.LittleEndian.AppendUint64(a.data, uint64(v))
		case Ref:
			a.abs(&a.data, 8, string(v))
		}
	}
}

func (a *Asm) align() {
	for len(a.data)%16 != 0 {
		a.data = append(a.data, 0)
	}
}

// Bss reserves zeroed memory, page-aligned, after the data segment's file part.
func (a *Asm) Bss(l string, n int) {
	a.define(l, dataBase+0x10000+uint64(a.bss))
	a.bss += (n + 0xfff) &^ 0xfff
}

// SigHandler installs a handler label for a signal, with SA_* flags.
func (a *Asm) SigHandler(sig int, handler any, flags int) {
	l := fmt.Sprintf("act%d_%x", sig, len(a.data))
	a.Quads(l, handler, flags, 0, 0) // sa_flags is the low 32 bits, the mask follows at 12
	a.Sys(sysSigaction, sig, Ref(l), 0)
}

// SigMask calls sigprocmask(how, {sig}, NULL).
func (a *Asm) SigMask(how int, sigs ...int) {
	l := fmt.Sprintf("set_%x", len(a.data))
	m := 0
	for _, s := range sigs {
		m |= 1 << (s - 1)
	}
	a.Quads(l, m, 0)
	a.Sys(sysSigprocmask, how, Ref(l), 0)
}

// Sleep calls nanosleep for so many milliseconds.
func (a *Asm) Sleep(ms int) {
	l := fmt.Sprintf("ts_%x", len(a.data))
	a.Quads(l, ms/1000, ms%1000*1000000)
	a.Sys(sysNanosleep, Ref(l), 0)
}

// Thread starts a thread at a label, with a stack of its own.
func (a *Asm) Thread(entry string) {
	p := "thr_" + entry
	a.Bss(p+"_stack", 0x2000)
	a.Quads(p+"_tid", 0)
	a.Quads(p, Ref(entry), 0, Ref(p+"_stack"), 0x2000, 0, 0, 0, Ref(p+"_tid"), 0, 0, 0, 0, 0)
	a.Sys(sysThrNew, Ref(p), 104)
}

// Program is a linked image and its labels.
type Program struct {
	Name   string            `json:"name"`
	Image  []byte            `json:"-"`
	Labels map[string]uint64 `json:"labels"`
	sorted []string
}

// Link resolves the fixups and wraps the segments into an ELF file.
func (a *Asm) Link(name string) *Program {
	for _, f := range a.fixups {
		v, ok := a.labels[f.label]
		if !ok {
			panic("undefined label " + f.label)
		}
		b := (*f.seg)[f.off:]
		switch {
		case f.rel:
			binary.LittleEndian.PutUint32(b, uint32(v-(textBase+codeOff+uint64(f.off)+4)))
		case f.size == 4:
			binary.LittleEndian.PutUint32(b, uint32(v))
		default:
			binary.LittleEndian.PutUint64(b, v)
		}
	}
	p := &Program{Name: name, Image: elfImage(a), Labels: a.labels}
	p.resort()
	return p
}

// resort orders the labels by address, for where.
func (p *Program) resort() {
	p.sorted = nil
	for l := range p.Labels {
		p.sorted = append(p.sorted, l)
	}
	sort.Slice(p.sorted, func(i, j int) bool {
		x, y := p.sorted[i], p.sorted[j]
		return p.Labels[x] < p.Labels[y] || p.Labels[x] == p.Labels[y] && x < y
	})
}

// where names an address inside the image, or returns "".
func (p *Program) where(addr uint64) string {
	if p == nil || addr < textBase || addr >= dataBase+0x100000 {
		return ""
	}
	best := ""
	for _, l := range p.sorted {
		at := p.Labels[l]
		if at > addr || at>>20 != addr>>20 {
			continue
		}
		best = l
		if at != addr {
			best = fmt.Sprintf("%s+%#x", l, addr-at)
		}
	}
	if best == "" {
		best = fmt.Sprintf("image+%#x", addr-textBase)
	}
	return best
}
