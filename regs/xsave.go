package regs

// The XSAVE area (Intel SDM vol. 1, chapter 13). Its first 512 bytes are the FXSAVE
// image; bytes 464-471, "reserved for software", hold XCR0 in what Linux hands out and
// in the core files of both kernels, and 0 in FreeBSD's PT_GETXSTATE; the header
// follows at 512; the offsets of the components after 576 differ from one processor
// to another, so they are a value: an XSaveLayout.

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
)

// Component is the number of an XSAVE state component (a bit of XCR0).
type Component uint8

// The components that user registers live in.
const (
	X87      Component = 0
	SSE      Component = 1
	AVX      Component = 2
	BndRegs  Component = 3
	BndCSR   Component = 4
	OpMask   Component = 5
	ZMMHi256 Component = 6
	Hi16ZMM  Component = 7
	PKRU     Component = 9

	NComponents = 20
)

var componentNames = [NComponents]string{
	0: "x87", 1: "SSE", 2: "AVX", 3: "MPX", 4: "MPX", 5: "AVX-512", 6: "AVX-512", 7: "AVX-512", 8: "PT",
	9: "protection-key", 10: "PASID", 11: "CET", 12: "CET", 17: "AMX", 18: "AMX", 19: "APX",
}

func (c Component) String() string {
	if int(c) < NComponents && componentNames[c] != "" {
		return componentNames[c]
	}
	return fmt.Sprintf("component %d", uint8(c))
}

// Offsets within an XSAVE area, in bytes.
const (
	xsMXCSR    = 24
	xsMask     = 28 // MXCSR_MASK
	xsXCR0     = 464
	xsLegacy   = 512
	xsBV       = 512
	xsCompBV   = 520 // bit 63: the compacted form
	xsExtended = 576

	initFCW     = 0x37f
	initMXCSR   = 0x1f80
	defaultMask = 0xffbf // when MXCSR_MASK is 0: Intel SDM vol. 1, 11.6.6
)

// XSaveLayout says where the components are in a standard-form XSAVE area. Offsets and
// widths are in bytes; a component of width 0 does not exist.
type XSaveLayout struct {
	Size   int    // of an area with every component of Mask
	Mask   uint64 // components the system has enabled (XCR0)
	Offset [NComponents]int
	Width  [NComponents]int
}

// extent is an offset and a width.
type extent struct{ off, width int }

// newLayout completes the fixed legacy components.
func newLayout(mask uint64, ext map[Component]extent) *XSaveLayout {
	l := &XSaveLayout{Size: xsExtended, Mask: mask & (1<<NComponents - 1)}
	l.Offset[X87], l.Width[X87] = 0, 160
	l.Offset[SSE], l.Width[SSE] = 160, 256
	for c, e := range ext {
		if l.Mask&(1<<c) != 0 {
			l.Offset[c], l.Width[c] = e.off, e.width
			l.Size = max(l.Size, e.off+e.width)
		}
	}
	return l
}

// The two layouts that processors have used for the components through PKRU: with the
// gap of MPX (Intel), and without (AMD; Intel parts since MPX was dropped keep the gap).
var knownLayouts = []map[Component]extent{
	{AVX: {576, 256}, BndRegs: {960, 64}, BndCSR: {1024, 64}, OpMask: {1088, 64},
		ZMMHi256: {1152, 512}, Hi16ZMM: {1664, 1024}, PKRU: {2688, 8}},
	{AVX: {576, 256}, OpMask: {832, 64}, ZMMHi256: {896, 512}, Hi16ZMM: {1408, 1024}, PKRU: {2432, 8}},
	{AVX: {576, 256}, PKRU: {832, 8}},
}

// GuessXSave finds the layout of an area from another machine, which a core file does
// not record, by its size in bytes and its XCR0: the known layout whose enabled
// components end exactly there.
func GuessXSave(size int, xcr0 uint64) (*XSaveLayout, bool) {
	if size == xsLegacy {
		return newLayout(3, nil), true
	}
next:
	for _, ext := range knownLayouts {
		for c := AVX; c < NComponents; c++ {
			if _, ok := ext[c]; !ok && xcr0&(1<<c) != 0 {
				continue next
			}
		}
		if l := newLayout(xcr0, ext); l.Size == size {
			return l, true
		}
	}
	return nil, false
}

// HostXSave is the layout of the processor that runs this program.
var HostXSave = sync.OnceValue(func() *XSaveLayout {
	if _, _, c, _ := cpuid(1, 0); c&(1<<27) == 0 { // OSXSAVE
		return newLayout(3, nil)
	}
	mask := xgetbv()
	ext := map[Component]extent{}
	for c := AVX; c < NComponents; c++ {
		width, off, _, _ := cpuid(0xd, uint32(c)) // Intel SDM vol. 2A, CPUID leaf 0DH
		if mask&(1<<c) != 0 && width != 0 {
			ext[c] = extent{int(off), int(width)}
		}
	}
	return newLayout(mask, ext)
})

// NewXSave is an area of a layout with every component in its initial state.
func NewXSave(l *XSaveLayout) []byte {
	b := make([]byte, l.Size)
	binary.LittleEndian.PutUint16(b, initFCW)
	binary.LittleEndian.PutUint32(b[xsMXCSR:], initMXCSR)
	binary.LittleEndian.PutUint32(b[xsMask:], defaultMask)
	binary.LittleEndian.PutUint64(b[xsXCR0:], l.Mask)
	return b
}

func (s *Set) layout() *XSaveLayout {
	if s.Layout != nil {
		return s.Layout
	}
	return HostXSave()
}

// XCR0 is the mask of components that the thread's system has enabled: what the area
// says, else what the layout says.
func (s *Set) XCR0() uint64 {
	if len(s.XSave) >= xsXCR0+8 {
		if m := binary.LittleEndian.Uint64(s.XSave[xsXCR0:]); m != 0 {
			return m
		}
	}
	return s.layout().Mask
}

// xstateBV is the mask of components whose bytes in the area are valid; the others
// are in their initial state, whatever their bytes say. An FXSAVE image has no
// header and both legacy components.
func (s *Set) xstateBV() uint64 {
	if len(s.XSave) < xsBV+8 {
		return 1<<X87 | 1<<SSE
	}
	return binary.LittleEndian.Uint64(s.XSave[xsBV:])
}

// component finds the bytes of a component in the area.
func (s *Set) component(c Component) ([]byte, error) {
	l := s.layout()
	if l.Width[c] == 0 || s.XCR0()&(1<<c) == 0 {
		return nil, fmt.Errorf("this processor or system has no %v state (XSAVE component %d)", c, uint8(c))
	}
	if len(s.XSave) >= xsExtended && s.XSave[xsCompBV+7]>>7 != 0 {
		return nil, errors.New("the XSAVE area is in the compacted form, which no kernel hands out")
	}
	end := l.Offset[c] + l.Width[c]
	if end > len(s.XSave) || l.Offset[c] < 0 || l.Width[c] < 0 {
		return nil, fmt.Errorf("the XSAVE area has %d bytes and its %v component ends at %d", len(s.XSave), c, end)
	}
	return s.XSave[l.Offset[c]:end:end], nil
}

// initial fills b, which is n bytes at off of a component, with the initial state.
func initial(c Component, off int, b []byte) {
	clear(b)
	if c == X87 && off == 0 {
		binary.LittleEndian.PutUint16(b, initFCW)
	}
}

// readX copies bytes at off of a component out of the area.
func (s *Set) readX(c Component, off int, dst []byte) error {
	b, err := s.component(c)
	if err != nil {
		return err
	}
	if off+len(dst) > len(b) {
		return fmt.Errorf("the %v component of this XSAVE layout has only %d bytes", c, len(b))
	}
	if s.xstateBV()&(1<<c) == 0 {
		initial(c, off, dst)
		return nil
	}
	copy(dst, b[off:])
	return nil
}

// writeX copies bytes into a component and marks it valid; one that was in its
// initial state gets that state's bytes first.
func (s *Set) writeX(c Component, off int, src []byte) error {
	b, err := s.component(c)
	if err != nil {
		return err
	}
	if off+len(src) > len(b) {
		return fmt.Errorf("the %v component of this XSAVE layout has only %d bytes", c, len(b))
	}
	s.validate(c, b)
	copy(b[off:], src)
	return nil
}

// validate sets a component's bit of XSTATE_BV. MXCSR and its mask lie in the middle
// of the x87 bytes and are not x87 state.
func (s *Set) validate(c Component, b []byte) {
	bv := s.xstateBV()
	if bv&(1<<c) != 0 {
		return
	}
	if c == X87 {
		initial(c, 0, b[:xsMXCSR])
		initial(c, 32, b[32:])
	} else {
		initial(c, 0, b)
	}
	binary.LittleEndian.PutUint64(s.XSave[xsBV:], bv|1<<c)
}
