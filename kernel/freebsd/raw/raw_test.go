package raw_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/regs"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// steps calls f for every recorded step.
func steps(t *testing.T, f func(t *testing.T, s *recordings.Step)) {
	t.Helper()
	for _, sc := range recordings.Index() {
		for _, file := range sc.Files {
			for _, s := range recordings.Load(file) {
				f(t, &s)
			}
		}
	}
}

func where(s *recordings.Step) string { return fmt.Sprintf("%s step %d", s.Scenario, s.N) }

var flagNames = []string{"SA", "BOUND", "SCE", "SCX", "EXEC", "SI", "FORKED", "CHILD", "BORN", "EXITED", "VFORKED", "VFORK_DONE"}

func flagText(v uint32) string {
	var out []string
	for i, n := range flagNames {
		if v>>i&1 != 0 {
			out = append(out, n)
		}
	}
	return strings.Join(out, "|")
}

func setText(s *raw.SigSet) string {
	var out []string
	for _, n := range s.List() {
		out = append(out, abi.FreeBSD.SignalName(n))
	}
	return strings.Join(out, "|")
}

// TestLWPInfo decodes every recorded PT_LWPINFO and compares with what the recorder, which
// has the structure from the system's headers, made of it; encoded again it is the same.
func TestLWPInfo(t *testing.T) {
	n := 0
	steps(t, func(t *testing.T, s *recordings.Step) {
		b := s.Bytes()
		if s.Op != "PT_LWPINFO" || len(b) != raw.LwpinfoSize {
			return
		}
		n++
		var l raw.LWPInfo
		raw.DecodeLWPInfo(b, &l)
		event := map[int32]string{raw.EventNone: "NONE", raw.EventSignal: "SIGNAL"}[l.Event]
		for field, got := range map[string]string{"event": event, "flags": flagText(l.Flags), "tdname": l.Name(),
			"lwpid_raw": fmt.Sprint(l.LWP), "sigmask": setText(&l.Sigmask), "siglist": setText(&l.Siglist)} {
			want := s.Text(field)
			if strings.Contains(want, " signals") {
				continue // the recorder's short form of a full set
			}
			if f, err := strconv.ParseFloat(want, 64); err == nil && field == "lwpid_raw" {
				want = fmt.Sprint(int32(f))
			}
			if got != want {
				t.Errorf("%s: %s is %q, recorded %q", where(s), field, got, want)
			}
		}
		if code := s.Out["syscall_code"]; code != nil && uint32(code.(float64)) != l.Code {
			t.Errorf("%s: call %d", where(s), l.Code)
		}
		if child := s.Out["child_pid_raw"]; child != nil && int32(child.(float64)) != l.ChildPID {
			t.Errorf("%s: child %d", where(s), l.ChildPID)
		}
		if si, ok := s.Out["siginfo"].(map[string]any); ok {
			checkSiginfo(t, s, &l.Siginfo, si)
		}
		again := make([]byte, raw.LwpinfoSize)
		l.Encode(again)
		if !bytes.Equal(again, b) {
			t.Errorf("%s: encoded again\n%s", where(s), cmp.Diff(b, again))
		}
	})
	if n < 780 {
		t.Errorf("only %d structures", n)
	}
}

func checkSiginfo(t *testing.T, s *recordings.Step, got *raw.Siginfo, want map[string]any) {
	t.Helper()
	number := func(field string) uint64 {
		switch v := want[field].(type) {
		case float64:
			return uint64(int64(v))
		case string:
			n, _ := strconv.ParseUint(v, 0, 64)
			return n
		}
		return 0
	}
	for field, v := range map[string]uint64{"code_num": uint64(int64(got.Code)), "pid_raw": uint64(got.PID), "uid": uint64(got.UID),
		"addr_raw": got.Addr, "value": got.Value, "trapno": uint64(got.Trapno)} {
		if v != number(field) {
			t.Errorf("%s: siginfo %s is %#x, recorded %v", where(s), field, v, want[field])
		}
	}
	if name := abi.FreeBSD.SignalName(int(got.Signo)); name != want["signo"] && !strings.HasPrefix(name, "SIGRT") {
		t.Errorf("%s: %s, recorded %v", where(s), name, want["signo"])
	}
}

// poison is what is recorded where the kernel wrote no status.
const poison = "0x5a5a5a5a"

// TestStatus decodes every recorded status of wait6.
func TestStatus(t *testing.T) {
	seen := map[raw.StatusKind]int{}
	steps(t, func(t *testing.T, s *recordings.Step) {
		text := s.Text("means")
		if s.Op != "wait6" && s.Op != "wait4" || text == "" || s.Text("status") == poison {
			return
		}
		v, _ := strconv.ParseUint(s.Text("status"), 0, 32)
		var info raw.Siginfo
		if si, ok := s.Out["siginfo"].(map[string]any); ok {
			info.Code, info.Status = int32(si["code_num"].(float64)), int32(si["status"].(float64))
		}
		d := raw.DecodeStatus(uint32(v), &info)
		seen[d.Kind]++
		var got string
		switch d.Kind {
		case raw.StatusContinued:
			got = "continued"
		case raw.StatusStopped:
			got = "stopped " + abi.FreeBSD.SignalName(d.Value)
		case raw.StatusExited:
			got = fmt.Sprintf("exited %d", d.Value)
		case raw.StatusKilled:
			got = "killed " + abi.FreeBSD.SignalName(d.Value)
			if d.Core {
				got += " (core)"
			}
		}
		if v == 0x80 { // a death by signal 128, which the recorder takes for exit 0 (continue-bad-signal)
			if d.Kind != raw.StatusKilled || d.Value != 128 {
				t.Errorf("%s: status 0x80 with siginfo %+v: %+v", where(s), info, d)
			}
			return
		}
		if got != text && !strings.Contains(got, "SIGRT") {
			t.Errorf("%s: %#x is %q, recorded %q", where(s), v, got, text)
		}
		if d.Encode() != uint32(v) {
			t.Errorf("%s: %#x encoded again is %#x", where(s), v, d.Encode())
		}
	})
	for k := raw.StatusExited; k <= raw.StatusContinued; k++ {
		if seen[k] == 0 {
			t.Errorf("no status of kind %d", k)
		}
	}
}

// TestRegs decodes every recorded struct reg.
func TestRegs(t *testing.T) {
	n := 0
	steps(t, func(t *testing.T, s *recordings.Step) {
		b := s.Bytes()
		if s.Op != "PT_GETREGS" || len(b) != raw.RegSize {
			return
		}
		n++
		var set regs.Set
		if err := regs.FromFreeBSD(b, &set); err != nil {
			t.Fatal(err)
		}
		for field, got := range map[string]uint64{"rip_raw": set.PC(), "rsp_raw": set.SP(), "rax_raw": set.G[regs.RAX], "rflags": set.G[regs.EFlags]} {
			if s.Text(field) != fmt.Sprintf("%#x", got) {
				t.Errorf("%s: %s is %#x, recorded %s", where(s), field, got, s.Text(field))
			}
		}
		if v := s.Out["trapno"]; v != nil && uint32(v.(float64)) != binary.LittleEndian.Uint32(b[raw.RegTrapno:]) {
			t.Errorf("%s: trapno", where(s))
		}
		again := bytes.Clone(b)
		regs.ToFreeBSD(&set, again)
		if !bytes.Equal(again, b) {
			t.Errorf("%s: written again it differs", where(s))
		}
	})
	if n < 700 {
		t.Errorf("only %d structures", n)
	}
}

// TestVMEntry decodes the recorded entries of PT_VM_ENTRY.
func TestVMEntry(t *testing.T) {
	n := 0
	steps(t, func(t *testing.T, s *recordings.Step) {
		b := s.Bytes()
		if s.Op != "PT_VM_ENTRY" || len(b) != raw.VMEntrySize {
			return
		}
		n++
		v := raw.DecodeVMEntry(b)
		if v.Start >= v.End || v.End&0xfff != 0xfff || v.Start&0xfff != 0 {
			t.Errorf("%s: %+v", where(s), v)
		}
		again := bytes.Clone(b)
		v.Encode(again)
		if !bytes.Equal(again, b) {
			t.Errorf("%s: encoded again\n%s", where(s), cmp.Diff(b, again))
		}
	})
	if n < 4 {
		t.Errorf("only %d entries", n)
	}
}

// TestRequestNames holds the numbers against the names that the recorder used, by the errno
// table's rows and the steps.
func TestRequestNames(t *testing.T) {
	names := map[string]bool{}
	for i, r := range raw.Requests {
		names[r.Name] = true
		if i > 0 && raw.Requests[i-1].Num >= r.Num {
			t.Errorf("%s is out of order", r.Name)
		}
		if raw.Request(r.Num).Name != r.Name || raw.RequestName(r.Num) != r.Name {
			t.Errorf("%s is not found by its number", r.Name)
		}
	}
	for _, row := range recordings.Errnos() {
		if strings.HasPrefix(row[0], "PT_") && !names[row[0]] {
			t.Errorf("no request %s", row[0])
		}
	}
}

func TestSmallStructures(t *testing.T) {
	ret := raw.ScReturn{Ret: [2]uint64{7, 9}, Err: raw.EJUSTRETURN}
	b := make([]byte, raw.ScRetSize)
	ret.Encode(b)
	if got := raw.DecodeScReturn(b); got != ret {
		t.Errorf("%+v", got)
	}
	core := raw.CoredumpRequest{FD: 3, Flags: raw.CoreAll, Limit: 1 << 40}
	b = make([]byte, raw.CoredumpSize)
	core.Encode(b)
	if got := raw.DecodeCoredump(b); got != core {
		t.Errorf("%+v", got)
	}
	x := raw.XstateInfo{Mask: 7, Len: 832}
	b = make([]byte, raw.XstateInfoSize)
	x.Encode(b)
	if got := raw.DecodeXstateInfo(b); got != x {
		t.Errorf("%+v", got)
	}
	var set raw.SigSet
	set.Add(128)
	set.Add(1)
	set.Add(0)
	set.Add(129)
	if !slices.Equal(set.List(), []int{1, 128}) || !set.Has(128) || set.Has(2) {
		t.Errorf("%v", set.List())
	}
	if set.Del(1); !slices.Equal(set.List(), []int{128}) || set.Empty() {
		t.Errorf("%v", set.List())
	}
}
