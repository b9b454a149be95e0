package doctor

import (
	"bufio"
	"fmt"
	"io"
)

// sgr are the colours of the levels: green, yellow, red (ECMA-48, SGR).
var sgr = [...]string{"\x1b[32m", "\x1b[33m", "\x1b[31m"}

// Render writes one line a finding, and its remedy on a line below. The columns are
// as wide as their longest word.
func Render(w io.Writer, findings []Finding, color bool) error {
	topic, level := 0, 0
	for _, f := range findings {
		topic, level = max(topic, len(f.Topic)), max(level, len(f.Level.String()))
	}
	out := bufio.NewWriter(w)
	for _, f := range findings {
		on, off := "", ""
		if color {
			on, off = sgr[f.Level], "\x1b[0m"
		}
		fmt.Fprintf(out, "%s%-*s%s  %-*s  %s\n", on, level, f.Level, off, topic, f.Topic, f.Text)
		if f.Remedy != "" {
			fmt.Fprintf(out, "%*s  %*s  -> %s\n", level, "", topic, "", f.Remedy)
		}
	}
	return out.Flush()
}

// Worst is the highest level among the findings; OK when there are none.
func Worst(findings []Finding) Level {
	worst := OK
	for _, f := range findings {
		worst = max(worst, f.Level)
	}
	return worst
}
