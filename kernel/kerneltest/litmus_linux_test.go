package kerneltest

// The suite on the real kernel: whether the cases tell the truth.

import (
	"os"
	"path"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
)

func TestMain(m *testing.M) { os.Exit(testprog.Main(m)) }

// litmusPrograms are the rows of testdata/litmus.
func litmusPrograms() (names []string) {
	for _, p := range testprog.Programs() {
		if len(p.Sources) > 0 && path.Dir(p.Sources[0]) == "litmus" {
			names = append(names, p.Name)
		}
	}
	return names
}

func TestLitmusHost(t *testing.T) {
	for _, name := range litmusPrograms() {
		t.Run(name, func(t *testing.T) {
			path := testprog.Build(t, name)
			cases, err := List(t.Context(), Host{}, path)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range cases {
				t.Run(c.Name, func(t *testing.T) { play(t, path, c) })
			}
		})
	}
}

func play(t *testing.T, path string, c Case) {
	first, err := Play(t.Context(), Host{}, path, c.Name)
	if err != nil {
		t.Fatalf("%s\n%v", c.Promise, err)
	}
	if first.Skipped != "" {
		t.Skip(first.Skipped)
	}
	again, err := Play(t.Context(), Host{}, path, c.Name)
	if err != nil {
		t.Fatalf("the second time: %s\n%v", c.Promise, err)
	}
	if d := Differ(first.Transcript, again.Transcript); d != "" {
		t.Errorf("%s\nanother transcript the second time: %s", c.Promise, d)
	}
}
