package image

// Linux on x86-64.
//
// Sources: execve(2), getauxval(3), elf(5); Documentation/arch/x86/x86_64/mm.rst; the order
// of auxv rows and the places are what Linux 6.18 shows (LD_SHOW_AUXV=1, /proc/PID/maps).

import (
	"debug/elf"

	"github.com/trapline/trapline/kernel/model/cpu"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Tags of auxv rows (getauxval(3), elf.h).
const (
	ATNull        = 0
	ATPhdr        = 3
	ATPhent       = 4
	ATPhnum       = 5
	ATPagesz      = 6
	ATBase        = 7
	ATFlags       = 8
	ATEntry       = 9
	ATUID         = 11
	ATEUID        = 12
	ATGID         = 13
	ATEGID        = 14
	ATPlatform    = 15
	ATHwcap       = 16
	ATClktck      = 17
	ATSecure      = 23
	ATRandom      = 25
	ATHwcap2      = 26
	ATRseqFeature = 27
	ATRseqAlign   = 28
	ATExecfn      = 31
	ATSysinfoEhdr = 33
	ATMinsigstksz = 51
)

const (
	linuxTop = 1<<47 - vm.PageSize
	linuxDyn = linuxTop / 3 * 2 // 0x555555554aaa: programs from the page it is in, the heap from the next
)

// hwcap is what the modeled processor says of itself in CPUID.1:EDX.
func hwcap() uint64 {
	_, _, _, edx := cpu.DefaultCPUID(1, 0)
	return uint64(edx)
}

// Linux is Linux on x86-64, on the modeled processor. Copy it to change rows or to add the
// vdso (Shared).
var Linux = System{
	Name: "Linux", Brand: BrandLinux,
	Script:      ScriptRules{Line: 256, NoEnd: true, TrimEnd: true, Nested: 5, TooDeep: errno.ELOOP},
	BadInterp:   errno.ELIBBAD,
	StackHeader: uint32(elf.PT_GNU_STACK),
	Args:        ArgRules{String: 32 * vm.PageSize, StackPart: 4, Least: 128 << 10, Total: 6 << 20},
	EmptyArg:    true, CommLen: 15,

	Low: 0x10000, Top: linuxTop, StackRoom: 128 << 10, StackGuard: 256 * vm.PageSize,
	GapMin: 128 << 20, GapMax: linuxTop / 6 * 5, DynBase: linuxDyn &^ (vm.PageSize - 1), LoaderHeap: linuxDyn,
	HeapAlign: vm.PageSize, HeapSkip: vm.PageSize, HeapName: "[heap]", StackName: "[stack]",
	Chance: Chance{Stack: 1 << 22, Mappings: 1 << 28, Program: 1 << 28, Heap: 1 << 18, Slide: 2 * vm.PageSize},

	Stack:    []Piece{Zero, ExecPath, EnvStrings, ArgStrings, Align16, PlatformString, RandomBytes},
	Platform: "x86_64",
	Auxv: []Row{
		{Tag: ATSysinfoEhdr, What: SharedPageAt},
		{Tag: ATMinsigstksz, Value: 1456}, // a frame with the 512 bytes of fxsave
		{Tag: ATHwcap, Value: hwcap()},
		{Tag: ATPagesz, Value: vm.PageSize},
		{Tag: ATClktck, Value: 100},
		{Tag: ATPhdr, What: ProgPhdrs},
		{Tag: ATPhent, Value: phdrSize},
		{Tag: ATPhnum, What: ProgPhnum},
		{Tag: ATBase, What: InterpBase},
		{Tag: ATFlags},
		{Tag: ATEntry, What: ProgEntry},
		{Tag: ATUID, What: RealUser},
		{Tag: ATEUID, What: EffectiveUser},
		{Tag: ATGID, What: RealGroup},
		{Tag: ATEGID, What: EffectiveGroup},
		{Tag: ATSecure, What: SecureMode},
		{Tag: ATRandom, What: RandomAt},
		{Tag: ATHwcap2, Value: 2}, // user mode may use rdfsbase
		{Tag: ATExecfn, What: ExecPathAt},
		{Tag: ATPlatform, What: PlatformAt},
		{Tag: ATRseqFeature, Value: 28},
		{Tag: ATRseqAlign, Value: 32},
	},
}
