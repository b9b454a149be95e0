// ioctl commands of files: of any file system (FI..., FS_IOC_...), extents, attributes, labels.

package syscalls

func ioctlFiles() ioctlTable {
	return ioctlTable{
		0x1:        since61(out(intPtr)),                                                                                             // FIBMAP
		0x2:        since61(out(intPtr)),                                                                                             // FIGETBSZ
		0x5460:     since61(out(boxed(8, fInt64))),                                                                                   // FIOQSIZE
		0xc0045877: ioNone,                                                                                                           // FIFREEZE
		0xc0045878: ioNone,                                                                                                           // FITHAW
		0xc0185879: newRecord(h64("start"), u64le("len"), u64le("minlen")).in(),                                                      // FITRIM
		0x40049409: cloned,                                                                                                           // FICLONE
		0x4020940d: newRecord(natural("src_fd", 8, (*Call).fd), u64le("src_offset"), u64le("src_length"), u64le("dest_offset")).in(), // FICLONERANGE
		0xc0189436: fileDedupe,                                                                                                       // FIDEDUPERANGE
		0xc020660b: fiemap.becomes("fm_start fm_length fm_flags fm_extent_count", "fm_flags fm_mapped_extents ... fm_extents"),       // FS_IOC_FIEMAP
		0x80086601: out(boxed(4, fFlags(&tFsFlag))),                                                                                  // FS_IOC_GETFLAGS
		0x40086602: boxed(4, fFlags(&tFsFlag)),                                                                                       // FS_IOC_SETFLAGS
		0x80046601: out(boxed(4, fFlags(&tFsFlag))),                                                                                  // FS_IOC32_GETFLAGS
		0x40046602: boxed(4, fFlags(&tFsFlag)),                                                                                       // FS_IOC32_SETFLAGS
		0x801c581f: fsxattr.out(),                                                                                                    // FS_IOC_FSGETXATTR
		0x401c5820: fsxattr.pick("fsx_xflags fsx_extsize fsx_projid fsx_cowextsize").in(),                                            // FS_IOC_FSSETXATTR
		0x81009431: out(fsLabel),                                                                                                     // FS_IOC_GETFSLABEL
		0x41009432: fsLabel,                                                                                                          // FS_IOC_SETFSLABEL
	}
}

// cloned is the descriptor of the file to clone, of which strace 6.1 shows the number only.
var cloned = in(func(c *Call, v uint64) {
	if c.opts.As61 {
		c.dec(int64(int32(v)))
	} else {
		c.fd(v)
	}
})

// fsLabel is a string in an array of 256 bytes.
var fsLabel = in(func(c *Call, v uint64) {
	if p, ok := c.read(v, 256); ok {
		c.charArray(p)
	} else {
		c.addr(v)
	}
})

var (
	fiemapExtent = newRecord(u64le("fe_logical"), u64le("fe_physical"), u64le("fe_length"), pad(16), flags32("fe_flags", &tFiemapExtent), pad(12))
	fiemap       = newRecord(u64le("fm_start"), u64le("fm_length"), flags32("fm_flags", &tFiemap), u32le("fm_mapped_extents"), u32le("fm_extent_count"), pad(4),
		behind("fm_extents", "fm_mapped_extents", readLimit, sub("", fiemapExtent)))
	fsxattr = newRecord(flags32("fsx_xflags", &tFsXflag), u32le("fsx_extsize"), u32le("fsx_nextents"), h32("fsx_projid"), u32le("fsx_cowextsize"), pad(8))
)

// fileDedupe has a list of what to compare and, when it has been done, of what was the same.
var fileDedupe = phased(dedupe.complete, func(c *Call, v uint64) {
	if !c.failed {
		c.str(" => ")
		dedupeResult.print(c, v)
	}
})

var (
	dedupeDest   = newRecord(natural("dest_fd", 8, (*Call).fd), u64le("dest_offset"), u64le("bytes_deduped"), natural("status", 4, fInt), pad(4))
	dedupe       = dedupeRange(dedupeDest.pick("dest_fd dest_offset"))
	dedupeResult = dedupeRange(dedupeDest.pick("bytes_deduped status")).pick("info")
)

func dedupeRange(each *record) *record {
	return newRecord(u64le("src_offset"), u64le("src_length"), u16le("dest_count"), pad(6), behind("info", "dest_count", readLimit, sub("", each)).few(2))
}

var tFiemap = table{"FIEMAP_FLAG_???", []name{{1, "FIEMAP_FLAG_SYNC"}, {2, "FIEMAP_FLAG_XATTR"}, {4, "FIEMAP_FLAG_CACHE"}}}

var tFiemapExtent = table{"FIEMAP_EXTENT_???", []name{{1, "FIEMAP_EXTENT_LAST"}, {2, "FIEMAP_EXTENT_UNKNOWN"}, {4, "FIEMAP_EXTENT_DELALLOC"},
	{8, "FIEMAP_EXTENT_ENCODED"}, {0x80, "FIEMAP_EXTENT_DATA_ENCRYPTED"}, {0x100, "FIEMAP_EXTENT_NOT_ALIGNED"}, {0x200, "FIEMAP_EXTENT_DATA_INLINE"},
	{0x400, "FIEMAP_EXTENT_DATA_TAIL"}, {0x800, "FIEMAP_EXTENT_UNWRITTEN"}, {0x1000, "FIEMAP_EXTENT_MERGED"}, {0x2000, "FIEMAP_EXTENT_SHARED"}}}

var tFsFlag = table{"FS_???_FL", []name{{1, "FS_SECRM_FL"}, {2, "FS_UNRM_FL"}, {4, "FS_COMPR_FL"}, {8, "FS_SYNC_FL"}, {0x10, "FS_IMMUTABLE_FL"},
	{0x20, "FS_APPEND_FL"}, {0x40, "FS_NODUMP_FL"}, {0x80, "FS_NOATIME_FL"}, {0x100, "FS_DIRTY_FL"}, {0x200, "FS_COMPRBLK_FL"}, {0x400, "FS_NOCOMP_FL"},
	{0x800, "FS_ENCRYPT_FL"}, {0x1000, "FS_INDEX_FL"}, {0x2000, "FS_IMAGIC_FL"}, {0x4000, "FS_JOURNAL_DATA_FL"}, {0x8000, "FS_NOTAIL_FL"},
	{0x10000, "FS_DIRSYNC_FL"}, {0x20000, "FS_TOPDIR_FL"}, {0x40000, "FS_HUGE_FILE_FL"}, {0x80000, "FS_EXTENT_FL"}, {0x100000, "FS_VERITY_FL"},
	{0x200000, "FS_EA_INODE_FL"}, {0x400000, "FS_EOFBLOCKS_FL"}, {0x800000, "FS_NOCOW_FL"}, {0x2000000, "FS_DAX_FL"}, {0x10000000, "FS_INLINE_DATA_FL"},
	{0x20000000, "FS_PROJINHERIT_FL"}, {0x40000000, "FS_CASEFOLD_FL"}, {0x80000000, "FS_RESERVED_FL"}}}

var tFsXflag = table{"FS_XFLAG_???", []name{{1, "FS_XFLAG_REALTIME"}, {2, "FS_XFLAG_PREALLOC"}, {8, "FS_XFLAG_IMMUTABLE"}, {0x10, "FS_XFLAG_APPEND"},
	{0x20, "FS_XFLAG_SYNC"}, {0x40, "FS_XFLAG_NOATIME"}, {0x80, "FS_XFLAG_NODUMP"}, {0x100, "FS_XFLAG_RTINHERIT"}, {0x200, "FS_XFLAG_PROJINHERIT"},
	{0x400, "FS_XFLAG_NOSYMLINKS"}, {0x800, "FS_XFLAG_EXTSIZE"}, {0x1000, "FS_XFLAG_EXTSZINHERIT"}, {0x2000, "FS_XFLAG_NODEFRAG"},
	{0x4000, "FS_XFLAG_FILESTREAM"}, {0x8000, "FS_XFLAG_DAX"}, {0x10000, "FS_XFLAG_COWEXTSIZE"}, {0x80000000, "FS_XFLAG_HASATTR"}}}
