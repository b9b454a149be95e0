// What an OS's structures have of their own, where the printing is the same.

package syscalls

// system is one OS.
type system struct {
	family    func(p []byte) uint16 // of a socket address of two bytes or more
	familyTab *table
	families  map[uint16]addrFamily
	levels    *table             // of socket options
	cmsgs     map[uint32]*table  // types of ancillary data by level
	msgFlags  *table             // of a message
	cmsgLen   func(word int) int // bytes of the length that ancillary data starts with
	cmsgHead  func(word int) int // bytes before the data
	cmsgData  func(c *Call, level, typ uint32, p []byte)
	msghdr    func(c *Call, v uint64) (msghdr, bool)
	poll      *table
	continued uint32           // the wait status of a process that was continued
	marks     map[int64]string // nanoseconds that are none to utimensat(2)
}

var linuxSystem = system{family: u16, familyTab: &tAF, families: addrFamilies, levels: &tSockLevel, cmsgs: cmsgTypes, msgFlags: &tMsg,
	cmsgLen: func(w int) int { return w }, cmsgHead: func(w int) int { return w + 8 }, cmsgData: (*Call).controlData, msghdr: (*Call).linuxMsghdr, poll: &tPoll,
	continued: 0xffff, marks: map[int64]string{1<<30 - 1: "UTIME_NOW", 1<<30 - 2: "UTIME_OMIT"}}

// sys is the system of a call's ABI.
func (c *Call) sys() *system {
	if c.ABI.sys != nil {
		return c.ABI.sys
	}
	return &linuxSystem
}
