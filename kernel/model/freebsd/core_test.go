package freebsd_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/elfinfo/core"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/procfs/kinfo"
	"github.com/trapline/trapline/regs"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// recordedCores are the sizes of the cores that a FreeBSD 15.0 kernel wrote, by file.
func recordedCores(t *testing.T) map[string]int {
	sizes := map[string]int{}
	for _, s := range recordings.Load("coredump") {
		if name, ok := s.Args["file"].(string); ok && s.Op == "PT_COREDUMP" && s.Errno == "" {
			sizes[name] = int(s.RetRaw.(float64))
		}
	}
	if len(sizes) < 6 {
		t.Fatalf("recorded: %v", sizes)
	}
	return sizes
}

func readCore(t *testing.T, name string, b []byte) *core.Core {
	t.Helper()
	f, err := elfinfo.New(bytes.NewReader(b), name, elfinfo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	c, err := core.New(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Problems)+len(c.Other) > 0 || c.System() != "FreeBSD" || len(c.Threads) != 1 || c.BSD == nil {
		t.Fatalf("%s:\n%s", name, c.Text())
	}
	return c
}

// TestCores has the modeled kernel write the cores of the recorded scenario: they are as long as
// those of the real one, and say of the process what ptrace and sysctl do.
func TestCores(t *testing.T) {
	k, m := replay.NewModel(0)
	defer m.Close()
	replay.Play("coredump", k)
	for name, size := range recordedCores(t) {
		b := k.ReadFile(name)
		if len(b) != size {
			t.Errorf("%s is of %d bytes, recorded %d", name, len(b), size)
		}
		readCore(t, name, b)
	}
	// At the stop of the int3: the program is a nop, a nop and an int3 at 0x400200.
	c := readCore(t, "core3", k.ReadFile("/w/core3"))
	th := &c.Threads[0]
	if th.Regs.PC() != 0x400203 || th.Info == nil || th.Info.Code != 1 || th.Info.Addr != 0x400203 || th.TID != int(c.BSD.Procs[0].TID) ||
		c.SignalText(th) != "SIGTRAP (Trace/BPT trap), TRAP_BRKPT at 0x400203" || c.Where(0x400203) != "/w/coredump.a+0x203" {
		t.Errorf("thread: %+v", th)
	}
	if th.Regs.Have != regs.General|regs.Extended || th.Regs.XCR0() != 543 {
		t.Errorf("registers: have %v, XCR0 %#x", th.Regs.Have, th.Regs.XCR0())
	}
	p := c.Process
	if p.Name != "coredump.a" || p.Args != "tracee" || p.PID == 0 || p.PPID != k.Pid() {
		t.Errorf("process: %+v", p)
	}
	word := make([]byte, 8)
	if n, err := c.ReadMem(th.Regs.G[regs.RDI], word); n != 8 || word[0] != 1 { // argc, as a program begins
		t.Errorf("at rdi: %x, %v", word[:n], err)
	}
	if _, err := c.ReadMem(0x400200, word); err == nil {
		t.Error("the program's text is in a core that is not of everything")
	}
	whole := readCore(t, "core4", k.ReadFile("/w/core4"))
	if n, err := whole.ReadMem(0x400200, word); n != 8 || word[0] != 0x90 || word[2] != 0xcc {
		t.Errorf("text in a core of everything: %x, %v", word[:n], err)
	}
	if v, ok := c.Auxv.Get(procfs.AuxEntry); !ok || v != 0x400200 {
		t.Errorf("auxv: %v", c.Auxv)
	}
	var fds []int32
	for _, f := range c.BSD.Files {
		fds = append(fds, f.FD)
	}
	if d := cmp.Diff([]int32{kinfo.FDText, kinfo.FDCwd, kinfo.FDRoot, 0, 1, 2, 3}, fds); d != "" {
		t.Errorf("files: %s", d)
	}
	if len(c.BSD.Limits) != 16 || c.BSD.Umask != 0o22 || c.BSD.Release != 1500068 || len(c.BSD.VM) != 6 {
		t.Errorf("limits %v, umask %o, release %d, %d entries", c.BSD.Limits, c.BSD.Umask, c.BSD.Release, len(c.BSD.VM))
	}
	text := c.Text()
	for _, want := range []string{"core3: core of FreeBSD, x86-64: process ", "TRAP_BRKPT at 0x400203", "/w/coredump.a", "AT_ENTRY", "text file"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}
