package image

// The same programs on the kernel that runs this test: what execve makes of bad files, and
// where good ones are, byte for byte of the stack.

import (
	"errors"
	"fmt"
	"maps"
	"os"
	osexec "os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

func TestMain(m *testing.M) { os.Exit(testprog.Main(m)) }

// modern skips on kernels that arrange things otherwise than the value Linux does. 6.15
// moved the heap of a static PIE even if nothing is random, and the vdso is where mappings
// go since 6.14 or so.
func modern(t *testing.T) {
	var u syscall.Utsname
	if err := syscall.Uname(&u); err != nil {
		t.Fatal(err)
	}
	var release []byte
	for _, c := range u.Release {
		release = append(release, byte(c))
	}
	major, minor := 0, 0
	fmt.Sscanf(string(release), "%d.%d", &major, &minor)
	if major < 6 || major == 6 && minor < 15 {
		t.Skipf("Linux %d.%d arranges address spaces otherwise than 6.15", major, minor)
	}
}

// write puts the files into a directory.
func (fs files) write(t *testing.T) string {
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(fs)) {
		if err := os.WriteFile(filepath.Join(dir, name), fs[name], 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestHostELF executes the cases of TestELF.
func TestHostELF(t *testing.T) {
	modern(t)
	for _, c := range elfCases {
		if c.err == errno.EPERM && os.Getuid() == 0 { // may map page 0
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			cmd := osexec.Command("./prog")
			cmd.Dir = c.files().write(t)
			err := cmd.Start()
			got := errno.OK
			if number := syscall.Errno(0); errors.As(err, &number) {
				got = hostErrno(number)
			} else if err != nil {
				t.Fatal(err)
			} else {
				err = cmd.Wait()
			}
			if c.late || c.err == errno.OK {
				status := "signal 11"
				if !c.late && !slices.Contains([]string{"no load"}, c.name) {
					status = "exit 7"
				}
				if cmd.ProcessState == nil || testprog.StatusOf(cmd.ProcessState) != status {
					t.Errorf("%v; want %s", err, status)
				}
			} else if got != c.err {
				t.Errorf("%v, want %v", err, c.err)
			}
		})
	}
}

// hostErrno is the model's name of the host's number.
func hostErrno(n syscall.Errno) errno.Errno {
	for e, number := range map[errno.Errno]syscall.Errno{errno.ENOEXEC: syscall.ENOEXEC, errno.ENOENT: syscall.ENOENT, errno.EIO: syscall.EIO,
		errno.ELIBBAD: syscall.ELIBBAD, errno.EACCES: syscall.EACCES, errno.ELOOP: syscall.ELOOP, errno.E2BIG: syscall.E2BIG,
		errno.EINVAL: syscall.EINVAL, errno.ENOMEM: syscall.ENOMEM} {
		if number == n {
			return e
		}
	}
	return errno.ENOTSUP
}

// process is a process that has just done its exec, on either kernel.
type process struct {
	Entry, SP uint64
	Auxv      []byte
	Maps      []string          // "start-end perm offset name"
	Stat      map[string]uint64 // what proc_pid_stat(5) tells of memory
	Memory    map[string][]byte // by line of Maps
}

const addrNoRandomize = 0x0040000 // personality(2)

// onHost executes a program, with nothing random, and looks at it before its first
// instruction.
func onHost(t *testing.T, dir, path string, argv, env []string) *process {
	t.Helper()
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	old, _, failed := syscall.RawSyscall(syscall.SYS_PERSONALITY, addrNoRandomize, 0, 0)
	if failed != 0 {
		t.Fatal(failed)
	}
	p, err := os.StartProcess(path, argv, &os.ProcAttr{Dir: dir, Env: env, Sys: &syscall.SysProcAttr{Ptrace: true}})
	syscall.RawSyscall(syscall.SYS_PERSONALITY, old, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Wait()
	defer p.Kill()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(p.Pid, &status, 0, nil); err != nil || !status.Stopped() {
		t.Fatalf("wait: %v, %v", status, err)
	}
	var regs syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(p.Pid, &regs); err != nil {
		t.Fatal(err)
	}
	h := &process{Entry: regs.Rip, SP: regs.Rsp, Auxv: readProc(t, p.Pid, "auxv"), Memory: map[string][]byte{}}
	h.Stat = parseStat(string(readProc(t, p.Pid, "stat")))
	h.readMaps(t, p.Pid)
	return h
}

func readProc(t *testing.T, pid int, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/%s", pid, name))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// statFields are fields of /proc/PID/stat by their numbers in the manual.
var statFields = map[string]int{"startcode": 26, "endcode": 27, "startstack": 28, "start_data": 45, "end_data": 46,
	"start_brk": 47, "arg_start": 48, "arg_end": 49, "env_start": 50, "env_end": 51}

func parseStat(text string) map[string]uint64 {
	fields := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	all := map[string]uint64{}
	for name, n := range statFields {
		fmt.Sscan(fields[n-3], new(uint64))
		v, _ := strconv.ParseUint(fields[n-3], 10, 64)
		all[name] = v
	}
	return all
}

// readMaps reads the map, and the memory but of the kernel's own pages.
func (h *process) readMaps(t *testing.T, pid int) {
	mem, err := os.Open(fmt.Sprintf("/proc/%d/mem", pid))
	if err != nil {
		t.Fatal(err)
	}
	defer mem.Close()
	for line := range strings.Lines(string(readProc(t, pid, "maps"))) {
		f := append(strings.Fields(line), "")
		var start, end uint64
		fmt.Sscanf(f[0], "%x-%x", &start, &end)
		if start>>63 != 0 {
			continue // the vsyscall page
		}
		short := fmt.Sprintf("%x-%x %s %s %s", start, end, f[1], f[2], f[5])
		h.Maps = append(h.Maps, short)
		if !strings.HasPrefix(f[5], "[v") {
			b := make([]byte, end-start)
			n, _ := mem.ReadAt(b, int64(start)) // none if it is past the file's end
			h.Memory[short] = b[:n]
		}
	}
}

// vdso is the host's pages of the kernel, as the model's.
func (h *process) vdso() (pages []SharedPage, vdso uint64) {
	for _, line := range h.Maps {
		f := strings.Fields(line)
		if len(f) < 4 || !strings.HasPrefix(f[3], "[v") {
			continue
		}
		var start, end uint64
		fmt.Sscanf(f[0], "%x-%x", &start, &end)
		p := SharedPage{Name: f[3], Size: end - start, Prot: vm.Read, File: vm.NewBlob(f[3], make([]byte, end-start))}
		if f[3] == "[vdso]" {
			p.Prot |= vm.Exec
			vdso = uint64(len(pages))
		}
		pages = append(pages, p)
	}
	return pages, vdso
}

// like is Linux with the host's numbers: those of its processor, and its vdso.
func (h *process) like() *System {
	s := Linux
	pages, vdso := h.vdso()
	s.Shared = pages
	s.Auxv = slices.Clone(s.Auxv)
	host := map[uint64]uint64{}
	for b := h.Auxv; len(b) >= 16; b = b[16:] {
		host[le.Uint64(b)] = le.Uint64(b[8:])
	}
	for i := range s.Auxv {
		switch row := &s.Auxv[i]; row.What {
		case Literal:
			row.Value = host[row.Tag]
		case SharedPageAt:
			row.Value = vdso
		}
	}
	return &s
}

// random is the 16 bytes of AT_RANDOM.
func (h *process) random(t *testing.T) (b [16]byte) {
	for a := h.Auxv; len(a) >= 16; a = a[16:] {
		if at := le.Uint64(a[8:]); le.Uint64(a) == ATRandom {
			for line, mem := range h.Memory {
				var start, end uint64
				fmt.Sscanf(line, "%x-%x", &start, &end)
				if at >= start && at < end {
					copy(b[:], mem[at-start:])
				}
			}
		}
	}
	return b
}

// onModel does the same exec on the model.
func onModel(t *testing.T, h *process, dir, path string, argv, env []string) (*process, *vm.Space) {
	t.Helper()
	r := &Request{System: h.like(), Path: path, Argv: argv, Envp: env, StackLimit: hostStackLimit(t), Open: hostOpen(t, dir)}
	plan, err := Prepare(r)
	if err != errno.OK {
		t.Fatal("Prepare:", err)
	}
	space := vm.New(plan.Layout(vm.NewMemory(256<<20), vm.Limits{Total: vm.Unlimited, Data: vm.Unlimited, Stack: r.StackLimit}))
	uid, gid := uint32(os.Getuid()), uint32(os.Getgid())
	res, err := plan.Load(space, Start{UID: uid, EUID: uid, GID: gid, EGID: gid, Random: h.random(t)})
	if err != errno.OK {
		t.Fatal("Load:", err)
	}
	m := &process{Entry: res.Entry, SP: res.SP, Auxv: res.Auxv, Memory: map[string][]byte{}, Stat: map[string]uint64{
		"startcode": res.StartCode, "endcode": res.EndCode, "startstack": res.StartStack, "start_data": res.StartData,
		"end_data": res.EndData, "start_brk": res.StartBrk, "arg_start": res.ArgStart, "arg_end": res.ArgEnd,
		"env_start": res.EnvStart, "env_end": res.EnvEnd}}
	for _, a := range space.Areas() {
		offset := a.Offset
		line := fmt.Sprintf("%x-%x %sp %08x %s", a.Start, a.End, a.Prot, offset, a.Name)
		m.Maps = append(m.Maps, line)
		if !strings.HasPrefix(a.Name, "[v") {
			b := make([]byte, a.End-a.Start)
			m.Memory[line] = b[:space.Peek(a.Start, b)]
		}
	}
	return m, space
}

func hostStackLimit(t *testing.T) uint64 {
	var l syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_STACK, &l); err != nil {
		t.Fatal(err)
	}
	return l.Cur
}

// hostOpen opens the host's files.
func hostOpen(t *testing.T, dir string) func(string) (File, errno.Errno) {
	return func(path string) (File, errno.Errno) {
		if !filepath.IsAbs(path) {
			path = filepath.Join(dir, path)
		}
		real, err := filepath.EvalSymlinks(path)
		if err != nil {
			return nil, errno.ENOENT
		}
		data, err := os.ReadFile(real)
		if err != nil {
			return nil, errno.EACCES
		}
		return newFile(real, data), errno.OK
	}
}

// differences are what a process differs in from the host's.
func differences(host, model *process) string {
	if d := cmp.Diff(host.Maps, model.Maps); d != "" {
		return "maps: " + d
	}
	h, m := *host, *model
	h.Memory, m.Memory = nil, nil
	if d := cmp.Diff(h, m); d != "" {
		return d
	}
	for _, line := range host.Maps {
		a, b := host.Memory[line], model.Memory[line]
		if len(a) != len(b) {
			return fmt.Sprintf("%s: %d bytes, model %d", line, len(a), len(b))
		}
		for i := range a {
			if a[i] != b[i] {
				return fmt.Sprintf("%s: byte %#x: %#x, model %#x", line, i, a[i], b[i])
			}
		}
	}
	return ""
}

// TestHostGood compares the cases of TestELF that can be loaded.
func TestHostGood(t *testing.T) {
	modern(t)
	for _, c := range elfCases {
		if c.err != errno.OK || c.name == "dyn size" { // huge pages
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			dir := c.files().write(t)
			argv, env := []string{"prog"}, []string{"A=1"}
			host := onHost(t, dir, "./prog", argv, env)
			model, _ := onModel(t, host, dir, "./prog", argv, env)
			if d := differences(host, model); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestHost compares programs of every kind that gcc makes, from the first to the last byte.
func TestHost(t *testing.T) {
	modern(t)
	dir := t.TempDir()
	link := func(name, prog string) {
		if err := os.Symlink(testprog.Build(t, prog), filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	link("interp", "interp")
	if err := os.WriteFile(filepath.Join(dir, "script"), []byte("#!"+testprog.Build(t, "hello+static")+" -x\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	many := slices.Repeat([]string{strings.Repeat("x", 999)}, 300)
	for _, c := range []struct {
		prog      string
		argv, env []string
	}{
		{"hello", []string{"hello"}, []string{"A=1", "LONG=" + strings.Repeat("y", 5000)}},
		{"hello+static", []string{"hello", "", "three"}, nil},
		{"hello+staticpie", []string{"hello"}, []string{"A=1"}},
		{"hello+nopie", []string{"other"}, []string{"A=1", ""}},
		{"types+static", nil, nil},
		{"simthreads", []string{"simthreads", "4"}, many},
		{"simmmap", many, nil},
		{"interped", []string{"interped"}, nil},
		{"interp", []string{"interp"}, nil},
		{"interpexec", []string{"interp"}, nil},
		{"asmhello", []string{"hello"}, nil},
		{"./script", []string{"given", "one"}, []string{"A=1"}},
		{"./script", nil, nil},
		{"goroutines", []string{"go"}, []string{"GOGC=off"}},
	} {
		t.Run(c.prog, func(t *testing.T) {
			path := c.prog
			if path != "./script" {
				path = testprog.Build(t, path)
			}
			if c.env == nil {
				c.env = []string{}
			}
			host := onHost(t, dir, path, c.argv, c.env)
			model, _ := onModel(t, host, dir, path, c.argv, c.env)
			if d := differences(host, model); d != "" {
				t.Error(d)
			}
		})
	}
}

// hostExec executes ./prog of a directory and is what it prints.
func hostExec(dir string, argv, env []string) (string, errno.Errno) {
	cmd := osexec.Command("./prog")
	cmd.Dir, cmd.Args, cmd.Env = dir, argv, env
	out, err := cmd.Output()
	if number := syscall.Errno(0); errors.As(err, &number) {
		return "", hostErrno(number)
	}
	return string(out), errno.OK
}

// args copies the program args into a directory.
func (fs files) args(t *testing.T) files {
	return fs.fromHost(t, "./args", testprog.Build(t, "args+static"))
}

// printed is what args prints of its arguments.
func printed(argv []string) string {
	var b strings.Builder
	for i, a := range argv[1:] {
		fmt.Fprintf(&b, "argv[%d]=%s\n", i+1, a)
	}
	return b.String()
}

// TestHostScripts executes the cases of TestScripts, and chains.
func TestHostScripts(t *testing.T) {
	for _, c := range scriptCases {
		dir := files{"./prog": []byte(c.text)}.args(t).write(t)
		out, err := hostExec(dir, []string{"./prog", "one", "two"}, []string{})
		if want := c.argv; err != c.err || err == errno.OK && out != printed(want) {
			t.Errorf("%s: %v, printed %q; want %v, %q", c.name, err, out, c.err, want)
		}
	}
	for n, want := range map[int]errno.Errno{5: errno.OK, 6: errno.ELOOP} {
		if _, err := hostExec(chain(n).args(t).write(t), []string{"./prog"}, []string{}); err != want {
			t.Errorf("%d scripts: %v, want %v", n, err, want)
		}
		if _, err := hostExec(chain(n).write(t), []string{"./prog"}, []string{}); err != errno.ENOENT {
			t.Errorf("%d scripts to nowhere: %v", n, err)
		}
	}
}

// TestHostSize finds the largest environments that the host takes, and is that the model's
// limit is at the same byte.
func TestHostSize(t *testing.T) {
	dir := files{"./prog": []byte("#!./args a\n")}.args(t).write(t)
	limit := hostStackLimit(t)
	fs := files{"./prog": []byte("#!./args a\n"), "./args": newELF(nil)}
	filler := slices.Repeat([]string{strings.Repeat("x", 100<<10)}, int(min(limit/4, 6<<20)/(100<<10)))
	room := int(min(limit/4, 6<<20)) - len(filler)*(100<<10+1+8)
	for _, c := range []struct {
		name string
		env  func(n int) []string
		from int
	}{
		{"all", func(n int) []string { return append(filler, strings.Repeat("y", n)) }, room - 200},
		{"one", func(n int) []string { return []string{strings.Repeat("y", n)} }, 128<<10 - 20},
	} {
		last := 0
		for n := c.from; n < c.from+220; n++ {
			r := request(fs, "./prog", "one")
			r.StackLimit, r.Envp = limit, c.env(n)
			if _, err := Prepare(r); err == errno.OK {
				last = n
			}
		}
		for n, want := range map[int]errno.Errno{last: errno.OK, last + 1: errno.E2BIG} {
			if _, err := hostExec(dir, []string{"./prog", "one"}, c.env(n)); err != want || last == 0 {
				t.Errorf("%s, %d bytes: %v, want %v", c.name, n, err, want)
			}
		}
	}
}
