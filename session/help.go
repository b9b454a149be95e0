package session

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trapline/trapline/internal/tty"
)

// Help, the search through it, and the manual page in Markdown, all from the table.

func (s *Session) help(a *Args) error {
	if a.Text == "" {
		return s.helpAll()
	}
	rows, parent := table, ""
	var c *Command
	for _, word := range a.Words() {
		found, err := find(rows, word, parent)
		if err != nil {
			return err
		}
		c, rows, parent = found, found.Sub, strings.TrimSpace(parent+" "+found.Name())
	}
	s.printf("%s %s\n", s.paint(tty.Heading, parent), c.Args)
	if len(c.Names) > 1 {
		s.printf("Also: %s\n", strings.Join(c.Names[1:], ", "))
	}
	s.printf("%s.\n", capital(c.Short))
	if c.Long != "" {
		s.printf("\n%s\n", strings.TrimSpace(c.Long))
	}
	if len(c.Sub) > 0 {
		s.printf("\n")
		for i := range c.Sub {
			s.helpLine(&c.Sub[i])
		}
	}
	return nil
}

func (s *Session) helpAll() error {
	for class := range nClasses {
		s.printf("%s\n", s.paint(tty.Heading, classTitles[class]))
		for i := range table {
			if table[i].Class == class {
				s.helpLine(&table[i])
			}
		}
	}
	s.printf("\nhelp COMMAND says more; apropos WORD searches. Any unambiguous beginning of a name will do.\n")
	return nil
}

func (s *Session) helpLine(c *Command) {
	s.printf("  %s%s %s\n", s.paint(tty.Name, c.Name()), strings.Repeat(" ", max(0, 15-len(c.Name()))), c.Short)
}

func (s *Session) apropos(a *Args) error {
	if a.Text == "" {
		return fmt.Errorf("apropos needs a word to look for")
	}
	want, found := strings.ToLower(a.Text), false
	var search func(rows []Command, parent string)
	search = func(rows []Command, parent string) {
		for i := range rows {
			c := &rows[i]
			full := strings.TrimSpace(parent + " " + c.Name())
			if strings.Contains(strings.ToLower(full+" "+c.Short+" "+c.Long), want) {
				s.printf("%s -- %s\n", s.paint(tty.Name, full), c.Short)
				found = true
			}
			search(c.Sub, full)
		}
	}
	search(table, "")
	if !found {
		return fmt.Errorf("no command's help mentions %q", a.Text)
	}
	return nil
}

func capital(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// Manual is docs/commands.md.
func Manual() string {
	var b strings.Builder
	b.WriteString("# Commands\n\nGenerated from the command table (`session/table.go`) by `go test ./session -update`; do not edit.\n\n" +
		"Any unambiguous beginning of a name is accepted. An empty line repeats the last command where that is harmless.\n" +
		"LOCATION is `function`, `file:line`, `line`, `+n`, `-n`, `file:function` or `*ADDRESS`; EXPR is a C expression over\n" +
		"variables, registers (`$rax`), memory and history (`$`, `$1`).\n")
	for class := range nClasses {
		fmt.Fprintf(&b, "\n## %s\n", classTitles[class])
		for i := range table {
			if table[i].Class == class {
				manualRow(&b, &table[i], "", 3)
			}
		}
	}
	return b.String()
}

func manualRow(b *strings.Builder, c *Command, parent string, level int) {
	full := strings.TrimSpace(parent + " " + c.Name())
	fmt.Fprintf(b, "\n%s %s\n\n", strings.Repeat("#", level), full)
	fmt.Fprintf(b, "`%s`", strings.TrimSpace(full+" "+c.Args))
	if len(c.Names) > 1 {
		fmt.Fprintf(b, " (also %s)", "`"+strings.Join(c.Names[1:], "`, `")+"`")
	}
	fmt.Fprintf(b, "\n\n%s.\n", capital(c.Short))
	if c.Long != "" {
		fmt.Fprintf(b, "\n%s\n", strings.TrimSpace(c.Long))
	}
	subs := slices.Clone(c.Sub)
	slices.SortFunc(subs, func(x, y Command) int { return strings.Compare(x.Name(), y.Name()) })
	for i := range subs {
		manualRow(b, &subs[i], full, level+1)
	}
}
