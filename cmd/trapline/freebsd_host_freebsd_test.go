package main

// The kernel below, for freebsd_test.go, and what only a real one has: processes that are not ours
// from their start.

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/trapline/trapline/kernel/freebsd"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
	"github.com/trapline/trapline/procfs"
)

func init() {
	bsdKernels = append(bsdKernels, struct {
		name string
		args []string
	}{"host", nil})
}

// processes is what the kernel tells of its processes.
func processes() *procfs.FS { return freebsd.New(freebsd.NewHost()).Procfs() }

// victim is a process that spins, and where.
func victim(t *testing.T) (cmd *exec.Cmd, labels map[string]uint64) {
	t.Helper()
	path, labels := bsdProgram(t, "spinner", func(a *replay.Asm) {
		a.L("loop")
		a.Call("f")
		a.Jmp("loop")
		a.L("f")
		a.Nop(1)
		a.Ret()
	})
	cmd = exec.Command(path)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { cmd.Process.Kill(); cmd.Wait() })
	return cmd, labels
}

// checkFree checks that a process runs and nobody traces it.
func checkFree(t *testing.T, pid int) {
	t.Helper()
	fs := processes()
	until(t, "nobody traces it", func() bool {
		k, err := fs.Proc(pid).Kinfo()
		if err != nil {
			t.Fatalf("it is gone: %v", err)
		}
		return k.Tracer == 0
	})
	used := func() uint64 {
		k, err := fs.Proc(pid).Kinfo()
		if err != nil {
			t.Fatalf("it is gone: %v", err)
		}
		return k.Runtime
	}
	before := used()
	until(t, "it runs", func() bool { return used() > before })
}

func TestFreeBSDAttach(t *testing.T) {
	v, labels := victim(t)
	pid := v.Process.Pid
	for range 3 {
		e := finish(t, ownself(t, "attach", "--batch", "-x", scriptFile(t, fmt.Sprintf("break *%#x", labels["f"]), "continue", "continue", "info registers rip"), fmt.Sprint(pid)))
		if e.status != "exit 0" {
			t.Errorf("%s: %s", e.status, e.stderr)
		}
		wants(t, "attach", e.stdout, fmt.Sprintf(`^Attached to process %d`, pid), `^Breakpoint 1, `, fmt.Sprintf(`^rip +%#x`, labels["f"]))
		if processes().KillsTracees() {
			wants(t, "attach", e.stdout, `^Should trapline be killed`)
		}
		checkFree(t, pid)
	}
}

// TestFreeBSDKilled: trapline that a signal ends lets go of what it had attached to, though this
// system kills the tracees of tracers that die.
func TestFreeBSDKilled(t *testing.T) {
	v, labels := victim(t)
	pid := v.Process.Pid
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		for _, args := range [][]string{
			{"trace", "-o", os.DevNull, "-p"},
			{"attach", "--batch", "-x", scriptFile(t, fmt.Sprintf("break *%#x if $rax == 77777", labels["f"]), "continue")},
		} {
			cmd := ownself(t, append(args, fmt.Sprint(pid))...)
			start(t, cmd)
			fs := processes()
			until(t, "it is attached to", func() bool {
				k, err := fs.Proc(pid).Kinfo()
				return err == nil && int(k.Tracer) == cmd.Process.Pid
			})
			cmd.Process.Signal(sig)
			wait(t, cmd)
			checkFree(t, pid)
		}
	}
}

// TestFreeBSDRefused explains what may not be attached to.
func TestFreeBSDRefused(t *testing.T) {
	for _, c := range []struct{ pid, want string }{
		{"1", `system process`}, {"99998", `no process 99998`}, {fmt.Sprint(os.Getpid()), `.`},
	} {
		if c.pid == fmt.Sprint(os.Getpid()) {
			continue // it would stop us
		}
		if e := finish(t, ownself(t, "attach", "--batch", c.pid)); e.status != "exit 125" {
			t.Errorf("%s: %s", e.status, e.stderr)
		} else {
			wants(t, "attach", e.stderr, c.want)
		}
	}
	e := finish(t, ownself(t, "doctor"))
	wants(t, "doctor", e.stdout, `kern.kill_on_debugger_exit is`, `/proc need not be mounted`, `every user may trace|unprivileged_proc_debug`)
}
