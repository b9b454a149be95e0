package procfs

// File descriptors and what each refers to. Three places are joined: the symbolic
// link fd/N names the object, fdinfo/N gives its state, and for a socket the tables
// under net/ (net.go) tell its addresses.

import (
	"bytes"
	"errors"
	"io/fs"
	"strconv"
	"strings"
	"time"
)

// FDKind is the sort of object a descriptor refers to.
type FDKind uint8

// The kinds. File stands for everything with a path: regular files, directories,
// devices and named pipes.
const (
	KindOther FDKind = iota
	KindFile
	KindPipe
	KindSocket
	KindEventFD
	KindEpoll
	KindTimerFD
	KindSignalFD
	KindInotify
	KindFanotify
	KindMemFD
	KindPidFD
	KindIOUring
	KindBPF
	KindPerf
	KindUserfault
	KindSeccomp
	KindNamespace
	KindKqueue // FreeBSD
	KindShm    // FreeBSD: shm_open
)

var kindNames = [...]string{
	"other", "file", "pipe", "socket", "eventfd", "epoll", "timerfd", "signalfd", "inotify", "fanotify",
	"memfd", "pidfd", "io_uring", "bpf", "perf", "userfaultfd", "seccomp", "namespace", "kqueue", "shm",
}

func (k FDKind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind " + strconv.Itoa(int(k))
}

// linkRows tell the kind by how the link begins; the first match counts.
var linkRows = []struct {
	prefix string
	kind   FDKind
}{
	{"/memfd:", KindMemFD},
	{"/", KindFile},
	{"pipe:[", KindPipe},
	{"socket:[", KindSocket},
	{"pidfd:[", KindPidFD}, // Linux 6.9 on pidfs
	{"anon_inode:[eventfd]", KindEventFD},
	{"anon_inode:[eventpoll]", KindEpoll},
	{"anon_inode:[timerfd]", KindTimerFD},
	{"anon_inode:[signalfd]", KindSignalFD},
	{"anon_inode:inotify", KindInotify},
	{"anon_inode:[fanotify]", KindFanotify},
	{"anon_inode:[pidfd]", KindPidFD},
	{"anon_inode:[io_uring]", KindIOUring},
	{"anon_inode:bpf", KindBPF}, // bpf-map, bpf-prog, bpf_link
	{"anon_inode:[bpf", KindBPF},
	{"anon_inode:[perf_event]", KindPerf},
	{"anon_inode:[userfaultfd]", KindUserfault},
	{"anon_inode:seccomp notify", KindSeccomp},
	{"mnt:[", KindNamespace}, {"net:[", KindNamespace}, {"pid:[", KindNamespace},
	{"user:[", KindNamespace}, {"uts:[", KindNamespace}, {"ipc:[", KindNamespace},
	{"cgroup:[", KindNamespace}, {"time:[", KindNamespace},
}

// OpenFlags are the flags of an open file, numbered by us.
type OpenFlags uint32

// The flags; the names are those of open(2).
const (
	OpenRead OpenFlags = 1 << iota
	OpenWrite
	OpenAppend
	OpenNonblock
	OpenSync
	OpenAsync
	OpenDirect
	OpenDirectory
	OpenNoFollow
	OpenPath
	OpenTmpfile
	OpenCloexec // a property of the descriptor, not of the file
)

// linuxOpenFlags numbers them as asm-generic/fcntl.h does.
var linuxOpenFlags = []struct {
	flag OpenFlags
	bit  uint64
	name string
}{
	{OpenAppend, 0o2000, "append"},
	{OpenNonblock, 0o4000, "nonblock"},
	{OpenSync, 0o4010000, "sync"},
	{OpenAsync, 0o20000, "async"},
	{OpenDirect, 0o40000, "direct"},
	{OpenTmpfile, 0o20200000, "tmpfile"},
	{OpenDirectory, 0o200000, "directory"},
	{OpenNoFollow, 0o400000, "nofollow"},
	{OpenPath, 0o10000000, "path"},
	{OpenCloexec, 0o2000000, "cloexec"},
}

func openFlags(raw uint64) OpenFlags {
	f := [4]OpenFlags{OpenRead, OpenWrite, OpenRead | OpenWrite, OpenRead | OpenWrite}[raw&3]
	for _, r := range linuxOpenFlags {
		if raw&r.bit == r.bit {
			f |= r.flag
		}
	}
	if f&OpenPath != 0 { // an O_PATH descriptor neither reads nor writes
		f &^= OpenRead | OpenWrite
	}
	return f
}

// String is "rw,append,cloexec".
func (f OpenFlags) String() string {
	words := []string{[4]string{"-", "r", "w", "rw"}[f&(OpenRead|OpenWrite)]}
	for _, r := range linuxOpenFlags {
		if f&r.flag != 0 {
			words = append(words, r.name)
		}
	}
	return strings.Join(words, ",")
}

// FD is one open descriptor.
type FD struct {
	Num  int
	Kind FDKind
	Link string // the kernel's own name for the object

	Path    string // KindFile, and the name of a KindMemFD
	Deleted bool
	Inode   uint64
	Mount   int // mount id; see Mount.ID
	Offset  int64
	Flags   OpenFlags
	Raw     uint64 // the flags as the OS numbers them

	Count   uint64        // eventfd: the counter
	PID     int           // pidfd: the process; -1 when it has exited, 0 when out of sight
	SigMask SigSet        // signalfd
	Timer   *Timer        // timerfd
	Targets []EpollTarget // epoll
	Watches []Watch       // inotify
	Socket  *Socket       // nil for a socket that no table lists

	Info []InfoLine // every other line of fdinfo: locks, io_uring queues, bpf maps, ...
}

// Timer is the state of a timerfd.
type Timer struct {
	Clock    int           // CLOCK_MONOTONIC is 1
	Ticks    uint64        // expirations not yet read
	Flags    uint64        // of timerfd_settime
	Value    time.Duration // until the next expiration; 0 when disarmed
	Interval time.Duration
}

// EpollTarget is a descriptor an epoll waits for.
type EpollTarget struct {
	FD     int // its number when it was added
	Events uint32
	Data   uint64
	Inode  uint64
}

// Watch is one inotify watch.
type Watch struct {
	WD    int
	Inode uint64
	Dev   Dev
	Mask  uint32
}

// InfoLine is a line of fdinfo as it is.
type InfoLine struct{ Key, Value string }

// FDNumbers lists the open descriptors, ascending.
func (p Proc) FDNumbers() ([]int, error) {
	names, err := p.fs.files.ReadDir(p.dir + "fd")
	if err != nil {
		return nil, p.fail("readdir", p.dir+"fd", err)
	}
	out := numbers(names)
	for _, n := range names {
		if n == "0" {
			out = append([]int{0}, out...)
		}
	}
	return out, nil
}

// FDLink returns what the descriptor refers to in the kernel's words
// ("/dev/null", "pipe:[12]"): the cheapest answer.
func (p Proc) FDLink(n int) (string, error) { return p.link("fd/" + strconv.Itoa(n)) }

// FD reads one descriptor. One that is not open is fs.ErrNotExist. sockets may be
// nil: then a socket's addresses are not looked up.
func (p Proc) FD(n int, sockets *Sockets) (*FD, error) {
	link, err := p.FDLink(n)
	if err != nil {
		return nil, err
	}
	file := "fdinfo/" + strconv.Itoa(n)
	b, err := p.read(file)
	if err != nil {
		return nil, err
	}
	fd := &FD{Num: n}
	fd.setLink(link)
	if err := fd.parseInfo(b); err != nil {
		return nil, p.parsed(file, err)
	}
	if fd.Kind == KindSocket && sockets != nil {
		fd.Socket, err = sockets.Find(fd.Inode)
	}
	return fd, err
}

// FDs reads every descriptor. Those that the process closes meanwhile are left out.
func (p Proc) FDs() ([]FD, error) {
	nums, err := p.FDNumbers()
	if err != nil {
		return nil, err
	}
	sockets := p.Sockets()
	out := make([]FD, 0, len(nums))
	for _, n := range nums {
		fd, err := p.FD(n, sockets)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		default:
			out = append(out, *fd)
		}
	}
	return out, nil
}

// setLink sorts the link's text into kind, path and inode.
func (fd *FD) setLink(link string) {
	fd.Link = link
	for _, r := range linkRows {
		if strings.HasPrefix(link, r.prefix) {
			fd.Kind = r.kind
			break
		}
	}
	switch fd.Kind {
	case KindFile, KindMemFD:
		fd.Path, fd.Deleted = strings.CutSuffix(link, deletedSuffix)
		if fd.Kind == KindMemFD {
			fd.Path = strings.TrimPrefix(fd.Path, "/memfd:")
		}
	default:
		_, fd.Inode, _ = bracketed(link)
	}
}

// infoRows store the lines of fdinfo that have a field (fs/proc/fd.c and the
// show_fdinfo of each kind of file). Everything else is kept as text.
var infoRows = map[string]func(*FD, []byte) bool{
	"pos":   func(fd *FD, v []byte) (ok bool) { fd.Offset, ok = signed(v); return ok },
	"flags": func(fd *FD, v []byte) (ok bool) { fd.Raw, ok = number(v, 8); fd.Flags = openFlags(fd.Raw); return ok },
	"mnt_id": func(fd *FD, v []byte) bool {
		n, ok := signed(v)
		fd.Mount = int(n)
		return ok
	},
	"ino":           func(fd *FD, v []byte) (ok bool) { fd.Inode, ok = number(v, 10); return ok },
	"eventfd-count": func(fd *FD, v []byte) (ok bool) { fd.Count, ok = number(v, 16); return ok },
	"sigmask":       func(fd *FD, v []byte) (ok bool) { fd.SigMask[0], ok = number(v, 16); return ok },
	"Pid": func(fd *FD, v []byte) bool {
		n, ok := signed(v)
		fd.PID = int(n)
		return ok
	},
	"clockid": func(fd *FD, v []byte) bool {
		n, ok := signed(v)
		fd.timer().Clock = int(n)
		return ok
	},
	"ticks":         func(fd *FD, v []byte) (ok bool) { fd.timer().Ticks, ok = number(v, 10); return ok },
	"settime flags": func(fd *FD, v []byte) (ok bool) { fd.timer().Flags, ok = number(v, 8); return ok },
	"it_value":      func(fd *FD, v []byte) (ok bool) { fd.timer().Value, ok = timespec(v); return ok },
	"it_interval":   func(fd *FD, v []byte) (ok bool) { fd.timer().Interval, ok = timespec(v); return ok },
	"tfd":           (*FD).addTarget,
	"inotify wd":    (*FD).addWatch,
}

func (fd *FD) timer() *Timer {
	if fd.Timer == nil {
		fd.Timer = new(Timer)
	}
	return fd.Timer
}

func (fd *FD) parseInfo(b []byte) error {
	if len(b) == 0 {
		return &ParseError{Msg: "empty"}
	}
	for n, line := range lines(b) {
		key, value, ok := bytes.Cut(line, []byte(":"))
		if !ok { // a line of free text, as some drivers write
			fd.Info = append(fd.Info, InfoLine{Key: string(line)})
			continue
		}
		value = bytes.TrimSpace(value)
		row, known := infoRows[string(key)]
		if !known {
			fd.Info = append(fd.Info, InfoLine{string(key), string(value)})
		} else if !row(fd, value) {
			return malformed(n, line, "bad value")
		}
	}
	return nil
}

// ParseFDInfo reads the text of /proc/PID/fdinfo/N for the object that the link
// /proc/PID/fd/N names.
func ParseFDInfo(link string, b []byte) (*FD, error) {
	fd := new(FD)
	fd.setLink(link)
	if err := fd.parseInfo(b); err != nil {
		return nil, err
	}
	return fd, nil
}

// timespec reads "(SECONDS, NANOSECONDS)".
func timespec(b []byte) (time.Duration, bool) {
	b = bytes.TrimSuffix(bytes.TrimPrefix(b, []byte("(")), []byte(")"))
	sec, nsec, ok := bytes.Cut(b, []byte(", "))
	s, ok1 := number(sec, 10)
	ns, ok2 := number(nsec, 10)
	const most = uint64(1<<63-1) / uint64(time.Second)
	return time.Duration(s)*time.Second + time.Duration(ns), ok && ok1 && ok2 && s < most && ns < uint64(time.Second)
}

// addTarget reads "FD events: HEX data: HEX  pos:N ino:HEX sdev:HEX".
func (fd *FD) addTarget(v []byte) bool {
	kv := keyed(append([]byte("tfd:"), v...))
	n, ok1 := number(kv["tfd"], 10)
	events, ok2 := number(kv["events"], 16)
	data, ok3 := number(kv["data"], 16)
	ino, _ := number(kv["ino"], 16) // since Linux 4.13
	fd.Targets = append(fd.Targets, EpollTarget{FD: int(n), Events: uint32(events), Data: data, Inode: ino})
	return ok1 && ok2 && ok3
}

// addWatch reads "WD ino:HEX sdev:HEX mask:HEX ...".
func (fd *FD) addWatch(v []byte) bool {
	kv := keyed(append([]byte("wd:"), v...))
	wd, ok1 := number(kv["wd"], 16)
	ino, ok2 := number(kv["ino"], 16)
	dev, ok3 := number(kv["sdev"], 16)
	mask, ok4 := number(kv["mask"], 16)
	fd.Watches = append(fd.Watches, Watch{int(wd), ino, Dev{uint32(dev >> 20), uint32(dev & 0xfffff)}, uint32(mask)})
	return ok1 && ok2 && ok3 && ok4
}

// keyed splits "a: 1 b:2" into its values; blanks after a colon do not matter.
func keyed(b []byte) map[string][]byte {
	out := make(map[string][]byte)
	key := ""
	for {
		var word []byte
		if word, b = field(b); len(word) == 0 {
			return out
		}
		k, v, ok := bytes.Cut(word, []byte(":"))
		switch {
		case !ok:
			out[key] = word
		case len(v) == 0:
			key = string(k)
		default:
			out[string(k)] = v
		}
	}
}
