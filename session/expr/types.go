package expr

import "fmt"

// Kind is the shape of a type.
type Kind uint8

// The kinds. Character types are integers that are shown with their character.
const (
	Void Kind = iota
	Int
	Uint
	Char
	UChar
	Bool
	Float
	Pointer
	Reference
	Array
	Struct
	Union
	Enum
	Func
	Typedef
)

// Type is the type of a value. Types are shared and not changed once made, but for
// Complete, which fills in what was left for later.
type Type struct {
	Kind   Kind
	Name   string // "unsigned int", "struct point"; empty for what is derived
	Size   int    // bytes
	Elem   *Type  // of pointers, references, arrays and typedefs; a function's result
	Count  int    // elements of an array
	Params string // of a function, for display; empty when they are not known
	Fields []Field
	Enums  []Enumerator
	// Complete, when set, fills in Fields the first time they are wanted: types
	// refer to themselves through pointers.
	Complete func(*Type)
}

// Field is a member of a struct or union.
type Field struct {
	Name    string // empty for an anonymous struct or union
	Type    *Type
	Off     int  // bytes from the start
	BitOff  int  // bit-fields: bits from Off*8, little-endian
	BitSize int  // 0 for a member that is no bit-field
	Base    bool // a base class: its members are the struct's own
}

// Enumerator is one name of an enum.
type Enumerator struct {
	Name  string
	Value int64
}

// PtrSize is the size of an address on x86-64.
const PtrSize = 8

// The base types of the System V x86-64 psABI (figure 3.1).
var (
	VoidType   = &Type{Kind: Void, Name: "void", Size: 1}
	BoolType   = &Type{Kind: Bool, Name: "bool", Size: 1}
	CharType   = &Type{Kind: Char, Name: "char", Size: 1}
	UCharType  = &Type{Kind: UChar, Name: "unsigned char", Size: 1}
	ShortType  = &Type{Kind: Int, Name: "short", Size: 2}
	UShortType = &Type{Kind: Uint, Name: "unsigned short", Size: 2}
	IntType    = &Type{Kind: Int, Name: "int", Size: 4}
	UintType   = &Type{Kind: Uint, Name: "unsigned int", Size: 4}
	LongType   = &Type{Kind: Int, Name: "long", Size: 8}
	UlongType  = &Type{Kind: Uint, Name: "unsigned long", Size: 8}
	Int128     = &Type{Kind: Int, Name: "__int128", Size: 16}
	Uint128    = &Type{Kind: Uint, Name: "unsigned __int128", Size: 16}
	FloatType  = &Type{Kind: Float, Name: "float", Size: 4}
	DoubleType = &Type{Kind: Float, Name: "double", Size: 8}
	// LongDouble is the x87 extended format in 16 bytes.
	LongDouble = &Type{Kind: Float, Name: "long double", Size: 16}
	// CodePtr and DataPtr are what registers like $pc and $sp hold.
	CodePtr = &Type{Kind: Pointer, Size: PtrSize, Elem: &Type{Kind: Func, Elem: VoidType, Size: 1}}
	DataPtr = &Type{Kind: Pointer, Size: PtrSize, Elem: VoidType}
)

// common are typedefs that people use in casts whether or not the program has them.
var common = map[string]*Type{
	"_Bool": BoolType, "bool": BoolType,
	"int8_t": {Kind: Char, Name: "int8_t", Size: 1}, "uint8_t": {Kind: UChar, Name: "uint8_t", Size: 1},
	"int16_t": {Kind: Int, Name: "int16_t", Size: 2}, "uint16_t": {Kind: Uint, Name: "uint16_t", Size: 2},
	"int32_t": {Kind: Int, Name: "int32_t", Size: 4}, "uint32_t": {Kind: Uint, Name: "uint32_t", Size: 4},
	"int64_t": {Kind: Int, Name: "int64_t", Size: 8}, "uint64_t": {Kind: Uint, Name: "uint64_t", Size: 8},
	"int128_t": Int128, "uint128_t": Uint128, "__int128": Int128,
	"size_t": {Kind: Uint, Name: "size_t", Size: 8}, "ssize_t": {Kind: Int, Name: "ssize_t", Size: 8},
	"uintptr_t": {Kind: Uint, Name: "uintptr_t", Size: 8}, "intptr_t": {Kind: Int, Name: "intptr_t", Size: 8},
}

// PointerTo makes a pointer type.
func PointerTo(t *Type) *Type { return &Type{Kind: Pointer, Size: PtrSize, Elem: t} }

// ArrayOf makes an array type.
func ArrayOf(t *Type, n int) *Type {
	return &Type{Kind: Array, Elem: t, Count: n, Size: n * t.size()}
}

// maxTypedefs bounds a chain of typedefs, which hostile debug information may close
// into a ring.
const maxTypedefs = 64

// Strip follows typedefs to the type they stand for.
func (t *Type) Strip() *Type {
	for range maxTypedefs {
		if t == nil {
			return VoidType
		}
		if t.Kind != Typedef {
			return t
		}
		t = t.Elem
	}
	return VoidType
}

func (t *Type) size() int {
	s := t.Strip()
	if s.Kind == Array && s.Size == 0 {
		return s.Count * s.Elem.size()
	}
	return s.Size
}

// ByteSize is the size of a value in memory.
func (t *Type) ByteSize() int { return t.size() }

// Members are the fields of a struct or union, completed if need be.
func (t *Type) Members() []Field {
	s := t.Strip()
	if c := s.Complete; c != nil {
		s.Complete = nil
		c(s)
	}
	return s.Fields
}

// Integer says whether arithmetic on the type is integer arithmetic.
func (t *Type) Integer() bool {
	switch t.Strip().Kind {
	case Int, Uint, Char, UChar, Bool, Enum:
		return true
	}
	return false
}

// Signed says whether the type's integers have a sign.
func (t *Type) Signed() bool {
	switch s := t.Strip(); s.Kind {
	case Int, Char:
		return true
	case Enum:
		for _, e := range s.Enums {
			if e.Value < 0 {
				return true
			}
		}
	}
	return false
}

// Scalar says whether the type is a number or an address.
func (t *Type) Scalar() bool {
	k := t.Strip().Kind
	return t.Integer() || k == Float || k == Pointer || k == Reference
}

func (t *Type) isChar() bool {
	k := t.Strip().Kind
	return k == Char || k == UChar
}

// String is the type as C declares it, without a name.
func (t *Type) String() string {
	if t == nil {
		return "void"
	}
	if t.Name != "" {
		return t.Name
	}
	return t.declare("", 0)
}

// maxNesting bounds what is printed of types derived from types derived from types.
const maxNesting = 32

// declare builds a declarator inside out: "int (*[3])(void)".
func (t *Type) declare(inner string, depth int) string {
	if t == nil || depth > maxNesting {
		return "..." + inner
	}
	if t.Name != "" {
		return join(t.Name, inner)
	}
	switch t.Kind {
	case Pointer, Reference:
		mark := "*"
		if t.Kind == Reference {
			mark = "&"
		}
		inner = mark + inner
		if e := t.Elem; e != nil && e.Name == "" && (e.Kind == Array || e.Kind == Func) {
			inner = "(" + inner + ")"
		}
		return t.Elem.declare(inner, depth+1)
	case Array:
		return t.Elem.declare(fmt.Sprintf("%s[%d]", inner, t.Count), depth+1)
	case Func:
		return t.Elem.declare(inner+"("+t.Params+")", depth+1)
	case Struct:
		return join("struct {...}", inner)
	case Union:
		return join("union {...}", inner)
	case Enum:
		return join("enum {...}", inner)
	}
	return join("void", inner)
}

func join(name, inner string) string {
	if inner == "" {
		return name
	}
	return name + " " + inner
}
