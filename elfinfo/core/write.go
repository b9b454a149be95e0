package core

// Writing a core of a living process, in the form of Linux's kernel: what `gcore` needs on a
// system whose kernel has no request for it.

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
)

// Image is what a core is written of.
type Image struct {
	OS      *abi.OS
	Process Process
	Threads []ThreadImage // the first is the one that a debugger shows first
	Auxv    []byte        // as the kernel gave it
	Regions []Region      // ascending
	// Read reads memory. What it cannot read becomes zeros.
	Read func(addr uint64, p []byte) (int, error)
}

// ThreadImage is a thread of a 64-bit process.
type ThreadImage struct {
	TID           int
	Signal        int
	Pending, Mask uint64
	Info          []byte // siginfo_t; nil none
	Regs          *regs.Set
}

// Region is a mapping and how much of it, from its start, is put into the core, in bytes.
type Region struct {
	procfs.Map
	Dumped uint64
}

// ErrUnsupported: cores of this system are not written here.
var ErrUnsupported = errors.New("cores of this system cannot be written")

// File is what a core is written to. Pages of zeros become holes.
type File interface {
	io.WriterAt
	Truncate(size int64) error
}

// piece is how much memory is held at a time, in bytes.
const piece = 1 << 20

const (
	pageSize = 4096
	ehsize   = 64
	phsize   = 56
	shsize   = 64
	pnXnum   = 0xffff // PN_XNUM: the count of segments is in section 0
)

// Write writes the core. progress is called now and then with the bytes of memory done and of all;
// it may end the writing by an error.
func (im *Image) Write(f File, progress func(done, all uint64) error) error {
	if im.OS != abi.Linux {
		return ErrUnsupported
	}
	notes, err := im.notes()
	if err != nil {
		return err
	}
	head, start := im.head(len(notes))
	if _, err := f.WriteAt(append(head, notes...), 0); err != nil {
		return err
	}
	var all, done uint64
	for _, r := range im.Regions {
		all += r.Dumped
	}
	if err := f.Truncate(int64(start + all)); err != nil {
		return err
	}
	buf := make([]byte, piece)
	for _, r := range im.Regions {
		for at := uint64(0); at < r.Dumped; at += piece {
			part := buf[:min(piece, r.Dumped-at)]
			im.fill(r.Start+at, part)
			if err := writeSparse(f, part, int64(start+done)); err != nil {
				return err
			}
			done += uint64(len(part))
			if err := progress(done, all); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill reads memory, page by page where a part of it cannot be read.
func (im *Image) fill(addr uint64, b []byte) {
	if n, _ := im.Read(addr, b); n == len(b) {
		return
	}
	for at := 0; at < len(b); at += pageSize {
		page := b[at:min(at+pageSize, len(b))]
		n, _ := im.Read(addr+uint64(at), page)
		clear(page[n:])
	}
}

// writeSparse leaves out pages of zeros.
func writeSparse(f File, b []byte, off int64) error {
	var zeros [pageSize]byte
	for at := 0; at < len(b); {
		end := at
		for end < len(b) && !bytes.Equal(b[end:min(end+pageSize, len(b))], zeros[:min(pageSize, len(b)-end)]) {
			end = min(end+pageSize, len(b))
		}
		if end > at {
			if _, err := f.WriteAt(b[at:end], off+int64(at)); err != nil {
				return err
			}
		}
		at = end + pageSize
	}
	return nil
}

// head is the headers, and start where memory begins: at a page.
func (im *Image) head(notes int) (head []byte, start uint64) {
	count := len(im.Regions) + 1
	h := elf.Header64{Ident: [elf.EI_NIDENT]byte{0x7f, 'E', 'L', 'F', byte(elf.ELFCLASS64), byte(elf.ELFDATA2LSB), byte(elf.EV_CURRENT)},
		Type: uint16(elf.ET_CORE), Machine: uint16(elf.EM_X86_64), Version: uint32(elf.EV_CURRENT), Phoff: ehsize, Ehsize: ehsize,
		Phentsize: phsize, Phnum: uint16(min(count, pnXnum))}
	at := uint64(ehsize + phsize*count)
	var section []elf.Section64
	if count >= pnXnum {
		h.Shoff, h.Shentsize, h.Shnum = at, shsize, 1
		section = []elf.Section64{{Size: 1, Info: uint32(count)}}
		at += shsize
	}
	start = (at + uint64(notes) + pageSize - 1) &^ (pageSize - 1)
	progs := []elf.Prog64{{Type: uint32(elf.PT_NOTE), Off: at, Filesz: uint64(notes), Align: 4}}
	off := start
	for _, r := range im.Regions {
		flags := elf.ProgFlag(0)
		for i, bit := range []elf.ProgFlag{elf.PF_R, elf.PF_W, elf.PF_X} {
			if r.Perm>>i&1 != 0 {
				flags |= bit
			}
		}
		progs = append(progs, elf.Prog64{Type: uint32(elf.PT_LOAD), Flags: uint32(flags), Off: off, Vaddr: r.Start, Filesz: r.Dumped, Memsz: r.Size(), Align: pageSize})
		off += r.Dumped
	}
	var b bytes.Buffer
	for _, part := range []any{h, progs, section} {
		binary.Write(&b, le, part)
	}
	return b.Bytes(), start
}

// noteList is the contents of a note segment.
type noteList []byte

func (l *noteList) add(owner string, kind uint32, desc []byte) {
	b := le.AppendUint32(*l, uint32(len(owner)+1))
	b = le.AppendUint32(b, uint32(len(desc)))
	b = le.AppendUint32(b, kind)
	for _, part := range [][]byte{append([]byte(owner), 0), desc} {
		b = append(append(b, part...), make([]byte, -len(part)&3)...)
	}
	*l = b
}

// notes are in the kernel's order: the first thread's status, what is the process's, the first
// thread's other registers, then the other threads.
func (im *Image) notes() (noteList, error) {
	var l noteList
	for i := range im.Threads {
		t := &im.Threads[i]
		status, err := im.status(t)
		if err != nil {
			return nil, fmt.Errorf("thread %d: %w", t.TID, err)
		}
		l.add(ownerCore, ntPrstatus, status)
		if i == 0 {
			l.add(ownerCore, ntPrpsinfo, im.psinfo())
		}
		if t.Info != nil {
			l.add(ownerCore, ntSiginfo, t.Info)
		}
		if i == 0 {
			l.add(ownerCore, ntAuxv, im.Auxv)
			l.add(ownerCore, ntFile, im.fileNote())
		}
		if len(t.Regs.XSave) >= 512 {
			l.add(ownerCore, ntFpregset, t.Regs.XSave[:512])
		}
		if len(t.Regs.XSave) > 512 {
			l.add(ownerLinux, ntXstate, t.Regs.XSave)
		}
	}
	return l, nil
}

func (p place) put(b []byte, v uint64) {
	var w [8]byte
	le.PutUint64(w[:], v)
	copy(b[p.off:p.off+p.size], w[:])
}

func (im *Image) status(t *ThreadImage) ([]byte, error) {
	l := statuses[osClass{abi.Linux, elf.ELFCLASS64}]
	b := make([]byte, l.size)
	le.PutUint32(b, uint32(t.Signal)) // si_signo
	for _, m := range []struct {
		at place
		v  uint64
	}{{l.signal, uint64(t.Signal)}, {l.pending, t.Pending}, {l.mask, t.Mask}, {l.tid, uint64(t.TID)}, {l.ppid, uint64(im.Process.PPID)},
		{l.pgid, uint64(im.Process.PGID)}, {l.sid, uint64(im.Process.SID)}, {place{l.size - 8, 4}, 1}} { // pr_fpvalid
		m.at.put(b, m.v)
	}
	return b, regs.ToLinux(t.Regs, b[l.regs:])
}

func (im *Image) psinfo() []byte {
	l, p := psinfos[osClass{abi.Linux, elf.ELFCLASS64}], &im.Process
	b := make([]byte, l.size)
	for _, m := range []struct {
		at place
		v  int
	}{{l.state, int(p.State)}, {l.nice, p.Nice}, {l.uid, p.UID}, {l.gid, p.GID}, {l.pid, p.PID}, {l.ppid, p.PPID}, {l.pgid, p.PGID}, {l.sid, p.SID}} {
		m.at.put(b, uint64(m.v))
	}
	copy(b[l.name:l.name+l.nameSize-1], p.Name)
	copy(b[l.args:l.args+l.argsSize-1], p.Args)
	return b
}

// fileNote is NT_FILE; offsets are in pages.
func (im *Image) fileNote() []byte {
	var ranges, names []byte
	count := uint64(0)
	for _, r := range im.Regions {
		if r.Path == "" {
			continue
		}
		count++
		for _, v := range []uint64{r.Start, r.End, r.Offset / pageSize} {
			ranges = le.AppendUint64(ranges, v)
		}
		names = append(append(names, r.Path...), 0)
	}
	b := le.AppendUint64(le.AppendUint64(nil, count), pageSize)
	return append(append(b, ranges...), names...)
}
