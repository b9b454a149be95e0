package doctor

// The rules of FreeBSD (p_candebug in kern/kern_prot.c, ptrace(2), security(7), procctl(2)). Each
// refusal has an errno of its own, recorded of a FreeBSD 15.0 kernel: EPERM for what is not
// allowed, ESRCH for what is not to be seen, EBUSY for what is traced, EINVAL for what cannot be.

import (
	"fmt"
	"slices"

	"github.com/trapline/trapline/procfs/kinfo"
)

// sysctl reads a setting; ok is false when this kernel lacks it.
func (h *host) sysctl(name string) (int, bool) {
	n, err := h.World.Sysctl(name)
	return n, err == nil
}

func (h *host) bsdUser() *Finding {
	uid, _ := h.World.IDs()
	if uid == 0 {
		return good("%s: any process of this jail may be traced", h.user(uid))
	}
	return note("sudo trapline ...", "%s: only processes of this user may be traced", h.user(uid))
}

func (h *host) bsdDebug() *Finding {
	uid, _ := h.World.IDs()
	n, ok := h.sysctl("security.bsd.unprivileged_proc_debug")
	switch {
	case !ok:
		return nil
	case n == 0 && uid != 0:
		return problem("sudo trapline ..., or sudo sysctl security.bsd.unprivileged_proc_debug=1",
			"security.bsd.unprivileged_proc_debug is 0: only root may trace, not even our own children")
	case n == 0:
		return good("security.bsd.unprivileged_proc_debug is 0, which does not concern root")
	}
	return good("every user may trace processes of their own")
}

// hiding are the settings that make processes look as if they did not exist, and whose.
var hiding = []struct{ name, whose string }{
	{"security.bsd.see_other_uids", "other users' processes"},
	{"security.bsd.see_other_gids", "processes of other groups"},
	{"security.bsd.see_jail_proc", "processes in jails"},
}

func (h *host) bsdSeen() *Finding {
	uid, _ := h.World.IDs()
	for _, row := range hiding {
		if n, ok := h.sysctl(row.name); ok && n == 0 && uid != 0 {
			return note(fmt.Sprintf("sudo trapline ..., or sudo sysctl %s=1", row.name), "%s is 0: %s look as if they did not exist", row.name, row.whose)
		}
	}
	return nil
}

// bsdPtrace is the switch for all of ptrace(2): ENOSYS.
func (h *host) bsdPtrace() *Finding {
	if n, ok := h.sysctl("security.bsd.allow_ptrace"); !ok || n != 0 {
		return nil
	}
	return problem("sudo sysctl security.bsd.allow_ptrace=1 (if it is set in /boot/loader.conf, there, and reboot)",
		"security.bsd.allow_ptrace is 0: ptrace(2) is switched off for everybody")
}

// capMode is the bit of ki_cr_flags for a process in capability mode (KI_CRF_CAPABILITY_MODE).
const capMode = 1

// bsdCapsicum is about ourselves: what a process in capability mode may not name, it may not trace.
func (h *host) bsdCapsicum() *Finding {
	k, err := h.FS.Proc(h.World.PID()).Kinfo()
	if err != nil || k.CrFlags&capMode == 0 {
		return nil
	}
	return problem("start trapline outside of the sandbox", "trapline is in capability mode (capsicum): it can neither attach nor start programs")
}

// bsdKill says what becomes of tracees when their tracer dies.
func (h *host) bsdKill() *Finding {
	switch n, ok := h.sysctl("kern.kill_on_debugger_exit"); {
	case !ok:
		return nil
	case n == 0:
		return note("sudo sysctl kern.kill_on_debugger_exit=1", "kern.kill_on_debugger_exit is 0: if trapline is killed (kill -9), what it traces goes on, with the breakpoints in it that it will die of")
	}
	return note("detach or quit lets go; or sudo sysctl kern.kill_on_debugger_exit=0", "kern.kill_on_debugger_exit is 1: if trapline is killed (kill -9), what it traces is killed with it")
}

func (h *host) bsdProc() *Finding {
	return good("/proc need not be mounted: processes are known by sysctl")
}

// bsdLinux is whether programs of Linux run here.
func (h *host) bsdLinux() *Finding {
	release, err := h.FS.Sysctl("compat/linux/osrelease")
	if err != nil {
		return nil
	}
	return good("programs of Linux run here (linuxulator, as %s): their system calls are told by Linux's tables", printable(release))
}

func (h *host) bsdCore() *Finding {
	if n, ok := h.sysctl("kern.coredump"); ok && n == 0 {
		return note("sudo sysctl kern.coredump=1; generate-core-file at the prompt writes one all the same", "kern.coredump is 0: crashes leave no core files")
	}
	pattern, err := h.FS.Sysctl("kern/corefile")
	if err != nil {
		return nil
	}
	return good("core files are written to %s, if ulimit -c allows it", printable(pattern))
}

func (h *host) bsdJail() *Finding {
	if n, ok := h.sysctl("security.jail.jailed"); !ok || n == 0 {
		return good("not in a jail")
	}
	return note("to trace the host's processes, run trapline on the host", "in a jail: only its own processes are seen")
}

func (h *host) bsdSecureLevel() *Finding {
	if n, ok := h.sysctl("kern.securelevel"); ok && n > 0 {
		return note("reboot: it is never lowered", "kern.securelevel is %d: init may not be traced, nor kernel memory written", n)
	}
	return nil
}

// bsdTarget is a process that is to be traced.
type bsdTarget struct {
	*host
	pid  int
	k    *kinfo.Proc // nil: there is none, or none that we may see
	uid  uint32      // our own
	self *kinfo.Proc // nil when not to be had
}

// Bits of ki_flag2 (P2_NOTRACE, P2_NOTRACE_EXEC): procctl(PROC_TRACE_CTL).
const noTrace = 0x2 | 0x4

// bsdTargetRows stand in the order in which the kernel looks, but that settings of the machine come
// first. errno is what a refused attach gets.
var bsdTargetRows = []struct {
	topic string
	errno string // "" for rows that refuse nothing
	run   func(*bsdTarget) *Finding
}{
	{"ptrace", "ENOSYS", func(t *bsdTarget) *Finding { return t.bsdPtrace() }},
	{"capsicum", "ECAPMODE", func(t *bsdTarget) *Finding { return t.bsdCapsicum() }},
	{"process", "EINVAL", (*bsdTarget).ourselves},
	{"process", "ESRCH", (*bsdTarget).exists},
	{"process", "ESRCH", (*bsdTarget).zombie},
	{"process", "EINVAL", (*bsdTarget).system},
	{"tracer", "EBUSY", (*bsdTarget).traced},
	{"ancestor", "EINVAL", (*bsdTarget).ancestor},
	{"debug", "EPERM", (*bsdTarget).unprivileged},
	{"user", "EPERM", (*bsdTarget).otherUser},
	{"sugid", "EPERM", (*bsdTarget).changedUser},
	{"procctl", "EPERM", (*bsdTarget).forbids},
	{"jail", "", (*bsdTarget).inJail},
	{"program", "", (*bsdTarget).emulated},
	{"state", "", (*bsdTarget).stopped},
	{"kill", "", func(t *bsdTarget) *Finding { return t.bsdKill() }},
}

func (d *Doctor) newBSDTarget(pid int) *bsdTarget {
	uid, _ := d.World.IDs()
	t := &bsdTarget{host: d.host(), pid: pid, uid: uid}
	t.k, _ = d.FS.Proc(pid).Kinfo()
	t.self, _ = d.FS.Proc(d.World.PID()).Kinfo()
	return t
}

func (t *bsdTarget) name() string {
	if t.k == nil {
		return fmt.Sprintf("pid %d", t.pid)
	}
	return fmt.Sprintf("%s (pid %d)", printable(t.k.Comm), t.pid)
}

func (t *bsdTarget) ourselves() *Finding {
	if t.pid != t.World.PID() {
		return nil
	}
	return problem("trace a second trapline instead: trapline run trapline ...", "pid %d is trapline itself; no process can trace itself", t.pid)
}

func (t *bsdTarget) exists() *Finding {
	if t.k != nil {
		return nil
	}
	if f := t.bsdSeen(); f != nil {
		return problem(f.Remedy, "no process %d is to be seen, and %s", t.pid, f.Text)
	}
	if f := t.bsdJail(); f.Level != OK {
		return problem(f.Remedy, "no process %d is to be seen, and trapline is %s", t.pid, f.Text)
	}
	return problem("pgrep NAME, or ps -ax, tells the pids", "no process %d", t.pid)
}

func (t *bsdTarget) zombie() *Finding {
	if t.k.Stat != kinfo.Zombie {
		return nil
	}
	return problem(fmt.Sprintf("look at its parent instead: trapline doctor %d", t.k.PPID), "%s has ended, and waits for its parent (pid %d) to take notice", t.name(), t.k.PPID)
}

func (t *bsdTarget) system() *Finding {
	switch {
	case t.k.Flag&kinfo.FlagKproc != 0:
		return problem("name a program's process (ps -ax)", "%s is a process of the kernel: it has no program to debug", t.name())
	case t.k.Flag&kinfo.FlagSystem != 0 || t.pid == 1:
		return problem("name another process (ps -ax)", "%s is a system process, which nobody may trace", t.name())
	}
	return nil
}

func (t *bsdTarget) traced() *Finding {
	if t.k.Tracer == 0 && t.k.Flag&kinfo.FlagTraced == 0 {
		return nil
	}
	return problem(fmt.Sprintf("end that tracer, or have it detach (kill %d)", t.k.Tracer), "%s is traced already, by %s", t.name(), t.who(int(t.k.Tracer)))
}

// maxDepth bounds the walk up the tree.
const maxDepth = 100

// ancestor: a process may not trace who traces it, nor who traces that one.
func (t *bsdTarget) ancestor() *Finding {
	for k, n := t.self, 0; k != nil && k.Tracer != 0 && n < maxDepth; n++ {
		if int(k.Tracer) == t.pid {
			return problem("attach from a shell that it does not trace", "%s traces trapline itself", t.name())
		}
		k, _ = t.FS.Proc(int(k.Tracer)).Kinfo()
	}
	return nil
}

func (t *bsdTarget) unprivileged() *Finding {
	if f := t.bsdDebug(); f != nil && f.Level == Problem {
		return f
	}
	return nil
}

func (t *bsdTarget) otherUser() *Finding {
	if t.uid == 0 || t.k.UID == t.uid && t.k.RUID == t.uid && t.k.SVUID == t.uid {
		return nil
	}
	return problem("sudo "+t.attach(t.pid), "%s belongs to %s, and we are %s", t.name(), t.user(t.k.RUID), t.user(t.uid))
}

func (t *bsdTarget) changedUser() *Finding {
	if t.uid == 0 || t.k.Flag&kinfo.FlagSugid == 0 {
		return nil
	}
	return problem("sudo "+t.attach(t.pid), "%s has changed its user, or is a set-user-id program: only root may trace it", t.name())
}

func (t *bsdTarget) forbids() *Finding {
	switch {
	case t.k.Flag2&noTrace == 0:
		return nil
	case t.uid == 0:
		return note("", "%s has forbidden to be traced (procctl(2), PROC_TRACE_CTL), which does not concern root", t.name())
	}
	return problem("sudo "+t.attach(t.pid)+", or start it anew by proccontrol -m trace -s enable", "%s has forbidden to be traced (procctl(2), PROC_TRACE_CTL)", t.name())
}

func (t *bsdTarget) inJail() *Finding {
	if t.k.JID == 0 || t.self != nil && t.self.JID == t.k.JID {
		return nil
	}
	return note(fmt.Sprintf("jexec %d trapline attach %d, if its files are to be found", t.k.JID, t.pid), "%s is in jail %d: its paths are those of the jail", t.name(), t.k.JID)
}

// emulations are the values of ki_emul that say something (sysentvec names).
var emulations = []struct {
	names []string
	find  func(t *bsdTarget) *Finding
}{
	{[]string{"Linux ELF64", "Linux ELF"}, func(t *bsdTarget) *Finding {
		return note("", "%s is a program of Linux (linuxulator): its system calls and signals are Linux's", t.name())
	}},
	{[]string{"FreeBSD ELF32", "Linux ELF32"}, func(t *bsdTarget) *Finding {
		return problem(fmt.Sprintf("trapline trace -p %d follows its system calls", t.pid), "%s is a 32-bit program: the debugger knows x86-64 only", t.name())
	}},
}

func (t *bsdTarget) emulated() *Finding {
	for _, row := range emulations {
		if slices.Contains(row.names, t.k.Emul) {
			return row.find(t)
		}
	}
	return nil
}

func (t *bsdTarget) stopped() *Finding {
	if t.k.Stat != kinfo.Stop || t.k.Flag&kinfo.FlagStoppedSig == 0 {
		return nil
	}
	return note(fmt.Sprintf("kill -STOP %d after detaching, if it is to stay stopped", t.pid), "%s is stopped by job control, which an attach replaces", t.name())
}

// bsdTarget says of one process whether it may be attached to, and what it is like.
func (d *Doctor) bsdTarget(pid int) []Finding {
	t := d.newBSDTarget(pid)
	var out []Finding
	for _, row := range bsdTargetRows {
		f := row.run(t)
		if f == nil {
			continue
		}
		f.Topic = row.topic
		out = append(out, *f)
		if f.Level == Problem && row.errno != "" { // what follows cannot be known, or does not matter
			return out
		}
	}
	return append([]Finding{{"attach", OK, t.name() + " may be attached to", ""}}, out...)
}

// checkBSD is CheckAttach by what the kernel says of the process: its file may be another's.
func (d *Doctor) checkBSD(pid int) error {
	t := d.newBSDTarget(pid)
	if t.k == nil {
		return nil // the attach will say
	}
	f := t.emulated()
	if f == nil || f.Level != Problem {
		return nil
	}
	return &Explained{Op: "attach", Topic: "machine", Object: t.name(), Reason: f.Text, Remedy: f.Remedy}
}

// whyRefusedBSD explains a refused attach by the first row that gives the errno, or else refuses.
func (d *Doctor) whyRefusedBSD(pid int, errno string) *Finding {
	t := d.newBSDTarget(pid)
	var other *Finding
	for _, row := range bsdTargetRows {
		if row.errno == "" {
			break
		}
		f := row.run(t)
		if f == nil || f.Level != Problem {
			continue
		}
		f.Topic = row.topic
		if row.errno == errno {
			return f
		}
		if other == nil {
			other = f
		}
		if t.k == nil && row.errno == "ESRCH" {
			break // the rest looks at the process
		}
	}
	switch {
	case other != nil:
		return other
	case errno == "ESRCH":
		return problem("the same again", "%s exited while it was being attached", t.name())
	}
	return nil
}
