package strace

// What -yy tells of a socket: its protocol, which the kernel names in an attribute of the
// descriptor (system.sockprotoname), and its addresses, by sock_diag(7), or from the tables of /proc
// for protocols and network namespaces that this does not tell of.

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/syscalls"
)

// socketDetail is "TCP:[127.0.0.1:1->127.0.0.1:2]", or "" when nothing is known; found says that the addresses are.
func socketDetail(p procfs.Proc, fd int32, link string) (text string, found bool) {
	inode, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimPrefix(link, "socket:["), "]"), 10, 64)
	if err != nil {
		return "", false
	}
	proto := socketProto(p, fd)
	if proto == "" {
		return "", false
	}
	if strings.HasPrefix(proto, "UNIX") {
		if s := unixDetail(inode); s != "" {
			return proto + ":[" + s + "]", strings.Contains(s, "->")
		}
	}
	protos := []string{proto}
	if proto == "MPTCP" { // the kernel tells of the TCP beneath it, of either family
		protos = []string{"TCP", "TCPv6"}
	}
	for _, proto := range protos {
		if s := addresses(p, proto, inode); s != "" {
			return proto + ":[" + s + "]", true
		}
	}
	return fmt.Sprintf("%s:[%d]", proto, inode), false
}

// addresses is what the kernel tells of a socket of a protocol, "" nothing.
func addresses(p procfs.Proc, proto string, inode uint64) string {
	if d, ok := inetDiags[proto]; ok && ownNetwork(p) {
		return inetDetail(d, inode)
	}
	return tableDetail(p, proto, inode)
}

// tableDetail is what /proc/PID/net tells of a socket, "" nothing. Where the table is that of TCP it takes 10 ms and more.
func tableDetail(p procfs.Proc, proto string, inode uint64) string {
	s, err := p.Sockets().FindIn(strings.Replace(strings.ToLower(proto), "v6", "6", 1), inode)
	switch {
	case err != nil || s == nil:
		return ""
	case s.Protocol == "netlink":
		return syscalls.NetlinkName(s.Number) + ":" + strconv.FormatUint(uint64(s.Port), 10)
	case s.Local.IsValid():
		return addressPair(s.Local, s.Remote)
	}
	return ""
}

func addressPair(local, remote netip.AddrPort) string {
	if !remote.IsValid() || remote.Port() == 0 {
		return local.String()
	}
	return local.String() + "->" + remote.String()
}

// ownNetwork says whether a process lives in our network namespace, the one that sock_diag tells of.
func ownNetwork(p procfs.Proc) bool {
	of, err := os.Readlink(p.Dir() + "/ns/net")
	own, ownErr := os.Readlink("/proc/self/ns/net")
	return err == nil && ownErr == nil && of == own
}

// socketProto is the kernel's name of a socket's protocol, "TCP", or "" when it is not known.
func socketProto(p procfs.Proc, fd int32) string {
	var name [64]byte
	n, err := unix.Getxattr(fmt.Sprintf("%s/fd/%d", p.Dir(), fd), "system.sockprotoname", name[:])
	if err != nil {
		return ""
	}
	return strings.TrimRight(string(name[:n]), "\x00")
}

// netlinkAsk sends a request of a type with the body of a message and hands each answer to use, until that has had
// enough or there are no more.
func netlinkAsk(proto int, typ, flags uint16, body []byte, use func(typ uint16, body []byte) (more bool)) {
	const header = 16
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, proto)
	if err != nil {
		return
	}
	defer unix.Close(s)
	le := binary.LittleEndian
	req := make([]byte, header, header+len(body))
	le.PutUint32(req, uint32(header+len(body)))
	le.PutUint16(req[4:], typ)
	le.PutUint16(req[6:], unix.NLM_F_REQUEST|flags)
	if err := unix.Sendto(s, append(req, body...), 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return
	}
	buf := make([]byte, 1<<16)
	for {
		n, _, err := unix.Recvfrom(s, buf, 0)
		if err != nil || n < header {
			return
		}
		for p := buf[:n]; len(p) >= header; {
			size, typ := int(le.Uint32(p)), le.Uint16(p[4:])
			if size < header || size > len(p) || typ == unix.NLMSG_ERROR || typ == unix.NLMSG_DONE || !use(typ, p[header:size]) {
				return
			}
			if le.Uint16(p[6:])&unix.NLM_F_MULTI == 0 {
				return
			}
			p = p[min((size+3)&^3, len(p)):]
		}
	}
}

// netlinkAttrs hands each attribute of a message to use.
func netlinkAttrs(p []byte, use func(typ uint16, data []byte)) {
	for len(p) >= 4 {
		n := int(binary.LittleEndian.Uint16(p))
		if n < 4 || n > len(p) {
			return
		}
		use(binary.LittleEndian.Uint16(p[2:]), p[4:n])
		p = p[min((n+3)&^3, len(p)):]
	}
}

// sockDiagByFamily is the type of requests to sock_diag(7), and of its answers.
const sockDiagByFamily = 20

// inetDiag is what sock_diag calls the sockets of a protocol.
type inetDiag struct{ family, protocol byte }

var inetDiags = map[string]inetDiag{"TCP": {unix.AF_INET, unix.IPPROTO_TCP}, "TCPv6": {unix.AF_INET6, unix.IPPROTO_TCP},
	"UDP": {unix.AF_INET, unix.IPPROTO_UDP}, "UDPv6": {unix.AF_INET6, unix.IPPROTO_UDP}}

// inetDetail is "127.0.0.1:1->127.0.0.1:2" of an internet socket, "" when the kernel tells of none (struct
// inet_diag_req_v2 and inet_diag_msg, linux/inet_diag.h). Sockets that are bound alone are told of since Linux 6.8.
func inetDetail(d inetDiag, inode uint64) (text string) {
	const reqSize, ports, from, to, ino, size = 56, 4, 8, 24, 68, 72
	req := make([]byte, reqSize)
	req[0], req[1] = d.family, d.protocol
	binary.LittleEndian.PutUint32(req[4:], ^uint32(0)) // in any state
	netlinkAsk(unix.NETLINK_SOCK_DIAG, sockDiagByFamily, unix.NLM_F_DUMP, req, func(typ uint16, p []byte) bool {
		if typ != sockDiagByFamily || len(p) < size || uint64(binary.LittleEndian.Uint32(p[ino:])) != inode {
			return typ == sockDiagByFamily
		}
		end := func(at, port int) netip.AddrPort {
			width := 4
			if d.family == unix.AF_INET6 {
				width = 16
			}
			a, _ := netip.AddrFromSlice(p[at : at+width])
			return netip.AddrPortFrom(a, binary.BigEndian.Uint16(p[port:]))
		}
		text = addressPair(end(from, ports), end(to, ports+2))
		return false
	})
	return text
}

// unixDetail is `inode->peer,"path"` of a unix socket (struct unix_diag_req and unix_diag_msg, linux/unix_diag.h).
func unixDetail(inode uint64) string {
	const (
		reqSize, msgSize = 24, 16
		showName         = 1
		showPeer         = 4
		attrName         = 0
		attrPeer         = 2
	)
	le := binary.LittleEndian
	req := make([]byte, reqSize)
	req[0] = unix.AF_UNIX
	le.PutUint32(req[4:], ^uint32(0)) // in any state
	le.PutUint32(req[8:], uint32(inode))
	le.PutUint32(req[12:], showName|showPeer)
	le.PutUint64(req[16:], ^uint64(0)) // whatever its cookie
	peer, path, known := uint32(0), "", false
	netlinkAsk(unix.NETLINK_SOCK_DIAG, sockDiagByFamily, 0, req, func(typ uint16, p []byte) bool {
		if known = typ == sockDiagByFamily && len(p) >= msgSize; !known {
			return false
		}
		netlinkAttrs(p[msgSize:], func(typ uint16, data []byte) {
			switch {
			case typ == attrPeer && len(data) >= 4:
				peer = le.Uint32(data)
			case typ == attrName && len(data) > 0:
				path = string(data)
			}
		})
		return false
	})
	if !known {
		return ""
	}
	text := strconv.FormatUint(inode, 10)
	if peer != 0 {
		text += "->" + strconv.FormatUint(uint64(peer), 10)
	}
	switch {
	case path == "":
	case path[0] == 0:
		text += `,@"` + syscalls.Escape(path[1:]) + `"`
	default:
		text += `,"` + syscalls.Escape(strings.TrimRight(path, "\x00")) + `"`
	}
	return text
}

// genericFamilies asks the kernel for the families of generic netlink, by the numbers that it gave them
// (linux/genetlink.h).
func genericFamilies() map[uint16]string {
	const ctrl, getFamily, version, attrID, attrName = 16, 3, 1, 1, 2
	families := map[uint16]string{}
	netlinkAsk(unix.NETLINK_GENERIC, ctrl, unix.NLM_F_DUMP, []byte{getFamily, version, 0, 0}, func(typ uint16, p []byte) bool {
		if typ != ctrl || len(p) < 4 {
			return false
		}
		var id uint16
		name := ""
		netlinkAttrs(p[4:], func(typ uint16, data []byte) {
			switch {
			case typ == attrID && len(data) >= 2:
				id = binary.LittleEndian.Uint16(data)
			case typ == attrName:
				name = strings.TrimRight(string(data), "\x00")
			}
		})
		families[id] = name
		return true
	})
	return families
}
