package procfs

// A /proc tree in memory: made-up worlds for tests of whatever reads /proc, and the
// simplest example of the seam.

import (
	"io"
	"io/fs"
	"strings"
	"syscall"
)

// MemFiles is a tree of texts by name. Directories exist by what is in them.
type MemFiles struct {
	Text  map[string]string
	Links map[string]string
	Err   map[string]error // what reading, listing or opening a name gives instead
}

// NewMemFiles returns an empty tree.
func NewMemFiles() *MemFiles {
	return &MemFiles{Text: map[string]string{}, Links: map[string]string{}, Err: map[string]error{}}
}

func (m *MemFiles) ReadFile(name string) ([]byte, error) {
	if err := m.Err[name]; err != nil {
		return nil, err
	}
	if s, ok := m.Text[name]; ok {
		return []byte(s), nil
	}
	return nil, fs.ErrNotExist
}

func (m *MemFiles) Readlink(name string) (string, error) {
	if err := m.Err[name]; err != nil {
		return "", err
	}
	if s, ok := m.Links[name]; ok {
		return s, nil
	}
	return "", fs.ErrNotExist
}

func (m *MemFiles) ReadDir(name string) ([]string, error) {
	if err := m.Err[name]; err != nil {
		return nil, err
	}
	prefix := name + "/"
	if name == "." {
		prefix = ""
	}
	seen := make(map[string]bool)
	var out []string
	add := func(path string) {
		rest, ok := strings.CutPrefix(path, prefix)
		if first, _, _ := strings.Cut(rest, "/"); ok && !seen[first] {
			seen[first] = true
			out = append(out, first)
		}
	}
	for path := range m.Text {
		add(path)
	}
	for path := range m.Links {
		add(path)
	}
	if out == nil && prefix != "" {
		return nil, fs.ErrNotExist
	}
	return out, nil
}

// Open serves a text from offset 0; what lies behind its end is unmapped.
func (m *MemFiles) Open(name string, write bool) (RandomAccess, error) {
	b, err := m.ReadFile(name)
	if err != nil {
		return nil, err
	}
	return memFile(b), nil
}

type memFile []byte

func (f memFile) Close() error { return nil }

func (f memFile) ReadAt(b []byte, off int64) (int, error) {
	return f.move(b, off, func(dst []byte) int { return copy(b, dst) })
}
func (f memFile) WriteAt(b []byte, off int64) (int, error) {
	return f.move(b, off, func(dst []byte) int { return copy(dst, b) })
}

func (f memFile) move(b []byte, off int64, move func([]byte) int) (int, error) {
	switch {
	case len(f) == 0:
		return 0, io.EOF
	case off >= int64(len(f)):
		return 0, syscall.EIO
	}
	n := move(f[off:])
	if n < len(b) {
		return n, syscall.EIO
	}
	return n, nil
}
