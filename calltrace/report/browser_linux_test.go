package report

// The page in a browser: headless Chromium, driven by playwright (testdata/browser/page.mjs).

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	driver    = "testdata/browser"
	oldestJS  = 20 // node that playwright runs on
	bigNumber = 200_000
)

// browserTools are chromium, node, and the folder of the driver's packages, which npm fetches once into the
// user's cache. What is not to be had is a reason to skip.
func browserTools(t *testing.T) (chromium, node, packages string) {
	t.Helper()
	if _, err := os.Stat(driver); errors.Is(err, fs.ErrNotExist) {
		t.Skip("the binary is run without the sources: there is no " + driver + " beside it")
	}
	for _, tool := range []struct {
		path *string
		name string
		why  string
	}{{&chromium, "chromium", "apt-get install chromium"}, {&node, "node", "install node 20 or later"}} {
		path, err := exec.LookPath(tool.name)
		if err != nil {
			t.Skipf("the page is not looked at: there is no %s; %s", tool.name, tool.why)
		}
		*tool.path = path
	}
	text, err := exec.Command(node, "--version").Output()
	major, _, _ := strings.Cut(strings.TrimPrefix(string(text), "v"), ".")
	if n, _ := strconv.Atoi(major); err != nil || n < oldestJS {
		t.Skipf("the page is not looked at: node is %s, and playwright wants %d", strings.TrimSpace(string(text)), oldestJS)
	}
	return chromium, node, driverPackages(t)
}

// driverPackages is the folder that has what package-lock.json names.
func driverPackages(t *testing.T) string {
	t.Helper()
	lock, err := os.ReadFile(driver + "/package-lock.json")
	if err != nil {
		t.Fatal(err)
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip("the page is not looked at: npm's packages have no place: ", err)
	}
	sum := sha256.Sum256(lock)
	dir := filepath.Join(cache, "trapline", "report-"+hex.EncodeToString(sum[:8]))
	if _, err := os.Stat(dir); err == nil {
		return dir
	}
	if _, err := exec.LookPath("npm"); err != nil {
		t.Skip("the page is not looked at: there is no npm")
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o777); err != nil {
		t.Fatal(err)
	}
	work, err := os.MkdirTemp(filepath.Dir(dir), "report-") // it takes its name when it is complete
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(work)
	for _, name := range []string{"package.json", "package-lock.json"} {
		text, err := os.ReadFile(filepath.Join(driver, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(work, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	npm := exec.CommandContext(ctx, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error")
	npm.Dir = work
	if out, err := npm.CombinedOutput(); err != nil {
		t.Skipf("the page is not looked at: npm cannot fetch playwright: %v\n%s", err, out)
	}
	if err := os.Rename(work, dir); err != nil && !errors.Is(err, fs.ErrExist) {
		t.Fatal(err)
	}
	return dir
}

// pages writes what the driver looks at.
func pages(t *testing.T, dir string) {
	t.Helper()
	write := func(name string, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o666); err != nil {
			t.Fatal(err)
		}
	}
	told := New(Options{Title: hostile, Stacks: true})
	story(told)
	write("story.html", told.Finish(nil))
	small := newReport(Options{Title: "limits", Chosen: "-e <b>read</b>", Stacks: true}, tight)
	crowd(small, 5000, 3)
	write("limits.html", small.Finish(nil))
	write("nothing.html", New(Options{Title: "nothing"}).Finish(nil))
	many := New(Options{Title: "big", Stacks: true})
	crowd(many, bigNumber, 5)
	page := many.Finish(nil)
	write("big.html", page)
	t.Logf("a page of %d calls has %d KiB", bigNumber, len(page)>>10)
	tabs := []string{"summary", "calls", "errors", "files", "peers", "processes", "moments", "flame"}
	numbers := []int{6, 6, 1, 3, 1, 2, 4, -1}
	var rows strings.Builder // in this order
	for i, name := range tabs {
		fmt.Fprintf(&rows, ",%q:%d", name, numbers[i])
	}
	title, err := json.Marshal(strings.ToValidUTF8(hostile, "\uFFFD"))
	if err != nil {
		t.Fatal(err)
	}
	write("expect.json", fmt.Appendf(nil, `{"title":%s,"calls":"200,000","rows":{%s}}`, title, rows.String()[1:]))
}

func TestPageInBrowser(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a browser a while")
	}
	chromium, node, packages := browserTools(t)
	dir := t.TempDir()
	pages(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, node, driver+"/page.mjs", chromium, dir)
	cmd.Env = append(os.Environ(), "NODE_MODULES="+packages)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s%s", err, out, errs.String())
	}
	checked := 0
	for line := range strings.Lines(string(out)) {
		var said struct {
			Name, Detail string
			OK           bool
		}
		if err := json.Unmarshal([]byte(line), &said); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if checked++; !said.OK {
			t.Errorf("%s: %s", said.Name, said.Detail)
		} else if strings.Contains(said.Name, "zooms") {
			t.Log(said.Detail)
		}
	}
	if checked < 60 {
		t.Errorf("only %d things were checked\n%s", checked, errs.String())
	}
}
