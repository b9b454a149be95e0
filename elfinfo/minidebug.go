package elfinfo

// .gnu_debugdata: an xz-compressed ELF file whose .symtab holds the function symbols
// that stripping removed (Fedora's MiniDebuginfo).
//
// The xz container is walked here rather than by ulikunitz/xz, because that package
// allocates whatever dictionary a block header asks for, up to 4 GiB; its LZMA2
// decoder does the work, with a dictionary bounded by us.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"hash/crc64"
	"io"

	"github.com/ulikunitz/xz/lzma"
)

const (
	maxMiniDebug = 256 << 20 // decompressed; real ones are below 10 MiB
	maxXZDict    = 64 << 20  // what `xz -9` uses
)

// miniDebug opens the embedded file; nil when there is none.
func (f *File) miniDebug() (*File, error) {
	b, err := f.OwnSection(".gnu_debugdata")
	if err != nil {
		return nil, err
	}
	data, err := unxz(b, min(maxMiniDebug, f.opts.maxSection()))
	if err != nil {
		return nil, fmt.Errorf("%s: section .gnu_debugdata: %w", f.Name, err)
	}
	mini, err := New(bytes.NewReader(data), f.Name+"(.gnu_debugdata)", f.opts)
	if err != nil {
		return nil, err
	}
	mini.separate.isDebug = true
	return mini, nil
}

var errXZ = errors.New("malformed xz data")

// xzChecks is the size of the check after each block by the stream's check type
// (.xz file format 1.1.0, section 2.1.1.2), with a function where we verify it.
var xzChecks = map[byte]struct {
	size int
	ok   func(data, sum []byte) bool
}{
	0: {0, nil},
	1: {4, func(d, s []byte) bool { return crc32.ChecksumIEEE(d) == binary.LittleEndian.Uint32(s) }},
	4: {8, func(d, s []byte) bool {
		return crc64.Checksum(d, crc64.MakeTable(crc64.ECMA)) == binary.LittleEndian.Uint64(s)
	}},
	10: {32, nil}, // SHA-256
}

// unxz decompresses one xz stream of at most limit bytes.
func unxz(b []byte, limit uint64) ([]byte, error) {
	const magic, header = "\xfd7zXZ\x00", 12
	if len(b) < header || string(b[:6]) != magic {
		return nil, fmt.Errorf("%w: no xz header at offset 0", errXZ)
	}
	check, known := xzChecks[b[7]&15]
	if b[6] != 0 || !known {
		return nil, fmt.Errorf("%w: unknown stream flags %#x at offset 6", errXZ, b[6:8])
	}
	var out []byte
	at := header
	for at < len(b) && b[at] != 0 { // 0 starts the index, after the last block
		data, n, err := xzBlock(b[at:], limit-uint64(len(out)))
		if err != nil {
			return nil, fmt.Errorf("block at offset %#x: %w", at, err)
		}
		end := at + (n+3)&^3
		if end+check.size > len(b) {
			return nil, fmt.Errorf("%w: block at offset %#x is cut off", errXZ, at)
		}
		if check.ok != nil && !check.ok(data, b[end:end+check.size]) {
			return nil, fmt.Errorf("%w: checksum of the block at offset %#x is wrong", errXZ, at)
		}
		out = append(out, data...)
		at = end + check.size
	}
	if at >= len(b) {
		return nil, fmt.Errorf("%w: ends before its index at offset %#x", errXZ, at)
	}
	return out, nil
}

// xzBlock decodes the block at the start of b and returns how many bytes it took,
// without padding and check. Only the LZMA2 filter alone is accepted: nothing else
// is written for minidebuginfo.
func xzBlock(b []byte, limit uint64) ([]byte, int, error) {
	size := (int(b[0]) + 1) * 4
	if size > len(b) {
		return nil, 0, fmt.Errorf("%w: header of %d bytes is cut off", errXZ, size)
	}
	h := b[:size-4]
	if crc32.ChecksumIEEE(h) != binary.LittleEndian.Uint32(b[size-4:]) {
		return nil, 0, fmt.Errorf("%w: header checksum is wrong", errXZ)
	}
	flags, rest := h[1], h[2:]
	for _, present := range []byte{0x40, 0x80} { // compressed size, uncompressed size
		if flags&present != 0 {
			_, n := binary.Uvarint(rest)
			if n <= 0 {
				return nil, 0, fmt.Errorf("%w: bad size field", errXZ)
			}
			rest = rest[n:]
		}
	}
	const lzma2 = 0x21
	if flags&0x3f != 0 || len(rest) < 3 || rest[0] != lzma2 || rest[1] != 1 {
		return nil, 0, fmt.Errorf("%w: filters other than LZMA2 are not supported", errXZ)
	}
	dict, err := lzma.DecodeDictCap(rest[2])
	if err != nil {
		return nil, 0, err
	}
	if dict > maxXZDict {
		return nil, 0, fmt.Errorf("dictionary of %d bytes: %w", dict, ErrTooLarge)
	}
	// The decoder reads byte by byte and so stops exactly at the end of the chunks.
	in := bytes.NewReader(b[size:])
	r, err := lzma.Reader2Config{DictCap: max(int(dict), lzma.MinDictCap)}.NewReader2(in)
	if err != nil {
		return nil, 0, err
	}
	var out bytes.Buffer
	n, err := io.Copy(&out, io.LimitReader(r, int64(limit)+1))
	if err != nil {
		return nil, 0, err
	}
	if uint64(n) > limit {
		return nil, 0, fmt.Errorf("expands to more than %d bytes: %w", limit, ErrTooLarge)
	}
	if !r.EOS() {
		return nil, 0, fmt.Errorf("%w: LZMA2 data has no end mark", errXZ)
	}
	return out.Bytes(), size + len(b[size:]) - in.Len(), nil
}
