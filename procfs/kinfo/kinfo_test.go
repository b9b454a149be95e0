package kinfo_test

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/procfs/kinfo"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// each calls f for every recorded sysctl of a name that gave something, with what the
// recorder made of its records.
func each(t *testing.T, prefix string, f func(where string, b []byte, decoded []any)) {
	t.Helper()
	n := 0
	for _, sc := range recordings.Index() {
		for _, file := range sc.Files {
			for _, s := range recordings.Load(file) {
				if strings.HasPrefix(s.Op, "sysctl "+prefix) && s.BytesRaw != "" {
					list, _ := s.Out["decoded"].([]any)
					f(fmt.Sprintf("%s step %d (%s)", s.Scenario, s.N, s.Op), s.Bytes(), list)
					n++
				}
			}
		}
	}
	if n == 0 {
		t.Fatalf("nothing recorded of %s", prefix)
	}
}

func number(v any) int64 {
	switch v := v.(type) {
	case float64:
		return int64(v)
	case string:
		n, _ := strconv.ParseUint(v, 0, 64)
		return int64(n)
	}
	return 0
}

func setText(s kinfo.SigSet) string {
	var out []string
	for n := 1; n <= 128; n++ {
		if s[(n-1)/32]>>((n-1)%32)&1 != 0 {
			out = append(out, abi.FreeBSD.SignalName(n))
		}
	}
	return strings.Join(out, "|")
}

func TestProcs(t *testing.T) {
	each(t, "kern.proc.pid", func(where string, b []byte, decoded []any) {
		list, err := kinfo.DecodeProcs(b)
		if err != nil || len(list) != len(decoded) {
			t.Fatalf("%s: %d records, %v", where, len(list), err)
		}
		for i := range list {
			p, want := &list[i], decoded[i].(map[string]any)
			for field, got := range map[string]int64{"ki_uid": int64(p.UID), "ki_ruid": int64(p.RUID), "ki_flag": int64(p.Flag), "ki_stat": int64(p.Stat),
				"ki_numthreads": int64(p.NumThreads), "ki_size": int64(p.Size), "ki_xstat": int64(p.Xstat), "ki_jobc": int64(p.Jobc)} {
				if got != number(want[field]) {
					t.Errorf("%s: %s is %d, recorded %v", where, field, got, want[field])
				}
			}
			for field, got := range map[string]string{"ki_wmesg": p.WMesg, "ki_comm": p.Comm, "ki_emul": p.Emul, "ki_sigcatch": setText(p.SigCatch),
				"ki_sigignore": setText(p.SigIgnore), "ki_sigmask": setText(p.SigMask), "ki_siglist": setText(p.SigList)} {
				if got != fmt.Sprint(want[field]) {
					t.Errorf("%s: %s is %q, recorded %v", where, field, got, want[field])
				}
			}
			if !strings.HasPrefix(p.TDName, fmt.Sprint(want["ki_tdname"])) || p.TID < 100000 || p.PID < 1000 || p.PID > 99999 || p.Start.Sec < 1e9 {
				t.Errorf("%s: %+v", where, p)
			}
			var again []kinfo.Proc
			if again, err = kinfo.DecodeProcs(p.Append(nil)); err != nil || cmp.Diff(*p, again[0]) != "" {
				t.Errorf("%s: encoded again: %v\n%s", where, err, cmp.Diff(*p, again[0]))
			}
		}
	})
}

// TestProcs32 reads the record of a 32-bit program. Offsets are those of struct kinfo_proc32, counted
// by hand: ten words, six of processes, two halves and a word, four sets, five ids, ...
func TestProcs32(t *testing.T) {
	b := make([]byte, kinfo.Proc32Size)
	for off, v := range map[int]uint32{0: kinfo.Proc32Size, 40: 4711, 44: 1, 48: 4711, 52: 4712, 56: 4700, 60: 4701, 64: 3, 72: 1 << 14, 120 + 12: 1 << 29, 136: 1001, 140: 1002,
		148: 20, 156: 2, 160: 7, 164: 8, 224: 0xf0000000, 228: 99, 248: 5 | 6<<16, 256: 11, 272: 12, 280: 13, 284: 14, 288: 15, 296: 1 << 31, 304: 16,
		308: 3 | 0xfb<<8, 480: 17, 488: 18, 496: 19, 500: 20, 512: 21, 516: 22, 520: 100123, 524: 0x04030201, 528: 23, 528 + 17*4: 24, 600: 25, 760: 26, 764: 8} {
		b[off], b[off+1], b[off+2], b[off+3] = byte(v), byte(v>>8), byte(v>>16), byte(v>>24)
	}
	for off, s := range map[int]string{314: "sixteen-letters-", 331: "nanslp", 340: "login", 358: "lock", 367: "program", 387: "FreeBSD ELF32", 404: "default", 422: "end"} {
		copy(b[off:], s)
	}
	want := kinfo.Proc{PID: 4711, PPID: 1, PGID: 4711, TPGID: 4712, SID: 4700, TSID: 4701, Jobc: 3, SigList: kinfo.SigSet{1 << 14}, SigCatch: kinfo.SigSet{3: 1 << 29},
		UID: 1001, RUID: 1002, RGID: 20, Groups: []uint32{7, 8}, Size: 0xf0000000, RSSize: 99, Xstat: 5, Acflag: 6, EstCPU: 11, Runtime: 12,
		Start: kinfo.Timeval{Sec: 13, Usec: 14}, ChildTime: kinfo.Timeval{Sec: 15}, Flag: kinfo.FlagPPTrace, TraceFlag: 16, Stat: 3, Nice: -5,
		TDName: "sixteen-letters-end", WMesg: "nanslp", Login: "login", LockName: "lock", Comm: "program", Emul: "FreeBSD ELF32", LoginClass: "default",
		TDev: 17, OnCPU: 18, Tracer: 19, Flag2: 20, JID: 21, NumThreads: 22, TID: 100123, Pri: [4]byte{1, 2, 3, 4},
		Usage: kinfo.Rusage{User: kinfo.Timeval{Sec: 23}, Involuntary: 24}, UsageChildren: kinfo.Rusage{User: kinfo.Timeval{Sec: 25}}, SFlag: 26, TDFlags: 8}
	got, err := kinfo.DecodeProcs(append(b, b...))
	if err != nil || len(got) != 2 {
		t.Fatalf("%d records, %v", len(got), err)
	}
	if diff := cmp.Diff(want, got[1]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if _, err := kinfo.DecodeProcs(b[:700]); err == nil {
		t.Error("a record that is cut was taken")
	}
}

func TestVMMap(t *testing.T) {
	each(t, "kern.proc.vmmap", func(where string, b []byte, decoded []any) {
		list, err := kinfo.DecodeVMMap(b)
		if err != nil || len(list) != len(decoded) {
			t.Fatalf("%s: %d records, %v", where, len(list), err)
		}
		var again []byte
		for i := range list {
			m, want := &list[i], decoded[i].(map[string]any)
			for field, got := range map[string]int64{"type": int64(m.Type), "start_raw": int64(m.Start), "length": int64(m.End - m.Start),
				"offset": int64(m.Offset), "flags": int64(m.Flags), "protection": int64(m.Protection), "vn_size": int64(m.VnodeSize),
				"vn_type": int64(m.VnodeType), "ref_count_raw": int64(m.RefCount), "resident_raw": int64(m.Resident)} {
				if got != number(want[field]) {
					t.Errorf("%s: %s is %#x, recorded %v", where, field, got, want[field])
				}
			}
			if m.Path != fmt.Sprint(want["path"]) {
				t.Errorf("%s: path %q", where, m.Path)
			}
			again = m.Append(again)
		}
		if !bytes.Equal(again, b) {
			t.Errorf("%s: encoded again\n%s", where, cmp.Diff(b, again))
		}
	})
}

func TestFiles(t *testing.T) {
	each(t, "kern.proc.filedesc", func(where string, b []byte, decoded []any) {
		list, err := kinfo.DecodeFiles(b)
		if err != nil || len(list) != len(decoded) {
			t.Fatalf("%s: %d records, %v", where, len(list), err)
		}
		for i := range list {
			f, want := &list[i], decoded[i].(map[string]any)
			for field, got := range map[string]int64{"type": int64(f.Type), "fd": int64(f.FD), "flags": int64(f.Flags), "offset_raw": f.Offset,
				"vnode_type": int64(f.VnodeType), "ref_count_raw": int64(f.RefCount)} {
				if got != number(want[field]) {
					t.Errorf("%s: %s is %#x, recorded %v", where, field, got, want[field])
				}
			}
			if f.Path != fmt.Sprint(want["path"]) {
				t.Errorf("%s: path %q", where, f.Path)
			}
			again, err := kinfo.DecodeFiles(f.Append(nil))
			if err != nil || cmp.Diff(*f, again[0]) != "" {
				t.Errorf("%s: encoded again: %v\n%s", where, err, cmp.Diff(*f, again[0]))
			}
		}
	})
	each(t, "kern.proc.cwd", func(where string, b []byte, _ []any) {
		if list, err := kinfo.DecodeFiles(b); err != nil || len(list) != 1 || list[0].FD != kinfo.FDCwd || list[0].Path != "/w" && list[0].Path != "/" {
			t.Errorf("%s: %+v %v", where, list, err)
		}
	})
}

func TestSocket(t *testing.T) {
	f := kinfo.File{Type: kinfo.FileSocket, FD: 3, Flags: kinfo.FileRead | kinfo.FileWrite, Domain: 2, SockType: 1, Protocol: 6,
		Local: make([]byte, 128), Peer: make([]byte, 128)}
	f.Local[1], f.Peer[1] = 2, 2
	got, err := kinfo.DecodeFiles(f.Append(nil))
	if err != nil || cmp.Diff(f, got[0]) != "" {
		t.Errorf("%v\n%s", err, cmp.Diff(f, got[0]))
	}
}

func FuzzDecode(f *testing.F) {
	f.Add((&kinfo.Proc{PID: 5, Groups: []uint32{1, 2}}).Append(nil))
	f.Add((&kinfo.VMEntry{Start: 4096, End: 8192, Path: "/bin/sh"}).Append(nil))
	f.Add((&kinfo.File{FD: 1, Path: "/dev/null"}).Append(nil))
	f.Add([]byte{0xff, 0xff, 0xff, 0xff})
	f.Fuzz(func(t *testing.T, b []byte) {
		kinfo.DecodeProcs(b)
		kinfo.DecodeVMMap(b)
		kinfo.DecodeFiles(b)
	})
}
