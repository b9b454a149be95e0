// SELinux's database of the contexts that files should have: file_contexts(5), and how
// selabel_lookup(3) looks a path up in it.

package strace

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

// fileContexts is the database of one policy.
type fileContexts struct {
	specs []fileSpec // the last one that fits counts
	local [][2]string
	dist  [][2]string
}

// fileSpec is one line: an expression of paths, a type of file and a context.
type fileSpec struct {
	expr    string
	stem    string // what a path that fits starts with
	exact   bool   // the expression is one path
	typed   bool
	mode    fs.FileMode // of type, where typed
	context string
	re      *regexp.Regexp // once it was needed
	wrong   bool           // it is none of package regexp's
}

// noContext is the context of what has none.
const noContext = "<<none>>"

// specTypes are the types of files by the second character of their field.
var specTypes = map[string]fs.FileMode{"--": 0, "-b": fs.ModeDevice, "-c": fs.ModeDevice | fs.ModeCharDevice, "-d": fs.ModeDir,
	"-p": fs.ModeNamedPipe, "-l": fs.ModeSymlink, "-s": fs.ModeSocket}

// policyDir is where the policy in use has its database, by root/config; "" there is none.
func policyDir(root string) string {
	b, err := os.ReadFile(filepath.Join(root, "config"))
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(b)) {
		if kind, ok := strings.CutPrefix(strings.TrimSpace(line), "SELINUXTYPE="); ok {
			return filepath.Join(root, strings.TrimSpace(kind), "contexts", "files")
		}
	}
	return ""
}

// readFileContexts reads the files of a database; those that are not there are empty.
func readFileContexts(dir string) *fileContexts {
	db := &fileContexts{}
	if dir == "" {
		return db
	}
	words := func(suffix string) (lines [][]string) {
		b, err := os.ReadFile(filepath.Join(dir, "file_contexts"+suffix))
		if err != nil {
			return nil
		}
		for line := range strings.Lines(string(b)) {
			if w := strings.Fields(line); len(w) > 1 && w[0][0] != '#' {
				lines = append(lines, w)
			}
		}
		return lines
	}
	for _, suffix := range []string{"", ".homedirs", ".local"} {
		for _, w := range words(suffix) {
			db.add(w)
		}
	}
	for i, suffix := range []string{".subs", ".subs_dist"} {
		for _, w := range slices.Backward(words(suffix)) {
			into := []*[][2]string{&db.local, &db.dist}[i]
			*into = append(*into, [2]string{w[0], w[1]})
		}
	}
	slices.SortStableFunc(db.specs, func(a, b fileSpec) int { // one path counts more than an expression
		switch {
		case a.exact == b.exact:
			return 0
		case b.exact:
			return -1
		}
		return 1
	})
	return db
}

// add takes the words of a line.
func (db *fileContexts) add(w []string) {
	s := fileSpec{expr: w[0], context: w[len(w)-1]}
	if len(w) > 2 {
		mode, ok := specTypes[w[1]]
		if !ok {
			return
		}
		s.typed, s.mode = true, mode
	}
	s.stem, s.exact = literal(s.expr)
	db.specs = append(db.specs, s)
}

// literal is the text before the first operator of an expression, and whether that is all of it.
func literal(expr string) (string, bool) {
	var b strings.Builder
	for i := 0; i < len(expr); i++ {
		switch ch := expr[i]; {
		case ch == '\\' && i+1 < len(expr):
			i++
			b.WriteByte(expr[i])
		case strings.IndexByte(".^$?*+|[({", ch) >= 0:
			stem := b.String()
			if strings.IndexByte("?*{", ch) >= 0 { // the character before it may be missing
				stem = stem[:max(0, len(stem)-1)]
			}
			if strings.ContainsRune(expr, '|') {
				stem = "" // another branch may begin otherwise
			}
			return stem, false
		default:
			b.WriteByte(ch)
		}
	}
	return b.String(), true
}

// lookup is the context that a file should have, "" none.
func (db *fileContexts) lookup(path string, mode fs.FileMode) string {
	if path == "" || path[0] != '/' {
		return ""
	}
	path = filepath.Clean(path)
	for _, subs := range [][][2]string{db.local, db.dist} {
		path = substituted(subs, path)
	}
	for i := len(db.specs) - 1; i >= 0; i-- {
		if s := &db.specs[i]; s.fits(path, mode) {
			if s.context == noContext {
				return ""
			}
			return s.context
		}
	}
	return ""
}

// substituted is a path whose start the database has under another name.
func substituted(subs [][2]string, path string) string {
	for _, s := range subs {
		if rest, ok := strings.CutPrefix(path, s[0]); ok && (rest == "" || rest[0] == '/') {
			if s[1] == "/" && rest != "" {
				return rest
			}
			return s[1] + rest
		}
	}
	return path
}

func (s *fileSpec) fits(path string, mode fs.FileMode) bool {
	switch {
	case s.typed && s.mode != mode&fs.ModeType:
		return false
	case s.exact:
		return path == s.stem
	case s.wrong || !strings.HasPrefix(path, s.stem):
		return false
	}
	if s.re == nil {
		var err error
		if s.re, err = regexp.Compile("^(?s:" + s.expr + ")$"); err != nil {
			s.wrong = true
			return false
		}
	}
	return s.re.MatchString(path)
}
