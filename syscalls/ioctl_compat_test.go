package syscalls

import (
	"fmt"
	"strings"
	"testing"
)

// extent is memory of zeros at one address that remembers how far it was read.
type extent struct {
	at   uint64
	size int
	read int
}

func (m *extent) ReadMem(addr uint64, p []byte) (int, error) {
	if addr < m.at || addr >= m.at+uint64(m.size) {
		return 0, errUnmapped{}
	}
	n := min(len(p), m.size-int(addr-m.at))
	clear(p[:n])
	m.read = max(m.read, int(addr-m.at)+n)
	if n < len(p) {
		return n, errUnmapped{}
	}
	return n, nil
}

// reach is how much of an argument of n bytes is read, and whether the argument was shown without a byte more.
func reach(a *ABI, cmd uint32, n int) (read int, shown bool) {
	const at = 0x10000
	nr, _ := a.Number("ioctl")
	m := &extent{at: at, size: n}
	c := &Call{ABI: a, Nr: nr, Args: [6]uint64{3, uint64(cmd), at}, Returned: true, Mem: m, Opts: &Options{Verbose: true, Column: -1}}
	line := string(AppendExit(AppendEnter(nil, c), c))
	return m.read, !strings.Contains(line, fmt.Sprintf(", %#x)", at))
}

// liars are commands whose number has the size of something else than the argument.
var liars = map[string]string{
	"BLKGETSIZE64": "8 bytes for all, by the number a size_t", "PERF_EVENT_IOC_ID": "8 bytes for all, by the number a pointer",
	"PERF_EVENT_IOC_MODIFY_ATTRIBUTES": "a structure as long as it says", "PERF_EVENT_IOC_QUERY_BPF": "a list as long as it says",
	"FS_IOC_GETFLAGS": "an int, by the number a long; a 32-bit program's command has a name of its own",
	"FS_IOC_SETFLAGS": "an int, by the number a long; a 32-bit program's command has a name of its own",
}

// What is read of an argument is as long as the command of the program's kind says: the structures are laid out as
// the compiler of that kind lays them out.
func TestCompatIoctlSizes(t *testing.T) {
	checked := 0
	for i := range ioctlCompat {
		r := &ioctlCompat[i]
		for _, row := range ioctlRows {
			if _, decoded := ioctls()[row.cmd]; !decoded || row.name != r.name || liars[r.name] != "" {
				continue
			}
			wide, _ := reach(X8664, row.cmd, int(iocSize(row.cmd)))
			for _, a := range []*ABI{X32, I386} {
				cmd := r.number(a.layout())
				size := int(iocSize(cmd))
				read, shown := reach(a, cmd, size)
				if !shown || wide == int(iocSize(row.cmd)) && read != size {
					t.Errorf("%s of %s: %d bytes of %d are read, shown: %v", r.name, a.Name, read, size, shown)
				}
				checked++
			}
		}
	}
	if checked < 40 {
		t.Errorf("only %d were compared", checked)
	}
}

// Commands of 32-bit programs: their names, and arguments that are not laid out as those of 64 bits.
func TestCompatIoctl(t *testing.T) {
	mem := memory{
		0x1000: le("www", 7, 0, 0), 0x2000: le("wwwwwwwwwwwwwwwwww", 1, 1, 100, 0, 0, 5, 6, 0, 0, 0, 0, 9, 1, 0x3000, 4096, 0, 0, 0),
		0x3000: le("wwwwwqqwwwwwwwwww", 1, 1, 100, 0, 0, 5, 6, 0, 0, 0, 0, 9, 1, 0x3000, 4096, 0, 0), 0x4000: le("qqwqqww", 3, 0, 0x5000, 5, 1, 0, 0) + strings.Repeat("\x00", 28),
		0x5000: le("hhhhhhhhhhhhhhhhwwwww", 0x51, 1, 2, 3, 4, 5, 6, 0x58, 7, 0, 0, 0, 1, 2, 3, 4, 9, 0x6000, 0, 0, 0),
		0x6000: le("wwwwwwwwww", 1, 2, 0, 0, 0, 0, 0, 0, 0, 0),
	}
	at := func(s string) string { return "ioctl(3, " + s }
	for _, row := range []struct {
		a    *ABI
		cmd  uint64
		arg  uint64
		want string
	}{
		{I386, 0x80046601, 0x1000, at("FS_IOC32_GETFLAGS, [FS_SECRM_FL|FS_UNRM_FL|FS_COMPR_FL]) = 0")},
		{I386, 0x80041270, 0x1000, at("BLKBSZGET, [7]) = 0")},
		{X8664, 0x80041270, 0x1000, at("_IOC(_IOC_READ, 0x12, 0x70, 0x4), 0x1000) = 0")},
		{I386, 0x80081270, 0x1000, at("_IOC(_IOC_READ, 0x12, 0x70, 0x8), 0x1000) = 0")},
		{I386, 0x8004700d, 0x1000, at("RTC_EPOCH_READ, [7]) = 0")},
		{X32, 0x8004700d, 0x1000, at("RTC_EPOCH_READ, [7]) = 0")},
		{I386, 0xc0445611, 0x2000, at("VIDIOC_DQBUF_TIME32, {type=V4L2_BUF_TYPE_VIDEO_CAPTURE, index=1, memory=V4L2_MEMORY_MMAP, m.offset=0x3000, length=4096, bytesused=100, flags=V4L2_BUF_FLAG_TIMESTAMP_UNKNOWN|V4L2_BUF_FLAG_TSTAMP_SRC_EOF, timestamp={tv_sec=5, tv_usec=6}, ...}) = 0")},
		{I386, 0xc04c5611, 0x3000, at("VIDIOC_DQBUF, {type=V4L2_BUF_TYPE_VIDEO_CAPTURE, index=1")},
		{I386, 0x40449426, 0x4000, at("BTRFS_IOC_SEND, {send_fd=3, clone_sources_count=0, clone_sources=0x5000, parent_root=BTRFS_FS_TREE_OBJECTID")},
		{I386, 0x402c4580, 0x5000, at("EVIOCSFF, {type=FF_PERIODIC, id=1, direction=2, ")},
	} {
		nr, _ := row.a.Number("ioctl")
		c := &Call{ABI: row.a, Nr: nr, Args: [6]uint64{3, row.cmd, row.arg}, Returned: true, Mem: mem, Opts: &Options{Column: -1}}
		if got := string(AppendExit(AppendEnter(nil, c), c)); !strings.HasPrefix(got, row.want) {
			t.Errorf("%s: got  %s\nwant %s", row.a.Name, got, row.want)
		}
	}
}

// A set of bits is shown by the words of the program.
func TestBitsetWords(t *testing.T) {
	mem := memory{0x1000: le("ww", 0xc, 1)}
	for _, row := range []struct {
		a    *ABI
		cmd  uint64 // EVIOCGBIT of 0 and of EV_KEY
		want string
	}{
		{X8664, 0x80084520, "[0x10000000c]"}, {X8664, 0x80084521, "[0x10000000c]"},
		{I386, 0x80084520, "[0xc]"}, {I386, 0x80084521, "[0xc, 0x1]"},
	} {
		nr, _ := row.a.Number("ioctl")
		c := &Call{ABI: row.a, Nr: nr, Args: [6]uint64{3, row.cmd, 0x1000}, Returned: true, Ret: 8, Mem: mem, Opts: &Options{Column: -1, Style: Numbers}}
		if got := string(AppendExit(AppendEnter(nil, c), c)); !strings.HasSuffix(got, ", "+row.want+") = 8") {
			t.Errorf("%s: got  %s\nwant %s", row.a.Name, got, row.want)
		}
	}
}

// Every command that differs is in the rows of the programs that have it, in order and once.
func TestCompatIoctlNames(t *testing.T) {
	for _, a := range []*ABI{X32, I386} {
		rows := a.ioctlCommands()
		for i := 1; i < len(rows); i++ {
			if rows[i-1].cmd >= rows[i].cmd {
				t.Errorf("%s: %#x is not before %#x", a.Name, rows[i-1].cmd, rows[i].cmd)
			}
		}
		for i := range ioctlCompat {
			if r := &ioctlCompat[i]; r.number(a.layout()) != 0 && !strings.Contains(a.ioctlName(r.number(a.layout())), r.name) {
				t.Errorf("%s: %#x is %q, not %s", a.Name, r.number(a.layout()), a.ioctlName(r.number(a.layout())), r.name)
			}
		}
	}
}
