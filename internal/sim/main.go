package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	seeds := flag.Uint64("seeds", 2000, "how many schedules")
	first := flag.Uint64("from", 1, "the first one's number")
	seed := flag.Uint64("seed", 0, "only this one")
	profile := flag.String("profile", "", "only this profile")
	program := flag.String("program", "", "only programs whose name has this in it")
	verbose := flag.Bool("v", false, "say what happens")
	shorten := flag.Bool("shrink", false, "make a run that fails as short as it can be")
	most := flag.Int("most", 5, "stop after so many failures")
	flag.Parse()
	subjects, err := Subjects()
	if err != nil {
		fmt.Fprintln(os.Stderr, "sim:", err)
		os.Exit(125)
	}
	if *seed != 0 {
		*first, *seeds = *seed, 1
	}
	failed, run := 0, 0
	began := time.Now()
	var steps uint64
	for n := *first; n < *first+*seeds && failed < *most; n++ {
		c := CaseOf(n, subjects)
		if *profile != "" && c.Profile.Name != *profile || !strings.Contains(c.Subject.row.Name, *program) {
			continue
		}
		if *verbose {
			c.Log = func(s string) { fmt.Println(s) }
		}
		r := Play(c)
		run++
		steps += r.Steps
		if err := r.Err(); err != nil {
			failed++
			report(c, &r, *shorten)
		}
	}
	took := time.Since(began)
	fmt.Printf("%d schedules, %d failed, %d steps, %.0f schedules/s\n", run, failed, steps, float64(run)/took.Seconds())
	if failed > 0 {
		os.Exit(1)
	}
}

// report prints a run that failed and how to repeat it.
func report(c Case, r *Result, shorten bool) {
	fmt.Printf("FAIL %s %q, %s: seed %d\n", c.Subject.row.Name, c.Subject.run.Args, c.Profile.Name, c.Seed)
	for _, f := range r.Faults {
		fmt.Println("    ", f)
	}
	fmt.Printf("     again: go run ./internal/sim -seed %d -v\n", c.Seed)
	if r.State != "" {
		fmt.Print(r.State)
	}
	if shorten {
		short := Shrink(c, r)
		fmt.Printf("     shortest: %d choices of %d: %v\n", len(short), len(r.Choices), short)
	}
}
