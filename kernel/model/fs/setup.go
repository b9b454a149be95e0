package fs

// Shorthands for who builds a machine: all is root's, and paths are absolute.

import (
	"strings"

	"github.com/trapline/trapline/kernel/model/errno"
)

// MkdirAll is the directory of a path, made with its parents as far as need be.
func (s *FS) MkdirAll(path string, mode Mode) (*Node, errno.Errno) {
	dir := s.root
	for as := range strings.SplitSeq(path, "/") {
		if as == "" {
			continue
		}
		next, e := s.Lookup(Cred{}, dir, as, true)
		if e == errno.ENOENT {
			next, e = dir.make(Cred{}, Directory, as, mode)
		}
		switch {
		case e != ok:
			return nil, e
		case next.kind != Directory:
			return nil, errno.ENOTDIR
		}
		dir = next
	}
	return dir, ok
}

// WriteFile makes a file with the contents, and the directories that it is in, or gives
// a file others.
func (s *FS) WriteFile(path string, data []byte, mode Mode) (*Node, errno.Errno) {
	if i := strings.LastIndex(path, "/"); i > 0 {
		if _, e := s.MkdirAll(path[:i], 0o755); e != ok {
			return nil, e
		}
	}
	f, e := s.Open(Cred{}, s.root, path, OWrite|OCreate|OTrunc, mode)
	if e != ok {
		return nil, e
	}
	defer f.Release()
	if n, e := f.Write(data); e != ok || n < len(data) {
		return nil, errno.ENOSPC
	}
	f.node.mode = mode & allModes
	return f.node, ok
}

// ReadFile is a file's contents.
func (s *FS) ReadFile(path string) ([]byte, errno.Errno) {
	f, e := s.Open(Cred{}, s.root, path, ORead, 0)
	if e != ok {
		return nil, e
	}
	defer f.Release()
	var data []byte
	for {
		p := make([]byte, 64<<10)
		n, e := f.Read(p)
		if n == 0 || e != ok {
			return data, e
		}
		data = append(data, p[:n]...)
	}
}
