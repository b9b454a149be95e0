package linux

// The directories of /proc, and its links.

import (
	"slices"
	"strconv"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// Numbers of nodes, for ino. Rows of files come after them.
const (
	inoSelf = iota
	inoTask
	inoFD
	inoFDInfo
	inoNS
	inoAttr
	inoMem
	inoLinks

	inoFiles     = 16
	inoNSFirst   = 96
	inoAttrFirst = 128
	inoFDFirst   = 1 << 14 // of descriptors; beyond so many, numbers are used again
	inoInfoFirst = 1 << 15
)

// dirEntry is a row of a directory: what a name leads to.
type dirEntry struct {
	name  string
	where where
	kind  fs.Kind
	ino   int
	make  func(s *subject) *fs.Node
}

// processEntries are what a process's directory has, in order.
var processEntries []dirEntry

func init() {
	processEntries = []dirEntry{
		{"task", inProcess, fs.Directory, inoTask, (*subject).taskDir},
		{"fd", everywhere, fs.Directory, inoFD, (*subject).fdDir},
		{"fdinfo", everywhere, fs.Directory, inoFDInfo, (*subject).fdinfoDir},
		{"ns", everywhere, fs.Directory, inoNS, (*subject).nsDir},
		{"attr", everywhere, fs.Directory, inoAttr, (*subject).attrDir},
		{"mem", everywhere, fs.Regular, inoMem, (*subject).mem},
	}
	for i := range procLinks {
		row, n := &procLinks[i], inoLinks+i
		processEntries = append(processEntries, dirEntry{row.name, everywhere, fs.Symlink, n,
			func(s *subject) *fs.Node { return s.link(row, n) }})
	}
	for i := range processFiles {
		row, n := &processFiles[i], inoFiles+i
		processEntries = append(processEntries, dirEntry{row.name, row.where, fs.Regular, n,
			func(s *subject) *fs.Node { return s.file(row, n) }})
	}
}

// has says whether the directory is one that has the row.
func (s *subject) has(w where) bool { return w == everywhere || (w == inTask) == s.task }

// dir makes the subject's directory.
func (s *subject) dir() *fs.Node {
	return s.node(fs.Directory, 0o555, inoSelf, &fs.Synthetic{
		Lookup: func(name string) (*fs.Node, errno.Errno) {
			if s.thread() == nil {
				return nil, errno.ENOENT
			}
			for i := range processEntries {
				if e := &processEntries[i]; e.name == name && s.has(e.where) {
					return e.make(s), errno.OK
				}
			}
			return nil, errno.ENOENT
		},
		List: func() ([]fs.Dirent, errno.Errno) {
			if s.thread() == nil {
				return nil, errno.ENOENT
			}
			var all []fs.Dirent
			for i := range processEntries {
				if e := &processEntries[i]; s.has(e.where) {
					all = append(all, fs.Dirent{Name: e.name, Ino: s.ino(e.ino), Kind: e.kind})
				}
			}
			return all, errno.OK
		}})
}

// number is a name that is a number, as the kernel takes it: without a sign and without
// zeros before it.
func number(name string) (int, bool) {
	n, err := strconv.Atoi(name)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == name
}

// taskDir is task: the threads of the process.
func (s *subject) taskDir() *fs.Node {
	of := func(t *kern.Thread) *subject {
		n := &subject{m: s.m, p: s.p, t: t, id: t.TID, task: true}
		if t.TID == s.p.PID {
			n.t = nil
		}
		return n
	}
	return s.node(fs.Directory, 0o555, inoTask, &fs.Synthetic{
		Lookup: func(name string) (*fs.Node, errno.Errno) {
			id, ok := number(name)
			t := s.m.Thread(id)
			if !ok || s.thread() == nil || t == nil || t.Proc != s.p {
				return nil, errno.ENOENT
			}
			return of(t).dir(), errno.OK
		},
		List: func() ([]fs.Dirent, errno.Errno) {
			if s.thread() == nil {
				return nil, errno.ENOENT
			}
			var all []fs.Dirent
			for _, t := range s.p.Threads {
				all = append(all, fs.Dirent{Name: strconv.Itoa(t.TID), Ino: of(t).ino(inoSelf), Kind: fs.Directory})
			}
			return all, errno.OK
		}})
}

// names makes a directory of a few names that are always there.
func (s *subject) names(mode fs.Mode, ino, first int, k fs.Kind, names []string, make func(n int, i int) *fs.Node) *fs.Node {
	return s.node(fs.Directory, mode, ino, &fs.Synthetic{
		Lookup: func(name string) (*fs.Node, errno.Errno) {
			i := slices.Index(names, name)
			if i < 0 || s.thread() == nil {
				return nil, errno.ENOENT
			}
			return make(first+i, i), errno.OK
		},
		List: func() ([]fs.Dirent, errno.Errno) {
			if s.thread() == nil {
				return nil, errno.ENOENT
			}
			var all []fs.Dirent
			for i, name := range names {
				all = append(all, fs.Dirent{Name: name, Ino: s.ino(first + i), Kind: k})
			}
			return all, errno.OK
		}})
}

// attrDir is attr, of security modules: there is none.
func (s *subject) attrDir() *fs.Node {
	return s.names(0o555, inoAttr, inoAttrFirst, fs.Regular,
		[]string{"current", "prev", "exec", "fscreate", "keycreate", "sockcreate"}, func(n, _ int) *fs.Node {
			row := &procFile{mode: 0o666, show: func(*view) ([]byte, errno.Errno) { return nil, errno.EINVAL },
				write: func(*view, []byte) errno.Errno { return errno.EINVAL }}
			if n == inoAttrFirst+1 { // prev
				row.mode, row.write = 0o444, nil
			}
			return s.file(row, n)
		})
}

// namespaces are the types and the inodes of the first ones (linux/proc_ns.h, ns_common).
var namespaces = []struct {
	name, kind string
	ino        uint64
}{
	{"net", "net", 4026531840}, {"uts", "uts", 4026531838}, {"ipc", "ipc", 4026531839}, {"pid", "pid", 4026531836},
	{"pid_for_children", "pid", 4026531836}, {"user", "user", 4026531837}, {"mnt", "mnt", 4026531841},
	{"cgroup", "cgroup", 4026531835}, {"time", "time", 4026531834}, {"time_for_children", "time", 4026531834},
}

// nsDir is ns: the namespaces.
func (s *subject) nsDir() *fs.Node {
	var names []string
	for _, ns := range namespaces {
		names = append(names, ns.name)
	}
	return s.names(0o511, inoNS, inoNSFirst, fs.Symlink, names, func(n, i int) *fs.Node {
		ns := namespaces[i]
		row := &procLink{name: ns.name, text: func(t *kern.Thread) (string, *fs.Node) {
			if !t.Alive() {
				return "", nil
			}
			return ns.kind + ":[" + strconv.FormatUint(ns.ino, 10) + "]", nil
		}}
		return s.link(row, n)
	})
}

// procLink is a link to a node that is not found by the link's text.
type procLink struct {
	name string
	text func(t *kern.Thread) (string, *fs.Node) // "": there is nothing, ENOENT
}

// procLinks are a process's.
var procLinks = []procLink{
	{"cwd", func(t *kern.Thread) (string, *fs.Node) { return placed(t, t.Proc.At) }},
	{"root", func(t *kern.Thread) (string, *fs.Node) {
		if !t.Alive() {
			return "", nil
		}
		return "/", t.M.FS.Root()
	}},
	{"exe", func(t *kern.Thread) (string, *fs.Node) {
		if memoryOf(t) == nil || t.Proc.Exe == nil {
			return "", nil
		}
		return t.Proc.Exe.Path(), t.Proc.Exe
	}},
}

func placed(t *kern.Thread, at *kern.Place) (string, *fs.Node) {
	if !t.Alive() || at == nil {
		return "", nil
	}
	return at.Dir.Path(), at.Dir
}

// link makes a link's node. Following and reading it needs the right to look.
func (s *subject) link(row *procLink, n int) *fs.Node {
	get := func() (string, *fs.Node, errno.Errno) {
		t := s.thread()
		if t == nil {
			return "", nil, errno.ESRCH
		}
		if e := mayLook(s.m.Current(), t); e != errno.OK {
			return "", nil, e
		}
		text, node := row.text(t)
		if text == "" {
			return "", nil, errno.ENOENT
		}
		return text, node, errno.OK
	}
	return s.node(fs.Symlink, 0o777, n, &fs.Synthetic{
		Readlink: func() (string, errno.Errno) { text, _, e := get(); return text, e },
		Target:   func() (*fs.Node, errno.Errno) { _, node, e := get(); return node, e },
	})
}
