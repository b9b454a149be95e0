package procfs

// FreeBSD's structures as the texts of proc(5).

import (
	"encoding/binary"
	"fmt"
	"strings"

	"github.com/trapline/trapline/procfs/kinfo"
)

func le32(b []byte) uint32 { return binary.LittleEndian.Uint32(b) }
func le64(b []byte) uint64 { return binary.LittleEndian.Uint64(b) }

// bsdStates are the letters of proc(5) for ki_stat.
var bsdStates = map[byte]State{kinfo.Idle: Idle, kinfo.Run: Running, kinfo.Sleep: Sleeping, kinfo.Stop: Stopped,
	kinfo.Zombie: Zombie, kinfo.Wait: Idle, kinfo.Lock: DiskSleep}

func bsdState(p *kinfo.Proc) State {
	switch s, ok := bsdStates[p.Stat]; {
	case !ok:
		return Dead
	case s == Stopped && p.Flag&kinfo.FlagStoppedTrace != 0:
		return TracingStop
	case s == Sleeping && p.TDFlags&kinfo.TDFlagSInterruptible == 0:
		return DiskSleep
	default:
		return s
	}
}

// statFlags are FreeBSD's flags that have a counterpart in Stat.Flags.
func statFlags(p *kinfo.Proc) uint64 {
	if p.Flag&(kinfo.FlagKproc|kinfo.FlagSystem) != 0 && p.Size == 0 {
		return kthreadFlag
	}
	return 0
}

// stat has the line of proc_pid_stat(5); times in hundredths of a second. The start is since
// the epoch: FreeBSD tells no other.
func (b *freebsd) stat(pid, tid int) ([]byte, error) {
	p, err := b.proc(pid, tid)
	if err != nil {
		return nil, err
	}
	ticks := func(t kinfo.Timeval) int64 { return max(0, t.Sec)*100 + t.Usec/10000 }
	u, c := &p.Usage, &p.UsageChildren
	tty := uint64(0)
	if p.TDev != ^uint64(0) {
		tty = p.TDev & 0xffffffff
	}
	f := make([]any, 0, 50)
	f = append(f, p.PPID, p.PGID, p.SID, tty, p.TPGID, statFlags(p), u.MinFlt, c.MinFlt, u.MajFlt, c.MajFlt, ticks(u.User), ticks(u.System),
		ticks(c.User), ticks(c.System), p.Pri[1], p.Nice, p.NumThreads, 0, ticks(p.Start), p.Size, p.RSSize, 0)
	for len(f) < 34 {
		f = append(f, 0)
	}
	f = append(f, 20, p.LastCPU) // exit_signal: SIGCHLD
	for len(f) < 48 {
		f = append(f, 0)
	}
	f = append(f, p.Xstat)
	id := pid
	if tid != 0 {
		id = tid
	}
	return fmt.Appendf(nil, "%d (%s) %c %s", id, p.Comm, bsdState(p), fmt.Sprintln(f...)), nil
}

// status is the keyed lines of proc_pid_status(5). FreeBSD keeps what is pending for the
// process in the process's record and what is pending for a thread in PT_LWPINFO.
func (b *freebsd) status(pid, tid int) ([]byte, error) {
	p, err := b.proc(pid, tid)
	if err != nil {
		return nil, err
	}
	id := pid
	if tid != 0 {
		id = tid
	}
	name := strings.NewReplacer("\\", `\\`, "\n", `\n`).Replace(p.Comm)
	out := fmt.Appendf(nil, "Name:\t%s\nState:\t%c\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\nTracerPid:\t%d\n", name, bsdState(p), pid, id, p.PPID, p.Tracer)
	egid := uint32(0)
	if len(p.Groups) > 0 {
		egid = p.Groups[0]
	}
	out = fmt.Appendf(out, "Uid:\t%d\t%d\t%d\t%d\nGid:\t%d\t%d\t%d\t%d\nGroups:\t", p.RUID, p.UID, p.SVUID, p.UID, p.RGID, egid, p.SVGID, egid)
	for _, g := range p.Groups {
		out = fmt.Appendf(out, "%d ", g)
	}
	out = fmt.Appendf(out, "\nThreads:\t%d\n", p.NumThreads)
	if p.Stat != kinfo.Zombie && p.Size > 0 {
		out = fmt.Appendf(out, "VmSize:\t%d kB\nVmHWM:\t%d kB\nVmRSS:\t%d kB\nVmData:\t%d kB\nVmStk:\t%d kB\nVmExe:\t%d kB\n", p.Size>>10,
			p.Usage.MaxRSS, p.RSSize<<2, p.DSize<<2, p.SSize<<2, p.TSize<<2)
	}
	for _, line := range []struct {
		key string
		set kinfo.SigSet
	}{{"ShdPnd", p.SigList}, {"SigBlk", p.SigMask}, {"SigIgn", p.SigIgnore}, {"SigCgt", p.SigCatch}} {
		out = fmt.Appendf(out, "%s:\t%08x%08x%08x%08x\n", line.key, line.set[3], line.set[2], line.set[1], line.set[0])
	}
	return fmt.Appendf(out, "voluntary_ctxt_switches:\t%d\nnonvoluntary_ctxt_switches:\t%d\n", p.Usage.VoluntarySwitches, p.Usage.Involuntary), nil
}

// maps has the lines of proc_pid_maps(5). A private mapping of a file is marked copy on
// write; memory without a file is private but for shared memory that has a name.
func (b *freebsd) maps(pid int) ([]byte, error) {
	raw, err := b.node("vmmap", pid)
	if err != nil {
		return nil, err
	}
	list, err := kinfo.DecodeVMMap(raw)
	if err != nil {
		return nil, err
	}
	code, _ := b.node("sigtramp", pid)
	var out []byte
	for i := range list {
		m := &list[i]
		label := mapLabel(m)
		if label == "" && len(code) >= 8 && le64(code)-m.Start < m.End-m.Start {
			label = "[shared page]"
		}
		perm := []byte("---p")
		for i, bit := range []uint32{kinfo.ProtRead, kinfo.ProtWrite, kinfo.ProtExec} {
			if m.Protection&bit != 0 {
				perm[i] = "rwx"[i]
			}
		}
		if m.Type == kinfo.VMVnode && m.Flags&kinfo.VMCow == 0 || m.Flags&(kinfo.VMSysVShm|kinfo.VMPosixShm) != 0 || m.Type == kinfo.VMDevice {
			perm[3] = 's'
		}
		out = fmt.Appendf(out, "%08x-%08x %s %08x %02x:%02x %d %s\n", m.Start, m.End, perm, m.Offset, m.FSID>>8&0xffffff, m.FSID&0xff, m.FileID,
			strings.ReplaceAll(label, "\n", `\012`))
	}
	return out, nil
}

// mapLabel is a mapping's file or what it is without one.
func mapLabel(m *kinfo.VMEntry) string {
	switch {
	case m.Path != "":
		return m.Path
	case m.Flags&kinfo.VMGrowsDown != 0:
		return "[stack]"
	case m.Type == kinfo.VMGuard:
		return "[guard]"
	}
	return ""
}

// bsdKinds are the links for what has no path, by type; linkRows knows them.
var bsdKinds = map[int32]string{kinfo.FilePipe: "pipe:[%d]", kinfo.FileFifo: "pipe:[%d]", kinfo.FileSocket: "socket:[%d]", kinfo.FileKqueue: "anon_inode:[kqueue]",
	kinfo.FileShm: "anon_inode:[shm]", kinfo.FileProcdesc: "anon_inode:[pidfd]", kinfo.FileEventfd: "anon_inode:[eventfd]",
	kinfo.FileTimerfd: "anon_inode:[timerfd]", kinfo.FileInotify: "anon_inode:inotify", kinfo.FilePts: "anon_inode:[pts]",
	kinfo.FileMqueue: "anon_inode:[mqueue]", kinfo.FileSem: "anon_inode:[sem]"}

// fileLink is what a descriptor refers to.
func fileLink(f *kinfo.File) string {
	if f.Path != "" {
		return f.Path
	}
	form, ok := bsdKinds[f.Type]
	switch {
	case !ok:
		return fmt.Sprintf("anon_inode:[type %d]", f.Type)
	case strings.Contains(form, "%"):
		return fmt.Sprintf(form, f.FD)
	}
	return form
}

// bsdOpenFlags are the flags of an open file with what fdinfo(5) has for them.
var bsdOpenFlags = []struct {
	bit   uint32
	linux uint64
}{{kinfo.FileAppend, 0o2000}, {kinfo.FileNonblock, 0o4000}, {kinfo.FileFsync, 0o4010000}, {kinfo.FileAsync, 0o20000},
	{kinfo.FileDirect, 0o40000}, {kinfo.FileNofollow, 0o400000}}

func (b *freebsd) fdinfo(pid int, word string) ([]byte, error) {
	var n int32
	if _, err := fmt.Sscan(word, &n); err != nil || n < 0 {
		return nil, fmt.Errorf("descriptor %q: %w", word, bsdError(bsdENOENT))
	}
	f, err := b.file(pid, n)
	if err != nil {
		return nil, err
	}
	flags := uint64(0)
	switch f.Flags & (kinfo.FileRead | kinfo.FileWrite) {
	case kinfo.FileWrite:
		flags = 1
	case kinfo.FileRead | kinfo.FileWrite:
		flags = 2
	}
	for _, r := range bsdOpenFlags {
		if f.Flags&r.bit != 0 {
			flags |= r.linux
		}
	}
	return fmt.Appendf(nil, "pos:\t%d\nflags:\t0%o\n", f.Offset, flags), nil
}

// bsdLimits are the labels of limitRows by the number of the limit (sys/resource.h).
var bsdLimits = []string{"Max cpu time", "Max file size", "Max data size", "Max stack size", "Max core file size", "Max resident set",
	"Max locked memory", "Max processes", "Max open files", "Max socket buffer size", "Max address space", "Max pseudo-terminals",
	"Max swap", "Max kqueues", "Max umtx objects", "Max pipe buffers"}

// bsdInfinity is RLIM_INFINITY.
const bsdInfinity = 1<<63 - 1

func (b *freebsd) limits(pid int) ([]byte, error) {
	out := []byte("Limit                     Soft Limit           Hard Limit           Units\n")
	value := func(b []byte) string {
		if n := le64(b); n != bsdInfinity {
			return fmt.Sprint(n)
		}
		return "unlimited"
	}
	for i, label := range bsdLimits {
		raw, err := b.node("rlimit", pid, int32(i))
		switch {
		case err != nil && i == 0:
			return nil, err
		case err != nil || len(raw) < 16: // a limit that this kernel does not have
			continue
		}
		out = fmt.Appendf(out, "%-25s %-20s %-20s\n", label, value(raw), value(raw[8:]))
	}
	return out, nil
}
