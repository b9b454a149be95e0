package image

// The new stack: strings at the top, below them argc, argv, envp and auxv for the program
// to find at rsp (x86-64 psABI, 3.4.1 "Initial Stack and Register State").

import (
	"bytes"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/vm"
)

// block is strings, each with its 0, one after the other.
func block(all []string) []byte {
	n := 0
	for _, s := range all {
		n += len(s) + 1
	}
	b := make([]byte, 0, n)
	for _, s := range all {
		b = append(append(b, s...), 0)
	}
	return b
}

// strings maps the stack: what the strings need, and the system's StackRoom if the limit
// allows it. They are written by vectors, that knows where they are.
func (l *loader) strings() errno.Errno {
	room := up(uint64(8+len(l.plan.req.Path)+1+len(block(l.plan.Argv))+len(block(l.plan.req.Envp))), vm.PageSize)
	room = max(room, min(room+l.sys.StackRoom, l.plan.req.StackLimit&^(vm.PageSize-1)))
	prot := vm.Read | vm.Write
	if l.ExecStack {
		prot |= vm.Exec
	}
	_, err := l.mapped("stack", vm.Mapping{Addr: l.plan.place.top - room, Length: room, Place: vm.FixedIfEmpty, Prot: prot,
		GrowsDown: true, Name: l.sys.StackName})
	return err
}

// writer puts things onto the stack.
type writer struct {
	space *vm.Space
	at    uint64 // where the last thing is
	full  bool
}

func (w *writer) push(b []byte) uint64 {
	w.at -= uint64(len(b))
	if w.space.Store(w.at, b) != len(b) {
		w.full = true
	}
	return w.at
}

// vectors writes the stack.
func (l *loader) vectors() errno.Errno {
	w := &writer{space: l.space, at: l.plan.place.top}
	var at [Align16 + 1]uint64
	for _, piece := range l.sys.Stack {
		switch piece {
		case Gap:
			w.at = (w.at - l.plan.place.slide) &^ 15
			continue
		case Align8:
			w.at &^= 7
			continue
		case Align16:
			w.at = (w.at - l.plan.place.slide) &^ 15
			continue
		}
		b := l.piece(piece)
		at[piece] = w.push(b)
		switch end := at[piece] + uint64(len(b)); piece {
		case ArgStrings:
			l.ArgStart, l.ArgEnd = at[piece], end
		case EnvStrings:
			l.EnvStart, l.EnvEnd = at[piece], end
		}
	}
	at[Zero] = l.pointer(w.at, 16*l.sys.AuxvRoom)
	l.auxv(&at)
	words := le.AppendUint64(nil, uint64(len(l.plan.Argv)))
	words = pointers(words, l.ArgStart, l.plan.Argv)
	words = pointers(words, l.EnvStart, l.plan.req.Envp)
	words = append(words, l.Auxv...)
	if room := 16 * l.sys.AuxvRoom; room > len(l.Auxv) {
		words = append(words, make([]byte, room-len(l.Auxv))...)
	}
	l.SP = l.pointer(w.at, max(len(l.Auxv), 16*l.sys.AuxvRoom))
	w.at = l.SP + uint64(len(words))
	w.push(words)
	if at := at[PSStrings]; at != 0 {
		p := le.AppendUint64(nil, l.SP+8)
		p = le.AppendUint64(p, uint64(len(l.plan.Argv)))
		p = le.AppendUint64(p, l.SP+8*uint64(len(l.plan.Argv)+2))
		p = le.AppendUint64(p, uint64(len(l.plan.req.Envp)))
		w.full = w.full || l.space.Store(at, p) != len(p)
	}
	l.StartStack = l.SP
	if w.full {
		return errno.EFAULT
	}
	return errno.OK
}

// pointer is the stack pointer of a program whose vectors, and so many bytes of auxiliary
// vector, are below an address.
func (l *loader) pointer(at uint64, auxv int) uint64 {
	at = at&^7 - uint64(auxv) - 8*uint64(len(l.plan.Argv)+len(l.plan.req.Envp)+3)
	if l.sys.Tight {
		return at
	}
	return at &^ 15
}

// piece is a piece's bytes.
func (l *loader) piece(p Piece) []byte {
	switch p {
	case Zero:
		return make([]byte, 8)
	case ExecPath:
		return block([]string{l.plan.req.Path})
	case EnvStrings:
		return block(l.plan.req.Envp)
	case ArgStrings:
		return block(l.plan.Argv)
	case PlatformString:
		return block([]string{l.sys.Platform})
	case PSStrings:
		return make([]byte, 32)
	case Canary:
		return bytes.Repeat(l.start.Random[:], 4)
	case PageSizes:
		return le.AppendUint64(le.AppendUint64(le.AppendUint64(nil, vm.PageSize), 2<<20), 0)
	}
	return l.start.Random[:]
}

// pointers appends pointers to the strings of a block, and a null.
func pointers(b []byte, at uint64, all []string) []byte {
	for _, s := range all {
		b = le.AppendUint64(b, at)
		at += uint64(len(s) + 1)
	}
	return le.AppendUint64(b, 0)
}

// auxv makes the auxiliary vector, with the addresses of the pieces.
func (l *loader) auxv(at *[Align16 + 1]uint64) {
	flag := uint64(0)
	if l.start.Secure {
		flag = 1
	}
	base := l.Base
	if l.Interp == nil {
		base = l.Bias
	}
	values := [...]uint64{ProgPhdrs: l.phdrs, ProgPhnum: uint64(l.plan.prog.phnum), ProgEntry: l.ProgEntry, InterpBase: l.Base,
		LoadBase: base, RealUser: uint64(l.start.UID), EffectiveUser: uint64(l.start.EUID), RealGroup: uint64(l.start.GID),
		EffectiveGroup: uint64(l.start.EGID), SecureMode: flag, RandomAt: at[RandomBytes], ExecPathAt: at[ExecPath],
		PlatformAt: at[PlatformString], PSStringsAt: at[PSStrings], CanaryAt: at[Canary], PageSizesAt: at[PageSizes],
		ArgCount: uint64(len(l.plan.Argv)), ArgvAt: at[Zero] + 8, EnvCount: uint64(len(l.plan.req.Envp)),
		EnvvAt: at[Zero] + 8*uint64(len(l.plan.Argv)+2), StackTop: l.plan.place.top, StackLimit: l.plan.req.StackLimit}
	for _, row := range l.sys.Auxv {
		switch {
		case row.Dyn && l.Interp == nil:
			continue
		case row.What == Literal:
		case row.What == SharedPageAt:
			v, ok := l.sharedAt(row.Value)
			if !ok {
				continue
			}
			row.Value = v
		default:
			row.Value = values[row.What]
		}
		l.Aux = append(l.Aux, row)
	}
	l.Aux = append(l.Aux, Row{Tag: ATNull})
	for _, row := range l.Aux {
		l.Auxv = le.AppendUint64(le.AppendUint64(l.Auxv, row.Tag), row.Value)
	}
}

// sharedAt is the address of a shared page.
func (l *loader) sharedAt(n uint64) (uint64, bool) {
	at := l.Result.Shared
	for i, s := range l.sys.Shared {
		if uint64(i) == n {
			return at, true
		}
		at += s.Size
	}
	return 0, false
}
