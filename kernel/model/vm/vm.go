// Package vm models address spaces: what a process of the modeled kernel has for memory.
//
// It is built the way Mach and the BSDs build it. A Space is an ordered list of map
// entries: a range of addresses, what may be done there, and the Object whose pages are
// seen. An object is a set of pages by index. A file's object asks its Pager for them; an
// anonymous object starts empty and has zeros where it has no page.
//
// A private entry writes only to an object that nobody else uses. Where that is not so,
// because the object is a file or a fork has shared it, the first write puts a new empty
// object in front, the shadow, and copies the one page that is written. What a shadow does
// not have is looked for in the object behind it. So fork copies entries and no pages,
// and generations of forks make chains of shadows. When the last other user of an object
// behind a shadow goes, the two become one, so that chains are no longer than there are
// processes to share them. A shadow counts pages as what it shadows does: there are
// no offsets within a chain.
//
// Nothing here knows an operating system: places, limits and names are in the Layout,
// and errors and flags are this package's own.
package vm

import "github.com/trapline/trapline/kernel/model/cpu"

// PageSize is the unit of mapping, in bytes.
const PageSize = cpu.PageSize

// Unlimited is a limit that does not limit.
const Unlimited = ^uint64(0)

// Prot is what may be done to memory.
type Prot uint8

// The permissions.
const (
	Read Prot = 1 << iota
	Write
	Exec

	All = Read | Write | Exec
)

func (p Prot) String() string {
	b := []byte("---")
	for i, c := range "rwx" {
		if p>>i&1 != 0 {
			b[i] = byte(c)
		}
	}
	return string(b)
}

// Inherit is what a forked child gets of an entry.
type Inherit uint8

// The inheritances.
const (
	InheritCopy  Inherit = iota // a copy; of a shared entry, a share
	InheritShare                // the same memory, even of a private entry
	InheritNone                 // nothing
	InheritZero                 // the range, full of zeros
)

func (i Inherit) String() string { return [...]string{"copy", "share", "none", "zero"}[i&3] }

// Error is why a request on a space was refused.
type Error uint8

// The errors; in brackets the errno that systems make of them.
const (
	OK           Error = iota
	Invalid            // arguments that make no sense [EINVAL]
	NoMemory           // no room, a limit, or nothing is mapped there [ENOMEM]
	Exists             // something is mapped there [EEXIST]
	Access             // more than the mapping's maximum is asked for [EACCES]
	NotPermitted       // below the lowest address [EPERM]
	BadAddress         // not mapped as one range [EFAULT]
	Overflow           // an offset past the end of all files [EOVERFLOW]
)

func (e Error) String() string {
	return [...]string{"ok", "invalid argument", "no memory", "exists", "access denied", "not permitted", "bad address", "overflow"}[e%8]
}

// Fault is why an access is not possible.
type Fault uint8

// The faults; in brackets what Linux makes of them.
const (
	None      Fault = iota
	Unmapped        // nothing is there [SIGSEGV, SEGV_MAPERR]
	Protected       // it may not be accessed so [SIGSEGV, SEGV_ACCERR]
	Beyond          // the object has no such page: past a file's last one [SIGBUS, BUS_ADRERR]
	Exhausted       // the machine has no page left [the out-of-memory killer]
)

func (f Fault) String() string {
	return [...]string{"none", "unmapped", "protected", "beyond the end", "out of memory"}[f%5]
}

// Limits are a process's resource limits that concern memory, in bytes.
type Limits struct {
	Total uint64 // of all that is mapped (RLIMIT_AS)
	Data  uint64 // of what is private, writable and no stack (RLIMIT_DATA)
	Stack uint64 // of an entry that grows down (RLIMIT_STACK)
}

// Layout is how a system arranges an address space. Low, High, Base, StackGap and Low32
// are multiples of PageSize; High is in the lower half of the addresses.
type Layout struct {
	Memory *Memory // the machine's

	Low, High uint64 // user addresses are from Low up to, not including, High
	Base      uint64 // mappings that may be anywhere go below it
	BottomUp  bool   // no: above it
	Low32     Range  // where mappings go that must have small addresses, lowest first

	StackGap   uint64 // kept free below an entry that grows down
	MaxEntries int    // of a space; 0: 65530, as Linux has it
	HeapName   string // of what Brk maps
	Limits     Limits // at first

	TagsNotForked Tags // that a forked child's entries do not have
}

// Range is the addresses from Start up to, not including, End.
type Range struct{ Start, End uint64 }

// Tags are marks on entries that mean nothing here, such as "locked in memory". Entries
// with different ones are kept apart.
type Tags uint32

// Pager is where a file's pages come from. Its dynamic type is comparable: two mappings
// whose pagers are equal share one object.
type Pager interface {
	// Page is the file's own page, of the bytes from index*PageSize on: who writes into
	// it writes the file. If it is not in memory it is made if create, else nil. Nil in
	// spite of create is a machine out of memory.
	Page(index uint64, create bool) *cpu.Page
	Size() uint64 // of the file in bytes
	Name() string // as a map shows it
	ID() (dev, ino uint64)
}

// Space is an address space. It is the cpu.Memory of the threads that run in it. It is
// not safe for concurrent use, nor are two that share a Memory.
type Space struct {
	// Changed is called when what a processor may remember of a range's pages has become
	// wrong. It must not call the space.
	Changed func(addr, length uint64)
	Limits  Limits

	layout  Layout
	mem     *Memory
	users   int
	place   int // in mem.spaces
	entries []*entry
	last    *entry // of the last access; one of entries
	heap    Range  // Start is fixed, End is the program break
}

const defaultEntries = 65530

// New is an empty space with one user.
func New(l Layout) *Space {
	if l.MaxEntries == 0 {
		l.MaxEntries = defaultEntries
	}
	s := &Space{layout: l, mem: l.Memory, users: 1, Limits: l.Limits}
	s.mem.enter(s)
	return s
}

// Retain adds a user: a process that shares the space (vfork, CLONE_VM, RFMEM).
func (s *Space) Retain() *Space {
	s.users++
	return s
}

// Users is how many there are.
func (s *Space) Users() int { return s.users }

// Release takes a user away; with the last one goes all that is mapped.
func (s *Space) Release() {
	s.users--
	if s.users != 0 {
		return
	}
	s.remove(0, len(s.entries))
	s.mem.leave(s)
	s.changed(0, s.layout.High)
}

// Fork is a new space with one user that has what each entry's Inherit says. Pages are
// shared until one of the two writes. It fails with NoMemory.
func (s *Space) Fork() (*Space, Error) {
	if !s.mem.roomFor(len(s.entries)) {
		return nil, NoMemory
	}
	c := New(s.layout)
	c.Limits, c.heap = s.Limits, s.heap
	zeroed := false
	block := make([]entry, len(s.entries))
	c.entries = make([]*entry, 0, len(s.entries)+8)
	for _, e := range s.entries {
		if e.inherit == InheritNone {
			continue
		}
		n := &block[len(c.entries)]
		*n = *e
		n.tags &^= s.layout.TagsNotForked
		c.entries = append(c.entries, n)
		switch e.inherit {
		case InheritZero:
			n.object, n.offset, n.shared = nil, n.start/PageSize, false
			zeroed = true
		case InheritShare:
			e.makeShared(s.mem)
			n.shared, n.object = true, e.object
		}
		if n.object != nil {
			n.object.refs++
		}
	}
	c.mem.entries += len(c.entries)
	if zeroed {
		c.tidy(0, len(c.entries))
	}
	s.changed(0, s.layout.High) // what could be written is to be copied now
	return c, OK
}

func (s *Space) changed(addr, length uint64) {
	if s.Changed != nil {
		s.Changed(addr, length)
	}
}
