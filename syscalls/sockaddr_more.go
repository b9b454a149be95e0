package syscalls

import "encoding/binary"

// Addresses of Bluetooth, IEEE 802.15.4, AF_ALG and AF_RXRPC, whose members depend on their length or on one another.

// sockaddrBluetooth is of the kind that its length says: HCI, SCO, RFCOMM or L2CAP, of which the first and the last
// had a member less once.
func (c *Call) sockaddrBluetooth(p []byte) {
	switch len(p) {
	case 4, 6:
		c.someMembers(p, bluetoothHCI, false)
	case 8:
		c.someMembers(p, bluetoothSCO, false)
	case 10:
		c.someMembers(p, bluetoothRFCOMM, false)
	case 12, 14:
		c.someMembers(p, bluetoothL2CAP, false)
	default:
		c.sockaddrBytes(p)
	}
}

// htobs is a number in Bluetooth's order, as f prints it.
func htobs(f format) format {
	return func(c *Call, v uint64) {
		c.str("htobs(")
		f(c, v)
		c.byte(')')
	}
}

// dynamic is a number among whose values ranges are given away: those are told by where their range begins.
func dynamic(t *table, ranges ...[2]uint64) format {
	return func(c *Call, v uint64) {
		for _, r := range ranges {
			if t.find(v) == "" && v > r[0] && v <= r[1] {
				c.fromStart(t, r[0], v)
				return
			}
		}
		c.enum(t, v)
	}
}

func (c *Call) fromStart(t *table, start, v uint64) {
	if c.opts.Style != Names {
		c.hex(v)
	}
	if c.opts.Style == Numbers {
		return
	}
	if c.opts.Style == Both {
		c.str(" /* ")
	}
	c.enum(t, start)
	c.byte('+')
	c.udec(v - start)
	if c.opts.Style == Both {
		c.str(" */")
	}
}

var (
	bluetoothSCO    = []member{{name: "sco_bdaddr", off: 2, size: 6, raw: (*Call).mac}}
	bluetoothRFCOMM = []member{{name: "rc_bdaddr", off: 2, size: 6, raw: (*Call).mac}, {name: "rc_channel", off: 8, size: 1, f: fUint}}
	bluetoothHCI    = []member{{name: "hci_dev", off: 2, size: 2, f: htobs(fUint)}, {name: "hci_channel", off: 4, size: 2, f: fEnum(&tHCIChannel)}}
	bluetoothL2CAP  = []member{{name: "l2_psm", off: 2, size: 2, f: htobs(dynamic(&tL2CAPPSM, [2]uint64{0x80, 0xff}, [2]uint64{0x1001, 0xffff}))},
		{name: "l2_bdaddr", off: 4, size: 6, raw: (*Call).mac}, {name: "l2_cid", off: 10, size: 2, f: htobs(dynamic(&tL2CAPCID, [2]uint64{0x40, 0xffff}))},
		{name: "l2_bdaddr_type", off: 12, size: 1, f: fEnum(&tBDAddr)}}
	tL2CAPPSM = table{"L2CAP_PSM_???", []name{{1, "L2CAP_PSM_SDP"}, {3, "L2CAP_PSM_RFCOMM"}, {0x21, "L2CAP_PSM_3DSP"}, {0x23, "L2CAP_PSM_IPSP"},
		{0x80, "L2CAP_PSM_LE_DYN_START"}, {0xff, "L2CAP_PSM_LE_DYN_END"}, {0x1001, "L2CAP_PSM_DYN_START"}, {0x10ff, "L2CAP_PSM_AUTO_END"}, {0xffff, "L2CAP_PSM_DYN_END"}}}
	tL2CAPCID = table{"L2CAP_CID_???", []name{{1, "L2CAP_CID_SIGNALING"}, {2, "L2CAP_CID_CONN_LESS"}, {3, "L2CAP_CID_A2MP"}, {4, "L2CAP_CID_ATT"},
		{5, "L2CAP_CID_LE_SIGNALING"}, {6, "L2CAP_CID_SMP"}, {7, "L2CAP_CID_SMP_BREDR"}, {0x40, "L2CAP_CID_DYN_START"}, {0x7f, "L2CAP_CID_LE_DYN_END"}, {0xffff, "L2CAP_CID_DYN_END"}}}
	tHCIChannel = table{"HCI_CHANNEL_???", names("HCI_CHANNEL_", "RAW USER MONITOR CONTROL LOGGING")}
	tBDAddr     = table{"BDADDR_???", names("BDADDR_", "BREDR LE_PUBLIC LE_RANDOM")}

	// sockaddrIEEE802154 is struct sockaddr_ieee802154, whose address is short, long or none.
	sockaddrIEEE802154 = []member{{name: "addr", off: 4, size: 16, raw: func(c *Call, p []byte) {
		c.field(true, "addr_type")
		kind := u32(p)
		both(fEnum(&tIEEEAddrType))(c, uint64(kind))
		c.field(false, "pan_id")
		c.numberNamed(&tIEEEPan, uint64(u16(p[4:])))
		switch kind {
		case 0:
		case 2:
			c.field(false, "short_addr")
			c.numberNamed(&tIEEEShort, uint64(u16(p[6:])))
		default:
			c.field(false, "hwaddr")
			c.mac(p[6:14])
		}
		c.byte('}')
	}}}
	tIEEEAddrType = table{"IEEE802154_ADDR_???", []name{{0, "IEEE802154_ADDR_NONE"}, {2, "IEEE802154_ADDR_SHORT"}, {3, "IEEE802154_ADDR_LONG"}}}
	tIEEEPan      = table{"", []name{{0xffff, "IEEE802154_PANID_BROADCAST"}}}
	tIEEEShort    = table{"", []name{{0xfffe, "IEEE802154_ADDR_UNDEF"}, {0xffff, "IEEE802154_ADDR_BROADCAST"}}}

	tAlgFlags = table{"CRYPTO_ALG_???", []name{{0x1000, "CRYPTO_ALG_KERN_DRIVER_ONLY"}}}
)

func fNamed(t *table) format { return func(c *Call, v uint64) { c.numberNamed(t, v) } }

// numberNamed prints a number and, beside it, the name of a special one.
func (c *Call) numberNamed(t *table, v uint64) {
	c.hex(v)
	if n := t.find(v); n != "" && c.opts.Style != Numbers {
		c.comment(n)
	}
}

// sockaddrIPX is struct sockaddr_ipx (linux/ipx.h).
var sockaddrIPX = []member{{name: "sipx_port", off: 2, size: 2, raw: (*Call).port},
	{name: "sipx_network", off: 4, size: 4, raw: func(c *Call, p []byte) {
		c.str("htonl(")
		c.hex(uint64(binary.BigEndian.Uint32(p)))
		c.byte(')')
	}},
	{name: "sipx_node", off: 8, size: 6, raw: func(c *Call, p []byte) { c.elementsUpTo(len(p), p, 1, &shortHex) }},
	{name: "sipx_type", off: 14, size: 1, f: shortHex.f}, {name: "sipx_zero", off: 15, size: 1, f: shortHex.f, skip: isZero(15, 1)}}

// shortHex is a byte as 0x1f, and zero as 00.
var shortHex = member{f: func(c *Call, v uint64) { c.hexWidth(v, 2) }}

// sockaddrNFC is struct sockaddr_nfc or, where there is room for it, struct sockaddr_nfc_llcp.
func (c *Call) sockaddrNFC(p []byte) {
	c.someMembers(p, sockaddrNFC, false)
	word := c.ABI.Word
	llcp := sockaddrLLCP[word]
	switch {
	case len(p) >= llcp[len(llcp)-1].off+word:
		c.someMembers(p, llcp, false)
	case len(p) > 16:
		c.str(", ...")
	}
}

var (
	// by the size of a size_t
	sockaddrLLCP = map[int][]member{8: membersLLCP(88, 8), 4: membersLLCP(84, 4)}
	tLLCPSap     = table{"", []name{{1, "LLCP_SAP_SDP"}, {0xff, "LLCP_SAP_MAX"}}}
)

// membersLLCP are those behind struct sockaddr_nfc's; the length of the name stands at off and has size bytes.
func membersLLCP(off, size int) []member {
	return []member{{name: "dsap", off: 16, size: 1, f: fNamed(&tLLCPSap)}, {name: "ssap", off: 17, size: 1, f: fNamed(&tLLCPSap)},
		{name: "service_name", off: 18, size: 63, all: func(c *Call, m *member, p []byte) {
			n := uint64(u32(p[off:]))
			if size == 8 {
				n = u64(p[off:])
			}
			c.quote(p[m.off:m.off+int(min(n, uint64(m.size)))], false)
		}}, {name: "service_name_len", off: off, size: size, f: fUint}}
}

// sockaddrALG is struct sockaddr_alg; the name goes to the end of the address.
func (c *Call) sockaddrALG(p []byte) {
	c.str(", salg_type=")
	c.arrayText(p[2:16])
	for i, n := range [...]string{"salg_feat", "salg_mask"} {
		c.field(false, n)
		both(fFlags(&tAlgFlags))(c, uint64(u32(p[16+4*i:])))
	}
	c.field(false, "salg_name")
	c.arrayText(p[24:])
}

// arrayText is text that ends within an array; the last byte of one that does not end is not shown.
func (c *Call) arrayText(p []byte) {
	s := untilNUL(p)
	c.quote(s[:min(len(s), len(p)-1)], len(s) == len(p))
}

// sockaddrRXRPC is struct sockaddr_rxrpc: a service, and the address of a transport in the length that it says.
func (c *Call) sockaddrRXRPC(p []byte) {
	c.field(false, "srx_service")
	both(fEnum(&tRXRPCService))(c, uint64(u16(p[2:])))
	c.field(false, "transport_type")
	c.enum(&tSockType, uint64(u16(p[4:])))
	n := int(u16(p[6:]))
	c.field(false, "transport_len")
	c.udec(uint64(n))
	c.str(", transport={")
	t := p[8:36]
	family, member := u16(t), ""
	switch family {
	case 2:
		member = "sin"
	case 10:
		member = "sin6"
	}
	if member != "" {
		c.str(member)
		c.str("={")
		c.str(member)
		c.byte('_')
	}
	c.str("family=")
	c.enum(&tAF, uint64(family))
	n = min(n, len(t))
	switch {
	case family == 2 && n >= 16:
		c.sockaddrIn(t[:16])
	case family == 10 && n >= 24:
		c.sockaddrIn6(t[:n])
	case n > 2:
		c.str(", ")
		c.quote(t[2:n], false)
	}
	if member != "" {
		c.byte('}')
	}
	c.byte('}')
}

var tRXRPCService = table{"???_SERVICE", []name{{1, "CM_SERVICE"}, {52, "VL_SERVICE"}, {2500, "YFS_FS_SERVICE"}, {2501, "YFS_CM_SERVICE"}, {2503, "YFS_VL_SERVICE"}}}
