package tty

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"
)

func openPty(t *testing.T) (master *os.File, slave *TTY) {
	t.Helper()
	m, s, err := pty.Open()
	if err != nil {
		t.Skipf("no pseudo-terminal here: %v", err)
	}
	t.Cleanup(func() { m.Close(); s.Close() })
	slave, err = New(s)
	if err != nil {
		t.Fatal(err)
	}
	return m, slave
}

func TestModes(t *testing.T) {
	_, slave := openPty(t)
	before, err := slave.Modes()
	if err != nil {
		t.Fatal(err)
	}
	raw := before
	raw.termios.Lflag &^= unix.ECHO | unix.ICANON
	if err := slave.SetModes(raw); err != nil {
		t.Fatal(err)
	}
	got, err := slave.Modes()
	if err != nil {
		t.Fatal(err)
	}
	if got != raw || got == before {
		t.Errorf("modes are %+v, want %+v", got, raw)
	}
	if err := slave.SetModes(before); err != nil {
		t.Fatal(err)
	}
	if got, _ := slave.Modes(); got != before {
		t.Errorf("modes restored are %+v, want %+v", got, before)
	}
}

func TestSize(t *testing.T) {
	master, slave := openPty(t)
	if c, r := slave.Size(); c != 80 || r != 24 {
		t.Errorf("a fresh pty is %d by %d, want the 80 by 24 assumed", c, r)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 11, Cols: 33}); err != nil {
		t.Fatal(err)
	}
	if c, r := slave.Size(); c != 33 || r != 11 {
		t.Errorf("size is %d by %d, want 33 by 11", c, r)
	}
}

func TestNotATerminal(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "plain"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if IsTerminal(f) {
		t.Error("a plain file passes for a terminal")
	}
	if _, err := New(f); err == nil {
		t.Error("New takes a plain file for a terminal")
	}
	if c, r := Size(f); c != 80 || r != 24 {
		t.Errorf("a plain file is %d by %d, want 80 by 24", c, r)
	}
	if p := NewProgress(f, "reading"); p != nil {
		t.Error("progress is drawn on a plain file")
	}
}

func TestColour(t *testing.T) {
	for _, row := range []struct {
		when          string
		terminal      bool
		term, noColor string
		want          bool
	}{
		{"auto", true, "xterm", "", true},
		{"auto", true, "xterm", "1", false},
		{"auto", true, "dumb", "", false},
		{"auto", true, "", "", false},
		{"auto", false, "xterm", "", false},
		{"always", false, "dumb", "1", true},
		{"never", true, "xterm", "", false},
	} {
		var w When
		if err := w.Set(row.when); err != nil {
			t.Fatal(err)
		}
		env := map[string]string{"TERM": row.term, "NO_COLOR": row.noColor}
		if got := w.colour(row.terminal, func(k string) string { return env[k] }); got != row.want {
			t.Errorf("%+v: coloured is %v", row, got)
		}
		if w.String() != row.when {
			t.Errorf("%q prints as %q", row.when, w)
		}
	}
	var w When
	if err := w.Set("sometimes"); err == nil {
		t.Error("--color=sometimes is accepted")
	}
}

func TestPaint(t *testing.T) {
	for _, row := range []struct {
		on    bool
		style Style
		in    string
		want  string
	}{
		{true, Error, "no", "\x1b[1;31mno\x1b[0m"},
		{true, Plain, "no", "no"},
		{true, Error, "", ""},
		{true, nStyles, "no", "no"},
		{false, Error, "no", "no"},
	} {
		if got := (Palette{row.on}).Paint(row.style, row.in); got != row.want {
			t.Errorf("Paint(%v, %v, %q) = %q, want %q", row.on, row.style, row.in, got, row.want)
		}
	}
}

func TestProgress(t *testing.T) {
	clock := time.Unix(1000, 0)
	width := 80
	var out bytes.Buffer
	p := newProgress(&out, "symbols", func() time.Time { return clock }, func() int { return width })

	steps := []struct {
		after       time.Duration
		width       int
		done, total int64
		want        string
	}{
		{0, 80, 1, 100, ""},
		{499 * time.Millisecond, 80, 2, 100, ""},
		{1 * time.Millisecond, 80, 3, 100, "\r\x1b[Ksymbols:   3%"},
		{50 * time.Millisecond, 80, 4, 100, ""},
		{50 * time.Millisecond, 80, 250, 100, "\r\x1b[Ksymbols: 100%"},
		{100 * time.Millisecond, 80, 7, 0, "\r\x1b[Ksymbols: 7"},
		{100 * time.Millisecond, 10, 50, 100, "\r\x1b[K…ls:  50%"},
	}
	for i, s := range steps {
		clock, width = clock.Add(s.after), s.width
		out.Reset()
		p.Update(s.done, s.total)
		if diff := cmp.Diff(s.want, out.String()); diff != "" {
			t.Errorf("step %d (-want +got):\n%s", i, diff)
		}
	}
	out.Reset()
	p.Done()
	p.Done()
	if diff := cmp.Diff("\r\x1b[K", out.String()); diff != "" {
		t.Errorf("erasing (-want +got):\n%s", diff)
	}
}

func TestProgressShownNever(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out, "quick", func() time.Time { return time.Unix(0, 0) }, func() int { return 80 })
	p.Update(1, 2)
	p.Done()
	if out.Len() != 0 {
		t.Errorf("a quick operation drew %q", out.String())
	}
	var none *Progress
	none.Update(1, 2)
	none.Done()
}
