package tty

import (
	"fmt"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/vm"
)

// rig is a terminal, a file that is it, and what has been shown and signalled.
type rig struct {
	*Terminal
	file    *fs.File
	shown   strings.Builder
	signals []string
}

func newRig(t testing.TB, flags fs.Flags) *rig {
	r := &rig{}
	r.Terminal = New("tty1", func(p []byte) { r.shown.Write(p) }, func(pgrp int, c Control) {
		r.signals = append(r.signals, fmt.Sprintf("%v %d", c, pgrp))
	})
	r.Session, r.Foreground = 5, 6
	r.file = open(t, r.Terminal, flags)
	return r
}

// open is a file that is the terminal.
func open(t testing.TB, term *Terminal, flags fs.Flags) *fs.File {
	t.Helper()
	s := fs.New(vm.NewMemory(1<<20), func() int64 { return 0 })
	if _, e := s.Mknod(fs.Cred{}, s.Root(), "tty", 0o666, 4, 1, term.Open); e != errno.OK {
		t.Fatal(e)
	}
	f, e := s.Open(fs.Cred{}, s.Root(), "tty", fs.ORead|fs.OWrite|flags, 0)
	if e != errno.OK {
		t.Fatal(e)
	}
	return f
}

func (r *rig) read(n int) string {
	b := make([]byte, n)
	n, e := r.file.Read(b)
	if e != errno.OK {
		return e.String()
	}
	return fmt.Sprintf("%q", b[:n])
}

func want(t testing.TB, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// TestKeys is what is typed, with what modes, and what is shown, read and signalled. The
// comparison with Linux has more of the first two.
func TestKeys(t *testing.T) {
	raw := func(m *Termios) { *m = m.Raw() }
	local := func(f LocalFlags) func(*Termios) { return func(m *Termios) { m.Local ^= f } }
	in := func(f InFlags) func(*Termios) { return func(m *Termios) { m.In ^= f } }
	for _, row := range []struct {
		name, keys  string
		modes       func(*Termios)
		shown, read string
		signals     string
	}{
		{"a line", "abc\r", nil, "abc\r\n", `"abc\n"`, ""},
		{"no line yet", "abc", nil, "abc", "EAGAIN", ""},
		{"erase", "abx\x7fc\r", nil, "abx\b \bc\r\n", `"abc\n"`, ""},
		{"erase without erasing", "ax\x7f\r", local(EchoE), "ax^?\r\n", `"a\n"`, ""},
		{"word", "one two  \x17\r", nil, "one two  " + strings.Repeat("\b \b", 5) + "\r\n", `"one \n"`, ""},
		{"kill", "ab\x15\r", nil, "ab\b \b\b \b\r\n", `"\n"`, ""},
		{"kill to a new line", "ab\x15\r", local(EchoKE), "ab^U\r\n\r\n", `"\n"`, ""},
		{"tab", "a\t\x7f\r", nil, "a\t" + strings.Repeat("\b", 7) + "\r\n", `"a\n"`, ""},
		{"control", "\x01\x7f", nil, "^A\b \b\b \b", "EAGAIN", ""},
		{"character of two bytes", "ä\x7f", in(IUTF8), "ä\b \b", "EAGAIN", ""},
		{"literal", "\x16\x03\r", nil, "^\b^C\r\n", `"\x03\n"`, ""},
		{"end of file", "\x04", nil, "", `""`, ""},
		{"end of file after text", "ab\x04", nil, "ab", `"ab"`, ""},
		{"interrupt", "ab\x03", nil, "ab^C", "EAGAIN", "interrupt 6"},
		{"interrupt without flush", "ab\x03\r", local(NoFlsh), "ab^C\r\n", `"ab\n"`, "interrupt 6"},
		{"quit and suspend", "\x1c\x1a", nil, "^\\^Z", "EAGAIN", "quit 6,suspend 6"},
		{"no signals", "\x03\r", local(ISig), "^C\r\n", `"\x03\n"`, ""},
		{"no echo", "ab\r", local(Echo), "", `"ab\n"`, ""},
		{"newlines only", "ab\r", local(Echo | EchoNL), "\r\n", `"ab\n"`, ""},
		{"reprint", "ab\x12", nil, "ab^R\r\nab", "EAGAIN", ""},
		{"return is nothing", "a\rb\n", in(IgnCR), "ab\r\n", `"ab\n"`, ""},
		{"stopped", "\x13ab\r", nil, "", `"ab\n"`, ""},
		{"stopped and started", "\x13ab\x11", nil, "ab", "EAGAIN", ""},
		{"any key starts", "\x13ab", in(IXAny), "ab", "EAGAIN", ""},
		{"an interrupt starts", "\x13ab\x03", nil, "^C", "EAGAIN", "interrupt 6"},
		{"raw", "a\r\x03\x13", raw, "", `"a\r\x03\x13"`, ""},
	} {
		t.Run(row.name, func(t *testing.T) {
			r := newRig(t, 0)
			if row.modes != nil {
				m := r.Termios()
				row.modes(&m)
				r.SetTermios(m, false)
			}
			want(t, "taken", r.Input([]byte(row.keys)), len(row.keys))
			want(t, "shown", fmt.Sprintf("%q", r.shown.String()), fmt.Sprintf("%q", row.shown))
			want(t, "read", r.read(100), row.read)
			want(t, "signals", strings.Join(r.signals, ","), row.signals)
		})
	}
}

func TestMinimum(t *testing.T) {
	for _, row := range []struct {
		min, time byte
		flags     fs.Flags
		typed     string
		size      int
		want      string
		ready     bool
	}{
		{0, 0, 0, "", 9, `""`, false}, {1, 0, 0, "", 9, "EAGAIN", false}, {1, 0, 0, "a", 9, `"a"`, true},
		{3, 0, 0, "ab", 9, "EAGAIN", false}, {3, 0, 0, "abc", 9, `"abc"`, true}, {3, 0, 0, "abcd", 2, `"ab"`, true},
		{3, 0, 0, "ab", 2, `"ab"`, false}, {3, 0, fs.ONonblock, "ab", 9, `"ab"`, false}, {3, 0, fs.ONonblock, "", 9, "EAGAIN", false},
		{0, 9, 0, "", 9, `""`, false}, {3, 9, 0, "", 9, "EAGAIN", false}, {3, 9, 0, "a", 9, `"a"`, true}, {3, 0, 0, "", 0, `""`, false},
	} {
		r := newRig(t, row.flags)
		m := r.Termios().Raw()
		m.Chars[VMin], m.Chars[VTime] = row.min, row.time
		r.SetTermios(m, false)
		r.Input([]byte(row.typed))
		what := fmt.Sprintf("min %d time %d %v, %q into %d", row.min, row.time, row.flags, row.typed, row.size)
		want(t, what+": poll", r.file.Poll()&fs.In != 0, row.ready)
		want(t, what, r.read(row.size), row.want)
	}
}

func TestPartsOfLines(t *testing.T) {
	r := newRig(t, 0)
	r.Input([]byte("abcd\nef\x04\x04g"))
	for i, text := range []string{`"abc"`, `"d\n"`, `"ef"`, `""`, "EAGAIN"} {
		want(t, fmt.Sprint("read ", i), r.read(3), text)
	}
	r.Input([]byte("hi\x04"))
	want(t, "all that fits, up to an end", r.read(3), `"ghi"`)
	want(t, "which is no end of file", r.read(3), "EAGAIN")
}

// TestFull types more than a terminal takes.
func TestFull(t *testing.T) {
	many := []byte(strings.Repeat("x", 5000))
	r := newRig(t, 0)
	want(t, "one line is taken", r.Input(many), len(many))
	want(t, "and its end", r.Input([]byte("\n")), 1)
	want(t, "but no more lines", r.Input([]byte("y\n")), 0)
	want(t, "length", len(r.read(9000)), len(`"\n"`)+maxInput)
	want(t, "then they are", r.Input([]byte("y\n")), 2)

	r = newRig(t, 0)
	r.SetTermios(r.Termios().Raw(), false)
	want(t, "bytes", r.Input(many), maxInput)
	r.read(10)
	want(t, "as many as were read", r.Input(many), 10)
}

// sleeper is a sleep.Waiter that counts.
type sleeper struct{ n int }

func (s *sleeper) Wakeup() { s.n++ }

func TestWriting(t *testing.T) {
	r := newRig(t, 0)
	write := func(s string) string {
		n, e := r.file.Write([]byte(s))
		return fmt.Sprint(n, " ", e)
	}
	want(t, "write", write("a\nb\t"), "4 OK")
	want(t, "shown", fmt.Sprintf("%q", r.shown.String()), `"a\r\nb\t"`)
	c := &sleeper{}
	r.file.WriteQueue().Add(c)
	r.Input([]byte{'S' & 31})
	want(t, "stopped", write("x"), "0 EAGAIN")
	want(t, "poll", r.file.Poll(), fs.Ready(0))
	r.Input([]byte{'Q' & 31})
	want(t, "woken", c.n, 1)
	want(t, "started", write("x"), "1 OK")
	r.Stop()
	m := r.Termios()
	m.In &^= IXOn
	r.SetTermios(m, false)
	want(t, "nobody could start it", r.Stopped(), false)
	_, e := r.file.Pread(make([]byte, 1), 0)
	want(t, "pread", e, errno.ESPIPE)
}

func TestModesChange(t *testing.T) {
	r := newRig(t, 0)
	r.Input([]byte("a\nb"))
	cooked := r.Termios()
	raw := cooked.Raw()
	r.SetTermios(raw, false)
	want(t, "all can be read", r.file.Buffered(), 3)
	r.SetTermios(cooked, false)
	want(t, "what was there is a line", r.read(9), `"a\nb"`)
	r.Input([]byte("c\n"))
	r.SetTermios(cooked, true)
	want(t, "flushed", r.read(9), "EAGAIN")
	r.Input([]byte("d"))
	r.SetTermios(raw, false)
	want(t, "an unfinished line", r.read(9), `"d"`)
}

func TestHangup(t *testing.T) {
	r := newRig(t, 0)
	reader, writer := &sleeper{}, &sleeper{}
	r.file.ReadQueue().Add(reader)
	r.file.WriteQueue().Add(writer)
	r.Input([]byte("abc"))
	r.Stop()
	r.Hangup()
	r.Hangup()
	want(t, "signals", r.signals, []string{"hang-up 6"})
	want(t, "woken", fmt.Sprint(reader.n > 0, writer.n > 0), "true true")
	want(t, "read", r.read(9), `""`)
	_, e := r.file.Write([]byte("x"))
	want(t, "write", e, errno.EIO)
	want(t, "poll", r.file.Poll(), fs.In|fs.Out|fs.Err|fs.Hup)
	want(t, "keys go nowhere", r.Input([]byte("x\n")), 2)
	want(t, "read again", r.read(9), `""`)
	_, e = r.Open(nil)
	want(t, "open", e, errno.EIO)
}

func TestWinsize(t *testing.T) {
	r := newRig(t, 0)
	r.SetWinsize(Winsize{Rows: 24, Cols: 80})
	r.SetWinsize(Winsize{Rows: 25, Cols: 80})
	r.Foreground = 0
	r.SetWinsize(Winsize{Rows: 26, Cols: 80})
	want(t, "signals", r.signals, []string{"window change 6"})
	want(t, "size", r.Winsize(), Winsize{Rows: 26, Cols: 80})
}

func TestDescribe(t *testing.T) {
	r := newRig(t, 0)
	want(t, "new", r.Describe(), "tty1: session 5, foreground group 6, 80x24 icanon isig echo")
	m := r.Termios()
	m.Local = m.Local&^Echo | ToStop
	r.SetTermios(m, false)
	r.Input([]byte("one\ntwo\x13"))
	r.file.ReadQueue().Add(&sleeper{})
	want(t, "in use", r.Describe(), `tty1: session 5, foreground group 6, 80x24 icanon isig -echo tostop, `+
		`typed "one\n" and, being edited, "two", output stopped, 1 asleep to read`)
	r.Hangup()
	want(t, "gone", strings.HasSuffix(r.Describe(), ", hung up, 1 asleep to read"), true)
}

// FuzzInput types anything with any modes, reads and writes in between, and checks what has
// to hold of the queue.
func FuzzInput(f *testing.F) {
	sane := Sane()
	f.Add([]byte("abc\x7f\x17\x15\r\x04\x03"), uint16(sane.In), uint16(sane.Out), uint16(sane.Local), byte(1), byte(0), byte(10))
	f.Add([]byte("\t\tä\x7f\x7f\x16\x16\x12\x13x\x11"), uint16(0xffff), uint16(0xffff), uint16(0xffff), byte(0), byte(3), byte(2))
	f.Add([]byte("a\nb\x04c"), uint16(sane.In), uint16(0), uint16(ICanon), byte(3), byte(0), byte(1))
	f.Fuzz(func(t *testing.T, keys []byte, in, out, local uint16, vmin, vtime, step byte) {
		r := newRig(t, 0)
		m := Sane()
		m.In, m.Out, m.Local = InFlags(in), OutFlags(out), LocalFlags(local)
		m.Chars[VMin], m.Chars[VTime] = vmin, vtime
		b := make([]byte, 7)
		keys = keys[:min(len(keys), 500)] // each VREPRINT shows all of a line
		for i := 0; len(keys) > 0; i++ {
			n := min(len(keys), max(int(step), 1))
			r.Input(keys[:n])
			keys = keys[n:]
			switch i % 4 {
			case 1:
				r.SetTermios(m, false)
			case 2:
				ready := r.file.Poll()&fs.In != 0
				if n, e := r.file.Read(b); ready && e != errno.OK || n > len(b) {
					t.Fatalf("ready to be read, and read %d, %v", n, e)
				}
			case 3:
				if n, e := r.file.Write(b); e == errno.OK != !r.stopped || e == errno.OK && n != len(b) {
					t.Fatalf("written %d, %v", n, e)
				}
			}
			check(t, r.Terminal)
		}
	})
}

// check is what has to hold of a terminal.
func check(t *testing.T, term *Terminal) {
	t.Helper()
	if term.complete < 0 || term.complete > len(term.queue) || len(term.queue) > maxInput+1 || len(term.held) > maxInput {
		t.Fatalf("%d of %d are finished, %d held back", term.complete, len(term.queue), len(term.held))
	}
	if term.column < 0 || term.lineColumn < 0 {
		t.Fatalf("columns %d, %d", term.column, term.lineColumn)
	}
	for i, c := range term.queue {
		if i >= term.complete && c.mark != inLine && term.modes.Local&ICanon != 0 {
			t.Fatal("a line's end in the line that is edited")
		}
	}
	if term.modes.Local&ICanon != 0 && term.complete > 0 && term.queue[term.complete-1].mark == inLine {
		t.Fatal("a finished line without an end")
	}
}
