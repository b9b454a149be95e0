package syscalls

// Netlink of the audit system, of netfilter, of SELinux, of the crypto layer, and the generic one.

// The types of audit messages (linux/audit.h).
var tAuditType = table{"AUDIT_???", auditTypes()}

func auditTypes() (ns []name) {
	for _, run := range []struct {
		from  uint64
		words string
	}{
		{1000, "GET SET LIST ADD DEL USER LOGIN WATCH_INS WATCH_REM WATCH_LIST SIGNAL_INFO ADD_RULE DEL_RULE LIST_RULES TRIM MAKE_EQUIV TTY_GET TTY_SET SET_FEATURE GET_FEATURE"},
		{1100, "FIRST_USER_MSG"}, {1107, "USER_AVC"}, {1124, "USER_TTY"}, {1199, "LAST_USER_MSG"}, {1200, "DAEMON_START DAEMON_END DAEMON_ABORT DAEMON_CONFIG"},
		{1300, "SYSCALL FS_WATCH PATH IPC SOCKETCALL CONFIG_CHANGE SOCKADDR CWD"}, {1309, "EXECVE"},
		{1311, "IPC_SET_PERM MQ_OPEN MQ_SENDRECV MQ_NOTIFY MQ_GETSETATTR KERNEL_OTHER FD_PAIR OBJ_PID TTY EOE BPRM_FCAPS CAPSET MMAP NETFILTER_PKT NETFILTER_CFG SECCOMP " +
			"PROCTITLE FEATURE_CHANGE REPLACE KERN_MODULE FANOTIFY TIME_INJOFFSET TIME_ADJNTPVAL BPF EVENT_LISTENER URINGOP OPENAT2 DM_CTRL DM_EVENT"},
		{1400, "AVC SELINUX_ERR AVC_PATH MAC_POLICY_LOAD MAC_STATUS MAC_CONFIG_CHANGE MAC_UNLBL_ALLOW MAC_CIPSOV4_ADD MAC_CIPSOV4_DEL MAC_MAP_ADD MAC_MAP_DEL " +
			"MAC_IPSEC_ADDSA MAC_IPSEC_DELSA MAC_IPSEC_ADDSPD MAC_IPSEC_DELSPD MAC_IPSEC_EVENT MAC_UNLBL_STCADD MAC_UNLBL_STCDEL MAC_CALIPSO_ADD MAC_CALIPSO_DEL"},
		{1700, "ANOM_PROMISCUOUS ANOM_ABEND ANOM_LINK ANOM_CREAT"}, {1799, "LAST_KERN_ANOM_MSG"},
		{1800, "INTEGRITY_DATA INTEGRITY_METADATA INTEGRITY_STATUS INTEGRITY_HASH INTEGRITY_PCR INTEGRITY_RULE INTEGRITY_EVM_XATTR INTEGRITY_POLICY_RULE"},
		{2000, "KERNEL"}, {2100, "FIRST_USER_MSG2"}, {2999, "LAST_USER_MSG2"},
	} {
		for i, n := range names("AUDIT_", run.words) {
			ns = append(ns, name{run.from + uint64(i), n.name})
		}
	}
	return ns
}

// nfSubsystem is one subsystem of netfilter (linux/netfilter/nfnetlink.h): its commands, and for the flags
// how many of them make, get and delete: a letter each, n, g, d or another.
type nfSubsystem struct {
	name     string
	commands *table
	kinds    string
}

var nfSubsystems = []nfSubsystem{
	{name: "NONE"},
	{"CTNETLINK", nfCommands("IPCTNL_MSG_CT_", "NEW GET DELETE GET_CTRZERO GET_STATS_CPU GET_STATS GET_DYING GET_UNCONFIRMED"), "ngdggggg"},
	{"CTNETLINK_EXP", nfCommands("IPCTNL_MSG_EXP_", "NEW GET DELETE GET_STATS_CPU"), "ngdg"},
	{"QUEUE", nfCommands("NFQNL_MSG_", "PACKET VERDICT CONFIG VERDICT_BATCH"), ""},
	{"ULOG", nfCommands("NFULNL_MSG_", "PACKET CONFIG"), ""},
	{"OSF", nfCommands("OSF_MSG_", "ADD REMOVE"), ""},
	{"IPSET", &table{"IPSET_CMD_???", ipsetCommands()}, ""},
	{"ACCT", nfCommands("NFNL_MSG_ACCT_", "NEW GET GET_CTRZERO DEL OVERQUOTA"), "nggd"},
	{"CTNETLINK_TIMEOUT", nfCommands("IPCTNL_MSG_TIMEOUT_", "NEW GET DELETE DEFAULT_SET DEFAULT_GET"), "ngd"},
	{"CTHELPER", nfCommands("NFNL_MSG_CTHELPER_", "NEW GET DEL"), "ngd"},
	{"NFTABLES", nfCommands("NFT_MSG_", "NEWTABLE GETTABLE DELTABLE NEWCHAIN GETCHAIN DELCHAIN NEWRULE GETRULE DELRULE NEWSET GETSET DELSET NEWSETELEM GETSETELEM "+
		"DELSETELEM NEWGEN GETGEN TRACE NEWOBJ GETOBJ DELOBJ GETOBJ_RESET NEWFLOWTABLE GETFLOWTABLE DELFLOWTABLE"), "ngdngdngdngdngdng-ngdgngd"},
	{"NFT_COMPAT", nfCommands("NFNL_MSG_COMPAT_", "GET"), "g"},
	{"HOOK", &table{"NFT_MSG_HOOK_???", names("NFNL_MSG_HOOK_", "GET")}, "g"},
}

func nfCommands(prefix, words string) *table { return &table{prefix + "???", names(prefix, words)} }

func ipsetCommands() []name {
	ns := names("IPSET_CMD_", "NONE PROTOCOL CREATE DESTROY FLUSH RENAME SWAP LIST SAVE ADD DEL TEST HEADER TYPE")
	for i, n := range names("IPSET_CMD_", "RESTORE HELP VERSION QUIT COMMIT") {
		ns = append(ns, name{uint64(16 + i), n.name})
	}
	return ns
}

var (
	tNfSubsystem = table{"NFNL_SUBSYS_???", nfNames()}
	tNfBatch     = table{"NFNL_MSG_???", []name{{16, "NFNL_MSG_BATCH_BEGIN"}, {17, "NFNL_MSG_BATCH_END"}}}
	tNfVersion   = table{"NFNETLINK_???", []name{{0, "NFNETLINK_V0"}}}
)

func nfNames() (ns []name) {
	for i, s := range nfSubsystems {
		ns = append(ns, name{uint64(i), "NFNL_SUBSYS_" + s.name})
	}
	return ns
}

func nfOf(typ uint16) (s nfSubsystem) {
	if i := int(typ >> 8); i < len(nfSubsystems) {
		return nfSubsystems[i]
	}
	return s
}

// nfType prints a subsystem and a command.
func (c *Call) nfType(typ uint16) {
	if tNfBatch.find(uint64(typ)) != "" {
		c.enum(&tNfBatch, uint64(typ))
		return
	}
	s := nfOf(typ)
	c.styled(func() { c.hex(uint64(typ)) }, func() {
		c.enum(&tNfSubsystem, uint64(typ>>8))
		c.str("<<8|")
		if s.commands == nil {
			c.hex(uint64(typ & 0xff))
			return
		}
		c.enum(s.commands, uint64(typ&0xff))
	})
}

func nfFlags(typ uint16) *table {
	s, cmd := nfOf(typ), int(typ&0xff)
	if cmd >= len(s.kinds) {
		return &tNlFlag
	}
	switch s.kinds[cmd] {
	case 'n':
		return &tNlNew
	case 'g':
		return &tNlGet
	case 'd':
		return &tNlDel
	}
	return &tNlFlag
}

const nfTables = 10 // NFNL_SUBSYS_NFTABLES

// nfBody prints struct nfgenmsg and attributes, whose meaning depends on the subsystem.
func (c *Call) nfBody(m nlMsg, v uint64, n int) {
	p, ok := c.read(v, 4)
	switch {
	case n < 4:
		c.hexBuffer(v, uint64(n))
		return
	case !ok:
		c.addr(v)
		return
	}
	c.field(true, "nfgen_family")
	c.enum(&tAF, uint64(p[0]))
	c.field(false, "version")
	c.enum(&tNfVersion, uint64(p[1]))
	c.field(false, "res_id")
	switch {
	case u16(p[2:]) == nfTables: // programs that forgot htons
		c.enum(&tNfSubsystem, nfTables)
	case m.typ>>8 == nfTables && p[2] == 0 && p[3] == nfTables:
		c.orderedEnum(&tNfSubsystem, p[2:])
	default:
		c.port(p[2:])
	}
	c.byte('}')
	if n > 4 {
		c.str(", ")
		if m.typ == 16 || m.typ == 17 {
			c.netlinkBytes(v+4, n-4)
			return
		}
		c.attributes(v+4, n-4, &nlNameless)
	}
}

// netlinkBytes prints what is not decoded.
func (c *Call) netlinkBytes(v uint64, n int) { c.hexBuffer(v, uint64(n)) }

// nlNameless are attributes whose types are numbers.
var nlNameless = nlSet{names: &table{}}

// genericType prints the name of a family, as the kernel gave it its number when it was registered.
func (c *Call) genericType(typ uint16) {
	n := ""
	switch {
	case typ == nlTypeMin:
		n = "nlctrl"
	case c.opts.Generic != nil:
		n = c.opts.Generic(typ)
	}
	c.enumNamed(n, "GENERIC_FAMILY_???", uint64(typ))
}

// auditBody prints what goes with an audit message: a record is text.
func (c *Call) auditBody(m nlMsg, v uint64, n int) {
	c.hexBuffer(v, uint64(n))
}

// selinuxBody is one number.
func (c *Call) selinuxBody(m nlMsg, v uint64, n int) {
	if f := selinuxBodies[m.typ]; f == nil || !f(c, v, n) {
		c.hexBuffer(v, uint64(n))
	}
}

var selinuxBodies = map[uint16]nlAttr{16: nlStruct(4, []member{{name: "val", size: 4, f: fInt}}), 17: nlStruct(4, []member{{name: "seqno", size: 4, f: fUint}})}

// Netlink of the crypto layer (linux/cryptouser.h).
var tCryptoType = table{"CRYPTO_MSG_???", []name{{16, "CRYPTO_MSG_NEWALG"}, {17, "CRYPTO_MSG_DELALG"}, {18, "CRYPTO_MSG_UPDATEALG"}, {19, "CRYPTO_MSG_GETALG"},
	{20, "CRYPTO_MSG_DELRNG"}, {21, "CRYPTO_MSG_GETSTAT"}}}

func cryptoFlags(typ uint16) *table {
	switch typ {
	case 16:
		return &tNlNew
	case 17, 20:
		return &tNlDel
	case 19:
		return &tNlGet
	}
	return &tNlFlag
}

func (c *Call) cryptoBody(m nlMsg, v uint64, n int) {
	const size = 64*3 + 4*4 // struct crypto_user_alg
	p, ok := c.read(v, size)
	switch {
	case n < size:
		c.hexBuffer(v, uint64(n))
		return
	case !ok:
		c.addr(v)
		return
	}
	c.structBody(p, cryptoAlg)
	if n > size {
		c.str(", ")
		c.attributes(v+size, n-size, &nlCrypto)
	}
}

func (c *Call) textBytes(p []byte) { c.quote(untilNUL(p), len(untilNUL(p)) == len(p)) }

var (
	cryptoAlg = []member{{name: "cru_name", size: 64, raw: (*Call).textBytes}, {name: "cru_driver_name", off: 64, size: 64, raw: (*Call).textBytes},
		{name: "cru_module_name", off: 128, size: 64, raw: (*Call).textBytes}, {name: "cru_type", off: 192, size: 4, f: fUint}, {name: "cru_mask", off: 196, size: 4, f: fUint},
		{name: "cru_refcnt", off: 200, size: 4, f: fUint}, {name: "cru_flags", off: 204, size: 4, f: fUint}}
	nlCrypto = nlSet{prefix: "CRYPTOCFGA_", rows: []nlRow{{"UNSPEC", nil}, {"PRIORITY_VAL", nlU32}, {"REPORT_LARVAL", nil}, {"REPORT_HASH", nil},
		{"REPORT_BLKCIPHER", nil}, {"REPORT_AEAD", nil}, {"REPORT_COMPRESS", nil}, {"REPORT_RNG", nil}, {"REPORT_CIPHER", nil}, {"REPORT_AKCIPHER", nil},
		{"REPORT_KPP", nil}, {"REPORT_ACOMP", nil}}}
)
