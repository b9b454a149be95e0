package syscalls

// Routing netlink (rtnetlink(7)) and sock_diag(7): the structures behind the header, and the
// attributes behind those.

// rtmShape is what messages of a group of four types are: a structure whose first byte is a
// family, and attributes.
type rtmShape struct {
	size    int
	members []member
	types   *table
	rows    map[uint16]nlAttr
}

// rtmShapes are by the type's group: (type - 16) / 4.
var rtmShapes = map[uint16]*rtmShape{
	0: &shapeLink, 1: &shapeAddr, 2: &shapeRoute, 3: &shapeNeigh, 4: &shapeRule, 5: &shapeTC, 6: &shapeTC, 7: &shapeTC, 8: &shapeAction,
	12: &shapeNeighTable, 14: &shapeAddrLabel, 16: &shapeNetconf, 15: &shapeDCB, 21: &shapeTC, 22: &shapeNexthop,
}

func rtmShapeOf(typ uint16) *rtmShape {
	switch typ {
	case 58, 62: // RTM_GETMULTICAST, RTM_GETANYCAST
		return &shapeAddr
	case 64, 66, 67:
		return &shapeNeighTable
	}
	if tRtmType.find(uint64(typ)) == "" {
		return nil
	}
	return rtmShapes[(typ-16)/4]
}

func family(name string) member { return member{name: name, size: 1, f: fEnum(&tAF)} }

var (
	shapeLink = rtmShape{16, []member{family("ifi_family"), {name: "ifi_type", off: 2, size: 2, f: fEnum(&tARPHRD)}, {name: "ifi_index", off: 4, size: 4, f: fIfindex},
		{name: "ifi_flags", off: 8, size: 4, f: fFlags(&tIFF)}, {name: "ifi_change", off: 12, size: 4, f: fHex}}, &tIFLA, ifla}
	shapeAddr = rtmShape{8, []member{family("ifa_family"), {name: "ifa_prefixlen", off: 1, size: 1, f: fUint}, {name: "ifa_flags", off: 2, size: 1, f: fFlags(&tIFAFlags)},
		{name: "ifa_scope", off: 3, size: 1, f: fEnum(&tRtScope)}, {name: "ifa_index", off: 4, size: 4, f: fIfindex}}, &tIFA, ifa}
	shapeRoute = rtmShape{12, []member{family("rtm_family"), {name: "rtm_dst_len", off: 1, size: 1, f: fUint}, {name: "rtm_src_len", off: 2, size: 1, f: fUint},
		{name: "rtm_tos", off: 3, size: 1, f: fFlags(&tIPTos)}, {name: "rtm_table", off: 4, size: 1, f: fEnum(&tRtTable)},
		{name: "rtm_protocol", off: 5, size: 1, f: fEnum(&tRtProt)}, {name: "rtm_scope", off: 6, size: 1, f: fEnum(&tRtScope)},
		{name: "rtm_type", off: 7, size: 1, f: fEnum(&tRtn)}, {name: "rtm_flags", off: 8, size: 4, f: fFlags(&tRtmFlags)}}, &tRTA, rta}
	shapeNeigh = rtmShape{12, []member{family("ndm_family"), {name: "ndm_ifindex", off: 4, size: 4, f: fIfindex}, {name: "ndm_state", off: 8, size: 2, f: fFlags(&tNUD)},
		{name: "ndm_flags", off: 10, size: 1, f: fFlags(&tNTF)}, {name: "ndm_type", off: 11, size: 1, f: fEnum(&tRtn)}}, &tNDA, nda}
	shapeRule = rtmShape{12, []member{family("family"), {name: "dst_len", off: 1, size: 1, f: fUint}, {name: "src_len", off: 2, size: 1, f: fUint},
		{name: "tos", off: 3, size: 1, f: fFlags(&tIPTos)}, {name: "table", off: 4, size: 1, f: fEnum(&tRtTable)}, {name: "action", off: 7, size: 1, f: fEnum(&tFrAct)},
		{name: "flags", off: 8, size: 4, f: fFlags(&tFibRule)}}, &tFRA, fra}
	shapeTC = rtmShape{20, []member{family("tcm_family"), {name: "tcm_ifindex", off: 4, size: 4, f: fIfindex}, {name: "tcm_handle", off: 8, size: 4, f: fUint},
		{name: "tcm_parent", off: 12, size: 4, f: fUint}, {name: "tcm_info", off: 16, size: 4, f: fUint}}, &tTCA, tca}
	shapeAction     = rtmShape{4, []member{family("tca_family")}, &tTCARoot, nil}
	shapeNeighTable = rtmShape{4, []member{family("ndtm_family")}, &tNDTA, ndta}
	shapeAddrLabel  = rtmShape{12, []member{family("ifal_family"), {name: "ifal_prefixlen", off: 2, size: 1, f: fUint}, {name: "ifal_flags", off: 3, size: 1, f: fUint},
		{name: "ifal_index", off: 4, size: 4, f: fIfindex}, {name: "ifal_seq", off: 8, size: 4, f: fUint}}, &tIFAL, map[uint16]nlAttr{2: nlU32}}
	shapeNetconf = rtmShape{1, []member{family("ncm_family")}, &tNetconfA, map[uint16]nlAttr{1: nlIf, 2: nlS32, 3: nlS32, 4: nlS32, 5: nlS32, 6: nlS32, 7: nlS32}}
	shapeDCB     = rtmShape{4, []member{family("dcb_family"), {name: "cmd", off: 1, size: 1, f: fEnum(&tDCBCmd)}}, &tDCBAttr, nil}
	shapeNexthop = rtmShape{8, []member{family("nh_family"), {name: "nh_scope", off: 1, size: 1, f: fEnum(&tRtScope)}, {name: "nh_protocol", off: 2, size: 1, f: fEnum(&tRtProt)},
		{name: "nh_flags", off: 4, size: 4, f: fFlags(&tRTNH)}}, &tNHA, map[uint16]nlAttr{1: nlU32, 5: nlIf}}
)

// rtmBody prints what follows the header of a routing message: n bytes at v.
func (c *Call) rtmBody(typ uint16, v uint64, n int) {
	p, ok := c.read(v, 1)
	if !ok {
		c.addr(v)
		return
	}
	shape := rtmShapeOf(typ)
	if shape == nil {
		c.field(true, "family")
		c.enum(&tAF, uint64(p[0]))
		if n > 1 {
			c.str(", data=")
			c.hexBuffer(v+1, uint64(n-1))
		}
		c.byte('}')
		return
	}
	c.nlShape(v, n, p[0], shape)
}

// nlShape prints a structure that starts with a family, whole or not, and attributes.
func (c *Call) nlShape(v uint64, n int, family byte, s *rtmShape) {
	c.field(true, s.members[0].name)
	c.enum(&tAF, uint64(family))
	p, ok := c.read(v, s.size)
	whole := n >= s.size
	switch {
	case !whole:
		c.str(", ...")
	case !ok:
		c.str(", ")
		c.addr(v + 1)
	default:
		c.someMembers(p, s.members[1:], false)
	}
	c.byte('}')
	if at := (s.size + 3) &^ 3; whole && ok && n > at {
		c.str(", ")
		c.attributes(v+uint64(at), n-at, s.types, s.rows)
	}
}

var shapeUnixDiag = rtmShape{16, []member{family("udiag_family"), {name: "udiag_type", off: 1, size: 1, f: fEnum(&tSockType)},
	{name: "udiag_state", off: 2, size: 1, f: fEnum(&tTCPState)}, {name: "udiag_ino", off: 4, size: 4, f: fUint}, {name: "udiag_cookie", off: 8, size: 8, raw: (*Call).diagCookie}},
	&tUnixDiag, map[uint16]nlAttr{0: nlString, 1: nlStruct(8, []member{{name: "udiag_vfs_dev", off: 4, size: 4, f: (*Call).makedev}, {name: "udiag_vfs_ino", size: 4, f: fUint}}),
		2: nlU32, 3: nlInodes, 4: nlStruct(8, []member{{name: "udiag_rqueue", size: 4, f: fUint}, {name: "udiag_wqueue", off: 4, size: 4, f: fUint}}), 6: nlOf(1, fEnum(&tShutdown)), 7: nlU32}}

func (c *Call) diagCookie(p []byte) {
	c.byte('[')
	c.udec(uint64(u32(p)))
	c.str(", ")
	c.udec(uint64(u32(p[4:])))
	c.byte(']')
}

func nlInodes(c *Call, v uint64, n int) {
	c.list(v, uint64(n/4), 4, func(c *Call, p []byte) { c.udec(uint64(u32(p))) })
}

var tUnixDiag = table{"UNIX_DIAG_???", []name{{0, "UNIX_DIAG_NAME"}, {1, "UNIX_DIAG_VFS"}, {2, "UNIX_DIAG_PEER"}, {3, "UNIX_DIAG_ICONS"}, {4, "UNIX_DIAG_RQLEN"},
	{5, "UNIX_DIAG_MEMINFO"}, {6, "UNIX_DIAG_SHUTDOWN"}, {7, "UNIX_DIAG_UID"}}}

var tTCPState = table{"TCP_???", []name{{1, "TCP_ESTABLISHED"}, {2, "TCP_SYN_SENT"}, {3, "TCP_SYN_RECV"}, {4, "TCP_FIN_WAIT1"}, {5, "TCP_FIN_WAIT2"}, {6, "TCP_TIME_WAIT"},
	{7, "TCP_CLOSE"}, {8, "TCP_CLOSE_WAIT"}, {9, "TCP_LAST_ACK"}, {10, "TCP_LISTEN"}, {11, "TCP_CLOSING"}, {12, "TCP_NEW_SYN_RECV"}}}

// diagBody prints a message of sock_diag.
func (c *Call) diagBody(typ uint16, v uint64, n int) {
	p, ok := c.read(v, 1)
	if !ok {
		c.addr(v)
		return
	}
	if p[0] == 1 && typ == 20 {
		c.nlShape(v, n, 1, &shapeUnixDiag)
		return
	}
	c.field(true, "family")
	c.enum(&tAF, uint64(p[0]))
	if n > 1 {
		c.str(", data=")
		c.hexBuffer(v+1, uint64(n-1))
	}
	c.byte('}')
}

// nlAddress is a network address of four or sixteen bytes.
func nlAddress(c *Call, v uint64, n int) {
	p, ok := c.read(v, n)
	switch {
	case !ok:
		c.addr(v)
	case n == 4:
		c.in4(p)
	case n == 16:
		c.in6(p)
	default:
		c.hexBuffer(v, uint64(n))
	}
}

// nlMAC is a hardware address.
func nlMAC(c *Call, v uint64, n int) {
	p, ok := c.read(v, min(n, 32))
	if !ok {
		c.addr(v)
		return
	}
	c.styled(func() { c.hexQuote(p) }, func() {
		for i, b := range p {
			if i > 0 {
				c.byte(':')
			}
			c.b = append(c.b, hexDigits[b>>4], hexDigits[b&15])
		}
	})
}

var nlCacheInfo = nlStruct(16, []member{{name: "ifa_prefered", size: 4, f: fUint}, {name: "ifa_valid", off: 4, size: 4, f: fUint}, {name: "cstamp", off: 8, size: 4, f: fUint},
	{name: "tstamp", off: 12, size: 4, f: fUint}})

var (
	ifla = map[uint16]nlAttr{1: nlMAC, 2: nlMAC, 3: nlString, 4: nlU32, 5: nlIf, 6: nlString, 10: nlIf, 13: nlU32, 16: nlU8, 17: nlU8, 19: nlU32, 20: nlString,
		21: nlU32, 27: nlU32, 28: nlU32, 29: nlX32, 30: nlU32, 31: nlU32, 32: nlU32, 33: nlU8, 34: nlString, 35: nlU32, 39: nlU8, 40: nlU32, 41: nlU32, 47: nlU32, 48: nlU32,
		49: nlS32, 50: nlU32, 51: nlU32}
	ifa  = map[uint16]nlAttr{1: nlAddress, 2: nlAddress, 3: nlString, 4: nlAddress, 5: nlAddress, 6: nlCacheInfo, 7: nlAddress, 8: nlOf(4, fFlags(&tIFAFlags)), 9: nlU32, 10: nlS32}
	rta  = map[uint16]nlAttr{1: nlAddress, 2: nlAddress, 3: nlIf, 4: nlIf, 5: nlAddress, 6: nlU32, 7: nlAddress, 15: nlOf(4, fEnum(&tRtTable)), 16: nlU32, 20: nlU8, 23: nlU32, 25: nlU32}
	nda  = map[uint16]nlAttr{1: nlAddress, 2: nlMAC, 4: nlU32, 5: nlU16, 7: nlU32, 8: nlIf, 9: nlIf, 10: nlS32, 12: nlOf(1, fEnum(&tRtProt))}
	fra  = map[uint16]nlAttr{1: nlAddress, 2: nlAddress, 3: nlString, 4: nlU32, 6: nlU32, 10: nlU32, 11: nlU32, 12: nlU64, 13: nlU32, 14: nlU32, 15: nlOf(4, fEnum(&tRtTable)), 16: nlU32, 17: nlString, 19: nlU8}
	tca  = map[uint16]nlAttr{1: nlString, 11: nlU32, 12: nlU8, 13: nlU32, 14: nlU32}
	ndta = map[uint16]nlAttr{1: nlString, 2: nlU32, 3: nlU32, 4: nlU32, 8: nlU64}
)
