package procfs

import (
	"bytes"
	"strings"
)

// Mount is one mounted file system, as the process sees it (proc_pid_mountinfo(5)).
type Mount struct {
	ID, Parent int
	Dev        Dev
	Root       string // the directory of the file system that is mounted
	Point      string
	Options    []string // per mount: "ro", "nosuid", "noexec"
	Type       string   // "ext4", "proc", "overlay"
	Source     string
	Super      []string // per file system: "hidepid=2"
}

// Has tells whether the mount has the option, per mount or per file system.
func (m *Mount) Has(option string) bool {
	for _, list := range [][]string{m.Options, m.Super} {
		for _, o := range list {
			if o == option {
				return true
			}
		}
	}
	return false
}

// Mounts lists the mounts in the process's namespace, in the kernel's order: of two
// at one point the later one is seen.
func (p Proc) Mounts() ([]Mount, error) {
	b, err := p.read("mountinfo")
	if err != nil {
		return nil, err
	}
	m, err := ParseMounts(b)
	return m, p.parsed("mountinfo", err)
}

// FindMount returns the mount that holds the absolute path, or nil.
func FindMount(ms []Mount, path string) *Mount {
	var best *Mount
	for i := range ms {
		m := &ms[i]
		dir := strings.TrimSuffix(m.Point, "/")
		if (path == m.Point || strings.HasPrefix(path, dir+"/")) && (best == nil || len(m.Point) >= len(best.Point)) {
			best = m
		}
	}
	return best
}

// ParseMounts reads the text of mountinfo:
// "ID PARENT MAJ:MIN ROOT POINT OPTIONS [TAG...] - TYPE SOURCE SUPER".
func ParseMounts(b []byte) ([]Mount, error) {
	var out []Mount
	for n, line := range lines(b) {
		head, tail, ok := bytes.Cut(line, []byte(" - "))
		h, t := bytes.Split(head, []byte(" ")), bytes.Split(tail, []byte(" "))
		if !ok || len(h) < 6 || len(t) != 3 {
			return nil, malformed(n, line, "not a mount")
		}
		id, ok1 := signed(h[0])
		parent, ok2 := signed(h[1])
		maj, mnr, ok3 := pair(h[2], ':', 10)
		if !ok1 || !ok2 || !ok3 {
			return nil, malformed(n, line, "bad number")
		}
		out = append(out, Mount{
			ID: int(id), Parent: int(parent), Dev: Dev{uint32(maj), uint32(mnr)},
			Root: mountName(h[3]), Point: mountName(h[4]), Options: strings.Split(string(h[5]), ","),
			Type: mountName(t[0]), Source: mountName(t[1]), Super: strings.Split(mountName(t[2]), ","),
		})
	}
	return out, nil
}

// mountName decodes what fs/proc_namespace.c escapes.
func mountName(b []byte) string { return octalEscapes(b, " \t\n\\#") }
