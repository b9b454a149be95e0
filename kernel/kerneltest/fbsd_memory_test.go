package kerneltest

// Memory, maps, registers, debug registers, cores.

import (
	"bytes"
	"strings"

	"github.com/trapline/trapline/kernel/freebsd/raw"
)

// Conditions of debug register 0 in dr7: it is on, and what of which size it watches.
const (
	watchExec      = 1
	watchWrite8    = 1 | 1<<16 | 2<<18
	watchAccess8   = 1 | 3<<16 | 2<<18
	resumeFlag     = 0x10000
	debugRegisters = raw.DbregSize / 8
)

func (b *bench) debug(pid int) (d [debugRegisters]uint64) {
	b.t.Helper()
	buf := b.get(raw.GetDbRegs, pid, raw.DbregSize, 0)
	for i := range d {
		d[i] = le.Uint64(buf[8*i:])
	}
	return d
}

// setDebug sets debug register n of the first four, and dr7.
func (b *bench) setDebug(pid, n int, addr, dr7 uint64) {
	b.t.Helper()
	buf := make([]byte, raw.DbregSize)
	le.PutUint64(buf[8*n:], addr)
	le.PutUint64(buf[56:], dr7)
	b.do(raw.SetDbRegs, pid, b.at(buf), 0)
}

// vmEntry is PT_VM_ENTRY of an entry's number: the entry, with the next one's number, and its
// file.
func (b *bench) vmEntry(pid int, entry int32) (raw.VMMapEntry, string, raw.Errno) {
	path := make([]byte, 1024)
	e := make([]byte, raw.VMEntrySize)
	v := raw.VMMapEntry{Entry: entry, PathLen: uint32(len(path))}
	v.Encode(e)
	le.PutUint64(e[raw.VMEntrySize-8:], uint64(b.at(path)))
	_, errno := b.request(raw.VMEntry, pid, b.at(e), 0)
	file, _, _ := bytes.Cut(path, []byte{0})
	return raw.DecodeVMEntry(e), string(file), errno
}

func (b *bench) timestamp(pid int) int { b.t.Helper(); return b.do(raw.VMTimestamp, pid, 0, 0) }

var fbsdMemoryCases = []fbsdCase{
	{name: "io_read_write", promise: "PT_IO reads and writes data and text, at any address and length", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Data("data", []byte("0123456789abcdef"))
			a.Exit(0)
		})
		got := make([]byte, 5)
		b.io(pid, raw.ReadData, b.label("data")+3, got)
		equal(b, "what was read", string(got), "34567")
		b.io(pid, raw.WriteData, b.label("data")+4, []byte("XYZ"))
		b.io(pid, raw.ReadInstr, b.label("data")+3, got)
		equal(b, "what was read", string(got), "3XYZ7")
	}},
	{name: "io_beyond_mapping", promise: "a transfer that runs off a mapping moves what is before its end, is EFAULT, and leaves piod_len", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Bss("page", 0x1000); a.Mov(rax, ref("page")); a.Exit(0) })
		end := b.label("page") + 0x1000
		b.io(pid, raw.WriteData, end-4, []byte("tail"))
		got := bytes.Repeat([]byte{0xa5}, 8)
		n, e := b.pio(pid, raw.ReadData, end-4, got)
		equal(b, "the errno", e, raw.EFAULT)
		equal(b, "piod_len", n, 8)
		equal(b, "what was read", string(got), "tail\xa5\xa5\xa5\xa5")
	}},
	{name: "io_nowhere", promise: "a transfer from where nothing is mapped is EFAULT; an operation that there is not is EINVAL", run: func(b *bench) {
		pid := b.launch(exiter(0))
		if _, e := b.pio(pid, raw.ReadData, 0x10, make([]byte, 8)); e != raw.EFAULT {
			b.fail("errno %d", e)
		}
		if _, e := b.pio(pid, 99, b.label("_start"), make([]byte, 8)); e != raw.EINVAL {
			b.fail("errno %d", e)
		}
	}},
	{name: "io_text_is_private", promise: "what is written to a program's text is in neither its file nor another process of it", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Nop(1); a.Exit(0) })
		path := b.dir + "/p1"
		two := b.launch(func(a *asm) { a.Nop(1); a.Exit(0) })
		_ = two
		b.io(pid, raw.WriteInstr, b.label("_start"), []byte{0xcc})
		got := make([]byte, 1)
		b.io(two, raw.ReadInstr, b.label("_start"), got)
		equal(b, "the other process's byte", got[0], 0x90)
		equal(b, "the file's byte", b.k.ReadFile(path)[0x200], 0x90)
		third := b.spawnTraced(path)
		b.io(third, raw.ReadInstr, b.label("_start"), got)
		equal(b, "a later process's byte", got[0], 0x90)
	}},
	{name: "io_shared_mapping", promise: "what is written to shared memory is seen by all who share it", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("at", 0)
			call(a, "mmap", 0, 4096, 3, 0x1001, -1, 0) // MAP_SHARED|MAP_ANON
			a.Store("at", rax)
			call(a, "fork")
			a.IfChild("child")
			call(a, "wait4", -1, 0, 0, 0)
			a.Exit(1)
			a.L("child")
			a.Mov(rcx, mem("at"))
			a.B(0x48, 0x8b, 0x39) // mov rdi, [rcx]
			a.Exit(rdi)
		})
		b.do(raw.FollowFork, pid, 0, 1)
		child := b.forked(pid, 0)
		b.poke(pid, b.peek(pid, b.label("at")), 42)
		equal(b, "what the child has", b.peek(child, b.peek(child, b.label("at"))), 42)
		b.cont(child, 0)
		b.exits(child, 42)
	}},
	{name: "peek_poke", promise: "PT_READ_D and PT_WRITE_D move an int at any address; -1 comes back as a value; where nothing is: ENOMEM", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Data("data", []byte{1, 2, 3, 4, 5, 0xff, 0xff, 0xff, 0xff, 0})
			a.Exit(0)
		})
		at := uintptr(b.label("data"))
		equal(b, "an odd address", b.do(raw.ReadD, pid, at+1, 0), 0x05040302)
		equal(b, "all ones", b.do(raw.ReadD, pid, at+5, 0), -1)
		b.do(raw.WriteD, pid, at, 0x11223344)
		equal(b, "what was written", b.do(raw.ReadI, pid, at, 0), 0x11223344)
		b.refused(raw.ENOMEM, raw.ReadD, pid, 0x10, 0)
		b.refused(raw.ENOMEM, raw.WriteI, pid, 0x10, 0)
	}},
	{name: "vm_entries", promise: "PT_VM_ENTRY goes through the map in order, tells protections and files, and ends with ENOENT", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Quads("data", 1); a.Str("ro", "x"); a.Exit(0) })
		last, text, data := uint64(0), false, false
		entry := int32(0)
		for n := 0; ; n++ {
			v, file, e := b.vmEntry(pid, entry)
			if e == raw.ENOENT {
				break
			}
			if e != 0 || v.Start < last || v.End < v.Start || n > 1000 {
				b.fail("entry %d: errno %d, %#x to %#x after %#x", n, e, v.Start, v.End, last)
			}
			last, entry = v.End, v.Entry
			own := strings.HasSuffix(file, "/p1")
			switch {
			case v.Start <= b.label("_start") && b.label("_start") <= v.End:
				text = own && v.Prot&7 == 5
			case v.Start <= b.label("data") && b.label("data") <= v.End:
				data = v.Prot&7 == 3
			}
		}
		equal(b, "the text is r-x of the program's file", text, true)
		equal(b, "the data is rw-", data, true)
	}},
	{name: "vm_timestamp", promise: "PT_VM_TIMESTAMP goes up with an mmap and an munmap of the tracee's", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			call(a, "mmap", 0, 0x1000, 3, 0x1002, -1, 0)
			a.Int3()
			call(a, "munmap", rax, 0x1000)
			a.Int3()
			a.Exit(0)
		})
		last := b.timestamp(pid)
		for range 2 {
			b.cont(pid, 0)
			b.signaled(pid, raw.SIGTRAP)
			now := b.timestamp(pid)
			if now <= last {
				b.fail("the timestamp goes from %d to %d", last, now)
			}
			last = now
		}
	}},
	{name: "registers", promise: "registers that PT_SETREGS wrote are what PT_GETREGS tells, and what the program goes on with", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Exit(1); a.L("elsewhere"); a.Exit(rbx) })
		r := b.regs(pid)
		r.Rip, r.Rbx = b.label("elsewhere"), 33
		b.setRegs(pid, r)
		equal(b, "the registers", b.regs(pid), r)
		b.cont(pid, 0)
		b.exits(pid, 33)
	}},
	{name: "regset", promise: "PT_GETREGSET tells the size of NT_PRSTATUS without a buffer, fills one, and PT_SETREGSET takes it back", run: func(b *bench) {
		pid := b.launch(exiter(1))
		iov := make([]byte, 16)
		b.do(raw.GetRegset, pid, b.at(iov), raw.NotePrstatus)
		size := le.Uint64(iov[8:])
		equal(b, "the size", size, 224)
		equal(b, "iov_base", le.Uint64(iov), 0)
		buf := make([]byte, size)
		le.PutUint64(iov, uint64(b.at(buf)))
		b.do(raw.GetRegset, pid, b.at(iov), raw.NotePrstatus)
		equal(b, "the size", le.Uint64(iov[8:]), size)
		equal(b, "pr_statussz", le.Uint64(buf[8:]), size)
		b.do(raw.SetRegset, pid, b.at(iov), raw.NotePrstatus)
		b.refused(raw.EINVAL, raw.GetRegset, pid, b.at(iov), raw.NoteX86Xstate)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "fp_registers", promise: "an xmm register that PT_SETFPREGS wrote is what the program has", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.B(0x66, 0x48, 0x0f, 0x7e, 0xc7) // movq rdi, xmm0
			a.Exit(rdi)
		})
		buf := b.get(raw.GetFpRegs, pid, raw.FpregSize, 0)
		le.PutUint64(buf[160:], 44) // xmm0 of the FXSAVE area
		b.do(raw.SetFpRegs, pid, b.at(buf), 0)
		equal(b, "xmm0", le.Uint64(b.get(raw.GetFpRegs, pid, raw.FpregSize, 0)[160:]), 44)
		b.cont(pid, 0)
		b.exits(pid, 44)
	}},
	{name: "xstate", promise: "PT_GETXSTATE_INFO wants its exact size; PT_GETXSTATE gives as much as is asked for; PT_SETXSTATE takes what it gave", run: func(b *bench) {
		pid := b.launch(exiter(0))
		info := raw.DecodeXstateInfo(b.get(raw.GetXstateInfo, pid, raw.XstateInfoSize, raw.XstateInfoSize))
		if info.Len < raw.FpregSize+64 || info.Mask&3 != 3 {
			b.fail("%+v", info)
		}
		b.refused(raw.EINVAL, raw.GetXstateInfo, pid, b.at(make([]byte, raw.XstateInfoSize)), raw.XstateInfoSize-1)
		buf := b.get(raw.GetXstate, pid, int(info.Len), int(info.Len))
		b.get(raw.GetXstate, pid, raw.FpregSize, raw.FpregSize)
		b.do(raw.SetXstate, pid, b.at(buf), len(buf))
		b.cont(pid, 0)
		b.exits(pid, 0)
	}},
	{name: "segment_bases", promise: "the bases of fs and gs can be read and written", run: func(b *bench) {
		pid := b.launch(exiter(0))
		for _, c := range [][2]int{{raw.GetFsBase, raw.SetFsBase}, {raw.GetGsBase, raw.SetGsBase}} {
			b.do(c[1], pid, b.at(le.AppendUint64(nil, 0x601000)), 0)
			equal(b, "the base", le.Uint64(b.get(c[0], pid, 8, 0)), 0x601000)
		}
	}},
	{name: "watch_write", promise: "a write watchpoint traps after a store, also of the value that was there; dr6 tells which", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("cell", 7)
			a.Mov(rax, 7)
			a.Store("cell", rax)
			a.L("after")
			a.Mov(rax, mem("cell"))
			a.Exit(1)
		})
		b.setDebug(pid, 0, b.label("cell"), watchWrite8)
		b.cont(pid, 0)
		l := b.signaled(pid, raw.SIGTRAP)
		equal(b, "si_code", l.Siginfo.Code, raw.TrapTrace)
		equal(b, "rip", b.regs(pid).Rip, b.label("after"))
		equal(b, "dr6", b.debug(pid)[6]&0xf, 1)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "watch_access", promise: "an access watchpoint traps after a load too", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("cell", 7)
			a.Mov(rax, mem("cell"))
			a.L("after")
			a.Exit(1)
		})
		b.setDebug(pid, 0, b.label("cell"), watchAccess8)
		b.cont(pid, 0)
		b.stepped(pid)
		equal(b, "rip", b.regs(pid).Rip, b.label("after"))
	}},
	{name: "watch_execution", promise: "a hardware breakpoint traps before its instruction, again and again until the resume flag is set", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Nop(1); a.L("here"); a.Nop(1); a.Exit(1) })
		b.setDebug(pid, 0, b.label("here"), watchExec)
		for range 3 {
			b.cont(pid, 0)
			b.stepped(pid)
			equal(b, "rip", b.regs(pid).Rip, b.label("here"))
		}
		r := b.regs(pid)
		r.Rflags |= resumeFlag
		b.setRegs(pid, r)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "watch_kernel_store", promise: "a store by the kernel into a watched quadword does not trap", run: func(b *bench) {
		pid := b.launch(func(a *asm) {
			a.Quads("cell", 0)
			call(a, "thr_self", ref("cell"))
			a.Exit(1)
		})
		b.setDebug(pid, 0, b.label("cell"), watchWrite8)
		b.cont(pid, 0)
		b.exits(pid, 1)
	}},
	{name: "watch_fork", promise: "a forked child, followed or not, has no debug registers", run: func(b *bench) {
		for _, follow := range []int{1, 0} {
			pid := b.launch(func(a *asm) {
				a.Quads("cell", 0)
				call(a, "fork")
				a.IfChild("child")
				call(a, "wait4", -1, 0, 0, 0)
				a.Exit(1)
				a.L("child")
				a.Inc("cell")
				a.Exit(2)
			})
			b.setDebug(pid, 0, b.label("cell"), watchWrite8)
			b.do(raw.FollowFork, pid, 0, follow)
			if follow == 0 {
				b.cont(pid, 0)
			} else {
				child := b.forked(pid, 0)
				equal(b, "dr7", b.debug(child)[7]&0xff, 0)
				b.cont(child, 0)
				b.exits(child, 2)
				b.cont(pid, 0)
			}
			b.exits(pid, 1)
		}
	}},
	{name: "watch_refused", promise: "debug registers with a condition on I/O, or a kernel address that is on, are EINVAL", run: func(b *bench) {
		pid := b.launch(exiter(0))
		for _, c := range []struct{ addr, dr7 uint64 }{{0x600000, 1 | 2<<16}, {0xffffffff80000000, watchWrite8}, {0x600000, 1 << 40}} {
			buf := make([]byte, raw.DbregSize)
			le.PutUint64(buf, c.addr)
			le.PutUint64(buf[56:], c.dr7)
			b.refused(raw.EINVAL, raw.SetDbRegs, pid, b.at(buf), 0)
		}
	}},
	{name: "coredump", promise: "PT_COREDUMP writes an ELF core file, and the stop is told again", run: func(b *bench) {
		pid := b.launch(func(a *asm) { a.Int3(); a.Exit(6) })
		b.cont(pid, 0)
		b.signaled(pid, raw.SIGTRAP)
		path := b.dir + "/core"
		fd := b.k.Open(path)
		c := raw.CoredumpRequest{FD: int32(fd)}
		req := make([]byte, raw.CoredumpSize)
		c.Encode(req)
		b.do(raw.Coredump, pid, b.at(req), raw.CoredumpSize)
		l := b.signaled(pid, raw.SIGTRAP)
		equal(b, "si_code", l.Siginfo.Code, raw.TrapBrkpt)
		b.k.Close(fd)
		core := b.k.ReadFile(path)
		if len(core) < 64 || string(core[:4]) != "\x7fELF" || le.Uint16(core[16:]) != 4 { // ET_CORE
			b.fail("a core of %d bytes", len(core))
		}
		b.refused(raw.EINVAL, raw.Coredump, pid, b.at(req), raw.CoredumpSize-8)
		b.cont(pid, 0)
		b.exits(pid, 6)
	}},
	{name: "coredump_refused", promise: "PT_COREDUMP is EBUSY at an attach's stop", run: func(b *bench) {
		pid := b.start(spinner)
		b.attach(pid)
		fd := b.k.Open(b.dir + "/core")
		defer b.k.Close(fd)
		c := raw.CoredumpRequest{FD: int32(fd)}
		req := make([]byte, raw.CoredumpSize)
		c.Encode(req)
		b.refused(raw.EBUSY, raw.Coredump, pid, b.at(req), raw.CoredumpSize)
	}},
}
