package fs

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

var (
	root = Cred{}
	user = Cred{UID: 1000, GID: 1000, Groups: []uint32{50}}
	peer = Cred{UID: 1001, GID: 1001}
)

// newFS is a tree with a memory of so many pages and a clock that counts.
func newFS(t testing.TB, pages uint64) *FS {
	t.Helper()
	clock := int64(0)
	return New(vm.NewMemory(pages*vm.PageSize), func() int64 { clock++; return clock })
}

// must fails the test if there was an error.
func must[T any](t testing.TB) func(v T, e errno.Errno) T {
	return func(v T, e errno.Errno) T {
		t.Helper()
		if e != ok {
			t.Fatal(e)
		}
		return v
	}
}

func want(t testing.TB, what string, got, want any) {
	t.Helper()
	if fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

// space is an address space on the tree's memory.
func space(s *FS) *vm.Space {
	return vm.New(vm.Layout{Memory: s.mem, Low: 0x10000, High: 0x8000_0000, Base: 0x7000_0000,
		Limits: vm.Limits{Total: vm.Unlimited, Data: vm.Unlimited, Stack: vm.Unlimited}})
}

func TestPermit(t *testing.T) {
	s := newFS(t, 10)
	for _, row := range []struct {
		mode Mode
		c    Cred
		want Access
		e    errno.Errno
	}{
		{0o400, user, MayRead, ok}, {0o077, user, MayRead, errno.EACCES}, {0o040, Cred{UID: 5, GID: 50}, MayRead, ok},
		{0o704, Cred{UID: 5, Groups: []uint32{50}}, MayRead, errno.EACCES}, {0o070, Cred{UID: 5, Groups: []uint32{50}}, 7, ok},
		{0o005, peer, MayRead | MayExec, ok}, {0o005, peer, MayWrite, errno.EACCES}, {0, root, MayRead | MayWrite, ok},
		{0o666, root, MayExec, errno.EACCES}, {0o001, root, 7, ok}, {0, peer, 0, ok},
	} {
		n := s.node(Regular, row.mode, Cred{UID: user.UID, GID: 50})
		want(t, fmt.Sprintf("%o for %v to %v", row.mode, row.c, row.want), n.Permit(row.c, row.want), row.e)
	}
	want(t, "root searches", s.node(Directory, 0, user).Permit(root, MayExec), ok)
}

// TestErrors has what the comparison with Linux, which may be root's, does not reach.
func TestErrors(t *testing.T) {
	s := newFS(t, 10)
	at := s.Root()
	must[*Node](t)(s.WriteFile("/secret/f", []byte("x"), 0o644))
	must[*Node](t)(s.WriteFile("/ro/f", []byte("x"), 0o644))
	must[*Node](t)(s.WriteFile("/tmp/f", []byte("x"), 0o666))
	secret := must[*Node](t)(s.Lookup(root, at, "secret", true))
	tmp := must[*Node](t)(s.Lookup(root, at, "tmp", true))
	f := must[*Node](t)(s.Lookup(root, at, "tmp/f", true))
	want(t, "chmod", s.Chmod(root, secret, 0o700), ok)
	want(t, "chmod", s.Chmod(root, tmp, Sticky|0o777), ok)
	want(t, "chown", s.Chown(root, f, 1000, 1000), ok)
	open := func(c Cred, path string, flags Flags) errno.Errno {
		f, e := s.Open(c, at, path, flags, 0o600)
		if e == ok {
			f.Release()
		}
		return e
	}
	for _, row := range []struct {
		what string
		got  errno.Errno
		want errno.Errno
	}{
		{"search", open(user, "secret/f", ORead), errno.EACCES},
		{"search as root", open(root, "secret/f", ORead), ok},
		{"write", open(user, "ro/f", OWrite), errno.EACCES},
		{"truncate", open(user, "ro/f", ORead|OTrunc), errno.EACCES},
		{"make", open(user, "ro/g", OWrite|OCreate), errno.EACCES},
		{"path only", open(user, "ro/f", OPath|OWrite), ok},
		{"mkdir", s.Mkdir(user, at, "ro/d", 0o777), errno.EACCES},
		{"unlink", s.Unlink(user, at, "ro/f"), errno.EACCES},
		{"another's in a sticky directory", s.Unlink(peer, at, "tmp/f"), errno.EPERM},
		{"over another's in a sticky directory", s.Rename(peer, at, "tmp/f", at, "tmp/g"), errno.EPERM},
		{"chmod of another's", s.Chmod(peer, f, 0o777), errno.EPERM},
		{"chown", s.Chown(user, f, 1001, Keep), errno.EPERM},
		{"chown to a group that is not his", s.Chown(user, f, Keep, 7), errno.EPERM},
		{"chown to his group", s.Chown(user, f, Keep, 50), ok},
		{"utimes", s.SetTimes(peer, f, 1, 2), errno.EPERM},
		{"no path", open(root, "", ORead), errno.ENOENT},
		{"long path", open(root, strings.Repeat("/", MaxPath+1), ORead), errno.ENAMETOOLONG},
		{"longest path", open(root, strings.Repeat("/", MaxPath), ORead), ok},
		{"mknod", func() errno.Errno { _, e := s.Mknod(user, at, "tmp/dev", 0, 1, 1, nil); return e }(), errno.EPERM},
		{"unlink own in a sticky directory", s.Unlink(user, at, "tmp/f"), ok},
		{"rmdir of the root", s.Rmdir(root, at, "/"), errno.EBUSY},
	} {
		want(t, row.what, row.got, row.want)
	}
}

func TestLinksInPaths(t *testing.T) {
	s := newFS(t, 10)
	must[*Node](t)(s.WriteFile("/l0", nil, 0o644))
	for i := range MaxLinks + 1 {
		want(t, "symlink", s.Symlink(root, fmt.Sprintf("l%d", i), s.root, fmt.Sprintf("/l%d", i+1)), ok)
	}
	_, e := s.Lookup(root, s.root, fmt.Sprintf("/l%d", MaxLinks), true)
	want(t, "as many links as may be", e, ok)
	_, e = s.Lookup(root, s.root, fmt.Sprintf("/l%d", MaxLinks+1), true)
	want(t, "one more", e, errno.ELOOP)
}

func TestSetID(t *testing.T) {
	s := newFS(t, 10)
	n := must[*Node](t)(s.WriteFile("/f", []byte("x"), 0o777))
	for _, row := range []struct {
		mode Mode
		c    Cred
		want Mode
	}{{0o6777, user, 0o777}, {0o6767, user, 0o2767}, {0o6777, root, 0o6777}} {
		n.mode = row.mode
		f := must[*File](t)(s.Open(row.c, s.root, "/f", OWrite, 0))
		f.Write([]byte("y"))
		f.Release()
		want(t, fmt.Sprintf("%o written by %d", row.mode, row.c.UID), fmt.Sprintf("%o", n.Mode()), fmt.Sprintf("%o", row.want))
	}
	n.mode = 0o6755
	s.Chown(root, n, 1, 1)
	want(t, "after chown", fmt.Sprintf("%o", n.Mode()), "755")
}

func TestPath(t *testing.T) {
	s := newFS(t, 10)
	n := must[*Node](t)(s.WriteFile("/a/b/f", nil, 0o644))
	dir := must[*Node](t)(s.Lookup(root, s.root, "/a/b", true))
	want(t, "root", s.Path(s.root), "/")
	want(t, "file", s.Path(n), "/a/b/f")
	s.Link(root, s.root, "/a/b/f", false, s.root, "/g")
	want(t, "older name", s.Path(n), "/a/b/f")
	s.Rename(root, s.root, "/a", s.root, "/z")
	want(t, "moved directory", s.Path(n), "/z/b/f")
	s.Unlink(root, s.root, "/z/b/f")
	want(t, "other name", s.Path(n), "/g")
	s.Unlink(root, s.root, "/g")
	want(t, "none", s.Path(n), "/g (deleted)")
	want(t, "deleted", n.Deleted(), true)
	s.Rmdir(root, s.root, "/z/b")
	want(t, "directory", s.Path(dir), "/z/b (deleted)")
	_, e := s.Lookup(root, dir, "x", true)
	want(t, "in it", e, errno.ENOENT)
	want(t, "making something in it", s.Mkdir(root, dir, "x", 0o777), errno.ENOENT)
	want(t, "above it", must[*Node](t)(s.Lookup(root, dir, "..", true)).Path(), "/z")
	r, w := s.Pipe(root, 0)
	want(t, "pipe", r.Path(), fmt.Sprintf("pipe:[%d]", w.Stat().Ino))
}

func TestTextBusy(t *testing.T) {
	s := newFS(t, 10)
	n := must[*Node](t)(s.WriteFile("/f", []byte("text"), 0o755))
	want(t, "run", n.DenyWrite(), ok)
	_, e := s.Open(root, s.root, "/f", OWrite, 0)
	want(t, "open for writing", e, errno.ETXTBSY)
	want(t, "truncate", s.Truncate(root, s.root, "/f", 0), errno.ETXTBSY)
	r := must[*File](t)(s.Open(root, s.root, "/f", ORead, 0))
	want(t, "run again, open for reading", n.DenyWrite(), ok)
	n.AllowWrite()
	n.AllowWrite()
	w := must[*File](t)(s.Open(root, s.root, "/f", ORead|OWrite, 0))
	want(t, "run while open for writing", n.DenyWrite(), errno.ETXTBSY)
	m := space(s)
	if _, e := m.Map(vm.Mapping{Length: 4096, Prot: vm.Read, Shared: true, File: n}); e != vm.OK {
		t.Fatal(e)
	}
	w.Release()
	r.Release()
	want(t, "run while mapped so that it can be written", n.DenyWrite(), errno.ETXTBSY)
	m.Release()
	want(t, "run", n.DenyWrite(), ok)
}

// TestMapped checks that mappings and files are the same pages, and that these live as long
// as they can be seen.
func TestMapped(t *testing.T) {
	s := newFS(t, 10)
	f := must[*File](t)(s.Open(root, s.root, "/f", ORead|OWrite|OCreate, 0o644))
	f.Write(bytes.Repeat([]byte("a"), 5000))
	m := space(s)
	addr, e := m.Map(vm.Mapping{Length: 3 * vm.PageSize, Prot: vm.Read | vm.Write, Shared: true, File: f.Node()})
	if e != vm.OK {
		t.Fatal(e)
	}
	b := make([]byte, 4)
	m.Store(addr+4998, []byte("MAPPED"))
	n, _ := f.Pread(b, 4997)
	want(t, "read what was stored", string(b[:n]), "aMA")
	f.Truncate(9000)
	f.Pread(b, 4999)
	want(t, "what was stored past the end", string(b), "A\x00\x00\x00")
	f.Pwrite([]byte("zz"), 8500)
	m.Load(addr+8500, b[:2])
	want(t, "load what was written", string(b[:2]), "zz")
	f.Truncate(100)
	want(t, "beyond", m.Why(addr+4096, cpu.Read), vm.Beyond)
	want(t, "pages", s.mem.Used(), 1)
	s.Unlink(root, s.root, "/f")
	f.Release()
	m.Load(addr, b[:1])
	want(t, "mapped and without a name", string(b[:1]), "a")
	m.Release()
	s.Reclaim()
	want(t, "pages in the end", s.mem.Used(), 0)
}

func TestNoMemory(t *testing.T) {
	s := newFS(t, 2)
	f := must[*File](t)(s.Open(root, s.root, "/f", ORead|OWrite|OCreate, 0o644))
	n, e := f.Pwrite(make([]byte, 3*vm.PageSize), 100)
	want(t, "what there is room for", fmt.Sprint(n, e, f.Stat().Size), fmt.Sprint(2*vm.PageSize-100, ok, 2*vm.PageSize))
	n, e = f.Pwrite([]byte("x"), 10*vm.PageSize)
	want(t, "no room", fmt.Sprint(n, e, f.Stat().Size), fmt.Sprint(0, errno.ENOSPC, 2*vm.PageSize))
	want(t, "a hole needs none", f.Truncate(MaxSize), ok)
	n, e = f.Pwrite([]byte("x"), MaxSize)
	want(t, "too large", fmt.Sprint(n, e), fmt.Sprint(0, errno.EFBIG))
}

func TestReaddir(t *testing.T) {
	s := newFS(t, 2)
	for _, as := range []string{"c", "a", "b"} {
		s.Mkdir(root, s.root, as, 0o755)
	}
	f := must[*File](t)(s.Open(root, s.root, "/", ORead, 0))
	list := func(n int) (all []string) {
		f.Readdir(func(d Dirent) bool {
			if len(all) == n {
				return false
			}
			all = append(all, fmt.Sprint(d.Name, d.Next))
			return true
		})
		return all
	}
	want(t, "three", list(3), []string{".1", "..2", "c3"})
	s.Mkdir(root, s.root, "d", 0o755)
	want(t, "rest", list(9), []string{"a4", "b5"})
	f.Lseek(0, SeekSet)
	want(t, "again", len(list(9)), 6)
	f.Lseek(4, SeekSet)
	want(t, "from an offset", list(1), []string{"b5"})
	_, e := f.Read(make([]byte, 1))
	want(t, "read", e, errno.EISDIR)
}

func TestDevices(t *testing.T) {
	s := newFS(t, 2)
	dev := must[*Node](t)(s.MkdirAll("/dev", 0o755))
	want(t, "make", s.AddDevices(dev, func(*File) (Device, errno.Errno) { return nil, errno.ENXIO }), ok)
	for _, row := range []struct{ name, read, write string }{
		{"null", "0 OK", "3 OK"}, {"zero", "3 OK", "3 OK"}, {"full", "3 OK", "0 ENOSPC"},
	} {
		f := must[*File](t)(s.Open(user, dev, row.name, ORead|OWrite, 0))
		b := []byte("abc")
		n, e := f.Write(b)
		want(t, row.name+" written", fmt.Sprint(n, " ", e), row.write)
		n, e = f.Read(b)
		want(t, row.name+" read", fmt.Sprint(n, " ", e), row.read)
		off, e := f.Lseek(7, SeekSet)
		want(t, row.name+" seek", fmt.Sprint(off, e), fmt.Sprint(0, ok))
	}
	_, e := s.Open(user, dev, "tty", ORead, 0)
	want(t, "tty", e, errno.ENXIO)
}

func TestEventfd(t *testing.T) {
	s := newFS(t, 2)
	f := s.Eventfd(root, 2, false, 0)
	b := make([]byte, 8)
	one := []byte{1, 0, 0, 0, 0, 0, 0, 0}
	most := bytes.Repeat([]byte{0xff}, 8)
	want(t, "poll", f.Poll(), In|Out)
	n, e := f.Read(b)
	want(t, "read", fmt.Sprint(n, e, b[0]), fmt.Sprint(8, ok, 2))
	_, e = f.Read(b)
	want(t, "read nothing", e, errno.EAGAIN)
	_, e = f.Write(most)
	want(t, "too much", e, errno.EINVAL)
	most[0] = 0xfe
	_, e = f.Write(most)
	want(t, "most", e, ok)
	want(t, "poll", f.Poll(), In)
	_, e = f.Write(one)
	want(t, "full", e, errno.EAGAIN)
	_, e = f.Pread(b, 0)
	want(t, "pread", e, errno.ESPIPE)
	f = s.Eventfd(root, 2, true, 0)
	f.Read(b)
	want(t, "semaphore", fmt.Sprint(b[0], f.Device().(*eventfd).count), "1 1")
}

func TestReaderAt(t *testing.T) {
	s := newFS(t, 9)
	n := must[*Node](t)(s.WriteFile("/f", []byte("hello"), 0o644))
	b := make([]byte, 4)
	for _, row := range []struct {
		off  int64
		want string
	}{{0, "4 <nil>"}, {1, "4 <nil>"}, {3, "2 EOF"}, {9, "0 EOF"}, {-1, "0 EINVAL"}} {
		done, err := n.ReadAt(b, row.off)
		want(t, fmt.Sprint("at ", row.off), fmt.Sprint(done, " ", err), row.want)
	}
	_, err := s.Root().ReadAt(b, 0)
	want(t, "directory", err, errno.EINVAL)
}

func TestDescribe(t *testing.T) {
	s := newFS(t, 9)
	tab := NewTable(10)
	must[*Node](t)(s.WriteFile("/f", []byte("hello"), 0o644))
	f := must[*File](t)(s.Open(root, s.root, "/f", ORead|OAppend, 0))
	f.Read(make([]byte, 2))
	r, w := s.Pipe(root, ONonblock)
	w.Write([]byte("abc"))
	r.ReadQueue().Add(sleeper("4/7"))
	for _, f := range []*File{f, r, w, s.Eventfd(root, 3, false, 0)} {
		tab.Install(f, 0, f == w)
	}
	ino := r.Stat().Ino
	want(t, "table", tab.Describe(), strings.Join([]string{
		"  0 /f read,append, at 2 of 5",
		fmt.Sprintf("  1 pipe:[%d] read,nonblock; 3 of 65536 bytes, readers 1, writers 1, asleep to read: 4/7", ino),
		fmt.Sprintf("  2 pipe:[%d] write,nonblock; 3 of 65536 bytes, readers 1, writers 1, asleep to read: 4/7 (close on exec)", ino),
		"  3 anon_inode:[eventfd] read-write; count 3", ""}, "\n"))
}

// sleeper is a sleep.Waiter by name.
type sleeper string

func (sleeper) Wakeup()          {}
func (s sleeper) String() string { return string(s) }

// FuzzLookup resolves paths in a tree with links of all kinds, and compares with a naive
// resolver that goes by whole lists of names.
func FuzzLookup(f *testing.F) {
	for _, seed := range []string{"/", "a/b", "a/../a/f", "up/..", "loop", "abs/f/", "a/f/..", "//a//up/./abs", "none/x", "far/", "dangling"} {
		f.Add(seed, true)
	}
	f.Fuzz(func(t *testing.T, path string, follow bool) {
		s := newFS(t, 10)
		s.WriteFile("/a/b/f", nil, 0o644)
		s.WriteFile("/a/f", nil, 0o644)
		for _, l := range [][2]string{{"..", "/a/up"}, {"/a/b", "/abs"}, {"loop", "/loop"}, {"a/up/a/b/../up/abs/", "/far"}, {"none", "/dangling"}, {"a/f/", "/bad"}} {
			s.Symlink(root, l[0], s.root, l[1])
		}
		n, e := s.Lookup(root, s.root, path, follow)
		links := 0
		m, f := naive(s.root, s.root, path, follow, &links)
		if n != m || e != f {
			t.Errorf("%q, %v is %v, %v, naively %v, %v", path, follow, n, e, m, f)
		}
		if n != nil && n.kind == Directory {
			if again, _ := s.Lookup(root, s.root, n.Path(), true); again != n {
				t.Errorf("%q has the path %s, which is another one's", path, n.Path())
			}
		}
	})
}

func naive(top, at *Node, path string, follow bool, links *int) (*Node, errno.Errno) {
	switch {
	case path == "":
		return nil, errno.ENOENT
	case len(path) > MaxPath:
		return nil, errno.ENAMETOOLONG
	case path[0] == '/':
		at = top
	}
	names := slices.DeleteFunc(strings.Split(path, "/"), func(s string) bool { return s == "" })
	if strings.HasSuffix(path, "/") {
		names = append(names, ".")
	}
	for i, as := range names {
		if at.kind != Directory {
			return nil, errno.ENOTDIR
		}
		next := map[string]*Node{".": at, "..": at.parent}[as]
		if next == nil {
			next = at.children[as]
		}
		switch {
		case len(as) > MaxName:
			return nil, errno.ENAMETOOLONG
		case next == nil:
			return nil, errno.ENOENT
		}
		if next.kind == Symlink && (follow || i < len(names)-1) {
			if *links++; *links > MaxLinks {
				return nil, errno.ELOOP
			}
			var e errno.Errno
			if next, e = naive(top, at, next.target, true, links); e != ok {
				return nil, e
			}
		}
		at = next
	}
	return at, ok
}

func TestFlags(t *testing.T) {
	s := newFS(t, 9)
	f := must[*File](t)(s.Open(root, s.root, "/f", ORead|OWrite|OCreate|OExcl|OSync, 0o600))
	want(t, "kept", f.Flags(), ORead|OWrite|OSync)
	f.SetFlags(OAppend | ONonblock | OPath | OCreate)
	want(t, "set", f.Flags(), "read-write,append,nonblock,sync")
	f.Write([]byte("one"))
	f.Lseek(0, SeekSet)
	n, e := f.Pwrite([]byte("two"), 0)
	want(t, "pwrite appends", fmt.Sprint(n, e, f.Stat().Size, f.Offset()), fmt.Sprint(3, ok, 6, 0))
	want(t, "buffered", f.Buffered(), 6)
	want(t, "queues", fmt.Sprint(f.ReadQueue() == nil, f.OpenQueue() == nil), "true true")

	p := must[*File](t)(s.Open(user, s.root, "/f", OPath|OWrite, 0))
	_, e = p.Read(nil)
	want(t, "read a place", e, errno.EBADF)
	_, e = p.Lseek(0, SeekSet)
	want(t, "seek in a place", e, errno.EBADF)
	want(t, "truncate a place", p.Truncate(0), errno.EBADF)
	want(t, "poll a place", p.Poll(), Ready(0))
	want(t, "run while a place is open", p.Node().writers, 1)
	for _, row := range []struct {
		off  int64
		from Whence
		want string
	}{{-1, SeekSet, "0 EINVAL"}, {2, SeekEnd, "8 OK"}, {MaxSize, SeekCur, "0 EOVERFLOW"}, {0, 9, "0 EINVAL"}, {-8, SeekCur, "0 OK"}} {
		off, e := f.Lseek(row.off, row.from)
		want(t, fmt.Sprint("seek ", row.off, row.from), fmt.Sprint(off, " ", e), row.want)
	}
	r, _ := s.Pipe(root, 0)
	_, e = r.Lseek(0, SeekCur)
	want(t, "seek in a pipe", e, errno.ESPIPE)
	want(t, "truncate a pipe", r.Truncate(0), errno.EINVAL)
}
