package freebsd_test

// The programs of the simulation, built with FreeBSD's system calls, untraced: what they print
// and how they end is known from their rows.

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel/model"
)

// notHere are those that do what FreeBSD cannot: a queued signal to one thread of several.
var notHere = []string{"simstorm"}

func TestPrograms(t *testing.T) {
	const seeds = 4
	for _, p := range testprog.Programs() {
		if !strings.HasPrefix(p.Name, "sim") || slices.Contains(notHere, p.Name) {
			continue
		}
		for _, run := range p.Runs {
			t.Run(fmt.Sprint(p.Name, run.Args), func(t *testing.T) {
				path := testprog.Build(t, p.Name+"+freebsd")
				for seed := range seeds {
					out, err := model.Run(model.Options{System: "freebsd", Seed: uint64(seed), Calm: seed == 0}, path, run.Args, []string{"TP_SIM=1"})
					if err == nil {
						err = run.Check(out.Stdout, out.Status)
					}
					if err != nil {
						t.Fatalf("seed %d: %v\n%s%s", seed, err, out.Stdout, out.Stderr)
					}
				}
			})
		}
	}
}
