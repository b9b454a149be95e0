package fs

// Directories: entries by name, in the order in which they came.

import (
	"slices"
	"strings"

	"github.com/trapline/trapline/kernel/model/errno"
)

// Dirent is a directory's entry.
type Dirent struct {
	Name string
	Ino  uint64
	Kind Kind
	Next int64 // the offset of the entry after it
}

// validName says whether an entry may be called so.
func validName(s string) bool {
	return s != "" && s != "." && s != ".." && len(s) <= MaxName && !strings.Contains(s, "/") && !strings.Contains(s, "\x00")
}

// child looks an entry up.
func (n *Node) child(as string) (*Node, errno.Errno) {
	if n.hooks != nil {
		if n.hooks.Lookup == nil {
			return nil, errno.ENOENT
		}
		c, e := n.hooks.Lookup(as)
		if e != ok {
			return nil, e
		}
		return n.adopt(c, as), ok
	}
	if c := n.children[as]; c != nil {
		return c, ok
	}
	if n.host != nil {
		return n.hostChild(as)
	}
	return nil, errno.ENOENT
}

// insert puts an entry at the end.
func (n *Node) insert(as string, c *Node) {
	n.children[as] = c
	n.order = append(n.order, as)
	c.names, c.last = append(c.names, name{n, as}), ""
	if c.kind == Directory {
		c.parent = n
		n.nlink++
	}
}

// add is insert of something new: the directory is written.
func (n *Node) add(as string, c *Node) {
	n.insert(as, c)
	n.touch()
}

// remove takes an entry out. The node's count of links is the caller's affair.
func (n *Node) remove(as string) {
	c := n.children[as]
	link := name{n, as}
	if len(c.names) == 1 {
		c.last = link.path() + " (deleted)"
	}
	i := slices.Index(c.names, link)
	c.names = slices.Delete(c.names, i, i+1)
	delete(n.children, as)
	i = slices.Index(n.order, as)
	n.order = slices.Delete(n.order, i, i+1)
	if c.kind == Directory {
		n.nlink--
	}
	n.touch()
}

// unlinked notes that the node has lost a name; a directory, its only one.
func (n *Node) unlinked() {
	n.nlink--
	if n.kind == Directory {
		n.nlink = 0
	}
	n.ctime = n.fs.now()
	n.drop()
}

// list is what is in the directory, with . and .. .
func (n *Node) list() ([]Dirent, errno.Errno) {
	all := []Dirent{{Name: ".", Ino: n.ino, Kind: Directory}, {Name: "..", Ino: n.parent.ino, Kind: Directory}}
	switch {
	case n.hooks != nil && n.hooks.List != nil:
		made, e := n.hooks.List()
		if e != ok {
			return nil, e
		}
		all = append(all, made...)
	case n.nlink > 0:
		for _, as := range n.order {
			c := n.children[as]
			if c.fromHost() {
				continue // it comes in the host's order, whoever asked for it before
			}
			all = append(all, Dirent{Name: as, Ino: c.ino, Kind: c.kind})
		}
		if e := n.listHost(&all); e != ok {
			return nil, e
		}
	default: // it was removed
		all = nil
	}
	for i := range all {
		all[i].Next = int64(i + 1)
	}
	return all, ok
}

// listHost adds what a host's directory has and the tree does not have yet.
func (n *Node) listHost(all *[]Dirent) errno.Errno {
	if n.host == nil {
		return ok
	}
	names, e := n.host.ReadDir(n.host.path)
	if e != ok {
		return e
	}
	for _, as := range names {
		if c := n.children[as]; c != nil && !c.fromHost() || !validName(as) {
			continue
		}
		if c, e := n.child(as); e == ok {
			*all = append(*all, Dirent{Name: as, Ino: c.ino, Kind: c.kind})
		}
	}
	return ok
}

// empty says whether it may be removed.
func (n *Node) empty() bool {
	all, e := n.list()
	return e == ok && len(all) <= 2
}

// writable says whether someone may make and remove entries.
func (n *Node) writable(c Cred) errno.Errno {
	if n.nlink == 0 {
		return errno.ENOENT
	}
	return n.Permit(c, MayWrite|MayExec)
}

// mayRemove says whether someone may take a child's name away: path_resolution(7), unlink(2).
func (n *Node) mayRemove(c Cred, child *Node) errno.Errno {
	if n.hooks != nil {
		return errno.EPERM
	}
	if e := n.writable(c); e != ok {
		return e
	}
	switch {
	case child.attached:
		return errno.EBUSY
	case child.fromHost():
		return errno.EROFS
	case child.host != nil:
		return errno.EBUSY
	case n.mode&Sticky != 0 && !child.owns(c) && n.uid != c.UID:
		return errno.EPERM
	}
	return ok
}

// make puts a new node into the directory. In one that is set-group-id it gets its group,
// and a directory the bit (Linux's inode(7)).
func (n *Node) make(c Cred, k Kind, as string, mode Mode) (*Node, errno.Errno) {
	switch {
	case n.hooks != nil:
		return nil, errno.ENOENT // as Linux's /proc has it
	case !validName(as):
		return nil, errno.EINVAL
	}
	if e := n.writable(c); e != ok {
		return nil, e
	}
	made := n.fs.node(k, mode, c)
	if n.mode&Setgid != 0 {
		made.gid = n.gid
		if k == Directory {
			made.mode |= Setgid
		}
	}
	n.add(as, made)
	return made, ok
}
