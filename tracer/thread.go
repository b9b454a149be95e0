package tracer

import (
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
)

// Stopped says whether the thread takes requests.
func (th *Thread) Stopped() bool { return th.state == stopped }

// leads says whether the thread is the one that its process began with.
func (th *Thread) leads() bool { return th.TID == th.Process.first }

// Gone says whether the thread no longer exists.
func (th *Thread) Gone() bool { return th.state == gone }

// Regs reads groups of the thread's registers, once per stop. The set is the
// thread's own: to change it, change a copy and call SetRegs. It returns
// kernel.ErrRunning for a thread that is not stopped and kernel.ErrGone for one that
// died.
func (th *Thread) Regs(want regs.Group) (*regs.Set, error) {
	if missing := want &^ th.regs.Have; missing != 0 {
		if th.state != stopped {
			return nil, kernel.ErrRunning
		}
		if err := th.Process.t.k.Regs(th.TID, &th.regs, missing); err != nil {
			return nil, err
		}
	}
	return &th.regs, nil
}

// SetRegs changes groups of a stopped thread's registers. They reach the kernel when
// the thread goes on. A system call that would be begun again at the old pc is
// given up when pc changes (Linux: orig_rax -1), or the kernel would move the new
// pc back over an instruction that is not a system call; unless orig_rax is changed
// with it: a whole set that is put back takes the call up where it was.
func (th *Thread) SetRegs(set *regs.Set, what regs.Group) error {
	old, err := th.Regs(what)
	if err != nil {
		return err
	}
	if what&regs.General != 0 {
		moved, call := old.G[regs.RIP] != set.G[regs.RIP], old.G[regs.OrigRAX]
		old.G = set.G
		if moved {
			th.moved, th.counted = true, 0
			if set.G[regs.OrigRAX] == call {
				old.G[regs.OrigRAX] = ^uint64(0)
			}
		}
	}
	if what&regs.Extended != 0 {
		old.XSave = append([]byte(nil), set.XSave...)
	}
	if what&regs.Debug != 0 {
		old.DR = set.DR
	}
	th.dirty |= what
	return nil
}

// PC is the address of the thread's next instruction.
func (th *Thread) PC() (uint64, error) {
	set, err := th.Regs(regs.General)
	if err != nil {
		return 0, err
	}
	return set.PC(), nil
}

// setPC moves a thread for the engine's own purposes: back over a trap, or on over an
// emulated instruction.
func (th *Thread) setPC(pc uint64) {
	th.regs.G[regs.RIP] = pc
	th.dirty |= regs.General
}

// flush writes what has changed to the kernel.
func (th *Thread) flush() error {
	if th.debug {
		th.debug = false
		if _, err := th.Regs(regs.Debug); err != nil {
			return err
		}
		th.Process.slots.Registers(&th.regs.DR)
		th.dirty |= regs.Debug
	}
	if th.dirty == 0 {
		return nil
	}
	what := th.dirty
	th.dirty = 0
	return th.Process.t.k.SetRegs(th.TID, &th.regs, what)
}
