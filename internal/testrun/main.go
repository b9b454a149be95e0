// Command testrun runs the project's tests, as `make test` does: go test, one line a
// package, the output of what failed, why what was skipped was skipped, and a check
// that no process is left behind. It ends with one line, "N passed, N failed, N
// skipped", and fails if any test did, if a process was left, or if the time was up.
//
//	go run ./internal/testrun [-limit 14m] [--] [go test's flags and packages]
package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func main() {
	limit := flag.Duration("limit", 14*time.Minute, "give up after this long")
	flag.Parse()
	args := flag.Args()
	if len(args) == 0 {
		args = []string{"./..."}
	}
	ok, err := runTests(args, *limit, os.Stdout)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testrun:", err)
	}
	if err != nil || !ok {
		os.Exit(1)
	}
}

// runTests runs go test and reports; ok means that everything is as it should be.
func runTests(args []string, limit time.Duration, w io.Writer) (ok bool, err error) {
	mark := fmt.Sprintf("TRAPLINE_TEST_RUN=%d-%d", os.Getpid(), time.Now().UnixNano())
	cmd := exec.Command("go", append([]string{"test", "-json"}, args...)...)
	cmd.Env = append(os.Environ(), mark)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Stderr = w
	out, err := cmd.StdoutPipe()
	if err != nil {
		return false, err
	}
	if err := cmd.Start(); err != nil {
		return false, err
	}
	late := time.AfterFunc(limit, func() { _ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	r := newReport(w)
	if err := r.read(out); err != nil {
		return false, err
	}
	err = cmd.Wait()
	timely := late.Stop()

	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return false, err
	}
	r.finish()
	left := leftBehind(mark, 5*time.Second)
	for _, l := range left {
		fmt.Fprintln(w, "left behind:", l)
	}
	if !timely {
		fmt.Fprintf(w, "gave up after %v; unfinished: %s\n", limit, strings.Join(r.unfinished(), " "))
	}
	fmt.Fprintf(w, "%d passed, %d failed, %d skipped\n", r.passed, r.failed+len(left), r.skipped)
	return err == nil && timely && len(left) == 0 && r.failed == 0, nil
}

// event is one line of go test -json (go doc test2json).
type event struct {
	Action, Package, ImportPath, Test, Output string
	Elapsed                                   float64
}

// report gathers the events of a run.
type report struct {
	w                       io.Writer
	passed, failed, skipped int
	output                  map[[2]string][]string // by package and test
	open                    map[string]bool        // packages that run
	counts                  map[string]*[3]int     // passed, failed, skipped by package
	skips                   []string
}

func newReport(w io.Writer) *report {
	return &report{w: w, output: map[[2]string][]string{}, open: map[string]bool{}, counts: map[string]*[3]int{}}
}

// read takes events up to the end of the stream; a line that is none is passed on.
func (r *report) read(in io.Reader) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if len(line) > 0 {
			var e event
			if json.Unmarshal(line, &e) == nil && e.Action != "" {
				r.take(&e)
			} else {
				r.w.Write(line)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

func (r *report) take(e *event) {
	key := [2]string{e.Package, e.Test}
	switch e.Action {
	case "start":
		r.open[e.Package] = true
		r.counts[e.Package] = new([3]int)
	case "output":
		r.output[key] = append(r.output[key], e.Output)
	case "build-output":
		fmt.Fprint(r.w, e.Output)
	case "pass", "fail", "skip":
		if e.Test == "" {
			r.endPackage(e)
		} else {
			r.endTest(e, key)
		}
		delete(r.output, key)
	}
}

func (r *report) endTest(e *event, key [2]string) {
	c := r.counts[e.Package]
	if c == nil {
		c = new([3]int)
		r.counts[e.Package] = c
	}
	switch e.Action {
	case "pass":
		r.passed++
		c[0]++
	case "fail":
		r.failed++
		c[1]++
		fmt.Fprintf(r.w, "--- FAIL %s %s\n%s", e.Package, e.Test, strings.Join(r.output[key], ""))
	case "skip":
		r.skipped++
		c[2]++
		r.skips = append(r.skips, fmt.Sprintf("skipped: %s %s: %s", e.Package, e.Test, reason(r.output[key])))
	}
}

// reason is what a test said when it skipped itself.
func reason(output []string) string {
	for _, line := range output {
		line = strings.TrimSpace(line)
		if line != "" && !strings.HasPrefix(line, "===") && !strings.HasPrefix(line, "---") {
			return line
		}
	}
	return "no reason given"
}

func (r *report) endPackage(e *event) {
	delete(r.open, e.Package)
	c := r.counts[e.Package]
	if c == nil {
		c = new([3]int)
	}
	switch {
	case e.Action == "fail":
		if c[1] == 0 { // not a test: the build, TestMain, a crash, the time limit
			r.failed++
		}
		fmt.Fprintf(r.w, "FAIL %s %.1fs\n%s", e.Package, e.Elapsed, strings.Join(r.output[[2]string{e.Package}], ""))
		for key, lines := range r.output { // tests that a crash left unfinished
			if key[0] == e.Package && key[1] != "" {
				fmt.Fprintf(r.w, "--- UNFINISHED %s\n%s", key[1], strings.Join(lines, ""))
			}
		}
	case c[0]+c[2] > 0:
		fmt.Fprintf(r.w, "ok   %s %.1fs (%d passed, %d skipped)\n", e.Package, e.Elapsed, c[0], c[2])
	}
}

func (r *report) finish() {
	for _, s := range r.skips {
		fmt.Fprintln(r.w, s)
	}
}

func (r *report) unfinished() (names []string) {
	for name := range r.open {
		names = append(names, name)
	}
	return names
}

// leftBehind lists, after a time of grace, the processes whose environment carries
// the mark, and kills them. Only Linux shows environments by file (proc(5)); elsewhere
// the list is empty.
func leftBehind(mark string, grace time.Duration) (left []string) {
	var pids []int
	for end := time.Now().Add(grace); ; time.Sleep(50 * time.Millisecond) {
		if pids = marked(mark); len(pids) == 0 || time.Now().After(end) {
			break
		}
	}
	for _, pid := range pids {
		left = append(left, describe(pid))
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
	return left
}

func marked(mark string) (pids []int) {
	dirs, _ := os.ReadDir("/proc")
	for _, d := range dirs {
		pid, err := strconv.Atoi(d.Name())
		if err != nil {
			continue
		}
		env, _ := os.ReadFile(fmt.Sprintf("/proc/%d/environ", pid))
		for _, v := range strings.Split(string(env), "\x00") {
			if v == mark {
				pids = append(pids, pid)
				break
			}
		}
	}
	return pids
}

// describe says what a process is and what state it is in.
func describe(pid int) string {
	s := fmt.Sprintf("process %d", pid)
	if cmd, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		s += " (" + strings.TrimSpace(strings.ReplaceAll(string(cmd), "\x00", " ")) + ")"
	}
	status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	for _, line := range strings.Split(string(status), "\n") {
		if state, ok := strings.CutPrefix(line, "State:\t"); ok {
			s += ", " + state
		}
	}
	return s
}
