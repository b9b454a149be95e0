// Command goroutines runs many goroutines on several threads: channels, mutexes,
// timers, a deferred recover, a nil dereference turned into a panic by the
// runtime's own SIGSEGV handler, garbage collections. The runtime preempts with
// SIGURG all the while: each must be passed on.
package main

import (
	"fmt"
	"runtime"
	"sync"
	"time"
)

//go:noinline
func work(n int) int {
	sum := 0
	for i := range n {
		sum += i
	}
	return sum
}

type node struct {
	next  *node
	value int
}

//go:noinline
func deref(n *node) (value int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %v", r)
		}
	}()
	return n.next.value, nil
}

func main() {
	runtime.GOMAXPROCS(4)
	var wg sync.WaitGroup
	var mu sync.Mutex
	total := 0
	for g := range 100 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			sum := 0
			for range 20 {
				sum += work(g)
			}
			mu.Lock()
			total += sum
			mu.Unlock()
		}()
	}
	wg.Wait()
	fmt.Println("total", total)

	// Goroutines that compute while the collector wants to stop the world: the
	// runtime preempts them by signals.
	spun := make(chan int)
	for range 4 {
		go func() {
			n := 0
			for end := time.Now().Add(30 * time.Millisecond); time.Now().Before(end); {
				n = work(100000)
			}
			spun <- n
		}()
	}
	for range 5 {
		runtime.GC()
	}
	for range 4 {
		if n := <-spun; n != 100000*99999/2 {
			fmt.Println("wrong sum", n)
		}
	}
	fmt.Println("collected")

	_, err := deref(&node{})
	fmt.Println(err)
}
