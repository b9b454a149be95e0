package session

import (
	"errors"
	"fmt"
	"io/fs"
	"regexp"
	"strings"

	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/procfs"
)

// "info proc": the process as the kernel sees it.

func procSubs() []Command {
	row := func(name, short string, run func(*Session, procfs.Proc) error) Command {
		return Command{Names: []string{name}, Short: short, Needs: NeedsProcess, Run: func(s *Session, _ *Args) error { return run(s, s.proc()) }}
	}
	return []Command{
		row("all", "everything below", (*Session).procAll),
		row("auxv", "the auxiliary vector", (*Session).procAuxv),
		row("cmdline", "the command line", (*Session).procCmdline),
		row("cwd", "the working directory", (*Session).procCwd),
		row("environ", "the environment it was started with", (*Session).procEnviron),
		row("exe", "the program file", (*Session).procExe),
		row("fds", "open descriptors and what they refer to", (*Session).procFDs),
		row("limits", "resource limits", (*Session).procLimits),
		row("mappings", "the memory map (also: maps)", (*Session).procMaps),
		row("maps", "the memory map", (*Session).procMaps),
		row("stat", "state, times and sizes", (*Session).procStat),
		row("status", "users, signals and capabilities", (*Session).procStatus),
	}
}

func (s *Session) proc() procfs.Proc { return s.T.Kernel().Procfs().Proc(int(s.process().PID)) }

func (s *Session) infoProc(a *Args) error {
	if a.Text != "" {
		return fmt.Errorf("\"info proc\" has no topic %q; they are %s", a.Text, strings.Join(subNames(&Command{Sub: procSubs()}), ", "))
	}
	p := s.proc()
	s.printf("process %d\n", p.PID)
	return errors.Join(s.procCmdline(p), s.procCwd(p), s.procExe(p))
}

// infoMaps is "info proc maps" for those who look for it among the topics of info.
func (s *Session) infoMaps(*Args) error { return s.procMaps(s.proc()) }

func (s *Session) procAll(p procfs.Proc) error {
	return errors.Join(s.procCmdline(p), s.procCwd(p), s.procExe(p), s.procStat(p), s.procStatus(p), s.procMaps(p), s.procFDs(p),
		s.procLimits(p), s.procAuxv(p))
}

func (s *Session) procCmdline(p procfs.Proc) error {
	args, err := p.Cmdline()
	if err == nil {
		s.printf("cmdline = '%s'\n", joinArgs(args))
	}
	return err
}

func (s *Session) procCwd(p procfs.Proc) error {
	dir, err := p.Cwd()
	if err == nil {
		s.printf("cwd = '%s'\n", dir)
	}
	return err
}

func (s *Session) procExe(p procfs.Proc) error {
	exe, deleted, err := p.Exe()
	if err == nil {
		s.printf("exe = '%s'%s\n", exe, map[bool]string{true: " (deleted)"}[deleted])
	}
	return err
}

func (s *Session) procEnviron(p procfs.Proc) error {
	env, err := p.Environ()
	for _, v := range env {
		s.printf("%s\n", v)
	}
	return err
}

func (s *Session) procMaps(p procfs.Proc) error {
	maps, err := p.Maps()
	if err != nil {
		return err
	}
	s.printf("%s\n", s.paint(tty.Heading, fmt.Sprintf("%18s %18s %10s %10s %-5s %s", "Start Addr", "End Addr", "Size", "Offset", "Perms", "File")))
	for _, m := range maps {
		name := m.Path + m.Name
		s.printf("%#18x %#18x %#10x %#10x %-5s %s\n", m.Start, m.End, m.Size(), m.Offset, m.Perm, name)
	}
	return nil
}

func (s *Session) procFDs(p procfs.Proc) error {
	fds, err := p.FDs()
	if err != nil {
		return err
	}
	s.printf("%s\n", s.paint(tty.Heading, fmt.Sprintf("%4s  %-10s %s", "FD", "Kind", "Refers to")))
	for _, fd := range fds {
		what := fd.Link
		if fd.Socket != nil {
			what = fmt.Sprintf("%v", *fd.Socket)
		}
		at := ""
		if fd.Offset != 0 {
			at = fmt.Sprintf(" (offset %d)", fd.Offset)
		}
		s.printf("%4d  %-10s %s%s\n", fd.Num, fd.Kind, what, at)
	}
	return nil
}

func (s *Session) infoLimits(*Args) error { return s.procLimits(s.proc()) }

func (s *Session) procLimits(p procfs.Proc) error {
	limits, err := p.Limits()
	if err != nil {
		return err
	}
	s.printf("%s\n", s.paint(tty.Heading, fmt.Sprintf("%-12s %20s %20s %s", "Limit", "Soft", "Hard", "Unit")))
	show := func(n uint64) string {
		if n == procfs.Unlimited {
			return "unlimited"
		}
		return fmt.Sprint(n)
	}
	for _, l := range limits {
		s.printf("%-12s %20s %20s %s\n", l.Name, show(l.Soft), show(l.Hard), l.Unit)
	}
	return nil
}

func (s *Session) procStat(p procfs.Proc) error {
	st, err := p.Stat()
	if err != nil {
		return err
	}
	s.printf("name %s, state %s, parent %d, group %d, session %d, threads %d\n", st.Comm, st.State, st.PPID, st.PGID, st.SID, st.Threads)
	s.printf("user time %v, system time %v, virtual size %d, resident %d bytes\n", st.UTime, st.STime, st.VSize, st.RSS)
	return nil
}

func (s *Session) procStatus(p procfs.Proc) error {
	st, err := p.Status()
	if err != nil {
		return err
	}
	s.printf("uid %v, gid %v, traced by %d\n", st.UID, st.GID, st.TracerPID)
	s.printf("signals pending %v, for the process %v\n", st.SigPending, st.SharedPending)
	s.printf("blocked %v, ignored %v, caught %v\n", st.SigBlocked, st.SigIgnored, st.SigCaught)
	s.printf("capabilities %v, seccomp %d\n", st.CapEffective, st.Seccomp)
	return nil
}

func (s *Session) procAuxv(p procfs.Proc) error {
	v, err := p.Auxv()
	for _, a := range v {
		s.printf("%-20s %#x\n", a.Name(), a.Value)
	}
	return err
}

func (s *Session) describeFile(name string) error {
	f, err := elfinfo.Open(name, elfinfo.Options{})
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s: no such file", name)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	s.printf("%s", f.Describe().Text())
	return nil
}

func compileRegex(text string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(text)
	if err != nil {
		return nil, fmt.Errorf("%q is no regular expression: %w", text, err)
	}
	return re, nil
}
