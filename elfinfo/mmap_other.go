//go:build !linux && !freebsd

package elfinfo

import (
	"errors"
	"os"
)

// mmap is not offered here; Open falls back to reading on demand.
func mmap(*os.File, int64) ([]byte, func() error, error) {
	return nil, nil, errors.ErrUnsupported
}
