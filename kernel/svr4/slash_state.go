package svr4

// Registers, memory, watched areas and pending signals by /proc.

import (
	"encoding/binary"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/proc"
	"github.com/trapline/trapline/regs"
)

// The registers that a thread asleep in a system call shows, in the terms of Linux, which
// the engine knows: orig_rax is the call, rax says that it is begun again. The kernel
// takes the sleep up by itself; a thread that is sent elsewhere has to leave it first.
const asleepRAX = -91 // ERESTART

const syscallSize = 2 // bytes of the instruction

func (l *lwp) asleep() bool { return l.st.Flags&proc.FlagAsleep != 0 && l.st.Syscall != 0 }

// Regs reads groups of a stopped thread's registers: they came with its status.
func (k *slash) Regs(tid kernel.TID, set *regs.Set, want regs.Group) error {
	l, err := k.find(tid)
	if err != nil {
		return err
	}
	if want&regs.General != 0 {
		l.st.Reg.ToSet(set)
		if l.asleep() {
			rax := int64(asleepRAX)
			set.G[regs.OrigRAX], set.G[regs.RAX] = uint64(uint16(l.st.Syscall)), uint64(rax)
		}
	}
	if want&regs.Extended != 0 {
		set.XSave = append(append([]byte(nil), l.st.FPReg[:proc.FXSaveSize]...), make([]byte, xsaveHeader)...)
		set.XSave[proc.FXSaveSize] = 3 // XSTATE_BV: x87 and SSE
	}
	if want&regs.Debug != 0 {
		set.DR = l.p.dr
	}
	set.Have |= want
	return nil
}

const xsaveHeader = 64 // bytes; Intel SDM vol. 1, 13.4.2

// SetRegs writes groups of a stopped thread's registers.
func (k *slash) SetRegs(tid kernel.TID, set *regs.Set, what regs.Group) error {
	l, err := k.find(tid)
	if err != nil {
		return err
	}
	if what&regs.General != 0 {
		if e := k.setGeneral(l, set); e != 0 {
			return fail("write registers", tid, e)
		}
	}
	if what&regs.Extended != 0 && len(set.XSave) >= proc.FXSaveSize {
		copy(l.st.FPReg[:], set.XSave[:proc.FXSaveSize])
		if e := l.write(k, proc.Ctl(nil).Bytes(proc.PCSFPReg, l.st.FPReg[:])); e != 0 {
			return fail("write extended registers", tid, e)
		}
	}
	if what&regs.Debug != 0 {
		return k.setDebug(l.p, tid, set)
	}
	return nil
}

// setGeneral writes the general registers. A whole set that is put back with a call in
// orig_rax that was left means that the call is to be begun again.
func (k *slash) setGeneral(l *lwp, set *regs.Set) Errno {
	next := l.st.Reg
	next.FromSet(set)
	call := set.G[regs.OrigRAX]
	stays := int64(call) >= 0
	rax := int64(asleepRAX)
	switch {
	case l.asleep() && stays && set.G[regs.RAX] == uint64(rax):
		next[proc.RegRAX] = l.st.Reg[proc.RegRAX]
	case l.asleep():
		if e := k.wakeUp(l); e != 0 {
			return e
		}
	case stays && set.G[regs.RAX] == uint64(rax):
		next[proc.RegRIP] -= syscallSize
		next[proc.RegRAX] = call
	}
	if !l.held { // job control has stopped it: it takes them when it is continued
		l.late, l.wanted, l.st.Reg = true, next, next
		return 0
	}
	if e := l.write(k, proc.Ctl(nil).Bytes(proc.PCSReg, next.Bytes())); e != 0 {
		return e
	}
	l.skip = 0
	if next[proc.RegRFL]&resumeFlag != 0 {
		l.skip = next[proc.RegRIP]
	}
	l.st.Reg = next
	return 0
}

// wakeUp makes an lwp leave the call it sleeps in: the call is aborted, and the lwp stops
// at its exit. Its current signal stays.
func (k *slash) wakeUp(l *lwp) Errno {
	entry, exit := l.p.entry, l.p.exit
	exit.Add(int(l.st.Syscall))
	c := proc.Ctl(nil).Bytes(proc.PCSExit, exit.Bytes()).Long(proc.PCRun, proc.RunAbort)
	if e := l.write(k, c); e != 0 {
		return e
	}
	poll := []PollFD{{FD: l.status, Events: PollStop}}
	woken := false
	defer func() {
		if woken { // it was meant for Wait
			k.sys.Wake()
		}
	}()
	for {
		_, e := k.files.Poll(poll, true)
		switch {
		case e == eINTR:
			woken = true
			continue
		case e != 0:
			return e
		case poll[0].Revents&PollEnd != 0:
			return eNOENT
		}
		if e := k.read(l); e != 0 {
			return e
		}
		if l.st.Stopped() {
			break
		}
	}
	l.p.entry = entry
	l.p.exit = exit // letGo puts it right
	return 0
}

// ReadMem reads through as.
func (k *slash) ReadMem(pid kernel.PID, addr uint64, p []byte) (int, error) {
	return k.move("read memory", k.files.Pread, pid, addr, p)
}

// WriteMem writes through as: private mappings take it whatever their protection.
func (k *slash) WriteMem(pid kernel.PID, addr uint64, p []byte) (int, error) {
	return k.move("write memory", k.files.Pwrite, pid, addr, p)
}

func (k *slash) move(op string, do func(int, []byte, uint64) (int, Errno), pid kernel.PID, addr uint64, p []byte) (int, error) {
	proc := k.procs[pid]
	if proc == nil {
		return 0, kernel.ErrGone
	}
	for n := 0; n < len(p); {
		m, e := do(proc.as, p[n:], addr+uint64(n))
		switch {
		case e == eNOENT:
			return n, kernel.ErrGone
		case e != 0 || m <= 0 || m > len(p)-n:
			return n, memError(op, addr+uint64(n), eFAULT)
		}
		n += m
	}
	return len(p), nil
}

// Load reads what the program itself may read.
func (k *slash) Load(pid kernel.PID, addr uint64, p []byte) error {
	if err := k.permit("load", pid, addr, len(p), proc.MapRead); err != nil {
		return err
	}
	_, err := k.ReadMem(pid, addr, p)
	return err
}

// Store writes what the program itself may write.
func (k *slash) Store(pid kernel.PID, addr uint64, p []byte) error {
	if err := k.permit("store", pid, addr, len(p), proc.MapWrite); err != nil {
		return err
	}
	_, err := k.WriteMem(pid, addr, p)
	return err
}

// permit looks the protection up in map, which is read once a stop.
func (k *slash) permit(op string, pid kernel.PID, addr uint64, n int, flag int32) error {
	p := k.procs[pid]
	if p == nil {
		return kernel.ErrGone
	}
	if p.maps == nil {
		b, e := readAll(k.files, kernelPID(pid)+"/map")
		if e != 0 {
			return fail(op, kernel.TID(pid), e)
		}
		if maps, err := proc.DecodeMaps(b); err == nil {
			p.maps = maps
		}
	}
	for i := range p.maps {
		if m := &p.maps[i]; addr >= m.Addr && addr-m.Addr < m.Size && uint64(n) <= m.Size-(addr-m.Addr) && m.Flags&flag != 0 {
			return nil
		}
	}
	return memError(op, addr, eFAULT)
}

// Pending lists the signals that wait for a thread and for its process. That of a fault
// is always its thread's.
func (k *slash) Pending(tid kernel.TID) ([]kernel.SigInfo, error) {
	l, err := k.find(tid)
	if err != nil {
		return nil, err
	}
	var out []kernel.SigInfo
	add := func(set *proc.SigSet, own bool) {
		for n := 1; n <= proc.NSignals; n++ {
			if set.Has(n) {
				info := proc.Siginfo{Signo: int32(n), Code: proc.SINoInfo}
				s := sigInfo(&info)
				s.Sync = own && proc.FaultSignal(n)
				out = append(out, s)
			}
		}
	}
	add(&l.st.LwpPend, true)
	b, e := readAll(k.files, kernelPID(l.p.pid)+"/status")
	var st proc.Pstatus
	if e != 0 {
		return out, fail("read pending signals", tid, e)
	}
	if st.Decode(b) == nil {
		add(&st.SigPend, false)
	}
	return out, nil
}

// sigInfo is a siginfo_t in the seam's terms. The raw record is the first half of it: the
// rest is of SIGPROF alone.
func sigInfo(s *proc.Siginfo) kernel.SigInfo {
	out := kernel.SigInfo{Signal: kernel.Signal(s.Signo), Code: s.Code, Errno: s.Errno, PID: kernel.PID(s.PID), UID: int(s.UID),
		Status: s.Status, Addr: s.Addr, Sync: s.Fault()}
	copy(out.Raw[:], s.Append(nil))
	return out
}

// rawInfo is the operand of PCSSIG for a signal.
func rawInfo(a *kernel.Action) []byte {
	b := make([]byte, proc.SiginfoSize)
	if a.Info != nil {
		copy(b, a.Info.Raw[:])
	}
	binary.LittleEndian.PutUint32(b, uint32(a.Signal))
	return b
}
