package linux

// What the modeled kernel costs, and that it costs the same an event with ten threads and with
// a thousand. Figures are of processor time, so that they mean something on a machine that is
// busy.

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/kernel"
	adapter "github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
	engine "github.com/trapline/trapline/tracer"
)

// crowd is a program of so many threads besides the first one, each of which makes a call
// so many times and exits. They need no stack.
func crowd(threads, calls uint32, call string) []byte {
	var b []byte
	imm := func(op byte, v uint32) { b = le.AppendUint32(append(b, op), v) }
	imm(0xbd, threads+1) // mov ebp
	again := len(b)
	b = append(b, 0xff, 0xcd, 0x74, 0) // dec ebp; jz body
	skip := len(b)
	imm(0xb8, uint32(numbers["clone"]))                                                                        // mov eax
	imm(0xbf, cloneVM|cloneFS|cloneFiles|cloneSighand|cloneThread)                                             // mov edi
	b = append(b, 0x31, 0xf6, 0x31, 0xd2, 0x4d, 0x31, 0xd2, 0x4d, 0x31, 0xc0, 0x0f, 0x05, 0x85, 0xc0, 0x75, 0) // xor esi, edx, r10, r8; syscall; test eax; jnz
	b[len(b)-1] = byte(again - len(b))
	b[skip-1] = byte(len(b) - skip)
	imm(0xbb, calls) // mov ebx
	body := len(b)
	imm(0xb8, uint32(numbers[call]))
	b = append(b, 0x31, 0xff, 0x0f, 0x05, 0xff, 0xcb, 0x75, 0) // xor edi; syscall; dec ebx; jnz
	b[len(b)-1] = byte(body - len(b))
	imm(0xb8, uint32(numbers["exit"]))
	return makeELF(append(b, 0x31, 0xff, 0x0f, 0x05), nil)
}

// benchMachine is a machine with a program.
func benchMachine(b *testing.B, c kern.Config, file []byte) (*kern.Machine, *kern.External) {
	c.Chooser = kern.NewChooser(1)
	m := New(c)
	b.Cleanup(m.Close)
	if _, e := m.FS.WriteFile("/prog", file, 0o755); e != errno.OK {
		b.Fatal(e)
	}
	return m, m.NewExternal("outside", kern.Cred{})
}

// launch starts it untraced.
func launch(b *testing.B, m *kern.Machine, x *kern.External) *kern.Proc {
	t, e := x.Spawn(&kern.Spawn{Path: "/prog", Args: []string{"/prog"}, NewGroup: true, Code: stub})
	if e != errno.OK {
		b.Fatal(e)
	}
	t.Start()
	return t.Proc
}

// BenchmarkSlices is a program that computes, in slices as they are in simulations and as they are
// when nobody has to see a race.
func BenchmarkSlices(b *testing.B) {
	spin := makeELF([]byte{0x48, 0xff, 0xc0, 0x48, 0x01, 0xc3, 0x89, 0xd9, 0xd1, 0xe9, 0xeb, 0xf4}, nil)
	for _, row := range []struct {
		name string
		c    kern.Config
	}{{"wild", kern.Config{Yielding: 40}}, {"calm", kern.Config{SliceMin: 5000, SliceMax: 5000}}} {
		b.Run(row.name, func(b *testing.B) {
			m, x := benchMachine(b, row.c, spin)
			launch(b, m, x)
			t := begin(b, m)
			for b.Loop() {
				m.Step()
			}
			b.ReportMetric(float64(m.Stats.Instructions)/(processorTime()-t.began).Seconds(), "instructions/s")
			t.end()
		})
	}
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// meter measures from now on.
type meter struct {
	b             *testing.B
	m             *kern.Machine
	began         time.Duration
	calls, slices uint64
}

func begin(b *testing.B, m *kern.Machine) *meter {
	b.ResetTimer()
	return &meter{b, m, processorTime(), m.Stats.Calls, m.Stats.Slices}
}

func (t *meter) end() {
	spent := processorTime() - t.began
	calls, slices := t.m.Stats.Calls-t.calls, t.m.Stats.Slices-t.slices
	t.b.ReportMetric(float64(calls)/spent.Seconds(), "calls/s")
	t.b.ReportMetric(float64(slices)/spent.Seconds(), "slices/s")
	t.b.ReportMetric(float64(spent.Nanoseconds())/float64(calls+slices), "ns/event")
	t.b.ReportMetric(0, "ns/op")
}

// BenchmarkCrowd is an event (a call, or a slice) in a process of some threads, and in as many
// processes of five.
func BenchmarkCrowd(b *testing.B) {
	for _, call := range []string{"getppid", "sched_yield", "nanosleep"} {
		for _, n := range []int{10, 100, 1000} {
			b.Run(fmt.Sprintf("%s/threads=%d", call, n), func(b *testing.B) {
				m, x := benchMachine(b, kern.Config{Yielding: 40}, crowd(uint32(n), 1<<30, call))
				p := launch(b, m, x)
				m.Run(func() bool { return len(p.Threads) > n }, 0)
				t := begin(b, m)
				for b.Loop() {
					m.Step()
				}
				t.end()
			})
		}
	}
	for _, n := range []int{2, 20, 200} {
		b.Run(fmt.Sprintf("processes=%d", n), func(b *testing.B) {
			m, x := benchMachine(b, kern.Config{Yielding: 40}, crowd(4, 1<<30, "sched_yield"))
			var last *kern.Proc
			for range n {
				last = launch(b, m, x)
			}
			m.Run(func() bool { return len(last.Threads) == 5 }, 0)
			t := begin(b, m)
			for b.Loop() {
				m.Step()
			}
			t.end()
		})
	}
}

// BenchmarkLives is the life of a thread and of a process, among some others.
func BenchmarkLives(b *testing.B) {
	for _, n := range []uint32{10, 100, 1000} {
		b.Run(fmt.Sprintf("threads=%d", n), func(b *testing.B) {
			m, x := benchMachine(b, kern.Config{Yielding: 40}, crowd(n, 1, "getppid"))
			lives, began := 0, processorTime()
			for b.Loop() {
				p := launch(b, m, x)
				m.Run(func() bool { return p.Ended() }, 0)
				lives += int(n)
				m.Reap(p)
			}
			b.ReportMetric(float64((processorTime()-began).Nanoseconds())/float64(lives), "ns/life")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// machineClock is the engine's time.
type machineClock struct{ m *kern.Machine }

func (c machineClock) Now() time.Time { return time.Unix(0, c.m.Now()) }

func (c machineClock) AfterFunc(d time.Duration, f func()) func() {
	callout := c.m.CallAt(c.m.Now()+int64(d), f)
	return func() { c.m.Cancel(callout) }
}

// BenchmarkTrace is the engine on it: all calls of some threads are traced.
func BenchmarkTrace(b *testing.B) {
	const calls = 20
	for _, n := range []uint32{10, 100, 1000} {
		b.Run(fmt.Sprintf("threads=%d", n), func(b *testing.B) {
			events, began := 0, processorTime()
			for b.Loop() {
				m, x := benchMachine(b, kern.Config{Yielding: 40}, crowd(n, calls, "getppid"))
				tr := engine.New(adapter.New(NewSys(m, x)), engine.Options{Mode: kernel.Syscalls, Clock: machineClock{m}})
				if _, err := tr.Launch(&kernel.Launch{Path: "/prog", Args: []string{"/prog"}, NewGroup: true, Foreground: -1}); err != nil {
					b.Fatal(err)
				}
				err := tr.Run(engine.Intent{}, func(*engine.Event) bool { events++; return false })
				if !errors.Is(err, kernel.ErrNoTracees) {
					b.Fatal(err)
				}
				m.Close()
			}
			if events < int(n)*calls*2 {
				b.Errorf("%d events", events)
			}
			b.ReportMetric(float64((processorTime()-began).Nanoseconds())/float64(events), "ns/event")
			b.ReportMetric(0, "ns/op")
		})
	}
}
