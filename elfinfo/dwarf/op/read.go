package op

import (
	"errors"
	"fmt"
)

// ErrOptimizedOut is the error of reading an object no part of which exists.
var ErrOptimizedOut = errors.New("optimized out")

// Address is the object's address when all of it is in memory in one piece.
func (l Location) Address() (uint64, bool) {
	if len(l) == 1 && l[0].Kind == InMemory && l[0].BitOff == 0 {
		return l[0].Addr, true
	}
	return 0, false
}

// Read fetches the size bytes of an object (size up to 1 MiB). Bytes that exist
// nowhere read as zero and are marked true in gone, which is nil when the whole
// object is there. When none of it is, the error is ErrOptimizedOut.
func (l Location) Read(size int64, env *Env) (data []byte, gone []bool, err error) {
	if size < 0 || size > maxBlock {
		return nil, nil, fmt.Errorf("read an object of %d bytes: the limit is %d", size, maxBlock)
	}
	data = make([]byte, size)
	if len(l) == 1 && l[0].BitSize == 0 {
		p := l[0]
		p.BitSize = uint64(size) * 8
		err = p.read(data, 0, env)
		return data, nil, err
	}
	at, some := uint64(0), false
	for _, p := range l {
		if at >= uint64(size)*8 {
			break
		}
		p.BitSize = min(p.BitSize, uint64(size)*8-at)
		switch err := p.read(data, at, env); {
		case err == nil:
			some = true
		case errors.Is(err, ErrOptimizedOut):
			gone = mark(gone, size, at, p.BitSize)
		default:
			return nil, nil, err
		}
		at += p.BitSize
	}
	if at < uint64(size)*8 {
		gone = mark(gone, size, at, uint64(size)*8-at)
	}
	if !some && size > 0 {
		return nil, nil, ErrOptimizedOut
	}
	return data, gone, nil
}

func mark(gone []bool, size int64, at, bits uint64) []bool {
	if gone == nil {
		gone = make([]bool, size)
	}
	for i := at / 8; i < (at+bits+7)/8 && i < uint64(size); i++ {
		gone[i] = true
	}
	return gone
}

// read copies the piece's bits to bit at of dst.
func (p *Piece) read(dst []byte, at uint64, env *Env) error {
	var src []byte
	switch p.Kind {
	case OptimizedOut:
		return ErrOptimizedOut
	case InMemory:
		src = make([]byte, (p.BitOff+p.BitSize+7)/8)
		if err := env.read(p.Addr, src); err != nil {
			return err
		}
	case InRegister:
		b, err := env.regBytes(p.Reg)
		if err != nil {
			return err
		}
		src = b
	case Implicit:
		src = p.Data
	case ImplicitPointer:
		return fmt.Errorf("%w: a pointer that exists only in the debug information (to entry %#x%+d)", ErrOptimizedOut, p.DIE, p.Off)
	}
	if p.BitOff+p.BitSize > uint64(len(src))*8 && p.Kind == InRegister && p.BitSize > 64 {
		return fmt.Errorf("%w: %d bits of register %d", ErrUnsupported, p.BitSize, p.Reg)
	}
	getBits(dst, at, src, p.BitOff, p.BitSize)
	return nil
}
