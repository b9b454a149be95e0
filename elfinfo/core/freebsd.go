package core

// What FreeBSD's cores tell. The notes called NT_PROCSTAT_ hold what the sysctls of kern.proc
// give of a living process, each behind the size of its structure, so that the FreeBSD source
// of procfs reads both.

import (
	"fmt"
	"strings"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/procfs/kinfo"
	"github.com/trapline/trapline/regs"
)

// BSD is what only FreeBSD tells.
type BSD struct {
	Procs     []kinfo.Proc // a record a thread
	VM        []kinfo.VMEntry
	Files     []kinfo.File // descriptors and directories
	Groups    []int
	Limits    []procfs.Limit
	Umask     int // -1 unknown
	Release   int // __FreeBSD_version that the program is given the behaviour of; 0 unknown
	PSStrings uint64

	notes map[uint32]procstat
}

// procstat is a note: its contents and the size of one structure of them.
type procstat struct {
	size int
	b    []byte
}

// FreeBSD's errno for what a core does not tell.
const enoent = 2

// nodes are the sysctls by name, without kern.proc.
var nodes = map[string]uint32{"pid": ntProcs, "pid_td": ntProcs, "filedesc": ntFiles, "vmmap": ntVMMap, "groups": ntGroups, "umask": ntUmask,
	"rlimit": ntRlimit, "osrel": ntOSRel, "ps_strings": ntPSString, "auxv": ntBSDAuxv}

// Sysctl is a procfs.Sysctl about the process of the core alone.
func (b *BSD) Sysctl(name string, args ...int32) ([]byte, int) {
	name = strings.TrimPrefix(name, "kern.proc.")
	n, ok := b.notes[nodes[name]]
	switch {
	case !ok:
		return nil, enoent
	case name == "pid":
		return n.b[:min(max(n.size, 0), len(n.b))], 0
	case name == "rlimit":
		const one = 16 // struct rlimit
		if len(args) < 2 || args[1] < 0 || int(args[1]) >= len(n.b)/one {
			return nil, enoent
		}
		return n.b[one*args[1]:][:one], 0
	}
	return n.b, 0
}

// procstat keeps a note of the process until all are there.
func (c *Core) procstat(kind uint32, b []byte) error {
	if len(b) < 4 {
		return short(b, 4)
	}
	if c.BSD == nil {
		c.BSD = &BSD{Umask: -1, notes: map[uint32]procstat{}}
	}
	c.BSD.notes[kind] = procstat{i32(b, 0), b[4:]}
	return nil
}

// procSizes are the sizes of a process's record by that of a word.
var procSizes = map[int]int{8: kinfo.ProcSize, 4: kinfo.Proc32Size}

// finishBSD decodes the notes of the process.
func (c *Core) finishBSD() {
	b := c.BSD
	decode := func(kind uint32, f func(n procstat) error) {
		if n, ok := b.notes[kind]; ok {
			if err := f(n); err != nil {
				c.problem(fmt.Errorf("%s: note %s/%#x: %w", c.File.Name, ownerFreeBSD, kind, err))
			}
		}
	}
	decode(ntProcs, func(n procstat) (err error) {
		if want := procSizes[c.word()]; n.size != want {
			return fmt.Errorf("records of %d bytes, %d expected", n.size, want)
		}
		b.Procs, err = kinfo.DecodeProcs(n.b)
		return err
	})
	decode(ntFiles, func(n procstat) (err error) { b.Files, err = kinfo.DecodeFiles(n.b); return err })
	decode(ntVMMap, func(n procstat) (err error) { b.VM, err = kinfo.DecodeVMMap(n.b); return err })
	decode(ntGroups, func(n procstat) error {
		for g := n.b; len(g) >= 4; g = g[4:] {
			b.Groups = append(b.Groups, i32(g, 0))
		}
		return nil
	})
	if len(b.Procs) > 0 {
		c.Process.take(&b.Procs[0])
	}
	p := procfs.NewFreeBSD(b.Sysctl).Proc(c.Process.PID)
	if u, err := p.Umask(); err == nil {
		b.Umask = int(u)
	}
	b.Release, _ = p.OSRelDate()
	b.PSStrings, _ = p.PSStrings()
	decode(ntRlimit, func(procstat) (err error) { b.Limits, err = p.Limits(); return err })
	decode(ntVMMap, func(procstat) (err error) { c.Maps, err = p.Maps(); return err })
	decode(ntBSDAuxv, func(n procstat) (err error) {
		c.Auxv, err = procfs.ParseAuxv(n.b, c.word(), procfs.FreeBSDAux)
		return err
	})
}

// take fills in what the kernel's record of the process says.
func (p *Process) take(k *kinfo.Proc) {
	p.PID, p.PPID, p.PGID, p.SID = int(k.PID), int(k.PPID), int(k.PGID), int(k.SID)
	p.UID, p.Name, p.Nice = int(k.UID), k.Comm, int(k.Nice)
	if len(k.Groups) > 0 {
		p.GID = int(k.Groups[0])
	}
}

func (c *Core) segbases(b []byte) error {
	t, err := c.thread()
	if err != nil {
		return err
	}
	w := c.word()
	if len(b) < 2*w {
		return short(b, 2*w)
	}
	t.Regs.G[regs.FSBase], t.Regs.G[regs.GSBase] = place{0, w}.get(b), place{w, w}.get(b)
	return nil
}

// thrmisc is struct thrmisc: the thread's name.
func (c *Core) thrmisc(b []byte) error {
	t, err := c.thread()
	if err != nil {
		return err
	}
	if len(b) < 20 {
		return short(b, 20)
	}
	t.Name = cstring(b[:20])
	return nil
}

// lwpLayout is a struct ptrace_lwpinfo behind its size (sys/ptrace.h).
type lwpLayout struct {
	size                int
	flags               place
	mask, pending       int // 16 bytes each
	signal, errno, code place
	pid, uid, addr      place
	syscall             place
}

var lwpLayouts = map[int]lwpLayout{
	8: {size: 160, flags: place{8, 4}, mask: 12, pending: 28, signal: place{48, 4}, errno: place{52, 4}, code: place{56, 4}, pid: place{60, 4},
		uid: place{64, 4}, addr: place{72, 8}, syscall: place{152, 4}},
	4: {size: 140, flags: place{8, 4}, mask: 12, pending: 28, signal: place{44, 4}, errno: place{48, 4}, code: place{52, 4}, pid: place{56, 4},
		uid: place{60, 4}, addr: place{68, 4}, syscall: place{132, 4}},
}

// lwpFlags are the bits of pl_flags (PL_FLAG_...).
var lwpFlags = []string{"SA", "BOUND", "SCE", "SCX", "EXEC", "SI", "FORKED", "CHILD", "BORN", "EXITED", "VFORKED", "VFORK_DONE"}

const flagSI = 0x20

func (c *Core) lwpinfo(b []byte) error {
	t, err := c.thread()
	if err != nil {
		return err
	}
	l := lwpLayouts[c.word()]
	if len(b) < 4+l.size || i32(b, 0) < l.size {
		return short(b, 4+l.size)
	}
	b = b[4:]
	t.Mask, t.Pending, t.Call = sigset(b[l.mask:]), sigset(b[l.pending:]), l.syscall.int(b)
	flags := uint32(l.flags.get(b))
	var names []string
	for i, name := range lwpFlags {
		if flags>>i&1 != 0 && 1<<i != flagSI {
			names = append(names, name)
		}
	}
	t.Event = strings.Join(names, "|")
	if flags&flagSI != 0 {
		s := &SigInfo{Signal: l.signal.int(b), Errno: l.errno.int(b), Code: l.code.int(b), PID: l.pid.int(b), UID: l.uid.int(b)}
		if s.Fault = faults[abi.FreeBSD.SignalName(s.Signal)] && s.Code > 0 && s.Code < bsdUser; s.Fault {
			s.Addr, s.PID, s.UID = l.addr.get(b), 0, 0
		}
		t.Info = s
	}
	return nil
}

// bsdUser is the lowest si_code of signals that were sent (SI_USER).
const bsdUser = 0x10001

// sigset are the signals of a sigset_t: n is bit (n-1)%32 of word (n-1)/32.
func sigset(b []byte) (out []int) {
	for n := range 128 {
		if le.Uint32(b[n/32*4:])>>(n%32)&1 != 0 {
			out = append(out, n+1)
		}
	}
	return out
}
