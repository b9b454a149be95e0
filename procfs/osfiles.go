package procfs

// The seam's implementation over a real directory, which may be /proc or a recorded
// copy of it.

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// MaxFile bounds the bytes of one file: a process may have 65,530 mappings
// (vm.max_map_count) or more, each with a long path, but nothing sane has this.
const MaxFile = 256 << 20

// OSFiles serves the directory tree at root.
func OSFiles(root string) Files { return osFiles(root) }

type osFiles string

func (r osFiles) path(name string) string { return filepath.Join(string(r), filepath.FromSlash(name)) }

// ReadFile reads to the end: the size that stat tells of a /proc file means nothing.
func (r osFiles) ReadFile(name string) ([]byte, error) {
	f, err := os.Open(r.path(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	buf := make([]byte, 0, 4096)
	for {
		n, err := f.Read(buf[len(buf):cap(buf)])
		buf = buf[:len(buf)+n]
		switch {
		case err == io.EOF:
			return buf, nil
		case err != nil:
			return nil, err
		case len(buf) >= MaxFile:
			return nil, &fs.PathError{Op: "read", Path: f.Name(), Err: fmt.Errorf("larger than %d bytes", MaxFile)}
		case len(buf) == cap(buf):
			grown := make([]byte, len(buf), 2*cap(buf))
			copy(grown, buf)
			buf = grown
		}
	}
}

func (r osFiles) ReadDir(name string) ([]string, error) {
	f, err := os.Open(r.path(name))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Readdirnames(-1)
}

func (r osFiles) Readlink(name string) (string, error) { return os.Readlink(r.path(name)) }

func (r osFiles) Open(name string, write bool) (RandomAccess, error) {
	mode := os.O_RDONLY
	if write {
		mode = os.O_RDWR
	}
	f, err := os.OpenFile(r.path(name), mode, 0)
	if err != nil {
		return nil, err
	}
	return f, nil
}
