package procfs

// The lexical ground of all parsers: lines, fields and numbers taken from bytes
// without allocating, and the one error that they return.

import (
	"bytes"
	"fmt"
	"iter"
	"math"
	"strconv"
	"strings"
)

// ParseError is a file whose text is not what its format promises.
type ParseError struct {
	File string // full name; "" from a parser that was given bytes
	Line int    // 1-based; 0 when the file has no lines
	Msg  string // what is wrong, with the text in question quoted
}

func (e *ParseError) Error() string {
	var b strings.Builder
	b.WriteString(e.File)
	if e.Line > 0 {
		fmt.Fprintf(&b, ":%d", e.Line)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(e.Msg)
	return b.String()
}

// malformed quotes at most a few dozen bytes of the offending text.
func malformed(line int, text []byte, format string, args ...any) *ParseError {
	const most = 60
	tail := ""
	if len(text) > most {
		text, tail = text[:most], fmt.Sprintf("... (%d bytes)", len(text))
	}
	return &ParseError{Line: line, Msg: fmt.Sprintf(format, args...) + ": " + strconv.Quote(string(text)) + tail}
}

// lines yields the lines of b with their 1-based numbers, without newlines.
func lines(b []byte) iter.Seq2[int, []byte] {
	return func(yield func(int, []byte) bool) {
		for n := 1; len(b) > 0; n++ {
			line := b
			if i := bytes.IndexByte(b, '\n'); i >= 0 {
				line, b = b[:i], b[i+1:]
			} else {
				b = nil
			}
			if !yield(n, line) {
				return
			}
		}
	}
}

// field takes the next run of bytes that are not blanks.
func field(b []byte) (word, rest []byte) {
	i := 0
	for i < len(b) && (b[i] == ' ' || b[i] == '\t') {
		i++
	}
	j := i
	for j < len(b) && b[j] != ' ' && b[j] != '\t' {
		j++
	}
	return b[i:j], b[j:]
}

// number reads all of b as an unsigned number of the base (at most 16); empty text,
// a stray byte and overflow are not numbers.
func number(b []byte, base uint64) (uint64, bool) {
	if len(b) == 0 {
		return 0, false
	}
	var n uint64
	for _, c := range b {
		d := uint64(digit[c])
		if d >= base {
			return 0, false
		}
		if n > (math.MaxUint64-d)/base {
			return 0, false
		}
		n = n*base + d
	}
	return n, true
}

// digit is the value of each byte as a digit, 255 for those that are none.
var digit = func() (t [256]uint8) {
	for i := range t {
		t[i] = 255
	}
	for i := range 10 {
		t['0'+i] = uint8(i)
	}
	for i := range 6 {
		t['a'+i], t['A'+i] = uint8(10+i), uint8(10+i)
	}
	return t
}()

// signed reads a decimal number that may be negative.
func signed(b []byte) (int64, bool) {
	neg := len(b) > 0 && b[0] == '-'
	if neg {
		b = b[1:]
	}
	n, ok := number(b, 10)
	switch {
	case !ok:
		return 0, false
	case neg && n <= 1<<63:
		return -int64(n), true
	case !neg && n <= math.MaxInt64:
		return int64(n), true
	}
	return 0, false
}

// hexPrefixed reads 0x... (or the digits alone).
func hexPrefixed(b []byte) (uint64, bool) {
	return number(bytes.TrimPrefix(b, []byte("0x")), 16)
}

// pair reads two numbers of a base with a separator between them (fe:01).
func pair(b []byte, sep byte, base uint64) (x, y uint64, ok bool) {
	i := bytes.IndexByte(b, sep)
	if i < 0 {
		return 0, 0, false
	}
	x, okx := number(b[:i], base)
	y, oky := number(b[i+1:], base)
	return x, y, okx && oky
}

// octalEscapes decodes the \ooo by which the kernel writes the bytes that would
// break a line of fields (fs/seq_file.c, mangle_path). Only the bytes in set are
// decoded: a kernel that escapes newlines alone leaves a name's own \040 as it is.
func octalEscapes(b []byte, set string) string {
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b)
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+3 < len(b) {
			if n, ok := number(b[i+1:i+4], 8); ok && n < 256 && strings.IndexByte(set, byte(n)) >= 0 {
				out = append(out, byte(n))
				i += 3
				continue
			}
		}
		out = append(out, b[i])
	}
	return string(out)
}

// nulStrings splits argv and envp as the kernel shows them: each string ends in a
// NUL. A process that overwrote its arguments may leave the last one open.
func nulStrings(b []byte) []string {
	b = bytes.TrimSuffix(b, []byte{0})
	if len(b) == 0 {
		return nil
	}
	return strings.Split(string(b), "\x00")
}
