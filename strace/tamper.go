// Tampering: what an injection does to a call, at its stops.

package strace

import (
	"fmt"
	"time"

	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/regs"
	"github.com/trapline/trapline/syscalls"
	"github.com/trapline/trapline/tracer"
)

// tampering is what goes on with the calls of one thread.
type tampering struct {
	counts  []int      // by injection: calls seen
	now     *injection // of the call the thread is in
	skipped bool       // the call was not made
	sent    int        // a signal of ours that has not come yet
	poked   bool       // memory was written

	abi  *syscalls.ABI // of the call the thread is in, as calltrace.Entered has it
	nr   uint64
	args [6]uint64
}

// tamperer applies the injections of a command line.
type tamperer struct {
	rules   []injection
	traced  *syscalls.Set // only these are tampered with; nil: all
	message func(string)  // tells what could not be done
	threads map[kernel.TID]*tampering
	started bool // what we launched has become the program: the exec by which it does is ours and is let be
}

func newTamperer(rules []injection, traced *syscalls.Set, message func(string)) *tamperer {
	return &tamperer{rules: rules, traced: traced, message: message, threads: map[kernel.TID]*tampering{}}
}

// choose finds the rule that applies to the call a thread enters, and counts it.
func (t *tamperer) choose(th *tracer.Thread) *tampering {
	s := t.threads[th.TID]
	if s == nil {
		s = &tampering{counts: make([]int, len(t.rules))}
		t.threads[th.TID] = s
	}
	s.now, s.skipped = nil, false
	if th.Process.Launched && !t.started {
		return s
	}
	s.abi, s.nr, s.args = calltrace.Entered(th)
	for i := range t.rules {
		r := &t.rules[i]
		if !r.calls.Has(s.abi, s.nr) || t.traced != nil && !t.traced.Has(s.abi, s.nr) {
			continue
		}
		s.counts[i]++
		if r.due(s.counts[i]) {
			s.now = r // as with sets, the last word counts
		} else {
			s.now = nil
		}
	}
	return s
}

// prepare writes what is to be printed with the call.
func (t *tamperer) prepare(th *tracer.Thread) {
	s := t.choose(th)
	s.poked = s.now != nil && t.writePokes(th, s, s.now.pokeEnter)
}

// enter does what is to be done before the call. It comes after the call was printed.
func (t *tamperer) enter(th *tracer.Thread) {
	s := t.threads[th.TID]
	r := s.now
	if r == nil {
		return
	}
	if r.hasError || r.hasRet {
		s.skipped = true
		nr := ^uint64(0)
		if r.call != "" {
			if n, ok := calltrace.ABIOf(th.Call.ABI).Number(r.call); ok {
				nr = n
			}
		}
		setRegister(th, regs.OrigRAX, nr)
	}
	if r.signal != 0 {
		th.Signal, s.sent = kernel.Signal(r.signal), r.signal
	}
	time.Sleep(r.delayEnter)
}

// exit changes the result before it is printed, and says what to add to the line.
func (t *tamperer) exit(th *tracer.Thread) string {
	s := t.threads[th.TID]
	if s == nil || s.now == nil {
		return ""
	}
	r := s.now
	s.now = nil
	s.poked = t.writePokes(th, s, r.pokeExit) || s.poked
	switch {
	case r.hasError:
		setResult(th, -int64(r.errno), true)
	case r.hasRet:
		setResult(th, r.ret, false)
	}
	time.Sleep(r.delayExit)
	return r.note(s.skipped, s.poked)
}

// signalled makes a signal of ours look as if the kernel had sent it, which is how the requests
// of a tracer that strace uses have it.
func (t *tamperer) signalled(e *tracer.Event) {
	s := t.threads[e.Thread.TID]
	if s == nil || s.sent == 0 || int(e.Stop.Signal) != s.sent {
		return
	}
	s.sent = 0
	raw := e.Stop.Info.Raw[:]
	clear(raw[8:])
	raw[8] = siKernel
	e.Stop.Info.Code = siKernel
}

const pageSize = 4096

const siKernel = 0x80 // SI_KERNEL, asm-generic/siginfo.h

// note is what strace puts behind the result.
func (in *injection) note(ret, args bool) string {
	text := ""
	switch {
	case args && ret:
		text = " (INJECTED: args, retval)"
	case args:
		text = " (INJECTED: args)"
	case ret:
		text = " (INJECTED)"
	}
	if in.delayEnter > 0 || in.delayExit > 0 {
		text += " (DELAYED)"
	}
	return text
}

func setResult(th *tracer.Thread, v int64, failed bool) {
	if calltrace.ABIOf(th.Call.ABI) == syscalls.I386 {
		v = int64(int32(v))
	}
	setRegister(th, regs.RAX, uint64(v))
	th.Call.Ret, th.Call.Failed = v, failed
}

func setRegister(th *tracer.Thread, id regs.ID, v uint64) {
	set, err := th.Regs(regs.General)
	if err != nil {
		return
	}
	changed := *set
	changed.G[id] = v
	_ = th.SetRegs(&changed, regs.General) // a thread that died takes nothing
}

// writePokes says whether anything was written: not where nothing is mapped.
func (t *tamperer) writePokes(th *tracer.Thread, s *tampering, pokes []poke) (any bool) {
	row := s.abi.Lookup(s.nr)
	for _, p := range pokes {
		if row != nil && p.arg >= row.Args(s.abi) {
			t.message(fmt.Sprintf("Failed to tamper with process %d: requested to tamper with argument #%d, but system call '%s' has only %d arguments",
				th.TID, p.arg+1, row.Name, row.Args(s.abi)))
			continue
		}
		if p.arg >= len(s.args) {
			continue
		}
		at := s.args[p.arg]
		switch done := writePages(th, at, p.data); {
		case done == 0:
			t.message(fmt.Sprintf("Failed to tamper with process %d: couldn't poke", th.TID))
		case done < len(p.data):
			t.message(fmt.Sprintf("pid:%d short write (%d < %d) @%#x: Bad address", th.TID, done, len(p.data), at))
			any = true
		default:
			any = true
		}
	}
	return any
}

// writePages writes page by page up to where nothing can be written, and says how much that was.
func writePages(th *tracer.Thread, at uint64, data []byte) (done int) {
	for done < len(data) {
		n := min(len(data)-done, pageSize-int(at%pageSize))
		wrote, _ := th.Process.WriteMem(at, data[done:done+n])
		done, at = done+wrote, at+uint64(wrote)
		if wrote < n {
			break
		}
	}
	return done
}
