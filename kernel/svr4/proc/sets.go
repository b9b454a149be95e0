package proc

// Sets of signals, faults and system calls: member n is bit n-1 (prismember).

// SigSet is sigset_t.
type SigSet [4]uint32

// FltSet is fltset_t.
type FltSet [4]uint32

// SysSet is sysset_t.
type SysSet [16]uint32

func has(s []uint32, n int) bool { return n > 0 && n <= 32*len(s) && s[(n-1)/32]>>((n-1)%32)&1 != 0 }

func change(s []uint32, on bool, members []int) {
	for _, n := range members {
		switch {
		case n <= 0 || n > 32*len(s):
		case on:
			s[(n-1)/32] |= 1 << ((n - 1) % 32)
		default:
			s[(n-1)/32] &^= 1 << ((n - 1) % 32)
		}
	}
}

func fill(s []uint32) {
	for i := range s {
		s[i] = ^uint32(0)
	}
}

// Has says whether n is in the set.
func (s *SigSet) Has(n int) bool { return has(s[:], n) }

// Add puts members in.
func (s *SigSet) Add(n ...int) { change(s[:], true, n) }

// Remove takes members out.
func (s *SigSet) Remove(n ...int) { change(s[:], false, n) }

// Fill puts everything in.
func (s *SigSet) Fill() { fill(s[:]) }

// Empty says whether nothing is in the set.
func (s *SigSet) Empty() bool { return *s == SigSet{} }

// Has says whether n is in the set.
func (s *FltSet) Has(n int) bool { return has(s[:], n) }

// Add puts members in.
func (s *FltSet) Add(n ...int) { change(s[:], true, n) }

// Has says whether n is in the set.
func (s *SysSet) Has(n int) bool { return has(s[:], n) }

// Add puts members in.
func (s *SysSet) Add(n ...int) { change(s[:], true, n) }

// Remove takes members out.
func (s *SysSet) Remove(n ...int) { change(s[:], false, n) }

// Fill puts everything in.
func (s *SysSet) Fill() { fill(s[:]) }

// Bytes are the set as it lies in memory.
func (s *SigSet) Bytes() []byte { return setBytes(s[:]) }

// Bytes are the set as it lies in memory.
func (s *FltSet) Bytes() []byte { return setBytes(s[:]) }

// Bytes are the set as it lies in memory.
func (s *SysSet) Bytes() []byte { return setBytes(s[:]) }

func setBytes(s []uint32) []byte {
	b := make([]byte, 4*len(s))
	put(b, s)
	return b
}
