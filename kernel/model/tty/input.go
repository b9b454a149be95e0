package tty

// What becomes of what is typed.

// Input is what the keyboard types. It says how many bytes were taken: fewer than there
// are if as much was typed already as may be, and is not read; one line that long goes on
// without what is too much of it.
func (t *Terminal) Input(p []byte) int {
	if t.gone {
		return len(p)
	}
	for i, b := range p {
		if len(t.queue) >= maxInput && (t.modes.Local&ICanon == 0 || t.complete > 0) {
			return i
		}
		t.typed(b)
	}
	return len(p)
}

// typed takes one byte.
func (t *Terminal) typed(b byte) {
	m := &t.modes
	if m.In&IStrip != 0 {
		b &= 0x7f
	}
	if t.literal {
		t.literal = false
		t.ordinary(b)
		return
	}
	if t.flow(b) || t.signals(b) {
		return
	}
	if t.stopped && m.In&(IXOn|IXAny) == IXOn|IXAny {
		t.Start()
	}
	mapped := b
	switch {
	case b == '\r' && m.In&IgnCR != 0:
		return
	case b == '\r' && m.In&ICRNL != 0:
		mapped = '\n'
	case b == '\n' && m.In&INLCR != 0:
		mapped = '\r'
	}
	if m.Local&ICanon != 0 && t.canonical(mapped) {
		return
	}
	if mapped == '\n' && mapped != b && m.Local&Echo != 0 { // not as ^J, if it came from a return
		t.echoPlain('\n')
		t.put(cell{b: '\n'})
		return
	}
	t.ordinary(mapped)
}

// flow is IXON's part.
func (t *Terminal) flow(b byte) bool {
	m := &t.modes
	switch {
	case m.In&IXOn == 0:
		return false
	case m.is(b, VStart):
		t.Start()
	case m.is(b, VStop):
		t.Stop()
	default:
		return false
	}
	return true
}

// signals is ISIG's part.
func (t *Terminal) signals(b byte) bool {
	m := &t.modes
	if m.Local&ISig == 0 {
		return false
	}
	var c Control
	switch {
	case m.is(b, VIntr):
		c = Intr
	case m.is(b, VQuit):
		c = Quit
	case m.is(b, VSusp):
		c = Susp
	default:
		return false
	}
	if m.Local&NoFlsh == 0 {
		t.FlushInput()
		t.FlushOutput()
	}
	if m.In&IXOn != 0 {
		t.Start()
	}
	if m.Local&Echo != 0 {
		t.echo(b)
	}
	t.signal(c)
	return true
}

// ordinary takes a byte without any special meaning.
func (t *Terminal) ordinary(b byte) {
	if t.modes.Local&Echo != 0 {
		t.echoFirst(b)
	}
	t.put(cell{b: b})
}

// echoFirst is echo of a byte that may be a line's first.
func (t *Terminal) echoFirst(b byte) {
	if t.complete == len(t.queue) {
		t.echoes(echo{what: lineBegin})
	}
	t.echo(b)
}

// put queues a byte; in a line that is as long as may be there is room for its end only.
func (t *Terminal) put(c cell) {
	canonical := t.modes.Local&ICanon != 0
	if canonical && c.mark == inLine && len(t.queue) >= maxInput {
		return
	}
	t.queue = append(t.queue, c)
	if c.mark != inLine {
		t.complete = len(t.queue)
	}
	if !canonical || c.mark != inLine {
		t.readers.Wake()
	}
}

// canonical is ICANON's part: editing, and the ends of lines.
func (t *Terminal) canonical(b byte) bool {
	m := &t.modes
	extended := m.Local&IExten != 0
	echo := m.Local&Echo != 0
	switch {
	case m.is(b, VErase), m.is(b, VKill), extended && m.is(b, VWErase):
		t.erase(b)
	case extended && m.is(b, VLNext):
		t.literal = true
		if echo && m.Local&EchoCtl != 0 {
			t.echoPlain('^')
			t.echoPlain('\b')
		}
	case extended && echo && m.is(b, VReprint):
		t.reprint(b)
	case b == '\n':
		if m.Local&(Echo|EchoNL) != 0 {
			t.echoPlain(b)
		}
		t.put(cell{b, endLine})
	case m.is(b, VEOF):
		t.put(cell{0, endFile})
	case m.is(b, VEOL), extended && m.is(b, VEOL2):
		if echo {
			t.echoFirst(b)
		}
		t.put(cell{b, endLine})
	default:
		return false
	}
	return true
}

// reprint shows the line once more.
func (t *Terminal) reprint(b byte) {
	t.echo(b)
	t.echoPlain('\n')
	for _, c := range t.queue[t.complete:] {
		t.echo(c.b)
	}
}

// erase takes a character, a word or all of the line that is edited.
func (t *Terminal) erase(b byte) {
	m := &t.modes
	if len(t.queue) == t.complete {
		return
	}
	one, word := m.is(b, VErase), !m.is(b, VErase) && m.is(b, VWErase) && m.Local&IExten != 0
	if visible := Echo | EchoE | EchoK | EchoKE; !one && !word && m.Local&visible != visible {
		t.queue = t.queue[:t.complete]
		if m.Local&Echo != 0 {
			t.echo(m.Chars[VKill])
			if m.Local&EchoK != 0 {
				t.echoPlain('\n')
			}
		}
		return
	}
	inWord := false
	for len(t.queue) > t.complete {
		last, c := t.lastChar()
		if last < 0 {
			return
		}
		if word {
			if isWord(c) {
				inWord = true
			} else if inWord {
				return
			}
		}
		t.queue = t.queue[:last]
		if m.Local&Echo != 0 {
			t.echoErase(c, one)
		}
		if one {
			return
		}
	}
}

// lastChar is where the last character of the line begins, and its first byte; -1 if only the
// rest of one is there.
func (t *Terminal) lastChar() (int, byte) {
	for i := len(t.queue) - 1; i >= t.complete; i-- {
		if c := t.queue[i].b; !t.continues(c) {
			return i, c
		}
	}
	return -1, 0
}

// continues says whether a byte is a later one of a character of UTF-8.
func (t *Terminal) continues(b byte) bool { return t.modes.In&IUTF8 != 0 && b&0xc0 == 0x80 }

// isWord says whether VWERASE counts a byte to a word: letters, those of Latin 1 too, and
// digits.
func isWord(b byte) bool {
	switch {
	case b == '_', '0' <= b && b <= '9', 'A' <= b && b <= 'Z', 'a' <= b && b <= 'z':
		return true
	}
	return b >= 0xc0 && b != 0xd7 && b != 0xf7
}
