package freebsd

// What kern.proc tells of a process's memory, files and arguments.

import (
	"encoding/binary"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

// strings are strings one after the other, each with its 0.
func zeroed(all []string) (b []byte) {
	for _, s := range all {
		b = append(append(b, s...), 0)
	}
	return b
}

func procArgs(p *kern.Proc) ([]byte, errno.Errno) { return zeroed(p.Args), errno.OK }

// procEnv reads the environment where the program was given it.
func procEnv(p *kern.Proc) ([]byte, errno.Errno) {
	if p.Image == nil || p.Space == nil {
		return nil, errno.OK
	}
	b := make([]byte, p.Image.EnvEnd-p.Image.EnvStart)
	p.Space.Peek(p.Image.EnvStart, b)
	return b, errno.OK
}

func procPath(p *kern.Proc) ([]byte, errno.Errno) {
	if p.State >= kern.Zombie {
		return nil, errno.OK
	}
	return zeroed([]string{p.ExePath}), errno.OK
}

func procGroups(p *kern.Proc) ([]byte, errno.Errno) {
	b := le.AppendUint32(nil, p.Cred.EGID)
	for _, g := range p.Cred.Groups {
		b = le.AppendUint32(b, g)
	}
	return b, errno.OK
}

func procLimit(by *kern.Thread, args []int32) ([]byte, errno.Errno) {
	p, e := procArg(by, args, seeing, false)
	switch {
	case e != errno.OK:
		return nil, e
	case len(args) < 2 || args[1] < 0 || int(args[1]) >= len(limits):
		return nil, errno.EINVAL
	}
	return oneLimit(p, int(args[1])), errno.OK
}

// oneLimit is a struct rlimit.
func oneLimit(p *kern.Proc, n int) []byte {
	l := p.Limits[limits[n]]
	return le.AppendUint64(le.AppendUint64(nil, l.Cur), l.Max)
}

// auxValue is a value of the auxiliary vector.
func auxValue(p *kern.Proc, tag uint64) uint64 {
	if p.Image != nil {
		for _, row := range p.Image.Aux {
			if row.Tag == tag {
				return row.Value
			}
		}
	}
	return 0
}

func procPSStrings(p *kern.Proc) ([]byte, errno.Errno) {
	if p.State >= kern.Zombie { // below the end of a stack that is at 0 (sysctl-zombie)
		return le.AppendUint64(nil, ^uint64(31)), errno.OK
	}
	return le.AppendUint64(nil, auxValue(p, 32)), errno.OK
}

// procTramp is struct kinfo_sigtramp: where the signal trampoline is.
func procTramp(p *kern.Proc) ([]byte, errno.Errno) {
	b := make([]byte, 48)
	if p.Image != nil {
		le.PutUint64(b, p.Image.Shared+sigcodeOffset)
		le.PutUint64(b[8:], p.Image.Shared+sigcodeOffset+uint64(len(sigcode)))
	}
	return b, errno.OK
}

// procLayout is struct kinfo_vm_layout.
func procLayout(p *kern.Proc) ([]byte, errno.Errno) {
	b := make([]byte, 184)
	for i, v := range []uint64{vm.PageSize, maxUser - vm.PageSize - vm.PageSize} {
		le.PutUint64(b[8*i:], v)
	}
	return b, errno.OK
}

// maxStack is how far a stack may grow, whatever the limit is (kern.maxssiz).
const maxStack = 512 << 20

// guardStart is the guard page at the end of the addresses.
const guardStart = 0x7ffffffff000

// mapEntries are the entries of a process's map as procstat -v shows them: with the room that the
// stack may grow into, and the page at the end.
func mapEntries(p *kern.Proc) (all []mapEntry) {
	if p.Space == nil {
		return nil
	}
	for _, e := range p.Space.Entries() {
		m := mapEntry{start: e.Start, end: e.End, offset: e.Offset, prot: prots(e.Prot) | prots(e.Max)<<16, e: e}
		m.node, _ = e.File.(*fs.Node)
		switch {
		case m.node != nil:
			m.path = m.node.Path()
			m.copied = !e.Shared
			m.needsCopy = m.copied && e.Private == 0
		case p.Image != nil && e.Start == p.Image.Shared:
			m.prot = prots(e.Prot) | prots(e.Prot)<<16
		}
		if e.GrowsDown {
			m.grows = true
			if low := auxValue(p, 35) - maxStack; low < e.Start {
				all = append(all, mapEntry{start: low, end: e.Start, guard: true, offset: uint64(m.prot)})
			}
		}
		all = append(all, m)
	}
	return append(all, mapEntry{start: guardStart, end: guardStart + vm.PageSize, guard: true})
}

// Values of kve_type and kve_flags (sys/user.h).
const (
	typeNone   = 0
	typeSwap   = 1
	typeVnode  = 2
	typeStack  = 3
	typePhys   = 5
	typeGuard  = 9
	flagCOW    = 1
	flagNeeds  = 2
	flagNoCore = 4
	flagGrows  = 32
	flagUserWi = 64
)

// procMap is kern.proc.vmmap: a struct kinfo_vmentry each, cut after its path.
func procMap(p *kern.Proc) ([]byte, errno.Errno) {
	var all []byte
	for _, m := range mapEntries(p) {
		size := (136 + len(m.path) + 1 + 7) &^ 7
		b := make([]byte, size)
		le.PutUint32(b, uint32(size))
		kind, flags := typeSwap, 0
		switch {
		case m.guard:
			kind = typeGuard
		case m.node != nil:
			kind = typeVnode
			st := m.node.Stat()
			le.PutUint32(b[68:], 1)
			le.PutUint64(b[72:], uint64(st.Size))
			binary.LittleEndian.PutUint16(b[84:], uint16(0o100000|uint16(st.Mode&0o7777)))
		case p.Image != nil && m.start == p.Image.Shared:
			kind = typePhys
		case m.grows:
			kind, flags = typeStack, flagGrows
		}
		if m.copied {
			flags |= flagCOW
		}
		if m.needsCopy {
			flags |= flagNeeds
		}
		if m.noCore() {
			flags |= flagNoCore
		}
		le.PutUint32(b[4:], uint32(kind))
		for i, v := range []uint64{m.start, m.end, m.offset} {
			le.PutUint64(b[8+8*i:], v)
		}
		le.PutUint32(b[44:], uint32(flags))
		le.PutUint32(b[48:], uint32(m.e.Resident))
		le.PutUint32(b[52:], uint32(m.e.Private))
		le.PutUint32(b[56:], m.prot)
		le.PutUint32(b[60:], uint32(m.e.Refs))
		copy(b[136:], m.path)
		all = append(all, b...)
	}
	return all, errno.OK
}

// vnodeTypes are kf_vnode_type by kind of file.
var vnodeTypes = map[fs.Kind]uint32{fs.Regular: 1, fs.Directory: 2, fs.Char: 4}

// fileRecord is a struct kinfo_file, cut after its path unless it is whole.
func fileRecord(fd int, n *fs.Node, flags uint32, off int64, whole bool) []byte {
	path := n.Path()
	size := (368 + len(path) + 1 + 7) &^ 7
	if whole {
		size = 1392
	}
	b := make([]byte, size)
	le.PutUint32(b, uint32(size))
	le.PutUint32(b[4:], 1)
	le.PutUint32(b[8:], uint32(fd))
	le.PutUint32(b[12:], ^uint32(0))
	le.PutUint32(b[16:], flags)
	le.PutUint64(b[24:], uint64(off))
	le.PutUint32(b[32:], vnodeTypes[n.Kind()])
	if n.Kind() == fs.Fifo {
		le.PutUint32(b[4:], 3)
	}
	copy(b[368:], path)
	return b
}

// procFiles is kern.proc.filedesc: the program, the directories, and the descriptors.
func procFiles(p *kern.Proc) ([]byte, errno.Errno) {
	var all []byte
	if p.Exe != nil {
		all = append(all, fileRecord(-5, p.Exe, 1, -1, false)...)
	}
	all = append(all, fileRecord(-1, p.At.Dir, 1, -1, false)...)
	all = append(all, fileRecord(-2, p.M.FS.Root(), 1, -1, false)...)
	if p.Files != nil {
		p.Files.Each(func(fd int, f *fs.File, _ bool) {
			flags := uint32(0)
			if f.Flags()&fs.ORead != 0 {
				flags |= 1
			}
			if f.Flags()&fs.OWrite != 0 {
				flags |= 2
			}
			all = append(all, fileRecord(fd, f.Node(), flags, f.Offset(), false)...)
		})
	}
	return all, errno.OK
}

func procCwd(p *kern.Proc) ([]byte, errno.Errno) {
	return fileRecord(-1, p.At.Dir, 1, -1, true), errno.OK
}

func openFiles(p *kern.Proc) (n int) {
	if p.Files != nil {
		p.Files.Each(func(int, *fs.File, bool) { n++ })
	}
	return n
}
