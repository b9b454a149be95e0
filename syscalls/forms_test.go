package syscalls

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Texts of strace 6.1 for calls of everyday programs, in styles and with options that are less so.
func TestForms(t *testing.T) {
	both, numbers := Options{Style: Both}, Options{Style: Numbers}
	named := Options{PID: func(_, pid int, group bool) string {
		if group {
			return ""
		}
		return map[int]string{7: "<sh>"}[pid]
	}}
	files := Options{FD: func(int, int32) string { return "file>" }}
	pointers := memory{0x1000: "src\x00", 0x1100: "dst\x00", 0x1200: "typ\x00", 0x1300: "opt\x00"}
	mount := func(flags uint64, want string) decoderCase {
		return decoderCase{name: "mount", args: [6]uint64{0x1000, 0x1100, 0x1200, flags, 0x1300}, mem: pointers, want: `mount("src", "dst", ` + want + " = 0"}
	}
	entry := le("qqhb", 5, 6, 24, 4) + "abc\x00\x00"
	zeros := strings.Repeat("\x00", 120)
	checkDecoders(t, []decoderCase{
		{name: "clone", args: [6]uint64{0x1200011, 0, 0, 0x10}, ret: 7, opts: both, want: "clone(child_stack=NULL, flags=0x1200000 /* CLONE_CHILD_CLEARTID|CLONE_CHILD_SETTID */|17 /* SIGCHLD */, child_tidptr=0x10) = 7"},
		{name: "clone", args: [6]uint64{17}, ret: 7, opts: numbers, want: "clone(child_stack=NULL, flags=17) = 7"},
		{name: "clone", args: [6]uint64{0x100011, 0, 0x1000}, mem: memory{0x1000: le("w", 7)}, ret: 7, opts: named, want: "clone(child_stack=NULL, flags=CLONE_PARENT_SETTID|SIGCHLD, parent_tid=[7<sh>]) = 7<sh>"},
		{name: "clone", args: [6]uint64{0x1011, 0, 0x1000}, mem: memory{0x1000: le("w", 4)}, ret: 7, opts: files, want: "clone(child_stack=NULL, flags=CLONE_PIDFD|SIGCHLD, parent_tid=[4<file>]) = 7"},
		{name: "wait4", args: [6]uint64{^uint64(0), 0x1000}, mem: memory{0x1000: le("w", 9)}, ret: 7, opts: numbers, want: "wait4(-1, [{WIFSIGNALED(s) && WTERMSIG(s) == SIGKILL}], 0, NULL) = 7"},
		{name: "set_tid_address", ret: 7, opts: named, want: "set_tid_address(0) = 7"},
		{name: "getpgid", args: [6]uint64{7}, ret: 7, opts: named, want: "getpgid(7<sh>) = 7"},
		{name: "setpgid", args: [6]uint64{7, 7}, opts: named, want: "setpgid(7<sh>, 7) = 0"},
		{name: "ioprio_set", args: [6]uint64{1, 7, 0x4003}, opts: named, want: "ioprio_set(IOPRIO_WHO_PROCESS, 7<sh>, IOPRIO_PRIO_VALUE(IOPRIO_CLASS_BE, 3)) = 0"},
		{name: "waitid", args: [6]uint64{2, 7, 0, 4}, opts: named, want: "waitid(P_PGID, 7, NULL, WEXITED, NULL) = 0"},
		{name: "rt_sigqueueinfo", args: [6]uint64{7, 14, 0x1000}, mem: memory{0x1000: le("wwwwwwq", 14, 0, 0xfffffffe, 0, 1, 0, 0) + zeros},
			want: "rt_sigqueueinfo(7, SIGALRM, {si_signo=SIGALRM, si_code=SI_TIMER, si_timerid=0x1, si_overrun=0, si_int=0, si_ptr=NULL}) = 0"},
		{name: "rt_sigqueueinfo", args: [6]uint64{7, 5, 0x1000}, mem: memory{0x1000: le("wwwwq", 5, 0, 0x80, 0, 0) + zeros},
			want: "rt_sigqueueinfo(7, SIGTRAP, {si_signo=SIGTRAP, si_code=SI_KERNEL, si_addr=NULL}) = 0"},
		{name: "rt_sigqueueinfo", args: [6]uint64{7, 29, 0x1000}, mem: memory{0x1000: le("wwww", 29, 0, 0x80, 0) + zeros}, want: "rt_sigqueueinfo(7, SIGIO, {si_signo=SIGIO, si_code=SI_KERNEL}) = 0"},
		{name: "statx", args: [6]uint64{5, 0x1000, 0x2100, 1}, mem: pointers, errno: 2, opts: both,
			want: `statx(5, "src", 0x2000 /* AT_STATX_FORCE_SYNC */|0x100 /* AT_SYMLINK_NOFOLLOW */, 0x1 /* STATX_TYPE */, NULL) = -1 ENOENT (No such file or directory)`},
		{name: "statx", args: [6]uint64{5, 0x1000, 0x100, 1}, mem: pointers, errno: 2, opts: numbers, want: `statx(5, "src", |0x100, 0x1, NULL) = -1 ENOENT (No such file or directory)`},
		{name: "futex", args: [6]uint64{0x1000, 0x81, 1}, ret: 1, opts: both, want: "futex(0x1000, 0x81 /* FUTEX_WAKE_PRIVATE */, 1) = 1"},
		{name: "poll", args: [6]uint64{0x1000, 1, 5}, mem: memory{0x1000: le("whh", 3, 1, 1)}, ret: 1, opts: files, want: "poll([{fd=3<file>, events=POLLIN}], 1, 5) = 1 ([{fd=3, revents=POLLIN}])"},
		{name: "select", args: [6]uint64{4, 0x1000}, mem: memory{0x1000: le("q", 8)}, ret: 1, opts: files, want: "select(4, [3<file>], NULL, NULL, NULL) = 1 (in [3])"},
		{name: "fcntl", args: [6]uint64{1, 3}, ret: 1, opts: numbers, want: "fcntl(1, 0x3) = 0x1 (flags O_WRONLY)"},
		mount(0x20, `0x1200, MS_REMOUNT, "opt")`), mount(0x1020, `0x1200, MS_REMOUNT|MS_BIND, "opt")`), mount(0x1000, "0x1200, MS_BIND, 0x1300)"),
		mount(1<<18, "0x1200, MS_PRIVATE, 0x1300)"), mount(0xc0ed0001, `"typ", MS_MGC_VAL|MS_RDONLY, "opt")`),
		{name: "listxattr", args: [6]uint64{0x1000, 0x1100, 0}, mem: pointers, ret: 3, want: `listxattr("src", 0x1100, 0) = 3`},
		{name: "listxattr", args: [6]uint64{0x1000, 0x1100, 9}, mem: pointers, ret: 4, want: `listxattr("src", "dst\0", 9) = 4`},
		{name: "setsockopt", args: [6]uint64{3, 6, 13, 0x1000, 5}, mem: memory{0x1000: "reno\x00"}, opts: Options{As61: true}, want: `setsockopt(3, SOL_TCP, TCP_CONGESTION, "reno\0", 5) = 0`},
		{name: "setsockopt", args: [6]uint64{3, 6, 13, 0x1000, 5}, mem: memory{0x1000: "reno\x00"}, want: `setsockopt(3, SOL_TCP, TCP_CONGESTION, "reno", 5) = 0`},
		{name: "setsockopt", args: [6]uint64{3, 0, 1, 0x1000, 1}, mem: memory{0x1000: "\x10"}, want: `setsockopt(3, SOL_IP, IP_TOS, "\20", 1) = 0`},
		{name: "setsockopt", args: [6]uint64{3, 1, 20, 0x1000, 16}, mem: memory{0x1000: le("qq", 5, 6)}, opts: Options{As61: true}, want: `setsockopt(3, SOL_SOCKET, SO_RCVTIMEO_OLD, "\5\0\0\0\0\0\0\0\6\0\0\0\0\0\0\0", 16) = 0`},
		{name: "getsockopt", args: [6]uint64{3, 6, 11, 0x1000, 0x1100}, mem: memory{0x1000: "\x01\x02\x03\x04\x05", 0x1100: le("w", 5)}, want: `getsockopt(3, SOL_TCP, TCP_INFO, "\1\2\3\4\5", [5]) = 0`},
		{name: "socket", args: [6]uint64{17, 3, 0x300}, ret: 3, want: "socket(AF_PACKET, SOCK_RAW, htons(ETH_P_ALL)) = 3"},
		{name: "listxattr", args: [6]uint64{0x1000, 0x1100, 9}, mem: pointers, want: `listxattr("src", "", 9) = 0`},
		{name: "sched_setscheduler", args: [6]uint64{0, 0x40000000, 0x1000}, mem: memory{0x1000: le("w", 0)}, opts: Options{As61: true}, want: "sched_setscheduler(0, 0x40000000 /* SCHED_??? */, [0]) = 0"},
		{name: "getdents64", args: [6]uint64{3, 0x1000, 100}, mem: memory{0x1000: entry}, ret: 24, opts: numbers, want: "getdents64(3, 0x1000 /* 1 entries */, 100) = 24"},
		{name: "getdents64", args: [6]uint64{3, 0x1000, 100}, opts: Options{Shallow: true}, want: "getdents64(3, 0x1000, 100) = 0"},
	})
}

// What stands on the line of a call that other threads interrupt, or that its thread is killed in.
func TestEntered(t *testing.T) {
	for _, c := range []struct {
		name          string
		args          [6]uint64
		entered, ends string
	}{
		{"read", [6]uint64{3, 0x1000, 5}, "read(3, ", " <unfinished ...>) = ?"},
		{"ioctl", [6]uint64{1, 0x5401, 0x1000}, "ioctl(1, TCGETS", " <unfinished ...>) = ?"},
		{"fcntl", [6]uint64{1, 5, 0x1000}, "fcntl(1, F_GETLK", " <unfinished ...>) = ?"},
		{"fcntl", [6]uint64{1, 3}, "fcntl(1, F_GETFL", " <unfinished ...>) = ?"},
		{"fcntl", [6]uint64{1, 0, 3}, "fcntl(1, F_DUPFD, 3", ") = ?"},
		{"poll", [6]uint64{0, 0, 5}, "poll(NULL, 0, 5", " <unfinished ...>) = ?"},
		{"accept", [6]uint64{1}, "accept(1, NULL, NULL", ") = ?"},
		{"accept", [6]uint64{1, 0x1000, 0x1100}, "accept(1, ", " <unfinished ...>) = ?"},
		{"getpid", [6]uint64{}, "getpid(", ") = ?"},
	} {
		call := &Call{ABI: X8664, Nr: numberOf(t, X8664, c.name), Args: c.args, Mem: memory{}, Opts: &Options{Column: -1}}
		entered := string(AppendEnter(nil, call))
		if diff := cmp.Diff(c.entered, entered); diff != "" {
			t.Errorf("%s %#x: %s", c.name, c.args, diff)
		}
		if diff := cmp.Diff(c.entered+c.ends, string(AppendUnreturned([]byte(entered), call))); diff != "" {
			t.Errorf("%s %#x: %s", c.name, c.args, diff)
		}
	}
}

// namesWatched keeps the paths that a call names.
type namesWatched struct{ names []string }

func (*namesWatched) FD(int, int32) bool { return false }
func (w *namesWatched) Path(_ int, _ int32, path []byte) bool {
	w.names = append(w.names, string(path))
	return false
}

// What a link of symlinkat says is no file that the call touches; strace 6.1 takes that of symlink for one.
func TestWatchedLinks(t *testing.T) {
	mem := memory{0x1000: "says\x00", 0x1100: "link\x00"}
	for name, want := range map[string][]string{"symlink": {"says", "link"}, "symlinkat": {"link"}} {
		w := &namesWatched{}
		args := [6]uint64{0x1000, 0x1100}
		if name == "symlinkat" {
			args = [6]uint64{0x1000, 5, 0x1100}
		}
		AppendEnter(nil, &Call{ABI: X8664, Nr: numberOf(t, X8664, name), Args: args, Mem: mem, Opts: &Options{Watch: w}})
		if diff := cmp.Diff(want, w.names); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
