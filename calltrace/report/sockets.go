package report

import (
	"strings"

	"github.com/trapline/trapline/calltrace"
)

// Who is at the other end of a socket: told by the calls that made, bound and connected it, since
// asking the kernel (-yy) means to read tables of all sockets for each call. It is asked only for
// sockets of which no such call was seen: those that a program had before.

// sockets is what is known of sockets, by "socket:[INODE]".
type sockets struct {
	known map[string]*socket
	look  func(pid int, fd int32) string // what -yy says of a descriptor; may be nil
}

const maxSockets = 1 << 16 // that are remembered at a time

type socket struct {
	protocol string // "TCP", "UDP", "UNIX", "NETLINK" ...
	local    string // that it is bound to
	remote   string
}

// isSocket says that a description is that of a socket: "socket:[12]", "TCP:[a->b]".
func isSocket(description string) bool {
	kind, _, ok := strings.Cut(description, ":[")
	return ok && kind != "" && (kind == "socket" || strings.ToUpper(strings.TrimSuffix(kind, "v6")) == strings.TrimSuffix(kind, "v6"))
}

// name is the socket's row: "TCP 127.0.0.1:80", "TCP 0.0.0.0:80 (local)".
func (k *socket) name() string {
	switch {
	case k.remote != "":
		return k.protocol + " " + k.remote
	case k.local != "":
		return k.protocol + " " + k.local + " (local)"
	}
	return k.protocol + " (no peer)"
}

// shown is a text with the ends of sockets for their inodes: "3<socket:[12]>" becomes "3<TCP 127.0.0.1:80>".
func (s *sockets) shown(text string) string {
	for at := 0; ; {
		i := strings.Index(text[at:], "<socket:[")
		if i < 0 {
			return text
		}
		from := at + i + 1
		end := strings.IndexByte(text[from:], '>')
		if end < 0 {
			return text
		}
		name := text[from : from+end]
		if k := s.known[name]; k != nil && k.protocol != "socket" {
			name = k.name()
		}
		text = text[:from] + name + text[from+end:]
		at = from + len(name)
	}
}

// peer is the name of the other end of a call's descriptor i, which is a socket. It learns from the call.
func (s *sockets) peer(e *calltrace.Event, i int) string {
	c := e.CallEvent
	fd := c.FDs[i]
	if !strings.HasPrefix(fd.Description, "socket:[") {
		k := described(fd.Description)
		return k.name()
	}
	k := s.of(e, fd)
	addr := ""
	for _, a := range c.Args {
		if addr = calltrace.Address(a.Text); addr != "" {
			break
		}
	}
	done := c.ErrnoNo == 0 || c.Errno == "EINPROGRESS"
	switch c.Name {
	case "bind", "getsockname": // which tells the port that the kernel has chosen
		if done && addr != "" {
			k.local = addr
		}
		return k.name()
	case "connect":
		if done {
			k.remote = addr
		}
	case "accept", "accept4":
		if i == 0 {
			return k.name()
		}
		k.remote, k.protocol = addr, s.of(e, c.FDs[0]).protocol
	}
	if addr != "" { // of this call alone: sendto and its like
		one := *k
		one.remote = addr
		return one.name()
	}
	return k.name()
}

// of is what is known of a socket that calls name by its inode.
func (s *sockets) of(e *calltrace.Event, fd calltrace.FD) *socket {
	k := s.known[fd.Description]
	made := e.Name == "socket" && e.Ret != nil && *e.Ret == int64(fd.FD)
	if k != nil && !made {
		return k
	}
	if s.known == nil || len(s.known) >= maxSockets {
		s.known = map[string]*socket{}
	}
	k = &socket{protocol: "socket"}
	switch {
	case made && len(e.Args) >= 2:
		k.protocol = protocol(e.Args[0].Text, e.Args[1].Text)
	case e.Name == "socketpair" && len(e.Args) >= 2:
		k.protocol = protocol(e.Args[0].Text, e.Args[1].Text) + " pair"
	case e.Name == "accept" || e.Name == "accept4":
		if len(e.FDs) > 0 && e.FDs[0].FD != fd.FD {
			break // its address and protocol are told by the call
		}
		fallthrough
	default:
		if s.look != nil {
			*k = described(s.look(e.PID, fd.FD))
		}
	}
	s.known[fd.Description] = k
	return k
}

// protocol is a name for a domain and a type of socket(2).
func protocol(domain, kind string) string {
	switch {
	case domain != "AF_INET" && domain != "AF_INET6":
		return strings.TrimPrefix(domain, "AF_")
	case strings.HasPrefix(kind, "SOCK_STREAM"):
		return "TCP"
	case strings.HasPrefix(kind, "SOCK_DGRAM"):
		return "UDP"
	}
	return strings.TrimPrefix(strings.SplitN(kind, "|", 2)[0], "SOCK_")
}

// described reads what -yy says of a socket: "TCP:[a->b]", "UNIX:[12,"/run/x"]".
func described(text string) socket {
	protocol, rest, ok := strings.Cut(text, ":[")
	if !ok {
		return socket{protocol: "socket"}
	}
	rest = strings.TrimSuffix(rest, "]")
	k := socket{protocol: strings.TrimSuffix(protocol, "v6")}
	local, remote, connected := strings.Cut(rest, "->")
	_, path, named := strings.Cut(rest, ",")
	switch {
	case connected && strings.Contains(remote, ":"):
		k.local, k.remote = local, remote
	case named:
		k.remote = strings.Trim(path, `"`)
	case strings.Contains(local, ":"):
		k.local = local
	}
	return k
}
