package session

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/elfinfo/cfi"
	"github.com/trapline/trapline/internal/spell"
	"github.com/trapline/trapline/internal/tty"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/session/expr"
	"github.com/trapline/trapline/tracer"
)

func statusCommands() []Command {
	return []Command{
		{Names: []string{"info", "i", "inf"}, Class: Status, Repeat: RepeatSame, Short: "show what is known", Sub: []Command{
			{Names: []string{"args"}, Needs: NeedsProcess, Short: "arguments of the selected frame", Run: (*Session).infoArgs},
			{Names: []string{"breakpoints", "b", "br"}, Short: "stop-points, with their counts", Run: (*Session).infoBreakpoints},
			{Names: []string{"display"}, Short: "expressions shown at stops", Run: (*Session).infoDisplay},
			{Names: []string{"file", "target"}, Args: "[FILE]", Complete: CompleteFile, Short: "headers, segments and debug files of the program, or of a file", Run: (*Session).infoFile},
			{Names: []string{"files"}, Short: "where the sections of the program and its libraries lie", Run: (*Session).infoFiles},
			{Names: []string{"frame", "f"}, Needs: NeedsProcess, Short: "the selected frame in detail", Run: (*Session).infoFrame},
			{Names: []string{"functions"}, Args: "[REGEX]", Short: "functions whose names match", Run: infoSymbols(true)},
			{Names: []string{"inferiors"}, Short: "processes under control", Run: (*Session).infoInferiors},
			{Names: []string{"kernel"}, Args: "[VIEW [PID]]", Complete: CompleteView, Short: "the modeled kernel from inside", Long: kernelHelp, Run: (*Session).infoKernel},
			{Names: []string{"kernel-limits"}, Short: "resource limits of the process", Needs: NeedsProcess, Run: (*Session).infoLimits},
			{Names: []string{"line"}, Args: "[LOCATION]", Complete: CompleteLocation, Short: "addresses of a line, line of an address", Run: (*Session).infoLine},
			{Names: []string{"locals"}, Needs: NeedsProcess, Short: "local variables of the selected frame", Run: (*Session).infoLocals},
			{Names: []string{"maps"}, Needs: NeedsProcess, Short: "the memory map; as info proc maps", Run: (*Session).infoMaps},
			{Names: []string{"proc"}, Args: "[TOPIC]", Needs: NeedsProcess, Short: "what the kernel knows of the process", Sub: procSubs(), Run: (*Session).infoProc},
			{Names: []string{"program"}, Short: "why the program is stopped", Needs: NeedsProcess, Run: (*Session).infoProgram},
			{Names: []string{"registers", "r", "all-registers"}, Args: "[all | NAME...]", Needs: NeedsProcess, Complete: CompleteRegister, Short: "registers of the selected frame", Run: (*Session).infoRegisters},
			{Names: []string{"sharedlibrary", "dll"}, Needs: NeedsProcess, Short: "files that are loaded", Run: (*Session).infoLibraries},
			{Names: []string{"signals", "handle"}, Args: "[SIGNAL]...", Complete: CompleteSignal, Short: "what becomes of signals", Run: (*Session).infoSignals},
			{Names: []string{"source"}, Short: "the current source file", Run: (*Session).infoSource},
			{Names: []string{"symbol"}, Args: "ADDRESS", Complete: CompleteExpr, Short: "the symbol at an address", Run: (*Session).infoSymbol},
			{Names: []string{"threads"}, Short: "threads, and where they are", Run: (*Session).infoThreads},
			{Names: []string{"variables"}, Args: "[REGEX]", Short: "variables whose names match", Run: infoSymbols(false)},
			{Names: []string{"watchpoints"}, Short: "watchpoints, with their counts", Run: (*Session).infoWatchpoints},
		}},
	}
}

const kernelHelp = `Shows what the modeled kernel (trapline --kernel model) is doing, between two of its steps:
its processes as a tree by default, or one VIEW of it. Some views are of one process: that with
the PID given, or the selected one.
Nothing is changed by looking.`

func (s *Session) infoKernel(a *Args) error {
	if s.Describe == nil {
		return errors.New("only a modeled kernel can be seen from inside; start with trapline --kernel model run PROG")
	}
	what := a.Words()
	if len(what) == 1 && s.process() != nil { // the views of all do not care
		what = append(what, fmt.Sprint(s.process().PID))
	}
	return s.Describe(s.Out, strings.Join(what, " "))
}

func (s *Session) infoBreakpoints(*Args) error {
	return s.breakTable(s.T.Breakpoints.Listed(), "No breakpoints or watchpoints.")
}

func (s *Session) infoWatchpoints(*Args) error {
	other := func(b *breakpoints.Breakpoint) bool { return !b.Kind.Watch() }
	return s.breakTable(slices.DeleteFunc(slices.Clone(s.T.Breakpoints.Listed()), other), "No watchpoints.")
}

func (s *Session) breakTable(list []*breakpoints.Breakpoint, none string) error {
	if len(list) == 0 {
		s.printf("%s\n", none)
		return nil
	}
	s.printf("%s\n", s.paint(tty.Heading, fmt.Sprintf("%-7s %-14s %-4s %-3s %-18s %s", "Num", "Type", "Disp", "Enb", "Address", "What")))
	for _, b := range list {
		s.breakRow(b)
	}
	return nil
}

func (s *Session) breakRow(b *breakpoints.Breakpoint) {
	disp, enb := "keep", "y"
	if b.Temporary {
		disp = "del"
	}
	if !b.Enabled {
		enb = "n"
	}
	kind := b.Kind.String()
	if s.catches[b] != nil {
		kind = "catchpoint"
	}
	row := func(num, kind, disp, enb, addr, what string) {
		if addr == "" && what == b.Spec && (b.Kind.Watch() || s.catches[b] != nil) {
			addr = strings.Repeat(" ", 18)
		}
		s.printf("%-7s %-14s %-4s %-3s %-18s %s\n", num, kind, disp, enb, addr, what)
	}
	num := fmt.Sprint(b.ID)
	switch {
	case b.Kind.Watch() || s.catches[b] != nil:
		row(num, kind, disp, enb, "", b.Spec)
	case b.Pending:
		row(num, kind, disp, enb, "<PENDING>", b.Spec)
	case len(b.Locations) == 1:
		row(num, kind, disp, enb, fmt.Sprintf("0x%016x", b.Locations[0].Addr), s.whereText(b.Locations[0]))
	case len(b.Locations) == 0:
		row(num, kind, disp, enb, "", b.Spec)
	default:
		row(num, kind, disp, enb, "<MULTIPLE>", b.Spec)
	}
	s.breakNotes(b)
	if len(b.Locations) > 1 && !b.Kind.Watch() {
		for i, l := range b.Locations {
			row(fmt.Sprintf("%d.%d", b.ID, i+1), "", "", enb, fmt.Sprintf("0x%016x", l.Addr), s.whereText(l))
		}
	}
}

func (s *Session) breakNotes(b *breakpoints.Breakpoint) {
	if b.Cond != "" {
		s.printf("\tstop only if %s\n", b.Cond)
	}
	if b.Thread != 0 {
		s.printf("\tstop only in thread with LWP %d\n", b.Thread)
	}
	if b.Hits > 0 {
		s.printf("\tbreakpoint already hit %d time%s\n", b.Hits, map[bool]string{true: "s"}[b.Hits != 1])
	}
	if b.Ignore > 0 {
		s.printf("\tignore next %d hits\n", b.Ignore)
	}
	for _, c := range b.Commands {
		s.printf("        %s\n", c)
	}
}

// whereText is "in f at a.c:5", with the inferior when there are several.
func (s *Session) whereText(at breakpoints.Location) string {
	for _, inf := range s.inferiors {
		if inf.Proc == nil || int(inf.PID) != at.PID {
			continue
		}
		l := location{inf: inf, addr: at.Addr, mod: inf.mods.at(at.Addr)}
		l.describe()
		t := ""
		if l.fn != "" {
			t = "in " + s.paint(tty.Function, l.fn)
		}
		switch {
		case l.line != 0:
			t += " at " + s.paint(tty.File, fmt.Sprintf("%s:%d", s.shortFile(l.file), l.line))
		case l.fn != "":
			t = "<" + inf.mods.symbol(at.Addr) + ">"
		}
		if len(s.T.Processes()) > 1 {
			t += fmt.Sprintf(" inf %d", inf.Num)
		}
		return t
	}
	return ""
}

func (s *Session) infoThreads(*Args) error {
	all := s.threads()
	if len(all) == 0 {
		s.printf("No threads.\n")
		return nil
	}
	s.printf("%s\n", s.paint(tty.Heading, fmt.Sprintf("  %-4s %-36s %s", "Id", "Target Id", "Frame")))
	for _, th := range all {
		star := " "
		if th == s.thread {
			star = "*"
		}
		id := fmt.Sprintf("LWP %d%s", th.TID, s.quotedComm(th))
		if len(s.T.Processes()) > 1 {
			id = fmt.Sprintf("process %d %s", th.Process.PID, id)
		}
		where := "(running)"
		if th.Stopped() {
			where = "(no stack)"
			s.stack.forget()
			if frames, err := s.frames(th, 1); err == nil && len(frames) > 0 {
				where = s.frameLine(&frames[0], false, true)
			}
		}
		s.printf("%s %-4d %-36s %s\n", star, s.number(th.TID), id, where)
	}
	s.stack.forget()
	return nil
}

func (s *Session) infoInferiors(*Args) error {
	s.printf("%s\n", s.paint(tty.Heading, fmt.Sprintf("  %-4s %-18s %s", "Num", "Description", "Executable")))
	for _, inf := range s.inferiors {
		star, what := " ", "<null>"
		if inf == s.inf {
			star = "*"
		}
		if inf.Proc != nil {
			what = fmt.Sprintf("process %d", inf.PID)
		}
		s.printf("%s %-4d %-18s %s\n", star, inf.Num, what, inf.Path)
	}
	return nil
}

// generalNames are the registers that "info registers" shows without arguments.
var generalNames = []string{"rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
	"rip", "eflags", "cs", "ss", "ds", "es", "fs", "gs", "fs_base", "gs_base", "orig_rax"}

func (s *Session) infoRegisters(a *Args) error {
	names := a.Words()
	switch {
	case len(names) == 0:
		names = generalNames
	case len(names) == 1 && names[0] == "all":
		names = nil
		for i := range regs.Table {
			if regs.Table[i].Parent == "" || regs.Table[i].Kind != regs.KindGeneral {
				names = append(names, regs.Table[i].Name)
			}
		}
	}
	e := s.env()
	if e.th == nil {
		return errNoProcess
	}
	for _, n := range names {
		row, ok := regs.Lookup(n)
		if !ok {
			return fmt.Errorf("there is no register %q%s", n, nearRegister(n))
		}
		v, _, err := e.Register(n)
		if err != nil {
			if len(a.Words()) == 1 && names[0] == n {
				return err
			}
			continue // the processor lacks it
		}
		s.registerRow(row, v)
	}
	return nil
}

func nearRegister(name string) string {
	var all []string
	for i := range regs.Table {
		all = append(all, regs.Table[i].Name)
	}
	if near := spell.Near(strings.TrimPrefix(name, "$"), all, 3); len(near) > 0 {
		return "; did you mean " + strings.Join(near, ", ") + "?"
	}
	return ""
}

// registerRow is gdb's: raw value, then the one people read.
func (s *Session) registerRow(row *regs.Row, v expr.Value) {
	name := s.paint(tty.Name, row.Name) + strings.Repeat(" ", max(1, 15-len(row.Name)))
	if v.Gone != "" {
		s.printf("%s<%s>\n", name, v.Gone)
		return
	}
	val := regs.FromBytes(v.Bytes)
	val.Kind = row.Kind
	if row.Bits > 64 {
		s.printf("%s%s\n", name, row.Format(val))
		return
	}
	text := ""
	switch {
	case row.Flags():
		text = row.Format(val)
	case v.Type.Strip().Kind == expr.Pointer:
		text = fmt.Sprintf("%#x", v.Uint())
		if n := s.symbolText(v.Uint()); n != "" {
			text += " <" + n + ">"
		}
	default:
		text = fmt.Sprint(int64(v.Uint()))
	}
	s.printf("%s%-18s %s\n", name, val.Hex(), text)
}

// flagsText is a flags register with its bits named.
func flagsText(v expr.Value) (string, bool) {
	row, ok := regs.Lookup(v.Name)
	if !ok || !row.Flags() {
		return "", false
	}
	return row.Format(regs.FromBytes(v.Bytes)), true
}

func (s *Session) infoLibraries(*Args) error {
	s.printf("%s\n", s.paint(tty.Heading, fmt.Sprintf("%-18s %-18s %-6s %s", "From", "To", "Lines", "File")))
	for _, m := range s.mods().list {
		lines := "no"
		if m.elf.HasSection(".debug_line") || m.debug.data != nil {
			lines = "yes"
		}
		s.printf("0x%016x 0x%016x %-6s %s\n", m.low, m.high, lines, m.path)
	}
	return nil
}

func (s *Session) infoFrame(*Args) error {
	f, err := s.selected()
	if err != nil {
		return err
	}
	frames, _ := s.frames(f.th, s.frame+defaultFrames)
	s.printf("Stack level %d, frame at %s:\n", f.num, s.addr(f.CFA))
	s.printf(" rip = %s", s.addr(f.PC()))
	if f.fn != "" {
		s.printf(" in %s", s.paint(tty.Function, f.fn))
	}
	if f.line != 0 {
		s.printf(" (%s)", s.paint(tty.File, fmt.Sprintf("%s:%d", s.shortFile(f.file), f.line)))
	}
	s.printf("\n")
	if f.inline {
		s.printf(" inlined into frame %d\n", f.num+1)
	}
	if f.num+1 < len(frames) {
		s.printf(" called by frame at %s, saved rip = %s\n", s.addr(frames[f.num+1].CFA), s.addr(frames[f.num+1].PC()))
	}
	s.printf(" found by %s\n", f.How)
	if f.Flags&cfi.Signal != 0 {
		s.printf(" a signal handler's frame, made by the kernel\n")
	}
	return nil
}

func (s *Session) infoLocals(*Args) error {
	f, err := s.selected()
	if err != nil {
		return err
	}
	e := s.env()
	vars := f.scope.locals(e)
	if f.scope.fn == nil {
		return fmt.Errorf("no debug information for %s", nameOr(f.fn))
	}
	if len(vars) == 0 {
		s.printf("No locals.\n")
	}
	s.printVars(e, vars, "")
	return nil
}

func (s *Session) infoArgs(*Args) error {
	f, err := s.selected()
	if err != nil {
		return err
	}
	e := s.env()
	vars := f.scope.args(e)
	if f.scope.fn == nil {
		return fmt.Errorf("no debug information for %s", nameOr(f.fn))
	}
	if len(vars) == 0 {
		s.printf("No arguments.\n")
	}
	s.printVars(e, vars, "")
	return nil
}

func nameOr(fn string) string {
	if fn == "" {
		return "the code here"
	}
	return fn
}

func (s *Session) infoDisplay(*Args) error {
	if len(s.displays) == 0 {
		s.printf("There are no auto-display expressions now.\n")
		return nil
	}
	for _, d := range s.displays {
		f := formatText(d.fmt)
		if f != "" {
			f = "/" + f + " "
		}
		s.printf("%d: %s%s\n", d.id, f, d.text)
	}
	return nil
}

func (s *Session) infoProgram(*Args) error {
	p := s.process()
	s.printf("Process %d (%s), %d thread%s.\n", p.PID, s.inf.Path, len(p.Threads()), map[bool]string{true: "s"}[len(p.Threads()) != 1])
	if s.last == nil {
		s.printf("It is stopped.\n")
		return nil
	}
	switch s.last.Kind {
	case tracer.EvSignal:
		s.printf("It stopped for signal %s.\n", s.signalText(s.last.Stop.Signal))
	case tracer.EvStep:
		s.printf("It stopped after being stepped.\n")
	case tracer.EvInterrupted:
		s.printf("It was interrupted.\n")
	default:
		for _, b := range s.lastBP {
			s.printf("It stopped at stop-point %d.\n", b.ID)
		}
	}
	return nil
}

func (s *Session) infoSource(*Args) error {
	at, err := s.defaultLine()
	if err != nil {
		return err
	}
	s.printf("Current source file is %s\n", at.file)
	if path, err := s.findSource(at.file); err == nil {
		s.printf("Located in %s\n", path)
	} else {
		s.printf("%v\n", err)
	}
	if at.mod != nil {
		s.printf("Compiled into %s\n", at.mod.path)
	}
	return nil
}

func (s *Session) infoSymbol(a *Args) error {
	addr, err := s.codeAddress(a.Text)
	if err != nil {
		return err
	}
	m := s.mods().at(addr)
	name := s.symbolText(addr)
	if name == "" {
		return fmt.Errorf("no symbol matches %#x", addr)
	}
	where := ""
	if sec, ok := m.sectionAt(addr); ok {
		where = " in section " + sec
	}
	s.printf("%s%s of %s\n", s.paint(tty.Function, name), where, m.path)
	return nil
}

func (m *module) sectionAt(addr uint64) (string, bool) {
	for i := range m.elf.Sections {
		sec := &m.elf.Sections[i]
		if sec.Addr != 0 && addr-m.bias >= sec.Addr && addr-m.bias < sec.Addr+sec.Size {
			return sec.Name, true
		}
	}
	return "", false
}

func (s *Session) infoLine(a *Args) error {
	if a.Text == "" {
		f, err := s.selected()
		if err != nil {
			return err
		}
		a.Text = fmt.Sprintf("*%#x", f.PC())
	}
	locs, err := s.locate(a.Text)
	if err != nil {
		return err
	}
	for _, l := range locs {
		at, ok := lineAt{}, false
		if l.mod != nil {
			at, ok = (&modules{list: []*module{l.mod}}).line(l.addr)
		}
		if !ok {
			s.printf("No line number information for address %s\n", s.addressText(l.addr))
			continue
		}
		s.printf("Line %d of %q starts at address %s and ends at %s.\n", at.line, s.shortFile(at.file), s.addressText(at.low), s.addressText(at.high))
	}
	return nil
}

func (s *Session) infoFile(a *Args) error {
	if a.Text != "" {
		return s.describeFile(a.Text)
	}
	for _, m := range s.mods().list {
		if m.main {
			s.printf("%s", m.elf.Describe().Text())
			return nil
		}
	}
	return fmt.Errorf("no program is known; \"info file FILE\" looks at any file")
}

// infoSymbols makes info functions and info variables.
func infoSymbols(funcs bool) func(*Session, *Args) error {
	return func(s *Session, a *Args) error {
		re, err := compileRegex(a.Text)
		if err != nil {
			return err
		}
		const most = 500
		shown := 0
		for _, m := range s.mods().list {
			var rows []string
			for _, sym := range m.elf.Symbols().Regexp(re, most) {
				if sym.IsFunc() == funcs && !sym.Undefined() {
					rows = append(rows, fmt.Sprintf("0x%016x  %s", sym.Value+m.bias, sym.Demangled()))
				}
			}
			slices.Sort(rows)
			rows = slices.Compact(rows)
			if len(rows) == 0 {
				continue
			}
			s.printf("%s:\n", s.paint(tty.File, m.path))
			for _, r := range rows {
				s.printf("%s\n", r)
			}
			if shown += len(rows); shown >= most {
				s.printf("... more than %d; give a narrower expression\n", most)
				return nil
			}
		}
		if shown == 0 {
			return fmt.Errorf("no symbol matches %q", a.Text)
		}
		return nil
	}
}
