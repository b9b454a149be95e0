package syscalls

import "strings"

// The names of routing netlink, from linux/if_link.h, if_addr.h, rtnetlink.h, neighbour.h,
// fib_rules.h, if_addrlabel.h, netconf.h and nexthop.h.

var (
	tIFF = table{"IFF_???", []name{{1, "IFF_UP"}, {2, "IFF_BROADCAST"}, {4, "IFF_DEBUG"}, {8, "IFF_LOOPBACK"}, {0x10, "IFF_POINTOPOINT"}, {0x20, "IFF_NOTRAILERS"},
		{0x40, "IFF_RUNNING"}, {0x80, "IFF_NOARP"}, {0x100, "IFF_PROMISC"}, {0x200, "IFF_ALLMULTI"}, {0x400, "IFF_MASTER"}, {0x800, "IFF_SLAVE"},
		{0x1000, "IFF_MULTICAST"}, {0x2000, "IFF_PORTSEL"}, {0x4000, "IFF_AUTOMEDIA"}, {0x8000, "IFF_DYNAMIC"}, {0x10000, "IFF_LOWER_UP"},
		{0x20000, "IFF_DORMANT"}, {0x40000, "IFF_ECHO"}}}
	tIFAFlags = table{"IFA_F_???", []name{{1, "IFA_F_SECONDARY"}, {2, "IFA_F_NODAD"}, {4, "IFA_F_OPTIMISTIC"}, {8, "IFA_F_DADFAILED"}, {0x10, "IFA_F_HOMEADDRESS"},
		{0x20, "IFA_F_DEPRECATED"}, {0x40, "IFA_F_TENTATIVE"}, {0x80, "IFA_F_PERMANENT"}, {0x100, "IFA_F_MANAGETEMPADDR"}, {0x200, "IFA_F_NOPREFIXROUTE"},
		{0x400, "IFA_F_MCAUTOJOIN"}, {0x800, "IFA_F_STABLE_PRIVACY"}}}
	tRtScope = table{"", []name{{0, "RT_SCOPE_UNIVERSE"}, {200, "RT_SCOPE_SITE"}, {253, "RT_SCOPE_LINK"}, {254, "RT_SCOPE_HOST"}, {255, "RT_SCOPE_NOWHERE"}}}
	tIPTos   = table{"IPTOS_TOS_???", []name{{0x10, "IPTOS_LOWDELAY"}, {8, "IPTOS_THROUGHPUT"}, {4, "IPTOS_RELIABILITY"}, {2, "IPTOS_MINCOST"}}}
	tRtTable = table{"", []name{{0, "RT_TABLE_UNSPEC"}, {252, "RT_TABLE_COMPAT"}, {253, "RT_TABLE_DEFAULT"}, {254, "RT_TABLE_MAIN"}, {255, "RT_TABLE_LOCAL"}}}
	tRtProt  = table{"RTPROT_???", []name{{0, "RTPROT_UNSPEC"}, {1, "RTPROT_REDIRECT"}, {2, "RTPROT_KERNEL"}, {3, "RTPROT_BOOT"}, {4, "RTPROT_STATIC"}, {8, "RTPROT_GATED"},
		{9, "RTPROT_RA"}, {10, "RTPROT_MRT"}, {11, "RTPROT_ZEBRA"}, {12, "RTPROT_BIRD"}, {13, "RTPROT_DNROUTED"}, {14, "RTPROT_XORP"}, {15, "RTPROT_NTK"},
		{16, "RTPROT_DHCP"}, {17, "RTPROT_MROUTED"}, {18, "RTPROT_KEEPALIVED"}, {42, "RTPROT_BABEL"}, {99, "RTPROT_OPENR"}, {186, "RTPROT_BGP"}, {187, "RTPROT_ISIS"},
		{188, "RTPROT_OSPF"}, {189, "RTPROT_RIP"}, {192, "RTPROT_EIGRP"}}}
	tRtn = table{"RTN_???", []name{{0, "RTN_UNSPEC"}, {1, "RTN_UNICAST"}, {2, "RTN_LOCAL"}, {3, "RTN_BROADCAST"}, {4, "RTN_ANYCAST"}, {5, "RTN_MULTICAST"},
		{6, "RTN_BLACKHOLE"}, {7, "RTN_UNREACHABLE"}, {8, "RTN_PROHIBIT"}, {9, "RTN_THROW"}, {10, "RTN_NAT"}, {11, "RTN_XRESOLVE"}}}
	tRtmFlags = table{"RTM_F_???", []name{{1, "RTNH_F_DEAD"}, {2, "RTNH_F_PERVASIVE"}, {4, "RTNH_F_ONLINK"}, {8, "RTNH_F_OFFLOAD"}, {0x10, "RTNH_F_LINKDOWN"}, {0x20, "RTNH_F_UNRESOLVED"},
		{0x40, "RTNH_F_TRAP"}, {0x100, "RTM_F_NOTIFY"}, {0x200, "RTM_F_CLONED"}, {0x400, "RTM_F_EQUALIZE"}, {0x800, "RTM_F_PREFIX"}, {0x1000, "RTM_F_LOOKUP_TABLE"},
		{0x2000, "RTM_F_FIB_MATCH"}, {0x4000, "RTM_F_OFFLOAD"}, {0x8000, "RTM_F_TRAP"}, {0x20000000, "RTM_F_OFFLOAD_FAILED"}}}
	tRTNH = table{"RTNH_F_???", []name{{1, "RTNH_F_DEAD"}, {2, "RTNH_F_PERVASIVE"}, {4, "RTNH_F_ONLINK"}, {8, "RTNH_F_OFFLOAD"}, {0x10, "RTNH_F_LINKDOWN"}, {0x20, "RTNH_F_UNRESOLVED"}, {0x40, "RTNH_F_TRAP"}}}
	tNUD  = table{"NUD_???", []name{{0, "NUD_NONE"}, {1, "NUD_INCOMPLETE"}, {2, "NUD_REACHABLE"}, {4, "NUD_STALE"}, {8, "NUD_DELAY"}, {0x10, "NUD_PROBE"}, {0x20, "NUD_FAILED"},
		{0x40, "NUD_NOARP"}, {0x80, "NUD_PERMANENT"}}}
	tNTF = table{"NTF_???", []name{{1, "NTF_USE"}, {2, "NTF_SELF"}, {4, "NTF_MASTER"}, {8, "NTF_PROXY"}, {0x10, "NTF_EXT_LEARNED"}, {0x20, "NTF_OFFLOADED"}, {0x40, "NTF_STICKY"},
		{0x80, "NTF_ROUTER"}}}
	tFrAct = table{"FR_ACT_???", []name{{0, "FR_ACT_UNSPEC"}, {1, "FR_ACT_TO_TBL"}, {2, "FR_ACT_GOTO"}, {3, "FR_ACT_NOP"}, {4, "FR_ACT_RES3"}, {5, "FR_ACT_RES4"},
		{6, "FR_ACT_BLACKHOLE"}, {7, "FR_ACT_UNREACHABLE"}, {8, "FR_ACT_PROHIBIT"}}}
	tFibRule = table{"FIB_RULE_???", []name{{1, "FIB_RULE_PERMANENT"}, {2, "FIB_RULE_INVERT"}, {4, "FIB_RULE_UNRESOLVED"}, {8, "FIB_RULE_IIF_DETACHED"},
		{0x10, "FIB_RULE_OIF_DETACHED"}, {0x10000, "FIB_RULE_FIND_SADDR"}}}
)

// names are those of 0, 1, 2 and so on, with what all begin with.
func names(prefix, words string) (rows []name) {
	for w := range strings.FieldsSeq(words) {
		rows = append(rows, name{uint64(len(rows)), prefix + w})
	}
	return rows
}

// Data center bridging, linux/dcbnl.h.
var (
	tDCBCmd = table{"DCB_CMD_???", names("DCB_CMD_", "UNDEFINED GSTATE SSTATE PGTX_GCFG PGTX_SCFG PGRX_GCFG PGRX_SCFG PFC_GCFG PFC_SCFG SET_ALL GPERM_HWADDR GCAP GNUMTCS SNUMTCS PFC_GSTATE PFC_SSTATE BCN_GCFG BCN_SCFG GAPP SAPP IEEE_SET IEEE_GET GDCBX SDCBX GFEATCFG SFEATCFG CEE_GET IEEE_DEL")}
)
