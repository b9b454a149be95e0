package line

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// bulk is a unit of 100 MB of debug information without content: what a large
// program has beside the unit one looks at.
const bulk = `
	.section .debug_abbrev,"",@progbits
abbrev:	.byte 1, 0x11, 0, 0, 0, 0
	.section .debug_info,"",@progbits
	.long end - start
start:	.short 4
	.long abbrev
	.byte 8
	.byte 1
	.zero 100000000
end:
	.section .note.GNU-stack,"",@progbits
`

// Opening a binary with much debug information, stopping at main and finding a line
// must leave nearly all of it untouched: the kernel counts the pages of the mapping
// that this process has touched.
func TestLargeDebugInfoIsNotRead(t *testing.T) {
	need(t, "gcc")
	dir := t.TempDir()
	for name, text := range map[string]string{"bulk.s": bulk, "main.c": "int main(void)\n{\n\treturn 0;\n}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run(t, dir, "gcc", "-g", "-o", "prog", "bulk.s", "main.c")
	prog := filepath.Join(dir, "prog")
	f, table := open(t, prog)
	main := f.Symbols().ByName("main")
	if len(main) != 1 {
		t.Fatalf("main: %v", main)
	}
	if s, ok := f.Symbols().Lookup(main[0].Value); !ok || s.Name != "main" {
		t.Errorf("lookup: %+v", s)
	}
	e, ok, err := table.Find(main[0].Value)
	if !ok || err != nil || e.Line != 2 {
		t.Errorf("main is at %v: %v", e, err)
	}
	pc, ok := table.PrologueEnd(main[0].Value, main[0].Value+main[0].Size)
	if e, _, _ := table.Find(pc); !ok || e.Line != 3 {
		t.Errorf("the prologue of main ends at %v", e)
	}
	if es, err := table.Lines("main.c", 3); err != nil || len(es) != 1 {
		t.Errorf("main.c:3: %v %v", es, err)
	}
	info, err := f.Section(".debug_info")
	if err != nil || len(info) < 100_000_000 {
		t.Fatalf(".debug_info has %d bytes: %v", len(info), err)
	}
	const limit = 2 << 20
	if got := resident(t, prog); got == 0 || got > limit {
		t.Errorf("%d bytes of the file are resident, want at most %d", got, limit)
	} else {
		t.Logf("%d bytes of debug information, %d bytes of the file touched", len(info), got)
	}
}

// resident is how much of the mappings of a file is in this process's memory, in bytes.
func resident(t *testing.T, path string) (n int) {
	t.Helper()
	b, err := os.ReadFile("/proc/self/smaps")
	if err != nil {
		t.Fatal(err)
	}
	ours := false
	for l := range strings.Lines(string(b)) {
		if strings.Contains(l, "-") && !strings.Contains(strings.Fields(l)[0], ":") {
			ours = strings.HasSuffix(strings.TrimSpace(l), path)
		}
		var kb int
		if _, err := fmt.Sscanf(l, "Rss: %d kB", &kb); ours && err == nil {
			n += kb << 10
		}
	}
	return n
}
