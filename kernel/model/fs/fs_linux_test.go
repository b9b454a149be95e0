package fs

// Random operations on a tree in memory and on a real one: results, errors and what is left
// are to be the same.

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

var realSeed = flag.Uint64("fs.seed", 0, "the only seed that TestAsLinux runs")

// twin is the two trees, and files that are open in both.
type twin struct {
	t     *testing.T
	r     *rand.Rand
	fs    *FS
	cred  Cred
	at    *Node
	top   string // the real tree's directory at which paths begin
	files []twinFile
	log   []string
}

type twinFile struct {
	fd   int
	file *File
}

var linuxErrnos = errno.Numbers(abi.Linux)

func TestAsLinux(t *testing.T) {
	old := syscall.Umask(0)
	defer syscall.Umask(old)
	seeds := []uint64{*realSeed}
	if *realSeed == 0 {
		seeds = nil
		for s := range uint64(150) {
			seeds = append(seeds, s+1)
		}
	}
	for _, seed := range seeds {
		newTwin(t, seed).run(150)
		if t.Failed() {
			t.Fatalf("replay: go test ./kernel/model/fs -run TestAsLinux -fs.seed=%d", seed)
		}
	}
}

func newTwin(t *testing.T, seed uint64) *twin {
	w := &twin{t: t, r: rand.New(rand.NewPCG(seed, 1)), cred: Cred{UID: uint32(os.Geteuid()), GID: uint32(os.Getegid())}}
	clock := int64(0)
	w.fs = New(vm.NewMemory(64<<20), func() int64 { clock++; return clock })
	w.at, _ = w.fs.MkdirAll("/x/x/x", 0o777)
	w.top = t.TempDir() + "/x/x/x"
	if err := os.MkdirAll(w.top, 0o777); err != nil {
		t.Fatal(err)
	}
	for n := w.at; n != w.fs.root; n = n.parent {
		n.uid, n.gid = w.cred.UID, w.cred.GID
	}
	return w
}

// path is a random one. No more than two of its names are "..", and none of a link's, so that
// nothing outside of the test's directory is touched.
func (w *twin) path() string {
	names := []string{}
	ups := 0
	for range 1 + w.r.IntN(3) {
		s := []string{"a", "b", "c", "d", "a", "b", ".", "..", strings.Repeat("n", 255), strings.Repeat("n", 256)}[w.r.IntN(10)]
		if len(s) > 2 && w.r.IntN(6) > 0 {
			s = "a"
		}
		if s == ".." {
			if ups++; ups > 2 {
				s = "a"
			}
		}
		names = append(names, s)
	}
	return strings.Join(names, "/") + []string{"", "", "", "/", "//", "/."}[w.r.IntN(6)]
}

func (w *twin) real(path string) string { return w.top + "/" + path }

// same compares how an operation ended.
func (w *twin) same(what string, e errno.Errno, err error) bool {
	w.t.Helper()
	want, _ := err.(syscall.Errno)
	got := 0
	if e != ok {
		got = linuxErrnos[e]
	}
	w.log = append(w.log, fmt.Sprintf("%s = %v", what, want))
	if got != int(want) {
		w.t.Fatalf("%s\nbut the model says %v", strings.Join(w.log, "\n"), e)
	}
	return e == ok
}

func (w *twin) equal(what string, got, want any) {
	w.t.Helper()
	if g, r := fmt.Sprint(got), fmt.Sprint(want); g != r {
		w.t.Fatalf("%s\n%s: the model has\n%s\nLinux has\n%s", strings.Join(w.log, "\n"), what, g, r)
	}
}

func (w *twin) run(steps int) {
	defer func() {
		for _, f := range w.files {
			syscall.Close(f.fd)
		}
	}()
	ops := []func(){w.mkdir, w.rmdir, w.unlink, w.link, w.symlink, w.rename, w.rename, w.open, w.open, w.stat, w.readlink,
		w.truncate, w.file, w.file, w.file, w.file, w.close, w.access, w.chmod}
	for range steps {
		ops[w.r.IntN(len(ops))]()
	}
	w.equal("trees", w.tree(w.at, ""), w.realTree(""))
	for len(w.files) > 0 {
		w.close()
	}
	w.all(w.fs.root)
	if used := w.fs.mem.Used(); used != 0 {
		w.t.Fatalf("%s\n%d pages are in use after all is gone", strings.Join(w.log, "\n"), used)
	}
}

// all removes what is in a directory.
func (w *twin) all(dir *Node) {
	for _, as := range slices.Clone(dir.order) {
		if c := dir.children[as]; c.kind == Directory {
			w.all(c)
			w.fs.Rmdir(Cred{}, dir, as)
		} else {
			w.fs.Unlink(Cred{}, dir, as)
		}
	}
}

func (w *twin) mkdir() {
	p, mode := w.path(), []Mode{0o777, 0o1755, 0o2775}[w.r.IntN(3)]
	w.same(fmt.Sprintf("mkdir %q %o", p, mode), w.fs.Mkdir(w.cred, w.at, p, mode), syscall.Mkdir(w.real(p), uint32(mode)))
}

func (w *twin) rmdir() {
	p := w.path()
	w.same(fmt.Sprintf("rmdir %q", p), w.fs.Rmdir(w.cred, w.at, p), syscall.Rmdir(w.real(p)))
}

func (w *twin) unlink() {
	p := w.path()
	err := syscall.Unlink(w.real(p))
	w.same(fmt.Sprintf("unlink %q", p), w.fs.Unlink(w.cred, w.at, p), err)
}

func (w *twin) link() {
	p, q := w.path(), w.path()
	w.same(fmt.Sprintf("link %q %q", p, q), w.fs.Link(w.cred, w.at, p, false, w.at, q), syscall.Link(w.real(p), w.real(q)))
}

func (w *twin) symlink() {
	p, q := strings.ReplaceAll(w.path(), "..", "a"), w.path()
	w.same(fmt.Sprintf("symlink %q %q", p, q), w.fs.Symlink(w.cred, p, w.at, q), syscall.Symlink(p, w.real(q)))
}

func (w *twin) rename() {
	p, q := w.path(), w.path()
	w.same(fmt.Sprintf("rename %q %q", p, q), w.fs.Rename(w.cred, w.at, p, w.at, q), syscall.Rename(w.real(p), w.real(q)))
}

func (w *twin) truncate() {
	p, n := w.path(), w.r.Int64N(20000)
	w.same(fmt.Sprintf("truncate %q %d", p, n), w.fs.Truncate(w.cred, w.at, p, n), syscall.Truncate(w.real(p), n))
}

func (w *twin) access() {
	p, want := w.path(), Access(w.r.IntN(8))
	w.same(fmt.Sprintf("access %q %d", p, want), w.fs.Access(w.cred, w.at, p, want, true), syscall.Access(w.real(p), uint32(want)))
}

func (w *twin) chmod() {
	p, mode := w.path(), []Mode{0o777, 0o4755, 0o600, 0o400}[w.r.IntN(4)]
	n, e := w.fs.Lookup(w.cred, w.at, p, true)
	if e == ok && n.kind == Directory {
		mode |= 0o700
	}
	if e == ok {
		e = w.fs.Chmod(w.cred, n, mode)
	}
	w.same(fmt.Sprintf("chmod %q %o", p, mode), e, syscall.Chmod(w.real(p), uint32(mode)))
}

func (w *twin) readlink() {
	p := w.path()
	text, e := w.fs.Readlink(w.cred, w.at, p)
	b := make([]byte, 5000)
	n, err := syscall.Readlink(w.real(p), b)
	if w.same(fmt.Sprintf("readlink %q", p), e, err) {
		w.equal("text", text, string(b[:n]))
	}
}

var flagBits = []struct {
	model Flags
	linux int
}{{ORead, syscall.O_RDONLY}, {OWrite, syscall.O_WRONLY}, {ORead | OWrite, syscall.O_RDWR}, {OAppend, syscall.O_APPEND},
	{OCreate, syscall.O_CREAT}, {OExcl, syscall.O_EXCL}, {OTrunc, syscall.O_TRUNC}, {ODirectory, syscall.O_DIRECTORY},
	{ONoFollow, syscall.O_NOFOLLOW}, {ONonblock, syscall.O_NONBLOCK}}

func (w *twin) open() {
	if len(w.files) == 6 {
		w.close()
	}
	bits := flagBits[w.r.IntN(3)]
	for _, more := range flagBits[3:] {
		if w.r.IntN(4) == 0 || more.model == OCreate && w.r.IntN(2) == 0 {
			bits.model |= more.model
			bits.linux |= more.linux
		}
	}
	if bits.model&(OCreate|ODirectory) == OCreate|ODirectory { // what this means depends on Linux's version
		return
	}
	p, mode := w.path(), []Mode{0o666, 0o640, 0o4755}[w.r.IntN(3)]
	f, e := w.fs.Open(w.cred, w.at, p, bits.model, mode)
	fd, err := syscall.Open(w.real(p), bits.linux|syscall.O_CLOEXEC, uint32(mode))
	if w.same(fmt.Sprintf("%d open %q %v %#x %o", len(w.files), p, bits.model, uint16(bits.model), mode), e, err) {
		w.files = append(w.files, twinFile{fd, f})
	}
}

func (w *twin) close() {
	if len(w.files) == 0 {
		return
	}
	i := w.r.IntN(len(w.files))
	syscall.Close(w.files[i].fd)
	w.files[i].file.Release()
	w.files = slices.Delete(w.files, i, i+1)
	w.log = append(w.log, fmt.Sprintf("close %d", i))
}

// file does something with an open file.
func (w *twin) file() {
	if len(w.files) == 0 {
		return
	}
	i := w.r.IntN(len(w.files))
	f := w.files[i]
	data := []byte(strings.Repeat(string(rune('a'+w.r.IntN(26))), w.r.IntN(9000)))
	off := w.r.Int64N(20000) - 100
	got, want := make([]byte, len(data)), make([]byte, len(data))
	var n, m int
	var e errno.Errno
	var err error
	what := ""
	switch w.r.IntN(7) {
	case 0:
		what = fmt.Sprintf("write %d", len(data))
		n, e = f.file.Write(data)
		m, err = syscall.Write(f.fd, data)
	case 1:
		what = fmt.Sprintf("read %d", len(data))
		n, e = f.file.Read(got)
		m, err = syscall.Read(f.fd, want)
	case 2:
		what = fmt.Sprintf("pwrite %d at %d", len(data), off)
		n, e = f.file.Pwrite(data, off)
		m, err = syscall.Pwrite(f.fd, data, off)
	case 3:
		what = fmt.Sprintf("pread %d at %d", len(data), off)
		n, e = f.file.Pread(got, off)
		m, err = syscall.Pread(f.fd, want, off)
	case 4:
		if f.file.node.kind == Directory {
			return // where a directory's offsets lead to is a file system's own affair
		}
		whence := w.r.IntN(3)
		what = fmt.Sprintf("lseek %d %d", off, whence)
		a, e1 := f.file.Lseek(off, Whence(whence))
		b, err1 := syscall.Seek(f.fd, off, whence)
		n, e, m, err = int(a), e1, int(b), err1
	case 5:
		what = fmt.Sprintf("ftruncate %d", off)
		e, err = f.file.Truncate(off), syscall.Ftruncate(f.fd, off)
	case 6:
		var st syscall.Stat_t
		syscall.Fstat(f.fd, &st)
		w.equal(fmt.Sprintf("fstat %d", i), summary(f.file.Stat()), realSummary(&st))
		return
	}
	if w.same(fmt.Sprintf("%d %s", i, what), e, err) {
		w.equal("result", n, m)
		w.equal("bytes", string(got), string(want))
	}
}

func summary(st Stat) string {
	s := fmt.Sprintf("%v %o", st.Kind, st.Mode)
	if st.Kind != Directory {
		s += fmt.Sprintf(" %d links %d bytes", st.Nlink, st.Size)
	}
	return s
}

func realSummary(st *syscall.Stat_t) string {
	kinds := map[uint32]Kind{syscall.S_IFREG: Regular, syscall.S_IFDIR: Directory, syscall.S_IFLNK: Symlink, syscall.S_IFIFO: Fifo}
	return summary(Stat{Kind: kinds[st.Mode&syscall.S_IFMT], Mode: Mode(st.Mode & 0o7777), Nlink: uint32(st.Nlink), Size: uint64(st.Size)})
}

func (w *twin) stat() {
	p, follow := w.path(), w.r.IntN(2) == 0
	n, e := w.fs.Lookup(w.cred, w.at, p, follow)
	var st syscall.Stat_t
	var err error
	if follow {
		err = syscall.Stat(w.real(p), &st)
	} else {
		err = syscall.Lstat(w.real(p), &st)
	}
	if w.same(fmt.Sprintf("stat %q %v", p, follow), e, err) {
		w.equal("stat", summary(n.Stat()), realSummary(&st))
	}
}

// tree is all that is in the model's tree; realTree in the other.
func (w *twin) tree(dir *Node, path string) (all []string) {
	f, _ := w.fs.OpenNode(w.cred, dir, ORead)
	defer f.Release()
	var names []string
	f.Readdir(func(d Dirent) bool { names = append(names, d.Name); return true })
	slices.Sort(names)
	for _, as := range names {
		if as == "." || as == ".." {
			continue
		}
		n, _ := w.fs.Lookup(w.cred, dir, as, false)
		all = append(all, fmt.Sprintf("%s %s\n", path+as, summary(n.Stat())))
		if n.kind == Directory {
			all = append(all, w.tree(n, path+as+"/")...)
		}
	}
	return all
}

func (w *twin) realTree(path string) (all []string) {
	list, err := os.ReadDir(w.real(path))
	if err != nil {
		w.t.Fatal(err)
	}
	for _, d := range list {
		var st syscall.Stat_t
		if err := syscall.Lstat(w.real(path+d.Name()), &st); err != nil {
			w.t.Fatal(err)
		}
		all = append(all, fmt.Sprintf("%s %s\n", path+d.Name(), realSummary(&st)))
		if d.IsDir() {
			all = append(all, w.realTree(path+d.Name()+"/")...)
		}
	}
	return all
}
