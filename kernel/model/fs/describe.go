package fs

// What files and tables are in, for people.

import (
	"fmt"
	"strings"

	"github.com/trapline/trapline/kernel/model/sleep"
)

// String is the flags as fcntl(2) and /proc's fdinfo people name them.
func (f Flags) String() string {
	mode := [...]string{"none", "read", "write", "read-write"}[f&(ORead|OWrite)]
	for _, row := range []struct {
		flag Flags
		name string
	}{{OAppend, "append"}, {ONonblock, "nonblock"}, {OAsync, "async"}, {OSync, "sync"}, {OPath, "path"}} {
		if f&row.flag != 0 {
			mode += "," + row.name
		}
	}
	return mode
}

// Describe is one line: what is open and how, where the offset is, what waits in it. A
// device that has a Describe of its own is asked.
func (f *File) Describe() string {
	line := fmt.Sprintf("%s %v", f.Path(), f.flags)
	if f.refs != 1 {
		line += fmt.Sprintf(", %d users", f.refs)
	}
	switch d := f.device.(type) {
	case interface{ Describe() string }:
		return line + "; " + d.Describe()
	case Seeker:
		if d.Seekable() && f.node.kind != Char && f.flags&OPath == 0 {
			line += fmt.Sprintf(", at %d of %d", f.off, f.node.Size())
		}
	}
	return line
}

// Describe is what is on its way, between how many, and who waits.
func (p *pipe) Describe() string {
	return fmt.Sprintf("%d of %d bytes, readers %d, writers %d", len(p.data), PipeSize, p.readers, p.writers) +
		asleep("to read", &p.readQueue) + asleep("to write", &p.writeQueue) + asleep("to open", &p.openQueue)
}

// Describe is the count, and who waits.
func (d *eventfd) Describe() string {
	return fmt.Sprintf("count %d", d.count) + asleep("", &d.queue)
}

// asleep is who waits in a queue: by name if they have one.
func asleep(what string, q *sleep.Queue) string {
	if q.Len() == 0 {
		return ""
	}
	names := make([]string, 0, q.Len())
	for _, w := range q.Waiters() {
		if s, is := w.(fmt.Stringer); is {
			names = append(names, s.String())
		} else {
			names = append(names, "?")
		}
	}
	return strings.TrimRight(", asleep "+what, " ") + ": " + strings.Join(names, " ")
}

// Describe is a line for each descriptor.
func (t *Table) Describe() string {
	var b strings.Builder
	t.Each(func(fd int, f *File, closeOnExec bool) {
		flag := ""
		if closeOnExec {
			flag = " (close on exec)"
		}
		fmt.Fprintf(&b, "%3d %s%s\n", fd, f.Describe(), flag)
	})
	return b.String()
}
