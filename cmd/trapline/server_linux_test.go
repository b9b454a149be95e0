package main

// A server that somebody uses, with trapline coming and going: no request may notice.

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/trapline/trapline/internal/testprog"
)

// pythonServer is python's HTTP server of a directory: its process and its address.
func pythonServer(t *testing.T, dir string) (pid int, url string) {
	t.Helper()
	// The interpreter itself: python3 may be a script of a version manager.
	real, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Skipf("python3: %v", err)
	}
	cmd := exec.Command(strings.TrimSpace(string(real)), "-u", "-m", "http.server", "--bind", "127.0.0.1", "0")
	cmd.Dir = dir
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGINT)
		if err := cmd.Wait(); err != nil && testprog.StatusOf(cmd.ProcessState) != "exit 0" {
			t.Errorf("the server ended with %s", testprog.StatusOf(cmd.ProcessState))
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	port := regexp.MustCompile(`port (\d+)`).FindStringSubmatch(line)
	if port == nil {
		t.Fatalf("the server says %q, %v", line, err)
	}
	return cmd.Process.Pid, "http://127.0.0.1:" + port[1]
}

// load asks for a file over and over until told to stop, and counts.
func load(url, want string, stop <-chan struct{}) (n int, err error) {
	client := &http.Client{Timeout: testprog.Patience, Transport: &http.Transport{DisableKeepAlives: true}}
	for {
		select {
		case <-stop:
			return n, nil
		default:
		}
		resp, err := client.Get(url)
		if err != nil {
			return n, err
		}
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil || resp.StatusCode != 200 || string(body) != want {
			return n, fmt.Errorf("request %d: status %d, %d bytes, %v", n, resp.StatusCode, len(body), err)
		}
		n++
	}
}

func TestServerUnderLoad(t *testing.T) {
	trapline := realBinary(t)
	testprog.Leftovers(t)
	dir := t.TempDir()
	text := strings.Repeat("some text\n", 5000)
	if err := os.WriteFile(filepath.Join(dir, "file"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	pid, url := pythonServer(t, dir)
	stop := make(chan struct{})
	type result struct {
		n   int
		err error
	}
	results := make(chan result)
	const clients = 4
	for range clients {
		go func() {
			n, err := load(url+"/file", text, stop)
			results <- result{n, err}
		}()
	}
	for i, way := range []struct {
		args   []string
		script []string
		signal syscall.Signal
		exit   string
		done   string // in the output, when enough has been seen
	}{
		{args: []string{"trace", "-f"}, signal: syscall.SIGINT, exit: "exit 0", done: `accept4\([\s\S]*write|sendto\(`},
		{args: []string{"trace"}, signal: syscall.SIGTERM, exit: "exit 143", done: `accept4\(`},
		{args: []string{"attach", "--batch"}, script: slices.Concat(unhandled, []string{"break write", "ignore 1 1000000", "break malloc", "ignore 2 1000000", "shell echo going >&2", "continue"}),
			signal: syscall.SIGTERM, exit: "exit 143", done: "going"},
	} {
		name := strings.Join(way.args, " ")
		log := filepath.Join(t.TempDir(), fmt.Sprint("log", i))
		f, err := os.Create(log)
		if err != nil {
			t.Fatal(err)
		}
		args := way.args
		if way.script != nil {
			args = append(args, "-x", scriptFile(t, way.script...), fmt.Sprint(pid))
		} else {
			args = append(args, "-p", fmt.Sprint(pid))
		}
		cmd := exec.Command(trapline, args...)
		cmd.Stderr = f
		start(t, cmd)
		seen := regexp.MustCompile(way.done)
		until(t, name+" shows "+way.done, func() bool {
			said, _ := os.ReadFile(log)
			return seen.Match(said)
		})
		time.Sleep(200 * time.Millisecond) // and then work for a while
		cmd.Process.Signal(way.signal)
		e := wait(t, cmd)
		f.Close()
		if e.status != way.exit {
			said, _ := os.ReadFile(log)
			t.Errorf("%s: ended with %s, want %s: %s%.2000s", name, e.status, way.exit, e.stdout, said)
		}
		untouched(t, pid)
	}
	time.Sleep(50 * time.Millisecond)
	close(stop)
	for range clients {
		r := <-results
		if r.err != nil || r.n == 0 {
			t.Errorf("after %d requests: %v", r.n, r.err)
		}
	}
}
