// What -y, -yy and -Y add to descriptors and process numbers, and what -P looks for.

package strace

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/syscalls"
)

// describer describes the descriptors and processes of a kernel.
type describer struct {
	fs       *procfs.FS
	details  fdDetail
	families map[uint16]string // of generic netlink, once they are asked for
	netlinks map[uint64]int    // protocols of sockets by inode, -1 for others
	comms    map[int]string    // what processes were called last
	sockets  map[string]string // what was found of sockets, by link
	pids     pidDetail
	deeper   int               // how many namespaces deeper we live than what /proc shows
	outer    map[int]int       // the numbers that /proc has for ours, when we do
	places   map[inside]string // where in /proc threads of other namespaces were last
}

// inside is a thread by its number in a namespace.
type inside struct {
	ns  string
	pid int
}

// newDescriber makes a describer of the processes that fs shows.
func newDescriber(fs *procfs.FS, details fdDetail, pids pidDetail) *describer {
	d := &describer{fs: fs, details: details, pids: pids, outer: map[int]int{}}
	if b, err := os.ReadFile("/proc/self/status"); err == nil {
		d.deeper = max(0, len(field(b, "NSpid:"))-1)
	}
	return d
}

// proc is what /proc has of a process or thread of ours.
func (d *describer) proc(pid int) procfs.Proc {
	if d.deeper == 0 {
		return d.fs.Proc(pid)
	}
	number := strconv.Itoa(pid)
	if n, ok := d.outer[pid]; ok {
		if b, err := d.fs.Proc(n).ReadFile("status"); err == nil {
			if ids := field(b, "NSpid:"); len(ids) > d.deeper && ids[d.deeper] == number {
				return d.fs.Proc(n)
			}
		}
	}
	_, ids := d.find(func(ids []string, _ string) bool { return len(ids) > d.deeper && ids[d.deeper] == number })
	if len(ids) == 0 {
		return d.fs.Proc(0) // there is none
	}
	n, _ := strconv.Atoi(ids[0])
	if len(d.outer) > maxKnown {
		clear(d.outer)
	}
	d.outer[pid] = n
	return d.fs.Proc(n)
}

// descriptor is what goes between < and > behind a descriptor.
func (d *describer) descriptor(pid int, fd int32) string {
	p := d.proc(pid)
	if fd < 0 {
		if d.details&fdPath == 0 {
			return ""
		}
		cwd, err := p.Cwd()
		if err != nil {
			return ""
		}
		return escapePath(cwd) + ">"
	}
	link, err := p.FDLink(int(fd))
	if err != nil {
		return ""
	}
	switch {
	case d.details&fdSocket != 0 && strings.HasPrefix(link, "socket:["):
		if s := d.socket(pid, fd, link); s != "" {
			return s + ">"
		}
	case d.details&fdDev != 0 && strings.HasPrefix(link, "/"):
		if s := deviceDetail(link); s != "" {
			return escapePath(link) + s + ">"
		}
	case d.details&fdPidfd != 0 && link == "anon_inode:[pidfd]":
		if f, err := p.FD(int(fd), nil); err == nil && f.PID > 0 {
			return "pid:" + strconv.Itoa(f.PID) + ">"
		}
	}
	if d.details&fdPath == 0 {
		return ""
	}
	if path, ok := strings.CutSuffix(link, " (deleted)"); ok && !sameFile(p, fd, link) {
		return escapePath(path) + ">(deleted)"
	}
	return escapePath(link) + ">"
}

// socket is socketDetail with a memory: asking takes long where there are many sockets, and of one whose peer is gone
// the kernel says less. As in strace, what was found once stays.
func (d *describer) socket(pid int, fd int32, link string) string {
	if s := d.sockets[link]; s != "" {
		return s
	}
	s, found := socketDetail(d.proc(pid), fd, link)
	if found {
		if d.sockets == nil || len(d.sockets) > maxKnown {
			d.sockets = map[string]string{}
		}
		d.sockets[link] = s
	}
	return s
}

const maxKnown = 1 << 14

// sameFile says whether the file of a descriptor is the one at a path.
func sameFile(p procfs.Proc, fd int32, path string) bool {
	var of, at unix.Stat_t
	return unix.Lstat(path, &at) == nil && unix.Stat(p.Dir()+"/fd/"+strconv.Itoa(int(fd)), &of) == nil && of.Ino == at.Ino && of.Dev == at.Dev
}

// escapePath makes the bytes of a path that are not text, or end a description, octal.
func escapePath(path string) string { return syscalls.EscapeToo(path, "<>") }

// deviceDetail is "<char 1:3>" for the path of a device.
func deviceDetail(path string) string {
	var st unix.Stat_t
	if unix.Stat(path, &st) != nil {
		return ""
	}
	kind := ""
	switch st.Mode & unix.S_IFMT {
	case unix.S_IFCHR:
		kind = "char"
	case unix.S_IFBLK:
		kind = "block"
	default:
		return ""
	}
	return fmt.Sprintf("<%s %d:%d>", kind, unix.Major(uint64(st.Rdev)), unix.Minor(uint64(st.Rdev)))
}

// named is what follows the number of a process as caller knows it: its name, and its number
// here if caller lives in another namespace.
func (d *describer) named(caller, pid int, group bool) string {
	here := d.here(caller, pid)
	if here == 0 {
		return ""
	}
	text := ""
	if comm, err := d.proc(here).Comm(); err == nil && comm != "" && !group { // one that has ended has no name
		text = d.process(here)
	}
	if d.pids&pidNS != 0 && here != pid {
		text += " /* " + strconv.Itoa(here) + " in strace's PID NS */"
	}
	return text
}

// here is the number that a process has for us which has number pid for caller; 0 when there is none.
func (d *describer) here(caller, pid int) int {
	if ns := d.namespace(caller); ns != "" && ns != d.namespace(os.Getpid()) {
		return d.translate(ns, pid)
	}
	return pid
}

// namespace names the namespace that a process of ours lives in.
func (d *describer) namespace(pid int) string {
	dir := d.proc(pid).Dir()
	if depth := d.deeper; depth > 0 || pid == os.Getpid() { // /proc is of a namespace around ours
		if dir = "/proc/self"; pid != os.Getpid() {
			dir, _ = d.find(func(ids []string, _ string) bool { return len(ids) > depth && ids[depth] == strconv.Itoa(pid) })
		}
	}
	link, err := os.Readlink(dir + "/ns/pid")
	if err != nil {
		return ""
	}
	return link
}

// translate finds the process or thread that has a number in a namespace, and its number in
// ours; 0 when none has.
func (d *describer) translate(ns string, pid int) int {
	depth := d.deeper
	is := func(ids []string, dir string) bool {
		if len(ids) <= depth || ids[len(ids)-1] != strconv.Itoa(pid) {
			return false
		}
		link, err := os.Readlink(dir + "/ns/pid")
		return err == nil && link == ns
	}
	at := inside{ns, pid}
	ids := look(d.places[at], is)
	if ids == nil {
		var dir string
		if dir, ids = d.find(is); dir != "" {
			if d.places == nil || len(d.places) > maxKnown {
				d.places = map[inside]string{}
			}
			d.places[at] = dir
		}
	}
	if len(ids) <= depth { // a group or session whose leader has ended
		ids = d.group(ns, strconv.Itoa(pid))
	}
	if len(ids) <= depth {
		return 0
	}
	here, _ := strconv.Atoi(ids[depth])
	return here
}

// group finds the numbers of a process group or session that has a number in a namespace.
func (d *describer) group(ns, number string) (ids []string) {
	d.find(func(_ []string, dir string) bool {
		if link, err := os.Readlink(dir + "/ns/pid"); err != nil || link != ns {
			return false
		}
		b, _ := os.ReadFile(dir + "/status") // one that has just ended is in no group
		for _, line := range []string{"NSpgid:", "NSsid:"} {
			if words := field(b, line); len(words) > 1 && words[len(words)-1] == number {
				ids = words
				return true
			}
		}
		return false
	})
	return ids
}

// find looks for a thread by its numbers, the outermost namespace's first.
func (d *describer) find(is func(ids []string, dir string) bool) (dir string, ids []string) {
	tasks, _ := filepath.Glob("/proc/[0-9]*/task/[0-9]*")
	for _, task := range tasks {
		if ids := look(task, is); ids != nil {
			return task, ids
		}
	}
	return "", nil
}

// look is the numbers of the thread whose directory in /proc is dir, if it is the one looked for.
func look(dir string, is func(ids []string, dir string) bool) []string {
	b, err := os.ReadFile(dir + "/status")
	if err != nil {
		return nil
	}
	if ids := field(b, "NSpid:"); is(ids, dir) {
		return ids
	}
	return nil
}

// field is the words of a line of a status file.
func field(b []byte, name string) []string {
	for line := range strings.Lines(string(b)) {
		if rest, ok := strings.CutPrefix(line, name); ok {
			return strings.Fields(rest)
		}
	}
	return nil
}

// process is "<comm>" for the number of a process or thread.
func (d *describer) process(pid int) string {
	if d.pids&pidComm == 0 {
		return ""
	}
	comm, err := d.proc(pid).Comm()
	if err != nil || comm == "" {
		return d.comms[pid] // it has just ended
	}
	if d.comms == nil || len(d.comms) > maxKnown {
		d.comms = map[int]string{}
	}
	d.comms[pid] = "<" + escapePath(comm) + ">"
	return d.comms[pid]
}

// ifname is the name of a network interface.
func ifname(index uint32) string {
	i, err := net.InterfaceByIndex(int(index))
	if err != nil {
		return ""
	}
	return i.Name
}

// watcher looks for the paths of -P, among names and descriptors.
type watcher struct {
	fs    *procfs.FS
	paths map[string]bool
	fds   *numbers
}

func (x *Extras) newWatcher() *watcher {
	if x.watched == nil {
		x.resolve(x.message)
	}
	return &watcher{fs: x.describer.fs, paths: x.watched, fds: x.TraceFDs}
}

// resolve finds what the paths of -P stand for, and says so.
func (c *Config) resolve(say func(text string)) {
	c.watched = map[string]bool{}
	for _, path := range c.Paths {
		c.watched[path] = true
		real, err := filepath.EvalSymlinks(path)
		if err != nil { // a file that is not there yet
			if abs, err := filepath.Abs(path); err == nil {
				c.watched[abs] = true
			}
			continue
		}
		if real, err = filepath.Abs(real); err != nil || real == path {
			continue
		}
		if c.Quiet&quietPath == 0 {
			say(fmt.Sprintf("Requested path %s resolved into %s", quoted(path), quoted(real)))
		}
		c.watched[real] = true
	}
}

// quoted is a path as a C string, of its whole length.
func quoted(path string) string { return `"` + syscalls.Escape(path) + `"` }

// FD implements syscalls.Watcher.
func (w *watcher) FD(pid int, fd int32) bool {
	if w.fds.has(int(fd)) {
		return true
	}
	link, err := w.fs.Proc(pid).FDLink(int(fd))
	return err == nil && w.paths[strings.TrimSuffix(link, " (deleted)")]
}

// Path implements syscalls.Watcher.
func (w *watcher) Path(_ int, _ int32, path []byte) bool { return w.paths[string(path)] }

// processorTime is what a thread has spent on a processor, from its schedstat.
func (d *describer) processorTime(tid int) time.Duration {
	b, err := d.proc(tid).ReadFile("schedstat")
	if err != nil {
		return 0
	}
	first, _, _ := strings.Cut(string(b), " ")
	ns, _ := strconv.ParseInt(first, 10, 64)
	return time.Duration(ns)
}

// link is what a descriptor refers to, or "".
func (d *describer) link(pid int, fd int32) string {
	link, err := d.proc(pid).FDLink(int(fd))
	if err != nil {
		return ""
	}
	return link
}

// clockBoottime is CLOCK_BOOTTIME of linux/time.h; FreeBSD's clock 7 counts from its start too.
const clockBoottime = 7

// booted is when clockBoottime was 0, in ns since the Epoch, or 0.
func booted() int64 {
	var up unix.Timespec
	if err := unix.ClockGettime(clockBoottime, &up); err != nil {
		return 0
	}
	return time.Now().UnixNano() - up.Nano()
}

// pidfd is the process that a descriptor is of, or 0.
func (d *describer) pidfd(pid int, fd int32) int {
	p := d.proc(pid)
	if link, err := p.FDLink(int(fd)); err != nil || link != "anon_inode:[pidfd]" {
		return 0
	}
	f, err := p.FD(int(fd), nil)
	if err != nil {
		return 0
	}
	return f.PID
}

// generic names a family of generic netlink.
func (d *describer) generic(id uint16) string {
	if d.families == nil {
		d.families = genericFamilies()
	}
	return d.families[id]
}

// netlink is the protocol of a netlink socket, or -1 for what is none.
func (d *describer) netlink(pid int, fd int32) int {
	link, err := d.proc(pid).FDLink(int(fd))
	if err != nil || !strings.HasPrefix(link, "socket:[") {
		return -1
	}
	inode, _ := strconv.ParseUint(strings.TrimSuffix(strings.TrimPrefix(link, "socket:["), "]"), 10, 64)
	if n, ok := d.netlinks[inode]; ok {
		return n
	}
	n := -1
	if socketProto(d.proc(pid), fd) == "NETLINK" {
		s, err := d.proc(pid).Sockets().FindIn("netlink", inode)
		if err != nil || s == nil {
			return syscalls.NetlinkUnbound // what may change
		}
		n = int(s.Number)
	}
	if d.netlinks == nil || len(d.netlinks) > maxKnown {
		d.netlinks = map[uint64]int{}
	}
	d.netlinks[inode] = n
	return n
}
