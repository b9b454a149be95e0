package calltrace

import "strings"

// Who is at the other end of a call's sockets.

// peers appends what the descriptions of a call's descriptors ("TCP:[a->b]") and the addresses among
// its arguments name.
func (f *facts) peers(to []string) []string {
	for _, link := range f.paths {
		if _, remote, ok := strings.Cut(link, "->"); ok && strings.HasSuffix(remote, "]") {
			to = append(to, strings.TrimSuffix(remote, "]"))
		}
	}
	if addr := Address(string(f.line)); addr != "" {
		to = append(to, addr)
	}
	return to
}

// Address is the address in the text of a decoded struct sockaddr, as in "127.0.0.1:80", "[::1]:80",
// "/run/x", "@abstract"; "" when there is none.
func Address(text string) string {
	_, text, ok := strings.Cut(text, "sa_family=")
	if !ok {
		return ""
	}
	family, _, _ := strings.Cut(text, ",")
	switch family {
	case "AF_INET":
		if port, host := between(text, "sin_port=htons(", ")"), between(text, `inet_addr("`, `"`); port != "" && host != "" {
			return host + ":" + port
		}
	case "AF_INET6":
		if port, host := between(text, "sin6_port=htons(", ")"), between(text, `inet_pton(AF_INET6, "`, `"`); port != "" && host != "" {
			return "[" + host + "]:" + port
		}
	case "AF_UNIX":
		if name := between(text, `sun_path="`, `"`); name != "" {
			return name
		}
		if name := between(text, `sun_path=@"`, `"`); name != "" {
			return "@" + name
		}
	}
	return ""
}

// between is what stands between two texts, or "".
func between(text, before, after string) string {
	_, text, ok := strings.Cut(text, before)
	if !ok {
		return ""
	}
	text, _, ok = strings.Cut(text, after)
	if !ok {
		return ""
	}
	return text
}
