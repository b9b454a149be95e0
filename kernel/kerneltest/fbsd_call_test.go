package kerneltest

// System calls as a debugger sees them: entries and exits, arguments and results, calls that the
// debugger has the tracee make.

import (
	"github.com/trapline/trapline/kernel/freebsd/raw"
	"github.com/trapline/trapline/kernel/model/freebsd/replay"
)

func (b *bench) scArgs(pid int) (a [8]uint64) {
	b.t.Helper()
	buf := b.get(raw.GetScArgs, pid, 64, 64)
	for i := range a {
		a[i] = le.Uint64(buf[8*i:])
	}
	return a
}

func (b *bench) scRet(pid int) raw.ScReturn {
	b.t.Helper()
	return raw.DecodeScReturn(b.get(raw.GetScRet, pid, raw.ScRetSize, raw.ScRetSize))
}

// remote has the tracee make a call, and takes the stop that follows.
func (b *bench) remote(pid, sig int, call string, args ...uint64) raw.ScReturn {
	b.t.Helper()
	r, e := b.tryRemote(pid, call, args...)
	if e != 0 {
		b.fail("PT_SC_REMOTE of %s: errno %d", call, e)
	}
	if st := b.next(pid); st.Kind != raw.StatusStopped || st.Value != sig {
		b.fail("%+v, want a stop for signal %d", st, sig)
	}
	return r
}

func (b *bench) tryRemote(pid int, call string, args ...uint64) (raw.ScReturn, raw.Errno) {
	return b.tryRemoteNumber(pid, uint32(number(call)), args...)
}

func (b *bench) tryRemoteNumber(pid int, nr uint32, args ...uint64) (raw.ScReturn, raw.Errno) {
	var words []byte
	for _, a := range args {
		words = le.AppendUint64(words, a)
	}
	r := make([]byte, raw.ScRetSize)
	r = le.AppendUint32(r, nr)
	r = le.AppendUint32(r, uint32(len(args)))
	r = le.AppendUint64(r, uint64(b.at(words)))
	_, e := b.request(raw.ScRemote, pid, b.at(r), raw.ScRemoteSize)
	return raw.DecodeScReturn(r), e
}

// callStop takes the stop of a call.
func (b *bench) callStop(pid int, flag uint32, name string, narg int) {
	b.t.Helper()
	l := b.stop(pid, raw.SIGTRAP, flag)
	equal(b, "the call", int(l.Code), number(name))
	equal(b, "its number of arguments", int(l.Narg), narg)
}

var fbsdCallCases = []fbsdCase{
	{name: "call_arguments", promise: "an entry tells the call, how many arguments it has and which; an exit its result or error", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			call(a, "getpid")
			call(a, "kill", rax, 0)
			call(a, "close", 12345)
			a.Exit(1)
		})
		b.do(raw.Syscall, pid, 1, 0)
		b.callStop(pid, raw.FlagSCE, "getpid", 0)
		b.cont(pid, 0)
		b.callStop(pid, raw.FlagSCX, "getpid", 0)
		equal(b, "sr_error", b.scRet(pid).Err, 0)
		equal(b, "sr_retval", int(b.scRet(pid).Ret[0]), pid)
		b.cont(pid, 0)
		b.callStop(pid, raw.FlagSCE, "kill", 2)
		a := b.scArgs(pid)
		equal(b, "the process", int(a[0]), pid)
		equal(b, "the signal", a[1], 0)
		equal(b, "what follows", a[2], 0)
		b.cont(pid, 0)
		b.callStop(pid, raw.FlagSCX, "kill", 2)
		equal(b, "sr_error", b.scRet(pid).Err, 0)
		b.cont(pid, 0)
		b.callStop(pid, raw.FlagSCE, "close", 1)
		equal(b, "the descriptor", b.scArgs(pid)[0], 12345)
		b.cont(pid, 0)
		b.callStop(pid, raw.FlagSCX, "close", 1)
		equal(b, "sr_error", b.scRet(pid).Err, 9) // EBADF
		r := b.regs(pid)
		equal(b, "rax", r.Rax, 9)
		equal(b, "the carry flag", r.Rflags&1, 1)
		b.mask(pid, raw.MaskExec)
		b.cont(pid, 0)
		b.exits(pid, 1)
		b.alone()
	}},
	{name: "call_events_stay_on", promise: "PT_TO_SCE asks for entries for good: a PT_CONTINUE stops at the next; the mask says so", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			for range 3 {
				call(a, "getpid")
			}
			a.Exit(1)
		})
		b.do(raw.ToSCE, pid, 1, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCE)
		equal(b, "the event mask", b.getMask(pid), raw.MaskExec|raw.MaskSCE)
		b.cont(pid, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCE)
		b.do(raw.ToSCX, pid, 1, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX)
		equal(b, "the event mask", b.getMask(pid), raw.MaskExec|raw.MaskSCE|raw.MaskSCX)
		b.mask(pid, raw.MaskExec)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "call_exits_only", promise: "PT_TO_SCX stops at exits alone; exit has none", run: func(b *bench) {
		pid := b.launch(func(a *asm) { call(a, "getpid"); a.Exit(1) })
		b.do(raw.ToSCX, pid, 1, 0)
		b.callStop(pid, raw.FlagSCX, "getpid", 0)
		b.do(raw.ToSCX, pid, 1, 0)
		b.exits(pid, 1)
	}},
	{name: "call_result_only_at_exit", promise: "PT_GET_SC_RET is EINVAL at an entry and at a signal's stop", run: func(b *bench) {
		pid := b.launch(func(a *asm) { call(a, "getpid"); a.Int3(); a.Exit(1) })
		buf := make([]byte, raw.ScRetSize)
		b.do(raw.ToSCE, pid, 1, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagSCE)
		b.refused(raw.EINVAL, raw.GetScRet, pid, b.at(buf), len(buf))
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGTRAP)
		b.refused(raw.EINVAL, raw.GetScRet, pid, b.at(buf), len(buf))
	}},
	{name: "call_of_exec_stop", promise: "at an exec stop PT_GET_SC_RET says EJUSTRETURN, and the call is execve with three arguments", run: func(b *bench) {
		pid := b.launch(exiter(0))
		l := b.lwpinfo(pid)
		equal(b, "the call", int(l.Code), number("execve"))
		equal(b, "its number of arguments", l.Narg, 3)
		equal(b, "sr_error", b.scRet(pid).Err, raw.EJUSTRETURN)
	}},
	{name: "call_rewritten_at_entry", promise: "registers written at an entry do not change the call, nor its arguments", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			call(a, "close", 12345)
			a.Exit(rax)
		})
		b.do(raw.Syscall, pid, 1, 0)
		b.callStop(pid, raw.FlagSCE, "close", 1)
		r := b.regs(pid)
		r.Rax, r.Rdi = uint64(number("getpid")), 0
		b.setRegs(pid, r)
		equal(b, "the descriptor", b.scArgs(pid)[0], 12345)
		b.do(raw.Syscall, pid, 1, 0)
		b.callStop(pid, raw.FlagSCX, "close", 1)
		equal(b, "sr_error", b.scRet(pid).Err, 9)
	}},
	{name: "call_result_rewritten", promise: "rax written at an exit is what the program sees; PT_GET_SC_RET still tells the kernel's", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			call(a, "getpid")
			a.Exit(rax)
		})
		b.do(raw.ToSCX, pid, 1, 0)
		b.callStop(pid, raw.FlagSCX, "getpid", 0)
		r := b.regs(pid)
		r.Rax = 77
		b.setRegs(pid, r)
		equal(b, "sr_retval", int(b.scRet(pid).Ret[0]), pid)
		b.mask(pid, raw.MaskExec)
		b.cont(pid, 0)
		b.exits(pid, 77)
	}},
	{name: "call_six_arguments", promise: "all six arguments of a call are told", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			call(a, "mmap", 0, 0x3000, 3, 0x1002, -1, 0)
			a.Exit(0)
		})
		b.do(raw.Syscall, pid, 1, 0)
		b.callStop(pid, raw.FlagSCE, "mmap", 6)
		want := [8]uint64{0, 0x3000, 3, 0x1002, ^uint64(0), 0}
		got := b.scArgs(pid)
		got[4] |= 0xffffffff00000000 // an int
		equal(b, "the arguments", got, want)
		b.do(raw.Syscall, pid, 1, 0)
		b.callStop(pid, raw.FlagSCX, "mmap", 6)
		at := b.scRet(pid).Ret[0]
		b.poke(pid, at+0x2ff8, 7)
		equal(b, "what was written there", b.peek(pid, at+0x2ff8), 7)
	}},
	{name: "call_indirect", promise: "a call by syscall(2) is told as the call it makes",
		unconfirmed: "how a call by syscall(2) is told", run: func(b *bench) {
			pid := b.launch(func(a *asm) {
				call(a, "syscall", number("close"), 12345)
				a.Exit(0)
			})
			b.do(raw.Syscall, pid, 1, 0)
			b.callStop(pid, raw.FlagSCE, "close", 1)
			equal(b, "the descriptor", b.scArgs(pid)[0], 12345)
		}},
	{name: "call_interrupted", promise: "a read that a signal interrupts: its exit with EINTR, then the signal's stop", run: func(b *bench) {
		r, w := b.k.Pipe()
		_ = w
		pid := b.spawn(b.assemble(func(a *asm) {
			a.Data("buffer", make([]byte, 16))
			a.SigHandler(sigUSR1, ref("handler"), 0)
			call(a, "read", 0, ref("buffer"), 1)
			a.Exit(rax)
			a.L("handler")
			a.Ret()
		}), replay.Options{Trace: true, Stdin: r})
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		b.cont(pid, 0)
		b.asleep(pid, "piperd")
		b.kill(pid, raw.SIGSTOP)
		b.signaled(pid, raw.SIGSTOP)
		b.mask(pid, raw.MaskExec|raw.MaskSCX)
		b.cont(pid, 0)
		b.asleep(pid, "piperd")
		b.kill(pid, sigUSR1)
		b.callStop(pid, raw.FlagSCX, "read", 3)
		equal(b, "sr_error", b.scRet(pid).Err, raw.EINTR)
		b.cont(pid, 0)
		b.signaled(pid, sigUSR1)
		b.mask(pid, raw.MaskExec)
		b.cont(pid, 0)
		b.exits(pid, int(raw.EINTR))
	}},
	{name: "call_restarted", promise: "with SA_RESTART the exit says ERESTART, with rip at the call again; it is made anew after the handler", run: func(b *bench) {
		r, w := b.k.Pipe()
		pid := b.spawn(b.assemble(func(a *asm) {
			a.Data("buffer", make([]byte, 16))
			a.SigHandler(sigUSR1, ref("handler"), saRestart)
			a.Mov(rax, number("read"))
			a.Mov(rdi, 0)
			a.Mov(rsi, ref("buffer"))
			a.Mov(rdx, 1)
			a.L("read")
			a.Syscall()
			a.Exit(rax)
			a.L("handler")
			a.Ret()
		}), replay.Options{Trace: true, Stdin: r})
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		b.cont(pid, 0)
		b.asleep(pid, "piperd")
		b.kill(pid, raw.SIGSTOP) // which leaves the read to be made again too
		b.signaled(pid, raw.SIGSTOP)
		equal(b, "rip", b.regs(pid).Rip, b.label("read"))
		b.mask(pid, raw.MaskExec|raw.MaskSCX)
		b.cont(pid, 0)
		b.asleep(pid, "piperd")
		b.kill(pid, sigUSR1)
		b.callStop(pid, raw.FlagSCX, "read", 3)
		equal(b, "sr_error", b.scRet(pid).Err, raw.ERESTART)
		equal(b, "rip", b.regs(pid).Rip, b.label("read"))
		b.cont(pid, 0)
		b.signaled(pid, sigUSR1)
		b.mask(pid, raw.MaskExec)
		b.cont(pid, sigUSR1)
		b.asleep(pid, "piperd")
		w.Write([]byte("x"))
		b.exits(pid, 1)
	}},
	{name: "call_signal_dropped", promise: "a read that a signal with a handler interrupted has failed, also when the debugger drops the signal", run: func(b *bench) {
		r, w := b.k.Pipe()
		_ = w
		pid := b.spawn(b.assemble(func(a *asm) {
			a.Data("buffer", make([]byte, 16))
			a.SigHandler(sigUSR1, ref("handler"), 0)
			call(a, "read", 0, ref("buffer"), 1)
			a.Exit(rax)
			a.L("handler")
			a.Exit(99)
		}), replay.Options{Trace: true, Stdin: r})
		b.stop(pid, raw.SIGTRAP, raw.FlagSCX|raw.FlagExec)
		b.cont(pid, 0)
		b.asleep(pid, "piperd")
		b.kill(pid, sigUSR1)
		b.signaled(pid, sigUSR1)
		equal(b, "rax", b.regs(pid).Rax, uint64(raw.EINTR))
		b.cont(pid, 0)
		b.exits(pid, int(raw.EINTR))
	}},
	{name: "call_remote_getpid", promise: "PT_SC_REMOTE has the tracee make a call and tells its result; the same stop is told again after it", run: func(b *bench) {
		pid := b.launch(func(a *asm) { raise(a, raw.SIGSTOP); a.Exit(0) })
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		before := b.regs(pid)
		r := b.remote(pid, raw.SIGSTOP, "getpid")
		equal(b, "sr_error", r.Err, 0)
		equal(b, "getpid", int(r.Ret[0]), pid)
		r = b.remote(pid, raw.SIGSTOP, "getppid")
		equal(b, "getppid", int(r.Ret[0]), b.k.Pid())
		r = b.remote(pid, raw.SIGSTOP, "close", 12345)
		equal(b, "sr_error", r.Err, 9)
		equal(b, "the registers", b.regs(pid), before)
		b.cont(pid, 0)
		b.exits(pid, 0)
	}},
	{name: "call_remote_mmap", promise: "memory that a remote mmap made can be written and read, and is gone after a remote munmap", run: func(b *bench) {
		pid := b.launch(func(a *asm) { raise(a, raw.SIGSTOP); a.Exit(0) })
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		r := b.remote(pid, raw.SIGSTOP, "mmap", 0, 4096, 3, 0x1002, ^uint64(0), 0)
		equal(b, "sr_error", r.Err, 0)
		at := r.Ret[0]
		b.poke(pid, at, 0x1234)
		equal(b, "what was written", b.peek(pid, at), 0x1234)
		b.remote(pid, raw.SIGSTOP, "munmap", at, 4096)
		if _, e := b.pio(pid, raw.ReadData, at, make([]byte, 8)); e != raw.EFAULT {
			b.fail("after munmap: errno %d", e)
		}
	}},
	{name: "call_remote_refused", promise: "PT_SC_REMOTE is EBUSY at an attach's stop and at the entry of a call, EINVAL with a wrong size", run: func(b *bench) {
		pid := b.start(spinner)
		b.attach(pid)
		if _, e := b.tryRemote(pid, "getpid"); e != raw.EBUSY {
			b.fail("at an attach's stop: errno %d", e)
		}
		other := b.launch(exiter(0))
		b.refused(raw.EINVAL, raw.ScRemote, other, b.at(make([]byte, raw.ScRemoteSize)), raw.ScRemoteSize-8)
		b.do(raw.ToSCE, other, 1, 0)
		b.stop(other, raw.SIGTRAP, raw.FlagSCE)
		if _, e := b.tryRemote(other, "getpid"); e != raw.EBUSY {
			b.fail("at an entry: errno %d", e)
		}
	}},
	{name: "call_remote_boundary", promise: "PT_SC_REMOTE is EBUSY at the first stop of a child and of a thread, at VFORK_DONE, and within a call", run: func(b *bench) {
		busy := func(id int, where string) {
			b.t.Helper()
			if _, e := b.tryRemote(id, "getpid"); e != raw.EBUSY {
				b.fail("%s: errno %d", where, e)
			}
		}
		pid := b.launch(forking("vfork"))
		b.mask(pid, raw.MaskFork|raw.MaskVfork)
		child := b.forked(pid, raw.FlagVforked)
		busy(child, "a child's first stop")
		b.remote(pid, raw.SIGTRAP, "getpid")
		b.cont(pid, 0)
		b.cont(child, 0)
		b.exits(child, 2)
		b.stop(pid, raw.SIGTRAP, raw.FlagVforkDone)
		busy(pid, "VFORK_DONE")
		b.cont(pid, 0)
		b.exits(pid, 1)

		pid = b.launch(twoCounters)
		b.do(raw.LwpEvents, pid, 0, 1)
		b.cont(pid, 0)
		b.stop(pid, raw.SIGTRAP, raw.FlagBorn|raw.FlagSCX)
		busy(pid, "a thread's first stop")

		pid = b.launch(func(a *asm) {
			a.SigHandler(sigUSR1, ref("handler"), 0)
			a.Quads("mask", 0, 0)
			call(a, "sigsuspend", ref("mask"))
			a.Exit(0)
			a.L("handler")
			a.Ret()
		})
		b.cont(pid, 0)
		b.asleep(pid, "pause")
		b.kill(pid, sigUSR1)
		b.stop(pid, sigUSR1, raw.FlagSI|raw.FlagSCE)
		busy(pid, "a signal within sigsuspend")
	}},
	{name: "call_remote_past_table", promise: "PT_SC_REMOTE of a number that no table has is ENOSYS, without a SIGSYS; syscall(2) without arguments is EINVAL", run: func(b *bench) {
		pid := b.launch(func(a *asm) { raise(a, raw.SIGSTOP); a.Exit(6) })
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		for _, c := range []struct {
			nr   uint32
			args []uint64
			want raw.Errno
		}{{9999, nil, raw.ENOSYS}, {0, nil, raw.EINVAL}, {198, nil, raw.EINVAL}, {0, []uint64{9999}, raw.ENOSYS}, {0, []uint64{uint64(number("getpid"))}, 0}} {
			r, e := b.tryRemoteNumber(pid, c.nr, c.args...)
			if e != 0 || r.Err != c.want || c.want == 0 && int(r.Ret[0]) != pid {
				b.fail("call %d of %d: errno %d, %+v", c.nr, c.args, e, r)
			}
			if st := b.next(pid); st.Kind != raw.StatusStopped || st.Value != raw.SIGSTOP {
				b.fail("%+v, want a stop for SIGSTOP", st)
			}
		}
		b.cont(pid, 0)
		b.exits(pid, 6)
	}},
	{name: "call_remote_is_no_event", promise: "with events of calls on, a remote call is neither entry nor exit", run: func(b *bench) {
		pid := b.launch(func(a *asm) { raise(a, raw.SIGSTOP); a.Exit(4) })
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGSTOP)
		b.mask(pid, raw.MaskExec|raw.MaskSCE|raw.MaskSCX)
		b.remote(pid, raw.SIGSTOP, "getpid")
		b.cont(pid, 0)
		b.callStop(pid, raw.FlagSCE, "exit", 1)
		b.cont(pid, 0)
		b.exits(pid, 4)
	}},
	{name: "event_mask", promise: "PT_FOLLOW_FORK and PT_LWP_EVENTS set and clear their bit of the mask; bits that mean nothing and other sizes are EINVAL", run: func(b *bench) {
		pid := b.launch(exiter(0))
		for _, c := range []struct {
			request int
			bit     uint32
		}{{raw.FollowFork, raw.MaskFork}, {raw.LwpEvents, raw.MaskLWP}} {
			b.do(c.request, pid, 0, 1)
			equal(b, "the event mask", b.getMask(pid), raw.MaskExec|c.bit)
			b.do(c.request, pid, 0, 0)
			equal(b, "the event mask", b.getMask(pid), raw.MaskExec)
		}
		for bit := uint32(1); bit <= raw.MaskVfork; bit <<= 1 {
			b.mask(pid, bit)
			equal(b, "the event mask", b.getMask(pid), bit)
		}
		buf := make([]byte, 8)
		buf[0] = 0x40
		b.refused(raw.EINVAL, raw.SetEventMask, pid, b.at(buf), 4)
		b.refused(raw.EINVAL, raw.SetEventMask, pid, b.at(make([]byte, 8)), 8)
		b.refused(raw.EINVAL, raw.GetEventMask, pid, b.at(buf), 8)
	}},
	{name: "lwpinfo_sizes", promise: "PT_LWPINFO fills as much as is asked for; without room for a siginfo SI is off; 0 and more than there is are EINVAL", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Int3(); a.Exit(0) })
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGTRAP)
		buf := make([]byte, 200)
		for i := range buf {
			buf[i] = 0xa5
		}
		b.refused(raw.EINVAL, raw.Lwpinfo, pid, b.at(buf), 0)
		b.refused(raw.EINVAL, raw.Lwpinfo, pid, b.at(buf), raw.LwpinfoSize+1)
		b.do(raw.Lwpinfo, pid, b.at(buf), 12)
		equal(b, "pl_flags", le.Uint32(buf[8:]), 0)
		equal(b, "what follows", buf[12], 0xa5)
		b.do(raw.Lwpinfo, pid, b.at(buf), 128)
		equal(b, "pl_flags", le.Uint32(buf[8:]), raw.FlagSI)
	}},
	{name: "requests_refused", promise: "requests are EBUSY of a tracee that runs, EPERM of who is not traced, ESRCH of who is not there", run: func(b *bench) {
		pid := b.launch(spinner)
		b.cont(pid, 0)
		other := b.start(spinner)
		gone := b.start(exiter(0))
		b.exits(gone, 0)
		buf := make([]byte, raw.RegSize)
		for _, c := range []struct {
			id   int
			want raw.Errno
		}{{pid, raw.EBUSY}, {other, raw.EPERM}, {gone, raw.ESRCH}, {b.k.Pid(), raw.EPERM}} {
			b.refused(c.want, raw.GetRegs, c.id, b.at(buf), 0)
			b.refused(c.want, raw.Continue, c.id, 1, 0)
		}
	}},
}
