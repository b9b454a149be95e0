// Command benchpair measures trapline against a minimal C tracer (testdata/bench/floor.c)
// and against strace and gdb, in one run, and prints a Markdown table: `make bench`.
//
// Machines drift: other work, frequency, temperature. So nothing is compared with a
// number from another hour. In each round every contestant of a row runs once, one
// after the other (A B C A B C ...), and the medians over the rounds are compared.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/trapline/trapline/internal/testprog"
)

func main() {
	b := bench{expand: expander{files: map[string]string{}}}
	flag.StringVar(&b.expand.trapline, "trapline", "bin/trapline", "the `binary` under test")
	flag.IntVar(&b.rounds, "rounds", 5, "runs of each contestant")
	only := flag.String("run", "", "only rows whose name matches this `regexp`")
	flag.Parse()
	if err := b.main(*only, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "benchpair:", err)
		os.Exit(1)
	}
}

// bench is one run of the comparisons.
type bench struct {
	rounds int
	expand expander
}

func (b *bench) main(only string, w io.Writer) error {
	match, err := regexp.Compile(only)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "benchpair")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	b.expand.dir = dir
	if b.expand.trapline, err = filepath.Abs(b.expand.trapline); err != nil {
		return err
	}
	fmt.Fprintf(w, "%s; %s; medians of %d rounds\n\n", machine(), runtime.Version(), b.rounds)
	fmt.Fprintln(w, "| measure | floor | trapline | peer | speed, of the floor's | speed, of the peer's | goal |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|")
	var failed []error
	for _, r := range rows {
		if !match.MatchString(r.name) {
			continue
		}
		line, err := b.row(r)
		if err != nil {
			failed = append(failed, fmt.Errorf("%s: %w", r.name, err))
		}
		fmt.Fprintln(w, line)
	}
	return errors.Join(failed...)
}

// row measures one row and returns its line of the table. What could not be measured
// is an empty cell and, unless it is a peer that is not installed, an error.
func (b *bench) row(r row) (string, error) {
	who := []contestant{r.floor, r.ours, r.peer}
	costs := make([][]float64, len(who))
	errs := make([]error, len(who))
	for range b.rounds {
		for i, c := range who {
			if c.name == "" || errs[i] != nil {
				continue
			}
			var cost float64
			if cost, errs[i] = b.measure(c); errs[i] == nil {
				costs[i] = append(costs[i], cost)
			}
		}
	}
	var med [3]float64 // 0: not measured
	cells := []string{r.name}
	for i, c := range who {
		if errs[i] == nil && len(costs[i]) > 0 {
			med[i] = median(costs[i])
		}
		cells = append(cells, cell(c, r.per, med[i], errs[i]))
		if errors.Is(errs[i], exec.ErrNotFound) && i == 2 {
			errs[i] = nil
		}
	}
	cells = append(cells, ratio(med[0], med[1]), ratio(med[2], med[1]), r.goal)
	return "| " + strings.Join(cells, " | ") + " |", errors.Join(errs...)
}

func cell(c contestant, per string, cost float64, err error) string {
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return c.name + " is not installed"
	case err != nil:
		return "failed"
	case c.name == "":
		return ""
	}
	s := amount(cost) + " " + units[c.cost]
	if per != "" {
		s += " a " + per
	}
	if c.name != "floor" && c.name != "trapline" {
		s = c.name + " " + s
	}
	return s
}

// amount has about three significant digits, and commas between thousands.
func amount(v float64) string {
	if v < 100 {
		return fmt.Sprintf("%.3g", v)
	}
	s := strconv.FormatFloat(v, 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// ratio is the speed of b in terms of a's, both being costs.
func ratio(a, b float64) string {
	if a <= 0 || b <= 0 {
		return ""
	}
	return fmt.Sprintf("%.0f %%", 100*a/b)
}

// median does not change its argument.
func median(v []float64) float64 {
	v = slices.Sorted(slices.Values(v))
	n := len(v)
	if n%2 == 1 {
		return v[n/2]
	}
	return (v[n/2-1] + v[n/2]) / 2
}

// measure runs the contestant as its measure asks for and returns the cost.
func (b *bench) measure(c contestant) (float64, error) {
	full, err := b.run(c, c.n)
	if err != nil {
		return 0, err
	}
	switch c.cost {
	case perEvent:
		one, err := b.run(c, 1)
		if err != nil {
			return 0, err
		}
		if full.wall <= one.wall {
			return 0, fmt.Errorf("%v: %d events took no longer than one", c, c.n)
		}
		return float64((full.wall - one.wall).Nanoseconds()) / float64(c.n-1), nil
	case perReport:
		seconds, err := reported(full.stdout)
		return seconds * 1e9 / float64(c.n), err
	case wallTime:
		return float64(full.wall.Nanoseconds()) / 1e6, nil
	default:
		return float64(full.rss) / (1 << 20), nil
	}
}

// result is one finished run.
type result struct {
	wall   time.Duration
	rss    int64 // bytes
	stdout string
}

func (b *bench) run(c contestant, n int) (result, error) {
	args, err := b.expand.all(c.args, n)
	if err != nil {
		return result{}, err
	}
	cmd := exec.Command(args[0], args[1:]...)
	var out, diag strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &diag
	start := time.Now()
	err = cmd.Run()
	wall := time.Since(start)
	if err != nil {
		return result{}, fmt.Errorf("%s: %w: %s", strings.Join(args, " "), err, lastLine(diag.String()))
	}
	return result{wall, maxRSS(cmd.ProcessState), out.String()}, nil
}

// maxRSS is the largest resident size of a finished process, in bytes.
func maxRSS(s *os.ProcessState) int64 {
	usage, ok := s.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	return int64(usage.Maxrss) * 1024 // kilobytes on Linux and FreeBSD: getrusage(2)
}

func lastLine(s string) string {
	s = strings.TrimSpace(s)
	return s[strings.LastIndexByte(s, '\n')+1:]
}

var reportRE = regexp.MustCompile(`([0-9.]+) s\b`)

// reported is the time in the floor's report, in seconds.
func reported(s string) (float64, error) {
	m := reportRE.FindStringSubmatch(s)
	if m == nil {
		return 0, fmt.Errorf("no time in the report %q", s)
	}
	return strconv.ParseFloat(m[1], 64)
}

// expander fills in the arguments of contestants.
type expander struct {
	trapline string
	dir      string            // for files
	files    map[string]string // by their text
}

func (e *expander) all(args []string, n int) ([]string, error) {
	out := make([]string, len(args))
	for i, arg := range args {
		var err error
		if out[i], err = e.one(arg, n); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func (e *expander) one(arg string, n int) (string, error) {
	arg = strings.ReplaceAll(arg, "{n}", strconv.Itoa(n))
	if arg == "{trapline}" {
		return e.trapline, nil
	}
	if name, ok := strings.CutPrefix(arg, "{prog:"); ok {
		return testprog.Path(strings.TrimSuffix(name, "}"))
	}
	if text, ok := strings.CutPrefix(arg, "{file:"); ok {
		return e.file(strings.ReplaceAll(strings.TrimSuffix(text, "}"), `\n`, "\n") + "\n")
	}
	return arg, nil
}

// file is the path of a file that holds the text.
func (e *expander) file(text string) (string, error) {
	if path := e.files[text]; path != "" {
		return path, nil
	}
	path := filepath.Join(e.dir, fmt.Sprintf("script%d", len(e.files)))
	e.files[text] = path
	return path, os.WriteFile(path, []byte(text), 0o666)
}

// machine says in a few words what this ran on.
func machine() string {
	cpu := ""
	info, _ := os.ReadFile("/proc/cpuinfo")
	for _, line := range strings.Split(string(info), "\n") {
		if name, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(name) == "model name" {
			cpu = strings.TrimSpace(value)
			break
		}
	}
	release, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return fmt.Sprintf("%d cores of %s; %s %s", runtime.NumCPU(), cpu, runtime.GOOS, strings.TrimSpace(string(release)))
}
