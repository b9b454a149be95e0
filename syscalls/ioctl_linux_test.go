package syscalls

import (
	"bytes"
	"cmp"
	"fmt"
	"maps"
	"math/rand"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestIoctlsAgainstStrace tries every command that has a decoder, and those whose number says
// how long its argument is, with noise for memory: as if it failed and as if it succeeded, in
// each style. TRAPLINE_FUZZ=SEED[,HEX...] tries other noise, or only the commands whose number
// or a part of whose name is given.
func TestIoctlsAgainstStrace(t *testing.T) {
	if strace, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed")
	} else if v, _ := exec.Command(strace, "-V").Output(); !bytes.Contains(v, []byte("version 6.1\n")) {
		t.Skip("the text is compared with strace 6.1")
	}
	t.Setenv("TZ", "UTC")
	seed, only, _ := strings.Cut(os.Getenv("TRAPLINE_FUZZ"), ",")
	n, _ := strconv.ParseInt(seed, 10, 64)
	bad := map[uint64]bool{}
	for _, c := range []struct {
		inject string
		ret    int64
		errno  int
		opts   Options
		flags  []string
	}{
		{"error=ENOSYS", 0, 38, Options{}, nil},
		{"retval=0", 0, 0, Options{}, nil},
		{"retval=7", 7, 0, Options{Verbose: true}, []string{"-v"}},
		{"retval=3", 3, 0, Options{Style: Numbers}, []string{"-Xraw"}},
		{"retval=0", 0, 0, Options{Verbose: true, Style: Both}, []string{"-v", "-Xverbose"}},
		{"error=ENOSYS", 0, 38, Options{StringLimit: 4}, []string{"-s4"}},
		{"error=ENOSYS", 0, 38, Options{Raw: true}, []string{"-eraw=all"}},
	} {
		r := rand.New(rand.NewSource(n))
		mem := ioctlMemory(r)
		var calls []oneCall
		for range 4 {
			for _, cmd := range ioctlCommands(r) {
				if only == "" || strings.Contains(only, fmt.Sprintf("%x", cmd)) || X8664.ioctlName(cmd) != "" && strings.Contains(X8664.ioctlName(cmd), only) {
					calls = append(calls, oneCall{16, [6]uint64{uint64(r.Intn(3)) - 1, uint64(cmd), ioctlPointer(r)}})
				}
			}
		}
		c.opts.As61 = true
		c.opts.Ifname = func(index uint32) string {
			i, err := net.InterfaceByIndex(int(int32(index)))
			if err != nil {
				return ""
			}
			return i.Name
		}
		want := straceLines(t, mem, calls, c.inject, append(c.flags, "-qq")...)
		our := &Call{ABI: X8664, Mem: &fixedMem{fuzzBase, mem}, Opts: &c.opts}
		for i, call := range calls {
			w := strings.TrimSuffix(want[i], " (INJECTED)")
			if got := ourLine(our, call, c.ret, c.errno); got != w && !bad[call.args[1]] && !slices.ContainsFunc(unlike, func(s string) bool { return strings.Contains(w, s) }) {
				bad[call.args[1]] = true
				t.Errorf("%v %x\n got %s\nwant %s", c.flags, call.args[:3], got, w)
			}
		}
	}
}

// unlike is what strace's text of a call has where this package's differs, and why.
var unlike = []string{
	"ax25_call=",                // call signs of AX.25 are not decoded
	"ARPHRD_SLIP", "ARPHRD_PPP", // strace shows other bytes than those at this place; why is not known
}

// ioctlCommands lists the commands that have decoders or names of their own.
func ioctlCommands(r *rand.Rand) []uint32 {
	cmds := slices.Sorted(maps.Keys(ioctls()))
	for i := range ioctlRanges {
		g := &ioctlRanges[i]
		for _, size := range [...]uint32{0, 1, 4, 8, 24, 64, 255} {
			cmds = append(cmds, g.cmd|^g.mask&(size<<16|r.Uint32()&0xff))
		}
	}
	cmds = append(cmds, ioctlRows[r.Intn(len(ioctlRows))].cmd, r.Uint32())
	slices.SortFunc(cmds, cmp.Compare[uint32])
	return slices.Compact(cmds)
}

// ioctlMemory has small numbers above all, for tags, counts and names, and pointers into itself.
func ioctlMemory(r *rand.Rand) []byte {
	mem := make([]byte, 32<<10)
	for i := 0; i < len(mem); i += 4 {
		var v uint32
		switch r.Intn(10) {
		case 0, 1:
		case 2, 3, 4:
			v = uint32(r.Intn(12))
		case 5:
			if i%8 == 0 && i+8 < len(mem) {
				v = fuzzBase + uint32(r.Intn(len(mem)/8))*8
				copy(mem[i:], le("q", uint64(v)))
				i += 4
				continue
			}
		case 6:
			v = 1 << r.Intn(32)
			v |= 1 << r.Intn(32)
		case 7:
			v = r.Uint32()
		case 8:
			copy(mem[i:], "ab\x00c")
			continue
		case 9:
			v = ^uint32(0) << (8 * r.Intn(4))
		}
		copy(mem[i:], le("w", uint64(v)))
	}
	return mem
}

func ioctlPointer(r *rand.Rand) uint64 {
	switch r.Intn(10) {
	case 0:
		return 0
	case 1:
		return uint64(r.Intn(20))
	case 2:
		return fuzzBase + 32<<10 - uint64(r.Intn(200))
	}
	return fuzzBase + uint64(r.Intn(3<<10))*8
}
