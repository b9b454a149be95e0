package linux

import (
	"encoding/binary"

	"github.com/trapline/trapline/kernel"
)

// si_code values (siginfo(5), asm-generic/siginfo.h).
const (
	siKernel  = 0x80
	siTkill   = -6
	trapBrkpt = 1
	trapTrace = 2
	trapHwbp  = 4
	// trapNotify is not a si_code: ptrace_notify(SIGTRAP) leaves the signal number
	// there when a single step ends at the entry of a signal handler.
	trapNotify = sigTrap
)

// decodeSiginfo reads the kernel's siginfo_t: three ints, padding, then a union by
// signal and code.
func decodeSiginfo(s *kernel.SigInfo) {
	le := binary.LittleEndian
	raw := s.Raw[:]
	s.Signal = kernel.Signal(le.Uint32(raw[0:]))
	s.Errno = int32(le.Uint32(raw[4:]))
	s.Code = int32(le.Uint32(raw[8:]))
	s.PID, s.UID, s.Status, s.Addr, s.Sync = 0, 0, 0, 0, false
	switch sig := int(s.Signal); {
	case s.Code > 0 && s.Code < siKernel && faultSignals[sig]:
		s.Addr = le.Uint64(raw[16:])
		s.Sync = true
	case s.Code == siKernel && faultSignals[sig]: // general protection: no address
		s.Sync = true
	case s.Code <= 0 || sig == sigChld:
		s.PID = kernel.PID(int32(le.Uint32(raw[16:])))
		s.UID = int(le.Uint32(raw[20:]))
		s.Status = int32(le.Uint32(raw[24:]))
	}
}

const sigChld = 17

// faultSignals are raised by the hardware for what an instruction did; SIGSYS by a
// seccomp filter.
var faultSignals = [65]bool{4: true, sigTrap: true, 7: true, 8: true, 11: true, 31: true}
