package procfs

// The FreeBSD source on what a FreeBSD 15.0 kernel gave.

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/abi"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// recorded is the sysctls of one recorded scenario; a later reading of a node takes the
// place of an earlier one up to the step until.
func recorded(t *testing.T, scenario string, until int) (*FS, int) {
	t.Helper()
	nodes, errnos, pid := map[string][]byte{}, map[string]int{}, 0
	for _, s := range recordings.Load(scenario) {
		name, ok := strings.CutPrefix(s.Op, "sysctl ")
		if !ok || s.PidRaw == 0 || until != 0 && s.N > until {
			continue
		}
		if name == "kern.proc.pid with KERN_PROC_INC_THREAD" {
			name = "kern.proc.pid_td"
		}
		pid = s.PidRaw
		if s.BytesRaw != "" {
			nodes[name] = s.Bytes()
			delete(errnos, name)
		} else if s.Errno != "" {
			delete(nodes, name)
			errnos[name] = errnoOf(s.Errno)
		}
	}
	return NewFreeBSD(func(name string, args ...int32) ([]byte, int) {
		if len(args) > 0 && int(args[0]) != pid {
			return nil, bsdESRCH
		}
		if name == "kern.proc.rlimit" && args[1] != 8 {
			return nil, bsdEINVAL
		}
		if b, ok := nodes[name]; ok {
			return b, 0
		}
		if errnos[name] != 0 {
			return nil, errnos[name]
		}
		return nil, bsdENOENT
	}), pid
}

func errnoOf(name string) int {
	for _, row := range abi.FreeBSD.Errnos {
		if row.Name == name {
			return row.Num
		}
	}
	return -1
}

func TestFreeBSDProcess(t *testing.T) {
	tree, pid := recorded(t, "sysctl-sleeping", 0)
	p := tree.Proc(pid)
	st := must(p.Stat())(t)
	if st.PID != pid || st.Comm != "sysctl-sleeping.a" || st.State != Sleeping || st.Threads != 1 || st.VSize != 147456 || st.KernelThread() {
		t.Errorf("stat: %+v", st)
	}
	status := must(p.Status())(t)
	if status.Name != "sysctl-sleeping.a" || status.TracerPID != 0 || !status.HasMemory || status.UID != (IDs{}) || !status.SigIgnored.Has(20) ||
		status.SigIgnored.Has(9) || !status.SigCaught.Empty() || status.PPID != st.PPID {
		t.Errorf("status: %+v", status)
	}
	if d := cmp.Diff([]string{"tracee", "an argument", ""}, must(p.Cmdline())(t)); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"A=1"}, must(p.Environ())(t)); d != "" {
		t.Error(d)
	}
	exe, _, err := p.Exe()
	cwd, _ := p.Cwd()
	root, _ := p.Root()
	if exe != "/w/sysctl-sleeping.a" || cwd != "/w" || root != "/" || err != nil {
		t.Error(exe, cwd, root, err)
	}
	if w, err := p.Wchan(); w != "nanslp" || err != nil {
		t.Error(w, err)
	}
}

func TestFreeBSDMaps(t *testing.T) {
	tree, pid := recorded(t, "sysctl-sleeping", 0)
	maps := must(tree.Proc(pid).Maps())(t)
	var got []string
	for i := range maps {
		m := &maps[i]
		got = append(got, fmt.Sprintf("%#x %s %#x %s%s", m.Size(), m.Perm, m.Offset, m.Path, m.Name))
	}
	want := []string{"0x1000 r-xp 0x0 /w/sysctl-sleeping.a", "0x1000 r--p 0x1000 /w/sysctl-sleeping.a", "0x1000 rw-p 0x2000 /w/sysctl-sleeping.a",
		"0x1ffe0000 ---p " + fmt.Sprintf("%#x", maps[3].Offset) + " [guard]", "0x20000 rw-p 0x0 [stack]", "0x1000 r-xp 0x0 [shared page]", "0x1000 ---p 0x0 [guard]"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
	tramp := must(tree.Proc(pid).Sigtramp())(t)
	if !maps[5].Contains(tramp.Start) || tramp.End <= tramp.Start || !tramp.Contains(tramp.Start+5) || tramp.Contains(tramp.End) {
		t.Errorf("%+v", tramp)
	}
}

func TestFreeBSDSmall(t *testing.T) {
	tree, pid := recorded(t, "sysctl-sleeping", 0)
	p := tree.Proc(pid)
	auxv := must(p.Auxv())(t)
	for typ, want := range map[AuxType]uint64{AuxPhdr: 0x400040, AuxPhnum: 5, AuxEntry: 0x400200, AuxOSRelDate: 1500068, AuxPageSize: 4096} {
		if v, ok := auxv.Get(typ); !ok || v != want {
			t.Errorf("auxv %d: %#x %v", typ, v, ok)
		}
	}
	fds := must(p.FDs())(t)
	if len(fds) != 4 || fds[0].Path != "/dev/null" || fds[0].Flags != OpenRead|OpenWrite || fds[3].Path != "/dev/console" || fds[3].Offset != 272 {
		t.Errorf("%+v", fds)
	}
	if _, err := p.Limits(); !errors.Is(err, fs.ErrNotExist) { // number 8 alone was recorded
		t.Error(err)
	}
	osrel, _ := p.OSRelDate()
	umask, _ := p.Umask()
	ps, err := p.PSStrings()
	if osrel != 1500068 || umask != 0o22 || ps < 1<<32 || err != nil {
		t.Error(osrel, umask, ps, err)
	}
	k := must(p.Kinfo())(t)
	vm := must(p.VMEntries())(t)
	files := must(p.Files())(t)
	if k.Emul != "FreeBSD ELF64" || len(vm) != 7 || vm[0].RefCount != 4 || len(files) != 7 {
		t.Errorf("%+v %d %d", k, len(vm), len(files))
	}
	if _, err := p.NumFDs(); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err) // not recorded
	}
	if _, err := New("testdata/linux").Proc(1).Sigtramp(); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestFreeBSDThreads(t *testing.T) {
	tree, pid := recorded(t, "sysctl-threads", 0)
	p := tree.Proc(pid)
	tids := must(p.Tasks())(t)
	if len(tids) != 3 || tids[0] < 100000 {
		t.Fatal(tids)
	}
	for _, tid := range tids {
		st := must(p.Task(tid).Stat())(t)
		status := must(p.Task(tid).Status())(t)
		if st.PID != tid || st.State != TracingStop || status.TGID != pid || status.PID != tid || status.TracerPID == 0 {
			t.Errorf("%+v %+v", st, status)
		}
	}
	if _, err := p.Task(199999).Stat(); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
}

func TestFreeBSDZombieAndForeign(t *testing.T) {
	tree, pid := recorded(t, "sysctl-zombie", 18)
	p := tree.Proc(pid)
	if st := must(p.Stat())(t); st.State != Zombie || st.ExitCode != 0x300 {
		t.Errorf("%+v", st)
	}
	if maps, err := p.Maps(); len(maps) != 0 || err != nil {
		t.Error(maps, err)
	}
	if _, _, err := p.Exe(); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	tree, pid = recorded(t, "sysctl-zombie", 0) // reaped
	if _, err := tree.Proc(pid).Stat(); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
	tree, pid = recorded(t, "sysctl-other-user", 0)
	if _, err := tree.Proc(pid).Maps(); !errors.Is(err, fs.ErrPermission) {
		t.Error(err)
	}
	if args, err := tree.Proc(pid).Cmdline(); len(args) == 0 || err != nil {
		t.Error(args, err)
	}
}

func TestFreeBSDSettings(t *testing.T) {
	tree := NewFreeBSD(func(name string, args ...int32) ([]byte, int) {
		switch name {
		case "kern.kill_on_debugger_exit":
			return []byte{1, 0, 0, 0}, 0
		case "kern.ostype":
			return []byte("FreeBSD\x00"), 0
		}
		return nil, bsdENOENT
	})
	if v, err := tree.Sysctl("kern/kill_on_debugger_exit"); v != "1" || err != nil {
		t.Error(v, err)
	}
	if v, err := tree.Sysctl("kern/ostype"); v != "FreeBSD" || err != nil {
		t.Error(v, err)
	}
	if _, err := tree.Sysctl("kern/none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}
