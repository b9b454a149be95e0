package elfinfo

import (
	"hash/crc32"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// need skips the test when a tool is missing.
func need(t testing.TB, tools ...string) {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed", tool)
		}
	}
}

// run runs a tool and returns its output.
func run(t testing.TB, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}

const cSource = `#include <stdio.h>
#include <string.h>
__thread int tls_counter;
int data_word = 7;
static int helper(int x)
{
	if (x > 3)
		return x * 2;
	return x + data_word;
}
__attribute__((noinline)) int add(int a, int b)
{
	int sum = a + b;
	tls_counter++;
	return helper(sum);
}
extern int add_alias(int, int) __attribute__((alias("add")));
int main(int argc, char **argv)
{
	char buf[64];
	memset(buf, argc, sizeof buf);
	printf("%d %d\n", add(argc, 2), buf[3]);
	return 0;
}
`

// compile builds cSource with gcc and returns the executable's path.
func compile(t testing.TB, flags ...string) string {
	t.Helper()
	return compileSource(t, "gcc", "prog.c", cSource, flags...)
}

func compileSource(t testing.TB, cc, file, src string, flags ...string) string {
	t.Helper()
	need(t, cc)
	dir := t.TempDir()
	in, out := filepath.Join(dir, file), filepath.Join(dir, "prog")
	if err := os.WriteFile(in, []byte(src), 0o644); err != nil {
		t.Fatal(err)
	}
	run(t, cc, append([]string{"-g", "-o", out, in}, flags...)...)
	return out
}

// open opens a file for the length of the test.
func open(t testing.TB, path string, opts Options) *File {
	t.Helper()
	f, err := Open(path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func writeFile(path string, b []byte) error { return os.WriteFile(path, b, 0o755) }

func crc32Of(b []byte) uint32 { return crc32.ChecksumIEEE(b) }
