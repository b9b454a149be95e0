package image

// SVR4 on amd64, as its descendant illumos has it.
//
// Sources: execve(2) and getexecname(3C) of SVR4 and illumos; illumos's sys/auxv.h; what
// its exec does with an interpreter that cannot be used, and in which order rows and
// strings are, is from the comments and structure of usr/src/uts/common/{os/exec.c,
// exec/elf/elf.c, exec/intp/intp.c}. Addresses are the model's: real ones are in the upper
// half, above what vm has.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Tags of auxv rows that only Sun's descendants of SVR4 have (illumos sys/auxv.h).
const (
	ATSunPlatform = 2008
	ATSunHwcap    = 2009
	ATSunExecname = 2014
	ATSunAuxflags = 2017
)

// ptSunwStack is the program header for the stack's permissions.
const ptSunwStack = 0x6ffffffb

// SVR4 is SVR4 on amd64.
var SVR4 = System{
	Name: "SVR4", Brand: BrandSVR4,
	Script:      ScriptRules{Line: 128, OneWord: true, Nested: 1},
	BadInterp:   errno.EINVAL,
	LateInterp:  true,
	StackHeader: ptSunwStack,
	Args:        ArgRules{Total: 2 << 20}, // NCARGS64
	CommLen:     16,

	Low: vm.PageSize, Top: 1<<47 - 2<<20, StackRoom: 0, StackGuard: 256 * vm.PageSize,
	GapMin: 8 << 20, GapMax: 1 << 46, HeapAlign: 1, HeapName: "[ heap ]", StackName: "[ stack ]",
	ReplaceFirst: true,
	Chance:       Chance{Stack: 1 << 10, Mappings: 1 << 20, Heap: 1 << 12},

	Stack:    []Piece{Zero, ExecPath, PlatformString, EnvStrings, ArgStrings},
	Platform: "i86pc",
	Auxv: []Row{
		{Tag: ATSunPlatform, What: PlatformAt},
		{Tag: ATSunExecname, What: ExecPathAt},
		{Tag: ATPhdr, What: ProgPhdrs, Dyn: true},
		{Tag: ATPhent, Value: phdrSize, Dyn: true},
		{Tag: ATPhnum, What: ProgPhnum, Dyn: true},
		{Tag: ATEntry, What: ProgEntry, Dyn: true},
		{Tag: ATBase, What: LoadBase},
		{Tag: ATFlags},
		{Tag: ATPagesz, Value: vm.PageSize},
		{Tag: ATSunAuxflags, What: SecureMode, Value: 0}, // AF_SUN_SETUGID is 1
		{Tag: ATSunHwcap, Value: 0},
	},
}
