package linux

// execve(2) and execveat(2).

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

func init() {
	register([]row{{"execve", sysExecve}, {"execveat", sysExecveat}})
}

func sysExecve(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	path, e := t.PathAt(a[0])
	if e != errno.OK {
		return 0, e
	}
	return exec(t, path, a[1], a[2])
}

func sysExecveat(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	flags := a[4]
	if flags&^(atNoFollow|atEmptyPath) != 0 {
		return 0, errno.EINVAL
	}
	path, e := t.PathAt(a[1])
	switch {
	case e != errno.OK:
		return 0, e
	case path == "" && flags&atEmptyPath == 0:
		return 0, errno.ENOENT
	}
	if path == "" || path[0] != '/' && integer(a[0]) != -100 {
		dir, e := dirOf(t, a[0])
		switch {
		case e != errno.OK:
			return 0, e
		case path != "" && dir.Kind() != fs.Directory:
			return 0, errno.ENOTDIR
		case dir.Deleted():
			t.M.NotModeled(t, "execveat of a file without a name")
			return 0, errno.ENOENT
		case path == "":
			path = dir.Path()
		default:
			path = dir.Path() + "/" + path
		}
	}
	if flags&atNoFollow != 0 {
		if n, e := t.M.FS.Lookup(credOf(t), t.Proc.At.Dir, path, false); e == errno.OK && n.Kind() == fs.Symlink {
			return 0, errno.ELOOP
		}
	}
	return exec(t, path, a[2], a[3])
}

// exec is what both do. The old program's robust futexes are its own affair up to here.
func exec(t *kern.Thread, path string, argv, envp uint64) (uint64, errno.Errno) {
	args, e := t.StringsAt(argv)
	if e != errno.OK {
		return 0, e
	}
	env, e := t.StringsAt(envp)
	if e != errno.OK {
		return 0, e
	}
	if e := t.Exec(path, args, env); e != errno.OK {
		return 0, e
	}
	k := taskOf(t)
	k.robust, k.restart, k.comm = 0, nil, ""
	deleteTimers(t.Proc)
	return 0, errno.OK
}
