package replay

import (
	"flag"
	"fmt"
	"strings"
	"testing"

	recordings "github.com/trapline/trapline/testdata/freebsd"
)

var (
	show1 = flag.Bool("diff", false, "show what differs")
)

// forms are a scenario's recorded forms.
func forms(s recordings.Scenario) (all [][]map[string]any) {
	for _, f := range s.Files {
		var steps []map[string]any
		for _, st := range recordings.Load(f) {
			b := map[string]any{}
			for k, v := range map[string]any{"step": float64(st.N), "op": st.Op, "scenario": st.Scenario} {
				b[k] = v
			}
			for k, v := range map[string]string{"by": st.By, "pid": st.Pid, "errno": st.Errno, "note": st.Note} {
				if v != "" {
					b[k] = v
				}
			}
			if st.Args != nil {
				b["args"] = st.Args
			}
			if st.Out != nil {
				b["out"] = st.Out
			}
			if st.Ret != nil {
				b["ret"] = st.Ret
			}
			if st.Varies != nil {
				b["varies"] = map[string]any(st.Varies)
			}
			steps = append(steps, b)
		}
		all = append(all, steps)
	}
	return all
}

// play plays a scenario on the model; what panics is a difference.
func play(name string, seed uint64) (steps []Step, trouble string) {
	k, m := NewModel(seed)
	defer m.Close()
	defer func() {
		if e := recover(); e != nil {
			trouble = fmt.Sprint("panic: ", e)
		}
		if m.Unmodeled != nil {
			trouble += m.Unmodeled.Error()
		}
	}()
	return Play(name, k), ""
}

// most is how many seeds are tried for a scenario whose order is the kernel's choice.
const most = 24

// against plays a scenario with a seed and is what differs from the form that is the nearest.
func against(name string, recorded [][]map[string]any, seed uint64) (best []string) {
	steps, trouble := play(name, seed)
	plain := Plain(steps)
	for i, form := range recorded {
		if d := Compare(form, plain); i == 0 || len(d) < len(best) {
			best = d
		}
	}
	if trouble != "" {
		best = append(best, trouble)
	}
	return best
}

// TestReplay plays all recorded scenarios on the modeled kernel. Where the kernel chooses (which
// thread comes first), real runs happened to choose alike: a seed that does too is looked for.
func TestReplay(t *testing.T) {
	passed, all, atOnce := 0, 0, 0
	for _, s := range recordings.Index() {
		t.Run(s.Name, func(t *testing.T) {
			all++
			recorded := forms(s)
			var first []string
			for seed := range uint64(most) {
				d := against(s.Name, recorded, seed)
				if len(d) == 0 {
					passed++
					if seed == 0 {
						atOnce++
					} else if *show1 {
						t.Logf("seed %d; with seed 0: %s", seed, strings.Join(first, "\n\t"))
					}
					return
				}
				if seed == 0 {
					first = d
				}
			}
			if !*show1 && len(first) > 3 {
				first = append(first[:3], "...")
			}
			t.Errorf("with none of %d seeds; with the first:\n\t%s", most, strings.Join(first, "\n\t"))
		})
	}
	t.Logf("%d of %d scenarios as recorded, %d with the first seed", passed, all, atOnce)
}
