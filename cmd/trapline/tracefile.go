package main

// The file of -o: compressed if its name says so, in parts if --rotate does.

import (
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// compressors are what endings of names stand for.
var compressors = map[string]func(io.Writer) (io.WriteCloser, error){
	".gz":  func(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil },
	".zst": func(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w, zstd.WithEncoderConcurrency(1)) },
}

// rotation is the value of --rotate: SIZE, or SIZE,KEEP.
type rotation struct {
	text string
	size int64 // of a part, in bytes before compression; 0: the file is one
	keep int   // how many parts are kept; 0 all
}

func (r *rotation) String() string { return r.text }
func (r *rotation) Type() string   { return "size" }

// units of sizes.
var units = map[string]int64{"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}

// Set implements pflag.Value.
func (r *rotation) Set(s string) error {
	size, keep, some := strings.Cut(s, ",")
	digits := strings.TrimRight(size, "KMG")
	n, err := strconv.ParseInt(digits, 10, 32)
	unit, ok := units[strings.TrimPrefix(size, digits)]
	if err != nil || !ok || n <= 0 {
		return fmt.Errorf("%q is no size; write 500K, 100M or 2G", size)
	}
	r.text, r.size = s, n*unit
	if !some {
		return nil
	}
	if r.keep, err = strconv.Atoi(keep); err != nil || r.keep < 1 {
		return fmt.Errorf("%q is no number of files to keep", keep)
	}
	return nil
}

// traceFile is a trace being written. The parts after the first have a number in their name,
// before the ending that says how they are compressed.
type traceFile struct {
	name    string
	rotate  rotation
	empty   int // how a file that is there is opened: O_TRUNC or O_APPEND
	f       *os.File
	z       io.WriteCloser // what compresses into f; nil nothing
	part    int
	written int64    // to this part, before compression
	kept    []string // the parts there are
}

// openTrace makes the file, or empties it unless the trace is added to it.
func openTrace(name string, rotate rotation, adding bool) (*traceFile, error) {
	t := &traceFile{name: name, rotate: rotate, empty: os.O_TRUNC}
	if adding {
		t.empty = os.O_APPEND
	}
	return t, t.open()
}

// partName is the name of the part that is to be written.
func (t *traceFile) partName() string {
	if t.part == 0 {
		return t.name
	}
	end := filepath.Ext(t.name)
	if compressors[end] == nil {
		end = ""
	}
	return strings.TrimSuffix(t.name, end) + "." + strconv.Itoa(t.part) + end
}

func (t *traceFile) open() (err error) {
	name := t.partName()
	if t.f, err = os.OpenFile(name, os.O_WRONLY|os.O_CREATE|t.empty, 0o666); err != nil {
		return err
	}
	t.written, t.z = 0, nil
	if compress := compressors[filepath.Ext(t.name)]; compress != nil {
		if t.z, err = compress(t.f); err != nil {
			return err
		}
	}
	if t.kept = append(t.kept, name); t.rotate.keep > 0 && len(t.kept) > t.rotate.keep {
		err = os.Remove(t.kept[0])
		t.kept = slices.Delete(t.kept, 0, 1)
	}
	return err
}

// Write takes whole lines; a part ends behind the lines that make it long enough.
func (t *traceFile) Write(p []byte) (int, error) {
	if t.rotate.size > 0 && t.written >= t.rotate.size {
		if err := t.Close(); err != nil {
			return 0, err
		}
		t.part++
		if err := t.open(); err != nil {
			return 0, err
		}
	}
	t.written += int64(len(p))
	if t.z != nil {
		return t.z.Write(p)
	}
	return t.f.Write(p)
}

// Close ends the part that is being written.
func (t *traceFile) Close() error {
	var err error
	if t.z != nil {
		err = t.z.Close()
	}
	if e := t.f.Close(); err == nil {
		err = e
	}
	return err
}
