// Package kinfo is the structures that FreeBSD's kern.proc.* sysctls give on amd64, decoded
// and encoded by one table of offsets: the FreeBSD source of procfs reads them, the modeled
// kernel writes them.
//
// Layouts are those of sys/user.h (KINFO_PROC_SIZE 1088; records of vmmap and filedesc begin
// with their own size and end where their path does). They are tested on what a FreeBSD 15.0
// kernel gave.
package kinfo

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var le = binary.LittleEndian

// ProcSize is the size of struct kinfo_proc, Proc32Size that of the one that 32-bit programs and
// their cores have (sys/compat/freebsd32/freebsd32.h).
const (
	ProcSize   = 1088
	Proc32Size = 768
)

// SigSet is a sigset_t: signal n is bit (n-1)%32 of word (n-1)/32.
type SigSet [4]uint32

// Timeval is a struct timeval.
type Timeval struct{ Sec, Usec int64 }

// Rusage is a struct rusage; sizes are in KiB.
type Rusage struct {
	User, System                   Timeval
	MaxRSS, Ixrss, Idrss, Isrss    int64
	MinFlt, MajFlt, Swaps          int64
	InBlock, OutBlock              int64
	MsgSent, MsgReceived, Signals  int64
	VoluntarySwitches, Involuntary int64
}

// The values of Proc.Stat.
const (
	Idle   = 1 // being made
	Run    = 2
	Sleep  = 3
	Stop   = 4
	Zombie = 5
	Wait   = 6 // an interrupt thread
	Lock   = 7
)

// Bits of Proc.Flag (sys/proc.h, P_...).
const (
	FlagControlT     = 1 << 1
	FlagKproc        = 1 << 2
	FlagPPWait       = 1 << 4 // waits for its vfork child
	FlagHadThreads   = 1 << 7
	FlagSugid        = 1 << 8
	FlagSystem       = 1 << 9
	FlagTraced       = 1 << 11
	FlagWaited       = 1 << 12 // its stop has been waited for
	FlagWExit        = 1 << 13
	FlagExec         = 1 << 14
	FlagWKilled      = 1 << 15
	FlagContinued    = 1 << 16
	FlagStoppedSig   = 1 << 17 // by job control
	FlagStoppedTrace = 1 << 18
	FlagInExec       = 1 << 26 // in execve(2): it cannot be traced yet
	FlagStatChild    = 1 << 27
	FlagPPTrace      = 1 << 31 // by PT_TRACE_ME
)

// TDFlagSInterruptible is TDF_SINTR of Proc.TDFlags: a sleep that signals end.
const TDFlagSInterruptible = 0x08

// Proc is struct kinfo_proc: one process, or one of its threads.
type Proc struct {
	PID, PPID, PGID, TPGID, SID, TSID int32
	Jobc                              int16
	SigList, SigMask                  SigSet // SigList of a process: what is pending for it
	SigIgnore, SigCatch               SigSet
	UID, RUID, SVUID                  uint32
	RGID, SVGID                       uint32
	Groups                            []uint32 // at most 16; the first is the effective one
	Size                              uint64   // bytes
	RSSize, Swrss                     uint64   // pages
	TSize, DSize, SSize               uint64   // pages
	Xstat, Acflag                     uint16   // exit status for wait; accounting
	PctCPU, EstCPU, SlpTime, SwTime   uint32
	Runtime                           uint64 // microseconds
	Start, ChildTime                  Timeval
	Flag                              uint64
	KiFlag                            uint64
	TraceFlag                         int32
	Stat                              byte
	Nice                              int8
	TDName, WMesg, Login, LockName    string
	Comm, Emul, LoginClass            string
	TDev                              uint64
	OnCPU, LastCPU                    int32
	Tracer                            int32
	Flag2, FibNum, CrFlags            uint32
	JID                               int32
	NumThreads, TID                   int32
	Pri                               [4]byte // class, level, native, user
	Usage, UsageChildren              Rusage
	SFlag, TDFlags                    uint64
}

// member is where one member of a Proc is in the structure of 64-bit and in that of 32-bit programs,
// and how it is copied: long is the size of a long there.
type member struct {
	off, off32   int
	size, size32 int
	get          func(p *Proc, b []byte, long int)
	put          func(p *Proc, b []byte) // of 64 bits
}

func num[T int16 | uint16 | int32 | uint32 | uint64 | byte | int8](off, off32 int, f func(*Proc) *T) member {
	n := binary.Size(T(0))
	return member{off, off32, n, n, func(p *Proc, b []byte, _ int) {
		var w [8]byte
		copy(w[:], b[:n])
		*f(p) = T(le.Uint64(w[:]))
	}, func(p *Proc, b []byte) {
		var w [8]byte
		le.PutUint64(w[:], uint64(*f(p)))
		copy(b[:n], w[:n])
	}}
}

// long is a number as wide as a long.
func long(off, off32 int, f func(*Proc) *uint64) member {
	return member{off, off32, 8, 4, func(p *Proc, b []byte, long int) {
		if *f(p) = uint64(word(b, long)); long == 4 {
			*f(p) = uint64(uint32(*f(p)))
		}
	}, func(p *Proc, b []byte) { le.PutUint64(b, *f(p)) }}
}

// word is a long, with its sign.
func word(b []byte, long int) int64 {
	if long == 4 {
		return int64(int32(le.Uint32(b)))
	}
	return int64(le.Uint64(b))
}

func text(off, off32, size int, f func(*Proc) *string) member {
	return member{off, off32, size, size, func(p *Proc, b []byte, _ int) { *f(p) = cstring(b[:size]) },
		func(p *Proc, b []byte) { clear(b[:size]); copy(b[:size-1], *f(p)) }}
}

func set(off, off32 int, f func(*Proc) *SigSet) member {
	return member{off, off32, 16, 16, func(p *Proc, b []byte, _ int) {
		for i := range f(p) {
			f(p)[i] = le.Uint32(b[4*i:])
		}
	}, func(p *Proc, b []byte) {
		for i, w := range f(p) {
			le.PutUint32(b[4*i:], w)
		}
	}}
}

// longs are several in a row: a struct timeval, a struct rusage.
func longs(off, off32 int, f func(*Proc) []*int64) member {
	n := len(f(new(Proc)))
	return member{off, off32, 8 * n, 4 * n, func(p *Proc, b []byte, long int) {
		for i, v := range f(p) {
			*v = word(b[long*i:], long)
		}
	}, func(p *Proc, b []byte) {
		for i, v := range f(p) {
			le.PutUint64(b[8*i:], uint64(*v))
		}
	}}
}

func (t *Timeval) longs() []*int64 { return []*int64{&t.Sec, &t.Usec} }

func (r *Rusage) longs() []*int64 {
	return []*int64{&r.User.Sec, &r.User.Usec, &r.System.Sec, &r.System.Usec, &r.MaxRSS, &r.Ixrss, &r.Idrss, &r.Isrss, &r.MinFlt, &r.MajFlt,
		&r.Swaps, &r.InBlock, &r.OutBlock, &r.MsgSent, &r.MsgReceived, &r.Signals, &r.VoluntarySwitches, &r.Involuntary}
}

// groups is ki_ngroups and ki_groups.
var groups = member{188, 156, 68, 68, func(p *Proc, b []byte, _ int) {
	n := min(int(le.Uint16(b)), 16)
	p.Groups = make([]uint32, n)
	for i := range p.Groups {
		p.Groups[i] = le.Uint32(b[4+4*i:])
	}
}, func(p *Proc, b []byte) {
	n := min(len(p.Groups), 16)
	le.PutUint16(b, uint16(n))
	for i := range n {
		le.PutUint32(b[4+4*i:], p.Groups[i])
	}
}}

var members = []member{
	num(72, 40, func(p *Proc) *int32 { return &p.PID }), num(76, 44, func(p *Proc) *int32 { return &p.PPID }),
	num(80, 48, func(p *Proc) *int32 { return &p.PGID }), num(84, 52, func(p *Proc) *int32 { return &p.TPGID }),
	num(88, 56, func(p *Proc) *int32 { return &p.SID }), num(92, 60, func(p *Proc) *int32 { return &p.TSID }),
	num(96, 64, func(p *Proc) *int16 { return &p.Jobc }),
	set(104, 72, func(p *Proc) *SigSet { return &p.SigList }), set(120, 88, func(p *Proc) *SigSet { return &p.SigMask }),
	set(136, 104, func(p *Proc) *SigSet { return &p.SigIgnore }), set(152, 120, func(p *Proc) *SigSet { return &p.SigCatch }),
	num(168, 136, func(p *Proc) *uint32 { return &p.UID }), num(172, 140, func(p *Proc) *uint32 { return &p.RUID }),
	num(176, 144, func(p *Proc) *uint32 { return &p.SVUID }), num(180, 148, func(p *Proc) *uint32 { return &p.RGID }),
	num(184, 152, func(p *Proc) *uint32 { return &p.SVGID }), groups,
	long(256, 224, func(p *Proc) *uint64 { return &p.Size }), long(264, 228, func(p *Proc) *uint64 { return &p.RSSize }),
	long(272, 232, func(p *Proc) *uint64 { return &p.Swrss }), long(280, 236, func(p *Proc) *uint64 { return &p.TSize }),
	long(288, 240, func(p *Proc) *uint64 { return &p.DSize }), long(296, 244, func(p *Proc) *uint64 { return &p.SSize }),
	num(304, 248, func(p *Proc) *uint16 { return &p.Xstat }), num(306, 250, func(p *Proc) *uint16 { return &p.Acflag }),
	num(308, 252, func(p *Proc) *uint32 { return &p.PctCPU }), num(312, 256, func(p *Proc) *uint32 { return &p.EstCPU }),
	num(316, 260, func(p *Proc) *uint32 { return &p.SlpTime }), num(320, 264, func(p *Proc) *uint32 { return &p.SwTime }),
	num(328, 272, func(p *Proc) *uint64 { return &p.Runtime }),
	longs(336, 280, func(p *Proc) []*int64 { return p.Start.longs() }), longs(352, 288, func(p *Proc) []*int64 { return p.ChildTime.longs() }),
	long(368, 296, func(p *Proc) *uint64 { return &p.Flag }), long(376, 300, func(p *Proc) *uint64 { return &p.KiFlag }),
	num(384, 304, func(p *Proc) *int32 { return &p.TraceFlag }), num(388, 308, func(p *Proc) *byte { return &p.Stat }),
	num(389, 309, func(p *Proc) *int8 { return &p.Nice }),
	text(394, 314, 17, func(p *Proc) *string { return &p.TDName }), text(411, 331, 9, func(p *Proc) *string { return &p.WMesg }),
	text(420, 340, 18, func(p *Proc) *string { return &p.Login }), text(438, 358, 9, func(p *Proc) *string { return &p.LockName }),
	text(447, 367, 20, func(p *Proc) *string { return &p.Comm }), text(467, 387, 17, func(p *Proc) *string { return &p.Emul }),
	text(484, 404, 18, func(p *Proc) *string { return &p.LoginClass }),
	num(560, 480, func(p *Proc) *uint64 { return &p.TDev }), num(568, 488, func(p *Proc) *int32 { return &p.OnCPU }),
	num(572, 492, func(p *Proc) *int32 { return &p.LastCPU }), num(576, 496, func(p *Proc) *int32 { return &p.Tracer }),
	num(580, 500, func(p *Proc) *uint32 { return &p.Flag2 }), num(584, 504, func(p *Proc) *uint32 { return &p.FibNum }),
	num(588, 508, func(p *Proc) *uint32 { return &p.CrFlags }), num(592, 512, func(p *Proc) *int32 { return &p.JID }),
	num(596, 516, func(p *Proc) *int32 { return &p.NumThreads }), num(600, 520, func(p *Proc) *int32 { return &p.TID }),
	{604, 524, 4, 4, func(p *Proc, b []byte, _ int) { copy(p.Pri[:], b) }, func(p *Proc, b []byte) { copy(b, p.Pri[:]) }},
	longs(608, 528, func(p *Proc) []*int64 { return p.Usage.longs() }), longs(752, 600, func(p *Proc) []*int64 { return p.UsageChildren.longs() }),
	long(1072, 760, func(p *Proc) *uint64 { return &p.SFlag }), long(1080, 764, func(p *Proc) *uint64 { return &p.TDFlags }),
}

// A thread's name is 20 bytes in two places, the second of which is ki_moretdname.
const (
	nameSize           = 17
	moreOff, moreOff32 = 502, 422
	moreSize           = 4
)

var errSize = errors.New("kinfo: a record says that it is longer than what there is, or too short")

// DecodeProcs reads the records of kern.proc.pid, kern.proc.pid_td or kern.proc.proc.
func DecodeProcs(b []byte) ([]Proc, error) {
	var out []Proc
	for len(b) > 0 {
		if len(b) < 4 {
			return out, errSize
		}
		n := int(int32(le.Uint32(b)))
		if n < ProcSize && n != Proc32Size || n > len(b) {
			return out, fmt.Errorf("%w: %d bytes of %d", errSize, n, len(b))
		}
		var p Proc
		if n == Proc32Size {
			p.decode32(b[:n])
		} else {
			p.decode(b[:n])
		}
		out = append(out, p)
		b = b[n:]
	}
	return out, nil
}

func (p *Proc) decode(b []byte) {
	for i := range members {
		m := &members[i]
		m.get(p, b[m.off:m.off+m.size], 8)
	}
	p.moreName(b[moreOff:])
}

func (p *Proc) decode32(b []byte) {
	for i := range members {
		m := &members[i]
		m.get(p, b[m.off32:m.off32+m.size32], 4)
	}
	p.moreName(b[moreOff32:])
}

func (p *Proc) moreName(b []byte) {
	if len(p.TDName) == nameSize-1 {
		p.TDName += cstring(b[:moreSize])
	}
}

// Append appends the record.
func (p *Proc) Append(b []byte) []byte {
	var r [ProcSize]byte
	le.PutUint32(r[:], ProcSize)
	for _, m := range members {
		m.put(p, r[m.off:m.off+m.size])
	}
	if len(p.TDName) > nameSize-1 {
		copy(r[moreOff:moreOff+moreSize-1], p.TDName[nameSize-1:])
	}
	return append(b, r[:]...)
}

func cstring(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
