package main

import (
	"embed"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/testscript"

	"github.com/trapline/trapline/internal/testprog"
)

var update = flag.Bool("update", false, "write docs/man instead of comparing it")

func TestMain(m *testing.M) {
	testscript.Main(checked{m}, map[string]func(){"trapline": main})
}

// checked runs the tests of the package, fails them when they left a process behind,
// and removes what they built.
type checked struct{ *testing.M }

func (c checked) Run() int {
	code := testprog.Main(c.M)
	if builtIn != "" {
		os.RemoveAll(builtIn)
	}
	return code
}

// builtIn is the directory of the binary that tests have built, "" none.
var builtIn string

// scripts are in the binary, which may be run far from its sources.
//
//go:embed testdata/script
var scripts embed.FS

func TestScripts(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, scripts); err != nil {
		t.Fatal(err)
	}
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join(dir, "testdata", "script"),
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		Condition: func(name string) (bool, error) {
			if name == "attach" {
				return mayAttach(), nil
			}
			return false, fmt.Errorf("no condition %q", name)
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("NO_COLOR", "1")
			return nil
		},
	})
}

// mayAttach reports whether we may attach to a process that is not our child, as far as
// yama goes (Documentation/admin-guide/LSM/Yama.rst).
func mayAttach() bool {
	scope, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope")
	return err != nil || os.Geteuid() == 0 || strings.TrimSpace(string(scope)) == "0"
}

// The manual pages in docs/man are those of the command tree: a flag cannot be
// added without them. `make docs` writes them.
func TestManualPages(t *testing.T) {
	const dir = "../../docs/man"
	if _, err := os.Stat(dir); os.IsNotExist(err) {
		t.Skip("the binary is run without the sources: there is no docs/man beside it")
	}
	pages, err := manPages(newRoot(newApp(os.Stdout, os.Stderr)))
	if err != nil {
		t.Fatal(err)
	}
	if *update {
		for name, text := range pages {
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	have, err := filepath.Glob(dir + "/man*/*")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range have {
		name, _ := filepath.Rel(dir, path)
		if pages[name] == nil {
			t.Errorf("%s describes no command", path)
		}
	}
	for name, want := range pages {
		got, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Errorf("%v; make docs writes it", err)
			continue
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s differs from the command tree; make docs writes it (-tree +file):\n%s", name, diff)
		}
	}
}
