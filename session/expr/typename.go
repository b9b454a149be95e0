package expr

import (
	"slices"
	"strings"
)

// Type names in casts: C's words in any order, tagged types, typedefs, and after them
// stars, brackets and the parentheses of a function pointer.

// words are C's type specifiers and qualifiers (C11 6.7.2, 6.7.3).
var words = []string{"char", "short", "int", "long", "signed", "unsigned", "float", "double", "void",
	"const", "volatile", "restrict", "register", "static"}

var quiet = []string{"const", "volatile", "restrict", "register", "static"}

var tags = []string{"struct", "union", "enum", "class"}

// wordTypes are the combinations of type specifiers, sorted.
var wordTypes = map[string]*Type{
	"char": CharType, "char signed": CharType, "char unsigned": UCharType,
	"short": ShortType, "int short": ShortType, "short signed": ShortType, "int short signed": ShortType,
	"short unsigned": UShortType, "int short unsigned": UShortType,
	"int": IntType, "signed": IntType, "int signed": IntType, "unsigned": UintType, "int unsigned": UintType,
	"long": LongType, "int long": LongType, "long signed": LongType, "int long signed": LongType,
	"long unsigned": UlongType, "int long unsigned": UlongType,
	"long long": LongType, "int long long": LongType, "long long signed": LongType,
	"long long unsigned": UlongType, "int long long unsigned": UlongType,
	"float": FloatType, "double": DoubleType, "double long": LongDouble, "void": VoidType,
}

// ParseType reads a whole type name. types may be nil.
func ParseType(text string, types Types) (t *Type, err error) {
	toks, err := lex(text)
	if err != nil {
		return nil, err
	}
	p := &parser{text: text, toks: toks, types: types}
	defer catch(&err)
	t = p.mustType()
	if p.peek().kind != tokEnd {
		p.fail("unexpected text")
	}
	return t, nil
}

// castType reads "(type)" if that is what comes next; else it moves nothing.
func (p *parser) castType() *Type {
	start := p.pos
	p.next()
	if t := p.tryType(); t != nil && p.accept(")") {
		return t
	}
	p.pos = start
	return nil
}

func (p *parser) mustType() *Type {
	t := p.tryType()
	if t == nil {
		p.fail("type expected")
	}
	return t
}

// tryType reads a type name, or moves nothing.
func (p *parser) tryType() *Type {
	start := p.pos
	t := p.specifier()
	if t == nil {
		p.pos = start
		return nil
	}
	return p.declarator(t)
}

func (p *parser) specifier() *Type {
	var got []string
	for t := p.peek(); t.kind == tokName; t = p.peek() {
		switch {
		case slices.Contains(quiet, t.text):
			p.next()
		case slices.Contains(words, t.text):
			got = append(got, p.next().text)
		case len(got) == 0 && slices.Contains(tags, t.text):
			p.next()
			n := p.next()
			if n.kind != tokName {
				p.pos--
				p.fail("name of a %s expected", t.text)
			}
			return p.named(t.text + " " + n.text)
		case len(got) == 0:
			if typ := common[t.text]; typ != nil {
				p.next()
				return typ
			}
			typ := p.named(t.text)
			if typ != nil {
				p.next()
			}
			return typ
		default:
			return p.words(got)
		}
	}
	return p.words(got)
}

func (p *parser) named(n string) *Type {
	if p.types == nil {
		return nil
	}
	t := p.types.TypeNamed(n)
	if tag, _, ok := strings.Cut(n, " "); ok && t == nil {
		p.fail("no %s of that name", tag)
	}
	return t
}

func (p *parser) words(got []string) *Type {
	if len(got) == 0 {
		return nil
	}
	slices.Sort(got)
	t := wordTypes[strings.Join(got, " ")]
	if t == nil {
		p.fail("no such type: %s", strings.Join(got, " "))
	}
	return t
}

// declarator reads what follows a type in a cast: "**", "[4]", "(*)(int, char)".
func (p *parser) declarator(t *Type) *Type {
	defer p.enter()()
	for {
		switch {
		case p.accept("*"):
			t = PointerTo(t)
		case p.accept("&"):
			t = &Type{Kind: Reference, Elem: t, Size: PtrSize}
		case p.peek().kind == tokName && slices.Contains(quiet, p.peek().text):
			p.next()
		case p.isOp("(") && p.toks[p.pos+1].text == "*":
			p.next()
			stars := 0
			for p.accept("*") {
				stars++
			}
			p.expect(")")
			t = p.suffix(t)
			for range stars {
				t = PointerTo(t)
			}
			return t
		default:
			return p.suffix(t)
		}
	}
}

// suffix reads array bounds or a parameter list, which matters only by being there.
func (p *parser) suffix(t *Type) *Type {
	if p.accept("(") {
		for !p.accept(")") {
			p.mustType()
			if !p.isOp(")") {
				p.expect(",")
			}
		}
		return &Type{Kind: Func, Elem: t, Size: 1}
	}
	if !p.isOp("[") {
		return t
	}
	p.next()
	n := p.next()
	if n.kind != tokInt || n.num > maxValue {
		p.pos--
		p.fail("array size expected")
	}
	p.expect("]")
	return ArrayOf(p.suffix(t), int(n.num))
}
