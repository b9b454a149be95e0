// The command line as getopt_long(3) reads it, in rows: short options may be joined and
// carry their argument, long ones may be abbreviated, the first word that is no option ends
// them, and errors are worded as the C library words them.

package strace

import (
	"fmt"
	"strings"
)

// takes says whether an option has an argument.
type takes uint8

const (
	nothing   takes = iota
	argument        // always
	maybeLong       // only the long form, after =
)

// option is one row of the table: the letter and the long names it goes by. set gets the
// argument, "" without one.
type option struct {
	letter byte // 0: none
	takes  takes
	set    func(c *Config, arg string) error
	long   []string
}

// parseArgs applies the options of args to c and returns the words behind them.
func parseArgs(c *Config, table []option, args []string) ([]string, error) {
	for len(args) > 0 {
		word := args[0]
		if len(word) < 2 || word[0] != '-' {
			break
		}
		args = args[1:]
		if word == "--" {
			break
		}
		used, err := 0, error(nil)
		if strings.HasPrefix(word, "--") {
			used, err = parseLong(c, table, word[2:], args)
		} else {
			used, err = parseShort(c, table, word[1:], args)
		}
		if err != nil {
			return nil, err
		}
		args = args[used:]
	}
	return args, nil
}

// parseShort applies a word of letters; used says how many of the next words were arguments.
func parseShort(c *Config, table []option, letters string, next []string) (used int, err error) {
	for i := 0; i < len(letters); i++ {
		o := byLetter(table, letters[i])
		if o == nil {
			return 0, usage("invalid option -- '%c'", letters[i])
		}
		c.option, c.given = "-"+letters[i:i+1], false
		if o.takes != argument {
			if err := o.set(c, ""); err != nil {
				return 0, err
			}
			continue
		}
		if rest := letters[i+1:]; rest != "" {
			return 0, o.set(c, rest)
		}
		if len(next) == 0 {
			return 0, usage("option requires an argument -- '%c'", o.letter)
		}
		return 1, o.set(c, next[0])
	}
	return 0, nil
}

func byLetter(table []option, letter byte) *option {
	for i := range table {
		if table[i].letter == letter {
			return &table[i]
		}
	}
	return nil
}

// parseLong applies one long option, whole or shortened to what is only its.
func parseLong(c *Config, table []option, word string, next []string) (used int, err error) {
	name, arg, given := strings.Cut(word, "=")
	o, full, err := byName(table, name, word)
	c.option, c.given = "--"+full, given
	switch {
	case err != nil:
		return 0, err
	case given && o.takes == nothing:
		return 0, usage("option '--%s' doesn't allow an argument", full)
	case o.takes == argument && !given:
		if len(next) == 0 {
			return 0, usage("option '--%s' requires an argument", full)
		}
		return 1, o.set(c, next[0])
	}
	return 0, o.set(c, arg)
}

// byName finds the option of a name: that very name, or the only one that starts with it. word is
// how it was written.
func byName(table []option, name, word string) (*option, string, error) {
	var found *option
	var names []string
	several := false
	for i := range table {
		for _, long := range table[i].long {
			switch {
			case long == name:
				return &table[i], long, nil
			case strings.HasPrefix(long, name):
				several = several || found != nil && found != &table[i]
				found, names = &table[i], append(names, long)
			}
		}
	}
	switch {
	case found == nil:
		return nil, "", usage("unrecognized option '--%s'", word)
	case several:
		text := fmt.Sprintf("option '--%s' is ambiguous; possibilities:", word)
		for _, n := range names {
			text += " '--" + n + "'"
		}
		return nil, "", usage("%s", text)
	}
	return found, names[0], nil
}
