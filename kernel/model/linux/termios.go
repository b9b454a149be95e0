package linux

// struct termios as the kernel has it (asm-generic/termbits.h), and the terminals of /dev.

import (
	"fmt"
	"strconv"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/tty"
)

// Offsets in struct termios and termios2.
const (
	tioIn      = 0
	tioOut     = 4
	tioControl = 8
	tioLocal   = 12
	tioChars   = 17
	tioISpeed  = 36
	tioOSpeed  = 40
	tioLength  = 36
	tio2Length = 44
)

// Bits of c_iflag, c_oflag and c_lflag that mean something to package tty.
var (
	inBits = []struct {
		linux uint32
		tty   tty.InFlags
	}{{0x20, tty.IStrip}, {0x40, tty.INLCR}, {0x80, tty.IgnCR}, {0x100, tty.ICRNL}, {0x400, tty.IXOn}, {0x800, tty.IXAny}, {0x4000, tty.IUTF8}}
	outBits = []struct {
		linux uint32
		tty   tty.OutFlags
	}{{1, tty.OPost}, {4, tty.ONLCR}, {8, tty.OCRNL}, {0x20, tty.ONLRet}}
	localBits = []struct {
		linux uint32
		tty   tty.LocalFlags
	}{{1, tty.ISig}, {2, tty.ICanon}, {8, tty.Echo}, {0x10, tty.EchoE}, {0x20, tty.EchoK}, {0x40, tty.EchoNL}, {0x80, tty.NoFlsh},
		{0x100, tty.ToStop}, {0x200, tty.EchoCtl}, {0x800, tty.EchoKE}, {0x8000, tty.IExten}}
	// charAt is where a special character is in c_cc.
	charAt = [tty.NumChars]int{tty.VIntr: 0, tty.VQuit: 1, tty.VErase: 2, tty.VKill: 3, tty.VEOF: 4, tty.VTime: 5, tty.VMin: 6,
		tty.VStart: 8, tty.VStop: 9, tty.VSusp: 10, tty.VEOL: 11, tty.VReprint: 12, tty.VWErase: 14, tty.VLNext: 15, tty.VEOL2: 16}
)

// defaultControl is c_cflag of a new terminal: B38400, CS8, CREAD.
const defaultControl = 0xbf

// encodeTermios is the structure.
func encodeTermios(m tty.Termios, two bool) []byte {
	b := make([]byte, tio2Length)
	in, out, local := uint32(m.Rest[0]), uint32(m.Rest[1]), uint32(m.Rest[3])
	for _, row := range inBits {
		if m.In&row.tty != 0 {
			in |= row.linux
		}
	}
	for _, row := range outBits {
		if m.Out&row.tty != 0 {
			out |= row.linux
		}
	}
	for _, row := range localBits {
		if m.Local&row.tty != 0 {
			local |= row.linux
		}
	}
	control := uint32(m.Rest[2])
	if control == 0 {
		control = defaultControl
	}
	le.PutUint32(b[tioIn:], in)
	le.PutUint32(b[tioOut:], out)
	le.PutUint32(b[tioControl:], control)
	le.PutUint32(b[tioLocal:], local)
	for c, at := range charAt {
		b[tioChars+at] = m.Chars[c]
	}
	le.PutUint32(b[tioISpeed:], m.ISpeed)
	le.PutUint32(b[tioOSpeed:], m.OSpeed)
	if !two {
		return b[:tioLength]
	}
	return b
}

// decodeTermios is the modes that a structure sets.
func decodeTermios(m tty.Termios, b []byte) tty.Termios {
	in, out, local := le.Uint32(b[tioIn:]), le.Uint32(b[tioOut:]), le.Uint32(b[tioLocal:])
	m.In, m.Out, m.Local = 0, 0, 0
	for _, row := range inBits {
		if in&row.linux != 0 {
			m.In |= row.tty
			in &^= row.linux
		}
	}
	for _, row := range outBits {
		if out&row.linux != 0 {
			m.Out |= row.tty
			out &^= row.linux
		}
	}
	for _, row := range localBits {
		if local&row.linux != 0 {
			m.Local |= row.tty
			local &^= row.linux
		}
	}
	m.Rest = [4]uint64{uint64(in), uint64(out), uint64(le.Uint32(b[tioControl:])), uint64(local)}
	for c, at := range charAt {
		m.Chars[c] = b[tioChars+at]
	}
	if len(b) >= tio2Length {
		m.ISpeed, m.OSpeed = le.Uint32(b[tioISpeed:]), le.Uint32(b[tioOSpeed:])
	}
	return m
}

// setTermios is TCSETS and its kind.
func setTermios(t *kern.Thread, tt *kern.TTY, req uint32, addr uint64) errno.Errno {
	b := make([]byte, tioLength)
	if req == tcSets2 || req == tcSetsW2 || req == tcSetsF2 {
		b = make([]byte, tio2Length)
	}
	if e := t.CopyIn(addr, b); e != errno.OK {
		return e
	}
	tt.SetTermios(decodeTermios(tt.Termios(), b), req == tcSetsF || req == tcSetsF2)
	return errno.OK
}

// maxPtys is how many pairs there may be (/proc/sys/kernel/pty/max).
const maxPtys = 4096

// devices makes /dev. A pair of terminals gets its /dev/pts/N when ptmx is opened.
func devices(m *kern.Machine) {
	dev, e := m.FS.MkdirAll("/dev", 0o755)
	if e != errno.OK {
		return
	}
	m.FS.AddDevices(dev, func(f *fs.File) (fs.Device, errno.Errno) { return ownTerminal(m, f) })
	m.FS.Mkdir(fs.Cred{}, dev, "pts", 0o755)
	m.FS.Mknod(fs.Cred{}, dev, "ptmx", 0o666, 5, 2, func(f *fs.File) (fs.Device, errno.Errno) { return newPty(m, f) })
}

// ownTerminal is what /dev/tty is to who opens it.
func ownTerminal(m *kern.Machine, f *fs.File) (fs.Device, errno.Errno) {
	t := m.Current()
	if t == nil || t.Proc.Terminal() == nil {
		return nil, errno.ENXIO
	}
	tt := t.Proc.Terminal()
	if s, is := slaves(m)[tt]; is {
		return s.Open(f)
	}
	return tt.Open(f)
}

// pairs are the pseudo-terminals of a machine, by number.
type pairs map[int]*tty.Pty

// pairsOf is the machine's; they are init's private matter.
func pairsOf(m *kern.Machine) pairs {
	p, _ := m.Init.Private.(pairs)
	if p == nil {
		p = pairs{}
		m.Init.Private = p
	}
	return p
}

// slaves is the pairs by their terminals.
func slaves(m *kern.Machine) map[*kern.TTY]*tty.Pty {
	all := map[*kern.TTY]*tty.Pty{}
	for _, p := range pairsOf(m) {
		all[p.Terminal] = p
	}
	return all
}

// newPty is what opening /dev/ptmx makes.
func newPty(m *kern.Machine, f *fs.File) (fs.Device, errno.Errno) {
	all := pairsOf(m)
	n := 0
	for all[n] != nil {
		n++
	}
	if n >= maxPtys {
		return nil, errno.ENOSPC
	}
	dir, e := m.FS.Lookup(fs.Cred{}, m.FS.Root(), "/dev/pts", true)
	if e != errno.OK {
		return nil, errno.ENODEV
	}
	var p *tty.Pty
	p = tty.NewPty(fmt.Sprintf("pts/%d", n), n, func(pgrp int, c tty.Control) { m.Control(p.Terminal, pgrp, c) }, func() {
		delete(all, n)
		m.FS.Unlink(fs.Cred{}, dir, strconv.Itoa(n))
	})
	node, e := m.FS.Mknod(fs.Cred{}, dir, strconv.Itoa(n), 0o620, 136, uint32(n), p.Open)
	if e != errno.OK {
		return nil, e
	}
	m.FS.Chown(fs.Cred{}, node, f.Cred().UID, f.Cred().GID)
	all[n] = p
	return p.Master, errno.OK
}
