package cfi

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trapline/trapline/regs"
)

// sections is a Source made by hand.
type sections struct {
	data map[string][]byte
	addr map[string]uint64
}

func (s sections) Machine() elf.Machine { return elf.EM_X86_64 }

func (s sections) Section(name string) ([]byte, error) {
	if b, ok := s.data[name]; ok {
		return b, nil
	}
	return nil, errors.New("absent")
}

func (s sections) SectionAddr(name string) (uint64, bool) {
	a, ok := s.addr[name]
	return a, ok
}

// entry frames an entry's body by its length and pads it.
func entry(body string, dwarf64 bool) string {
	for len(body)%8 != 4 {
		body += "\x00"
	}
	if dwarf64 {
		return "\xff\xff\xff\xff" + string(binary.LittleEndian.AppendUint64(nil, uint64(len(body)))) + body
	}
	return string(binary.LittleEndian.AppendUint32(nil, uint32(len(body)))) + body
}

func u32(v uint32) string { return string(binary.LittleEndian.AppendUint32(nil, v)) }
func u64(v uint64) string { return string(binary.LittleEndian.AppendUint64(nil, v)) }

// rules that every CIE here starts with: CFA=rsp+8, return address at CFA-8.
const initial = "\x0c\x07\x08\x90\x01"

// cieV4 is what clang writes to .debug_frame.
const cieV4 = "\x04\x00\x08\x00\x01\x78\x10" + initial

func debugFrame(s string) *Table {
	return New(sections{data: map[string][]byte{".debug_frame": []byte(s)}})
}

func TestDebugFrameVariants(t *testing.T) {
	v3 := entry("\xff\xff\xff\xff\x03\x00\x01\x78\x10"+initial, false)
	v1 := entry("\xff\xff\xff\xff\x01\x00\x01\x78\x10"+initial, false)
	v4 := entry("\xff\xff\xff\xff"+cieV4, false)
	wide := entry(u64(^uint64(0))+cieV4, true)
	tests := []struct{ name, cie, fde string }{
		{"version 1", v1, entry(u32(0)+u64(0x1000)+u64(0x10)+"\x44\x0e\x10", false)},
		{"version 3", v3, entry(u32(0)+u64(0x1000)+u64(0x10)+"\x44\x0e\x10", false)},
		{"version 4", v4, entry(u32(0)+u64(0x1000)+u64(0x10)+"\x44\x0e\x10", false)},
		{"64-bit DWARF", wide, entry(u64(0)+u64(0x1000)+u64(0x10)+"\x44\x0e\x10", true)},
	}
	for _, tt := range tests {
		table := debugFrame(tt.cie + tt.fde)
		for pc, want := range map[uint64]int64{0x1000: 8, 0x1003: 8, 0x1004: 16, 0x100f: 16} {
			f, err := table.Lookup(pc)
			if err != nil {
				t.Errorf("%s: Lookup(%#x): %v", tt.name, pc, err)
				continue
			}
			var row Row
			if err := f.Row(pc, &row); err != nil || row.CFA.Off != want {
				t.Errorf("%s: at %#x: CFA rsp%+d, %v; want rsp+%d", tt.name, pc, row.CFA.Off, err, want)
			}
		}
		for _, pc := range []uint64{0xfff, 0x1010, 0} {
			if _, err := table.Lookup(pc); err != ErrNoFDE {
				t.Errorf("%s: Lookup(%#x): got %v, want ErrNoFDE", tt.name, pc, err)
			}
		}
	}
}

func TestUnsortedFDEs(t *testing.T) {
	s := entry("\xff\xff\xff\xff"+cieV4, false)
	for _, low := range []uint64{0x3000, 0x1000, 0x5000, 0x2000} {
		s += entry(u32(0)+u64(low)+u64(0x10), false)
	}
	table := debugFrame(s)
	for _, low := range []uint64{0x1000, 0x2000, 0x3000, 0x5000} {
		if f, err := table.Lookup(low + 8); err != nil || f.Low != low {
			t.Errorf("Lookup(%#x): %v, %v", low+8, f, err)
		}
	}
}

func TestRules(t *testing.T) {
	// One entry that uses every instruction, a byte of code apart.
	code := "\x83\x02" + // rbx at cfa-16
		"\x41\x0a\x05\x06\x03" + // 1: remember, offset_extended rbp cfa-24
		"\x41\x07\x0c\x08\x0d" + // 2: r12 undefined, r13 same
		"\x41\x09\x03\x00" + // 3: rbx in rax
		"\x41\x11\x0e\x7d" + // 4: offset_extended_sf r14 -3*-8
		"\x41\x14\x0f\x02\x15\x06\x7f" + // 5: val_offset r15 2*-8, rbp -1*-8
		"\x41\x10\x0c\x01\x70" + // 6: expression r12
		"\x41\x16\x0d\x01\x71" + // 7: val_expression r13
		"\x41\x2f\x0e\x02" + // 8: GNU_negative_offset_extended r14
		"\x41\x2e\x20" + // 9: args_size 32
		"\x41\x0f\x02\x77\x08" + // 10: CFA expression
		"\x41\x0b" + // 11: restore state
		"\x41\xc3" + // 12: restore rbx
		"\x02\x01\x0d\x06" + // 13: def_cfa_register rbp
		"\x03\x01\x00\x13\x7e" + // 14: def_cfa_offset_sf
		"\x04\x01\x00\x00\x00\x12\x07\x7e" + // 15: def_cfa_sf
		"\x01" + u64(0x1010) + "\x0e\x20" + // 16: set_loc
		"\x41\x83\x02\x41\x06\x03" // 17, 18: rbx again, restore_extended
	table := debugFrame(entry("\xff\xff\xff\xff"+cieV4, false) + entry(u32(0)+u64(0x1000)+u64(0x20)+code, false))
	f, err := table.Lookup(0x1000)
	if err != nil {
		t.Fatal(err)
	}
	type expect map[regs.ID]Rule
	tests := []struct {
		at   uint64
		cfa  Rule
		want expect
	}{
		{0, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.RBX: {Kind: Offset, Off: -16}}},
		{1, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.RBP: {Kind: Offset, Off: -24}}},
		{2, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.R12: {Kind: Undefined}, regs.R13: {Kind: SameValue}}},
		{3, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.RBX: {Kind: Register, Reg: 0}}},
		{4, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.R14: {Kind: Offset, Off: 24}}},
		{5, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.R15: {Kind: ValOffset, Off: -16}, regs.RBP: {Kind: ValOffset, Off: 8}}},
		{6, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.R12: {Kind: Expression, Expr: []byte{0x70}}}},
		{7, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.R13: {Kind: ValExpression, Expr: []byte{0x71}}}},
		{8, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.R14: {Kind: Offset, Off: 16}}},
		{10, Rule{Kind: ValExpression, Expr: []byte{0x77, 8}}, nil},
		{11, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.RBX: {Kind: Offset, Off: -16}, regs.RBP: {}}},
		{12, Rule{Kind: Register, Reg: 7, Off: 8}, expect{regs.RBX: {}}},
		{13, Rule{Kind: Register, Reg: 6, Off: 8}, nil},
		{14, Rule{Kind: Register, Reg: 6, Off: 16}, nil},
		{15, Rule{Kind: Register, Reg: 7, Off: 16}, nil},
		{16, Rule{Kind: Register, Reg: 7, Off: 32}, nil},
		{18, Rule{Kind: Register, Reg: 7, Off: 32}, expect{regs.RBX: {}}},
	}
	for _, tt := range tests {
		var row Row
		if err := f.Row(0x1000+tt.at, &row); err != nil {
			t.Fatalf("row at +%d: %v", tt.at, err)
		}
		if d := cmp.Diff(tt.cfa, row.CFA); d != "" {
			t.Errorf("CFA at +%d (-want +got):\n%s", tt.at, d)
		}
		for reg, want := range tt.want {
			if d := cmp.Diff(want, row.Rules[reg]); d != "" {
				t.Errorf("register %d at +%d (-want +got):\n%s", reg, tt.at, d)
			}
		}
		if tt.at == 9 && row.ArgsSize != 32 {
			t.Errorf("args_size: got %d", row.ArgsSize)
		}
	}
}

func TestDamage(t *testing.T) {
	cie := entry("\xff\xff\xff\xff"+cieV4, false)
	fde := func(code string) string { return entry(u32(0)+u64(0x1000)+u64(0x10)+code, false) }
	tests := []struct{ name, data, want string }{
		{"length past the end", u32(100) + "abc", "runs over the end"},
		{"reserved length", "\xf0\xff\xff\xff", "runs over the end"},
		{"unknown version", entry("\xff\xff\xff\xff\x09\x00", false) + fde(""), "CIE of version 9"},
		{"unknown augmentation", entry("\xff\xff\xff\xff\x01q\x00\x01\x78\x10", false) + fde(""), `unknown augmentation "q"`},
		{"CIE pointer to nowhere", entry(u32(0x7fff)+u64(0x1000)+u64(0x10), false), "runs over the end"},
		{"CIE pointer to an FDE", cie + entry(u32(uint32(len(cie)))+u64(0x1000)+u64(0x10), false), "this is no CIE"},
		{"unknown instruction", cie + fde("\x3f\x01"), "unknown instruction 0x3f"},
		{"cut instruction", cie + fde("\x0f\x7f"), "cut off"},
		{"restore without remember", cie + fde("\x0b"), "not remembered"},
		{"remember for ever", cie + fde(strings.Repeat("\x0a", 100)), "more than 64 deep"},
		{"return address in a far register", entry("\xff\xff\xff\xff\x04\x00\x08\x00\x01\x78\x40"+initial, false) + fde(""), "in register 64"},
	}
	for _, tt := range tests {
		f, err := debugFrame(tt.data).Lookup(0x1000)
		if err == nil {
			err = f.Row(0x100f, &Row{})
		}
		var format *FormatError
		if !errors.As(err, &format) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: got %v, want a FormatError with %q", tt.name, err, tt.want)
		}
	}
}

// TestEhFrameEncodings: zPLR with pc-relative and data-relative pointers, 64-bit
// lengths, no header: the index is built.
func TestEhFrameEncodings(t *testing.T) {
	const at = 0x2000
	cie := entry(u32(0)+"\x01zPLRS\x00\x01\x78\x10"+"\x07"+"\x9b"+u32(0x100)+"\x1b\x1b"+initial+"\x00", false)
	rel := func(off int, addr uint64) string { return u32(uint32(addr - at - uint64(off))) }
	body := len(cie) + 12 // where the id stands after a 64-bit length
	fde := entry(u32(uint32(body))+rel(body+4, 0x1000)+u32(0x20)+"\x04"+rel(body+13, 0x3000)+"\x44\x0e\x10", true)
	table := New(sections{
		data: map[string][]byte{".eh_frame": []byte(cie + fde + u32(0))},
		addr: map[string]uint64{".eh_frame": at},
	})
	f, err := table.Lookup(0x101f)
	if err != nil {
		t.Fatal(err)
	}
	if f.Low != 0x1000 || f.High != 0x1020 || f.LSDA != 0x3000 || !f.Signal || f.Augmentation != "zPLRS" {
		t.Errorf("got [%#x, %#x) LSDA %#x signal %v aug %q", f.Low, f.High, f.LSDA, f.Signal, f.Augmentation)
	}
	if want := uint64(at + 4 + 4 + 1 + 6 + 1 + 1 + 1 + 1 + 1 + 0x100); f.Personality != want {
		t.Errorf("personality: got %#x, want %#x", f.Personality, want)
	}
	var row Row
	if err := f.Row(0x1004, &row); err != nil || row.CFA.Off != 16 || !row.Signal {
		t.Errorf("row: %+v, %v", row.CFA, err)
	}
}

// stack is a memory of one range, for unwinding by hand.
type stack struct {
	base uint64
	b    []byte
}

func (s stack) ReadMem(addr uint64, p []byte) (int, error) {
	if addr < s.base || addr-s.base >= uint64(len(s.b)) {
		return 0, errors.New("not mapped")
	}
	return copy(p, s.b[addr-s.base:]), nil
}

func words(base uint64, w ...uint64) stack {
	s := stack{base: base}
	for _, v := range w {
		s.b = binary.LittleEndian.AppendUint64(s.b, v)
	}
	return s
}

func TestUnwindKinds(t *testing.T) {
	mem := words(0x7000, 0x11, 0x22, 0x33, 0x44, 0x1234)
	row := Row{CFA: Rule{Kind: Register, Reg: 7, Off: 40}, RetReg: 16}
	row.Rules[regs.RIP] = Rule{Kind: Offset, Off: -8}
	row.Rules[regs.RBX] = Rule{Kind: Offset, Off: -40}
	row.Rules[regs.RBP] = Rule{Kind: ValOffset, Off: -16}
	row.Rules[regs.R12] = Rule{Kind: Register, Reg: uint16(regs.RAX)}
	row.Rules[regs.R13] = Rule{Kind: Expression, Expr: []byte("\x38\x1c\x08\x10\x1c")} // CFA-8-16
	row.Rules[regs.R14] = Rule{Kind: ValExpression, Expr: []byte("\x23\x01")}          // CFA+1
	row.Rules[regs.R15] = Rule{Kind: Undefined}
	row.Rules[regs.RCX] = Rule{Kind: SameValue}
	in := Regs{Known: 1<<NumRegs - 1}
	for i := range in.V {
		in.V[i] = uint64(i) * 0x1000
	}
	var out Regs
	cfa, err := row.Unwind(&in, mem, 0, &out)
	if err != nil || cfa != 0x7028 {
		t.Fatalf("CFA %#x, %v", cfa, err)
	}
	want := map[regs.ID]uint64{regs.RIP: 0x1234, regs.RBX: 0x11, regs.RBP: 0x7018, regs.R12: 0, regs.R13: 0x33,
		regs.R14: 0x7029, regs.RCX: 0x2000, regs.RSP: 0x7028}
	for n := range NumRegs {
		got, ok := out.Get(uint64(n))
		w, known := want[regs.ID(n)]
		if ok != known || got != w {
			t.Errorf("register %d: got %#x known %v, want %#x known %v", n, got, ok, w, known)
		}
	}
}

// at puts code where a pc is and a stack where rsp is.
type at struct {
	code, stack stack
}

func (m at) ReadMem(addr uint64, p []byte) (int, error) {
	if n, err := m.code.ReadMem(addr, p); err == nil {
		return n, nil
	}
	return m.stack.ReadMem(addr, p)
}

// TestPatterns: code without any description, one instruction after the other.
func TestPatterns(t *testing.T) {
	const caller, bp = 0x400020, 0x7100
	// What a call pushed, after n words of the function's own.
	frame := func(own ...uint64) []uint64 { return append(own, caller, 0, 0) }
	tests := []struct {
		name   string
		code   string
		offset int
		stack  []uint64
		how    How
		bp     uint64 // the caller's
	}{
		{"at push %rbp", "\x55\x48\x89\xe5", 0, frame(), Pattern, bp},
		{"after push %rbp", "\x55\x48\x89\xe5", 1, frame(0x7777), Pattern, 0x7777},
		{"endbr64", "\xf3\x0f\x1e\xfa\x55\x48\x89\xe5", 0, frame(), Pattern, bp},
		{"ret", "\x90\xc3", 1, frame(), Pattern, bp},
		{"pop %rbp; ret", "\x5d\xc3", 0, frame(0x7777), Pattern, 0x7777},
		{"PLT jmp", "\xff\x25\x00\x00\x00\x00", 0, frame(), Pattern, bp},
		{"PLT after push", "\x68\x01\x00\x00\x00\xe9\x00\x00\x00\x00", 5, frame(1), Pattern, bp},
		{"PLT0", "\xff\x35\x00\x00\x00\x00\xff\x25\x00\x00\x00\x00", 0, frame(1), Pattern, bp},
		{"PLT0 second", "\xff\x35\x00\x00\x00\x00\xff\x25\x00\x00\x00\x00", 6, frame(2, 1), Pattern, bp},
	}
	for _, tt := range tests {
		code := strings.Repeat("\xcc", 32) + tt.code + strings.Repeat("\x90", 32)
		mem := at{stack{0x1000, []byte(code)}, words(0x7000, tt.stack...)}
		set := regs.Set{}
		set.G[regs.RIP], set.G[regs.RSP], set.G[regs.RBP] = 0x1020+uint64(tt.offset), 0x7000, bp
		u := Unwinder{Mem: mem}
		f, caller2 := Frame{Regs: AMD64.Regs(&set)}, Frame{}
		if reason, err := u.Step(&f, &caller2); reason != NotEnded || caller2.PC() != caller {
			t.Errorf("%s: ended by %v, %v, caller %#x; want %#x", tt.name, reason, err, caller2.PC(), uint64(caller))
			continue
		}
		if f.How != tt.how || caller2.V[regs.RBP] != tt.bp || f.CFA != 0x7000+8*uint64(len(tt.stack)-2) {
			t.Errorf("%s: by %v, CFA %#x, caller's rbp %#x; want %v, %#x", tt.name, f.How, f.CFA, caller2.V[regs.RBP], tt.how, tt.bp)
		}
		if caller2.LookupPC() != caller-1 {
			t.Errorf("%s: the caller is looked up at %#x", tt.name, caller2.LookupPC())
		}
	}
}

// TestPatterns32: the same in 32-bit code, with words of 4 bytes in registers whose upper
// halves mean nothing.
func TestPatterns32(t *testing.T) {
	const caller, bp, high = 0x8049020, 0xffff7100, 0xdead << 32
	tests := []struct {
		name   string
		code   string
		offset int
		own    []uint32 // words of the function's own below the return address
		bp     uint64   // the caller's
	}{
		{"at push %ebp", "\x55\x89\xe5", 0, nil, bp},
		{"after push %ebp", "\x55\x89\xe5", 1, []uint32{0x7777}, 0x7777},
		{"endbr32", "\xf3\x0f\x1e\xfb\x55\x89\xe5", 0, nil, bp},
		{"pop %ebp; ret", "\x5d\xc3", 0, []uint32{0x7777}, 0x7777},
		{"ret", "\x90\xc3", 1, nil, bp},
		{"PLT jmp through %ebx", "\xff\xa3\x0c\x00\x00\x00", 0, nil, bp},
		{"PLT0 second, through %ebx", "\xff\xb3\x04\x00\x00\x00\xff\xa3\x08\x00\x00\x00", 6, []uint32{2, 1}, bp},
		{"__kernel_vsyscall", "\x51\x52\x55\x89\xe5\x0f\x34\xcd\x80\x5d\x5a\x59\xc3", 9, []uint32{0x7777, 2, 3}, 0x7777},
	}
	for _, tt := range tests {
		code := strings.Repeat("\xcc", 32) + tt.code + strings.Repeat("\x90", 32)
		s := stack{base: 0xffff7000}
		for _, w := range append(tt.own, caller, 0x11, 0x22) {
			s.b = binary.LittleEndian.AppendUint32(s.b, w)
		}
		set := regs.Set{}
		set.G[regs.RIP], set.G[regs.RSP], set.G[regs.RBP] = high|0x1020+uint64(tt.offset), high|0xffff7000, high|bp
		u := Unwinder{ABI: I386, Mem: at{stack{0x1000, []byte(code)}, s}}
		f, up := Frame{Regs: I386.Regs(&set)}, Frame{}
		if reason, err := u.Step(&f, &up); reason != NotEnded || f.How != Pattern {
			t.Errorf("%s: ended by %v, %v; by %v", tt.name, reason, err, f.How)
			continue
		}
		cfa := 0xffff7000 + 4*uint64(len(tt.own)+1)
		if up.PC() != caller || up.SP() != cfa || f.CFA != cfa || up.V[regs.RBP] != tt.bp {
			t.Errorf("%s: caller %#x, esp %#x, ebp %#x; want %#x, %#x, %#x", tt.name, up.PC(), up.SP(), up.V[regs.RBP], uint64(caller), cfa, tt.bp)
		}
	}
}

func TestNullCall(t *testing.T) {
	for _, pc := range []uint64{0, 0xdead0000} {
		u := Unwinder{Mem: words(0x7000, 0x400020, 0)}
		set := regs.Set{}
		set.G[regs.RIP], set.G[regs.RSP] = pc, 0x7000
		f, caller := Frame{Regs: AMD64.Regs(&set)}, Frame{}
		if reason, err := u.Step(&f, &caller); reason != NotEnded || caller.PC() != 0x400020 || f.How != Leaf {
			t.Errorf("pc %#x: %v, %v, caller %#x by %v", pc, reason, err, caller.PC(), f.How)
		}
	}
}

// TestFreeBSDTrampoline: sigcode's bytes and the layout of struct sigframe.
func TestFreeBSDTrampoline(t *testing.T) {
	const sigcode = "\xff\x14\x24\x48\x8d\x7c\x24\x10\x6a\x00\x48\xc7\xc0\xa1\x01\x00\x00\x0f\x05\xf4\xeb\xfd"
	frame := make([]uint64, 80)
	mcontext := (16 + 16) / 8
	frame[mcontext+160/8] = 0x401234 // rip
	frame[mcontext+184/8] = 0x9000   // rsp
	frame[mcontext+72/8] = 0x9100    // rbp
	mem := at{stack{0x1000, []byte(strings.Repeat("\xcc", 16) + sigcode + strings.Repeat("\x90", 16))}, words(0x7000, frame...)}
	for _, tt := range []struct{ off, sp uint64 }{{3, 0x7000}, {8, 0x7000}} {
		set := regs.Set{}
		set.G[regs.RIP], set.G[regs.RSP] = 0x1010+tt.off, tt.sp
		u := Unwinder{Mem: mem}
		f, caller := Frame{Regs: AMD64.Regs(&set)}, Frame{}
		reason, err := u.Step(&f, &caller)
		if reason != NotEnded || f.Flags&Signal == 0 || caller.PC() != 0x401234 || caller.SP() != 0x9000 || caller.V[regs.RBP] != 0x9100 {
			t.Errorf("at +%d: %v, %v: %#x %#x", tt.off, reason, err, caller.PC(), caller.SP())
		}
		if caller.LookupPC() != 0x401234 {
			t.Errorf("an interrupted frame is looked up at %#x, not at its pc", caller.LookupPC())
		}
	}
}

func TestEnds(t *testing.T) {
	code := stack{0x1000, []byte(strings.Repeat("\x90", 64))}
	tests := []struct {
		name   string
		bp     uint64
		stack  []uint64
		reason Reason
	}{
		{"null frame pointer", 0, nil, ChainEnd},
		{"null return address", 0x7000, []uint64{0, 0}, ChainEnd},
		{"frame pointer below the stack", 0x6000, []uint64{1, 2}, NoRule},
		{"unaligned frame pointer", 0x7004, []uint64{1, 2, 3}, NoRule},
		{"off the stack", 0x9000, []uint64{1, 2}, NoRule},
	}
	for _, tt := range tests {
		set := regs.Set{}
		set.G[regs.RIP], set.G[regs.RSP], set.G[regs.RBP] = 0x1020, 0x7000, tt.bp
		u := Unwinder{Mem: at{code, words(0x7000, tt.stack...)}}
		frames, reason, err := u.Frames(&set, 0)
		if reason != tt.reason || len(frames) != 1 || (err == nil) != reason.Proper() {
			t.Errorf("%s: %d frames, ended by %v, %v; want %v", tt.name, len(frames), reason, err, tt.reason)
		}
	}
}

// TestLoopAndDepth: frame-pointer chains that go nowhere.
func TestLoopAndDepth(t *testing.T) {
	s := entry("\xff\xff\xff\xff"+cieV4, false)
	s += entry(u32(0)+u64(0x1000)+u64(0x100)+"\x0c\x06\x10\x86\x02", false) // CFA=rbp+16, rbp at CFA-16
	table := debugFrame(s)
	u := Unwinder{
		ModuleAt: func(pc uint64) (Module, bool) { return Module{Table: table}, pc>>12 == 1 },
		Mem:      words(0x7000, 0x7000, 0x1010, 0, 0), // rbp points to itself
	}
	set := regs.Set{}
	set.G[regs.RIP], set.G[regs.RSP], set.G[regs.RBP] = 0x1020, 0x6ff8, 0x7000
	frames, reason, _ := u.Frames(&set, 0)
	if reason != Loop || len(frames) != 2 {
		t.Errorf("%d frames, ended by %v; want 2, %v", len(frames), reason, Loop)
	}
	if frames, reason, _ = u.Frames(&set, 1); reason != TooDeep || len(frames) != 1 {
		t.Errorf("with a limit of 1: %d frames, %v", len(frames), reason)
	}
	set.G[regs.RBP] = 0x1
	if _, reason, err := u.Frames(&set, 0); reason != BadMem || err == nil {
		t.Errorf("with an unreadable stack: %v, %v", reason, err)
	}
}

// BenchmarkWalk is the cost of a frame when its row is cached: a deep recursion on a
// stack that is read through the window.
func BenchmarkWalk(b *testing.B) {
	const depth = 1000
	s := entry("\xff\xff\xff\xff"+cieV4, false)
	s += entry(u32(0)+u64(0x1000)+u64(0x100)+"\x0e\x40\x83\x02\x86\x03\x8c\x04", false) // CFA=rsp+64, three saved
	table := debugFrame(s)
	w := make([]uint64, 8*depth+8)
	for i := range depth - 1 {
		w[8*i+7] = 0x1000 + uint64(i)%16 + 1
	}
	mem := words(0x70000, w...)
	u := Unwinder{ModuleAt: func(pc uint64) (Module, bool) { return Module{Table: table}, pc>>12 == 1 }, Mem: mem}
	set := regs.Set{}
	set.G[regs.RIP], set.G[regs.RSP] = 0x1020, 0x70000
	for b.Loop() {
		n := 0
		if reason, err := u.Walk(&set, 0, func(*Frame) bool { n++; return true }); reason != ZeroPC || n != depth {
			b.Fatalf("%d frames, %v, %v", n, reason, err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/depth, "ns/frame")
}

// FuzzCFI feeds both sections' parsers, every row, and a walk with what was found.
func FuzzCFI(f *testing.F) {
	cie := entry("\xff\xff\xff\xff"+cieV4, false)
	f.Add([]byte(cie+entry(u32(0)+u64(0x1000)+u64(0x10)+"\x44\x0e\x10\x0a\x41\x0b", false)), []byte("\x01\x1b\x03\x3b"))
	f.Add([]byte(entry(u32(0)+"\x01zPLRS\x00\x01\x78\x10\x07\x9b"+u32(0x100)+"\x1b\x1b"+initial, false)+
		entry(u32(0x28)+u32(0x1000)+u32(0x10)+"\x04"+u32(0), true)), []byte("\x01\x1b\x03\x3b\x00\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data, hdr []byte) {
		for _, name := range []string{".eh_frame", ".debug_frame"} {
			table := New(sections{
				data: map[string][]byte{name: data, ".eh_frame_hdr": hdr},
				addr: map[string]uint64{name: 0x1000, ".eh_frame_hdr": 0x800},
			})
			mem := stack{0x7000, data}
			n := 0
			table.FDEs(func(f *FDE) bool {
				table.Lookup(f.Low)
				f.Rows(func(pc uint64, row *Row) bool {
					n++
					var out Regs
					row.Unwind(&Regs{Known: 1<<NumRegs - 1}, mem, 0, &out)
					return n < 1000
				})
				return n < 1000
			})
			for _, abi := range ABIs {
				u := Unwinder{ABI: abi, ModuleAt: func(uint64) (Module, bool) { return Module{Table: table}, true }, Mem: mem}
				set := regs.Set{}
				set.G[regs.RIP], set.G[regs.RSP], set.G[regs.RBP] = 0x1000, 0x7000, 0x7000
				u.Walk(&set, 50, func(*Frame) bool { return true })
			}
		}
	})
}
