package elfinfo

// Images: ELF files as they lie in one process, each with its load bias.
//
// Three sources agree in a healthy process and each covers for the others. The
// kernel's memory map has every file and is there from the first instruction; a
// file's bias follows from any executable mapping of it. The auxiliary vector gives
// the main program, the dynamic linker and the vDSO. The dynamic linker's list (see
// rdebug.go) also has what is mapped without a name.

import (
	"bytes"
	"cmp"
	"debug/elf"
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
)

// Mapping is one row of a process's memory map.
type Mapping struct {
	Start, End uint64 // half-open range of addresses
	Offset     uint64 // in the file, of Start
	Path       string // "" or "[stack]" and the like when no file is mapped
	Inode      uint64 // 0 when unknown
	Exec       bool
}

// Auxv is what a debugger needs of the auxiliary vector; 0 where the OS gives none.
// AT_ numbers differ between systems, so the caller picks.
type Auxv struct {
	Phdr  uint64 // AT_PHDR: program headers of the main program, in memory
	Entry uint64 // AT_ENTRY: entry point of the main program, in memory
	Base  uint64 // AT_BASE: where the program interpreter is loaded
	VDSO  uint64 // AT_SYSINFO_EHDR (Linux), AT_KPRELOAD (FreeBSD)
}

// MemReader reads the memory of a process. A short count comes with an error.
type MemReader interface {
	ReadMem(addr uint64, p []byte) (int, error)
}

// Process is what images are made from. Any part may be missing.
type Process struct {
	Maps []Mapping
	Auxv Auxv
	Mem  MemReader // nil when memory cannot be read
	Exe  string    // path of the main program, "" when unknown
	Root string    // prefix of paths: /proc/PID/root for a process in a container
}

// Image is one ELF file in the address space of a process.
type Image struct {
	Path string // as the process sees it; "[vdso]" for the vDSO
	File *File  // nil when it could not be used: see Err
	Err  error
	// Bias is what to add to a vaddr of the file, modulo 2^64, to get an address of
	// the process: 0 for a program that is not position-independent.
	Bias      uint64
	Low, High uint64 // addresses from the first to behind the last segment

	inode  uint64
	shared bool // File is another image's
}

// Addr is the address in the process of a vaddr of the file.
func (im *Image) Addr(vaddr uint64) uint64 { return vaddr + im.Bias }

// Vaddr is the vaddr in the file of an address of the process.
func (im *Image) Vaddr(addr uint64) uint64 { return addr - im.Bias }

// Contains reports whether addr lies between the first and the last segment.
func (im *Image) Contains(addr uint64) bool { return addr >= im.Low && addr < im.High }

// Images is the images of one process. It is not safe for concurrent use.
type Images struct {
	List   []*Image // by address
	Main   *Image   // the program; nil when unknown
	Interp *Image   // its dynamic linker; nil for a static program
	VDSO   *Image   // nil when there is none

	// Problems of the last Update: an unreadable link map, a vDSO that is not ELF.
	// Trouble with one image is in its Err.
	Problems []error

	// Open opens the file behind a mapping (or, for images only the dynamic linker
	// knows, behind a Path alone). A caller may use /proc/PID/map_files here.
	Open func(p Process, m Mapping) (*File, error)

	gone []*Image // removed by the last Update
}

// NewImages returns an empty set whose files come from a cache, which other processes may share.
func NewImages(files *Cache) *Images {
	return &Images{Open: func(p Process, m Mapping) (*File, error) {
		return files.Open(filepath.Join(p.Root, m.Path))
	}}
}

// At returns the image that contains addr; nil when none does.
func (s *Images) At(addr uint64) *Image {
	// Images may interleave (a library loaded into the gap of another): take the
	// closest start.
	i, _ := slices.BinarySearchFunc(s.List, addr, func(im *Image, a uint64) int {
		if im.Low <= a {
			return -1
		}
		return 1
	})
	for i--; i >= 0; i-- {
		if s.List[i].Contains(addr) {
			return s.List[i]
		}
	}
	return nil
}

// Close closes all files.
func (s *Images) Close() error {
	var err error
	for _, im := range append(s.List, s.gone...) {
		err = errors.Join(err, im.close())
	}
	s.gone, s.List, s.Main, s.Interp, s.VDSO = nil, nil, nil, nil, nil
	return err
}

func (im *Image) close() error {
	if im.File == nil || im.shared {
		return nil
	}
	return im.File.Close()
}

// key identifies an image between updates.
type imageKey struct {
	path  string
	bias  uint64
	inode uint64
}

func (im *Image) key() imageKey { return imageKey{im.Path, im.Bias, im.inode} }

// Update brings the set up to date with the process and tells what came and went.
// Images that stayed keep their identity and their loaded symbols. Removed ones are
// closed on the next Update, so that the caller can still name their symbols.
func (s *Images) Update(p Process) (added, removed []*Image) {
	s.Problems = nil
	for _, im := range s.gone {
		_ = im.close() // unmapping cannot fail in a way anyone could act on
	}
	s.gone = nil
	u := &update{set: s, p: p, old: map[imageKey]*Image{}, now: map[imageKey]*Image{}, files: map[string]*Image{}}
	for _, im := range s.List {
		u.old[im.key()] = im
		if im.File != nil && !im.shared {
			u.files[im.Path] = im
		}
	}
	u.mapped()
	u.program()
	u.vdso()
	u.linked()
	s.List = s.List[:0]
	for k, im := range u.now {
		if u.old[k] == nil {
			added = append(added, im)
		}
		s.List = append(s.List, im)
	}
	for k, im := range u.old {
		if u.now[k] == nil {
			removed = append(removed, im)
			s.inherit(im)
		}
	}
	s.gone = removed
	for _, l := range [][]*Image{s.List, added, removed} {
		slices.SortFunc(l, func(a, b *Image) int {
			return cmp.Or(cmp.Compare(a.Low, b.Low), cmp.Compare(a.Path, b.Path))
		})
	}
	return added, removed
}

// inherit passes the file of a removed image to one that shares it.
func (s *Images) inherit(gone *Image) {
	if gone.shared {
		return
	}
	for _, im := range s.List {
		if im.shared && im.File == gone.File {
			im.shared, gone.shared = false, true
			return
		}
	}
}

// update is one Update under way.
type update struct {
	set      *Images
	p        Process
	old, now map[imageKey]*Image
	files    map[string]*Image // images that own a File, by path
}

func (u *update) problem(err error) { u.set.Problems = append(u.set.Problems, err) }

// maxImages bounds a hostile map; browsers load a few hundred.
const maxImages = 1 << 14

// deletedSuffix is what Linux appends to the path of an unlinked file.
const deletedSuffix = " (deleted)"

// mapped makes an image of each file that is mapped executable.
func (u *update) mapped() {
	for _, m := range u.p.Maps {
		if !m.Exec || !strings.HasPrefix(m.Path, "/") || len(u.now) >= maxImages {
			continue
		}
		m.Path = strings.TrimSuffix(m.Path, deletedSuffix)
		u.add(m)
	}
}

// add makes the image of an executable mapping, unless it is there already.
func (u *update) add(m Mapping) *Image {
	for _, im := range u.now {
		if im.Path == m.Path && im.Contains(m.Start) {
			return im // another mapping of the same image
		}
	}
	// An image that could not be opened is remembered as its mapping.
	if im := u.old[imageKey{m.Path, m.Start - m.Offset, m.Inode}]; im != nil && im.File == nil {
		return u.keep(im)
	}
	for _, im := range u.old {
		if im.Path == m.Path && im.inode == m.Inode && im.File != nil {
			var again Image
			if again.place(im.File, m) == nil && again.Bias == im.Bias {
				return u.keep(im)
			}
		}
	}
	im := &Image{Path: m.Path, Low: m.Start, High: m.End, Bias: m.Start - m.Offset, inode: m.Inode}
	f, err := u.file(im, m)
	if err == nil {
		err = im.place(f, m)
	}
	if err == nil {
		err = u.verify(im, f)
	}
	if err == nil {
		im.File = f
	} else {
		im.Err = fmt.Errorf("%s at %#x: %w", m.Path, m.Start, err)
		if f != nil && !im.shared {
			f.Close()
		}
	}
	if im.File != nil && !im.shared {
		u.files[im.Path] = im
	}
	return u.keep(im)
}

// file opens the file, or shares that of another image of it (dlmopen loads twice).
func (u *update) file(im *Image, m Mapping) (*File, error) {
	if o := u.files[m.Path]; o != nil && o.inode == m.Inode && u.now[o.key()] == o {
		im.shared = true
		return o.File, nil
	}
	return u.set.Open(u.p, m)
}

func (u *update) keep(im *Image) *Image {
	u.now[im.key()] = im
	return im
}

// place works out the bias: the mapping shows file offset m.Offset at m.Start, and
// the segment that holds this offset says at which vaddr it belongs.
func (im *Image) place(f *File, m Mapping) error {
	for _, seg := range f.Progs {
		if seg.Type != elf.PT_LOAD || seg.Flags&elf.PF_X == 0 {
			continue
		}
		page := seg.Off &^ 0xfff // mappings start at page boundaries
		if m.Offset >= page && m.Offset < seg.Off+seg.Filesz {
			im.setBias(f, m.Start-m.Offset+seg.Off-seg.Vaddr)
			return nil
		}
	}
	return fmt.Errorf("file offset %#x, mapped executable, is in no executable segment (not the file that was loaded?)", m.Offset)
}

// setBias sets the bias and the range that follows from it.
func (im *Image) setBias(f *File, bias uint64) {
	im.Bias = bias
	low, high := uint64(math.MaxUint64), uint64(0)
	for _, seg := range f.Progs {
		if seg.Type == elf.PT_LOAD {
			low, high = min(low, seg.Vaddr&^0xfff), max(high, (seg.Vaddr+seg.Memsz+0xfff)&^0xfff)
		}
	}
	if low < high {
		im.Low, im.High = low+bias, high+bias
	}
}

// maxNoteRead bounds the notes read from memory.
const maxNoteRead = 64 << 10

// verify compares the build-id in memory with the file's: a program that was rebuilt
// while it ran has the old name and other contents.
func (u *update) verify(im *Image, f *File) error {
	want := f.BuildID()
	if u.p.Mem == nil || want == "" {
		return nil
	}
	for _, seg := range f.Progs {
		if seg.Type != elf.PT_NOTE || seg.Filesz > maxNoteRead {
			continue
		}
		b := make([]byte, seg.Filesz)
		if n, _ := u.p.Mem.ReadMem(im.Addr(seg.Vaddr), b); n < len(b) {
			continue // what cannot be read proves nothing
		}
		for _, n := range f.parseNotes(b, seg.Align) {
			if id := hex.EncodeToString(n.Desc); n.Name == "GNU" && n.Type == NoteGNUBuildID && id != want {
				return fmt.Errorf("the file was replaced after it was loaded: build-id %s on disk, %s in memory: %w", want, id, ErrBuildID)
			}
		}
	}
	return nil
}

// program finds the main program and its interpreter among the images. When the map
// does not have the program it is placed by its entry point.
func (u *update) program() {
	s, aux := u.set, u.p.Auxv
	s.Main, s.Interp = nil, nil
	for _, im := range u.now {
		if aux.Base != 0 && im.Low == aux.Base {
			s.Interp = im
		}
		if aux.Entry != 0 && im.Contains(aux.Entry) || aux.Entry == 0 && aux.Phdr != 0 && im.Contains(aux.Phdr) {
			s.Main = im
		}
		if aux.Entry == 0 && aux.Phdr == 0 && im.Path == u.p.Exe {
			s.Main = im
		}
	}
	if s.Main != nil || u.p.Exe == "" || aux.Entry == 0 && aux.Phdr == 0 {
		return
	}
	f, err := u.set.Open(u.p, Mapping{Path: u.p.Exe})
	if err != nil {
		u.problem(err)
		return
	}
	bias := aux.Entry - f.Header.Entry
	if phdr, ok := f.Prog(elf.PT_PHDR); ok && aux.Phdr != 0 {
		bias = aux.Phdr - phdr.Vaddr
	}
	s.Main = u.adopt(&Image{Path: u.p.Exe, File: f}, bias)
}

// adopt places an image whose bias is known, keeping the old one if there is one.
func (u *update) adopt(im *Image, bias uint64) *Image {
	im.setBias(im.File, bias)
	if old := u.old[im.key()]; old != nil {
		im.File.Close()
		return u.keep(old)
	}
	if err := u.verify(im, im.File); err != nil {
		im.File.Close()
		im.File, im.Err = nil, fmt.Errorf("%s at %#x: %w", im.Path, im.Low, err)
	}
	return u.keep(im)
}

// VDSOName is the Path of the vDSO's image.
const VDSOName = "[vdso]"

// maxVDSO bounds the vDSO; Linux's is two pages.
const maxVDSO = 1 << 20

// vdso reads the kernel's shared object out of memory.
func (u *update) vdso() {
	u.set.VDSO = nil
	base := u.p.Auxv.VDSO
	if base == 0 || u.p.Mem == nil {
		return
	}
	for _, im := range u.old {
		if im.Path == VDSOName && im.Low == base {
			u.set.VDSO = u.keep(im)
			return
		}
	}
	size := uint64(0x1000)
	for _, m := range u.p.Maps {
		if m.Start == base && m.End > m.Start {
			size = min(m.End-m.Start, maxVDSO)
		}
	}
	b := make([]byte, size)
	n, err := u.p.Mem.ReadMem(base, b)
	if n == 0 {
		u.problem(fmt.Errorf("vDSO at %#x: %w", base, err))
		return
	}
	if !bytes.HasPrefix(b[:n], []byte(elf.ELFMAG)) {
		return // a page with the signal trampoline alone, as a FreeBSD without its vdso has
	}
	f, err := New(bytes.NewReader(b[:n]), VDSOName, Options{})
	if err != nil {
		u.problem(fmt.Errorf("vDSO at %#x: %w", base, err))
		return
	}
	load, _ := f.Prog(elf.PT_LOAD)
	im := &Image{Path: VDSOName, File: f, Low: base, High: base + size}
	im.setBias(f, base-load.Vaddr)
	u.set.VDSO = u.keep(im)
}
