package svr4

// Registers and memory by ptrace(2): words, one request each.

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/proc"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
)

// Regs reads the general registers; the user area shows no others.
func (k *old) Regs(tid kernel.TID, set *regs.Set, want regs.Group) error {
	c, err := k.find(tid)
	switch {
	case err != nil:
		return err
	case want&regs.Debug != 0:
		return lacking("debug registers", noRequest)
	case want&regs.Extended != 0:
		return lacking("extended registers", noRequest)
	}
	if want&regs.General != 0 {
		c.user.Regs.ToSet(set)
	}
	return nil
}

// SetRegs writes the words that have changed. What request 6 does not let be changed, and
// is asked to, stays as it is in the flags and is an error in another register.
func (k *old) SetRegs(tid kernel.TID, set *regs.Set, what regs.Group) error {
	c, err := k.find(tid)
	switch {
	case err != nil:
		return err
	case what&regs.Debug != 0:
		return lacking("debug registers", noRequest)
	case what&regs.Extended != 0:
		return lacking("extended registers", noRequest)
	}
	next := c.user.Regs
	next.FromSet(set)
	base := c.user.AR0 - proc.UserBase // where u_ar0 says that the registers are
	for i, v := range next {
		now := c.user.Regs[i]
		mask := proc.UserMask(proc.UserRegs + 8*uint64(i))
		if v == now || i == proc.RegRFL && (v^now)&mask == 0 {
			continue
		}
		if _, e := k.sys.Ptrace(ReqWriteUser, int(c.pid), base+8*uint64(i), v); e != 0 {
			return fail("write register "+proc.RegName(i), tid, e)
		}
		c.user.Regs[i] = now&^mask | v&mask
	}
	return nil
}

// ReadMem reads by words; their addresses need not be multiples of 8.
func (k *old) ReadMem(pid kernel.PID, addr uint64, p []byte) (int, error) {
	var word [8]byte
	for n := 0; n < len(p); {
		at, skip := k.window(addr+uint64(n), len(p)-n)
		w, err := k.peek(pid, at)
		if err != nil {
			return n, err
		}
		binary.LittleEndian.PutUint64(word[:], w)
		n += copy(p[n:], word[skip:])
	}
	return len(p), nil
}

// window is the address of a word that holds the byte at addr, in one page with it: what
// lies beyond may not be mapped.
func (k *old) window(addr uint64, want int) (at uint64, skip int) {
	if want >= 8 && addr&(pageSize-1) <= pageSize-8 {
		return addr, 0
	}
	at = addr &^ 7
	return at, int(addr - at)
}

const pageSize = 4096

func (k *old) peek(pid kernel.PID, addr uint64) (uint64, error) {
	if _, err := k.find(kernel.TID(pid)); err != nil {
		return 0, err
	}
	w, e := k.sys.Ptrace(ReqReadData, int(pid), addr, 0)
	if e == eSRCH {
		return 0, kernel.ErrGone
	}
	if e != 0 {
		return 0, memError("read memory", addr, e)
	}
	return w, nil
}

// WriteMem writes by words, read first where only a part of one changes.
func (k *old) WriteMem(pid kernel.PID, addr uint64, p []byte) (int, error) {
	var word [8]byte
	for n := 0; n < len(p); {
		at, skip := k.window(addr+uint64(n), len(p)-n)
		if skip != 0 || len(p)-n < 8 {
			w, err := k.peek(pid, at)
			if err != nil {
				return n, err
			}
			binary.LittleEndian.PutUint64(word[:], w)
		} else if _, err := k.find(kernel.TID(pid)); err != nil {
			return n, err
		}
		m := copy(word[skip:], p[n:])
		switch _, e := k.sys.Ptrace(ReqWriteText, int(pid), at, binary.LittleEndian.Uint64(word[:])); e {
		case 0:
			n += m
		case eSRCH:
			return n, kernel.ErrGone
		default:
			return n, memError("write memory", addr+uint64(n), e)
		}
	}
	return len(p), nil
}

// Load reads as the program would, where that is known: of text and data.
func (k *old) Load(pid kernel.PID, addr uint64, p []byte) error {
	return k.permitted("load", k.ReadMem, pid, addr, p, true)
}

// Store writes as the program would, where that is known: of data. What else there is, and
// how it is protected, is not told.
func (k *old) Store(pid kernel.PID, addr uint64, p []byte) error {
	return k.permitted("store", k.WriteMem, pid, addr, p, false)
}

func (k *old) permitted(op string, do func(kernel.PID, uint64, []byte) (int, error), pid kernel.PID, addr uint64, p []byte, text bool) error {
	c, err := k.find(kernel.TID(pid))
	if err != nil {
		return err
	}
	u, n := &c.user, uint64(len(p))
	within := func(from, size uint64) bool { return addr >= from && n <= size && addr-from <= size-n }
	if !within(u.DOrg, u.DSize) && !(text && within(u.TOrg, u.TSize)) {
		return memError(op, addr, eFAULT)
	}
	_, err = do(pid, addr, p)
	return err
}

// userFiles is what there is to tell of processes without a /proc: of our own children,
// from their user areas and from how they were launched.
type userFiles struct{ k *old }

func (f userFiles) find(name string) (*child, string, error) {
	var pid int
	first, rest, _ := strings.Cut(name, "/")
	if _, err := fmt.Sscan(first, &pid); err != nil {
		return nil, "", procfs.ErrGone
	}
	if c := f.k.procs[kernel.PID(pid)]; c != nil {
		if task, ok := strings.CutPrefix(rest, fmt.Sprintf("task/%d/", pid)); ok {
			rest = task
		}
		return c, rest, nil
	}
	return nil, "", errNotExist
}

func (f userFiles) ReadFile(name string) ([]byte, error) {
	c, rest, err := f.find(name)
	if err != nil {
		return nil, errNotExist
	}
	u := &c.user
	ps := proc.Psinfo{PID: int32(c.pid), NLwp: 1, UID: int32(u.RUID), EUID: int32(u.UID), GID: int32(u.RGID), EGID: int32(u.GID)}
	ps.FNameBytes, ps.PsArgsBytes = u.Comm, u.PsArgs
	ps.Lwp.State, ps.Lwp.SName = proc.StateRun, 'O'
	if c.stopped {
		ps.Lwp.State, ps.Lwp.SName = proc.StateStop, 'T'
	}
	switch rest {
	case "maps":
		var b []byte
		b = appendMap(b, &proc.Map{Addr: u.TOrg, Size: u.TSize, Flags: proc.MapRead | proc.MapExec}, c.launch.Path)
		b = appendMap(b, &proc.Map{Addr: u.DOrg, Size: u.DSize, Flags: proc.MapRead | proc.MapWrite}, c.launch.Path)
		return b, nil
	case "stat":
		return statText(&ps, nil), nil
	case "status":
		return statusText(&ps, nil, nil), nil
	case "comm":
		return []byte(ps.FName() + "\n"), nil
	case "cmdline":
		return []byte(strings.Join(c.launch.Args, "\x00") + "\x00"), nil
	case "environ":
		return []byte(strings.Join(c.launch.Env, "\x00") + "\x00"), nil
	}
	return nil, errNotExist
}

func (f userFiles) ReadDir(name string) ([]string, error) {
	var out []string
	if name == "." {
		for pid := range f.k.procs {
			out = append(out, fmt.Sprint(pid))
		}
		return out, nil
	}
	c, rest, err := f.find(name)
	if err == nil && rest == "task" {
		return []string{fmt.Sprint(c.pid)}, nil
	}
	return nil, errNotExist
}

func (f userFiles) Readlink(name string) (string, error) {
	c, rest, err := f.find(name)
	if err == nil && rest == "exe" {
		return c.launch.Path, nil
	}
	return "", errNotExist
}

func (f userFiles) Open(string, bool) (procfs.RandomAccess, error) { return nil, errNotExist }
