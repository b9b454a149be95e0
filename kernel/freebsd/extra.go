package freebsd

// What FreeBSD's ptrace does beyond the seam: cores of a living process, and system calls made
// in it. Both are done by the stopped thread and end in the same stop once more, which has to
// be waited for, also when a core's limit was too small (coredump, sc-remote-mmap). At the stop
// of an attach they are refused (EBUSY): the thread may be anywhere in the kernel. So for a core one is
// brought out of it first.

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// Coredump writes a core of a stopped process to a descriptor of ours. flags are those of
// raw.CoredumpRequest; limit is in bytes, 0 for none.
func (k *Kernel) Coredump(pid kernel.PID, fd int, flags uint32, limit int64) error {
	return k.byThread("write a core", pid, func() Errno {
		c := raw.CoredumpRequest{FD: int32(fd), Flags: flags, Limit: limit}
		b := make([]byte, raw.CoredumpSize)
		c.Encode(b)
		_, e := k.sys.PtraceBuf(raw.Coredump, int(pid), b, raw.CoredumpSize)
		return e
	})
}

// CoreFiles is a Sys whose descriptors are not this process's: a machine in memory has files of
// its own.
type CoreFiles interface {
	// CoreFile is a new file's descriptor; done closes it, and gives its contents to w.
	CoreFile() (fd int, done func(w io.Writer) error, err error)
}

var _ kernel.Dumper = (*Kernel)(nil)

// DumpCore implements kernel.Dumper, by PT_COREDUMP with what the system's cores have.
func (k *Kernel) DumpCore(pid kernel.PID, f *os.File) error {
	fd, done := int(f.Fd()), func(io.Writer) error { return nil }
	if files, ok := k.sys.Sys.(CoreFiles); ok {
		var err error
		if fd, done, err = files.CoreFile(); err != nil {
			return err
		}
	}
	err := k.Coredump(pid, fd, 0, 0)
	if errors.Is(err, kernel.Errno(raw.EBUSY)) {
		if err = k.surface(pid); err == nil {
			err = k.Coredump(pid, fd, 0, 0)
		}
	}
	if errors.Is(err, kernel.Errno(raw.EBUSY)) {
		err = fmt.Errorf("%w: a process that has just been attached to may be anywhere in the kernel; step it, or let it run to a breakpoint, and try again", err)
	}
	return errors.Join(err, done(f))
}

// surface has a thread of a process that was attached to stop out of the kernel, by a SIGSTOP: before
// its next instruction, or at the end of the call that it sleeps in, which is begun again. All others
// stay. A signal that it meets first is kept, and given when it goes on.
func (k *Kernel) surface(pid kernel.PID) error {
	p, err := k.stoppedProcess(pid)
	if err != nil {
		return err
	}
	t := k.nearest(p)
	if t == nil {
		return fail("write a core", kernel.TID(pid), raw.EBUSY)
	}
	if e := k.poke(t); e != 0 {
		return fail("write a core", kernel.TID(pid), e)
	}
	asked, since := t.asked, len(k.told)
	k.goAlone(t)
	t.asked = asked
	st, err := k.await(p)
	if err != nil {
		return err
	}
	if k.decode(&st); k.procs[pid] != p {
		return kernel.ErrGone
	}
	for i := len(k.told) - 1; i >= since; i-- {
		if s := k.told[i]; s.TID == t.tid && s.Kind == kernel.SignalStop {
			t.give(&kernel.Action{TID: t.tid, Signal: s.Signal, Info: &s.Info})
			k.told = slices.Delete(k.told, i, i+1)
		}
	}
	for _, x := range p.tasks {
		k.suspend(x, false)
	}
	return nil
}

// nearest is the thread of a stopped process that is out of the kernel soonest: one that is in no
// call, if there is any; nil if all wait for vfork children or are at their end.
func (k *Kernel) nearest(p *process) (best *task) {
	for _, t := range p.tasks {
		if t.lent != 0 || t.ending {
			continue
		}
		if best == nil {
			best = t
		}
		if k.getRegs(t) == 0 && k.sleeping(t, k.regbuf[:]) == 0 {
			return t
		}
	}
	return best
}

// Call makes a system call in a stopped process, by the thread that it stopped for: of up to
// eight arguments (sc-remote-bad). It is not reported as a call of the process
// (sc-remote-events).
func (k *Kernel) Call(pid kernel.PID, nr uint32, args ...uint64) (ret raw.ScReturn, err error) {
	err = k.byThread("make a system call", pid, func() (e Errno) {
		ret, e = k.sys.ScRemote(int(pid), nr, args)
		return e
	})
	return ret, err
}

// byThread makes a request that the stopped thread carries out, and waits for the stop.
func (k *Kernel) byThread(op string, pid kernel.PID, request func() Errno) error {
	p, err := k.stoppedProcess(pid)
	if err != nil {
		return err
	}
	k.known = known{}
	e := request()
	if e != 0 && e != raw.EFAULT { // nothing was begun
		return fail(op, kernel.TID(pid), e)
	}
	st, err := k.await(p)
	if err == nil && raw.DecodeStatus(st.status, &st.info).Kind != raw.StatusStopped {
		k.decode(&st) // it was killed meanwhile
		err = kernel.ErrGone
	}
	if p.mapped = false; err == nil && e != 0 {
		err = fail(op, kernel.TID(pid), e)
	}
	return err
}
