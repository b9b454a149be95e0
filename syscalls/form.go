// The two forms of a line: strace's, in which this package was written, and truss's. What they
// write differently throughout is a field here; a kind that they show differently has a
// second formatter (kind.truss).

package syscalls

import "strconv"

// Form is one way to write calls.
type Form struct {
	comma    string    // between arguments
	null     string    // a null pointer
	zero     string    // no bits at all
	pointed  [2]string // around a number that a pointer points to
	iovec    [2]string // before the data of a buffer, and before its length
	octal    func(c *Call, v uint64)
	quote    func(c *Call, s []byte, more bool)
	name     func(c *Call, s []byte, more bool) // of a file
	buffer   func(c *Call, v, n uint64)
	enum     func(c *Call, t *table, v uint64)
	stat     func(c *Call, s *fileStat)
	sigset   func(c *Call, p []byte)
	sockaddr func(c *Call, p []byte)
	message  func(c *Call, m *msghdr, total uint64, namelen int64)
	kind     func(k *kind) format
	result   func(c *Call)
}

// The forms.
var (
	Strace = &Form{comma: ", ", null: "NULL", zero: "0", pointed: [2]string{"[", "]"}, iovec: [2]string{"{iov_base=", ", iov_len="},
		octal: (*Call).octalMode, quote: (*Call).quoteC, name: (*Call).quoteC, enum: (*Call).enumName, sigset: (*Call).sigsetShort,
		kind: func(k *kind) format { return k.f }}
	Truss = &Form{comma: ",", null: "0x0", zero: "0x0", pointed: [2]string{"{ ", " }"}, iovec: [2]string{"{", ","},
		octal: (*Call).octalPlain, quote: (*Call).quoteVis, name: (*Call).trussName, enum: (*Call).enumPlain, sigset: (*Call).trussSigset,
		kind: func(k *kind) format {
			if k.truss != nil {
				return k.truss
			}
			return k.f
		}}
)

func init() { // they call what prints by them
	Strace.result, Truss.result = (*Call).straceResult, (*Call).trussResult
	Strace.buffer, Truss.buffer = (*Call).bufferC, (*Call).bufferVis
	Strace.stat, Truss.stat = (*Call).fileStatFields, (*Call).trussStat
	Strace.sockaddr, Truss.sockaddr = (*Call).sockaddrFields, (*Call).trussSockaddr
	Strace.message, Truss.message = (*Call).messageFields, (*Call).trussMessage
}

// inTruss gives a kind the formatter of truss's form.
func inTruss(k kind, f format) kind {
	k.truss = f
	return k
}

// octalPlain prints a mode as truss does: 0644, and none as 00.
func (c *Call) octalPlain(v uint64) {
	c.byte('0')
	c.b = strconv.AppendUint(c.b, v, 8)
}

// enumPlain prints the name of v, or the number.
func (c *Call) enumPlain(t *table, v uint64) {
	if n := t.find(v); n != "" {
		c.str(n)
		return
	}
	c.dec(int64(int32(v)))
}

// quoteVis prints a string between quotes, in the notation of vis(3).
func (c *Call) quoteVis(s []byte, more bool) {
	c.byte('"')
	for i, ch := range s {
		octal := i+1 < len(s) && s[i+1] >= '0' && s[i+1] <= '7'
		c.vis(ch, octal)
	}
	c.byte('"')
	if more {
		c.str("...")
	}
}

// visLetters are the characters for which vis(3) has C's letter (VIS_CSTYLE, VIS_TAB, VIS_NL).
var visLetters = map[byte]string{'\n': `\n`, '\r': `\r`, '\b': `\b`, '\a': `\a`, '\v': `\v`, '\t': `\t`, '\f': `\f`, '\\': `\\`}

// vis prints one character as vis(3) encodes it in the C locale; octal says whether an octal
// digit follows.
func (c *Call) vis(ch byte, octal bool) {
	letter := visLetters[ch]
	low := ch & 0x7f
	switch {
	case letter != "":
		c.str(letter)
	case ch >= ' ' && ch < 0x7f:
		c.byte(ch)
	case ch == 0 && octal:
		c.str(`\000`)
	case ch == 0:
		c.str(`\0`)
	case low == ' ':
		c.str(`\240`)
	default:
		c.byte('\\')
		if ch >= 0x80 {
			c.byte('M')
		}
		switch {
		case low == 0x7f:
			c.str("^?")
		case low < ' ':
			c.b = append(c.b, '^', low+'@')
		default:
			c.b = append(c.b, '-', low)
		}
	}
}

// bufferVis prints n bytes; what is shown, with its escapes, is no longer than -s permits.
func (c *Call) bufferVis(v, n uint64) {
	limit := c.limit()
	show := min(n, uint64(limit))
	s, ok := c.readBytes(v, int(show))
	if show == 0 || !ok {
		c.hexAddr(v)
		return
	}
	at := len(c.b)
	for shown := len(s); ; shown-- {
		c.b = c.b[:at]
		c.quoteVis(s[:shown], uint64(shown) < n)
		width := len(c.b) - at - 2
		if uint64(shown) < n {
			width -= len("...")
		}
		if shown == 0 || width <= limit {
			return
		}
	}
}

// hexAddr prints a pointer as truss does: a null one is 0x0.
func (c *Call) hexAddr(v uint64) {
	if c.ABI.Word == 4 {
		v = uint64(uint32(v))
	}
	c.b = appendHex(c.b, v)
}

// trussResult prints the tabs, and " = 3 (0x3)" or " ERR#2 'No such file or directory'".
func (c *Call) trussResult() {
	for range 6 - len(c.b)/8 {
		c.byte('\t')
	}
	switch {
	case !c.Returned:
	case c.Errno == 0:
		c.str(" = ")
		c.dec(c.Ret)
		c.str(" (")
		if c.wide() {
			c.b = appendHex(c.b, uint64(c.Ret))
		} else {
			c.hexAddr(uint64(c.Ret))
		}
		c.byte(')')
	default:
		if name := c.ABI.restarts[c.Errno]; name != "" {
			c.byte(' ')
			c.str(name)
			return
		}
		c.str(" ERR#")
		c.dec(int64(c.Errno))
		c.str(" '")
		text := "Unknown error"
		if row := c.ABI.OS.Errno(c.Errno); row != nil {
			text = row.Text
		}
		c.str(text)
		c.byte('\'')
	}
}
