package procfs

// Sockets and their addresses. A descriptor only gives a socket's inode; the
// addresses are in one table per protocol, of the network namespace the process is
// in (proc_net(5)). Tables can be long, so they are read one by one, the likeliest
// first, and only until the inodes asked for are found.

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"strings"
)

// Socket is one socket.
type Socket struct {
	Protocol string // "tcp", "tcp6", "udp", "unix", "netlink", "packet", "raw", ...
	Type     string // "stream", "dgram", "seqpacket", "raw"
	State    string // "ESTABLISHED", "LISTEN", ...; "" when it has none
	Inode    uint64

	Local, Remote netip.AddrPort // of the internet protocols; for raw the port is the protocol number
	// Path is the name of a unix socket: "" when it has none, "@NAME" when abstract.
	Path string
	// Of a netlink socket: the protocol (NETLINK_ROUTE is 0) and the port id. Of a
	// packet socket: the Ethernet protocol and the interface index.
	Number, Port uint32
	UID          uint32
}

// String is one line: "tcp 127.0.0.1:22 -> 10.0.0.9:4711 ESTABLISHED".
func (s *Socket) String() string {
	switch {
	case s.Local.IsValid():
		out := s.Protocol + " " + s.Local.String()
		if s.Remote.IsValid() && (s.Remote.Port() != 0 || !s.Remote.Addr().IsUnspecified()) {
			out += " -> " + s.Remote.String()
		}
		return strings.TrimSpace(out + " " + s.State)
	case s.Protocol == "unix":
		return strings.Join(strings.Fields("unix "+s.Type+" "+s.State), " ") + strings.TrimRight(" "+s.Path, " ")
	}
	return fmt.Sprintf("%s %d port %d", s.Protocol, s.Number, s.Port)
}

// A socketTable is one file under net/ with the parser of its lines.
type socketTable struct {
	file  string
	proto string
	typ   string
	line  func(fields [][]byte) (Socket, bool)
}

var socketTables = []socketTable{
	{"net/unix", "unix", "", nil}, // its own parser: names may hold anything
	{"net/tcp", "tcp", "stream", inetLine},
	{"net/tcp6", "tcp6", "stream", inetLine},
	{"net/udp", "udp", "dgram", inetLine},
	{"net/udp6", "udp6", "dgram", inetLine},
	{"net/netlink", "netlink", "raw", netlinkLine},
	{"net/packet", "packet", "", packetLine},
	{"net/raw", "raw", "raw", inetLine},
	{"net/raw6", "raw6", "raw", inetLine},
	{"net/icmp", "icmp", "dgram", inetLine},
	{"net/icmp6", "icmp6", "dgram", inetLine},
	{"net/udplite", "udplite", "dgram", inetLine},
	{"net/udplite6", "udplite6", "dgram", inetLine},
}

// Sockets looks up the sockets of a network namespace. The tables are kept as they
// were when first needed: use it for one look, not for the life of a process.
type Sockets struct {
	p       Proc
	byInode map[uint64]*Socket
	next    int // table to read next
}

// Sockets gives access to the tables of the process's network namespace.
func (p Proc) Sockets() *Sockets {
	return &Sockets{p: p, byInode: make(map[uint64]*Socket)}
}

// Find returns the socket with the inode; nil when no table has it, as for protocols
// without a table and for sockets that came from another network namespace.
func (s *Sockets) Find(inode uint64) (*Socket, error) {
	for {
		if found := s.byInode[inode]; found != nil || s.next == len(socketTables) {
			return found, nil
		}
		if err := s.load(socketTables[s.next]); err != nil {
			return nil, err
		}
		s.next++
	}
}

// FindIn is Find in the table of one protocol ("tcp6") alone, since that of TCP may take 10 ms and more.
func (s *Sockets) FindIn(proto string, inode uint64) (*Socket, error) {
	for _, t := range socketTables {
		if t.proto == proto {
			if err := s.load(t); err != nil {
				return nil, err
			}
		}
	}
	return s.byInode[inode], nil
}

// All reads every table and returns the sockets by inode.
func (s *Sockets) All() (map[uint64]*Socket, error) {
	_, err := s.Find(0) // no socket in use has inode 0
	return s.byInode, err
}

// load reads one table; a kernel without the protocol does not have it.
func (s *Sockets) load(t socketTable) error {
	b, err := s.p.read(t.file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	list, err := parseSockets(b, t)
	if err != nil {
		return s.p.parsed(t.file, err)
	}
	for i := range list {
		if list[i].Inode != 0 { // closed, or not yet accepted
			s.byInode[list[i].Inode] = &list[i]
		}
	}
	return nil
}

// ParseSockets reads the table net/PROTO ("tcp", "unix", ...).
func ParseSockets(proto string, b []byte) ([]Socket, error) {
	for _, t := range socketTables {
		if t.proto == proto {
			return parseSockets(b, t)
		}
	}
	return nil, &ParseError{Msg: "no socket table for protocol " + proto}
}

func parseSockets(b []byte, t socketTable) ([]Socket, error) {
	if t.line == nil {
		return parseUnix(b)
	}
	var out []Socket
	for n, line := range lines(b) {
		if n == 1 {
			continue // heading
		}
		s, ok := t.line(bytes.Fields(line))
		if !ok {
			return nil, malformed(n, line, "not a line of net/%s", t.proto)
		}
		s.Protocol = t.proto
		if s.Type == "" {
			s.Type = t.typ
		}
		if t.typ != "stream" && s.State == "CLOSE" {
			s.State = "" // what an unconnected datagram socket shows
		}
		out = append(out, s)
	}
	return out, nil
}

// tcpStates are numbered by include/net/tcp_states.h; datagram sockets use the first
// and CLOSE.
var tcpStates = [...]string{
	1: "ESTABLISHED", 2: "SYN_SENT", 3: "SYN_RECV", 4: "FIN_WAIT1", 5: "FIN_WAIT2", 6: "TIME_WAIT",
	7: "CLOSE", 8: "CLOSE_WAIT", 9: "LAST_ACK", 10: "LISTEN", 11: "CLOSING", 12: "NEW_SYN_RECV",
	13: "BOUND_INACTIVE",
}

// inetLine reads "SL: LOCAL REMOTE ST TX:RX TR:WHEN RETRANSMITS UID TIMEOUT INODE ...".
func inetLine(f [][]byte) (s Socket, ok bool) {
	if len(f) < 10 {
		return s, false
	}
	var ok1, ok2, ok3, ok4, ok5 bool
	s.Local, ok1 = inetAddr(f[1])
	s.Remote, ok2 = inetAddr(f[2])
	st, ok3 := number(f[3], 16)
	uid, ok4 := number(f[7], 10)
	s.Inode, ok5 = number(f[9], 10)
	s.UID = uint32(uid)
	if st < uint64(len(tcpStates)) {
		s.State = tcpStates[st]
	}
	return s, ok1 && ok2 && ok3 && ok4 && ok5
}

// inetAddr reads "0100007F:0016": the address as 32-bit words in the byte order of
// the machine that holds network order, then the port.
func inetAddr(b []byte) (netip.AddrPort, bool) {
	hex, portText, _ := bytes.Cut(b, []byte(":"))
	port, ok := number(portText, 16)
	if !ok || port > 0xffff || len(hex) != 8 && len(hex) != 32 {
		return netip.AddrPort{}, false
	}
	var raw [16]byte
	for i := 0; i < len(hex); i += 8 {
		w, ok := number(hex[i:i+8], 16)
		if !ok {
			return netip.AddrPort{}, false
		}
		binary.LittleEndian.PutUint32(raw[i/2:], uint32(w))
	}
	addr, _ := netip.AddrFromSlice(raw[:len(hex)/2])
	return netip.AddrPortFrom(addr, uint16(port)), true
}

// netlinkLine reads "SK PROTOCOL PORTID GROUPS RMEM WMEM DUMP LOCKS DROPS INODE".
func netlinkLine(f [][]byte) (s Socket, ok bool) {
	if len(f) < 10 {
		return s, false
	}
	proto, ok1 := number(f[1], 10)
	port, ok2 := number(f[2], 10)
	var ok3 bool
	s.Inode, ok3 = number(f[9], 10)
	s.Number, s.Port = uint32(proto), uint32(port)
	return s, ok1 && ok2 && ok3
}

// packetLine reads "SK REFCNT TYPE PROTOCOL IFINDEX RUNNING RMEM USER INODE".
func packetLine(f [][]byte) (s Socket, ok bool) {
	if len(f) < 9 {
		return s, false
	}
	typ, ok1 := number(f[2], 10)
	proto, ok2 := number(f[3], 16)
	iface, ok3 := number(f[4], 10)
	uid, ok4 := number(f[7], 10)
	var ok5 bool
	s.Inode, ok5 = number(f[8], 10)
	s.Type, s.Number, s.Port, s.UID = socketType(typ), uint32(proto), uint32(iface), uint32(uid)
	return s, ok1 && ok2 && ok3 && ok4 && ok5
}

// socketType names SOCK_* (linux/net.h).
func socketType(n uint64) string {
	names := [...]string{1: "stream", 2: "dgram", 3: "raw", 4: "rdm", 5: "seqpacket"}
	if n < uint64(len(names)) {
		return names[n]
	}
	return ""
}

// unixStates are enum socket_state; one that listens has the flag below instead.
var unixStates = [...]string{1: "", 2: "CONNECTING", 3: "CONNECTED", 4: "DISCONNECTING"}

const unixListens = 1 << 16 // __SO_ACCEPTCON

// parseUnix reads lines "NUM: REFS PROTOCOL FLAGS TYPE ST INODE [PATH]". Any user may
// bind a name with newlines in it, which the kernel prints as they are: a line that
// is no entry of its own belongs to the name before it.
func parseUnix(b []byte) ([]Socket, error) {
	var out []Socket
	for n, line := range lines(b) {
		if n == 1 {
			continue
		}
		if s, ok := unixLine(line); ok {
			out = append(out, s)
		} else if len(out) > 0 && out[len(out)-1].Path != "" {
			out[len(out)-1].Path += "\n" + string(line)
		} else {
			return nil, malformed(n, line, "not a line of net/unix")
		}
	}
	return out, nil
}

func unixLine(line []byte) (s Socket, ok bool) {
	var f [7][]byte
	rest := line
	for i := range f {
		f[i], rest = field(rest)
	}
	flags, ok1 := number(f[3], 16)
	typ, ok2 := number(f[4], 16)
	st, ok3 := number(f[5], 16)
	inode, ok4 := number(f[6], 10)
	if !ok1 || !ok2 || !ok3 || !ok4 || !bytes.HasSuffix(f[0], []byte(":")) {
		return s, false
	}
	s = Socket{Protocol: "unix", Type: socketType(typ), Inode: inode, Path: string(bytes.TrimPrefix(rest, []byte(" ")))}
	switch {
	case flags&unixListens != 0:
		s.State = "LISTEN"
	case st < uint64(len(unixStates)):
		s.State = unixStates[st]
	}
	return s, true
}
