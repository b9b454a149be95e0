package syscalls

// quotactl(2): a command says whether an id and an address follow, and what they are.

const (
	qQuotaOn  = 0x800002
	qQuotaOff = 0x800003
)

// quotaRow is what follows a command.
type quotaRow struct {
	noID, noData bool
	id, data     format
	out          bool
}

var quotaRows = map[uint32]quotaRow{
	0x800001: {noID: true, noData: true},
	qQuotaOn: {id: fEnum32(&tQuotaFmt), data: (*Call).path}, qQuotaOff: {noID: true, noData: true},
	0x800004: {noID: true, data: func(c *Call, v uint64) { c.enumAt(v, &tQuotaFmt) }, out: true},
	0x800005: {noID: true, data: quotaInfo.f, out: true}, 0x800006: {noID: true, data: quotaInfo.f},
	0x800007: {data: quotaBlock.f, out: true}, 0x800008: {data: quotaBlock.f}, 0x800009: {data: quotaNext.f, out: true},
	0x5801: {noID: true, data: xfsQuotaFlags}, 0x5802: {noID: true, data: xfsQuotaFlags},
	0x5803: {data: xfsQuota.f, out: true}, 0x5804: {data: xfsQuota.f}, 0x5805: {noID: true, data: xfsStat.f, out: true}, 0x5806: {noID: true, data: xfsQuotaTypes},
	0x5807: {noID: true, noData: true}, 0x5808: {noID: true, data: xfsStatV.f, out: true}, 0x5809: {data: xfsQuota.f, out: true},
}

func fEnum32(t *table) format { return func(c *Call, v uint64) { c.enum(t, uint64(uint32(v))) } }

// quotaCommand is the command of the call, whose register depends on which of the two it is.
func (c *Call) quotaRow() quotaRow {
	i := 0
	if c.row.Name == "quotactl_fd" {
		i = 1
	}
	return quotaRows[uint32(c.arg(i))>>8]
}

var (
	tQuotaFmt = table{"QFMT_VFS_???", []name{{1, "QFMT_VFS_OLD"}, {2, "QFMT_VFS_V0"}, {3, "QFMT_OCFS2"}, {4, "QFMT_VFS_V1"}, {5, "QFMT_SHMEM"}}}
	tQuotaXFS = table{"FS_QUOTA_???", []name{{1, "FS_QUOTA_UDQ_ACCT"}, {2, "FS_QUOTA_UDQ_ENFD"}, {4, "FS_QUOTA_GDQ_ACCT"}, {8, "FS_QUOTA_GDQ_ENFD"},
		{0x10, "FS_QUOTA_PDQ_ACCT"}, {0x20, "FS_QUOTA_PDQ_ENFD"}}}
	tQuotaXFSType = table{"FS_???_QUOTA", []name{{1, "FS_USER_QUOTA"}, {2, "FS_PROJ_QUOTA"}, {4, "FS_GROUP_QUOTA"}}}
	tQuotaIF      = table{"QIF_???", []name{{1, "QIF_BLIMITS"}, {2, "QIF_SPACE"}, {4, "QIF_ILIMITS"}, {8, "QIF_INODES"}, {0x10, "QIF_BTIME"}, {0x20, "QIF_ITIME"}}}
	tQuotaDQF     = table{"DQF_???", []name{{1, "DQF_ROOT_SQUASH"}, {0x10000, "DQF_SYS_FILE"}}}
	tQuotaIIF     = table{"IIF_???", []name{{1, "IIF_BGRACE"}, {2, "IIF_IGRACE"}, {4, "IIF_FLAGS"}}}

	quotaHasID   = func(c *Call) bool { return !c.quotaRow().noID }
	quotaHasData = func(c *Call) bool { return !c.quotaRow().noData }
	quotaPath    = path
	quotaID      = in(func(c *Call, v uint64) {
		if f := c.quotaRow().id; f != nil {
			f(c, v)
			return
		}
		c.uid(v)
	})
	quotaData = kind{late: func(c *Call) bool { return c.quotaRow().out }, f: func(c *Call, v uint64) {
		r := c.quotaRow()
		switch {
		case r.data == nil, r.out && c.failed:
			c.addr(v)
		default:
			r.data(c, v)
		}
	}}

	quotaInfo = newRecord(u64le("dqi_bgrace"), u64le("dqi_igrace"), flags32("dqi_flags", &tQuotaDQF), flags32("dqi_valid", &tQuotaIIF)).in()

	quotaBlock = newRecord(quotaLimits...).abridged("dqb_bhardlimit dqb_bsoftlimit dqb_curspace dqb_ihardlimit dqb_isoftlimit dqb_curinodes")
	quotaNext  = newRecord(append(quotaLimits[:9:9], u32le("dqb_id"))...).
			abridged("dqb_bhardlimit dqb_bsoftlimit dqb_curspace dqb_ihardlimit dqb_isoftlimit dqb_curinodes dqb_id")

	// xfsQuota is struct fs_disk_quota.
	xfsQuota = newRecord(natural("d_version", 1, fSByte), natural("d_flags", 1, fFlags(&tQuotaXFSType)), h16("d_fieldmask"), u32le("d_id"),
		u64le("d_blk_hardlimit"), u64le("d_blk_softlimit"), u64le("d_ino_hardlimit"), u64le("d_ino_softlimit"), u64le("d_bcount"), u64le("d_icount"),
		i32("d_itimer"), i32("d_btimer"), u16le("d_iwarns"), u16le("d_bwarns"), pad(4), u64le("d_rtb_hardlimit"), u64le("d_rtb_softlimit"), u64le("d_rtbcount"),
		i32("d_rtbtimer"), u16le("d_rtbwarns"), pad(10)).
		abridged("d_version d_flags d_fieldmask d_id d_blk_hardlimit d_blk_softlimit d_ino_hardlimit d_ino_softlimit d_bcount d_icount")
)

// quotaLimits are struct if_dqblk.
var quotaLimits = []field{u64le("dqb_bhardlimit"), u64le("dqb_bsoftlimit"), u64le("dqb_curspace"), u64le("dqb_ihardlimit"), u64le("dqb_isoftlimit"),
	u64le("dqb_curinodes"), u64le("dqb_btime"), u64le("dqb_itime"), flags32("dqb_valid", &tQuotaIF)}

func xfsQuotaFlags(c *Call, v uint64) {
	p, ok := c.read(v, 4)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.flags(&tQuotaXFS, uint64(u32(p)))
	c.byte(']')
}

func xfsQuotaTypes(c *Call, v uint64) {
	p, ok := c.read(v, 4)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.flags(&tQuotaXFSType, uint64(u32(p)))
	c.byte(']')
}

func fSByte(c *Call, v uint64) { c.dec(int64(int8(v))) }

var (
	xfsFile = newRecord(u64le("qfs_ino"), u64le("qfs_nblks"), u32le("qfs_nextents"))

	// xfsStat is struct fs_quota_stat, xfsStatV struct fs_quota_statv.
	xfsStat = newRecord(natural("qs_version", 1, fSByte), natural("qs_flags", 2, fFlags(&tQuotaXFS)), pad(4), sub("qs_uquota", xfsFile), sub("qs_gquota", xfsFile),
		u32le("qs_incoredqs"), i32("qs_btimelimit"), i32("qs_itimelimit"), i32("qs_rtbtimelimit"), u16le("qs_bwarnlimit"), u16le("qs_iwarnlimit")).abridged("qs_version")
	xfsStatV = newRecord(natural("qs_version", 1, fSByte), natural("qs_flags", 2, fFlags(&tQuotaXFS)), u32le("qs_incoredqs"), sub("qs_uquota", xfsFile),
		sub("qs_gquota", xfsFile), sub("qs_pquota", xfsFile), i32("qs_btimelimit"), i32("qs_itimelimit"), i32("qs_rtbtimelimit"),
		u16le("qs_bwarnlimit"), u16le("qs_iwarnlimit"), pad(64)).abridged("qs_version")
)

// abridged is a pointer to a record of which only some members are shown without -v.
func (r *record) abridged(names string) kind {
	few := r.pick(names + " ...")
	return in(func(c *Call, v uint64) {
		if c.opts.Verbose {
			r.print(c, v)
		} else {
			few.print(c, v)
		}
	})
}
