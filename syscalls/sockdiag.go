package syscalls

// sock_diag(7): the structures behind the header, of requests and of answers. The attributes behind those are in
// netlink_diag.go.

const nlmFRequest = 1

// diagPair is what a family's messages are.
type diagPair struct{ request, answer *nlShape }

var diagShapes = map[byte]diagPair{
	1:  {&shapeUnixReq, &shapeUnixDiag},
	2:  {&shapeInetReq, &shapeInetDiag},
	10: {&shapeInetReq, &shapeInetDiag},
	16: {&shapeNetlinkReq, &shapeNetlinkDiag},
	17: {&shapePacketReq, &shapePacketDiag},
	43: {&shapeSMCReq, &shapeSMCDiag},
}

var (
	shapeUnixReq = nlShape{size: 24, members: []member{family("sdiag_family"), {name: "sdiag_protocol", off: 1, size: 1, f: fUint},
		{name: "udiag_states", off: 4, size: 4, f: fFlags(tTCPStates)}, {name: "udiag_ino", off: 8, size: 4, f: fUint},
		{name: "udiag_show", off: 12, size: 4, f: fFlags(&tUnixShow)}, {name: "udiag_cookie", off: 16, size: 8, raw: (*Call).diagCookie}}}
	shapeUnixDiag = nlShape{size: 16, set: &nlUnixDiag, members: []member{family("udiag_family"), {name: "udiag_type", off: 1, size: 1, f: fEnum(&tSockType)},
		{name: "udiag_state", off: 2, size: 1, f: fEnum(&tTCPState)}, {name: "udiag_ino", off: 4, size: 4, f: fUint},
		{name: "udiag_cookie", off: 8, size: 8, raw: (*Call).diagCookie}}}

	shapeInetReq = nlShape{size: 56, set: &nlInetReq, members: []member{family("sdiag_family"), {name: "sdiag_protocol", off: 1, size: 1, f: fEnum(&tIPProto)},
		{name: "idiag_ext", off: 2, size: 1, f: fFlags(tInetExt)}, {name: "idiag_states", off: 4, size: 4, f: fFlags(tTCPStates)},
		{name: "id", off: 8, size: 48, raw: (*Call).diagID}}}
	// shapeInetCompat is the request of TCPDIAG_GETSOCK and DCCPDIAG_GETSOCK.
	shapeInetCompat = nlShape{size: 60, set: &nlInetReq, members: []member{family("idiag_family"), {name: "idiag_src_len", off: 1, size: 1, f: fUint},
		{name: "idiag_dst_len", off: 2, size: 1, f: fUint}, {name: "idiag_ext", off: 3, size: 1, f: fFlags(tInetExt)},
		{name: "id", off: 4, size: 48, raw: (*Call).diagID}, {name: "idiag_states", off: 52, size: 4, f: fFlags(tTCPStates)}, {name: "idiag_dbs", off: 56, size: 4, f: fUint}}}
	shapeInetDiag = nlShape{size: 72, set: &nlInetDiag, members: append([]member{family("idiag_family"), {name: "idiag_state", off: 1, size: 1, f: fEnum(&tTCPState)},
		{name: "idiag_timer", off: 2, size: 1, f: fUint}, {name: "idiag_retrans", off: 3, size: 1, f: fUint}, {name: "id", off: 4, size: 48, raw: (*Call).diagID}},
		moved(52, series(4, "idiag_expires idiag_rqueue idiag_wqueue idiag_uid idiag_inode"))...)}

	shapeNetlinkReq = nlShape{size: 20, members: []member{family("sdiag_family"), {name: "sdiag_protocol", off: 1, size: 1, f: fNetlinkProto},
		{name: "ndiag_ino", off: 4, size: 4, f: fUint}, {name: "ndiag_show", off: 8, size: 4, f: fFlags(&tNetlinkShow)},
		{name: "ndiag_cookie", off: 12, size: 8, raw: (*Call).diagCookie}}}
	shapeNetlinkDiag = nlShape{size: 28, set: &nlNetlinkDiag, members: []member{family("ndiag_family"), {name: "ndiag_type", off: 1, size: 1, f: fEnum(&tSockType)},
		{name: "ndiag_protocol", off: 2, size: 1, f: fEnum(&tNetlinkProto)}, {name: "ndiag_state", off: 3, size: 1, f: fEnum(&tNetlinkState)},
		{name: "ndiag_portid", off: 4, size: 4, f: fUint}, {name: "ndiag_dst_portid", off: 8, size: 4, f: fUint}, {name: "ndiag_dst_group", off: 12, size: 4, f: fUint},
		{name: "ndiag_ino", off: 16, size: 4, f: fUint}, {name: "ndiag_cookie", off: 20, size: 8, raw: (*Call).diagCookie}}}

	shapePacketReq = nlShape{size: 20, members: []member{family("sdiag_family"), {name: "sdiag_protocol", off: 1, size: 1, f: fHex},
		{name: "pdiag_ino", off: 4, size: 4, f: fUint}, {name: "pdiag_show", off: 8, size: 4, f: fFlags(&tPacketShow)},
		{name: "pdiag_cookie", off: 12, size: 8, raw: (*Call).diagCookie}}}
	shapePacketDiag = nlShape{size: 16, set: &nlPacketDiag, members: []member{family("pdiag_family"), {name: "pdiag_type", off: 1, size: 1, f: fEnum(&tSockType)},
		{name: "pdiag_num", off: 2, size: 2, f: fEnum(&tEtherType)}, {name: "pdiag_ino", off: 4, size: 4, f: fUint},
		{name: "pdiag_cookie", off: 8, size: 8, raw: (*Call).diagCookie}}}

	shapeSMCReq = nlShape{size: 52, members: []member{family("diag_family"), {name: "diag_ext", off: 3, size: 1, f: fFlags(tSMCExt)},
		{name: "id", off: 4, size: 48, raw: (*Call).diagIDv4}}}
	shapeSMCDiag = nlShape{size: 64, set: &nlSMCDiag, members: []member{family("diag_family"), {name: "diag_state", off: 1, size: 1, f: fEnum(&tSMCState)},
		{name: "diag_fallback", off: 2, size: 1, f: fEnum(&tSMCMode)}, {name: "diag_shutdown", off: 3, size: 1, f: fUint},
		{name: "id", off: 4, size: 48, raw: (*Call).diagIDv4}, {name: "diag_uid", off: 52, size: 4, f: fUint}, {name: "diag_inode", off: 56, size: 8, f: fUint}}}
)

// moved are members that begin at an offset.
func moved(off int, ms []member) []member {
	for i := range ms {
		ms[i].off += off
	}
	return ms
}

var (
	tTCPState = table{"TCP_???", []name{{1, "TCP_ESTABLISHED"}, {2, "TCP_SYN_SENT"}, {3, "TCP_SYN_RECV"}, {4, "TCP_FIN_WAIT1"}, {5, "TCP_FIN_WAIT2"}, {6, "TCP_TIME_WAIT"},
		{7, "TCP_CLOSE"}, {8, "TCP_CLOSE_WAIT"}, {9, "TCP_LAST_ACK"}, {10, "TCP_LISTEN"}, {11, "TCP_CLOSING"}, {12, "TCP_NEW_SYN_RECV"}}}
	tTCPStates = shifted("1<<TCP_???", "1<<", "", 0, tTCPState.names)
	tInetExt   = shifted("1<<INET_DIAG_???-1", "1<<(", "-1)", 1, inetDiagNames())
	tSMCExt    = shifted("1<<SMC_DIAG_???-1", "1<<(", "-1)", 1, names("SMC_DIAG_", "NONE CONNINFO LGRINFO SHUTDOWN DMBINFO FALLBACK"))
	tUnixShow  = table{"UDIAG_SHOW_???", []name{{1, "UDIAG_SHOW_NAME"}, {2, "UDIAG_SHOW_VFS"}, {4, "UDIAG_SHOW_PEER"}, {8, "UDIAG_SHOW_ICONS"}, {0x10, "UDIAG_SHOW_RQLEN"},
		{0x20, "UDIAG_SHOW_MEMINFO"}, {0x40, "UDIAG_SHOW_UID"}}}
	tNetlinkShow  = table{"NDIAG_SHOW_???", []name{{1, "NDIAG_SHOW_MEMINFO"}, {2, "NDIAG_SHOW_GROUPS"}, {4, "NDIAG_SHOW_RING_CFG"}, {8, "NDIAG_SHOW_FLAGS"}}}
	tNetlinkState = table{"NETLINK_???", []name{{0, "NETLINK_UNCONNECTED"}, {1, "NETLINK_CONNECTED"}}}
	tPacketShow   = table{"PACKET_SHOW_???", []name{{1, "PACKET_SHOW_INFO"}, {2, "PACKET_SHOW_MCLIST"}, {4, "PACKET_SHOW_RING_CFG"}, {8, "PACKET_SHOW_FANOUT"},
		{0x10, "PACKET_SHOW_MEMINFO"}, {0x20, "PACKET_SHOW_FILTER"}}}
	tSMCState = table{"SMC_???", []name{{1, "SMC_ACTIVE"}, {2, "SMC_INIT"}, {7, "SMC_CLOSED"}, {10, "SMC_LISTEN"}, {20, "SMC_PEERCLOSEWAIT1"}, {21, "SMC_PEERCLOSEWAIT2"},
		{22, "SMC_APPFINCLOSEWAIT"}, {23, "SMC_APPCLOSEWAIT1"}, {24, "SMC_APPCLOSEWAIT2"}, {25, "SMC_PEERFINCLOSEWAIT"}, {26, "SMC_PEERABORTWAIT"}, {27, "SMC_PROCESSABORT"}}}
	tSMCMode = table{"SMC_DIAG_MODE_???", names("SMC_DIAG_MODE_", "SMCR FALLBACK_TCP SMCD")}
)

// inetDiagNames are the names of INET_DIAG_* that fit the eight bits of idiag_ext.
func inetDiagNames() (ns []name) {
	for i, r := range nlInetDiag.rows[:9] {
		ns = append(ns, name{uint64(i), nlInetDiag.prefix + r.name})
	}
	return ns
}

// fNetlinkProto is a protocol, or all of them.
func fNetlinkProto(c *Call, v uint64) {
	if v == 0xff {
		c.enumNamed("NDIAG_PROTO_ALL", "", v)
		return
	}
	c.enum(&tNetlinkProto, v)
}

func (c *Call) diagCookie(p []byte) { c.pairList(uint64(u32(p)), uint64(u32(p[4:]))) }

// pairList prints two numbers as an array.
func (c *Call) pairList(a, b uint64) {
	c.byte('[')
	c.udec(a)
	c.str(", ")
	c.udec(b)
	c.byte(']')
}

// bytesList prints two bytes as an array.
func (c *Call) bytesList(p []byte) { c.pairList(uint64(p[0]), uint64(p[1])) }

// diagID is struct inet_diag_sockid of the message's family.
func (c *Call) diagID(p []byte) { c.sockID(p, c.nl.family == 10) }

func (c *Call) diagIDv4(p []byte) { c.sockID(p, false) }

func (c *Call) sockID(p []byte, v6 bool) {
	c.field(true, "idiag_sport")
	c.port(p)
	c.field(false, "idiag_dport")
	c.port(p[2:])
	for i, n := range [...]string{"idiag_src", "idiag_dst"} {
		c.str(", ")
		c.addressMember(n, p[4+16*i:20+16*i], v6)
	}
	c.field(false, "idiag_if")
	c.ifindex(u32(p[36:]))
	c.field(false, "idiag_cookie")
	c.diagCookie(p[40:])
	c.byte('}')
}

// addressMember prints an address of sixteen bytes: src=inet_addr("1.2.3.4"), inet_pton(AF_INET6, "::1", &src).
func (c *Call) addressMember(name string, p []byte, v6 bool) {
	if v6 && c.opts.Style == Names {
		c.inet6Into(p, name)
		return
	}
	c.str(name)
	c.byte('=')
	if v6 {
		c.in6(p)
		return
	}
	c.network(p, func() { c.inetAddr(p) })
}

// diagBody prints a message of sock_diag.
func (c *Call) diagBody(m nlMsg, v uint64, n int) {
	p, ok := c.read(v, 1)
	if !ok {
		c.addr(v)
		return
	}
	pair, known := diagShapes[p[0]]
	request := m.flags&nlmFRequest != 0
	switch {
	case m.typ == 18 || m.typ == 19: // TCPDIAG_GETSOCK, DCCPDIAG_GETSOCK
		pair, known = diagPair{&shapeInetCompat, &shapeInetDiag}, true
		if n == 1 {
			known = false
		}
	case m.typ != 20 && m.typ != 21: // SOCK_DIAG_BY_FAMILY, SOCK_DESTROY
		known = false
	}
	switch {
	case !known || n == 1:
		c.nlUnknown(v, n, p[0])
	case request:
		c.nlShape(v, n, p[0], pair.request)
	default:
		c.nlShape(v, n, p[0], pair.answer)
	}
}
