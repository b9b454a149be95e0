package fs

// Advisory locks of whole files (flock(2)): an open file has one, whoever uses it, until the last
// descriptor of it is closed.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// locks are those that open files have on a node.
type locks struct {
	holders   []*File
	exclusive bool // of the one holder
	queue     sleep.Queue
}

// Lock gives the open file a lock, or another than it has; EAGAIN if others stand against it, with
// the queue that is woken when one lets go. What it had is lost then, as in the real kernels.
func (f *File) Lock(exclusive bool) (*sleep.Queue, errno.Errno) {
	f.Unlock()
	l := &f.node.locks
	if len(l.holders) > 0 && (exclusive || l.exclusive) {
		return &l.queue, errno.EAGAIN
	}
	l.holders, l.exclusive = append(l.holders, f), exclusive
	return nil, ok
}

// Unlock takes the open file's lock away.
func (f *File) Unlock() {
	l := &f.node.locks
	if i := slices.Index(l.holders, f); i >= 0 {
		l.holders = slices.Delete(l.holders, i, i+1)
		l.exclusive = false
		l.queue.Wake()
	}
}
