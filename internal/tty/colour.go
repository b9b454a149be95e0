package tty

import (
	"fmt"
	"os"
)

// When says under which circumstances output is coloured.
type When uint8

// The values of --color.
const (
	Auto When = iota // if the output is a terminal and the environment agrees
	Always
	Never
)

var whenNames = [...]string{Auto: "auto", Always: "always", Never: "never"}

// String is the value's name on the command line.
func (w When) String() string { return whenNames[w] }

// Set parses a name; with String and Type, a *When is a command-line flag.
func (w *When) Set(s string) error {
	for i, name := range whenNames {
		if s == name {
			*w = When(i)
			return nil
		}
	}
	return fmt.Errorf("%q is none of auto, always, never", s)
}

// Type names the kind of value in a flag's help.
func (w *When) Type() string { return "when" }

// Colour decides whether output to f is coloured. Under Auto it is when f is a
// terminal, TERM is set and not "dumb", and NO_COLOR is empty (https://no-color.org).
func (w When) Colour(f *os.File) bool {
	return w.colour(IsTerminal(f), os.Getenv)
}

func (w When) colour(terminal bool, env func(string) string) bool {
	switch w {
	case Always:
		return true
	case Never:
		return false
	}
	name := env("TERM")
	return terminal && name != "" && name != "dumb" && env("NO_COLOR") == ""
}

// Style is the role that a piece of text plays in the output.
type Style uint8

// The roles. They name meaning, not colour: the table below chooses.
const (
	Plain    Style = iota
	Prompt         // the prompt's own words
	Heading        // a column's heading, a section's title
	Address        // a code or data address
	Function       // a function's or symbol's name
	File           // a source file and line
	Name           // a variable, register or argument
	Number         // a value
	Text           // a string's characters
	Current        // the current line or instruction
	Changed        // a value that differs from the last stop's
	Faint          // what matters least: raw bytes, offsets
	Good           // a check that passed
	Warning        // what the user should know
	Error          // what went wrong
	nStyles
)

// sgr holds the parameters of "Select Graphic Rendition" (ECMA-48, 8.3.117) for
// each role. Only the eight classic colours, which every theme makes readable.
var sgr = [nStyles]string{
	Plain:    "",
	Prompt:   "1",
	Heading:  "1",
	Address:  "34",
	Function: "33",
	File:     "32",
	Name:     "36",
	Number:   "",
	Text:     "32",
	Current:  "1",
	Changed:  "1;35",
	Faint:    "2",
	Good:     "32",
	Warning:  "33",
	Error:    "1;31",
}

// Palette paints text; the zero value leaves it as it is.
type Palette struct {
	On bool
}

// Paint is s in the style, or s itself when colours are off or the style is plain.
func (p Palette) Paint(style Style, s string) string {
	if !p.On || s == "" || int(style) >= len(sgr) || sgr[style] == "" {
		return s
	}
	return "\x1b[" + sgr[style] + "m" + s + "\x1b[0m"
}
