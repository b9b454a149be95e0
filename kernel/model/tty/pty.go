package tty

// Pseudo-terminals (pty(7)): a Terminal whose other side, the master, is a file too. What is
// shown on the terminal is read from the master; what is written to the master is typed.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// shownMost is how many bytes may wait for the master before writers to the terminal wait,
// and echoMost how many before echoes are lost.
const (
	shownMost = 4096
	echoMost  = 64 << 10
)

// Pty is a pair. Master and Slave are the devices of its two sides.
type Pty struct {
	*Terminal
	Master Master
	Slave  Slave
	Index  int  // of N in /dev/pts/N
	Locked bool // the slave cannot be opened (unlockpt(3))

	shown   []byte
	slaves  int  // files of the terminal's side
	hadSome bool // there have been such
	done    func()

	reader, writer sleep.Queue // of the master
}

// Master is the side that types and sees.
type Master struct{ *Pty }

// Slave is the side of the programs.
type Slave struct{ *Pty }

// NewPty is a pair whose terminal is called so. done is called when the master is closed.
func NewPty(name string, index int, signal func(pgrp int, c Control), done func()) *Pty {
	p := &Pty{Index: index, Locked: true, done: done}
	p.Terminal = New(name, p.show, signal)
	p.size = Winsize{} // until the master says it
	p.Master, p.Slave = Master{p}, Slave{p}
	return p
}

func (p *Pty) show(b []byte) {
	p.shown = append(p.shown, b[:min(len(b), max(echoMost-len(p.shown), 0))]...)
	p.reader.Wake()
}

// Open is a fs.OpenDevice of the terminal's side. EIO: it is locked or hung up.
func (p *Pty) Open(f *fs.File) (fs.Device, errno.Errno) {
	if p.Locked || p.gone {
		return nil, errno.EIO
	}
	p.slaves++
	p.hadSome = true
	return p.Slave, errno.OK
}

// Close implements fs.Device: with the last file, the master's reads fail.
func (s Slave) Close(*fs.File) {
	s.slaves--
	s.reader.Wake()
	s.writer.Wake()
}

// Write implements fs.Device: as long as the master reads.
func (s Slave) Write(f *fs.File, p []byte, off int64) (int, errno.Errno) {
	done := 0
	for done < len(p) {
		room := shownMost - len(s.shown)
		if room <= 0 {
			return done, errno.EAGAIN
		}
		n, e := s.Terminal.Write(f, p[done:min(len(p), done+room)], off)
		done += n
		if e != errno.OK {
			return done, e
		}
	}
	return done, errno.OK
}

// Poll implements fs.Device.
func (s Slave) Poll(f *fs.File) fs.Ready {
	r := s.Terminal.Poll(f)
	if len(s.shown) >= shownMost && !s.gone {
		r &^= fs.Out
	}
	return r
}

// Read implements fs.Device. EIO: all files of the other side have been closed.
func (m Master) Read(_ *fs.File, p []byte, _ int64) (int, errno.Errno) {
	switch {
	case len(p) == 0:
		return 0, errno.OK
	case len(m.shown) == 0 && m.hadSome && m.slaves == 0:
		return 0, errno.EIO
	case len(m.shown) == 0:
		return 0, errno.EAGAIN
	}
	n := copy(p, m.shown)
	if m.shown = m.shown[n:]; len(m.shown) == 0 {
		m.shown = nil
	}
	m.writers.Wake()
	return n, errno.OK
}

// Write implements fs.Device.
func (m Master) Write(_ *fs.File, p []byte, _ int64) (int, errno.Errno) {
	if n := m.Input(p); n < len(p) {
		return n, errno.EAGAIN
	}
	return len(p), errno.OK
}

// Poll implements fs.Device.
func (m Master) Poll(*fs.File) (r fs.Ready) {
	if len(m.shown) > 0 {
		r |= fs.In
	}
	if m.hadSome && m.slaves == 0 {
		r |= fs.Hup
	}
	if len(m.queue) < maxInput {
		r |= fs.Out
	}
	return r
}

// Queues implements fs.Device.
func (m Master) Queues(*fs.File) (read, write *sleep.Queue) { return &m.reader, &m.writer }

// Close implements fs.Device: the terminal is hung up.
func (m Master) Close(*fs.File) {
	m.Hangup()
	m.done()
}

// Buffered is how many bytes a read of the master gets.
func (m Master) Buffered() int { return len(m.shown) }
