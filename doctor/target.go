package doctor

// Whether one process may be attached to, and what it is like.

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trapline/trapline/procfs"
)

// target is what the rows below look at.
type target struct {
	*host
	pid    int
	st     *procfs.Status
	stat   *procfs.Stat
	err    error // why there is no status
	userNS uint64
	// capable: our cap_sys_ptrace counts for this process.
	capable bool
}

// targetRows stand in the order in which a reason is worth hearing: what cannot be
// changed first, then who may, then how it is. refuses marks the rows whose problem
// makes the kernel refuse the attach.
var targetRows = []struct {
	topic   string
	refuses bool
	run     func(*target) *Finding
}{
	{"process", true, (*target).ourselves},
	{"process", true, (*target).exists},
	{"process", true, (*target).zombie},
	{"process", true, (*target).kernelThread},
	{"tracer", true, (*target).traced},
	{"yama", true, (*target).yamaNobody},
	{"userns", true, (*target).otherUserNS},
	{"user", true, (*target).otherUser},
	{"capability", true, (*target).moreCapable},
	{"dumpable", true, (*target).dumpable},
	{"yama", true, (*target).yamaRelation},
	{"selinux", true, func(t *target) *Finding { return t.host.selinux() }},
	{"process", false, (*target).thread},
	{"init", false, (*target).init},
	{"pidns", false, (*target).pidNamespace},
	{"state", false, (*target).state},
	{"program", false, (*target).program},
}

// Target looks at the process pid.
func (d *Doctor) Target(pid int) []Finding {
	if d.World.OS() != "linux" {
		return d.bsdTarget(pid)
	}
	t := d.target(pid)
	var out []Finding
	refused := false
	for _, row := range targetRows {
		if t.st == nil && len(out) > 0 {
			break // nothing more can be known
		}
		if f := row.run(t); f != nil {
			f.Topic = row.topic
			refused = refused || row.refuses && f.Level == Problem
			out = append(out, *f)
		}
	}
	if !refused {
		out = append([]Finding{{"attach", OK, fmt.Sprintf("%s may be attached to", d.who(pid)), ""}}, out...)
	}
	return out
}

func (d *Doctor) target(pid int) *target {
	// Nothing is tried for one process: Host does that.
	h := &host{Doctor: d, self: d.self(), container: d.container()}
	t := &target{host: h, pid: pid}
	p := d.FS.Proc(pid)
	if t.st, t.err = p.Status(); t.err == nil {
		t.stat, t.err = p.Stat()
	}
	if t.err != nil {
		t.st, t.stat = nil, nil
	}
	t.userNS, _ = p.Namespace("user")
	ours, _ := d.FS.Proc(d.World.PID()).Namespace("user")
	t.capable = h.self.CapEffective.Has(procfs.CapSysPtrace) && (!d.inUserNS() || ours == t.userNS)
	return t
}

func (t *target) ourselves() *Finding {
	if t.pid != t.World.PID() && (t.st == nil || t.st.TGID != t.World.PID()) {
		return nil
	}
	return problem("trace a second trapline instead: trapline run trapline ...", "pid %d is trapline itself; no process can trace itself", t.pid)
}

func (t *target) exists() *Finding {
	switch {
	case t.st != nil:
		return nil
	case !errors.Is(t.err, procfs.ErrGone):
		return problem("", "%v", t.err)
	}
	if f := t.hidepid(); f != nil && f.Level == Note {
		return problem(f.Remedy, "no process %d is to be seen, and %s", t.pid, f.Text)
	}
	return problem("pgrep NAME, or ps -e, tells the pids", "no process %d", t.pid)
}

func (t *target) zombie() *Finding {
	if t.st.State != procfs.Zombie && t.st.State != procfs.Dead {
		return nil
	}
	if live := t.liveThread(); live != 0 {
		return note("", "its first thread has exited; thread %d and maybe others go on", live)
	}
	return problem("nothing is left to trace; look at its parent: "+t.attach(t.st.PPID),
		"%s has exited (zombie) and waits for its parent %s to collect it", t.who(t.pid), t.who(t.st.PPID))
}

// liveThread returns a thread that still runs; 0 when there is none.
func (t *target) liveThread() int {
	tids, _ := t.FS.Proc(t.pid).Tasks()
	for _, tid := range tids {
		st, err := t.FS.Proc(t.pid).Task(tid).Stat()
		if err == nil && st.State != procfs.Zombie && st.State != procfs.Dead {
			return tid
		}
	}
	return 0
}

func (t *target) kernelThread() *Finding {
	if !t.st.KernelThread && !t.stat.KernelThread() {
		return nil
	}
	return problem("pick a process with a program (ps shows kernel threads in brackets); for the kernel itself use perf or bpftrace",
		"%s is a thread of the kernel: it has no user code to trace", t.who(t.pid))
}

func (t *target) traced() *Finding {
	tracer := t.st.TracerPID
	if st, err := t.FS.Proc(tracer).Status(); err == nil && tracer != 0 {
		tracer = st.TGID // the kernel names the thread that traces
	}
	switch tracer {
	case 0:
		return nil
	case t.World.PID():
		return problem("use the session that has it", "%s is already traced by this trapline", t.who(t.pid))
	}
	return problem(fmt.Sprintf("detach it there, or end the tracer: kill %d", tracer),
		"%s is already traced by %s; a process has one tracer at most", t.who(t.pid), t.who(tracer))
}

// yamaNobody is the one setting that root cannot get around.
func (t *target) yamaNobody() *Finding {
	if scope, _ := t.sysctlInt(yamaSysctl); scope < 3 {
		return nil
	}
	return problem(yamaReboot, "kernel.yama.ptrace_scope is 3: nobody may trace, not even root")
}

func (t *target) otherUserNS() *Finding {
	ours, err := t.FS.Proc(t.World.PID()).Namespace("user")
	switch {
	case err != nil || t.userNS == 0 || t.userNS == ours:
		return nil
	case !t.inUserNS() && t.capable:
		return note("", "%s is in a user namespace of its own (rootless container?): its ids are others inside", t.who(t.pid))
	}
	return problem("sudo trapline ... on the host, or run trapline inside its namespace: nsenter -U -t "+fmt.Sprint(t.pid)+" trapline ...",
		"%s is in another user namespace, where our rights do not count", t.who(t.pid))
}

// otherUser is the kernel's first test (kernel/ptrace.c, __ptrace_may_access): our
// real ids must equal all three of the target's.
func (t *target) otherUser() *Finding {
	same := func(ours, theirs procfs.IDs) bool {
		return ours.Real == theirs.Real && ours.Real == theirs.Effective && ours.Real == theirs.Saved
	}
	sameUser, sameGroup := same(t.self.UID, t.st.UID), same(t.self.GID, t.st.GID)
	switch {
	case t.capable || sameUser && sameGroup:
		return nil
	case t.self.UID.Real == t.st.UID.Real && !sameUser:
		return problem(t.attachRemedy(), "%s runs set-user-id as %s; tracing it needs cap_sys_ptrace", t.who(t.pid), t.user(t.st.UID.Effective))
	case !sameUser:
		return problem(t.attachRemedy(), "%s belongs to %s and we are %s without cap_sys_ptrace",
			t.who(t.pid), t.user(t.st.UID.Real), t.user(t.self.UID.Real))
	}
	return problem(t.attachRemedy(), "%s runs with group %v and we with %v; tracing it needs cap_sys_ptrace", t.who(t.pid), t.st.GID, t.self.GID)
}

// attachRemedy says how to get cap_sys_ptrace for this attach.
func (t *target) attachRemedy() string {
	if t.self.UID.Effective == 0 && t.container != "" {
		return containerRemedy
	}
	return "sudo " + t.attach(t.pid)
}

// moreCapable is the test of security/commoncap.c: who holds capabilities may only
// be traced by who holds them too.
func (t *target) moreCapable() *Finding {
	if t.capable || t.st.CapPermitted.Sub(t.self.CapEffective) {
		return nil
	}
	return problem(t.attachRemedy(), "%s holds capabilities that we do not: %v", t.who(t.pid), t.st.CapPermitted&^t.self.CapEffective)
}

// dumpable: the kernel gives the files in /proc/PID, though not the directory, of a
// process that may not be dumped to root (fs/proc/base.c, task_dump_owner). It is so
// after set-user-id, prctl(PR_SET_DUMPABLE), or the exec of a
// file that may not be read.
func (t *target) dumpable() *Finding {
	file, err := t.World.Stat(t.FS.Proc(t.pid).Dir() + "/stat")
	if err != nil || file.UID == t.st.UID.Effective || file.UID != 0 {
		return nil
	}
	const what = "%s may not be dumped (it changed ids, has an unreadable program, or called prctl(PR_SET_DUMPABLE))"
	if t.capable {
		return note("", what+", which cap_sys_ptrace overrides", t.who(t.pid))
	}
	return problem(t.attachRemedy(), what, t.who(t.pid))
}

// yamaRelation: at scope 1 one may attach only to one's descendants, or to who named
// the tracer with prctl(PR_SET_PTRACER), which cannot be seen from outside.
func (t *target) yamaRelation() *Finding {
	scope, _ := t.sysctlInt(yamaSysctl)
	switch {
	case t.capable || scope == 0:
		return nil
	case scope == 2:
		return problem(t.attachRemedy()+", or "+yamaRelax, "kernel.yama.ptrace_scope is 2: only cap_sys_ptrace may trace")
	case t.descends():
		return nil
	}
	return problem(t.attachRemedy()+", or "+yamaRelax+", or launch it with trapline run",
		"kernel.yama.ptrace_scope is 1 and %s was not started by this trapline", t.who(t.pid))
}

// descends follows the parents of the target up to us.
func (t *target) descends() bool {
	pid := t.st.PPID
	for range 1000 { // pids may be reused while we look: no endless walk
		if pid == t.World.PID() {
			return true
		}
		st, err := t.FS.Proc(pid).Stat()
		if err != nil || pid <= 1 {
			return false
		}
		pid = st.PPID
	}
	return false
}

func (t *target) thread() *Finding {
	if t.st.TGID == t.pid || t.st.TGID == 0 {
		return nil
	}
	return note(t.attach(t.st.TGID), "%d is a thread of %s, not a process", t.pid, t.who(t.st.TGID))
}

func (t *target) init() *Finding {
	if t.pid != 1 {
		return nil
	}
	return note("keep it stopped only for moments, and detach", "pid 1 is the init of this system: while it is stopped, no orphan is collected and no service managed")
}

func (t *target) pidNamespace() *Finding {
	if len(t.st.NSPID) <= max(1, len(t.self.NSPID)) {
		return nil
	}
	return note(fmt.Sprintf("its files are under /proc/%d/root", t.pid),
		"it lives in another pid namespace (a container), where it is pid %d", t.st.NSPID[len(t.st.NSPID)-1])
}

func (t *target) state() *Finding {
	switch {
	case t.st.CoreDumping:
		return note("", "it is dumping core: it will not stop before it ends")
	case t.frozen() != "":
		return note("docker unpause, or thaw "+t.frozen(), "its control group is frozen: it goes on only when thawed, whatever a tracer does")
	case t.st.State == procfs.Stopped:
		return note(fmt.Sprintf("kill -CONT %d lets it go on", t.pid), "it is stopped by job control, and stays so after an attach and detach")
	case t.st.State == procfs.DiskSleep:
		return note("", "it sleeps uninterruptibly in the kernel: it stops only when that ends")
	}
	return nil
}

// frozen returns the directory of the target's control group when that is frozen
// (cgroups(7); version 2's cgroup.events, version 1's freezer.state).
func (t *target) frozen() string {
	groups, _ := t.FS.Proc(t.pid).Cgroups()
	for _, g := range groups {
		dir, file, mark := "/sys/fs/cgroup"+g.Path, "cgroup.events", "frozen 1"
		if g.Hierarchy != 0 {
			if !slices.Contains(g.Controllers, "freezer") {
				continue
			}
			dir, file, mark = "/sys/fs/cgroup/freezer"+g.Path, "freezer.state", "FROZEN"
		}
		if text, err := t.readSmall(dir + "/" + file); err == nil && strings.Contains(text, mark) {
			return dir
		}
	}
	return ""
}

// program judges what it runs, from the file as the kernel still has it.
func (t *target) program() *Finding {
	p := t.FS.Proc(t.pid)
	b, err := t.head(p.ExePath(), headSize)
	if err != nil {
		return nil
	}
	f := machine(b)
	if f != nil && f.Level == Problem {
		return f
	}
	if path, deleted, err := p.Exe(); err == nil && deleted {
		return note("", "its program %s was deleted or replaced since it started; trapline reads it through %s", printable(path), p.ExePath())
	}
	return f
}
