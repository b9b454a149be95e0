package calltrace

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trapline/trapline/abi"
)

// Beside a program that writes to the same file, each half of a call is there before the thread goes on.
func TestShared(t *testing.T) {
	var out buffer
	p := New(&out, abi.Linux, Options{Partial: true, Shared: true})
	p.Started(10)
	c := call(3, 7)
	var seen []string
	step := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
		seen = append(seen, out.String())
	}
	step(p.Enter(10, at(0), c))
	step(p.Exit(10, at(1), done(c, 0, 0)))
	step(p.Message("a message"))
	const line = "close(7)                                = 0\n"
	if diff := cmp.Diff([]string{"close(7", line, line + "a message\n"}, seen); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if err := p.Close(); err != nil {
		t.Fatal(err)
	}
}
