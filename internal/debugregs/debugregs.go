// Package debugregs tells whether the debug registers of this machine work. Some hypervisors
// let a guest write them and never raise the exception: what is watched changes and nobody
// is told.
package debugregs

import "errors"

// ErrSilent is a machine whose debug registers can be written and never match.
var ErrSilent = errors.New("this machine's debug registers never fire: its hypervisor does not pass them on")
