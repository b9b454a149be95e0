package main

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/linux"
)

// hostKernel is the kernel of the machine we run on.
func hostKernel() (kernel.Kernel, error) { return linux.New(linux.NewHost()), nil }
