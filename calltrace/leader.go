// What stands before a call on its line: pid, security context, time, number, instruction pointer.

package calltrace

import (
	"strconv"
	"time"
)

// leader appends the start of a line of thread t.
func (p *Printer) leader(b []byte, t *thread, at time.Time) []byte {
	switch {
	case p.o.Follow && p.o.ToFile:
		b = p.named(padRight(b, int64(t.num), 5), t.tid)
		b = append(b, ' ')
	case len(p.threads) > 1:
		b = append(b, "[pid "...)
		b = p.named(padLeft(b, int64(t.num), 5, ' '), t.tid)
		b = append(b, "] "...)
	}
	if l := p.o.Syscall.Labels; l != nil {
		if context := l.Thread(t.tid); context != "" {
			b = append(append(append(b, '['), context...), "] "...)
		}
	}
	b = p.stamp(b, at)
	if p.o.Number {
		b = append(b, '[')
		b = padLeft(b, int64(t.nr), 4, ' ')
		b = append(b, "] "...)
	}
	if p.o.IP {
		b = append(b, '[')
		digits := 16
		if t.word == 4 {
			digits = 8
		}
		for i := digits - 1; i >= 0; i-- {
			if t.seen {
				b = append(b, "0123456789abcdef"[t.ip>>(4*i)&15])
			} else {
				b = append(b, '?')
			}
		}
		b = append(b, "] "...)
	}
	return b
}

// named appends what follows a pid.
func (p *Printer) named(b []byte, tid int) []byte {
	if p.o.Leader == nil {
		return b
	}
	return append(b, p.o.Leader(tid)...)
}

// stamp appends the time as the options want it.
func (p *Printer) stamp(b []byte, at time.Time) []byte {
	switch p.o.Stamp {
	case Clock:
		b = at.AppendFormat(b, "15:04:05")
		b = append(fraction(b, at.Nanosecond(), p.o.Digits), ' ')
	case Unix:
		b = strconv.AppendInt(b, at.Unix(), 10)
		b = append(fraction(b, at.Nanosecond(), p.o.Digits), ' ')
	}
	if !p.o.Since {
		return b
	}
	d := time.Duration(0)
	if !p.last.IsZero() {
		d = max(0, at.Sub(p.last))
	}
	p.last = at
	if p.o.Stamp != NoStamp {
		b = append(b, "(+"...)
	}
	b = padLeft(b, int64(d/time.Second), 6, ' ')
	b = fraction(b, int(d%time.Second), p.o.SinceDig)
	if p.o.Stamp != NoStamp {
		b = append(b, ')')
	}
	return append(b, ' ')
}

// fraction appends a point and the first digits of nanoseconds; nothing for none.
func fraction(b []byte, ns, digits int) []byte {
	if digits <= 0 {
		return b
	}
	for range 9 - digits {
		ns /= 10
	}
	return padLeft(append(b, '.'), int64(ns), digits, '0')
}

// appendSeconds appends a duration as 0.000123.
func appendSeconds(b []byte, d time.Duration) []byte { return appendTime(b, d, 6) }

func appendTime(b []byte, d time.Duration, digits int) []byte {
	d = max(0, d)
	b = strconv.AppendInt(b, int64(d/time.Second), 10)
	return fraction(b, int(d%time.Second), digits)
}

func padLeft(b []byte, v int64, width int, fill byte) []byte {
	var digits [20]byte
	s := strconv.AppendInt(digits[:0], v, 10)
	for i := len(s); i < width; i++ {
		b = append(b, fill)
	}
	return append(b, s...)
}

func padRight(b []byte, v int64, width int) []byte {
	at := len(b)
	b = strconv.AppendInt(b, v, 10)
	for len(b)-at < width {
		b = append(b, ' ')
	}
	return b
}
