package where

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/syscalls"
)

// Field is a row of the table of fields.
type Field struct {
	Name string
	Help string
	kind *kind
	// One of these is set. numbers and texts append the values that a call has.
	holds   test
	numbers func(c *Call, to []int64) []int64
	texts   func(c *Call, to []string) []string
	valid   func(word string) error // refuses words that can never be equal; nil takes all
}

// kind is how a field compares.
type kind struct {
	what      string // it is, for errors
	operators string
	compare   func(f *Field, name, op string, v token) (test, error)
}

var (
	numeric = &kind{"a number", "==, !=, <, <=, >, >= or in (...)", compareNumbers}
	spans   = &kind{"a duration", "==, !=, <, <=, >, >= or in (...)", compareDurations}
	textual = &kind{"text", "==, !=, ~, =~ or in (...)", compareTexts}
	errnos  = &kind{"an errno", "==, !=, <, <=, >, >= or in (...)", compareErrnos}
	truth   = &kind{"true or false", "", nil}
)

// errOperator says that an operator does not go with a field.
var errOperator = errors.New("wrong operator")

var fields = []Field{
	{Name: "name", Help: "name of the call", kind: textual, valid: validCall, texts: func(c *Call, to []string) []string { return append(to, c.ABI.CallName(c.Nr)) }},
	{Name: "nr", Help: "its number, as the program gave it", kind: numeric, numbers: func(c *Call, to []int64) []int64 { return append(to, int64(c.Nr)) }},
	{Name: "pid", Help: "number of the process", kind: numeric, numbers: func(c *Call, to []int64) []int64 { return append(to, int64(c.PID)) }},
	{Name: "tid", Help: "number of the thread", kind: numeric, numbers: func(c *Call, to []int64) []int64 { return append(to, int64(c.TID)) }},
	{Name: "comm", Help: "command that the thread runs", kind: textual, texts: func(c *Call, to []string) []string {
		if c.Comm == nil {
			return to
		}
		return append(to, c.Comm(c.TID))
	}},
	{Name: "ret", Help: "what the call returned; -1 when it failed", kind: numeric, numbers: func(c *Call, to []int64) []int64 {
		switch {
		case !c.Returned:
			return to
		case c.Errno != 0:
			return append(to, -1)
		}
		return append(to, c.Ret)
	}},
	{Name: "errno", Help: "its error, by name or number; 0 when it succeeded", kind: errnos, numbers: func(c *Call, to []int64) []int64 {
		if !c.Returned {
			return to
		}
		return append(to, int64(c.Errno))
	}},
	{Name: "error", Help: "it failed", kind: truth, holds: func(c *Call) bool { return c.Returned && c.Errno != 0 }},
	{Name: "dur", Help: "how long it took, by the clock", kind: spans, numbers: func(c *Call, to []int64) []int64 { return append(to, int64(c.Duration)) }},
	{Name: "path", Help: "paths among its arguments, and what its descriptors refer to", kind: textual, texts: func(c *Call, to []string) []string { return append(to, c.Paths...) }},
	{Name: "peer", Help: "other ends of its sockets, as in 127.0.0.1:80, [::1]:80, /run/x", kind: textual, texts: func(c *Call, to []string) []string { return append(to, c.Peers...) }},
	{Name: "fd", Help: "descriptors among its arguments", kind: numeric, numbers: func(c *Call, to []int64) []int64 {
		for _, fd := range c.FDs {
			to = append(to, int64(fd))
		}
		return to
	}},
	argument(0), argument(1), argument(2), argument(3), argument(4), argument(5),
	{Name: "abi", Help: "convention of the call: x86_64, i386, x32 ...", kind: textual, valid: validABI, texts: func(c *Call, to []string) []string { return append(to, c.ABI.Name) }},
}

// argument is the field of a register. One that holds a negative int has it in its low half.
func argument(i int) Field {
	return Field{Name: "arg" + strconv.Itoa(i), Help: "its arguments as the registers have them", kind: numeric,
		numbers: func(c *Call, to []int64) []int64 { return append(to, int64(c.Args[i])) }}
}

// Fields lists the fields.
func Fields() []Field { return fields }

func names() []string {
	var all []string
	for i := range fields {
		all = append(all, fields[i].Name)
	}
	return all
}

func fieldOf(name string) *Field {
	for i := range fields {
		if fields[i].Name == name {
			return &fields[i]
		}
	}
	return nil
}

// orders are the operators by what cmp.Compare must give.
var orders = map[string]func(int) bool{
	"==": func(n int) bool { return n == 0 },
	"<":  func(n int) bool { return n < 0 }, "<=": func(n int) bool { return n <= 0 },
	">": func(n int) bool { return n > 0 }, ">=": func(n int) bool { return n >= 0 },
}

// ordered is the test of a field of numbers. A call without the value compares with none.
func ordered(f *Field, op string, want int64) (test, error) {
	if op == "!=" {
		equal, err := ordered(f, "==", want)
		return func(c *Call) bool { return !equal(c) }, err
	}
	holds := orders[op]
	if holds == nil {
		return nil, errOperator
	}
	narrow := want < 0 && strings.HasPrefix(f.Name, "arg")
	return func(c *Call) bool {
		var few [8]int64
		for _, n := range f.numbers(c, few[:0]) {
			if narrow && n>>32 == 0 {
				n = int64(int32(n))
			}
			if holds(cmp.Compare(n, want)) {
				return true
			}
		}
		return false
	}, nil
}

func number(text string) (int64, bool) {
	n, err := strconv.ParseInt(text, 0, 64)
	if err != nil {
		u, uerr := strconv.ParseUint(text, 0, 64) // an address of the upper half
		return int64(u), uerr == nil
	}
	return n, true
}

func compareNumbers(f *Field, name, op string, v token) (test, error) {
	n, ok := number(v.text)
	if !ok || v.kind == tText {
		return nil, fmt.Errorf("%s is no number, which %s is compared with", v, name)
	}
	return ordered(f, op, n)
}

func compareDurations(f *Field, name, op string, v token) (test, error) {
	d, err := time.ParseDuration(v.text)
	if err != nil || v.kind == tText {
		return nil, fmt.Errorf("%s is no duration; %s is compared with one such as 10ms, 1.5s or 200us", v, name)
	}
	return ordered(f, op, int64(d))
}

// systems are those whose names of errors are known.
var systems = []*abi.OS{abi.Linux, abi.FreeBSD, abi.SVR4}

func compareErrnos(f *Field, name, op string, v token) (test, error) {
	if n, ok := number(v.text); ok && v.kind == tNumber {
		return ordered(f, op, n)
	}
	var all []string
	for _, os := range systems {
		for i := range os.Errnos {
			all = append(all, os.Errnos[i].Name)
		}
	}
	if err := among(v.text, all, "errno"); err != nil {
		return nil, err
	}
	named := func(c *Call) bool {
		row := c.ABI.OS.Errno(c.Errno)
		return c.Returned && c.Errno != 0 && row != nil && row.Name == v.text
	}
	switch op {
	case "==":
		return named, nil
	case "!=":
		return func(c *Call) bool { return !named(c) }, nil
	}
	return nil, errOperator
}

func compareTexts(f *Field, name, op string, v token) (test, error) {
	var is func(string) bool
	switch op {
	case "==", "!=":
		if f.valid != nil {
			if err := f.valid(v.text); err != nil {
				return nil, err
			}
		}
		is = func(s string) bool { return s == v.text }
	case "~", "=~":
		pattern := v.text
		if op == "~" {
			pattern = glob(pattern)
		}
		re, err := regexp.Compile(pattern)
		if err != nil {
			return nil, fmt.Errorf("%s: %s", v, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		is = re.MatchString
	default:
		return nil, errOperator
	}
	return func(c *Call) bool {
		var few [8]string
		for _, s := range f.texts(c, few[:0]) {
			if is(s) {
				return op != "!="
			}
		}
		return op == "!="
	}, nil
}

// glob is a regular expression for a pattern of *, ? and [...].
func glob(pattern string) string {
	var b strings.Builder
	b.WriteString("(?s)^")
	for i := 0; i < len(pattern); i++ {
		switch ch := pattern[i]; ch {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteByte('.')
		case '[':
			end := strings.IndexByte(pattern[min(i+2, len(pattern)):], ']')
			if end < 0 {
				b.WriteString(`\[`)
				continue
			}
			set := pattern[i+1 : i+2+end]
			if set[0] == '!' {
				set = "^" + set[1:]
			}
			b.WriteString("[" + strings.ReplaceAll(strings.ReplaceAll(set, `\`, `\\`), "[", `\[`) + "]")
			i += 2 + end
		default:
			b.WriteString(regexp.QuoteMeta(pattern[i : i+1]))
		}
	}
	b.WriteByte('$')
	return b.String()
}

// among refuses a word that is none of a list, with the nearest ones.
func among(word string, list []string, what string) error {
	for _, w := range list {
		if w == word {
			return nil
		}
	}
	hint := ""
	if near := spell.Near(word, list, 3); len(near) > 0 {
		hint = "; did you mean " + strings.Join(near, ", ") + "?"
	}
	return fmt.Errorf("there is no %s %q%s", what, word, hint)
}

func validABI(word string) error {
	var all []string
	for _, a := range syscalls.ABIs {
		all = append(all, a.Name)
	}
	return among(word, all, "ABI")
}

// validCall refuses names that no system has.
func validCall(word string) error {
	if strings.HasPrefix(word, "syscall_") { // a call without a name
		return nil
	}
	return among(word, syscalls.CallNames(), "system call")
}
