// The expressions of -e: QUALIFIER=SET.

package strace

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/syscalls"
)

// qualifier is one row: the names before the = and what the list behind it sets.
type qualifier struct {
	names []string
	set   func(c *Config, list string) error
}

var qualifiers = []qualifier{
	{long("trace", "t"), func(c *Config, l string) error { return setSet(&c.Show.Filter, l) }},
	{long("trace-fds", "trace-fd", "fd", "fds"), func(c *Config, l string) error { return setNumbers(&c.TraceFDs, l) }},
	{long("abbrev", "a"), setAbbrev},
	{long("verbose", "v"), func(c *Config, l string) error { return setSet(&c.Show.Deref, l) }},
	{long("raw", "x"), func(c *Config, l string) error { return setSet(&c.Show.Raw, l) }},
	{long("signal", "signals", "s"), setSignals},
	{long("status"), setStatuses},
	{long("read", "reads", "r"), func(c *Config, l string) error { return setNumbers(&c.Read, l) }},
	{long("write", "writes", "w"), func(c *Config, l string) error { return setNumbers(&c.Write, l) }},
	{long("fault"), func(c *Config, l string) error { return c.addInjection("fault", l) }},
	{long("inject"), func(c *Config, l string) error { return c.addInjection("inject", l) }},
	{long("kvm"), func(c *Config, l string) error { c.VCPUs = true; return word("kvm", l, "vcpu") }},
	{long("quiet", "silent", "silence", "q"), setQuiet},
	{long("secontext"), setContexts},
	{long("decode-fds", "decode-fd"), func(c *Config, l string) error { return setWords(&c.FDs, "decode-fds", l, fdNames, fdAll) }},
	{long("decode-pids", "decode-pid"), func(c *Config, l string) error { return setWords(&c.PIDNames, "decode-pids", l, pidNames, pidAll) }},
}

// setExpr is -e: what has no qualifier that we know is a set of system calls.
func setExpr(c *Config, arg string) error {
	if name, list, ok := strings.Cut(arg, "="); ok {
		for i := range qualifiers {
			for _, n := range qualifiers[i].names {
				if n == name {
					return qualifiers[i].set(c, list)
				}
			}
		}
	}
	return setSet(&c.Show.Filter, arg)
}

func word(name, list, only string) error {
	if list != only {
		return fatal("invalid -e %s= argument: '%s'", name, list)
	}
	return nil
}

// setSet reads a set of system calls.
func setSet(set **syscalls.Set, list string) error {
	s, err := parseCalls(list)
	if err == nil {
		*set = s
	}
	return err
}

func parseCalls(list string) (*syscalls.Set, error) {
	whole, inverted := list, false
	for strings.HasPrefix(list, "!") {
		inverted, list = !inverted, list[1:]
	}
	words := strings.FieldsFunc(list, func(r rune) bool { return r == ',' })
	if len(words) == 0 {
		return nil, fatal("invalid system call '%s'", whole)
	}
	for i, member := range words { // which one is wrong?
		if _, only, ok := strings.Cut(member, "@"); ok && !slices.ContainsFunc(syscalls.ABIs, func(a *syscalls.ABI) bool { return a.OS == abi.Linux && a.Suffix == only }) {
			return nil, usage("incorrect personality designator '%s' in qualification '%s'", only, member)
		}
		if member == "none" {
			if len(words) > 1 {
				return nil, fatal("invalid system call '%s'", member)
			}
			continue
		}
		if member[0] == '!' { // stands before a whole list only
			return nil, fatal("invalid system call '%s'", member)
		}
		number, only, _ := strings.Cut(member, "@")
		if nr, err := strconv.ParseUint(number, 10, 32); err == nil && !linuxCall(nr, only) {
			return nil, fatal("invalid system call '%s'", member)
		}
		if head, re, isRegex := strings.Cut(member, "/"); isRegex && strings.Trim(head, "?") == "" {
			re, suffix, of := strings.Cut(re, "@")
			translated, err := goRegexp(re)
			if err != nil {
				return nil, fatal("regcomp: %s: %s", re, err)
			}
			if words[i] = head + "/" + translated; of {
				words[i] += "@" + suffix
			}
		}
		if _, err := syscalls.ParseSet(words[i]); err != nil {
			_, advice, _ := strings.Cut(err.Error(), "; ")
			return nil, advise(fatal("invalid system call '%s'", member), advice)
		}
	}
	expr := strings.Join(words, ",")
	if inverted {
		expr = "!" + expr
	}
	return syscalls.ParseSet(expr)
}

// linuxCall says whether Linux has a call of a number, for programs of the kind that a suffix names; "": of any.
func linuxCall(nr uint64, suffix string) bool {
	return slices.ContainsFunc(syscalls.ABIs, func(a *syscalls.ABI) bool {
		return a.OS == abi.Linux && (suffix == "" || suffix == a.Suffix) && a.Lookup(a.Base+nr) != nil
	})
}

// setAbbrev sets the calls whose structures are shortened; the others' are shown whole.
func setAbbrev(c *Config, list string) error {
	if _, err := parseCalls(list); err != nil {
		return err
	}
	return setSet(&c.Show.Verbose, "!"+list)
}

// numbers is a set of descriptors.
type numbers struct {
	in     map[int]bool
	invert bool
}

func (n *numbers) has(v int) bool { return n != nil && n.in[v] != n.invert }

// setNumbers reads a set of descriptors.
func setNumbers(set **numbers, list string) error {
	n := &numbers{in: map[int]bool{}}
	var err error
	n.invert, err = members("descriptor", list, nil, func(w string) bool {
		v, err := strconv.ParseUint(w, 10, 31)
		n.in[int(v)] = true
		return err == nil
	})
	*set = n
	return err
}

// members has add take each word of a list, and says whether all others are meant. Empty words
// count for nothing, but there must be one; "all" and "none" stand alone. known are the words that
// there are, if those can be told.
func members(what, list string, known []string, add func(w string) bool) (inverted bool, err error) {
	rest := list
	for strings.HasPrefix(rest, "!") {
		inverted, rest = !inverted, rest[1:]
	}
	switch rest {
	case "all":
		return !inverted, nil
	case "none":
		return inverted, nil
	}
	words := strings.FieldsFunc(rest, func(r rune) bool { return r == ',' })
	if len(words) == 0 {
		words = []string{list}
		add = func(string) bool { return false }
	}
	for _, w := range words {
		if add(w) {
			continue
		}
		err := fatal("invalid %s '%s'", what, w)
		if known != nil {
			err = advise(err, spell.Advice(w, append(known, "all", "none")))
		}
		return false, err
	}
	return inverted, nil
}

// setSignals reads a set of signals by name, with or without SIG, or number.
func setSignals(c *Config, list string) error {
	in := map[int]bool{}
	inverted, err := members("signal", list, nil, func(w string) bool {
		n, ok := signalNumber(w)
		in[n] = true
		return ok
	})
	c.Show.Signals = func(signo int) bool { return in[signo] != inverted }
	return err
}

// signalNumber reads a signal by name or number.
func signalNumber(w string) (int, bool) {
	if n, err := strconv.ParseUint(w, 10, 31); err == nil {
		return int(n), n <= 64
	}
	if row := abi.Linux.SignalByName(strings.ToUpper(w)); row != nil {
		return row.Num, true
	}
	return 0, false
}

var statusNames = map[string]calltrace.Status{"successful": calltrace.Successful, "failed": calltrace.Failed,
	"unfinished": calltrace.Unfinished, "unavailable": calltrace.Unavailable, "detached": calltrace.Detached}

func setStatuses(c *Config, list string) error {
	c.StatusSet = true
	err := setWords(&c.Show.Status, "status", list, statusNames, calltrace.EveryStatus)
	switch c.Show.Status {
	case calltrace.EveryStatus:
		c.Show.Status = calltrace.AnyStatus
	case 0:
		c.Show.Status = calltrace.NoStatus
	}
	return err
}

var quietNames = map[string]quiet{"attach": quietAttach, "exit": quietExit, "exits": quietExit, "path-resolution": quietPath, "personality": quietPersonality,
	"thread-execve": quietThreadExec, "superseded": quietThreadExec}

func setQuiet(c *Config, list string) error {
	c.Quieted = true
	return setWords(&c.Quiet, "quiet", list, quietNames, quietAll)
}

var (
	fdNames  = map[string]fdDetail{"dev": fdDev, "path": fdPath, "pidfd": fdPidfd, "socket": fdSocket}
	pidNames = map[string]pidDetail{"comm": pidComm, "pidns": pidNS}
)

// setWords reads a set whose members have names.
func setWords[T ~uint8](set *T, what, list string, names map[string]T, all T) error {
	var v T
	inverted, err := members(what, list, slices.Sorted(maps.Keys(names)), func(w string) bool {
		bit, ok := names[strings.ToLower(w)]
		v |= bit
		return ok
	})
	if inverted {
		v = all &^ v
	}
	*set = v
	return err
}
