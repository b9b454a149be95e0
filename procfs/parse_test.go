package procfs

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// parsers are all of them, by the name of their file: what must hold for each of
// them is tested over this table.
var parsers = map[string]func([]byte) (any, error){
	"maps":         func(b []byte) (any, error) { return ParseMaps(b) },
	"smaps":        func(b []byte) (any, error) { return ParseSmaps(b) },
	"smaps_rollup": func(b []byte) (any, error) { return ParseMemTotals(b) },
	"stat":         func(b []byte) (any, error) { return ParseStat(b) },
	"status":       func(b []byte) (any, error) { return ParseStatus(b) },
	"auxv":         func(b []byte) (any, error) { return ParseAuxv(b, auxWord(b), LinuxAux) },
	"limits":       func(b []byte) (any, error) { return ParseLimits(b) },
	"syscall":      func(b []byte) (any, error) { return ParseSyscall(b) },
	"cgroup":       func(b []byte) (any, error) { return ParseCgroups(b) },
	"io":           func(b []byte) (any, error) { return ParseIO(b) },
	"mountinfo":    func(b []byte) (any, error) { return ParseMounts(b) },
	"fdinfo":       func(b []byte) (any, error) { return ParseFDInfo("anon_inode:[eventpoll]", b) },
	"net/tcp":      func(b []byte) (any, error) { return ParseSockets("tcp", b) },
	"net/udp6":     func(b []byte) (any, error) { return ParseSockets("udp6", b) },
	"net/unix":     func(b []byte) (any, error) { return ParseSockets("unix", b) },
	"net/netlink":  func(b []byte) (any, error) { return ParseSockets("netlink", b) },
	"net/packet":   func(b []byte) (any, error) { return ParseSockets("packet", b) },
	"stack":        func(b []byte) (any, error) { return ParseStack(b), nil },
}

func TestMalformed(t *testing.T) {
	stat := "1 (a) S" + strings.Repeat(" 1", nStatFields)
	for _, c := range []struct{ file, text, want string }{
		{"maps", "55d0-55d1 r-xp 0 fe:00 1 /bin/x", `:1: truncated line: "55d0-55d1 r-xp 0 fe:00 1 /bin/x"`},
		{"maps", "1000-2000 r-xp 0 fe:00 1 /a\nxyz\n", `:2: not a mapping: "xyz"`},
		{"maps", "2000-1000 r-xp 0 fe:00 1\n", "not a mapping"},
		{"maps", "1000-2000 r-x 0 fe:00 1\n", "not a mapping"},
		{"maps", "1000-2000 rwxq 0 fe:00 1\n", "not a mapping"},
		{"maps", "10000000000000000-20000000000000000 rwxp 0 fe:00 1\n", "not a mapping"},
		{"maps", "1000-2000 rwxp 0 100000000:00 1\n", "not a mapping"},
		{"maps", strings.Repeat("x", 1<<20) + "\n", `"... (1048576 bytes)`},
		{"stat", "", "no (command)"},
		{"stat", "1 )a( S 1", "no (command)"},
		{"stat", "x (a) S 1", "no pid"},
		{"stat", "1 2 (a) S 1", "no pid"},
		{"stat", "99999999999 (a) S 1", "no pid"},
		{"stat", "1 (a)", "no state letter"},
		{"stat", "1 (a) SS 1", "no state letter"},
		{"stat", strings.TrimSuffix(stat, " 1"), "field 52 is not a number"},
		{"stat", strings.Replace(stat, "S 1", "S x", 1), "field 4 is not a number: \"x\""},
		{"status", "", "truncated"},
		{"status", "Name:\ta\nState", `:2: no colon`},
		{"status", "State:\t\n", `:1: bad value`},
		{"status", "State:\tS\nPid:\t1\nUid:\t1\t2\t3\n", `:3: bad value: "Uid:\t1\t2\t3"`},
		{"status", "State:\tS\nPid:\t4294967297\n", "bad value"},
		{"status", "State:\tS\nPid:\t1\nSigCgt:\t1ffffffffffffffff\n", "bad value"},
		{"status", "State:\tS\nPid:\t1\nVmRSS:\t1 MB\n", "bad value"},
		{"status", "State:\tS\nPid:\t1\nNoNewPrivs:\t2\n", "bad value"},
		{"status", "State:\tS\nPid:\t1\nGroups:\t1 x\n", "bad value"},
		{"auxv", "\x01", "1 bytes without AT_NULL"},
		{"limits", "", "no heading"},
		{"limits", "Limit \nMax open files  x 1\n", ":2: bad limit"},
		{"limits", "Limit \nMax open files  1\n", ":2: bad limit"},
		{"syscall", "", "not a system call state"},
		{"syscall", "0 0x1 0x2", "not a system call state"},
		{"syscall", "-1 0x1 0x2 0x3", "not a system call state"},
		{"syscall", "0 1 2 3 4 5 6 7 8 9", "not a system call state"},
		{"cgroup", "0:x", "not a cgroup"},
		{"cgroup", "-1::/", "bad hierarchy"},
		{"io", "rchar: -1\n", ":1: not a counter"},
		{"mountinfo", "1 2 0:1 / / rw proc proc rw", "not a mount"},
		{"mountinfo", "1 2 0 / / rw - proc proc rw", "bad number"},
		{"fdinfo", "", "empty"},
		{"fdinfo", "pos:\tx\n", ":1: bad value"},
		{"fdinfo", "pos:\t0\nflags:\t09\n", ":2: bad value"},
		{"fdinfo", "tfd: 1 events: zz data: 0\n", "bad value"},
		{"fdinfo", "tfd:\n", "bad value"},
		{"fdinfo", "inotify wd:\n", "bad value"},
		{"fdinfo", "it_value: (99999999999999999999, 0)\n", "bad value"},
		{"net/tcp", "sl\n0: 0100007F:0016\n", ":2: not a line of net/tcp"},
		{"net/tcp", "sl\n0: 0100007F0:0016 0:0 0A 0 0 0 0 0 1\n", ":2: not a line of net/tcp"},
		{"net/tcp", "sl\n0: 0100007F:10016 00000000:0 0A 0 0 0 0 0 1\n", ":2: not a line of net/tcp"},
		{"net/unix", "Num\nsecond line of nothing\n", ":2: not a line of net/unix"},
		{"net/netlink", "sk\n1 2 3\n", ":2: not a line of net/netlink"},
		{"smaps", "Rss: 1 kB\n", ":1: before any mapping"},
		{"smaps", "1000-2000 rwxq 0 fe:00 1\n", ":1: no mapping"},
		{"smaps", "1000-2000 rwxp 0 fe:00 1\nAnonymous: 1 MB\n", ":2: not a size in kB"},
		{"smaps_rollup", "Rss\n", ":1: no colon"},
		{"smaps_rollup", "Rss: 1 MB\n", ":1: not a size in kB"},
	} {
		_, err := parsers[c.file]([]byte(c.text))
		if err == nil || !strings.Contains(err.Error(), strings.TrimPrefix(c.want, ":")) {
			t.Errorf("%s %.60q: %v\nwant %s", c.file, c.text, err, c.want)
		} else if len(err.Error()) > 300 {
			t.Errorf("%s: an error of %d bytes", c.file, len(err.Error()))
		}
	}
	if _, err := ParseSockets("none", nil); err == nil {
		t.Error("an unknown protocol has a table")
	}
}

// Every recorded file, cut at every length, parses or is an error: no panic, and
// where the format shows its end, no success.
func TestTruncated(t *testing.T) {
	for _, file := range []string{"maps", "stat", "status", "auxv", "limits", "syscall", "io", "net/unix", "net/tcp", "smaps_rollup"} {
		b := fixtureText(t, file)
		whole := []byte(b)
		for i := range min(len(whole), 4000) {
			_, err := parsers[file](whole[:i])
			if i > 0 && (file == "auxv" || file == "maps" && whole[i-1] != '\n') && err == nil {
				t.Errorf("%s cut at %d passes for whole", file, i)
			}
		}
	}
}

func fixtureText(t testing.TB, file string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata/linux", fmt.Sprint(fixture(t).PID), file))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestNastyStat(t *testing.T) {
	tail := " S" + strings.Repeat(" 1", nStatFields) + " 9 9 9\n" // a newer kernel's fields behind
	for _, comm := range []string{"", ") S (", "a\nb", "(((", ")))", " ", "\xff\x00", ") Z 1 1", strings.Repeat("x", 1<<20)} {
		st, err := ParseStat([]byte("12 (" + comm + ")" + tail))
		if err != nil || st.Comm != comm || st.State != Sleeping || st.PID != 12 {
			t.Errorf("%.20q: %+v %v", comm, st, err)
		}
	}
}

func TestSyscallStates(t *testing.T) {
	for text, want := range map[string]SyscallState{
		"running\n":          {Running: true, Number: -1},
		"-1 0x7ff0 0x401000": {Number: -1, SP: 0x7ff0, PC: 0x401000},
		"-1 0x1 0x2 0x3 0x4 0x5 0x6 0x7ff0 0x401000": {Number: -1, Args: [6]uint64{1, 2, 3, 4, 5, 6}, SP: 0x7ff0, PC: 0x401000},
		"0 0x1 0x2 0x3 0x4 0x5 0xffffffffffffffff 0x7ff0 0x401000\n": {
			Args: [6]uint64{1, 2, 3, 4, 5, ^uint64(0)}, SP: 0x7ff0, PC: 0x401000},
	} {
		got, err := ParseSyscall([]byte(text))
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		diff(t, *got, want, text)
	}
}

func TestAuxvWidths(t *testing.T) {
	var b32, b64, bsd []byte
	for _, w := range []uint32{32, 0xf7f00000, 6, 4096, 77, 5, 0, 0} {
		b32 = binary.LittleEndian.AppendUint32(b32, w)
	}
	for _, w := range []uint64{33, 0x7fff00000000, 6, 4096, 0, 0, 9, 9} {
		b64 = binary.LittleEndian.AppendUint64(b64, w)
	}
	for _, w := range []uint64{15, 0x7000, 34, 0x8000, 0, 0} {
		bsd = binary.LittleEndian.AppendUint64(bsd, w)
	}
	v := must(ParseAuxv(b32, auxWord(b32), LinuxAux))(t)
	diff(t, v, Auxv{{AuxSysinfo, 32, 0xf7f00000}, {AuxPageSize, 6, 4096}, {AuxUnknown, 77, 5}})
	diff(t, []string{v[1].Name(), v[2].Name()}, []string{"AT_PAGESZ", "AT_77"})
	diff(t, must(ParseAuxv(b64, auxWord(b64), LinuxAux))(t), Auxv{{AuxVDSO, 33, 0x7fff00000000}, {AuxPageSize, 6, 4096}})
	diff(t, must(ParseAuxv(bsd, 8, FreeBSDAux))(t), Auxv{{AuxExecPath, 15, 0x7000}, {AuxVDSO, 34, 0x8000}})
	for _, numbers := range []AuxNumbering{LinuxAux, FreeBSDAux} {
		for n, typ := range numbers {
			if name := (Aux{Type: typ, Num: n}).Name(); !strings.HasPrefix(name, "AT_") || strings.ContainsAny(name, "0123456789") && name[len(name)-1] > '9' {
				t.Errorf("%d: %s", n, name)
			}
		}
	}
}

func TestSocketLines(t *testing.T) {
	text := "  sl  local_address remote_address st\n" +
		"   0: 0100007F:0016 0900000A:1267 01 00000000:00000000 00:00000000 00000000  1000        0 77 1 0 100 0 0 10 0\n" +
		"   1: 00000000:01BB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 78 1 0 100 0 0 10 0\n"
	s := must(ParseSockets("tcp", []byte(text)))(t)
	diff(t, []string{s[0].String(), s[1].String()}, []string{"tcp 127.0.0.1:22 -> 10.0.0.9:4711 ESTABLISHED", "tcp 0.0.0.0:443 LISTEN"})
	diff(t, s[0].UID, uint32(1000))

	text = "sl\n 5: 00000000000000000000000001000000:0035 B80D0120000000000000000001000000:D431 01 0:0 0:0 0 0 0 9 2 0 0\n"
	s = must(ParseSockets("udp6", []byte(text)))(t)
	diff(t, s[0].String(), "udp6 [::1]:53 -> [2001:db8::1]:54321 ESTABLISHED")

	text = "Num       RefCount Protocol Flags    Type St Inode Path\n" +
		"0000000000000001: 00000003 00000000 00000000 0001 03   559\n" +
		"0000000000000002: 00000002 00000000 00010000 0001 01 25000 /run/a b.sock\n" +
		"0000000000000003: 00000002 00000000 00000000 0002 01 25001 @x\ny: z\n\n\n" +
		"0000000000000004: 00000002 00000000 00000000 0005 01 25002\n"
	s = must(ParseSockets("unix", []byte(text)))(t)
	diff(t, []string{s[0].String(), s[1].String(), s[2].String(), s[3].String()},
		[]string{"unix stream CONNECTED", "unix stream LISTEN /run/a b.sock", "unix dgram @x\ny: z\n\n", "unix seqpacket"})
}

func TestFDInfoLines(t *testing.T) {
	fd := must(ParseFDInfo("/var/lock/x (deleted)", []byte("pos:\t-1\nflags:\t012000001\nmnt_id:\t30\nino:\t9\nlock:\t1: POSIX  ADVISORY  WRITE 5 00:19:3 0 EOF\nno key\n")))(t)
	diff(t, fd, &FD{Kind: KindFile, Link: "/var/lock/x (deleted)", Path: "/var/lock/x", Deleted: true, Offset: -1,
		Flags: OpenPath | OpenCloexec, Raw: 0o12000001, Mount: 30, Inode: 9,
		Info: []InfoLine{{"lock", "1: POSIX  ADVISORY  WRITE 5 00:19:3 0 EOF"}, {"no key", ""}}})
	diff(t, OpenFlags(fd.Flags).String(), "-,path,cloexec")
	fd = must(ParseFDInfo("pidfd:[9]", []byte("Pid:\t-1\nNSpid:\t-1\n")))(t)
	diff(t, []any{fd.Kind, fd.PID, fd.Inode}, []any{KindPidFD, -1, uint64(9)})
	fd = must(ParseFDInfo("anon_inode:[timerfd]", []byte("clockid: 1\nticks: 3\nsettime flags: 01\nit_value: (1, 500000000)\nit_interval: (0, 0)\n")))(t)
	diff(t, fd.Timer, &Timer{Clock: 1, Ticks: 3, Flags: 1, Value: 1500 * time.Millisecond})
	for link, want := range map[string]FDKind{
		"anon_inode:bpf-map": KindBPF, "anon_inode:bpf_link": KindBPF, "anon_inode:[perf_event]": KindPerf,
		"anon_inode:[userfaultfd]": KindUserfault, "anon_inode:dma-buf": KindOther, "time:[4026531834]": KindNamespace, "": KindOther,
	} {
		diff(t, must(ParseFDInfo(link, []byte("pos:\t0\n")))(t).Kind, want, link)
	}
}

func TestSets(t *testing.T) {
	s := SigSet{1 | 1<<63, 1 << 62}
	diff(t, s.Signals(), []int{1, 64, 127})
	for n, want := range map[int]bool{-1: false, 0: false, 1: true, 2: false, 64: true, 127: true, 128: false, 129: false} {
		diff(t, s.Has(n), want, fmt.Sprint(n))
	}
	c := Caps(1<<CapSysPtrace | 1<<63)
	diff(t, c.String(), "cap_sys_ptrace,cap_63")
	diff(t, []bool{c.Has(CapSysPtrace), c.Has(CapKill), Caps(0).Sub(c), c.Sub(1)}, []bool{true, false, true, false})
	diff(t, Capability(40).String(), "cap_checkpoint_restore")
}

func TestMemTotalsAddUp(t *testing.T) {
	text := "1000-2000 r--p 00000000 00:00 0\nRss: 4 kB\nPss: 2 kB\nVmFlags: rd mr\n2000-3000 r--p 00000000 00:00 0 /a:b\nRss: 8 kB\n"
	diff(t, must(ParseMemTotals([]byte(text)))(t), &MemTotals{Rss: 12 << 10, Pss: 2 << 10})
}

// FuzzParsers gives any bytes to every parser: none may panic.
func FuzzParsers(f *testing.F) {
	pid := fmt.Sprint(fixture(f).PID)
	for file := range parsers {
		for _, dir := range []string{"testdata/linux/" + pid, "testdata/handmade/7"} {
			if b, err := os.ReadFile(filepath.Join(dir, file)); err == nil {
				f.Add(file, b)
			}
		}
	}
	infos, _ := filepath.Glob("testdata/linux/" + pid + "/fdinfo/*")
	for _, name := range infos {
		b, _ := os.ReadFile(name)
		f.Add("fdinfo", b)
	}
	f.Fuzz(func(t *testing.T, file string, b []byte) {
		parse, ok := parsers[file]
		if !ok {
			return
		}
		if _, err := parse(b); err != nil && err.Error() == "" {
			t.Error("an error without text")
		}
	})
}

// FuzzMaps checks that what is read prints and reads as the same again.
func FuzzMaps(f *testing.F) {
	f.Add([]byte(fixtureText(f, "maps")))
	b, _ := os.ReadFile("testdata/handmade/7/maps")
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		ms, err := ParseMaps(b)
		if err != nil {
			return
		}
		var text strings.Builder
		for i := range ms {
			fmt.Fprintln(&text, ms[i].String())
		}
		again, err := ParseMaps([]byte(text.String()))
		if err != nil {
			t.Fatal(err)
		}
		diff(t, again, ms)
	})
}

// bigMaps is the text of a process with 5,000 mappings, as a browser or a JVM has.
func bigMaps() []byte {
	var b strings.Builder
	for i := range uint64(5000) {
		m := Map{Start: 0x7f0000000000 + i<<12, End: 0x7f0000001000 + i<<12, Perm: Read | Exec, Dev: Dev{254, 0}, Inode: i / 4}
		if i%5 != 4 {
			m.Path = fmt.Sprintf("/usr/lib/x86_64-linux-gnu/libsomething-%d.so.6.0.1", i/4)
		}
		fmt.Fprintln(&b, m.String())
	}
	return []byte(b.String())
}

func BenchmarkParseMaps5000(b *testing.B) {
	text := bigMaps()
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseMaps(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseStat(b *testing.B) {
	text := []byte(fixtureText(b, "stat"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseStat(text); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkParseStatus(b *testing.B) {
	text := []byte(fixtureText(b, "status"))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParseStatus(text); err != nil {
			b.Fatal(err)
		}
	}
}
