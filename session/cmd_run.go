package session

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/tracer"
)

func runCommands() []Command {
	return []Command{
		{Names: []string{"run", "r"}, Args: "[ARG]...", Class: Running, Complete: CompleteFile, Needs: NeedsProgram, Run: (*Session).run,
			Short: "start the program from the beginning, with the arguments of before if none are given"},
		{Names: []string{"start"}, Args: "[ARG]...", Class: Running, Complete: CompleteFile, Needs: NeedsProgram, Run: (*Session).start,
			Short: "start the program and stop at main"},
		{Names: []string{"starti"}, Args: "[ARG]...", Class: Running, Complete: CompleteFile, Needs: NeedsProgram, Run: (*Session).starti,
			Short: "start the program and stop at its first instruction"},
		{Names: []string{"attach"}, Args: "PID", Class: Running, Run: (*Session).attach, Short: "take hold of a running process and stop it"},
		{Names: []string{"detach"}, Class: Running, Needs: NeedsProcess, Run: (*Session).detach, Short: "let the process go on without the debugger",
			Long: "Breakpoints are taken out of it; signals on their way are delivered."},
		{Names: []string{"kill", "k"}, Class: Running, Needs: NeedsProcess, Run: (*Session).kill, Short: "end the process"},
		{Names: []string{"continue", "c", "fg"}, Args: "[COUNT]", Class: Running, Needs: NeedsProcess, Repeat: RepeatSame, Run: (*Session).cont,
			Short: "let the program run on",
			Long:  "With COUNT the breakpoint the program is at is passed COUNT-1 times before it stops again."},
		{Names: []string{"jump", "j"}, Args: "LOCATION", Class: Running, Complete: CompleteLocation, Needs: NeedsProcess, Run: (*Session).jump,
			Short: "go on at another place"},
		{Names: []string{"signal"}, Args: "SIGNAL|0", Class: Running, Complete: CompleteSignal, Needs: NeedsProcess, Run: (*Session).signal,
			Short: "go on, giving the thread a signal, or with 0 none"},
		{Names: []string{"handle"}, Args: "SIGNAL... [no]stop [no]print [no]pass", Class: Running, Complete: CompleteSignal, Run: (*Session).handleCommand,
			Short: "say what becomes of signals",
			Long:  "stop: stop the program (and print). print: say that it came. pass: let the program have it. SIGNAL may be a range or all."},
		{Names: []string{"generate-core-file", "gcore"}, Args: "[FILE]", Class: Running, Complete: CompleteFile, Needs: NeedsProcess, Run: (*Session).gcore,
			Short: "write a core of the process, which goes on as if nothing had been, to core.PID or FILE",
			Long: "What of its memory is put into it the process's coredump_filter says (core(5)); on FreeBSD the kernel writes it. " +
				"No breakpoint is seen in it. ^C leaves no file; a kernel that writes one has to end first. \"trapline info FILE\" shows it, gdb reads it."},
		{Names: []string{"file", "exec-file"}, Args: "[PROGRAM]", Class: Running, Complete: CompleteFile, Run: (*Session).file, Short: "say which program run starts"},
	}
}

func stepCommands() []Command {
	return []Command{
		{Names: []string{"step", "s"}, Args: "[COUNT]", Class: Running, Needs: NeedsProcess, Repeat: RepeatSame, Run: stepCommand(false, false),
			Short: "go to the next source line, into functions that have lines"},
		{Names: []string{"next", "n"}, Args: "[COUNT]", Class: Running, Needs: NeedsProcess, Repeat: RepeatSame, Run: stepCommand(true, false),
			Short: "go to the next source line, past the functions it calls"},
		{Names: []string{"stepi", "si"}, Args: "[COUNT]", Class: Running, Needs: NeedsProcess, Repeat: RepeatSame, Run: stepCommand(false, true),
			Short: "go one instruction",
			Long:  "The other threads stand still, unless the instruction is a system call, which may have to wait for them."},
		{Names: []string{"nexti", "ni"}, Args: "[COUNT]", Class: Running, Needs: NeedsProcess, Repeat: RepeatSame, Run: stepCommand(true, true),
			Short: "go one instruction, past the function it calls"},
		{Names: []string{"finish", "fin"}, Class: Running, Needs: NeedsProcess, Repeat: RepeatSame, Run: (*Session).finish,
			Short: "run until the selected frame returns and show what it returned"},
		{Names: []string{"until", "u"}, Args: "[LOCATION]", Class: Running, Complete: CompleteLocation, Needs: NeedsProcess, Repeat: RepeatSame, Run: (*Session).until,
			Short: "next, but not back in a loop; or run to a location in the current frame"},
		{Names: []string{"advance"}, Args: "LOCATION", Class: Running, Complete: CompleteLocation, Needs: NeedsProcess, Run: (*Session).advance,
			Short: "run to a location, or until the current frame returns"},
	}
}

// restart ends what runs and takes new arguments.
func (s *Session) restart(a *Args) error {
	if p := s.process(); p != nil {
		if err := s.confirm("The program being debugged has been started already.\nStart it from the beginning?"); err != nil {
			return err
		}
		if err := s.end(p); err != nil {
			return err
		}
	}
	if a.Text != "" {
		args, err := splitArgs(a.Text)
		if err != nil {
			return err
		}
		s.Target.Args = args
	}
	if s.Target.Path == "" {
		s.Target.Path, s.Target.Program = s.inf.Path, s.inf.Path
	}
	return nil
}

// end kills what we launched and lets go of what we attached to.
func (s *Session) end(p *tracer.Process) error {
	var err error
	if p.Launched {
		err = s.T.Kill(p)
	} else {
		err = s.T.Detach(p)
	}
	s.ended(p)
	s.sync()
	return err
}

func (s *Session) run(a *Args) error {
	if err := s.restart(a); err != nil {
		return err
	}
	if _, err := s.launch(); err != nil {
		return err
	}
	return s.resume(goOn{})
}

func (s *Session) start(a *Args) error {
	if err := s.restart(a); err != nil {
		return err
	}
	return s.Start("main")
}

func (s *Session) starti(a *Args) error {
	if err := s.restart(a); err != nil {
		return err
	}
	return s.Start("")
}

func (s *Session) attach(a *Args) error {
	pid, err := strconv.Atoi(strings.TrimSpace(a.Text))
	if err != nil || pid <= 0 {
		return fmt.Errorf("attach needs a process number, not %q; \"shell pgrep -l NAME\" finds it", a.Text)
	}
	if p := s.process(); p != nil && p.Launched {
		if err := s.confirm("A program is being debugged already.  Kill it?"); err != nil {
			return err
		}
		if err := s.end(p); err != nil {
			return err
		}
	}
	return s.Attach(kernel.PID(pid))
}

func (s *Session) detach(*Args) error {
	inf, p := s.inf, s.process()
	s.printf("Detaching from program: %s, process %d\n", inf.Path, p.PID)
	if err := s.T.Detach(p); err != nil {
		return err
	}
	s.ended(p)
	s.sync()
	s.printf("[Inferior %d (process %d) detached]\n", inf.Num, p.PID)
	return nil
}

func (s *Session) kill(*Args) error {
	inf, p := s.inf, s.process()
	if err := s.confirm("Kill the program being debugged?"); err != nil {
		return err
	}
	if err := s.T.Kill(p); err != nil {
		return err
	}
	s.ended(p)
	s.sync()
	s.printf("[Inferior %d (process %d) killed]\n", inf.Num, p.PID)
	return nil
}

func (s *Session) file(a *Args) error {
	if a.Text == "" {
		s.Target.Path, s.inf.Path = "", ""
		if s.inf.Proc == nil {
			s.inf.mods = modules{}
		}
		s.printf("No executable file now.\n")
		return nil
	}
	words, err := splitArgs(a.Text)
	if err != nil || len(words) != 1 {
		return errors.New("file needs one program")
	}
	if !isRegular(words[0]) {
		return fmt.Errorf("%s: no such file", words[0])
	}
	s.Target.Path, s.Target.Program = words[0], words[0]
	if s.inf.Proc == nil {
		s.inf.Path, s.inf.mods = words[0], modules{}
	}
	return nil
}

func (s *Session) cont(a *Args) error {
	if a.Text != "" {
		n, err := s.evalInt(a.Text)
		if err != nil {
			return err
		}
		if len(s.lastBP) > 0 && n > 1 {
			b := s.lastBP[0]
			b.Ignore = int(n) - 1
			s.printf("Will ignore next %d crossings of breakpoint %d.  Continuing.\n", b.Ignore, b.ID)
			return s.goOn()
		}
	}
	if s.depth == 0 {
		s.printf("Continuing.\n")
	}
	return s.goOn()
}

// goOn resumes; a job that its job control has stopped is told to continue.
func (s *Session) goOn() error {
	if s.last != nil && s.last.Kind == tracer.EvGroupStop && s.Signal != nil && s.last.Process == s.process() {
		if row := s.os.SignalByName("SIGCONT"); row != nil {
			if err := s.Signal(s.process().PID, kernel.Signal(row.Num)); err != nil {
				return err
			}
			s.continued = kernel.Signal(row.Num)
		}
	}
	s.last = nil
	return s.resume(goOn{})
}

func stepCommand(over, insn bool) func(*Session, *Args) error {
	return func(s *Session, a *Args) error {
		n := int64(1)
		if a.Text != "" {
			var err error
			if n, err = s.evalInt(a.Text); err != nil {
				return err
			}
		}
		if n <= 0 {
			return nil
		}
		p, err := s.newStep(int(n), over, insn)
		if err != nil {
			return err
		}
		return s.resume(p)
	}
}

func (s *Session) jump(a *Args) error {
	th, err := s.current()
	if err != nil {
		return err
	}
	locs, err := s.locate(a.Text)
	if err != nil {
		return err
	}
	if len(locs) > 1 {
		return fmt.Errorf("%s is %d places; say *ADDRESS", a.Text, len(locs))
	}
	if err := s.checkCode(locs); err != nil {
		return err
	}
	if low, high, name := s.mods().function(th0(th)); name != "" && (locs[0].addr < low || locs[0].addr >= high) {
		if err := s.confirm("%s is not in function %s.  Jump anyway?", a.Text, name); err != nil {
			return err
		}
	}
	set, err := th.Regs(regs.General)
	if err != nil {
		return err
	}
	c := *set
	c.G[regs.RIP] = locs[0].addr
	if err := th.SetRegs(&c, regs.General); err != nil {
		return err
	}
	s.printf("Continuing at %s.\n", s.addr(locs[0].addr))
	return s.goOn()
}

// th0 is a thread's pc, 0 when it cannot be read.
func th0(th *tracer.Thread) uint64 {
	pc, err := th.PC()
	if err != nil {
		return 0
	}
	return pc
}

func (s *Session) signal(a *Args) error {
	th, err := s.current()
	if err != nil {
		return err
	}
	if a.Text == "0" {
		th.Signal = 0
		s.printf("Continuing with no signal.\n")
		return s.goOn()
	}
	row := s.os.SignalByName(a.Text)
	if row == nil {
		return fmt.Errorf("there is no signal %q%s", a.Text, s.nearSignal(a.Text))
	}
	th.Signal = kernel.Signal(row.Num)
	s.printf("Continuing with signal %s.\n", row.Name)
	return s.goOn()
}
