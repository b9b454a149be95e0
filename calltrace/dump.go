package calltrace

import "github.com/trapline/trapline/syscalls"

// What -e read= and -e write= add to a call: the bytes it moved, in hexadecimal and text.

// dump prints what a call that has returned read or wrote, if that is wanted.
func (p *Printer) dump(c *syscalls.Call) error {
	if !c.Returned {
		return nil
	}
	var err error
	syscalls.Moved(c, func(write bool) bool { return p.o.Dump(c, write) }, func(note string, at, all uint64, data []byte) {
		p.line = p.line[:0]
		if note != "" {
			p.line = append(append(p.line, note...), '\n')
		}
		p.line = appendDump(p.line, data, at, all)
		err = first(err, p.w.line(p.line))
	})
	p.line = p.line[:0]
	return err
}

const dumpWidth = 16

// appendDump appends lines of 16 bytes, of which the first is number start of all: " | 00000  48 65 ...  He...  |"; places have as many digits as the last needs, five at least.
func appendDump(b, data []byte, start, all uint64) []byte {
	digits := 5
	for all > 0 && (all-1)>>(4*digits) > 0 {
		digits++
	}
	for at := 0; at < len(data); at += dumpWidth {
		row := data[at:min(at+dumpWidth, len(data))]
		b = append(b, " | "...)
		for shift := 4 * (digits - 1); shift >= 0; shift -= 4 {
			b = append(b, "0123456789abcdef"[(start+uint64(at))>>shift&15])
		}
		b = append(b, ' ')
		for i := range dumpWidth {
			if i%8 == 0 {
				b = append(b, ' ')
			}
			if i < len(row) {
				b = append(b, "0123456789abcdef"[row[i]>>4], "0123456789abcdef"[row[i]&15], ' ')
			} else {
				b = append(b, "   "...)
			}
		}
		b = append(b, ' ')
		for i := range dumpWidth {
			switch {
			case i >= len(row):
				b = append(b, ' ')
			case row[i] >= ' ' && row[i] <= '~':
				b = append(b, row[i])
			default:
				b = append(b, '.')
			}
		}
		b = append(b, " |\n"...)
	}
	return b
}
