package session

import (
	"bufio"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/trapline/trapline/internal/tty"
)

// Source text: where it is, and showing it.

// listState is where the next "list" goes on.
type listState struct {
	file        string
	mod         *module
	around      int // the line the program is at; 0 none
	first, last int // lines shown last; 0 none
}

// sourceFile is the lines of one file.
type sourceFile struct {
	path  string
	lines []string
	err   error
}

// maxSource bounds a source file, in bytes.
const maxSource = 64 << 20

// source reads a file once.
func (s *Session) source(m *module, file string) *sourceFile {
	if f := s.sources[file]; f != nil {
		return f
	}
	if s.sources == nil {
		s.sources = map[string]*sourceFile{}
	}
	f := &sourceFile{}
	s.sources[file] = f
	f.path, f.err = s.findSource(file)
	if f.err != nil {
		return f
	}
	h, err := os.Open(f.path)
	if err != nil {
		f.err = err
		return f
	}
	defer h.Close()
	st, err := h.Stat()
	if err == nil && st.Size() > maxSource {
		f.err = fmt.Errorf("%s is too large to show (%d bytes)", f.path, st.Size())
		return f
	}
	in := bufio.NewScanner(h)
	in.Buffer(nil, maxSource)
	for in.Scan() {
		f.lines = append(f.lines, strings.TrimRight(in.Text(), "\r"))
	}
	f.err = in.Err()
	if m != nil && m.elf != nil && err == nil {
		if exe, err2 := os.Stat(m.path); err2 == nil && st.ModTime().After(exe.ModTime()) {
			s.warn("source file %s is newer than %s; lines may not fit", s.shortFile(f.path), filepath.Base(m.path))
		}
	}
	return f
}

// findSource applies the substitutions of "set substitute-path" and looks in the
// directories of "directory".
func (s *Session) findSource(file string) (string, error) {
	for _, sub := range s.opts.substitute {
		if rest, ok := strings.CutPrefix(file, sub[0]); ok && (rest == "" || rest[0] == '/') {
			file = sub[1] + rest
			break
		}
	}
	if _, err := os.Stat(file); err == nil {
		return file, nil
	}
	for _, dir := range s.opts.directories {
		for rest := file; rest != ""; {
			if try := filepath.Join(dir, rest); isRegular(try) {
				return try, nil
			}
			_, after, ok := strings.Cut(strings.TrimPrefix(rest, "/"), "/")
			if !ok {
				break
			}
			rest = after
		}
	}
	return "", fmt.Errorf("source file %s is not here; \"directory DIR\" says where to look", file)
}

func isRegular(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.Mode().IsRegular()
}

func (s *Session) sourceLine(m *module, file string, n int) (string, error) {
	f := s.source(m, file)
	if f.err != nil {
		return "", f.err
	}
	if n < 1 || n > len(f.lines) {
		return "", fmt.Errorf("line %d is beyond the end of %s (%d lines)", n, f.path, len(f.lines))
	}
	return f.lines[n-1], nil
}

// defaultLine is where "list" and "break 12" start from: the last listing, the selected
// frame, or main.
func (s *Session) defaultLine() (listState, error) {
	if s.lists.file != "" {
		l := s.lists
		if l.around == 0 {
			l.around = (l.first + l.last) / 2
		}
		return l, nil
	}
	if f, err := s.selected(); err == nil && f.line != 0 {
		return listState{file: f.file, mod: f.mod, around: f.line}, nil
	}
	for _, m := range s.mods().list {
		if !m.main {
			continue
		}
		for _, name := range []string{"main", "main.main"} {
			for _, vaddr := range m.functionsNamed(name, "") {
				if e, ok, _ := m.lines.Find(vaddr); ok {
					return listState{file: e.File, mod: m, around: e.Line}, nil
				}
			}
		}
	}
	return listState{}, errors.New("no default source file: the program has no line information here; say file:line")
}

// list shows lines: around where the program is, then on from there; around a
// location; "list A,B" from A to B; "list -" what comes before.
func (s *Session) list(a *Args) error {
	size := s.opts.listSize
	switch text := a.Text; {
	case text == "":
		at, err := s.defaultLine()
		if err != nil {
			return err
		}
		first := at.around - size/2
		if s.lists.last != 0 {
			first = s.lists.last + 1
		}
		return s.listLines(at.mod, at.file, max(1, first), max(1, first)+size-1)
	case text == "-":
		at, err := s.defaultLine()
		if err != nil {
			return err
		}
		last := at.around - size/2 - 1
		if s.lists.first != 0 {
			last = s.lists.first - 1
		}
		if last < 1 {
			return fmt.Errorf("already at the start of %s", s.shortFile(at.file))
		}
		return s.listLines(at.mod, at.file, max(1, last-size+1), last)
	case strings.Contains(text, ","):
		from, to, _ := strings.Cut(text, ",")
		return s.listRange(strings.TrimSpace(from), strings.TrimSpace(to))
	default:
		l, err := s.sourcePlace(text)
		if err != nil {
			return err
		}
		first := max(1, l.line-size/2)
		return s.listLines(l.mod, l.file, first, first+size-1)
	}
}

func (s *Session) listRange(from, to string) error {
	size := s.opts.listSize
	if from == "" {
		l, err := s.sourcePlace(to)
		if err != nil {
			return err
		}
		return s.listLines(l.mod, l.file, max(1, l.line-size+1), l.line)
	}
	l, err := s.sourcePlace(from)
	if err != nil {
		return err
	}
	last := l.line + size - 1
	if to != "" {
		if n, err := strconv.Atoi(to); err == nil {
			last = n
		} else {
			end, err := s.sourcePlace(to)
			if err != nil {
				return err
			}
			last = end.line
		}
	}
	if last < l.line {
		return fmt.Errorf("the range ends (%d) before it begins (%d)", last, l.line)
	}
	return s.listLines(l.mod, l.file, l.line, last)
}

// sourcePlace is a location as a place in the text: line 5 is line 5 whether there is
// code or not, and a function is where it begins.
func (s *Session) sourcePlace(text string) (location, error) {
	sp, err := parseSpec(text)
	if err != nil {
		return location{}, err
	}
	if sp.fn == "" && sp.addr == "" {
		if sp.file == "" {
			if err := s.defaultFile(&sp); err != nil {
				return location{}, err
			}
		}
		for _, m := range s.mods().list {
			rows, err := m.lines.Lines(sp.file, 1)
			if err == nil && len(rows) > 0 {
				return location{mod: m, file: rows[0].File, line: sp.line}, nil
			}
		}
	}
	locs, err := s.locate(text)
	if err != nil {
		return location{}, err
	}
	l := locs[0]
	if sp.fn != "" && l.mod != nil {
		low, _, _ := l.mod.function(l.addr - l.mod.bias)
		if e, ok, _ := l.mod.lines.Find(low); ok {
			l.file, l.line = e.File, e.Line
		}
	}
	if l.line == 0 {
		return l, fmt.Errorf("no source line is known for %s", text)
	}
	return l, nil
}

func (s *Session) listLines(m *module, file string, first, last int) error {
	f := s.source(m, file)
	if f.err != nil {
		return f.err
	}
	if first > len(f.lines) {
		return fmt.Errorf("line number %d out of range; %s has %d lines", first, s.shortFile(f.path), len(f.lines))
	}
	last = min(last, len(f.lines))
	here := 0
	if fr, err := s.selected(); err == nil && fr.file == file {
		here = fr.line
	}
	for n := first; n <= last; n++ {
		num := strconv.Itoa(n)
		if n == here {
			num = s.paint(tty.Current, num)
		}
		s.printf("%s\t%s\n", num, f.lines[n-1])
	}
	s.lists = listState{file: file, mod: m, first: first, last: last}
	return nil
}
