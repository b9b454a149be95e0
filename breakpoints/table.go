// Package breakpoints keeps the books of stop-points: what the user asked for
// (Breakpoint), and what that means in the memory of one address space (Site).
// It knows a memory of two methods and nothing of processes or ptrace.
//
// A breakpoint is the user's: a number, where it was asked for, conditions, a hit
// counter. A site is an address whose first byte has been replaced by int3 and the
// byte that belongs there. A breakpoint owns one site per address it resolves to in
// every address space; two breakpoints at one address share the site, and the
// original byte returns when the last of them lets go.
package breakpoints

import (
	"fmt"
	"slices"
)

// Kind is how a breakpoint stops a thread.
type Kind uint8

// The kinds. All but the first and the last use a debug register (Intel SDM vol. 3, 18.2).
const (
	Software  Kind = iota // int3 in the text
	Execute               // hardware, on execution
	Write                 // hardware, on a write that may change the value
	ReadWrite             // hardware, on a read or a write
	Read                  // hardware, on a read: x86 has only read-or-write, so changes are discarded
	Sampled               // on a change: the program makes single steps, and the value is looked at after each
)

var kindNames = []string{"breakpoint", "hw breakpoint", "hw watchpoint", "acc watchpoint", "read watchpoint", "watchpoint"}

func (k Kind) String() string { return kindNames[k] }

// Hardware says whether the kind needs a debug register.
func (k Kind) Hardware() bool { return k != Software && k != Sampled }

// Watch says whether the kind watches data.
func (k Kind) Watch() bool { return k >= Write }

// Location is one address of one process that a breakpoint stands at.
type Location struct {
	PID  int
	Addr uint64
}

// Breakpoint is one stop-point as the user sees it. Locations and Enabled are changed
// by the engine that also changes the tracee; the rest is the owner's to set.
type Breakpoint struct {
	ID        int
	Kind      Kind
	Locations []Location // empty while Pending
	Len       int        // bytes watched: 1, 2, 4 or 8, or any number up to 8 if they are Sampled; 1 for code
	Spec      string     // what the user wrote
	Enabled   bool
	Temporary bool // deleted when it stops the program
	Internal  bool // of the debugger itself: not listed, not numbered
	Pending   bool // Spec names nothing loaded yet
	Ignore    int  // hits still to be passed over
	Hits      int
	Thread    int    // TID it is limited to; 0 any
	Cond      string // expression text, "" none
	// Check decides whether a hit stops the program: the compiled Cond. nil stops.
	// It runs while only the thread that hit is stopped.
	Check func(hit Hit) (bool, error)
	// Commands are run by the face when it stops.
	Commands []string
	Old, New uint64 // watchpoints: the value before and after the last change
}

// Hit is one arrival at a breakpoint.
type Hit struct {
	PID, TID int
	Addr     uint64
}

// Table is the user's breakpoints of one session, by number from 1.
type Table struct {
	all  []*Breakpoint
	next int
}

// Add numbers a breakpoint and takes it into the table, enabled.
func (t *Table) Add(b *Breakpoint) *Breakpoint {
	if !b.Internal {
		t.next++
		b.ID = t.next
	}
	if b.Len == 0 {
		b.Len = 1
	}
	b.Enabled = true
	t.all = append(t.all, b)
	return b
}

// Delete takes a breakpoint out; its number is not used again.
func (t *Table) Delete(b *Breakpoint) {
	t.all = slices.DeleteFunc(t.all, func(x *Breakpoint) bool { return x == b })
}

// Get finds a breakpoint by its number.
func (t *Table) Get(id int) (*Breakpoint, error) {
	for _, b := range t.all {
		if b.ID == id && !b.Internal {
			return b, nil
		}
	}
	return nil, fmt.Errorf("no breakpoint number %d", id)
}

// All is every breakpoint, the debugger's own included, in the order of creation.
func (t *Table) All() []*Breakpoint { return t.all }

// Listed is the user's breakpoints.
func (t *Table) Listed() []*Breakpoint {
	var out []*Breakpoint
	for _, b := range t.all {
		if !b.Internal {
			out = append(out, b)
		}
	}
	return out
}

// At appends to dst the enabled breakpoints of either sort that stand at a location.
func (t *Table) At(dst []*Breakpoint, at Location, hardware bool) []*Breakpoint {
	for _, b := range t.all {
		if b.Enabled && b.Kind != Sampled && b.Kind.Hardware() == hardware && slices.Contains(b.Locations, at) {
			dst = append(dst, b)
		}
	}
	return dst
}

// Arrive books one hit of an enabled breakpoint and says whether it stops the
// program. A condition that cannot be evaluated stops it, with the error: going on
// silently would hide both.
func (b *Breakpoint) Arrive(h Hit) (stop bool, err error) {
	if !b.Enabled || b.Thread != 0 && b.Thread != h.TID {
		return false, nil
	}
	if b.Check != nil {
		if ok, err := b.Check(h); err != nil {
			b.Hits++
			return true, fmt.Errorf("condition of breakpoint %d (%s): %w", b.ID, b.Cond, err)
		} else if !ok {
			return false, nil
		}
	}
	b.Hits++
	if b.Ignore > 0 {
		b.Ignore--
		return false, nil
	}
	return true, nil
}
