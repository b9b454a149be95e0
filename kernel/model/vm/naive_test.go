package vm

// A naive model of address spaces, one value a page, and random operations on both.

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/trapline/trapline/kernel/model/cpu"
)

// file is a Pager for tests.
type file struct {
	name  string
	pages []*cpu.Page
	size  uint64
}

func newFile(name string, size uint64) *file {
	f := &file{name: name}
	f.resize(size)
	return f
}

func (f *file) resize(size uint64) {
	n := int(pagesOf(size))
	for len(f.pages) < n {
		f.pages = append(f.pages, new(cpu.Page))
	}
	f.pages, f.size = f.pages[:n], size
}

func (f *file) Page(i uint64, _ bool) *cpu.Page {
	if i < uint64(len(f.pages)) {
		return f.pages[i]
	}
	return nil
}
func (f *file) Size() uint64          { return f.size }
func (f *file) Name() string          { return f.name }
func (f *file) ID() (dev, ino uint64) { return 1, uint64(len(f.name)) }

const (
	low   = 0x10000
	room  = 40 // pages
	high  = low + room*PageSize
	gapOf = 2 * PageSize
)

// source is what a naive page shows until it is written: a value a page.
type source struct{ values []uint64 }

// naivePage is a page of a naive space.
type naivePage struct {
	prot      Prot
	shared    bool
	growsDown bool
	inherit   Inherit
	from      *source
	index     int
	own       bool // value is the page's own
	value     uint64
}

func (p *naivePage) read() (uint64, Fault) {
	switch {
	case p.own:
		return p.value, None
	case p.from == nil:
		return 0, None
	case p.index >= len(p.from.values):
		return 0, Beyond
	}
	return p.from.values[p.index], None
}

func (p *naivePage) write(v uint64) Fault {
	_, f := p.read()
	switch {
	case f != None:
	case p.shared:
		p.from.values[p.index] = v
	default:
		p.own, p.value = true, v
	}
	return f
}

// naive is a space: its pages by number, from low.
type naive [room]*naivePage

func (n *naive) fork() *naive {
	c := new(naive)
	for i, p := range n {
		if p == nil || p.inherit == InheritNone {
			continue
		}
		q := *p
		if p.inherit == InheritZero {
			q = naivePage{prot: p.prot, growsDown: p.growsDown, inherit: p.inherit}
		}
		c[i] = &q
	}
	return c
}

// pair is a space, the naive one that it is compared with, and a processor's memory of
// its translations.
type pair struct {
	*Space
	model *naive
	tlb   map[[2]uint64]*cpu.Page
}

// world is what random operations act on.
type world struct {
	t      testing.TB
	mem    *Memory
	pairs  []*pair
	files  []*file
	values []*source // of the files
	next   func() int
	ended  bool
	log    []string
}

func newWorld(t testing.TB, next func() int) *world {
	w := &world{t: t, mem: NewMemory((1 << 12) * PageSize), next: next}
	for i, size := range []uint64{3 * PageSize, 5*PageSize + 1} {
		w.files = append(w.files, newFile(fmt.Sprint("/file", i), size))
		w.values = append(w.values, &source{make([]uint64, pagesOf(size))})
	}
	w.adopt(New(Layout{Memory: w.mem, Low: low, High: high, Base: high, StackGap: gapOf,
		Limits: Limits{Unlimited, Unlimited, 8 * PageSize}}), new(naive))
	return w
}

func (w *world) adopt(s *Space, n *naive) {
	p := &pair{s, n, map[[2]uint64]*cpu.Page{}}
	s.Changed = func(addr, length uint64) {
		for k := range p.tlb {
			if k[0]-addr/PageSize < pagesOf(length) {
				delete(p.tlb, k)
			}
		}
	}
	w.pairs = append(w.pairs, p)
}

func (w *world) pick(n int) int { return w.next() % n }

func (w *world) note(format string, args ...any) {
	w.log = append(w.log, fmt.Sprintf(format, args...))
}

func (w *world) failf(format string, args ...any) {
	w.t.Helper()
	w.t.Fatalf("%s\nafter %v", fmt.Sprintf(format, args...), w.log)
}

func (w *world) want(got, want any) {
	w.t.Helper()
	if got != want {
		w.failf("got %v, want %v", got, want)
	}
}

// span picks a range of pages.
func (w *world) span() (first, n int) {
	first = w.pick(room)
	return first, 1 + w.pick(min(6, room-first))
}

func at(page int) uint64 { return low + uint64(page)*PageSize }

// ops are the operations. What each does to the model is written as plainly as can be.
var ops = []func(*world, *pair){
	(*world).opMap, (*world).opMap, (*world).opMap, (*world).opUnmap, (*world).opProtect, (*world).opProtect,
	(*world).opStore, (*world).opStore, (*world).opStore, (*world).opStore, (*world).opPoke, (*world).opPoke,
	(*world).opFork, (*world).opFork, (*world).opRelease, (*world).opDiscard, (*world).opInherit, (*world).opRemap,
	(*world).opRemap, (*world).opTruncate,
}

func (w *world) opMap(p *pair) {
	first, n := w.span()
	m := Mapping{Addr: at(first), Length: uint64(n) * PageSize, Place: Fixed, Prot: Prot(w.pick(8))}
	kind, offset := w.pick(6), w.pick(3)
	var from *source
	switch kind {
	case 0:
		m.Shared = true
		from, offset = &source{make([]uint64, n)}, 0
	case 1, 2:
		m.Shared = kind == 1
		m.File, from, m.Offset = w.files[offset%2], w.values[offset%2], uint64(offset)*PageSize
	case 3:
		m.GrowsDown = true
	}
	w.note("map %+v", m)
	addr, err := p.Map(m)
	w.want(err, OK)
	w.want(addr, m.Addr)
	for i := range n {
		p.model[first+i] = &naivePage{prot: m.Prot, shared: m.Shared, growsDown: m.GrowsDown, from: from, index: offset + i}
	}
}

func (w *world) opUnmap(p *pair) {
	first, n := w.span()
	w.note("unmap %d+%d", first, n)
	w.want(p.Unmap(at(first), uint64(n)*PageSize), OK)
	for i := range n {
		p.model[first+i] = nil
	}
}

func (w *world) opProtect(p *pair) {
	first, n := w.span()
	prot := Prot(w.pick(8))
	w.note("protect %d+%d %v", first, n, prot)
	got, want := p.Protect(at(first), uint64(n)*PageSize, prot), OK
	for _, q := range p.model[first : first+n] {
		if q == nil {
			want = NoMemory
			break
		}
		q.prot = prot
	}
	w.want(got, want)
}

func (w *world) opInherit(p *pair) {
	first, n := w.span()
	how := []Inherit{InheritCopy, InheritNone, InheritZero}[w.pick(3)]
	w.note("inherit %d+%d %v", first, n, how)
	got, want := p.Inherit(at(first), uint64(n)*PageSize, how), OK
	for _, q := range p.model[first : first+n] {
		if q == nil {
			want = NoMemory
			continue
		}
		q.inherit = how
	}
	w.want(got, want)
}

func (w *world) opDiscard(p *pair) {
	first, n := w.span()
	w.note("discard %d+%d", first, n)
	got, want := p.Discard(at(first), uint64(n)*PageSize), OK
	for _, q := range p.model[first : first+n] {
		if q == nil {
			want = NoMemory
			continue
		}
		q.own = false
	}
	w.want(got, want)
}

func encode(v uint64) []byte {
	return []byte{byte(v), byte(v >> 8), byte(v >> 16), byte(v >> 24), byte(v >> 32), byte(v >> 40), byte(v >> 48), byte(v >> 56)}
}

// grown is the model's page after an access that may let a stack grow.
func (w *world) grown(p *pair, page int) *naivePage {
	if p.model[page] != nil {
		return p.model[page]
	}
	above := page
	for above < room && p.model[above] == nil {
		above++
	}
	if above == room || !p.model[above].growsDown || p.model[above].shared {
		return nil
	}
	for i := 1; i <= gapOf/PageSize && page-i >= 0; i++ {
		if q := p.model[page-i]; q != nil {
			if !q.growsDown && q.prot != 0 {
				return nil
			}
			break
		}
	}
	top := above
	same := func(a, b *naivePage) bool {
		return b != nil && a.growsDown == b.growsDown && a.prot == b.prot && a.inherit == b.inherit && b.from == nil
	}
	for top+1 < room && same(p.model[above], p.model[top+1]) && p.index(top)+1 == p.index(top+1) {
		top++
	}
	if top+1-page > 8 {
		return nil
	}
	for i := page; i < above; i++ {
		q := *p.model[above]
		q.own = false
		p.model[i] = &q
	}
	return p.model[page]
}

// index is the index in its object of a page: the model cannot know it.
func (p *pair) index(page int) uint64 { return p.find(at(page)).index(at(page)) }

func (w *world) opStore(p *pair) {
	page, v := w.pick(room), uint64(w.next())<<8|1
	w.note("store %d", page)
	q := w.grown(p, page)
	want := 8
	if q == nil || q.prot&Write == 0 || q.write(v) != None {
		want = 0
	}
	w.want(p.Store(at(page), encode(v)), want)
}

func (w *world) opPoke(p *pair) {
	page, v := w.pick(room), uint64(w.next())<<8|2
	w.note("poke %d", page)
	q := p.model[page]
	want := 8
	if q == nil || q.prot&Write == 0 && q.shared || q.write(v) != None {
		want = 0
	}
	w.want(p.Poke(at(page), encode(v)), want)
}

func (w *world) opFork(p *pair) {
	if len(w.pairs) == 6 {
		return
	}
	w.note("fork")
	c, err := p.Fork()
	w.want(err, OK)
	w.adopt(c, p.model.fork())
}

func (w *world) opRelease(p *pair) {
	if len(w.pairs) == 1 {
		return
	}
	w.note("release")
	p.Release()
	w.pairs = slices.DeleteFunc(w.pairs, func(q *pair) bool { return q == p })
}

func (w *world) opTruncate(*pair) {
	i, n := w.pick(2), w.pick(7)
	w.note("truncate %d to %d pages", i, n)
	f, v := w.files[i], w.values[i]
	f.resize(uint64(n) * PageSize)
	w.mem.Truncated(f)
	for len(v.values) < n {
		v.values = append(v.values, 0)
	}
	v.values = v.values[:n]
	for _, p := range w.pairs {
		for _, q := range p.model {
			if q != nil && q.from == v && q.index >= n {
				q.own = false
			}
		}
	}
}

func (w *world) opRemap(p *pair) {
	first, was := w.span()
	to, is := w.span()
	how := []Move{0, MayMove, MayMove | MoveTo, MayMove | MoveTo, MayMove | KeepOld}[w.pick(5)]
	if how&KeepOld != 0 {
		is = was
	}
	w.note("remap %d+%d to %d+%d by %d", first, was, to, is, how)
	old := p.model[first : first+was]
	shown := p.reach(at(first))
	got, err := p.Remap(at(first), uint64(was)*PageSize, uint64(is)*PageSize, at(to), how)
	switch {
	case how&MoveTo != 0 && first < to+is && to < first+was:
		w.want(err, Invalid)
	case old[0] == nil:
		w.want(err, BadAddress)
	case is < was && how&MoveTo == 0:
		w.want(err, OK)
		clear(p.model[first+is : first+was])
	case shown < at(first+was):
		w.want(err, BadAddress)
	case err != OK:
		w.want(err, NoMemory)
		if how&MoveTo != 0 || is == was && how == 0 {
			w.failf("no memory")
		}
	default:
		w.moved(p, first, was, int(got-low)/PageSize, is, how)
	}
}

// moved does in the model what a successful Remap does.
func (w *world) moved(p *pair, first, was, to, is int, how Move) {
	old := make([]*naivePage, was)
	copy(old, p.model[first:])
	if how&MoveTo == 0 && first != to { // the kernel chose the place
		for _, q := range p.model[to : to+is] {
			if q != nil {
				w.failf("moved to %d, which was not free", to)
			}
		}
	}
	for i := range was {
		p.model[first+i] = nil
		if how&KeepOld != 0 {
			q := *old[i]
			q.own = false
			p.model[first+i] = &q
		}
	}
	for i := range is {
		q := *old[min(i, was-1)]
		if i >= was {
			q.own = false
			q.index += i - was + 1
		}
		p.model[to+i] = &q
	}
}

// check compares all spaces with their models, and the books with themselves.
func (w *world) check() {
	for n, p := range w.pairs {
		for i, q := range p.model {
			w.checkPage(n, p, i, q)
		}
	}
	checkBooks(w.t, w.mem, func() { w.failf("books") })
}

func (w *world) checkPage(n int, p *pair, page int, q *naivePage) {
	addr := at(page)
	var b [8]byte
	want, fault := uint64(0), Unmapped
	if q != nil {
		want, fault = q.read()
	}
	k := p.Peek(addr+1, b[1:]) + p.Peek(addr, b[:1])
	got := uint64(0)
	for i := range b {
		got |= uint64(b[i]) << (8 * i)
	}
	if (k == 8) != (fault == None) || got != want {
		w.failf("space %d, page %d: %d bytes, %#x; want %#x %v", n, page, k, got, want, fault)
	}
	if q == nil {
		return
	}
	for a, need := range permits {
		f := fault
		if q.prot&need == 0 {
			f = Protected
		}
		key := [2]uint64{addr / PageSize, uint64(a)}
		if a == int(cpu.Write) {
			if f != None || p.tlb[key] == nil {
				continue
			}
		}
		got := p.Page(addr, cpu.Access(a))
		if (got != nil) != (f == None) || p.Why(addr, cpu.Access(a)) != f {
			w.failf("space %d, page %d: %v is %v, want %v", n, page, cpu.Access(a), p.Why(addr, cpu.Access(a)), f)
		}
		if old := p.tlb[key]; old != nil && old != got {
			w.failf("space %d, page %d: a processor remembers the wrong page", n, page)
		}
		if got != nil {
			p.tlb[key] = got
		}
	}
}

// write is a processor's write: it forgets what it knew of the page.
func (w *world) opWrite(p *pair) {
	page, v := w.pick(room), uint64(w.next())<<8|3
	w.note("write %d", page)
	q := w.grown(p, page)
	got := p.Page(at(page), cpu.Write)
	if want := q != nil && q.prot&Write != 0 && q.write(v) == None; (got != nil) != want {
		w.failf("write to page %d: %v", page, got != nil)
	}
	if got != nil {
		copy(got.Data[:], encode(v))
		p.tlb[[2]uint64{at(page) / PageSize, uint64(cpu.Write)}] = got
	}
}

// run does operations until there is no more input.
func (w *world) run(steps int) {
	all := append([]func(*world, *pair){(*world).opWrite, (*world).opWrite, (*world).opWrite}, ops...)
	for range steps {
		p := w.pairs[w.pick(len(w.pairs))]
		all[w.pick(len(all))](w, p)
		if w.ended {
			break
		}
		w.check()
	}
	for len(w.pairs) > 0 {
		w.pairs[0].Release()
		w.pairs = w.pairs[1:]
		w.check()
	}
	if w.mem.used != 0 || w.mem.entries != 0 || len(w.mem.files) != 0 || len(w.mem.spaces) != 0 {
		w.failf("left over: %+v", w.mem)
	}
}

// checkBooks checks what must hold of the lists and the counts.
func checkBooks(t testing.TB, m *Memory, fail func()) {
	t.Helper()
	refs, entries, pages := map[*Object]int{}, 0, map[*cpu.Page]bool{}
	var visit func(o *Object)
	visit = func(o *Object) {
		if refs[o]++; refs[o] > 1 || o == nil {
			return
		}
		for _, p := range o.pages {
			if p != m.hole {
				if pages[p] {
					t.Errorf("a page is in two objects")
					fail()
				}
				pages[p] = true
			}
		}
		if b := o.backing; b != nil {
			if b.pager == nil && !slices.Contains(b.shadows, o) {
				t.Errorf("a shadow is not known to what it shadows")
				fail()
			}
			if b.pager == nil && b.refs == 1 {
				t.Errorf("a shadow is not merged with what it alone uses")
				fail()
			}
			visit(b)
		}
	}
	for _, s := range m.spaces {
		entries += len(s.entries)
		for i, e := range s.entries {
			visit(e.object)
			if e.start >= e.end || i > 0 && s.entries[i-1].end > e.start {
				t.Errorf("entries overlap")
				fail()
			}
			if o := e.object; e.private() && !o.loose {
				for j := range o.pages {
					if j-e.offset >= e.pages() {
						t.Errorf("a page nobody sees")
						fail()
					}
				}
			}
			if i > 0 && alike(s.entries[i-1], e) && s.entries[i-1].object == e.object {
				t.Errorf("entries that could be one: %#x and %#x", s.entries[i-1].start, e.start)
				fail()
			}
		}
	}
	delete(refs, nil)
	for o, n := range refs {
		if o.refs != n {
			t.Errorf("object %d has %d references, %d are counted", o.id, n, o.refs)
			fail()
		}
	}
	if entries != m.entries || len(pages) != m.used {
		t.Errorf("%d entries, counted %d; %d pages, counted %d", entries, m.entries, len(pages), m.used)
		fail()
	}
}

// TestRandom compares spaces with the naive model, in trees of forks.
func TestRandom(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 0))
		newWorld(t, func() int { return rng.IntN(1 << 16) }).run(150)
		if t.Failed() {
			t.Fatalf("seed %d", seed)
		}
	}
}

func FuzzOperations(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 8 {
		b := make([]byte, 400)
		for i := range b {
			b[i] = byte(rng.Uint32())
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var w *world
		w = newWorld(t, func() int {
			if len(b) == 0 {
				w.ended = true
				return 0
			}
			v := int(b[0])
			b = b[1:]
			return v
		})
		w.run(300)
	})
}
