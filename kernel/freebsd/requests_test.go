package freebsd_test

// How many requests a stop costs, counted on the modeled kernel, beside what truss makes for the
// same program: truss waits (waitid), asks PT_LWPINFO, at an entry PT_GET_SC_ARGS if the call has
// arguments, at an exit PT_GET_SC_RET, reads what the call's arguments point to, and goes on by
// PT_SYSCALL (usr.bin/truss/setup.c, eventloop, enter_syscall and exit_syscall).

import (
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/trapline/trapline/breakpoints"
	"github.com/trapline/trapline/calltrace"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
	"github.com/trapline/trapline/tracer"
)

// rounds is how often the programs do what is counted.
const rounds = 100

// loop does something that often, and exits.
func loop(body func(a *replay.Asm)) []byte {
	a := replay.NewAsm()
	a.L("_start")
	a.Str("text", "some text\n")
	a.Mov(replay.R12, rounds)
	a.L("loop")
	body(a)
	a.B(0x49, 0xff, 0xcc) // dec r12
	a.Jnz("loop")
	a.Exit(0)
	return a.Link("loop").Image
}

// counted runs a program under the engine, and is the requests that each round made.
func counted(t *testing.T, image []byte, o tracer.Options, place func(*tracer.Tracer, *tracer.Process), handler func(*tracer.Tracer) tracer.Handler) map[string]float64 {
	t.Helper()
	b := newBridge(t, 2)
	b.m.FS.WriteFile("/w/loop", image, 0o755)
	tr := tracer.New(freebsd.New(b), o)
	p, err := tr.Launch(&kernel.Launch{Path: "/w/loop", Args: []string{"loop"}})
	if err != nil {
		t.Fatal(err)
	}
	if place != nil {
		place(tr, p)
	}
	clear(b.count)
	waits := b.waits
	if err := tr.Run(tracer.Intent{}, handler(tr)); err != kernel.ErrNoTracees {
		t.Fatal(err)
	}
	each := map[string]float64{"wait": float64(b.waits-waits) / rounds}
	for req, n := range b.count {
		each[raw.RequestName(req)] = float64(n) / rounds
	}
	return each
}

// sum is what they are together, and text what they are, without what is not of each round.
func sum(each map[string]float64) (n float64) {
	for _, v := range each {
		n += v
	}
	return n
}

func text(each map[string]float64) string {
	var out []string
	for _, name := range []string{"wait", "PT_LWPINFO", "PT_GET_SC_ARGS", "PT_GET_SC_RET", "PT_GETREGS", "PT_GETREGSET", "PT_SETREGS", "PT_IO", "PT_STEP", "PT_CONTINUE"} {
		if v := each[name]; v >= 0.5 {
			out = append(out, fmt.Sprintf("%s %.0f", name, v))
		}
	}
	return strings.Join(out, ", ")
}

// slack is what the beginning and the end of a run may add, of each round.
const slack = 0.2

// TestRequestsOfCalls: no more than truss's for a call without arguments, one with, and one with
// memory to read.
func TestRequestsOfCalls(t *testing.T) {
	for _, c := range []struct {
		name  string
		body  func(a *replay.Asm)
		truss float64 // an entry and an exit
	}{
		{"getpid", func(a *replay.Asm) { a.Sys(20) }, 3 + 4},
		{"close(9999)", func(a *replay.Asm) { a.Sys(6, 9999) }, 4 + 4},
		{"write(9999, text, 10)", func(a *replay.Asm) { a.Sys(4, 9999, replay.Ref("text"), 10) }, 4 + 1 + 4}, // and PT_IO
	} {
		t.Run(c.name, func(t *testing.T) {
			each := counted(t, loop(c.body), tracer.Options{Mode: kernel.Syscalls}, nil, func(tr *tracer.Tracer) tracer.Handler {
				live := calltrace.NewLive(calltrace.New(io.Discard, tr.OS(), calltrace.Options{}))
				return live.Handle
			})
			t.Logf("a call: %.1f requests: %s; truss %.0f", sum(each), text(each), c.truss)
			if got := sum(each); got > c.truss+slack {
				t.Errorf("%.2f requests, truss makes %.0f: %v", got, c.truss, each)
			}
		})
	}
}

// TestRequestsOfBreakpoints: a breakpoint whose condition is false.
func TestRequestsOfBreakpoints(t *testing.T) {
	for _, c := range []struct {
		name string
		body []byte
		most float64
	}{
		{"nop", []byte{0x90}, 5},
		{"mov", []byte{0x48, 0x89, 0xc3}, 7}, // its bytes are looked at, and it is carried out on the registers
	} {
		t.Run(c.name, func(t *testing.T) {
			hits := 0
			image := loop(func(a *replay.Asm) { a.B(c.body...) })
			each := counted(t, image, tracer.Options{}, func(tr *tracer.Tracer, p *tracer.Process) {
				b := tr.Breakpoints.Add(&breakpoints.Breakpoint{Enabled: true, Check: func(breakpoints.Hit) (bool, error) { hits++; return false, nil }})
				if err := tr.Place(b, p, 0x400206); err != nil { // "loop"
					t.Fatal(err)
				}
			}, func(*tracer.Tracer) tracer.Handler { return func(*tracer.Event) bool { return false } })
			t.Logf("a hit: %.1f requests: %s", sum(each), text(each))
			if hits != rounds {
				t.Errorf("%d hits, want %d", hits, rounds)
			}
			if got := sum(each); got > c.most+slack {
				t.Errorf("%.2f requests, want %.0f: %v", got, c.most, each)
			}
		})
	}
}
