// Command trapline debugs and traces processes: `trapline run`, `attach`, `trace`.
//
// This package is the top floor: it turns a command line into one of the Config
// structures, hands it to runDebugger or runTrace, and turns what comes back into
// an exit status and at most one line on standard error. One file a verb.
package main

import (
	"os"
	"runtime"

	"github.com/trapline/trapline/strace"
	"github.com/trapline/trapline/truss"
)

func main() {
	spareProcessor()
	if strace.Called(os.Args[0]) {
		os.Exit(strace.Main(os.Args, os.Stdout, os.Stderr, hostKernel))
	}
	if truss.Called(os.Args[0]) {
		os.Exit(truss.Main(os.Args, os.Stderr, hostMachine))
	}
	commandLine = os.Args
	os.Exit(run(os.Args[1:], os.Stdout, os.Stderr))
}

// spareProcessor sees to it that the Go scheduler always has a processor that it does not use.
// Where it has none, it takes that of the thread which waits for the tracees away from it after
// 20 us in wait4, gives it back at the next stop, and its monitor never rests: a sixth of
// the time of a trace.
func spareProcessor() {
	const enough = 4 // the engine, what writes, what collects garbage
	if runtime.GOMAXPROCS(0) < enough && os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(enough)
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
