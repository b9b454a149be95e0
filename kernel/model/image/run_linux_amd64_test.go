package image

// Loaded programs run: on the model's processor they come to the same first system call, at
// the same place, as on the host.

import (
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// load does an exec on the model, with no vdso.
func load(t *testing.T, r *Request) (*cpu.CPU, *vm.Space) {
	t.Helper()
	p, err := Prepare(r)
	if err != errno.OK {
		t.Fatal(err)
	}
	space := newSpace(p, 256<<20)
	res, err := p.Load(space, Start{})
	if err != errno.OK {
		t.Fatal(err)
	}
	c := cpu.New(space)
	space.Changed = func(uint64, uint64) { c.Flush() }
	c.RIP, c.R[cpu.RSP] = res.Entry, res.SP
	return c, space
}

// firstCall is where the host's program is in its first system call, and the call's number.
func firstCall(t *testing.T, path string) (rip, number uint64) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	old, _, _ := syscall.RawSyscall(syscall.SYS_PERSONALITY, addrNoRandomize, 0, 0)
	p, err := os.StartProcess(path, []string{"x"}, &os.ProcAttr{Env: []string{}, Sys: &syscall.SysProcAttr{Ptrace: true}})
	syscall.RawSyscall(syscall.SYS_PERSONALITY, old, 0, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Wait()
	defer p.Kill()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(p.Pid, &status, 0, nil); err != nil {
		t.Fatal(err)
	}
	if err := syscall.PtraceSyscall(p.Pid, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := syscall.Wait4(p.Pid, &status, 0, nil); err != nil {
		t.Fatal(err)
	}
	var regs syscall.PtraceRegs
	if err := syscall.PtraceGetRegs(p.Pid, &regs); err != nil {
		t.Fatal(err)
	}
	return regs.Rip, regs.Orig_rax
}

func TestFirstCall(t *testing.T) {
	modern(t)
	for _, prog := range []string{"hello", "hello+static", "hello+nopie", "simthreads", "asmhello", "exit42"} {
		t.Run(prog, func(t *testing.T) {
			path := testprog.Build(t, prog)
			rip, number := firstCall(t, path)
			c, _ := load(t, &Request{System: &Linux, Path: path, Argv: []string{"x"}, StackLimit: stackLimit, Open: hostOpen(t, "")})
			end := c.Run(1e6)
			if end.Kind != cpu.Syscall || c.RIP != rip || c.R[cpu.RAX] != number {
				t.Errorf("%v %#x at %#x, number %d; host at %#x, number %d; %s", end.Kind, end.Addr, c.RIP, c.R[cpu.RAX], rip, number, end.Name)
			}
			t.Logf("%d instructions to call %d", end.Steps, number)
		})
	}
}

// TestInterp runs a program with an interpreter of ours to its end, on the model and, in a
// directory where ./interp is the interpreter, on the host.
func TestInterp(t *testing.T) {
	for _, interp := range []string{"interp", "interpexec"} {
		t.Run(interp, func(t *testing.T) {
			fs := files{}.fromHost(t, "./prog", testprog.Build(t, "interped"))
			fs.fromHost(t, "./interp", testprog.Build(t, interp))
			const want = "interpreter\nprogram\n"
			if out, err := hostExec(fs.write(t), []string{"./prog", "x"}, []string{}); out != want || err != errno.OK {
				t.Errorf("host: %q, %v", out, err)
			}
			c, space := load(t, request(fs, "./prog", "x"))
			out := ""
			for range 3 {
				if end := c.Run(1000); end.Kind != cpu.Syscall {
					t.Fatalf("%v at %#x", end.Kind, c.RIP)
				}
				if c.R[cpu.RAX] == 231 {
					break
				}
				text := make([]byte, c.R[cpu.RDX])
				space.Load(c.R[cpu.RSI], text)
				out += string(text)
			}
			if out != want || c.R[cpu.RDI] != 2 {
				t.Errorf("%q, exit %d", out, c.R[cpu.RDI])
			}
		})
	}
}

// TestRandom loads at random places: all of them are apart, in their ranges, and aligned.
func TestRandom(t *testing.T) {
	path := testprog.Build(t, "hello")
	seed := uint64(1)
	seen := map[string]map[uint64]bool{"stack": {}, "program": {}, "interpreter": {}, "heap": {}, "vectors": {}}
	const n = 50
	for range n {
		r := &Request{System: &Linux, Path: path, Argv: []string{"x"}, StackLimit: stackLimit, Open: hostOpen(t, filepath.Dir(path)),
			Random: func() uint64 { seed = seed*6364136223846793005 + 1442695040888963407; return seed >> 16 }}
		p, err := Prepare(r)
		if err != errno.OK {
			t.Fatal(err)
		}
		res, err := p.Load(newSpace(p, 64<<20), Start{})
		if err != errno.OK {
			t.Fatal(err)
		}
		first := map[string]uint64{} // of each part
		for _, m := range slices.Backward(res.Mapped) {
			first[m.Part] = m.Start
		}
		for part, at := range first {
			seen[part][at] = true
		}
		seen["heap"][res.StartBrk] = true
		seen["vectors"][res.SP%vm.PageSize] = true
		if res.SP%16 != 0 || res.StartBrk < res.EndData || res.StartBrk-res.EndData > 2<<30 || res.StartBrk%vm.PageSize != 0 {
			t.Errorf("sp %#x, heap %#x, data to %#x", res.SP, res.StartBrk, res.EndData)
		}
	}
	for _, what := range slices.Sorted(maps.Keys(seen)) {
		if len(seen[what]) < n*3/4 {
			t.Errorf("%s: %d places in %d", what, len(seen[what]), n)
		}
	}
}
