// Sockets of FreeBSD: addresses that begin with their length, messages, options
// (sys/socket.h, net/if_dl.h).

package syscalls

// freebsdMsghdr is struct msghdr: its lengths are ints.
func (c *Call) freebsdMsghdr(v uint64) (m msghdr, ok bool) {
	if c.ABI.Word == 4 {
		return c.linuxMsghdr(v) // where words are ints, the layouts agree
	}
	p, ok := c.read(v, 48)
	if !ok {
		return m, false
	}
	return msghdr{name: u64(p), namelen: u32(p[8:]), iov: u64(p[16:]), iovlen: uint64(u32(p[24:])),
		control: u64(p[32:]), controllen: uint64(u32(p[40:])), flags: u32(p[44:])}, true
}

func (c *Call) freebsdControl(level, typ uint32, p []byte) {
	c.field(false, "cmsg_data")
	switch {
	case level == bsdSolSocket && typ == 1: // SCM_RIGHTS
		c.ints(p, (*Call).fd)
	case level == 0 && (typ == 65 || typ == 4) && len(p) > 0: // IP_RECVTTL, IP_TTL
		c.udec(uint64(p[0]))
	default:
		c.quote(p[:min(len(p), c.limit())], len(p) > c.limit())
	}
}

// sockaddrLink is struct sockaddr_dl: a name and an address behind one another.
func (c *Call) sockaddrLink(p []byte) {
	c.str(", sdl_index=")
	c.ifindex(uint32(u16(p[2:])))
	c.str(", sdl_type=")
	c.udec(uint64(p[4]))
	name, addr := int(p[5]), int(p[6])
	if data := p[8:]; name > 0 && name <= len(data) {
		c.str(", sdl_name=")
		c.quote(data[:name], false)
	}
	if data := p[8:]; addr > 0 && name+addr <= len(data) {
		c.str(", sdl_addr=")
		c.hexQuote(data[name : name+addr])
	}
}

const bsdSolSocket = 0xffff

var (
	bsdSockType = in(func(c *Call, v uint64) {
		v = uint64(uint32(v))
		c.enumThenFlags(&tBSDSockType, v&0xfffffff, &tBSDSockFlags, v&^0xfffffff)
	})
	bsdSockProto = in(func(c *Call, v uint64) {
		v = uint64(uint32(v))
		switch domain := uint32(c.arg(0)); {
		case v == 0:
			c.byte('0')
		case domain == 2 || domain == 28: // AF_INET, AF_INET6
			c.enum(&tIPProto, v)
		case domain == 38: // AF_NETLINK
			c.enum(&tNetlinkProto, v)
		default:
			c.dec(int64(v))
		}
	})
	bsdOptionTables = map[uint32]*table{0: &tBSDSoIP, 6: &tBSDSoTCP, 41: &tBSDSoIPv6, bsdSolSocket: &tBSDSo}
	bsdSockOpt      = in(func(c *Call, v uint64) {
		if t := bsdOptionTables[uint32(c.arg(1))]; t != nil {
			c.enum(t, uint64(uint32(v)))
			return
		}
		c.dec(int64(int32(v)))
	})
	bsdSockOptIn  = inTruss(in(func(c *Call, v uint64) { c.bsdOption(v, uint64(uint32(c.arg(4)))) }), (*Call).hexAddr)
	bsdSockOptOut = inTruss(out(in(func(c *Call, v uint64) {
		p, ok := c.read(c.arg(4), 4)
		if !ok {
			c.addr(v)
			return
		}
		c.bsdOption(v, uint64(u32(p)))
	})), (*Call).hexAddr)
	// bsdAddrNext is an address whose length is the next argument; truss calls none NULL.
	bsdAddrNext = inTruss(sockaddrNext, func(c *Call, v uint64) {
		if v == 0 {
			c.str("NULL")
			return
		}
		c.sockaddr(v, int64(int32(c.arg(c.reg))))
	})
	bsdAddrOut = inTruss(sockaddrOut, func(c *Call, v uint64) {
		p, ok := c.read(c.arg(c.reg), 4)
		switch {
		case v == 0:
			c.str("NULL")
		case c.failed || !ok:
			c.addr(v)
		default:
			c.sockaddr(v, int64(int32(u32(p))))
		}
	})
	bsdSocklen = inTruss(socklen, (*Call).hexAddr)
	bsdMsgIn   = msghdrIn
	bsdMsgOut  = inTruss(msghdrOut, orAddr(func(c *Call, v uint64) {
		m, ok := c.readMsghdr(v)
		if !ok {
			c.addr(v)
			return
		}
		c.message(&m, uint64(c.Ret), -1)
	}))
)

// bsdOption prints the value of a socket option of n bytes: a linger, a time, a number.
func (c *Call) bsdOption(v, n uint64) {
	p, ok := c.read(v, int(min(n, 256)))
	name := uint32(c.arg(2))
	switch level := uint32(c.arg(1)); {
	case !ok || n == 0:
		c.addr(v)
	case level == bsdSolSocket && name == 0x80 && n == 8: // SO_LINGER
		c.structBody(p, []member{{name: "l_onoff", size: 4, f: fInt}, {name: "l_linger", off: 4, size: 4, f: fInt}})
	case level == bsdSolSocket && (name == 0x1005 || name == 0x1006) && n == uint64(2*c.ABI.Long): // SO_SNDTIMEO, SO_RCVTIMEO
		c.timePair(int64(c.long(p)), int64(c.long(p[c.ABI.Long:])), usecUnit)
	case n == 4:
		c.byte('[')
		c.dec(int64(int32(u32(p))))
		c.byte(']')
	default:
		c.buffer(v, n)
	}
}
