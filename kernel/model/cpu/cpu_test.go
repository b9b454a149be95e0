package cpu

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/regs"
)

const (
	text  = 0x401000
	data  = 0x404000
	stack = 0x7ffff000
)

// machine has two pages of code (rx), two of data (rw), one read-only after them, and a
// stack page.
func machine(t testing.TB, code string) (*CPU, flat) {
	m := flat{}.add(text, 2, "rx").add(data, 2, "rw").add(data+2*PageSize, 1, "r").add(stack-PageSize, 1, "rw")
	m.set(text, unhex(t, code))
	c := New(m)
	c.RIP, c.R[RSP], c.R[RBX] = text, stack-64, data
	return c, m
}

// TestTraps: what ends a run, and where it leaves RIP (relative to the code's start).
func TestTraps(t *testing.T) {
	for _, row := range []struct {
		about, code string
		n           int
		want        Trap
		rip         uint64
		set         func(*CPU)
	}{
		{"budget", "90 90 90", 2, Trap{Kind: Budget, Steps: 2}, 2, nil},
		{"no budget", "90", 0, Trap{Kind: Budget}, 0, nil},
		{"int3", "90 cc", 9, Trap{Kind: Breakpoint, Steps: 2}, 2, nil},
		{"int 3", "cd 03", 9, Trap{Kind: Breakpoint, Steps: 1}, 2, nil},
		{"int 0x80", "cd 80", 9, Trap{Kind: Interrupt, Vector: 0x80, Steps: 1}, 2, nil},
		{"int 13 has no gate", "cd 0d", 9, Trap{Kind: Protection}, 0, nil},
		{"int1", "f1", 9, Trap{Kind: Debug, Steps: 1}, 1, nil},
		{"syscall", "0f 05", 9, Trap{Kind: Syscall, Steps: 1}, 2, nil},
		{"hlt", "90 f4", 9, Trap{Kind: Protection, Steps: 1}, 1, nil},
		{"cli", "fa", 9, Trap{Kind: Protection}, 0, nil},
		{"in", "ec", 9, Trap{Kind: Protection}, 0, nil},
		{"ud2", "0f 0b", 9, Trap{Kind: Undefined}, 0, nil},
		{"push es is none in 64-bit mode", "06", 9, Trap{Kind: Undefined}, 0, nil},
		{"lock mov", "f0 89 03", 9, Trap{Kind: Undefined}, 0, nil},
		{"lock add to a register", "f0 01 d8", 9, Trap{Kind: Undefined}, 0, nil},
		{"lock add", "f0 01 03", 1, Trap{Kind: Budget, Steps: 1}, 3, nil},
		{"lock cmp", "f0 39 03", 9, Trap{Kind: Undefined}, 0, nil},
		{"16 bytes of prefixes", "66 66 66 66 66 66 66 66 66 66 66 66 66 66 66 90", 9, Trap{Kind: Protection}, 0, nil},
		{"15 bytes", "66 66 66 66 66 66 66 66 66 66 66 66 66 66 90", 1, Trap{Kind: Budget, Steps: 1}, 15, nil},
		{"div by zero", "f7 f1", 9, Trap{Kind: Divide}, 0, nil},
		{"idiv overflow", "48 f7 f9", 9, Trap{Kind: Divide}, 0,
			func(c *CPU) { c.R[RAX], c.R[RDX], c.R[RCX] = 1<<63, ^uint64(0), ^uint64(0) }},
		{"read of nothing", "8b 04 25 10 00 00 00", 9, Trap{Kind: PageFault, Addr: 0x10}, 0, nil},
		{"write of nothing", "89 04 25 10 00 00 00", 9, Trap{Kind: PageFault, Addr: 0x10, Access: Write}, 0, nil},
		{"write to read-only", "89 83 00 20 00 00", 9, Trap{Kind: PageFault, Addr: data + 0x2000, Access: Write}, 0, nil},
		{"inc of read-only", "ff 83 00 20 00 00", 9, Trap{Kind: PageFault, Addr: data + 0x2000, Access: Write}, 0, nil},
		{"write across into read-only", "89 83 fe 1f 00 00", 9, Trap{Kind: PageFault, Addr: data + 0x2000, Access: Write}, 0, nil},
		{"jump to data", "ff e3", 9, Trap{Kind: PageFault, Addr: data, Access: Execute, Steps: 1}, data - text, nil},
		{"not canonical", "48 8b 00", 9, Trap{Kind: Protection}, 0, func(c *CPU) { c.R[RAX] = 1 << 47 }},
		{"not canonical stack", "50", 9, Trap{Kind: StackFault}, 0, func(c *CPU) { c.R[RSP] = 1 << 60 }},
		{"not canonical by rbp", "8b 45 00", 9, Trap{Kind: StackFault}, 0, func(c *CPU) { c.R[RBP] = 1 << 60 }},
		{"jump to not canonical", "ff e0", 9, Trap{Kind: Protection}, 0, func(c *CPU) { c.R[RAX] = 1 << 60 }},
		{"movaps misaligned", "0f 28 43 01", 9, Trap{Kind: Protection}, 0, nil},
		{"movups misaligned", "0f 10 43 01", 1, Trap{Kind: Budget, Steps: 1}, 4, nil},
		{"AC", "8b 43 01", 9, Trap{Kind: Alignment}, 0, func(c *CPU) { c.Flags |= FlagAC }},
		{"popf sets AC", "9d 8b 43 01", 9, Trap{Kind: Alignment, Steps: 1}, 1,
			func(c *CPU) { c.storeBytes(c.R[RSP], []byte{0, 0, 4, 0, 0, 0, 0, 0}) }},
	} {
		t.Run(row.about, func(t *testing.T) {
			c, _ := machine(t, row.code)
			if row.set != nil {
				row.set(c)
			}
			got := c.Run(row.n)
			if d := cmp.Diff(row.want, got); d != "" {
				t.Error(d)
			}
			if c.RIP != text+row.rip {
				t.Errorf("rip %#x, want %#x", c.RIP, text+row.rip)
			}
		})
	}
}

func TestUnsupported(t *testing.T) {
	for _, row := range []struct{ code, name string }{
		{"d9 e8", "fld1"},
		{"0f 58 c1", "addps xmm0,xmm1"},
		{"f2 0f 5e c1", "divsd xmm0,xmm1"},
		{"c5 f9 6f 00", "vmovdqa xmm0,XMMWORD PTR [rax]"},
		{"66 e9 00 00", ".byte"},
		{"0f 6f 00", "movq mmx0,QWORD PTR [rax]"},
	} {
		c, _ := machine(t, row.code)
		before := c.State
		got := c.Run(5)
		if got.Kind != Unsupported || !strings.HasPrefix(got.Name, row.name) || fmt.Sprintf("% x", got.Code) != row.code {
			t.Errorf("%s: %v %q % x, want %q", row.code, got.Kind, got.Name, got.Code, row.name)
		}
		if d := differences(&c.State, &before); d != nil {
			t.Errorf("%s changed registers: %v", row.code, d)
		}
	}
}

// TestTrapFlag: the trap comes after the next instruction.
func TestTrapFlag(t *testing.T) {
	c, m := machine(t, "9d 90 90 90") // popf; nop ...
	m.set(c.R[RSP], []byte{0x02, 0x01})
	if got := c.Run(9); got.Kind != Debug || got.DR6 != dr6Step || got.Steps != 2 || c.RIP != text+2 {
		t.Errorf("popf, nop: %+v at %#x", got, c.RIP)
	}
	if got := c.Run(9); got.Kind != Debug || got.Steps != 1 || c.RIP != text+3 {
		t.Errorf("TF stays set: %+v at %#x", got, c.RIP)
	}

	c, m = machine(t, "9d 90") // popf that clears it still traps
	c.Flags |= FlagTF
	m.set(c.R[RSP], []byte{2, 0})
	if got := c.Run(9); got.Kind != Debug || c.RIP != text+1 || c.Flags&FlagTF != 0 {
		t.Errorf("popf clearing TF: %+v at %#x, flags %#x", got, c.RIP, c.Flags)
	}

	c, m = machine(t, "9c") // pushf stores it
	c.Flags |= FlagTF
	if c.Run(1); m.get(c.R[RSP], 2)[1]&1 == 0 {
		t.Error("pushf stored no TF")
	}

	c, _ = machine(t, "8c d0 8e d0 90 90") // mov eax, ss; mov ss, eax; nop: one trap for two
	c.Run(1)
	c.Flags |= FlagTF
	if got := c.Run(9); got.Kind != Debug || got.Steps != 2 || c.RIP != text+5 {
		t.Errorf("mov ss, nop: %+v at %#x", got, c.RIP)
	}

	c, _ = machine(t, "0f 05") // syscall: rcx, r11; the trap is the kernel's affair
	c.Flags |= FlagTF | FlagCF
	if got := c.Run(9); got.Kind != Syscall || c.R[RCX] != text+2 || c.R[R11] != c.Flags || c.R[R11]&FlagTF == 0 {
		t.Errorf("syscall: %+v, rcx %#x r11 %#x", got, c.R[RCX], c.R[R11])
	}
}

// TestRep: an iteration is a step, with RIP at the instruction until the last.
func TestRep(t *testing.T) {
	c, m := machine(t, "f3 aa 90")
	c.R[RDI], c.R[RCX], c.R[RAX] = data, 3, 'x'
	c.Flags |= FlagTF
	for i, rip := range []uint64{text, text, text + 2} {
		if got := c.Run(9); got.Kind != Debug || got.Steps != 1 || c.RIP != rip || c.R[RCX] != uint64(2-i) {
			t.Errorf("iteration %d: %+v rip %#x rcx %d", i, got, c.RIP, c.R[RCX])
		}
	}
	if got := string(m.get(data, 4)); got != "xxx\x00" {
		t.Errorf("memory %q", got)
	}

	c, _ = machine(t, "f3 aa") // a fault in the middle shows how far it came
	c.R[RDI], c.R[RCX] = data+2*PageSize-2, 5
	if got := c.Run(9); got.Kind != PageFault || got.Addr != data+2*PageSize || c.R[RCX] != 3 || c.RIP != text {
		t.Errorf("fault: %+v rcx %d", got, c.R[RCX])
	}
}

func TestDebugRegisters(t *testing.T) {
	arm := func(c *CPU, n int, a regs.Access, addr uint64, size int) {
		d, err := regs.DR7(c.DR[7]).With(n, a, addr, size)
		if err != nil {
			t.Fatal(err)
		}
		c.DR[n], c.DR[7] = addr, uint64(d)
	}
	c, _ := machine(t, "90 90 90")
	arm(c, 2, regs.AccessExec, text+1, 1)
	if got := c.Run(9); got.Kind != Debug || got.DR6 != 1<<2 || c.RIP != text+1 || got.Steps != 1 {
		t.Errorf("execute: %+v at %#x", got, c.RIP)
	}
	c.Flags |= FlagRF
	if got := c.Run(2); got.Kind != Budget || c.RIP != text+3 || c.Flags&FlagRF != 0 {
		t.Errorf("with RF: %+v at %#x", got, c.RIP)
	}

	c, _ = machine(t, "8b 43 04 89 43 08 88 43 0c f3 aa") // read, write, write of a byte
	arm(c, 0, regs.AccessWrite, data+8, 4)
	arm(c, 1, regs.AccessReadWrite, data+4, 4)
	for i, want := range []struct{ dr6, rip uint64 }{{2, text + 3}, {1, text + 6}} {
		if got := c.Run(9); got.Kind != Debug || got.DR6 != want.dr6 || c.RIP != want.rip || got.Steps != 1 {
			t.Errorf("access %d: %+v at %#x", i, got, c.RIP)
		}
	}
	if got := c.Run(1); got.Kind != Budget {
		t.Errorf("a byte after the watched ones: %+v", got)
	}
	c.R[RDI], c.R[RCX], c.DR[7] = data+7, 3, uint64(regs.DR7(c.DR[7]).Without(1))
	if got := c.Run(9); got.Kind != Debug || got.DR6 != 1 || c.R[RCX] != 1 || c.RIP != text+9 {
		t.Errorf("rep stos: %+v rcx %d", got, c.R[RCX])
	}
	c.Flags |= FlagTF
	c.R[RDI] = data + 8
	if got := c.Run(9); got.Kind != Debug || got.DR6 != 1|dr6Step {
		t.Errorf("both: %+v", got)
	}
}

// TestSelfModifying: a store into code that was run is seen, through any mapping.
func TestSelfModifying(t *testing.T) {
	//  mov byte [rip+1], 0x42 ; mov al, 0 (the 0 becomes 0x42) ; dec ecx ; jnz
	code := "c6 05 01 00 00 00 42  b0 00  88 c2  c6 05 f6 ff ff ff 17  ff c9  75 ea  cc"
	m := flat{}.add(text, 1, "rwx").add(stack-PageSize, 1, "rw")
	m.set(text, unhex(t, code))
	c := New(m)
	c.RIP, c.R[RCX] = text, 3
	if got := c.Run(100); got.Kind != Breakpoint || c.R[RDX] != 0x42 {
		t.Errorf("%+v, dl %#x", got, c.R[RDX])
	}

	// The page at two addresses, writable at one and executable at the other.
	c, m = machine(t, "b0 01 cc")
	alias := m[text/PageSize]
	m[data/PageSize] = &flatPage{allow: [3]bool{true, true, false}}
	c.mem = aliased{m, alias}
	c.Run(9)
	c.RIP = text
	c.store(data+1, 1, 7)
	if c.Run(9); c.R[RAX] != 7 {
		t.Errorf("al %d after a write through another mapping", c.R[RAX])
	}
}

// aliased has a page at data as well.
type aliased struct {
	flat
	page *flatPage
}

func (a aliased) Page(addr uint64, access Access) *Page {
	if addr/PageSize == data/PageSize {
		return &a.page.Page
	}
	return a.flat.Page(addr, access)
}

// TestAcrossPages: an instruction on two pages, and one whose second page is missing.
func TestAcrossPages(t *testing.T) {
	c, m := machine(t, "")
	c.RIP = text + PageSize - 2
	m.set(c.RIP, unhex(t, "48 b8 01 02 03 04 05 06 07 08 90"))
	if c.Run(1); c.R[RAX] != 0x0807060504030201 || c.RIP != text+PageSize+8 {
		t.Errorf("rax %#x rip %#x", c.R[RAX], c.RIP)
	}
	c.RIP = text + 2*PageSize - 2
	m.set(c.RIP, []byte{0x48, 0xb8})
	if got := c.Run(1); got.Kind != PageFault || got.Addr != text+2*PageSize || got.Access != Execute || c.RIP != text+2*PageSize-2 {
		t.Errorf("%+v", got)
	}
	m.set(c.RIP, []byte{0x90, 0x90}) // needs no second page
	if got := c.Run(2); got.Kind != Budget {
		t.Errorf("%+v", got)
	}
}

// TestFlush: translations are remembered until the owner says otherwise.
func TestFlush(t *testing.T) {
	c, m := machine(t, "8b 03 8b 03 8b 03 8b 03")
	c.Run(1)
	delete(m, data/PageSize)
	if got := c.Run(1); got.Kind != Budget {
		t.Errorf("remembered: %+v", got)
	}
	c.FlushPage(data)
	if got := c.Run(1); got.Kind != PageFault || got.Addr != data {
		t.Errorf("flushed: %+v", got)
	}
}

func TestOwnersChoices(t *testing.T) {
	c, _ := machine(t, "0f a2  0f 31  0f c7 f0  f3 0f c7 ff  0f 01 f9  0f 01 d0")
	c.CPUID = func(leaf, sub uint32) (a, b, x, d uint32) { return leaf + 1, sub + 2, 3, 4 }
	c.TSC = func() uint64 { return 5<<32 | 6 }
	c.Random = func() uint64 { return 7 }
	c.Processor = 8
	c.R[RAX], c.R[RCX] = 10, 20
	c.Run(1)
	if got := [4]uint64{c.R[RAX], c.R[RBX], c.R[RCX], c.R[RDX]}; got != [4]uint64{11, 22, 3, 4} {
		t.Errorf("cpuid %v", got)
	}
	if c.Run(1); c.R[RAX] != 6 || c.R[RDX] != 5 {
		t.Errorf("rdtsc %d %d", c.R[RAX], c.R[RDX])
	}
	if c.Run(1); c.R[RAX] != 7 || c.Flags&FlagCF == 0 {
		t.Errorf("rdrand %d", c.R[RAX])
	}
	if c.Run(1); c.R[RDI] != 8 {
		t.Errorf("rdpid %d", c.R[RDI])
	}
	if c.Run(1); c.R[RCX] != 8 || c.R[RAX] != 6 {
		t.Errorf("rdtscp %d", c.R[RCX])
	}
	c.R[RCX] = 0
	if c.Run(1); c.R[RAX] != 3 || c.R[RDX] != 0 {
		t.Errorf("xgetbv %d %d", c.R[RAX], c.R[RDX])
	}
}

func TestSet(t *testing.T) {
	var s, back State
	s.Reset()
	for i := range s.R {
		s.R[i] = uint64(i) + 100
	}
	for i := range s.X {
		s.X[i] = XMM{uint64(i), ^uint64(i)}
	}
	s.RIP, s.FSBase, s.GSBase, s.Segment, s.MXCSR = 1, 2, 3, [6]uint16{1, 2, 3, 4, 5, 6}, 0x1fa0
	s.DR[0], s.DR[7] = 9, 1
	layout, ok := regs.GuessXSave(576+256, 7)
	if !ok {
		t.Fatal("no AVX layout")
	}
	set := &regs.Set{XSave: regs.NewXSave(layout), Layout: layout}
	s.ToSet(set)
	back.FromSet(set)
	if d := cmp.Diff(s, back); d != "" {
		t.Error(d)
	}
	if set.PC() != 1 || set.SP() != 100+RSP || set.G[regs.RSI] != 100+RSI || set.G[regs.SS] != 3 {
		t.Errorf("set %+v", set.G)
	}
	set.XSave[xsBV] = 0 // the SSE component is in its initial state
	if back.FromSet(set); back.X[3] != (XMM{}) {
		t.Errorf("xmm3 %x", back.X[3])
	}
}

// FuzzRun: any bytes, from any registers, end in a trap, and within the budget.
func FuzzRun(f *testing.F) {
	for _, s := range []string{"90", "f3 a4", "0f c7 08", "c4 e2 f8 f2 c1", "8f 00", "62 f1 7c 48 10 00", "66 0f 3a 0f c0 01",
		"c8 ff ff 1f", "48 cf", "0f ae f8", "f0 0f b1 03", "0f 73 f8 10", "67 e3 fe", "eb fe"} {
		f.Add(unhex(f, s), uint64(data), uint64(FlagTF))
	}
	f.Fuzz(func(t *testing.T, code []byte, r, flags uint64) {
		m := flat{}.add(text, 2, "rwx").add(data, 2, "rw").add(stack-PageSize, 1, "rw")
		start := uint64(text + PageSize - len(code)%64)
		m.set(start, code[:min(len(code), PageSize)])
		c := New(m)
		for i := range c.R {
			c.R[i] = r + uint64(i)*8
		}
		c.RIP, c.R[RSP], c.Flags = start, stack-128, flags&(popMask|FlagRF)|flagFixed|FlagIF
		c.DR[0], c.DR[1], c.DR[7] = data, text+PageSize, flags>>32
		const budget = 200
		for steps := 0; steps < budget; {
			got := c.Run(budget - steps)
			if got.Steps < 0 || got.Steps > budget-steps {
				t.Fatalf("%d steps of %d", got.Steps, budget-steps)
			}
			if steps += got.Steps; got.Kind == Unsupported && (len(got.Code) == 0 || got.Name == "") {
				t.Fatalf("unsupported without a name: %+v", got)
			}
			if got.Kind != Debug && got.Kind != Syscall && got.Kind != Interrupt && got.Kind != Breakpoint || got.Steps == 0 {
				return
			}
		}
	})
}

// cow is an address space whose data page is shared until it is written.
type cow struct {
	flat
	shared *Page
	copied *Page
}

func (s *cow) Page(addr uint64, a Access) *Page {
	switch {
	case addr/PageSize != data/PageSize:
		return s.flat.Page(addr, a)
	case a == Write && s.copied == nil:
		s.copied = s.shared.Copy()
	}
	if s.copied != nil {
		return s.copied
	}
	return s.shared
}

// TestCopyOnWrite: a page read before its copy was made is not read again after.
func TestCopyOnWrite(t *testing.T) {
	c, m := machine(t, "8b 03  c6 03 07  8b 13") // read, write, read
	s := &cow{flat: m, shared: &Page{Data: [PageSize]byte{5}}}
	c.SetMemory(s)
	if got := c.Run(3); got.Kind != Budget || c.R[RAX] != 5 || c.R[RDX] != 7 || s.shared.Data[0] != 5 {
		t.Errorf("%+v: read %d, then %d; the shared page has %d", got, c.R[RAX], c.R[RDX], s.shared.Data[0])
	}
}

func TestFXSave(t *testing.T) {
	c, _ := machine(t, "0f ae 03  0f ae 0b  0f ae 4b 08")
	for i := range c.X {
		c.X[i] = XMM{uint64(i), ^uint64(i)}
	}
	c.MXCSR = 0x1fa0
	want := c.State
	c.Run(1)
	c.X, c.MXCSR = [16]XMM{}, 0x1f80
	c.Run(1)
	want.RIP = c.RIP
	if d := differences(&c.State, &want); d != nil {
		t.Error(d)
	}
	if got := c.Run(1); got.Kind != Protection {
		t.Errorf("misaligned: %+v", got)
	}
}

// TestDefaultCPUID: what it announces exists, and leaves it does not have are zero.
func TestDefaultCPUID(t *testing.T) {
	_, b, x, d := DefaultCPUID(0, 0)
	name := string(le.AppendUint32(le.AppendUint32(le.AppendUint32(nil, b), d), x))
	if name != "GenuineIntel" { // glibc knows three vendors, and needs to know the processor
		t.Errorf("vendor %q", name)
	}
	_, _, x, d = DefaultCPUID(1, 0)
	if x>>28&1 != 0 || x>>27&1 != 0 || d>>26&1 != 1 {
		t.Errorf("leaf 1: ecx %#x edx %#x; want no AVX, no OSXSAVE, SSE2", x, d)
	}
	if a, b, x, d := DefaultCPUID(0x1234, 0); a|b|x|d != 0 {
		t.Error("an unknown leaf has values")
	}
}

func TestNames(t *testing.T) {
	if len(kindNames) != int(Watched)+1 {
		t.Errorf("%d names of kinds", len(kindNames))
	}
	if PageFault.String() != "page fault" || Unsupported.String() != "not modeled" || Execute.String() != "execute" {
		t.Error("names are displaced")
	}
}
