package replay

// A recording is a list of steps: one request and what came of it. Whatever
// differs between two runs of the same thing (process and thread ids, stack
// addresses) is written twice: by a name given in order of appearance, which
// can be compared, and as it was, in a field whose name ends in _raw.

import (
	"encoding/hex"
	"fmt"
	"strings"
	"time"
	"unsafe"
)

// M is a set of decoded fields.
type M = map[string]any

// Step is one line of a recording.
type Step struct {
	Scenario string `json:"scenario"`
	N        int    `json:"step"`
	By       string `json:"by,omitempty"` // which debugger; empty: the first
	Op       string `json:"op"`
	Pid      string `json:"pid,omitempty"`
	Args     M      `json:"args,omitempty"`
	Ret      any    `json:"ret,omitempty"`
	Errno    string `json:"errno,omitempty"`
	Out      M      `json:"out,omitempty"`
	Note     string `json:"note,omitempty"`
	PidRaw   int    `json:"pid_raw,omitempty"`
	RetRaw   any    `json:"ret_raw,omitempty"`
	BytesRaw string `json:"bytes_raw,omitempty"`
}

// names gives out P1, P2, ... in order of first appearance.
type names struct {
	prefix string
	by     map[int]string
	n      int
}

func (n *names) of(id int) string {
	if s, ok := n.by[id]; ok {
		return s
	}
	n.n++
	n.by[id] = fmt.Sprintf("%s%d", n.prefix, n.n)
	return n.by[id]
}

// R records one scenario.
type R struct {
	scenario string
	by       string
	n        int
	k        Kernel
	steps    []Step
	tell     func(Step) // of a second debugger
	pauseFor func()
	pids     names
	lwps     names
	prog     *Program
	stack    uint64 // where rsp stood at the first stop: stack addresses are relative to it
	code     uint32 // system call of the last lwpinfo, to know when a value is a pid
	patience time.Duration
	// childMask is the event mask to give to followed children, if not 0.
	childMask uint32
}

func newR(scenario string, k Kernel, self int) *R {
	return &R{scenario: scenario, k: k, patience: time.Second,
		pids: names{"P", map[int]string{self: "D", 1: "init", 0: "0"}, 0}, lwps: names{"T", map[int]string{}, 0}}
}

func (r *R) emit(s Step) {
	r.n++
	s.Scenario, s.N = r.scenario, r.n
	if s.By == "" {
		s.By = r.by
	}
	if r.tell != nil {
		r.tell(s)
		return
	}
	r.steps = append(r.steps, s)
}

func (r *R) note(format string, a ...any) { r.emit(Step{Op: "note", Note: fmt.Sprintf(format, a...)}) }

// id names a process or a thread: lwpids lie above every possible pid.
func (r *R) id(n int) string {
	switch {
	case n > 99999:
		return r.lwps.of(n)
	case n < 0:
		return fmt.Sprint(n)
	}
	return r.pids.of(n)
}

// Where the kernel puts mappings and stacks: addresses there differ from run to
// run and are named, not compared.
const mapLow, mapHigh = 0x800000000, 0x7ff000000000

// firstPid is below all process ids, above every number of a system call and small count.
const firstPid = 1000

// at names an address.
func (r *R) at(a uint64) string {
	if s := r.prog.where(a); s != "" {
		return s
	}
	switch {
	case a < 0x10000:
		return fmt.Sprintf("%#x", a)
	case r.stack != 0 && a+1<<20 > r.stack && a < r.stack+1<<16:
		return fmt.Sprintf("stack%+d", int64(a-r.stack))
	case a >= mapLow && a < mapHigh:
		return "mapping or stack"
	}
	return fmt.Sprintf("%#x", a)
}

// pidValued lists the calls whose result is a process or thread id.
var pidValued = map[uint32]bool{sysFork: true, sysVfork: true, sysRfork: true, sysPdfork: true, sysGetpid: true, sysGetppid: true, sysWait4: true, sysWait6: true, sysSetsid: true}

// ident names a value that is a known process or thread. Process ids start at
// firstPid (see burnPids), above every system call number and small count.
func (r *R) ident(v uint64) string {
	if v >= firstPid && v < 100000 {
		return r.pids.by[int(v)]
	}
	if v >= 100000 && v < 200000 {
		return r.lwps.by[int(v)]
	}
	return ""
}

func (r *R) value(v uint64) any {
	if s := r.ident(v); s != "" {
		return s
	}
	if pidValued[r.code] && v >= firstPid && v < 100000 {
		return r.id(int(v))
	}
	if s := r.prog.where(v); s != "" {
		return s
	}
	if v >= mapLow && v < mapHigh {
		return r.at(v)
	}
	return fmt.Sprintf("%#x", v)
}

// req makes a request and records it. The caller may add decoded output.
func (r *R) req(req, pid int, addr uintptr, data int, args M, more func(ok bool, s *Step)) (int, bool) {
	ret, e := r.k.Ptrace(req, pid, addr, data)
	s := Step{Op: ptName(req), Pid: r.id(pid), PidRaw: pid, Args: args}
	if e != 0 {
		s.Errno = errnoName(e)
	} else {
		s.Ret = ret
	}
	if more != nil {
		more(e == 0, &s)
	}
	r.emit(s)
	return ret, e == 0
}

// pt makes a request whose address and data are plain values.
func (r *R) pt(req, pid int, addr uint64, data int) bool {
	_, ok := r.req(req, pid, uintptr(addr), data, M{"addr": r.at(addr), "data": data}, nil)
	return ok
}

func (r *R) cont(pid, sig int) bool { return r.pt(ptContinue, pid, 1, sig) }

// Stop is what a wait brought, and what the thread that stopped looked like.
type Stop struct {
	Pid    int
	Status int32
	None   bool   // nothing came
	Errno  string // the wait failed
	Info   Lwpinfo
	Regs   Regs
	Ret    scRet
}

func (s Stop) stopped() bool { return !s.None && s.Pid > 0 && s.Status&0x7f == 0x7f }
func (s Stop) sig() int {
	if s.stopped() {
		return int(s.Status>>8) & 0xff
	}
	return 0
}

func statusText(st int32) string {
	switch sig := int(st & 0x7f); {
	case st == 0x13:
		return "continued"
	case sig == 0x7f:
		return "stopped " + sigName(int(st>>8)&0xff)
	case sig == 0:
		return fmt.Sprintf("exited %d", st>>8&0xff)
	case st&0x80 != 0:
		return "killed " + sigName(sig) + " (core)"
	default:
		return "killed " + sigName(sig)
	}
}

const poison = 0xa5

func untouched(b []byte) bool {
	for _, c := range b {
		if c != poison {
			return false
		}
	}
	return true
}

func filled(b []byte) string {
	if untouched(b) {
		return "untouched"
	}
	for _, c := range b {
		if c != 0 {
			return "filled"
		}
	}
	return "zero"
}

// wait6 records one wait. Without WNOHANG it polls until something comes or
// patience runs out, which is recorded as "none": a blocking wait would block.
func (r *R) wait6(idtype, id, opts int) Stop {
	var buf struct {
		st  int32
		ru  [288]byte
		_   int32
		si  Siginfo
		end [8]byte
	}
	raw := unsafe.Slice((*byte)(unsafe.Pointer(&buf)), unsafe.Sizeof(buf))
	deadline := r.k.Now() + r.patience
	idn := r.id(id)
	types := map[int]string{P_PID: "P_PID", P_PGID: "P_PGID", P_SID: "P_SID", P_ALL: "P_ALL"}
	if idtype == P_ALL {
		idn = "0"
	}
	s := Step{Op: "wait6", Args: M{"idtype": types[idtype], "id": idn, "options": bits(uint32(opts), waitFlags)}}
	for pause := 100 * time.Microsecond; ; pause = min(2*pause, 5*time.Millisecond) {
		for i := range raw {
			raw[i] = poison
		}
		pid, e := r.k.Wait6(idtype, id, &buf.st, opts|WNOHANG, &buf.ru, &buf.si)
		switch {
		case e != 0:
			s.Errno = errnoName(e)
			r.emit(s)
			return Stop{None: true, Errno: s.Errno}
		case pid != 0:
			s.Ret, s.RetRaw = r.id(pid), pid
			si := buf.si
			s.Out = M{"status": fmt.Sprintf("%#x", buf.st), "means": statusText(buf.st),
				"rusage_self": filled(buf.ru[:144]), "rusage_children": filled(buf.ru[144:]), "siginfo": r.siginfo(si, true)}
			r.emit(s)
			return Stop{Pid: pid, Status: buf.st}
		case opts&WNOHANG != 0:
			s.Ret = 0
			s.Out = M{"status": filled(raw[:4]), "siginfo": r.siginfo(buf.si, false), "rusage_self": filled(buf.ru[:144])}
			r.emit(s)
			return Stop{None: true}
		case r.k.Now() > deadline:
			s.Ret = "none"
			s.Note = fmt.Sprintf("a blocking wait would block (nothing within %v)", r.patience)
			r.emit(s)
			return Stop{None: true}
		}
		r.k.Sleep(pause)
	}
}

// stop waits for one process and, if it stopped, records all there is to see.
func (r *R) stop(pid int) Stop { return r.look(r.wait6(P_PID, pid, waitAny)) }

// any waits for any child.
func (r *R) any() Stop { return r.look(r.wait6(P_ALL, 0, waitAny)) }

func (r *R) look(s Stop) Stop {
	if !s.stopped() {
		return s
	}
	var ok bool
	if s.Info, ok = r.lwpinfo(s.Pid); !ok {
		return s
	}
	if s.Info.Flags&0x10 != 0 {
		r.stack = 0 // a new image has a new stack
	}
	s.Regs = r.regs(int(s.Info.Lwpid))
	if s.Info.Flags&0xc != 0 {
		r.scArgs(int(s.Info.Lwpid))
	}
	if s.Info.Flags&8 != 0 {
		s.Ret = r.scRet(int(s.Info.Lwpid))
	}
	return s
}

// lwpinfo records PT_LWPINFO, decoded and as bytes.
func (r *R) lwpinfo(id int) (l Lwpinfo, ok bool) {
	_, ok = r.req(ptLwpinfo, id, ptr(&l), int(unsafe.Sizeof(l)), nil, func(ok bool, s *Step) {
		if ok {
			r.code = l.Code
			s.Out = r.lwpFields(l)
			s.BytesRaw = hex.EncodeToString(unsafe.Slice((*byte)(unsafe.Pointer(&l)), unsafe.Sizeof(l)))
		}
	})
	return l, ok
}

func (r *R) lwpFields(l Lwpinfo) M {
	m := M{"lwpid": r.id(int(l.Lwpid)), "lwpid_raw": l.Lwpid, "event": []string{"NONE", "SIGNAL"}[l.Event&1],
		"flags": bits(l.Flags, plFlags), "flags_hex": fmt.Sprintf("%#x", l.Flags), "tdname": cstr(l.Tdname[:])}
	if l.Flags&0x20 != 0 {
		m["siginfo"] = r.siginfo(l.Siginfo, false)
	}
	if l.ChildPid != 0 {
		m["child_pid"], m["child_pid_raw"] = r.id(int(l.ChildPid)), l.ChildPid
	}
	if l.Code != 0 || l.Flags&0xc != 0 {
		m["syscall_code"], m["syscall_narg"] = l.Code, l.Narg
		if n, ok := sysNames[l.Code]; ok {
			m["syscall"] = n
		}
	}
	if s := sigset(l.Sigmask); s != "" {
		m["sigmask"] = s
	}
	if s := sigset(l.Siglist); s != "" {
		m["siglist"] = s
	}
	return m
}

func cstr(b []byte) string { s, _, _ := strings.Cut(string(b), "\x00"); return s }

func sigset(w [4]uint32) string {
	var out []string
	for i := 1; i <= 128; i++ {
		if w[(i-1)/32]>>((i-1)%32)&1 != 0 {
			out = append(out, sigName(i))
		}
	}
	if len(out) > 20 {
		return fmt.Sprintf("%d signals: %x", len(out), w)
	}
	return strings.Join(out, "|")
}

var sigCodes = map[int32]string{0x10001: "SI_USER", 0x10002: "SI_QUEUE", 0x10003: "SI_TIMER", 0x10006: "SI_KERNEL", 0x10007: "SI_LWP", 0: "SI_NOINFO"}
var codeBySig = map[int32][]string{
	SIGILL:  {"", "ILL_ILLOPC", "ILL_ILLOPN", "ILL_ILLADR", "ILL_ILLTRP", "ILL_PRVOPC", "ILL_PRVREG", "ILL_COPROC", "ILL_BADSTK"},
	SIGFPE:  {"", "FPE_INTOVF", "FPE_INTDIV", "FPE_FLTDIV", "FPE_FLTOVF", "FPE_FLTUND", "FPE_FLTRES", "FPE_FLTINV", "FPE_FLTSUB", "FPE_FLTIDO"},
	SIGSEGV: {"", "SEGV_MAPERR", "SEGV_ACCERR"},
	SIGBUS:  {"", "BUS_ADRALN", "BUS_ADRERR", "BUS_OBJERR"},
	SIGTRAP: {"", "TRAP_BRKPT", "TRAP_TRACE", "TRAP_DTRACE", "TRAP_CAP"},
	SIGCHLD: {"", "CLD_EXITED", "CLD_KILLED", "CLD_DUMPED", "CLD_TRAPPED", "CLD_STOPPED", "CLD_CONTINUED"},
}

// siginfo decodes a siginfo; one filled by wait carries a child's status.
func (r *R) siginfo(si Siginfo, fromWait bool) any {
	b := unsafe.Slice((*byte)(unsafe.Pointer(&si)), unsafe.Sizeof(si))
	if f := filled(b); f != "filled" {
		return f
	}
	code, ok := sigCodes[si.Code]
	if t := codeBySig[si.Signo]; si.Code > 0 && int(si.Code) < len(t) {
		code, ok = t[si.Code], true
	}
	if !ok {
		code = fmt.Sprintf("%#x", si.Code)
	}
	m := M{"signo": sigName(int(si.Signo)), "code": code, "code_num": si.Code}
	if si.Errno != 0 {
		m["errno"] = si.Errno
	}
	if si.Pid != 0 {
		m["pid"], m["pid_raw"] = r.id(int(si.Pid)), si.Pid
	}
	if si.Uid != 0 {
		m["uid"] = si.Uid
	}
	if si.Status != 0 || fromWait {
		m["status"] = si.Status
	}
	if si.Addr != 0 {
		m["addr"], m["addr_raw"] = r.at(si.Addr), fmt.Sprintf("%#x", si.Addr)
	}
	if si.Value != 0 {
		m["value"] = fmt.Sprintf("%#x", si.Value)
	}
	if si.Reason[0] != 0 {
		m["trapno"] = si.Reason[0]
	}
	return m
}

// regs records the general registers: the few that matter by name, all as raw.
func (r *R) regs(id int) (g Regs) {
	r.req(ptGetRegs, id, ptr(&g), 0, nil, func(ok bool, s *Step) {
		if !ok {
			return
		}
		if r.stack == 0 {
			r.stack = g.Rsp
		}
		s.Out = M{"rip": r.at(g.Rip), "rip_raw": fmt.Sprintf("%#x", g.Rip), "rsp": r.at(g.Rsp), "rsp_raw": fmt.Sprintf("%#x", g.Rsp),
			"rax": r.value(g.Rax), "rax_raw": fmt.Sprintf("%#x", g.Rax), "rflags": fmt.Sprintf("%#x", g.Rflags)}
		if g.Trapno != 0 || g.Err != 0 {
			s.Out["trapno"], s.Out["err"] = g.Trapno, g.Err
		}
		s.BytesRaw = hex.EncodeToString(unsafe.Slice((*byte)(unsafe.Pointer(&g)), unsafe.Sizeof(g)))
	})
	return g
}

// setRegs records PT_SETREGS of what change makes of the current registers.
func (r *R) setRegs(id int, what string, change func(*Regs)) bool {
	var g Regs
	r.k.Ptrace(ptGetRegs, id, ptr(&g), 0)
	change(&g)
	_, ok := r.req(ptSetRegs, id, ptr(&g), 0, M{"set": what}, nil)
	return ok
}

func (r *R) scArgs(id int) {
	var a [8]uint64
	for i := range a {
		a[i] = 0xa5a5a5a5a5a5a5a5
	}
	r.req(ptGetScArgs, id, ptr(&a), int(unsafe.Sizeof(a)), M{"data": int(unsafe.Sizeof(a))}, func(ok bool, s *Step) {
		if !ok {
			return
		}
		var v []any
		for _, x := range a {
			v = append(v, r.argValue(x))
		}
		s.Out = M{"args": v, "args_raw": fmt.Sprintf("%#x", a)}
	})
}

func (r *R) argValue(v uint64) any {
	if v == 0xa5a5a5a5a5a5a5a5 {
		return "untouched"
	}
	if s := r.ident(v); s != "" {
		return s
	}
	return r.at(v)
}

func (r *R) scRet(id int) (v scRet) {
	r.req(ptGetScRet, id, ptr(&v), int(unsafe.Sizeof(v)), M{"data": int(unsafe.Sizeof(v))}, func(ok bool, s *Step) {
		if ok {
			s.Out = M{"error": errnoName(syscallErrno(v.Err)), "error_num": v.Err, "retval0": r.value(v.Ret[0]), "retval1": r.value(v.Ret[1]),
				"retval0_raw": fmt.Sprintf("%#x", v.Ret[0]), "retval1_raw": fmt.Sprintf("%#x", v.Ret[1])}
		}
	})
	return v
}

// mask sets the event mask, getMask reads it.
func (r *R) mask(pid int, m uint32) bool {
	_, ok := r.req(ptSetEventMask, pid, ptr(&m), 4, M{"mask": fmt.Sprintf("%#x", m), "mask_names": bits(m, eventFlags), "data": 4}, nil)
	return ok
}

func (r *R) getMask(pid int) {
	var m uint32
	r.req(ptGetEventMask, pid, ptr(&m), 4, M{"data": 4}, func(ok bool, s *Step) {
		if ok {
			s.Out = M{"mask": fmt.Sprintf("%#x", m), "mask_names": bits(m, eventFlags)}
		}
	})
}

// lwps records the thread list, and each thread's lwpinfo if told so.
func (r *R) lwpList(pid int, max int, each bool) []int32 {
	r.req(ptGetNumLwps, pid, 0, 0, nil, nil)
	ids := make([]int32, 64)
	n, ok := r.req(ptGetLwpList, pid, ptr(&ids[0]), max, M{"data": max}, func(ok bool, s *Step) {
		if ok {
			var l []string
			for _, id := range ids[:s.Ret.(int)] {
				l = append(l, r.id(int(id)))
			}
			s.Out = M{"lwps": l}
		}
	})
	if !ok {
		return nil
	}
	if each {
		for _, id := range ids[:n] {
			r.lwpinfo(int(id))
			r.regs(int(id))
		}
	}
	return ids[:n]
}

// io records PT_IO: piod_len before and after, and the bytes read.
func (r *R) io(pid, op int, addr uint64, b []byte, length uint64) (uint64, bool) {
	d := ioDesc{Op: int32(op), Offs: addr, Addr: ptr(unsafe.SliceData(b)), Len: length}
	ops := map[int]string{1: "PIOD_READ_D", 2: "PIOD_WRITE_D", 3: "PIOD_READ_I", 4: "PIOD_WRITE_I"}
	name := ops[op]
	if name == "" {
		name = fmt.Sprint(op)
	}
	write := op == PIOD_WRITE_D || op == PIOD_WRITE_I
	args := M{"op": name, "offs": r.at(addr), "len": length}
	if write {
		args["bytes"] = hex.EncodeToString(b[:min(len(b), 16)])
	}
	_, ok := r.req(ptIO, pid, ptr(&d), 0, args, func(ok bool, s *Step) {
		s.Out = M{"piod_len": d.Len}
		if !write && ok && d.Len > 0 && d.Len <= uint64(len(b)) {
			s.Out["bytes"] = hex.EncodeToString(b[:min(d.Len, 32)])
		}
		if !write {
			n := 0
			for n < len(b) && b[len(b)-1-n] == poison {
				n++
			}
			s.Out["buffer_filled"] = len(b) - n
		}
	})
	return d.Len, ok
}

func (r *R) read(pid int, addr uint64, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = poison
	}
	r.io(pid, PIOD_READ_D, addr, b, uint64(n))
	return b
}

func (r *R) write(pid int, addr uint64, b ...byte) bool {
	_, ok := r.io(pid, PIOD_WRITE_I, addr, b, uint64(len(b)))
	return ok
}

// peek reads a quadword of the tracee and records it under a label's name.
func (r *R) peek(pid int, label string) uint64 {
	b := r.read(pid, r.prog.Labels[label], 8)
	return *(*uint64)(unsafe.Pointer(&b[0]))
}

// dbregs and setDbregs record the debug registers that matter.
func (r *R) dbregs(id int) (d [16]uint64) {
	r.req(ptGetDbRegs, id, ptr(&d), 0, nil, func(ok bool, s *Step) {
		if ok {
			s.Out = M{"dr0": r.at(d[0]), "dr1": r.at(d[1]), "dr2": r.at(d[2]), "dr3": r.at(d[3]), "dr6": fmt.Sprintf("%#x", d[6]), "dr7": fmt.Sprintf("%#x", d[7])}
		}
	})
	return d
}

func (r *R) setDbregs(id int, d [16]uint64) bool {
	_, ok := r.req(ptSetDbRegs, id, ptr(&d), 0, M{"dr0": r.at(d[0]), "dr1": r.at(d[1]), "dr6": fmt.Sprintf("%#x", d[6]), "dr7": fmt.Sprintf("%#x", d[7])}, nil)
	return ok
}
