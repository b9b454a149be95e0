// Command trapline debugs and traces processes: `trapline run`, `attach`, `trace`.
//
// This package is the top floor: it turns a command line into one of the Config
// structures, hands it to runDebugger or runTrace, and turns what comes back into
// an exit status and at most one line on standard error. One file a verb.
package main

import (
	"os"

	"github.com/trapline/trapline/internal/gosched"
	"github.com/trapline/trapline/strace"
	"github.com/trapline/trapline/truss"
)

func main() {
	gosched.SpareProcessor()
	if strace.Called(os.Args[0]) {
		os.Exit(strace.Main(os.Args, os.Stdout, os.Stderr, hostKernel))
	}
	if truss.Called(os.Args[0]) {
		os.Exit(truss.Main(os.Args, os.Stderr, hostMachine))
	}
	commandLine = os.Args
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
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
