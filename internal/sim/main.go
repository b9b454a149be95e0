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
	on := flag.String("system", systems[0].name, "the modeled system")
	program := flag.String("program", "", "only programs whose name has this in it")
	verbose := flag.Bool("v", false, "say what happens")
	shorten := flag.Bool("shrink", false, "make a run that fails as short as it can be")
	most := flag.Int("most", 5, "stop after so many failures; 0: never")
	workers := flag.Int("workers", 2, "runs at a time")
	flag.Parse()
	b, err := batchOn(*on, *profile, *program)
	if err != nil {
		fmt.Fprintln(os.Stderr, "sim:", err)
		os.Exit(125)
	}
	b.From, b.Seeds, b.Workers, b.Most = *first, *seeds, *workers, *most
	if *seed != 0 {
		b.From, b.Seeds = *seed, 1
	}
	if *verbose {
		b.Workers, b.Log = 1, func(s string) { fmt.Println(s) }
	}
	after := func(*Tally) {}
	if terminal(os.Stderr) && !*verbose && b.Seeds > 1 {
		after = progress(os.Stderr, b.Seeds)
	}
	tally := b.Run(func(c Case, r *Result) { report(c, r, again(c, *profile, *program), *shorten) }, after)
	fmt.Println(&tally)
	if tally.Failed > 0 {
		os.Exit(1)
	}
}

// batchOn is the schedules of a profile (or all) and the programs whose name has this in it.
func batchOn(name, profile, program string) (*Batch, error) {
	y, err := systemNamed(name)
	if err != nil {
		return nil, err
	}
	profiles, err := ProfilesNamed(profile)
	if err != nil {
		return nil, err
	}
	subjects, err := y.subjects(program)
	if err != nil {
		return nil, err
	}
	if subjects, err = fitting(subjects, profiles); err != nil {
		return nil, err
	}
	return &Batch{Subjects: subjects, Profiles: profiles}, nil
}

// again is the command that plays a run once more. The profile and the program it was chosen
// from are part of what its number means.
func again(c Case, profile, program string) string {
	cmd := fmt.Sprintf("go run ./internal/sim -seed %d", c.Seed)
	if y := c.Subject.system; y != systems[0] {
		cmd += " -system " + y.name
	}
	if profile != "" {
		cmd += fmt.Sprintf(" -profile %q", profile)
	}
	if program != "" {
		cmd += " -program " + program
	}
	return cmd + " -v"
}

func terminal(f *os.File) bool {
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}

// report prints a run that failed and how to repeat it.
func report(c Case, r *Result, again string, shorten bool) {
	fmt.Printf("\rFAIL %s %q, %s: seed %d\n", c.Subject.row.Name, c.Subject.run.Args, c.Profile.Name, c.Seed)
	for _, f := range r.Faults {
		fmt.Println("    ", strings.ReplaceAll(f, "\n", "\n      "))
	}
	fmt.Println("     again:", again)
	if shorten {
		began := time.Now()
		short := Shrink(c, r)
		fmt.Printf("     shortest: %d choices of %d, found in %v: %v\n", len(short), len(r.Choices), time.Since(began).Round(time.Millisecond), short)
	}
}
