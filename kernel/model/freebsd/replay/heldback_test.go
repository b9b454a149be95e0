package replay

import (
	"flag"
	"testing"

	recordings "github.com/trapline/trapline/testdata/freebsd"
)

var dump = flag.String("dump", "", "a scenario to print")

// TestHeldBack plays the scenarios that have no recording here: nothing is compared, but the model
// has all they need.
func TestHeldBack(t *testing.T) {
	recorded := map[string]bool{}
	for _, s := range recordings.Index() {
		recorded[s.Name] = true
	}
	for _, s := range Scenarios() {
		if recorded[s.Name] && *dump != s.Name {
			continue
		}
		t.Run(s.Name, func(t *testing.T) {
			for seed := range uint64(3) {
				steps, trouble := play(s.Name, seed)
				if trouble != "" {
					t.Error(trouble)
				}
				if seed == 0 && (*dump == s.Name || *dump == "all") {
					for i, step := range Plain(steps) {
						out, _ := step["out"].(map[string]any)
						t.Logf("%d %v %v %v %v ret=%v %v %v %v | %v", i+1, show(step["by"]), step["op"], step["pid"], show(step["args"]), step["ret"], step["errno"],
							step["note"], out["means"], show(cooked(out)))
					}
				}
			}
		})
	}
}
