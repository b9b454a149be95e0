package image

// What does not need a host: brands, the other system, the stack as a program reads it, and
// files of any bytes.

import (
	"debug/elf"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// note is a note of type 1.
func note(name string, words ...uint32) []byte {
	b := le.AppendUint32(nil, uint32(len(name)+1))
	b = le.AppendUint32(b, uint32(4*len(words)))
	b = le.AppendUint32(b, 1)
	b = append(b, name...)
	b = append(b, make([]byte, 4-len(name)%4)...)
	for _, w := range words {
		b = le.AppendUint32(b, w)
	}
	return b
}

func TestBrand(t *testing.T) {
	osabi := func(v elf.OSABI) func(*maker) { return func(m *maker) { m.head.Ident[elf.EI_OSABI] = byte(v) } }
	notes := func(all ...[]byte) func(*maker) {
		return func(m *maker) {
			b := slices.Concat(all...)
			m.at[0x1000] = b
			m.add(elf.Prog64{Type: uint32(elf.PT_NOTE), Off: 0x1000, Filesz: uint64(len(b)), Align: 4})
		}
	}
	build := []byte("\x04\x00\x00\x00\x03\x00\x00\x00\x03\x00\x00\x00GNU\x00abc\x00") // another type
	for _, c := range []struct {
		name string
		elf  func(*maker)
		want Brand
	}{
		{"none", nil, BrandLinux},
		{"osabi linux", osabi(elf.ELFOSABI_LINUX), BrandLinux},
		{"osabi freebsd", osabi(elf.ELFOSABI_FREEBSD), BrandFreeBSD},
		{"osabi solaris", osabi(elf.ELFOSABI_SOLARIS), BrandSVR4},
		{"osabi openbsd", osabi(elf.ELFOSABI_OPENBSD), BrandUnknown},
		{"gnu linux", notes(note("GNU", 0, 3, 2, 0)), BrandLinux},
		{"gnu hurd", notes(note("GNU", 1, 3, 2, 0)), BrandLinux},
		{"gnu solaris", notes(note("GNU", 2, 3, 2, 0)), BrandSVR4},
		{"gnu freebsd", notes(note("GNU", 3, 3, 2, 0)), BrandFreeBSD},
		{"freebsd", notes(note("FreeBSD", 1300139)), BrandFreeBSD},
		{"netbsd", notes(note("NetBSD", 1)), BrandUnknown},
		{"second", notes(build, note("FreeBSD", 1)), BrandFreeBSD},
		{"cut", notes(note("FreeBSD", 1)[:20]), BrandLinux},
		{"short", notes(note("GNU")), BrandLinux},
		{"huge", notes([]byte(strings.Repeat("\xff", 40)), note("FreeBSD", 1)), BrandLinux},
		{"osabi first", func(m *maker) { osabi(elf.ELFOSABI_SOLARIS)(m); notes(note("FreeBSD", 1))(m) }, BrandSVR4},
	} {
		p, err := Prepare(request(files{"./prog": newELF(c.elf)}, "./prog"))
		if err != errno.OK || p.Brand != c.want {
			t.Errorf("%s: %v, %v, want %v", c.name, p.Brand, err, c.want)
		}
	}
}

// asRead is a stack as a program reads it.
type asRead struct {
	Argv, Envp []string
	Aux        map[uint64]uint64
	Order      []uint64
}

// readStack reads a stack from its pointer up.
func readStack(t testing.TB, space *vm.Space, sp uint64) (r asRead) {
	t.Helper()
	word := func() uint64 {
		v, f := space.Load64(sp)
		if f != vm.None {
			t.Fatalf("%#x: %v", sp, f)
		}
		sp += 8
		return v
	}
	vector := func() (all []string) {
		for at := word(); at != 0; at = word() {
			s, f := space.LoadString(at, 1<<20)
			if f != vm.None {
				t.Fatalf("string at %#x: %v", at, f)
			}
			all = append(all, s)
		}
		return all
	}
	n := word()
	r.Argv, r.Envp, r.Aux = vector(), vector(), map[uint64]uint64{}
	if int(n) != len(r.Argv) {
		t.Fatalf("argc %d, %q", n, r.Argv)
	}
	for tag := uint64(1); tag != ATNull; {
		tag = word()
		r.Aux[tag] = word()
		r.Order = append(r.Order, tag)
	}
	return r
}

func TestSVR4(t *testing.T) {
	fs := files{"./prog": newELF(func(m *maker) { dyn(m); m.interp("./ld\x00") }), "./ld": newELF(dyn)}
	r := request(fs, "./prog", "one", "")
	r.System, r.Envp = &SVR4, []string{"A=1"}
	space, res, _, err := exec(r)
	if err != errno.OK {
		t.Fatal(err)
	}
	got := readStack(t, space, res.SP)
	if d := cmp.Diff([][]string{{"./prog", "one", ""}, {"A=1"}}, [][]string{got.Argv, got.Envp}); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]uint64{ATSunPlatform, ATSunExecname, ATPhdr, ATPhent, ATPhnum, ATEntry, ATBase, ATFlags, ATPagesz,
		ATSunAuxflags, ATSunHwcap, ATNull}, got.Order); d != "" {
		t.Error(d)
	}
	for tag, want := range map[uint64]string{ATSunPlatform: "i86pc", ATSunExecname: "./prog"} {
		if s, _ := space.LoadString(got.Aux[tag], 100); s != want {
			t.Errorf("tag %d is %q, want %q", tag, s, want)
		}
	}
	for tag, want := range map[uint64]uint64{ATPhdr: res.Bias + 64, ATEntry: res.Bias + codeIn, ATBase: res.Base, ATPhnum: 2} {
		if got.Aux[tag] != want {
			t.Errorf("tag %d is %#x, want %#x", tag, got.Aux[tag], want)
		}
	}
	if res.Entry != res.Base+codeIn || res.SP%16 != 0 || res.Bias == 0 || res.Base == 0 || res.StartBrk != res.EndData {
		t.Errorf("entry %#x, sp %#x, heap %#x, bias %#x, base %#x", res.Entry, res.SP, res.StartBrk, res.Bias, res.Base)
	}

	// There, that an interpreter is missing is seen when the old program is gone.
	delete(fs, "./ld")
	if _, _, late, err := exec(r); err != errno.ENOENT || !late {
		t.Errorf("no interpreter: %v, late %v", err, late)
	}
}

func TestStackPermissions(t *testing.T) {
	for _, c := range []struct {
		typ, flags uint32
		sys        *System
		want       bool
	}{{uint32(elf.PT_GNU_STACK), 7, &Linux, true}, {uint32(elf.PT_GNU_STACK), 6, &Linux, false}, {uint32(elf.PT_NULL), 7, &Linux, false},
		{ptSunwStack, 7, &SVR4, true}, {ptSunwStack, 6, &SVR4, false}, {uint32(elf.PT_GNU_STACK), 7, &SVR4, false}} {
		r := request(files{"./prog": newELF(func(m *maker) { m.add(elf.Prog64{Type: c.typ, Flags: c.flags}) })}, "./prog")
		r.System = c.sys
		space, res, _, err := exec(r)
		if err != errno.OK {
			t.Fatal(err)
		}
		e, _ := space.At(res.SP)
		if res.ExecStack != c.want || e.Prot&vm.Exec != 0 != c.want || !e.GrowsDown {
			t.Errorf("%+v: %v, %v", c, res.ExecStack, e.Prot)
		}
	}
}

func TestArguments(t *testing.T) {
	fs := files{"./prog": newELF(nil)}
	big := strings.Repeat("x", 100<<10)
	for _, c := range []struct {
		name  string
		sys   *System
		stack uint64
		argv  []string
		want  errno.Errno
	}{
		{"one is too long", &Linux, 8 << 20, []string{strings.Repeat("x", 128<<10)}, errno.E2BIG},
		{"one is just right", &Linux, 8 << 20, []string{strings.Repeat("x", 128<<10-1)}, errno.OK},
		{"there is no limit for one", &SVR4, 8 << 20, []string{strings.Repeat("x", 1<<20)}, errno.OK},
		{"a quarter of the stack", &Linux, 2 << 20, slices.Repeat([]string{big}, 6), errno.E2BIG},
		{"less than that", &Linux, 2 << 20, slices.Repeat([]string{big}, 5), errno.OK},
		{"128 KiB at least", &Linux, 4096, []string{big, "x"}, errno.OK},
		{"6 MiB at most", &Linux, vm.Unlimited, slices.Repeat([]string{big}, 62), errno.E2BIG},
		{"pointers", &Linux, 2 << 20, slices.Repeat([]string{""}, 60000), errno.E2BIG},
		{"all", &SVR4, vm.Unlimited, slices.Repeat([]string{big}, 21), errno.E2BIG},
	} {
		r := request(fs, "./prog")
		r.System, r.StackLimit, r.Argv = c.sys, c.stack, c.argv
		if _, err := Prepare(r); err != c.want {
			t.Errorf("%s: %v, want %v", c.name, err, c.want)
		}
	}
	// A stack that is too small for what is to be on it is found too late.
	r := request(fs, "./prog", big)
	r.StackLimit = 4096
	p, _ := Prepare(r)
	space := vm.New(p.Layout(vm.NewMemory(1<<20), vm.Limits{Total: vm.Unlimited, Data: vm.Unlimited, Stack: 4096}))
	if _, err := p.Load(space, Start{}); err != errno.OK && err != errno.EFAULT {
		t.Error(err)
	}
}

func TestOpenAndRead(t *testing.T) {
	r := request(files{}, "./prog")
	if _, err := Prepare(r); err != errno.ENOENT {
		t.Error(err)
	}
	r.Open = func(string) (File, errno.Errno) { return nil, errno.EACCES }
	if _, err := Prepare(r); err != errno.EACCES {
		t.Error(err)
	}
	r.Open = func(path string) (File, errno.Errno) { return broken{newFile(path, newELF(nil))}, errno.OK }
	if _, err := Prepare(r); err != errno.EIO {
		t.Error(err)
	}
	r = request(files{"/a/very-long-program-name": newELF(nil)}, "/a/very-long-program-name")
	if p, err := Prepare(r); err != errno.OK || p.Comm != "very-long-progr" {
		t.Errorf("%v, %+v", err, p)
	}
}

// broken is a file that cannot be read.
type broken struct{ *memFile }

func (broken) ReadAt([]byte, int64) (int, error) { return 0, errno.EIO }

// FuzzImage executes any bytes: whatever path is opened is that file, so it may be a script
// of itself and its own interpreter. What loads has a stack that can be read.
func FuzzImage(f *testing.F) {
	for _, c := range elfCases {
		f.Add(newELF(c.elf))
		for _, data := range c.more {
			f.Add(data)
		}
	}
	for _, c := range scriptCases {
		f.Add([]byte(c.text))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		for _, sys := range []*System{&Linux, &SVR4} {
			file := newFile("./prog", data)
			r := &Request{System: sys, Path: "./prog", Argv: []string{"a", "b"}, Envp: []string{"c"}, StackLimit: stackLimit,
				Open: func(string) (File, errno.Errno) { return file, errno.OK }}
			p, err := Prepare(r)
			if err != errno.OK {
				continue
			}
			memory := vm.NewMemory(1 << 20)
			space := vm.New(p.Layout(memory, vm.Limits{Total: vm.Unlimited, Data: vm.Unlimited, Stack: stackLimit}))
			res, err := p.Load(space, Start{})
			if err == errno.OK {
				stack := readStack(t, space, res.SP)
				if d := cmp.Diff(p.Argv, stack.Argv); d != "" || len(stack.Envp) != 1 || res.SP%16 != 0 {
					t.Errorf("%s, %q, sp %#x", d, stack.Envp, res.SP)
				}
			}
			space.Release()
			if memory.Used() != 0 {
				t.Errorf("%d pages left", memory.Used())
			}
		}
	})
}
