// Package doctor says what this user, kernel, container and program allow a tracer
// to do, and what to do about the rest.
//
// The kernel answers a refused ptrace with EPERM, whatever its reason: another
// user's process, yama, a capability, a filter, another debugger, a kernel thread.
// The reasons can be looked at from outside, though. Each is one row of a table
// (host.go, target.go, program.go): a look at the facts that ends in a Finding with
// a remedy. `trapline doctor` prints all rows; an error of attach or launch is
// explained by the first row that finds a problem, so rows stand in the order in
// which a user would want to hear of them.
//
// All facts come through two seams, procfs.FS and World, so that every finding can
// be tested in a made-up world.
package doctor

import (
	"cmp"
	"fmt"
	"strconv"
	"strings"

	"github.com/trapline/trapline/procfs"
)

// Level is how much a finding matters.
type Level uint8

// The levels.
const (
	OK      Level = iota // as it should be
	Note                 // works, with something to know or some part missing
	Problem              // does not work
)

var levelNames = [...]string{"ok", "note", "problem"}

func (l Level) String() string { return levelNames[l] }

// Finding is one fact and what it means for tracing.
type Finding struct {
	Topic  string // "yama", "seccomp": one word
	Level  Level
	Text   string // one line
	Remedy string // what to do, exactly; "" when nothing need or can be done
}

func good(format string, args ...any) *Finding {
	return &Finding{Level: OK, Text: fmt.Sprintf(format, args...)}
}

func note(remedy, format string, args ...any) *Finding {
	return &Finding{Level: Note, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}

func problem(remedy, format string, args ...any) *Finding {
	return &Finding{Level: Problem, Text: fmt.Sprintf(format, args...), Remedy: remedy}
}

// Doctor looks at one machine.
type Doctor struct {
	FS    *procfs.FS
	World World
	// Attach is how remedies spell an attach, before the pid; "" is "trapline attach".
	Attach string
}

// attach is the command that attaches to a process.
func (d *Doctor) attach(pid int) string {
	return fmt.Sprintf("%s %d", cmp.Or(d.Attach, "trapline attach"), pid)
}

// New looks at the machine it runs on.
func New() *Doctor { return &Doctor{FS: files(), World: OSWorld()} }

// About looks at a process when arg is a number, else at a program; a program whose
// name is a number needs a slash.
func (d *Doctor) About(arg string) []Finding {
	if pid, err := strconv.ParseUint(arg, 10, 31); err == nil {
		return d.Target(int(pid))
	}
	return d.Program(arg)
}

// self is what the kernel holds of us; without /proc, our ids alone.
func (d *Doctor) self() *procfs.Status {
	st, err := d.FS.Proc(d.World.PID()).Status()
	if err != nil {
		uid, gid := d.World.IDs()
		return &procfs.Status{UID: procfs.IDs{Real: uid, Effective: uid, Saved: uid, FS: uid}, GID: procfs.IDs{Real: gid, Effective: gid, Saved: gid, FS: gid}}
	}
	return st
}

// sysctlInt reads a numeric kernel setting; ok is false when this kernel lacks it.
func (d *Doctor) sysctlInt(name string) (n int, ok bool) {
	s, err := d.FS.Sysctl(name)
	if err != nil {
		return 0, false
	}
	n, err = strconv.Atoi(s)
	return n, err == nil
}

// The inodes of the first namespaces (PROC_USER_INIT_INO and PROC_PID_INIT_INO,
// include/linux/proc_ns.h).
const (
	initialUserNS = 0xEFFFFFFD
	initialPIDNS  = 0xEFFFFFFC
)

// inUserNS tells whether we live in a user namespace below the first one, where
// capabilities say nothing about the processes outside.
func (d *Doctor) inUserNS() bool {
	ns, err := d.FS.Proc(d.World.PID()).Namespace("user")
	return err == nil && ns != initialUserNS
}

// who names a process for a sentence: "gdb (pid 12)".
func (d *Doctor) who(pid int) string {
	name, err := d.FS.Proc(pid).Status()
	if err != nil {
		return fmt.Sprintf("pid %d", pid)
	}
	return fmt.Sprintf("%s (pid %d)", printable(name.Name), pid)
}

// user names a user for a sentence: "nobody (uid 65534)".
func (d *Doctor) user(uid uint32) string {
	if name := d.World.UserName(uid); name != "" {
		return fmt.Sprintf("%s (uid %d)", printable(name), uid)
	}
	return fmt.Sprintf("uid %d", uid)
}

// printable keeps a name chosen by someone else from steering the terminal.
func printable(s string) string {
	if q := strconv.Quote(s); len(q) != len(s)+2 {
		return q
	}
	return s
}

// version is a kernel release in comparable form.
type version struct{ major, minor int }

func (v version) before(w version) bool {
	return v.major < w.major || v.major == w.major && v.minor < w.minor
}

func (v version) String() string { return fmt.Sprintf("%d.%d", v.major, v.minor) }

// parseVersion reads "6.1.0-18-amd64".
func parseVersion(s string) (v version, ok bool) {
	major, rest, _ := strings.Cut(s, ".")
	end := strings.IndexFunc(rest, func(r rune) bool { return r < '0' || r > '9' })
	if end >= 0 {
		rest = rest[:end]
	}
	var err1, err2 error
	v.major, err1 = strconv.Atoi(major)
	v.minor, err2 = strconv.Atoi(rest)
	return v, err1 == nil && err2 == nil
}
