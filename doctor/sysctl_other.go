//go:build !freebsd

package doctor

import (
	"fmt"
	"io/fs"

	"github.com/trapline/trapline/procfs"
)

func sysctl(name string) (int, error) {
	return 0, fmt.Errorf("sysctl %s: %w", name, fs.ErrNotExist)
}

// files is what the kernel tells of its processes.
func files() *procfs.FS { return procfs.New("") }
