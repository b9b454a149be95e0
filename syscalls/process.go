// Processes: birth, arguments, waiting, resources, scheduling, credentials.

package syscalls

import "iter"

// argv is a list of strings that ends with a null pointer.
var argv = inTruss(in((*Call).strings), func(c *Call, v uint64) { c.trussStrings(v, c.opts.ExecArgs) })

func (c *Call) strings(v uint64) {
	if v == 0 {
		c.str("NULL")
		return
	}
	limit := c.limit()
	if c.opts.Verbose {
		limit = readLimit
	}
	i := 0
	for s, ok := range c.pointers(v) {
		if !ok && i == 0 {
			c.addr(v)
			return
		}
		switch {
		case i == 0:
			c.byte('[')
		case s != 0 && ok:
			c.str(", ")
		}
		if !ok {
			c.unreadable(v + uint64(i*c.ABI.Word))
			break
		}
		if s == 0 {
			break
		}
		if i >= limit || c.full() {
			c.str("...")
			break
		}
		begun := c.mark()
		c.text(s)
		c.release(begun)
		i++
	}
	c.byte(']')
}

// pointers are the elements of a list that ends with a null pointer, that one too, and whether
// each could be read; nothing follows one that could not. They are read a block at a time, no
// further than the page that each is in.
func (c *Call) pointers(v uint64) iter.Seq2[uint64, bool] {
	return func(yield func(uint64, bool) bool) {
		if c.Mem == nil || v == 0 || c.opts.Shallow {
			yield(0, false)
			return
		}
		w := uint64(c.ABI.Word)
		most := w * 16 // the list may be short
		block := c.alloc(int(4 * most))
		for at := v; ; most = uint64(len(block)) {
			n := max(w, min(most, pageSize-at%pageSize)/w*w)
			got := 0
			if c.spend(int(n)) {
				got, _ = c.Mem.ReadMem(at, block[:n])
			}
			for i := uint64(0); i+w <= uint64(got); i += w {
				if p := c.word(block[i:]); !yield(p, true) || p == 0 {
					return
				}
			}
			if at += n; uint64(got) != n {
				yield(0, false)
				return
			}
		}
	}
}

// envp is only counted, since it is long: 0x7ffd... /* 23 vars */.
var envp = inTruss(in((*Call).environment), func(c *Call, v uint64) { c.trussStrings(v, c.opts.ExecEnv) })

func (c *Call) environment(v uint64) {
	if c.opts.Verbose || v == 0 {
		c.strings(v)
		return
	}
	c.addr(v)
	n, whole := 0, true
	for p, ok := range c.pointers(v) {
		if whole = ok; !ok || p == 0 || n >= 1<<16 {
			break
		}
		n++
	}
	if !whole && n == 0 {
		return
	}
	c.str(" /* ")
	c.dec(int64(n))
	c.str(" var")
	if n != 1 {
		c.byte('s')
	}
	if !whole {
		c.str(", unterminated")
	}
	c.str(" */")
}

// clone: which of the last arguments are passed depends on the flags.
const (
	clonePidfd        = 0x1000
	cloneSettls       = 0x80000
	cloneParentSettid = 0x100000
	cloneChildCleared = 0x200000
	cloneChildSettid  = 0x1000000
)

func cloneHas(bits uint64) func(c *Call) bool {
	return func(c *Call) bool { return c.arg(0)&bits != 0 }
}

func named(label string, k kind) kind {
	f := k.f
	k.f = func(c *Call, v uint64) {
		c.str(label)
		c.byte('=')
		f(c, v)
	}
	return k
}

// at takes register i, whatever was printed before.
func at(i int, k kind) kind {
	f := k.f
	k.wide, k.takes = noReg, i+1
	k.f = func(c *Call, _ uint64) { f(c, c.arg(i)) }
	return k
}

// cloneFlags has the signal that tells of the child's end in its low byte.
var cloneFlags = in(func(c *Call, v uint64) {
	flags, s := v&^0xff, v&0xff
	if flags != 0 {
		c.flags(&tClone, flags)
		if s == 0 {
			return
		}
		c.byte('|')
	}
	c.signal(int(s))
})

// x86-64 passes the child's tid before the thread pointer, i386 after it.
var (
	cloneArgs   = cloneKinds(3, 4)
	cloneArgs32 = cloneKinds(4, 3)
)

func cloneKinds(ctid, tls int) []kind {
	parent := kind{f: func(c *Call, v uint64) {
		switch {
		case c.failed:
			c.addr(v)
		case c.arg(0)&clonePidfd != 0:
			fdPtr.f(c, v)
		default:
			pidPtr.f(c, v)
		}
	}, out: true}
	ks := a(
		at(1, named("child_stack", ptr)),
		at(0, named("flags", cloneFlags)),
		at(2, when(cloneHas(cloneParentSettid|clonePidfd), named("parent_tid", parent))),
		at(tls, when(cloneHas(cloneSettls), named("tls", kind{f: ptr.f}))),
		at(ctid, when(cloneHas(cloneChildSettid|cloneChildCleared), named("child_tidptr", ptr))),
	)
	return ks
}

// clone3Args is struct clone_args; the kernel reports the child's ids in what it points to.
var clone3Args = kind{f: (*Call).clone3, tail: (*Call).clone3Result}

// clone3Result prints what the kernel stored: => {parent_tid=[12]}.
func (c *Call) clone3Result(v uint64) {
	n := c.arg(c.reg)
	p, ok := c.read(v, 64)
	if c.failed || n < 64 || !ok {
		return
	}
	first := true
	store := func(bit uint64, name string, k kind, at uint64) {
		if u64(p)&bit == 0 {
			return
		}
		if first {
			c.str(" => ")
		}
		c.field(first, name)
		k.f(c, at)
		first = false
	}
	store(clonePidfd, "pidfd", fdPtr, u64(p[8:]))
	store(cloneParentSettid, "parent_tid", pidPtr, u64(p[24:]))
	if n > clone3Size && n <= pageSize {
		start := len(c.b)
		if c.sizedRest(v, clone3Size, n); len(c.b) > start && first { // ", " begins it
			rest := append([]byte(nil), c.b[start+2:]...)
			c.b = append(append(c.b[:start], " => {"...), rest...)
			first = false
		}
	}
	if !first {
		c.byte('}')
	}
}

const clone3Size = 88 // struct clone_args

func (c *Call) clone3(v uint64) {
	n := c.arg(c.reg)
	if n < 64 {
		c.addr(v)
		return
	}
	p, ok := c.read(v, int(min(n, 88)))
	if !ok {
		c.addr(v)
		return
	}
	w := func(i int) uint64 { return u64(p[8*i:]) }
	flags := w(0)
	c.field(true, "flags")
	c.flags(&tClone3, flags)
	if flags&clonePidfd != 0 {
		c.field(false, "pidfd")
		c.addr(w(1))
	}
	if flags&(cloneChildSettid|cloneChildCleared) != 0 {
		c.field(false, "child_tid")
		c.addr(w(2))
	}
	if flags&cloneParentSettid != 0 {
		c.field(false, "parent_tid")
		c.addr(w(3))
	}
	c.field(false, "exit_signal")
	if w(4) < 65 {
		c.signal(int(w(4)))
	} else {
		c.udec(w(4))
	}
	c.field(false, "stack")
	c.addr(w(5))
	c.field(false, "stack_size")
	c.hex(w(6))
	if flags&cloneSettls != 0 {
		c.field(false, "tls")
		if c.ABI.Long == 4 {
			c.userDesc(w(7), false)
		} else {
			c.addr(w(7))
		}
	}
	if len(p) >= 80 && (w(8) != 0 || w(9) != 0) {
		c.field(false, "set_tid")
		if w(9) == 0 || w(9) > 32 { // the kernel's MAX_PID_NS_LEVEL
			c.addr(w(8))
		} else {
			c.list(w(8), w(9), 4, func(c *Call, p []byte) { c.dec(int64(int32(u32(p)))) })
		}
		c.field(false, "set_tid_size")
		c.udec(w(9))
	}
	if len(p) >= 88 && (flags&0x200000000 != 0 || w(10) != 0) {
		c.field(false, "cgroup")
		c.udec(w(10))
	}
	c.sizedRest(v, 88, n)
	c.byte('}')
}

// waitidWho is a process, a group or a pidfd by the type before it.
var waitidWho = in(func(c *Call, v uint64) {
	if uint32(c.arg(0)) == 3 { // P_PIDFD
		c.fd(v)
		return
	}
	if uint32(c.arg(0)) == 2 { // P_PGID
		c.group(v)
		return
	}
	c.pid(v)
})

// waitStatus prints what wait4 reports in terms of the macros of wait(2).
var waitStatus = kind{out: true, f: func(c *Call, v uint64) {
	if c.failed || c.Ret == 0 {
		c.addr(v)
		return
	}
	p, ok := c.read(v, 4)
	if !ok {
		c.addr(v)
		return
	}
	c.byte('[')
	c.waitStatus(u32(p))
	c.byte(']')
}, truss: orAddr((*Call).trussStatus)}

func (c *Call) waitStatus(s uint32) {
	event, rest := s>>16, uint32(0)
	s &= 0xffff
	c.byte('{')
	switch {
	case s == 0xffff:
		c.str("WIFCONTINUED(s)")
	case s&0xff == 0x7f:
		c.str("WIFSTOPPED(s) && WSTOPSIG(s) == ")
		sig := s >> 8
		c.signalName(int(sig & 0x7f))
		if sig&0x80 != 0 {
			c.str(" | 0x80")
		}
	case s&0x7f == 0:
		c.str("WIFEXITED(s) && WEXITSTATUS(s) == ")
		c.dec(int64(s >> 8 & 0xff))
	default:
		c.str("WIFSIGNALED(s) && WTERMSIG(s) == ")
		c.signalName(int(s & 0x7f))
		if s&0x80 != 0 {
			c.str(" && WCOREDUMP(s)")
		}
		rest = s &^ 0xff
	}
	c.byte('}')
	if event != 0 {
		c.byte('|')
		c.enum(&tPtraceEvent, uint64(event))
		c.str("<<16")
	}
	if rest != 0 {
		c.byte('|')
		c.hex(uint64(rest))
	}
}

var tPtraceEvent = table{"PTRACE_EVENT_???", []name{{1, "PTRACE_EVENT_FORK"}, {2, "PTRACE_EVENT_VFORK"}, {3, "PTRACE_EVENT_CLONE"},
	{4, "PTRACE_EVENT_EXEC"}, {5, "PTRACE_EVENT_VFORK_DONE"}, {6, "PTRACE_EVENT_EXIT"}, {7, "PTRACE_EVENT_SECCOMP"}, {128, "PTRACE_EVENT_STOP"}}}

var waitRusage = kind{out: true, f: func(c *Call, v uint64) {
	if c.failed || c.Ret == 0 {
		c.addr(v)
		return
	}
	rusage.f(c, v)
}, truss: orAddr((*Call).trussRusage)}

// rusage is struct rusage: the times, and the rest with -v.
var rusage = inTruss(in((*Call).rusage), (*Call).trussRusage)

func (c *Call) rusage(v uint64) {
	l := c.ABI.Long
	p, ok := c.read(v, 18*l)
	if !ok {
		c.addr(v)
		return
	}
	n := func(i int) uint64 {
		if l == 4 {
			return uint64(u32(p[i*l:]))
		}
		return u64(p[i*l:])
	}
	c.field(true, "ru_utime")
	c.timePair(int64(c.long(p)), int64(n(1)), usecUnit)
	c.field(false, "ru_stime")
	c.timePair(int64(c.long(p[2*l:])), int64(n(3)), usecUnit)
	if !c.opts.Verbose {
		c.str(", ...}")
		return
	}
	for i, s := range [...]string{"ru_maxrss", "ru_ixrss", "ru_idrss", "ru_isrss", "ru_minflt", "ru_majflt", "ru_nswap",
		"ru_inblock", "ru_oublock", "ru_msgsnd", "ru_msgrcv", "ru_nsignals", "ru_nvcsw", "ru_nivcsw"} {
		c.field(false, s)
		c.udec(n(i + 4))
	}
	c.byte('}')
}

// limitValue prints a resource limit: RLIM_INFINITY, 8192*1024 or a number.
func (c *Call) limitValue(v, infinity uint64, infinite string) {
	switch {
	case v == infinity:
		c.styled(func() { c.udec(v) }, func() { c.str(infinite) })
	case v > 1024 && v%1024 == 0:
		c.styled(func() { c.udec(v) }, func() {
			c.udec(v / 1024)
			c.str("*1024")
		})
	default:
		c.udec(v)
	}
}

func (c *Call) limits(v uint64, width int, infinity uint64, infinite string) {
	cur, hard, ok := c.pair(v, width)
	if !ok {
		c.addr(v)
		return
	}
	mask := uint64(1)<<(8*width-1)<<1 - 1
	c.field(true, "rlim_cur")
	c.limitValue(uint64(cur)&mask, infinity, infinite)
	c.field(false, "rlim_max")
	c.limitValue(uint64(hard)&mask, infinity, infinite)
	c.byte('}')
}

var (
	rlimit64 = inTruss(in(func(c *Call, v uint64) { c.limits(v, 8, ^uint64(0), "RLIM64_INFINITY") }), trussLimits(eight))
	rlimit   = inTruss(in(func(c *Call, v uint64) {
		if c.ABI.Long == 4 {
			c.limits(v, 4, 0xffffffff, "RLIM_INFINITY")
			return
		}
		c.limits(v, 8, ^uint64(0), "RLIM64_INFINITY")
	}), trussLimits(kernelLong))
)

// The system's own description.
var utsname = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 65*6)
	if !ok {
		c.addr(v)
		return
	}
	for i, s := range [...]string{"sysname", "nodename", "release", "version", "machine", "domainname"} {
		if i == 2 && !c.opts.Verbose {
			c.str(", ...}")
			return
		}
		c.field(i == 0, s)
		c.quote(untilNUL(p[65*i:65*i+65]), false)
	}
	c.byte('}')
})

var sysinfo = in(func(c *Call, v uint64) {
	l := c.ABI.Long
	n := 112
	if l == 4 {
		n = 64
	}
	p, ok := c.read(v, n)
	if !ok {
		c.addr(v)
		return
	}
	word := func(i int) uint64 {
		if l == 4 {
			return uint64(u32(p[4*i:]))
		}
		return u64(p[8*i:])
	}
	c.field(true, "uptime")
	c.udec(word(0))
	c.str(", loads=[")
	for i := range 3 {
		if i > 0 {
			c.str(", ")
		}
		c.udec(word(1 + i))
	}
	c.byte(']')
	for i, s := range [...]string{"totalram", "freeram", "sharedram", "bufferram", "totalswap", "freeswap"} {
		c.field(false, s)
		c.udec(word(4 + i))
	}
	c.field(false, "procs")
	c.udec(uint64(u16(p[10*l:])))
	at := 10*l + 4
	if l == 8 {
		at = 11 * l
	}
	c.field(false, "totalhigh")
	c.udec(c.long(p[at:]))
	c.field(false, "freehigh")
	c.udec(c.long(p[at+l:]))
	c.field(false, "mem_unit")
	c.udec(uint64(u32(p[at+2*l:])))
	c.byte('}')
})

var (
	personality  = in(func(c *Call, v uint64) { c.personality(v) })
	rPersonality = ret{
		f: func(c *Call, v uint64) { c.hex(uint64(uint32(v))) },
		aux: func(c *Call) {
			c.withAux(func(c *Call) { c.personality(uint64(uint32(c.Ret))) })
		},
	}
)

func (c *Call) personality(v uint64) {
	v = uint64(uint32(v))
	if v == 0xffffffff {
		c.str("0xffffffff")
		return
	}
	c.enum(&tPersonality, v&0xff)
	if v &^= 0xff; v == 0 {
		return
	}
	c.byte('|')
	c.flags(&tPersBits, v)
}

var tPersBits = table{"", tPersFlags.names}

// kcmp's indexes are descriptors of its two processes for the first and last type.
func kcmpHasIndex(c *Call) bool {
	t := uint32(c.arg(2))
	return t == 0 || t >= 7
}

var kcmpIndex = in(func(c *Call, v uint64) {
	switch second := c.reg == 5; {
	case uint32(c.arg(2)) == 0:
		c.fdOf(c.here(c.arg(c.reg-4)), v)
	case uint32(c.arg(2)) == 7 && !second:
		c.fdOf(c.here(c.arg(0)), v)
	case uint32(c.arg(2)) == 7:
		kcmpSlot.f(c, v)
	default:
		c.hex(v)
	}
})

// kcmpSlot is struct kcmp_epoll_slot.
var kcmpSlot = structure(12, []member{{name: "efd", off: 0, size: 4, f: fSecondFD}, {name: "tfd", off: 4, size: 4, f: fSecondFD}, {name: "toff", off: 8, size: 4, f: fUint}})

func fSecondFD(c *Call, v uint64) { c.fdOf(c.here(c.arg(1)), v) }

// fdOfPidfd is a descriptor of the process that the pidfd in the first argument is of.
var fdOfPidfd = in(func(c *Call, v uint64) {
	pid := 0
	if c.opts.PidfdPID != nil {
		pid = c.opts.PidfdPID(c.PID, int32(c.arg(0)))
	}
	if pid <= 0 {
		c.dec(int64(int32(v)))
		return
	}
	c.fdOf(pid, v)
})

// here is the number by which we know the process that an argument names.
func (c *Call) here(v uint64) int {
	pid := int(int32(v))
	if c.opts.Here != nil {
		pid = c.opts.Here(c.PID, pid)
	}
	return pid
}

// fdOf prints a descriptor of another process.
func (c *Call) fdOf(pid int, v uint64) {
	own := c.PID
	c.PID = pid
	c.fd(v)
	c.PID = own
}
