package x86

// Mending what x86asm writes: one rule a family of instructions, each of which knows
// by the encoding whether it applies.

import (
	"slices"
	"strings"

	"golang.org/x/arch/x86/x86asm"
)

// mends run in order after the operands are written.
var mends = []func(*dis){mendX87, mendPrefix, mendString, mendCompare, mendScalar, mendCarryless, mendOffset, mendShift, mendSize}

func (d *dis) mend() {
	for _, m := range mends {
		m(d)
	}
}

// mendX87: with a memory operand the stack top is understood; of two stack registers
// the one the encoding names always has its number.
func mendX87(d *dis) {
	if d.in.space != legacy || d.in.opMap != 0 || d.in.op < 0xd8 || d.in.op > 0xdf {
		return
	}
	if d.in.memory() {
		d.ops = slices.DeleteFunc(d.ops, func(op string) bool {
			return strings.HasPrefix(strings.TrimPrefix(op, "%"), "st")
		})
		return
	}
	g := dis{code: d.code, in: d.in}
	g.split(x86asm.GNUSyntax(d.inst, 0, nil))
	named := 0 // which operand st(i) is, in AT&T order
	if d.in.op >= 0xdc && d.in.op <= 0xde {
		named = len(g.ops) - 1
	}
	if len(g.ops) > 0 && g.ops[named] == "%st" {
		g.ops[named] = "%st(0)"
	}
	d.ops = g.ops
	if d.opts.Syntax == Intel {
		slices.Reverse(d.ops)
		for i, op := range d.ops {
			d.ops[i] = strings.TrimPrefix(op, "%")
		}
	}
}

var prefixNames = map[string]string{"repn": "repnz", "rep": "repz", "data32": "data16", "addr64": "addr32"}

// mendPrefix: the names of f2, f3 and 3e depend on what they stand before.
func mendPrefix(d *dis) {
	if d.in.space != legacy {
		return
	}
	for i, p := range d.prefix {
		if n, ok := prefixNames[p]; ok && (p != "rep" || classes[0][d.in.op]&stringOp == 0) {
			d.prefix[i] = n
		}
	}
	class := d.in.classOf(d.code)
	branch := class&(Call|Jump|Ret) != 0
	if branch && class&Direct == 0 && d.in.pre&preDS != 0 {
		d.prefix = slices.DeleteFunc(d.prefix, func(p string) bool { return p == "ds" || p == "notrack" })
		d.prefix = append(d.prefix, "notrack")
	}
	if branch {
		d.prefix = slices.DeleteFunc(d.prefix, func(p string) bool { return strings.HasPrefix(p, "rep") || p == "bnd" })
		switch d.in.rep {
		case 0xf2:
			d.prefix = append(d.prefix, "bnd")
		case 0xf3:
			d.prefix = append(d.prefix, "repz")
		}
	}
}

// stringOps are the string instructions in Intel syntax: the operands with their
// sizes for S.
var stringOps = map[byte][2]string{
	0x6c: {"ins", "S PTR es:[rdi],dx"}, 0x6e: {"outs", "dx,S PTR ds:[rsi]"},
	0xa4: {"movs", "S PTR es:[rdi],S PTR ds:[rsi]"}, 0xa6: {"cmps", "S PTR ds:[rsi],S PTR es:[rdi]"},
	0xaa: {"stos", "S PTR es:[rdi],A"}, 0xac: {"lods", "A,S PTR ds:[rsi]"}, 0xae: {"scas", "A,S PTR es:[rdi]"},
}

func mendString(d *dis) {
	if d.opts.Syntax != Intel || d.in.space != legacy || d.in.opMap != 0 || classes[0][d.in.op]&stringOp == 0 {
		return
	}
	row := stringOps[d.in.op&^1]
	word, acc := "BYTE", "al"
	if d.in.op&1 != 0 {
		n := d.in.operandSize()
		if d.in.op < 0x70 {
			n = min(n, 4) // no 64-bit port
		}
		word, acc = sizes[n].word, sizes[n].register(0)
	}
	text := strings.NewReplacer("S ", word+" ", "A", acc).Replace(row[1])
	if d.in.pre&preAddrSize != 0 {
		text = strings.NewReplacer("[rdi]", "[edi]", "[rsi]", "[esi]").Replace(text)
	}
	switch {
	case d.in.pre&preFS != 0:
		text = strings.ReplaceAll(text, "ds:", "fs:")
	case d.in.pre&preGS != 0:
		text = strings.ReplaceAll(text, "ds:", "gs:")
	}
	d.name, d.ops, d.prefix = row[0], strings.Split(text, ","), nil
	switch {
	case d.in.rep == 0xf2:
		d.prefix = []string{"repnz"}
	case d.in.rep == 0xf3 && (row[0] == "cmps" || row[0] == "scas"):
		d.prefix = []string{"repz"}
	case d.in.rep == 0xf3:
		d.prefix = []string{"rep"}
	}
}

// compares name the predicates of the AVX-512 integer comparisons.
var compares = [8]string{0: "eq", 1: "lt", 2: "le", 4: "neq", 5: "nlt", 6: "nle"}

func mendCompare(d *dis) {
	in := &d.in
	if in.space != evex || in.opMap != 3 || in.op != 0x1e && in.op != 0x1f && in.op != 0x3e && in.op != 0x3f {
		return
	}
	p := d.code[in.immAt]
	if p > 7 || compares[p] == "" || !strings.HasPrefix(d.name, "vpcmp") {
		return
	}
	d.name = "vpcmp" + compares[p] + strings.TrimPrefix(d.name, "vpcmp")
	d.dropImm()
}

// dropImm takes away the immediate that has gone into the name.
func (d *dis) dropImm() {
	if d.opts.Syntax == Intel {
		d.ops = d.ops[:len(d.ops)-1]
	} else {
		d.ops = d.ops[1:]
	}
}

// predicates name the floating-point comparisons of SSE, by immediate.
var predicates = [8]string{"eq", "lt", "le", "unord", "neq", "nlt", "nle", "ord"}

// mendScalar: XED tells the SSE instructions from the string instructions of the same
// name by a suffix.
func mendScalar(d *dis) {
	d.name = strings.TrimSuffix(d.name, "_xmm")
	in := &d.in
	if d.opts.Syntax != Intel || in.space != legacy || in.opMap != 1 || in.op != 0xc2 {
		return
	}
	if p := d.code[in.immAt]; p < 8 && len(d.ops) == 3 {
		d.name = "cmp" + predicates[p] + strings.TrimPrefix(d.name, "cmp")
		d.dropImm()
	}
}

// halves name the quadwords that a carry-less multiplication takes, by immediate.
var halves = map[byte]string{0: "lqlq", 1: "hqlq", 0x10: "lqhq", 0x11: "hqhq"}

func mendCarryless(d *dis) {
	if d.in.opMap != 3 || d.in.op != 0x44 || !strings.HasSuffix(d.name, "pclmulqdq") {
		return
	}
	if h, ok := halves[d.code[d.in.immAt]]; ok {
		d.name = strings.TrimSuffix(d.name, "qdq") + h + "dq"
		d.dropImm()
	}
}

// mendOffset: the address in a mov between the accumulator and memory.
func mendOffset(d *dis) {
	if d.in.form != 'o' || len(d.ops) != 2 {
		return
	}
	at := 1 - int(d.in.op>>1&1) // Intel order: a0 and a1 load
	p := place{disp: int64(d.in.imm(d.code))}
	if d.in.immLen == 4 {
		p.disp = int64(uint32(p.disp))
	}
	p.segment = d.segment()
	if d.opts.Syntax == Intel {
		d.ops[at] = p.intel()
	} else {
		d.ops[1-at] = p.att()
	}
}

// mendShift: a shift by the one that is in the opcode is written in decimal.
func mendShift(d *dis) {
	if d.opts.Syntax == Intel && d.in.space == legacy && d.in.opMap == 0 && d.in.op&0xfe == 0xd0 && len(d.ops) == 2 {
		d.ops[1] = "1"
	}
}

// mendSize: what a cache line's address is written as, and an 80-bit operand.
func mendSize(d *dis) {
	if strings.HasPrefix(d.name, "xbegin") {
		d.name = "xbegin"
	}
	if d.opts.Syntax != Intel || !d.in.memory() {
		return
	}
	for i, op := range d.ops {
		switch {
		case strings.HasPrefix(d.name, "prefetch"), strings.HasPrefix(d.name, "clflush"), d.name == "clwb":
			d.ops[i] = strings.Replace(op, "ZMMWORD", "BYTE", 1)
		case d.in.op == 0xdb && d.in.space == legacy && d.in.opMap == 0 && (d.in.reg() == 5 || d.in.reg() == 7):
			d.ops[i] = "TBYTE PTR " + op
		}
	}
}
