package line

// Line program headers (DWARF 5, section 6.2.4): the file and directory tables.

import (
	"github.com/trapline/trapline/elfinfo/dwarf/buf"
	"github.com/trapline/trapline/elfinfo/dwarf/form"
)

// header is the part of a program before its opcodes. Names alias the sections.
type header struct {
	enc             form.Encoding
	minInst, maxOps uint64
	defaultStmt     bool
	lineBase        int64
	lineRange       uint64
	opcodeBase      int
	lengths         []byte // operand counts of the standard opcodes
	dirs            [][]byte
	files           []fileEntry // index 0 is unused before DWARF 5
	comp            []byte      // compilation directory
	body            uint64      // offset of the first opcode in .debug_line
	end             uint64
}

type fileEntry struct {
	name []byte
	dir  uint64
}

// readHeader reads the header of the program of u.
func (t *Table) readHeader(u *unit) (*header, error) {
	root, err := t.readRoot(u)
	if err != nil {
		return nil, err
	}
	const sec = ".debug_line"
	lines, at := t.section(sec), root.stmtList
	r := buf.At(lines, at)
	n, d64 := r.InitialLength()
	if r.Bad || n > uint64(r.Len()) {
		return nil, t.errAt(sec, at, "line program of %d bytes reaches beyond the end of the section (%d bytes)", n, len(lines))
	}
	h := &header{end: uint64(r.Off) + n, comp: root.compDir, maxOps: 1}
	r.B = lines[:h.end]
	h.enc = form.Encoding{Version: r.U16(), DWARF64: d64, AddrSize: u.enc.AddrSize}
	if h.enc.Version < 2 || h.enc.Version > 5 {
		return nil, t.errAt(sec, at, "line program has unknown version %d", h.enc.Version)
	}
	if h.enc.Version >= 5 {
		h.enc.AddrSize = r.U8()
		r.U8() // segment selector size
	}
	length := r.Offset(d64)
	h.body = uint64(r.Off) + length
	if r.Bad || length > h.end || h.body > h.end {
		return nil, t.errAt(sec, at, "header of %d bytes is longer than its program", length)
	}
	h.minInst = uint64(r.U8())
	if h.enc.Version >= 4 {
		h.maxOps = max(1, uint64(r.U8()))
	}
	h.defaultStmt = r.U8() != 0
	h.lineBase, h.lineRange, h.opcodeBase = int64(int8(r.U8())), uint64(r.U8()), int(r.U8())
	if h.lineRange == 0 || h.opcodeBase == 0 {
		return nil, t.errAt(sec, at, "line range %d and opcode base %d cannot be", h.lineRange, h.opcodeBase)
	}
	h.lengths = r.Bytes(uint64(h.opcodeBase) - 1)
	if uint64(r.Off) > h.body {
		return nil, t.errAt(sec, at, "header of %d bytes is shorter than its fields", length)
	}
	r.B = lines[:h.body]
	if h.enc.Version >= 5 {
		err = t.tables5(u, h, &r)
	} else {
		h.tables4(&r)
	}
	if err == nil && r.Bad {
		err = t.errAt(sec, at, "file table is cut off")
	}
	return h, err
}

// tables4 reads the tables of DWARF 2 to 4: strings until an empty one.
func (h *header) tables4(r *buf.Reader) {
	h.dirs = [][]byte{h.comp}
	for {
		s := r.CString()
		if len(s) == 0 {
			break
		}
		h.dirs = append(h.dirs, s)
	}
	h.files = []fileEntry{{}}
	for {
		s := r.CString()
		if len(s) == 0 {
			return
		}
		f := fileEntry{name: s, dir: r.ULEB()}
		r.SkipLEB() // modification time
		r.SkipLEB() // length
		h.files = append(h.files, f)
	}
}

// Content types of DWARF 5 tables (section 6.2.4.1); others are passed over.
const (
	lnctPath = 1
	lnctDir  = 2
)

// tables5 reads the self-describing tables of DWARF 5.
func (t *Table) tables5(u *unit, h *header, r *buf.Reader) error {
	dirs, err := t.table5(u, h, r)
	if err != nil {
		return err
	}
	for _, d := range dirs {
		h.dirs = append(h.dirs, d.name)
	}
	h.files, err = t.table5(u, h, r)
	return err
}

func (t *Table) table5(u *unit, h *header, r *buf.Reader) ([]fileEntry, error) {
	type column struct {
		content uint64
		form    form.Form
	}
	cols := make([]column, r.U8())
	for i := range cols {
		cols[i] = column{r.ULEB(), form.Of(r.ULEB())}
	}
	count, start := r.ULEB(), r.Off
	// Every entry takes a byte at least, or the count says nothing.
	if count > uint64(r.Len()) {
		return nil, t.errAt(".debug_line", uint64(start), "%d entries do not fit in %d bytes", count, r.Len())
	}
	res := resolver{t: t, enc: h.enc}
	res.strBase = t.strOffsetsBase(u)
	var out []fileEntry
	for range count {
		var f fileEntry
		for _, c := range cols {
			v := h.enc.Read(r, c.form, 0)
			if r.Bad {
				return out, t.errAt(".debug_line", uint64(r.Off), "file table has form %#x, unknown or cut off", uint16(c.form))
			}
			switch c.content {
			case lnctPath:
				f.name = res.str(v)
			case lnctDir:
				f.dir = v.U
			}
		}
		out = append(out, f)
	}
	return out, nil
}

// strOffsetsBase is the unit's base for strx forms in its file table.
func (t *Table) strOffsetsBase(u *unit) uint64 {
	if root, err := t.readRoot(u); err == nil {
		return root.strBase
	}
	return 8
}

// path is the full path of file i. Directory 0 is the compilation directory itself;
// the others may be relative to it.
func (h *header) path(i uint64) string {
	if i >= uint64(len(h.files)) {
		return ""
	}
	f := h.files[i]
	dir, comp := "", string(h.comp)
	if f.dir < uint64(len(h.dirs)) {
		dir = string(h.dirs[f.dir])
	}
	if f.dir == 0 || dir == comp {
		comp = ""
	}
	return joinPath(comp, dir, string(f.name))
}
