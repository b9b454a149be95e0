package tty

// What is shown: output that is processed, and echoes.

// processed is what is shown of a byte that is written, after OPOST. The column is kept
// for tabs that are erased.
func (t *Terminal) processed(out []byte, b byte) []byte {
	flags := t.modes.Out
	if flags&OPost == 0 {
		return append(out, b)
	}
	if b == '\r' && flags&OCRNL != 0 {
		if b = '\n'; flags&ONLRet != 0 {
			t.column, t.lineColumn = 0, 0
		}
		return append(out, b)
	}
	switch {
	case b == '\n':
		if flags&(ONLRet|ONLCR) != 0 {
			t.column = 0
		}
		if t.lineColumn = t.column; flags&ONLCR != 0 {
			out = append(out, '\r')
		}
	case b == '\r':
		t.column, t.lineColumn = 0, 0
	case b == '\t':
		t.column += 8 - t.column&7
	case b == '\b':
		t.column = max(t.column-1, 0)
	case !isControl(b) && !t.continues(b):
		t.column++
	}
	return append(out, b)
}

// echo is something to show of what was typed. As the columns of a line depend on what was
// shown before it, echoes that are held back are worked out when output goes on.
type echo struct {
	what echoKind
	b    byte // plain, control
	n    int  // tab: how many columns wide what is left before it is
}

type echoKind uint8

const (
	plain     echoKind = iota // b, as if it were written
	control                   // b, as ^X
	lineBegin                 // nothing: here the line begins that is edited
	tab                       // go back over a tab, which came after another one
	firstTab                  // or was the line's first
)

// echoes shows something, or keeps it until output goes on.
func (t *Terminal) echoes(e echo) {
	if !t.stopped {
		t.showEcho(e)
	} else if len(t.held) < maxInput {
		t.held = append(t.held, e)
	}
}

func (t *Terminal) showEcho(e echo) {
	switch e.what {
	case plain:
		t.Output(t.processed(nil, e.b))
	case control:
		t.column += 2
		t.Output([]byte{'^', e.b ^ 0x40})
	case lineBegin:
		t.lineColumn = t.column
	case firstTab:
		t.back(8 - (e.n+t.lineColumn)&7)
	case tab:
		t.back(8 - e.n&7)
	}
}

// back moves the cursor to the left.
func (t *Terminal) back(n int) {
	for range n {
		t.column = max(t.column-1, 0)
		t.Output([]byte{'\b'})
	}
}

// echoPlain shows a byte as if it were written.
func (t *Terminal) echoPlain(b byte) { t.echoes(echo{what: plain, b: b}) }

// echo shows a byte that was typed.
func (t *Terminal) echo(b byte) {
	what := plain
	if t.modes.Local&EchoCtl != 0 && isControl(b) && b != '\t' {
		what = control
	}
	t.echoes(echo{what: what, b: b})
}

// echoErase shows that a character has gone, which began with c.
func (t *Terminal) echoErase(c byte, one bool) {
	m := &t.modes
	width := 1
	switch {
	case one && m.Local&EchoE == 0:
		t.echo(m.Chars[VErase])
		return
	case c == '\t':
		t.eraseTab()
		return
	case isControl(c) && m.Local&EchoCtl != 0:
		width = 2
	case isControl(c):
		width = 0
	}
	for range width {
		for _, b := range []byte("\b \b") {
			t.echoPlain(b)
		}
	}
}

// eraseTab goes back to where the tab began: the end of what is left of the line, which
// is counted from its beginning or from the tab before.
func (t *Terminal) eraseTab() {
	e := echo{what: firstTab}
	for i := len(t.queue) - 1; i >= t.complete && e.what == firstTab; i-- {
		switch c := t.queue[i].b; {
		case c == '\t':
			e.what = tab
		case !isControl(c) && !t.continues(c):
			e.n++
		case isControl(c) && t.modes.Local&EchoCtl != 0:
			e.n += 2
		}
	}
	t.echoes(e)
}

// isControl says whether a byte is a control character of ASCII.
func isControl(b byte) bool { return b < ' ' || b == 0x7f }
