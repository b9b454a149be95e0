package main

import (
	"fmt"
	"strings"

	"github.com/trapline/trapline/session"
)

// commandsPage is trapline-commands(7), the manual of the prompt, which session writes
// in Markdown from its command table: headings, paragraphs, indented code, `code`.
func commandsPage() []byte {
	var r roff
	fmt.Fprintf(&r, ".TH %s 7 \"\" trapline \"trapline manual\"\n", roffEscape("TRAPLINE-COMMANDS"))
	r.section("NAME")
	r.WriteString(roffEscape("trapline-commands") + ` \- commands of the trapline debugger` + "\n")
	r.section("DESCRIPTION")
	var block []string
	flush := func() {
		if text := strings.Trim(strings.Join(block, "\n"), "\n"); text != "" {
			r.text(text)
		}
		block = block[:0]
	}
	for _, line := range strings.Split(session.Manual(), "\n") {
		if strings.HasPrefix(line, "Generated from ") {
			continue
		}
		level := len(line) - len(strings.TrimLeft(line, "#"))
		if level == 0 || !strings.HasPrefix(line[level:], " ") {
			block = append(block, line)
			continue
		}
		flush()
		heading := roffEscape(strings.TrimSpace(line[level:]))
		switch level {
		case 1: // the page's own title
		case 2:
			r.section(strings.ToUpper(heading))
		default:
			fmt.Fprintf(&r, ".SS %s\n", heading)
		}
	}
	flush()
	r.section("SEE ALSO")
	r.WriteString(`\fBtrapline\fP(1)` + "\n")
	return r.Bytes()
}
