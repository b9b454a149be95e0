package expr

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

type tokenKind uint8

const (
	tokEnd tokenKind = iota
	tokInt
	tokFloat
	tokChar
	tokString
	tokName   // x, ns::f, 'file.c'::x
	tokDollar // $rax, $1, $
	tokOp
)

type token struct {
	kind tokenKind
	text string // the operator, the name; a string's or character's contents
	at   int
	num  uint64
	real float64
	typ  *Type // of a number
}

// ops are the operators, longest first so that the first match is the right one.
var ops = []string{"<<=", ">>=", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||",
	"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "::",
	"+", "-", "*", "/", "%", "&", "|", "^", "~", "!", "<", ">", "=", "?", ":", "(", ")", "[", "]",
	"{", "}", ".", ",", "@"}

// maxTokens bounds an expression; nobody types a longer one.
const maxTokens = 10_000

// lex splits a whole text.
func lex(text string) ([]token, error) {
	var out []token
	for at := 0; ; {
		for at < len(text) && strings.IndexByte(" \t\r\n", text[at]) >= 0 {
			at++
		}
		if at == len(text) {
			return append(out, token{kind: tokEnd, at: at}), nil
		}
		if len(out) == maxTokens {
			return nil, &SyntaxError{text, at, "expression too long"}
		}
		t, n, msg := lexOne(text[at:])
		if msg != "" {
			return nil, &SyntaxError{text, at, msg}
		}
		t.at = at
		out = append(out, t)
		at += n
	}
}

func lexOne(s string) (t token, n int, msg string) {
	c := s[0]
	switch {
	case isDigit(c) || c == '.' && len(s) > 1 && isDigit(s[1]):
		return lexNumber(s)
	case isLetter(c):
		n = nameLen(s)
		return token{kind: tokName, text: s[:n]}, n, ""
	case c == '$':
		n = 1
		for n < len(s) && (isLetter(s[n]) || isDigit(s[n]) || s[n] == '$') {
			n++
		}
		return token{kind: tokDollar, text: s[1:n]}, n, ""
	case c == '\'':
		return lexQuote(s)
	case c == '"':
		text, n, msg := unquote(s, '"')
		return token{kind: tokString, text: text}, n, msg
	}
	for _, op := range ops {
		if strings.HasPrefix(s, op) {
			return token{kind: tokOp, text: op}, len(op), ""
		}
	}
	return t, 0, "unexpected character"
}

// lexQuote tells a character from gdb's quoted name: 'a' and 'file.c'::x.
func lexQuote(s string) (token, int, string) {
	text, n, msg := unquote(s, '\'')
	if msg != "" {
		return token{}, 0, msg
	}
	if strings.HasPrefix(s[n:], "::") {
		m := nameLen(s[n+2:])
		return token{kind: tokName, text: text + "::" + s[n+2:n+2+m]}, n + 2 + m, ""
	}
	r, size := utf8.DecodeRuneInString(text)
	switch {
	case text == "":
		return token{}, 0, "empty character"
	case len(text) == 1:
		return token{kind: tokChar, num: uint64(text[0]), typ: CharType}, n, ""
	case size == len(text) && r != utf8.RuneError:
		return token{kind: tokInt, num: uint64(r), typ: IntType}, n, ""
	}
	return token{kind: tokName, text: text}, n, "" // a quoted symbol: 'foo(int)'
}

var escapes = map[byte]byte{'n': '\n', 't': '\t', 'r': '\r', 'a': 7, 'b': 8, 'f': 12, 'v': 11, 'e': 27,
	'\\': '\\', '\'': '\'', '"': '"', '?': '?'}

// unquote reads a quoted text that starts s; n is how far it reaches.
func unquote(s string, quote byte) (text string, n int, msg string) {
	var b strings.Builder
	for i := 1; i < len(s); i++ {
		switch c := s[i]; c {
		case quote:
			return b.String(), i + 1, ""
		case '\\':
			i++
			if i == len(s) {
				return "", 0, "unfinished escape"
			}
			if e, ok := escapes[s[i]]; ok {
				b.WriteByte(e)
				continue
			}
			base, start, most := 8, i, 3
			if s[i] == 'x' {
				base, start, most = 16, i+1, 2
			}
			end := start
			for end < len(s) && end-start < most && digitBelow(s[end], base) {
				end++
			}
			v, err := strconv.ParseUint(s[start:end], base, 8)
			if err != nil {
				return "", 0, "unknown escape"
			}
			b.WriteByte(byte(v))
			i = end - 1
		default:
			b.WriteByte(c)
		}
	}
	return "", 0, "missing closing " + string(quote)
}

func digitBelow(c byte, base int) bool {
	d := -1
	switch {
	case c >= '0' && c <= '9':
		d = int(c - '0')
	case c >= 'a' && c <= 'f':
		d = int(c-'a') + 10
	case c >= 'A' && c <= 'F':
		d = int(c-'A') + 10
	}
	return d >= 0 && d < base
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }
func isLetter(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
}

// nameLen is the length of an identifier with its namespaces: a::b::~c.
func nameLen(s string) int {
	n := 0
	for n < len(s) {
		switch {
		case isLetter(s[n]) || n > 0 && isDigit(s[n]):
			n++
		case n > 0 && strings.HasPrefix(s[n:], "::") && n+2 < len(s) && (isLetter(s[n+2]) || s[n+2] == '~'):
			n += 3
		default:
			return n
		}
	}
	return n
}

// lexNumber reads C's numbers: 10, 0x1f, 017, 0b101, 1.5e3, with suffixes u, l, f.
func lexNumber(s string) (token, int, string) {
	n := 0
	for n < len(s) && (isDigit(s[n]) || isLetter(s[n]) || s[n] == '.' || isExponentSign(s, n)) {
		n++
	}
	text := s[:n]
	if real, typ, ok := realNumber(text); ok {
		return token{kind: tokFloat, real: real, typ: typ}, n, ""
	}
	digits := strings.TrimRight(text, "uUlL")
	suffix := strings.ToLower(text[len(digits):])
	v, err := parseUint(digits)
	if err != nil {
		if err.(*strconv.NumError).Err == strconv.ErrRange {
			return token{}, 0, "number does not fit 64 bits"
		}
		return token{}, 0, "malformed number"
	}
	return token{kind: tokInt, num: v, typ: literalType(v, digits, suffix)}, n, ""
}

func isExponentSign(s string, n int) bool {
	return n > 0 && (s[n] == '+' || s[n] == '-') && (s[n-1] == 'e' || s[n-1] == 'E') &&
		!strings.HasPrefix(s, "0x") && !strings.HasPrefix(s, "0X")
}

func parseUint(digits string) (uint64, error) {
	lower := strings.ToLower(digits)
	switch {
	case strings.HasPrefix(lower, "0x"):
		return strconv.ParseUint(lower[2:], 16, 64)
	case strings.HasPrefix(lower, "0b"):
		return strconv.ParseUint(lower[2:], 2, 64)
	case len(lower) > 1 && lower[0] == '0':
		return strconv.ParseUint(lower[1:], 8, 64)
	}
	return strconv.ParseUint(lower, 10, 64)
}

func realNumber(text string) (float64, *Type, bool) {
	lower := strings.ToLower(text)
	if strings.HasPrefix(lower, "0x") || !strings.ContainsAny(lower, ".e") {
		return 0, nil, false
	}
	typ := DoubleType
	if d, ok := strings.CutSuffix(lower, "f"); ok {
		lower, typ = d, FloatType
	}
	v, err := strconv.ParseFloat(strings.TrimSuffix(lower, "l"), 64)
	return v, typ, err == nil
}

// literalType is the first of C's candidates that holds the number (C11 6.4.4.1).
func literalType(v uint64, digits, suffix string) *Type {
	unsigned, long := strings.Contains(suffix, "u"), strings.Contains(suffix, "l")
	decimal := digits[0] != '0'
	for _, c := range []struct {
		t    *Type
		most uint64
	}{{IntType, 1<<31 - 1}, {UintType, 1<<32 - 1}, {LongType, 1<<63 - 1}, {UlongType, 1<<64 - 1}} {
		switch {
		case v > c.most, unsigned && c.t.Kind == Int, long && c.t.Size == 4:
		case decimal && !unsigned && c.t == UintType:
		default:
			return c.t
		}
	}
	return UlongType
}
