package cfi

import (
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/trapline/trapline/elfinfo/dwarf/op"
	"github.com/trapline/trapline/regs"
)

// Memory reads a tracee's memory at absolute addresses; n < len(p) means that the rest
// could not be read.
type Memory = op.Memory

// Regs is a register file, numbered as in package regs. Known has bit n set when V[n] is
// known: callers' registers are lost as one climbs a stack.
type Regs struct {
	V     [NumRegs]uint64
	Known uint32
	abi   *ABI // nil: AMD64
}

// Get is register n and whether it is known.
func (r *Regs) Get(n uint64) (uint64, bool) {
	if n >= NumRegs || r.Known>>n&1 == 0 {
		return 0, false
	}
	return r.V[n], true
}

func (r *Regs) set(n int, v uint64) { r.V[n], r.Known = v, r.Known|1<<n }

// PC is the program counter, SP the stack pointer; 0 when unknown.
func (r *Regs) PC() uint64 { return r.V[regs.RIP] }

// SP is the stack pointer.
func (r *Regs) SP() uint64 { return r.V[regs.RSP] }

// errUnknownReg is a rule that needs a register whose value was lost on the way.
var errUnknownReg = errors.New("a register that the rule needs is not known")

// Unwind takes the registers of a frame to those of its caller and returns the frame's
// CFA. bias is the module's load minus link address. A caller without a known RIP
// (out.Known) means that the frame is the outermost. out may not be in.
func (row *Row) Unwind(in *Regs, mem Memory, bias uint64, out *Regs) (cfa uint64, err error) {
	abi := in.abi.orDefault()
	u := unwinding{abi: abi, in: in, mem: mem, bias: bias}
	if cfa, err = u.cfa(&row.CFA); err != nil {
		return 0, err
	}
	*out = Regs{abi: in.abi}
	for n := range row.Rules {
		rule := &row.Rules[n]
		if rule.Kind == Unspecified {
			switch {
			case n == int(regs.RSP):
				out.set(n, cfa)
			case abi.saved>>n&1 != 0 && in.Known>>n&1 != 0:
				out.set(n, in.V[n])
			}
			continue
		}
		v, ok, err := u.apply(rule, n, cfa)
		if err != nil {
			return cfa, fmt.Errorf("caller's %s: %w", abi.name(regs.ID(n)), err)
		}
		if ok {
			out.set(n, abi.cut(v))
		}
	}
	if row.RetReg != uint16(regs.RIP) {
		v, ok := out.Get(uint64(row.RetReg))
		if out.Known &^= 1 << regs.RIP; ok {
			out.set(int(regs.RIP), v)
		}
	}
	return cfa, nil
}

// unwinding is one step's surroundings.
type unwinding struct {
	abi  *ABI
	in   *Regs
	mem  Memory
	bias uint64
}

func (u *unwinding) cfa(rule *Rule) (uint64, error) {
	switch rule.Kind {
	case Register:
		v, ok := u.in.Get(uint64(rule.Reg))
		if !ok {
			return 0, fmt.Errorf("frame address from register %d: %w", rule.Reg, errUnknownReg)
		}
		return u.abi.cut(v + uint64(rule.Off)), nil
	case ValExpression:
		v, err := op.Uint(rule.Expr, u.env())
		if err != nil {
			return 0, fmt.Errorf("frame address: %w", err)
		}
		return v, nil
	}
	return 0, errors.New("the call-frame information gives no frame address")
}

func (u *unwinding) env() *op.Env {
	reg := func(n uint64) (uint64, bool) { return u.in.Get(uint64(u.abi.number(n))) }
	return &op.Env{AddrSize: u.abi.Word, Bias: u.bias, Reg: reg, Mem: u.mem}
}

// apply finds the caller's register n; ok is false when it is lost.
func (u *unwinding) apply(rule *Rule, n int, cfa uint64) (v uint64, ok bool, err error) {
	switch rule.Kind {
	case SameValue:
		v, ok = u.in.Get(uint64(n))
		return v, ok, nil
	case Offset:
		v, err = u.word(cfa + uint64(rule.Off))
		return v, err == nil, err
	case ValOffset:
		return cfa + uint64(rule.Off), true, nil
	case Register:
		v, ok = u.in.Get(uint64(rule.Reg))
		return v, ok, nil
	case Expression:
		addr, err := op.Uint(rule.Expr, u.env(), cfa)
		if err != nil {
			return 0, false, err
		}
		v, err = u.word(addr)
		return v, err == nil, err
	case ValExpression:
		v, err = op.Uint(rule.Expr, u.env(), cfa)
		return v, err == nil, err
	}
	return 0, false, nil // Undefined
}

// MemError is a stack word that could not be read.
type MemError struct {
	Addr uint64
	Err  error
}

func (e *MemError) Error() string { return fmt.Sprintf("read stack at %#x: %v", e.Addr, e.Err) }
func (e *MemError) Unwrap() error { return e.Err }

func (u *unwinding) word(addr uint64) (uint64, error) { return u.abi.read(u.mem, u.abi.cut(addr)) }

// read reads a word; the window's own path avoids a copy.
func (a *ABI) read(mem Memory, addr uint64) (uint64, error) {
	if w, ok := mem.(*window); ok {
		b, err := w.bytes(addr, a.Word)
		return littleEndian(b), err
	}
	var b [8]byte
	if n, err := mem.ReadMem(addr, b[:a.Word]); n < a.Word {
		return 0, &MemError{addr, orUnmapped(err)}
	}
	return littleEndian(b[:a.Word]), nil
}

// littleEndian is the number in up to 8 bytes; 0 in none.
func littleEndian(b []byte) (v uint64) {
	if len(b) == 8 {
		return binary.LittleEndian.Uint64(b)
	}
	for i := len(b) - 1; i >= 0; i-- {
		v = v<<8 | uint64(b[i])
	}
	return v
}

func orUnmapped(err error) error {
	if err == nil {
		return errors.New("not mapped")
	}
	return err
}

// window reads the stack a few KiB at a time: a request to the kernel costs a
// microsecond however small it is, and the words that one frame saved lie side by side.
type window struct {
	mem  Memory
	base uint64
	n    uint64 // bytes of buf that hold memory from base
	sp   uint64 // the current frame's stack pointer: a good place to read from
	buf  [4096]byte
}

func (w *window) reset(mem Memory) { w.mem, w.base, w.n, w.sp = mem, 0, 0, 0 }

// bytes reads size bytes, at most 8, which hold until the next read.
func (w *window) bytes(addr uint64, size int) ([]byte, error) {
	if b := w.has(addr, size); b != nil {
		return b, nil
	}
	base := addr
	if w.sp <= addr && addr-w.sp <= uint64(len(w.buf)-size) {
		base = w.sp
	}
	for {
		n, err := w.mem.ReadMem(base, w.buf[:])
		w.base, w.n = base, uint64(max(0, min(n, len(w.buf))))
		if b := w.has(addr, size); b != nil {
			return b, nil
		}
		if base == addr {
			return w.small(addr, size, err)
		}
		base = addr
	}
}

// has is what the window holds of an address; nil when it lacks some.
func (w *window) has(addr uint64, size int) []byte {
	if off := addr - w.base; off < w.n && w.n-off >= uint64(size) {
		return w.buf[off:][:size]
	}
	return nil
}

// small reads no more than is wanted, for memories that refuse a long read that runs off a mapping.
func (w *window) small(addr uint64, size int, err error) ([]byte, error) {
	w.n = 0
	n, err2 := w.mem.ReadMem(addr, w.buf[:size])
	if n < size {
		if err2 != nil {
			err = err2
		}
		return nil, &MemError{addr, orUnmapped(err)}
	}
	return w.buf[:size], nil
}

// ReadMem lets expressions read through the window.
func (w *window) ReadMem(addr uint64, p []byte) (int, error) {
	if len(p) <= 8 {
		if b, err := w.bytes(addr, len(p)); err == nil {
			return copy(p, b), nil
		}
	}
	return w.mem.ReadMem(addr, p)
}
