package svr4

// SVR4's facts about processes as procfs knows them. The package procfs reads the texts of
// Linux; here the structures of SVR4's /proc are put into those texts, so that what looks
// at maps, states and descriptors above is the same for every system.

import (
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/svr4/proc"
	"github.com/trapline/trapline/procfs"
)

var errNotExist = fs.ErrNotExist

// texts implements procfs.Files over SVR4's /proc.
type texts struct{ files Files }

// maxFile bounds what is read of one file: a map of more than a million ranges.
const maxFile = 128 << 20

// toError is an errno as procfs expects it. What has ended is ENOENT here, as what was
// never there is.
func toError(e Errno) error {
	switch e {
	case 0:
		return nil
	case eNOENT:
		return errNotExist
	case ePERM, eACCES:
		return fs.ErrPermission
	}
	return syscall.Errno(e)
}

// readAll reads a file of /proc from its beginning to its end.
func readAll(files Files, name string) ([]byte, Errno) {
	fd, e := files.Open(name, OpenRead)
	if e != 0 {
		return nil, e
	}
	defer files.Close(fd)
	var out []byte
	buf := make([]byte, 8192)
	for len(out) < maxFile {
		n, e := files.Pread(fd, buf, uint64(len(out)))
		if e != 0 {
			return nil, e
		}
		if n <= 0 {
			break
		}
		out = append(out, buf[:min(n, len(buf))]...)
	}
	return out, 0
}

// split takes "12/task/12/stat" apart: the process, its lwp's number (0 for the whole
// process) and the file.
func (t texts) split(name string) (pid string, lwp int, file string) {
	pid, file, _ = strings.Cut(name, "/")
	rest, ok := strings.CutPrefix(file, "task/")
	if !ok {
		return pid, 0, file
	}
	tid, file, _ := strings.Cut(rest, "/")
	n, _ := strconv.Atoi(tid)
	if _, lwp = LWP(kernel.TID(n)); lwp == 0 {
		lwp = leader(t.files, pid)
	}
	return pid, lwp, file
}

// lwpsOf are the numbers of a process's lwps, ascending.
func lwpsOf(files Files, pid string) (ids []int) {
	names, _ := files.ReadDir(pid + "/lwp")
	for _, s := range names {
		if n, err := strconv.Atoi(s); err == nil && n > 0 {
			ids = append(ids, n)
		}
	}
	slices.Sort(ids)
	return ids
}

// leader is the number of the lwp that stands for its process: the lowest.
func leader(files Files, pid string) int {
	if ids := lwpsOf(files, pid); len(ids) > 0 {
		return ids[0]
	}
	return 0
}

// writers make the text of one file of Linux's /proc each.
var writers = map[string]func(texts, string, int) ([]byte, Errno){
	"maps":    texts.maps,
	"stat":    texts.stat,
	"status":  texts.status,
	"comm":    func(t texts, pid string, _ int) ([]byte, Errno) { return t.comm(pid) },
	"cmdline": texts.cmdline,
	"environ": func(t texts, pid string, _ int) ([]byte, Errno) { return t.vector(pid, false) },
	"auxv":    func(t texts, pid string, _ int) ([]byte, Errno) { return readAll(t.files, pid+"/auxv") },
}

func (t texts) ReadFile(name string) ([]byte, error) {
	pid, lwp, file := t.split(name)
	write := writers[file]
	if write == nil {
		return nil, errNotExist
	}
	b, e := write(t, pid, lwp)
	return b, toError(e)
}

func (t texts) ReadDir(name string) ([]string, error) {
	pid, file, _ := strings.Cut(name, "/")
	switch file {
	case "":
		names, e := t.files.ReadDir(".")
		return names, toError(e)
	case "fd":
		names, e := t.files.ReadDir(pid + "/fd")
		return names, toError(e)
	case "task":
		names, e := t.files.ReadDir(pid + "/lwp")
		first := leader(t.files, pid)
		p, _ := strconv.Atoi(pid)
		for i, s := range names {
			if n, err := strconv.Atoi(s); err == nil {
				names[i] = strconv.Itoa(int(tidOf(kernel.PID(p), n, first)))
			}
		}
		return names, toError(e)
	}
	return nil, errNotExist
}

func (t texts) Readlink(name string) (string, error) {
	pid, _, file := t.split(name)
	if file == "exe" {
		file = "a.out"
	}
	s, e := t.files.Readlink(pid + "/path/" + strings.TrimPrefix(file, "fd/"))
	return s, toError(e)
}

// Open opens the memory: as.
func (t texts) Open(name string, write bool) (procfs.RandomAccess, error) {
	pid, _, file := t.split(name)
	if file != "mem" {
		return nil, errNotExist
	}
	flags := OpenRead
	if write {
		flags |= OpenWrite
	}
	fd, e := t.files.Open(pid+"/as", flags)
	if e != 0 {
		return nil, toError(e)
	}
	return &space{t.files, fd}, nil
}

// space is an open as.
type space struct {
	files Files
	fd    int
}

func (s *space) Close() error { s.files.Close(s.fd); return nil }

func (s *space) ReadAt(p []byte, off int64) (int, error) { return s.move(s.files.Pread, p, off) }

func (s *space) WriteAt(p []byte, off int64) (int, error) { return s.move(s.files.Pwrite, p, off) }

func (s *space) move(do func(int, []byte, uint64) (int, Errno), p []byte, off int64) (int, error) {
	n, e := do(s.fd, p, uint64(off))
	switch {
	case e == eNOENT:
		return 0, io.EOF // of the address space
	case e != 0:
		return 0, toError(e)
	case n < len(p):
		return max(n, 0), syscall.EIO
	}
	return n, nil
}

func (t texts) psinfo(pid string) (ps proc.Psinfo, e Errno) {
	b, e := readAll(t.files, pid+"/psinfo")
	if e == 0 && ps.Decode(b) != nil {
		e = eIO
	}
	return ps, e
}

// lwpsinfo puts an lwp's own information in place of the representative's.
func (t texts) lwpsinfo(pid string, lwp int) (proc.Psinfo, Errno) {
	ps, e := t.psinfo(pid)
	if e != 0 || lwp == 0 {
		return ps, e
	}
	b, e := readAll(t.files, fmt.Sprintf("%s/lwp/%d/lwpsinfo", pid, lwp))
	if e == 0 && ps.Lwp.Decode(b) != nil {
		e = eIO
	}
	return ps, e
}

func (t texts) comm(pid string) ([]byte, Errno) {
	ps, e := t.psinfo(pid)
	return []byte(ps.FName() + "\n"), e
}

// maps has the lines of proc_pid_maps(5). The path of a file comes from path/, and from
// its name in object/ where the system has no such directory.
func (t texts) maps(pid string, _ int) ([]byte, Errno) {
	b, e := readAll(t.files, pid+"/map")
	if e != 0 {
		return nil, e
	}
	list, err := proc.DecodeMaps(b)
	if err != nil {
		return nil, eIO
	}
	var out []byte
	for i := range list {
		label := ""
		if name := list[i].Name(); name != "" {
			if label, e = t.files.Readlink(pid + "/path/" + name); e != 0 {
				label = "/proc/" + pid + "/object/" + name
			}
		}
		out = appendMap(out, &list[i], label)
	}
	return out, 0
}

// labels of what no file is mapped at.
var labels = []struct {
	flag int32
	name string
}{{proc.MapStack, "[stack]"}, {proc.MapBreak, "[heap]"}}

func appendMap(b []byte, m *proc.Map, label string) []byte {
	perm := []byte("---p")
	for i, flag := range []int32{proc.MapRead, proc.MapWrite, proc.MapExec, proc.MapShared} {
		if m.Flags&flag != 0 {
			perm[i] = "rwxs"[i]
		}
	}
	for _, l := range labels {
		if label == "" && m.Flags&l.flag != 0 {
			label = l.name
		}
	}
	return fmt.Appendf(b, "%08x-%08x %s %08x 00:00 0 %s\n", m.Addr, m.Addr+m.Size, perm, uint64(m.Offset),
		strings.ReplaceAll(label, "\n", `\012`))
}

func (t texts) stat(pid string, lwp int) ([]byte, Errno) {
	ps, e := t.lwpsinfo(pid, lwp)
	if e != 0 {
		return nil, e
	}
	return statText(&ps, t.pstatus(pid)), 0
}

// pstatus is nil for one that may not be read, or has ended.
func (t texts) pstatus(pid string) *proc.Pstatus {
	var st proc.Pstatus
	if b, e := readAll(t.files, pid+"/status"); e != 0 || st.Decode(b) != nil {
		return nil
	}
	return &st
}

// linuxStates are the letters of proc(5) for those of ps(1).
var linuxStates = map[byte]procfs.State{'S': procfs.Sleeping, 'R': procfs.Running, 'O': procfs.Running, 'Z': procfs.Zombie,
	'T': procfs.TracingStop, 'I': procfs.Idle}

func stateOf(ps *proc.Psinfo, st *proc.Pstatus) procfs.State {
	switch s, ok := linuxStates[ps.Lwp.SName]; {
	case ps.Zombie() || !ok:
		return procfs.Zombie
	case s == procfs.TracingStop && st != nil && st.Lwp.Why == proc.JobControl:
		return procfs.Stopped
	default:
		return s
	}
}

// statText is the line of proc_pid_stat(5); times in hundredths of a second.
func statText(ps *proc.Psinfo, st *proc.Pstatus) []byte {
	tty := uint64(0)
	if ps.TTYDev != proc.NoDev {
		tty = ps.TTYDev & 0xffffffff
	}
	var own proc.Pstatus
	if st == nil {
		st = &own
		own.UTime = ps.Time
	}
	hundredths := func(t proc.Time) int64 { return max(0, t.Sec)*100 + t.Nsec/1e7 }
	f := make([]any, 0, 50)
	f = append(f, ps.PPID, ps.PGID, ps.SID, tty, -1, 0, 0, 0, 0, 0, hundredths(st.UTime), hundredths(st.STime),
		hundredths(st.CUTime), hundredths(st.CSTime), ps.Lwp.Pri, int(ps.Lwp.Nice)-20, ps.NLwp, 0, hundredths(ps.Start),
		ps.Size<<10, ps.RSSize>>2, 0, 0, 0, st.StkBase+st.StkSize)
	for len(f) < 49 {
		f = append(f, 0)
	}
	f[43] = st.BrkBase
	f = f[:48]
	f = append(f, ps.WStat)
	line := fmt.Sprintln(f...)
	return fmt.Appendf(nil, "%d (%s) %c %s", ps.PID, ps.FName(), stateOf(ps, st), line)
}

func (t texts) status(pid string, lwp int) ([]byte, Errno) {
	ps, e := t.lwpsinfo(pid, lwp)
	if e != 0 {
		return nil, e
	}
	st := t.pstatus(pid)
	if st != nil && lwp != 0 {
		if b, e := readAll(t.files, fmt.Sprintf("%s/lwp/%d/lwpstatus", pid, lwp)); e == 0 {
			st.Lwp.Decode(b)
		}
	}
	b := statusText(&ps, st, t.dispositions(pid))
	var c proc.Cred
	if raw, e := readAll(t.files, pid+"/cred"); e == 0 && c.Decode(raw) == nil {
		b = fmt.Appendf(b, "Uid:\t%d\t%d\t%d\t%d\nGid:\t%d\t%d\t%d\t%d\nGroups:\t", uint32(c.RUID), uint32(c.EUID), uint32(c.SUID), uint32(c.EUID),
			uint32(c.RGID), uint32(c.EGID), uint32(c.SGID), uint32(c.EGID))
		for _, g := range c.Groups {
			b = fmt.Appendf(b, "%d ", uint32(g))
		}
		b = append(b, '\n')
	}
	return b, 0
}

func (t texts) dispositions(pid string) []proc.Sigaction {
	b, e := readAll(t.files, pid+"/sigact")
	if e != 0 {
		return nil
	}
	acts, _ := proc.DecodeSigacts(b)
	return acts
}

// statusText is the keyed lines of proc_pid_status(5).
func statusText(ps *proc.Psinfo, st *proc.Pstatus, acts []proc.Sigaction) []byte {
	tid := int(ps.PID)
	name := strings.NewReplacer("\\", `\\`, "\n", `\n`).Replace(ps.FName())
	b := fmt.Appendf(nil, "Name:\t%s\nState:\t%c\nTgid:\t%d\nPid:\t%d\nPPid:\t%d\n", name, stateOf(ps, st), ps.PID, tid, ps.PPID)
	b = fmt.Appendf(b, "Uid:\t%[1]d\t%[2]d\t%[2]d\t%[2]d\nGid:\t%[3]d\t%[4]d\t%[4]d\t%[4]d\nThreads:\t%[5]d\n",
		uint32(ps.UID), uint32(ps.EUID), uint32(ps.GID), uint32(ps.EGID), ps.NLwp)
	if !ps.Zombie() {
		b = fmt.Appendf(b, "VmSize:\t%d kB\nVmRSS:\t%d kB\n", ps.Size, ps.RSSize)
	}
	if st == nil {
		return b
	}
	var ignored, caught proc.SigSet
	for i, a := range acts {
		switch a.Handler {
		case proc.SigDefault:
		case proc.SigIgnore:
			ignored.Add(i + 1)
		default:
			caught.Add(i + 1)
		}
	}
	for _, line := range []struct {
		key string
		set *proc.SigSet
	}{{"SigPnd", &st.Lwp.LwpPend}, {"ShdPnd", &st.SigPend}, {"SigBlk", &st.Lwp.LwpHold}, {"SigIgn", &ignored}, {"SigCgt", &caught}} {
		b = fmt.Appendf(b, "%s:\t%08x%08x\n", line.key, line.set[1], line.set[0])
	}
	return b
}

// cmdline is the arguments as they are in memory, or the beginning of them that psinfo
// keeps.
func (t texts) cmdline(pid string, _ int) ([]byte, Errno) {
	if b, e := t.vector(pid, true); e == 0 && len(b) > 0 {
		return b, 0
	}
	ps, e := t.psinfo(pid)
	if e != 0 || ps.Zombie() {
		return nil, e
	}
	return []byte(strings.Join(strings.Fields(ps.PsArgs()), "\x00") + "\x00"), 0
}

// vector reads the strings of argv or envp out of the process.
func (t texts) vector(pid string, args bool) ([]byte, Errno) {
	ps, e := t.psinfo(pid)
	if e != 0 {
		return nil, e
	}
	at := ps.EnvP
	if args {
		at = ps.ArgV
	}
	fd, e := t.files.Open(pid+"/as", OpenRead)
	if e != 0 || at == 0 {
		return nil, e
	}
	defer t.files.Close(fd)
	const most = 4096 // strings, of at most a page each
	var out []byte
	var word [8]byte
	page := make([]byte, pageSize)
	for range most {
		if n, e := t.files.Pread(fd, word[:], at); e != 0 || n < 8 {
			break
		}
		p := uint64(0)
		for i := 7; i >= 0; i-- {
			p = p<<8 | uint64(word[i])
		}
		if p == 0 {
			break
		}
		n, e := t.files.Pread(fd, page, p)
		if e != 0 || n <= 0 {
			break
		}
		s := page[:min(n, len(page))]
		if i := bytes.IndexByte(s, 0); i >= 0 {
			s = s[:i]
		}
		out = append(append(out, s...), 0)
		at += 8
	}
	return out, 0
}
