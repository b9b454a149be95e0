package syscalls

// Links of routing netlink (rtnetlink(7); linux/if_link.h, if_bridge.h, if_tun.h): their attributes.

var nlLink = nlSet{prefix: "IFLA_", rows: []nlRow{
	{"UNSPEC", nil}, {"ADDRESS", nlHardware}, {"BROADCAST", nlHardware}, {"IFNAME", nlString}, {"MTU", nlU32}, {"LINK", nlU32}, {"QDISC", nlString},
	{"STATS", nlGrown(92, 96, series(4, "rx_packets tx_packets rx_bytes tx_bytes rx_errors tx_errors rx_dropped tx_dropped multicast collisions rx_length_errors rx_over_errors rx_crc_errors rx_frame_errors rx_fifo_errors rx_missed_errors tx_aborted_errors tx_carrier_errors tx_fifo_errors tx_heartbeat_errors tx_window_errors rx_compressed tx_compressed rx_nohandler"))},
	{"COST", nil}, {"PRIORITY", nil}, {"MASTER", nlU32}, {"WIRELESS", nil}, {"PROTINFO", nlByFamily(map[byte]nlAttr{7: nlNest(&nlBrport), 10: nlNest(&nlInet6)})}, {"TXQLEN", nlU32},
	{"MAP", nlStruct(28, []member{{name: "mem_start", size: 8, f: fHex}, {name: "mem_end", off: 8, size: 8, f: fHex}, {name: "base_addr", off: 16, size: 8, f: fHex}, {name: "irq", off: 24, size: 2, f: fUint}, {name: "dma", off: 26, size: 1, f: fUint}, {name: "port", off: 27, size: 1, f: fUint}})},
	{"WEIGHT", nlU32}, {"OPERSTATE", nlU8}, {"LINKMODE", nlU8}, {"LINKINFO", nlKinds(&nlLinkInfo)}, {"NET_NS_PID", nlU32}, {"IFALIAS", nlString},
	{"NUM_VF", nlU32}, {"VFINFO_LIST", nlNest(&nlVFInfoList)},
	{"STATS64", nlLinkStats64},
	{"VF_PORTS", nlNest(&nlVFPorts)}, {"PORT_SELF", nlNest(&nlVFPort)}, {"AF_SPEC", nlByFamily(map[byte]nlAttr{7: nlNest(&nlBridgeAF), nlOtherFamily: nlNest(&nlAFSpec)})}, {"GROUP", nlU32}, {"NET_NS_FD", nlS32},
	{"EXT_MASK", nlAtMost(4, 8, fFlags(&tIflaExtMask))}, {"PROMISCUITY", nlU32}, {"NUM_TX_QUEUES", nlU32}, {"NUM_RX_QUEUES", nlU32}, {"CARRIER", nlU8},
	{"PHYS_PORT_ID", nil}, {"CARRIER_CHANGES", nlU32}, {"PHYS_SWITCH_ID", nil}, {"LINK_NETNSID", nlS32}, {"PHYS_PORT_NAME", nlString},
	{"PROTO_DOWN", nlU8}, {"GSO_MAX_SEGS", nlU32}, {"GSO_MAX_SIZE", nlU32}, {"PAD", nil}, {"XDP", nlNest(&nlXDP)}, {"EVENT", nlOf(4, fEnum(&tIflaEvent))},
	{"NEW_NETNSID", nlS32}, {"IF_NETNSID", nlS32}, {"CARRIER_UP_COUNT", nlU32}, {"CARRIER_DOWN_COUNT", nlU32}, {"NEW_IFINDEX", nlIf}, {"MIN_MTU", nlU32},
	{"MAX_MTU", nlU32}, {"PROP_LIST", nlNest(&nlPropList)}, {"ALT_IFNAME", nlString}, {"PERM_ADDRESS", nlHardware},
	{"PROTO_DOWN_REASON", nlNest(&nlProtoDown)}, {"PARENT_DEV_NAME", nlString}, {"PARENT_DEV_BUS_NAME", nlString}, {"GRO_MAX_SIZE", nlU32},
	{"TSO_MAX_SIZE", nlU32}, {"TSO_MAX_SEGS", nlU32}, {"ALLMULTI", nlU32},
}}
var tIflaExtMask = table{"RTEXT_FILTER_???", []name{{1, "RTEXT_FILTER_VF"}, {2, "RTEXT_FILTER_BRVLAN"}, {4, "RTEXT_FILTER_BRVLAN_COMPRESSED"}, {8, "RTEXT_FILTER_SKIP_STATS"}, {0x10, "RTEXT_FILTER_MRP"}, {0x20, "RTEXT_FILTER_CFM_CONFIG"}, {0x40, "RTEXT_FILTER_CFM_STATUS"}}}
var tIflaEvent = table{"IFLA_EVENT_???", names("IFLA_EVENT_", "NONE REBOOT FEATURES BONDING_FAILOVER NOTIFY_PEERS IGMP_RESEND BONDING_OPTIONS")}

var nlLinkInfo = nlSet{prefix: "IFLA_INFO_", rows: []nlRow{
	{"UNSPEC", nil}, {"KIND", nlKind}, {"DATA", nlByKind(map[string]nlAttr{"bridge": nlNest(&nlBridge), "tun": nlNest(&nlTun)})},
	{"XSTATS", nlByKind(map[string]nlAttr{"can": nlStruct(24, series(4, "bus_error error_warning error_passive bus_off arbitration_lost restarts"))})}, {"SLAVE_KIND", nlSlaveKind}, {"SLAVE_DATA", nlBySlaveKind(map[string]nlAttr{"bridge": nlNest(&nlBrport)})},
}}

var nlVF = nlSet{prefix: "IFLA_VF_", rows: []nlRow{
	{"UNSPEC", nil},
	{"MAC", nlStruct(36, []member{{name: "vf", size: 4, f: fUint}, {name: "mac", off: 4, size: 32, raw: (*Call).mac}})},
	{"VLAN", nlStruct(12, series(4, "vf vlan qos"))}, {"TX_RATE", nlStruct(8, series(4, "vf rate"))}, {"SPOOFCHK", nlStruct(8, series(4, "vf setting"))},
	{"LINK_STATE", nlStruct(8, []member{{name: "vf", size: 4, f: fUint}, {name: "link_state", off: 4, size: 4, f: fEnum(&tVFLinkState)}})},
	{"RATE", nlStruct(12, series(4, "vf min_tx_rate max_tx_rate"))}, {"RSS_QUERY_EN", nlStruct(8, series(4, "vf setting"))},
	{"STATS", nlNest(&nlVFStats)}, {"TRUST", nlStruct(8, series(4, "vf setting"))}, {"IB_NODE_GUID", vfGUID}, {"IB_PORT_GUID", vfGUID},
	{"VLAN_LIST", nlNest(&nlVFVlans)},
	{"BROADCAST", nlStruct(32, []member{{name: "broadcast", size: 32, raw: (*Call).mac}})},
}}

var nlVFStats = nlSet{prefix: "IFLA_VF_STATS_", rows: []nlRow{
	{"RX_PACKETS", nlU64}, {"TX_PACKETS", nlU64}, {"RX_BYTES", nlU64}, {"TX_BYTES", nlU64}, {"BROADCAST", nlU64}, {"MULTICAST", nlU64}, {"PAD", nil},
	{"RX_DROPPED", nlU64}, {"TX_DROPPED", nlU64},
}}

var nlVFVlans = nlSet{prefix: "IFLA_VF_VLAN_INFO", unknown: "IFLA_VF_VLAN_INFO_???", rows: []nlRow{
	{"_UNSPEC", nil},
	{"", nlStruct(16, []member{{name: "vf", size: 4, f: fUint}, {name: "vlan", off: 4, size: 4, f: fUint}, {name: "qos", off: 8, size: 4, f: fUint}, {name: "vlan_proto", off: 12, size: 2, raw: (*Call).etherType}})},
}}

var nlVFPort = nlSet{prefix: "IFLA_PORT_", unknown: "IFLA_VF_PORT_???", rows: []nlRow{
	{"UNSPEC", nil}, {"VF", nlU32}, {"PROFILE", nlString},
	{"VSI_TYPE", nlStruct(8, []member{{name: "vsi_mgr_id", size: 1, f: fUint}, {name: "vsi_type_id", off: 1, size: 3, raw: (*Call).hexQuote}, {name: "vsi_type_version", off: 4, size: 1, f: fUint}, {name: "pad", off: 5, size: 3, raw: (*Call).hexQuote, skip: isZero(5, 3)}})},
	{"INSTANCE_UUID", nil}, {"HOST_UUID", nil}, {"REQUEST", nlU8}, {"RESPONSE", nlU16},
}}

var nlXDP = nlSet{prefix: "IFLA_XDP_", rows: []nlRow{
	{"UNSPEC", nil}, {"FD", nlFD}, {"ATTACHED", nlAtMost(1, 8, fEnum(&tIflaXdpAttached))}, {"FLAGS", nlOf(4, fFlags(&tIflaXdpFlags))},
	{"PROG_ID", nlU32}, {"DRV_PROG_ID", nlU32}, {"SKB_PROG_ID", nlU32}, {"HW_PROG_ID", nlU32}, {"EXPECTED_FD", nlFD},
}}
var tIflaXdpAttached = table{"XDP_ATTACHED_???", names("XDP_ATTACHED_", "NONE DRV SKB HW MULTI")}
var tIflaXdpFlags = table{"XDP_FLAGS_???", []name{{1, "XDP_FLAGS_UPDATE_IF_NOEXIST"}, {2, "XDP_FLAGS_SKB_MODE"}, {4, "XDP_FLAGS_DRV_MODE"}, {8, "XDP_FLAGS_HW_MODE"}, {0x10, "XDP_FLAGS_REPLACE"}}}

var nlProtoDown = nlSet{prefix: "IFLA_PROTO_DOWN_REASON_", rows: []nlRow{
	{"UNSPEC", nil}, {"MASK", nlX32}, {"VALUE", nlX32},
}}

var nlInet6 = nlSet{prefix: "IFLA_INET6_", rows: []nlRow{
	{"UNSPEC", nil}, {"FLAGS", nlAtMost(4, 8, fFlags(&tIflaInet6Flags))}, {"CONF", nlIndexed(4, 0, &tDevconf6, fInt)},
	{"STATS", nlIndexed(8, 0, &tIPStats, fUint)}, {"MCAST", nil},
	{"CACHEINFO", nlStruct(16, series(4, "max_reasm_len tstamp reachable_time retrans_time"))}, {"ICMP6STATS", nlIndexed(8, 0, &tICMP6Stats, fUint)},
	{"TOKEN", nlIn6}, {"ADDR_GEN_MODE", nlAtMost(1, 8, fEnum(&tIflaInet6AddrGenMode))}, {"RA_MTU", nlU32},
}}
var tIflaInet6Flags = table{"IF_???", []name{{0x10, "IF_RS_SENT"}, {0x20, "IF_RA_RCVD"}, {0x40, "IF_RA_MANAGED"}, {0x80, "IF_RA_OTHERCONF"}, {0x80000000, "IF_READY"}}}
var tIflaInet6AddrGenMode = table{"IN6_ADDR_GEN_MODE_???", names("IN6_ADDR_GEN_MODE_", "EUI64 NONE STABLE_PRIVACY RANDOM")}

var nlMCTP = nlSet{prefix: "IFLA_MCTP_", rows: []nlRow{
	{"UNSPEC", nil}, {"NET", nlU32},
}}

var nlBridgeAF = nlSet{prefix: "IFLA_BRIDGE_", rows: []nlRow{
	{"FLAGS", nlAtMost(2, 8, fFlags(&tIflaBridgeFlags))}, {"MODE", nlAtMost(2, 8, fEnum(&tIflaBridgeMode))},
	{"VLAN_INFO", nlThenBytes(4, []member{{name: "flags", size: 2, f: fFlags(&tBridgeVlanInfo)}, {name: "vid", off: 2, size: 2, f: fUint}})},
	{"VLAN_TUNNEL_INFO", nlNest(&nlVlanTunnel)}, {"MRP", nil}, {"CFM", nil}, {"MST", nil},
}}
var tIflaBridgeFlags = table{"BRIDGE_FLAGS_???", []name{{1, "BRIDGE_FLAGS_MASTER"}, {2, "BRIDGE_FLAGS_SELF"}}}
var tIflaBridgeMode = table{"BRIDGE_MODE_???", []name{{0, "BRIDGE_MODE_VEB"}, {1, "BRIDGE_MODE_VEPA"}, {0xffff, "BRIDGE_MODE_UNDEF"}}}

var nlBrport = nlSet{prefix: "IFLA_BRPORT_", rows: []nlRow{
	{"UNSPEC", nil}, {"STATE", nlU8}, {"PRIORITY", nlU16}, {"COST", nlU32}, {"MODE", nlU8}, {"GUARD", nlU8}, {"PROTECT", nlU8}, {"FAST_LEAVE", nlU8},
	{"LEARNING", nlU8}, {"UNICAST_FLOOD", nlU8}, {"PROXYARP", nlU8}, {"LEARNING_SYNC", nlU8}, {"PROXYARP_WIFI", nlU8},
	{"ROOT_ID", nlStruct(8, bridgeID)},
	{"BRIDGE_ID", nlStruct(8, bridgeID)}, {"DESIGNATED_PORT", nlU16},
	{"DESIGNATED_COST", nlU16}, {"ID", nlU16}, {"NO", nlU16}, {"TOPOLOGY_CHANGE_ACK", nlU8}, {"CONFIG_PENDING", nlU8}, {"MESSAGE_AGE_TIMER", nlClock},
	{"FORWARD_DELAY_TIMER", nlClock}, {"HOLD_TIMER", nlClock}, {"FLUSH", nil}, {"MULTICAST_ROUTER", nlU8}, {"PAD", nil}, {"MCAST_FLOOD", nlU8},
	{"MCAST_TO_UCAST", nlU8}, {"VLAN_TUNNEL", nlU8}, {"BCAST_FLOOD", nlU8}, {"GROUP_FWD_MASK", nlX16}, {"NEIGH_SUPPRESS", nlU8}, {"ISOLATED", nlU8},
	{"BACKUP_PORT", nlIf}, {"MRP_RING_OPEN", nlU8}, {"MRP_IN_OPEN", nlU8}, {"MCAST_EHT_HOSTS_LIMIT", nlU32}, {"MCAST_EHT_HOSTS_CNT", nlU32},
	{"LOCKED", nlU8},
}}

var nlBridge = nlSet{prefix: "IFLA_BR_", rows: []nlRow{
	{"UNSPEC", nil}, {"FORWARD_DELAY", nlClock}, {"HELLO_TIME", nlClock}, {"MAX_AGE", nlClock}, {"AGEING_TIME", nlClock}, {"STP_STATE", nlU32},
	{"PRIORITY", nlU16}, {"VLAN_FILTERING", nlU8}, {"VLAN_PROTOCOL", nlBE16Enum(&tEtherProto)}, {"GROUP_FWD_MASK", nlX16},
	{"ROOT_ID", nlStruct(8, bridgeID)},
	{"BRIDGE_ID", nlStruct(8, bridgeID)}, {"ROOT_PORT", nlU16},
	{"ROOT_PATH_COST", nlU32}, {"TOPOLOGY_CHANGE", nlU8}, {"TOPOLOGY_CHANGE_DETECTED", nlU8}, {"HELLO_TIMER", nlClock}, {"TCN_TIMER", nlClock},
	{"TOPOLOGY_CHANGE_TIMER", nlClock}, {"GC_TIMER", nlClock}, {"GROUP_ADDR", nlMAC}, {"FDB_FLUSH", nil}, {"MCAST_ROUTER", nlU8},
	{"MCAST_SNOOPING", nlU8}, {"MCAST_QUERY_USE_IFADDR", nlU8}, {"MCAST_QUERIER", nlU8}, {"MCAST_HASH_ELASTICITY", nlU32}, {"MCAST_HASH_MAX", nlU32},
	{"MCAST_LAST_MEMBER_CNT", nlU32}, {"MCAST_STARTUP_QUERY_CNT", nlU32}, {"MCAST_LAST_MEMBER_INTVL", nlClock}, {"MCAST_MEMBERSHIP_INTVL", nlClock},
	{"MCAST_QUERIER_INTVL", nlClock}, {"MCAST_QUERY_INTVL", nlClock}, {"MCAST_QUERY_RESPONSE_INTVL", nlClock}, {"MCAST_STARTUP_QUERY_INTVL", nlClock},
	{"NF_CALL_IPTABLES", nlU8}, {"NF_CALL_IP6TABLES", nlU8}, {"NF_CALL_ARPTABLES", nlU8}, {"VLAN_DEFAULT_PVID", nlU16}, {"PAD", nil},
	{"VLAN_STATS_ENABLED", nlU8}, {"MCAST_STATS_ENABLED", nlU8}, {"MCAST_IGMP_VERSION", nlU8}, {"MCAST_MLD_VERSION", nlU8}, {"VLAN_STATS_PER_PORT", nlU8},
	{"MULTI_BOOLOPT", nlStruct(8, []member{{name: "optval", size: 4, f: fFlags(&tBoolopt)}, {name: "optmask", off: 4, size: 4, f: fFlags(&tBoolopt)}})},
	{"MCAST_QUERIER_STATE", nlNest(&nlQuerier)},
}}

var nlTun = nlSet{prefix: "IFLA_TUN_", rows: []nlRow{
	{"UNSPEC", nil}, {"OWNER", nlUID}, {"GROUP", nlUID}, {"TYPE", nlAtMost(1, 8, fEnum(&tIflaTunType))}, {"PI", nlU8}, {"VNET_HDR", nlU8},
	{"PERSIST", nlU8}, {"MULTI_QUEUE", nlU8}, {"NUM_QUEUES", nlU32}, {"NUM_DISABLED_QUEUES", nlU32},
}}
var tIflaTunType = table{"IFF_???", []name{{1, "IFF_TUN"}, {2, "IFF_TAP"}}}

var nlVlanTunnel = nlSet{prefix: "IFLA_BRIDGE_VLAN_TUNNEL_", rows: []nlRow{
	{"UNSPEC", nil}, {"ID", nlU32}, {"VID", nlU16}, {"FLAGS", nlAtMost(2, 8, fFlags(&tBridgeVlanInfo))},
}}

var (
	nlVFInfoList = nlSet{prefix: "IFLA_VF_INFO", unknown: "IFLA_VF_INFO_???", rows: []nlRow{{"_UNSPEC", nil}, {"", nlNest(&nlVF)}}}
	nlVFPorts    = nlSet{prefix: "IFLA_VF_PORT", unknown: "IFLA_VF_PORT_???", rows: []nlRow{{"_UNSPEC", nil}, {"", nlNest(&nlVFPort)}}}
	nlPropList   = nlSet{prefix: "IFLA_"}
	// nlAFSpec has the protocol families for types.
	nlAFSpec = nlSet{names: &tAF, byType: map[uint16]nlAttr{2: nlNest(&nlInetAF), 10: nlNest(&nlInet6), 45: nlNest(&nlMCTP)}}
	nlInetAF = nlSet{prefix: "IFLA_INET_", rows: []nlRow{{"UNSPEC", nil}, {"CONF", nlIndexed(4, 1, &tDevconf4, fInt)}}}

	vfGUID   = nlRecord(newRecord(u32le("vf"), h64("guid")))
	bridgeID = []member{{name: "prio", size: 2, raw: (*Call).bytesList}, {name: "addr", off: 2, size: 6, raw: (*Call).mac}}

	nlLinkStats64 = nlGrown(184, 200, series(8, "rx_packets tx_packets rx_bytes tx_bytes rx_errors tx_errors rx_dropped tx_dropped multicast collisions "+
		"rx_length_errors rx_over_errors rx_crc_errors rx_frame_errors rx_fifo_errors rx_missed_errors tx_aborted_errors tx_carrier_errors "+
		"tx_fifo_errors tx_heartbeat_errors tx_window_errors rx_compressed tx_compressed rx_nohandler rx_otherhost_dropped"))
)

var (
	tVFLinkState    = table{"IFLA_VF_LINK_STATE_???", names("IFLA_VF_LINK_STATE_", "AUTO ENABLE DISABLE")}
	tBridgeVlanInfo = table{"BRIDGE_VLAN_INFO_???", []name{{1, "BRIDGE_VLAN_INFO_MASTER"}, {2, "BRIDGE_VLAN_INFO_PVID"}, {4, "BRIDGE_VLAN_INFO_UNTAGGED"},
		{8, "BRIDGE_VLAN_INFO_RANGE_BEGIN"}, {0x10, "BRIDGE_VLAN_INFO_RANGE_END"}, {0x20, "BRIDGE_VLAN_INFO_BRENTRY"}, {0x40, "BRIDGE_VLAN_INFO_ONLY_OPTS"}}}
	tBoolopt  = table{"1<<BR_BOOLOPT_???", []name{{1, "1<<BR_BOOLOPT_NO_LL_LEARN"}, {2, "1<<BR_BOOLOPT_MCAST_VLAN_SNOOPING"}, {4, "1<<BR_BOOLOPT_MST_ENABLE"}}}
	tDevconf4 = table{"IPV4_DEVCONF_???", devconf4()}
	tDevconf6 = table{"DEVCONF_???", names("DEVCONF_", "FORWARDING HOPLIMIT MTU6 ACCEPT_RA ACCEPT_REDIRECTS AUTOCONF DAD_TRANSMITS RTR_SOLICITS "+
		"RTR_SOLICIT_INTERVAL RTR_SOLICIT_DELAY USE_TEMPADDR TEMP_VALID_LFT TEMP_PREFERED_LFT REGEN_MAX_RETRY MAX_DESYNC_FACTOR MAX_ADDRESSES FORCE_MLD_VERSION "+
		"ACCEPT_RA_DEFRTR ACCEPT_RA_PINFO ACCEPT_RA_RTR_PREF RTR_PROBE_INTERVAL ACCEPT_RA_RT_INFO_MAX_PLEN PROXY_NDP OPTIMISTIC_DAD ACCEPT_SOURCE_ROUTE "+
		"MC_FORWARDING DISABLE_IPV6 ACCEPT_DAD FORCE_TLLAO NDISC_NOTIFY MLDV1_UNSOLICITED_REPORT_INTERVAL MLDV2_UNSOLICITED_REPORT_INTERVAL SUPPRESS_FRAG_NDISC "+
		"ACCEPT_RA_FROM_LOCAL USE_OPTIMISTIC ACCEPT_RA_MTU STABLE_SECRET USE_OIF_ADDRS_ONLY ACCEPT_RA_MIN_HOP_LIMIT IGNORE_ROUTES_WITH_LINKDOWN "+
		"DROP_UNICAST_IN_L2_MULTICAST DROP_UNSOLICITED_NA KEEP_ADDR_ON_DOWN RTR_SOLICIT_MAX_INTERVAL SEG6_ENABLED SEG6_REQUIRE_HMAC ENHANCED_DAD ADDR_GEN_MODE "+
		"DISABLE_POLICY ACCEPT_RA_RT_INFO_MIN_PLEN NDISC_TCLASS RPL_SEG_ENABLED RA_DEFRTR_METRIC IOAM6_ENABLED IOAM6_ID IOAM6_ID_WIDE NDISC_EVICT_NOCARRIER "+
		"ACCEPT_UNTRACKED_NA")}
	tIPStats = table{"IPSTATS_MIB_???", names("IPSTATS_MIB_", "NUM INPKTS INOCTETS INDELIVERS OUTFORWDATAGRAMS OUTPKTS OUTOCTETS INHDRERRORS INTOOBIGERRORS INNOROUTES "+
		"INADDRERRORS INUNKNOWNPROTOS INTRUNCATEDPKTS INDISCARDS OUTDISCARDS OUTNOROUTES REASMTIMEOUT REASMREQDS REASMOKS REASMFAILS FRAGOKS FRAGFAILS FRAGCREATES "+
		"INMCASTPKTS OUTMCASTPKTS INBCASTPKTS OUTBCASTPKTS INMCASTOCTETS OUTMCASTOCTETS INBCASTOCTETS OUTBCASTOCTETS CSUMERRORS NOECTPKTS ECT1PKTS ECT0PKTS CEPKTS "+
		"REASM_OVERLAPS")}
	tICMP6Stats = table{"ICMP6_MIB_???", names("ICMP6_MIB_", "NUM INMSGS INERRORS OUTMSGS OUTERRORS CSUMERRORS")}
)

// devconf4 names the elements of an array that begins with number 1.
func devconf4() (rows []name) {
	for i, n := range names("IPV4_DEVCONF_", "FORWARDING MC_FORWARDING PROXY_ARP ACCEPT_REDIRECTS SECURE_REDIRECTS SEND_REDIRECTS SHARED_MEDIA RP_FILTER "+
		"ACCEPT_SOURCE_ROUTE BOOTP_RELAY LOG_MARTIANS TAG ARPFILTER MEDIUM_ID NOXFRM NOPOLICY FORCE_IGMP_VERSION ARP_ANNOUNCE ARP_IGNORE PROMOTE_SECONDARIES "+
		"ARP_ACCEPT ARP_NOTIFY ACCEPT_LOCAL SRC_VMARK PROXY_ARP_PVLAN ROUTE_LOCALNET IGMPV2_UNSOLICITED_REPORT_INTERVAL IGMPV3_UNSOLICITED_REPORT_INTERVAL "+
		"IGNORE_ROUTES_WITH_LINKDOWN DROP_UNICAST_IN_L2_MULTICAST DROP_GRATUITOUS_ARP BC_FORWARDING ARP_EVICT_NOCARRIER") {
		rows = append(rows, name{uint64(i), n.name + "-1"})
	}
	return rows
}

// onlyNames are rows without data but for some.
func onlyNames(rows []nlRow, data map[int]nlAttr) []nlRow {
	out := make([]nlRow, len(rows))
	for i := range rows {
		out[i] = nlRow{rows[i].name, data[i]}
	}
	return out
}

// nlQuerier is who asks for reports of multicast groups.
var nlQuerier = nlSet{prefix: "BRIDGE_QUERIER_", rows: []nlRow{{"UNSPEC", nil}, {"IP_ADDRESS", nlRaw(4, (*Call).in4)}, {"IP_PORT", nlIf}, {"IP_OTHER_TIMER", nlClock},
	{"PAD", nil}, {"IPV6_ADDRESS", nlIn6}, {"IPV6_PORT", nlIf}, {"IPV6_OTHER_TIMER", nlClock}}}

// nlBE16Enum is a number in network order with names.
func nlBE16Enum(t *table) nlAttr { return nlRaw(2, func(c *Call, p []byte) { c.orderedEnum(t, p) }) }

var tEtherProto = table{"ETHER_P_???", tEtherType.names}

// The properties of a link have the names of its attributes, but only names of it there.
func init() { nlPropList.rows = onlyNames(nlLink.rows, map[int]nlAttr{53: nlString}) }
