package fs

// Pipes and fifos: pipe(7), fifo(7).

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// pipe is bytes on their way. A fifo has one while it is open.
type pipe struct {
	data             []byte
	named            bool   // a fifo
	readers, writers int    // files
	read, written    uint64 // times that it was opened for reading, for writing

	readQueue, writeQueue, openQueue sleep.Queue
}

// Pipe is both ends of a new pipe: pipe(2). Of the flags, ONonblock has a meaning.
func (s *FS) Pipe(c Cred, flags Flags) (read, write *File) {
	n := s.node(Fifo, 0o600, c)
	n.nlink = 0
	n.pipe = &pipe{}
	end := func(way Flags) *File {
		f := &File{fs: s, node: n, cred: c, flags: flags&Settable | way, refs: 1, device: n.pipe}
		n.users++
		n.pipe.join(f)
		return f
	}
	return end(ORead), end(OWrite)
}

// openFifo opens a fifo. Who comes first waits for somebody at the other end, even one that
// is gone again by then; not if ONonblock, or if both ends are opened at once.
func (f *File) openFifo() errno.Errno {
	n := f.node
	if n.pipe == nil {
		n.pipe = &pipe{named: true}
	}
	p := n.pipe
	f.device = p
	switch both := ORead | OWrite; {
	case f.flags&both == 0:
		return errno.EINVAL
	case f.flags&both == OWrite && f.flags&ONonblock != 0 && p.readers == 0:
		p.forget(n)
		return errno.ENXIO
	}
	p.join(f)
	switch {
	case !p.named: // a pipe's end by way of /proc
	case f.flags&ORead == 0 && p.readers == 0:
		f.partner = p.read + 1
	case f.flags&OWrite == 0 && p.writers == 0:
		f.partner = p.written + 1
		if f.flags&ONonblock != 0 {
			return ok
		}
	}
	return f.Opened()
}

// Opened says whether the file is open, or EAGAIN: see Open.
func (f *File) Opened() errno.Errno {
	p, is := f.device.(*pipe)
	if !is || f.partner == 0 {
		return ok
	}
	came := p.written
	if f.flags&ORead == 0 {
		came = p.read
	}
	if came < f.partner {
		return errno.EAGAIN
	}
	f.partner = 0
	return ok
}

// OpenQueue is where to wait for Opened; nil for what is no fifo.
func (f *File) OpenQueue() *sleep.Queue {
	if p, is := f.device.(*pipe); is {
		return &p.openQueue
	}
	return nil
}

// join counts a file.
func (p *pipe) join(f *File) {
	if f.flags&ORead != 0 {
		p.readers++
		p.read++
	}
	if f.flags&OWrite != 0 {
		p.writers++
		p.written++
	}
	p.openQueue.Wake()
	p.wake()
}

func (p *pipe) wake() {
	p.readQueue.Wake()
	p.writeQueue.Wake()
}

// Close implements Device.
func (p *pipe) Close(f *File) {
	if f.flags&ORead != 0 {
		p.readers--
	}
	if f.flags&OWrite != 0 {
		p.writers--
	}
	p.wake()
	p.forget(f.node)
}

// forget drops what nobody can read any more.
func (p *pipe) forget(n *Node) {
	if p.named && p.readers+p.writers == 0 {
		n.pipe = nil
	}
}

// Read implements Device.
func (p *pipe) Read(_ *File, b []byte, _ int64) (int, errno.Errno) {
	switch {
	case len(b) == 0:
		return 0, ok
	case len(p.data) == 0 && p.writers > 0:
		return 0, errno.EAGAIN
	}
	n := copy(b, p.data)
	if p.data = p.data[n:]; len(p.data) == 0 {
		p.data = nil
	}
	if n > 0 {
		p.writeQueue.Wake()
	}
	return n, ok
}

// Write implements Device. Up to PipeBuf bytes are written in one piece, more as there is room.
// EPIPE: nobody reads; the writer is to be sent SIGPIPE.
func (p *pipe) Write(_ *File, b []byte, _ int64) (int, errno.Errno) {
	room := PipeSize - len(p.data)
	switch {
	case len(b) == 0:
		return 0, ok
	case p.readers == 0:
		return 0, errno.EPIPE
	case room == 0 || len(b) <= PipeBuf && len(b) > room:
		return 0, errno.EAGAIN
	}
	n := min(len(b), room)
	p.data = append(p.data, b[:n]...)
	p.readQueue.Wake()
	if n < len(b) {
		return n, errno.EAGAIN
	}
	return n, ok
}

// Poll implements Device. There is room if a write in one piece would have it. A fifo that
// nobody has written since it was opened has not been hung up.
func (p *pipe) Poll(f *File) (r Ready) {
	if f.flags&ORead != 0 {
		if len(p.data) > 0 {
			r |= In
		}
		if p.writers == 0 && (f.partner == 0 || p.written >= f.partner) {
			r |= Hup
		}
	}
	if f.flags&OWrite != 0 {
		if PipeSize-len(p.data) >= PipeBuf {
			r |= Out
		}
		if p.readers == 0 {
			r |= Err
		}
	}
	return r
}

// Queues implements Device.
func (p *pipe) Queues(*File) (read, write *sleep.Queue) { return &p.readQueue, &p.writeQueue }

// Buffered is how many bytes can be read at once (FIONREAD); -1 if that is not known.
func (f *File) Buffered() int {
	switch d := f.device.(type) {
	case *pipe:
		return len(d.data)
	case interface{ Buffered() int }:
		return d.Buffered()
	case regularFile:
		if f.node.kind == Regular {
			return int(max(int64(f.node.size)-f.off, 0))
		}
	}
	return -1
}
