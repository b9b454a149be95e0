package elfinfo

// What a symbol is, and its demangled forms.

import (
	"cmp"
	"debug/elf"
	"strings"

	"github.com/ianlancetaylor/demangle"
)

// Origin says which table a symbol came from.
type Origin uint8

// The tables symbols are read from.
const (
	Static    Origin = iota // .symtab, of the file or of its separate debug file
	Dynamic                 // .dynsym
	MiniDebug               // .symtab inside .gnu_debugdata
	PLT                     // made up from a procedure linkage table entry
	GoTable                 // .gopclntab
)

var originNames = [...]string{"symtab", "dynsym", "minidebug", "plt", "gopclntab"}

func (o Origin) String() string { return originNames[o] }

// Symbol is one symbol. Value is a vaddr, except for TLS symbols, where it is the
// offset in the module's TLS block, and for absolute ones, where it is a number.
type Symbol struct {
	Name    string // as the linker knows it, without version
	Version string // "GLIBC_2.14", or ""
	Default bool   // the version is the default one (name@@version)
	Value   uint64
	Size    uint64 // bytes; 0 when unknown
	Type    elf.SymType
	Bind    elf.SymBind
	Section elf.SectionIndex
	Origin  Origin
}

// sttIFunc is STT_GNU_IFUNC: Value is a resolver that returns the function.
const sttIFunc = elf.SymType(10)

// IsFunc reports whether the symbol is code: a function or an indirect one.
func (s Symbol) IsFunc() bool { return s.Type == elf.STT_FUNC || s.Type == sttIFunc }

// IsIFunc reports whether Value is the resolver of an indirect function (STT_GNU_IFUNC).
func (s Symbol) IsIFunc() bool { return s.Type == sttIFunc }

// IsTLS reports whether Value is an offset into thread-local storage.
func (s Symbol) IsTLS() bool { return s.Type == elf.STT_TLS }

// Undefined reports whether the symbol is only referred to here.
func (s Symbol) Undefined() bool { return s.Section == elf.SHN_UNDEF }

// addressable symbols name a place in the image.
func (s Symbol) addressable() bool {
	switch s.Type {
	case elf.STT_FUNC, elf.STT_OBJECT, elf.STT_NOTYPE, sttIFunc:
		return s.Section != elf.SHN_UNDEF && s.Section != elf.SHN_ABS && s.Section != elf.SHN_COMMON && s.Name != ""
	}
	return false
}

// FullName is Name with its version, as nm prints it: memcpy@@GLIBC_2.14.
func (s Symbol) FullName() string {
	switch {
	case s.Version == "":
		return s.Name
	case s.Default:
		return s.Name + "@@" + s.Version
	}
	return s.Name + "@" + s.Version
}

// Demangled is the C++ or Rust name with arguments, or Name when it is not mangled.
func (s Symbol) Demangled() string { return Demangle(s.Name) }

// Demangling limits: longer symbols are shown as they are.
const (
	maxMangled      = 8 << 10
	maxDemangledPow = 14 // 16 KiB
)

// Demangle returns the source form of a C++ or Rust linker name, arguments included;
// any other name comes back unchanged.
func Demangle(name string) string {
	return demangled(name, demangle.MaxLength(maxDemangledPow))
}

// DemangleShort is Demangle without the argument list and template arguments of
// the function: ns::foo for ns::foo<int>(char).
func DemangleShort(name string) string {
	return demangled(name, demangle.NoParams, demangle.NoTemplateParams, demangle.MaxLength(maxDemangledPow))
}

// dropParams is Demangle without the argument list only: ns::foo<int>.
func dropParams(name string) string {
	return demangled(name, demangle.NoParams, demangle.MaxLength(maxDemangledPow))
}

func demangled(name string, opts ...demangle.Option) string {
	base, plt := strings.CutSuffix(name, "@plt")
	if !mangled(base) || len(base) > maxMangled {
		return name
	}
	out, err := demangle.ToString(base, opts...)
	if err != nil {
		return name
	}
	if plt {
		out += "@plt"
	}
	return out
}

// mangled is a cheap test for the prefixes of the two schemes.
func mangled(name string) bool {
	return strings.HasPrefix(name, "_Z") || strings.HasPrefix(name, "_R")
}

// rank orders the symbols that share an address: the lowest is the one to show.
func (s Symbol) rank() int {
	r := 0
	switch s.Type {
	case elf.STT_FUNC, sttIFunc:
	case elf.STT_OBJECT:
		r = 1
	default:
		r = 2
	}
	r *= 2
	if s.Bind == elf.STB_LOCAL {
		r++
	}
	return r
}

// compare orders the names of one address, the one to show first: code before data
// before labels, global before local, then the public spelling (puts, not _IO_puts),
// then the strong one, then the shorter.
func (s Symbol) compare(o Symbol) int {
	const weak = elf.STB_WEAK // a bit of STB_GNU_UNIQUE too, which is as good as weak
	return cmp.Or(
		s.rank()-o.rank(),
		underscores(s.Name)-underscores(o.Name),
		int(s.Bind&weak)-int(o.Bind&weak),
		len(s.Name)-len(o.Name),
		strings.Compare(s.Name, o.Name),
		int(s.Origin)-int(o.Origin),
	)
}

func underscores(s string) int {
	if mangled(s) {
		return 0
	}
	return len(s) - len(strings.TrimLeft(s, "_"))
}
