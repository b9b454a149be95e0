package x86

// Emulate against the processor: a traced child of one read-write-execute segment, into
// which random instructions are written and stepped from random registers.

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/trapline/trapline/regs"
)

// shadow is a Memory over a copy of the child's data; it counts the writes.
type shadow struct {
	data   []byte
	writes int
}

func (s *shadow) span(addr uint64, n int) ([]byte, error) {
	if addr < dataAt || addr+uint64(n) > dataAt+uint64(len(s.data)) {
		return nil, syscall.EFAULT
	}
	return s.data[addr-dataAt:][:n], nil
}

func (s *shadow) ReadMem(addr uint64, p []byte) (int, error) {
	b, err := s.span(addr, len(p))
	return copy(p, b), err
}

func (s *shadow) WriteMem(addr uint64, p []byte) (int, error) {
	b, err := s.span(addr, len(p))
	if err == nil {
		s.writes++
	}
	return copy(b, p), err
}

func TestEmulateAgainstProcessor(t *testing.T) {
	c := startChild(t)
	origin := c.regs()
	n := 250
	if testing.Short() {
		n = 50
	}
	seed := testSeed(t)
	total, refused := 0, 0
	for _, f := range forms() {
		rng := rand.New(rand.NewPCG(seed, uint64(len(f.name))))
		done := 0
		for range n {
			ok := c.compare(f, rng, origin)
			if ok {
				done++
			}
			if t.Failed() {
				t.FailNow()
			}
		}
		total += n
		refused += n - done
		if done < n/4 {
			t.Errorf("%s: only %d of %d cases were emulated", f.name, done, n)
		}
	}
	t.Logf("%d cases, %d of them refused", total, refused)
}

// newCase is a random state at codeAt.
func newCase(rng *rand.Rand, origin *regs.Set) *aCase {
	cs := &aCase{rng: rng, set: &regs.Set{Have: regs.General, G: origin.G}}
	for _, id := range gpr {
		cs.set.G[id] = interesting(rng)
	}
	const settable = flagsArith | 1<<10 | regs.FlagRF // with the direction flag; what ptrace lets one set
	cs.set.G[regs.EFlags] = 0x202 | rng.Uint64()&settable
	cs.set.G[regs.RIP] = codeAt
	cs.set.G[regs.OrigRAX] = ^uint64(0)
	cs.data = cs.bytes(dataLen)
	return cs
}

// compare runs one random case both ways: first emulated, and if that is refused not
// at all for real, since random bytes can be any system call.
func (c *child) compare(f form, rng *rand.Rand, origin *regs.Set) bool {
	cs := newCase(rng, origin)
	cs.code = f.build(cs)
	before, mem := *cs.set, &shadow{data: append([]byte(nil), cs.data...)}
	ok, err := Emulate(cs.code, cs.set, mem)
	what := fmt.Sprintf("%s: % x from %x", f.name, cs.code, before.G)
	if err != nil || mem.writes > 1 {
		c.t.Errorf("%s: %v, %d writes", what, err, mem.writes)
	}
	if !ok {
		if diff := cmp.Diff(before, *cs.set); diff != "" || mem.writes != 0 {
			c.t.Errorf("%s: refused, but changed %s", what, diff)
		}
		return false
	}
	if !c.stands(before.G[regs.RSP]) || !c.stands(cs.set.G[regs.RSP]) {
		return true // not to be compared on this machine
	}
	real, data := c.step(&before, cs.code, cs.data, what)
	undefined := uint64(regs.FlagTF)
	if logical(cs.code) {
		undefined |= flagAF
	}
	real.G[regs.EFlags] &^= undefined
	cs.set.G[regs.EFlags] &^= undefined
	if diff := cmp.Diff(real.G, cs.set.G); diff != "" {
		c.t.Errorf("%s: -processor +emulated\n%s", what, diff)
	}
	if !bytes.Equal(data, mem.data) {
		c.t.Errorf("%s: memory: %s", what, cmp.Diff(data, mem.data))
	}
	return true
}

// Whatever bytes Emulate accepts, the processor executes the same: no encoding is
// taken for another.
func TestEmulateAnyBytes(t *testing.T) {
	c := startChild(t)
	origin := c.regs()
	n := 50000
	if testing.Short() {
		n = 5000
	}
	seed := testSeed(t)
	rng := rand.New(rand.NewPCG(seed, 1))
	var known [2][]byte
	for m := range ops {
		for o := range ops[m] {
			if ops[m][o].do != nil {
				known[m] = append(known[m], byte(o))
			}
		}
	}
	pre := []byte{0x66, 0x67, 0xf2, 0xf3, 0x2e, 0x36, 0x3e, 0x26, 0x64, 0x65, 0xf0}
	anyBytes := form{"any bytes", func(cs *aCase) []byte {
		for _, id := range gpr { // most addresses lie in the data
			cs.set.G[id] = dataAt + dataLen/4 + uint64(rng.IntN(dataLen/2))
		}
		cs.set.G[regs.FSBase], cs.set.G[regs.GSBase] = uint64(rng.IntN(256)), uint64(rng.IntN(256))
		var code []byte
		for rng.IntN(2) == 0 {
			code = append(code, pre[rng.IntN(len(pre))])
		}
		if rng.IntN(2) == 0 {
			code = append(code, 0x40|byte(rng.IntN(16)))
		}
		m := rng.IntN(4) / 3
		if m == 1 {
			code = append(code, 0x0f)
		}
		code = append(append(code, known[m][rng.IntN(len(known[m]))]), cs.bytes(10)...)
		if len(code) > MaxLen {
			code = code[:MaxLen]
		}
		return code
	}}
	done := 0
	for range n {
		if c.compare(anyBytes, rng, origin) {
			done++
		}
		if t.Failed() {
			t.FailNow()
		}
	}
	t.Logf("%d of %d random codes were emulated, each as the processor did it", done, n)
}

// testSeed is a new seed, or the one to replay.
func testSeed(t *testing.T) uint64 {
	seed := rand.Uint64()
	if s := os.Getenv("X86_SEED"); s != "" {
		seed, _ = strconv.ParseUint(s, 10, 64)
	}
	t.Logf("replay: X86_SEED=%d go test -run %s ./x86", seed, t.Name())
	return seed
}

// logical says whether an instruction leaves AF undefined: and, or, xor, test.
func logical(code []byte) bool {
	var in insn
	scan(code, &in)
	kind := int(in.op >> 3)
	switch {
	case in.opMap != 0:
		return false
	case in.op >= 0x80 && in.op <= 0x83:
		kind = in.reg()
	case in.op == 0x84, in.op == 0x85, in.op == 0xa8, in.op == 0xa9, in.op == 0xf6, in.op == 0xf7:
		return true
	case in.op >= 0x40:
		return false
	}
	return kind == kindAnd || kind == kindOr || kind == kindXor
}
