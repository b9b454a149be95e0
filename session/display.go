package session

import (
	"errors"
	"fmt"
	"strconv"

	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/session/expr"
)

// Expressions that are shown at every stop.

// display is an expression that is shown at each stop.
type display struct {
	id   int
	text string
	fmt  expr.Format
}

func (s *Session) display(a *Args) error {
	f, text, err := cutFormat(a)
	if err != nil {
		return err
	}
	if text == "" {
		s.showDisplays()
		return nil
	}
	n, err := expr.Parse(text, s.env())
	if err != nil {
		return err
	}
	if s.process() != nil {
		_, err = n.Eval(s.env())
	}
	var unknown *expr.NotFoundError
	if errors.As(err, &unknown) {
		return err
	}
	s.nextDisp++
	d := &display{id: s.nextDisp, text: text, fmt: f}
	s.displays = append(s.displays, d)
	if err != nil { // memory that may be readable at the next stop
		return fmt.Errorf("display %d is set, but shows nothing yet: %w", d.id, err)
	}
	if s.process() != nil {
		s.showDisplay(d)
	}
	return nil
}

func (s *Session) undisplay(a *Args) error {
	if a.Text == "" {
		if err := s.confirm("Delete all auto-display expressions?"); err != nil {
			return err
		}
		s.displays = nil
		return nil
	}
	for _, w := range a.Words() {
		kept := s.displays[:0:0]
		for _, d := range s.displays {
			if strconv.Itoa(d.id) != w {
				kept = append(kept, d)
			}
		}
		if len(kept) == len(s.displays) {
			return fmt.Errorf("no display %s; \"info display\" lists them", w)
		}
		s.displays = kept
	}
	return nil
}

func (s *Session) showDisplays() {
	for _, d := range s.displays {
		s.showDisplay(d)
	}
}

// showDisplay shows one; what cannot be evaluated here is passed over, as it may be a
// local variable of elsewhere.
func (s *Session) showDisplay(d *display) {
	head := fmt.Sprintf("%d: ", d.id)
	if d.fmt.Letter == 'i' || d.fmt.Letter == 's' || d.fmt.Count > 0 || d.fmt.Size != 0 {
		v, err := s.evalInt(d.text)
		if err != nil {
			return
		}
		s.printf("%sx/%s %s\n", head, formatText(d.fmt), d.text)
		keep := s.xs
		s.xs = examineState{}
		if err := s.examine(&Args{Format: formatText(d.fmt), Text: fmt.Sprintf("%#x", uint64(v))}); err != nil {
			s.printf("%v\n", err)
		}
		s.xs = keep
		return
	}
	v, err := s.eval(d.text)
	if err != nil {
		return
	}
	slash := ""
	if d.fmt.Letter != 0 {
		slash = "/" + string(d.fmt.Letter) + " "
	}
	s.printf("%s%s%s = %s\n", head, slash, s.paint(tty.Name, d.text), s.showValue(v, d.fmt.Letter))
}

func formatText(f expr.Format) string {
	t := ""
	if f.Count > 0 {
		t = strconv.Itoa(f.Count)
	}
	for _, c := range []byte{f.Letter, f.Size} {
		if c != 0 {
			t += string(c)
		}
	}
	return t
}
