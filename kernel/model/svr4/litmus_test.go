package svr4_test

// The litmus cases of testdata/litmus/svr4: what SVR4's documents promise, played by programs
// of the machine under several schedules. No SVR4 runs on this processor, so there is no truth
// to compare with but the promises themselves, and the first schedule's transcript.

import (
	"flag"
	"os"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel/kerneltest"
)

var seeds = flag.Int("seeds", 4, "schedules that each case is played under")

func TestMain(m *testing.M) { os.Exit(testprog.Main(m)) }

// programs have the cases.
var programs = []string{"svr4_ptrace", "svr4_files", "svr4_ctl", "svr4_follow"}

func TestLitmus(t *testing.T) {
	for _, name := range programs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			path := testprog.Build(t, name)
			cases, err := kerneltest.List(t.Context(), kerneltest.Model{System: "svr4", Calm: true}, path)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cases {
				t.Run(c.Name, func(t *testing.T) { play(t, path, c) })
			}
		})
	}
}

func play(t *testing.T, path string, c kerneltest.Case) {
	var truth []string
	for seed := range *seeds {
		m := kerneltest.Model{System: "svr4", Seed: uint64(seed), Calm: seed == 0}
		o, err := kerneltest.Play(t.Context(), m, path, c.Name)
		if err != nil {
			t.Fatalf("seed %d: %s\n%v", seed, c.Promise, err)
		}
		if o.Skipped != "" {
			t.Skip(o.Skipped)
		}
		if truth == nil {
			truth = o.Transcript
		}
		if d := kerneltest.Differ(truth, o.Transcript); d != "" {
			t.Errorf("seed %d: %s\nobserved otherwise than under seed 0: %s", seed, c.Promise, d)
		}
	}
}
