// ioctl commands of btrfs (linux/btrfs.h, linux/btrfs_tree.h).

package syscalls

var ioctlBtrfs = ioctlTable{
	0x9406:     ioNone,                                                    // BTRFS_IOC_TRANS_START
	0x9407:     ioNone,                                                    // BTRFS_IOC_TRANS_END
	0x9408:     ioNone,                                                    // BTRFS_IOC_SYNC
	0x941c:     ioNone,                                                    // BTRFS_IOC_SCRUB_CANCEL
	0x942e:     ioNone,                                                    // BTRFS_IOC_QUOTA_RESCAN_WAIT
	0x50009402: ioNone,                                                    // BTRFS_IOC_DEFRAG
	0x5000940c: ioNone,                                                    // BTRFS_IOC_BALANCE
	0x50009401: btrfsVolume.in(),                                          // BTRFS_IOC_SNAP_CREATE
	0x50009403: btrfsVolume.in(),                                          // BTRFS_IOC_RESIZE
	0x50009404: btrfsVolume.in(),                                          // BTRFS_IOC_SCAN_DEV
	0x50009405: btrfsVolume.in(),                                          // BTRFS_IOC_FORGET_DEV
	0x5000940a: btrfsVolume.in(),                                          // BTRFS_IOC_ADD_DEV
	0x5000940b: btrfsVolume.in(),                                          // BTRFS_IOC_RM_DEV
	0x5000940e: btrfsVolume.in(),                                          // BTRFS_IOC_SUBVOL_CREATE
	0x5000940f: btrfsVolume.in(),                                          // BTRFS_IOC_SNAP_DESTROY
	0x40089413: boxed(8, fUint),                                           // BTRFS_IOC_DEFAULT_SUBVOL
	0x40089416: boxed(8, fUint),                                           // BTRFS_IOC_WAIT_SYNC
	0x80089418: out(boxed(8, fUint)),                                      // BTRFS_IOC_START_SYNC
	0x40049421: enum64(&tBtrfsBalanceCtl),                                 // BTRFS_IOC_BALANCE_CTL
	0x40189429: btrfsAssign.in(),                                          // BTRFS_IOC_QGROUP_ASSIGN
	0x4010942a: btrfsCreate.in(),                                          // BTRFS_IOC_QGROUP_CREATE
	0xc0109428: newRecord(natural("cmd", 8, fEnum(&tBtrfsQuotaCtl))).in(), // BTRFS_IOC_QUOTA_CTL
	0x40309410: btrfsDefrag.in(),                                          // BTRFS_IOC_DEFRAG_RANGE
	0x4040942c: btrfsRescan.pick("flags").in(),                            // BTRFS_IOC_QUOTA_RESCAN
	0x8040942d: btrfsRescan.out(),                                         // BTRFS_IOC_QUOTA_RESCAN_STATUS
	0x40489426: btrfsSend.in(),                                            // BTRFS_IOC_SEND
	0x80189439: btrfsFeatures.out(),                                       // BTRFS_IOC_GET_FEATURES
	0x40309439: arrayOf(2, sub("", btrfsFeatures)),                        // BTRFS_IOC_SET_FEATURES
	0x80489439: out(in((*Call).btrfsSupported)),                           // BTRFS_IOC_GET_SUPPORTED_FEATURES
	0x8030942b: btrfsLimits.out(),                                         // BTRFS_IOC_QGROUP_LIMIT
}

// The structures.
var (
	btrfsVolume   = newRecord(natural("fd", 8, (*Call).fd), text("name", 4088))
	btrfsAssign   = newRecord(u64le("assign"), u64le("src"), u64le("dst"))
	btrfsCreate   = newRecord(u64le("create"), u64le("qgroupid"))
	btrfsDefrag   = newRecord(u64le("start"), natural("len", 8, fMax64), flags64f("flags", &tBtrfsDefrag), u32le("extent_thresh"), enum32("compress_type", &tBtrfsCompress), pad(16))
	btrfsRescan   = newRecord(u64le("flags"), u64le("progress"), pad(48))
	btrfsFeatures = newRecord(flags64f("compat_flags", &tBtrfsCompat), flags64f("compat_ro_flags", &tBtrfsCompatRO), flags64f("incompat_flags", &tBtrfsIncompat))
	btrfsSend     = newRecord(natural("send_fd", 8, (*Call).fd), u64le("clone_sources_count"), btrfsClones(), natural("parent_root", 8, fBtrfsObject), flags64f("flags", &tBtrfsSend), pad(32))
	btrfsLimit    = newRecord(flags64f("flags", &tBtrfsLimit), u64le("max_rfer"), u64le("max_excl"), u64le("rsv_rfer"), u64le("rsv_excl"))
	btrfsLimits   = newRecord(u64le("qgroupid"), sub("lim", btrfsLimit))
)

// btrfsSupported are the features that the file system knows, may be given and may lose.
func (c *Call) btrfsSupported(v uint64) {
	n := btrfsFeatures.sizeOf(c)
	p, ok := c.read(v, 3*n)
	if !ok {
		c.addr(v)
		return
	}
	for i, what := range [...]string{" /* supported */", " /* safe to set */", " /* safe to clear */"} {
		c.str([...]string{"[", ", ", ", "}[i])
		btrfsFeatures.body(c, p[i*n:(i+1)*n])
		c.str(what)
	}
	c.byte(']')
}

// btrfsClones are the roots that a stream may take data from, with -v.
func btrfsClones() field {
	f := natural("clone_sources", 8, nil)
	f.by = "clone_sources_count"
	f.all = func(c *Call, m *member, s []byte) {
		if !c.opts.Verbose {
			c.addr(m.number(s))
			return
		}
		c.list(m.number(s), m.by.number(s), 8, func(c *Call, p []byte) { fBtrfsObject(c, u64(p)) })
	}
	return f
}

// fMax64 is a number whose greatest value has a name.
func fMax64(c *Call, v uint64) {
	if v != ^uint64(0) {
		c.udec(v)
		return
	}
	c.styled(func() { c.udec(v) }, func() { c.str("UINT64_MAX") })
}

// fBtrfsObject is the number of an object, with the names of those that all file systems have.
func fBtrfsObject(c *Call, v uint64) {
	n := tBtrfsObject.find(v)
	if n == "" {
		c.udec(v)
		return
	}
	c.styled(func() { c.udec(v) }, func() { c.str(n) })
}

var (
	tBtrfsBalanceCtl = table{"BTRFS_BALANCE_CTL_???", []name{{1, "BTRFS_BALANCE_CTL_PAUSE"}, {2, "BTRFS_BALANCE_CTL_CANCEL"}}}
	tBtrfsQuotaCtl   = table{"BTRFS_QUOTA_CTL_???", []name{{1, "BTRFS_QUOTA_CTL_ENABLE"}, {2, "BTRFS_QUOTA_CTL_DISABLE"}, {3, "BTRFS_QUOTA_CTL_RESCAN__NOTUSED"}}}
	tBtrfsDefrag     = table{"BTRFS_DEFRAG_RANGE_???", []name{{1, "BTRFS_DEFRAG_RANGE_COMPRESS"}, {2, "BTRFS_DEFRAG_RANGE_START_IO"}}}
	tBtrfsCompress   = table{"BTRFS_COMPRESS_???", names("BTRFS_COMPRESS_", "NONE ZLIB LZO ZSTD")}
	tBtrfsSend       = table{"BTRFS_SEND_FLAGS_???", []name{{1, "BTRFS_SEND_FLAG_NO_FILE_DATA"}, {2, "BTRFS_SEND_FLAG_OMIT_STREAM_HEADER"}, {4, "BTRFS_SEND_FLAG_OMIT_END_CMD"},
		{8, "BTRFS_SEND_FLAG_VERSION"}}}
	tBtrfsLimit = table{"BTRFS_QGROUP_LIMIT_???", []name{{1, "BTRFS_QGROUP_LIMIT_MAX_RFER"}, {2, "BTRFS_QGROUP_LIMIT_MAX_EXCL"}, {4, "BTRFS_QGROUP_LIMIT_RSV_RFER"},
		{8, "BTRFS_QGROUP_LIMIT_RSV_EXCL"}, {16, "BTRFS_QGROUP_LIMIT_RFER_CMPR"}, {32, "BTRFS_QGROUP_LIMIT_EXCL_CMPR"}}}
	tBtrfsCompat   = table{"BTRFS_FEATURE_COMPAT_???", nil}
	tBtrfsCompatRO = table{"BTRFS_FEATURE_COMPAT_RO_???", []name{{1, "BTRFS_FEATURE_COMPAT_RO_FREE_SPACE_TREE"}, {2, "BTRFS_FEATURE_COMPAT_RO_FREE_SPACE_TREE_VALID"},
		{4, "BTRFS_FEATURE_COMPAT_RO_VERITY"}, {8, "BTRFS_FEATURE_COMPAT_RO_BLOCK_GROUP_TREE"}}}
	tBtrfsIncompat = table{"BTRFS_FEATURE_INCOMPAT_???", bitsFromLowest("BTRFS_FEATURE_INCOMPAT_", "MIXED_BACKREF DEFAULT_SUBVOL MIXED_GROUPS COMPRESS_LZO COMPRESS_ZSTD BIG_METADATA "+
		"EXTENDED_IREF RAID56 SKINNY_METADATA NO_HOLES METADATA_UUID RAID1C34 ZONED EXTENT_TREE_V2")}
	tBtrfsObject = table{"", append(names("BTRFS_", "- ROOT_TREE_OBJECTID EXTENT_TREE_OBJECTID CHUNK_TREE_OBJECTID DEV_TREE_OBJECTID FS_TREE_OBJECTID ROOT_TREE_DIR_OBJECTID CSUM_TREE_OBJECTID "+
		"QUOTA_TREE_OBJECTID UUID_TREE_OBJECTID FREE_SPACE_TREE_OBJECTID BLOCK_GROUP_TREE_OBJECTID")[1:],
		name{256, "BTRFS_FIRST_FREE_OBJECTID"}, name{^uint64(3), "BTRFS_BALANCE_OBJECTID"}, name{^uint64(4), "BTRFS_ORPHAN_OBJECTID"}, name{^uint64(5), "BTRFS_TREE_LOG_OBJECTID"},
		name{^uint64(6), "BTRFS_TREE_LOG_FIXUP_OBJECTID"}, name{^uint64(7), "BTRFS_TREE_RELOC_OBJECTID"}, name{^uint64(8), "BTRFS_DATA_RELOC_TREE_OBJECTID"},
		name{^uint64(9), "BTRFS_EXTENT_CSUM_OBJECTID"}, name{^uint64(10), "BTRFS_FREE_SPACE_OBJECTID"}, name{^uint64(11), "BTRFS_FREE_INO_OBJECTID"},
		name{^uint64(254), "BTRFS_MULTIPLE_OBJECTIDS"}, name{^uint64(0), "UINT64_MAX"})}
)
