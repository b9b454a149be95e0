// The primitives of text: numbers, names of flags, quoted strings. They append to c.b and
// know nothing of any call.

package syscalls

import (
	"strconv"
	"strings"
)

// table is a set of named values. unknown stands in a comment beside a number that no row
// names: "0xa3 /* SEEK_??? */".
type table struct {
	unknown string
	names   []name
}

type name struct {
	val  uint64
	name string
}

// find returns the name of exactly v, or "".
func (t *table) find(v uint64) string {
	for i := range t.names {
		if t.names[i].val == v {
			return t.names[i].name
		}
	}
	return ""
}

const hexDigits = "0123456789abcdef"

// appendHex appends v as 0x1f; zero is 0x0.
func appendHex(b []byte, v uint64) []byte {
	b = append(b, '0', 'x')
	return strconv.AppendUint(b, v, 16)
}

func (c *Call) str(s string)  { c.b = append(c.b, s...) }
func (c *Call) byte(ch byte)  { c.b = append(c.b, ch) }
func (c *Call) dec(v int64)   { c.b = strconv.AppendInt(c.b, v, 10) }
func (c *Call) udec(v uint64) { c.b = strconv.AppendUint(c.b, v, 10) }

// hex prints v as 0x1f, and zero as 0.
func (c *Call) hex(v uint64) {
	if v == 0 {
		c.str(c.form.zero)
		return
	}
	c.b = appendHex(c.b, v)
}

// hexWidth prints v as 0x000001, width characters wide; zero has no 0x.
func (c *Call) hexWidth(v uint64, width int) {
	at := len(c.b)
	if v != 0 {
		c.str("0x")
	}
	var digits [16]byte
	s := strconv.AppendUint(digits[:0], v, 16)
	for i := len(s) + len(c.b) - at; i < width; i++ {
		c.byte('0')
	}
	c.b = append(c.b, s...)
}

// addr prints a pointer: NULL or 0x1f.
func (c *Call) addr(v uint64) {
	if v == 0 {
		c.str(c.form.null)
		return
	}
	c.b = appendHex(c.b, v)
}

// octal prints a permission mode.
func (c *Call) octal(v uint64) { c.form.octal(c, v) }

// octalMode prints a mode as 0644, of three digits at least.
func (c *Call) octalMode(v uint64) {
	c.byte('0')
	if v < 0o10 {
		c.byte('0')
	}
	c.b = strconv.AppendUint(c.b, v, 8)
}

// comment prints " /* text */".
func (c *Call) comment(text string) {
	c.str(" /* ")
	c.str(text)
	c.str(" */")
}

// enum prints the name of v.
func (c *Call) enum(t *table, v uint64) { c.form.enum(c, t, v) }

// enumName prints the name of v, or its number and what kind of name it lacks.
func (c *Call) enumName(t *table, v uint64) {
	n := ""
	if c.opts.Style != Numbers {
		if n = t.find(v); !c.known(n) {
			n = ""
		}
	}
	c.enumNamed(n, t.unknown, v)
}

// enumNamed prints v by its name, "" none, or as a number with what kind of name it lacks.
func (c *Call) enumNamed(n, unknown string, v uint64) {
	if c.opts.Style == Names && n != "" {
		c.str(n)
		return
	}
	c.hex(v)
	switch {
	case c.opts.Style == Numbers:
	case n != "":
		c.comment(n)
	case unknown != "":
		c.comment(unknown)
	}
}

// flags prints the names of the bits of v joined by |, and the bits without a name in hex.
func (c *Call) flags(t *table, v uint64) {
	if c.opts.Style != Names {
		c.flagsStyled(t, v)
		return
	}
	if v == 0 {
		if len(t.names) > 0 && t.names[0].val == 0 {
			c.str(t.names[0].name)
		} else {
			c.str(c.form.zero)
		}
		return
	}
	if rest, any := c.bits(t, v, false); rest != 0 {
		if any {
			c.byte('|')
			c.hex(rest)
		} else {
			c.hex(rest)
			if t.unknown != "" && c.form == Strace {
				c.comment(t.unknown)
			}
		}
	}
}

// flagsStyled is flags as a number, with the names in a comment if the style has both.
func (c *Call) flagsStyled(t *table, v uint64) {
	c.hex(v)
	if c.opts.Style == Numbers {
		return
	}
	at := len(c.b)
	c.str(" /* ")
	start := len(c.b)
	switch {
	case v == 0 && len(t.names) > 0 && t.names[0].val == 0:
		c.str(t.names[0].name)
	case v != 0:
		if rest, any := c.bits(t, v, false); rest != 0 && any {
			c.byte('|')
			c.hex(rest)
		} else if rest != 0 {
			c.str(t.unknown)
		}
	}
	if len(c.b) == start {
		c.b = c.b[:at]
		return
	}
	c.str(" */")
}

// bits prints the named bits of v, after a | if more says so, and returns the others and
// whether any was printed.
func (c *Call) bits(t *table, v uint64, more bool) (rest uint64, any bool) {
	any = more
	for i := range t.names {
		n := &t.names[i]
		if n.val != 0 && v&n.val == n.val && c.known(n.name) {
			if any {
				c.byte('|')
			}
			c.str(n.name)
			v &^= n.val
			any = true
			if v == 0 {
				break
			}
		}
	}
	return v, any
}

// Escape is the inside of a C string literal that holds s, as strace writes it.
func Escape(s string) string { return EscapeToo(s, "") }

// EscapeToo is Escape that writes the bytes in special as numbers, too.
func EscapeToo(s, special string) string { return string(appendText(nil, []byte(s), special, false)) }

// NetlinkName is the name of a netlink protocol without its prefix, or its number.
func NetlinkName(n uint32) string {
	if s, ok := strings.CutPrefix(tNetlinkProto.find(uint64(n)), "NETLINK_"); ok {
		return s
	}
	return strconv.FormatUint(uint64(n), 10)
}

// quote prints s as a string literal. With more, "..." follows.
func (c *Call) quote(s []byte, more bool) { c.form.quote(c, s, more) }

// quoteC prints s as a C string literal.
func (c *Call) quoteC(s []byte, more bool) {
	c.byte('"')
	c.escape(s)
	c.byte('"')
	if more {
		c.str("...")
	}
}

// escape prints the inside of a string literal. A byte that is not text is \n or its like
// where C has a letter, else octal of as few digits as the next byte permits.
func (c *Call) escape(s []byte) {
	if c.opts.Hex == HexAll || c.opts.Hex == HexStrings && hasBinary(s) {
		for _, ch := range s {
			c.b = append(c.b, '\\', 'x', hexDigits[ch>>4], hexDigits[ch&15])
		}
		return
	}
	c.b = appendText(c.b, s, "", c.opts.Hex == HexChars)
}

// appendText appends the inside of a C string literal.
func appendText(b, s []byte, special string, hex bool) []byte {
	for i, ch := range s {
		if ch >= ' ' && ch <= '~' && (special == "" || strings.IndexByte(special, ch) < 0) {
			if ch == '"' || ch == '\\' {
				b = append(b, '\\')
			}
			b = append(b, ch)
			continue
		}
		switch {
		case ch >= '\t' && ch <= '\r':
			b = append(b, '\\', "tnvfr"[ch-'\t'])
		case hex:
			b = append(b, '\\', 'x', hexDigits[ch>>4], hexDigits[ch&15])
		default:
			full := i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '7'
			b = append(b, '\\')
			if full || ch >= 0o100 {
				b = append(b, '0'+ch>>6)
			}
			if full || ch >= 0o10 {
				b = append(b, '0'+ch>>3&7)
			}
			b = append(b, '0'+ch&7)
		}
	}
	return b
}

// hasBinary reports whether s has a byte that -x turns the whole string into hex for.
func hasBinary(s []byte) bool {
	for _, ch := range s {
		if (ch < ' ' || ch > '~') && (ch < '\t' || ch > '\r') {
			return true
		}
	}
	return false
}

// limit is the number of string bytes to show.
func (c *Call) limit() int {
	if c.opts.StringLimit == 0 {
		return 32
	}
	return max(c.opts.StringLimit, 0)
}
