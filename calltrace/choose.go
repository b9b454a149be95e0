package calltrace

import (
	"path/filepath"
	"slices"
	"time"

	"github.com/trapline/trapline/calltrace/where"
	"github.com/trapline/trapline/syscalls"
)

// Which calls of a trace are shown, and how they are decoded: the part that all sinks share.

// chooser is the options as they apply to calls.
type chooser struct {
	o     *Options
	plain [8]syscalls.Options
	now   *facts // of the call being decoded; nil: nobody wants them
}

// facts are what a call's arguments name.
type facts struct {
	paths    []string
	resolved []string // what relative ones are, for Where
	fds      []FD
	line     []byte // the call as far as it is decoded, for Where
}

// FD is a descriptor that an argument or a result is.
type FD struct {
	FD          int32  `json:"fd"`
	Description string `json:"description,omitempty"` // of -y, -yy
}

// newChooser reads the options. gather says that the sink wants facts of each call.
func newChooser(o *Options, gather bool) *chooser {
	ch := &chooser{o: o}
	base := o.Syscall
	if gather || ch.factual() {
		base.Watch = gatherer{ch, base.Watch}
		if describe := base.FD; describe != nil {
			base.FD = func(pid int, fd int32) string { return ch.described(fd, describe(pid, fd)) }
		}
	}
	for i := range ch.plain {
		ch.plain[i] = base
		ch.plain[i].Raw = base.Raw || i&1 != 0
		ch.plain[i].Verbose = base.Verbose || i&2 != 0
		ch.plain[i].Shallow = base.Shallow || i&4 != 0
	}
	return ch
}

// factual says that what calls name decides about them.
func (ch *chooser) factual() bool { return ch.o.Where != nil || ch.o.By == ByPath }

// linked says that what descriptors refer to does.
func (ch *chooser) linked() bool {
	return ch.o.Links != nil && (ch.o.By == ByPath || ch.o.Where != nil && (ch.o.Where.Uses("path") || ch.o.Where.Uses("peer")))
}

// options picks the formatting options of a call by the sets it is in.
func (ch *chooser) options(c *syscalls.Call) *syscalls.Options {
	i := 0
	if ch.o.Raw != nil && ch.o.Raw.Has(c.ABI, c.Nr) {
		i |= 1
	}
	if ch.o.Verbose != nil && ch.o.Verbose.Has(c.ABI, c.Nr) {
		i |= 2
	}
	if ch.o.Deref != nil && !ch.o.Deref.Has(c.ABI, c.Nr) {
		i |= 4
	}
	return &ch.plain[i]
}

// late says that the end of a call decides whether it is shown.
func (ch *chooser) late() bool {
	return ch.o.Status != AnyStatus || ch.o.Where != nil || ch.o.Whole != nil
}

// wants says whether a call that has returned is one to show.
func (ch *chooser) wants(c *syscalls.Call, d time.Duration, f *facts) bool {
	status := Successful
	switch {
	case !c.Returned:
		status = Unavailable
	case c.Errno != 0:
		status = Failed
	}
	return ch.wantsAs(status, c, d, f)
}

// wantsAs is wants for a call of a known status.
func (ch *chooser) wantsAs(status Status, c *syscalls.Call, d time.Duration, f *facts) bool {
	if ch.o.Status != AnyStatus && ch.o.Status&status == 0 {
		return false
	}
	if ch.o.Where == nil {
		return true
	}
	seen := where.Call{Call: c, Duration: d, Paths: slices.Concat(f.paths, f.resolved), Comm: ch.o.Comm}
	if ch.o.Where.Uses("peer") {
		seen.Peers = f.peers(nil)
	}
	for _, fd := range f.fds {
		seen.FDs = append(seen.FDs, fd.FD)
	}
	return ch.o.Where.Match(&seen)
}

// wantsSignal says whether a signal is one to show.
func (ch *chooser) wantsSignal(signo int) bool { return ch.o.Signals == nil || ch.o.Signals(signo) }

// gather begins the facts of a call; what is decoded until the next gather goes there.
func (ch *chooser) gather(f *facts, begin bool) {
	if begin {
		f.paths, f.resolved, f.fds, f.line = f.paths[:0], f.resolved[:0], f.fds[:0], nil
	}
	ch.now = f
}

// gatherer notes what paths and descriptors a call names.
type gatherer struct {
	ch   *chooser
	next syscalls.Watcher
}

// FD implements syscalls.Watcher.
func (g gatherer) FD(pid int, fd int32) bool {
	g.ch.described(fd, "")
	if g.ch.now != nil && g.ch.linked() {
		if link := g.ch.o.Links(pid, fd); link != "" {
			g.ch.now.paths = append(g.ch.now.paths, link)
		}
	}
	return g.next != nil && g.next.FD(pid, fd)
}

// Path implements syscalls.Watcher.
func (g gatherer) Path(pid int, dir int32, path []byte) bool {
	if g.ch.now != nil && len(path) > 0 {
		g.ch.now.paths = append(g.ch.now.paths, string(path))
	}
	if g.ch.now != nil && g.ch.o.Where != nil && len(path) > 0 && path[0] != '/' {
		if at := g.ch.directory(pid, dir); at != "" {
			g.ch.now.resolved = append(g.ch.now.resolved, filepath.Join(at, string(path)))
		}
	}
	return g.next != nil && g.next.Path(pid, dir, path)
}

// directory is what a relative path is relative to; "" when that is not known or not asked for.
func (ch *chooser) directory(pid int, dir int32) string {
	const cwd = -100 // AT_FDCWD
	switch {
	case dir != cwd && ch.linked():
		return ch.o.Links(pid, dir)
	case dir == cwd && ch.o.Cwd != nil && ch.o.Where.Uses("path"):
		return ch.o.Cwd(pid)
	}
	return ""
}

// described notes a descriptor with what is known of it, and returns that.
func (ch *chooser) described(fd int32, text string) string {
	if ch.now == nil || fd < 0 {
		return text
	}
	for i := range ch.now.fds {
		if f := &ch.now.fds[i]; f.FD == fd {
			if f.Description == "" {
				f.Description = text
			}
			return text
		}
	}
	ch.now.fds = append(ch.now.fds, FD{fd, text})
	return text
}
