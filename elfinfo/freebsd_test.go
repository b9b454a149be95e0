package elfinfo

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// program64 makes a program of a note segment and an interpreter, both optional.
func program64(osabi elf.OSABI, interp string, notes ...Note) []byte {
	var list []byte
	le := binary.LittleEndian
	for _, n := range notes {
		name := n.Name + "\x00"
		list = le.AppendUint32(le.AppendUint32(le.AppendUint32(list, uint32(len(name))), uint32(len(n.Desc))), n.Type)
		for _, part := range [][]byte{[]byte(name), n.Desc} {
			list = append(append(list, part...), make([]byte, -len(part)&3)...)
		}
	}
	const at = 64 + 2*56
	path := append([]byte(interp), 0)
	var b bytes.Buffer
	binary.Write(&b, le, elf.Header64{Ident: [16]byte{0x7f, 'E', 'L', 'F', 2, 1, 1, byte(osabi)}, Type: 2, Machine: 62, Version: 1, Phoff: 64, Ehsize: 64,
		Phentsize: 56, Phnum: 2})
	binary.Write(&b, le, elf.Prog64{Type: uint32(elf.PT_NOTE), Off: at, Filesz: uint64(len(list)), Align: 4})
	kind := elf.PT_INTERP
	if interp == "" {
		kind = elf.PT_NULL
	}
	binary.Write(&b, le, elf.Prog64{Type: uint32(kind), Off: at + uint64(len(list)), Filesz: uint64(len(path))})
	b.Write(list)
	b.Write(path)
	return b.Bytes()
}

func word(v uint32) []byte { return binary.LittleEndian.AppendUint32(nil, v) }

func TestBrand(t *testing.T) {
	gnu := func(system uint32) Note {
		return Note{"GNU", NoteGNUABITag, append(word(system), make([]byte, 12)...)}
	}
	freebsd := Note{"FreeBSD", NoteFreeBSDABITag, word(1500068)}
	for _, c := range []struct {
		name  string
		b     []byte
		brand Brand
		tag   string
	}{
		{"recorded tracee", recordings.ELF("coredump.a"), Brand{"FreeBSD", "note"}, "FreeBSD 15.0 (1500068), features none"},
		{"note", program64(elf.ELFOSABI_NONE, "", freebsd), Brand{"FreeBSD", "note"}, "FreeBSD 15.0 (1500068)"},
		{"note before header", program64(elf.ELFOSABI_LINUX, "", freebsd), Brand{"FreeBSD", "note"}, "FreeBSD 15.0 (1500068)"},
		{"header before interpreter", program64(elf.ELFOSABI_LINUX, "/libexec/ld-elf.so.1"), Brand{"Linux", "EI_OSABI"}, ""},
		{"interpreter", program64(elf.ELFOSABI_NONE, "/libexec/ld-elf.so.1"), Brand{"FreeBSD", "interpreter"}, ""},
		{"Linux interpreter", program64(elf.ELFOSABI_NONE, "/lib64/ld-linux-x86-64.so.2"), Brand{"Linux", "interpreter"}, ""},
		{"Linux note", program64(elf.ELFOSABI_NONE, "", gnu(0)), Brand{"Linux", "note"}, "GNU/Linux 0.0.0"},
		{"kFreeBSD", program64(elf.ELFOSABI_NONE, "", gnu(3)), Brand{"FreeBSD", "note"}, "kFreeBSD 0.0.0"},
		{"odd GNU note", program64(elf.ELFOSABI_NONE, "", gnu(77)), Brand{}, "OS 77 0.0.0"},
		{"nothing", program64(elf.ELFOSABI_NONE, ""), Brand{}, ""},
		{"all of them", program64(elf.ELFOSABI_FREEBSD, "", Note{"FreeBSD", NoteFreeBSDNoInit, word(0)}, Note{"FreeBSD", NoteFreeBSDArchTag, []byte("amd64\x00")},
			Note{"FreeBSD", NoteFreeBSDFeature, word(0x1 | 0x8 | 0x20)}, freebsd), Brand{"FreeBSD", "note"},
			"FreeBSD 15.0 (1500068), amd64, features no-aslr,wxneeded,0x20"},
		{"short", program64(elf.ELFOSABI_FREEBSD, "", Note{"FreeBSD", NoteFreeBSDABITag, []byte{1}}), Brand{"FreeBSD", "EI_OSABI"}, "FreeBSD"},
	} {
		f, err := New(bytes.NewReader(c.b), c.name, Options{DebugRoots: []string{}})
		if err != nil {
			t.Fatal(err)
		}
		d := f.Describe()
		if d.Brand != c.brand || d.OSTag != c.tag {
			t.Errorf("%s: %+v %q, want %+v %q", c.name, d.Brand, d.OSTag, c.brand, c.tag)
		}
		if c.brand.System != "" && !strings.Contains(d.Text(), "\nbrand: "+c.brand.System+", by its "+c.brand.By+"\n") {
			t.Errorf("%s: the text does not tell the brand:\n%s", c.name, d.Text())
		}
	}
	if tags, ok := mustNew(t, program64(0, "", Note{"FreeBSD", NoteFreeBSDFeature, word(0)})).FreeBSDTags(); !ok || tags.String() != "FreeBSD, features none" {
		t.Errorf("%v", tags)
	}
}

func mustNew(t *testing.T, b []byte) *File {
	t.Helper()
	f, err := New(bytes.NewReader(b), "file", Options{DebugRoots: []string{}})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// TestFreeBSDLinkMap walks a list as rtld keeps it: a base first, the bias after the pointers, and
// the program under its path.
func TestFreeBSDLinkMap(t *testing.T) {
	const base = 0x7000
	m := fakeMem{base, make([]byte, 0x400)}
	m.put(base, 1, base+0x100, 0xbeef, 0, 0x82000) // r_debug: version, map, brk, state, ldbase
	m.put(base+0x100, 0x200000, base+0x200, 0x201000, base+0x180, 0, 0, 0)
	m.put(base+0x180, 0x82000, base+0x220, 0x83000, 0, base+0x100, 0x82000, base+0x240)
	copy(m.b[0x200:], "/bin/program\x00")
	copy(m.b[0x220:], "/lib/libc.so.7\x00")
	copy(m.b[0x240:], "/lib/libthr.so.3\x00")
	r, err := ReadRDebug(m, base)
	if err != nil || r.Brk != 0xbeef || r.LdBase != 0x82000 || r.State != Consistent {
		t.Fatalf("%+v %v", r, err)
	}
	got, err := r.LinkMaps(m)
	want := []LinkMap{{Addr: 0x200000, Name: "/bin/program", Ld: 0x201000}, {Addr: 0x82000, Name: "/lib/libc.so.7", Ld: 0x83000}}
	if d := cmp.Diff(want, got); err != nil || d != "" {
		t.Errorf("%v\n%s", err, d)
	}
}
