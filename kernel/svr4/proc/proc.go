// Package proc is the binary language of SVR4's /proc: the structures that its files hold,
// the messages that are written to ctl and lwpctl, and the user area that ptrace(2) shows.
//
// Each structure is one table of named offsets. The modeled kernel encodes by the table
// and the adapter decodes by it, so the two cannot disagree; programs in C that are built
// against the same layout (testdata/litmus/svr4) hold it against a third.
//
// SVR4.2 defined the files, what is in them and what the messages do. It never ran on
// x86-64, so widths and offsets are those of its descendant on that processor: the LP64
// structures of illumos (proc(5) and its procfs.h, siginfo.h, fault.h, regset.h).
package proc

import (
	"encoding/binary"
	"errors"
	"fmt"
)

var le = binary.LittleEndian

// Time is timestruc_t: seconds and nanoseconds.
type Time struct{ Sec, Nsec int64 }

// Field is one member of a structure.
type Field struct {
	Name      string // as in the manual: "pr_flags"
	Off, Size int    // bytes
}

// Layout is one structure: its size and its members, fillers left out, by offset.
type Layout struct {
	Name   string
	Size   int // bytes
	Fields []Field
}

// Field finds a member by name; it panics when there is none, since names are written by us.
func (l *Layout) Field(name string) Field {
	for _, f := range l.Fields {
		if f.Name == name {
			return f
		}
	}
	panic("proc: " + l.Name + " has no " + name)
}

// row binds a member's place to the field of the Go structure that holds its value.
type row[T any] struct {
	name string
	off  int
	at   func(*T) any // a pointer to a number, a Time, a set, bytes or a structure of this package
}

// table is the layout of T.
type table[T any] struct {
	Layout
	rows []row[T]
}

func newTable[T any](name string, size int, rows []row[T]) *table[T] {
	t := &table[T]{Layout{Name: name, Size: size}, rows}
	for _, r := range rows {
		t.Fields = append(t.Fields, Field{r.name, r.off, width(r.at(new(T)))})
	}
	return t
}

// ErrShort is a structure that is not all there.
var ErrShort = errors.New("proc: too short")

func (t *table[T]) decode(b []byte, v *T) error {
	if len(b) < t.Size {
		return fmt.Errorf("%w: %d bytes for %s, which has %d", ErrShort, len(b), t.Name, t.Size)
	}
	for i := range t.rows {
		get(b[t.rows[i].off:], t.rows[i].at(v))
	}
	return nil
}

// appendTo appends the structure; what no row names is zero.
func (t *table[T]) appendTo(b []byte, v *T) []byte {
	start := len(b)
	b = append(b, make([]byte, t.Size)...)
	for i := range t.rows {
		put(b[start+t.rows[i].off:], t.rows[i].at(v))
	}
	return b
}

// nested is a structure inside another.
type nested interface {
	size() int
	get([]byte)
	put([]byte)
}

func width(p any) int {
	switch p := p.(type) {
	case *uint8, *int8:
		return 1
	case *int16, *uint16:
		return 2
	case *int32, *uint32:
		return 4
	case *int64, *uint64:
		return 8
	case *Time:
		return 16
	case []byte:
		return len(p)
	case []int64:
		return 8 * len(p)
	case []uint64:
		return 8 * len(p)
	case []uint32:
		return 4 * len(p)
	case nested:
		return p.size()
	}
	panic(fmt.Sprintf("proc: no width of %T", p))
}

func get(b []byte, p any) {
	switch p := p.(type) {
	case *uint8:
		*p = b[0]
	case *int8:
		*p = int8(b[0])
	case *int16:
		*p = int16(le.Uint16(b))
	case *uint16:
		*p = le.Uint16(b)
	case *int32:
		*p = int32(le.Uint32(b))
	case *uint32:
		*p = le.Uint32(b)
	case *int64:
		*p = int64(le.Uint64(b))
	case *uint64:
		*p = le.Uint64(b)
	case *Time:
		p.Sec, p.Nsec = int64(le.Uint64(b)), int64(le.Uint64(b[8:]))
	case []byte:
		copy(p, b)
	case []int64:
		for i := range p {
			p[i] = int64(le.Uint64(b[8*i:]))
		}
	case []uint64:
		for i := range p {
			p[i] = le.Uint64(b[8*i:])
		}
	case []uint32:
		for i := range p {
			p[i] = le.Uint32(b[4*i:])
		}
	case nested:
		p.get(b)
	}
}

func put(b []byte, p any) {
	switch p := p.(type) {
	case *uint8:
		b[0] = *p
	case *int8:
		b[0] = byte(*p)
	case *int16:
		le.PutUint16(b, uint16(*p))
	case *uint16:
		le.PutUint16(b, *p)
	case *int32:
		le.PutUint32(b, uint32(*p))
	case *uint32:
		le.PutUint32(b, *p)
	case *int64:
		le.PutUint64(b, uint64(*p))
	case *uint64:
		le.PutUint64(b, *p)
	case *Time:
		le.PutUint64(b, uint64(p.Sec))
		le.PutUint64(b[8:], uint64(p.Nsec))
	case []byte:
		copy(b, p)
	case []int64:
		for i, v := range p {
			le.PutUint64(b[8*i:], uint64(v))
		}
	case []uint64:
		for i, v := range p {
			le.PutUint64(b[8*i:], v)
		}
	case []uint32:
		for i, v := range p {
			le.PutUint32(b[4*i:], v)
		}
	case nested:
		p.put(b)
	}
}

// text is the bytes of a name up to its first NUL.
func text(b []byte) string {
	for i, c := range b {
		if c == 0 {
			return string(b[:i])
		}
	}
	return string(b)
}

// setText fills a name that ends with a NUL, cutting it where it does not fit.
func setText(b []byte, s string) {
	clear(b)
	copy(b[:len(b)-1], s)
}
