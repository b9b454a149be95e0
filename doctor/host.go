package doctor

// What the machine and its settings allow, whatever the program.

import (
	"bytes"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/trapline/trapline/internal/debugregs"
	"github.com/trapline/trapline/procfs"
)

// host is what the rows below look at.
type host struct {
	*Doctor
	self      *procfs.Status
	kernel    version
	release   string
	probed    map[string]error
	container string // what we are inside of; "" for the machine itself
}

// hostRows are looked at in order, those of the OS we run on. A row without anything
// to say returns nil.
var hostRows = []struct {
	os, topic string
	run       func(*host) *Finding
}{
	{"linux", "proc", (*host).procMounted},
	{"linux", "kernel", (*host).kernelRelease},
	{"linux", "container", (*host).inContainer},
	{"linux", "user", (*host).capabilities},
	{"linux", "yama", (*host).yama},
	{"linux", "selinux", (*host).selinux},
	{"linux", "apparmor", (*host).apparmor},
	{"linux", "seccomp", (*host).seccomp},
	{"linux", "hidepid", (*host).hidepid},
	{"linux", "perf", (*host).perf},
	{"linux", "aslr", (*host).aslr},
	{"linux", "core", (*host).core},
	{"freebsd", "user", (*host).bsdUser},
	{"freebsd", "ptrace", (*host).bsdPtrace},
	{"freebsd", "debug", (*host).bsdDebug},
	{"freebsd", "users", (*host).bsdSeen},
	{"freebsd", "jail", (*host).bsdJail},
	{"freebsd", "level", (*host).bsdSecureLevel},
	{"freebsd", "capsicum", (*host).bsdCapsicum},
	{"freebsd", "kill", (*host).bsdKill},
	{"freebsd", "proc", (*host).bsdProc},
	{"freebsd", "linux", (*host).bsdLinux},
	{"freebsd", "core", (*host).bsdCore},
	{"", "symbols", (*host).symbols},
}

// Host looks at the machine: the settings first, then each kernel feature that we
// use.
func (d *Doctor) Host() []Finding {
	h := d.host()
	var out []Finding
	for _, row := range hostRows {
		if row.os != "" && row.os != d.World.OS() {
			continue
		}
		if f := row.run(h); f != nil {
			f.Topic = row.topic
			out = append(out, *f)
		}
	}
	if d.World.OS() == "linux" {
		out = append(out, h.features()...)
	}
	return out
}

func (d *Doctor) host() *host {
	h := &host{Doctor: d, self: d.self(), probed: d.World.Probe()}
	h.release, _ = d.FS.Sysctl("kernel/osrelease")
	h.kernel, _ = parseVersion(h.release)
	h.container = d.container()
	return h
}

// The remedy for what a container's defaults take away, exact for the commonest.
const containerRemedy = "docker run --cap-add=SYS_PTRACE --security-opt seccomp=unconfined ... (podman: the same; Kubernetes: securityContext.capabilities.add: [SYS_PTRACE])"

func (h *host) procMounted() *Finding {
	if h.self.PID != 0 {
		return nil
	}
	return problem("mount -t proc proc /proc", "/proc is not mounted or not readable: nothing can be said about processes")
}

func (h *host) kernelRelease() *Finding {
	if h.release == "" {
		return nil
	}
	if h.kernel == (version{}) {
		return note("", "kernel %s: not a release number we know", printable(h.release))
	}
	return good("Linux %s", printable(h.release))
}

// container names what we run in, by the traces that container engines leave.
func (d *Doctor) container() string {
	for _, mark := range []struct{ file, name string }{
		{"/.dockerenv", "docker"},
		{"/run/.containerenv", "podman"},
	} {
		if _, err := d.World.Stat(mark.file); err == nil {
			return mark.name
		}
	}
	groups, _ := d.FS.Proc(d.World.PID()).Cgroups()
	for _, g := range groups {
		for _, mark := range []struct{ part, name string }{
			{"kubepods", "kubernetes"}, {"docker", "docker"}, {"libpod", "podman"}, {"containerd", "containerd"},
			{"lxc", "lxc"}, {"machine.slice", "systemd-nspawn"},
		} {
			if strings.Contains(g.Path, mark.part) {
				return mark.name
			}
		}
	}
	return ""
}

func (h *host) inContainer() *Finding {
	if h.container == "" {
		return good("no container found")
	}
	if ns, err := h.FS.Proc(h.World.PID()).Namespace("pid"); err == nil && ns == initialPIDNS {
		return good("inside a container (%s) that sees all processes of the machine", h.container)
	}
	return note("to trace the host's processes, run trapline on the host (or the container with --pid=host)",
		"inside a container (%s): only its own processes are seen", h.container)
}

func (h *host) capabilities() *Finding {
	who := h.user(h.self.UID.Effective)
	has := h.self.CapEffective.Has(procfs.CapSysPtrace)
	switch {
	case has && h.inUserNS():
		return note("run on the host to trace what lives outside", "%s with cap_sys_ptrace, valid only inside this user namespace", who)
	case has:
		return good("%s with cap_sys_ptrace: any process may be traced", who)
	case h.self.UID.Effective == 0:
		return note(h.ptraceRemedy(), "%s without cap_sys_ptrace: other users' processes are out of reach", who)
	}
	return note("sudo trapline ...", "%s without cap_sys_ptrace: only processes of this user may be traced", who)
}

// ptraceRemedy says how to get the capability.
func (h *host) ptraceRemedy() string {
	if h.container != "" {
		return containerRemedy
	}
	return "sudo trapline ..."
}

const (
	yamaSysctl = "kernel/yama/ptrace_scope"
	yamaRelax  = "sudo sysctl kernel.yama.ptrace_scope=0"
	yamaReboot = "set kernel.yama.ptrace_scope = 0 in /etc/sysctl.d/ and reboot: the running kernel does not take it back"
)

func (h *host) yama() *Finding {
	scope, ok := h.sysctlInt(yamaSysctl)
	if !ok {
		return good("not active: no restriction beyond users and capabilities")
	}
	has := h.self.CapEffective.Has(procfs.CapSysPtrace)
	switch {
	case scope >= 3:
		return problem(yamaReboot, "ptrace_scope is %d: nobody may trace, not even root", scope)
	case scope == 2 && !has:
		return problem("sudo trapline ..., or "+yamaRelax, "ptrace_scope is 2: only cap_sys_ptrace may trace, not even our own children")
	case scope == 1 && !has:
		return note("sudo trapline attach PID, or "+yamaRelax,
			"ptrace_scope is 1: only what trapline launches, and processes that allow it (PR_SET_PTRACER), may be traced")
	case scope == 0:
		return good("ptrace_scope is 0: no restriction beyond users and capabilities")
	}
	return good("ptrace_scope is %d, which cap_sys_ptrace overrides", scope)
}

// selinux has a boolean that forbids ptrace to everyone it confines.
func (h *host) selinux() *Finding {
	b, err := h.readSmall("/sys/fs/selinux/booleans/deny_ptrace")
	if err != nil || !strings.HasPrefix(b, "1") {
		return nil
	}
	return problem("sudo setsebool deny_ptrace off", "deny_ptrace is on: SELinux refuses ptrace")
}

// apparmor confines by profile; docker's own allows ptrace only within itself.
func (h *host) apparmor() *Finding {
	b, err := h.FS.Proc(h.World.PID()).ReadFile("attr/current")
	profile := strings.TrimRight(string(b), "\n\x00")
	if err != nil || !strings.HasSuffix(profile, "(enforce)") {
		return nil
	}
	return note("docker run --security-opt apparmor=unconfined ..., or allow ptrace in the profile",
		"confined by the profile %s: it may refuse ptrace", printable(profile))
}

func (h *host) seccomp() *Finding {
	if h.self.Seccomp == procfs.SeccompNone {
		return good("no filter on us")
	}
	err, tried := h.probed[ProbeTraceme]
	switch {
	case tried && err == nil:
		return good("a filter is on us, but lets ptrace pass")
	case tried:
		return problem(containerRemedy, "a filter is on us and ptrace is refused: %v", err)
	case h.kernel.before(version{4, 8}):
		return problem(containerRemedy, "a filter is on us; on kernels before 4.8 docker's refuses ptrace")
	}
	return note(containerRemedy, "a filter is on us: it may refuse ptrace")
}

// hidepid is an option of the mount of /proc that hides processes one may not trace.
func (h *host) hidepid() *Finding {
	mounts, err := h.FS.Proc(h.World.PID()).Mounts()
	if err != nil {
		return nil
	}
	m := procfs.FindMount(mounts, path.Dir(h.FS.Proc(h.World.PID()).Dir()))
	if m == nil || m.Type != "proc" {
		return nil
	}
	i := slices.IndexFunc(m.Super, func(o string) bool { return strings.HasPrefix(o, "hidepid=") })
	if i < 0 || m.Has("hidepid=0") || m.Has("hidepid=off") {
		return good("every process is visible in /proc")
	}
	if h.self.CapEffective.Has(procfs.CapSysPtrace) {
		return good("/proc is mounted with %s, which cap_sys_ptrace overrides", m.Super[i])
	}
	return note("sudo trapline ..., or sudo mount -o remount,hidepid=0 "+m.Point,
		"/proc is mounted with %s: other users' processes look as if they did not exist", m.Super[i])
}

func (h *host) perf() *Finding {
	n, ok := h.sysctlInt("kernel/perf_event_paranoid")
	switch {
	case !ok:
		return note("", "no perf events in this kernel: counters are not available")
	case n <= 2 || h.self.CapEffective.Has(procfs.CapPerfmon) || h.self.CapEffective.Has(procfs.CapSysAdmin):
		return good("perf_event_paranoid is %d: events of our own processes may be counted", n)
	}
	return note("sudo sysctl kernel.perf_event_paranoid=2", "perf_event_paranoid is %d: perf events need cap_perfmon", n)
}

func (h *host) aslr() *Finding {
	n, ok := h.sysctlInt("kernel/randomize_va_space")
	switch {
	case !ok:
		return nil
	case n == 0:
		return good("address randomization is off for the whole machine")
	}
	return good("addresses differ from run to run (randomize_va_space is %d; `setarch -R PROG` runs one program without)", n)
}

// core says where the core file of a crash goes.
func (h *host) core() *Finding {
	pattern, err := h.FS.Sysctl("kernel/core_pattern")
	if err != nil {
		return nil
	}
	shown := printable(pattern)
	if strings.HasPrefix(pattern, "|") {
		remedy := ""
		if strings.Contains(pattern, "systemd-coredump") {
			remedy = "coredumpctl list; coredumpctl dump PID -o core"
		}
		return note(remedy, "core files are piped to %s", printable(firstWord(pattern[1:])))
	}
	limits, _ := h.FS.Proc(h.World.PID()).Limits()
	for _, l := range limits {
		if l.Name == "core" && l.Soft == 0 {
			return note("ulimit -c unlimited", "no core files are written (RLIMIT_CORE is 0; the pattern is %s)", shown)
		}
	}
	return good("core files go to %s", shown)
}

func firstWord(s string) string {
	if f := strings.Fields(s); len(f) > 0 {
		return f[0]
	}
	return s
}

func (h *host) symbols() *Finding {
	if st, err := h.World.Stat("/usr/lib/debug"); err == nil && st.Mode.IsDir() {
		return good("/usr/lib/debug is there: separate debug files are looked up in it")
	}
	return note("install the debug packages of what you debug (Debian: libc6-dbg, NAME-dbgsym; Fedora: dnf debuginfo-install NAME)",
		"no /usr/lib/debug: system libraries show only their exported symbols")
}

// features are what the engine would like from the kernel.
var features = []struct {
	probe   string
	since   version
	without Level
	lack    string // what is lost without it
}{
	{ProbeTraceme, version{2, 0}, Problem, "nothing can be launched under trapline"},
	{ProbeSeize, version{3, 4}, Problem, "nothing can be attached without disturbing it"},
	{ProbeGetSyscall, version{5, 3}, Problem, "system call entries cannot be told from exits"},
	{ProbeSetSyscall, version{6, 16}, Note, "system calls are changed through registers instead"},
	{ProbeVMRead, version{3, 2}, Note, "memory is read through /proc/PID/mem instead"},
	{ProbeProcmap, version{6, 11}, Note, "mappings are looked up in the whole of /proc/PID/maps instead"},
	{ProbeDebugRegs, version{2, 0}, Note, "watch goes by single steps; there are no rwatch, awatch and hbreak"},
}

// features gives one finding for all that works and one for each that does not. A
// trial counts more than the release number: features are back-ported, and taken
// away by filters.
func (h *host) features() []Finding {
	var works []string
	var out []Finding
	for _, f := range features {
		err, tried := h.probed[f.probe]
		missing := h.kernel.before(f.since) && h.kernel != (version{})
		switch {
		case tried && err == nil, !tried && !missing:
			works = append(works, f.probe)
			continue
		case missing:
			out = append(out, Finding{"feature", f.without, fmt.Sprintf("%s needs Linux %v: %s", f.probe, f.since, f.lack),
				"update the kernel to " + f.since.String() + " or later"})
		default:
			remedy := "look at the rows above: yama, seccomp, container"
			if errors.Is(err, debugregs.ErrSilent) {
				remedy = "use a machine, or a hypervisor, whose guests have them"
			} else if errors.Is(err, syscall.ENOSYS) || errors.Is(err, syscall.EIO) || errors.Is(err, syscall.ENOTTY) {
				remedy = "use a kernel that has it (this one, or an emulation of one such as gVisor, does not)"
			} else if h.container != "" {
				remedy = containerRemedy
			}
			out = append(out, Finding{"feature", f.without, fmt.Sprintf("%s does not work here (%v): %s", f.probe, err, f.lack), remedy})
		}
	}
	if len(works) > 0 && h.self.PID != 0 {
		how := "by the release number"
		if len(h.probed) > 0 {
			how = "tried"
		}
		out = append(out, Finding{Topic: "feature", Level: OK, Text: strings.Join(works, ", ") + ": work (" + how + ")"})
	}
	return out
}

// readSmall reads the head of a settings file outside of /proc.
func (d *Doctor) readSmall(name string) (string, error) {
	b, err := d.head(name, 64)
	return string(bytes.TrimSpace(b)), err
}
