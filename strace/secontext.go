// --secontext: the security contexts of processes, files and descriptors, as SELinux labels them
// (selinux(8), getfilecon(3), getpidcon(3)).

package strace

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/procfs"
)

// contextDetail is what is told of security contexts.
type contextDetail uint8

// The details of -e secontext=.
const (
	contextFull     contextDetail = 1 << iota // user:role:type:level, not the type alone
	contextMismatch                           // what the policy's database says, where that is another
	contextAll                    = 1<<iota - 1

	contextShown contextDetail = 1 << 7 // at all
)

var contextNames = map[string]contextDetail{"full": contextFull, "mismatch": contextMismatch}

// setContexts reads a list of details; none alone, or all but all, shows nothing.
func setContexts(c *Config, list string) error {
	err := setWords(&c.Contexts, "secontext", list, contextNames, contextAll)
	if word := strings.TrimLeft(list, "!"); c.Contexts != 0 || word != "all" && word != "none" {
		c.Contexts |= contextShown
	}
	return err
}

// labels finds security contexts; it implements syscalls.Labels. A label is shown that a file has, whether or
// not the kernel enforces any.
type labels struct {
	details contextDetail
	proc    func(pid int) procfs.Proc
	get     func(file string) (string, error) // the label of a file, links followed
	policy  *fileContexts                     // of contextMismatch; read when it is needed first
}

// contextMost is the largest label that is read, in bytes: a page, as the kernel's own (security/selinux).
const contextMost = 4096

// xattrLabel is the attribute security.selinux of a file.
func xattrLabel(file string) (string, error) {
	var b [contextMost]byte
	n, err := unix.Getxattr(file, "security.selinux", b[:])
	return string(b[:max(n, 0)]), err
}

// Thread implements syscalls.Labels.
func (l *labels) Thread(tid int) string {
	b, err := l.proc(tid).ReadFile("attr/current")
	context := trimmed(string(b))
	if err != nil || !isContext(context) {
		return ""
	}
	return l.short(context)
}

// isContext tells SELinux's user:role:type from what other security modules have in the same file.
func isContext(s string) bool {
	return strings.Count(s, ":") >= 2 && s[0] != ':' && !strings.ContainsAny(s, " ()/")
}

// FD implements syscalls.Labels.
func (l *labels) FD(pid int, fd int32) string {
	p := l.proc(pid)
	return l.file(p.Dir()+"/fd/"+strconv.Itoa(int(fd)), func() string {
		link, err := p.FDLink(int(fd))
		if path, ok := strings.CutSuffix(link, " (deleted)"); ok && err == nil && !sameFile(p, fd, link) {
			return path
		}
		return link
	})
}

// Path implements syscalls.Labels.
func (l *labels) Path(pid int, dir int32, path []byte) string {
	const cwd = -100 // AT_FDCWD
	file := l.proc(pid).Dir()
	switch {
	case len(path) > 0 && path[0] == '/':
		file += "/root" + string(path)
	case dir == cwd:
		file += "/cwd/" + string(path)
	default:
		file += "/fd/" + strconv.Itoa(int(dir)) + "/" + string(path)
	}
	return l.file(file, func() string {
		real, _ := filepath.EvalSymlinks(file) // "" is in no database
		return real
	})
}

// file is the label of a file; path is how the policy knows it.
func (l *labels) file(file string, path func() string) string {
	context, err := l.get(file)
	if context = trimmed(context); err != nil || context == "" {
		return ""
	}
	context = l.short(context)
	if l.details&contextMismatch == 0 {
		return context
	}
	st, err := os.Stat(file)
	if err != nil {
		return context
	}
	if l.policy == nil {
		l.policy = readFileContexts(policyDir("/etc/selinux"))
	}
	if expected := l.short(l.policy.lookup(path(), st.Mode())); expected != "" && expected != context {
		return context + "!!" + expected
	}
	return context
}

// short is the type of a context, unless all of it is wanted.
func (l *labels) short(context string) string {
	if l.details&contextFull == 0 {
		if words := strings.Split(context, ":"); len(words) > 2 {
			return words[2]
		}
	}
	return context
}

func trimmed(context string) string { return strings.TrimRight(context, "\x00\n") }
