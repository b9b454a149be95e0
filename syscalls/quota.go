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

	quotaInfo = structure(24, []member{{name: "dqi_bgrace", size: 8, f: fUint}, {name: "dqi_igrace", off: 8, size: 8, f: fUint},
		{name: "dqi_flags", off: 16, size: 4, f: fFlags(&tQuotaDQF)}, {name: "dqi_valid", off: 20, size: 4, f: fFlags(&tQuotaIIF)}})
	quotaBlock = abridged(72, 6, quotaBlockMembers)
	quotaNext  = abridgedKeeping(72, 6, 1, append(quotaBlockMembers[:9:9], member{name: "dqb_id", off: 68, size: 4, f: fUint}))
	xfsQuota   = abridged(112, 10, xfsQuotaMembers)
)

var quotaBlockMembers = []member{
	{name: "dqb_bhardlimit", size: 8, f: fUint}, {name: "dqb_bsoftlimit", off: 8, size: 8, f: fUint}, {name: "dqb_curspace", off: 16, size: 8, f: fUint},
	{name: "dqb_ihardlimit", off: 24, size: 8, f: fUint}, {name: "dqb_isoftlimit", off: 32, size: 8, f: fUint}, {name: "dqb_curinodes", off: 40, size: 8, f: fUint},
	{name: "dqb_btime", off: 48, size: 8, f: fUint}, {name: "dqb_itime", off: 56, size: 8, f: fUint}, {name: "dqb_valid", off: 64, size: 4, f: fFlags(&tQuotaIF)},
}

// xfsQuotaMembers are struct fs_disk_quota.
var xfsQuotaMembers = []member{
	{name: "d_version", size: 1, f: func(c *Call, v uint64) { c.dec(int64(int8(v))) }}, {name: "d_flags", off: 1, size: 1, f: fFlags(&tQuotaXFSType)},
	{name: "d_fieldmask", off: 2, size: 2, f: fHex}, {name: "d_id", off: 4, size: 4, f: fUint}, {name: "d_blk_hardlimit", off: 8, size: 8, f: fUint},
	{name: "d_blk_softlimit", off: 16, size: 8, f: fUint}, {name: "d_ino_hardlimit", off: 24, size: 8, f: fUint}, {name: "d_ino_softlimit", off: 32, size: 8, f: fUint},
	{name: "d_bcount", off: 40, size: 8, f: fUint}, {name: "d_icount", off: 48, size: 8, f: fUint}, {name: "d_itimer", off: 56, size: 4, f: fInt},
	{name: "d_btimer", off: 60, size: 4, f: fInt}, {name: "d_iwarns", off: 64, size: 2, f: fUint}, {name: "d_bwarns", off: 66, size: 2, f: fUint},
	{name: "d_rtb_hardlimit", off: 72, size: 8, f: fUint}, {name: "d_rtb_softlimit", off: 80, size: 8, f: fUint}, {name: "d_rtbcount", off: 88, size: 8, f: fUint},
	{name: "d_rtbtimer", off: 96, size: 4, f: fInt}, {name: "d_rtbwarns", off: 100, size: 2, f: fUint},
}

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

var (
	xfsFile     = []member{{name: "qfs_ino", size: 8, f: fUint}, {name: "qfs_nblks", off: 8, size: 8, f: fUint}, {name: "qfs_nextents", off: 16, size: 4, f: fUint}}
	fXFSFile    = func(c *Call, p []byte) { c.structBody(p, xfsFile) }
	fSByte      = func(c *Call, v uint64) { c.dec(int64(int8(v))) }
	xfsTimes    = []member{{name: "qs_btimelimit", size: 4, f: fInt}, {name: "qs_itimelimit", off: 4, size: 4, f: fInt}, {name: "qs_rtbtimelimit", off: 8, size: 4, f: fInt}}
	xfsWarnings = []member{{name: "qs_bwarnlimit", off: 12, size: 2, f: fUint}, {name: "qs_iwarnlimit", off: 14, size: 2, f: fUint}}

	// xfsStat is struct fs_quota_stat, xfsStatV struct fs_quota_statv.
	xfsStat = abridged(80, 1, append(append([]member{{name: "qs_version", size: 1, f: fSByte}, {name: "qs_flags", off: 2, size: 2, f: fFlags(&tQuotaXFS)},
		{name: "qs_uquota", off: 8, size: 24, raw: fXFSFile}, {name: "qs_gquota", off: 32, size: 24, raw: fXFSFile}, {name: "qs_incoredqs", off: 56, size: 4, f: fUint}},
		moved(60, append([]member(nil), xfsTimes...))...), moved(60, append([]member(nil), xfsWarnings...))...))
	xfsStatV = abridged(160, 1, append(append([]member{{name: "qs_version", size: 1, f: fSByte}, {name: "qs_flags", off: 2, size: 2, f: fFlags(&tQuotaXFS)},
		{name: "qs_incoredqs", off: 4, size: 4, f: fUint}, {name: "qs_uquota", off: 8, size: 24, raw: fXFSFile}, {name: "qs_gquota", off: 32, size: 24, raw: fXFSFile},
		{name: "qs_pquota", off: 56, size: 24, raw: fXFSFile}}, moved(80, append([]member(nil), xfsTimes...))...), moved(80, append([]member(nil), xfsWarnings...))...))
)

// abridged is a structure of which only the first members are shown without -v.
func abridged(n, few int, members []member) kind { return abridgedKeeping(n, few, 0, members) }

// abridgedKeeping is abridged for a structure whose last members are shown, too.
func abridgedKeeping(n, few, last int, members []member) kind {
	return in(func(c *Call, v uint64) {
		p, ok := c.read(v, n)
		if !ok {
			c.addr(v)
			return
		}
		c.byte('{')
		if c.opts.Verbose {
			c.someMembers(p, members, true)
		} else {
			c.someMembers(p, members[:few], true)
			c.someMembers(p, members[len(members)-last:], false)
			c.str(", ...")
		}
		c.byte('}')
	})
}
