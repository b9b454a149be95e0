package procfs

// The small files of a process: what it runs, where it is, what it waits for, what
// it belongs to and what it has used.

import (
	"bytes"
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// ReadFile returns the bytes of a file that has no type here ("attr/current").
func (p Proc) ReadFile(file string) ([]byte, error) { return p.read(file) }

// Dir is the process's directory ("/proc/12").
func (p Proc) Dir() string { return p.fs.root + "/" + strings.TrimSuffix(p.dir, "/") }

// Exe returns the path of the program, and whether that file has been deleted or
// replaced since; the file itself can still be opened as ExePath. A kernel thread
// and a zombie have none (fs.ErrNotExist).
func (p Proc) Exe() (path string, deleted bool, err error) {
	s, err := p.link("exe")
	path, deleted = strings.CutSuffix(s, deletedSuffix)
	return path, deleted, err
}

// ExePath is the name by which the running program can be opened from outside, even
// when its path lies in another mount namespace or is deleted.
func (p Proc) ExePath() string { return p.fs.root + "/" + p.dir + "exe" }

// Cwd returns the current directory, as seen from its own root.
func (p Proc) Cwd() (string, error) { return p.link("cwd") }

// Root returns the root directory; not "/" in a chroot.
func (p Proc) Root() (string, error) { return p.link("root") }

// Cmdline returns the arguments as they are in the process's memory now; none for a
// kernel thread or a zombie.
func (p Proc) Cmdline() ([]string, error) {
	b, err := p.readMemory("cmdline")
	return nulStrings(b), err
}

// Environ returns the environment given to execve, at its place in memory now.
func (p Proc) Environ() ([]string, error) {
	b, err := p.readMemory("environ")
	return nulStrings(b), err
}

// Comm returns the command name of the process or thread.
func (p Proc) Comm() (string, error) {
	b, err := p.readFull("comm")
	return string(bytes.TrimSuffix(b, []byte("\n"))), err
}

// Wchan returns the kernel function the thread sleeps in; "" when it runs or when
// the reader may not know.
func (p Proc) Wchan() (string, error) {
	b, err := p.read("wchan")
	if string(b) == "0" {
		b = nil
	}
	return string(b), err
}

// Stack returns the thread's kernel stack, innermost function first. Only root
// may read it.
func (p Proc) Stack() ([]string, error) {
	b, err := p.read("stack")
	if err != nil {
		return nil, err
	}
	return ParseStack(b), nil
}

// ParseStack takes the function names out of lines like "[<0>] ksys_read+0x66/0xe0".
func ParseStack(b []byte) []string {
	var out []string
	for _, line := range lines(b) {
		if _, after, ok := bytes.Cut(line, []byte("] ")); ok {
			line = after
		}
		out = append(out, string(line))
	}
	return out
}

// SyscallState is what a thread is doing at the moment of the reading.
type SyscallState struct {
	Running bool // on a CPU: nothing else is known
	// Number is the system call it is blocked in, -1 when it is blocked outside of
	// one (a page fault, a stop); then Args are zero.
	Number int64
	Args   [6]uint64
	SP, PC uint64
}

// Syscall reads the state (Linux with CONFIG_HAVE_ARCH_TRACEHOOK).
func (p Proc) Syscall() (*SyscallState, error) {
	b, err := p.readFull("syscall")
	if err != nil {
		return nil, err
	}
	s, err := ParseSyscall(b)
	return s, p.parsed("syscall", err)
}

// ParseSyscall reads "NR ARG*6 SP PC", "-1 SP PC" or "running".
func ParseSyscall(b []byte) (*SyscallState, error) {
	text := bytes.TrimSuffix(b, []byte("\n"))
	word, rest := field(text)
	if string(word) == "running" {
		return &SyscallState{Running: true, Number: -1}, nil
	}
	s := new(SyscallState)
	n, ok := signed(word)
	s.Number = n
	dst := []*uint64{&s.Args[0], &s.Args[1], &s.Args[2], &s.Args[3], &s.Args[4], &s.Args[5], &s.SP, &s.PC}
	if n == -1 && bytes.Count(rest, []byte(" ")) == 2 {
		dst = dst[6:]
	}
	for _, d := range dst {
		word, rest = field(rest)
		var okField bool
		*d, okField = hexPrefixed(word)
		ok = ok && okField
	}
	if !ok || len(rest) != 0 {
		return nil, malformed(0, text, "not a system call state")
	}
	return s, nil
}

// Namespace is one namespace a process is in; two processes share it when the
// inodes are equal.
type Namespace struct {
	Type  string // "mnt", "net", "pid", "user", ...
	Inode uint64
}

// Namespaces lists them by type. It needs the right to trace the process.
func (p Proc) Namespaces() ([]Namespace, error) {
	names, err := p.fs.files.ReadDir(p.dir + "ns")
	if err != nil {
		return nil, p.fail("readdir", p.dir+"ns", err)
	}
	slices.Sort(names)
	var out []Namespace
	for _, name := range names {
		ns, err := p.Namespace(name)
		switch {
		case errors.Is(err, fs.ErrNotExist): // pid_for_children before its first child
		case err != nil:
			return nil, err
		default:
			out = append(out, Namespace{name, ns})
		}
	}
	return out, nil
}

// Namespace returns the inode of the namespace of one type.
func (p Proc) Namespace(kind string) (uint64, error) {
	file := "ns/" + kind
	s, err := p.link(file)
	if err != nil {
		return 0, err
	}
	_, ino, ok := bracketed(s)
	if !ok {
		return 0, p.parsed(file, malformed(0, []byte(s), "not a namespace"))
	}
	return ino, nil
}

// bracketed splits "pipe:[123]".
func bracketed(s string) (kind string, inode uint64, ok bool) {
	kind, rest, ok := strings.Cut(s, ":[")
	digits, ok2 := strings.CutSuffix(rest, "]")
	if !ok || !ok2 {
		return "", 0, false
	}
	inode, ok = number([]byte(digits), 10)
	return kind, inode, ok
}

// Cgroup is the control group of a process in one hierarchy.
type Cgroup struct {
	Hierarchy   int      // 0: the unified one (version 2)
	Controllers []string // of a version 1 hierarchy
	Path        string
}

// Cgroups lists the process's groups.
func (p Proc) Cgroups() ([]Cgroup, error) {
	b, err := p.read("cgroup")
	if err != nil {
		return nil, err
	}
	c, err := ParseCgroups(b)
	return c, p.parsed("cgroup", err)
}

// ParseCgroups reads lines "HIERARCHY:CONTROLLER,...:PATH" (cgroups(7)).
func ParseCgroups(b []byte) ([]Cgroup, error) {
	var out []Cgroup
	for n, line := range lines(b) {
		f := bytes.SplitN(line, []byte(":"), 3)
		if len(f) != 3 {
			return nil, malformed(n, line, "not a cgroup")
		}
		id, ok := number(f[0], 10)
		if !ok || id>>31 != 0 {
			return nil, malformed(n, line, "bad hierarchy number")
		}
		c := Cgroup{Hierarchy: int(id), Path: octalEscapes(f[2], " \t\n\\")}
		if len(f[1]) > 0 {
			c.Controllers = strings.Split(string(f[1]), ",")
		}
		out = append(out, c)
	}
	return out, nil
}

// OOMScore returns how soon the kernel would kill the process for want of memory,
// and the adjustment (-1000 to 1000) in it.
func (p Proc) OOMScore() (score, adj int, err error) {
	for file, dst := range map[string]*int{"oom_score": &score, "oom_score_adj": &adj} {
		b, err := p.readFull(file)
		if err != nil {
			return 0, 0, err
		}
		n, ok := signed(bytes.TrimSpace(b))
		if !ok || n != int64(int32(n)) {
			return 0, 0, p.parsed(file, malformed(0, b, "not a number"))
		}
		*dst = int(n)
	}
	return score, adj, nil
}

// IO counts what a process or thread has read and written.
type IO struct {
	ReadChars, WriteChars uint64 // bytes through read(2), write(2) and the like
	ReadCalls, WriteCalls uint64
	ReadBytes, WriteBytes uint64 // bytes that reached the storage
	CancelledWriteBytes   uint64 // counted as written, then truncated away
}

// IO reads the counters; it needs the right to trace the process.
func (p Proc) IO() (*IO, error) {
	b, err := p.readFull("io")
	if err != nil {
		return nil, err
	}
	c, err := ParseIO(b)
	return c, p.parsed("io", err)
}

// ParseIO reads the text of /proc/PID/io.
func ParseIO(b []byte) (*IO, error) {
	c := new(IO)
	rows := map[string]*uint64{
		"rchar": &c.ReadChars, "wchar": &c.WriteChars, "syscr": &c.ReadCalls, "syscw": &c.WriteCalls,
		"read_bytes": &c.ReadBytes, "write_bytes": &c.WriteBytes, "cancelled_write_bytes": &c.CancelledWriteBytes,
	}
	for n, line := range lines(b) {
		key, value, _ := bytes.Cut(line, []byte(": "))
		dst, known := rows[string(key)]
		if !known {
			continue
		}
		var ok bool
		if *dst, ok = number(value, 10); !ok {
			return nil, malformed(n, line, "not a counter")
		}
	}
	return c, nil
}
