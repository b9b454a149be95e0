//go:build !amd64

package regs

// Elsewhere (a core read on another machine) nothing says where components are:
// a Set needs its own Layout.
func cpuid(leaf, sub uint32) (a, b, c, d uint32) { return 0, 0, 0, 0 }

func xgetbv() uint64 { return 0 }
