package replay

// Memory: PT_IO, word access, the map, core dumps.

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unsafe"
)

// mapped has a read-only page, a PROT_NONE page between two data pages, and text.
func mapped(a *Asm) {
	a.Str("const", "read only")
	a.Data("var", []byte("0123456789abcdef"))
	a.Bss("pages", 3*4096)
	a.Mov(RBX, Ref("pages"))
	a.Sys(sysMprotect, 0, 4096, 0)
	a.Mov(RDI, RBX)
	a.B(0x48, 0x81, 0xc7, 0x00, 0x10, 0x00, 0x00) // add rdi, 0x1000
	a.Mov(RSI, 4096)
	a.Mov(RDX, 0)
	a.Mov(RAX, sysMprotect)
	a.Syscall()
	a.Int3()
	a.L("after_int3")
	a.Nop(20)
	a.Exit(0)
}

var memoryScenarios = []Scenario{
	{Name: "io-matrix", About: "PT_IO with all four operations on text, rodata, data, PROT_NONE, unmapped, kernel; odd operations and lengths", Run: func(r *R) {
		pid, _ := r.launch(mapped)
		r.cont(pid, 0)
		r.stop(pid)
		l := r.prog.Labels
		places := []struct {
			name string
			at   uint64
		}{{"text", l["after_int3"]}, {"rodata", l["const"]}, {"data", l["var"]}, {"PROT_NONE", l["pages"] + 0x1000}, {"unmapped", 0x10000000}, {"null", 0}, {"kernel", 0xffffffff80200000}, {"non-canonical", 0x8000000000000000}, {"last user page", 0x7ffffffff000}}
		for _, p := range places {
			r.note("%s", p.name)
			b := make([]byte, 8)
			for _, op := range []int{PIOD_READ_D, PIOD_READ_I, PIOD_WRITE_D, PIOD_WRITE_I} {
				for i := range b {
					b[i] = poison
				}
				if op == PIOD_WRITE_D || op == PIOD_WRITE_I {
					copy(b, []byte{0x90, 0x90, 0x90, 0x90, 0x90, 0x90, 0x90, byte(0x90 + op)})
				}
				r.io(pid, op, p.at, b, 8)
			}
		}
		r.note("odd operations and lengths")
		b := make([]byte, 1<<20) // the kernel fills as much as there is, whatever the length says
		for _, op := range []int{0, 5, -1} {
			r.io(pid, op, l["var"], b, 8)
		}
		for _, n := range []uint64{0, 1, 1 << 62, 1 << 63, ^uint64(0)} {
			for i := range b {
				b[i] = poison
			}
			r.io(pid, PIOD_READ_D, l["var"], b, n)
		}
		d := ioDesc{Op: 1, Offs: l["var"], Addr: 0x10, Len: 8}
		r.req(ptIO, pid, ptr(&d), 0, M{"debugger_buffer": "0x10"}, func(ok bool, s *Step) { s.Out = M{"piod_len": d.Len} })
		r.req(ptIO, pid, 0x10, 0, M{"addr": "0x10"}, nil)
		r.end(pid)
	}},
	{Name: "io-partial", About: "PT_IO over the edge of a mapping and into a PROT_NONE page: errno, piod_len, bytes moved", Run: func(r *R) {
		pid, _ := r.launch(mapped)
		r.cont(pid, 0)
		r.stop(pid)
		p := r.prog.Labels["pages"]
		big := func() []byte { return []byte(strings.Repeat("\xa5", 12288)) }
		r.io(pid, PIOD_READ_D, p+4096-16, big(), 64)
		r.io(pid, PIOD_READ_D, p+8192-16, big(), 64)
		r.io(pid, PIOD_READ_D, p+3*4096-16, big(), 64)
		r.io(pid, PIOD_WRITE_D, p+4096-16, big(), 64)
		r.io(pid, PIOD_WRITE_D, p+3*4096-16, big(), 64)
		r.io(pid, PIOD_READ_D, p, big(), 12288)
		r.io(pid, PIOD_READ_D, p+3*4096-8, big(), 8)
		r.io(pid, PIOD_READ_D, r.prog.Labels["var"]&^0xfff, big(), 4096)
		r.io(pid, PIOD_READ_D, textBase, big(), 8192)
		r.end(pid)
	}},
	{Name: "peek-poke", About: "PT_READ_I/D and PT_WRITE_I/D: values, sign, odd addresses, page edges, bad addresses, -1 with errno 0", Run: func(r *R) {
		pid, _ := r.launch(mapped)
		r.cont(pid, 0)
		r.stop(pid)
		l := r.prog.Labels
		for _, at := range []uint64{l["var"], l["var"] + 1, l["after_int3"], l["const"], l["pages"] + 4094, l["pages"] + 3*4096 - 2, l["pages"] + 3*4096 - 4, 0x10000000, 0} {
			r.pt(ptReadD, pid, at, 0)
			r.pt(ptReadI, pid, at, 0)
		}
		r.pt(ptWriteD, pid, l["var"], -1)
		r.pt(ptReadD, pid, l["var"], 0)
		r.pt(ptWriteI, pid, l["after_int3"], 0x90909090)
		r.pt(ptWriteD, pid, l["const"], 0x41414141)
		r.pt(ptReadD, pid, l["const"], 0)
		r.pt(ptWriteD, pid, l["pages"]+4094, 0x41414141)
		r.pt(ptWriteD, pid, l["pages"]+3*4096-2, 0x42424242)
		r.pt(ptReadD, pid, l["pages"]+3*4096-4, 0)
		r.pt(ptWriteD, pid, 0x10000000, 1)
		r.end(pid)
	}},
	{Name: "io-write-text-file", About: "writing text through PT_IO does not change the file", Run: func(r *R) {
		pid, _ := r.launch(mapped)
		at := r.prog.Labels["after_int3"]
		r.write(pid, at, 0xcc)
		r.vmEntries(pid)
		b := r.k.ReadFile("/w/io-write-text-file.a")[at-textBase:][:1]
		r.emit(Step{Op: "the file read at the same place", Out: M{"bytes": hex.EncodeToString(b)}})
		p2 := r.spawn("/w/io-write-text-file.a", Options{Trace: true})
		r.stop(p2)
		r.read(p2, at, 1)
		r.end(pid)
		r.end(p2)
	}},
	{Name: "io-shared-mapping", About: "PT_IO to a MAP_SHARED anonymous page that a forked child shares", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Quads("page", 0)
			a.Sys(sysMmap, 0, 0x1000, 3, 0x1001, -1, 0)
			a.Store("page", RAX)
			a.Sys(sysFork)
			a.IfChild("child")
			a.Int3()
			a.L("after_int3")
			a.Exit(0)
			a.L("child")
			a.Sleep(300)
			a.Mov(RAX, At("page"))
			a.B(0x48, 0x8b, 0x38) // mov rdi, [rax]
			a.Sys(sysExit)
		})
		r.mask(pid, PTRACE_EXEC|PTRACE_FORK)
		r.cont(pid, 0)
		s := r.stop(pid)
		child := int(s.Info.ChildPid)
		r.stop(child)
		pg := r.peek(pid, "page")
		r.write(pid, pg, 0x2a)
		r.read(child, pg, 1)
		r.cont(child, 0)
		r.stop(child)
		r.end(pid)
	}},
	{Name: "vm-entries", About: "PT_VM_ENTRY walked to its end; entry numbers beyond; short and zero path lengths", Run: func(r *R) {
		pid, _ := r.launch(mapped)
		r.cont(pid, 0)
		r.stop(pid)
		r.vmEntries(pid)
		for _, c := range []struct{ entry, pathlen int }{{0, 0}, {0, 1}, {0, 5}, {100, 64}, {-1, 64}} {
			path := make([]byte, 64)
			v := vmEntry{Entry: int32(c.entry), Pathlen: uint32(c.pathlen), Path: ptr(&path[0])}
			r.req(ptVMEntry, pid, ptr(&v), 0, M{"entry": c.entry, "pathlen": c.pathlen}, func(ok bool, s *Step) {
				s.Out = M{"pve_entry": v.Entry, "pve_pathlen": v.Pathlen, "path": cstr(path)}
			})
		}
		r.end(pid)
	}},
	{Name: "vm-timestamp", About: "PT_VM_TIMESTAMP before and after mmap and munmap by the tracee, and after PT_IO writes", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) {
			a.Int3()
			a.L("t1")
			a.Sys(sysMmap, 0, 0x1000, 3, 0x1002, -1, 0)
			a.Mov(RBX, RAX)
			a.Int3()
			a.L("t2")
			a.Sys(sysMunmap, RBX, 0x1000)
			a.Int3()
			a.L("t3")
			a.Exit(0)
		})
		base := 0
		r.req(ptVMTimestamp, pid, 0, 0, nil, func(_ bool, s *Step) { base, _ = s.Ret.(int); s.RetRaw = base; s.Ret = "V" })
		stamp := func() {
			r.req(ptVMTimestamp, pid, 0, 0, nil, func(_ bool, s *Step) {
				v, _ := s.Ret.(int)
				s.RetRaw, s.Ret = v, fmt.Sprintf("V%+d", v-base)
			})
		}
		stamp()
		r.write(pid, r.prog.Labels["t3"], 0x90)
		stamp()
		for range 3 {
			r.cont(pid, 0)
			r.stop(pid)
			stamp()
		}
		r.end(pid)
	}},
	{Name: "coredump", About: "PT_COREDUMP at exec, signal, step, SCE stops and after attach to running and sleeping targets; bad descriptors, flags, sizes, limit", Run: func(r *R) {
		pid, _ := r.launch(func(a *Asm) { a.Nop(2); a.Int3(); a.L("after_int3"); a.Sys(sysGetppid); a.Exit(6) })
		dump := func(path string, flags uint32, limit int64) {
			if r.coredump(pid, path, flags, limit, 16) {
				r.stop(pid)
			}
		}
		r.note("at the exec stop")
		r.coredump(pid, "/w/core1", 0, 0, 16)
		r.wait6(P_PID, pid, waitAny|WNOHANG|WNOWAIT)
		r.lwpinfo(pid)
		r.coredump(pid, "/w/core1b", 0, 0, 16)
		r.stop(pid)
		r.note("at a step stop")
		r.pt(ptStep, pid, 1, 0)
		r.stop(pid)
		dump("/w/core2", 0, 0)
		r.note("at a signal stop")
		r.cont(pid, 0)
		r.stop(pid)
		dump("/w/core3", 0, 0)
		dump("/w/core4", 2, 0)
		dump("/w/core5", 0, 8192)
		dump("/w/core6", 4, 0)
		r.coredump(pid, "/w/core7", 0, 0, 8)
		r.coredump(pid, "/dev/null", 0, 0, 16)
		c := coredumpReq{Fd: 99}
		r.req(ptCoredump, pid, ptr(&c), 16, M{"fd": 99}, nil)
		r.wait6(P_PID, pid, waitAny|WNOHANG)
		r.note("at a syscall entry and exit")
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		dump("/w/core8", 0, 0)
		r.pt(ptSyscall, pid, 1, 0)
		r.stop(pid)
		dump("/w/core10", 0, 0)
		r.mask(pid, PTRACE_EXEC)
		r.cont(pid, 0)
		r.stop(pid)
		r.note("attached, was running")
		pid = r.start("", Options{}, spin)
		r.attach(pid)
		r.coredump(pid, "/w/core9", 0, 0, 16)
		r.end(pid)
	}},
	{Name: "coredump-attached-sleeping", About: "PT_COREDUMP after attaching to a sleeping process", Run: func(r *R) {
		pid := r.start("nanslp", Options{}, napper(500))
		r.attach(pid)
		r.coredump(pid, "/w/corea", 0, 0, 16)
		r.cont(pid, 0)
		r.stop(pid)
	}},
}

func (r *R) coredump(pid int, path string, flags uint32, limit int64, size int) bool {
	fd := r.k.Open(path)
	defer r.k.Close(fd)
	c := coredumpReq{Fd: int32(fd), Flags: flags, Limit: limit}
	_, ok := r.req(ptCoredump, pid, ptr(&c), size, M{"file": path, "flags": flags, "limit": limit, "data": size}, func(ok bool, s *Step) {
		if path == "/dev/null" {
			return
		}
		b := r.k.ReadFile(path)
		s.Out, s.RetRaw = M{"empty": len(b) == 0}, len(b)
		if len(b) >= 20 {
			s.Out["elf_type"] = b[16]
		}
	})
	return ok
}

// vmEntries walks PT_VM_ENTRY to its end.
func (r *R) vmEntries(pid int) {
	v := vmEntry{}
	for range 40 {
		path := make([]byte, 256)
		v.Pathlen, v.Path = uint32(len(path)), ptr(&path[0])
		_, ok := r.req(ptVMEntry, pid, ptr(&v), 0, M{"entry": v.Entry, "pathlen": len(path)}, func(ok bool, s *Step) {
			s.Out = M{"pve_entry": v.Entry}
			if !ok {
				return
			}
			v2 := v
			v2.Path = 0
			s.Out = M{"pve_entry": v.Entry, "start": r.at(v.Start), "last_raw": fmt.Sprintf("%#x", v.End), "start_raw": fmt.Sprintf("%#x", v.Start),
				"length": fmt.Sprintf("%#x", v.End-v.Start+1), "prot": fmt.Sprintf("%#x", v.Prot), "offset": fmt.Sprintf("%#x", v.Offset), "pathlen": v.Pathlen,
				"path": cstr(path), "fileid_raw": v.Fileid, "fsid_raw": v.Fsid}
			s.BytesRaw = hex.EncodeToString(unsafe.Slice((*byte)(unsafe.Pointer(&v2)), unsafe.Sizeof(v2)))
		})
		if !ok {
			return
		}
	}
}
