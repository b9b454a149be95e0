package fs

// Regular files: pages by index, those of holes missing. Mappings see the very pages that
// are read and written here.

import (
	"io"

	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// page is a page of the file; nil if there is none and it is not to be created or cannot.
func (n *Node) page(i uint64, create bool) *cpu.Page {
	p := n.pages[i]
	if p != nil || !create || i >= pagesOf(n.size) || n.load() != ok || !n.fs.take(1) {
		return p
	}
	p = new(cpu.Page)
	copy(p.Data[:], n.behind(i*vm.PageSize))
	n.pages[i] = p
	return p
}

// read copies from an offset on, as far as the file goes.
func (n *Node) read(p []byte, off uint64) (int, errno.Errno) {
	if off >= n.size {
		return 0, ok
	}
	if e := n.load(); e != ok {
		return 0, e
	}
	p = p[:min(uint64(len(p)), n.size-off)]
	for done := 0; done < len(p); {
		at := off + uint64(done)
		part := p[done:min(len(p), done+int(vm.PageSize-at%vm.PageSize))]
		if page := n.pages[at/vm.PageSize]; page != nil {
			copy(part, page.Data[at%vm.PageSize:])
		} else {
			clear(part[copy(part, n.behind(at)):])
		}
		done += len(part)
	}
	return len(p), ok
}

// write copies to an offset and what follows. If memory ends the file has as much as there
// was memory for; ENOSPC if none.
func (n *Node) write(p []byte, off uint64) (int, errno.Errno) {
	switch {
	case len(p) == 0:
		return 0, ok
	case off >= MaxSize:
		return 0, errno.EFBIG
	}
	p = p[:min(uint64(len(p)), MaxSize-off)]
	size, done := n.size, 0
	for done < len(p) {
		at := off + uint64(done)
		in := int(at % vm.PageSize)
		part := p[done:min(len(p), done+vm.PageSize-in)]
		if at >= n.size {
			n.clearTail()
		}
		n.size = max(n.size, at+uint64(len(part)))
		page := n.page(at/vm.PageSize, true)
		if page == nil {
			n.size = max(size, at)
			break
		}
		copy(page.Data[in:], part)
		page.Written(in, len(part))
		done += len(part)
	}
	if done == 0 {
		n.size = size
		return 0, errno.ENOSPC
	}
	n.touch()
	return done, ok
}

// clearTail makes the rest of the last page zeros before the file grows: who has it mapped
// may have written there.
func (n *Node) clearTail() {
	if in := int(n.size % vm.PageSize); in != 0 {
		if page := n.pages[n.size/vm.PageSize]; page != nil {
			clear(page.Data[in:])
			page.Written(in, vm.PageSize-in)
		}
	}
}

// resize cuts the file, or adds a hole.
func (n *Node) resize(size uint64) errno.Errno {
	if size > MaxSize {
		return errno.EFBIG
	}
	old := n.size
	if size > old {
		n.clearTail()
	}
	n.size = size
	if size < old {
		n.discard(pagesOf(size))
		n.clearTail()
		n.fs.mem.Truncated(n)
	}
	n.touch()
	return ok
}

// discard gives back the pages from an index on.
func (n *Node) discard(from uint64) {
	for i := range n.pages {
		if i >= from {
			delete(n.pages, i)
			n.fs.mem.Give(1)
		}
	}
}

// pagesOf is how many pages hold n bytes.
func pagesOf(n uint64) uint64 { return n/vm.PageSize + (n%vm.PageSize+vm.PageSize-1)/vm.PageSize }

// ReadAt implements io.ReaderAt over a regular file, for who loads programs. It asks for no
// permission; the error is io.EOF or an errno.Errno.
func (n *Node) ReadAt(p []byte, off int64) (int, error) {
	switch {
	case n.kind != Regular:
		return 0, errno.EINVAL
	case off < 0:
		return 0, errno.EINVAL
	case n.hooks != nil:
		data, e := n.hooks.contents()
		if e != ok {
			return 0, e
		}
		return readerAt(copy(p, data[min(off, int64(len(data))):]), len(p))
	}
	done, e := n.read(p, uint64(off))
	if e != ok {
		return 0, e
	}
	return readerAt(done, len(p))
}

func readerAt(n, want int) (int, error) {
	if n < want {
		return n, io.EOF
	}
	return n, nil
}
