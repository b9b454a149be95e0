package replay

// kern.proc.* as fixtures for a parser.

import (
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
)

// fixture reads one kern.proc node and records it whole, with decoded fields.
func (r *R) fixture(name string, pid int, decode func([]byte) any, tail ...int32) {
	mib := append(r.k.SysctlMib(name), int32(pid))
	b, e := r.k.Sysctl(append(mib, tail...), nil)
	s := Step{Op: "sysctl " + name, Pid: r.id(pid), PidRaw: pid}
	if e != 0 {
		s.Errno = errnoName(e)
	} else {
		s.BytesRaw = base64.StdEncoding.EncodeToString(b)
		s.Out = M{"length_raw": len(b), "decoded": decode(b)}
	}
	r.emit(s)
}

func u32(b []byte, o int) uint32 { return binary.LittleEndian.Uint32(b[o:]) }
func u64(b []byte, o int) uint64 { return binary.LittleEndian.Uint64(b[o:]) }

// records splits a list of records that begin with their own size.
func records(b []byte, f func([]byte) any) any {
	var out []any
	for len(b) >= 4 {
		n := int(u32(b, 0))
		if n < 4 || n > len(b) {
			break
		}
		out = append(out, f(b[:n]))
		b = b[n:]
	}
	return out
}

func (r *R) decodeVM(b []byte) any {
	return records(b, func(e []byte) any {
		return M{"structsize": u32(e, 0), "type": u32(e, 4), "start": r.at(u64(e, 8)), "start_raw": fmt.Sprintf("%#x", u64(e, 8)), "length": fmt.Sprintf("%#x", u64(e, 16)-u64(e, 8)),
			"offset": fmt.Sprintf("%#x", u64(e, 24)), "flags": u32(e, 44), "resident_raw": u32(e, 48), "private_raw": u32(e, 52), "protection": fmt.Sprintf("%#x", u32(e, 56)),
			"ref_count_raw": u32(e, 60), "shadow_count": u32(e, 64), "vn_type": u32(e, 68), "vn_size": u64(e, 72), "mode": fmt.Sprintf("%#o", binary.LittleEndian.Uint16(e[84:])), "path": cstr(e[136:])}
	})
}

func decodeFiles(b []byte) any {
	return records(b, func(e []byte) any {
		return M{"structsize": u32(e, 0), "type": int32(u32(e, 4)), "fd": int32(u32(e, 8)), "ref_count_raw": int32(u32(e, 12)), "flags": fmt.Sprintf("%#x", u32(e, 16)),
			"offset_raw": int64(u64(e, 24)), "vnode_type": u32(e, 32), "path": cstr(e[368:])}
	})
}

var auxNames = map[uint64]string{0: "AT_NULL", 3: "AT_PHDR", 4: "AT_PHENT", 5: "AT_PHNUM", 6: "AT_PAGESZ", 7: "AT_BASE", 8: "AT_FLAGS", 9: "AT_ENTRY", 13: "AT_UID?", 15: "AT_EXECPATH", 16: "AT_CANARY",
	17: "AT_CANARYLEN", 18: "AT_OSRELDATE", 19: "AT_NCPUS", 20: "AT_PAGESIZES", 21: "AT_PAGESIZESLEN", 22: "AT_TIMEKEEP", 23: "AT_STACKPROT", 24: "AT_EHDRFLAGS", 25: "AT_HWCAP",
	26: "AT_HWCAP2", 27: "AT_BSDFLAGS", 28: "AT_ARGC", 29: "AT_ARGV", 30: "AT_ENVC", 31: "AT_ENVV", 32: "AT_PS_STRINGS", 33: "AT_FXRNG", 34: "AT_KPRELOAD", 35: "AT_USRSTACKBASE", 36: "AT_USRSTACKLIM"}

func (r *R) decodeAux(b []byte) any {
	var out []any
	for ; len(b) >= 16; b = b[16:] {
		n := auxNames[u64(b, 0)]
		m := M{"type": u64(b, 0), "name": n, "value_raw": fmt.Sprintf("%#x", u64(b, 8))}
		if s := r.prog.where(u64(b, 8)); s != "" {
			m["value"] = s
		}
		out = append(out, m)
	}
	return out
}

func decodeStrings(b []byte) any { return strings.Split(strings.TrimSuffix(string(b), "\x00"), "\x00") }

func (r *R) decodeKinfo(b []byte) any {
	if len(b) < 1088 {
		return len(b)
	}
	return records(b, func(e []byte) any {
		k := Kinfo(e)
		return M{"ki_structsize": u32(e, 0), "ki_layout": u32(e, 4), "ki_pid": r.id(k.i32(72)), "ki_ppid": r.id(k.i32(76)), "ki_pgid": r.id(k.i32(80)), "ki_sid": r.id(k.i32(88)), "ki_uid": k.i32(168),
			"ki_ruid": k.i32(172), "ki_flag": fmt.Sprintf("%#x", k.flag()), "ki_stat": e[388], "ki_stat_name": k.stat(), "ki_tdname": cstr(e[394:411]), "ki_wmesg": k.wmesg(), "ki_comm": k.comm(),
			"ki_emul": cstr(e[467:484]), "ki_tracer": r.id(k.i32(576)), "ki_numthreads": k.i32(596), "ki_tid": r.id(k.i32(600)), "ki_size": u64(e, 256), "ki_xstat": binary.LittleEndian.Uint16(e[304:]),
			"ki_sigcatch": sigset(k.set(152)), "ki_sigignore": sigset(k.set(136)), "ki_sigmask": sigset(k.set(120)), "ki_siglist": sigset(k.set(104)), "ki_jobc": binary.LittleEndian.Uint16(e[96:])}
	})
}

func (r *R) fixtures(pid int) {
	hexOnly := func(b []byte) any { return len(b) }
	r.fixture("kern.proc.pid", pid, r.decodeKinfo)
	r.fixture("kern.proc.args", pid, decodeStrings)
	r.fixture("kern.proc.env", pid, decodeStrings)
	r.fixture("kern.proc.pathname", pid, decodeStrings)
	r.fixture("kern.proc.vmmap", pid, r.decodeVM)
	r.fixture("kern.proc.filedesc", pid, decodeFiles)
	r.fixture("kern.proc.auxv", pid, r.decodeAux)
	r.fixture("kern.proc.cwd", pid, decodeFiles)
	r.fixture("kern.proc.groups", pid, hexOnly)
	r.fixture("kern.proc.umask", pid, func(b []byte) any { return fmt.Sprintf("%x", b) })
	r.fixture("kern.proc.osrel", pid, func(b []byte) any { return u32(b, 0) })
	r.fixture("kern.proc.ps_strings", pid, func(b []byte) any { return r.at(u64(b, 0)) })
	r.fixture("kern.proc.sigtramp", pid, hexOnly)
	r.fixture("kern.proc.sigfastblk", pid, hexOnly)
	r.fixture("kern.proc.vm_layout", pid, hexOnly)
	r.fixture("kern.proc.rlimit", pid, func(b []byte) any { return fmt.Sprintf("cur %#x max %#x", u64(b, 0), u64(b, 8)) }, 8)
}

func threadsKinfo(r *R, pid int) {
	b, e := r.k.Sysctl([]int32{1, 14, 1 | 0x10, int32(pid)}, nil) // KERN_PROC_PID|KERN_PROC_INC_THREAD
	s := Step{Op: "sysctl kern.proc.pid with KERN_PROC_INC_THREAD", Pid: r.id(pid), PidRaw: pid, Errno: errnoName(e)}
	if e == 0 {
		s.BytesRaw = base64.StdEncoding.EncodeToString(b)
		s.Out = M{"length": len(b), "decoded": r.decodeKinfo(b)}
	}
	r.emit(s)
}

var sysctlScenarios = []Scenario{
	{Name: "sysctl-sleeping", About: "kern.proc nodes of a small sleeping process, whole", Run: func(r *R) {
		pid := r.start("nanslp", Options{Args: []string{"tracee", "an argument", ""}}, napper(60000))
		r.fixtures(pid)
		r.end(pid)
	}},
	{Name: "sysctl-exec-stop", About: "kern.proc nodes of a tracee at its exec stop", Run: func(r *R) {
		pid, _ := r.launch(hello)
		r.fixtures(pid)
		r.end(pid)
	}},
	{Name: "sysctl-threads", About: "kern.proc.pid with a record a thread, of a process of three threads, running and trace-stopped", Run: func(r *R) {
		pid := r.start("", Options{}, threads(2))
		threadsKinfo(r, pid)
		r.attach(pid)
		threadsKinfo(r, pid)
		r.end(pid)
	}},
	{Name: "sysctl-zombie", About: "kern.proc nodes of a zombie", Run: func(r *R) {
		pid := r.spawn(r.program("a", hello), Options{})
		r.pause(80 * 1e6)
		r.fixtures(pid)
		r.wait6(P_PID, pid, WEXITED)
		r.fixtures(pid)
	}},
	{Name: "sysctl-other-user", About: "kern.proc nodes of another user's process, read by an ordinary user", Run: func(r *R) {
		pid := r.start("nanslp", Options{UID: 1002}, napper(60000))
		r.second("read", 1001, pid).end()
		r.end(pid)
	}, Parts: map[string]func(*R, []int){"read": func(r *R, p []int) { r.fixtures(p[0]) }}},
}
