package linux

// Descriptors of processes: pidfd_open(2) and its kind.

import (
	"fmt"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
)

func init() {
	register([]row{{"pidfd_open", sysPidfdOpen}, {"pidfd_send_signal", sysPidfdSendSignal}, {"pidfd_getfd", sysPidfdGetfd}})
}

// pidfd is a process as a file: there is something to read when it has ended.
type pidfd struct{ p *kern.Proc }

// Read implements fs.Device.
func (pidfd) Read(*fs.File, []byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// Write implements fs.Device.
func (pidfd) Write(*fs.File, []byte, int64) (int, errno.Errno) { return 0, errno.EINVAL }

// Close implements fs.Device.
func (pidfd) Close(*fs.File) {}

// Poll implements fs.Device.
func (d pidfd) Poll(*fs.File) fs.Ready {
	switch {
	case d.p.State == kern.Reaped:
		return fs.In | fs.Hup
	case d.p.Ended():
		return fs.In
	}
	return 0
}

// Queues implements fs.Device.
func (d pidfd) Queues(*fs.File) (read, write *sleep.Queue) { return &d.p.Ending, nil }

// Describe is whose it is.
func (d pidfd) Describe() string { return fmt.Sprintf("process %d", d.p.PID) }

// newPidfd is a descriptor for a process, closed on exec.
func newPidfd(t *kern.Thread, p *kern.Proc, flags fs.Flags) (uint64, errno.Errno) {
	return install(t, t.M.FS.Anonymous(credOf(t), "anon_inode:[pidfd]", pidfd{p}, fs.ORead|fs.OWrite|flags), true)
}

// pidfdOf is the process of a descriptor. EBADF: it is none of these.
func pidfdOf(t *kern.Thread, fd uint64) (*kern.Proc, errno.Errno) {
	f, e := fileOf(t, fd)
	if e != errno.OK {
		return nil, e
	}
	d, is := f.Device().(pidfd)
	if !is {
		return nil, errno.EBADF
	}
	return d.p, errno.OK
}

func sysPidfdOpen(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[1]&^oNonblock != 0 || integer(a[0]) <= 0 {
		return 0, errno.EINVAL
	}
	p := t.M.Proc(integer(a[0]))
	switch {
	case p == nil && t.M.Thread(integer(a[0])) != nil: // a thread that leads nothing
		return 0, errno.ENOENT
	case p == nil:
		return 0, errno.ESRCH
	}
	return newPidfd(t, p, openFlags.To(a[1])&fs.ONonblock)
}

func sysPidfdSendSignal(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[3] != 0 {
		return 0, errno.EINVAL
	}
	p, e := pidfdOf(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	info := fromSelf(t, integer(a[1]))
	if a[2] != 0 {
		b := make([]byte, siginfoSize)
		if e := t.CopyIn(a[2], b); e != errno.OK {
			return 0, e
		}
		info = decode(b)
		switch {
		case info.Signo != integer(a[1]):
			return 0, errno.EINVAL
		case p != t.Proc && (info.Code >= 0 || info.Code == siTkill):
			return 0, errno.EPERM
		}
	}
	if p.State == kern.Reaped {
		return 0, errno.ESRCH
	}
	return 0, sendQueued(t, p, nil, info, toProcess(p))
}

func sysPidfdGetfd(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[2] != 0 {
		return 0, errno.EINVAL
	}
	p, e := pidfdOf(t, a[0])
	switch {
	case e != errno.OK:
		return 0, e
	case p.Files == nil || p.Leader == nil:
		return 0, errno.ESRCH
	}
	if p != t.Proc {
		if e := mayTrace(t, p.Leader); e != errno.OK {
			return 0, e
		}
	}
	f, e := p.Files.Get(integer(a[1]))
	if e != errno.OK {
		return 0, e
	}
	return install(t, f.Retain(), true)
}
