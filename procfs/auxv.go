package procfs

// The auxiliary vector: what the kernel told the program at exec (getauxval(3)). The
// first ten types are the System V ABI's; from 15 on each OS numbers its own.

import (
	"encoding/binary"
	"fmt"
)

// AuxType names an entry, the same on every OS that has it.
type AuxType uint8

// The types; AuxUnknown keeps only its number.
const (
	AuxUnknown AuxType = iota
	AuxIgnore
	AuxExecFD
	AuxPhdr  // address of the program headers
	AuxPhent // size of one, bytes
	AuxPhnum
	AuxPageSize
	AuxBase // address of the interpreter; 0 for a static program
	AuxFlags
	AuxEntry // entry point of the program, load bias included
	AuxNotELF
	AuxUID
	AuxEUID
	AuxGID
	AuxEGID
	AuxPlatform // address of a string
	AuxHWCap
	AuxClockTick // per second
	AuxSecure    // 1: set-user-id or the like
	AuxBasePlatform
	AuxRandom // address of 16 random bytes
	AuxHWCap2
	AuxRseqFeatureSize
	AuxRseqAlign
	AuxHWCap3
	AuxHWCap4
	AuxExecPath // address of the path given to execve
	AuxSysinfo
	AuxVDSO // address of the vdso's ELF header
	AuxMinSigStackSize
	AuxCanary
	AuxCanaryLen
	AuxOSRelDate
	AuxNCPUs
	AuxPageSizes
	AuxPageSizesLen
	AuxTimekeep
	AuxStackProt
	AuxEhdrFlags
	AuxBSDFlags
	AuxArgc
	AuxArgv
	AuxEnvc
	AuxEnvv
	AuxPSStrings
	AuxFxrng
	AuxStackBase
	AuxStackLimit
	nAuxTypes
)

// auxRow gives a type its name and its number on each OS; 0 where it has none.
type auxRow struct {
	name           string
	linux, freebsd uint64
}

// Sources: linux/auxvec.h and asm/auxvec.h; sys/elf_common.h of FreeBSD 15.
var auxRows = [nAuxTypes]auxRow{
	AuxIgnore:          {"AT_IGNORE", 1, 1},
	AuxExecFD:          {"AT_EXECFD", 2, 2},
	AuxPhdr:            {"AT_PHDR", 3, 3},
	AuxPhent:           {"AT_PHENT", 4, 4},
	AuxPhnum:           {"AT_PHNUM", 5, 5},
	AuxPageSize:        {"AT_PAGESZ", 6, 6},
	AuxBase:            {"AT_BASE", 7, 7},
	AuxFlags:           {"AT_FLAGS", 8, 8},
	AuxEntry:           {"AT_ENTRY", 9, 9},
	AuxNotELF:          {"AT_NOTELF", 10, 10},
	AuxUID:             {"AT_UID", 11, 11},
	AuxEUID:            {"AT_EUID", 12, 12},
	AuxGID:             {"AT_GID", 13, 13},
	AuxEGID:            {"AT_EGID", 14, 14},
	AuxPlatform:        {"AT_PLATFORM", 15, 0},
	AuxHWCap:           {"AT_HWCAP", 16, 25},
	AuxClockTick:       {"AT_CLKTCK", 17, 0},
	AuxSecure:          {"AT_SECURE", 23, 0},
	AuxBasePlatform:    {"AT_BASE_PLATFORM", 24, 0},
	AuxRandom:          {"AT_RANDOM", 25, 0},
	AuxHWCap2:          {"AT_HWCAP2", 26, 26},
	AuxRseqFeatureSize: {"AT_RSEQ_FEATURE_SIZE", 27, 0},
	AuxRseqAlign:       {"AT_RSEQ_ALIGN", 28, 0},
	AuxHWCap3:          {"AT_HWCAP3", 29, 38},
	AuxHWCap4:          {"AT_HWCAP4", 30, 39},
	AuxExecPath:        {"AT_EXECFN", 31, 15},
	AuxSysinfo:         {"AT_SYSINFO", 32, 0},
	AuxVDSO:            {"AT_SYSINFO_EHDR", 33, 34},
	AuxMinSigStackSize: {"AT_MINSIGSTKSZ", 51, 0},
	AuxCanary:          {"AT_CANARY", 0, 16},
	AuxCanaryLen:       {"AT_CANARYLEN", 0, 17},
	AuxOSRelDate:       {"AT_OSRELDATE", 0, 18},
	AuxNCPUs:           {"AT_NCPUS", 0, 19},
	AuxPageSizes:       {"AT_PAGESIZES", 0, 20},
	AuxPageSizesLen:    {"AT_PAGESIZESLEN", 0, 21},
	AuxTimekeep:        {"AT_TIMEKEEP", 0, 22},
	AuxStackProt:       {"AT_STACKPROT", 0, 23},
	AuxEhdrFlags:       {"AT_EHDRFLAGS", 0, 24},
	AuxBSDFlags:        {"AT_BSDFLAGS", 0, 27},
	AuxArgc:            {"AT_ARGC", 0, 28},
	AuxArgv:            {"AT_ARGV", 0, 29},
	AuxEnvc:            {"AT_ENVC", 0, 30},
	AuxEnvv:            {"AT_ENVV", 0, 31},
	AuxPSStrings:       {"AT_PS_STRINGS", 0, 32},
	AuxFxrng:           {"AT_FXRNG", 0, 33},
	AuxStackBase:       {"AT_USRSTACKBASE", 0, 35},
	AuxStackLimit:      {"AT_USRSTACKLIM", 0, 36},
}

// AuxNumbering is how one OS numbers the types.
type AuxNumbering map[uint64]AuxType

// The numberings.
var (
	LinuxAux   = auxNumbering(func(r auxRow) uint64 { return r.linux })
	FreeBSDAux = auxNumbering(func(r auxRow) uint64 { return r.freebsd })
)

func auxNumbering(column func(auxRow) uint64) AuxNumbering {
	t := make(AuxNumbering)
	for i, r := range auxRows {
		if n := column(r); n != 0 {
			t[n] = AuxType(i)
		}
	}
	return t
}

// Aux is one entry.
type Aux struct {
	Type  AuxType
	Num   uint64 // the OS's own number of the type
	Value uint64
}

// Name is the constant's name, "AT_PHDR", or "AT_77" for an unknown one.
func (a Aux) Name() string {
	if int(a.Type) < len(auxRows) && auxRows[a.Type].name != "" {
		return auxRows[a.Type].name
	}
	return fmt.Sprintf("AT_%d", a.Num)
}

// Auxv is the vector in the kernel's order, without its end marker.
type Auxv []Aux

// Get returns the value of the first entry of the type.
func (v Auxv) Get(t AuxType) (uint64, bool) {
	for _, a := range v {
		if a.Type == t {
			return a.Value, true
		}
	}
	return 0, false
}

// Auxv reads the vector; it is empty for a kernel thread or a zombie (which only root
// may read).
func (p Proc) Auxv() (Auxv, error) {
	b, err := p.readMemory("auxv")
	if err != nil {
		return nil, err
	}
	v, err := ParseAuxv(b, auxWord(b), p.fs.aux)
	return v, p.parsed("auxv", err)
}

// RawAuxv is the vector as the kernel keeps it, with its end marker.
func (p Proc) RawAuxv() ([]byte, error) { return p.readMemory("auxv") }

// auxWord tells a 32-bit program's vector from a 64-bit one: types are small, so a
// first word with high bits is a 32-bit type with its value behind it.
func auxWord(b []byte) int {
	if len(b) >= 8 && binary.LittleEndian.Uint64(b)>>32 != 0 {
		return 4
	}
	return 8
}

// ParseAuxv reads pairs of little-endian words of 4 or 8 bytes up to AT_NULL.
func ParseAuxv(b []byte, word int, numbers AuxNumbering) (Auxv, error) {
	if len(b) == 0 {
		return nil, nil
	}
	get := binary.LittleEndian.Uint64
	if word == 4 {
		get = func(b []byte) uint64 { return uint64(binary.LittleEndian.Uint32(b)) }
	}
	var v Auxv
	for off := 0; off+2*word <= len(b); off += 2 * word {
		num, value := get(b[off:]), get(b[off+word:])
		if num == 0 {
			return v, nil
		}
		v = append(v, Aux{numbers[num], num, value})
	}
	return nil, &ParseError{Msg: fmt.Sprintf("truncated: %d bytes without AT_NULL", len(b))}
}
