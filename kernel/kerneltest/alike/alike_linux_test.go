// Package alike compares what a tracer sees: the same program under the same engine, on the
// modeled kernel and on the one below. Sessions are compared line by line, steps register by
// register, traces call by call.
//
// The modeled kernel is made as like this one as it can be told: it has a vdso of the same
// bytes at the same place, so that stacks and mappings lie at the same addresses, and an
// auxiliary vector for the same processor. What still differs, and why, is said where it is
// made equal.
package alike

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	hostlinux "github.com/trapline/trapline/kernel/linux"
	"github.com/trapline/trapline/kernel/model"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/image"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/linux"
	"github.com/trapline/trapline/kernel/model/sleep"
	"github.com/trapline/trapline/kernel/model/vm"
	"github.com/trapline/trapline/procfs"
	"github.com/trapline/trapline/tracer"
)

func TestMain(m *testing.M) {
	if err := likeThisOne(); err != nil {
		fmt.Fprintln(os.Stderr, "alike:", err)
		os.Exit(1)
	}
	os.Exit(testprog.Main(m))
}

// likeThisOne gives the modeled Linux what the kernel below maps into every program, and what
// it says of the processor.
func likeThisOne() error {
	self := procfs.New("/proc").Proc(os.Getpid())
	maps, err := self.Maps()
	if err != nil {
		return err
	}
	aux, err := self.Auxv()
	if err != nil {
		return err
	}
	mem, err := os.Open("/proc/self/mem")
	if err != nil {
		return err
	}
	defer mem.Close()
	system := image.Linux
	for _, m := range maps {
		if !strings.HasPrefix(m.Name, "[vvar") && m.Name != "[vdso]" {
			continue
		}
		page := image.SharedPage{Name: m.Name, Prot: vm.Read, Size: m.Size()}
		contents := make([]byte, page.Size)
		if m.Name == "[vdso]" { // vvar is zeros: no clock that the vdso could read
			page.Prot |= vm.Exec
			if _, err := mem.ReadAt(contents, int64(m.Start)); err != nil {
				return err
			}
		}
		page.File = vm.NewBlob("", contents)
		system.Shared = append(system.Shared, page)
	}
	system.Auxv = nil
	for _, row := range image.Linux.Auxv {
		for _, a := range aux {
			if a.Num == row.Tag && row.What == image.Literal {
				row.Value = a.Value
			}
		}
		if row.What == image.SharedPageAt {
			row.Value = uint64(len(system.Shared) - 1)
		}
		system.Auxv = append(system.Auxv, row)
	}
	linux.System.Image = &system
	return nil
}

// subject is a program to be looked at.
type subject struct {
	name  string // as testprog.Build has it
	args  []string
	stdin string
}

func (s *subject) build(t *testing.T) (path string, args []string) {
	t.Helper()
	path = testprog.Build(t, s.name)
	args, err := testprog.Expand(s.args)
	if err != nil {
		t.Fatal(err)
	}
	return path, args
}

// side is a kernel with a program on it.
type side struct {
	kernel kernel.Kernel
	clock  tracer.Clock
	files  []int // of the program, for Launch
	signal func(kernel.PID, kernel.Signal) error
	// start starts the program untraced, and returns when it sleeps.
	start func() (kernel.PID, error)
	// printed waits until all that the program left has ended, and is what it has written.
	// It must be called.
	printed func() string
	tracer  int // the tracer's own pid
}

// directory is where programs are run, on both.
const directory = "/tmp"

// environment is theirs.
var environment = []string{"PATH=/bin:/usr/bin", "TP_SIM=1"}

// onHost has f look at a program on the kernel below, on an OS thread that is the engine's.
func onHost(t *testing.T, s *subject, f func(*side)) {
	t.Helper()
	testprog.Leftovers(t)
	path, _ := s.build(t)
	in, err := os.Create(filepath.Join(t.TempDir(), "stdin"))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := in.WriteAt([]byte(s.stdin), 0); err != nil {
		t.Fatal(err)
	}
	r, out, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	text := make(chan string)
	go func() { // to the end of whoever has it
		b, err := io.ReadAll(r)
		if err != nil {
			t.Error(err)
		}
		text <- string(b)
	}()
	side := &side{files: []int{int(in.Fd()), int(out.Fd()), int(out.Fd())}, tracer: os.Getpid(),
		signal:  func(pid kernel.PID, sig kernel.Signal) error { return unix.Kill(int(pid), unix.Signal(sig)) },
		start:   func() (kernel.PID, error) { return startHost(t, s, path) },
		printed: func() string { out.Close(); return <-text }}
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread()
		side.kernel = hostlinux.New(hostlinux.NewHost())
		f(side)
		for { // what was launched and then let go is a child all the same
			if _, err := unix.Wait4(-1, nil, unix.WNOTHREAD, nil); err != nil && err != unix.EINTR {
				return
			}
		}
	}()
	<-done
}

// startHost starts a program beside the test and waits until it sleeps.
func startHost(t *testing.T, s *subject, path string) (kernel.PID, error) {
	p := testprog.Start(t, s.name, s.args...)
	proc := procfs.New("/proc").Proc(p.PID)
	for deadline := time.Now().Add(testprog.Patience); ; time.Sleep(time.Millisecond) {
		st, err := proc.Stat()
		if err != nil {
			return 0, err
		}
		if exe, _, _ := proc.Exe(); exe == path && st.State == 'S' {
			return kernel.PID(p.PID), nil
		}
		if time.Now().After(deadline) {
			return 0, fmt.Errorf("process %d does not come to rest", p.PID)
		}
	}
}

// onModel has f look at the same on a modeled one.
func onModel(t *testing.T, s *subject, f func(*side)) {
	t.Helper()
	path, args := s.build(t)
	var out bytes.Buffer
	w, err := model.New(model.Options{Seed: 3, Calm: true, Stdin: strings.NewReader(s.stdin), Stdout: &out, Stderr: &out})
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	for _, file := range append([]string{path}, args...) {
		if !strings.HasPrefix(file, "/") {
			continue
		}
		if err := w.Import(file); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.In(directory); err != nil {
		t.Fatal(err)
	}
	for resource, row := range limits {
		var l unix.Rlimit
		if err := unix.Getrlimit(row, &l); err != nil {
			t.Fatal(err)
		}
		w.X.Proc.Limits[resource] = kern.Limit{Cur: l.Cur, Max: l.Max}
	}
	f(&side{kernel: w.Kernel, clock: modelClock{w.M}, signal: w.Signal, tracer: w.X.Proc.PID,
		printed: func() string { w.RunOn(1e7); return out.String() },
		start: func() (kernel.PID, error) {
			w.X.ConnectDevice(0, "stdin", &silent{})
			pid, err := w.Start(path, args, environment)
			w.M.Run(func() bool { return false }, 0)
			return pid, err
		}})
	if w.M.Unmodeled != nil {
		t.Error(w.M.Unmodeled)
	}
}

// silent is a standard input from which nothing comes: a fs.Device.
type silent struct{ readers sleep.Queue }

func (*silent) Read(*fs.File, []byte, int64) (int, errno.Errno)  { return 0, errno.EAGAIN }
func (*silent) Write(*fs.File, []byte, int64) (int, errno.Errno) { return 0, errno.EBADF }
func (*silent) Poll(*fs.File) fs.Ready                           { return 0 }
func (s *silent) Queues(*fs.File) (read, write *sleep.Queue)     { return &s.readers, nil }
func (*silent) Close(*fs.File)                                   {}

// limits are those that programs inherit.
var limits = map[kern.Resource]int{kern.LimitCPU: unix.RLIMIT_CPU, kern.LimitFile: unix.RLIMIT_FSIZE, kern.LimitData: unix.RLIMIT_DATA,
	kern.LimitStack: unix.RLIMIT_STACK, kern.LimitCore: unix.RLIMIT_CORE, kern.LimitProcs: unix.RLIMIT_NPROC,
	kern.LimitFiles: unix.RLIMIT_NOFILE, kern.LimitLocked: unix.RLIMIT_MEMLOCK, kern.LimitMemory: unix.RLIMIT_AS}

// both has f look at a program on both kernels, and returns what it wrote of each, processes
// numbered.
func both(t *testing.T, s *subject, f func(*side, *bytes.Buffer)) (host, modeled string) {
	var a, b bytes.Buffer
	onHost(t, s, func(k *side) { f(k, &a); host = numbered(a.String(), k.tracer) })
	onModel(t, s, func(k *side) { f(k, &b); modeled = numbered(b.String(), k.tracer) })
	return host, modeled
}

// modelClock is a World's time as the engine's.
type modelClock struct{ m *kern.Machine }

func (c modelClock) Now() time.Time { return time.Unix(c.m.System.BootedAt, c.m.Now()) }

func (c modelClock) AfterFunc(d time.Duration, f func()) func() {
	callout := c.m.CallAt(c.m.Now()+int64(d), f)
	return func() { c.m.Cancel(callout) }
}

// told are the places in text where numbers of processes and threads are.
var told = regexp.MustCompile(`\b(?:process|Process|LWP|PID|pid|thread|Thread|superseded by execve in pid|si_pid=|parent|group|session) ?(\d{2,})`)

// numbered replaces the numbers of processes and threads, which each kernel counts in its
// own way, by P1, P2 in the order in which they are told of.
func numbered(text string, tracer int) string {
	names := map[string]string{fmt.Sprint(tracer): "TRACER"}
	for _, m := range told.FindAllStringSubmatch(text, -1) {
		if names[m[1]] == "" {
			names[m[1]] = fmt.Sprintf("P%d", len(names))
		}
	}
	return regexp.MustCompile(`\b\d{2,}\b`).ReplaceAllStringFunc(text, func(n string) string {
		if name := names[n]; name != "" {
			return name
		}
		return n
	})
}
