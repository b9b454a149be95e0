package elfinfo

import (
	"fmt"
	"io"
)

// source is random access to the bytes of one ELF file. A mapped file hands out
// slices of the mapping; anything else is read on demand.
type source struct {
	r      io.ReaderAt
	mapped []byte // nil when not mapped
	size   int64  // -1 when r does not tell
	close  func() error
}

// readChunk bounds what is allocated before the bytes are known to exist.
const readChunk = 1 << 20

// newSource asks r for its size in the ways the standard library's readers offer.
func newSource(r io.ReaderAt) *source {
	s := &source{r: r, size: -1}
	if sz, ok := r.(interface{ Size() int64 }); ok {
		s.size = sz.Size()
	}
	return s
}

// bytes returns n bytes at off. A short source is io.ErrUnexpectedEOF.
func (s *source) bytes(off, n uint64) ([]byte, error) {
	if n == 0 {
		return nil, nil
	}
	end := off + n
	if end < off || end > 1<<62 || (s.size >= 0 && end > uint64(s.size)) {
		return nil, fmt.Errorf("%d bytes reach beyond the end of the file (%d bytes): %w", n, s.size, io.ErrUnexpectedEOF)
	}
	if s.mapped != nil {
		return s.mapped[off:end:end], nil
	}
	var out []byte
	for uint64(len(out)) < n {
		step := min(n-uint64(len(out)), max(readChunk, uint64(len(out))))
		at := len(out)
		out = append(out, make([]byte, step)...)
		got, err := s.r.ReadAt(out[at:], int64(off)+int64(at))
		if got < int(step) {
			if err == nil || err == io.EOF {
				err = io.ErrUnexpectedEOF
			}
			return nil, fmt.Errorf("read %d of %d bytes: %w", at+got, n, err)
		}
	}
	return out, nil
}
