package testprog

// Building and caching. A binary's directory is named by the hash of what goes
// into it (sources, headers, flags, compiler, the tree's path, which DWARF
// records); it appears by rename, so a reader sees all of it or nothing. A
// lock file per hash keeps concurrent test processes from building twice.

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Lang is how a program is built.
type Lang int

// The kinds of program there are.
const (
	C            Lang = iota // gcc, hosted
	Asm                      // gcc, assembly, freestanding: no libc, static
	CXX                      // g++
	SharedLib                // gcc, a C shared library
	Go                       // go build, the directory of the source
	Generated                // go run of a generator that writes the binary named by -o
	Freestanding             // gcc, C without libc and without SSE, static: for the modeled kernel too
)

// toolchain is what a Lang needs: the tool, the package that has it, flags.
type toolchain struct {
	tool    string
	remedy  string
	version []string // arguments that print the version
	flags   []string
}

const (
	gccRemedy = "apt-get install gcc libc6-dev (make test does so as root on Debian)"
	gxxRemedy = "apt-get install g++ (make test does so as root on Debian)"
)

// cFlags is said in full, so that a distribution's defaults do not matter.
var cFlags = []string{"-Wall", "-Wextra", "-g", "-O0", "-fcf-protection=none", "-fno-stack-protector",
	"-fPIE", "-pie"}

var toolchains = map[Lang]toolchain{
	C:         {"gcc", gccRemedy, []string{"--version"}, append([]string{"-std=gnu17", "-pthread"}, cFlags...)},
	Asm:       {"gcc", gccRemedy, []string{"--version"}, []string{"-g", "-nostdlib", "-static", "-Wl,--build-id"}},
	CXX:       {"g++", gxxRemedy, []string{"--version"}, append([]string{"-std=c++20", "-pthread"}, cFlags...)},
	SharedLib: {"gcc", gccRemedy, []string{"--version"}, []string{"-std=gnu17", "-Wall", "-Wextra", "-g", "-O0", "-fcf-protection=none", "-fPIC", "-shared"}},
	Go:        {"go", "install Go", []string{"version"}, []string{"build", "-buildvcs=false"}},
	Generated: {"go", "install Go", []string{"version"}, []string{"run"}},
	Freestanding: {"gcc", gccRemedy, []string{"--version"}, []string{"-std=gnu17", "-Wall", "-Wextra", "-g", "-O1",
		"-ffreestanding", "-nostdlib", "-static", "-fno-pie", "-no-pie", "-fcf-protection=none", "-fno-stack-protector",
		"-mgeneral-regs-only", "-mno-red-zone", "-Wl,--build-id"}},
}

// variant is flags that go after all others, for gcc and for go.
type variant struct{ c, golang []string }

var variants = map[string]variant{
	"static":    {c: []string{"-fno-pie", "-no-pie", "-static"}},
	"staticpie": {c: []string{"-fPIE", "-static-pie"}},
	"pie":       {c: []string{"-fPIE", "-pie"}, golang: []string{"-buildmode=pie"}},
	"nopie":     {c: []string{"-fno-pie", "-no-pie"}},
	"O0":        {c: []string{"-O0", "-g"}, golang: []string{"-gcflags=all=-N -l"}},
	"O2":        {c: []string{"-O2", "-g"}},
	"stripped":  {c: []string{"-s"}, golang: []string{"-ldflags=-s -w"}},
	"nodebug":   {c: []string{"-g0"}, golang: []string{"-ldflags=-w"}},
	"svr4":      {c: []string{"-DSVR4"}},               // testdata/sim for the modeled SVR4, where it is to be had
	"freebsd":   {c: []string{"-DFREEBSD"}},            // and for FreeBSD, modeled or real
	"cet":       {c: []string{"-fcf-protection=full"}}, // endbr64 first
	"nofp":      {c: []string{"-fomit-frame-pointer"}},
	"fp":        {c: []string{"-fno-omit-frame-pointer"}},
	"dwarf4":    {c: []string{"-gdwarf-4"}},
	"dwarf5":    {c: []string{"-gdwarf-5"}},
	"gz":        {c: []string{"-gz=zlib"}}, // compressed debug sections
	"now":       {c: []string{"-Wl,-z,now"}},
	"lazy":      {c: []string{"-Wl,-z,lazy"}},
}

// MissingError says that a compiler is not installed, or that the sources are not here.
type MissingError struct{ Tool, Remedy string }

func (e *MissingError) Error() string {
	return fmt.Sprintf("testprog: %s is not installed: %s", e.Tool, e.Remedy)
}

// built remembers, within this process, what Path found for each name.
var built sync.Map // name -> func() (string, error)

// Path is [Build] for callers without a testing.TB. The error is a
// [MissingError] when the compiler is not installed.
func Path(name string) (string, error) {
	once, _ := built.LoadOrStore(name, sync.OnceValues(func() (string, error) { return build(name) }))
	return once.(func() (string, error))()
}

func build(name string) (string, error) {
	prog, vars, err := Lookup(name)
	if err != nil {
		return "", err
	}
	root, err := Root()
	if err != nil {
		return "", err
	}
	tc := toolchains[prog.Lang]
	tool, err := exec.LookPath(tc.tool)
	if err != nil {
		return "", &MissingError{tc.tool, tc.remedy}
	}
	args, err := arguments(prog, vars, root)
	if err != nil {
		return "", fmt.Errorf("testprog: %s: %w", name, err)
	}
	key, err := hash(prog, root, tool, args)
	if err != nil {
		return "", fmt.Errorf("testprog: %s: %w", name, err)
	}
	binary, err := cached(key, prog, func(out string) error {
		dir := filepath.Dir(filepath.Join(root, "testdata", prog.Sources[0]))
		return compile(dir, tool, out, args)
	})
	if err != nil {
		return "", err
	}
	return binary, asNew(binary, prog, root)
}

// asNew makes a binary no older than its sources: a fresh checkout has sources that are
// newer than what was made of the same text, and a debugger says so.
func asNew(binary string, prog Program, root string) error {
	made, err := os.Stat(binary)
	if err != nil {
		return err
	}
	for _, src := range prog.Sources {
		if st, err := os.Stat(filepath.Join(root, "testdata", src)); err == nil && st.ModTime().After(made.ModTime()) {
			return os.Chtimes(binary, time.Time{}, time.Now())
		}
	}
	return nil
}

// Root is the top of the source tree: the nearest parent of the working
// directory that has a go.mod (tests run in their package's directory).
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir, nil
		}
		up := filepath.Dir(dir)
		if up == dir {
			return "", &MissingError{"testdata", "there is no go.mod above the working directory"}
		}
		dir = up
	}
}

// outArg stands for the path of the binary, known only when it is built.
const outArg = "{out}"

// arguments is the command line of the tool, with outArg for the binary. It
// runs in the directory of the first source, so sources are named from there.
func arguments(prog Program, vars []string, root string) ([]string, error) {
	if prog.Lang == Generated {
		if len(vars) > 0 {
			return nil, errors.New("a generated program has no variants")
		}
		return slices.Concat(toolchains[Generated].flags, []string{".", "-o", outArg}, prog.Flags), nil
	}
	args := slices.Concat(toolchains[prog.Lang].flags, prog.Flags)
	for _, v := range vars {
		row, ok := variants[v]
		flags := row.c
		if prog.Lang == Go {
			flags = row.golang
		}
		if !ok || flags == nil {
			return nil, fmt.Errorf("no variant %q for this kind of program", v)
		}
		args = append(args, flags...)
	}
	args = append(args, "-o", outArg)
	if prog.Lang == Go {
		return append(args, "."), nil
	}
	dir := filepath.Dir(prog.Sources[0])
	for _, s := range prog.Sources {
		rel, err := filepath.Rel(dir, s)
		if err != nil {
			return nil, err
		}
		args = append(args, rel)
	}
	return append(args, prog.Libs...), nil
}

// hash covers whatever can change the binary.
func hash(prog Program, root, tool string, args []string) (string, error) {
	h := sha256.New()
	version, err := toolVersion(tool, toolchains[prog.Lang].version)
	if err != nil {
		return "", err
	}
	fmt.Fprintf(h, "%s\n%s\n%s\n%q\n", prog.Name, root, version, args)
	for _, src := range prog.Sources {
		path := filepath.Join(root, "testdata", src)
		headers, err := filepath.Glob(filepath.Join(filepath.Dir(path), "*.h"))
		if err != nil {
			return "", err
		}
		for _, f := range append(headers, path) {
			if err := hashFile(h, f); err != nil {
				return "", err
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))[:20], nil
}

func hashFile(w io.Writer, path string) error {
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s %d\n%s", filepath.Base(path), len(data), data)
	return err
}

var versions sync.Map // tool -> version text

func toolVersion(tool string, args []string) (string, error) {
	if v, ok := versions.Load(tool); ok {
		return v.(string), nil
	}
	out, err := exec.Command(tool, args...).Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", tool, strings.Join(args, " "), err)
	}
	versions.Store(tool, string(out))
	return string(out), nil
}

// CacheDir is where binaries are kept; it may be removed at any time when no
// test runs.
func CacheDir() string {
	base, err := os.UserCacheDir()
	if err != nil {
		base = os.TempDir()
	}
	return filepath.Join(base, "trapline-testprog")
}

// cached returns the binary of a hash, making it first when there is none.
func cached(key string, prog Program, compile func(out string) error) (string, error) {
	dir := CacheDir()
	final := filepath.Join(dir, key, binaryName(prog))
	if _, err := os.Stat(final); err == nil {
		return final, nil
	}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return "", err
	}
	unlock, err := lock(filepath.Join(dir, key+".lock"))
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(final); err == nil {
		return final, nil // someone else built it while we waited
	}
	tmp, err := os.MkdirTemp(dir, key+".tmp")
	if err != nil {
		return "", err
	}
	defer os.RemoveAll(tmp) // a no-op once renamed
	if err := os.Chmod(tmp, 0o755); err != nil {
		return "", err
	}
	if err := compile(filepath.Join(tmp, binaryName(prog))); err != nil {
		return "", fmt.Errorf("testprog: building %s: %w", prog.Name, err)
	}
	if err := os.Rename(tmp, filepath.Join(dir, key)); err != nil {
		return "", err
	}
	return final, nil
}

func binaryName(prog Program) string {
	if prog.Lang == SharedLib {
		return prog.Name + ".so"
	}
	return prog.Name
}

// lock takes an exclusive lock that ends with the process at the latest.
func lock(path string) (unlock func(), err error) {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o666)
	if err != nil {
		return nil, err
	}
	for {
		err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX)
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, &os.PathError{Op: "flock", Path: path, Err: err}
	}
	return func() { f.Close() }, nil
}

// compile runs the tool; what it says goes into the error.
func compile(dir, tool, out string, args []string) error {
	args = slices.Clone(args)
	for i, a := range args {
		if a == outArg {
			args[i] = out
		}
	}
	cmd := exec.Command(tool, args...)
	cmd.Dir = dir
	// Without our mark: the go command may leave a telemetry process behind.
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, markName) })
	cmd.Env = append(cmd.Env, "CGO_ENABLED=0", "LC_ALL=C", "GOFLAGS=")
	text, err := cmd.CombinedOutput()
	if err != nil {
		return fmt.Errorf("cd %s && %s %s: %w\n%s", dir, tool, strings.Join(args, " "), err, text)
	}
	if _, err := os.Stat(out); err != nil {
		return fmt.Errorf("%s made no binary: %w", tool, err)
	}
	return nil
}
