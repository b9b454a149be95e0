package linux

import (
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel"
)

// runFilter is what a filter answers to a call, with the kernel's checks of a program.
func runFilter(t *testing.T, program []instruction, arch, number uint32) uint32 {
	t.Helper()
	acc := uint32(0)
	for pc := 0; pc < len(program); pc++ {
		i := program[pc]
		skip := 0
		switch i.code {
		case bpfLoad:
			acc = map[uint32]uint32{dataNumber: number, dataArch: arch}[i.k]
		case bpfJump:
			skip = int(i.k)
		case bpfEqual, bpfAtLeast:
			skip = int(i.jf)
			if i.code == bpfEqual && acc == i.k || i.code == bpfAtLeast && acc >= i.k {
				skip = int(i.jt)
			}
		case bpfReturn:
			return i.k
		default:
			t.Fatalf("instruction %d: code %#x", pc, i.code)
		}
		pc += skip
	}
	t.Fatal("the program has no end")
	return 0
}

// TestFilterProgram asks filters about all numbers there are, and some that are none.
func TestFilterProgram(t *testing.T) {
	every := func(base, n, step uint64) (out []kernel.CallRange) {
		for i := uint64(0); i < n; i += step {
			out = append(out, kernel.CallRange{First: base + i, Last: base + i})
		}
		return out
	}
	archs := map[kernel.CallABI]uint32{kernel.CallAMD64: archAMD64, kernel.CallX32: archAMD64, kernel.CallI386: archI386}
	for name, f := range map[string]kernel.CallFilter{
		"nothing":             {},
		"first":               {kernel.CallAMD64: {{First: 0, Last: 0}}, kernel.CallI386: {{First: 0, Last: 0}}, kernel.CallX32: {{First: x32Bit, Last: x32Bit}}},
		"all of two":          {kernel.CallAMD64: {{First: 0, Last: x32Bit - 1}}, kernel.CallX32: {{First: x32Bit, Last: 0xffffffff}}},
		"every second":        {kernel.CallAMD64: every(1, 470, 2), kernel.CallI386: every(0, 470, 2), kernel.CallX32: every(x32Bit, 560, 2)},
		"unknown ones":        {kernel.CallAMD64: {{First: 470, Last: x32Bit - 1}}, kernel.CallI386: {{First: 470, Last: 0xffffffff}}},
		"one convention only": {kernel.CallI386: {{First: 1, Last: 3}, {First: 400, Last: 400}}},
		"overlapping":         {kernel.CallAMD64: {{First: 5, Last: 20}, {First: 7, Last: 9}, {First: 21, Last: 22}}},
	} {
		program := filterProgram(f)
		if program == nil {
			t.Errorf("%s: too long", name)
			continue
		}
		for abi, arch := range archs {
			numbers := []uint64{0x7fffffff, 0xffffffff}
			for n := uint64(0); n < 1000; n++ {
				numbers = append(numbers, n, x32Bit-10+n, uint64(rand.Uint32()))
			}
			for _, n := range numbers {
				if arch == archAMD64 && (n >= x32Bit) != (abi == kernel.CallX32) {
					continue
				}
				want := uint32(resultAllow)
				if slices.Contains(ownCalls[abi], n) || slices.ContainsFunc(f[abi], func(r kernel.CallRange) bool { return r.First <= n && n <= r.Last }) {
					want = resultTrace
				}
				if got := runFilter(t, program, arch, uint32(n)); got != want {
					t.Fatalf("%s: call %d of convention %d: %#x, want %#x", name, n, abi, got, want)
				}
			}
		}
	}
	if filterProgram(kernel.CallFilter{kernel.CallAMD64: every(0, 5000, 2)}) != nil {
		t.Error("a program that the kernel would refuse")
	}
}

// filteredLaunch is an adapter that has launched 100 with a filter, in front of its execve.
func filteredLaunch(t *testing.T, s *script) *Kernel {
	t.Helper()
	s.statuses = append([]raw{stopOf(100, syscallStop)}, s.statuses...)
	s.calls[100] = callInfo(callEntry, 59)
	k := New(s)
	if _, err := k.Launch(&kernel.Launch{Path: "/x", Calls: true, Only: kernel.CallFilter{}}); err != nil {
		t.Fatal(err)
	}
	return k
}

// callInfo is a struct ptrace_syscall_info of an amd64 call.
func callInfo(op byte, nr byte, args ...byte) []byte {
	b := make([]byte, 88)
	copy(b[4:], []byte{0x3e, 0, 0, 0xc0})
	b[0], b[24] = op, nr
	for i, a := range args {
		b[32+8*i] = a
	}
	return b
}

// TestFilteredCalls follows a launched thread through its calls: it is stopped at the exits
// of those only that a filter tells of, until it makes a filter of its own.
func TestFilteredCalls(t *testing.T) {
	s := newScript(t)
	k := filteredLaunch(t, s)
	s.log = nil
	for _, step := range []struct {
		status raw
		call   []byte
		told   kernel.Kind // 0: nothing
		then   string      // the request that sets it going
	}{
		{raw{}, nil, kernel.SyscallEnter, "syscall"}, // execve, which Launch has seen
		{eventOf(100, evSeccomp), callInfo(callSeccomp, 59), 0, "syscall"},
		{eventOf(100, evExec), nil, kernel.Exec, "syscall"},
		{stopOf(100, syscallStop), callInfo(callExit, 0), kernel.SyscallExit, "cont"},
		{eventOf(100, evSeccomp), callInfo(callSeccomp, 39), kernel.SyscallEnter, "syscall"},
		{stopOf(100, syscallStop), callInfo(callExit, 0), kernel.SyscallExit, "cont"},
		{eventOf(100, evSeccomp), callInfo(callSeccomp, 157, 15), kernel.SyscallEnter, "syscall"}, // prctl of another kind
		{stopOf(100, syscallStop), callInfo(callExit, 0), kernel.SyscallExit, "cont"},
		{eventOf(100, evSeccomp), callInfo(callSeccomp, 157, 22), kernel.SyscallEnter, "syscall"}, // its own filter
		{stopOf(100, syscallStop), callInfo(callExit, 0), kernel.SyscallExit, "syscall"},
		{stopOf(100, syscallStop), callInfo(callEntry, 39), kernel.SyscallEnter, "syscall"},
		{eventOf(100, evSeccomp), callInfo(callSeccomp, 39), 0, "syscall"},
		{stopOf(100, syscallStop), callInfo(callExit, 0), kernel.SyscallExit, "syscall"},
	} {
		if step.status != (raw{}) {
			s.statuses, s.calls[100] = []raw{step.status}, step.call
		}
		var stop kernel.Stop
		err := k.Wait(&stop, false)
		if got := stop.Kind; err == nil && got != step.told || err != nil && step.told != 0 {
			t.Fatalf("%v: %v, %v, want %v", step, got, err, step.told)
		}
		if step.told != 0 {
			if err := k.Resume(100, kernel.Syscalls, []kernel.Action{{TID: 100}}); err != nil {
				t.Fatal(err)
			}
		}
		if got := strings.Join(s.log, "; "); got != step.then+" 100 0" {
			t.Errorf("%v: requests %q, want %s", step, got, step.then)
		}
		s.log = nil
	}
}

// TestFilteredChildren: what a filtered process makes has its filter.
func TestFilteredChildren(t *testing.T) {
	s := newScript(t)
	k := filteredLaunch(t, s)
	k.procs[100].events = kernel.EventForks
	s.process(200, 200, 100)
	s.process(300, 300, 200)
	s.messages[100] = 200
	s.statuses = []raw{eventOf(100, evFork), eventOf(200, evStop), eventOf(300, evStop), killOf(200, 9)}
	stops(k)
	var unfiltered []kernel.PID
	for pid, p := range maps.All(k.procs) {
		if !p.filtered {
			unfiltered = append(unfiltered, pid)
		}
	}
	if len(unfiltered) > 0 || len(k.procs) < 2 {
		t.Errorf("of %d processes %v are thought to have no filter", len(k.procs), unfiltered)
	}
}

// TestRefusedCalls: where the system does not say which call a thread is in, nothing is started, and
// what was attached to goes on.
func TestRefusedCalls(t *testing.T) {
	s := newScript(t, stopOf(100, syscallStop), killOf(100, sigKill))
	s.process(100, 100, 50)
	s.refuse["syscall info"] = eIO
	if _, err := New(s).Launch(&kernel.Launch{Path: "/x", Calls: true}); !errors.Is(err, kernel.ErrNoCalls) {
		t.Errorf("%v", err)
	}
	if got := strings.Join(s.log, "; "); !strings.HasSuffix(got, "; kill 100 9") {
		t.Errorf("requests %q", got)
	}
	s = newScript(t, stopOf(100, syscallStop))
	s.refuse["syscall info"] = eIO
	if got := strings.Join(stops(attachedTo(t, s, 100)), "; "); got != "interrupted 100/100" {
		t.Errorf("stops %q", got)
	}
}

// TestRefusedFilter: the system says no.
func TestRefusedFilter(t *testing.T) {
	s := refusing{newScript(t, exitOf(100, 127))}
	if _, err := New(s).Launch(&kernel.Launch{Path: "/x", Calls: true, Only: kernel.CallFilter{}}); err != kernel.ErrNoFilter {
		t.Errorf("%v", err)
	}
}

type refusing struct{ *script }

func (refusing) Spawned(int) (string, Errno) { return filterStep, ePERM }
