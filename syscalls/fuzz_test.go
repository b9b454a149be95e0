package syscalls

import (
	"encoding/binary"
	"testing"
)

// wrapMemory is endless memory that repeats what the fuzzer chose, with a hole in each page's
// second half if holes says so.
type wrapMemory struct {
	data  []byte
	holes bool
}

func (m wrapMemory) ReadMem(addr uint64, p []byte) (int, error) {
	for i := range p {
		at := addr + uint64(i)
		if m.holes && at%4096 >= 2048 {
			return i, errUnmapped{}
		}
		p[i] = m.data[at%uint64(len(m.data))]
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
		c := &Call{ABI: a, Nr: uint64(nr) + a.Base, Mem: wrapMemory{data, holes}, Opts: opts, Ret: ret, Returned: true}
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
