package elfinfo

// Symbol versions (the LSB's "Symbol Versioning" chapter): .gnu.version has a number
// per dynamic symbol, .gnu.version_d names the numbers this file defines and
// .gnu.version_r those it needs.

import "errors"

type versionTable struct {
	numbers []byte // .gnu.version
	file    *File
	names   map[uint16]string
}

// Version numbers 0 and 1 mean local and global without a version; the top bit marks
// a version that is not the default.
const (
	versionHidden  = 0x8000
	firstVersion   = 2
	maxVersionRecs = 1 << 15
)

// of returns the version of dynamic symbol i.
func (v *versionTable) of(i int) (name string, isDefault bool) {
	if 2*i+2 > len(v.numbers) {
		return "", false
	}
	n := v.file.order.Uint16(v.numbers[2*i:])
	if n&^versionHidden < firstVersion {
		return "", false
	}
	return v.names[n&^versionHidden], n&versionHidden == 0
}

// readVersions returns nil when the file has no versions. Damage ends the list it is
// in; the symbols keep their names.
func (f *File) readVersions() (*versionTable, error) {
	numbers, err := f.OwnSection(".gnu.version")
	if err != nil {
		if errors.Is(err, ErrNoSection) {
			err = nil
		}
		return nil, err
	}
	v := &versionTable{numbers, f, map[uint16]string{}}
	dynstr, err := f.OwnSection(".dynstr")
	if err != nil {
		return v, err
	}
	str := func(off uint32) string {
		if uint64(off) >= uint64(len(dynstr)) {
			return ""
		}
		return cstring(bounded(dynstr[off:], 4096))
	}
	if b, err := f.OwnSection(".gnu.version_d"); err == nil {
		v.readDefs(b, str)
	}
	if b, err := f.OwnSection(".gnu.version_r"); err == nil {
		v.readNeeds(b, str)
	}
	return v, nil
}

// readDefs walks Verdef records: vd_ndx at 4, vd_aux at 12, vd_next at 16; the first
// Verdaux starts with the name.
func (v *versionTable) readDefs(b []byte, str func(uint32) string) {
	o := v.file.order
	v.chain(b, 0, 20, 16, func(def []byte, at uint64) {
		aux := at + uint64(o.Uint32(def[12:]))
		if aux+4 <= uint64(len(b)) {
			v.names[o.Uint16(def[4:])&^versionHidden] = str(o.Uint32(b[aux:]))
		}
	})
}

// readNeeds walks Verneed records (vn_aux at 8, vn_next at 12) and the Vernaux
// records of each (vna_other at 6, vna_name at 8, vna_next at 12).
func (v *versionTable) readNeeds(b []byte, str func(uint32) string) {
	o := v.file.order
	v.chain(b, 0, 16, 12, func(need []byte, at uint64) {
		v.chain(b, at+uint64(o.Uint32(need[8:])), 16, 12, func(aux []byte, _ uint64) {
			v.names[o.Uint16(aux[6:])&^versionHidden] = str(o.Uint32(aux[8:]))
		})
	})
}

// chain visits records of size bytes, each of which holds the distance to the next
// at nextAt. Distances are unsigned, so a chain cannot run backwards.
func (v *versionTable) chain(b []byte, at uint64, size, nextAt int, visit func(rec []byte, at uint64)) {
	for range maxVersionRecs {
		if at+uint64(size) > uint64(len(b)) || len(v.names) > maxVersionRecs {
			return
		}
		rec := b[at : at+uint64(size)]
		visit(rec, at)
		next := v.file.order.Uint32(rec[nextAt:])
		if next == 0 {
			return
		}
		at += uint64(next)
	}
}
