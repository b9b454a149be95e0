package svr4

// The way by ptrace(2).

import (
	"errors"
	"slices"
	"testing"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/proc"
	"github.com/trapline/trapline/regs"
)

// oldWay is an adapter without /proc and its child 100, stopped at its first instruction.
func oldWay(t *testing.T) (*script, *Kernel) {
	s := newScript(t)
	s.noProc = true
	s.user = proc.User{AR0: proc.UserBase + proc.UserRegs, TOrg: 0x1000, TSize: 0x1000, DOrg: 0x3000, DSize: 0x1000, Entry: 0x1000}
	s.user.Regs[proc.RegRIP] = 0x1000
	for a := uint64(0x1000); a < 0x1100; a += 8 {
		s.memory[a] = 0x9090909090909090
	}
	s.waits = []waited{{100, sigTrap<<8 | 0x7f}}
	k := New(s)
	if _, err := k.Launch(&kernel.Launch{Path: "/x", Args: []string{"x"}}); err != nil {
		t.Fatal(err)
	}
	if got := stops(t, k); !slices.Equal(got, []string{"exec 100/100 former 100"}) {
		t.Fatalf("%q", got)
	}
	return s, k
}

func TestOldTraps(t *testing.T) {
	for _, c := range []struct {
		name   string
		from   uint64
		step   bool
		to     uint64
		signal uint32
		want   string
	}{
		{"a breakpoint", 0x1000, false, 0x1012, sigTrap, "trap 100/100 trap 1"},
		{"a step", 0x1000, true, 0x1001, sigTrap, "trap 100/100 trap 2"},
		{"a step to behind an int3", 0x1000, true, 0x1012, sigTrap, "trap 100/100 trap 2"},
		{"a step of an int3", 0x1011, true, 0x1012, sigTrap, "trap 100/100 trap 1"},
		{"an exec", 0x1040, false, 0x1000, sigTrap, "exec 100/100 former 100"},
		{"an exec that was stepped", 0x1020, true, 0x1000, sigTrap, "exec 100/100 former 100"},
		{"a jump to the entry", 0x1040, true, 0x1000, sigTrap, "trap 100/100 trap 2"},
		{"kill(SIGTRAP)", 0x1040, false, 0x1050, sigTrap, "signal 100/100 signal 5"},
		{"another signal", 0x1040, true, 0x1040, 16, "signal 100/100 signal 16"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, k := oldWay(t)
			s.memory[0x1010] = 0x909090909090cc90 // int3 at 0x1011
			s.memory[0x1020] = 0x909090909090050f // syscall
			var set regs.Set
			k.Regs(100, &set, regs.General)
			set.G[regs.RIP] = c.from
			if err := k.SetRegs(100, &set, regs.General); err != nil {
				t.Fatal(err)
			}
			if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100, Step: c.step}}); err != nil {
				t.Fatal(err)
			}
			s.user.Regs[proc.RegRIP] = c.to
			s.waits = []waited{{100, c.signal<<8 | 0x7f}}
			if got := stops(t, k); !slices.Equal(got, []string{c.want}) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

func TestOldWay(t *testing.T) {
	s, k := oldWay(t)
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100}}); err != nil || s.take() != "request 7 1 0" {
		t.Error(err)
	}
	if err := k.Interrupt(100); err != nil || s.take() != "kill 100 23" {
		t.Error(err)
	}
	s.waits = []waited{{100, 16<<8 | 0x7f}}
	if got := stops(t, k); !slices.Equal(got, []string{"signal 100/100 signal 16"}) {
		t.Errorf("%q", got)
	}
	// Going on would drop the SIGSTOP that is on its way, so the interrupt is told at once.
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100}}); err != nil || s.log != nil {
		t.Error(err, s.log)
	}
	if got := stops(t, k); !slices.Equal(got, []string{"interrupted 100/100"}) {
		t.Errorf("%q", got)
	}
	if err := k.Resume(100, kernel.Run, []kernel.Action{{TID: 100, Signal: 15}}); err != nil || s.take() != "request 7 1 15" {
		t.Error(err)
	}
	s.waits = []waited{{100, 3 << 8}}
	if got := stops(t, k); !slices.Equal(got, []string{"exited 100/100 code 3"}) {
		t.Errorf("%q", got)
	}
}

func TestOldMemory(t *testing.T) {
	s, k := oldWay(t)
	s.memory = map[uint64]uint64{0x1ff0: 0x0807060504030201, 0x1ff8: 0x1817161514131211}
	b := make([]byte, 3)
	if n, err := k.ReadMem(100, 0x1fed+8, b); n != 3 || err != nil || b[0] != 6 {
		t.Errorf("%d, %v, %x", n, err, b)
	}
	if n, err := k.WriteMem(100, 0x1ff7, []byte{0xcc, 0xcd}); n != 2 || err != nil || s.memory[0x1ff0]>>56 != 0xcc || s.memory[0x1ff8]&0xffff != 0x12cd {
		t.Errorf("%d, %v, %x", n, err, s.memory)
	}
	if n, err := k.ReadMem(100, 0x1ffe, make([]byte, 4)); n != 2 || !errors.Is(err, kernel.Errno(eIO)) {
		t.Errorf("%d, %v", n, err)
	}
}

// TestOldLacks: what ptrace(2) cannot do says so, and what to use.
func TestOldLacks(t *testing.T) {
	s, k := oldWay(t)
	var set regs.Set
	_, _, attach := k.Attach(7, everything)
	for name, err := range map[string]error{
		"attach":               attach,
		"detach":               k.Detach(100, nil),
		"debug registers":      k.Regs(100, &set, regs.Debug),
		"extended registers":   k.SetRegs(100, &set, regs.Extended),
		"stop at system calls": k.Resume(100, kernel.Syscalls, []kernel.Action{{TID: 100}}),
	} {
		want := name + ": SVR4 ptrace has no such request; use the /proc personality: ENOSYS (Operation not applicable)"
		if err == nil || err.Error() != want {
			t.Errorf("got  %v\nwant %s", err, want)
		}
	}
	if s.log != nil {
		t.Errorf("requests: %q", s.log)
	}
	maps, err := k.Procfs().Proc(100).Maps()
	if err != nil || len(maps) != 2 || maps[0].Path != "/x" {
		t.Errorf("%+v, %v", maps, err)
	}
	if st, err := k.Procfs().Proc(100).Stat(); err != nil || st.State != 't' {
		t.Errorf("%+v, %v", st, err)
	}
}
