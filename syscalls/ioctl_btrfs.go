// ioctl commands of btrfs (linux/btrfs.h, linux/btrfs_tree.h).

package syscalls

import (
	"fmt"
	"strings"
)

func ioctlBtrfs() ioctlTable {
	return ioctlTable{
		0x9406:     ioNone,                                                                          // BTRFS_IOC_TRANS_START
		0x9407:     ioNone,                                                                          // BTRFS_IOC_TRANS_END
		0x9408:     ioNone,                                                                          // BTRFS_IOC_SYNC
		0x941c:     ioNone,                                                                          // BTRFS_IOC_SCRUB_CANCEL
		0x942e:     ioNone,                                                                          // BTRFS_IOC_QUOTA_RESCAN_WAIT
		0x50009402: ioNone,                                                                          // BTRFS_IOC_DEFRAG
		0x5000940c: ioNone,                                                                          // BTRFS_IOC_BALANCE
		0x50009401: btrfsVolume.in(),                                                                // BTRFS_IOC_SNAP_CREATE
		0x50009403: btrfsVolume.in(),                                                                // BTRFS_IOC_RESIZE
		0x50009404: btrfsVolume.in(),                                                                // BTRFS_IOC_SCAN_DEV
		0x50009405: btrfsVolume.in(),                                                                // BTRFS_IOC_FORGET_DEV
		0x5000940a: btrfsVolume.in(),                                                                // BTRFS_IOC_ADD_DEV
		0x5000940b: btrfsVolume.in(),                                                                // BTRFS_IOC_RM_DEV
		0x5000940e: btrfsVolume.in(),                                                                // BTRFS_IOC_SUBVOL_CREATE
		0x5000940f: btrfsVolume.in(),                                                                // BTRFS_IOC_SNAP_DESTROY
		0x40089413: boxed(8, fUint),                                                                 // BTRFS_IOC_DEFAULT_SUBVOL
		0x40089416: boxed(8, fUint),                                                                 // BTRFS_IOC_WAIT_SYNC
		0x80089418: out(boxed(8, fUint)),                                                            // BTRFS_IOC_START_SYNC
		0x40049421: enum64(&tBtrfsBalanceCtl),                                                       // BTRFS_IOC_BALANCE_CTL
		0x40189429: btrfsAssign.in(),                                                                // BTRFS_IOC_QGROUP_ASSIGN
		0x4010942a: btrfsCreate.in(),                                                                // BTRFS_IOC_QGROUP_CREATE
		0xc0109428: newRecord(natural("cmd", 8, fEnum(&tBtrfsQuotaCtl))).in(),                       // BTRFS_IOC_QUOTA_CTL
		0x40309410: btrfsDefrag.in(),                                                                // BTRFS_IOC_DEFRAG_RANGE
		0x4040942c: btrfsRescan.pick("flags").in(),                                                  // BTRFS_IOC_QUOTA_RESCAN
		0x8040942d: btrfsRescan.out(),                                                               // BTRFS_IOC_QUOTA_RESCAN_STATUS
		0x40489426: btrfsSend.in(),                                                                  // BTRFS_IOC_SEND
		0x80189439: btrfsFeatures.out(),                                                             // BTRFS_IOC_GET_FEATURES
		0x40309439: arrayOf(2, sub("", btrfsFeatures)),                                              // BTRFS_IOC_SET_FEATURES
		0x80489439: out(in((*Call).btrfsSupported)),                                                 // BTRFS_IOC_GET_SUPPORTED_FEATURES
		0x8030942b: btrfsLimits.out(),                                                               // BTRFS_IOC_QGROUP_LIMIT
		0x8400941f: btrfsInfo.out(),                                                                 // BTRFS_IOC_FS_INFO
		0x84009422: btrfsBalance.out(),                                                              // BTRFS_IOC_BALANCE_PROGRESS
		0xc4009420: btrfsBalancing,                                                                  // BTRFS_IOC_BALANCE_V2
		0x80089419: out(pointed(8, fFlags(&tBtrfsSubvolume))),                                       // BTRFS_IOC_SUBVOL_GETFLAGS
		0x4008941a: pointed(8, fFlags(&tBtrfsSubvolume)),                                            // BTRFS_IOC_SUBVOL_SETFLAGS
		0x50009417: btrfsCreation,                                                                   // BTRFS_IOC_SNAP_CREATE_V2
		0x50009418: btrfsCreation,                                                                   // BTRFS_IOC_SUBVOL_CREATE_V2
		0x5000943a: since61(btrfsRemoval(8, "devid")),                                               // BTRFS_IOC_RM_DEV_V2
		0x5000943f: since61(btrfsRemoval(16, "subvolid")),                                           // BTRFS_IOC_SNAP_DESTROY_V2
		0x90009427: btrfsVolume.in(),                                                                // BTRFS_IOC_DEVICES_READY
		0xd0009411: then(btrfsSearch.whole, btrfsFound.in()),                                        // BTRFS_IOC_TREE_SEARCH
		0xc0709411: then(btrfsSearch2.whole, btrfsFound2.in()),                                      // BTRFS_IOC_TREE_SEARCH_V2
		0xd0009412: btrfsLookup,                                                                     // BTRFS_IOC_INO_LOOKUP
		0xc0109414: btrfsSpace.becomes("space_slots", "total_spaces spaces"),                        // BTRFS_IOC_SPACE_INFO
		0xc400941b: btrfsScrub.becomes("devid start end flags", "progress"),                         // BTRFS_IOC_SCRUB
		0xc400941d: btrfsScrub.becomes("devid", "progress"),                                         // BTRFS_IOC_SCRUB_PROGRESS
		0xd000941e: btrfsDevice.becomes("devid uuid", "uuid bytes_used total_bytes path"),           // BTRFS_IOC_DEV_INFO
		0xc0389423: btrfsFinds("fspath", (*Call).btrfsPaths, u64le("inum"), u64le("size"), pad(32)), // BTRFS_IOC_INO_PATHS
		0xc0389424: btrfsLogical,                                                                    // BTRFS_IOC_LOGICAL_INO
		0xc038943b: since61(btrfsLogical),                                                           // BTRFS_IOC_LOGICAL_INO_V2
		0xc0c89425: btrfsReceived.becomes("uuid stransid stime flags", "rtransid rtime"),            // BTRFS_IOC_SET_RECEIVED_SUBVOL
		0xc4089434: btrfsStats.becomes("devid nr_items flags", "nr_items flags values"),             // BTRFS_IOC_GET_DEV_STATS
		0xca289435: then(btrfsStart.whole, btrfsReplaced.in()),                                      // BTRFS_IOC_DEV_REPLACE
	}
}

// The structures.
var (
	btrfsVolume   = newRecord(natural("fd", 8, (*Call).fd), text("name", 4088))
	btrfsAssign   = newRecord(u64le("assign"), u64le("src"), u64le("dst"))
	btrfsCreate   = newRecord(u64le("create"), u64le("qgroupid"))
	btrfsDefrag   = newRecord(u64le("start"), natural("len", 8, fMax64), flags64f("flags", &tBtrfsDefrag), u32le("extent_thresh"), enum32("compress_type", &tBtrfsCompress), pad(16))
	btrfsRescan   = newRecord(u64le("flags"), natural("progress", 8, fBtrfsObject), pad(48))
	btrfsFeatures = newRecord(flags64f("compat_flags", &tBtrfsCompat), flags64f("compat_ro_flags", &tBtrfsCompatRO), flags64f("incompat_flags", &tBtrfsIncompat))
	btrfsSend     = newRecord(natural("send_fd", 8, (*Call).fd), u64le("clone_sources_count"), btrfsClones(), natural("parent_root", 8, fBtrfsObject), flags64f("flags", &tBtrfsSend), pad(32))
	btrfsLimit    = newRecord(flags64f("flags", &tBtrfsLimit), u64le("max_rfer"), u64le("max_excl"), u64le("rsv_rfer"), u64le("rsv_excl"))
	btrfsLimits   = newRecord(u64le("qgroupid"), sub("lim", btrfsLimit))
)

// What commands find or change.
var (
	btrfsInfo = newRecord(u64le("max_id"), u64le("num_devices"), uuid("fsid"), u32le("nodesize"), u32le("sectorsize"), u32le("clone_alignment"),
		natural("csum_type", 2, fEnum(&tBtrfsCsum)).ifBits("flags", 1), u16le("csum_size").ifBits("flags", 1), flags64f("flags", &tBtrfsInfo),
		u64le("generation").ifBits("flags", 2), uuid("metadata_uuid").ifBits("flags", 4), pad(944))

	btrfsBalanceArgs = newRecord(flags64f("profiles", &tBtrfsGroup), natural("usage", 8, fMax64), natural("devid", 8, (*Call).makedev), natural("pstart", 8, fMax64),
		natural("pend", 8, fMax64), natural("vstart", 8, fMax64), natural("vend", 8, fMax64), natural("target", 8, fMax64), flags64f("flags", &tBtrfsBalanceArgs), pad(64))
	btrfsBalance = newRecord(flags64f("flags", &tBtrfsBalance), flags64f("state", &tBtrfsBalanceState), sub("data", btrfsBalanceArgs).ifBits("flags", 1),
		sub("meta", btrfsBalanceArgs).ifBits("flags", 4), sub("sys", btrfsBalanceArgs).ifBits("flags", 2), pad(75*8))

	btrfsQgroups = newRecord(flags64f("flags", &tBtrfsInherit), u64le("num_qgroups"), u64le("num_ref_copies"), u64le("num_excl_copies"), sub("lim", btrfsLimit),
		behind("qgroups", "num_qgroups", readLimit, u64le("")).orDots())
	btrfsNewVolume = newRecord(natural("fd", 8, (*Call).fd), u64le("transid"), flags64f("flags", &tBtrfsSubvolume), u64le("size").ifBits("flags", btrfsInherit),
		pointer("qgroup_inherit").as(btrfsQgroups.print).ifBits("flags", btrfsInherit), upTo(16, 20), text("name", 4040))
	btrfsCreation = then(btrfsNewVolume.pick("fd flags size qgroup_inherit name").whole, btrfsNewVolume.pick("transid").in())

	btrfsKey = newRecord(natural("tree_id", 8, fBtrfsObject), btrfsBound("min_objectid", btrfsFirst), btrfsBound("max_objectid", btrfsLast), natural("min_offset", 8, fMax64), natural("max_offset", 8, fMax64),
		natural("min_transid", 8, fMax64), natural("max_transid", 8, fMax64), natural("min_type", 4, fBtrfsKey), natural("max_type", 4, fBtrfsKey), u32le("nr_items"), pad(36))
	btrfsFoundKey = sub("key", btrfsKey.pick("nr_items"))
	btrfsItem     = newRecord(u64le("transid"), natural("objectid", 8, fBtrfsObject), u64le("offset"), natural("type", 4, fBtrfsKey), u32le("len"))
	btrfsSearch   = newRecord(sub("key", btrfsKey))
	btrfsSearch2  = newRecord(sub("key", btrfsKey), u64le("buf_size"))
	btrfsFound    = newRecord(btrfsFoundKey, btrfsItems(func([]byte) uint64 { return 4096 - btrfsKeySize }))
	btrfsFound2   = newRecord(btrfsFoundKey, u64le("buf_size"), btrfsItems(func(s []byte) uint64 { return u64(s[btrfsKeySize:]) }))

	btrfsInode  = newRecord(natural("treeid", 8, fBtrfsObject), natural("objectid", 8, fBtrfsObject), text("name", 4080))
	btrfsDevice = newRecord(natural("devid", 8, (*Call).makedev), uuid("uuid").ifSet(), u64le("bytes_used"), u64le("total_bytes"), pad(379*8), text("path", 1024))
	btrfsSpace  = newRecord(u64le("space_slots"), u64le("total_spaces"), btrfsSpaces())
	btrfsScrub  = newRecord(natural("devid", 8, (*Call).makedev), u64le("start"), natural("end", 8, fMax64), flags64f("flags", &tBtrfsScrub), sub("progress", btrfsScrubbed), pad(109*8))

	btrfsLogical = btrfsFinds("inodes", (*Call).btrfsInodes, u64le("logical"), u64le("size"), tuple(3, h64("reserved")).ifSet(), flags64f("flags", &tBtrfsLogical))

	btrfsReceived = newRecord(uuid("uuid"), u64le("stransid"), u64le("rtransid"), btrfsTime("stime"), btrfsTime("rtime"), u64le("flags"), pad(128))
	btrfsStats    = newRecord(natural("devid", 8, (*Call).makedev), u64le("nr_items"), flags64f("flags", &tBtrfsStats), btrfsStatValues(), pad(121*8))

	btrfsStart = newRecord(natural("cmd", 8, fEnum(&tBtrfsReplace)), pad(8), union("cmd", 2072, 8, variant{0, "start",
		newRecord(natural("srcdevid", 8, (*Call).makedev), natural("cont_reading_from_srcdev_mode", 8, fEnum(&tBtrfsReading)), text("srcdev_name", 1025), text("tgtdev_name", 1025))}), pad(512))
	btrfsReplaced = newRecord(u64le("cmd"), natural("result", 8, fEnum(&tBtrfsReplaceResult)), union("cmd", 48, 8, variant{1, "status",
		newRecord(natural("replace_state", 8, fEnum(&tBtrfsReplaceState)), natural("progress_1000", 8, fPerMille), natural("time_started", 8, fSeconds), natural("time_stopped", 8, fSeconds),
			u64le("num_write_errors"), u64le("num_uncorrectable_read_errors"))}).named("status")).pick("result status")
)

var btrfsScrubbed = func() *record {
	var fields []field
	for w := range strings.FieldsSeq("data_extents_scrubbed tree_extents_scrubbed data_bytes_scrubbed tree_bytes_scrubbed read_errors csum_errors verify_errors no_csum csum_discards " +
		"super_errors malloc_errors uncorrectable_errors corrected_errors last_physical unverified_errors") {
		fields = append(fields, u64le(w))
	}
	return newRecord(fields...)
}()

const (
	btrfsInherit = 1 << 2       // BTRFS_SUBVOL_QGROUP_INHERIT
	btrfsKeySize = 13 * 8       // bytes of struct btrfs_ioctl_search_key
	btrfsNrItems = 8 * 8        // where its nr_items is
	btrfsFirst   = 256          // BTRFS_FIRST_FREE_OBJECTID
	btrfsLast    = ^uint64(255) // BTRFS_LAST_FREE_OBJECTID
	btrfsKnown   = 5            // counters of a device, BTRFS_DEV_STAT_VALUES_MAX
)

// btrfsBalancing tells what has become of all members, even of those that could not be read before.
var btrfsBalancing = then(func(c *Call, v uint64) bool {
	btrfsBalance.pick("flags data meta sys").print(c, v)
	return true
}, btrfsBalance.in())

// btrfsLookup tells the tree when it was not said which one.
var btrfsLookup = phased(func(c *Call, v uint64) bool {
	p, ok := btrfsInode.load(c, v)
	c.saved[0] = 1
	if ok {
		c.saved[0] = u64(p)
	}
	return btrfsInode.pick("treeid objectid").whole(c, v)
}, func(c *Call, v uint64) {
	after := "name"
	if c.saved[0] == 0 {
		after = "treeid name"
	}
	if !c.failed {
		c.str(" => ")
		btrfsInode.pick(after).print(c, v)
	}
})

// btrfsRemoval is a volume or a device by its name, or by its number where the flag is set.
func btrfsRemoval(flag uint64, number string) kind {
	return newRecord(natural("fd", 8, (*Call).fd), pad(8), flags64f("flags", &tBtrfsSubvolume), pad(32),
		union("flags", 4040, 8, variant{flag, "", newRecord(u64le(number))}, variant{other, "", newRecord(text("name", 4040))}).masked(flag)).in()
}

// btrfsBound is the first or the last object that is looked for; without -v only if it is not that of all files.
func btrfsBound(name string, usual uint64) field {
	f := natural(name, 8, fBtrfsObject)
	f.absent = func(c *Call, m *member, s []byte) bool { return !c.opts.Verbose && m.number(s) == usual }
	return f
}

// btrfsItems are the headers of the items found, which are followed by as many bytes as each says.
func btrfsItems(size func(s []byte) uint64) field {
	f := natural("buf", 0, nil)
	f.all = func(c *Call, m *member, s []byte) {
		at, left := c.base+uint64(m.off), size(s)
		width := uint64(btrfsItem.sizeOf(c))
		c.byte('[')
		for i := range u32(s[btrfsNrItems:]) {
			if i > 0 {
				c.str(", ")
			}
			if left < width || c.full() {
				c.str("...")
				break
			}
			p, ok := c.read(at, int(width))
			if !ok {
				c.str("... /* ")
				c.addr(at)
				c.str(" */")
				break
			}
			btrfsItem.body(c, p)
			n := min(width+btrfsItem.get(c, p, "len"), left)
			at, left = at+n, left-n
		}
		c.byte(']')
	}
	return f.orDots()
}

// btrfsSpaces are what space is used for, if there was room for any.
func btrfsSpaces() field {
	space := newRecord(flags64f("flags", &tBtrfsSpace), u64le("total_bytes"), u64le("used_bytes"))
	f := behind("spaces", "total_spaces", readLimit, sub("", space)).orDots()
	f.absent = func(_ *Call, _ *member, s []byte) bool { return u64(s) == 0 }
	return f
}

// btrfsFinds is a command that fills a struct btrfs_data_container, to which the last member, of
// the name, points. elements prints n words at an address.
func btrfsFinds(name string, elements func(c *Call, v, n uint64), fields ...field) kind {
	container := newRecord(u32le("bytes_left"), u32le("bytes_missing"), u32le("elem_cnt"), u32le("elem_missed"), trailing("val", "elem_cnt", u64le("").aligns, elements).orDots())
	before := newRecord(append(fields, natural(name, 8, (*Call).addr))...)
	after := newRecord(append(fields, natural(name, 8, container.print))...)
	return then(before.whole, after.pick(name).in())
}

// btrfsInodes prints inodes: three words each.
func (c *Call) btrfsInodes(v, n uint64) {
	c.list(v, n/3, 24, newRecord(u64le("inum"), u64le("offset"), u64le("root")).body)
}

// btrfsPaths prints paths: a word is how far behind the first the text is.
func (c *Call) btrfsPaths(v, n uint64) {
	c.list(v, n, 8, func(c *Call, p []byte) { c.path(v + u64(p)) })
}

// btrfsTime is a struct btrfs_ioctl_timespec.
func btrfsTime(name string) field {
	r := newRecord(u64le("sec"), u32le("nsec"))
	f := sub(name, r)
	f.raw = func(c *Call, p []byte) {
		r.body(c, p)
		c.date(int64(u64(p)), uint64(u32(p[8:])), 9)
	}
	return f
}

// btrfsStatValues are counters by their names.
func btrfsStatValues() field {
	f := octets("values", btrfsKnown*8)
	f.by, f.bare = "nr_items", true
	for l := range layouts {
		f.aligns[l] = 4
	}
	f.all = func(c *Call, m *member, s []byte) {
		c.byte('[')
		for i := range min(m.by.number(s), btrfsKnown+1) {
			if i > 0 {
				c.str(", ")
			}
			if i == btrfsKnown {
				c.str("...")
				break
			}
			c.byte('[')
			c.styled(func() { c.udec(i) }, func() { c.str(tBtrfsStat.names[i].name) })
			c.str("]=")
			c.udec(u64(s[m.off+int(i)*8:]))
		}
		c.byte(']')
	}
	return f
}

// fPerMille is a number of thousandths.
func fPerMille(c *Call, v uint64) {
	c.udec(v)
	if v <= 1000 {
		c.comment(fmt.Sprintf("%d.%d%%", v/10, v%10))
	}
}

// fSeconds is a time in seconds since the Epoch.
func fSeconds(c *Call, v uint64) {
	c.udec(v)
	c.date(int64(v), 0, 9)
}

// fBtrfsKey is the type of an item.
func fBtrfsKey(c *Call, v uint64) { c.numberOr(tBtrfsKey.find(v), v) }

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
	f := word("clone_sources", nil)
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
	n := ""
	if v == ^uint64(0) {
		n = "UINT64_MAX"
	}
	c.numberOr(n, v)
}

// fBtrfsObject is the number of an object, with the names of those that all file systems have.
func fBtrfsObject(c *Call, v uint64) {
	n := tBtrfsObject.find(v)
	if c.opts.As61 && v > btrfsLast && v != ^uint64(0) { // strace 6.1 does not find those of trees without files
		n = ""
	}
	c.numberOr(n, v)
}

// numberOr prints a decimal number, or the name that it has.
func (c *Call) numberOr(n string, v uint64) {
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
		{8, "BTRFS_SEND_FLAG_VERSION"}, {16, "BTRFS_SEND_FLAG_COMPRESSED"}}}
	tBtrfsLimit = table{"BTRFS_QGROUP_LIMIT_???", []name{{1, "BTRFS_QGROUP_LIMIT_MAX_RFER"}, {2, "BTRFS_QGROUP_LIMIT_MAX_EXCL"}, {4, "BTRFS_QGROUP_LIMIT_RSV_RFER"},
		{8, "BTRFS_QGROUP_LIMIT_RSV_EXCL"}, {16, "BTRFS_QGROUP_LIMIT_RFER_CMPR"}, {32, "BTRFS_QGROUP_LIMIT_EXCL_CMPR"}}}
	tBtrfsCompat   = table{"BTRFS_FEATURE_COMPAT_???", nil}
	tBtrfsCompatRO = table{"BTRFS_FEATURE_COMPAT_RO_???", []name{{1, "BTRFS_FEATURE_COMPAT_RO_FREE_SPACE_TREE"}, {2, "BTRFS_FEATURE_COMPAT_RO_FREE_SPACE_TREE_VALID"},
		{4, "BTRFS_FEATURE_COMPAT_RO_VERITY"}, {8, "BTRFS_FEATURE_COMPAT_RO_BLOCK_GROUP_TREE"}}}
	tBtrfsIncompat = table{"BTRFS_FEATURE_INCOMPAT_???", bitsFromLowest("BTRFS_FEATURE_INCOMPAT_", "MIXED_BACKREF DEFAULT_SUBVOL MIXED_GROUPS COMPRESS_LZO COMPRESS_ZSTD BIG_METADATA "+
		"EXTENDED_IREF RAID56 SKINNY_METADATA NO_HOLES METADATA_UUID RAID1C34 ZONED EXTENT_TREE_V2")}
	tBtrfsObject = table{"", append(names("BTRFS_", "- ROOT_TREE_OBJECTID EXTENT_TREE_OBJECTID CHUNK_TREE_OBJECTID DEV_TREE_OBJECTID FS_TREE_OBJECTID ROOT_TREE_DIR_OBJECTID CSUM_TREE_OBJECTID "+
		"QUOTA_TREE_OBJECTID UUID_TREE_OBJECTID FREE_SPACE_TREE_OBJECTID BLOCK_GROUP_TREE_OBJECTID")[1:],
		name{btrfsFirst, "BTRFS_FIRST_FREE_OBJECTID"}, name{btrfsLast, "BTRFS_LAST_FREE_OBJECTID"}, name{^uint64(3), "BTRFS_BALANCE_OBJECTID"}, name{^uint64(4), "BTRFS_ORPHAN_OBJECTID"}, name{^uint64(5), "BTRFS_TREE_LOG_OBJECTID"},
		name{^uint64(6), "BTRFS_TREE_LOG_FIXUP_OBJECTID"}, name{^uint64(7), "BTRFS_TREE_RELOC_OBJECTID"}, name{^uint64(8), "BTRFS_DATA_RELOC_TREE_OBJECTID"},
		name{^uint64(9), "BTRFS_EXTENT_CSUM_OBJECTID"}, name{^uint64(10), "BTRFS_FREE_SPACE_OBJECTID"}, name{^uint64(11), "BTRFS_FREE_INO_OBJECTID"},
		name{^uint64(254), "BTRFS_MULTIPLE_OBJECTIDS"}, name{^uint64(0), "UINT64_MAX"})}
	tBtrfsKey = table{"", []name{{1, "BTRFS_INODE_ITEM_KEY"}, {12, "BTRFS_INODE_REF_KEY"}, {13, "BTRFS_INODE_EXTREF_KEY"}, {24, "BTRFS_XATTR_ITEM_KEY"},
		{36, "BTRFS_VERITY_DESC_ITEM_KEY"}, {37, "BTRFS_VERITY_MERKLE_ITEM_KEY"}, {48, "BTRFS_ORPHAN_ITEM_KEY"},
		{60, "BTRFS_DIR_LOG_ITEM_KEY"}, {72, "BTRFS_DIR_LOG_INDEX_KEY"}, {84, "BTRFS_DIR_ITEM_KEY"}, {96, "BTRFS_DIR_INDEX_KEY"},
		{108, "BTRFS_EXTENT_DATA_KEY"}, {128, "BTRFS_EXTENT_CSUM_KEY"}, {132, "BTRFS_ROOT_ITEM_KEY"}, {144, "BTRFS_ROOT_BACKREF_KEY"},
		{156, "BTRFS_ROOT_REF_KEY"}, {168, "BTRFS_EXTENT_ITEM_KEY"}, {169, "BTRFS_METADATA_ITEM_KEY"},
		{176, "BTRFS_TREE_BLOCK_REF_KEY"}, {178, "BTRFS_EXTENT_DATA_REF_KEY"}, {182, "BTRFS_SHARED_BLOCK_REF_KEY"},
		{184, "BTRFS_SHARED_DATA_REF_KEY"}, {192, "BTRFS_BLOCK_GROUP_ITEM_KEY"}, {198, "BTRFS_FREE_SPACE_INFO_KEY"},
		{199, "BTRFS_FREE_SPACE_EXTENT_KEY"}, {200, "BTRFS_FREE_SPACE_BITMAP_KEY"}, {204, "BTRFS_DEV_EXTENT_KEY"},
		{216, "BTRFS_DEV_ITEM_KEY"}, {228, "BTRFS_CHUNK_ITEM_KEY"}, {240, "BTRFS_QGROUP_STATUS_KEY"}, {242, "BTRFS_QGROUP_INFO_KEY"},
		{244, "BTRFS_QGROUP_LIMIT_KEY"}, {246, "BTRFS_QGROUP_RELATION_KEY"}, {248, "BTRFS_TEMPORARY_ITEM_KEY"},
		{249, "BTRFS_PERSISTENT_ITEM_KEY"}, {250, "BTRFS_DEV_REPLACE_KEY"}, {251, "BTRFS_UUID_KEY_SUBVOL"},
		{252, "BTRFS_UUID_KEY_RECEIVED_SUBVOL"}, {253, "BTRFS_STRING_ITEM_KEY"}, {0xffffffff, "UINT32_MAX"}}}
	tBtrfsGroups        = append(bitsFromLowest("BTRFS_BLOCK_GROUP_", "DATA SYSTEM METADATA RAID0 RAID1 DUP RAID10 RAID5 RAID6"), name{1 << 48, "BTRFS_AVAIL_ALLOC_BIT_SINGLE"}, name{1 << 49, "BTRFS_SPACE_INFO_GLOBAL_RSV"})
	tBtrfsGroup         = table{"BTRFS_BLOCK_GROUP_???", tBtrfsGroups}
	tBtrfsSpace         = table{"BTRFS_SPACE_INFO_???", tBtrfsGroups}
	tBtrfsInfo          = table{"BTRFS_FS_INFO_FLAG_???", bitsFromLowest("BTRFS_FS_INFO_FLAG_", "CSUM_INFO GENERATION METADATA_UUID")}
	tBtrfsCsum          = table{"BTRFS_CSUM_TYPE_???", names("BTRFS_CSUM_TYPE_", "CRC32 XXHASH SHA256 BLAKE2")}
	tBtrfsBalance       = table{"BTRFS_BALANCE_???", bitsFromLowest("BTRFS_BALANCE_", "DATA SYSTEM METADATA FORCE RESUME")}
	tBtrfsBalanceState  = table{"BTRFS_BALANCE_STATE_???", bitsFromLowest("BTRFS_BALANCE_STATE_", "RUNNING PAUSE_REQ CANCEL_REQ")}
	tBtrfsBalanceArgs   = table{"BTRFS_BALANCE_ARGS_???", bitsFromLowest("BTRFS_BALANCE_ARGS_", "PROFILES USAGE DEVID DRANGE VRANGE LIMIT LIMIT_RANGE STRIPES_RANGE CONVERT SOFT USAGE_RANGE")}
	tBtrfsSubvolume     = table{"BTRFS_SUBVOL_???", append(bitsFromLowest("BTRFS_SUBVOL_", "CREATE_ASYNC RDONLY QGROUP_INHERIT"), name{8, "BTRFS_DEVICE_SPEC_BY_ID"}, name{16, "BTRFS_SUBVOL_SPEC_BY_ID"})}
	tBtrfsInherit       = table{"BTRFS_QGROUP_INHERIT_???", []name{{1, "BTRFS_QGROUP_INHERIT_SET_LIMITS"}}}
	tBtrfsScrub         = table{"BTRFS_SCRUB_???", []name{{1, "BTRFS_SCRUB_READONLY"}}}
	tBtrfsLogical       = table{"BTRFS_LOGICAL_INO_ARGS_???", []name{{1, "BTRFS_LOGICAL_INO_ARGS_IGNORE_OFFSET"}}}
	tBtrfsStats         = table{"BTRFS_DEV_STATS_???", []name{{1, "BTRFS_DEV_STATS_RESET"}}}
	tBtrfsStat          = table{"BTRFS_DEV_STAT_???", names("BTRFS_DEV_STAT_", "WRITE_ERRS READ_ERRS FLUSH_ERRS CORRUPTION_ERRS GENERATION_ERRS")}
	tBtrfsReplace       = table{"BTRFS_IOCTL_DEV_REPLACE_CMD_???", names("BTRFS_IOCTL_DEV_REPLACE_CMD_", "START STATUS CANCEL")}
	tBtrfsReading       = table{"BTRFS_IOCTL_DEV_REPLACE_CONT_READING_FROM_SRCDEV_MODE_???", names("BTRFS_IOCTL_DEV_REPLACE_CONT_READING_FROM_SRCDEV_MODE_", "ALWAYS AVOID")}
	tBtrfsReplaceResult = table{"BTRFS_IOCTL_DEV_REPLACE_RESULT_???", names("BTRFS_IOCTL_DEV_REPLACE_RESULT_", "NO_ERROR NOT_STARTED ALREADY_STARTED SCRUB_INPROGRESS")}
	tBtrfsReplaceState  = table{"BTRFS_IOCTL_DEV_REPLACE_STATE_???", names("BTRFS_IOCTL_DEV_REPLACE_STATE_", "NEVER_STARTED STARTED FINISHED CANCELED SUSPENDED")}
)
