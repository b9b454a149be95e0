package raw

// Statuses of wait(2). They are decoded by hand: a stop for SIGSTOP is 0x117f, which Go's
// syscall.WaitStatus takes for a continuation (its test is 0x13 in the second byte), and a
// death by signal 128 is 0x80, which decodes as exit 0 with a core; there wait6's siginfo
// tells (detach-bad-signal, continue-bad-signal).

// StatusKind is what a status tells.
type StatusKind uint8

// The kinds of status.
const (
	StatusExited    StatusKind = iota // with Value
	StatusKilled                      // by signal Value
	StatusStopped                     // by signal Value
	StatusContinued                   //
)

// Status is a decoded status.
type Status struct {
	Kind  StatusKind
	Value int  // exit code or signal
	Core  bool // a core was written
}

const (
	stopped   = 0x7f
	continued = 0x13 // SIGCONT
	coreBit   = 0x80
	// lastSignal is the highest that there is: its number is the bit for the core, and even
	// the siginfo then has si_status 0.
	lastSignal = 128
)

// DecodeStatus takes a status apart; info is what wait6 gave with it, nil when nothing.
func DecodeStatus(status uint32, info *Siginfo) Status {
	low := int(status & 0x7f)
	switch {
	case status == continued:
		return Status{Kind: StatusContinued, Value: SIGCONT}
	case low == stopped:
		return Status{Kind: StatusStopped, Value: int(status >> 8 & 0xff)}
	case low != 0:
		return Status{Kind: StatusKilled, Value: low, Core: status&coreBit != 0}
	case status == lastSignal && info != nil && (info.Code == CldKilled || info.Code == CldDumped):
		return Status{Kind: StatusKilled, Value: lastSignal} // whether with a core is not told
	}
	return Status{Kind: StatusExited, Value: int(status >> 8 & 0xff)}
}

// Encode is the status as wait(2) gives it (W_EXITCODE, W_STOPCODE).
func (s Status) Encode() uint32 {
	core := uint32(0)
	if s.Core {
		core = coreBit
	}
	switch s.Kind {
	case StatusStopped:
		return uint32(s.Value)<<8 | stopped
	case StatusContinued:
		return continued
	case StatusKilled:
		return uint32(s.Value)&0xff | core
	}
	return uint32(s.Value&0xff) << 8
}
