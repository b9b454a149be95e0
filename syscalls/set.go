// Sets of calls, as -e trace= names them.

package syscalls

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/trapline/trapline/internal/spell"
)

// Set is a set of calls of every ABI.
type Set struct {
	calls   map[*ABI][]bool
	unknown bool // calls without a number row are members
}

// classes are the words after % and the letter that rows have for them.
var classes = map[string]byte{
	"file": 'f', "desc": 'd', "network": 'n', "net": 'n', "process": 'p', "signal": 's', "ipc": 'i', "memory": 'm', "creds": 'c',
	"clock": 'k', "pure": 'r', "stat": 't', "lstat": 'l', "fstat": 'a', "%stat": 'z', "statfs": 'T', "fstatfs": 'A', "%statfs": 'Z',
}

// Classes lists the classes of calls with their percent sign.
func Classes() []string {
	var names []string
	for n := range classes {
		names = append(names, "%"+n)
	}
	sort.Strings(names)
	return names
}

// CallNames lists the names of all calls of all ABIs, in order.
func CallNames() []string {
	var names []string
	for _, a := range ABIs {
		for _, r := range a.rows {
			if r != nil {
				names = append(names, r.Name)
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// ParseSet reads a list such as "open,%network,/^ep": names, numbers, classes, /regular
// expressions, "all" or "none". A ! before the list turns it around; a ? before a member
// forgives an unknown one; @64, @32 or @x32 behind a member restricts it to an ABI. The error
// names the wrong member and the nearest right ones.
func ParseSet(expr string) (*Set, error) {
	s := newSet()
	expr = strings.TrimSpace(expr)
	invert := strings.HasPrefix(expr, "!")
	if invert {
		expr = expr[1:]
	}
	switch expr {
	case "":
		return nil, fmt.Errorf("syscall set: empty; write names, %%classes, /regex, all or none")
	case "all", "none":
		if (expr == "all") != invert {
			s.invert()
		}
		return s, nil
	}
	for member := range strings.SplitSeq(expr, ",") {
		if err := s.add(member); err != nil {
			return nil, err
		}
	}
	if invert {
		s.invert()
	}
	return s, nil
}

func newSet() *Set {
	s := &Set{calls: map[*ABI][]bool{}}
	for _, a := range ABIs {
		s.calls[a] = make([]bool, len(a.rows))
	}
	return s
}

// Restrict is the part of a set, nil for all, that keep wants. Calls without a row are kept.
func (s *Set) Restrict(keep func(a *ABI, nr uint64) bool) *Set {
	if s == nil {
		s = newSet()
		s.invert()
	}
	part := newSet()
	part.unknown = s.unknown
	for a, in := range s.calls {
		for i, ok := range in {
			part.calls[a][i] = ok && (a.rows[i] == nil || keep(a, a.number(i)))
		}
	}
	return part
}

func (s *Set) invert() {
	for _, in := range s.calls {
		for i := range in {
			in[i] = !in[i]
		}
	}
	s.unknown = !s.unknown
}

// add puts one member of a list in the set.
func (s *Set) add(member string) error {
	optional := strings.HasPrefix(member, "?")
	member = strings.TrimPrefix(member, "?")
	only := ""
	if i := strings.LastIndexByte(member, '@'); i >= 0 {
		only = member[i+1:]
		member = member[:i]
		if only != "64" && only != "32" && only != "x32" {
			return fmt.Errorf("syscall set: %q: unknown ABI @%s; there are @64, @32 and @x32", member, only)
		}
	}
	match, err := matcher(member)
	if err != nil {
		return err
	}
	found := false
	for _, a := range ABIs {
		if only != "" && a.Suffix != only {
			continue
		}
		for i, r := range a.rows {
			if r != nil && match(r, a.number(i)-a.Base) {
				s.calls[a][i] = true
				found = true
			}
		}
	}
	if !found && !optional && member != "all" && member != "none" {
		return fmt.Errorf("invalid system call '%s'%s", member, nearest(member))
	}
	return nil
}

// matcher makes the test that a member stands for.
func matcher(member string) (func(r *Signature, nr uint64) bool, error) {
	switch {
	case member == "all":
		return func(*Signature, uint64) bool { return true }, nil
	case strings.HasPrefix(member, "/"):
		re, err := regexp.Compile(member[1:])
		if err != nil {
			return nil, fmt.Errorf("regular expression %s: %s", member, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
		return func(r *Signature, _ uint64) bool { return re.MatchString(r.Name) }, nil
	case strings.HasPrefix(member, "%"):
		letter := classes[member[1:]]
		return func(r *Signature, _ uint64) bool { return letter != 0 && strings.IndexByte(r.classes, letter) >= 0 }, nil
	}
	if n, err := strconv.ParseUint(member, 0, 32); err == nil {
		return func(_ *Signature, nr uint64) bool { return nr == n }, nil
	}
	letter := oldClasses[member]
	return func(r *Signature, _ uint64) bool {
		return r.Name == member || letter != 0 && strings.IndexByte(r.classes, letter) >= 0
	}, nil
}

// oldClasses may go without their percent sign.
var oldClasses = map[string]byte{"file": 'f', "desc": 'd', "network": 'n', "process": 'p', "signal": 's', "ipc": 'i', "memory": 'm'}

// nearest says which names resemble a wrong one.
func nearest(member string) string {
	var names []string
	if strings.HasPrefix(member, "%") {
		names = Classes()
	} else {
		for _, r := range X8664.rows {
			if r != nil {
				names = append(names, r.Name)
			}
		}
	}
	near := spell.Near(member, names, 3)
	if len(near) == 0 {
		return "; `trapline trace --help` lists the classes"
	}
	return "; did you mean " + strings.Join(near, ", ") + "?"
}

// Has reports whether call number nr, as it stands in the register or of what such a call stands for, is in the set.
func (s *Set) Has(a *ABI, nr uint64) bool {
	if i := a.index(nr); i < len(a.rows) && a.rows[i] != nil {
		return s.calls[a][i]
	}
	return s.unknown
}

// HasName reports whether the call of a name is in the set, also where it has no number of its own.
func (s *Set) HasName(a *ABI, name string) bool {
	for i, r := range a.rows {
		if r != nil && r.Name == name && s.calls[a][i] {
			return true
		}
	}
	return false
}

// stops reports whether the number in the register may be that of a call in the set: one that stands for
// others is when one of them is.
func (s *Set) stops(a *ABI, nr uint64) bool {
	if s.Has(a, nr) {
		return true
	}
	m := a.multiplexer(nr)
	return m >= 0 && slices.Contains(s.calls[a][a.partsOf(m):a.partsOf(m+1)], true)
}

// AddUnknown61 adds the calls that strace 6.1 has no name for: it shows them whatever is asked for.
func (s *Set) AddUnknown61() {
	s.unknown = true
	for a, in := range s.calls {
		for i, row := range a.rows {
			if row != nil && a.newer61(i) {
				in[i] = true
			}
		}
	}
}

// Numbers lists the numbers of the set's calls under an ABI, in order, as they stand in the
// register.
func (s *Set) Numbers(a *ABI) []uint64 {
	var nrs []uint64
	for i, row := range a.rows[:a.registers] {
		if nr := a.number(i); row != nil && s.stops(a, nr) {
			nrs = append(nrs, nr)
		}
	}
	return nrs
}

// Ranges lists the numbers of the set's calls under an ABI, in order, first and last of each stretch
// of the 32 bits that stand in the register: what a seccomp filter needs.
func (s *Set) Ranges(a *ABI) (ranges [][2]uint64) {
	end := a.number(a.registers-1) + 1
	for nr := a.Base; nr < end; nr++ {
		switch n := len(ranges); {
		case !s.stops(a, nr):
		case n > 0 && ranges[n-1][1] == nr-1:
			ranges[n-1][1] = nr
		default:
			ranges = append(ranges, [2]uint64{nr, nr})
		}
	}
	switch n := len(ranges); {
	case !s.unknown:
	case n > 0 && ranges[n-1][1] == end-1:
		ranges[n-1][1] = math.MaxUint32
	default:
		ranges = append(ranges, [2]uint64{end, math.MaxUint32})
	}
	return ranges
}

// All reports whether every call is in the set, so that a filter would be of no use.
func (s *Set) All() bool {
	if !s.unknown {
		return false
	}
	for a, in := range s.calls {
		for i, ok := range in {
			if !ok && a.rows[i] != nil {
				return false
			}
		}
	}
	return true
}
