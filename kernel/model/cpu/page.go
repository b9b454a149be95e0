package cpu

// Physical pages and the decoded instructions kept with them. The cache hangs on the
// page, not on an address: processes that share a program's text share its decoding, and
// a write through any mapping of the page is seen by all, as on hardware.

// PageSize is the unit of Memory, in bytes.
const PageSize = 4096

// Page is a page of physical memory. The zero value is a page of zeros. Whoever changes
// Data other than by a CPU calls Written.
type Page struct {
	Data  [PageSize]byte
	lines uint64 // lines of 64 bytes that hold a decoded instruction's byte
	code  *code
}

// maxOps bounds the ops kept of a page: more than real code has instructions there.
const maxOps = 2048

// code is the decoded instructions of a page. It stays with its page for good, so that a
// CPU may hold on to it; dropping empties it.
type code struct {
	at  [PageSize]uint16 // index of ops; 0: none
	ops []op             // from 1 on
}

// Written forgets what was decoded from the n bytes at off.
func (p *Page) Written(off, n int) {
	if n <= 0 || p.lines == 0 {
		return
	}
	first, last := uint(off)/64, uint(off+n-1)/64
	if p.lines&(^uint64(0)<<(first&63))&(^uint64(0)>>(63-min(last, 63))) != 0 {
		p.drop()
	}
}

// Copy is a page with the same contents: what copy-on-write needs.
func (p *Page) Copy() *Page { return &Page{Data: p.Data} }

func (p *Page) drop() {
	p.lines = 0
	clear(p.code.at[:])
	p.code.ops = p.code.ops[:1]
}

// keep puts an op, all of whose bytes are in the page, into the cache.
func (p *Page) keep(off int, o *op) *op {
	if len(p.code.ops) == maxOps {
		p.drop()
	}
	p.lines |= 1<<(uint(off)/64) | 1<<(uint(off+max(int(o.len), 1)-1)/64&63)
	p.code.at[off] = uint16(len(p.code.ops))
	p.code.ops = append(p.code.ops, *o)
	return &p.code.ops[len(p.code.ops)-1]
}
