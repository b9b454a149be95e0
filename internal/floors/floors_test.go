// Package floors holds the project's layers to their word: imports point down only.
package floors

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

const module = "github.com/trapline/trapline/"

// floors are the packages by floor, as ARCHITECTURE.md has them; a package inside one of
// them is on the same floor. Within a floor a package may import another one's, since Go
// refuses cycles.
var floors = [][]string{
	0: {"abi", "regs", "x86", "procfs", "elfinfo", "internal/tty", "internal/spell", "internal/debugregs", "internal/gosched"},
	1: {"kernel", "breakpoints", "syscalls", "doctor"},
	2: {"tracer"},
	3: {"session"},
	4: {"repl", "calltrace", "strace", "truss"},
	5: {"cmd"},
}

// tools are for the project's own work; the program imports none of them.
var tools = []string{"docs", "internal/testprog", "internal/sim", "internal/testrun", "internal/benchpair", "internal/floors"}

func within(pkg string, roots []string) bool {
	for _, root := range roots {
		if pkg == root || strings.HasPrefix(pkg, root+"/") {
			return true
		}
	}
	return false
}

// floorOf is the package's floor, -1 for a tool, -2 for one that is not in the table.
func floorOf(pkg string) int {
	for n, roots := range floors {
		if within(pkg, roots) {
			return n
		}
	}
	if within(pkg, tools) {
		return -1
	}
	return -2
}

func TestImportsPointDown(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the sources are asked about, by the go command, which is not installed")
	}
	if _, err := os.Stat("../../go.mod"); err != nil {
		t.Skip("the sources are asked about, which are not here")
	}
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}} {{join .Imports " "}}`, module+"...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	for _, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		words := strings.Fields(line)
		pkg := strings.TrimPrefix(words[0], module)
		floor := floorOf(pkg)
		if floor == -2 {
			t.Errorf("%s is on no floor; add it to the table here, to README.md and to ARCHITECTURE.md", pkg)
			continue
		}
		for _, imported := range words[1:] {
			imported, ours := strings.CutPrefix(imported, module)
			if !ours || floor == -1 {
				continue
			}
			if below := floorOf(imported); below > floor || below == -1 {
				t.Errorf("%s (floor %d) imports %s (floor %d)", pkg, floor, imported, below)
			}
		}
	}
}
