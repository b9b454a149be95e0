// Package abi holds what an operating system's binary interface numbers: signals,
// errnos and the conventions of a system call, as rows of a table per OS.
//
// The engine and its faces never ask which OS they run on; they hold an *OS value
// (from the kernel they talk to) and look rows up in it. None of this package
// depends on the OS it is compiled for: a Linux trapline can describe a FreeBSD
// core, and the modeled kernels use the same rows.
package abi

// OS is the binary interface of one operating system on x86-64.
type OS struct {
	Name    string // "linux", "freebsd", "svr4"
	Signals []SignalRow
	Errnos  []ErrnoRow
	Code32  uint64 // what cs holds in a thread that runs 32-bit code; 0: none are followed
}

// Default is what a signal does when the process has not asked otherwise.
type Default uint8

// The default actions of signal(7) and sigaction(2).
const (
	Terminate Default = iota
	Core
	Ignore
	Stop
	Continue
)

// SignalRow is one signal of one OS.
type SignalRow struct {
	Num     int
	Name    string // "SIGINT"
	Default Default
	Text    string // "Interrupt"
}

// ErrnoRow is one error number of one OS.
type ErrnoRow struct {
	Num  int
	Name string // "ENOENT"
	Text string // "No such file or directory"
}
