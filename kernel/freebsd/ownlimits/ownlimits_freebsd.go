// Package ownlimits remembers the limit on open files that this process was started
// with. Package syscall raises the soft limit to the hard one when it is initialised
// (syscall/rlimit.go), and a program we launch must get the limit it would have had
// from a shell. This package imports nothing, so it is initialised before syscall
// (Go specification, "Program initialization": packages in the order of their import
// paths, each when all it imports are done); it makes its one system call itself.
package ownlimits

// NoFile is RLIMIT_NOFILE as it was: soft and hard. Known is false if it could not be
// read.
var NoFile, Known = read()

func read() (lim [2]int64, ok bool) {
	const noFile = 8 // RLIMIT_NOFILE, sys/resource.h
	ok = getrlimit(noFile, &lim) == 0
	return lim, ok
}

// getrlimit is getrlimit(2): 0 or an errno.
//
//go:noescape
func getrlimit(resource uintptr, lim *[2]int64) int64
