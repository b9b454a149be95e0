package freebsd_test

// Programs that Go builds for FreeBSD run on the model to their end: the runtime's start (threads,
// signal stacks, umtx, sysctl), files, pipes through its poller (kqueue), other processes.

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/trapline/trapline/kernel/model"
)

const goProgram = `package main

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"time"
)

func check(err error) {
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func main() {
	if len(os.Args) > 1 {
		fmt.Println("child", os.Args[1])
		os.Exit(3)
	}
	c := make(chan int)
	for i := range 4 {
		go func() { runtime.LockOSThread(); c <- i }()
	}
	sum := 0
	for range 4 {
		sum += <-c
	}
	fmt.Println("threads", sum)
	dir, err := os.MkdirTemp("", "x")
	check(err)
	file := filepath.Join(dir, "file")
	check(os.WriteFile(file, []byte("some text"), 0o640))
	st, err := os.Stat(file)
	check(err)
	entries, err := os.ReadDir(dir)
	check(err)
	fmt.Println("file", st.Size(), st.Mode(), len(entries), entries[0].Name())
	check(os.RemoveAll(dir))
	r, w, err := os.Pipe()
	check(err)
	go func() { time.Sleep(time.Millisecond); w.Write([]byte("through a pipe")); w.Close() }()
	b, err := io.ReadAll(r)
	check(err)
	fmt.Println(string(b))
	path, err := os.Executable()
	check(err)
	out, err := exec.Command(path, "argument").CombinedOutput()
	fmt.Print(string(out), err, "\n")
	runtime.GC()
}
`

const goOutput = `threads 6
file 9 -rw-r----- 1 file
through a pipe
child argument
exit status 3
`

func TestGoProgram(t *testing.T) {
	tool, err := exec.LookPath("go")
	if err != nil {
		t.Skip("no go command here to build a program with")
	}
	dir := t.TempDir()
	source, path := filepath.Join(dir, "main.go"), filepath.Join(dir, "program")
	if err := os.WriteFile(source, []byte(goProgram), 0o600); err != nil {
		t.Fatal(err)
	}
	build := exec.Command(tool, "build", "-o", path, source)
	build.Dir, build.Env = dir, append(os.Environ(), "GOOS=freebsd", "GOARCH=amd64", "CGO_ENABLED=0", "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for seed := range uint64(4) {
		out, err := model.Run(model.Options{System: "freebsd", Seed: seed, Calm: seed == 0}, path, nil, []string{"TMPDIR=/tmp"})
		if err != nil || out.Status != "exit 0" || out.Stdout != goOutput {
			t.Errorf("seed %d: %v, %s\n%s%s", seed, err, out.Status, out.Stdout, out.Stderr)
		}
	}
}
