package elfinfo

// Notes: the build-id, the OS tag, Go's own build ID.

import (
	"debug/elf"
	"encoding/hex"
	"fmt"
)

// Note is one entry of a note section or segment (gABI chapter 5).
type Note struct {
	Name string // owner: "GNU", "Go", "FreeBSD"
	Type uint32 // meaning depends on the owner
	Desc []byte
}

// Note types used here (binutils' elf/common.h names).
const (
	NoteGNUABITag  = 1 // GNU: OS and the oldest kernel that runs it
	NoteGNUBuildID = 3 // GNU: the build-id
	NoteGoBuildID  = 4 // Go: the go command's own build ID
)

// maxNotes bounds the notes taken from one file; real ones have under a dozen.
const (
	maxNotes     = 1024
	maxNoteBytes = 1 << 20
)

// Notes returns the notes of all note sections, or of the note segments when the
// file has no sections. Malformed ones end the list they are in.
func (f *File) Notes() []Note {
	var out []Note
	take := func(off, size, align uint64) {
		if size > maxNoteBytes || len(out) >= maxNotes {
			return
		}
		if b, err := f.fileBytes(off, size); err == nil {
			out = append(out, f.parseNotes(b, align)...)
		}
	}
	for _, s := range f.Sections {
		if s.Type == elf.SHT_NOTE {
			take(s.Offset, s.Size, s.Addralign)
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, p := range f.Progs {
		if p.Type == elf.PT_NOTE {
			take(p.Off, p.Filesz, p.Align)
		}
	}
	return out
}

// maxCoreNotes bounds a core's notes in bytes: ten thousand threads have some 40 MB.
const maxCoreNotes = 256 << 20

// CoreNotes returns the notes of the note segments of a core file, of which there are some for
// each thread. Malformed ones end the list they are in; what cannot be read is an error.
func (f *File) CoreNotes() (out []Note, err error) {
	left := uint64(maxCoreNotes)
	for _, p := range f.Progs {
		switch {
		case p.Type != elf.PT_NOTE:
			continue
		case p.Filesz > left:
			return out, fmt.Errorf("%s: notes of %d bytes: %w", f.Name, p.Filesz, ErrTooLarge)
		}
		left -= p.Filesz
		b, err := f.fileBytes(p.Off, p.Filesz)
		if err != nil {
			return out, f.errAt("notes", p.Off, "%v", err)
		}
		out = append(out, f.notes(b, p.Align, len(b))...)
	}
	return out, nil
}

func (f *File) parseNotes(b []byte, align uint64) []Note { return f.notes(b, align, maxNotes) }

func (f *File) notes(b []byte, align uint64, most int) []Note {
	if align != 8 { // 0, 1 and 4 all mean 4 in practice
		align = 4
	}
	pad := func(n uint64) uint64 { return (n + align - 1) &^ (align - 1) }
	var out []Note
	for len(b) >= 12 && len(out) < most {
		namesz, descsz := uint64(f.order.Uint32(b)), uint64(f.order.Uint32(b[4:]))
		desc := pad(12 + namesz)
		if desc+descsz > uint64(len(b)) {
			break
		}
		out = append(out, Note{cstring(b[12 : 12+namesz]), f.order.Uint32(b[8:]), b[desc : desc+descsz]})
		b = b[min(desc+pad(descsz), uint64(len(b))):]
	}
	return out
}

// BuildID is the GNU build-id in lower-case hexadecimal; "" when there is none.
func (f *File) BuildID() string {
	for _, n := range f.Notes() {
		if n.Name == "GNU" && n.Type == NoteGNUBuildID {
			return hex.EncodeToString(n.Desc)
		}
	}
	return ""
}
