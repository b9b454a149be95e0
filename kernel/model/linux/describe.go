package linux

// What kern.Machine.Describe tells of Linux's own.

import (
	"fmt"
	"strings"

	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/syscalls"
)

func init() { System.CallText = callText }

// callText is the call a thread is in, with its arguments as the numbers that they are.
func callText(t *kern.Thread) string {
	sig := syscalls.X8664.Lookup(t.Call.Nr)
	if sig == nil {
		return fmt.Sprintf("syscall_%d", t.Call.Nr)
	}
	var b strings.Builder
	b.WriteString(sig.Name + "(")
	for i := range sig.Args(syscalls.X8664) {
		if i > 0 {
			b.WriteString(", ")
		}
		switch a := t.Call.Args[i]; {
		case int32(a) < 0 && int32(a) > -4096:
			fmt.Fprintf(&b, "%d", int32(a))
		case a < 4096:
			fmt.Fprintf(&b, "%d", a)
		default:
			fmt.Fprintf(&b, "%#x", a)
		}
	}
	return b.String() + ")"
}

// TracerOf tells who traces a thread.
func (tracing) TracerOf(t *kern.Thread) int { return tracerOf(t) }
