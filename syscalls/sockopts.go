package syscalls

import "github.com/trapline/trapline/abi"

// Values of socket options: rows by level and option; an option without a row is an int, at other levels than
// SOL_SOCKET perhaps bytes.

// optKind is what one option's value is.
type optKind struct {
	size    int      // of the structure
	exact   bool     // no more than that either
	members []member // its members
	f       func(c *Call, p []byte, v uint64, n int)
}

type optKey struct{ level, name uint32 }

const (
	solIP, solSocket, solTCP, solIPv6, solRaw, solPacket, solNetlink = 0, 1, 6, 41, 255, 263, 270
)

var (
	optGroupReq = optKind{f: (*Call).groupReq}
	optFilter   = optKind{f: func(c *Call, _ []byte, v uint64, n int) { c.sockFprog(v, n) }}
	optPlain    = optKind{size: 4, f: (*Call).plainOption}
	optText     = optKind{size: 256, f: (*Call).nameOption}
	optTime     = optKind{size: 4, f: (*Call).timeOption}
	optCred     = optKind{size: 12, members: []member{{name: "pid", size: 4, f: (*Call).pid}, {name: "uid", off: 4, size: 4, f: (*Call).uid},
		{name: "gid", off: 8, size: 4, f: (*Call).uid}}}
	optPacketRing = optKind{size: 16, exact: true, members: []member{{name: "tp_block_size", size: 4, f: fUint}, {name: "tp_block_nr", off: 4, size: 4, f: fUint},
		{name: "tp_frame_size", off: 8, size: 4, f: fUint}, {name: "tp_frame_nr", off: 12, size: 4, f: fUint}}}
	optPacketMreq = optKind{size: 16, exact: true, members: []member{{name: "mr_ifindex", size: 4, f: fIfindex}, {name: "mr_type", off: 4, size: 2, f: fEnum(&tPacketMr)},
		{name: "mr_alen", off: 6, size: 2, f: func(c *Call, v uint64) { c.saved[2] = v; c.udec(v) }}, {name: "mr_address", off: 8, size: 8, raw: (*Call).packetAddress}}}
	optMreq  = optKind{size: 8, members: []member{{name: "imr_multiaddr", size: 4, raw: (*Call).in4}, {name: "imr_interface", off: 4, size: 4, raw: (*Call).in4}}}
	optMreq6 = optKind{size: 20, members: []member{{name: "ipv6mr_multiaddr", size: 16, bare: true, all: inet6Member}, {name: "ipv6mr_interface", off: 16, size: 4, f: fIfindex}}}
)

// sockOptions are the options whose value is more than an int.
var sockOptions = map[optKey]optKind{
	{solSocket, 13}: {size: 8, members: []member{{name: "l_onoff", size: 4, f: fInt}, {name: "l_linger", off: 4, size: 4, f: fInt}}},
	{solSocket, 17}: optCred, {solSocket, 20}: optTime, {solSocket, 21}: optTime,
	{solSocket, 25}: optText, {solSocket, 26}: optFilter, {solSocket, 51}: optFilter,

	{solSocket, 3}: optPlain, {solSocket, 38}: optPlain, {solSocket, 39}: optPlain,
	{solSocket, 22}: optPlain, {solSocket, 23}: optPlain, {solSocket, 24}: optPlain, {solSocket, 28}: optPlain, {solSocket, 31}: optPlain,
	{solSocket, 47}: optPlain, {solSocket, 48}: optPlain, {solSocket, 50}: optPlain, {solSocket, 52}: optPlain, {solSocket, 55}: optPlain, {solSocket, 57}: optPlain,
	{solSocket, 59}: optPlain, {solSocket, 61}: optPlain, {solSocket, 62}: optPlain, {solSocket, 66}: optPlain, {solSocket, 67}: optPlain, {solSocket, 71}: optPlain,
	{solSocket, 72}: optPlain, {solSocket, 74}: {size: 4, f: (*Call).txRehash},
	{solIP, 35}: optMreq, {solIP, 36}: optMreq, {solIP, 42}: optGroupReq, {solIP, 45}: optGroupReq,
	{solIPv6, 42}: optGroupReq, {solIPv6, 45}: optGroupReq, {solIPv6, 20}: optMreq6, {solIPv6, 21}: optMreq6, {solIPv6, 27}: optMreq6, {solIPv6, 28}: optMreq6,
	{solSocket, 4}: {size: 4, f: (*Call).errorOption},
	{solTCP, 13}:   optText,
	{solRaw, 1}:    {size: 4, f: func(c *Call, p []byte, v uint64, n int) { c.icmpFilter(p, v, n) }},
	{solPacket, 1}: optPacketMreq, {solPacket, 2}: optPacketMreq, {solPacket, 5}: optPacketRing, {solPacket, 13}: optPacketRing,
	{solPacket, 6}: {size: 12, members: []member{{name: "tp_packets", size: 4, f: fUint}, {name: "tp_drops", off: 4, size: 4, f: fUint},
		{name: "tp_freeze_q_cnt", off: 8, size: 4, f: fUint}}},
}

var tPacketMr = table{"PACKET_MR_???", []name{{0, "PACKET_MR_MULTICAST"}, {1, "PACKET_MR_PROMISC"}, {2, "PACKET_MR_ALLMULTI"}, {3, "PACKET_MR_UNICAST"}}}

// plainOption is an int, or text when the bytes are fewer or more.
func (c *Call) plainOption(p []byte, v uint64, n int) {
	switch {
	case n == 4:
		c.byte('[')
		c.dec(int64(int32(u32(p))))
		c.byte(']')
	case n == 0 && c.row.Name == "getsockopt":
		c.addr(v)
	default:
		c.buffer(v, uint64(n))
	}
}

// errorOption is an error that waits to be told (SO_ERROR).
func (c *Call) errorOption(p []byte, v uint64, n int) {
	if n < 4 {
		c.shortOption(p, v)
		return
	}
	c.byte('[')
	if row := c.ABI.OS.Errno(int(int32(u32(p)))); row != nil {
		c.styled(func() { c.udec(uint64(row.Num)) }, func() { c.str(row.Name) })
	} else {
		c.dec(int64(int32(u32(p))))
	}
	c.byte(']')
}

// txRehash is whether a socket's flow may move (SO_TXREHASH).
func (c *Call) txRehash(p []byte, v uint64, n int) {
	if n < 4 {
		c.shortOption(p, v)
		return
	}
	c.byte('[')
	c.intEnum(&tTxRehash, uint64(u32(p)))
	c.byte(']')
}

var tTxRehash = table{"SOCK_TXREHASH_???", []name{{0, "SOCK_TXREHASH_DISABLED"}, {1, "SOCK_TXREHASH_ENABLED"}, {255, "SOCK_TXREHASH_DEFAULT"}}}

// timeOption is a timeval, when it is whole.
func (c *Call) timeOption(p []byte, v uint64, n int) {
	if n >= 2*c.ABI.Long && !c.opts.As61 {
		c.timeAt(v, c.ABI.Long, usecUnit)
		return
	}
	c.plainOption(p, v, n)
}

// shortOption is a value with fewer bytes than it should have: got, they are shown.
func (c *Call) shortOption(p []byte, v uint64) {
	if c.exit && c.row.Name == "getsockopt" && len(p) > 0 {
		c.hexQuote(p)
		return
	}
	c.addr(v)
}

// filterOut is the program that getsockopt(SO_GET_FILTER) has read, of n instructions.
func (c *Call) filterOut(v uint64, n int64) {
	if !c.opts.Verbose || v == 0 || n <= 0 || int64(int32(c.saved[0])) < n {
		c.addr(v)
		return
	}
	c.listLimited(v, uint64(n), cbpfWidth, cbpfMost, func(c *Call, p []byte) { c.cbpf(p, (*Call).sockStatement) })
}

// option prints the value of a socket option of n bytes.
func (c *Call) option(v uint64, n int64) {
	if c.row.Name == "getsockopt" && uint32(c.arg(1)) == solSocket && uint32(c.arg(2)) == 26 && c.ABI.OS == abi.Linux {
		c.filterOut(v, n)
		return
	}
	key := optKey{uint32(c.arg(1)), uint32(c.arg(2))}
	k, known := sockOptions[key]
	if name := tSoSocket.find(uint64(key.name)); !known && (key.level != solSocket || name == "" || !c.known(name)) {
		k, known = optPlain, true
	}
	if n < 0 || v == 0 {
		c.addr(v)
		return
	}
	want := k.size
	if !known {
		want = 4
	}
	p, ok := c.read(v, int(min(n, int64(want))))
	if !ok && n > 0 && want > 0 {
		c.addr(v)
		return
	}
	c.optlen = int(min(n, 1<<20))
	switch {
	case k.f != nil:
		k.f(c, p, v, int(min(n, 1<<20)))
	case known:
		c.optStruct(k, p, v)
	case n < 4:
		c.shortOption(p, v)
	default:
		c.byte('[')
		c.dec(int64(int32(u32(p))))
		c.byte(']')
	}
}

// optStruct prints a structure of which perhaps a part is there: got so, the last member is
// bytes.
func (c *Call) optStruct(k optKind, p []byte, v uint64) {
	switch {
	case len(p) == k.size && (!k.exact || c.optlen == k.size):
		c.structBody(p, k.members)
		return
	case c.row.Name != "getsockopt" || len(p) == 0:
		c.addr(v)
		return
	}
	c.byte('{')
	c.someMembers(p, k.members, true)
	for i := range k.members {
		if m := &k.members[i]; m.off < len(p) && m.off+m.size > len(p) {
			if i > 0 {
				c.str(", ")
			}
			c.str(m.name)
			c.byte('=')
			c.hexQuote(p[m.off:])
		}
	}
	c.byte('}')
}

// nameOption is a name, which strace 6.1 shows like any bytes.
func (c *Call) nameOption(p []byte, v uint64, n int) {
	if c.opts.As61 {
		c.plainOption(p, v, n)
		return
	}
	c.optText(p)
}

func (c *Call) optText(p []byte) {
	s := untilNUL(p)
	c.quote(s[:min(len(s), c.limit())], len(s) > c.limit())
}

// packetAddress is a hardware address of as many bytes as the member before says.
func (c *Call) packetAddress(p []byte) {
	p = p[:min(int(c.saved[2]), len(p))]
	c.styled(func() { c.hexQuote(p) }, func() {
		for i, b := range p {
			if i > 0 {
				c.byte(':')
			}
			c.b = append(c.b, hexDigits[b>>4], hexDigits[b&15])
		}
	})
}

// groupReq is struct group_req, of 136 bytes.
func (c *Call) groupReq(_ []byte, v uint64, n int) {
	w := c.ABI.Word
	p, ok := c.read(v, w+128)
	if n < w+128 || !ok {
		c.addr(v)
		return
	}
	c.field(true, "gr_interface")
	c.ifindex(u32(p))
	c.field(false, "gr_group")
	c.sockaddr(v+uint64(w), 128)
	c.byte('}')
}

// icmpFilter is a set of message types that are dropped.
func (c *Call) icmpFilter(p []byte, v uint64, n int) {
	if n < 4 {
		c.shortOption(p, v)
		return
	}
	if c.opts.Style == Numbers {
		c.hexQuote(p[:4])
		return
	}
	set, value := p[:4], byte(1)
	if count := popcount(u32(p)); count > 16 {
		c.byte('~')
		value = 0
	}
	c.members(set, 32, value, func(i int) {
		if s := tICMP.find(uint64(i)); s != "" {
			c.str(s)
			return
		}
		c.dec(int64(i))
	})
}

func popcount(v uint32) (n int) {
	for ; v != 0; v &= v - 1 {
		n++
	}
	return n
}

var tICMP = table{"ICMP_???", []name{{0, "ICMP_ECHOREPLY"}, {3, "ICMP_DEST_UNREACH"}, {4, "ICMP_SOURCE_QUENCH"}, {5, "ICMP_REDIRECT"},
	{8, "ICMP_ECHO"}, {11, "ICMP_TIME_EXCEEDED"}, {12, "ICMP_PARAMETERPROB"}, {13, "ICMP_TIMESTAMP"}, {14, "ICMP_TIMESTAMPREPLY"},
	{15, "ICMP_INFO_REQUEST"}, {16, "ICMP_INFO_REPLY"}, {17, "ICMP_ADDRESS"}, {18, "ICMP_ADDRESSREPLY"}}}

// tSoGetFilter is what option SO_ATTACH_FILTER is called when it is read.
var tSoGetFilter = table{"", []name{{26, "SO_GET_FILTER"}}}
