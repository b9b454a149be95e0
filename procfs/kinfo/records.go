package kinfo

// Records of kern.proc.vmmap, kern.proc.filedesc and kern.proc.cwd: each begins with its own
// size, and its path is as long as it has to be.

import "fmt"

// Types of a VMEntry (KVME_TYPE_...).
const (
	VMNone    = 0
	VMDefault = 1 // anonymous memory
	VMVnode   = 2
	VMSwap    = 3
	VMDevice  = 4
	VMPhys    = 5
	VMDead    = 6
	VMSG      = 7
	VMMgtdev  = 8
	VMGuard   = 9
	VMUnknown = 255
)

// Bits of VMEntry.Protection and VMEntry.Flags.
const (
	ProtRead  = 1
	ProtWrite = 2
	ProtExec  = 4

	VMCow       = 0x01
	VMNeedsCopy = 0x02
	VMNoCore    = 0x04
	VMSuper     = 0x08
	VMGrowsUp   = 0x10
	VMGrowsDown = 0x20
	VMUserWired = 0x40
	VMSysVShm   = 0x80
	VMPosixShm  = 0x100
)

// VMEntry is struct kinfo_vmentry: one mapping.
type VMEntry struct {
	Type               int32
	Start, End, Offset uint64
	FileID             uint64
	Flags              uint32
	Resident, Private  int32 // pages
	Protection         uint32
	RefCount, Shadow   int32
	VnodeType          int32
	VnodeSize          uint64
	Mode               uint16
	Status             uint16 // 1: the members about the file are valid
	FSID, Rdev         uint64 // FSID of what has no file is the object's address
	Path               string
}

const (
	vmPath   = 136
	filePath = 368
	maxPath  = 1024
)

// DecodeVMMap reads kern.proc.vmmap.
func DecodeVMMap(b []byte) ([]VMEntry, error) {
	var out []VMEntry
	err := records(b, vmPath, func(r []byte) {
		out = append(out, VMEntry{Type: i32(r, 4), Start: le.Uint64(r[8:]), End: le.Uint64(r[16:]), Offset: le.Uint64(r[24:]), FileID: le.Uint64(r[32:]),
			Flags: le.Uint32(r[44:]), Resident: i32(r, 48), Private: i32(r, 52), Protection: le.Uint32(r[56:]), RefCount: i32(r, 60), Shadow: i32(r, 64),
			VnodeType: i32(r, 68), VnodeSize: le.Uint64(r[72:]), Mode: le.Uint16(r[84:]), Status: le.Uint16(r[86:]), FSID: le.Uint64(r[88:]), Rdev: le.Uint64(r[96:]), Path: cstring(r[vmPath:])})
	})
	return out, err
}

// Append appends the record, packed as the kernel does.
func (v *VMEntry) Append(b []byte) []byte {
	r := record(vmPath, v.Path)
	put32(r, 4, v.Type)
	for i, w := range []uint64{v.Start, v.End, v.Offset, v.FileID} {
		le.PutUint64(r[8+8*i:], w)
	}
	if v.Status != 0 {
		le.PutUint32(r[40:], uint32(v.FSID))
	}
	le.PutUint32(r[44:], v.Flags)
	for i, w := range []int32{v.Resident, v.Private, int32(v.Protection), v.RefCount, v.Shadow, v.VnodeType} {
		put32(r, 48+4*i, w)
	}
	le.PutUint64(r[72:], v.VnodeSize)
	le.PutUint32(r[80:], uint32(v.Rdev))
	le.PutUint16(r[84:], v.Mode)
	le.PutUint16(r[86:], v.Status)
	le.PutUint64(r[88:], v.FSID)
	le.PutUint64(r[96:], v.Rdev)
	return append(b, r...)
}

// Types of a File (KF_TYPE_...).
const (
	FileVnode    = 1
	FileSocket   = 2
	FilePipe     = 3
	FileFifo     = 4
	FileKqueue   = 5
	FileMqueue   = 7
	FileShm      = 8
	FileSem      = 9
	FilePts      = 10
	FileProcdesc = 11
	FileDev      = 12
	FileEventfd  = 13
	FileTimerfd  = 14
	FileInotify  = 15
	FileJaildesc = 16
	FileUnknown  = 255
)

// Numbers in place of a descriptor (KF_FD_TYPE_...).
const (
	FDCwd   = -1
	FDRoot  = -2
	FDJail  = -3
	FDTrace = -4
	FDText  = -5
	FDCtty  = -6
)

// Bits of File.Flags (KF_FLAG_...).
const (
	FileRead      = 0x01
	FileWrite     = 0x02
	FileAppend    = 0x04
	FileAsync     = 0x08
	FileFsync     = 0x10
	FileNonblock  = 0x20
	FileDirect    = 0x40
	FileHasLock   = 0x80
	FileShlock    = 0x100
	FileExlock    = 0x200
	FileNofollow  = 0x400
	FileCreat     = 0x800
	FileTrunc     = 0x1000
	FileExcl      = 0x2000
	FileExec      = 0x4000
	sockaddrBytes = 128
)

// File is struct kinfo_file: one descriptor, or a directory of the process.
type File struct {
	Type, FD, RefCount int32
	Flags              uint32
	Offset             int64
	VnodeType          int32 // FileVnode: KF_VTYPE_...
	// Domain, SockType, Protocol, Local and Peer are a socket's; the addresses are struct
	// sockaddr.
	Domain, SockType, Protocol int32
	Local, Peer                []byte
	Path                       string
}

// DecodeFiles reads kern.proc.filedesc or kern.proc.cwd.
func DecodeFiles(b []byte) ([]File, error) {
	var out []File
	err := records(b, filePath, func(r []byte) {
		f := File{Type: i32(r, 4), FD: i32(r, 8), RefCount: i32(r, 12), Flags: le.Uint32(r[16:]), Offset: int64(le.Uint64(r[24:])), Path: cstring(r[filePath:])}
		if f.Type == FileSocket {
			f.Domain, f.SockType, f.Protocol = i32(r, 36), i32(r, 40), i32(r, 44)
			f.Local, f.Peer = clone(r[48:48+sockaddrBytes]), clone(r[48+sockaddrBytes:48+2*sockaddrBytes])
		} else {
			f.VnodeType = i32(r, 32)
		}
		out = append(out, f)
	})
	return out, err
}

// Append appends the record.
func (f *File) Append(b []byte) []byte {
	r := record(filePath, f.Path)
	for i, w := range []int32{f.Type, f.FD, f.RefCount, int32(f.Flags)} {
		put32(r, 4+4*i, w)
	}
	le.PutUint64(r[24:], uint64(f.Offset))
	if f.Type == FileSocket {
		for i, w := range []int32{f.Domain, f.SockType, f.Protocol} {
			put32(r, 36+4*i, w)
		}
		copy(r[48:48+sockaddrBytes], f.Local)
		copy(r[48+sockaddrBytes:48+2*sockaddrBytes], f.Peer)
	} else {
		put32(r, 32, f.VnodeType)
	}
	return append(b, r...)
}

// records calls f for each; a record has at least min bytes and a terminated path.
func records(b []byte, least int, f func([]byte)) error {
	for len(b) >= 4 {
		n := int(int32(le.Uint32(b)))
		if n == 0 {
			return nil // the end, in a list with room left
		}
		if n <= least || n > len(b) {
			return fmt.Errorf("%w: %d bytes of %d", errSize, n, len(b))
		}
		f(b[:n])
		b = b[n:]
	}
	return nil
}

// record is an empty record with its size and path set: the size is rounded up to 8.
func record(path int, s string) []byte {
	s = s[:min(len(s), maxPath-1)]
	r := make([]byte, (path+len(s)+1+7)&^7)
	le.PutUint32(r, uint32(len(r)))
	copy(r[path:], s)
	return r
}

func clone(b []byte) []byte            { return append([]byte(nil), b...) }
func i32(b []byte, off int) int32      { return int32(le.Uint32(b[off:])) }
func put32(b []byte, off int, v int32) { le.PutUint32(b[off:], uint32(v)) }
