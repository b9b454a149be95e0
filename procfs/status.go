package procfs

// Identity, credentials, signals and sizes of a process or thread
// (proc_pid_status(5)): keyed lines, one row each. A kernel that lacks a line leaves
// the field at zero; lines without a row are passed over.

import (
	"bytes"
	"strconv"
)

// IDs are the four user or group ids of a process. FS is Linux's own; elsewhere it
// equals Effective.
type IDs struct{ Real, Effective, Saved, FS uint32 }

// The values of Status.Seccomp (seccomp(2)).
const (
	SeccompNone = iota
	SeccompStrict
	SeccompFilter
)

// Status is what the kernel tells of one process, or of one thread.
type Status struct {
	Name      string // command name, any bytes, at most 15
	State     State
	TGID      int // the process; equal to PID for its first thread
	PID       int // the thread
	PPID      int
	TracerPID int // 0 when untraced (or when the tracer is in another pid namespace)
	UID, GID  IDs
	Groups    []uint32
	// NSTGID, NSPID: ids in each nested pid namespace, the reader's first.
	NSTGID, NSPID  []int
	KernelThread   bool // only told since Linux 6.8; see also Stat.KernelThread
	HasMemory      bool // it has an address space: no kernel thread, no zombie
	CoreDumping    bool
	Threads        int
	SigQueued      uint64 // signals queued for the real user, of at most SigQueueLimit
	SigQueueLimit  uint64
	SigPending     SigSet // for this thread
	SharedPending  SigSet // for the process
	SigBlocked     SigSet
	SigIgnored     SigSet
	SigCaught      SigSet
	CapInheritable Caps
	CapPermitted   Caps
	CapEffective   Caps
	CapBounding    Caps
	CapAmbient     Caps
	NoNewPrivs     bool
	Seccomp        int // SeccompNone, SeccompStrict, SeccompFilter
	SeccompFilters int
	// Sizes are in bytes.
	VMPeak, VMSize, VMLocked, VMPinned uint64
	VMHighWater, VMRSS                 uint64
	RSSAnon, RSSFile, RSSShared        uint64
	VMData, VMStack, VMExe, VMLib      uint64
	VMPageTables, VMSwap               uint64

	VoluntarySwitches, InvoluntarySwitches uint64
}

// Status reads the file.
func (p Proc) Status() (*Status, error) {
	b, err := p.readFull("status")
	if err != nil {
		return nil, err
	}
	st, err := ParseStatus(b)
	return st, p.parsed("status", err)
}

// A statusRow stores the value of one key; false when it makes no sense.
type statusRow func(*Status, []byte) bool

var statusRows = map[string]statusRow{
	"Name":            func(s *Status, v []byte) bool { s.Name = cEscapes(v); return true },
	"State":           func(s *Status, v []byte) bool { s.State = State(firstByte(v)); return len(v) > 0 },
	"Tgid":            intRow(func(s *Status) *int { return &s.TGID }),
	"Pid":             intRow(func(s *Status) *int { return &s.PID }),
	"PPid":            intRow(func(s *Status) *int { return &s.PPID }),
	"TracerPid":       intRow(func(s *Status) *int { return &s.TracerPID }),
	"Uid":             func(s *Status, v []byte) (ok bool) { s.UID, ok = fourIDs(v); return ok },
	"Gid":             func(s *Status, v []byte) (ok bool) { s.GID, ok = fourIDs(v); return ok },
	"Groups":          func(s *Status, v []byte) (ok bool) { s.Groups, ok = list[uint32](v); return ok },
	"NStgid":          func(s *Status, v []byte) (ok bool) { s.NSTGID, ok = list[int](v); return ok },
	"NSpid":           func(s *Status, v []byte) (ok bool) { s.NSPID, ok = list[int](v); return ok },
	"Kthread":         boolRow(func(s *Status) *bool { return &s.KernelThread }),
	"CoreDumping":     boolRow(func(s *Status) *bool { return &s.CoreDumping }),
	"Threads":         intRow(func(s *Status) *int { return &s.Threads }),
	"SigQ":            func(s *Status, v []byte) (ok bool) { s.SigQueued, s.SigQueueLimit, ok = pair(v, '/', 10); return ok },
	"SigPnd":          sigRow(func(s *Status) *SigSet { return &s.SigPending }),
	"ShdPnd":          sigRow(func(s *Status) *SigSet { return &s.SharedPending }),
	"SigBlk":          sigRow(func(s *Status) *SigSet { return &s.SigBlocked }),
	"SigIgn":          sigRow(func(s *Status) *SigSet { return &s.SigIgnored }),
	"SigCgt":          sigRow(func(s *Status) *SigSet { return &s.SigCaught }),
	"CapInh":          capRow(func(s *Status) *Caps { return &s.CapInheritable }),
	"CapPrm":          capRow(func(s *Status) *Caps { return &s.CapPermitted }),
	"CapEff":          capRow(func(s *Status) *Caps { return &s.CapEffective }),
	"CapBnd":          capRow(func(s *Status) *Caps { return &s.CapBounding }),
	"CapAmb":          capRow(func(s *Status) *Caps { return &s.CapAmbient }),
	"NoNewPrivs":      boolRow(func(s *Status) *bool { return &s.NoNewPrivs }),
	"Seccomp":         intRow(func(s *Status) *int { return &s.Seccomp }),
	"Seccomp_filters": intRow(func(s *Status) *int { return &s.SeccompFilters }),
	"VmPeak":          kbRow(func(s *Status) *uint64 { return &s.VMPeak }),
	"VmSize": func(s *Status, v []byte) (ok bool) {
		s.VMSize, ok = kilobytes(v)
		s.HasMemory = true
		return ok
	},
	"VmLck":    kbRow(func(s *Status) *uint64 { return &s.VMLocked }),
	"VmPin":    kbRow(func(s *Status) *uint64 { return &s.VMPinned }),
	"VmHWM":    kbRow(func(s *Status) *uint64 { return &s.VMHighWater }),
	"VmRSS":    kbRow(func(s *Status) *uint64 { return &s.VMRSS }),
	"RssAnon":  kbRow(func(s *Status) *uint64 { return &s.RSSAnon }),
	"RssFile":  kbRow(func(s *Status) *uint64 { return &s.RSSFile }),
	"RssShmem": kbRow(func(s *Status) *uint64 { return &s.RSSShared }),
	"VmData":   kbRow(func(s *Status) *uint64 { return &s.VMData }),
	"VmStk":    kbRow(func(s *Status) *uint64 { return &s.VMStack }),
	"VmExe":    kbRow(func(s *Status) *uint64 { return &s.VMExe }),
	"VmLib":    kbRow(func(s *Status) *uint64 { return &s.VMLib }),
	"VmPTE":    kbRow(func(s *Status) *uint64 { return &s.VMPageTables }),
	"VmSwap":   kbRow(func(s *Status) *uint64 { return &s.VMSwap }),

	"voluntary_ctxt_switches":    countRow(func(s *Status) *uint64 { return &s.VoluntarySwitches }),
	"nonvoluntary_ctxt_switches": countRow(func(s *Status) *uint64 { return &s.InvoluntarySwitches }),
}

func intRow(at func(*Status) *int) statusRow {
	return func(s *Status, v []byte) bool {
		n, ok := signed(v)
		*at(s) = int(n)
		return ok && n == int64(int32(n))
	}
}

func boolRow(at func(*Status) *bool) statusRow {
	return func(s *Status, v []byte) bool {
		*at(s) = string(v) == "1"
		return len(v) == 1 && (v[0] == '0' || v[0] == '1')
	}
}

func sigRow(at func(*Status) *SigSet) statusRow {
	return func(s *Status, v []byte) (ok bool) {
		if len(v) == 32 { // FreeBSD has 128 signals
			if at(s)[1], ok = number(v[:16], 16); !ok {
				return false
			}
			v = v[16:]
		}
		at(s)[0], ok = number(v, 16)
		return ok
	}
}

func capRow(at func(*Status) *Caps) statusRow {
	return func(s *Status, v []byte) bool {
		n, ok := number(v, 16)
		*at(s) = Caps(n)
		return ok
	}
}

func kbRow(at func(*Status) *uint64) statusRow {
	return func(s *Status, v []byte) (ok bool) { *at(s), ok = kilobytes(v); return ok }
}

func countRow(at func(*Status) *uint64) statusRow {
	return func(s *Status, v []byte) (ok bool) { *at(s), ok = number(v, 10); return ok }
}

// ParseStatus reads the text of /proc/PID/status.
func ParseStatus(b []byte) (*Status, error) {
	s := new(Status)
	for n, line := range lines(b) {
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			return nil, malformed(n, line, "no colon")
		}
		// One tab after the colon; a name may begin or end with blanks of its own.
		value = bytes.TrimPrefix(value, []byte("\t"))
		if row, ok := statusRows[string(key)]; ok && !row(s, value) {
			return nil, malformed(n, line, "bad value")
		}
	}
	if s.State == 0 || s.PID == 0 {
		return nil, &ParseError{Msg: "truncated: no State and Pid lines"}
	}
	return s, nil
}

func firstByte(b []byte) byte {
	if len(b) == 0 {
		return 0
	}
	return b[0]
}

func fourIDs(b []byte) (IDs, bool) {
	n, ok := list[uint32](b)
	if !ok || len(n) != 4 {
		return IDs{}, false
	}
	return IDs{n[0], n[1], n[2], n[3]}, true
}

// list reads numbers between blanks, each of at most 32 bits.
func list[T int | uint32](b []byte) ([]T, bool) {
	var out []T
	for {
		var word []byte
		if word, b = field(b); len(word) == 0 {
			return out, true
		}
		n, ok := number(word, 10)
		if !ok || n>>32 != 0 {
			return nil, false
		}
		out = append(out, T(n))
	}
}

// cEscapes decodes the name in status, where the kernel writes a newline as \n and a
// backslash as \\ (fs/proc/array.c, proc_task_name).
func cEscapes(b []byte) string {
	if bytes.IndexByte(b, '\\') < 0 {
		return string(b)
	}
	out := make([]byte, 0, len(b))
	for i := 0; i < len(b); i++ {
		if b[i] == '\\' && i+1 < len(b) {
			switch b[i+1] {
			case 'n':
				out = append(out, '\n')
				i++
				continue
			case '\\':
				out = append(out, '\\')
				i++
				continue
			}
		}
		out = append(out, b[i])
	}
	return string(out)
}

// String is "uid 1000", or all four when they differ.
func (id IDs) String() string {
	u := func(n uint32) string { return strconv.FormatUint(uint64(n), 10) }
	if id.Real == id.Effective && id.Real == id.Saved {
		return u(id.Real)
	}
	return u(id.Real) + " (effective " + u(id.Effective) + ", saved " + u(id.Saved) + ")"
}
