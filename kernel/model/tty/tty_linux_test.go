package tty

// Random modes and keys, on a terminal and on a real pseudo-terminal: what is shown and
// what is read is to be the same.

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
)

var realSeed = flag.Uint64("tty.seed", 0, "the only seed that TestAsLinux runs")

// twin is a terminal and a pseudo-terminal.
type twin struct {
	r             *rand.Rand
	term          *Terminal
	file          *fs.File
	master, slave int
	shown, real   []byte
	log           []string
}

func TestAsLinux(t *testing.T) {
	first, last := *realSeed, *realSeed
	if first == 0 {
		first, last = 1, 100
	}
	for seed := first; seed <= last; seed++ {
		if err := compare(t, seed); err != nil {
			t.Fatalf("%v\nreplay: go test ./kernel/model/tty -run TestAsLinux -tty.seed=%d", err, seed)
		}
	}
}

func compare(t *testing.T, seed uint64) error {
	w := &twin{r: rand.New(rand.NewPCG(seed, 2))}
	w.term = New("tty", func(p []byte) { w.shown = append(w.shown, p...) }, nil)
	w.file = open(t, w.term, fs.ONonblock)
	var err error
	if w.master, err = unix.Open("/dev/ptmx", unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0); err != nil {
		t.Skip("no pseudo-terminals: ", err)
	}
	defer unix.Close(w.master)
	n, err := unix.IoctlGetInt(w.master, unix.TIOCGPTN)
	if err == nil {
		err = unix.IoctlSetPointerInt(w.master, unix.TIOCSPTLCK, 0)
	}
	if err == nil {
		w.slave, err = unix.Open(fmt.Sprintf("/dev/pts/%d", n), unix.O_RDWR|unix.O_NOCTTY|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	}
	if err != nil {
		t.Skip("no pseudo-terminals: ", err)
	}
	defer unix.Close(w.slave)
	if err := w.modes(); err != nil {
		return err
	}
	for range 60 {
		if err := w.step(); err != nil {
			return fmt.Errorf("%s\n%w", strings.Join(w.log, "\n"), err)
		}
	}
	return nil
}

func (w *twin) step() error {
	switch w.r.IntN(10) {
	case 0:
		if !w.term.stopped {
			return w.modes()
		}
	case 1, 2:
		return w.write()
	case 3, 4, 5:
		return w.read()
	}
	return w.keys()
}

// random makes each of the flags equally likely.
func random[F ~uint16](w *twin, all F) F { return F(w.r.Uint32()) & all }

// modes sets others, mostly near the usual ones.
func (w *twin) modes() error {
	m := Sane()
	if w.r.IntN(3) > 0 {
		m.In ^= random(w, ICRNL|INLCR|IgnCR|IXOn|IXAny|IStrip|IUTF8)
		m.Out ^= random(w, OPost|ONLCR|OCRNL|ONLRet)
		m.Local ^= random(w, ISig|ICanon|Echo|EchoE|EchoK|EchoKE|EchoNL|EchoCtl|NoFlsh|ToStop|IExten)
	}
	if w.r.IntN(2) == 0 {
		m.Chars[VEOL], m.Chars[VEOL2] = '!', '#'
	}
	if w.r.IntN(4) == 0 {
		m.Chars[w.r.IntN(int(VMin))] = 0
	}
	m.Chars[VMin] = byte(w.r.IntN(3))
	flush := w.r.IntN(3) == 0
	w.log = append(w.log, fmt.Sprintf("modes in %#x out %#x local %#x chars %q flush %v", m.In, m.Out, m.Local, m.Chars, flush))
	w.term.SetTermios(m, flush)
	req := uint(unix.TCSETS)
	if flush {
		req = unix.TCSETSF
	}
	if err := unix.IoctlSetTermios(w.slave, req, linux(m)); err != nil {
		return err
	}
	return w.settle()
}

// linux is the modes as Linux has them.
func linux(m Termios) *unix.Termios {
	l := &unix.Termios{Cflag: unix.CS8 | unix.CREAD | unix.B38400}
	bits := func(from uint16, to []uint32) (all uint32) {
		for i, b := range to {
			if from>>i&1 != 0 {
				all |= b
			}
		}
		return all
	}
	l.Iflag = bits(uint16(m.In), []uint32{unix.ICRNL, unix.INLCR, unix.IGNCR, unix.IXON, unix.IXANY, unix.ISTRIP, unix.IUTF8})
	l.Oflag = bits(uint16(m.Out), []uint32{unix.OPOST, unix.ONLCR, unix.OCRNL, unix.ONLRET})
	l.Lflag = bits(uint16(m.Local), []uint32{unix.ISIG, unix.ICANON, unix.ECHO, unix.ECHOE, unix.ECHOK, unix.ECHOKE, unix.ECHONL,
		unix.ECHOCTL, unix.NOFLSH, unix.TOSTOP, unix.IEXTEN})
	for c, at := range []int{unix.VINTR, unix.VQUIT, unix.VERASE, unix.VKILL, unix.VEOF, unix.VEOL, unix.VEOL2, unix.VSUSP,
		unix.VSTART, unix.VSTOP, unix.VWERASE, unix.VLNEXT, unix.VREPRINT, unix.VMIN, unix.VTIME} {
		l.Cc[at] = m.Chars[c]
	}
	return l
}

const (
	letters = "abc d_\t\n\r\b!#\xc3\xa4\xe2\x82\xac\xd7\x00\x01"
	special = "\x03\x1c\x7f\x15\x04\x1a\x11\x13\x17\x16\x12\n\r\t"
)

// keys types something. A signal discards what the master has not seen yet, and a stop
// also keeps back the echoes of what came at once with it, so that they are typed alone.
//
// Linux takes keys in the background, and waits for that only if a reader has nothing else
// to read. If there is something, and the last key makes no difference that can be seen, all
// is read.
func (w *twin) keys() error {
	var p []byte
	seen := true
	for range 1 + w.r.IntN(12) {
		from := letters
		if w.r.IntN(3) == 0 {
			from = special
		}
		b := from[w.r.IntN(len(from))]
		if alone := w.term.modes.is(b&0x7f, VIntr, VQuit, VSusp, VStop); !alone {
			p, seen = append(p, b), w.key(b)
		} else if len(p) == 0 {
			p, seen = append(p, b), w.key(b)
			break
		}
	}
	w.log = append(w.log, fmt.Sprintf("keys %q", p))
	if n, err := unix.Write(w.master, p); err != nil || n != len(p) {
		return fmt.Errorf("typing: %d %w", n, err)
	}
	for !seen && w.term.modes.Local&ICanon != 0 && w.term.readable() {
		if err := w.readSome(100); err != nil {
			return err
		}
	}
	return w.settle()
}

// key types something here; it says whether that can be seen.
func (w *twin) key(b byte) bool {
	shown, queued := len(w.shown), w.term.Buffered()
	w.term.Input([]byte{b})
	return len(w.shown) > shown || w.term.Buffered() > queued
}

// wait waits until keys are taken, as a poll does that finds nothing to read.
func (w *twin) wait() {
	m := w.term.modes
	if m.Local&ICanon == 0 {
		m.Chars[VMin] = 255
		unix.IoctlSetTermios(w.slave, unix.TCSETS, linux(m))
		defer unix.IoctlSetTermios(w.slave, unix.TCSETS, linux(w.term.modes))
	}
	unix.Poll([]unix.PollFd{{Fd: int32(w.slave), Events: unix.POLLIN}}, 0)
}

// settle waits until the other terminal has shown and has to be read what this one does.
func (w *twin) settle() error {
	var queued int
	for range 20000 {
		b := make([]byte, 4096)
		if n, _ := unix.Read(w.master, b); n > 0 {
			w.real = append(w.real, b[:n]...)
		}
		w.wait()
		queued, _ = unix.IoctlGetInt(w.slave, unix.TIOCINQ)
		if string(w.real) == string(w.shown) && queued == w.term.Buffered() {
			w.real, w.shown = nil, nil
			return nil
		}
		if len(w.real) > len(w.shown) {
			break
		}
		time.Sleep(50 * time.Microsecond)
	}
	return fmt.Errorf("shown %q and %d to read, Linux %q and %d; %s", w.shown, w.term.Buffered(), w.real, queued, w.term.Describe())
}

// ended is how a call ended; the numbers are Linux's on both sides.
func ended(n int, b []byte, err error) string {
	if err != nil {
		return err.Error()
	}
	return fmt.Sprintf("%d %q", n, b[:n])
}

func modelEnded(n int, b []byte, e errno.Errno) string {
	if e == errno.EAGAIN && n == 0 {
		return unix.EAGAIN.Error()
	}
	return ended(n, b, nil)
}

func (w *twin) read() error { return w.readSome([]int{1, 2, 3, 5, 100}[w.r.IntN(5)]) }

func (w *twin) readSome(size int) error {
	got, want := make([]byte, size), make([]byte, size)
	poll := []unix.PollFd{{Fd: int32(w.slave), Events: unix.POLLIN | unix.POLLOUT}}
	unix.Poll(poll, 0)
	ready := w.file.Poll()
	w.log = append(w.log, fmt.Sprintf("poll %#x %#x, read %d", ready, poll[0].Revents, size))
	if ready&fs.In != 0 != (poll[0].Revents&unix.POLLIN != 0) {
		return fmt.Errorf("readable %v", ready&fs.In != 0)
	}
	n, e := w.file.Read(got)
	m, err := unix.Read(w.slave, want)
	if g, r := modelEnded(n, got, e), ended(m, want, err); g != r {
		return fmt.Errorf("read %s, Linux %s", g, r)
	}
	return w.settle()
}

func (w *twin) write() error {
	var p []byte
	for range 1 + w.r.IntN(9) {
		p = append(p, letters[w.r.IntN(len(letters))])
	}
	w.log = append(w.log, fmt.Sprintf("write %q", p))
	n, e := w.file.Write(p)
	m, err := unix.Write(w.slave, p)
	if g, r := modelEnded(n, p, e), ended(m, p, err); g != r {
		return fmt.Errorf("written %s, Linux %s", g, r)
	}
	return w.settle()
}
