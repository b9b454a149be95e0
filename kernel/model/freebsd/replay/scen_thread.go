package replay

// Threads: birth and exit events, suspension, who gets a signal or a step.

import "time"

// workers starts n threads that each trap once and exit; the main thread then exits.
func workers(n int) func(*Asm) {
	return func(a *Asm) {
		for i := range n {
			a.Thread("thread" + string(rune('a'+i)))
		}
		a.Sleep(150)
		a.L("main_exit")
		a.Exit(0)
		for i := range n {
			a.L("thread" + string(rune('a'+i)))
			a.Sys(sysThrExit, 0)
		}
	}
}

// twoLoops has two threads counting in loops of their own.
func twoLoops(a *Asm) {
	a.Quads("count_main", 0)
	a.Quads("count_thread", 0)
	a.Thread("thread")
	a.L("main_loop")
	a.Inc("count_main")
	a.Jmp("main_loop")
	a.L("thread")
	a.L("thread_loop")
	a.Inc("count_thread")
	a.Jmp("thread_loop")
}

// counts records how far both loops got since the last look, as moved or not.
func (r *R) counts(pid int, last [2]uint64) [2]uint64 {
	now := last
	for i, l := range []string{"count_main", "count_thread"} {
		d := ioDesc{Op: PIOD_READ_D, Offs: r.prog.Labels[l], Addr: ptr(&now[i]), Len: 8}
		r.k.Ptrace(ptIO, pid, ptr(&d), 0)
	}
	r.emit(Step{Op: "counters read", Pid: r.id(pid), PidRaw: pid, Out: M{"main_moved": now[0] != last[0], "thread_moved": now[1] != last[1]}})
	return now
}

var threadScenarios = []Scenario{
	{Name: "lwp-events", About: "PTRACE_LWP: births and exits of two threads", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_LWP, ptContinue, workers(2)) }},
	{Name: "lwp-events-request", About: "PT_LWP_EVENTS 1, 0: the mask it makes", Run: func(r *R) {
		pid, _ := r.launch(hello)
		r.pt(ptLwpEvents, pid, 0, 1)
		r.getMask(pid)
		r.pt(ptLwpEvents, pid, 0, 0)
		r.getMask(pid)
		r.end(pid)
	}},
	{Name: "lwp-events-syscall", About: "PTRACE_LWP under PT_SYSCALL: BORN and SCX, thr_exit's entry and EXITED", Run: func(r *R) { followed(r, PTRACE_EXEC|PTRACE_LWP, ptSyscall, workers(1)) }},
	{Name: "lwp-no-events", About: "threads come and go with no events asked for: no stop", Run: func(r *R) { followed(r, PTRACE_EXEC, ptContinue, workers(2)) }},
	{Name: "lwp-list-at-birth", About: "PT_GETLWPLIST with short, exact, long, zero and negative counts, at a BORN stop", Run: func(r *R) {
		pid, _ := r.launch(workers(2))
		r.mask(pid, PTRACE_EXEC|PTRACE_LWP)
		r.cont(pid, 0)
		r.stop(pid)
		for _, n := range []int{64, 2, 1, 0, -1} {
			r.lwpList(pid, n, false)
		}
		r.lwpList(pid, 64, true)
		r.pt(ptGetLwpList, pid, 0x10, 4)
		r.end(pid)
	}},
	{Name: "lwp-list-at-exit", About: "is the exiting thread in the list at its EXITED stop?", Run: func(r *R) {
		pid, _ := r.launch(workers(1))
		r.mask(pid, PTRACE_EXEC|PTRACE_LWP)
		for range 4 {
			r.cont(pid, 0)
			s := r.stop(pid)
			if s.Info.Flags&0x200 != 0 {
				r.lwpList(pid, 64, true)
				break
			}
		}
		r.end(pid)
	}},
	{Name: "lwp-main-exits", About: "the main thread thr_exits, another lives on and exits the process", Run: func(r *R) {
		followed(r, PTRACE_EXEC|PTRACE_LWP, ptContinue, func(a *Asm) {
			a.Thread("thread")
			a.Sys(sysThrExit, 0)
			a.L("thread")
			a.Sleep(100)
			a.Exit(6)
		})
	}},
	{Name: "lwp-last-exits", About: "the only thread calls thr_exit", Run: func(r *R) {
		followed(r, PTRACE_EXEC|PTRACE_LWP, ptSyscall, func(a *Asm) { a.Sys(sysThrExit, 0); a.Exit(6) })
	}},
	{Name: "lwp-process-exit", About: "exit of a process whose other threads run and sleep: are EXITED stops reported?", Run: func(r *R) {
		followed(r, PTRACE_EXEC|PTRACE_LWP, ptContinue, func(a *Asm) {
			a.Thread("sleeper")
			a.Thread("runner")
			a.Sleep(100)
			a.Exit(6)
			a.L("sleeper")
			a.Sleep(60000)
			a.L("runner")
			a.Spin("runner_loop")
		})
	}},
	{Name: "lwp-killed", About: "SIGKILL to a process of three threads with LWP events on", Run: func(r *R) {
		pid := r.start("", Options{}, threads(2))
		r.attach(pid)
		r.mask(pid, PTRACE_EXEC|PTRACE_LWP)
		r.cont(pid, 0)
		r.kill(pid, SIGKILL)
		r.stop(pid)
	}},
	{Name: "lwp-thr-new-suspended", About: "thr_new with THR_SUSPENDED: the BORN stop comes only when it is woken", Run: func(r *R) {
		followed(r, PTRACE_EXEC|PTRACE_LWP, ptContinue, func(a *Asm) {
			a.Bss("stack", 0x2000)
			a.Quads("tid", 0)
			a.Quads("param", Ref("thread"), 0, Ref("stack"), 0x2000, 0, 0, 0, Ref("tid"), 1, 0, 0, 0, 0)
			a.Sys(sysThrNew, Ref("param"), 104)
			a.Sleep(100)
			a.Exit(0)
			a.L("thread")
			a.Sys(sysThrExit, 0)
		})
	}},
	{Name: "two-threads-int3", About: "two threads hit int3 at once: one stop is reported, the other is queued", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Thread("thread")
			a.L("main_trap")
			a.Int3()
			a.L("main_after")
			a.Sleep(200)
			a.Exit(0)
			a.L("thread")
			a.Int3()
			a.L("thread_after")
			a.Sys(sysThrExit, 0)
		})
		r.cont(pid, 0)
		r.pause(60 * time.Millisecond)
		r.stop(pid)
		r.lwpList(pid, 64, true)
		r.cont(pid, 0)
		r.stop(pid)
		r.lwpList(pid, 64, true)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "suspend-resume", About: "PT_SUSPEND one of two threads: only the other moves; PT_RESUME", Run: func(r *R) {
		pid := r.start("", Options{}, twoLoops)
		r.attach(pid)
		ids := r.lwpList(pid, 64, true)
		var c [2]uint64
		again := func() {
			r.cont(pid, 0)
			r.pause(100 * time.Millisecond)
			r.kill(pid, SIGSTOP)
			r.stop(pid)
			c = r.counts(pid, c)
		}
		again()
		r.pt(ptSuspend, int(ids[0]), 0, 0)
		again()
		r.pt(ptSuspend, int(ids[0]), 0, 0)
		r.pt(ptResume, int(ids[0]), 0, 0)
		again()
		r.pt(ptResume, int(ids[0]), 0, 0)
		again()
		r.pt(ptSuspend, int(ids[0]), 0, 0)
		r.pt(ptSuspend, int(ids[1]), 0, 0)
		again()
		r.end(pid)
	}},
	{Name: "suspend-all-continue", About: "every thread PT_SUSPENDed, PT_CONTINUE, SIGSTOP, SIGKILL", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.pt(ptSuspend, pid, 0, 0)
		r.cont(pid, 0)
		r.pause(50 * time.Millisecond)
		r.proc(pid)
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		r.lwpinfo(pid)
		r.kill(pid, SIGUSR1)
		r.patience = 400 * time.Millisecond
		r.stop(pid)
		r.proc(pid)
		r.kill(pid, SIGSTOP)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "step-one-thread", About: "PT_STEP on one lwpid of two running: the other runs on meanwhile", Run: func(r *R) {
		pid := r.start("", Options{}, twoLoops)
		r.attach(pid)
		ids := r.lwpList(pid, 64, true)
		var c [2]uint64
		c = r.counts(pid, c)
		for _, id := range ids {
			r.pt(ptStep, int(id), 1, 0)
			r.stop(pid)
			c = r.counts(pid, c)
		}
		r.end(pid)
	}},
	{Name: "step-one-thread-others-suspended", About: "PT_STEP on one lwpid, the other suspended: nothing else moves", Run: func(r *R) {
		pid := r.start("", Options{}, twoLoops)
		r.attach(pid)
		ids := r.lwpList(pid, 64, true)
		var c [2]uint64
		c = r.counts(pid, c)
		r.pt(ptSuspend, int(ids[0]), 0, 0)
		for range 3 {
			r.pt(ptStep, int(ids[1]), 1, 0)
			r.stop(pid)
			c = r.counts(pid, c)
		}
		r.end(pid)
	}},
	{Name: "setstep-both-threads", About: "PT_SETSTEP on both threads, PT_CONTINUE: one trap at a time", Run: func(r *R) {
		pid := r.start("", Options{}, twoLoops)
		r.attach(pid)
		ids := r.lwpList(pid, 64, false)
		for _, id := range ids {
			r.pt(ptSetStep, int(id), 0, 0)
		}
		for range 4 {
			r.cont(pid, 0)
			r.pause(30 * time.Millisecond)
			r.stop(pid)
			r.lwpList(pid, 64, true)
		}
		r.end(pid)
	}},
	{Name: "step-sleeping-thread", About: "PT_STEP on a thread asleep in nanosleep while another runs", Run: func(r *R) {
		pid := r.start("", Options{}, threads(1))
		r.attach(pid)
		ids := r.lwpList(pid, 64, true)
		r.patience = 400 * time.Millisecond
		for _, id := range ids {
			r.pt(ptStep, int(id), 1, 0)
			s := r.stop(pid)
			if s.None {
				r.kill(pid, SIGSTOP)
				r.stop(pid)
			}
		}
		r.end(pid)
	}},
	{Name: "continue-by-lwpid", About: "PT_CONTINUE with a signal on an lwpid that did not report: which thread gets it", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.SigHandler(SIGUSR1, Ref("handler"), 0)
			a.Quads("got", 0)
			a.Thread("thread")
			a.Sleep(50)
			a.Int3()
			a.L("after_int3")
			a.Spin("main_loop")
			a.L("thread")
			a.Spin("thread_loop")
			a.L("handler")
			a.Sys(sysThrSelf, Ref("got"))
			a.Int3()
			a.L("in_handler")
			a.Ret()
		})
		r.cont(pid, 0)
		s := r.stop(pid)
		ids := r.lwpList(pid, 64, false)
		for _, id := range ids {
			if id != s.Info.Lwpid {
				r.cont(int(id), SIGUSR1)
			}
		}
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "thr-kill-directed", About: "thr_kill2 of one thread: the signal stop names it", Run: func(r *R) {
		pid := r.start("", Options{}, threads(2))
		r.attach(pid)
		ids := r.lwpList(pid, 64, false)
		for _, id := range ids {
			thrKill2(r, pid, int(id), SIGUSR1)
			r.cont(pid, 0)
			r.stop(pid)
		}
		r.end(pid)
	}},
	{Name: "two-threads-two-signals", About: "a signal each to two threads while stopped: two stops in turn; the other thread's lwpinfo at each", Run: func(r *R) {
		pid := r.start("", Options{}, threads(3))
		r.attach(pid)
		ids := r.lwpList(pid, 64, false)
		thrKill2(r, pid, int(ids[1]), SIGUSR1)
		thrKill2(r, pid, int(ids[3]), SIGUSR2)
		r.lwpList(pid, 64, true)
		r.cont(pid, 0)
		r.pause(30 * time.Millisecond)
		for range 2 {
			r.stop(pid)
			r.lwpList(pid, 64, true)
			r.cont(pid, 0)
		}
		r.end(pid)
	}},
	{Name: "signal-to-threads", About: "a process-directed signal when only one of two threads does not block it", Run: func(r *R) {
		pid := r.start("", Options{}, func(a *Asm) {
			a.Thread("thread")
			a.SigMask(SIG_BLOCK, SIGUSR1)
			a.Spin("main_loop")
			a.L("thread")
			a.Spin("thread_loop")
		})
		r.attach(pid)
		r.cont(pid, 0)
		r.kill(pid, SIGUSR1)
		r.stop(pid)
		r.lwpList(pid, 64, true)
		r.cont(pid, 0)
		r.kill(pid, SIGUSR2)
		r.stop(pid)
		r.end(pid)
	}},
	{Name: "stop-while-thread-in-syscall", About: "one thread traps while another is in read: what the sleeping thread's lwpinfo shows, and that its read goes on", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Thread("thread")
			a.Sleep(50)
			a.Int3()
			a.L("after_int3")
			a.Sleep(400)
			a.Exit(0)
			a.L("thread")
			a.Sleep(200)
			a.L("slept")
			a.Int3()
			a.L("thread_after_int3")
			a.Sys(sysThrExit, 0)
		})
		r.cont(pid, 0)
		r.stop(pid)
		r.lwpList(pid, 64, true)
		r.cont(pid, 0)
		r.stop(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "getregs-by-lwpid-of-other", About: "requests with an lwpid of another process's thread and of the debugger's own thread", Run: func(r *R) {
		pid, _ := r.launch(spin)
		k, _ := r.kinfo(1)
		r.regs(k.i32(600))
		r.lwpinfo(k.i32(600))
		r.end(pid)
	}},
}
