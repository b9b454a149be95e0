package fs

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/trapline/trapline/kernel/model/errno"
)

// counter is a sleep.Waiter that counts.
type counter struct{ n int }

func (c *counter) Wakeup() { c.n++ }

// TestPipes does random things to a pipe and to a naive one, a slice.
func TestPipes(t *testing.T) {
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 3))
		s := newFS(t, 1)
		read, write := s.Pipe(root, 0)
		readers, writers := []*File{read}, []*File{write}
		var naive []byte
		next := byte(0)
		asleepR, asleepW := &counter{}, &counter{}
		read.ReadQueue().Add(asleepR)
		write.WriteQueue().Add(asleepW)
		for step := range 100 {
			what := fmt.Sprintf("seed %d step %d", seed, step)
			wokenR, wokenW := asleepR.n, asleepW.n
			switch r.IntN(12) {
			case 0, 1, 2, 3: // write
				p := make([]byte, []int{0, 1, 100, PipeBuf, PipeBuf + 1, 20000, 70000}[r.IntN(7)])
				for i := range p {
					next++
					p[i] = next
				}
				if len(writers) == 0 {
					continue
				}
				n, e := writers[r.IntN(len(writers))].Write(p)
				room := PipeSize - len(naive)
				all := min(len(p), room)
				wantE := ok
				switch {
				case len(p) == 0:
				case len(readers) == 0:
					all, wantE = 0, errno.EPIPE
				case len(p) <= PipeBuf && len(p) > room:
					all, wantE = 0, errno.EAGAIN
				case all < len(p):
					wantE = errno.EAGAIN
				}
				want(t, what+" write", fmt.Sprint(n, e), fmt.Sprint(all, wantE))
				naive = append(naive, p[:all]...)
				if all > 0 && asleepR.n == wokenR {
					t.Fatal(what, ": readers sleep on")
				}
			case 4, 5, 6, 7: // read
				if len(readers) == 0 {
					continue
				}
				p := make([]byte, []int{0, 1, 100, PipeBuf, 30000}[r.IntN(5)])
				n, e := readers[r.IntN(len(readers))].Read(p)
				wantN, wantE := min(len(p), len(naive)), ok
				if wantN == 0 && len(p) > 0 && len(writers) > 0 {
					wantE = errno.EAGAIN
				}
				want(t, what+" read", fmt.Sprint(n, e), fmt.Sprint(wantN, wantE))
				if !bytes.Equal(p[:n], naive[:wantN]) {
					t.Fatal(what, ": other bytes")
				}
				naive = naive[wantN:]
				if wantN > 0 && asleepW.n == wokenW {
					t.Fatal(what, ": writers sleep on")
				}
			case 8: // open another end by way of /proc
				if len(readers)+len(writers) == 0 || r.IntN(2) == 0 {
					continue
				}
				f := must[*File](t)(s.OpenNode(root, read.Node(), ORead|ONonblock))
				readers = append(readers, f)
			case 9:
				if r.IntN(4) == 0 {
					readers = drop(r, readers)
				}
			case 10:
				if r.IntN(4) == 0 {
					writers = drop(r, writers)
				}
			}
			if len(readers)+len(writers) == 0 {
				break
			}
			checkPoll(t, what, readers, writers, len(naive))
		}
	}
}

// drop closes one of the files.
func drop(r *rand.Rand, all []*File) []*File {
	if len(all) == 0 {
		return all
	}
	i := r.IntN(len(all))
	all[i].Release()
	return slices.Delete(all, i, i+1)
}

func checkPoll(t *testing.T, what string, readers, writers []*File, queued int) {
	t.Helper()
	bit := func(r Ready, is bool) Ready {
		if is {
			return r
		}
		return 0
	}
	if len(readers) > 0 {
		want(t, what+" poll to read", readers[0].Poll(), bit(In, queued > 0)|bit(Hup, len(writers) == 0))
		want(t, what+" buffered", readers[0].Buffered(), queued)
	}
	if len(writers) > 0 {
		want(t, what+" poll to write", writers[0].Poll(), bit(Out, PipeSize-queued >= PipeBuf)|bit(Err, len(readers) == 0))
	}
}

func TestFifo(t *testing.T) {
	s := newFS(t, 1)
	want(t, "mkfifo", s.Mkfifo(root, s.root, "f", 0o666), ok)
	open := func(flags Flags) (*File, errno.Errno) { return s.Open(user, s.root, "/f", flags, 0) }

	_, e := open(OWrite | ONonblock)
	want(t, "nobody reads", e, errno.ENXIO)
	r, e := open(ORead)
	want(t, "nobody writes", e, errno.EAGAIN)
	c := &counter{}
	r.OpenQueue().Add(c)
	want(t, "still nobody", r.Opened(), errno.EAGAIN)
	w, e := open(OWrite)
	want(t, "somebody reads", e, ok)
	want(t, "woken", c.n, 1)
	w.Release()
	want(t, "somebody wrote, if only for a moment", r.Opened(), ok)
	n, e := r.Read(make([]byte, 1))
	want(t, "end", fmt.Sprint(n, e), fmt.Sprint(0, ok))
	w, _ = open(OWrite | ONonblock)
	w.Write([]byte("left over"))
	w.Release()
	r.Release()

	r, e = open(ORead | ONonblock)
	want(t, "does not wait", e, ok)
	want(t, "no hang-up before anybody wrote", r.Poll(), Ready(0))
	n, e = r.Read(make([]byte, 9))
	want(t, "nothing is left over", fmt.Sprint(n, e), fmt.Sprint(0, ok))
	w, _ = open(OWrite)
	w.Release()
	want(t, "hang-up", r.Poll(), Hup)
	r.Release()

	w, e = open(OWrite)
	want(t, "nobody reads", e, errno.EAGAIN)
	w.Release() // interrupted
	both, e := open(ORead | OWrite)
	want(t, "both ends", e, ok)
	both.Write([]byte("x"))
	want(t, "own bytes", both.Poll(), In|Out)
	both.Release()
	_, e = open(0)
	want(t, "neither", e, errno.EINVAL)
	_, e = s.Open(user, s.root, "/f", ODirectory|ORead, 0)
	want(t, "directory", e, errno.ENOTDIR)
}

func TestTable(t *testing.T) {
	s := newFS(t, 1)
	r, w := s.Pipe(root, 0)
	tab := NewTable(5)
	got := func(n int, e errno.Errno) string { return fmt.Sprint(n, " ", e) }
	install := func(f *File, low int, c bool) string { return got(tab.Install(f, low, c)) }
	dup := func(fd, low int) string { return got(tab.Dup(fd, low, false)) }
	for i, row := range []struct{ got, want string }{
		{install(r, 0, false), "0 OK"}, {install(w, 0, true), "1 OK"}, {dup(1, 3), "3 OK"}, {dup(0, 0), "2 OK"},
		{dup(0, 0), "4 OK"}, {dup(0, 0), "-1 EMFILE"}, {dup(0, 5), "-1 EINVAL"}, {dup(0, -1), "-1 EINVAL"}, {dup(9, 0), "-1 EBADF"},
		{fmt.Sprint(tab.Dup2(1, 0, false)), "OK"}, {fmt.Sprint(tab.Dup2(1, 5, false)), "EBADF"}, {fmt.Sprint(tab.Dup2(1, -1, false)), "EBADF"},
		{fmt.Sprint(tab.Dup2(7, 7, false)), "EBADF"}, {fmt.Sprint(tab.Dup2(1, 1, false)), "OK"},
		{fmt.Sprint(tab.Close(4)), "OK"}, {fmt.Sprint(tab.Close(4)), "EBADF"}, {fmt.Sprint(tab.Close(-1)), "EBADF"},
		{fmt.Sprint(tab.SetCloseOnExec(3, true)), "OK"}, {fmt.Sprint(tab.SetCloseOnExec(4, true)), "EBADF"},
	} {
		want(t, fmt.Sprint("row ", i), row.got, row.want)
	}
	list := func(tab *Table) (all string) {
		tab.Each(func(fd int, f *File, c bool) { all += fmt.Sprint(fd, f == w, c, " ") })
		return all
	}
	all := "0 true false 1 true true 2 false false 3 true true "
	want(t, "table", list(tab), all)
	child := tab.Fork()
	want(t, "forked", list(child), all)
	want(t, "users", fmt.Sprint(r.Users(), w.Users()), "2 6")
	child.CloseExec()
	want(t, "after exec", list(child), "0 true false 2 false false ")
	tab.Share()
	tab.Release()
	want(t, "shared", list(tab), all)
	tab.Release()
	want(t, "users", fmt.Sprint(r.Users(), w.Users(), list(tab)), "1 1")
	child.SetLimit(2)
	_, e := child.Get(2)
	want(t, "above the limit", e, ok)
	child.Close(0)
	want(t, "nobody writes", r.Poll(), Hup)
	child.Release()
	want(t, "users", fmt.Sprint(r.Users(), w.Users()), "0 0")
}
