// Package collect says when garbage is worth collecting.
//
// Packages that do not need each other are initialized in the order of their paths (the Go
// specification, Program initialization): this one before those with tables.
package collect

import (
	"os"
	"runtime/debug"
)

// tracing is the percentage (runtime/debug, SetGCPercent) for all but the debugger. The tables alone come
// near the 4 MB that make Go collect for the first time: at the usual 100, a quarter of the start is spent
// on that.
const tracing = 400

func init() { At(tracing) }

// At sets the percentage, unless GOGC in the environment does.
func At(percent int) {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
}
