package linux

// What is known of files: stat(2) and its variants, directories, times.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"stat", calls.Stat(true, encodeStat)}, {"lstat", calls.Stat(false, encodeStat)}, {"fstat", calls.Fstat(encodeStat)}, {"newfstatat", sysNewfstatat}, {"statx", sysStatx},
		{"getdents64", sysGetdents64}, {"utimensat", sysUtimensat}, {"statfs", sysStatfs}, {"fstatfs", sysFstatfs}})
}

// Kinds of files in st_mode (inode(7)).
const (
	formatMask   = 0o170000
	formatBlock  = 0o060000
	formatSocket = 0o140000
)

// formats are st_mode's kinds, and dirTypes those of getdents64(2), by Kind.
var (
	formats  = [...]uint32{fs.Regular: 0o100000, fs.Directory: 0o040000, fs.Symlink: 0o120000, fs.Fifo: 0o010000, fs.Char: 0o020000, fs.Anonymous: 0}
	dirTypes = [...]byte{fs.Regular: 8, fs.Directory: 4, fs.Symlink: 10, fs.Fifo: 1, fs.Char: 2, fs.Anonymous: 0}
)

// Offsets in struct stat (asm/stat.h).
const (
	statDev     = 0
	statIno     = 8
	statNlink   = 16
	statMode    = 24
	statUID     = 28
	statGID     = 32
	statRdev    = 40
	statSize    = 48
	statBlksize = 56
	statBlocks  = 64
	statAtime   = 72
	statMtime   = 88
	statCtime   = 104
	statLength  = 144
)

const blockSize = 4096

// device is a dev_t.
func device(major, minor uint32) uint64 {
	return uint64(minor&0xff | major&0xfff<<8 | minor&^0xff<<12)
}

// encodeStat is struct stat.
func encodeStat(s *fs.Stat) []byte {
	b := make([]byte, statLength)
	le.PutUint64(b[statDev:], s.Dev)
	le.PutUint64(b[statIno:], s.Ino)
	le.PutUint64(b[statNlink:], uint64(s.Nlink))
	le.PutUint32(b[statMode:], formats[s.Kind]|uint32(s.Mode))
	le.PutUint32(b[statUID:], s.UID)
	le.PutUint32(b[statGID:], s.GID)
	le.PutUint64(b[statRdev:], device(s.Major, s.Minor))
	le.PutUint64(b[statSize:], s.Size)
	le.PutUint64(b[statBlksize:], blockSize)
	le.PutUint64(b[statBlocks:], s.Pages*blockSize/512)
	copy(b[statAtime:], timespecBytes(realTime(s.Atime)))
	copy(b[statMtime:], timespecBytes(realTime(s.Mtime)))
	copy(b[statCtime:], timespecBytes(realTime(s.Ctime)))
	return b
}

func sysNewfstatat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[3]&^(atNoFollow|atEmptyPath|atNoMount) != 0 {
		return 0, errno.EINVAL
	}
	n, e := nodeAt(t, a[0], a[1], a[3], a[3]&atNoFollow == 0)
	return calls.PutStat(t, a[2], n, e, encodeStat)
}

// Offsets in struct statx (statx(2)).
const (
	sxMask      = 0
	sxBlksize   = 4
	sxNlink     = 16
	sxUID       = 20
	sxGID       = 24
	sxMode      = 28
	sxIno       = 32
	sxSize      = 40
	sxBlocks    = 48
	sxAtime     = 64
	sxCtime     = 96
	sxMtime     = 112
	sxRdevMajor = 128
	sxRdevMinor = 132
	sxDevMajor  = 136
	sxDevMinor  = 140
	sxLength    = 256

	sxBasic = 0x7ff // STATX_BASIC_STATS
)

func sysStatx(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	flags := a[2]
	if flags&^(atNoFollow|atEmptyPath|atNoMount|atSyncFlags) != 0 || flags&atSyncFlags == atSyncFlags || a[3]&statMaskMore != 0 {
		return 0, errno.EINVAL
	}
	n, e := nodeAt(t, a[0], a[1], flags, flags&atNoFollow == 0)
	if e != errno.OK {
		return 0, e
	}
	s := n.Stat()
	b := make([]byte, sxLength)
	for _, row := range []struct {
		off int
		v   uint32
	}{{sxMask, sxBasic}, {sxBlksize, blockSize}, {sxNlink, s.Nlink}, {sxUID, s.UID}, {sxGID, s.GID},
		{sxMode, formats[s.Kind] | uint32(s.Mode)}, {sxRdevMajor, s.Major}, {sxRdevMinor, s.Minor},
		{sxDevMajor, uint32(s.Dev >> 8 & 0xfff)}, {sxDevMinor, uint32(s.Dev & 0xff)}} {
		le.PutUint32(b[row.off:], row.v)
	}
	le.PutUint64(b[sxIno:], s.Ino)
	le.PutUint64(b[sxSize:], s.Size)
	le.PutUint64(b[sxBlocks:], s.Pages*blockSize/512)
	copy(b[sxAtime:], timespecBytes(realTime(s.Atime)))
	copy(b[sxCtime:], timespecBytes(realTime(s.Ctime)))
	copy(b[sxMtime:], timespecBytes(realTime(s.Mtime)))
	return 0, t.CopyOut(a[4], b)
}

func sysGetdents64(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return calls.Getdents(t, a[0], a[1], uint64(uint32(a[2])), func(b []byte, d fs.Dirent) []byte {
		return append(b, dirTypes[d.Kind])
	})
}

// Nanoseconds that are none (utimensat(2)).
const (
	utimeNow  = 0x3fffffff
	utimeOmit = 0x3ffffffe
)

func sysUtimensat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[3]&^(atNoFollow|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	var b [32]byte
	now := a[2] == 0
	if !now {
		if e := t.CopyIn(a[2], b[:]); e != errno.OK {
			return 0, e
		}
	}
	var n *fs.Node
	var e errno.Errno
	if a[1] == 0 && integer(a[0]) != -100 {
		n, e = dirOf(t, a[0])
	} else {
		n, e = nodeAt(t, a[0], a[1], a[3], a[3]&atNoFollow == 0)
	}
	if e != errno.OK {
		return 0, e
	}
	return 0, setTimes(t, n, b[:], now)
}

func setTimes(t *kern.Thread, n *fs.Node, b []byte, now bool) errno.Errno {
	s := n.Stat()
	times := [2]int64{s.Atime, s.Mtime}
	omitted := 0
	for i := range times {
		sec, ns := int64(le.Uint64(b[16*i:])), int64(le.Uint64(b[16*i+8:]))
		switch {
		case now || ns == utimeNow:
			times[i] = t.M.Now()
		case ns == utimeOmit:
			omitted++
		case ns < 0 || ns >= second:
			return errno.EINVAL
		default:
			const most = 1 << 32 // seconds; what is much more would not fit
			times[i] = (min(max(sec, -most), most)-bootedAt)*second + ns
		}
	}
	if omitted == 2 {
		return errno.OK
	}
	c := credOf(t)
	if now && n.Permit(c, fs.MayWrite) == errno.OK {
		c = fs.Cred{} // who may write it may do this
	}
	return t.M.FS.SetTimes(c, n, times[0], times[1])
}

// encodeStatfs is struct statfs of a tmpfs (statfs(2)).
func encodeStatfs(m *kern.Machine) []byte {
	const tmpfs = 0x01021994
	b := make([]byte, 120)
	all, used := uint64(m.Mem.Limit()), uint64(m.Mem.Used())
	for i, v := range []uint64{tmpfs, blockSize, all, all - used, all - used, 1 << 20, 1 << 19, 0, fs.MaxName, blockSize} {
		le.PutUint64(b[8*i:], v)
	}
	return b
}

func sysStatfs(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if _, e := nodeAt(t, atCWD, a[0], 0, true); e != errno.OK {
		return 0, e
	}
	return 0, t.CopyOut(a[1], encodeStatfs(t.M))
}

func sysFstatfs(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if _, e := fileOf(t, a[0]); e != errno.OK {
		return 0, e
	}
	return 0, t.CopyOut(a[1], encodeStatfs(t.M))
}
