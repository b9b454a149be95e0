//go:build !freebsd

package doctor

import (
	"fmt"
	"io/fs"
)

func sysctl(name string) (int, error) {
	return 0, fmt.Errorf("sysctl %s: %w", name, fs.ErrNotExist)
}
