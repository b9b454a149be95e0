// Reading the memory of a call: every byte goes through an arena that lives as long as the
// half of the call being printed, so that a decoder may hold several pieces at once and
// none is allocated twice.

package syscalls

import "encoding/binary"

const (
	pageSize  = 4096
	pathMax   = 4096    // bytes of a path with its NUL: PATH_MAX of the kernel
	readLimit = 1 << 20 // bytes a single decoder may ask for
	lineLimit = 1 << 20 // bytes of a line after which lists are cut short

	// Bytes read for half of a call, each reading counted as readCost more, after which lists are cut short. At twice as
	// many no memory can be read any more: whatever a decoder makes of what it reads, its work has an end.
	workLimit = 16 << 20
	readCost  = 64
)

// full reports whether the line is so long, or has cost so much, that a list should end.
func (c *Call) full() bool { return len(c.b) > lineLimit || c.pages.spent > workLimit }

// spend counts a reading of n bytes, and reports whether it is to be made.
func (c *Call) spend(n int) bool {
	c.pages.spent += n + readCost
	return c.pages.spent <= 2*workLimit
}

// arenaMark is a place in the arena.
type arenaMark struct{ used, size int }

// mark remembers how much of the arena is in use.
func (c *Call) mark() arenaMark { return arenaMark{len(c.arena), cap(c.arena)} }

// release gives back what was taken since: an element that has been printed is not looked at again, and a list may
// have as many as a hostile program likes.
func (c *Call) release(m arenaMark) {
	if cap(c.arena) != m.size { // it has grown: what was in use before lies in the old one
		m.used = 0
	}
	c.arena = c.arena[:m.used]
}

// alloc takes n bytes of the arena. When it grows, older pieces keep their old memory.
func (c *Call) alloc(n int) []byte {
	if len(c.arena)+n > cap(c.arena) {
		c.arena = make([]byte, 0, max(2*cap(c.arena), n, 1024))
	}
	at := len(c.arena)
	c.arena = c.arena[:at+n]
	return c.arena[at : at+n : at+n]
}

// read returns n bytes at addr, or false when any of them cannot be read.
func (c *Call) read(addr uint64, n int) ([]byte, bool) {
	if c.opts.Shallow {
		return nil, false
	}
	return c.readBytes(addr, n)
}

// readBytes is read for text, which is shown when structures are not, too.
func (c *Call) readBytes(addr uint64, n int) ([]byte, bool) {
	if c.Mem == nil || addr == 0 || n < 0 || n > readLimit || addr+uint64(n) < addr {
		return nil, false
	}
	p := c.alloc(n)
	return p, c.fetch(addr, p) == n
}

// pageCache is the pages that the half of a call has needed last. Who reads once or twice gets just what is asked for; lists,
// and whoever goes on, get whole pages, since a request to the kernel costs more than the bytes it moves.
type pageCache struct {
	whole bool // pages are read
	reads int
	spent int               // what reading has cost: see workLimit
	at    [pagesKept]uint64 // where they are; 0: none
	data  [pagesKept][]byte
	next  int // is thrown away
}

const (
	pagesKept = 4
	fewReads  = 2
)

// forget is what a process that has run on makes necessary.
func (c *pageCache) forget() { c.whole, c.reads, c.spent, c.at = false, 0, 0, [pagesKept]uint64{} }

// page returns the page at an address, or nil when it cannot be read as a whole.
func (c *pageCache) page(mem Memory, at uint64) []byte {
	for i := range c.at {
		if c.at[i] == at {
			return c.data[i]
		}
	}
	i := c.next
	if c.data[i] == nil {
		c.data[i] = make([]byte, pageSize)
	}
	if n, _ := mem.ReadMem(at, c.data[i]); n != pageSize {
		c.at[i] = 0
		return nil
	}
	c.at[i], c.next = at, (i+1)%pagesKept
	return c.data[i]
}

// fetch fills p from addr, as far as there is memory.
func (c *Call) fetch(addr uint64, p []byte) (got int) {
	if !c.spend(len(p)) {
		return 0
	}
	c.pages.reads++
	paged := len(p) <= pageSize && (c.pages.whole || c.pages.reads > fewReads)
	for paged && got < len(p) {
		at := addr + uint64(got)
		if at < pageSize { // never mapped
			break
		}
		page := c.pages.page(c.Mem, at&^(pageSize-1))
		if page == nil {
			break
		}
		got += copy(p[got:], page[at%pageSize:])
	}
	if got < len(p) {
		n, _ := c.Mem.ReadMem(addr+uint64(got), p[got:])
		got += max(0, min(n, len(p)-got))
	}
	return got
}

// cstring returns the bytes at addr up to a NUL, at most n. ended says whether the NUL was
// found among them, ok is false when memory ended first.
func (c *Call) cstring(addr uint64, n int) (s []byte, ended, ok bool) {
	if c.Mem == nil || addr == 0 {
		return nil, false, false
	}
	p := c.alloc(n)
	for have := 0; have < n; {
		// Most strings are short: do not read a page for them, nor past the end of one.
		chunk := min(n-have, 256, pageSize-int((addr+uint64(have))%pageSize))
		got := c.fetch(addr+uint64(have), p[have:have+chunk])
		for i := have; i < have+got; i++ {
			if p[i] == 0 {
				return p[:i], true, true
			}
		}
		if have += got; got < chunk {
			if have > 0 && c.opts.Short != nil {
				c.opts.Short(addr, have, n)
			}
			return p[:have], false, false
		}
	}
	return p, false, true
}

// word returns the long or the pointer at p of the call's ABI.
func (c *Call) word(p []byte) uint64 {
	if c.ABI.Word == 4 {
		return uint64(u32(p))
	}
	return u64(p)
}

// words returns n words at addr one after another.
func (c *Call) words(addr uint64, n int) ([]byte, bool) { return c.read(addr, n*c.ABI.Word) }

// wordAt returns word i of p.
func (c *Call) wordAt(p []byte, i int) uint64 { return c.word(p[i*c.ABI.Word:]) }

func u16(p []byte) uint16 { return binary.LittleEndian.Uint16(p) }
func u32(p []byte) uint32 { return binary.LittleEndian.Uint32(p) }
func u64(p []byte) uint64 { return binary.LittleEndian.Uint64(p) }
