package op

import "fmt"

// Opcode is a DWARF expression operation: DWARF 5 section 7.7.1, and GNU's in
// binutils' dwarf2.def.
type Opcode uint8

// The operations that this package names. Ranges (lit0-31, reg0-31, breg0-31) have
// only their first.
const (
	Addr               Opcode = 0x03
	Deref              Opcode = 0x06
	Const1u            Opcode = 0x08
	Const1s            Opcode = 0x09
	Const2u            Opcode = 0x0a
	Const2s            Opcode = 0x0b
	Const4u            Opcode = 0x0c
	Const4s            Opcode = 0x0d
	Const8u            Opcode = 0x0e
	Const8s            Opcode = 0x0f
	Constu             Opcode = 0x10
	Consts             Opcode = 0x11
	Dup                Opcode = 0x12
	Drop               Opcode = 0x13
	Over               Opcode = 0x14
	Pick               Opcode = 0x15
	Swap               Opcode = 0x16
	Rot                Opcode = 0x17
	Xderef             Opcode = 0x18
	Abs                Opcode = 0x19
	And                Opcode = 0x1a
	Div                Opcode = 0x1b
	Minus              Opcode = 0x1c
	Mod                Opcode = 0x1d
	Mul                Opcode = 0x1e
	Neg                Opcode = 0x1f
	Not                Opcode = 0x20
	Or                 Opcode = 0x21
	Plus               Opcode = 0x22
	PlusUconst         Opcode = 0x23
	Shl                Opcode = 0x24
	Shr                Opcode = 0x25
	Shra               Opcode = 0x26
	Xor                Opcode = 0x27
	Bra                Opcode = 0x28
	Eq                 Opcode = 0x29
	Ge                 Opcode = 0x2a
	Gt                 Opcode = 0x2b
	Le                 Opcode = 0x2c
	Lt                 Opcode = 0x2d
	Ne                 Opcode = 0x2e
	Skip               Opcode = 0x2f
	Lit0               Opcode = 0x30
	Reg0               Opcode = 0x50
	Breg0              Opcode = 0x70
	Regx               Opcode = 0x90
	Fbreg              Opcode = 0x91
	Bregx              Opcode = 0x92
	Piece_             Opcode = 0x93
	DerefSize          Opcode = 0x94
	XderefSize         Opcode = 0x95
	Nop                Opcode = 0x96
	PushObjectAddress  Opcode = 0x97
	Call2              Opcode = 0x98
	Call4              Opcode = 0x99
	CallRef            Opcode = 0x9a
	FormTLSAddress     Opcode = 0x9b
	CallFrameCFA       Opcode = 0x9c
	BitPiece           Opcode = 0x9d
	ImplicitValue      Opcode = 0x9e
	StackValue         Opcode = 0x9f
	ImplicitPointer_   Opcode = 0xa0
	Addrx              Opcode = 0xa1
	Constx             Opcode = 0xa2
	EntryValue         Opcode = 0xa3
	ConstType          Opcode = 0xa4
	RegvalType         Opcode = 0xa5
	DerefType          Opcode = 0xa6
	XderefType         Opcode = 0xa7
	Convert            Opcode = 0xa8
	Reinterpret        Opcode = 0xa9
	GNUPushTLSAddress  Opcode = 0xe0
	WASMLocation       Opcode = 0xed
	GNUUninit          Opcode = 0xf0
	GNUEncodedAddr     Opcode = 0xf1
	GNUImplicitPointer Opcode = 0xf2
	GNUEntryValue      Opcode = 0xf3
	GNUConstType       Opcode = 0xf4
	GNURegvalType      Opcode = 0xf5
	GNUDerefType       Opcode = 0xf6
	GNUConvert         Opcode = 0xf7
	GNUReinterpret     Opcode = 0xf9
	GNUParameterRef    Opcode = 0xfa
	GNUAddrIndex       Opcode = 0xfb
	GNUConstIndex      Opcode = 0xfc
	GNUVariableValue   Opcode = 0xfd
)

var names = map[Opcode]string{
	Addr: "addr", Deref: "deref", Const1u: "const1u", Const1s: "const1s", Const2u: "const2u",
	Const2s: "const2s", Const4u: "const4u", Const4s: "const4s", Const8u: "const8u", Const8s: "const8s",
	Constu: "constu", Consts: "consts", Dup: "dup", Drop: "drop", Over: "over", Pick: "pick",
	Swap: "swap", Rot: "rot", Xderef: "xderef", Abs: "abs", And: "and", Div: "div", Minus: "minus",
	Mod: "mod", Mul: "mul", Neg: "neg", Not: "not", Or: "or", Plus: "plus", PlusUconst: "plus_uconst",
	Shl: "shl", Shr: "shr", Shra: "shra", Xor: "xor", Bra: "bra", Eq: "eq", Ge: "ge", Gt: "gt",
	Le: "le", Lt: "lt", Ne: "ne", Skip: "skip", Regx: "regx", Fbreg: "fbreg", Bregx: "bregx",
	Piece_: "piece", DerefSize: "deref_size", XderefSize: "xderef_size", Nop: "nop",
	PushObjectAddress: "push_object_address", Call2: "call2", Call4: "call4", CallRef: "call_ref",
	FormTLSAddress: "form_tls_address", CallFrameCFA: "call_frame_cfa", BitPiece: "bit_piece",
	ImplicitValue: "implicit_value", StackValue: "stack_value", ImplicitPointer_: "implicit_pointer",
	Addrx: "addrx", Constx: "constx", EntryValue: "entry_value", ConstType: "const_type",
	RegvalType: "regval_type", DerefType: "deref_type", XderefType: "xderef_type",
	Convert: "convert", Reinterpret: "reinterpret", GNUPushTLSAddress: "GNU_push_tls_address",
	WASMLocation: "WASM_location", GNUUninit: "GNU_uninit", GNUEncodedAddr: "GNU_encoded_addr",
	GNUImplicitPointer: "GNU_implicit_pointer", GNUEntryValue: "GNU_entry_value",
	GNUConstType: "GNU_const_type", GNURegvalType: "GNU_regval_type", GNUDerefType: "GNU_deref_type",
	GNUConvert: "GNU_convert", GNUReinterpret: "GNU_reinterpret", GNUParameterRef: "GNU_parameter_ref",
	GNUAddrIndex: "GNU_addr_index", GNUConstIndex: "GNU_const_index", GNUVariableValue: "GNU_variable_value",
}

// String is the operation's name in DWARF, such as "DW_OP_breg7".
func (o Opcode) String() string {
	switch {
	case o >= Lit0 && o < Reg0:
		return fmt.Sprintf("DW_OP_lit%d", o-Lit0)
	case o >= Reg0 && o < Breg0:
		return fmt.Sprintf("DW_OP_reg%d", o-Reg0)
	case o >= Breg0 && o < Regx:
		return fmt.Sprintf("DW_OP_breg%d", o-Breg0)
	}
	if s, ok := names[o]; ok {
		return "DW_OP_" + s
	}
	return fmt.Sprintf("DW_OP_%#02x", uint8(o))
}
