package proc

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/kernel/svr4/nr"
	"github.com/trapline/trapline/regs"
)

// TestSizes holds the structures against what sizeof says on illumos (LP64).
func TestSizes(t *testing.T) {
	want := map[string]int{"pstatus_t": 1680, "lwpstatus_t": 1296, "psinfo_t": 416, "lwpsinfo_t": 128, "prmap_t": 104,
		"prcred_t": 32, "struct sigaction": 32, "stack_t": 24, "prwatch_t": 24, "priovec_t": 24, "siginfo_t": 256,
		"struct user": 512 + 224}
	for _, l := range Layouts {
		if l.Size != want[l.Name] {
			t.Errorf("%s has %d bytes, want %d", l.Name, l.Size, want[l.Name])
		}
	}
}

// TestFieldsApart checks that no two members of a structure overlap, that each lies in
// it and on the boundary of its type.
func TestFieldsApart(t *testing.T) {
	for _, l := range Layouts {
		fields := slices.Clone(l.Fields)
		slices.SortFunc(fields, func(a, b Field) int { return a.Off - b.Off })
		end := 0
		for _, f := range fields {
			if f.Off < end || f.Off+f.Size > l.Size {
				t.Errorf("%s.%s at %d, %d bytes: the one before ends at %d, the structure at %d", l.Name, f.Name, f.Off, f.Size, end, l.Size)
			}
			if (f.Size == 2 || f.Size == 4 || f.Size == 8) && f.Off%f.Size != 0 {
				t.Errorf("%s.%s is not aligned: %d", l.Name, f.Name, f.Off)
			}
			end = f.Off + f.Size
		}
	}
	if f := LwpstatusTable.Field("pr_reg"); f.Off != 544 || f.Size != 224 {
		t.Errorf("pr_reg: %+v", f)
	}
}

// pattern is bytes that differ from place to place.
func pattern(n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(i*7 + i>>8 + 1)
	}
	return b
}

func TestRoundTrip(t *testing.T) {
	for _, c := range []struct {
		name  string
		size  int
		again func([]byte) ([]byte, error)
	}{
		{"pstatus", 1680, func(b []byte) ([]byte, error) { var s Pstatus; err := s.Decode(b); return s.Append(nil), err }},
		{"lwpstatus", 1296, func(b []byte) ([]byte, error) { var s Lwpstatus; err := s.Decode(b); return s.Append(nil), err }},
		{"psinfo", 416, func(b []byte) ([]byte, error) { var s Psinfo; err := s.Decode(b); return s.Append(nil), err }},
		{"lwpsinfo", 128, func(b []byte) ([]byte, error) { var s Lwpsinfo; err := s.Decode(b); return s.Append(nil), err }},
		{"watch", 24, func(b []byte) ([]byte, error) { var s Watch; err := s.Decode(b); return s.Append(nil), err }},
		{"iovec", 24, func(b []byte) ([]byte, error) { var s IOVec; err := s.Decode(b); return s.Append(nil), err }},
		{"user", 736, func(b []byte) ([]byte, error) { var s User; err := s.Decode(b); return s.Append(nil), err }},
		{"map", 104, func(b []byte) ([]byte, error) {
			m, err := DecodeMaps(b)
			if len(m) == 0 {
				return nil, err
			}
			return m[0].Append(nil), err
		}},
	} {
		// What no row names is lost in the first round, nothing in the second.
		once, err := c.again(pattern(c.size))
		if err != nil || len(once) != c.size {
			t.Errorf("%s: %d bytes, %v", c.name, len(once), err)
		}
		twice, err := c.again(once)
		if err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%s: %v, differs:\n%s", c.name, err, cmp.Diff(once, twice))
		}
		if _, err := c.again(pattern(c.size)[:c.size-1]); !errors.Is(err, ErrShort) {
			t.Errorf("%s without its last byte: %v", c.name, err)
		}
	}
}

func TestSiginfo(t *testing.T) {
	for _, s := range []Siginfo{
		{Signo: 5, Code: TrapTrace, Addr: 0x401000, PC: 0x401000},
		{Signo: 5, Code: TrapWWatch, Addr: 0x1234, TrapAfter: 1, PC: 9},
		{Signo: 16, Code: SIUser, PID: 77, UID: 100},
		{Signo: 16, Code: SIQueue, PID: 77, UID: 100, Value: 1 << 40},
		{Signo: 18, Code: CldKilled, PID: 77, Status: 9},
		{Signo: 11, Code: 1, Addr: 8, PC: 0x401000},
		{Signo: 14, Code: SINoInfo},
	} {
		got, err := DecodeSiginfo(s.Append(nil))
		if err != nil || got != s {
			t.Errorf("%+v became %+v, %v", s, got, err)
		}
	}
}

func TestCred(t *testing.T) {
	for _, groups := range [][]int32{nil, {10}, {10, 20, 30}} {
		c := Cred{EUID: 1, RUID: 2, SUID: 3, EGID: 4, RGID: 5, SGID: 6, Groups: groups}
		b := c.Append(nil)
		var got Cred
		if err := got.Decode(b); err != nil || !cmp.Equal(got, c) || len(b) != max(32, 28+4*len(groups)) {
			t.Errorf("%d bytes, %v: %s", len(b), err, cmp.Diff(c, got))
		}
	}
}

func TestSets(t *testing.T) {
	var s SigSet
	s.Add(1, 9, 31, 128, 129, 0, -1)
	s.Remove(9)
	var got []int
	for n := -1; n < 200; n++ {
		if s.Has(n) {
			got = append(got, n)
		}
	}
	if want := []int{1, 31, 128}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if b := s.Bytes(); len(b) != 16 || b[0] != 1 || b[3] != 0x40 || b[15] != 0x80 {
		t.Errorf("in memory: %x", b)
	}
}

func TestRegisters(t *testing.T) {
	var g, back Gregs
	for i := range g {
		g[i] = uint64(i) + 100
	}
	var set regs.Set
	g.ToSet(&set)
	if set.G[regs.RIP] != 100+RegRIP || set.G[regs.GSBase] != 100+RegGSBase || set.G[regs.OrigRAX] != ^uint64(0) {
		t.Errorf("%v", set.G)
	}
	back.FromSet(&set)
	back[RegErr], back[RegTrapNo] = g[RegErr], g[RegTrapNo]
	if back != g {
		t.Errorf("%v, want %v", back, g)
	}
	for _, c := range []struct {
		off, mask uint64
	}{{0, 0}, {UserRegs - 8, 0}, {UserRegs, ^uint64(0)}, {UserRegs + 1, 0}, {UserRegs + 8*RegRFL, UserFlags}, {UserRegs + 8*RegRIP, ^uint64(0)},
		{UserRegs + 8*RegCS, 0}, {UserRegs + 8*RegErr, 0}, {UserRegs + 8*NGregs, 0}, {^uint64(0) - 7, 0}} {
		if got := UserMask(c.off); got != c.mask {
			t.Errorf("offset %d: %#x, want %#x", c.off, got, c.mask)
		}
	}
}

func TestMessages(t *testing.T) {
	var sig SigSet
	sig.Add(2)
	b := Ctl(nil).Op(PCDStop).Long(PCRun, RunClearSig|RunStep).Bytes(PCSTrace, sig.Bytes()).Long(PCKill, 9)
	var got []string
	for rest := []byte(b); len(rest) > 0; {
		m, more, ok := Next(rest)
		if !ok {
			t.Fatal(got)
		}
		got, rest = append(got, m.String()), more
		if m.Op == PCSTrace && m.SigSet() != sig {
			t.Errorf("the set: %v", m.SigSet())
		}
	}
	if want := []string{"PCDSTOP", "PCRUN 0x5", "PCSTRACE", "PCKILL 0x9"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for _, bad := range [][]byte{nil, {1}, Ctl(nil).Op(99), Ctl(nil).Op(PCRun), Ctl(nil).Op(PCAgent).Long(0, 0), Ctl(nil).Op(-1)} {
		if m, _, ok := Next(bad); ok {
			t.Errorf("%x is taken for %s", bad, m)
		}
	}
	for op := range Controls {
		if Controls[op].Op != int64(op) || Controls[op].Name == "" || Controls[op].Size%8 != 0 {
			t.Errorf("row %d: %+v", op, Controls[op])
		}
	}
}

func TestNames(t *testing.T) {
	var p Psinfo
	p.SetFName("a-name-that-is-too-long")
	if p.FName() != "a-name-that-is-" {
		t.Errorf("%q", p.FName())
	}
	var m Map
	m.SetName("a.out")
	if m.Name() != "a.out" {
		t.Errorf("%q", m.Name())
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(pattern(1680))
	f.Add([]byte(Ctl(nil).Op(PCStop).Long(PCRun, 0)))
	f.Fuzz(func(t *testing.T, b []byte) {
		var p Pstatus
		p.Decode(b)
		var ps Psinfo
		ps.Decode(b)
		var c Cred
		c.Decode(b)
		DecodeSiginfo(b)
		DecodeMaps(b)
		DecodeSigacts(b)
		for rest := b; ; {
			m, more, ok := Next(rest)
			if !ok {
				break
			}
			if len(more) >= len(rest) || len(m.Arg) != m.Size {
				t.Fatalf("%s: %d of %d bytes left, operand of %d", m, len(more), len(rest), len(m.Arg))
			}
			rest = more
		}
	})
}

var update = flag.Bool("update", false, "write the C header")

// TestLayoutHeader holds the header of the litmus programs against the tables.
func TestLayoutHeader(t *testing.T) {
	const path = "../../../testdata/litmus/svr4/layout.h"
	var b strings.Builder
	b.WriteString("/* The tables of kernel/svr4/proc and kernel/svr4/nr for programs in C. Written by\n" +
		" * go test ./kernel/svr4/proc -run TestLayoutHeader -update */\n#ifndef LAYOUT_H\n#define LAYOUT_H\n")
	seen := map[string]bool{}
	for _, l := range Layouts {
		name := strings.ToUpper(strings.TrimSuffix(strings.TrimPrefix(l.Name, "struct "), "_t"))
		if !seen[name] {
			fmt.Fprintf(&b, "\n#define SIZE_%s %d\n", name, l.Size)
			seen[name] = true
		}
		for _, f := range l.Fields {
			if line := fmt.Sprintf("#define %s_%s %d\n", name, f.Name, f.Off); !seen[line] {
				b.WriteString(line)
				seen[line] = true
			}
		}
	}
	b.WriteString("\n")
	for i := range NGregs {
		fmt.Fprintf(&b, "#define REG_%s %d\n", strings.ToUpper(RegName(i)), i)
	}
	b.WriteString("\n")
	for i := range Controls {
		fmt.Fprintf(&b, "#define %s %d\n", Controls[i].Name, i)
	}
	b.WriteString("\n")
	for _, r := range nr.Rows {
		fmt.Fprintf(&b, "#define SYS_%s %d\n", r.Name, r.Nr)
	}
	b.WriteString("#endif\n")
	if *update {
		if err := os.MkdirAll("../../../testdata/litmus/svr4", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(got), b.String()); diff != "" {
		t.Errorf("%s is not what the tables say; -update writes it:\n%s", path, diff)
	}
}
