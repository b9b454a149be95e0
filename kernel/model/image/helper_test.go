package image

// What the tests share: files in memory, programs of hand-made ELF headers.

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"io"
	"os"
	"testing"

	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// memFile is a file.
type memFile struct {
	name  string
	data  []byte
	pages map[uint64]*cpu.Page
}

func newFile(name string, data []byte) *memFile {
	return &memFile{name: name, data: data, pages: map[uint64]*cpu.Page{}}
}

func (f *memFile) Page(i uint64, create bool) *cpu.Page {
	if f.pages[i] == nil && create && i < (f.Size()+vm.PageSize-1)/vm.PageSize {
		p := new(cpu.Page)
		copy(p.Data[:], f.data[i*vm.PageSize:])
		f.pages[i] = p
	}
	return f.pages[i]
}

func (f *memFile) Size() uint64         { return uint64(len(f.data)) }
func (f *memFile) Name() string         { return f.name }
func (f *memFile) ID() (uint64, uint64) { return 0, 0 }

func (f *memFile) ReadAt(b []byte, off int64) (int, error) {
	return bytes.NewReader(f.data).ReadAt(b, off)
}

// files is a file system. What it does not have is ENOENT.
type files map[string][]byte

func (fs files) open(path string) (File, errno.Errno) {
	if data, ok := fs[path]; ok {
		return newFile(path, data), errno.OK
	}
	if path == "." {
		return nil, errno.EACCES // a directory
	}
	return nil, errno.ENOENT
}

// fromHost has the host's file.
func (fs files) fromHost(t testing.TB, name, path string) files {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	fs[name] = data
	return fs
}

const stackLimit = 8 << 20

// request is an exec of a program on Linux with its path for an argument.
func request(fs files, path string, args ...string) *Request {
	return &Request{System: &Linux, Path: path, Open: fs.open, Argv: append([]string{path}, args...), StackLimit: stackLimit}
}

func newSpace(p *Plan, size uint64) *vm.Space {
	return vm.New(p.Layout(vm.NewMemory(size), vm.Limits{Total: vm.Unlimited, Data: vm.Unlimited, Stack: stackLimit}))
}

// exec is all of an exec. The phase that failed is in late.
func exec(r *Request) (space *vm.Space, res Result, late bool, err errno.Errno) {
	p, err := Prepare(r)
	if err != errno.OK {
		return nil, Result{}, false, err
	}
	space = newSpace(p, 64<<20)
	res, err = p.Load(space, Start{})
	return space, res, true, err
}

// header is what makeELF writes: an ELF header that can be spoiled.
type maker struct {
	head  elf.Header64
	progs []elf.Prog64
	at    map[uint64][]byte // more bytes, by offset
	size  int               // the file is cut, or filled, to it; 0: whole pages
}

const (
	codeAt = 0x400000
	codeIn = 0x800 // file offset of the code
)

// exit7 is exit_group(7).
var exit7 = []byte{0xbf, 7, 0, 0, 0, 0xb8, 231, 0, 0, 0, 0x0f, 0x05}

// newELF is a program of one segment that exits with 7, spoiled by change.
func newELF(change func(*maker)) []byte {
	m := &maker{
		head: elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1, Entry: codeAt + codeIn,
			Phoff: 64, Ehsize: 64, Phentsize: 56},
		progs: []elf.Prog64{{Type: uint32(elf.PT_LOAD), Flags: 5, Vaddr: codeAt, Filesz: 0x1000, Memsz: 0x1000, Align: 0x1000}},
		at:    map[uint64][]byte{codeIn: exit7},
	}
	copy(m.head.Ident[:], "\x7fELF\x02\x01\x01")
	m.head.Phnum = 0xfffe // until it is said otherwise
	if change != nil {
		change(m)
	}
	if m.head.Phnum == 0xfffe {
		m.head.Phnum = uint16(len(m.progs))
	}
	return m.bytes()
}

func (m *maker) bytes() []byte {
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, &m.head)
	for _, p := range m.progs {
		binary.Write(&b, binary.LittleEndian, &p)
	}
	out := make([]byte, 0x2000)
	copy(out, b.Bytes())
	for off, data := range m.at {
		copy(out[off:], data)
	}
	if m.size != 0 {
		out = append(out, make([]byte, max(0, m.size-len(out)))...)[:m.size]
	}
	return out
}

// add adds a program header.
func (m *maker) add(p elf.Prog64) { m.progs = append(m.progs, p) }

// interp gives the program an interpreter.
func (m *maker) interp(path string) {
	m.at[0x700] = []byte(path)
	m.add(elf.Prog64{Type: uint32(elf.PT_INTERP), Flags: 4, Off: 0x700, Vaddr: codeAt + 0x700, Filesz: uint64(len(path)), Memsz: uint64(len(path))})
}

var _ io.ReaderAt = (*memFile)(nil)
