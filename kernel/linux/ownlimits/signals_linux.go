package ownlimits

// The signals as they were when the process began. The Go runtime installs handlers for nearly
// all of them and unblocks some before any Go code runs, and what was there is lost; so the
// program is linked with an entry point of our own (-ldflags '-E _rt0_trapline', see the
// Makefile), which asks first. Written there and nowhere else.
var (
	entered          bool
	blocked, ignored uint64
)

// Signals are the masks of the blocked and of the ignored signals that this process was started
// with: bit n-1 for signal n. Not ok: it was linked without the entry point.
func Signals() (block, ignore uint64, ok bool) { return blocked, ignored, entered }
