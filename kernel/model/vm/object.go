package vm

// Objects: pages by index, chains of shadows, and how chains become shorter.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/cpu"
)

// Object is memory that can be mapped: a file, or anonymous pages.
type Object struct {
	mem  *Memory
	id   uint64
	refs int // entries, shadows, and holders outside of this package

	pager Pager  // of a file; it has all pages, and nothing below is used
	size  uint64 // in pages, of memory made to be shared; else 0, and entries bound it

	backing *Object   // where pages are that are not here; nil: zeros
	shadows []*Object // whose backing this is; not kept of a file

	// pages has a page, or mem.hole: not here nor in the backing, but the end of the chain
	// has it (the file's, or zeros).
	pages map[uint64]*cpu.Page

	// loose: there may be pages that no entry sees, as entries became smaller while there
	// were several.
	loose bool
}

func (m *Memory) object() *Object {
	m.ids++
	return &Object{mem: m, id: m.ids, refs: 1, pages: map[uint64]*cpu.Page{}}
}

// file is the one object of a pager, with a new reference.
func (m *Memory) file(p Pager) *Object {
	o := m.files[p]
	if o != nil {
		o.refs++
		return o
	}
	m.ids++
	o = &Object{mem: m, id: m.ids, refs: 1, pager: p}
	m.files[p] = o
	return o
}

// NewObject is anonymous memory of so many bytes, to be mapped shared. It lives until
// its maker's Release and the last mapping's end.
func (m *Memory) NewObject(size uint64) *Object {
	o := m.object()
	o.size = pagesOf(size)
	return o
}

// ID tells objects of a Memory apart. It is not used again.
func (o *Object) ID() uint64 { return o.id }

// Release gives back the reference of NewObject.
func (o *Object) Release() { o.drop() }

// shadow is a new object in front of o, whose reference it takes over.
func (o *Object) shadow() *Object {
	s := o.mem.object()
	s.setBacking(o)
	return s
}

// setBacking takes over a reference to the backing.
func (o *Object) setBacking(b *Object) {
	if o.backing = b; b != nil && b.pager == nil {
		b.shadows = append(b.shadows, o)
	}
}

// drop takes a reference away. An object without any goes, and so may what is behind it;
// one whose last user is a shadow is merged with it.
func (o *Object) drop() {
	for o != nil {
		if o.refs--; o.refs > 0 {
			if o.refs == 1 && len(o.shadows) == 1 {
				o.shadows[0].collapse()
			}
			return
		}
		for _, p := range o.pages {
			o.mem.free(p)
		}
		o.pages = nil
		if o.pager != nil {
			delete(o.mem.files, o.pager)
		}
		o = o.detach()
	}
}

// detach unlinks the backing, without dropping the reference.
func (o *Object) detach() *Object {
	b := o.backing
	if o.backing = nil; b != nil && b.pager == nil {
		i := slices.Index(b.shadows, o)
		b.shadows = slices.Delete(b.shadows, i, i+1)
	}
	return b
}

// collapse merges the objects behind o that have no other user into it.
func (o *Object) collapse() {
	for b := o.backing; b != nil && b.pager == nil && b.refs == 1; b = o.backing {
		if own, behind := o.pages, b.pages; len(own) < len(behind) {
			for i, p := range own {
				if hidden, both := behind[i]; both {
					o.mem.free(hidden)
				}
				behind[i] = p
			}
			o.pages = behind
		} else {
			for i, p := range behind {
				if _, both := own[i]; both {
					o.mem.free(p)
				} else {
					own[i] = p
				}
			}
		}
		o.loose = true
		o.detach()
		o.setBacking(b.detach())
	}
}

// base is the end of the chain if that is a file, else nil.
func (o *Object) base() *Object {
	for ; o != nil; o = o.backing {
		if o.pager != nil {
			return o
		}
	}
	return nil
}

// plain says whether o adds to its base only what one private entry wrote. Entries with
// such objects can be joined.
func (o *Object) plain() bool {
	return o == nil || o.pager != nil || o.refs == 1 && o.size == 0 && (o.backing == nil || o.backing.pager != nil)
}

// see is the page to read at an index: perhaps another object's, or the page of zeros.
func (o *Object) see(i uint64) (*cpu.Page, Fault) {
	for q := o; q != nil; q = q.backing {
		switch p := q.pages[i]; {
		case q.pager != nil:
			return q.filePage(i)
		case p == q.mem.hole:
			if q = q.base(); q == nil {
				return o.mem.zero, None
			}
			return q.filePage(i)
		case p != nil:
			return p, None
		case q.size != 0 && i >= q.size:
			return nil, Beyond
		}
	}
	return o.mem.zero, None
}

func (o *Object) filePage(i uint64) (*cpu.Page, Fault) {
	if i >= pagesOf(o.pager.Size()) {
		return nil, Beyond
	}
	if p := o.pager.Page(i, true); p != nil {
		return p, None
	}
	return nil, Exhausted
}

// own is o's page at an index, made from what is seen there if it is not there yet; made
// says so.
func (o *Object) own(i uint64) (p *cpu.Page, made bool, f Fault) {
	if o.pager != nil {
		p, f = o.filePage(i)
		return p, false, f
	}
	if p = o.pages[i]; p != nil && p != o.mem.hole {
		return p, false, None
	}
	from, f := o.see(i)
	if f != None {
		return nil, false, f
	}
	if p = o.mem.page(from); p == nil {
		return nil, false, Exhausted
	}
	o.pages[i] = p
	return p, true, None
}

// each calls f with the indices from lo on, n at most, at which there is a page or a hole.
// f may delete what is there.
func (o *Object) each(lo, n uint64, f func(i uint64, p *cpu.Page)) {
	if n < uint64(len(o.pages)) {
		for i := lo; i-lo < n; i++ {
			if p := o.pages[i]; p != nil {
				f(i, p)
			}
		}
		return
	}
	for i, p := range o.pages {
		if i-lo < n {
			f(i, p)
		}
	}
}

// discard takes the pages from lo on, n at most, out of o.
func (o *Object) discard(lo, n uint64) {
	o.each(lo, n, func(i uint64, p *cpu.Page) {
		o.mem.free(p)
		delete(o.pages, i)
	})
}

// cut discards what is at an index or above it in all of a file's chain.
func (o *Object) cut(from uint64) {
	for ; o != nil && o.pager == nil; o = o.backing {
		o.discard(from, max(-from, -from-1)) // all there are from 0 on is one more than fits
	}
}

// hide makes the range as it was when it was mapped, in a chain whose first object is o.
func (o *Object) hide(lo, n uint64) {
	o.discard(lo, n)
	for b := o.backing; b != nil && b.pager == nil; b = b.backing {
		b.each(lo, n, func(i uint64, _ *cpu.Page) { o.pages[i] = o.mem.hole })
	}
}

// uncover drops what is behind o but for its base: o has all n pages that are seen.
func (o *Object) uncover(n uint64) {
	if uint64(len(o.pages)) != n || o.loose || o.backing == nil || o.backing.pager != nil {
		return
	}
	base := o.base()
	if base != nil {
		base.refs++
	}
	old := o.detach()
	o.setBacking(base)
	old.drop()
}

// split moves the pages of n indices from lo on to a new object with the same backing.
func (o *Object) split(lo, n uint64) *Object {
	s := o.mem.object()
	if o.backing != nil {
		o.backing.refs++
	}
	s.setBacking(o.backing)
	o.each(lo, n, func(i uint64, p *cpu.Page) {
		s.pages[i] = p
		delete(o.pages, i)
	})
	return s
}

// absorb moves another object's pages into o.
func (o *Object) absorb(other *Object) {
	if len(o.pages) < len(other.pages) {
		o.pages, other.pages = other.pages, o.pages
	}
	for i, p := range other.pages {
		o.pages[i] = p
	}
	clear(other.pages)
	other.drop()
}
