package image

// Files that are no programs, or hardly. Each row says what Linux makes of it; that it does
// is checked by running the same files on it (host_linux_amd64_test.go).

import (
	"debug/elf"
	"strings"
	"testing"

	"github.com/trapline/trapline/kernel/model/errno"
)

// elfCase is a file, and how execve of it ends. With late it fails when the old program is
// gone: the process is killed.
type elfCase struct {
	name string
	elf  func(*maker)
	err  errno.Errno
	late bool
	more files // beside it: the interpreters
}

// page is a segment of a page at an address, of the file's first page.
func page(at uint64) elf.Prog64 {
	return elf.Prog64{Type: uint32(elf.PT_LOAD), Flags: 6, Vaddr: at, Filesz: 0x1000, Memsz: 0x1000, Align: 0x1000}
}

// with is page, changed.
func with(at uint64, change func(*elf.Prog64)) elf.Prog64 {
	p := page(at)
	change(&p)
	return p
}

var dyn = func(m *maker) {
	m.head.Type, m.head.Entry, m.progs[0].Vaddr = uint16(elf.ET_DYN), codeIn, 0
}

var elfCases = []elfCase{
	{name: "good"},
	{name: "dyn", elf: dyn},
	{name: "dyn high", elf: func(m *maker) { m.head.Type = uint16(elf.ET_DYN) }},

	// The header.
	{name: "magic", elf: func(m *maker) { m.head.Ident[3] = 'f' }, err: errno.ENOEXEC},
	{name: "relocatable", elf: func(m *maker) { m.head.Type = uint16(elf.ET_REL) }, err: errno.ENOEXEC},
	{name: "core", elf: func(m *maker) { m.head.Type = uint16(elf.ET_CORE) }, err: errno.ENOEXEC},
	{name: "arm", elf: func(m *maker) { m.head.Machine = uint16(elf.EM_AARCH64) }, err: errno.ENOEXEC},
	{name: "version", elf: func(m *maker) { m.head.Version = 7; m.head.Ident[6] = 9 }},
	{name: "no phdrs", elf: func(m *maker) { m.head.Phnum = 0 }, err: errno.ENOEXEC},
	{name: "many phdrs", elf: func(m *maker) { m.head.Phnum = 1171 }, err: errno.ENOEXEC},
	{name: "phdr size", elf: func(m *maker) { m.head.Phentsize = 64 }, err: errno.ENOEXEC},
	{name: "phdrs beyond", elf: func(m *maker) { m.head.Phoff = 0x1fff }, err: errno.ENOEXEC},
	{name: "phdrs far", elf: func(m *maker) { m.head.Phoff = 1 << 63 }, err: errno.ENOEXEC},
	{name: "short", elf: func(m *maker) { m.size = 63 }, err: errno.ENOEXEC},
	{name: "empty", elf: func(m *maker) { m.size = 1 }, err: errno.ENOEXEC},

	// Segments.
	{name: "no load", elf: func(m *maker) { m.progs[0].Type = uint32(elf.PT_NOTE) }},
	{name: "dyn no load", elf: func(m *maker) { dyn(m); m.progs[0].Type = uint32(elf.PT_NOTE) }, late: true, err: errno.EINVAL},
	{name: "overlap", elf: func(m *maker) { m.add(page(codeAt)); m.progs[1].Flags = 5 }},
	{name: "out of order", elf: func(m *maker) { m.add(page(codeAt - 0x10000)) }},
	{name: "filesz over memsz", elf: func(m *maker) { m.progs[0].Memsz-- }, late: true, err: errno.EINVAL},
	{name: "memsz huge", elf: func(m *maker) { m.add(with(0x500000, func(p *elf.Prog64) { p.Memsz = 1 << 62 })) }, late: true, err: errno.EINVAL},
	{name: "memsz wraps", elf: func(m *maker) { m.add(with(0x500000, func(p *elf.Prog64) { p.Memsz = ^uint64(0) })) }, late: true, err: errno.EINVAL},
	{name: "past the top", elf: func(m *maker) { m.add(page(1<<47 - 0x1000)) }, late: true, err: errno.EINVAL},
	{name: "in the kernel", elf: func(m *maker) { m.add(page(0xffff800000000000)) }, late: true, err: errno.EINVAL},
	{name: "page 0", elf: func(m *maker) { m.progs[0].Vaddr = 0; m.head.Entry = codeIn }, late: true, err: errno.EPERM},
	{name: "on the stack", elf: func(m *maker) { m.progs[0].Vaddr = linuxTop - 0x1000 }, late: true, err: errno.EEXIST},
	{name: "incongruent", elf: func(m *maker) { m.add(with(0x500800, func(p *elf.Prog64) { p.Off = 0x1000 })) }, late: true, err: errno.EINVAL},
	{name: "offset below", elf: func(m *maker) { m.add(with(0x500800, func(p *elf.Prog64) { p.Off = 0x400 })) }, late: true, err: errno.EINVAL},
	{name: "offset beyond", elf: func(m *maker) { m.add(with(0x500000, func(p *elf.Prog64) { p.Off = 1 << 20 })) }},
	{name: "offset far", elf: func(m *maker) { m.add(with(0x500000, func(p *elf.Prog64) { p.Off = ^uint64(0xfff) })) }, late: true, err: errno.EOVERFLOW},
	{name: "bss beyond", elf: func(m *maker) {
		m.add(with(0x500000, func(p *elf.Prog64) { p.Off = 1 << 20; p.Filesz = 0x800 }))
	}, late: true, err: errno.EFAULT},
	{name: "bss read-only", elf: func(m *maker) {
		m.add(with(0x500000, func(p *elf.Prog64) { p.Flags = 4; p.Filesz = 0x800; p.Memsz = 0x3000 }))
	}},
	{name: "bss only", elf: func(m *maker) { m.add(with(0x500123, func(p *elf.Prog64) { p.Filesz, p.Memsz = 0, 0x3000 })) }},
	{name: "nothing", elf: func(m *maker) { m.add(with(0x500123, func(p *elf.Prog64) { p.Filesz, p.Memsz = 0, 0 })) }},
	{name: "no permission", elf: func(m *maker) { m.add(with(0x500000, func(p *elf.Prog64) { p.Flags = 0 })) }},
	{name: "align odd", elf: func(m *maker) { m.progs[0].Align = 3 }},
	{name: "align 0", elf: func(m *maker) { m.progs[0].Align = 0 }},
	{name: "dyn align", elf: func(m *maker) { dyn(m); m.progs[0].Align = 1 << 21 }},
	{name: "dyn align huge", elf: func(m *maker) { dyn(m); m.progs[0].Align = 1 << 60 }, late: true, err: errno.EPERM},
	{name: "dyn align large", elf: func(m *maker) { dyn(m); m.progs[0].Align = 1 << 40 }},
	{name: "dyn zero page", elf: func(m *maker) { dyn(m); m.progs[0].Memsz, m.progs[0].Filesz = 0, 0 }, late: true, err: errno.EINVAL},
	{name: "dyn size", elf: func(m *maker) { dyn(m); m.add(page(1 << 46)) }},
	{name: "entry in the kernel", elf: func(m *maker) { m.head.Entry = 1 << 63 }, late: true, err: errno.EINVAL},

	// Interpreters.
	{name: "interp", elf: func(m *maker) { m.interp("./ld\x00") }, more: files{"./ld": newELF(dyn)}},
	{name: "interp of dyn", elf: func(m *maker) { dyn(m); m.interp("./ld\x00") }, more: files{"./ld": newELF(dyn)}},
	{name: "interp exec", elf: func(m *maker) { m.interp("./ld\x00") }, more: files{"./ld": newELF(func(m *maker) {
		m.progs[0].Vaddr, m.head.Entry = 0x10000000, 0x10000000+codeIn
	})}},
	{name: "interp align", elf: func(m *maker) { dyn(m); m.progs[0].Align = 1 << 30; m.interp("./ld\x00") },
		more: files{"./ld": newELF(func(m *maker) { dyn(m); m.progs[0].Align = 1 << 21 })}},
	{name: "interp high", elf: func(m *maker) { m.interp("./ld\x00") },
		more: files{"./ld": newELF(func(m *maker) { dyn(m); m.progs[0].Vaddr, m.head.Entry = 0x20000000, 0x20000000+codeIn })}},
	{name: "interp high of dyn", elf: func(m *maker) { dyn(m); m.interp("./ld\x00") },
		more: files{"./ld": newELF(func(m *maker) { dyn(m); m.progs[0].Vaddr, m.head.Entry = 0x20000000, 0x20000000+codeIn })}},
	{name: "interp on the program", elf: func(m *maker) { m.interp("./ld\x00") },
		more: files{"./ld": newELF(func(m *maker) { dyn(m); m.progs[0].Vaddr, m.head.Entry = codeAt, codeAt+codeIn })}},
	{name: "interp exec on the program", elf: func(m *maker) { m.interp("./ld\x00") }, more: files{"./ld": newELF(nil)}},
	{name: "interp missing", elf: func(m *maker) { m.interp("./none\x00") }, err: errno.ENOENT},
	{name: "interp no end", elf: func(m *maker) { m.interp("./ld") }, err: errno.ENOEXEC},
	{name: "interp 1 byte", elf: func(m *maker) { m.interp("\x00") }, err: errno.ENOEXEC},
	{name: "interp nothing", elf: func(m *maker) { m.interp("\x00\x00") }, err: errno.EACCES}, // the working directory
	{name: "interp long", elf: func(m *maker) { m.interp("./ld\x00"); m.progs[1].Filesz = 4097 }, err: errno.ENOEXEC},
	{name: "interp beyond", elf: func(m *maker) { m.interp("./ld\x00"); m.progs[1].Off = 0x1fff }, err: errno.EIO},
	{name: "interp short", elf: func(m *maker) { m.interp("./ld\x00") }, err: errno.EIO, more: files{"./ld": []byte("short")}},
	{name: "interp script", elf: func(m *maker) { m.interp("./ld\x00") }, err: errno.ELIBBAD,
		more: files{"./ld": []byte("#!./prog\n" + strings.Repeat("#", 100))}},
	{name: "interp arm", elf: func(m *maker) { m.interp("./ld\x00") }, err: errno.ELIBBAD,
		more: files{"./ld": newELF(func(m *maker) { m.head.Machine = uint16(elf.EM_AARCH64) })}},
	{name: "interp no phdrs", elf: func(m *maker) { m.interp("./ld\x00") }, err: errno.ELIBBAD,
		more: files{"./ld": newELF(func(m *maker) { m.head.Phnum = 0 })}},
	{name: "interp relocatable", elf: func(m *maker) { m.interp("./ld\x00") }, late: true, err: errno.EINVAL,
		more: files{"./ld": newELF(func(m *maker) { m.head.Type = uint16(elf.ET_REL) })}},
	{name: "interp filesz over memsz", elf: func(m *maker) { m.interp("./ld\x00") }, late: true, err: errno.ENOMEM,
		more: files{"./ld": newELF(func(m *maker) { dyn(m); m.progs[0].Filesz++ })}},
	{name: "two interps", elf: func(m *maker) { m.interp("./ld\x00"); m.progs = append(m.progs, m.progs[1]); m.progs[2].Off = 0x600 },
		more: files{"./ld": newELF(dyn)}},
	{name: "interp entry", elf: func(m *maker) { m.interp("./ld\x00"); m.head.Entry = 1 << 63 }, more: files{"./ld": newELF(dyn)}},
}

// files is the case's directory: the program is ./prog.
func (c *elfCase) files() files {
	fs := files{"./prog": newELF(c.elf)}
	for name, data := range c.more {
		fs[name] = data
	}
	return fs
}

func TestELF(t *testing.T) {
	for _, c := range elfCases {
		t.Run(c.name, func(t *testing.T) {
			space, _, late, err := exec(request(c.files(), "./prog"))
			if err != c.err || err != errno.OK && late != c.late {
				t.Fatalf("%v, late %v; want %v, late %v", err, late, c.err, c.late)
			}
			if space != nil {
				space.Release()
			}
		})
	}
}
