package cfi

import (
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/buf"
)

// Pointer encodings of .eh_frame (LSB core 10.5): low nibble the format, high nibble
// what it is relative to.
const (
	encOmit     = 0xff
	encIndirect = 0x80 // the address of the pointer
	encPCRel    = 0x10
	encTextRel  = 0x20
	encDataRel  = 0x30
	encFuncRel  = 0x40
	encAligned  = 0x50
)

// CIE is a common information entry: what a group of FDEs shares.
type CIE struct {
	Version      uint8
	Augmentation string
	CodeAlign    uint64
	DataAlign    int64
	RetReg       uint64 // DWARF number of the return-address column: 16 on x86-64, 8 on i386
	Signal       bool   // 'S': frames of this kind were interrupted, not called
	Personality  uint64 // address of the routine, or of its pointer (DW_EH_PE_indirect); 0: none

	abi      *ABI
	initial  []byte
	ptrEnc   uint8
	lsdaEnc  uint8
	addrSize int
	segSize  int
	hasAug   bool // 'z': lengths are given
}

// FDE is a frame description entry: the rules of one stretch of code.
type FDE struct {
	*CIE
	Off       uint64 // in its section
	Low, High uint64 // link-time addresses [Low, High)
	LSDA      uint64 // address of the language-specific data; 0: none
	instr     []byte
	section   string
}

// pointer reads an encoded pointer at r, which reads from s.data.
func (s *section) pointer(r *buf.Reader, enc uint8, addrSize int) uint64 {
	if enc == encOmit {
		return 0
	}
	if enc&0x70 == encAligned {
		r.Skip(-(s.addr + uint64(r.Off)) & uint64(addrSize-1))
		return r.Uint(addrSize)
	}
	here := s.addr + uint64(r.Off)
	var v uint64
	switch enc & 0x0f {
	case 0:
		v = r.Uint(addrSize)
	case 1:
		v = r.ULEB()
	case 2:
		v = uint64(r.U16())
	case 3:
		v = uint64(r.U32())
	case 4, 0xc:
		v = r.U64()
	case 9:
		v = uint64(r.SLEB())
	case 0xa:
		v = uint64(int16(r.U16()))
	case 0xb:
		v = uint64(int32(r.U32()))
	default:
		r.Bad = true
	}
	if v == 0 { // a null pointer is null whatever it is relative to
		return 0
	}
	switch enc & 0x70 {
	case 0, encFuncRel: // funcrel is not used on x86
	case encPCRel:
		v += here
	case encTextRel:
		v += s.text
	case encDataRel:
		v += s.got
	default:
		r.Bad = true
	}
	return s.abi.cut(v)
}

func (s *section) bad(off uint64, format string, args ...any) error {
	return &FormatError{s.name, off, fmt.Sprintf(format, args...)}
}

// header reads an entry's length and id: body reads from s.data and ends with the
// entry, idOff is where the id stands.
func (s *section) header(off uint64) (body buf.Reader, id, idOff, next uint64, cie, dwarf64 bool, err error) {
	r := buf.At(s.data, off)
	length, dwarf64 := r.InitialLength()
	if length > uint64(r.Len()) || r.Bad {
		return r, 0, 0, 0, false, false, s.bad(off, "an entry of %d bytes runs over the end", length)
	}
	next = uint64(r.Off) + length
	if length == 0 {
		return r, 0, 0, next, false, dwarf64, nil
	}
	idOff = uint64(r.Off)
	body = buf.Reader{B: s.data[:next], Off: r.Off}
	switch {
	case s.eh: // 4 bytes even after a 64-bit length
		id = uint64(body.U32())
		cie = id == 0
	case dwarf64:
		id = body.U64()
		cie = id == ^uint64(0)
	default:
		id = uint64(body.U32())
		cie = id == 0xffffffff
	}
	if body.Bad {
		return body, 0, 0, 0, false, false, s.bad(off, "an entry of %d bytes is too short", length)
	}
	return body, id, idOff, next, cie, dwarf64, nil
}

// entry parses what stands at off; f is nil for a CIE or a terminator.
func (s *section) entry(off uint64) (f *FDE, next uint64, err error) {
	r, id, idOff, next, isCIE, _, err := s.header(off)
	if err != nil || isCIE || r.Off >= int(next) {
		return nil, next, err
	}
	cieOff := id
	if s.eh {
		cieOff = idOff - id
	}
	c, err := s.cie(cieOff)
	if err != nil {
		return nil, 0, err
	}
	f = &FDE{CIE: c, Off: off, section: s.name}
	r.Skip(uint64(c.segSize))
	f.Low = s.pointer(&r, c.ptrEnc, c.addrSize)
	f.High = f.Low + s.pointer(&r, c.ptrEnc&0x0f, c.addrSize)
	if c.hasAug {
		n := r.ULEB()
		after := buf.At(r.B, uint64(r.Off))
		after.Skip(n)
		if c.lsdaEnc != encOmit && n > 0 {
			f.LSDA = s.pointer(&r, c.lsdaEnc, c.addrSize)
		}
		r.Bad = r.Bad || after.Bad
		r.Off = after.Off
	}
	if r.Bad {
		return nil, 0, s.bad(off, "a damaged FDE")
	}
	f.instr = r.B[r.Off:next]
	return f, next, nil
}

// fde parses the FDE at off; nil when something else stands there.
func (s *section) fde(off uint64) (*FDE, error) {
	f, _, err := s.entry(off)
	return f, err
}

// cie returns the CIE at off, parsed once.
func (s *section) cie(off uint64) (*CIE, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c := s.cies[off]; c != nil {
		return c, nil
	}
	r, _, _, next, isCIE, _, err := s.header(off)
	if err != nil {
		return nil, err
	}
	if !isCIE {
		return nil, s.bad(off, "an FDE points here, but this is no CIE")
	}
	c, err := s.parseCIE(off, &r, next)
	if err != nil {
		return nil, err
	}
	s.cies[off] = c
	return c, nil
}

func (s *section) parseCIE(off uint64, r *buf.Reader, next uint64) (*CIE, error) {
	c := &CIE{Version: r.U8(), abi: s.abi, lsdaEnc: encOmit, addrSize: s.abi.Word}
	aug := r.CString()
	c.Augmentation = string(aug)
	switch c.Version {
	case 1, 3:
	case 4:
		c.addrSize, c.segSize = int(r.U8()), int(r.U8())
	default:
		return nil, s.bad(off, "a CIE of version %d: 1, 3 and 4 are known", c.Version)
	}
	if len(aug) >= 2 && aug[0] == 'e' && aug[1] == 'h' { // gcc 2: a pointer follows
		r.Skip(uint64(s.abi.Word))
		aug = aug[2:]
	}
	c.CodeAlign, c.DataAlign = r.ULEB(), r.SLEB()
	if c.Version == 1 {
		c.RetReg = uint64(r.U8())
	} else {
		c.RetReg = r.ULEB()
	}
	if err := s.augmentation(off, c, aug, r); err != nil {
		return nil, err
	}
	if r.Bad || c.addrSize != 4 && c.addrSize != 8 {
		return nil, s.bad(off, "a damaged CIE (address size %d)", c.addrSize)
	}
	c.initial = r.B[r.Off:next]
	return c, nil
}

// augmentation reads what the letters of the augmentation string announce.
func (s *section) augmentation(off uint64, c *CIE, letters []byte, r *buf.Reader) error {
	end := -1
	for i, letter := range letters {
		switch letter {
		case 'z':
			c.hasAug = true
			n := r.ULEB()
			if n > uint64(r.Len()) {
				return s.bad(off, "augmentation data of %d bytes", n)
			}
			end = r.Off + int(n)
		case 'R':
			c.ptrEnc = r.U8()
		case 'L':
			c.lsdaEnc = r.U8()
		case 'P':
			enc := r.U8()
			c.Personality = s.pointer(r, enc, c.addrSize)
		case 'S':
			c.Signal = true
		case 'B', 'G': // pointer authentication and memory tagging: not on x86-64
		default:
			if end < 0 {
				return s.bad(off, "unknown augmentation %q at letter %d", c.Augmentation, i)
			}
			r.Off = end // 'z' lets a reader pass over what it does not know
			return nil
		}
	}
	if end >= 0 {
		r.Off = end
	}
	return nil
}
