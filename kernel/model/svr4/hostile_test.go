package svr4

// Input that makes no sense: calls, messages of ctl, requests of ptrace(2), contexts. The
// machine comes to rest or goes on, and nothing fails or grows without bounds.

import (
	"testing"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	adapter "github.com/trapline/trapline/kernel/svr4"
	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// assembled makes a program of calls: each is a number and its arguments.
type assembled []byte

func (b assembled) call(n uint64, args ...uint64) assembled {
	for i, v := range args {
		r := argRegs[i]
		b = le.AppendUint64(append(b, byte(0x48|r>>3), 0xb8|byte(r&7)), v) // mov r64, imm64
	}
	return append(le.AppendUint32(append(b, 0xb8), uint32(n)), 0x0f, 0x05) // mov eax, n; syscall
}

// jump goes on for ever.
func (b assembled) loop() assembled { return append(b, 0xeb, 0xfe) }

// boot0 is a machine with a tracer outside and a child of its that runs the code.
func boot0(t testing.TB, seed uint64, code assembled) (*kern.Machine, *Sys, *kern.Thread) {
	t.Helper()
	m := New(kern.Config{Chooser: kern.NewChooser(seed), Memory: 64 << 20})
	x := m.NewExternal("outside", kern.Cred{})
	x.Connect(1, "stdout", nil, nil)
	child, e := x.Spawn(&kern.Spawn{Path: "/bin/none", Args: []string{"none"}, Code: func(pc, path, argv, envp uint64) []byte { return code }})
	if e != errno.OK {
		t.Fatal(e)
	}
	return m, NewSys(m, x), child
}

var odd = []uint64{0, 1, 2, 3, 8, 17, 0x100, 0x10f00, 0x10000, 0x20000, 0x20ff0, 0x20fff, 1 << 31, 1<<32 - 1, 1 << 40, 1 << 63, ^uint64(0), ^uint64(0) - 99}

func TestSenselessCalls(t *testing.T) {
	rounds := 40
	if testing.Short() {
		rounds = 4
	}
	c := kern.NewChooser(2)
	for n := uint64(0); n <= nr.MaxSyscall+1; n++ {
		if n < uint64(len(table)) && table[n] == nil && n > 1 {
			continue
		}
		for range rounds {
			args := make([]uint64, 6)
			for i := range args {
				args[i] = odd[c.Choose(len(odd))]
			}
			m, _, child := boot0(t, n, assembled{}.call(n, args...).call(nr.Exit, 0))
			child.Start()
			m.Run(func() bool { return child.Proc.State >= kern.Zombie }, 3000)
			m.Close()
		}
	}
}

// waits are the messages that a tracer outside does not write: it would wait for what may
// never come.
var waits = map[int64]bool{proc.PCStop: true, proc.PCWStop: true, proc.PCTWStop: true}

// hasWaits says whether one of them is in what is written as it is.
func hasWaits(b []byte) bool {
	for len(b) > 0 {
		msg, rest, ok := proc.Next(b)
		if !ok {
			return false
		}
		if waits[msg.Op] {
			return true
		}
		b = rest
	}
	return false
}

// messages makes messages of what a fuzzer has: the first byte of each is the operation.
func messages(b []byte) (c proc.Ctl) {
	for len(b) > 0 && len(c) < 1<<14 {
		op := int64(b[0]) % int64(len(proc.Controls)+2)
		b = b[1:]
		if waits[op] {
			continue
		}
		size := 8
		if op < int64(len(proc.Controls)) {
			size = proc.Controls[op].Size
		}
		arg := make([]byte, size)
		n := copy(arg, b)
		b = b[min(n, 16):] // the rest is an operation of its own
		c = c.Bytes(op, arg)
	}
	return c
}

func FuzzControl(f *testing.F) {
	for op := range proc.Controls {
		f.Add([]byte{byte(op), 1}, []byte{byte(op), 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}, uint8(op))
	}
	f.Add([]byte{byte(proc.PCSEntry), 0xff, 0xff, 0xff, 0xff}, []byte{byte(proc.PCWatch), 0, 0, 1, 0, 0, 0, 0, 0, 8, 0, 0, 0, 0, 0, 0, 0}, uint8(3))
	f.Fuzz(func(t *testing.T, first, second []byte, steps uint8) {
		code := assembled{}.call(nr.Getpid).call(nr.Close, 77).call(nr.LwpSelf).loop()
		m, s, child := boot0(t, uint64(steps), code)
		defer m.Close()
		ctl, e := s.Files().Open(name(child.Proc.PID, "ctl"), adapter.OpenWrite)
		lwpctl, e2 := s.Files().Open(name(child.Proc.PID, "lwp/1/lwpctl"), adapter.OpenWrite)
		if e != 0 || e2 != 0 {
			t.Fatal(e, e2)
		}
		child.Start()
		goOn := func() { m.Run(func() bool { return child.Proc.State >= kern.Zombie }, 40+uint64(steps)) }
		for _, b := range [][]byte{first, second} {
			goOn()
			s.Files().Pwrite(ctl, messages(b), 0)
			goOn()
			s.Files().Pwrite(lwpctl, messages(b), 0)
			if !hasWaits(b) {
				s.Files().Pwrite(ctl, b, 0)
			}
			for _, file := range []string{"status", "psinfo", "map", "sigact", "cred", "watch", "auxv", "as", "lwp/1/lwpstatus", "lwp/1/lwpsinfo"} {
				if fd, e := s.Files().Open(name(child.Proc.PID, file), adapter.OpenRead); e == 0 {
					s.Files().Pread(fd, make([]byte, 4096), 0)
					s.Files().Poll([]adapter.PollFD{{FD: fd, Events: adapter.PollStop}}, false)
					s.Files().Close(fd)
				}
			}
		}
		ends(t, m, child)
	})
}

func name(pid int, file string) string {
	return string(append(decimal(nil, pid), "/"+file...))
}

func decimal(b []byte, n int) []byte {
	if n >= 10 {
		b = decimal(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

// ends kills a process, which then ends whatever it is in.
func ends(t *testing.T, m *kern.Machine, child *kern.Thread) {
	t.Helper()
	m.Post(child.Proc, kern.SigInfo{Signo: System.Sig.KILL, Origin: kern.FromUser})
	if !m.Run(func() bool { return child.Proc.State >= kern.Zombie }, 5000) && m.Unmodeled == nil {
		t.Errorf("it does not die: %v %s", child.State, child.Why)
	}
}

func FuzzPtrace(f *testing.F) {
	for req := range adapter.ReqStep + 2 {
		f.Add(req, uint64(1), uint64(0), uint64(0x10000), uint64(5))
		f.Add(req, uint64(proc.UserRegs), ^uint64(0), uint64(0x20000), uint64(9))
	}
	f.Fuzz(func(t *testing.T, req int, addr, data, addr2, data2 uint64) {
		code := assembled{}.call(nr.Ptrace, 0).call(nr.Getpid).call(nr.LwpKill, 1, 5).call(nr.Close, 9).loop()
		m, s, child := boot0(t, addr, code)
		defer m.Close()
		child.Start()
		pid := child.Proc.PID
		for range 3 {
			m.Run(func() bool { return lwpOf(child).halted || child.Proc.State >= kern.Zombie }, 300)
			s.Wait(false)
			s.Ptrace(req%16, pid, addr, data)
			s.Ptrace(adapter.ReqWriteUser, pid, addr2, data2)
			s.Ptrace((req+int(data2))%16, pid, addr2, data2)
		}
		ends(t, m, child)
	})
}

func FuzzContext(f *testing.F) {
	f.Add(make([]byte, ucSize))
	all := make([]byte, ucSize)
	for i := range all {
		all[i] = 0xff
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, uc []byte) {
		const at = 0x20000 // where the stub has its strings, and room
		code := assembled{}.call(nr.Context, setContext, at+64).loop()
		m, _, child := boot0(t, 1, code)
		defer m.Close()
		b := make([]byte, ucSize)
		copy(b, uc)
		child.Proc.Space.Poke(at+64, b)
		child.Start()
		m.Run(func() bool { return child.Proc.State >= kern.Zombie }, 300)
		ends(t, m, child)
	})
}
