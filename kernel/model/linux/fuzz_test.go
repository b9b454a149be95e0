package linux

// Whatever programs and tracers do, the machine is none the worse: it does not panic, every step
// of it ends, and it uses no more memory than it has.

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
	"github.com/trapline/trapline/kernel"
	"github.com/trapline/trapline/kernel/model/errno"
	"github.com/trapline/trapline/kernel/model/kern"
)

// What a fuzzed machine has.
const (
	fuzzMemory  = 8 << 20
	fuzzThreads = 40
	fuzzSteps   = 1500
	fuzzCode    = 0x400000 // where programs of makeELF are
	fuzzSize    = 4 * 4096
	fuzzData    = fuzzCode + 0x1000
)

// small is a machine that soon runs out of everything, and a process outside.
func small(t *testing.T) (*kern.Machine, *kern.External) {
	m := New(kern.Config{Chooser: kern.NewChooser(5), Memory: fuzzMemory, PIDs: 100, MaxThreads: fuzzThreads, Yielding: 20})
	t.Cleanup(m.Close)
	return m, m.NewExternal("outside", kern.Cred{})
}

// makeELF is a program of one segment, that may be read, written and executed: code at its
// beginning, data after the first page.
func makeELF(code, data []byte) []byte {
	const head = 64 + 56
	var b bytes.Buffer
	h := elf.Header64{Type: uint16(elf.ET_EXEC), Machine: uint16(elf.EM_X86_64), Version: 1, Entry: fuzzCode + head, Phoff: 64,
		Ehsize: 64, Phentsize: 56, Phnum: 1}
	copy(h.Ident[:], "\x7fELF\x02\x01\x01")
	p := elf.Prog64{Type: uint32(elf.PT_LOAD), Flags: 7, Vaddr: fuzzCode, Filesz: fuzzSize, Memsz: fuzzSize, Align: 4096}
	binary.Write(&b, le, h)
	binary.Write(&b, le, p)
	b.Write(code[:min(len(code), fuzzData-fuzzCode-head)])
	b.Write(make([]byte, fuzzData-fuzzCode-b.Len()))
	b.Write(data[:min(len(data), fuzzSize-0x1000)])
	b.Write(make([]byte, fuzzSize-b.Len()))
	return b.Bytes()
}

// startProgram starts a file's contents.
func startProgram(t *testing.T, m *kern.Machine, x *kern.External, file []byte) *kern.Thread {
	t.Helper()
	if _, e := m.FS.WriteFile("/prog", file, 0o755); e != errno.OK {
		t.Skip(e)
	}
	th, e := x.Spawn(&kern.Spawn{Path: "/prog", Args: []string{"/prog", "x"}, Env: []string{"A=1"}, NewGroup: true, Code: stub})
	if e != errno.OK {
		t.Fatal(e)
	}
	th.Start()
	return th
}

// bounded lets the machine run, and looks whether it has kept to its bounds.
func bounded(t *testing.T, m *kern.Machine) {
	t.Helper()
	m.Run(func() bool { return false }, fuzzSteps)
	if used := m.Mem.Used() * 4096; used > fuzzMemory {
		t.Errorf("%d bytes of %d are used", used, fuzzMemory)
	}
	n := 0
	for _, p := range m.Procs() {
		n += len(p.Threads)
	}
	if n > fuzzThreads {
		t.Errorf("%d threads", n)
	}
}

// seedPrograms are the programs of the simulation.
func seedPrograms(f *testing.F, names ...string) [][]byte {
	var all [][]byte
	for _, name := range names {
		path, err := testprog.Path(name)
		if err != nil {
			f.Log(err) // no compiler
			continue
		}
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, b)
	}
	return all
}

// FuzzExec executes any file: an ELF file, its own interpreter, a script.
func FuzzExec(f *testing.F) {
	for _, b := range seedPrograms(f, "exit42", "asmhello", "interp", "interped", "simrep", "simfork") {
		f.Add(b)
	}
	f.Add(makeELF([]byte{0x0f, 0x05, 0xeb, 0xfc}, nil))
	f.Add([]byte("#!/prog -x\n"))
	f.Add([]byte("#! /proc/self/exe\n"))
	f.Fuzz(func(t *testing.T, file []byte) {
		m, x := small(t)
		startProgram(t, m, x, file)
		bounded(t, m)
	})
}

// FuzzCode runs any instructions in a World: their calls are made, their faults are signals.
func FuzzCode(f *testing.F) {
	f.Add([]byte{0x0f, 0x05, 0xeb, 0xfc}, []byte{1}, uint64(57))
	f.Add([]byte{0xcc, 0xcd, 0x80, 0x0f, 0x0b}, []byte("data"), uint64(15))
	f.Add([]byte{0x9c, 0x80, 0x4c, 0x24, 0x01, 0x01, 0x9d, 0xf3, 0xaa, 0x48, 0xf7, 0xf0}, []byte{}, uint64(fuzzData))
	f.Fuzz(func(t *testing.T, code, data []byte, r uint64) {
		m, x := small(t)
		th := startProgram(t, m, x, makeELF(code, data))
		m.Run(func() bool { return th.Proc.Executed }, 100)
		for i := range th.Regs.R {
			if i != 4 {
				th.Regs.R[i] = r + uint64(i)
			}
		}
		bounded(t, m)
	})
}

// caller makes the calls of a table: seven words each, number and arguments.
var caller = []byte{
	0x48, 0xc7, 0xc3, 0x00, 0x10, 0x40, 0x00, // mov $fuzzData, %rbx
	0x48, 0x8b, 0x03, // mov (%rbx), %rax
	0x48, 0x8b, 0x7b, 0x08, // mov 8(%rbx), %rdi
	0x48, 0x8b, 0x73, 0x10, // mov 16(%rbx), %rsi
	0x48, 0x8b, 0x53, 0x18, // mov 24(%rbx), %rdx
	0x4c, 0x8b, 0x53, 0x20, // mov 32(%rbx), %r10
	0x4c, 0x8b, 0x43, 0x28, // mov 40(%rbx), %r8
	0x4c, 0x8b, 0x4b, 0x30, // mov 48(%rbx), %r9
	0x48, 0x83, 0xc3, 0x38, // add $56, %rbx
	0x0f, 0x05, // syscall
	0xeb, 0xdd, // jmp to the first mov after that of rbx
}

// numbersOf are values that arguments are made of: one byte of the input chooses.
var numbersOf = []uint64{0, 1, 2, 3, 4, 5, 8, 15, 16, 64, 0x1000, 0x7fffffff, 0x80000000, 1 << 47, none, none - 1, fuzzData + 0x2000,
	fuzzData + 0x2ff8, fuzzData + 0x100, fuzzCode, fuzzCode + 1, 0x10000000, 0x7fffffffe000, 1 << 40, 1<<63 - 1, 1 << 63, 0x20000, 0x4000,
	cloneVM | cloneSighand | cloneThread, 0x11, 0x22, 0x32}

// callTable makes a table of calls of any bytes: two for the number, one for each argument, of
// which those from 128 on are taken as they are.
func callTable(in []byte) []byte {
	var out []byte
	for ; len(in) >= 8 && len(out) < 0x2000-56; in = in[8:] {
		out = le.AppendUint64(out, uint64(le.Uint16(in)%512))
		for _, b := range in[2:8] {
			v := uint64(b - 128)
			if b < 128 {
				v = numbersOf[int(b)%len(numbersOf)]
			}
			out = le.AppendUint64(out, v)
		}
	}
	return le.AppendUint64(out, uint64(numbers["exit_group"]))
}

// oneCall is a call in the language of callTable, with small arguments.
func oneCall(name string, args ...byte) []byte {
	b := le.AppendUint16(nil, uint16(numbers[name]))
	for i := range 6 {
		v := byte(0)
		if i < len(args) {
			v = args[i]
		}
		b = append(b, 128+v)
	}
	return b
}

// FuzzSyscalls makes any calls, one after the other, by name and argument, in a process.
func FuzzSyscalls(f *testing.F) {
	var every []byte
	for name := range numbers {
		if table[numbers[name]] != nil {
			f.Add(oneCall(name, 1, 2, 3))
			f.Add(append(oneCall("pipe", 0), append(le.AppendUint16(nil, uint16(numbers[name])), 16, 16, 16, 16, 16, 16)...))
			every = append(every, append(le.AppendUint16(nil, uint16(numbers[name])), 3, 16, 17, 18, 14, 10)...)
		}
	}
	f.Add(every)
	f.Add(append(oneCall("fork"), oneCall("fork")...))
	f.Fuzz(func(t *testing.T, in []byte) {
		m, x := small(t)
		startProgram(t, m, x, makeELF(caller, callTable(in)))
		bounded(t, m)
	})
}

// FuzzSigreturn returns from a signal that never was, to any frame.
func FuzzSigreturn(f *testing.F) {
	frame := make([]byte, 1100)
	f.Add(frame)
	for i := range frame {
		frame[i] = 0xff
	}
	f.Add(frame)
	good := make([]byte, 1100)
	le.PutUint64(good[0x28+128:], fuzzCode+120)
	f.Add(good)
	f.Fuzz(func(t *testing.T, frame []byte) {
		m, x := small(t)
		code := []byte{
			0x48, 0xc7, 0xc4, 0x00, 0x10, 0x40, 0x00, // mov $fuzzData, %rsp
			0xb8, 15, 0, 0, 0, // mov $15, %eax
			0x0f, 0x05, // syscall
			0x0f, 0x0b, // ud2
		}
		startProgram(t, m, x, makeELF(code, frame))
		bounded(t, m)
	})
}

// FuzzPtrace makes any requests of a small tracee of two threads, and of what it makes, between
// its stops.
func FuzzPtrace(f *testing.F) {
	request := func(req uint16, rest ...byte) []byte {
		return append(le.AppendUint16(nil, req), append(rest, make([]byte, 6-len(rest))...)...)
	}
	for _, req := range []uint16{reqPeekText, reqPeekUser, reqGetRegSet, reqSetRegSet, reqPeekInfo} {
		f.Add(request(req, 1, 2, 3))
		f.Add(append(request(req, 129, 16, 3), request(req, 0, 130, 10)...))
	}
	var all []byte
	for req := uint16(0); req < 40; req++ {
		all = append(all, request(req, byte(req), 16, 200)...)
	}
	for req := uint16(0x4200); req < 0x4215; req++ {
		all = append(all, request(req, byte(req), 16, 255)...)
	}
	f.Add(all)
	f.Fuzz(func(t *testing.T, in []byte) {
		m, x := small(t)
		sys := NewSys(m, x)
		clone := append(oneCall("clone", 0), oneCall("getpid")...)
		clone[2] = 28 // CLONE_VM | CLONE_SIGHAND | CLONE_THREAD
		table := callTable(append(append(clone, oneCall("fork")...), oneCall("pause")...))
		if _, e := m.FS.WriteFile("/prog", makeELF(caller, table), 0o755); e != errno.OK {
			t.Fatal(e)
		}
		pid, e := sys.Spawn(&kernel.Launch{Path: "/prog", Args: []string{"/prog"}}, nil)
		if e != 0 {
			t.Fatal(e)
		}
		sys.Ptrace(reqSeize, pid, 0, 0x1ff)
		tids := []int{pid}
		for ; len(in) >= 8; in = in[8:] {
			for range in[7] % 16 {
				m.Step()
			}
			if tid, _, e := sys.Wait(false); e == 0 && tid != 0 {
				tids = append(tids, tid)
			}
			value := func(b byte) uint64 {
				if b >= 128 {
					return uint64(b-128) * 8
				}
				return numbersOf[int(b)%len(numbersOf)]
			}
			req, tid := int(le.Uint16(in)), tids[int(in[2])%len(tids)]
			buf := make([]byte, int(in[5])*in5)
			switch addr, data := value(in[3]), value(in[4]); in[6] % 8 {
			case 0:
				sys.PeekSiginfo(tid, addr, data&1 != 0, buf)
			case 1, 2, 3:
				for i := range buf {
					buf[i] = in[5] * byte(i)
				}
				sys.PtraceBuf(req, tid, addr, buf)
			case 4:
				sys.VMWrite(tid, addr, buf)
				sys.VMRead(tid, addr, buf)
				sys.Kill(tid, int(data%70))
			default:
				sys.Ptrace(req, tid, addr, data)
			}
		}
		bounded(t, m)
	})
}

// in5 makes a byte a length that goes beyond all structures.
const in5 = 24
