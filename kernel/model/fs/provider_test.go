package fs

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// procs is a provider as a kernel would be: directories by number, which come and go.
type procs struct {
	s     *FS
	alive map[string]string // what stat has
	exe   *Node
	told  string
}

func (p *procs) root() *Node {
	return p.s.NewSynthetic(Directory, 0o555, 0, 0, 5, 1, &Synthetic{
		Lookup: func(as string) (*Node, errno.Errno) {
			switch {
			case as == "self":
				return p.s.NewSynthetic(Symlink, 0o777, 0, 0, 5, 2, &Synthetic{
					Readlink: func() (string, errno.Errno) { return "7", ok }}), ok
			case p.alive[as] == "":
				return nil, errno.ENOENT
			}
			return p.dir(as), ok
		},
		List: func() (all []Dirent, e errno.Errno) {
			for as := range p.alive {
				all = append(all, Dirent{Name: as, Ino: 9, Kind: Directory})
			}
			slices.SortFunc(all, func(a, b Dirent) int { return strings.Compare(a.Name, b.Name) })
			return all, ok
		},
	})
}

func (p *procs) dir(pid string) *Node {
	files := map[string]*Node{
		"stat": p.s.NewSynthetic(Regular, 0o444, 0, 0, 5, 0, &Synthetic{
			Contents: func() ([]byte, errno.Errno) {
				if p.alive[pid] == "" {
					return nil, errno.ESRCH
				}
				return []byte(p.alive[pid]), ok
			}}),
		"ctl": p.s.NewSynthetic(Regular, 0o600, 1000, 1000, 5, 0, &Synthetic{
			WriteAt: func(_ *File, b []byte, _ int64) (int, errno.Errno) {
				p.told = string(b)
				return len(b), ok
			}}),
		"exe": p.s.NewSynthetic(Symlink, 0o777, 0, 0, 5, 0, &Synthetic{
			Readlink: func() (string, errno.Errno) { return p.exe.Path(), ok },
			Target:   func() (*Node, errno.Errno) { return p.exe, ok }}),
		"mem": p.s.NewSynthetic(Regular, 0o600, 0, 0, 5, 0, &Synthetic{
			Permit: func(c Cred, _ Access) errno.Errno {
				if c.UID != 1000 {
					return errno.EPERM
				}
				return ok
			},
			ReadAt: func(_ *File, b []byte, off int64) (int, errno.Errno) { return copy(b, fmt.Sprint(off)), ok }}),
	}
	return p.s.NewSynthetic(Directory, 0o555, 0, 0, 5, 0, &Synthetic{
		Lookup: func(as string) (*Node, errno.Errno) {
			if n := files[as]; n != nil {
				return n, ok
			}
			return nil, errno.ENOENT
		}})
}

func TestSynthetic(t *testing.T) {
	s := newFS(t, 10)
	p := &procs{s: s, alive: map[string]string{"7": "seven", "12": "twelve"}}
	p.exe = must[*Node](t)(s.WriteFile("/bin/x", []byte("program"), 0o755)).Retain()
	want(t, "attach", s.Attach(s.root, "proc", p.root()), ok)
	open := func(path string, flags Flags) *File {
		t.Helper()
		return must[*File](t)(s.Open(user, s.root, path, flags, 0))
	}
	read := func(f *File, off int64) string {
		b := make([]byte, 100)
		n, e := f.Pread(b, off)
		return fmt.Sprintf("%s %v", b[:n], e)
	}
	f := open("/proc/self/stat", ORead)
	want(t, "path", f.Path(), "/proc/7/stat")
	want(t, "stat", read(f, 0), "seven OK")
	p.alive["7"] = "other"
	want(t, "its rest is of the same time", read(f, 2), "ven OK")
	want(t, "at its beginning it is another", read(f, 0), "other OK")
	delete(p.alive, "7")
	want(t, "gone", read(f, 0), " ESRCH")
	_, e := s.Lookup(user, s.root, "/proc/7", true)
	want(t, "gone from the directory", e, errno.ENOENT)
	p.alive["7"] = "seven"

	ctl := open("/proc/7/ctl", OWrite|OTrunc)
	ctl.Write([]byte("run"))
	want(t, "written", p.told, "run")
	want(t, "read at an offset", read(open("/proc/7/mem", ORead), 99), "99 OK")
	_, e = s.Open(peer, s.root, "/proc/7/mem", ORead, 0)
	want(t, "the provider's permission", e, errno.EPERM)
	s.Unlink(root, s.root, "/bin/x")
	want(t, "a link past its text", read(open("/proc/7/exe", ORead), 0), "program OK")
	text, _ := s.Readlink(user, s.root, "/proc/7/exe")
	want(t, "its text", text, "/bin/x (deleted)")
	want(t, "dots", must[*Node](t)(s.Lookup(user, s.root, "/proc/7/../../bin", true)).Path(), "/bin")

	var names []string
	open("/proc", ORead).Readdir(func(d Dirent) bool { names = append(names, d.Name); return true })
	want(t, "list", names, []string{".", "..", "12", "7"})
	for _, row := range []struct {
		what string
		got  errno.Errno
		want errno.Errno
	}{
		{"mkdir", s.Mkdir(root, s.root, "/proc/x", 0o777), errno.ENOENT},
		{"unlink", s.Unlink(root, s.root, "/proc/7/stat"), errno.EPERM},
		{"rmdir", s.Rmdir(root, s.root, "/proc"), errno.EBUSY},
		{"rename", s.Rename(root, s.root, "/proc/7/stat", s.root, "/stat"), errno.EXDEV},
		{"rename into it", s.Rename(root, s.root, "/bin", s.root, "/proc/bin"), errno.EXDEV},
		{"link", s.Link(root, s.root, "/proc/7/stat", true, s.root, "/stat"), errno.EXDEV},
		{"chmod", s.Chmod(root, f.Node(), 0o777), errno.EPERM},
	} {
		want(t, row.what, row.got, row.want)
	}
	want(t, "mappable", f.Node().Mappable(), false)
}

// hostTree is a Host of file contents by path; a name that ends in a slash is a directory, a
// content that begins with -> a link.
type hostTree map[string]string

func (h hostTree) Stat(path string) (HostStat, errno.Errno) {
	text, is := h[path]
	switch {
	case path == "/" || h[path+"/"] == "dir":
		return HostStat{Kind: Directory, Mode: 0o755}, ok
	case !is:
		return HostStat{}, errno.ENOENT
	case strings.HasPrefix(text, "->"):
		return HostStat{Kind: Symlink, Mode: 0o777}, ok
	}
	return HostStat{Kind: Regular, Mode: 0o755, Size: uint64(len(text)), Mtime: 42}, ok
}

func (h hostTree) ReadFile(path string) ([]byte, errno.Errno) { return []byte(h[path]), ok }
func (h hostTree) Readlink(path string) (string, errno.Errno) { return h[path][2:], ok }
func (h hostTree) ReadDir(path string) (all []string, e errno.Errno) {
	for name := range h {
		rest, in := strings.CutPrefix(strings.TrimSuffix(name, "/"), strings.TrimSuffix(path, "/")+"/")
		if in && !strings.Contains(rest, "/") {
			all = append(all, rest)
		}
	}
	slices.Sort(all)
	return all, ok
}

func TestHost(t *testing.T) {
	s := newFS(t, 10)
	must[*Node](t)(s.WriteFile("/lib/mine", []byte("mine"), 0o644))
	want(t, "mount", s.MountHost(s.root, hostTree{"/lib/": "dir", "/lib/so": "shared", "/lib/l": "->so", "/etc/": "dir", "/etc/passwd": "root"}, "/"), ok)
	lib := must[*Node](t)(s.Lookup(root, s.root, "/lib", true))
	_, e := s.Lookup(root, lib, "so", true)
	want(t, "a directory in memory hides the host's", e, errno.ENOENT)
	want(t, "unless that is mounted there", s.MountHost(lib, hostTree{"/lib/": "dir", "/lib/so": "shared", "/lib/l": "->so", "/lib/mine": "its"}, "/lib"), ok)

	n := must[*Node](t)(s.Lookup(user, s.root, "/lib/l", true))
	want(t, "through a link", n.Path(), "/lib/so")
	want(t, "the same again", n == must[*Node](t)(s.Lookup(user, lib, "so", true)), true)
	want(t, "size and time", fmt.Sprint(n.Stat().Size, n.Stat().Mtime), "6 42")
	data := must[[]byte](t)(s.ReadFile("/lib/so"))
	want(t, "contents", string(data), "shared")
	data = must[[]byte](t)(s.ReadFile("/lib/mine"))
	want(t, "what is in memory wins", string(data), "mine")
	var names []string
	f := must[*File](t)(s.Open(user, s.root, "/lib", ORead, 0))
	f.Readdir(func(d Dirent) bool { names = append(names, d.Name); return true })
	want(t, "list", names, []string{".", "..", "mine", "l", "so"})

	m := space(s)
	addr, _ := m.Map(vm.Mapping{Length: 4096, Prot: vm.All, File: n})
	want(t, "in memory before", m.InMemory(addr), false)
	b := make([]byte, 3)
	m.Load(addr, b)
	want(t, "mapped", string(b), "sha")
	want(t, "in memory after", m.InMemory(addr), true)

	_, e = s.Open(root, s.root, "/lib/so", OWrite, 0)
	for _, row := range []struct {
		what string
		got  errno.Errno
		want errno.Errno
	}{
		{"write", e, errno.EROFS},
		{"access", s.Access(root, s.root, "/lib/so", MayWrite, true), errno.EROFS},
		{"truncate", s.Truncate(root, s.root, "/lib/so", 0), errno.EROFS},
		{"unlink", s.Unlink(root, s.root, "/lib/so"), errno.EROFS},
		{"rmdir", s.Rmdir(root, s.root, "/etc"), errno.EROFS},
		{"rename", s.Rename(root, s.root, "/lib/so", s.root, "/so"), errno.EROFS},
		{"chmod", s.Chmod(root, n, 0o777), errno.EROFS},
		{"make something beside it", s.Mkdir(root, s.root, "/etc/d", 0o777), ok},
		{"chmod of the directory", s.Chmod(root, lib, 0o777), ok},
	} {
		want(t, row.what, row.got, row.want)
	}
}
