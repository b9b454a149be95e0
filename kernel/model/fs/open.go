package fs

// Opening: open(2).

import "github.com/trapline/trapline/kernel/model/errno"

// Flags are how a file is open.
type Flags uint16

// The flags. Close-on-exec is a descriptor's.
const (
	ORead Flags = 1 << iota
	OWrite
	OAppend
	ONonblock
	OAsync // means nothing here
	OSync  // means nothing here
	OPath  // a place in the tree: no reading and writing

	// What matters only for opening; File.Flags does not have it.
	OCreate
	OExcl
	OTrunc
	ODirectory
	ONoFollow
	ONoTTY // means nothing here

	// Settable is what may be changed of an open file.
	Settable = OAppend | ONonblock | OAsync
	kept     = ORead | OWrite | OSync | OPath | Settable
)

// want is the access that flags need.
func (f Flags) want() (w Access) {
	if f&ORead != 0 {
		w |= MayRead
	}
	if f&(OWrite|OTrunc) != 0 {
		w |= MayWrite
	}
	return w
}

// Open opens a file. The new File has one user. Besides what Lookup says it fails with
// EEXIST, EISDIR, EROFS, ETXTBSY, ENXIO or what a device says.
//
// A fifo whose other end nobody has open is a File and EAGAIN: it counts as open, but its
// opener is to wait on its OpenQueue until Opened says so, or to Release it.
func (s *FS) Open(c Cred, at *Node, path string, flags Flags, mode Mode) (*File, errno.Errno) {
	if flags&OPath != 0 {
		flags &= OPath | ODirectory | ONoFollow
	}
	made := flags&(OCreate|ODirectory) == OCreate
	end := follow
	if flags&ONoFollow != 0 || flags&(OCreate|OExcl) == OCreate|OExcl {
		end = stay
	}
	if made {
		end |= creating
	}
	p, e := s.find(c, at, path, end)
	switch {
	case e != ok:
		return nil, e
	case p.node == nil && !made:
		return nil, errno.ENOENT
	case p.node == nil:
		n, e := p.dir.make(c, Regular, p.name, mode)
		if e != ok {
			return nil, e
		}
		return s.openNode(c, n, flags&^OTrunc)
	case flags&(OCreate|OExcl) == OCreate|OExcl:
		return nil, errno.EEXIST
	case made && p.node.kind == Directory:
		return nil, errno.EISDIR
	}
	return s.OpenNode(c, p.node, flags)
}

// OpenNode opens a node that was looked up, as Open does.
func (s *FS) OpenNode(c Cred, n *Node, flags Flags) (*File, errno.Errno) {
	switch {
	case flags&ODirectory != 0 && n.kind != Directory:
		return nil, errno.ENOTDIR
	case n.kind == Symlink && flags&OPath == 0:
		return nil, errno.ELOOP
	case flags&OPath != 0:
		return s.openNode(c, n, flags)
	case n.kind == Directory && flags.want()&MayWrite != 0:
		return nil, errno.EISDIR
	}
	if e := n.Permit(c, flags.want()); e != ok {
		return nil, e
	}
	return s.openNode(c, n, flags)
}

// openNode opens for who may.
func (s *FS) openNode(c Cred, n *Node, flags Flags) (*File, errno.Errno) {
	if flags.want()&MayWrite != 0 && n.kind == Regular {
		switch {
		case n.host != nil:
			return nil, errno.EROFS
		case n.denied > 0:
			return nil, errno.ETXTBSY
		}
	}
	f := &File{fs: s, node: n, cred: c, flags: flags & kept, asked: flags, refs: 1}
	e := f.attach()
	if e != ok && (e != errno.EAGAIN || n.kind != Fifo) {
		return nil, e
	}
	if flags&OTrunc != 0 && n.kind == Regular {
		if e := n.truncate(c, 0); e != ok {
			f.device.Close(f)
			return nil, e
		}
	}
	n.users++
	if flags&OWrite != 0 {
		n.writers++
	}
	return f, e
}

// attach finds what the file reads and writes.
func (f *File) attach() (e errno.Errno) {
	n := f.node
	switch {
	case f.flags&OPath != 0:
		f.device = regularFile{}
	case n.hooks != nil:
		f.device = syntheticFile{n.hooks}
		if n.hooks.Open != nil {
			return n.hooks.Open(f)
		}
	case n.kind == Fifo:
		return f.openFifo()
	case n.kind == Char:
		if n.open == nil {
			return errno.ENXIO
		}
		f.device, e = n.open(f)
	case n.kind == Directory || n.kind == Regular:
		f.device = regularFile{}
	default: // an eventfd by way of /proc: it has no open
		return errno.ENXIO
	}
	return e
}

// Anonymous is an open file without a name, for a kernel's own kinds of descriptors. What
// it is called is what Path shows.
func (s *FS) Anonymous(c Cred, called string, d Device, flags Flags) *File {
	n := s.node(Anonymous, 0o600, c)
	n.nlink, n.last, n.users = 0, called, 1
	return &File{fs: s, node: n, cred: c, flags: flags & kept, device: d, refs: 1}
}
