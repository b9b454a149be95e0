package procfs

// The address space of a process as the kernel lists it. This file is read at every
// exec, dlopen and unwinding miss, so its parser allocates one slice and one string
// for each run of lines with the same file.

import (
	"bytes"
	"fmt"
	"sort"
	"strings"
)

// Perm is the access of a mapping.
type Perm uint8

// The bits of Perm.
const (
	Read Perm = 1 << iota
	Write
	Exec
	Shared // writes are seen by other processes; else private, copy on write
)

// String is the four letters of proc(5): "r-xp".
func (p Perm) String() string {
	s := []byte("---p")
	for i, bit := range [...]Perm{Read, Write, Exec, Shared} {
		if p&bit != 0 {
			s[i] = "rwxs"[i]
		}
	}
	return string(s)
}

// Dev is a device number.
type Dev struct{ Major, Minor uint32 }

func (d Dev) String() string { return fmt.Sprintf("%02x:%02x", d.Major, d.Minor) }

// Map is one mapping: the addresses [Start, End).
type Map struct {
	Start, End uint64
	Perm       Perm
	Offset     uint64 // bytes into the file
	Dev        Dev
	Inode      uint64
	// Path is the mapped file, "" when there is none. A file since unlinked or
	// replaced keeps its path and has Deleted set; so has shared anonymous memory
	// (/dev/zero, /memfd:NAME, /SYSV...), which never had a name to open. A file
	// whose own name ends in " (deleted)" cannot be told from a deleted one.
	Path    string
	Deleted bool
	// Name is what the kernel calls memory that is no file: "[heap]", "[stack]",
	// "[vdso]", "[anon:NAME]", "anon_inode:[perf_event]"; "" when it says nothing.
	Name string
}

// Size is the length in bytes.
func (m *Map) Size() uint64 { return m.End - m.Start }

// Contains tells whether addr lies in the mapping.
func (m *Map) Contains(addr uint64) bool { return m.Start <= addr && addr < m.End }

// String is the line of /proc/PID/maps.
func (m *Map) String() string {
	s := fmt.Sprintf("%08x-%08x %v %08x %v %d", m.Start, m.End, m.Perm, m.Offset, m.Dev, m.Inode)
	label := m.Name
	if m.Path != "" {
		label = strings.ReplaceAll(m.Path, "\n", `\012`)
	}
	if label == "" {
		return s + " "
	}
	if m.Deleted {
		label += deletedSuffix
	}
	return fmt.Sprintf("%-72s %s", s, label)
}

const deletedSuffix = " (deleted)"

// Maps lists the mappings, ascending. A kernel thread, a zombie and a process on
// its way out have none; when only the first thread of a process has exited, the
// mappings are those of its other Tasks. The kernel does not freeze the process for the reading:
// of one that maps and unmaps meanwhile, the list may mix moments.
func (p Proc) Maps() ([]Map, error) {
	b, err := p.readMemory("maps")
	if err != nil {
		return nil, err
	}
	ms, err := ParseMaps(b)
	return ms, p.parsed("maps", err)
}

// FindMap returns the mapping of a sorted list that holds addr, or nil.
func FindMap(ms []Map, addr uint64) *Map {
	i := sort.Search(len(ms), func(i int) bool { return ms[i].End > addr })
	if i < len(ms) && ms[i].Contains(addr) {
		return &ms[i]
	}
	return nil
}

// ParseMaps reads the text of /proc/PID/maps (proc_pid_maps(5)).
func ParseMaps(b []byte) ([]Map, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if b[len(b)-1] != '\n' {
		last := b[bytes.LastIndexByte(b, '\n')+1:]
		return nil, malformed(bytes.Count(b, []byte{'\n'})+1, last, "truncated line")
	}
	ms := make([]Map, 0, bytes.Count(b, []byte{'\n'}))
	var prevText []byte // the label of the line before: usually the same file
	var prev Map
	for n, line := range lines(b) {
		m, label, ok := mapFields(line)
		if !ok {
			return nil, malformed(n, line, "not a mapping")
		}
		if len(label) > 0 {
			if !bytes.Equal(label, prevText) {
				prev, prevText = Map{}, label
				prev.label(label)
			}
			m.Path, m.Name, m.Deleted = prev.Path, prev.Name, prev.Deleted
		}
		ms = append(ms, m)
	}
	return ms, nil
}

// mapFields reads "START-END PERM OFFSET MAJ:MIN INODE   LABEL".
func mapFields(line []byte) (m Map, label []byte, ok bool) {
	addr, rest := field(line)
	perm, rest := field(rest)
	off, rest := field(rest)
	dev, rest := field(rest)
	ino, rest := field(rest)

	var ok1, ok2, ok3, ok4, ok5 bool
	m.Start, m.End, ok1 = pair(addr, '-', 16)
	m.Perm, ok2 = parsePerm(perm)
	m.Offset, ok3 = number(off, 16)
	maj, mnr, ok4 := pair(dev, ':', 16)
	m.Inode, ok5 = number(ino, 10)
	m.Dev = Dev{uint32(maj), uint32(mnr)}
	ok = ok1 && ok2 && ok3 && ok4 && ok5 && m.Start <= m.End && maj>>32 == 0 && mnr>>32 == 0

	// The label starts in column 73, but after longer fields a single space must do;
	// only the padding is dropped, for a name may begin with a blank after the slash.
	return m, bytes.TrimLeft(rest, " "), ok
}

func parsePerm(b []byte) (p Perm, ok bool) {
	if len(b) != 4 {
		return 0, false
	}
	for i, c := range b {
		switch {
		case c == "rwxs"[i]:
			p |= Perm(1) << i
		case c != "---p"[i]:
			return 0, false
		}
	}
	return p, true
}

// label sorts a mapping's last column into Path, Deleted and Name.
func (m *Map) label(b []byte) {
	if b[0] != '/' {
		m.Name = string(b)
		return
	}
	if cut, ok := bytes.CutSuffix(b, []byte(deletedSuffix)); ok {
		b, m.Deleted = cut, true
	}
	m.Path = octalEscapes(b, "\n")
}

// MemTotals are the sums over all mappings, in bytes.
type MemTotals struct {
	Rss, Pss                      uint64 // resident; each page divided by its sharers
	PssAnon, PssFile, PssShmem    uint64
	SharedClean, SharedDirty      uint64
	PrivateClean, PrivateDirty    uint64
	Referenced, Anonymous         uint64
	LazyFree, AnonHuge            uint64
	Swap, SwapPss, Locked         uint64
	SharedHugetlb, PrivateHugetlb uint64
}

// totalsRows pairs the keys of /proc/PID/smaps_rollup with the fields.
var totalsRows = map[string]func(*MemTotals) *uint64{
	"Rss":             func(t *MemTotals) *uint64 { return &t.Rss },
	"Pss":             func(t *MemTotals) *uint64 { return &t.Pss },
	"Pss_Anon":        func(t *MemTotals) *uint64 { return &t.PssAnon },
	"Pss_File":        func(t *MemTotals) *uint64 { return &t.PssFile },
	"Pss_Shmem":       func(t *MemTotals) *uint64 { return &t.PssShmem },
	"Shared_Clean":    func(t *MemTotals) *uint64 { return &t.SharedClean },
	"Shared_Dirty":    func(t *MemTotals) *uint64 { return &t.SharedDirty },
	"Private_Clean":   func(t *MemTotals) *uint64 { return &t.PrivateClean },
	"Private_Dirty":   func(t *MemTotals) *uint64 { return &t.PrivateDirty },
	"Referenced":      func(t *MemTotals) *uint64 { return &t.Referenced },
	"Anonymous":       func(t *MemTotals) *uint64 { return &t.Anonymous },
	"LazyFree":        func(t *MemTotals) *uint64 { return &t.LazyFree },
	"AnonHugePages":   func(t *MemTotals) *uint64 { return &t.AnonHuge },
	"Swap":            func(t *MemTotals) *uint64 { return &t.Swap },
	"SwapPss":         func(t *MemTotals) *uint64 { return &t.SwapPss },
	"Locked":          func(t *MemTotals) *uint64 { return &t.Locked },
	"Shared_Hugetlb":  func(t *MemTotals) *uint64 { return &t.SharedHugetlb },
	"Private_Hugetlb": func(t *MemTotals) *uint64 { return &t.PrivateHugetlb },
}

// MemTotals reads smaps_rollup (Linux 4.14): exact, but the kernel walks every page
// table for it. It is zero for a process without an address space.
func (p Proc) MemTotals() (*MemTotals, error) {
	b, err := p.readMemory("smaps_rollup")
	if err != nil {
		return nil, err
	}
	t, err := ParseMemTotals(b)
	return t, p.parsed("smaps_rollup", err)
}

// ParseMemTotals reads the text of smaps_rollup, or of a whole smaps: the numbers of
// all mappings are added. Keys it does not know are passed over.
func ParseMemTotals(b []byte) (*MemTotals, error) {
	t := new(MemTotals)
	for n, line := range lines(b) {
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok {
			return nil, malformed(n, line, "no colon")
		}
		row, ok := totalsRows[string(key)]
		if !ok {
			continue
		}
		kb, ok := kilobytes(value)
		if !ok {
			return nil, malformed(n, line, "not a size in kB")
		}
		*row(t) += kb
	}
	return t, nil
}

// kilobytes reads "  12 kB" as bytes.
func kilobytes(b []byte) (uint64, bool) {
	word, rest := field(b)
	unit, _ := field(rest)
	n, ok := number(word, 10)
	return n << 10, ok && n < 1<<54 && string(unit) == "kB"
}
