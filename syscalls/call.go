// Package syscalls turns a system call into text: number -> name -> signature -> text, per ABI.
//
// A call is one row of a number table per ABI and one row of the signature table, keyed by
// name. A row lists argument kinds; a kind is one value that holds its formatter, and
// out(...) or inout(...) around it says that the kernel fills the argument in, so that it is
// printed when the call has returned. What no row describes degrades to hexadecimal.
//
// The text is strace's, since that is what people read and what scripts parse. Nothing here
// talks to a live process: registers come in a Call, memory through the Memory interface, so
// that what another engine captured can be decoded long after the process is gone.
//
// Text is built by appending to a byte slice; the scratch space of a decoder lives in its
// Call, which one thread's calls reuse, so that a common call allocates nothing.
package syscalls

import "github.com/trapline/trapline/abi"

// Memory reads what an address space held at the time of a call.
type Memory interface {
	// ReadMem fills p from addr. A partial read returns the bytes read, n > 0, and an error.
	ReadMem(addr uint64, p []byte) (n int, err error)
}

// ABI is one system call convention of one OS: its numbers and the width of its words.
type ABI struct {
	Name   string // "x86_64", "i386", "x32"
	OS     *abi.OS
	Word   int    // bytes in a pointer and in what the program calls a long: 8 or 4
	Long   int    // bytes in the kernel's long, as in its stat and timespec: 8 or 4
	Base   uint64 // what a register's number has above the table's: bit 30 on x32
	Suffix string // what -e trace=NAME@ calls it: "64", "32", "x32"
	rows   []*Signature
	bare   []bool // of each row: what is printed at the enter comes from the registers alone

	registers int                     // how many rows are of numbers that stand in the register; then come those of multiplexers
	unknown   []kind                  // the arguments of a call without a row; nil: six
	restarts  map[int]string          // errors that are none: the call is begun again, or has set all registers itself
	siginfo   func(c *Call, p []byte) // a siginfo_t in memory; nil: Linux's
	sys       *system                 // nil: Linux
	foreign   *foreign                // its names in the kernel of another system; nil: the same
}

// Call is one system call of one thread, from its enter to its exit. The caller fills the
// exported fields: those down to SP before AppendEnter, the others before AppendExit. The
// same Call must be handed to both, since it carries what a decoder must remember between
// them; it can be used again for the thread's next call.
type Call struct {
	ABI      *ABI
	PID, TID int
	Nr       uint64    // the number in the register, with x32's bit 30, or what Demultiplex made of it
	Args     [6]uint64 // registers; only the low half counts where Word is 4
	More     [2]uint64 // those behind them, where calls may have eight (FreeBSD)
	IP, SP   uint64

	Ret      int64 // the value returned, when Errno is 0
	Errno    int   // 0, or an error number; those below 0, and on Linux from 512 on, are the kernel's own
	Returned bool  // false: the call never returned, "= ?"

	Mem  Memory
	Opts *Options

	Note    string // printed behind the result: " (INJECTED)"
	Watched bool   // Options.Watch has found an argument it looks for

	scratch
}

// Options says how much of a call to print and how. A nil *Options means the defaults.
type Options struct {
	StringLimit int  // bytes of a string that are shown: 0 means 32, less none (-s)
	Verbose     bool // print structures and arrays in full (-v)
	Hex         int  // HexStrings (-x), HexAll (-xx), HexChars
	Column      int  // where " = " starts: 0 means 40, -1 none (-a)
	Raw         bool // print every argument as a hexadecimal number (-e raw)
	As61        bool // know no names that strace 6.1 did not know
	Shallow     bool // do not follow pointers to structures (-e verbose=none)
	Style       Style
	ArgNames    bool    // write what arguments are called before them (-N)
	Form        *Form   // nil means Strace
	Kernel      *abi.OS // Truss: whose kernel the calls are made to, which may have names of its own for them
	ExecArgs    bool    // Truss: show the arguments of an exec (-a), and
	ExecEnv     bool    // its environment (-e)

	// Watch is told of every descriptor and path that a call's arguments name; when one is
	// looked for (-P), its answer decides whether the call is shown: see Call.Watched.
	Watch Watcher
	// Netlink is the protocol of a netlink socket, NetlinkUnbound, or -1 for what is none. It may be nil.
	Netlink func(pid int, fd int32) int
	// PidfdPID is the process that a pidfd of a process is of, or 0. It may be nil.
	PidfdPID func(pid int, fd int32) int
	// Link is what a descriptor refers to, as /proc has it; "" when it is not known. It may be nil.
	Link func(pid int, fd int32) string
	// Booted is the time at which CLOCK_BOOTTIME was 0, in ns since the Epoch; 0 when it is not known.
	Booted int64
	// Generic names a family of generic netlink; "" when it is not known. It may be nil.
	Generic func(id uint16) string
	// Ifname names a network interface; "" when there is none of the index. It may be nil.
	Ifname func(index uint32) string
	// Short is told of a string that ends where memory does, of got of the want bytes that it might have. It may be nil.
	Short func(addr uint64, got, want int)
	// PID is what to add to the number of a process, a group of them or a session, as caller knows it (-Y): "<comm>",
	// which groups do not have, or "".
	PID func(caller, pid int, group bool) string

	// Here is the number by which we know a process that caller knows by pid, 0 when there is none; nil: it is the same.
	Here func(caller, pid int) int

	// FD describes a descriptor of a process for -y: what goes between < and >, or "" when
	// it is not known. It is called while the thread is stopped, if the engine lives.
	FD func(pid int, fd int32) string
	// Labels tells the security contexts of what calls name (--secontext); nil: they are not shown.
	Labels Labels
	// VCPU is the address in a process of the struct kvm_run of a descriptor of a virtual processor, 0 when it is
	// not known or the descriptor is none (-e kvm=vcpu); nil: nobody wants to know why KVM_RUN returned.
	VCPU func(pid int, fd int32) uint64
}

// Style is how values with names are printed (-X).
type Style uint8

// The styles.
const (
	Names   Style = iota // O_RDONLY
	Numbers              // 0
	Both                 // 0 /* O_RDONLY */
)

// The values of Options.Hex, each showing more bytes as \x1f than the one before.
const (
	HexChars   = 3 // bytes that are not text
	HexStrings = 1 // strings that hold one
	HexAll     = 2
)

// Watcher looks for descriptors and paths.
type Watcher interface {
	FD(pid int, fd int32) bool
	// Path is a path as the program wrote it. One that is relative is so to dir: a descriptor, or AT_FDCWD.
	Path(pid int, dir int32, path []byte) bool
}

// Labels finds security contexts, as SELinux has them; "" stands for none, or one that is not known.
type Labels interface {
	FD(pid int, fd int32) string
	// Path is of the file at a path, links followed, as the program wrote it: see Watcher.
	Path(pid int, dir int32, path []byte) string
	Thread(tid int) string
}

var defaults = Options{}

// scratch is what a decoder keeps in its Call: the output, the arguments printed so far, and
// what the enter must remember for the exit.
type scratch struct {
	b        []byte // the line being built
	row      *Signature
	unpacked bool      // the call's arguments are words, to which its one argument points
	block    [6]uint64 // their values
	opts     *Options
	form     *Form
	narg     int       // kinds printed so far
	reg      int       // registers consumed so far
	split    bool      // the enter has printed the first half of an argument with a tail
	done     bool      // and there is no second half
	base     uint64    // where the record being printed lies
	broken   bool      // a list in it could not be printed: it is empty, or memory ended
	inner    bool      // what is printed stands between /* and */
	comma    bool      // the enter has printed the comma before what the exit starts with
	exit     bool      // the call has returned
	saved    [4]uint64 // values the kernel is about to overwrite
	before   []byte    // memory that it is
	aux      []byte    // text that follows the return value, without its parentheses
	arena    []byte    // memory read for this call; grows, never shrinks below what is in use
	pages    pageCache
	always   bool      // show aux even when it is empty
	optlen   int       // of the socket option being printed
	prev     string    // the call before this one, for restart_syscall
	dirfd    int32     // the last descriptor argument, for paths relative to it
	failed   bool      // the call returned an error
	bpfThere int       // bytes of bpf(2)'s attributes
	nl       nlContext // of the netlink message being printed
	namelens []int32   // of messages that are going to be received
	texts    []Argument
	result   int // where it begins in the line
}

// Number returns the number of the call of a name as it stands in the register.
func (a *ABI) Number(name string) (uint64, bool) {
	for i, r := range a.rows[:a.registers] {
		if r != nil && r.Name == name {
			return a.number(i), true
		}
	}
	return 0, false
}

// CallName returns the name of call number nr, "read", or "syscall_0x1b2" when the ABI has none.
func (a *ABI) CallName(nr uint64) string { return string(a.appendName(nil, nr)) }

// Lookup returns the signature of call number nr as it stands in the register, or nil.
func (a *ABI) Lookup(nr uint64) *Signature {
	if i := a.index(nr); i < len(a.rows) {
		return a.rows[i]
	}
	return nil
}

func (a *ABI) appendName(b []byte, nr uint64) []byte {
	if r := a.Lookup(nr); r != nil {
		return append(b, r.Name...)
	}
	return appendHex(append(b, "syscall_"...), nr)
}

// lastCall61 is the last call that strace 6.1 has a name for, on all ABIs; and calls before it that are newer.
const lastCall61 = 450

var newerCalls = nameSet("uretprobe uprobe")

// newer61 says whether strace 6.1 has no name for the call of a row.
func (a *ABI) newer61(index int) bool {
	return a.OS == abi.Linux && (index > lastCall61 && index < a.registers || newerCalls()[a.rows[index].Name])
}

// lookup is the row of the call's number, unless it is newer than what is to be known.
func (c *Call) lookup() *Signature {
	row := c.ABI.Lookup(c.Nr)
	if row != nil && c.opts.As61 && c.ABI.newer61(c.ABI.index(c.Nr)) {
		return nil
	}
	return row
}

// appendName appends the name of the call.
func (c *Call) appendName(b []byte) []byte {
	if c.row == nil {
		return appendHex(append(b, "syscall_"...), c.Nr)
	}
	return append(b, c.ABI.foreign.name(c.opts.Kernel, c.row.Name)...)
}

// AppendName appends the name of the call to dst.
func AppendName(dst []byte, c *Call) []byte { return c.ABI.appendName(dst, c.Nr) }

// begin prepares the scratch space for one half of a call.
func (c *Call) begin(dst []byte, exit bool) {
	c.b, c.exit = dst, exit
	c.arena = c.arena[:0]
	c.pages.forget()
	c.use(c.Opts)
	if !exit {
		c.row = c.lookup()
		c.unpack()
		c.narg, c.reg, c.dirfd = 0, 0, atFDCWD
		c.saved, c.failed, c.comma, c.split = [4]uint64{}, false, false, false
		c.before = c.before[:0]
		c.texts, c.result = c.texts[:0], 0
		c.aux, c.Watched, c.always = c.aux[:0], false, false
	} else {
		c.failed = !c.Returned || c.Errno != 0
	}
}

// use takes the options that hold from here on.
func (c *Call) use(o *Options) {
	if c.opts = o; o == nil {
		c.opts = &defaults
	}
	if c.form = c.opts.Form; c.form == nil {
		c.form = Strace
	}
}

// BareEnter says that what AppendEnter will write of a call comes from its registers alone: not
// from the memory nor the files of a process that must stand still for it.
func (c *Call) BareEnter() bool {
	c.use(c.Opts)
	row := c.lookup()
	return row != nil && c.ABI.bare[c.ABI.index(c.Nr)] && !c.opts.outside()
}

// BareExit is BareEnter for AppendExit, after AppendEnter.
func (c *Call) BareExit() bool {
	return c.row != nil && c.narg == len(c.kinds()) && (c.row.ret.aux == nil && !c.row.ret.far || c.Errno != 0) && !c.opts.outside()
}

// outside says that plain arguments and results are looked up outside the call.
func (o *Options) outside() bool {
	return o.FD != nil || o.PID != nil || o.Watch != nil || o.Labels != nil || o.VCPU != nil
}

// AppendEnter appends the name of a call, "(" and the arguments that can be printed before
// the kernel has run it. dst must hold nothing but the line so far.
func AppendEnter(dst []byte, c *Call) []byte {
	c.begin(dst, false)
	c.b = append(c.appendName(c.b), '(')
	c.arguments()
	dst, c.b = c.b, nil
	return dst
}

// AppendExit appends what AppendEnter left out: the remaining arguments, ")", padding to the
// column of results, " = " and the result with its explanation. dst must hold nothing but
// the line so far, for the padding is counted from its start.
func AppendExit(dst []byte, c *Call) []byte {
	c.begin(dst, true)
	c.arguments()
	c.b = append(c.b, ')')
	c.form.result(c)
	c.str(c.Note)
	c.prev = ""
	if c.row != nil {
		c.prev = c.row.Name
	}
	dst, c.b = c.b, nil
	return dst
}

// AppendUnreturned appends the end of a call that its thread never returned from, because it
// was killed inside: " <unfinished ...>" in place of the arguments that the kernel would have
// filled in or of what explains the result, and ") = ?" in the column of results.
func AppendUnreturned(dst []byte, c *Call) []byte {
	c.use(c.Opts)
	c.b = dst
	if c.narg < len(c.kinds()) || c.row != nil && c.row.ret.explains(c) {
		c.str(" <unfinished ...>")
	}
	c.byte(')')
	c.pad()
	c.str(" = ?")
	dst, c.b = c.b, nil
	return dst
}

// kinds returns what the call's arguments are.
func (c *Call) kinds() []kind {
	switch {
	case c.row == nil && c.ABI.unknown != nil:
		return c.ABI.unknown
	case c.row == nil:
		return unknownArgs
	case c.opts.Raw:
		return rawArgs[:c.row.regs(c.ABI)]
	case c.unpacked:
		return c.row.args[0].block
	}
	return c.row.args
}

// unpack reads the arguments of a call that hands over their address; truss shows what was handed over.
func (c *Call) unpack() {
	c.unpacked = false
	if c.row == nil || len(c.row.args) == 0 || c.row.args[0].block == nil || c.opts.Raw || c.form == Truss {
		return
	}
	c.unpacked = c.wordsAt(c.block[:len(c.row.args[0].block)], c.arg(0))
}

// arguments prints the kinds of the row from the first not yet printed, up to the first that
// must wait for the exit.
func (c *Call) arguments() {
	kinds := c.kinds()
	for c.narg < len(kinds) {
		k := kinds[c.narg].now(c)
		if k.absent != nil && k.absent(c) {
			c.narg++
			c.reg += k.width(c.ABI)
			continue
		}
		if !c.exit && (k.out || k.late != nil && k.late(c)) {
			c.notes(kinds[c.narg:])
			if c.comma = !kinds[c.narg].lone; c.comma && c.narg > 0 {
				c.str(c.form.comma)
			}
			return
		}
		if c.narg > 0 && !c.comma {
			c.str(c.form.comma)
		}
		c.comma = false
		c.nameArgument(c.narg)
		at := c.beginArgument(c.narg)
		waits := c.argument(k)
		if at.End = len(c.b); waits {
			return
		}
	}
}

// argument prints one argument, or of one with a tail what can be printed before the exit;
// it reports whether the tail waits for that.
func (c *Call) argument(k *kind) (waits bool) {
	v := c.value(k)
	if k.tail == nil {
		c.narg++
		c.form.kind(k)(c, v)
		if !c.exit && k.note != nil {
			k.note(c, v)
		}
		return false
	}
	if !c.split {
		c.split = true
		k.f(c, v)
		if !c.exit {
			c.reg -= k.width(c.ABI)
			c.comma = true
			return true
		}
	}
	c.split = false
	c.narg++
	k.tail(c, v)
	return false
}

// notes lets the kinds that wait for the exit look at what the kernel will overwrite.
func (c *Call) notes(kinds []kind) {
	reg := c.reg
	for i := range kinds {
		if k := kinds[i].now(c); k.note != nil {
			saved := c.reg
			c.reg = reg
			v := c.value(k)
			k.note(c, v)
			c.reg = saved
		}
		reg += kinds[i].width(c.ABI)
	}
}

// value takes the registers of the next argument.
func (c *Call) value(k *kind) uint64 {
	v := c.arg(c.reg)
	w := k.width(c.ABI)
	if w == 2 && c.ABI.Long == 4 {
		v |= c.arg(c.reg+1) << 32
	}
	c.reg += w
	return v
}

// arg returns register i of the call's arguments, cut to the width of the ABI's registers.
func (c *Call) arg(i int) uint64 {
	v := uint64(0)
	switch n := i - len(c.Args); {
	case n < 0 && c.unpacked:
		v = c.block[i]
	case n < 0:
		v = c.Args[i]
	case n < len(c.More):
		v = c.More[n]
	}
	if c.ABI.Long == 4 {
		return uint64(uint32(v))
	}
	return v
}
