package cpu

// The interpreter against the real processor: random instructions of each row of the
// tables, from random states, stepped on both.

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"github.com/trapline/trapline/internal/debugregs"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/x86"
)

// pair is the two processors with the same memory.
type pair struct {
	t     testing.TB
	host  *child
	model *CPU
	mem   flat
	rng   *rand.Rand
	ran   int
	kinds [Unsupported + 1]int
	bad   map[string]int // differences by name
	id    uint64         // the ID flag of the child
	amd   bool           // the processor is AMD's: what others do differently is not compared there
	lost  uint64         // flags that the machine does not keep
	guest bool           // it shows that a hypervisor stands between the processor and the kernel
}

func newPair(t testing.TB, seed uint64) *pair {
	seed += *seeds << 8
	p := &pair{t: t, host: startChild(t), mem: flat{}.add(childBase, childSize/PageSize, "rwx"), rng: rand.New(rand.NewPCG(seed, 0)), bad: map[string]int{}}
	p.model = New(p.mem)
	p.model.MXCSRMask = p.host.mxcsrMask()
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		p.amd = bytes.Contains(info, []byte("AuthenticAMD"))
	}
	p.sync()
	p.limits()
	return p
}

// limits finds what the machine keeps from programs. A hypervisor that runs a guest's kernel
// without the processor's help lets go of NT, cannot end a step on a stack that is not
// canonical, and interprets some instructions itself.
func (p *pair) limits() {
	nop := func(change func(*State)) (Trap, State) {
		s := p.state()
		s.R[RSP] = dataAt
		change(s)
		p.host.write([]byte{0x90, 0xf4}, s.RIP)
		p.host.setState(s, true)
		trap := p.host.step()
		return trap, p.host.state(true)
	}
	_, after := nop(func(s *State) { s.Flags |= FlagNT })
	p.lost = FlagNT &^ after.Flags
	trap, _ := nop(func(s *State) { s.R[RSP] = 1 << 62 })
	p.guest = trap.Kind != Debug
	if p.lost != 0 || p.guest {
		p.t.Logf("a hypervisor's own behaviour is not compared: flags %#x, stack pointers that are not canonical, int, null selectors, wrfsbase", p.lost)
	}
	p.sync()
}

// sync copies the child's memory to the model.
func (p *pair) sync() {
	b := make([]byte, childSize)
	p.host.read(b, childBase)
	p.mem.set(childBase, b)
}

// undefinedFlags is the flags that Intel's manual leaves undefined after an instruction.
func undefinedFlags(name string, o *op, s *State) uint64 {
	count := uint(o.imm)
	if o.code&0xfe == 0xd2 || o.code == 0xa5 || o.code == 0xad {
		count = uint(s.R[RCX])
	}
	count = o.count(uint64(count))
	switch name {
	case "and", "or", "xor", "test":
		return FlagAF
	case "shl", "shr", "sar", "shld", "shrd":
		f := uint64(FlagAF)
		if count != 1 {
			f |= FlagOF
		}
		if count >= 8*uint(o.size) && name != "sar" {
			f |= FlagCF
		}
		if count > 8*uint(o.size) && name[0] == 's' && len(name) == 4 {
			f = arith
		}
		return f
	case "rol", "ror", "rcl", "rcr":
		if count != 1 {
			return FlagOF
		}
	case "mul", "imul":
		return FlagSF | FlagZF | FlagAF | FlagPF
	case "div", "idiv":
		return arith
	case "bsf", "bsr":
		if o.rep == 0xf3 {
			return FlagOF | FlagSF | FlagPF | FlagAF
		}
		return arith &^ FlagZF
	case "bt", "bts", "btr", "btc":
		return arith &^ (FlagCF | FlagZF)
	case "andn", "group17", "bzhi":
		return FlagAF | FlagPF
	case "bextr":
		return FlagAF | FlagSF | FlagPF
	}
	return 0
}

// hostOnly are the instructions whose result is the machine's own affair. Hypervisors
// report int1 with rip at it when it is stepped.
var hostOnly = []string{"cpuid", "rdtsc", "group7", "syscall", "group9", "int1"}

// rowOf finds the row of an instruction and its name.
func rowOf(code []byte) (name string, o op) {
	p := in{b: code}
	var first op
	_, r := first.opcode(&p)
	if r == nil {
		return "", o
	}
	name = r.name
	if r.group != nil {
		name = r.group[p.byte()>>3&7].name
	}
	o.decode(append(slices.Clone(code), make([]byte, 16)...))
	return name, o
}

// run executes an instruction on both and compares.
func (p *pair) run(code []byte, s *State, data []byte) {
	name, o := rowOf(code)
	if slices.Contains(hostOnly, name) && !(name == "group9" && o.mem) {
		return
	}
	if name == "enter" && s.R[RBP]-s.R[RSP]+0x200 < 0x400 {
		return // reads what it pushes, in an order of the processor's own
	}
	if o.lock && name == "mov" && o.code&0xfc == 0x20 {
		return // cr8 on AMD processors
	}
	if !p.amd && !o.mem && (name == "cmpxchg" || name == "prefetchw") {
		return
	}
	if p.guest && (!canonical(s.R[RSP]) || name == "int" || name == "group15" && o.rep == 0xf3 && !o.mem) {
		return
	}
	s.Flags &^= p.lost
	padded := append(slices.Clone(code), bytes.Repeat([]byte{0xf4}, 16)...)[:16]
	p.mem.set(s.RIP, padded)
	p.mem.set(dataAt, data)
	s.Flags |= p.id // ptrace does not change it, popf does
	p.model.State = *s
	p.model.Flags |= FlagTF
	p.model.Flush()
	before := p.image()
	got := p.model.Run(1)
	if got.Kind == Budget { // mov ss: a step takes the next instruction too
		got = p.model.Run(1)
	}
	p.kinds[got.Kind]++
	if got.Kind == Unsupported || got.Kind == Syscall || got.Kind == Interrupt {
		p.restore(before)
		return
	}
	p.ran++
	p.host.write(padded, s.RIP)
	p.host.write(data, dataAt)
	p.host.setState(s, true)
	want := p.host.step()
	after := p.host.state(true)
	p.id = after.Flags & FlagID
	p.compare(name, code, s, &o, got, want, &after)
}

// image and restore are of the pages near the data.
const imageAt, imageLen = dataAt &^ (PageSize - 1), 2 * PageSize

func (p *pair) image() []byte        { return p.mem.get(imageAt, imageLen) }
func (p *pair) restore(image []byte) { p.mem.set(imageAt, image) }

func (p *pair) compare(name string, code []byte, s *State, o *op, got, want Trap, after *State) {
	ours := p.model.State
	ignore := uint64(FlagTF|FlagRF) | p.lost
	if got.Kind == Debug {
		ignore |= undefinedFlags(name, o, s)
	}
	ours.Flags &^= ignore
	after.Flags &^= ignore
	got.DR6, got.Steps, got.Access, ours.DR = 0, 0, 0, after.DR
	if (name == "iret" || name == "cmps" || name == "group15") && want.Kind != Debug && got.Kind != Debug {
		got.Kind, got.Addr = want.Kind, want.Addr // which word faults first is the processor's affair
	}
	for i, sel := range ours.Segment {
		if p.guest && sel < 4 && after.Segment[i] < 4 { // null selectors, whatever their RPL
			ours.Segment[i] = after.Segment[i]
		}
	}
	var d []string
	if got.Kind != want.Kind || got.Addr != want.Addr {
		d = append(d, fmt.Sprintf("%v at %#x, processor: %v at %#x", got.Kind, got.Addr, want.Kind, want.Addr))
	}
	d = append(d, differences(&ours, after)...)
	b := make([]byte, imageLen)
	p.host.read(b, imageAt)
	if mine := p.image(); !bytes.Equal(mine, b) {
		i := 0
		for mine[i] == b[i] {
			i++
		}
		d = append(d, fmt.Sprintf("memory at %#x: % x, processor % x", imageAt+i, mine[i:min(i+16, len(b))], b[i:min(i+16, len(b))]))
	}
	if len(d) == 0 {
		return
	}
	p.sync()
	if p.bad[name]++; p.bad[name] <= 2 {
		text, _, _ := x86.Disasm(append(slices.Clone(code), make([]byte, 16)...), s.RIP, x86.Options{Syntax: x86.Intel})
		p.t.Errorf("% x: %s\n\t%v\n\tfrom flags %#x rax %#x rcx %#x rdx %#x rsp %#x", code, text, d, s.Flags, s.R[RAX], s.R[RCX], s.R[RDX], s.R[RSP])
	}
}

// cases multiplies the number of random cases: `go test -args -cases 100 -seed 7`.
var (
	cases = flag.Int("cases", 1, "multiple of the random cases compared with the host")
	seeds = flag.Uint64("seed", 0, "of the random cases")
)

func caseCount(n int) int {
	if testing.Short() {
		return max(n/8, 1)
	}
	return n * *cases
}

// TestHost runs cases of every opcode that has a row.
func TestHost(t *testing.T) {
	cases := caseCount(60)
	p := newPair(t, 1)
	data := make([]byte, dataLen)
	registers := false
	family := func(prefix, escape []byte, op byte, n int) {
		for range n {
			for i := range data {
				data[i] = byte(p.rng.Uint32())
			}
			code := p.instruction(prefix, escape, op)
			if registers {
				code[len(code)-14] |= 0xc0
			}
			if op&0xfc == 0xa0 && len(escape) == 0 { // an absolute address
				le.PutUint64(code[len(code)-14:], p.target())
			}
			name, o := rowOf(code)
			s := p.state()
			p.address(&o, s)
			p.favour(name, &o, s, data)
			p.run(code[:min(len(code), 15)], s, data)
		}
	}
	for op := range 256 {
		if oneByte[op].name != "" {
			n := cases
			if oneByte[op].group != nil || op == 0xcf {
				n *= 8
			}
			family(nil, nil, byte(op), n)
		}
	}
	for op := range 256 {
		n := cases
		if twoByte[op].group != nil || op == 0xc7 || op == 0xae || op >= 0x71 && op <= 0x73 {
			n *= 4
		}
		if op&0xfc == 0x2c || op >= 0x50 && op < 0x60 || op == 0xc2 {
			n *= 4
		}
		for column, r := range sse[op] {
			if r.name != "" {
				registers = r.f&fReg != 0
				family([][]byte{{}, {0x66}, {0xf3}, {0xf2}}[column], []byte{0x0f}, byte(op), n)
				registers = false
			}
		}
		if twoByte[op].name != "" {
			family(nil, []byte{0x0f}, byte(op), n)
		}
	}
	registers = true
	family([]byte{0xf3}, []byte{0x0f}, 0xae, 4*cases) // rdfsbase and the others
	registers = false
	for name, m := range map[string]map[uint16]row{"\x0f\x38": map38, "\x0f\x3a": map3a} {
		for k := range m {
			family([][]byte{{}, {0x66}, {0xf3}, {0xf2}}[k>>8], []byte(name), byte(k), 4*cases)
		}
	}
	for mapNumber, m := range map[byte]map[uint16]row{2: vex38, 3: vex3a} {
		for k := range m {
			for range 4 * cases {
				p.vexCase(mapNumber, k, data)
			}
		}
	}
	t.Logf("%d instructions compared, %v differ; ends: %v", p.ran, p.bad, p.kinds)
}

// vexCase runs a BMI instruction.
func (p *pair) vexCase(m byte, k uint16, data []byte) {
	code := []byte{0xc4, byte(p.rng.IntN(8))<<5 | m, byte(p.rng.IntN(32))<<3 | byte(k>>8), byte(k)}
	code = append(code, p.tail()...)[:15]
	_, o := rowOf(code)
	s := p.state()
	p.address(&o, s)
	p.run(code, s, data)
}

// TestHostRandomBytes runs whatever random bytes are: most are faults.
func TestHostRandomBytes(t *testing.T) {
	cases := caseCount(20000)
	p := newPair(t, 2)
	data := make([]byte, dataLen)
	for range cases {
		code := make([]byte, 15)
		for i := range code {
			code[i] = byte(p.rng.Uint32())
		}
		if p.rng.IntN(3) == 0 {
			code[0] = 0x0f
		}
		_, o := rowOf(code)
		s := p.state()
		p.address(&o, s)
		p.run(code, s, data)
	}
	t.Logf("%d instructions compared, %v differ; ends: %v", p.ran, p.bad, p.kinds)
}

// TestHostDebugRegisters compares what data breakpoints catch.
func TestHostDebugRegisters(t *testing.T) {
	if err := debugregs.Try(); errors.Is(err, debugregs.ErrSilent) {
		t.Skip(err)
	}
	const user = 848 // offsetof(struct user, u_debugreg)
	p := newPair(t, 3)
	codes := [][]byte{{0x8a, 0x03}, {0x8b, 0x03}, {0x48, 0x8b, 0x03}, {0x88, 0x03}, {0x89, 0x03}, {0x48, 0x89, 0x03},
		{0x66, 0xff, 0x03}, {0x0f, 0x10, 0x03}, {0x0f, 0x11, 0x03}, {0xf3, 0xa4}, {0xf3, 0x48, 0xab}, {0xff, 0x33}, {0x8f, 0x03}, {0x90},
		{0x48, 0x0f, 0xb1, 0x03}, {0xa7}, {0x0f, 0x0d, 0x03}, {0x48, 0x8d, 0x03}}
	hits := 0
	for range caseCount(400) {
		s := p.state()
		s.R[RBX] = dataAt + 0x100 + uint64(p.rng.IntN(16))
		s.R[RSP], s.R[RSI], s.R[RDI], s.R[RCX] = dataAt+0x10c, dataAt+0x104, dataAt+0x109, 3
		s.Flags &^= FlagAC
		control, enabled := regs.DR7(0), uint64(0)
		for n := range 4 {
			size := 1 << p.rng.IntN(4)
			addr := uint64((dataAt + 0x100 + p.rng.IntN(16)) &^ (size - 1))
			access := []regs.Access{regs.AccessWrite, regs.AccessReadWrite}[p.rng.IntN(2)]
			if p.rng.IntN(3) == 0 {
				continue
			}
			control, _ = control.With(n, access, addr, size)
			enabled |= 1 << n
			s.DR[n] = addr
		}
		s.DR[7] = uint64(control)
		p.host.pokeUser(user+8*7, 0)
		for n := range 4 {
			p.host.pokeUser(user+8*uintptr(n), s.DR[n])
		}
		p.host.pokeUser(user+8*7, s.DR[7])
		p.host.pokeUser(user+8*6, 0)
		code := append(slices.Clone(codes[p.rng.IntN(len(codes))]), 0xf4, 0xf4)
		p.mem.set(s.RIP, code)
		p.host.write(code, s.RIP)
		p.model.State = *s
		p.model.Flags |= FlagTF
		got := p.model.Run(1)
		p.host.setState(s, true)
		p.host.step()
		want := p.host.peekUser(user+8*6) & (enabled | dr6Step)
		if got.Kind != Debug || got.DR6 != want {
			t.Errorf("% x at %#x, debug registers %#x: %v with %#x, processor %#x", code, s.R[RBX], s.DR, got.Kind, got.DR6, want)
		}
		if want != dr6Step {
			hits++
		}
	}
	t.Logf("%d accesses caught", hits)
}
