// Package ownlimits remembers the limit on open files that this process was started
// with. Package os raises the soft limit to the hard one when it initialises
// (os/rlimit.go), and a program we launch must get the limit it would have had from
// a shell. This package imports nothing that imports os and sorts before it, so it
// is initialised first (Go specification, "Program initialization": packages in
// the order of their import paths).
package ownlimits

import "syscall"

// NoFile is RLIMIT_NOFILE as it was.
var NoFile, Known = read()

func read() (lim syscall.Rlimit, ok bool) {
	return lim, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim) == nil
}
