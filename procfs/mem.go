package procfs

// The memory of a process as a file whose offset is the address (proc_pid_mem(5)).
// Unlike process_vm_writev it writes to read-only text, which is what breakpoints
// need; unlike PTRACE_POKEDATA it moves any number of bytes at once.

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"syscall"
)

// RandomAccess is an open file of which any part can be read and written.
type RandomAccess interface {
	io.ReaderAt
	io.WriterAt
	io.Closer
}

// Mem is the open memory of a process. It stays with the address space that it was
// opened on: after an exec, open it anew. Reads and writes that meet an unmapped
// page move what lies before it and return an error that names the address.
type Mem struct {
	f    RandomAccess
	name string
}

// OpenMem opens the memory for reading and, when write is set, for writing. The
// opener needs the right to trace the process.
func (p Proc) OpenMem(write bool) (*Mem, error) {
	name := p.dir + "mem"
	f, err := p.fs.files.Open(name, write)
	if err != nil {
		return nil, p.fail("open", name, err)
	}
	return &Mem{f, p.fs.root + "/" + name}, nil
}

// ReadAt reads len(b) bytes at the address off.
func (m *Mem) ReadAt(b []byte, off int64) (int, error) {
	n, err := m.at(off, m.f.ReadAt, b)
	return n, m.fail("read", off, n, err)
}

// WriteAt writes b at the address off, whatever the protection of the page.
func (m *Mem) WriteAt(b []byte, off int64) (int, error) {
	n, err := m.at(off, m.f.WriteAt, b)
	return n, m.fail("write", off, n, err)
}

// at keeps negative offsets, the kernel's half of the address space, from the file.
func (m *Mem) at(off int64, do func([]byte, int64) (int, error), b []byte) (int, error) {
	if off < 0 {
		return 0, syscall.EIO
	}
	return do(b, off)
}

// fail names the address. The end of the file means that the address space is
// gone: its last process has exited (fs/proc/base.c, mem_rw).
func (m *Mem) fail(op string, off int64, n int, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ESRCH):
		err = ErrGone
	case errors.Is(err, syscall.EIO), errors.Is(err, syscall.EFAULT):
		err = fmt.Errorf("address %#x is not mapped: %w", uint64(off)+uint64(n), syscall.EIO)
	default:
		var pe *fs.PathError
		if errors.As(err, &pe) {
			err = pe.Err
		}
		err = fmt.Errorf("address %#x: %w", uint64(off)+uint64(n), err)
	}
	return &fs.PathError{Op: op, Path: m.name, Err: err}
}

// Close closes the file.
func (m *Mem) Close() error { return m.f.Close() }
