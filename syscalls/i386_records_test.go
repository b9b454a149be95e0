package syscalls

import (
	"strings"
	"testing"
)

// What strace 6.1 shows of the structures of 32-bit programs.
func TestI386Records(t *testing.T) {
	const minus = 0xffffffff
	perm := le("wwwwwhhhhww", 7, 1, 2, 3, 4, 0o600, 0, 5, 0, 0, 0)
	mem := memory{
		0x1000: le("wwww", minus, 0xfffffffe, 5, 0xfffffffd),
		0x1100: strings.Repeat(le("w", 0), 8) + le("wwwwww", minus, 135, 2, 0, 0xfffffffe, 1) + le("ww", 0, 0),
		0x1200: le("wwwwwwwwwwwwwwww", 0x9fa0, 4096, 1, 2, 3, 4, 5, 0x28, 0x29, 255, 4096, 0x20, 0, 0, 0, 0),
		0x1300: le("wwwwwwwwwwwwwwwwwwwww", 1, minus, 2, 3, 4, 0x40, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19) + strings.Repeat("\x00", 44),
		0x1400: le("wqqw", 0, 5, 6, 7),
		0x1500: le("wwww", 5, 0x1000, 0xfffff, 0x51),
		0x1600: le("qqqqqqqq", 0x80000, 0, 0, 0, 17, 0, 0, 0x1500),
		0x1700: perm + le("wwwwwwwwwwwwww", 1, 0, 2, 0, 3, 0, 4, 5, 6, 7, 8, 0, 0, 0),
		0x1800: perm + le("wwwwwwww", 1, 0, 2, 0, 3, 0, 0, 0),
		0x1900: perm + le("wwwwwwwwwwwwww", 4096, 1, 0, 2, 0, 3, 0, 4, 5, 6, 0, 0, 0, 0),
		0x1a00: le("w", 0x1800), 0x1b00: le("www", 1, 2, 3), 0x1c00: le("www", 0x1d00, 0x1d00, 2) + strings.Repeat("\x00", 32), 0x1d00: "hm\x00",
		0x1e00: le("wwww", 0x1d00, 0, 9, 0), 0x1f00: le("wwwwwwqqq", 3, 4, 42, 0, 0, 2, 0x1e00, 0x1e00, 0),
	}
	ds := "uid=1, gid=2, mode=0600, key=7, cuid=3, cgid=4}"
	for _, c := range []struct {
		name string
		args [6]uint64
		ret  int64
		want string
	}{
		{"clock_settime", [6]uint64{0, 0x1000}, 0, `clock_settime(CLOCK_REALTIME, {tv_sec=-1, tv_nsec=4294967294}) = 0`},
		{"setitimer", [6]uint64{0, 0x1000, 0}, 0, `setitimer(ITIMER_REAL, {it_interval={tv_sec=-1, tv_usec=4294967294}, it_value={tv_sec=5, tv_usec=4294967293}}, NULL) = 0`},
		{"stat", [6]uint64{0x1d00, 0x1100}, 0, `stat("hm", {st_dev=makedev(0, 0), st_ino=0, st_mode=000, st_nlink=0, st_uid=0, st_gid=0, st_blksize=0, st_blocks=0, st_size=0, ` +
			`st_atime=-1 /* 1969-12-31T23:59:59.000000135+0000 */, st_atime_nsec=135, st_mtime=2 /* 1970-01-01T00:00:02+0000 */, st_mtime_nsec=0, ` +
			`st_ctime=-2 /* 1969-12-31T23:59:58.000000001+0000 */, st_ctime_nsec=1}) = 0`},
		{"statfs", [6]uint64{0x1d00, 0x1200}, 0, `statfs("hm", {f_type=PROC_SUPER_MAGIC, f_bsize=4096, f_blocks=1, f_bfree=2, f_bavail=3, f_files=4, f_ffree=5, ` +
			`f_fsid={val=[0x28, 0x29]}, f_namelen=255, f_frsize=4096, f_flags=ST_VALID}) = 0`},
		{"adjtimex", [6]uint64{0x1300}, 5, `adjtimex({modes=ADJ_OFFSET, offset=-1, freq=2, maxerror=3, esterror=4, status=STA_UNSYNC, constant=5, precision=6, tolerance=7, ` +
			`time={tv_sec=8, tv_usec=9}, tick=10, ppsfreq=11, jitter=12, shift=13, stabil=14, jitcnt=15, calcnt=16, errcnt=17, stbcnt=18, tai=19}) = 5 (TIME_ERROR)`},
		{"fcntl", [6]uint64{0, 13, 0x1400}, 0, `fcntl(0, F_SETLK64, 0x1400) = 0`},
		{"fcntl", [6]uint64{0, 12, 0x1400}, 0, `fcntl(0, F_GETLK64, 0x1400) = 0`},
		{"clone3", [6]uint64{0x1600, 64}, 0, `clone3({flags=CLONE_SETTLS, exit_signal=SIGCHLD, stack=NULL, stack_size=0, tls={entry_number=5, base_addr=0x001000, ` +
			`limit=0x0fffff, seg_32bit=1, contents=0, read_exec_only=0, limit_in_pages=1, seg_not_present=0, useable=1}}, 64) = 0`},
		{"msgctl", [6]uint64{1, 0x102, 0x1700}, 0, `msgctl(1, IPC_64|IPC_STAT, {msg_perm={` + ds + `, msg_stime=1, msg_rtime=2, msg_ctime=3, msg_qnum=5, msg_qbytes=6, ` +
			`msg_lspid=7, msg_lrpid=8}) = 0`},
		{"msgctl", [6]uint64{1, 1, 0x1700}, 0, `msgctl(1, IPC_SET, {msg_perm={uid=1, gid=2, mode=0600}, msg_qbytes=6}) = 0`},
		{"semctl", [6]uint64{1, 0, 2, 0x1800}, 0, `semctl(1, 0, IPC_STAT, {sem_perm={` + ds + `, sem_otime=1, sem_ctime=2, sem_nsems=3}) = 0`},
		{"ipc", [6]uint64{3, 1, 0, 2, 0x1a00}, 0, `semctl(1, 0, IPC_STAT, {sem_perm={` + ds + `, sem_otime=1, sem_ctime=2, sem_nsems=3}) = 0`},
		{"shmctl", [6]uint64{1, 2, 0x1900}, 0, `shmctl(1, IPC_STAT, {shm_perm={` + ds + `, shm_segsz=4096, shm_cpid=4, shm_lpid=5, shm_nattch=6, shm_atime=1, shm_dtime=2, ` +
			`shm_ctime=3}) = 0`},
		{"keyctl", [6]uint64{23, 0x1b00, 0, 0, 0x1c00}, 0, `keyctl(KEYCTL_DH_COMPUTE, {private=1, prime=2, base=3}, NULL, 0, {hashname="hm", otherinfo="hm", otherinfolen=2}) = 0`},
		{"bpf", [6]uint64{28, 0x1f00, 48}, 5, `bpf(BPF_LINK_CREATE, {link_create={prog_fd=3, target_fd=4, attach_type=BPF_TRACE_KPROBE_MULTI, flags=0, kprobe_multi={flags=0, ` +
			`cnt=2, syms=["hm", NULL], addrs=[0x1d00, 0x9], cookies=NULL}}}, 48) = 5`},
	} {
		call := &Call{ABI: I386, Nr: numberOf(t, I386, c.name), Args: c.args, Mem: mem, Opts: &Options{Column: -1, Verbose: true}, Ret: c.ret, Returned: true}
		call.Demultiplex()
		if got := string(AppendExit(AppendEnter(nil, call), call)); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}
