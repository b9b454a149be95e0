package doctor

import (
	"strings"
	"syscall"
	"testing"

	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/procfs/kinfo"
)

// bsd is user ann on an ordinary FreeBSD machine.
type bsd struct {
	*fake
	procs map[int32]*kinfo.Proc
	texts map[string]string
	root  bool
}

func (b *bsd) IDs() (uid, gid uint32) {
	if b.root {
		return 0, 0
	}
	return 1000, 1000
}

func (b *bsd) sysctl(name string, args ...int32) ([]byte, int) {
	if text, ok := b.texts[name]; ok {
		return append([]byte(text), 0), 0
	}
	if name != "kern.proc.pid" {
		return nil, 2
	}
	if p := b.procs[args[0]]; p != nil {
		return p.Append(nil), 0
	}
	return nil, 3
}

func plainBSD() *bsd {
	w := plainWorld()
	w.os, w.proc = "freebsd", procfs.NewMemFiles()
	w.ints = map[string]int{"security.bsd.unprivileged_proc_debug": 1, "security.bsd.see_other_uids": 1, "security.bsd.see_other_gids": 1,
		"security.bsd.see_jail_proc": 1, "security.bsd.allow_ptrace": 1, "security.jail.jailed": 0, "kern.securelevel": -1,
		"kern.kill_on_debugger_exit": 1, "kern.coredump": 1}
	proc := func(pid int32, name string) *kinfo.Proc {
		return &kinfo.Proc{PID: pid, PPID: 1, Comm: name, Emul: "FreeBSD ELF64", Stat: kinfo.Sleep, UID: 1000, RUID: 1000, SVUID: 1000, Size: 4096, NumThreads: 1}
	}
	return &bsd{w, map[int32]*kinfo.Proc{us: proc(us, "trapline"), them: proc(them, "victim"), 300: proc(300, "gdb")},
		map[string]string{"kern.corefile": "%N.core"}, false}
}

func (b *bsd) doctor() *Doctor { return &Doctor{FS: procfs.NewFreeBSD(b.sysctl), World: b} }

func TestFreeBSDHost(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(b *bsd)
		want   []string
		not    string
	}{
		{"ordinary", func(*bsd) {}, []string{"note user: ann (uid 1000): only processes of this user", "ok debug: every user may trace", "ok jail: not in a jail",
			"note kill: kern.kill_on_debugger_exit is 1: if trapline is killed (kill -9), what it traces is killed with it", "ok proc: /proc need not be mounted",
			"ok core: core files are written to %N.core", "ok symbols:"}, "see_other"},
		{"root", func(b *bsd) { b.root = true; b.ints["security.bsd.unprivileged_proc_debug"] = 0 }, []string{"ok user: root (uid 0): any process of this jail",
			"ok debug: security.bsd.unprivileged_proc_debug is 0, which does not concern root"}, "problem"},
		{"no ptrace", func(b *bsd) { b.ints["security.bsd.allow_ptrace"] = 0 }, []string{"problem ptrace: security.bsd.allow_ptrace is 0"}, ""},
		{"no debugging", func(b *bsd) { b.ints["security.bsd.unprivileged_proc_debug"] = 0 }, []string{"problem debug: security.bsd.unprivileged_proc_debug is 0"}, ""},
		{"others hidden", func(b *bsd) { b.ints["security.bsd.see_other_uids"] = 0 }, []string{"note users: security.bsd.see_other_uids is 0: other users' processes"}, ""},
		{"groups hidden", func(b *bsd) { b.ints["security.bsd.see_other_gids"] = 0 }, []string{"note users: security.bsd.see_other_gids is 0: processes of other groups"}, ""},
		{"jails hidden", func(b *bsd) { b.ints["security.bsd.see_jail_proc"] = 0 }, []string{"note users: security.bsd.see_jail_proc is 0: processes in jails"}, ""},
		{"in a jail", func(b *bsd) { b.ints["security.jail.jailed"] = 1 }, []string{"note jail: in a jail"}, ""},
		{"secure", func(b *bsd) { b.ints["kern.securelevel"] = 1 }, []string{"note level: kern.securelevel is 1"}, ""},
		{"sandboxed", func(b *bsd) { b.procs[us].CrFlags = capMode }, []string{"problem capsicum: trapline is in capability mode"}, ""},
		{"survivors", func(b *bsd) { b.ints["kern.kill_on_debugger_exit"] = 0 }, []string{"note kill: kern.kill_on_debugger_exit is 0"}, ""},
		{"Linux", func(b *bsd) { b.texts["compat.linux.osrelease"] = "5.15.0" }, []string{"ok linux: programs of Linux run here (linuxulator, as 5.15.0)"}, ""},
		{"no cores", func(b *bsd) { b.ints["kern.coredump"] = 0 }, []string{"note core: kern.coredump is 0"}, ""},
		{"an old kernel", func(b *bsd) { b.ints, b.texts = nil, nil }, []string{"ok proc:", "ok jail:"}, "kill_on"},
	} {
		b := plainBSD()
		c.change(b)
		t.Run(c.name, func(t *testing.T) {
			for _, want := range c.want {
				checkFindings(t, b.doctor().Host(), want, c.not)
			}
		})
	}
	checkFindings(t, plainBSD().doctor().Program("/bin/prog"), "can be launched", "")
}

// TestFreeBSDTarget: what is said of a process, and of the errno that an attach to it gets.
func TestFreeBSDTarget(t *testing.T) {
	for _, c := range []struct {
		name   string
		pid    int
		change func(b *bsd, p *kinfo.Proc)
		errno  syscall.Errno // 0: it may be attached to
		want   string        // a finding
		why    string        // the error's text
	}{
		{"ordinary", them, func(*bsd, *kinfo.Proc) {}, 0, "ok attach: victim (pid 200) may be attached to", ""},
		{"kill", them, func(*bsd, *kinfo.Proc) {}, 0, "note kill: kern.kill_on_debugger_exit is 1", ""},
		{"ourselves", us, func(*bsd, *kinfo.Proc) {}, 22, "problem process: pid 100 is trapline itself",
			"attach 100: pid 100 is trapline itself; no process can trace itself; try: trace a second trapline instead: trapline run trapline ..."},
		{"nobody", 999, func(*bsd, *kinfo.Proc) {}, 3, "problem process: no process 999", "attach 999: no process 999; try: pgrep NAME, or ps -ax, tells the pids"},
		{"hidden", 999, func(b *bsd, _ *kinfo.Proc) { b.ints["security.bsd.see_other_uids"] = 0 }, 3, "problem process: no process 999 is to be seen, and security.bsd.see_other_uids is 0",
			"attach 999: no process 999 is to be seen, and security.bsd.see_other_uids is 0: other users' processes look as if they did not exist; try: sudo trapline ..., or sudo sysctl security.bsd.see_other_uids=1"},
		{"outside of the jail", 999, func(b *bsd, _ *kinfo.Proc) { b.ints["security.jail.jailed"] = 1 }, 3, "problem process: no process 999 is to be seen, and trapline is in a jail",
			"attach 999: no process 999 is to be seen, and trapline is in a jail: only its own processes are seen; try: to trace the host's processes, run trapline on the host"},
		{"zombie", them, func(_ *bsd, p *kinfo.Proc) { p.Stat = kinfo.Zombie }, 3, "problem process: victim (pid 200) has ended",
			"attach 200: victim (pid 200) has ended, and waits for its parent (pid 1) to take notice; try: look at its parent instead: trapline doctor 1"},
		{"kernel process", them, func(_ *bsd, p *kinfo.Proc) { p.Flag = kinfo.FlagKproc | kinfo.FlagSystem }, 22, "problem process: victim (pid 200) is a process of the kernel",
			"attach 200: victim (pid 200) is a process of the kernel: it has no program to debug; try: name a program's process (ps -ax)"},
		{"init", 1, func(b *bsd, p *kinfo.Proc) { b.procs[1] = &kinfo.Proc{PID: 1, Comm: "init", Stat: kinfo.Sleep} }, 22, "problem process: init (pid 1) is a system process",
			"attach 1: init (pid 1) is a system process, which nobody may trace; try: name another process (ps -ax)"},
		{"traced", them, func(_ *bsd, p *kinfo.Proc) { p.Tracer, p.Flag = 300, kinfo.FlagTraced }, 16, "problem tracer: victim (pid 200) is traced already, by gdb (pid 300)",
			"attach 200: victim (pid 200) is traced already, by gdb (pid 300); try: end that tracer, or have it detach (kill 300)"},
		{"our tracer", 300, func(b *bsd, _ *kinfo.Proc) { b.procs[us].Tracer = 300 }, 22, "problem ancestor: gdb (pid 300) traces trapline itself",
			"attach 300: gdb (pid 300) traces trapline itself; try: attach from a shell that it does not trace"},
		{"settings", them, func(b *bsd, _ *kinfo.Proc) { b.ints["security.bsd.unprivileged_proc_debug"] = 0 }, 1, "problem debug: security.bsd.unprivileged_proc_debug is 0",
			"attach 200: security.bsd.unprivileged_proc_debug is 0: only root may trace, not even our own children; try: sudo trapline ..., or sudo sysctl security.bsd.unprivileged_proc_debug=1"},
		{"another user's", them, func(_ *bsd, p *kinfo.Proc) { p.UID, p.RUID, p.SVUID = 1001, 1001, 1001 }, 1, "problem user: victim (pid 200) belongs to bob (uid 1001)",
			"attach 200: victim (pid 200) belongs to bob (uid 1001), and we are ann (uid 1000); try: sudo trapline attach 200"},
		{"another user's, root", them, func(b *bsd, p *kinfo.Proc) { p.UID, b.root = 1001, true }, 0, "ok attach:", ""},
		{"set-user-id", them, func(_ *bsd, p *kinfo.Proc) { p.Flag = kinfo.FlagSugid }, 1, "problem sugid: victim (pid 200) has changed its user",
			"attach 200: victim (pid 200) has changed its user, or is a set-user-id program: only root may trace it; try: sudo trapline attach 200"},
		{"procctl", them, func(_ *bsd, p *kinfo.Proc) { p.Flag2 = 0x2 }, 1, "problem procctl: victim (pid 200) has forbidden to be traced",
			"attach 200: victim (pid 200) has forbidden to be traced (procctl(2), PROC_TRACE_CTL); try: sudo trapline attach 200, or start it anew by proccontrol -m trace -s enable"},
		{"procctl, root", them, func(b *bsd, p *kinfo.Proc) { p.Flag2, b.root = 0x6, true }, 0, "note procctl: victim (pid 200) has forbidden", ""},
		{"no ptrace", them, func(b *bsd, _ *kinfo.Proc) { b.ints["security.bsd.allow_ptrace"] = 0 }, 78, "problem ptrace: security.bsd.allow_ptrace is 0",
			"attach 200: security.bsd.allow_ptrace is 0: ptrace(2) is switched off for everybody; try: sudo sysctl security.bsd.allow_ptrace=1 (if it is set in /boot/loader.conf, there, and reboot)"},
		{"sandboxed", them, func(b *bsd, _ *kinfo.Proc) { b.procs[us].CrFlags = capMode }, 94, "problem capsicum: trapline is in capability mode",
			"attach 200: trapline is in capability mode (capsicum): it can neither attach nor start programs; try: start trapline outside of the sandbox"},
		{"in a jail", them, func(_ *bsd, p *kinfo.Proc) { p.JID = 7 }, 0, "note jail: victim (pid 200) is in jail 7", ""},
		{"Linux", them, func(_ *bsd, p *kinfo.Proc) { p.Emul = "Linux ELF64" }, 0, "note program: victim (pid 200) is a program of Linux", ""},
		{"32 bits", them, func(_ *bsd, p *kinfo.Proc) { p.Emul = "FreeBSD ELF32" }, 0, "problem program: victim (pid 200) is a 32-bit program", ""},
		{"job control", them, func(_ *bsd, p *kinfo.Proc) { p.Stat, p.Flag = kinfo.Stop, kinfo.FlagStoppedSig }, 0, "note state: victim (pid 200) is stopped by job control", ""},
		{"gone meanwhile", them, func(*bsd, *kinfo.Proc) {}, 3, "ok attach:", "attach 200: victim (pid 200) exited while it was being attached; try: the same again"},
		{"nobody knows", them, func(*bsd, *kinfo.Proc) {}, 1, "ok attach:",
			"attach 200: the kernel refuses it (operation not permitted), and no setting that can be seen says why: a security module?; try: trapline doctor, and the kernel's log (dmesg)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := plainBSD()
			c.change(b, b.procs[int32(c.pid)])
			d := b.doctor()
			checkFindings(t, d.Target(c.pid), c.want, "")
			if c.errno == 0 {
				return
			}
			if err := d.ExplainAttach(c.pid, c.errno); err == nil || err.Error() != c.why {
				t.Errorf("%v\nwant %s", err, c.why)
			}
		})
	}
	b := plainBSD()
	b.procs[them].Emul = "FreeBSD ELF32"
	if err := b.doctor().CheckAttach(them); err == nil || !strings.Contains(err.Error(), "is a 32-bit program: the debugger knows x86-64 only; try: trapline trace -p 200") {
		t.Error(err)
	}
	if err := plainBSD().doctor().CheckAttach(them); err != nil {
		t.Error(err)
	}
	b = plainBSD()
	b.ints["security.bsd.unprivileged_proc_debug"] = 0
	if got := b.doctor().ExplainLaunch("/bin/prog", syscall.EPERM).Error(); !strings.Contains(got, "security.bsd.unprivileged_proc_debug is 0") {
		t.Error(got)
	}
}
