// Command hop calls functions in which its main goroutine changes to another thread, or to
// another stack: whoever steps over them, or finishes them, must find it there.
package main

import (
	"fmt"
	"runtime"
	"syscall"
	"time"
)

// hop returns on another thread than it was called on.
//
//go:noinline
func hop() int {
	from := syscall.Gettid()
	for syscall.Gettid() == from {
		time.Sleep(time.Millisecond)
		runtime.Gosched()
	}
	return 1
}

// deep makes the stack grow, so that it moves.
//
//go:noinline
func deep(n int) int {
	var big [1000]byte
	if n > 0 {
		return deep(n-1) + 1 + int(big[n])
	}
	return hop()
}

// spin keeps the threads busy, with the same calls as the main goroutine.
func spin() {
	for {
		runtime.Gosched()
	}
}

func main() {
	runtime.GOMAXPROCS(4)
	for range 3 {
		go spin()
	}
	n := hop()
	n += deep(500)
	n += hop()
	fmt.Println(n)
}
