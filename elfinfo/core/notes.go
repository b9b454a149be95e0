package core

// The notes: which there are, and the structures that a table of offsets is enough for.

import (
	"debug/elf"
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
)

var le = binary.LittleEndian

type noteKey struct {
	owner string
	kind  uint32
}

// Note types (linux/elf.h; sys/elf_common.h of FreeBSD 15). The common ones are SVR4's.
const (
	ntPrstatus = 1
	ntFpregset = 2
	ntPrpsinfo = 3
	ntAuxv     = 6          // Linux
	ntSiginfo  = 0x53494749 // Linux
	ntFile     = 0x46494c45 // Linux
	ntSegbases = 0x200      // FreeBSD
	ntXstate   = 0x202

	ntThrmisc  = 7 // FreeBSD's, to ntPTLWPInfo
	ntProcs    = 8
	ntFiles    = 9
	ntVMMap    = 10
	ntGroups   = 11
	ntUmask    = 12
	ntRlimit   = 13
	ntOSRel    = 14
	ntPSString = 15
	ntBSDAuxv  = 16
	ntLWPInfo  = 17
	ntKqueues  = 18
)

// Owners of notes.
const (
	ownerCore    = "CORE" // Linux's kernel
	ownerLinux   = "LINUX"
	ownerFreeBSD = "FreeBSD"
)

// readers are the notes that are read.
var readers map[noteKey]func(*Core, []byte) error

func init() {
	readers = map[noteKey]func(*Core, []byte) error{
		{ownerCore, ntPrstatus}:    func(c *Core, b []byte) error { return c.status(abi.Linux, b) },
		{ownerCore, ntPrpsinfo}:    func(c *Core, b []byte) error { return c.psinfo(abi.Linux, b) },
		{ownerCore, ntFpregset}:    (*Core).fpregs,
		{ownerCore, ntAuxv}:        (*Core).linuxAuxv,
		{ownerCore, ntSiginfo}:     (*Core).linuxSiginfo,
		{ownerCore, ntFile}:        (*Core).linuxFiles,
		{ownerLinux, ntXstate}:     (*Core).xstate,
		{ownerFreeBSD, ntPrstatus}: func(c *Core, b []byte) error { return c.status(abi.FreeBSD, b) },
		{ownerFreeBSD, ntPrpsinfo}: func(c *Core, b []byte) error { return c.psinfo(abi.FreeBSD, b) },
		{ownerFreeBSD, ntFpregset}: (*Core).fpregs,
		{ownerFreeBSD, ntXstate}:   (*Core).xstate,
		{ownerFreeBSD, ntSegbases}: (*Core).segbases,
		{ownerFreeBSD, ntThrmisc}:  (*Core).thrmisc,
		{ownerFreeBSD, ntLWPInfo}:  (*Core).lwpinfo,
	}
	for kind := uint32(ntProcs); kind <= ntBSDAuxv; kind++ {
		readers[noteKey{ownerFreeBSD, kind}] = func(c *Core, b []byte) error { return c.procstat(kind, b) }
	}
}

func (c *Core) read(n elfinfo.Note) {
	f := readers[noteKey{n.Name, n.Type}]
	if f == nil {
		c.Other = append(c.Other, Other{n.Name, n.Type, len(n.Desc)})
		return
	}
	if err := f(c, n.Desc); err != nil {
		c.problem(fmt.Errorf("%s: note %s/%#x: %w", c.File.Name, n.Name, n.Type, err))
	}
}

// short is what a note is that ends too early.
func short(b []byte, want int) error {
	return fmt.Errorf("%d bytes, %d expected", len(b), want)
}

// thread is the one that notes now are about.
func (c *Core) thread() (*Thread, error) {
	if len(c.Threads) == 0 {
		return nil, fmt.Errorf("a thread's note before any thread's status")
	}
	return &c.Threads[len(c.Threads)-1], nil
}

type osClass struct {
	os    *abi.OS
	class elf.Class
}

func (c *Core) key(os *abi.OS) osClass { return osClass{os, c.File.Class()} }

// place is an integer in a structure: its offset and size in bytes, size 0 for none.
type place struct{ off, size int }

func (p place) get(b []byte) uint64 {
	var w [8]byte
	copy(w[:], b[p.off:p.off+p.size])
	return le.Uint64(w[:])
}

func (p place) int(b []byte) int {
	if p.size == 4 {
		return int(int32(p.get(b)))
	}
	return int(p.get(b))
}

func i32(b []byte, off int) int { return int(int32(le.Uint32(b[off:]))) }

// statusLayout is a struct prstatus: Linux's elf_prstatus, FreeBSD's version 1 (sys/procfs.h).
type statusLayout struct {
	size                         int
	signal, tid, ppid, pgid, sid place
	pending, mask                place
	regs                         int
	machine                      elf.Machine
	take                         func([]byte, *regs.Set) error
}

var statuses = map[osClass]statusLayout{
	{abi.Linux, elf.ELFCLASS64}: {size: 336, signal: place{12, 2}, pending: place{16, 8}, mask: place{24, 8}, tid: place{32, 4}, ppid: place{36, 4},
		pgid: place{40, 4}, sid: place{44, 4}, regs: 112, machine: elf.EM_X86_64, take: regs.FromLinux},
	{abi.Linux, elf.ELFCLASS32}: {size: 144, signal: place{12, 2}, pending: place{16, 4}, mask: place{20, 4}, tid: place{24, 4}, ppid: place{28, 4},
		pgid: place{32, 4}, sid: place{36, 4}, regs: 72, machine: elf.EM_386, take: words(linux386)},
	{abi.FreeBSD, elf.ELFCLASS64}: {size: 224, signal: place{36, 4}, tid: place{40, 4}, regs: 48, machine: elf.EM_X86_64, take: regs.FromFreeBSD},
	{abi.FreeBSD, elf.ELFCLASS32}: {size: 104, signal: place{20, 4}, tid: place{24, 4}, regs: 28, machine: elf.EM_386, take: words(freebsd386)},
}

// The registers of 32-bit programs in the order of Linux's user_regs_struct and FreeBSD's struct
// reg for i386; nowhere is what has no place in a Set.
const nowhere = regs.NGeneral

var (
	linux386 = []regs.ID{regs.RBX, regs.RCX, regs.RDX, regs.RSI, regs.RDI, regs.RBP, regs.RAX, regs.DS, regs.ES, regs.FS, regs.GS,
		regs.OrigRAX, regs.RIP, regs.CS, regs.EFlags, regs.RSP, regs.SS}
	freebsd386 = []regs.ID{regs.FS, regs.ES, regs.DS, regs.RDI, regs.RSI, regs.RBP, nowhere, regs.RBX, regs.RDX, regs.RCX, regs.RAX,
		nowhere, nowhere, regs.RIP, regs.CS, regs.EFlags, regs.RSP, regs.SS, regs.GS}
)

// words reads registers of 32 bits each. Segments are 16 bits with what was there before above.
func words(order []regs.ID) func([]byte, *regs.Set) error {
	return func(b []byte, s *regs.Set) error {
		if len(b) < 4*len(order) {
			return short(b, 4*len(order))
		}
		for i, id := range order {
			v := uint64(le.Uint32(b[4*i:]))
			switch id {
			case nowhere:
				continue
			case regs.CS, regs.SS, regs.DS, regs.ES, regs.FS, regs.GS:
				v &= 0xffff
			}
			s.G[id] = v
		}
		s.Have |= regs.General
		return nil
	}
}

// status begins a thread.
func (c *Core) status(os *abi.OS, b []byte) error {
	l, ok := statuses[c.key(os)]
	if !ok || len(b) < l.size {
		return short(b, l.size)
	}
	if c.OS == nil {
		c.OS = os
	}
	t := Thread{TID: l.tid.int(b), Signal: l.signal.int(b), Mask: bits(l.mask.get(b)), Pending: bits(l.pending.get(b))}
	if len(c.Threads) == 0 && l.ppid.size != 0 {
		c.Process.PPID, c.Process.PGID, c.Process.SID = l.ppid.int(b), l.pgid.int(b), l.sid.int(b)
	}
	var err error
	if m := c.File.Machine(); m == l.machine {
		err = l.take(b[l.regs:], &t.Regs)
	} else {
		err = fmt.Errorf("the registers of %v are not read", m)
	}
	c.Threads = append(c.Threads, t)
	return err
}

// bits are the signals of a set of Linux: n is bit n-1.
func bits(set uint64) (out []int) {
	for n := 1; set != 0; n, set = n+1, set>>1 {
		if set&1 != 0 {
			out = append(out, n)
		}
	}
	return out
}

// psinfoLayout is a struct prpsinfo.
type psinfoLayout struct {
	size                int
	state, nice         place
	uid, gid, pid, ppid place
	pgid, sid           place
	name, nameSize      int
	args, argsSize      int
}

var psinfos = map[osClass]psinfoLayout{
	{abi.Linux, elf.ELFCLASS64}: {size: 136, state: place{1, 1}, nice: place{3, 1}, uid: place{16, 4}, gid: place{20, 4}, pid: place{24, 4},
		ppid: place{28, 4}, pgid: place{32, 4}, sid: place{36, 4}, name: 40, nameSize: 16, args: 56, argsSize: 80},
	{abi.Linux, elf.ELFCLASS32}: {size: 124, state: place{1, 1}, nice: place{3, 1}, uid: place{8, 2}, gid: place{10, 2}, pid: place{12, 4},
		ppid: place{16, 4}, pgid: place{20, 4}, sid: place{24, 4}, name: 28, nameSize: 16, args: 44, argsSize: 80},
	{abi.FreeBSD, elf.ELFCLASS64}: {size: 120, name: 16, nameSize: 17, args: 33, argsSize: 81, pid: place{116, 4}},
	{abi.FreeBSD, elf.ELFCLASS32}: {size: 112, name: 8, nameSize: 17, args: 25, argsSize: 81, pid: place{108, 4}},
}

func (c *Core) psinfo(os *abi.OS, b []byte) error {
	l, ok := psinfos[c.key(os)]
	if !ok || len(b) < l.size {
		return short(b, l.size)
	}
	if c.OS == nil {
		c.OS = os
	}
	c.Process = Process{PID: l.pid.int(b), PPID: l.ppid.int(b), PGID: l.pgid.int(b), SID: l.sid.int(b), UID: l.uid.int(b), GID: l.gid.int(b),
		Name: cstring(b[l.name : l.name+l.nameSize]), Args: strings.TrimRight(cstring(b[l.args:l.args+l.argsSize]), " "),
		State: byte(l.state.get(b)), Nice: int(int8(l.nice.get(b)))}
	return nil
}

func cstring(b []byte) string {
	s, _, _ := strings.Cut(string(b), "\x00")
	return s
}

// fpregs is an FXSAVE image of a 64-bit process; a 32-bit one's is FSAVE's, which XSTATE repeats.
func (c *Core) fpregs(b []byte) error {
	t, err := c.thread()
	if err != nil || c.File.Machine() != elf.EM_X86_64 {
		return err
	}
	if len(b) < 512 {
		return short(b, 512)
	}
	if t.Regs.Have&regs.Extended != 0 {
		return nil // XSTATE has more
	}
	return t.setExtended(b[:512], 3)
}

// xcr0 is where both kernels put the mask of enabled components into the XSAVE area: among the
// bytes that the processor leaves to software.
const xcr0 = 464

func (c *Core) xstate(b []byte) error {
	t, err := c.thread()
	if err != nil {
		return err
	}
	if len(b) < 576 {
		return short(b, 576)
	}
	return t.setExtended(b, le.Uint64(b[xcr0:]))
}

func (t *Thread) setExtended(b []byte, mask uint64) error {
	l, ok := regs.GuessXSave(len(b), mask)
	if !ok {
		return fmt.Errorf("an XSAVE area of %d bytes with components %#x is of no known layout", len(b), mask)
	}
	t.Regs.XSave, t.Regs.Layout = append([]byte(nil), b...), l
	t.Regs.Have |= regs.Extended
	return nil
}

// word is the size of a long.
func (c *Core) word() int { return c.File.AddrSize() }

func (c *Core) linuxAuxv(b []byte) (err error) {
	c.Auxv, err = procfs.ParseAuxv(b, c.word(), procfs.LinuxAux)
	return err
}

// faults are the signals that are raised for what an instruction did; a positive code of theirs
// comes with an address. They have the same names everywhere.
var faults = map[string]bool{"SIGILL": true, "SIGTRAP": true, "SIGBUS": true, "SIGFPE": true, "SIGSEGV": true}

// linuxKernel is the lowest si_code for signals of Linux's kernel without a cause (SI_KERNEL).
const linuxKernel = 0x80

// linuxSiginfo is siginfo_t: three ints, and from the next long on a union.
func (c *Core) linuxSiginfo(b []byte) error {
	t, err := c.thread()
	if err != nil {
		return err
	}
	if len(b) < 32 {
		return short(b, 128)
	}
	at := (12 + c.word() - 1) &^ (c.word() - 1)
	s := &SigInfo{Signal: i32(b, 0), Errno: i32(b, 4), Code: i32(b, 8)}
	switch s.Fault = faults[abi.Linux.SignalName(s.Signal)] && s.Code > 0; {
	case s.Fault && s.Code < linuxKernel:
		s.Addr = place{at, c.word()}.get(b)
	case !s.Fault && (s.Code <= 0 || abi.Linux.SignalName(s.Signal) == "SIGCHLD"):
		s.PID, s.UID = i32(b, at), i32(b, at+4)
	}
	t.Info = s
	return nil
}

// linuxFiles is NT_FILE: a count, the unit of offsets in bytes, ranges, then their files' names.
func (c *Core) linuxFiles(b []byte) error {
	w := c.word()
	if len(b) < 2*w {
		return short(b, 2*w)
	}
	count, unit := place{0, w}.get(b), place{w, w}.get(b)
	if count > uint64(len(b)-2*w)/uint64(3*w+1) {
		return fmt.Errorf("%d files in %d bytes", count, len(b))
	}
	names := b[2*w+int(count)*3*w:]
	for i := range int(count) {
		name, rest, ok := strings.Cut(string(names[:min(len(names), maxPath)]), "\x00")
		if !ok {
			return fmt.Errorf("file %d of %d has no name", i, count)
		}
		names = names[len(names[:min(len(names), maxPath)])-len(rest):]
		at := 2*w + i*3*w
		c.files = append(c.files, fileRange{place{at, w}.get(b), place{at + w, w}.get(b), place{at + 2*w, w}.get(b) * unit, name})
	}
	return nil
}

// maxPath is more than PATH_MAX of either system.
const maxPath = 8192
