package cpu

// The instructions, one row each.

var arithmetics = [8]row{
	{name: "add", fn: add, f: fL}, {name: "or", fn: or, f: fL}, {name: "adc", fn: adc, f: fL}, {name: "sbb", fn: sbb, f: fL},
	{name: "and", fn: and, f: fL}, {name: "sub", fn: sub, f: fL}, {name: "xor", fn: xor, f: fL}, {name: "cmp", fn: sub, f: fRO},
}

var shifts = [8]row{
	{name: "rol", fn: rol}, {name: "ror", fn: ror}, {name: "rcl", fn: rcl}, {name: "rcr", fn: rcr},
	{name: "shl", fn: shl}, {name: "shr", fn: shr}, {name: "shl", fn: shl}, {name: "sar", fn: sar},
}

var bad = row{name: "(bad)", run: undefined}

// group1A and the others are named as in Intel SDM vol. 2, table A-6.
var (
	xop      = row{name: "xop", run: unsupported} // AMD's, of which this byte is the prefix
	group1A  = [8]row{{name: "pop", run: popMem}, xop, xop, xop, xop, xop, xop, xop}
	group11  = [8]row{{name: "mov", run: movImm}, bad, bad, bad, bad, bad, bad, bad}
	group3B  = group3(fI8)
	group3Z  = group3(fIz)
	group4   = [8]row{{name: "inc", fn: inc, f: fEI | fL}, {name: "dec", fn: dec, f: fEI | fL}, bad, bad, bad, bad, bad, bad}
	group5   = [8]row{{name: "inc", fn: inc, f: fEI | fL}, {name: "dec", fn: dec, f: fEI | fL}, {name: "call", run: callRM, f: f64 | fBranch}, {}, {name: "jmp", run: jmpRM, f: f64 | fBranch}, {}, {name: "push", run: pushRM, f: f64}, bad}
	group8   = [8]row{bad, bad, bad, bad, {name: "bt", run: btImm}, {name: "bts", run: btImm, f: fL}, {name: "btr", run: btImm, f: fL}, {name: "btc", run: btImm, f: fL}}
	prefetch = row{name: "prefetch", run: nop, f: fM}
)

func group3(imm form) [8]row {
	test := row{name: "test", fn: and, f: fEI | fRO | imm}
	return [8]row{test, test, {name: "not", fn: not, f: fEI | fL}, {name: "neg", fn: neg, f: fEI | fL},
		{name: "mul", run: mul}, {name: "imul", run: imul}, {name: "div", run: div}, {name: "idiv", run: idiv}}
}

// oneByte is the opcodes of one byte; prefixes and escapes are in decode.go.
var oneByte = [256]row{
	0x63: {name: "movsxd", run: movsxd, f: fM | fMD},
	0x68: {name: "push", run: pushImm, f: f64 | fIz},
	0x69: {name: "imul", run: imul3, f: fM | fIz},
	0x6a: {name: "push", run: pushImm, f: f64 | fI8},
	0x6b: {name: "imul", run: imul3, f: fM | fI8},
	0x6c: {name: "ins", run: privileged},
	0x6d: {name: "ins", run: privileged},
	0x6e: {name: "outs", run: privileged},
	0x6f: {name: "outs", run: privileged},
	0x80: {name: "group1", f: fM | fEI | fB | fI8, group: &arithmetics},
	0x81: {name: "group1", f: fM | fEI | fIz, group: &arithmetics},
	0x83: {name: "group1", f: fM | fEI | fI8, group: &arithmetics},
	0x84: {name: "test", fn: and, f: fM | fEG | fB | fRO},
	0x85: {name: "test", fn: and, f: fM | fEG | fRO},
	0x86: {name: "xchg", run: xchg, f: fM | fB | fL},
	0x87: {name: "xchg", run: xchg, f: fM | fL},
	0x88: {name: "mov", run: movToRM, f: fM | fB},
	0x89: {name: "mov", run: movToRM, f: fM},
	0x8a: {name: "mov", run: movToReg, f: fM | fB},
	0x8b: {name: "mov", run: movToReg, f: fM},
	0x8c: {name: "mov", run: movFromSegment, f: fM},
	0x8d: {name: "lea", run: lea, f: fM | fMem},
	0x8e: {name: "mov", run: movToSegment, f: fM | fMW},
	0x8f: {name: "group1A", f: fM | f64, group: &group1A},
	0x90: {name: "xchg", run: xchgAX, f: fOpReg},
	0x91: {name: "xchg", run: xchgAX, f: fOpReg},
	0x92: {name: "xchg", run: xchgAX, f: fOpReg},
	0x93: {name: "xchg", run: xchgAX, f: fOpReg},
	0x94: {name: "xchg", run: xchgAX, f: fOpReg},
	0x95: {name: "xchg", run: xchgAX, f: fOpReg},
	0x96: {name: "xchg", run: xchgAX, f: fOpReg},
	0x97: {name: "xchg", run: xchgAX, f: fOpReg},
	0x98: {name: "cbw", run: cbw},
	0x99: {name: "cwd", run: cwd},
	0x9c: {name: "pushf", run: pushf, f: f64},
	0x9d: {name: "popf", run: popf, f: f64},
	0x9e: {name: "sahf", run: sahf},
	0x9f: {name: "lahf", run: lahf},
	0xa0: {name: "mov", run: movToReg, f: fMoff | fB},
	0xa1: {name: "mov", run: movToReg, f: fMoff},
	0xa2: {name: "mov", run: movToRM, f: fMoff | fB},
	0xa3: {name: "mov", run: movToRM, f: fMoff},
	0xa4: {name: "movs", run: movs, f: fB},
	0xa5: {name: "movs", run: movs},
	0xa6: {name: "cmps", run: cmps, f: fB},
	0xa7: {name: "cmps", run: cmps},
	0xa8: {name: "test", fn: and, f: fEI | fB | fI8 | fRO},
	0xa9: {name: "test", fn: and, f: fEI | fIz | fRO},
	0xaa: {name: "stos", run: stos, f: fB},
	0xab: {name: "stos", run: stos},
	0xac: {name: "lods", run: lods, f: fB},
	0xad: {name: "lods", run: lods},
	0xae: {name: "scas", run: scas, f: fB},
	0xaf: {name: "scas", run: scas},
	0xc0: {name: "group2", f: fM | fEI | fB | fI8, group: &shifts},
	0xc1: {name: "group2", f: fM | fEI | fI8, group: &shifts},
	0xc2: {name: "ret", run: ret, f: f64 | fIw | fBranch},
	0xc3: {name: "ret", run: ret, f: f64 | fBranch},
	0xc6: {name: "group11", f: fM | fB | fI8, group: &group11},
	0xc7: {name: "group11", f: fM | fIz, group: &group11},
	0xc8: {name: "enter", run: enter, f: f64 | fIe},
	0xc9: {name: "leave", run: leave, f: f64},
	0xcc: {name: "int3", run: int3},
	0xcd: {name: "int", run: intN, f: fI8},
	0xcf: {name: "iret", run: iret},
	0xd0: {name: "group2", f: fM | fEI | fB | fE1, group: &shifts},
	0xd1: {name: "group2", f: fM | fEI | fE1, group: &shifts},
	0xd2: {name: "group2", f: fM | fEC | fB, group: &shifts},
	0xd3: {name: "group2", f: fM | fEC, group: &shifts},
	0xd7: {name: "xlat", run: xlat, f: fB},
	0xe0: {name: "loopne", run: loop, f: f64 | fI8 | fBranch},
	0xe1: {name: "loope", run: loop, f: f64 | fI8 | fBranch},
	0xe2: {name: "loop", run: loop, f: f64 | fI8 | fBranch},
	0xe3: {name: "jrcxz", run: jrcxz, f: f64 | fI8 | fBranch},
	0xe4: {name: "in", run: privileged, f: fI8},
	0xe5: {name: "in", run: privileged, f: fI8},
	0xe6: {name: "out", run: privileged, f: fI8},
	0xe7: {name: "out", run: privileged, f: fI8},
	0xe8: {name: "call", run: call, f: f64 | fIz | fBranch},
	0xe9: {name: "jmp", run: jmp, f: f64 | fIz | fBranch},
	0xeb: {name: "jmp", run: jmp, f: f64 | fI8 | fBranch},
	0xec: {name: "in", run: privileged},
	0xed: {name: "in", run: privileged},
	0xee: {name: "out", run: privileged},
	0xef: {name: "out", run: privileged},
	0xf1: {name: "int1", run: int1},
	0xf4: {name: "hlt", run: privileged},
	0xf5: {name: "cmc", run: cmc},
	0xf6: {name: "group3", f: fM | fB, group: &group3B},
	0xf7: {name: "group3", f: fM, group: &group3Z},
	0xf8: {name: "clc", run: clc},
	0xf9: {name: "stc", run: stc},
	0xfa: {name: "cli", run: privileged},
	0xfb: {name: "sti", run: privileged},
	0xfc: {name: "cld", run: cld},
	0xfd: {name: "std", run: std},
	0xfe: {name: "group4", f: fM | fB, group: &group4},
	0xff: {name: "group5", f: fM, group: &group5},
}

// twoByte is the map 0f, but for the SSE instructions (sse.go), whose mandatory prefix
// is part of their opcode.
var twoByte = [256]row{
	0x01: {name: "group7", run: group7, f: fM},
	0x05: {name: "syscall", run: systemCall},
	0x06: {name: "clts", run: privileged},
	0x07: {name: "sysret", run: privileged},
	0x08: {name: "invd", run: privileged},
	0x09: {name: "wbinvd", run: privileged},
	0x0b: {name: "ud2", run: undefined},
	0x0d: {name: "prefetchw", run: nop, f: fM | fMem},
	0x18: prefetch, 0x19: prefetch, 0x1a: prefetch, 0x1b: prefetch, 0x1c: prefetch, 0x1d: prefetch,
	0x1e: prefetch, // endbr64 and rdssp too, which do nothing without CET
	0x1f: prefetch,
	0x20: {name: "mov", run: movControl, f: fM}, 0x21: {name: "mov", run: movControl, f: fM},
	0x22: {name: "mov", run: movControl, f: fM}, 0x23: {name: "mov", run: movControl, f: fM},
	0x30: {name: "wrmsr", run: privileged},
	0x31: {name: "rdtsc", run: rdtsc},
	0x32: {name: "rdmsr", run: privileged},
	0x33: {name: "rdpmc", run: privileged},
	0xa2: {name: "cpuid", run: cpuid},
	0xa3: {name: "bt", run: btReg, f: fM},
	0xa4: {name: "shld", run: shld, f: fM | fI8},
	0xa5: {name: "shld", run: shld, f: fM},
	0xab: {name: "bts", run: btReg, f: fM | fL},
	0xac: {name: "shrd", run: shrd, f: fM | fI8},
	0xad: {name: "shrd", run: shrd, f: fM},
	0xae: {name: "group15", run: group15, f: fM},
	0xaf: {name: "imul", run: imul2, f: fM},
	0xb0: {name: "cmpxchg", run: cmpxchg, f: fM | fB | fL},
	0xb1: {name: "cmpxchg", run: cmpxchg, f: fM | fL},
	0xb3: {name: "btr", run: btReg, f: fM | fL},
	0xb6: {name: "movzx", run: movzx, f: fM | fMB},
	0xb7: {name: "movzx", run: movzx, f: fM | fMW},
	0xb8: {name: "popcnt", run: popcnt, f: fM},
	0xb9: {name: "ud1", run: undefined, f: fM},
	0xba: {name: "group8", f: fM | fI8, group: &group8},
	0xbb: {name: "btc", run: btReg, f: fM | fL},
	0xbc: {name: "bsf", run: bsf, f: fM},
	0xbd: {name: "bsr", run: bsr, f: fM},
	0xbe: {name: "movsx", run: movsx, f: fM | fMB},
	0xbf: {name: "movsx", run: movsx, f: fM | fMW},
	0xc0: {name: "xadd", run: xadd, f: fM | fB | fL},
	0xc1: {name: "xadd", run: xadd, f: fM | fL},
	0xc7: {name: "group9", run: group9, f: fM | fL},
	0xff: {name: "ud0", run: undefined, f: fM},
}

// The maps 0f 38 and 0f 3a, and those of VEX: mandatory prefix and opcode.
var map38 = map[uint16]row{
	0x0f0: {name: "movbe", run: movbeLoad, f: fM | fMem},
	0x1f0: {name: "movbe", run: movbeLoad, f: fM | fMem},
	0x0f1: {name: "movbe", run: movbeStore, f: fM | fMem},
	0x1f1: {name: "movbe", run: movbeStore, f: fM | fMem},
	0x1f6: {name: "adcx", run: adcx, f: fM | fD},
	0x2f6: {name: "adox", run: adox, f: fM | fD},
}

var map3a = map[uint16]row{}

var vex38 = map[uint16]row{
	0x0f2: {name: "andn", run: andn, f: fM | fD},
	0x0f3: {name: "group17", run: group17, f: fM | fD},
	0x0f5: {name: "bzhi", run: bzhi, f: fM | fD},
	0x0f7: {name: "bextr", run: bextr, f: fM | fD},
	0x1f7: {name: "shlx", run: shlx, f: fM | fD},
	0x2f5: {name: "pext", run: pext, f: fM | fD},
	0x2f7: {name: "sarx", run: sarx, f: fM | fD},
	0x3f5: {name: "pdep", run: pdep, f: fM | fD},
	0x3f6: {name: "mulx", run: mulx, f: fM | fD},
	0x3f7: {name: "shrx", run: shrx, f: fM | fD},
}

var vex3a = map[uint16]row{
	0x3f0: {name: "rorx", run: rorx, f: fM | fD | fI8},
}

func init() {
	for i, a := range arithmetics {
		for k, f := range []form{fM | fEG | fB, fM | fEG, fM | fGE | fB, fM | fGE, fEI | fB | fI8, fEI | fIz} {
			r := row{name: a.name, fn: a.fn, f: f | a.f}
			if f&fEG == 0 {
				r.f &^= fL
			}
			oneByte[8*i+k] = r
		}
	}
	for i := range 16 {
		oneByte[0x70+i] = row{name: "jcc", run: jcc, f: f64 | fI8 | fBranch}
		twoByte[0x80+i] = row{name: "jcc", run: jcc, f: f64 | fIz | fBranch}
		twoByte[0x40+i] = row{name: "cmov", run: cmov, f: fM}
		twoByte[0x90+i] = row{name: "set", run: setcc, f: fM | fB}
	}
	for i := range 8 {
		oneByte[0x50+i] = row{name: "push", run: pushReg, f: f64 | fOpReg}
		oneByte[0x58+i] = row{name: "pop", run: popReg, f: f64 | fOpReg}
		oneByte[0xb0+i] = row{name: "mov", run: movImm, f: fOpReg | fB | fI8}
		oneByte[0xb8+i] = row{name: "mov", run: movImm, f: fOpReg | fIv}
		twoByte[0xc8+i] = row{name: "bswap", run: bswap, f: fOpReg}
	}
}
