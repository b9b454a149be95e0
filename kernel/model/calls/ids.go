package calls

// Who a process is: its ids, its group and session, its users and groups.

import (
	"slices"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// ParentID is the parent's id.
func ParentID(p *kern.Proc, _ *kern.Thread) uint64 {
	if p.Parent == nil {
		return 0
	}
	return uint64(p.Parent.PID)
}

// ProcAt is a process by id, 0 for the caller. A thread's id will do.
func ProcAt(t *kern.Thread, id uint64) *kern.Proc {
	n := Integer(id)
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

// Getpgid is getpgid(2).
func Getpgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	p := ProcAt(t, a[0])
	if p == nil {
		return 0, errno.ESRCH
	}
	return uint64(p.Group.ID), errno.OK
}

// Setpgid is setpgid(2).
func Setpgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	if Integer(a[0]) < 0 {
		return 0, errno.ESRCH
	}
	return 0, t.Proc.SetPGID(Integer(a[0]), Integer(a[1]))
}

// Getsid is getsid(2).
func Getsid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	p := ProcAt(t, a[0])
	if p == nil {
		return 0, errno.ESRCH
	}
	return uint64(p.Group.Session.ID), errno.OK
}

// Setsid is setsid(2).
func Setsid(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
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

// Getresuid is getresuid(2).
func Getresuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	c := t.Cred()
	return put3(t, a, c.UID, c.EUID, c.SUID)
}

// Getresgid is getresgid(2).
func Getresgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	c := t.Cred()
	return put3(t, a, c.GID, c.EGID, c.SGID)
}

// ids are the real, effective and saved id of a user or a group.
type ids struct{ real, effective, saved uint32 }

const keepID = ^uint32(0)

func usersOf(t *kern.Thread) ids  { c := t.Cred(); return ids{c.UID, c.EUID, c.SUID} }
func groupsOf(t *kern.Thread) ids { c := t.Cred(); return ids{c.GID, c.EGID, c.SGID} }

// setUsers and setGroups put ids in place. With others than before the process is not
// dumpable any more, and no signal tells it of its parent's end (prctl(2)).
func setUsers(t *kern.Thread, n ids) {
	changed(t.Proc, usersOf(t), n)
	c := t.OwnCred()
	c.OwnFSUID = false
	c.UID, c.EUID, c.SUID = n.real, n.effective, n.saved
}

func setGroups(t *kern.Thread, n ids) {
	changed(t.Proc, groupsOf(t), n)
	c := t.OwnCred()
	c.OwnFSGID = false
	c.GID, c.EGID, c.SGID = n.real, n.effective, n.saved
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
		setUsers(t, n)
	}
	return 0, e
}

func groups(t *kern.Thread, n ids, e errno.Errno) (uint64, errno.Errno) {
	if e == errno.OK {
		setGroups(t, n)
	}
	return 0, e
}

// Setuid is setuid(2).
func Setuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := usersOf(t).set(uint32(a[0]), t.Cred().Super())
	return users(t, n, e)
}

// Setgid is setgid(2).
func Setgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := groupsOf(t).set(uint32(a[0]), t.Cred().Super())
	return groups(t, n, e)
}

// Setreuid is setreuid(2).
func Setreuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := usersOf(t).setTwo(uint32(a[0]), uint32(a[1]), t.Cred().Super())
	return users(t, n, e)
}

// Setregid is setregid(2).
func Setregid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := groupsOf(t).setTwo(uint32(a[0]), uint32(a[1]), t.Cred().Super())
	return groups(t, n, e)
}

// Setresuid is setresuid(2).
func Setresuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := usersOf(t).setThree(uint32(a[0]), uint32(a[1]), uint32(a[2]), t.Cred().Super())
	return users(t, n, e)
}

// Setresgid is setresgid(2).
func Setresgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	n, e := groupsOf(t).setThree(uint32(a[0]), uint32(a[1]), uint32(a[2]), t.Cred().Super())
	return groups(t, n, e)
}

// setFS is setfsuid(2): it never fails, but tells what was before.
func setFS(t *kern.Thread, i ids, id, old uint32, field *uint32, own *bool) (uint64, errno.Errno) {
	if id != keepID && (id == i.real || id == i.effective || id == i.saved || id == old || t.Cred().Super()) {
		if id != old {
			t.Proc.Undumpable, t.Proc.ParentDeath = true, 0
		}
		*field, *own = id, id != i.effective
	}
	return uint64(old), errno.OK
}

// Setfsuid is setfsuid(2).
func Setfsuid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	c := t.OwnCred()
	return setFS(t, usersOf(t), uint32(a[0]), c.FSUser(), &c.FSUID, &c.OwnFSUID)
}

// Setfsgid is setfsgid(2).
func Setfsgid(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	c := t.OwnCred()
	return setFS(t, groupsOf(t), uint32(a[0]), c.FSGroup(), &c.FSGID, &c.OwnFSGID)
}

const maxGroups = 65536 // NGROUPS_MAX

// Getgroups is getgroups(2).
func Getgroups(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	all := t.Cred().Groups
	n := Integer(a[0])
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

// Setgroups is setgroups(2).
func Setgroups(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	switch {
	case !t.Cred().Super():
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
	t.OwnCred().Groups = all
	return 0, errno.OK
}
