package calltrace

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/pprof/profile"
)

func TestPprof(t *testing.T) {
	main, lib := Frame{PC: "0x401010", Image: "/bin/sh", Addr: "0x1010", Symbol: "main", Offset: 16}, Frame{PC: "0x7f0000", Image: "/lib/c.so", Addr: "0x20"}
	stacks := [][]Frame{{lib, main}, {main}, {lib, main}, {}, {lib, main}, {{PC: "0x99"}}}
	at := -1
	got := record(t, Options{Frames: func(int) []Frame { at++; return stacks[min(at, len(stacks)-1)] }}, &Pprof{})
	p, err := profile.Parse(strings.NewReader(got))
	if err != nil {
		t.Fatal(err)
	}
	if err := p.CheckValid(); err != nil {
		t.Fatal(err)
	}
	type sample struct {
		Stack string
		Calls int64
		Time  int64
	}
	var all []sample
	for _, s := range p.Sample {
		var names []string
		for _, l := range s.Location {
			names = append(names, l.Line[0].Function.Name)
		}
		all = append(all, sample{strings.Join(names, " "), s.Value[0], s.Value[1]})
	}
	want := []sample{{"openat /lib/c.so+0x20 main", 1, 1e6}, {"fork main", 1, 1e6}, {"read /lib/c.so+0x20 main", 1, 2e6}, {"pause", 2, 3e6}, {"syscall_0x3e8 0x99", 1, 0}}
	if diff := cmp.Diff(want, all); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if p.DurationNanos != 12e6 || len(p.Mapping) != 2 {
		t.Errorf("%d ns, %d mappings", p.DurationNanos, len(p.Mapping))
	}
	if p, err = profile.Parse(strings.NewReader(string((&Pprof{}).Finish(nil)))); err != nil || len(p.Sample) != 0 {
		t.Errorf("a profile of nothing: %v, %v", p, err)
	}
}
