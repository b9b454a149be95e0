// Package expr is the debugger's expression language: C's operators over integers,
// floating point, registers, symbols with their types, and memory.
//
// An expression is parsed once (Parse) and evaluated against an Env, which is one
// frame of one thread: it gives names their values and memory its bytes. Nothing here
// knows DWARF, ptrace or a terminal, so that a bigger language can take its place
// beside the same Env, and so that all of it is tested without a process.
//
// Conditions of breakpoints are evaluated at every hit. Fast compiles the usual ones
// (comparisons of registers and constants) into a closure over a register set.
package expr

import "fmt"

// Env is where names and addresses mean something.
type Env interface {
	// ReadMem fills p, or fails with an error that names the address.
	ReadMem(addr uint64, p []byte) error
	WriteMem(addr uint64, p []byte) error
	// Lookup finds a variable or a symbol. A name nobody has is a *NotFoundError.
	Lookup(name string) (Value, error)
	// Register reads a register by its name without the dollar sign; false when there
	// is none of that name.
	Register(name string) (Value, bool, error)
	SetRegister(name string, v Value) error
	// Var is a convenience variable; an unset one is void.
	Var(name string) Value
	SetVar(name string, v Value)
	// History is the n-th value printed; with back, the n-th before the last one.
	History(n int, back bool) (Value, error)
	Types
}

// Types finds types that are not part of the language: struct, union, enum and
// typedef names. Words like "struct" are part of the name it is asked for.
type Types interface {
	TypeNamed(name string) *Type
}

// NotFoundError is a name without meaning, and names that may have been meant.
type NotFoundError struct {
	Name string
	Near []string
}

func (e *NotFoundError) Error() string {
	s := fmt.Sprintf("no symbol %q in current context", e.Name)
	if len(e.Near) > 0 {
		s += "; did you mean " + orList(e.Near) + "?"
	}
	return s
}

func orList(names []string) string {
	s := ""
	for i, n := range names {
		switch {
		case i == 0:
		case i == len(names)-1:
			s += " or "
		default:
			s += ", "
		}
		s += n
	}
	return s
}

// SyntaxError says where in the text the parser gave up.
type SyntaxError struct {
	Text string
	At   int // byte offset
	Msg  string
}

func (e *SyntaxError) Error() string {
	if e.At >= len(e.Text) {
		return fmt.Sprintf("%s at the end of expression %q", e.Msg, e.Text)
	}
	return fmt.Sprintf("%s near %q in expression %q", e.Msg, clip(e.Text[e.At:]), clip(e.Text))
}

func clip(s string) string {
	const most = 40
	if len(s) > most {
		return s[:most] + "..."
	}
	return s
}
