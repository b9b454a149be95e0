package session

import (
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/trapline/trapline/regs"
)

// Completion, from the table: what may stand at the end of a line.

// maxCandidates bounds an answer.
const maxCandidates = 200

// Complete returns the head of the line that stays and the words that may follow it.
func (s *Session) Complete(line string) (head string, candidates []string) {
	at := len(line)
	for at > 0 && !strings.ContainsRune(" \t", rune(line[at-1])) {
		at--
	}
	head, word := line[:at], line[at:]
	if at == 0 {
		return "", withSpace(namesFrom(table, word))
	}
	c, inSub := s.commandOf(head)
	switch {
	case c == nil:
		return head, nil
	case inSub && len(c.Sub) > 0:
		out := namesFrom(c.Sub, word)
		if c.Run != nil {
			out = append(out, s.completeArg(c.Complete, &head, word)...)
		}
		return head, withSpace(out)
	}
	return head, s.completeArg(c.Complete, &head, word)
}

// commandOf follows the words of a line down the table; inSub is true while the next
// word could name a subcommand.
func (s *Session) commandOf(head string) (c *Command, inSub bool) {
	rows := table
	for _, w := range strings.Fields(head) {
		name, _, _ := cutWord(w)
		found, err := find(rows, name, "")
		if err != nil {
			return c, false
		}
		c, rows = found, found.Sub
		if len(rows) == 0 {
			return c, false
		}
	}
	return c, true
}

func namesFrom(rows []Command, prefix string) (out []string) {
	for i := range rows {
		if strings.HasPrefix(rows[i].Name(), prefix) {
			out = append(out, rows[i].Name())
		}
	}
	sort.Strings(out)
	return out
}

// withSpace ends a single candidate with a space, ready for what follows.
func withSpace(words []string) []string {
	if len(words) == 1 {
		return []string{words[0] + " "}
	}
	return words
}

// completeArg completes an argument. Expressions and locations are completed from
// their last name on, which moves the head.
func (s *Session) completeArg(kind Complete, head *string, word string) []string {
	switch kind {
	case CompleteFile:
		return completeFile(word)
	case CompleteCommand:
		return namesFrom(table, word)
	case CompleteSignal:
		var names []string
		for _, row := range s.os.Signals {
			names = append(names, row.Name)
		}
		return matching(names, strings.ToUpper(word))
	case CompleteSyscall:
		return matching(s.syscallNames(), word)
	case CompleteRegister:
		return matching(registerNames(""), word)
	case CompleteBreakpoint:
		var ids []string
		for _, b := range s.T.Breakpoints.Listed() {
			ids = append(ids, strconv.Itoa(b.ID))
		}
		return matching(ids, word)
	case CompleteThread:
		var ids []string
		for _, th := range s.threads() {
			ids = append(ids, strconv.Itoa(s.number(th.TID)))
		}
		return matching(ids, word)
	case CompleteView:
		return matching(s.Views, word)
	case CompleteExpr, CompleteLocation:
		return s.completeName(kind, head, word)
	}
	return nil
}

// completeName completes the name at the end of an expression or location.
func (s *Session) completeName(kind Complete, head *string, word string) []string {
	at := len(word)
	for at > 0 && (isAlnum(word[at-1]) || strings.IndexByte("_$.:~", word[at-1]) >= 0) {
		at--
	}
	*head += word[:at]
	name := word[at:]
	if kind == CompleteExpr && strings.HasPrefix(name, "$") {
		return matching(append(registerNames("$"), s.varNames()...), name)
	}
	if name == "" {
		return nil
	}
	var out []string
	if kind == CompleteExpr {
		if e := s.env(); e.frame != nil {
			out = matching(e.frame.scope.names(), name)
		}
	}
	for _, m := range s.mods().list {
		out = append(out, m.elf.Symbols().Complete(name, maxCandidates)...)
		if kind == CompleteLocation && m.main {
			files, _ := m.lines.Files()
			for _, f := range files {
				if base := filepath.Base(f); strings.HasPrefix(base, name) {
					out = append(out, base+":")
				}
			}
		}
	}
	sort.Strings(out)
	out = slices.Compact(out)
	return out[:min(len(out), maxCandidates)]
}

func registerNames(mark string) (names []string) {
	for i := range regs.Table {
		names = append(names, mark+regs.Table[i].Name)
	}
	if mark != "" {
		names = append(names, "$pc", "$sp", "$fp")
	}
	return names
}

func (s *Session) varNames() (names []string) {
	for n := range s.vars {
		names = append(names, "$"+n)
	}
	return names
}

func matching(names []string, prefix string) (out []string) {
	for _, n := range names {
		if strings.HasPrefix(n, prefix) {
			out = append(out, n)
		}
	}
	sort.Strings(out)
	return slices.Compact(out)
}

func completeFile(word string) (out []string) {
	dir, base := filepath.Split(word)
	look := dir
	if look == "" {
		look = "."
	}
	entries, err := os.ReadDir(look)
	if err != nil {
		return nil
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || strings.HasPrefix(name, ".") && !strings.HasPrefix(base, ".") {
			continue
		}
		if e.IsDir() {
			name += "/"
		}
		if out = append(out, dir+name); len(out) == maxCandidates {
			break
		}
	}
	return out
}
