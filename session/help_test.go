package session

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

const manualFile = "../docs/commands.md"

// The manual is what the table says; -update writes it.
func TestManual(t *testing.T) {
	want := Manual()
	if f := flag.Lookup("update"); f != nil && f.Value.String() == "true" {
		if err := os.MkdirAll("../docs", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(manualFile, []byte(want), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if _, err := os.Stat("../docs"); os.IsNotExist(err) {
		t.Skip("the binary is run without the sources: there is no docs beside it")
	}
	got, err := os.ReadFile(manualFile)
	if err != nil {
		t.Fatalf("%v; go test ./session -update writes it", err)
	}
	if d := cmp.Diff(strings.Split(want, "\n"), strings.Split(string(got), "\n")); d != "" {
		t.Errorf("%s is not what the command table says; go test ./session -update (-want +got):\n%s", manualFile, d)
	}
}

// Every row is complete, and no name means two commands.
func TestTable(t *testing.T) {
	var check func(rows []Command, parent string)
	check = func(rows []Command, parent string) {
		owner := map[string]string{}
		for i := range rows {
			c := &rows[i]
			full := strings.TrimSpace(parent + " " + c.Name())
			switch {
			case c.Short == "" || strings.HasSuffix(c.Short, ".") || c.Short[0] >= 'A' && c.Short[0] <= 'Z' && !strings.HasPrefix(c.Short, "C"):
				t.Errorf("%s: short help %q: want lower case, no full stop", full, c.Short)
			case c.Run == nil && len(c.Sub) == 0:
				t.Errorf("%s does nothing", full)
			}
			for _, n := range c.Names {
				if owner[n] != "" {
					t.Errorf("%s: the name %s belongs to %s too", full, n, owner[n])
				}
				owner[n] = full
			}
			check(c.Sub, full)
		}
	}
	check(table, "")
}

// gdb's abbreviations, which fingers know, mean what they mean there.
func TestAbbreviations(t *testing.T) {
	for in, want := range map[string]string{
		"b main": "break", "br main": "break", "tb main": "tbreak", "c": "continue", "s": "step", "n": "next", "si": "stepi", "ni": "nexti",
		"fin": "finish", "p x": "print", "x/4xw $sp": "x", "i b": "breakpoints", "info b": "breakpoints", "i r": "registers", "i threads": "threads",
		"bt": "backtrace", "where": "backtrace", "l": "list", "d 1": "delete", "r": "run", "k": "kill", "disas": "disassemble",
		"u 12": "until", "q": "quit", "h": "help", "f 1": "frame", "t 2": "thread", "thread apply all bt": "apply", "cond 1 x": "condition",
		"dis 1": "disable", "en 1": "enable", "ig 1 2": "ignore", "wa x": "watch", "j main": "jump", "sig 0": "signal", "attach 1": "attach",
		"info proc maps": "maps", "set listsize 5": "listsize", "set x = 1": "set", "set l = 1": "set", "set var x = 1": "var", "show args": "args", "p/x 5": "print",
		"!ls": "shell", "disp x": "display", "und 1": "undisplay", "dir /": "directory", "adv 5": "advance", "cat fork": "fork", "i sh": "sharedlibrary", "i line 5": "line",
	} {
		c, _, err := parse(in)
		if err != nil {
			t.Errorf("%s: %v", in, err)
			continue
		}
		if c.Name() != want {
			t.Errorf("%s is %s, want %s", in, c.Name(), want)
		}
	}
}

func TestUnknownCommands(t *testing.T) {
	for in, want := range map[string]string{
		"stpe": "did you mean step", "wat x": "", "de 1": "ambiguous command \"de\": define, delete, detach", "frobnicate": "try \"help\"",
		"info f": "", "info s": "ambiguous command \"info s\": sharedlibrary, signals, source, symbol", "info": "must be followed by", "catch frok": "did you mean fork",
		"info regsiters": "did you mean registers",
	} {
		_, _, err := parse(in)
		switch {
		case want == "" && err != nil:
			t.Errorf("%s: %v", in, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: error %v, want %q", in, err, want)
		}
	}
}

func TestCutWord(t *testing.T) {
	for _, c := range []struct{ in, word, format, rest string }{
		{"x/4xw $sp", "x", "4xw", "$sp"}, {"p/x", "p", "x", ""}, {"print  a/b", "print", "", "a/b"}, {"!ls /tmp", "!", "", "ls /tmp"},
		{"info proc", "info", "", "proc"}, {"", "", "", ""}, {"kernel-limits x", "kernel-limits", "", "x"},
	} {
		word, format, rest := cutWord(c.in)
		if word != c.word || format != c.format || rest != c.rest {
			t.Errorf("cutWord(%q) = %q, %q, %q", c.in, word, format, rest)
		}
	}
}

func TestParseSpec(t *testing.T) {
	for _, c := range []struct {
		in   string
		want spec
		err  string
	}{
		{in: "main", want: spec{fn: "main"}},
		{in: "12", want: spec{line: 12}},
		{in: "a.c:12", want: spec{file: "a.c", line: 12}},
		{in: "dir/a.c : 12", want: spec{file: "dir/a.c", line: 12}},
		{in: "a.c:f", want: spec{file: "a.c", fn: "f"}},
		{in: "ns::f", want: spec{fn: "ns::f"}},
		{in: "a.cc:ns::f", want: spec{file: "a.cc", fn: "ns::f"}},
		{in: "ns::f(int, char)", want: spec{fn: "ns::f(int, char)"}},
		{in: "'a b.c':3", want: spec{file: "a b.c", line: 3}},
		{in: "*0x401000", want: spec{addr: "0x401000"}},
		{in: "*main + 4", want: spec{addr: "main + 4"}},
		{in: "+3", want: spec{line: 3, relative: 1}},
		{in: "-3", want: spec{line: 3, relative: -1}},
		{in: "main.main", want: spec{fn: "main.main"}},
		{in: "", err: "missing"}, {in: "*", err: "missing"}, {in: "0", err: "no line 0"}, {in: "a.c:0", err: "no line 0"}, {in: "a.c:", err: "missing after"},
		{in: "+x", err: "no number"},
	} {
		got, err := parseSpec(c.in)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("parseSpec(%q): error %v, want %q", c.in, err, c.err)
			}
			continue
		}
		c.want.text = c.in
		if err != nil || got != c.want {
			t.Errorf("parseSpec(%q) = %+v, %v, want %+v", c.in, got, err, c.want)
		}
	}
}

func TestCutCondition(t *testing.T) {
	for _, c := range []struct{ in, before, cond string }{
		{"main if x == 1", "main", "x == 1"}, {"main if(x)", "main", "(x)"}, {"if x", "", "x"}, {"iffy", "iffy", ""}, {"f thread 1 if y", "f thread 1", "y"},
	} {
		before, cond := cutCondition(c.in)
		if before != c.before || cond != c.cond {
			t.Errorf("cutCondition(%q) = %q, %q", c.in, before, cond)
		}
	}
}

func TestSplitArgs(t *testing.T) {
	for _, c := range []struct {
		in   string
		want []string
		bad  bool
	}{
		{in: "", want: nil}, {in: "a b  c", want: []string{"a", "b", "c"}}, {in: `'a b' "c d" e\ f`, want: []string{"a b", "c d", "e f"}},
		{in: `''`, want: []string{""}}, {in: `a'b'"c"`, want: []string{"abc"}}, {in: `"a\"b"`, want: []string{`a"b`}}, {in: "'a", bad: true},
	} {
		got, err := splitArgs(c.in)
		if (err != nil) != c.bad || !slices.Equal(got, c.want) {
			t.Errorf("splitArgs(%q) = %q, %v, want %q", c.in, got, err, c.want)
		}
		if !c.bad {
			if again, err := splitArgs(joinArgs(got)); err != nil || !slices.Equal(again, got) {
				t.Errorf("joinArgs(%q) = %q does not come back: %q", got, joinArgs(got), again)
			}
		}
	}
}
