package syscalls

// Attributes of sock_diag(7) (linux/unix_diag.h, inet_diag.h, netlink_diag.h, packet_diag.h, smc_diag.h).

var nlUnixDiag = nlSet{prefix: "UNIX_DIAG_", rows: []nlRow{
	{"NAME", nlString},
	{"VFS", nlStruct(8, []member{{name: "udiag_vfs_dev", off: 4, size: 4, f: (*Call).makedev}, {name: "udiag_vfs_ino", size: 4, f: fUint}})}, {"PEER", nlU32},
	{"ICONS", nlArray(4, func(c *Call, p []byte) { c.udec(uint64(u32(p))) })}, {"RQLEN", nlStruct(8, series(4, "udiag_rqueue udiag_wqueue"))}, {"MEMINFO", nlIndexed(4, 0, &tSkMeminfo, fUint)}, {"SHUTDOWN", nlU8}, {"UID", nlUID},
}}

var nlInetDiag = nlSet{prefix: "INET_DIAG_", rows: []nlRow{
	{"NONE", nil}, {"MEMINFO", nlStruct(16, series(4, "idiag_rmem idiag_wmem idiag_fmem idiag_tmem"))}, {"INFO", nil},
	{"VEGASINFO", nlStruct(16, series(4, "tcpv_enabled tcpv_rttcnt tcpv_rtt tcpv_minrtt"))}, {"CONG", nlString}, {"TOS", nlU8}, {"TCLASS", nlU8},
	{"SKMEMINFO", nlIndexed(4, 0, &tSkMeminfo, fUint)}, {"SHUTDOWN", nlAtMost(1, 8, both(fFlags(&tShutdownBits)))},
	{"DCTCPINFO", nlStruct(16, []member{{name: "dctcp_enabled", size: 2, f: fUint}, {name: "dctcp_ce_state", off: 2, size: 2, f: fUint}, {name: "dctcp_alpha", off: 4, size: 4, f: fUint}, {name: "dctcp_ab_ecn", off: 8, size: 4, f: fUint}, {name: "dctcp_ab_tot", off: 12, size: 4, f: fUint}})},
	{"PROTOCOL", nlNumber(fEnum(&tIPProto))}, {"SKV6ONLY", nlU8},
	{"LOCALS", nlSockaddrs},
	{"PEERS", nlSockaddrs},
	{"PAD", nil}, {"MARK", nlU32},
	{"BBRINFO", nlStruct(20, []member{{name: "bbr_bw_lo", size: 4, f: fHex}, {name: "bbr_bw_hi", off: 4, size: 4, f: fHex}, {name: "bbr_min_rtt", off: 8, size: 4, f: fUint}, {name: "bbr_pacing_gain", off: 12, size: 4, f: fUint}, {name: "bbr_cwnd_gain", off: 16, size: 4, f: fUint}})},
	{"CLASS_ID", nlU32},
	{"MD5SIG", nlMD5Sigs},
	{"ULP_INFO", nlNest(&nlULPInfo)}, {"SK_BPF_STORAGES", nlNest(&nlBPFStorages)}, {"CGROUP_ID", nlU64},
	{"SOCKOPT", nlInetSockopt},
}}

var nlNetlinkDiag = nlSet{prefix: "NETLINK_DIAG_", rows: []nlRow{
	{"MEMINFO", nlIndexed(4, 0, &tSkMeminfo, fUint)},
	{"GROUPS", nlLongs},
	{"RX_RING", nlStruct(16, series(4, "ndr_block_size ndr_block_nr ndr_frame_size ndr_frame_nr"))},
	{"TX_RING", nlStruct(16, series(4, "ndr_block_size ndr_block_nr ndr_frame_size ndr_frame_nr"))}, {"FLAGS", nlOf(4, fFlags(&tNetlinkDiagFlags))},
}}
var tNetlinkDiagFlags = table{"NDIAG_FLAG_???", []name{{1, "NDIAG_FLAG_CB_RUNNING"}, {2, "NDIAG_FLAG_PKTINFO"}, {4, "NDIAG_FLAG_BROADCAST_ERROR"}, {8, "NDIAG_FLAG_NO_ENOBUFS"}, {0x10, "NDIAG_FLAG_LISTEN_ALL_NSID"}, {0x20, "NDIAG_FLAG_CAP_ACK"}}}

var nlPacketDiag = nlSet{prefix: "PACKET_DIAG_", rows: []nlRow{
	{"INFO", nlStruct(24, []member{{name: "pdi_index", size: 4, f: fIfindex}, {name: "pdi_version", off: 4, size: 4, f: fEnum(&tTPacket)}, {name: "pdi_reserve", off: 8, size: 4, f: fUint}, {name: "pdi_copy_thresh", off: 12, size: 4, f: fUint}, {name: "pdi_tstamp", off: 16, size: 4, f: fUint}, {name: "pdi_flags", off: 20, size: 4, f: fFlags(&tPDIFlags)}})},
	{"MCLIST", nlArray(44, func(c *Call, p []byte) { c.counted(p, packetMclist) })},
	{"RX_RING", nlStruct(28, series(4, "pdr_block_size pdr_block_nr pdr_frame_size pdr_frame_nr pdr_retire_tmo pdr_sizeof_priv pdr_features"))},
	{"TX_RING", nlStruct(28, series(4, "pdr_block_size pdr_block_nr pdr_frame_size pdr_frame_nr pdr_retire_tmo pdr_sizeof_priv pdr_features"))},
	{"FANOUT", nlU32}, {"UID", nlUID}, {"MEMINFO", nlIndexed(4, 0, &tSkMeminfo, fUint)},
	{"FILTER", nlFilter},
}}

var nlSMCDiag = nlSet{prefix: "SMC_DIAG_", rows: []nlRow{
	{"NONE", nil},
	{"CONNINFO", nlStruct(76, smcConnection)},
	{"LGRINFO", nlStruct(147, smcGroup)},
	{"SHUTDOWN", nlAtMost(1, 8, fFlags(&tShutdownBits))},
	{"DMBINFO", nlStruct(40, []member{{name: "linkid", size: 4, f: fUint}, {name: "peer_gid", off: 8, size: 8, f: fHex}, {name: "my_gid", off: 16, size: 8, f: fHex}, {name: "token", off: 24, size: 8, f: fHex}, {name: "peer_token", off: 32, size: 8, f: fHex}})},
	{"FALLBACK", nlStruct(8, []member{{name: "reason", size: 4, f: both(fEnum(&tSMCDecline))}, {name: "peer_diagnosis", off: 4, size: 4, f: both(fEnum(&tSMCDecline))}})},
}}

var nlULPInfo = nlSet{prefix: "INET_ULP_INFO_", rows: []nlRow{
	{"UNSPEC", nil}, {"NAME", nlString}, {"TLS", nlNest(&nlTLSInfo)}, {"MPTCP", nlNest(&nlMPTCP)},
}}

var nlTLSInfo = nlSet{prefix: "TLS_INFO_", rows: []nlRow{
	{"UNSPEC", nil}, {"VERSION", nlAtMost(2, 8, fEnum(&tTLSVersion))}, {"CIPHER", nlAtMost(2, 8, fEnum(&tTlsInfoCipher))},
	{"TXCONF", nlAtMost(2, 8, fEnum(&tTlsInfoTxconf))}, {"RXCONF", nlAtMost(2, 8, fEnum(&tTlsInfoTxconf))}, {"ZC_RO_TX", nil}, {"RX_NO_PAD", nil},
}}
var tTlsInfoCipher = table{"TLS_CIPHER_???", []name{{0x33, "TLS_CIPHER_AES_GCM_128"}, {0x34, "TLS_CIPHER_AES_GCM_256"}, {0x35, "TLS_CIPHER_AES_CCM_128"}, {0x36, "TLS_CIPHER_CHACHA20_POLY1305"}, {0x37, "TLS_CIPHER_SM4_GCM"}, {0x38, "TLS_CIPHER_SM4_CCM"}, {0x39, "TLS_CIPHER_ARIA_GCM_128"}, {0x3a, "TLS_CIPHER_ARIA_GCM_256"}}}
var tTlsInfoTxconf = table{"TLS_CONF_???", []name{{1, "TLS_CONF_BASE"}, {2, "TLS_CONF_SW"}, {3, "TLS_CONF_HW"}, {4, "TLS_CONF_HW_RECORD"}}}

var nlMPTCP = nlSet{prefix: "MPTCP_SUBFLOW_ATTR_", rows: []nlRow{
	{"UNSPEC", nil}, {"TOKEN_REM", nlX32}, {"TOKEN_LOC", nlX32}, {"RELWRITE_SEQ", nlU32}, {"MAP_SEQ", nlU64}, {"MAP_SFSEQ", nlU32}, {"SSN_OFFSET", nlU32},
	{"MAP_DATALEN", nlU16}, {"FLAGS", nlAtMost(4, 8, fFlags(&tMptcpSubflowAttrFlags))}, {"ID_REM", nlU8}, {"ID_LOC", nlU8}, {"PAD", nil},
}}
var tMptcpSubflowAttrFlags = table{"MPTCP_SUBFLOW_FLAG_???", []name{{1, "MPTCP_SUBFLOW_FLAG_MCAP_REM"}, {2, "MPTCP_SUBFLOW_FLAG_MCAP_LOC"}, {4, "MPTCP_SUBFLOW_FLAG_JOIN_REM"}, {8, "MPTCP_SUBFLOW_FLAG_JOIN_LOC"}, {0x10, "MPTCP_SUBFLOW_FLAG_BKUP_REM"}, {0x20, "MPTCP_SUBFLOW_FLAG_BKUP_LOC"}, {0x40, "MPTCP_SUBFLOW_FLAG_FULLY_ESTABLISHED"}, {0x80, "MPTCP_SUBFLOW_FLAG_CONNECTED"}, {0x100, "MPTCP_SUBFLOW_FLAG_MAPVALID"}}}

var nlBPFStorages = nlSet{prefix: "SK_DIAG_BPF_STORAGE", unknown: "SK_DIAG_BPF_STORAGE_???", rows: []nlRow{
	{"_REP_NONE", nil}, {"", nlNest(&nlBPFStorage)},
}}

var nlBPFStorage = nlSet{prefix: "SK_DIAG_BPF_STORAGE_", rows: []nlRow{
	{"NONE", nil}, {"PAD", nil}, {"MAP_ID", nlU32}, {"MAP_VALUE", nlValue},
}}

var (
	nlInetReq     = nlSet{prefix: "INET_DIAG_REQ_", rows: []nlRow{{"NONE", nil}, {"BYTECODE", nlBytecode}, {"SK_BPF_STORAGES", nlSince61(nlNest(&nlBPFReq))}, {"PROTOCOL", nlNumber(fEnum(&tIPProto))}}}
	nlBPFReq      = nlSet{prefix: "SK_DIAG_BPF_STORAGE_REQ_", rows: []nlRow{{"NONE", nil}, {"MAP_FD", nlS32}}}
	tShutdownBits = table{"???_SHUTDOWN", []name{{1, "RCV_SHUTDOWN"}, {2, "SEND_SHUTDOWN"}}}
	tSkMeminfo    = table{"SK_MEMINFO_???", names("SK_MEMINFO_", "RMEM_ALLOC RCVBUF WMEM_ALLOC SNDBUF FWD_ALLOC WMEM_QUEUED OPTMEM BACKLOG DROPS")}
	tTPacket      = table{"TPACKET_???", names("TPACKET_", "V1 V2 V3")}
	tPDIFlags     = table{"PDI_???", []name{{1, "PDI_RUNNING"}, {2, "PDI_AUXDATA"}, {4, "PDI_ORIGDEV"}, {8, "PDI_VNETHDR"}, {0x10, "PDI_LOSS"}}}
	tTLSVersion   = table{"TLS_???_VERSION", []name{{0x303, "TLS_1_2_VERSION"}, {0x304, "TLS_1_3_VERSION"}}}
	tSMCDecline   = table{"SMC_CLC_DECL_???", []name{{0x1010000, "SMC_CLC_DECL_MEM"}, {0x2010000, "SMC_CLC_DECL_TIMEOUT_CL"}, {0x2020000, "SMC_CLC_DECL_TIMEOUT_AL"},
		{0x3000000, "SMC_CLC_DECL_CNFERR"}, {0x3010000, "SMC_CLC_DECL_PEERNOSMC"}, {0x3020000, "SMC_CLC_DECL_IPSEC"}, {0x3030000, "SMC_CLC_DECL_NOSMCDEV"},
		{0x3040000, "SMC_CLC_DECL_MODEUNSUPP"}, {0x3050000, "SMC_CLC_DECL_RMBE_EC"}, {0x3060000, "SMC_CLC_DECL_OPTUNSUPP"}, {0x4000000, "SMC_CLC_DECL_SYNCERR"},
		{0x5000000, "SMC_CLC_DECL_PEERDECL"}, {0x99990000, "SMC_CLC_DECL_INTERR"}, {0x99990001, "SMC_CLC_DECL_ERR_RTOK"}}}

	packetMclist = []member{{name: "pdmc_index", size: 4, f: fIfindex}, {name: "pdmc_count", off: 4, size: 4, f: fUint}, {name: "pdmc_type", off: 8, size: 2, f: fUint},
		{name: "pdmc_alen", off: 10, size: 2, f: fUint}, {name: "pdmc_addr", off: 12, size: 32, raw: (*Call).hexQuote}}

	nlLongs = nlByWord(func(w int) nlAttr { return nlArray(w, func(c *Call, p []byte) { c.b = appendHex(c.b, c.word(p)) }) })
	// nlSockaddrs are addresses in the room of the largest.
	nlSockaddrs = nlArrayAt(128, func(c *Call, at uint64) { c.sockaddr(at, 128) })

	smcCursor = []member{{name: "reserved", size: 2, f: fUint}, {name: "wrap", off: 2, size: 2, f: fUint}, {name: "count", off: 4, size: 4, f: fUint}}
	fCursor   = func(c *Call, p []byte) { c.structBody(p, smcCursor) }
	// smcConnection is struct smc_diag_conninfo.
	smcConnection = append(series(4, "token sndbuf_size rmbe_size peer_rmbe_size"),
		member{name: "rx_prod", off: 16, size: 8, raw: fCursor}, member{name: "rx_cons", off: 24, size: 8, raw: fCursor},
		member{name: "tx_prod", off: 32, size: 8, raw: fCursor}, member{name: "tx_cons", off: 40, size: 8, raw: fCursor},
		member{name: "rx_prod_flags", off: 48, size: 1, f: fHex}, member{name: "rx_conn_state_flags", off: 49, size: 1, f: fHex},
		member{name: "tx_prod_flags", off: 50, size: 1, f: fHex}, member{name: "tx_conn_state_flags", off: 51, size: 1, f: fHex},
		member{name: "tx_prep", off: 52, size: 8, raw: fCursor}, member{name: "tx_sent", off: 60, size: 8, raw: fCursor}, member{name: "tx_fin", off: 68, size: 8, raw: fCursor})
	smcLink = []member{{name: "link_id", size: 1, f: fUint}, {name: "ibname", off: 1, size: 64, raw: (*Call).optText}, {name: "ibport", off: 65, size: 1, f: fUint},
		{name: "gid", off: 66, size: 40, raw: (*Call).optText}, {name: "peer_gid", off: 106, size: 40, raw: (*Call).optText}}
	// smcGroup is struct smc_diag_lgrinfo.
	smcGroup = []member{{name: "lnk", size: 146, raw: func(c *Call, p []byte) { c.byte('['); c.structBody(p, smcLink); c.byte(']') }}, {name: "role", off: 146, size: 1, f: fEnum(&tSMCRole)}}
	tSMCRole = table{"SMC_???", []name{{0, "SMC_CLNT"}, {1, "SMC_SERV"}}}
)

// nlByWord is data whose elements are as wide as a word of the program.
func nlByWord(of func(w int) nlAttr) nlAttr {
	wide, narrow := of(8), of(4)
	return func(c *Call, v uint64, n int) bool {
		if c.ABI.Word == 4 {
			return narrow(c, v, n)
		}
		return wide(c, v, n)
	}
}

// nlArrayAt is nlArray for elements that are printed by their address.
func nlArrayAt(size int, each func(c *Call, at uint64)) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		i := uint64(0)
		return nlArray(size, func(c *Call, _ []byte) {
			each(c, v+i*uint64(size))
			i++
		})(c, v, n)
	}
}

// nlMD5Sigs is an array of struct tcp_diag_md5sig.
var nlMD5Sigs = nlArray(100, func(c *Call, p []byte) {
	c.field(true, "tcpm_family")
	c.enum(&tAF, uint64(p[0]))
	c.field(false, "tcpm_prefixlen")
	c.udec(uint64(p[1]))
	keylen := int(u16(p[2:]))
	c.field(false, "tcpm_keylen")
	c.udec(uint64(keylen))
	c.str(", ")
	switch p[0] {
	case 2, 10:
		c.addressMember("tcpm_addr", p[4:20], p[0] == 10)
	default:
		c.str("tcpm_addr=")
		c.hexQuote(p[4:20])
	}
	c.field(false, "tcpm_key")
	c.hexAll(p[20 : 20+min(keylen, 80)])
	c.byte('}')
})

// nlInetSockopt is struct inet_diag_sockopt: bits, and what has been added since.
func nlInetSockopt(c *Call, v uint64, n int) bool {
	if n < 2 {
		return false
	}
	p, ok := c.read(v, 2)
	if !ok {
		c.addr(v)
		return true
	}
	bits, first := u16(p), true
	c.byte('{')
	for i, s := range [...]string{"recverr", "is_icsk", "freebind", "hdrincl", "mc_loop", "transparent", "mc_all", "nodefrag", "bind_address_no_port", "recverr_rfc4884", "defer_connect"} {
		if bits>>i&1 != 0 {
			if !first {
				c.str(", ")
			}
			first = false
			c.str(s)
			c.str("=1")
		}
	}
	if unused := bits >> 11; unused != 0 {
		if !first {
			c.str(", ")
		}
		c.str("unused=")
		c.hex(uint64(unused))
		c.comment("bits 3..8")
	}
	c.byte('}')
	if n > 2 {
		c.sizedRest(v, 2, uint64(n))
	}
	return true
}

// nlFilter is a program of struct sock_filter.
func nlFilter(c *Call, v uint64, n int) bool {
	if n < cbpfWidth {
		return false
	}
	if !c.opts.Verbose {
		c.addr(v)
		return true
	}
	c.listLimited(v, uint64(n/cbpfWidth), cbpfWidth, cbpfMost, func(c *Call, p []byte) { c.cbpf(p, (*Call).sockStatement) })
	return true
}

// nlSince61 is data that strace 6.1 shows as bytes.
func nlSince61(f nlAttr) nlAttr {
	return func(c *Call, v uint64, n int) bool { return !c.opts.As61 && f(c, v, n) }
}

// nlBytecode is struct inet_diag_bc_op and what it works on, behind it.
func nlBytecode(c *Call, v uint64, n int) bool {
	const op = 4 // bytes
	if n < op {
		return false
	}
	p, ok := c.read(v, op)
	if !ok {
		c.addr(v)
		return true
	}
	c.structBody(p, inetOp)
	if v, n = v+op, n-op; n == 0 {
		return true
	}
	c.str(", ")
	if f := inetOperands[p[0]]; f == nil || !f(c, v, n) {
		c.hexBuffer(v, uint64(n))
	}
	return true
}

var (
	tInetOp = table{"INET_DIAG_BC_???", names("INET_DIAG_BC_", "NOP JMP S_GE S_LE D_GE D_LE AUTO S_COND D_COND DEV_COND MARK_COND S_EQ D_EQ CGROUP_COND")}
	inetOp  = []member{{name: "code", size: 1, f: fEnum(&tInetOp)}, {name: "yes", off: 1, size: 1, f: fUint}, {name: "no", off: 2, size: 2, f: fUint}}

	inetOperands = map[byte]nlAttr{2: nlStruct(4, inetOp), 3: nlStruct(4, inetOp), 4: nlStruct(4, inetOp), 5: nlStruct(4, inetOp), 7: inetHost, 8: inetHost,
		9: nlOf(4, fIfindex), 10: nlStruct(8, []member{{name: "mark", size: 4, f: fUint}, {name: "mask", off: 4, size: 4, f: fUint}})}
	inetHostHead = []member{{name: "family", size: 1, f: fEnum(&tAF)}, {name: "prefix_len", off: 1, size: 1, f: fUint}, {name: "port", off: 4, size: 4, f: fInt}}
)

// inetHost is struct inet_diag_hostcond and the address behind it.
func inetHost(c *Call, v uint64, n int) bool {
	const head = 8 // bytes
	if n < head {
		return false
	}
	p, ok := c.read(v, head)
	if !ok {
		c.addr(v)
		return true
	}
	c.byte('{')
	c.someMembers(p, inetHostHead, true)
	if v, n = v+head, n-head; n > 0 {
		c.str(", ")
		c.inetHostAddress(p[0], v, n)
	}
	c.byte('}')
	return true
}

func (c *Call) inetHostAddress(family byte, v uint64, n int) {
	size := map[byte]int{2: 4, 10: 16}[family]
	if size > 0 && n >= size {
		if p, ok := c.read(v, size); ok && family == 10 {
			inet6Member(c, &member{name: "addr"}, p)
			return
		} else if ok {
			c.str("addr=")
			c.in4(p)
			return
		}
	}
	c.str("addr=")
	c.hexBuffer(v, uint64(n))
}

// counted prints a structure whose last member, bytes, has as many as the one before it says.
func (c *Call) counted(p []byte, ms []member) {
	last, count := ms[len(ms)-1], ms[len(ms)-2]
	c.byte('{')
	c.someMembers(p, ms[:len(ms)-1], true)
	c.field(false, last.name)
	c.hexAll(p[last.off : last.off+min(int(number(p[count.off:count.off+count.size])), last.size)])
	c.byte('}')
}

// nlValue is the value of a map, shown as a number if it is as wide as one.
func nlValue(c *Call, v uint64, n int) bool {
	switch n {
	case 1, 2, 4, 8:
		return nlNumber(fHex)(c, v, n)
	}
	return false
}
