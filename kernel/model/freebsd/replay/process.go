package replay

// Making tracees and second debuggers, and looking at processes from outside.

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"maps"
	"runtime"
	"strings"
	"time"
	"unsafe"

	"github.com/trapline/trapline/kernel/freebsd/raw"
)

func syscallErrno(v int32) Errno { return Errno(v) }

// program assembles a tracee, puts it in a file and records its labels.
func (r *R) program(name string, build func(*Asm)) string {
	a := NewAsm()
	a.L("_start")
	build(a)
	p := a.Link(r.scenario + "." + name)
	path := "/w/" + p.Name
	if err := r.k.WriteFile(path, p.Image, 0o755); err != nil {
		panic(err)
	}
	r.prog = p
	l := M{}
	for k, v := range p.Labels {
		l[k] = fmt.Sprintf("%#x", v)
	}
	sum := sha256.Sum256(p.Image)
	r.emit(Step{Op: "program", Args: M{"file": p.Name + ".elf", "labels": l, "sha256": hex.EncodeToString(sum[:8])}, BytesRaw: base64.StdEncoding.EncodeToString(p.Image)})
	return path
}

// Options say how a process is to begin.
type Options struct {
	Trace    bool     // PT_TRACE_ME before execve
	Stdin    *File    // nil: /dev/null
	UID      int      // its user's and its group's id; 0 the debugger's
	NewGroup bool     // it leads a process group
	Session  bool     // it leads a session
	Args     []string // nil: its name is "tracee"
}

func (r *R) spawn(path string, o Options) int {
	argv := o.Args
	if argv == nil {
		argv = []string{"tracee"}
	}
	pid, err := r.k.Spawn(path, argv, o)
	op := "spawn"
	if o.Trace {
		op = "spawn with PT_TRACE_ME before execve"
	}
	s := Step{Op: op, Args: M{"file": strings.TrimPrefix(path, "/w/")}}
	if o.UID != 0 {
		s.Args["uid"] = o.UID
	}
	if err != 0 {
		s.Errno = errnoName(err)
		r.emit(s)
		return 0
	}
	s.Ret, s.RetRaw = r.id(pid), pid
	r.emit(s)
	return pid
}

// launch starts a traced program and takes its exec stop.
func (r *R) launch(build func(*Asm)) (int, Stop) {
	pid := r.spawn(r.program("a", build), Options{Trace: true})
	return pid, r.stop(pid)
}

// start starts an untraced program and gives it time to get where it goes:
// asleep on wmesg, or running for a while if wmesg is empty.
func (r *R) start(wmesg string, o Options, build func(*Asm)) int {
	pid := r.spawn(r.program("a", build), o)
	r.until(pid, wmesg)
	return pid
}

// until waits for every thread of a process to sleep on one of wmesg ("a|b").
func (r *R) until(pid int, wmesg string) {
	if wmesg == "" {
		r.k.Sleep(100 * time.Millisecond)
		return
	}
	for range 400 {
		k, e := r.kinfo(pid)
		if e == 0 && k.stat() != "run" && strings.Contains("|"+wmesg+"|", "|"+k.wmesg()+"|") {
			r.k.Sleep(5 * time.Millisecond)
			return
		}
		r.k.Sleep(5 * time.Millisecond)
	}
	r.note("did not see %s sleep on %s", r.id(pid), wmesg)
}

func (r *R) kill(pid, sig int) {
	s := Step{Op: "kill", Pid: r.id(pid), PidRaw: pid, Args: M{"sig": sigName(sig)}}
	if e := r.k.Kill(pid, sig); e != 0 {
		s.Errno = errnoName(e)
	}
	r.emit(s)
	r.k.Sleep(20 * time.Millisecond)
}

func (r *R) pause(d time.Duration) { r.k.Sleep(d) }

// Kinfo is a struct kinfo_proc.
type Kinfo []byte

func (r *R) kinfo(pid int) (Kinfo, Errno) {
	b, e := r.k.Sysctl([]int32{1, 14, 1, int32(pid)}, nil)
	if e == 0 && len(b) < 1088 {
		e = raw.ESRCH
	}
	return b, e
}

func (k Kinfo) i32(o int) int { return int(int32(binary.LittleEndian.Uint32(k[o:]))) }
func (k Kinfo) flag() uint64  { return binary.LittleEndian.Uint64(k[368:]) }
func (k Kinfo) wmesg() string { return cstr(k[411:420]) }
func (k Kinfo) comm() string  { return cstr(k[447:467]) }
func (k Kinfo) stat() string {
	return []string{"?", "idle", "run", "sleep", "stop", "zombie", "wait", "lock"}[k[388]&7]
}
func (k Kinfo) set(o int) [4]uint32 { return *(*[4]uint32)(unsafe.Pointer(&k[o])) }

var pFlags = map[int]string{4: "P_PPWAIT", 7: "P_HADTHREADS", 8: "P_SUGID", 11: "P_TRACED", 12: "P_WAITED", 13: "P_WEXIT", 14: "P_EXEC", 15: "P_WKILLED",
	16: "P_CONTINUED", 17: "P_STOPPED_SIG", 18: "P_STOPPED_TRACE", 27: "P_STATCHILD", 31: "P_PPTRACE"}

// proc records how a process looks from outside (kern.proc.pid).
func (r *R) proc(pid int) {
	s := Step{Op: "kern.proc.pid", Pid: r.id(pid), PidRaw: pid}
	k, e := r.kinfo(pid)
	if e != 0 {
		s.Errno = errnoName(e)
		r.emit(s)
		return
	}
	var fl []string
	for i := range 32 {
		if n, ok := pFlags[i]; ok && k.flag()>>i&1 != 0 {
			fl = append(fl, n)
		}
	}
	s.Out = M{"stat": k.stat(), "ppid": r.id(k.i32(76)), "pgid": r.id(k.i32(80)), "tracer": r.id(k.i32(576)), "threads": k.i32(596),
		"flags": strings.Join(fl, "|"), "xstat": fmt.Sprintf("%#x", binary.LittleEndian.Uint16(k[304:])), "comm": k.comm()}
	if k.stat() == "sleep" {
		s.Out["wmesg"] = k.wmesg()
	}
	if v := sigset(k.set(104)); v != "" {
		s.Out["siglist"] = v
	}
	r.emit(s)
}

// ctl records a procctl with an int argument.
func (r *R) ctl(pid int, name string, cmd int, v int32) {
	in := v
	e := r.k.Procctl(pid, cmd, &v)
	s := Step{Op: "procctl " + name, Pid: r.id(pid), PidRaw: pid, Args: M{"value": in}}
	if e != 0 {
		s.Errno = errnoName(e)
	} else {
		s.Ret = 0
		if strings.HasSuffix(name, "STATUS") {
			s.Out = M{"value": v}
			if v > 1 {
				s.Out = M{"value": r.id(int(v)), "value_raw": v}
			}
		}
	}
	r.emit(s)
}

// reaper makes this process adopt the orphans below it.
func (r *R) reaper() {
	e := r.k.Procctl(r.k.Pid(), procReapAcquire, nil)
	r.emit(Step{Op: "procctl PROC_REAP_ACQUIRE", Pid: "D", Errno: errnoName(e)})
}

// tunable sets an integer sysctl and returns the function that puts it back.
func (r *R) tunable(name string, v int32) func() {
	mib := r.k.SysctlMib(name)
	old, _ := r.k.Sysctl(mib, nil)
	set := func(b []byte) {
		_, e := r.k.Sysctl(mib, b)
		r.emit(Step{Op: "sysctl " + name, Args: M{"set": int32(binary.LittleEndian.Uint32(b)), "was": int32(binary.LittleEndian.Uint32(old))}, Errno: errnoName(e)})
	}
	set(binary.LittleEndian.AppendUint32(nil, uint32(v)))
	return func() { set(old) }
}

// drive resumes with one request again and again, passing signals on, until
// the process is gone, or limit stops were seen.
func (r *R) drive(pid, req, limit int) Stop {
	sig := 0
	var s Stop
	for range limit {
		if !r.pt(req, pid, 1, sig) {
			return s
		}
		s = r.stop(pid)
		if !s.stopped() {
			return s
		}
		sig = 0
		if s.sig() != SIGTRAP && s.sig() != SIGSTOP {
			sig = s.sig()
		}
	}
	return s
}

// driveAll resumes whatever stops, until no child is left.
func (r *R) driveAll(req, limit int) {
	for range limit {
		s := r.any()
		if s.None {
			return
		}
		if !s.stopped() {
			continue
		}
		sig := 0
		if s.sig() != SIGTRAP && s.sig() != SIGSTOP {
			sig = s.sig()
		}
		if s.Info.Flags&0x80 != 0 && r.childMask != 0 {
			r.mask(s.Pid, r.childMask) // a child does not inherit its parent's mask
		}
		r.pt(req, s.Pid, 1, sig)
	}
}

// end does away with a child and records how: PT_KILL if it is held in a stop
// (SIGKILL from kill(2) would only become pending there), SIGKILL if it runs.
func (r *R) end(pid int) {
	patience := r.patience
	r.patience = 700 * time.Millisecond
	defer func() { r.patience = patience }()
	for range 3 {
		if k, e := r.kinfo(pid); e == 0 && k.i32(576) == r.k.Pid() && k.flag()>>18&1 != 0 && k.flag()>>12&1 != 0 {
			r.pt(ptKill, pid, 0, 0)
		} else {
			r.kill(pid, SIGKILL)
		}
		if s := r.wait6(P_PID, pid, waitAny); s.Errno != "" || !s.None && !s.stopped() {
			return
		}
	}
}

// Second is another debugger process: a part of the same scenario. It takes turns with the first.
type Second struct {
	r    *R
	part *R
	k    Kernel
	turn chan bool // true: it is the part's; false: it is to vanish
	done chan bool // the part is ready (true) or over
	over bool
}

// second starts the named part; it runs until it says ready or ends.
func (r *R) second(part string, uid int, targets ...int) *Second {
	k := r.k.Second(uid)
	s := &Second{r: r, k: k, turn: make(chan bool), done: make(chan bool)}
	r.pids.by[k.Pid()] = "D2"
	p := newR(r.scenario, k, -1)
	p.by, p.stack, p.prog = "D2", r.stack, r.prog
	p.pids = names{"P", maps.Clone(r.pids.by), r.pids.n}
	p.lwps = names{"T", maps.Clone(r.lwps.by), r.lwps.n}
	p.tell = s.relay
	p.pauseFor = func() {
		s.done <- true
		if !<-s.turn {
			runtime.Goexit()
		}
	}
	s.part = p
	r.emit(Step{Op: "second debugger starts", Ret: "D2", RetRaw: k.Pid(), Args: M{"uid": uid}})
	go func() {
		defer close(s.done)
		if <-s.turn {
			byName(r.scenario).Parts[part](p, targets)
		}
	}()
	s.resume()
	return s
}

// relay puts a step of the part into the recording, and learns the names it gave.
func (s *Second) relay(st Step) {
	if id, ok := st.RetRaw.(int); ok && st.Ret != nil {
		s.r.learn(id, fmt.Sprint(st.Ret))
	}
	if st.Out != nil {
		if id, ok := st.Out["lwpid_raw"].(int32); ok {
			s.r.learn(int(id), fmt.Sprint(st.Out["lwpid"]))
		}
		if id, ok := st.Out["child_pid_raw"].(int32); ok {
			s.r.learn(int(id), fmt.Sprint(st.Out["child_pid"]))
		}
	}
	s.r.emit(st)
}

func (r *R) learn(id int, name string) {
	n := &r.pids
	if id > 99999 {
		n = &r.lwps
	}
	if _, known := n.by[id]; !known && strings.HasPrefix(name, n.prefix) {
		n.by[id] = name
		n.n++
	}
}

// resume lets the part go on after its ready.
func (s *Second) resume() {
	if s.over {
		return
	}
	s.turn <- true
	s.over = !<-s.done
}

func (s *Second) pid() int { return s.k.Pid() }

// die kills the second debugger and reaps it.
func (s *Second) die() {
	s.r.kill(s.pid(), SIGKILL)
	if !s.over {
		s.turn <- false
		<-s.done
		s.over = true
	}
	s.k.Leave(SIGKILL)
	s.r.pause(100 * time.Millisecond)
}

func (s *Second) end() {
	s.resume()
	s.k.Leave(0)
}

// ready is called in the part: it hands control back to the first debugger.
func (r *R) ready() { r.pauseFor() }
