//go:build linux || freebsd

package elfinfo

import (
	"os"

	"golang.org/x/sys/unix"
)

// mmap maps f read-only; the kernel then reads only the pages that are touched.
func mmap(f *os.File, size int64) ([]byte, func() error, error) {
	b, err := unix.Mmap(int(f.Fd()), 0, int(size), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		return nil, nil, err
	}
	return b, func() error { return unix.Munmap(b) }, nil
}
