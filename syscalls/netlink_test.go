package syscalls

import (
	"encoding/binary"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// nlm is a netlink message of a type with flags around a body.
func nlm(typ, flags uint64, body string) string {
	return le("whhww", uint64(16+len(body)), typ, flags, 0, 0) + body
}

// nla is an attribute around its data, padded.
func nla(typ uint64, data string) string {
	return le("hh", uint64(4+len(data)), typ) + data + strings.Repeat("\x00", -len(data)&3)
}

// sendNetlink is the text of a message that is sent to a socket of a protocol.
func sendNetlink(a *ABI, proto int, msg string, opts Options) string {
	const at = 0x10000
	opts.Column = -1
	opts.Netlink = func(int, int32) int { return proto }
	opts.Ifname = func(i uint32) string { return map[uint32]string{1: "lo"}[i] }
	nr, _ := a.Number("sendto")
	c := &Call{ABI: a, Nr: nr, Args: [6]uint64{3, at, uint64(len(msg))}, Mem: memory{at: msg}, Opts: &opts, Returned: true}
	text := string(AppendExit(AppendEnter(nil, c), c))
	text, _ = strings.CutPrefix(text, "sendto(3, ")
	text, _, _ = strings.Cut(text, ", 0, NULL, 0)")
	return text[:strings.LastIndex(text, ", ")]
}

// The text of strace 6.1 for messages of each protocol.
func TestNetlink(t *testing.T) {
	link := le("bbhwww", 1, 0, 772, 1, 1, 0)
	linkText := "{ifi_family=AF_UNIX, ifi_type=ARPHRD_LOOPBACK, ifi_index=if_nametoindex(\"lo\"), ifi_flags=IFF_UP, ifi_change=0}"
	route := le("bbbbbbbbw", 2, 0, 0, 0, 0, 0, 0, 0, 0)
	routeText := "{rtm_family=AF_INET, rtm_dst_len=0, rtm_src_len=0, rtm_tos=0, rtm_table=RT_TABLE_UNSPEC, rtm_protocol=RTPROT_UNSPEC, rtm_scope=RT_SCOPE_UNIVERSE, rtm_type=RTN_UNSPEC, rtm_flags=0}"
	inet := le("bbbb", 2, 10, 0, 0) + strings.Repeat("\x00", 48+20)
	head := func(n int, typ, flags string) string {
		return "[{nlmsg_len=" + string(appendDec(nil, n)) + ", nlmsg_type=" + typ + ", nlmsg_flags=" + flags + ", nlmsg_seq=0, nlmsg_pid=0}, "
	}
	inetText := `{idiag_family=AF_INET, idiag_state=TCP_LISTEN, idiag_timer=0, idiag_retrans=0, id={idiag_sport=htons(0), idiag_dport=htons(0), idiag_src=inet_addr("0.0.0.0"), idiag_dst=inet_addr("0.0.0.0"), idiag_if=0, idiag_cookie=[0, 0]}, idiag_expires=0, idiag_rqueue=0, idiag_wqueue=0, idiag_uid=0, idiag_inode=0}`
	inetReqText := `{sdiag_family=AF_INET, sdiag_protocol=0xa /* IPPROTO_??? */, idiag_ext=0, idiag_states=0, id={idiag_sport=htons(0), idiag_dport=htons(0), idiag_src=inet_addr("0.0.0.0"), idiag_dst=inet_addr("0.0.0.0"), idiag_if=0, idiag_cookie=[0, 0]}}`
	for _, c := range []struct {
		proto int
		msg   string
		opts  Options
		want  string
	}{
		{0, nlm(18, 0x300, link+nla(3, "lo\x00")), Options{}, head(40, "RTM_GETLINK", "NLM_F_DUMP") + linkText + `, [{nla_len=7, nla_type=IFLA_IFNAME}, "lo"]]`},
		{0, nlm(18, 0x300, link+nla(0x8000|18, nla(1, "bridge\x00")+nla(2, nla(1, le("q", 250))))), Options{}, head(64, "RTM_GETLINK", "NLM_F_DUMP") + linkText +
			`, [{nla_len=32, nla_type=NLA_F_NESTED|IFLA_LINKINFO}, [[{nla_len=11, nla_type=IFLA_INFO_KIND}, "bridge"], [{nla_len=16, nla_type=IFLA_INFO_DATA}, [{nla_len=12, nla_type=IFLA_BR_FORWARD_DELAY}, 250 /* 2.50 s */]]]]]`},
		{0, nlm(18, 0x300, link+nla(22, nla(1, nla(10, le("wwq", 3, 0, 5))))), Options{}, head(60, "RTM_GETLINK", "NLM_F_DUMP") + linkText +
			`, [{nla_len=28, nla_type=IFLA_VFINFO_LIST}, [{nla_len=24, nla_type=IFLA_VF_INFO}, [{nla_len=20, nla_type=IFLA_VF_IB_NODE_GUID}, {vf=3, guid=0x5}]]]]`},
		{0, nlm(18, 0x300, link+nla(26, nla(2, nla(1, le("ww", 1, 2))))), Options{}, head(52, "RTM_GETLINK", "NLM_F_DUMP") + linkText +
			`, [{nla_len=20, nla_type=IFLA_AF_SPEC}, [{nla_len=16, nla_type=AF_INET}, [{nla_len=12, nla_type=IFLA_INET_CONF}, [[IPV4_DEVCONF_FORWARDING-1]=1, [IPV4_DEVCONF_MC_FORWARDING-1]=2]]]]]`},
		{4, nlm(20, 1, inet[:56]+nla(1, "\x07\x08\x0c\x00\x02\x18\x00\x00"+le("w", 80)+"\x01\x02\x03\x04")), Options{}, head(92, "SOCK_DIAG_BY_FAMILY", "NLM_F_REQUEST") + inetReqText +
			`, [{nla_len=20, nla_type=INET_DIAG_REQ_BYTECODE}, {code=INET_DIAG_BC_S_COND, yes=8, no=12}, {family=AF_INET, prefix_len=24, port=80, addr=inet_addr("1.2.3.4")}]]`},
		{4, nlm(20, 1, inet[:56]+nla(1, "\x0a\x04\x08\x00"+le("ww", 1, 2))), Options{}, head(88, "SOCK_DIAG_BY_FAMILY", "NLM_F_REQUEST") + inetReqText +
			`, [{nla_len=16, nla_type=INET_DIAG_REQ_BYTECODE}, {code=INET_DIAG_BC_MARK_COND, yes=4, no=8}, {mark=1, mask=2}]]`},
		{0, nlm(2, 0x100, le("w", ^uint64(12))+nlm(18, 1, "")+nla(3, "\x01\x02")), Options{}, head(44, "NLMSG_ERROR", "NLM_F_CAPPED") +
			`[{error=-EACCES, msg={nlmsg_len=16, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=0, nlmsg_pid=0}}, [{nla_len=6, nla_type=NLMSGERR_ATTR_COOKIE}, [1, 2]]]]`},
		{0, nlm(26, 1, route+nla(1, "\x01\x02\x03\x04")), Options{}, head(36, "RTM_GETROUTE", "NLM_F_REQUEST") + routeText + `, [{nla_len=8, nla_type=RTA_DST}, inet_addr("1.2.3.4")]]`},
		{0, nlm(26, 1, route+nla(9, le("hbbw", 12, 1, 2, 1)+nla(1, "")+le("hbbw", 8, 1, 2, 1))), Options{}, head(52, "RTM_GETROUTE", "NLM_F_REQUEST") + routeText +
			`, [{nla_len=24, nla_type=RTA_MULTIPATH}, [[{rtnh_len=12, rtnh_flags=RTNH_F_DEAD, rtnh_hops=2, rtnh_ifindex=if_nametoindex("lo")}, {nla_len=4, nla_type=RTA_DST}], {rtnh_len=8, rtnh_flags=RTNH_F_DEAD, rtnh_hops=2, rtnh_ifindex=if_nametoindex("lo")}]]]`},
		{0, nlm(26, 1, route+nla(18, le("h", 10)+strings.Repeat("\x00", 15)+"\x01")), Options{}, head(52, "RTM_GETROUTE", "NLM_F_REQUEST") + routeText +
			`, [{nla_len=22, nla_type=RTA_VIA}, {rtvia_family=AF_INET6, inet_pton(AF_INET6, "::1", &rtvia_addr)}]]`},
		{4, nlm(20, 0, inet+nla(15, le("w", 7))), Options{}, head(96, "SOCK_DIAG_BY_FAMILY", "0") + inetText + `, [{nla_len=8, nla_type=INET_DIAG_MARK}, 7]]`},
		{4, nlm(20, 0, inet+nla(7, le("ww", 7, 8))), Options{}, head(100, "SOCK_DIAG_BY_FAMILY", "0") + inetText +
			`, [{nla_len=12, nla_type=INET_DIAG_SKMEMINFO}, [[SK_MEMINFO_RMEM_ALLOC]=7, [SK_MEMINFO_RCVBUF]=8]]]`},
		{4, nlm(20, 0, inet+nla(8, "\x01")), Options{}, head(96, "SOCK_DIAG_BY_FAMILY", "0") + inetText + `, [{nla_len=5, nla_type=INET_DIAG_SHUTDOWN}, 0x1 /* RCV_SHUTDOWN */]]`},
		{4, nlm(20, 1, inet[:56]+nla(3, le("w", 0x100))), Options{As61: true}, head(80, "SOCK_DIAG_BY_FAMILY", "NLM_F_REQUEST") + inetReqText +
			`, [{nla_len=8, nla_type=INET_DIAG_REQ_PROTOCOL}, 0x100 /* IPPROTO_??? */]]`},
		{4, nlm(20, 1, inet[:56]+nla(3, le("w", 0x100))), Options{}, head(80, "SOCK_DIAG_BY_FAMILY", "NLM_F_REQUEST") + inetReqText +
			`, [{nla_len=8, nla_type=INET_DIAG_REQ_PROTOCOL}, IPPROTO_SMC]]`},
		{4, nlm(20, 1, "\x01"), Options{}, head(17, "SOCK_DIAG_BY_FAMILY", "NLM_F_REQUEST") + "{family=AF_UNIX}]"},
		{7, nlm(16, 0, le("w", 1)), Options{}, head(20, "SELNL_MSG_SETENFORCE", "0") + "{val=1}]"},
		{9, nlm(1000, 0, "ab"), Options{}, head(18, "AUDIT_GET", "0") + `"\x61\x62"]`},
		{12, nlm(10<<8, 0x400, "\x02\x00\x00\x0a"), Options{}, head(20, "NFNL_SUBSYS_NFTABLES<<8|NFT_MSG_NEWTABLE", "NLM_F_CREATE") +
			"{nfgen_family=AF_INET, version=NFNETLINK_V0, res_id=htons(NFNL_SUBSYS_NFTABLES)}]"},
		{12, nlm(6<<8|0x27, 0, "\x02\x00\x00\x00"), Options{Style: Numbers}, head(20, "0x627", "0") + `{nfgen_family=0x2, version=0, res_id="\x00\x00"}]`},
		{15, "libudev\x00\xfe\xed\xca\xfe" + le("wwwwwww", 40, 40, 9, 0, 0, 0, 0), Options{}, `{prefix="libudev", magic=htonl(0xfeedcafe), header_size=40, properties_off=40, properties_len=9, filter_subsystem_hash=htonl(0), filter_devtype_hash=htonl(0), filter_tag_bloom_hi=htonl(0), filter_tag_bloom_lo=htonl(0)}`},
		{16, nlm(16, 0, "\x01"), Options{}, head(17, "nlctrl", "0") + `"\x01"]`},
		{0, "abcd", Options{}, `"\x61\x62\x63\x64"`},
	} {
		if diff := cmp.Diff(c.want, sendNetlink(X8664, c.proto, c.msg, c.opts)); diff != "" {
			t.Errorf("protocol %d: -want +got\n%s", c.proto, diff)
		}
	}
}

// Structures that end in a number of 8 bytes are shorter in 32-bit programs.
func TestNetlink32(t *testing.T) {
	link := le("bbhwww", 1, 0, 772, 1, 1, 0)
	guid := nla(22, nla(1, nla(10, le("wq", 3, 5))))
	for a, want := range map[*ABI]string{I386: "{vf=3, guid=0x5}", X8664: `"\x03\x00\x00\x00\x05\x00\x00\x00\x00\x00\x00\x00"`} {
		want = "[{nla_len=16, nla_type=IFLA_VF_IB_NODE_GUID}, " + want + "]"
		if got := sendNetlink(a, 0, nlm(18, 0x300, link+guid), Options{}); !strings.Contains(got, want) {
			t.Errorf("%s: got %s\nwant %s in it", a.Name, got, want)
		}
	}
}

func appendDec(b []byte, n int) []byte {
	if n >= 10 {
		b = appendDec(b, n/10)
	}
	return append(b, byte('0'+n%10))
}

// Attributes nested without end, or that say they are longer than they are, stay within bounds.
func TestNetlinkHostile(t *testing.T) {
	link := le("bbhwww", 0, 0, 0, 0, 0, 0)
	deep := ""
	for range 1000 {
		deep = nla(18, deep)
		if len(deep) > 60000 {
			break
		}
	}
	for name, attrs := range map[string]string{
		"deep": deep, "long": le("hh", 0xffff, 18), "short": le("hh", 1, 3), "none": "\x00\x00\x00\x00", "many": strings.Repeat(nla(1, ""), 4000),
		"next hops": nla(9, strings.Repeat(le("hbbw", 1, 0, 0, 0), 100)),
	} {
		for _, typ := range []uint64{16, 24, 92, 104} {
			text := sendNetlink(X8664, 0, nlm(typ, 0, link+attrs), Options{Verbose: true})
			if len(text) == 0 || len(text) > 2*lineLimit {
				t.Errorf("%s: a line of %d bytes", name, len(text))
			}
		}
	}
}

// FuzzNetlink prints any bytes as messages of any protocol.
func FuzzNetlink(f *testing.F) {
	for proto := range 22 {
		f.Add(uint8(proto), nlm(20, 1, strings.Repeat("\x02\x00\x01", 30)))
	}
	f.Add(uint8(0), nlm(16, 1, le("bbhwww", 7, 0, 1, 1, 1, 0)+nla(12, nla(1, "\x01"))))
	f.Fuzz(func(t *testing.T, proto uint8, msg string) {
		if len(msg) == 0 {
			return
		}
		// Type and length as they stand are rarely good: one more try with both made so.
		for _, m := range []string{msg, nlm(uint64(16+proto), uint64(binary.LittleEndian.Uint16([]byte(msg+"\x00\x00"))), msg)} {
			opts := &Options{Verbose: proto&32 != 0, Style: Style(proto >> 6 % 3), Netlink: func(int, int32) int { return int(proto % 22) }}
			nr, _ := X8664.Number("sendto")
			c := &Call{ABI: X8664, Nr: nr, Args: [6]uint64{3, 0x10000, uint64(len(m))}, Mem: memory{0x10000: m}, Opts: opts, Returned: true}
			if line := AppendExit(AppendEnter(nil, c), c); len(line) > 16<<20 {
				t.Errorf("a line of %d bytes", len(line))
			}
		}
	})
}

// Attributes of bpf(2), addresses and structures that came with them, as strace 6.1 prints them.
func TestLaterKinds(t *testing.T) {
	mem := memory{0x1000: le("wwww", 2, 4, 8, 1), 0x2000: le("wwqqq", 0xffffffff, 0, 0xdeadbeef, 0xbadc0ded, 4), 0x3000: "GPL\x00",
		0x4000: le("wwqq", 1, 1, 0x5000, 0x3000), 0x5000: le("bbhw", 0x95, 0xba, 0xdead, 1),
		0x6000: "\x1f\x00abcdef\x2a\x00", 0x6100: le("hhwhh", 36, 0, 2, 0xffff, 0xfffe) + strings.Repeat("\x00", 8), 0x6200: "\x26\x00hash\x00" + strings.Repeat("\x00", 9) + le("ww", 0x1000, 0) + "sha1\x00\x00\x00\x00",
		0x6300: le("hhhhhbbbbbb", 33, 1, 2, 16, 2, 0, 80, 127, 0, 0, 1) + strings.Repeat("\x00", 20), 0x7000: le("wwww", 12, 0x1000, 0xfffff, 0x51), 0x8000: "abc\x00"}
	for _, c := range []struct {
		name string
		args [6]uint64
		ret  int64
		opts Options
		want string
	}{
		{"bpf", [6]uint64{0, 0x1000, 4}, 3, Options{}, "bpf(BPF_MAP_CREATE, {map_type=BPF_MAP_TYPE_ARRAY, key_size=0, value_size=0, max_entries=0}, 4) = 3"},
		{"bpf", [6]uint64{1, 0x2000, 32}, 0, Options{}, "bpf(BPF_MAP_LOOKUP_ELEM, {map_fd=-1, key=0xdeadbeef, value=0xbadc0ded, flags=BPF_F_LOCK}, 32) = 0"},
		{"bpf", [6]uint64{3, 0x2000, 32}, 0, Options{}, "bpf(BPF_MAP_DELETE_ELEM, {map_fd=-1, key=0xdeadbeef, ...}, 32) = 0"},
		{"bpf", [6]uint64{3, 0x2000, 32}, 0, Options{Verbose: true}, `bpf(BPF_MAP_DELETE_ELEM, {map_fd=-1, key=0xdeadbeef, extra_data="\xed\x0d\xdc\xba\x00\x00\x00\x00\x04\x00\x00\x00\x00\x00\x00\x00" /* bytes 16..31 */}, 32) = 0`},
		{"bpf", [6]uint64{5, 0x4000, 24}, 3, Options{Verbose: true}, `bpf(BPF_PROG_LOAD, {prog_type=BPF_PROG_TYPE_SOCKET_FILTER, insn_cnt=1, insns=[{code=BPF_JMP|BPF_K|BPF_EXIT, dst_reg=BPF_REG_10, src_reg=0xb /* BPF_REG_??? */, off=-8531, imm=0x1}], license="GPL"}, 24) = 3`},
		{"bpf", [6]uint64{0, 0x1000, 4097}, 0, Options{}, "bpf(BPF_MAP_CREATE, 0x1000, 4097) = 0"},
		{"connect", [6]uint64{3, 0x6000, 10}, 0, Options{}, "connect(3, {sa_family=AF_BLUETOOTH, rc_bdaddr=61:62:63:64:65:66, rc_channel=42}, 10) = 0"},
		{"connect", [6]uint64{3, 0x6000, 8}, 0, Options{Style: Numbers}, `connect(3, {sa_family=0x1f, sco_bdaddr="\x61\x62\x63\x64\x65\x66"}, 8) = 0`},
		{"connect", [6]uint64{3, 0x6100, 20}, 0, Options{}, "connect(3, {sa_family=AF_IEEE802154, addr={addr_type=0x2 /* IEEE802154_ADDR_SHORT */, pan_id=0xffff /* IEEE802154_PANID_BROADCAST */, short_addr=0xfffe /* IEEE802154_ADDR_UNDEF */}}, 20) = 0"},
		{"bind", [6]uint64{3, 0x6200, 32}, 0, Options{}, `bind(3, {sa_family=AF_ALG, salg_type="hash", salg_feat=0x1000 /* CRYPTO_ALG_KERN_DRIVER_ONLY */, salg_mask=0, salg_name="sha1"}, 32) = 0`},
		{"connect", [6]uint64{3, 0x6300, 36}, 0, Options{}, `connect(3, {sa_family=AF_RXRPC, srx_service=0x1 /* CM_SERVICE */, transport_type=SOCK_DGRAM, transport_len=16, transport={sin={sin_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("127.0.0.1")}}}, 36) = 0`},
		{"set_thread_area", [6]uint64{0x7000}, 0, Options{}, "set_thread_area({entry_number=12, base_addr=0x001000, limit=0x0fffff, seg_32bit=1, contents=0, read_exec_only=0, limit_in_pages=1, seg_not_present=0, useable=1, lm=0}) = 0"},
		{"get_thread_area", [6]uint64{0x7000}, 0, Options{}, "get_thread_area({entry_number=12, base_addr=0x001000, limit=0x0fffff, seg_32bit=1, contents=0, read_exec_only=0, limit_in_pages=1, seg_not_present=0, useable=1, lm=0}) = 0"},
		{"prctl", [6]uint64{33, 1, 2, 0, 0}, 0, Options{}, "prctl(PR_MCE_KILL, PR_MCE_KILL_SET, PR_MCE_KILL_DEFAULT, 0, 0) = 0"},
		{"prctl", [6]uint64{6, 3}, 0, Options{}, "prctl(PR_SET_UNALIGN, PR_UNALIGN_NOPRINT|PR_UNALIGN_SIGBUS) = 0"},
		{"prctl", [6]uint64{59, 1, 2, 3, 0}, 0, Options{}, "prctl(PR_SET_SYSCALL_USER_DISPATCH, PR_SYS_DISPATCH_ON, 0x2, 0x3, NULL) = 0"},
		{"prctl", [6]uint64{0x53564d41, 0, 0, 1, 0x8000}, 0, Options{}, `prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, NULL, 1, "abc") = 0`},
		{"keyctl", [6]uint64{24, 5, 0, 0x8000, 0}, 0, Options{}, `keyctl(KEYCTL_PKEY_QUERY, 5, 0, "abc", NULL) = 0`},
		{"quotactl", [6]uint64{0x80000700, 0x8000, 7, 0}, 0, Options{Style: Both}, `quotactl(2147485440 /* QCMD(Q_GETQUOTA, USRQUOTA) */, "abc", 7, NULL) = 0`},
		{"listmount", [6]uint64{}, 0, Options{As61: true}, "syscall_0x1ca(0, 0, 0, 0, 0, 0) = 0"},
	} {
		c.opts.Column = -1
		call := &Call{ABI: X8664, Nr: numberOf(t, X8664, c.name), Args: c.args, Mem: mem, Opts: &c.opts}
		enter := AppendEnter(nil, call)
		call.Ret, call.Returned = c.ret, true
		if diff := cmp.Diff(c.want, string(AppendExit(enter, call))); diff != "" {
			t.Errorf("%s: %s", c.name, diff)
		}
	}
}

// Calls whose data is shown as netlink messages: those that name a netlink socket's address where they take a msghdr.
func TestNetlinkCalls(t *testing.T) {
	message := nlm(18, 1, "\x00")
	text := "[{nlmsg_len=17, nlmsg_type=RTM_GETLINK, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=0, nlmsg_pid=0}, {ifi_family=AF_UNSPEC, ...}]"
	header := func(name, namelen uint64) memory {
		return memory{0x1000: le("qwwqqqqww", name, namelen, 0, 0x2000, 1, 0, 0, 0, 0), 0x2000: le("qq", 0x3000, 17), 0x3000: message, 0x4000: le("hhww", 16, 0, 0xf0000007, 0)}
	}
	named := "{msg_name={sa_family=AF_NETLINK, nl_pid=-268435449, nl_groups=00000000}, msg_namelen=12, msg_iov=[{iov_base="
	route, unbound := Options{Netlink: func(int, int32) int { return 0 }}, Options{Netlink: func(int, int32) int { return NetlinkUnbound }}
	checkDecoders(t, []decoderCase{
		{name: "recvfrom", args: [6]uint64{3, 0x3000, 100}, mem: memory{0x3000: message}, ret: 17, opts: route, want: "recvfrom(3, " + text + ", 100, 0, NULL, NULL) = 17"},
		{name: "recvfrom", args: [6]uint64{3, 0x3000, 4, 0x20}, mem: memory{0x3000: message}, ret: 17, opts: route, want: `recvfrom(3, "\x11\x00\x00\x00", 4, MSG_TRUNC, NULL, NULL) = 17`},
		{name: "sendmsg", args: [6]uint64{3, 0x1000}, mem: header(0x4000, 12), ret: 17, opts: route, want: "sendmsg(3, " + named + text + ", iov_len=17}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 17"},
		{name: "recvmsg", args: [6]uint64{3, 0x1000}, mem: header(0x4000, 12), ret: 17, opts: route, want: "recvmsg(3, " + named + text + ", iov_len=17}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 17"},
		{name: "sendmsg", args: [6]uint64{3, 0x1000}, mem: header(0, 0), ret: 17, opts: route,
			want: `sendmsg(3, {msg_name=NULL, msg_namelen=0, msg_iov=[{iov_base="\21\0\0\0\22\0\1\0\0\0\0\0\0\0\0\0\0", iov_len=17}], msg_iovlen=1, msg_controllen=0, msg_flags=0}, 0) = 17`},
		{name: "sendto", args: [6]uint64{3, 0x3000, 17}, mem: memory{0x3000: message}, ret: 17, opts: unbound,
			want: `sendto(3, [{nlmsg_len=17, nlmsg_type=0x12 /* NLMSG_??? */, nlmsg_flags=NLM_F_REQUEST, nlmsg_seq=0, nlmsg_pid=0}, "\x00"], 17, 0, NULL, 0) = 17`},
	})
}
