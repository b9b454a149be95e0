package syscalls

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// What strace 6.1 dumps for -e read= and -e write=.
func TestMoved(t *testing.T) {
	iov := memory{0x1000: le("qqqq", 0x2000, 3, 0x2100, 5), 0x2000: "abc", 0x2100: "defgh"}
	messages := memory{
		0x1000: le("qwwqqqqwwww", 0, 0, 0, 0x3000, 1, 0, 0, 0, 0, 2, 0) + le("qwwqqqqwwww", 0, 0, 0, 0x3010, 2, 0, 0, 0, 0, 4, 0),
		0x3000: le("qq", 0x2000, 3), 0x3010: le("qqqq", 0x2000, 3, 0x2100, 5), 0x2000: "abc", 0x2100: "defgh"}
	type piece struct{ Note, Data string }
	for _, c := range []struct {
		name  string
		args  [6]uint64
		mem   memory
		ret   int64
		errno int
		want  []piece
	}{
		{"read", [6]uint64{3, 0x2000, 10}, memory{0x2000: "abcdef"}, 4, 0, []piece{{"", "abcd"}}},
		{"write", [6]uint64{3, 0x2000, 3}, memory{0x2000: "abcdef"}, -1, 9, []piece{{"", "abc"}}},
		{"write", [6]uint64{3, 0x2000, 8}, memory{0x2000: "abcdef"}, -1, 14, nil},
		{"write", [6]uint64{3, 0x2000, pageSize + 1}, memory{0x2000: strings.Repeat("a", pageSize)}, pageSize, 0,
			[]piece{{"", strings.Repeat("a", pageSize)}, {" | <Cannot fetch 1 byte from pid 0 @0x3000>", ""}}},
		{"readv", [6]uint64{3, 0x1000, 2}, iov, 4, 0, []piece{{" * 3 bytes in buffer 0", "abc"}, {" * 1 bytes in buffer 1", "d"}}},
		{"writev", [6]uint64{3, 0x1000, 2}, iov, -1, 9, nil},
		{"sendmmsg", [6]uint64{3, 0x1000, 3}, messages, 2, 0, []piece{{" = 1 buffers in vector 0", ""}, {" * 2 bytes in buffer 0", "ab"},
			{" = 2 buffers in vector 1", ""}, {" * 3 bytes in buffer 0", "abc"}, {" * 1 bytes in buffer 1", "d"}}},
		{"recvmmsg", [6]uint64{3, 0x1000, 3}, messages, 1, 0, []piece{{" = 1 buffers in vector 0", ""}, {" * 2 bytes in buffer 0", "ab"}}},
		{"recvmmsg", [6]uint64{3, 0x1000, 3}, messages, -1, 11, nil},
	} {
		var got []piece
		call := &Call{ABI: X8664, Nr: numberOf(t, X8664, c.name), Args: c.args, Mem: c.mem, Ret: c.ret, Errno: c.errno, Returned: true}
		Moved(call, func(bool) bool { return true }, func(note string, _, _ uint64, data []byte) { got = append(got, piece{note, string(data)}) })
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s = %d: %s", c.name, c.ret, diff)
		}
	}
}
