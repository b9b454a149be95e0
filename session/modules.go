package session

import (
	"cmp"
	"debug/elf"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/elfinfo"
	"github.com/trapline/trapline/elfinfo/cfi"
	"github.com/trapline/trapline/elfinfo/line"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/tracer"
)

// The files that are mapped into a process. They are found in its map, which tells the
// truth for every program, whatever loaded it, from the first instruction on; the
// dynamic linker only tells when to look again (the breakpoint on its r_brk).

// image is one file with what is known of it. Everything in it is read when it is asked
// for.
type image struct {
	path  string
	elf   *elfinfo.File
	lines *line.Table
	cfi   *cfi.Table
	debug *debugInfo
}

// module is an image at a place in a process.
type module struct {
	*image
	bias      uint64 // process address minus the file's
	low, high uint64 // of all its segments
	main      bool
}

// modules are those of one process, by address.
type modules struct {
	list   []*module
	images *elfinfo.Images // nil: a copy of the parent's list, or a file that is not run
	unwind *cfi.Unwinder
	loader *breakpoints.Breakpoint // on r_brk
	told   map[string]bool         // problems that the user has been told of
}

// clone is the modules of a forked child: the same files at the same places. The
// loader's breakpoint has been inherited with its location.
func (m *modules) clone() modules {
	return modules{list: slices.Clone(m.list), loader: m.loader, told: m.told}
}

func newImage(f *elfinfo.File, path string) *image {
	return &image{path: path, elf: f, lines: line.Of(f), cfi: cfi.TableOf(f), debug: elfinfo.Derived(f, openDebug)}
}

// tlsBlock is the size and alignment of the file's thread-local storage.
func (im *image) tlsBlock() (size, align uint64) {
	p, ok := im.elf.Prog(elf.PT_TLS)
	if !ok {
		return 0, 1
	}
	return p.Memsz, max(1, p.Align)
}

// readModules brings an inferior's list up to date; modules that stayed keep what has
// been read of them.
func (s *Session) readModules(inf *Inferior) error {
	p := inf.Proc
	proc := s.T.Kernel().Procfs().Proc(int(p.PID))
	maps, err := proc.Maps()
	if err != nil {
		return fmt.Errorf("what is loaded cannot be told: %w", err)
	}
	in := elfinfo.Process{Mem: p, Exe: inf.Path}
	for _, m := range maps {
		path := m.Path
		if path == "" {
			path = m.Name
		}
		in.Maps = append(in.Maps, elfinfo.Mapping{Start: m.Start, End: m.End, Offset: m.Offset, Path: path, Inode: m.Inode,
			Exec: m.Perm&procfs.Exec != 0})
	}
	if v, err := proc.Auxv(); err == nil {
		for field, t := range map[*uint64]procfs.AuxType{&in.Auxv.Phdr: procfs.AuxPhdr, &in.Auxv.Entry: procfs.AuxEntry,
			&in.Auxv.Base: procfs.AuxBase, &in.Auxv.VDSO: procfs.AuxVDSO} {
			*field, _ = v.Get(t)
		}
	}
	m := &inf.mods
	if m.images == nil {
		m.images = elfinfo.NewImages(&s.files)
		m.images.Open = func(_ elfinfo.Process, at elfinfo.Mapping) (*elfinfo.File, error) {
			return s.files.Open(mappedPath(proc, inf.Path, at))
		}
	}
	m.images.Update(in)
	m.take(m.images)
	s.tellProblems(m)
	return nil
}

// mappedPath leads to a mapped file: its own path if that still is the same file, else one
// through the process (deleted, or in another mount namespace).
func mappedPath(proc procfs.Proc, exe string, m elfinfo.Mapping) string {
	name := m.Path
	if m.Inode != 0 && !sameInode(name, m.Inode) {
		name = filepath.Join(proc.Dir(), "root", m.Path)
		if m.Path == exe || !sameInode(name, m.Inode) {
			name = proc.ExePath()
		}
		if !sameInode(name, m.Inode) {
			name = m.Path
		}
	}
	return name
}

// take makes the list from images.
func (m *modules) take(set *elfinfo.Images) {
	old := map[*elfinfo.File]*image{}
	for _, mod := range m.list {
		old[mod.elf] = mod.image
	}
	m.list = nil
	for _, im := range set.List {
		if im.File == nil {
			continue
		}
		known := old[im.File]
		if known == nil {
			known = newImage(im.File, im.Path)
		}
		m.list = append(m.list, &module{image: known, bias: im.Bias, low: im.Low, high: im.High, main: im == set.Main})
	}
}

// tellProblems warns once of each file that could not be used.
func (s *Session) tellProblems(m *modules) {
	if m.told == nil {
		m.told = map[string]bool{}
	}
	tell := func(err error) {
		if err != nil && !m.told[err.Error()] {
			m.told[err.Error()] = true
			s.warn("%v", err)
		}
	}
	for _, im := range m.images.List {
		tell(im.Err)
	}
	for _, err := range m.images.Problems {
		tell(err)
	}
}

// newProgram takes stock of a process that runs a new program: modules, the loader's
// breakpoint, the user's breakpoints.
func (s *Session) newProgram(p *tracer.Process) {
	inf := s.inferiorOf(p)
	inf.mods = modules{}
	if err := s.refresh(inf); err != nil {
		s.warn("%v", err)
	}
}

// refresh reads the modules again and resolves breakpoints in what is new.
func (s *Session) refresh(inf *Inferior) error {
	if err := s.readModules(inf); err != nil {
		return err
	}
	inf.mods.unwind = nil
	s.stack.forget()
	s.watchLoader(inf)
	return s.resolve(inf)
}

// doChores is what had to wait until everything was stopped: programs that have been
// exec'ed, modules that have come or gone.
func (s *Session) doChores() error {
	fresh, procs := s.fresh, s.dropLost() // a parent may have been let go
	s.fresh = nil
	for _, p := range fresh {
		if slices.Contains(procs, p) {
			s.newProgram(p)
		}
	}
	for _, inf := range s.inferiors {
		if inf.Proc != nil && !slices.Contains(fresh, inf.Proc) {
			if err := s.refresh(inf); err != nil {
				return err
			}
		}
	}
	return nil
}

// watchLoader puts our breakpoint where the dynamic linker tells of changes.
func (s *Session) watchLoader(inf *Inferior) {
	m := &inf.mods
	if b := m.loader; b != nil && slices.ContainsFunc(b.Locations, func(l breakpoints.Location) bool { return l.PID == int(inf.PID) }) {
		return
	}
	addr, ok := m.images.LinkerHook(inf.Proc)
	if !ok {
		return
	}
	b, err := s.placeInternal(inf.Proc, addr, roleLoader, 0)
	if err != nil {
		s.warn("libraries that are loaded later will not be noticed: %v", err)
		return
	}
	m.loader = b
}

// loaderConsistent says whether the linker's list is complete.
func (s *Session) loaderConsistent(p *tracer.Process) bool {
	inf := s.addInferiorFor(p)
	if inf.mods.images == nil {
		return true
	}
	r, err := elfinfo.FindRDebug(p, inf.mods.images.Main)
	return err != nil || r.State == elfinfo.Consistent
}

// at finds the module around an address.
func (m *modules) at(addr uint64) *module {
	i, found := slices.BinarySearchFunc(m.list, addr, func(m *module, a uint64) int { return cmp.Compare(m.low, a) })
	if !found {
		i--
	}
	if i >= 0 && addr < m.list[i].high {
		return m.list[i]
	}
	return nil
}

// lineAt is a source line and the addresses around a pc that belong to it.
type lineAt struct {
	file      string
	line      int
	low, high uint64
	row       uint64 // where the row of the line table around the pc begins
	start     bool   // the pc begins a statement of the line
}

// line finds the source line of an address; false when it has none.
func (m *modules) line(pc uint64) (lineAt, bool) {
	mod := m.at(pc)
	if mod == nil {
		return lineAt{}, false
	}
	e, ok, _ := mod.lines.Find(pc - mod.bias)
	if !ok {
		return lineAt{}, false
	}
	row := e.Addr + mod.bias
	at := lineAt{e.File, e.Line, row, e.End + mod.bias, row, e.IsStmt && row == pc}
	if low, high, ok := mod.lines.StepRange(pc - mod.bias); ok {
		at.low, at.high = low+mod.bias, high+mod.bias
	}
	return at, true
}

// function finds the function around an address, in the process's addresses.
func (m *modules) function(pc uint64) (low, high uint64, name string) {
	mod := m.at(pc)
	if mod == nil {
		return 0, 0, ""
	}
	low, high, name = mod.function(pc - mod.bias)
	return low + mod.bias, high + mod.bias, name
}

// function is the same in the file's addresses. The debug information knows best where
// a function ends and what it is called; symbols know those without any.
func (im *image) function(vaddr uint64) (low, high uint64, name string) {
	if low, high, name, ok := im.debug.function(vaddr); ok {
		return low, high, name
	}
	found, ok := im.elf.Symbols().Lookup(vaddr)
	if !ok || !found.IsFunc() && found.Type != elf.STT_NOTYPE {
		return 0, 0, ""
	}
	size := found.Size
	if size == 0 {
		size = found.Offset + 1
	}
	return found.Value, found.Value + size, elfinfo.DemangleShort(found.Name)
}

// body is where the code of the function that begins at pc gets going: past its
// prologue. False for functions without lines.
func (m *modules) body(pc uint64) (uint64, bool) {
	mod := m.at(pc)
	if mod == nil {
		return 0, false
	}
	if _, ok, _ := mod.lines.Find(pc - mod.bias); !ok {
		return 0, false
	}
	low, high, name := mod.function(pc - mod.bias)
	if name == "" || low != pc-mod.bias {
		return pc, true
	}
	return mod.skipPrologue(low, high) + mod.bias, true
}

// throughStub follows a procedure linkage table entry to the body of its function.
func (m *modules) throughStub(pc uint64) (uint64, bool) {
	mod := m.at(pc)
	if mod == nil {
		return 0, false
	}
	found, ok := mod.elf.Symbols().Lookup(pc - mod.bias)
	if !ok || found.Origin != elfinfo.PLT {
		return 0, false
	}
	name, _, _ := strings.Cut(found.Name, "@")
	for _, other := range m.list {
		for _, sym := range other.elf.Symbols().ByName(name) {
			if sym.IsFunc() && !sym.IsIFunc() && sym.Origin != elfinfo.PLT {
				return m.body(sym.Value + other.bias)
			}
		}
	}
	return 0, false
}

// symbol is the text for an address: "main+4"; "" unknown. Beyond the end of what is
// known there is no name, rather than a misleading one.
func (m *modules) symbol(addr uint64) string {
	mod := m.at(addr)
	if mod == nil {
		return ""
	}
	found, ok := mod.elf.Symbols().Lookup(addr - mod.bias)
	if !ok {
		return ""
	}
	name := found.Demangled()
	if found.Offset == 0 {
		return name
	}
	return fmt.Sprintf("%s+%d", name, found.Offset)
}

// mods are the modules of the selected inferior: of the process, or of the program file
// when there is none.
func (s *Session) mods() *modules {
	if s.inf.Proc == nil && len(s.inf.mods.list) == 0 && s.inf.Path != "" {
		if f, err := s.files.Open(s.inf.Path); err == nil {
			s.inf.mods.list = []*module{{image: newImage(f, s.inf.Path), high: ^uint64(0), main: true}}
		}
	}
	return &s.inf.mods
}

// isGo says whether the program is Go's, whose main is main.main. The section tells;
// looking for the function would read all debug information of a program without it.
func (m *modules) isGo() bool {
	return m.images != nil && m.images.Main != nil && m.images.Main.File != nil && m.images.Main.File.HasSection(".go.buildinfo")
}

// goTLS is where a thread of a Go program keeps the address of its runtime.g, relative to
// the thread pointer (modulo 2^64): the variable runtime.tlsg in the program's thread-local
// block, which ends at the thread pointer (psABI 3.4.6); the block's only word in a program
// without symbols.
func (m *modules) goTLS() uint64 {
	const alone = ^uint64(7) // -8
	for _, mod := range m.list {
		if !mod.main {
			continue
		}
		for _, sym := range mod.elf.Symbols().ByName("runtime.tlsg") {
			if size, align := mod.tlsBlock(); sym.Type == elf.STT_TLS && size != 0 {
				return sym.Value - (size+align-1)&^(align-1)
			}
		}
	}
	return alone
}
