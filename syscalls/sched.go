// Scheduling, processor sets, I/O priorities, user ids and capabilities.

package syscalls

// Scheduling.
var (
	schedParam  = in(func(c *Call, v uint64) { c.numberAt(v, 4, true) })
	schedPolicy = in(func(c *Call, v uint64) {
		const reset = 0x40000000
		v = uint64(uint32(v))
		if v&reset != 0 && tSched.find(v&^reset) != "" && c.known("SCHED_RESET_ON_FORK") {
			c.enum(&tSched, v&^reset)
			c.str("|SCHED_RESET_ON_FORK")
			return
		}
		c.enum(&tSched, v)
	})
	rSched = ret{aux: func(c *Call) {
		if s := tSched.find(uint64(c.Ret)); s != "" {
			c.aux = append(c.aux, s...)
		}
	}}
)

var schedAttr = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 48)
	if !ok {
		c.addr(v)
		return
	}
	n := u32(p)
	policy := u32(p[4:])
	c.field(true, "size")
	c.udec(uint64(n))
	if n < 48 && (c.exit || n > 0) { // a size of 0 means the first one there was, 48
		c.byte('}')
		return
	}
	const keepPolicy, keepParams = 8, 16
	if u64(p[8:])&(keepPolicy|keepParams) == 0 {
		c.field(false, "sched_policy")
		c.enum(&tSched, uint64(policy))
	}
	c.field(false, "sched_flags")
	c.flags(&tSchedAttr, u64(p[8:]))
	if u64(p[8:])&keepParams == 0 {
		c.field(false, "sched_nice")
		c.dec(int64(int32(u32(p[16:]))))
		c.field(false, "sched_priority")
		c.udec(uint64(u32(p[20:])))
		for i, s := range [...]string{"sched_runtime", "sched_deadline", "sched_period"} {
			c.field(false, s)
			c.udec(u64(p[24+8*i:]))
		}
	}
	if q, ok := c.read(v+48, 8); n >= 56 && ok {
		c.field(false, "sched_util_min")
		c.udec(uint64(u32(q)))
		c.field(false, "sched_util_max")
		c.udec(uint64(u32(q[4:])))
		if n > 56 {
			c.str(", ...")
		}
	}
	c.byte('}')
})

// schedSetAttr is what a program asks for; where that is too much the kernel tells how much it takes.
var schedSetAttr = phased(func(c *Call, v uint64) bool {
	schedAttr.f(c, v)
	return true
}, func(c *Call, v uint64) {
	const e2big = 7
	if p, ok := c.read(v, 4); ok && c.Errno == e2big {
		c.str(" => {size=")
		c.udec(uint64(u32(p)))
		c.byte('}')
	}
})

// cpuSet prints the processors of a mask: [0 1 2].
func (c *Call) cpus(v, n uint64) {
	if n == 0 {
		c.str("[]")
		return
	}
	if n > 1<<16 {
		c.addr(v)
		return
	}
	p, ok := c.read(v, int(n))
	if !ok {
		c.addr(v)
		return
	}
	c.members(p, 8*len(p), 1, func(i int) { c.dec(int64(i)) })
}

var (
	cpuSet    = in(func(c *Call, v uint64) { c.cpus(v, c.arg(1)) })
	cpuSetRet = in(func(c *Call, v uint64) { c.cpus(v, uint64(c.Ret)) })
)

// prioWho is a process, a group or a user by the argument before it.
var prioWho = in(func(c *Call, v uint64) {
	switch uint32(c.arg(0)) {
	case 1: // PRIO_PGRP
		c.group(v)
	case 2: // PRIO_USER
		c.dec(int64(int32(v)))
	default:
		c.pid(v)
	}
})

// ioprioWho is prioWho; its types begin at 1.
var ioprioWho = in(func(c *Call, v uint64) {
	switch uint32(c.arg(0)) {
	case 1: // IOPRIO_WHO_PROCESS
		c.pid(v)
	case 2: // IOPRIO_WHO_PGRP
		c.group(v)
	default:
		c.dec(int64(int32(v)))
	}
})

var ioprio = in(func(c *Call, v uint64) { c.ioprio(uint64(uint32(v))) })

func (c *Call) ioprio(v uint64) {
	if c.opts.Style == Names {
		c.ioprioValue(v)
		return
	}
	c.dec(int64(int32(v)))
	if c.opts.Style == Both {
		c.str(" /* ")
		c.ioprioValue(v)
		c.str(" */")
	}
}

func (c *Call) ioprioValue(v uint64) {
	c.str("IOPRIO_PRIO_VALUE(")
	c.enum(&tIoprioClass, v>>13)
	c.str(", ")
	c.udec(v & 0x1fff)
	c.byte(')')
}

var rIoprio = ret{
	aux: func(c *Call) {
		if c.opts.Style != Numbers {
			c.withAux(func(c *Call) { c.ioprioValue(uint64(uint32(c.Ret))) })
		}
	},
}

// Credentials.
var (
	uidPtr   = in(func(c *Call, v uint64) { c.idAt(v, 4) })
	uid16Ptr = in(func(c *Call, v uint64) { c.idAt(v, 2) })
)

func (c *Call) idAt(v uint64, width int) {
	p, ok := c.read(v, width)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.id(p)
	c.byte(']')
}

func (c *Call) id(p []byte) {
	if len(p) == 2 {
		uid16.f(c, uint64(u16(p)))
		return
	}
	c.uid(uint64(u32(p)))
}

func (c *Call) idList(v uint64, n int64, width int) {
	if n < 0 || n > 65536 {
		c.addr(v)
		return
	}
	c.list(v, uint64(n), width, (*Call).id)
}

var (
	groups      = in(func(c *Call, v uint64) { c.idList(v, int64(int32(c.arg(0))), 4) })
	groups16    = in(func(c *Call, v uint64) { c.idList(v, int64(int32(c.arg(0))), 2) })
	groupsRet   = in(func(c *Call, v uint64) { c.idList(v, c.Ret, 4) })
	groups16Ret = in(func(c *Call, v uint64) { c.idList(v, c.Ret, 2) })
)

var capHeader = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 8)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "version")
	c.enum(&tCapVersion, uint64(u32(p)))
	c.field(false, "pid")
	c.dec(int64(int32(u32(p[4:]))))
	c.byte('}')
})

var capData = in(func(c *Call, v uint64) {
	n := 24
	header, known := c.read(c.arg(0), 8)
	if known && u32(header) == 0x19980330 { // version 1 had 32 capabilities
		n = 12
	}
	p, ok := c.read(v, n)
	ok = ok && known
	if !ok {
		c.addr(v)
		return
	}
	for i, s := range [...]string{"effective", "permitted", "inheritable"} {
		set := uint64(u32(p[4*i:]))
		if n == 24 {
			set |= uint64(u32(p[12+4*i:])) << 32
		}
		c.field(i == 0, s)
		c.caps(set)
	}
	c.byte('}')
})

func (c *Call) caps(set uint64) {
	if set == 0 {
		c.byte('0')
		return
	}
	any := false
	for i := range uint(64) {
		if set>>i&1 == 0 {
			continue
		}
		n := tCaps.find(uint64(i))
		if n == "" {
			set &^= 1 << i // bits without a meaning are always set in a full mask
			continue
		}
		if any {
			c.byte('|')
		}
		c.str("1<<")
		c.str(n)
		any = true
		set &^= 1 << i
	}
	if set != 0 {
		if any {
			c.byte('|')
		}
		c.hex(set)
		if !any {
			c.comment("CAP_???")
		}
	}
}
