package doctor

// The rules of FreeBSD (p_candebug in kern/kern_prot.c, security(7)). They are fewer
// than Linux's, and settings of the machine rather than of the process.

import "fmt"

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

func (h *host) bsdSeen() *Finding {
	uid, _ := h.World.IDs()
	if n, ok := h.sysctl("security.bsd.see_other_uids"); !ok || n != 0 || uid == 0 {
		return nil
	}
	return note("sudo trapline ...", "security.bsd.see_other_uids is 0: other users' processes look as if they did not exist")
}

func (h *host) bsdJail() *Finding {
	if n, ok := h.sysctl("security.jail.jailed"); !ok || n == 0 {
		return good("not in a jail")
	}
	return note("to trace the host's processes, run trapline on the host", "in a jail: only its own processes are seen")
}

func (h *host) bsdSecureLevel() *Finding {
	if n, ok := h.sysctl("kern.securelevel"); ok && n > 0 {
		return note("", "kern.securelevel is %d: init may not be traced, nor kernel memory written", n)
	}
	return nil
}

// bsdTarget says of one process what the settings alone tell.
func (d *Doctor) bsdTarget(pid int) []Finding {
	h := d.host()
	var out []Finding
	for _, row := range []func(*host) *Finding{(*host).bsdDebug, (*host).bsdSeen} {
		if f := row(h); f != nil && f.Level != OK {
			f.Topic = "settings"
			out = append(out, *f)
		}
	}
	if len(out) == 0 {
		out = append(out, Finding{"settings", OK, fmt.Sprintf("no setting forbids attaching to pid %d, if it is this user's", pid), ""})
	}
	return out
}

// whyRefusedBSD explains a refused attach by the settings, else by p_candebug's list.
func (d *Doctor) whyRefusedBSD(pid int, gone bool) *Finding {
	f := d.bsdTarget(pid)[0]
	switch {
	case gone:
		return problem("pgrep NAME, or ps -ax, tells the pids", "no process %d", pid)
	case f.Level != OK:
		return &f
	}
	return problem("sudo "+d.attach(pid),
		"not a process of this user, a set-user-id one, traced already, or one that forbids it (procctl)")
}
