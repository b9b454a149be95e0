package syscalls

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"
)

// shiftingMemory is endless memory that is other bytes at each reading, as of a program whose threads change it.
type shiftingMemory struct {
	data  []byte // the same bytes over and over
	width int    // how long that is
	step  int    // how far the bytes move between readings; 0 they stay
	holes bool
	reads int
}

// repeated is memory that is the same bytes wherever it is read; with holes, every other page is missing.
func repeated(data []byte, holes bool) *shiftingMemory {
	return &shiftingMemory{data: bytes.Repeat(data, 8192/len(data)+2), width: len(data), holes: holes}
}

func (m *shiftingMemory) ReadMem(addr uint64, p []byte) (int, error) {
	m.reads++
	shift := uint64(m.reads * m.step)
	for n := 0; n < len(p); {
		at := addr + uint64(n)
		if m.holes && at%8192 >= 4096 {
			return n, errUnmapped{}
		}
		n += copy(p[n:min(len(p), n+4096-int(at%4096))], m.data[(at+shift)%uint64(m.width):])
	}
	return len(p), nil
}

// FuzzCall prints any call with any registers and memory: it must not panic, and its output
// must stay within a bound.
func FuzzCall(f *testing.F) {
	for nr := range X8664.rows {
		f.Add(uint8(0), uint16(nr), []byte("\x03\x00\x00\x00\x10\x20\x00\x00/tmp/file\x00"), int64(3), false)
	}
	for nr := range FreeBSD.rows {
		f.Add(uint8(4), uint16(nr), []byte("\x03\x00\x00\x00\x10\x20\x00\x00/tmp/file\x00"), int64(3), false)
		f.Add(uint8(5), uint16(nr)|0x8000, []byte("\x03\x00\x02\x00\x10\x20\x00\x00/tmp/file\x00"), int64(3), true)
	}
	f.Add(uint8(1), uint16(90), []byte{0xff, 0xff, 0xff, 0xff, 1, 2, 3}, int64(-1), true)
	f.Add(uint8(2), uint16(515), []byte{1}, int64(1<<40), true)
	f.Fuzz(func(t *testing.T, which uint8, nr uint16, data []byte, ret int64, holes bool) {
		if len(data) == 0 {
			return
		}
		a := ABIs[int(which)%len(ABIs)]
		regs := make([]byte, 48)
		for i := range regs {
			regs[i] = data[(i*5)%len(data)]
		}
		opts := &Options{Verbose: which&8 != 0, Hex: int(which >> 4 & 3), Raw: which&64 != 0, Style: Style(which >> 7 & 1)}
		if nr&0x8000 != 0 {
			opts.Form, opts.ExecArgs, nr = Truss, true, nr&^0x8000
		}
		c := &Call{ABI: a, Nr: uint64(nr) + a.Base, Mem: repeated(data, holes), Opts: opts, Ret: ret, Returned: true}
		for i := range c.Args {
			c.Args[i] = binary.LittleEndian.Uint64(regs[8*i:])
		}
		if ret < 0 && ret > -600 {
			c.Errno = int(-ret)
		}
		line := AppendExit(AppendEnter(nil, c), c)
		if len(line) > 16<<20 {
			t.Errorf("%s: a line of %d bytes", a.CallName(c.Nr), len(line))
		}
		AppendUnreturned(AppendEnter(nil, c), c)
		info := make([]byte, 128)
		copy(info, data)
		AppendSiginfo(nil, c, info)
		AppendTrussSignal(nil, c, info)
	})
}

// hostile answers what a decoder asks of the system with what the fuzzer chose.
type hostile []byte

func (h hostile) text() string {
	if len(h) > 1 && h[0]&1 != 0 {
		return ""
	}
	return string(h)
}

func (h hostile) generic() string {
	return []string{"", "nlctrl", "TASKSTATS", h.text()}[h[0]%4]
}

func (h hostile) number() uint64 {
	return binary.LittleEndian.Uint64(append(h[:len(h):len(h)], make([]byte, 8)...))
}

func (h hostile) FD(int, int32) string           { return h.text() }
func (h hostile) Path(int, int32, []byte) string { return h.text() }
func (h hostile) Thread(int) string              { return h.text() }

// watcher answers for -P.
type watcher struct{}

func (watcher) FD(int, int32) bool           { return false }
func (watcher) Path(int, int32, []byte) bool { return false }

// FuzzHostile prints any call with any registers, memory that changes while it is read, and any answers to what is
// asked of the system: descriptors, processes, interfaces, labels. It must not panic, and neither what is printed nor
// what is read may be without bound.
func FuzzHostile(f *testing.F) {
	seed := []byte("\x10\x00\x00\x00\x02\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\x7f")
	for nr := range X8664.rows {
		f.Add(uint8(0), uint16(nr), uint16(0), seed, int64(1))
		f.Add(uint8(1), uint16(nr), uint16(0x10f), seed[4:], int64(0))
	}
	for i := range len(ioctls()) {
		f.Add(uint8(i), uint16(16), uint16(i), seed, int64(0))
	}
	commands := make([]uint32, 0, len(ioctls()))
	for cmd := range ioctls() {
		commands = append(commands, cmd)
	}
	slices.Sort(commands)
	f.Fuzz(func(t *testing.T, which uint8, nr, how uint16, data []byte, ret int64) {
		if len(data) == 0 {
			return
		}
		a := ABIs[int(which)%len(ABIs)]
		h := hostile(data[:min(len(data), 64)])
		m := repeated(data, how&0x800 != 0)
		m.step = int(how >> 8 & 7)
		opts := &Options{Verbose: how&1 != 0, Hex: int(how >> 1 & 3), Style: Style(how >> 3 & 3 % 3), As61: how&0x20 != 0, ArgNames: how&0x40 != 0,
			StringLimit: int(how>>12) * 1000, FD: h.FD, Link: h.FD, Labels: h, Watch: watcher{}, Booted: int64(h.number()),
			PID:     func(int, int, bool) string { return h.text() },
			Ifname:  func(uint32) string { return h.text() },
			Generic: func(uint16) string { return h.generic() },
			Netlink: func(int, int32) int { return int(data[0])%25 - 1 }, PidfdPID: func(int, int32) int { return int(data[0]) },
			VCPU:  func(int, int32) uint64 { return h.number() },
			Short: func(uint64, int, int) {}}
		c := &Call{ABI: a, PID: 7, TID: 7, Nr: uint64(nr) + a.Base, Mem: m, Opts: opts, Ret: ret, Returned: true}
		for i := range c.Args {
			c.Args[i] = hostile(data[(i*3)%len(data):]).number()
		}
		if n, ok := a.Number("ioctl"); ok && n == c.Nr {
			c.Args[1] = uint64(commands[int(how)%len(commands)])
		}
		if ret < 0 && ret > -600 {
			c.Errno = int(-ret)
		}
		line := AppendExit(AppendEnter(nil, c), c)
		if len(line) > 16<<20 || m.reads > 1<<20 {
			t.Errorf("%s: a line of %d bytes after %d readings", a.CallName(c.Nr), len(line), m.reads)
		}
	})
}

func FuzzParseSet(f *testing.F) {
	for _, s := range []string{"open,%file", "!read", "?nope", "/^ep", "all", "none", "open@32", "@", "%", "/(", "1,2"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if set, err := ParseSet(s); (set == nil) == (err == nil) {
			t.Errorf("%q: %v, %v", s, set, err)
		}
	})
}
