package fs

// Nodes whose contents somebody else has: a kernel that shows its processes as files.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// Synthetic is what a provider does for a node. What is nil the node does not have. The
// hooks may look at the tree but not change it.
type Synthetic struct {
	// Attr is asked whenever mode and owner matter; without it they stay.
	Attr func() (mode Mode, uid, gid uint32)
	// Permit decides instead of mode and owner.
	Permit func(c Cred, want Access) errno.Errno
	// Open may refuse an opening, and set the file's Data.
	Open  func(f *File) errno.Errno
	Close func(f *File)

	// Of a directory. The nodes may be new ones each time.
	Lookup func(name string) (*Node, errno.Errno)
	List   func() ([]Dirent, errno.Errno) // Name, Ino and Kind, without . and ..

	// Of a symbolic link: its text, and, if it leads past the text, the node itself (nil:
	// follow the text).
	Readlink func() (string, errno.Errno)
	Target   func() (*Node, errno.Errno)

	// Of a regular file. Contents is all there is; it is asked when a file is read from its
	// beginning, and kept for that File. ReadAt reads at an offset; 0 and no error is the end.
	Contents func() ([]byte, errno.Errno)
	ReadAt   func(f *File, p []byte, off int64) (int, errno.Errno)
	WriteAt  func(f *File, p []byte, off int64) (int, errno.Errno)
	Poll     func(f *File) Ready // without it: always readable and writable
	Queue    func(f *File) *sleep.Queue
}

// NewSynthetic is a node of a provider's, of the kind Regular, Directory or Symlink. dev
// and ino are what Stat shows, 0 for some; programs that compare files do it by them.
func (s *FS) NewSynthetic(k Kind, mode Mode, uid, gid uint32, dev, ino uint64, hooks *Synthetic) *Node {
	n := s.node(k, mode, Cred{UID: uid, GID: gid})
	n.hooks = hooks
	if dev != 0 {
		n.dev = dev
	}
	if ino != 0 {
		n.ino = ino
	}
	return n
}

// Attach gives a node made by NewSynthetic a name in a directory, instead of what has it.
// It can then not be removed or renamed.
func (s *FS) Attach(dir *Node, as string, n *Node) errno.Errno {
	switch {
	case dir.kind != Directory || dir.hooks != nil:
		return errno.ENOTDIR
	case len(n.names) > 0 || !validName(as):
		return errno.EINVAL
	}
	if old := dir.children[as]; old != nil {
		dir.remove(as)
		old.unlinked()
	}
	n.attached = true
	dir.add(as, n)
	return ok
}

func (h *Synthetic) contents() ([]byte, errno.Errno) {
	if h.Contents == nil {
		return nil, errno.EINVAL
	}
	return h.Contents()
}

// adopt gives a node that a provider made its place in the tree.
func (n *Node) adopt(child *Node, as string) *Node {
	if len(child.names) == 0 {
		child.names = append(child.names, name{n, as})
		if child.kind == Directory {
			child.parent = n
		}
	}
	return child
}

// syntheticFile is an open file of a provider's.
type syntheticFile struct{ hooks *Synthetic }

// Read implements Device.
func (d syntheticFile) Read(f *File, p []byte, off int64) (int, errno.Errno) {
	if d.hooks.ReadAt != nil {
		return d.hooks.ReadAt(f, p, off)
	}
	if off == 0 || !f.taken {
		data, e := d.hooks.contents()
		if e != ok {
			return 0, e
		}
		f.snapshot, f.taken = data, true
	}
	return copy(p, f.snapshot[min(off, int64(len(f.snapshot))):]), ok
}

// Write implements Device.
func (d syntheticFile) Write(f *File, p []byte, off int64) (int, errno.Errno) {
	if d.hooks.WriteAt == nil {
		return 0, errno.EINVAL
	}
	return d.hooks.WriteAt(f, p, off)
}

// Poll implements Device.
func (d syntheticFile) Poll(f *File) Ready {
	if d.hooks.Poll != nil {
		return d.hooks.Poll(f)
	}
	return In | Out
}

// Queues implements Device.
func (d syntheticFile) Queues(f *File) (read, write *sleep.Queue) {
	if d.hooks.Queue == nil {
		return nil, nil
	}
	q := d.hooks.Queue(f)
	return q, q
}

// Close implements Device.
func (d syntheticFile) Close(f *File) {
	if d.hooks.Close != nil {
		d.hooks.Close(f)
	}
}
