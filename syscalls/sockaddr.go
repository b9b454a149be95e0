package syscalls

// Socket addresses by family.

import "net/netip"

// addrFamilies print what follows sa_family; p starts with it.
var addrFamilies = map[uint16]addrFamily{
	1:  {3, func(c *Call, p []byte) { c.unixName(p[2:]) }, (*Call).trussUnix},
	2:  {16, (*Call).sockaddrIn, (*Call).trussIn},
	3:  {ax25Head, (*Call).sockaddrAX25, nil},
	4:  {16, rest(sockaddrIPX), nil},
	9:  {18, rest(sockaddrX25), nil},
	10: {24, (*Call).sockaddrIn6, (*Call).trussIn6},
	16: {12, (*Call).sockaddrNl, nil},
	17: {12, (*Call).sockaddrLL, nil},
	31: {4, (*Call).sockaddrBluetooth, nil},
	33: {36, (*Call).sockaddrRXRPC, nil},
	36: {20, rest(sockaddrIEEE802154), nil},
	38: {25, (*Call).sockaddrALG, nil},
	39: {16, (*Call).sockaddrNFC, nil},
	40: {16, rest(sockaddrVsock), nil},
	42: {12, rest(sockaddrQipcrtr), nil},
	44: {16, rest(sockaddrXDP), nil},
	45: {12, rest(sockaddrMCTP), nil},
}

// addrFamily is how an address of a family is printed.
type addrFamily struct {
	least int // bytes that the family's address has at least
	f     func(c *Call, p []byte)
	truss func(c *Call, p []byte) // nil: as bytes
}

func rest(members []member) func(c *Call, p []byte) {
	return func(c *Call, p []byte) { c.someMembers(p, members, false) }
}

// xdpShared is the descriptor of the socket whose memory is shared, if the flags say that it is.
func xdpShared(c *Call, m *member, p []byte) {
	if p[2]&1 != 0 {
		c.fd(m.number(p))
	} else {
		c.hex(m.number(p))
	}
}

// isZero skips a member that is normally zero.
func isZero(off, size int) func(c *Call, p []byte) bool {
	return func(_ *Call, p []byte) bool { return allZero(p[off : off+size]) }
}

var (
	sockaddrVsock = []member{{name: "svm_reserved1", off: 2, size: 2, f: fHex, skip: isZero(2, 2)}, {name: "svm_cid", off: 8, size: 4, f: fEnum(&tVsockCID)},
		{name: "svm_port", off: 4, size: 4, f: fEnum(&tVsockPort)}, {name: "svm_flags", off: 12, size: 1, f: fFlags(&tVsockFlags)},
		{name: "svm_zero", off: 13, size: 3, raw: (*Call).hexQuote, skip: isZero(13, 3)}}
	sockaddrQipcrtr = []member{{name: "sq_node", off: 4, size: 4, f: fEnum(&tQRTRNode)}, {name: "sq_port", off: 8, size: 4, f: fEnum(&tQRTRPort)}}
	sockaddrXDP     = []member{{name: "sxdp_flags", off: 2, size: 2, f: fFlags(&tXDPFlags)}, {name: "sxdp_ifindex", off: 4, size: 4, f: fIfindex},
		{name: "sxdp_queue_id", off: 8, size: 4, f: fUint}, {name: "sxdp_shared_umem_fd", off: 12, size: 4, all: xdpShared, skip: func(_ *Call, p []byte) bool { return p[2]&1 == 0 && allZero(p[12:16]) }}}
	sockaddrMCTP = []member{{name: "__smctp_pad0", off: 2, size: 2, f: fHex, skip: isZero(2, 2)}, {name: "smctp_network", off: 4, size: 4, f: fEnum(&tMCTPNet)},
		{name: "smctp_addr", off: 8, size: 1, f: func(c *Call, v uint64) { c.str("{s_addr="); c.enum(&tMCTPAddr, v); c.byte('}') }},
		{name: "smctp_type", off: 9, size: 1, f: fHex}, {name: "smctp_tag", off: 10, size: 1, f: fHex}, {name: "__smctp_pad1", off: 11, size: 1, f: fHex, skip: isZero(11, 1)}}
	sockaddrNFC = []member{{name: "dev_idx", off: 4, size: 4, f: fIfindex}, {name: "target_idx", off: 8, size: 4, f: fHex}, {name: "nfc_protocol", off: 12, size: 4, f: fEnum(&tNFCProto)}}
)

var (
	tVsockCID   = table{"", []name{{0, "VMADDR_CID_HYPERVISOR"}, {1, "VMADDR_CID_LOCAL"}, {2, "VMADDR_CID_HOST"}, {0xffffffff, "VMADDR_CID_ANY"}}}
	tVsockPort  = table{"", []name{{0xffffffff, "VMADDR_PORT_ANY"}}}
	tVsockFlags = table{"VMADDR_FLAG_???", []name{{1, "VMADDR_FLAG_TO_HOST"}}}
	tXDPFlags   = table{"XDP_???", []name{{1, "XDP_SHARED_UMEM"}, {2, "XDP_COPY"}, {4, "XDP_ZEROCOPY"}, {8, "XDP_USE_NEED_WAKEUP"}}}
	tMCTPNet    = table{"", []name{{0, "MCTP_NET_ANY"}}}
	tMCTPAddr   = table{"", []name{{0, "MCTP_ADDR_NULL"}, {0xff, "MCTP_ADDR_ANY"}}}
	tQRTRNode   = table{"", []name{{0xffffffff, "QRTR_NODE_BCAST"}}}
	tQRTRPort   = table{"", []name{{0xfffffffe, "QRTR_PORT_CTRL"}}}
	tNFCProto   = table{"NFC_PROTO_???", []name{{1, "NFC_PROTO_JEWEL"}, {2, "NFC_PROTO_MIFARE"}, {3, "NFC_PROTO_FELICA"}, {4, "NFC_PROTO_ISO14443"},
		{5, "NFC_PROTO_NFC_DEP"}, {6, "NFC_PROTO_ISO14443_B"}, {7, "NFC_PROTO_ISO15693"}}}
	tPacketType = table{"PACKET_???", []name{{0, "PACKET_HOST"}, {1, "PACKET_BROADCAST"}, {2, "PACKET_MULTICAST"}, {3, "PACKET_OTHERHOST"},
		{4, "PACKET_OUTGOING"}, {5, "PACKET_LOOPBACK"}, {6, "PACKET_USER"}, {7, "PACKET_KERNEL"}}}
	tARPHRD = table{"ARPHRD_???", []name{
		{0, "ARPHRD_NETROM"}, {1, "ARPHRD_ETHER"}, {2, "ARPHRD_EETHER"}, {3, "ARPHRD_AX25"}, {4, "ARPHRD_PRONET"}, {5, "ARPHRD_CHAOS"},
		{6, "ARPHRD_IEEE802"}, {7, "ARPHRD_ARCNET"}, {8, "ARPHRD_APPLETLK"}, {0xf, "ARPHRD_DLCI"}, {0x13, "ARPHRD_ATM"}, {0x17, "ARPHRD_METRICOM"},
		{0x18, "ARPHRD_IEEE1394"}, {0x1b, "ARPHRD_EUI64"}, {0x20, "ARPHRD_INFINIBAND"}, {0x100, "ARPHRD_SLIP"}, {0x101, "ARPHRD_CSLIP"},
		{0x102, "ARPHRD_SLIP6"}, {0x103, "ARPHRD_CSLIP6"}, {0x104, "ARPHRD_RSRVD"}, {0x108, "ARPHRD_ADAPT"}, {0x10e, "ARPHRD_ROSE"}, {0x10f, "ARPHRD_X25"},
		{0x110, "ARPHRD_HWX25"}, {0x118, "ARPHRD_CAN"}, {0x122, "ARPHRD_MCTP"}, {0x200, "ARPHRD_PPP"}, {0x201, "ARPHRD_CISCO"}, {0x204, "ARPHRD_LAPB"},
		{0x205, "ARPHRD_DDCMP"}, {0x206, "ARPHRD_RAWHDLC"}, {0x207, "ARPHRD_RAWIP"}, {0x300, "ARPHRD_TUNNEL"}, {0x301, "ARPHRD_TUNNEL6"},
		{0x302, "ARPHRD_FRAD"}, {0x303, "ARPHRD_SKIP"}, {0x304, "ARPHRD_LOOPBACK"}, {0x305, "ARPHRD_LOCALTLK"}, {0x306, "ARPHRD_FDDI"},
		{0x307, "ARPHRD_BIF"}, {0x308, "ARPHRD_SIT"}, {0x309, "ARPHRD_IPDDP"}, {0x30a, "ARPHRD_IPGRE"}, {0x30b, "ARPHRD_PIMREG"}, {0x30c, "ARPHRD_HIPPI"},
		{0x30d, "ARPHRD_ASH"}, {0x30e, "ARPHRD_ECONET"}, {0x30f, "ARPHRD_IRDA"}, {0x310, "ARPHRD_FCPP"}, {0x311, "ARPHRD_FCAL"}, {0x312, "ARPHRD_FCPL"},
		{0x313, "ARPHRD_FCFABRIC"}, {0x320, "ARPHRD_IEEE802_TR"}, {0x321, "ARPHRD_IEEE80211"}, {0x322, "ARPHRD_IEEE80211_PRISM"},
		{0x323, "ARPHRD_IEEE80211_RADIOTAP"}, {0x324, "ARPHRD_IEEE802154"}, {0x325, "ARPHRD_IEEE802154_MONITOR"}, {0x334, "ARPHRD_PHONET"},
		{0x335, "ARPHRD_PHONET_PIPE"}, {0x336, "ARPHRD_CAIF"}, {0x337, "ARPHRD_IP6GRE"}, {0x338, "ARPHRD_NETLINK"}, {0x339, "ARPHRD_6LOWPAN"},
		{0x33a, "ARPHRD_VSOCKMON"}, {0xfffe, "ARPHRD_NONE"}, {0xffff, "ARPHRD_VOID"}}}
	tEtherType = table{"ETH_P_???", []name{
		{1, "ETH_P_802_3"}, {2, "ETH_P_AX25"}, {3, "ETH_P_ALL"}, {4, "ETH_P_802_2"}, {5, "ETH_P_SNAP"}, {6, "ETH_P_DDCMP"}, {7, "ETH_P_WAN_PPP"},
		{8, "ETH_P_PPP_MP"}, {9, "ETH_P_LOCALTALK"}, {0xc, "ETH_P_CAN"}, {0xd, "ETH_P_CANFD"}, {0xe, "ETH_P_CANXL"}, {0x10, "ETH_P_PPPTALK"},
		{0x11, "ETH_P_TR_802_2"}, {0x15, "ETH_P_MOBITEX"}, {0x16, "ETH_P_CONTROL"}, {0x17, "ETH_P_IRDA"}, {0x18, "ETH_P_ECONET"}, {0x19, "ETH_P_HDLC"},
		{0x1a, "ETH_P_ARCNET"}, {0x1b, "ETH_P_DSA"}, {0x1c, "ETH_P_TRAILER"}, {0x60, "ETH_P_LOOP"}, {0xf5, "ETH_P_PHONET"}, {0xf6, "ETH_P_IEEE802154"},
		{0xf7, "ETH_P_CAIF"}, {0xf8, "ETH_P_XDSA"}, {0xf9, "ETH_P_MAP"}, {0xfa, "ETH_P_MCTP"}, {0x200, "ETH_P_PUP"}, {0x201, "ETH_P_PUPAT"},
		{0x800, "ETH_P_IP"}, {0x805, "ETH_P_X25"}, {0x806, "ETH_P_ARP"}, {0x8ff, "ETH_P_BPQ"}, {0xa00, "ETH_P_IEEEPUP"}, {0xa01, "ETH_P_IEEEPUPAT"},
		{0x22eb, "ETH_P_ERSPAN2"}, {0x22f0, "ETH_P_TSN"}, {0x4305, "ETH_P_BATMAN"}, {0x6000, "ETH_P_DEC"}, {0x6001, "ETH_P_DNA_DL"},
		{0x6002, "ETH_P_DNA_RC"}, {0x6003, "ETH_P_DNA_RT"}, {0x6004, "ETH_P_LAT"}, {0x6005, "ETH_P_DIAG"}, {0x6006, "ETH_P_CUST"}, {0x6007, "ETH_P_SCA"},
		{0x6558, "ETH_P_TEB"}, {0x8035, "ETH_P_RARP"}, {0x809b, "ETH_P_ATALK"}, {0x80f3, "ETH_P_AARP"}, {0x8100, "ETH_P_8021Q"}, {0x8137, "ETH_P_IPX"},
		{0x86dd, "ETH_P_IPV6"}, {0x8808, "ETH_P_PAUSE"}, {0x8809, "ETH_P_SLOW"}, {0x883e, "ETH_P_WCCP"}, {0x8847, "ETH_P_MPLS_UC"},
		{0x8848, "ETH_P_MPLS_MC"}, {0x884c, "ETH_P_ATMMPOA"}, {0x8863, "ETH_P_PPP_DISC"}, {0x8864, "ETH_P_PPP_SES"}, {0x886c, "ETH_P_LINK_CTL"},
		{0x8884, "ETH_P_ATMFATE"}, {0x888e, "ETH_P_PAE"}, {0x8892, "ETH_P_PROFINET"}, {0x8899, "ETH_P_REALTEK"}, {0x88a2, "ETH_P_AOE"},
		{0x88a4, "ETH_P_ETHERCAT"}, {0x88a8, "ETH_P_8021AD"}, {0x88b5, "ETH_P_802_EX1"}, {0x88be, "ETH_P_ERSPAN"}, {0x88c7, "ETH_P_PREAUTH"},
		{0x88ca, "ETH_P_TIPC"}, {0x88cc, "ETH_P_LLDP"}, {0x88e3, "ETH_P_MRP"}, {0x88e5, "ETH_P_MACSEC"}, {0x88e7, "ETH_P_8021AH"}, {0x88f5, "ETH_P_MVRP"},
		{0x88f7, "ETH_P_1588"}, {0x88f8, "ETH_P_NCSI"}, {0x88fb, "ETH_P_PRP"}, {0x8902, "ETH_P_CFM"}, {0x8906, "ETH_P_FCOE"}, {0x890d, "ETH_P_TDLS"},
		{0x8914, "ETH_P_FIP"}, {0x8915, "ETH_P_IBOE"}, {0x8917, "ETH_P_80221"}, {0x892f, "ETH_P_HSR"}, {0x894f, "ETH_P_NSH"}, {0x9000, "ETH_P_LOOPBACK"},
		{0x9100, "ETH_P_QINQ1"}, {0x9200, "ETH_P_QINQ2"}, {0x9300, "ETH_P_QINQ3"}, {0xdada, "ETH_P_EDSA"}, {0xdadb, "ETH_P_DSA_8021Q"},
		{0xe001, "ETH_P_DSA_A5PSW"}, {0xed3e, "ETH_P_IFE"}, {0xfbfb, "ETH_P_AF_IUCV"}}}
)

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
	c.form.sockaddr(c, p)
}

func (c *Call) sockaddrFields(p []byte) {
	sys := c.sys()
	family := sys.family(p)
	c.field(true, "sa_family")
	c.enum(sys.familyTab, uint64(family))
	f, known := sys.families[family]
	switch {
	case known && len(p) >= f.least:
		f.f(c, p)
	case len(p) > 2:
		c.sockaddrBytes(p)
	}
	c.byte('}')
}

// sockaddrBytes is an address that is none of its family.
func (c *Call) sockaddrBytes(p []byte) {
	c.str(", sa_data=")
	c.quote(p[2:], false)
}

// port prints a port in network order.
func (c *Call) port(p []byte) { c.network(p[:2], func() { c.htons(uint64(p[0])<<8 | uint64(p[1])) }) }

func (c *Call) htons(v uint64) {
	c.str("htons(")
	c.udec(v)
	c.byte(')')
}

// network prints what lies in memory in network order: its bytes, what it means, or both.
func (c *Call) network(p []byte, names func()) { c.styled(func() { c.hexQuote(p) }, names) }

// in4 and in6 print addresses; infix ones, without their own name.
func (c *Call) in4(p []byte) { c.network(p[:4], func() { c.inetAddr(p) }) }

func (c *Call) inetAddr(p []byte) {
	c.str("inet_addr(")
	c.inetText(netip.AddrFrom4([4]byte(p[:4])))
	c.byte(')')
}

// inetText prints an address as the string that it is.
func (c *Call) inetText(a netip.Addr) {
	const longest = 46 // INET6_ADDRSTRLEN
	c.quote(a.AppendTo(c.alloc(longest)[:0]), false)
}

// inet6Member prints an address as what puts it into the member, whose name it has.
func inet6Member(c *Call, m *member, p []byte) {
	if c.opts.Style == Names {
		c.inet6Into(p[m.off:], m.name)
		return
	}
	c.str(m.name)
	c.byte('=')
	c.in6(p[m.off:])
}

// inet6Into prints an address as what puts it into a member.
func (c *Call) inet6Into(p []byte, member string) {
	c.str("inet_pton(AF_INET6, ")
	c.inetText(netip.AddrFrom16([16]byte(p[:16])))
	c.str(", &")
	c.str(member)
	c.byte(')')
}

func (c *Call) in6(p []byte) {
	c.network(p[:16], func() {
		c.str("inet_pton(AF_INET6, ")
		c.inetText(netip.AddrFrom16([16]byte(p[:16])))
		c.byte(')')
	})
}

// unixName prints the path of a local socket; one that starts with NUL is in the abstract
// name space and has no end but its length.
func (c *Call) unixName(p []byte) {
	c.str(", sun_path=")
	if p[0] == 0 && len(p) > 1 {
		c.byte('@')
		c.quote(p[1:min(len(p), 108)], false)
		return
	}
	s := untilNUL(p[:min(len(p), 108)])
	if w := c.opts.Watch; w != nil && !c.Watched {
		c.Watched = w.Path(c.PID, c.dirfd, s)
	}
	c.quote(s, false)
	c.fileLabel(s)
}

func (c *Call) sockaddrIn(p []byte) {
	c.str(", sin_port=")
	c.port(p[2:])
	c.str(", sin_addr=")
	c.in4(p[4:])
}

func (c *Call) sockaddrIn6(p []byte) {
	c.str(", sin6_port=")
	c.port(p[2:])
	c.str(", sin6_flowinfo=")
	c.network(p[4:8], func() {
		c.str("htonl(")
		c.udec(uint64(p[4])<<24 | uint64(p[5])<<16 | uint64(p[6])<<8 | uint64(p[7]))
		c.byte(')')
	})
	c.str(", ")
	if c.opts.Style != Names {
		c.str("sin6_addr=")
		c.in6(p[8:])
	} else {
		c.inet6Into(p[8:], "sin6_addr")
	}
	if len(p) >= 28 {
		c.str(", sin6_scope_id=")
		if a := p[8:10]; a[0] == 0xfe && a[1]&0xc0 == 0x80 || a[0] == 0xff && a[1]&0xf == 2 { // link-local
			c.ifindex(u32(p[24:]))
		} else {
			c.udec(uint64(u32(p[24:])))
		}
	}
}

func (c *Call) sockaddrNl(p []byte) {
	if pad := u16(p[2:]); pad != 0 {
		c.field(false, "nl_pad")
		c.hex(uint64(pad))
	}
	c.str(", nl_pid=") // negative where the kernel has chosen, for a process that has several sockets
	c.pid(uint64(u32(p[4:])))
	c.str(", nl_groups=")
	c.hexWidth(uint64(u32(p[8:])), 8)
}

func (c *Call) sockaddrLL(p []byte) {
	c.str(", sll_protocol=")
	c.network(p[2:4], func() {
		c.str("htons(")
		c.enum(&tEtherType, uint64(p[2])<<8|uint64(p[3]))
		c.byte(')')
	})
	c.str(", sll_ifindex=")
	c.ifindex(u32(p[4:]))
	c.str(", sll_hatype=")
	c.enum(&tARPHRD, uint64(u16(p[8:])))
	c.str(", sll_pkttype=")
	c.enum(&tPacketType, uint64(p[10]))
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
		if int(p[11]) > n {
			c.str(", ...")
		}
		c.byte(']')
	}
}
