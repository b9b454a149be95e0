package where

import (
	"strconv"
	"strings"
)

// tokenKind is what a token is.
type tokenKind uint8

const (
	tEnd tokenKind = iota
	tWord
	tText   // between quotes
	tNumber // or a duration: it starts with a digit or a sign
	tOp
)

type token struct {
	kind   tokenKind
	text   string // of tText what it stands for
	column int
}

func (t token) String() string {
	switch t.kind {
	case tEnd:
		return "the end"
	case tText:
		return strconv.Quote(t.text)
	}
	return "\"" + t.text + "\""
}

type lexer struct {
	text string
	at   int
}

// operators, longer ones before those that they begin with.
var operators = []string{"&&", "||", "==", "!=", "<=", ">=", "=~", "<", ">", "~", "!", "(", ")", ","}

// comparing are those between a field and a value.
var comparing = map[string]bool{"==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true, "~": true, "=~": true}

func isDigit(ch byte) bool { return ch >= '0' && ch <= '9' }

func isWord(ch byte) bool {
	return isDigit(ch) || ch == '_' || ch >= 'a' && ch <= 'z' || ch >= 'A' && ch <= 'Z'
}

// next reads a token.
func (l *lexer) next() token {
	for l.at < len(l.text) && strings.IndexByte(" \t\n", l.text[l.at]) >= 0 {
		l.at++
	}
	t := token{column: l.at + 1}
	if l.at == len(l.text) {
		return t
	}
	rest := l.text[l.at:]
	switch ch := rest[0]; {
	case ch == '"' || ch == '\'':
		t.kind = tText
		t.text = l.quoted(t, ch)
		return t
	case isDigit(ch), (ch == '-' || ch == '+') && len(rest) > 1 && isDigit(rest[1]):
		t.kind, t.text = tNumber, rest[:1+length(rest[1:], func(ch byte) bool { return isWord(ch) || ch == '.' })]
	case isWord(ch):
		t.kind, t.text = tWord, rest[:length(rest, isWord)]
	default:
		for _, op := range operators {
			if strings.HasPrefix(rest, op) {
				t.kind, t.text = tOp, op
				break
			}
		}
		if t.text == "" {
			hint := ""
			switch ch {
			case '=':
				hint = "; equality is =="
			case '&', '|':
				hint = "; and is &&, or is ||"
			case '*', '/', '?', '[', '.':
				hint = "; text that is no plain word goes between quotes"
			}
			t.text = string([]rune(rest)[:1])
			l.fail(t, "%q means nothing here%s", t.text, hint)
		}
	}
	l.at += len(t.text)
	return t
}

func length(s string, in func(byte) bool) int {
	n := 0
	for n < len(s) && in(s[n]) {
		n++
	}
	return n
}

// quoted reads text between quotes. A backslash keeps a quote or a backslash from its
// meaning; before others it stands for itself, as regular expressions want it.
func (l *lexer) quoted(t token, quote byte) string {
	var b strings.Builder
	for l.at++; l.at < len(l.text); l.at++ {
		switch ch := l.text[l.at]; {
		case ch == quote:
			l.at++
			return b.String()
		case ch == '\\' && l.at+1 < len(l.text) && (l.text[l.at+1] == quote || l.text[l.at+1] == '\\'):
			l.at++
			b.WriteByte(l.text[l.at])
		default:
			b.WriteByte(ch)
		}
	}
	l.fail(t, "text without its closing %c", quote)
	return ""
}
