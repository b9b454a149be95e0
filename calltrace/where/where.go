// Package where is the language of --where: an expression over one system call that says
// whether it is shown.
//
//	ret > 4096 && path ~ "*.so"
//	dur >= 10ms && !(name in (poll, epoll_wait))
//	error && errno != EAGAIN
//
// A comparison is a field, an operator and a value; comparisons are joined by !, && and ||,
// which bind in this order, and parentheses. Fields lists the fields. A value is a number
// (10, 0x1f, -1), a duration (10ms), the name of an errno, or text: a word, or anything between
// quotes. ~ matches text with a glob, in which * stands for any characters, / too, and =~ with
// a regular expression that it contains. Of a field with several values (path, fd) one must
// compare as said; with != none may be equal.
//
// The language is our own since it is small, and since its errors must name the column and the
// nearest right name; general expression engines have neither globs nor durations as literals.
package where

import (
	"fmt"
	"strings"
	"time"

	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/syscalls"
)

// Call is what an expression is asked about.
type Call struct {
	*syscalls.Call
	Duration time.Duration        // from its entry to its return
	Paths    []string             // that its arguments name, and what its descriptors refer to
	Peers    []string             // other ends of its sockets
	FDs      []int32              // descriptors among its arguments
	Comm     func(tid int) string // the command that a thread runs; may be nil

	unmade bool // only its name and convention are known
}

// Expr is an expression, read. It may be used by several goroutines.
type Expr struct {
	text  string
	uses  map[string]bool
	match judge
}

// test is what a comparison asks of a call.
type test func(c *Call) bool

// judge is an expression as a function. Of a call that has yet to be made it knows the name and the
// convention alone.
type judge func(c *Call) verdict

type verdict uint8

const (
	no verdict = iota
	maybe
	yes
)

// early are the fields that are known of a call that has yet to be made.
var early = map[string]bool{"name": true, "nr": true, "abi": true}

// leaf is a comparison of a field.
func leaf(field string, holds test) judge {
	known := early[field]
	return func(c *Call) verdict {
		switch {
		case c.unmade && !known:
			return maybe
		case holds(c):
			return yes
		}
		return no
	}
}

// Match says whether the expression holds for a call.
func (e *Expr) Match(c *Call) bool { return e.match(c) == yes }

// Narrow leaves out of a set, nil for all, the calls for which the expression cannot hold.
func (e *Expr) Narrow(s *syscalls.Set) *syscalls.Set {
	return s.Restrict(func(a *syscalls.ABI, nr uint64) bool {
		return e.match(&Call{Call: &syscalls.Call{ABI: a, Nr: nr}, unmade: true}) != no
	})
}

// Uses says whether a field stands in the expression.
func (e *Expr) Uses(field string) bool { return e.uses[field] }

// String is the expression as it was written.
func (e *Expr) String() string { return e.text }

// And is an expression that holds where both do; either may be nil.
func And(a, b *Expr) *Expr {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	both := &Expr{text: "(" + a.text + ") && (" + b.text + ")", uses: map[string]bool{},
		match: func(c *Call) verdict { return min(a.match(c), b.match(c)) }}
	for _, e := range []*Expr{a, b} {
		for name := range e.uses {
			both.uses[name] = true
		}
	}
	return both
}

// Slower holds for calls that take d or longer.
func Slower(d time.Duration) *Expr {
	return &Expr{text: "dur >= " + d.String(), uses: map[string]bool{"dur": true}, match: leaf("dur", func(c *Call) bool { return c.Duration >= d })}
}

// Error is why an expression cannot be read.
type Error struct {
	Column int // of the character where it goes wrong, from 1
	Text   string
}

func (e *Error) Error() string { return fmt.Sprintf("column %d: %s", e.Column, e.Text) }

// Parse reads an expression. Its error is an *Error.
func Parse(text string) (e *Expr, err error) {
	p := &parser{lexer: lexer{text: text}, uses: map[string]bool{}}
	defer func() {
		if wrong, ok := recover().(*Error); ok {
			e, err = nil, wrong
		} else if r := recover(); r != nil {
			panic(r)
		}
	}()
	p.next()
	match := p.or()
	if p.tok.kind != tEnd {
		p.fail(p.tok, "%s does not belong here; join comparisons by && or ||", p.tok)
	}
	return &Expr{text: text, uses: p.uses, match: match}, nil
}

// parser reads tokens by recursive descent; it panics with an *Error.
type parser struct {
	lexer
	tok   token
	depth int
	uses  map[string]bool
}

func (l *lexer) fail(t token, format string, args ...any) {
	panic(&Error{Column: t.column, Text: fmt.Sprintf(format, args...)})
}

func (p *parser) next() { p.tok = p.lexer.next() }

// took says whether the next token is an operator, and goes past it.
func (p *parser) took(op string) bool {
	if p.tok.kind != tOp || p.tok.text != op {
		return false
	}
	p.next()
	return true
}

func (p *parser) or() judge {
	t := p.and()
	for p.took("||") {
		left, right := t, p.and()
		t = func(c *Call) verdict { return max(left(c), right(c)) }
	}
	return t
}

func (p *parser) and() judge {
	t := p.not()
	for p.took("&&") {
		left, right := t, p.not()
		t = func(c *Call) verdict { return min(left(c), right(c)) }
	}
	return t
}

const maxDepth = 200 // of ! and parentheses

func (p *parser) not() judge {
	if p.depth++; p.depth > maxDepth {
		p.fail(p.tok, "more than %d ! and parentheses inside each other", maxDepth)
	}
	defer func() { p.depth-- }()
	at := p.tok
	switch {
	case p.took("!"):
		t := p.not()
		return func(c *Call) verdict { return yes - t(c) }
	case p.took("("):
		t := p.or()
		if !p.took(")") {
			p.fail(p.tok, "%s where the parenthesis of column %d should end", p.tok, at.column)
		}
		return t
	}
	return p.comparison()
}

// comparison reads a field with its operator and value.
func (p *parser) comparison() judge {
	at := p.tok
	if at.kind != tWord {
		p.fail(at, "%s where a field should be: %s", at, strings.Join(names(), ", "))
	}
	f := fieldOf(at.text)
	if f == nil {
		hint := "; the fields are " + strings.Join(names(), ", ")
		if near := spell.Near(at.text, names(), 3); len(near) > 0 {
			hint = "; did you mean " + strings.Join(near, ", ") + "?"
		}
		p.fail(at, "there is no field %q%s", at.text, hint)
	}
	p.uses[at.text] = true
	p.next()
	if f.holds != nil {
		if p.tok.kind == tOp && comparing[p.tok.text] {
			p.fail(p.tok, "%s is true or false by itself; write %s or !%s", f.Name, f.Name, f.Name)
		}
		return leaf(f.Name, f.holds)
	}
	op := p.tok
	if op.kind == tWord && op.text == "in" {
		p.next()
		return leaf(f.Name, p.list(f, at))
	}
	if op.kind != tOp || !comparing[op.text] {
		p.fail(op, "%s where an operator should follow %s: ==, !=, <, <=, >, >=, ~, =~ or in (...)", op, f.Name)
	}
	p.next()
	return leaf(f.Name, p.value(f, at, op))
}

// value reads one value and makes the test.
func (p *parser) value(f *Field, at, op token) test {
	v := p.tok
	if v.kind != tWord && v.kind != tText && v.kind != tNumber {
		p.fail(v, "%s where a value should follow %s", v, op.text)
	}
	t, err := f.kind.compare(f, at.text, op.text, v)
	if err != nil {
		where := v
		if err == errOperator {
			where = op
			err = fmt.Errorf("%s does not go with %s, which is %s; use %s", op.text, f.Name, f.kind.what, f.kind.operators)
		}
		p.fail(where, "%s", err)
	}
	p.next()
	return t
}

// list reads the (a, b, c) behind in.
func (p *parser) list(f *Field, at token) test {
	if !p.took("(") {
		p.fail(p.tok, "%s where ( should follow in", p.tok)
	}
	var any []test
	for {
		any = append(any, p.value(f, at, token{kind: tOp, text: "==", column: p.tok.column}))
		if p.took(")") {
			break
		}
		if !p.took(",") {
			p.fail(p.tok, "%s where , or ) should be in a list", p.tok)
		}
	}
	return func(c *Call) bool {
		for _, t := range any {
			if t(c) {
				return true
			}
		}
		return false
	}
}
