package core

// A core as text: who it was, what it died of, where its threads were, its memory and files.

import (
	"debug/elf"
	"fmt"
	"strconv"
	"strings"

	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/procfs/kinfo"
	"github.com/trapline/trapline/regs"
)

// codes are the values of si_code that are the same on Linux and FreeBSD, by the signal's name.
var codes = map[string][]string{
	"SIGSEGV": {1: "SEGV_MAPERR", 2: "SEGV_ACCERR"},
	"SIGBUS":  {1: "BUS_ADRALN", 2: "BUS_ADRERR", 3: "BUS_OBJERR"},
	"SIGILL":  {1: "ILL_ILLOPC", 2: "ILL_ILLOPN", 3: "ILL_ILLADR", 4: "ILL_ILLTRP", 5: "ILL_PRVOPC", 6: "ILL_PRVREG", 7: "ILL_COPROC", 8: "ILL_BADSTK"},
	"SIGTRAP": {1: "TRAP_BRKPT", 2: "TRAP_TRACE"},
	"SIGCHLD": {1: "CLD_EXITED", 2: "CLD_KILLED", 3: "CLD_DUMPED", 4: "CLD_TRAPPED", 5: "CLD_STOPPED", 6: "CLD_CONTINUED"},
}

// systems are how the systems spell themselves.
var systems = map[string]string{"linux": "Linux", "freebsd": "FreeBSD"}

// System is "Linux" or "FreeBSD"; "an unknown system" for a core whose notes are of neither.
func (c *Core) System() string {
	if c.OS == nil {
		return "an unknown system"
	}
	return systems[c.OS.Name]
}

// SignalText is "SIGSEGV (Segmentation fault), SEGV_MAPERR at 0x10", "" for a thread that no
// signal had stopped.
func (c *Core) SignalText(t *Thread) string {
	if t.Signal == 0 || c.OS == nil {
		return ""
	}
	text := c.OS.SignalName(t.Signal)
	if row := c.OS.Signal(t.Signal); row != nil {
		text += " (" + row.Text + ")"
	}
	s := t.Info
	if s == nil || s.Signal != t.Signal {
		return text
	}
	name := ""
	if list := codes[c.OS.SignalName(s.Signal)]; s.Code > 0 && s.Code < len(list) {
		name = list[s.Code]
	}
	switch {
	case s.Fault:
		if name == "" {
			name = fmt.Sprintf("code %d", s.Code)
		}
		text += fmt.Sprintf(", %s at %#x", name, s.Addr)
	case s.PID != 0:
		text += fmt.Sprintf(", sent by process %d of user %d", s.PID, s.UID)
	}
	return text
}

// Where is the file that an address lies in and the offset from its start, "/bin/sh+0x1f20"; ""
// for memory of no file.
func (c *Core) Where(addr uint64) string {
	m := c.Map(addr)
	switch {
	case m == nil:
		return ""
	case m.Path != "":
		return fmt.Sprintf("%s+%#x", m.Path, addr-m.Start+m.Offset)
	}
	return m.Name
}

// Text is what `trapline info` prints of a core.
func (c *Core) Text() string {
	var b strings.Builder
	put := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p := &c.Process
	put("%s: core of %s, %s: process %d (%s)", c.File.Name, c.System(), machine(c.File.Machine()), p.PID, clean(p.Name))
	if len(c.Threads) > 0 && c.Threads[0].Signal != 0 {
		put(", %s", c.SignalText(&c.Threads[0]))
	}
	put("\ncommand: %s\n", clean(p.Args))
	put("parent %d, group %d, session %d; user %d, group %d\n", p.PPID, p.PGID, p.SID, p.UID, p.GID)
	c.putThreads(put)
	c.putRegisters(put)
	c.putMaps(put)
	if c.BSD != nil {
		c.BSD.put(put)
	}
	if len(c.Auxv) > 0 {
		put("\nAuxiliary vector:\n")
		for _, a := range c.Auxv {
			put("  %-20s %#x\n", a.Name(), a.Value)
		}
	}
	for _, o := range c.Other {
		put("note %s/%#x: %d bytes\n", clean(o.Owner), o.Type, o.Size)
	}
	for _, err := range c.Problems {
		put("damaged: %v\n", err)
	}
	return b.String()
}

func machine(m elf.Machine) string {
	if name, ok := map[elf.Machine]string{elf.EM_X86_64: "x86-64", elf.EM_386: "i386"}[m]; ok {
		return name
	}
	return m.String()
}

type putter func(format string, args ...any)

// maxLines bounds each list of the text.
const maxLines = 10000

// lines calls line for the elements of a list, as far as the text goes.
func lines(put putter, n int, line func(i int)) {
	for i := range min(n, maxLines) {
		line(i)
	}
	if n > maxLines {
		put("  ... and %d more\n", n-maxLines)
	}
}

func (c *Core) putThreads(put putter) {
	put("\nThreads:\n   %9s  %-18s  %-18s  %s\n", "id", "pc", "sp", "what")
	lines(put, len(c.Threads), func(i int) {
		t := &c.Threads[i]
		mark := map[bool]string{true: "*"}[i == 0]
		var what []string
		for _, s := range []string{clean(c.Where(t.Regs.PC())), clean(t.Name), c.SignalText(t), t.Event} {
			if s != "" {
				what = append(what, s)
			}
		}
		put("%2s %9d  %#016x  %#016x  %s\n", mark, t.TID, t.Regs.PC(), t.Regs.SP(), strings.Join(what, "; "))
	})
}

// putRegisters shows the first thread's.
func (c *Core) putRegisters(put putter) {
	if len(c.Threads) == 0 || c.Threads[0].Regs.Have&regs.General == 0 {
		return
	}
	put("\nRegisters of thread %d:\n", c.Threads[0].TID)
	for id := regs.ID(0); id < regs.NGeneral; id++ {
		end := map[bool]string{true: "\n"}[id%3 == 2]
		put("  %-8v %#016x%s", id, c.Threads[0].Regs.G[id], end)
	}
}

func (c *Core) putMaps(put putter) {
	put("\nMemory:\n  %18s %18s %5s %10s %10s  %s\n", "start", "end", "perm", "size", "in core", "file")
	lines(put, len(c.Maps), func(i int) {
		m := &c.Maps[i]
		put("  %#18x %#18x %5v %#10x %#10x  %s\n", m.Start, m.End, m.Perm, m.Size(), c.Dumped(m.Start, m.End), clean(m.Path+m.Name))
	})
}

// places are what stands for a descriptor in the records of directories.
var places = map[int32]string{kinfo.FDCwd: "cwd", kinfo.FDRoot: "root", kinfo.FDJail: "jail", kinfo.FDTrace: "trace", kinfo.FDText: "text",
	kinfo.FDCtty: "ctty"}

var fileKinds = map[int32]string{kinfo.FileVnode: "file", kinfo.FileSocket: "socket", kinfo.FilePipe: "pipe", kinfo.FileFifo: "fifo",
	kinfo.FileKqueue: "kqueue", kinfo.FileMqueue: "mqueue", kinfo.FileShm: "shm", kinfo.FileSem: "sem", kinfo.FilePts: "pts",
	kinfo.FileProcdesc: "process", kinfo.FileDev: "device", kinfo.FileEventfd: "eventfd", kinfo.FileTimerfd: "timerfd", kinfo.FileInotify: "inotify",
	kinfo.FileJaildesc: "jail"}

func (b *BSD) put(put putter) {
	put("\nFiles:\n  %5s %-8s %10s  %s\n", "fd", "kind", "offset", "path")
	lines(put, len(b.Files), func(i int) {
		f := &b.Files[i]
		fd, ok := places[f.FD]
		if !ok {
			fd = strconv.Itoa(int(f.FD))
		}
		put("  %5s %-8s %10d  %s\n", fd, fileKinds[f.Type], f.Offset, clean(f.Path))
	})
	put("\nLimits:\n")
	for _, l := range b.Limits {
		put("  %-10s %20s %20s %s\n", l.Name, limit(l.Soft), limit(l.Hard), l.Unit)
	}
	put("\nrelease %d, umask %s, groups %v, ps_strings at %#x\n", b.Release, umask(b.Umask), b.Groups, b.PSStrings)
}

func umask(n int) string {
	if n < 0 {
		return "unknown"
	}
	return fmt.Sprintf("%03o", n)
}

func limit(n uint64) string {
	if n == procfs.Unlimited {
		return "unlimited"
	}
	return strconv.FormatUint(n, 10)
}

// clean keeps what a core says from steering the terminal.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if !strconv.IsPrint(r) {
			return '?'
		}
		return r
	}, s)
}
