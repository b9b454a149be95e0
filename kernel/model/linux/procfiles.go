package linux

// /proc for the debugger outside: the files that the machine's own programs see, by the seam
// of package procfs.

import (
	"io"
	iofs "io/fs"
	hostsys "syscall"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/procfs"
)

// procFiles is /proc as a thread sees it, an External's; nil is the machine's builder, who
// may see all and has no self.
func procFiles(m *kern.Machine, by *kern.Thread) procfs.Files { return &files{m, by} }

type files struct {
	m  *kern.Machine
	by *kern.Thread
}

// hostErrors are errnos as errors that the packages io/fs and syscall know, on any system.
var hostErrors = map[errno.Errno]hostsys.Errno{
	errno.EPERM: hostsys.EPERM, errno.ENOENT: hostsys.ENOENT, errno.ESRCH: hostsys.ESRCH, errno.EIO: hostsys.EIO,
	errno.ENXIO: hostsys.ENXIO, errno.EBADF: hostsys.EBADF, errno.EACCES: hostsys.EACCES, errno.ENOTDIR: hostsys.ENOTDIR,
	errno.EISDIR: hostsys.EISDIR, errno.EINVAL: hostsys.EINVAL, errno.ELOOP: hostsys.ELOOP, errno.ENOMEM: hostsys.ENOMEM,
	errno.ENAMETOOLONG: hostsys.ENAMETOOLONG, errno.ESPIPE: hostsys.ESPIPE, errno.EROFS: hostsys.EROFS,
	errno.ETXTBSY: hostsys.ETXTBSY, errno.EAGAIN: hostsys.EAGAIN,
}

func pathError(op, name string, e errno.Errno) error {
	var err error = e
	if n, ok := hostErrors[e]; ok {
		err = n
	}
	return &iofs.PathError{Op: op, Path: "/proc/" + name, Err: err}
}

// do is a system call of the viewer's.
func (s *files) do(op, name string, call func(c fs.Cred, path string) errno.Errno) error {
	c := fs.Cred{}
	if s.by != nil {
		c = s.by.Cred().FS()
	}
	e := errno.OK
	s.m.As(s.by, func() { e = call(c, "/proc/"+name) })
	if e != errno.OK {
		return pathError(op, name, e)
	}
	return nil
}

// with opens a file for the time of a function.
func (s *files) with(op, name string, flags fs.Flags, use func(f *fs.File) errno.Errno) error {
	return s.do(op, name, func(c fs.Cred, path string) errno.Errno {
		f, e := s.m.FS.Open(c, s.m.FS.Root(), path, flags|fs.ONonblock, 0)
		if f != nil {
			defer f.Release()
		}
		if e != errno.OK {
			return e
		}
		return use(f)
	})
}

// ReadFile implements procfs.Files.
func (s *files) ReadFile(name string) ([]byte, error) {
	var text []byte
	err := s.with("read", name, fs.ORead, func(f *fs.File) errno.Errno {
		p := make([]byte, 64<<10)
		for len(text) < procfs.MaxFile {
			n, e := f.Read(p)
			if e != errno.OK || n == 0 {
				return e
			}
			text = append(text, p[:n]...)
		}
		return errno.ENOMEM
	})
	if err != nil {
		return nil, err
	}
	return text, nil
}

// ReadDir implements procfs.Files.
func (s *files) ReadDir(name string) ([]string, error) {
	var names []string
	err := s.with("readdir", name, fs.ORead|fs.ODirectory, func(f *fs.File) errno.Errno {
		return f.Readdir(func(d fs.Dirent) bool {
			if d.Name != "." && d.Name != ".." {
				names = append(names, d.Name)
			}
			return true
		})
	})
	return names, err
}

// Readlink implements procfs.Files.
func (s *files) Readlink(name string) (string, error) {
	var text string
	err := s.do("readlink", name, func(c fs.Cred, path string) (e errno.Errno) {
		text, e = s.m.FS.Readlink(c, s.m.FS.Root(), path)
		return e
	})
	return text, err
}

// Open implements procfs.Files.
func (s *files) Open(name string, write bool) (procfs.RandomAccess, error) {
	flags := fs.ORead | fs.ONonblock
	if write {
		flags |= fs.OWrite
	}
	r := &randomAccess{s: s, name: name}
	err := s.do("open", name, func(c fs.Cred, path string) (e errno.Errno) {
		r.f, e = s.m.FS.Open(c, s.m.FS.Root(), path, flags, 0)
		if e != errno.OK && r.f != nil {
			r.f.Release()
		}
		return e
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// randomAccess is an open file, with the habits of os.File.
type randomAccess struct {
	s    *files
	f    *fs.File
	name string
}

// all calls one of pread and pwrite until there is nothing left to do.
func (r *randomAccess) all(op string, b []byte, off int64, call func([]byte, int64) (int, errno.Errno)) (done int, err error) {
	if r.f == nil {
		return 0, &iofs.PathError{Op: op, Path: "/proc/" + r.name, Err: iofs.ErrClosed}
	}
	for done < len(b) && err == nil {
		n, end := 0, false
		err = r.s.do(op, r.name, func(fs.Cred, string) (e errno.Errno) {
			n, e = call(b[done:], off+int64(done))
			end = n == 0
			return e
		})
		done += n
		if err == nil && end {
			return done, io.EOF
		}
	}
	return done, err
}

// ReadAt implements io.ReaderAt.
func (r *randomAccess) ReadAt(b []byte, off int64) (int, error) {
	return r.all("read", b, off, r.pread)
}

// WriteAt implements io.WriterAt.
func (r *randomAccess) WriteAt(b []byte, off int64) (int, error) {
	return r.all("write", b, off, r.pwrite)
}

func (r *randomAccess) pread(b []byte, off int64) (int, errno.Errno)  { return r.f.Pread(b, off) }
func (r *randomAccess) pwrite(b []byte, off int64) (int, errno.Errno) { return r.f.Pwrite(b, off) }

// Close implements io.Closer.
func (r *randomAccess) Close() error {
	if r.f == nil {
		return &iofs.PathError{Op: "close", Path: "/proc/" + r.name, Err: iofs.ErrClosed}
	}
	r.f.Release()
	r.f = nil
	return nil
}
