package procfs

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strconv"
)

// Tree is who is whose child, at one moment.
type Tree struct {
	Stats    map[int]*Stat
	Children map[int][]int // by parent, ascending; 0 is the kernel
}

// Tree reads the stat of every process. Processes that end meanwhile, and those
// that may not be read, are left out.
func (f *FS) Tree() (*Tree, error) {
	pids, err := f.Processes()
	if err != nil {
		return nil, err
	}
	t := &Tree{Stats: make(map[int]*Stat, len(pids)), Children: make(map[int][]int)}
	for _, pid := range pids {
		st, err := f.Proc(pid).Stat()
		switch {
		case errors.Is(err, ErrGone), errors.Is(err, fs.ErrPermission):
			continue
		case err != nil:
			return nil, err
		}
		t.Stats[pid] = st
		t.Children[st.PPID] = append(t.Children[st.PPID], pid)
	}
	return t, nil
}

// Descendants lists all that pid begot, parents before their children. A pid that
// was reused during the reading cannot make it loop.
func (t *Tree) Descendants(pid int) []int {
	seen := map[int]bool{pid: true}
	queue := slices.Clone(t.Children[pid])
	var out []int
	for len(queue) > 0 {
		p := queue[0]
		queue = queue[1:]
		if seen[p] {
			continue
		}
		seen[p] = true
		out = append(out, p)
		queue = append(queue, t.Children[p]...)
	}
	return out
}

// Tracees lists the processes, ascending, that the calling thread traces and that have not ended:
// those whose first thread names it as its tracer (Linux: proc_pid_status(5), TracerPid).
func (f *FS) Tracees() ([]int, error) {
	const self = "thread-self" // PID/task/TID, proc(5)
	link, err := f.files.Readlink(self)
	if err != nil {
		return nil, f.pathError("readlink", self, err)
	}
	tid, err := strconv.Atoi(path.Base(link))
	if err != nil {
		return nil, f.pathError("readlink", self, err)
	}
	pids, err := f.Processes()
	return slices.DeleteFunc(pids, func(pid int) bool {
		st, err := f.Proc(pid).Status()
		return err != nil || st.TracerPID != tid || st.State == Zombie || st.State == Dead
	}), err
}
