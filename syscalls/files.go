// Files: open flags, stat and its relatives, directory entries, fcntl.

package syscalls

import "strconv"

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
func (c *Call) openFlags(v uint64) {
	v = uint64(uint32(v))
	if c.opts.NumberOnly {
		c.hex(v)
		return
	}
	c.str(tOpenAcc.find(v & 3))
	if v &^= 3; v == 0 {
		return
	}
	if rest, _ := c.bits(&tOpen, v, true); rest != 0 {
		c.byte('|')
		c.hex(rest)
	}
}

var openHow = in(func(c *Call, v uint64) {
	n := c.arg(c.reg)
	p, ok := c.read(v, 24)
	if n < 24 || !ok {
		c.addr(v)
		return
	}
	c.field(true, "flags")
	flags := u64(p)
	c.openFlags(flags & 0xffffffff)
	if flags>>32 != 0 {
		c.byte('|')
		c.hex(flags &^ 0xffffffff)
	}
	if flags&(oCreat|oTmpfile) != 0 || u64(p[8:]) != 0 {
		c.field(false, "mode")
		c.octal(u64(p[8:]))
	}
	c.field(false, "resolve")
	c.flags(&tResolve, u64(p[16:]))
	if n > 24 {
		c.str(", ...")
	}
	c.byte('}')
})

// makedev prints a device number as its parts.
func (c *Call) makedev(v uint64) {
	c.str("makedev(")
	c.hex(v>>8&0xfff | v>>32&^0xfff)
	c.str(", ")
	c.hex(v&0xff | v>>12&0xffffff00)
	c.byte(')')
}

var device = in(func(c *Call, v uint64) { c.makedev(uint64(uint32(v))) })

// fileMode prints the type of a file and its permissions: S_IFREG|0644.
func (c *Call) fileMode(v uint64) {
	if c.opts.NumberOnly {
		c.octal(v)
		return
	}
	switch n := tFile.find(v & 0o170000); {
	case n != "":
		c.str(n)
		c.byte('|')
		v &^= 0o170000
	case v&^0o7777 != 0:
		c.octal(v)
		return
	}
	for _, b := range [...]name{{0o4000, "S_ISUID|"}, {0o2000, "S_ISGID|"}, {0o1000, "S_ISVTX|"}} {
		if v&b.val != 0 {
			c.str(b.name)
			v &^= b.val
		}
	}
	c.octal(v)
}

func isDevice(mode uint64) bool { return mode&0o170000 == 0o020000 || mode&0o170000 == 0o060000 }

var (
	nodeMode = kind{f: func(c *Call, v uint64) { c.fileMode(uint64(uint16(v))) }, note: func(c *Call, v uint64) { c.saved[3] = v }}
	nodeDev  = when(func(c *Call) bool { return isDevice(c.saved[3]) }, in(func(c *Call, v uint64) { c.makedev(uint64(uint32(v))) }))
)

// fileStat is what the stat structures of all ABIs have in common.
type fileStat struct {
	dev, ino, mode, nlink, uid, gid, rdev uint64
	size, blksize, blocks                 int64
	sec                                   [3]int64 // access, modification, change
	nsec                                  [3]uint64
}

func (c *Call) fileStat(s *fileStat) {
	if c.opts.Verbose {
		c.field(true, "st_dev")
		c.makedev(s.dev)
		c.field(false, "st_ino")
		c.udec(s.ino)
		c.field(false, "st_mode")
		c.fileMode(s.mode)
		c.field(false, "st_nlink")
		c.udec(s.nlink)
		c.field(false, "st_uid")
		c.udec(s.uid)
		c.field(false, "st_gid")
		c.udec(s.gid)
		c.field(false, "st_blksize")
		c.dec(s.blksize)
		c.field(false, "st_blocks")
		c.dec(s.blocks)
	} else {
		c.field(true, "st_mode")
		c.fileMode(s.mode)
	}
	if isDevice(s.mode) {
		c.field(false, "st_rdev")
		c.makedev(s.rdev)
	} else {
		c.field(false, "st_size")
		c.dec(s.size)
	}
	if !c.opts.Verbose {
		c.str(", ...}")
		return
	}
	for i, n := range [...][2]string{{"st_atime", "st_atime_nsec"}, {"st_mtime", "st_mtime_nsec"}, {"st_ctime", "st_ctime_nsec"}} {
		c.field(false, n[0])
		c.dec(s.sec[i])
		c.date(s.sec[i], s.nsec[i], 9)
		c.field(false, n[1])
		c.udec(s.nsec[i])
	}
	c.byte('}')
}

// statBuf is struct stat: the kernel's own where a long has 8 bytes, else i386's.
var statBuf = in(func(c *Call, v uint64) {
	if c.ABI.Long == 4 {
		c.stat32(v)
		return
	}
	p, ok := c.read(v, 144)
	if !ok {
		c.addr(v)
		return
	}
	s := fileStat{dev: u64(p), ino: u64(p[8:]), nlink: u64(p[16:]), mode: uint64(u32(p[24:])), uid: uint64(u32(p[28:])),
		gid: uint64(u32(p[32:])), rdev: u64(p[40:]), size: int64(u64(p[48:])), blksize: int64(u64(p[56:])), blocks: int64(u64(p[64:]))}
	for i := range s.sec {
		s.sec[i], s.nsec[i] = int64(u64(p[72+16*i:])), u64(p[80+16*i:])
	}
	c.fileStat(&s)
})

func (c *Call) stat32(v uint64) {
	p, ok := c.read(v, 64)
	if !ok {
		c.addr(v)
		return
	}
	s := fileStat{dev: uint64(u32(p)), ino: uint64(u32(p[4:])), mode: uint64(u16(p[8:])), nlink: uint64(u16(p[10:])),
		uid: uint64(u16(p[12:])), gid: uint64(u16(p[14:])), rdev: uint64(u32(p[16:])), size: int64(u32(p[20:])),
		blksize: int64(u32(p[24:])), blocks: int64(u32(p[28:]))}
	for i := range s.sec {
		s.sec[i], s.nsec[i] = int64(u32(p[32+8*i:])), uint64(u32(p[36+8*i:]))
	}
	c.fileStat(&s)
}

// stat64Buf is i386's struct stat64.
var stat64Buf = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 96)
	if !ok {
		c.addr(v)
		return
	}
	s := fileStat{dev: u64(p), mode: uint64(u32(p[16:])), nlink: uint64(u32(p[20:])), uid: uint64(u32(p[24:])), gid: uint64(u32(p[28:])),
		rdev: u64(p[32:]), size: int64(u64(p[44:])), blksize: int64(u32(p[52:])), blocks: int64(u64(p[56:])), ino: u64(p[88:])}
	for i := range s.sec {
		s.sec[i], s.nsec[i] = int64(int32(u32(p[64+8*i:]))), uint64(u32(p[68+8*i:]))
	}
	c.fileStat(&s)
})

var statxFlags = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	const sync = 0x6000
	c.flags(&tStatxFlags, v&sync)
	if v &^= sync; v == 0 {
		return
	}
	if rest, _ := c.bits(&tAtFlags, v, true); rest != 0 {
		c.byte('|')
		c.hex(rest)
	}
})

// statxBuf is struct statx (statx(2)).
var statxBuf = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 256)
	if !ok {
		c.addr(v)
		return
	}
	mode := uint64(u16(p[28:]))
	c.field(true, "stx_mask")
	c.flags(&tStatxMask, uint64(u32(p)))
	if c.opts.Verbose {
		c.field(false, "stx_blksize")
		c.udec(uint64(u32(p[4:])))
	}
	c.field(false, "stx_attributes")
	c.flags(&tStatxAttr, u64(p[8:]))
	if c.opts.Verbose {
		c.field(false, "stx_nlink")
		c.udec(uint64(u32(p[16:])))
		c.field(false, "stx_uid")
		c.uid(uint64(u32(p[20:])))
		c.field(false, "stx_gid")
		c.uid(uint64(u32(p[24:])))
	}
	c.field(false, "stx_mode")
	c.fileMode(mode)
	if c.opts.Verbose {
		c.field(false, "stx_ino")
		c.udec(u64(p[32:]))
	}
	c.field(false, "stx_size")
	c.udec(u64(p[40:]))
	if !c.opts.Verbose {
		c.str(", ...}")
		return
	}
	c.field(false, "stx_blocks")
	c.udec(u64(p[48:]))
	c.field(false, "stx_attributes_mask")
	c.flags(&tStatxAttr, u64(p[56:]))
	for i, n := range [...]string{"stx_atime", "stx_btime", "stx_ctime", "stx_mtime"} {
		c.field(false, n)
		q := p[64+16*i:]
		c.str("{tv_sec=")
		c.dec(int64(u64(q)))
		c.str(", tv_nsec=")
		c.udec(uint64(u32(q[8:])))
		c.byte('}')
		c.date(int64(u64(q)), uint64(u32(q[8:])), 9)
	}
	for i, n := range [...]string{"stx_rdev_major", "stx_rdev_minor", "stx_dev_major", "stx_dev_minor"} {
		c.field(false, n)
		c.udec(uint64(u32(p[128+4*i:])))
	}
	c.field(false, "stx_mnt_id")
	c.hex(u64(p[144:]))
	c.byte('}')
})

// statfsBuf is struct statfs, statfs64Buf that of statfs64.
var (
	statfsBuf = in(func(c *Call, v uint64) {
		if c.ABI.Long == 4 {
			c.statfs(v, 64, func(p []byte, i int) uint64 { return uint64(u32(p[4*i:])) }, 28)
			return
		}
		c.statfs(v, 120, func(p []byte, i int) uint64 { return u64(p[8*i:]) }, 56)
	})
	statfs64Buf = in(func(c *Call, v uint64) {
		c.statfs(v, 84, func(p []byte, i int) uint64 {
			switch {
			case i < 2:
				return uint64(u32(p[4*i:]))
			case i < 7:
				return u64(p[8+8*(i-2):])
			}
			return uint64(u32(p[56+4*(i-8):]))
		}, 48)
	})
)

// statfs prints a structure of n bytes whose member i is at(p, i), fsid at offset fsid.
func (c *Call) statfs(v uint64, n int, at func(p []byte, i int) uint64, fsid int) {
	p, ok := c.read(v, n)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "f_type")
	if s := tFsMagic.find(uint64(uint32(at(p, 0)))); s != "" {
		c.str(s)
	} else {
		c.hex(at(p, 0))
	}
	for i, s := range [...]string{"f_bsize", "f_blocks", "f_bfree", "f_bavail", "f_files", "f_ffree"} {
		c.field(false, s)
		c.udec(at(p, i+1))
	}
	c.str(", f_fsid={val=[")
	c.hex(uint64(u32(p[fsid:])))
	c.str(", ")
	c.hex(uint64(u32(p[fsid+4:])))
	c.str("]}")
	for i, s := range [...]string{"f_namelen", "f_frsize", "f_flags"} {
		const valid = 0x20 // ST_VALID: the kernel has filled the flags in
		if i == 2 && at(p, 10)&valid == 0 {
			break
		}
		c.field(false, s)
		if i < 2 {
			c.udec(at(p, i+8))
		} else {
			c.flags(&tStatfsFlags, at(p, i+8))
		}
	}
	c.byte('}')
}

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

// dirents walks the entries that the call returned; head is the least number of bytes entry
// needs. An entry with a length that cannot be ends the walk.
func (c *Call) dirents(v uint64, head int, entry func(p []byte) (ino, off uint64, reclen int, typ uint8, name []byte)) {
	if c.opts.NumberOnly || c.Ret < 0 || c.Ret > readLimit {
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

// pathOut is a path the kernel wrote, of which Ret bytes count.
var pathOut = in(func(c *Call, v uint64) {
	if c.Ret <= 0 {
		c.addr(v)
		return
	}
	s, ok := c.read(v, int(min(c.Ret, pathMax)))
	if !ok {
		c.addr(v)
		return
	}
	c.quote(untilNUL(s), false)
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

// fsconfigKey is a name for the commands that have one.
var fsconfigKey = in(func(c *Call, v uint64) {
	switch uint32(c.arg(1)) {
	case 0, 1, 2, 3, 4, 5:
		c.text(v)
	default:
		c.addr(v)
	}
})

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

var fdPair = in(func(c *Call, v uint64) {
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
})

// fcntl: what the third argument is depends on the command.
var fcntlArgs = map[uint32]format{
	0:    func(c *Call, v uint64) { c.dec(int64(v)) },                       // F_DUPFD
	1030: func(c *Call, v uint64) { c.dec(int64(v)) },                       // F_DUPFD_CLOEXEC
	2:    func(c *Call, v uint64) { c.flags(&tFdFlags, uint64(uint32(v))) }, // F_SETFD
	4:    (*Call).openFlags,                                                 // F_SETFL
	8:    d.f,                                                               // F_SETOWN
	10:   sig.f,                                                             // F_SETSIG
	1024: func(c *Call, v uint64) { c.enum(&tLockType, uint64(uint32(v))) }, // F_SETLEASE
	1026: func(c *Call, v uint64) { c.flags(&tNotify, uint64(uint32(v))) },  // F_NOTIFY
	1031: func(c *Call, v uint64) { c.udec(v) },                             // F_SETPIPE_SZ
	1033: func(c *Call, v uint64) { c.flags(&tSeals, uint64(uint32(v))) },   // F_ADD_SEALS
	1036: rwHint, 1038: rwHint,                                              // F_SET_RW_HINT, F_SET_FILE_RW_HINT
	6: flock, 7: flock, 13: flock64, 14: flock64, 37: flock64, 38: flock64, // F_SETLK...
	15: ownerEx, // F_SETOWN_EX
}

// fcntlOuts are the commands that fill their third argument in.
var fcntlOuts = map[uint32]format{
	5: flock, 12: flock64, 36: flock64, // F_GETLK, F_GETLK64, F_OFD_GETLK
	16:   ownerEx,
	17:   func(c *Call, v uint64) { c.pairAt(v) },
	1035: rwHint, 1037: rwHint,
}

func fcntlHasNoArg(cmd uint32) bool {
	switch cmd {
	case 1, 3, 9, 11, 1025, 1032, 1034: // F_GETFD, F_GETFL, F_GETOWN, F_GETSIG, F_GETLEASE, F_GETPIPE_SZ, F_GET_SEALS
		return true
	}
	return false
}

var fcntlArg = kind{
	absent: func(c *Call) bool { return fcntlHasNoArg(uint32(c.arg(1))) },
	late:   func(c *Call) bool { return fcntlOuts[uint32(c.arg(1))] != nil },
	f: func(c *Call, v uint64) {
		cmd := uint32(c.arg(1))
		if f := fcntlOuts[cmd]; f != nil {
			if c.failed {
				c.addr(v)
			} else {
				f(c, v)
			}
			return
		}
		if f := fcntlArgs[cmd]; f != nil {
			f(c, v)
			return
		}
		c.hex(v)
	},
}

func rwHint(c *Call, v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.enum(&tRwHint, u64(p))
	c.byte(']')
}

func (c *Call) pairAt(v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.udec(uint64(u32(p)))
	c.str(", ")
	c.udec(uint64(u32(p[4:])))
	c.byte(']')
}

func ownerEx(c *Call, v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "type")
	c.enum(&tOwner, uint64(u32(p)))
	c.field(false, "pid")
	c.dec(int64(int32(u32(p[4:]))))
	c.byte('}')
}

// flock is struct flock of the ABI, flock64 that of the 64-bit commands.
func flock(c *Call, v uint64) {
	if c.ABI.Long == 4 {
		p, ok := c.read(v, 16)
		if !ok {
			c.addr(v)
			return
		}
		c.lock(p, int64(int32(u32(p[4:]))), int64(int32(u32(p[8:]))), int32(u32(p[12:])))
		return
	}
	p, ok := c.read(v, 32)
	if !ok {
		c.addr(v)
		return
	}
	c.lock(p, int64(u64(p[8:])), int64(u64(p[16:])), int32(u32(p[24:])))
}

func flock64(c *Call, v uint64) {
	if c.ABI.Long != 4 {
		flock(c, v)
		return
	}
	p, ok := c.read(v, 24)
	if !ok {
		c.addr(v)
		return
	}
	c.lock(p, int64(u64(p[4:])), int64(u64(p[12:])), int32(u32(p[20:])))
}

func (c *Call) lock(p []byte, start, length int64, pid int32) {
	c.field(true, "l_type")
	c.enum(&tLockType, uint64(u16(p)))
	c.field(false, "l_whence")
	c.enum(&tWhence, uint64(u16(p[2:])))
	c.field(false, "l_start")
	c.dec(start)
	c.field(false, "l_len")
	c.dec(length)
	switch uint32(c.arg(1)) {
	case 5, 12, 36: // only F_GETLK and its like fill the pid in
		c.field(false, "l_pid")
		c.dec(int64(pid))
	}
	c.byte('}')
}

var rFcntl = ret{
	f: func(c *Call, v uint64) {
		switch uint32(c.arg(1)) {
		case 0, 1030:
			c.fd(v)
		case 1, 3, 1034:
			c.hex(uint64(uint32(v)))
		default:
			c.dec(int64(v))
		}
	},
	aux: func(c *Call) {
		v := uint64(uint32(c.Ret))
		b := c.b
		c.b = c.aux[:0]
		switch uint32(c.arg(1)) {
		case 1:
			if v != 0 {
				c.str("flags ")
				c.flags(&tFdFlags, v)
			}
		case 3:
			c.str("flags ")
			c.openFlags(v)
		case 11:
			if v != 0 {
				c.signal(int(v))
			}
		case 1025:
			c.enum(&tLockType, v)
		case 1034:
			if v != 0 {
				c.str("seals ")
				c.flags(&tSeals, v)
			}
		}
		c.aux, c.b = c.b, b
	},
}

// Offsets that the kernel reads and writes back.
var (
	inOff = in(func(c *Call, v uint64) { c.numberAt(v, 8, true) })

	inoutOff = kind{late: always, f: func(c *Call, v uint64) { c.offsetChange(v, 8) },
		note: func(c *Call, v uint64) { c.noteNumber(v, 8) }}
	inoutLong = kind{late: always, f: func(c *Call, v uint64) { c.offsetChange(v, c.ABI.Long) },
		note: func(c *Call, v uint64) { c.noteNumber(v, c.ABI.Long) }}
)

func always(*Call) bool { return true }

// noteNumber keeps the number at v as it is before the call runs.
func (c *Call) noteNumber(v uint64, width int) {
	if p, ok := c.read(v, width); ok {
		c.saved[1] = 1
		if width == 8 {
			c.saved[0] = u64(p)
		} else {
			c.saved[0] = uint64(int32(u32(p)))
		}
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
	if p, ok := c.read(v, width); ok && !c.failed {
		now := int64(int32(u32(p)))
		if width == 8 {
			now = int64(u64(p))
		}
		if c.Ret != 0 {
			c.str(" => [")
			c.udec(uint64(now))
			c.byte(']')
		}
	}
}

var llOffset = kind{wide: lowHigh, f: func(c *Call, v uint64) { c.dec(int64(c.arg(1)<<32 | c.arg(2)&0xffffffff)) }}

// mountFlags prints the magic number of old programs and the flags.
var mountFlags = in(func(c *Call, v uint64) {
	const magic, mask = 0xc0ed0000, 0xffff0000
	if v&mask != magic || c.opts.NumberOnly {
		c.flags(&tMount, v)
		return
	}
	c.str("MS_MGC_VAL")
	if v &^= mask; v != 0 {
		c.byte('|')
		c.flags(&tMount, v)
	}
})

const msUnused = 0x20 | 0x1000 | 0x2000 | 0x60000 | 0x80000 | 0x100000 // remount apart, data is unused by these

var mountData = in(func(c *Call, v uint64) {
	if c.arg(3)&(0x1000|0x2000) != 0 { // MS_BIND, MS_MOVE take no data
		c.addr(v)
		return
	}
	c.text(v)
})

var swapFlags = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	if v&^0x7fff == 0 || c.opts.NumberOnly {
		c.udec(v)
		return
	}
	c.flags(&tSwap, v&^0x7fff)
	c.byte('|')
	c.udec(v & 0x7fff)
})

var quotaCmd = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	c.str("QCMD(")
	c.enum(&tQuotaCmd, v>>8)
	c.str(", ")
	c.enum(&tQuotaType, v&0xff)
	c.byte(')')
})

var fanInit = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	c.enum(&tFanClass, v&0xc)
	if v &^= 0xc; v == 0 {
		return
	}
	c.byte('|')
	c.flags(&tFanInit, v)
})

var fanMask = kind{wide: pair32, f: func(c *Call, v uint64) { c.flags(&tFanMask, v) }}

// fsconfig: the value is a string, a buffer or a path by the command.
var (
	fsconfigValue = in(func(c *Call, v uint64) {
		switch uint32(c.arg(1)) {
		case 1:
			c.text(v)
		case 2:
			c.buffer(v, uint64(uint32(c.arg(4))))
		case 3, 4:
			c.path(v)
		default:
			c.addr(v)
		}
	})
	fsconfigAux = in(func(c *Call, v uint64) {
		switch uint32(c.arg(1)) {
		case 3, 4:
			c.dirFD(v)
		case 5:
			c.fd(v)
		default:
			c.dec(int64(int32(v)))
		}
	})
)

func appendInt(b []byte, v int64) []byte { return strconv.AppendInt(b, v, 10) }
