package freebsd

// Registers and memory of stopped threads.

import (
	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/procfs/kinfo"
	"github.com/trapline/trapline/regs"
)

// Regs reads groups of a stopped thread's registers.
func (k *Kernel) Regs(tid kernel.TID, set *regs.Set, want regs.Group) error {
	t, err := k.stoppedTask(tid)
	if err != nil {
		return err
	}
	for _, g := range groups {
		if want&g.group == 0 {
			continue
		}
		if e := g.read(k, t, set); e != 0 {
			return fail("read "+g.name+" registers", tid, e)
		}
	}
	set.Have |= want
	return nil
}

// SetRegs writes groups of a stopped thread's registers. One that sleeps in a call feels it:
// see restart.go.
func (k *Kernel) SetRegs(tid kernel.TID, set *regs.Set, what regs.Group) error {
	t, err := k.stoppedTask(tid)
	if err != nil {
		return err
	}
	if what&^regs.General != 0 {
		k.written(t)
	}
	for _, g := range groups {
		if what&g.group == 0 {
			continue
		}
		if e := g.write(k, t, set); e != 0 {
			return fail("write "+g.name+" registers", tid, e)
		}
	}
	return nil
}

// groups are the groups of registers and the requests that move them.
var groups = []struct {
	group       regs.Group
	name        string
	read, write func(*Kernel, *task, *regs.Set) Errno
}{
	{regs.General, "general", (*Kernel).readGeneral, (*Kernel).writeGeneral},
	{regs.Extended, "extended", (*Kernel).readExtended, (*Kernel).writeExtended},
	{regs.Debug, "debug", (*Kernel).readDebug, (*Kernel).writeDebug},
}

// readGeneral reads struct reg and the bases of fs and gs, which are not in it. A trap flag
// that stands for a step of ours is not the program's (setstep-clearstep: it is seen there).
// A thread that sleeps in a call is shown as one whose call is going to be begun again: with
// the call's number as orig_rax, and in rax an error that no program sees.
func (k *Kernel) readGeneral(t *task, set *regs.Set) Errno {
	if e := k.getRegs(t); e != 0 {
		return e
	}
	regs.FromFreeBSD(k.regbuf[:], set)
	if t.stepping {
		set.G[regs.EFlags] &^= regs.FlagTF
	}
	t.shown = nil
	if call := k.sleeping(t, k.regbuf[:]); call != 0 {
		if t.number = set.G[regs.RAX]; call == callSigsuspend {
			t.number = callSigsuspend
		}
		set.G[regs.OrigRAX], set.G[regs.RAX] = uint64(call), interrupted
		shown := set.G
		t.shown = &shown
	}
	return k.readBases(t, set)
}

// known is what was last read of a stopped thread: it is so until the thread goes on, or is
// written to.
type known struct {
	of, basesOf kernel.TID // 0: nothing is known
	regs        [raw.RegSize]byte
	bases       [2]uint64
}

// getRegs fills regbuf with a stopped thread's struct reg.
func (k *Kernel) getRegs(t *task) Errno {
	if k.known.of == t.tid {
		k.regbuf = k.known.regs
		return 0
	}
	_, e := k.sys.PtraceBuf(raw.GetRegs, int(t.tid), k.regbuf[:], 0)
	if e == 0 {
		k.known.of, k.known.regs = t.tid, k.regbuf
	}
	return e
}

// setRegs writes a struct reg.
func (k *Kernel) setRegs(t *task, b []byte) Errno {
	k.known.of = 0
	_, e := k.sys.PtraceBuf(raw.SetRegs, int(t.tid), b, 0)
	return e
}

// readBases asks for both at once where the kernel can (FreeBSD 14).
func (k *Kernel) readBases(t *task, set *regs.Set) Errno {
	if k.known.basesOf != t.tid {
		if e := k.getBases(t); e != 0 {
			return e
		}
		k.known.basesOf = t.tid
	}
	set.G[regs.FSBase], set.G[regs.GSBase] = k.known.bases[0], k.known.bases[1]
	return 0
}

func (k *Kernel) getBases(t *task) Errno {
	b := k.callbuf[:16]
	if n, e := k.sys.Regset(raw.GetRegset, int(t.tid), raw.NoteSegbases, b); e == 0 && n == len(b) {
		k.known.bases = [2]uint64{le.Uint64(b), le.Uint64(b[8:])}
		return 0
	}
	for i, req := range []int{raw.GetFsBase, raw.GetGsBase} {
		if _, e := k.sys.PtraceBuf(req, int(t.tid), b[:8], 0); e != 0 {
			return e
		}
		k.known.bases[i] = le.Uint64(b)
	}
	return 0
}

// interrupted is what rax shows meanwhile: minus EINTR.
const interrupted = ^uint64(raw.EINTR) + 1

// writeGeneral writes what has changed. What a thread is to have that sleeps in a call and is
// sent elsewhere, it is given again when the call has failed, which spoils rax and the flags.
func (k *Kernel) writeGeneral(t *task, set *regs.Set) Errno {
	b := k.regbuf[:]
	if e := k.getRegs(t); e != 0 {
		return e
	}
	var now regs.Set
	regs.FromFreeBSD(b, &now)
	call, want := k.sleeping(t, b), *set
	switch calls := int64(want.G[regs.OrigRAX]) >= 0 && want.G[regs.RAX] == interrupted; {
	case t.shown != nil && want.PC() == t.shown[regs.RIP]:
		keep(&want, t.shown, &now)
	case calls && call != 0:
		want.G[regs.RAX] = now.G[regs.RAX]
	case calls && k.afterSyscall(t, want.PC()): // put back into a call that has ended since: it is made again
		want.G[regs.RIP], want.G[regs.RAX], want.G[regs.R10] = want.PC()-syscallSize, t.number, want.G[regs.RCX]
	}
	if t.stepping {
		want.G[regs.EFlags] |= regs.FlagTF // for a step of ours: it was not shown
	}
	sent := call != 0 && (set.PC() != now.PC() || set.G[regs.OrigRAX] != uint64(call))
	regs.ToFreeBSD(&want, b)
	if e := k.putGeneral(t, &now, &want, call, sent); e != 0 {
		return e
	}
	return k.writeBases(t, set)
}

// keep has registers that are wanted as they were shown be as they are: the thread may have come back
// from its call since, also while it was suspended.
func keep(want *regs.Set, shown *[regs.NGeneral]uint64, now *regs.Set) {
	for id, was := range shown {
		if want.G[id] == was {
			want.G[id] = now.G[id]
		}
	}
}

// putGeneral makes the request, if there is a change. sent: the thread is to leave the call it is in.
func (k *Kernel) putGeneral(t *task, now, want *regs.Set, call uint32, sent bool) Errno {
	same := true
	for id := range now.G {
		if regs.ByID(regs.ID(id)).FreeBSD.Area != regs.Nowhere && now.G[id] != want.G[id] {
			same = false
		}
	}
	if same {
		return 0
	}
	if feels(call) {
		t.felt, t.feltPC = call, now.PC()
		if sent {
			t.elsewhere = append([]byte(nil), k.regbuf[:]...)
		}
	}
	return k.setRegs(t, k.regbuf[:])
}

func (k *Kernel) writeBases(t *task, set *regs.Set) Errno {
	var now regs.Set
	if e := k.readBases(t, &now); e != 0 {
		return e
	}
	for i, req := range []int{raw.SetFsBase, raw.SetGsBase} {
		id := regs.FSBase + regs.ID(i)
		if now.G[id] == set.G[id] {
			continue
		}
		k.known.basesOf = 0
		le.PutUint64(k.callbuf[:], set.G[id])
		if _, e := k.sys.PtraceBuf(req, int(t.tid), k.callbuf[:8], 0); e != 0 {
			return e
		}
	}
	return 0
}

// readExtended reads the XSAVE area, of the size that PT_GETXSTATE_INFO says (regs-xstate). A
// processor without has the old 512 bytes alone.
func (k *Kernel) readExtended(t *task, set *regs.Set) Errno {
	b := k.callbuf[:raw.XstateInfoSize]
	size := uint32(0)
	if _, e := k.sys.PtraceBuf(raw.GetXstateInfo, int(t.tid), b, raw.XstateInfoSize); e == 0 {
		size = raw.DecodeXstateInfo(b).Len
	}
	if size < raw.FpregSize || size > maxXstate {
		set.XSave = make([]byte, raw.FpregSize+xsaveHeader)
		set.XSave[raw.FpregSize] = 3 // XSTATE_BV: x87 and SSE
		_, e := k.sys.PtraceBuf(raw.GetFpRegs, int(t.tid), set.XSave[:raw.FpregSize], 0)
		return e
	}
	set.XSave = make([]byte, size)
	_, e := k.sys.PtraceBuf(raw.GetXstate, int(t.tid), set.XSave, uint64(size))
	return e
}

const (
	xsaveHeader = 64
	maxXstate   = 64 << 10
)

func (k *Kernel) writeExtended(t *task, set *regs.Set) Errno {
	if len(set.XSave) <= raw.FpregSize+xsaveHeader {
		_, e := k.sys.PtraceBuf(raw.SetFpRegs, int(t.tid), set.XSave[:min(len(set.XSave), raw.FpregSize)], 0)
		return e
	}
	_, e := k.sys.PtraceBuf(raw.SetXstate, int(t.tid), set.XSave, uint64(len(set.XSave)))
	return e
}

func (k *Kernel) readDebug(t *task, set *regs.Set) Errno {
	var b [raw.DbregSize]byte
	_, e := k.sys.PtraceBuf(raw.GetDbRegs, int(t.tid), b[:], 0)
	if e == 0 {
		regs.FromFreeBSDDebug(b[:], set)
	}
	return e
}

// writeDebug writes all at once, so that no combination in between can be refused. What is
// not enabled may be any address.
func (k *Kernel) writeDebug(t *task, set *regs.Set) Errno {
	var b [raw.DbregSize]byte
	regs.ToFreeBSDDebug(set, b[:])
	_, e := k.sys.PtraceBuf(raw.SetDbRegs, int(t.tid), b[:], 0)
	if e == 0 {
		t.debug = set.DR[7]&0xff != 0
	}
	return e
}

// ReadMem reads a stopped process's memory.
func (k *Kernel) ReadMem(pid kernel.PID, addr uint64, p []byte) (int, error) {
	return k.move("read memory", raw.ReadData, pid, addr, p)
}

// WriteMem writes a stopped process's memory, whatever its protection.
func (k *Kernel) WriteMem(pid kernel.PID, addr uint64, p []byte) (int, error) {
	if proc, err := k.stoppedProcess(pid); err == nil {
		k.writtenThrough(proc)
	}
	return k.move("write memory", raw.WriteInstr, pid, addr, p)
}

// pageSize is the smallest there is on amd64.
const pageSize = 4096

// move is PT_IO. A transfer that meets a hole moves what comes before it and does not say
// how much (io-partial: EFAULT, piod_len as it was), so it is made again page by page: what
// was written already is written once more.
func (k *Kernel) move(op string, io int, pid kernel.PID, addr uint64, p []byte) (int, error) {
	if _, err := k.stoppedProcess(pid); err != nil || len(p) == 0 {
		return 0, err
	}
	n, e := k.sys.IO(int(pid), io, addr, p)
	if e == 0 && n == len(p) {
		return n, nil
	}
	if e != 0 && e != raw.EFAULT && e != raw.EIO && e != raw.ENOMEM {
		return 0, fail(op, 0, e)
	}
	for n = 0; n < len(p); {
		at := addr + uint64(n)
		part := p[n:min(len(p), n+pageSize-int(at%pageSize))]
		m, e := k.sys.IO(int(pid), io, at, part)
		if e != 0 || m <= 0 {
			return n, memError(op, at, raw.EFAULT)
		}
		n += m
	}
	return n, nil
}

func memError(op string, addr uint64, e Errno) error {
	return &kernel.Error{Op: op, Addr: addr, Errno: int(e), OS: abi.FreeBSD}
}

// Load reads as the program itself would: PT_IO asks nobody for leave, so the map is looked
// at first.
func (k *Kernel) Load(pid kernel.PID, addr uint64, p []byte) error {
	if !k.allows(pid, addr, len(p), kinfo.ProtRead) {
		return memError("load", addr, raw.EFAULT)
	}
	_, err := k.ReadMem(pid, addr, p)
	return err
}

// Store writes as the program itself would.
func (k *Kernel) Store(pid kernel.PID, addr uint64, p []byte) error {
	if !k.allows(pid, addr, len(p), kinfo.ProtWrite) {
		return memError("store", addr, raw.EFAULT)
	}
	_, err := k.WriteMem(pid, addr, p)
	return err
}

// span is a mapping.
type span struct {
	start, end uint64
	prot       uint32
}

// allows says whether a process's pages let it do something. The map is read anew when its
// timestamp has changed (vm-timestamp).
func (k *Kernel) allows(pid kernel.PID, addr uint64, n int, prot uint32) bool {
	p, err := k.stoppedProcess(pid)
	if err != nil || !k.readMap(p) {
		return false
	}
	end := addr + uint64(n)
	for _, s := range p.maps {
		if addr >= s.start && addr < s.end {
			if s.prot&prot == 0 {
				return false
			}
			if end <= s.end {
				return true
			}
			addr = s.end
		}
	}
	return false
}

func (k *Kernel) readMap(p *process) bool {
	if p.mapped {
		return true
	}
	stamp, e := k.sys.Ptrace(raw.VMTimestamp, int(p.pid), 0, 0)
	if e == 0 && p.maps != nil && stamp == p.timestamp {
		p.mapped = true
		return true
	}
	b, es := k.sys.Sysctl("kern.proc.vmmap", int32(p.pid))
	if es != 0 {
		return false
	}
	list, err := kinfo.DecodeVMMap(b)
	if err != nil {
		return false
	}
	p.maps = p.maps[:0]
	for _, m := range list {
		p.maps = append(p.maps, span{m.Start, m.End, m.Protection & 7})
	}
	p.timestamp, p.mapped = stamp, e == 0
	return true
}
