package linux

// The rows of a process's files, and the text of the small ones.

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// processFiles are a process's files, in the kernel's order.
var processFiles = []procFile{
	{name: "environ", mode: 0o400, bind: inside, show: showEnviron},
	{name: "auxv", mode: 0o400, bind: inside, show: showAuxv},
	{name: "status", mode: 0o444, show: showStatus},
	{name: "personality", mode: 0o400, show: forTracers(showPersonality)},
	{name: "limits", mode: 0o444, show: showLimits},
	{name: "comm", mode: 0o644, show: showComm, write: writeComm},
	{name: "syscall", mode: 0o400, show: forTracers(showSyscall)},
	{name: "cmdline", mode: 0o444, show: showCmdline},
	{name: "stat", mode: 0o444, show: showStat},
	{name: "statm", mode: 0o444, show: showStatm},
	{name: "maps", mode: 0o444, bind: mapped, show: showMaps},
	{name: "children", mode: 0o444, where: inTask, show: showChildren},
	{name: "mounts", mode: 0o444, show: ofLiving(text(mountsText))},
	{name: "mountinfo", mode: 0o444, show: ofLiving(text(mountinfoText))},
	{name: "smaps", mode: 0o444, bind: mapped, show: showSmaps},
	{name: "smaps_rollup", mode: 0o444, bind: inside, show: showRollup},
	{name: "wchan", mode: 0o444, show: showWchan},
	{name: "cgroup", mode: 0o444, show: text("0::/\n")},
	{name: "oom_score", mode: 0o444, show: text("0\n")},
	{name: "oom_adj", mode: 0o644, show: text("0\n")},
	{name: "oom_score_adj", mode: 0o644, show: text("0\n")},
	{name: "loginuid", mode: 0o644, show: text("4294967295")}, // nobody logged in: (uid_t)-1
	{name: "sessionid", mode: 0o444, show: text("4294967295")},
}

// text shows always the same.
func text(s string) func(*view) ([]byte, errno.Errno) {
	return func(*view) ([]byte, errno.Errno) { return []byte(s), errno.OK }
}

// forTracers is EPERM to who may not look.
func forTracers(show func(*view) ([]byte, errno.Errno)) func(*view) ([]byte, errno.Errno) {
	return func(v *view) ([]byte, errno.Errno) {
		if mayLook(v.by, v.t) != errno.OK {
			return nil, errno.EPERM
		}
		return show(v)
	}
}

// ofLiving is EINVAL for a thread that has no place in the file system any more.
func ofLiving(show func(*view) ([]byte, errno.Errno)) func(*view) ([]byte, errno.Errno) {
	return func(v *view) ([]byte, errno.Errno) {
		if !v.t.Alive() {
			return nil, errno.EINVAL
		}
		return show(v)
	}
}

// Mounts, with their ids.
const (
	mountNone   = 15 // of pipes and the like; it is not in the list
	mountRootID = 20
	mountProcID = 21

	mountsText    = "rootfs / rootfs rw 0 0\nproc /proc proc rw,relatime 0 0\n"
	mountinfoText = "20 1 0:1 / / rw - rootfs rootfs rw\n21 20 0:21 / /proc rw,relatime - proc proc rw\n"
)

// showPersonality is personality(2)'s flags: ADDR_NO_RANDOMIZE is all there is.
func showPersonality(v *view) ([]byte, errno.Errno) {
	if v.p.NoASLR {
		return []byte("00040000\n"), errno.OK
	}
	return []byte("00000000\n"), errno.OK
}

// commOf is a thread's name: one of its own, or its process's.
func commOf(t *kern.Thread) string {
	if c := taskOf(t).comm; c != "" {
		return c
	}
	return t.Proc.Comm
}

func showComm(v *view) ([]byte, errno.Errno) { return []byte(commOf(v.t) + "\n"), errno.OK }

// writeComm gives the command another name, as only threads of the process may.
func writeComm(v *view, b []byte) errno.Errno {
	if v.by == nil || v.by.Proc != v.p {
		return errno.EINVAL
	}
	b = b[:min(len(b), 15)] // TASK_COMM_LEN
	if i := bytes.IndexByte(b, 0); i >= 0 {
		b = b[:i]
	}
	taskOf(v.t).comm = string(b)
	return errno.OK
}

// showSyscall is syscall: the call that a thread is in, its arguments, stack pointer and
// program counter; -1 outside of a call (collect_syscall).
func showSyscall(v *view) ([]byte, errno.Errno) {
	t := v.t
	switch {
	case t.State <= kern.Running:
		return []byte("running\n"), errno.OK
	case !t.Alive():
		return []byte("-1 0x0 0x0\n"), errno.OK
	}
	r := &t.Regs
	b := new(bytes.Buffer)
	if nr := int32(taskOf(t).callNumber(t)); nr == -1 {
		b.WriteString("-1")
	} else {
		fmt.Fprintf(b, "%d", nr)
		for _, a := range arguments(t) {
			fmt.Fprintf(b, " %#x", a)
		}
	}
	fmt.Fprintf(b, " %#x %#x\n", r.R[cpu.RSP], r.RIP)
	return b.Bytes(), errno.OK
}

// sleepers are the kernel's functions in which threads wait, by kern.Thread.Why, as Linux 6.18
// calls them.
var sleepers = map[string]string{
	"futex": "futex_do_wait", "wait": "do_wait", "vfork": "kernel_clone", "sigwait": "do_sigtimedwait",
	"ptrace": "ptrace_stop", "job control": "do_signal_stop", "exec: other threads": "de_thread",
	"nanosleep": "hrtimer_nanosleep", "pause": "__do_sys_pause", "sigsuspend": "sigsuspend", "poll": "poll_schedule_timeout",
	"read": "anon_pipe_read", "write": "anon_pipe_write", "open": "wait_for_partner",
}

// showWchan is wchan: the function that the thread sleeps in.
func showWchan(v *view) ([]byte, errno.Errno) {
	if v.t.State <= kern.Running || !v.t.Alive() || mayLook(v.by, v.t) != errno.OK {
		return []byte("0"), errno.OK
	}
	name, known := sleepers[v.t.Why]
	if !known {
		name = strings.Map(func(r rune) rune {
			if r == ' ' || r == ':' {
				return '_'
			}
			return r
		}, v.t.Why)
	}
	return []byte(name), errno.OK
}

// showChildren is children: of the thread's children, those that live or are not waited for.
func showChildren(v *view) ([]byte, errno.Errno) {
	var b []byte
	for _, c := range v.p.Children {
		if c.ParentThr == v.t {
			b = append(strconv.AppendInt(b, int64(c.PID), 10), ' ')
		}
	}
	return b, errno.OK
}

// limitRows are the lines of limits (fs/proc/base.c, lnames).
var limitRows = []struct {
	name, unit string
	of         func(*kern.Proc) kern.Limit
}{
	{"Max cpu time", "seconds", limit(kern.LimitCPU)},
	{"Max file size", "bytes", limit(kern.LimitFile)},
	{"Max data size", "bytes", limit(kern.LimitData)},
	{"Max stack size", "bytes", limit(kern.LimitStack)},
	{"Max core file size", "bytes", limit(kern.LimitCore)},
	{"Max resident set", "bytes", always(unlimited)},
	{"Max processes", "processes", limit(kern.LimitProcs)},
	{"Max open files", "files", limit(kern.LimitFiles)},
	{"Max locked memory", "bytes", limit(kern.LimitLocked)},
	{"Max address space", "bytes", limit(kern.LimitMemory)},
	{"Max file locks", "locks", always(unlimited)},
	{"Max pending signals", "signals", limit(kern.LimitPending)},
	{"Max msgqueue size", "bytes", always(819200)},
	{"Max nice priority", "", always(0)},
	{"Max realtime priority", "", always(0)},
	{"Max realtime timeout", "us", always(unlimited)},
}

const unlimited = ^uint64(0)

func limit(r kern.Resource) func(*kern.Proc) kern.Limit {
	return func(p *kern.Proc) kern.Limit { return p.Limits[r] }
}

func always(n uint64) func(*kern.Proc) kern.Limit {
	return func(*kern.Proc) kern.Limit { return kern.Limit{Cur: n, Max: n} }
}

func showLimits(v *view) ([]byte, errno.Errno) {
	word := func(n uint64) string {
		if n == unlimited {
			return "unlimited"
		}
		return strconv.FormatUint(n, 10)
	}
	b := new(bytes.Buffer)
	fmt.Fprintf(b, "%-25s %-20s %-20s %-10s\n", "Limit", "Soft Limit", "Hard Limit", "Units")
	for _, row := range limitRows {
		l := row.of(v.p)
		fmt.Fprintf(b, "%-25s %-20s %-20s ", row.name, word(l.Cur), word(l.Max))
		if row.unit != "" {
			fmt.Fprintf(b, "%-10s", row.unit)
		}
		b.WriteByte('\n')
	}
	return b.Bytes(), errno.OK
}
