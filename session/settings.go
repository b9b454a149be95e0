package session

import (
	"errors"
	"fmt"
	"os"
	"sort"
	"strconv"
	"strings"

	"github.com/trapline/trapline/session/expr"
	"github.com/trapline/trapline/tracer"
)

// What "set" and "show" know, as rows.

type settings struct {
	confirm         bool
	listSize        int
	printElements   int
	printThreads    bool
	hardwareWatch   bool // watch by debug registers
	backtraceLimit  int
	pastMain        bool
	disassembleNext bool
	intel           bool
	directories     []string
	substitute      [][2]string
}

func defaultSettings() settings {
	return settings{confirm: true, listSize: 10, printElements: 200, printThreads: true, hardwareWatch: true, backtraceLimit: 1000}
}

// setting is one row. get gives the text of its value, set takes one.
type setting struct {
	name, args, short string
	get               func(*Session) string
	set               func(*Session, string) error
}

func settingRows() []setting {
	return []setting{
		{"args", "[ARG]...", "arguments of the program when it is run", func(s *Session) string { return joinArgs(s.Target.Args) },
			func(s *Session, v string) (err error) { s.Target.Args, err = splitArgs(v); return err }},
		{"backtrace-limit", "N", "frames that backtrace shows", intGet(func(s *Session) *int { return &s.opts.backtraceLimit }), intSet(func(s *Session) *int { return &s.opts.backtraceLimit })},
		{"backtrace-past-main", "on|off", "show the start-up code that called main, too", boolGet(func(s *Session) *bool { return &s.opts.pastMain }), boolSet(func(s *Session) *bool { s.stack.forget(); return &s.opts.pastMain })},
		{"can-use-hw-watchpoints", "on|off", "let watch use the debug registers; off: the program goes by single steps", boolGet(func(s *Session) *bool { return &s.opts.hardwareWatch }), boolSet(func(s *Session) *bool { return &s.opts.hardwareWatch })},
		{"confirm", "on|off", "ask before what cannot be undone", boolGet(func(s *Session) *bool { return &s.opts.confirm }), boolSet(func(s *Session) *bool { return &s.opts.confirm })},
		{"cwd", "[DIR]", "directory the program is run in", func(s *Session) string { return s.Target.Dir },
			func(s *Session, v string) error {
				if st, err := os.Stat(v); v != "" && (err != nil || !st.IsDir()) {
					return fmt.Errorf("%s is not a directory", v)
				}
				s.Target.Dir = v
				return nil
			}},
		{"disassemble-next-line", "on|off", "show the next instruction where there is no source", boolGet(func(s *Session) *bool { return &s.opts.disassembleNext }), boolSet(func(s *Session) *bool { return &s.opts.disassembleNext })},
		{"disassembly-flavor", "att|intel", "how instructions are written", func(s *Session) string { return map[bool]string{true: "intel", false: "att"}[s.opts.intel] },
			func(s *Session, v string) error {
				if v != "att" && v != "intel" {
					return fmt.Errorf("disassembly-flavor is att or intel, not %q", v)
				}
				s.opts.intel = v == "intel"
				return nil
			}},
		{"disable-randomization", "on|off", "run the program at the same addresses each time", func(s *Session) string { return onOff(!s.Target.ASLR) },
			func(s *Session, v string) error {
				on, err := parseBool(v)
				if err == nil {
					s.Target.ASLR = !on
				}
				return err
			}},
		{"env", "NAME=VALUE", "a variable in the environment of the program when it is run", func(s *Session) string { return strings.Join(s.Target.Env, "\n") }, setEnv},
		{"follow-fork", "parent|child|both", "which process to stay with when the program forks", func(s *Session) string { return followNames[s.T.Follow] },
			func(s *Session, v string) error {
				for f, name := range followNames {
					if name == v {
						s.T.Follow = tracer.Follow(f)
						return nil
					}
				}
				return fmt.Errorf("follow-fork is parent, child or both, not %q", v)
			}},
		{"listsize", "N", "lines that list shows", intGet(func(s *Session) *int { return &s.opts.listSize }), intSet(func(s *Session) *int { return &s.opts.listSize })},
		{"print-elements", "N", "elements of an array or characters of a string that are shown", intGet(func(s *Session) *int { return &s.opts.printElements }), intSet(func(s *Session) *int { return &s.opts.printElements })},
		{"print-thread-events", "on|off", "tell of threads that come and go", boolGet(func(s *Session) *bool { return &s.opts.printThreads }), boolSet(func(s *Session) *bool { return &s.opts.printThreads })},
		{"substitute-path", "FROM TO", "look for sources below TO instead of FROM", func(s *Session) string {
			var b []string
			for _, sub := range s.opts.substitute {
				b = append(b, sub[0]+" -> "+sub[1])
			}
			return strings.Join(b, "\n")
		},
			func(s *Session, v string) error {
				w := strings.Fields(v)
				if len(w) != 2 {
					return errors.New("set substitute-path needs two directories: FROM TO")
				}
				s.opts.substitute = append(s.opts.substitute, [2]string{strings.TrimRight(w[0], "/"), strings.TrimRight(w[1], "/")})
				s.sources = nil
				return nil
			}},
	}
}

var followNames = []string{tracer.FollowParent: "parent", tracer.FollowChild: "child", tracer.FollowBoth: "both"}

func onOff(b bool) string { return map[bool]string{true: "on", false: "off"}[b] }

func parseBool(v string) (bool, error) {
	switch v {
	case "on", "1", "yes", "":
		return true, nil
	case "off", "0", "no":
		return false, nil
	}
	return false, fmt.Errorf("%q is neither on nor off", v)
}

func boolGet(p func(*Session) *bool) func(*Session) string {
	return func(s *Session) string { return onOff(*p(s)) }
}

func boolSet(p func(*Session) *bool) func(*Session, string) error {
	return func(s *Session, v string) error {
		on, err := parseBool(v)
		if err == nil {
			*p(s) = on
		}
		return err
	}
}

func intGet(p func(*Session) *int) func(*Session) string {
	return func(s *Session) string { return strconv.Itoa(*p(s)) }
}

func intSet(p func(*Session) *int) func(*Session, string) error {
	return func(s *Session, v string) error {
		n, err := strconv.Atoi(v)
		if v == "unlimited" {
			n, err = 1<<30, nil
		}
		if err != nil || n <= 0 {
			return fmt.Errorf("%q is no positive number", v)
		}
		*p(s) = n
		return nil
	}
}

func setEnv(s *Session, v string) error {
	name, value, _ := strings.Cut(v, "=")
	name = strings.TrimSpace(name)
	if first, rest, ok := strings.Cut(name, " "); ok { // gdb's "set env NAME VALUE"
		name, value = first, strings.TrimSpace(rest)
	}
	if name == "" {
		return errors.New("set env needs NAME=VALUE")
	}
	s.unsetEnv(name)
	s.Target.Env = append(s.Target.Env, name+"="+strings.TrimSpace(value))
	return nil
}

func (s *Session) unsetEnv(name string) {
	var kept []string
	for _, v := range s.Target.Env {
		if n, _, _ := strings.Cut(v, "="); n != name {
			kept = append(kept, v)
		}
	}
	s.Target.Env = kept
}

func setSubs() []Command {
	subs := []Command{{Names: []string{"var", "variable"}, Args: "EXPR", Short: "evaluate an assignment, whatever the name on its left",
		Complete: CompleteExpr, Run: func(s *Session, a *Args) error { return s.assign(a.Text) }}}
	for _, row := range settingRows() {
		subs = append(subs, Command{Names: []string{row.name}, Args: row.args, Short: row.short,
			Run: func(s *Session, a *Args) error { return row.set(s, a.Text) }})
	}
	subs = append(subs, Command{Names: []string{"follow-fork-mode"}, Args: "parent|child", Short: "gdb's name for follow-fork",
		Run: func(s *Session, a *Args) error { _, err := s.setNamed("follow-fork", a.Text); return err }},
		Command{Names: []string{"environment"}, Args: "NAME=VALUE", Short: "gdb's name for env",
			Run: func(s *Session, a *Args) error { _, err := s.setNamed("env", a.Text); return err }},
		Command{Names: []string{"pagination", "width", "height", "logging", "style", "debuginfod", "print"}, Args: "[VALUE]", Short: "accepted for gdb's scripts, without effect",
			Run: func(*Session, *Args) error { return nil }})
	return subs
}

func (s *Session) setNamed(name, v string) (bool, error) {
	for _, row := range settingRows() {
		if row.name == name {
			return true, row.set(s, v)
		}
	}
	return false, nil
}

func showSubs() []Command {
	var subs []Command
	for _, row := range settingRows() {
		subs = append(subs, Command{Names: []string{row.name}, Short: row.short,
			Run: func(s *Session, a *Args) error { s.printf("%s\n", row.get(s)); return nil }})
	}
	subs = append(subs, Command{Names: []string{"convenience", "values"}, Short: "the session's variables",
		Run: func(s *Session, _ *Args) error {
			var names []string
			for n := range s.vars {
				names = append(names, n)
			}
			sort.Strings(names)
			for _, n := range names {
				s.printf("$%s = %s\n", n, s.printer().Top(s.vars[n], 0))
			}
			return nil
		}},
		Command{Names: []string{"version"}, Short: "what this program is", Run: func(s *Session, _ *Args) error {
			s.printf("trapline, a debugger for x86-64 processes\n")
			return nil
		}})
	return subs
}

func (s *Session) showAll(*Args) error {
	for _, row := range settingRows() {
		if row.name != "env" {
			s.printf("%-22s %s\n", row.name, row.get(s))
		}
	}
	return nil
}

// assign is "set EXPR": an assignment whose value is not shown.
func (s *Session) assign(text string) error {
	if text == "" {
		return errors.New("set needs a setting or an assignment: set x = 3; \"help set\" lists the settings")
	}
	n, err := expr.Parse(text, s.env())
	if err != nil {
		return err
	}
	_, err = n.Eval(s.env())
	return err
}

// splitArgs splits as a shell would, quotes and backslashes included; nothing is
// expanded.
func splitArgs(text string) ([]string, error) {
	var out []string
	var cur strings.Builder
	in, quote := false, byte(0)
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case quote == '\'' && c != '\'', quote == '"' && c != '"' && c != '\\':
			cur.WriteByte(c)
		case c == '\\' && i+1 < len(text):
			i++
			cur.WriteByte(text[i])
			in = true
		case quote != 0: // its end
			quote = 0
		case c == '\'' || c == '"':
			quote, in = c, true
		case c == ' ' || c == '\t':
			if in {
				out = append(out, cur.String())
				cur.Reset()
				in = false
			}
		default:
			cur.WriteByte(c)
			in = true
		}
	}
	if quote != 0 {
		return nil, fmt.Errorf("missing closing %c in arguments", quote)
	}
	if in {
		out = append(out, cur.String())
	}
	return out, nil
}

// joinArgs is the inverse of splitArgs.
func joinArgs(args []string) string {
	var out []string
	for _, a := range args {
		if a == "" || strings.ContainsAny(a, " \t\n'\"\\$*?<>|&;()") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		out = append(out, a)
	}
	return strings.Join(out, " ")
}
