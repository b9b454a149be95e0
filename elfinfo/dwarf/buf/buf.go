// Package buf reads the little-endian primitives that DWARF and .eh_frame are made
// of. A reader never fails in the middle of a parse: running off the end sets a
// sticky flag and every later read gives zero, so that parsers check once a record
// rather than once a byte, and a hostile section cannot make them panic.
//
// Only little-endian data is read: every target of this debugger is x86-64.
package buf

import (
	"bytes"
	"encoding/binary"
)

// Reader reads from B at offset Off. Bad is set by the first read past the end and
// never cleared; Off then stands at len(B).
type Reader struct {
	B   []byte
	Off int
	Bad bool
}

// At returns a reader of b that starts at off; it is Bad when off is outside b.
func At(b []byte, off uint64) Reader {
	if off > uint64(len(b)) {
		return Reader{B: b, Off: len(b), Bad: true}
	}
	return Reader{B: b, Off: int(off)}
}

func (r *Reader) fail() { r.Bad, r.Off = true, len(r.B) }

// Len is the number of bytes left.
func (r *Reader) Len() int { return len(r.B) - r.Off }

// Skip moves n bytes on.
func (r *Reader) Skip(n uint64) {
	if n > uint64(len(r.B)-r.Off) {
		r.fail()
		return
	}
	r.Off += int(n)
}

// Bytes returns the next n bytes, not copied, or nil past the end.
func (r *Reader) Bytes(n uint64) []byte {
	if n > uint64(len(r.B)-r.Off) {
		r.fail()
		return nil
	}
	b := r.B[r.Off : r.Off+int(n) : r.Off+int(n)]
	r.Off += int(n)
	return b
}

// U8 reads one byte.
func (r *Reader) U8() uint8 {
	if r.Off >= len(r.B) {
		r.fail()
		return 0
	}
	v := r.B[r.Off]
	r.Off++
	return v
}

// U16 reads two bytes.
func (r *Reader) U16() uint16 {
	if len(r.B)-r.Off < 2 {
		r.fail()
		return 0
	}
	v := binary.LittleEndian.Uint16(r.B[r.Off:])
	r.Off += 2
	return v
}

// U24 reads three bytes (DW_FORM_strx3, DW_FORM_addrx3).
func (r *Reader) U24() uint32 {
	lo := r.U16()
	return uint32(lo) | uint32(r.U8())<<16
}

// U32 reads four bytes.
func (r *Reader) U32() uint32 {
	if len(r.B)-r.Off < 4 {
		r.fail()
		return 0
	}
	v := binary.LittleEndian.Uint32(r.B[r.Off:])
	r.Off += 4
	return v
}

// U64 reads eight bytes.
func (r *Reader) U64() uint64 {
	if len(r.B)-r.Off < 8 {
		r.fail()
		return 0
	}
	v := binary.LittleEndian.Uint64(r.B[r.Off:])
	r.Off += 8
	return v
}

// Uint reads an unsigned number of size bytes: 1, 2, 3, 4 or 8.
func (r *Reader) Uint(size int) uint64 {
	switch size {
	case 1:
		return uint64(r.U8())
	case 2:
		return uint64(r.U16())
	case 3:
		return uint64(r.U24())
	case 4:
		return uint64(r.U32())
	case 8:
		return r.U64()
	}
	r.fail()
	return 0
}

// Offset reads a section offset: 8 bytes in 64-bit DWARF, else 4 (DWARF 5, 7.4).
func (r *Reader) Offset(dwarf64 bool) uint64 {
	if dwarf64 {
		return r.U64()
	}
	return uint64(r.U32())
}

// InitialLength reads a unit's length and whether the unit is 64-bit DWARF. The
// reserved values 0xfffffff0-0xfffffffe make the reader Bad.
func (r *Reader) InitialLength() (length uint64, dwarf64 bool) {
	n := r.U32()
	switch {
	case n == 0xffffffff:
		return r.U64(), true
	case n >= 0xfffffff0:
		r.fail()
		return 0, false
	}
	return uint64(n), false
}

// ULEB reads an unsigned LEB128 number; bits above 64 are dropped.
func (r *Reader) ULEB() uint64 {
	if r.Off < len(r.B) {
		if c := r.B[r.Off]; c < 0x80 {
			r.Off++
			return uint64(c)
		}
	}
	var v uint64
	for shift := uint(0); ; shift += 7 {
		c := r.U8()
		if shift < 64 {
			v |= uint64(c&0x7f) << shift
		}
		if c < 0x80 {
			return v
		}
	}
}

// SLEB reads a signed LEB128 number; bits above 64 are dropped.
func (r *Reader) SLEB() int64 {
	var v int64
	for shift := uint(0); ; {
		c := r.U8()
		if shift < 64 {
			v |= int64(c&0x7f) << shift
		}
		shift += 7
		if c < 0x80 {
			if c&0x40 != 0 && shift < 64 {
				v |= -1 << shift
			}
			return v
		}
	}
}

// SkipLEB passes over a LEB128 number of either sign.
func (r *Reader) SkipLEB() {
	for r.Off < len(r.B) {
		r.Off++
		if r.B[r.Off-1] < 0x80 {
			return
		}
	}
	r.fail()
}

// CString returns the bytes before the next NUL and moves past it.
func (r *Reader) CString() []byte {
	n := bytes.IndexByte(r.B[r.Off:], 0)
	if n < 0 {
		r.fail()
		return nil
	}
	b := r.B[r.Off : r.Off+n]
	r.Off += n + 1
	return b
}
