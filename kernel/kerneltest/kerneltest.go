// Package kerneltest is the conformance suite that every kernel, real or modeled, must
// pass.
//
// What a kernel promises is written down as litmus programs (testdata/litmus): each case is
// one promise, played by real processes that check every observation in place and print
// it as a line of a transcript. The host's kernel is the truth. A case holds on another
// kernel when it ends well there and its transcript is the same, line for line, under
// every schedule.
//
// A [Runner] runs a program on one kernel. This package has the host's; the modeled
// kernel brings its own.
package kerneltest

import (
	"context"
	"fmt"
	"strings"
)

// Runner runs a program on a kernel, to its end.
type Runner interface {
	// Run runs the program of an ELF file with arguments after its name, standard
	// input empty. The error is the runner's own trouble, such as a timeout; however
	// the program ended is no error. The output so far comes with an error too.
	Run(ctx context.Context, path string, args ...string) (Output, error)
}

// Output is what came of a program.
type Output struct {
	Stdout, Stderr string
	Status         string // "exit 3", "signal 9"
}

// Exit statuses of a litmus program.
const (
	kept    = "exit 0"
	skipped = "exit 77"
)

// Case is one promise of a litmus program.
type Case struct {
	Name    string // as the program takes it for its argument
	Promise string
}

// List returns the cases of a litmus program, in the order of its source.
func List(ctx context.Context, r Runner, path string) ([]Case, error) {
	out, err := r.Run(ctx, path)
	if err == nil && out.Status != kept {
		err = fmt.Errorf("ended with %s: %s", out.Status, out.Stderr)
	}
	if err != nil {
		return nil, fmt.Errorf("kerneltest: listing the cases of %s: %w", path, err)
	}
	var cases []Case
	seen := map[string]bool{}
	for line := range strings.Lines(out.Stdout) {
		name, promise, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		if !ok || name == "" || promise == "" || seen[name] {
			return nil, fmt.Errorf("kerneltest: %s lists %q: want a new name, a tab, a promise", path, line)
		}
		seen[name] = true
		cases = append(cases, Case{name, promise})
	}
	if len(cases) == 0 {
		return nil, fmt.Errorf("kerneltest: %s has no cases", path)
	}
	return cases, nil
}

// Outcome is what came of playing a case.
type Outcome struct {
	Transcript []string // the observations, one a line
	Skipped    string   // why the case cannot be played here; "" when it was played
}

// Play plays one case. The error says that the promise was not kept, or that the program
// could not be run; the transcript up to there comes with it.
func Play(ctx context.Context, r Runner, path, name string) (Outcome, error) {
	out, err := r.Run(ctx, path, name)
	o := Outcome{Transcript: strings.Split(strings.TrimSuffix(out.Stdout, "\n"), "\n")}
	if err != nil {
		return o, fmt.Errorf("%w\n%s%s", err, out.Stdout, out.Stderr)
	}
	for _, line := range o.Transcript {
		if strings.HasPrefix(line, "FAIL ") { // of any process of the case
			return o, fmt.Errorf("%s\n%s%s", line, out.Stdout, out.Stderr)
		}
		if why, ok := strings.CutPrefix(line, "SKIP "); ok && out.Status == skipped {
			o.Skipped = why
			return o, nil
		}
	}
	switch {
	case out.Status != kept:
		return o, fmt.Errorf("ended with %s\n%s%s", out.Status, out.Stdout, out.Stderr)
	case out.Stderr != "":
		return o, fmt.Errorf("stderr: %s\n%s", out.Stderr, out.Stdout)
	case out.Stdout == "":
		return o, fmt.Errorf("observed nothing")
	}
	return o, nil
}

// Differ says where two transcripts part, "" when they do not.
func Differ(truth, got []string) string {
	for i := range max(len(truth), len(got)) {
		want, have := "(the end)", "(the end)"
		if i < len(truth) {
			want = truth[i]
		}
		if i < len(got) {
			have = got[i]
		}
		if want != have {
			return fmt.Sprintf("line %d:\n the truth: %s\n      here: %s", i+1, want, have)
		}
	}
	return ""
}
