package x86

// Memory operands and nops as objdump writes them, from the fields of the encoding:
// every displacement that is there is shown, so that 0x0(%rbp) and (%rax) read as
// what they are.

import (
	"fmt"
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

var names64 = [16]string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
	"r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}

var names32 = [16]string{"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi",
	"r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d"}

// place is a memory operand: registers by name, "" if absent.
type place struct {
	segment  string
	base     string
	index    string
	scale    int
	disp     int64
	showDisp bool
}

// place reads modrm and sib; a vector index keeps the name that x86asm gave it.
func (d *dis) place() place {
	in := &d.in
	names, ip, iz := &names64, "rip", "riz"
	if in.pre&preAddrSize != 0 {
		names, ip, iz = &names32, "eip", "eiz"
	}
	p := place{disp: int64(in.disp(d.code)), showDisp: in.dispLen != 0}
	mem, _ := d.memArg()
	if in.space == evex && in.dispLen == 1 {
		p.disp = mem.Disp // compressed: in units of the operand
	}
	p.segment = d.segment()
	mod, rm := in.modrm>>6, in.modrm&7
	switch {
	case in.ripRelative():
		p.base = ip
	case rm != 4:
		p.base = names[int(rm)|int(in.rex&rexB)<<3]
	default:
		if base := in.sib & 7; base != 5 || mod != 0 {
			p.base = names[int(base)|int(in.rex&rexB)<<3]
		}
		p.scale = 1 << (in.sib >> 6)
		index := int(in.sib>>3&7) | int(in.rex&rexX)<<2
		switch {
		case isVector(mem.Index):
			p.index = vectorName(mem.Index)
		case index != 4:
			p.index = names[index]
		case p.scale > 1 || (p.base != "" && base4(in)):
			p.index = iz
		}
	}
	return p
}

// segment is the segment prefix that counts in 64-bit mode.
func (d *dis) segment() string {
	switch {
	case d.in.pre&preFS != 0:
		return "fs"
	case d.in.pre&preGS != 0:
		return "gs"
	}
	return ""
}

// base4 says whether a sib without an index was needless: its base is not rsp or r12,
// and assemblers write it so only to have the bytes.
func base4(in *insn) bool { return in.sib&7 != 4 }

// memArg is x86asm's memory operand.
func (d *dis) memArg() (x86asm.Mem, bool) {
	for _, a := range d.inst.Args {
		if m, ok := a.(x86asm.Mem); ok {
			return m, true
		}
	}
	return x86asm.Mem{}, false
}

func isVector(r x86asm.Reg) bool { return r >= x86asm.X0 && r <= x86asm.Z31 }

func vectorName(r x86asm.Reg) string {
	for _, c := range []struct {
		first x86asm.Reg
		name  string
	}{{x86asm.Z0, "zmm"}, {x86asm.Y0, "ymm"}, {x86asm.X0, "xmm"}} {
		if r >= c.first {
			return fmt.Sprintf("%s%d", c.name, r-c.first)
		}
	}
	return r.String()
}

// isMemory says whether an operand that x86asm wrote is the memory one.
func (d *dis) isMemory(op string) bool {
	if d.opts.Syntax == Intel {
		return strings.Contains(op, "ptr ") || strings.Contains(op, "[")
	}
	if op == "" {
		return true
	}
	switch op[0] {
	case '$', '{':
		return false
	case '%':
		return strings.Contains(op, ":")
	}
	return true
}

// memory writes the memory operand, keeping what x86asm wrote around it: the * of an
// indirect branch, the keyword of its size, {1to8} and {%k1}.
func (d *dis) memory(op string) string {
	tail := ""
	if i := strings.IndexByte(op, '{'); i >= 0 {
		tail = op[i:]
	}
	if d.opts.Syntax == Intel {
		size, _, ok := strings.Cut(op, "ptr ")
		if !ok || d.inst.Op == x86asm.LEA {
			size = ""
		}
		return sizeWord(size) + d.place().intel() + tail
	}
	star := ""
	if strings.HasPrefix(op, "*") {
		star = "*"
	}
	return star + d.place().att() + tail
}

func sizeWord(size string) string {
	if size = strings.ToUpper(strings.TrimSpace(size)); size == "" {
		return ""
	}
	return size + " PTR "
}

// signed writes a displacement: -0x8, 0x10.
func signed(v int64) string {
	if v < 0 {
		return fmt.Sprintf("-%#x", uint64(-v))
	}
	return fmt.Sprintf("%#x", v)
}

func (p place) att() string {
	var b strings.Builder
	if p.segment != "" {
		b.WriteString("%" + p.segment + ":")
	}
	if p.base == "" && p.index == "" {
		fmt.Fprintf(&b, "%#x", uint64(p.disp))
		return b.String()
	}
	if p.showDisp {
		b.WriteString(signed(p.disp))
	}
	b.WriteByte('(')
	if p.base != "" {
		b.WriteString("%" + p.base)
	}
	if p.index != "" {
		fmt.Fprintf(&b, ",%%%s,%d", p.index, p.scale)
	}
	b.WriteByte(')')
	return b.String()
}

func (p place) intel() string {
	if p.base == "" && p.index == "" {
		if p.segment == "" {
			p.segment = "ds"
		}
		return fmt.Sprintf("%s:%#x", p.segment, uint64(p.disp))
	}
	var b strings.Builder
	if p.segment != "" {
		b.WriteString(p.segment + ":")
	}
	b.WriteString("[" + p.base)
	if p.index != "" {
		if p.base != "" {
			b.WriteByte('+')
		}
		fmt.Fprintf(&b, "%s*%d", p.index, p.scale)
	}
	if p.showDisp {
		if p.disp >= 0 {
			b.WriteByte('+')
		}
		b.WriteString(signed(p.disp))
	}
	b.WriteByte(']')
	return b.String()
}

// isNop says whether this is one of the hinted nops, 0f 1c to 0f 1f, that no extension
// has claimed.
func (d *dis) isNop() bool {
	in := &d.in
	return in.space == legacy && in.opMap == 1 && in.op >= 0x1c && in.op <= 0x1f && in.rep == 0
}

// nop writes the long nops of compilers: the prefixes that only pad go before the name.
func (d *dis) nop() {
	in := &d.in
	pads := -1
	for _, b := range d.code[:in.n] {
		if b == 0x66 {
			pads++
		} else if prefixOf[b] == 0 {
			break
		}
	}
	for range pads {
		d.prefix = append(d.prefix, "data16")
	}
	d.prefix = append(d.prefix, ignoredSegments(in.pre, nil)...)
	size := sizes[in.operandSize()]
	d.name = "nop"
	switch {
	case !in.memory():
		reg := size.register(int(in.modrm&7) | int(in.rex&rexB)<<3)
		if d.opts.Syntax == ATT {
			reg = "%" + reg
		}
		d.ops = []string{reg}
	case d.opts.Syntax == Intel:
		d.ops = []string{size.word + " PTR " + d.place().intel()}
	default:
		d.name += size.suffix
		d.ops = []string{d.place().att()}
	}
}

// sizeRow is how an operand size shows in the text.
type sizeRow struct {
	word, suffix string
	names        *[16]string
	cut          string // what a 16-bit name lacks of the 32-bit one
}

var sizes = map[int]sizeRow{
	2: {"WORD", "w", &names32, "e"},
	4: {"DWORD", "l", &names32, ""},
	8: {"QWORD", "q", &names64, ""},
}

func (s sizeRow) register(n int) string {
	name := s.names[n]
	if s.cut == "" {
		return name
	}
	if n < 8 {
		return strings.TrimPrefix(name, s.cut)
	}
	return strings.TrimSuffix(name, "d") + "w"
}
