package ownlimits

// The signals and the standard descriptors as they were when the process began. The Go runtime
// installs handlers for nearly all signals, unblocks some and opens /dev/null for those of 0, 1 and 2
// that are closed before any Go code runs, and what was there is lost; so the program is linked
// with an entry point of our own (-ldflags '-E _rt0_trapline', see the Makefile), which asks
// first. Written there and nowhere else.
var (
	entered          bool
	blocked, ignored uint64
	closed           uint64
)

// Signals are the masks of the blocked and of the ignored signals that this process was started
// with: bit n-1 for signal n. Not ok: it was linked without the entry point.
func Signals() (block, ignore uint64, ok bool) { return blocked, ignored, entered }

// Closed says whether one of the descriptors 0, 1 and 2 was closed when this process was started; it has /dev/null there
// now. Linked without the entry point it cannot tell.
func Closed(fd int) bool { return closed>>fd&1 != 0 }
