// ioctl commands of sockets (netdevice(7), socket(7)): interfaces, bridges, who gets signals.

package syscalls

func ioctlSockets() ioctlTable {
	return ioctlTable{
		0x8901:     groupPtr,                                                            // FIOSETOWN
		0x8902:     groupPtr,                                                            // SIOCSPGRP
		0x8903:     out(groupPtr),                                                       // FIOGETOWN
		0x8904:     out(groupPtr),                                                       // SIOCGPGRP
		0x8905:     out(intPtr),                                                         // SIOCATMARK
		0x8910:     ifreq(i32("ifr_ifindex")).inout("ifr_ifindex", "ifr_name"),          // SIOCGIFNAME
		0x8912:     ifconf,                                                              // SIOCGIFCONF
		0x8913:     ifGet(ifFlags),                                                      // SIOCGIFFLAGS
		0x8914:     ifSet(ifFlags),                                                      // SIOCSIFFLAGS
		0x8915:     ifGet(ifAddr("ifr_addr")),                                           // SIOCGIFADDR
		0x8916:     ifSet(ifAddr("ifr_addr")),                                           // SIOCSIFADDR
		0x8917:     ifGet(ifAddr("ifr_dstaddr")),                                        // SIOCGIFDSTADDR
		0x8918:     ifSet(ifAddr("ifr_dstaddr")),                                        // SIOCSIFDSTADDR
		0x8919:     ifGet(ifAddr("ifr_broadaddr")),                                      // SIOCGIFBRDADDR
		0x891a:     ifSet(ifAddr("ifr_broadaddr")),                                      // SIOCSIFBRDADDR
		0x891b:     ifGet(ifAddr("ifr_netmask")),                                        // SIOCGIFNETMASK
		0x891c:     ifSet(ifAddr("ifr_netmask")),                                        // SIOCSIFNETMASK
		0x891d:     ifGet(i32("ifr_metric")),                                            // SIOCGIFMETRIC
		0x891e:     ifSet(i32("ifr_metric")),                                            // SIOCSIFMETRIC
		0x8921:     ifGet(i32("ifr_mtu")),                                               // SIOCGIFMTU
		0x8922:     ifSet(i32("ifr_mtu")),                                               // SIOCSIFMTU
		0x8923:     ifSet(text("ifr_newname", 16)),                                      // SIOCSIFNAME
		0x8924:     ifSet(ifHwaddr),                                                     // SIOCSIFHWADDR
		0x8925:     out(intPtr),                                                         // SIOCGIFENCAP
		0x8926:     intPtr,                                                              // SIOCSIFENCAP
		0x8927:     ifGet(ifHwaddr),                                                     // SIOCGIFHWADDR
		0x8929:     ifGet(text("ifr_slave", 16)),                                        // SIOCGIFSLAVE
		0x8930:     ifSet(text("ifr_slave", 16)),                                        // SIOCSIFSLAVE
		0x8931:     ifSet(ifHwaddr),                                                     // SIOCADDMULTI
		0x8932:     ifSet(ifHwaddr),                                                     // SIOCDELMULTI
		0x8933:     ifGet(i32("ifr_ifindex")),                                           // SIOCGIFINDEX
		0x8937:     ifSet(ifHwaddr),                                                     // SIOCSIFHWBROADCAST
		0x8942:     ifGet(i32("ifr_qlen")),                                              // SIOCGIFTXQLEN
		0x8943:     ifSet(i32("ifr_qlen")),                                              // SIOCSIFTXQLEN
		0x894b:     out(intPtr),                                                         // SIOCOUTQNSD
		0x8970:     ifGet(ifMap),                                                        // SIOCGIFMAP
		0x8971:     ifSet(ifMap),                                                        // SIOCSIFMAP
		0x89a0:     ifName,                                                              // SIOCBRADDBR
		0x89a1:     ifName,                                                              // SIOCBRDELBR
		0x89a2:     ifreq(natural("ifr_ifindex", 4, fIfindex)).pick("ifr_ifindex").in(), // SIOCBRADDIF
		0x89a3:     ifreq(natural("ifr_ifindex", 4, fIfindex)).pick("ifr_ifindex").in(), // SIOCBRDELIF
		0x80108906: ptr,                                                                 // SIOCGSTAMP_NEW
		0x80108907: ptr,                                                                 // SIOCGSTAMPNS_NEW
		0x8906:     ptr,                                                                 // SIOCGSTAMP_OLD
		0x8907:     ptr,                                                                 // SIOCGSTAMPNS_OLD
		0x890b:     ptr,                                                                 // SIOCADDRT
		0x890c:     ptr,                                                                 // SIOCDELRT
		0x890d:     ptr,                                                                 // SIOCRTMSG
		0x8911:     ptr,                                                                 // SIOCSIFLINK
		0x891f:     ptr,                                                                 // SIOCGIFMEM
		0x8920:     ptr,                                                                 // SIOCSIFMEM
		0x8934:     ptr,                                                                 // SIOCSIFPFLAGS
		0x8935:     ptr,                                                                 // SIOCGIFPFLAGS
		0x8936:     ptr,                                                                 // SIOCDIFADDR
		0x8938:     ptr,                                                                 // SIOCGIFCOUNT
		0x8940:     ptr,                                                                 // SIOCGIFBR
		0x8941:     ptr,                                                                 // SIOCSIFBR
		0x8946:     ptr,                                                                 // SIOCETHTOOL
		0x8947:     ptr,                                                                 // SIOCGMIIPHY
		0x8948:     ptr,                                                                 // SIOCGMIIREG
		0x8949:     ptr,                                                                 // SIOCSMIIREG
		0x894a:     ptr,                                                                 // SIOCWANDEV
		0x894c:     ptr,                                                                 // SIOCGSKNS
		0x8953:     ptr,                                                                 // SIOCDARP
		0x8954:     ptr,                                                                 // SIOCGARP
		0x8955:     ptr,                                                                 // SIOCSARP
		0x8960:     ptr,                                                                 // SIOCDRARP
		0x8961:     ptr,                                                                 // SIOCGRARP
		0x8962:     ptr,                                                                 // SIOCSRARP
		0x8980:     ptr,                                                                 // SIOCADDDLCI
		0x8981:     ptr,                                                                 // SIOCDELDLCI
		0x8982:     ptr,                                                                 // SIOCGIFVLAN
		0x8983:     ptr,                                                                 // SIOCSIFVLAN
		0x8990:     ptr,                                                                 // SIOCBONDENSLAVE
		0x8991:     ptr,                                                                 // SIOCBONDRELEASE
		0x8992:     ptr,                                                                 // SIOCBONDSETHWADDR
		0x8993:     ptr,                                                                 // SIOCBONDSLAVEINFOQUERY
		0x8994:     ptr,                                                                 // SIOCBONDINFOQUERY
		0x8995:     ptr,                                                                 // SIOCBONDCHANGEACTIVE
		0x89b0:     ptr,                                                                 // SIOCSHWTSTAMP
		0x89b1:     ptr,                                                                 // SIOCGHWTSTAMP
	}
}

// ifreq is struct ifreq: a name and one member of a union, whose largest is ifr_map.
func ifreq(f field) *record {
	r := newRecord(text("ifr_name", 16), f)
	r.size = [layouts]int{40, 32, 32}
	return r
}

// ifNameMost is IFNAMSIZ of linux/if.h, bytes.
const ifNameMost = 16

// ifName is a string in an array of ifNameMost bytes.
var ifName = in(func(c *Call, v uint64) {
	s, ended, ok := c.cstring(v, ifNameMost)
	if !ok {
		c.addr(v)
		return
	}
	n := min(len(s), c.limit())
	c.quote(s[:n], !ended || n < len(s))
})

// ifGet asks for what f is of an interface, ifSet sets it.
func ifGet(f field) kind { return ifreq(f).inout("ifr_name", f.name) }
func ifSet(f field) kind { return ifreq(f).in() }

var (
	ifFlags  = natural("ifr_flags", 2, fFlags(&tIFF))
	ifMap    = sub("ifr_map", newRecord(word("mem_start", fHex), word("mem_end", fHex), h16("base_addr"), h8("irq"), h8("dma"), h8("port")))
	ifHwaddr = sub("ifr_hwaddr", newRecord(natural("sa_family", 2, fEnum(&tARPHRD)), hardware("sa_data", "sa_family", 14)))
)

// ifAddr is a socket address of 16 bytes.
func ifAddr(name string) field {
	f := octets(name, 16)
	f.raw = func(c *Call, p []byte) { c.form.sockaddr(c, p) }
	return f
}

// hardware is an address as long as the kind of hardware has it, which the member by tells.
func hardware(name, by string, n int) field {
	f := octets(name, n)
	f.by, f.raw = by, nil
	f.all = func(c *Call, m *member, s []byte) {
		p := s[m.off : m.off+m.size]
		most := n
		if l := int(hardwareLengths[uint16(m.by.number(s))]); l > 0 {
			most = min(l, n)
		}
		c.styled(func() { c.hexQuote(p) }, func() { c.mac(p[:most]) })
	}
	return f
}

var ifEntry = ifreq(ifAddr("ifr_addr"))

// ifconf is struct ifconf: a length, which the kernel changes, and a buffer of struct ifreq.
var ifconf = phased(func(c *Call, v uint64) bool {
	p, ok := ifconfRecord.load(c, v)
	if !ok {
		c.addr(v)
		return false
	}
	c.str("{ifc_len=")
	if ifconfRecord.get(c, p, "ifc_buf") == 0 { // how long would it be?
		c.saved[1] = 1
		return true
	}
	c.saved[0] = ifconfRecord.get(c, p, "ifc_len")
	c.ifLength(c.saved[0])
	return true
}, func(c *Call, v uint64) {
	p, ok := ifconfRecord.load(c, v)
	if !ok {
		c.byte('}')
		return
	}
	n, buf := ifconfRecord.get(c, p, "ifc_len"), ifconfRecord.get(c, p, "ifc_buf")
	switch {
	case c.saved[1] != 0:
		c.ifLength(n)
	case !c.failed && n != c.saved[0]:
		c.str(" => ")
		c.ifLength(n)
	}
	c.str(", ifc_buf=")
	if c.failed || int32(n) < 0 {
		c.addr(buf)
	} else {
		c.list(buf, n/uint64(ifEntry.sizeOf(c)), ifEntry.sizeOf(c), ifEntry.body)
	}
	c.byte('}')
})

var ifconfRecord = newRecord(natural("ifc_len", 4, (*Call).ifLength), pointer("ifc_buf"))

// ifLength is a length in bytes and, if it is that of some whole structures, their number.
func (c *Call) ifLength(v uint64) {
	n := int32(v)
	c.dec(int64(n))
	size := int32(ifEntry.sizeOf(c))
	if n > 0 && n%size == 0 {
		c.str(" /* ")
		c.dec(int64(n / size))
		c.str(" * sizeof(struct ifreq) */")
	}
}
