package tracer_test

// The kernel below, for the tests of freebsd_test.go.

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	adapter "github.com/trapline/trapline/kernel/freebsd"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
)

func init() {
	kernels = append(kernels, struct {
		name string
		open func(t *testing.T) *bsd
	}{"host", openHost})
}

// patience is how long a test may take. A debugger that waits for what does not come is ended by the
// end of its tracees.
const patience = 60 * time.Second

func openHost(t *testing.T) *bsd {
	t.Helper()
	hung := time.AfterFunc(patience, func() {
		t.Errorf("it hung for %v", patience)
		replay.EndOurs(replay.NewHost(), nil)
	})
	t.Cleanup(func() { hung.Stop() })
	dir := t.TempDir()
	return &bsd{t: t, kernel: adapter.New(adapter.NewHost()), own: os.Getpid(),
		put: func(name string, image []byte) string {
			path := filepath.Join(dir, name)
			if err := os.WriteFile(path, image, 0o755); err != nil {
				t.Fatal(err)
			}
			return path
		},
		start: func(path string) int {
			null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
			if err != nil {
				t.Fatal(err)
			}
			defer null.Close()
			fd := null.Fd()
			pid, err := syscall.ForkExec(path, []string{"tracee"}, &syscall.ProcAttr{Env: []string{"A=1"}, Files: []uintptr{fd, fd, fd}})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { syscall.Kill(pid, syscall.SIGKILL); syscall.Wait4(pid, nil, syscall.WNOHANG, nil) })
			return pid
		},
		pass: func() { time.Sleep(20 * time.Millisecond) },
		kill: func(pid, sig int) { syscall.Kill(pid, syscall.Signal(sig)) },
		end: func(pid int) string {
			var status syscall.WaitStatus
			for {
				got, err := syscall.Wait4(pid, &status, 0, nil)
				if err == syscall.EINTR {
					continue
				}
				if err != nil || got != pid {
					t.Fatalf("wait for %d: %d, %v", pid, got, err)
				}
				return ending(uint32(status))
			}
		},
	}
}
