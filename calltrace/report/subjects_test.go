package report

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/calltrace"
)

// What calls are about, told by their descriptors, paths and addresses.
func TestSubjects(t *testing.T) {
	const inet = `{sa_family=AF_INET, sin_port=htons(53), sin_addr=inet_addr("10.0.0.1")}`
	const inet6 = `{sa_family=AF_INET6, sin6_port=htons(443), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::1", &sin6_addr), sin6_scope_id=0}`
	type step struct {
		call  string
		ret   int64
		errno string
		more  []func(*calltrace.Event)
		want  string // files, then peers
	}
	with := func(f ...func(*calltrace.Event)) []func(*calltrace.Event) { return f }
	for _, row := range []struct {
		name  string
		steps []step
	}{
		{"files", []step{
			{"openat(dirfd=AT_FDCWD; pathname=x)", 3, "", with(paths("x"), fds(3, "/real/x")), "/real/x"},
			{"openat(dirfd=5</d>; pathname=x)", -1, "ENOENT", with(paths("x"), fds(5, "/d")), "/d/x"},
			{"openat(dirfd=AT_FDCWD; pathname=../y)", -1, "ENOENT", with(paths("../y")), "/y"},
			{"fstat(fd=3)", 0, "", with(fds(3, "/real/x")), "/real/x"},
			{"rename(oldpath=/a; newpath=b)", 0, "", with(paths("/a", "b")), "/a /cwd/b"},
			{"read(fd=3)", 10, "", with(fds(3, "/real/x")), "/real/x<10"},
			{"read(fd=3)", -1, "EAGAIN", with(fds(3, "pipe:[9]")), "pipe:[9]"},
			{"write(fd=3)", 7, "", with(fds(3, "pipe:[9]")), "pipe:[9]>7"},
			{"sendfile(out_fd=4; in_fd=3)", 8, "", with(fds(4, "/out", 3, "/in")), "/out>8 /in<8"},
			{"copy_file_range(fd_in=3; fd_out=4)", 8, "", with(fds(3, "/same")), "/same<8"},
			{"close(fd=3)", 0, "", with(fds(3, "")), ""},
			{"read(fd=3)", 1, "", with(fds(3, "/odd/TCP:[x->y]")), "/odd/TCP:[x->y]<1"},
			{"read(fd=3)", 1, "", with(fds(3, "anon_inode:[eventpoll]")), "anon_inode:[eventpoll]<1"},
		}},
		{"a socket's life", []step{
			{"socket(domain=AF_INET; type=SOCK_STREAM|SOCK_CLOEXEC)", 3, "", with(fds(3, "socket:[1]")), "|TCP (no peer)"},
			{"connect(fd=3; addr=" + inet + ")", -1, "EINPROGRESS", with(fds(3, "socket:[1]")), "|TCP 10.0.0.1:53"},
			{"write(fd=3)", 5, "", with(fds(3, "socket:[1]")), "|TCP 10.0.0.1:53>5"},
			{"socket(domain=AF_INET6; type=SOCK_DGRAM)", 3, "", with(fds(3, "socket:[1]")), "|UDP (no peer)"},
			{"sendto(fd=3; addr=" + inet6 + ")", 6, "", with(fds(3, "socket:[1]")), "|UDP [::1]:443>6"},
			{"recvfrom(fd=3; addr=NULL)", 6, "", with(fds(3, "socket:[1]")), "|UDP (no peer)<6"},
		}},
		{"a server", []step{
			{"socket(domain=AF_INET; type=SOCK_STREAM)", 3, "", with(fds(3, "socket:[1]")), "|TCP (no peer)"},
			{"bind(fd=3; addr=" + inet + ")", 0, "", with(fds(3, "socket:[1]")), "|TCP 10.0.0.1:53 (local)"},
			{"accept4(fd=3; addr=" + inet6 + ")", 4, "", with(fds(3, "socket:[1]", 4, "socket:[2]")), "|TCP 10.0.0.1:53 (local) TCP [::1]:443"},
			{"recvfrom(fd=4; addr=NULL)", 9, "", with(fds(4, "socket:[2]")), "|TCP [::1]:443<9"},
		}},
		{"others", []step{
			{"socketpair(domain=AF_UNIX; type=SOCK_STREAM; protocol=0; sv=[3, 4])", 0, "", with(fds(3, "socket:[1]", 4, "socket:[2]")), "|UNIX pair (no peer)"},
			{"socket(domain=AF_UNIX; type=SOCK_STREAM)", 3, "", with(fds(3, "socket:[5]")), "|UNIX (no peer)"},
			{`connect(fd=3; addr={sa_family=AF_UNIX, sun_path="/run/x"})`, -1, "ENOENT", with(fds(3, "socket:[5]")), "|UNIX /run/x"},
			{`connect(fd=3; addr={sa_family=AF_UNIX, sun_path=@"bus"})`, 0, "", with(fds(3, "socket:[5]")), "|UNIX @bus"},
			{"write(fd=3)", 2, "", with(fds(3, "socket:[5]")), "|UNIX @bus>2"},
			{"write(fd=9)", 2, "", with(fds(9, "socket:[77]")), "|TCP 9.9.9.9:9>2"},
			{"write(fd=9)", 2, "", with(fds(9, "TCPv6:[[::1]:1->[::2]:2]")), "|TCP [::2]:2>2"},
			{"write(fd=9)", 2, "", with(fds(9, `UNIX:[12,"/run/y"]`)), "|UNIX /run/y>2"},
			{"write(fd=9)", 2, "", with(fds(9, `NETLINK:[12]`)), "|NETLINK (no peer)>2"},
		}},
	} {
		r := New(Options{})
		r.Look(func(int) string { return "/cwd" }, func(_ int, fd int32) string { return fmt.Sprintf("TCP:[1.1.1.1:1->9.9.9.9:%d]", fd) })
		p := &pretend{r: r, pid: 1}
		for _, s := range row.steps {
			p.call(s.call, s.ret, s.errno, 1, s.more...)
			files, peers := texted(r.subjects.files), texted(r.subjects.peers)
			if got := strings.TrimSuffix(files+"|"+peers, "|"); got != s.want {
				t.Errorf("%s: %s: %q, want %q", row.name, s.call, got, s.want)
			}
		}
	}
}

// Arguments show the ends of sockets, as far as they are known then.
func TestSocketsShown(t *testing.T) {
	r := New(Options{})
	p := &pretend{r: r, pid: 1}
	p.call("socket(domain=AF_INET; type=SOCK_STREAM)", 3, "", 1, fds(3, "socket:[1]"))
	p.call(`connect(fd=3<socket:[1]>; addr={sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr("10.0.0.1")})`, 0, "", 1, fds(3, "socket:[1]"))
	p.call("poll(fds=[{fd=3<socket:[1]>}, {fd=4<socket:[2]>}, {fd=5</x>}, {fd=3<socket:[1]>}, <socket:[)", 1, "", 1)
	d := decode(t, r.Finish(nil))
	var got []string
	for _, i := range d.Calls.Args {
		got = append(got, d.Strings[i])
	}
	want := []string{"AF_INET\nSOCK_STREAM", "3<TCP 10.0.0.1:80>\n{sa_family=AF_INET, sin_port=htons(80), sin_addr=inet_addr(\"10.0.0.1\")}",
		"[{fd=3<TCP 10.0.0.1:80>}, {fd=4<socket:[2]>}, {fd=5</x>}, {fd=3<TCP 10.0.0.1:80>}, <socket:["}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func texted(all []subject) string {
	var words []string
	for _, s := range all {
		w := s.name
		if s.in > 0 {
			w += fmt.Sprint("<", s.in)
		}
		if s.out > 0 {
			w += fmt.Sprint(">", s.out)
		}
		words = append(words, w)
	}
	return strings.Join(words, " ")
}

// A table that is full keeps the rows with the most time; the others become one.
func TestTableHalves(t *testing.T) {
	lim := usual
	lim.rows = 4
	r := newReport(Options{}, lim)
	p := &pretend{r: r, pid: 1}
	for i, d := range []int64{5, 1, 9, 2, 7, 7, 3} {
		p.call("read(fd=3)", 10, "", d, fds(3, fmt.Sprint("/", i)))
	}
	p.call("read(fd=3)", -1, "EAGAIN", 4, fds(3, "/1"))
	d := decode(t, r.Finish(nil))
	want := []string{"/2: 1 calls, 0 errors, in 10, out 0", "/4: 1 calls, 0 errors, in 10, out 0", "/1: 1 calls, 1 errors, in 0, out 0", "/6: 1 calls, 0 errors, in 10, out 0",
		"(others): 4 calls, 0 errors, in 40, out 0"}
	if diff := cmp.Diff(want, d.Files.words(d)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if n := len(d.Files.Name) - 1; d.Files.More != 4 || d.Files.Begin[n] != 0 || d.Files.Longest[n] != 7 {
		t.Errorf("others: %+v", d.Files)
	}
}

// Relative paths start where the process is then; chdir's own path has brought it there.
func TestWorkingDirectory(t *testing.T) {
	r, cwd := New(Options{}), "/one"
	r.Look(func(int) string { return cwd }, nil)
	p := &pretend{r: r, pid: 1}
	var got []string
	call := func(name, path, errno string) {
		p.call(name+"(path="+path+")", 0, errno, 1, paths(path))
		got = append(got, r.subjects.files[0].name)
	}
	call("stat", "f", "")
	cwd = "/one/two"
	call("chdir", "two", "")
	call("chdir", "no", "ENOENT")
	call("stat", "f", "")
	if diff := cmp.Diff([]string{"/one/f", "/one/two", "/one/two/no", "/one/two/f"}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
