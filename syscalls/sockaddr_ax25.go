package syscalls

import "strconv"

// Addresses of amateur radio (linux/ax25.h) and of X.25 (linux/x25.h).

const (
	ax25Head   = 16 // bytes of struct sockaddr_ax25
	ax25Call   = 7  // bytes of a call sign: six letters, shifted by one, and the station's number
	ax25Most   = 8  // call signs of digipeaters
	ax25Number = 0x1e
)

// sockaddrAX25 is struct sockaddr_ax25 or, where there is more room, struct full_sockaddr_ax25.
func (c *Call) sockaddrAX25(p []byte) {
	digis := u32(p[12:])
	full := digis != 0 || len(p) > ax25Head
	if full {
		c.str(", fsa_ax25={sax25_call=")
	} else {
		c.str(", sax25_call=")
	}
	c.callSign(p[2 : 2+ax25Call])
	c.field(false, "sax25_ndigis")
	c.udec(uint64(digis))
	if !full {
		return
	}
	c.byte('}')
	rest := p[ax25Head:]
	if n := min(digis, ax25Most); n > 0 {
		c.field(false, "fsa_digipeater")
		c.byte('[')
		for i := range int(n) {
			if i > 0 {
				c.str(", ")
			}
			if (i+1)*ax25Call > len(rest) {
				c.str("...")
				break
			}
			c.callSign(rest[i*ax25Call : (i+1)*ax25Call])
		}
		c.byte(']')
	}
	if len(rest) > ax25Most*ax25Call || len(rest)%ax25Call != 0 {
		c.str(", ...")
	}
}

// callSign is one as people write it, CALL-5, if it is such a one; else its bytes and what they look like.
func (c *Call) callSign(p []byte) {
	text, valid, printable := ax25Text(p)
	switch {
	case valid && c.opts.Style == Names:
		c.str(text)
		return
	}
	c.str("{ax25_call=")
	c.hexQuote(p)
	c.byte('}')
	if printable && c.opts.Style != Numbers {
		c.comment(text)
	}
}

// ax25Text is the text of a call sign, "*" for none at all.
func ax25Text(p []byte) (text string, valid, printable bool) {
	letters := make([]byte, ax25Call-1)
	valid, printable = p[ax25Call-1]&^ax25Number == 0, true
	end := 0 // of the letters before the spaces that fill up
	for i := range letters {
		ch := p[i] >> 1
		letters[i] = ch
		if ch != ' ' {
			valid = valid && i == end && (ch >= 'A' && ch <= 'Z' || ch >= '0' && ch <= '9')
			end = i + 1
		}
		valid = valid && p[i]&1 == 0
		printable = printable && ch >= ' ' && ch <= '~' && !(i > 0 && ch == '/' && letters[i-1] == '*')
	}
	number := p[ax25Call-1] & ax25Number >> 1
	if end == 0 {
		if valid && number == 0 {
			return "*", true, true
		}
		valid = false
	}
	return string(letters[:end]) + "-" + strconv.Itoa(int(number)), valid, printable
}

var sockaddrX25 = []member{{name: "sx25_addr", off: 2, size: 16, raw: func(c *Call, p []byte) {
	c.str("{x25_addr=")
	c.charArray(p)
	c.byte('}')
}}}
