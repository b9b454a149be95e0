package tty

// The processes' side: a Terminal as a fs.Device.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/sleep"
)

// Open is a fs.OpenDevice: to make a device file for the terminal with. It fails with EIO
// after a hang-up.
func (t *Terminal) Open(*fs.File) (fs.Device, errno.Errno) {
	if t.gone {
		return nil, errno.EIO
	}
	return t, errno.OK
}

// Read implements fs.Device. In canonical mode it is a line, or what fits of it. Else it is
// what was typed, if that is VMIN bytes or as many as asked for; any, if the file is ONonblock.
// There is no clock: the time of VTIME has always run out, so that with it a read waits for
// one byte at most, and with VMIN 0 for none.
func (t *Terminal) Read(f *fs.File, p []byte, _ int64) (int, errno.Errno) {
	switch {
	case t.gone || len(p) == 0:
		return 0, errno.OK
	case t.modes.Local&ICanon != 0:
		return t.readLine(p)
	}
	need := t.minimum()
	if f.Flags()&fs.ONonblock != 0 {
		need = min(need, 1)
	}
	if len(t.queue) < min(need, len(p)) {
		return 0, errno.EAGAIN
	}
	n := min(len(p), len(t.queue))
	for i, c := range t.queue[:n] {
		p[i] = c.b
	}
	t.take(n)
	return n, errno.OK
}

// minimum is how many bytes a read that is not canonical waits for.
func (t *Terminal) minimum() int {
	if t.modes.Chars[VTime] > 0 {
		return min(int(t.modes.Chars[VMin]), 1)
	}
	return int(t.modes.Chars[VMin])
}

// take removes the first cells.
func (t *Terminal) take(n int) {
	if t.queue = t.queue[n:]; len(t.queue) == 0 {
		t.queue = nil
	}
	t.complete = max(t.complete-n, 0)
}

func (t *Terminal) readLine(p []byte) (int, errno.Errno) {
	if t.complete == 0 {
		return 0, errno.EAGAIN
	}
	n, used := 0, 0
	for _, c := range t.queue[:t.complete] {
		if c.mark == endFile {
			used++
			break
		}
		if n == len(p) {
			break
		}
		p[n] = c.b
		n, used = n+1, used+1
		if c.mark == endLine {
			break
		}
	}
	t.take(used)
	return n, errno.OK
}

// Write implements fs.Device: all of it, or EAGAIN while output is held back.
func (t *Terminal) Write(_ *fs.File, p []byte, _ int64) (int, errno.Errno) {
	switch {
	case t.gone:
		return 0, errno.EIO
	case len(p) == 0:
		return 0, errno.OK
	case t.stopped:
		return 0, errno.EAGAIN
	}
	out := make([]byte, 0, len(p)+8)
	for _, b := range p {
		out = t.processed(out, b)
	}
	t.Output(out)
	return len(p), errno.OK
}

// Poll implements fs.Device.
func (t *Terminal) Poll(*fs.File) (r fs.Ready) {
	if t.gone {
		return fs.In | fs.Out | fs.Err | fs.Hup
	}
	if t.readable() {
		r |= fs.In
	}
	if !t.stopped {
		r |= fs.Out
	}
	return r
}

func (t *Terminal) readable() bool {
	if t.modes.Local&ICanon != 0 {
		return t.complete > 0
	}
	return len(t.queue) >= max(t.minimum(), 1)
}

// Queues implements fs.Device.
func (t *Terminal) Queues(*fs.File) (read, write *sleep.Queue) { return &t.readers, &t.writers }

// Close implements fs.Device.
func (t *Terminal) Close(*fs.File) {}

// Buffered is how many bytes a read gets: ioctl_tty(2), FIONREAD. In canonical mode only finished lines
// count.
func (t *Terminal) Buffered() int {
	if t.modes.Local&ICanon == 0 {
		return len(t.queue)
	}
	finished, _ := t.Typed()
	return len(finished)
}
