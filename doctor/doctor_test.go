package doctor

// Made-up worlds: each finding is brought about by the smallest change to a plain
// machine, and must say what is wrong and what to do.

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/internal/debugregs"
	"github.com/trapline/trapline/procfs"
)

// say is a finding as one line: "level topic: text -> remedy".
func say(f Finding) string {
	s := fmt.Sprintf("%v %s: %s", f.Level, f.Topic, f.Text)
	if f.Remedy != "" {
		s += " -> " + f.Remedy
	}
	return s
}

func checkFindings(t *testing.T, got []Finding, want, absent string) {
	t.Helper()
	var all []string
	for _, f := range got {
		all = append(all, say(f))
		if strings.ContainsAny(f.Text+f.Remedy, "\n\x1b") || f.Text == "" {
			t.Errorf("not one plain line: %q", say(f))
		}
		if f.Level == Problem && f.Remedy == "" {
			t.Errorf("a problem without remedy: %s", say(f))
		}
	}
	text := strings.Join(all, "\n")
	if !strings.Contains(text, want) {
		t.Errorf("want %q in\n%s", want, text)
	}
	if absent != "" && strings.Contains(text, absent) {
		t.Errorf("do not want %q in\n%s", absent, text)
	}
}

func TestHost(t *testing.T) {
	allProbed := map[string]error{}
	for _, f := range features {
		allProbed[f.probe] = nil
	}
	self := func(lines ...string) func(*fake) {
		return func(w *fake) { w.process(us, lines...) }
	}
	sysctl := func(name, value string) func(*fake) {
		return func(w *fake) { w.sysctl(name, value) }
	}
	mount := func(options string) func(*fake) {
		return func(w *fake) { w.proc.Text["100/mountinfo"] = mountLine + options + "\n" }
	}
	for _, c := range []struct {
		name   string
		change func(*fake)
		want   string
	}{
		{"plain", nil, "ok kernel: Linux 6.18.1-test"},
		{"features by release", nil, "PROCMAP_QUERY, debug registers: work (by the release number)"},
		{"features tried", func(w *fake) { w.probes = allProbed }, "PROCMAP_QUERY, debug registers: work (tried)"},
		{"old kernel", sysctl("kernel/osrelease", "4.19.0-27-amd64"), "problem feature: PTRACE_GET_SYSCALL_INFO needs Linux 5.3: system call entries cannot be told from exits -> update the kernel to 5.3 or later"},
		{"no procmap", sysctl("kernel/osrelease", "6.1.0"), "note feature: PROCMAP_QUERY needs Linux 6.11"},
		{"strange release", sysctl("kernel/osrelease", "weird"), "note kernel: kernel weird: not a release number"},
		{"refused", func(w *fake) { w.probes = map[string]error{ProbeTraceme: syscall.EPERM} },
			"problem feature: PTRACE_TRACEME does not work here (operation not permitted): nothing can be launched under trapline -> look at the rows above"},
		{"dead debug registers", func(w *fake) { w.probes = map[string]error{ProbeDebugRegs: debugregs.ErrSilent} }, "watch goes by single steps"},
		{"emulated", func(w *fake) { w.probes = map[string]error{ProbeGetSyscall: syscall.EIO} }, "such as gVisor"},
		{"refused in docker", func(w *fake) {
			w.probes = map[string]error{ProbeTraceme: syscall.EPERM}
			w.dir("/.dockerenv", 0)
		}, "nothing can be launched under trapline -> docker run --cap-add=SYS_PTRACE"},
		{"no proc", func(w *fake) { delete(w.proc.Text, "100/status") }, "problem proc: /proc is not mounted or not readable: nothing can be said about processes -> mount -t proc proc /proc"},
		{"no container", nil, "ok container: no container found"},
		{"docker", func(w *fake) {
			w.dir("/.dockerenv", 0)
			w.proc.Links["100/ns/pid"] = "pid:[4026532000]"
		}, "note container: inside a container (docker): only its own"},
		{"host pid", func(w *fake) { w.dir("/.dockerenv", 0) }, "ok container: inside a container (docker) that sees all"},
		{"podman", func(w *fake) { w.dir("/run/.containerenv", 0) }, "(podman)"},
		{"kubernetes", func(w *fake) { w.proc.Text["100/cgroup"] = "0::/kubepods/besteffort/pod1\n" }, "(kubernetes)"},
		{"user", nil, "note user: ann (uid 1000) without cap_sys_ptrace: only processes of this user may be traced -> sudo trapline ..."},
		{"root", (*fake).root, "ok user: root (uid 0) with cap_sys_ptrace"},
		{"weak root", self("Uid=0\t0\t0\t0"), "note user: root (uid 0) without cap_sys_ptrace: other users'"},
		{"weak root in docker", func(w *fake) {
			w.process(us, "Uid=0\t0\t0\t0")
			w.dir("/.dockerenv", 0)
		}, "out of reach -> docker run --cap-add=SYS_PTRACE"},
		{"root in user ns", func(w *fake) {
			w.root()
			w.proc.Links["100/ns/user"] = "user:[4026532999]"
		}, "note user: root (uid 0) with cap_sys_ptrace, valid only inside this user namespace"},
		{"yama 0", nil, "ok yama: ptrace_scope is 0"},
		{"no yama", func(w *fake) { delete(w.proc.Text, "sys/"+yamaSysctl) }, "ok yama: not active"},
		{"yama 1", sysctl(yamaSysctl, "1"), "note yama: ptrace_scope is 1: only what trapline launches, and processes that allow it (PR_SET_PTRACER), may be traced -> sudo trapline attach PID, or sudo sysctl kernel.yama.ptrace_scope=0"},
		{"yama 1 root", func(w *fake) { w.root(); w.sysctl(yamaSysctl, "1") }, "ok yama: ptrace_scope is 1, which cap_sys_ptrace overrides"},
		{"yama 2", sysctl(yamaSysctl, "2"), "problem yama: ptrace_scope is 2"},
		{"yama 3", func(w *fake) { w.root(); w.sysctl(yamaSysctl, "3") }, "problem yama: ptrace_scope is 3: nobody may trace, not even root -> set kernel.yama.ptrace_scope = 0 in /etc/sysctl.d/ and reboot"},
		{"selinux", func(w *fake) { w.program("/sys/fs/selinux/booleans/deny_ptrace", []byte("1 1")) }, "problem selinux: deny_ptrace is on"},
		{"apparmor", func(w *fake) { w.proc.Text["100/attr/current"] = "docker-default (enforce)\n" }, "note apparmor: confined by the profile docker-default (enforce)"},
		{"no filter", nil, "ok seccomp: no filter on us"},
		{"filter", self("Seccomp=2"), "note seccomp: a filter is on us: it may refuse ptrace -> docker run"},
		{"old filter", func(w *fake) { w.process(us, "Seccomp=2"); w.sysctl("kernel/osrelease", "4.4.0") }, "problem seccomp: a filter is on us; on kernels before 4.8"},
		{"filter passes", func(w *fake) { w.process(us, "Seccomp=2"); w.probes = allProbed }, "ok seccomp: a filter is on us, but lets ptrace pass"},
		{"filter refuses", func(w *fake) {
			w.process(us, "Seccomp=2")
			w.probes = map[string]error{ProbeTraceme: syscall.EPERM}
		}, "problem seccomp: a filter is on us and ptrace is refused: operation not permitted"},
		{"visible", nil, "ok hidepid: every process is visible"},
		{"hidepid=0", mount(",hidepid=0"), "ok hidepid: every process is visible"},
		{"hidepid=2", mount(",hidepid=2"), "note hidepid: /proc is mounted with hidepid=2: other users' processes look as if they did not exist -> sudo trapline ..., or sudo mount -o remount,hidepid=0 /proc"},
		{"hidepid root", func(w *fake) { w.root(); mount(",hidepid=invisible")(w) }, "ok hidepid: /proc is mounted with hidepid=invisible, which"},
		{"perf", sysctl("kernel/perf_event_paranoid", "4"), "note perf: perf_event_paranoid is 4: perf events need cap_perfmon -> sudo sysctl kernel.perf_event_paranoid=2"},
		{"no perf", func(w *fake) { delete(w.proc.Text, "sys/kernel/perf_event_paranoid") }, "note perf: no perf events"},
		{"aslr", nil, "ok aslr: addresses differ from run to run (randomize_va_space is 2"},
		{"no aslr", sysctl("kernel/randomize_va_space", "0"), "ok aslr: address randomization is off"},
		{"core", nil, "ok core: core files go to core"},
		{"core limit", func(w *fake) {
			w.proc.Text["100/limits"] = "Limit      Soft Limit  Hard Limit  Units\nMax core file size        0                    unlimited            bytes\n"
		}, "note core: no core files are written (RLIMIT_CORE is 0; the pattern is core) -> ulimit -c unlimited"},
		{"coredumpctl", sysctl("kernel/core_pattern", "|/usr/lib/systemd/systemd-coredump %P %u"), "note core: core files are piped to /usr/lib/systemd/systemd-coredump -> coredumpctl list"},
		{"core pipe", sysctl("kernel/core_pattern", "|"), "note core: core files are piped to "},
		{"symbols", nil, "ok symbols: /usr/lib/debug is there"},
		{"no symbols", func(w *fake) { delete(w.files, "/usr/lib/debug") }, "note symbols: no /usr/lib/debug"},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := plainWorld()
			if c.change != nil {
				c.change(w)
			}
			checkFindings(t, w.doctor().Host(), c.want, "")
		})
	}
}

func TestTarget(t *testing.T) {
	victim := func(lines ...string) func(*fake) {
		return func(w *fake) { w.process(them, append([]string{"Name=victim"}, lines...)...) }
	}
	both := func(changes ...func(*fake)) func(*fake) {
		return func(w *fake) {
			for _, c := range changes {
				c(w)
			}
		}
	}
	root := (*fake).root
	yama := func(n string) func(*fake) { return func(w *fake) { w.sysctl(yamaSysctl, n) } }
	const fine = "ok attach: victim (pid 200) may be attached to"
	for _, c := range []struct {
		name   string
		change func(*fake)
		want   string
		// refused: the attach fails for this reason, so the error says it as well.
		refused bool
	}{
		{"plain", nil, fine, false},
		{"root, other user", both(root, victim("Uid=1001\t1001\t1001\t1001")), fine, false},
		{"gone", func(w *fake) { delete(w.proc.Text, "200/status"); delete(w.proc.Text, "200/stat") },
			"problem process: no process 200 -> pgrep NAME", true},
		{"hidden", func(w *fake) {
			delete(w.proc.Text, "200/status")
			delete(w.proc.Text, "200/stat")
			w.proc.Text["100/mountinfo"] = mountLine + ",hidepid=2\n"
		}, "problem process: no process 200 is to be seen, and /proc is mounted with hidepid=2", true},
		{"zombie", victim("State=Z (zombie)"), "problem process: victim (pid 200) has exited (zombie) and waits for its parent init (pid 1) to collect it", true},
		{"leader exited", func(w *fake) {
			w.process(them, "State=Z (zombie)")
			w.proc.Text["200/task/201/stat"] = strings.Replace(w.proc.Text["200/stat"], " Z ", " S ", 1)
		}, "note process: its first thread has exited; thread 201", false},
		{"kernel thread", victim("Kthread=1", "Uid=0\t0\t0\t0"), "problem process: victim (pid 200) is a thread of the kernel", true},
		{"kernel thread by flag", func(w *fake) {
			w.proc.Text["200/stat"] = "200 (kworker/0:1) I 2 0 0 0 -1 69238880" + strings.Repeat(" 0", 43) + "\n"
		}, "is a thread of the kernel", true},
		{"traced", func(w *fake) {
			w.process(them, "Name=victim", "TracerPid=300")
			w.process(300, "Name=gdb")
		}, "problem tracer: victim (pid 200) is already traced by gdb (pid 300); a process has one tracer at most -> detach it there, or end the tracer: kill 300", true},
		{"traced by a thread", func(w *fake) {
			w.process(them, "Name=victim", "TracerPid=301")
			w.process(301, "Name=worker", "Tgid=300")
			w.process(300, "Name=gdb")
		}, "is already traced by gdb (pid 300); a process has one tracer at most -> detach it there, or end the tracer: kill 300", true},
		{"traced by us", victim("TracerPid=100"), "is already traced by this trapline", true},
		{"traced by someone gone", victim("TracerPid=300"), "is already traced by pid 300", true},
		{"yama 3", both(root, yama("3")), "problem yama: kernel.yama.ptrace_scope is 3: nobody", true},
		{"yama 2", yama("2"), "problem yama: kernel.yama.ptrace_scope is 2: only cap_sys_ptrace may trace -> sudo trapline attach 200, or sudo sysctl kernel.yama.ptrace_scope=0", true},
		{"yama 2, root", both(root, yama("2")), fine, false},
		{"yama 1", yama("1"), "problem yama: kernel.yama.ptrace_scope is 1 and victim (pid 200) was not started by this trapline -> sudo trapline attach 200, or sudo sysctl kernel.yama.ptrace_scope=0, or launch it with trapline run", true},
		{"yama 1, grandchild", both(yama("1"), victim("PPid=300"), func(w *fake) { w.process(300, "PPid=100") }), fine, false},
		{"yama 1, circle of parents", both(yama("1"), victim("PPid=300"), func(w *fake) { w.process(300, "PPid=200") }), "ptrace_scope is 1", true},
		{"other user", victim("Uid=1001\t1001\t1001\t1001"), "problem user: victim (pid 200) belongs to bob (uid 1001) and we are ann (uid 1000) without cap_sys_ptrace -> sudo trapline attach 200", true},
		{"set-user-id", victim("Uid=1000\t0\t0\t0"), "problem user: victim (pid 200) runs set-user-id as root (uid 0); tracing it needs cap_sys_ptrace", true},
		{"other group", victim("Gid=1000\t42\t42\t42"), "problem user: victim (pid 200) runs with group 1000 (effective 42, saved 42) and we with 1000", true},
		{"weak root in docker", both(func(w *fake) {
			w.process(us, "Uid=0\t0\t0\t0", "Gid=0\t0\t0\t0")
			w.dir("/.dockerenv", 0)
		}, victim()), "problem user: victim (pid 200) belongs to ann (uid 1000) and we are root (uid 0) without cap_sys_ptrace -> docker run --cap-add=SYS_PTRACE", true},
		{"capabilities", victim("CapPrm=3000"), "problem capability: victim (pid 200) holds capabilities that we do not: cap_net_admin,cap_net_raw -> sudo", true},
		{"not dumpable", func(w *fake) { w.dir("/proc/200/stat", 0) }, "problem dumpable: victim (pid 200) may not be dumped", true},
		{"not dumpable, root", both(root, func(w *fake) { w.dir("/proc/200/stat", 0) }), "note dumpable: victim (pid 200) may not be dumped (it changed ids, has an unreadable program, or called prctl(PR_SET_DUMPABLE)), which cap_sys_ptrace overrides", false},
		{"other user ns", func(w *fake) { w.proc.Links["200/ns/user"] = "user:[4026532999]" }, "problem userns: victim (pid 200) is in another user namespace", true},
		{"other user ns, root", both(root, func(w *fake) { w.proc.Links["200/ns/user"] = "user:[4026532999]" }), "note userns: victim (pid 200) is in a user namespace of its own", false},
		{"we in user ns", both(root, func(w *fake) { w.proc.Links["100/ns/user"] = "user:[4026532999]" }), "problem userns:", true},
		{"deny_ptrace", func(w *fake) { w.program("/sys/fs/selinux/booleans/deny_ptrace", []byte("1 1")) }, "problem selinux: deny_ptrace is on", true},
		{"thread", victim("Tgid=1"), "note process: 200 is a thread of init (pid 1), not a process -> trapline attach 1", false},
		{"container", victim("NSpid=200\t7"), "note pidns: it lives in another pid namespace (a container), where it is pid 7 -> its files are under /proc/200/root", false},
		{"stopped", victim("State=T (stopped)"), "note state: it is stopped by job control, and stays so after an attach and detach -> kill -CONT 200", false},
		{"frozen", func(w *fake) {
			w.proc.Text["200/cgroup"] = "0::/docker/x\n"
			w.program("/sys/fs/cgroup/docker/x/cgroup.events", []byte("populated 1\nfrozen 1\n"))
		}, "note state: its control group is frozen: it goes on only when thawed, whatever a tracer does -> docker unpause, or thaw /sys/fs/cgroup/docker/x", false},
		{"frozen, version 1", func(w *fake) {
			w.proc.Text["200/cgroup"] = "3:cpu:/y\n2:freezer:/x\n"
			w.program("/sys/fs/cgroup/freezer/x/freezer.state", []byte("FROZEN\n"))
		}, "note state: its control group is frozen", false},
		{"not frozen", func(w *fake) {
			w.proc.Text["200/cgroup"] = "2:freezer:/x\n0::/\n"
			w.program("/sys/fs/cgroup/freezer/x/freezer.state", []byte("THAWED\n"))
		}, fine, false},
		{"disk sleep", victim("State=D (disk sleep)"), "note state: it sleeps uninterruptibly", false},
		{"dumping core", victim("CoreDumping=1"), "note state: it is dumping core", false},
		{"deleted", func(w *fake) { w.proc.Links["200/exe"] = "/bin/prog (deleted)" }, "note program: its program /bin/prog was deleted or replaced since it started; trapline reads it through /proc/200/exe", false},
		{"i386", func(w *fake) {
			w.program("/proc/200/exe", elfFile(func(h *elf.Header64) { h.Ident[4] = 1; h.Machine = uint16(elf.EM_386) }))
		}, "problem program: a 32-bit program (i386): the debugger knows x86-64 only -> follow its system calls with trapline trace", false},
		{"steering name", victim(`Name=\x1b[2J`+"\x1b[2J", "TracerPid=300"), "already traced by pid 300", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := plainWorld()
			if c.change != nil {
				c.change(w)
			}
			absent := ""
			if c.refused {
				absent = "may be attached to"
			}
			checkFindings(t, w.doctor().Target(them), c.want, absent)
			err := w.doctor().ExplainAttach(them, syscall.EPERM)
			_, text, _ := strings.Cut(c.want, ": ")
			text = strings.Replace(text, " -> ", "; try: ", 1)
			if got := err.Error(); strings.Contains(got, text) != c.refused || !errors.Is(err, syscall.EPERM) ||
				!strings.HasPrefix(got, "attach 200: ") || strings.Contains(got, "\n") {
				t.Errorf("error: %s\nwant (%t): %s", got, c.refused, text)
			}
		})
	}
	checkFindings(t, plainWorld().doctor().About("100"), "problem process: pid 100 is trapline itself", "may be")
	w := plainWorld()
	w.root()
	checkFindings(t, w.doctor().Target(1), "note init: pid 1 is the init", "")
}

func TestExplainAttachLeftovers(t *testing.T) {
	for _, c := range []struct {
		change func(*fake)
		err    error
		want   string
	}{
		{nil, syscall.ESRCH, "attach 200: victim (pid 200) or one of its threads exited while it was being attached; try: the same again"},
		{nil, fmt.Errorf("seize: %w", procfs.ErrGone), "attach 200: victim (pid 200) or one of its threads exited while it was being attached; try: the same again"},
		{func(w *fake) { w.process(us, "Seccomp=2") }, syscall.EPERM, "attach 200: a seccomp filter on trapline refuses ptrace; try: " + containerRemedy},
		{nil, syscall.EPERM, "attach 200: the kernel refuses it (operation not permitted), and no setting that can be seen says why: a security module?; try: trapline doctor, and the kernel's log (dmesg)"},
		{nil, os.NewSyscallError("ptrace", syscall.EIO), "attach 200: input/output error"},
	} {
		w := plainWorld()
		if c.change != nil {
			c.change(w)
		}
		if got := w.doctor().ExplainAttach(them, c.err); got.Error() != c.want || !errors.Is(got, errors.Unwrap(got)) {
			t.Errorf("%v\nwant %s", got, c.want)
		}
	}
	if err := plainWorld().doctor().ExplainAttach(them, nil); err != nil {
		t.Error(err)
	}
}

func TestProgram(t *testing.T) {
	const path = "/bin/prog"
	data := func(b string) func(*fake) { return func(w *fake) { w.program(path, []byte(b)) } }
	file := func(change func(*fakeFile)) func(*fake) { return func(w *fake) { change(w.files[path]) } }
	edit := func(change func(*elf.Header64)) func(*fake) {
		return func(w *fake) { w.program(path, elfFile(change)) }
	}
	for _, c := range []struct {
		name   string
		prog   string
		change func(*fake)
		want   string
		errno  syscall.Errno // what execve says; 0 when it works
	}{
		{"plain", path, nil, "ok launch: /bin/prog can be launched and debugged", 0},
		{"stripped", path, nil, "note symbols: /bin/prog is stripped", 0},
		{"in PATH", "prog", func(w *fake) { w.path["prog"] = path }, "ok launch: /bin/prog can", 0},
		{"not in PATH", "nope", nil, "problem file: nope is not in $PATH -> give its path", syscall.ENOENT},
		{"in the directory", "here", func(w *fake) { w.program("here", nil) }, "problem file: here is not in $PATH, but here is a file of that name -> ./here", syscall.ENOENT},
		{"missing", "/bin/nope", nil, "problem file: no file /bin/nope -> check the path", syscall.ENOENT},
		{"missing directory", "/opt/x/nope", nil, "problem file: no file /opt/x/nope: there is no directory /opt -> check the path", syscall.ENOENT},
		{"unsearchable", "/root/x", func(w *fake) { w.files["/root/x"] = &fakeFile{err: syscall.EACCES} }, "problem file: /root/x: a directory on the way may not be searched", syscall.EACCES},
		{"directory", "/bin", nil, "problem file: /bin is a directory -> name a program in it", syscall.EACCES},
		{"device", path, file(func(f *fakeFile) { f.Mode = fs.ModeDevice | fs.ModeCharDevice | 0o666 }), "problem file: /bin/prog is a character device", syscall.EACCES},
		{"named pipe", path, file(func(f *fakeFile) { f.Mode = fs.ModeNamedPipe | 0o666 }), "problem file: /bin/prog is a named pipe", syscall.EACCES},
		{"no x", path, file(func(f *fakeFile) { f.Mode = 0o644; f.denied = Executable }), "problem mode: /bin/prog is not executable (mode 0644) -> chmod +x /bin/prog", syscall.EACCES},
		{"x for others", path, file(func(f *fakeFile) { f.Mode = 0o700; f.denied = Executable }), "problem mode: /bin/prog may not be executed by ann (uid 1000) (mode 0700, owner root (uid 0))", syscall.EACCES},
		{"noexec", "/mnt/prog", func(w *fake) { w.program("/mnt/prog", elfFile(nil)).denied = Executable }, "problem mode: /mnt/prog lies on /mnt, which is mounted noexec -> copy it elsewhere, or: sudo mount -o remount,exec /mnt", syscall.EACCES},
		{"unreadable", path, file(func(f *fakeFile) { f.Mode = 0o711; f.denied = Readable }), "problem mode: /bin/prog may be executed but not read", 0},
		{"empty", path, data(""), "problem format: /bin/prog is empty", syscall.ENOEXEC},
		{"text", path, data("echo hello\n"), "problem format: /bin/prog is a text file without #!: the kernel cannot execute it -> trapline run /bin/sh /bin/prog, or put #!/bin/sh on its first line", syscall.ENOEXEC},
		{"binary", path, data("\x00\x01\x02\x03"), "problem format: /bin/prog is neither an ELF file nor a script", syscall.ENOEXEC},
		{"windows", path, data("MZ\x90\x00"), "problem format: /bin/prog is a Windows program -> it needs Windows or wine", syscall.ENOEXEC},
		{"script", path, data("#!/bin/sh -e\n"), "note script: /bin/prog is a script: what is debugged is its interpreter /bin/sh", 0},
		{"script with blank", path, data("#! \t/bin/sh\n"), "its interpreter /bin/sh", 0},
		{"script of nothing", path, data("#!\necho"), "problem script: /bin/prog has an empty #! line", syscall.ENOEXEC},
		{"missing interpreter", path, data("#!/usr/bin/perl5\n"), "problem script: the interpreter of /bin/prog, /usr/bin/perl5, does not exist -> install it", syscall.ENOENT},
		{"DOS script", path, data("#!/bin/sh\r\necho\r\n"), `problem script: /bin/prog has DOS line ends: its interpreter would be "/bin/sh\r" -> sed`, syscall.ENOENT},
		{"interpreter is a directory", path, data("#!/bin\n"), "problem script: the interpreter of /bin/prog, /bin, is not executable", syscall.EACCES},
		{"endless #!", path, data("#!/" + strings.Repeat("x", 300)), "problem script: /bin/prog has a #! line longer than the kernel reads", syscall.ENOEXEC},
		{"i386", path, edit(func(h *elf.Header64) { h.Ident[4] = 1; h.Machine = uint16(elf.EM_386) }), "problem machine: a 32-bit program (i386)", syscall.ENOEXEC},
		{"x32", path, edit(func(h *elf.Header64) { h.Ident[4] = 1 }), "problem machine: a 32-bit program of the x32 ABI", syscall.ENOEXEC},
		{"aarch64", path, edit(func(h *elf.Header64) { h.Machine = uint16(elf.EM_AARCH64) }), "problem machine: a program for another machine (aarch64), not x86-64", syscall.ENOEXEC},
		{"s390", path, edit(func(h *elf.Header64) { h.Ident[5] = 2; h.Machine = uint16(elf.EM_S390)<<8 | uint16(elf.EM_S390)>>8 }), "another machine (s390)", syscall.ENOEXEC},
		{"qemu", path, func(w *fake) {
			w.program(path, elfFile(func(h *elf.Header64) { h.Machine = uint16(elf.EM_AARCH64) }))
			w.sysctl(binfmtDir+"/status", "enabled")
			w.sysctl(binfmtDir+"/register", "")
			w.sysctl(binfmtDir+"/mips", "enabled\ninterpreter /usr/bin/qemu-mips\nflags: \noffset 0\nmagic 7f454c46020101000000000000000000020008")
			w.sysctl(binfmtDir+"/off", "disabled\ninterpreter /usr/bin/off\nflags: \noffset 0\nmagic 7f")
			w.sysctl(binfmtDir+"/qemu-aarch64", "enabled\ninterpreter /usr/bin/qemu-aarch64\nflags: OCF\noffset 0\n"+
				"magic 7f454c460201010000000000000000000200b700\nmask ffffffffffffff00fffffffffffffffffeffffff")
		}, "note binfmt: /bin/prog is started through /usr/bin/qemu-aarch64 (binfmt_misc)", 0},
		{"jar", "/bin/x.jar", func(w *fake) {
			w.program("/bin/x.jar", []byte("PK\x03\x04"))
			w.sysctl(binfmtDir+"/status", "enabled")
			w.sysctl(binfmtDir+"/jar", "enabled\ninterpreter /usr/bin/jexec\nflags: \nextension .jar")
		}, "note binfmt: /bin/x.jar is started through /usr/bin/jexec", 0},
		{"binfmt_misc off", path, func(w *fake) {
			w.program(path, []byte("MZ\x90"))
			w.sysctl(binfmtDir+"/status", "disabled")
			w.sysctl(binfmtDir+"/wine", "enabled\ninterpreter /usr/bin/wine\nflags: \noffset 0\nmagic 4d5a")
		}, "problem format: /bin/prog is a Windows program", syscall.ENOEXEC},
		{"odd binfmt entry", path, func(w *fake) {
			w.program(path, []byte("MZ\x90"))
			w.sysctl(binfmtDir+"/status", "enabled")
			w.sysctl(binfmtDir+"/far", "enabled\ninterpreter /x\noffset 9223372036854775807\nmagic 4d5a")
			w.sysctl(binfmtDir+"/none", "enabled\n")
		}, "problem format: /bin/prog is a Windows program", syscall.ENOEXEC},
		{"cut short", path, data("\x7fELF\x02\x01"), "problem machine: a truncated ELF file (6 bytes)", syscall.ENOEXEC},
		{"cut header", path, func(w *fake) { w.program(path, elfFile(nil)[:40]) }, "problem elf: /bin/prog is a damaged ELF file", syscall.ENOEXEC},
		{"cut interpreter", path, func(w *fake) { w.program(path, elfFile(nil)[:125]) }, "problem elf: /bin/prog is a damaged ELF file: its interpreter's name lies outside of it", syscall.ENOEXEC},
		{"cut program headers", path, func(w *fake) { w.program(path, elfFile(nil)[:100]) }, "problem elf: /bin/prog is a damaged ELF file: its program headers lie outside of it", syscall.ENOEXEC},
		{"odd program headers", path, edit(func(h *elf.Header64) { h.Phentsize = 1 }), "program headers of 1 bytes, not 56", syscall.ENOEXEC},
		{"far program headers", path, edit(func(h *elf.Header64) { h.Phoff = 1<<63 - 10 }), "its program headers lie outside of it", syscall.ENOEXEC},
		{"damaged sections", path, edit(func(h *elf.Header64) { h.Shoff, h.Shnum, h.Shentsize = 1<<40, 3, 64 }), "note symbols: /bin/prog runs, but its sections are damaged", 0},
		{"symbols", path, func(w *fake) {
			exe, _ := os.Executable()
			b, _ := os.ReadFile(exe)
			w.program(path, b)
			w.program("/lib64/ld-linux-x86-64.so.2", nil)
			w.program("/libexec/ld-elf.so.1", nil)
		}, " symbols: /bin/prog ", 0},
		{"path through a file", "/bin/sh/x", func(w *fake) { w.files["/bin/sh/x"] = &fakeFile{err: syscall.ENOTDIR} }, "problem file: no file /bin/sh/x: a part of the path is itself a file", syscall.ENOTDIR},
		{"loader missing", path, func(w *fake) { delete(w.files, "/lib64/ld.so") }, "problem elf: the interpreter (dynamic loader) of /bin/prog, /lib64/ld.so, does not exist", syscall.ENOENT},
		{"object file", path, edit(func(h *elf.Header64) { h.Type = uint16(elf.ET_REL) }), "problem elf: /bin/prog is an object file", syscall.ENOEXEC},
		{"core file", path, edit(func(h *elf.Header64) { h.Type = uint16(elf.ET_CORE) }), "problem elf: /bin/prog is a core file", syscall.ENOEXEC},
		{"library", path, edit(func(h *elf.Header64) { h.Phnum, h.Phoff, h.Entry = 0, 0, 0 }), "problem elf: /bin/prog is a shared library", syscall.ENOEXEC},
		{"odd type", path, edit(func(h *elf.Header64) { h.Type = 77 }), "not a program", syscall.ENOEXEC},
		{"setuid", path, file(func(f *fakeFile) { f.Mode |= fs.ModeSetuid }), "note setuid: /bin/prog is set-user-id root (uid 0), but under a tracer without cap_sys_ptrace it runs with our rights only -> sudo trapline run /bin/prog", 0},
		{"setgid", path, file(func(f *fakeFile) { f.Mode |= fs.ModeSetgid; f.GID = 42 }), "note setuid: /bin/prog is set-group-id gid 42, but", 0},
		{"our own setuid", path, file(func(f *fakeFile) { f.Mode |= fs.ModeSetuid; f.UID = 1000 }), "can be launched and debugged", 0},
		{"setuid, capable", path, func(w *fake) {
			w.root()
			w.files[path].Mode |= fs.ModeSetuid
			w.files[path].UID = 1001
		}, "note setuid: /bin/prog is set-user-id bob (uid 1001), and keeps that under our cap_sys_ptrace", 0},
		{"file capabilities", path, file(func(f *fakeFile) { f.xattr = "\x01\x00\x00\x02" }), "note setuid: /bin/prog has file capabilities", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			w := plainWorld()
			if c.change != nil {
				c.change(w)
			}
			absent := ""
			if strings.HasPrefix(c.want, "problem") {
				absent = "can be launched"
			}
			checkFindings(t, w.doctor().About(c.prog), c.want, absent)
			early := w.doctor().CheckLaunch(c.prog)
			if (early != nil) != (c.errno != 0) {
				t.Errorf("beforehand: %v", early)
			}
			if c.errno == 0 {
				return
			}
			err := w.doctor().ExplainLaunch(c.prog, &fs.PathError{Op: "fork/exec", Path: c.prog, Err: c.errno})
			_, text, _ := strings.Cut(c.want, ": ")
			text = strings.Replace(text, " -> ", "; try: ", 1)
			if !strings.Contains(err.Error()+"; try:", text) || !errors.Is(err, c.errno) || err.Error() != early.Error() || !strings.HasPrefix(err.Error(), "launch") || !strings.Contains(err.Error(), c.prog) {
				t.Errorf("error: %v\nwant %s", err, text)
			}
		})
	}
}

func TestExplainLaunchLeftovers(t *testing.T) {
	d := plainWorld().doctor()
	for err, want := range map[error]string{
		syscall.ETXTBSY: "launch /bin/prog: it is open for writing; try: wait for whoever writes it (fuser FILE)",
		syscall.E2BIG:   "launch /bin/prog: its arguments and environment are too long; try: pass less, or raise ulimit -s",
		syscall.EPERM:   "launch /bin/prog: operation not permitted",
	} {
		if got := d.ExplainLaunch("/bin/prog", err).Error(); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	if err := d.ExplainLaunch("/bin/prog", nil); err != nil {
		t.Error(err)
	}
	w := plainWorld()
	w.sysctl(yamaSysctl, "2")
	if got := w.doctor().ExplainLaunch("/bin/prog", syscall.EPERM).Error(); !strings.Contains(got, "ptrace_scope is 2") {
		t.Error(got)
	}
}

func TestRender(t *testing.T) {
	list := []Finding{{"kernel", OK, "Linux 6.18", ""}, {"yama", Problem, "nobody may trace", "reboot"}, {"container", Note, "docker", ""}}
	var b strings.Builder
	if err := Render(&b, list, false); err != nil {
		t.Fatal(err)
	}
	want := `ok       kernel     Linux 6.18
problem  yama       nobody may trace
                    -> reboot
note     container  docker
`
	if d := cmp.Diff(want, b.String()); d != "" {
		t.Error(d)
	}
	b.Reset()
	Render(&b, list[1:2], true)
	if got := b.String(); !strings.HasPrefix(got, "\x1b[31mproblem\x1b[0m  yama  nobody") {
		t.Errorf("%q", got)
	}
	if Worst(list) != Problem || Worst(nil) != OK || Worst(list[2:]) != Note {
		t.Error("Worst")
	}
	if err := Render(failing{}, list, false); !errors.Is(err, syscall.ENOSPC) {
		t.Error(err)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func TestVersion(t *testing.T) {
	for s, want := range map[string]version{"6.1.0-18-amd64": {6, 1}, "5.3": {5, 3}, "4.19-rc1": {4, 19}, "6": {}, "": {}, "a.b": {}} {
		got, ok := parseVersion(s)
		if ok != (want != version{}) || ok && got != want {
			t.Errorf("%q: %v %t", s, got, ok)
		}
	}
	if !(version{5, 9}).before(version{5, 10}) || (version{6, 0}).before(version{5, 10}) {
		t.Error("order")
	}
}

// FuzzProgram gives any bytes to the rows that look into a file.
func FuzzProgram(f *testing.F) {
	f.Add(elfFile(nil))
	f.Add([]byte("#!/bin/sh -x\n"))
	f.Add([]byte("text"))
	f.Fuzz(func(t *testing.T, b []byte) {
		w := plainWorld()
		w.program("/bin/prog", b)
		if got := w.doctor().Program("/bin/prog"); len(got) == 0 {
			t.Error("nothing to say")
		}
		for _, f := range w.doctor().Program("/bin/prog") {
			if strings.ContainsAny(f.Text+f.Remedy, "\n\x1b") {
				t.Errorf("not one plain line: %q", say(f))
			}
		}
	})
}

// FuzzText gives any text to what reads settings.
func FuzzText(f *testing.F) {
	f.Add("enabled\ninterpreter /x\nflags: \noffset 1\nmagic 4d5a\nmask ff00\n", []byte("xMZ"))
	f.Add("6.1.0-18-amd64", []byte("#!/bin/sh"))
	f.Fuzz(func(t *testing.T, text string, head []byte) {
		entry := parseBinfmt(text)
		if entry.takes("/bin/x", head) && entry.extension == "" && len(entry.magic) > len(head) {
			t.Error("took a file shorter than its magic")
		}
		if v, ok := parseVersion(text); ok && v.String() == "" {
			t.Error("a version without text")
		}
	})
}
