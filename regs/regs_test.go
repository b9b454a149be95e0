package regs

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// amd is the layout of an AMD processor with AVX-512; intel one with the gap of MPX.
func layouts(t testing.TB) (amd, intel *XSaveLayout) {
	amd, ok := GuessXSave(2440, 0x2e7)
	intel, ok2 := GuessXSave(2696, 0x2e7)
	if !ok || !ok2 {
		t.Fatal("the known layouts are not found")
	}
	return amd, intel
}

func fullSet(l *XSaveLayout) *Set {
	return &Set{Have: General | Extended | Debug, XSave: NewXSave(l), Layout: l}
}

func row(t testing.TB, name string) *Row {
	t.Helper()
	r, ok := Lookup(name)
	if !ok {
		t.Fatalf("no register %s", name)
	}
	return r
}

func get(t testing.TB, s *Set, name string) Value {
	t.Helper()
	v, err := row(t, name).Read(s)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func put(t testing.TB, s *Set, name string, x uint64) {
	t.Helper()
	r := row(t, name)
	if err := r.Write(s, Uint(min(r.Bits, 64), x)); err != nil {
		t.Fatal(err)
	}
}

func TestLookup(t *testing.T) {
	for name, want := range map[string]string{
		"rax": "rax", "$rax": "rax", "RAX": "rax", "pc": "rip", "$PC": "rip", "sp": "rsp", "fp": "rbp",
		"flags": "eflags", "rflags": "eflags", "st(3)": "st3", "r8d": "r8d", "spl": "spl", "ZMM31": "zmm31",
		"fcw": "fctrl", "k7": "k7", "fs_base": "fs_base",
	} {
		if r, ok := Lookup(name); !ok || r.Name != want {
			t.Errorf("Lookup(%q) = %v, %v; want %s", name, r, ok, want)
		}
	}
	for _, name := range []string{"", "$", "raxx", "xmm32", "dr4", "$$rax"} {
		if r, ok := Lookup(name); ok {
			t.Errorf("Lookup(%q) found %s", name, r.Name)
		}
	}
}

// The psABI's numbers, as a debugger's unwinder needs them.
func TestDWARFNumbers(t *testing.T) {
	for n, want := range map[int]string{0: "rax", 1: "rdx", 2: "rcx", 3: "rbx", 7: "rsp", 16: "rip", 17: "xmm0",
		32: "xmm15", 33: "st0", 41: "mm0", 49: "eflags", 50: "es", 58: "fs_base", 64: "mxcsr", 65: "fctrl",
		67: "xmm16", 82: "xmm31", 118: "k0", 125: "k7"} {
		if r, ok := ByDWARF(n); !ok || r.Name != want {
			t.Errorf("DWARF register %d is %v, want %s", n, r, want)
		}
	}
	for id := range NGeneral {
		r := ByID(id)
		if got, ok := r.ID(); !ok || got != id {
			t.Errorf("ByID(%d) is %s, whose ID is %d", id, r.Name, got)
		}
		if id <= RIP && r.DWARF != int(id) {
			t.Errorf("%s: slot %d, DWARF %d", r.Name, id, r.DWARF)
		}
	}
}

// Every row's pieces cover it exactly, and stay within one group.
func TestRowsAreWhole(t *testing.T) {
	for i := range Table {
		r := &Table[i]
		at := 0
		for _, p := range r.pieces {
			if p.at != at || p.n <= 0 || p.group != r.Group() {
				t.Errorf("%s: piece %+v, expected to start at byte %d", r.Name, p, at)
			}
			at += p.n
		}
		if at*8 != r.Bits {
			t.Errorf("%s: %d bits, its pieces have %d", r.Name, r.Bits, at*8)
		}
		if r.Parent != "" && row(t, r.Parent).Bits < r.Bit+r.Bits {
			t.Errorf("%s does not fit in %s", r.Name, r.Parent)
		}
	}
}

func TestParts(t *testing.T) {
	amd, _ := layouts(t)
	s := fullSet(amd)
	for _, c := range []struct {
		write string
		x     uint64
		reads map[string]uint64
	}{
		{"rax", 0x1122334455667788, map[string]uint64{"eax": 0x55667788, "ax": 0x7788, "al": 0x88, "ah": 0x77}},
		{"eax", 1, map[string]uint64{"rax": 0x1122334400000001}},
		{"ah", 0xab, map[string]uint64{"rax": 0x112233440000ab01, "ax": 0xab01}},
		{"r8b", 0x7f, map[string]uint64{"r8": 0x7f, "r8w": 0x7f, "r8d": 0x7f}},
		{"spl", 0x10, map[string]uint64{"rsp": 0x10, "esp": 0x10}},
		{"cs", 0x33, map[string]uint64{"cs": 0x33}},
		{"eflags", 0x246, map[string]uint64{"rflags": 0x246}},
		{"fip", 0x12345678_9abcdef0, map[string]uint64{"fioff": 0x9abcdef0, "fiseg": 0x5678}},
		{"dr7", 0x401, map[string]uint64{"dr7": 0x401}},
		{"k3", 5, map[string]uint64{"k3": 5, "k2": 0}},
		{"pkru", 0x55555554, map[string]uint64{"pkru": 0x55555554}},
	} {
		put(t, s, c.write, c.x)
		for name, want := range c.reads {
			if got := get(t, s, name).Uint64(); got != want {
				t.Errorf("after %s = %#x: %s = %#x, want %#x", c.write, c.x, name, got, want)
			}
		}
	}
}

// A zmm register lies in three components, at places that the layout decides.
func TestVectorPieces(t *testing.T) {
	amd, intel := layouts(t)
	for _, l := range []*XSaveLayout{amd, intel} {
		s := fullSet(l)
		want := Value{Bits: 512, Kind: KindAVX512}
		for i := range want.Bytes {
			want.Bytes[i] = byte(i + 1)
		}
		for _, name := range []string{"zmm3", "zmm19"} {
			if err := row(t, name).Write(s, want); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, get(t, s, name)); diff != "" {
				t.Error(diff)
			}
		}
		if bv := s.xstateBV(); bv != 1<<SSE|1<<AVX|1<<ZMMHi256|1<<Hi16ZMM {
			t.Errorf("XSTATE_BV = %#x", bv)
		}
		if b := s.XSave[160+48]; b != 1 {
			t.Errorf("xmm3 starts with %d", b)
		}
		if b := s.XSave[l.Offset[ZMMHi256]+96]; b != 33 {
			t.Errorf("zmm3h starts with %d", b)
		}
		if b := s.XSave[l.Offset[Hi16ZMM]+192]; b != 1 {
			t.Errorf("zmm19 starts with %d", b)
		}
		if got := get(t, s, "ymm3h").Bytes[0]; got != 17 {
			t.Errorf("ymm3h starts with %d", got)
		}
		if got := get(t, s, "xmm19").Bytes[15]; got != 16 {
			t.Errorf("xmm19 ends with %d", got)
		}
		put(t, s, "xmm3", 0) // keeps the upper half of ymm3
		if got := get(t, s, "ymm3"); got.Bytes[0] != 0 || got.Bytes[16] != 17 {
			t.Errorf("ymm3 after xmm3 = 0: %v", got.Raw())
		}
	}
}

// A component whose bit in XSTATE_BV is clear is in its initial state, whatever the
// bytes say; the first write to it must not bring the stale bytes to life.
func TestInitialState(t *testing.T) {
	amd, _ := layouts(t)
	s := fullSet(amd)
	for i := range 464 {
		s.XSave[i] = 0xee
	}
	binary.LittleEndian.PutUint32(s.XSave[24:], 0x1fa0)
	binary.LittleEndian.PutUint32(s.XSave[28:], 0x2ffff)
	for name, want := range map[string]uint64{"fctrl": 0x37f, "ftag": 0xffff, "fstat": 0, "xmm1": 0, "mxcsr": 0x1fa0} {
		if got := get(t, s, name).Uint64(); got != want {
			t.Errorf("%s = %#x, want %#x", name, got, want)
		}
	}
	put(t, s, "xmm1", 7)
	put(t, s, "st2", 9)
	for name, want := range map[string]uint64{"xmm0": 0, "xmm1": 7, "st2": 9, "st1": 0, "fctrl": 0x37f, "mxcsr": 0x1fa0} {
		if got := get(t, s, name).Uint64(); got != want {
			t.Errorf("after the writes: %s = %#x, want %#x", name, got, want)
		}
	}
	if err := row(t, "mxcsr").Write(s, Uint(32, 1<<20)); err == nil {
		t.Error("a reserved bit of mxcsr was written")
	}

	zero := &Set{Have: Extended, XSave: make([]byte, amd.Size), Layout: amd}
	if got := get(t, zero, "mxcsr").Uint64(); got != 0x1f80 {
		t.Errorf("mxcsr of an area that was never saved = %#x", got)
	}
	put(t, zero, "mxcsr", 0x1f00)
	if zero.xstateBV() != 1<<SSE {
		t.Error("writing mxcsr must mark SSE valid, or Linux drops the value")
	}
}

func TestX87(t *testing.T) {
	amd, _ := layouts(t)
	s := fullSet(amd)
	put(t, s, "fstat", 6<<11) // TOP = 6: st0 is physical register 6, mm6
	one, err := row(t, "st0").Parse("1", Value{})
	if err != nil {
		t.Fatal(err)
	}
	if err := row(t, "st0").Write(s, one); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "mm6").Uint64(); got != 1<<63 {
		t.Errorf("mm6 = %#x", got)
	}
	put(t, s, "ftag", 0x0fff) // 6 and 7 in use
	if got := get(t, s, "ftag").Uint64(); got != 0x4fff {
		t.Errorf("ftag = %#x, want st0 valid (0), st1 zero (1)", got)
	}
	put(t, s, "mm7", 5)
	if got := get(t, s, "st1").Uint64(); got != 5 {
		t.Errorf("st1 = %#x", got)
	}
}

func TestErrors(t *testing.T) {
	amd, _ := layouts(t)
	sse, _ := GuessXSave(512, 3)
	compacted := NewXSave(amd)
	compacted[527] = 0x80
	for _, c := range []struct {
		name string
		set  *Set
		want string
	}{
		{"rax", &Set{}, "general registers of this thread have not been read"},
		{"xmm0", &Set{Have: General}, "vector registers of this thread have not been read"},
		{"dr0", &Set{Have: General}, "debug registers"},
		{"zmm0", &Set{Have: Extended, XSave: make([]byte, 512), Layout: sse}, "no AVX"},
		{"k0", &Set{Have: Extended, XSave: make([]byte, 512), Layout: amd}, "512 bytes"},
		{"st0", &Set{Have: Extended, Layout: amd}, "0 bytes"},
		{"xmm0", &Set{Have: Extended, XSave: compacted, Layout: amd}, "compacted"},
	} {
		_, err := row(t, c.name).Read(c.set)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("read %s: %v, want %q", c.name, err, c.want)
		}
		before := append([]byte(nil), c.set.XSave...)
		if err := row(t, c.name).Write(c.set, Uint(8, 1)); err == nil {
			t.Errorf("write %s: no error", c.name)
		}
		if diff := cmp.Diff(before, append([]byte(nil), c.set.XSave...)); diff != "" {
			t.Errorf("%s: a failed write changed the area: %s", c.name, diff)
		}
	}
	s := fullSet(amd)
	for _, c := range []struct {
		x  uint64
		ok bool
	}{{0xff, true}, {0x100, false}, {^uint64(0), true}, {^uint64(0x7f), true}, {^uint64(0x80), false}} {
		if err := row(t, "al").Write(s, Uint(64, c.x)); (err == nil) != c.ok {
			t.Errorf("al = %#x: %v", c.x, err)
		}
	}
}

func TestFormatAndParse(t *testing.T) {
	for _, c := range []struct{ reg, text, hex, out string }{
		{"eflags", "[ ZF PF IF ]", "0x246", "[ PF ZF IF ]"},
		{"eflags", "cf|of", "0x803", "[ CF OF ]"},
		{"eflags", "IOPL=3", "0x3002", "[ IOPL=3 ]"},
		{"eflags", "0x202", "0x202", "[ IF ]"},
		{"eflags", "[ ]", "0x2", "[ ]"},
		{"mxcsr", "im dm zm om um pm", "0x1f80", "[ IM DM ZM OM UM PM ]"},
		{"fctrl", "0x37f", "0x37f", "[ IM DM ZM OM UM PM PC=extended ]"},
		{"fstat", "0x3800", "0x3800", "[ TOP=7 ]"},
		{"dr6", "0xffff4ff1", "0xffff4ff1", "[ B0 BS ]"},
		{"dr7", "L1 LE RW1=write LEN1=4", "0xd00104", "[ L1 LE RW1=write LEN1=4 ]"},
		{"dr7", "0x1", "0x1", "[ L0 RW0=exec LEN0=1 ]"},
		{"rax", "-1", "0xffffffffffffffff", "0xffffffffffffffff"},
		{"rax", "0b1010", "0xa", "0xa"},
		{"al", "-128", "0x80", "0x80"},
		{"st0", "1", "0x3fff8000000000000000", "1"},
		{"st0", "-0", "0x80000000000000000000", "-0"},
		{"st0", "3.25", "0x4000d000000000000000", "3.25"},
		{"st0", "1e4932", "0x7ffed72cb2a95c7ef6cd", "1e+4932"},
		{"st0", "3.6451995318824746025e-4951", "0x1", "3.6451995318824746025e-4951"},
		{"st0", "-inf", "0xffff8000000000000000", "-inf"},
		{"st0", "nan", "0x7fffc000000000000000", "nan(0xc000000000000000)"},
		{"xmm0", "{1, 2, 3, 4}", "0x4000000030000000200000001", ""},
		{"xmm0", "{1.0, 2.0}", "0x4000000000000000" + "3ff0000000000000", ""},
		{"xmm0", "{1.5, 1, -1, 0x10}", "0x10" + "ffffffff" + "00000001" + "3fc00000", ""},
		{"ymm0", "-1", "0x" + strings.Repeat("f", 64), ""},
		{"mm0", "{1,2,3,4}", "0x4000300020001", "{v2_int32 = {131073, 262147}, v4_int16 = {1, 2, 3, 4}, " +
			"v8_int8 = {1, 0, 2, 0, 3, 0, 4, 0}, uint64 = 0}"},
	} {
		r := row(t, c.reg)
		old := Value{}
		if c.reg == "eflags" {
			old = Uint(32, 2|1<<6)
		}
		v, err := r.Parse(c.text, old)
		if err != nil {
			t.Errorf("%v", err)
			continue
		}
		if v.Hex() != c.hex {
			t.Errorf("%s = %q: %s, want %s", c.reg, c.text, v.Hex(), c.hex)
		}
		if got := r.Format(v); c.out != "" && c.reg != "mm0" && got != c.out {
			t.Errorf("%s %s prints %q, want %q", c.reg, v.Hex(), got, c.out)
		}
	}
	for _, c := range [][2]string{
		{"al", "256"}, {"al", "-129"}, {"rax", "x"}, {"rax", ""}, {"eflags", "QF"}, {"dr7", "RW0"}, {"dr7", "RW0=9"},
		{"xmm0", "{1,2,3}"}, {"xmm0", "{1,2"}, {"xmm0", "{}"}, {"st0", "1e5000"}, {"st0", "0x1p99999999"},
		{"st0", "abc"}, {"xmm0", "{1.5,1,1,1,1,1,1,1}"}, {"k0", strings.Repeat("1", 999)},
	} {
		if v, err := row(t, c[0]).Parse(c[1], Value{}); err == nil {
			t.Errorf("%s = %q gave %s", c[0], c[1], v.Hex())
		} else if !strings.Contains(err.Error(), c[0]) {
			t.Errorf("the error does not name the register: %v", err)
		}
	}
}

func TestViews(t *testing.T) {
	amd, _ := layouts(t)
	s := fullSet(amd)
	v := FromBytes(make([]byte, 16))
	for i, f := range []float32{1, -2.5, float32(math.Inf(1)), 1e-20} {
		binary.LittleEndian.PutUint32(v.Bytes[4*i:], math.Float32bits(f))
	}
	if err := row(t, "xmm5").Write(s, v); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ reg, view, want string }{
		{"xmm5", "v4_float", "{1, -2.5, inf, 1e-20}"},
		{"xmm5", "v4_int32", "{1065353216, -1071644672, 2139095040, 507307272}"},
		{"xmm5", "uint128", "0x1e3ce5087f800000c02000003f800000"},
		{"ymm5", "v2_int128", "{0x1e3ce5087f800000c02000003f800000, 0x0}"},
		{"zmm6", "v64_int8", "{0 <repeats 64 times>}"},
		{"xmm6", "v2_double", "{0, 0}"},
	} {
		got, err := get(t, s, c.reg).View(c.view)
		if err != nil || got != c.want {
			t.Errorf("%s %s = %s, %v; want %s", c.reg, c.view, got, err, c.want)
		}
	}
	if _, err := get(t, s, "xmm5").View("v3_float"); err == nil || !strings.Contains(err.Error(), "v4_float") {
		t.Errorf("a view that is not there: %v", err)
	}
	if got := half(0x3c00); got != 1 {
		t.Errorf("half 0x3c00 = %v", got)
	}
	if got := half(0x8001); got != -1.0/(1<<24) {
		t.Errorf("half 0x8001 = %v", got)
	}
	want := "{v8_bfloat16 = {0, 0, 0, 0, 0, 0, 0, 0}, v8_half = {0, 0, 0, 0, 0, 0, 0, 0}, v4_float = {0, 0, 0, 0}, " +
		"v2_double = {0, 0}, v16_int8 = {0 <repeats 16 times>}, v8_int16 = {0, 0, 0, 0, 0, 0, 0, 0}, " +
		"v4_int32 = {0, 0, 0, 0}, v2_int64 = {0, 0}, uint128 = 0x0}"
	if diff := cmp.Diff(want, get(t, s, "xmm6").String()); diff != "" {
		t.Error(diff)
	}
}

func TestDebugControl(t *testing.T) {
	d, err := DR7(0).With(2, AccessWrite, 0x1008, 8)
	if err != nil || d != 0x9000110 {
		t.Fatalf("With: %#x, %v", uint64(d), err)
	}
	if a, n := d.Slot(2); !d.Enabled(2) || d.Enabled(1) || a != AccessWrite || n != 8 || !d.WatchesData() {
		t.Errorf("Slot: %v %v", a, n)
	}
	if d.Without(2) != 1<<8 {
		t.Errorf("Without: %#x", uint64(d.Without(2)))
	}
	for _, c := range []struct {
		n    int
		a    Access
		addr uint64
		size int
	}{{4, AccessWrite, 0, 1}, {0, AccessWrite, 0, 3}, {0, AccessWrite, 2, 4}, {0, AccessExec, 0, 2}} {
		if _, err := d.With(c.n, c.a, c.addr, c.size); err == nil {
			t.Errorf("With(%+v) is accepted", c)
		}
	}
	if s := DR6(0xffff4ff4); !s.Hit(2) || s.Hit(0) || s&DR6Step == 0 || s.String() != "[ B2 BS ]" {
		t.Errorf("DR6: %v", s)
	}
}

// Each kernel structure has every byte of its own: no two rows overlap.
func TestKernelLayouts(t *testing.T) {
	var lin, fb [256]byte
	for i := range lin {
		lin[i], fb[i] = byte(i), byte(i)
	}
	s, out := &Set{}, [256]byte{}
	if err := FromLinux(lin[:LinuxRegsSize], s); err != nil {
		t.Fatal(err)
	}
	if s.Have != General || s.G[R15] != 0x0706050403020100 || byte(s.G[RIP]) != 128 || byte(s.G[GS]) != 208 {
		t.Errorf("FromLinux: %x", s.G)
	}
	if err := ToLinux(s, out[:]); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lin[:LinuxRegsSize], out[:LinuxRegsSize]); diff != "" {
		t.Error(diff)
	}

	s = &Set{}
	s.G[FSBase] = 77
	if err := FromFreeBSD(fb[:], s); err != nil {
		t.Fatal(err)
	}
	if s.G[FSBase] != 77 || s.G[OrigRAX] != ^uint64(0) || s.G[FS] != 0x7d7c || byte(s.G[RSP]) != 160 {
		t.Errorf("FromFreeBSD: %x", s.G)
	}
	out = [256]byte{}
	if err := ToFreeBSD(s, out[:]); err != nil {
		t.Fatal(err)
	}
	want := fb
	clear(want[FreeBSDRegsSize:])
	clear(want[120:124]) // trapno
	clear(want[128:132]) // err
	if diff := cmp.Diff(want, out); diff != "" {
		t.Error(diff)
	}
	if err := FromFreeBSDDebug(fb[:], s); err != nil || byte(s.DR[7]) != 56 || s.Have != General|Debug {
		t.Errorf("FromFreeBSDDebug: %v %x", err, s.DR)
	}
	for _, err := range []error{FromLinux(lin[:215], s), ToLinux(s, out[:0]), FromFreeBSD(fb[:175], s),
		ToFreeBSD(s, nil), FromFreeBSDDebug(nil, s), ToFreeBSDDebug(s, fb[:127])} {
		if err == nil {
			t.Error("a short buffer is accepted")
		}
	}
	if got := testing.AllocsPerRun(100, func() { FromLinux(lin[:], s); ToLinux(s, out[:]); FromFreeBSD(fb[:], s) }); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func TestGuessXSave(t *testing.T) {
	for _, c := range []struct {
		size int
		xcr0 uint64
		zmmh int // offset of ZMM_Hi256; -1: unknown layout
		pkru int
	}{
		{2696, 0x2ff, 1152, 2688}, {2688, 0xe7, 1152, 0}, {2432, 0xe7, 896, 0}, {2440, 0x2e7, 896, 2432},
		{840, 0x207, 0, 832}, {832, 7, 0, 0}, {1088, 0x1f, 0, 0}, {576, 3, 0, 0}, {999, 7, -1, 0},
	} {
		l, ok := GuessXSave(c.size, c.xcr0)
		if ok != (c.zmmh >= 0) {
			t.Errorf("%d bytes, %#x: found %v", c.size, c.xcr0, ok)
		} else if ok && (l.Offset[ZMMHi256] != c.zmmh || l.Offset[PKRU] != c.pkru) {
			t.Errorf("%d bytes, %#x: %+v", c.size, c.xcr0, l)
		}
	}
}

// TestFreeBSDLayout is the order of struct reg (machine/reg.h): a register's number is where it
// stands.
func TestFreeBSDLayout(t *testing.T) {
	order := []ID{R15, R14, R13, R12, R11, R10, R9, R8, RDI, RSI, RBP, RBX, RDX, RCX, RAX}
	var s Set
	b := make([]byte, 176)
	for i := range order {
		b[8*i] = byte(i + 1)
	}
	if err := FromFreeBSD(b, &s); err != nil {
		t.Fatal(err)
	}
	for i, id := range order {
		if got := s.G[id]; got != uint64(i+1) {
			t.Errorf("register %d of struct reg reads as %d", i+1, got)
		}
	}
}
