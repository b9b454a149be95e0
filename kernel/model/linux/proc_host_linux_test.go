package linux

// The shape of /proc against the host's, for the same program on both.

import (
	"io/fs"
	"os"
	osexec "os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	mfs "github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/procfs"
)

// onHost starts the pausing program on the host and is its id.
func onHost(t *testing.T) int {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pauser")
	if err := os.WriteFile(path, pauser(), 0o755); err != nil {
		t.Fatal(err)
	}
	cmd := osexec.Command(path, "one", "two words", "")
	cmd.Env = []string{"A=1", "B=two"}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	p := procfs.New("").Proc(cmd.Process.Pid)
	for range 1000 {
		if s, err := p.Syscall(); err == nil && s.Number == 34 {
			return cmd.Process.Pid
		}
		time.Sleep(time.Millisecond)
	}
	t.Fatal("the program does not pause")
	return 0
}

// bothProcs are the two /procs and the ids.
func bothProcs(t *testing.T) (model, host func(file string) string) {
	w := newWorld(t)
	w.p.Files.Install(w.m.FS.Eventfd(mfs.Cred{}, 0, false, 0), 0, false)
	pid := strconv.Itoa(onHost(t))
	read := func(f procfs.Files, dir string) func(file string) string {
		return func(file string) string {
			b, err := f.ReadFile(dir + file)
			if err != nil {
				t.Errorf("%s: %v", file, err)
			}
			return string(b)
		}
	}
	return read(procFiles(w.m, w.x.Thread), strconv.Itoa(w.p.PID)+"/"), read(procfs.OSFiles("/proc"), pid+"/")
}

// kernelsOwn are lines that only some kernels have.
var kernelsOwn = regexp.MustCompile(`^(x86_Thread_features|HugetlbPages|THP_enabled|untag_mask|Kthread|NSpgid|ProtectionKey|KSM|Pss_Dirty|Seccomp_filters|Spec)`)

// keys are what lines begin with, each as far as its value.
func keys(text string) (all []string) {
	for _, line := range strings.Split(text, "\n") {
		if key, _, ok := strings.Cut(line, ":"); ok && !strings.Contains(line, "[rollup]") && !kernelsOwn.MatchString(key) {
			all = append(all, key)
		}
	}
	return all
}

func TestHostKeys(t *testing.T) {
	model, host := bothProcs(t)
	for _, file := range []string{"status", "fdinfo/0", "smaps_rollup"} {
		got, want := keys(model(file)), keys(host(file))
		check(t, file, got[:min(len(got), len(want))], want) // an eventfd has lines of its own after the others
	}
	section := func(text string) string { // of the first mapping
		_, text, _ = strings.Cut(text, "\n")
		text, _, _ = strings.Cut(text, "VmFlags:")
		return text
	}
	check(t, "smaps", keys(section(model("smaps"))), keys(section(host("smaps"))))
}

// shape replaces numbers by what they are made of.
var shape = regexp.MustCompile(`-?[0-9]+`)

func shapeOf(s string) string { return shape.ReplaceAllString(s, "N") }

func TestHostShapes(t *testing.T) {
	model, host := bothProcs(t)
	for _, file := range []string{"stat", "statm", "wchan", "oom_score_adj", "personality", "cmdline", "environ", "comm", "sessionid"} {
		got, want := shapeOf(model(file)), shapeOf(host(file))
		if file == "wchan" { // functions have other names in other kernels
			got, want = strconv.FormatBool(got != ""), strconv.FormatBool(want != "")
		}
		if file == "cmdline" {
			_, got, _ = strings.Cut(got, "\x00")
			_, want, _ = strings.Cut(want, "\x00")
		}
		check(t, file, got, want)
	}
	check(t, "syscall", len(strings.Fields(model("syscall"))), len(strings.Fields(host("syscall"))))
	frame := func(text string) (all []string) {
		for _, line := range strings.Split(text, "\n") {
			all = append(all, line[:min(len(line), 26)]+line[min(len(line), 67):])
		}
		return all
	}
	check(t, "limits", frame(model("limits")), frame(host("limits")))
}

// TestHostMaps: the program's own mappings are the same, to the column.
func TestHostMaps(t *testing.T) {
	model, host := bothProcs(t)
	file := regexp.MustCompile(`[0-9a-f]+:[0-9a-f]+ [0-9]+ ( *)`)
	own := func(text string) (all []string) {
		for _, line := range strings.Split(text, "\n") {
			if name, is := strings.CutSuffix(line, "/pauser"); is {
				at := strings.IndexByte(name, '/')
				if at < 0 {
					at = len(name)
				}
				all = append(all, file.ReplaceAllString(name[:at], "DEV INO "))
				if at != mapsWidth+1 {
					t.Errorf("the name begins in column %d of %q", at, line)
				}
			}
		}
		return all
	}
	check(t, "maps", own(model("maps")), own(host("maps")))
	stack := regexp.MustCompile(`(?m)^[0-9a-f]{12}-[0-9a-f]{12} rw-p 00000000 00:00 0 {26}\[stack\]$`)
	for name, text := range map[string]string{"model": model("maps"), "host": host("maps")} {
		if !stack.MatchString(text) {
			t.Errorf("no stack as expected in the %s's\n%s", name, text)
		}
	}
}

// TestHostModes: modes and kinds of what both have in a process's directory.
func TestHostModes(t *testing.T) {
	w := newWorld(t)
	dir := "/proc/" + strconv.Itoa(onHost(t))
	for _, place := range []string{"", "/task/TID", "/fd", "/ns", "/attr"} {
		of := func(id int) string { return strings.ReplaceAll(place, "TID", strconv.Itoa(id)) }
		pid, _ := strconv.Atoi(filepath.Base(dir))
		names, err := procFiles(w.m, w.x.Thread).ReadDir(strconv.Itoa(w.p.PID) + of(w.p.PID))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			info, err := os.Lstat(dir + of(pid) + "/" + name)
			if err != nil {
				if place != "/fd" && name != "children" && name != "personality" {
					t.Errorf("the host has no %s%s", place, name)
				}
				continue
			}
			n, e := w.m.FS.Lookup(w.x.Proc.Cred.FS(), w.m.FS.Root(), "/proc/"+strconv.Itoa(w.p.PID)+of(w.p.PID)+"/"+name, false)
			if e != 0 {
				t.Fatal(name, e)
			}
			kind := map[fs.FileMode]string{0: "file", fs.ModeDir: "directory", fs.ModeSymlink: "symlink"}[info.Mode().Type()]
			if place == "/fd" {
				continue // the host's are open otherwise
			}
			check(t, place+"/"+name, []any{n.Kind().String(), uint(n.Mode())}, []any{kind, uint(info.Mode().Perm())})
		}
	}
}

// TestHostTop: what the model has at the top, the host has too.
func TestHostTop(t *testing.T) {
	w := newWorld(t)
	host, err := procfs.OSFiles("/proc").ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	names, err := procFiles(w.m, w.x.Thread).ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if _, pid := number(name); !pid && !slices.Contains(host, name) {
			t.Errorf("the host has no %s", name)
		}
	}
	for _, name := range []string{"uptime", "loadavg", "sys/kernel/pid_max", "sys/kernel/ostype"} {
		model, err1 := procFiles(w.m, w.x.Thread).ReadFile(name)
		real, err2 := os.ReadFile("/proc/" + name)
		check(t, name, []any{shapeOf(string(model)), err1}, []any{shapeOf(string(real)), err2})
	}
}
