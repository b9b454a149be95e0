package main

// Making a failing run shorter. A run is its choices; 0 is the most ordinary one. So a shorter
// run has fewer choices, and more of them 0. What has to stay is that it fails by breaking
// the same promise.

import "strings"

// shrinkBudget bounds how many runs are tried.
const shrinkBudget = 2000

// Shrink is the shortest sequence of choices found that fails as the run did.
func Shrink(c Case, r *Result) []uint32 {
	want := kindOf(r)
	best := r.Choices
	tries := 0
	fails := func(choices []uint32) bool {
		if tries++; tries > shrinkBudget {
			return false
		}
		again := c
		again.Replay, again.Log = append([]uint32{}, choices...), nil
		res := Play(again)
		return kindOf(&res) == want
	}
	best = shorten(best, fails)
	for size := len(best) / 2; size > 0; size /= 2 {
		for at := 0; at+size <= len(best); {
			if cut := without(best, at, size); fails(cut) {
				best = cut
				continue
			}
			if zero := zeroed(best, at, size); zero != nil && fails(zero) {
				best = zero
			}
			at += size
		}
	}
	return trim(best)
}

// kindOf is what two failures have in common to be one: the promise.
func kindOf(r *Result) string {
	if len(r.Faults) == 0 {
		return ""
	}
	kind, _, _ := strings.Cut(r.Faults[0], ":")
	return kind
}

// shorten finds the shortest beginning that fails.
func shorten(choices []uint32, fails func([]uint32) bool) []uint32 {
	lo, hi := 0, len(choices)
	for lo < hi {
		if mid := (lo + hi) / 2; fails(choices[:mid]) {
			hi = mid
		} else {
			lo = mid + 1
		}
	}
	return choices[:hi]
}

func without(c []uint32, at, n int) []uint32 {
	return append(append([]uint32{}, c[:at]...), c[at+n:]...)
}

// zeroed is nil if there is nothing to be made 0.
func zeroed(c []uint32, at, n int) []uint32 {
	out := append([]uint32{}, c...)
	some := false
	for i := at; i < at+n; i++ {
		some = some || out[i] != 0
		out[i] = 0
	}
	if !some {
		return nil
	}
	return out
}

// trim drops the zeros at the end: they are what there is anyway.
func trim(c []uint32) []uint32 {
	for len(c) > 0 && c[len(c)-1] == 0 {
		c = c[:len(c)-1]
	}
	return c
}
