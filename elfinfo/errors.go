package elfinfo

import (
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
)

// Errors that callers test for with errors.Is.
var (
	// ErrNotELF: the file lacks the ELF magic.
	ErrNotELF = errors.New("not an ELF file")
	// ErrNoSection: neither the file nor its separate debug file has the section.
	ErrNoSection = errors.New("no such section")
	// ErrBuildID: a separate debug file belongs to another build.
	ErrBuildID = errors.New("build-id mismatch")
	// ErrTooLarge: decoding would go beyond the limits in Options.
	ErrTooLarge = errors.New("beyond the size limit")
)

// FormatError is malformed or truncated content: which file, which section (or
// table, such as "program headers"), at which byte offset inside that section.
type FormatError struct {
	File    string
	Section string
	Offset  uint64
	Msg     string
}

func (e *FormatError) Error() string {
	return fmt.Sprintf("%s: %s at offset %#x: %s", e.File, e.Section, e.Offset, e.Msg)
}

// Guard runs fn and turns a memory fault inside it (a mapped file that was
// truncated meanwhile) into an error. Other panics pass through.
func Guard(file string, fn func() error) (err error) {
	old := debug.SetPanicOnFault(true)
	defer func() {
		debug.SetPanicOnFault(old)
		r := recover()
		if r == nil {
			return
		}
		// Only a fault has an address; an index out of range is our bug, not the file's.
		if fault, ok := r.(interface {
			runtime.Error
			Addr() uintptr
		}); ok {
			err = fmt.Errorf("%s: reading the mapped file faulted: it was changed or truncated while in use (reload it): %w", file, fault)
			return
		}
		panic(r)
	}()
	return fn()
}
