package elfinfo

// The dynamic linker's debugger interface (svr4 link.h): the DT_DEBUG entry of the
// program's dynamic section points to a struct r_debug, which heads a list of
// struct link_map, one per loaded object. The linker calls the empty function r_brk
// before and after each change of the list; a debugger that waits for a library
// stops there. The layouts below are shared by glibc, musl and FreeBSD's rtld, which since
// FreeBSD 13 keeps a base address in the first member and the bias in one after the list's
// pointers, and names the program where the others have an empty string.
//
// The list is in the process's own memory and may be anything: every walk is bounded.

import (
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// RState is r_debug.r_state.
type RState uint32

// The states of the list; it may only be trusted when Consistent.
const (
	Consistent RState = iota
	Adding
	Deleting
)

// RDebug is struct r_debug of a 64-bit process.
type RDebug struct {
	Addr    uint64 // where it was read
	Version uint32
	Map     uint64 // first link_map
	Brk     uint64 // the function to stop at
	State   RState
	LdBase  uint64 // where the dynamic linker is loaded
	Next    uint64 // r_debug of the next dlmopen namespace; version 2, glibc 2.35
}

// LinkMap is one struct link_map.
type LinkMap struct {
	Addr uint64 // l_addr: bias (Linux) or base (FreeBSD)
	Name string // "" for the main program (FreeBSD: its path)
	Ld   uint64 // address of the dynamic section
}

// Offsets in bytes, for 64-bit pointers.
const (
	rdMap, rdBrk, rdState, rdLdBase, rdNext = 8, 16, 24, 32, 40
	rdSize1, rdSize2                        = 40, 48 // versions 1 and 2
	lmAddr, lmName, lmLd, lmNext, lmSize    = 0, 8, 16, 24, 32
)

const dtDebug = 21 // DT_DEBUG

// Bounds on what a process can make us read.
const (
	maxLinkMaps   = 1 << 14
	maxNamespaces = 16 // glibc's DL_NNS
	maxLinkName   = 4096
	maxDynamic    = 1 << 10 // entries; real sections have some thirty
)

// ErrNoRDebug: the dynamic linker has not set DT_DEBUG (yet), or there is none.
var ErrNoRDebug = errors.New("no r_debug")

// FindRDebug reads DT_DEBUG out of the dynamic section of a loaded program.
func FindRDebug(mem MemReader, main *Image) (RDebug, error) {
	if main == nil || main.File == nil || mem == nil {
		return RDebug{}, ErrNoRDebug
	}
	dyn, ok := main.File.Prog(elf.PT_DYNAMIC)
	if !ok || main.File.Header.Class != elf.ELFCLASS64 {
		return RDebug{}, fmt.Errorf("%s has no 64-bit dynamic section: %w", main.Path, ErrNoRDebug)
	}
	n := min(dyn.Memsz/16, maxDynamic)
	b := make([]byte, 16*n)
	got, err := mem.ReadMem(main.Addr(dyn.Vaddr), b)
	if got < 16 && err != nil {
		return RDebug{}, fmt.Errorf("dynamic section of %s at %#x: %w", main.Path, main.Addr(dyn.Vaddr), err)
	}
	for b = b[:got]; len(b) >= 16; b = b[16:] {
		tag, val := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
		if tag == 0 {
			break
		}
		if tag == dtDebug && val != 0 {
			return ReadRDebug(mem, val)
		}
	}
	return RDebug{}, fmt.Errorf("%s: %w (the dynamic linker has not run yet)", main.Path, ErrNoRDebug)
}

// linkers are the images that may hold the dynamic linker: the interpreter, or the
// program itself when it was started as `ld.so program`.
func (s *Images) linkers() []*Image {
	var out []*Image
	for _, im := range []*Image{s.Interp, s.Main} {
		if im != nil && im.File != nil {
			out = append(out, im)
		}
	}
	return out
}

// RDebug finds the process's r_debug: by DT_DEBUG of the program, or else by the
// linker's own symbol _r_debug.
func (s *Images) RDebug(mem MemReader) (RDebug, error) {
	r, err := FindRDebug(mem, s.Main)
	if !errors.Is(err, ErrNoRDebug) || mem == nil {
		return r, err
	}
	for _, im := range s.linkers() {
		for _, sym := range im.File.Symbols().ByName("_r_debug") {
			if r, readErr := ReadRDebug(mem, im.Addr(sym.Value)); readErr == nil && r.Version != 0 {
				return r, nil
			}
		}
	}
	return RDebug{}, err
}

// ReadRDebug reads a struct r_debug.
func ReadRDebug(mem MemReader, addr uint64) (RDebug, error) {
	var b [rdSize2]byte
	n, err := mem.ReadMem(addr, b[:rdSize1])
	if n < rdSize1 {
		return RDebug{}, fmt.Errorf("r_debug at %#x: %w", addr, short(err))
	}
	u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
	r := RDebug{Addr: addr, Version: binary.LittleEndian.Uint32(b[:]), Map: u64(rdMap), Brk: u64(rdBrk),
		State: RState(binary.LittleEndian.Uint32(b[rdState:])), LdBase: u64(rdLdBase)}
	if r.Version >= 2 {
		if n, _ := mem.ReadMem(addr, b[:]); n == rdSize2 {
			r.Next = u64(rdNext)
		}
	}
	return r, nil
}

func short(err error) error {
	if err == nil {
		return errors.New("short read")
	}
	return err
}

// LinkMaps walks the list of r and of the namespaces that follow it. What was read
// before damage is returned with the error.
func (r RDebug) LinkMaps(mem MemReader) ([]LinkMap, error) {
	var out []LinkMap
	seen := map[uint64]bool{}
	for range maxNamespaces {
		for at := r.Map; at != 0; {
			if seen[at] || len(out) >= maxLinkMaps {
				return out, fmt.Errorf("link map at %#x: the list does not end (%d objects read)", at, len(out))
			}
			seen[at] = true
			var b [lmSize]byte
			if n, err := mem.ReadMem(at, b[:]); n < lmSize {
				return out, fmt.Errorf("link map at %#x: %w", at, short(err))
			}
			u64 := func(at int) uint64 { return binary.LittleEndian.Uint64(b[at:]) }
			out = append(out, LinkMap{Addr: u64(lmAddr), Name: readString(mem, u64(lmName), maxLinkName), Ld: u64(lmLd)})
			at = u64(lmNext)
		}
		if r.Next == 0 || r.Next == r.Addr {
			return out, nil
		}
		next, err := ReadRDebug(mem, r.Next)
		if err != nil {
			return out, err
		}
		r = next
	}
	return out, fmt.Errorf("r_debug at %#x: more than %d namespaces", r.Addr, maxNamespaces)
}

// readString reads a C string, in pieces that do not cross a page: the next page may
// not be mapped. An unreadable string is "".
func readString(mem MemReader, addr uint64, limit int) string {
	const page = 0x1000
	var out []byte
	for addr != 0 && len(out) < limit {
		piece := make([]byte, min(page-addr%page, 256))
		n, _ := mem.ReadMem(addr, piece)
		for i, c := range piece[:n] {
			if c == 0 {
				return string(append(out, piece[:i]...))
			}
		}
		if n < len(piece) {
			return ""
		}
		out, addr = append(out, piece...), addr+uint64(n)
	}
	return ""
}

// linked adds the images that only the dynamic linker knows.
func (u *update) linked() {
	r, err := u.set.RDebug(u.p.Mem)
	if err != nil {
		if !errors.Is(err, ErrNoRDebug) {
			u.problem(err)
		}
		return
	}
	if r.State != Consistent {
		return
	}
	maps, err := r.LinkMaps(u.p.Mem)
	if err != nil {
		u.problem(err)
	}
	for _, m := range maps {
		if m.Ld == 0 || !strings.HasPrefix(m.Name, "/") || u.covers(m.Ld) || len(u.now) >= maxImages {
			continue
		}
		u.addLinked(m)
	}
	if u.set.Interp == nil && r.LdBase != 0 {
		for _, im := range u.now {
			if im.Low == r.LdBase {
				u.set.Interp = im
			}
		}
	}
}

func (u *update) covers(addr uint64) bool {
	for _, im := range u.now {
		if im.Contains(addr) {
			return true
		}
	}
	return false
}

// addLinked places an object by its dynamic section, which works whatever a system
// keeps in l_addr.
func (u *update) addLinked(m LinkMap) {
	name := filepath.Clean(m.Name)
	f, err := u.set.Open(u.p, Mapping{Path: name})
	if err != nil {
		u.problem(fmt.Errorf("link map: %w", err))
		return
	}
	dyn, ok := f.Prog(elf.PT_DYNAMIC)
	if !ok {
		f.Close()
		u.problem(fmt.Errorf("link map: %s has no dynamic section", name))
		return
	}
	u.adopt(&Image{Path: name, File: f}, m.Ld-dyn.Vaddr)
}

// linkerHooks are the functions that dynamic linkers call when the list changes.
var linkerHooks = []string{
	"_dl_debug_state", // glibc, musl
	"r_debug_state",   // FreeBSD
}

// LinkerHook returns the address to stop at to learn of libraries coming and going:
// r_brk once the dynamic linker has filled in r_debug; before that, right after
// exec, the function it will name there, found among the linker's own symbols. At
// each stop there read the map again with Update; libraries are complete when State
// is Consistent. ok is false for static programs.
func (s *Images) LinkerHook(mem MemReader) (addr uint64, ok bool) {
	if r, err := s.RDebug(mem); err == nil && r.Brk != 0 {
		return r.Brk, true
	}
	for _, im := range s.linkers() {
		for _, name := range linkerHooks {
			for _, sym := range im.File.Symbols().ByName(name) {
				if sym.IsFunc() {
					return im.Addr(sym.Value), true
				}
			}
		}
	}
	return 0, false
}
