//go:build !linux

package strace

import (
	"os/signal"

	"golang.org/x/sys/unix"
)

func defaultAction(sig unix.Signal) { signal.Reset(sig) }

// startedBlocked says whether a signal was blocked when we were started, as far as that is known.
func startedBlocked(unix.Signal) bool { return false }
