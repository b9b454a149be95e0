package dwarf

import (
	"fmt"
	"strings"
)

// String is the type in C's syntax, such as "const char *[3]" or
// "int (*)(struct foo *, ...)". Structures are named, not spelled out (see Describe).
func (t *Type) String() string { return strings.TrimSpace(t.Declare("")) }

// Declare is a declaration of name with the type: Declare("p") of a pointer to an array
// gives "int (*p)[3]".
func (t *Type) Declare(name string) string {
	d := declarer{left: maxNamed}
	return d.declare(t, name, 0)
}

// declarer bounds the types that one declaration may name: parameters of functions
// that take functions multiply.
type declarer struct{ left int }

const maxNamed = 1000

var keyword = map[Kind]string{Struct: "struct", Class: "class", Union: "union", Enum: "enum",
	Const: "const", Volatile: "volatile", Restrict: "restrict", Atomic: "_Atomic"}

func (d *declarer) declare(t *Type, inner string, depth int) string {
	if d.left--; depth > 64 || d.left < 0 {
		return "..." + inner
	}
	with := func(s string) string {
		if inner == "" {
			return s
		}
		return s + " " + inner
	}
	switch t.Kind {
	case Void:
		return with("void")
	case Pointer:
		return d.pointer(t, "*", inner, depth)
	case Reference:
		return d.pointer(t, "&", inner, depth)
	case RValueReference:
		return d.pointer(t, "&&", inner, depth)
	case PtrToMember:
		return d.pointer(t, t.containing()+"::*", inner, depth)
	case Const, Volatile, Restrict, Atomic:
		return d.qualify(t, inner, depth)
	case Array:
		if t.Name != "" {
			return with(t.Name)
		}
		return d.declare(t.Elem(), inner+t.bounds(), depth+1)
	case Func:
		return d.declare(t.Elem(), inner+"("+d.parameters(t, depth)+")", depth+1)
	case Bad:
		return with("<unreadable type>")
	}
	return with(t.title())
}

// title is a named type's name, with its tag in C and its scopes elsewhere.
func (t *Type) title() string {
	name := t.Name
	lang := t.u.root.lang
	if name == "" {
		name = "{...}"
	} else if !lang.structTags() && t.Kind != Base {
		name = t.Qualified()
	}
	if word := keyword[t.Kind]; word != "" && (lang.structTags() || t.Name == "") {
		return word + " " + name
	}
	return name
}

// Qualified is the type's name with its namespaces and classes; "" when it has none.
func (t *Type) Qualified() string {
	var e entry
	if t.u == nil || t.u.parse(t.off, &e) != nil || e.ab == nil {
		return t.Name
	}
	return e.qualified()
}

// pointer declares a pointer: to an array or a function it needs parentheses.
func (d *declarer) pointer(t *Type, mark, inner string, depth int) string {
	e := t.Elem()
	inner = mark + inner
	if e.Kind == Func || e.Kind == Array && e.Name == "" {
		inner = "(" + inner + ")"
	}
	return d.declare(e, inner, depth+1)
}

// qualify puts qualifiers, in C's usual order, before a plain type and after a
// pointer's star.
func (d *declarer) qualify(t *Type, inner string, depth int) string {
	has := map[Kind]bool{}
	base := t
	for range maxDepth {
		if base.Kind != Const && base.Kind != Volatile && base.Kind != Restrict && base.Kind != Atomic {
			break
		}
		has[base.Kind] = true
		base = base.Elem()
	}
	var words []string
	for k := Const; k <= Atomic; k++ {
		if has[k] {
			words = append(words, keyword[k])
		}
	}
	word := strings.Join(words, " ")
	switch base.Kind {
	case Pointer, Reference, RValueReference, PtrToMember:
		if inner == "" || strings.ContainsAny(inner[:1], "[(,") {
			return d.declare(base, word+inner, depth+1)
		}
		return d.declare(base, word+" "+inner, depth+1)
	}
	return word + " " + d.declare(base, inner, depth+1)
}

func (t *Type) bounds() string {
	var b strings.Builder
	dims := t.Dims()
	if len(dims) == 0 {
		return "[]"
	}
	for _, d := range dims {
		if d.Count < 0 {
			b.WriteString("[]")
		} else {
			fmt.Fprintf(&b, "[%d]", d.Count)
		}
	}
	return b.String()
}

func (d *declarer) parameters(t *Type, depth int) string {
	params, variadic := t.Params()
	var s []string
	for _, p := range params {
		if d.left < 0 {
			s = append(s, "...")
			break
		}
		s = append(s, strings.TrimSpace(d.declare(p.Type(), "", depth+1)))
	}
	if variadic {
		s = append(s, "...")
	}
	if len(s) == 0 && t.Prototyped && t.u.root.lang.structTags() {
		return "void"
	}
	return strings.Join(s, ", ")
}

// containing is the class of a pointer to member.
func (t *Type) containing() string {
	var e entry
	if t.u.parse(t.off, &e) == nil && e.ab != nil {
		if v, ok := e.get(AtContainingType); ok {
			return t.u.typeRef(v).Qualified()
		}
	}
	return "?"
}

// maxDescribed bounds the members that Describe spells out.
const (
	maxDescribed   = 1000
	maxDescription = 1 << 18 // bytes
)

// Describe spells a structure, union or enum out, member by member, as C declares it;
// other types are as String has them.
func (t *Type) Describe() string {
	var b strings.Builder
	t.describe(&b, "", 0)
	return b.String()
}

func (t *Type) describe(b *strings.Builder, indent string, depth int) {
	c := t.Complete()
	switch {
	case c.Kind == Enum:
		fmt.Fprintf(b, "%s {", c.title())
		for i, e := range c.Enumerators() {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprintf(b, "%s = %d", e.Name, e.Value)
		}
		b.WriteString("}")
		return
	case c.Kind != Struct && c.Kind != Class && c.Kind != Union:
		b.WriteString(t.String())
		return
	case c.Incomplete:
		fmt.Fprintf(b, "%s {<incomplete type>}", c.title())
		return
	}
	word := keyword[c.Kind]
	if c.Name != "" {
		word += " " + strings.TrimPrefix(c.title(), word+" ")
	}
	b.WriteString(word + " {\n")
	for i, f := range c.Fields() {
		if i == maxDescribed || b.Len() > maxDescription {
			fmt.Fprintf(b, "%s    ...\n", indent)
			break
		}
		b.WriteString(indent + "    ")
		ft := f.Type()
		switch {
		case f.Base:
			b.WriteString("/* base */ " + ft.String())
		case ft.Name == "" && keyword[ft.Kind] != "" && ft.Kind >= Struct && depth < 16:
			ft.describe(b, indent+"    ", depth+1)
			b.WriteString(" " + f.Name)
		default:
			b.WriteString(ft.Declare(f.Name))
		}
		if f.BitSize > 0 {
			fmt.Fprintf(b, " : %d", f.BitSize)
		}
		b.WriteString(";\n")
	}
	b.WriteString(indent + "}")
}
