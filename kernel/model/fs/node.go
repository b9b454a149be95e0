package fs

// Nodes: what all kinds have, who may use them, and what they are called.

import (
	"fmt"

	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
)

// Node is a file of any kind. Nodes are compared by pointer; a Synthetic one's identity is
// its provider's. As a vm.Pager it can be mapped if it is Mappable.
type Node struct {
	fs       *FS
	kind     Kind
	attached bool // by Attach: it stays where it is
	mode     Mode
	uid, gid uint32
	dev, ino uint64
	nlink    uint32

	atime, mtime, ctime int64

	users   int // files and others that have it in use
	writers int // files that are open for writing
	denied  int // executions, during which it is not written
	locks   locks

	parent *Node  // of a directory: what .. is
	names  []name // that it has; a synthetic or host node's has one
	last   string // without any: what it was called

	// By kind.
	pages        map[uint64]*cpu.Page // Regular
	size         uint64               // Regular
	children     map[string]*Node     // Directory
	order        []string             // of children: as they came
	target       string               // Symlink
	pipe         *pipe                // Fifo, while it is open
	open         OpenDevice           // Char
	major, minor uint32               // Char

	hooks *Synthetic
	host  *hostNode
}

// name is a directory's entry.
type name struct {
	dir  *Node
	name string
}

func (s *FS) node(k Kind, mode Mode, c Cred) *Node {
	s.inos++
	t := s.now()
	n := &Node{fs: s, kind: k, mode: mode & allModes, uid: c.UID, gid: c.GID, dev: 1, ino: s.inos,
		nlink: 1, atime: t, mtime: t, ctime: t}
	switch k {
	case Regular:
		n.pages = map[uint64]*cpu.Page{}
	case Directory:
		n.children, n.nlink = map[string]*Node{}, 2
	}
	return n
}

// Kind is what it is.
func (n *Node) Kind() Kind { return n.kind }

// Mode is its permissions, and whether it is set-user-id and so on.
func (n *Node) Mode() Mode { return n.refresh().mode }

// Owner is whom it belongs to.
func (n *Node) Owner() (uid, gid uint32) {
	n.refresh()
	return n.uid, n.gid
}

// Parent is what .. is of a directory, else nil.
func (n *Node) Parent() *Node { return n.parent }

// Stat is what is known of a node: stat(2).
type Stat struct {
	Kind         Kind
	Mode         Mode
	Dev, Ino     uint64
	Nlink        uint32
	UID, GID     uint32
	Major, Minor uint32 // of the device that it is
	Size         uint64 // in bytes
	Pages        uint64 // that it has, of vm.PageSize
	Atime        int64  // last read, in nanoseconds
	Mtime        int64  // last written
	Ctime        int64  // last changed in any way
}

// Stat tells all.
func (n *Node) Stat() Stat {
	n.refresh()
	return Stat{Kind: n.kind, Mode: n.mode, Dev: n.dev, Ino: n.ino, Nlink: n.nlink, UID: n.uid, GID: n.gid,
		Major: n.major, Minor: n.minor, Size: n.Size(), Pages: uint64(len(n.pages)),
		Atime: n.atime, Mtime: n.mtime, Ctime: n.ctime}
}

// refresh asks a synthetic node's provider what has changed.
func (n *Node) refresh() *Node {
	if n.hooks != nil && n.hooks.Attr != nil {
		n.mode, n.uid, n.gid = n.hooks.Attr()
	}
	return n
}

// touch notes that it was written.
func (n *Node) touch() {
	n.mtime = n.fs.now()
	n.ctime = n.mtime
}

// Permit says whether someone may do all that is wanted, else EACCES. Root may do
// anything, but execute only what someone may execute.
func (n *Node) Permit(c Cred, want Access) errno.Errno {
	n.refresh()
	if n.hooks != nil && n.hooks.Permit != nil {
		return n.hooks.Permit(c, want)
	}
	bits := Access(n.mode & 7)
	switch {
	case c.Root():
		bits = MayRead | MayWrite
		if n.kind == Directory || n.mode&0o111 != 0 {
			bits |= MayExec
		}
	case c.UID == n.uid:
		bits = Access(n.mode >> 6 & 7)
	case c.In(n.gid):
		bits = Access(n.mode >> 3 & 7)
	}
	if want&^bits != 0 {
		return errno.EACCES
	}
	return ok
}

// owns says whether someone may change the node's attributes.
func (n *Node) owns(c Cred) bool { return c.Root() || c.UID == n.uid }

// changeable says why the node's attributes cannot be changed.
func (n *Node) changeable() errno.Errno {
	switch {
	case n.fromHost():
		return errno.EROFS
	case n.hooks != nil:
		return errno.EPERM
	}
	return ok
}

// Retain adds a user: a process whose directory or program it is.
func (n *Node) Retain() *Node {
	n.users++
	return n
}

// Release takes a user away. With the last user and the last name goes what is in it.
func (n *Node) Release() {
	n.users--
	n.drop()
}

// drop gives the pages back if nobody can get at them any more.
func (n *Node) drop() {
	if n.kind != Regular || n.users > 0 || n.nlink > 0 {
		return
	}
	if n.fs.mem.Mapped(n) {
		n.fs.orphans = append(n.fs.orphans, n)
		return
	}
	n.discard(0)
}

// DenyWrite keeps the file from being written while it is executed. It fails with ETXTBSY
// if it is open for writing, or was when it was mapped so that it can be written.
func (n *Node) DenyWrite() errno.Errno {
	if n.writers > 0 || n.Mappable() && n.fs.mem.Writable(n) {
		return errno.ETXTBSY
	}
	n.denied++
	return ok
}

// AllowWrite undoes a DenyWrite.
func (n *Node) AllowWrite() { n.denied-- }

// Deleted says whether it has lost its last name.
func (n *Node) Deleted() bool { return n.nlink == 0 }

// Path is the absolute path of a node, by the oldest of its names. Without a name left it
// is the last it had and " (deleted)", as Linux shows it.
func (s *FS) Path(n *Node) string { return n.Path() }

// Path is FS.Path.
func (n *Node) Path() string {
	switch {
	case n == n.fs.root:
		return "/"
	case len(n.names) > 0:
		return n.names[0].path()
	case n.last != "":
		return n.last
	case n.kind == Fifo:
		return fmt.Sprintf("pipe:[%d]", n.ino)
	}
	return fmt.Sprintf("%v:[%d]", n.kind, n.ino)
}

// path is an absolute path. Directories have no cycles.
func (l name) path() string {
	path := "/" + l.name
	for d := l.dir; d != d.fs.root; {
		if len(d.names) == 0 {
			return d.Path() + path
		}
		path = "/" + d.names[0].name + path
		d = d.names[0].dir
	}
	return path
}

// Page implements vm.Pager.
func (n *Node) Page(index uint64, create bool) *cpu.Page { return n.page(index, create) }

// Size implements vm.Pager.
func (n *Node) Size() uint64 {
	switch {
	case n.kind == Symlink:
		return uint64(len(n.target))
	case n.kind == Directory:
		return uint64(len(n.order)) * dirEntrySize
	}
	return n.size
}

// dirEntrySize is what an entry adds to a directory's size, as in Linux's tmpfs.
const dirEntrySize = 20

// Name implements vm.Pager: it is the path.
func (n *Node) Name() string { return n.Path() }

// ID implements vm.Pager.
func (n *Node) ID() (dev, ino uint64) { return n.dev, n.ino }

// Mappable says whether the node can be mapped: else ENODEV.
func (n *Node) Mappable() bool { return n.kind == Regular && n.hooks == nil }
