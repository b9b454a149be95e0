package replay

import (
	"time"
	"unsafe"
)

// A table of errnos: every request, made with arguments that would be right
// for a stopped tracee, on targets in every other state.

type request struct {
	name string
	req  int
	make func(b []byte) (uintptr, int) // address and data
}

func (r *R) tableRequests() []request {
	coreFile := r.k.Open("/w/table.core")
	plain := func(addr uintptr, data int) func([]byte) (uintptr, int) {
		return func([]byte) (uintptr, int) { return addr, data }
	}
	buf := func(n int) func([]byte) (uintptr, int) {
		return func(b []byte) (uintptr, int) { return ptr(&b[0]), n }
	}
	io := func(b []byte) (uintptr, int) {
		*(*ioDesc)(unsafe.Pointer(&b[0])) = ioDesc{Op: 1, Offs: textBase, Addr: ptr(&b[1024]), Len: 4}
		return ptr(&b[0]), 0
	}
	sc := func(b []byte) (uintptr, int) {
		*(*scRemote)(unsafe.Pointer(&b[0])) = scRemote{Num: sysGetpid, Args: ptr(&b[1024])}
		return ptr(&b[0]), int(unsafe.Sizeof(scRemote{}))
	}
	core := func(b []byte) (uintptr, int) {
		*(*coredumpReq)(unsafe.Pointer(&b[0])) = coredumpReq{Fd: int32(coreFile)}
		return ptr(&b[0]), int(unsafe.Sizeof(coredumpReq{}))
	}
	mask := func(b []byte) (uintptr, int) { b[0] = 1; return ptr(&b[0]), 4 }
	regset := func(b []byte) (uintptr, int) { return ptr(&b[0]), 1 }
	return []request{
		{"PT_READ_I", ptReadI, plain(textBase, 0)}, {"PT_READ_D", ptReadD, plain(textBase, 0)}, {"PT_IO", ptIO, io}, {"PT_LWPINFO", ptLwpinfo, buf(160)},
		{"PT_GETNUMLWPS", ptGetNumLwps, plain(0, 0)}, {"PT_GETLWPLIST", ptGetLwpList, buf(16)}, {"PT_GET_EVENT_MASK", ptGetEventMask, buf(4)},
		{"PT_SET_EVENT_MASK", ptSetEventMask, mask}, {"PT_GET_SC_ARGS", ptGetScArgs, buf(64)}, {"PT_GET_SC_RET", ptGetScRet, buf(24)},
		{"PT_GETREGS", ptGetRegs, buf(0)}, {"PT_GETFPREGS", ptGetFpRegs, buf(0)}, {"PT_GETDBREGS", ptGetDbRegs, buf(0)}, {"PT_GETREGSET", ptGetRegset, regset},
		{"PT_GETXSTATE_INFO", ptGetXstateInfo, buf(16)}, {"PT_GETFSBASE", ptGetFsBase, buf(0)},
		{"PT_VM_TIMESTAMP", ptVMTimestamp, plain(0, 0)}, {"PT_VM_ENTRY", ptVMEntry, buf(0)}, {"PT_FOLLOW_FORK", ptFollowFork, plain(0, 0)},
		{"PT_LWP_EVENTS", ptLwpEvents, plain(0, 0)}, {"PT_SETSTEP", ptSetStep, plain(0, 0)}, {"PT_CLEARSTEP", ptClearStep, plain(0, 0)},
		{"PT_SUSPEND", ptSuspend, plain(0, 0)}, {"PT_RESUME", ptResume, plain(0, 0)}, {"PT_COREDUMP", ptCoredump, core}, {"PT_SC_REMOTE", ptScRemote, sc},
		{"request 3", 3, plain(0, 0)}, {"request 6", 6, plain(0, 0)}, {"request 30", 30, plain(0, 0)}, {"request 45", 45, plain(0, 0)}, {"request 63", 63, plain(0, 0)},
		{"request 90", 90, plain(0, 0)}, {"request 127", 127, plain(0, 0)}, {"request 128", 128, plain(0, 0)}, {"request 191", 191, plain(0, 0)}, {"request 192", 192, plain(0, 0)}, {"request -1", -1, plain(0, 0)},
		{"PT_CONTINUE", ptContinue, plain(1, 0)}, {"PT_STEP", ptStep, plain(1, 0)}, {"PT_TO_SCE", ptToSCE, plain(1, 0)}, {"PT_SYSCALL", ptSyscall, plain(1, 0)},
		{"PT_DETACH", ptDetach, plain(1, 0)}, {"PT_KILL", ptKill, plain(0, 0)},
	}
}

// table makes the requests on one target; with spare, those that would resume it are left out.
func (r *R) table(state string, pid int, spare bool) {
	for _, q := range r.tableRequests() {
		if spare && (q.req >= ptContinue && q.req <= ptStep || q.req >= ptToSCE && q.req <= ptSyscall || q.req == ptDetach) {
			continue
		}
		b := make([]byte, 8192)
		addr, data := q.make(b)
		_, e := r.k.Ptrace(q.req, pid, addr, data)
		if (q.req == ptScRemote || q.req == ptCoredump) && e == 0 { // it ends in a stop of its own
			r.k.Wait4(-1, new(int32), WSTOPPED)
		}
		r.emit(Step{Op: "errno table", Pid: r.id(pid), PidRaw: pid, Args: M{"request": q.name, "state": state}, Errno: errnoName(e)})
	}
}

var tableScenarios = []Scenario{
	{Name: "errnos-running", About: "every request on a running tracee", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		r.table("traced by us, running", pid, false)
		r.end(pid)
	}},
	{Name: "errnos-untraced", About: "every request on our untraced child", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.table("our child, not traced", pid, false)
		r.end(pid)
	}},
	{Name: "errnos-untraced-stopped", About: "every request on our untraced child in a job-control stop", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.kill(pid, SIGSTOP)
		r.wait6(P_PID, pid, WSTOPPED)
		r.table("our child, job-control stopped, not traced", pid, false)
		r.end(pid)
	}},
	{Name: "errnos-stopped", About: "every request that does not resume on a tracee at its exec stop", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.table("traced by us, at its exec stop", pid, true)
		r.end(pid)
	}},
	{Name: "errnos-signal-stop", About: "every request that does not resume on a tracee at a signal stop", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, 0)
		r.kill(pid, SIGUSR1)
		r.stop(pid)
		r.table("traced by us, at a signal stop", pid, true)
		r.end(pid)
	}},
	{Name: "errnos-attach-stop", About: "every request that does not resume on processes at their attach stop: one was running, one asleep", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		r.attach(pid)
		r.table("traced by us, at its attach stop, was running", pid, true)
		r.end(pid)
		pid = r.start("nanslp", Options{}, napper(60000))
		r.attach(pid)
		r.table("traced by us, at its attach stop, was asleep in a call", pid, true)
		r.end(pid)
	}},
	{Name: "errnos-syscall-stops", About: "every request that does not resume at a syscall entry, at a syscall exit, at a step stop", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Nop(2); a.Sys(sysGetpid); a.Spin("loop") })
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		r.table("traced by us, at a step stop", pid, true)
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		r.table("traced by us, at a syscall entry", pid, true)
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		r.table("traced by us, at a syscall exit", pid, true)
		r.end(pid)
	}},
	{Name: "errnos-stopped-unwaited", About: "every request on a stopped tracee whose stop nobody waited for", Run: func(r *R) {
		pid := r.spawn(r.program("a", spin), Options{Trace: true})
		r.pause(50 * time.Millisecond)
		r.table("traced by us, stopped, stop not waited for", pid, false)
		r.end(pid)
	}},
	{Name: "errnos-job-stopped-traced", About: "every request on a tracee that was continued with SIGSTOP", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.cont(pid, SIGSTOP)
		r.pause(50 * time.Millisecond)
		r.table("traced by us, continued with SIGSTOP, the stop that follows not waited for", pid, false)
		r.end(pid)
	}},
	{Name: "errnos-zombie", About: "every request on a zombie, ours and once traced by us", Run: func(r *R) {
		pid := r.spawn(r.program("a", hello), Options{})
		r.pause(80 * time.Millisecond)
		r.table("our zombie child", pid, false)
		r.wait6(P_PID, pid, WEXITED)
		pid, _ = r.launch(hello)
		r.cont(pid, 0)
		r.pause(80 * time.Millisecond)
		r.table("our tracee, zombie, not reaped", pid, false)
		r.stop(pid)
		r.table("our tracee, reaped", pid, false)
	}},
	{Name: "errnos-other-debugger", About: "every request on another debugger's stopped tracee", Run: func(r *R) {
		pid := r.start("", Options{}, spin)
		s := r.second("hold", 0, pid)
		r.table("traced by another debugger, stopped", pid, false)
		s.end()
		r.end(pid)
	}, Parts: map[string]func(*R, []int){"hold": traceAndHold}},
	{Name: "errnos-none", About: "every request on a pid, and on an lwpid, that does not exist, on self, on a kernel process, on pid 1", Run: func(r *R) {
		r.table("no such pid", 99998, false)
		r.table("no such lwpid", 199999, false)
		r.table("the debugger itself", r.k.Pid(), false)
		r.table("kernel process (pid 2)", 2, false)
		r.table("pid 1, not traced", 1, false)
		r.table("pid 0", 0, false)
		r.table("pid -1", -1, false)
	}},
	{Name: "errnos-other-user", About: "every request by an ordinary user on another user's process", Run: func(r *R) {
		pid := r.start("", Options{UID: 1002}, spin)
		r.second("table", 1001, pid).end()
		r.end(pid)
	}, Parts: map[string]func(*R, []int){"table": func(r *R, p []int) { r.table("another user's process, asked by an ordinary user", p[0], false) }}},
	{Name: "errnos-by-thread", About: "every request by lwpid on a running thread, and on an exited thread, of a tracee", Run: func(r *R) {
		pid, _ := r.launch(workers(1))
		r.mask(pid, PTRACE_EXEC|PTRACE_LWP)
		lwp := 0
		for range 3 {
			r.cont(pid, 0)
			s := r.stop(pid)
			if s.Info.Flags&0x200 != 0 {
				lwp = int(s.Info.Lwpid)
				r.table("thread at its EXITED stop, by lwpid", lwp, true)
				break
			}
		}
		r.cont(pid, 0)
		r.pause(20 * time.Millisecond)
		if lwp != 0 {
			r.table("lwpid of a thread that is gone", lwp, false)
		}
		r.end(pid)
	}},
}
