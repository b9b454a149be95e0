package procfs

// What only FreeBSD tells of a process. On another system these are fs.ErrNotExist.

import (
	"io/fs"

	"github.com/trapline/trapline/procfs/kinfo"
)

// Sigtramp is where the code lies that a signal handler returns to (kern.proc.sigtramp): an
// unwinder finds the interrupted registers by it.
type Sigtramp struct{ Start, End uint64 }

// Contains says whether a pc is in it.
func (s Sigtramp) Contains(pc uint64) bool { return s.Start <= pc && pc < s.End }

// bsdNode reads one of the process's nodes of at least so many bytes.
func (p Proc) bsdNode(name string, least int) ([]byte, error) {
	if p.fs.bsd == nil {
		return nil, p.fs.pathError("read", p.dir+name, fs.ErrNotExist)
	}
	b, err := p.fs.bsd.node(name, p.PID)
	if err == nil && len(b) < least {
		err = &ParseError{Msg: "kern.proc." + name + " is too short"}
	}
	if err != nil {
		return nil, p.fail("sysctl", "kern.proc."+name, err)
	}
	return b, nil
}

// Sigtramp reads it.
func (p Proc) Sigtramp() (Sigtramp, error) {
	b, err := p.bsdNode("sigtramp", 16)
	if err != nil {
		return Sigtramp{}, err
	}
	return Sigtramp{le64(b), le64(b[8:])}, nil
}

// NumFDs is how many descriptors are open (kern.proc.nfds).
func (p Proc) NumFDs() (int, error) {
	b, err := p.bsdNode("nfds", 4)
	if err != nil {
		return 0, err
	}
	return int(int32(le32(b))), nil
}

// OSRelDate is the release of FreeBSD whose behaviour the program is given: the word of its
// ABI tag, 1500068 for 15.0; 0 without one.
func (p Proc) OSRelDate() (int, error) {
	b, err := p.bsdNode("osrel", 4)
	if err != nil {
		return 0, err
	}
	return int(int32(le32(b))), nil
}

// Umask is the process's file mode creation mask.
func (p Proc) Umask() (uint16, error) {
	b, err := p.bsdNode("umask", 2)
	if err != nil {
		return 0, err
	}
	return uint16(b[0]) | uint16(b[1])<<8, nil
}

// PSStrings is the address of struct ps_strings, by which argv and envp are found.
func (p Proc) PSStrings() (uint64, error) {
	b, err := p.bsdNode("ps_strings", 4) // 4 in the core of a 32-bit program
	switch {
	case err != nil:
		return 0, err
	case len(b) < 8:
		return uint64(le32(b)), nil
	}
	return le64(b), nil
}

// Kinfo is the record of the process, or of the thread (Task), as the kernel gives it.
func (p Proc) Kinfo() (*kinfo.Proc, error) {
	if p.fs.bsd == nil {
		return nil, p.fs.pathError("read", p.dir+"kinfo", fs.ErrNotExist)
	}
	k, err := p.fs.bsd.proc(p.PID, p.TID)
	if err != nil {
		return nil, p.fail("sysctl", "kern.proc.pid", err)
	}
	return k, nil
}

// VMEntries are the process's mappings as the kernel gives them: with reference counts, pages
// resident and flags that Map has no place for.
func (p Proc) VMEntries() ([]kinfo.VMEntry, error) {
	b, err := p.bsdNode("vmmap", 0)
	if err != nil {
		return nil, err
	}
	list, err := kinfo.DecodeVMMap(b)
	return list, p.parsed("kern.proc.vmmap", err)
}

// Files are the process's descriptors and directories as the kernel gives them.
func (p Proc) Files() ([]kinfo.File, error) {
	b, err := p.bsdNode("filedesc", 0)
	if err != nil {
		return nil, err
	}
	list, err := kinfo.DecodeFiles(b)
	return list, p.parsed("kern.proc.filedesc", err)
}

// KillsTracees says whether the death of a tracer ends what it had attached to, too
// (kern.kill_on_debugger_exit, which is 1 unless the administrator has changed it). Elsewhere it
// lets them go.
func (f *FS) KillsTracees() bool {
	text, err := f.Sysctl("kern/kill_on_debugger_exit")
	return f.bsd != nil && err == nil && text != "0"
}
