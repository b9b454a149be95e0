// ioctl commands of terminals (tty_ioctl(2)): struct termios and its older and newer kin, modem
// lines, queues, job control.

package syscalls

func ioctlTty() ioctlTable {
	return ioctlTable{
		0x5401:     termios.out(), // TCGETS
		0x5402:     termios.in(),  // TCSETS, TCSETSW, TCSETSF
		0x5403:     termios.in(),
		0x5404:     termios.in(),
		0x802c542a: termios2.out(), // TCGETS2
		0x402c542b: termios2.in(),  // TCSETS2, TCSETSW2, TCSETSF2
		0x402c542c: termios2.in(),
		0x402c542d: termios2.in(),
		0x5405:     termio.out(), // TCGETA
		0x5406:     termio.in(),  // TCSETA, TCSETAW, TCSETAF
		0x5407:     termio.in(),
		0x5408:     termio.in(),
		0x5456:     termios.out(),                  // TIOCGLCKTRMIOS
		0x5457:     termios.in(),                   // TIOCSLCKTRMIOS
		0x5409:     d,                              // TCSBRK
		0x5425:     d,                              // TCSBRKP
		0x540a:     enumOf(&tTcFlow),               // TCXONC
		0x540b:     enumOf(&tTcFlush),              // TCFLSH
		0x540c:     ioNone,                         // TIOCEXCL
		0x540d:     ioNone,                         // TIOCNXCL
		0x540e:     d,                              // TIOCSCTTY
		0x540f:     out(groupPtr),                  // TIOCGPGRP
		0x5410:     groupPtr,                       // TIOCSPGRP
		0x5411:     out(intPtr),                    // TIOCOUTQ
		0x5412:     in((*Call).charAt),             // TIOCSTI
		0x5413:     winsize.out(),                  // TIOCGWINSZ
		0x5414:     winsize.in(),                   // TIOCSWINSZ
		0x5415:     out(boxed(4, fFlags(&tModem))), // TIOCMGET
		0x5416:     boxed(4, fFlags(&tModem)),      // TIOCMBIS, TIOCMBIC, TIOCMSET
		0x5417:     boxed(4, fFlags(&tModem)),
		0x5418:     boxed(4, fFlags(&tModem)),
		0x5419:     out(intPtr),                                    // TIOCGSOFTCAR
		0x541a:     intPtr,                                         // TIOCSSOFTCAR
		0x541b:     out(intPtr),                                    // FIONREAD
		0x541d:     ioNone,                                         // TIOCCONS
		0x541f:     ioNone,                                         // TIOCSSERIAL
		0x5420:     intPtr,                                         // TIOCPKT
		0x5421:     intPtr,                                         // FIONBIO
		0x5422:     ioNone,                                         // TIOCNOTTY
		0x5423:     intPtr,                                         // TIOCSETD
		0x5424:     out(intPtr),                                    // TIOCGETD
		0x5427:     ioNone,                                         // TIOCSBRK
		0x5428:     ioNone,                                         // TIOCCBRK
		0x5429:     out(groupPtr),                                  // TIOCGSID
		0x5437:     ioNone,                                         // TIOCVHANGUP
		0x5441:     in(func(c *Call, v uint64) { c.peerFlags(v) }), // TIOCGPTPEER
		0x5450:     ioNone,                                         // FIONCLEX
		0x5451:     ioNone,                                         // FIOCLEX
		0x5452:     intPtr,                                         // FIOASYNC
		0x80045430: out(intPtr),                                    // TIOCGPTN
		0x80045432: out(intPtr),                                    // TIOCGDEV
		0x80045440: out(intPtr),                                    // TIOCGEXCL
		0x40045431: intPtr,                                         // TIOCSPTLCK
	}
}

var groupPtr = boxed(4, (*Call).group)

func (c *Call) charAt(v uint64) {
	if p, ok := c.read(v, 1); ok {
		c.quote(p, false)
	} else {
		c.addr(v)
	}
}

// peerFlags are those that the terminal is opened with, which strace 6.1 shows as a number.
func (c *Call) peerFlags(v uint64) {
	if c.opts.As61 {
		c.hex(v)
	} else {
		c.openFlags(v)
	}
}

var winsize = newRecord(u16le("ws_row"), u16le("ws_col"), u16le("ws_xpixel"), u16le("ws_ypixel"))

// The structures are the kernel's, not the C library's: four sets of flags, 2 or 4 bytes each,
// the line discipline and the control characters.
var (
	termios  = newRecord(append(termiosFlags(4), ttyLine, ttyChars(19))...)
	termios2 = newRecord(append(termiosFlags(4), ttyLine, ttyChars(19), u32le("c_ispeed"), u32le("c_ospeed"))...)
	termio   = newRecord(append(termiosFlags(2), ttyLine, ttyChars(8))...)
	ttyLine  = natural("c_line", 1, fEnum(&tLdisc))
)

func termiosFlags(width int) []field {
	return []field{natural("c_iflag", width, fBits(&tIflag)), natural("c_oflag", width, ttyOutput), natural("c_cflag", width, ttyControl),
		natural("c_lflag", width, fBits(&tLflag)), more()}
}

func ttyChars(n int) field {
	f := octets("c_cc", n)
	f.raw = func(c *Call, p []byte) {
		for i, b := range p {
			if i > 0 {
				c.str(", ")
			} else {
				c.byte('[')
			}
			c.byte('[')
			if i < len(ttyCharNames) {
				c.str(ttyCharNames[i])
			} else {
				c.dec(int64(i))
			}
			c.str("]=")
			c.hex(uint64(b))
		}
		c.byte(']')
	}
	return f
}

var ttyCharNames = [...]string{"VINTR", "VQUIT", "VERASE", "VKILL", "VEOF", "VTIME", "VMIN", "VSWTC", "VSTART", "VSTOP", "VSUSP", "VEOL",
	"VREPRINT", "VDISCARD", "VWERASE", "VLNEXT", "VEOL2"}

// fBits are flags that may be none.
func fBits(t *table) format {
	return func(c *Call, v uint64) {
		if v != 0 {
			c.flags(t, v)
		}
	}
}

// parts prints what some bits of v stand for, each followed by a |, and then its flags.
func (c *Call) parts(v uint64, flags *table, parts ...*ttyPart) {
	for _, p := range parts {
		c.enum(&p.names, v&p.mask)
		c.byte('|')
		v &^= p.mask
	}
	fBits(flags)(c, v)
}

// ttyPart is a number inside of a set of flags.
type ttyPart struct {
	mask  uint64
	names table
}

func ttyOutput(c *Call, v uint64) { c.parts(v, &tOflag, ttyDelays...) }

var ttyDelays = []*ttyPart{
	{0x100, table{"", []name{{0, "NL0"}, {0x100, "NL1"}}}},
	{0x600, table{"", []name{{0, "CR0"}, {0x200, "CR1"}, {0x400, "CR2"}, {0x600, "CR3"}}}},
	{0x1800, table{"", []name{{0, "TAB0"}, {0x800, "TAB1"}, {0x1000, "TAB2"}, {0x1800, "XTABS"}}}},
	{0x2000, table{"", []name{{0, "BS0"}, {0x2000, "BS1"}}}},
	{0x4000, table{"", []name{{0, "VT0"}, {0x4000, "VT1"}}}},
	{0x8000, table{"", []name{{0, "FF0"}, {0x8000, "FF1"}}}},
}

// The speeds, that of the input 16 bits higher, where 0 is the same as the output's.
const (
	speedBits  = 0x100f
	speedShift = 16
)

func ttyControl(c *Call, v uint64) {
	c.enum(&tBaud, v&speedBits)
	c.byte('|')
	if in := v >> speedShift & speedBits; in != 0 {
		c.enum(&tBaud, in)
		c.str("<<")
		c.enum(&tSpeedShift, speedShift)
		c.byte('|')
	}
	c.parts(v&^(speedBits|speedBits<<speedShift), &tCflag, &ttySize)
}

var ttySize = ttyPart{0x30, table{"", []name{{0, "CS5"}, {0x10, "CS6"}, {0x20, "CS7"}, {0x30, "CS8"}}}}

var tSpeedShift = table{"", []name{{speedShift, "IBSHIFT"}}}

var tIflag = table{"", []name{{1, "IGNBRK"}, {2, "BRKINT"}, {4, "IGNPAR"}, {8, "PARMRK"}, {0x10, "INPCK"}, {0x20, "ISTRIP"}, {0x40, "INLCR"},
	{0x80, "IGNCR"}, {0x100, "ICRNL"}, {0x200, "IUCLC"}, {0x400, "IXON"}, {0x800, "IXANY"}, {0x1000, "IXOFF"}, {0x2000, "IMAXBEL"}, {0x4000, "IUTF8"}}}

var tOflag = table{"", []name{{1, "OPOST"}, {2, "OLCUC"}, {4, "ONLCR"}, {8, "OCRNL"}, {0x10, "ONOCR"}, {0x20, "ONLRET"}, {0x40, "OFILL"}, {0x80, "OFDEL"}}}

var tCflag = table{"", []name{{0x40, "CSTOPB"}, {0x80, "CREAD"}, {0x100, "PARENB"}, {0x200, "PARODD"}, {0x400, "HUPCL"}, {0x800, "CLOCAL"},
	{0x40000000, "CMSPAR"}, {0x80000000, "CRTSCTS"}}}

var tLflag = table{"", []name{{1, "ISIG"}, {2, "ICANON"}, {4, "XCASE"}, {8, "ECHO"}, {0x10, "ECHOE"}, {0x20, "ECHOK"}, {0x40, "ECHONL"}, {0x80, "NOFLSH"},
	{0x8000, "IEXTEN"}, {0x200, "ECHOCTL"}, {0x400, "ECHOPRT"}, {0x800, "ECHOKE"}, {0x1000, "FLUSHO"}, {0x4000, "PENDIN"},
	{0x100, "TOSTOP"}, {0x10000, "EXTPROC"}}}

var tModem = table{"TIOCM_???", []name{{1, "TIOCM_LE"}, {2, "TIOCM_DTR"}, {4, "TIOCM_RTS"}, {8, "TIOCM_ST"}, {0x10, "TIOCM_SR"}, {0x20, "TIOCM_CTS"},
	{0x40, "TIOCM_CAR"}, {0x80, "TIOCM_RNG"}, {0x100, "TIOCM_DSR"}, {0x2000, "TIOCM_OUT1"}, {0x4000, "TIOCM_OUT2"}, {0x8000, "TIOCM_LOOP"}}}

var tLdisc = table{"N_???", []name{{0, "N_TTY"}, {1, "N_SLIP"}, {2, "N_MOUSE"}, {3, "N_PPP"}, {4, "N_STRIP"}, {5, "N_AX25"}, {6, "N_X25"}, {7, "N_6PACK"},
	{8, "N_MASC"}, {9, "N_R3964"}, {0xa, "N_PROFIBUS_FDL"}, {0xb, "N_IRDA"}, {0xc, "N_SMSBLOCK"}, {0xd, "N_HDLC"}, {0xe, "N_SYNC_PPP"}, {0xf, "N_HCI"},
	{0x10, "N_GIGASET_M101"}, {0x11, "N_SLCAN"}, {0x12, "N_PPS"}, {0x13, "N_V253"}, {0x14, "N_CAIF"}, {0x15, "N_GSM0710"}, {0x16, "N_TI_WL"},
	{0x17, "N_TRACESINK"}, {0x18, "N_TRACEROUTER"}, {0x19, "N_NCI"}, {0x1a, "N_SPEAKUP"}, {0x1b, "N_NULL"}, {0x1c, "N_MCTP"}, {0x1d, "N_DEVELOPMENT"},
	{0x1e, "N_CAN327"}}}

var tTcFlow = table{"TC???", []name{{0, "TCOOFF"}, {1, "TCOON"}, {2, "TCIOFF"}, {3, "TCION"}}}

var tBaud = table{"", []name{{0, "B0"}, {1, "B50"}, {2, "B75"}, {3, "B110"}, {4, "B134"}, {5, "B150"}, {6, "B200"}, {7, "B300"}, {8, "B600"},
	{9, "B1200"}, {0xa, "B1800"}, {0xb, "B2400"}, {0xc, "B4800"}, {0xd, "B9600"}, {0xe, "B19200"}, {0xf, "B38400"}, {0x1000, "BOTHER"},
	{0x1001, "B57600"}, {0x1002, "B115200"}, {0x1003, "B230400"}, {0x1004, "B460800"}, {0x1005, "B500000"}, {0x1006, "B576000"}, {0x1007, "B921600"},
	{0x1008, "B1000000"}, {0x1009, "B1152000"}, {0x100a, "B1500000"}, {0x100b, "B2000000"}, {0x100c, "B2500000"}, {0x100d, "B3000000"},
	{0x100e, "B3500000"}, {0x100f, "B4000000"}}}
