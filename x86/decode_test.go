package x86

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDecode(t *testing.T) {
	const pc = 0x401000
	for _, c := range []struct {
		code string
		want Inst
	}{
		{"90", Inst{Len: 1}},
		{"e8 00 00 00 00", Inst{Len: 5, Class: Call | Direct, Target: pc + 5, RelOff: 1, RelLen: 4}},
		{"66 48 e8 fa ff ff ff", Inst{Len: 7, Class: Call | Direct, Target: pc + 1, RelOff: 3, RelLen: 4}},
		{"ff d0", Inst{Len: 2, Class: Call}},
		{"ff 15 10 00 00 00", Inst{Len: 6, Class: Call | MemOp | RIPRel, Mem: pc + 0x16, RelOff: 2, RelLen: 4}},
		{"ff 1c 24", Inst{Len: 3, Class: Call | MemOp}},
		{"ff 25 f0 ff ff ff", Inst{Len: 6, Class: Jump | MemOp | RIPRel, Mem: pc - 10, RelOff: 2, RelLen: 4}},
		{"3e ff e0", Inst{Len: 3, Class: Jump}},
		{"eb fe", Inst{Len: 2, Class: Jump | Direct, Target: pc, RelOff: 1, RelLen: 1}},
		{"e9 00 10 00 00", Inst{Len: 5, Class: Jump | Direct, Target: pc + 0x1005, RelOff: 1, RelLen: 4}},
		{"74 80", Inst{Len: 2, Class: Jump | Cond | Direct, Target: pc + 2 - 128, RelOff: 1, RelLen: 1}},
		{"0f 8f 00 ff ff ff", Inst{Len: 6, Class: Jump | Cond | Direct, Target: pc + 6 - 256, RelOff: 2, RelLen: 4}},
		{"e2 00", Inst{Len: 2, Class: Jump | Cond | Direct, Target: pc + 2, RelOff: 1, RelLen: 1}},
		{"67 e3 00", Inst{Len: 3, Class: Jump | Cond | Direct, Target: pc + 3, RelOff: 2, RelLen: 1}},
		{"c3", Inst{Len: 1, Class: Ret}},
		{"f3 c3", Inst{Len: 2, Class: Ret}},
		{"c2 08 00", Inst{Len: 3, Class: Ret}},
		{"cb", Inst{Len: 1, Class: Ret}},
		{"48 cf", Inst{Len: 2, Class: Iret}},
		{"0f 05", Inst{Len: 2, Class: Syscall | ReadsTF}},
		{"0f 34", Inst{Len: 2, Class: Syscall}},
		{"cd 80", Inst{Len: 2, Class: Syscall}},
		{"cd 03", Inst{Len: 2, Class: Int3}},
		{"cd 2e", Inst{Len: 2}},
		{"cc", Inst{Len: 1, Class: Int3}},
		{"9c", Inst{Len: 1, Class: Pushf | ReadsTF}},
		{"66 9d", Inst{Len: 2, Class: Popf}},
		{"f3 48 a5", Inst{Len: 3, Class: Rep}},
		{"f2 ae", Inst{Len: 2, Class: Rep}},
		{"48 a5", Inst{Len: 2}},
		{"f3 90", Inst{Len: 2}},
		{"f3 0f 1e fa", Inst{Len: 4, Class: Endbr}},
		{"f3 0f 1e fb", Inst{Len: 4, Class: Endbr}},
		{"f3 0f 1e c8", Inst{Len: 4}},
		{"8e d0", Inst{Len: 2, Class: WritesSS}},
		{"8e d8", Inst{Len: 2}},
		{"48 8d 05 01 00 00 00", Inst{Len: 7, Class: MemOp | RIPRel, Mem: pc + 8, RelOff: 3, RelLen: 4}},
		{"67 8d 05 ff ff ff ff", Inst{Len: 7, Class: MemOp | RIPRel, Mem: pc + 6, RelOff: 3, RelLen: 4}},
		{"80 3d 00 01 00 00 07", Inst{Len: 7, Class: MemOp | RIPRel, Mem: pc + 0x107, RelOff: 2, RelLen: 4}},
		{"c5 f9 6f 05 00 01 00 00", Inst{Len: 8, Class: MemOp | RIPRel, Mem: pc + 0x108, RelOff: 4, RelLen: 4}},
		{"62 f1 7c 48 10 05 00 01 00 00", Inst{Len: 10, Class: MemOp | RIPRel, Mem: pc + 0x10a, RelOff: 6, RelLen: 4}},
		{"c4 e2 79 05 00", Inst{Len: 5, Class: MemOp}}, // an opcode of another map is not syscall
		{"8b 04 25 00 00 00 00", Inst{Len: 7, Class: MemOp}},
		{"0f 20 05", Inst{Len: 3}}, // mov cr: no memory, whatever modrm says
	} {
		got, err := Decode(unhex(t, c.code), pc)
		if err != nil {
			t.Errorf("%s: %v", c.code, err)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", c.code, diff)
		}
	}
	code := []byte{0xe8, 0, 0, 0, 0}
	if got := testing.AllocsPerRun(100, func() { Decode(code, pc) }); got != 0 {
		t.Errorf("Decode allocates %v times", got)
	}
	i, _ := Decode(code, pc)
	if !i.IsCall() || i.IsRet() || i.IsJump() || i.IsCond() || i.IsSyscall() || i.IsInt3() || i.IsPushf() ||
		i.IsPopf() || i.IsIret() || i.IsRep() || !i.Is(Call|Direct) || i.Is(Call|Cond) {
		t.Errorf("the predicates of a call: %+v", i)
	}
}
