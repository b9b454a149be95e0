package strace

import (
	"regexp"
	"testing"
)

// What is translated is an expression that package regexp takes, and what is not is told of.
func FuzzRegexp(f *testing.F) {
	for _, p := range patterns {
		f.Add(p)
	}
	f.Fuzz(func(t *testing.T, expr string) {
		out, err := goRegexp(expr)
		if err == nil {
			regexp.MustCompile(out)
		} else if err.Error() == "" {
			t.Error("an error without words")
		}
	})
}
