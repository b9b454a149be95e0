package image

// ELF programs for x86-64: what is in the headers.
//
// Sources: elf(5); System V gABI ch. 4 and 5; the x86-64 psABI. What is refused and how is
// what Linux was seen to do with such files.

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

const (
	headerSize = 64
	phdrSize   = 56
	maxPhdrs   = 65536 / phdrSize // Linux reads no more than 64 KiB
	maxPath    = 4096             // PATH_MAX, of an interpreter
)

var le = binary.LittleEndian

// header is what is of use of an ELF header.
type header struct {
	osabi        byte
	typ, machine uint16
	entry, phoff uint64
	phnum        int
}

// phdr is a program header.
type phdr struct {
	typ, flags                               uint32
	offset, vaddr, filesz, memsz, align, end uint64 // end of memory: vaddr+memsz
}

// program is an ELF file's headers.
type program struct {
	file File
	header
	phdrs []phdr
}

// parseHeader takes an ELF header apart. It is not ok if the file is no ELF, has another
// class, byte order or machine, or program headers of another size.
func parseHeader(b []byte) (h header, ok bool) {
	if len(b) < headerSize || !bytes.HasPrefix(b, []byte(elf.ELFMAG)) ||
		elf.Class(b[elf.EI_CLASS]) != elf.ELFCLASS64 || elf.Data(b[elf.EI_DATA]) != elf.ELFDATA2LSB {
		return header{}, false
	}
	h = header{osabi: b[elf.EI_OSABI], typ: le.Uint16(b[16:]), machine: le.Uint16(b[18:]), entry: le.Uint64(b[24:]),
		phoff: le.Uint64(b[32:]), phnum: int(le.Uint16(b[56:]))}
	return h, elf.Machine(h.machine) == elf.EM_X86_64 && le.Uint16(b[54:]) == phdrSize
}

func (h *header) is(t elf.Type) bool { return elf.Type(h.typ) == t }

// readPhdrs reads the program headers. There must be some, and not too many.
func (p *program) readPhdrs() bool {
	if p.phnum == 0 || p.phnum > maxPhdrs {
		return false
	}
	b, err := read(p.file, p.phoff, p.phnum*phdrSize)
	if err != errno.OK || len(b) != p.phnum*phdrSize {
		return false
	}
	for ; len(b) != 0; b = b[phdrSize:] {
		h := phdr{typ: le.Uint32(b), flags: le.Uint32(b[4:]), offset: le.Uint64(b[8:]), vaddr: le.Uint64(b[16:]),
			filesz: le.Uint64(b[32:]), memsz: le.Uint64(b[40:]), align: le.Uint64(b[48:])}
		h.end = h.vaddr + h.memsz
		p.phdrs = append(p.phdrs, h)
	}
	return true
}

// find is the first program header of a type, or nil.
func (p *program) find(typ uint32) *phdr {
	for i := range p.phdrs {
		if p.phdrs[i].typ == typ {
			return &p.phdrs[i]
		}
	}
	return nil
}

// prot is the permissions of a segment.
func (h *phdr) prot() (p vm.Prot) {
	for _, row := range [...]struct {
		flag elf.ProgFlag
		prot vm.Prot
	}{{elf.PF_R, vm.Read}, {elf.PF_W, vm.Write}, {elf.PF_X, vm.Exec}} {
		if elf.ProgFlag(h.flags)&row.flag != 0 {
			p |= row.prot
		}
	}
	return p
}

// elf reads the headers of a program and of its interpreter.
func (p *Plan) elf(head []byte) (done bool, err errno.Errno) {
	h, ok := parseHeader(head)
	if !ok || !h.is(elf.ET_EXEC) && !h.is(elf.ET_DYN) {
		return false, errno.ENOEXEC
	}
	p.prog = program{file: p.File, header: h}
	if !p.prog.readPhdrs() {
		return false, errno.ENOEXEC
	}
	p.Brand = p.prog.brand(p.sys.Brand)
	if p.sys.CommLast {
		p.Comm = p.Path[strings.LastIndexByte(p.Path, '/')+1:]
		p.Comm = p.Comm[:min(len(p.Comm), p.sys.CommLen)]
	}
	if h := p.prog.find(p.sys.StackHeader); h != nil {
		p.ExecStack = h.prot()&vm.Exec != 0
	}
	if h := p.prog.find(uint32(elf.PT_INTERP)); h != nil {
		err = p.findInterp(h)
		if p.sys.LateInterp {
			p.late, err = err, errno.OK
		}
	}
	return err == errno.OK, err
}

// findInterp opens the program interpreter and reads its headers.
func (p *Plan) findInterp(h *phdr) errno.Errno {
	if h.filesz < 2 || h.filesz > maxPath {
		return errno.ENOEXEC
	}
	b, err := read(p.File, h.offset, int(h.filesz))
	if err != errno.OK || len(b) != int(h.filesz) {
		return errno.EIO
	}
	if b[len(b)-1] != 0 {
		return errno.ENOEXEC
	}
	p.InterpPath = string(b[:bytes.IndexByte(b, 0)])
	if p.Interp, err = p.openOwn(p.InterpPath); err != errno.OK {
		return err
	}
	b, err = read(p.Interp, 0, headerSize)
	if err != errno.OK || len(b) != headerSize {
		return errno.EIO
	}
	ok := false
	p.interp.file = p.Interp
	if p.interp.header, ok = parseHeader(b); !ok || !p.interp.readPhdrs() {
		return p.sys.BadInterp
	}
	return errno.OK
}
