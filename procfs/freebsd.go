package procfs

// The FreeBSD source. FreeBSD tells of its processes by sysctls (kern.proc.*, procstat(1)),
// structures and not files, and needs no /proc mounted. What they say is put into the texts
// that the parsers of this package read, so that maps, states and descriptors are the same
// types for every system; what only FreeBSD tells has methods of its own, in freebsdown.go.

import (
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"syscall"

	"github.com/trapline/trapline/procfs/kinfo"
)

// Sysctl reads a FreeBSD sysctl by name, with numbers that follow those of the name (a pid).
// The second result is FreeBSD's errno, 0 for none.
type Sysctl func(name string, args ...int32) ([]byte, int)

// NewFreeBSD returns what a FreeBSD system tells.
func NewFreeBSD(sysctl Sysctl) *FS {
	b := &freebsd{sysctl}
	f := NewFiles("/proc", b)
	f.aux, f.bsd = FreeBSDAux, b
	return f
}

// freebsd implements Files over sysctls.
type freebsd struct{ sysctl Sysctl }

// Errors of FreeBSD that mean something here (errno(2)).
const (
	bsdEPERM  = 1
	bsdENOENT = 2
	bsdESRCH  = 3
	bsdEACCES = 13
	bsdEINVAL = 22
)

// bsdErrors are the errors by what they mean to this package. EINVAL is what a system process
// gives for nodes that need an address space.
var bsdErrors = map[int]error{bsdEPERM: fs.ErrPermission, bsdEACCES: fs.ErrPermission, bsdENOENT: fs.ErrNotExist,
	bsdEINVAL: fs.ErrNotExist, bsdESRCH: syscall.ESRCH}

func bsdError(errno int) error {
	if errno == 0 {
		return nil
	}
	if err, ok := bsdErrors[errno]; ok {
		return err
	}
	return syscall.Errno(errno)
}

// node reads a node of kern.proc about a process.
func (b *freebsd) node(name string, pid int, more ...int32) ([]byte, error) {
	out, errno := b.sysctl("kern.proc."+name, append([]int32{int32(pid)}, more...)...)
	return out, bsdError(errno)
}

// split takes "12/task/100034/stat" apart: the process, the thread (0 none) and the file.
func (b *freebsd) split(name string) (pid, tid int, file string) {
	first, file, _ := strings.Cut(name, "/")
	pid, err := strconv.Atoi(first)
	if err != nil {
		return -1, 0, name
	}
	if rest, ok := strings.CutPrefix(file, "task/"); ok {
		word, file, _ := strings.Cut(rest, "/")
		tid, _ = strconv.Atoi(word)
		return pid, tid, file
	}
	return pid, 0, file
}

// bsdTexts make one file's text each.
var bsdTexts = map[string]func(b *freebsd, pid, tid int) ([]byte, error){
	"maps":    func(b *freebsd, pid, _ int) ([]byte, error) { return b.maps(pid) },
	"stat":    (*freebsd).stat,
	"status":  (*freebsd).status,
	"comm":    (*freebsd).comm,
	"wchan":   (*freebsd).wchan,
	"cmdline": func(b *freebsd, pid, _ int) ([]byte, error) { return b.node("args", pid) },
	"environ": func(b *freebsd, pid, _ int) ([]byte, error) { return b.node("env", pid) },
	"auxv":    func(b *freebsd, pid, _ int) ([]byte, error) { return b.node("auxv", pid) },
	"limits":  func(b *freebsd, pid, _ int) ([]byte, error) { return b.limits(pid) },
}

// ReadFile implements Files.
func (b *freebsd) ReadFile(name string) ([]byte, error) {
	if node, ok := strings.CutPrefix(name, "sys/"); ok {
		return b.setting(strings.ReplaceAll(node, "/", "."))
	}
	pid, tid, file := b.split(name)
	if n, ok := strings.CutPrefix(file, "fdinfo/"); ok {
		return b.fdinfo(pid, n)
	}
	text := bsdTexts[file]
	if text == nil || pid < 0 {
		return nil, fs.ErrNotExist
	}
	return text(b, pid, tid)
}

// setting is a sysctl as text: a number of 1, 4 or 8 bytes, or a string.
func (b *freebsd) setting(name string) ([]byte, error) {
	out, errno := b.sysctl(name)
	if errno != 0 {
		return nil, bsdError(errno)
	}
	printable := len(out) > 0 && out[len(out)-1] == 0 && out[0] >= ' '
	switch {
	case len(out) == 1:
		return fmt.Appendln(nil, out[0]), nil
	case len(out) == 4 && !printable:
		return fmt.Appendln(nil, int32(le32(out))), nil
	case len(out) == 8 && !printable:
		return fmt.Appendln(nil, int64(le64(out))), nil
	}
	return append([]byte(strings.TrimRight(string(out), "\x00")), '\n'), nil
}

// ReadDir implements Files.
func (b *freebsd) ReadDir(name string) ([]string, error) {
	var out []string
	if name == "." {
		list, err := b.procs("kern.proc.proc")
		for i := range list {
			out = append(out, strconv.Itoa(int(list[i].PID)))
		}
		return out, err
	}
	pid, _, file := b.split(name)
	switch file {
	case "task":
		list, err := b.procs("kern.proc.pid_td", int32(pid))
		for i := range list {
			out = append(out, strconv.Itoa(int(list[i].TID)))
		}
		return out, err
	case "fd":
		list, err := b.files(pid)
		for i := range list {
			if list[i].FD >= 0 {
				out = append(out, strconv.Itoa(int(list[i].FD)))
			}
		}
		return out, err
	}
	return nil, fs.ErrNotExist
}

// bsdLinks are the files of a process that have no descriptor.
var bsdLinks = map[string]int32{"cwd": kinfo.FDCwd, "root": kinfo.FDRoot}

// Readlink implements Files.
func (b *freebsd) Readlink(name string) (string, error) {
	pid, _, file := b.split(name)
	if file == "exe" {
		out, err := b.node("pathname", pid)
		if path := strings.TrimRight(string(out), "\x00"); err != nil || path != "" {
			return path, err
		}
		return "", fs.ErrNotExist // a zombie (sysctl-zombie)
	}
	fd, ok := bsdLinks[file]
	if word, isFD := strings.CutPrefix(file, "fd/"); isFD {
		n, err := strconv.Atoi(word)
		fd, ok = int32(n), err == nil && n >= 0
	}
	if !ok {
		return "", fs.ErrNotExist
	}
	f, err := b.file(pid, fd)
	if err != nil {
		return "", err
	}
	return fileLink(f), nil
}

// Open implements Files. Memory is reached by ptrace(2) alone.
func (b *freebsd) Open(string, bool) (RandomAccess, error) { return nil, fs.ErrNotExist }

func (b *freebsd) procs(node string, args ...int32) ([]kinfo.Proc, error) {
	out, errno := b.sysctl(node, args...)
	if errno != 0 {
		return nil, bsdError(errno)
	}
	list, err := kinfo.DecodeProcs(out)
	if err == nil && len(list) == 0 {
		err = syscall.ESRCH
	}
	return list, err
}

// proc is the record of a process, or of one of its threads.
func (b *freebsd) proc(pid, tid int) (*kinfo.Proc, error) {
	if tid == 0 {
		list, err := b.procs("kern.proc.pid", int32(pid))
		if err != nil {
			return nil, err
		}
		return &list[0], nil
	}
	list, err := b.procs("kern.proc.pid_td", int32(pid))
	for i := range list {
		if int(list[i].TID) == tid {
			return &list[i], nil
		}
	}
	if err == nil {
		err = syscall.ESRCH
	}
	return nil, err
}

func (b *freebsd) files(pid int) ([]kinfo.File, error) {
	out, err := b.node("filedesc", pid)
	if err != nil {
		return nil, err
	}
	return kinfo.DecodeFiles(out)
}

func (b *freebsd) file(pid int, fd int32) (*kinfo.File, error) {
	list, err := b.files(pid)
	for i := range list {
		if list[i].FD == fd {
			return &list[i], nil
		}
	}
	if err == nil {
		err = fs.ErrNotExist
	}
	return nil, err
}

func (b *freebsd) comm(pid, tid int) ([]byte, error) {
	p, err := b.proc(pid, tid)
	if err != nil {
		return nil, err
	}
	name := p.Comm
	if tid != 0 && p.TDName != "" {
		name = p.TDName
	}
	return []byte(name + "\n"), nil
}

func (b *freebsd) wchan(pid, tid int) ([]byte, error) {
	p, err := b.proc(pid, tid)
	if err != nil {
		return nil, err
	}
	return []byte(p.WMesg), nil
}
