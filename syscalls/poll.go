// Waiting for descriptors: poll, select, epoll. What became ready is told behind the result.

package syscalls

// pollEvents prints a set of POLL bits.
func (c *Call) pollEvents(v uint32) { c.flags(c.sys().poll, uint64(v)) }

// pollIn is the array of struct pollfd as the program passes it.
var pollIn = inTruss(in(func(c *Call, v uint64) {
	n := uint64(uint32(c.arg(1)))
	c.watchPoll(v, n)
	c.list(v, n, 8, func(c *Call, p []byte) {
		c.str("{fd=")
		c.fd(uint64(u32(p)))
		if int32(u32(p)) >= 0 {
			c.str(", events=")
			c.pollEvents(uint32(u16(p[4:])))
		}
		c.byte('}')
	})
}), (*Call).trussPoll)

// watchPoll looks for a descriptor among all, also those that are not shown.
func (c *Call) watchPoll(v, n uint64) {
	const most = 1024
	w := c.opts.Watch
	if w == nil || c.Watched || n > most {
		return
	}
	p, whole := c.readBytes(v, int(8*n))
	for i := 0; i < len(p) && !c.Watched; i += 8 {
		if _, ok := c.readBytes(v+uint64(i), 8); !whole && !ok { // memory ends before the array
			return
		}
		if fd := int32(u32(p[i:])); fd >= 0 {
			c.Watched = w.FD(c.PID, fd)
		}
	}
}

// withAux runs f with the output going to the text behind the result.
func (c *Call) withAux(f func(c *Call)) {
	b := c.b
	c.b = c.aux[:0]
	f(c)
	c.aux, c.b = c.b, b
}

// pollReady lists the descriptors of a poll that have something to report, and the time left
// if left says how to read it.
func pollReady(left format) ret {
	return ret{aux: func(c *Call) {
		c.withAux(func(c *Call) {
			if c.Ret == 0 {
				c.str("Timeout")
				return
			}
			n := min(uint64(uint32(c.arg(1))), 1<<16) // the most descriptors a process usually may have
			first, shown := true, 0
			for i := range n {
				p, ok := c.read(c.arg(0)+8*i, 8)
				if !ok {
					break
				}
				if u16(p[6:]) == 0 {
					c.arena = c.arena[:0]
					continue
				}
				if first {
					c.byte('[')
				} else {
					c.str(", ")
				}
				first = false
				if shown >= c.limit() && !c.opts.Verbose || c.full() {
					c.str("...")
					break
				}
				shown++
				c.str("{fd=")
				c.dec(int64(int32(u32(p))))
				c.str(", revents=")
				c.pollEvents(uint32(u16(p[6:])))
				c.byte('}')
				c.arena = c.arena[:0]
			}
			if !first {
				c.byte(']')
			}
			c.left(left, c.arg(2), !first)
		})
	}}
}

// left prints "left {tv_sec=...}" for a timeout that the kernel wrote back.
func (c *Call) left(f format, v uint64, more bool) {
	if f == nil || v == 0 {
		return
	}
	if more {
		c.str(", ")
	}
	c.str("left ")
	f(c, v)
}

var (
	rPoll    = pollReady(nil)
	rPpoll   = pollReady(timespec.f)
	rPpoll64 = pollReady(timespec64.f)
)

// fdSet reads the n bits of a set of descriptors.
func (c *Call) fdSet(v uint64) ([]byte, bool) {
	n := int32(c.arg(0))
	switch {
	case n <= 0:
		return nil, false
	case n > 1<<20: // no kernel has a table so long
		n = 1024
	}
	w := c.ABI.Word
	return c.read(v, (int(n)+8*w-1)/(8*w)*w)
}

// printFDs prints the members of a set, [3 4], and what is known of them; readyFDs their numbers.
func (c *Call) printFDs(set []byte) { c.setOfFDs(set, func(i int) { c.fd(uint64(i)) }) }
func (c *Call) readyFDs(set []byte) { c.setOfFDs(set, func(i int) { c.dec(int64(i)) }) }

func (c *Call) setOfFDs(set []byte, each func(i int)) {
	c.members(set, min(int(int32(c.arg(0))), 8*len(set)), 1, each)
}

var fdSetIn = inTruss(in(func(c *Call, v uint64) {
	set, ok := c.fdSet(v)
	if !ok {
		c.addr(v)
		return
	}
	c.printFDs(set)
}), func(c *Call, v uint64) {
	set, ok := c.fdSet(v)
	if !ok {
		c.addr(v)
		return
	}
	c.trussFDs(set)
})

// selectReady lists what each set of a select came back with.
func selectReady(left format) ret {
	return ret{aux: func(c *Call) {
		c.always = true
		c.withAux(func(c *Call) {
			if c.Ret == 0 {
				c.str("Timeout")
				return
			}
			any := false
			for i, label := range [...]string{"in ", "out ", "except "} {
				set, ok := c.fdSet(c.arg(1 + i))
				if !ok || !hasAny(set, int(int32(c.arg(0)))) {
					continue
				}
				if any {
					c.str(", ")
				}
				any = true
				c.str(label)
				c.readyFDs(set)
			}
			c.left(left, c.arg(4), any)
		})
	}}
}

func hasAny(set []byte, n int) bool {
	for i := range min(n, 8*len(set)) {
		if set[i/8]>>(i%8)&1 == 1 {
			return true
		}
	}
	return false
}

var (
	rSelect    = selectReady(timeval.f)
	rPselect   = selectReady(timespec.f)
	rPselect64 = selectReady(timespec64.f)
)

// epoll: struct epoll_event is packed on x86.
func (c *Call) epollEvent(p []byte) {
	c.str("{events=")
	c.flags(&tEpoll, uint64(u32(p)))
	c.str(", data={u32=")
	c.udec(uint64(u32(p[4:])))
	c.str(", u64=")
	c.udec(u64(p[4:]))
	c.str("}}")
}

var epollEvent = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 12)
	if uint32(c.arg(1)) == 2 || !ok { // EPOLL_CTL_DEL ignores it
		c.addr(v)
		return
	}
	c.epollEvent(p)
})

var epollEvents = in(func(c *Call, v uint64) {
	c.list(v, uint64(max(c.Ret, 0)), 12, (*Call).epollEvent)
})
