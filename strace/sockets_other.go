//go:build !linux

package strace

import "github.com/trapline/trapline/procfs"

// socketDetail is "" where no sock_diag tells.
func socketDetail(*procfs.FS, int, int32, string) string { return "" }
