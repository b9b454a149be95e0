package linux

// Seccomp filters: with one the kernel tells of the calls that are wanted and of no others
// (seccomp(2), SECCOMP_RET_TRACE). A thread then runs without stops at its calls, but for the
// exits of those that it was stopped at the entry of.

import (
	"cmp"
	"math"
	"slices"

	"github.com/trapline/trapline/kernel"
)

// filterer is a Sys that can launch programs with a filter.
type filterer interface{ Filters() kernel.Filtering }

// Filters says which programs may have a filter.
func (k *Kernel) Filters() kernel.Filtering {
	if f, ok := k.sys.(filterer); ok {
		return f.Filters()
	}
	return kernel.NoFiltering
}

// instruction is struct sock_filter (linux/filter.h): what classic BPF is made of.
type instruction struct {
	code   uint16
	jt, jf uint8 // instructions to skip when a comparison holds, and when it does not
	k      uint32
}

// Codes of instructions (linux/bpf_common.h), results of a filter (linux/seccomp.h) and offsets into
// struct seccomp_data.
const (
	bpfLoad     = 0x20 // BPF_LD | BPF_W | BPF_ABS
	bpfJump     = 0x05 // BPF_JMP | BPF_JA
	bpfEqual    = 0x15 // BPF_JMP | BPF_JEQ | BPF_K
	bpfAtLeast  = 0x35 // BPF_JMP | BPF_JGE | BPF_K
	bpfReturn   = 0x06 // BPF_RET | BPF_K
	resultTrace = 0x7ff00000
	resultAllow = 0x7fff0000
	dataNumber  = 0
	dataArch    = 4
	maxFilter   = 4096 // BPF_MAXINSNS
)

const (
	archAMD64 = 0xc000003e // AUDIT_ARCH_X86_64, linux/audit.h
	archI386  = 0x40000003
)

// ownCalls are told of whatever is asked for, by convention: execve and execveat, with which a launch
// begins; prctl and seccomp, with which a program may make filters of its own (see ownFilter); ptrace,
// as nobody can trace who is traced for the filter's sake.
var ownCalls = map[kernel.CallABI][]uint64{
	kernel.CallAMD64: {59, 322, 157, 317, 101},
	kernel.CallI386:  {11, 358, 172, 354, 26},
	kernel.CallX32:   {x32Bit + 520, x32Bit + 545, x32Bit + 157, x32Bit + 317, x32Bit + 521},
}

// filterProgram is the filter that tells of the calls of f; nil when it would be too long. Other
// architectures than these do not run on x86-64.
func filterProgram(f kernel.CallFilter) []instruction {
	native, compat := decisions(f, kernel.CallAMD64, kernel.CallX32), decisions(f, kernel.CallI386)
	p := []instruction{{code: bpfLoad, k: dataArch}, {bpfEqual, 1, 0, archI386}, {code: bpfJump, k: 1 + uint32(len(compat))},
		{code: bpfLoad, k: dataNumber}}
	p = append(append(p, compat...), instruction{code: bpfLoad, k: dataNumber})
	if p = append(p, native...); len(p) > maxFilter {
		return nil
	}
	return p
}

// border is where the decision about numbers changes: it holds from a number on.
type border struct{ from, result uint32 }

// decisions is a program that decides, by halving, about the number that is loaded, of a call by
// one of the conventions.
func decisions(f kernel.CallFilter, abis ...kernel.CallABI) []instruction {
	var ranges []kernel.CallRange
	for _, abi := range abis {
		ranges = append(ranges, f[abi]...)
		for _, nr := range ownCalls[abi] {
			ranges = append(ranges, kernel.CallRange{First: nr, Last: nr})
		}
	}
	slices.SortFunc(ranges, func(a, b kernel.CallRange) int { return cmp.Compare(a.First, b.First) })
	var merged []kernel.CallRange
	for _, r := range ranges {
		if n := len(merged); n > 0 && r.First <= merged[n-1].Last+1 {
			merged[n-1].Last = max(merged[n-1].Last, r.Last)
		} else {
			merged = append(merged, r)
		}
	}
	borders := []border{{0, resultAllow}}
	for _, r := range merged {
		if r.First == 0 {
			borders = borders[:0]
		}
		if borders = append(borders, border{uint32(r.First), resultTrace}); r.Last < math.MaxUint32 {
			borders = append(borders, border{uint32(r.Last) + 1, resultAllow})
		}
	}
	return halve(borders)
}

func halve(borders []border) []instruction {
	if len(borders) == 1 {
		return []instruction{{code: bpfReturn, k: borders[0].result}}
	}
	middle := len(borders) / 2
	below, above := halve(borders[:middle]), halve(borders[middle:])
	p := []instruction{{bpfAtLeast, uint8(len(below)), 0, borders[middle].from}}
	if len(below) > math.MaxUint8 { // a comparison does not skip as much
		p = []instruction{{bpfAtLeast, 0, 1, borders[middle].from}, {code: bpfJump, k: uint32(len(below))}}
	}
	return append(append(p, below...), above...)
}

// seccomp is the stop at which a filter tells of a call. It comes behind that of the entry, if
// there was one.
func (k *Kernel) seccomp(t *task, s *kernel.Stop) bool {
	if t.inCall || !t.traced {
		k.letGo(t, int(t.how), 0)
		return false
	}
	return k.syscall(t, s)
}

// ownFilter says whether a call gives the process a filter of its own. That may deny calls which
// ours tells of, and then nobody is told of them: from here on the process stops at all its calls.
func ownFilter(c *kernel.Syscall) bool {
	const setSeccomp = 22 // PR_SET_SECCOMP, linux/prctl.h
	own := ownCalls[c.ABI]
	return len(own) > 0 && (c.Nr == own[3] || c.Nr == own[2] && c.Args[0] == setSeccomp)
}
