package expr

import (
	"fmt"
	"slices"
)

// Node is a parsed expression.
type Node interface {
	// Eval gives the value in an environment; it may be lazy (see Value.Load).
	Eval(Env) (Value, error)
}

// The shapes of a Node. They are private: an expression is asked, not taken apart.
type (
	literal struct{ v Value }
	name    struct{ text string }
	dollar  struct{ text string }
	unary   struct {
		op string
		x  Node
	}
	postfix struct {
		op string
		x  Node
	}
	binary_ struct {
		op   string
		x, y Node
	}
	assign struct {
		op   string // "" or the operator of +=
		x, y Node
	}
	cond struct{ c, x, y Node }
	cast struct {
		t *Type
		x Node
	}
	member struct {
		x     Node
		field string
		arrow bool
	}
	index  struct{ x, i Node }
	sizeof struct {
		t *Type
		x Node
	}
	typed struct { // {int} addr
		t *Type
		x Node
	}
	typeOnly struct{ t *Type } // whatis int
)

// Parse reads a whole expression. types may be nil.
func Parse(text string, types Types) (Node, error) {
	n, rest, err := ParsePrefix(text, types)
	if err == nil && rest < len(text) {
		return nil, &SyntaxError{text, rest, "unexpected text"}
	}
	return n, err
}

// ParsePrefix reads an expression and says where it ended: before a token that cannot
// go on with it.
func ParsePrefix(text string, types Types) (n Node, rest int, err error) {
	toks, err := lex(text)
	if err != nil {
		return nil, 0, err
	}
	p := &parser{text: text, toks: toks, types: types}
	defer catch(&err)
	n = p.comma()
	return n, p.peek().at, nil
}

// catch turns the parser's panic into an error; anything else goes on its way.
func catch(err *error) {
	switch e := recover().(type) {
	case nil:
	case *SyntaxError:
		*err = e
	default:
		panic(e)
	}
}

type parser struct {
	text  string
	toks  []token
	pos   int
	depth int
	types Types
}

// maxDepth bounds recursion, and with it the stack.
const maxDepth = 500

func (p *parser) peek() token { return p.toks[p.pos] }
func (p *parser) next() token {
	t := p.toks[p.pos]
	if t.kind != tokEnd {
		p.pos++
	}
	return t
}
func (p *parser) isOp(op string) bool { t := p.peek(); return t.kind == tokOp && t.text == op }
func (p *parser) accept(op string) bool {
	if p.isOp(op) {
		p.pos++
		return true
	}
	return false
}
func (p *parser) expect(op string) {
	if !p.accept(op) {
		p.fail("%q expected", op)
	}
}
func (p *parser) fail(format string, args ...any) {
	panic(&SyntaxError{p.text, p.peek().at, fmt.Sprintf(format, args...)})
}
func (p *parser) enter() func() {
	if p.depth++; p.depth > maxDepth {
		p.fail("too deeply nested")
	}
	return func() { p.depth-- }
}

func (p *parser) comma() Node {
	x := p.assignment()
	for p.accept(",") {
		x = &binary_{",", x, p.assignment()}
	}
	return x
}

var assignOps = map[string]string{"=": "", "+=": "+", "-=": "-", "*=": "*", "/=": "/", "%=": "%",
	"&=": "&", "|=": "|", "^=": "^", "<<=": "<<", ">>=": ">>"}

func (p *parser) assignment() Node {
	defer p.enter()()
	x := p.ternary()
	if t := p.peek(); t.kind == tokOp {
		if op, ok := assignOps[t.text]; ok {
			p.next()
			return &assign{op, x, p.assignment()}
		}
	}
	return x
}

func (p *parser) ternary() Node {
	c := p.binary(0)
	if !p.accept("?") {
		return c
	}
	x := p.comma()
	p.expect(":")
	return &cond{c, x, p.assignment()}
}

// levels are C's binary operators from the loosest to the tightest (C11 6.5.5-14).
// gdb's @ (an array of so many) binds tighter than all of them but the unary ones.
var levels = [][]string{{"||"}, {"&&"}, {"|"}, {"^"}, {"&"}, {"==", "!="}, {"<", ">", "<=", ">="},
	{"<<", ">>"}, {"+", "-"}, {"*", "/", "%"}, {"@"}}

func (p *parser) binary(level int) Node {
	if level == len(levels) {
		return p.unary()
	}
	x := p.binary(level + 1)
	for {
		t := p.peek()
		if t.kind != tokOp || !slices.Contains(levels[level], t.text) {
			return x
		}
		p.next()
		x = &binary_{t.text, x, p.binary(level + 1)}
	}
}

func (p *parser) unary() Node {
	defer p.enter()()
	t := p.peek()
	if t.kind == tokOp {
		switch t.text {
		case "-", "+", "~", "!", "*", "&", "++", "--":
			p.next()
			return &unary{t.text, p.unary()}
		case "{":
			p.next()
			typ := p.mustType()
			p.expect("}")
			return &typed{typ, p.unary()}
		case "(":
			if typ := p.castType(); typ != nil {
				return &cast{typ, p.unary()}
			}
		}
	}
	if t.kind == tokName && t.text == "sizeof" {
		p.next()
		if p.isOp("(") {
			if typ := p.castType(); typ != nil {
				return &sizeof{t: typ}
			}
		}
		return &sizeof{x: p.unary()}
	}
	return p.postfix()
}

func (p *parser) postfix() Node {
	x := p.primary()
	for {
		switch {
		case p.accept("["):
			x = &index{x, p.comma()}
			p.expect("]")
		case p.isOp(".") || p.isOp("->"):
			arrow := p.next().text == "->"
			f := p.next()
			if f.kind != tokName {
				p.pos--
				p.fail("member name expected")
			}
			x = &member{x, f.text, arrow}
		case p.isOp("++") || p.isOp("--"):
			x = &postfix{p.next().text, x}
		case p.isOp("("):
			p.fail("calling functions of the program is not supported")
		default:
			return x
		}
	}
}

func (p *parser) primary() Node {
	t := p.peek()
	switch t.kind {
	case tokInt, tokChar:
		p.next()
		return &literal{MakeInt(t.typ, t.num)}
	case tokFloat:
		p.next()
		return &literal{MakeFloat(t.typ, t.real)}
	case tokString:
		p.next()
		return &literal{MakeString(t.text)}
	case tokDollar:
		p.next()
		return &dollar{t.text}
	case tokName:
		if b, ok := boolean[t.text]; ok {
			p.next()
			return &literal{MakeInt(BoolType, b)}
		}
		if typ := p.tryType(); typ != nil {
			return &typeOnly{typ}
		}
		p.next()
		return &name{t.text}
	case tokEnd:
		p.fail("expression expected")
	}
	if p.accept("(") {
		x := p.comma()
		p.expect(")")
		return x
	}
	if p.accept("::") {
		t := p.next()
		if t.kind != tokName {
			p.fail("name expected")
		}
		return &name{"::" + t.text}
	}
	p.fail("expression expected")
	return nil
}

var boolean = map[string]uint64{"true": 1, "false": 0}
