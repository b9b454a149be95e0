// Package spell finds the words that a mistyped one may have been meant for.
package spell

import (
	"slices"
	"strings"
)

// Near are at most most words of a list that are spelt nearly as word, best first: no
// more than a third of its letters, and always one, may differ.
func Near(word string, list []string, most int) []string {
	type scored struct {
		name string
		d    int
	}
	var found []scored
	limit := max(1, len(word)/3)
	for _, name := range list {
		if len(name) < 2 || len(name)-len(word) > limit || len(word)-len(name) > limit {
			continue
		}
		if d := distance(word, name, limit); d <= limit && d < len(word) {
			found = append(found, scored{name, d})
		}
	}
	slices.SortStableFunc(found, func(a, b scored) int { return a.d - b.d })
	var out []string
	for _, f := range found {
		if len(out) < most && !slices.Contains(out, f.name) {
			out = append(out, f.name)
		}
	}
	return out
}

// Advice tells who wrote a wrong word what may have been meant, or all that there is.
func Advice(word string, list []string) string {
	if near := Near(word, list, 2); len(near) > 0 {
		return "did you mean " + strings.Join(near, " or ") + "?"
	}
	return "there are " + strings.Join(list, ", ")
}

// distance is the edit distance of two words with swapped neighbours counted once
// (optimal string alignment); more than limit is limit+1.
func distance(a, b string, limit int) int {
	prev2, prev, cur := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range prev {
		prev[j] = j
	}
	for i := 1; i <= len(a); i++ {
		cur[0] = i
		best := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			cur[j] = min(prev[j]+1, cur[j-1]+1, prev[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				cur[j] = min(cur[j], prev2[j-2]+1)
			}
			best = min(best, cur[j])
		}
		if best > limit {
			return limit + 1
		}
		prev2, prev, cur = prev, cur, prev2
	}
	return prev[len(b)]
}
