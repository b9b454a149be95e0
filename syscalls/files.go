// Files: open flags, stat and its relatives, directory entries, fcntl.

package syscalls

const (
	oCreat   = 0o100
	oTmpfile = 0o20000000 // the bit of O_TMPFILE that is not O_DIRECTORY
)

var (
	openFlags = kind{f: (*Call).openFlags, note: func(c *Call, v uint64) { c.saved[3] = v }}
	openMode  = when(createsFile, mode)
	openBits  = in(func(c *Call, v uint64) { c.flags(&tOpen, uint64(uint32(v))) })
)

// createsFile reports whether the open flags just before the next argument ask for a mode.
func createsFile(c *Call) bool { return c.saved[3]&(oCreat|oTmpfile) != 0 }

// openFlags prints the access mode, which is a number and not bits, and the flags.
func (c *Call) openFlags(v uint64) { c.openFlags64(uint64(uint32(v))) }

func (c *Call) openFlags64(v uint64) {
	c.styled(func() { c.hex(v) }, func() {
		c.str(tOpenAcc.find(v & 3))
		if v&^3 == 0 {
			return
		}
		if rest, _ := c.bits(&tOpen, v&^3, true); rest != 0 {
			c.byte('|')
			c.hex(rest)
		}
	})
}

// openHow is struct open_how, of a size that the next argument tells.
var openHow = in(func(c *Call, v uint64) {
	n := c.arg(c.reg)
	p, ok := c.read(v, 24)
	if n < 24 || !ok {
		c.addr(v)
		return
	}
	c.field(true, "flags")
	c.openFlags64(u64(p))
	if u64(p)&(oCreat|oTmpfile) != 0 || u64(p[8:]) != 0 {
		c.field(false, "mode")
		c.octal(u64(p[8:]))
	}
	c.field(false, "resolve")
	c.flags(&tResolve, u64(p[16:]))
	c.sizedRest(v, 24, n)
	c.byte('}')
})

// Directory entries: how many there are, or all of them with -v.
var (
	dirents = in(func(c *Call, v uint64) {
		w := c.ABI.Word
		c.dirents(v, 2*w+2, func(p []byte) (ino, off uint64, reclen int, typ uint8, name []byte) {
			reclen = int(u16(p[2*w:]))
			if reclen < 2*w+3 || reclen > len(p) {
				return 0, 0, 0, 0, nil
			}
			return c.word(p), c.word(p[w:]), reclen, p[reclen-1], p[2*w+2 : reclen-1]
		})
	})
	dirents64 = in(func(c *Call, v uint64) {
		c.dirents(v, 19, func(p []byte) (ino, off uint64, reclen int, typ uint8, name []byte) {
			reclen = int(u16(p[16:]))
			if reclen < 20 || reclen > len(p) {
				return 0, 0, 0, 0, nil
			}
			return u64(p), u64(p[8:]), reclen, p[18], p[19:reclen]
		})
	})
)

// oldDirent is the one entry of readdir(2): its d_reclen is the length of the name.
var oldDirent = out(in(func(c *Call, v uint64) {
	p, ok := c.read(v, 10)
	if !ok || c.Ret == 0 {
		c.addr(v)
		return
	}
	name, ok := c.read(v+10, int(u16(p[8:])))
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "d_ino")
	c.udec(uint64(u32(p)))
	c.field(false, "d_off")
	c.udec(uint64(u32(p[4:])))
	c.field(false, "d_reclen")
	c.udec(uint64(u16(p[8:])))
	c.field(false, "d_name")
	c.quote(name, false)
	c.byte('}')
}))

// dirents walks the entries that the call returned; head is the least number of bytes entry
// needs. An entry with a length that cannot be ends the walk.
func (c *Call) dirents(v uint64, head int, entry func(p []byte) (ino, off uint64, reclen int, typ uint8, name []byte)) {
	if c.opts.Shallow || c.Ret < 0 || c.Ret > readLimit {
		c.addr(v)
		return
	}
	p, ok := c.read(v, int(c.Ret))
	if !ok && c.Ret > 0 {
		c.addr(v)
		return
	}
	if c.opts.Verbose {
		c.byte('[')
	}
	n := 0
	for len(p) >= head && !c.full() {
		ino, off, reclen, typ, name := entry(p)
		if reclen == 0 {
			break
		}
		if c.opts.Verbose {
			if n > 0 {
				c.str(", ")
			}
			c.str("{d_ino=")
			c.udec(ino)
			c.str(", d_off=")
			c.dec(int64(off))
			c.str(", d_reclen=")
			c.dec(int64(reclen))
			is64 := head == 19
			if is64 {
				c.str(", d_type=")
				c.enum(&tDT, uint64(typ))
			}
			c.str(", d_name=")
			c.quote(untilNUL(name), false)
			if !is64 {
				c.str(", d_type=")
				c.enum(&tDT, uint64(typ))
			}
			c.byte('}')
		}
		n++
		p = p[reclen:]
	}
	if c.opts.Verbose {
		c.byte(']')
		return
	}
	c.addr(v)
	c.str(" /* ")
	c.dec(int64(n))
	c.str(" entries */")
}

func untilNUL(s []byte) []byte {
	for i, ch := range s {
		if ch == 0 {
			return s[:i]
		}
	}
	return s
}

// pathOut is a path the kernel wrote.
var pathOut = in(func(c *Call, v uint64) {
	c.path(v)
})

// xattrOut is a buffer that stays untouched when only its size was asked for.
var xattrOut = out(in(func(c *Call, v uint64) {
	c.xattr(v, uint64(c.Ret))
}))

// xattr prints the value of an attribute, without the NUL that many end in.
func (c *Call) xattr(v, n uint64) {
	if p, ok := c.read(v+n-1, 1); v != 0 && n > 0 && ok && p[0] == 0 {
		n--
	}
	c.buffer(v, n)
}

// hostName is as long as the kernel takes, 64 bytes; a longer one is refused unread.
var hostName = in(func(c *Call, v uint64) {
	if uint32(c.arg(c.reg)) > 64 {
		c.addr(v)
		return
	}
	c.buffer(v, c.arg(c.reg))
})

// fdAside is a descriptor that -P does not look at.
var fdAside = in(func(c *Call, v uint64) {
	c.under(func(o *Options) { o.Watch = nil }, func() { c.fd(v) })
})

// textWithin is text of which the kernel takes no more than most bytes with the NUL, as long as -s permits.
func (c *Call) textWithin(v uint64, most int) {
	n := min(c.limit(), most)
	s, ended, ok := c.cstring(v, min(n+1, most))
	if !ok {
		c.addr(v)
		return
	}
	if !ended {
		s = s[:n]
	}
	c.quote(s, !ended)
}

// fsconfigKey is a name for the commands that have one.
var fsconfigKey = in(func(c *Call, v uint64) {
	switch uint32(c.arg(1)) {
	case 0, 1, 2, 3, 4, 5:
		c.textWithin(v, 256)
	default:
		c.addr(v)
	}
})

// xattrNames are the names that were stored: none where only their length was asked for.
var xattrNames = out(in(func(c *Call, v uint64) {
	if c.arg(c.reg) == 0 {
		c.addr(v)
		return
	}
	c.buffer(v, uint64(c.Ret))
}))

// xattrValue is a value to set; one longer than the kernel takes is not read.
var xattrValue = in(func(c *Call, v uint64) {
	if c.arg(c.reg) > 65536 {
		c.addr(v)
		return
	}
	c.xattr(v, c.arg(c.reg))
})

// fileHandle is struct file_handle of open_by_handle_at(2).
var fileHandle = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	n := u32(p)
	c.field(true, "handle_bytes")
	c.udec(uint64(n))
	c.field(false, "handle_type")
	c.dec(int64(int32(u32(p[4:]))))
	c.field(false, "f_handle")
	if n > 128 {
		c.addr(v + 8)
	} else if n == 0 {
		c.str(`""`)
	} else {
		c.hexBuffer(v+8, uint64(n))
	}
	c.byte('}')
})

var fdPair = inTruss(in(func(c *Call, v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.fd(uint64(u32(p)))
	c.str(", ")
	c.fd(uint64(u32(p[4:])))
	c.byte(']')
}), func(c *Call, v uint64) { c.trussInts(v, 2) })

// Offsets that the kernel reads and writes back.
var (
	inOff = in(func(c *Call, v uint64) { c.numberAt(v, 8, true) })

	inoutOff = kind{late: always, f: func(c *Call, v uint64) { c.offsetChange(v, 8) },
		note: func(c *Call, v uint64) { c.noteNumber(v, 8) }}
	inoutLong = kind{late: always, f: func(c *Call, v uint64) { c.offsetChange(v, c.ABI.Long) },
		note: func(c *Call, v uint64) { c.noteNumber(v, c.ABI.Long) }}
)

func always(*Call) bool { return true }
func never(*Call) bool  { return false }

// noteNumber keeps the number at v as it is before the call runs.
func (c *Call) noteNumber(v uint64, width int) {
	if p, ok := c.read(v, width); ok {
		c.saved[1] = 1
		c.saved[0] = number(p)
	}
}

// offsetChange prints [before] or [before] => [after].
func (c *Call) offsetChange(v uint64, width int) {
	if c.saved[1] == 0 {
		c.addr(v)
		return
	}
	c.byte('[')
	c.udec(c.saved[0])
	c.byte(']')
	if p, ok := c.read(v, width); ok && !c.failed && c.Ret != 0 {
		c.str(" => [")
		c.udec(number(p))
		c.byte(']')
	}
}

var llOffset = kind{wide: lowHigh, f: func(c *Call, v uint64) { c.dec(int64(c.arg(1)<<32 | c.arg(2)&0xffffffff)) }}
