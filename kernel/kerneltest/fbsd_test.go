package kerneltest

// Litmus cases of FreeBSD's tracing. Each has a name, a promise, and one body, which plays the
// debugger over the raw calls (replay.Kernel): the modeled kernel under several schedules, and on
// FreeBSD the kernel below. The tracees are programs of a few instructions that the body
// assembles. What is expected is what the recordings of FreeBSD 15.0 show, what its manual pages
// say, and what its own ptrace cases check; a body that asserts more says so in its row.

import (
	"encoding/binary"
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"
	"unsafe"

	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
	"github.com/trapline/trapline/procfs/kinfo"
	"github.com/trapline/trapline/syscalls"
)

var (
	listFreeBSD  = flag.Bool("freebsd-cases", false, "list the FreeBSD litmus cases with their promises, and do not play them")
	freebsdSeeds = flag.Int("freebsd-seeds", 6, "schedules of the modeled kernel that each FreeBSD case is played under")
	// patience is how long a wait that must bring something is tried.
	patience = flag.Duration("freebsd-patience", 10*time.Second, "how long a FreeBSD case waits for what has to come")
)

// fbsdCase is a case: its name, its promise, and the body.
type fbsdCase struct {
	name, promise string
	run           func(b *bench)
	// unconfirmed says what the body asserts that neither recordings nor documents settle: it is
	// what the model does.
	unconfirmed string
}

// fbsdCases are all, by subject.
var fbsdCases = slices.Concat(fbsdAttachCases, fbsdWaitCases, fbsdForkCases, fbsdExecCases, fbsdThreadCases, fbsdSignalCases, fbsdKillCases,
	fbsdCallCases, fbsdStepCases, fbsdMemoryCases, fbsdReaperCases)

// bench is a debugger on a kernel, and what it has seen so far.
type bench struct {
	t    testing.TB
	k    replay.Kernel
	c    *fbsdCase
	dir  string // where programs are
	prog *replay.Program
	n    int // programs so far
	kept []any
	seen []string
	pids []int // processes that may have to be ended
	once []func()
}

func newBench(t testing.TB, k replay.Kernel, dir string) *bench { return &bench{t: t, k: k, dir: dir} }

// le is the byte order of all structures.
var le = binary.LittleEndian

func (b *bench) note(format string, args ...any) {
	b.seen = append(b.seen, fmt.Sprintf(format, args...))
}

func (b *bench) fail(format string, args ...any) {
	b.t.Helper()
	text := fmt.Sprintf(format, args...)
	if b.c.unconfirmed != "" {
		text += "\nunconfirmed: " + b.c.unconfirmed
	}
	b.t.Fatalf("%s\n%s\nso far:\n\t%s", b.c.promise, text, strings.Join(b.seen, "\n\t"))
}

func equal[T comparable](b *bench, what string, got, want T) {
	b.t.Helper()
	if got != want {
		b.fail("%s is %v, want %v", what, got, want)
	}
}

// at is the address of a buffer, which stays where it is until the case ends.
func (b *bench) at(buf []byte) uintptr {
	b.kept = append(b.kept, buf)
	return uintptr(unsafe.Pointer(unsafe.SliceData(buf)))
}

// number is that of a system call.
func number(name string) int {
	nr, ok := syscalls.FreeBSD.Number(name)
	if !ok {
		panic("no number of " + name)
	}
	return int(nr)
}

// call makes a system call by name.
func call(a *replay.Asm, name string, args ...any) {
	a.Sys(number(name), args...)
}

// raise sends the calling process a signal.
func raise(a *replay.Asm, sig int) {
	call(a, "getpid")
	call(a, "kill", replay.RAX, sig)
}

// raiseHere sends the calling thread a signal, as raise(3) does.
func raiseHere(a *replay.Asm, label string, sig int) {
	a.Quads(label, 0)
	call(a, "thr_self", replay.Ref(label))
	call(a, "thr_kill", replay.At(label), sig)
}

// awaitFlag spins until a quadword is not 0.
func awaitFlag(a *replay.Asm, label string) {
	loop := fmt.Sprintf("await_%s_%x", label, len(a.Text()))
	a.L(loop)
	a.B(0xf3, 0x90)
	a.Mov(replay.RAX, replay.At(label))
	a.B(0x48, 0x85, 0xc0) // test rax, rax
	a.Jz(loop)
}

// shift is shr reg, n.
func shift(a *replay.Asm, r replay.Reg, n byte) { a.B(0x48|byte(r>>3), 0xc1, 0xe8|byte(r&7), n) }

// assemble makes a program and is its path.
func (b *bench) assemble(build func(a *replay.Asm)) string {
	a := replay.NewAsm()
	a.L("_start")
	build(a)
	b.n++
	b.prog = a.Link(fmt.Sprintf("p%d", b.n))
	path := fmt.Sprintf("%s/p%d", b.dir, b.n)
	if err := b.k.WriteFile(path, b.prog.Image, 0o755); err != nil {
		b.t.Fatal(err)
	}
	return path
}

// label is the address of a label of the latest program.
func (b *bench) label(name string) uint64 {
	at, ok := b.prog.Labels[name]
	if !ok {
		b.t.Fatalf("no label %s", name)
	}
	return at
}

func (b *bench) spawn(path string, o replay.Options) int {
	pid, e := b.k.Spawn(path, []string{"tracee"}, o)
	if e != 0 {
		b.fail("spawning %s: errno %d", path, e)
	}
	b.pids = append(b.pids, pid)
	b.note("%d is %s", pid, path)
	return pid
}

// launch starts a traced program and takes its exec stop.
func (b *bench) launch(build func(a *replay.Asm)) int {
	pid := b.spawn(b.assemble(build), replay.Options{Trace: true})
	b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
	return pid
}

// start starts a program that nobody traces, and sees it through its exec: before, it cannot be
// attached to (EBUSY).
func (b *bench) start(build func(a *replay.Asm)) int {
	b.t.Helper()
	path := b.assemble(build)
	pid := b.spawn(path, replay.Options{})
	for until := b.k.Now() + *patience; b.k.Now() < until; b.k.Sleep(time.Millisecond) {
		r := b.kinfo(pid)
		if r == nil || r[kinfoState] == kinfo.Zombie {
			return pid
		}
		name, _, _ := strings.Cut(string(r[kinfoComm:kinfoComm+20]), "\x00")
		if le.Uint32(r[kinfoFlag:])&kinfo.FlagInExec == 0 && strings.HasSuffix(path, "/"+name) {
			return pid
		}
	}
	b.fail("%d does not become %s", pid, path)
	return pid
}

// request makes a request and is its result and errno.
func (b *bench) request(req, id int, addr uintptr, data int) (int, raw.Errno) {
	v, e := b.k.Ptrace(req, id, addr, data)
	b.note("%s %d %#x %d = %d, errno %d", raw.RequestName(req), id, addr, data, v, e)
	return v, e
}

// do makes a request that must succeed.
func (b *bench) do(req, id int, addr uintptr, data int) int {
	b.t.Helper()
	v, e := b.request(req, id, addr, data)
	if e != 0 {
		b.fail("%s of %d: errno %d", raw.RequestName(req), id, e)
	}
	return v
}

// refused makes a request that must fail.
func (b *bench) refused(want raw.Errno, req, id int, addr uintptr, data int) {
	b.t.Helper()
	if _, e := b.request(req, id, addr, data); e != want {
		b.fail("%s of %d: errno %d, want %d", raw.RequestName(req), id, e, want)
	}
}

// get makes a request that fills a structure.
func (b *bench) get(req, id, size, data int) []byte {
	b.t.Helper()
	buf := make([]byte, size)
	b.do(req, id, b.at(buf), data)
	return buf
}

func (b *bench) cont(pid, sig int) { b.t.Helper(); b.do(raw.Continue, pid, 1, sig) }

// attach attaches, and takes the stop.
func (b *bench) attach(pid int) raw.LWPInfo {
	b.t.Helper()
	b.do(raw.Attach, pid, 0, 0)
	b.pids = append(b.pids, pid)
	return b.stop(pid, raw.SIGSTOP, 0)
}

func (b *bench) mask(pid int, events uint32) {
	b.t.Helper()
	b.do(raw.SetEventMask, pid, b.at(le.AppendUint32(nil, events)), 4)
}

func (b *bench) getMask(pid int) uint32 {
	b.t.Helper()
	return le.Uint32(b.get(raw.GetEventMask, pid, 4, 4))
}

func (b *bench) lwpinfo(id int) (l raw.LWPInfo) {
	b.t.Helper()
	raw.DecodeLWPInfo(b.get(raw.Lwpinfo, id, raw.LwpinfoSize, raw.LwpinfoSize), &l)
	b.note("  lwp %d event %d flags %#x call %d/%d child %d signal %d code %#x", l.LWP, l.Event, l.Flags, l.Code, l.Narg, l.ChildPID, l.Siginfo.Signo, l.Siginfo.Code)
	return l
}

// regs and setRegs are struct reg.
func (b *bench) regs(id int) (r replay.Regs) {
	b.t.Helper()
	buf := b.get(raw.GetRegs, id, int(unsafe.Sizeof(r)), 0)
	return *(*replay.Regs)(unsafe.Pointer(unsafe.SliceData(buf)))
}

func (b *bench) setRegs(id int, r replay.Regs) {
	b.t.Helper()
	buf := unsafe.Slice((*byte)(unsafe.Pointer(&r)), unsafe.Sizeof(r))
	b.do(raw.SetRegs, id, b.at(slices.Clone(buf)), 0)
}

// lull is how long a wait that must bring nothing is tried.
const lull = 150 * time.Millisecond

// wait6 waits without blocking.
func (b *bench) wait6(kind, id, options int) (pid int, st raw.Status, info raw.Siginfo, e raw.Errno) {
	var ru [288]byte
	var status int32
	var si replay.Siginfo
	pid, e = b.k.Wait6(kind, id, &status, options|raw.WNohang, &ru, &si)
	info = raw.DecodeSiginfo(unsafe.Slice((*byte)(unsafe.Pointer(&si)), raw.SiginfoSize))
	if e == 0 && pid != 0 {
		st = raw.DecodeStatus(uint32(status), &info)
		b.note("wait: %d %#x", pid, status)
	}
	return pid, st, info, e
}

const waitAll = raw.WExited | raw.WTrapped | raw.WStopped

// await waits until something comes.
func (b *bench) await(kind, id, options int) (pid int, st raw.Status, info raw.Siginfo) {
	b.t.Helper()
	until := b.k.Now() + *patience
	for pause := 100 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		pid, st, info, e := b.wait6(kind, id, options)
		switch {
		case e != 0:
			b.fail("wait6(%d, %d): errno %d", kind, id, e)
		case pid != 0:
			return pid, st, info
		case b.k.Now() > until:
			b.fail("wait6(%d, %d) would block", kind, id)
		}
		b.k.Sleep(pause)
	}
}

// next is the next thing that a process has to tell.
func (b *bench) next(pid int) raw.Status {
	b.t.Helper()
	_, st, _ := b.await(raw.PPid, pid, waitAll)
	return st
}

// stop takes a process's stop, which must be for a signal, with these flags and no others.
func (b *bench) stop(pid, sig int, flags uint32) raw.LWPInfo {
	b.t.Helper()
	if st := b.next(pid); st.Kind != raw.StatusStopped || st.Value != sig {
		b.fail("%d: %+v, want a stop for signal %d", pid, st, sig)
	}
	l := b.lwpinfo(pid)
	if l.Flags != flags {
		b.fail("%d stopped with flags %#x, want %#x", pid, l.Flags, flags)
	}
	return l
}

// signaled takes a signal's stop.
func (b *bench) signaled(pid, sig int) raw.LWPInfo {
	b.t.Helper()
	l := b.stop(pid, sig, raw.FlagSI)
	equal(b, "si_signo", int(l.Siginfo.Signo), sig)
	return l
}

// exits takes a process's end by exit.
func (b *bench) exits(pid, code int) {
	b.t.Helper()
	if st := b.next(pid); st.Kind != raw.StatusExited || st.Value != code {
		b.fail("%d: %+v, want exit %d", pid, st, code)
	}
}

// killed takes a process's end by a signal.
func (b *bench) killed(pid, sig int) {
	b.t.Helper()
	if st := b.next(pid); st.Kind != raw.StatusKilled || st.Value != sig {
		b.fail("%d: %+v, want death by signal %d", pid, st, sig)
	}
}

// quiet says that nothing comes of a process for a while.
func (b *bench) quiet(pid int) {
	b.t.Helper()
	for until := b.k.Now() + lull; b.k.Now() < until; b.k.Sleep(5 * time.Millisecond) {
		if got, st, _, e := b.wait6(raw.PPid, pid, waitAll); got != 0 || e != 0 {
			b.fail("%d: %+v, errno %d, want nothing", pid, st, e)
		}
	}
}

// alone says that there is no child or tracee left.
func (b *bench) alone() {
	b.t.Helper()
	if pid, st, _, e := b.wait6(raw.PAll, 0, waitAll); e != raw.ECHILD {
		b.fail("there is still %d: %+v, errno %d", pid, st, e)
	}
}

func (b *bench) kill(pid, sig int) {
	b.t.Helper()
	if e := b.k.Kill(pid, sig); e != 0 {
		b.fail("kill of %d with %d: errno %d", pid, sig, e)
	}
	b.note("kill %d with %d", pid, sig)
}

// halted waits until an untraced child has stopped itself, and resume lets it go on.
func (b *bench) halted(pid int) {
	b.t.Helper()
	if _, st, _ := b.await(raw.PPid, pid, raw.WStopped|raw.WExited); st.Kind != raw.StatusStopped {
		b.fail("%d: %+v, want a stop by job control", pid, st)
	}
}

func (b *bench) resume(pid int) { b.t.Helper(); b.kill(pid, raw.SIGCONT) }

// peek and poke are a quadword of memory.
func (b *bench) peek(pid int, addr uint64) uint64 {
	b.t.Helper()
	buf := make([]byte, 8)
	b.io(pid, raw.ReadData, addr, buf)
	return le.Uint64(buf)
}

func (b *bench) poke(pid int, addr, v uint64) {
	b.t.Helper()
	b.io(pid, raw.WriteData, addr, le.AppendUint64(nil, v))
}

// pio is PT_IO: piod_len and the errno.
func (b *bench) pio(pid, op int, addr uint64, buf []byte) (uint64, raw.Errno) {
	d := le.AppendUint32(nil, uint32(op))
	d = le.AppendUint32(d, 0)
	d = le.AppendUint64(d, addr)
	d = le.AppendUint64(d, uint64(b.at(buf)))
	d = le.AppendUint64(d, uint64(len(buf)))
	_, e := b.request(raw.IO, pid, b.at(d), 0)
	return le.Uint64(d[24:]), e
}

func (b *bench) io(pid, op int, addr uint64, buf []byte) {
	b.t.Helper()
	if n, e := b.pio(pid, op, addr, buf); e != 0 || n != uint64(len(buf)) {
		b.fail("PT_IO %d of %d at %#x: %d bytes, errno %d", op, pid, addr, n, e)
	}
}

// threads lists the threads.
func (b *bench) threads(pid int) (ids []int) {
	b.t.Helper()
	buf := make([]byte, 4*64)
	n := b.do(raw.GetLwpList, pid, b.at(buf), 64)
	for i := range n {
		ids = append(ids, int(le.Uint32(buf[4*i:])))
	}
	return ids
}

// Members of struct kinfo_proc.
const (
	kinfoSize   = 1088
	kinfoPID    = 72
	kinfoParent = 76
	kinfoGroup  = 80
	kinfoFlag   = 368
	kinfoState  = 388
	kinfoWmesg  = 411
	kinfoComm   = 447
	kinfoTracer = 576
)

// kinfo is what kern.proc.pid says of a process, nil if there is none.
func (b *bench) kinfo(pid int) []byte {
	if r, e := b.k.Sysctl([]int32{1, 14, 1, int32(pid)}, nil); e == 0 && len(r) >= kinfoSize {
		return r
	}
	return nil
}

// asleep waits until a process sleeps for a reason (ki_wmesg).
func (b *bench) asleep(pid int, wmesg string) {
	b.t.Helper()
	for until := b.k.Now() + *patience; ; b.k.Sleep(2 * time.Millisecond) {
		if r := b.kinfo(pid); r != nil && r[kinfoState] == kinfo.Sleep && strings.TrimRight(string(r[kinfoWmesg:kinfoWmesg+9]), "\x00") == wmesg {
			return
		}
		if b.k.Now() > until {
			b.fail("%d does not sleep on %s", pid, wmesg)
		}
	}
}

// child waits until a process has a child, and is its pid.
func (b *bench) child(of int) int {
	b.t.Helper()
	for until := b.k.Now() + *patience; ; b.k.Sleep(2 * time.Millisecond) {
		all, e := b.k.Sysctl([]int32{1, 14, 0}, nil)
		if e != 0 {
			b.fail("kern.proc.all: errno %d", e)
		}
		for ; len(all) >= kinfoSize; all = all[kinfoSize:] {
			if int(int32(le.Uint32(all[kinfoParent:]))) == of {
				pid := int(int32(le.Uint32(all[kinfoPID:])))
				b.pids = append(b.pids, pid)
				b.note("%d is a child of %d", pid, of)
				return pid
			}
		}
		if b.k.Now() > until {
			b.fail("%d has no child", of)
		}
	}
}

// reap makes the debugger the reaper of those below it, until the case ends.
func (b *bench) reap() {
	b.t.Helper()
	if e := b.k.Procctl(b.k.Pid(), raw.ReapAcquire, nil); e != 0 {
		b.fail("PROC_REAP_ACQUIRE: errno %d", e)
	}
	b.once = append(b.once, func() { b.k.Procctl(b.k.Pid(), raw.ReapRelease, nil) })
}

// clean ends what a case has left, whether it knows it or not, so that the next one finds nothing: who
// is stopped is detached, and all are killed.
func (b *bench) clean() {
	for until := b.k.Now() + 5*time.Second; b.k.Now() < until; b.k.Sleep(2 * time.Millisecond) {
		left := replay.EndOurs(b.k, b.pids)
		for {
			pid, _, _, e := b.wait6(raw.PAll, 0, waitAll)
			if e == raw.ECHILD && left == 0 {
				until = 0
			}
			if e != 0 || pid == 0 {
				break
			}
		}
	}
	for _, f := range b.once {
		f()
	}
	runtime.KeepAlive(b.kept)
}

func (b *bench) play(c *fbsdCase) {
	defer b.clean()
	b.c = c
	if c.unconfirmed != "" {
		b.t.Logf("unconfirmed: %s", c.unconfirmed)
	}
	c.run(b)
}

func TestFreeBSDCases(t *testing.T) {
	seen := map[string]bool{}
	for _, c := range fbsdCases {
		if seen[c.name] || c.name == "" || c.promise == "" {
			t.Errorf("%q: want a new name and a promise", c.name)
		}
		seen[c.name] = true
		if *listFreeBSD {
			fmt.Printf("%s\t%s\n", c.name, c.promise)
			if c.unconfirmed != "" {
				fmt.Printf("\tunconfirmed: %s\n", c.unconfirmed)
			}
		}
	}
	if len(fbsdCases) < 60 {
		t.Errorf("%d cases, want 60 and more", len(fbsdCases))
	}
}

// TestFreeBSDModel plays all cases on the modeled kernel.
func TestFreeBSDModel(t *testing.T) {
	if *listFreeBSD {
		t.Skip("the cases are listed")
	}
	for _, c := range fbsdCases {
		t.Run(c.name, func(t *testing.T) {
			for seed := range *freebsdSeeds {
				k, m := replay.NewModel(uint64(seed))
				b := newBench(t, k, "/w")
				func() {
					defer m.Close()
					defer func() {
						if t.Failed() {
							t.Logf("seed %d", seed)
						}
						if m.Unmodeled != nil {
							t.Errorf("seed %d: %v", seed, m.Unmodeled)
						}
					}()
					b.play(&c)
				}()
			}
		})
	}
}
