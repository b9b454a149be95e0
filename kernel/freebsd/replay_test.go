package freebsd

import (
	_ "embed"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

var update = flag.Bool("update", false, "write what the replayed recordings give")

// golden is what they gave; embedded, so that the test binary runs anywhere.
//
//go:embed testdata/replays.txt
var golden string

const goldenFile = "testdata/replays.txt"

// notReplayed are scenarios that are not one debugger with one tracee after another, and
// those that show what no adapter does.
var notReplayed = []string{"errnos-", "sysctl-", "access-", "wait-", "tunables", "debugger-", "attach-already", "attach-ancestor", "attach-odd", "attach-init",
	"attach-zombie", "detach-", "lwpinfo-", "event-mask", "regs-", "status-", "sc-remote", "coredump", "suspend-", "traceme-", "continue-bad",
	"attach-by-lwpid", "continue-twice", "io-", "peek-", "vm-", "watch-bad"}

func replayed() (files []string) {
	for _, s := range recordings.Index() {
		if !slices.ContainsFunc(notReplayed, func(p string) bool { return strings.HasPrefix(s.Name, p) }) {
			files = append(files, s.Files...)
		}
	}
	return files
}

// TestReplay drives the adapter against recordings: every thread that is told of is set
// going again as the recorder set its process going. The stops that it makes of them are
// compared with the file; what it does to the kernel is checked by the player.
func TestReplay(t *testing.T) {
	var got strings.Builder
	files := replayed()
	if len(files) < 150 {
		t.Fatalf("only %d recordings are replayed", len(files))
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(file, ".jsonl"), func(t *testing.T) {
			p := newPlayer(t, file)
			if p == nil || len(p.frames) == 0 {
				t.Skip("two debuggers, or no stop")
			}
			fmt.Fprintf(&got, "%s\n", strings.TrimSuffix(file, ".jsonl"))
			for _, line := range p.drive() {
				fmt.Fprintf(&got, "\t%s\n", line)
			}
		})
	}
	if *update {
		os.MkdirAll("testdata", 0o755)
		os.WriteFile(goldenFile, []byte(got.String()), 0o644)
	}
	if d := cmp.Diff(golden, got.String()); d != "" && !*update && !t.Failed() {
		t.Error(d)
	}
}

// asked are the seam's events for the bits of the masks that a recording sets.
var asked = []struct {
	bit    uint32
	events kernel.Events
}{{raw.MaskLWP, kernel.EventThreads | kernel.EventExit}, {raw.MaskFork, kernel.EventForks}, {raw.MaskVfork, kernel.EventVforkDone}}

// drive runs the whole of a recording and returns the stops told, a line each.
func (p *player) drive() []string {
	events := kernel.EventExec | kernel.EventThreads
	for _, f := range p.frames {
		for _, row := range asked {
			if f.mask&row.bit != 0 {
				events |= row.events
			}
		}
	}
	k := New(p)
	pid := kernel.PID(p.pids[len(p.pids)-1])
	if p.attach {
		if _, _, err := k.Attach(kernel.PID(p.frames[0].pid), events); err != nil {
			p.t.Fatal(err)
		}
	} else if len(p.pids) != 1 {
		p.t.Skip("several programs")
	} else if got, err := k.Launch(&kernel.Launch{Path: "tracee", Events: events}); err != nil || got != pid {
		p.t.Fatal(got, err)
	}
	var out []string
	mode := kernel.Run
	for range 1000 {
		batch := p.batch(k)
		for i := range batch {
			out = append(out, p.line(&batch[i]))
		}
		for i := range batch {
			if batch[i].Kind.Alive() {
				mode = p.leave(k, &batch[i], mode)
			}
		}
		if len(batch) == 0 {
			break
		}
	}
	if p.next != len(p.frames) {
		p.t.Errorf("%d of %d recorded waits were taken", p.next, len(p.frames))
	}
	return out
}

// batch takes all that there is to be told of one stop.
func (p *player) batch(k *Kernel) (out []kernel.Stop) {
	for len(out) == 0 || len(k.told) > 0 || slices.ContainsFunc(k.held, k.releasable) {
		var s kernel.Stop
		err := k.Wait(&s, false)
		switch {
		case errors.Is(err, kernel.ErrNone) || errors.Is(err, kernel.ErrNoTracees):
			return out
		case err != nil:
			p.t.Fatal(err)
		}
		out = append(out, s)
	}
	return out
}

// leave sets a thread going as its process was, and returns the mode that it has then.
func (p *player) leave(k *Kernel, s *kernel.Stop, mode kernel.Mode) kernel.Mode {
	f := p.now[int(s.PID)]
	if f == nil || f.hold[int(s.TID)] { // let go or killed with the others; held
		return mode
	}
	a := kernel.Action{TID: s.TID, Step: f.target == int(s.TID) || f.target == f.pid}
	if int(s.TID) == p.reporter(f) && len(k.tasks[s.TID].owed) == 0 {
		a.Signal = kernel.Signal(f.data)
	}
	switch f.leave {
	case raw.Syscall, raw.ToSCE, raw.ToSCX:
		mode = kernel.Syscalls
	case raw.Kill:
		if err := k.Kill(s.PID); err != nil {
			p.t.Error(err)
		}
		return mode
	case raw.Detach:
		if err := k.Detach(s.PID, []kernel.Action{a}); err != nil {
			p.t.Error(err)
		}
		return mode
	case 0: // the recording ends in this stop
		return mode
	}
	if f.mask&(raw.MaskSCE|raw.MaskSCX) != 0 {
		mode = kernel.Syscalls
	}
	if err := k.Resume(s.PID, mode, []kernel.Action{a}); err != nil {
		p.t.Error(err)
	}
	return mode
}

// line is a stop in words; ids by the order in which they appear.
func (p *player) line(s *kernel.Stop) string {
	out := fmt.Sprintf("%s %s", p.name(int(s.TID)), s.Kind)
	if s.TID == 0 || strings.HasPrefix(out, "P") && !strings.Contains(strings.Fields(out)[0], "/") {
		out = fmt.Sprintf("%s %s", p.name(int(s.PID)), s.Kind)
	}
	switch s.Kind {
	case kernel.SyscallEnter:
		out += fmt.Sprintf(" %d", s.Syscall.Nr)
		for _, a := range s.Syscall.Args {
			if a < 0x700000 { // others are where the stack is
				out += fmt.Sprintf(" %#x", a)
			} else {
				out += " *"
			}
		}
	case kernel.SyscallExit:
		out += fmt.Sprintf(" %d", s.Syscall.Nr)
		if s.Syscall.Failed {
			out += fmt.Sprintf(" failed %d", -s.Syscall.Ret)
		} else if s.Syscall.Ret < 1000 {
			out += fmt.Sprintf(" %#x", s.Syscall.Ret)
		}
	case kernel.SignalStop:
		out += fmt.Sprintf(" %d code %#x", s.Signal, s.Info.Code)
		if s.Info.Sync {
			out += fmt.Sprintf(" at %#x", s.Info.Addr)
		}
	case kernel.Trap:
		out += fmt.Sprintf(" %d at %#x", s.Trap, s.Info.Addr)
		if s.HW != 0 {
			out += fmt.Sprintf(" hw %d", s.HW)
		}
	case kernel.ProcessNew:
		out += fmt.Sprintf(" %s how %d shares %v", p.name(int(s.Child)), s.How, s.SharesMemory)
	case kernel.Started:
		if s.Parent != 0 {
			out += " of " + p.name(int(s.Parent))
		}
	case kernel.VforkDone:
		out += " " + p.name(int(s.Child))
	case kernel.Exited:
		out += fmt.Sprintf(" %d", s.Code)
	case kernel.Killed:
		out += fmt.Sprintf(" %d core %v", s.Signal, s.Core)
	}
	if s.Kind.Alive() && !s.Whole {
		p.t.Errorf("%s is not of the whole process", out)
	}
	return out
}
