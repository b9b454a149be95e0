package dwarf

import (
	"errors"
	"fmt"
	"sync"

	"github.com/trapline/trapline/elfinfo/dwarf/form"
	"github.com/trapline/trapline/elfinfo/dwarf/op"
)

// Kind tells what a Type is.
type Kind uint8

// The kinds of types.
const (
	Void Kind = iota
	Base
	Pointer
	Reference
	RValueReference
	PtrToMember
	Const
	Volatile
	Restrict
	Atomic
	Typedef
	Struct
	Class
	Union
	Enum
	Array
	Func
	Subrange    // Pascal, Ada
	Unspecified // decltype(nullptr)
	Bad         // damaged or unknown: Err says why
)

// Type is a type of the program. Only its own entry is read at first; what it is made
// of is read when asked for, so that types may refer to each other in circles and a
// pointer to a big structure costs nothing.
type Type struct {
	Kind   Kind
	Name   string   // "" for anonymous and derived types; without scopes
	Enc    Encoding // of a Base
	Vector bool     // of an Array: a SIMD vector
	EnumClass,
	Prototyped bool
	Incomplete bool  // declared here, defined elsewhere: see Complete
	Err        error // of Bad

	u    *Unit
	off  uint64
	size int64 // DW_AT_byte_size, -1: not given
	elem value

	fillOnce sync.Once
	parts

	completeOnce sync.Once
	complete     *Type
}

// parts is what a type's children say.
type parts struct {
	fields    []*Field
	params    []*Param
	variadic  bool
	enums     []Enumerator
	dims      []*Dim
	variant   *VariantPart
	templates []TemplateArg
}

// Field is a member or a base class.
type Field struct {
	Name       string
	Offset     int64  // bytes from the start of the structure; -1: Expr says
	Expr       []byte // of a virtual base, with the object's address on the stack
	BitSize    int64  // 0: no bit-field
	BitOffset  int64  // of a bit-field: bits from the least significant of the structure's first byte
	Base       bool   // an inherited class
	Virtual    bool
	Artificial bool

	u   *Unit
	typ value
}

// Type is the member's type.
func (f *Field) Type() *Type { return f.u.typeRef(f.typ) }

// Param is a parameter of a function type.
type Param struct {
	Artificial bool
	u          *Unit
	typ        value
}

// Type is the parameter's type.
func (p *Param) Type() *Type { return p.u.typeRef(p.typ) }

// Enumerator is a named value.
type Enumerator struct {
	Name  string
	Value int64
}

// Dim is one dimension of an array.
type Dim struct {
	Lower int64
	Count int64 // -1: not constant, see CountIn, or not known

	u            *Unit
	count, upper value
}

// TemplateArg is an argument of a C++ template or a Rust generic.
type TemplateArg struct {
	Name  string
	Value []byte // of a value; nil for a type
	u     *Unit
	typ   value
}

// Type is the argument, or the type of the value.
func (a *TemplateArg) Type() *Type { return a.u.typeRef(a.typ) }

// VariantPart is the choice within a Rust enum: which fields there are depends on the
// value of the discriminant.
type VariantPart struct {
	Discr    *Field // nil: there is one variant only
	Variants []Variant
}

// Variant is one choice.
type Variant struct {
	Ranges  [][2]uint64 // of discriminant values, inclusive
	Default bool        // chosen when no other is
	Fields  []*Field
}

type typeKey struct {
	u   *Unit
	off uint64
}

func (d *Data) void() *Type { return d.typeOf(nil, 0) }

// typeOf returns the type of the entry at off, made once. A nil unit is void.
func (d *Data) typeOf(u *Unit, off uint64) *Type {
	key := typeKey{u, off}
	d.typeMu.Lock()
	defer d.typeMu.Unlock()
	if t := d.typeBy[key]; t != nil {
		return t
	}
	t := &Type{size: -1, u: u, off: off}
	if u != nil {
		t.read()
	}
	d.typeBy[key] = t
	return t
}

// typeRef is the type that a DW_AT_type value names; an absent value is void.
func (u *Unit) typeRef(v value) *Type {
	if v.Form == 0 {
		return u.d.void()
	}
	t, off, err := u.ref(v)
	if err != nil {
		return &Type{Kind: Bad, Err: err, size: -1, u: u}
	}
	if err := t.ready(); err != nil {
		return &Type{Kind: Bad, Err: err, size: -1, u: u}
	}
	return t.d.typeOf(t, off)
}

// typ is the type of an entry that has one.
func (e *entry) typ() *Type {
	v, u, ok := e.inherit(AtType)
	if !ok {
		return e.u.d.void()
	}
	return u.typeRef(v)
}

var kinds = map[Tag]Kind{
	TagBaseType: Base, TagPointerType: Pointer, TagReferenceType: Reference, TagRvalueReferenceType: RValueReference,
	TagPtrToMemberType: PtrToMember, TagConstType: Const, TagImmutableType: Const, TagVolatileType: Volatile,
	TagRestrictType: Restrict, TagAtomicType: Atomic, TagTypedef: Typedef, TagTemplateAlias: Typedef,
	TagStructType: Struct, TagClassType: Class, TagInterfaceType: Class, TagUnionType: Union,
	TagEnumerationType: Enum, TagArrayType: Array, TagSubroutineType: Func, TagSubprogram: Func,
	TagSubrangeType: Subrange, TagGenericSubrange: Subrange, TagUnspecifiedType: Unspecified, TagStringType: Array,
}

// maxTypeSize bounds sizes, so that sums of them cannot overflow.
const maxTypeSize = 1 << 48

func (t *Type) read() {
	var e entry
	if err := t.u.parse(t.off, &e); err != nil {
		t.Kind, t.Err = Bad, err
		return
	}
	k, ok := Kind(0), false
	if e.ab != nil {
		k, ok = kinds[e.ab.tag]
	}
	if !ok {
		t.Kind, t.Err = Bad, t.u.bad(t.off, "the entry is used as a type but is none")
		return
	}
	t.Kind, t.Name = k, e.str(AtName)
	if v, ok := e.get(AtByteSize); ok && v.Number() && v.U <= maxTypeSize {
		t.size = int64(v.U)
	} else if v, ok := e.get(AtBitSize); ok && v.Number() && k == Base {
		t.size = int64(min(v.U, 1<<20)+7) / 8
	}
	enc, _ := e.uint(AtEncoding)
	t.Enc = Encoding(enc)
	t.elem, _ = e.get(AtType)
	t.Vector, t.EnumClass, t.Prototyped = e.flag(AtGNUVector), e.flag(AtEnumClass), e.flag(AtPrototyped)
	t.Incomplete = e.flag(AtDeclaration)
	if v, ok := e.get(AtSignature); ok { // the type itself is in a type unit
		if def := t.u.typeRefNoLock(v); def != nil {
			t.u, t.off, t.Incomplete = def.u, def.off, false
			t.read()
		}
	}
}

// typeRefNoLock finds the entry that a signature names, unless it names another signature.
func (u *Unit) typeRefNoLock(v value) *typeKey {
	t, off, err := u.ref(v)
	if err != nil || t.ready() != nil {
		return nil
	}
	var e entry
	if t.parse(off, &e) != nil || e.ab == nil || e.has(AtSignature) {
		return nil
	}
	return &typeKey{t, off}
}

// Elem is what a derived type is made from: a pointer's target, a typedef's or
// qualifier's meaning, an array's element, a function's result, an enum's integer type.
func (t *Type) Elem() *Type {
	if t.u == nil {
		return t
	}
	return t.u.typeRef(t.elem)
}

// Strip takes typedefs and qualifiers off.
func (t *Type) Strip() *Type {
	for range maxDepth {
		switch t.Kind {
		case Typedef, Const, Volatile, Restrict, Atomic:
			t = t.Elem()
		default:
			return t
		}
	}
	return &Type{Kind: Bad, Err: errors.New("a typedef that never ends"), size: -1, u: t.u}
}

// Size is the type's size in bytes, -1 when it is not constant or not known.
func (t *Type) Size() int64 { return t.sizeAt(nil, 0) }

// SizeIn is Size with the bounds of variable-length arrays evaluated in env.
func (t *Type) SizeIn(env *op.Env) int64 { return t.sizeAt(env, 0) }

func (t *Type) sizeAt(env *op.Env, depth int) int64 {
	if depth > maxDepth {
		return -1
	}
	switch t.Kind {
	case Array:
		if t.size >= 0 {
			return t.size
		}
		n := t.Elem().sizeAt(env, depth+1)
		for _, d := range t.Dims() {
			c := d.CountIn(env)
			if n < 0 || c < 0 || n > 0 && c > maxTypeSize/n {
				return -1
			}
			n *= c
		}
		return n
	case Pointer, Reference, RValueReference:
		if t.size < 0 {
			return int64(t.u.enc.AddrSize)
		}
	case PtrToMember:
		if t.size < 0 { // Itanium C++ ABI 2.3: an offset, or a pointer and an adjustment
			if t.Elem().Strip().Kind == Func {
				return 16
			}
			return 8
		}
	case Unspecified:
		if t.size < 0 {
			return 8
		}
	case Typedef, Const, Volatile, Restrict, Atomic, Enum, Subrange:
		if t.size < 0 {
			return t.Elem().sizeAt(env, depth+1)
		}
	case Struct, Class, Union:
		if t.Incomplete {
			if c := t.Complete(); c != t {
				return c.sizeAt(env, depth+1)
			}
		}
	}
	return t.size
}

// Complete is the definition of a type that is only declared here: by its name, in
// another unit. A type that is defined nowhere stays itself.
func (t *Type) Complete() *Type {
	if !t.Incomplete {
		return t
	}
	t.completeOnce.Do(func() {
		t.complete = t
		if t.Name == "" {
			return
		}
		want := t.Qualified()
		t.u.d.lookup(want, kindType, func(e *entry, full string) {
			c := t.u.d.typeOf(e.u, e.off)
			if t.complete == t && !c.Incomplete && full == want && sameSort(c.Kind, t.Kind) {
				t.complete = c
			}
		})
	})
	return t.complete
}

// sameSort: C++ may declare with struct what it defines with class.
func sameSort(a, b Kind) bool {
	return a == b || a == Struct && b == Class || a == Class && b == Struct
}

// Fields is the members and base classes of a structure, in order; static members are
// not among them.
func (t *Type) Fields() []*Field { return t.Complete().fill().fields }

// Variants is the choice within a Rust enum, or nil.
func (t *Type) Variants() *VariantPart { return t.Complete().fill().variant }

// TemplateArgs is the arguments that a template was instantiated with.
func (t *Type) TemplateArgs() []TemplateArg { return t.Complete().fill().templates }

// Enumerators is an enum's named values.
func (t *Type) Enumerators() []Enumerator { return t.Complete().fill().enums }

// Dims is an array's dimensions, outermost first.
func (t *Type) Dims() []*Dim { return t.fill().dims }

// Params is a function's parameters; variadic reports a "..." after them.
func (t *Type) Params() (params []*Param, variadic bool) {
	p := t.fill()
	return p.params, p.variadic
}

// CountIn is the number of elements, evaluated in env when the bound is not constant;
// -1 when it cannot be known.
func (d *Dim) CountIn(env *op.Env) int64 {
	if d.Count >= 0 || env == nil {
		return d.Count
	}
	if n, err := d.u.evalBound(d.count, env); err == nil && n >= 0 {
		return n
	}
	if n, err := d.u.evalBound(d.upper, env); err == nil && n-d.Lower+1 >= 0 {
		return n - d.Lower + 1
	}
	return -1
}

// evalBound evaluates a bound that is an expression, or a variable of the compiler's.
func (u *Unit) evalBound(v value, env *op.Env) (int64, error) {
	inner := *env
	u.Env(&inner)
	switch {
	case v.Class() == form.Bytes:
		n, err := op.Uint(v.B, &inner)
		return int64(n), err
	case v.Class() == form.Reference:
		var e entry
		if err := u.follow(v, &e); err != nil {
			return 0, err
		}
		bound := e.variable(0)
		at, err := bound.Locate(env.PC, &inner)
		if err != nil {
			return 0, err
		}
		b, gone, err := at.Read(min(8, max(0, bound.Type().Size())), &inner)
		if err != nil || gone != nil {
			return 0, errors.Join(err, op.ErrOptimizedOut)
		}
		return int64(le64(b)), nil
	}
	return 0, fmt.Errorf("array bound: %w", ErrNotFound)
}
