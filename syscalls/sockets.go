// Sockets: addresses, messages with their ancillary data, options.

package syscalls

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
	case afNetlink:
		c.enum(&tNetlinkProto, v)
	case 17: // AF_PACKET
		c.str("htons(")
		c.enum(&tEtherType, v>>8&0xff|v&0xff<<8)
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

// Who accepts without wanting to know of whom is seen to do so at once.
var (
	acceptAddr = unlessNull(1, sockaddrOut)
	acceptLen  = unlessNull(1, socklen)
)

// unlessNull makes an argument wait for the exit only where register i is not null.
func unlessNull(i int, k kind) kind {
	k.out, k.late = false, func(c *Call) bool { return c.arg(i) != 0 }
	return k
}

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
			c.iovecList(v, c.arg(c.reg), 0, nil)
			return
		}
		c.iovecs(v, c.arg(c.reg), uint64(c.Ret))
	}))
	iovecAddrs = in(func(c *Call, v uint64) { c.iovecList(v, c.arg(c.reg), 0, nil) })
)

// iovecs prints n buffers of which total bytes count altogether.
func (c *Call) iovecs(v, n, total uint64) { c.iovecList(v, n, total, (*Call).buffer) }

// iovecList is iovecs with what shows a buffer's data; nil shows where it is.
func (c *Call) iovecList(v, n, total uint64, data func(c *Call, v, n uint64)) {
	w := c.ABI.Word
	c.list(v, n, 2*w, func(c *Call, p []byte) {
		base, size := c.word(p), c.word(p[w:])
		c.str(c.form.iovec[0])
		switch {
		case data == nil:
			c.addr(base)
		default:
			show := min(size, total)
			if total != ^uint64(0) {
				total -= show
			}
			data(c, base, show)
		}
		c.str(c.form.iovec[1])
		c.udec(size)
		c.byte('}')
	})
}

// sockData prints n bytes that are sent or received by the socket in the first argument.
func (c *Call) sockData(v, n uint64) {
	if proto := c.netlinkOf(int32(c.arg(0))); proto >= 0 && v != 0 {
		c.netlink(proto, v, n)
		return
	}
	c.buffer(v, n)
}

// msghdr is struct msghdr in the ABI's widths.
type msghdr struct {
	name, iov, iovlen, control, controllen uint64
	namelen, flags                         uint32
}

func (c *Call) readMsghdr(v uint64) (m msghdr, ok bool) { return c.sys().msghdr(c, v) }

func (c *Call) linuxMsghdr(v uint64) (m msghdr, ok bool) {
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
func (c *Call) message(m *msghdr, total uint64, namelen int64) { c.form.message(c, m, total, namelen) }

func (c *Call) messageFields(m *msghdr, total uint64, namelen int64) {
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
	data := (*Call).buffer
	if name, ok := c.read(m.name, 2); n >= 2 && ok && u16(name) == afNetlink {
		data = (*Call).sockData
	}
	c.iovecList(m.iov, m.iovlen, total, data)
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
	c.flags(c.sys().msgFlags, uint64(m.flags))
	c.byte('}')
}

// controlLimit is the most ancillary data that the kernel takes: net.core.optmem_max.
const controlLimit = 131072

// control prints ancillary data (cmsg(3)).
func (c *Call) control(v, n uint64) {
	w := c.ABI.Word
	sys := c.sys()
	head, lenWidth := sys.cmsgHead(w), sys.cmsgLen(w)
	p, ok := c.read(v, int(min(n, controlLimit)))
	if !ok || len(p) < head {
		c.addr(v)
		return
	}
	at, cut, broken := v, n > controlLimit, false
	c.byte('[')
	for first := true; len(p) >= head; first = false {
		size := number(p[:lenWidth])
		level, typ := u32(p[lenWidth:]), u32(p[lenWidth+4:])
		if !first {
			c.str(", ")
		}
		c.field(true, "cmsg_len")
		c.udec(size)
		c.field(false, "cmsg_level")
		c.enum(sys.levels, uint64(level))
		c.field(false, "cmsg_type")
		if t := sys.cmsgs[level]; t != nil {
			c.enum(t, uint64(typ))
		} else {
			c.hex(uint64(typ))
		}
		end := min(size, uint64(len(p)))
		if end > uint64(head) {
			sys.cmsgData(c, level, typ, p[head:end])
		}
		c.byte('}')
		step := (end + uint64(w) - 1) &^ (uint64(w) - 1)
		if broken = size < uint64(head); broken {
			step = uint64(head)
		}
		at, p = at+step, p[min(step, uint64(len(p))):]
		if broken {
			break
		}
	}
	switch {
	case cut:
		c.str(", ...")
	case len(p) > 0 && (len(p) < head || broken):
		c.str(", ... /* ")
		c.addr(at)
		c.str(" */")
	}
	c.byte(']')
}

// tIPCmsg are the types of SOL_IP, among which strace has one that is not of it.
var tIPCmsg = table{tSoIP.unknown, append([]name{{3, "SCM_SECURITY"}}, tSoIP.names...)}

// cmsgTypes are the types of ancillary data by level.
var cmsgTypes = map[uint32]*table{solSocket: &tScm, solIP: &tIPCmsg}

var (
	cmsgPktInfo = []member{{name: "ipi_ifindex", size: 4, f: fIfindex}, {name: "ipi_spec_dst", off: 4, size: 4, raw: (*Call).in4},
		{name: "ipi_addr", off: 8, size: 4, raw: (*Call).in4}}
)

// controlData prints the data of one message.
func (c *Call) controlData(level, typ uint32, p []byte) {
	start := len(c.b)
	c.field(false, "cmsg_data")
	switch {
	case level == solSocket && typ == 1 && len(p) < 4:
		c.b = c.b[:start]
	case level == solSocket && typ == 1: // SCM_RIGHTS
		c.ints(p, (*Call).fd)
	case level == solSocket && typ == 2 && len(p) >= 12: // SCM_CREDENTIALS
		c.ucred(p)
	case level == solIP && typ == 8 && len(p) >= 12: // IP_PKTINFO
		c.structBody(p, cmsgPktInfo)
	case level == solIP && (typ == 2 || typ == 12) && len(p) >= 4: // IP_TTL
		c.ints(p[:4], fUint)
	case level == solSocket && scmTimes[typ].n > 0:
		c.scmTimes(scmTimes[typ], p)
	case level == solIP && typ == 23 && len(p) >= 4: // IP_CHECKSUM
		c.ints(p[:4], fUint)
	case level == solIP && typ == 20 && len(p) >= 16: // IP_ORIGDSTADDR
		c.form.sockaddr(c, p)
	case level == solIP && typ == 11 && len(p) >= 32: // IP_RECVERR
		c.recvErr(p)
	case level == solIP && (typ == 6 || typ == 7): // IP_RECVOPTS, IP_RETOPTS
		c.hexBytes(p)
	case level == solIP && (typ == 1 || typ == 13): // IP_TOS
		c.byte('[')
		c.hex(uint64(p[0]))
		c.byte(']')
	default:
		c.quote(p[:min(len(p), c.limit())], len(p) > c.limit())
	}
}

// cmsgRecvErr is struct sock_extended_err, and behind it the address of who reported the error.
var cmsgRecvErr = []member{{name: "ee_errno", size: 4, f: fUint}, {name: "ee_origin", off: 4, size: 1, f: fUint}, {name: "ee_type", off: 5, size: 1, f: fUint},
	{name: "ee_code", off: 6, size: 1, f: fUint}, {name: "ee_info", off: 8, size: 4, f: fUint}, {name: "ee_data", off: 12, size: 4, f: fUint}}

func (c *Call) recvErr(p []byte) {
	c.byte('{')
	c.someMembers(p, cmsgRecvErr, true)
	c.field(false, "offender")
	c.form.sockaddr(c, p[16:32])
	c.byte('}')
}

// scmTime is how many times a message of SOL_SOCKET has, how wide their numbers are, and of which unit.
type scmTime struct {
	n    int
	wide bool // 8 bytes in every program
	unit string
}

var scmTimes = map[uint32]scmTime{29: {1, false, usecUnit}, 35: {1, false, nsecUnit}, 37: {3, false, nsecUnit}, 63: {1, true, usecUnit}, 64: {1, true, nsecUnit}, 65: {3, true, nsecUnit}}

func (c *Call) scmTimes(t scmTime, p []byte) {
	w := c.ABI.Long
	if t.wide {
		w = 8
	}
	if len(p) < 2*w*t.n {
		c.str("???")
		return
	}
	if t.n > 1 {
		c.byte('[')
	}
	for i := range t.n {
		if i > 0 {
			c.str(", ")
		}
		q := p[2*w*i:]
		if w == 4 {
			c.timePair(int64(int32(u32(q))), int64(int32(u32(q[4:]))), t.unit)
		} else {
			c.timePair(int64(u64(q)), int64(u64(q[8:])), t.unit)
		}
	}
	if t.n > 1 {
		c.byte(']')
	}
}

// hexBytes prints an array of bytes: [0x1, 0].
func (c *Call) hexBytes(p []byte) {
	limit := c.limit()
	if c.opts.Verbose {
		limit = readLimit
	}
	c.byte('[')
	for i, b := range p {
		if i > 0 {
			c.str(", ")
		}
		if i >= limit {
			c.str("...")
			break
		}
		c.hex(uint64(b))
	}
	c.byte(']')
}

// ints prints an array of ints, as many as -s permits.
func (c *Call) ints(p []byte, f format) {
	limit := c.limit()
	if c.opts.Verbose {
		limit = readLimit
	}
	c.byte('[')
	for i := 0; 4*i+4 <= len(p); i++ {
		if i > 0 {
			c.str(", ")
		}
		if i >= limit {
			c.str("...")
			break
		}
		f(c, uint64(u32(p[4*i:])))
	}
	c.byte(']')
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

// mmsgMost is how many messages the kernel takes at once: UIO_MAXIOV.
const mmsgMost = 1024

// mmsgWidth is the size of struct mmsghdr, a msghdr with the length of its message behind it.
func mmsgWidth(word int) int { return 8 * word }

// mmsg prints n messages of struct mmsghdr, of which done have been received or sent.
func (c *Call) mmsg(v uint64, n, done int64, received bool) {
	limit := c.limit()
	if c.opts.Verbose {
		limit = mmsgMost
	}
	width := mmsgWidth(c.ABI.Word)
	i := uint64(0)
	c.listLimited(v, uint64(n), width, min(limit, mmsgMost), func(c *Call, p []byte) {
		m, ok := c.readMsghdr(v + i*uint64(width))
		i++
		if !ok {
			return
		}
		namelen := int64(-1)
		if received && int(i) <= len(c.namelens) {
			namelen = int64(c.namelens[i-1])
		}
		sent := uint64(u32(p[width-width/8:]))
		c.field(true, "msg_hdr")
		total := ^uint64(0)
		if received {
			total = sent
		}
		c.message(&m, total, namelen)
		if int64(i) <= done {
			c.field(false, "msg_len")
			c.udec(sent)
		}
		c.byte('}')
	})
}

var (
	mmsgSend = kind{out: true, f: func(c *Call, v uint64) {
		sent := c.Ret
		if c.failed {
			sent = 0
		}
		c.mmsg(v, int64(uint32(c.arg(2))), sent, false)
	}}
	mmsgRecv = kind{out: true, note: (*Call).noteNames, f: func(c *Call, v uint64) {
		if c.failed || c.Ret < 0 {
			c.addr(v)
			return
		}
		c.mmsg(v, c.Ret, c.Ret, true)
	}}
)

// noteNames remembers how much room there is for the name of each message.
func (c *Call) noteNames(v uint64) {
	width := 64
	if c.ABI.Word == 4 {
		width = 32
	}
	c.namelens = c.namelens[:0]
	for i := range min(uint64(uint32(c.arg(2))), mmsgMost) {
		m, ok := c.readMsghdr(v + i*uint64(width))
		if !ok {
			break
		}
		c.namelens = append(c.namelens, int32(m.namelen))
		c.arena = c.arena[:0]
	}
}

// Options of sockets.
var optionTables = map[uint32]*table{0: &tSoIP, 1: &tSoSocket, 6: &tSoTCP, 17: &tSoUDP, 41: &tSoIPv6, 255: &tSoRaw, 263: &tSoPacket, 270: &tSoNetlink}

var sockOpt = in(func(c *Call, v uint64) {
	if uint32(c.arg(1)) == solSocket && uint32(v) == 26 && c.row.Name == "getsockopt" {
		c.enum(&tSoGetFilter, 26)
		return
	}
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
