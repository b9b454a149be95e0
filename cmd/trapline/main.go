// Command trapline debugs and traces processes: `trapline run`, `attach`, `trace`.
//
// This package is the top floor: it turns a command line into one of the Config
// structures, hands it to runDebugger or runTrace, and turns what comes back into
// an exit status and at most one line on standard error. One file a verb.
package main

import (
	"os"
	"runtime/debug"

	"github.com/trapline/trapline/internal/gosched"
	"github.com/trapline/trapline/strace"
	"github.com/trapline/trapline/truss"
)

// collectAt is the garbage collector's percentage (runtime/debug, SetGCPercent) for all but the
// debugger. The tables come near the 4 MB that make Go collect for the first time: at the usual 100 a
// quarter of the start is spent on garbage that is not there.
const collectAt = 400

func main() {
	gosched.SpareProcessor()
	collectFrom(collectAt)
	if strace.Called(os.Args[0]) {
		os.Exit(strace.Main(os.Args, os.Stdout, os.Stderr, hostKernel))
	}
	if truss.Called(os.Args[0]) {
		os.Exit(truss.Main(os.Args, os.Stderr, hostMachine))
	}
	commandLine = os.Args
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// collectFrom sets the percentage, unless the environment does.
func collectFrom(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}

// run is the whole program for one command line; its result is the exit status.
func run(args []string, stdout, stderr *os.File) int {
	a := newApp(stdout, stderr)
	root := newRoot(a)
	root.SetArgs(args)
	err := root.Execute()
	if werr := a.out.Err(); werr != nil {
		err = failf(nil, "%w", werr)
	}
	return a.finish(err)
}
