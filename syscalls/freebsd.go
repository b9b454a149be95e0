// FreeBSD's system calls, of 64-bit programs and of 32-bit ones on a 64-bit kernel. Numbers,
// names and arguments are those of sys/kern/syscalls.master of FreeBSD 13 to 15; names are the
// kernel's own, so that a call kept for old programs is "compat11.stat".
//
// A call has one row, which holds for both kinds of program: a number of 64 bits takes two
// words of a 32-bit one's, and structures of longs and pointers are half as wide.

package syscalls

import (
	"strconv"

	"github.com/trapline/trapline/abi"
)

// FreeBSD is the ABI of 64-bit programs of FreeBSD on amd64, FreeBSD32 that of 32-bit ones.
var (
	FreeBSD   = &ABI{Name: "freebsd", OS: abi.FreeBSD, Word: 8, Long: 8, Suffix: "64"}
	FreeBSD32 = &ABI{Name: "freebsd32", OS: abi.FreeBSD, Word: 4, Long: 4, Suffix: "32"}
)

// freebsdCall is a row: the number and the signature.
type freebsdCall struct {
	nr int
	Signature
}

// The answers that are no errors: sys/errno.h, under _KERNEL.
var freebsdRestarts = map[int]string{-1: "ERESTART", -2: "EJUSTRETURN"}

func init() {
	rows := make([]*Signature, freebsdCalls[len(freebsdCalls)-1].nr+1)
	for i := range freebsdCalls {
		rows[freebsdCalls[i].nr] = &freebsdCalls[i].Signature
	}
	for _, a := range []*ABI{FreeBSD, FreeBSD32} {
		a.use(rows)
		a.restarts, a.siginfo, a.sys = freebsdRestarts, (*Call).freebsdSiginfo, &freebsdSystem
	}
}

var freebsdSystem = system{family: func(p []byte) uint16 { return uint16(p[1]) }, familyTab: &tBSDAF,
	families: map[uint16]addrFamily{
		1:  {3, func(c *Call, p []byte) { c.unixName(p[2:]) }, (*Call).trussUnix},
		2:  {16, (*Call).sockaddrIn, (*Call).trussIn},
		18: {8, (*Call).sockaddrLink, nil},
		28: {24, (*Call).sockaddrIn6, (*Call).trussIn6},
		38: {12, (*Call).sockaddrNl, nil},
	},
	levels: &tBSDSockLevel, cmsgs: map[uint32]*table{0xffff: &tBSDScm, 0: &tBSDSoIP, 41: &tBSDSoIPv6}, msgFlags: &tBSDMsg,
	cmsgLen:  func(int) int { return 4 },
	cmsgHead: func(w int) int { return (12 + w - 1) &^ (w - 1) },
	cmsgData: (*Call).freebsdControl, msghdr: (*Call).freebsdMsghdr, poll: &tBSDPoll,
	continued: 19, marks: map[int64]string{-1: "UTIME_NOW", -2: "UTIME_OMIT"}}

// siginfoOf is where the members of a siginfo_t lie that differ in width (sys/signal.h).
var siginfoOf = map[int]struct{ size, addr, value, reason int }{8: {80, 24, 32, 40}, 4: {64, 24, 28, 32}}

// freebsdSiginfo prints a siginfo_t as strace would.
func (c *Call) freebsdSiginfo(p []byte) {
	at := siginfoOf[c.ABI.Word]
	if len(p) < at.size || u32(p) == 0 {
		c.str("{}")
		return
	}
	signo, errno, code := int32(u32(p)), int32(u32(p[4:])), int32(u32(p[8:]))
	c.field(true, "si_signo")
	c.signal(int(signo))
	c.field(false, "si_code")
	c.str(bsdSigCode(signo, code))
	if errno != 0 {
		c.field(false, "si_errno")
		c.str(c.ABI.OS.ErrnoName(int(errno)))
	}
	for _, m := range bsdSigMembers(signo, code) {
		c.field(false, "si_"+m)
		c.siginfoMember(m, p)
	}
	c.byte('}')
}

// trussSiginfo prints what truss adds to a signal: " code=SI_USER pid=12 uid=0".
func (c *Call) trussSiginfo(p []byte) {
	at := siginfoOf[c.ABI.Word]
	if len(p) < at.size {
		return
	}
	signo, code := int32(u32(p)), int32(u32(p[8:]))
	c.str(" code=")
	c.str(bsdSigCode(signo, code))
	for _, m := range bsdSigMembers(signo, code) {
		c.byte(' ')
		c.str(m)
		c.byte('=')
		c.siginfoMember(m, p)
	}
}

func (c *Call) siginfoMember(name string, p []byte) {
	at := siginfoOf[c.ABI.Word]
	switch name {
	case "pid":
		c.pid(uint64(u32(p[12:])))
	case "uid":
		c.uid(uint64(u32(p[16:])))
	case "status":
		c.dec(int64(int32(u32(p[20:]))))
	case "addr":
		c.hexAddr(c.word(p[at.addr:]))
	case "value":
		c.hexAddr(c.word(p[at.value:]))
	case "trapno", "timerid", "mqd":
		c.dec(int64(int32(u32(p[at.reason:]))))
	case "overrun":
		c.dec(int64(int32(u32(p[at.reason+4:]))))
	}
}

// Codes that mean the same for every signal, and what comes with a signal then.
var bsdSigCodes = map[int32]struct {
	name    string
	members []string
}{
	0:       {"SI_NOINFO", nil},
	0x10001: {"SI_USER", []string{"pid", "uid"}},
	0x10002: {"SI_QUEUE", []string{"value", "pid", "uid"}},
	0x10003: {"SI_TIMER", []string{"value", "timerid", "overrun"}},
	0x10004: {"SI_ASYNCIO", []string{"value"}},
	0x10005: {"SI_MESGQ", []string{"value", "mqd"}},
	0x10006: {"SI_KERNEL", nil},
	0x10007: {"SI_LWP", []string{"pid", "uid"}},
}

// bsdSigReasons are the codes of one signal's own, and what comes with it.
var bsdSigReasons = map[int32]struct {
	codes   []string // from 1 on
	members []string
}{
	4:  {[]string{"ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC", "ILL_PRVREG", "ILL_COPROC", "ILL_BADSTK"}, []string{"trapno", "addr"}},
	5:  {[]string{"TRAP_BRKPT", "TRAP_TRACE", "TRAP_DTRACE", "TRAP_CAP"}, nil},
	8:  {[]string{"FPE_INTOVF", "FPE_INTDIV", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES", "FPE_FLTINV", "FPE_FLTSUB", "FPE_FLTIDO"}, []string{"trapno", "addr"}},
	10: {[]string{"BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR"}, []string{"trapno", "addr"}},
	11: {[]string{"SEGV_MAPERR", "SEGV_ACCERR", "SEGV_PKUERR"}, []string{"trapno", "addr"}},
	20: {[]string{"CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"}, []string{"pid", "uid", "status"}},
	23: {[]string{"POLL_IN", "POLL_OUT", "POLL_MSG", "POLL_ERR", "POLL_PRI", "POLL_HUP"}, nil},
}

func bsdSigCode(signo, code int32) string {
	if r := bsdSigCodes[code]; r.name != "" {
		return r.name
	}
	if own := bsdSigReasons[signo].codes; code >= 1 && int(code) <= len(own) {
		return own[code-1]
	}
	return strconv.Itoa(int(code))
}

func bsdSigMembers(signo, code int32) []string {
	if r, ok := bsdSigCodes[code]; ok && code != 0x10006 {
		return r.members
	}
	return bsdSigReasons[signo].members
}

// AppendTrussSignal appends what truss tells of a signal behind its name: " code=SI_USER
// pid=12 uid=0". info is a siginfo of 128 bytes as c's ABI lays it out.
func AppendTrussSignal(dst []byte, c *Call, info []byte) []byte {
	c.begin(dst, true)
	if c.ABI.siginfo != nil {
		c.trussSiginfo(info)
	} else {
		c.trussLinuxSiginfo(info)
	}
	dst, c.b = c.b, nil
	return dst
}

// trussLinuxSiginfo says the same of Linux's siginfo.
func (c *Call) trussLinuxSiginfo(p []byte) {
	signo, code := int32(u32(p)), int32(u32(p[8:]))
	c.str(" code=")
	c.siCode(signo, code)
	u := p[16:]
	switch {
	case code <= 0, signo == 17:
		c.str(" pid=")
		c.dec(int64(int32(u32(u))))
		c.str(" uid=")
		c.uid(uint64(u32(u[4:])))
		if signo == 17 && code > 0 {
			c.str(" status=")
			c.dec(int64(int32(u32(u[8:]))))
		}
	case signo == 4, signo == 7, signo == 8, signo == 11:
		c.str(" addr=")
		c.hexAddr(u64(u))
	}
}
