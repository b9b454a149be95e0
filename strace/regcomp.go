// The /regex of a set as regcomp(3) of glibc reads it: a POSIX extended regular expression with GNU's \w
// and the like. Package regexp takes another notation and has other words for what is wrong.

package strace

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// regError is what regerror(3) of glibc says.
type regError string

func (e regError) Error() string { return string(e) }

const (
	errPattern    = regError("Invalid regular expression")
	errCollation  = regError("Invalid collation character")
	errClass      = regError("Invalid character class name")
	errEscape     = regError("Trailing backslash")
	errReference  = regError("Invalid back reference")
	errBracket    = regError("Unmatched [, [^, [:, [., or [=")
	errParen      = regError(`Unmatched ( or \(`)
	errBrace      = regError(`Unmatched \{`)
	errInterval   = regError(`Invalid content of \{\}`)
	errRange      = regError("Invalid range end")
	errRepetition = regError("Invalid preceding regular expression")
	errSize       = regError("Regular expression too big")
)

const (
	repeatMost   = 0x7fff // RE_DUP_MAX
	repeatMostGo = 1000   // of package regexp; no name of a call is as long
)

// extended is an expression being translated.
type extended struct {
	in    string
	at    int
	out   strings.Builder
	atom  int   // where in out what can be repeated begins, -1 there is nothing
	open  []int // where the groups that are open begin
	group int   // groups begun
}

// goRegexp translates an extended regular expression for package regexp. Its error is regcomp's. A back
// reference is refused, which regcomp takes: package regexp has none.
func goRegexp(expr string) (string, error) {
	x := &extended{in: expr, atom: -1}
	for x.at < len(x.in) {
		if err := x.next(); err != nil {
			return "", err
		}
	}
	if len(x.open) > 0 {
		return "", errParen
	}
	if _, err := regexp.Compile(x.out.String()); err != nil {
		return "", errSize // what repetitions of repetitions come to
	}
	return x.out.String(), nil
}

// next translates one element.
func (x *extended) next() error {
	ch := x.in[x.at]
	x.at++
	switch ch {
	case '(':
		x.open = append(x.open, x.out.Len())
		x.group++
		x.operator("(")
	case ')':
		if len(x.open) == 0 { // RE_UNMATCHED_RIGHT_PAREN_ORD
			x.literal(ch)
			break
		}
		begin := x.open[len(x.open)-1]
		x.open = x.open[:len(x.open)-1]
		x.operator(")")
		x.atom = begin
	case '|', '^', '$':
		x.operator(string(ch))
	case '*', '+', '?':
		return x.repeat(string(ch))
	case '{':
		return x.interval()
	case '.':
		x.element("(?s:.)")
	case '[':
		return x.bracket()
	case '\\':
		return x.escape()
	default:
		x.literal(ch)
	}
	return nil
}

// operator writes what cannot be repeated.
func (x *extended) operator(s string) {
	x.out.WriteString(s)
	x.atom = -1
}

// element writes what can.
func (x *extended) element(s string) {
	x.atom = x.out.Len()
	x.out.WriteString(s)
}

func (x *extended) literal(ch byte) { x.element(regexp.QuoteMeta(string(rune(ch)))) }

// repeat writes a repetition of the element before it, which may be repeated already.
func (x *extended) repeat(operator string) error {
	if x.atom < 0 {
		return errRepetition
	}
	all := x.out.String()
	x.out.Reset()
	x.out.WriteString(all[:x.atom] + "(?:" + all[x.atom:] + ")" + operator)
	return nil
}

// interval is {N}, {N,}, {,M} or {N,M}.
func (x *extended) interval() error {
	if x.atom < 0 {
		return errRepetition
	}
	inside, rest, closed := strings.Cut(x.in[x.at:], "}")
	if !closed {
		return errBrace
	}
	x.at = len(x.in) - len(rest)
	low, high, ranged := strings.Cut(inside, ",")
	if ranged && low == "" {
		low = "0"
	}
	n, wrong := strconv.ParseUint(low, 10, 64)
	m := n
	if ranged && high != "" {
		var err error
		m, err = strconv.ParseUint(high, 10, 64)
		wrong = errors.Join(wrong, err)
	}
	switch {
	case errors.Is(wrong, strconv.ErrSyntax), wrong == nil && m < n:
		return errInterval
	case wrong != nil, m > repeatMost:
		return errSize
	}
	text := strconv.FormatUint(min(n, repeatMostGo), 10)
	switch {
	case ranged && high == "":
		text += ","
	case ranged:
		text += "," + strconv.FormatUint(min(m, repeatMostGo), 10)
	}
	return x.repeat("{" + text + "}")
}

// gnuEscapes are what glibc has beyond POSIX; the empty ones among them cannot be repeated.
var gnuEscapes = map[byte]string{'w': `[0-9A-Za-z_]`, 'W': `[^0-9A-Za-z_]`, 's': `[[:space:]]`, 'S': `[^[:space:]]`,
	'b': `\b`, 'B': `\B`, '<': `\b`, '>': `\b`, '`': `\A`, '\'': `\z`}

func (x *extended) escape() error {
	if x.at == len(x.in) {
		return errEscape
	}
	ch := x.in[x.at]
	x.at++
	switch text := gnuEscapes[ch]; {
	case ch >= '1' && ch <= '9':
		return errReference
	case text == "":
		x.literal(ch)
	case text[0] == '[':
		x.element(text)
	default:
		x.operator(text)
	}
	return nil
}

// classNames are the character classes of the C locale.
var classNames = strings.Fields("alnum alpha blank cntrl digit graph lower print punct space upper xdigit")

// bracket translates a set of characters, of which the [ has been read.
func (x *extended) bracket() error {
	var out strings.Builder
	out.WriteByte('[')
	if x.take("^") {
		out.WriteByte('^')
	}
	if x.at == len(x.in) {
		return errPattern
	}
	for first := true; first || !x.take("]"); first = false {
		class, low, err := x.member()
		switch {
		case err != nil:
			return err
		case class != "":
			out.WriteString("[:" + class + ":]")
			continue
		}
		high := low
		if rest := x.in[x.at:]; len(rest) > 1 && rest[0] == '-' && rest[1] != ']' {
			x.at++
			if class, high, err = x.member(); err != nil {
				return err
			}
			if class != "" || high < low {
				return errRange
			}
		} else if rest == "-" {
			return errBracket
		}
		out.WriteString(quoteInSet(low) + "-" + quoteInSet(high))
	}
	out.WriteByte(']')
	x.element(out.String())
	return nil
}

func quoteInSet(ch byte) string { return `\x{` + strconv.FormatUint(uint64(ch), 16) + "}" }

// take reads a word if it comes next.
func (x *extended) take(word string) bool {
	if !strings.HasPrefix(x.in[x.at:], word) {
		return false
	}
	x.at += len(word)
	return true
}

// member reads a class or a character of a set.
func (x *extended) member() (class string, ch byte, err error) {
	rest := x.in[x.at:]
	if rest == "" {
		return "", 0, errBracket
	}
	if len(rest) > 1 && rest[0] == '[' && strings.IndexByte(":.=", rest[1]) >= 0 {
		name, _, closed := strings.Cut(rest[2:], rest[1:2]+"]")
		if !closed {
			return "", 0, errBracket
		}
		x.at += len(name) + 4
		switch {
		case rest[1] != ':' && len(name) == 1:
			return "", name[0], nil
		case rest[1] != ':':
			return "", 0, errCollation
		case !slices.Contains(classNames, name):
			return "", 0, errClass
		}
		return name, 0, nil
	}
	x.at++
	return "", rest[0], nil
}
