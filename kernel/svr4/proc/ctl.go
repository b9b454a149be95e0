package proc

// Control messages: what is written to ctl and lwpctl. Each is a long that names the
// operation and an operand of the size that its row says; several may be written at once,
// and each is whole in its write (proc(5), CONTROL MESSAGES).

import "fmt"

// The operations.
const (
	PCNull    = 0
	PCStop    = 1
	PCDStop   = 2
	PCWStop   = 3
	PCTWStop  = 4
	PCRun     = 5
	PCCSig    = 6
	PCCFault  = 7
	PCSSig    = 8
	PCKill    = 9
	PCUnkill  = 10
	PCSHold   = 11
	PCSTrace  = 12
	PCSFault  = 13
	PCSEntry  = 14
	PCSExit   = 15
	PCSet     = 16
	PCUnset   = 17
	PCSReg    = 18
	PCSFPReg  = 19
	PCSXReg   = 20
	PCNice    = 21
	PCSVAddr  = 22
	PCWatch   = 23
	PCAgent   = 24
	PCRead    = 25
	PCWrite   = 26
	PCSCred   = 27
	PCSASRS   = 28
	PCSPriv   = 29
	PCSZone   = 30
	PCSCredX  = 31
	nControls = 32
)

// Flags of PCRun's operand.
const (
	RunClearSig   = 0x01 // PRCSIG: the current signal is dropped
	RunClearFault = 0x02 // PRCFAULT: so is the current fault
	RunStep       = 0x04 // PRSTEP: one instruction
	RunAbort      = 0x08 // PRSABORT: the system call ends with EINTR
	RunStop       = 0x10 // PRSTOP: it stops again before it runs
	RunAll        = RunClearSig | RunClearFault | RunStep | RunAbort | RunStop
)

// Control is the row of one operation.
type Control struct {
	Op   int64
	Name string // "PCRUN"
	Size int    // bytes of the operand
	// Stopped: the lwp must be stopped on an event of interest, or EBUSY.
	Stopped bool
	// None: no such operation here (EINVAL): it is of another processor, of a scheduling
	// class or of a kind of credentials that SVR4.2 had not.
	None bool
}

// Controls are the operations, by number.
var Controls = [nControls]Control{
	PCNull:   {PCNull, "PCNULL", 0, false, false},
	PCStop:   {PCStop, "PCSTOP", 0, false, false},
	PCDStop:  {PCDStop, "PCDSTOP", 0, false, false},
	PCWStop:  {PCWStop, "PCWSTOP", 0, false, false},
	PCTWStop: {PCTWStop, "PCTWSTOP", 8, false, false},
	PCRun:    {PCRun, "PCRUN", 8, false, false}, // or directed to stop
	PCCSig:   {PCCSig, "PCCSIG", 0, false, false},
	PCCFault: {PCCFault, "PCCFAULT", 0, false, false},
	PCSSig:   {PCSSig, "PCSSIG", SiginfoSize, false, false},
	PCKill:   {PCKill, "PCKILL", 8, false, false},
	PCUnkill: {PCUnkill, "PCUNKILL", 8, false, false},
	PCSHold:  {PCSHold, "PCSHOLD", 16, false, false},
	PCSTrace: {PCSTrace, "PCSTRACE", 16, false, false},
	PCSFault: {PCSFault, "PCSFAULT", 16, false, false},
	PCSEntry: {PCSEntry, "PCSENTRY", 64, false, false},
	PCSExit:  {PCSExit, "PCSEXIT", 64, false, false},
	PCSet:    {PCSet, "PCSET", 8, false, false},
	PCUnset:  {PCUnset, "PCUNSET", 8, false, false},
	PCSReg:   {PCSReg, "PCSREG", GregsSize, true, false},
	PCSFPReg: {PCSFPReg, "PCSFPREG", FPRegsSize, true, false},
	PCSXReg:  {PCSXReg, "PCSXREG", 8, true, true},
	PCNice:   {PCNice, "PCNICE", 8, false, false},
	PCSVAddr: {PCSVAddr, "PCSVADDR", 8, true, false},
	PCWatch:  {PCWatch, "PCWATCH", 24, false, false},
	PCAgent:  {PCAgent, "PCAGENT", GregsSize, false, true},
	PCRead:   {PCRead, "PCREAD", 24, false, false},
	PCWrite:  {PCWrite, "PCWRITE", 24, false, false},
	PCSCred:  {PCSCred, "PCSCRED", 32, false, false},
	PCSASRS:  {PCSASRS, "PCSASRS", 8, true, true},
	PCSPriv:  {PCSPriv, "PCSPRIV", 16, false, true},
	PCSZone:  {PCSZone, "PCSZONE", 8, false, true},
	PCSCredX: {PCSCredX, "PCSCREDX", 32, false, true},
}

// Message is one operation with its operand, which is as long as the row says.
type Message struct {
	*Control
	Arg []byte
}

// Long is an operand of one long.
func (m Message) Long() int64 { return int64(le.Uint64(m.Arg)) }

// SigSet is an operand that is a set of signals.
func (m Message) SigSet() (s SigSet) { get(m.Arg, s[:]); return s }

// FltSet is an operand that is a set of faults.
func (m Message) FltSet() (s FltSet) { get(m.Arg, s[:]); return s }

// SysSet is an operand that is a set of system calls.
func (m Message) SysSet() (s SysSet) { get(m.Arg, s[:]); return s }

// String is "PCRUN 0x3".
func (m Message) String() string {
	if m.Size == 8 {
		return fmt.Sprintf("%s %#x", m.Name, uint64(m.Long()))
	}
	return m.Name
}

// Next takes the first message of what is written to a control file. ok is false when the
// operation is not defined or its operand not all there: EINVAL.
func Next(b []byte) (m Message, rest []byte, ok bool) {
	if len(b) < 8 {
		return m, b, false
	}
	op := le.Uint64(b)
	if op >= nControls {
		return m, b, false
	}
	row := &Controls[op]
	if b = b[8:]; row.None || len(b) < row.Size {
		return m, b, false
	}
	return Message{row, b[:row.Size:row.Size]}, b[row.Size:], true
}

// Ctl builds what is written to a control file.
type Ctl []byte

// Op appends an operation without operand.
func (c Ctl) Op(op int64) Ctl { return le.AppendUint64(c, uint64(op)) }

// Long appends an operation whose operand is a long.
func (c Ctl) Long(op, v int64) Ctl { return le.AppendUint64(c.Op(op), uint64(v)) }

// Bytes appends an operation with its operand.
func (c Ctl) Bytes(op int64, arg []byte) Ctl { return append(c.Op(op), arg...) }
