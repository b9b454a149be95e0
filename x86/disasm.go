package x86

// Disassembly. x/arch/x86/x86asm names the instruction and its operands; scan, which is
// right where it is not, has the last word on lengths; and what it writes in its own
// way (memory operands, immediates, some names) is written here as objdump and gdb do.

import (
	"fmt"
	"slices"
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

// Syntax is a way to write instructions.
type Syntax uint8

// The syntaxes, as `objdump -d` and `objdump -d -M intel` have them.
const (
	ATT Syntax = iota
	Intel
)

// Options of Disasm. The zero value is AT&T syntax without symbols.
type Options struct {
	Syntax Syntax
	// Symbol names the code or data at an address and says where that symbol starts;
	// "" if it has no name. It may be nil.
	Symbol func(addr uint64) (name string, base uint64)
}

const bad = "(bad)"

// Disasm writes the instruction at the start of code, which is at pc, and says how many
// bytes it is: "call 0x401136 <main+12>", "lea 0x2ecb(%rip),%rdi  # 0x404000 <msg>".
// Bytes that are no instruction are "(bad)", one at a time; an instruction of known
// length but unknown name is ".byte 0x8f,0xe9,...", so that what follows stays in
// step. The error is ErrTruncated,
// also with "(bad)" and 1, when code ends inside an instruction.
func Disasm(code []byte, pc uint64, opts Options) (text string, n int, err error) {
	d := dis{pc: pc, opts: opts}
	if err := scan(code, &d.in); err != nil {
		if err == ErrTruncated {
			return bad, min(1, len(code)), err
		}
		return bad, 1, nil
	}
	d.code = code[:d.in.n]
	return d.text(), int(d.in.n), nil
}

// dis is one instruction being written.
type dis struct {
	code []byte
	pc   uint64
	opts Options
	in   insn
	inst x86asm.Inst

	prefix []string
	name   string
	ops    []string
}

func (d *dis) text() string {
	if d.isNop() {
		d.nop()
	} else if !d.decode() {
		return byteList(d.code)
	}
	s := strings.Join(append(d.prefix, d.name), " ")
	if len(d.ops) > 0 {
		s += " " + strings.Join(d.ops, ",")
	}
	if d.in.ripRelative() {
		s += "  # " + d.address(d.ripTarget())
	}
	return s
}

func byteList(code []byte) string {
	var b []string
	for _, c := range code {
		b = append(b, fmt.Sprintf("%#02x", c))
	}
	return ".byte " + strings.Join(b, ",")
}

// decode has x86asm decode the instruction, or one of the same shape if it does not
// know it, and mends what it wrote.
func (d *dis) decode() bool {
	name, ok := "", true
	var err error
	if x := d.in.extra(); x != nil {
		name = x.name(&d.in)
		d.inst, err = x86asm.Decode(x.like(d.code, &d.in), 64)
		ok = err == nil
	} else {
		d.inst, err = decodeAs(d.code, &d.in)
		ok = err == nil && d.inst.Len == int(d.in.n)
	}
	if !ok || d.inst.Op == 0 {
		return false
	}
	if d.opts.Syntax == Intel {
		d.split(x86asm.IntelSyntax(d.inst, d.pc, nil))
	} else {
		d.split(x86asm.GNUSyntax(d.inst, d.pc, nil))
	}
	if name != "" {
		d.prefix, d.name = nil, name
	} else {
		d.rename()
	}
	d.operands()
	d.mend()
	return true
}

// decodeAs decodes the undocumented twins of group 2 and 3 as the documented ones.
func decodeAs(code []byte, in *insn) (x86asm.Inst, error) {
	if in.space == legacy && in.opMap == 0 {
		digit := in.reg()
		switch in.op {
		case 0xf6, 0xf7: // /1 is test too
			if digit == 1 {
				digit = 0
			}
		case 0xc0, 0xc1, 0xd0, 0xd1, 0xd2, 0xd3: // /6 is shl too
			if digit == 6 {
				digit = 4
			}
		}
		if in.modAt != 0 && digit != in.reg() {
			twin := append([]byte(nil), code...)
			twin[in.modAt] = in.modrm&^0x38 | byte(digit)<<3
			code = twin
		}
	}
	return x86asm.Decode(code, 64)
}

// split takes what x86asm wrote apart: "lock cmpxchg %edx,(%rbp)".
func (d *dis) split(text string) {
	text = strings.ReplaceAll(strings.ReplaceAll(text, " {", "{"), "ret far", "retf")
	words := strings.Fields(text)
	i := 0
	for i < len(words) && words[i][0] >= 'a' && words[i][0] <= 'z' && !strings.HasSuffix(words[i], ",") {
		if i > 0 && d.opts.Syntax == Intel && !prefixWord(words[i-1]) {
			break // Intel operands start with a letter too
		}
		i++
	}
	d.prefix, d.name = words[:i-1:i-1], words[i-1]
	d.ops = splitOperands(strings.Join(words[i:], " "))
	if d.in.memory() && len(d.ops) == 0 {
		d.ops = []string{""} // x86asm writes address 0 as nothing
	}
}

// prefixWord says whether a word before the name is a prefix.
func prefixWord(w string) bool {
	switch w {
	case "lock", "rep", "repe", "repz", "repne", "repnz", "repn", "bnd", "notrack", "xacquire", "xrelease",
		"data16", "data32", "addr16", "addr32", "cs", "ss", "ds", "es", "fs", "gs", "rex.w", "rex":
		return true
	}
	return false
}

// splitOperands splits at commas outside parentheses and brackets.
func splitOperands(s string) []string {
	var ops []string
	depth, from := 0, 0
	for i := range len(s) {
		switch s[i] {
		case '(', '[':
			depth++
		case ')', ']':
			depth--
		case ',':
			if depth == 0 {
				ops = append(ops, strings.TrimSpace(s[from:i]))
				from = i + 1
			}
		}
	}
	if last := strings.TrimSpace(s[from:]); last != "" || from > 0 {
		ops = append(ops, last)
	}
	return ops
}

// address is a number with the symbol it lies in.
func (d *dis) address(a uint64) string {
	s := fmt.Sprintf("%#x", a)
	if d.opts.Symbol == nil {
		return s
	}
	name, base := d.opts.Symbol(a)
	switch {
	case name == "":
		return s
	case a == base:
		return fmt.Sprintf("%s <%s>", s, name)
	}
	return fmt.Sprintf("%s <%s+%d>", s, name, a-base)
}

func (d *dis) ripTarget() uint64 {
	a := d.pc + uint64(d.in.n) + d.in.disp(d.code)
	if d.in.pre&preAddrSize != 0 {
		a &= 0xffffffff
	}
	return a
}

// operands rewrites the operands that x86asm writes in its own way.
func (d *dis) operands() {
	if d.in.classOf(d.code)&Direct != 0 && len(d.ops) == 1 {
		i, _ := Decode(d.code, d.pc)
		d.ops[0] = d.address(i.Target)
		return
	}
	for i, op := range d.ops {
		switch {
		case d.in.memory() && d.isMemory(op):
			d.ops[i] = d.memory(op)
		case op == "":
		case d.opts.Syntax == ATT && op[0] == '$':
			d.ops[i] = "$" + d.immediate(op[1:])
		case d.opts.Syntax == Intel && (op[0] == '-' || op[0] == '0'):
			d.ops[i] = d.immediate(op)
		}
	}
	if d.in.memory() && d.in.pre&(preCS|preSS|preDS|preES) != 0 && d.in.classOf(d.code) == 0 {
		d.prefix = append(ignoredSegments(d.in.pre, d.prefix), d.prefix...)
	}
}

// ignoredSegments names the segment prefixes that 64-bit mode ignores.
func ignoredSegments(pre prefixes, have []string) []string {
	var out []string
	for _, s := range []struct {
		p    prefixes
		name string
	}{{preCS, "cs"}, {preSS, "ss"}, {preDS, "ds"}, {preES, "es"}} {
		if pre&s.p != 0 && !slices.Contains(have, s.name) {
			out = append(out, s.name)
		}
	}
	return out
}

// immediate writes a negative number as the unsigned one of the operand's width.
func (d *dis) immediate(s string) string {
	if d.inst.Op == x86asm.PUSH {
		return fmt.Sprintf("%#x", d.in.imm(d.code))
	}
	digits, negative := strings.CutPrefix(s, "-")
	var v uint64
	if _, err := fmt.Sscanf(digits, "0x%x", &v); err != nil {
		return s
	}
	if negative {
		v = -v
	}
	if width := d.immWidth(); width < 64 && (negative || d.in.immLen == 4 && d.in.rex&rexW == 0) {
		v &= 1<<width - 1
	}
	return fmt.Sprintf("%#x", v)
}

// immWidth is the width in bits to which the processor extends the immediate.
func (d *dis) immWidth() int {
	if d.in.op&1 == 0 && d.inst.MemBytes == 1 {
		return 8
	}
	for _, a := range d.inst.Args {
		if r, ok := a.(x86asm.Reg); ok && r >= x86asm.AL && r <= x86asm.R15B {
			return 8
		}
	}
	if d.inst.DataSize == 0 {
		return 64
	}
	return d.inst.DataSize
}
