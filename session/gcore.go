package session

// "generate-core-file": what the selected process is at this moment, as a core file. A kernel that
// writes cores of living processes is asked to; elsewhere the core is written here.

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/trapline/trapline/elfinfo/core"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/tracer"
)

func (s *Session) gcore(a *Args) error {
	p := s.process()
	words, err := splitArgs(a.Text)
	if err != nil {
		return err
	}
	if len(words) > 1 {
		return errors.New("one file name is enough: \"generate-core-file [FILE]\"")
	}
	name := fmt.Sprintf("core.%d", p.PID)
	if len(words) == 1 {
		name = words[0]
	}
	path := name
	if !filepath.IsAbs(path) {
		path = filepath.Join(s.cwd(), path)
	}
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600) // it holds all of the process's secrets
	if err != nil {
		return err
	}
	if st, err := f.Stat(); err != nil || !st.Mode().IsRegular() {
		return errors.Join(fmt.Errorf("%s is no file that a core could be written to", name), err, f.Close())
	}
	s.cancelled.Store(false)
	if err = f.Truncate(0); err == nil {
		err = s.dump(p, f)
	}
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(path)
		return fmt.Errorf("no core was written: %w", err)
	}
	s.printf("Saved corefile %s\n", name)
	return nil
}

// dump writes the core. A kernel that does it is at it until it has done.
func (s *Session) dump(p *tracer.Process, f *os.File) error {
	d := kernel.DumperOf(s.T.Kernel())
	if d == nil {
		return s.writeCore(p, f)
	}
	err := p.WithoutTraps(func() error { return d.DumpCore(p.PID, f) })
	if err == nil && s.cancelled.Load() {
		err = errCancelled
	}
	return err
}

// bigCore is from how many bytes on the progress is told.
const bigCore = 1 << 30

func (s *Session) writeCore(p *tracer.Process, f core.File) error {
	proc := s.T.Kernel().Procfs().Proc(int(p.PID))
	im := &core.Image{OS: s.os, Process: describeProcess(proc), Read: p.ReadMem}
	for _, th := range s.coreThreads(p) {
		t, err := s.threadImage(th)
		if err != nil {
			return fmt.Errorf("thread %d: %w", th.TID, err)
		}
		im.Threads = append(im.Threads, t)
	}
	var err error
	if im.Auxv, err = proc.RawAuxv(); err != nil {
		return err
	}
	if im.Regions, err = coreRegions(proc); err != nil {
		return err
	}
	told := uint64(0)
	return im.Write(f, func(done, all uint64) error {
		if tenth := done * 10 / max(all, 1); all >= bigCore && tenth > told {
			told = tenth
			s.printf("%d%% of %d MiB\n", tenth*10, all>>20)
		}
		if s.cancelled.Load() {
			return errCancelled
		}
		return nil
	})
}

// coreThreads are the process's, the selected one first.
func (s *Session) coreThreads(p *tracer.Process) []*tracer.Thread {
	all := slices.Clone(p.Threads())
	slices.SortStableFunc(all, func(a, b *tracer.Thread) int {
		return map[bool]int{true: -1}[a == s.thread] - map[bool]int{true: -1}[b == s.thread]
	})
	return slices.DeleteFunc(all, func(th *tracer.Thread) bool { return !th.Stopped() })
}

func (s *Session) threadImage(th *tracer.Thread) (core.ThreadImage, error) {
	set, err := th.Regs(regs.General | regs.Extended)
	if err != nil {
		return core.ThreadImage{}, err
	}
	t := core.ThreadImage{TID: int(th.TID), Regs: set}
	if st := &th.Stop; st.Kind == kernel.SignalStop || st.Kind == kernel.Trap {
		t.Signal, t.Info = int(st.Info.Signal), st.Info.Raw[:]
	}
	if st, err := s.T.Kernel().Procfs().Proc(int(th.Process.PID)).Task(int(th.TID)).Status(); err == nil {
		t.Pending, t.Mask = st.SigPending[0], st.SigBlocked[0]
	}
	return t, nil
}

// describeProcess is as much as the system tells.
func describeProcess(p procfs.Proc) core.Process {
	out := core.Process{PID: p.PID}
	if st, err := p.Stat(); err == nil {
		out.PPID, out.PGID, out.SID, out.Name, out.Nice, out.State = st.PPID, st.PGID, st.SID, st.Comm, st.Nice, byte(st.State)
	}
	if st, err := p.Status(); err == nil {
		out.UID, out.GID = int(st.UID.Real), int(st.GID.Real)
	}
	if args, err := p.Cmdline(); err == nil {
		out.Args = strings.Join(args, " ")
	}
	return out
}

// coreRegions are the mappings, and of each how much its process's filter wants in a core. Without
// smaps, memory that may be written counts as written.
func coreRegions(p procfs.Proc) ([]core.Region, error) {
	uses, err := p.MapUses()
	if err != nil {
		maps, err := p.Maps()
		if err != nil {
			return nil, err
		}
		for _, m := range maps {
			u := procfs.MapUse{Map: m}
			if m.Perm&procfs.Write != 0 {
				u.Anonymous = m.Size()
			}
			uses = append(uses, u)
		}
	}
	filter := core.DefaultFilter
	if f, err := p.CoreFilter(); err == nil {
		filter = core.Filter(f)
	}
	var out []core.Region
	for i := range uses {
		out = append(out, core.Region{Map: uses[i].Map, Dumped: filter.Dumped(&uses[i])})
	}
	return out, nil
}
