// ioctl: a command says how long its argument is and which way it goes, by name or by the
// parts of its number (asm-generic/ioctl.h). What the argument is stands in tables by subject,
// in the files named ioctl_*.go.

package syscalls

import (
	"maps"
	"sort"
	"sync"
)

// The parts of a command: bits 0-7 are its number, 8-15 its type, 16-29 the size of the
// argument, 30 and 31 whether the program writes and reads it.
const (
	iocWrite = 1 << 30
	iocRead  = 2 << 30
)

func iocSize(cmd uint32) uint32 { return cmd >> 16 & 0x3fff }

// ioctlTable says what the argument of each command is.
type ioctlTable map[uint32]kind

// ioctls are the tables of all subjects. They are made when the first command is met: few programs have any
// but those of terminals, and making them takes a fifth of our start.
var ioctls = sync.OnceValue(func() ioctlTable {
	all := ioctlTable{}
	for _, subject := range []func() ioctlTable{ioctlTty, ioctlSmall, ioctlDisk, ioctlConsole, ioctlClock, ioctlFiles, ioctlSockets,
		ioctlKVM, ioctlGPIO, ioctlInput, ioctlVideo, ioctlDM, ioctlBtrfs} {
		maps.Copy(all, subject())
	}
	return all
})

// ioctlRange is a family of commands that differ in a part of their number, and their name,
// which says that part.
type ioctlRange struct {
	mask, cmd uint32
	name      func(c *Call, cmd uint32)
	arg       *kind
}

var ioctlRanges = append(evdevRanges,
	ioctlRange{mask: 0xc000ff00, cmd: iocWrite | 'M'<<8, name: func(c *Call, cmd uint32) { c.sized("MIXER_WRITE", cmd&0xff) }},
	ioctlRange{mask: 0xc000ff00, cmd: iocRead | 'M'<<8, name: func(c *Call, cmd uint32) { c.sized("MIXER_READ", cmd&0xff) }},
	sizedRange(iocRead|'U'<<8|0x2c, "UI_GET_SYSNAME"),
	sizedRange(iocRead|'j'<<8|0x13, "JSIOCGNAME"),
	sizedRange(iocRead|'H'<<8|0x04, "HIDIOCGRAWNAME"),
	sizedRange(iocRead|'H'<<8|0x05, "HIDIOCGRAWPHYS"),
	sizedRange(iocRead|'H'<<8|0x08, "HIDIOCGRAWUNIQ"),
	sizedRange(iocRead|'H'<<8|0x12, "HIDIOCGPHYS"),
	sizedRange(iocRead|'H'<<8|0x06, "HIDIOCSFEATURE"),
	sizedRange(iocRead|iocWrite|'H'<<8|0x06, "HIDIOCSFEATURE"),
	sizedRange(iocRead|iocWrite|'H'<<8|0x07, "HIDIOCGFEATURE"),
	sizedRange(iocWrite|'k'<<8, "SPI_IOC_MESSAGE"),
)

// sizedRange is the commands that differ in the size of the argument.
func sizedRange(cmd uint32, name string) ioctlRange {
	return ioctlRange{mask: 0xc000ffff, cmd: cmd, name: func(c *Call, cmd uint32) { c.sized(name, iocSize(cmd)) }}
}

// sized prints the name of a command and the number that makes it one of many.
func (c *Call) sized(name string, n uint32) {
	c.str(name)
	c.byte('(')
	c.udec(uint64(n))
	c.byte(')')
}

func rangeOf(cmd uint32) *ioctlRange {
	for i := range ioctlRanges {
		if r := &ioctlRanges[i]; cmd&r.mask == r.cmd {
			return r
		}
	}
	return nil
}

// ioctlName finds the name that a program's command has, or "".
func (a *ABI) ioctlName(cmd uint32) string {
	rows := a.ioctlCommands()
	i := sort.Search(len(rows), func(i int) bool { return rows[i].cmd >= cmd })
	if i < len(rows) && rows[i].cmd == cmd {
		return rows[i].name
	}
	return ""
}

var ioctlCmd = in(func(c *Call, v uint64) {
	cmd := uint32(v)
	c.styled(func() { c.hex(uint64(cmd)) }, func() { c.ioctlName(cmd) })
})

func (c *Call) ioctlName(cmd uint32) {
	n := c.ABI.ioctlName(cmd)
	r := rangeOf(cmd)
	switch {
	case r != nil && r.name != nil:
		r.name(c, cmd)
		if n != "" {
			c.str(" or ")
			c.str(n)
		}
		return
	case n != "":
		c.str(n)
		return
	}
	c.str("_IOC(")
	c.str([...]string{"_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"}[cmd>>30])
	for _, part := range [...]uint32{cmd >> 8 & 0xff, cmd & 0xff, iocSize(cmd)} {
		c.str(", ")
		c.hex(uint64(part))
	}
	c.byte(')')
}

// ioctlArg is what the command says; a number where no table has it.
var ioctlArg = kind{lone: true, of: func(c *Call) *kind {
	if k, ok := ioctlNarrow()[uint32(c.arg(1))]; ok && c.ABI.Word == 4 {
		return &k
	}
	cmd := c.ABI.wideCommand(uint32(c.arg(1)))
	if k, ok := ioctls()[cmd]; ok {
		return &k
	}
	if r := rangeOf(cmd); r != nil && r.arg != nil {
		return r.arg
	}
	return &x
}}

// ioNone is a command without an argument.
var ioNone = kind{absent: always}

// rIoctl is what the command returns: a number, if ioctlRets has no other idea.
var rIoctl = ret{f: func(c *Call, v uint64) {
	if f, ok := ioctlRets[c.ABI.wideCommand(uint32(c.arg(1)))]; ok {
		f(c, v)
		return
	}
	c.dec(int64(v))
}}

var ioctlRets = map[uint32]format{
	0x5441: (*Call).fd, // TIOCGPTPEER
	0xae01: (*Call).fd, // KVM_CREATE_VM
	0xae41: (*Call).fd, // KVM_CREATE_VCPU
	0xae80: kvmRan,     // KVM_RUN
	0xb701: (*Call).fd, // NS_GET_USERNS
	0xb702: (*Call).fd, // NS_GET_PARENT
	0xb703: nsType,     // NS_GET_NSTYPE
}

func nsType(c *Call, v uint64) {
	c.dec(int64(v))
	c.aux = append(c.aux[:0], tNsType.find(v)...)
}
