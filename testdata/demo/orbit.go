// The program that the demonstration debugs where there is no C compiler: how long
// the Collatz orbit of a number is.
package main

import (
	"fmt"
	"os"
	"strconv"
)

func next(n int) int {
	if n%2 == 0 {
		return n / 2
	}
	return 3*n + 1
}

func orbit(n int) (steps int) {
	for n != 1 {
		n = next(n)
		steps++
	}
	return steps
}

func main() {
	n := 27
	if len(os.Args) > 1 {
		n, _ = strconv.Atoi(os.Args[1])
	}
	steps := orbit(n)
	fmt.Printf("the orbit of %d has %d steps\n", n, steps)
}
