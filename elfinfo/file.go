package elfinfo

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
)

// Options say where debug files are and how much a file may make us allocate.
// The zero value is right for the files of this machine.
type Options struct {
	// DebugRoots are searched for separate debug files; nil means
	// DefaultDebugRoots, an empty slice none.
	DebugRoots []string
	// NoMmap reads with pread instead of mapping the file.
	NoMmap bool
	// MaxSection is the largest section, in bytes, that is decompressed or read
	// from an unmapped file; 0 means DefaultMaxSection.
	MaxSection uint64
}

// DefaultDebugRoots is where Linux distributions and FreeBSD install debug files.
var DefaultDebugRoots = []string{"/usr/lib/debug"}

// DefaultMaxSection bounds one decompressed section: 4 GiB, the limit of 32-bit DWARF.
const DefaultMaxSection = 4 << 30

func (o Options) debugRoots() []string {
	if o.DebugRoots == nil {
		return DefaultDebugRoots
	}
	return o.DebugRoots
}

func (o Options) maxSection() uint64 {
	if o.MaxSection == 0 {
		return DefaultMaxSection
	}
	return o.MaxSection
}

// Header is the ELF file header (System V gABI, chapter 4), in host form.
type Header struct {
	Class      elf.Class
	Data       elf.Data
	Version    elf.Version
	OSABI      elf.OSABI
	ABIVersion uint8
	Type       elf.Type
	Machine    elf.Machine
	Entry      uint64 // vaddr of the first instruction; 0 for none
	Phoff      uint64 // file offset of the program headers
	Shoff      uint64 // file offset of the section headers
	Flags      uint32
	Ehsize     uint16
	Phentsize  uint16
	Phnum      uint32 // after PN_XNUM has been resolved
	Shentsize  uint16
	Shnum      uint32 // after the extended numbering has been resolved
	Shstrndx   uint32
}

// File is one open ELF file.
type File struct {
	Name     string // path, or a label such as "[vdso]"
	Header   Header
	Progs    []elf.ProgHeader
	Sections []elf.SectionHeader

	// SectionErr says why Sections is empty or nameless although the header
	// promises sections: a truncated file, or an image read out of memory.
	SectionErr error

	order  binary.ByteOrder
	opts   Options
	onDisk bool // Name is a path
	src    *source

	mu    sync.Mutex
	cache map[int][]byte // section index -> contents

	separate separateState
	symtab   symbolState

	lease   *lease   // nil: not of a Cache
	derived sync.Map // by type: see Derived
}

// Open opens the ELF file at path, mapping it where the OS can: nothing but the
// headers is read until asked for.
func Open(path string, opts Options) (*File, error) {
	fi, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if fi.IsDir() {
		return nil, fmt.Errorf("%s: is a directory, not an ELF file", path)
	}
	if !fi.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a regular file (%s)", path, fi.Mode().Type())
	}
	h, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	src := &source{r: h, size: fi.Size(), close: h.Close}
	if fi.Size() > 0 && !opts.NoMmap {
		if b, unmap, err := mmap(h, fi.Size()); err == nil {
			h.Close()
			src = &source{mapped: b, size: fi.Size(), close: unmap}
		}
	}
	f, err := newFile(src, path, opts)
	if err != nil {
		src.close()
		return nil, err
	}
	f.onDisk = true
	return f, nil
}

// New reads an ELF image through r, for instance a bytes.Reader over a vDSO copied
// out of a process. name appears in errors.
func New(r io.ReaderAt, name string, opts Options) (*File, error) {
	return newFile(newSource(r), name, opts)
}

func newFile(src *source, name string, opts Options) (*File, error) {
	f := &File{Name: name, opts: opts, src: src, cache: map[int][]byte{}}
	err := Guard(name, func() error {
		if err := f.readHeader(); err != nil {
			return err
		}
		f.SectionErr = f.readSections()
		return f.readProgs()
	})
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Close releases the mapping and the separate debug file, or gives a file of a Cache back.
// Slices that Section returned must not be used afterwards.
func (f *File) Close() error {
	if f.lease != nil {
		return f.lease.cache.leave(f)
	}
	return f.release()
}

func (f *File) release() error {
	err := f.closeSeparate()
	f.mu.Lock()
	defer f.mu.Unlock()
	if c := f.src.close; c != nil {
		f.src.close = nil
		err = errors.Join(err, c())
	}
	// Late readers get "beyond the end of the file", not a fault.
	f.src.mapped, f.src.size = nil, 0
	f.cache = map[int][]byte{}
	return err
}

// ByteOrder is the byte order of the file's data.
func (f *File) ByteOrder() binary.ByteOrder { return f.order }

// AddrSize is the size of an address in bytes: 4 or 8.
func (f *File) AddrSize() int {
	if f.Header.Class == elf.ELFCLASS32 {
		return 4
	}
	return 8
}

// Entry is the vaddr of the first instruction; 0 when the file has none.
func (f *File) Entry() uint64 { return f.Header.Entry }

// Machine is the instruction set, for example elf.EM_X86_64.
func (f *File) Machine() elf.Machine { return f.Header.Machine }

// Class is elf.ELFCLASS32 or elf.ELFCLASS64.
func (f *File) Class() elf.Class { return f.Header.Class }

// OSABI is the operating system of the header; most Linux files say ELFOSABI_NONE.
func (f *File) OSABI() elf.OSABI { return f.Header.OSABI }

// errAt makes a FormatError about this file.
func (f *File) errAt(section string, off uint64, format string, args ...any) error {
	return &FormatError{File: f.Name, Section: section, Offset: off, Msg: fmt.Sprintf(format, args...)}
}

// Prog returns the first program header of the type.
func (f *File) Prog(t elf.ProgType) (elf.ProgHeader, bool) {
	for _, p := range f.Progs {
		if p.Type == t {
			return p, true
		}
	}
	return elf.ProgHeader{}, false
}

// maxInterp is PATH_MAX of Linux and FreeBSD with room to spare.
const maxInterp = 8192

// Interp is the program interpreter (the dynamic linker's path); "" when none.
func (f *File) Interp() string {
	p, ok := f.Prog(elf.PT_INTERP)
	if !ok || p.Filesz > maxInterp {
		return ""
	}
	b, err := f.fileBytes(p.Off, p.Filesz)
	if err != nil {
		return ""
	}
	return cstring(b)
}

// fileBytes reads n bytes of the file at off under Guard, always as a copy that
// outlives the mapping.
func (f *File) fileBytes(off, n uint64) (out []byte, err error) {
	err = Guard(f.Name, func() error {
		b, err := f.src.bytes(off, n)
		out = append([]byte(nil), b...)
		return err
	})
	return out, err
}

// ReadFileAt copies bytes of the file itself, from a file offset. It is all of p or an error.
func (f *File) ReadFileAt(off uint64, p []byte) (n int, err error) {
	err = Guard(f.Name, func() error {
		b, err := f.src.bytes(off, uint64(len(p)))
		if err != nil {
			return f.errAt("file", off, "%v", err)
		}
		n = copy(p, b)
		return nil
	})
	return n, err
}

// ReadAtVaddr copies what the loader would put at addr into p: file contents of
// PT_LOAD segments, zeros for .bss. It returns the number of bytes before the first
// unmapped one, with an error when that is short of len(p).
func (f *File) ReadAtVaddr(addr uint64, p []byte) (n int, err error) {
	err = Guard(f.Name, func() error {
		for n < len(p) {
			seg, ok := f.loadAt(addr + uint64(n))
			if !ok {
				return fmt.Errorf("%s: address %#x is in no PT_LOAD segment", f.Name, addr+uint64(n))
			}
			in := addr + uint64(n) - seg.Vaddr
			step := min(uint64(len(p)-n), seg.Memsz-in)
			if in < seg.Filesz {
				step = min(step, seg.Filesz-in)
				b, err := f.src.bytes(seg.Off+in, step)
				if err != nil {
					return f.errAt("segment", seg.Off+in, "%v", err)
				}
				copy(p[n:], b)
			} else {
				clear(p[n : n+int(step)])
			}
			n += int(step)
		}
		return nil
	})
	return n, err
}

// loadAt returns the PT_LOAD segment that covers addr.
func (f *File) loadAt(addr uint64) (elf.ProgHeader, bool) {
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && addr >= p.Vaddr && addr-p.Vaddr < p.Memsz {
			return p, true
		}
	}
	return elf.ProgHeader{}, false
}

// Mapped reports whether addr lies in a PT_LOAD segment. In a file without segments
// (a relocatable object) every address counts as mapped.
func (f *File) Mapped(addr uint64) bool {
	if len(f.Progs) == 0 {
		return true
	}
	_, ok := f.loadAt(addr)
	return ok
}

// cstring returns b up to its first NUL.
func cstring(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}
