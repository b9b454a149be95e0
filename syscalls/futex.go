// Futexes: an operation decides which arguments there are.

package syscalls

// Futexes: what the later arguments are depends on the operation.
const (
	futexPrivate  = 0x80
	futexRealtime = 0x100
)

func futexCmd(c *Call) uint32 { return uint32(c.arg(1)) &^ (futexPrivate | futexRealtime) }

var futexOp = in(func(c *Call, v uint64) {
	v = uint64(uint32(v))
	cmd := v &^ (futexPrivate | futexRealtime)
	name := tFutexOp.find(cmd)
	if v&futexRealtime != 0 && !futexTakesClock[cmd] {
		name = ""
	}
	if name == "" {
		c.hex(v)
		if c.opts.Style != Numbers {
			c.comment(tFutexOp.unknown)
		}
		return
	}
	c.styled(func() { c.hex(v) }, func() {
		c.str(name)
		switch {
		case v&futexPrivate != 0 && cmd == 2: // FUTEX_FD has no private form
			c.str("|FUTEX_PRIVATE_FLAG")
		case v&futexPrivate != 0:
			c.str("_PRIVATE")
		}
		if v&futexRealtime != 0 {
			c.str("|FUTEX_CLOCK_REALTIME")
		}
	})
})

// futexTakesClock are the operations with a timeout whose clock can be chosen.
var futexTakesClock = map[uint64]bool{0: true, 9: true, 11: true, 13: true}

// futexUses reports by bits of argument 2 to 5 (1, 2, 4, 8) which the operation has.
func futexUses(i int) func(c *Call) bool {
	return func(c *Call) bool {
		cmd := futexCmd(c)
		if cmd >= uint32(len(futexArity)) {
			return true
		}
		return futexArity[cmd]>>(i-2)&1 == 1
	}
}

// futexArity has a bit for each argument after the operation: value, timeout or second
// value, second address, third value (futex(2)).
var futexArity = [...]uint8{
	0:  3,  // WAIT: value, timeout
	1:  1,  // WAKE: value
	2:  1,  // FD: value
	3:  7,  // REQUEUE: value, value, address
	4:  15, // CMP_REQUEUE: and value
	5:  15, // WAKE_OP
	6:  2,  // LOCK_PI: timeout
	7:  0,  // UNLOCK_PI
	8:  0,  // TRYLOCK_PI
	9:  11, // WAIT_BITSET: value, timeout, mask
	10: 9,  // WAKE_BITSET: value, mask
	11: 7,  // WAIT_REQUEUE_PI: value, timeout, address
	12: 15, // CMP_REQUEUE_PI
	13: 2,  // LOCK_PI2: timeout
}

var (
	futexArgs   = futexKinds(timespec)
	futexArgs64 = futexKinds(timespec64)
)

func futexKinds(timeout kind) []kind {
	return a(ptr, futexOp,
		when(futexUses(2), u),
		when(futexUses(3), in(func(c *Call, v uint64) {
			switch futexCmd(c) {
			case 3, 4, 5, 12:
				c.udec(uint64(uint32(v)))
			case 0, 6, 9, 11, 13:
				timeout.f(c, v)
			default:
				c.addr(v)
			}
		})),
		when(futexUses(4), ptr),
		when(futexUses(5), in(func(c *Call, v uint64) {
			switch futexCmd(c) {
			case 9, 10:
				if uint32(v) == 0xffffffff {
					c.str("FUTEX_BITSET_MATCH_ANY")
				} else {
					c.hex(uint64(uint32(v)))
				}
			case 5:
				c.futexWakeOp(uint32(v))
			case 4, 12:
				c.udec(uint64(uint32(v)))
			default:
				c.hex(uint64(uint32(v)))
			}
		})))
}

func (c *Call) futexWakeOp(v uint32) {
	ops := [...]string{"FUTEX_OP_SET", "FUTEX_OP_ADD", "FUTEX_OP_OR", "FUTEX_OP_ANDN", "FUTEX_OP_XOR"}
	cmps := [...]string{"FUTEX_OP_CMP_EQ", "FUTEX_OP_CMP_NE", "FUTEX_OP_CMP_LT", "FUTEX_OP_CMP_LE", "FUTEX_OP_CMP_GT", "FUTEX_OP_CMP_GE"}
	if v>>31 != 0 {
		c.str("FUTEX_OP_OPARG_SHIFT<<28|")
	}
	c.pickFrom(ops[:], v>>28&7, 28, "FUTEX_OP_???")
	c.byte('|')
	c.hex(uint64(v >> 12 & 0xfff))
	c.str("<<12|")
	c.pickFrom(cmps[:], v>>24&15, 24, "FUTEX_OP_CMP_???")
	c.byte('|')
	c.hex(uint64(v & 0xfff))
}

// pickFrom prints a name or number that is shifted, with a comment behind a number.
func (c *Call) pickFrom(names []string, i uint32, shift uint64, unknown string) {
	named := i < uint32(len(names))
	if named {
		c.str(names[i])
	} else {
		c.hex(uint64(i))
	}
	c.str("<<")
	c.udec(shift)
	if !named {
		c.comment(unknown)
	}
}

var rseqFlags = in(func(c *Call, v uint64) {
	if uint32(v) == 1 {
		c.str("RSEQ_FLAG_UNREGISTER")
		return
	}
	c.hex(uint64(uint32(v)))
})
