package core

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/procfs/kinfo"
	"github.com/trapline/trapline/regs"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// aNote is a note to put into a core.
type aNote struct {
	owner string
	kind  uint32
	desc  []byte
}

type aLoad struct {
	addr, memsz uint64
	flags       elf.ProgFlag
	data        []byte
}

// build makes a little-endian core file.
func build(class elf.Class, machine elf.Machine, notes []aNote, loads ...aLoad) []byte {
	var list []byte
	for _, n := range notes {
		name := n.owner + "\x00"
		list = le.AppendUint32(list, uint32(len(name)))
		list = le.AppendUint32(list, uint32(len(n.desc)))
		list = le.AppendUint32(list, n.kind)
		for _, part := range [][]byte{[]byte(name), n.desc} {
			list = append(list, part...)
			list = append(list, make([]byte, -len(list)&3)...)
		}
	}
	ident := [16]byte{0x7f, 'E', 'L', 'F', byte(class), 1, 1}
	var b bytes.Buffer
	put := func(v any) { binary.Write(&b, le, v) }
	count := len(loads) + 1
	if class == elf.ELFCLASS32 {
		put(elf.Header32{Ident: ident, Type: 4, Machine: uint16(machine), Version: 1, Phoff: 52, Ehsize: 52, Phentsize: 32, Phnum: uint16(count)})
	} else {
		put(elf.Header64{Ident: ident, Type: 4, Machine: uint16(machine), Version: 1, Phoff: 64, Ehsize: 64, Phentsize: 56, Phnum: uint16(count)})
	}
	at := uint64(b.Len() + count*map[elf.Class]int{elf.ELFCLASS32: 32, elf.ELFCLASS64: 56}[class])
	segment := func(kind elf.ProgType, flags elf.ProgFlag, addr, memsz uint64, data []byte) {
		if class == elf.ELFCLASS32 {
			put(elf.Prog32{Type: uint32(kind), Flags: uint32(flags), Off: uint32(at), Vaddr: uint32(addr), Filesz: uint32(len(data)), Memsz: uint32(memsz)})
		} else {
			put(elf.Prog64{Type: uint32(kind), Flags: uint32(flags), Off: at, Vaddr: addr, Filesz: uint64(len(data)), Memsz: memsz})
		}
		at += uint64(len(data))
	}
	segment(elf.PT_NOTE, 0, 0, 0, list)
	for _, l := range loads {
		segment(elf.PT_LOAD, l.flags, l.addr, l.memsz, l.data)
	}
	b.Write(list)
	for _, l := range loads {
		b.Write(l.data)
	}
	return b.Bytes()
}

func open(t testing.TB, b []byte) *Core {
	t.Helper()
	f, err := elfinfo.New(bytes.NewReader(b), "core", elfinfo.Options{DebugRoots: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	c, err := New(f)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// recorded is what a FreeBSD 15.0 kernel gave for an operation, from the first step that has it.
func recorded(t testing.TB, scenario, op string) []byte {
	t.Helper()
	for _, s := range recordings.Load(scenario) {
		if s.Op == op && s.BytesRaw != "" {
			return s.Bytes()
		}
	}
	t.Fatalf("%s: no %s", scenario, op)
	return nil
}

// sized puts the size of a structure before what a sysctl gave.
func sized(n int, b []byte) []byte { return append(le.AppendUint32(nil, uint32(int32(n))), b...) }

// freebsdCore is a core made of structures that a real kernel gave: a program asleep in
// nanosleep.
func freebsdCore(t testing.TB) []byte {
	const scenario = "sysctl-sleeping"
	status := make([]byte, 224)
	for i, v := range map[int]uint64{0: 1, 8: 224, 16: 176, 24: 512, 32: 1500068 | 17<<32} {
		le.PutUint64(status[i:], v)
	}
	le.PutUint32(status[40:], 100772)
	copy(status[48:], recorded(t, "coredump", "PT_GETREGS"))
	misc := append([]byte("worker"), make([]byte, 18)...)
	var info []byte
	for _, s := range recordings.Load("coredump") {
		if s.Op == "PT_LWPINFO" && s.Out["flags"] == "SI" {
			info = s.Bytes()
		}
	}
	limits := make([]byte, 16*16)
	for i := range 16 {
		le.PutUint64(limits[16*i:], uint64(1000+i))
		le.PutUint64(limits[16*i+8:], 1<<63-1)
	}
	return build(elf.ELFCLASS64, elf.EM_X86_64, []aNote{
		{ownerFreeBSD, ntPrstatus, status},
		{ownerFreeBSD, ntSegbases, le.AppendUint64(le.AppendUint64(nil, 0x11), 0x22)},
		{ownerFreeBSD, ntThrmisc, misc},
		{ownerFreeBSD, ntLWPInfo, sized(160, info)},
		{ownerFreeBSD, ntProcs, sized(kinfo.ProcSize, recorded(t, scenario, "sysctl kern.proc.pid"))},
		{ownerFreeBSD, ntFiles, sized(1392, recorded(t, scenario, "sysctl kern.proc.filedesc"))},
		{ownerFreeBSD, ntVMMap, sized(1160, recorded(t, scenario, "sysctl kern.proc.vmmap"))},
		{ownerFreeBSD, ntGroups, sized(4, recorded(t, scenario, "sysctl kern.proc.groups"))},
		{ownerFreeBSD, ntUmask, sized(2, recorded(t, scenario, "sysctl kern.proc.umask"))},
		{ownerFreeBSD, ntRlimit, sized(len(limits), limits)},
		{ownerFreeBSD, ntOSRel, sized(4, recorded(t, scenario, "sysctl kern.proc.osrel"))},
		{ownerFreeBSD, ntPSString, sized(8, recorded(t, scenario, "sysctl kern.proc.ps_strings"))},
		{ownerFreeBSD, ntBSDAuxv, sized(16, recorded(t, scenario, "sysctl kern.proc.auxv"))},
		{ownerFreeBSD, ntKqueues, sized(8, nil)},
	}, aLoad{0x600000, 0x1000, elf.PF_R | elf.PF_W, []byte("data of the program")})
}

func TestFreeBSD(t *testing.T) {
	c := open(t, freebsdCore(t))
	if len(c.Problems) > 0 {
		t.Fatal(c.Problems)
	}
	if d := cmp.Diff([]Other{{ownerFreeBSD, ntKqueues, 4}}, c.Other); d != "" {
		t.Error(d)
	}
	th := &c.Threads[0]
	if th.TID != 100772 || th.Name != "worker" || th.Signal != 17 || th.Regs.G[regs.FSBase] != 0x11 || th.Regs.G[regs.GSBase] != 0x22 ||
		th.Regs.PC() < 0x400200 || th.Regs.PC() > 0x400300 {
		t.Errorf("thread: %+v", th)
	}
	if d := cmp.Diff(&SigInfo{Signal: 5, Code: 1, Addr: 0x400203, Fault: true}, th.Info); d != "" {
		t.Error(d)
	}
	if c.SignalText(th) != "SIGSTOP (Suspended (signal))" { // Info is of another signal
		t.Errorf("signal: %s", c.SignalText(th))
	}
	k := &c.BSD.Procs[0]
	if c.Process.PID != int(k.PID) || c.Process.Name != k.Comm || !strings.HasPrefix(k.Comm, "sysctl-sleeping") || k.WMesg != "nanslp" {
		t.Errorf("process: %+v", c.Process)
	}
	if m := c.Map(0x400200); m == nil || m.Path != "/w/sysctl-sleeping.a" || m.Perm != procfs.Read|procfs.Exec || len(c.Maps) != len(c.BSD.VM) {
		t.Errorf("maps: %v", c.Maps)
	}
	if v, ok := c.Auxv.Get(procfs.AuxPageSize); !ok || v != 4096 {
		t.Errorf("auxv: %v", c.Auxv)
	}
	if c.BSD.Umask != 0o22 || c.BSD.Release != 1500068 || c.BSD.PSStrings == 0 || len(c.BSD.Files) == 0 {
		t.Errorf("%+v", c.BSD)
	}
	if l := c.BSD.Limits; len(l) != 16 || l[0].Name != "cpu" || l[0].Soft != 1000 || l[0].Hard != procfs.Unlimited {
		t.Errorf("limits: %v", l)
	}
	b := make([]byte, 19)
	if n, err := c.ReadMem(0x600000, b); err != nil || string(b[:n]) != "data of the program" {
		t.Errorf("%q %v", b[:n], err)
	}
	if n, err := c.ReadMem(0x600010, b); n != 3 || !strings.Contains(fmt.Sprint(err), "not in the core") {
		t.Errorf("%d %v", n, err)
	}
	text := c.Text()
	for _, want := range []string{fmt.Sprintf("\n          id  pc                  sp                  what\n *    100772  %#016x  %#016x  ", th.Regs.PC(), th.Regs.SP()),
		"  fs_base  0x0000000000000011  gs_base  0x0000000000000022  "} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if c.Dumped(0x600000, 0x601000) != 19 || c.Dumped(0x400000, 0x401000) != 0 {
		t.Errorf("%d bytes dumped", c.Dumped(0x600000, 0x601000))
	}
}

// TestFreeBSD386 is the core of a 32-bit program: its structures are those of the 32-bit ABI, its maps and
// files the same as ever.
func TestFreeBSD386(t *testing.T) {
	const scenario = "sysctl-sleeping"
	put := func(n int, values map[int]uint32, texts map[int]string) []byte {
		b := make([]byte, n)
		for off, v := range values {
			le.PutUint32(b[off:], v)
		}
		for off, s := range texts {
			copy(b[off:], s)
		}
		return b
	}
	status := put(104, map[int]uint32{0: 1, 4: 104, 8: 76, 20: 11, 24: 100123, 28 + 13*4: 0x8048123, 28 + 16*4: 0xffffd000}, nil)
	info := put(140, map[int]uint32{0: 100123, 4: 1, 8: 0x20, 44: 11, 52: 1, 68: 0x1234, 132: 240}, map[int]string{108: "worker"})
	psinfo := put(112, map[int]uint32{0: 1, 4: 112, 108: 4711}, map[int]string{8: "program", 25: "./program -x"})
	record := put(kinfo.Proc32Size, map[int]uint32{0: kinfo.Proc32Size, 40: 4711, 44: 12, 48: 4711, 56: 4700, 136: 1001, 156: 1, 160: 20, 520: 100123},
		map[int]string{367: "program", 387: "FreeBSD ELF32"})
	c := open(t, build(elf.ELFCLASS32, elf.EM_386, []aNote{
		{ownerFreeBSD, ntPrpsinfo, psinfo},
		{ownerFreeBSD, ntPrstatus, status},
		{ownerFreeBSD, ntSegbases, put(8, map[int]uint32{0: 0x11, 4: 0x22}, nil)},
		{ownerFreeBSD, ntThrmisc, put(24, nil, map[int]string{0: "worker"})},
		{ownerFreeBSD, ntLWPInfo, sized(140, info)},
		{ownerFreeBSD, ntProcs, sized(kinfo.Proc32Size, record)},
		{ownerFreeBSD, ntVMMap, sized(1160, recorded(t, scenario, "sysctl kern.proc.vmmap"))},
		{ownerFreeBSD, ntPSString, sized(4, put(4, map[int]uint32{0: 0xffffdff0}, nil))},
		{ownerFreeBSD, ntBSDAuxv, sized(8, put(16, map[int]uint32{0: 6, 4: 4096}, nil))},
	}, aLoad{0x8048000, 0x1000, elf.PF_R | elf.PF_X, []byte("code of the program")}))
	if len(c.Problems) > 0 || len(c.Threads) != 1 || len(c.BSD.Procs) != 1 {
		t.Fatal(c.Problems, c.Threads)
	}
	if d := cmp.Diff(Process{PID: 4711, PPID: 12, PGID: 4711, SID: 4700, UID: 1001, GID: 20, Name: "program", Args: "./program -x"}, c.Process); d != "" {
		t.Error(d)
	}
	if th := &c.Threads[0]; th.TID != 100123 || th.Name != "worker" || th.Call != 240 || th.Regs.PC() != 0x8048123 || th.Regs.G[regs.FSBase] != 0x11 ||
		c.SignalText(th) != "SIGSEGV (Segmentation fault), SEGV_MAPERR at 0x1234" {
		t.Errorf("%+v, %s", th, c.SignalText(th))
	}
	if v, _ := c.Auxv.Get(procfs.AuxPageSize); v != 4096 || c.BSD.PSStrings != 0xffffdff0 || len(c.Maps) == 0 || c.BSD.Procs[0].Emul != "FreeBSD ELF32" {
		t.Errorf("%+v, %v", c.BSD, c.Auxv)
	}
	for _, want := range []string{`core of FreeBSD, i386: process 4711 \(program\), SIGSEGV`, `command: \./program -x\n`,
		`parent 12, group 4711, session 4700; user 1001, group 20\n`, ` \* +100123  0x0*8048123 `} {
		if !regexp.MustCompile(want).MatchString(c.Text()) {
			t.Errorf("no %q in\n%s", want, c.Text())
		}
	}
}

// TestLayouts reads structures whose every member is its own offset.
func TestLayouts(t *testing.T) {
	counted := func(n, word int) []byte {
		b := make([]byte, n)
		for i := 0; i+word <= n; i += word {
			b[i] = byte(i / word)
		}
		return b
	}
	for _, c := range []struct {
		name    string
		class   elf.Class
		machine elf.Machine
		owner   string
		size    int
		pc, sp  uint64
		tid     int
	}{
		// i386: eip is word 12 of Linux's registers at 72, esp word 15; word 13 and 16 of FreeBSD's at 28.
		{"Linux i386", elf.ELFCLASS32, elf.EM_386, ownerCore, 144, 72/4 + 12, 72/4 + 15, 24 / 4},
		{"FreeBSD i386", elf.ELFCLASS32, elf.EM_386, ownerFreeBSD, 104, 28/4 + 13, 28/4 + 16, 24 / 4},
		// x86-64, in words of 4 bytes: rip and rsp are words 16 and 19 of 8 bytes of Linux's
		// registers at 112; FreeBSD has them at 136 and 160 of those at 48.
		{"Linux x86-64", elf.ELFCLASS64, elf.EM_X86_64, ownerCore, 336, pair((112 + 16*8) / 4), pair((112 + 19*8) / 4), 32 / 4},
		{"FreeBSD x86-64", elf.ELFCLASS64, elf.EM_X86_64, ownerFreeBSD, 224, pair((48 + 136) / 4), pair((48 + 160) / 4), 40 / 4},
	} {
		core := open(t, build(c.class, c.machine, []aNote{{c.owner, ntPrstatus, counted(c.size, 4)}}))
		if len(core.Threads) != 1 || len(core.Problems) > 0 {
			t.Errorf("%s: %v", c.name, core.Problems)
			continue
		}
		th := &core.Threads[0]
		if th.Regs.PC() != c.pc || th.Regs.SP() != c.sp || th.TID != c.tid {
			t.Errorf("%s: pc %#x, sp %#x, tid %d; want %#x, %#x, %d", c.name, th.Regs.PC(), th.Regs.SP(), th.TID, c.pc, c.sp, c.tid)
		}
	}
}

// pair is a word of 8 bytes made of two that are numbered.
func pair(n uint64) uint64 { return n&0xff | (n+1)&0xff<<32 }

// TestDamaged reads cores that make no sense here and there.
func TestDamaged(t *testing.T) {
	status := make([]byte, 336)
	for _, c := range []struct {
		name  string
		notes []aNote
		want  string
	}{
		{"short status", []aNote{{ownerCore, ntPrstatus, status[:100]}}, "100 bytes, 336 expected"},
		{"signal of nobody", []aNote{{ownerCore, ntSiginfo, make([]byte, 128)}}, "a thread's note before any thread's status"},
		{"short signal", []aNote{{ownerCore, ntPrstatus, status}, {ownerCore, ntSiginfo, make([]byte, 8)}}, "8 bytes, 128 expected"},
		{"too many files", []aNote{{ownerCore, ntFile, append(bytes.Repeat([]byte{0xff}, 16), 0)}}, "files in 17 bytes"},
		{"files without names", []aNote{{ownerCore, ntFile, append(le.AppendUint64(le.AppendUint64(nil, 1), 4096), bytes.Repeat([]byte{1}, 30)...)}}, "has no name"},
		{"state of no processor", []aNote{{ownerCore, ntPrstatus, status}, {ownerLinux, ntXstate, make([]byte, 1000)}}, "no known layout"},
		{"endless auxv", []aNote{{ownerCore, ntAuxv, bytes.Repeat([]byte{1}, 64)}}, "without AT_NULL"},
		{"other records", []aNote{{ownerFreeBSD, ntProcs, sized(768, make([]byte, 768))}}, "records of 768 bytes, 1088 expected"},
		{"records too long", []aNote{{ownerFreeBSD, ntVMMap, sized(1160, le.AppendUint32(nil, 5000))}}, "longer than what there is"},
		{"negative size", []aNote{{ownerFreeBSD, ntProcs, sized(-1, make([]byte, 1088))}}, "records of -1 bytes"},
		{"no size", []aNote{{ownerFreeBSD, ntFiles, nil}}, "0 bytes, 4 expected"},
	} {
		core := open(t, build(elf.ELFCLASS64, elf.EM_X86_64, c.notes))
		if len(core.Problems) == 0 || !strings.Contains(core.Problems[0].Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, core.Problems, c.want)
		}
		if !strings.Contains(core.Text(), "damaged: core: ") {
			t.Errorf("%s: the text does not say so", c.name)
		}
	}
	whole := freebsdCore(t)
	cut := open(t, whole[:len(whole)/2])
	if len(cut.Problems) == 0 {
		t.Error("half a core has no problem")
	}
	f, err := elfinfo.New(bytes.NewReader(recordings.ELF("coredump.a")), "program", elfinfo.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := New(f); !errors.Is(err, ErrNotCore) {
		t.Errorf("a program: %v", err)
	}
}

// TestFilter: what goes into a core of a mapping of 4 pages.
func TestFilter(t *testing.T) {
	const r, rw, rx, sh = procfs.Read, procfs.Read | procfs.Write, procfs.Read | procfs.Exec, procfs.Shared
	const all = 0x4000
	for _, c := range []struct {
		name   string
		filter Filter
		m      procfs.Map
		anon   uint64
		flags  string
		want   uint64
	}{
		{"heap", DefaultFilter, procfs.Map{Perm: rw, Name: "[heap]"}, 4096, "rd wr", all},
		{"heap left out", DefaultFilter &^ AnonPrivate, procfs.Map{Perm: rw, Name: "[heap]"}, 4096, "", 0},
		{"never touched", DefaultFilter, procfs.Map{Perm: rw}, 0, "", 0},
		{"text", DefaultFilter, procfs.Map{Perm: rx, Path: "/bin/sh", Offset: 4096}, 0, "", 0},
		{"text with a breakpoint in it", DefaultFilter, procfs.Map{Perm: rx, Path: "/bin/sh", Offset: 4096}, 4096, "", all},
		{"headers", DefaultFilter, procfs.Map{Perm: r, Path: "/bin/sh"}, 0, "", 4096},
		{"no headers", AnonPrivate, procfs.Map{Perm: r, Path: "/bin/sh"}, 0, "", 0},
		{"files", FilePrivate, procfs.Map{Perm: rx, Path: "/bin/sh", Offset: 4096}, 0, "", all},
		{"shared file", DefaultFilter, procfs.Map{Perm: rw | sh, Path: "/var/db"}, 0, "", 0},
		{"shared file wanted", FileShared, procfs.Map{Perm: rw | sh, Path: "/var/db"}, 0, "", all},
		{"shared memory", DefaultFilter, procfs.Map{Perm: rw | sh, Path: "/dev/zero", Deleted: true}, 0, "", all},
		{"secret", DefaultFilter, procfs.Map{Perm: rw}, 4096, "rd wr dd", 0},
		{"device", 0x1ff, procfs.Map{Perm: rw | sh, Path: "/dev/dri/card0"}, 0, "io", 0},
		{"huge pages", DefaultFilter, procfs.Map{Perm: rw}, 4096, "ht", all},
		{"huge pages shared", DefaultFilter, procfs.Map{Perm: rw | sh}, 0, "ht", 0},
		{"vdso", 0, procfs.Map{Perm: rx, Name: "[vdso]"}, 0, "dd", all},
		{"vvar", 0x1ff, procfs.Map{Perm: r, Name: "[vvar]"}, 0, "io dd", 0},
		{"vsyscall", 0x1ff, procfs.Map{Perm: procfs.Exec, Name: "[vsyscall]"}, 0, "", 0},
	} {
		c.m.End = all
		if got := c.filter.Dumped(&procfs.MapUse{Map: c.m, Anonymous: c.anon, Flags: strings.Fields(c.flags)}); got != c.want {
			t.Errorf("%s: %#x bytes, want %#x", c.name, got, c.want)
		}
	}
}

// TestWrite reads again what is written, with more segments than a header can count.
func TestWrite(t *testing.T) {
	set := &regs.Set{}
	set.G[regs.RIP], set.G[regs.RSP] = 0x1234, 0x5678
	for _, n := range []int{3, 70000} {
		im := &Image{OS: abi.Linux, Process: Process{PID: 12, Name: "a name that is too long for it", Args: "a b", State: 't'},
			Threads: []ThreadImage{{TID: 12, Signal: 11, Info: append(make([]byte, 127), 1), Regs: set, Mask: 5}, {TID: 13, Regs: set}},
			Auxv:    make([]byte, 16), Read: func(addr uint64, p []byte) (int, error) {
				if addr/pageSize%3 == 2 {
					return 0, errors.New("cannot be read")
				}
				for i := range p {
					p[i] = byte((addr + uint64(i)) / pageSize)
				}
				return len(p), nil
			}}
		for i := range n {
			start := uint64(i) * 2 * pageSize
			im.Regions = append(im.Regions, Region{procfs.Map{Start: start, End: start + pageSize, Perm: procfs.Read | procfs.Write, Path: "/f", Offset: start}, uint64(i%2) * pageSize})
		}
		path := filepath.Join(t.TempDir(), "core")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		last := uint64(0)
		err = im.Write(f, func(done, all uint64) error { last = all - done; return nil })
		if err = errors.Join(err, f.Close()); err != nil || last != 0 {
			t.Fatal(err, last)
		}
		c, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(c.Maps) != n || len(c.Problems) > 0 || len(c.Threads) != 2 || c.Process.Name != "a name that is " || c.Threads[0].Signal != 11 ||
			c.Threads[1].TID != 13 || c.Threads[0].Regs.PC() != 0x1234 {
			t.Errorf("%d segments: %d, %v, %+v", n, len(c.Maps), c.Problems, c.Process)
		}
		if d := cmp.Diff([]int{1, 3}, c.Threads[0].Mask); d != "" {
			t.Error(d)
		}
		b := make([]byte, 2)
		if _, err := c.ReadMem(2*pageSize, b); err != nil || b[0] != 0 { // page 2 cannot be read
			t.Errorf("%x %v", b, err)
		}
		if _, err := c.ReadMem(0, b); err == nil {
			t.Error("a mapping that was left out can be read")
		}
		if n > 6 {
			if _, err := c.ReadMem(6*pageSize, b); err != nil || b[0] != 6 {
				t.Errorf("%x %v", b, err)
			}
		}
		c.Close()
	}
	if err := (&Image{OS: abi.SVR4}).Write(nil, nil); !errors.Is(err, ErrUnsupported) {
		t.Error(err)
	}
}

// FuzzCore asks a hostile core everything.
func FuzzCore(f *testing.F) {
	f.Add(freebsdCore(f))
	status := make([]byte, 336)
	f.Add(build(elf.ELFCLASS64, elf.EM_X86_64, []aNote{{ownerCore, ntPrstatus, status}, {ownerCore, ntSiginfo, make([]byte, 128)},
		{ownerCore, ntPrpsinfo, make([]byte, 136)}, {ownerCore, ntAuxv, make([]byte, 32)}, {ownerCore, ntFpregset, make([]byte, 512)},
		{ownerCore, ntFile, append(le.AppendUint64(le.AppendUint64(nil, 1), 4096), append(make([]byte, 24), "/bin/sh\x00"...)...)}}, aLoad{0x1000, 0x1000, 7, status}))
	f.Add(build(elf.ELFCLASS32, elf.EM_386, []aNote{{ownerCore, ntPrstatus, status[:144]}, {ownerFreeBSD, ntPrstatus, status[:104]},
		{ownerFreeBSD, ntLWPInfo, status[:144]}, {ownerCore, ntPrpsinfo, status[:124]}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		file, err := elfinfo.New(bytes.NewReader(b), "fuzz", elfinfo.Options{DebugRoots: []string{}})
		if err != nil {
			return
		}
		c, err := New(file)
		if err != nil {
			return
		}
		if len(c.Problems) > maxProblems {
			t.Errorf("%d problems", len(c.Problems))
		}
		_ = c.Text()
		for _, m := range c.Maps[:min(len(c.Maps), 16)] {
			c.ReadMem(m.Start, make([]byte, 64))
			c.Dumped(m.Start, m.End)
		}
		c.ReadMem(^uint64(0)-8, make([]byte, 64))
	})
}
