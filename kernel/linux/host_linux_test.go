package linux

import (
	"runtime"
	"syscall"
	"testing"
	"time"
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
