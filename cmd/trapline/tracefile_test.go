package main

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"
)

// unpacked is the text of a file.
func unpacked(t *testing.T, name string) string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	switch filepath.Ext(name) {
	case ".gz":
		r, err = gzip.NewReader(f)
	case ".zst":
		r, err = zstd.NewReader(f)
	}
	if err != nil {
		t.Fatal(err)
	}
	text, err := io.ReadAll(r)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	return string(text)
}

func TestTraceFile(t *testing.T) {
	for _, row := range []struct {
		name, rotate string
		want         []string // files and their first lines
	}{
		{"t", "", []string{"t 0 10"}},
		{"t.gz", "", []string{"t.gz 0 10"}},
		{"t.json.zst", "", []string{"t.json.zst 0 10"}},
		{"t", "1K", []string{"t 0 3", "t.1 3 3", "t.2 6 3", "t.3 9 1"}},
		{"t.json.gz", "1K", []string{"t.json.1.gz 3 3", "t.json.2.gz 6 3", "t.json.3.gz 9 1", "t.json.gz 0 3"}},
		{"t.zst", "1K,2", []string{"t.2.zst 6 3", "t.3.zst 9 1"}},
		{"t", "1G,1", []string{"t 0 10"}},
	} {
		var r rotation
		if row.rotate != "" {
			if err := r.Set(row.rotate); err != nil {
				t.Fatal(err)
			}
		}
		dir := t.TempDir()
		f, err := openTrace(filepath.Join(dir, row.name), r, false)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 10 {
			if _, err := fmt.Fprintf(f, "%d %s\n", i, strings.Repeat("x", 400)); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, file := range files {
			text := unpacked(t, filepath.Join(dir, file.Name()))
			first, _, _ := strings.Cut(text, " ")
			got = append(got, fmt.Sprintf("%s %s %d", file.Name(), first, strings.Count(text, "\n")))
		}
		if diff := cmp.Diff(row.want, got); diff != "" {
			t.Errorf("%s, --rotate %q (-want +got):\n%s", row.name, row.rotate, diff)
		}
	}
}

func TestRotation(t *testing.T) {
	for _, s := range []string{"", "0", "-1M", "M", "1.5M", "10T", "1MK", "1M,", "1M,0", "1M,x", "99999999999G"} {
		if err := new(rotation).Set(s); err == nil || strings.Contains(err.Error(), "\n") {
			t.Errorf("--rotate %s: %v", s, err)
		}
	}
}
