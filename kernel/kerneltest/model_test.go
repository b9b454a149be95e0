package kerneltest

// The suite on the modeled kernel: each case must hold there, under several schedules, and
// observe what it does on the host.

import (
	"flag"
	"os"
	"path"
	"runtime"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
)

var seeds = flag.Int("seeds", 3, "schedules of the modeled kernel that each case is played under")

func TestMain(m *testing.M) { os.Exit(testprog.Main(m)) }

// litmusPrograms are the rows of testdata/litmus for Linux; other systems' are in folders of
// their own.
func litmusPrograms() (names []string) {
	for _, p := range testprog.Programs() {
		if len(p.Sources) > 0 && path.Dir(p.Sources[0]) == "litmus" {
			names = append(names, p.Name)
		}
	}
	return names
}

func TestLitmusModel(t *testing.T) {
	for _, name := range litmusPrograms() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := testprog.Build(t, name)
			cases, err := List(t.Context(), Model{Calm: true}, path)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cases {
				t.Run(c.Name, func(t *testing.T) { playModel(t, path, c) })
			}
		})
	}
}

func playModel(t *testing.T, path string, c Case) {
	var truth []string
	if runtime.GOOS == "linux" {
		o, err := Play(t.Context(), Host{}, path, c.Name)
		if err == nil && o.Skipped == "" {
			truth = o.Transcript
		}
	}
	for seed := range *seeds {
		m := Model{Seed: uint64(seed), Calm: seed == 0}
		o, err := Play(t.Context(), m, path, c.Name)
		if err != nil {
			t.Fatalf("seed %d: %s\n%v", seed, c.Promise, err)
		}
		if o.Skipped != "" {
			t.Skip(o.Skipped)
		}
		if d := Differ(truth, o.Transcript); truth != nil && d != "" {
			t.Errorf("seed %d: %s\nthe model observes what the host does not: %s", seed, c.Promise, d)
		}
	}
}
