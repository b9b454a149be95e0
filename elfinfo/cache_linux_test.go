package elfinfo

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// copies are n files of the same contents.
func copies(t *testing.T, n int) []string {
	t.Helper()
	image, err := os.ReadFile(compileSource(t, "gcc", "main.c", "int main(void) { return 0; }\n"))
	if err != nil {
		t.Fatal(err)
	}
	dir, paths := t.TempDir(), make([]string, n)
	for i := range paths {
		paths[i] = filepath.Join(dir, fmt.Sprint("copy", i))
		if err := os.WriteFile(paths[i], image, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return paths
}

// mappings is how many mappings of files in a directory this process has.
func mappings(t *testing.T, dir string) int {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Count(string(maps), " "+dir+"/")
}

func TestCache(t *testing.T) {
	paths := copies(t, maxIdle+8)
	dir := filepath.Dir(paths[0])
	var c Cache
	get := func(path string) *File {
		t.Helper()
		f, err := c.Open(path)
		if err != nil {
			t.Fatal(err)
		}
		return f
	}
	count := func(when string, want int) {
		t.Helper()
		if n := mappings(t, dir); n != want {
			t.Errorf("%s: %d files are mapped, want %d", when, n, want)
		}
	}
	made := 0
	derive := func(*File) *int { made++; return &made }
	f, again := get(paths[0]), get(paths[0])
	if f != again || Derived(f, derive) != Derived(again, derive) || made != 1 {
		t.Errorf("opened twice: %p and %p, %d values derived", f, again, made)
	}
	f.Close()
	if _, err := f.Section(".text"); err != nil {
		t.Error("closed under its second user")
	}
	again.Close()
	if get(paths[0]) != f {
		t.Error("closed by its last user, and not kept")
	}
	for _, path := range paths[1:] { // in use all the time: the first stays
		get(path).Close()
	}
	if get(paths[0]) != f {
		t.Error("let go of while it was used")
	}
	count("many were opened", maxIdle+1)

	// Another file under the name: who has the old one keeps it.
	if err := os.Rename(paths[1], paths[0]); err != nil {
		t.Fatal(err)
	}
	replaced := get(paths[0])
	if replaced == f {
		t.Error("the old file under its new owner's name")
	}
	if _, err := f.Section(".text"); err != nil {
		t.Error("replaced, and closed under its user")
	}
	f.Close()
	f.Close() // opened twice above
	for _, path := range paths[2:] {
		get(path).Close()
	}
	count("one was replaced", maxIdle+1)
	if get(paths[0]) != replaced {
		t.Error("the file that replaced the other one was let go of with it")
	}
	// Written anew in place.
	image, err := os.ReadFile(paths[2])
	if err != nil {
		t.Fatal(err)
	}
	old := get(paths[2])
	if err := os.WriteFile(paths[2], append(image, 0), 0o755); err != nil {
		t.Fatal(err)
	}
	if get(paths[2]) == old {
		t.Error("written anew, and taken for what it was")
	}
	if _, err := c.Open(filepath.Join(dir, "nosuch")); !os.IsNotExist(err) {
		t.Errorf("a missing file: %v", err)
	}
	if err := c.Close(); err != nil {
		t.Error(err)
	}
	count("closed", 0)
	if err := old.Close(); err != nil {
		t.Errorf("closed after its cache: %v", err)
	}
}
