package x86

// What an engine asks of an instruction before it steps, copies or emulates it: class
// bits from a table a map, and the addresses that the bytes alone decide.

import "encoding/binary"

// Class is a set of properties of an instruction.
type Class uint32

// The classes.
const (
	Call     Class = 1 << iota // pushes a return address: call near, far, indirect
	Ret                        // ret near and far (not iret)
	Jump                       // jmp, jcc, loop, jrcxz
	Cond                       // a Jump that may fall through
	Syscall                    // syscall, sysenter, int 0x80
	Int3                       // a breakpoint trap of the program's own: cc, cd 03
	Pushf                      // pushes the flags, the trap flag among them
	Popf                       // loads the flags, the trap flag among them
	Iret                       //
	Rep                        // a string instruction under rep: steps once an iteration
	ReadsTF                    // leaves the trap flag where the program can see it: pushf, syscall (in r11)
	RIPRel                     // has a memory operand relative to rip: Mem
	Direct                     // its target is in its bytes: Target
	WritesSS                   // mov ss: the next instruction runs before any debug trap
	Endbr                      // endbr64, endbr32
	MemOp                      // has a modrm operand in memory
)

// Inst is what the engine wants to know of one instruction.
type Inst struct {
	Len    int
	Class  Class
	Target uint64 // of a Direct call or jump
	Mem    uint64 // address of the operand of a RIPRel instruction

	// Where in the code the pc-relative field is, for a copy that runs elsewhere:
	// the displacement of a RIPRel instruction or the target of a Direct one.
	RelOff int
	RelLen int
}

// Is says whether the instruction has all of the classes.
func (i *Inst) Is(c Class) bool { return i.Class&c == c }

// The classes under the names that conditions read well with.
func (i *Inst) IsCall() bool    { return i.Is(Call) }
func (i *Inst) IsRet() bool     { return i.Is(Ret) }
func (i *Inst) IsJump() bool    { return i.Is(Jump) }
func (i *Inst) IsCond() bool    { return i.Is(Cond) }
func (i *Inst) IsSyscall() bool { return i.Is(Syscall) }
func (i *Inst) IsInt3() bool    { return i.Is(Int3) }
func (i *Inst) IsPushf() bool   { return i.Is(Pushf) }
func (i *Inst) IsPopf() bool    { return i.Is(Popf) }
func (i *Inst) IsIret() bool    { return i.Is(Iret) }
func (i *Inst) IsRep() bool     { return i.Is(Rep) }

// stringOp marks the instructions that a rep prefix repeats.
const stringOp Class = 1 << 31

// classes of opcodes, by map; groups that a modrm splits are in classOf.
var classes = [2][256]Class{
	fill(map[[2]byte]Class{
		{0x6c, 0x6f}: stringOp, {0xa4, 0xa7}: stringOp, {0xaa, 0xaf}: stringOp,
		{0x70, 0x7f}: Jump | Cond | Direct, {0xe0, 0xe3}: Jump | Cond | Direct,
		{0x9c, 0x9c}: Pushf | ReadsTF, {0x9d, 0x9d}: Popf,
		{0xc2, 0xc3}: Ret, {0xca, 0xcb}: Ret, {0xcc, 0xcc}: Int3, {0xcf, 0xcf}: Iret,
		{0xe8, 0xe8}: Call | Direct, {0xe9, 0xe9}: Jump | Direct, {0xeb, 0xeb}: Jump | Direct,
	}),
	fill(map[[2]byte]Class{
		{0x05, 0x05}: Syscall | ReadsTF, {0x34, 0x34}: Syscall,
		{0x80, 0x8f}: Jump | Cond | Direct,
	}),
}

func fill(ranges map[[2]byte]Class) (t [256]Class) {
	for r, c := range ranges {
		for op := int(r[0]); op <= int(r[1]); op++ {
			t[op] = c
		}
	}
	return t
}

// ff group: /2 and /3 call, /4 and /5 jump.
var groupFF = [8]Class{2: Call, 3: Call, 4: Jump, 5: Jump}

// classOf is the class that opcode, prefixes and modrm give.
func (in *insn) classOf(code []byte) Class {
	if in.space != legacy || in.opMap > 1 {
		return 0
	}
	c := classes[in.opMap][in.op]
	if c&stringOp != 0 {
		c &^= stringOp
		if in.rep != 0 {
			c |= Rep
		}
	}
	switch uint16(in.opMap)<<8 | uint16(in.op) {
	case 0xff:
		c |= groupFF[in.reg()]
	case 0xcd:
		switch code[in.immAt] {
		case 0x80:
			c |= Syscall
		case 3:
			c |= Int3
		}
	case 0x8e:
		if in.reg() == 2 {
			c |= WritesSS
		}
	case 0x11e:
		if in.rep == 0xf3 && (in.modrm == 0xfa || in.modrm == 0xfb) {
			c |= Endbr
		}
	}
	return c
}

// reg is the reg field of modrm without its REX bit: the /digit of a group.
func (in *insn) reg() int { return int(in.modrm >> 3 & 7) }

// memory says whether modrm names memory.
func (in *insn) memory() bool { return in.modAt != 0 && in.modrm < 0xc0 && in.form != 'C' }

// ripRelative says whether modrm names memory relative to the next instruction.
func (in *insn) ripRelative() bool { return in.memory() && in.modrm&0xc7 == 5 }

// operandSize is the operand size in bytes of an instruction without a byte form.
func (in *insn) operandSize() int {
	switch {
	case in.rex&rexW != 0:
		return 8
	case in.pre&preOpSize != 0:
		return 2
	}
	return 4
}

// disp is the sign-extended displacement.
func (in *insn) disp(code []byte) uint64 { return field(code, in.dispAt, in.dispLen) }

// imm is the sign-extended immediate.
func (in *insn) imm(code []byte) uint64 { return field(code, in.immAt, in.immLen) }

func field(code []byte, at, n uint8) uint64 {
	b := code[at:]
	switch n {
	case 1:
		return uint64(int8(b[0]))
	case 2:
		return uint64(int16(binary.LittleEndian.Uint16(b)))
	case 4:
		return uint64(int32(binary.LittleEndian.Uint32(b)))
	case 8:
		return binary.LittleEndian.Uint64(b)
	}
	return 0
}

// Decode classes the instruction at the start of code, which is (or would be) at pc.
// Errors are those of Len.
func Decode(code []byte, pc uint64) (Inst, error) {
	var in insn
	if err := scan(code, &in); err != nil {
		return Inst{}, err
	}
	i := Inst{Len: int(in.n), Class: in.classOf(code)}
	next := pc + uint64(in.n)
	if i.Class&Direct != 0 {
		i.Target = next + in.imm(code)
		if in.immLen == 2 {
			i.Target &= 0xffff // the operand size is that of ip too
		}
		i.RelOff, i.RelLen = int(in.immAt), int(in.immLen)
	}
	if in.memory() {
		i.Class |= MemOp
	}
	if in.ripRelative() {
		i.Class |= RIPRel
		i.Mem = next + in.disp(code)
		if in.pre&preAddrSize != 0 {
			i.Mem &= 0xffffffff
		}
		i.RelOff, i.RelLen = int(in.dispAt), int(in.dispLen)
	}
	return i, nil
}
