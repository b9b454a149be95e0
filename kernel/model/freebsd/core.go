package freebsd

// Cores, as PT_COREDUMP has them written: what imgact_elf.c puts into one. First the notes, those
// of each thread beginning with the one that is dumped, then the memory that is worth it.

import (
	"slices"

	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/calls"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

// coredump is PT_COREDUMP: the descriptor, flags, a limit of bytes. What comes of it ends in a new
// stop (coredump).
func (r *request) coredump() (int, errno.Errno) {
	if r.data != raw.CoredumpSize {
		return 0, errno.EINVAL
	}
	b := make([]byte, raw.CoredumpSize)
	if e := r.mem.in(r.addr, b); e != errno.OK {
		return 0, e
	}
	fd, flags, limit := int(int32(le.Uint32(b))), le.Uint32(b[4:]), int64(le.Uint64(b[8:]))
	if flags&^uint32(coreCompress|coreAll) != 0 {
		return 0, errno.EINVAL
	}
	f, e := r.by.Proc.Files.Get(fd)
	switch {
	case e != errno.OK:
		return 0, e
	case f.Flags()&fs.OWrite == 0:
		return 0, errno.EBADF
	case f.Node().Kind() != fs.Regular:
		return 0, errno.EPIPE
	case !lwpOf(r.t).sswitch:
		return 0, errno.EBUSY
	}
	result := errno.OK
	r.remotely(func(t *kern.Thread) { result = writeCore(t, f, flags, limit) })
	return 0, result
}

// writeCore writes a core of a thread's process to a file. EFAULT: it is more than the limit
// allows.
func writeCore(t *kern.Thread, f *fs.File, flags uint32, limit int64) errno.Errno {
	head, segments := core(t, flags&coreAll != 0)
	size := int64(len(head))
	for _, m := range segments {
		size += int64(m.end - m.start)
	}
	if limit > 0 && size > limit || size < 0 {
		return errno.EFAULT
	}
	off, e := put(f, head, 0)
	buf := make([]byte, calls.Piece)
	for _, m := range segments {
		for at := m.start; at < m.end && e == errno.OK; {
			piece := buf[:min(uint64(len(buf)), m.end-at)]
			clear(piece)
			t.Proc.Space.Peek(at, piece)
			off, e = put(f, piece, off)
			at += uint64(len(piece))
		}
	}
	return e
}

// put writes all of b at off, and is where it ends.
func put(f *fs.File, b []byte, off int64) (int64, errno.Errno) {
	for len(b) > 0 {
		n, e := f.Pwrite(b[:min(len(b), calls.Piece)], off)
		if e != errno.OK {
			return off, e
		}
		b, off = b[n:], off+int64(n)
	}
	return off, errno.OK
}

// Flags of PT_COREDUMP (PC_COMPRESS, PC_ALL).
const (
	coreCompress = 1
	coreAll      = 2
)

// Notes of a core (sys/elf_common.h); those of a thread are among notes.
const (
	notePrpsinfo = 3
	noteProcs    = 8
	noteXstate   = 0x202
)

// threadNotes are the notes of a thread, in order.
var threadNotes = []int{raw.NotePrstatus, raw.NoteFpregset, raw.NoteSegbases, noteXstate, raw.NoteThrmisc, raw.NoteLwpinfo}

// The limits that there are (RLIM_NLIMITS), also those that are not modeled, and RLIM_INFINITY.
const (
	kindsOfLimit = 16
	infinity     = 1<<63 - 1
)

// processNotes are the notes NT_PROCSTAT_..., by number from noteProcs on: the size of a
// structure of theirs, which comes first, and their contents.
var processNotes = []struct {
	size int
	get  func(*kern.Proc) ([]byte, errno.Errno)
}{
	{kinfoSize, func(p *kern.Proc) (b []byte, e errno.Errno) {
		for _, t := range p.Living() {
			b = append(b, kinfo(p, t)...)
		}
		return b, e
	}},
	{1392, procFiles},
	{1160, procMap},
	{4, procGroups},
	{2, func(p *kern.Proc) ([]byte, errno.Errno) { return le.AppendUint16(nil, uint16(p.At.Umask)), errno.OK }},
	{16 * kindsOfLimit, func(p *kern.Proc) (b []byte, e errno.Errno) {
		for i := range limits {
			b = append(b, oneLimit(p, i)...)
		}
		for len(b) < 16*kindsOfLimit {
			b = le.AppendUint64(b, infinity)
		}
		return b, e
	}},
	{4, procRelease},
	{8, procPSStrings},
	{16, func(p *kern.Proc) ([]byte, errno.Errno) {
		if p.Image == nil {
			return nil, errno.ESRCH
		}
		return p.Image.Auxv, errno.OK
	}},
}

// noteList makes a note segment.
type noteList []byte

func (l *noteList) add(kind int, desc []byte) {
	b := le.AppendUint32(*l, 8)
	b = le.AppendUint32(b, uint32(len(desc)))
	b = le.AppendUint32(b, uint32(kind))
	b = append(append(b, "FreeBSD\x00"...), desc...)
	*l = append(b, make([]byte, -len(b)&3)...)
}

// coreNotes are NT_PRPSINFO, the notes of each thread, and those of the process.
func coreNotes(first *kern.Thread) []byte {
	p := first.Proc
	var list noteList
	info := make([]byte, 120)
	le.PutUint32(info, 1)
	le.PutUint64(info[8:], 120)
	copy(info[16:32], p.Comm)
	args := zeroed(p.Args)
	for i, c := range args {
		if c == 0 {
			args[i] = ' '
		}
	}
	copy(info[33:113], args)
	le.PutUint32(info[116:], uint32(p.PID))
	list.add(notePrpsinfo, info)
	threads := append([]*kern.Thread{first}, slices.DeleteFunc(slices.Clone(p.Living()), func(t *kern.Thread) bool { return t == first })...)
	for _, t := range threads {
		for _, n := range threadNotes {
			list.add(n, threadNote(t, n))
		}
	}
	for i, row := range processNotes {
		if b, e := row.get(p); e == errno.OK {
			list.add(noteProcs+i, append(le.AppendUint32(nil, uint32(row.size)), b...))
		}
	}
	return list
}

// xcr0 is where the kernel notes the mask of components in an area of a core: in bytes that the
// processor leaves to software.
const xcr0 = 464

func threadNote(t *kern.Thread, n int) []byte {
	if n == noteXstate {
		b := xstate(t)
		le.PutUint64(b[xcr0:], xsaveMask)
		return b
	}
	b := make([]byte, notes[n].size)
	notes[n].get(t, b)
	return b
}

// dumped says whether a mapping is put into a core: not what is not mapped at all (guards), nor,
// unless all is wanted, what can be had from the program's file or not be reached.
func (m *mapEntry) dumped(all bool) bool {
	return !m.guard && (all || m.e.Prot != 0 && !m.noCore())
}

// noCore: the loader marks what it maps without writing (MAP_ENTRY_NOCOREDUMP).
func (m *mapEntry) noCore() bool { return m.node != nil && m.e.Prot&vm.Write == 0 }

// core is the beginning of a core of a thread's process, up to a page's end, and the memory that
// follows.
func core(t *kern.Thread, all bool) (b []byte, segments []mapEntry) {
	for _, m := range mapEntries(t.Proc) {
		if m.dumped(all) {
			segments = append(segments, m)
		}
	}
	list := coreNotes(t)
	b = make([]byte, 64)
	copy(b, []byte{0x7f, 'E', 'L', 'F', 2, 1, 1, 9})
	le.PutUint16(b[16:], 4)  // ET_CORE
	le.PutUint16(b[18:], 62) // EM_X86_64
	le.PutUint32(b[20:], 1)
	le.PutUint64(b[32:], 64)
	le.PutUint16(b[52:], 64)
	le.PutUint16(b[54:], 56)
	le.PutUint16(b[56:], uint16(len(segments)+1))
	off := uint64(64 + 56*(len(segments)+1))
	b = append(b, phdr(4, 4, off, 0, uint64(len(list)), 4)...)
	off = calls.Pages(off + uint64(len(list)))
	for _, m := range segments {
		b = append(b, phdr(1, segmentFlags(m.e.Prot), off, m.start, m.end-m.start, vm.PageSize)...)
		off += m.end - m.start
	}
	b = append(b, list...)
	return append(b, make([]byte, calls.Pages(uint64(len(b)))-uint64(len(b)))...), segments
}

// segmentFlags are PF_X 1, PF_W 2, PF_R 4.
func segmentFlags(p vm.Prot) (f uint32) {
	for bit, flag := range map[vm.Prot]uint32{vm.Exec: 1, vm.Write: 2, vm.Read: 4} {
		if p&bit != 0 {
			f |= flag
		}
	}
	return f
}

// phdr is a program header; its memory is as long as its contents.
func phdr(kind, flags uint32, off, addr, size, align uint64) []byte {
	b := le.AppendUint32(le.AppendUint32(nil, kind), flags)
	for _, v := range []uint64{off, addr, 0, size, size, align} {
		b = le.AppendUint64(b, v)
	}
	return b
}
