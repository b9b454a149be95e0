// The ABIs: number tables joined with signatures.

package syscalls

import (
	"slices"

	"github.com/trapline/trapline/abi"
)

// The three ABIs of Linux on x86-64: a 64-bit program's, a 32-bit program's (and int $0x80
// in any), and x32's, whose numbers have bit 30 set.
var (
	X8664 = &ABI{Name: "x86_64", OS: abi.Linux, Word: 8, Long: 8, Suffix: "64"}
	I386  = &ABI{Name: "i386", OS: abi.Linux, Word: 4, Long: 4, Suffix: "32"}
	X32   = &ABI{Name: "x32", OS: abi.Linux, Word: 4, Long: 8, Base: 1 << 30, Suffix: "x32"}
)

// ABIs are all of them, the commonest first.
var ABIs = []*ABI{X8664, I386, X32, SVR4, FreeBSD, FreeBSD32}

// natives are the ABIs of 64-bit programs.
var natives = map[*abi.OS]*ABI{abi.Linux: X8664, abi.SVR4: SVR4, abi.FreeBSD: FreeBSD}

// Native is the ABI of a 64-bit program of an OS.
func Native(os *abi.OS) *ABI { return natives[os] }

func init() {
	byName := make(map[string]*Signature, len(signatures))
	for i := range signatures {
		byName[signatures[i].Name] = &signatures[i]
	}
	for _, t := range []struct {
		abi     *ABI
		numbers []string
	}{{X8664, numbersX8664}, {I386, numbersI386}, {X32, numbersX32}} {
		rows := make([]*Signature, len(t.numbers))
		for n, name := range t.numbers {
			if name == "" {
				continue
			}
			if own := byName[name+"@"+t.abi.Suffix]; own != nil {
				rows[n] = renamed(own, name)
			} else {
				rows[n] = byName[name]
			}
		}
		if t.abi == I386 {
			rows = addParts(rows, byName)
		}
		t.abi.use(rows)
		t.abi.registers = len(t.numbers)
	}
}

// use gives the ABI its calls, in the order of their numbers.
func (a *ABI) use(rows []*Signature) {
	a.rows, a.bare, a.registers = rows, make([]bool, len(rows)), len(rows)
	for i, r := range rows {
		a.bare[i] = r != nil && !slices.ContainsFunc(r.args, asksMore)
	}
}

// asksMore says whether printing an argument at the enter may take more than its register.
func asksMore(k kind) bool {
	return k.of != nil || k.late != nil || k.tail != nil || k.note != nil || !k.bare && !k.out
}

// ForProgram returns the ABI of a call by what PTRACE_GET_SYSCALL_INFO reports: its AUDIT_ARCH
// (0xc000003e x86-64, 0x40000003 i386) and its number.
func ForProgram(arch uint32, nr uint64) *ABI {
	switch {
	case arch == 0x40000003:
		return I386
	case nr&X32.Base != 0 && nr < 1<<31:
		return X32
	}
	return X8664
}
