// Package core reads core files: what a kernel, or a debugger, wrote down of a process.
//
// A core is an ELF file whose segments are the process's memory and whose notes are what the
// kernel held of it: a group of notes for each thread, the one it was made for first, and others
// for the process. Linux and FreeBSD have the same scheme and structures of their own; each note
// is a row of readers, each structure a row of layouts. What FreeBSD's sysctls tell of a living
// process its cores tell by the same records, so they are read by the same code (procfs).
//
// Cores come from elsewhere: parsing is bounded by the size of the file, never panics, and goes
// on past a note that makes no sense, which Problems then names.
package core

import (
	"debug/elf"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
)

// ErrNotCore: an ELF file of another kind.
var ErrNotCore = errors.New("not a core file")

// Core is one core file.
type Core struct {
	File    *elfinfo.File
	OS      *abi.OS // whose notes it has; nil when it has none that are known
	Process Process
	Threads []Thread     // the first is the one that the core was made for
	Maps    []procfs.Map // ascending
	Auxv    procfs.Auxv
	BSD     *BSD    // what only FreeBSD tells; nil in others
	Other   []Other // notes that are not read here
	// Problems are notes that were not what they should be, at most maxProblems.
	Problems []error

	loads []elf.ProgHeader // ascending
	files []fileRange      // NT_FILE
}

// Process is what is told of the process. What a system does not tell is 0.
type Process struct {
	PID, PPID, PGID, SID int
	UID, GID             int
	Name                 string // of the program, cut to 15 bytes (FreeBSD: 19)
	Args                 string // its command line, cut to 79 bytes
	State                byte   // Linux: the letter of proc(5)
	Nice                 int
}

// Thread is one thread.
type Thread struct {
	TID    int
	Name   string   // FreeBSD
	Signal int      // what it was stopped for or killed by; 0 none
	Info   *SigInfo // of Signal
	// Mask and Pending are the signals blocked, and queued for the thread.
	Mask, Pending []int
	// Regs of a 32-bit process are in the registers that they are the lower half of.
	Regs regs.Set
	// Call is the system call that it was in or last in, as FreeBSD tells it; 0 none.
	Call  int
	Event string // FreeBSD: what its debugger was told, "SCE" and the like
}

// SigInfo is a siginfo_t.
type SigInfo struct {
	Signal, Code, Errno int
	PID, UID            int    // the sender of one that was sent
	Addr                uint64 // of a fault
	Fault               bool   // raised for what an instruction did
}

// Other is a note without a reader.
type Other struct {
	Owner string
	Type  uint32
	Size  int // bytes
}

const maxProblems = 20

// Open opens a core file. Close it when done.
func Open(path string) (*Core, error) {
	f, err := elfinfo.Open(path, elfinfo.Options{})
	if err != nil {
		return nil, err
	}
	c, err := New(f)
	if err != nil {
		f.Close()
		return nil, err
	}
	return c, nil
}

// New reads an ELF file that is open. The core keeps using it.
func New(f *elfinfo.File) (*Core, error) {
	if f.Header.Type != elf.ET_CORE {
		return nil, fmt.Errorf("%s: %w", f.Name, ErrNotCore)
	}
	c := &Core{File: f}
	notes, err := f.CoreNotes()
	if err != nil {
		c.problem(err)
	}
	for _, n := range notes {
		c.read(n)
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_LOAD && p.Memsz > 0 && p.Vaddr+p.Memsz > p.Vaddr {
			c.loads = append(c.loads, p)
		}
	}
	slices.SortStableFunc(c.loads, func(a, b elf.ProgHeader) int { return compare(a.Vaddr, b.Vaddr) })
	c.finish()
	return c, nil
}

func compare(a, b uint64) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// Close closes the file.
func (c *Core) Close() error { return c.File.Close() }

func (c *Core) problem(err error) {
	if len(c.Problems) < maxProblems {
		c.Problems = append(c.Problems, err)
	}
}

// finish puts together what several notes tell.
func (c *Core) finish() {
	if c.BSD != nil {
		c.finishBSD()
	}
	if len(c.Maps) == 0 {
		c.mapsOfSegments()
	}
	if c.Process.PID == 0 && len(c.Threads) > 0 {
		c.Process.PID = c.Threads[0].TID
	}
}

// fileRange is a mapping of a file, as NT_FILE tells it.
type fileRange struct {
	start, end, off uint64 // off in bytes
	path            string
}

// mapsOfSegments makes the list of mappings out of the segments and NT_FILE.
func (c *Core) mapsOfSegments() {
	slices.SortStableFunc(c.files, func(a, b fileRange) int { return compare(a.start, b.start) })
	for _, p := range c.loads {
		m := procfs.Map{Start: p.Vaddr, End: p.Vaddr + p.Memsz}
		for i, bit := range []elf.ProgFlag{elf.PF_R, elf.PF_W, elf.PF_X} {
			if p.Flags&bit != 0 {
				m.Perm |= 1 << i
			}
		}
		i := sort.Search(len(c.files), func(i int) bool { return c.files[i].end > m.Start })
		if i < len(c.files) && c.files[i].start <= m.Start {
			m.Path, m.Offset = c.files[i].path, c.files[i].off+m.Start-c.files[i].start
		}
		c.Maps = append(c.Maps, m)
	}
}

// Map is the mapping that holds an address, or nil.
func (c *Core) Map(addr uint64) *procfs.Map { return procfs.FindMap(c.Maps, addr) }

// loadAt is the segment that holds an address.
func (c *Core) loadAt(addr uint64) (elf.ProgHeader, bool) {
	i := sort.Search(len(c.loads), func(i int) bool { return c.loads[i].Vaddr > addr })
	if i > 0 && addr-c.loads[i-1].Vaddr < c.loads[i-1].Memsz {
		return c.loads[i-1], true
	}
	return elf.ProgHeader{}, false
}

// ReadMem copies the process's memory at addr. It returns how many bytes it has and, when they
// are fewer than asked, why: memory that was not mapped, or not put into the core (such as the
// text of programs, which is in their files).
func (c *Core) ReadMem(addr uint64, p []byte) (n int, err error) {
	for n < len(p) {
		at := addr + uint64(n)
		seg, ok := c.loadAt(at)
		if !ok {
			return n, fmt.Errorf("%s: address %#x: not mapped", c.File.Name, at)
		}
		in := at - seg.Vaddr
		if in >= seg.Filesz {
			return n, fmt.Errorf("%s: address %#x: not in the core", c.File.Name, at)
		}
		got, err := c.File.ReadFileAt(seg.Off+in, p[n:n+int(min(uint64(len(p)-n), seg.Filesz-in, seg.Memsz-in))])
		n += got
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// Dumped is how many bytes of the addresses [start, end) are in the core.
func (c *Core) Dumped(start, end uint64) (n uint64) {
	i := sort.Search(len(c.loads), func(i int) bool { return c.loads[i].Vaddr+c.loads[i].Memsz > start })
	for ; i < len(c.loads) && c.loads[i].Vaddr < end; i++ {
		p := &c.loads[i]
		low, high := max(start, p.Vaddr), min(end, p.Vaddr+min(p.Filesz, p.Memsz))
		if high > low {
			n += high - low
		}
	}
	return n
}
