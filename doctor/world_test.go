package doctor

// A machine in memory for the tests: files, users, settings and processes.

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"syscall"

	"github.com/trapline/trapline/procfs"
)

// fake is a World in memory.
type fake struct {
	proc   *procfs.MemFiles
	files  map[string]*fakeFile
	path   map[string]string // names along $PATH
	probes map[string]error
	os     string
	ints   map[string]int // sysctls of FreeBSD
}

func (w *fake) OS() string { return w.os }

func (w *fake) IDs() (uid, gid uint32) { return 1000, 1000 }

func (w *fake) Sysctl(name string) (int, error) {
	if n, ok := w.ints[name]; ok {
		return n, nil
	}
	return 0, fs.ErrNotExist
}

type fakeFile struct {
	FileInfo
	data   []byte
	xattr  string
	denied Access // rights that access(2) refuses
	err    error
}

const (
	us   = 100 // our pid
	them = 200
)

func (w *fake) PID() int { return us }

func (w *fake) file(path string) (*fakeFile, error) {
	path = strings.TrimPrefix(path, "./")
	if f, ok := w.files[path]; ok {
		return f, f.err
	}
	return nil, &fs.PathError{Op: "stat", Path: path, Err: syscall.ENOENT}
}

func (w *fake) Stat(path string) (FileInfo, error) {
	f, err := w.file(path)
	if err != nil {
		return FileInfo{}, err
	}
	return f.FileInfo, nil
}

func (w *fake) Access(path string, mode Access) error {
	if f, err := w.file(path); err != nil || f.denied&mode != 0 {
		return syscall.EACCES
	}
	return nil
}

func (w *fake) Open(path string) (File, error) {
	f, err := w.file(path)
	if err == nil && f.denied&Readable != 0 {
		err = syscall.EACCES
	}
	if err != nil {
		return nil, err
	}
	return struct {
		*bytes.Reader
		nopCloser
	}{bytes.NewReader(f.data), nopCloser{}}, nil
}

type nopCloser struct{}

func (nopCloser) Close() error { return nil }

func (w *fake) Xattr(path, name string) ([]byte, error) {
	if f, err := w.file(path); err == nil && f.xattr != "" && name == "security.capability" {
		return []byte(f.xattr), nil
	}
	return nil, fs.ErrNotExist
}

func (w *fake) LookPath(name string) (string, error) {
	if p, ok := w.path[name]; ok {
		return p, nil
	}
	return "", errors.New("not found")
}

func (w *fake) UserName(uid uint32) string {
	return map[uint32]string{0: "root", 1000: "ann", 1001: "bob"}[uid]
}

func (w *fake) Probe() map[string]error { return w.probes }

// process puts a process there: status lines are "Key=value".
func (w *fake) process(pid int, lines ...string) {
	fields := map[string]string{"Name": fmt.Sprintf("p%d", pid), "State": "S (sleeping)", "Tgid": fmt.Sprint(pid), "Pid": fmt.Sprint(pid),
		"PPid": "1", "TracerPid": "0", "Uid": "1000\t1000\t1000\t1000", "Gid": "1000\t1000\t1000\t1000", "NSpid": fmt.Sprint(pid),
		"VmSize": "100 kB", "CapPrm": "0", "CapEff": "0", "Seccomp": "0"}
	for _, l := range lines {
		k, v, _ := strings.Cut(l, "=")
		fields[k] = v
	}
	var b strings.Builder
	for k, v := range fields {
		fmt.Fprintf(&b, "%s:\t%s\n", k, v)
	}
	dir := fmt.Sprintf("%d/", pid)
	w.proc.Text[dir+"status"] = b.String()
	w.proc.Text[dir+"stat"] = fmt.Sprintf("%d (%s) %c %s", pid, fields["Name"], fields["State"][0], fields["PPid"]) + strings.Repeat(" 0", 48) + "\n"
	w.proc.Text[fmt.Sprintf("%stask/%d/stat", dir, pid)] = w.proc.Text[dir+"stat"]
	w.proc.Links[dir+"ns/user"] = "user:[4026531837]"
	w.proc.Links[dir+"ns/pid"] = "pid:[4026531836]"
	w.proc.Links[dir+"exe"] = "/bin/prog"
	w.dir("/proc/"+fmt.Sprint(pid), 1000)
	w.dir("/proc/"+fmt.Sprint(pid)+"/stat", 1000)
}

func (w *fake) dir(path string, uid uint32) {
	w.files[path] = &fakeFile{FileInfo: FileInfo{Mode: fs.ModeDir | 0o755, UID: uid}}
}

// program puts a file there that its owner, root, lets everyone run.
func (w *fake) program(path string, data []byte) *fakeFile {
	f := &fakeFile{FileInfo: FileInfo{Mode: 0o755, Size: int64(len(data))}, data: data}
	w.files[path] = f
	return f
}

const mountLine = "22 1 0:21 / /proc rw - proc proc rw"

// plainWorld is user ann on an ordinary machine: nothing is wrong.
func plainWorld() *fake {
	w := &fake{proc: procfs.NewMemFiles(), files: map[string]*fakeFile{}, path: map[string]string{}, os: "linux"}
	for name, v := range map[string]string{"kernel/osrelease": "6.18.1-test", "kernel/perf_event_paranoid": "2",
		"kernel/randomize_va_space": "2", "kernel/core_pattern": "core", yamaSysctl: "0"} {
		w.proc.Text["sys/"+name] = v + "\n"
	}
	w.process(1, "Name=init", "PPid=0", "Uid=0\t0\t0\t0", "Gid=0\t0\t0\t0", "CapPrm=1ffffffffff", "CapEff=1ffffffffff")
	w.process(us, "Name=trapline")
	w.process(them, "Name=victim")
	w.proc.Text[fmt.Sprint(us)+"/mountinfo"] = "21 1 8:1 / / rw - ext4 /dev/sda1 rw\n" + mountLine + "\n23 21 8:2 / /mnt rw,noexec - ext4 /dev/sdb rw\n"
	w.proc.Text[fmt.Sprint(us)+"/cgroup"] = "0::/user.slice\n"
	for _, dir := range []string{"/", "/bin", "/usr/lib/debug", "/lib64"} {
		w.dir(dir, 0)
	}
	w.program("/bin/sh", elfFile(nil))
	w.program("/lib64/ld.so", elfFile(nil))
	w.program("/bin/prog", elfFile(nil))
	w.program(fmt.Sprintf("/proc/%d/exe", them), elfFile(nil))
	return w
}

func (w *fake) doctor() *Doctor { return &Doctor{FS: procfs.NewFiles("/proc", w.proc), World: w} }

func (w *fake) sysctl(name, value string) { w.proc.Text["sys/"+name] = value + "\n" }

// root makes us root with all capabilities.
func (w *fake) root() {
	w.process(us, "Name=trapline", "Uid=0\t0\t0\t0", "Gid=0\t0\t0\t0", "CapPrm=1ffffffffff", "CapEff=1ffffffffff")
}

// elfFile makes a program of one interpreter segment; edit may spoil it.
func elfFile(edit func(*elf.Header64)) []byte {
	const interp = "/lib64/ld.so\x00"
	h := elf.Header64{Type: uint16(elf.ET_DYN), Machine: uint16(elf.EM_X86_64), Version: 1, Entry: 0x1000, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: 1}
	copy(h.Ident[:], "\x7fELF\x02\x01\x01")
	if edit != nil {
		edit(&h)
	}
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, h)
	binary.Write(&b, binary.LittleEndian, elf.Prog64{Type: uint32(elf.PT_INTERP), Off: 120, Filesz: uint64(len(interp))})
	b.WriteString(interp)
	return b.Bytes()
}
