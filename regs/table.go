package regs

import (
	"fmt"
	"slices"
	"strings"
)

// The rows. Linux offsets are those of struct user_regs_struct (sys/user.h) and of
// u_debugreg in struct user; FreeBSD offsets those of struct __reg64 and __dbreg64
// (sys/x86/include/reg.h); XSAVE offsets those of Intel SDM vol. 1, 13.4. DWARF
// numbers are figure 3.36 of the System V x86-64 psABI.

// Table is every register, in the order in which a debugger lists them; parts follow
// the register they are part of only by their Parent, not by position.
var Table = buildTable()

func buildTable() []Row {
	return slices.Concat(generalRows(), x87Rows(), vectorRows(), maskRows(), debugRows(), partRows())
}

// generalRow lists one slot of Set.G.
type generalRow struct {
	name    string
	alias   string
	id      ID
	bits    int
	dwarf   int
	kind    Kind
	linux   int // offset, 8 bytes each
	freebsd int // offset, -1 if struct reg lacks it
	fbsize  int // bytes there
}

var generals = []generalRow{
	{"rax", "", RAX, 64, 0, KindGeneral, 80, 112, 8},
	{"rbx", "", RBX, 64, 3, KindGeneral, 40, 88, 8},
	{"rcx", "", RCX, 64, 2, KindGeneral, 88, 104, 8},
	{"rdx", "", RDX, 64, 1, KindGeneral, 96, 96, 8},
	{"rsi", "", RSI, 64, 4, KindGeneral, 104, 72, 8},
	{"rdi", "", RDI, 64, 5, KindGeneral, 112, 64, 8},
	{"rbp", "fp", RBP, 64, 6, KindGeneral, 32, 80, 8},
	{"rsp", "sp", RSP, 64, 7, KindGeneral, 152, 160, 8},
	{"r8", "", R8, 64, 8, KindGeneral, 72, 56, 8},
	{"r9", "", R9, 64, 9, KindGeneral, 64, 48, 8},
	{"r10", "", R10, 64, 10, KindGeneral, 56, 40, 8},
	{"r11", "", R11, 64, 11, KindGeneral, 48, 32, 8},
	{"r12", "", R12, 64, 12, KindGeneral, 24, 24, 8},
	{"r13", "", R13, 64, 13, KindGeneral, 16, 16, 8},
	{"r14", "", R14, 64, 14, KindGeneral, 8, 8, 8},
	{"r15", "", R15, 64, 15, KindGeneral, 0, 0, 8},
	{"rip", "pc", RIP, 64, 16, KindGeneral, 128, 136, 8},
	{"eflags", "rflags flags", EFlags, 32, 49, KindFlags, 144, 152, 8},
	{"cs", "", CS, 16, 51, KindSegment, 136, 144, 8},
	{"ss", "", SS, 16, 52, KindSegment, 160, 168, 8},
	{"ds", "", DS, 16, 53, KindSegment, 184, 134, 2},
	{"es", "", ES, 16, 50, KindSegment, 192, 132, 2},
	{"fs", "", FS, 16, 54, KindSegment, 200, 124, 2},
	{"gs", "", GS, 16, 55, KindSegment, 208, 126, 2},
	{"fs_base", "fsbase", FSBase, 64, 58, KindSegment, 168, -1, 0},
	{"gs_base", "gsbase", GSBase, 64, 59, KindSegment, 176, -1, 0},
	{"orig_rax", "", OrigRAX, 64, NoDWARF, KindPseudo, 120, -1, 0},
}

func generalRows() []Row {
	var t []Row
	for _, g := range generals {
		r := Row{Name: g.name, Aliases: words(g.alias), Bits: g.bits, DWARF: g.dwarf, Kind: g.kind,
			Linux: Place{Area: RegsArea, Off: g.linux, Size: 8},
			own:   piece{group: General, index: uint8(g.id), n: g.bits / 8}}
		if g.freebsd >= 0 {
			r.FreeBSD = Place{Area: RegsArea, Off: g.freebsd, Size: g.fbsize}
		}
		if g.id == EFlags {
			r.fields = eflagsFields
		}
		t = append(t, r)
	}
	return t
}

// xsave is the row of a register at a byte offset of an XSAVE component.
func xsave(name string, bits, dwarf int, kind Kind, c Component, off int) Row {
	p := Place{Area: XSaveArea, Comp: c, Off: off, Size: bits / 8}
	return Row{Name: name, Bits: bits, DWARF: dwarf, Kind: kind, Linux: p, FreeBSD: p,
		own: piece{group: Extended, index: uint8(c), off: off, n: bits / 8}}
}

// part is the row of a register that is a part of another.
func part(name string, bits int, kind Kind, parent string, bit int) Row {
	return Row{Name: name, Bits: bits, DWARF: NoDWARF, Kind: kind, Parent: parent, Bit: bit}
}

func (r Row) within(parent string, bit int) Row { r.Parent, r.Bit = parent, bit; return r }
func (r Row) as(aliases string) Row             { r.Aliases = words(aliases); return r }
func (r Row) coded(c *codec) Row                { r.codec = c; return r }
func (r Row) named(f []field) Row               { r.fields = f; return r }

// x87Rows: the legacy region in its 64-bit form (FXSAVE64, Intel SDM vol. 1, table 10-2).
func x87Rows() []Row {
	var t []Row
	for i := range 8 {
		t = append(t, xsave(fmt.Sprintf("st%d", i), 80, 33+i, KindX87, X87, 32+16*i).
			as(fmt.Sprintf("st(%d)", i)))
	}
	t = append(t,
		xsave("fctrl", 16, 65, KindX87, X87, 0).as("fcw").named(fctrlFields),
		xsave("fstat", 16, 66, KindX87, X87, 2).as("fsw").named(fstatFields),
		xsave("ftag", 16, NoDWARF, KindX87, X87, 4).as("ftw").coded(&tagCodec),
		xsave("fop", 16, NoDWARF, KindX87, X87, 6),
		xsave("fip", 64, NoDWARF, KindX87, X87, 8),
		xsave("fdp", 64, NoDWARF, KindX87, X87, 16),
		part("fioff", 32, KindX87, "fip", 0),
		part("fiseg", 16, KindX87, "fip", 32),
		part("fooff", 32, KindX87, "fdp", 0),
		part("foseg", 16, KindX87, "fdp", 32))
	for i := range 8 {
		t = append(t, xsave(fmt.Sprintf("mm%d", i), 64, 41+i, KindMMX, X87, 32+16*i).coded(&mmxCodec))
	}
	return t
}

// vectorRows: xmm0-15 are in the legacy region, the upper halves of ymm0-15 in the
// AVX component, those of zmm0-15 in ZMM_Hi256, and zmm16-31 whole in Hi16_ZMM.
func vectorRows() []Row {
	xmm, ymm, zmm := []Row{}, []Row{}, []Row{}
	for i := range 16 {
		x, y, z := fmt.Sprintf("xmm%d", i), fmt.Sprintf("ymm%d", i), fmt.Sprintf("zmm%d", i)
		xmm = append(xmm, xsave(x, 128, 17+i, KindSSE, SSE, 16*i).within(y, 0))
		ymm = append(ymm, part(y, 256, KindAVX, z, 0),
			xsave(y+"h", 128, NoDWARF, KindAVX, AVX, 16*i).within(y, 128))
		zmm = append(zmm, part(z, 512, KindAVX512, "", 0),
			xsave(z+"h", 256, NoDWARF, KindAVX512, ZMMHi256, 32*i).within(z, 256))
	}
	for i := range 16 {
		n := 16 + i
		x, y, z := fmt.Sprintf("xmm%d", n), fmt.Sprintf("ymm%d", n), fmt.Sprintf("zmm%d", n)
		lo := part(x, 128, KindAVX512, y, 0)
		lo.DWARF = 67 + i
		zmm = append(zmm, xsave(z, 512, NoDWARF, KindAVX512, Hi16ZMM, 64*i), part(y, 256, KindAVX512, z, 0), lo)
	}
	xmm = append(xmm, xsave("mxcsr", 32, 64, KindSSE, X87, 24).coded(&mxcsrCodec).named(mxcsrFields))
	return append(append(xmm, ymm...), zmm...)
}

func maskRows() []Row {
	var t []Row
	for i := range 8 {
		t = append(t, xsave(fmt.Sprintf("k%d", i), 64, 118+i, KindAVX512, OpMask, 8*i))
	}
	return append(t, xsave("pkru", 32, NoDWARF, KindPseudo, PKRU, 0))
}

// debugRows: Linux keeps them at offsetof(struct user, u_debugreg).
func debugRows() []Row {
	const user = 848
	var t []Row
	for _, i := range []int{0, 1, 2, 3, 6, 7} {
		r := Row{Name: fmt.Sprintf("dr%d", i), Bits: 64, DWARF: NoDWARF, Kind: KindDebug,
			Linux:   Place{Area: DebugArea, Off: user + 8*i, Size: 8},
			FreeBSD: Place{Area: DebugArea, Off: 8 * i, Size: 8},
			own:     piece{group: Debug, index: uint8(i), n: 8}}
		switch i {
		case 6:
			r.fields = dr6Fields
		case 7:
			r.fields = dr7Fields
		}
		t = append(t, r)
	}
	return t
}

// partRows: the 32-, 16- and 8-bit names within the general registers.
func partRows() []Row {
	var t []Row
	for _, n := range []struct{ r, e, x, l, h string }{
		{"rax", "eax", "ax", "al", "ah"}, {"rbx", "ebx", "bx", "bl", "bh"},
		{"rcx", "ecx", "cx", "cl", "ch"}, {"rdx", "edx", "dx", "dl", "dh"},
		{"rsi", "esi", "si", "sil", ""}, {"rdi", "edi", "di", "dil", ""},
		{"rbp", "ebp", "bp", "bpl", ""}, {"rsp", "esp", "", "spl", ""},
		{"r8", "r8d", "r8w", "r8b", ""}, {"r9", "r9d", "r9w", "r9b", ""},
		{"r10", "r10d", "r10w", "r10b", ""}, {"r11", "r11d", "r11w", "r11b", ""},
		{"r12", "r12d", "r12w", "r12b", ""}, {"r13", "r13d", "r13w", "r13b", ""},
		{"r14", "r14d", "r14w", "r14b", ""}, {"r15", "r15d", "r15w", "r15b", ""},
	} {
		word := n.x
		t = append(t, part(n.e, 32, KindGeneral, n.r, 0))
		if word == "" { // "sp" is the whole stack pointer, as in gdb
			t = append(t, part(n.l, 8, KindGeneral, n.e, 0))
			continue
		}
		t = append(t, part(word, 16, KindGeneral, n.e, 0), part(n.l, 8, KindGeneral, word, 0))
		if n.h != "" {
			t = append(t, part(n.h, 8, KindGeneral, word, 8))
		}
	}
	return t
}

func words(s string) []string { return strings.Fields(s) }
