package model

// The files of the machine that trapline runs on, as programs of the model may see them.

import (
	"errors"
	"io/fs"
	"os"
	"slices"

	"github.com/trapline/trapline/kernel/model/errno"
	mfs "github.com/trapline/trapline/kernel/model/fs"
)

// hostFiles implements the model's fs.Host.
type hostFiles struct{}

func hostErrno(err error) errno.Errno {
	switch {
	case err == nil:
		return errno.OK
	case errors.Is(err, fs.ErrNotExist):
		return errno.ENOENT
	case errors.Is(err, fs.ErrPermission):
		return errno.EACCES
	}
	return errno.EIO
}

// kinds are the files that are seen.
var kinds = map[fs.FileMode]mfs.Kind{0: mfs.Regular, fs.ModeDir: mfs.Directory, fs.ModeSymlink: mfs.Symlink}

// Stat implements fs.Host.
func (hostFiles) Stat(path string) (mfs.HostStat, errno.Errno) {
	st, err := os.Lstat(path)
	if err != nil {
		return mfs.HostStat{}, hostErrno(err)
	}
	kind, seen := kinds[st.Mode().Type()]
	if !seen {
		return mfs.HostStat{}, errno.ENOENT
	}
	return mfs.HostStat{Kind: kind, Mode: mfs.Mode(st.Mode().Perm()), Size: uint64(st.Size()), Mtime: st.ModTime().UnixNano()}, errno.OK
}

// ReadFile implements fs.Host.
func (hostFiles) ReadFile(path string) ([]byte, errno.Errno) {
	b, err := os.ReadFile(path)
	return b, hostErrno(err)
}

// ReadDir implements fs.Host.
func (hostFiles) ReadDir(path string) ([]string, errno.Errno) {
	entries, err := os.ReadDir(path)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	slices.Sort(names)
	return names, hostErrno(err)
}

// Readlink implements fs.Host.
func (hostFiles) Readlink(path string) (string, errno.Errno) {
	s, err := os.Readlink(path)
	return s, hostErrno(err)
}
