package syscalls

import (
	"encoding/binary"
	"strings"
	"testing"
)

// What a program can say without end is neither printed nor kept without end: an error about an error about an
// error, lists of paths and of strings as long as their counts say, at the greatest -s, a length that goes round.
func TestHostileCalls(t *testing.T) {
	count := binary.LittleEndian.AppendUint32(nil, 1<<31-1)
	for _, row := range []struct {
		name string
		args [6]uint64
		mem  string
		opts Options
	}{
		{"sendto", [6]uint64{3, 0x100000, 1 << 31, 0, 0, 0}, le("wwwww", 0xfffffff0, 2, 2, 2, 2), Options{Verbose: true, Netlink: func(int, int32) int { return 0 }}},
		{"sendto", [6]uint64{3, 0x100000, 1 << 31, 0, 0, 0}, le("whhww", 20, 2, 0, 0, 0), Options{Verbose: true, Netlink: func(int, int32) int { return 0 }}},
		{"ioctl", [6]uint64{3, 0xc0389423, 0x100000}, string(count) + le("w", 0), Options{Verbose: true}},
		{"sendmsg", [6]uint64{3, 24 * 1000}, "\x10\x00\x00\x00\x02\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff", Options{}}, // a message of 2^64-1 bytes
		{"execve", [6]uint64{0x100000, 0x100000, 0x100000}, "ab\x01\x00\x00\x00\x00\x00", Options{Verbose: true, StringLimit: 1 << 20}},
	} {
		nr, _ := X8664.Number(row.name)
		row.opts.Column = -1
		c := &Call{ABI: X8664, Nr: nr, Args: row.args, Returned: true, Mem: repeated([]byte(row.mem), false), Opts: &row.opts}
		line := string(AppendExit(AppendEnter(nil, c), c))
		if len(line) > 4*lineLimit || cap(c.arena) > 64<<20 || c.pages.spent > 2*workLimit {
			t.Errorf("%s: a line of %d bytes, %d kept, reading cost %d", row.name, len(line), cap(c.arena), c.pages.spent)
		}
		if !strings.HasPrefix(line, row.name+"(") {
			t.Errorf("%.100s", line)
		}
	}
}
