package report

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"github.com/trapline/trapline/calltrace"
)

// What a call is about: the files and peers among its arguments, told by what its descriptors refer
// to (-yy) and by the paths and addresses it names.

// subjects are those of one call.
type subjects struct{ files, peers []subject }

// subject is a file or a peer, and how many bytes the call moved from and to it.
type subject struct {
	name    string
	in, out int64
}

// direction is where the bytes go that a call's result counts.
type direction uint8

const (
	in direction = 1 + iota
	out
)

// moves are the calls whose result is a number of bytes, and their direction by descriptor, in the
// order of the arguments.
var moves = map[string][]direction{
	"read": {in}, "pread64": {in}, "pread": {in}, "readv": {in}, "preadv": {in}, "preadv2": {in},
	"recv": {in}, "recvfrom": {in}, "recvmsg": {in}, "getdents": {in}, "getdents64": {in}, "getdirentries": {in},
	"write": {out}, "pwrite64": {out}, "pwrite": {out}, "writev": {out}, "pwritev": {out}, "pwritev2": {out},
	"send": {out}, "sendto": {out}, "sendmsg": {out}, "vmsplice": {out},
	"sendfile": {out, in}, "sendfile64": {out, in}, "copy_file_range": {in, out}, "splice": {in, out}, "tee": {in, out},
}

// opens are the calls whose result is a descriptor of the file that they name.
var opens = map[string]bool{"open": true, "openat": true, "openat2": true, "creat": true, "open_by_handle_at": true, "mq_open": true}

// directories are the names of arguments that paths start from.
var directories = map[string]bool{"dirfd": true, "dfd": true, "olddirfd": true, "newdirfd": true, "olddfd": true, "newdfd": true}

// find fills in the subjects of a call.
func (s *subjects) find(r *Report, e *calltrace.Event) {
	s.files, s.peers = s.files[:0], s.peers[:0]
	c := e.CallEvent
	if fd := opened(c); fd != nil {
		put(&s.files, fd.Description, 0, 0)
		return
	}
	base, from := bases(c)
	for _, p := range c.Paths {
		put(&s.files, r.absolute(p, base, e), 0, 0)
	}
	moved := moves[c.Name]
	if c.Ret == nil || *c.Ret <= 0 {
		moved = nil
	}
	for i, fd := range c.FDs {
		if fd.Description == "" || len(c.Paths) > 0 && slices.Contains(from, fd.FD) {
			continue
		}
		var n [3]int64
		if i < len(moved) {
			n[moved[i]] = *c.Ret
		}
		if strings.HasPrefix(fd.Description, "/") || !isSocket(fd.Description) {
			put(&s.files, fd.Description, n[in], n[out])
		} else {
			put(&s.peers, r.sockets.peer(e, i), n[in], n[out])
		}
	}
}

// opened is the descriptor that a call has made of the file it names, nil when it has not.
func opened(c *calltrace.CallEvent) *calltrace.FD {
	if !opens[c.Name] || c.Ret == nil || *c.Ret < 0 {
		return nil
	}
	for i := range c.FDs {
		if fd := &c.FDs[i]; int64(fd.FD) == *c.Ret && fd.Description != "" {
			return fd
		}
	}
	return nil
}

// bases are the descriptors of directories that a call's paths start from, and what the first is.
func bases(c *calltrace.CallEvent) (base string, fds []int32) {
	for _, a := range c.Args {
		if !directories[a.Name] {
			continue
		}
		digits, name, _ := strings.Cut(a.Text, "<")
		n, err := strconv.ParseInt(digits, 10, 32)
		if err != nil {
			continue // AT_FDCWD
		}
		if name = strings.TrimSuffix(name, ">"); base == "" && strings.HasPrefix(name, "/") {
			base = name
		}
		fds = append(fds, int32(n))
	}
	return base, fds
}

// absolute is a path as seen from the root of its process, if it can be told.
func (r *Report) absolute(p, base string, e *calltrace.Event) string {
	if strings.HasPrefix(p, "/") {
		return path.Clean(p)
	}
	if base == "" && r.cwd != nil {
		base = r.cwd(e.PID) // asked each time: not all calls are events, and others may share it
		if e.Name == "chdir" && e.ErrnoNo == 0 {
			return base // it has been done
		}
	}
	if base == "" {
		return p
	}
	return path.Join(base, p)
}

// put adds a subject, or to it.
func put(to *[]subject, name string, in, out int64) {
	for i := range *to {
		if s := &(*to)[i]; s.name == name {
			s.in, s.out = s.in+in, s.out+out
			return
		}
	}
	*to = append(*to, subject{name, in, out})
}
