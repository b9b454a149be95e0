//go:build !linux && !freebsd

package main

import (
	"fmt"
	"runtime"

	"github.com/trapline/trapline/kernel"
)

// hostKernel has no adapter for other systems yet.
func hostKernel() (kernel.Kernel, error) {
	return nil, fmt.Errorf("processes of %s cannot be controlled; build trapline on Linux or FreeBSD", runtime.GOOS)
}
