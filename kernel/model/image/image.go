// Package image is what execve loads: it finds out what a file is, follows it to the
// program that is to run, and puts that program with its arguments into a new address
// space.
//
// An exec may fail as long as the old program can be returned to, and no longer. So there
// are two phases. Prepare opens, reads and checks, and changes nothing: what it refuses is
// execve's error. Load fills an empty space; what it refuses comes too late for an error,
// and the process is killed (Linux: SIGSEGV). Which check a kernel makes in which phase is
// the kernel's own choice, and programs see the difference.
//
// What a file may be is a table of activators, tried in order, as in every Unix since
// 4.3BSD: a script that names an interpreter, or ELF. How a system arranges a new process
// is a value, System.
//
// Files are hostile: whatever their bytes, no more is read than a header, 64 KiB of program
// headers, and a page of notes.
package image

import (
	"strings"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// File is a file that was opened to be executed: it is regular and may be.
type File interface {
	vm.Pager
	ReadAt(b []byte, off int64) (int, error)
}

// Request is a call of execve.
type Request struct {
	System     *System
	Path       string // as the program gave it
	Open       func(path string) (File, errno.Errno)
	Argv, Envp []string
	StackLimit uint64        // RLIMIT_STACK, in bytes
	Random     func() uint64 // of addresses; nil: there is nothing random about them
}

// Plan is an exec that can succeed.
type Plan struct {
	Path       string // what was executed in the end: the request's, or a script's interpreter
	File       File
	InterpPath string // PT_INTERP, or empty
	Interp     File
	Argv       []string // as the program will see them
	Scripts    int      // that were passed through
	Brand      Brand
	Comm       string // the process's name
	ExecStack  bool

	req    *Request
	sys    *System
	prog   program
	interp program
	late   errno.Errno // to be reported by Load
	place  placement
}

// An activator knows one kind of file. It is ENOEXEC if the file is of another kind. A
// script's is OK with another file in the plan, and done not set.
type activator func(p *Plan, head []byte) (done bool, err errno.Errno)

var activators = []struct {
	name     string
	activate activator
}{
	{"script", (*Plan).script},
	{"elf", (*Plan).elf},
}

// headSize is how much of a file activators see at first: Linux's BINPRM_BUF_SIZE, and
// enough for ELF's header.
const headSize = 256

// Prepare does what of an exec can fail without harm. The errors are the ones of execve(2):
// what Open says, E2BIG, ENOEXEC, ELOOP, EIO, ELIBBAD.
func Prepare(r *Request) (*Plan, errno.Errno) {
	p := &Plan{Path: r.Path, Argv: r.Argv, req: r, sys: r.System}
	p.Comm = p.Path[strings.LastIndexByte(p.Path, '/')+1:]
	p.Comm = p.Comm[:min(len(p.Comm), p.sys.CommLen)]
	if len(p.Argv) == 0 && p.sys.EmptyArg {
		p.Argv = []string{""}
	}
	var err errno.Errno
	if p.File, err = r.Open(p.Path); err != errno.OK {
		return nil, err
	}
	if err := p.checkSize(); err != errno.OK {
		return nil, err
	}
	for ; ; p.Scripts++ {
		if p.Scripts > p.sys.Script.Nested {
			return nil, p.sys.Script.TooDeep
		}
		switch done, err := p.activate(); {
		case err != errno.OK:
			return nil, err
		case done:
			p.place = p.sys.places(r)
			return p, errno.OK
		}
	}
}

// activate lets the activators try the plan's file.
func (p *Plan) activate() (done bool, err errno.Errno) {
	head, err := read(p.File, 0, headSize)
	if err != errno.OK {
		return false, err
	}
	for _, a := range activators {
		if done, err = a.activate(p, head); err != errno.ENOEXEC {
			return done, err
		}
	}
	return false, errno.ENOEXEC
}

// openOwn opens a file that another file names. Such a path may be empty, as one of a
// program may not: then it is the working directory's, on Linux at least.
func (p *Plan) openOwn(path string) (File, errno.Errno) {
	if path == "" {
		path = "."
	}
	return p.req.Open(path)
}

// read is up to n bytes of a file: fewer at its end.
func read(f File, off uint64, n int) ([]byte, errno.Errno) {
	if size := f.Size(); off >= size {
		return nil, errno.OK
	} else if uint64(n) > size-off {
		n = int(size - off)
	}
	b := make([]byte, n)
	if got, _ := f.ReadAt(b, int64(off)); got != n {
		return nil, errno.EIO
	}
	return b, errno.OK
}

// checkSize is whether arguments and environment are not too long. Linux: execve(2),
// "Limits on size of arguments and environment".
func (p *Plan) checkSize() errno.Errno {
	a := &p.sys.Args
	limit := a.Total
	if a.StackPart != 0 {
		limit = max(a.Least, min(a.Total, p.req.StackLimit/a.StackPart))
	}
	used := 8 * uint64(max(len(p.req.Argv), 1)+len(p.req.Envp)) // what scripts add is not counted
	used += uint64(len(p.req.Path) + 1)
	for _, all := range [][]string{p.Argv, p.req.Envp} {
		for _, s := range all {
			if a.String != 0 && len(s)+1 > a.String {
				return errno.E2BIG
			}
			used += uint64(len(s) + 1)
		}
	}
	if used > limit {
		return errno.E2BIG
	}
	return errno.OK
}
