package tty

// What is shown: output that is processed, and echoes.

// show passes bytes on.
func (t *Terminal) show(p []byte) {
	if len(p) > 0 {
		t.Output(p)
	}
}

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

// echoBytes shows bytes, or keeps them until output goes on.
func (t *Terminal) echoBytes(p []byte) {
	if !t.stopped {
		t.show(p)
	} else if len(t.held)+len(p) <= maxInput {
		t.held = append(t.held, p...)
	}
}

// echoPlain shows a byte as if it were written.
func (t *Terminal) echoPlain(b byte) { t.echoBytes(t.processed(nil, b)) }

// echo shows a byte that was typed.
func (t *Terminal) echo(b byte) {
	if t.modes.Local&EchoCtl == 0 || !isControl(b) || b == '\t' {
		t.echoPlain(b)
		return
	}
	t.column += 2
	t.echoBytes([]byte{'^', b ^ 0x40})
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
// begins at lineColumn or after a tab.
func (t *Terminal) eraseTab() {
	column := t.lineColumn
	for i := len(t.queue) - 1; i >= t.complete; i-- {
		c := t.queue[i].b
		if c == '\t' {
			column -= t.lineColumn
			break
		}
		switch {
		case !isControl(c) && !t.continues(c):
			column++
		case isControl(c) && t.modes.Local&EchoCtl != 0:
			column += 2
		}
	}
	for range 8 - column&7 {
		t.column = max(t.column-1, 0)
		t.echoBytes([]byte{'\b'})
	}
}

// isControl says whether a byte is a control character of ASCII.
func isControl(b byte) bool { return b < ' ' || b == 0x7f }
