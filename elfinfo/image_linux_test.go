package elfinfo

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

const dlopenSource = `#include <dlfcn.h>
#include <stdio.h>
#include <time.h>
int main(int argc, char **argv)
{
	char line[100];
	void *h = 0;
	struct timespec ts;
	clock_gettime(CLOCK_MONOTONIC, &ts);
	printf("%p %p\n", (void *)main, (void *)printf); fflush(stdout);
	while (fgets(line, sizeof line, stdin)) {
		if (line[0] == 'o') h = dlopen(argv[1], RTLD_NOW);
		else dlclose(h);
		printf("%p\n", h && line[0] == 'o' ? dlsym(h, "in_plugin") : 0); fflush(stdout);
	}
	return 0;
}
`

// procMem reads /proc/PID/mem.
type procMem struct{ *os.File }

func (m procMem) ReadMem(addr uint64, p []byte) (int, error) { return m.ReadAt(p, int64(addr)) }

// process reads what Update needs of a live process.
func process(t *testing.T, pid int) Process {
	t.Helper()
	dir := fmt.Sprintf("/proc/%d/", pid)
	text, err := os.ReadFile(dir + "maps")
	if err != nil {
		t.Fatal(err)
	}
	var p Process
	for l := range strings.Lines(string(text)) {
		f := strings.Fields(l)
		var m Mapping
		fmt.Sscanf(f[0], "%x-%x", &m.Start, &m.End)
		m.Offset, _ = strconv.ParseUint(f[2], 16, 64)
		m.Inode, _ = strconv.ParseUint(f[4], 10, 64)
		m.Exec = f[1][2] == 'x'
		if len(f) > 5 {
			m.Path = strings.Join(f[5:], " ")
		}
		p.Maps = append(p.Maps, m)
	}
	aux, err := os.ReadFile(dir + "auxv")
	if err != nil {
		t.Fatal(err)
	}
	for ; len(aux) >= 16; aux = aux[16:] {
		v := binary.LittleEndian.Uint64(aux[8:])
		switch binary.LittleEndian.Uint64(aux) {
		case 3:
			p.Auxv.Phdr = v
		case 7:
			p.Auxv.Base = v
		case 9:
			p.Auxv.Entry = v
		case 33:
			p.Auxv.VDSO = v
		}
	}
	p.Exe, _ = os.Readlink(dir + "exe")
	mem, err := os.Open(dir + "mem")
	if err != nil {
		t.Skipf("memory of a child cannot be read here: %v", err)
	}
	t.Cleanup(func() { mem.Close() })
	p.Mem = procMem{mem}
	return p
}

// child is a running dlopenSource.
type child struct {
	pid int
	in  io.Writer
	out *bufio.Reader
}

func (c child) ask(t *testing.T, line string) string {
	t.Helper()
	if line != "" {
		fmt.Fprintln(c.in, line)
	}
	s, err := c.out.ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(s)
}

func startChild(t *testing.T, path string, args ...string) child {
	t.Helper()
	cmd := exec.Command(path, args...)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Wait() }) // it ends at end of file
	return child{cmd.Process.Pid, in, bufio.NewReader(out)}
}

func TestImagesOfLiveProcess(t *testing.T) {
	plugin := compileSource(t, "gcc", "plugin.c", "int in_plugin(void) { return 1; }\n", "-shared", "-fPIC", "-Wl,-soname,plugin.so")
	for _, flags := range [][]string{{"-pie"}, {"-no-pie"}} {
		t.Run(flags[0], func(t *testing.T) {
			prog := compileSource(t, "gcc", "main.c", dlopenSource, flags...)
			c := startChild(t, prog, plugin)
			var mainAddr, printfAddr uint64
			fmt.Sscanf(c.ask(t, ""), "%v %v", &mainAddr, &printfAddr)

			s := NewImages(new(Cache))
			t.Cleanup(func() { s.Close() })
			added, removed := s.Update(process(t, c.pid))
			if len(added) < 4 || len(removed) != 0 || len(s.Problems) != 0 {
				t.Fatalf("added %d, removed %d, problems %v", len(added), len(removed), s.Problems)
			}
			for _, im := range s.List {
				if im.Err != nil {
					t.Errorf("%s: %v", im.Path, im.Err)
				}
			}
			if s.Main == nil || s.Main.Path != prog || s.Interp == nil || s.VDSO == nil {
				t.Fatalf("main %+v, interpreter %+v, vdso %+v", s.Main, s.Interp, s.VDSO)
			}
			symbolAt(t, s, mainAddr, "main")
			symbolAt(t, s, printfAddr, "printf")
			gettime := s.VDSO.File.Symbols().ByName("__vdso_clock_gettime")
			if len(gettime) != 1 || !s.VDSO.Contains(s.VDSO.Addr(gettime[0].Value)) {
				t.Errorf("vdso: %+v", gettime)
			}

			hook, ok := s.LinkerHook(process(t, c.pid).Mem)
			if !ok {
				t.Fatal("no hook")
			}
			symbolAt(t, s, hook, "_dl_debug_state")
			early := *s
			early.Main = nil // as right after exec: r_debug is not there yet
			if again, ok := early.LinkerHook(nil); !ok || again != hook {
				t.Errorf("hook by symbol is %#x, by r_debug %#x", again, hook)
			}

			libc := s.At(printfAddr)
			inPlugin, _ := strconv.ParseUint(c.ask(t, "open"), 0, 64)
			added, removed = s.Update(process(t, c.pid))
			if len(added) != 1 || len(removed) != 0 || added[0].Path != plugin || s.At(printfAddr) != libc {
				t.Fatalf("dlopen: added %v, removed %v", added, removed)
			}
			symbolAt(t, s, inPlugin, "in_plugin")
			c.ask(t, "close")
			added, removed = s.Update(process(t, c.pid))
			if len(added) != 0 || len(removed) != 1 || removed[0].Path != plugin {
				t.Fatalf("dlclose: added %v, removed %v", added, removed)
			}
			if s.At(inPlugin) != nil {
				t.Error("the plugin is still there")
			}
		})
	}
}

func symbolAt(t *testing.T, s *Images, addr uint64, want string) {
	t.Helper()
	im := s.At(addr)
	if im == nil || im.File == nil {
		t.Errorf("%#x (%s): no image", addr, want)
		return
	}
	sym, ok := im.File.Symbols().Lookup(im.Vaddr(addr))
	if !ok || sym.Offset != 0 || sym.Name != want && !contains(sym.Aliases, want) {
		t.Errorf("%#x in %s: got %+v, want %s", addr, im.Path, sym, want)
	}
}

func contains(names []string, want string) bool {
	for _, n := range names {
		if name, _, _ := strings.Cut(n, "@"); name == want {
			return true
		}
	}
	return false
}

// What only the dynamic linker knows: with the map taken away (a process whose map
// may not be read), program and libraries are found through auxv and the link map.
func TestImagesWithoutMaps(t *testing.T) {
	prog := compileSource(t, "gcc", "main.c", dlopenSource)
	c := startChild(t, prog)
	var mainAddr, printfAddr uint64
	fmt.Sscanf(c.ask(t, ""), "%v %v", &mainAddr, &printfAddr)
	p := process(t, c.pid)
	p.Maps = nil
	s := NewImages(new(Cache))
	defer s.Close()
	s.Update(p)
	if len(s.Problems) != 0 || s.Main == nil || s.Interp == nil || s.VDSO == nil {
		t.Fatalf("main %v, interpreter %v, vdso %v, problems %v", s.Main, s.Interp, s.VDSO, s.Problems)
	}
	symbolAt(t, s, mainAddr, "main")
	symbolAt(t, s, printfAddr, "printf")
	if added, removed := s.Update(p); len(added)+len(removed) != 0 {
		t.Errorf("second update: %v %v", added, removed)
	}
}

// Started as `ld.so program`, the program is what the kernel knows least about.
func TestImagesUnderLinker(t *testing.T) {
	prog := compileSource(t, "gcc", "main.c", dlopenSource)
	ld := open(t, prog, Options{}).Interp()
	c := startChild(t, ld, prog)
	var mainAddr, printfAddr uint64
	fmt.Sscanf(c.ask(t, ""), "%v %v", &mainAddr, &printfAddr)
	p := process(t, c.pid)
	s := NewImages(new(Cache))
	defer s.Close()
	s.Update(p)
	symbolAt(t, s, mainAddr, "main")
	symbolAt(t, s, printfAddr, "printf")
	hook, ok := s.LinkerHook(p.Mem)
	if !ok {
		t.Fatal("no hook")
	}
	symbolAt(t, s, hook, "_dl_debug_state")
	if r, err := s.RDebug(p.Mem); err != nil || r.State != Consistent {
		t.Errorf("%+v %v", r, err)
	}
}

// A program that is rebuilt while it runs must not lend its new symbols to the old.
func TestReplacedFile(t *testing.T) {
	prog := compileSource(t, "gcc", "main.c", dlopenSource, "-Wl,--build-id")
	c := startChild(t, prog)
	c.ask(t, "")
	other := compileSource(t, "gcc", "main.c", dlopenSource+"int more;\n", "-Wl,--build-id")
	if err := os.Rename(other, prog); err != nil {
		t.Fatal(err)
	}
	s := NewImages(new(Cache))
	defer s.Close()
	s.Update(process(t, c.pid))
	if s.Main == nil || s.Main.File != nil || s.Main.Err == nil || !strings.Contains(s.Main.Err.Error(), "replaced") {
		t.Errorf("got %+v", s.Main)
	}
}

// This test's own process: a static Go program with a vDSO and no linker.
func TestImagesOfStaticProgram(t *testing.T) {
	s := NewImages(new(Cache))
	defer s.Close()
	s.Update(process(t, os.Getpid()))
	exe, _ := os.Executable()
	exe, _ = filepath.EvalSymlinks(exe)
	if s.Main == nil || s.Main.Path != exe || s.VDSO == nil {
		t.Fatalf("main %+v, vdso %+v", s.Main, s.VDSO)
	}
	if s.Interp == nil {
		if hook, ok := s.LinkerHook(nil); ok {
			t.Errorf("static program has a linker hook at %#x", hook)
		}
	}
}
