package cpu

// Whole programs: the binaries of testdata run here, with a handful of system calls
// answered, must end as they do on the machine.

import (
	"bytes"
	"debug/elf"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/trapline/trapline/internal/testprog"
)

const (
	stackTop   = 0x7ffffffff000
	stackPages = 64
	heapAt     = 0x10000000
	heapPages  = 64
	mapsEnd    = 0x7fff00000000
)

// process is a program that runs on a CPU.
type process struct {
	*CPU
	mem    flat
	out    bytes.Buffer
	brk    uint64
	mapped uint64 // bytes of mmap, below mapsEnd
	status string
	calls  int
}

// load puts a static ELF program into memory, with its arguments on the stack.
func load(t testing.TB, path string, args ...string) *process {
	f, err := elf.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	p := &process{mem: flat{}, brk: heapAt}
	var headers uint64
	for _, ph := range f.Progs {
		if ph.Type != elf.PT_LOAD {
			continue
		}
		if ph.Off == 0 {
			headers = ph.Vaddr + 64
		}
		data := make([]byte, ph.Filesz)
		if _, err := io.ReadFull(ph.Open(), data); err != nil {
			t.Fatal(err)
		}
		for at := ph.Vaddr &^ (PageSize - 1); at < ph.Vaddr+ph.Memsz; at += PageSize {
			p.mem.add(at, 1, "rwx")
		}
		p.mem.set(ph.Vaddr, data)
	}
	p.mem.add(heapAt, heapPages, "rw").add(stackTop-stackPages*PageSize, stackPages, "rw")
	p.CPU = New(p.mem)
	p.RIP = f.Entry
	p.stack(append([]string{path}, args...), [][2]uint64{{3, headers}, {4, 56}, {5, uint64(len(f.Progs))},
		{6, PageSize}, {9, f.Entry}, {25, stackTop - 16}, {0, 0}})
	return p
}

// stack lays out argc, argv, envp and auxv (System V x86-64 psABI, 3.4.1).
func (p *process) stack(args []string, auxv [][2]uint64) {
	at := uint64(stackTop - 64)
	words := []uint64{uint64(len(args))}
	for _, a := range args {
		at -= uint64(len(a) + 1)
		p.mem.set(at, append([]byte(a), 0))
		words = append(words, at)
	}
	words = append(words, 0, 0)
	for _, a := range auxv {
		words = append(words, a[0], a[1])
	}
	sp := (at - 8*uint64(len(words))) &^ 15
	for i, w := range words {
		p.mem.set(sp+8*uint64(i), le.AppendUint64(nil, w))
	}
	p.R[RSP] = sp
}

const enosys = ^uint64(37)

// call answers a system call; the numbers are those of Linux (asm/unistd_64.h).
func (p *process) call() (result uint64) {
	p.calls++
	switch a, b, c := p.R[RDI], p.R[RSI], p.R[RDX]; p.R[RAX] {
	case 1: // write
		p.out.Write(p.mem.get(b, int(c)))
		return c
	case 12: // brk
		if a > p.brk && a < heapAt+heapPages*PageSize {
			p.brk = a
		}
		return p.brk
	case 60, 231: // exit, exit_group
		p.status = fmt.Sprintf("exit %d", uint8(a))
	case 39, 110: // getpid, getppid
		return 1
	case 158: // arch_prctl
		if a == 0x1002 { // ARCH_SET_FS
			p.FSBase = b
			return 0
		}
	case 9: // mmap, of memory without a file
		p.mapped += (b + PageSize - 1) &^ (PageSize - 1)
		p.mem.add(mapsEnd-p.mapped, int(min(b, 1<<24)+PageSize-1)/PageSize, "rwx")
		return mapsEnd - p.mapped
	case 11: // munmap
		for at := a; at < a+b; at += PageSize {
			delete(p.mem, at/PageSize)
			p.FlushPage(at)
		}
		return 0
	case 10, 218, 273: // mprotect, set_tid_address, set_robust_list
		return 0
	case 318: // getrandom
		return b
	}
	return enosys
}

// run is until the program ends or does what is not foreseen here.
func (p *process) run(budget int) Trap {
	for p.status == "" {
		switch t := p.Run(budget); t.Kind {
		case Syscall:
			p.R[RAX] = p.call()
		case Interrupt: // the 32-bit gate: 20 is getpid and 39 mkdir, here of nothing
			if p.R[RAX] == 20 {
				p.R[RAX] = 1
			} else {
				p.R[RAX] = ^uint64(13) // EFAULT
			}
		default:
			return t
		}
	}
	return Trap{Kind: Syscall}
}

func TestPrograms(t *testing.T) {
	for _, name := range []string{"exit42", "asmhello", "getppid", "pushcalls", "endbrcalls",
		"hello+static", "loop+static", "loop+static+O2",
		"args+static", "factorial+static", "rep+static", "busy+static", "selfmod+static", "types+static", "int80"} {
		t.Run(name, func(t *testing.T) {
			row, _, err := testprog.Lookup(name)
			if err != nil {
				t.Fatal(err)
			}
			path := testprog.Build(t, name)
			for _, run := range row.Runs {
				p := load(t, path, run.Args...)
				if end := p.run(1e8); end.Kind != Syscall {
					t.Fatalf("%v: %v %#x at %#x: %s % x", run.Args, end.Kind, end.Addr, p.RIP, end.Name, end.Code)
				}
				if err := run.Check(p.out.String(), p.status); err != nil {
					t.Errorf("%v: %v", run.Args, err)
				}
			}
		})
	}
}

// TestStepover runs the functions of stepover, each of which begins with an instruction
// of its own, one by one.
func TestStepover(t *testing.T) {
	const rows = 62
	path := testprog.Build(t, "stepover+static")
	var lacking []string
	for i := range rows {
		p := load(t, path, "3", fmt.Sprint(i))
		if end := p.run(1e8); end.Kind == Unsupported {
			lacking = append(lacking, strings.Fields(end.Name)[0])
		} else if got := p.out.String(); end.Kind != Syscall || !strings.HasSuffix(got, " 3\n") || p.status != "exit 0" {
			t.Errorf("function %d: %v at %#x, printed %q, %s", i, end.Kind, p.RIP, got, p.status)
		}
	}
	if want := []string{"fld1"}; !slices.Equal(lacking, want) {
		t.Errorf("not modeled: %q, want %q", lacking, want)
	}
}

// TestStepsAlike runs a program by single steps, in one run and in small budgets: the
// states it goes through are the same, and so is the number of instructions.
func TestStepsAlike(t *testing.T) {
	path := testprog.Build(t, "pushcalls")
	whole, slow := load(t, path, "50"), load(t, path, "50")
	whole.run(1e6)
	steps := 0
	for slow.status == "" {
		slow.Flags |= FlagTF
		switch end := slow.Run(7); {
		case end.Kind == Debug && end.DR6 == dr6Step && end.Steps == 1:
			steps++
		case end.Kind == Syscall:
			steps++
			slow.R[RAX] = slow.call()
		default:
			t.Fatalf("step %d: %+v", steps, end)
		}
	}
	slow.Flags &^= FlagTF
	whole.R[R11], slow.R[R11] = 0, 0
	if d := differences(&whole.State, &slow.State); len(d) != 0 {
		t.Errorf("stepped and run differ: %v", d)
	}
	if got := int(whole.steps); got != steps {
		t.Errorf("%d instructions run, %d steps", got, steps)
	}
}

func BenchmarkSpin(b *testing.B) {
	p := load(b, testprog.Build(b, "spin"))
	b.ResetTimer()
	end := p.Run(b.N)
	if end.Kind != Budget {
		b.Fatal(end)
	}
	b.ReportMetric(float64(end.Steps)/b.Elapsed().Seconds()/1e6, "Minsn/s")
}

func BenchmarkCalls(b *testing.B) {
	p := load(b, testprog.Build(b, "pushcalls"))
	start := p.State
	b.ResetTimer()
	steps := 0
	for steps < b.N {
		p.State = start
		steps += p.Run(b.N - steps).Steps
	}
	b.ReportMetric(float64(steps)/b.Elapsed().Seconds()/1e6, "Minsn/s")
}
