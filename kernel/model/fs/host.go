package fs

// A tree of files from elsewhere, the real machine's say, that lies under the one in
// memory: what is not found in memory is looked for there. It is read only. This package
// does not know where it comes from.

import (
	"github.com/trapline/trapline/kernel/model/errno"
)

// HostStat is what is known of a host's file.
type HostStat struct {
	Kind     Kind // Regular, Directory or Symlink; others are not seen
	Mode     Mode
	UID, GID uint32
	Size     uint64
	Mtime    int64
}

// Host is a tree of files. Paths are slash-separated, absolute and clean; links are not
// followed. What it once said of a file is remembered, so it should not change.
type Host interface {
	Stat(path string) (HostStat, errno.Errno)
	ReadFile(path string) ([]byte, errno.Errno)
	ReadDir(path string) ([]string, errno.Errno) // in the order in which they shall be seen
	Readlink(path string) (string, errno.Errno)
}

// hostNode is a node's other half.
type hostNode struct {
	Host
	path   string
	data   []byte
	loaded bool
	under  bool // a directory of the tree, which the host's lies under
}

// MountHost lets a directory, perhaps the root, show a host's directory where it has
// nothing itself. Files may be made there; a host's own cannot be changed or removed:
// EROFS.
func (s *FS) MountHost(dir *Node, h Host, path string) errno.Errno {
	if dir.kind != Directory || dir.hooks != nil {
		return errno.ENOTDIR
	}
	if st, e := h.Stat(path); e != ok {
		return e
	} else if st.Kind != Directory {
		return errno.ENOTDIR
	}
	dir.host = &hostNode{Host: h, path: path, under: true}
	return ok
}

// hostChild makes a node of a host's file; it becomes a child like any other.
func (n *Node) hostChild(as string) (*Node, errno.Errno) {
	path := n.host.path + "/" + as
	if n.host.path == "/" {
		path = "/" + as
	}
	st, e := n.host.Stat(path)
	if e != ok {
		return nil, e
	}
	if st.Kind > Symlink {
		return nil, errno.ENOENT
	}
	child := n.fs.node(st.Kind, st.Mode, Cred{UID: st.UID, GID: st.GID})
	child.atime, child.mtime, child.ctime = st.Mtime, st.Mtime, st.Mtime
	child.host = &hostNode{Host: n.host.Host, path: path}
	switch st.Kind {
	case Regular:
		child.size = st.Size
	case Symlink:
		if child.target, e = n.host.Readlink(path); e != ok {
			return nil, e
		}
	}
	n.insert(as, child)
	return child, ok
}

// fromHost says whether it is a host's own file, and no directory of the tree under which
// one lies.
func (n *Node) fromHost() bool { return n.host != nil && !n.host.under }

// load fetches a host file's contents, once.
func (n *Node) load() errno.Errno {
	if n.host == nil || n.host.loaded {
		return ok
	}
	data, e := n.host.ReadFile(n.host.path)
	if e != ok {
		return e
	}
	n.host.data, n.host.loaded, n.size = data, true, uint64(len(data))
	return ok
}

// behind is what a host's file has at an offset, up to its end.
func (n *Node) behind(off uint64) []byte {
	if n.host == nil {
		return nil
	}
	return n.host.data[min(off, uint64(len(n.host.data))):]
}
