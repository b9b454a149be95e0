// Times: timespec, timeval and what holds them, in the kernel's width and in 64 bits.

package syscalls

import "time"

// pair reads two numbers of width bytes each.
func (c *Call) pair(v uint64, width int) (a, b int64, ok bool) {
	p, ok := c.read(v, 2*width)
	if !ok {
		return 0, 0, false
	}
	if width == 4 {
		return int64(int32(u32(p))), int64(int32(u32(p[4:]))), true
	}
	return int64(u64(p)), int64(u64(p[8:])), true
}

// moment reads a second and a fraction of it, which has no sign.
func (c *Call) moment(v uint64, width int) (sec, frac int64, ok bool) {
	sec, frac, ok = c.pair(v, width)
	if width == 4 {
		frac = int64(uint32(frac))
	}
	return sec, frac, ok
}

func (c *Call) timePair(sec, frac int64, unit string) {
	c.str("{tv_sec=")
	c.dec(sec)
	c.str(unit)
	c.udec(uint64(frac))
	c.byte('}')
}

const (
	nsecUnit = ", tv_nsec="
	usecUnit = ", tv_usec="
)

// timeAt prints the structure at v.
func (c *Call) timeAt(v uint64, width int, unit string) {
	sec, frac, ok := c.moment(v, width)
	if !ok {
		c.addr(v)
		return
	}
	c.timePair(sec, frac, unit)
}

// timeOf makes a kind of a pointer to a second and a fraction of it.
func timeOf(unit string, width func(c *Call) int) kind {
	return inTruss(in(func(c *Call, v uint64) { c.timeAt(v, width(c), unit) }), func(c *Call, v uint64) {
		sec, frac, ok := c.moment(v, width(c))
		if !ok {
			c.addr(v)
			return
		}
		c.str("{ ")
		c.secondsOf(sec, frac, unit)
		c.str(" }")
	})
}

var (
	timespec   = timeOf(nsecUnit, kernelLong)
	timespec64 = timeOf(nsecUnit, eight)
	timeval    = timeOf(usecUnit, kernelLong)
	clockID    = in((*Call).clockID)
)

// pairs reads two moments, one behind the other.
func (c *Call) pairs(v uint64, width int) (a, b, e, f int64, ok bool) {
	a, b, ok = c.moment(v, width)
	e, f, ok2 := c.moment(v+uint64(2*width), width)
	return a, b, e, f, ok && ok2
}

// timesOf prints a structure of two times, such as itimerspec, with its members' names.
func timesOf(first, second, unit string, width func(c *Call) int) kind {
	return inTruss(in(func(c *Call, v uint64) {
		a, b, e, f, ok := c.pairs(v, width(c))
		if !ok {
			c.addr(v)
			return
		}
		c.field(true, first)
		c.timePair(a, b, unit)
		c.field(false, second)
		c.timePair(e, f, unit)
		c.byte('}')
	}), trussTimes(width, unit))
}

func kernelLong(c *Call) int { return c.ABI.Long }
func eight(*Call) int        { return 8 }

var (
	itimerspec   = timesOf("it_interval", "it_value", nsecUnit, kernelLong)
	itimerspec64 = timesOf("it_interval", "it_value", nsecUnit, eight)
	itimerval    = timesOf("it_interval", "it_value", usecUnit, kernelLong)
)

var timezone = in(func(c *Call, v uint64) {
	a, b, ok := c.pair(v, 4)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "tz_minuteswest")
	c.dec(a)
	c.field(false, "tz_dsttime")
	c.dec(b)
	c.byte('}')
})

// clockID prints a clock by name.
func (c *Call) clockID(v uint64) {
	c.enum(&tClock, uint64(uint32(v)))
}

// The first and the last second of years that fit in the int of struct tm.
const (
	firstSecond = -67768040609740800
	lastSecond  = 67768036191676799
)

// date prints " /* 2026-11-24T03:02:29.000000005+0000 */" in the zone of the reader, with no
// fraction when it is zero or impossible.
func (c *Call) date(sec int64, frac uint64, digits int) {
	limit := uint64(1)
	for range digits {
		limit *= 10
	}
	if frac >= limit || sec == 0 && frac == 0 || sec > lastSecond || sec < firstSecond {
		return
	}
	c.str(" /* ")
	c.dateText(sec, frac, digits)
	c.str(" */")
}

// dateText prints a date alone.
func (c *Call) dateText(sec int64, frac uint64, digits int) {
	t := time.Unix(sec, 0)
	c.b = t.AppendFormat(c.b, "2006-01-02T15:04:05")
	if frac != 0 {
		c.byte('.')
		at := len(c.b)
		for range digits {
			c.byte('0')
		}
		for i := at + digits - 1; i >= at; i-- {
			c.b[i] += byte(frac % 10)
			frac /= 10
		}
	}
	c.b = t.AppendFormat(c.b, "-0700")
}

// fileTime is one of the two times of utimensat.
func (c *Call) fileTime(sec, nsec int64) {
	mark := c.sys().marks[nsec]
	if mark == "" || c.opts.Style != Names {
		c.timePair(sec, nsec, nsecUnit)
	}
	switch {
	case mark == "":
		c.date(sec, uint64(nsec), 9)
	case c.opts.Style == Names:
		c.str(mark)
	case c.opts.Style == Both:
		c.comment(mark)
	}
}

func timesPair(width func(c *Call) int, unit string, one func(c *Call, a, b int64)) kind {
	return inTruss(in(func(c *Call, v uint64) {
		a, b, e, f, ok := c.pairs(v, width(c))
		if !ok {
			c.addr(v)
			return
		}
		c.byte('[')
		one(c, a, b)
		c.str(", ")
		one(c, e, f)
		c.byte(']')
	}), trussTimes(width, unit))
}

var (
	utimesPair   = timesPair(kernelLong, nsecUnit, (*Call).fileTime)
	utimesPair64 = timesPair(eight, nsecUnit, (*Call).fileTime)
	timevalPair  = timesPair(kernelLong, usecUnit, func(c *Call, sec, usec int64) {
		c.timePair(sec, usec, usecUnit)
		c.date(sec, uint64(usec), 6)
	})
)

var utimbuf = in(func(c *Call, v uint64) {
	a, b, ok := c.pair(v, c.ABI.Long)
	if !ok {
		c.addr(v)
		return
	}
	c.field(true, "actime")
	c.dec(a)
	c.date(a, 0, 9)
	c.field(false, "modtime")
	c.dec(b)
	c.date(b, 0, 9)
	c.byte('}')
})

// timePtr is the time_t that time(2) fills in.
var timePtr = in(func(c *Call, v uint64) {
	p, ok := c.read(v, c.ABI.Long)
	if !ok {
		c.addr(v)
		return
	}
	sec := int64(c.long(p))
	c.byte('[')
	c.dec(sec)
	c.date(sec, 0, 9)
	c.byte(']')
})

// long returns the kernel's long at p, widened with its sign.
func (c *Call) long(p []byte) uint64 {
	if c.ABI.Long == 4 {
		return uint64(int64(int32(u32(p))))
	}
	return u64(p)
}

var rTime = ret{aux: func(c *Call) {
	if c.Ret != 0 {
		c.withAux(func(c *Call) { c.dateText(c.Ret, 0, 9) })
	}
}}

// The remaining time of an interrupted sleep: filled in only when a signal broke it.
func remaining(k kind, relative func(c *Call) bool) kind {
	return kind{out: true, f: func(c *Call, v uint64) {
		if c.Returned && (c.Errno == 4 || c.Errno == 516) && relative(c) {
			k.f(c, v)
			return
		}
		c.addr(v)
	}}
}

func isRelative(c *Call) bool { return c.arg(1)&1 == 0 }

var (
	timeLeft      = remaining(timespec, always)
	timeLeftRel   = remaining(timespec, isRelative)
	timeLeftRel64 = remaining(timespec64, isRelative)
)

// timexMembers are those of struct timex (adjtimex(2)), each in a long; "" are padding or follow from "time".
var timexMembers = [...]string{"modes", "offset", "freq", "maxerror", "esterror", "status", "constant", "precision", "tolerance", "time", "", "tick",
	"ppsfreq", "jitter", "shift", "stabil", "jitcnt", "calcnt", "errcnt", "stbcnt", "tai"}

// timexSize is how many bytes the structure has: tai is an int, and behind it are 11 more without a name.
func timexSize(width int) int { return (len(timexMembers)-1)*width + 12*4 }

var (
	timex   = timexOf(kernelLong)
	timex64 = timexOf(eight)
)

func timexOf(width func(c *Call) int) kind {
	return in(func(c *Call, v uint64) {
		w := width(c)
		p, ok := c.read(v, timexSize(w))
		if !ok || c.failed {
			c.addr(v)
			return
		}
		for i, s := range timexMembers {
			n := number(p[i*w : (i+1)*w])
			if w == 4 {
				n = uint64(int64(int32(n)))
			}
			if s != "" {
				c.field(i == 0, s)
			}
			switch s {
			case "modes":
				c.flags(&tAdjMode, uint64(uint32(n)))
			case "status":
				c.flags(&tAdjStatus, uint64(uint32(n)))
			case "shift", "tai":
				c.dec(int64(int32(n)))
			case "time":
				sec, frac, _ := c.moment(v+uint64(i*w), w)
				c.timePair(sec, frac, usecUnit)
			case "":
			default:
				c.dec(int64(n))
			}
		}
		c.byte('}')
	})
}

var (
	rAdjtime   = adjtimeState(kernelLong)
	rAdjtime64 = adjtimeState(eight)
)

// adjtimeState is the state of the clock that a call returns, which is told where its structure, the last argument, is there.
func adjtimeState(width func(c *Call) int) ret {
	return ret{aux: func(c *Call) {
		if _, ok := c.read(c.arg(len(c.row.args)-1), timexSize(width(c))); !ok {
			return
		}
		if s := tAdjState.find(uint64(c.Ret)); s != "" {
			c.aux = append(c.aux, s...)
		}
	}}
}

// tms is struct tms of times(2).
var tms = in(func(c *Call, v uint64) {
	p, ok := c.read(v, 4*c.ABI.Long)
	if !ok {
		c.addr(v)
		return
	}
	for i, s := range [...]string{"tms_utime", "tms_stime", "tms_cutime", "tms_cstime"} {
		c.field(i == 0, s)
		ticks := c.long(p[i*c.ABI.Long:])
		c.udec(ticks)
		if ticks == 0 || c.opts.Style == Numbers {
			continue
		}
		c.str(" /* ")
		c.udec(ticks / 100) // a tick of times(2) is a hundredth of a second on x86
		c.byte('.')
		c.byte('0' + byte(ticks/10%10))
		c.byte('0' + byte(ticks%10))
		c.str(" s */")
	}
	c.byte('}')
})

// sigevent is struct sigevent of timer_create and mq_notify.
var sigevent = in(func(c *Call, v uint64) {
	w := c.ABI.Word
	p, ok := c.read(v, 3*w+8)
	if !ok {
		c.addr(v)
		return
	}
	value, signo, notify, rest := c.word(p), u32(p[w:]), u32(p[w+4:]), p[w+8:]
	if value != 0 {
		c.field(true, "sigev_value")
		c.str("{sival_int=")
		c.dec(int64(int32(uint32(value))))
		c.str(", sival_ptr=")
		c.addr(value)
		c.byte('}')
	}
	c.field(value == 0, "sigev_signo")
	if notify == 0 || notify == 2 || notify == 4 {
		c.signal(int(int32(signo)))
	} else {
		c.udec(uint64(signo))
	}
	c.field(false, "sigev_notify")
	c.enum(&tSigev, uint64(notify))
	switch notify {
	case 4:
		c.field(false, "sigev_notify_thread_id")
		c.dec(int64(int32(u32(rest))))
	case 2:
		c.field(false, "sigev_notify_function")
		c.addr(c.word(rest))
		c.field(false, "sigev_notify_attributes")
		c.addr(c.word(rest[w:]))
	}
	c.byte('}')
})
