package svr4

// The directories of /proc.

import (
	"slices"
	"strconv"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Numbers of nodes that are no rows.
const (
	inoDir = 1 + iota
	inoLWPs
	inoLWP
	inoObjects
	inoPaths
	inoFDs
	inoLink
	inoFiles = 16
)

// dir makes a directory of the subject's, with its entries by name; they are looked up while
// there is a subject.
func (s *subject) dir(mode fs.Mode, ino int, names func() []string, make func(name string) *fs.Node) *fs.Node {
	return s.node(fs.Directory, mode, ino, &fs.Synthetic{
		Lookup: func(name string) (*fs.Node, errno.Errno) {
			if slices.Contains(names(), name) {
				if n := make(name); n != nil {
					return n, errno.OK
				}
			}
			return nil, errno.ENOENT
		},
		List: func() ([]fs.Dirent, errno.Errno) {
			if s.p.State == kern.Reaped {
				return nil, errno.ENOENT
			}
			var all []fs.Dirent
			for _, name := range names() {
				if n := make(name); n != nil {
					_, i := n.ID()
					all = append(all, fs.Dirent{Name: name, Ino: i, Kind: n.Kind()})
				}
			}
			return all, errno.OK
		},
	})
}

// mountProc mounts /proc.
func mountProc(m *kern.Machine) {
	names := func() (all []string) {
		for _, p := range m.Procs() {
			all = append(all, strconv.Itoa(p.PID))
		}
		return all
	}
	of := func(name string) *fs.Node {
		n, ok := number(name)
		if p := m.Proc(n); ok && p != nil {
			return (&subject{m: m, p: p}).process()
		}
		return nil
	}
	top := m.FS.NewSynthetic(fs.Directory, 0o555, 0, 0, procDev, 1, &fs.Synthetic{
		Lookup: func(name string) (*fs.Node, errno.Errno) {
			if t := m.Current(); name == "self" && t != nil {
				name = strconv.Itoa(t.Proc.PID)
			}
			if n := of(name); n != nil {
				return n, errno.OK
			}
			return nil, errno.ENOENT
		},
		List: func() ([]fs.Dirent, errno.Errno) {
			var all []fs.Dirent
			for _, name := range names() {
				all = append(all, fs.Dirent{Name: name, Ino: of(name).Stat().Ino, Kind: fs.Directory})
			}
			return all, errno.OK
		},
	})
	m.FS.Attach(m.FS.Root(), "proc", top)
}

// rows makes a directory of files, some of them.
func rowNames(rows []procFile, has func(row *procFile) bool) (names []string) {
	for i := range rows {
		if has(&rows[i]) {
			names = append(names, rows[i].name)
		}
	}
	return names
}

// row makes the node of one of rows by name.
func (s *subject) row(rows []procFile, name string) *fs.Node {
	i := slices.IndexFunc(rows, func(r procFile) bool { return r.name == name })
	if i < 0 {
		return nil
	}
	return s.file(&rows[i], inoFiles+i)
}

// process makes a process's directory. Of a zombie little is left.
func (s *subject) process() *fs.Node {
	dirs := map[string]func() *fs.Node{"lwp": s.lwps, "object": s.objects, "path": s.paths, "fd": s.descriptors}
	names := func() []string {
		ended := s.p.State >= kern.Zombie
		all := rowNames(processFiles, func(r *procFile) bool { return !ended || r.zombie && s.p.State != kern.Reaped })
		if !ended {
			all = append(all, "fd", "lwp", "object", "path")
		}
		return all
	}
	return s.dir(0o555, inoDir, names, func(name string) *fs.Node {
		if d := dirs[name]; d != nil {
			return d()
		}
		return s.row(processFiles, name)
	})
}

// lwps is lwp: a directory an lwp.
func (s *subject) lwps() *fs.Node {
	names := func() (all []string) {
		if s.p.State >= kern.Zombie {
			return nil
		}
		for _, t := range s.p.Threads {
			if t.Alive() {
				all = append(all, strconv.Itoa(lwpOf(t).id))
			}
		}
		return all
	}
	return s.dir(0o555, inoLWPs, names, func(name string) *fs.Node {
		id, _ := number(name)
		l := &subject{m: s.m, p: s.p, lwp: id}
		return l.dir(0o555, inoLWP, func() []string {
			return rowNames(lwpFiles, func(*procFile) bool { return l.thread() != nil })
		}, func(name string) *fs.Node { return l.row(lwpFiles, name) })
	})
}

// object is a file that is mapped.
type object struct {
	name string
	node *fs.Node
}

// objectsOf are the files of a process's map, its program first.
func objectsOf(p *kern.Proc) (all []object) {
	if p.Space == nil {
		return nil
	}
	if p.Exe != nil {
		all = append(all, object{"a.out", p.Exe})
	}
	for _, a := range p.Space.Areas() {
		n, ok := a.File.(*fs.Node)
		if ok && !slices.ContainsFunc(all, func(o object) bool { return o.node == n }) {
			all = append(all, object{objectName(n), n})
		}
	}
	return all
}

// objectName is what a mapped file is called: its file system, device and inode.
func objectName(n *fs.Node) string {
	dev, ino := n.ID()
	return "tmpfs." + strconv.FormatUint(dev, 10) + "." + strconv.FormatUint(ino, 10)
}

// nameOf is the name in object/ of what is mapped; "" for nothing.
func nameOf(p *kern.Proc, file vm.Pager) string {
	n, ok := file.(*fs.Node)
	switch {
	case !ok:
		return ""
	case n == p.Exe:
		return "a.out"
	}
	return objectName(n)
}

func objectNames(p *kern.Proc) (names []string) {
	for _, o := range objectsOf(p) {
		names = append(names, o.name)
	}
	return names
}

func objectBy(p *kern.Proc, name string) *fs.Node {
	for _, o := range objectsOf(p) {
		if o.name == name {
			return o.node
		}
	}
	return nil
}

// objects is object: the mapped files, to be read.
func (s *subject) objects() *fs.Node {
	return s.dir(0o500, inoObjects, func() []string { return objectNames(s.p) }, func(name string) *fs.Node {
		n := objectBy(s.p, name)
		if n == nil {
			return nil
		}
		return s.object(n)
	})
}

// object makes a node by which a mapped file is read, whoever may read it by its own name.
func (s *subject) object(n *fs.Node) *fs.Node {
	return s.node(fs.Regular, 0o400, inoLink, &fs.Synthetic{
		Permit: func(c fs.Cred, want fs.Access) errno.Errno {
			if want&^fs.MayRead != 0 || !owns(&c, s.p) {
				return errno.EACCES
			}
			return errno.OK
		},
		Open: func(f *fs.File) errno.Errno {
			file, e := s.m.FS.OpenNode(fs.Cred{}, n, fs.ORead)
			f.Data = file
			return e
		},
		Close: func(f *fs.File) { f.Data.(*fs.File).Release() },
		ReadAt: func(f *fs.File, b []byte, off int64) (int, errno.Errno) {
			return f.Data.(*fs.File).Pread(b, off)
		},
	})
}

// link makes a link that leads to a node past its text.
func (s *subject) link(n *fs.Node) *fs.Node {
	return s.node(fs.Symlink, 0o777, inoLink, &fs.Synthetic{
		Readlink: func() (string, errno.Errno) { return n.Path(), errno.OK },
		Target:   func() (*fs.Node, errno.Errno) { return n, errno.OK },
	})
}

func descriptorNames(p *kern.Proc) (names []string) {
	if p.Files != nil {
		p.Files.Each(func(fd int, _ *fs.File, _ bool) { names = append(names, strconv.Itoa(fd)) })
	}
	return names
}

func descriptorNode(p *kern.Proc, name string) *fs.Node {
	fd, err := strconv.Atoi(name)
	if err != nil || p.Files == nil {
		return nil
	}
	if f, e := p.Files.Get(fd); e == errno.OK {
		return f.Node()
	}
	return nil
}

// descriptors is fd: what the process has open.
func (s *subject) descriptors() *fs.Node {
	return s.dir(0o500, inoFDs, func() []string { return descriptorNames(s.p) }, func(name string) *fs.Node {
		if n := descriptorNode(s.p, name); n != nil {
			return s.link(n)
		}
		return nil
	})
}

// paths is path of illumos: the names of what object/ and fd/ have, and of the directories.
func (s *subject) paths() *fs.Node {
	names := func() []string {
		return append(append(objectNames(s.p), descriptorNames(s.p)...), "cwd", "root")
	}
	return s.dir(0o500, inoPaths, names, func(name string) *fs.Node {
		n := objectBy(s.p, name)
		switch {
		case n != nil:
		case name == "root":
			n = s.m.FS.Root()
		case name == "cwd" && s.p.At != nil:
			n = s.p.At.Dir
		default:
			n = descriptorNode(s.p, name)
		}
		if n == nil {
			return nil
		}
		return s.link(n)
	})
}
