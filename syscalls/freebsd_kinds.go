// Arguments of FreeBSD's calls that are structures, or depend on others. Layouts are those of
// FreeBSD's headers (sys/*.h) for amd64 and i386; what has another one there says both.

package syscalls

// Flags whose access mode is a number and not bits (sys/fcntl.h).
var bsdOpenFlags = kind{f: (*Call).bsdOpen, note: func(c *Call, v uint64) { c.saved[3] = v }}

func (c *Call) bsdOpen(v uint64) {
	v = uint64(uint32(v))
	c.styled(func() { c.hex(v) }, func() {
		rest := v
		if access := tBSDOpenAcc.find(v & 0x40003); access != "" {
			c.str(access)
			rest &^= 0x40003
		} else {
			c.hex(v & 3)
			rest &^= 3
		}
		if rest == 0 {
			return
		}
		if rest, _ = c.bits(&tBSDOpen, rest, true); rest != 0 {
			c.byte('|')
			c.hex(rest)
		}
	})
}

// bsdOpenMode is meant where the flags before it create a file; truss shows it always.
var bsdOpenMode = kind{f: mode.f, absent: func(c *Call) bool { return c.form == Strace && c.saved[3]&0x200 == 0 }}

// mmap: the upper byte of the flags is an alignment (sys/mman.h).
var bsdMmapFlags = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	align := v >> 24
	if align == 1 {
		align = 0 // MAP_ALIGNED_SUPER, which has a name
	} else {
		v &= 0xffffff
	}
	if v != 0 || align == 0 {
		c.flags(&tBSDMap, v)
	}
	if align != 0 {
		if v != 0 {
			c.byte('|')
		}
		c.str("MAP_ALIGNED(")
		c.udec(align)
		c.byte(')')
	}
})

// bsdProt has the protection, and the most it may become above 16 bits (PROT_MAX).
var bsdProt = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	if most := v >> 16; most != 0 {
		c.str("PROT_MAX(")
		c.flags(&tBSDProt, most)
		c.byte(')')
		if v &= 0xffff; v == 0 {
			return
		}
		c.byte('|')
	}
	c.flags(&tBSDProt, v)
})

// fcntl.
var bsdFcntlArgs = map[uint32]format{
	0: (*Call).decArg, 10: (*Call).fd, 17: (*Call).decArg, 18: (*Call).fd, // F_DUPFD, F_DUP2FD and the like
	2: fFlags(&tBSDFD), 4: (*Call).bsdOpen, 6: func(c *Call, v uint64) { c.dec(int64(int32(v))) },
	8: (*Call).bsdFlock, 9: (*Call).bsdFlock, 12: (*Call).bsdFlock, 13: (*Call).bsdFlock, 14: (*Call).bsdFlock,
	15: (*Call).decArg, 16: (*Call).decArg, 19: fFlags(&tBSDSeals),
}

func (c *Call) decArg(v uint64) { c.dec(int64(v)) }

func bsdFcntlNone(cmd uint32) bool {
	return cmd == 1 || cmd == 3 || cmd == 5 || cmd == 20 || cmd == 21 // F_GETFD, F_GETFL, F_GETOWN, F_GET_SEALS, F_ISUNIONSTACK
}

func bsdFcntlOut(c *Call) bool { cmd := uint32(c.arg(1)); return cmd == 7 || cmd == 11 } // F_OGETLK, F_GETLK

// bsdFcntlArg is what the third argument is by the command. truss shows it for all commands
// that have one, in hexadecimal where it is a pointer.
var bsdFcntlArg = kind{
	absent: func(c *Call) bool { return bsdFcntlNone(uint32(c.arg(1))) },
	late:   bsdFcntlOut,
	f: func(c *Call, v uint64) {
		switch f := bsdFcntlArgs[uint32(c.arg(1))]; {
		case bsdFcntlOut(c) && !c.failed:
			c.bsdFlock(v)
		case f != nil:
			f(c, v)
		default:
			c.hex(v)
		}
	},
	truss: func(c *Call, v uint64) {
		switch uint32(c.arg(1)) {
		case 7, 8, 9, 11, 12, 13, 14:
			c.hexAddr(v)
		default:
			if f := bsdFcntlArgs[uint32(c.arg(1))]; f != nil {
				f(c, v)
			} else {
				c.hex(v)
			}
		}
	}}

// bsdFlock is struct flock.
func (c *Call) bsdFlock(v uint64) {
	p, ok := c.read(v, 28)
	if !ok {
		c.addr(v)
		return
	}
	c.structBody(p, bsdFlockMembers)
}

var bsdFlockMembers = []member{{name: "l_start", size: 8, f: fLong64}, {name: "l_len", off: 8, size: 8, f: fLong64}, {name: "l_pid", off: 16, size: 4, f: fInt},
	{name: "l_type", off: 20, size: 2, f: fEnum(&tBSDLockType)}, {name: "l_whence", off: 22, size: 2, f: fEnum(&tBSDWhence)}, {name: "l_sysid", off: 24, size: 4, f: fInt}}

func fLong64(c *Call, v uint64) { c.dec(int64(v)) }

// stat: of now, and of programs from before FreeBSD 12.
var (
	bsdStat = in(func(c *Call, v uint64) {
		n, at := 224, [...]int{48, 64, 80, 112}
		if c.ABI.Long == 4 {
			n, at = 208, [...]int{52, 64, 76, 96}
		}
		p, ok := c.read(v, n)
		if !ok {
			c.addr(v)
			return
		}
		size := at[3]
		s := fileStat{dev: u64(p), ino: u64(p[8:]), nlink: u64(p[16:]), mode: uint64(u16(p[24:])), uid: uint64(u32(p[28:])),
			gid: uint64(u32(p[32:])), rdev: u64(p[40:]), size: int64(u64(p[size:])), blocks: int64(u64(p[size+8:])), blksize: int64(int32(u32(p[size+16:])))}
		c.statTimes(&s, p, at[:3])
		c.fileStat(&s)
	})
	bsdStat11 = in(func(c *Call, v uint64) {
		n, at := 120, [...]int{24, 40, 56, 72}
		if c.ABI.Long == 4 {
			n, at = 96, [...]int{24, 32, 40, 48}
		}
		p, ok := c.read(v, n)
		if !ok {
			c.addr(v)
			return
		}
		size := at[3]
		s := fileStat{dev: uint64(u32(p)), ino: uint64(u32(p[4:])), mode: uint64(u16(p[8:])), nlink: uint64(u16(p[10:])), uid: uint64(u32(p[12:])),
			gid: uint64(u32(p[16:])), rdev: uint64(u32(p[20:])), size: int64(u64(p[size:])), blocks: int64(u64(p[size+8:])), blksize: int64(int32(u32(p[size+16:])))}
		c.statTimes(&s, p, at[:3])
		c.fileStat(&s)
	})
)

// statTimes reads the times at the offsets.
func (c *Call) statTimes(s *fileStat, p []byte, at []int) {
	l := c.ABI.Long
	for i, o := range at {
		s.sec[i], s.nsec[i] = int64(c.long(p[o:])), c.long(p[o+l:])
	}
}

// bsdStatfs is struct statfs (sys/mount.h).
var bsdStatfs = inTruss(in(func(c *Call, v uint64) {
	p, ok := c.read(v, 2344)
	if !ok {
		c.addr(v)
		return
	}
	c.structBody(p, bsdStatfsMembers)
}), func(c *Call, v uint64) {
	p, ok := c.read(v, 2344)
	if !ok {
		c.addr(v)
		return
	}
	c.str("{ fstypename=")
	c.b = append(c.b, untilNUL(p[280:296])...)
	c.str(",mntonname=")
	c.b = append(c.b, untilNUL(p[1320:2344])...)
	c.str(",mntfromname=")
	c.b = append(c.b, untilNUL(p[296:1320])...)
	c.str(",fsid=")
	if id := p[192:200]; !allZero(id) {
		for _, b := range id {
			c.b = append(c.b, hexDigits[b>>4], hexDigits[b&15])
		}
	}
	c.str(" }")
})

var bsdStatfsMembers = []member{{name: "f_fstypename", off: 280, size: 16, raw: rawText}, {name: "f_mntonname", off: 1320, size: 1024, raw: rawText},
	{name: "f_mntfromname", off: 296, size: 1024, raw: rawText}, {name: "f_flags", off: 8, size: 8, f: fFlags(&tBSDMount)}, {name: "f_bsize", off: 16, size: 8, f: fUint},
	{name: "f_iosize", off: 24, size: 8, f: fUint}, {name: "f_blocks", off: 32, size: 8, f: fUint}, {name: "f_bfree", off: 40, size: 8, f: fUint},
	{name: "f_bavail", off: 48, size: 8, f: fLong64}, {name: "f_files", off: 56, size: 8, f: fUint}, {name: "f_ffree", off: 64, size: 8, f: fLong64},
	{name: "f_namemax", off: 184, size: 4, f: fUint}, {name: "f_owner", off: 188, size: 4, f: (*Call).uid}}

func rawText(c *Call, p []byte) { c.quote(untilNUL(p), false) }

// sysctl: a name of numbers, told in words as far as they are known: "kern.proc.pathname.12".
var bsdMib = in(func(c *Call, v uint64) {
	n := uint64(uint32(c.arg(c.reg)))
	p, ok := c.read(v, int(min(4*n, 4*24))) // CTL_MAXNAME
	if !ok || n == 0 {
		c.addr(v)
		return
	}
	c.byte('"')
	t := &tBSDCtl
	for i := range int(min(n, 24)) {
		if i > 0 {
			c.byte('.')
		}
		id := uint64(u32(p[4*i:]))
		word := ""
		if t != nil {
			word = t.find(id)
		}
		if t = bsdCtls[word]; word != "" {
			c.str(word)
		} else {
			c.dec(int64(int32(id)))
		}
	}
	c.byte('"')
})

// sizePtrOut is a length that the kernel reads and writes back.
var sizePtrOut = kind{late: always, f: (*Call).sizeChange,
	note: func(c *Call, v uint64) { c.noteNumber(v, c.ABI.Word) }, truss: (*Call).hexAddr}

// sizeChange prints [8], or [8 => 4].
func (c *Call) sizeChange(v uint64) {
	p, ok := c.words(v, 1)
	if !ok || c.saved[1] == 0 {
		c.addr(v)
		return
	}
	c.byte('[')
	c.udec(c.saved[0])
	if now := c.word(p); now != c.saved[0] {
		c.str(" => ")
		c.udec(now)
	}
	c.byte(']')
}

// oldValue is what sysctl gives: as bytes, of the length that the next argument points to.
var oldValue = inTruss(out(in(func(c *Call, v uint64) {
	p, ok := c.words(c.arg(c.reg), 1)
	if !ok || v == 0 {
		c.addr(v)
		return
	}
	c.buffer(v, c.word(p))
})), (*Call).hexAddr)

// aiocb: the request, without what is the library's own.
var bsdAiocb = in(func(c *Call, v uint64) {
	at := map[int]struct{ size, off, buf, n, op int }{8: {52, 8, 16, 24, 48}, 4: {36, 4, 12, 16, 32}}[c.ABI.Word]
	p, ok := c.read(v, at.size)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "aio_fildes")
	c.fd(uint64(u32(p)))
	c.field(false, "aio_offset")
	c.dec(int64(u64(p[at.off:])))
	c.field(false, "aio_buf")
	c.addr(c.word(p[at.buf:]))
	c.field(false, "aio_nbytes")
	c.udec(c.word(p[at.n:]))
	if op := u32(p[at.op:]); op != 0 {
		c.field(false, "aio_lio_opcode")
		c.enum(&tBSDLio, uint64(op))
	}
	c.byte('}')
})

var bsdAiocbs = in(func(c *Call, v uint64) {
	c.list(v, uint64(uint32(c.arg(c.reg))), c.ABI.Word, func(c *Call, p []byte) { bsdAiocb.f(c, c.word(p)) })
})

// ioctl: _IO numbers say in which direction how many bytes go (sys/ioccom.h).
var bsdIoctlCmd = inTruss(in(func(c *Call, v uint64) {
	cmd := uint32(v)
	if n := bsdIoctlName(cmd); n != "" && c.opts.Style != Numbers {
		c.str(n)
		return
	}
	if c.opts.Style == Numbers {
		c.hex(uint64(cmd))
		return
	}
	c.str("_IOC(")
	c.flags(&tBSDIoc, uint64(cmd&0xe0000000))
	c.str(", ")
	c.hex(uint64(cmd >> 8 & 0xff))
	c.str(", ")
	c.hex(uint64(cmd & 0xff))
	c.str(", ")
	c.hex(uint64(cmd >> 16 & 0x1fff))
	c.byte(')')
}), func(c *Call, v uint64) {
	cmd := uint32(v)
	if n := bsdIoctlName(cmd); n != "" {
		c.str(n)
		return
	}
	group := byte(cmd >> 8)
	c.hex(uint64(cmd))
	c.str(" { IO")
	if cmd&0x40000000 != 0 {
		c.byte('R')
	}
	if cmd&0x80000000 != 0 {
		c.byte('W')
	}
	c.byte(' ')
	c.hex(uint64(group))
	c.str("('")
	if group < ' ' || group > '~' {
		group = '?'
	}
	c.byte(group)
	c.str("'), ")
	c.udec(uint64(cmd & 0xff))
	c.str(", ")
	c.udec(uint64(cmd >> 16 & 0x1fff))
	c.str(" }")
})

func bsdIoctlName(cmd uint32) string { return tBSDIoctl.find(uint64(cmd)) }

var bsdIoctlArg = kind{
	absent: func(c *Call) bool {
		return c.form == Strace && uint32(c.arg(1))>>29 == 1 && bsdIoctlName(uint32(c.arg(1))) != ""
	}, // _IO: no argument
	late: func(c *Call) bool { return bsdIoctlArgs[uint32(c.arg(1))].out },
	f: func(c *Call, v uint64) {
		if k, ok := bsdIoctlArgs[uint32(c.arg(1))]; ok {
			k.f(c, v)
			return
		}
		c.addr(v)
	},
	truss: (*Call).hex,
}

// bsdIoctlArgs are the commands whose argument is decoded.
var bsdIoctlArgs = map[uint32]kind{
	0x40087468: winsize.out(), 0x80087467: winsize.in(), // TIOCGWINSZ, TIOCSWINSZ
	0x40047477: out(intPtr), 0x80047476: intPtr, // TIOCGPGRP, TIOCSPGRP
	0x4004667f: out(intPtr), 0x8004667e: intPtr, 0x8004667d: intPtr, // FIONREAD, FIONBIO, FIOASYNC
	0x40047473: out(intPtr), 0x40047463: out(intPtr), 0x4004740f: out(intPtr), // TIOCOUTQ, TIOCGSID, TIOCGPTN
	0x402c7413: out(structure(44, bsdTermios)), 0x802c7414: structure(44, bsdTermios),
	0x802c7415: structure(44, bsdTermios), 0x802c7416: structure(44, bsdTermios), // TIOCGETA, TIOCSETA, TIOCSETAW, TIOCSETAF
}

// bsdTermios is struct termios (sys/_termios.h).
var bsdTermios = []member{{name: "c_iflag", size: 4, f: fHex}, {name: "c_oflag", off: 4, size: 4, f: fHex}, {name: "c_cflag", off: 8, size: 4, f: fHex},
	{name: "c_lflag", off: 12, size: 4, f: fHex}, {name: "c_ispeed", off: 36, size: 4, f: fUint}, {name: "c_ospeed", off: 40, size: 4, f: fUint}}

// bsdSchedParam is struct sched_param; bsdRtprio is struct rtprio.
var (
	bsdSchedParam = inTruss(structure(4, []member{{name: "sched_priority", size: 4, f: fInt}}), func(c *Call, v uint64) { c.trussInts(v, 1) })
	bsdRtprio     = structure(4, []member{{name: "type", size: 2, f: fEnum(&tBSDRtprioType)}, {name: "prio", off: 2, size: 2, f: fUint}})
	bsdMqAttr     = in(func(c *Call, v uint64) {
		p, ok := c.words(v, 4)
		if !ok {
			c.addr(v)
			return
		}
		for i, n := range [...]string{"mq_flags", "mq_maxmsg", "mq_msgsize", "mq_curmsgs"} {
			c.field(i == 0, n)
			c.dec(int64(c.long(p[i*c.ABI.Long:])))
		}
		c.byte('}')
	})
	bsdSembufs = in(func(c *Call, v uint64) {
		c.list(v, c.arg(c.reg), 6, func(c *Call, p []byte) { c.structBody(p, bsdSembufRow) })
	})
	bsdSembufRow  = []member{{name: "sem_num", size: 2, f: fUint}, {name: "sem_op", off: 2, size: 2, f: func(c *Call, v uint64) { c.dec(int64(int16(v))) }}, {name: "sem_flg", off: 4, size: 2, f: fFlags(&tBSDIpcGet)}}
	bsdSpaceRange = structure(16, []member{{name: "r_offset", size: 8, f: fLong64}, {name: "r_len", off: 8, size: 8, f: fLong64}})
	bsdIpcKey     = inTruss(ipcKey, x32.f)
	// bsdSpecialfd is what __specialfd(2) makes a descriptor of, by its type (sys/specialfd.h).
	bsdSpecialfd = inTruss(in(func(c *Call, v uint64) {
		switch c.arg(0) {
		case 1:
			bsdEventfd.f(c, v)
		case 2:
			bsdInotifyInit.f(c, v)
		default:
			c.addr(v)
		}
	}), (*Call).hexAddr)
	bsdEventfd     = structure(8, []member{{name: "initval", size: 4, f: fUint}, {name: "flags", off: 4, size: 4, f: fFlags(&tBSDEventfd)}})
	bsdInotifyInit = structure(4, []member{{name: "flags", size: 4, f: fFlags(&tBSDInotifyInit)}})
	// bsdSetcred is struct setcred, of which the flags say what is looked at.
	bsdSetcred = inTruss(in((*Call).bsdSetcred), (*Call).hexAddr)
	// shmName is a path, or SHM_ANON.
	shmName = in(func(c *Call, v uint64) {
		if v == 1 {
			c.str("SHM_ANON")
			return
		}
		c.path(v)
	})
	ioctlList = in(func(c *Call, v uint64) {
		c.list(v, c.arg(c.reg), c.ABI.Long, func(c *Call, p []byte) { bsdIoctlCmd.f(c, c.long(p)) })
	})
	bsdGroups = in(func(c *Call, v uint64) {
		c.list(v, uint64(uint32(c.arg(0))), 4, func(c *Call, p []byte) { c.uid(uint64(u32(p))) })
	})
	bsdGroupsRet = out(in(func(c *Call, v uint64) {
		c.list(v, uint64(max(c.Ret, 0)), 4, func(c *Call, p []byte) { c.uid(uint64(u32(p))) })
	}))
	// bsdDirents is what getdirentries filled in: inode, cookie, length, type, name (sys/dirent.h).
	bsdDirents = out(in(func(c *Call, v uint64) {
		c.dirents(v, 24, func(p []byte) (ino, off uint64, reclen int, typ uint8, name []byte) {
			reclen = int(u16(p[16:]))
			if reclen < 24 || reclen > len(p) {
				return 0, 0, 0, 0, nil
			}
			return u64(p), u64(p[8:]), reclen, p[18], p[24:reclen]
		})
	}))
	// linkOut is the target of a symbolic link, which has no NUL.
	linkOut = out(in(func(c *Call, v uint64) {
		s, ok := c.readBytes(v, int(min(max(c.Ret, 0), pathMax)))
		if !ok && len(s) > 0 {
			c.addr(v)
			return
		}
		c.form.name(c, s, false)
	}))
)

// Kinds that differ from Linux's in a detail.
var (
	bsdRlimit   = inTruss(in(func(c *Call, v uint64) { c.limits(v, 8, 1<<63-1, "RLIM_INFINITY") }), trussLimits(eight))
	bsdWrusage4 = waitRusage
	bsdUtimes   = timesPair(kernelLong, nsecUnit, func(c *Call, sec, nsec int64) {
		if mark := c.sys().marks[nsec]; mark != "" {
			c.str(mark)
			return
		}
		c.timePair(sec, nsec, nsecUnit)
		c.date(sec, uint64(nsec), 9)
	})
	bsdMmapOff  = kind{f: (*Call).hex, wide: pair32}
	bsdDev      = kind{f: (*Call).hex, wide: pair32}
	bsdIpcFlags = in(func(c *Call, v uint64) {
		v = uint64(uint32(v))
		if flags := v &^ 0o777; flags != 0 {
			rest, any := c.bits(&tBSDIpcGet, flags, false)
			if v = rest | v&0o777; v == 0 {
				return
			}
			if any {
				c.byte('|')
			}
		}
		c.octal(v)
	})
	xlong    = in((*Call).hex)
	newValue = in(func(c *Call, v uint64) {
		if v == 0 {
			c.addr(v)
			return
		}
		c.buffer(v, c.arg(c.reg))
	})
	kenvValue = kind{out: true, f: func(c *Call, v uint64) {
		if what := uint32(c.arg(0)); c.failed || what > 1 { // KENV_GET, KENV_SET
			c.addr(v)
			return
		}
		c.text(v)
	}}
	// cpusetPrev is a set of as many bytes as the argument before it says.
	cpusetPrev = in(func(c *Call, v uint64) {
		n := c.arg(c.reg - 2)
		p, ok := c.read(v, int(min(n, 1024)))
		if !ok {
			c.addr(v)
			return
		}
		c.members(p, 8*len(p), 1, func(i int) { c.dec(int64(i)) })
	})
)

// hexAt64 prints the 64 bits at v as truss does: { 0x0 }.
func hexAt64(c *Call, v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	c.str("{ ")
	c.hex(u64(p))
	c.str(" }")
}

// bsdSetcred prints the members of a struct setcred that the flags before it name (sys/ucred.h).
func (c *Call) bsdSetcred(v uint64) {
	const groupsFlag, groupsAt = 0x40, 32
	p, ok := c.read(v, groupsAt+2*c.ABI.Word)
	if !ok {
		c.addr(v)
		return
	}
	flags, first := c.arg(0), true
	for i, name := range [...]string{"sc_uid", "sc_ruid", "sc_svuid", "sc_gid", "sc_rgid", "sc_svgid"} {
		if flags>>i&1 != 0 {
			c.field(first, name)
			c.uid(uint64(u32(p[4*i:])))
			first = false
		}
	}
	if flags&groupsFlag != 0 {
		c.field(first, "sc_supp_groups")
		c.list(c.word(p[groupsAt:]), uint64(u32(p[28:])), 4, func(c *Call, p []byte) { c.uid(uint64(u32(p))) })
		first = false
	}
	if first {
		c.byte('{')
	}
	c.byte('}')
}
