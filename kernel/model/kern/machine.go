// Package kern is the part of the modeled kernel that all of its systems share: processes
// and threads, their scheduling, signals, jobs, fork, exec and exit.
//
// It is a model of the process system that the BSDs and Linux have, as it is described in
// lectures: proc and thread, fork1, exit1, execve, psignal, issignal, postsig, sendsig. What
// the systems do differently is in a System, a value that owns its tables (system calls,
// signal numbers, frames, errnos) and takes part where a tracer may (Tracing).
//
// # Determinism
//
// A thread is a coroutine with the modeled kernel's code for a stack: it runs until it gives
// the processor away (swtch), and then Machine.Step chooses the next. Everything that a real
// kernel leaves to chance (which thread, for how many instructions, which signal's victim,
// who is reported first) is asked of one Chooser, so that the same seed is the same run and
// the sequence of choices can be recorded, replayed and shortened. There is no host clock,
// goroutine or map order in it; time is counted in instructions.
//
// # A tracer outside
//
// The engine under test is not modeled code. It is a process of the machine all the same (an
// External), with a pid, a parent, credentials and children, whose system calls are Go calls.
// The machine runs while it waits, and a little before each of its requests.
package kern

import (
	"fmt"
	"strings"

	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Config says what machine to make.
type Config struct {
	System  *System
	Chooser *Chooser
	Memory  uint64 // bytes; 0: 1 GiB
	// PIDs is the number of process ids; 0: 32768. The first one is chosen by the seed.
	PIDs int
	// SliceMin and SliceMax bound the instructions a thread is granted at a time; 0: 1 and 400.
	SliceMin, SliceMax int
	// Yielding is how often, of 256 times, a thread is preempted at a point within the kernel
	// where that may matter.
	Yielding int
	// SliceTime is how long, in ns, each slice takes beyond what its instructions do: then a
	// program that spins for a second of modeled time does not spin for one of the host's.
	SliceTime int64
	// AtPause: a slice ends behind a pause instruction if one is near, or where a jump went, as on
	// processors that look for interrupts there.
	AtPause bool
	// ASLR: programs are at places that the seed chooses.
	ASLR bool
	// MaxThreads bounds the threads of the machine; 0: 4096.
	MaxThreads int
}

// Machine is one computer: memory, files, a terminal, processes.
type Machine struct {
	Config
	Mem *vm.Memory
	FS  *fs.FS
	TTY *TTY

	now    int64 // ns since the machine was made
	steps  uint64
	timers timers

	pids     *pidMap
	procs    map[int]*Proc // by pid, zombies too
	threads  map[int]*Thread
	tids     int   // given out, of a system whose threads have ids of their own
	freeTIDs []int // of processes that are no more; the last is the first to be had again
	groups   map[int]*Group
	sessions map[int]*Session
	order    []*Proc // in the order they were made
	Init     *Proc   // adopts orphans

	runq    []*Thread
	current *Thread
	closed  bool
	futexes futexes

	// Unmodeled is the first thing that a program asked for and the model does not have; the
	// machine does not go on after it.
	Unmodeled error
	// Lacks, if it is not nil, is told of such things instead, and the machine goes on: the
	// thread gets SIGILL for an instruction, SIGSYS for a call, which is where it can be
	// looked at.
	Lacks func(error)
	// Outside, if it is not nil, waits for what comes from outside of the machine: with
	// nobody to run, for so many ns, until the next timer is due (negative: there is none);
	// 0: it only looks, now and then while the machine is busy. It says whether the machine
	// is to look again before it lets time pass: somebody was woken, or is to be.
	Outside func(ns int64) bool
	// Probes are called when the instruction at an address was completed, in any process.
	// While it is not nil every instruction is looked at, and the machine is slower.
	Probes map[uint64]func(*Thread)
	// Acted is told of every signal that a thread acts on, before it does.
	Acted func(*Thread, *SigInfo)
	// Log is told of what happens, for people; nil: nobody.
	Log func(string)
	// Stats counts what happened.
	Stats Stats
	// at are things to be done when the machine has made so many steps.
	at []appointment
}

// Stats counts what a machine did since it was made.
type Stats struct {
	Instructions, Slices, Calls, Signals, Handled, Forks, Execs, Exits, Faults uint64
	// Untold counts entries to calls of traced threads that died before anybody was told.
	Untold uint64
	// Astray counts slices of threads whose process is stopped by job control: a tracer has
	// set them going.
	Astray uint64
}

type appointment struct {
	step uint64
	do   func()
}

// Defaults of Config.
const (
	defaultMemory  = 1 << 30
	defaultPIDs    = 32768
	defaultSlice   = 400
	defaultThreads = 4096
)

// lookOutside is after how many steps a busy machine looks outside.
const lookOutside = 1024

// New is a machine with an init process that only waits.
func New(c Config) *Machine {
	if c.Memory == 0 {
		c.Memory = defaultMemory
	}
	if c.PIDs == 0 {
		c.PIDs = defaultPIDs
	}
	if c.SliceMin == 0 {
		c.SliceMin = 1
	}
	if c.SliceMax == 0 {
		c.SliceMax = defaultSlice
	}
	if c.MaxThreads == 0 {
		c.MaxThreads = defaultThreads
	}
	if c.Chooser == nil {
		c.Chooser = NewChooser(0)
	}
	m := &Machine{Config: c, Mem: vm.NewMemory(c.Memory), procs: map[int]*Proc{}, threads: map[int]*Thread{},
		groups: map[int]*Group{}, sessions: map[int]*Session{}, futexes: futexes{}}
	m.FS = fs.New(m.Mem, func() int64 { return m.now })
	m.pids = newPIDMap(c.PIDs, c.Chooser)
	m.Init = m.newExternal(1, "init", nil, Cred{}).Proc
	m.Init.Reaper = true
	c.System.Boot(m)
	return m
}

// Now is the modeled time in nanoseconds.
func (m *Machine) Now() int64 { return m.now }

// Steps is how many scheduling decisions were made so far.
func (m *Machine) Steps() uint64 { return m.steps }

// Logf tells Log.
func (m *Machine) Logf(format string, args ...any) {
	if m.Log != nil {
		m.Log(fmt.Sprintf("%9d.%03dus ", m.now/1000, m.now%1000) + fmt.Sprintf(format, args...))
	}
}

// Close ends all coroutines. The machine cannot run after it.
func (m *Machine) Close() {
	if m.closed {
		return
	}
	m.closed = true
	for _, t := range m.threads {
		if t.stop != nil {
			t.stop()
		}
	}
	m.runq = nil
}

// At has do called before the step with that number, or the next one.
func (m *Machine) At(step uint64, do func()) {
	m.at = append(m.at, appointment{step, do})
}

// Step lets one thread run until it gives the processor away, and says whether there was one,
// or a timer, to let the machine go on.
func (m *Machine) Step() bool {
	if m.closed || m.Unmodeled != nil {
		return false
	}
	m.steps++
	for i := 0; i < len(m.at); i++ {
		if a := m.at[i]; a.step <= m.steps {
			m.at = append(m.at[:i], m.at[i+1:]...)
			i--
			a.do()
		}
	}
	due := m.expire()
	if m.Outside != nil && m.steps%lookOutside == 0 {
		m.Outside(0)
	}
	if len(m.runq) == 0 {
		return due || m.idle() // who waits for what was due is to see it before time passes
	}
	i := 0
	if len(m.runq) > 1 {
		i = m.Chooser.Choose(len(m.runq))
	}
	t := m.runq[i]
	last := len(m.runq) - 1
	m.runq[i] = m.runq[last]
	m.runq = m.runq[:last]
	m.resume(t)
	return true
}

// Run steps until cond holds, and says whether it does: the machine may have come to rest,
// or have made limit steps (0: any number).
func (m *Machine) Run(cond func() bool, limit uint64) bool {
	for n := uint64(0); !cond(); n++ {
		if limit != 0 && n >= limit || !m.Step() {
			return cond()
		}
	}
	return true
}

// NotModeled stops the machine: a program wants what the model does not have.
func (m *Machine) NotModeled(t *Thread, format string, args ...any) {
	m.lacks(t, SigInfo{Signo: m.System.Sig.SYS, Origin: FromKernel}, format, args...)
}

// lacks is NotModeled, with the signal for a thread that goes on.
func (m *Machine) lacks(t *Thread, info SigInfo, format string, args ...any) {
	where := ""
	if t != nil {
		where = fmt.Sprintf(" (process %d %s, thread %d, pc %#x)", t.Proc.PID, t.Proc.Comm, t.TID, t.Regs.RIP)
	}
	err := fmt.Errorf("not modeled: %s%s", strings.TrimSpace(fmt.Sprintf(format, args...)), where)
	switch {
	case m.Lacks != nil && t != nil:
		m.Lacks(err)
		t.Force(info)
	case m.Unmodeled == nil:
		m.Unmodeled = err
	}
}
