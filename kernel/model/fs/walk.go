package fs

// How a path leads to a node: path_resolution(7).

import (
	"strings"

	"github.com/trapline/trapline/kernel/model/errno"
)

// place is where a path leads to. Its last name may be one that the directory does not
// have; then node is nil.
type place struct {
	dir   *Node
	name  string // "" for a path without a last name: / alone
	node  *Node
	slash bool // at the end: only a directory is meant
	long  bool // the name is too long; said by oneName alone, others fail
}

// dots says whether the path ended in . or .. or had no name at all: such cannot be made,
// removed or renamed.
func (p *place) dots() bool { return p.name == "" || p.name == "." || p.name == ".." }

// ending is what becomes of a symbolic link at the end of a path.
type ending uint8

const (
	follow  ending = iota
	stay           // on the link, but a slash after it follows it
	oneName        // on the link; what is made of the slash is the caller's affair

	// creating is added for a regular file that may be made: it is no directory, so that
	// a slash after its name is EISDIR, whatever is there.
	creating ending = 4
)

// walk is a path on its way.
type walk struct {
	fs     *FS
	cred   Cred
	dir    *Node
	rest   string
	links  int
	ending ending
}

// find follows a path from a directory. What is missing is an error except for the last
// name.
func (s *FS) find(c Cred, at *Node, path string, end ending) (place, errno.Errno) {
	switch {
	case path == "":
		return place{}, errno.ENOENT
	case len(path) > MaxPath:
		return place{}, errno.ENAMETOOLONG
	}
	w := walk{fs: s, cred: c, dir: at, rest: path, ending: end}
	if path[0] == '/' {
		w.dir = s.root
	}
	for {
		p, done, e := w.step()
		if done || e != ok {
			return p, e
		}
	}
}

// step follows one name; done says that it was the last one.
func (w *walk) step() (p place, done bool, e errno.Errno) {
	as, rest, slash := strings.Cut(strings.TrimLeft(w.rest, "/"), "/")
	last := strings.Trim(rest, "/") == ""
	p = place{dir: w.dir, name: as, slash: slash}
	if w.dir.kind != Directory {
		return p, false, errno.ENOTDIR
	}
	if e = w.dir.Permit(w.cred, MayExec); e != ok {
		return p, false, e
	}
	switch as {
	case "", ".":
		p.node = w.dir
	case "..":
		p.node = w.dir.parent
	default:
		if done, e = w.entry(&p, last); done || e != ok {
			return p, done, e
		}
	}
	if p.node.kind == Symlink && (!last || w.ending&^creating == follow || w.ending&^creating == stay && slash) {
		return w.link(p, rest, slash)
	}
	if last {
		if slash && p.node.kind != Directory && w.ending != oneName {
			return p, false, errno.ENOTDIR
		}
		return p, true, ok
	}
	w.dir, w.rest = p.node, rest
	return p, false, ok
}

// entry looks a name up in its directory; done says that it is the last one and not there.
func (w *walk) entry(p *place, last bool) (done bool, e errno.Errno) {
	switch {
	case last && p.slash && w.ending&creating != 0:
		return false, errno.EISDIR
	case len(p.name) > MaxName && last && w.ending == oneName:
		p.long = true
		return true, ok
	case len(p.name) > MaxName:
		return false, errno.ENAMETOOLONG
	}
	if p.node, e = w.dir.child(p.name); e == errno.ENOENT && last {
		return true, ok
	}
	return false, e
}

// link goes on with a symbolic link's text, or with the node that it leads to past its
// text.
func (w *walk) link(p place, rest string, slash bool) (place, bool, errno.Errno) {
	if w.links++; w.links > MaxLinks {
		return p, false, errno.ELOOP
	}
	if h := p.node.hooks; h != nil && h.Target != nil {
		n, e := h.Target()
		if e != ok {
			return p, false, e
		}
		if n != nil {
			// A name of it is of no use: the node may have none.
			w.dir, w.rest = n, "./"+rest
			if strings.Trim(rest, "/") == "" && (!slash || n.kind == Directory) {
				return place{dir: p.dir, name: p.name, node: n, slash: slash}, true, ok
			}
			return p, false, ok
		}
	}
	text, e := p.node.readlink()
	if e != ok {
		return p, false, e
	}
	if text == "" {
		return p, false, errno.ENOENT
	}
	if text[0] == '/' {
		w.dir = w.fs.root
	}
	if w.rest = text; slash {
		w.rest += "/" + rest
	}
	return p, false, ok
}

func (n *Node) readlink() (string, errno.Errno) {
	switch {
	case n.kind != Symlink:
		return "", errno.EINVAL
	case n.hooks == nil:
		return n.target, ok
	case n.hooks.Readlink == nil:
		return "", errno.EINVAL
	}
	return n.hooks.Readlink()
}

// findOne is find for one of a directory's names.
func (s *FS) findOne(c Cred, at *Node, path string) (place, errno.Errno) {
	p, e := s.find(c, at, path, oneName)
	if p.long && e == ok {
		e = errno.ENAMETOOLONG
	}
	return p, e
}

// Lookup is the node that a path leads to, from a directory if it does not begin with a
// slash. followLast says whether a symbolic link at its end is followed. It fails with
// ENOENT, ENOTDIR, EACCES, ELOOP or ENAMETOOLONG, or what a provider said.
func (s *FS) Lookup(c Cred, at *Node, path string, followLast bool) (*Node, errno.Errno) {
	end := stay
	if followLast {
		end = follow
	}
	p, e := s.find(c, at, path, end)
	if e != ok {
		return nil, e
	}
	if p.node == nil {
		return nil, errno.ENOENT
	}
	return p.node, ok
}
