// ioctl commands of the device mapper: all take struct dm_ioctl, of which each command uses other
// members, and many have data behind it (linux/dm-ioctl.h).

package syscalls

// dmHeader is struct dm_ioctl.
var dmHeader = newRecord(tuple(3, u32le("version")), u32le("data_size"), u32le("data_start"), u32le("target_count"), i32("open_count"), flags32("flags", &tDM),
	dmEvent(), pad(4), natural("dev", 8, (*Call).makedev).ifSet(), dmText("name", 128), dmText("uuid", 129), pad(7))

// dmText is a name or nothing.
func dmText(name string, n int) field {
	f := text(name, n)
	f.absent = func(_ *Call, m *member, s []byte) bool { return s[m.off] == 0 }
	return f
}

// dmEvent is the number of an event, which suspending a device does not look at.
func dmEvent() field {
	f := u32le("event_nr")
	f.skip = func(c *Call, p []byte) bool {
		return !c.exit && uint32(c.arg(1)) == dmDevSuspend && u32(p[28:])&dmSuspendFlag != 0
	}
	return f
}

const (
	dmLeast       = 305 // bytes of struct dm_ioctl that must be there
	dmVersion     = 4   // of the interface
	dmSuspendFlag = 1 << 1
	dmDataOutFlag = 1 << 16
	dmDevSuspend  = 0xc138fd06

	dmHead   = "version data_size "
	dmDevice = dmHead + "dev name uuid "
	dmPlace  = dmHead + "data_start "
	dmBoth   = dmPlace + "dev name uuid "
	dmCounts = "target_count open_count event_nr flags"
)

// ioctlDM is the commands in the order of their numbers.
func ioctlDM() ioctlTable {
	t := ioctlTable{}
	for i, k := range []kind{
		dmCall(dmDevice+"flags", nil, dmDevice+"flags", nil),                         // DM_VERSION
		dmCall(dmHead+"flags", nil, dmHead+"flags", nil),                             // DM_REMOVE_ALL
		dmCall(dmPlace+"flags", nil, dmPlace+"flags", (*Call).dmNames),               // DM_LIST_DEVICES
		dmCall(dmDevice+"flags", nil, dmDevice+dmCounts, nil),                        // DM_DEV_CREATE
		dmCall(dmDevice+"event_nr flags", nil, dmDevice+"flags", nil),                // DM_DEV_REMOVE
		dmCall(dmBoth+"event_nr flags", (*Call).dmString, dmBoth+dmCounts, nil),      // DM_DEV_RENAME
		dmCall(dmDevice+"event_nr flags", nil, dmDevice+dmCounts, nil),               // DM_DEV_SUSPEND
		dmCall(dmDevice+"flags", nil, dmDevice+dmCounts, nil),                        // DM_DEV_STATUS
		dmCall(dmBoth+"event_nr flags", nil, dmBoth+dmCounts, (*Call).dmTargets),     // DM_DEV_WAIT
		dmCall(dmBoth+"target_count flags", (*Call).dmTargets, dmBoth+dmCounts, nil), // DM_TABLE_LOAD
		dmCall(dmDevice+"flags", nil, dmDevice+dmCounts, nil),                        // DM_TABLE_CLEAR
		dmCall(dmBoth+"flags", nil, dmBoth+dmCounts, (*Call).dmDeps),                 // DM_TABLE_DEPS
		dmCall(dmBoth+"flags", nil, dmBoth+dmCounts, (*Call).dmTargets),              // DM_TABLE_STATUS
		dmCall(dmPlace+"flags", nil, dmPlace+"flags", (*Call).dmVersions),            // DM_LIST_VERSIONS
		dmCall(dmBoth+"flags", (*Call).dmMessage, dmBoth+dmCounts, (*Call).dmAnswer), // DM_TARGET_MSG
		dmCall(dmBoth+"flags", (*Call).dmString, dmBoth+"flags", nil),                // DM_DEV_SET_GEOMETRY
		dmCall(dmDevice+"flags", nil, dmDevice+"flags", nil),                         // DM_DEV_ARM_POLL
		since61(dmCall(dmBoth+"flags", nil, dmBoth+"flags", (*Call).dmVersions)),     // DM_GET_TARGET_VERSION
	} {
		t[0xc138fd00|uint32(i)] = k
	}
	return t
}

// dmBody prints the data behind the structure at the address, whose bytes are p; without -v it says whether there are any.
type dmBody func(c *Call, at uint64, p []byte) bool

// dmCall is a command: the members and the data that it is given, and those that it gives back.
func dmCall(before string, given dmBody, after string, told dmBody) kind {
	b, a := dmHeader.pick(before), dmHeader.pick(after)
	return phased(func(c *Call, v uint64) bool {
		p, ok := c.read(v, dmLeast)
		if !ok || u32(p[12:]) < 12 { // not even a version
			c.hex(v)
			return false
		}
		c.dmWhole(b, given, v, p)
		return true
	}, func(c *Call, v uint64) {
		if c.failed {
			return
		}
		c.str(" => ")
		if p, ok := c.read(v, dmLeast); ok {
			c.dmWhole(a, told, v, p)
		} else {
			c.addr(v)
		}
	})
}

// dmWhole prints the structure and its data, if it is one that is known.
func (c *Call) dmWhole(r *record, body dmBody, v uint64, p []byte) {
	c.str("[{")
	var trouble string
	switch {
	case u32(p) != dmVersion:
		trouble = "unsupported device mapper ABI version"
		dmHeader.pick("version").some(c, p, true)
	case u32(p[12:]) < dmLeast:
		trouble = "data_size too small"
		dmHeader.pick("version data_size").some(c, p, true)
	}
	if trouble != "" {
		c.comment(trouble)
		c.str("}]")
		return
	}
	r.some(c, p, true)
	c.byte('}')
	if body != nil {
		body(c, v, p)
	}
	c.byte(']')
}

// dmAt is where the data are that lie n bytes behind pos; it says what is not where it should be.
func (c *Call) dmAt(p []byte, pos, n uint64, what string) bool {
	if pos+n <= uint64(u32(p[12:])) {
		return true
	}
	c.str(", ??? /* misplaced " + what + " */")
	return false
}

// dmBrief is ", ..." in place of data that only -v shows.
func (c *Call) dmBrief() bool {
	if !c.opts.Verbose {
		c.str(", ...")
	}
	return !c.opts.Verbose
}

func dmStart(p []byte) uint64 { return uint64(u32(p[16:])) }

// dmTextAt prints a string that lies at pos, within the data.
func (c *Call) dmTextAt(v uint64, p []byte, pos uint64) {
	room := uint64(u32(p[12:])) - pos
	if room == 0 {
		c.quote(nil, false)
		return
	}
	n := int(min(room, uint64(c.limit())+1))
	s, ended, ok := c.cstring(v+pos, n)
	if !ok {
		c.addr(v + pos)
		return
	}
	shown := min(len(s), c.limit())
	c.quote(s[:shown], !ended && shown < len(s))
}

func (c *Call) dmString(v uint64, p []byte) bool {
	if pos := dmStart(p); !c.dmBrief() && c.dmAt(p, pos, 0, "string") {
		c.str(", {string=")
		c.dmTextAt(v, p, pos)
		c.byte('}')
	}
	return true
}

// dmAnswer is what a target has answered, if it has.
func (c *Call) dmAnswer(v uint64, p []byte) bool {
	return u32(p[28:])&dmDataOutFlag != 0 && c.dmString(v, p)
}

// dmPart is where the data of a command begin and their first 8 bytes, which a structure has at
// its start; nil when they are not to be shown, or cannot be, which is said.
func (c *Call) dmPart(v uint64, p []byte, name string) (pos uint64, q []byte) {
	pos = dmStart(p)
	if c.dmBrief() || !c.dmAt(p, pos, 8, name) {
		return pos, nil
	}
	q, ok := c.read(v+pos, 8)
	if !ok {
		c.str(", ")
		c.addr(v + pos)
		return pos, nil
	}
	return pos, q
}

func (c *Call) dmMessage(v uint64, p []byte) bool {
	pos, q := c.dmPart(v, p, "struct dm_target_msg")
	if q == nil {
		return true
	}
	c.str(", {sector=")
	c.udec(u64(q))
	c.str(", message=")
	c.dmTextAt(v, p, pos+8)
	c.byte('}')
	return true
}

// dmChain prints records of size bytes, no more than most of them, each of which says where the next one is; as many
// as -s permits.
func (c *Call) dmChain(v uint64, p []byte, size, most uint64, what string, each func(c *Call, pos uint64, q []byte) (next uint64)) {
	pos := dmStart(p)
	for i := uint64(0); i < most; i++ {
		if !c.dmAt(p, pos, size, what) {
			return
		}
		if i >= uint64(c.limit()) || c.full() {
			c.str(", ...")
			return
		}
		q, ok := c.read(v+pos, int(size))
		if !ok {
			c.str(", ")
			c.addr(v + pos)
			return
		}
		c.str(", {")
		next := each(c, pos, q)
		c.byte('}')
		switch {
		case next == 0:
			return
		case next < pos+size:
			c.dmAt(p, ^uint64(0)-size, size, what)
			return
		}
		pos = next
	}
}

var dmTarget = newRecord(u64le("sector_start"), u64le("length"), i32("status"), u32le("next"), text("target_type", 16))

// dmTargets are struct dm_target_spec: a table that is loaded, or the states of its targets.
func (c *Call) dmTargets(v uint64, p []byte) bool {
	many := uint64(u32(p[20:]))
	if many == 0 || c.dmBrief() {
		return true
	}
	c.dmChain(v, p, 40, many, "struct dm_target_spec", func(c *Call, pos uint64, q []byte) uint64 {
		from, members := pos, "sector_start length target_type"
		if c.exit {
			from, members = dmStart(p), "sector_start length status target_type"
		}
		dmTarget.pick(members).some(c, q, true)
		c.str(", string=")
		c.dmTextAt(v, p, pos+40)
		return max(1, from+uint64(u32(q[20:])))
	})
	return true
}

// dmNames are struct dm_name_list.
func (c *Call) dmNames(v uint64, p []byte) bool {
	if c.dmBrief() {
		return true
	}
	c.dmChain(v, p, 12, readLimit, "struct dm_name_list", func(c *Call, pos uint64, q []byte) uint64 {
		c.str("dev=")
		c.makedev(u64(q))
		c.str(", name=")
		c.dmTextAt(v, p, pos+12)
		return dmNext(pos, u32(q[8:]))
	})
	return true
}

// dmVersions are struct dm_target_versions.
func (c *Call) dmVersions(v uint64, p []byte) bool {
	if c.dmBrief() {
		return true
	}
	c.dmChain(v, p, 16, readLimit, "struct dm_target_versions", func(c *Call, pos uint64, q []byte) uint64 {
		c.str("name=")
		c.dmTextAt(v, p, pos+16)
		c.str(", version=")
		c.elementsUpTo(3, q[4:], 4, &member{f: fUint})
		return dmNext(pos, u32(q))
	})
	return true
}

// dmNext is where the next record is, 0 for none.
func dmNext(pos uint64, next uint32) uint64 {
	if next == 0 {
		return 0
	}
	return pos + uint64(next)
}

// dmDeps is struct dm_target_deps.
func (c *Call) dmDeps(v uint64, p []byte) bool {
	pos, q := c.dmPart(v, p, "struct dm_target_deps")
	if q == nil {
		return true
	}
	n := uint64(u32(q))
	c.str(", {count=")
	c.udec(n)
	c.str(", deps=")
	c.list(v+pos+8, min(n, (uint64(u32(p[12:]))-pos-8)/8), 8, func(c *Call, p []byte) { c.makedev(u64(p)) })
	c.byte('}')
	return true
}

var tDM = table{"DM_???", []name{{1 << 0, "DM_READONLY_FLAG"}, {1 << 1, "DM_SUSPEND_FLAG"}, {1 << 2, "DM_EXISTS_FLAG"}, {1 << 3, "DM_PERSISTENT_DEV_FLAG"},
	{1 << 4, "DM_STATUS_TABLE_FLAG"}, {1 << 5, "DM_ACTIVE_PRESENT_FLAG"}, {1 << 6, "DM_INACTIVE_PRESENT_FLAG"}, {1 << 8, "DM_BUFFER_FULL_FLAG"},
	{1 << 9, "DM_SKIP_BDGET_FLAG"}, {1 << 10, "DM_SKIP_LOCKFS_FLAG"}, {1 << 11, "DM_NOFLUSH_FLAG"}, {1 << 12, "DM_QUERY_INACTIVE_TABLE_FLAG"},
	{1 << 13, "DM_UEVENT_GENERATED_FLAG"}, {1 << 14, "DM_UUID_FLAG"}, {1 << 15, "DM_SECURE_DATA_FLAG"}, {1 << 16, "DM_DATA_OUT_FLAG"},
	{1 << 17, "DM_DEFERRED_REMOVE"}, {1 << 18, "DM_INTERNAL_SUSPEND_FLAG"}, {1 << 19, "DM_IMA_MEASUREMENT_FLAG"}}}
