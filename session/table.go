package session

import (
	"fmt"
	"slices"
	"strings"

	"github.com/trapline/trapline/internal/spell"
)

// The commands are rows of one table. Help, completion, the abbreviations that are
// accepted and docs/commands.md all come from it; a command that is not in the table
// does not exist.

// Command is one row.
type Command struct {
	Names    []string // the name, then abbreviations and other names
	Args     string   // "[LOCATION] [if COND]"
	Short    string   // one line, lower case, no full stop
	Long     string   // paragraphs; may be empty
	Class    Class    // chapter of the manual; subcommands have that of their parent
	Complete Complete // what its arguments are
	Repeat   Repeat   // what an empty line after it does
	Needs    Needs    // what must exist for it to make sense
	Sub      []Command
	Run      func(*Session, *Args) error
}

// Name is the full name.
func (c *Command) Name() string { return c.Names[0] }

// Args is what follows a command's name.
type Args struct {
	Cmd    *Command
	Format string // after a slash that touches the name: x/4xw
	Text   string // the rest of the line, trimmed
}

// Words splits the rest at white space.
func (a *Args) Words() []string { return strings.Fields(a.Text) }

// Class is a chapter of the manual.
type Class uint8

// The chapters, in the order of the manual.
const (
	Running Class = iota
	Breaking
	Stack
	Data
	Status
	Support
	nClasses
)

var classTitles = [nClasses]string{"Running the program", "Stop-points", "Frames and source", "Data and memory",
	"What is known", "The debugger itself"}

// Complete is the kind of thing an argument names.
type Complete uint8

// The kinds of completion.
const (
	CompleteNothing Complete = iota
	CompleteLocation
	CompleteExpr
	CompleteFile
	CompleteCommand
	CompleteSignal
	CompleteRegister
	CompleteSyscall
	CompleteBreakpoint
	CompleteThread
	CompleteView
)

// Repeat is what an empty line after a command does.
type Repeat uint8

// The ways to repeat.
const (
	RepeatNothing Repeat = iota // running it twice by accident would hurt, or is useless
	RepeatSame                  // the same line again
	RepeatBare                  // the command without arguments, which goes on where it was
)

// Needs is the precondition of a command.
type Needs uint8

// The preconditions.
const (
	NeedsNothing Needs = iota
	NeedsProcess       // a live tracee
	NeedsProgram       // a program file, running or not
)

// table is filled at start: its functions refer to it.
var table []Command

func init() {
	table = slices.Concat(runCommands(), stepCommands(), breakCommands(), watchCommands(), stackCommands(), dataCommands(),
		statusCommands(), supportCommands())
	for i := range table {
		inherit(&table[i])
	}
	slices.SortStableFunc(table, func(a, b Command) int { return int(a.Class) - int(b.Class) })
}

func inherit(c *Command) {
	for i := range c.Sub {
		c.Sub[i].Class = c.Class
		inherit(&c.Sub[i])
	}
}

// Commands is the table, by chapter.
func Commands() []Command { return table }

// find matches a word against rows: a name as it stands, else the only one that
// starts with it. The error names the candidates.
func find(rows []Command, word, parent string) (*Command, error) {
	var found []*Command
	for i := range rows {
		c := &rows[i]
		if slices.Contains(c.Names, word) {
			return c, nil
		}
		if slices.ContainsFunc(c.Names, func(n string) bool { return strings.HasPrefix(n, word) }) {
			found = append(found, c)
		}
	}
	what := strings.TrimSpace(parent + " " + word)
	switch len(found) {
	case 0:
		return nil, fmt.Errorf("undefined command: %q%s", what, suggestCommand(rows, word, parent))
	case 1:
		return found[0], nil
	}
	var names []string
	for _, c := range found {
		names = append(names, c.Name())
	}
	slices.Sort(names)
	return nil, fmt.Errorf("ambiguous command %q: %s", what, strings.Join(names, ", "))
}

func suggestCommand(rows []Command, word, parent string) string {
	var all, near []string
	row := map[string]string{}
	for _, c := range rows {
		for _, name := range c.Names {
			all, row[name] = append(all, name), c.Name()
		}
	}
	for _, name := range spell.Near(word, all, len(all)) { // one name a row
		if !slices.ContainsFunc(near, func(n string) bool { return row[n] == row[name] }) && len(near) < 3 {
			near = append(near, name)
		}
	}
	if len(near) > 0 {
		return "; did you mean " + strings.Join(near, ", ") + "?"
	}
	return "; try \"help" + strings.TrimRight(" "+parent, " ") + "\""
}

// parse splits a line into the row it names and its arguments. A row without a
// function of its own must be followed by one of its subcommands.
func parse(line string) (*Command, *Args, error) {
	rows, parent := table, ""
	rest := strings.TrimSpace(line)
	for {
		word, format, tail := cutWord(rest)
		c, err := find(rows, word, parent)
		if err != nil {
			return nil, nil, err
		}
		parent = strings.TrimSpace(parent + " " + c.Name())
		next, _, after := cutWord(tail)
		switch {
		case len(c.Sub) == 0 || format != "":
			return c, &Args{Cmd: c, Format: format, Text: tail}, nil
		case c.Run == nil && next == "":
			return nil, nil, fmt.Errorf("%q must be followed by one of: %s", parent, strings.Join(subNames(c), ", "))
		case c.Run != nil && !namesSub(c, next, after):
			return c, &Args{Cmd: c, Format: format, Text: tail}, nil
		}
		rows, rest = c.Sub, tail
	}
}

// namesSub says whether a word is a subcommand rather than the start of the row's own
// argument: "set listsize 5", not "set l = 5".
func namesSub(c *Command, word, after string) bool {
	if !isLetterWord(word) || strings.HasPrefix(after, "=") {
		return false
	}
	_, err := find(c.Sub, word, "")
	return err == nil
}

func subNames(c *Command) []string {
	var names []string
	for _, s := range c.Sub {
		names = append(names, s.Name())
	}
	slices.Sort(names)
	return names
}

// cutWord takes a command's name off a line: letters and dashes, or one mark such as
// "!"; "x/4xw" has its format apart.
func cutWord(s string) (word, format, rest string) {
	n := 0
	for n < len(s) && (s[n] == '-' || s[n] == '_' || isAlnum(s[n])) {
		n++
	}
	if n == 0 && s != "" {
		n = 1
	}
	word, rest = s[:n], s[n:]
	if strings.HasPrefix(rest, "/") && isLetterWord(word) {
		end := strings.IndexAny(rest, " \t")
		if end < 0 {
			end = len(rest)
		}
		format, rest = rest[1:end], rest[end:]
	}
	return word, format, strings.TrimSpace(rest)
}

func isAlnum(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}

func isLetterWord(s string) bool { return s != "" && isAlnum(s[0]) }
