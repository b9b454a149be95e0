// Package fs models what a kernel of the modeled kind has for files: one tree of nodes in
// memory, open files, and tables of descriptors.
//
// A Node is a file, what others call an inode or vnode. A File is an open file: POSIX's
// open file description, with its offset and its flags. A Table has a process's
// descriptors, which refer to Files. Nodes and Files are counted; what is not counted any
// more gives back its pages and its ends of pipes.
//
// Below a directory there may be nodes that are made when they are asked for: Synthetic
// ones, with which a kernel shows its processes (/proc), and those of a Host, a tree of
// files that is read only.
//
// Nothing blocks. What would have to wait fails with EAGAIN, with or without ONonblock,
// and the caller sleeps on the File's queue if its flags say so. Nothing here knows an
// operating system: flags, modes and errors are this package's own or package errno's.
// POSIX.1-2017 is followed; where it leaves a choice, Linux is (path_resolution(7),
// pipe(7), fifo(7)).
package fs

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// The limits.
const (
	MaxName  = 255         // bytes of a name (NAME_MAX)
	MaxPath  = 4095        // bytes of a path; PATH_MAX counts the NUL
	MaxLinks = 40          // symbolic links that a path may lead through (path_resolution(7))
	MaxSize  = 1<<63 - 1   // bytes of a file
	PipeSize = 64 << 10    // bytes in a pipe (pipe(7))
	PipeBuf  = vm.PageSize // bytes that are written in one piece or not at all
)

// FS is the tree of files of a machine. It is not safe for concurrent use.
type FS struct {
	mem     *vm.Memory
	now     func() int64
	root    *Node
	inos    uint64
	orphans []*Node // no name, no user, but perhaps mapped: their pages go when they are not
}

// New is a tree with an empty root directory that belongs to root. Files take their pages
// from the memory; now is the time in nanoseconds, since whenever the system counts from.
func New(mem *vm.Memory, now func() int64) *FS {
	s := &FS{mem: mem, now: now}
	s.root = s.node(Directory, 0o755, Cred{})
	s.root.parent = s.root
	return s
}

// Root is the root directory.
func (s *FS) Root() *Node { return s.root }

// Cred is who asks: the effective ids of a process.
type Cred struct {
	UID, GID uint32
	Groups   []uint32
}

// Root says whether permissions do not hold for it.
func (c Cred) Root() bool { return c.UID == 0 }

// In says whether a group is one of its.
func (c Cred) In(gid uint32) bool { return c.GID == gid || slices.Contains(c.Groups, gid) }

// Access is what one may want to do with a file. None of them: that it exists.
type Access uint8

// The accesses.
const (
	MayExec Access = 1 << iota // search, of a directory
	MayWrite
	MayRead
)

// Mode is a file's permissions, with the bits that have had the same values since the
// Seventh Edition.
type Mode uint16

// The bits beyond the nine permissions.
const (
	Sticky Mode = 0o1000
	Setgid Mode = 0o2000
	Setuid Mode = 0o4000

	allModes Mode = 0o7777
)

// Kind is what a node is.
type Kind uint8

// The kinds.
const (
	Regular Kind = iota
	Directory
	Symlink
	Fifo
	Char
	Anonymous // of a file that never had a name and is no pipe: an eventfd
)

func (k Kind) String() string {
	return [...]string{"file", "directory", "symlink", "fifo", "device", "anonymous", "?", "?"}[k&7]
}

// take claims pages, if need be those of files that nobody has any more.
func (s *FS) take(n int) bool {
	if s.mem.Take(n) {
		return true
	}
	s.Reclaim()
	return s.mem.Take(n)
}

// Reclaim gives back the pages of files that had lost their names and users while they
// were mapped, and are not mapped any more. It happens by itself when a file needs pages;
// a kernel out of memory calls it.
func (s *FS) Reclaim() {
	s.orphans = slices.DeleteFunc(s.orphans, func(n *Node) bool {
		if s.mem.Mapped(n) {
			return false
		}
		n.discard(0)
		return true
	})
}

// ok is the error's absence, for functions that end in a check.
const ok = errno.OK
