package syscalls

// Routing netlink (rtnetlink(7)): the structures behind the header. The attributes behind those are in
// netlink_link.go and netlink_route.go.

// nlShape is what lies behind the header of a message: a structure whose first byte is a family, and attributes.
type nlShape struct {
	size    int
	members []member
	set     *nlSet
	sets    map[byte]*nlSet // in place of set: attributes by family, others have bytes
}

// rtmShapes are by the type's group, (type - 16) / 4: the types come in fours that make, delete, get and set.
var rtmShapes = map[uint16]*nlShape{
	0: &shapeLink, 1: &shapeAddr, 2: &shapeRoute, 3: &shapeNeigh, 4: &shapeRule, 5: &shapeTC, 6: &shapeTC, 7: &shapeTC, 8: &shapeAction,
	12: &shapeNeighTable, 14: &shapeAddrLabel, 15: &shapeDCB, 16: &shapeNetconf, 17: &shapeMDB, 18: &shapeNSID, 19: &shapeStats,
	20: &shapeCacheReport, 21: &shapeTC, 22: &shapeNexthop,
}

func (c *Call) rtmShape(typ uint16) *nlShape {
	switch typ {
	case 58, 62: // RTM_GETMULTICAST, RTM_GETANYCAST
		return &shapeAddr
	}
	if n := tRtmType.find(uint64(typ)); n == "" || !c.known(n) {
		return nil
	}
	return rtmShapes[(typ-16)/4]
}

func family(name string) member { return member{name: name, size: 1, f: fEnum(&tAF)} }

var (
	shapeLink = nlShape{size: 16, set: &nlLink, members: []member{family("ifi_family"), {name: "ifi_type", off: 2, size: 2, f: fEnum(&tARPHRD)}, {name: "ifi_index", off: 4, size: 4, f: fIfindex},
		{name: "ifi_flags", off: 8, size: 4, f: fFlags(&tIFF)}, {name: "ifi_change", off: 12, size: 4, f: fHex}}}
	shapeAddr = nlShape{size: 8, set: &nlAddr, members: []member{family("ifa_family"), {name: "ifa_prefixlen", off: 1, size: 1, f: fUint}, {name: "ifa_flags", off: 2, size: 1, f: fFlags(&tIFAFlags)},
		{name: "ifa_scope", off: 3, size: 1, f: fEnum(&tRtScope)}, {name: "ifa_index", off: 4, size: 4, f: fIfindex}}}
	shapeRoute = nlShape{size: 12, set: &nlRoute, members: []member{family("rtm_family"), {name: "rtm_dst_len", off: 1, size: 1, f: fUint}, {name: "rtm_src_len", off: 2, size: 1, f: fUint},
		{name: "rtm_tos", off: 3, size: 1, f: fFlags(&tIPTos)}, {name: "rtm_table", off: 4, size: 1, f: fEnum(&tRtTable)},
		{name: "rtm_protocol", off: 5, size: 1, f: fEnum(&tRtProt)}, {name: "rtm_scope", off: 6, size: 1, f: fEnum(&tRtScope)},
		{name: "rtm_type", off: 7, size: 1, f: fEnum(&tRtn)}, {name: "rtm_flags", off: 8, size: 4, f: fFlags(&tRtmFlags)}}}
	shapeNeigh = nlShape{size: 12, set: &nlNeigh, members: []member{family("ndm_family"), {name: "ndm_ifindex", off: 4, size: 4, f: fIfindex}, {name: "ndm_state", off: 8, size: 2, f: fFlags(&tNUD)},
		{name: "ndm_flags", off: 10, size: 1, f: fFlags(&tNTF)}, {name: "ndm_type", off: 11, size: 1, f: fEnum(&tRtn)}}}
	shapeRule = nlShape{size: 12, set: &nlRule, members: []member{family("family"), {name: "dst_len", off: 1, size: 1, f: fUint}, {name: "src_len", off: 2, size: 1, f: fUint},
		{name: "tos", off: 3, size: 1, f: fFlags(&tIPTos)}, {name: "table", off: 4, size: 1, f: fEnum(&tRtTable)}, {name: "action", off: 7, size: 1, f: fEnum(&tFrAct)},
		{name: "flags", off: 8, size: 4, f: fFlags(&tFibRule)}}}
	shapeTC = nlShape{size: 20, set: &nlTC, members: []member{family("tcm_family"), {name: "tcm_ifindex", off: 4, size: 4, f: fIfindex}, {name: "tcm_handle", off: 8, size: 4, f: fUint},
		{name: "tcm_parent", off: 12, size: 4, f: fUint}, {name: "tcm_info", off: 16, size: 4, f: fUint}}}
	shapeAction     = nlShape{size: 4, set: &nlAction, members: []member{family("tca_family")}}
	shapeNeighTable = nlShape{size: 4, set: &nlNeighTable, members: []member{family("ndtm_family")}}
	shapeAddrLabel  = nlShape{size: 12, set: &nlAddrLabel, members: []member{family("ifal_family"), {name: "ifal_prefixlen", off: 2, size: 1, f: fUint}, {name: "ifal_flags", off: 3, size: 1, f: fUint},
		{name: "ifal_index", off: 4, size: 4, f: fIfindex}, {name: "ifal_seq", off: 8, size: 4, f: fUint}}}
	shapeNetconf = nlShape{size: 1, set: &nlNetconf, members: []member{family("ncm_family")}}
	shapeDCB     = nlShape{size: 4, set: &nlDCB, members: []member{family("dcb_family"), {name: "cmd", off: 1, size: 1, f: fEnum(&tDCBCmd)}}}
	shapeMDB     = nlShape{size: 8, set: &nlMDB, members: []member{family("family"), {name: "ifindex", off: 4, size: 4, f: fIfindex}}}
	shapeNSID    = nlShape{size: 1, set: &nlNSID, members: []member{rtgenFamily}}
	shapeStats   = nlShape{size: 12, set: &nlStats, members: []member{family("family"), {name: "pad1", off: 1, size: 1, f: fHex, skip: isZero(1, 1)},
		{name: "pad2", off: 2, size: 2, f: fHex, skip: isZero(2, 2)}, {name: "ifindex", off: 4, size: 4, f: fIfindex}, {name: "filter_mask", off: 8, size: 4, f: fFlags(tStatsMask)}}}
	shapeCacheReport = nlShape{size: 1, sets: map[byte]*nlSet{128: &nlCacheReport, 129: &nlCacheReport6}, members: []member{rtgenFamily}} // RTNL_FAMILY_IPMR
	shapeNexthop     = nlShape{size: 8, set: &nlNexthop, members: []member{family("nh_family"), {name: "nh_scope", off: 1, size: 1, f: fEnum(&tRtScope)}, {name: "nh_protocol", off: 2, size: 1, f: fEnum(&tRtProt)},
		{name: "resvd", off: 3, size: 1, f: fHex, skip: isZero(3, 1)}, {name: "nh_flags", off: 4, size: 4, f: fFlags(&tRTNH)}}}
)

var rtgenFamily = member{name: "rtgen_family", size: 1, f: fEnum(&tRtnlAF)}

// tRtnlAF are the families of routing netlink, which has two of its own.
var tRtnlAF = table{"RTNL_FAMILY_???", append(tAF.names[:len(tAF.names):len(tAF.names)], name{128, "RTNL_FAMILY_IPMR"}, name{129, "RTNL_FAMILY_IP6MR"})}

var tStatsMask = shifted("1<<IFLA_STATS_???", "1<<", "", 0, names("IFLA_STATS_", "UNSPEC LINK_64 LINK_XSTATS LINK_XSTATS_SLAVE LINK_OFFLOAD_XSTATS AF_SPEC"))

// rtmBody prints what follows the header of a routing message: n bytes at v.
func (c *Call) rtmBody(m nlMsg, v uint64, n int) {
	p, ok := c.read(v, 1)
	if !ok {
		c.addr(v)
		return
	}
	if shape := c.rtmShape(m.typ); shape != nil {
		c.nlShape(v, n, p[0], shape)
		return
	}
	c.nlUnknown(v, n, p[0])
}

// nlUnknown prints a body of which only the family is known.
func (c *Call) nlUnknown(v uint64, n int, family byte) {
	c.field(true, "family")
	c.enum(&tAF, uint64(family))
	if n > 1 {
		c.str(", data=")
		c.hexBuffer(v+1, uint64(n-1))
	}
	c.byte('}')
}

// nlShape prints a structure that starts with a family, whole or not, and attributes.
func (c *Call) nlShape(v uint64, n int, family byte, s *nlShape) {
	c.field(true, s.members[0].name)
	s.members[0].f(c, uint64(family))
	c.nl = nlContext{family: family, hw: uint16(family)} // strace 6.1 takes the family for the hardware's type
	p, ok := c.read(v, s.size)
	whole := n >= s.size
	switch {
	case !whole:
		c.str(", ...")
	case !ok:
		c.str(", ")
		c.addr(v + 1)
	default:
		if s == &shapeLink && !c.opts.As61 {
			c.nl.hw = u16(p[2:])
		}
		c.someMembers(p, s.members[1:], false)
	}
	c.byte('}')
	at, set := (s.size+3)&^3, s.set
	if s.sets != nil {
		set = s.sets[family]
	}
	switch {
	case !whole || !ok || n <= at || set == nil && s.sets == nil:
	case set == nil:
		c.str(", ")
		c.hexBuffer(v+uint64(at), uint64(n-at))
	default:
		c.str(", ")
		c.attributes(v+uint64(at), n-at, set)
	}
}
