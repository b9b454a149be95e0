package image

// FreeBSD on amd64.
//
// Sources: execve(2), ptrace(2); sys/elf_common.h for the tags; the rows' order, the stack's
// and the places are what FreeBSD 15.0 shows (recordings sysctl-exec-stop, sysctl-sleeping):
// with address space randomisation, as it is by default, stack and mappings are low.

import (
	"debug/elf"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Tags of auxv rows that have another meaning than on Linux, or are FreeBSD's own.
const (
	ATExecPath     = 15
	ATCanary       = 16
	ATCanaryLen    = 17
	ATOSRelDate    = 18
	ATNCPUs        = 19
	ATPageSizes    = 20
	ATPageSizesLen = 21
	ATTimekeep     = 22
	ATStackProt    = 23
	ATEhdrFlags    = 24
	ATBSDFlags     = 27
	ATArgc         = 28
	ATArgv         = 29
	ATEnvc         = 30
	ATEnvv         = 31
	ATPSStrings    = 32
	ATKPreload     = 34
	ATUsrStackBase = 35
	ATUsrStackLim  = 36
)

// Places of FreeBSD's.
const (
	freebsdTop    = 0x850000000
	freebsdShared = 0x851b58000
	freebsdMap    = 0x854000000
	freebsdHigh   = 0x7ffffffff000

	// FreeBSDRelease is __FreeBSD_version of what is modeled.
	FreeBSDRelease = 1500068
)

// FreeBSD is FreeBSD 15 on amd64. The shared page is the system's, that knows what is in it.
var FreeBSD = System{
	Name: "FreeBSD", Brand: BrandFreeBSD,
	Script:      ScriptRules{Line: 4096, NoEnd: true, TrimEnd: true, Nested: 1, TooDeep: errno.OK},
	BadInterp:   errno.ENOEXEC,
	StackHeader: uint32(elf.PT_GNU_STACK),
	Args:        ArgRules{Total: 512 << 10}, // ARG_MAX
	CommLen:     19,

	Low: vm.PageSize, Top: freebsdTop, High: freebsdHigh, BottomUp: freebsdMap, SharedAt: freebsdShared,
	StackRoom: 31 * vm.PageSize, StackGuard: vm.PageSize,
	GapMin: 128 << 10, GapMax: 512 << 20, DynBase: 0x1021000, HeapAlign: vm.PageSize,
	Chance: Chance{Stack: 1 << 16, Program: 1 << 20, Slide: 1 << 10}, CopyTail: true, CommLast: true,

	Stack: []Piece{Gap, PSStrings, ExecPath, Align8, Canary, PageSizes, Align8, EnvStrings, ArgStrings, Align8},
	Tight: true, AuxvRoom: 40,
	Auxv: []Row{
		{Tag: ATPhdr, What: ProgPhdrs},
		{Tag: ATPhent, Value: phdrSize},
		{Tag: ATPhnum, What: ProgPhnum},
		{Tag: ATPagesz, Value: vm.PageSize},
		{Tag: ATFlags},
		{Tag: ATEntry, What: ProgEntry},
		{Tag: ATBase, What: InterpBase},
		{Tag: ATEhdrFlags},
		{Tag: ATExecPath, What: ExecPathAt},
		{Tag: ATOSRelDate, Value: FreeBSDRelease},
		{Tag: ATCanary, What: CanaryAt},
		{Tag: ATCanaryLen, Value: 64},
		{Tag: ATNCPUs, Value: 1},
		{Tag: ATPageSizes, What: PageSizesAt},
		{Tag: ATPageSizesLen, Value: 24},
		{Tag: ATTimekeep, Value: freebsdShared + 0x610},
		{Tag: ATStackProt, Value: 3},
		{Tag: ATBSDFlags, Value: 1},
		{Tag: ATArgc, What: ArgCount},
		{Tag: ATArgv, What: ArgvAt},
		{Tag: ATEnvc, What: EnvCount},
		{Tag: ATEnvv, What: EnvvAt},
		{Tag: ATPSStrings, What: PSStringsAt},
		{Tag: ATKPreload, What: SharedPageAt},
		{Tag: ATUsrStackBase, What: StackTop},
		{Tag: ATUsrStackLim, What: StackLimit},
	},
}
