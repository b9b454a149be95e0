// Command httpload serves HTTP on the loopback and loads itself: -n requests by
// -c clients, each answered with the hash of its path, each answer checked. With
// -serve it only serves: it prints its address and ends with its stdin, so that a
// tracer can be attached under load from elsewhere.
package main

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"sync"
	"sync/atomic"
)

func answer(path string) string {
	return fmt.Sprintf("%x\n", sha256.Sum256([]byte(path)))
}

// get asks for one path and checks the answer.
func get(client *http.Client, base, path string) error {
	resp, err := client.Get(base + path)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err == nil && string(body) != answer(path) {
		err = fmt.Errorf("%s: wrong answer %q", path, body)
	}
	return err
}

// load makes n requests by so many clients and returns how many were right.
func load(base string, n, clients int) int64 {
	var next, right atomic.Int64
	var wg sync.WaitGroup
	for range clients {
		wg.Add(1)
		go func() {
			defer wg.Done()
			client := &http.Client{Transport: &http.Transport{}}
			defer client.CloseIdleConnections()
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				if err := get(client, base, fmt.Sprintf("/item/%d", i)); err != nil {
					fmt.Fprintln(os.Stderr, err)
					continue
				}
				right.Add(1)
			}
		}()
	}
	wg.Wait()
	return right.Load()
}

func main() {
	n := flag.Int("n", 500, "requests")
	clients := flag.Int("c", 8, "clients")
	serve := flag.Bool("serve", false, "serve until the end of stdin")
	target := flag.String("load", "", "load the server at this URL instead of our own")
	flag.Parse()
	if *target != "" {
		fmt.Println("requests", load(*target, *n, *clients))
		return
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	base := "http://" + listener.Addr().String()
	go http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.WriteString(w, answer(r.URL.Path))
	}))
	if *serve {
		fmt.Println(base)
		io.Copy(io.Discard, os.Stdin)
		fmt.Println("served")
		return
	}
	fmt.Println("requests", load(base, *n, *clients))
}
