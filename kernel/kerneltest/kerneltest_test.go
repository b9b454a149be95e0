package kerneltest

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// scripted is a kernel on which every program does the same.
type scripted struct {
	out Output
	err error
}

func (s scripted) Run(context.Context, string, ...string) (Output, error) { return s.out, s.err }

func TestList(t *testing.T) {
	for _, test := range []struct {
		name  string
		out   Output
		want  []Case
		fails bool
	}{
		{"two", Output{Stdout: "a\tone\nb\ttwo, three\n", Status: "exit 0"}, []Case{{"a", "one"}, {"b", "two, three"}}, false},
		{"none", Output{Status: "exit 0"}, nil, true},
		{"twice", Output{Stdout: "a\tone\na\ttwo\n", Status: "exit 0"}, nil, true},
		{"no promise", Output{Stdout: "a\n", Status: "exit 0"}, nil, true},
		{"crash", Output{Stdout: "a\tone\n", Status: "signal 11"}, nil, true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := List(t.Context(), scripted{out: test.out}, "prog")
			if (err != nil) != test.fails {
				t.Fatalf("List: %v, want an error: %v", err, test.fails)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("List (-want +got):\n%s", diff)
			}
		})
	}
}

func TestPlay(t *testing.T) {
	for _, test := range []struct {
		name string
		run  scripted
		want Outcome
		err  string // what the error says; "" for none
	}{
		{"kept", scripted{out: Output{Stdout: "c:1: x = 1\nc:2: y = 2\n", Status: "exit 0"}},
			Outcome{Transcript: []string{"c:1: x = 1", "c:2: y = 2"}}, ""},
		{"skipped", scripted{out: Output{Stdout: "SKIP needs root\n", Status: "exit 77"}},
			Outcome{Transcript: []string{"SKIP needs root"}, Skipped: "needs root"}, ""},
		{"not kept", scripted{out: Output{Stdout: "c:1: x = 1\nFAIL f.c:1: x is 1, want 2\n", Status: "exit 99"}},
			Outcome{Transcript: []string{"c:1: x = 1", "FAIL f.c:1: x is 1, want 2"}}, "x is 1, want 2"},
		{"not kept in a child", scripted{out: Output{Stdout: "FAIL f.c:1: x is 1, want 2\nc:2: y = 2\n", Status: "exit 0"}},
			Outcome{Transcript: []string{"FAIL f.c:1: x is 1, want 2", "c:2: y = 2"}}, "x is 1, want 2"},
		{"77 without a word", scripted{out: Output{Stdout: "c:1: x = 1\n", Status: "exit 77"}},
			Outcome{Transcript: []string{"c:1: x = 1"}}, "ended with exit 77"},
		{"killed", scripted{out: Output{Stdout: "c:1: x = 1\n", Status: "signal 14"}},
			Outcome{Transcript: []string{"c:1: x = 1"}}, "ended with signal 14"},
		{"a broken set-up", scripted{out: Output{Stdout: "c:1: x = 1\n", Stderr: "f.c:3: p > 0\n", Status: "exit 0"}},
			Outcome{Transcript: []string{"c:1: x = 1"}}, "f.c:3: p > 0"},
		{"silent", scripted{out: Output{Status: "exit 0"}}, Outcome{Transcript: []string{""}}, "observed nothing"},
		{"hung", scripted{out: Output{Stdout: "c:1: x = 1\n"}, err: errors.New("still running")},
			Outcome{Transcript: []string{"c:1: x = 1"}}, "still running"},
	} {
		t.Run(test.name, func(t *testing.T) {
			got, err := Play(t.Context(), test.run, "prog", "c")
			if test.err == "" && err != nil || test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)) {
				t.Errorf("Play: %v, want %q in it", err, test.err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Play (-want +got):\n%s", diff)
			}
		})
	}
}

func TestDiffer(t *testing.T) {
	for _, test := range []struct {
		truth, got []string
		want       string // in the answer; "" for no difference
	}{
		{nil, nil, ""},
		{[]string{"a", "b"}, []string{"a", "b"}, ""},
		{[]string{"a", "b"}, []string{"a", "c"}, "line 2:\n the truth: b\n      here: c"},
		{[]string{"a", "b"}, []string{"a"}, "line 2:\n the truth: b\n      here: (the end)"},
		{[]string{"a"}, []string{"a", "b"}, "line 2:\n the truth: (the end)\n      here: b"},
	} {
		if got := Differ(test.truth, test.got); got != test.want {
			t.Errorf("Differ(%q, %q) = %q, want %q", test.truth, test.got, got, test.want)
		}
	}
}
