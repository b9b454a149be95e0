package freebsd

// A Sys that plays a recording: it gives the stops that a real kernel gave, in their order,
// each once the process it is of has been set going, and answers requests on a stopped
// process with the bytes that were recorded in that stop. It refuses what a kernel would
// refuse, and says so.

import (
	"bytes"
	"debug/elf"
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/trapline/trapline/abi"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/procfs/kinfo"
	recordings "github.com/trapline/trapline/testdata/freebsd"
)

// frame is one thing that a wait brought, what was seen in the stop and how it was left.
type frame struct {
	pid    int
	status uint32
	info   raw.Siginfo
	main   []byte            // PT_LWPINFO of the process
	lwps   map[int][]byte    // of threads by lwpid
	regs   map[int][]byte    // PT_GETREGS
	args   map[int][8]uint64 // PT_GET_SC_ARGS
	ret    map[int]raw.ScReturn
	list   []int // PT_GETLWPLIST
	// leave is the request that set the process going (or detached or killed it), step the
	// thread that PT_STEP or PT_SETSTEP named.
	leave  int
	data   int
	target int
	mask   uint32       // event mask set in this stop; 0 none
	hold   map[int]bool // threads by PT_SUSPEND (true) and PT_RESUME
	taken  bool
	loose  bool // any signal may be passed with the request after it
}

type player struct {
	t       *testing.T
	frames  []*frame
	next    int
	pids    []int // spawned or attached to, in order
	attach  bool
	now     map[int]*frame // of stopped processes
	traced  map[int]bool
	threads map[int][]int // known lwps, in order of appearance
	parents map[int]int
	image   map[uint64][]byte
	regs    map[int][]byte // written
	count   map[int]int    // requests by number
	stops   int
	log     []string
	self    map[string]int
	state   kinfo.Proc // what kern.proc.pid says besides the ids
}

// num reads "0x1f" and 31 alike.
func num(v any) uint64 {
	switch v := v.(type) {
	case float64:
		return uint64(int64(v))
	case string:
		n, _ := strconv.ParseUint(v, 0, 64)
		return n
	}
	return 0
}

// newPlayer reads a recording; nil when it is not of one debugger alone.
func newPlayer(t *testing.T, file string) *player {
	p := &player{t: t, now: map[int]*frame{}, traced: map[int]bool{}, threads: map[int][]int{}, parents: map[int]int{}, regs: map[int][]byte{},
		count: map[int]int{}, image: map[uint64][]byte{}}
	current := map[int]*frame{}
	owner := map[int]int{}
	last := (*frame)(nil)
	steps := recordings.Load(file)
	names := map[string]int{} // of threads
	for _, s := range steps {
		if lwp := s.Text("lwpid"); lwp != "" {
			names[lwp] = int(num(s.Out["lwpid_raw"]))
		}
	}
	for _, s := range steps {
		if s.By != "" {
			return nil
		}
		f := current[s.PidRaw]
		if f == nil {
			f = current[owner[s.PidRaw]]
		}
		if f == nil && s.PidRaw > 99999 { // a thread that has not stopped yet
			f = last
		}
		switch {
		case s.Op == "program":
			p.load(recordings.ELF(fmt.Sprint(s.Args["file"])))
		case strings.HasPrefix(s.Op, "spawn"):
			p.pids = append(p.pids, int(num(s.RetRaw)))
		case s.Op == "PT_ATTACH" && s.Errno == "":
			p.attach, p.frames = true, nil // what came before concerns no debugger
		case s.Op == "wait6" && s.Out != nil && s.RetRaw != nil:
			last = newFrame(&s)
			current[last.pid] = last
			p.frames = append(p.frames, last)
		case f == nil || s.Errno != "":
		case s.Op == "PT_GETLWPLIST":
			list, _ := s.Out["lwps"].([]any)
			f.list = nil
			for _, n := range list {
				f.list = append(f.list, names[fmt.Sprint(n)])
			}
		case s.Op == "PT_LWPINFO":
			b := s.Bytes()
			var l raw.LWPInfo
			raw.DecodeLWPInfo(b, &l)
			owner[int(l.LWP)] = f.pid
			if s.PidRaw == f.pid && f.main == nil {
				f.main = b
			}
			f.lwps[int(l.LWP)] = b
		default:
			f.take(&s)
		}
	}
	return p
}

func newFrame(s *recordings.Step) *frame {
	f := &frame{pid: int(num(s.RetRaw)), status: uint32(num(s.Out["status"])), lwps: map[int][]byte{}, regs: map[int][]byte{}, hold: map[int]bool{},
		args: map[int][8]uint64{}, ret: map[int]raw.ScReturn{}}
	if si, ok := s.Out["siginfo"].(map[string]any); ok {
		f.info = raw.Siginfo{Signo: raw.SIGCHLD, Code: int32(num(si["code_num"])), PID: int32(f.pid), Status: int32(num(si["status"]))}
	}
	return f
}

// leaving are the requests that end a stop.
var leaving = map[string]int{"PT_CONTINUE": raw.Continue, "PT_STEP": raw.Step, "PT_SYSCALL": raw.Syscall, "PT_TO_SCE": raw.ToSCE, "PT_TO_SCX": raw.ToSCX,
	"PT_DETACH": raw.Detach, "PT_KILL": raw.Kill}

// take keeps what a step of a stop shows.
func (f *frame) take(s *recordings.Step) {
	switch s.Op {
	case "PT_GETREGS":
		if f.regs[s.PidRaw] == nil {
			f.regs[s.PidRaw] = s.Bytes()
		}
	case "PT_GET_SC_ARGS":
		var a [8]uint64
		for i, w := range strings.Fields(strings.Trim(s.Text("args_raw"), "[]")) {
			a[i] = num(w)
		}
		f.args[s.PidRaw] = a
	case "PT_GET_SC_RET":
		f.ret[s.PidRaw] = raw.ScReturn{Ret: [2]uint64{num(s.Out["retval0_raw"]), num(s.Out["retval1_raw"])}, Err: raw.Errno(int32(num(s.Out["error_num"])))}
	case "PT_SET_EVENT_MASK":
		f.mask = uint32(num(s.Args["mask"]))
	case "PT_SETSTEP":
		f.target = s.PidRaw
	case "PT_SUSPEND", "PT_RESUME":
		f.hold[s.PidRaw] = s.Op == "PT_SUSPEND"
	case "PT_CLEARSTEP":
		f.target = 0
	}
	if req, ok := leaving[s.Op]; ok && f.leave == 0 {
		f.leave, f.data = req, int(num(s.Args["data"]))
		if req == raw.Step {
			f.target = s.PidRaw
		}
	}
}

func (p *player) load(b []byte) {
	f, err := elf.NewFile(bytes.NewReader(b))
	if err != nil {
		p.t.Fatal(err)
	}
	for _, s := range f.Progs {
		if s.Type == elf.PT_LOAD && s.Filesz > 0 {
			data := make([]byte, s.Filesz)
			s.ReadAt(data, 0)
			p.image[s.Vaddr] = data
		}
	}
}

// stopped is the frame of the stop that a process, or the process of a thread, is in.
func (p *player) stopped(id int) (*frame, Errno) {
	for pid, f := range p.now {
		if pid == id {
			return f, 0
		}
		for _, lwp := range p.threads[pid] {
			if lwp == id {
				return f, 0
			}
		}
	}
	for pid := range p.traced {
		if pid == id {
			return nil, raw.EBUSY
		}
	}
	return nil, raw.ESRCH
}

func (p *player) say(format string, args ...any) { p.log = append(p.log, fmt.Sprintf(format, args...)) }

func (p *player) Ptrace(req, id int, addr, data uint64) (int, Errno) {
	p.count[req]++
	if req == raw.Attach {
		p.traced[id] = true
		return 0, 0
	}
	f, e := p.stopped(id)
	if e != 0 {
		p.t.Errorf("%s of %d: %s", raw.RequestName(req), id, abi.FreeBSD.ErrnoName(int(e)))
		return 0, e
	}
	row := raw.Request(req)
	if row == nil || !row.Resumes {
		p.say("%s %s", raw.RequestName(req), p.name(id))
		return 0, 0
	}
	if req != raw.Kill && addr != onward {
		p.t.Errorf("%s at %#x", row.Name, addr)
	}
	p.say("%s %s %d", row.Name, p.name(id), data)
	if want := f.data; req != raw.Detach && f.leave != raw.Kill && !f.loose && int(data) != want && data != raw.SIGKILL {
		p.t.Errorf("%s passes signal %d where the recording has %s with %d", row.Name, data, raw.RequestName(f.leave), want)
	}
	delete(p.now, f.pid)
	if req == raw.Detach {
		delete(p.traced, f.pid)
	}
	return 0, 0
}

// name is a thread by its place in its process.
func (p *player) name(id int) string {
	for pid, list := range p.threads {
		for i, lwp := range list {
			if lwp == id {
				return fmt.Sprintf("%s/T%d", p.name(pid), i+1)
			}
		}
	}
	if n, ok := p.self[fmt.Sprint(id)]; ok {
		return fmt.Sprintf("P%d", n)
	}
	if p.self == nil {
		p.self = map[string]int{}
	}
	p.self[fmt.Sprint(id)] = len(p.self) + 1
	return fmt.Sprintf("P%d", len(p.self))
}

func (p *player) PtraceBuf(req, id int, buf []byte, data uint64) (int, Errno) {
	p.count[req]++
	f, e := p.stopped(id)
	if e != 0 {
		p.t.Errorf("%s of %d: %s", raw.RequestName(req), id, abi.FreeBSD.ErrnoName(int(e)))
		return 0, e
	}
	lwp := id
	if id == f.pid {
		lwp = p.reporter(f)
	}
	switch req {
	case raw.Lwpinfo:
		copy(buf, p.lwpinfo(f, lwp))
	case raw.GetRegs:
		switch {
		case p.regs[lwp] != nil:
			copy(buf, p.regs[lwp])
		case f.regs[lwp] != nil:
			copy(buf, f.regs[lwp])
		}
	case raw.SetRegs:
		p.regs[lwp] = bytes.Clone(buf)
		p.say("PT_SETREGS %s rip %#x rax %#x", p.name(lwp), le.Uint64(buf[offRIP:]), le.Uint64(buf[offRAX:]))
	case raw.GetScArgs:
		a, ok := f.args[lwp]
		if !ok {
			return 0, raw.EINVAL
		}
		for i, v := range a {
			le.PutUint64(buf[8*i:], v)
		}
	case raw.GetScRet:
		r, ok := f.ret[lwp]
		if !ok {
			return 0, raw.EINVAL
		}
		r.Encode(buf)
	case raw.GetLwpList:
		list := p.threads[f.pid]
		if f.list != nil {
			list = f.list
		}
		for i, n := range list {
			le.PutUint32(buf[4*i:], uint32(n))
		}
		return len(list), 0
	case raw.Coredump: // the same stop again
		delete(p.now, f.pid)
		f.taken = false
		p.next--
	case raw.SetEventMask:
		p.say("PT_SET_EVENT_MASK %s %#x", p.name(id), le.Uint32(buf))
	}
	return 0, 0
}

// reporter is the thread that a stop was recorded for.
func (p *player) reporter(f *frame) int {
	var l raw.LWPInfo
	if f.main == nil {
		return 0
	}
	raw.DecodeLWPInfo(f.main, &l)
	return int(l.LWP)
}

// lwpinfo of a thread that the recorder did not look at is one of which there is no news.
func (p *player) lwpinfo(f *frame, lwp int) []byte {
	if lwp == p.reporter(f) {
		return f.main
	}
	if b := f.lwps[lwp]; b != nil {
		return b
	}
	b := make([]byte, raw.LwpinfoSize)
	l := raw.LWPInfo{LWP: int32(lwp)}
	l.Encode(b)
	return b
}

func (p *player) IO(id, op int, addr uint64, b []byte) (int, Errno) {
	p.count[raw.IO]++
	if _, e := p.stopped(id); e != 0 {
		return 0, e
	}
	for base, data := range p.image {
		if addr >= base && addr+uint64(len(b)) <= base+uint64(len(data)) {
			if op == raw.ReadData || op == raw.ReadInstr {
				return copy(b, data[addr-base:]), 0
			}
			return copy(data[addr-base:], b), 0
		}
	}
	return len(b), raw.EFAULT
}

func (p *player) Wait(pid int, block bool, info []byte) (int, uint32, Errno) {
	if p.next == len(p.frames) {
		return 0, 0, raw.ECHILD
	}
	f := p.ready(pid)
	if f == nil {
		if block {
			p.t.Fatal("a wait that blocks for ever: what is to come is of processes that are stopped")
		}
		return 0, 0, 0
	}
	f.taken = true
	p.next++
	f.info.Encode(info)
	delete(p.regs, p.reporter(f))
	if raw.DecodeStatus(f.status, nil).Kind != raw.StatusStopped {
		delete(p.traced, f.pid)
		return f.pid, f.status, 0
	}
	p.stops++
	p.traced[f.pid] = true
	p.now[f.pid] = f
	for _, lwp := range append([]int{p.reporter(f)}, f.list...) {
		p.meet(f.pid, lwp)
	}
	for lwp := range f.regs {
		if lwp > 99999 {
			p.meet(f.pid, lwp)
		}
	}
	return f.pid, f.status, 0
}

// ready is the next thing to come of a process, or of any that has been set going: the
// adapter may not let a child go on that the recorder let go on at once.
func (p *player) ready(pid int) *frame {
	late := map[int]bool{}
	for _, f := range p.frames {
		switch {
		case f.taken || late[f.pid]:
		case pid != 0 && pid != f.pid:
		case p.now[f.pid] != nil:
			late[f.pid] = true
		case len(late) > 0 && !f.forked(): // a parent's news of its child was there before
			late[f.pid] = true
		default:
			return f
		}
	}
	return nil
}

func (f *frame) forked() bool {
	var l raw.LWPInfo
	if f.main != nil {
		raw.DecodeLWPInfo(f.main, &l)
	}
	return l.Flags&raw.FlagForked != 0
}

func (p *player) meet(pid, lwp int) {
	for _, known := range p.threads[pid] {
		if known == lwp {
			return
		}
	}
	if lwp != 0 {
		p.threads[pid] = append(p.threads[pid], lwp)
	}
}

func (p *player) Sysctl(name string, args ...int32) ([]byte, Errno) {
	if name != "kern.proc.pid" {
		return nil, raw.ESRCH
	}
	pid := int(args[0])
	k := p.state
	k.PID, k.Emul = int32(pid), "FreeBSD ELF64"
	for _, f := range p.frames {
		if f.pid == pid && f.main != nil {
			k.TID = le32(f.main)
			break
		}
	}
	for _, f := range p.frames {
		if f.main != nil {
			var l raw.LWPInfo
			raw.DecodeLWPInfo(f.main, &l)
			if int(l.ChildPID) == pid {
				k.PPID = int32(f.pid)
			}
		}
	}
	return k.Append(nil), 0
}

func le32(b []byte) int32 { return int32(le.Uint32(b)) }

func (p *player) Regset(req, id, note int, buf []byte) (int, Errno) { return len(buf), 0 }
func (p *player) VMEntry(id int, entry, path []byte) Errno          { return raw.ENOENT }
func (p *player) Wake()                                             {}
func (p *player) Spawned(int) (string, Errno)                       { return "", 0 }
func (p *player) Procctl(int, int, []byte) Errno                    { return 0 }
func (p *player) Spawn(l *kernel.Launch, stop bool) (int, Errno) {
	p.traced[p.pids[0]] = true
	return p.pids[0], 0
}
func (p *player) ScRemote(int, uint32, []uint64) (raw.ScReturn, Errno) {
	return raw.ScReturn{}, raw.EBUSY
}

func (p *player) Kill(pid, sig int) Errno {
	p.say("kill %s %d", p.name(pid), sig)
	return 0
}

func (p *player) ThrKill2(pid, lwp, sig int) Errno {
	p.say("thr_kill2 %s %d", p.name(lwp), sig)
	return 0
}
