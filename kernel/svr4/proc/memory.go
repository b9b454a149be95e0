package proc

// Structures about memory and credentials: map, cred, watched areas, auxv.

// Map is prmap_t; the file map is an array of them, ascending.
type Map struct {
	Addr, Size uint64
	NameBytes  [64]byte // of the file in object/, empty for none
	Offset     int64    // in that file
	Flags      int32    // Map...
	PageSize   int32
	ShmID      int32 // -1: not System V shared memory
}

// MapTable is its layout.
var MapTable = newTable("prmap_t", 104, []row[Map]{
	{"pr_vaddr", 0, func(m *Map) any { return &m.Addr }},
	{"pr_size", 8, func(m *Map) any { return &m.Size }},
	{"pr_mapname", 16, func(m *Map) any { return m.NameBytes[:] }},
	{"pr_offset", 80, func(m *Map) any { return &m.Offset }},
	{"pr_mflags", 88, func(m *Map) any { return &m.Flags }},
	{"pr_pagesize", 92, func(m *Map) any { return &m.PageSize }},
	{"pr_shmid", 96, func(m *Map) any { return &m.ShmID }},
})

// Append appends the structure.
func (m *Map) Append(b []byte) []byte { return MapTable.appendTo(b, m) }

// Name is the mapped file's name in object/, "" for none.
func (m *Map) Name() string { return text(m.NameBytes[:]) }

// SetName sets it, cut to fit.
func (m *Map) SetName(name string) { setText(m.NameBytes[:], name) }

// DecodeMaps reads the file map.
func DecodeMaps(b []byte) ([]Map, error) { return decodeAll(MapTable, b) }

// DecodeSigacts reads the file sigact.
func DecodeSigacts(b []byte) ([]Sigaction, error) { return decodeAll(SigactionTable, b) }

func decodeAll[T any](t *table[T], b []byte) ([]T, error) {
	out := make([]T, 0, len(b)/t.Size)
	for len(b) > 0 {
		var v T
		if err := t.decode(b, &v); err != nil {
			return out, err
		}
		out, b = append(out, v), b[t.Size:]
	}
	return out, nil
}

// Cred is prcred_t: the file cred.
type Cred struct {
	EUID, RUID, SUID int32
	EGID, RGID, SGID int32
	NGroups          int32
	Groups           []int32
}

// CredTable is the layout of its beginning; the groups follow at 28, 4 bytes each, and at
// least one is there.
var CredTable = newTable("prcred_t", 32, []row[Cred]{
	{"pr_euid", 0, func(c *Cred) any { return &c.EUID }},
	{"pr_ruid", 4, func(c *Cred) any { return &c.RUID }},
	{"pr_suid", 8, func(c *Cred) any { return &c.SUID }},
	{"pr_egid", 12, func(c *Cred) any { return &c.EGID }},
	{"pr_rgid", 16, func(c *Cred) any { return &c.RGID }},
	{"pr_sgid", 20, func(c *Cred) any { return &c.SGID }},
	{"pr_ngroups", 24, func(c *Cred) any { return &c.NGroups }},
})

const credGroups = 28

// Append appends the structure; NGroups is the number of Groups.
func (c *Cred) Append(b []byte) []byte {
	start := len(b)
	c.NGroups = int32(len(c.Groups))
	b = CredTable.appendTo(b, c)
	for i, g := range c.Groups {
		if i == 0 {
			le.PutUint32(b[start+credGroups:], uint32(g))
		} else {
			b = le.AppendUint32(b, uint32(g))
		}
	}
	return b
}

// Decode reads the structure with as many groups as it says it has and are there.
func (c *Cred) Decode(b []byte) error {
	*c = Cred{}
	if err := CredTable.decode(b, c); err != nil {
		return err
	}
	for i := 0; i < int(c.NGroups) && credGroups+4*i+4 <= len(b); i++ {
		c.Groups = append(c.Groups, int32(le.Uint32(b[credGroups+4*i:])))
	}
	return nil
}

// Watch is prwatch_t: the operand of PCWATCH and what the file watch is an array of.
type Watch struct {
	Addr, Size uint64
	Flags      int32 // Watch...; 0 clears the area that begins at Addr
}

// WatchTable is its layout.
var WatchTable = newTable("prwatch_t", 24, []row[Watch]{
	{"pr_vaddr", 0, func(w *Watch) any { return &w.Addr }},
	{"pr_size", 8, func(w *Watch) any { return &w.Size }},
	{"pr_wflags", 16, func(w *Watch) any { return &w.Flags }},
})

// Append appends the structure.
func (w *Watch) Append(b []byte) []byte { return WatchTable.appendTo(b, w) }

// Decode reads the structure.
func (w *Watch) Decode(b []byte) error { return WatchTable.decode(b, w) }

// IOVec is priovec_t: the operand of PCREAD and PCWRITE.
type IOVec struct {
	Base uint64 // buffer in the process that writes the message
	Len  uint64
	Off  int64 // address in the process that the file is of
}

// IOVecTable is its layout.
var IOVecTable = newTable("priovec_t", 24, []row[IOVec]{
	{"pio_base", 0, func(v *IOVec) any { return &v.Base }},
	{"pio_len", 8, func(v *IOVec) any { return &v.Len }},
	{"pio_offset", 16, func(v *IOVec) any { return &v.Off }},
})

// Decode reads the structure.
func (v *IOVec) Decode(b []byte) error { return IOVecTable.decode(b, v) }

// Append appends the structure.
func (v *IOVec) Append(b []byte) []byte { return IOVecTable.appendTo(b, v) }
