package elfinfo

import (
	"bytes"
	"compress/zlib"
	"debug/elf"
	"encoding/binary"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		p := filepath.Join(dir, name)
		if err := writeFile(p, []byte(text)); err != nil {
			t.Fatal(err)
		}
		return p
	}
	for _, c := range []struct{ path, want string }{
		{filepath.Join(dir, "missing"), "no such file"},
		{dir, "is a directory"},
		{os.DevNull, "not a regular file"},
		{write("empty", ""), "empty file"},
		{write("text", "hello, world\n"), "not an ELF file"},
		{write("script", "#!/usr/bin/env python3\nprint()\n"), "script (#!/usr/bin/env python3)"},
		{write("short", "\x7fELF"), "not an ELF file"},
		{write("cut", "\x7fELF\x02\x01\x01"+strings.Repeat("\x00", 20)), "ELF header at offset 0x0"},
		{write("class", "\x7fELF\x07\x01\x01"+strings.Repeat("\x00", 60)), "unknown class 7"},
		{write("order", "\x7fELF\x02\x05\x01"+strings.Repeat("\x00", 60)), "unknown byte order 5"},
		{write("version", "\x7fELF\x02\x01\x09"+strings.Repeat("\x00", 60)), "unknown ELF version 9"},
	} {
		f, err := Open(c.path, Options{})
		if err == nil {
			f.Close()
			t.Errorf("%s: opened", c.path)
			continue
		}
		if !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), c.path) {
			t.Errorf("%s: %v, want %q", c.path, err, c.want)
		}
	}
}

// Every truncation gives an error or a file that answers; never a panic.
func TestTruncated(t *testing.T) {
	whole, err := os.ReadFile(compile(t))
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(whole); n += 97 {
		f, err := New(bytes.NewReader(whole[:n]), "cut", Options{DebugRoots: []string{}})
		if err != nil {
			continue
		}
		// Section headers are at the end: cut off, they must be reported.
		if f.SectionErr == nil || len(f.Sections) != 0 {
			t.Fatalf("%d bytes: sections %d, %v", n, len(f.Sections), f.SectionErr)
		}
		if _, err := f.Section(".text"); !errors.Is(err, ErrNoSection) || !strings.Contains(err.Error(), "section headers at offset") {
			t.Fatalf("%d bytes: %v", n, err)
		}
		f.Symbols()
		_ = f.Describe().Text()
	}
}

// counting counts the bytes that are read.
type counting struct {
	r    io.ReaderAt
	size int64
	n    int64
}

func (c *counting) ReadAt(p []byte, off int64) (int, error) {
	n, err := c.r.ReadAt(p, off)
	c.n += int64(n)
	return n, err
}

func (c *counting) Size() int64 { return c.size }

// Opening reads headers; asking for one section reads that one.
func TestOpenReadsLittle(t *testing.T) {
	path := compile(t, "-static")
	h, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	fi, _ := h.Stat()
	c := &counting{r: h, size: fi.Size()}
	f, err := New(c, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if c.n > 32<<10 {
		t.Errorf("opening %d bytes read %d", c.size, c.n)
	}
	c.n = 0
	b, err := f.Section(".symtab")
	if err != nil || c.n != int64(len(b)) {
		t.Errorf(".symtab of %d bytes read %d: %v", len(b), c.n, err)
	}
	c.n = 0
	if again, _ := f.Section(".symtab"); c.n != 0 || &again[0] != &b[0] {
		t.Errorf("the second time read %d", c.n)
	}
}

func TestReadAtVaddr(t *testing.T) {
	f := open(t, compile(t), Options{})
	text, err := f.Section(".text")
	if err != nil {
		t.Fatal(err)
	}
	addr, ok := f.SectionAddr(".text")
	if !ok {
		t.Fatal("no .text address")
	}
	got := make([]byte, len(text))
	if n, err := f.ReadAtVaddr(addr, got); n != len(got) || err != nil || !bytes.Equal(got, text) {
		t.Errorf("%d bytes, %v", n, err)
	}
	// .bss reads as zeros, and the end of memory is an error.
	bss, ok := f.SectionHeader(".bss")
	if !ok {
		t.Fatal("no .bss")
	}
	b := bytes.Repeat([]byte{1}, int(bss.Size))
	if n, err := f.ReadAtVaddr(bss.Addr, b); n != len(b) || err != nil || !bytes.Equal(b, make([]byte, len(b))) {
		t.Errorf(".bss: %d bytes %v, %v", n, b, err)
	}
	if n, err := f.ReadAtVaddr(bss.Addr+bss.Size-1, make([]byte, 1<<20)); n != 1 || err == nil {
		t.Errorf("beyond the end: %d bytes, %v", n, err)
	}
	if _, ok := f.SectionAddr(".symtab"); ok {
		t.Error(".symtab is not loaded but has an address")
	}
}

// All forms of compressed debug sections expand to what the plain build has.
func TestCompressedSections(t *testing.T) {
	want, err := open(t, compile(t, "-gz=none"), Options{}).Section(".debug_info")
	if err != nil {
		t.Fatal(err)
	}
	for _, form := range []string{"zlib", "zlib-gnu", "zstd"} {
		t.Run(form, func(t *testing.T) {
			need(t, "gcc", "objcopy")
			path := compile(t, "-gz=none")
			if form == "zstd" && !strings.Contains(run(t, "objcopy", "--help"), "zstd") {
				t.Skip("this objcopy cannot compress with zstd")
			}
			run(t, "objcopy", "--compress-debug-sections="+form, path)
			f := open(t, path, Options{})
			got, err := f.Section(".debug_info")
			if err != nil || len(got) != len(want) {
				t.Errorf("%d bytes, want %d: %v", len(got), len(want), err)
			}
		})
	}
}

func TestDecompressionLimits(t *testing.T) {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	z.Write(make([]byte, 100<<20))
	z.Close()
	if _, err := inflate(elf.COMPRESS_ZLIB, packed.Bytes(), 100<<20, DefaultMaxSection); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a thousandfold bomb: %v", err)
	}
	if _, err := inflate(elf.COMPRESS_ZLIB, packed.Bytes(), 1<<20, 1<<19); !errors.Is(err, ErrTooLarge) {
		t.Errorf("beyond the limit: %v", err)
	}
	if _, err := inflate(elf.COMPRESS_ZLIB, packed.Bytes()[:100], 1<<20, 1<<30); err == nil {
		t.Error("cut off data accepted")
	}
	if _, err := inflate(elf.COMPRESS_ZSTD, packed.Bytes(), 1<<20, 1<<30); err == nil {
		t.Error("zlib data accepted as zstd")
	}
	if _, err := inflate(77, packed.Bytes(), 1<<20, 1<<30); err == nil || !strings.Contains(err.Error(), "77") {
		t.Errorf("unknown type: %v", err)
	}
	// A minidebuginfo header that asks for a 4 GiB dictionary.
	if _, err := unxz(hugeDict(), 1<<20); !errors.Is(err, ErrTooLarge) {
		t.Errorf("huge dictionary: %v", err)
	}
}

// hugeDict is an xz stream whose block header asks for the largest dictionary.
func hugeDict() []byte {
	b := append([]byte("\xfd7zXZ\x00\x00\x04"), 0, 0, 0, 0)
	h := []byte{2, 0, 0x21, 1, 40, 0, 0, 0}
	h = binary.LittleEndian.AppendUint32(h, crc32Of(h))
	return append(b, append(h, make([]byte, 64)...)...)
}

// A 32-bit file is opened and described; it is the debugger that refuses it.
func TestOtherMachines(t *testing.T) {
	b, err := os.ReadFile(compile(t))
	if err != nil {
		t.Fatal(err)
	}
	binary.LittleEndian.PutUint16(b[18:], uint16(elf.EM_AARCH64))
	f, err := New(bytes.NewReader(b), "arm", Options{DebugRoots: []string{}})
	if err != nil || f.Machine() != elf.EM_AARCH64 || f.Class() != elf.ELFCLASS64 || f.OSABI() != elf.ELFOSABI_NONE {
		t.Errorf("%v %v", f, err)
	}
	small := header32()
	f, err = New(bytes.NewReader(small), "i386", Options{})
	if err != nil || f.Class() != elf.ELFCLASS32 || f.Machine() != elf.EM_386 || f.Entry() != 0x8048000 || len(f.Progs) != 1 || f.Progs[0].Vaddr != 0x8048000 {
		t.Errorf("%+v %v", f, err)
	}
	if line := f.Describe().FileLine(); !strings.HasPrefix(line, "ELF 32-bit LSB executable, Intel 80386") {
		t.Error(line)
	}
}

// header32 is the smallest 32-bit executable: a header and one segment.
func header32() []byte {
	o := binary.LittleEndian
	b := make([]byte, 52+32)
	copy(b, "\x7fELF\x01\x01\x01")
	o.PutUint16(b[16:], uint16(elf.ET_EXEC))
	o.PutUint16(b[18:], uint16(elf.EM_386))
	o.PutUint32(b[20:], 1)
	o.PutUint32(b[24:], 0x8048000) // e_entry
	o.PutUint32(b[28:], 52)        // e_phoff
	o.PutUint16(b[40:], 52)
	o.PutUint16(b[42:], 32)
	o.PutUint16(b[44:], 1)
	o.PutUint32(b[52:], uint32(elf.PT_LOAD))
	o.PutUint32(b[60:], 0x8048000) // p_vaddr
	o.PutUint32(b[68:], 84)        // p_filesz
	o.PutUint32(b[72:], 84)        // p_memsz
	return b
}

// A mapped file that is truncated faults; that must come out as an error.
func TestTruncatedWhileMapped(t *testing.T) {
	path := compile(t, "-static")
	f := open(t, path, Options{DebugRoots: []string{}})
	if err := os.Truncate(path, 100); err != nil {
		t.Fatal(err)
	}
	if _, err := f.ReadAtVaddr(f.Entry(), make([]byte, 16)); err == nil || !strings.Contains(err.Error(), "truncated while in use") {
		t.Errorf("read: %v", err)
	}
	if _, ok := f.Symbols().Lookup(f.Entry()); ok {
		t.Error("found a symbol in a file that is gone")
	}
	if got := f.Symbols().ByName("main"); len(got) != 0 {
		t.Errorf("found %v", got)
	}
}

func TestClosed(t *testing.T) {
	f, err := Open(compile(t), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Errorf("second close: %v", err)
	}
	if _, err := f.Section(".text"); err == nil {
		t.Error("a closed file has sections")
	}
}
