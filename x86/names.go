package x86

// Names: where x86asm's differ from those of objdump and gdb, and the instructions that
// it does not know.

import "strings"

// attNames and intelNames replace whole names.
var attNames = map[string]string{
	"callq": "call", "retq": "ret", "jmpq": "jmp", "pushq": "push", "popq": "pop", "leaveq": "leave",
	"pushfq": "pushf", "popfq": "popf", "enterq": "enter",
	"cbw": "cbtw", "cwde": "cwtl", "cdqe": "cltq", "cwd": "cwtd", "cdq": "cltd", "cqo": "cqto",
	"lretq": "lret", "icebp": "int1",
}

var intelNames = map[string]string{"pushfq": "pushf", "popfq": "popf", "icebp": "int1", "iretd": "iret"}

// conditions maps XED's spellings of the condition codes to the common ones.
var conditions = map[string]string{
	"z": "e", "nz": "ne", "nb": "ae", "nbe": "a", "nl": "ge", "nle": "g",
}

// suffixless are the BMI instructions whose registers tell their size.
var suffixless = []string{"andn", "bextr", "blsi", "blsmsk", "blsr", "bzhi", "mulx", "pdep", "pext",
	"rorx", "sarx", "shlx", "shrx"}

// rename mends the name of an instruction that x86asm knows.
func (d *dis) rename() {
	if d.opts.Syntax == Intel {
		d.renameIntel()
	} else if n, ok := attNames[d.name]; ok {
		d.name = n
	} else {
		for _, s := range suffixless {
			if d.name == s+"l" || d.name == s+"q" {
				d.name = s
			}
		}
	}
	in := &d.in
	switch {
	case d.name == "movsxd" && d.opts.Syntax == ATT && in.rex&rexW != 0:
		d.name = "movslq"
	case in.space == legacy && in.opMap == 0 && in.op == 0x90 && in.pre == preOpSize && in.rex == 0:
		d.prefix, d.name, d.ops = nil, "xchg", []string{"%ax", "%ax"}
		if d.opts.Syntax == Intel {
			d.ops = []string{"ax", "ax"}
		}
	case in.space == legacy && in.opMap == 0 && (in.op&0xfc == 0xa0 || in.op&0xf8 == 0xb8) && in.immLen == 8:
		d.name = "movabs"
	}
}

func (d *dis) renameIntel() {
	if n, ok := intelNames[d.name]; ok {
		d.name = n
		return
	}
	for _, stem := range []string{"cmov", "set", "j"} {
		if cc, ok := strings.CutPrefix(d.name, stem); ok {
			if c, ok := conditions[cc]; ok {
				d.name = stem + c
			}
			return
		}
	}
}

// extra is an instruction that x86asm does not know: its encoding, its name, and the
// opcode of one that it knows with the same operands.
type extra struct {
	space  space
	opMap  uint8
	op     uint8
	pre    byte   // mandatory prefix: 0x66, 0xf3 or 0
	lo, hi byte   // range of modrm; 0, 0xff for any
	digit  int    // of modrm, -1 for any
	names  string // with 32-bit and with 64-bit operands
	subst  []byte // opcode of the stand-in
	to     int    // its digit, -1 for the same; 8 for one without a modrm
}

var (
	standImul   = []byte{0x0f, 0xaf}       // reg, r/m
	standNeg    = []byte{0xf7}             // r/m, as /3
	standNop    = []byte{0x90}             // nothing
	standPshufd = []byte{0x66, 0x0f, 0x70} // xmm, xmm/m128, imm8
)

var extras = []extra{
	{legacy, 1, 0x1e, 0xf3, 0xfa, 0xfa, -1, "endbr64", standNop, 8},
	{legacy, 1, 0x1e, 0xf3, 0xfb, 0xfb, -1, "endbr32", standNop, 8},
	{legacy, 1, 0x1e, 0xf3, 0xc8, 0xcf, 1, "rdsspd rdsspq", standNeg, 3},
	{legacy, 1, 0xae, 0xf3, 0xe8, 0xef, 5, "incsspd incsspq", standNeg, 3},
	{legacy, 2, 0xf6, 0x66, 0, 0xff, -1, "adcx", standImul, -1},
	{legacy, 2, 0xf6, 0xf3, 0, 0xff, -1, "adox", standImul, -1},
	{legacy, 1, 0xc7, 0xf3, 0xf8, 0xff, 7, "rdpid", standNeg, 3},
	{legacy, 1, 0xc7, 0, 0xf0, 0xf7, 6, "rdrand", standNeg, 3},
	{legacy, 1, 0xc7, 0x66, 0xf0, 0xf7, 6, "rdrand", standNeg, 3},
	{legacy, 1, 0xc7, 0, 0xf8, 0xff, 7, "rdseed", standNeg, 3},
	{legacy, 1, 0xc7, 0x66, 0xf8, 0xff, 7, "rdseed", standNeg, 3},
	{legacy, 1, 0x01, 0, 0xee, 0xee, -1, "rdpkru", standNop, 8},
	{legacy, 1, 0x01, 0, 0xef, 0xef, -1, "wrpkru", standNop, 8},
	{legacy, 1, 0x0e, 0, 0, 0xff, -1, "femms", standNop, 8},
	{vex, 1, 0x77, 0, 0, 0xff, -1, "vzeroupper vzeroall", standNop, 8},
	{xop, 8, 0xc0, 0, 0, 0xff, -1, "vprotb", standPshufd, -1},
	{xop, 8, 0xc1, 0, 0, 0xff, -1, "vprotw", standPshufd, -1},
	{xop, 8, 0xc2, 0, 0, 0xff, -1, "vprotd", standPshufd, -1},
	{xop, 8, 0xc3, 0, 0, 0xff, -1, "vprotq", standPshufd, -1},
}

// extra finds the row of an instruction that x86asm does not know.
func (in *insn) extra() *extra {
	for i := range extras {
		x := &extras[i]
		if x.op == in.op && x.opMap == in.opMap && x.space == in.space && x.pre == in.mandatory() &&
			in.modrm >= x.lo && in.modrm <= x.hi && (x.digit < 0 || x.digit == in.reg()) {
			return x
		}
	}
	return nil
}

// mandatory is the prefix that selects among the instructions of an opcode.
func (in *insn) mandatory() byte {
	switch {
	case in.space != legacy:
		return 0
	case in.rep != 0:
		return in.rep
	case in.pre&preOpSize != 0:
		return 0x66
	}
	return 0
}

func (x *extra) name(in *insn) string {
	one, two, both := strings.Cut(x.names, " ")
	if both && (in.rex&rexW != 0 || in.wide) {
		return two
	}
	return one
}

// like is the code of the stand-in, with the operands of this instruction.
func (x *extra) like(code []byte, in *insn) []byte {
	if x.to == 8 {
		return x.subst
	}
	rex := in.rex&0xf | 0x40
	if x.names == "rdpid" {
		rex |= rexW // its register is always 64 bits
	}
	var out []byte
	subst := x.subst
	if subst[0] == 0x66 {
		out, subst = append(out, 0x66), subst[1:]
	} else if in.pre&preOpSize != 0 && x.subst[0] == 0xf7 {
		out = append(out, 0x66)
	}
	out = append(append(out, rex), subst...)
	modrm := in.modrm
	if x.to >= 0 {
		modrm = modrm&^0x38 | byte(x.to)<<3
	}
	out = append(out, modrm)
	return append(out, code[in.modAt+1:in.n]...)
}
