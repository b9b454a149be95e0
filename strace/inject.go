// -e inject= and -e fault=: what is done to which calls, and when. Doing it is tamper.go's.

package strace

import (
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/syscalls"
)

// injection is one expression: SET[:ACTION]...[:when=FIRST[..LAST][+STEP]].
type injection struct {
	calls *syscalls.Set

	hasError, hasRet bool
	errno            int
	ret              int64
	call             string // another call made in place of this one
	signal           int
	delayEnter       time.Duration
	delayExit        time.Duration
	pokeEnter        []poke
	pokeExit         []poke

	first, last, step int // step 0: once
	whenGiven         bool
}

// poke is bytes written to where an argument points.
type poke struct {
	arg  int
	data []byte
}

const maxWhen = 0xfffe

// addInjection reads the value of inject= or fault=.
func (c *Config) addInjection(kind, arg string) error {
	bad := fatal("invalid %s argument '%s'", kind, arg)
	words := strings.Split(arg, ":")
	if words[0] == "" {
		return fatal("invalid system call ''")
	}
	calls, err := parseCalls(words[0])
	if err != nil {
		return err
	}
	in := injection{calls: calls, first: 1, step: 1, last: maxWhen + 1}
	for _, w := range words[1:] {
		name, value, given := strings.Cut(w, "=")
		i := indexAction(name)
		switch {
		case i < 0 || kind == "fault" && !actions[i].fault:
			return advise(bad, fmt.Sprintf("%q is nothing to do; %s", w, spell.Advice(name+"=", actionNames(kind))))
		case !given || !actions[i].set(&in, value):
			return advise(bad, fmt.Sprintf("%q makes no sense here", w))
		}
	}
	switch {
	case kind == "fault" && !in.hasError && !in.hasRet:
		in.hasError, in.errno = true, 38
	case !in.acts():
		return advise(bad, "it says nothing to do; "+spell.Advice("", actionNames(kind)))
	}
	if in.hasRet {
		c.warnOfReturn(uint64(in.ret))
	}
	c.Inject = append(c.Inject, in)
	return nil
}

func (in *injection) acts() bool {
	return in.hasError || in.hasRet || in.signal != 0 || in.delayEnter > 0 || in.delayExit > 0 ||
		in.pokeEnter != nil || in.pokeExit != nil
}

// actions are the words of an expression.
var actions = []struct {
	name  string
	fault bool // fault= takes it, too
	set   func(in *injection, value string) bool
}{
	{"error", true, (*injection).setError},
	{"retval", false, (*injection).setRet},
	{"signal", false, (*injection).setSignal},
	{"syscall", true, (*injection).setCall},
	{"delay_enter", false, func(in *injection, v string) bool { return setDelay(&in.delayEnter, v) }},
	{"delay_exit", false, func(in *injection, v string) bool { return setDelay(&in.delayExit, v) }},
	{"poke_enter", false, func(in *injection, v string) bool { return setPokes(&in.pokeEnter, v) }},
	{"poke_exit", false, func(in *injection, v string) bool { return setPokes(&in.pokeExit, v) }},
	{"when", true, (*injection).setWhen},
}

// actionNames are those that an expression of a kind takes.
func actionNames(kind string) (names []string) {
	for _, a := range actions {
		if kind != "fault" || a.fault {
			names = append(names, a.name+"=")
		}
	}
	return names
}

func indexAction(name string) int {
	for i := range actions {
		if actions[i].name == name {
			return i
		}
	}
	return -1
}

const maxErrno = 4095

func (in *injection) setError(v string) bool {
	if in.hasError || in.hasRet {
		return false
	}
	in.hasError = true
	if n, err := strconv.ParseUint(v, 10, 16); err == nil {
		in.errno = int(n)
		return n >= 1 && n <= maxErrno
	}
	if row := abi.Linux.ErrnoByName(strings.ToUpper(v)); row != nil {
		in.errno = row.Num
		return true
	}
	n, ok := restartErrnos[strings.ToUpper(v)]
	in.errno = n
	return ok
}

// restartErrnos are errors that no program sees.
var restartErrnos = map[string]int{"ERESTARTSYS": 512, "ERESTARTNOINTR": 513, "ERESTARTNOHAND": 514, "ENOIOCTLCMD": 515, "ERESTART_RESTARTBLOCK": 516}

func (in *injection) setRet(v string) bool {
	if in.hasError || in.hasRet {
		return false
	}
	rest, negative := strings.CutPrefix(v, "-") // as strtoull(3) has it
	n, err := strconv.ParseUint(rest, 0, 64)
	if negative {
		n = -n
	}
	in.hasRet, in.ret = true, int64(n)
	return err == nil
}

// warnOfReturn tells of a result that a program takes for an error, or that one of 32 bits cannot have.
func (c *Config) warnOfReturn(v uint64) {
	text := ""
	switch low := uint64(uint32(v)); {
	case -v <= maxErrno && v != 0:
		text = fmt.Sprintf("Inadvertent injection of error %d is possible for retval=%d", -v, v)
	case low != v:
		text = fmt.Sprintf("Injected return value %d will be clipped to %d in compat personality", v, low)
	case low > math.MaxUint32-maxErrno:
		text = fmt.Sprintf("Inadvertent injection of error %d is possible in compat personality for retval=%d", 1<<32-low, v)
	default:
		return
	}
	c.Warnings = append(c.Warnings, text)
}

func (in *injection) setSignal(v string) bool {
	if in.signal != 0 {
		return false
	}
	n, ok := signalNumber(v)
	in.signal = n
	return ok && n >= 1
}

// setCall takes a call without arguments or effects.
func (in *injection) setCall(v string) bool {
	pure, err := syscalls.ParseSet("%pure")
	if err != nil || in.call != "" {
		return false
	}
	in.call = v
	nr, ok := syscalls.X8664.Number(v)
	return ok && pure.Has(syscalls.X8664, nr)
}

// setDelay takes microseconds, or a time with a unit.
func setDelay(d *time.Duration, v string) bool {
	if *d != 0 {
		return false
	}
	n, ok := duration(v)
	*d = max(n, 1)
	return ok
}

// setPokes reads @argN=HEX,@argM=HEX.
func setPokes(pokes *[]poke, v string) bool {
	if *pokes != nil || v == "" {
		return false
	}
	for w := range strings.SplitSeq(v, ",") {
		name, data, ok := strings.Cut(w, "=")
		n, isArg := strings.CutPrefix(name, "@arg")
		arg, err := strconv.Atoi(n)
		bytes, bad := hex.DecodeString(data)
		if !ok || !isArg || err != nil || bad != nil || arg < 1 || arg > 7 || len(bytes) == 0 || len(bytes) > 1024 {
			return false
		}
		for _, p := range *pokes {
			if p.arg == arg-1 {
				return false
			}
		}
		*pokes = append(*pokes, poke{arg - 1, bytes})
	}
	return true
}

// setWhen reads FIRST[..LAST][+[STEP]].
func (in *injection) setWhen(v string) bool {
	if in.whenGiven {
		return false
	}
	in.whenGiven = true
	head, step, stepped := strings.Cut(v, "+")
	first, last, ranged := strings.Cut(head, "..")
	var ok bool
	if in.first, ok = whenNumber(first); !ok {
		return false
	}
	switch {
	case ranged:
		if in.last, ok = whenNumber(last); !ok || in.last < in.first {
			return false
		}
	case !stepped:
		in.last = in.first
	}
	if stepped && step != "" {
		if in.step, ok = whenNumber(step); !ok {
			return false
		}
	}
	return true
}

func whenNumber(v string) (int, bool) {
	n, ok := number(v)
	return n, ok && n >= 1 && n <= maxWhen
}

// due says whether the expression applies to the count-th call of its set by a thread.
func (in *injection) due(count int) bool {
	return count >= in.first && count <= in.last && (count-in.first)%in.step == 0
}
