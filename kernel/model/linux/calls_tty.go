package linux

// ioctl(2): what terminals can do (ioctl_tty(2)), and the few requests that any file knows.

import (
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/tty"
)

func init() {
	register([]row{{"ioctl", sysIoctl}, {"vhangup", sysVhangup}})
}

// Requests (asm-generic/ioctls.h).
const (
	tcGets     = 0x5401
	tcSets     = 0x5402
	tcSetsW    = 0x5403
	tcSetsF    = 0x5404
	tcSBrk     = 0x5409
	tcXonc     = 0x540a
	tcFlush    = 0x540b
	tiocExcl   = 0x540c
	tiocNxcl   = 0x540d
	tiocSctty  = 0x540e
	tiocGpgrp  = 0x540f
	tiocSpgrp  = 0x5410
	tiocOutq   = 0x5411
	tiocSti    = 0x5412
	tiocGwinsz = 0x5413
	tiocSwinsz = 0x5414
	fionRead   = 0x541b
	fionBIO    = 0x5421
	tiocNotty  = 0x5422
	tiocGetd   = 0x5424
	tcSBrkP    = 0x5425
	tiocGsid   = 0x5429
	tcGets2    = 0x802c542a
	tcSets2    = 0x402c542b
	tcSetsW2   = 0x402c542c
	tcSetsF2   = 0x402c542d
	tiocGptn   = 0x80045430
	tiocSptlck = 0x40045431
	tiocGptlck = 0x80045439
	fionClex   = 0x5450
	fioClex    = 0x5451
	fioAsync   = 0x5452
)

func sysIoctl(t *kern.Thread, a *[6]uint64) (uint64, errno.Errno) {
	f, e := openFile(t, a[0])
	if e != errno.OK {
		return 0, e
	}
	req, arg := uint32(a[1]), a[2]
	switch req {
	case fioClex, fionClex:
		return 0, t.Proc.Files.SetCloseOnExec(integer(a[0]), req == fioClex)
	case fionBIO, fioAsync:
		return 0, setFlag(t, f, req, arg)
	case fionRead:
		n := f.Buffered()
		if n < 0 {
			return 0, errno.ENOTTY
		}
		return 0, t.Put32(arg, uint32(n))
	}
	switch d := f.Device().(type) {
	case tty.Master:
		return masterIoctl(t, f, d, req, arg)
	default:
		if tt := kern.TerminalOf(d); tt != nil {
			return terminalIoctl(t, tt, req, arg)
		}
	}
	return 0, errno.ENOTTY
}

// setFlag sets or clears a flag of an open file.
func setFlag(t *kern.Thread, f *fs.File, req uint32, arg uint64) errno.Errno {
	on, e := word32(t, arg)
	if e != errno.OK {
		return e
	}
	flag := fs.ONonblock
	if req == fioAsync {
		flag = fs.OAsync
	}
	flags := f.Flags() &^ flag
	if on != 0 {
		flags |= flag
	}
	f.SetFlags(flags)
	return errno.OK
}

// masterIoctl is requests on the master of a pair: most are as if on the terminal.
func masterIoctl(t *kern.Thread, f *fs.File, d tty.Master, req uint32, arg uint64) (uint64, errno.Errno) {
	switch req {
	case tiocGptn:
		return 0, t.Put32(arg, uint32(d.Index))
	case tiocSptlck:
		on, e := word32(t, arg)
		if e == errno.OK {
			d.Locked = on != 0
		}
		return 0, e
	case tiocGptlck:
		return 0, t.Put32(arg, uint32(truth(d.Locked)))
	case tiocGpgrp:
		return 0, t.Put32(arg, uint32(d.Foreground))
	case tiocGsid:
		if d.Session == 0 {
			return 0, errno.ENOTTY
		}
		return 0, t.Put32(arg, uint32(d.Session))
	case tiocSctty, tiocNotty, tiocSpgrp:
		return 0, errno.ENOTTY
	}
	return terminalIoctl(t, d.Terminal, req, arg)
}

// changes are the requests that a process in the background is stopped for.
var changes = map[uint32]bool{tcSets: true, tcSetsW: true, tcSetsF: true, tcSets2: true, tcSetsW2: true, tcSetsF2: true, tcSBrk: true,
	tcSBrkP: true, tcXonc: true, tcFlush: true, tiocSpgrp: true}

func terminalIoctl(t *kern.Thread, tt *kern.TTY, req uint32, arg uint64) (uint64, errno.Errno) {
	if tt.Gone() {
		return 0, errno.EIO
	}
	if changes[req] {
		if e := t.MayControl(tt); e != errno.OK {
			return 0, e
		}
	}
	switch req {
	case tcGets, tcGets2:
		return 0, t.CopyOut(arg, encodeTermios(tt.Termios(), req == tcGets2))
	case tcSets, tcSetsW, tcSetsF, tcSets2, tcSetsW2, tcSetsF2:
		return 0, setTermios(t, tt, req, arg)
	case tcFlush:
		return 0, flush(tt, arg)
	case tcXonc:
		return 0, flow(tt, arg)
	case tiocSti:
		return 0, typeOne(t, tt, arg)
	case tiocOutq, tiocGetd: // nothing waits to be shown; the line discipline is N_TTY
		return 0, t.Put32(arg, 0)
	case tiocGwinsz:
		w := tt.Winsize()
		b := le.AppendUint16(le.AppendUint16(nil, w.Rows), w.Cols)
		return 0, t.CopyOut(arg, le.AppendUint16(le.AppendUint16(b, w.XPixels), w.YPixels))
	case tiocSwinsz:
		var b [8]byte
		if e := t.CopyIn(arg, b[:]); e != errno.OK {
			return 0, e
		}
		tt.SetWinsize(tty.Winsize{Rows: le.Uint16(b[:]), Cols: le.Uint16(b[2:]), XPixels: le.Uint16(b[4:]), YPixels: le.Uint16(b[6:])})
	case tcSBrk, tcSBrkP, tiocExcl, tiocNxcl:
	default:
		return jobIoctl(t, tt, req, arg)
	}
	return 0, errno.OK
}

// jobIoctl is requests on who has the terminal.
func jobIoctl(t *kern.Thread, tt *kern.TTY, req uint32, arg uint64) (uint64, errno.Errno) {
	p := t.Proc
	switch req {
	case tiocSctty:
		return 0, p.Acquire(tt, arg == 1)
	case tiocNotty:
		return 0, p.GiveUp(tt)
	case tiocGpgrp, tiocGsid:
		if p.Terminal() != tt {
			return 0, errno.ENOTTY
		}
		id := tt.Foreground
		if req == tiocGsid {
			id = tt.Session
		}
		return 0, t.Put32(arg, uint32(id))
	case tiocSpgrp:
		id, e := word32(t, arg)
		if e != errno.OK {
			return 0, e
		}
		return 0, p.SetForeground(tt, int(int32(id)))
	}
	return 0, errno.ENOTTY
}

// flush is tcflush(3): which queue.
func flush(tt *kern.TTY, which uint64) errno.Errno {
	const in, out, both = 0, 1, 2
	if which > both {
		return errno.EINVAL
	}
	if which != out {
		tt.FlushInput()
	}
	if which != in {
		tt.FlushOutput()
	}
	return errno.OK
}

// flow is tcflow(3).
func flow(tt *kern.TTY, how uint64) errno.Errno {
	const outOff, outOn, inOff, inOn = 0, 1, 2, 3
	switch how {
	case outOff:
		tt.Stop()
	case outOn:
		tt.Start()
	case inOff, inOn: // STOP and START to the other side, which has no use for them
	default:
		return errno.EINVAL
	}
	return errno.OK
}

// typeOne is TIOCSTI: a byte as if it were typed.
func typeOne(t *kern.Thread, tt *kern.TTY, arg uint64) errno.Errno {
	if t.Proc.Terminal() != tt && !t.Cred().Super() {
		return errno.EPERM
	}
	var b [1]byte
	if e := t.CopyIn(arg, b[:]); e != errno.OK {
		return e
	}
	tt.Input(b[:])
	return errno.OK
}

// sysVhangup hangs up the terminal, as the superuser may.
func sysVhangup(t *kern.Thread, _ *[6]uint64) (uint64, errno.Errno) {
	if !t.Cred().Super() {
		return 0, errno.EPERM
	}
	if tt := t.Proc.Terminal(); tt != nil {
		tt.Hangup()
	}
	return 0, errno.OK
}
