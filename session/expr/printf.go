package expr

import (
	"errors"
	"fmt"
	"strings"
)

// Sprintf is C's printf over an expression of the form "format", x, y...: what the
// printf command and log points print.
func Sprintf(n Node, env Env, p *Printer) (string, error) {
	args := flatten(n, nil)
	lit, ok := args[0].(*literal)
	if !ok || lit.v.Type.Kind != Array {
		return "", errors.New(`printf needs a format in quotes: printf "%d\n", x`)
	}
	format := strings.TrimSuffix(string(lit.v.Bytes), "\x00")
	args = args[1:]
	var out strings.Builder
	for format != "" {
		plain, rest, found := strings.Cut(format, "%")
		out.WriteString(plain)
		if !found {
			break
		}
		flags, verb, after := directive(rest)
		format = after
		if verb == '%' {
			out.WriteByte('%')
			continue
		}
		if len(args) == 0 {
			return "", fmt.Errorf("there is no value for %%%c", verb)
		}
		text, err := convert(flags, verb, args[0], env, p)
		if err != nil {
			return "", err
		}
		out.WriteString(text)
		args = args[1:]
	}
	if len(args) > 0 {
		return "", fmt.Errorf("%d values too many for the format", len(args))
	}
	return out.String(), nil
}

// flatten takes the comma operators apart.
func flatten(n Node, to []Node) []Node {
	if b, ok := n.(*binary_); ok && b.op == "," {
		return append(flatten(b.x, to), b.y)
	}
	return append(to, n)
}

// directive splits "-08ld rest" into flags and width, verb, and what follows; lengths
// mean nothing here, as values know their size.
func directive(s string) (flags string, verb byte, rest string) {
	i := 0
	for i < len(s) && strings.IndexByte("-+ #0123456789.", s[i]) >= 0 {
		i++
	}
	flags = s[:i]
	for i < len(s) && strings.IndexByte("hlLqjzt", s[i]) >= 0 {
		i++
	}
	if i == len(s) {
		return flags, 's', ""
	}
	return flags, s[i], s[i+1:]
}

// maxWidth bounds a field.
const maxWidth = 6 // characters of flags: 99999 columns

func convert(flags string, verb byte, n Node, env Env, p *Printer) (string, error) {
	if len(flags) > maxWidth {
		return "", fmt.Errorf("the width in %%%s%c is too large", flags, verb)
	}
	v, err := n.Eval(env)
	if err != nil {
		return "", err
	}
	if verb == 's' {
		b, err := stringOf(v, env, p)
		return fmt.Sprintf("%"+flags+"s", b), err
	}
	if v, err = decay(v, env); err != nil {
		return "", err
	}
	switch verb {
	case 'd', 'i':
		return fmt.Sprintf("%"+flags+"d", int64(v.Uint())), nil
	case 'u':
		return fmt.Sprintf("%"+flags+"d", v.raw()), nil
	case 'x', 'X', 'o', 'b':
		return fmt.Sprintf("%"+flags+string(verb), v.raw()), nil
	case 'c':
		return fmt.Sprintf("%"+flags+"s", string([]byte{byte(v.Uint())})), nil
	case 'p':
		return fmt.Sprintf("%"+flags+"s", fmt.Sprintf("%#x", v.Uint())), nil
	case 'f', 'g', 'e', 'G', 'E':
		return fmt.Sprintf("%"+flags+string(verb), v.Float()), nil
	}
	return "", fmt.Errorf("printf has no %%%c; it has d i u x o c s f g e p", verb)
}

func stringOf(v Value, env Env, p *Printer) (string, error) {
	t := v.Type.Strip()
	if t.Kind == Array && t.Elem.isChar() {
		v, err := v.Load(env)
		text, _, _ := strings.Cut(string(v.Bytes), "\x00")
		return text, err
	}
	v, err := decay(v, env)
	if err != nil {
		return "", err
	}
	b, _, err := p.CString(v.Uint())
	return string(b), err
}
