package regs

// Reading and writing one register of a Set, whatever pieces of storage it has. A few
// registers are stored in a form that is not their own; each has a codec.

import (
	"encoding/binary"
	"fmt"
)

var groupNames = map[Group]string{General: "general", Extended: "x87 and vector", Debug: "debug"}

// Read copies the register out of the set. It fails when the set does not hold the
// register's Group, or when the thread's processor or system does not have it.
func (r *Row) Read(s *Set) (Value, error) {
	v := Value{Bits: r.Bits, Kind: r.Kind}
	if err := r.have(s, "read"); err != nil {
		return v, err
	}
	var err error
	if r.codec != nil {
		err = r.codec.read(r, s, &v)
	} else {
		err = r.load(s, &v)
	}
	if err != nil {
		return Value{Bits: r.Bits, Kind: r.Kind}, fmt.Errorf("read register %s: %w", r.Name, err)
	}
	return v, nil
}

// Write stores the register in the set; the caller then gives the set to the kernel.
// A part keeps the rest of its parent: writing eax leaves the upper half of rax as it
// was, as `set $eax = 1` does in gdb and unlike an instruction, which clears it; so
// too xmm0 within ymm0. A value narrower than the register is zero-extended; a wider
// one must fit it as an unsigned or as a signed number. Nothing is written on error.
func (r *Row) Write(s *Set, v Value) error {
	if err := r.have(s, "write"); err != nil {
		return err
	}
	if !v.fits(r.Bits) {
		return fmt.Errorf("write register %s: %s does not fit in its %d bits", r.Name, v.Hex(), r.Bits)
	}
	v.truncate(r.Bits)
	var err error
	if r.codec != nil {
		err = r.codec.write(r, s, &v)
	} else {
		err = r.store(s, &v)
	}
	if err != nil {
		return fmt.Errorf("write register %s: %w", r.Name, err)
	}
	return nil
}

// Exists says whether a thread with this set has the register at all: a processor
// without AVX-512 has no zmm0. False too when the register's group was not read.
func (r *Row) Exists(s *Set) bool {
	_, err := r.Read(s)
	return err == nil
}

func (r *Row) have(s *Set, op string) error {
	if g := r.Group(); s.Have&g == 0 {
		return fmt.Errorf("%s register %s: the %s registers of this thread have not been read", op, r.Name, groupNames[g])
	}
	return nil
}

func (r *Row) load(s *Set, v *Value) error {
	for _, p := range r.pieces {
		if err := p.load(s, v.Bytes[p.at:p.at+p.n]); err != nil {
			return err
		}
	}
	return nil
}

func (r *Row) store(s *Set, v *Value) error {
	for _, p := range r.pieces { // all must exist before the first is changed
		if p.group == Extended {
			if _, err := s.component(Component(p.index)); err != nil {
				return err
			}
		}
	}
	for _, p := range r.pieces {
		if err := p.store(s, v.Bytes[p.at:p.at+p.n]); err != nil {
			return err
		}
	}
	return nil
}

// slot is the 64-bit word that a piece outside the XSAVE area is in.
func (p *piece) slot(s *Set) *uint64 {
	if p.group == General {
		return &s.G[p.index]
	}
	return &s.DR[p.index]
}

func (p *piece) load(s *Set, dst []byte) error {
	if p.group == Extended {
		return s.readX(Component(p.index), p.off, dst)
	}
	var w [8]byte
	binary.LittleEndian.PutUint64(w[:], *p.slot(s))
	copy(dst, w[p.off:])
	return nil
}

func (p *piece) store(s *Set, src []byte) error {
	if p.group == Extended {
		return s.writeX(Component(p.index), p.off, src)
	}
	var w [8]byte
	slot := p.slot(s)
	binary.LittleEndian.PutUint64(w[:], *slot)
	copy(w[p.off:], src)
	*slot = binary.LittleEndian.Uint64(w[:])
	return nil
}

// codec reads and writes a register that is stored in another form.
type codec struct {
	read  func(*Row, *Set, *Value) error
	write func(*Row, *Set, *Value) error
}

// mm0-7 are the low halves of the physical x87 registers, while the area holds them in
// stack order from TOP: mmN is st((N-TOP) mod 8).
var mmxCodec = codec{
	read: func(r *Row, s *Set, v *Value) error {
		p, err := r.mmx(s)
		if err != nil {
			return err
		}
		return p.load(s, v.Bytes[:8])
	},
	write: func(r *Row, s *Set, v *Value) error {
		p, err := r.mmx(s)
		if err != nil {
			return err
		}
		return p.store(s, v.Bytes[:8])
	},
}

func (r *Row) mmx(s *Set) (piece, error) {
	top, err := x87Top(s)
	p := r.own
	n := (p.off - 32) / 16
	p.off = 32 + 16*((n-top)&7)
	return p, err
}

// x87Top is the field of the status word that says which physical register is st0.
func x87Top(s *Set) (int, error) {
	var fsw [2]byte
	err := s.readX(X87, 2, fsw[:])
	return int(fsw[1]>>3) & 7, err
}

// The area holds one bit a physical register, 1 = not empty; the tag word that the
// register shows has two, which also say what is in it (Intel SDM vol. 1, 8.1.7, and
// table 10-3).
var tagCodec = codec{
	read: func(r *Row, s *Set, v *Value) error {
		var abridged [1]byte
		var st [128]byte
		top, err := x87Top(s)
		if err == nil {
			err = s.readX(X87, 4, abridged[:])
		}
		if err == nil {
			err = s.readX(X87, 32, st[:])
		}
		if err != nil {
			return err
		}
		var full uint16
		for n := range 8 {
			tag := uint16(3)
			if abridged[0]&(1<<n) != 0 {
				at := 16 * ((n - top) & 7)
				tag = x87Tag(st[at : at+10])
			}
			full |= tag << (2 * n)
		}
		binary.LittleEndian.PutUint16(v.Bytes[:], full)
		return nil
	},
	write: func(r *Row, s *Set, v *Value) error {
		var abridged byte
		for n := range 8 {
			if v.Uint64()>>(2*n)&3 != 3 {
				abridged |= 1 << n
			}
		}
		return s.writeX(X87, 4, []byte{abridged})
	},
}

// x87Tag classes a number that is not empty: 0 valid, 1 zero, 2 special.
func x87Tag(b []byte) uint16 {
	exp := binary.LittleEndian.Uint16(b[8:]) & 0x7fff
	man := binary.LittleEndian.Uint64(b)
	switch {
	case exp == 0 && man == 0:
		return 1
	case exp == 0 || exp == 0x7fff || man>>63 == 0:
		return 2
	}
	return 0
}

// MXCSR lies within the x87 bytes but belongs to SSE, and XRSTOR loads it whatever
// XSTATE_BV says (Intel SDM vol. 1, 13.8.1); so its bytes count unless no
// processor ever saved the area, which leaves MXCSR_MASK 0. Linux takes a new value
// only with the SSE or AVX bit set.
var mxcsrCodec = codec{
	read: func(r *Row, s *Set, v *Value) error {
		if _, err := s.component(SSE); err != nil {
			return err
		}
		m := binary.LittleEndian.Uint32(s.XSave[xsMXCSR:])
		if s.xstateBV()&(1<<SSE|1<<AVX) == 0 && binary.LittleEndian.Uint32(s.XSave[xsMask:]) == 0 {
			m = initMXCSR
		}
		binary.LittleEndian.PutUint32(v.Bytes[:], m)
		return nil
	},
	write: func(r *Row, s *Set, v *Value) error {
		b, err := s.component(SSE)
		if err != nil {
			return err
		}
		mask := binary.LittleEndian.Uint32(s.XSave[xsMask:])
		if mask == 0 {
			mask = defaultMask
		}
		m := uint32(v.Uint64())
		if m&^mask != 0 {
			return fmt.Errorf("bits %#x are reserved on this processor", m&^mask)
		}
		s.validate(SSE, b)
		binary.LittleEndian.PutUint32(s.XSave[xsMXCSR:], m)
		return nil
	},
}
