package expr

import (
	"errors"
	"fmt"
	"strconv"
)

// Eval evaluates and loads: the bytes of the result are there.
func Eval(n Node, env Env) (Value, error) {
	v, err := n.Eval(env)
	if err != nil {
		return v, err
	}
	return v.Load(env)
}

func (n *literal) Eval(Env) (Value, error) { return n.v, nil }
func (n *typeOnly) Eval(Env) (Value, error) {
	return Value{}, fmt.Errorf("%s is a type, not a value", n.t)
}
func (n *name) Eval(env Env) (Value, error) {
	v, err := env.Lookup(n.text)
	if err == nil && v.Type.Strip().Kind == Reference {
		return deref(env, v)
	}
	return v, err
}

// Eval of $x: history ($, $$, $3, $$2), then a register, then a variable.
func (n *dollar) Eval(env Env) (Value, error) {
	if back, num, ok := historyRef(n.text); ok {
		return env.History(num, back)
	}
	v, ok, err := env.Register(n.text)
	if ok || err != nil {
		v.Place, v.Name = InRegister, n.text
		return v, err
	}
	v = env.Var(n.text)
	if v.Type == nil {
		v.Type = VoidType
	}
	if v.Place != InMemory {
		v.Place = InVar
	}
	v.Name = n.text
	return v, nil
}

func historyRef(s string) (back bool, n int, ok bool) {
	digits := s
	if len(s) > 0 && s[0] == '$' {
		back, n, digits = true, 1, s[1:]
	} else if s == "" {
		return true, 0, true
	}
	if digits == "" {
		return back, n, true
	}
	n, err := strconv.Atoi(digits)
	return back, n, err == nil
}

// rvalue evaluates to a loaded value in which arrays and functions have become
// pointers (C11 6.3.2.1).
func rvalue(n Node, env Env) (Value, error) {
	v, err := n.Eval(env)
	if err != nil {
		return v, err
	}
	return decay(v, env)
}

func decay(v Value, env Env) (Value, error) {
	switch t := v.Type.Strip(); {
	case t.Kind == Array && v.Place == InMemory:
		return MakeInt(PointerTo(t.Elem), v.Addr), nil
	case t.Kind == Func:
		return MakeInt(PointerTo(t), v.Addr), nil
	case t.Kind == Void && v.Place == InMemory: // a symbol without a type
		return Value{}, fmt.Errorf("%q has unknown type; cast it to its declared type", v.Name)
	case t.Kind == Void:
		return Value{}, errors.New("value is void")
	}
	return v.Load(env)
}

func (n *unary) Eval(env Env) (Value, error) {
	switch n.op {
	case "&":
		v, err := n.x.Eval(env)
		if err != nil {
			return v, err
		}
		return addressOf(v)
	case "++", "--":
		return (&assign{n.op[:1], n.x, &literal{MakeInt(IntType, 1)}}).Eval(env)
	}
	v, err := rvalue(n.x, env)
	if err != nil {
		return v, err
	}
	t := v.Type.Strip()
	switch {
	case n.op == "*":
		return deref(env, v)
	case n.op == "!" && t.Scalar():
		return MakeInt(IntType, b2u(!v.True())), nil
	case t.Kind == Float && n.op == "-":
		return MakeFloat(v.Type, -v.Float()), nil
	case n.op == "+" && t.Scalar():
		return v, nil
	case t.Integer():
		r := promote(v.Type)
		if n.op == "-" {
			return MakeInt(r, -v.Uint()), nil
		}
		return MakeInt(r, ^v.Uint()), nil
	}
	return v, fmt.Errorf("operator %s does not apply to type %s", n.op, v.Type)
}

func addressOf(v Value) (Value, error) {
	if v.Place != InMemory || v.BitSize > 0 {
		what := map[Place]string{InRegister: "it is in register " + v.Name, InVar: "it is a convenience variable"}[v.Place]
		if v.BitSize > 0 {
			what = "it is a bit-field"
		}
		if what == "" {
			what = "it is not in memory"
		}
		return v, fmt.Errorf("cannot take the address: %s", what)
	}
	p := MakeInt(PointerTo(v.Type), v.Addr)
	p.Name = v.Name
	return p, nil
}

// deref follows a pointer; integers are taken as the address of a long, as gdb does.
func deref(env Env, v Value) (Value, error) {
	v, err := v.Load(env)
	if err != nil {
		return v, err
	}
	t := v.Type.Strip()
	switch {
	case t.Kind == Pointer || t.Kind == Reference:
		if e := t.Elem.Strip(); e.Kind == Void {
			return v, errors.New("cannot look at what a void * points to; cast it: *(int *)p")
		}
		return Memory(t.Elem, v.Uint()), nil
	case t.Integer():
		return Memory(LongType, v.Uint()), nil
	}
	return v, fmt.Errorf("%s is no pointer", v.Type)
}

func (n *postfix) Eval(env Env) (Value, error) {
	old, err := Eval(n.x, env)
	if err != nil {
		return old, err
	}
	_, err = (&unary{n.op, n.x}).Eval(env)
	old.Place = NoPlace
	return old, err
}

func (n *cond) Eval(env Env) (Value, error) {
	c, err := rvalue(n.c, env)
	if err != nil {
		return c, err
	}
	if c.True() {
		return n.x.Eval(env)
	}
	return n.y.Eval(env)
}

func (n *cast) Eval(env Env) (Value, error) {
	v, err := n.x.Eval(env)
	if err != nil {
		return v, err
	}
	if k := v.Type.Strip().Kind; k == Void && v.Place == InMemory {
		return Memory(n.t, v.Addr), nil // a symbol without debug information
	} else if k != Array && k != Func {
		if v, err = v.Load(env); err != nil {
			return v, err
		}
	}
	return v.Cast(n.t)
}

func (n *typed) Eval(env Env) (Value, error) {
	v, err := rvalue(n.x, env)
	if err != nil {
		return v, err
	}
	return Memory(n.t, v.Uint()), nil
}

func (n *sizeof) Eval(env Env) (Value, error) {
	t := n.t
	if x, ok := n.x.(*typeOnly); ok {
		t = x.t
	}
	if t == nil {
		v, err := n.x.Eval(env)
		if err != nil {
			return v, err
		}
		t = v.Type
	}
	return MakeInt(UlongType, uint64(t.size())), nil
}

// Eval of x.f; where x means nothing and "x.f" does, it is a Go name.
func (n *member) Eval(env Env) (Value, error) {
	v, err := n.x.Eval(env)
	if err != nil {
		var missing *NotFoundError
		if qualified := goName(n); qualified != "" && errors.As(err, &missing) {
			if v, err2 := env.Lookup(qualified); err2 == nil {
				return v, nil
			}
		}
		return v, err
	}
	if k := v.Type.Strip().Kind; k == Pointer || k == Reference { // gdb takes . for -> too
		if v, err = deref(env, v); err != nil {
			return v, err
		}
	} else if n.arrow {
		return v, fmt.Errorf("%s is no pointer", v.Type)
	}
	t := v.Type.Strip()
	if t.Kind != Struct && t.Kind != Union {
		return v, fmt.Errorf("%s has no members", v.Type)
	}
	f, ok := findField(v.Type, n.field, 0)
	if !ok {
		return v, fmt.Errorf("there is no member named %s in %s", n.field, v.Type)
	}
	return v.Field(f)
}

func goName(n *member) string {
	switch x := n.x.(type) {
	case *name:
		if !n.arrow {
			return x.text + "." + n.field
		}
	case *member:
		if q := goName(x); q != "" && !n.arrow {
			return q + "." + n.field
		}
	}
	return ""
}

// findField looks through anonymous structs and unions, and through base classes,
// which are anonymous too.
func findField(t *Type, want string, depth int) (Field, bool) {
	members := t.Members()
	for _, f := range members {
		if f.Name == want && !f.Base {
			return f, true
		}
	}
	for _, f := range members {
		if k := f.Type.Strip().Kind; (f.Name == "" || f.Base) && depth < maxNesting && (k == Struct || k == Union) {
			if in, ok := findField(f.Type, want, depth+1); ok {
				in.Off += f.Off
				return in, true
			}
		}
	}
	return Field{}, false
}

// Member is a member of a struct value by its name, those of base classes included.
func (v Value) Member(name string) (Value, bool) {
	if k := v.Type.Strip().Kind; k != Struct && k != Union {
		return Value{}, false
	}
	f, ok := findField(v.Type, name, 0)
	if !ok {
		return Value{}, false
	}
	m, err := v.Field(f)
	return m, err == nil
}

// Field is a member of a struct value.
func (v Value) Field(f Field) (Value, error) {
	r := Value{Type: f.Type, Place: v.Place, Name: v.Name, Addr: v.Addr + uint64(f.Off), BitOff: f.BitOff, BitSize: f.BitSize, Gone: v.Gone}
	for r.BitOff >= 8 && r.BitSize > 0 { // start at the byte that holds the first bit
		r.BitOff -= 8
		r.Addr++
	}
	if v.Bytes == nil {
		return r, nil
	}
	n := f.Type.size()
	off := int(r.Addr - v.Addr)
	if f.BitSize > 0 {
		n = (r.BitOff + r.BitSize + 7) / 8
	}
	if off < 0 || n < 0 || off+n > len(v.Bytes) {
		return r, fmt.Errorf("member %s lies outside its struct", f.Name)
	}
	r.Bytes = v.Bytes[off : off+n]
	if r.Place != InMemory {
		r.Place = NoPlace
	}
	return r, nil
}

func (n *index) Eval(env Env) (Value, error) {
	i, err := rvalue(n.i, env)
	if err != nil {
		return i, err
	}
	if isPtr(i) { // 2[a]
		x, err := rvalue(n.x, env)
		if err != nil {
			return x, err
		}
		sum, err := pointerOp("+", x, i)
		if err != nil {
			return sum, err
		}
		return deref(env, sum)
	}
	if !i.Type.Integer() {
		return i, fmt.Errorf("an index must be an integer, not %s", i.Type)
	}
	v, err := n.x.Eval(env)
	if err != nil {
		return v, err
	}
	if t := v.Type.Strip(); t.Kind == Array && v.Place != InMemory {
		return v.Element(int(int64(i.Uint())))
	}
	if v, err = decay(v, env); err != nil {
		return v, err
	}
	t := v.Type.Strip()
	if t.Kind != Pointer || t.Elem.size() == 0 {
		return v, fmt.Errorf("cannot index %s", v.Type)
	}
	return Memory(t.Elem, v.Uint()+i.Uint()*uint64(t.Elem.size())), nil
}

// Element is one element of an array value.
func (v Value) Element(i int) (Value, error) {
	t := v.Type.Strip()
	n := t.Elem.size()
	r := Value{Type: t.Elem, Place: v.Place, Addr: v.Addr + uint64(i*n)}
	if v.Bytes == nil {
		return r, nil
	}
	if i < 0 || n < 0 || i > len(v.Bytes) || (i+1)*n > len(v.Bytes) {
		return r, fmt.Errorf("no element %d in %s", i, v.Type)
	}
	r.Bytes = v.Bytes[i*n : (i+1)*n]
	if r.Place != InMemory {
		r.Place = NoPlace
	}
	return r, nil
}
