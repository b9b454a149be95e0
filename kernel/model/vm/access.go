package vm

// Memory as the kernel and tracers access it.

import (
	"bytes"
	"encoding/binary"

	"github.com/trapline/trapline/kernel/model/cpu"
)

// pageFor gives the page for one kind of access.
type pageFor func(addr uint64) (*cpu.Page, Fault)

// each calls f with the pieces of n bytes at addr, page by page, and is how many bytes
// there were before one could not be accessed.
func each(addr uint64, n int, get pageFor, f func(p *cpu.Page, off, from, to int)) (done int, fault Fault) {
	for done < n {
		p, fault := get(addr + uint64(done))
		if p == nil {
			return done, fault
		}
		off := int((addr + uint64(done)) % PageSize)
		k := min(n-done, PageSize-off)
		f(p, off, done, done+k)
		done += k
	}
	return done, None
}

func load(addr uint64, b []byte, get pageFor) (int, Fault) {
	return each(addr, len(b), get, func(p *cpu.Page, off, from, to int) { copy(b[from:to], p.Data[off:]) })
}

func store(addr uint64, b []byte, get pageFor) (int, Fault) {
	return each(addr, len(b), get, func(p *cpu.Page, off, from, to int) {
		p.Written(off, copy(p.Data[off:], b[from:to]))
	})
}

func (s *Space) user(a cpu.Access) pageFor {
	return func(addr uint64) (*cpu.Page, Fault) { return s.fault(addr, a) }
}

// Load reads memory as the program could (copyin), and is how many bytes it could. It
// stops at the first fault.
func (s *Space) Load(addr uint64, b []byte) int {
	n, _ := load(addr, b, s.user(cpu.Read))
	return n
}

// Store writes memory as the program could (copyout), and is how many bytes it could.
func (s *Space) Store(addr uint64, b []byte) int {
	n, _ := store(addr, b, s.user(cpu.Write))
	return n
}

// other is access by another process: an entry's own permission is needed, and nothing
// grows. Linux's process_vm_readv does so.
func (s *Space) other(need Prot) pageFor {
	return func(addr uint64) (*cpu.Page, Fault) {
		switch e := s.find(addr); {
		case e == nil:
			return nil, Unmapped
		case e.prot&need == 0:
			return nil, Protected
		default:
			return s.touch(e, addr, need == Write)
		}
	}
}

// LoadOther reads for another process: what the program may only execute is refused.
func (s *Space) LoadOther(addr uint64, b []byte) int {
	n, _ := load(addr, b, s.other(Read))
	return n
}

// StoreOther writes for another process.
func (s *Space) StoreOther(addr uint64, b []byte) int {
	n, _ := store(addr, b, s.other(Write))
	return n
}

// tracer is access by a tracer: what could be made readable is readable. What could be
// made writable and is private can be written; what is shared, only if it is writable.
func (s *Space) tracer(write bool) pageFor {
	return func(addr uint64) (*cpu.Page, Fault) {
		switch e := s.find(addr); {
		case e == nil:
			return nil, Unmapped
		case write && e.prot&Write == 0 && (e.shared || e.max&Write == 0), !write && (e.prot|e.max)&Read == 0:
			return nil, Protected
		default:
			return s.touch(e, addr, write)
		}
	}
}

// Peek reads memory for a tracer, and is how many bytes it could.
func (s *Space) Peek(addr uint64, b []byte) int {
	n, _ := load(addr, b, s.tracer(false))
	return n
}

// Poke writes memory for a tracer, and is how many bytes it could. In private memory it
// makes a copy of the page, even of read-only text.
func (s *Space) Poke(addr uint64, b []byte) int {
	n, _ := store(addr, b, s.tracer(true))
	return n
}

// LoadString reads up to the byte 0, which is not part of the string, or limit bytes: a
// string of that length had no end yet.
func (s *Space) LoadString(addr uint64, limit int) (string, Fault) {
	var b []byte
	for len(b) < limit {
		p, f := s.fault(addr+uint64(len(b)), cpu.Read)
		if p == nil {
			return "", f
		}
		part := p.Data[(addr+uint64(len(b)))%PageSize:]
		part = part[:min(len(part), limit-len(b))]
		if i := bytes.IndexByte(part, 0); i >= 0 {
			return string(append(b, part[:i]...)), None
		}
		b = append(b, part...)
	}
	return string(b), None
}

// Load32 reads a word as the program could.
func (s *Space) Load32(addr uint64) (uint32, Fault) {
	var b [4]byte
	_, f := load(addr, b[:], s.user(cpu.Read))
	return binary.LittleEndian.Uint32(b[:]), f
}

// Load64 is Load32 of 8 bytes.
func (s *Space) Load64(addr uint64) (uint64, Fault) {
	var b [8]byte
	_, f := load(addr, b[:], s.user(cpu.Read))
	return binary.LittleEndian.Uint64(b[:]), f
}

// Update32 replaces a word by what f makes of it, and is what it was. Nothing comes
// between the two. All of the word is in one page, else it is Beyond.
func (s *Space) Update32(addr uint64, f func(uint32) uint32) (uint32, Fault) {
	if addr%PageSize > PageSize-4 {
		return 0, Beyond
	}
	p, fault := s.fault(addr, cpu.Write)
	if p == nil {
		return 0, fault
	}
	off := int(addr % PageSize)
	b := p.Data[off : off+4]
	old := binary.LittleEndian.Uint32(b)
	binary.LittleEndian.PutUint32(b, f(old))
	p.Written(off, 4)
	return old, None
}

// Key names a byte of memory: equal keys are the same byte. Of shared memory all spaces
// have the same key.
type Key struct {
	Space  *Space  // of private memory
	Object *Object // of shared memory
	Offset uint64  // address, or offset in the object
}

// PrivateKey is the key of an address, whatever is mapped there.
func (s *Space) PrivateKey(addr uint64) Key { return Key{Space: s, Offset: addr} }

// Key is the key of an address that the program can access so.
func (s *Space) Key(addr uint64, a cpu.Access) (Key, Fault) {
	if p, f := s.fault(addr, a); p == nil {
		return Key{}, f
	}
	e := s.find(addr)
	if !e.shared {
		return s.PrivateKey(addr), None
	}
	return Key{Object: e.object, Offset: e.index(addr)*PageSize + addr%PageSize}, None
}
