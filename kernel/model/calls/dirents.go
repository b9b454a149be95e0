package calls

import (
	"encoding/binary"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// direntStart is what every system's directory entry begins with: d_ino and d_off of 8 bytes,
// d_reclen of 2.
const direntStart = 18

// Getdents stores entries of an open directory at an address, as many as fit into size bytes,
// and is how many bytes they took. Between the length of an entry and its name stands what
// middle appends. EINVAL: not even the first entry fits.
func Getdents(t *kern.Thread, fd, to, size uint64, middle func([]byte, fs.Dirent) []byte) (uint64, errno.Errno) {
	f, e := OpenFile(t, fd)
	if e != errno.OK {
		return 0, e
	}
	limit := int(min(size, Piece))
	var b []byte
	more := false
	e = f.Readdir(func(d fs.Dirent) bool {
		own := middle(nil, d)
		n := (direntStart + len(own) + len(d.Name) + 1 + 7) &^ 7
		if more = len(b)+n > limit; more {
			return false
		}
		begin := len(b)
		b = binary.LittleEndian.AppendUint64(b, d.Ino)
		b = binary.LittleEndian.AppendUint64(b, uint64(d.Next))
		b = binary.LittleEndian.AppendUint16(b, uint16(n))
		b = append(append(b, own...), d.Name...)
		b = append(b, make([]byte, n-(len(b)-begin))...)
		return true
	})
	switch {
	case e != errno.OK:
		return 0, e
	case len(b) == 0 && more:
		return 0, errno.EINVAL
	}
	return uint64(len(b)), t.CopyOut(to, b)
}
