// Calls of i386 that stand for many: the first argument of socketcall(2) and of ipc(2) says which call is
// meant. Those have rows of their own, behind the table's, and numbers above all that a register holds.

package syscalls

import (
	"slices"
	"strings"
)

// firstPart is the first number that no register of 32 bits holds; each multiplexer has partsEach of them.
const (
	firstPart = 1 << 32
	partsEach = 32
)

// multiplexer is such a call. Its parts are listed by the first argument that means them.
type multiplexer struct {
	call  string
	parts []part
}

// part is what a multiplexer stands for: a name, whose row may be "name@MULTIPLEXER", and which of the
// multiplexer's arguments are the part's, in their order; "" where they lie in memory, at its second.
type part struct{ name, args string }

// The numbers are those of linux/net.h and linux/ipc.h.
var multiplexers = [...]multiplexer{
	{"socketcall", []part{1: {name: "socket"}, {name: "bind"}, {name: "connect"}, {name: "listen"}, {name: "accept"}, {name: "getsockname"},
		{name: "getpeername"}, {name: "socketpair"}, {name: "send"}, {name: "recv"}, {name: "sendto"}, {name: "recvfrom"}, {name: "shutdown"},
		{name: "setsockopt"}, {name: "getsockopt"}, {name: "sendmsg"}, {name: "recvmsg"}, {name: "accept4"}, {name: "recvmmsg"}, {name: "sendmmsg"}}},
	{"ipc", []part{1: {"semop", "142"}, {"semget", "123"}, {"semctl", "1234"}, {"semtimedop", "1425"},
		11: {"msgsnd", "1423"}, {"msgrcv", "14253"}, {"msgget", "12"}, {"msgctl", "124"},
		21: {"shmat", "1423"}, {"shmdt", "4"}, {"shmget", "123"}, {"shmctl", "124"}}},
}

// addParts gives an ABI the rows of what its multiplexers stand for.
func addParts(rows []*Signature, byName map[string]*Signature) []*Signature {
	for _, m := range multiplexers {
		all := make([]*Signature, partsEach)
		for i, p := range m.parts {
			if own := byName[p.name+"@"+m.call]; own != nil {
				all[i] = renamed(own, p.name)
			} else if p.name != "" {
				all[i] = byName[p.name]
			}
		}
		rows = append(rows, all...)
	}
	return rows
}

// index is where in the ABI's rows the call of a number is, len(a.rows) for none.
func (a *ABI) index(nr uint64) int {
	i, n := nr-a.Base, uint64(len(a.rows))
	if nr >= firstPart {
		i = nr - firstPart + uint64(a.registers)
	} else if i >= uint64(a.registers) {
		return int(n)
	}
	return int(min(i, n))
}

// number is that of the call of a row.
func (a *ABI) number(index int) uint64 {
	if index >= a.registers {
		return firstPart + uint64(index-a.registers)
	}
	return a.Base + uint64(index)
}

// Register is what stood in the register for call number nr: another number where it is a part of what
// socketcall(2) or ipc(2) stand for.
func (a *ABI) Register(nr uint64) uint64 {
	if nr >= firstPart && a.index(nr) < len(a.rows) {
		nr, _ = a.Number(multiplexers[(nr-firstPart)/partsEach].call)
	}
	return nr
}

// multiplexer is which of them call number nr is, or -1.
func (a *ABI) multiplexer(nr uint64) int {
	row := a.Lookup(nr)
	if a != I386 || row == nil {
		return -1
	}
	return slices.IndexFunc(multiplexers[:], func(m multiplexer) bool { return m.call == row.Name })
}

// partsOf is where the rows of what multiplexer m stands for begin.
func (a *ABI) partsOf(m int) int { return a.registers + m*partsEach }

// Demultiplex makes of a call that has been entered, if it stands for many, the one that it stands for:
// Nr and Args are that one's. What has no such part, or whose arguments cannot be read, stays as it is.
func (c *Call) Demultiplex() {
	c.use(c.Opts)
	i := c.ABI.multiplexer(c.Nr)
	if i < 0 || c.form == Truss { // truss shows what was called
		return
	}
	m, which := &multiplexers[i], c.arg(0)
	if m.call == "ipc" {
		which &= 0xffff // above it the version of the arguments, which matters to msgrcv alone
	}
	if which >= uint64(len(m.parts)) || m.parts[which].name == "" {
		return
	}
	at := c.ABI.partsOf(i) + int(which)
	if args, ok := c.partArgs(&m.parts[which], c.ABI.rows[at]); ok {
		c.Nr, c.Args = c.ABI.number(at), args
	}
}

// partArgs are the arguments of a part.
func (c *Call) partArgs(p *part, row *Signature) (args [6]uint64, ok bool) {
	if p.args == "" {
		return args, c.wordsAt(args[:row.regs(c.ABI)], c.arg(1))
	}
	for i, from := range p.args {
		args[i] = c.arg(int(from - '0'))
	}
	if p.name == "msgrcv" && c.arg(0)>>16 == 0 { // its first version has the buffer and the type in memory
		var both [2]uint64
		ok = c.wordsAt(both[:], args[1])
		args[1], args[3] = both[0], both[1]
		return args, ok
	}
	return args, true
}

// wordsAt fills list with words of the program.
func (c *Call) wordsAt(list []uint64, addr uint64) bool {
	c.arena = c.arena[:0]
	c.pages.forget()
	p, ok := c.readBytes(addr, len(list)*c.ABI.Word)
	for i := range list {
		if ok {
			list[i] = c.word(p[i*c.ABI.Word:])
		}
	}
	return ok
}

// renamed is a row under the name of a call.
func renamed(row *Signature, name string) *Signature {
	r := *row
	r.Name = name
	return &r
}

// tSocketcall names the parts of socketcall as strace does.
var tSocketcall = func() table {
	var t table
	for i, p := range multiplexers[0].parts {
		if p.name != "" {
			t.names = append(t.names, name{uint64(i), "SYS_" + strings.ToUpper(p.name)})
		}
	}
	return t
}()

// socketcallPart is the first argument of a socketcall that could not be taken apart.
var socketcallPart = bare(func(c *Call, v uint64) {
	if v = uint64(uint32(v)); tSocketcall.find(v) == "" {
		c.dec(int64(int32(v)))
		return
	}
	c.enum(&tSocketcall, v)
})

// rShmat is the address that ipc's shmat wrote to its fourth argument.
var rShmat = ret{far: true, f: func(c *Call, v uint64) {
	if p, ok := c.read(c.arg(3), c.ABI.Word); ok {
		v = c.word(p)
	}
	c.hexResult(v)
}}
