package doctor

// Whether a file can be launched, and debugged.

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/trapline/trapline/procfs"
)

// headSize is what execve looks at (BINPRM_BUF_SIZE, linux/binfmts.h).
const headSize = 256

// program is what the rows below look at.
type program struct {
	*host
	name string // as given
	path string // where it was found
	info FileInfo
	err  error
	head []byte // at most headSize bytes; nil when unreadable
	// handler is the interpreter of a format that the kernel was taught.
	handler string
}

// programRows stand in the order in which execve would stumble. refuses marks the
// rows whose problem makes execve fail.
var programRows = []struct {
	topic   string
	refuses bool
	run     func(*program) *Finding
}{
	{"file", true, (*program).exists},
	{"file", true, (*program).regular},
	{"mode", true, (*program).executable},
	{"mode", false, (*program).readable},
	{"binfmt", false, (*program).taught},
	{"format", true, (*program).format},
	{"script", true, (*program).script},
	{"machine", true, (*program).machine},
	{"elf", true, (*program).elf},
	{"setuid", false, (*program).setID},
	{"setuid", false, (*program).fileCaps},
	{"symbols", false, (*program).symbols},
}

// Program looks at a program by its path, or by its name along $PATH.
func (d *Doctor) Program(name string) []Finding {
	p := d.program(name)
	var out []Finding
	bad := false
	for _, row := range programRows {
		if p.err != nil && len(out) > 0 {
			break
		}
		if f := row.run(p); f != nil {
			f.Topic = row.topic
			out = append(out, *f)
			if f.Level == Problem && row.refuses { // what follows would only repeat it
				return out
			}
			bad = bad || f.Level == Problem
		}
	}
	if !bad {
		out = append([]Finding{{"launch", OK, printable(p.path) + " can be launched and debugged", ""}}, out...)
	}
	return out
}

func (d *Doctor) program(name string) *program {
	p := &program{host: &host{Doctor: d, self: d.self()}, name: name, path: name}
	if !strings.Contains(name, "/") {
		found, err := d.World.LookPath(name)
		if err != nil {
			p.err = err
			return p
		}
		p.path = found
	}
	if p.info, p.err = d.World.Stat(p.path); p.err == nil && p.info.Mode.IsRegular() {
		p.head, _ = d.head(p.path, headSize)
		p.handler = d.handler(p.path, p.head)
	}
	return p
}

// head reads at most n bytes from the beginning of a file.
func (d *Doctor) head(path string, n int) ([]byte, error) {
	f, err := d.World.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b := make([]byte, n)
	m, err := f.ReadAt(b, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	return b[:m], nil
}

func (p *program) exists() *Finding {
	if p.err == nil {
		return nil
	}
	name := printable(p.name)
	if !strings.Contains(p.name, "/") {
		if _, err := p.World.Stat("./" + p.name); err == nil {
			return problem("./"+name, "%s is not in $PATH, but here is a file of that name", name)
		}
		return problem("give its path, or add its directory to PATH", "%s is not in $PATH", name)
	}
	switch {
	case errors.Is(p.err, fs.ErrNotExist):
		return p.missing()
	case errors.Is(p.err, syscall.ENOTDIR):
		return problem("check the path", "no file %s: a part of the path is itself a file", name)
	case errors.Is(p.err, fs.ErrPermission):
		return problem("chmod +x on the directories above it, or use sudo", "%s: a directory on the way may not be searched", name)
	}
	return problem("", "%v", p.err)
}

// missing names the first part of the path that is not there.
func (p *program) missing() *Finding {
	dir := filepath.Dir(p.path)
	if _, err := p.World.Stat(dir); err != nil {
		for parent := filepath.Dir(dir); parent != dir; dir, parent = parent, filepath.Dir(parent) {
			if _, err := p.World.Stat(parent); err == nil {
				break
			}
		}
		return problem("check the path", "no file %s: there is no directory %s", printable(p.path), printable(dir))
	}
	return problem("check the path", "no file %s", printable(p.path))
}

func (p *program) regular() *Finding {
	name := printable(p.name)
	switch mode := p.info.Mode; {
	case mode.IsRegular():
		return nil
	case mode.IsDir():
		return problem("name a program in it", "%s is a directory", name)
	default:
		kind := "special file"
		for _, k := range fileKinds {
			if mode&k.bit != 0 {
				kind = k.name
				break
			}
		}
		return problem("name a regular file", "%s is a %s, not a program", name, kind)
	}
}

var fileKinds = []struct {
	bit  fs.FileMode
	name string
}{{fs.ModeNamedPipe, "named pipe"}, {fs.ModeSocket, "socket"}, {fs.ModeCharDevice, "character device"}, {fs.ModeDevice, "block device"}}

func (p *program) executable() *Finding {
	err := p.World.Access(p.path, Executable)
	name := printable(p.path)
	switch {
	case err == nil && p.info.Mode.Perm()&0o111 != 0:
		return nil
	case p.info.Mode.Perm()&0o111 == 0:
		return problem("chmod +x "+name, "%s is not executable (mode %04o)", name, p.info.Mode.Perm())
	}
	mounts, _ := p.FS.Proc(p.World.PID()).Mounts()
	if abs, err := filepath.Abs(p.path); err == nil {
		if m := procfs.FindMount(mounts, abs); m != nil && m.Has("noexec") {
			return problem("copy it elsewhere, or: sudo mount -o remount,exec "+printable(m.Point),
				"%s lies on %s, which is mounted noexec", name, printable(m.Point))
		}
	}
	return problem("chmod +x "+name+" as its owner, "+p.user(p.info.UID), "%s may not be executed by %s (mode %04o, owner %s)",
		name, p.user(p.self.UID.Effective), p.info.Mode.Perm(), p.user(p.info.UID))
}

// readable: a program that its user may execute but not read may not be dumped, and
// so keeps its memory from a tracer without cap_sys_ptrace.
func (p *program) readable() *Finding {
	if p.World.Access(p.path, Readable) == nil {
		return nil
	}
	name := printable(p.path)
	return problem("chmod +r "+name+", or use sudo",
		"%s may be executed but not read: neither its symbols nor, when it runs, its memory can be seen", name)
}

// formats are the beginnings of files that execve does not take but people try.
var formats = []struct{ magic, name, remedy string }{
	{"MZ", "a Windows program", "it needs Windows or wine"},
	{"\xfe\xed\xfa\xce", "a 32-bit Mach-O program", "it needs macOS"},
	{"\xcf\xfa\xed\xfe", "a Mach-O program", "it needs macOS"},
	{"\xca\xfe\xba\xbe", "a Java class or a universal Mach-O program", "trapline run java CLASS"},
	{"\x00asm", "a WebAssembly module", "run it with a WebAssembly runtime"},
	{"PK\x03\x04", "a zip or jar archive", "trapline run java -jar FILE"},
	{"!<arch>\n", "a library archive", "link it into a program"},
	{"\x1f\x8b", "a gzip archive", "unpack it"},
}

// format refuses what is neither ELF nor a script.
func (p *program) format() *Finding {
	name := printable(p.path)
	switch {
	case p.head == nil, p.handler != "", bytes.HasPrefix(p.head, []byte(elf.ELFMAG)), bytes.HasPrefix(p.head, []byte("#!")):
		return nil
	case len(p.head) == 0:
		return problem("build or copy it again", "%s is empty", name)
	}
	for _, f := range formats {
		if bytes.HasPrefix(p.head, []byte(f.magic)) {
			return problem(f.remedy, "%s is %s", name, f.name)
		}
	}
	if isText(p.head) {
		return problem("trapline run /bin/sh "+name+", or put #!/bin/sh on its first line", "%s is a text file without #!: the kernel cannot execute it", name)
	}
	return problem("check with: file "+name, "%s is neither an ELF file nor a script", name)
}

// isText tells whether there are no bytes that text does not have.
func isText(b []byte) bool {
	return bytes.IndexFunc(b, func(r rune) bool { return r < ' ' && !strings.ContainsRune("\t\n\r\f\v\b\x1b", r) }) < 0
}

// interpreter takes the program and its one argument out of a #! line, as the kernel
// does (fs/binfmt_script.c).
func interpreter(head []byte) (path, arg string) {
	line, _, _ := bytes.Cut(head[2:], []byte("\n"))
	path, arg, _ = strings.Cut(strings.Trim(string(line), " \t\x00"), " ")
	if before, after, ok := strings.Cut(path, "\t"); ok {
		path, arg = before, after+arg
	}
	return path, strings.Trim(arg, " \t")
}

func (p *program) script() *Finding {
	if !bytes.HasPrefix(p.head, []byte("#!")) {
		return nil
	}
	name := printable(p.path)
	path, arg := interpreter(p.head)
	switch {
	case path == "":
		return problem("name an interpreter: #!/bin/sh", "%s has an empty #! line", name)
	case strings.HasSuffix(path, "\r") || strings.HasSuffix(arg, "\r"):
		return problem("sed -i 's/\\r$//' "+name, "%s has DOS line ends: its interpreter would be %q", name, path)
	case len(p.head) == headSize && !bytes.ContainsAny(p.head, "\n") && !strings.ContainsAny(string(p.head[2:]), " \t"):
		return problem("shorten the path of the interpreter", "%s has a #! line longer than the kernel reads (%d bytes)", name, headSize-1)
	}
	info, err := p.World.Stat(path)
	switch shown := printable(path); {
	case err != nil:
		return problem("install it, or correct the first line", "the interpreter of %s, %s, does not exist", name, shown)
	case info.Mode.IsDir() || info.Mode.Perm()&0o111 == 0:
		return problem("correct the first line", "the interpreter of %s, %s, is not executable", name, shown)
	default:
		return note("", "%s is a script: what is debugged is its interpreter %s", name, shown)
	}
}

func (p *program) machine() *Finding {
	if p.handler != "" {
		return nil
	}
	return machine(p.head)
}

// machine judges the first bytes of an ELF file: nil for x86-64 and for what is no
// ELF file.
func machine(head []byte) *Finding {
	if !bytes.HasPrefix(head, []byte(elf.ELFMAG)) {
		return nil
	}
	if len(head) < 20 {
		return problem("build or copy it again", "a truncated ELF file (%d bytes)", len(head))
	}
	mach := elf.Machine(uint16(head[18]) | uint16(head[19])<<8)
	if elf.Data(head[elf.EI_DATA]) == elf.ELFDATA2MSB {
		mach = elf.Machine(uint16(head[19]) | uint16(head[18])<<8)
	}
	switch {
	case mach == elf.EM_X86_64 && elf.Class(head[elf.EI_CLASS]) == elf.ELFCLASS64:
		return nil
	case mach == elf.EM_386:
		return problem("follow its system calls with trapline trace, or build it without -m32",
			"a 32-bit program (i386): the debugger knows x86-64 only")
	case mach == elf.EM_X86_64:
		return problem("build it without -mx32", "a 32-bit program of the x32 ABI: the debugger knows x86-64 only")
	}
	return problem("run it on such a machine, or build it for x86-64", "a program for another machine (%s), not x86-64", machineName(mach))
}

// machineName is "aarch64" where the constant is EM_AARCH64.
func machineName(m elf.Machine) string {
	return strings.ToLower(strings.TrimPrefix(m.String(), "EM_"))
}

// elf looks at what execve and the dynamic loader need: the header and the program
// headers. Sections may be missing or damaged; no one needs them to run.
func (p *program) elf() *Finding {
	if !bytes.HasPrefix(p.head, []byte(elf.ELFMAG)) || p.handler != "" {
		return nil
	}
	name := printable(p.path)
	h, interp, err := p.programHeaders()
	if err != nil {
		return problem("build or copy it again", "%s is a damaged ELF file: %v", name, err)
	}
	switch typ := elf.Type(h.Type); {
	case typ == elf.ET_REL:
		return problem("link it: cc -o PROG "+name, "%s is an object file, not a program", name)
	case typ == elf.ET_CORE:
		return problem("name the program that left it", "%s is a core file, not a program", name)
	case typ == elf.ET_DYN && interp == "" && h.Entry == 0:
		return problem("name a program that uses it", "%s is a shared library, not a program", name)
	case typ != elf.ET_EXEC && typ != elf.ET_DYN:
		return problem("check with: file "+name, "%s is an ELF file of type %v, not a program", name, typ)
	case interp != "":
		if _, err := p.World.Stat(interp); err != nil {
			return problem("install the C library it was built for (dpkg -S, apt-file search "+printable(interp)+"), or build it static",
				"the interpreter (dynamic loader) of %s, %s, does not exist", name, printable(interp))
		}
	}
	return nil
}

// programHeaders reads the header and the name of the interpreter of a 64-bit
// little-endian file (System V ABI, chapters 4 and 5).
func (p *program) programHeaders() (h elf.Header64, interp string, err error) {
	f, err := p.World.Open(p.path)
	if err != nil {
		return h, "", err
	}
	defer f.Close()
	if err := binary.Read(io.NewSectionReader(f, 0, 64), binary.LittleEndian, &h); err != nil {
		return h, "", errors.New("its header is cut short")
	}
	var ph elf.Prog64
	if h.Phnum > 0 && h.Phentsize != 56 {
		return h, "", fmt.Errorf("program headers of %d bytes, not 56", h.Phentsize)
	}
	for i := range int64(h.Phnum) {
		r := io.NewSectionReader(f, int64(h.Phoff)+i*56, 56)
		if binary.Read(r, binary.LittleEndian, &ph) != nil {
			return h, "", errors.New("its program headers lie outside of it")
		}
		if elf.ProgType(ph.Type) != elf.PT_INTERP {
			continue
		}
		if ph.Filesz < 2 || ph.Filesz > 4096 { // what fs/binfmt_elf.c takes
			return h, "", fmt.Errorf("an interpreter's name of %d bytes", ph.Filesz)
		}
		b := make([]byte, ph.Filesz)
		if n, _ := f.ReadAt(b, int64(ph.Off)); n < len(b) {
			return h, "", errors.New("its interpreter's name lies outside of it")
		}
		return h, string(bytes.TrimRight(b, "\x00")), nil
	}
	return h, "", nil
}

// setID: execve honours set-user-id under a tracer only when the tracer has
// cap_sys_ptrace (execve(2)).
func (p *program) setID() *Finding {
	setuid := p.info.Mode&fs.ModeSetuid != 0 && p.info.UID != p.self.UID.Effective
	setgid := p.info.Mode&fs.ModeSetgid != 0 && p.info.GID != p.self.GID.Effective
	if !setuid && !setgid {
		return nil
	}
	what, whose := "set-user-id", p.user(p.info.UID)
	if !setuid {
		what, whose = "set-group-id", fmt.Sprintf("gid %d", p.info.GID)
	}
	if p.self.CapEffective.Has(procfs.CapSysPtrace) {
		return note("", "%s is %s %s, and keeps that under our cap_sys_ptrace", printable(p.path), what, whose)
	}
	return note("sudo trapline run "+printable(p.path), "%s is %s %s, but under a tracer without cap_sys_ptrace it runs with our rights only",
		printable(p.path), what, whose)
}

// fileCaps are lost in the same way (capabilities(7)).
func (p *program) fileCaps() *Finding {
	b, err := p.World.Xattr(p.path, "security.capability")
	if err != nil || len(b) == 0 || p.self.CapEffective.Has(procfs.CapSysPtrace) {
		return nil
	}
	return note("sudo trapline run "+printable(p.path), "%s has file capabilities (getcap shows them), which it does not get under a tracer without cap_sys_ptrace",
		printable(p.path))
}

// symbols says what debugging it will be like.
func (p *program) symbols() *Finding {
	if !bytes.HasPrefix(p.head, []byte(elf.ELFMAG)) {
		return nil
	}
	name := printable(p.path)
	r, err := p.World.Open(p.path)
	if err != nil {
		return nil
	}
	defer r.Close()
	f, err := elf.NewFile(r)
	switch {
	case err != nil:
		return note("build or copy it again", "%s runs, but its sections are damaged: no symbols", name)
	case f.Section(".debug_info") != nil, f.Section(".zdebug_info") != nil:
		return good("%s has debug information", name)
	case f.Section(".symtab") != nil:
		return note("build it with -g for lines and variables", "%s has symbols, but no debug information", name)
	}
	return note("install its debug package, or build it with -g and without strip", "%s is stripped: only exported symbols", name)
}
