// What stands behind the equals sign.

package syscalls

// ret is what a call returns: how the value is printed, and what explains it.
type ret struct {
	f    format
	aux  func(c *Call)
	wide bool // 64 bits for all programs, in two registers for those of 32 bits (FreeBSD)
	far  bool // the value printed is one in memory

	explained func(c *Call) bool // whether aux is for this call; nil is for all
}

// explains says that the result will be explained, if the call succeeds.
func (r *ret) explains(c *Call) bool { return r.aux != nil && (r.explained == nil || r.explained(c)) }

var (
	rDec  = ret{}
	rHex  = ret{f: func(c *Call, v uint64) { c.hexResult(v) }}
	rAddr = rHex
	// rInt32 is for a call that returns an int as an unsigned one, errors too.
	rInt32 = ret{f: func(c *Call, v uint64) {
		c.udec(v)
		if n := int32(v); n < 0 && v>>32 == 0 {
			if row := c.ABI.OS.Errno(int(-n)); row != nil {
				c.str(" " + row.Name + " (" + row.Text + ")")
			}
		}
	}}
	rFD = ret{f: func(c *Call, v uint64) {
		if v > 1<<31-1 { // none that a kernel gives
			c.udec(v)
			return
		}
		c.fd(v)
	}}
	rPid = ret{f: func(c *Call, v uint64) {
		if int64(v) <= 0 {
			c.dec(int64(v))
			return
		}
		c.pid(v)
	}}
	rGroup = ret{f: func(c *Call, v uint64) {
		if int64(v) <= 0 {
			c.dec(int64(v))
			return
		}
		c.group(v)
	}}
	rOff = ret{f: func(c *Call, v uint64) { c.dec(int64(v)) }, wide: true}
	rOct = ret{f: func(c *Call, v uint64) { c.octal(v) }}
)

// Result is what call number nr returned, by the registers of its result: 64-bit results of
// 32-bit programs are in two. What the second holds of other calls means nothing.
func (a *ABI) Result(nr uint64, low int64, high uint64) int64 {
	if row := a.Lookup(nr); a.Word == 4 && row != nil && row.ret.wide {
		return int64(high<<32 | uint64(uint32(low)))
	}
	return low
}

// wide says whether the result has 64 bits whatever the program.
func (c *Call) wide() bool { return c.row != nil && c.row.ret.wide }

// hexResult prints a result in hex; zero is 0.
func (c *Call) hexResult(v uint64) {
	if c.ABI.Long == 4 && !c.wide() {
		v = uint64(uint32(v))
	}
	c.hex(v)
}

// pad brings the line to the column of results.
func (c *Call) pad() {
	col := c.opts.Column
	if col == 0 {
		col = 40
	}
	for len(c.b) < col-1 {
		c.b = append(c.b, ' ')
	}
}

// straceResult prints the padding, " = ", the value returned and its explanation.
func (c *Call) straceResult() {
	c.pad()
	c.str(" = ")
	c.result = len(c.b)
	switch {
	case !c.Returned:
		c.byte('?')
		return
	case c.Errno != 0:
		c.errorResult()
		return
	}
	var r ret
	if c.row != nil {
		r = c.row.ret
	}
	switch {
	case c.opts.Raw:
		c.hexResult(uint64(c.Ret))
	case r.f != nil:
		r.f(c, uint64(c.Ret))
	case c.ABI.Long == 4:
		c.udec(uint64(uint32(c.Ret)))
	default:
		c.udec(uint64(c.Ret))
	}
	if r.aux != nil && !c.opts.Raw {
		r.aux(c)
	}
	if len(c.aux) > 0 || c.always {
		c.str(" (")
		c.b = append(c.b, c.aux...)
		c.byte(')')
	}
}

// errorResult prints "-1 ENOENT (No such file or directory)", or "?" and the name for errors
// that a program never sees, because the kernel restarts the call.
func (c *Call) errorResult() {
	if name := c.ABI.restarts[c.Errno]; name != "" {
		c.str("? ")
		c.str(name)
		return
	}
	row := c.ABI.OS.Errno(c.Errno)
	if linuxRestart(c.Errno) {
		c.str("? ")
	} else {
		c.str("-1 ")
	}
	if row == nil {
		c.str("(errno ")
		c.dec(int64(c.Errno))
		c.byte(')')
		return
	}
	c.str(row.Name)
	c.str(" (")
	c.str(row.Text)
	c.byte(')')
}

// linuxRestart says that an errno is one of Linux's ERESTART ones.
func linuxRestart(errno int) bool { return errno >= 512 && errno <= 516 && errno != 515 }

// RestartName is the name of an error that no program sees, because the kernel begins the
// call again, or "".
func (c *Call) RestartName() string {
	if name := c.ABI.restarts[c.Errno]; name != "" || !linuxRestart(c.Errno) {
		return name
	}
	if row := c.ABI.OS.Errno(c.Errno); row != nil {
		return row.Name
	}
	return ""
}
