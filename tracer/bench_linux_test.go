package tracer

// What a stop costs in the engine itself. `make bench` compares with the floor; pin
// both to one processor (taskset -c 0) or neither.

import (
	"strconv"
	"testing"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
)

func BenchmarkSyscalls(b *testing.B) {
	run := testprog.Run{Args: []string{strconv.Itoa(b.N)}}
	r := launch(b, "getppid", run, Options{Mode: kernel.Syscalls})
	r.hung.Stop()
	n := 0
	b.ResetTimer()
	r.finish(run, Intent{}, func(e *Event) bool { n++; return false })
	b.ReportMetric(float64(n)/float64(b.N), "stops/op")
}

func BenchmarkStep(b *testing.B) {
	r := launch(b, "spin", testprog.Run{}, Options{})
	r.hung.Stop()
	n := 0
	b.ResetTimer()
	if err := r.tr.Run(Intent{Step: r.p.Leader()}, func(e *Event) bool { n++; return n >= b.N }); err != nil {
		b.Fatal(err)
	}
	b.StopTimer()
	r.tr.Close()
}

func BenchmarkBreakpoint(b *testing.B) {
	for _, prog := range []string{"pushcalls", "endbrcalls"} {
		b.Run(prog, func(b *testing.B) {
			run := testprog.Run{Args: []string{strconv.Itoa(b.N)}}
			r := launch(b, prog, run, Options{})
			r.hung.Stop()
			bp := r.tr.Breakpoints.Add(&breakpoints.Breakpoint{Ignore: b.N + 1})
			if err := r.tr.Place(bp, r.p, 0x401000); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			r.finish(run, Intent{}, nil)
			if bp.Hits != b.N {
				b.Errorf("%d hits, want %d", bp.Hits, b.N)
			}
		})
	}
}

func BenchmarkReadGiB(b *testing.B) {
	const size, chunk = 1 << 30, 1 << 20
	prog := testprog.Start(b, "bigmem")
	prog.Expect("ready")
	tr, p := attached(b, prog.PID)
	buf := make([]byte, chunk)
	b.SetBytes(size)
	b.ResetTimer()
	for range b.N {
		for off := uint64(0); off < size; off += chunk {
			if _, err := p.ReadMem(0x100000000000+off, buf); err != nil {
				b.Fatal(err)
			}
		}
	}
	b.StopTimer()
	if err := tr.Close(); err != nil {
		b.Fatal(err)
	}
	prog.Finish()
}
