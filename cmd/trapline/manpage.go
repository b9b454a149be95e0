package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// Manual pages in man(7) form, one for the command as a whole and one per verb,
// derived from the command tree. cobra/doc would do it too, at the price of a
// Markdown parser in the binary.

// manPages are the pages by their place under a manual's root: man1/trapline.1,
// man1/trapline-run.1 and so on, and man7/trapline-commands.7 for the prompt.
func manPages(root *cobra.Command) (map[string][]byte, error) {
	pages := map[string][]byte{pageName(root): manPage(root)}
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			pages[pageName(c)] = manPage(c)
		}
	}
	pages["man7/trapline-commands.7"] = commandsPage()
	return pages, nil
}

func pageTitle(c *cobra.Command) string { return strings.ReplaceAll(c.CommandPath(), " ", "-") }
func pageName(c *cobra.Command) string  { return "man1/" + pageTitle(c) + ".1" }

// roff builds one page.
type roff struct{ bytes.Buffer }

// section starts a section with a heading.
func (r *roff) section(title string) { fmt.Fprintf(r, ".SH %s\n", title) }

// text writes prose: blank lines separate paragraphs, indented lines stand as they are.
func (r *roff) text(s string) {
	indented := false
	for _, line := range strings.Split(strings.TrimRight(s, "\n"), "\n") {
		if code := strings.HasPrefix(line, "  "); code != indented && line != "" {
			r.WriteString(map[bool]string{true: ".PP\n.nf\n", false: ".fi\n"}[code])
			indented = code
		}
		if line == "" {
			r.WriteString(".PP\n")
		} else {
			r.WriteString(bold(roffEscape(line)) + "\n")
		}
	}
	if indented {
		r.WriteString(".fi\n")
	}
}

// bold turns `code` into bold; a backquote without its pair stays.
func bold(s string) string {
	parts := strings.Split(s, "`")
	for i := 1; i+1 < len(parts); i += 2 {
		parts[i] = `\fB` + parts[i] + `\fP`
	}
	if len(parts)%2 == 0 {
		parts[len(parts)-1] = "`" + parts[len(parts)-1]
	}
	return strings.Join(parts, "")
}

// item writes a tagged paragraph.
func (r *roff) item(tag, text string) {
	fmt.Fprintf(r, ".TP\n.B %s\n%s\n", roffEscape(tag), roffEscape(text))
}

// roffEscape keeps text from being taken for requests and escapes.
func roffEscape(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`).Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}

func manPage(c *cobra.Command) []byte {
	var r roff
	fmt.Fprintf(&r, ".TH %s 1 \"\" trapline \"trapline manual\"\n", strings.ToUpper(roffEscape(pageTitle(c))))
	r.section("NAME")
	r.WriteString(roffEscape(pageTitle(c)) + ` \- ` + roffEscape(lowerFirst(c.Short)) + "\n")
	r.section("SYNOPSIS")
	r.WriteString(".nf\n" + roffEscape(synopsis(c)) + "\n.fi\n")
	r.section("DESCRIPTION")
	long, _ := strings.CutSuffix(c.Long, rootStatus)
	if long == "" {
		long = c.Short + "."
	}
	r.text(long)
	manCommands(&r, c)
	manFlags(&r, "OPTIONS", c.NonInheritedFlags())
	manFlags(&r, "GLOBAL OPTIONS", c.InheritedFlags())
	if c.Example != "" {
		r.section("EXAMPLES")
		r.text(c.Example)
	}
	r.section("EXIT STATUS")
	r.text(rootStatus)
	manSeeAlso(&r, c)
	return r.Bytes()
}

func synopsis(c *cobra.Command) string {
	if !c.HasParent() {
		return "trapline COMMAND [flags] ...\ntrapline [flags] -x FILE"
	}
	var lines []string
	for _, line := range strings.Split(c.UseLine(), "\n") {
		lines = append(lines, strings.TrimSpace(line))
	}
	return strings.Join(lines, "\n")
}

func manCommands(r *roff, c *cobra.Command) {
	if !c.HasAvailableSubCommands() {
		return
	}
	r.section("COMMANDS")
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			r.item(sub.Name(), sub.Short+".")
		}
	}
}

func manFlags(r *roff, title string, flags *pflag.FlagSet) {
	if !flags.HasAvailableFlags() {
		return
	}
	r.section(title)
	flags.VisitAll(func(f *pflag.Flag) {
		if f.Hidden {
			return
		}
		value, usage := pflag.UnquoteUsage(f)
		tag := "--" + f.Name
		if f.Shorthand != "" {
			tag = "-" + f.Shorthand + ", " + tag
		}
		if value != "" {
			tag += " " + value
		}
		r.item(tag, usage+".")
	})
}

func manSeeAlso(r *roff, c *cobra.Command) {
	r.section("SEE ALSO")
	var refs []string
	if c.HasParent() {
		refs = append(refs, `\fB`+roffEscape(pageTitle(c.Parent()))+`\fP(1)`)
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			refs = append(refs, `\fB`+roffEscape(pageTitle(sub))+`\fP(1)`)
		}
	}
	r.WriteString(strings.Join(append(refs, `\fBtrapline\-commands\fP(7)`, `\fBptrace\fP(2)`), ",\n") + "\n")
}

func lowerFirst(s string) string {
	if s == "" {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
