package linux

// Registers, memory and queued signals of stopped threads.

import (
	"encoding/binary"
	"errors"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
)

// Regs reads groups of a stopped thread's registers.
func (k *Kernel) Regs(tid kernel.TID, set *regs.Set, want regs.Group) error {
	if _, err := k.stoppedTask(tid); err != nil {
		return err
	}
	if want&regs.General != 0 {
		if _, e := k.sys.PtraceBuf(reqGetRegs, int(tid), 0, k.regbuf[:]); e != 0 {
			return k.fail("read registers", tid, e)
		}
		regs.FromLinux(k.regbuf[:], set)
	}
	if want&regs.Extended != 0 {
		buf := make([]byte, 16<<10) // AMX state is 8 KiB beyond AVX-512's 2.6
		n, e := k.sys.PtraceBuf(reqGetRegSet, int(tid), ntXState, buf)
		if e != 0 {
			return k.fail("read extended registers", tid, e)
		}
		set.XSave = buf[:n:n]
	}
	if want&regs.Debug != 0 {
		if m, ok := k.sys.(machine); ok && m.DebugRegisters() != nil {
			return m.DebugRegisters()
		}
		for i := range set.DR {
			if i == 4 || i == 5 { // aliases of 6 and 7 that the kernel refuses
				continue
			}
			if _, e := k.sys.PtraceBuf(reqPeekUser, int(tid), uint64(debugOffset+8*i), k.one[:]); e != 0 {
				return k.fail("read debug registers", tid, e)
			}
			set.DR[i] = binary.LittleEndian.Uint64(k.one[:])
		}
	}
	set.Have |= want
	return nil
}

// machine is a Sys on a machine whose debug registers may be useless: the error says why.
type machine interface{ DebugRegisters() error }

// SetRegs writes groups of a stopped thread's registers.
func (k *Kernel) SetRegs(tid kernel.TID, set *regs.Set, what regs.Group) error {
	t, err := k.stoppedTask(tid)
	if err != nil {
		return err
	}
	if what&regs.General != 0 {
		regs.ToLinux(set, k.regbuf[:])
		if _, e := k.sys.PtraceBuf(reqSetRegs, int(tid), 0, k.regbuf[:]); e != 0 {
			return k.fail("write registers", tid, e)
		}
	}
	if what&regs.Extended != 0 {
		if _, e := k.sys.PtraceBuf(reqSetRegSet, int(tid), ntXState, set.XSave); e != 0 {
			return k.fail("write extended registers", tid, e)
		}
	}
	if what&regs.Debug != 0 {
		return k.setDebug(t, set)
	}
	return nil
}

// setDebug disables all before it moves any, so that no combination in between is
// refused or traps.
func (k *Kernel) setDebug(t *task, set *regs.Set) error {
	poke := func(i int, v uint64) error {
		if e := k.sys.Ptrace(reqPokeUser, int(t.tid), uint64(debugOffset+8*i), v); e != 0 {
			return k.fail("write debug registers", t.tid, e)
		}
		return nil
	}
	if err := poke(7, 0); err != nil {
		return err
	}
	for _, i := range []int{0, 1, 2, 3, 6} {
		if set.DR[7]>>(2*i)&3 == 0 && i < 4 {
			continue // not enabled: the address may be anything, the kernel refuses some
		}
		if err := poke(i, set.DR[i]); err != nil {
			return err
		}
	}
	t.debug = set.DR[7] != 0
	return poke(7, set.DR[7])
}

// ReadMem reads a process's memory: one word by PEEKDATA where a thread is stopped,
// else process_vm_readv, and /proc/PID/mem for what that refuses (pages the program
// itself may not read).
func (k *Kernel) ReadMem(pid kernel.PID, addr uint64, p []byte) (int, error) {
	proc := k.procs[pid]
	if proc == nil {
		return 0, kernel.ErrGone
	}
	tid, stopped := proc.door()
	if stopped && len(p) <= 8 && len(p) > 0 {
		if _, e := k.sys.PtraceBuf(reqPeekData, tid, addr, k.one[:]); e == 0 {
			return copy(p, k.one[:]), nil
		}
	}
	n, e := k.sys.VMRead(tid, addr, p)
	if e == 0 && n == len(p) {
		return n, nil
	}
	if n < 0 || e != 0 {
		n = 0
	}
	return k.rest(proc, "read memory", procfs.RandomAccess.ReadAt, addr, p, n)
}

// WriteMem writes through /proc/PID/mem, which breaks copy-on-write of text as
// PTRACE_POKETEXT does and takes any length.
func (k *Kernel) WriteMem(pid kernel.PID, addr uint64, p []byte) (int, error) {
	proc := k.procs[pid]
	if proc == nil {
		return 0, kernel.ErrGone
	}
	return k.rest(proc, "write memory", procfs.RandomAccess.WriteAt, addr, p, 0)
}

// rest moves what is left of p from byte n on through /proc/PID/mem. A process that has
// no memory any more is dying.
func (k *Kernel) rest(proc *process, op string, move func(procfs.RandomAccess, []byte, int64) (int, error), addr uint64, p []byte, n int) (int, error) {
	err := proc.openMem(k)
	for m := 0; err == nil && n < len(p); n += m {
		if m, err = move(proc.mem, p[n:], int64(addr)+int64(n)); m > 0 {
			err = nil
		}
	}
	switch {
	case errors.Is(err, procfs.ErrGone):
		return n, kernel.ErrGone
	case err != nil:
		return n, k.memError(op, addr+uint64(n), eFAULT)
	}
	return n, nil
}

// door is the thread by which a process's memory is reached, and whether it is stopped.
// A leader that ended before its threads is a zombie, without memory.
func (p *process) door() (tid int, stopped bool) {
	for _, t := range p.tasks {
		if t.stopped {
			return int(t.tid), true
		}
	}
	return int(p.pid), false
}

// Load reads as the program itself would: process_vm_readv(2) honours the protection of
// pages, which PEEKDATA and /proc/PID/mem do not.
func (k *Kernel) Load(pid kernel.PID, addr uint64, p []byte) error {
	return k.asProgram("load", k.sys.VMRead, pid, addr, p)
}

// Store writes as the program itself would.
func (k *Kernel) Store(pid kernel.PID, addr uint64, p []byte) error {
	return k.asProgram("store", k.sys.VMWrite, pid, addr, p)
}

func (k *Kernel) asProgram(op string, move func(int, uint64, []byte) (int, Errno), pid kernel.PID, addr uint64, p []byte) error {
	proc := k.procs[pid]
	if proc == nil {
		return kernel.ErrGone
	}
	tid, _ := proc.door()
	if n, e := move(tid, addr, p); e != 0 || n != len(p) {
		return k.memError(op, addr, eFAULT)
	}
	return nil
}

func (k *Kernel) memError(op string, addr uint64, e Errno) error {
	return &kernel.Error{Op: op, Addr: addr, Errno: int(e), OS: abi.Linux}
}

func (p *process) openMem(k *Kernel) error {
	if p.mem != nil {
		return nil
	}
	tid, _ := p.door()
	m, err := k.sys.Files().Proc(tid).OpenMem(true)
	if err == nil {
		p.mem = m
	}
	return err
}

func (p *process) closeMem() {
	if p.mem != nil {
		p.mem.Close()
		p.mem = nil
	}
}

// Pending reads the thread's queue, then the process's.
func (k *Kernel) Pending(tid kernel.TID) ([]kernel.SigInfo, error) {
	if _, err := k.stoppedTask(tid); err != nil {
		return nil, err
	}
	var out []kernel.SigInfo
	buf := make([]byte, 32*siginfoSize)
	for _, shared := range []bool{false, true} {
		for off := uint64(0); ; {
			n, e := k.sys.PeekSiginfo(int(tid), off, shared, buf)
			if e != 0 {
				return out, k.fail("read pending signals", tid, e)
			}
			for i := range n {
				var s kernel.SigInfo
				copy(s.Raw[:], buf[i*siginfoSize:])
				decodeSiginfo(&s)
				out = append(out, s)
			}
			if off += uint64(n); n < len(buf)/siginfoSize {
				break
			}
		}
	}
	return out, nil
}
