package syscalls

// Netlink messages (netlink(7)): a header, what its type says follows, and attributes.

const (
	afNetlink    = 16
	nlHeader     = 16
	nlAttrHeader = 4
	nlTypeMin    = 0x10 // types below are netlink's own
	nlMostMsgs   = 1 << 10
)

// NetlinkUnbound is the protocol of a netlink socket that the kernel does not tell of: one that has no port yet, or
// is of another network namespace. Of its messages headers alone are known.
const NetlinkUnbound = 1 << 8

// netlinkOf is the protocol of a netlink socket of the call's process, or -1.
func (c *Call) netlinkOf(fd int32) int {
	if c.opts.Netlink == nil {
		return -1
	}
	return c.opts.Netlink(c.PID, fd)
}

var (
	tNlType = table{"NLMSG_???", []name{{1, "NLMSG_NOOP"}, {2, "NLMSG_ERROR"}, {3, "NLMSG_DONE"}, {4, "NLMSG_OVERRUN"}}}
	tNlFlag = table{"NLM_F_???", []name{{1, "NLM_F_REQUEST"}, {2, "NLM_F_MULTI"}, {4, "NLM_F_ACK"}, {8, "NLM_F_ECHO"}, {0x10, "NLM_F_DUMP_INTR"}, {0x20, "NLM_F_DUMP_FILTERED"}}}
	tNlGet  = table{"NLM_F_???", append(tNlFlag.names[:6:6], name{0x300, "NLM_F_DUMP"}, name{0x100, "NLM_F_ROOT"}, name{0x200, "NLM_F_MATCH"}, name{0x400, "NLM_F_ATOMIC"})}
	tNlNew  = table{"NLM_F_???", append(tNlFlag.names[:6:6], name{0x100, "NLM_F_REPLACE"}, name{0x200, "NLM_F_EXCL"}, name{0x400, "NLM_F_CREATE"}, name{0x800, "NLM_F_APPEND"})}
	tNlDel  = table{"NLM_F_???", append(tNlFlag.names[:6:6], name{0x100, "NLM_F_NONREC"}, name{0x200, "NLM_F_BULK"})}
	tNlAck  = table{"NLM_F_???", append(tNlFlag.names[:6:6], name{0x100, "NLM_F_CAPPED"}, name{0x200, "NLM_F_ACK_TLVS"})}
	tNlAttr = table{"", []name{{0x8000, "NLA_F_NESTED"}, {0x4000, "NLA_F_NET_BYTEORDER"}}}
)

// nlMsg is what the header of a message says.
type nlMsg struct{ typ, flags uint16 }

// nlProto is one protocol's types, and which of them get, make or delete (for the flags).
type nlProto struct {
	types  *table
	typeOf func(c *Call, typ uint16) // in place of types
	flags  func(typ uint16) *table
	body   func(c *Call, m nlMsg, v uint64, n int)
	text   func(c *Call, v, n uint64) // there are no messages, but this
}

var nlProtos = map[int]*nlProto{
	0:  {types: &tRtmType, flags: rtmFlags, body: (*Call).rtmBody}, // NETLINK_ROUTE
	4:  {types: &tDiagType, flags: func(uint16) *table { return &tNlGet }, body: (*Call).diagBody},
	6:  {types: &tXfrmType, flags: xfrmFlags},
	7:  {types: &tSelType, body: (*Call).selinuxBody},
	9:  {types: &tAuditType, body: (*Call).auditBody},
	12: {typeOf: (*Call).nfType, flags: nfFlags, body: (*Call).nfBody},
	15: {text: (*Call).uevent},
	16: {typeOf: (*Call).genericType},
	21: {types: &tCryptoType, flags: cryptoFlags, body: (*Call).cryptoBody},
}

var (
	tRtmType = table{"RTM_???", []name{{16, "RTM_NEWLINK"}, {17, "RTM_DELLINK"}, {18, "RTM_GETLINK"}, {19, "RTM_SETLINK"}, {20, "RTM_NEWADDR"}, {21, "RTM_DELADDR"},
		{22, "RTM_GETADDR"}, {24, "RTM_NEWROUTE"}, {25, "RTM_DELROUTE"}, {26, "RTM_GETROUTE"}, {28, "RTM_NEWNEIGH"}, {29, "RTM_DELNEIGH"}, {30, "RTM_GETNEIGH"},
		{32, "RTM_NEWRULE"}, {33, "RTM_DELRULE"}, {34, "RTM_GETRULE"}, {36, "RTM_NEWQDISC"}, {37, "RTM_DELQDISC"}, {38, "RTM_GETQDISC"}, {40, "RTM_NEWTCLASS"},
		{41, "RTM_DELTCLASS"}, {42, "RTM_GETTCLASS"}, {44, "RTM_NEWTFILTER"}, {45, "RTM_DELTFILTER"}, {46, "RTM_GETTFILTER"}, {48, "RTM_NEWACTION"},
		{49, "RTM_DELACTION"}, {50, "RTM_GETACTION"}, {52, "RTM_NEWPREFIX"}, {58, "RTM_GETMULTICAST"}, {62, "RTM_GETANYCAST"}, {64, "RTM_NEWNEIGHTBL"},
		{66, "RTM_GETNEIGHTBL"}, {67, "RTM_SETNEIGHTBL"}, {68, "RTM_NEWNDUSEROPT"}, {72, "RTM_NEWADDRLABEL"}, {73, "RTM_DELADDRLABEL"}, {74, "RTM_GETADDRLABEL"},
		{78, "RTM_GETDCB"}, {79, "RTM_SETDCB"}, {80, "RTM_NEWNETCONF"}, {81, "RTM_DELNETCONF"}, {82, "RTM_GETNETCONF"}, {84, "RTM_NEWMDB"}, {85, "RTM_DELMDB"},
		{86, "RTM_GETMDB"}, {88, "RTM_NEWNSID"}, {89, "RTM_DELNSID"}, {90, "RTM_GETNSID"}, {92, "RTM_NEWSTATS"}, {94, "RTM_GETSTATS"}, {95, "RTM_SETSTATS"},
		{96, "RTM_NEWCACHEREPORT"}, {100, "RTM_NEWCHAIN"}, {101, "RTM_DELCHAIN"}, {102, "RTM_GETCHAIN"}, {104, "RTM_NEWNEXTHOP"}, {105, "RTM_DELNEXTHOP"},
		{106, "RTM_GETNEXTHOP"}, {108, "RTM_NEWLINKPROP"}, {109, "RTM_DELLINKPROP"}, {110, "RTM_GETLINKPROP"}, {112, "RTM_NEWVLAN"}, {113, "RTM_DELVLAN"},
		{114, "RTM_GETVLAN"}, {116, "RTM_NEWNEXTHOPBUCKET"}, {117, "RTM_DELNEXTHOPBUCKET"}, {118, "RTM_GETNEXTHOPBUCKET"}, {120, "RTM_NEWTUNNEL"},
		{121, "RTM_DELTUNNEL"}, {122, "RTM_GETTUNNEL"}}}
	tDiagType = table{"SOCK_DIAG_???", []name{{18, "TCPDIAG_GETSOCK"}, {19, "DCCPDIAG_GETSOCK"}, {20, "SOCK_DIAG_BY_FAMILY"}, {21, "SOCK_DESTROY"}}}
	tXfrmType = table{"XFRM_MSG_???", []name{{16, "XFRM_MSG_NEWSA"}, {17, "XFRM_MSG_DELSA"}, {18, "XFRM_MSG_GETSA"}, {19, "XFRM_MSG_NEWPOLICY"}, {20, "XFRM_MSG_DELPOLICY"},
		{21, "XFRM_MSG_GETPOLICY"}, {22, "XFRM_MSG_ALLOCSPI"}, {23, "XFRM_MSG_ACQUIRE"}, {24, "XFRM_MSG_EXPIRE"}, {25, "XFRM_MSG_UPDPOLICY"}, {26, "XFRM_MSG_UPDSA"},
		{27, "XFRM_MSG_POLEXPIRE"}, {28, "XFRM_MSG_FLUSHSA"}, {29, "XFRM_MSG_FLUSHPOLICY"}, {30, "XFRM_MSG_NEWAE"}, {31, "XFRM_MSG_GETAE"}, {32, "XFRM_MSG_REPORT"},
		{33, "XFRM_MSG_MIGRATE"}, {34, "XFRM_MSG_NEWSADINFO"}, {35, "XFRM_MSG_GETSADINFO"}, {36, "XFRM_MSG_NEWSPDINFO"}, {37, "XFRM_MSG_GETSPDINFO"}, {38, "XFRM_MSG_MAPPING"},
		{39, "XFRM_MSG_SETDEFAULT"}, {40, "XFRM_MSG_GETDEFAULT"}}}
	tSelType = table{"SELNL_MSG_???", []name{{16, "SELNL_MSG_SETENFORCE"}, {17, "SELNL_MSG_POLICYLOAD"}}}
)

// rtmFlags: the types come in fours that make, delete, get and set.
func rtmFlags(typ uint16) *table {
	switch typ & 3 {
	case 0:
		return &tNlNew
	case 1:
		if typ == 49 { // RTM_DELACTION
			return &tNlGet
		}
		return &tNlDel
	case 2:
		return &tNlGet
	}
	return &tNlFlag
}

func xfrmFlags(typ uint16) *table {
	switch typ {
	case 16, 19, 30, 34, 36:
		return &tNlNew
	case 17, 20:
		return &tNlDel
	case 18, 21, 31, 35, 37:
		return &tNlGet
	}
	return &tNlFlag
}

// netlink prints n bytes of messages of a protocol at v.
func (c *Call) netlink(proto int, v uint64, n uint64) {
	if row := nlProtos[proto]; row != nil && row.text != nil {
		row.text(c, v, n)
		return
	}
	if n < nlHeader {
		c.hexBuffer(v, n)
		return
	}
	p, ok := c.read(v, nlHeader)
	if !ok {
		c.addr(v)
		return
	}
	size := uint64(u32(p))
	aligned := (size + 3) &^ 3
	most := c.limit()
	if c.opts.Verbose {
		most = nlMostMsgs
	}
	several := size >= nlHeader && aligned < n
	if several {
		c.byte('[')
	}
	for i := 0; ; i++ {
		begun := c.mark()
		c.nlMessage(proto, v, p, min(max(size, nlHeader), n))
		c.release(begun)
		if size < nlHeader || aligned >= n {
			break
		}
		v, n = v+aligned, n-aligned
		c.str(", ")
		if i+1 >= most || c.full() {
			c.str("...")
			break
		}
		if n < nlHeader {
			c.hexBuffer(v, n)
			break
		}
		if p, ok = c.read(v, nlHeader); !ok {
			c.str("... /* ")
			c.addr(v)
			c.str(" */")
			break
		}
		size = uint64(u32(p))
		aligned = (size + 3) &^ 3
	}
	if several {
		c.byte(']')
	}
}

// nlHead prints the header of a message.
func (c *Call) nlHead(proto int, p []byte) {
	typ, flags, row := u16(p[4:]), u16(p[6:]), nlProtos[proto]
	c.field(true, "nlmsg_len")
	c.udec(uint64(u32(p)))
	c.field(false, "nlmsg_type")
	switch {
	case typ < nlTypeMin, row == nil:
		c.enum(&tNlType, uint64(typ))
	case row.typeOf != nil:
		row.typeOf(c, typ)
	default:
		c.enum(row.types, uint64(typ))
	}
	c.field(false, "nlmsg_flags")
	switch {
	case typ == 2:
		c.flags(&tNlAck, uint64(flags))
	case typ < nlTypeMin || row == nil || row.flags == nil:
		c.flags(&tNlFlag, uint64(flags))
	default:
		c.flags(row.flags(typ), uint64(flags))
	}
	c.field(false, "nlmsg_seq")
	c.udec(uint64(u32(p[8:])))
	c.field(false, "nlmsg_pid")
	c.pid(uint64(u32(p[12:])))
	c.byte('}')
}

// nlMessage prints one message of n bytes whose header is p.
func (c *Call) nlMessage(proto int, v uint64, p []byte, n uint64) {
	typ, flags, row := u16(p[4:]), u16(p[6:]), nlProtos[proto]
	body := n > nlHeader
	if body {
		c.byte('[')
	}
	c.nlHead(proto, p)
	if !body {
		return
	}
	c.str(", ")
	at, left := v+nlHeader, int(n-nlHeader)
	switch {
	case typ == 3 && left >= 4: // NLMSG_DONE
		c.nlInt(at)
	case typ == 2:
		c.nlError(proto, flags, at, left)
	case typ >= nlTypeMin && row != nil && row.body != nil:
		row.body(c, nlMsg{typ, flags}, at, left)
	default:
		c.hexBuffer(at, uint64(left))
	}
	c.byte(']')
}

func (c *Call) nlInt(v uint64) {
	p, ok := c.read(v, 4)
	if !ok {
		c.addr(v)
		return
	}
	c.dec(int64(int32(u32(p))))
}

const nlCapped = 0x100 // NLM_F_CAPPED

// nlErrorAttrs are what more is told of an error.
var nlErrorAttrs = nlSet{prefix: "NLMSGERR_ATTR_", rows: []nlRow{{"UNUSED", nil}, {"MSG", nlString}, {"OFFS", nlU32},
	{"COOKIE", nlArray(1, func(c *Call, p []byte) { c.udec(uint64(p[0])) })}}}

// nlError is an error with the header it is about.
func (c *Call) nlError(proto int, flags uint16, v uint64, n int) {
	const whole = 20 // struct nlmsgerr, with the header that the error is about
	p, ok := c.read(v, whole)
	switch {
	case n < whole:
		c.hexBuffer(v, uint64(n))
		return
	case !ok:
		c.addr(v)
		return
	}
	capped := flags&nlCapped != 0 && n > whole
	if capped {
		c.byte('[')
	}
	c.field(true, "error")
	e := int32(u32(p))
	if row := c.ABI.OS.Errno(int(-e)); e < 0 && row != nil && c.opts.Style == Names {
		c.str("-" + row.Name)
	} else {
		c.dec(int64(e))
	}
	if capped { // of the message the header alone, and attributes behind it
		c.str(", msg=")
		c.nlHead(proto, p[4:])
		c.str("}, ")
		nlNest(&nlErrorAttrs)(c, v+whole, n-whole)
		c.byte(']')
		return
	}
	if depth := c.nl.nested; depth >= nlMostNested { // no kernel tells of an error about an error
		c.str(", msg=")
		c.addr(v + 4)
	} else if n > 4 {
		c.str(", msg=")
		c.nl.nested = depth + 1
		c.netlink(proto, v+4, uint64(n-4))
		c.nl.nested = depth
	}
	c.byte('}')
}

// nlAttr prints the data of one attribute, n bytes at v; false, with nothing printed, when they
// are not what they should be: they are shown as bytes then.
type nlAttr func(c *Call, v uint64, n int) bool

// nlRow is one attribute. Without data it is bytes.
type nlRow struct {
	name string
	data nlAttr
}

// nlSet is the attributes that may stand in one place: the row of type t is rows[t], and all names
// begin with prefix. An empty row is a type that has no name.
type nlSet struct {
	prefix  string
	unknown string // what a type without a name is called, when it is not prefix + "???"
	rows    []nlRow
	names   *table            // in place of rows, with
	byType  map[uint16]nlAttr // the data, and
	any     nlAttr            // the data of all others
}

// row returns the row of a type, which may be empty.
func (s *nlSet) row(typ uint16) nlRow {
	if s.names != nil {
		data := s.byType[typ]
		if data == nil {
			data = s.any
		}
		return nlRow{data: data}
	}
	if int(typ) < len(s.rows) {
		return s.rows[typ]
	}
	return nlRow{}
}

// nlType prints the type of an attribute.
func (c *Call) nlType(s *nlSet, typ uint16) {
	if s.names != nil {
		c.enum(s.names, uint64(typ))
		return
	}
	n, unknown := "", s.unknown
	if i := int(typ); i < len(s.rows) && (s.rows[i].name != "" || s.rows[i].data != nil) {
		n = s.prefix + s.rows[i].name
	}
	if unknown == "" {
		unknown = s.prefix + "???"
	}
	c.enumNamed(n, unknown, uint64(typ))
}

// attributes prints n bytes of attributes at v.
func (c *Call) attributes(v uint64, n int, set *nlSet) {
	if n < nlAttrHeader {
		c.hexBuffer(v, uint64(n))
		return
	}
	first := true
	several := false
	limit := c.limit()
	if c.opts.Verbose {
		limit = readLimit
	}
	for i := 0; n > 0; i++ {
		if i >= limit && n >= nlAttrHeader {
			c.str(", ...")
			break
		}
		if n < nlAttrHeader {
			c.str(", ")
			c.hexBuffer(v, uint64(n))
			break
		}
		begun := c.mark()
		p, ok := c.read(v, nlAttrHeader)
		switch {
		case !ok && first:
			c.addr(v)
			return
		case !ok:
			c.unreadable(v)
		}
		if !ok {
			break
		}
		size := int(u16(p))
		step := (size + 3) &^ 3
		if first && size >= nlAttrHeader && step < n {
			several = true
			c.byte('[')
		}
		if !first {
			c.str(", ")
		}
		first = false
		c.attribute(v, p, min(size, n), set)
		c.release(begun)
		if size < nlAttrHeader || step >= n || c.full() {
			break
		}
		v, n = v+uint64(step), n-step
	}
	if several {
		c.byte(']')
	}
}

// attribute prints one attribute of n bytes whose header is p.
func (c *Call) attribute(v uint64, p []byte, n int, set *nlSet) {
	typ := u16(p[2:])
	data := n > nlAttrHeader
	if data {
		c.byte('[')
	}
	c.field(true, "nla_len")
	c.udec(uint64(u16(p)))
	c.field(false, "nla_type")
	if rest, _ := c.bits(&tNlAttr, uint64(typ), false); rest != uint64(typ) {
		c.byte('|')
	}
	typ &= 0x3fff
	c.nlType(set, typ)
	c.byte('}')
	if !data {
		return
	}
	c.str(", ")
	v, n = v+nlAttrHeader, n-nlAttrHeader
	if f := set.row(typ).data; c.nl.nested >= nlMostNested || f == nil || !f(c, v, n) {
		c.hexBuffer(v, uint64(n))
	}
	c.byte(']')
}

// nlMostNested is how deep attributes, or errors, may lie in one another.
const nlMostNested = 32

// nlNest is data that is attributes again.
func nlNest(set *nlSet) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		c.nl.nested++
		c.attributes(v, n, set)
		c.nl.nested--
		return true
	}
}

// nlOf is a number of size bytes or more.
func nlOf(size int, f format) nlAttr { return nlAtMost(size, readLimit, f) }

// nlAtMost is a number of size bytes behind which may be others, most in all.
func nlAtMost(size, most int, f format) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		if n < size || n > most {
			return false
		}
		if p, ok := c.read(v, size); ok {
			f(c, number(p))
		} else {
			c.addr(v)
		}
		return true
	}
}

// nlNumber is a number of whatever width.
func nlNumber(f format) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		if n > 8 {
			return false
		}
		if p, ok := c.read(v, n); ok {
			f(c, number(p))
		} else {
			c.addr(v)
		}
		return true
	}
}

// nlStruct is a structure of size bytes or more.
func nlStruct(size int, members []member) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		if n < size {
			return false
		}
		if p, ok := c.read(v, size); ok {
			c.structBody(p, members)
		} else {
			c.addr(v)
		}
		return true
	}
}

// nlRecord is a structure whose layout is the ABI's.
func nlRecord(r *record) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		l := c.ABI.layout()
		return nlStruct(r.size[l], r.members(l))(c, v, n)
	}
}

// nlArray is as many elements of size bytes as fit.
func nlArray(size int, each func(c *Call, p []byte)) nlAttr {
	return func(c *Call, v uint64, n int) bool {
		if n < size {
			return false
		}
		c.list(v, uint64(n/size), size, each)
		return true
	}
}

// nlString is text with its NUL; what lacks one goes on, as far as is known.
func nlString(c *Call, v uint64, n int) bool {
	show := c.limit()
	p, ok := c.readBytes(v, min(n, show+1))
	switch {
	case !ok:
		c.addr(v)
	case len(p) <= show+1 && p[len(p)-1] == 0 && len(p) == n:
		c.quote(p[:len(p)-1], false)
	default:
		c.quote(p[:min(len(p), show)], true)
	}
	return true
}

var (
	nlU8, nlU16, nlU32, nlU64 = nlOf(1, fUint), nlOf(2, fUint), nlOf(4, fUint), nlOf(8, fUint)
	nlS32                     = nlOf(4, fInt)
	nlFD                      = nlOf(4, (*Call).fd)
	nlIf                      = nlOf(4, fIfindex)
)
