// What stat, statx and statfs fill in, and file modes and device numbers.

package syscalls

// makedev prints a device number as its parts.
func (c *Call) makedev(v uint64) {
	c.styled(func() { c.hex(v) }, func() {
		c.str("makedev(")
		c.hex(v>>8&0xfff | v>>32&^0xfff)
		c.str(", ")
		c.hex(v&0xff | v>>12&0xffffff00)
		c.byte(')')
	})
}

var device = in(func(c *Call, v uint64) { c.makedev(uint64(uint32(v))) })

// fileMode prints the type of a file and its permissions: S_IFREG|0644.
func (c *Call) fileMode(v uint64) {
	if c.opts.Style != Names {
		c.styled(func() { c.octal(v) }, func() { c.fileMode(v) })
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
	whole                                 bool // it knows whole seconds alone
}

// fileStat prints a stat structure.
func (c *Call) fileStat(s *fileStat) { c.form.stat(c, s) }

func (c *Call) fileStatFields(s *fileStat) {
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
		c.udec(uint64(s.size))
	}
	if !c.opts.Verbose {
		c.str(", ...}")
		return
	}
	for i, n := range [...][2]string{{"st_atime", "st_atime_nsec"}, {"st_mtime", "st_mtime_nsec"}, {"st_ctime", "st_ctime_nsec"}} {
		c.field(false, n[0])
		c.dec(s.sec[i])
		c.date(s.sec[i], s.nsec[i], 9)
		if !s.whole {
			c.field(false, n[1])
			c.udec(s.nsec[i])
		}
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
		s.sec[i], s.nsec[i] = int64(int32(u32(p[32+8*i:]))), uint64(u32(p[36+8*i:]))
	}
	c.fileStat(&s)
}

// oldStat is struct __old_kernel_stat.
var oldStat = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 32)
	if !ok {
		c.addr(v)
		return
	}
	s := fileStat{whole: true, dev: uint64(u16(p)), ino: uint64(u16(p[2:])), mode: uint64(u16(p[4:])), nlink: uint64(u16(p[6:])), uid: uint64(u16(p[8:])),
		gid: uint64(u16(p[10:])), rdev: uint64(u16(p[12:])), size: int64(u32(p[16:]))}
	for i := range s.sec {
		s.sec[i] = int64(u32(p[20+4*i:]))
	}
	c.fileStat(&s)
})

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
	if v&sync != 0 || c.opts.Style != Numbers { // none has a name, but no number
		c.flags(&tStatxFlags, v&sync)
	}
	if v &^= sync; v == 0 {
		return
	}
	if c.opts.Style != Names {
		c.byte('|')
		c.flags(&tAtFlags, v)
		return
	}
	if rest, _ := c.bits(&tAtFlags, v, true); rest != 0 {
		c.byte('|')
		c.hex(rest)
	}
})

// statxTimes are the bits of a statx mask that say that each time is known.
var statxTimes = [...]uint64{0x20, 0x800, 0x80, 0x40}

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
		if c.opts.As61 && uint64(u32(p))&statxTimes[i] == 0 {
			continue
		}
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
			c.statfs(v, 64, func(p []byte, i int) uint64 { return uint64(u32(p[4*(i+i/8):])) }, 28) // fsid, the eighth, has two words
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
