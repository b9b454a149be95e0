// Stack traces of -k: the frames of a thread under the line of its call.

package strace

import (
	"strconv"
	"strings"

	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/elfinfo/cfi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

const stackDepth = 256

// stacks are the unwinders of the processes.
type stacks struct {
	procs map[kernel.PID]*stackProcess
}

type stackProcess struct {
	images *elfinfo.Images
	tables map[*elfinfo.File]*cfi.Table
	unwind *cfi.Unwinder
	stale  bool
}

// changesMap are the calls after which files may be mapped elsewhere.
var changesMap, _ = syscalls.ParseSet("mmap,munmap,mremap,execve,execveat,shmat,shmdt,remap_file_pages,mprotect,pkey_mprotect,brk")

// moved says that a thread's call may have changed what is mapped.
func (s *stacks) moved(th *tracer.Thread, a *syscalls.ABI) {
	if p := s.procs[th.Process.PID]; p != nil && changesMap.Has(a, th.Call.Nr) {
		p.stale = true
	}
}

// stack appends the frames of a thread's stack, or nothing when it cannot be told.
func (t *trace) stack(b []byte, tid int) []byte {
	th := t.tr.Thread(kernel.TID(tid))
	if th == nil || !th.Stopped() {
		return b
	}
	set, err := th.Regs(regs.General)
	if err != nil {
		return b
	}
	p := t.stackProcess(th.Process)
	_, _ = p.unwind.Walk(set, stackDepth, func(f *cfi.Frame) bool { // what was found before an error is shown
		b = p.appendFrame(b, f.PC())
		return true
	})
	return b
}

func (p *stackProcess) appendFrame(b []byte, pc uint64) []byte {
	im := p.images.At(pc)
	if im == nil || im.File == nil {
		b = append(b, " > unexpected_backtracing_error [0x"...)
		return append(strconv.AppendUint(b, pc, 16), "]\n"...)
	}
	b = append(append(append(b, " > "...), im.Path...), '(')
	if found, ok := im.File.Symbols().Lookup(im.Vaddr(pc)); ok {
		b = append(append(append(b, found.Demangled()...), "+0x"...), strconv.FormatUint(im.Vaddr(pc)-found.Value, 16)...)
	}
	b = append(b, ") [0x"...)
	return append(strconv.AppendUint(b, im.Vaddr(pc), 16), "]\n"...)
}

// stackProcess is what is known of a process, brought up to date.
func (t *trace) stackProcess(proc *tracer.Process) *stackProcess {
	p := t.stacks.procs[proc.PID]
	if p == nil {
		p = newStackProcess(proc)
		t.stacks.procs[proc.PID] = p
	}
	if !p.stale {
		return p
	}
	p.stale = false
	files := t.k.Procfs().Proc(int(proc.PID))
	maps, err := files.Maps()
	if err != nil {
		return p
	}
	in := elfinfo.Process{Mem: proc}
	for _, m := range maps {
		path := m.Path
		if path == "" {
			path = m.Name
		}
		in.Maps = append(in.Maps, elfinfo.Mapping{Start: m.Start, End: m.End, Offset: m.Offset, Path: strings.TrimSuffix(path, " (deleted)"),
			Inode: m.Inode, Exec: m.Perm&procfs.Exec != 0})
	}
	if v, err := files.Auxv(); err == nil {
		in.Auxv.VDSO, _ = v.Get(procfs.AuxVDSO)
	}
	p.images.Update(in)
	p.unwind.Forget()
	return p
}

func newStackProcess(proc *tracer.Process) *stackProcess {
	p := &stackProcess{images: elfinfo.NewImages(elfinfo.Options{}), tables: map[*elfinfo.File]*cfi.Table{}, stale: true}
	p.unwind = &cfi.Unwinder{Mem: proc,
		ModuleAt: func(pc uint64) (cfi.Module, bool) {
			im := p.images.At(pc)
			if im == nil || im.File == nil {
				return cfi.Module{}, false
			}
			table := p.tables[im.File]
			if table == nil {
				table = cfi.New(im.File)
				p.tables[im.File] = table
			}
			return cfi.Module{Table: table, Bias: im.Bias}, true
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
