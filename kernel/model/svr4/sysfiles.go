package svr4

// /proc for the tracer outside: its system calls on the files that programs see.

import (
	"strconv"
	"strings"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	adapter "github.com/trapline/trapline/kernel/svr4"
	"github.com/trapline/trapline/kernel/svr4/nr"
)

// firstFD keeps the tracer's files of /proc apart from those that its children get.
const firstFD = 256

// files implements the adapter's Files.
type files Sys

func (s *files) sys() *Sys { return (*Sys)(s) }

// do is a system call of the tracer's about a file of a process.
func (s *files) do(call int, name string, f func() errno.Errno) adapter.Errno {
	s.Pass()
	e := errno.OK
	s.M.As(s.X.Thread, func() { e = f() })
	pid, _, _ := strings.Cut(name, "/")
	n, _ := strconv.Atoi(pid)
	return s.sys().answer(call, n, e)
}

func (s *files) cred() fs.Cred { return s.X.Proc.Cred.FS() }

// Open implements the adapter's Files.
func (s *files) Open(name string, flags int) (fd int, e adapter.Errno) {
	var how fs.Flags
	for _, row := range []struct {
		bit int
		fs  fs.Flags
	}{{adapter.OpenRead, fs.ORead}, {adapter.OpenWrite, fs.OWrite}, {adapter.OpenExcl, fs.OExcl}} {
		if flags&row.bit != 0 {
			how |= row.fs
		}
	}
	e = s.do(nr.Open, name, func() errno.Errno {
		f, e := s.M.FS.Open(s.cred(), s.M.FS.Root(), "/proc/"+name, how, 0)
		if e != errno.OK {
			return e
		}
		if fd, e = s.X.Proc.Files.Install(f, firstFD, true); e != errno.OK {
			f.Release()
		}
		return e
	})
	return fd, e
}

// Close implements the adapter's Files.
func (s *files) Close(fd int) {
	s.M.As(s.X.Thread, func() { s.X.Proc.Files.Close(fd) })
}

// file is an open file, and its name.
func (s *files) file(fd int) (*fs.File, string) {
	f, e := s.X.Proc.Files.Get(fd)
	if e != errno.OK {
		return nil, ""
	}
	return f, strings.TrimPrefix(f.Path(), "/proc/")
}

// Pread implements the adapter's Files.
func (s *files) Pread(fd int, p []byte, off uint64) (n int, e adapter.Errno) {
	f, name := s.file(fd)
	e = s.do(nr.Pread, name, func() (e errno.Errno) {
		switch {
		case f == nil:
			return errno.EBADF
		case int64(off) < 0: // no address is there
			return errno.OK
		}
		n, e = f.Pread(p, int64(off))
		return e
	})
	return n, e
}

// Pwrite implements the adapter's Files.
func (s *files) Pwrite(fd int, p []byte, off uint64) (n int, e adapter.Errno) {
	f, name := s.file(fd)
	e = s.do(nr.Pwrite, name, func() (e errno.Errno) {
		switch {
		case f == nil:
			return errno.EBADF
		case int64(off) < 0:
			return errno.EIO
		}
		n, e = f.Pwrite(p, int64(off))
		return e
	})
	return n, e
}

// ReadDir implements the adapter's Files.
func (s *files) ReadDir(name string) (names []string, e adapter.Errno) {
	e = s.do(nr.Getdents, name, func() errno.Errno {
		f, e := s.M.FS.Open(s.cred(), s.M.FS.Root(), "/proc/"+name, fs.ORead|fs.ODirectory, 0)
		if e != errno.OK {
			return e
		}
		defer f.Release()
		return f.Readdir(func(d fs.Dirent) bool {
			if d.Name != "." && d.Name != ".." {
				names = append(names, d.Name)
			}
			return true
		})
	})
	return names, e
}

// Readlink implements the adapter's Files.
func (s *files) Readlink(name string) (text string, e adapter.Errno) {
	e = s.do(nr.Readlink, name, func() (e errno.Errno) {
		text, e = s.M.FS.Readlink(s.cred(), s.M.FS.Root(), "/proc/"+name)
		return e
	})
	return text, e
}

// Poll implements the adapter's Files.
func (s *files) Poll(fds []adapter.PollFD, block bool) (int, adapter.Errno) {
	s.Pass()
	n := 0
	e := s.Await(&worldOf(s.M).events, block, func() bool {
		n = s.look(fds)
		return n > 0
	})
	return n, errnoOf(e)
}

// look fills in what has happened.
func (s *files) look(fds []adapter.PollFD) (n int) {
	for i := range fds {
		got := uint16(adapter.PollInvalid)
		if f, _ := s.X.Proc.Files.Get(fds[i].FD); f != nil {
			got = 0
			for _, row := range []struct {
				ready fs.Ready
				event uint16
			}{{fs.Pri, adapter.PollStop & fds[i].Events}, {fs.Err, adapter.PollInvalid}, {fs.Hup, adapter.PollEnd}} {
				if f.Poll()&row.ready != 0 {
					got |= row.event
				}
			}
		}
		if fds[i].Revents = got; got != 0 {
			n++
		}
	}
	return n
}
