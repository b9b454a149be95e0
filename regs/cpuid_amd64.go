package regs

// cpuid executes CPUID (Intel SDM vol. 2A).
func cpuid(leaf, sub uint32) (a, b, c, d uint32)

// xcr0 executes XGETBV of XCR0; only when CPUID says OSXSAVE.
func xcr0() (lo, hi uint32)

func xgetbv() uint64 {
	lo, hi := xcr0()
	return uint64(hi)<<32 | uint64(lo)
}
