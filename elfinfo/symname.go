package elfinfo

// From a name to symbols. A name is looked for by walking the string tables: half a
// million comparisons cost a few milliseconds, less than building a map would, and
// nothing is kept. Demangling is a thousand times dearer, so a mangled name is only
// demangled when it contains the identifier that is asked for.

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// ByName returns the defined symbols that the user may mean by name, best first:
//
//	puts  memcpy@@GLIBC_2.14  memcpy@GLIBC_2.2.5  puts@plt  _ZN2ns3fooEi    linker names
//	ns::foo(int)  ns::foo                       demangled, with or without arguments
//	foo  foo(int)                     the last components of a demangled name, only
//	                                  when nothing above matches (foo means ns::foo)
//
// puts does not match puts@plt: ask for that when no image defines puts.
func (s *Symbols) ByName(name string) []Symbol {
	full, tail := gather{room: maxMatches}, gather{room: maxMatches}
	q := newNameQuery(name)
	s.walk(q.mayMatch, func(sym Symbol) bool {
		switch q.match(sym) {
		case matchFull:
			return full.add(sym)
		case matchTail:
			tail.add(sym)
		}
		return true
	})
	if len(full.syms) == 0 {
		full = tail
	}
	return rankMatches(full.syms)
}

// Limits on the answer to one query: symbols, and bytes of their names (a hostile
// string table can give every symbol the same endless tail).
const (
	maxMatches   = 100_000
	maxNameBytes = 64 << 20
)

// gather collects symbols up to the limits.
type gather struct {
	syms  []Symbol
	room  int
	bytes int
}

// add reports whether there is room for more.
func (g *gather) add(s Symbol) bool {
	if g.room > len(g.syms) && g.bytes < maxNameBytes {
		g.syms = append(g.syms, s)
		g.bytes += len(s.Name)
	}
	return g.room > len(g.syms) && g.bytes < maxNameBytes
}

// rankMatches drops copies and puts functions and globals first.
func rankMatches(syms []Symbol) []Symbol {
	syms = unique(syms)
	isDefault := func(s Symbol) int {
		if s.Default {
			return 0 // memcpy means the default version
		}
		return 1
	}
	slices.SortStableFunc(syms, func(a, b Symbol) int {
		return cmp.Or(a.rank()-b.rank(), isDefault(a)-isDefault(b))
	})
	return syms
}

// nameQuery is one name prepared for many comparisons.
type nameQuery struct {
	linker  string // name without version
	version string // "GLIBC_2.14"; "" for any
	spaced  string // name without insignificant blanks
	ident   []byte // an identifier that every mangled form must contain; empty for none
}

type matchKind uint8

const (
	noMatch matchKind = iota
	matchFull
	matchTail
)

func newNameQuery(name string) nameQuery {
	probe := Symbol{Name: name}
	probe.splitVersion()
	q := nameQuery{linker: name, spaced: squeeze(name), ident: []byte(lastIdent(name))}
	if probe.Version != "" && probe.Version != "plt" {
		q.linker, q.version = probe.Name, probe.Version
	}
	return q
}

// mayMatch is the cheap test on the bytes of a linker name.
func (q nameQuery) mayMatch(name []byte) bool {
	if len(name) >= len(q.linker) && string(name[:len(q.linker)]) == q.linker {
		rest := name[len(q.linker):]
		if len(rest) == 0 || rest[0] == '@' {
			return true
		}
	}
	return mangledBytes(name) && bytes.Contains(name, q.ident)
}

func mangledBytes(name []byte) bool {
	return len(name) > 2 && name[0] == '_' && (name[1] == 'Z' || name[1] == 'R')
}

func (q nameQuery) match(s Symbol) matchKind {
	if s.Undefined() {
		return noMatch
	}
	if s.Name == q.linker && (q.version == "" || q.version == s.Version) {
		return matchFull
	}
	if !mangled(s.Name) || q.version != "" {
		return noMatch
	}
	best := noMatch
	for _, form := range []string{Demangle(s.Name), DemangleShort(s.Name), dropParams(s.Name)} {
		if form == s.Name {
			continue
		}
		form = squeeze(form)
		if form == q.spaced {
			return matchFull
		}
		if strings.HasSuffix(form, "::"+q.spaced) {
			best = matchTail
		}
	}
	return best
}

// abbreviated are the names the Itanium ABI replaces by two letters (5.1.9.1): a
// mangled name need not contain them.
var abbreviated = []string{"std", "allocator", "basic_string", "string", "istream", "ostream", "iostream"}

// lastIdent is the identifier before the argument list, which mangled names spell
// out; "" for operators and the abbreviated names.
func lastIdent(name string) string {
	if strings.Contains(name, "operator") {
		return ""
	}
	if i := strings.IndexAny(name, "(<"); i > 0 {
		name = name[:i]
	}
	end := len(name)
	for end > 0 && !isIdent(name[end-1]) {
		end--
	}
	start := end
	for start > 0 && isIdent(name[start-1]) {
		start--
	}
	if id := name[start:end]; !slices.Contains(abbreviated, id) {
		return id
	}
	return ""
}

func isIdent(c byte) bool {
	return c == '_' || c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= 0x80
}

// squeeze removes the blanks that do not separate two identifiers, so that
// "f(char const *, int)" equals "f(char const*,int)".
func squeeze(s string) string {
	if !strings.ContainsAny(s, " \t") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != ' ' && s[i] != '\t' {
			b.WriteByte(s[i])
			continue
		}
		next := strings.TrimLeft(s[i:], " \t")
		if out := b.String(); out != "" && next != "" && isIdent(out[len(out)-1]) && isIdent(next[0]) {
			b.WriteByte(' ')
		}
		i = len(s) - len(next) - 1
	}
	return b.String()
}

// walk calls fn with each symbol whose linker name passes the cheap test, until fn
// returns false.
func (s *Symbols) walk(may func(name []byte) bool, fn func(Symbol) bool) {
	_ = Guard("symbol table", func() error {
		for _, t := range s.tables {
			for i := 1; i < t.n; i++ {
				name := t.nameBytes(t.at(i).name)
				if len(name) > 0 && may(name) && !fn(t.symbol(i)) {
					return nil
				}
			}
		}
		for _, m := range s.made {
			if may([]byte(m.Name)) && !fn(m) {
				return nil
			}
		}
		return nil
	})
}

// Regexp returns up to max defined symbols whose linker name or demangled name
// matches re, by address.
func (s *Symbols) Regexp(re *regexp.Regexp, max int) []Symbol {
	return s.matching(re, max, Demangle)
}

// Glob is Regexp for a shell pattern: * and ? stand for any text and any character,
// [a-z] for one of a set. The whole name, or the demangled name with or without its
// arguments, must match.
func (s *Symbols) Glob(pattern string, max int) ([]Symbol, error) {
	re, err := globRegexp(pattern)
	if err != nil {
		return nil, fmt.Errorf("symbol pattern %q: %w", pattern, err)
	}
	return s.matching(re, max, Demangle, DemangleShort), nil
}

// matching returns symbols one of whose names matches; forms are the source forms of
// a mangled name to try.
func (s *Symbols) matching(re *regexp.Regexp, max int, forms ...func(string) string) []Symbol {
	got := gather{room: max}
	s.walk(func(name []byte) bool {
		base, _, _ := bytes.Cut(name, []byte("@"))
		return mangledBytes(name) || re.Match(name) || re.Match(base)
	}, func(sym Symbol) bool {
		if sym.Undefined() {
			return true
		}
		hit := re.MatchString(sym.Name)
		for i := 0; i < len(forms) && !hit && mangled(sym.Name); i++ {
			hit = re.MatchString(forms[i](sym.Name))
		}
		return !hit || got.add(sym)
	})
	return unique(got.syms)
}

func globRegexp(pattern string) (*regexp.Regexp, error) {
	var b strings.Builder
	b.WriteString(`^(?s:`)
	for i := 0; i < len(pattern); i++ {
		switch c := pattern[i]; c {
		case '*':
			b.WriteString(".*")
		case '?':
			b.WriteByte('.')
		case '[':
			end := strings.IndexByte(pattern[i+1:], ']')
			if end < 1 {
				b.WriteString(`\[`)
				continue
			}
			set := pattern[i+1 : i+1+end]
			if set[0] == '!' {
				set = "^" + set[1:]
			}
			b.WriteString("[" + strings.ReplaceAll(set, `\`, `\\`) + "]")
			i += end + 1
		default:
			b.WriteString(regexp.QuoteMeta(string(pattern[i])))
		}
	}
	b.WriteString(`)$`)
	return regexp.Compile(b.String())
}

// Complete returns up to max names of defined symbols that start with prefix, sorted:
// linker names, and demangled names without arguments.
func (s *Symbols) Complete(prefix string, max int) []string {
	ident := []byte(lastIdent(prefix))
	seen := map[string]bool{}
	s.walk(func(name []byte) bool {
		if len(name) >= len(prefix) && string(name[:len(prefix)]) == prefix {
			return true
		}
		return prefix != "" && mangledBytes(name) && bytes.Contains(name, ident)
	}, func(sym Symbol) bool {
		if sym.Undefined() {
			return true
		}
		if strings.HasPrefix(sym.Name, prefix) {
			seen[sym.Name] = true
		} else if short := DemangleShort(sym.Name); strings.HasPrefix(short, prefix) {
			seen[short] = true
		}
		return len(seen) < max
	})
	out := make([]string, 0, len(seen))
	for n := range seen {
		out = append(out, n)
	}
	slices.Sort(out)
	return out
}
