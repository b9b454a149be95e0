package linux

// execve(2) and execveat(2).

import (
	"fmt"

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
	return exec(t, nil, path, a[1], a[2])
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
	at := t.Proc.At.Dir
	if path == "" || path[0] != '/' && integer(a[0]) != -100 {
		if at, e = dirOf(t, a[0]); e != errno.OK {
			return 0, e
		}
	}
	follow := flags&atNoFollow == 0
	n := at
	if path != "" {
		if n, e = t.M.FS.Lookup(credOf(t), at, path, follow); e != errno.OK {
			return 0, e
		}
	}
	if !follow && n.Kind() == fs.Symlink {
		return 0, errno.ELOOP
	}
	return exec(t, n, calledBy(t, a[0], path), a[2], a[3])
}

// calledBy is what execveat calls a file: not by the directory's name, but its descriptor's.
func calledBy(t *kern.Thread, fd uint64, path string) string {
	switch {
	case path == "":
		return fmt.Sprintf("/dev/fd/%d", integer(fd))
	case path[0] == '/' || integer(fd) == -100:
		return path
	}
	return fmt.Sprintf("/dev/fd/%d/%s", integer(fd), path)
}

// exec is what both do; program is the file, if it was looked up. The old program's robust futexes are its own affair up to here.
func exec(t *kern.Thread, program *fs.Node, path string, argv, envp uint64) (uint64, errno.Errno) {
	args, e := t.StringsAt(argv)
	if e != errno.OK {
		return 0, e
	}
	env, e := t.StringsAt(envp)
	if e != errno.OK {
		return 0, e
	}
	if e := t.ExecNode(program, path, args, env); e != errno.OK {
		return 0, e
	}
	k := taskOf(t)
	k.robust, k.restart, k.comm = 0, nil, ""
	deleteTimers(t.Proc)
	return 0, errno.OK
}
