package fs

// What an open file does: every kind of file is a Device here, those of this package and
// those of others, such as terminals.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// Ready is what can be done with a file without waiting: poll(2).
type Ready uint8

// The readinesses. Err and Hup are told whether or not they are asked for.
const (
	In  Ready = 1 << iota // read
	Out                   // write
	Pri                   // read something out of the ordinary
	Err                   // writing is in vain: nobody reads
	Hup                   // nobody writes any more
)

// Device is what an open file reads and writes. Read and Write never wait: EAGAIN, and how
// much was done, is a device that has to wait before it can do (more of) what is asked. Read
// of 0 bytes without an error is the end. Its dynamic type is what ioctl(2) goes by.
type Device interface {
	Read(f *File, p []byte, off int64) (int, errno.Errno)
	Write(f *File, p []byte, off int64) (int, errno.Errno)
	Poll(f *File) Ready
	// Queues are woken when Read and Write, or Poll, may have something else to say; nil
	// if they never do. They may be the same.
	Queues(f *File) (read, write *sleep.Queue)
	Close(f *File) // the last user has gone
}

// Seeker is a Device whose offset means something. Where it does not, seeking is ESPIPE.
type Seeker interface{ Seekable() bool }

// OpenDevice makes what a device file is when it is opened. File's Device is what it returns.
type OpenDevice func(f *File) (Device, errno.Errno)

// Always is embedded by devices that never wait.
type Always struct{}

// Poll implements Device.
func (Always) Poll(*File) Ready { return In | Out }

// Queues implements Device.
func (Always) Queues(*File) (read, write *sleep.Queue) { return nil, nil }

// Close implements Device.
func (Always) Close(*File) {}

// memoryDevice is one of those that Linux's mem(4), null(4) and full(4) describe.
type memoryDevice struct {
	Always
	zeros, full bool
}

// Read implements Device.
func (d memoryDevice) Read(_ *File, p []byte, _ int64) (int, errno.Errno) {
	if !d.zeros {
		return 0, ok
	}
	clear(p)
	return len(p), ok
}

// Write implements Device.
func (d memoryDevice) Write(_ *File, p []byte, _ int64) (int, errno.Errno) {
	if d.full {
		return 0, errno.ENOSPC
	}
	return len(p), ok
}

// Seekable implements Seeker.
func (memoryDevice) Seekable() bool { return true }

// AddDevices makes null, zero and full in a directory, and tty, which is what the hook says:
// the terminal of who asks, or ENXIO. Numbers are Linux's.
func (s *FS) AddDevices(dir *Node, tty OpenDevice) errno.Errno {
	static := func(d Device) OpenDevice { return func(*File) (Device, errno.Errno) { return d, ok } }
	for _, row := range []struct {
		name         string
		major, minor uint32
		open         OpenDevice
	}{
		{"null", 1, 3, static(memoryDevice{})},
		{"zero", 1, 5, static(memoryDevice{zeros: true})},
		{"full", 1, 7, static(memoryDevice{zeros: true, full: true})},
		{"tty", 5, 0, tty},
	} {
		if row.open == nil {
			continue
		}
		if _, e := s.Mknod(Cred{}, dir, row.name, 0o666, row.major, row.minor, row.open); e != ok {
			return e
		}
	}
	return ok
}
