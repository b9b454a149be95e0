//go:build !linux

package strace

import (
	"os/signal"

	"golang.org/x/sys/unix"
)

func defaultAction(sig unix.Signal) { signal.Reset(sig) }
