package doctor

// The facts that are not under /proc: files of the machine, names of users, and what
// happens when a feature of the kernel is tried.

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"runtime"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// World is the machine as far as files and trials go.
type World interface {
	OS() string                      // "linux", "freebsd": whose rules hold
	PID() int                        // our own
	IDs() (uid, gid uint32)          // our own, effective
	Sysctl(name string) (int, error) // of FreeBSD; Linux has its settings in procfs.FS
	Stat(path string) (FileInfo, error)
	// Access asks whether we may read or execute the file, as access(2) does with
	// our effective ids: mount options count.
	Access(path string, mode Access) error
	Open(path string) (File, error)
	// Xattr returns an extended attribute, an error when there is none.
	Xattr(path, name string) ([]byte, error)
	LookPath(name string) (string, error) // along $PATH
	UserName(uid uint32) string           // "" when it has none
	// Probe tries features of the kernel on ourselves and on a child of our own.
	// Names without an entry were not tried.
	Probe() map[string]error
}

// File is an open file of the machine.
type File interface {
	io.ReaderAt
	io.Closer
}

// FileInfo is what stat(2) tells, links followed.
type FileInfo struct {
	Mode     fs.FileMode // with ModeSetuid and ModeSetgid
	UID, GID uint32
	Size     int64
}

// Access is a right to ask for; the values are those of access(2).
type Access uint32

// The rights.
const (
	Executable Access = 1
	Readable   Access = 4
)

// The names of what Probe tries.
const (
	ProbeTraceme    = "PTRACE_TRACEME"
	ProbeSeize      = "PTRACE_SEIZE"
	ProbeGetSyscall = "PTRACE_GET_SYSCALL_INFO"
	ProbeSetSyscall = "PTRACE_SET_SYSCALL_INFO"
	ProbeVMRead     = "process_vm_readv"
	ProbeProcmap    = "PROCMAP_QUERY"
	ProbeDebugRegs  = "debug registers"
)

// OSWorld is the machine we run on.
func OSWorld() World { return osWorld{} }

type osWorld struct{}

func (osWorld) OS() string { return runtime.GOOS }

func (osWorld) PID() int { return os.Getpid() }

func (osWorld) IDs() (uid, gid uint32) { return uint32(os.Geteuid()), uint32(os.Getegid()) }

func (osWorld) Sysctl(name string) (int, error) { return sysctl(name) }

func (osWorld) Stat(path string) (FileInfo, error) {
	st, err := os.Stat(path)
	if err != nil {
		return FileInfo{}, err
	}
	info := FileInfo{Mode: st.Mode(), Size: st.Size()}
	if sys, ok := st.Sys().(*syscall.Stat_t); ok {
		info.UID, info.GID = sys.Uid, sys.Gid
	}
	return info, nil
}

func (osWorld) Access(path string, mode Access) error {
	return unix.Faccessat(unix.AT_FDCWD, path, uint32(mode), unix.AT_EACCESS)
}

// Open does not wait for the other end of a named pipe.
func (osWorld) Open(path string) (File, error) {
	f, err := os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, err
	}
	return f, nil
}

// Xattr doubles the buffer until the value fits; values are at most 64 KiB on Linux.
func (osWorld) Xattr(path, name string) ([]byte, error) {
	for size := 64; ; size *= 2 {
		b := make([]byte, size)
		n, err := unix.Getxattr(path, name, b)
		if errors.Is(err, syscall.ERANGE) && size < 1<<16 {
			continue
		}
		if err != nil {
			return nil, err
		}
		return b[:n], nil
	}
}

func (osWorld) LookPath(name string) (string, error) {
	path, err := exec.LookPath(name)
	if errors.Is(err, exec.ErrDot) { // found, in "."; execve does not mind
		err = nil
	}
	return path, err
}

func (osWorld) UserName(uid uint32) string {
	u, err := user.LookupId(strconv.FormatUint(uint64(uid), 10))
	if err != nil {
		return ""
	}
	return u.Username
}

func (osWorld) Probe() map[string]error { return probe() }
