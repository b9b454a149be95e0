package linux

// What /proc tells of address spaces: maps, smaps, smaps_rollup, sizes, and the memory itself
// (proc_pid_maps(5), proc_pid_smaps(5), proc_pid_mem(5)).

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/vm"
)

// sizes are what an address space is made of, in bytes.
type sizes struct {
	total, resident        uint64
	anon, file, shared     uint64 // of what is resident
	data, stack, text, lib uint64
	executable             uint64
	entries                uint64 // their number
}

// tables guesses what page tables take: a page for each 2 MiB that something is in.
func (z *sizes) tables() uint64 { return (z.entries + 3) * vm.PageSize }

func sizesOf(v *view) (z sizes) {
	if v.space == nil {
		return z
	}
	for _, a := range v.space.Areas() {
		n, in := a.Length(), a.Resident*vm.PageSize
		z.total += n
		z.resident += in
		z.entries++
		switch {
		case a.File != nil:
			own := a.Private * vm.PageSize
			z.anon += own
			z.file += in - own
		case a.Shared:
			z.shared += in
		default:
			z.anon += in
		}
		switch {
		case a.GrowsDown:
			z.stack += n
		case a.Prot&(vm.Write|vm.Exec) == vm.Exec:
			z.executable += n
		case a.Prot&vm.Write != 0 && !a.Shared:
			z.data += n
		}
	}
	if im := v.image; im != nil {
		start, end := im.StartCode&^(vm.PageSize-1), (im.EndCode+vm.PageSize-1)&^(vm.PageSize-1)
		z.text = min(end-start, z.executable)
	}
	z.lib = z.executable - z.text
	return z
}

// deviceParts are a dev_t's halves, as device packs them.
func deviceParts(d uint64) (major, minor uint64) { return d >> 8 & 0xfff, d&0xff | d>>12&0xfff00 }

// mapsWidth is the column of names (seq_setwidth in show_vma_header_prefix).
const mapsWidth = 25 + 8*6 - 1

// sharedName is how shared memory that no file is behind is called: it is a file of the
// kernel's own.
const sharedName = "/dev/zero (deleted)"

// mapLine is a mapping's line of maps.
func mapLine(b *bytes.Buffer, a *vm.Entry) {
	start := b.Len()
	kind := byte('p')
	if a.Shared {
		kind = 's'
	}
	major, minor, ino, offset, name := uint64(0), uint64(0), a.Ino, a.Offset, a.Name
	switch {
	case a.File != nil:
		major, minor = deviceParts(a.Dev)
	case a.Shared:
		minor, ino = 1, a.Object
		if name == "" {
			name = sharedName
		}
	default:
		offset = 0
	}
	fmt.Fprintf(b, "%08x-%08x %v%c %08x %02x:%02x %d ", a.Start, a.End, a.Prot, kind, offset, major, minor, ino)
	if name != "" {
		for b.Len()-start < mapsWidth {
			b.WriteByte(' ')
		}
		b.WriteByte(' ')
		b.WriteString(strings.ReplaceAll(name, "\n", `\012`))
	}
	b.WriteByte('\n')
}

func showMaps(v *view) ([]byte, errno.Errno) {
	b := new(bytes.Buffer)
	if v.space != nil {
		for _, a := range v.space.Areas() {
			mapLine(b, &a)
		}
	}
	return b.Bytes(), errno.OK
}

// usage is a mapping's part of smaps, in bytes.
type usage struct{ size, resident, private, anon, file, shared uint64 }

func (u *usage) add(o usage) {
	u.size += o.size
	u.resident += o.resident
	u.private += o.private
	u.anon += o.anon
	u.file += o.file
	u.shared += o.shared
}

func usageOf(a *vm.Entry) usage {
	u := usage{size: a.Length(), resident: a.Resident * vm.PageSize, private: a.Private * vm.PageSize}
	switch {
	case a.File != nil:
		u.anon = u.private
		u.file = u.resident - u.private
	case a.Shared:
		u.shared, u.private = u.resident, 0
	default:
		u.anon = u.resident
	}
	return u
}

// kbRows writes the lines of smaps. Whatever is shared counts as shared by two.
func kbRows(b *bytes.Buffer, u usage, rollup bool) {
	others := u.resident - u.private
	line := func(name string, bytes uint64) { fmt.Fprintf(b, "%-16s %8d kB\n", name+":", bytes>>10) }
	line("Rss", u.resident)
	line("Pss", u.private+others/2)
	line("Pss_Dirty", u.anon)
	if rollup {
		line("Pss_Anon", u.anon)
		line("Pss_File", u.file/2)
		line("Pss_Shmem", u.shared/2)
	}
	line("Shared_Clean", u.file)
	line("Shared_Dirty", others-u.file)
	line("Private_Clean", 0)
	line("Private_Dirty", u.private)
	line("Referenced", u.resident)
	line("Anonymous", u.anon)
	for _, name := range []string{"KSM", "LazyFree", "AnonHugePages", "ShmemPmdMapped", "FilePmdMapped", "Shared_Hugetlb",
		"Private_Hugetlb", "Swap", "SwapPss", "Locked"} {
		line(name, 0)
	}
}

// vmFlags are smaps' two letters for what an area is.
func vmFlags(a *vm.Entry) string {
	var b strings.Builder
	for _, row := range []struct {
		set  bool
		name string
	}{{a.Prot&vm.Read != 0, "rd"}, {a.Prot&vm.Write != 0, "wr"}, {a.Prot&vm.Exec != 0, "ex"}, {a.Shared, "sh"},
		{a.Max&vm.Read != 0, "mr"}, {a.Max&vm.Write != 0, "mw"}, {a.Max&vm.Exec != 0, "me"}, {a.Shared, "ms"},
		{a.GrowsDown, "gd"}, {a.Inherit == vm.InheritNone, "dc"}, {a.Prot&vm.Write != 0 && !a.Shared, "ac"},
		{a.Inherit == vm.InheritZero, "wf"}} {
		if row.set {
			b.WriteString(row.name + " ")
		}
	}
	return b.String()
}

func showSmaps(v *view) ([]byte, errno.Errno) {
	b := new(bytes.Buffer)
	if v.space == nil {
		return nil, errno.OK
	}
	for _, a := range v.space.Areas() {
		mapLine(b, &a)
		fmt.Fprintf(b, "Size:           %8d kB\nKernelPageSize: %8d kB\nMMUPageSize:    %8d kB\n", a.Length()>>10, 4, 4)
		kbRows(b, usageOf(&a), false)
		fmt.Fprintf(b, "THPeligible:           0\nVmFlags: %s\n", vmFlags(&a))
	}
	return b.Bytes(), errno.OK
}

func showRollup(v *view) ([]byte, errno.Errno) {
	var sum usage
	areas := v.space.Areas()
	if len(areas) == 0 {
		return nil, errno.ESRCH
	}
	for i := range areas {
		sum.add(usageOf(&areas[i]))
	}
	b := new(bytes.Buffer)
	mapLine(b, &vm.Entry{Start: areas[0].Start, End: areas[len(areas)-1].End, Name: "[rollup]"})
	kbRows(b, sum, true)
	return b.Bytes(), errno.OK
}

// showAuxv is auxv: the vector as exec made it.
func showAuxv(v *view) ([]byte, errno.Errno) {
	if v.image == nil {
		return nil, errno.OK
	}
	return v.image.Auxv, errno.OK
}

// strings are read from the program's memory, as far as they are there.
func (v *view) strings(from, to uint64) []byte {
	if to <= from || to-from > 8<<20 {
		return nil
	}
	b := make([]byte, to-from)
	return b[:v.space.Peek(from, b)]
}

func showEnviron(v *view) ([]byte, errno.Errno) {
	if v.image == nil {
		return nil, errno.OK
	}
	return v.strings(v.image.EnvStart, v.image.EnvEnd), errno.OK
}

// showCmdline is cmdline: the arguments; of a program that wrote over their last byte, the
// one string that it wrote (get_mm_cmdline, setproctitle(3)).
func showCmdline(v *view) ([]byte, errno.Errno) {
	im := v.image
	if v.space == nil || im == nil {
		return nil, errno.OK
	}
	args := v.strings(im.ArgStart, im.ArgEnd)
	if n := len(args); n == 0 || args[n-1] == 0 || uint64(n) < im.ArgEnd-im.ArgStart {
		return args, errno.OK
	}
	title := v.strings(im.ArgStart, im.ArgStart+vm.PageSize)
	if i := bytes.IndexByte(title, 0); i >= 0 {
		title = title[:i+1]
	}
	return title, errno.OK
}

// mem makes the node of mem: the memory that a tracer may read and write, whatever the
// program may.
func (s *subject) mem() *fs.Node {
	row := &procFile{mode: 0o600, bind: tracer}
	access := func(do func(*vm.Space, uint64, []byte) int) func(*fs.File, []byte, int64) (int, errno.Errno) {
		return func(f *fs.File, p []byte, off int64) (int, errno.Errno) {
			space := f.Data.(*opened).space
			if space.Users() == 0 || len(p) == 0 {
				return 0, errno.OK
			}
			n := do(space.Space, uint64(off), p)
			if n == 0 {
				return 0, errno.EIO
			}
			return n, errno.OK
		}
	}
	return s.node(fs.Regular, row.mode, inoMem, &fs.Synthetic{
		Open:    func(f *fs.File) errno.Errno { return s.open(row, f) },
		ReadAt:  access((*vm.Space).Peek),
		WriteAt: access((*vm.Space).Poke),
	})
}
