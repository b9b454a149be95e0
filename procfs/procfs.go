// Package procfs is what an operating system tells about its processes, as typed data.
//
// On Linux the facts are text files under /proc (proc(5)); on FreeBSD the same
// facts come from sysctls. So the package has three layers that do not know each
// other: types (a Map, a Stat, an FD), parsers from bytes to types, and a source
// (FS) that reads the bytes through the small Files seam. The files may lie on the
// real /proc, in a recorded tree, or in the memory of a modeled kernel.
//
// A process may die between any two reads. Every method then returns an error for
// which errors.Is(err, ErrGone) holds. Permission errors keep fs.ErrPermission, a
// file that this kernel does not have keeps fs.ErrNotExist, and text that makes no
// sense is a *ParseError. Each of them names the file.
package procfs

import (
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// ErrGone says that the process or thread does not exist, or ceased to while it
// was being read.
var ErrGone = errors.New("no such process (it has exited)")

// Files is where the bytes come from. Names are slash-separated and relative to the
// root of the tree ("12/maps", "sys/kernel/osrelease"). Implementations return
// errors for which errors.Is works with fs.ErrNotExist, fs.ErrPermission and
// syscall.ESRCH (a file of a process that died after it was opened).
type Files interface {
	ReadFile(name string) ([]byte, error)
	ReadDir(name string) ([]string, error) // names in any order
	Readlink(name string) (string, error)
	Open(name string, write bool) (RandomAccess, error)
}

// FS is a /proc tree.
type FS struct {
	root  string
	files Files
	aux   AuxNumbering
	bsd   *freebsd // nil: not FreeBSD's
}

// New returns the tree mounted at root; "" means /proc.
func New(root string) *FS {
	if root == "" {
		root = "/proc"
	}
	return NewFiles(root, OSFiles(root))
}

// NewFiles returns a tree served by files. The root is what error messages put
// before a file's name.
func NewFiles(root string, files Files) *FS {
	return &FS{root: strings.TrimRight(root, "/"), files: files, aux: LinuxAux}
}

// Proc names the process pid; nothing is read until a method is called.
func (f *FS) Proc(pid int) Proc {
	return Proc{fs: f, PID: pid, dir: strconv.Itoa(pid) + "/"}
}

// Proc is one process or, after Task, one of its threads. Its methods read afresh
// at each call.
type Proc struct {
	fs  *FS
	PID int
	TID int // 0 for the process as a whole
	dir string
}

// Task names the thread tid of the process.
func (p Proc) Task(tid int) Proc {
	p.TID = tid
	p.dir = strconv.Itoa(p.PID) + "/task/" + strconv.Itoa(tid) + "/"
	return p
}

// Processes lists the process ids, ascending.
func (f *FS) Processes() ([]int, error) {
	names, err := f.files.ReadDir(".")
	if err != nil {
		return nil, f.pathError("readdir", "", err)
	}
	return numbers(names), nil
}

// Tasks lists the thread ids of the process, ascending.
func (p Proc) Tasks() ([]int, error) {
	dir := strconv.Itoa(p.PID) + "/task"
	names, err := p.fs.files.ReadDir(dir)
	if err != nil {
		return nil, p.fail("readdir", dir, err)
	}
	tids := numbers(names)
	if len(tids) == 0 { // a live process has a thread: it died while we listed
		return nil, p.gone("readdir", dir)
	}
	return tids, nil
}

// Sysctl returns the value of a kernel setting, without its newline. The name has
// slashes: "kernel/yama/ptrace_scope".
func (f *FS) Sysctl(name string) (string, error) {
	name = "sys/" + name
	b, err := f.files.ReadFile(name)
	if err != nil {
		return "", f.pathError("read", name, err)
	}
	return strings.TrimRight(string(b), "\n"), nil
}

// SysctlNames lists the settings and directories below one of sys ("fs/binfmt_misc").
func (f *FS) SysctlNames(dir string) ([]string, error) {
	names, err := f.files.ReadDir("sys/" + dir)
	if err != nil {
		return nil, f.pathError("readdir", "sys/"+dir, err)
	}
	slices.Sort(names)
	return names, nil
}

// Exists tells whether the process or thread is there now (a zombie is).
func (p Proc) Exists() bool {
	b, err := p.fs.files.ReadFile(p.dir + "stat")
	return err == nil && len(b) > 0 || errors.Is(err, fs.ErrPermission)
}

// numbers keeps the names that are positive decimal numbers.
func numbers(names []string) []int {
	var out []int
	for _, s := range names {
		if n, err := strconv.Atoi(s); err == nil && n > 0 && s[0] != '+' {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// read returns the bytes of one of the process's files.
func (p Proc) read(file string) ([]byte, error) {
	b, err := p.fs.files.ReadFile(p.dir + file)
	if err != nil {
		return nil, p.fail("read", p.dir+file, err)
	}
	return b, nil
}

// readMemory is read for the files that show a part of the address space. One that
// has none any more, a zombie, is an empty file or ESRCH depending on the kernel.
func (p Proc) readMemory(file string) ([]byte, error) {
	b, err := p.read(file)
	if errors.Is(err, ErrGone) && p.Exists() {
		return nil, nil
	}
	return b, err
}

// readFull is read for the files that a living process never shows empty.
func (p Proc) readFull(file string) ([]byte, error) {
	b, err := p.read(file)
	if err == nil && len(b) == 0 {
		return nil, p.gone("read", p.dir+file)
	}
	return b, err
}

// link returns what one of the process's symbolic links refers to.
func (p Proc) link(file string) (string, error) {
	s, err := p.fs.files.Readlink(p.dir + file)
	if err != nil {
		return "", p.fail("readlink", p.dir+file, err)
	}
	return s, nil
}

// fail turns the error of a file into the package's: a file that is missing
// because its process is gone is ErrGone; one that this kernel lacks, or that a
// kernel thread does not have (exe), stays fs.ErrNotExist.
func (p Proc) fail(op, name string, err error) error {
	if errors.Is(err, syscall.ESRCH) || errors.Is(err, fs.ErrNotExist) && !p.Exists() {
		return p.gone(op, name)
	}
	return p.fs.pathError(op, name, err)
}

func (p Proc) gone(op, name string) error {
	return p.fs.pathError(op, name, ErrGone)
}

// parsed gives a parser's error the name of the file.
func (p Proc) parsed(file string, err error) error {
	return p.fs.parsed(p.dir+file, err)
}

func (f *FS) parsed(name string, err error) error {
	var pe *ParseError
	if errors.As(err, &pe) && pe.File == "" {
		pe.File = f.root + "/" + name
	}
	return err
}

// pathError names the file as the user knows it, once.
func (f *FS) pathError(op, name string, err error) error {
	var pe *fs.PathError
	if errors.As(err, &pe) {
		err = pe.Err
	}
	return &fs.PathError{Op: op, Path: f.root + "/" + name, Err: err}
}
