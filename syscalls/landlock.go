package syscalls

// Landlock's rulesets and rules (landlock(7), linux/landlock.h).

var tLandlockFS = table{"LANDLOCK_ACCESS_FS_???", []name{
	{1 << 0, "LANDLOCK_ACCESS_FS_EXECUTE"}, {1 << 1, "LANDLOCK_ACCESS_FS_WRITE_FILE"}, {1 << 2, "LANDLOCK_ACCESS_FS_READ_FILE"},
	{1 << 3, "LANDLOCK_ACCESS_FS_READ_DIR"}, {1 << 4, "LANDLOCK_ACCESS_FS_REMOVE_DIR"}, {1 << 5, "LANDLOCK_ACCESS_FS_REMOVE_FILE"},
	{1 << 6, "LANDLOCK_ACCESS_FS_MAKE_CHAR"}, {1 << 7, "LANDLOCK_ACCESS_FS_MAKE_DIR"}, {1 << 8, "LANDLOCK_ACCESS_FS_MAKE_REG"},
	{1 << 9, "LANDLOCK_ACCESS_FS_MAKE_SOCK"}, {1 << 10, "LANDLOCK_ACCESS_FS_MAKE_FIFO"}, {1 << 11, "LANDLOCK_ACCESS_FS_MAKE_BLOCK"},
	{1 << 12, "LANDLOCK_ACCESS_FS_MAKE_SYM"}, {1 << 13, "LANDLOCK_ACCESS_FS_REFER"}, {1 << 14, "LANDLOCK_ACCESS_FS_TRUNCATE"},
	{1 << 15, "LANDLOCK_ACCESS_FS_IOCTL_DEV"},
}}

var tLandlockNet = table{"LANDLOCK_ACCESS_NET_???", []name{{1, "LANDLOCK_ACCESS_NET_BIND_TCP"}, {2, "LANDLOCK_ACCESS_NET_CONNECT_TCP"}}}

var tLandlockScope = table{"LANDLOCK_SCOPE_???", []name{{1, "LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET"}, {2, "LANDLOCK_SCOPE_SIGNAL"}}}

// landlockRuleset is struct landlock_ruleset_attr, of a size that the next argument tells.
var landlockRuleset = in(func(c *Call, v uint64) {
	n := c.arg(c.reg)
	known := 24
	if c.opts.As61 {
		known = 8
	}
	p, ok := c.read(v, int(min(n, uint64(known))&^7))
	if n < 8 || !ok {
		c.addr(v)
		return
	}
	c.byte('{')
	c.someMembers(p, landlockRulesetMembers, true)
	if n > uint64(known) {
		c.str(", ...")
	}
	c.byte('}')
})

var landlockRulesetMembers = []member{
	{name: "handled_access_fs", off: 0, size: 8, f: fFlags(&tLandlockFS)},
	{name: "handled_access_net", off: 8, size: 8, f: fFlags(&tLandlockNet)},
	{name: "scoped", off: 16, size: 8, f: fFlags(&tLandlockScope)},
}

// landlockRule is the attribute of the rule type in the second argument.
var landlockRule = in(func(c *Call, v uint64) {
	k, ok := landlockRules[uint32(c.arg(1))]
	if !ok {
		c.addr(v)
		return
	}
	k.f(c, v)
})

var landlockRules = map[uint32]kind{
	1: structure(12, []member{{name: "allowed_access", off: 0, size: 8, f: fFlags(&tLandlockFS)}, {name: "parent_fd", off: 8, size: 4, f: (*Call).fd}}),
	2: structure(16, []member{{name: "allowed_access", off: 0, size: 8, f: fFlags(&tLandlockNet)}, {name: "port", off: 8, size: 8, f: fUint}}),
}

// rLandlock is a descriptor unless the version was asked for.
var rLandlock = ret{f: func(c *Call, v uint64) {
	if c.arg(2)&1 != 0 { // LANDLOCK_CREATE_RULESET_VERSION
		c.dec(int64(v))
		return
	}
	c.fd(v)
}}
