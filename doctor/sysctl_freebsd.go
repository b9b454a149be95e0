package doctor

import (
	"encoding/binary"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/procfs"
)

// sysctl reads a setting of type bool, int or long.
func sysctl(name string) (int, error) {
	b, err := unix.SysctlRaw(name)
	switch {
	case err != nil:
		return 0, err
	case len(b) == 1:
		return int(b[0]), nil
	case len(b) == 4:
		return int(int32(binary.LittleEndian.Uint32(b))), nil
	case len(b) == 8:
		return int(binary.LittleEndian.Uint64(b)), nil
	}
	return 0, syscall.EINVAL
}

// files is what the kernel tells of its processes.
func files() *procfs.FS {
	return procfs.NewFreeBSD(func(name string, args ...int32) ([]byte, int) {
		var more []int
		for _, a := range args {
			more = append(more, int(a))
		}
		b, err := unix.SysctlRaw(name, more...)
		if e, failed := err.(syscall.Errno); failed {
			return nil, int(e)
		}
		return b, 0
	})
}
