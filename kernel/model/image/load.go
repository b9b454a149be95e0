package image

// The second phase: segments, heap, shared pages.
//
// Sources: System V gABI ch. 5, "Program Loading"; elf(5). What is done where a file and
// these disagree is what Linux was seen to do.

import (
	"debug/elf"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Start is what a new process is told about itself: known only when the program is, since
// that can change who it runs as.
type Start struct {
	UID, EUID, GID, EGID uint32
	Secure               bool
	Random               [16]byte // AT_RANDOM's
}

// Region is something that Load mapped.
type Region struct {
	Part       string // "program", "interpreter", "shared", "stack"
	Start, End uint64
	Prot       vm.Prot
	File       vm.Pager // nil: zeros
	Offset     uint64
}

// Result is a loaded program.
type Result struct {
	Entry, SP uint64 // of the thread: all other registers are 0
	Brand     Brand
	Comm      string
	Path      string // Plan's
	File      File
	Interp    File // or nil
	ExecStack bool

	Bias, Base uint64 // what was added to the addresses of the program, the interpreter
	ProgEntry  uint64 // AT_ENTRY
	Shared     uint64 // where the shared pages are, or 0
	Mapped     []Region

	// What /proc tells about memory (proc_pid_stat(5)).
	StartCode, EndCode, StartData, EndData uint64
	StartBrk, StartStack                   uint64
	ArgStart, ArgEnd, EnvStart, EnvEnd     uint64
	Aux                                    []Row  // with values; the last one is ATNull
	Auxv                                   []byte // as /proc/PID/auxv has them
}

// loader is a Load in progress.
type loader struct {
	Result
	plan  *Plan
	sys   *System
	space *vm.Space
	start Start
	brk   uint64 // the end of the program's memory
	phdrs uint64 // address of its headers
}

// byVM is what execve makes of a refused mapping.
var byVM = [...]errno.Errno{vm.OK: errno.OK, vm.Invalid: errno.EINVAL, vm.NoMemory: errno.ENOMEM, vm.Exists: errno.EEXIST,
	vm.Access: errno.EACCES, vm.NotPermitted: errno.EPERM, vm.BadAddress: errno.EFAULT, vm.Overflow: errno.EOVERFLOW}

// Load puts the program into a space that has the plan's Layout and nothing mapped. After
// an error the space is of no use.
func (p *Plan) Load(space *vm.Space, start Start) (Result, errno.Errno) {
	l := &loader{plan: p, sys: p.sys, space: space, start: start}
	l.Result = Result{Brand: p.Brand, Comm: p.Comm, Path: p.Path, File: p.File, Interp: p.Interp, ExecStack: p.ExecStack}
	if p.late != errno.OK {
		return Result{}, p.late
	}
	for _, step := range [...]func() errno.Errno{l.strings, l.program, l.interpreter, l.shared, l.vectors} {
		if err := step(); err != errno.OK {
			return Result{}, err
		}
	}
	return l.Result, errno.OK
}

// mapped maps and notes it.
func (l *loader) mapped(part string, m vm.Mapping) (uint64, errno.Errno) {
	addr, err := l.space.Map(m)
	if err == vm.OK {
		l.Mapped = append(l.Mapped, Region{part, addr, addr + up(m.Length, vm.PageSize), m.Prot, m.File, m.Offset})
	}
	return addr, byVM[err]
}

// program maps the program's segments and puts the heap after them.
func (l *loader) program() errno.Errno {
	first := vm.FixedIfEmpty
	if l.sys.ReplaceFirst {
		first = vm.Fixed
	}
	p := &l.plan.prog
	if p.is(elf.ET_DYN) {
		at := uint64(0)
		if l.Interp != nil && l.sys.DynBase != 0 {
			at = l.sys.DynBase + l.plan.place.program
		}
		var err errno.Errno
		if l.Bias, err = l.room(p, at, at != 0, true); err != errno.OK {
			return err
		}
		first = vm.Fixed
	}
	if err := l.segments("program", p, l.Bias, first, errno.EINVAL); err != errno.OK {
		return err
	}
	l.account(p)
	l.Entry = p.entry + l.Bias
	l.ProgEntry = l.Entry
	if l.Interp == nil && l.Entry >= l.sys.Top {
		return errno.EINVAL
	}
	return l.heap()
}

// heap says where the heap is.
func (l *loader) heap() errno.Errno {
	at := l.brk
	if l.Interp == nil && l.plan.prog.is(elf.ET_DYN) && l.sys.LoaderHeap != 0 {
		at = l.sys.LoaderHeap
	}
	l.StartBrk = up(at, l.sys.HeapAlign) + l.plan.place.heap
	l.space.SetHeap(l.StartBrk)
	return errno.OK
}

// interpreter maps the interpreter's segments; the thread begins there.
func (l *loader) interpreter() errno.Errno {
	if l.Interp == nil {
		return errno.OK
	}
	p := &l.plan.interp
	switch {
	case p.is(elf.ET_DYN):
		var err errno.Errno
		hint := uint64(0)
		if h := p.find(uint32(elf.PT_LOAD)); h != nil && l.Bias == 0 {
			hint = h.vaddr // an ET_EXEC's interpreter may have addresses of its own
		}
		if l.Base, err = l.room(p, hint, false, false); err != errno.OK {
			return err
		}
	case !p.is(elf.ET_EXEC):
		return errno.EINVAL
	}
	l.Entry = p.entry + l.Base
	if l.Entry >= l.sys.Top {
		return errno.EINVAL
	}
	return l.segments("interpreter", p, l.Base, vm.Fixed, errno.ENOMEM)
}

// room finds room for all segments of an ET_DYN and is what to add to the file's addresses.
// With must it is at an address, else rather there; 0 is anywhere. With align it is
// aligned as the segments want to be: Linux does not do that for interpreters. (Linux also
// begins mappings of 2 MiB and more at such multiples; here are no huge pages.)
func (l *loader) room(p *program, at uint64, must, align bool) (bias uint64, err errno.Errno) {
	first, low, high, mask := p.find(uint32(elf.PT_LOAD)), ^uint64(0), uint64(0), uint64(vm.PageSize-1)
	if first == nil {
		return 0, errno.EINVAL
	}
	for i := range p.phdrs {
		if h := &p.phdrs[i]; elf.ProgType(h.typ) == elf.PT_LOAD {
			low, high = min(low, h.vaddr&^(vm.PageSize-1)), max(high, h.end)
			if align && h.align&(h.align-1) == 0 && h.align != 0 {
				mask |= h.align - 1
			}
		}
	}
	if low > high || high-low > l.sys.Top {
		return 0, errno.ENOMEM
	}
	m := vm.Mapping{Addr: at &^ mask, Length: high - low}
	if must {
		m.Place = vm.FixedIfEmpty
	}
	found, failed := l.space.Map(m)
	if failed != vm.OK {
		return 0, byVM[failed]
	}
	l.space.Unmap(found, m.Length)
	if found&mask != 0 {
		return l.room(p, found&^mask, true, align)
	}
	return found - first.vaddr&^(vm.PageSize-1), errno.OK
}

// segments maps an ELF's segments: the first one by place, the others instead of what is
// there. bad is the error of one that cannot be.
func (l *loader) segments(part string, p *program, bias uint64, place vm.Place, bad errno.Errno) errno.Errno {
	for i := range p.phdrs {
		h := &p.phdrs[i]
		if elf.ProgType(h.typ) != elf.PT_LOAD {
			continue
		}
		at := h.vaddr + bias
		if top := l.sys.Top; h.filesz > h.memsz || h.memsz > top || at > top-h.memsz {
			return bad
		}
		if err := l.segment(part, p.file, h, at, place); err != errno.OK {
			return err
		}
		place = vm.Fixed
	}
	return errno.OK
}

// segment maps one. What of its memory is not in the file is zeros: the rest of the last
// page with bytes of the file, which may have others there, and anonymous pages.
func (l *loader) segment(part string, f File, h *phdr, at uint64, place vm.Place) errno.Errno {
	off := at % vm.PageSize
	fileEnd, end := at+h.filesz, at+h.memsz
	if l.sys.CopyTail && end > fileEnd && h.filesz != 0 {
		return l.copied(part, f, h, at, place)
	}
	zeros := at - off // where anonymous pages begin
	if h.filesz != 0 {
		zeros = up(fileEnd, vm.PageSize)
		if h.offset < off {
			return errno.EINVAL
		}
		if _, err := l.mapped(part, vm.Mapping{Addr: at - off, Length: h.filesz + off, Place: place, Prot: h.prot(),
			File: f, Offset: h.offset - off}); err != errno.OK {
			return err
		}
		if n := int(zeros - fileEnd); end > fileEnd && n != 0 && h.prot()&vm.Write != 0 && l.space.Store(fileEnd, make([]byte, n)) != n {
			return errno.EFAULT
		}
		place = vm.Fixed
	}
	if end <= zeros || h.memsz == 0 {
		return errno.OK
	}
	_, err := l.mapped(part, vm.Mapping{Addr: zeros, Length: end - zeros, Place: place, Prot: vm.Read | vm.Write | h.prot()&vm.Exec})
	return err
}

// copied maps a segment of System.CopyTail.
func (l *loader) copied(part string, f File, h *phdr, at uint64, place vm.Place) errno.Errno {
	off := at % vm.PageSize
	if h.offset < off {
		return errno.EINVAL
	}
	start, tail := at-off, (at+h.filesz)&^(vm.PageSize-1)
	if tail > start {
		if _, err := l.mapped(part, vm.Mapping{Addr: start, Length: tail - start, Place: place, Prot: h.prot(), File: f,
			Offset: h.offset - off}); err != errno.OK {
			return err
		}
		place = vm.Fixed
	}
	tail = max(tail, start)
	if _, err := l.mapped(part, vm.Mapping{Addr: tail, Length: at + h.memsz - tail, Place: place, Prot: h.prot()}); err != errno.OK {
		return err
	}
	b, err := read(f, h.offset-off+tail-start, int(at+h.filesz-tail))
	if err == errno.OK && l.space.Poke(tail, b) != len(b) {
		err = errno.EFAULT
	}
	return err
}

// account notes where the program's code, data and headers are.
func (l *loader) account(p *program) {
	l.StartCode = ^uint64(0)
	for i := range p.phdrs {
		h := &p.phdrs[i]
		if elf.ProgType(h.typ) != elf.PT_LOAD {
			continue
		}
		at := h.vaddr + l.Bias
		if p.phoff >= h.offset && p.phoff-h.offset < h.filesz { // the last one that has them
			l.phdrs = p.phoff - h.offset + at
		}
		if h.prot()&vm.Exec != 0 {
			l.StartCode, l.EndCode = min(l.StartCode, at), max(l.EndCode, at+h.filesz)
		}
		l.StartData, l.EndData = max(l.StartData, at), max(l.EndData, at+h.filesz)
		l.brk = max(l.brk, at+h.memsz)
	}
}

// shared maps the pages that are the kernel's, one after the other.
func (l *loader) shared() errno.Errno {
	size := uint64(0)
	for _, s := range l.sys.Shared {
		size += s.Size
	}
	if size == 0 {
		return errno.OK
	}
	where := vm.Mapping{Length: size}
	if l.sys.SharedAt != 0 {
		where.Addr, where.Place = l.sys.SharedAt, vm.FixedIfEmpty
	}
	at, failed := l.space.Map(where)
	if failed != vm.OK {
		return byVM[failed]
	}
	l.Result.Shared = at
	for _, s := range l.sys.Shared {
		if _, err := l.mapped("shared", vm.Mapping{Addr: at, Length: s.Size, Place: vm.Fixed, Prot: s.Prot, File: s.File, Name: s.Name}); err != errno.OK {
			return err
		}
		at += s.Size
	}
	return errno.OK
}
