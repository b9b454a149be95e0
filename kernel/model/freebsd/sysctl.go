package freebsd

// sysctl(3): the nodes that debuggers and their programs read, by number and by name. Those of
// kern.proc tell of processes, in structures (sysctl_proc.go, sysctl_files.go).

import (
	"slices"
	"strings"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{202, "__sysctl", 6, sysSysctl}})
}

// node is a node of the tree: get is its value, with what follows its numbers; set changes it.
type node struct {
	name string
	mib  []int32
	get  func(by *kern.Thread, args []int32) ([]byte, errno.Errno)
	set  func(m *machine, v int32)
}

// flag is a tunable that the machine has as a bool, and value one that is fixed.
func flag(name string, where func(m *machine) *bool, size int) node {
	return node{name: name, get: func(by *kern.Thread, _ []int32) ([]byte, errno.Errno) {
		b := make([]byte, size)
		if *where(of(by.M)) {
			b[0] = 1
		}
		return b, errno.OK
	}, set: func(m *machine, v int32) { *where(m) = v != 0 }}
}

func value(name string, v int32) node {
	return node{name: name, get: func(*kern.Thread, []int32) ([]byte, errno.Errno) {
		return le.AppendUint32(nil, uint32(v)), errno.OK
	}}
}

// nodes are all there are. Numbers of those without fixed ones are given out in order.
var nodes = func() []node {
	all := append(procNodes(),
		flag("kern.kill_on_debugger_exit", func(m *machine) *bool { return &m.killOnExit }, 4),
		flag("security.bsd.unprivileged_proc_debug", func(m *machine) *bool { return &m.unprivilegedDebug }, 4),
		flag("security.bsd.see_other_uids", func(m *machine) *bool { return &m.seeOtherUIDs }, 4),
		flag("security.bsd.allow_ptrace", func(m *machine) *bool { return &m.allowPtrace }, 1),
		flag("kern.coredump", func(m *machine) *bool { return &m.coredump }, 4),
		value("debug.ptrace_attach_transparent", 1), value("security.bsd.see_other_gids", 1), value("kern.elf64.aslr.enable", 1),
		value("kern.elf64.aslr.stack", 1), value("kern.elf64.nxstack", 1), value("kern.sugid_coredump", 0), value("kern.forcesigexit", 1),
		value("kern.trap_enotcap", 0), value("kern.sigqueue.max_pending_per_proc", maxPending), value("kern.pid_max", threadBase-1),
		value("kern.ps_arg_cache_limit", 256), value("kern.elf64.allow_wx", 1), value("machdep.uprintf_signal", 0),
		node{name: "kern.osreldate", mib: []int32{1, 24}, get: value("", image.FreeBSDRelease).get}, value("kern.smp.cpus", 1),
		node{name: "hw.ncpu", mib: []int32{6, 3}, get: value("", 1).get}, node{name: "hw.pagesize", mib: []int32{6, 7}, get: value("", 4096).get},
		node{name: "kern.ostype", mib: []int32{1, 1}, get: text("FreeBSD")}, node{name: "kern.osrelease", mib: []int32{1, 2}, get: text("15.0-RELEASE")},
		node{name: "kern.securelevel", mib: []int32{1, 9}, get: value("", -1).get}, value("security.jail.jailed", 0),
	)
	next := int32(1000)
	for i := range all {
		if all[i].mib == nil {
			next++
			all[i].mib = []int32{1, next}
		}
	}
	return all
}()

func text(s string) func(*kern.Thread, []int32) ([]byte, errno.Errno) {
	return func(*kern.Thread, []int32) ([]byte, errno.Errno) { return append([]byte(s), 0), errno.OK }
}

// nodeByName finds a node.
func nodeByName(name string) *node {
	for i := range nodes {
		if nodes[i].name == name {
			return &nodes[i]
		}
	}
	return nil
}

// nodeOf finds a node by the beginning of a list of numbers, and is what follows.
func nodeOf(mib []int32) (*node, []int32) {
	for i := range nodes {
		if n := nodes[i].mib; len(mib) >= len(n) && slices.Equal(mib[:len(n)], n) {
			return &nodes[i], mib[len(n):]
		}
	}
	return nil, nil
}

// sysctl reads a node, and sets it if there is a value for it.
func sysctl(by *kern.Thread, mib []int32, set []byte) ([]byte, errno.Errno) {
	if len(mib) == 2 && mib[0] == 0 && mib[1] == 3 { // name to number
		n := nodeByName(strings.TrimRight(string(set), "\x00"))
		if n == nil {
			return nil, errno.ENOENT
		}
		var b []byte
		for _, v := range n.mib {
			b = le.AppendUint32(b, uint32(v))
		}
		return b, errno.OK
	}
	n, args := nodeOf(mib)
	if n == nil {
		return nil, errno.ENOENT
	}
	b, e := n.get(by, args)
	if e != errno.OK || set == nil {
		return b, e
	}
	if n.set == nil || !by.Cred().Super() {
		return nil, errno.EPERM
	}
	v := make([]byte, 4)
	copy(v, set)
	n.set(of(by.M), int32(le.Uint32(v)))
	return b, errno.OK
}

// sysSysctl is __sysctl(2): numbers, how many; old value, its length; new value, its length.
func sysSysctl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if a[1] < 2 || a[1] > 24 {
		return 0, errno.EINVAL
	}
	b := make([]byte, 4*a[1])
	if e := t.CopyIn(a[0], b); e != errno.OK {
		return 0, e
	}
	var mib []int32
	for i := 0; i < len(b); i += 4 {
		mib = append(mib, int32(le.Uint32(b[i:])))
	}
	var set []byte
	if a[4] != 0 {
		set = make([]byte, min(a[5], 4096))
		if e := t.CopyIn(a[4], set); e != errno.OK {
			return 0, e
		}
	}
	v, e := sysctl(t, mib, set)
	if e != errno.OK || a[3] == 0 {
		return 0, e
	}
	room, e := t.Word(a[3])
	if e != errno.OK {
		return 0, e
	}
	if a[2] != 0 {
		n := min(room, uint64(len(v)))
		if e := t.CopyOut(a[2], v[:n]); e != errno.OK {
			return 0, e
		}
		if n < uint64(len(v)) {
			e = errno.ENOMEM
			t.PutWord(a[3], n)
			return 0, e
		}
	}
	return 0, t.PutWord(a[3], uint64(len(v)))
}
