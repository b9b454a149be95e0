package fs

// Counters to wait for: Linux's eventfd(2), which FreeBSD has too.

import (
	"encoding/binary"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// eventfd is a counter; reads take all of it, or 1 if semaphore.
type eventfd struct {
	count     uint64
	semaphore bool
	queue     sleep.Queue
}

// Counter is the Device of an eventfd.
type Counter interface {
	Count() (n uint64, semaphore int)
}

// Count implements Counter; semaphore is 1 if reads take 1.
func (d *eventfd) Count() (n uint64, semaphore int) {
	if d.semaphore {
		semaphore = 1
	}
	return d.count, semaphore
}

// Eventfd is a new counter. Of the flags, ONonblock has a meaning.
func (s *FS) Eventfd(c Cred, count uint64, semaphore bool, flags Flags) *File {
	return s.Anonymous(c, "anon_inode:[eventfd]", &eventfd{count: count, semaphore: semaphore}, flags&Settable|ORead|OWrite)
}

// Read implements Device.
func (d *eventfd) Read(_ *File, p []byte, _ int64) (int, errno.Errno) {
	switch {
	case len(p) < 8:
		return 0, errno.EINVAL
	case d.count == 0:
		return 0, errno.EAGAIN
	}
	n := d.count
	if d.semaphore {
		n = 1
	}
	d.count -= n
	binary.LittleEndian.PutUint64(p, n)
	d.queue.Wake()
	return 8, ok
}

// Write implements Device.
func (d *eventfd) Write(_ *File, p []byte, _ int64) (int, errno.Errno) {
	if len(p) < 8 {
		return 0, errno.EINVAL
	}
	n := binary.LittleEndian.Uint64(p)
	switch {
	case n == ^uint64(0):
		return 0, errno.EINVAL
	case n >= ^uint64(0)-d.count:
		return 0, errno.EAGAIN
	}
	d.count += n
	d.queue.Wake()
	return 8, ok
}

// Poll implements Device.
func (d *eventfd) Poll(*File) (r Ready) {
	if d.count > 0 {
		r |= In
	}
	if d.count < ^uint64(0)-1 {
		r |= Out
	}
	return r
}

// Queues implements Device.
func (d *eventfd) Queues(*File) (read, write *sleep.Queue) { return &d.queue, &d.queue }

// Close implements Device.
func (d *eventfd) Close(*File) {}
