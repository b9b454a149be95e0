// Command osexec starts programs the way Go does (clone with CLONE_VFORK and
// CLONE_VM from a thread of many, then exec): itself, several times at once, with
// pipes, exit codes and a death by signal.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
)

// child is what the program does when it was started by itself.
func child(how string) {
	switch how {
	case "upper":
		var line string
		fmt.Scanln(&line)
		fmt.Println(strings.ToUpper(line))
	case "exit":
		os.Exit(9)
	case "die":
		syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	}
}

func upper(text string) string {
	cmd := exec.Command(os.Args[0], "upper")
	cmd.Stdin = strings.NewReader(text + "\n")
	out, err := cmd.Output()
	if err != nil {
		return err.Error()
	}
	return strings.TrimSpace(string(out))
}

func main() {
	if len(os.Args) > 1 {
		child(os.Args[1])
		return
	}
	words := []string{"alpha", "beta", "gamma", "delta", "epsilon", "zeta"}
	var wg sync.WaitGroup
	for i := range words {
		wg.Add(1)
		go func() {
			defer wg.Done()
			words[i] = upper(words[i])
		}()
	}
	wg.Wait()
	fmt.Println(strings.Join(words, " "))
	fmt.Println(exec.Command(os.Args[0], "exit").Run())
	fmt.Println(exec.Command(os.Args[0], "die").Run())
	fmt.Println(exec.Command("/no/such/program").Run())
}
