package strace

// What -yy tells of a socket: its protocol, which the kernel names in an attribute of the
// descriptor (system.sockprotoname), and its addresses, from the tables of /proc and, for the
// peer of a unix socket, by sock_diag(7).

import (
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/syscalls"
)

// socketDetail is "TCP:[127.0.0.1:1->127.0.0.1:2]", or "" when nothing is known.
func socketDetail(p procfs.Proc, fd int32, link string) string {
	inode, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimPrefix(link, "socket:["), "]"), 10, 64)
	if err != nil {
		return ""
	}
	proto := socketProto(p, fd)
	if proto == "" {
		return ""
	}
	if strings.HasPrefix(proto, "UNIX") {
		if s := unixDetail(inode); s != "" {
			return proto + ":[" + s + "]"
		}
	}
	s, err := p.Sockets().Find(inode)
	switch {
	case err != nil || s == nil:
	case s.Protocol == "netlink":
		return proto + ":[" + syscalls.NetlinkName(s.Number) + ":" + strconv.FormatUint(uint64(s.Port), 10) + "]"
	case s.Local.IsValid() && s.Remote.IsValid() && s.Remote.Port() != 0:
		return fmt.Sprintf("%s:[%s->%s]", proto, s.Local, s.Remote)
	case s.Local.IsValid():
		return fmt.Sprintf("%s:[%s]", proto, s.Local)
	}
	return fmt.Sprintf("%s:[%d]", proto, inode)
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

// Numbers of linux/sock_diag.h and linux/unix_diag.h.
const (
	sockDiagByFamily = 20
	unixShowName     = 1
	unixShowPeer     = 4
	unixName         = 0
	unixPeer         = 2
)

// unixDetail is `inode->peer,"path"` of a unix socket.
func unixDetail(inode uint64) string {
	reply, err := askUnix(inode)
	if err != nil || len(reply) < 32 || binary.LittleEndian.Uint16(reply[4:]) != sockDiagByFamily {
		return ""
	}
	size := min(int(binary.LittleEndian.Uint32(reply)), len(reply))
	peer, path := uint32(0), ""
	for at := 32; at+4 <= size; {
		n, typ := int(binary.LittleEndian.Uint16(reply[at:])), binary.LittleEndian.Uint16(reply[at+2:])
		if n < 4 || at+n > size {
			break
		}
		data := reply[at+4 : at+n]
		switch {
		case typ == unixPeer && len(data) >= 4:
			peer = binary.LittleEndian.Uint32(data)
		case typ == unixName && len(data) > 0:
			path = string(data)
		}
		at += (n + 3) &^ 3
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

// askUnix asks the kernel for one unix socket.
func askUnix(inode uint64) ([]byte, error) {
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, err
	}
	defer unix.Close(s)
	req := make([]byte, 40)
	le := binary.LittleEndian
	le.PutUint32(req, 40)
	le.PutUint16(req[4:], sockDiagByFamily)
	le.PutUint16(req[6:], unix.NLM_F_REQUEST)
	req[16] = unix.AF_UNIX
	le.PutUint32(req[20:], ^uint32(0))
	le.PutUint32(req[24:], uint32(inode))
	le.PutUint32(req[28:], unixShowName|unixShowPeer)
	le.PutUint64(req[32:], ^uint64(0))
	if err := unix.Sendto(s, req, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return nil, err
	}
	buf := make([]byte, 8192)
	n, _, err := unix.Recvfrom(s, buf, 0)
	return buf[:max(n, 0)], err
}

// genericFamilies asks the kernel for the families of generic netlink, by the numbers that it gave them
// (linux/genetlink.h).
func genericFamilies() map[uint16]string {
	const ctrl, getFamily, attrID, attrName = 16, 3, 1, 2
	families := map[uint16]string{}
	s, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_GENERIC)
	if err != nil {
		return families
	}
	defer unix.Close(s)
	req := make([]byte, 20)
	le := binary.LittleEndian
	le.PutUint32(req, 20)
	le.PutUint16(req[4:], ctrl)
	le.PutUint16(req[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	req[16], req[17] = getFamily, 1
	if err := unix.Sendto(s, req, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return families
	}
	buf := make([]byte, 1<<16)
	for range 64 { // more than any kernel needs
		n, _, err := unix.Recvfrom(s, buf, 0)
		if err != nil || n <= 0 {
			break
		}
		for p := buf[:n]; len(p) >= 20; {
			size := int(le.Uint32(p))
			if size < 20 || size > len(p) || le.Uint16(p[4:]) != ctrl {
				return families // the end, or an error
			}
			var id uint16
			name := ""
			for a := p[20:size]; len(a) >= 4; {
				l := int(le.Uint16(a))
				if l < 4 || l > len(a) {
					break
				}
				switch typ := le.Uint16(a[2:]); {
				case typ == attrID && l >= 6:
					id = le.Uint16(a[4:])
				case typ == attrName:
					name = strings.TrimRight(string(a[4:l]), "\x00")
				}
				a = a[min((l+3)&^3, len(a)):]
			}
			families[id] = name
			p = p[min((size+3)&^3, len(p)):]
		}
	}
	return families
}
