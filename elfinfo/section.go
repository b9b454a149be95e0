package elfinfo

// Section contents: found by name, decompressed, cached.

import (
	"bytes"

	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/klauspost/compress/zlib"
	"github.com/klauspost/compress/zstd"
)

// A compressed section may expand to freeExpansion bytes whatever its size, and
// beyond that to maxExpansion times what is stored. Real debug sections stay below
// 30:1; zlib's own ceiling is 1032:1, zstd has none.
const (
	freeExpansion = 64 << 20
	maxExpansion  = 128
)

// Section returns the contents of the named section, decompressed. When this file
// has no such section its separate debug file is asked. The slice is shared and
// read-only; touching it reads the file. A section that is in neither is
// ErrNoSection. Relocations of relocatable objects are not applied.
func (f *File) Section(name string) ([]byte, error) {
	b, err := f.OwnSection(name)
	if !errors.Is(err, ErrNoSection) || f.keepsOwn(name) {
		return b, err
	}
	d, why := f.DebugFile()
	if why != nil {
		return nil, fmt.Errorf("%w; %w", err, why)
	}
	if d == nil {
		return nil, err
	}
	return d.OwnSection(name)
}

// keepsOwn: a file that has debug information must not borrow the rest of it from
// another file; sections refer to each other by offset.
func (f *File) keepsOwn(name string) bool {
	return strings.HasPrefix(name, ".debug_") && f.HasSection(".debug_info")
}

// OwnSection is Section without the separate debug file.
func (f *File) OwnSection(name string) (out []byte, err error) {
	i, ok := f.sectionIndex(name)
	if !ok {
		if f.SectionErr != nil {
			return nil, fmt.Errorf("%s: section %s: %w; section headers are unreadable: %w", f.Name, name, ErrNoSection, f.SectionErr)
		}
		return nil, fmt.Errorf("%s: section %s: %w", f.Name, name, ErrNoSection)
	}
	err = Guard(f.Name, func() error {
		out, err = f.sectionAt(i)
		return err
	})
	return out, err
}

// HasSection reports whether this file itself (not its debug file) holds contents
// for the section.
func (f *File) HasSection(name string) bool {
	_, ok := f.sectionIndex(name)
	return ok
}

// SectionAddr is the vaddr of the named section and whether it is loaded at all.
func (f *File) SectionAddr(name string) (uint64, bool) {
	for _, s := range f.Sections {
		if s.Name == name && s.Flags&elf.SHF_ALLOC != 0 {
			return s.Addr, true
		}
	}
	return 0, false
}

// SectionHeader returns the header of the named section of this file.
func (f *File) SectionHeader(name string) (elf.SectionHeader, bool) {
	for _, s := range f.Sections {
		if s.Name == name {
			return s, true
		}
	}
	return elf.SectionHeader{}, false
}

// sectionIndex finds a section that has contents, also under its old compressed name.
func (f *File) sectionIndex(name string) (int, bool) {
	old := ""
	if rest, ok := strings.CutPrefix(name, ".debug_"); ok {
		old = ".zdebug_" + rest
	}
	for i, s := range f.Sections {
		if (s.Name == name || (old != "" && s.Name == old)) && s.Type != elf.SHT_NOBITS && s.Type != elf.SHT_NULL {
			return i, true
		}
	}
	return 0, false
}

// sectionAt returns the contents of section i, from the cache if it is there.
func (f *File) sectionAt(i int) ([]byte, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if b, ok := f.cache[i]; ok {
		return b, nil
	}
	b, err := f.loadSection(f.Sections[i])
	if err != nil {
		return nil, err
	}
	f.cache[i] = b
	return b, nil
}

func (f *File) loadSection(s elf.SectionHeader) ([]byte, error) {
	if f.src.mapped == nil && s.Size > f.opts.maxSection() {
		return nil, f.errAt(s.Name, s.Offset, "%d bytes: %v of %d", s.Size, ErrTooLarge, f.opts.maxSection())
	}
	raw, err := f.src.bytes(s.Offset, s.Size)
	if err != nil {
		return nil, f.errAt(s.Name, s.Offset, "%v", err)
	}
	kind, size, body := elf.CompressionType(0), uint64(0), raw
	switch {
	case s.Flags&elf.SHF_COMPRESSED != 0:
		if kind, size, body, err = f.compressionHeader(s.Name, raw); err != nil {
			return nil, err
		}
	case strings.HasPrefix(s.Name, ".zdebug_"):
		// GNU's first format: "ZLIB", then the size as eight big-endian bytes.
		if len(raw) < 12 || string(raw[:4]) != "ZLIB" {
			return raw, nil
		}
		kind, size, body = elf.COMPRESS_ZLIB, binary.BigEndian.Uint64(raw[4:]), raw[12:]
	default:
		return raw, nil
	}
	out, err := inflate(kind, body, size, f.opts.maxSection())
	if err != nil {
		return nil, fmt.Errorf("%s: section %s at offset %#x: %w", f.Name, s.Name, s.Offset, err)
	}
	return out, nil
}

// compressionHeader splits Elf_Chdr (gABI, section compression) from the contents.
func (f *File) compressionHeader(name string, raw []byte) (elf.CompressionType, uint64, []byte, error) {
	hdr, word, sizeAt := 24, 8, 8
	if f.Header.Class == elf.ELFCLASS32 {
		hdr, word, sizeAt = 12, 4, 4
	}
	if len(raw) < hdr {
		return 0, 0, nil, f.errAt(name, 0, "compression header is cut off after %d bytes", len(raw))
	}
	r := fields{raw, f.order, word}
	return elf.CompressionType(r.u32(0)), r.addr(sizeAt), raw[hdr:], nil
}

// inflate decodes body, which claims to expand to size bytes.
func inflate(kind elf.CompressionType, body []byte, size, limit uint64) ([]byte, error) {
	if size > limit || size > max(freeExpansion, maxExpansion*uint64(len(body))) {
		return nil, fmt.Errorf("%d bytes claim to expand to %d: %w", len(body), size, ErrTooLarge)
	}
	var r io.Reader
	switch kind {
	case elf.COMPRESS_ZLIB:
		z, err := zlib.NewReader(bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	case elf.COMPRESS_ZSTD:
		z, err := zstd.NewReader(bytes.NewReader(body), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxZstdWindow))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		r = z
	default:
		return nil, fmt.Errorf("unknown compression type %d", kind)
	}
	return readExactly(r, size)
}

// maxZstdWindow is the largest window `zstd --ultra --long=27` writes by default.
const maxZstdWindow = 128 << 20

// readExactly reads size bytes, growing as they arrive so that a false claim costs
// no more than the data that backs it.
func readExactly(r io.Reader, size uint64) ([]byte, error) {
	var out []byte
	for uint64(len(out)) < size {
		at := len(out)
		step := min(size-uint64(at), max(readChunk, uint64(at)))
		grown := make([]byte, uint64(at)+step)
		copy(grown, out)
		out = grown
		if n, err := io.ReadFull(r, out[at:]); err != nil {
			return nil, fmt.Errorf("decompressed data ends after %d of %d bytes: %w", at+n, size, err)
		}
	}
	return out, nil
}
