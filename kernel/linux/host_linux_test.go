package linux

import (
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/trapline/trapline/kernel"
)

// A status is read right wherever the goroutine's stack is moved to while Wait is on its way to
// the kernel.
func TestWaitOnMovingStack(t *testing.T) {
	const code = 7
	done := make(chan struct{})
	go func() { // its thread ends with it
		defer close(done)
		h := NewHost()
		for range 40 {
			pid, err := syscall.ForkExec("/bin/sh", []string{"sh", "-c", "exit 7"}, nil)
			if err != nil {
				t.Error(err)
				return
			}
			deep(64)     // from here on the next collection makes the stack smaller
			h.turn.End() // lets others run first, of whom one collects
			collected := make(chan struct{})
			go func() { runtime.GC(); close(collected) }()
			got, status, e := h.Wait(true)
			if got != pid || status != code<<8 || e != 0 {
				t.Errorf("Wait: %d, %#x, %v; want %d, %#x", got, status, e, pid, code<<8)
			}
			<-collected
		}
	}()
	select {
	case <-done:
	case <-time.After(time.Minute):
		t.Fatal("waits for ever")
	}
}

// deep needs about a kilobyte of stack for each level.
//
//go:noinline
func deep(levels int) (sum byte) {
	var room [1024]byte
	if levels > 0 {
		room[levels] = deep(levels - 1)
	}
	for _, b := range room {
		sum += b
	}
	return sum
}

// A child whose tracer ends before it has taken hold of it does not wait for ever.
func TestTracerEndsBeforeChild(t *testing.T) {
	plan, err := newPlan(&kernel.Launch{Path: "/bin/true", Args: []string{"true"}, Foreground: -1})
	if err != nil {
		t.Fatal(err)
	}
	var waits [2]int
	for _, pipe := range []*[2]int{&plan.ready, &waits} {
		if err := syscall.Pipe2(pipe[:], syscall.O_CLOEXEC); err != nil {
			t.Fatal(err)
		}
	}
	plan.waits = waits[1]
	pid, report, e := plan.Start(func() (int, syscall.Errno) { return fork(plan) })
	if e != 0 {
		t.Fatal(e)
	}
	syscall.Read(waits[0], make([]byte, 1))
	for _, fd := range []int{plan.ready[0], plan.ready[1], waits[0], waits[1], report} { // as our end would
		syscall.Close(fd)
	}
	patience := time.AfterFunc(time.Minute, func() { syscall.Kill(pid, syscall.SIGKILL) })
	defer patience.Stop()
	var status syscall.WaitStatus
	if _, err := syscall.Wait4(pid, &status, 0, nil); err != nil || status.ExitStatus() != 127 {
		t.Errorf("it ends with %#x, %v; want exit status 127", status, err)
	}
}
