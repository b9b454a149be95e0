package tty

// What a terminal's state is, for people.

import (
	"fmt"
	"strings"
)

// names of the flags that Describe tells, in stty(1)'s way.
var localNames = []struct {
	flag LocalFlags
	name string
}{{ICanon, "icanon"}, {ISig, "isig"}, {Echo, "echo"}, {ToStop, "tostop"}, {NoFlsh, "noflsh"}}

// Describe is one line on who has the terminal, its modes, and what was typed and not read.
func (t *Terminal) Describe() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: session %d, foreground group %d, %dx%d", t.name, t.Session, t.Foreground, t.size.Cols, t.size.Rows)
	for _, row := range localNames {
		if t.modes.Local&row.flag != 0 {
			b.WriteString(" " + row.name)
		} else if row.flag&(ICanon|ISig|Echo) != 0 {
			b.WriteString(" -" + row.name)
		}
	}
	if finished, edited := t.Typed(); len(t.queue) > 0 {
		fmt.Fprintf(&b, ", typed %q", finished)
		if len(edited) > 0 {
			fmt.Fprintf(&b, " and, being edited, %q", edited)
		}
	}
	if t.stopped {
		b.WriteString(", output stopped")
	}
	if t.gone {
		b.WriteString(", hung up")
	}
	if n := t.readers.Len(); n > 0 {
		fmt.Fprintf(&b, ", %d asleep to read", n)
	}
	if n := t.writers.Len(); n > 0 {
		fmt.Fprintf(&b, ", %d asleep to write", n)
	}
	return b.String()
}
