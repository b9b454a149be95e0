package tty

// Modes: what tcgetattr(3) gets and tcsetattr(3) sets. Bits are this package's; a system
// maps its own to them and keeps those that mean nothing here in Rest.

// InFlags are modes of input.
type InFlags uint16

// The modes of input.
const (
	ICRNL  InFlags = 1 << iota // a carriage return is a newline
	INLCR                      // a newline is a carriage return
	IgnCR                      // a carriage return is nothing
	IXOn                       // VSTOP and VSTART hold output back
	IXAny                      // any character lets it go on
	IStrip                     // seven bits
	IUTF8                      // VERASE erases a character of UTF-8
)

// OutFlags are modes of output.
type OutFlags uint16

// The modes of output.
const (
	OPost  OutFlags = 1 << iota // the others count
	ONLCR                       // a newline is carriage return and newline
	OCRNL                       // a carriage return is a newline
	ONLRet                      // a newline goes to the first column
)

// LocalFlags are the other modes.
type LocalFlags uint16

// The other modes.
const (
	ISig    LocalFlags = 1 << iota // VINTR, VQUIT and VSUSP signal
	ICanon                         // lines are edited, and read as a whole
	Echo                           // what is typed is shown
	EchoE                          // and VERASE and VWERASE erase
	EchoK                          // and VKILL begins a new line
	EchoKE                         // and VKILL erases, if EchoK and EchoE
	EchoNL                         // newlines are shown without Echo
	EchoCtl                        // control characters are shown as ^X
	NoFlsh                         // signals do not discard input
	ToStop                         // the background may not write: it gets SIGTTOU
	IExten                         // VWERASE, VLNEXT, VREPRINT and VEOL2 count
)

// Char is the use of a special character.
type Char uint8

// The special characters.
const (
	VIntr Char = iota
	VQuit
	VErase
	VKill
	VEOF
	VEOL
	VEOL2
	VSusp
	VStart
	VStop
	VWErase
	VLNext
	VReprint
	VMin  // bytes that a read waits for, not in canonical mode
	VTime // see Terminal.Read
	NumChars
)

// Termios is a terminal's modes.
type Termios struct {
	In    InFlags
	Out   OutFlags
	Local LocalFlags
	Chars [NumChars]byte // 0: no such character (_POSIX_VDISABLE); but VMin and VTime are numbers

	// Rest is bits of c_iflag, c_oflag, c_cflag and c_lflag that mean nothing here, and
	// speeds, as their system has them.
	Rest           [4]uint64
	ISpeed, OSpeed uint32
}

// Sane is the modes of a new terminal, Linux's.
func Sane() Termios {
	m := Termios{In: ICRNL | IXOn, Out: OPost | ONLCR,
		Local:  ISig | ICanon | Echo | EchoE | EchoK | EchoKE | EchoCtl | IExten,
		ISpeed: 38400, OSpeed: 38400}
	for c, b := range map[Char]byte{VIntr: 'C' & 31, VQuit: '\\' & 31, VErase: 0x7f, VKill: 'U' & 31, VEOF: 'D' & 31,
		VSusp: 'Z' & 31, VStart: 'Q' & 31, VStop: 'S' & 31, VWErase: 'W' & 31, VLNext: 'V' & 31, VReprint: 'R' & 31, VMin: 1} {
		m.Chars[c] = b
	}
	return m
}

// Raw is modes in which every byte passes as it is: cfmakeraw(3).
func (m Termios) Raw() Termios {
	m.In &^= ICRNL | INLCR | IgnCR | IXOn | IStrip
	m.Out &^= OPost
	m.Local &^= Echo | EchoNL | ICanon | ISig | IExten
	m.Chars[VMin], m.Chars[VTime] = 1, 0
	return m
}

// is says whether a byte is one of the special characters.
func (m *Termios) is(b byte, uses ...Char) bool {
	for _, c := range uses {
		if b != 0 && m.Chars[c] == b {
			return true
		}
	}
	return false
}
