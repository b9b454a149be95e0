package syscalls

import "strings"

// Routing netlink (rtnetlink(7); linux/rtnetlink.h, if_addr.h, neighbour.h, fib_rules.h, pkt_sched.h, nexthop.h and others):
// attributes of all but links.

var nlAddr = nlSet{prefix: "IFA_", rows: []nlRow{
	{"UNSPEC", nil}, {"ADDRESS", nlInet}, {"LOCAL", nlInet}, {"LABEL", nlString}, {"BROADCAST", nlInet}, {"ANYCAST", nlInet},
	{"CACHEINFO", nlStruct(16, series(4, "ifa_prefered ifa_valid cstamp tstamp"))}, {"MULTICAST", nlInet}, {"FLAGS", nlOf(4, fFlags(&tIFAFlags))},
	{"RT_PRIORITY", nlU32}, {"TARGET_NETNSID", nlS32}, {"PROTO", nil},
}}

var nlRoute = nlSet{prefix: "RTA_", rows: []nlRow{
	{"UNSPEC", nil}, {"DST", nlInet}, {"SRC", nlInet}, {"IIF", nlIf}, {"OIF", nlIf}, {"GATEWAY", nlInet}, {"PRIORITY", nlU32}, {"PREFSRC", nlInet},
	{"METRICS", nlNest(&nlMetrics)}, {"MULTIPATH", nil}, {"PROTOINFO", nlU32}, {"FLOW", nlU32},
	{"CACHEINFO", nlStruct(32, []member{{name: "rta_clntref", size: 4, f: fUint}, {name: "rta_lastuse", off: 4, size: 4, f: fUint}, {name: "rta_expires", off: 8, size: 4, f: fUint}, {name: "rta_error", off: 12, size: 4, f: fUint}, {name: "rta_used", off: 16, size: 4, f: fUint}, {name: "rta_id", off: 20, size: 4, f: fHex}, {name: "rta_ts", off: 24, size: 4, f: fUint}, {name: "rta_tsage", off: 28, size: 4, f: fUint}})},
	{"SESSION", nil}, {"MP_ALGO", nlU32}, {"TABLE", nlOf(4, fEnum(&tRtTable))}, {"MARK", nlU32},
	{"MFC_STATS", nlStruct(24, series(8, "mfcs_packets mfcs_bytes mfcs_wrong_if"))},
	{"VIA", nlVia},
	{"NEWDST", nlInet}, {"PREF", nlU8}, {"ENCAP_TYPE", nlOf(2, fEnum(&tRtaEncapType))}, {"ENCAP", nil}, {"EXPIRES", nlU64}, {"PAD", nil}, {"UID", nlU32},
	{"TTL_PROPAGATE", nlU8}, {"IP_PROTO", nlU8}, {"SPORT", nlU16}, {"DPORT", nlU16}, {"NH_ID", nil},
}}
var tRtaEncapType = table{"LWTUNNEL_ENCAP_???", names("LWTUNNEL_ENCAP_", "NONE MPLS IP ILA IP6 SEG6 BPF SEG6_LOCAL RPL")}

var nlMetrics = nlSet{prefix: "RTAX_", rows: []nlRow{
	{"UNSPEC", nil}, {"LOCK", nlU32}, {"MTU", nlU32}, {"WINDOW", nlU32}, {"RTT", nlU32}, {"RTTVAR", nlU32}, {"SSTHRESH", nlU32}, {"CWND", nlU32},
	{"ADVMSS", nlU32}, {"REORDERING", nlU32}, {"HOPLIMIT", nlU32}, {"INITCWND", nlU32}, {"FEATURES", nlU32}, {"RTO_MIN", nlU32}, {"INITRWND", nlU32},
	{"QUICKACK", nlU32}, {"CC_ALGO", nlString}, {"FASTOPEN_NO_COOKIE", nil},
}}

var nlNeigh = nlSet{prefix: "NDA_", rows: []nlRow{
	{"UNSPEC", nil}, {"DST", nlInet}, {"LLADDR", nlMAC}, {"CACHEINFO", nlStruct(16, series(4, "ndm_confirmed ndm_used ndm_updated ndm_refcnt"))},
	{"PROBES", nlU32}, {"VLAN", nlU16}, {"PORT", nlBE16}, {"VNI", nlU32}, {"IFINDEX", nlIf}, {"MASTER", nlIf}, {"LINK_NETNSID", nlU32},
	{"SRC_VNI", nlU32}, {"PROTOCOL", nlNumber(fEnum(&tIPProto))}, {"NH_ID", nlU32}, {"FDB_EXT_ATTRS", nlNest(&nlFDBExt)},
	{"FLAGS_EXT", nlAtMost(4, 8, fFlags(&tNdaFlagsExt))}, {"NDM_STATE_MASK", nlAtMost(2, 8, fFlags(&tNUD))},
	{"NDM_FLAGS_MASK", nlAtMost(1, 8, fFlags(&tNTF))},
}}
var tNdaFlagsExt = table{"NTF_EXT_???", []name{{1, "NTF_EXT_MANAGED"}}}

var nlFDBExt = nlSet{prefix: "NFEA_", rows: []nlRow{
	{"UNSPEC", nil}, {"ACTIVITY_NOTIFY", nlAtMost(1, 8, fFlags(&tNfeaActivityNotify))}, {"DONT_REFRESH", nil},
}}
var tNfeaActivityNotify = table{"FDB_NOTIFY_???", []name{{1, "FDB_NOTIFY_BIT"}, {2, "FDB_NOTIFY_INACTIVE_BIT"}}}

var nlRule = nlSet{prefix: "FRA_", rows: []nlRow{
	{"UNSPEC", nil}, {"DST", nlInet}, {"SRC", nlInet}, {"IIFNAME", nlString}, {"GOTO", nlU32}, {"UNUSED2", nil}, {"PRIORITY", nlU32}, {"UNUSED3", nil},
	{"UNUSED4", nil}, {"UNUSED5", nil}, {"FWMARK", nlU32}, {"FLOW", nlU32}, {"TUN_ID", nlBE64}, {"SUPPRESS_IFGROUP", nlU32},
	{"SUPPRESS_PREFIXLEN", nlU32}, {"TABLE", nlOf(4, fEnum(&tRtTable))}, {"FWMASK", nlU32}, {"OIFNAME", nlString}, {"PAD", nil}, {"L3MDEV", nlU8},
	{"UID_RANGE", nlStruct(8, series(4, "start end"))}, {"PROTOCOL", nlOf(1, fEnum(&tRtProt))}, {"IP_PROTO", nlNumber(fEnum(&tIPProto))},
	{"SPORT_RANGE", nlStruct(4, series(2, "start end"))}, {"DPORT_RANGE", nlStruct(4, series(2, "start end"))},
}}

var nlTC = nlSet{prefix: "TCA_", rows: []nlRow{
	{"UNSPEC", nil}, {"KIND", nlString}, {"OPTIONS", nil},
	{"STATS", nlStruct(36, []member{{name: "bytes", size: 8, f: fUint}, {name: "packets", off: 8, size: 4, f: fUint}, {name: "drops", off: 12, size: 4, f: fUint}, {name: "overlimits", off: 16, size: 4, f: fUint}, {name: "bps", off: 20, size: 4, f: fUint}, {name: "pps", off: 24, size: 4, f: fUint}, {name: "qlen", off: 28, size: 4, f: fUint}, {name: "backlog", off: 32, size: 4, f: fUint}})},
	{"XSTATS", nil}, {"RATE", nlStruct(2, []member{{name: "interval", size: 1, f: func(c *Call, v uint64) { c.dec(int64(int8(v))) }}, {name: "ewma_log", off: 1, size: 1, f: fUint}})}, {"FCNT", nlU32}, {"STATS2", nlNest(&nlTCStats)}, {"STAB", nlNest(&nlTCStab)},
	{"PAD", nil}, {"DUMP_INVISIBLE", nil}, {"CHAIN", nlU32}, {"HW_OFFLOAD", nlU8}, {"INGRESS_BLOCK", nlU32}, {"EGRESS_BLOCK", nlU32},
	{"DUMP_FLAGS", nlU32},
}}

var nlTCStab = nlSet{prefix: "TCA_STAB_", rows: []nlRow{
	{"UNSPEC", nil},
	{"BASE", nlStruct(24, []member{{name: "cell_log", size: 1, f: fUint}, {name: "size_log", off: 1, size: 1, f: fUint}, {name: "cell_align", off: 2, size: 2, f: fInt16}, {name: "overhead", off: 4, size: 4, f: fInt}, {name: "linklayer", off: 8, size: 4, f: fUint}, {name: "mpu", off: 12, size: 4, f: fUint}, {name: "mtu", off: 16, size: 4, f: fUint}, {name: "tsize", off: 20, size: 4, f: fUint}})},
	{"DATA", nlArray(2, func(c *Call, p []byte) { c.udec(uint64(u16(p))) })},
}}

var nlTCStats = nlSet{prefix: "TCA_STATS_", rows: []nlRow{
	{"UNSPEC", nil}, {"BASIC", nlStruct(12, []member{{name: "bytes", size: 8, f: fUint}, {name: "packets", off: 8, size: 4, f: fUint}})},
	{"RATE_EST", nlStruct(8, series(4, "bps pps"))}, {"QUEUE", nlStruct(20, series(4, "qlen backlog drops requeues overlimits"))}, {"APP", nil},
	{"RATE_EST64", nlStruct(16, series(8, "bps pps"))}, {"PAD", nil},
	{"BASIC_HW", nlStruct(12, []member{{name: "bytes", size: 8, f: fUint}, {name: "packets", off: 8, size: 4, f: fUint}})}, {"PKT64", nlU64},
}}

var nlAction = nlSet{prefix: "TCA_ACT_", rows: []nlRow{
	{"UNSPEC", nil}, {"KIND", nlString}, {"OPTIONS", nil}, {"INDEX", nlU32}, {"STATS", nlNest(&nlTCStats)}, {"PAD", nil}, {"COOKIE", nil},
	{"FLAGS", nlAtMost(4, 8, fFlags(&tTcaActFlags))}, {"HW_STATS", nlAtMost(4, 8, fFlags(&tTcaActHwStats))},
	{"USED_HW_STATS", nlAtMost(4, 8, fFlags(&tTcaActHwStats))}, {"IN_HW_COUNT", nlU32},
}}
var tTcaActFlags = table{"TCA_ACT_FLAGS_???", []name{{1, "TCA_ACT_FLAGS_NO_PERCPU_STATS"}, {2, "TCA_ACT_FLAGS_SKIP_HW"}, {4, "TCA_ACT_FLAGS_SKIP_SW"}}}
var tTcaActHwStats = table{"TCA_ACT_HW_STATS_???", []name{{1, "TCA_ACT_HW_STATS_IMMEDIATE"}, {2, "TCA_ACT_HW_STATS_DELAYED"}}}

var nlNeighTable = nlSet{prefix: "NDTA_", rows: []nlRow{
	{"UNSPEC", nil}, {"NAME", nlString}, {"THRESH1", nlU32}, {"THRESH2", nlU32}, {"THRESH3", nlU32},
	{"CONFIG", nlStruct(32, []member{{name: "ndtc_key_len", size: 2, f: fUint}, {name: "ndtc_entry_size", off: 2, size: 2, f: fUint}, {name: "ndtc_entries", off: 4, size: 4, f: fUint}, {name: "ndtc_last_flush", off: 8, size: 4, f: fUint}, {name: "ndtc_last_rand", off: 12, size: 4, f: fUint}, {name: "ndtc_hash_rnd", off: 16, size: 4, f: fUint}, {name: "ndtc_hash_mask", off: 20, size: 4, f: fHex}, {name: "ndtc_hash_chain_gc", off: 24, size: 4, f: fUint}, {name: "ndtc_proxy_qlen", off: 28, size: 4, f: fUint}})},
	{"PARMS", nlNest(&nlNeighParms)},
	{"STATS", nlGrown(80, 88, series(8, "ndts_allocs ndts_destroys ndts_hash_grows ndts_res_failed ndts_lookups ndts_hits ndts_rcv_probes_mcast ndts_rcv_probes_ucast ndts_periodic_gc_runs ndts_forced_gc_runs ndts_table_fulls"))},
	{"GC_INTERVAL", nlU64}, {"PAD", nil},
}}

var nlNeighParms = nlSet{prefix: "NDTPA_", rows: []nlRow{
	{"UNSPEC", nil}, {"IFINDEX", nlIf}, {"REFCNT", nlU32}, {"REACHABLE_TIME", nlU64}, {"BASE_REACHABLE_TIME", nlU64}, {"RETRANS_TIME", nlU64},
	{"GC_STALETIME", nlU64}, {"DELAY_PROBE_TIME", nlU64}, {"QUEUE_LEN", nlU32}, {"APP_PROBES", nlU32}, {"UCAST_PROBES", nlU32}, {"MCAST_PROBES", nlU32},
	{"ANYCAST_DELAY", nlU64}, {"PROXY_DELAY", nlU64}, {"PROXY_QLEN", nlU32}, {"LOCKTIME", nlU64}, {"QUEUE_LENBYTES", nlU32}, {"MCAST_REPROBES", nlU32},
	{"PAD", nil}, {"INTERVAL_PROBE_TIME_MS", nlU64},
}}

var nlAddrLabel = nlSet{prefix: "IFAL_", rows: []nlRow{
	{}, {"ADDRESS", nlIn6}, {"LABEL", nlU32},
}}

var nlNetconf = nlSet{prefix: "NETCONFA_", rows: []nlRow{
	{"UNSPEC", nil}, {"IFINDEX", nlIf}, {"FORWARDING", nlS32}, {"RP_FILTER", nlS32}, {"MC_FORWARDING", nlS32}, {"PROXY_NEIGH", nlS32},
	{"IGNORE_ROUTES_WITH_LINKDOWN", nlS32}, {"INPUT", nlS32}, {"BC_FORWARDING", nlS32},
}}

var nlNSID = nlSet{prefix: "NETNSA_", rows: []nlRow{
	{"NONE", nil}, {"NSID", nlS32}, {"PID", nlU32}, {"FD", nlS32}, {"TARGET_NSID", nlS32}, {"CURRENT_NSID", nlS32},
}}

var nlCacheReport = nlSet{prefix: "IPMRA_CREPORT_", rows: []nlRow{
	{"UNSPEC", nil}, {"MSGTYPE", nlAtMost(1, 8, fEnum(&tIpmraCreportMsgtype))}, {"VIF_ID", nlU32}, {"SRC_ADDR", nlRaw(4, (*Call).in4)}, {"DST_ADDR", nlRaw(4, (*Call).in4)},
	{"PKT", nil}, {"TABLE", nlU32},
}}
var tIpmraCreportMsgtype = table{"IGMPMSG_???", []name{{1, "IGMPMSG_NOCACHE"}, {2, "IGMPMSG_WRONGVIF"}, {3, "IGMPMSG_WHOLEPKT"}, {4, "IGMPMSG_WRVIFWHOLE"}}}

var nlNexthop = nlSet{prefix: "NHA_", rows: []nlRow{
	{"UNSPEC", nil}, {"ID", nlU32},
	{"GROUP", nlArray(8, func(c *Call, p []byte) { c.structBody(p, nexthopGroup) })},
	{"GROUP_TYPE", nlAtMost(2, 8, fEnum(&tNhaGroupType))}, {"BLACKHOLE", nlU32}, {"OIF", nlIf}, {"GATEWAY", nlInet},
	{"ENCAP_TYPE", nlOf(2, fEnum(&tRtaEncapType))}, {"ENCAP", nil}, {"GROUPS", nlU32}, {"MASTER", nlIf}, {"FDB", nlU32},
	{"RES_GROUP", nlNest(&nlResGroup)}, {"RES_BUCKET", nlNest(&nlResBucket)},
}}
var tNhaGroupType = table{"NEXTHOP_GRP_TYPE_???", names("NEXTHOP_GRP_TYPE_", "MPATH RES")}

var nlResGroup = nlSet{prefix: "NHA_RES_GROUP_", rows: []nlRow{
	{"PAD", nil}, {"BUCKETS", nlU16}, {"IDLE_TIMER", nlClock}, {"UNBALANCED_TIMER", nlClock}, {"UNBALANCED_TIME", nlClock},
}}

var nlResBucket = nlSet{prefix: "NHA_RES_BUCKET_", rows: []nlRow{
	{"PAD", nil}, {"INDEX", nlU16}, {"IDLE_TIME", nlClock}, {"NH_ID", nlU32},
}}

// Statistics.

var nlStats = nlSet{prefix: "IFLA_STATS_", rows: []nlRow{
	{"UNSPEC", nil},
	{"LINK_64", nlLinkStats64},
	{"LINK_XSTATS", nlNest(&nlLinkXstats)}, {"LINK_XSTATS_SLAVE", nlNest(&nlLinkXstats)}, {"LINK_OFFLOAD_XSTATS", nlNest(&nlOffloadStats)},
	{"AF_SPEC", nlNest(&nlStatsAF)},
}}

var nlBridgeXstats = nlSet{prefix: "BRIDGE_XSTATS_", rows: []nlRow{
	{"UNSPEC", nil},
	{"VLAN", nlThenBytes(40, bridgeVlanXstats)},
	{"MCAST", nlThenBytes(240, mcastStats())},
	{"PAD", nil},
	{"STP", nlThenBytes(48, series(8, "transition_blk transition_fwd rx_bpdu tx_bpdu rx_tcn tx_tcn"))},
}}

var nlBond3AD = nlSet{prefix: "BOND_3AD_STAT_", unknown: "BOND_XSTATS_???", rows: []nlRow{
	{"LACPDU_RX", nlU64}, {"LACPDU_TX", nlU64}, {"LACPDU_UNKNOWN_RX", nlU64},
	{"LACPDU_ILLEGAL_RX", nlU64}, {"MARKER_RX", nlU64}, {"MARKER_TX", nlU64},
	{"MARKER_RESP_RX", nlU64}, {"MARKER_RESP_TX", nlU64}, {"MARKER_UNKNOWN_RX", nlU64},
	{"PAD", nil},
}}

var nlOffloadStats = nlSet{prefix: "IFLA_OFFLOAD_XSTATS_", rows: []nlRow{
	{"UNSPEC", nil},
	{"CPU_HIT", nlLinkStats64},
}}

var (
	nlLinkXstats = nlSet{prefix: "LINK_XSTATS_TYPE_", rows: []nlRow{{"UNSPEC", nil}, {"BRIDGE", nlNest(&nlBridgeXstats)}, {"BOND", nlNest(&nlBondXstats)}}}
	nlBondXstats = nlSet{prefix: "BOND_XSTATS_", rows: []nlRow{{"UNSPEC", nil}, {"3AD", nlNest(&nlBond3AD)}}}
	nlStatsAF    = nlSet{names: &tAF, byType: map[uint16]nlAttr{28: nlNest(&nlMPLSStats)}}
	nlMPLSStats  = nlSet{prefix: "MPLS_STATS_", rows: []nlRow{{"UNSPEC", nil},
		{"LINK", nlThenBytes(72, series(8, "rx_packets tx_packets rx_bytes tx_bytes rx_errors tx_errors rx_dropped tx_dropped rx_noroute"))}}}

	bridgeVlanXstats = append(series(8, "rx_bytes rx_packets tx_bytes tx_packets"), member{name: "vid", off: 32, size: 2, f: fUint},
		member{name: "flags", off: 34, size: 2, f: fFlags(&tBridgeVlanInfo)}, member{name: "pad2", off: 36, size: 4, f: fHex, skip: isZero(36, 4)})
)

// mcastStats are the members of struct br_mcast_stats: counters, most of them by direction.
func mcastStats() (ms []member) {
	off := 0
	for _, n := range names("", "igmp_v1queries igmp_v2queries igmp_v3queries igmp_leaves igmp_v1reports igmp_v2reports igmp_v3reports igmp_parse_errors "+
		"mld_v1queries mld_v2queries mld_leaves mld_v1reports mld_v2reports mld_parse_errors mcast_bytes mcast_packets") {
		m := member{name: n.name, off: off, size: 8, f: fUint}
		if !strings.HasSuffix(n.name, "_errors") {
			m.size, m.raw = 16, (*Call).byDirection
		}
		ms = append(ms, m)
		off += m.size
	}
	return ms
}

func (c *Call) byDirection(p []byte) {
	for i := range 2 {
		c.str([2]string{"[[", ", ["}[i])
		c.index(&tMcastDir, uint64(i))
		c.str("]=")
		c.udec(u64(p[8*i:]))
	}
	c.byte(']')
}

var tMcastDir = table{"BR_MCAST_DIR_???", names("BR_MCAST_DIR_", "RX TX")}

// Bridges' tables of multicast groups.
var (
	nlMDB        = nlSet{prefix: "MDBA_", rows: []nlRow{{"UNSPEC", nil}, {"MDB", nlNest(&nlMDBEntries)}, {"ROUTER", nlNest(&nlMDBRouter)}}}
	nlMDBEntries = nlSet{prefix: "MDBA_MDB_", rows: []nlRow{{"UNSPEC", nil}, {"ENTRY", nlNest(&nlMDBEntry)}}}
	nlMDBEntry   = nlSet{prefix: "MDBA_MDB_ENTRY_", rows: []nlRow{{"UNSPEC", nil}, {"INFO", nlThen(28, mdbEntry, nlAfter(&nlMDBInfo))}}}
	nlMDBInfo    = nlSet{prefix: "MDBA_MDB_EATTR_", rows: []nlRow{{"UNSPEC", nil}, {"TIMER", nlClock}, {"SRC_LIST", nil}, {"GROUP_MODE", nil}, {"SOURCE", nil}, {"RTPROT", nil}}}
	nlMDBRouter  = nlSet{prefix: "MDBA_ROUTER_", rows: []nlRow{{"UNSPEC", nil}, {"PORT", nlRouterPort}}}
	nlMDBPort    = nlSet{prefix: "MDBA_ROUTER_PATTR_", rows: []nlRow{{"UNSPEC", nil}, {"TIMER", nlClock}, {"TYPE", nlAtMost(1, 8, fEnum(&tMDBRouter))},
		{"INET_TIMER", nlClock}, {"INET6_TIMER", nlClock}}}

	// mdbEntry is struct br_mdb_entry, whose address is of the protocol behind it.
	mdbEntry = []member{{name: "ifindex", size: 4, f: fIfindex}, {name: "state", off: 4, size: 1, f: fEnum(&tMDBState)}, {name: "flags", off: 5, size: 1, f: fFlags(&tMDBFlags)},
		{name: "vid", off: 6, size: 2, f: fUint}, {name: "addr", off: 8, size: 20, raw: func(c *Call, p []byte) {
			c.str("{u=")
			switch proto := uint16(p[16])<<8 | uint16(p[17]); proto {
			case 0x800: // ETH_P_IP
				c.in4(p)
			case 0x86dd: // ETH_P_IPV6
				c.in6(p)
			default:
				c.hexQuote(p[:16])
			}
			c.str(", proto=")
			if p[16] == 0 && p[17] == 0 {
				c.orderedEnum(&tAF, p[16:])
			} else {
				c.etherType(p[16:])
			}
			c.byte('}')
		}}}
	tMDBState  = table{"MDB_???", names("MDB_", "TEMPORARY PERMANENT")}
	tMDBFlags  = table{"MDB_FLAGS_???", []name{{1, "MDB_FLAGS_OFFLOAD"}, {2, "MDB_FLAGS_FAST_LEAVE"}, {4, "MDB_FLAGS_STAR_EXCL"}, {8, "MDB_FLAGS_BLOCKED"}}}
	tMDBRouter = table{"MDB_RTR_TYPE_???", names("MDB_RTR_TYPE_", "DISABLED TEMP_QUERY PERM TEMP")}
)

// nlAfter is attributes behind a structure.
func nlAfter(set *nlSet) func(c *Call, v uint64, n int) {
	return func(c *Call, v uint64, n int) { c.attributes(v, n, set) }
}

// nlRouterPort is a port and attributes.
func nlRouterPort(c *Call, v uint64, n int) bool {
	if !nlIf(c, v, n) {
		return false
	}
	if n > 4 {
		c.str(", ")
		c.attributes(v+4, n-4, &nlMDBPort)
	}
	return true
}

// nexthopGroup is struct nexthop_grp.
var nexthopGroup = []member{{name: "id", size: 4, f: fUint}, {name: "weight", off: 4, size: 1, f: fUint}, {name: "resvd1", off: 5, size: 1, f: fHex, skip: isZero(5, 1)},
	{name: "resvd2", off: 6, size: 2, f: fHex, skip: isZero(6, 2)}}

// nlVia is struct rtvia: a family and an address of it.
func nlVia(c *Call, v uint64, n int) bool {
	if n < 2 {
		return false
	}
	p, ok := c.read(v, 2)
	if !ok {
		c.addr(v)
		return true
	}
	family := u16(p)
	c.field(true, "rtvia_family")
	c.enum(&tAF, uint64(family))
	if n -= 2; n > 0 {
		c.str(", ")
		size := map[uint16]int{2: 4, 10: 16}[family]
		p, ok := c.read(v+2, size)
		switch {
		case size == 0 || n < size:
			c.str("rtvia_addr=")
			c.hexBuffer(v+2, uint64(n))
		case !ok:
			c.str("rtvia_addr=")
			c.addr(v + 2)
		default:
			c.addressMember("rtvia_addr", p, family == 10)
		}
	}
	c.byte('}')
	return true
}

// rtnexthop is struct rtnexthop.
var rtnexthop = []member{{name: "rtnh_len", size: 2, f: fUint}, {name: "rtnh_flags", off: 2, size: 1, f: fFlags(&tRTNH)}, {name: "rtnh_hops", off: 3, size: 1, f: fUint},
	{name: "rtnh_ifindex", off: 4, size: 4, f: fIfindex}}

// nlMultipath is a list of next hops, each with attributes in the length that it says.
func nlMultipath(c *Call, v uint64, n int) bool {
	const width = 8
	if n < width {
		return false
	}
	several := brackets(false)
	for i := 0; ; i++ {
		begun := c.mark()
		p, ok := c.read(v, width)
		switch {
		case !ok && i == 0:
			c.addr(v)
			return true
		case !ok:
			c.unreadable(v)
			return several.end(c)
		}
		size := int(u16(p))
		if i == 0 && (size < width || (size+3)&^3 < n) {
			several = true
			c.byte('[')
		}
		more := min(size, n) - width
		if more > 0 {
			c.byte('[')
		}
		c.structBody(p, rtnexthop)
		if more > 0 {
			c.str(", ")
			c.attributes(v+width, more, &nlRoute)
			c.byte(']')
		}
		c.release(begun)
		step := (size + 3) &^ 3
		if size < width || step >= n {
			break
		}
		if v, n = v+uint64(step), n-step; n < width || c.full() {
			break
		}
		c.str(", ")
	}
	return several.end(c)
}

// brackets says whether a list began with one.
type brackets bool

func (b brackets) end(c *Call) bool {
	if b {
		c.byte(']')
	}
	return true
}

var nlDCB = nlSet{prefix: "DCB_ATTR_", rows: nlRowsOf("UNDEFINED IFNAME STATE PFC_STATE PFC_CFG NUM_TC PG_CFG SET_ALL PERM_HWADDR CAP NUMTCS BCN APP IEEE DCBX FEATCFG CEE")}

// nlRowsOf are rows of names only.
func nlRowsOf(words string) (rows []nlRow) {
	for _, n := range names("", words) {
		rows = append(rows, nlRow{name: n.name})
	}
	return rows
}

// The next hops of a route have its attributes again.
func init() { nlRoute.rows[9].data = nlMultipath }

var nlCacheReport6 = nlSet{prefix: "IP6MRA_CREPORT_", rows: []nlRow{{"UNSPEC", nil}, {"MSGTYPE", nlAtMost(1, 8, fEnum(&tMRT6))}, {"MIF_ID", nlU32}, {"SRC_ADDR", nlIn6},
	{"DST_ADDR", nlIn6}, {"PKT", nil}}}

var tMRT6 = table{"MRT6MSG_???", []name{{1, "MRT6MSG_NOCACHE"}, {2, "MRT6MSG_WRONGMIF"}, {3, "MRT6MSG_WHOLEPKT"}, {4, "MRT6MSG_WRMIFWHOLE"}}}
