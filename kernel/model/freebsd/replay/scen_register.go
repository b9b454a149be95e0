package replay

// Registers: watchpoints, general and extended state, sizes of structures.

import (
	"encoding/hex"
	"time"
	"unsafe"
)

// Debug register 7: enable bit and condition for slot 0.
const (
	dr7Exec  = 1
	dr7Write = 1 | 1<<16
	dr7RW    = 1 | 3<<16
	dr7Len8  = 2 << 18
	dr7Len4  = 3 << 18
)

func (r *R) watch(id int, addr, dr7 uint64) bool {
	var d [16]uint64
	d[0], d[7] = addr, dr7
	return r.setDbregs(id, d)
}

// clear6 clears dr6, as a debugger must between two hits.
func (r *R) clear6(id int) {
	var d [16]uint64
	r.k.Ptrace(ptGetDbRegs, id, ptr(&d), 0)
	d[6] = 0
	r.setDbregs(id, d)
}

func storeLoad(a *Asm) {
	a.Quads("var", 0)
	a.Quads("other", 0)
	a.Mov(RBX, 5)
	a.L("store")
	a.Store("var", RBX)
	a.L("after_store")
	a.Nop(1)
	a.L("load")
	a.Mov(RCX, At("var"))
	a.L("after_load")
	a.Nop(1)
	a.L("same_store")
	a.Store("var", RBX)
	a.L("after_same_store")
	a.Store("other", RBX)
	a.Exit(0)
}

func watching(dr7 uint64, label string) func(*R) {
	return func(r *R) {
		pid, _ := r.launch(storeLoad)
		if !r.watch(pid, r.prog.Labels[label], dr7) {
			r.end(pid)
			return
		}
		for range 5 {
			r.cont(pid, 0)
			s := r.stop(pid)
			if !s.stopped() {
				return
			}
			r.dbregs(pid)
			r.clear6(pid)
		}
		r.end(pid)
	}
}

var registerScenarios = []Scenario{
	{Name: "watch-write", About: "a write watchpoint of 8 bytes: rip after the store, dr6; a store of the same value", Run: watching(dr7Write|dr7Len8, "var")},
	{Name: "watch-read-write", About: "a read-write watchpoint: the load traps too", Run: watching(dr7RW|dr7Len8, "var")},
	{Name: "watch-exec", About: "an execution breakpoint: rip before the instruction; continuing without removing it", Run: watching(dr7Exec, "load")},
	{Name: "watch-exec-rf", About: "an execution breakpoint passed by setting RF with PT_SETREGS", Run: func(r *R) {
		pid, _ := r.launch(storeLoad)
		r.watch(pid, r.prog.Labels["load"], dr7Exec)
		r.cont(pid, 0)
		r.stop(pid)
		r.setRegs(pid, "rflags|=RF", func(g *Regs) { g.Rflags |= 0x10000 })
		r.regs(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "watch-misaligned", About: "an 8-byte watchpoint at an address that is not a multiple of 8", Run: func(r *R) {
		pid, _ := r.launch(storeLoad)
		r.watch(pid, r.prog.Labels["var"]+3, dr7Write|dr7Len8)
		r.cont(pid, 0)
		s := r.stop(pid)
		if s.stopped() {
			r.end(pid)
		}
	}},
	{Name: "watch-bad", About: "PT_SETDBREGS with reserved bits, exec with a length, I/O condition, kernel addresses, dr4, dr6 bits", Run: func(r *R) {
		pid, _ := r.launch(storeLoad)
		v := r.prog.Labels["var"]
		for _, c := range []struct{ addr, dr7 uint64 }{{v, 1 << 10}, {v, 1 << 11}, {v, 1 << 12}, {v, 1 << 32}, {v, dr7Exec | dr7Len4}, {v, 1 | 2<<16}, {v, 1 << 13},
			{0xffffffff80200000, dr7Write}, {0x8000000000000000, dr7Write}, {0xffffffff80200000, 0}, {0, dr7Write | dr7Len4}, {v, 2 | 1<<16}, {v, 1 << 8}} {
			r.watch(pid, c.addr, c.dr7)
			r.dbregs(pid)
		}
		var d [16]uint64
		d[6] = 0xffffffff
		r.setDbregs(pid, d)
		r.dbregs(pid)
		d[6], d[4] = 0, 5
		r.setDbregs(pid, d)
		r.dbregs(pid)
		r.end(pid)
	}},
	{Name: "watch-kernel-write", About: "read(2) writes into a watched buffer: no trap", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Quads("var", 0)
			a.Str("path", "/dev/zero")
			a.Sys(sysOpen, Ref("path"), 0, 0)
			a.Mov(RDI, RAX)
			a.Mov(RSI, Ref("var"))
			a.Mov(RDX, 8)
			a.Sys(sysRead)
			a.L("after_read")
			a.Exit(0)
		})
		r.watch(pid, r.prog.Labels["var"], dr7Write|dr7Len8)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "watch-dr6-sticky", About: "dr6 is not cleared by the debugger between two hits", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			storeLoad(a)
		})
		var d [16]uint64
		d[0], d[1], d[7] = r.prog.Labels["var"], r.prog.Labels["load"], dr7Write|dr7Len8|1<<2
		r.setDbregs(pid, d)
		for range 4 {
			r.cont(pid, 0)
			s := r.stop(pid)
			if !s.stopped() {
				return
			}
			r.dbregs(pid)
		}
		r.end(pid)
	}},
	{Name: "watch-new-thread", About: "debug registers of a thread created after they were set", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Quads("var", 0)
			a.Thread("thread")
			a.Sleep(100)
			a.Exit(0)
			a.L("thread")
			a.L("store")
			a.Store("var", RBX)
			a.L("after_store")
			a.Sys(sysThrExit, 0)
		})
		r.watch(pid, r.prog.Labels["var"], dr7Write|dr7Len8)
		r.mask(pid, PTRACE_EXEC|PTRACE_LWP)
		r.cont(pid, 0)
		s := r.stop(pid)
		r.dbregs(int(s.Info.Lwpid))
		for _, id := range r.lwpList(pid, 64, false) {
			r.dbregs(int(id))
		}
		r.cont(pid, 0)
		s = r.stop(pid)
		if s.stopped() {
			r.dbregs(int(s.Info.Lwpid))
		}
		r.end(pid)
	}},
	{Name: "watch-other-thread", About: "debug registers set on one thread do not trap in the other", Run: func(r *R) {
		pid := r.start("", Options{}, twoLoops)
		r.attach(pid)
		ids := r.lwpList(pid, 64, true)
		for _, id := range ids {
			r.watch(int(id), r.prog.Labels["count_main"], dr7Write|dr7Len8)
			r.dbregs(int(ids[0]))
			r.dbregs(int(ids[1]))
			r.patience = 300 * time.Millisecond
			r.cont(pid, 0)
			s := r.stop(pid)
			if s.None {
				r.kill(pid, SIGSTOP)
				r.stop(pid)
			}
			r.watch(int(id), 0, 0)
		}
		r.end(pid)
	}},
	{Name: "watch-fork", About: "debug registers of a followed and of an unfollowed forked child", Run: func(r *R) {
		for _, m := range []uint32{PTRACE_EXEC | PTRACE_FORK, PTRACE_EXEC} {
			pid, _ := r.launch(func(a *Asm) {
				a.Quads("var", 0)
				a.Sys(sysFork)
				a.L("after_fork")
				a.IfChild("child")
				a.Sys(sysWait4, -1, Ref("status"), 0, 0)
				a.Quads("status", 0)
				a.Int3()
				a.L("after_int3")
				a.Exit(0)
				a.L("child")
				a.Store("var", RBX)
				a.L("after_store")
				a.Exit(2)
			})
			r.mask(pid, m)
			r.watch(pid, r.prog.Labels["var"], dr7Write|dr7Len8)
			r.cont(pid, 0)
			s := r.stop(pid)
			if child := int(s.Info.ChildPid); child != 0 {
				r.stop(child)
				r.dbregs(child)
				r.cont(child, 0)
				r.stop(child)
				r.dbregs(child)
				r.end(child)
				r.cont(pid, 0)
				r.stop(pid)
			}
			r.peek(pid, "status")
			r.end(pid)
		}
	}},
	{Name: "watch-detach", About: "debug registers left set at detach: who gets the trap?", Run: func(r *R) {
		pid, _ := r.launch(storeLoad)
		r.watch(pid, r.prog.Labels["var"], dr7Write|dr7Len8)
		r.detach(pid, 0)
		r.wait6(P_PID, pid, WEXITED)
	}},
	{Name: "regs-set", About: "PT_SETREGS: rip and rax changed, then read back and used", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Exit(1); a.L("elsewhere"); a.Exit(RAX) })
		r.setRegs(pid, "rip=elsewhere, rax=33, r15=0x1122334455667788", func(g *Regs) {
			g.Rip, g.Rax, g.R15 = r.prog.Labels["elsewhere"], 33, 0x1122334455667788
		})
		r.regs(pid)
		r.cont(pid, 0)
		r.stop(pid)
	}},
	{Name: "regs-set-bad", About: "PT_SETREGS with bad rflags, cs, ss, rip, segment values", Run: func(r *R) {
		pid, _ := r.launch(spin)
		try := func(what string, f func(*Regs)) { r.setRegs(pid, what, f); r.regs(pid) }
		try("rflags with IOPL", func(g *Regs) { g.Rflags |= 0x3000 })
		try("rflags without IF", func(g *Regs) { g.Rflags &^= 0x200 })
		try("rflags with TF", func(g *Regs) { g.Rflags |= 0x100 })
		try("rflags with DF, CF, AC, ID", func(g *Regs) { g.Rflags = g.Rflags&^0x100 | 0x240401 })
		try("rflags with RF", func(g *Regs) { g.Rflags |= 0x10000 })
		try("rflags with NT", func(g *Regs) { g.Rflags |= 0x4000 })
		try("rflags with VM", func(g *Regs) { g.Rflags |= 0x20000 })
		try("cs=kernel", func(g *Regs) { g.Cs = 0x20 })
		try("cs=0", func(g *Regs) { g.Cs = 0 })
		try("ss=0", func(g *Regs) { g.Ss = 0 })
		try("rip non-canonical", func(g *Regs) { g.Rip = 0x8000000000000000 })
		try("rip in the kernel", func(g *Regs) { g.Rip = 0xffffffff80200000 })
		try("ds=0xffff", func(g *Regs) { g.Ds = 0xffff })
		r.end(pid)
	}},
	{Name: "regs-rip-noncanonical-run", About: "rip set to a non-canonical address and continued", Run: func(r *R) {
		pid, _ := r.launch(spin)
		if r.setRegs(pid, "rip=0x8000000000000000", func(g *Regs) { g.Rip = 0x8000000000000000 }) {
			r.cont(pid, 0)
			r.stop(pid)
		}
		r.end(pid)
	}},
	{Name: "regs-fs-gs-base", About: "PT_GETFSBASE, PT_SETFSBASE, PT_SETGSBASE with good and bad values", Run: func(r *R) {
		pid, _ := r.launch(spin)
		for _, q := range []int{ptGetFsBase, ptGetGsBase} {
			for _, v := range []uint64{0x601000, 0x7fffffffffff, 0x800000000000, 0xffffffff80200000, 0x8000000000000000} {
				r.req(q+1, pid, ptr(&v), 0, M{"value": r.at(v)}, nil)
				var got uint64
				r.req(q, pid, ptr(&got), 0, nil, func(ok bool, s *Step) { s.Out = M{"value": r.at(got)} })
			}
		}
		r.end(pid)
	}},
	{Name: "regs-xstate", About: "PT_GETXSTATE_INFO, PT_GETXSTATE with short and long buffers; PT_GETFPREGS; PT_GETREGSET by note type", Run: func(r *R) {
		pid, _ := r.launch(spin)
		var info struct {
			Mask uint64
			Len  uint32
			_    uint32
		}
		for _, n := range []int{16, 8, 0, 24} {
			r.req(ptGetXstateInfo, pid, ptr(&info), n, M{"data": n}, func(ok bool, s *Step) {
				if ok {
					s.Out = M{"xsave_mask": info.Mask, "xsave_len": info.Len}
				}
			})
		}
		buf := make([]byte, 8192)
		for _, n := range []int{int(info.Len), 512, 576, int(info.Len) + 64, 0} {
			r.req(ptGetXstate, pid, ptr(&buf[0]), n, M{"data": n}, nil)
		}
		for _, n := range []int{int(info.Len), 512, 576, int(info.Len) + 64} {
			r.req(ptSetXstate, pid, ptr(&buf[0]), n, M{"data": n}, nil)
		}
		r.req(ptGetFpRegs, pid, ptr(&buf[0]), 0, nil, func(ok bool, s *Step) { s.Out = M{"first32": hex.EncodeToString(buf[:32])} })
		r.req(ptSetFpRegs, pid, ptr(&buf[0]), 0, nil, nil)
		for _, note := range []int{1, 2, 0x200, 0x202, 0x203, 0x100, 7, 8, 17, 0} {
			iov := struct {
				base uintptr
				n    uint64
			}{}
			r.req(ptGetRegset, pid, ptr(&iov), note, M{"note": note, "iov_base": 0, "iov_len": 0}, func(ok bool, s *Step) { s.Out = M{"iov_len": iov.n} })
			if iov.n == 0 || iov.n > 8192 {
				continue
			}
			want := iov.n
			for _, n := range []uint64{want, want - 8, want + 8} {
				iov.base, iov.n = ptr(&buf[0]), n
				r.req(ptGetRegset, pid, ptr(&iov), note, M{"note": note, "iov_len": n}, func(ok bool, s *Step) { s.Out = M{"iov_len": iov.n} })
			}
		}
		r.end(pid)
	}},
	{Name: "lwpinfo-sizes", About: "PT_LWPINFO with sizes from 0 to beyond the structure: errno, flags, how much is written", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Int3(); a.L("after_int3"); a.Exit(0) })
		r.cont(pid, 0)
		r.stop(pid)
		for _, n := range []int{-1, 0, 1, 4, 8, 12, 44, 48, 127, 128, 152, 156, 160, 161, 4096} {
			var b [4096]byte
			for i := range b {
				b[i] = poison
			}
			r.req(ptLwpinfo, pid, ptr(&b), n, M{"data": n}, func(ok bool, s *Step) {
				k := len(b)
				for k > 0 && b[k-1] == poison {
					k--
				}
				s.Out = M{"bytes_written": k}
				if ok && n >= 12 {
					f := *(*uint32)(unsafe.Pointer(&b[8]))
					s.Out["flags"] = bits(f, plFlags)
				}
			})
		}
		r.req(ptLwpinfo, pid, 0x10, 160, M{"addr": "0x10"}, nil)
		r.end(pid)
	}},
	{Name: "event-mask-bits", About: "PT_SET_EVENT_MASK with each single bit, all, bits beyond, and wrong sizes; PT_GET_EVENT_MASK sizes", Run: func(r *R) {
		pid, _ := r.launch(spin)
		r.getMask(pid)
		for i := range 8 {
			r.mask(pid, 1<<i)
			r.getMask(pid)
		}
		r.mask(pid, 0x3f)
		r.getMask(pid)
		r.mask(pid, 0xffffffff)
		r.mask(pid, 0)
		r.getMask(pid)
		m := uint32(1)
		for _, n := range []int{0, 3, 8} {
			r.req(ptSetEventMask, pid, ptr(&m), n, M{"data": n}, nil)
			r.req(ptGetEventMask, pid, ptr(&m), n, M{"data": n}, nil)
		}
		r.req(ptSetEventMask, pid, 0x10, 4, M{"addr": "0x10"}, nil)
		r.req(ptGetEventMask, pid, 0x10, 4, M{"addr": "0x10"}, nil)
		r.end(pid)
	}},
}
