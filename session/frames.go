package session

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/trapline/trapline/elfinfo/cfi"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/tracer"
)

// Frame is one activation of a function, or of a function inlined in the one around.
type Frame struct {
	cfi.Frame
	num    int
	fn     string // "" unknown
	low    uint64 // where the function begins
	file   string
	line   int
	mid    bool // pc is inside the line, not at its beginning
	inline bool // its code is part of the next frame's
	around bool // it is what the frame before was inlined into
	mod    *module
	th     *tracer.Thread
	scope  scope // what the debug information knows of it
}

// place identifies a frame across stops.
type place struct {
	fn  string
	cfa uint64
	tid int
}

// stackCache keeps the frames of one thread until it runs.
type stackCache struct {
	th     *tracer.Thread
	frames []Frame
	max    int
	why    cfi.Reason
	err    error
}

func (c *stackCache) forget() { *c = stackCache{} }

// defaultFrames is how many frames are unwound when nobody asks for more.
const defaultFrames = 64

// frames unwinds a thread's stack, at least n frames of it if there are so many.
func (s *Session) frames(th *tracer.Thread, n int) ([]Frame, error) {
	if s.stack.th == th && (s.stack.max >= n || s.stack.why != cfi.TooDeep) {
		return s.stack.frames, nil
	}
	set, err := th.Regs(regs.General)
	if err != nil {
		return nil, err
	}
	inf := s.inferiorOf(th.Process)
	u := s.unwinder(inf)
	raw, why, err := u.Frames(set, n)
	s.stack = stackCache{th: th, max: n, why: why, err: err}
	for i := range raw {
		for _, f := range s.describe(inf, th, &raw[i]) {
			f.num = len(s.stack.frames)
			s.stack.frames = append(s.stack.frames, f)
		}
		if f := &s.stack.frames[len(s.stack.frames)-1]; s.isMain(f) && !s.opts.pastMain {
			s.stack.why, s.stack.err = cfi.Outermost, nil
			break
		}
	}
	return s.stack.frames, nil
}

// isMain says whether a frame is the program's main function: what called it is the
// start-up code, which interests few.
func (s *Session) isMain(f *Frame) bool {
	return f.mod != nil && f.mod.main && (f.fn == "main" || f.fn == "main.main")
}

func (s *Session) unwinder(inf *Inferior) *cfi.Unwinder {
	m := &inf.mods
	if m.unwind == nil {
		m.unwind = &cfi.Unwinder{
			Mem: inf.Proc,
			ModuleAt: func(pc uint64) (cfi.Module, bool) {
				mod := m.at(pc)
				if mod == nil {
					return cfi.Module{}, false
				}
				return cfi.Module{Table: mod.cfi, Bias: mod.bias}, true
			},
			Symbol: func(pc uint64) (string, uint64, bool) {
				mod := m.at(pc)
				if mod == nil {
					return "", 0, false
				}
				found, ok := mod.elf.Symbols().Lookup(pc - mod.bias)
				return found.Name, found.Value + mod.bias, ok
			},
		}
	}
	return m.unwind
}

// describe names a raw frame; code inlined at its pc gives frames of its own, before
// that of the function around.
func (s *Session) describe(inf *Inferior, th *tracer.Thread, raw *cfi.Frame) []Frame {
	f := Frame{Frame: *raw, th: th}
	pc := raw.LookupPC()
	f.mod = inf.mods.at(pc)
	if f.mod == nil {
		return []Frame{f}
	}
	vaddr := pc - f.mod.bias
	low, _, name := f.mod.function(vaddr)
	f.fn, f.low = name, low+f.mod.bias
	if at, ok := inf.mods.line(pc); ok {
		f.file, f.line = at.file, at.line
		f.mid = raw.PC() != at.row || raw.Flags&cfi.ReturnAddr != 0
	}
	return f.mod.debug.frames(vaddr, f)
}

// selected is the frame commands are about.
func (s *Session) selected() (*Frame, error) {
	th, err := s.current()
	if err != nil {
		return nil, err
	}
	frames, err := s.frames(th, max(s.frame+1, defaultFrames))
	if err != nil {
		return nil, err
	}
	if s.frame >= len(frames) {
		s.frame = max(0, len(frames)-1)
	}
	if len(frames) == 0 {
		return nil, fmt.Errorf("thread %d has no stack", s.number(th.TID))
	}
	return &frames[s.frame], nil
}

// frameLine is "#1  0x... in f (x=1) at a.c:12", without the number if that is not
// wanted.
func (s *Session) frameLine(f *Frame, number, args bool) string {
	var b strings.Builder
	if number {
		fmt.Fprintf(&b, "#%-2d ", f.num)
	}
	if (f.line == 0 || f.mid || number && f.num > 0 && !f.inline && f.Flags&cfi.ReturnAddr != 0) && !f.around {
		fmt.Fprintf(&b, "%s in ", s.paint(tty.Address, fmt.Sprintf("0x%016x", f.PC())))
	}
	if f.Flags&cfi.Signal != 0 {
		b.WriteString("<signal handler called>")
		return b.String()
	}
	name := f.fn
	if name == "" {
		name = "??"
	}
	b.WriteString(s.paint(tty.Function, name))
	b.WriteString(" (")
	if args {
		b.WriteString(s.argsText(f))
	}
	b.WriteString(")")
	switch {
	case f.line != 0:
		fmt.Fprintf(&b, " at %s", s.paint(tty.File, fmt.Sprintf("%s:%d", s.shortFile(f.file), f.line)))
	case f.mod != nil:
		fmt.Fprintf(&b, " from %s", s.paint(tty.File, f.mod.path))
	}
	return b.String()
}

// shortFile shows a source file as briefly as is clear: below the directory we are in
// it is relative.
func (s *Session) shortFile(path string) string {
	if rel, err := filepath.Rel(s.cwd(), path); err == nil && !strings.HasPrefix(rel, "..") && filepath.IsAbs(path) {
		return rel
	}
	return path
}

// showStop prints where the selected thread is: the frame line if it is a new one, and
// the source line.
func (s *Session) showStop(full bool, before place) {
	f, err := s.selected()
	if err != nil {
		s.printf("%v\n", err)
		return
	}
	s.place = place{f.fn, f.CFA, int(f.th.TID)}
	if full || s.place != before || f.line == 0 {
		s.printf("%s\n", s.frameLine(f, false, true))
		s.showLine(f, false)
		return
	}
	s.showLine(f, f.mid)
}

// showHere prints the selected frame as after a switch of thread or program.
func (s *Session) showHere() {
	s.showStop(true, place{})
}

func (s *Session) showLine(f *Frame, address bool) {
	if f.line == 0 {
		if s.opts.disassembleNext {
			s.showInsn(f.PC())
		}
		return
	}
	lead := ""
	if address {
		lead = s.paint(tty.Address, fmt.Sprintf("%#x", f.PC())) + "\t"
	}
	text, err := s.sourceLine(f.mod, f.file, f.line)
	if err != nil {
		s.printf("%s%d\tin %s\n", lead, f.line, s.shortFile(f.file))
		return
	}
	s.printf("%s%d\t%s\n", lead, f.line, text)
	s.lists = listState{file: f.file, mod: f.mod, around: f.line}
}

// frame, up and down.

func (s *Session) frameCommand(a *Args) error {
	n := s.frame
	if a.Text != "" {
		v, err := s.evalInt(a.Text)
		if err != nil {
			return err
		}
		n = int(v)
	}
	return s.selectFrame(n, false)
}

func moveFrame(by int) func(*Session, *Args) error {
	return func(s *Session, a *Args) error {
		n := 1
		if a.Text != "" {
			v, err := s.evalInt(a.Text)
			if err != nil {
				return err
			}
			n = int(v)
		}
		return s.selectFrame(s.frame+by*n, true)
	}
}

// selectFrame shows a frame and makes it the selected one. Moving beyond the ends goes
// to the end, unless it is where one is.
func (s *Session) selectFrame(n int, move bool) error {
	th, err := s.current()
	if err != nil {
		return err
	}
	frames, err := s.frames(th, max(n+1, defaultFrames))
	if err != nil {
		return err
	}
	switch {
	case move && n >= len(frames):
		if s.frame == len(frames)-1 {
			return fmt.Errorf("this is the outermost frame; there is nothing above")
		}
		n = len(frames) - 1
	case move && n < 0:
		if s.frame == 0 {
			return fmt.Errorf("this is the innermost frame; there is nothing below")
		}
		n = 0
	case n < 0 || n >= len(frames):
		return fmt.Errorf("no frame %d; the stack has frames 0 to %d", n, len(frames)-1)
	}
	s.frame = n
	f := &frames[n]
	s.printf("%s\n", s.frameLine(f, true, true))
	s.lists = listState{}
	s.showLine(f, false)
	return nil
}

// backtrace prints the stack: all of it, the innermost N, or with -N the outermost.
func (s *Session) backtrace(a *Args) error {
	th, err := s.current()
	if err != nil {
		return err
	}
	limit, outer, full, word := s.opts.backtraceLimit, 0, false, ""
	for _, word = range a.Words() {
		if strings.HasPrefix("-full", word) || strings.HasPrefix("full", word) {
			full = true
			continue
		}
		v, err := s.evalInt(word)
		if err != nil {
			return err
		}
		if limit = int(v); limit < 0 {
			limit, outer = cfi.DefaultDepth, -limit
		}
	}
	frames, err := s.frames(th, limit+1)
	if err != nil {
		return err
	}
	more := len(frames) > limit
	frames = frames[:min(len(frames), limit)]
	if outer > 0 && outer < len(frames) {
		frames = frames[len(frames)-outer:]
	}
	for i := range frames {
		s.printf("%s\n", s.frameLine(&frames[i], true, true))
		if full {
			s.printLocals(&frames[i], "        ")
		}
	}
	switch {
	case more:
		s.printf("(More stack frames follow...)\n")
	case !s.stack.why.Proper() && s.stack.why != cfi.TooDeep:
		s.printf("Backtrace stopped: %v\n", describeEnd(s.stack.why, s.stack.err))
	}
	return nil
}

func describeEnd(why cfi.Reason, err error) string {
	if err != nil {
		return err.Error()
	}
	return why.String()
}
