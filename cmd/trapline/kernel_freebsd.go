package main

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd"
)

// hostKernel is the kernel of the machine we run on.
func hostKernel() (kernel.Kernel, error) { return freebsd.New(freebsd.NewHost()), nil }
