package syscalls

// Netlink of kernel objects: what udevd sends on begins with a header of libudev; the kernel's own is text.

const udevHeader = 40

var udevMembers = []member{{name: "prefix", size: 8, raw: func(c *Call, p []byte) { c.quote(untilNUL(p), false) }}, {name: "magic", off: 8, size: 4, raw: htonlHex},
	{name: "header_size", off: 12, size: 4, f: fUint}, {name: "properties_off", off: 16, size: 4, f: fUint}, {name: "properties_len", off: 20, size: 4, f: fUint},
	{name: "filter_subsystem_hash", off: 24, size: 4, raw: htonlHex}, {name: "filter_devtype_hash", off: 28, size: 4, raw: htonlHex},
	{name: "filter_tag_bloom_hi", off: 32, size: 4, raw: htonlHex}, {name: "filter_tag_bloom_lo", off: 36, size: 4, raw: htonlHex}}

func htonlHex(c *Call, p []byte) {
	c.str("htonl(")
	c.hex(uint64(p[0])<<24 | uint64(p[1])<<16 | uint64(p[2])<<8 | uint64(p[3]))
	c.byte(')')
}

// uevent prints n bytes of a message of udevd or of the kernel.
func (c *Call) uevent(v, n uint64) {
	p, ok := c.read(v, udevHeader)
	if n < udevHeader || !ok || string(untilNUL(p[:8])) != "libudev" {
		c.buffer(v, n)
		return
	}
	if n > udevHeader {
		c.byte('[')
	}
	c.structBody(p, udevMembers)
	if n > udevHeader {
		c.str(", ")
		c.buffer(v+udevHeader, n-udevHeader)
		c.byte(']')
	}
}
