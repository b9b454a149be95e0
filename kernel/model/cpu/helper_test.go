package cpu

// Memories for tests, and random machine states.

import (
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// flat is an address space of pages with one set of permissions each.
type flat map[uint64]*flatPage

type flatPage struct {
	Page
	allow [3]bool // by Access
}

func (f flat) Page(addr uint64, a Access) *Page {
	if p := f[addr/PageSize]; p != nil && p.allow[a] {
		return &p.Page
	}
	return nil
}

// add maps pages; perm is of "rwx".
func (f flat) add(addr uint64, pages int, perm string) flat {
	for i := range uint64(pages) {
		f[addr/PageSize+i] = &flatPage{allow: [3]bool{strings.Contains(perm, "r"), strings.Contains(perm, "w"), strings.Contains(perm, "x")}}
	}
	return f
}

func (f flat) set(addr uint64, p []byte) {
	for len(p) > 0 {
		page, off := &f[addr/PageSize].Page, int(addr%PageSize)
		n := copy(page.Data[off:], p)
		page.Written(off, n)
		addr, p = addr+uint64(n), p[n:]
	}
}

func (f flat) get(addr uint64, n int) []byte {
	b := make([]byte, n)
	for done := 0; done < n; {
		at := addr + uint64(done)
		done += copy(b[done:], f[at/PageSize].Data[at%PageSize:])
	}
	return b
}

func unhex(t testing.TB, s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// interesting makes corner values as common as random ones.
func interesting(rng *rand.Rand) uint64 {
	v := rng.Uint64()
	switch rng.IntN(6) {
	case 0:
		return uint64(int64(int8(v)))
	case 1:
		corners := []uint64{0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0x7fffffff, 0x80000000, 0xffffffff, 1 << 63, 1<<63 - 1, ^uint64(0)}
		return corners[v%uint64(len(corners))]
	}
	return v
}

// differences lists the registers in which two states differ.
func differences(a, b *State) (d []string) {
	names := []string{"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"}
	add := func(name string, x, y any) {
		if x != y {
			d = append(d, fmt.Sprintf("%s %#x, processor %#x", name, x, y))
		}
	}
	for i, n := range names {
		add(n, a.R[i], b.R[i])
	}
	add("rip", a.RIP, b.RIP)
	add("flags", a.Flags, b.Flags)
	add("fs base", a.FSBase, b.FSBase)
	add("gs base", a.GSBase, b.GSBase)
	add("selectors", a.Segment, b.Segment)
	add("mxcsr", a.MXCSR, b.MXCSR)
	for i := range a.X {
		add(fmt.Sprintf("xmm%d", i), a.X[i], b.X[i])
	}
	return d
}
