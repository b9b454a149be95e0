package cpu

// Memory accesses: translation, and the checks that hardware makes on the way.

// Memory is the address space a CPU runs in.
type Memory interface {
	// Page is the page that holds the canonical address addr, if this access is allowed;
	// nil raises a page fault. The page of a Write is private to the space or shared on
	// purpose: copy-on-write is done here. The CPU remembers the answer until Flush.
	Page(addr uint64, a Access) *Page
}

const tlbSize = 256

type tlbEntry struct {
	tag  uint64 // page number + 1
	page *Page
}

func tag(addr uint64) uint64 { return addr/PageSize + 1 }

// Flush forgets all translations. The owner calls it when a page is unmapped, replaced
// or loses an access, and when the CPU changes to another address space.
func (c *CPU) Flush() {
	clear(c.read[:])
	clear(c.write[:])
	clear(c.exec[:])
	c.itag = 0
}

// SetMemory moves the CPU to another address space.
func (c *CPU) SetMemory(m Memory) {
	c.mem = m
	c.Flush()
}

// FlushPage forgets the translations of the page of addr.
func (c *CPU) FlushPage(addr uint64) {
	i := addr / PageSize % tlbSize
	c.read[i], c.write[i], c.exec[i] = tlbEntry{}, tlbEntry{}, tlbEntry{}
	c.itag = 0
}

// canonical says whether the address is in the lower half of a 48-bit space or in the
// upper.
func canonical(addr uint64) bool { return uint64(int64(addr)<<16>>16) == addr }

// translate is the page of a canonical address, or nil after a page fault was raised.
func (c *CPU) translate(addr uint64, a Access, tlb *[tlbSize]tlbEntry) *Page {
	e := &tlb[addr/PageSize%tlbSize]
	if e.tag == tag(addr) {
		return e.page
	}
	p := c.mem.Page(addr, a)
	if p == nil {
		c.trap = Trap{Kind: PageFault, Addr: addr, Access: a}
		return nil
	}
	if a == Write { // what is read there may have been another page until now
		c.FlushPage(addr)
	}
	if a == Execute || !c.watched(addr) {
		*e = tlbEntry{tag(addr), p}
	}
	return p
}

func (c *CPU) executable(addr uint64) *Page { return c.translate(addr, Execute, &c.exec) }

// readable and writable are the page of an access.
func (c *CPU) readable(addr uint64) *Page { return c.translate(addr, Read, &c.read) }
func (c *CPU) writable(addr uint64) *Page { return c.translate(addr, Write, &c.write) }

// legal checks what hardware checks before it translates.
func (c *CPU) legal(addr, n uint64) bool {
	if !canonical(addr) || !canonical(addr+n-1) {
		c.raise(Protection)
		c.bad = true
		return false
	}
	if addr&c.ac&(min(n, 16)-1) != 0 {
		c.raise(Alignment)
		return false
	}
	return true
}

// load reads n bytes (1, 2, 4 or 8), zero-extended.
func (c *CPU) load(addr uint64, n uint8) (uint64, bool) {
	e, off := &c.read[addr/PageSize%tlbSize], addr%PageSize
	if e.tag == tag(addr) && off+uint64(n) <= PageSize && addr&c.ac&uint64(n-1) == 0 {
		return pick(&e.page.Data, off, n), true
	}
	var b [8]byte
	ok := c.loadBytes(addr, b[:n&15])
	return le.Uint64(b[:]), ok
}

// pick reads n bytes that are within a page.
func pick(d *[PageSize]byte, off uint64, n uint8) uint64 {
	switch b := d[off:]; n {
	case 1:
		return uint64(b[0])
	case 2:
		return uint64(le.Uint16(b))
	case 4:
		return uint64(le.Uint32(b))
	default:
		return le.Uint64(b)
	}
}

// loadBytes reads at most a page; p is untouched if it fails.
func (c *CPU) loadBytes(addr uint64, p []byte) bool {
	n := uint64(len(p))
	if !c.legal(addr, n) || len(c.areas) > 0 && c.meets(addr, n, Read, false) {
		return false
	}
	first := c.readable(addr)
	if first == nil {
		return false
	}
	second := first
	if addr%PageSize+n > PageSize {
		if second = c.readable(pageAfter(addr)); second == nil {
			return false
		}
	}
	k := copy(p, first.Data[addr%PageSize:])
	copy(p[k:], second.Data[:])
	c.touch(addr, n, Read)
	return true
}

func pageAfter(addr uint64) uint64 { return (addr/PageSize + 1) * PageSize }

// claim makes sure that n bytes can be written, for an instruction that reads them first
// or has more to check: a store there will succeed.
func (c *CPU) claim(addr, n uint64) bool {
	if !c.legal(addr, n) || len(c.areas) > 0 && c.meets(addr, n, Write, false) || c.writable(addr) == nil {
		return false
	}
	return addr%PageSize+n <= PageSize || c.writable(pageAfter(addr)) != nil
}

// loadForWrite reads what a store will replace: a fault is one of writing.
func (c *CPU) loadForWrite(addr uint64, n uint8) (uint64, bool) {
	e, off := &c.write[addr/PageSize%tlbSize], addr%PageSize
	if e.tag == tag(addr) && off+uint64(n) <= PageSize && addr&c.ac&uint64(n-1) == 0 {
		return pick(&e.page.Data, off, n), true
	}
	if len(c.areas) > 0 && c.meets(addr, uint64(n), Read, false) || !c.claim(addr, uint64(n)) {
		return 0, false
	}
	if len(c.areas) > 0 {
		c.meets(addr, uint64(n), Read, true)
	}
	var b [8]byte
	k := copy(b[:n&15], c.writable(addr).Data[off:])
	if k < int(n) {
		copy(b[k:n&15], c.writable(pageAfter(addr)).Data[:])
	}
	return le.Uint64(b[:]), true
}

// store writes the low n bytes (1, 2, 4 or 8) of v.
func (c *CPU) store(addr uint64, n uint8, v uint64) bool {
	e, off := &c.write[addr/PageSize%tlbSize], addr%PageSize
	if e.tag != tag(addr) || off+uint64(n) > PageSize || addr&c.ac&uint64(n-1) != 0 {
		var b [8]byte
		le.PutUint64(b[:], v)
		return c.storeBytes(addr, b[:n&15])
	}
	p := e.page
	switch b := p.Data[off:]; n {
	case 1:
		b[0] = byte(v)
	case 2:
		le.PutUint16(b, uint16(v))
	case 4:
		le.PutUint32(b, uint32(v))
	default:
		le.PutUint64(b, v)
	}
	if p.lines != 0 {
		p.Written(int(off), int(n))
	}
	return true
}

// storeBytes writes at most a page, or nothing.
func (c *CPU) storeBytes(addr uint64, p []byte) bool {
	n := uint64(len(p))
	if !c.claim(addr, n) {
		return false
	}
	first, off := c.writable(addr), int(addr%PageSize)
	k := copy(first.Data[off:], p)
	first.Written(off, k)
	if k < len(p) {
		second := c.writable(pageAfter(addr))
		copy(second.Data[:], p[k:])
		second.Written(0, len(p)-k)
	}
	c.touch(addr, n, Write)
	return true
}
