package linux

// Who a process is: its ids, its group and session, its users and groups.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{
		{"getpid", tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.PID) })},
		{"gettid", tells(func(_ *kern.Proc, t *kern.Thread) uint64 { return uint64(t.TID) })},
		{"getppid", tells(parentID)},
		{"getpgrp", tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.Group.ID) })},
		{"getpgid", sysGetpgid}, {"setpgid", sysSetpgid}, {"getsid", sysGetsid}, {"setsid", sysSetsid},
		{"getuid", tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.Cred.UID) })},
		{"geteuid", tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.Cred.EUID) })},
		{"getgid", tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.Cred.GID) })},
		{"getegid", tells(func(p *kern.Proc, _ *kern.Thread) uint64 { return uint64(p.Cred.EGID) })},
		{"getresuid", sysGetresuid}, {"getresgid", sysGetresgid}, {"setuid", sysSetuid}, {"setgid", sysSetgid},
		{"setreuid", sysSetreuid}, {"setregid", sysSetregid}, {"setresuid", sysSetresuid}, {"setresgid", sysSetresgid},
		{"setfsuid", sysSetfsuid}, {"setfsgid", sysSetfsgid},
		{"getgroups", sysGetgroups}, {"setgroups", sysSetgroups}, {"capget", sysCapget}, {"capset", sysCapset}})
}

func parentID(p *kern.Proc, _ *kern.Thread) uint64 {
	if p.Parent == nil {
		return 0
	}
	return uint64(p.Parent.PID)
}

// procAt is a process by id, 0 for the caller. A thread's id will do.
func procAt(t *kern.Thread, id uint64) *kern.Proc {
	n := integer(id)
	if n == 0 {
		return t.Proc
	}
	if p := t.M.Proc(n); p != nil {
		return p
	}
	if o := t.M.Thread(n); o != nil {
		return o.Proc
	}
	return nil
}

func sysGetpgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	p := procAt(t, a[0])
	if p == nil {
		return 0, errno.ESRCH
	}
	return uint64(p.Group.ID), errno.OK
}

func sysSetpgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if integer(a[0]) < 0 {
		return 0, errno.ESRCH
	}
	return 0, t.Proc.SetPGID(integer(a[0]), integer(a[1]))
}

func sysGetsid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	p := procAt(t, a[0])
	if p == nil {
		return 0, errno.ESRCH
	}
	return uint64(p.Group.Session.ID), errno.OK
}

func sysSetsid(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	return uint64(t.Proc.PID), t.Proc.SetSID()
}

func put3(t *kern.Thread, a *[6]uint64, ids ...uint32) (uint64, errno.Errno) {
	for i, id := range ids {
		if e := t.Put32(a[i], id); e != errno.OK {
			return 0, e
		}
	}
	return 0, errno.OK
}

func sysGetresuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	c := &t.Proc.Cred
	return put3(t, a, c.UID, c.EUID, c.SUID)
}

func sysGetresgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	c := &t.Proc.Cred
	return put3(t, a, c.GID, c.EGID, c.SGID)
}

// ids are the real, effective and saved id of a user or a group.
type ids struct{ real, effective, saved uint32 }

const keepID = ^uint32(0)

func usersOf(p *kern.Proc) ids  { return ids{p.Cred.UID, p.Cred.EUID, p.Cred.SUID} }
func groupsOf(p *kern.Proc) ids { return ids{p.Cred.GID, p.Cred.EGID, p.Cred.SGID} }

// setUsers and setGroups put ids in place, of the process: that to Linux they are the thread's,
// and the C library changes all threads', is not modeled. With others than before the process is not dumpable
// any more, and no signal tells it of its parent's end (prctl(2)).
func setUsers(p *kern.Proc, n ids) {
	changed(p, usersOf(p), n)
	p.Cred.OwnFSUID = false
	p.Cred.UID, p.Cred.EUID, p.Cred.SUID = n.real, n.effective, n.saved
}

func setGroups(p *kern.Proc, n ids) {
	changed(p, groupsOf(p), n)
	p.Cred.OwnFSGID = false
	p.Cred.GID, p.Cred.EGID, p.Cred.SGID = n.real, n.effective, n.saved
}

func changed(p *kern.Proc, old, n ids) {
	if old.effective != n.effective {
		p.Undumpable = true
		p.ParentDeath = 0
	}
}

// set is setuid(2): of the superuser all three.
func (i ids) set(id uint32, super bool) (ids, errno.Errno) {
	switch {
	case id == keepID:
		return i, errno.EINVAL
	case super:
		return ids{id, id, id}, errno.OK
	case id == i.real || id == i.saved:
		i.effective = id
		return i, errno.OK
	}
	return i, errno.EPERM
}

// setTwo is setreuid(2).
func (i ids) setTwo(r, e uint32, super bool) (ids, errno.Errno) {
	n := i
	if r != keepID {
		if n.real = r; r != i.real && r != i.effective && !super {
			return i, errno.EPERM
		}
	}
	if e != keepID {
		if n.effective = e; e != i.real && e != i.effective && e != i.saved && !super {
			return i, errno.EPERM
		}
	}
	if r != keepID || e != keepID && e != i.real {
		n.saved = n.effective
	}
	return n, errno.OK
}

// setThree is setresuid(2).
func (i ids) setThree(r, e, s uint32, super bool) (ids, errno.Errno) {
	n := i
	for _, to := range []struct {
		field *uint32
		id    uint32
	}{{&n.real, r}, {&n.effective, e}, {&n.saved, s}} {
		if to.id == keepID {
			continue
		}
		if !super && to.id != i.real && to.id != i.effective && to.id != i.saved {
			return i, errno.EPERM
		}
		*to.field = to.id
	}
	return n, errno.OK
}

// users and groups make calls of the three ways to change ids.
func users(t *kern.Thread, n ids, e errno.Errno) (uint64, errno.Errno) {
	if e == errno.OK {
		setUsers(t.Proc, n)
	}
	return 0, e
}

func groups(t *kern.Thread, n ids, e errno.Errno) (uint64, errno.Errno) {
	if e == errno.OK {
		setGroups(t.Proc, n)
	}
	return 0, e
}

func sysSetuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := usersOf(t.Proc).set(uint32(a[0]), t.Proc.Cred.Super())
	return users(t, n, e)
}

func sysSetgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := groupsOf(t.Proc).set(uint32(a[0]), t.Proc.Cred.Super())
	return groups(t, n, e)
}

func sysSetreuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := usersOf(t.Proc).setTwo(uint32(a[0]), uint32(a[1]), t.Proc.Cred.Super())
	return users(t, n, e)
}

func sysSetregid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := groupsOf(t.Proc).setTwo(uint32(a[0]), uint32(a[1]), t.Proc.Cred.Super())
	return groups(t, n, e)
}

func sysSetresuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := usersOf(t.Proc).setThree(uint32(a[0]), uint32(a[1]), uint32(a[2]), t.Proc.Cred.Super())
	return users(t, n, e)
}

func sysSetresgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := groupsOf(t.Proc).setThree(uint32(a[0]), uint32(a[1]), uint32(a[2]), t.Proc.Cred.Super())
	return groups(t, n, e)
}

// setFS is setfsuid(2): it never fails, but tells what was before.
func setFS(p *kern.Proc, i ids, id, old uint32, field *uint32, own *bool) (uint64, errno.Errno) {
	if id != keepID && (id == i.real || id == i.effective || id == i.saved || id == old || p.Cred.Super()) {
		if id != old {
			p.Undumpable, p.ParentDeath = true, 0
		}
		*field, *own = id, id != i.effective
	}
	return uint64(old), errno.OK
}

func sysSetfsuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	c := &t.Proc.Cred
	return setFS(t.Proc, usersOf(t.Proc), uint32(a[0]), c.FSUser(), &c.FSUID, &c.OwnFSUID)
}

func sysSetfsgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	c := &t.Proc.Cred
	return setFS(t.Proc, groupsOf(t.Proc), uint32(a[0]), c.FSGroup(), &c.FSGID, &c.OwnFSGID)
}

const maxGroups = 65536 // NGROUPS_MAX

func sysGetgroups(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	all := t.Proc.Cred.Groups
	n := integer(a[0])
	switch {
	case n < 0 || n != 0 && n < len(all):
		return 0, errno.EINVAL
	case n == 0:
		return uint64(len(all)), errno.OK
	}
	var b []byte
	for _, g := range all {
		b = le.AppendUint32(b, g)
	}
	return uint64(len(all)), t.CopyOut(a[1], b)
}

func sysSetgroups(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	switch {
	case !t.Proc.Cred.Super():
		return 0, errno.EPERM
	case uint32(a[0]) > maxGroups:
		return 0, errno.EINVAL
	}
	b := make([]byte, 4*uint32(a[0]))
	if e := t.CopyIn(a[1], b); e != errno.OK {
		return 0, e
	}
	var all []uint32
	for i := 0; i < len(b); i += 4 {
		all = append(all, le.Uint32(b[i:]))
	}
	slices.Sort(all)
	t.Proc.Cred.Groups = all
	return 0, errno.OK
}

// Versions of struct __user_cap_header_struct (capget(2)), and how many words of each set.
var capVersions = map[uint32]int{0x19980330: 1, 0x20071026: 2, 0x20080522: 2}

const (
	capLatest = 0x20080522
	capAll    = 1<<41 - 1
)

// capsOf is the capabilities that a process would have: all or none.
func capsOf(p *kern.Proc) uint64 {
	if p.Cred.Super() {
		return capAll
	}
	return 0
}

// capHeader reads the header. Of another version the latest is told: EINVAL.
func capHeader(t *kern.Thread, addr uint64) (words, pid int, e errno.Errno) {
	version, e := word32(t, addr)
	if e != errno.OK {
		return 0, 0, e
	}
	words, known := capVersions[version]
	if !known {
		if e := t.Put32(addr, capLatest); e != errno.OK {
			return 0, 0, e
		}
		return 0, 0, errno.EINVAL
	}
	id, e := word32(t, addr+4)
	return words, int(int32(id)), e
}

func sysCapget(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	words, pid, e := capHeader(t, a[0])
	if e == errno.EINVAL && a[1] == 0 {
		return 0, errno.OK // that was the question
	}
	if e != errno.OK {
		return 0, e
	}
	if pid < 0 {
		return 0, errno.EINVAL
	}
	p := procAt(t, uint64(pid))
	if p == nil {
		return 0, errno.ESRCH
	}
	var b []byte
	for i := range words {
		half := uint32(capsOf(p) >> (32 * i))
		for _, v := range []uint32{half, half, 0} { // effective, permitted, inheritable
			b = le.AppendUint32(b, v)
		}
	}
	return 0, t.CopyOut(a[1], b)
}

// sysCapset lets a process have what it has. To drop some of it is not modeled; programs that
// do so only want less to go wrong.
func sysCapset(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	words, pid, e := capHeader(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	if pid != 0 && pid != t.TID {
		return 0, errno.EPERM
	}
	b := make([]byte, 12*words)
	if e := t.CopyIn(a[1], b); e != errno.OK {
		return 0, e
	}
	has := capsOf(t.Proc)
	for i := range words {
		half := uint32(has >> (32 * i))
		if (le.Uint32(b[12*i:])|le.Uint32(b[12*i+4:])|le.Uint32(b[12*i+8:]))&^half != 0 {
			return 0, errno.EPERM
		}
	}
	return 0, errno.OK
}
