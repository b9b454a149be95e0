package expr

import (
	"fmt"
	"strconv"
	"strings"
)

// Format is what follows a slash: x/8xw, print/t.
type Format struct {
	Count  int  // 0: not given
	Letter byte // x d u o t c a f s z i, 0: not given
	Size   byte // b h w g, 0: not given
}

const formatLetters, sizeLetters = "xduotcafszir", "bhwg"

// SizeBytes is the bytes of a size letter; 0 for none.
func (f Format) SizeBytes() int {
	if i := strings.IndexByte(sizeLetters, f.Size); f.Size != 0 && i >= 0 {
		return 1 << i
	}
	return 0
}

// maxCount bounds x/COUNT.
const maxCount = 1 << 20

// ParseFormat reads the text after the slash.
func ParseFormat(s string) (f Format, err error) {
	digits := 0
	for digits < len(s) && isDigit(s[digits]) {
		digits++
	}
	if digits > 0 {
		if f.Count, err = strconv.Atoi(s[:digits]); err != nil || f.Count > maxCount {
			return f, fmt.Errorf("count %s is too large (at most %d)", s[:digits], maxCount)
		}
	}
	for _, c := range []byte(s[digits:]) {
		switch {
		case strings.IndexByte(sizeLetters, c) >= 0:
			f.Size = c
		case strings.IndexByte(formatLetters, c) >= 0:
			f.Letter = c
		default:
			return f, fmt.Errorf("no format %q: formats are x d u o t c a f s z i, sizes b h w g", string(c))
		}
	}
	return f, nil
}

// Printer shows values. The zero Printer shows what the bytes alone tell.
type Printer struct {
	Env    Env                      // for strings behind pointers and lazy values; may be nil
	Symbol func(addr uint64) string // "<main+4>", or "" ; may be nil
	Limit  int                      // elements and characters shown; 0 is 200
}

func (p *Printer) limit() int {
	if p.Limit > 0 {
		return p.Limit
	}
	return 200
}

// Top shows a value as the print command does: pointers say their type.
func (p *Printer) Top(v Value, letter byte) string {
	t := v.Type.Strip()
	if letter == 0 && t.Kind == Pointer && v.Gone == "" && !t.Elem.isChar() {
		if l, err := p.load(v); err == nil {
			return "(" + v.Type.String() + ") " + p.Show(l, 0)
		}
	}
	return p.Show(v, letter)
}

func (p *Printer) load(v Value) (Value, error) {
	if p.Env == nil {
		return v, nil
	}
	return v.Load(p.Env)
}

// Show shows a value in a format; 0 is that of its type.
func (p *Printer) Show(v Value, letter byte) string { return p.show(v, letter, 0) }

func (p *Printer) show(v Value, letter byte, depth int) string {
	if v.Gone != "" {
		return "<" + v.Gone + ">"
	}
	if depth > maxNesting {
		return "{...}"
	}
	t := v.Type.Strip()
	if t.Kind == Void {
		if v.Place == InMemory {
			return "<data variable, no debug info>"
		}
		return "void"
	}
	if t.Kind == Func {
		return fmt.Sprintf("{%s} %#x%s", v.Type, v.Addr, p.symbol(v.Addr))
	}
	v, err := p.load(v)
	if err != nil {
		return "<error: " + err.Error() + ">"
	}
	switch t.Kind {
	case Array:
		return p.array(v, letter, depth)
	case Struct, Union:
		return p.members(v, letter, depth)
	}
	if letter != 0 && letter != 's' {
		return p.formatted(v, letter)
	}
	return p.scalar(v, t)
}

func (p *Printer) scalar(v Value, t *Type) string {
	switch t.Kind {
	case Float:
		return showFloat(v)
	case Bool:
		switch u := v.Uint(); u {
		case 0:
			return "false"
		case 1:
			return "true"
		default:
			return strconv.FormatUint(u, 10)
		}
	case Char:
		return fmt.Sprintf("%d %s", int64(v.Uint()), quoteChar(byte(v.Uint())))
	case UChar:
		return fmt.Sprintf("%d %s", v.Uint(), quoteChar(byte(v.Uint())))
	case Enum:
		return showEnum(v, t)
	case Pointer:
		return p.pointer(v, t)
	case Reference:
		return p.reference(v, t)
	}
	if len(v.Bytes) == 16 {
		return showWide(v, t.Signed())
	}
	if t.Signed() {
		return strconv.FormatInt(int64(v.Uint()), 10)
	}
	return strconv.FormatUint(v.Uint(), 10)
}

// reference shows what is referred to, with its address, if that is short.
func (p *Printer) reference(v Value, t *Type) string {
	at := fmt.Sprintf("@%#x", v.Uint())
	to, err := p.load(Memory(t.Elem, v.Uint()))
	switch {
	case err != nil || to.Bytes == nil || t.Elem.Strip().Kind == Reference:
		return at
	case t.Elem.Scalar():
		return at + ": " + p.show(to, 0, 0)
	}
	if text, ok := p.stringObject(to); ok {
		return at + ": " + text
	}
	return at
}

func (p *Printer) pointer(v Value, t *Type) string {
	addr := v.Uint()
	s := fmt.Sprintf("%#x", addr)
	if t.Elem.isChar() {
		if text, ok := p.stringAt(addr); ok {
			return s + " " + text
		}
		return s
	}
	return s + p.symbol(addr)
}

func (p *Printer) symbol(addr uint64) string {
	if p.Symbol == nil || addr == 0 {
		return ""
	}
	if s := p.Symbol(addr); s != "" {
		return " " + s
	}
	return ""
}

// stringAt is the text of a C string, read to its end, the limit, or the end of what
// can be read.
func (p *Printer) stringAt(addr uint64) (string, bool) {
	b, ended, err := p.CString(addr)
	if err != nil || addr == 0 {
		return "", false
	}
	s := quoteText(b)
	if !ended {
		s += "..."
	}
	return s, true
}

// CString reads a string at an address, up to the limit; ended says that its NUL was
// seen.
func (p *Printer) CString(addr uint64) (b []byte, ended bool, err error) {
	if p.Env == nil {
		return nil, false, fmt.Errorf("cannot read memory at %#x: there is no process", addr)
	}
	const chunk = 64 // does not cross pages when aligned
	for len(b) < p.limit() {
		at := addr + uint64(len(b))
		part := make([]byte, min(chunk-int(at%chunk), p.limit()-len(b)))
		if err := p.Env.ReadMem(at, part); err != nil {
			part = part[:1] // the string may end before the memory does
			if err := p.Env.ReadMem(at, part); err != nil && len(b) == 0 {
				return nil, false, err
			} else if err != nil {
				return b, false, nil
			}
		}
		for i, c := range part {
			if c == 0 {
				return append(b, part[:i]...), true, nil
			}
		}
		b = append(b, part...)
	}
	return b, false, nil
}

func (p *Printer) array(v Value, letter byte, depth int) string {
	t := v.Type.Strip()
	if t.Elem.isChar() && (letter == 0 || letter == 's') {
		return p.chars(v.Bytes)
	}
	var items []string
	n := t.Count
	shown := 0
	for i := 0; i < n; {
		if shown == p.limit() {
			items = append(items, "...")
			break
		}
		e, err := v.Element(i)
		if err != nil {
			return "<error: " + err.Error() + ">"
		}
		run := i + 1
		for run < n {
			next, err := v.Element(run)
			if err != nil || string(next.Bytes) != string(e.Bytes) {
				break
			}
			run++
		}
		s := p.show(e, letter, depth+1)
		const threshold = 10 // gdb's "print repeats"
		if run-i >= threshold {
			items = append(items, fmt.Sprintf("%s <repeats %d times>", s, run-i))
			i, shown = run, shown+1
			continue
		}
		items = append(items, s)
		i, shown = i+1, shown+1
	}
	return "{" + strings.Join(items, ", ") + "}"
}

// chars shows a char array as a string: without the NULs at its end.
func (p *Printer) chars(b []byte) string {
	end := len(b)
	for end > 0 && b[end-1] == 0 {
		end--
	}
	if end < len(b)-1 && end == 0 && len(b) > 1 {
		return fmt.Sprintf(`'\000' <repeats %d times>`, len(b)-1)
	}
	if end > p.limit() {
		return quoteText(b[:p.limit()]) + "..."
	}
	return quoteText(b[:end])
}

func (p *Printer) members(v Value, letter byte, depth int) string {
	if text, ok := p.stringObject(v); ok && letter == 0 {
		return text
	}
	var items []string
	for _, f := range v.Type.Members() {
		if len(items) == p.limit() {
			items = append(items, "...")
			break
		}
		m, err := v.Field(f)
		s := ""
		if err != nil {
			s = "<error: " + err.Error() + ">"
		} else {
			s = p.show(m, letter, depth+1)
		}
		switch {
		case f.Base:
			s = "<" + f.Type.String() + "> = " + s
		case f.Name != "":
			s = f.Name + " = " + s
		}
		items = append(items, s)
	}
	if len(items) == 0 {
		return "{<No data fields>}"
	}
	return "{" + strings.Join(items, ", ") + "}"
}

// stringObjects are the ways languages keep a string: the members that hold its address
// and its length.
var stringObjects = []struct{ address, length string }{
	{"str", "len"},               // Go
	{"data_ptr", "length"},       // Rust's &str
	{"_M_p", "_M_string_length"}, // libstdc++; _M_p is in _M_dataplus
}

// stringObject shows a string object as the string it is.
func (p *Printer) stringObject(v Value) (string, bool) {
	if p.Env == nil {
		return "", false
	}
	for _, row := range stringObjects {
		at, ok := v.Member(row.address)
		if !ok {
			if inner, has := v.Member("_M_dataplus"); has {
				at, ok = inner.Member(row.address)
			}
		}
		n, ok2 := v.Member(row.length)
		if !ok || !ok2 || at.Type.Strip().Kind != Pointer || at.Type.Strip().Elem.size() != 1 || !n.Type.Integer() {
			continue
		}
		size := int(min(n.Uint(), uint64(p.limit())))
		b := make([]byte, size)
		if err := p.Env.ReadMem(at.Uint(), b); err != nil && size > 0 {
			return "", false
		}
		text := quoteText(b)
		if n.Uint() > uint64(size) {
			text += "..."
		}
		return text, true
	}
	return "", false
}

// formatted is a scalar in one of the letters.
func (p *Printer) formatted(v Value, letter byte) string {
	n := len(v.Bytes)
	if n > 8 {
		return formatWide(v, letter)
	}
	u := v.raw()
	switch letter {
	case 'x':
		return fmt.Sprintf("%#x", u)
	case 'z':
		return fmt.Sprintf("0x%0*x", 2*n, u)
	case 'd':
		shift := 64 - 8*n
		if v.BitSize > 0 {
			shift = 64 - v.BitSize
		}
		return strconv.FormatInt(int64(u<<shift)>>shift, 10)
	case 'u':
		return strconv.FormatUint(u, 10)
	case 'o':
		return strings.Replace(fmt.Sprintf("0%o", u), "00", "0", 1)
	case 't':
		return strconv.FormatUint(u, 2)
	case 'c':
		return fmt.Sprintf("%d %s", int64(int8(u)), quoteChar(byte(u)))
	case 'a':
		return fmt.Sprintf("%#x%s", u, p.symbol(u))
	case 'f':
		switch {
		case v.Type.Strip().Kind == Float:
			return showFloat(v)
		case n == 8:
			return showFloat(Value{Type: DoubleType, Bytes: v.Bytes})
		case n == 4:
			return showFloat(Value{Type: FloatType, Bytes: v.Bytes})
		}
		return strconv.FormatInt(int64(v.Uint()), 10)
	}
	return p.scalar(v, v.Type.Strip())
}
