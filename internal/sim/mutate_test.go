package main

// The proof that the simulation bites. Each row of mutations is a defect that the engine, an
// adapter or their helpers might have. Copies of the files with all of them, each behind a
// switch, are put in front of the compiler (go build -overlay); no source is touched. The one
// binary is run for each defect, and has to find it; and once without any.

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/trapline/trapline/internal/testprog"
)

// mutation is a defect.
type mutation struct {
	name     string
	promises string // those it breaks: found when one of them is
	// Where it shows: a profile and a part of a program's name ("": any), and how many
	// schedules are tried (0: the default).
	profile, program string
	seeds            int
	system           string // "": Linux
	as               string // "", or the mutation whose defect it is, found on another system
	edits            []edit
}

// edit is one change of a file: a text that occurs once in it, and what takes its place. There
// MUTATED stands for the switch being on.
type edit struct{ file, old, new string }

const defaultSeeds = 400

// variable is the environment variable that switches a defect on, by its name.
const variable = "TRAPLINE_MUTATION"

// A defect may make the engine go round for ever without asking the machine for anything.
const patience = 100 * time.Second

func TestMutations(t *testing.T) {
	binary := buildMutated(t)
	turns := make(chan bool, min(2, runtime.GOMAXPROCS(0)))
	for _, y := range []string{"linux", "freebsd"} {
		t.Run("none on "+y, func(t *testing.T) {
			t.Parallel()
			turns <- true
			defer func() { <-turns }()
			if found := simulate(t, binary, &mutation{seeds: 2 * defaultSeeds, system: y}); found != nil {
				t.Errorf("without a defect it finds\n%s", found.text)
			}
		})
	}
	for i := range mutations {
		m := &mutations[i]
		t.Run(m.name, func(t *testing.T) {
			t.Parallel()
			turns <- true
			defer func() { <-turns }()
			found := simulate(t, binary, m)
			if found == nil {
				t.Fatalf("%q is not found in %d schedules of profile %q, program %q", m.name, m.limit(), m.profile, m.program)
			}
			t.Logf("promise %s; %s", found.promise, found.line)
			if !slices.Contains(strings.Fields(m.promises), found.promise) {
				t.Errorf("%q is found by promise %s, not by %s:\n%s", m.name, found.promise, m.promises, found.text)
			}
		})
	}
}

func (m *mutation) limit() int {
	if m.seeds == 0 {
		return defaultSeeds
	}
	return m.seeds
}

// finding is what a run of the simulation came to.
type finding struct{ promise, line, text string }

var firstFault = regexp.MustCompile(`(?m)^ +(promise (\d)|panic): .*$`)

// simulate runs the binary; nil means that it found nothing.
func simulate(t *testing.T, binary string, m *mutation) *finding {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, binary, "-seeds", fmt.Sprint(m.limit()), "-workers", "1", "-most", "1",
		"-profile", m.profile, "-program", m.program, "-system", cmp.Or(m.system, systems[0].name))
	cmd.Env = append(os.Environ(), variable+"="+cmp.Or(m.as, m.name), "GOMAXPROCS=2")
	out, err := cmd.CombinedOutput()
	var status *exec.ExitError
	switch {
	case err == nil:
		return nil
	case !errors.As(err, &status):
		t.Fatal(err)
	}
	f := &finding{text: string(out)}
	switch at := firstFault.FindSubmatch(out); {
	case at != nil && at[2] != nil:
		f.promise, f.line = string(at[2]), strings.TrimSpace(string(at[0]))
	case at != nil:
		f.promise, f.line = "panic", strings.TrimSpace(string(at[0]))
	case ctx.Err() != nil:
		f.promise, f.line = "7", "it runs for ever"
	default:
		t.Fatalf("the simulation failed: %v\n%s", err, out)
	}
	return f
}

// buildMutated builds the simulation with all defects in it.
func buildMutated(t *testing.T) string {
	t.Helper()
	root, err := testprog.Root()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Subjects("simthreads"); err != nil {
		var missing *testprog.MissingError
		if errors.As(err, &missing) {
			t.Skip(err)
		}
		t.Fatal(err)
	}
	dir := t.TempDir()
	replace, bad := overlay(root, dir)
	for _, line := range bad {
		t.Error(line)
	}
	if len(bad) > 0 {
		t.FailNow()
	}
	text, err := json.Marshal(map[string]any{"Replace": replace})
	if err != nil {
		t.Fatal(err)
	}
	list, binary := filepath.Join(dir, "overlay.json"), filepath.Join(dir, "sim")
	if err := os.WriteFile(list, text, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "build", "-overlay", list, "-o", binary, "./internal/sim")
	cmd.Dir, cmd.Env = root, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd, err, out)
	}
	return binary
}

// overlay writes the mutated files and says which file each stands for. What is wrong with
// the rows is one line each.
func overlay(root, dir string) (replace map[string]string, bad []string) {
	replace = map[string]string{}
	byFile := map[string][]change{}
	for _, m := range mutations {
		for _, e := range m.edits {
			byFile[e.file] = append(byFile[e.file], change{e, m.name})
		}
	}
	put := func(path, text string) {
		to := filepath.Join(dir, fmt.Sprintf("%d_%s", len(replace), filepath.Base(path)))
		if err := os.WriteFile(to, []byte(text), 0o666); err != nil {
			bad = append(bad, err.Error())
		}
		replace[filepath.Join(root, path)] = to
	}
	for file, changes := range byFile {
		source, err := os.ReadFile(filepath.Join(root, file))
		if err != nil {
			bad = append(bad, err.Error())
			continue
		}
		text, wrong := apply(file, string(source), changes)
		bad = append(bad, wrong...)
		put(file, text)
		if extra := filepath.Join(filepath.Dir(file), "mutation_overlay.go"); replace[filepath.Join(root, extra)] == "" {
			name := regexp.MustCompile(`(?m)^package (\w+)`).FindStringSubmatch(text)[1]
			put(extra, "package "+name+"\n\nimport \"os\"\n\nvar mutation = os.Getenv(\""+variable+"\")\n")
		}
	}
	return replace, bad
}

// change is an edit of a mutation.
type change struct {
	edit
	name string
}

// apply makes changes to a text, all found in it as it is.
func apply(file, source string, changes []change) (text string, bad []string) {
	at := map[int]change{}
	var order []int
	for _, c := range changes {
		if n := strings.Count(source, c.old); n != 1 {
			bad = append(bad, fmt.Sprintf("mutation %q: its text occurs %d times in %s, not once: %q", c.name, n, file, c.old))
			continue
		}
		i := strings.Index(source, c.old)
		if other, taken := at[i]; taken {
			bad = append(bad, fmt.Sprintf("mutations %q and %q change the same text of %s", c.name, other.name, file))
			continue
		}
		at[i], order = c, append(order, i)
	}
	slices.Sort(order)
	var b strings.Builder
	done := 0
	for _, i := range order {
		c := at[i]
		if i < done {
			bad = append(bad, fmt.Sprintf("mutation %q changes a text of %s that another changes", c.name, file))
			continue
		}
		b.WriteString(source[done:i])
		b.WriteString(strings.ReplaceAll(c.new, "MUTATED", fmt.Sprintf("mutation == %q", c.name)))
		done = i + len(c.old)
	}
	b.WriteString(source[done:])
	return b.String(), bad
}
