package testprog

// The rows. testdata/README.md lists them too, in the same order, and a test
// holds the two together.

import "strings"

var programs = []Program{
	// Basics
	{Name: "hello", About: "prints one line", Sources: []string{"c/hello.c"},
		Variants: []string{"static", "staticpie", "nopie", "O2", "stripped", "static+stripped", "cet", "nofp+O2", "dwarf4", "gz"},
		Runs:     []Run{{Stdout: "hello\n"}}},
	{Name: "args", About: "prints its arguments and the TP_ part of its environment; exits with argc-1", Sources: []string{"c/args.c"},
		Runs: []Run{
			{Args: []string{"one", "", "three four"}, Stdout: "argv[1]=one\nargv[2]=\nargv[3]=three four\n", Status: "exit 3"},
			{Arg0: "other", Stdout: ""}}},
	{Name: "loop", About: "calls work() N times; prints the counter", Sources: []string{"c/loop.c"},
		Variants: []string{"static", "nopie", "O2", "cet", "nofp+O2"},
		Runs: []Run{
			{Stdout: "calls 1000 sum 499500\n"},
			{Args: []string{"7"}, Stdout: "calls 7 sum 21\n"}}},
	{Name: "factorial", About: "recursion: 12 frames of factorial()", Sources: []string{"c/factorial.c"},
		Variants: []string{"nopie", "nofp"},
		Runs:     []Run{{Stdout: "12! = 479001600\n"}}},

	// Threads
	{Name: "threads", About: "N threads call f() M times each; prints the sum", Sources: []string{"c/threads.c"},
		Variants: []string{"static", "O2", "cet"},
		Runs: []Run{
			{Stdout: "threads 4 calls 4000 sum 4000\n"},
			{Args: []string{"16", "50"}, Stdout: "threads 16 calls 800 sum 800\n"}}},
	{Name: "threadchurn", About: "threads born and dying all the time", Sources: []string{"c/threadchurn.c"},
		Runs: []Run{
			{Stdout: "ready\nthreads 2000\n"},
			{Args: []string{"0"}, Stdout: "ready\nthreads many\n"}}},
	{Name: "held", About: "threads whose breakpoint is stepped over with the others held, while they exec, fork, die", Sources: []string{"c/held.c"},
		Runs: []Run{
			{Args: []string{"exit"}, Status: "exit 3"},
			{Args: []string{"dies"}, Status: "signal 9"},
			{Args: []string{"exec", "{prog:args}"}, Stdout: "argv[1]=x\n", Status: "exit 1"},
			{Args: []string{"texec", "{prog:args}"}, Stdout: "argv[1]=x\n", Status: "exit 1"},
			{Args: []string{"fork"}, Stdout: "calls 900 handled 0\n"},
			{Args: []string{"vfork"}, Stdout: "calls 936 handled 0\n"},
			{Args: []string{"vexec", "{prog:exit42}"}, Stdout: "calls 936 handled 0\n"},
			{Args: []string{"signal"}, Stdout: "calls 1800 handled 900\n"}}},
	{Name: "blocked", About: "a thread asleep in each blocking system call; tells which returned", Sources: []string{"c/blocked.c"},
		Runs: []Run{{Match: `ready\n(?:[a-z_-]+ returned 0 eintr 0\n){18}`}}},

	// Processes
	{Name: "forks", About: "a tree of processes with exit codes", Sources: []string{"c/forks.c"},
		Variants: []string{"static"},
		Runs: []Run{
			{Stdout: "processes 40\n"},
			{Args: []string{"1", "8"}, Stdout: "processes 9\n"}}},
	{Name: "forkthreads", About: "threads that fork all at once", Sources: []string{"c/forkthreads.c"},
		Runs: []Run{{Stdout: "children 100\n"}}},
	{Name: "vfork", About: "vfork, then exec or _exit", Sources: []string{"c/vfork.c"},
		Runs: []Run{
			{Args: []string{"exit"}, Stdout: "child 0: exit 7\nchild 1: exit 7\nchild 2: exit 7\n"},
			{Args: []string{"exit", "-", "wait"}, Stdout: "child 0: exit 7\nchild 1: exit 7\nchild 2: exit 7\n"},
			{Args: []string{"exec", "{prog:args}"}, Stdout: "argv[1]=x\nchild 0: exit 1\nargv[1]=x\nchild 1: exit 1\nargv[1]=x\nchild 2: exit 1\n"}}},
	{Name: "clonevm", About: "clone(CLONE_VM) without CLONE_THREAD: two processes, one memory", Sources: []string{"c/clonevm.c"},
		Runs: []Run{{Stdout: "parent 500 child 500 exit 5\n"}}},
	{Name: "spawn", About: "posix_spawn", Sources: []string{"c/spawn.c"},
		Runs: []Run{{Args: []string{"{prog:args}"}, Stdout: strings.Repeat("argv[1]=spawned\nexit 1\n", 3)}}},
	{Name: "execchain", About: "execs its arguments: A execs B execs C", Sources: []string{"c/execchain.c"},
		Runs: []Run{
			{Stdout: "exec 0\n"},
			{Args: []string{"{prog:execchain+static}", "{prog:execchain+nopie}", "{prog:args}", "end"}, Stdout: "exec 4\nexec 3\nexec 2\nargv[1]=end\n", Status: "exit 1"}}},
	{Name: "forkexec", About: "fork, and exec after a while", Sources: []string{"c/forkexec.c"},
		Runs: []Run{{Args: []string{"{prog:args}", "a"}, Stdout: "argv[1]=a\n", Status: "exit 1"}}},
	{Name: "execthread", About: "exec from a thread that is not the leader", Sources: []string{"c/execthread.c"},
		Runs: []Run{{Args: []string{"{prog:args}", "a", "b"}, Stdout: "argv[1]=a\nargv[2]=b\n", Status: "exit 2"}}},
	{Name: "leaderexit", About: "the thread group leader ends first", Sources: []string{"c/leaderexit.c"},
		Runs: []Run{
			{Stdout: "leader gone\n", Status: "exit 6"},
			{Args: []string{"exec", "{prog:args}", "a"}, Stdout: "leader gone\nargv[1]=a\n", Status: "exit 1"}}},
	{Name: "ownfilter", About: "makes seccomp filters of its own", Sources: []string{"c/ownfilter.c"},
		Runs: []Run{{Stdout: "denied 0, in the child 1, then 1\n"}}},
	{Name: "daemon", About: "a double fork; the grandchild writes last", Sources: []string{"c/daemon.c"},
		Runs: []Run{{Stdout: "child: exit 0\ndaemon: alone\n"}}},

	// Signals
	{Name: "sigall", About: "a handler for each signal 1..64, sent in each way, siginfo checked", Sources: []string{"c/sigall.c"},
		Runs: []Run{{Stdout: "raise 60\nkill 60\ntgkill 60\nsigqueue 60\n"}}},
	{Name: "sigrestart", About: "calls interrupted by a handler, with SA_RESTART and without", Sources: []string{"c/sigrestart.c"},
		Variants: []string{"static"},
		Runs: []Run{{Stdout: "read restart: done, handled 1\nread plain: EINTR, handled 1\n" +
			"futex restart: done, handled 1\nfutex plain: EINTR, handled 1\n" +
			"waitid restart: done, handled 1\nwaitid plain: EINTR, handled 1\n" +
			"nanosleep restart: EINTR, handled 1\nnanosleep plain: EINTR, handled 1\n" +
			"poll restart: EINTR, handled 1\npoll plain: EINTR, handled 1\n" +
			"futex-timeout restart: EINTR, handled 1\nfutex-timeout plain: EINTR, handled 1\n"}}},
	{Name: "sigflags", About: "SA_RESETHAND, SA_NODEFER, SA_ONSTACK, nesting, siglongjmp, a changed context", Sources: []string{"c/sigflags.c"},
		Variants: []string{"O2"},
		Runs: []Run{{Stdout: "resethand: default 1\nnodefer: runs 3 deepest 3\ndeferred: runs 3 deepest 1\nonstack: 1\noffstack: 0\n" +
			"nested: 3\nsiglongjmp: 1 blocked 0\ncontext: r12 1122334455667788 blocked 0\n"}}},
	{Name: "sigmask", About: "ignored, blocked, pending, queued, sigwait", Sources: []string{"c/sigmask.c"},
		Runs: []Run{{Stdout: "ignored: pending 0\ndefault ignore: alive\nblocked: handled 0 pending 1\nunblocked: handled 1 pending 0\n" +
			"queued: handled 20 in order 1\nsigwait: 1\n"}}},
	{Name: "sigchld", About: "a storm of SIGCHLD", Sources: []string{"c/sigchld.c"},
		Runs: []Run{{Stdout: "reaped 200 wrong 0 handler ran\n"}}},
	{Name: "itimer", About: "an interval timer storm, an alarm", Sources: []string{"c/itimer.c"},
		Runs: []Run{{Stdout: "ticks 300 alarms 1\n"}}},
	{Name: "sigdie", About: "dies of a signal, sent in several ways", Sources: []string{"c/sigdie.c"},
		Runs: []Run{
			{Args: []string{"15"}, Stdout: "dying\n", Status: "signal 15"},
			{Args: []string{"9"}, Stdout: "dying\n", Status: "signal 9"},
			{Args: []string{"6", "thread"}, Stdout: "dying\n", Status: "signal 6"},
			{Args: []string{"10", "blocked"}, Stdout: "dying\n", Status: "signal 10"},
			{Args: []string{"9", "kill"}, Stdout: "dying\n", Status: "signal 9"},
			{Args: []string{"40", "kill"}, Stdout: "dying\n", Status: "signal 40"},
			{Args: []string{"17"}, Stdout: "dying\nsurvived\n"}}},
	{Name: "jobctl", About: "job control as the real parent sees it", Sources: []string{"c/jobctl.c"},
		Runs: []Run{{Stdout: "stopped SIGSTOP\ncontinued 1\nstopped SIGTSTP\ncontinued 1\nstopped SIGTTIN\ncontinued 1\n" +
			"stopped SIGTTOU\ncontinued 1\nstopped SIGSTOP\nkilled 9\n"}}},
	{Name: "stopcont", About: "sleeps with a timeout, stopped and continued: restart_syscall", Sources: []string{"c/stopcont.c"},
		Runs: []Run{{Stdout: "nanosleep: whole\nclock_nanosleep: whole\npoll: whole\nfutex: whole\n"}}},

	// Faults, traps, changing code
	{Name: "faults", About: "SIGSEGV, SIGFPE, SIGILL and SIGBUS that the program repairs", Sources: []string{"c/faults.c"},
		Runs: []Run{{Stdout: "SIGSEGV 3\nSIGFPE 1\nSIGILL 1\nSIGBUS 1\n"}}},
	{Name: "crash", About: "dies in each of the ways programs die", Sources: []string{"c/crash.c"},
		Runs: []Run{
			{Status: "exit 2"},
			{Args: []string{"null"}, Stdout: "null\n", Status: "signal 11"},
			{Args: []string{"nowhere"}, Stdout: "nowhere\n", Status: "signal 11"},
			{Args: []string{"smash"}, Stdout: "smash\n", Status: "signal 11"},
			{Args: []string{"garbage"}, Stdout: "garbage\n", Status: "signal 11"},
			{Args: []string{"abort"}, Stdout: "abort\n", Status: "signal 6"},
			{Args: []string{"overflow"}, Stdout: "overflow\n", Status: "signal 11"},
			{Args: []string{"read"}, Stdout: "read\n", Status: "signal 11"},
			{Args: []string{"div"}, Stdout: "div\n", Status: "signal 8"},
			{Args: []string{"ill"}, Stdout: "ill\n", Status: "signal 4"},
			{Args: []string{"trap"}, Stdout: "trap\n", Status: "signal 5"},
			{Args: []string{"gone"}, Stdout: "gone\n", Status: "signal 6"}}},
	{Name: "overflow", About: "stack overflow caught on an alternate stack", Sources: []string{"c/overflow.c"},
		Runs: []Run{{Stdout: "overflows 3\n"}}},
	{Name: "selfmod", About: "self-modifying code; code made in mapped memory", Sources: []string{"c/selfmod.c"},
		Runs: []Run{{Stdout: "patched 5050\njit 20\n"}}},
	{Name: "traps", About: "int3, int $3, icebp and the trap flag, with a handler of the program's own", Sources: []string{"c/traps.c"},
		Variants: []string{"static"},
		Runs:     []Run{{Stdout: "int3 10 rip right\nint_3 10 rip right\nicebp 10 rip right\ntf 100 rip right\n"}}},
	{Name: "pushf", About: "flags stored by pushf, syscall and signal frames: is TF seen?", Sources: []string{"c/pushf.c"},
		Runs: []Run{{Stdout: "pushf 0 r11 0 frame 0 lost 0\n"}}},
	{Name: "rep", About: "rep movsb, rep stosb, repne scasb", Sources: []string{"c/rep.c"},
		Runs: []Run{{Stdout: "rep 4096 found 4095\n"}}},

	// Terminal, descriptors, output
	{Name: "busy", About: "computes without system calls", Sources: []string{"c/busy.c"},
		Runs: []Run{{Stdout: "ready\nturns 1000000\n"}}},
	{Name: "crowd", About: "N threads call getppid for S seconds: least, most, mean and sum of their calls", Sources: []string{"c/crowd.c"}},
	{Name: "deepcalls", About: "N calls of getppid, each behind ten frames", Sources: []string{"c/deepcalls.c"}},
	{Name: "echo", About: "prints its stdin line by line", Sources: []string{"c/echo.c"},
		Runs: []Run{{Stdin: "one\n\nthree", Stdout: "1: one\n2: \n3: three\n", Status: "exit 3"}}},
	{Name: "rawtty", About: "takes the terminal in raw mode; prints key codes", Sources: []string{"c/rawtty.c"},
		Runs: []Run{
			{Stdin: "a\x03q", Stdout: "no tty\r\nkey 97\r\nkey 3\r\nquit\n"},
			{Stdout: "no tty\r\nend\n"}}},
	{Name: "ids", About: "ids, AT_SECURE, dumpable, leaked descriptors", Sources: []string{"c/ids.c"},
		Runs: []Run{{Match: `same 1 secure 0 dumpable 1 extra descriptors \d+\n`}}},
	{Name: "closefds", About: "closes every descriptor and goes on", Sources: []string{"c/closefds.c"},
		Runs: []Run{{Status: "exit 11"}}},
	{Name: "bigout", About: "writes megabytes of numbered lines", Sources: []string{"c/bigout.c"},
		Runs: []Run{{Match: `(?s)0000000000\.{53}\n.*0000065535\.{53}\n`}}},

	// What debug information describes
	{Name: "one", Lang: SharedLib, About: "a library for dl", Sources: []string{"lib/one.c"}},
	{Name: "two", Lang: SharedLib, About: "another, with the same symbols", Sources: []string{"lib/two.c"}},
	{Name: "dl", About: "dlopen, call, dlclose", Sources: []string{"c/dl.c"}, Libs: []string{"-ldl"},
		Runs: []Run{{Args: []string{"{prog:one}", "{prog:two}"}, Stdout: "one: 71\ntwo: 706\ntwo: 706\none: 71\n"}}},
	{Name: "types", About: "a global of each kind of type", Sources: []string{"c/types.c"},
		Variants: []string{"nopie", "O2", "dwarf4", "gz"},
		Runs:     []Run{{Stdout: "types 330\n"}}},
	{Name: "inline", About: "functions inlined two deep", Sources: []string{"c/inline.c"}, Flags: []string{"-O2"},
		Variants: []string{"dwarf4"},
		Runs:     []Run{{Stdout: "inline 349\n"}}},
	{Name: "watch", About: "cells of each width with a known number of changes", Sources: []string{"c/watch.c"},
		Variants: []string{"O2"},
		Runs:     []Run{{Stdout: "shared 100 local 55 cells 5 1285 84215045 361700864190383365 same 9 sum 48 kernel\n"}}},
	{Name: "tailcall", About: "functions reached by jmp", Sources: []string{"c/tailcall.c"}, Flags: []string{"-O2"},
		Runs: []Run{{Stdout: "ping 500 pong 500 last 1\n"}}},
	{Name: "cxx", Lang: CXX, About: "C++: namespaces, overloads, templates, exceptions", Sources: []string{"cxx/cxx.cc"},
		Variants: []string{"O2", "dwarf4"},
		Runs:     []Run{{Stdout: "total 31.25\noverloaded 2 3 7\ncaught 3 unwound 6\nlambda 5 mode 7\n"}}},

	// Assembly without libc
	{Name: "exit42", Lang: Asm, About: "exits with 42, nothing else", Sources: []string{"asm/exit42.S"},
		Runs: []Run{{Status: "exit 42"}}},
	{Name: "asmhello", Lang: Asm, About: "one write, one exit_group", Sources: []string{"asm/hello.S"},
		Runs: []Run{{Stdout: "hello\n"}}},
	{Name: "clonethread", Lang: Asm, About: "three threads by raw clone, joined by futex", Sources: []string{"asm/clonethread.S"},
		Runs: []Run{{Status: "exit 44"}}},
	{Name: "vforkraw", Lang: Asm, About: "vfork and fork by raw system calls", Sources: []string{"asm/vforkraw.S"},
		Runs: []Run{{Status: "exit 12"}}},
	{Name: "int80", Lang: Asm, About: "32-bit system calls made by a 64-bit program", Sources: []string{"asm/int80.S"},
		Runs: []Run{{Status: "exit 80"}}, IA32: true},
	{Name: "exit32", Lang: Asm, About: "a 32-bit ELF", Sources: []string{"asm/exit32.S"}, Flags: []string{"-m32"},
		Runs: []Run{{Stdout: "hello from 32 bits\n", Status: "exit 32"}}, IA32: true},
	{Name: "interp", Lang: Asm, About: "a program interpreter: writes a line, jumps to AT_ENTRY", Sources: []string{"asm/interp.S"}, Flags: []string{"-static-pie"},
		Runs: []Run{{Status: "exit 127"}}},
	{Name: "interpexec", Lang: Asm, About: "the same with an address of its own", Sources: []string{"asm/interp.S"}, Flags: []string{"-Wl,-Ttext-segment=0x10000000"},
		Runs: []Run{{Status: "exit 127"}}},
	{Name: "interped", Lang: Asm, About: "a program whose interpreter is ./interp", Sources: []string{"asm/interped.S"}},
	{Name: "stepover", About: "a function for each kind of first instruction, called N times each", Sources: []string{"asm/stepover.S", "asm/stepover.c"},
		Variants: []string{"static", "nopie"},
		Runs: []Run{
			{Match: `(?:[a-z0-9_]+ 100\n){62}`},
			{Args: []string{"3", "0"}, Stdout: "endbr64 3\n"}}},

	// For the simulation: C without libc, the same under any schedule
	{Name: "simthreads", Lang: Freestanding, About: "T threads at the same breakpoints: push, xadd, a jump's own target", Sources: []string{"sim/threads.c"},
		Runs: []Run{
			{Stdout: "threads 4 worked 80 ticked 200\n", Calls: map[string]int{"work": 80, "tick": 80, "hop": 20}},
			{Args: []string{"1", "3"}, Stdout: "threads 1 worked 3 ticked 3\n", Calls: map[string]int{"work": 3, "tick": 3, "hop": 5}},
			{Args: []string{"16", "5"}, Stdout: "threads 16 worked 80 ticked 680\n", Calls: map[string]int{"work": 80, "tick": 80, "hop": 80}}}},
	{Name: "simcondition", Lang: Freestanding, About: "work(i) and pick(i, i*i, name), for conditional breakpoints", Sources: []string{"sim/condition.c"},
		Runs: []Run{
			{Stdout: "sum 2450 odd 50\n", Calls: map[string]int{"work": 100, "pick": 100}},
			{Args: []string{"20", "4"}, Stdout: "sum 760 odd 40\n", Calls: map[string]int{"work": 80, "pick": 80}}}},
	{Name: "simfork", Lang: Freestanding, About: "a tree of processes, each calls work", Sources: []string{"sim/fork.c"},
		Runs: []Run{
			{Stdout: "processes 4\n", Calls: map[string]int{"work": 20, "leaf": 4}},
			{Args: []string{"2", "2", "3"}, Stdout: "processes 7\n", Calls: map[string]int{"work": 21, "leaf": 7}}}},
	{Name: "simvfork", Lang: Freestanding, About: "vfork: work in the parent's memory, then exit or exec of itself", Sources: []string{"sim/vfork.c"},
		Runs: []Run{
			{Stdout: "worked 6\n", Calls: map[string]int{"work": 6, "after": 3}},
			{Args: []string{"exec"}, Stdout: "worked 6\n", Calls: map[string]int{"work": 9, "after": 3}},
			{Args: []string{"exit", "2", "3"}, Stdout: "worked 12\n", Calls: map[string]int{"work": 12, "after": 6}},
			{Args: []string{"exec", "2", "3"}, Stdout: "worked 12\n", Calls: map[string]int{"work": 18, "after": 6}}}},
	{Name: "simforkthreads", Lang: Freestanding, About: "threads that fork while others are at the same breakpoint", Sources: []string{"sim/forkthreads.c"},
		Runs: []Run{
			{Stdout: "children 4 worked 60\n", Calls: map[string]int{"work": 64, "born": 4}},
			{Args: []string{"4", "3", "10"}, Stdout: "children 12 worked 40\n", Calls: map[string]int{"work": 52, "born": 12}}}},
	{Name: "simexec", Lang: Freestanding, About: "exec of itself from the leader or another thread, others running", Sources: []string{"sim/exec.c"},
		Runs: []Run{
			{Stdout: "exec 3\nexec 2\nexec 1\nexec 0\n", Status: "exit 5", Calls: map[string]int{"work": 6, "fresh": 4}},
			{Args: []string{"leader", "4", "0"}, Stdout: "exec 4\nexec 3\nexec 2\nexec 1\nexec 0\n", Status: "exit 5", Calls: map[string]int{"work": 0, "fresh": 5}},
			{Args: []string{"thread", "2", "3"}, Stdout: "exec 2\nexec 1\nexec 0\n", Status: "exit 5", Calls: map[string]int{"work": 6, "fresh": 3}}}},
	{Name: "simsignals", Lang: Freestanding, About: "handlers that call work: self, queued, nested, alternate stack, between threads and processes", Sources: []string{"sim/signals.c"},
		Runs: []Run{
			{Stdout: "self 3\nqueue 3\nnested 9\nonstack 3\nthreads 3\nprocesses 3 worked 24\n",
				Calls: map[string]int{"work": 27, "on_usr1": 15, "on_queued": 6, "on_usr2": 3, "on_answer": 3}},
			{Args: []string{"1"}, Stdout: "self 1\nqueue 1\nnested 3\nonstack 1\nthreads 1\nprocesses 1 worked 8\n",
				Calls: map[string]int{"work": 9, "on_usr1": 5, "on_queued": 2, "on_usr2": 1, "on_answer": 1}}}},
	{Name: "simsigchld", Lang: Freestanding, About: "children reaped by the handler of SIGCHLD", Sources: []string{"sim/sigchld.c"},
		Runs: []Run{
			{Stdout: "reaped 4 codes 46 worked 4\n", Calls: map[string]int{"work": 8, "collect": 4}},
			{Args: []string{"10"}, Stdout: "reaped 10 codes 145 worked 10\n", Calls: map[string]int{"work": 20, "collect": 10}}}},
	{Name: "simstopcont", Lang: Freestanding, About: "a child of several threads stopped and continued by its parent", Sources: []string{"sim/stopcont.c"},
		Runs: []Run{
			{Stdout: strings.Repeat("stopped and continued\n", 3), Calls: map[string]int{"work": 3, "last": 2}},
			{Args: []string{"2", "0"}, Stdout: strings.Repeat("stopped and continued\n", 2), Calls: map[string]int{"work": 2, "last": 0}},
			{Args: []string{"8", "3"}, Stdout: strings.Repeat("stopped and continued\n", 8), Calls: map[string]int{"work": 8, "last": 3}}}},
	{Name: "simtimer", Lang: Freestanding, About: "interval timers and a nanosleep that they interrupt", Sources: []string{"sim/timer.c"},
		Runs: []Run{
			{Stdout: "ticks 4\nshots 4\nsleep worked 8\n", Calls: map[string]int{"work": 8, "sleeps": 1}}}},
	{Name: "simpipes", Lang: Freestanding, About: "threads and processes asleep in read and write; EINTR and SA_RESTART", Sources: []string{"sim/pipes.c"},
		Runs: []Run{
			{Stdout: "sum 15\nrestart 1 handled 5\neintr 5 worked 20\nfull 100000\n", Calls: map[string]int{"work": 30, "interrupted": 5}},
			{Args: []string{"4", "2"}, Stdout: "sum 20\nrestart 1 handled 2\neintr 2 worked 12\nfull 100000\n", Calls: map[string]int{"work": 20, "interrupted": 2}}}},
	{Name: "simfutex", Lang: Freestanding, About: "a mutex and taking turns, on futex; cmpxchg and xchg first", Sources: []string{"sim/futex.c"},
		Runs: []Run{
			{Stdout: "counter 30 turns 20 worked 50\n", Calls: map[string]int{"work": 50, "enter": 30, "leave": 30}},
			{Args: []string{"8", "3"}, Stdout: "counter 24 turns 6 worked 30\n", Calls: map[string]int{"work": 30, "enter": 24, "leave": 24}}}},
	{Name: "simwatch", Lang: Freestanding, About: "cells written a known number of times by several threads, and their neighbours", Sources: []string{"sim/watch.c"},
		Runs: []Run{
			{Stdout: "cell 15 left -45 right 75\nmine 45 same 7 filled 20\n",
				Calls: map[string]int{"put_cell": 15, "put_beside": 15, "put_mine": 15, "put_same": 15, "fill": 5}},
			{Args: []string{"1", "3"}, Stdout: "cell 3 left -9 right 15\nmine 3 same 7 filled 12\n",
				Calls: map[string]int{"put_cell": 3, "put_beside": 3, "put_mine": 3, "put_same": 3, "fill": 3}}}},
	{Name: "simsyscalls", Lang: Freestanding, About: "known system calls, good and failing, a known number of times in each thread", Sources: []string{"sim/syscalls.c"},
		Runs: []Run{
			{Stdout: "calls 108\n", Calls: map[string]int{"work": 12, "trap_first": 12}},
			{Args: []string{"1", "2"}, Stdout: "calls 18\n", Calls: map[string]int{"work": 2, "trap_first": 2}},
			{Args: []string{"0", "12"}, Stdout: "calls 108\n", Calls: map[string]int{"work": 12, "trap_first": 12}}}},
	{Name: "simfaults", Lang: Freestanding, About: "SIGSEGV, SIGFPE, SIGILL repaired; int3 of its own", Sources: []string{"sim/faults.c"},
		Runs: []Run{
			{Stdout: "segv 3 int3 3 divide 3 ud2 3\n",
				Calls: map[string]int{"work": 12, "own_trap": 3, "poke": 6, "divide": 3, "undefined": 3}}}},
	{Name: "simtrapflag", Lang: Freestanding, About: "the trap flag of its own, by popf and by sigreturn", Sources: []string{"sim/trapflag.c"},
		Runs: []Run{
			{Stdout: "steps 36 inside 33\n", Calls: map[string]int{"work": 36, "by_popf": 3, "by_return": 3, "under": 3}}}},
	{Name: "simexits", Lang: Freestanding, About: "ends of every kind while other threads run and sleep", Sources: []string{"sim/exits.c"},
		Runs: []Run{
			{Stdout: "worked 15\n", Status: "exit 5", Calls: map[string]int{"work": 15, "ready": 3}},
			{Args: []string{"other", "2", "3"}, Stdout: "", Status: "exit 6", Calls: map[string]int{"work": 6, "ready": 2}},
			{Args: []string{"join", "2", "3"}, Stdout: "worked 6\n", Status: "exit 0", Calls: map[string]int{"work": 6, "ready": 2}},
			{Args: []string{"leader", "2", "3"}, Stdout: "leader gone\n", Status: "exit 7", Calls: map[string]int{"work": 6, "ready": 2}},
			{Args: []string{"last", "2", "3"}, Stdout: "leader gone\n", Status: "exit 3", Calls: map[string]int{"work": 6, "ready": 2}},
			{Args: []string{"kill", "2", "3"}, Stdout: "", Status: "signal 9", Calls: map[string]int{"work": 6, "ready": 2}},
			{Args: []string{"term", "2", "3"}, Stdout: "", Status: "signal 15", Calls: map[string]int{"work": 6, "ready": 2}},
			{Args: []string{"segv", "2", "3"}, Stdout: "", Status: "signal 11", Calls: map[string]int{"work": 6, "ready": 2}},
		}},
	{Name: "simorphans", Lang: Freestanding, About: "the end, or an exec, while a thread forks", Sources: []string{"sim/orphans.c"},
		Runs: []Run{
			{Stdout: "orphans 3\norphans 2\norphans 1\norphans 0\n", Calls: map[string]int{"work": 3}},
			{Args: []string{"exit", "1"}, Stdout: "orphans 1\n", Status: "exit 5", Calls: map[string]int{"work": 1}},
			{Args: []string{"kill", "1"}, Stdout: "orphans 1\n", Status: "signal 9", Calls: map[string]int{"work": 1}}}},
	{Name: "simdaemon", Lang: Freestanding, About: "a double fork; the orphan is adopted", Sources: []string{"sim/daemon.c"},
		Runs: []Run{{Stdout: "daemon adopted\n", Calls: map[string]int{"work": 10, "adopted": 1}}}},
	{Name: "simjobs", Lang: Freestanding, About: "a session, a process group, signals to all of it", Sources: []string{"sim/jobs.c"},
		Runs: []Run{{Stdout: "group of 3\n", Calls: map[string]int{"work": 3, "member": 3}}}},
	{Name: "simmmap", Lang: Freestanding, About: "memory mapped, copied on write, shared, unmapped; brk", Sources: []string{"sim/mmap.c"},
		Runs: []Run{
			{Stdout: "pages 3 children 2\n", Calls: map[string]int{"work": 18, "shared_add": 2}},
			{Args: []string{"2", "4"}, Stdout: "pages 2 children 4\n", Calls: map[string]int{"work": 20, "shared_add": 4}}}},
	{Name: "simrep", Lang: Freestanding, About: "rep stos, movs and scas as first instructions", Sources: []string{"sim/rep.c"},
		Runs: []Run{
			{Stdout: "worked 3 sum 1959\n", Calls: map[string]int{"work": 3, "store": 3, "copy": 3, "find": 3, "back": 3}}}},
	{Name: "simpushf", Lang: Freestanding, About: "flags seen by pushf, in r11, in a signal frame; cpuid first", Sources: []string{"sim/pushf.c"},
		Runs: []Run{
			{Stdout: "trap flag pushf 0 r11 0 popf 0 frame 0 worked 10\n",
				Calls: map[string]int{"look": 10, "call_look": 10, "reload": 10, "identify": 10, "work": 10}}}},
	{Name: "simstorm", Lang: Freestanding, About: "queued signals while threads are at breakpoints; their siginfo", Sources: []string{"sim/storm.c"},
		Runs: []Run{
			{Stdout: "handled 8\n", Calls: map[string]int{"on_value": 8, "work": 8, "last": 2}},
			{Args: []string{"5", "3"}, Stdout: "handled 15\n", Calls: map[string]int{"on_value": 15, "work": 15, "last": 5}}}},
	{Name: "simsigwait", Lang: Freestanding, About: "calls that end with EINTR whatever woke them; a call that blocks, first", Sources: []string{"sim/sigwait.c"},
		Runs: []Run{
			{Stdout: "taken 3\ninterrupted 3\nread 3 worked 9\n", Calls: map[string]int{"work": 9, "blocks": 3}}}},
	{Name: "simguard", Lang: Freestanding, About: "first instructions that fault: a push, a load; one whose operand is changed", Sources: []string{"sim/guard.c"},
		Runs: []Run{
			{Stdout: "faults 6\n", Calls: map[string]int{"work": 6, "push_first": 6, "load_first": 6, "patched": 3}}}},
	{Name: "simchain", Lang: Freestanding, About: "threads that make threads and end", Sources: []string{"sim/chain.c"},
		Runs: []Run{
			{Stdout: "worked 12\n", Calls: map[string]int{"work": 12, "hand": 12}},
			{Args: []string{"40"}, Stdout: "worked 40\n", Calls: map[string]int{"work": 40, "hand": 40}}}},
	{Name: "simwatchfork", Lang: Freestanding, About: "a cell that a parent, a thread and forked children change to the same values", Sources: []string{"sim/watchfork.c"},
		Runs: []Run{
			{Stdout: "cell 6\n", Calls: map[string]int{"put": 12}},
			{Args: []string{"4", "2"}, Stdout: "cell 4\n", Calls: map[string]int{"put": 12}}}},

	// Litmus: what a kernel promises, played by kernel/kerneltest
	{Name: "litmus_attach", Lang: Freestanding, About: "how tracing begins, and whose requests are heard", Sources: []string{"litmus/ptrace_attach.c"}},
	{Name: "litmus_end", Lang: Freestanding, About: "how tracing ends, and what the real parent is told", Sources: []string{"litmus/ptrace_end.c"}},
	{Name: "litmus_stops", Lang: Freestanding, About: "group-stops, INTERRUPT, LISTEN, SIGCONT", Sources: []string{"litmus/ptrace_stops.c"}},
	{Name: "litmus_memory", Lang: Freestanding, About: "a tracee's memory, its USER area, its debug registers", Sources: []string{"litmus/ptrace_memory.c"}},
	{Name: "litmus_regs", Lang: Freestanding, About: "a tracee's registers and register sets", Sources: []string{"litmus/ptrace_regs.c"}},
	{Name: "litmus_siginfo", Lang: Freestanding, About: "siginfo, queues and masks of a tracee", Sources: []string{"litmus/ptrace_siginfo.c"}},
	{Name: "litmus_events", Lang: Freestanding, About: "options and event stops, children that come traced", Sources: []string{"litmus/ptrace_events.c"}},
	{Name: "litmus_syscalls", Lang: Freestanding, About: "syscall-stops: what is seen and changed in them", Sources: []string{"litmus/ptrace_syscalls.c"}},
	{Name: "litmus_steps", Lang: Freestanding, About: "breakpoints, single steps, hardware breakpoints and watches", Sources: []string{"litmus/ptrace_steps.c"}},
	{Name: "litmus_threads", Lang: Freestanding, About: "tracees of several threads, exec, the leader, wait's flags", Sources: []string{"litmus/ptrace_threads.c"}},
	{Name: "litmus_seccomp", Lang: Freestanding, About: "calls that a filter hands to the tracer", Sources: []string{"litmus/ptrace_seccomp.c"}},
	{Name: "litmus_delivery", Lang: Freestanding, About: "signal-delivery-stops: which, in which order, what becomes of the signal", Sources: []string{"litmus/ptrace_signals.c"}},
	{Name: "litmus_restart", Lang: Freestanding, About: "interrupted calls and how they are made again, seen by a tracer", Sources: []string{"litmus/ptrace_restart.c"}},
	{Name: "litmus_signals", Lang: Freestanding, About: "signals: actions, masks, order, interruption, stops, SIGCHLD", Sources: []string{"litmus/signals.c"}},
	{Name: "litmus_sigframe", Lang: Freestanding, About: "signal frames, alternate stacks, faults", Sources: []string{"litmus/sigframe.c"}},
	{Name: "litmus_sigqueue", Lang: Freestanding, About: "queued signals and their values; timers", Sources: []string{"litmus/sigqueue.c"}},
	{Name: "litmus_waits", Lang: Freestanding, About: "wait4, waitid, zombies, orphans, ends of threads", Sources: []string{"litmus/waits.c"}},
	{Name: "litmus_exec", Lang: Freestanding, About: "exec: what a new program finds and keeps; scripts", Sources: []string{"litmus/exec.c"}},
	{Name: "litmus_procs", Lang: Freestanding, About: "processes and what they own: memory, files, threads, futexes, pipes, limits", Sources: []string{"litmus/procs.c"}},
	{Name: "litmus_creds", Lang: Freestanding, About: "user and group ids, permissions, set-user-id programs", Sources: []string{"litmus/creds.c"}},
	{Name: "litmus_jobs", Lang: Freestanding, About: "process groups, sessions, orphaned groups", Sources: []string{"litmus/jobs.c"}},
	{Name: "litmus_tty", Lang: Freestanding, About: "terminals: job control, keys, lines", Sources: []string{"litmus/tty.c"}},

	// Litmus of SVR4 (testdata/litmus/svr4): for the modeled kernel alone
	{Name: "svr4_ptrace", Lang: Freestanding, About: "SVR4 ptrace(2): requests 0 to 9", Sources: []string{"litmus/svr4/ptrace.c"}},
	{Name: "svr4_files", Lang: Freestanding, About: "SVR4 /proc: what its files say, and to whom", Sources: []string{"litmus/svr4/files.c"}},
	{Name: "svr4_ctl", Lang: Freestanding, About: "SVR4 /proc: the messages of ctl", Sources: []string{"litmus/svr4/ctl.c"}},
	{Name: "svr4_follow", Lang: Freestanding, About: "SVR4 /proc: fork, exec, lwps and the last close", Sources: []string{"litmus/svr4/follow.c"}},

	// Go
	{Name: "goroutines", Lang: Go, About: "goroutines, collections, SIGURG, a recovered nil dereference", Sources: []string{"go/goroutines/main.go"},
		Variants: []string{"O0", "pie", "stripped"},
		Runs:     []Run{{Stdout: "total 3234000\ncollected\nrecovered: runtime error: invalid memory address or nil pointer dereference\n"}}},
	{Name: "hop", Lang: Go, About: "a goroutine that changes threads and stacks", Sources: []string{"go/hop/main.go"}},
	{Name: "httpload", Lang: Go, About: "an HTTP server on the loopback under load", Sources: []string{"go/httpload/main.go"},
		Runs: []Run{{Stdout: "requests 500\n"}}},
	{Name: "osexec", Lang: Go, About: "programs started by os/exec, several at once", Sources: []string{"go/osexec/main.go"},
		Runs: []Run{{Stdout: "ALPHA BETA GAMMA DELTA EPSILON ZETA\nexit status 9\nsignal: killed\nfork/exec /no/such/program: no such file or directory\n"}}},

	// Tools of the tests
	{Name: "runner", About: "runs a program as its child and ends as it does", Sources: []string{"c/runner.c"}},

	// Benchmarks (testdata/bench): the floor tracer and its tracees
	{Name: "floor", About: "the least a ptrace tracer can do: what trapline is measured against", Sources: []string{"bench/floor.c"}, Flags: []string{"-O2"}},
	{Name: "getppid", Lang: Asm, About: "N system calls", Sources: []string{"bench/getppid.S"},
		Runs: []Run{{Args: []string{"1000"}}, {}}},
	{Name: "spin", Lang: Asm, About: "a tight loop of arithmetic to step through", Sources: []string{"bench/spin.S"}},
	{Name: "pushcalls", Lang: Asm, About: "N calls of a function at 0x401000 that begins with push %rbp", Sources: []string{"bench/calls.S"},
		Runs: []Run{{Args: []string{"7"}}, {}}},
	{Name: "endbrcalls", Lang: Asm, About: "N calls of a function at 0x401000 that begins with endbr64", Sources: []string{"bench/calls.S"}, Flags: []string{"-DENDBR"},
		Runs: []Run{{Args: []string{"7"}}, {}}},
	{Name: "bigmem", About: "a patterned region at 0x100000000000, 1 GiB by default", Sources: []string{"bench/bigmem.c"}, Flags: []string{"-O2"},
		Runs: []Run{{Args: []string{"16"}, Stdout: "ready\n2097152 words, 0 changed\n"}}},
	{Name: "bigdwarf", Lang: Generated, About: "about 100 MB of debug information; takes minutes to build", Sources: []string{"bench/bigdwarf/main.go"}},
	{Name: "smalldwarf", Lang: Generated, About: "one file of the forty-four of bigdwarf", Sources: []string{"bench/bigdwarf/main.go"}, Flags: []string{"-units", "1"},
		Runs: []Run{{Stdout: "big 15\n"}}},
}
