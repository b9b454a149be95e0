package replay

// All scenarios on the kernel below: what it does now against what was recorded. Each is played in
// a process of its own, which is this test binary again; the super-user's, since they change users
// and settings (which they put back).

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// workDir is where the scenarios have their tracees, whose paths are recorded.
const workDir = "/w"

const playAlone = "TRAPLINE_REPLAY"

// TestAlone plays one scenario and prints its steps: it is what TestHost starts.
func TestAlone(t *testing.T) {
	name := os.Getenv(playAlone)
	if name == "" {
		return // the others start it with a name
	}
	runtime.LockOSThread()
	out := os.NewFile(3, "steps")
	defer func() {
		if e := recover(); e != nil {
			if err, ok := e.(error); ok && errors.Is(err, ErrSecond) {
				fmt.Fprint(out, "null")
				os.Exit(0)
			}
			panic(e)
		}
	}()
	json.NewEncoder(out).Encode(Plain(Play(name, NewHost())))
	os.Exit(0)
}

// alone is a scenario's steps; none for one that wants a second debugger.
func alone(t *testing.T, name string) (steps []map[string]any) {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	limit, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(limit, exe, "-test.run=^TestAlone$")
	cmd.Env, cmd.Dir = []string{playAlone + "=" + name, "GOTRACEBACK=single"}, workDir
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.ExtraFiles = &said, &said, []*os.File{w}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	err = json.NewDecoder(r).Decode(&steps)
	if e := cmd.Wait(); e != nil || err != nil {
		t.Fatalf("%v, %v: %.2000s", err, e, said.String())
	}
	return steps
}

// tries is how often a scenario may be played: where the kernel chooses, real runs differ.
const tries = 3

func TestHost(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("the scenarios change users and settings, which only the super-user may")
	}
	if _, err := os.Stat(workDir); err != nil {
		if err := os.Mkdir(workDir, 0o755); err != nil {
			t.Skipf("the scenarios' paths begin with %s: %v", workDir, err)
		}
		t.Cleanup(func() { os.RemoveAll(workDir) })
	}
	passed, all := 0, 0
	for _, s := range recordings.Index() {
		t.Run(s.Name, func(t *testing.T) {
			all++
			recorded := forms(s)
			var best []string
			for n := range tries {
				steps := alone(t, s.Name)
				if steps == nil {
					t.Skip(ErrSecond)
				}
				for i, form := range recorded {
					if d := Compare(form, steps); i == 0 && n == 0 || len(d) < len(best) {
						best = d
					}
				}
				if len(best) == 0 {
					passed++
					return
				}
			}
			t.Errorf("unlike what was recorded:\n\t%s", strings.Join(best[:min(len(best), 10)], "\n\t"))
		})
	}
	t.Logf("%d of %d scenarios as recorded", passed, all)
}
