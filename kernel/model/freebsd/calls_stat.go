package freebsd

// Files, by what is known of them: the stat family, directories, and calls that take a directory's
// descriptor.

import (
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

func init() {
	register([]row{{551, "fstat", 2, calls.Fstat(encodeStat)}, {552, "fstatat", 4, sysFstatat}, {554, "getdirentries", 4, sysGetdirentries},
		{489, "faccessat", 4, calls.NoFlags(3, calls.Faccessat2)}, {490, "fchmodat", 4, calls.NoFlags(3, calls.Fchmodat2)},
		{491, "fchownat", 5, calls.NoFlags(4, calls.Fchownat)}, {496, "mkdirat", 3, calls.Mkdirat}, {500, "readlinkat", 4, calls.Readlinkat},
		{501, "renameat", 4, sysRenameat}, {502, "symlinkat", 3, calls.Symlinkat}, {503, "unlinkat", 3, sysUnlinkat}, {479, "truncate", 2, calls.Truncate},
		{95, "fsync", 1, calls.Fsync}, {550, "fdatasync", 1, calls.Fsync}})
}

// Flags of the calls that end in "at" (sys/fcntl.h).
const (
	atNoFollow  = 0x200
	atRemoveDir = 0x800
	atEmptyPath = 0x4000
	atBeneath   = 0x2000 // AT_RESOLVE_BENEATH
)

// formats are the bits of st_mode that tell the kind, and types of struct dirent.
var formats = map[fs.Kind]uint16{fs.Fifo: 0o010000, fs.Char: 0o020000, fs.Directory: 0o040000, fs.Regular: 0o100000, fs.Symlink: 0o120000}

const (
	statSize  = 224 // struct stat (sys/stat.h, FreeBSD 12 and later)
	blockSize = 4096
)

func encodeStat(s *fs.Stat) []byte {
	b := make([]byte, statSize)
	le.PutUint64(b, s.Dev)
	le.PutUint64(b[8:], s.Ino)
	le.PutUint64(b[16:], uint64(s.Nlink))
	le.PutUint16(b[24:], formats[s.Kind]|uint16(s.Mode))
	le.PutUint32(b[28:], s.UID)
	le.PutUint32(b[32:], s.GID)
	le.PutUint64(b[40:], uint64(s.Major)<<8|uint64(s.Minor))
	for i, ns := range []int64{s.Atime, s.Mtime, s.Ctime, s.Ctime} { // the last is st_birthtim
		copy(b[48+16*i:], calls.TimespecBytes(ns+bootedAt*calls.Second))
	}
	le.PutUint64(b[112:], s.Size)
	le.PutUint64(b[120:], s.Pages*vm.PageSize/512)
	le.PutUint32(b[128:], blockSize)
	return b
}

// sysFstatat is fstatat(2): directory, path, buffer, flags.
func sysFstatat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	flags := a[3]
	if flags&^(atNoFollow|atEmptyPath|atBeneath) != 0 {
		return 0, errno.EINVAL
	}
	empty := uint64(0)
	if flags&atEmptyPath != 0 {
		empty = calls.AtEmptyPath
	}
	n, e := calls.NodeAt(t, a[0], a[1], empty, flags&atNoFollow == 0)
	return calls.PutStat(t, a[2], n, e, encodeStat)
}

// sysGetdirentries is getdirentries(2): descriptor, buffer, size, where to tell the offset that it
// began at.
func sysGetdirentries(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := calls.Getdents(t, a[0], a[1], a[2], func(b []byte, d fs.Dirent) []byte {
		return le.AppendUint32(append(b, byte(formats[d.Kind]>>12), 0), uint32(len(d.Name))) // d_type, d_pad0, d_namlen
	})
	if e == errno.OK && a[3] != 0 {
		e = t.PutWord(a[3], 0)
	}
	return n, e
}

// sysRenameat is renameat(2): directory, path, directory, path.
func sysRenameat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	return calls.Renameat2(t, &[6]uint64{a[0], a[1], a[2], a[3]})
}

// sysUnlinkat is unlinkat(2): directory, path, flags.
func sysUnlinkat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[2]&^(atRemoveDir|atBeneath) != 0 {
		return 0, errno.EINVAL
	}
	b := *a
	b[2] = 0
	if a[2]&atRemoveDir != 0 {
		b[2] = calls.AtRemoveDir
	}
	return calls.Unlinkat(t, &b)
}
