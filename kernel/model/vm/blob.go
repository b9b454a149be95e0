package vm

import "github.com/trapline/trapline/kernel/model/cpu"

// Blob is a file of fixed size that is no file system's: the shared page with a kernel's
// signal trampoline, say.
type Blob struct {
	name  string
	size  uint64
	pages []*cpu.Page
}

// NewBlob is a blob with the contents. Its pages do not count for a Memory.
func NewBlob(name string, contents []byte) *Blob {
	b := &Blob{name: name, size: uint64(len(contents))}
	for i := range pagesOf(b.size) {
		p := new(cpu.Page)
		copy(p.Data[:], contents[i*PageSize:])
		b.pages = append(b.pages, p)
	}
	return b
}

// Page implements Pager.
func (b *Blob) Page(i uint64, _ bool) *cpu.Page {
	if i < uint64(len(b.pages)) {
		return b.pages[i]
	}
	return nil
}

// Size implements Pager.
func (b *Blob) Size() uint64 { return b.size }

// Name implements Pager.
func (b *Blob) Name() string { return b.name }

// ID implements Pager: it has none.
func (b *Blob) ID() (dev, ino uint64) { return 0, 0 }
