package svr4

// The adapter against a scripted system: a /proc of which tests say what its lwps have
// come to, and a log of what is written to it; and a ptrace(2) over one child.

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/proc"
)

// script is a Sys. Its lwps are files by name ("100/lwp/1/lwpstatus").
type script struct {
	t      *testing.T
	lwps   map[string]*proc.Lwpstatus // "100/1"
	dead   map[string]bool            // "100", "100/2"
	text   map[string][]byte
	links  map[string]string
	fds    map[int]string
	next   int
	waits  []waited
	log    []string
	refuse map[string]Errno // by the log's line
	spawn  func(*script)
	noProc bool

	memory map[uint64]uint64 // words, for ptrace(2)
	user   proc.User
}

type waited struct {
	pid    int
	status uint32
}

func newScript(t *testing.T) *script {
	return &script{t: t, lwps: map[string]*proc.Lwpstatus{}, dead: map[string]bool{}, text: map[string][]byte{}, links: map[string]string{},
		fds: map[int]string{}, refuse: map[string]Errno{}, memory: map[uint64]uint64{}}
}

func (s *script) say(format string, args ...any) Errno {
	line := fmt.Sprintf(format, args...)
	s.log = append(s.log, line)
	return s.refuse[line]
}

// take returns the log and empties it.
func (s *script) take() string {
	out := strings.Join(s.log, "; ")
	s.log = nil
	return out
}

func (s *script) Files() Files {
	if s.noProc {
		return nil
	}
	return s
}
func (s *script) Wake()                       {}
func (s *script) Kill(pid, sig int) Errno     { return s.say("kill %d %d", pid, sig) }
func (s *script) Spawned(int) (string, Errno) { return "execute", 8 }
func (s *script) Spawn(l *kernel.Launch, hold func(int) Errno) (int, Errno) {
	if s.spawn != nil {
		s.spawn(s)
	}
	if hold == nil {
		return 100, 0
	}
	return 100, hold(100)
}

func (s *script) Wait(block bool) (int, uint32, Errno) {
	if len(s.waits) == 0 {
		if block {
			return 0, 0, eCHILD
		}
		return 0, 0, 0
	}
	w := s.waits[0]
	s.waits = s.waits[1:]
	return w.pid, w.status, 0
}

// owner is the process or lwp that a file is of: "100" or "100/1".
func owner(name string) string {
	words := strings.Split(name, "/")
	if len(words) > 2 && words[1] == "lwp" {
		return words[0] + "/" + words[2]
	}
	return words[0]
}

func (s *script) gone(name string) bool {
	pid, _, _ := strings.Cut(name, "/")
	return s.dead[owner(name)] || s.dead[pid]
}

func (s *script) Open(name string, flags int) (int, Errno) {
	if e := s.refuse["open "+name]; e != 0 {
		return 0, e
	}
	if s.gone(name) && !strings.HasSuffix(name, "/psinfo") {
		return 0, eNOENT
	}
	if _, ok := s.text[name]; !ok && strings.Contains(name, "/lwp/") && s.lwps[owner(name)] == nil {
		return 0, eNOENT
	}
	s.next++
	s.fds[s.next] = name
	return s.next, 0
}

func (s *script) Close(fd int) { delete(s.fds, fd) }

func (s *script) Pread(fd int, p []byte, off uint64) (int, Errno) {
	name := s.fds[fd]
	if s.gone(name) && !strings.HasSuffix(name, "/psinfo") {
		return 0, eNOENT
	}
	b, ok := s.text[name]
	if strings.HasSuffix(name, "/lwpstatus") {
		b, ok = s.lwps[owner(name)].Append(nil), true
	}
	switch {
	case !ok:
		return 0, eNOENT
	case off >= uint64(len(b)):
		return 0, 0
	}
	return copy(p, b[off:]), 0
}

func (s *script) Pwrite(fd int, p []byte, off uint64) (int, Errno) {
	name := s.fds[fd]
	if s.gone(name) {
		return 0, eNOENT
	}
	if strings.HasSuffix(name, "/as") {
		b := s.text[name]
		if off >= uint64(len(b)) {
			return 0, eIO
		}
		return copy(b[off:], p), 0
	}
	for rest := p; len(rest) > 0; {
		m, more, ok := proc.Next(rest)
		if !ok {
			s.t.Errorf("%s is written a bad message: %x", name, rest)
			return 0, eINVAL
		}
		rest = more
		if e := s.say("%s %s", owner(name), m); e != 0 {
			return 0, e
		}
		if l := s.lwps[owner(name)]; l != nil && m.Op == proc.PCRun {
			l.Flags &^= proc.FlagStopped | proc.FlagIStop
			if m.Long()&proc.RunAbort != 0 {
				s.aborted(l)
			}
		}
		if l := s.lwps[owner(name)]; l != nil && m.Op == proc.PCSReg {
			l.Reg.Decode(m.Arg)
		}
	}
	return len(p), 0
}

func (s *script) ReadDir(name string) ([]string, Errno) {
	var out []string
	for key := range s.lwps {
		pid, lwp, _ := strings.Cut(key, "/")
		switch {
		case s.dead[pid] || s.dead[key]:
		case name == "." && !slices.Contains(out, pid):
			out = append(out, pid)
		case name == pid+"/lwp":
			out = append(out, lwp)
		}
	}
	slices.Sort(out)
	return out, 0
}

func (s *script) Readlink(name string) (string, Errno) {
	if l, ok := s.links[name]; ok {
		return l, 0
	}
	return "", eNOENT
}

func (s *script) Poll(fds []PollFD, block bool) (int, Errno) {
	n := 0
	for i := range fds {
		name := s.fds[fds[i].FD]
		fds[i].Revents = 0
		if s.gone(name) {
			fds[i].Revents = PollEnd
		} else if l := s.lwps[owner(name)]; l != nil && l.Stopped() && fds[i].Events&PollStop != 0 {
			fds[i].Revents = PollStop
		}
		if fds[i].Revents != 0 {
			n++
		}
	}
	if n == 0 && block {
		return 0, eINTR
	}
	return n, 0
}

// aborted ends the call that an lwp sleeps in, whose exit is traced.
func (s *script) aborted(l *proc.Lwpstatus) {
	l.Flags = proc.FlagStopped | proc.FlagIStop
	l.Why, l.What, l.Errno = proc.SysExit, l.Syscall, int32(eINTR)
}

// lwp makes an lwp, running.
func (s *script) lwp(pid, id int) *proc.Lwpstatus {
	l := &proc.Lwpstatus{LwpID: int32(id)}
	s.lwps[fmt.Sprintf("%d/%d", pid, id)] = l
	if _, ok := s.text[strconv.Itoa(pid)+"/as"]; !ok {
		s.text[strconv.Itoa(pid)+"/as"] = make([]byte, 256)
	}
	return l
}

// stop brings an lwp to a stop.
func (s *script) stop(pid, id, why, what int) *proc.Lwpstatus {
	l := s.lwps[fmt.Sprintf("%d/%d", pid, id)]
	l.Flags |= proc.FlagStopped | proc.FlagIStop
	l.Why, l.What = int16(why), int16(what)
	l.CurSig, l.Errno, l.RVal1, l.RVal2, l.Syscall = 0, 0, 0, 0, 0
	l.Info = proc.Siginfo{}
	switch why {
	case proc.Signalled:
		l.CurSig = int16(what)
		l.Info = proc.Siginfo{Signo: int32(what), PID: 77, UID: 5}
	case proc.Faulted:
		l.Info = proc.Siginfo{Signo: sigTrap, Code: map[int]int32{proc.FltBpt: proc.TrapBrkpt, proc.FltTrace: proc.TrapTrace, proc.FltWatch: proc.TrapWWatch}[what]}
	case proc.SysEntry, proc.SysExit:
		l.Syscall = int16(what)
	}
	return l
}

// Ptrace is one child's, stopped, whose memory is words.
func (s *script) Ptrace(req, pid int, addr, data uint64) (uint64, Errno) {
	switch req {
	case ReqReadUser:
		return binary.LittleEndian.Uint64(s.user.Append(nil)[addr:]), 0
	case ReqWriteUser:
		if proc.UserMask(addr) == 0 {
			return 0, eIO
		}
		return data, s.say("user %d", (addr-proc.UserRegs)/8)
	case ReqReadText, ReqReadData:
		w, ok := s.memory[addr]
		if !ok {
			return 0, eIO
		}
		return w, 0
	case ReqWriteText, ReqWriteData:
		if _, ok := s.memory[addr]; !ok {
			return 0, eIO
		}
		s.memory[addr] = data
		return data, 0
	}
	return data, s.say("request %d %d %d", req, addr, data)
}
