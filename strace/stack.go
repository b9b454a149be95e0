package strace

// stack appends the frames of a thread's stack.
func (t *trace) stack(b []byte, _ int) []byte { return b }
