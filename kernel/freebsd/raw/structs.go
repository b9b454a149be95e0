package raw

import "encoding/binary"

var le = binary.LittleEndian

// Sizes of the structures, in bytes.
const (
	LwpinfoSize    = 160
	SiginfoSize    = 80
	RegSize        = 176 // struct reg; laid out in regs.FromFreeBSD
	DbregSize      = 128 // struct dbreg; regs.FromFreeBSDDebug
	FpregSize      = 512 // struct fpreg
	IODescSize     = 32
	VMEntrySize    = 64
	ScRetSize      = 24
	ScRemoteSize   = 40
	CoredumpSize   = 16
	XstateInfoSize = 16
	ScArgsMax      = 8 // arguments that PT_GET_SC_ARGS gives
)

// Members of struct reg that regs.Set has no place for.
const (
	RegTrapno = 120 // 4 bytes
	RegErr    = 128 // 4 bytes
)

// SigSet is a sigset_t: signal n is bit (n-1)%32 of word (n-1)/32.
type SigSet [4]uint32

// Has says whether a signal is in the set.
func (s *SigSet) Has(n int) bool {
	return n >= 1 && n <= 128 && s[(n-1)/32]>>((n-1)%32)&1 != 0
}

// Add puts a signal in.
func (s *SigSet) Add(n int) {
	if n >= 1 && n <= 128 {
		s[(n-1)/32] |= 1 << ((n - 1) % 32)
	}
}

// Del takes a signal out.
func (s *SigSet) Del(n int) {
	if n >= 1 && n <= 128 {
		s[(n-1)/32] &^= 1 << ((n - 1) % 32)
	}
}

// Empty says whether nothing is in it.
func (s *SigSet) Empty() bool { return *s == SigSet{} }

// List is the signals in it, ascending.
func (s *SigSet) List() []int {
	var out []int
	for n := 1; n <= 128; n++ {
		if s.Has(n) {
			out = append(out, n)
		}
	}
	return out
}

// DecodeSigSet reads a set from 16 bytes.
func DecodeSigSet(b []byte) (s SigSet) {
	for i := range s {
		s[i] = le.Uint32(b[4*i:])
	}
	return s
}

// Encode writes a set to 16 bytes.
func (s *SigSet) Encode(b []byte) {
	for i, w := range s {
		le.PutUint32(b[4*i:], w)
	}
}

// Siginfo is siginfo_t.
type Siginfo struct {
	Signo, Errno, Code, PID int32
	UID                     uint32
	Status                  int32
	Addr, Value             uint64
	Trapno                  int32     // _reason._fault
	Reason                  [9]uint32 // the rest of _reason, by meaning of the signal
}

// si_code values (sys/signal.h).
const (
	SiNoinfo  = 0
	SiUser    = 0x10001
	SiQueue   = 0x10002
	SiTimer   = 0x10003
	SiAsyncIO = 0x10004
	SiMesgQ   = 0x10005
	SiKernel  = 0x10006
	SiLWP     = 0x10007

	TrapBrkpt  = 1
	TrapTrace  = 2
	TrapDtrace = 3
	TrapCap    = 4

	CldExited    = 1
	CldKilled    = 2
	CldDumped    = 3
	CldTrapped   = 4
	CldStopped   = 5
	CldContinued = 6
)

// DecodeSiginfo reads one from SiginfoSize bytes.
func DecodeSiginfo(b []byte) Siginfo {
	s := Siginfo{Signo: i32(b, 0), Errno: i32(b, 4), Code: i32(b, 8), PID: i32(b, 12), UID: le.Uint32(b[16:]), Status: i32(b, 20),
		Addr: le.Uint64(b[24:]), Value: le.Uint64(b[32:]), Trapno: i32(b, 40)}
	for i := range s.Reason {
		s.Reason[i] = le.Uint32(b[44+4*i:])
	}
	return s
}

// Encode writes it to SiginfoSize bytes.
func (s *Siginfo) Encode(b []byte) {
	for i, v := range []int32{s.Signo, s.Errno, s.Code, s.PID, int32(s.UID), s.Status} {
		put32(b, 4*i, v)
	}
	le.PutUint64(b[24:], s.Addr)
	le.PutUint64(b[32:], s.Value)
	put32(b, 40, s.Trapno)
	for i, v := range s.Reason {
		le.PutUint32(b[44+4*i:], v)
	}
}

// LWPInfo is struct ptrace_lwpinfo.
type LWPInfo struct {
	LWP      int32
	Event    int32 // EventNone, EventSignal
	Flags    uint32
	Sigmask  SigSet
	Siglist  SigSet // pending for the thread; what is pending for the process is not in it
	Siginfo  Siginfo
	Tdname   [20]byte
	ChildPID int32
	Code     uint32 // system call it is in or, at some stops, was last in; 0 none
	Narg     uint32
}

// pl_event.
const (
	EventNone   = 0
	EventSignal = 1
)

// pl_flags.
const (
	FlagSA        = 0x01
	FlagBound     = 0x02
	FlagSCE       = 0x04
	FlagSCX       = 0x08
	FlagExec      = 0x10
	FlagSI        = 0x20 // Siginfo is that of the stop
	FlagForked    = 0x40
	FlagChild     = 0x80
	FlagBorn      = 0x100
	FlagExited    = 0x200
	FlagVforked   = 0x400
	FlagVforkDone = 0x800
)

// Offsets of the members.
const (
	lwpSigmask  = 12
	lwpSiglist  = 28
	LwpSiginfo  = 48 // 80 bytes
	lwpTdname   = 128
	lwpChildPID = 148
	lwpCode     = 152
	lwpNarg     = 156
)

// DecodeLWPInfo reads one from LwpinfoSize bytes.
func DecodeLWPInfo(b []byte, l *LWPInfo) {
	l.LWP, l.Event, l.Flags = i32(b, 0), i32(b, 4), le.Uint32(b[8:])
	l.Sigmask, l.Siglist = DecodeSigSet(b[lwpSigmask:]), DecodeSigSet(b[lwpSiglist:])
	l.Siginfo = DecodeSiginfo(b[LwpSiginfo:])
	copy(l.Tdname[:], b[lwpTdname:])
	l.ChildPID, l.Code, l.Narg = i32(b, lwpChildPID), le.Uint32(b[lwpCode:]), le.Uint32(b[lwpNarg:])
}

// Encode writes it to LwpinfoSize bytes.
func (l *LWPInfo) Encode(b []byte) {
	put32(b, 0, l.LWP)
	put32(b, 4, l.Event)
	le.PutUint32(b[8:], l.Flags)
	l.Sigmask.Encode(b[lwpSigmask:])
	l.Siglist.Encode(b[lwpSiglist:])
	le.PutUint32(b[44:], 0)
	l.Siginfo.Encode(b[LwpSiginfo:])
	copy(b[lwpTdname:lwpTdname+20], l.Tdname[:])
	put32(b, lwpChildPID, l.ChildPID)
	le.PutUint32(b[lwpCode:], l.Code)
	le.PutUint32(b[lwpNarg:], l.Narg)
}

// Name is the thread's name.
func (l *LWPInfo) Name() string { return cstring(l.Tdname[:]) }

// ScReturn is struct ptrace_sc_ret: what a system call returned. Err may be ERESTART or
// EJUSTRETURN.
type ScReturn struct {
	Ret [2]uint64
	Err Errno
}

// DecodeScReturn reads one from ScRetSize bytes.
func DecodeScReturn(b []byte) ScReturn {
	return ScReturn{[2]uint64{le.Uint64(b), le.Uint64(b[8:])}, Errno(i32(b, 16))}
}

// Encode writes it to ScRetSize bytes.
func (r *ScReturn) Encode(b []byte) {
	le.PutUint64(b, r.Ret[0])
	le.PutUint64(b[8:], r.Ret[1])
	put32(b, 16, int32(r.Err))
	put32(b, 20, 0)
}

// VMMapEntry is struct ptrace_vm_entry, without the pointer to the path's buffer. Entry 0
// asks for the first; a call fills in the next one's number. The high half of Prot is the
// maximum protection (scenario vm-timestamp and the README's list of surprises).
type VMMapEntry struct {
	Entry, Timestamp   int32
	Start, End, Offset uint64 // End is the last byte
	Prot, PathLen      uint32
	FileID             int64
	FSID               uint32
}

// DecodeVMEntry reads one from VMEntrySize bytes.
func DecodeVMEntry(b []byte) VMMapEntry {
	return VMMapEntry{i32(b, 0), i32(b, 4), le.Uint64(b[8:]), le.Uint64(b[16:]), le.Uint64(b[24:]),
		le.Uint32(b[32:]), le.Uint32(b[36:]), int64(le.Uint64(b[40:])), le.Uint32(b[48:])}
}

// Encode writes it to VMEntrySize bytes and leaves the pointer alone.
func (v *VMMapEntry) Encode(b []byte) {
	put32(b, 0, v.Entry)
	put32(b, 4, v.Timestamp)
	for i, w := range []uint64{v.Start, v.End, v.Offset} {
		le.PutUint64(b[8+8*i:], w)
	}
	le.PutUint32(b[32:], v.Prot)
	le.PutUint32(b[36:], v.PathLen)
	le.PutUint64(b[40:], uint64(v.FileID))
	le.PutUint32(b[48:], v.FSID)
}

// CoredumpRequest is struct ptrace_coredump.
type CoredumpRequest struct {
	FD    int32
	Flags uint32 // CoreCompress, CoreAll
	Limit int64  // bytes; 0 none
}

// Flags of CoredumpRequest.
const (
	CoreCompress = 1
	CoreAll      = 2
)

// DecodeCoredump reads one from CoredumpSize bytes.
func DecodeCoredump(b []byte) CoredumpRequest {
	return CoredumpRequest{i32(b, 0), le.Uint32(b[4:]), int64(le.Uint64(b[8:]))}
}

// Encode writes it to CoredumpSize bytes.
func (c *CoredumpRequest) Encode(b []byte) {
	put32(b, 0, c.FD)
	le.PutUint32(b[4:], c.Flags)
	le.PutUint64(b[8:], uint64(c.Limit))
}

// XstateInfo is struct ptrace_xstate_info.
type XstateInfo struct {
	Mask uint64
	Len  uint32
}

// DecodeXstateInfo reads one from XstateInfoSize bytes.
func DecodeXstateInfo(b []byte) XstateInfo { return XstateInfo{le.Uint64(b), le.Uint32(b[8:])} }

// Encode writes it to XstateInfoSize bytes.
func (x *XstateInfo) Encode(b []byte) {
	le.PutUint64(b, x.Mask)
	le.PutUint32(b[8:], x.Len)
	le.PutUint32(b[12:], 0)
}

func i32(b []byte, off int) int32      { return int32(le.Uint32(b[off:])) }
func put32(b []byte, off int, v int32) { le.PutUint32(b[off:], uint32(v)) }

func cstring(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
