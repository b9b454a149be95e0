package session_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/session"
	"github.com/trapline/trapline/tracer"
)

// What the completer offers, on a program that is stopped in main.
func TestComplete(t *testing.T) {
	testprog.Leftovers(t)
	program := testprog.Build(t, "factorial")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "script.tl"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		s := session.New(session.Config{Tracer: tracer.New(linux.New(linux.NewHost()), tracer.Options{}), Out: null, Face: &typist{out: null},
			Views:  []string{"tree", "vm"},
			Target: session.Target{Path: program, Program: program, Files: []int{int(null.Fd()), int(null.Fd()), int(null.Fd())}}})
		defer s.Close()
		if err := s.Start("main"); err != nil {
			t.Error(err)
			return
		}
		for _, c := range []struct{ line, head, want string }{
			{"brea", "", "break "}, {"info regi", "info ", "registers "}, {"info ", "info ", "breakpoints"}, {"info proc ma", "info proc ", "maps"},
			{"break inner", "break ", "innermost"}, {"break factorial.c", "break ", "factorial.c:"}, {"print arg", "print ", "argc"}, {"p argc+fact", "p argc+", "factorial"},
			{"p $ra", "p ", "$rax"}, {"info registers xm", "info registers ", "xmm0"}, {"handle SIGUS", "handle ", "SIGUSR1"}, {"handle sigus", "handle ", "SIGUSR1"},
			{"catch syscall opena", "catch syscall ", "openat"}, {"source " + dir + "/scr", "source ", dir + "/script.tl"}, {"help bre", "help ", "break"},
			{"set follow", "set ", "follow-fork"}, {"thread ", "thread ", "apply"}, {"info kernel t", "info kernel ", "tree"},
		} {
			head, words := s.Complete(c.line)
			if head != c.head || !slices.Contains(words, c.want) {
				t.Errorf("Complete(%q) = %q, %s, want %q in it", c.line, head, strings.Join(words, "|"), c.want)
			}
		}
	}()
	<-done
}
