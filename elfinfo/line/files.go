package line

// From a source file and line to addresses.

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
)

// Lines returns the rows where a breakpoint on file:line may go, by address: the
// statement rows that enter the line, one for each run of rows of that line. When
// the line has no code the next line that has some is taken, as gdb does; Line of the
// entries tells.
//
// file is the full path as compiled, its last components (dir/file.c) or just its
// base name; the last two match every file that ends so. The errors are ErrNoInfo,
// ErrNoFile and ErrNoLine.
func (t *Table) Lines(file string, line int) (out []Entry, err error) {
	err = t.locked(func() error {
		if len(t.listUnits()) == 0 {
			return t.noInfo()
		}
		found, best := false, 0
		m := newMatcher(file)
		err := t.eachProgram(func(u *unit, h *header) error {
			want := m.files(h)
			if len(want) == 0 {
				return nil
			}
			found = true
			p, err := t.program(u)
			if err != nil {
				return nil // noted; other units may be sound
			}
			rows, at := p.entering(want, line, best)
			if len(rows) == 0 {
				return nil
			}
			if at != best {
				best, out = at, nil
			}
			for _, r := range rows {
				if len(out) < maxEntries {
					out = append(out, p.entry(r))
				}
			}
			return nil
		})
		switch {
		case err != nil:
			return err
		case !found:
			return fmt.Errorf("%s: %s: %w", t.name, file, ErrNoFile)
		case len(out) == 0:
			return fmt.Errorf("%s: %s:%d: %w", t.name, file, line, ErrNoLine)
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Entry) int { return cmp.Compare(a.Addr, b.Addr) })
	return slices.CompactFunc(out, func(a, b Entry) bool { return a.Addr == b.Addr }), err
}

// maxEntries bounds the answer to one question: a header's inline function may be in
// every unit, but nobody stops at a hundred thousand places.
const maxEntries = 100_000

// OnePerFunction keeps of entries (sorted by address) the first in each function, as
// a breakpoint on a line wants: a `for` has several runs of rows in one function.
// bounds gives the function around an address; entries in none are all kept. An
// entry at the very start of a function moves past its prologue.
func (t *Table) OnePerFunction(entries []Entry, bounds func(pc uint64) (low, high uint64, ok bool)) []Entry {
	var out []Entry
	seen := map[uint64]bool{}
	for _, e := range entries {
		low, high, ok := bounds(e.Addr)
		if ok {
			if seen[low] {
				continue
			}
			seen[low] = true
			if e.Addr == low {
				if end, ok := t.PrologueEnd(low, high); ok {
					e.Addr = end
				}
			}
		}
		out = append(out, e)
	}
	return out
}

// Files returns the full paths of all source files that the file tables name, sorted.
func (t *Table) Files() (out []string, err error) {
	seen := map[string]bool{}
	bytes := 0
	err = t.locked(func() error {
		if len(t.listUnits()) == 0 {
			return t.noInfo()
		}
		return t.eachProgram(func(_ *unit, h *header) error {
			for i, f := range h.files {
				if len(f.name) == 0 {
					continue
				}
				if p := h.path(uint64(i)); !seen[p] {
					seen[p] = true
					if bytes += len(p); bytes > maxFileBytes {
						return fmt.Errorf("%s: file tables name more than %d bytes of paths", t.name, maxFileBytes)
					}
				}
			}
			return nil
		})
	})
	for p := range seen {
		out = append(out, p)
	}
	slices.Sort(out)
	return out, err
}

// maxFileBytes bounds Files; the largest programs have a few megabytes of paths.
const maxFileBytes = 64 << 20

func (t *Table) noInfo() error {
	if t.unitsErr != nil {
		return t.unitsErr
	}
	err := fmt.Errorf("%s: %w", t.name, ErrNoInfo)
	if s := t.sections[".debug_info"]; s.err != nil {
		err = fmt.Errorf("%w: %w", err, s.err)
	}
	return err
}

// eachProgram calls fn with the header of every line program, once each, in unit
// order. Damaged headers are noted and left out. Programs at odd offsets may overlap
// in a hostile file: the headers read are limited to twice the section.
func (t *Table) eachProgram(fn func(*unit, *header) error) error {
	seen := map[uint64]bool{}
	budget := 2 * len(t.section(".debug_line"))
	for _, u := range t.listUnits() {
		root, err := t.readRoot(u)
		if err != nil || !root.hasLines || seen[root.stmtList] {
			continue
		}
		seen[root.stmtList] = true
		h, err := t.headerOf(u, root)
		if err != nil {
			t.problem(err)
			continue
		}
		if budget -= int(h.body - root.stmtList); budget < 0 {
			return t.errAt(".debug_line", root.stmtList, "line programs overlap without end")
		}
		if err := fn(u, h); err != nil {
			return err
		}
	}
	return nil
}

// headerOf is readHeader, from the cache when the program has been run.
func (t *Table) headerOf(u *unit, root *root) (*header, error) {
	if p, ok := t.programs[root.stmtList]; ok {
		return p.header, nil
	}
	return t.readHeader(u)
}

// matcher tests file entries against what the user typed.
type matcher struct {
	spec string // cleaned
	base []byte
}

func newMatcher(file string) matcher {
	spec := path.Clean(file)
	return matcher{spec, []byte(path.Base(spec))}
}

// files returns the indices in h of the files that match.
func (m matcher) files(h *header) []uint32 {
	var out []uint32
	for i, f := range h.files {
		// The base name rules out nearly all without making a path.
		if bytes.HasSuffix(f.name, m.base) && m.match(h.path(uint64(i))) {
			out = append(out, uint32(i))
		}
	}
	return out
}

func (m matcher) match(full string) bool {
	return full == m.spec || !path.IsAbs(m.spec) && strings.HasSuffix(full, "/"+m.spec)
}

// entering returns the statement rows that enter the smallest line that is at least
// line and has any, and that line. A best other than 0 is the line other programs
// found: rows of later lines are of no use then.
func (p *program) entering(files []uint32, line, best int) (rows []int, at int) {
	if best == 0 {
		best = int(^uint(0) >> 1)
	}
	at = best
	taken := false // this run of rows of one line has given its row
	for i, r := range p.rows {
		if i > 0 && (p.rows[i-1].is(endSequence) || p.rows[i-1].line != r.line || p.rows[i-1].file != r.file) {
			taken = false
		}
		l := int(r.line)
		if taken || l < line || l > at || !r.is(isStmt) || r.is(endSequence) || !slices.Contains(files, r.file) {
			continue
		}
		if l < at {
			at, rows = l, nil
		}
		taken, rows = true, append(rows, i)
	}
	return rows, at
}

// IsNotFound reports whether err only says that there is no such file or line here,
// so that another image's table may be asked.
func IsNotFound(err error) bool {
	return errors.Is(err, ErrNoInfo) || errors.Is(err, ErrNoFile) || errors.Is(err, ErrNoLine)
}
