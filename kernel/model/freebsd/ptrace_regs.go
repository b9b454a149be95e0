package freebsd

// Requests about a thread's registers.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/regs"
)

func init() {
	for req, f := range map[int]func(*request) (int, errno.Errno){
		raw.GetRegs: getArea(raw.RegSize, genRegs), raw.SetRegs: setArea(raw.RegSize, setGenRegs),
		raw.GetFpRegs: getArea(raw.FpregSize, fpRegs), raw.SetFpRegs: setArea(raw.FpregSize, setFPRegs),
		raw.GetDbRegs: getArea(raw.DbregSize, debugRegs), raw.SetDbRegs: setArea(raw.DbregSize, setDebugRegs),
		raw.GetXstateInfo: (*request).xstateInfo, raw.GetXstate: (*request).getXstate, raw.SetXstate: (*request).setXstate,
		raw.GetFsBase: getBase(fsBase), raw.SetFsBase: setBase(fsBase), raw.GetGsBase: getBase(gsBase), raw.SetGsBase: setBase(gsBase),
		raw.GetRegset: (*request).getRegset, raw.SetRegset: (*request).setRegset,
	} {
		requests[req] = f
	}
}

// getArea and setArea are requests whose operand is a structure.
func getArea(size int, fill func(*kern.Thread, []byte)) func(*request) (int, errno.Errno) {
	return func(r *request) (int, errno.Errno) {
		b := make([]byte, size)
		fill(r.t, b)
		return 0, r.mem.out(r.addr, b)
	}
}

func setArea(size int, take func(*kern.Thread, []byte) errno.Errno) func(*request) (int, errno.Errno) {
	return func(r *request) (int, errno.Errno) {
		b := make([]byte, size)
		if e := r.mem.in(r.addr, b); e != errno.OK {
			return 0, e
		}
		r.wrote()
		return 0, take(r.t, b)
	}
}

// toSet and fromSet go by way of package regs, which has the layouts.
func genRegs(t *kern.Thread, b []byte) {
	var s regs.Set
	t.Regs.ToSet(&s)
	regs.ToFreeBSD(&s, b)
}

// setGenRegs is set_regs: EINVAL for flags that user mode may not change, and for a code segment
// that is not its own (regs-set-bad).
func setGenRegs(t *kern.Thread, b []byte) errno.Errno {
	var s regs.Set
	t.Regs.ToSet(&s)
	before := t.Regs
	if regs.FromFreeBSD(b, &s) != nil {
		return errno.EINVAL
	}
	n := t.Regs
	n.FromSet(&s)
	if (n.Flags^before.Flags)&^userFlags != 0 || n.Segment[cpu.CS]&3 != 3 {
		return errno.EINVAL
	}
	n.DR, n.FSBase, n.GSBase = before.DR, before.FSBase, before.GSBase
	t.Regs = n
	lwpOf(t).full()
	return errno.OK
}

func fpRegs(t *kern.Thread, b []byte) { lwpOf(t).fx.put(b, &t.Regs) }

func setFPRegs(t *kern.Thread, b []byte) errno.Errno {
	lwpOf(t).fx.get(b, &t.Regs)
	return errno.OK
}

func debugRegs(t *kern.Thread, b []byte) {
	for _, i := range [...]int{0, 1, 2, 3, 6, 7} {
		le.PutUint64(b[8*i:], t.Regs.DR[i])
	}
}

// setDebugRegs is set_dbregs: EINVAL for bits past 32, an I/O condition, and an enabled address
// that is not the program's (watch-bad).
func setDebugRegs(t *kern.Thread, b []byte) errno.Errno {
	var dr [8]uint64
	for i := range dr {
		dr[i] = le.Uint64(b[8*i:])
	}
	dr[4], dr[5] = 0, 0
	if dr[7]>>32 != 0 || dr[6]>>32 != 0 {
		return errno.EINVAL
	}
	for i := range 4 {
		if dr[7]>>(16+4*i)&3 == 2 {
			return errno.EINVAL
		}
		if dr[7]>>(2*i)&3 != 0 && dr[i] >= maxUser {
			return errno.EINVAL
		}
	}
	t.Regs.DR = dr
	return errno.OK
}

// xstateInfo is PT_GETXSTATE_INFO: mask and size (regs-xstate).
func (r *request) xstateInfo() (int, errno.Errno) {
	if r.data != raw.XstateInfoSize {
		return 0, errno.EINVAL
	}
	b := make([]byte, raw.XstateInfoSize)
	le.PutUint64(b, xsaveMask)
	le.PutUint32(b[8:], xsaveSize)
	return 0, r.mem.out(r.addr, b)
}

// xstate is the XSAVE area: nothing is in it beyond x87 and SSE.
func xstate(t *kern.Thread) []byte {
	b := make([]byte, xsaveSize)
	fpRegs(t, b)
	le.PutUint64(b[fxSize:], 3)
	return b
}

func (r *request) getXstate() (int, errno.Errno) {
	return 0, r.mem.out(r.addr, xstate(r.t)[:clip(r.data, xsaveSize)])
}

func (r *request) setXstate() (int, errno.Errno) {
	if r.data < fxSize+64 || r.data > xsaveSize {
		return 0, errno.EINVAL
	}
	b := make([]byte, r.data)
	if e := r.mem.in(r.addr, b); e != errno.OK {
		return 0, e
	}
	r.wrote()
	return 0, setFPRegs(r.t, b[:fxSize])
}

func fsBase(t *kern.Thread) *uint64 { return &t.Regs.FSBase }
func gsBase(t *kern.Thread) *uint64 { return &t.Regs.GSBase }

func getBase(of func(*kern.Thread) *uint64) func(*request) (int, errno.Errno) {
	return func(r *request) (int, errno.Errno) { return 0, r.mem.out(r.addr, le.AppendUint64(nil, *of(r.t))) }
}

// setBase is EINVAL for addresses that are not the program's (regs-fs-gs-base).
func setBase(of func(*kern.Thread) *uint64) func(*request) (int, errno.Errno) {
	return func(r *request) (int, errno.Errno) {
		var b [8]byte
		if e := r.mem.in(r.addr, b[:]); e != errno.OK {
			return 0, e
		}
		v := le.Uint64(b[:])
		if v >= maxUser {
			return 0, errno.EINVAL
		}
		*of(r.t) = v
		lwpOf(r.t).full()
		return 0, errno.OK
	}
}

// note is a set of registers by the number of its note in a core.
type note struct {
	size int
	get  func(t *kern.Thread, b []byte)
	set  func(t *kern.Thread, b []byte) errno.Errno
}

// prstatusRegs is where struct prstatus has the registers.
const prstatusRegs = 48

// notes are the sets that there are (regs-xstate).
var notes = map[int]note{
	raw.NotePrstatus: {224, putPrstatus, func(t *kern.Thread, b []byte) errno.Errno { return setGenRegs(t, b[prstatusRegs:]) }},
	raw.NoteFpregset: {raw.FpregSize, fpRegs, setFPRegs},
	raw.NoteThrmisc:  {24, func(t *kern.Thread, b []byte) { copy(b[:19], threadName(t)) }, nil},
	raw.NoteLwpinfo: {raw.LwpinfoSize + 4, func(t *kern.Thread, b []byte) {
		le.PutUint32(b, raw.LwpinfoSize)
		info := lwpInfo(t, true)
		info.Encode(b[4:])
	}, nil},
	raw.NoteSegbases: {16, func(t *kern.Thread, b []byte) {
		le.PutUint64(b, t.Regs.FSBase)
		le.PutUint64(b[8:], t.Regs.GSBase)
	}, setSegBases},
}

// putPrstatus is struct prstatus.
func putPrstatus(t *kern.Thread, b []byte) {
	le.PutUint32(b, 1)
	le.PutUint64(b[8:], 224)
	le.PutUint64(b[16:], raw.RegSize)
	le.PutUint64(b[24:], raw.FpregSize)
	le.PutUint32(b[32:], image.FreeBSDRelease)
	le.PutUint32(b[36:], uint32(procOf(t.Proc).xsig))
	le.PutUint32(b[40:], uint32(t.TID))
	genRegs(t, b[prstatusRegs:])
}

func setSegBases(t *kern.Thread, b []byte) errno.Errno {
	f, g := le.Uint64(b), le.Uint64(b[8:])
	if f >= maxUser || g >= maxUser {
		return errno.EINVAL
	}
	t.Regs.FSBase, t.Regs.GSBase = f, g
	return errno.OK
}

// regset finds a set and the operand, struct iovec: without a base only the size is asked for.
func (r *request) regset() (n note, base, size uint64, e errno.Errno) {
	b := make([]byte, 16)
	if e := r.mem.in(r.addr, b); e != errno.OK {
		return n, 0, 0, e
	}
	n, ok := notes[r.data]
	if !ok {
		return n, 0, 0, errno.EINVAL
	}
	return n, le.Uint64(b), le.Uint64(b[8:]), errno.OK
}

func (r *request) getRegset() (int, errno.Errno) {
	n, base, size, e := r.regset()
	switch {
	case e != errno.OK:
		return 0, e
	case base != 0 && size != uint64(n.size):
		return 0, errno.EINVAL
	case base != 0:
		b := make([]byte, n.size)
		n.get(r.t, b)
		if e := r.mem.out(base, b); e != errno.OK {
			return 0, e
		}
	}
	return 0, r.mem.out(r.addr+8, le.AppendUint64(nil, uint64(n.size)))
}

func (r *request) setRegset() (int, errno.Errno) {
	n, base, size, e := r.regset()
	switch {
	case e != errno.OK:
		return 0, e
	case n.set == nil, size != uint64(n.size):
		return 0, errno.EINVAL
	}
	b := make([]byte, n.size)
	if e := r.mem.in(base, b); e != errno.OK {
		return 0, e
	}
	r.wrote()
	return 0, n.set(r.t, b)
}
