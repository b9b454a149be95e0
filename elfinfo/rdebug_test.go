package elfinfo

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// fakeMem is memory at base.
type fakeMem struct {
	base uint64
	b    []byte
}

var errFault = errors.New("bad address")

func (m fakeMem) ReadMem(addr uint64, p []byte) (int, error) {
	if addr < m.base || addr-m.base >= uint64(len(m.b)) {
		return 0, errFault
	}
	n := copy(p, m.b[addr-m.base:])
	if n < len(p) {
		return n, errFault
	}
	return n, nil
}

func (m fakeMem) put(addr uint64, words ...uint64) {
	for i, w := range words {
		binary.LittleEndian.PutUint64(m.b[addr-m.base+uint64(8*i):], w)
	}
}

func TestLinkMapWalk(t *testing.T) {
	const base = 0x7000
	fresh := func() fakeMem {
		m := fakeMem{base, make([]byte, 0x400)}
		m.put(base, 1, base+0x100, 0xbeef, 0, 0x5000) // r_debug
		m.put(base+0x100, 0x1000, base+0x200, 0x1111, base+0x140, 0)
		m.put(base+0x140, 0x2000, base+0x210, 0x2222, 0, base+0x100)
		copy(m.b[0x210:], "/lib/x.so\x00")
		return m
	}
	good := []LinkMap{{Addr: 0x1000, Ld: 0x1111}, {Addr: 0x2000, Ld: 0x2222, Name: "/lib/x.so"}}
	for _, c := range []struct {
		name   string
		change func(m fakeMem)
		want   []LinkMap
		err    string
	}{
		{"sound", func(fakeMem) {}, good, ""},
		{"cycle", func(m fakeMem) { m.put(base+0x158, base+0x100) }, good, "does not end"},
		{"itself", func(m fakeMem) { m.put(base+0x118, base+0x100) }, good[:1], "does not end"},
		{"unreadable next", func(m fakeMem) { m.put(base+0x158, 0x10) }, good, "bad address"},
		{"cut off", func(m fakeMem) { m.put(base+0x158, base+0x3f8) }, good, "bad address"},
		{"unreadable name", func(m fakeMem) { m.put(base+0x148, 0x33) }, []LinkMap{good[0], {Addr: 0x2000, Ld: 0x2222}}, ""},
		{"endless name", func(m fakeMem) { copy(m.b[0x300:], strings.Repeat("x", 0x100)); m.put(base+0x148, base+0x300) },
			[]LinkMap{good[0], {Addr: 0x2000, Ld: 0x2222}}, ""},
		{"namespaces", func(m fakeMem) {
			m.put(base, 2)
			m.put(base+0x28, base+0x80)
			m.put(base+0x80, 2, base+0x180, 0, 0, 0, base+0x80)
			m.put(base+0x180, 0x3000, 0, 0x3333, 0)
		}, append(good[:2:2], LinkMap{Addr: 0x3000, Ld: 0x3333}), ""},
		{"namespace cycle", func(m fakeMem) {
			m.put(base, 2)
			m.put(base+0x28, base+0x80)
			m.put(base+0x80, 2, 0, 0, 0, 0, base)
		}, good, "does not end"},
		{"empty namespaces for ever", func(m fakeMem) {
			m.put(base, 2, 0, 0, 0, 0, base+0x80)
			m.put(base+0x80, 2, 0, 0, 0, 0, base)
		}, nil, "namespaces"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := fresh()
			c.change(m)
			r, err := ReadRDebug(m, base)
			if err != nil {
				t.Fatal(err)
			}
			got, err := r.LinkMaps(m)
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Errorf("(-want +got)\n%s", diff)
			}
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Errorf("error %v, want %q", err, c.err)
			}
		})
	}
	if _, err := ReadRDebug(fresh(), 1); err == nil || !strings.Contains(err.Error(), "0x1") {
		t.Errorf("unreadable r_debug: %v", err)
	}
}

// Mappings that lie about their file must not place an image.
func TestBadMappings(t *testing.T) {
	prog := compile(t)
	text := t.TempDir() + "/text"
	if err := writeFile(text, []byte("no ELF")); err != nil {
		t.Fatal(err)
	}
	s := NewImages(new(Cache))
	defer s.Close()
	s.Update(Process{Maps: []Mapping{
		{Start: 0x1000, End: 0x2000, Path: text, Exec: true},
		{Start: 0x5000, End: 0x6000, Path: "/no/such/file (deleted)", Exec: true},
		{Start: 0x8000, End: 0x9000, Offset: 1 << 40, Path: prog, Exec: true},
		{Start: 0xa000, End: 0xb000, Path: "[stack]", Exec: true},
		{Start: 0xc000, End: 0xd000, Path: prog},
	}})
	var got []string
	for _, im := range s.List {
		got = append(got, fmt.Sprintf("%#x %v", im.Low, im.File == nil && im.Err != nil))
	}
	if diff := cmp.Diff([]string{"0x1000 true", "0x5000 true", "0x8000 true"}, got); diff != "" {
		t.Error(diff)
	}
	added, removed := s.Update(Process{})
	if len(added) != 0 || len(removed) != 3 {
		t.Errorf("added %v removed %v", added, removed)
	}
}

// dlopen can load one file twice; the second image shares the open file.
func TestOneFileTwice(t *testing.T) {
	prog := compile(t)
	var text Mapping
	f := open(t, prog, Options{})
	for _, p := range f.Progs {
		if p.Flags&1 != 0 && p.Type == 1 {
			text = Mapping{Offset: p.Off &^ 0xfff, Path: prog, Exec: true}
		}
	}
	at := func(base uint64) Mapping {
		m := text
		m.Start, m.End = base+m.Offset, base+m.Offset+0x1000
		return m
	}
	s := NewImages(new(Cache))
	s.Update(Process{Maps: []Mapping{at(0x100000), at(0x900000)}})
	if len(s.List) != 2 || s.List[0].File != s.List[1].File || s.List[0].Bias != 0x100000 || s.List[1].Bias != 0x900000 {
		t.Fatalf("got %+v", s.List)
	}
	// The owner goes first: its file must live on.
	s.Update(Process{Maps: []Mapping{at(0x900000)}})
	s.Update(Process{Maps: []Mapping{at(0x900000)}})
	if _, err := s.List[0].File.Section(".text"); err != nil {
		t.Error(err)
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}
