// Sockets: addresses, messages with their ancillary data, options.

package syscalls

import "net/netip"

var sockType = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	switch n := tSockType.find(v & 0xf); {
	case v&0xf == 0:
		c.flags(&tSockFlags, v)
	case n == "" && v&(0o2000000|0o4000) != 0: // SOCK_CLOEXEC, SOCK_NONBLOCK
		c.flags(&tSockFlags, v)
	case n == "":
		c.enum(&tSockType, v)
	default:
		c.enumThenFlags(&tSockType, v&0xf, &tSockFlags, v&^0xf)
	}
})

// enumThenFlags prints a number that is an enum in its low bits and flags above them.
func (c *Call) enumThenFlags(e *table, ev uint64, f *table, fv uint64) {
	if ev == 0 && e.find(0) == "" {
		c.flags(f, fv)
		return
	}
	c.enum(e, ev)
	if fv != 0 {
		c.byte('|')
		c.flags(f, fv)
	}
}

// sockProto prints the protocol of the family in the first argument.
var sockProto = in(func(c *Call, whole uint64) {
	v := uint64(uint32(whole))
	switch uint32(c.arg(0)) {
	case 2, 10: // AF_INET, AF_INET6
		c.enum(&tIPProto, v)
	case 16: // AF_NETLINK
		c.enum(&tNetlinkProto, v)
	case 17: // AF_PACKET
		c.str("htons(")
		c.hex(v>>8&0xff | v&0xff<<8)
		c.byte(')')
	default:
		c.udec(whole)
	}
})

var sockaddrNext = in(func(c *Call, v uint64) { c.sockaddr(v, int64(int32(c.arg(c.reg)))) })

// sockaddrOut is an address the kernel fills in; the int that the next argument points to
// says how much there is room for before the call and how long it is after.
var sockaddrOut = kind{out: true,
	note: func(c *Call, _ uint64) { c.noteNumber(c.arg(c.reg), 4) },
	f: func(c *Call, v uint64) {
		p, ok := c.read(c.arg(c.reg), 4)
		if c.failed || !ok || c.saved[1] == 0 {
			c.addr(v)
			return
		}
		c.sockaddr(v, min(int64(int32(u32(p))), int64(int32(c.saved[0]))))
	}}

// socklen is that int: [16], or [128 => 16].
var socklen = kind{out: true, f: func(c *Call, v uint64) {
	p, ok := c.read(v, 4)
	if !ok || c.saved[1] == 0 || c.noAddress() {
		c.addr(v)
		return
	}
	before, after := int64(int32(c.saved[0])), int64(int32(u32(p)))
	c.byte('[')
	c.dec(before)
	if !c.failed && before != after {
		c.str(" => ")
		c.dec(after)
	}
	c.byte(']')
}}

// noAddress reports whether the program did not want the address, so that its length means
// nothing; getsockopt's value may be missing all the same.
func (c *Call) noAddress() bool { return c.arg(c.reg-2) == 0 && c.row.Name != "getsockopt" }

// sockaddr prints an address of n bytes.
func (c *Call) sockaddr(v uint64, n int64) {
	if n < 2 || v == 0 {
		c.addr(v)
		return
	}
	p, ok := c.read(v, int(min(n, 128)))
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "sa_family")
	family := u16(p)
	c.enum(&tAF, uint64(family))
	rest := p[2:]
	switch {
	case family == 1 && len(rest) > 0:
		c.unixName(rest)
	case family == 2 && len(p) >= 8:
		c.str(", sin_port=")
		c.port(p[2:])
		c.str(`, sin_addr=inet_addr("`)
		c.b = netip.AddrFrom4([4]byte(p[4:8])).AppendTo(c.b)
		c.str(`")`)
	case family == 10 && len(p) >= 24:
		c.sockaddrIn6(p)
	case family == 16 && len(p) >= 12:
		c.str(", nl_pid=")
		c.udec(uint64(u32(p[4:])))
		c.str(", nl_groups=")
		c.b = appendHex8(c.b, u32(p[8:]))
	case family == 17 && len(p) >= 12:
		c.sockaddrLL(p)
	case family == 40 && len(p) >= 16:
		c.str(", svm_cid=")
		c.vsockCID(u32(p[8:]))
		c.str(", svm_port=")
		c.hex(uint64(u32(p[4:])))
	default:
		if len(rest) > 0 {
			c.str(", sa_data=")
			c.quote(rest, false)
		}
	}
	c.byte('}')
}

// port prints a port in network order.
func (c *Call) port(p []byte) {
	c.str("htons(")
	c.udec(uint64(p[0])<<8 | uint64(p[1]))
	c.byte(')')
}

// unixName prints the path of a local socket; one that starts with NUL is in the abstract
// name space and has no end but its length.
func (c *Call) unixName(p []byte) {
	c.str(", sun_path=")
	if p[0] == 0 && len(p) > 1 {
		c.byte('@')
		c.quote(p[1:], false)
		return
	}
	c.quote(untilNUL(p), false)
}

func (c *Call) sockaddrIn6(p []byte) {
	c.str(", sin6_port=")
	c.port(p[2:])
	c.str(", sin6_flowinfo=htonl(")
	c.udec(uint64(p[4])<<24 | uint64(p[5])<<16 | uint64(p[6])<<8 | uint64(p[7]))
	c.str(`), inet_pton(AF_INET6, "`)
	c.b = netip.AddrFrom16([16]byte(p[8:24])).AppendTo(c.b)
	c.str(`", &sin6_addr)`)
	if len(p) >= 28 {
		c.str(", sin6_scope_id=")
		c.udec(uint64(u32(p[24:])))
	}
}

func (c *Call) sockaddrLL(p []byte) {
	c.str(", sll_protocol=htons(")
	c.hex(uint64(p[2])<<8 | uint64(p[3]))
	c.str("), sll_ifindex=")
	c.dec(int64(int32(u32(p[4:]))))
	c.str(", sll_hatype=")
	c.hex(uint64(u16(p[8:])))
	c.str(", sll_pkttype=")
	c.hex(uint64(p[10]))
	c.str(", sll_halen=")
	c.dec(int64(p[11]))
	if n := min(int(p[11]), len(p)-12); n > 0 {
		c.str(", sll_addr=[")
		for i, b := range p[12 : 12+n] {
			if i > 0 {
				c.str(", ")
			}
			c.b = append(c.b, '0', 'x', hexDigits[b>>4], hexDigits[b&15])
		}
		c.byte(']')
	}
}

func (c *Call) vsockCID(v uint32) {
	switch v {
	case 0xffffffff:
		c.str("VMADDR_CID_ANY")
	case 0:
		c.str("VMADDR_CID_HYPERVISOR")
	case 1:
		c.str("VMADDR_CID_LOCAL")
	case 2:
		c.str("VMADDR_CID_HOST")
	default:
		c.hex(uint64(v))
	}
}

func appendHex8(b []byte, v uint32) []byte {
	b = append(b, '0', 'x')
	for i := 28; i >= 0; i -= 4 {
		b = append(b, hexDigits[v>>i&15])
	}
	return b
}

// Vectors of buffers.
var (
	iovecNext = in(func(c *Call, v uint64) { c.iovecs(v, c.arg(c.reg), ^uint64(0)) })
	iovecRet  = atExit(in(func(c *Call, v uint64) {
		if c.failed {
			c.iovecList(v, c.arg(c.reg), 0, false)
			return
		}
		c.iovecs(v, c.arg(c.reg), uint64(c.Ret))
	}))
	iovecAddrs = in(func(c *Call, v uint64) { c.iovecList(v, c.arg(c.reg), 0, false) })
)

// iovecs prints n buffers of which total bytes count altogether.
func (c *Call) iovecs(v, n, total uint64) { c.iovecList(v, n, total, true) }

func (c *Call) iovecList(v, n, total uint64, data bool) {
	w := c.ABI.Word
	c.list(v, n, 2*w, func(c *Call, p []byte) {
		base, size := c.word(p), c.word(p[w:])
		c.field(true, "iov_base")
		switch {
		case !data:
			c.addr(base)
		default:
			show := min(size, total)
			if total != ^uint64(0) {
				total -= show
			}
			c.buffer(base, show)
		}
		c.field(false, "iov_len")
		c.udec(size)
		c.byte('}')
	})
}

// msghdr is struct msghdr in the ABI's widths.
type msghdr struct {
	name, iov, iovlen, control, controllen uint64
	namelen, flags                         uint32
}

func (c *Call) readMsghdr(v uint64) (m msghdr, ok bool) {
	if c.ABI.Word == 4 {
		p, ok := c.read(v, 28)
		if !ok {
			return m, false
		}
		return msghdr{name: uint64(u32(p)), namelen: u32(p[4:]), iov: uint64(u32(p[8:])), iovlen: uint64(u32(p[12:])),
			control: uint64(u32(p[16:])), controllen: uint64(u32(p[20:])), flags: u32(p[24:])}, true
	}
	p, ok := c.read(v, 56)
	if !ok {
		return m, false
	}
	return msghdr{name: u64(p), namelen: u32(p[8:]), iov: u64(p[16:]), iovlen: u64(p[24:]),
		control: u64(p[32:]), controllen: u64(p[40:]), flags: u32(p[48:])}, true
}

// message prints a msghdr of which total bytes of data count; namelen is that of before the
// call when it received, or -1.
func (c *Call) message(m *msghdr, total uint64, namelen int64) {
	c.field(true, "msg_name")
	n := int64(int32(m.namelen))
	if namelen >= 0 {
		n = min(n, namelen)
	}
	c.sockaddr(m.name, n)
	c.field(false, "msg_namelen")
	if namelen >= 0 && namelen != int64(int32(m.namelen)) {
		c.dec(namelen)
		c.str(" => ")
	}
	c.dec(int64(int32(m.namelen)))
	c.field(false, "msg_iov")
	c.iovecs(m.iov, m.iovlen, total)
	c.field(false, "msg_iovlen")
	c.udec(m.iovlen)
	if m.control != 0 || m.controllen != 0 {
		if m.controllen > 0 {
			c.field(false, "msg_control")
			c.control(m.control, m.controllen)
		}
	}
	c.field(false, "msg_controllen")
	c.udec(m.controllen)
	c.field(false, "msg_flags")
	c.flags(&tMsg, uint64(m.flags))
	c.byte('}')
}

// control prints ancillary data (cmsg(3)).
func (c *Call) control(v, n uint64) {
	w := c.ABI.Word
	head := w + 8
	p, ok := c.read(v, int(min(n, pageSize)))
	if !ok || len(p) < head {
		c.addr(v)
		return
	}
	c.byte('[')
	for first := true; len(p) >= head; first = false {
		size := c.word(p)
		level, typ := u32(p[w:]), u32(p[w+4:])
		if !first {
			c.str(", ")
		}
		c.field(true, "cmsg_len")
		c.udec(size)
		c.field(false, "cmsg_level")
		c.enum(&tSockLevel, uint64(level))
		c.field(false, "cmsg_type")
		if level == 1 {
			c.enum(&tScm, uint64(typ))
		} else {
			c.hex(uint64(typ))
		}
		end := min(size, uint64(len(p)))
		if size > uint64(head) && end >= uint64(head) {
			c.field(false, "cmsg_data")
			c.controlData(level, typ, p[head:end])
		}
		c.byte('}')
		step := (size + uint64(w) - 1) &^ (uint64(w) - 1)
		if size < uint64(head) || step >= uint64(len(p)) {
			break
		}
		p = p[step:]
	}
	c.byte(']')
}

func (c *Call) controlData(level, typ uint32, p []byte) {
	switch {
	case level == 1 && typ == 1: // SCM_RIGHTS
		c.byte('[')
		for i := 0; i+4 <= len(p); i += 4 {
			if i > 0 {
				c.str(", ")
			}
			c.fd(uint64(u32(p[i:])))
		}
		c.byte(']')
	case level == 1 && typ == 2 && len(p) >= 12: // SCM_CREDENTIALS
		c.ucred(p)
	default:
		c.quote(p[:min(len(p), c.limit())], len(p) > c.limit())
	}
}

func (c *Call) ucred(p []byte) {
	c.field(true, "pid")
	c.dec(int64(int32(u32(p))))
	c.field(false, "uid")
	c.uid(uint64(u32(p[4:])))
	c.field(false, "gid")
	c.uid(uint64(u32(p[8:])))
	c.byte('}')
}

var msghdrIn = in(func(c *Call, v uint64) {
	m, ok := c.readMsghdr(v)
	if !ok {
		c.addr(v)
		return
	}
	c.message(&m, ^uint64(0), -1)
})

var msghdrOut = kind{out: true,
	note: func(c *Call, v uint64) {
		if m, ok := c.readMsghdr(v); ok {
			c.saved[0], c.saved[1] = uint64(m.namelen), 1
		}
	},
	f: func(c *Call, v uint64) {
		m, ok := c.readMsghdr(v)
		switch {
		case !ok:
			c.addr(v)
		case c.failed:
			// What was not received is not shown, but where it would have gone.
			c.str("{msg_namelen=")
			c.dec(int64(int32(m.namelen)))
			c.byte('}')
		default:
			c.message(&m, uint64(c.Ret), int64(int32(c.saved[0])))
		}
	}}

// mmsg prints n messages of struct mmsghdr; lens says whether their lengths are known.
func (c *Call) mmsg(v uint64, n int64, received bool) {
	if n < 0 {
		c.addr(v)
		return
	}
	width := 64
	if c.ABI.Word == 4 {
		width = 32
	}
	i := uint64(0)
	c.list(v, uint64(n), width, func(c *Call, p []byte) {
		m, ok := c.readMsghdr(v + i*uint64(width))
		i++
		if !ok {
			return
		}
		sent := uint64(u32(p[width-width/8:]))
		c.field(true, "msg_hdr")
		total := ^uint64(0)
		if received {
			total = sent
		}
		c.message(&m, total, -1)
		if c.exit {
			c.field(false, "msg_len")
			c.udec(sent)
		}
		c.byte('}')
	})
}

var (
	mmsgSend = kind{out: true, f: func(c *Call, v uint64) {
		if c.failed {
			c.mmsgFailed(v)
			return
		}
		c.mmsg(v, c.Ret, false)
	}}
	mmsgRecv = kind{out: true, f: func(c *Call, v uint64) {
		if c.failed {
			c.addr(v)
			return
		}
		c.mmsg(v, c.Ret, true)
	}}
)

// mmsgFailed prints the messages of which none was sent, without lengths.
func (c *Call) mmsgFailed(v uint64) {
	c.exit = false
	c.mmsg(v, int64(uint32(c.arg(2))), false)
	c.exit = true
}

// Options of sockets.
var optionTables = map[uint32]*table{0: &tSoIP, 1: &tSoSocket, 6: &tSoTCP, 17: &tSoUDP, 41: &tSoIPv6, 255: &tSoRaw, 263: &tSoPacket, 270: &tSoNetlink}

var sockOpt = in(func(c *Call, v uint64) {
	if t := optionTables[uint32(c.arg(1))]; t != nil {
		c.enum(t, uint64(uint32(v)))
		return
	}
	c.udec(uint64(uint32(v)))
})

var sockOptIn = in(func(c *Call, v uint64) { c.option(v, int64(int32(c.arg(4)))) })

var sockOptOut = kind{out: true,
	note: func(c *Call, _ uint64) { c.noteNumber(c.arg(4), 4) },
	f: func(c *Call, v uint64) {
		p, ok := c.read(c.arg(4), 4)
		if c.failed || !ok {
			c.addr(v)
			return
		}
		c.option(v, int64(int32(u32(p))))
	}}

var socklenOpt = socklen

// option prints the value of a socket option of n bytes: the structures people meet, an int
// in brackets, or bytes.
func (c *Call) option(v uint64, n int64) {
	level, name := uint32(c.arg(1)), uint32(c.arg(2))
	if n <= 0 || v == 0 {
		c.addr(v)
		return
	}
	p, ok := c.read(v, int(min(n, 256)))
	if !ok {
		c.addr(v)
		return
	}
	switch {
	case level == 1 && name == 13 && n >= 8: // SO_LINGER
		c.field(true, "l_onoff")
		c.dec(int64(int32(u32(p))))
		c.field(false, "l_linger")
		c.dec(int64(int32(u32(p[4:]))))
		c.byte('}')
	case level == 1 && name == 17 && n >= 12: // SO_PEERCRED
		c.ucred(p)
	case level == 1 && (name == 20 || name == 21) && int(n) >= 2*c.ABI.Long: // SO_RCVTIMEO, SO_SNDTIMEO
		c.timeAt(v, c.ABI.Long, usecUnit)
	case level == 1 && (name == 38 || name == 39 || name == 4) && n >= 4:
		c.byte('[')
		c.socketFact(name, u32(p))
		c.byte(']')
	case level == 1 && name == 25, level == 6 && name == 13: // SO_BINDTODEVICE, TCP_CONGESTION
		c.quote(untilNUL(p), false)
	case n == 4:
		c.byte('[')
		c.dec(int64(int32(u32(p))))
		c.byte(']')
	default:
		c.buffer(v, uint64(n))
	}
}

// socketFact prints the value of SO_TYPE, SO_ERROR, SO_PROTOCOL or SO_DOMAIN by name.
func (c *Call) socketFact(option, v uint32) {
	switch option {
	case 3:
		c.enum(&tSockType, uint64(v))
	case 39:
		c.enum(&tAF, uint64(v))
	case 38:
		c.enum(&tIPProto, uint64(v))
	default:
		if r := c.ABI.OS.Errno(int(v)); r != nil {
			c.str(r.Name)
		} else {
			c.udec(uint64(v))
		}
	}
}
