package main

// Many schedules: which there are, several at a time, and how far they have come.

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"
	"time"
)

// Batch is schedules to be played.
type Batch struct {
	Subjects    []*subject
	Profiles    []*Profile
	From, Seeds uint64
	Workers     int // runs at a time; they have nothing in common but the subjects, which are only read
	Most        int // enough failures; 0: all
	Log         func(string)
}

// Tally is what came of a Batch so far.
type Tally struct {
	Runs, Failed int
	Steps        uint64
	Took         time.Duration
}

func (t *Tally) String() string {
	return fmt.Sprintf("%d schedules, %d failed, %d steps, %.0f schedules/s", t.Runs, t.Failed, t.Steps, float64(t.Runs)/t.Took.Seconds())
}

// Run plays them all. Both functions are called for one run at a time: failed for each that
// fails, and then after for every run.
func (b *Batch) Run(failed func(Case, *Result), after func(*Tally)) Tally {
	var (
		mu    sync.Mutex
		group sync.WaitGroup
		tally Tally
		next  = b.From
		began = time.Now()
	)
	take := func() (uint64, bool) {
		mu.Lock()
		defer mu.Unlock()
		if next >= b.From+b.Seeds || b.Most > 0 && tally.Failed >= b.Most {
			return 0, false
		}
		next++
		return next - 1, true
	}
	played := func(c Case, r *Result) {
		mu.Lock()
		defer mu.Unlock()
		tally.Runs++
		tally.Steps += r.Steps
		tally.Took = time.Since(began)
		if r.Err() != nil {
			tally.Failed++
			failed(c, r)
		}
		after(&tally)
	}
	for range max(1, b.Workers) {
		group.Go(func() {
			for seed, more := take(); more; seed, more = take() {
				c := CaseOf(seed, b.Subjects, b.Profiles)
				c.Log = b.Log
				r := Play(c)
				played(c, &r)
			}
		})
	}
	group.Wait()
	return tally
}

// CaseOf is the run that a number stands for: it chooses profile, program and schedule.
func CaseOf(seed uint64, subjects []*subject, profiles []*Profile) Case {
	for n := seed; ; n += 0x9e3779b97f4a7c15 {
		h := (n ^ n>>31) * 0xbf58476d1ce4e5b9
		h ^= h >> 29
		p := profiles[h>>32%uint64(len(profiles))]
		if fit, err := fitting(subjects, []*Profile{p}); err == nil {
			return Case{Profile: p, Subject: fit[h%uint64(len(fit))], Seed: seed}
		}
	}
}

// ProfilesNamed are those of a name, or all for "". The error is that there are none.
func ProfilesNamed(name string) ([]*Profile, error) {
	var out []*Profile
	for i := range Profiles {
		if name == "" || Profiles[i].Name == name {
			out = append(out, &Profiles[i])
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no profile is called %q", name)
	}
	return out, nil
}

// fitting keeps the subjects for which there is a profile. The error is that there are none.
func fitting(subjects []*subject, profiles []*Profile) ([]*subject, error) {
	var out []*subject
	for _, s := range subjects {
		if slices.ContainsFunc(profiles, func(p *Profile) bool { return p.fits(s) }) {
			out = append(out, s)
		}
	}
	if len(out) == 0 {
		return nil, errors.New("no program fits")
	}
	return out, nil
}

// progress says on a terminal how far a Batch is, twice a second.
func progress(w io.Writer, seeds uint64) func(*Tally) {
	var last time.Duration
	return func(t *Tally) {
		if t.Took-last < time.Second/2 && t.Runs < int(seeds) {
			return
		}
		last = t.Took
		perSecond := float64(t.Runs) / t.Took.Seconds()
		left := time.Duration(float64(seeds-uint64(t.Runs))/perSecond) * time.Second
		fmt.Fprintf(w, "\r%d of %d schedules, %d failed, %.0f/s, %v to go\x1b[K", t.Runs, seeds, t.Failed, perSecond, left.Round(time.Second))
		if t.Runs == int(seeds) {
			fmt.Fprint(w, "\r\x1b[K")
		}
	}
}
