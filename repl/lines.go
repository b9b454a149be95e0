package repl

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/peterh/liner"

	"github.com/trapline/trapline/internal/tty"
)

// Where lines come from: an editor on a terminal, or a file as it is.

func (r *REPL) newLines() lineReader {
	if tty.IsTerminal(r.Stdin) && liner.TerminalSupported() {
		return newEditor(r.History)
	}
	return &plainLines{in: r.Stdin}
}

// editor is a prompt on a terminal. The terminal is in the editor's mode only while it
// waits for a line: liner by itself would leave it so, and would take whatever mode it
// finds later for its own.
type editor struct {
	state       *liner.State
	cooked, raw liner.ModeApplier // nil: could not be read
	history     string
}

func newEditor(history string) *editor {
	e := &editor{history: history}
	e.cooked = terminalMode()
	e.state = liner.NewLiner()
	e.raw = terminalMode()
	apply(e.cooked)
	e.state.SetCtrlCAborts(true)
	e.state.SetTabCompletionStyle(liner.TabPrints)
	if f, err := os.Open(history); err == nil {
		_, _ = e.state.ReadHistory(f) // a damaged history is no reason not to start
		f.Close()
	}
	return e
}

func (e *editor) line(prompt string, complete func(string) (string, []string)) (string, error) {
	e.state.SetWordCompleter(func(line string, pos int) (string, []string, string) {
		head, words := complete(line[:min(pos, len(line))])
		return head, words, line[min(pos, len(line)):]
	})
	apply(e.raw)
	line, err := e.state.Prompt(prompt)
	apply(e.cooked)
	switch {
	case errors.Is(err, liner.ErrPromptAborted):
		return "", errAborted
	case errors.Is(err, io.EOF):
		fmt.Println()
	}
	return line, err
}

func terminalMode() liner.ModeApplier {
	m, err := liner.TerminalMode()
	if err != nil {
		return nil
	}
	return m
}

// apply cannot fail on a terminal that is still there, and on one that is gone the
// next read tells.
func apply(m liner.ModeApplier) {
	if m != nil {
		_ = m.ApplyMode()
	}
}

func (e *editor) remember(line string) { e.state.AppendHistory(line) }

func (e *editor) close() error {
	err := e.save()
	return errors.Join(err, e.state.Close())
}

// maxHistory bounds the history's lines.
const maxHistory = 1000

// save replaces the history file as a whole, readable by its owner only: it holds
// what was looked at in programs.
func (e *editor) save() error {
	if e.history == "" {
		return nil
	}
	var b bytes.Buffer
	if _, err := e.state.WriteHistory(&b); err != nil {
		return err
	}
	lines := strings.SplitAfter(b.String(), "\n")
	lines = lines[max(0, len(lines)-maxHistory):]
	dir := filepath.Dir(e.history)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".history-*") // mode 0600
	if err != nil {
		return err
	}
	_, err = io.WriteString(tmp, strings.Join(lines, ""))
	err = errors.Join(err, tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), e.history)
	}
	if err != nil {
		os.Remove(tmp.Name())
	}
	return err
}

// HistoryFile is where the history is kept by the XDG base directory specification:
// $XDG_STATE_HOME/trapline/history, ~/.local/state by default; "" when there is no home.
func HistoryFile() string {
	dir := os.Getenv("XDG_STATE_HOME")
	if !filepath.IsAbs(dir) {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".local", "state")
	}
	return filepath.Join(dir, "trapline", "history")
}

// plainLines reads a file that is no terminal a byte at a time, like a shell: what
// follows a line belongs to the program that the line starts.
type plainLines struct{ in io.Reader }

func (p *plainLines) line(string, func(string) (string, []string)) (string, error) {
	var line []byte
	var b [1]byte
	for {
		n, err := p.in.Read(b[:])
		switch {
		case n == 1 && b[0] == '\n':
			return string(line), nil
		case n == 1:
			line = append(line, b[0])
		case err != nil && len(line) > 0 && errors.Is(err, io.EOF):
			return string(line), nil
		case err != nil:
			return "", err
		}
	}
}

func (p *plainLines) remember(string) {}
func (p *plainLines) close() error    { return nil }
