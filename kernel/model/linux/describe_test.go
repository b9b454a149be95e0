package linux

import (
	"fmt"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
)

// described is a world with something in every view: a traced process, a child with memory in
// common, threads that sleep, stopped ones, a zombie, a terminal, timers, futexes, pipes.
func described(t *testing.T) (w *world, child, second *kern.Thread) {
	w = newWorld(t)
	second = w.thread()
	w.p.Actions.Get(System.Sig.HUP).Handler = kern.Ignored
	w.p.Actions.Get(System.Sig.TERM).Handler = 0x400000
	second.Mask = kern.Of(System.Sig.USR1, System.Sig.CHLD)
	w.m.PostThread(second, kern.SigInfo{Signo: System.Sig.USR1, Origin: kern.FromThread, PID: 1})
	w.p.SetTimer(kern.RealTimer, 3*aSecond, 0)
	master, e := w.m.FS.Open(fs.Cred{}, w.m.FS.Root(), "/dev/ptmx", fs.ORead|fs.OWrite, 0)
	check(t, "ptmx", e, errno.OK)
	t.Cleanup(master.Release)
	check(t, "setsid", w.p.SetSID(), errno.OK)
	check(t, "acquire", w.p.Acquire(pairsOf(w.m)[0].Terminal, false), errno.OK)
	r, wr := w.m.FS.Pipe(fs.Cred{}, 0)
	wr.Write([]byte("five!"))
	w.p.Files.Install(r, 5, false)
	w.p.Files.Install(wr, 5, true)
	child, e = w.t.Fork(kern.ForkSpec{Exit: System.Sig.CHLD})
	check(t, "fork", e, errno.OK)
	child.Proc.Space.Poke(0x401000, []byte("DATA"))
	child.Regs.RIP = w.p.Image.Entry
	child.Start()
	w.run(func() bool { return child.State == kern.Sleeping })
	check(t, "seize", attach(w.x.Thread, child, true, 0, 0), errno.OK)
	return w, child, second
}

const aSecond = 1_000_000_000

func (w *world) describe(what string) string {
	w.Helper()
	var b strings.Builder
	if err := w.m.Describe(&b, what); err != nil {
		w.Fatal(err)
	}
	return b.String()
}

func TestDescribe(t *testing.T) {
	w, child, second := described(t)
	pid, tid, kid, out := w.p.PID, second.TID, child.TID, w.x.Proc.PID
	for _, c := range []struct {
		what string
		want []string // lines, blanks counted once
	}{
		{"", []string{"memory: N of 262144 pages in use", fmt.Sprintf("%d %d %d %d 1000 2 sleeping pauser", pid, out, pid, pid)}},
		{"tree", []string{
			"PID PPID PGRP SID UID THR STATE COMMAND TRACER HOW IT IS",
			"1 0 1 1 0 1 outside init",
			fmt.Sprintf("%d 1 %d %d 0 1 outside outside", out, out, out),
			fmt.Sprintf("%d %d %d %d 1000 2 sleeping pauser", pid, out, pid, pid),
			fmt.Sprintf("%d %d %d %d 1000 1 sleeping pauser %d", kid, pid, pid, pid, out),
		}},
		{"threads", []string{
			"PID TID COMMAND STATE WAITS FOR IN PENDING BLOCKED",
			fmt.Sprintf("%d %d pauser sleeping pause pause()", pid, pid),
			fmt.Sprintf("%d %d pauser sleeping pause pause() USR1 USR1,CHLD", pid, tid),
		}},
		{"signals", []string{
			fmt.Sprintf("pauser/%d: sleeping", pid), "ignores HUP", "catches TERM at 0x400000",
			fmt.Sprintf("thread %d blocks USR1 CHLD", tid), fmt.Sprintf("thread %d pending USR1 (tkill of 1)", tid),
		}},
		{"jobs", []string{
			"session 1, led by init/1", fmt.Sprintf("session %d, led by pauser/%d", pid, pid),
			fmt.Sprintf("terminal pts/0: session %d, foreground group %d, 0x0 icanon isig echo", pid, pid),
			fmt.Sprintf("group %d, foreground, orphaned: pauser/%d (sleeping) pauser/%d (sleeping)", pid, pid, kid),
		}},
		{fmt.Sprintf("files %d", pid), []string{
			fmt.Sprintf("pauser/%d", pid), "directory /, umask 022", "program /bin/pauser",
		}},
		{fmt.Sprintf("vm %d", kid), []string{
			"ADDRESSES PROT MAX FORK OFFSET PAGES OWN NAME",
			"000000400000-000000401000 r-xp rwx copy 0x0 1 0 /bin/pauser",
			"000000401000-000000402000 rw-p rwx copy 0x1000 1 1 /bin/pauser",
		}},
		{"queues", []string{
			"to run: nobody", "waiting, by what for:", fmt.Sprintf("pause pauser/%d pauser/%d pauser/%d", pid, tid, kid),
			"DUE AT IN FOR", "futexes:",
		}},
		{"stats", []string{"COUNT OF", "2 processes and threads made", "1 programs executed", "has 4 processes, 5 threads of 4096, 3 groups, 3 sessions"}},
	} {
		text := w.describe(c.what)
		var lines []string
		for line := range strings.Lines(text) {
			if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > kern.DescribeWidth {
				t.Errorf("%q: a line of %d characters: %s", c.what, n, line)
			}
			lines = append(lines, strings.Join(strings.Fields(line), " "))
		}
		for _, want := range c.want {
			if !has(lines, want) {
				t.Errorf("%q: no line %q in\n%s", c.what, want, text)
			}
		}
	}
	if text := w.describe(fmt.Sprintf("files %d", pid)); !strings.Contains(text, "5 of 65536 bytes, readers 1, writers 1") {
		t.Errorf("the pipe is not told of in\n%s", text)
	}
	if text := w.describe(fmt.Sprintf("vm %d", kid)); !strings.Contains(text, "shadows") || !strings.Contains(text, "(file /bin/pauser, ") {
		t.Errorf("no chain in\n%s", text)
	}
	if text := w.describe("queues"); !strings.Contains(text, fmt.Sprintf("s  pauser/%d\n", pid)) {
		t.Errorf("the timer has no owner in\n%s", text)
	}
}

// has says whether a line is there; N stands for a number.
func has(lines []string, want string) bool {
	for _, line := range lines {
		if line == want {
			return true
		}
		a, b := strings.Fields(line), strings.Fields(want)
		same := len(a) == len(b)
		for i := 0; same && i < len(a); i++ {
			same = a[i] == b[i] || b[i] == "N"
		}
		if same {
			return true
		}
	}
	return false
}

func TestDescribeStates(t *testing.T) {
	w := newWorld(t)
	state := func() string {
		for line := range strings.Lines(w.describe("tree")) {
			if f := strings.Fields(line); f[0] == fmt.Sprint(w.p.PID) {
				return strings.Join(f[6:], " ")
			}
		}
		return "gone"
	}
	check(t, "sleeping", state(), "sleeping pauser")
	w.m.Post(w.p, kern.SigInfo{Signo: System.Sig.STOP})
	w.run(func() bool { return w.t.State == kern.Stopped })
	check(t, "stopped", state(), "stopped pauser stopped by STOP")
	check(t, "seize", attach(w.x.Thread, w.t, true, 0, 0), errno.OK)
	check(t, "traced", state(), fmt.Sprintf("traced pauser %d stopped by STOP", w.x.Proc.PID))
	w.m.Post(w.p, kern.SigInfo{Signo: System.Sig.KILL})
	w.run(func() bool { return w.t.State == kern.Dead })
	check(t, "zombie", state(), fmt.Sprintf("zombie pauser %d killed by KILL", w.x.Proc.PID))
}

func TestDescribeErrors(t *testing.T) {
	w := newWorld(t)
	for what, want := range map[string]string{
		"nonsense": `the kernel has no view "nonsense": there is tree, threads, signals, jobs, files PID, vm PID, queues, stats`,
		"vm":       "vm PID: which process?",
		"vm x":     "vm: there is no process x",
		"files 2":  "files: there is no process 2",
	} {
		err := w.m.Describe(&strings.Builder{}, what)
		check(t, what, fmt.Sprint(err), want)
	}
	w.p.Comm = "a\nb\x1b[1m"
	for _, v := range kern.Views() {
		text := w.describe(strings.ReplaceAll(v.Name, "PID", fmt.Sprint(w.p.PID)))
		if strings.Contains(text, "a\nb") || strings.Contains(text, "\x1b") {
			t.Errorf("%s shows what is not text", v.Name)
		}
	}
}
