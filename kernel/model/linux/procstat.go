package linux

// stat, statm and status: a process in numbers (proc_pid_stat(5), proc_pid_status(5)).

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/fs"
	"github.com/trapline/trapline/kernel/model/kern"
	"github.com/trapline/trapline/kernel/model/vm"
)

// Flags of a task that stat shows (linux/sched.h, PF_*).
const (
	pfExiting    = 0x4
	pfCoreDone   = 0x8
	pfForkNoExec = 0x40
	pfRandomize  = 0x400000
)

// stateNames are what a thread does, by kern.ThreadState.
var stateNames = [...]string{kern.Runnable: "R (running)", kern.Running: "R (running)", kern.Sleeping: "S (sleeping)",
	kern.Stopped: "T (stopped)", kern.Traced: "t (tracing stop)", kern.Dead: "Z (zombie)", kern.Gone: "X (dead)"}

func stateName(t *kern.Thread) string {
	if t.Uninterruptible() {
		return "D (disk sleep)"
	}
	return stateNames[t.State]
}

// numbersLine writes numbers with blanks between them.
func numbersLine(b *bytes.Buffer, all ...int64) {
	for _, n := range all {
		b.WriteByte(' ')
		b.WriteString(strconv.FormatInt(n, 10))
	}
}

func unsignedLine(b *bytes.Buffer, all ...uint64) {
	for _, n := range all {
		b.WriteByte(' ')
		b.WriteString(strconv.FormatUint(n, 10))
	}
}

// showStat is stat (do_task_stat).
func showStat(v *view) ([]byte, errno.Errno) {
	t, p := v.t, v.p
	own := t.Usage
	if v.whole {
		own = p.Usage
	}
	b := new(bytes.Buffer)
	fmt.Fprintf(b, "%d (%s) %c", t.TID, commOf(t), stateName(t)[0])
	tty, foreground := terminalOf(p)
	numbersLine(b, int64(parentID(p, t)), int64(p.Group.ID), int64(p.Group.Session.ID), tty, foreground, taskFlags(t),
		own.Faults, p.Reap.Faults, 0, 0,
		own.User/clockTick, own.System/clockTick, p.Reap.User/clockTick, p.Reap.System/clockTick,
		20, 0, int64(len(p.Threads)), 0, t.Born/clockTick)
	sizes := sizesOf(v)
	unsignedLine(b, sizes.total, sizes.resident/vm.PageSize, ^uint64(0))
	v.statAddresses(b)
	v.statSignals(b)
	numbersLine(b, 0, 0, int64(p.ExitSignal), 0, 0, 0, 0, 0, 0)
	v.statEnd(b)
	return b.Bytes(), errno.OK
}

// statAddresses are startcode to kstkeip; who may not look learns only that there is a program.
func (v *view) statAddresses(b *bytes.Buffer) {
	switch im := v.image; {
	case v.space == nil || im == nil:
		unsignedLine(b, 0, 0, 0, 0, 0)
	case mayLook(v.by, v.t) != errno.OK:
		unsignedLine(b, 1, 1, 0, 0, 0)
	default:
		unsignedLine(b, im.StartCode, im.EndCode, im.StartStack, 0, 0)
	}
}

// statSignals are four sets, as far as they fit 31 bits, and whether it sleeps.
func (v *view) statSignals(b *bytes.Buffer) {
	ignored, caught := actions(v.p)
	const mask = 1<<31 - 1
	asleep := uint64(0)
	if v.t.State > kern.Running && mayLook(v.by, v.t) == errno.OK && (!v.whole || len(v.p.Threads) < 2) {
		asleep = 1
	}
	if !v.t.Alive() {
		asleep = 0
	}
	unsignedLine(b, v.t.Pending.Set()[0]&mask, v.t.Mask[0]&mask, ignored[0]&mask, caught[0]&mask, asleep)
}

// statEnd is start_data to exit_code.
func (v *view) statEnd(b *bytes.Buffer) {
	may := mayLook(v.by, v.t) == errno.OK
	if im := v.image; v.space != nil && im != nil && may {
		unsignedLine(b, im.StartData, im.EndData, v.space.Heap().Start, im.ArgStart, im.ArgEnd, im.EnvStart, im.EnvEnd)
	} else {
		unsignedLine(b, 0, 0, 0, 0, 0, 0, 0)
	}
	code := uint32(0)
	switch {
	case !may:
	case v.t.State == kern.Dead:
		code = v.t.Exit().Status()
	case v.whole && v.p.Job.Stopped:
		code = uint32(v.p.Job.Sig)
	case v.t.State == kern.Traced:
		code = uint32(taskOf(v.t).code)
	}
	fmt.Fprintf(b, " %d\n", code)
}

// terminalOf is the device of the process's terminal, and its foreground group; 0 and -1
// without one.
func terminalOf(p *kern.Proc) (tty, foreground int64) {
	t := p.Terminal()
	if t == nil {
		return 0, -1
	}
	if pty := slaves(p.M)[t]; pty != nil {
		return int64(device(136, uint32(pty.Index))), int64(t.Foreground)
	}
	return int64(device(4, 1)), int64(t.Foreground)
}

func taskFlags(t *kern.Thread) int64 {
	f := int64(0)
	if t.M.ASLR && !t.Proc.NoASLR {
		f |= pfRandomize
	}
	if !t.Proc.Executed {
		f |= pfForkNoExec
	}
	if t.Exiting {
		f |= pfExiting
	}
	if t.State == kern.Dead {
		f |= pfExiting | pfCoreDone
	}
	return f
}

// actions are the signals that the process ignores, and those it catches.
func actions(p *kern.Proc) (ignored, caught kern.Sigset) {
	for sig := 1; sig <= System.Sig.Max; sig++ {
		switch p.Actions.Get(sig).Handler {
		case kern.Default:
		case kern.Ignored:
			ignored = ignored.With(sig)
		default:
			caught = caught.With(sig)
		}
	}
	return ignored, caught
}

// showStatm is statm, in pages.
func showStatm(v *view) ([]byte, errno.Errno) {
	z := sizesOf(v)
	const page = vm.PageSize
	return fmt.Appendf(nil, "%d %d %d %d 0 %d 0\n", z.total/page, z.resident/page, (z.file+z.shared)/page, z.text/page,
		(z.data+z.stack)/page), errno.OK
}

// showStatus is status.
func showStatus(v *view) ([]byte, errno.Errno) {
	b := new(bytes.Buffer)
	v.statusIdentity(b)
	v.statusMemory(b)
	v.statusSignals(b)
	v.statusRights(b)
	const oneNode = "00000000,00000001"
	fmt.Fprintf(b, "Cpus_allowed:\t1\nCpus_allowed_list:\t0\nMems_allowed:\t%s\nMems_allowed_list:\t0\n", oneNode)
	fmt.Fprintf(b, "voluntary_ctxt_switches:\t%d\nnonvoluntary_ctxt_switches:\t%d\n", v.t.Usage.Voluntary, v.t.Usage.Preempted)
	return b.Bytes(), errno.OK
}

// escapedName is a command name where it must stay on a line.
var escapedName = strings.NewReplacer("\\", "\\\\", "\n", "\\n")

func (v *view) statusIdentity(b *bytes.Buffer) {
	t, p := v.t, v.p
	fmt.Fprintf(b, "Name:\t%s\n", escapedName.Replace(commOf(t)))
	if t.Alive() && p.At != nil {
		fmt.Fprintf(b, "Umask:\t%#04o\n", uint(p.At.Umask))
	}
	fmt.Fprintf(b, "State:\t%s\nTgid:\t%d\nNgid:\t0\nPid:\t%d\nPPid:\t%d\nTracerPid:\t%d\n",
		stateName(t), p.PID, t.TID, parentID(p, t), tracerOf(t))
	c := &p.Cred
	fmt.Fprintf(b, "Uid:\t%d\t%d\t%d\t%d\n", c.UID, c.EUID, c.SUID, c.FSUser())
	fmt.Fprintf(b, "Gid:\t%d\t%d\t%d\t%d\n", c.GID, c.EGID, c.SGID, c.FSGroup())
	fmt.Fprintf(b, "FDSize:\t%d\nGroups:\t", fdSize(descriptors(t)))
	for i, g := range c.Groups {
		if i > 0 {
			b.WriteByte(' ')
		}
		fmt.Fprint(b, g)
	}
	fmt.Fprintf(b, " \nNStgid:\t%d\nNSpid:\t%d\nNSpgid:\t%d\nNSsid:\t%d\nKthread:\t0\n", p.PID, t.TID, p.Group.ID, p.Group.Session.ID)
}

// fdSize is how many descriptors the table has room for: 64, or a power of two above.
func fdSize(files *fs.Table) int {
	if files == nil {
		return 0
	}
	n := 64
	files.Each(func(fd int, _ *fs.File, _ bool) {
		for fd >= n {
			n *= 2
		}
	})
	return n
}

func (v *view) statusMemory(b *bytes.Buffer) {
	if v.space == nil {
		return
	}
	z := sizesOf(v)
	for _, row := range []struct {
		name  string
		bytes uint64
	}{{"VmPeak", z.total}, {"VmSize", z.total}, {"VmLck", 0}, {"VmPin", 0}, {"VmHWM", z.resident}, {"VmRSS", z.resident},
		{"RssAnon", z.anon}, {"RssFile", z.file}, {"RssShmem", z.shared}, {"VmData", z.data}, {"VmStk", z.stack},
		{"VmExe", z.text}, {"VmLib", z.lib}, {"VmPTE", z.tables()}, {"VmSwap", 0}, {"HugetlbPages", 0}} {
		fmt.Fprintf(b, "%s:\t%8d kB\n", row.name, row.bytes>>10)
	}
	dumping := 0
	if v.p.Dying() && v.p.EndOf().Core {
		dumping = 1
	}
	fmt.Fprintf(b, "CoreDumping:\t%d\nTHP_enabled:\t0\nuntag_mask:\t0xffffffffffffffff\n", dumping)
}

func (v *view) statusSignals(b *bytes.Buffer) {
	t, p := v.t, v.p
	ignored, caught := actions(p)
	queued := 0
	for _, q := range v.m.Procs() {
		if q.Cred.UID != p.Cred.UID {
			continue
		}
		queued += len(q.Pending.List())
		for _, o := range q.Threads {
			queued += len(o.Pending.List())
		}
	}
	fmt.Fprintf(b, "Threads:\t%d\nSigQ:\t%d/%d\n", len(p.Threads), queued, p.Limits[kern.LimitPending].Cur)
	for _, row := range []struct {
		name string
		set  kern.Sigset
	}{{"SigPnd", t.Pending.Set()}, {"ShdPnd", p.Pending.Set()}, {"SigBlk", t.Mask}, {"SigIgn", ignored}, {"SigCgt", caught}} {
		fmt.Fprintf(b, "%s:\t%016x\n", row.name, row.set[0])
	}
}

// allCaps are the capabilities that there are, up to CAP_CHECKPOINT_RESTORE.
const allCaps = 1<<41 - 1

// statusRights are capabilities, which root has and others have not, and seccomp.
func (v *view) statusRights(b *bytes.Buffer) {
	permitted, effective, no := uint64(0), uint64(0), 0
	c := &v.p.Cred
	if c.UID == 0 || c.EUID == 0 || c.SUID == 0 {
		permitted = allCaps
	}
	if c.EUID == 0 {
		effective = allCaps
	}
	if v.p.NoNewPrivs {
		no = 1
	}
	for _, row := range []struct {
		name string
		set  uint64
	}{{"CapInh", 0}, {"CapPrm", permitted}, {"CapEff", effective}, {"CapBnd", allCaps}, {"CapAmb", 0}} {
		fmt.Fprintf(b, "%s:\t%016x\n", row.name, row.set)
	}
	fmt.Fprintf(b, "NoNewPrivs:\t%d\nSeccomp:\t0\nSeccomp_filters:\t0\n", no)
	b.WriteString("Speculation_Store_Bypass:\tnot vulnerable\nSpeculationIndirectBranch:\tnot affected\n")
}
