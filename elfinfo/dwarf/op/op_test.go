package op

import (
	"encoding/binary"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// bytesAt is a memory of one range.
type bytesAt struct {
	addr uint64
	b    []byte
}

func (m bytesAt) ReadMem(addr uint64, p []byte) (int, error) {
	if addr < m.addr || addr-m.addr >= uint64(len(m.b)) {
		return 0, errors.New("not mapped")
	}
	return copy(p, m.b[addr-m.addr:]), nil
}

func testEnv() *Env {
	object := uint64(0x7000)
	xmm := append(binary.LittleEndian.AppendUint64(nil, math.Float64bits(2.5)), make([]byte, 8)...)
	return &Env{
		Bias: 0x1000, Version: 5,
		Reg: func(n uint64) (uint64, bool) { return 0x100 * n, n < 17 },
		RegBytes: func(n uint64) ([]byte, bool) {
			return xmm, n == 17
		},
		Mem:    bytesAt{0x500, []byte{0xf0, 0xde, 0xbc, 0x9a, 0x78, 0x56, 0x34, 0x12, 0xff}},
		CFA:    func() (uint64, error) { return 0xcfa, nil },
		Base:   func() (uint64, error) { return 0xba5e, nil },
		TLS:    func(off uint64) (uint64, error) { return 0x7f000 + off, nil },
		AddrX:  func(i uint64) (uint64, error) { return 0x10 * i, nil },
		Object: &object,
		Type: func(off uint64) (BaseType, error) {
			types := map[uint64]BaseType{1: {4, Signed}, 2: {4, Unsigned}, 3: {8, Float}, 4: {4, Float}, 5: {1, Signed}, 6: {16, Unsigned}}
			return types[off], nil
		},
		Call: func(ref uint64, o Opcode) ([]byte, error) {
			if ref == 1 {
				return []byte{0x98, 1, 0}, nil // calls itself
			}
			return []byte{0x35}, nil
		},
		Entry: func(expr []byte) (uint64, error) { return 0xe0 + uint64(expr[0]), nil },
	}
}

func TestUint(t *testing.T) {
	tests := []struct {
		name string
		expr string
		want uint64
	}{
		{"lit31", "\x4f", 31},
		{"addr gets the bias", "\x03\x34\x12\x00\x00\x00\x00\x00\x00", 0x2234},
		{"const1s", "\x09\xff", ^uint64(0)},
		{"const2u", "\x0a\xff\xff", 0xffff},
		{"consts", "\x11\x7f", ^uint64(0)},
		{"breg7 8", "\x77\x08", 0x708},
		{"bregx 16 -1", "\x92\x10\x7f", 0xfff},
		{"fbreg -2", "\x91\x7e", 0xba5c},
		{"call_frame_cfa", "\x9c", 0xcfa},
		{"push_object_address", "\x97", 0x7000},
		{"form_tls_address", "\x38\x9b", 0x7f008},
		{"GNU_push_tls_address", "\x38\xe0", 0x7f008},
		{"addrx", "\xa1\x02", 0x1020},
		{"constx", "\xa2\x02", 0x20},
		{"GNU_addr_index", "\xfb\x02", 0x1020},
		{"deref", "\x0a\x00\x05\x06", 0x123456789abcdef0},
		{"deref_size 2", "\x0a\x00\x05\x94\x02", 0xdef0},
		{"deref_type 1-byte signed", "\x0a\x00\x05\xa6\x01\x05", uint64(0xfffffffffffffff0)},
		{"xderef in space 0", "\x30\x0a\x00\x05\x18", 0x123456789abcdef0},
		{"dup plus", "\x35\x12\x22", 10},
		{"over minus", "\x39\x32\x14\x1c", uint64(0xfffffffffffffff9)}, // 9 2 9: 2-9
		{"pick", "\x31\x32\x33\x15\x02", 1},
		{"swap minus", "\x32\x39\x16\x1c", 7},
		{"rot: 1 2 3 -> 3 1 2", "\x31\x32\x33\x17", 2},
		{"rot drop drop", "\x31\x32\x33\x17\x13\x13", 3},
		{"abs", "\x11\x7b\x19", 5},
		{"neg not", "\x35\x1f\x20", 4},
		{"div is signed", "\x11\x78\x32\x1b", uint64(0xfffffffffffffffc)},
		{"MinInt64 / -1", "\x0e\x00\x00\x00\x00\x00\x00\x00\x80\x11\x7f\x1b", 1 << 63},
		{"mod is unsigned", "\x0a\x05\x00\x33\x1d", 2},
		{"shl by 64", "\x31\x08\x40\x24", 0},
		{"shra", "\x11\x78\x31\x26", uint64(0xfffffffffffffffc)},
		{"shr", "\x11\x7f\x08\x3f\x25", 1},
		{"lt is signed", "\x11\x7f\x30\x2d", 1},
		{"bra taken", "\x31\x28\x02\x00\x08\x63\x35", 5},
		{"skip", "\x35\x2f\x02\x00\x08\x63", 5},
		{"plus_uconst", "\x31\x23\x80\x01", 129},
		{"call2", "\x98\x02\x00", 5},
		{"call_ref", "\x9a\x02\x00\x00\x00", 5},
		{"entry_value", "\xa3\x01\x55", 0xe0 + 0x55},
		{"GNU_entry_value", "\xf3\x01\x54", 0xe0 + 0x54},
		{"frame base reg6", "\x56", 0x600},
		{"const_type int wraps in plus", "\xa4\x01\x04\xff\xff\xff\x7f\xa4\x01\x04\x01\x00\x00\x00\x22", uint64(0xffffffff80000000)},
		{"convert unsigned to generic", "\xa4\x02\x04\xff\xff\xff\xff\xa8\x00", 0xffffffff},
		{"unsigned compare", "\xa4\x02\x04\xff\xff\xff\xff\xa4\x02\x04\x01\x00\x00\x00\x2b", 1},
		{"regval_type double to int", "\xa5\x11\x03\xa8\x01", 2},
		{"double + double", "\xa5\x11\x03\xa5\x11\x03\x22\xa8\x01", 5},
		{"GNU names of the same", "\xf5\x11\x03\xf7\x01", 2},
		{"float to int and back", "\x33\xa8\x04\xa9\x02", uint64(math.Float32bits(3))},
		{"reinterpret as unsigned", "\xa4\x01\x04\xff\xff\xff\xff\xa9\x02", 0xffffffff},
		{"16 bytes cut to 4", "\xa4\x06\x10" + strings.Repeat("\xfe", 16) + "\xa8\x01", uint64(0xfffffffffefefefe)},
		{"extended and cut", "\xa4\x01\x04\xff\xff\xff\xff\xa8\x06\xa8\x00", ^uint64(0)},
		{"breg of a vector register", "\x81\x01", math.Float64bits(2.5) + 1},
		{"stack_value", "\x35\x9f", 5},
		{"nop", "\x35\x96", 5},
	}
	for _, tt := range tests {
		got, err := Uint([]byte(tt.expr), testEnv())
		if err != nil || got != tt.want {
			t.Errorf("%s: got %#x, %v; want %#x", tt.name, got, err, tt.want)
		}
	}
	if got, err := Uint([]byte("\x22"), testEnv(), 3, 4); err != nil || got != 7 {
		t.Errorf("initial values: got %d, %v; want 7", got, err)
	}
}

// TestUint32: without a type, numbers are as wide as an address (DWARF 5, 2.5.1.1).
func TestUint32(t *testing.T) {
	tests := []struct {
		name string
		expr string
		want uint64
	}{
		{"addr of 4 bytes", "\x03\x34\x12\x00\x00\x35\x22", 0x2239},
		{"const1s", "\x09\xff", 0xffffffff},
		{"plus wraps", "\x0c\xff\xff\xff\xff\x32\x22", 1},
		{"minus wraps, shr is unsigned", "\x30\x31\x1c\x34\x25", 0x0fffffff},
		{"breg1 -512", "\x71\x80\x7c", 0xffffff00},
		{"deref of 4 bytes", "\x0a\x00\x05\x06", 0x9abcdef0},
		{"lt is signed", "\x09\xff\x30\x2d", 1},
		{"abs", "\x09\xfb\x19", 5},
		{"div is signed", "\x09\xf8\x32\x1b", 0xfffffffc},
		{"shra", "\x09\xf8\x31\x26", 0xfffffffc},
		{"mod is unsigned", "\x09\xff\x08\x10\x1d", 15},
		{"call_frame_cfa", "\x9c", 0xcfa},
	}
	for _, tt := range tests {
		env := testEnv()
		env.AddrSize = 4
		if got, err := Uint([]byte(tt.expr), env); err != nil || got != tt.want {
			t.Errorf("%s: got %#x, %v; want %#x", tt.name, got, err, tt.want)
		}
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		name, expr, want string
		unsupported      bool
	}{
		{"division by zero", "\x31\x30\x1b", "DW_OP_div at offset 2: division by zero", false},
		{"modulo zero", "\x31\x30\x1d", "division by zero", false},
		{"empty stack", "\x22", "too few values", false},
		{"empty drop", "\x13", "too few values", false},
		{"rot of two", "\x31\x31\x17", "too few values", false},
		{"pick too deep", "\x31\x15\x09", "too few values", false},
		{"endless loop", "\x2f\xfd\xff", "no end after", false},
		{"endless pushing", "\x31\x2f\xfc\xff", "more than 1024 values", false},
		{"jump outside", "\x2f\xff\x7f", "outside the expression", false},
		{"cut operand", "\x0e\x01", "cut off", false},
		{"huge block", "\x9e\xff\xff\xff\xff\xff\x7f", "cut off", false},
		{"call of itself", "\x98\x01\x00", "nested more than", false},
		{"unmapped", "\x31\x06", "read 8 bytes at 0x1: not mapped", false},
		{"unknown register", "\x92\x20\x00", "register 32 is not known", false},
		{"mixed types", "\xa4\x02\x04\xff\xff\xff\xff\x31\x22", "different types", false},
		{"float and", "\xa5\x11\x03\x12\x1a", "integer operation on a float", false},
		{"no operation", "\x01", "unsupported", true},
		{"GNU_parameter_ref", "\xfa\x00\x00\x00\x00", "DW_OP_GNU_parameter_ref at offset 0: unsupported", true},
		{"GNU_variable_value", "\xfd\x00\x00\x00\x00", "unsupported", true},
		{"other space", "\x31\x31\x18", "address space 1", true},
		{"two locations", "\x50\x51", "without a piece", false},
		{"nothing", "", "yields no value", false},
	}
	for _, tt := range tests {
		_, err := Uint([]byte(tt.expr), testEnv())
		if err == nil || !strings.Contains(err.Error(), tt.want) || errors.Is(err, ErrUnsupported) != tt.unsupported {
			t.Errorf("%s: got error %v; want one with %q, unsupported %v", tt.name, err, tt.want, tt.unsupported)
		}
	}
	// Without surroundings, every need is named.
	for _, expr := range []string{"\x91\x00", "\x9c", "\x97", "\x31\x9b", "\xa1\x00", "\x98\x00\x00", "\xa3\x01\x50", "\x31\x06", "\x70\x00", "\xa8\x01"} {
		if _, err := Uint([]byte(expr), &Env{}); expr != "\xa8\x01" && !errors.Is(err, ErrUnsupported) {
			t.Errorf("% x in an empty Env: got %v, want ErrUnsupported", expr, err)
		}
	}
}

func TestLocate(t *testing.T) {
	tests := []struct {
		name, expr string
		want       Location
	}{
		{"empty", "", Location{{}}},
		{"memory", "\x91\x00", Location{{Kind: InMemory, Addr: 0xba5e}}},
		{"register", "\x53", Location{{Kind: InRegister, Reg: 3}}},
		{"regx uninitialised", "\x90\x11\xf0", Location{{Kind: InRegister, Reg: 17, Uninit: true}}},
		{"stack value", "\x35\x9f", Location{{Kind: Implicit, Data: []byte{5, 0, 0, 0, 0, 0, 0, 0}}}},
		{"typed stack value", "\xa4\x01\x04\x07\x00\x00\x00\x9f", Location{{Kind: Implicit, Data: []byte{7, 0, 0, 0}}}},
		{"16-byte stack value", "\xa4\x06\x10" + strings.Repeat("a", 16) + "\x9f", Location{{Kind: Implicit, Data: []byte(strings.Repeat("a", 16))}}},
		{"implicit value", "\x9e\x02ab", Location{{Kind: Implicit, Data: []byte("ab")}}},
		{"implicit pointer", "\xa0\x10\x00\x00\x00\x08", Location{{Kind: ImplicitPointer, DIE: 16, Off: 8}}},
		{"pieces", "\x53\x93\x04\x93\x04\x0a\x00\x05\x93\x08", Location{
			{Kind: InRegister, Reg: 3, BitSize: 32}, {BitSize: 32}, {Kind: InMemory, Addr: 0x500, BitSize: 64}}},
		{"bit piece", "\x53\x9d\x03\x05", Location{{Kind: InRegister, Reg: 3, BitSize: 3, BitOff: 5}}},
	}
	for _, tt := range tests {
		got, err := Locate([]byte(tt.expr), testEnv())
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		} else if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, d)
		}
	}
}

func TestRead(t *testing.T) {
	tests := []struct {
		name, expr string
		size       int64
		want       []byte
		gone       []bool
	}{
		{"memory", "\x0a\x00\x05", 2, []byte{0xf0, 0xde}, nil},
		{"register", "\x53", 2, []byte{0x00, 0x03}, nil},
		{"wide register", "\x61", 16, []byte{0, 0, 0, 0, 0, 0, 4, 0x40, 0, 0, 0, 0, 0, 0, 0, 0}, nil},
		{"pieces with a hole", "\x53\x93\x02\x93\x01\x0a\x00\x05\x93\x01", 4, []byte{0, 3, 0, 0xf0}, []bool{false, false, true, false}},
		{"bits of a register and a constant", "\x53\x9d\x04\x08\x35\x9f\x9d\x04\x00", 1, []byte{0x53}, nil},
		{"a location too short", "\x53\x93\x02", 4, []byte{0, 3, 0, 0}, []bool{false, false, true, true}},
	}
	for _, tt := range tests {
		env := testEnv()
		loc, err := Locate([]byte(tt.expr), env)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got, gone, err := loc.Read(tt.size, env)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
		}
		if d := cmp.Diff(tt.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", tt.name, d)
		}
		if d := cmp.Diff(tt.gone, gone); d != "" {
			t.Errorf("%s, what is gone (-want +got):\n%s", tt.name, d)
		}
	}
	for _, expr := range []string{"", "\x93\x08", "\xa0\x00\x00\x00\x00\x00"} {
		loc, err := Locate([]byte(expr), testEnv())
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := loc.Read(8, testEnv()); !errors.Is(err, ErrOptimizedOut) {
			t.Errorf("read of % x: got %v, want ErrOptimizedOut", expr, err)
		}
	}
}

func FuzzEval(f *testing.F) {
	for _, s := range []string{"\x31\x30\x1b", "\x2f\xfd\xff", "\x53\x93\x04\x93\x04", "\xa4\x01\x04\x07\x00\x00\x00\x9f",
		"\x98\x01\x00", "\x9d\xff\xff\xff\x7f\x00", "\xa5\x11\x03\xa8\x01", "\x9e\x02ab", "\xa8\x06\x22"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, expr []byte) {
		env := testEnv()
		Uint(expr, env)
		Uint(expr, &Env{})
		if loc, err := Locate(expr, env); err == nil {
			for _, size := range []int64{0, 1, 8, 100} {
				loc.Read(size, env)
			}
		}
	})
}
