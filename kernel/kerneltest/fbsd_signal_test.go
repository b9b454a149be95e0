package kerneltest

// Signals on their way through a debugger: what it is told of each, and what becomes of those that
// it passes on, drops, replaces or puts in.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// counted is a program whose handler of SIGUSR1 exits with 2 when it has run as often as it is to.
func counted(times int, then func(a *asm)) func(a *asm) {
	return func(a *asm) {
		a.Quads("count", 0)
		a.SigHandler(sigUSR1, ref("handler"), 0)
		then(a)
		a.L("handler")
		a.Inc("count")
		a.Mov(rax, mem("count"))
		a.Cmp(rax, int32(times))
		a.Jz("enough")
		a.Ret()
		a.L("enough")
		a.Exit(2)
	}
}

// throughCalls continues through the stops of system calls until the process ends, which it is to
// do with a code.
func (b *bench) throughCalls(pid, code int) {
	b.t.Helper()
	for {
		st := b.next(pid)
		switch {
		case st.Kind == raw.StatusStopped && st.Value == raw.SIGTRAP && b.lwpinfo(pid).Flags&(raw.FlagSCE|raw.FlagSCX) != 0:
			b.cont(pid, 0)
		case st.Kind == raw.StatusExited && st.Value == code:
			return
		default:
			b.fail("%+v, want stops of system calls, then exit %d", st, code)
		}
	}
}

// stopsThenCalls is a program that sends itself SIGSTOP, calls getpid and exits with 1.
func stopsThenCalls(a *asm) {
	raise(a, raw.SIGSTOP)
	call(a, "getpid")
	a.Exit(1)
}

// atEntry launches a program that sends itself SIGSTOP and then calls, and runs it to the entry of
// the first call after that.
func (b *bench) atEntry(build func(a *asm)) int {
	b.t.Helper()
	pid := b.launch(build)
	b.cont(pid, 0)
	b.signaled(pid, raw.SIGSTOP)
	b.do(raw.Syscall, pid, 1, 0)
	b.stop(pid, raw.SIGTRAP, raw.FlagSCE)
	return pid
}

// masked is a program that blocks SIGUSR1, sends itself SIGSTOP, unblocks it, and exits with how
// often the handler ran by then.
func masked(a *asm) {
	a.Quads("count", 0)
	a.SigHandler(sigUSR1, ref("handler"), 0)
	a.SigMask(sigBlock, sigUSR1)
	raise(a, raw.SIGSTOP)
	a.SigMask(sigUnblock, sigUSR1)
	a.Exit(mem("count"))
	a.L("handler")
	a.Inc("count")
	a.Ret()
}

var fbsdSignalCases = []fbsdCase{
	{name: "sigwait_ignored", promise: "sigtimedwait waits in vain for signals whose default is to be ignored, and finds one that has a handler", run: func(b *bench) {
		const sigWINCH, sigURG = 28, 16
		pid := b.start(func(a *asm) {
			a.SigHandler(sigURG, ref("handler"), 0)
			a.Quads("set", 1<<(sigWINCH-1)|1<<(sigURG-1), 0)
			a.Quads("long", 60, 0)
			call(a, "sigtimedwait", ref("set"), 0, ref("long"))
			a.Exit(rax)
			a.L("handler")
			a.Exit(99)
		})
		b.asleep(pid, "sigwait")
		b.kill(pid, sigWINCH)
		b.quiet(pid)
		b.asleep(pid, "sigwait")
		b.kill(pid, sigURG)
		b.exits(pid, sigURG)
	}},
	{name: "siginfo_of_raise", promise: "a signal that a thread sends itself: SI_LWP, and its own pid", run: func(b *bench) {
		pid := b.launch(counted(1, func(a *asm) { raiseHere(a, "tid", sigUSR1); a.Exit(1) }))
		b.cont(pid, 0)
		l := b.signaled(pid, sigUSR1)
		equal(b, "pl_event", l.Event, raw.EventSignal)
		equal(b, "si_code", l.Siginfo.Code, raw.SiLWP)
		equal(b, "si_pid", int(l.Siginfo.PID), pid)
		b.cont(pid, sigUSR1)
		b.exits(pid, 2)
	}},
	{name: "siginfo_of_kill", promise: "a signal of kill: SI_USER, and the sender's pid", run: func(b *bench) {
		pid := b.launch(spinner)
		b.kill(pid, sigUSR1)
		b.cont(pid, 0)
		l := b.signaled(pid, sigUSR1)
		equal(b, "si_code", l.Siginfo.Code, raw.SiUser)
		equal(b, "si_pid", int(l.Siginfo.PID), b.k.Pid())
	}},
	{name: "siginfo_of_sigqueue", promise: "signals of sigqueue: each is told, in their order, with SI_QUEUE and its value", run: func(b *bench) {
		pid := b.launch(spinner)
		for v := range uint64(3) {
			if e := b.k.Sigqueue(pid, sigRT, 0x1122334455667700+v); e != 0 {
				b.fail("sigqueue: errno %d", e)
			}
		}
		for v := range uint64(3) {
			b.cont(pid, 0)
			l := b.signaled(pid, sigRT)
			equal(b, "si_code", l.Siginfo.Code, raw.SiQueue)
			equal(b, "si_value", l.Siginfo.Value, 0x1122334455667700+v)
		}
	}},
	{name: "signal_dropped", promise: "a signal that the debugger drops has no effect", run: func(b *bench) {
		pid := b.launch(func(a *asm) { raise(a, sigTERM); a.Exit(1) })
		b.cont(pid, 0)
		b.signaled(pid, sigTERM)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "signal_passed", promise: "a signal that the debugger passes on enters its handler, and is not told again", run: func(b *bench) {
		pid := b.launch(counted(1, func(a *asm) { raise(a, sigUSR1); a.Exit(1) }))
		b.cont(pid, 0)
		b.signaled(pid, sigUSR1)
		b.cont(pid, sigUSR1)
		b.exits(pid, 2)
	}},
	{name: "signal_replaced", promise: "a signal that the debugger replaces is the other one, which is not told", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Sleep(60000); a.Exit(1) })
		b.cont(pid, 0)
		b.kill(pid, sigINT)
		b.signaled(pid, sigINT)
		b.cont(pid, sigTERM)
		b.killed(pid, sigTERM)
		b.alone()
	}},
	{name: "signal_put_in", promise: "a signal that nobody sent, put in at a continue, enters its handler and is not told", run: func(b *bench) {
		pid := b.launch(counted(1, func(a *asm) { raise(a, raw.SIGSTOP); a.Exit(1) }))
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.cont(pid, sigUSR1)
		b.exits(pid, 2)
	}},
	{name: "signal_put_in_kills", promise: "a signal without a handler, put in at a continue, kills without a further stop", run: func(b *bench) {
		pid := b.launch(spinner)
		b.cont(pid, sigTERM)
		b.killed(pid, sigTERM)
	}},
	{name: "signal_out_of_range", promise: "PT_CONTINUE with a number above 128, or below 0, is EINVAL", run: func(b *bench) {
		pid := b.launch(exiter(0))
		b.refused(raw.EINVAL, raw.Continue, pid, 1, 129)
		b.refused(raw.EINVAL, raw.Continue, pid, 1, -1)
		b.refused(raw.EINVAL, raw.Step, pid, 1, 129)
		b.cont(pid, 0)
		b.exits(pid, 0)
	}},
	{name: "signal_at_call_entry", promise: "a signal put in at the entry of a system call is delivered at its end, without a stop of its own", run: func(b *bench) {
		pid := b.atEntry(counted(1, stopsThenCalls))
		b.cont(pid, sigUSR1)
		b.throughCalls(pid, 2)
		b.alone()
	}},
	{name: "signal_at_call_entry_and_exit", promise: "signals put in at the entry and at the exit of a system call are both delivered", run: func(b *bench) {
		pid := b.atEntry(counted(2, stopsThenCalls))
		b.cont(pid, sigUSR1)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX)
		b.cont(pid, sigUSR1)
		b.throughCalls(pid, 2)
		b.alone()
	}},
	{name: "signal_at_call_entry_pending", promise: "at the exit of the call a signal put in at its entry is in pl_siglist", run: func(b *bench) {
		pid := b.atEntry(counted(1, stopsThenCalls))
		b.cont(pid, sigUSR1)
		l := b.stop(pid, raw.SIGTRAP, raw.FlagSCX)
		equal(b, "SIGUSR1 in pl_siglist", l.Siglist.Has(sigUSR1), true)
	}},
	{name: "sigtrap_at_call_entry_kills", promise: "SIGTRAP put in at the entry of a system call kills the process", run: func(b *bench) {
		pid := b.atEntry(stopsThenCalls)
		b.cont(pid, raw.SIGTRAP)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX)
		b.cont(pid, 0)
		b.killed(pid, raw.SIGTRAP)
		b.alone()
	}},
	{name: "signals_mixed", promise: "a signal put in at a call's entry and one that replaces another's are both delivered", run: func(b *bench) {
		pid := b.atEntry(counted(2, stopsThenCalls))
		b.cont(pid, sigUSR1)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX)
		b.kill(pid, sigABRT)
		b.cont(pid, 0)
		b.signaled(pid, sigABRT)
		b.cont(pid, sigUSR1)
		b.throughCalls(pid, 2)
		b.alone()
	}},
	{name: "signal_with_full_queue", promise: "a signal put in at a continue is not lost when as many as may are waiting", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.SigHandler(sigUSR2, ref("never"), 0)
			counted(1, func(a *asm) { raise(a, raw.SIGSTOP); a.Exit(1) })(a)
			a.L("never")
			a.Exit(99)
		})
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.fill(pid, sigUSR2)
		b.cont(pid, sigUSR1)
		for {
			st := b.next(pid)
			if st.Kind != raw.StatusStopped {
				equal(b, "the end", st, raw.Status{Kind: raw.StatusExited, Value: 2})
				break
			}
			equal(b, "the signal", st.Value, sigUSR2)
			b.cont(pid, 0)
		}
		b.alone()
	}},
	{name: "signal_masked_with_full_queue", promise: "nor when it is blocked: each of those waiting is told, and when it is unblocked it is delivered, and told besides", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.SigHandler(sigUSR2, ref("never"), 0)
			masked(a)
			a.L("never")
			a.Exit(99)
		})
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		n := b.fill(pid, sigUSR2)
		b.cont(pid, sigUSR1)
		for range n {
			b.signaled(pid, sigUSR2)
			b.cont(pid, 0)
		}
		b.signaled(pid, sigUSR1)
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "signal_sent_while_blocked", promise: "a blocked signal is told when it is unblocked, and then delivered", run: func(b *bench) {
		pid := b.launch(masked)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.kill(pid, sigUSR1)
		b.cont(pid, 0)
		b.signaled(pid, sigUSR1)
		b.cont(pid, sigUSR1)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "signal_put_in_while_blocked", promise: "a signal put in while it is blocked is delivered when it is unblocked, and told besides", run: func(b *bench) {
		pid := b.launch(masked)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.cont(pid, sigUSR1)
		b.signaled(pid, sigUSR1)
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "signal_replaced_goes_to_who_takes_it", promise: "a replacement that the thread blocks goes to another thread that does not, and wakes it", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("ready", 0)
			a.SigHandler(sigUSR1, ref("handler"), 0)
			a.SigHandler(sigUSR2, ref("handler"), 0)
			a.Thread("other")
			a.SigMask(sigBlock, sigUSR1)
			awaitFlag(a, "ready")
			raise(a, raw.SIGSTOP)
			a.L("sleep")
			a.Sleep(60000)
			a.Jmp("sleep")
			a.L("other")
			a.SigMask(sigBlock, sigUSR2)
			a.Inc("ready")
			a.Sleep(60000)
			a.Exit(1)
			a.L("handler")
			a.Exit(2)
		})
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.cont(pid, 0)
		b.kill(pid, sigUSR2) // for the first thread
		b.signaled(pid, sigUSR2)
		b.cont(pid, sigUSR1) // which blocks this
		b.exits(pid, 2)
		b.alone()
	}},
	{name: "signal_seen_by_kqueue", promise: "an ignored signal put in at a continue is seen by EVFILT_SIGNAL", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("kq", 0)
			// struct kevent: ident, filter and flags and fflags, data, udata, ext
			a.Quads("add", sigUSR1, 1<<16|0xfffa, 0, 0, 0, 0, 0, 0) // EVFILT_SIGNAL, EV_ADD
			a.Quads("got", 0, 0, 0, 0, 0, 0, 0, 0)
			a.SigHandler(sigUSR1, 1, 0)
			call(a, "kqueue")
			a.Store("kq", rax)
			call(a, "kevent", mem("kq"), ref("add"), 1, 0, 0, 0)
			raise(a, raw.SIGSTOP)
			a.L("again")
			call(a, "kevent", mem("kq"), 0, 0, ref("got"), 1, 0)
			a.Jc("again")
			a.Exit(mem("got"))
		})
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.cont(pid, sigUSR1)
		b.exits(pid, sigUSR1)
		b.alone()
	}},
	{name: "signal_ignored", promise: "a signal that is ignored, by the program or by default, is not told", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.SigHandler(sigUSR1, 1, 0)
			for _, sig := range []int{sigUSR1, sigURG, raw.SIGCHLD, sigINFO, 28} {
				raise(a, sig)
			}
			a.Exit(1)
		})
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "signal_stop_passed_on", promise: "SIGSTOP and SIGTSTP passed on are lost: a traced process is not stopped by job control", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			raise(a, raw.SIGSTOP)
			raise(a, raw.SIGTSTP)
			a.Exit(1)
		})
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.cont(pid, raw.SIGSTOP)
		b.signaled(pid, raw.SIGTSTP)
		b.cont(pid, raw.SIGTSTP)
		b.exits(pid, 1)
	}},
	{name: "signal_stop_put_in", promise: "SIGSTOP put in at an event's stop comes back as a signal's stop", run: func(b *bench) {
		pid := b.launch(exiter(1))
		b.cont(pid, raw.SIGSTOP)
		l := b.signaled(pid, raw.SIGSTOP)
		equal(b, "si_code", l.Siginfo.Code, raw.SiNoinfo)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "signal_cont", promise: "SIGCONT is told like any signal, and does not end a stop for the debugger", run: func(b *bench) {
		pid := b.launch(spinner)
		b.kill(pid, raw.SIGCONT)
		b.quiet(pid)
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGCONT)
	}},
	{name: "signal_mask_in_handler", promise: "in its handler a signal is in pl_sigmask; another of it waits for the handler's return", run: func(b *bench) {
		pid := b.launch(counted(2, func(a *asm) {
			raise(a, raw.SIGSTOP)
			a.Sleep(60000)
			a.L("second")
		}))
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.io(pid, raw.WriteInstr, b.label("handler"), []byte{0xcc, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90}) // int3 instead of the count
		b.cont(pid, sigUSR1)
		l := b.signaled(pid, raw.SIGTRAP)
		equal(b, "SIGUSR1 in pl_sigmask", l.Sigmask.Has(sigUSR1), true)
		b.kill(pid, sigUSR1)
		b.cont(pid, 0)
		l = b.signaled(pid, sigUSR1)
		equal(b, "SIGUSR1 in pl_sigmask", l.Sigmask.Has(sigUSR1), false)
	}},
	{name: "signal_in_sigsuspend", promise: "a signal that ends sigsuspend is told inside the call, with SCE and SI", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("none", 0, 0)
			a.SigHandler(sigUSR1, ref("handler"), 0)
			a.SigMask(sigBlock, sigUSR1)
			call(a, "sigsuspend", ref("none"))
			a.Exit(rax)
			a.L("handler")
			a.Ret()
		})
		b.cont(pid, 0)
		b.k.Sleep(lull)
		b.kill(pid, sigUSR1)
		b.stop(pid, sigUSR1, raw.FlagSCE|raw.FlagSI)
		b.cont(pid, sigUSR1)
		b.exits(pid, int(raw.EINTR))
	}},
	{name: "signal_child_exit", promise: "SIGCHLD with a handler is told, with CLD_EXITED, the child's pid and its code", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("child_pid", 0)
			a.SigHandler(raw.SIGCHLD, ref("handler"), 0)
			call(a, "fork")
			a.IfChild("child")
			a.Store("child_pid", rax)
			a.Spin("loop")
			a.L("child")
			a.Exit(7)
			a.L("handler")
			a.Ret()
		})
		b.cont(pid, 0)
		l := b.signaled(pid, raw.SIGCHLD)
		equal(b, "si_code", l.Siginfo.Code, raw.CldExited)
		equal(b, "si_status", l.Siginfo.Status, 7)
	}},
	{name: "signal_stale_siginfo", promise: "after a signal's stop the next event's stop has no siginfo", run: func(b *bench) {
		pid := b.launch(func(a *asm) { raise(a, sigABRT); a.Exit(1) })
		b.cont(pid, 0)
		b.signaled(pid, sigABRT)
		b.do(raw.Syscall, pid, 1, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCE)
		b.mask(pid, raw.MaskExec)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "fault_siginfo", promise: "a read of an address where nothing is: SIGSEGV, SEGV_MAPERR and the address; dropped, it is met again", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Mov(rax, 0x10)
			a.L("load")
			a.B(0x48, 0x8b, 0x00) // mov rax, [rax]
			a.Exit(1)
		})
		for range 2 {
			b.cont(pid, 0)
			l := b.signaled(pid, sigSEGV)
			equal(b, "si_code", l.Siginfo.Code, 1)
			equal(b, "si_addr", l.Siginfo.Addr, 0x10)
			equal(b, "rip", b.regs(pid).Rip, b.label("load"))
		}
	}},
	{name: "fault_write_text", promise: "a write to the program's text: SIGSEGV, SEGV_ACCERR", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Store("_start", rax); a.Exit(1) })
		b.cont(pid, 0)
		l := b.signaled(pid, sigSEGV)
		equal(b, "si_code", l.Siginfo.Code, 2)
		equal(b, "si_addr", l.Siginfo.Addr, b.label("_start"))
		b.cont(pid, sigSEGV)
		b.killed(pid, sigSEGV)
	}},
	{name: "fault_illegal", promise: "ud2: SIGILL, at the instruction", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.B(0x0f, 0x0b); a.Exit(1) })
		b.cont(pid, 0)
		l := b.signaled(pid, 4)
		equal(b, "si_code", l.Siginfo.Code, 5) // ILL_PRVOPC
		equal(b, "si_addr", l.Siginfo.Addr, b.label("_start"))
	}},
}
