// Stack traces of -k: the frames of a thread under the line of its call, and in its event.

package calltrace

import (
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/elfinfo/cfi"
	"github.com/trapline/trapline/elfinfo/line"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

const (
	stackDepth = 256
	maxPlaces  = 1 << 16 // that a process's memory of places holds
)

// Stacks unwinds the stacks of an engine's tracees.
type Stacks struct {
	Lines bool // say where in the sources places are, too (-kk)

	tr    *tracer.Tracer
	files elfinfo.Cache
	procs map[kernel.PID]*stackProcess
	pcs   []uint64 // scratch
}

// NewStacks makes one for the tracees of tr. Its Watch has to see every event.
func NewStacks(tr *tracer.Tracer) *Stacks {
	return &Stacks{tr: tr, procs: map[kernel.PID]*stackProcess{}}
}

type stackProcess struct {
	images *elfinfo.Images
	lines  bool // somebody wants them
	unwind *cfi.Unwinder
	places map[uint64]*place
	code   []elfinfo.Mapping // what can be executed
	stale  bool
}

// place is what is known of a pc.
type place struct {
	frame Frame
	line  string // as strace writes it
	code  bool   // something can be executed there
}

// changesMap are the calls after which files may be mapped elsewhere; one that ends is told of by Remaps.
var changesMap = callSet("mmap,munmap,mremap,execve,execveat,shmat,shmdt,remap_file_pages,mprotect,pkey_mprotect,brk")

// Remaps says whether files may be mapped elsewhere in a process after an event.
func Remaps(e *tracer.Event) bool {
	return e.Kind == tracer.EvSyscallExit && changesMap().Has(ABIOf(e.Thread.Call.ABI), e.Thread.Call.Nr)
}

// leavesStack are the calls behind which, when they have done what they are made for, the stack that made them is gone:
// it is looked at before.
var leavesStack = callSet("exit,exit_group,execve,execveat")

// callSet is a set of calls, made when it is asked for first.
func callSet(names string) func() *syscalls.Set {
	return sync.OnceValue(func() *syscalls.Set {
		set, _ := syscalls.ParseSet(names) // it has no error
		return set
	})
}

// Watch learns from an event what stacks will look like: what is mapped, who is gone.
func (s *Stacks) Watch(e *tracer.Event) {
	switch e.Kind {
	case tracer.EvExited, tracer.EvKilled:
		if p := s.procs[e.Process.PID]; p != nil {
			p.images.Close() // nobody could act on its error
			delete(s.procs, e.Process.PID)
		}
	case tracer.EvSyscallExit:
		if p := s.procs[e.Process.PID]; p != nil && Remaps(e) {
			p.stale = true
		}
	}
}

// walk calls f for the places of a thread's stack, the innermost first; for none when it
// cannot be told.
func (s *Stacks) walk(tid int, f func(*place)) {
	th := s.tr.Thread(kernel.TID(tid))
	if th == nil || !th.Stopped() {
		return
	}
	set, err := th.Regs(regs.General)
	if err != nil {
		return
	}
	p := s.process(th.Process)
	p.unwind.ABI = s.abi(set)
	s.pcs = s.pcs[:0]
	_, _ = p.unwind.Walk(set, stackDepth, func(f *cfi.Frame) bool { // what was found before an error is shown
		s.pcs = append(s.pcs, f.PC())
		return true
	})
	for i, pc := range s.pcs {
		at := p.place(pc)
		if i > 0 && !at.code { // the frame before was the outermost, without a row that says so
			return
		}
		f(at)
	}
}

// abi is that of the code which a thread runs: its program's and its call's may be others.
func (s *Stacks) abi(set *regs.Set) *cfi.ABI {
	if code := s.tr.OS().Code32; code != 0 && set.G[regs.CS] == code {
		return cfi.I386
	}
	return cfi.AMD64
}

// Append appends a thread's stack as strace writes it, a line each frame.
func (s *Stacks) Append(b []byte, tid int) []byte {
	s.walk(tid, func(p *place) { b = append(b, p.line...) })
	return b
}

// Frames is a thread's stack as data.
func (s *Stacks) Frames(tid int) (frames []Frame) {
	s.walk(tid, func(p *place) { frames = append(frames, p.frame) })
	return frames
}

// place looks a pc up, once.
func (p *stackProcess) place(pc uint64) *place {
	if found := p.places[pc]; found != nil {
		return found
	}
	if len(p.places) >= maxPlaces {
		clear(p.places)
	}
	found := p.find(pc)
	p.places[pc] = found
	return found
}

func (p *stackProcess) find(pc uint64) *place {
	hex := func(v uint64) string { return "0x" + strconv.FormatUint(v, 16) }
	at := &place{frame: Frame{PC: hex(pc)}}
	at.code = slices.ContainsFunc(p.code, func(m elfinfo.Mapping) bool { return m.Start <= pc && pc < m.End })
	im := p.images.At(pc)
	if im == nil || im.File == nil {
		at.line = " > unexpected_backtracing_error [" + at.frame.PC + "]\n"
		return at
	}
	at.frame.Image, at.frame.Addr = im.Path, hex(im.Vaddr(pc))
	symbol := ""
	if found, ok := im.File.Symbols().Lookup(im.Vaddr(pc)); ok {
		at.frame.Symbol, at.frame.Offset = found.Demangled(), im.Vaddr(pc)-found.Value
		symbol = at.frame.Symbol + "+" + hex(at.frame.Offset)
	}
	p.findLine(at, im, pc)
	source := ""
	if at.frame.File != "" {
		source = " " + at.frame.File + ":" + strconv.Itoa(at.frame.Line)
	}
	at.line = " > " + im.Path + "(" + symbol + ") [" + at.frame.Addr + "]" + source + "\n"
	return at
}

// findLine finds the line of the call that a pc is behind.
func (p *stackProcess) findLine(at *place, im *elfinfo.Image, pc uint64) {
	if !p.lines {
		return
	}
	if e, ok, err := line.Of(im.File).Find(im.Vaddr(pc) - 1); ok && err == nil {
		at.frame.File, at.frame.Line = e.File, e.Line
	}
}

// process is what is known of a process, brought up to date.
func (s *Stacks) process(proc *tracer.Process) *stackProcess {
	p := s.procs[proc.PID]
	if p == nil {
		p = s.newProcess(proc)
		s.procs[proc.PID] = p
	}
	if !p.stale {
		return p
	}
	p.stale = false
	files := s.tr.Kernel().Procfs().Proc(int(proc.PID))
	maps, err := files.Maps()
	if err != nil {
		return p
	}
	in := elfinfo.Process{Mem: proc}
	p.code = p.code[:0]
	for _, m := range maps {
		path := m.Path
		if path == "" {
			path = m.Name
		}
		in.Maps = append(in.Maps, elfinfo.Mapping{Start: m.Start, End: m.End, Offset: m.Offset, Path: strings.TrimSuffix(path, " (deleted)"),
			Inode: m.Inode, Exec: m.Perm&procfs.Exec != 0})
		if last := in.Maps[len(in.Maps)-1]; last.Exec {
			p.code = append(p.code, last)
		}
	}
	if v, err := files.Auxv(); err == nil {
		in.Auxv.VDSO, _ = v.Get(procfs.AuxVDSO)
	}
	p.images.Update(in)
	p.unwind.Forget()
	clear(p.places)
	return p
}

func (s *Stacks) newProcess(proc *tracer.Process) *stackProcess {
	p := &stackProcess{images: elfinfo.NewImages(&s.files), lines: s.Lines, places: map[uint64]*place{}, stale: true}
	p.unwind = &cfi.Unwinder{Mem: proc,
		ModuleAt: func(pc uint64) (cfi.Module, bool) {
			im := p.images.At(pc)
			if im == nil || im.File == nil {
				return cfi.Module{}, false
			}
			return cfi.Module{Table: cfi.TableOf(im.File), Bias: im.Bias}, true
		},
		Symbol: func(pc uint64) (string, uint64, bool) {
			im := p.images.At(pc)
			if im == nil || im.File == nil {
				return "", 0, false
			}
			found, ok := im.File.Symbols().Lookup(im.Vaddr(pc))
			return found.Name, im.Addr(found.Value), ok
		}}
	return p
}
