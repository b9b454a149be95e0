package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/internal/testprog"
)

func TestMedian(t *testing.T) {
	for _, row := range []struct {
		in   []float64
		want float64
	}{{[]float64{3}, 3}, {[]float64{9, 1, 2}, 2}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := median(row.in); got != row.want {
			t.Errorf("median(%v) = %v, want %v", row.in, got, row.want)
		}
	}
}

func TestAmount(t *testing.T) {
	for _, row := range []struct {
		in   float64
		want string
	}{{0.1234, "0.123"}, {12.34, "12.3"}, {999.6, "1,000"}, {100, "100"}, {23456.7, "23,457"}, {1234567, "1,234,567"}} {
		if got := amount(row.in); got != row.want {
			t.Errorf("amount(%v) = %q, want %q", row.in, got, row.want)
		}
	}
}

func TestReported(t *testing.T) {
	got, err := reported("step 1000 events 0.012500 s 80000 /s\n")
	if err != nil || got != 0.0125 {
		t.Errorf("reported = %v, %v", got, err)
	}
	if _, err := reported("floor: no such thing\n"); err == nil {
		t.Error("a report without a time is accepted")
	}
}

// Every program that a row names is one of testprog's.
func TestRowsNamePrograms(t *testing.T) {
	for _, r := range rows {
		for _, c := range []contestant{r.floor, r.ours, r.peer} {
			for _, arg := range c.args {
				if name, ok := strings.CutPrefix(arg, "{prog:"); ok {
					if _, _, err := testprog.Lookup(strings.TrimSuffix(name, "}")); err != nil {
						t.Errorf("%s: %v", r.name, err)
					}
				}
			}
		}
	}
}

// A row of one's own: the floor against itself, beside a peer that is not there and
// one that fails.
func TestRow(t *testing.T) {
	if _, err := exec.LookPath("true"); err != nil {
		t.Skip(err)
	}
	b := bench{rounds: 2, expand: expander{trapline: "true", dir: t.TempDir(), files: map[string]string{}}}
	one := contestant{"trapline", []string{"{trapline}"}, 1, peakRSS}
	line, err := b.row(row{name: "memory", floor: contestant{"floor", []string{"true"}, 1, peakRSS}, ours: one,
		peer: contestant{"gdb", []string{"no-such-peer"}, 1, peakRSS}, goal: "small"})
	if err != nil {
		t.Errorf("a peer that is not installed is an error: %v", err)
	}
	cells := strings.Split(line, " | ")
	if len(cells) != 7 || !strings.HasSuffix(cells[1], " MiB") || cells[3] != "gdb is not installed" || cells[5] != "" || cells[6] != "small |" {
		t.Errorf("line is %q", line)
	}
	_, err = b.row(row{name: "memory", ours: contestant{"trapline", []string{"false"}, 1, wallTime}})
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		t.Errorf("a contestant that fails gives %v", err)
	}
}

func TestExpand(t *testing.T) {
	e := expander{trapline: "/t", dir: t.TempDir(), files: map[string]string{}}
	got, err := e.all([]string{"{trapline}", "-n", "{n}", `{file:stepi {n}\nkill}`}, 7)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"/t", "-n", "7"}, got[:3]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if text, err := os.ReadFile(got[3]); err != nil || string(text) != "stepi 7\nkill\n" {
		t.Errorf("file holds %q, %v", text, err)
	}
}
