// Package calls is system calls that are the same for programs of all systems of the modeled
// kernel: what they do does not depend on numbers of a system, or these are the same on all.
// A system puts them into its table.
package calls

import (
	"encoding/binary"

	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
	"github.com/trapline/trapline/kernel/model/vm"
)

var le = binary.LittleEndian

// A Call does one system call; its arguments are the six registers.
type Call = func(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno)

// Integer is an argument that the kernel takes for an int.
func Integer(v uint64) int { return int(int32(v)) }

// Cred is who the thread is to the file system.
func Cred(t *kern.Thread) fs.Cred { return t.Cred().FS() }

// FileOf is the file of a descriptor, or EBADF.
func FileOf(t *kern.Thread, fd uint64) (*fs.File, errno.Errno) {
	return t.Proc.Files.Get(Integer(fd))
}

// OpenFile is FileOf for calls that EBADF a file open as a mere place (O_PATH).
func OpenFile(t *kern.Thread, fd uint64) (*fs.File, errno.Errno) {
	f, e := FileOf(t, fd)
	if e == errno.OK && f.Flags()&fs.OPath != 0 {
		return nil, errno.EBADF
	}
	return f, e
}

// Tells is a call that only tells something.
func Tells(f func(p *kern.Proc, t *kern.Thread) uint64) Call {
	return func(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) { return f(t.Proc, t), errno.OK }
}

// Writable is how many of n bytes at an address could be written.
func Writable(t *kern.Thread, addr uint64, n int) int {
	s := t.Proc.Space
	for done := 0; done < n; {
		if s.Page(addr+uint64(done), cpu.Write) == nil {
			return done
		}
		done += int(vm.PageSize - (addr+uint64(done))%vm.PageSize)
	}
	return n
}

// Word32 reads a 32-bit word of the program's.
func Word32(t *kern.Thread, addr uint64) (uint32, errno.Errno) {
	var b [4]byte
	e := t.CopyIn(addr, b[:])
	return le.Uint32(b[:]), e
}

// FromSelf is a signal that the kernel sends as if the thread did.
func FromSelf(t *kern.Thread, sig int) kern.SigInfo {
	return kern.SigInfo{Signo: sig, Origin: kern.FromUser, PID: t.Proc.PID, UID: t.Cred().UID}
}

// SleepOn sleeps until a file's queue is woken. ERESTART: a signal came.
func SleepOn(t *kern.Thread, why string, q *sleep.Queue) errno.Errno {
	var queues []*sleep.Queue
	if q != nil {
		queues = append(queues, q)
	}
	if t.Sleep(why, 0, queues...) == errno.EINTR {
		return errno.ERESTART
	}
	return errno.OK
}

// Full says whether the process has all the descriptors that it may have.
func Full(t *kern.Thread) bool {
	n := 0
	limit := t.Proc.Files.Limit()
	t.Proc.Files.Each(func(fd int, _ *fs.File, _ bool) {
		if fd < limit {
			n++
		}
	})
	return n >= limit
}

// Install gives a file the lowest free descriptor, or closes it.
func Install(t *kern.Thread, f *fs.File, closeOnExec bool) (uint64, errno.Errno) {
	fd, e := t.Proc.Files.Install(f, 0, closeOnExec)
	if e != errno.OK {
		f.Release()
		return 0, e
	}
	return uint64(fd), errno.OK
}
