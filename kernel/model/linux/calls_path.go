package linux

// mknod(2): what it can make depends on numbers of Linux's.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"mknod", cwdFirst(sysMknodat)}, {"mknodat", sysMknodat}})
}

// sysMknodat makes regular files and fifos. Devices need drivers: EPERM, as for who is not
// the superuser.
func sysMknodat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	at, path, e := pathFrom(t, a[0], a[1])
	if e != errno.OK {
		return 0, e
	}
	mode := fs.Mode(a[2]) & 0o7777 &^ t.Proc.At.Umask
	switch uint32(a[2]) & formatMask {
	case 0, formats[fs.Regular]:
		f, e := t.M.FS.Open(credOf(t), at, path, fs.OWrite|fs.OCreate|fs.OExcl, mode)
		if e == errno.OK {
			f.Release()
		}
		return 0, e
	case formats[fs.Fifo]:
		return 0, t.M.FS.Mkfifo(credOf(t), at, path, mode)
	case formats[fs.Directory]:
		return 0, errno.EPERM
	case formats[fs.Char], formatBlock, formatSocket:
		return 0, errno.EPERM
	}
	return 0, errno.EINVAL
}
