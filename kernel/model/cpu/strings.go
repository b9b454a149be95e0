package cpu

// String instructions. An iteration of a repeated one is a step of its own: it traps,
// faults and counts like an instruction, and RIP stays until the last.

// repeated says whether there is an iteration to do.
func (c *CPU) repeated(o *op) bool {
	return o.rep == 0 || c.counter(o) != 0
}

// again repeats the instruction unless this iteration was the last.
func (c *CPU) again(o *op) {
	if o.rep == 0 {
		return
	}
	c.setCounter(o, c.R[RCX]-1)
	if c.R[RCX] != 0 {
		c.next = c.RIP
	}
}

// againWhile is again for the comparisons: repe goes on while ZF, repne while not.
func (c *CPU) againWhile(o *op) {
	if o.rep == 0 {
		return
	}
	c.setCounter(o, c.R[RCX]-1)
	if c.R[RCX] != 0 && (c.Flags&FlagZF != 0) == (o.rep == 0xf3) {
		c.next = c.RIP
	}
}

// source is the address rsi has in its segment; destination that of rdi, which has none.
func (c *CPU) source(o *op) uint64 { return c.linear(o, c.R[RSI]) }

func (c *CPU) destination(o *op) uint64 {
	if o.a32 {
		return c.R[RDI] & 0xffffffff
	}
	return c.R[RDI]
}

// advance moves rsi or rdi by an element.
func (c *CPU) advance(o *op, r int) {
	step := uint64(o.size)
	if c.Flags&FlagDF != 0 {
		step = -step
	}
	c.R[r&15] += step
	if o.a32 {
		c.R[r&15] &= 0xffffffff
	}
}

func movs(c *CPU, o *op) {
	if !c.repeated(o) {
		return
	}
	v, ok := c.load(c.source(o), o.size)
	if ok && c.store(c.destination(o), o.size, v) {
		c.advance(o, RSI)
		c.advance(o, RDI)
		c.again(o)
	}
}

func stos(c *CPU, o *op) {
	if c.repeated(o) && c.store(c.destination(o), o.size, c.R[RAX]) {
		c.advance(o, RDI)
		c.again(o)
	}
}

func lods(c *CPU, o *op) {
	if !c.repeated(o) {
		return
	}
	if v, ok := c.load(c.source(o), o.size); ok {
		c.put(RAX, o.size, v)
		c.advance(o, RSI)
		c.again(o)
	}
}

func cmps(c *CPU, o *op) {
	if !c.repeated(o) {
		return
	}
	a, ok := c.load(c.source(o), o.size)
	if !ok {
		return
	}
	if b, ok := c.load(c.destination(o), o.size); ok {
		sub(c, o, a, b)
		c.advance(o, RSI)
		c.advance(o, RDI)
		c.againWhile(o)
	}
}

func scas(c *CPU, o *op) {
	if !c.repeated(o) {
		return
	}
	if v, ok := c.load(c.destination(o), o.size); ok {
		sub(c, o, c.get(RAX, o.size), v)
		c.advance(o, RDI)
		c.againWhile(o)
	}
}

func xlat(c *CPU, o *op) {
	if v, ok := c.load(c.linear(o, c.R[RBX]+c.R[RAX]&0xff), 1); ok {
		c.put(RAX, 1, v)
	}
}
