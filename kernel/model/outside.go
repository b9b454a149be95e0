package model

// A World that a person sits in front of: programs in it read and write descriptors of ours,
// or a terminal of its own that our keyboard types on. Nothing of ours is read before a
// program asks for it: what it leaves belongs to whoever reads the descriptor next.

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/sleep"
	"github.com/trapline/trapline/kernel/model/tty"
)

// outside is what a World waits for.
type outside struct {
	w       *World
	in      *input   // nil: nothing
	console *Console // nil: none
	poked   atomic.Bool
	wake    [2]*os.File // a pipe: a byte in it ends a wait
}

// Attend has the programs of the World wait for what comes from outside: by the file, which
// becomes descriptor 0 of programs that are started, and by a Console. Kernel.Wake ends such
// a wait.
func (w *World) Attend(stdin *os.File) error {
	o := &outside{w: w}
	var err error
	if o.wake[0], o.wake[1], err = os.Pipe(); err != nil {
		return err
	}
	o.in = &input{fd: int(stdin.Fd())}
	var st unix.Stat_t
	if unix.Fstat(o.in.fd, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFREG {
		o.in.always = true
	}
	w.X.ConnectDevice(0, "stdin", o.in)
	w.outside = o
	w.M.Outside = o.await
	w.Kernel = &attended{w.Kernel, o}
	return nil
}

// attended is a kernel whose waits are known to be for the outside, too.
type attended struct {
	kernel.Kernel
	o *outside
}

// Unwrap is the kernel itself (kernel.DumperOf).
func (k *attended) Unwrap() kernel.Kernel { return k.Kernel }

// Wake implements kernel.Kernel.
func (k *attended) Wake() {
	k.Kernel.Wake()
	k.o.poked.Store(true)
	k.o.wake[1].Write([]byte{0})
}

func (o *outside) close() {
	o.wake[0].Close()
	o.wake[1].Close()
}

// await is the machine's Outside.
func (o *outside) await(ns int64) bool {
	if ns != 0 && o.poked.Swap(false) {
		return true
	}
	read := o.in.readers.Len() > 0
	keys := o.console != nil && o.console.on
	typed := keys && o.console.reader()
	timeout := 0
	switch {
	case ns != 0 && !read && !keys, ns == 0 && !o.in.asked && !keys:
		return false
	case ns < 0:
		timeout = -1
	case ns > 0 && (read || typed): // else it is only modeled time that has to pass
		timeout = int(min((ns+999_999)/1_000_000, int64(time.Hour/time.Millisecond)))
	}
	return o.poll(timeout, read || o.in.asked, keys) && ns != 0
}

// Rest blocks until Kernel.Wake is called: nothing in the World can go on.
func (w *World) Rest() {
	if !w.outside.poked.Swap(false) {
		w.outside.poll(-1, false, w.outside.console != nil && w.outside.console.on)
	}
}

// poll waits so many milliseconds (-1: without end) and says whether there was anything.
func (o *outside) poll(ms int, read, keys bool) bool {
	fds := []unix.PollFd{{Fd: int32(o.wake[0].Fd()), Events: unix.POLLIN}, {Fd: -1, Events: unix.POLLIN}, {Fd: -1, Events: unix.POLLIN}}
	if read {
		fds[1].Fd = int32(o.in.fd)
	}
	if keys {
		fds[2].Fd = int32(o.console.keys.Fd())
	}
	if n, err := unix.Poll(fds, ms); err != nil || n == 0 {
		return err != nil // by a signal: what it means to us comes by Wake
	}
	if fds[0].Revents != 0 {
		o.wake[0].Read(make([]byte, 64))
		o.poked.Store(false)
	}
	if fds[1].Revents != 0 {
		o.in.ready = true
		o.in.readers.Wake()
	}
	if fds[2].Revents != 0 {
		o.console.typed()
	}
	return true
}

// input is a descriptor of ours as programs of the World read it: a fs.Device.
type input struct {
	fd      int
	always  bool // it never has to be waited for
	ready   bool // reading it does not block
	asked   bool // somebody has wanted to
	readers sleep.Queue
}

// Read implements fs.Device.
func (i *input) Read(_ *fs.File, p []byte, _ int64) (int, errno.Errno) {
	if len(p) == 0 {
		return 0, errno.OK
	}
	if !i.ready && !i.always {
		i.asked = true
		return 0, errno.EAGAIN
	}
	i.ready, i.asked = false, false
	for {
		n, err := unix.Read(i.fd, p)
		switch {
		case err == unix.EINTR:
		case err == unix.EAGAIN:
			i.asked = true
			return 0, errno.EAGAIN
		case err != nil:
			return 0, errno.EIO
		default:
			return n, errno.OK
		}
	}
}

// Write implements fs.Device.
func (i *input) Write(*fs.File, []byte, int64) (int, errno.Errno) { return 0, errno.EBADF }

// Poll implements fs.Device.
func (i *input) Poll(*fs.File) fs.Ready {
	if i.ready || i.always {
		return fs.In | fs.Out
	}
	i.asked = true
	return fs.Out
}

// Queues implements fs.Device.
func (i *input) Queues(*fs.File) (read, write *sleep.Queue) { return &i.readers, nil }

// Close implements fs.Device.
func (i *input) Close(*fs.File) {}

// Console is a terminal of the World's, /dev/tty1, whose keyboard and screen are ours. The
// programs that the tracer starts have it as their controlling terminal.
type Console struct {
	// Stuck is called when ^C was typed twice within a second.
	Stuck func()

	w     *World
	tt    *kern.TTY
	keys  *os.File
	on    bool
	lastC time.Time
}

// NewConsole makes the terminal; fds are the descriptors that programs have it as. Keys are
// read from a file while the Console is on, which has to be a terminal that gives them one
// by one and leaves them alone. What is shown goes to a Writer.
func (w *World) NewConsole(keys *os.File, screen io.Writer, fds []int) (*Console, error) {
	c := &Console{w: w, keys: keys}
	c.tt = w.M.NewTerminal("tty1", func(p []byte) {
		// Our terminal puts the carriage returns in itself, for lines of ours stand between.
		_, _ = screen.Write(bytes.ReplaceAll(p, []byte("\r\n"), []byte("\n")))
	})
	const path = "/dev/tty1"
	if _, e := w.M.FS.Mknod(fs.Cred{}, w.M.FS.Root(), path, 0o620, 4, 1, c.tt.Open); e != errno.OK {
		return nil, fmt.Errorf("make %s: %v", path, e)
	}
	f, e := w.M.FS.Open(fs.Cred{}, w.M.FS.Root(), path, fs.ORead|fs.OWrite, 0)
	if e != errno.OK {
		return nil, fmt.Errorf("open %s: %v", path, e)
	}
	for _, fd := range fds {
		w.X.ConnectFile(fd, f.Retain())
	}
	f.Release()
	w.M.TTY = c.tt
	if e := w.X.Proc.Acquire(c.tt, false); e != errno.OK {
		return nil, fmt.Errorf("acquire %s: %v", path, e)
	}
	w.outside.console = c
	return c, nil
}

// On lets keys through, to the job of a process unless another one has the terminal.
func (c *Console) On(pid kernel.PID, rows, columns int) {
	p := c.w.M.Proc(int(pid))
	g := c.w.M.Group(c.tt.Foreground)
	if p != nil && (g == nil || len(g.Members()) == 0 || g == c.w.X.Proc.Group) {
		c.tt.Foreground = p.Group.ID
	}
	c.Size(rows, columns)
	c.on, c.lastC = true, time.Time{}
}

// Size is how large the screen is.
func (c *Console) Size(rows, columns int) {
	c.tt.SetWinsize(tty.Winsize{Rows: uint16(rows), Cols: uint16(columns)})
}

// Off keeps them from the programs.
func (c *Console) Off() { c.on = false }

// reader says whether a program waits for keys.
func (c *Console) reader() bool {
	read, _ := c.tt.Queues(nil)
	return read.Len() > 0
}

// typed passes on what the keyboard has.
func (c *Console) typed() {
	b := make([]byte, 512)
	n, err := unix.Read(int(c.keys.Fd()), b)
	switch {
	case err == unix.EINTR || err == unix.EAGAIN:
		return
	case n <= 0: // it is gone
		c.on = false
		c.tt.Hangup()
		return
	}
	c.tt.Input(b[:n])
	now := time.Now()
	for range bytes.Count(b[:n], []byte{'C' & 0x1f}) {
		if now.Sub(c.lastC) < time.Second && c.Stuck != nil {
			c.Stuck()
		}
		c.lastC = now
	}
}

// Signal sends a signal to a process of the World's, as the tracer's kill(2).
func (w *World) Signal(pid kernel.PID, sig kernel.Signal) error {
	p := w.M.Proc(int(pid))
	if p == nil {
		return fmt.Errorf("signal process %d: there is none in the modeled kernel", pid)
	}
	w.M.Post(p, kern.SigInfo{Signo: int(sig), Origin: kern.FromUser, PID: w.X.Proc.PID, UID: w.X.Proc.Cred.UID})
	return nil
}

// In makes a directory the one that programs are started in.
func (w *World) In(dir string) error {
	n, e := w.M.FS.Lookup(fs.Cred{}, w.M.FS.Root(), dir, true)
	if e == errno.OK && n.Kind() != fs.Directory {
		e = errno.ENOTDIR
	}
	if e != errno.OK {
		return fmt.Errorf("directory %s: %w", dir, e)
	}
	w.X.Proc.At.Dir = n
	return nil
}

// RunOn lets what nobody traces go on until all of it has ended or sleeps, for so many steps
// at most.
func (w *World) RunOn(steps uint64) {
	alive := func() bool {
		for _, p := range w.M.Procs() {
			if !p.External && p.State < kern.Zombie {
				return true
			}
		}
		return false
	}
	w.M.Run(func() bool { return !alive() }, steps)
}

// ErrStill says that the World waits for nothing that can come.
var ErrStill = errors.New("everything in the modeled kernel sleeps, and nothing can wake it")
