package freebsd_test

import (
	"errors"
	"testing"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
	"github.com/trapline/trapline/procfs/kinfo"
)

// executing is a kernel whose processes are in execve(2) for some attempts to attach to them.
type executing struct {
	*bridge
	attempts int  // that are refused yet
	shown    bool // the processes' flags say why
}

func (x *executing) Ptrace(req, id int, addr, data uint64) (int, raw.Errno) {
	if req == raw.Attach && x.attempts > 0 {
		x.attempts--
		return 0, raw.EBUSY
	}
	return x.bridge.Ptrace(req, id, addr, data)
}

func (x *executing) Sysctl(name string, args ...int32) ([]byte, raw.Errno) {
	b, e := x.bridge.Sysctl(name, args...)
	if name == "kern.proc.pid" && e == 0 && x.attempts > 0 && x.shown {
		list, err := kinfo.DecodeProcs(b)
		if err != nil || len(list) != 1 {
			x.t.Fatal(list, err)
		}
		list[0].Flag |= kinfo.FlagInExec
		b = list[0].Append(nil)
	}
	return b, e
}

// TestAttachInExec: who executes a program is attached to when it has one; who is refused for
// another reason is tried once more.
func TestAttachInExec(t *testing.T) {
	a := replay.NewAsm()
	a.L("_start")
	a.Spin("loop")
	for _, c := range []struct {
		attempts int
		shown    bool
		want     error
		left     int
	}{{0, true, nil, 0}, {3, true, nil, 0}, {3, false, kernel.Errno(raw.EBUSY), 1}, {1 << 20, true, kernel.Errno(raw.EBUSY), 1<<20 - 1000}} {
		x := &executing{bridge: newBridge(t, 2), shown: c.shown}
		x.m.FS.WriteFile("/w/spinner", a.Link("spinner").Image, 0o755)
		k := freebsd.New(x)
		pid, err := k.Launch(&kernel.Launch{Path: "/w/spinner", Args: []string{"spinner"}, Foreground: -1})
		if err == nil {
			err = k.Detach(pid, nil)
		}
		if err != nil {
			t.Fatal(err)
		}
		x.attempts = c.attempts
		if _, _, err := k.Attach(pid, 0); !errors.Is(err, c.want) || x.attempts != c.left {
			t.Errorf("%d attempts, shown %v: %v and %d left; want %v and %d", c.attempts, c.shown, err, x.attempts, c.want, c.left)
		}
		x.m.Close()
	}
}
