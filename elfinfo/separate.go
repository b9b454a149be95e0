package elfinfo

// Separate debug files, looked for where gdb and the distributions put them:
//
//	ROOT/.build-id/xx/yyyy.debug        by build-id
//	DIR/NAME, DIR/.debug/NAME, ROOT/DIR/NAME    by .gnu_debuglink (name and CRC-32)
//
// and the supplementary file that dwz factors shared DIEs into (.gnu_debugaltlink).

import (
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// separateState caches the two look-ups, failures included.
type separateState struct {
	isDebug bool // this file was itself opened as somebody's debug file

	debugOnce sync.Once
	debug     *File
	debugErr  error

	altOnce sync.Once
	alt     *File
	altErr  error
}

// DebugFile returns the separate debug file, opened on first use. It is nil with no
// error when the file names none (it has neither build-id nor .gnu_debuglink), or
// is a debug file itself. The error says what was tried.
func (f *File) DebugFile() (*File, error) {
	if f.separate.isDebug {
		return nil, nil
	}
	f.separate.debugOnce.Do(func() {
		f.separate.debugErr = Guard(f.Name, func() (err error) {
			f.separate.debug, err = f.findDebug()
			return err
		})
	})
	return f.separate.debug, f.separate.debugErr
}

// AltFile returns dwz's supplementary file that .gnu_debugaltlink (of this file or
// of its debug file) names; nil with no error when there is no such link.
func (f *File) AltFile() (*File, error) {
	f.separate.altOnce.Do(func() {
		f.separate.altErr = Guard(f.Name, func() (err error) {
			f.separate.alt, err = f.findAlt()
			return err
		})
	})
	return f.separate.alt, f.separate.altErr
}

func (f *File) closeSeparate() error {
	var err error
	// Do with an empty function: a close during a look-up waits for it, and a
	// look-up after a close finds nothing.
	f.separate.debugOnce.Do(func() {})
	f.separate.altOnce.Do(func() {})
	for _, d := range []*File{f.separate.debug, f.separate.alt} {
		if d != nil {
			err = errors.Join(err, d.Close())
		}
	}
	return err
}

func (f *File) findDebug() (*File, error) {
	id := f.BuildID()
	link, crc, hasLink := f.debugLink()
	var tried []string
	var refused error
	if len(id) > 2 {
		for _, root := range f.opts.debugRoots() {
			p := buildIDPath(root, id)
			d, err := f.openDebug(p, id)
			if d != nil {
				return d, nil
			}
			tried, refused = append(tried, p), errors.Join(refused, err)
		}
	}
	if hasLink && f.onDisk {
		for _, p := range f.linkPaths(link) {
			d, err := f.openLinked(p, id, crc)
			if d != nil {
				return d, nil
			}
			tried, refused = append(tried, p), errors.Join(refused, err)
		}
	}
	if refused != nil {
		return nil, refused
	}
	if len(tried) == 0 {
		return nil, nil
	}
	return nil, fmt.Errorf("%s: no separate debug file: install its debug symbols package or set the debug directory; looked for %s", f.Name, strings.Join(tried, ", "))
}

// buildIDPath is ROOT/.build-id/xx/yyyy.debug.
func buildIDPath(root, id string) string {
	return filepath.Join(root, ".build-id", id[:2], id[2:]+".debug")
}

// linkPaths are the places gdb looks for a .gnu_debuglink name, in its order: seen
// from where the file really is, and from where it was opened (they differ below
// /proc/PID/root, whose symbolic links lead nowhere as text).
func (f *File) linkPaths(name string) []string {
	var out []string
	for _, dir := range dirsOf(f.Name) {
		out = append(out, filepath.Join(dir, name), filepath.Join(dir, ".debug", name))
		for _, root := range f.opts.debugRoots() {
			out = append(out, filepath.Join(root, dir, name))
		}
	}
	return out
}

// dirsOf returns the absolute directories of a file, links resolved and not.
func dirsOf(path string) []string {
	var out []string
	real, err := filepath.EvalSymlinks(path)
	if err != nil {
		real = path
	}
	for _, p := range []string{real, path} {
		if abs, err := filepath.Abs(p); err == nil {
			if dir := filepath.Dir(abs); !slices.Contains(out, dir) {
				out = append(out, dir)
			}
		}
	}
	return out
}

// debugLink parses .gnu_debuglink: a file name, padding to four bytes, a CRC-32.
func (f *File) debugLink() (name string, crc uint32, ok bool) {
	b, err := f.OwnSection(".gnu_debuglink")
	if err != nil || len(b) > 4096 {
		return "", 0, false
	}
	name = cstring(b)
	at := (len(name) + 4) &^ 3
	if name == "" || strings.ContainsRune(name, '/') || at+4 > len(b) {
		return "", 0, false
	}
	return name, f.order.Uint32(b[at:]), true
}

// openDebug opens a candidate; nil and no error when it does not exist.
func (f *File) openDebug(path, id string) (*File, error) {
	if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	d, err := Open(path, f.opts)
	if err != nil {
		return nil, fmt.Errorf("debug file: %w", err)
	}
	d.separate.isDebug = true
	if got := d.BuildID(); id != "" && got != id {
		d.Close()
		return nil, fmt.Errorf("debug file %s was refused: it has build-id %s, %s needs %s: %w (rebuild or reinstall one of them)", path, orNone(got), f.Name, id, ErrBuildID)
	}
	if d.Header.Machine != f.Header.Machine || d.Header.Class != f.Header.Class {
		d.Close()
		return nil, fmt.Errorf("debug file %s was refused: it is for %v %v", path, d.Header.Machine, d.Header.Class)
	}
	return d, nil
}

func orNone(s string) string {
	if s == "" {
		return "none"
	}
	return s
}

// openLinked is openDebug for a .gnu_debuglink candidate. Equal build-ids prove as
// much as the CRC does, without reading the whole file.
func (f *File) openLinked(path, id string, want uint32) (*File, error) {
	if same, err := os.Stat(path); err == nil {
		if self, err := os.Stat(f.Name); err == nil && os.SameFile(same, self) {
			return nil, nil // the link names the file it is in
		}
	}
	d, err := f.openDebug(path, id)
	if d == nil || id != "" {
		return d, err
	}
	got, err := d.crc32()
	if err == nil && got != want {
		err = fmt.Errorf("debug file %s was refused: its CRC is %#08x, the link in %s says %#08x", path, got, f.Name, want)
	}
	if err != nil {
		d.Close()
		return nil, err
	}
	return d, nil
}

// crc32 is the checksum .gnu_debuglink carries: the IEEE CRC-32 of the whole file.
func (f *File) crc32() (uint32, error) {
	sum := uint32(0)
	err := Guard(f.Name, func() error {
		for off := uint64(0); off < uint64(f.src.size); off += readChunk {
			b, err := f.src.bytes(off, min(readChunk, uint64(f.src.size)-off))
			if err != nil {
				return f.errAt("file", off, "%v", err)
			}
			sum = crc32.Update(sum, crc32.IEEETable, b)
		}
		return nil
	})
	return sum, err
}

// findAlt follows .gnu_debugaltlink: a path (relative to the file that has the
// link) and the build-id of the supplementary file as raw bytes.
func (f *File) findAlt() (*File, error) {
	home := f
	if !f.HasSection(".gnu_debugaltlink") {
		if d, _ := f.DebugFile(); d != nil {
			home = d
		}
	}
	b, err := home.OwnSection(".gnu_debugaltlink")
	if errors.Is(err, ErrNoSection) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	name := cstring(bounded(b, 4096))
	if name == "" || len(name)+1 >= len(b) || len(b)-len(name) > 128 {
		return nil, home.errAt(".gnu_debugaltlink", 0, "malformed link")
	}
	id := hex.EncodeToString(b[len(name)+1:])
	tried := []string{name}
	if !filepath.IsAbs(name) {
		tried = nil
		for _, dir := range dirsOf(home.Name) {
			tried = append(tried, filepath.Join(dir, name))
		}
	}
	for _, root := range f.opts.debugRoots() {
		tried = append(tried, buildIDPath(root, id))
	}
	var refused error
	for _, p := range tried {
		d, err := home.openDebug(p, id)
		if d != nil {
			return d, nil
		}
		refused = errors.Join(refused, err)
	}
	if refused != nil {
		return nil, refused
	}
	return nil, fmt.Errorf("%s: no supplementary debug file (dwz): looked for %s", home.Name, strings.Join(tried, ", "))
}
