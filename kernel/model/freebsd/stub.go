package freebsd

// The first instructions of a child from outside.

import "github.com/trapline/trapline/kernel/model/cpu"

// Launch says what a child from outside does before it executes its program.
type Launch struct {
	Trace   bool // PT_TRACE_ME
	Stop    bool // SIGSTOP to itself after that
	Session bool // setsid
}

// stub is the code of a child that does what l says, calls execve, and exits with its errno if
// that fails.
func stub(l Launch) func(pc, path, argv, envp uint64) []byte {
	return func(_, path, argv, envp uint64) []byte {
		var b []byte
		word := func(reg byte, v uint64) { b = le.AppendUint64(append(b, 0x48|reg>>3, 0xb8|reg&7), v) } // mov r64, imm64
		call := func(nr int, args ...uint64) {
			for i, v := range args {
				word(byte(argRegs[i]), v)
			}
			b = append(le.AppendUint32(append(b, 0xb8), uint32(nr)), 0x0f, 0x05) // mov eax; syscall
		}
		if l.Session {
			call(147)
		}
		if l.Trace {
			call(26, 0, 0, 0, 0)
		}
		if l.Stop {
			call(20)
			b = append(b, 0x48, 0x89, 0xc7) // mov rdi, rax
			word(cpu.RSI, 17)
			b = append(b, 0xb8, 37, 0, 0, 0, 0x0f, 0x05)
		}
		call(nrExecve, path, argv, envp)
		b = append(b, 0x89, 0xc7)                                       // mov edi, eax
		return append(b, 0xb8, nrExit, 0, 0, 0, 0x0f, 0x05, 0x0f, 0x0b) // mov eax; syscall; ud2
	}
}
