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
	seeds = flag.Int("seeds", 1, "how many seeds")
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

// TestReplay plays all recorded scenarios on the modeled kernel.
func TestReplay(t *testing.T) {
	passed, all := 0, 0
	for _, s := range recordings.Index() {
		t.Run(s.Name, func(t *testing.T) {
			all++
			recorded := forms(s)
			for seed := range uint64(*seeds) {
				steps, trouble := play(s.Name, seed)
				var best []string
				for i, form := range recorded {
					d := Compare(form, Plain(steps))
					if i == 0 || len(d) < len(best) {
						best = d
					}
				}
				if trouble != "" {
					best = append(best, trouble)
				}
				if len(best) > 0 {
					if !*show1 && len(best) > 3 {
						best = append(best[:3], "...")
					}
					t.Errorf("seed %d:\n\t%s", seed, strings.Join(best, "\n\t"))
					return
				}
			}
			passed++
		})
	}
	t.Logf("%d of %d scenarios as recorded", passed, all)
}
