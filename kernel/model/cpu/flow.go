package cpu

// The stack and the flow of control.

// push stores a value below the stack; the new RSP is set only if that succeeds.
func (c *CPU) push(o *op, v uint64) bool {
	sp := c.R[RSP] - uint64(o.size)
	if !c.store(sp, o.size, v) {
		c.stackFault()
		return false
	}
	c.R[RSP] = sp
	return true
}

// top is the value at the top of the stack.
func (c *CPU) onTop(o *op) (uint64, bool) {
	v, ok := c.load(c.R[RSP], o.size)
	if !ok {
		c.stackFault()
	}
	return v, ok
}

// stackFault makes an address that is not canonical the #SS that it is on the stack.
func (c *CPU) stackFault() {
	if c.trap.Kind == Protection {
		c.trap.Kind = StackFault
	}
}

func pushReg(c *CPU, o *op) { c.push(o, c.get(o.rm, o.size)) }
func pushImm(c *CPU, o *op) { c.push(o, o.imm) }

func pushRM(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		c.push(o, v)
	}
}

func popReg(c *CPU, o *op) {
	if v, ok := c.onTop(o); ok {
		c.R[RSP] += uint64(o.size)
		c.put(o.rm, o.size, v)
	}
}

// popMem computes an address relative to rsp after it has moved.
func popMem(c *CPU, o *op) {
	v, ok := c.onTop(o)
	if !ok {
		return
	}
	c.R[RSP] += uint64(o.size)
	if !o.mem {
		c.put(o.rm, o.size, v)
	} else if !c.store(c.ea(o), o.size, v) {
		c.R[RSP] -= uint64(o.size)
	}
}

// enter's first immediate is the frame's size; a second byte, the nesting level, is read
// by decode as part of it.
func enter(c *CPU, o *op) {
	size, level := o.imm&0xffff, o.imm>>16&31
	sp, bp := c.R[RSP]-uint64(o.size), c.R[RBP]
	if !c.storeStack(sp, o.size, bp) {
		return
	}
	frame := sp
	for i := uint64(1); i < level; i++ {
		bp -= uint64(o.size)
		v, ok := c.load(bp, o.size)
		if sp -= uint64(o.size); !ok || !c.storeStack(sp, o.size, v) {
			c.stackFault()
			return
		}
	}
	if level > 0 {
		if sp -= uint64(o.size); !c.storeStack(sp, o.size, frame) {
			return
		}
	}
	sp -= size
	if !c.claim(sp, uint64(o.size)) { // the frame must be writable where it ends
		c.stackFault()
		return
	}
	c.put(RBP, o.size, frame)
	c.R[RSP] = sp
}

func (c *CPU) storeStack(addr uint64, n uint8, v uint64) bool {
	ok := c.store(addr, n, v)
	if !ok {
		c.stackFault()
	}
	return ok
}

func leave(c *CPU, o *op) {
	v, ok := c.load(c.R[RBP], o.size)
	if !ok {
		c.stackFault()
		return
	}
	c.R[RSP] = c.R[RBP] + uint64(o.size)
	c.put(RBP, o.size, v)
}

// branch goes to an address; one that is not canonical faults here and not there.
func (c *CPU) branch(to uint64) bool {
	if !canonical(to) {
		c.raise(Protection)
		return false
	}
	c.next = to
	return true
}

func jmp(c *CPU, o *op) { c.branch(c.next + o.imm) }

func jcc(c *CPU, o *op) {
	if c.cond(o.cc) {
		c.branch(c.next + o.imm)
	}
}

func jmpRM(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		c.branch(v)
	}
}

func (c *CPU) callTo(o *op, to uint64) {
	back, sp := c.next, c.R[RSP]-uint64(o.size)
	if !c.claim(sp, uint64(o.size)) { // faults before a bad target does
		c.stackFault()
	} else if c.branch(to) {
		c.push(o, back)
	}
}

func call(c *CPU, o *op) { c.callTo(o, c.next+o.imm) }

func callRM(c *CPU, o *op) {
	if v, ok := c.rmValue(o); ok {
		c.callTo(o, v)
	}
}

func ret(c *CPU, o *op) {
	if v, ok := c.onTop(o); ok && c.branch(v) {
		c.R[RSP] += uint64(o.size) + o.imm
	}
}

// counter is rcx, or ecx with 32-bit addresses.
func (c *CPU) counter(o *op) uint64 {
	if o.a32 {
		return c.R[RCX] & 0xffffffff
	}
	return c.R[RCX]
}

func (c *CPU) setCounter(o *op, v uint64) {
	if o.a32 {
		v &= 0xffffffff
	}
	c.R[RCX] = v
}

// loop is loopne (cc 0), loope (1) and loop (2). A rep prefix changes the condition of
// the first two on AMD processors, and nothing on Intel's.
func loop(c *CPU, o *op) {
	if o.rep != 0 && o.cc != 2 {
		unsupported(c, o)
		return
	}
	old := c.R[RCX]
	c.setCounter(o, old-1)
	zf := c.Flags&FlagZF != 0
	if c.R[RCX] != 0 && (o.cc == 2 || zf == (o.cc == 1)) && !c.branch(c.next+o.imm) {
		c.R[RCX] = old
	}
}

func jrcxz(c *CPU, o *op) {
	if c.counter(o) == 0 {
		c.branch(c.next + o.imm)
	}
}

// Flags.

// popMask is the flags that popf changes in user mode with IOPL 0.
const popMask = arith | FlagTF | FlagDF | FlagNT | FlagAC | FlagID

func pushf(c *CPU, o *op) { c.push(o, c.Flags&^(FlagRF|flagVM)) }

func popf(c *CPU, o *op) {
	v, ok := c.onTop(o)
	if !ok {
		return
	}
	c.R[RSP] += uint64(o.size)
	c.setFlags(v, popMask&o.mask)
}

// setFlags changes the flags of a mask; AC takes effect at once.
func (c *CPU) setFlags(v, mask uint64) {
	c.Flags = c.Flags&^mask | v&mask | flagFixed
	c.ac = 0
	if c.Flags&FlagAC != 0 {
		c.ac = ^uint64(0)
	}
}

func sahf(c *CPU, o *op) {
	const low = FlagCF | FlagPF | FlagAF | FlagZF | FlagSF
	c.Flags = c.Flags&^low | c.R[RAX]>>8&low
}

func lahf(c *CPU, o *op) { c.put(highByte+RAX, 1, c.Flags&0xd5|flagFixed) }

func clc(c *CPU, o *op) { c.Flags &^= FlagCF }
func stc(c *CPU, o *op) { c.Flags |= FlagCF }
func cmc(c *CPU, o *op) { c.Flags ^= FlagCF }
func cld(c *CPU, o *op) { c.Flags &^= FlagDF }
func std(c *CPU, o *op) { c.Flags |= FlagDF }

// iret returns within user mode: another code or stack segment is not modeled.
func iret(c *CPU, o *op) {
	if o.size != 8 {
		unsupported(c, o)
		return
	}
	if c.Flags&FlagNT != 0 { // a task return, which 64-bit mode does not have
		c.raise(Protection)
		return
	}
	var v [5]uint64 // rip, cs, rflags, rsp, ss
	for i := range v {
		var ok bool
		if v[i], ok = c.load(c.R[RSP]+8*uint64(i), 8); !ok {
			c.stackFault()
			return
		}
	}
	if uint16(v[1]) != c.Segment[CS] || uint16(v[4]) != c.Segment[SS] {
		unsupported(c, o)
		return
	}
	if c.branch(v[0]) {
		c.R[RSP] = v[3]
		c.setFlags(v[2], popMask|FlagRF)
	}
}
