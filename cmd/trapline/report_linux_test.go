package main

// trapline trace --report: the page of real processes and of modeled ones, however the trace ends.

import (
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// reportData is some of the data of a page.
type reportData struct {
	Title   string
	Chosen  string
	Strings []string
	Calls   struct{ Thread, Duration []int64 }
	Files   struct{ Name, Calls []int }
	Peers   struct{ Name []int }
	Errors  struct{ Name []int }
	Frames  struct{ Name []int }
	Threads struct{ TID []int }

	Processes struct{ PID, Parent, Ending []int }
}

func (d *reportData) names(of []int) (names []string) {
	for _, i := range of {
		names = append(names, d.Strings[i])
	}
	return names
}

func readReport(t *testing.T, file string) (d reportData) {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, text, ok := strings.Cut(string(page), `id="data">`)
	text, _, ended := strings.Cut(text, "<")
	if !ok || !ended || !strings.HasSuffix(string(page), "</html>\n") {
		t.Fatalf("%s is no whole page: %d bytes", file, len(page))
	}
	z, err := gzip.NewReader(base64.NewDecoder(base64.StdEncoding, strings.NewReader(text)))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.NewDecoder(z).Decode(&d); err != nil {
		t.Fatal(err)
	}
	return d
}

func TestTraceReport(t *testing.T) {
	const text = `cat </dev/null; cd /etc; cat passwd >/dev/null; sh -c 'kill -TERM $$'; echo x >no/such; exit 3`
	for _, choice := range []string{"host", "model,seed=2"} {
		t.Run(choice, func(t *testing.T) {
			file := filepath.Join(t.TempDir(), "page.html")
			args := []string{"trace", "-f", "-k", "--report", file, "sh", "-c", text}
			cmd := exec.Command(realBinary(t), args...)
			if choice != "host" {
				cmd = onModel(t, choice, args...)
			}
			e := finish(t, cmd)
			if e.status != "exit 3" || strings.Contains(e.stderr, "execve(") {
				t.Fatalf("status %s\n%s", e.status, e.stderr)
			}
			d := readReport(t, file)
			if d.Title != "sh -c "+text {
				t.Errorf("the title is %q", d.Title)
			}
			files := d.names(d.Files.Name)
			for _, name := range []string{"/dev/null", "/etc/passwd", "/etc/no/such"} { // the last two as the directory was then
				if !slices.Contains(files, name) {
					t.Errorf("%s is not among the files: %q", name, files)
				}
			}
			if ends := d.names(d.Processes.Ending); len(ends) < 3 || !slices.Contains(ends, "killed by SIGTERM") || ends[0] != "exited with 3" {
				t.Errorf("processes end as %q", ends)
			}
			if !slices.ContainsFunc(d.names(d.Errors.Name), func(s string) bool { return strings.HasSuffix(s, "\x00ENOENT\x00/etc/no/such") }) {
				t.Errorf("errors: %q", d.names(d.Errors.Name))
			}
			if !slices.Contains(d.names(d.Frames.Name), "openat") || len(d.Frames.Name) < 20 {
				t.Errorf("stacks have the frames %q", d.names(d.Frames.Name))
			}
		})
	}
}

// ^C ends a trace of a process that was attached to, and the page is written; so is it when what was
// launched is ended by a signal to us.
func TestTraceReportEnds(t *testing.T) {
	sleeper := exec.Command("sleep", "1000")
	start(t, sleeper)
	for _, row := range []struct {
		args   []string
		signal unix.Signal
		want   string
	}{
		{[]string{"-p", strconv.Itoa(sleeper.Process.Pid)}, unix.SIGINT, "exit 0"},
		{[]string{"sh", "-c", "echo ready >ready; exec sleep 1000"}, unix.SIGTERM, "exit 143"},
	} {
		dir := t.TempDir()
		cmd := exec.Command(realBinary(t), append([]string{"trace", "--report", "page.html"}, row.args...)...)
		cmd.Dir = dir
		start(t, cmd)
		until(t, "it is traced", func() bool {
			if row.args[0] == "-p" {
				status, _ := os.ReadFile("/proc/" + row.args[1] + "/status")
				return !strings.Contains(string(status), "TracerPid:\t0\n")
			}
			_, err := os.Stat(filepath.Join(dir, "ready"))
			return err == nil
		})
		if err := cmd.Process.Signal(row.signal); err != nil {
			t.Fatal(err)
		}
		if e := wait(t, cmd); e.status != row.want {
			t.Errorf("%v: status %s, want %s\n%s", row.args, e.status, row.want, e.stderr)
		}
		if d := readReport(t, filepath.Join(dir, "page.html")); len(d.Threads.TID) != 1 {
			t.Errorf("%v: %d threads", row.args, len(d.Threads.TID))
		}
	}
	if err := sleeper.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	wait(t, sleeper)
}

// A page of some calls says which.
func TestTraceReportChosen(t *testing.T) {
	file := filepath.Join(t.TempDir(), "page.html")
	args := []string{"trace", "-e", "openat,execve", "-Z", "--where", "path ~ '/no/*'", "--slower", "1ns", "--report", file, "cat", "/no/such"}
	if e := finish(t, exec.Command(realBinary(t), args...)); e.status != "exit 1" {
		t.Fatalf("status %s\n%s", e.status, e.stderr)
	}
	d := readReport(t, file)
	if want := `-e openat,execve --where "path ~ '/no/*'" --slower 1ns -Z`; d.Chosen != want || len(d.Calls.Thread) != 1 {
		t.Errorf("%d calls chosen by %q, want one by %q", len(d.Calls.Thread), d.Chosen, want)
	}
}

// Peers are told without the tables of all sockets being read.
func TestTraceReportPeers(t *testing.T) {
	if _, err := exec.LookPath("python3"); err != nil {
		t.Skip("there is no python3")
	}
	file := filepath.Join(t.TempDir(), "page.html")
	prog := `import socket
s = socket.socket(); s.bind(("127.0.0.1", 0)); s.listen()
c = socket.create_connection(s.getsockname()); a, _ = s.accept()
c.send(b"x" * 100); a.recv(200); print(s.getsockname()[1])`
	e := finish(t, exec.Command(realBinary(t), "trace", "-f", "--report", file, "python3", "-c", prog))
	if e.status != "exit 0" {
		t.Fatalf("status %s\n%s", e.status, e.stderr)
	}
	d := readReport(t, file)
	peers := d.names(d.Peers.Name)
	for _, want := range []string{"TCP 127.0.0.1:" + strings.TrimSpace(e.stdout), "TCP 127.0.0.1:" + strings.TrimSpace(e.stdout) + " (local)"} {
		if !slices.Contains(peers, want) {
			t.Errorf("no %s among the peers: %q", want, peers)
		}
	}
}
