package cpu

// What integer code does with the x87 unit: it looks at its control word and puts it back.
// The unit itself is not modeled; it is always as after fninit.

// fpu9 is the instructions of d9: fnstcw, and fldcw of what is there.
func fpu9(c *CPU, o *op) {
	switch digit := o.reg & 7; {
	case o.mem && digit == 7 && !o.lock:
		c.store(c.ea(o), 2, initialControl)
	case o.mem && digit == 5 && !o.lock:
		if v, ok := c.load(c.ea(o), 2); ok && v != initialControl {
			unsupported(c, o)
		}
	default:
		unsupported(c, o)
	}
}

func init() { oneByte[0xd9] = row{name: "fpu9", run: fpu9, f: fM} }
