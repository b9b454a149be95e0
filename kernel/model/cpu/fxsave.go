package cpu

// fxsave and fxrstor, which C libraries use around lazy binding. The x87 unit is not
// modeled, so its part of the image is always that of a unit after fninit.

// Offsets in the image, in bytes (Intel SDM vol. 1, table 10-2).
const (
	fxControl = 0
	fxTags    = 4
	fxMXCSR   = 24
	fxMask    = 28
	fxXMM     = 160
	fxUsed    = 416 // what fxsave writes; the rest stays
	fxSize    = 512

	initialControl = 0x37f
)

func (c *CPU) fxsave(o *op) {
	addr := c.ea(o)
	if !c.aligned(addr) || !c.claim(addr, fxSize) {
		return
	}
	var b [fxUsed]byte
	le.PutUint16(b[fxControl:], initialControl)
	le.PutUint32(b[fxMXCSR:], c.MXCSR)
	le.PutUint32(b[fxMask:], c.MXCSRMask)
	for i, x := range c.X {
		le.PutUint64(b[fxXMM+16*i:], x[0])
		le.PutUint64(b[fxXMM+16*i+8:], x[1])
	}
	c.storeBytes(addr, b[:])
}

func (c *CPU) fxrstor(o *op) {
	addr := c.ea(o)
	if !c.aligned(addr) {
		return
	}
	var b [fxSize]byte
	if !c.loadBytes(addr, b[:]) {
		return
	}
	csr := le.Uint32(b[fxMXCSR:])
	switch {
	case csr&^c.MXCSRMask != 0:
		c.raise(Protection)
		return
	case le.Uint16(b[fxControl:]) != initialControl || le.Uint16(b[fxTags:]) != 0:
		unsupported(c, o)
		return
	}
	c.MXCSR = csr
	for i := range c.X {
		c.X[i] = XMM{le.Uint64(b[fxXMM+16*i:]), le.Uint64(b[fxXMM+16*i+8:])}
	}
}
